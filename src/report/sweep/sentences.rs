//! What a sweep says, in sentences.

use super::cliffs;
use super::facts::{Limit, Sweep};
use super::grids;
use crate::report::phrase;
use crate::stats::estimate::Quality;
use crate::stats::knee::{Cross, Crossing};
use crate::study::range::Range;
use crate::study::sweep;
use crate::units::show;
use crate::verdict::Verdict;

/// How pronounced a knee must be to be spoken of: its distance from the chord over the height.
const KNEE: f64 = 0.25;
/// Less than one whole number from the next.
const BETWEEN: f64 = 1e-6;
/// Missing points that are named.
const MISSING: usize = 12;

/// Which points meet everything, a sentence per limit, and one about the knee where nothing is crossed.
pub fn findings(found: &sweep::Sweep, all: &Sweep) -> Vec<String> {
    let [range] = found.ranges.as_slice() else { return grids::findings(found, all) };
    let mut tried: Vec<f64> =
        found.points.iter().filter_map(|point| point.settings[0].value).collect();
    tried.sort_by(f64::total_cmp);
    let limit =
        |(limit, facts): (&sweep::Limit, &Limit)| kept(found, all, (limit, facts), (range, &tried));
    let limits: Vec<String> = found.limits.iter().zip(&all.limits).filter_map(limit).collect();
    // One limit says it all; several together say less than their sum.
    let says_all = limits.len() == 1 && found.points.iter().all(|one| one.objectives.len() == 1);
    let mut findings: Vec<String> = met(found, range).filter(|_| !says_all).into_iter().collect();
    findings.extend(limits);
    let knee = knee(found, all, range);
    // How the metric goes stands before why.
    let leads = findings.is_empty();
    if leads {
        findings.push(knee.clone().unwrap_or_else(|| plain(all)));
    }
    findings.extend(cliffs::cliffs(all));
    if !leads && found.points.len() == 1 {
        findings.push(plain(all));
    }
    findings.extend(knee.filter(|_| !leads));
    findings
}

/// Where the first metric bends, if nothing is crossed.
fn knee(found: &sweep::Sweep, all: &Sweep, range: &Range) -> Option<String> {
    let crossed = all.limits.iter().any(|one| !one.crossings.is_empty() || !one.assured.is_empty());
    let (at, _) = found.knee.filter(|(_, distance)| !crossed && *distance >= KNEE)?;
    let judged = all.metrics.iter().find(|metric| metric.better.is_some());
    let metric = judged.map_or("", |metric| metric.metric.as_str());
    let place = &found.points[at].settings[0].text;
    Some(format!("The knee of {metric} is near {} = {place}.", range.key))
}

/// Where a limit is kept: with several worlds in the share of them that is asked for, and by their
/// median.
fn kept(
    found: &sweep::Sweep,
    all: &Sweep,
    (limit, facts): (&sweep::Limit, &Limit),
    place: (&Range, &[f64]),
) -> Option<String> {
    let unit = all.metrics[limit.metric].unit;
    let sign = if limit.is_ceiling { "<" } else { ">" };
    let what = format!("{} {sign} {}", facts.metric, unit.measure().show(limit.value));
    let few = all.points.iter().filter_map(|point| point.metrics.get(limit.metric)?.as_ref());
    let few = few.into_iter().any(|value| value.quality == Quality::FewSamples);
    let tell = |value: f64| told(found, limit, value);
    // The verdict is that of the share of worlds, not of their median.
    let by_median = |value: f64| found.by_median(limit, value);
    let of: &Tell = if all.worlds < 2 { &tell } else { &by_median };
    let median = said(limit.crossing.as_ref()?, limit.is_ceiling, place, (few, of));
    if all.worlds < 2 {
        return Some(match median {
            Said::Holds(places) => format!("{what} holds {places}."),
            Said::Unclear(places) => format!("Whether {what} holds {places} the runs can't tell."),
        });
    }
    let median = match median {
        Said::Holds(places) => format!("by the median over worlds {places}"),
        Said::Unclear(_) => "by the median over worlds the runs can't tell".to_owned(),
    };
    let share = show::percent(found.assurance);
    Some(match said(limit.assured.as_ref()?, false, place, (false, &tell)) {
        Said::Holds(places) => {
            format!("In {share} of the worlds {what} holds {places}; {median}.")
        }
        Said::Unclear(places) => format!(
            "Whether {what} holds in {share} of the worlds {places} the runs can't tell; {median}."
        ),
    })
}

/// At which points every objective is met, and at which one is missed.
fn met(found: &sweep::Sweep, range: &Range) -> Option<String> {
    if found.points.iter().all(|point| point.objectives.is_empty()) {
        return None;
    }
    let key = &range.key;
    if let [point] = found.points.as_slice() {
        let place = format!("{key} = {}", point.settings[0].text);
        return Some(match point.holds() {
            Some(true) => format!("At {place} every objective is met."),
            Some(false) => format!("At {place} an objective is missed."),
            None => format!("At {place} the runs can't tell whether every objective is met."),
        });
    }
    let at = |wanted: Option<bool>| stretches(found, wanted);
    let open = match at(None).as_str() {
        "" => String::new(),
        places => format!("; at {places} the runs can't tell"),
    };
    Some(match (at(Some(true)).as_str(), at(Some(false)).as_str()) {
        ("", "") => format!("The runs can't tell of any {key} whether every objective is met."),
        ("", _) => format!("Every objective is met at no {key} that was tried{open}."),
        (met, "") => format!("Every objective is met at {key} = {met}{open}."),
        (met, missed) => {
            format!("Every objective is met at {key} = {met}, and one is missed at {missed}{open}.")
        }
    })
}

/// Neighbors among the points of which the same can be said: `1, 2 and 8 to 40`.
fn stretches(found: &sweep::Sweep, wanted: Option<bool>) -> String {
    let holds: Vec<Option<bool>> = found.points.iter().map(sweep::Point::holds).collect();
    let text = |at: usize| found.points[at].settings[0].text.as_str();
    let is_ordered = found.points.iter().all(|point| point.settings[0].value.is_some());
    let mut words = Vec::new();
    let mut at = 0;
    while at < holds.len() {
        let same = holds[at..].iter().take_while(|one| **one == holds[at]).count();
        if holds[at] == wanted {
            let (first, last) = (text(at), text(at + same - 1));
            match same {
                3.. if is_ordered => words.push(format!("{first} to {last}")),
                2 if is_ordered => words.push(format!("{first}, {last}")),
                _ => words.extend((at..at + same).map(|at| text(at).to_owned())),
            }
        }
        at += same;
    }
    phrase::list(&words)
}

/// What is missing of a sweep that was interrupted.
pub fn interrupted(all: &Sweep) -> Option<String> {
    if !all.partial {
        return None;
    }
    if all.missing.is_empty() {
        let sentence = "interrupted: points that were to be added between these are missing";
        return Some(sentence.to_owned());
    }
    let shown: Vec<String> =
        all.missing.iter().take(MISSING).map(|settings| settings.join(", ")).collect();
    let more = match all.missing.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let keys: Vec<String> = all.keys.iter().map(|key| key.path.clone()).collect();
    Some(format!(
        "interrupted: of {} points these are missing: {} = {}{more}; none were added between",
        all.missing.len() + all.points.len(),
        keys.join(", "),
        shown.join("; ")
    ))
}

/// A value of the key as it would be set.
fn shown(range: &Range, value: f64) -> String {
    let typed = range.values.iter().find(|one| one.value == Some(value)).cloned();
    let setting = typed.or_else(|| range.near(value));
    setting.map_or_else(|| show::number(value), |setting| setting.text)
}

/// Where something holds, or where that cannot be told.
enum Said {
    Holds(String),
    Unclear(String),
}

/// Whether a limit is kept at a point that was tried; `None` if the runs can't tell.
type Tell<'a> = dyn Fn(f64) -> Option<bool> + 'a;

fn told(found: &sweep::Sweep, limit: &sweep::Limit, value: f64) -> Option<bool> {
    let point = found.points.iter().find(|one| one.settings[0].value == Some(value))?;
    let judged = point.objectives.get(limit.at.0)?.as_ref()?;
    match judged.parts.get(limit.at.1)?.verdict {
        Verdict::Pass => Some(true),
        Verdict::Fail => Some(false),
        Verdict::Inconclusive => None,
    }
}

/// `few`: there are too few samples for intervals.
fn said(
    crossing: &Crossing,
    is_ceiling: bool,
    (range, tried): (&Range, &[f64]),
    (few, tell): (bool, &Tell),
) -> Said {
    let key = &range.key;
    let text = |at: Option<&f64>| at.map_or(String::new(), |&value| shown(range, value));
    let throughout = format!("from {} to {}", text(tried.first()), text(tried.last()));
    match crossing {
        Crossing::Below | Crossing::Above => {
            let holds = matches!(crossing, Crossing::Below) == is_ceiling;
            Said::Holds(format!("for {}{key} {throughout}", if holds { "" } else { "no " }))
        }
        Crossing::Unclear => Said::Unclear(format!("for {key} {throughout}")),
        Crossing::At(all) => {
            let place = |one| {
                if range.open {
                    crossed(one, is_ceiling, range, few)
                } else {
                    between(one, is_ceiling, (range, tried), tell)
                }
            };
            let places: Vec<String> = all.iter().map(place).collect();
            let few = if few { ", as far as so few samples tell" } else { "" };
            Said::Holds(format!("{}{few}", phrase::list(&places)))
        }
    }
}

/// `up to pool.p.size = 43 (41–46)`: where points were added between the others.
fn crossed(one: &Cross, is_ceiling: bool, range: &Range, few: bool) -> String {
    let up_to = one.rising == is_ceiling;
    // Of whole numbers the last one that holds.
    let holding = |value: f64| match (range.is_whole(), up_to) {
        (true, true) => value.floor(),
        (true, false) => value.ceil(),
        (false, _) => value,
    };
    // At the points themselves it is seen whether it holds: the ends lie between them.
    let inside = if range.is_whole() { BETWEEN } else { 0.0 };
    let (lower, upper) = (holding(one.lower + inside), holding(one.upper - inside));
    let at = holding(one.point);
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

/// `up to pool.p.size = 4 and not at 8; at 6 the runs can't tell`: of points between which none were added.
fn between(one: &Cross, is_ceiling: bool, (range, tried): (&Range, &[f64]), tell: &Tell) -> String {
    let up_to = one.rising == is_ceiling;
    let below: Vec<f64> = tried.iter().rev().copied().filter(|at| *at < one.point).collect();
    let above: Vec<f64> = tried.iter().copied().filter(|at| *at >= one.point).collect();
    let (holding, failing) = if up_to { (below, above) } else { (above, below) };
    let first = |side: &[f64], wanted| side.iter().position(|at| tell(*at) == Some(wanted));
    let (holds, fails) = (first(&holding, true), first(&failing, false));
    let unclear = |side: &[f64], until: Option<usize>| side[..until.unwrap_or(side.len())].to_vec();
    let mut open = [unclear(&holding, holds), unclear(&failing, fails)].concat();
    open.sort_by(f64::total_cmp);
    let open: Vec<String> = open.into_iter().map(|at| shown(range, at)).collect();
    let open = match open.as_slice() {
        [] => String::new(),
        open => format!("; at {} the runs can't tell", phrase::list(open)),
    };
    let key = &range.key;
    let text = |side: &[f64], at: Option<usize>| at.map(|at| shown(range, side[at]));
    let word = if up_to { "up to" } else { "from" };
    match (text(&holding, holds), text(&failing, fails)) {
        (Some(holds), Some(fails)) => format!("{word} {key} = {holds} and not at {fails}{open}"),
        (Some(holds), None) => format!("{word} {key} = {holds}{open}"),
        (None, Some(fails)) => format!("nowhere for sure: not at {key} = {fails}{open}"),
        (None, None) => format!("at no {key} for sure{open}"),
    }
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
        (Some(only), _) if all.points.len() == 1 => format!("{} is {only}.", metric.metric),
        (Some(first), Some(last)) => format!("{} is {first} and {last}.", metric.metric),
        _ => format!("{} has no value at an end of the range.", metric.metric),
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts::{Key, Limited, Metric, Point};
    use super::*;
    use crate::report::summary::{Number, Value};
    use crate::stats::multiple::Better;
    use crate::verdict;

    fn nothing(range: Range) -> sweep::Sweep {
        sweep::Sweep {
            ranges: vec![range],
            metrics: Vec::new(),
            points: Vec::new(),
            limits: Vec::new(),
            knee: None,
            limited: Vec::new(),
            per_world: 8,
            worlds: 1,
            confidence: 0.95,
            assurance: 0.9,
            stopped: false,
            missing: Vec::new(),
        }
    }

    /// Goal: where nothing is asked for, how the metric goes leads, and each thing is said once.
    #[test]
    fn without_objectives_the_metric_leads() {
        let found = nothing(Range::read("k=1,2").unwrap());
        let point = |at: u32| Point {
            settings: vec![at.to_string()],
            values: vec![Some(Number(f64::from(at)))],
            metrics: vec![Some(Value::plain(0.1))],
            ..Point::default()
        };
        let metric = Metric {
            metric: "p95(e)".to_owned(),
            better: Some(Better::Smaller),
            ..Metric::default()
        };
        let all = Sweep {
            keys: vec![Key { path: "k".to_owned(), log: false }],
            metrics: vec![metric],
            points: vec![point(1), point(2)],
            limited: vec![Limited { setting: "2".to_owned(), rising: true, ..Limited::default() }],
            ..Sweep::default()
        };
        let said = findings(&found, &all);
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].starts_with("p95(e) is ") && said[0].contains("at 1 and"), "{said:?}");
        assert!(said[1].starts_with("From k = 2 on the pools may ask"), "{said:?}");
    }

    /// Goal: of several worlds the median is judged by its own interval, not by the band, in which a
    /// tenth of the worlds may do what they like, nor by its point. Source: of 64 values the 24th and
    /// the 41st hold the median at 95 %.
    #[test]
    fn the_median_over_worlds_is_judged_by_its_own_interval() {
        let said = |medians: [f64; 3]| {
            let point = |(at, median): (usize, f64)| sweep::Point {
                settings: Range::read(&format!("k={}", at + 1)).unwrap().values,
                estimates: vec![Some(verdict::Estimate {
                    dimension: None,
                    found: {
                        // From half the median to one and a half times as much.
                        let worlds = (0..64).map(|at| median * (0.5 + f64::from(at) / 63.0));
                        let values: Vec<f64> = worlds.collect();
                        let band = crate::stats::worlds::band(&values, 0.9).unwrap();
                        let values = values.into_iter().map(Some).collect();
                        verdict::Found::Worlds { band, values, growing: vec![false; 64] }
                    },
                    growing: false,
                })],
                objectives: Vec::new(),
                state: crate::experiment::State::Stable,
                busiest: None,
                cause: crate::study::cause::Cause::default(),
                added: None,
            };
            let limit = sweep::Limit {
                metric: 0,
                objective: "fast".to_owned(),
                value: 200.0,
                is_ceiling: true,
                crossing: None,
                assured: Some(Crossing::Above),
                at: (0, 0),
            };
            let mut found = nothing(Range::read("k=1,2,3").unwrap());
            found.worlds = 64;
            found.points = medians.into_iter().enumerate().map(point).collect();
            found.limits = vec![limit];
            found.judge();
            let metrics = vec![Metric { metric: "p95(e)".to_owned(), ..Metric::default() }];
            let all = Sweep { worlds: 64, metrics, ..Sweep::default() };
            let facts = Limit { metric: "p95(e)".to_owned(), ..Limit::default() };
            let limit = sweep::Limit { assured: Some(Crossing::Above), ..found.limits[0].clone() };
            let range = found.ranges[0].clone();
            kept(&found, &all, (&limit, &facts), (&range, &[1.0, 2.0, 3.0])).unwrap()
        };
        // The band of 150 reaches to 218, its interval to 170.
        let all = said([150.0, 30.0, 20.0]);
        assert!(all.ends_with("by the median over worlds for k from 1 to 3."), "{all}");
        // The median of 210 lies between 182 and 238.
        let open = said([100.0, 210.0, 400.0]);
        let told = "by the median over worlds up to k = 1 and not at 3; at 2 the runs can't tell.";
        assert!(open.ends_with(told), "{open}");
    }

    /// Goal: of points between which none were added nothing is said that their verdicts do not show.
    #[test]
    fn what_the_runs_cannot_tell_is_not_said_to_hold() {
        let mut range = Range::read("k=0..8").unwrap();
        range.open = false;
        let tried = [2.0, 4.0, 6.0, 8.0];
        let said = |marks: &str, point: f64, rising: bool| {
            let tell = |value: f64| match marks.as_bytes()[value as usize / 2 - 1] {
                b'+' => Some(true),
                b'-' => Some(false),
                _ => None,
            };
            let one = Cross { point, lower: point, upper: point, rising };
            between(&one, true, (&range, &tried), &tell)
        };
        let key = range.key.clone();
        assert_eq!(said("++--", 5.0, true), format!("up to {key} = 4 and not at 6"));
        let open = said("++?-", 5.0, true);
        assert_eq!(open, format!("up to {key} = 4 and not at 8; at 6 the runs can't tell"));
        let falling = said("-?++", 3.0, false);
        assert_eq!(falling, format!("from {key} = 6 and not at 2; at 4 the runs can't tell"));
        let unsure = said("???-", 5.0, true);
        assert_eq!(
            unsure,
            format!("nowhere for sure: not at {key} = 8; at 2, 4 and 6 the runs can't tell")
        );
        assert!(said("????", 5.0, true).starts_with(&format!("at no {key} for sure; at 2")));
    }
}
