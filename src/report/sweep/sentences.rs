//! What a sweep says, in sentences.

use super::facts::Sweep;
use crate::report::phrase;
use crate::stats::estimate::Quality;
use crate::stats::knee::{Cross, Crossing};
use crate::study::range::Range;
use crate::study::sweep;
use crate::units::show;

/// How pronounced a knee must be to be spoken of: its distance from the chord over the height.
const KNEE: f64 = 0.25;

/// A sentence per limit, and one about the knee where nothing is crossed.
pub fn findings(found: &sweep::Sweep, all: &Sweep) -> Vec<String> {
    let [range] = found.ranges.as_slice() else { return grid(found, all) };
    let limit = |(limit, facts): (&sweep::Limit, &super::facts::Limit)| {
        let unit = all.metrics[limit.metric].unit;
        let sign = if limit.is_ceiling { "<" } else { ">" };
        let of = if all.worlds > 1 { "the median over worlds of " } else { "" };
        let what = format!("{of}{} {sign} {}", facts.metric, unit.measure().show(limit.value));
        let few = all.points.iter().filter_map(|point| point.metrics.get(limit.metric)?.as_ref());
        let few = few.into_iter().any(|value| value.quality == Quality::FewSamples);
        let mut tried: Vec<f64> =
            found.points.iter().filter_map(|point| point.settings[0].value).collect();
        tried.sort_by(f64::total_cmp);
        said(&what, limit, (range, &tried), few)
    };
    let mut findings: Vec<String> =
        found.limits.iter().zip(&all.limits).filter_map(limit).collect();
    let crossed = all.limits.iter().any(|limit| !limit.crossings.is_empty());
    if let (Some((at, distance)), false) = (found.knee, crossed)
        && distance >= KNEE
    {
        let judged = all.metrics.iter().find(|metric| metric.better.is_some());
        let metric = judged.map_or("", |metric| metric.metric.as_str());
        let place = &found.points[at].settings[0].text;
        findings.push(format!("The knee of {metric} is near {} = {place}.", range.key));
    }
    findings
}

/// A value of the key as it would be set.
fn shown(range: &Range, value: f64) -> String {
    range.near(value).map_or_else(|| show::number(value), |setting| setting.text)
}

/// `few`: there are too few samples for intervals.
fn said(
    what: &str,
    limit: &sweep::Limit,
    (range, tried): (&Range, &[f64]),
    few: bool,
) -> Option<String> {
    let key = &range.key;
    let ends = || Some((range.values.first()?.text.clone(), range.values.last()?.text.clone()));
    let (first, last) = ends()?;
    let throughout = format!("from {first} to {last}");
    Some(match limit.crossing.as_ref()? {
        Crossing::Below if limit.is_ceiling => format!("{what} holds for {key} {throughout}."),
        Crossing::Above if !limit.is_ceiling => format!("{what} holds for {key} {throughout}."),
        Crossing::Below | Crossing::Above => {
            format!("{what} holds for no {key} {throughout}.")
        }
        Crossing::Unclear => {
            format!("Whether {what} holds for {key} {throughout} the runs can't tell.")
        }
        Crossing::At(all) => {
            let places: Vec<String> =
                all.iter().map(|one| crossed(one, limit, (range, tried), few)).collect();
            let few = if few { ", as far as so few samples tell" } else { "" };
            format!("{what} holds {}{few}.", phrase::list(&places))
        }
    })
}

/// `up to pool.p.size = 43 (41–46)`.
///
/// Where no points were added the curve between two points is a guess: then it is said between which
/// of those that were tried.
fn crossed(
    one: &Cross,
    limit: &sweep::Limit,
    (range, tried): (&Range, &[f64]),
    few: bool,
) -> String {
    let up_to = one.rising == limit.is_ceiling;
    let below = tried.iter().rev().find(|value| **value < one.point);
    let above = tried.iter().find(|value| **value > one.point);
    if let (false, Some(below), Some(above)) = (range.open, below, above) {
        let (holds, fails) = if up_to { (below, above) } else { (above, below) };
        let word = if up_to { "up to" } else { "from" };
        let (holds, fails) = (shown(range, *holds), shown(range, *fails));
        return format!("{word} {} = {holds} and not at {fails}", range.key);
    }
    // Of whole numbers the last one that holds.
    let holding = |value: f64| match (range.is_whole(), up_to) {
        (true, true) => value.floor(),
        (true, false) => value.ceil(),
        (false, _) => value,
    };
    let (at, lower, upper) = (holding(one.point), holding(one.lower), holding(one.upper));
    let ends = match (lower.is_finite(), upper.is_finite()) {
        _ if few => String::new(),
        (true, true) if lower < upper => {
            format!(" ({}\u{2013}{})", shown(range, lower), shown(range, upper))
        }
        (true, false) => format!(" (at least {})", shown(range, lower)),
        (false, true) => format!(" (at most {})", shown(range, upper)),
        _ => String::new(),
    };
    let word = if up_to { "up to" } else { "from" };
    let on = if up_to { "" } else { " on" };
    format!("{word} {} = {}{ends}{on}", range.key, shown(range, at))
}

/// Of two keys: how many points meet every objective.
fn grid(found: &sweep::Sweep, all: &Sweep) -> Vec<String> {
    if all.limits.is_empty() && found.points.iter().all(|point| point.objectives.is_empty()) {
        return Vec::new();
    }
    let holds =
        |wanted: Option<bool>| found.points.iter().filter(|one| one.holds() == wanted).count();
    let (met, missed, open) = (holds(Some(true)), holds(Some(false)), holds(None));
    let keys: Vec<String> = all.keys.iter().map(|key| key.path.clone()).collect();
    let open = if open == 0 { String::new() } else { format!(", of {open} the runs can't tell") };
    vec![format!(
        "Of {} combinations of {}, {met} meet every objective and {missed} do not{open}.",
        found.points.len(),
        phrase::list(&keys)
    )]
}

/// Where no objective asks for anything: how the first metric goes from end to end.
pub fn plain(all: &Sweep) -> String {
    let judged = all.metrics.iter().position(|metric| metric.better.is_some());
    let Some(at) = judged else { return "Nothing was measured that could be better.".to_owned() };
    let metric = &all.metrics[at];
    let said = |point: &super::facts::Point| {
        let value = point.metrics.get(at)?.as_ref()?;
        Some(format!("{} at {}", phrase::value(value, metric.unit), point.settings.join(", ")))
    };
    let (first, last) = (all.points.first().and_then(said), all.points.last().and_then(said));
    match (first, last) {
        (Some(first), Some(last)) => format!("{} is {first} and {last}.", metric.metric),
        _ => format!("{} has no value at an end of the range.", metric.metric),
    }
}
