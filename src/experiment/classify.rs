//! Is a world stable, or does something grow in it?

use super::row::Row;
use crate::plan::{Plan, Source};
use crate::sim::{End, Series};
use crate::stats::drift::{self, Drift, Trend};
use crate::units::time::ns_to_seconds;

/// What may be said about the long run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// A run from a given start to a given end: there is no long run.
    Terminating,
    /// The number in the system neither grows nor falls.
    Stable,
    /// Too few intervals in the series to judge.
    Unjudged,
    /// There was more at first than there will be, and it drains.
    Backlogged,
    /// It grows ever more slowly, or too noisily to tell.
    NotSettled,
    /// More arrives than leaves, or a limit on requests or events was reached.
    Overloaded,
}

impl State {
    /// Whether times measured at the end of such a run may be smaller than those of a longer one.
    pub const fn may_grow(self) -> bool {
        matches!(self, Self::NotSettled | Self::Overloaded)
    }
}

impl From<Trend> for State {
    fn from(trend: Trend) -> Self {
        match trend {
            Trend::Stable => Self::Stable,
            Trend::Backlogged => Self::Backlogged,
            Trend::Overloaded => Self::Overloaded,
            Trend::NotSettled => Self::NotSettled,
        }
    }
}

/// The judgment about one world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WorldState {
    /// The class.
    pub state: State,
    /// The numbers behind it, where there are any. Its levels count a request in every service
    /// that it is in and once for its client; its share of arrivals does not.
    pub drift: Option<Drift>,
}

/// Levels that count requests in the system: waited for by a client (first), or inside a service.
fn in_system_levels(plan: &Plan) -> [Vec<u32>; 2] {
    let mut levels = [Vec::new(), Vec::new()];
    for entry in plan.catalog.entries() {
        let waited = entry.path.starts_with("workload.") && entry.path.ends_with(".outstanding");
        let inside = entry.path.starts_with("service.") && entry.path.ends_with(".inside");
        if let (true, Source::Level { sum, .. }) = (waited || inside, &entry.source) {
            levels[usize::from(inside)].push(*sum);
        }
    }
    levels
}

/// The number in the system per interval of a series, for each run.
///
/// It is a sum over services and clients, so that work which only one of them sees shows too: a
/// request inside two services counts twice and once more for its client.
#[derive(Debug, Clone, Default)]
pub struct InSystem {
    /// By run, then by interval.
    pub series: Vec<Vec<f64>>,
    sum: f64,
    waited_for: f64,
}

impl InSystem {
    /// Adds a run, up to a number of intervals.
    pub fn add(&mut self, plan: &Plan, series: &Series, steps: usize) {
        let mut total: Vec<f64> = Vec::new();
        for (inside, levels) in in_system_levels(plan).iter().enumerate() {
            for &level in levels {
                let values = &series.levels[level as usize];
                let values = &values[..values.len().min(steps)];
                total.resize(total.len().max(values.len()), 0.0);
                for (sum, value) in total.iter_mut().zip(values) {
                    *sum += value;
                }
                if inside == 0 {
                    self.waited_for += values.iter().sum::<f64>();
                }
            }
        }
        self.sum += total.iter().sum::<f64>();
        self.series.push(total);
    }

    /// In how many places a request counts on average, at least once: what a rate of arrivals
    /// must be multiplied by to be compared with the growth of the sum.
    pub fn places(&self) -> f64 {
        if self.waited_for > 0.0 { (self.sum / self.waited_for).max(1.0) } else { 1.0 }
    }
}

/// Intended requests per second that arrived in a window of one run.
pub fn arrivals_per_s(plan: &Plan, row: &Row, window: usize, seconds: f64) -> f64 {
    let count: u64 = plan.workloads.iter().map(|w| row.count(window, w.intended)).sum();
    if seconds > 0.0 { count as f64 / seconds } else { 0.0 }
}

/// Judges a world from its runs, from the start (warm-up included) to the end of the window.
pub fn world(plan: &Plan, rows: &[Row], steady: bool) -> WorldState {
    let limited = |row: &Row| matches!(row.end, End::InFlightLimit | End::EventLimit);
    let hit = rows.iter().any(limited);
    let steps = (plan.window_end() / plan.schedule.interval) as usize;
    let mut system = InSystem::default();
    for row in rows {
        system.add(plan, &row.series, steps);
    }
    let seconds = ns_to_seconds(plan.schedule.duration);
    let rates = rows.iter().map(|row| arrivals_per_s(plan, row, 0, seconds));
    let rate = rates.sum::<f64>() / rows.len().max(1) as f64 * system.places();
    let drift = drift::classify(&system.series, rate, ns_to_seconds(plan.schedule.interval));
    let state = match (hit, steady, drift) {
        (true, _, _) => State::Overloaded,
        (false, false, _) => State::Terminating,
        (false, true, Some(drift)) => drift.trend.into(),
        (false, true, None) => State::Unjudged,
    };
    WorldState { state, drift }
}

/// The state of most worlds; of two that are equally frequent the worse one.
pub fn overall(worlds: &[WorldState]) -> State {
    let count = |state: State| worlds.iter().filter(|world| world.state == state).count();
    let states = worlds.iter().map(|world| world.state);
    states.max_by_key(|&state| (count(state), state)).unwrap_or(State::Unjudged)
}
