//! Who is better, in words.

use super::facts::{Absent, Change, Comparison, Design, Method, Metric, Over, Row};
use super::spoken;
use crate::report::phrase;
use crate::report::summary::Value;
use crate::study::compare::{Compared, Group};
use crate::units::show;

/// `pool_50; then pool_20 and as it stands (can't tell these two apart).`: the sets that cannot be
/// told apart, the best first; empty where nothing is better. A design may stand in two sets that
/// overlap: not to be told from either, though these are told from each other.
pub fn ranking(found: &Compared, names: &[String], counterfactual: &[String]) -> String {
    if found.groups.iter().flat_map(|group| &group.designs).count() < 2 {
        return String::new();
    }
    let spoken = |group: &Group| {
        let words: Vec<String> = group.designs.iter().map(|&at| names[at].clone()).collect();
        match words.as_slice() {
            [only] => only.clone(),
            _ if group.same => format!("{} (the same)", phrase::list(&words)),
            [_, _] => format!("{} (can't tell these two apart)", phrase::list(&words)),
            _ => format!("{} (can't tell these apart)", phrase::list(&words)),
        }
    };
    let places: Vec<String> = found.groups.iter().map(spoken).collect();
    let without = match counterfactual {
        [] => String::new(),
        some => format!(" Without a place, as counterfactual: {}.", phrase::list(some)),
    };
    format!("Best first: {}.{without}", places.join("; then "))
}

/// The result in a sentence: by the first metric of which something is better.
pub fn headline(comparison: &Comparison) -> String {
    let judged = comparison.metrics.iter().find(|metric| metric.better.is_some());
    let Some(metric) = judged else {
        return "Nothing was measured by which one design could be better.".to_owned();
    };
    let designs: Vec<&Design> =
        comparison.designs.iter().filter(|design| !design.counterfactual).collect();
    let best: Vec<&Row> = metric.rows.iter().filter(|row| row.place == Some(1)).collect();
    let words: Vec<String> = best.iter().map(|row| row.design.clone()).collect();
    // What equals the first design equals all that do. Others of which no difference is known, for want
    // of a common observation, are not the same.
    let first = metric.rows.first().map(|row| &row.design);
    let is_first = |row: &&&Row| Some(&row.design) == first;
    let is_same = best.iter().any(|row| is_first(&row))
        && best.iter().all(|row| is_first(&row) || row.change == Some(Change::Same));
    let by = &metric.metric;
    let sentence = match best.as_slice() {
        [] => format!("By {by} nothing can be said"),
        _ if spoken::valued(metric, &designs).len() == 1 => {
            format!("Only {} has a value of {by}{}", words[0], by_how_much(metric, &words[0]))
        }
        [only] => format!("By {by}, {} is best{}", only.design, by_how_much(metric, &only.design)),
        several if several.len() == designs.len() && is_same => {
            format!("By {by}, all designs are the same")
        }
        several if several.len() == designs.len() => {
            format!("By {by}, the runs can't tell the designs apart")
        }
        _ if is_same => format!("By {by}, {} are best, and the same", phrase::list(&words)),
        _ => format!("By {by}, {} are best; the runs can't tell them apart", phrase::list(&words)),
    };
    let (without, objectives) = (spoken::without(metric, &designs), spoken::objectives(&designs));
    format!("{sentence}{without}{objectives}.")
}

/// `: 61 ms (58–64) against 4.1 s (3.9–4.4) as it stands`.
fn by_how_much(metric: &Metric, best: &str) -> String {
    let value = |row: &Row| row.value.map(|one: Value| phrase::value(&one, metric.unit));
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
pub fn notes(metric: &Metric, all: &Comparison) -> Vec<String> {
    let (confidence, assurance) = (all.runs.confidence.0, all.runs.assurance.0);
    // Designs without the metric are in no pair of it.
    let having = metric.rows.iter().filter(|row| row.absent.is_none()).count();
    let pairs = having * having.saturating_sub(1) / 2;
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
    notes.extend(unpaired(metric, confidence));
    notes.extend(beyond(metric, (confidence, assurance), pairs));
    notes.extend(absent(metric));
    notes.extend(without(metric, all.runs.worlds));
    let undecided = metric.rows.iter().any(|row| row.change == Some(Change::CannotTell));
    if metric.few && undecided {
        notes.push("Too few samples for a verdict: more --replications would tell.".to_owned());
    }
    notes
}

/// How differences were found that are not those of the same luck.
fn unpaired(metric: &Metric, confidence: f64) -> Vec<String> {
    let by =
        |method: Method| metric.rows.iter().any(|row| row.method == Some(method) && !row.paired);
    let medians = |how: &str| {
        format!(
            "The difference of a saved summary is that of the medians, unpaired ({how}): better if its \
             interval, at {} for all pairs, says so.",
            show::percent(confidence)
        )
    };
    let mut notes = Vec::new();
    if metric.by_ranks {
        notes.push(
            "One value in a run: designs that answer are told apart by the order statistics of both."
                .to_owned(),
        );
    }
    if by(Method::Ranks) {
        notes.push(medians("order statistics of both"));
    }
    if by(Method::Welch) {
        notes.push(match metric.over {
            Over::Runs => "The difference of a saved summary is unpaired (Welch).".to_owned(),
            Over::Worlds => medians("Welch"),
        });
    }
    notes
}

/// Why it cannot be told though the band of the worlds is beyond 0: what is shown is where 90 % of these
/// are, what is asked is how many of all are on one side.
fn beyond(metric: &Metric, (confidence, assurance): (f64, f64), pairs: usize) -> Option<String> {
    let is = |row: &&Row| {
        let ends = row.difference.and_then(|value| value.lower.zip(value.upper));
        let beyond = ends.is_some_and(|(lower, upper)| lower.0 > 0.0 || upper.0 < 0.0);
        metric.over == Over::Worlds && row.change == Some(Change::CannotTell) && beyond
    };
    let names: Vec<String> = metric.rows.iter().filter(is).map(|row| row.design.clone()).collect();
    let shown = if pairs > 1 {
        format!("at {} for all {pairs} pairs", show::percent(confidence))
    } else {
        format!("at {}", show::percent(confidence))
    };
    (!names.is_empty()).then(|| {
        format!(
            "Can't tell of {}, though the band leaves out 0: that {} of all worlds are on that side is \
             not shown {shown}; more worlds (--set run.worlds=N) would tell.",
            phrase::list(&names),
            show::percent(assurance),
        )
    })
}

/// Names of the designs that nobody can choose.
pub fn counterfactuals(designs: &[Design]) -> Vec<String> {
    let some = designs.iter().filter(|design| design.counterfactual);
    some.map(|design| design.name.clone()).collect()
}

/// Which designs have no place, and why.
pub fn counterfactual(all: &Comparison) -> Option<String> {
    let names = counterfactuals(&all.designs);
    let say = match names.len() {
        0 => return None,
        1 => "is counterfactual, which nobody can choose: it is compared, and has no place.",
        _ => "are counterfactual, which nobody can choose: they are compared, and have no place.",
    };
    Some(format!("{} {say}", phrase::list(&names)))
}

/// Why designs have no value: `No value: a (no such metric); b (too few samples in each world).`
fn absent(metric: &Metric) -> Option<String> {
    let why = |wanted: Absent, words: &str| {
        let rows = metric.rows.iter().filter(|row| row.absent == Some(wanted));
        let names: Vec<String> = rows.map(|row| row.design.clone()).collect();
        (!names.is_empty()).then(|| format!("{} ({words})", phrase::list(&names)))
    };
    let few = match metric.over {
        Over::Worlds => "too few samples in each world",
        Over::Runs => "nothing was recorded",
    };
    let all = [
        why(Absent::TooFewSamples, few),
        why(Absent::NoSuchMetric, "no such metric"),
        why(Absent::NotSaved, "not in the summary"),
        why(Absent::OlderSummary, "the summary is of an older version"),
    ];
    let said: Vec<String> = all.into_iter().flatten().collect();
    (!said.is_empty()).then(|| format!("No value: {}.", said.join("; ")))
}

/// Bands that some worlds are missing from: those that are left are not like all.
fn without(metric: &Metric, worlds: u32) -> Option<String> {
    let some = metric.rows.iter().filter(|row| row.worlds_without > 0);
    let said: Vec<String> =
        some.map(|row| format!("{} of {worlds} of {}", row.worlds_without, row.design)).collect();
    (!said.is_empty()).then(|| {
        format!(
            "Worlds with too few samples for a value are not in the band: {}.",
            phrase::list(&said)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::compare::facts::Runs;
    use crate::report::summary::Number;
    use crate::stats::multiple::Better;

    /// A metric of designs `a`, `b`, `c` …, all of which share the first place, with these changes.
    fn metric(changes: &[Option<Change>]) -> Metric {
        let row = |(name, change): (char, &Option<Change>)| Row {
            design: name.to_string(),
            change: *change,
            paired: true,
            place: Some(1),
            ..Row::default()
        };
        Metric {
            metric: "m".to_owned(),
            better: Some(Better::Smaller),
            rows: ('a'..).zip(changes).map(row).collect(),
            ..Metric::default()
        }
    }

    fn comparison(metric: Metric) -> Comparison {
        let named = |row: &Row| Design { name: row.design.clone(), ..Design::default() };
        let designs = metric.rows.iter().map(named).collect();
        let runs = Runs { confidence: Number(0.95), ..Runs::default() };
        Comparison { designs, metrics: vec![metric], runs, ..Comparison::default() }
    }

    /// Goal: no difference known (the pair has no common observation) is not no difference.
    #[test]
    fn what_cannot_be_compared_is_not_the_same() {
        let said = |changes: &[Option<Change>]| headline(&comparison(metric(changes)));
        let same = Some(Change::Same);
        assert_eq!(said(&[None, None]), "By m, the runs can't tell the designs apart.");
        assert_eq!(said(&[None, same, None]), "By m, the runs can't tell the designs apart.");
        assert_eq!(said(&[None, same, same]), "By m, all designs are the same.");
    }

    /// A band wholly below 0 is told from one over it: who reads "can't tell" beside it is told why.
    #[test]
    fn why_a_band_beyond_zero_is_not_enough() {
        let (dark, told) = (Some(Change::CannotTell), Some(Change::Better));
        let mut metric = metric(&[None, dark, dark, told]);
        metric.over = Over::Worlds;
        for (row, ends) in
            metric.rows.iter_mut().zip([(0.0, 0.0), (-9.0, -1.0), (-9.0, 1.0), (-9.0, -1.0)])
        {
            row.difference = Some(Value::with_interval(-5.0, ends.0, ends.1));
        }
        let mut all = comparison(metric.clone());
        all.runs.assurance = Number(0.9);
        let said = notes(&metric, &all);
        let why: Vec<&String> = said.iter().filter(|one| one.starts_with("Can't tell")).collect();
        assert_eq!(
            why,
            [
                "Can't tell of b, though the band leaves out 0: that 90 % of all worlds are on that side is not \
              shown at 95 % for all 6 pairs; more worlds (--set run.worlds=N) would tell."
            ]
        );
    }

    /// By hand: of four designs one has no such metric, so three pairs are compared.
    #[test]
    fn pairs_are_those_of_the_metric() {
        let dark = Some(Change::CannotTell);
        let mut metric = metric(&[None, dark, dark, None]);
        metric.rows[3].absent = Some(Absent::NoSuchMetric);
        let said = notes(&metric, &comparison(metric.clone()));
        assert_eq!(said[0], "Intervals of differences hold together for all 3 pairs, at 95 %.");
    }
}
