//! Requests: counts, rates, percentiles and outcomes of endpoints and workloads.

use super::backlog;
use super::measure::Measure;
use crate::model::Outcome;
use crate::plan::Source;
use crate::report::summary::{Number, OutcomeRow, Percentile, Requests, Value};
use crate::stats::estimate::Quality;
use crate::stats::histogram::Sparse;

/// The percentiles that are reported.
pub const QUANTILES: [(f64, &str); 5] =
    [(0.5, "p50"), (0.9, "p90"), (0.95, "p95"), (0.99, "p99"), (0.999, "p99.9")];

/// Nines of the spectrum at most.
const NINES: u32 = 6;
/// Points of the spectrum to each nine.
const PER_NINE: u32 = 12;

/// Everything about the requests of one path; `None` if the plan does not measure it.
pub fn requests(measure: &Measure, path: &str) -> Option<Requests> {
    let Source::Requests { tallies: first } = measure.plan().catalog.get(path)?.source else {
        return None;
    };
    let outcomes: Vec<OutcomeRow> = Outcome::ALL
        .iter()
        .filter_map(|&outcome| outcome_row(measure, path, first, outcome))
        .collect();
    let unanswered: u64 = measure.rows().iter().map(|row| row.unanswered(0, first)).sum();
    let count = outcomes.iter().map(|row| row.count).sum::<u64>() + unanswered;
    let good = share_of(measure, first, 0..2);
    let answered = format!("{path}.good");
    Some(Requests {
        path: path.to_owned(),
        count,
        per_second: measure.value(&format!("per_second({path})")),
        amplification: measure
            .plan()
            .catalog
            .attempts(path)
            .and_then(|_| measure.value(&format!("amplification({path})"))),
        good,
        unanswered,
        inside_at_end: backlog::at_end(measure, &format!("{path}.outstanding")),
        mean_s: measure.value(&format!("mean({answered})")),
        percentiles: percentiles(measure, path),
        spectrum: spectrum(measure, path),
        answered: percentiles(measure, &answered),
        max_s: largest(measure, first),
        outcomes,
    })
}

fn percentiles(measure: &Measure, path: &str) -> Vec<Percentile> {
    let one = |&(quantile, word): &(f64, &str)| {
        let seconds = measure.value(&format!("{word}({path})"))?;
        Some(Percentile { quantile: Number(quantile), seconds })
    };
    QUANTILES.iter().filter_map(one).collect()
}

/// Percentiles for a curve over nines: those with enough requests beyond them.
fn spectrum(measure: &Measure, path: &str) -> Vec<Percentile> {
    let steps = (0..=NINES * PER_NINE).map(|step| match step {
        0 => 1.0,
        _ => 100.0 * (1.0 - libm::pow(10.0, -f64::from(step) / f64::from(PER_NINE))),
    });
    let one = |percent: f64| {
        // Nines have few digits: 99.9, not 99.90000000000001.
        let percent = (percent * 1e10).round() / 1e10;
        let seconds = measure.value(&format!("p{percent}({path})"))?;
        let enough = seconds.quality == Quality::Good;
        enough.then_some(Percentile { quantile: Number(percent / 100.0), seconds })
    };
    steps.filter_map(one).collect()
}

/// One way to end; `None` if no request ended so.
fn outcome_row(measure: &Measure, path: &str, first: u32, outcome: Outcome) -> Option<OutcomeRow> {
    let tally = first + outcome as u32;
    let whole = measure.merged(&[tally]);
    let count = whole.total();
    let seconds = |q: f64| whole.quantile(q).map(|ns| Number(ns / 1e9));
    (count > 0).then(|| OutcomeRow {
        outcome: outcome.word().to_owned(),
        count,
        share: share_of(measure, first, outcome as u32..outcome as u32 + 1),
        mean_s: measure.value(&format!("mean({path}.{})", outcome.word())),
        p50_s: seconds(0.5),
        p99_s: seconds(0.99),
    })
}

/// The share of requests that ended in one of these ways, those without an end counted as well.
fn share_of(measure: &Measure, first: u32, outcomes: std::ops::Range<u32>) -> Option<Value> {
    let (mut hits, mut trials) = (Vec::new(), Vec::new());
    for row in measure.rows() {
        let total = |tally: u32| row.tally(0, tally).map_or(0, Sparse::total);
        let all: u64 = (first..first + Outcome::ALL.len() as u32).map(total).sum();
        hits.push(outcomes.clone().map(|outcome| total(first + outcome)).sum());
        trials.push(all + row.unanswered(0, first));
    }
    measure.probability(&hits, &trials)
}

/// Longest latency of a good answer in any run.
fn largest(measure: &Measure, first: u32) -> Option<Number> {
    let whole = measure.merged(&[first, first + 1]);
    let sums = whole.sums();
    (sums.count > 0).then(|| Number(sums.max as f64 / 1e9))
}
