//! What is kept of one run: its numbers in the form at rest, without what nobody asks for.

use super::identity::Identity;
use crate::plan::{Plan, Source};
use crate::sim::{Breakdown, Deadlock, End, LevelRow, Run, RunId, Series};
use crate::stats::histogram::Sparse;
use std::sync::Arc;

/// A level over a window of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelStat {
    /// ∫ value dt, in the level's units times ns.
    pub area: u128,
    /// Time at or above capacity, ns.
    pub full: u64,
    /// Largest value since the start of the run's own window (not of a named one).
    pub max: u64,
    /// Length of the window, ns.
    pub span: u64,
    /// Value at its end.
    pub last: u64,
    /// Distribution over time (weights in ns), where it is kept.
    pub distribution: Option<Sparse>,
}

impl From<&LevelRow> for LevelStat {
    fn from(row: &LevelRow) -> Self {
        Self {
            area: row.area,
            full: row.full,
            max: row.max,
            span: row.span,
            last: row.last,
            distribution: row
                .distribution
                .as_ref()
                .map(crate::stats::histogram::Histogram::compact),
        }
    }
}

/// What is kept of one run.
///
/// Tallies without a value are absent; series are kept for levels that the catalog names (the sums
/// over instances), and are empty for the others.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it is a run of.
    pub of: Arc<Identity>,
    /// Which run.
    pub id: RunId,
    /// How it ended.
    pub end: End,
    /// Number of a window times `tallies_each` plus the tally, ascending.
    tallies: Vec<(u32, Sparse)>,
    /// Laid out like `tallies`.
    unanswered: Vec<(u32, u64)>,
    tallies_each: u32,
    /// By window, then by counter.
    counts: Vec<u64>,
    counts_each: u32,
    /// By window, then by level; empty for a window that was not reached.
    levels: Vec<Vec<LevelStat>>,
    /// Values per interval.
    pub series: Series,
    /// By tally that is kept by interval, ascending: see [`Run::courses`].
    courses: Vec<(u32, Vec<Sparse>)>,
    /// By endpoint.
    pub breakdown: Vec<Breakdown>,
    /// By watch: when it was fulfilled, ns.
    pub watches: Vec<Option<u64>>,
    /// Deadlocks of the whole run, warm-up included.
    pub deadlocks: Vec<Deadlock>,
    /// Events handled.
    pub events: u64,
    /// Simulated time at the end, ns.
    pub ended_at: u64,
    /// Hash of the trajectory.
    pub fingerprint: u64,
}

impl Row {
    /// Reduces a run of `plan`.
    pub fn new(run: Run, plan: &Plan, of: &Arc<Identity>) -> Self {
        let tally = |(index, histogram): (usize, &crate::stats::histogram::Histogram)| {
            (histogram.total() > 0).then(|| (index as u32, histogram.compact()))
        };
        let unanswered =
            |(index, &count): (usize, &u64)| (count > 0).then_some((index as u32, count));
        Self {
            of: Arc::clone(of),
            id: run.id,
            end: run.end,
            tallies: run.tallies.iter().enumerate().filter_map(tally).collect(),
            unanswered: run.unanswered.iter().enumerate().filter_map(unanswered).collect(),
            tallies_each: plan.probes.tallies,
            counts: run.counts,
            counts_each: plan.probes.counts,
            levels: run.levels.iter().map(|rows| rows.iter().map(Into::into).collect()).collect(),
            series: named_series(run.series, plan),
            courses: plan.probes.courses.iter().copied().zip(run.courses).collect(),
            breakdown: run.breakdown,
            watches: run.watches,
            deadlocks: run.deadlocks,
            events: run.events,
            ended_at: run.ended_at,
            fingerprint: run.fingerprint,
        }
    }

    /// A tally in a window (0 is the run's own); `None` without a value.
    pub fn tally(&self, window: usize, tally: u32) -> Option<&Sparse> {
        let key = window as u32 * self.tallies_each + tally;
        let at = self.tallies.binary_search_by_key(&key, |entry| entry.0).ok()?;
        Some(&self.tallies[at].1)
    }

    /// A tally by interval of the intended arrival, as far as there are values; `None` if it is not
    /// kept so. Requests without an answer have a value that never came, at their `ok` tally.
    pub fn course(&self, tally: u32) -> Option<&[Sparse]> {
        let at = self.courses.binary_search_by_key(&tally, |entry| entry.0).ok()?;
        Some(&self.courses[at].1)
    }

    /// Requests without an answer at the end of the run, by their `ok` tally.
    pub fn unanswered(&self, window: usize, tally: u32) -> u64 {
        let key = window as u32 * self.tallies_each + tally;
        let at = self.unanswered.binary_search_by_key(&key, |entry| entry.0);
        at.map_or(0, |at| self.unanswered[at].1)
    }

    /// A counter in a window.
    pub fn count(&self, window: usize, counter: u32) -> u64 {
        let at = window * self.counts_each as usize + counter as usize;
        self.counts.get(at).copied().unwrap_or(0)
    }

    /// A level in a window; `None` if the run did not reach it.
    pub fn level(&self, window: usize, level: u32) -> Option<&LevelStat> {
        self.levels.get(window)?.get(level as usize)
    }
}

/// Drops the series that no metric path names.
fn named_series(mut series: Series, plan: &Plan) -> Series {
    let mut named = vec![false; series.levels.len()];
    for entry in plan.catalog.entries() {
        if let Source::Level { sum, .. } = entry.source {
            named[sum as usize] = true;
        }
    }
    for (values, named) in series.levels.iter_mut().zip(named) {
        if !named {
            *values = Vec::new();
        }
        values.shrink_to_fit();
    }
    series
}
