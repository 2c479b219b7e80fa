//! Who is better, in words.

use super::facts::{Change, Comparison, Metric, Over};
use crate::report::phrase;
use crate::report::summary::{Value, Verdict};
use crate::study::compare::Change::Same;
use crate::study::compare::Compared;
use crate::units::show;

/// `pool_50, then pool_20 or as it stands (can't tell these two apart).`: the sets that cannot be
/// told apart, the best first; empty where nothing is better. A design may stand in two sets that
/// overlap: not to be told from either, though these are told from each other.
pub fn ranking(found: &Compared, names: &[String]) -> String {
    if found.groups.iter().flatten().count() < 2 {
        return String::new();
    }
    let spoken = |group: &Vec<usize>| {
        let words: Vec<String> = group.iter().map(|&at| names[at].clone()).collect();
        let is_same = |&at: &usize| {
            let difference = found.differences[at].as_ref();
            at == 0 || difference.is_some_and(|one| one.change == Same)
        };
        match group.len() {
            1 => words[0].clone(),
            _ if group.contains(&0) && group.iter().all(is_same) => {
                format!("{} (the same)", phrase::list(&words))
            }
            2 => format!("{} (can't tell these two apart)", phrase::list(&words)),
            _ => format!("{} (can't tell these apart)", phrase::list(&words)),
        }
    };
    let places: Vec<String> = found.groups.iter().map(spoken).collect();
    format!("Best first: {}.", places.join("; then "))
}

/// The result in a sentence: by the first metric of which something is better.
pub fn headline(comparison: &Comparison) -> String {
    let judged = comparison.metrics.iter().find(|metric| metric.better.is_some());
    let Some(metric) = judged else {
        return "Nothing was measured by which one design could be better.".to_owned();
    };
    let best: Vec<&str> = metric
        .rows
        .iter()
        .filter(|row| row.place == Some(1))
        .map(|row| row.design.as_str())
        .collect();
    let by = &metric.metric;
    let sentence = match best.as_slice() {
        [] => format!("By {by} nothing can be said"),
        [only] => format!("By {by}, {only} is best{}", by_how_much(metric, only)),
        several if several.len() == metric.rows.len() => {
            format!("By {by}, the runs can't tell the designs apart")
        }
        several => {
            let words: Vec<String> = several.iter().map(|&word| word.to_owned()).collect();
            format!("By {by}, {} are best; the runs can't tell them apart", phrase::list(&words))
        }
    };
    let met: Vec<String> = comparison
        .designs
        .iter()
        .filter(|design| !design.objectives.is_empty())
        .filter(|design| design.objectives.iter().all(|one| one.verdict == Verdict::Pass))
        .map(|design| design.name.clone())
        .collect();
    let stated = comparison.designs.iter().any(|design| !design.objectives.is_empty());
    let objectives = match met.len() {
        _ if !stated => String::new(),
        0 => "; no design is shown to meet every objective".to_owned(),
        all if all == comparison.designs.len() => "; every design meets every objective".to_owned(),
        1 => format!("; only {} is shown to meet every objective", met[0]),
        _ => format!("; {} are shown to meet every objective", phrase::list(&met)),
    };
    format!("{sentence}{objectives}.")
}

/// `: 61 ms (58–64) against 4.1 s (3.9–4.4) as it stands`.
fn by_how_much(metric: &Metric, best: &str) -> String {
    let value =
        |row: &super::facts::Row| row.value.map(|one: Value| phrase::value(&one, metric.unit));
    let of = |name: &str| metric.rows.iter().find(|row| row.design == name).and_then(value);
    let first = metric.rows.first();
    let Some(found) = of(best) else { return String::new() };
    match first.filter(|row| row.design != best).and_then(|row| Some((row, value(row)?))) {
        Some((row, against)) => format!(": {found} against {against} of {}", row.design),
        None => format!(" with {found}"),
    }
}

/// What is missing of a comparison that was interrupted.
pub fn interrupted(is_partial: bool, missing: &[String]) -> Option<String> {
    match missing.len() {
        _ if !is_partial => None,
        0 => Some("interrupted: all designs have fewer runs than they were to have".to_owned()),
        _ => Some(format!(
            "interrupted: not run to their end and left out: {}; with them the intervals, which hold \
             together for all pairs, are wider",
            phrase::list(missing)
        )),
    }
}

/// What stands below a table of a metric.
pub fn notes(metric: &Metric, confidence: f64, assurance: f64, pairs: u32) -> Vec<String> {
    let mut notes = Vec::new();
    let told = metric.rows.iter().any(|row| row.change.is_some());
    if metric.over == Over::Worlds && told {
        notes.push(format!(
            "Median over worlds and the band that holds 90 % of them; better: in {} of the worlds at \
             least.",
            show::percent(assurance)
        ));
    } else if pairs > 1 && told {
        notes.push(format!(
            "Intervals of differences hold together for all {pairs} pairs, at {}.",
            show::percent(confidence)
        ));
    }
    let unpaired = metric.rows.iter().any(|row| row.change.is_some() && !row.paired);
    if unpaired {
        notes.push("A saved summary met luck of its own: its difference is unpaired.".to_owned());
    }
    let undecided = metric.rows.iter().any(|row| row.change == Some(Change::CannotTell));
    if metric.few && undecided {
        notes.push("Too few samples for a verdict: more --replications would tell.".to_owned());
    }
    notes
}
