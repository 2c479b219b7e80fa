//! Runs a scenario and compares what it gives with what theory says.

use plimsoll::plan::{Plan, Source};
use plimsoll::sim::{NoTrace, Run, RunId, run};
use plimsoll::stats::histogram::Histogram;
use rayon::prelude::*;
use std::sync::atomic::AtomicBool;

/// The plan of a scenario text.
pub fn plan(text: &str) -> Plan {
    crate::common::plan(text, &[])
}

/// Independent runs of one plan.
pub struct Runs {
    /// The plan.
    pub plan: Plan,
    /// Its runs.
    pub runs: Vec<Run>,
}

impl Runs {
    /// `count` replications.
    pub fn of(text: &str, count: u32) -> Self {
        Self::keeping(text, count, |run| run)
    }

    /// `count` replications of which levels, series, counts and watches are kept: thousands of
    /// histograms would take gigabytes.
    pub fn without_tallies(text: &str, count: u32) -> Self {
        Self::keeping(text, count, |run| Run { tallies: Vec::new(), ..run })
    }

    fn keeping(text: &str, count: u32, keep: impl Fn(Run) -> Run + Sync) -> Self {
        let plan = plan(text);
        let replicate = |replication| {
            let id = RunId { world: 0, replication };
            keep(run(&plan, id, &AtomicBool::new(false), &mut NoTrace))
        };
        let runs = (0..count).into_par_iter().map(replicate).collect();
        Self { plan, runs }
    }

    /// The tallies behind a path, merged, of each run.
    pub fn tally(&self, path: &str) -> Vec<Histogram> {
        let entry = self.plan.catalog.get(path).unwrap_or_else(|| panic!("no metric {path}"));
        let tallies: Vec<u32> = match &entry.source {
            Source::Tally { tallies } => tallies.clone(),
            Source::Requests { tallies } => vec![*tallies, *tallies + 1],
            other => panic!("{path} is {other:?}, not a tally"),
        };
        let merged = |run: &Run| {
            let mut all = Histogram::new();
            for &tally in &tallies {
                all.merge(&run.tallies[tally as usize]);
            }
            all
        };
        self.runs.iter().map(merged).collect()
    }

    /// Mean of a tally in seconds, per run.
    pub fn means(&self, path: &str) -> Vec<f64> {
        self.tally(path).iter().map(|tally| tally.mean().expect("visits") / 1e9).collect()
    }

    /// Quantile of a tally in seconds, per run.
    pub fn quantiles(&self, path: &str, q: f64) -> Vec<f64> {
        self.tally(path).iter().map(|tally| tally.quantile(q).expect("visits") / 1e9).collect()
    }

    /// Share of requests of an endpoint that ended so, per run.
    pub fn shares(&self, endpoint: &str, outcome: &str) -> Vec<f64> {
        let all = self.totals(&format!("endpoint.{endpoint}"));
        let some = self.tally(&format!("endpoint.{endpoint}.{outcome}"));
        some.iter().zip(all).map(|(part, all)| part.total() as f64 / all as f64).collect()
    }

    /// Requests of an endpoint with any outcome, per run.
    pub fn totals(&self, path: &str) -> Vec<u64> {
        let entry = self.plan.catalog.get(path).expect("an endpoint");
        let Source::Requests { tallies } = entry.source else { panic!("{path} is no endpoint") };
        let total = |run: &Run| (0..10).map(|k| run.tallies[tallies as usize + k].total()).sum();
        self.runs.iter().map(total).collect()
    }

    /// Mean of a level over the window, per run, in the metric's units.
    pub fn levels(&self, path: &str) -> Vec<f64> {
        let entry = self.plan.catalog.get(path).unwrap_or_else(|| panic!("no metric {path}"));
        let Source::Level { sum, unit, .. } = entry.source else { panic!("{path} is no level") };
        let mean = |run: &Run| {
            let row = &run.levels[0][sum as usize];
            row.area as f64 / row.span as f64 * unit
        };
        self.runs.iter().map(mean).collect()
    }
}

/// Mean and standard error of independent values.
pub fn estimate(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}

/// How small the standard error must be, relative to theory.
pub const MEAN: f64 = 0.005;
/// The same for a 99th percentile.
pub const P99: f64 = 0.01;

/// The rule of the module's head.
pub fn check(what: &str, values: &[f64], theory: f64, relative_error: f64) {
    let (estimate, error) = estimate(values);
    let z = (estimate - theory) / error;
    println!(
        "{what}: {estimate:.6} against {theory:.6}, z = {z:+.2}, se = {:.2} %",
        100.0 * error / theory
    );
    assert!(z.abs() <= 4.0, "{what}: {estimate} against {theory}, z = {z:+.2}");
    assert!(error / theory <= relative_error, "{what}: the standard error {error} is too large");
    for wrong in [theory * 0.97, theory * 1.03] {
        let z = (estimate - wrong) / error;
        // A p99 with a standard error of 1 % is 3 standard errors away from a theory 3 % off.
        let limit = if relative_error > MEAN { 2.5 } else { 4.0 };
        assert!(z.abs() > limit, "{what} would pass with {wrong}: the check has no power");
    }
}
