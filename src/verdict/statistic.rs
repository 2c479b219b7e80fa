//! One number out of the rows of a world: what a metric function of a path stands for.

use super::until::Until;
use crate::experiment::Row;
use crate::plan::{Plan, Schedule};
use crate::sim::End;
use crate::stats::histogram::{Histogram, Sparse};
use crate::units::time::{NS_PER_S, ns_to_seconds};

/// Things that are counted one by one.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// The values of these tallies.
    Visits(Vec<u32>),
    /// All requests of a kind, by the first of its ten tallies: those without a good answer were
    /// never answered.
    Requests(u32),
    /// A counter.
    Counter(u32),
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Quantity {
    /// Mean of visits \[s\].
    Mean(Subject),
    /// Quantile of visits \[s\].
    Quantile(Subject, f64),
    /// Largest value of a run \[s\], averaged over runs.
    Max(Subject),
    /// How many in a run, averaged over runs.
    Count(Subject),
    /// How many per second of the window.
    PerSecond(Subject),
    /// Share of visits above (`above`) or at most at a value, ns.
    Beyond {
        /// Of what.
        of: Subject,
        /// The value, ns.
        ns: u64,
        /// Above it, or not.
        above: bool,
    },
    /// Share of one thing among another.
    ShareOf(Subject, Subject),
    /// Mean of a level over time, times the unit.
    Level {
        /// The level, or those of the instances: then the largest mean of each run counts.
        levels: Vec<u32>,
        /// What one unit is worth; divided by the capacity for a utilization.
        unit: f64,
        /// Whether it is relative to a capacity, and so cannot grow without end.
        bounded: bool,
        /// Whether it is a part of that capacity, at most all of it.
        is_share: bool,
    },
    /// Largest value of a level in a run, averaged over runs.
    LevelMax(Vec<u32>, f64),
    /// Quantile of a level over time.
    LevelQuantile(u32, f64, f64),
    /// Share of time at or above (`above`) or below a value.
    LevelShare {
        /// The level.
        level: u32,
        /// The value in the level's own units.
        value: u64,
        /// At or above it, or below.
        above: bool,
    },
    /// Servers that would be busy if there were enough: those who asked, per second, times the
    /// mean holding time (busy area over grants).
    OfferedLoad {
        /// Tallies of those who asked.
        asked: Vec<u32>,
        /// Level of busy servers.
        busy: u32,
        /// What one unit is worth.
        unit: f64,
        /// Counter of grants.
        grants: u32,
    },
    /// Attempts over intended requests: two counters.
    Ratio(u32, u32),
    /// Time from a date to when a watch was fulfilled \[s\].
    TimeUntil {
        /// The watch.
        watch: usize,
        /// The date, ns.
        after: u64,
    },
    /// Time from a date to the interval in which something first holds \[s\].
    Until(Box<Until>),
}

/// A quantity in a window of the runs of one ensemble.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistic {
    /// What is asked.
    pub quantity: Quantity,
    /// Window of the rows: 0 is the run's own.
    pub window: usize,
    /// Number of the ensemble: 0 is the one that is judged.
    pub ensemble: usize,
    /// Start and length of the window, or of the interval \[ns\].
    pub span: (u64, u64),
    /// When the measured time ends \[ns\]; a run that has drained may be over before.
    pub measured_to: u64,
    /// Instead of the window: an interval of the series.
    pub interval: Option<usize>,
}

/// How the rows make the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One number per run; the mean over runs.
    PerRun,
    /// Σ numerators / Σ denominators.
    Ratio,
    /// The same, of hits and trials.
    Share,
    /// A quantile of everything together.
    Quantile,
    /// Not linear in sums over runs.
    Other,
}

impl Statistic {
    /// The start and length of a window of a plan.
    pub fn span_of(plan: &Plan, window: usize) -> (u64, u64) {
        let Schedule { warm_up, duration, windows, .. } = &plan.schedule;
        match window.checked_sub(1).and_then(|named| windows.get(named)) {
            Some(&(from, to)) => (from, to.saturating_sub(from)),
            None => (*warm_up, *duration),
        }
    }

    /// How the rows make the number.
    pub fn shape(&self) -> Shape {
        match &self.quantity {
            Quantity::Mean(_)
            | Quantity::PerSecond(_)
            | Quantity::Ratio(..)
            | Quantity::LevelShare { .. } => Shape::Ratio,
            Quantity::Level { levels, .. } if levels.len() == 1 => Shape::Ratio,
            Quantity::Beyond { .. } | Quantity::ShareOf(..) => Shape::Share,
            Quantity::Quantile(..) | Quantity::LevelQuantile(..) => Shape::Quantile,
            Quantity::OfferedLoad { .. } => Shape::Other,
            Quantity::Max(_)
            | Quantity::Count(_)
            | Quantity::Level { .. }
            | Quantity::LevelMax(..)
            | Quantity::TimeUntil { .. }
            | Quantity::Until(_) => Shape::PerRun,
        }
    }

    /// Whether it grows with the length of the run where the system does.
    pub fn may_grow(&self) -> bool {
        match &self.quantity {
            Quantity::Level { bounded, .. } => !bounded,
            Quantity::Mean(_)
            | Quantity::Quantile(..)
            | Quantity::Max(_)
            | Quantity::Beyond { .. }
            | Quantity::LevelMax(..)
            | Quantity::LevelQuantile(..)
            | Quantity::LevelShare { .. }
            | Quantity::TimeUntil { .. }
            | Quantity::Until(_) => true,
            Quantity::Count(_)
            | Quantity::PerSecond(_)
            | Quantity::ShareOf(..)
            | Quantity::OfferedLoad { .. }
            | Quantity::Ratio(..) => false,
        }
    }

    /// Whether it is a part of a whole, which is at most 1.
    pub fn is_share(&self) -> bool {
        match &self.quantity {
            Quantity::Level { is_share, .. } => *is_share,
            Quantity::Beyond { .. } | Quantity::ShareOf(..) | Quantity::LevelShare { .. } => true,
            _ => false,
        }
    }

    /// Whether it is the mean of a level.
    pub fn is_level(&self) -> bool {
        matches!(self.quantity, Quantity::Level { .. })
    }

    /// Whether it is a time until something, which may never be.
    pub fn is_until(&self) -> bool {
        matches!(self.quantity, Quantity::TimeUntil { .. } | Quantity::Until(_))
    }

    /// Whether it is kept by interval: the mean of a level of all instances together, and what is
    /// said of visits whose tallies the plan keeps so.
    pub fn is_kept(&self, plan: &Plan) -> bool {
        let kept = |tally: u32| plan.probes.courses.binary_search(&tally).is_ok();
        let all = |of: &Subject| match of {
            Subject::Visits(tallies) => tallies.iter().all(|&tally| kept(tally)),
            Subject::Requests(first) => (*first..first + 10).all(kept),
            Subject::Counter(_) => false,
        };
        let is_kept = match &self.quantity {
            Quantity::Level { levels, .. } => levels.len() == 1,
            Quantity::Mean(of)
            | Quantity::Quantile(of, _)
            | Quantity::Max(of)
            | Quantity::Count(of)
            | Quantity::PerSecond(of)
            | Quantity::Beyond { of, .. } => all(of),
            Quantity::ShareOf(part, whole) => all(part) && all(whole),
            _ => false,
        };
        is_kept && self.window == 0 && self.ensemble == 0
    }

    /// The same in one interval of `step` ns; only for what is kept.
    pub fn in_interval(&self, interval: usize, step: u64) -> Self {
        let span = ((interval as u64).saturating_mul(step), step);
        Self { span, interval: Some(interval), ..self.clone() }
    }

    fn tally<'r>(&self, row: &'r Row, tally: u32) -> Option<&'r Sparse> {
        match self.interval {
            Some(interval) => row.course(tally)?.get(interval),
            None => row.tally(self.window, tally),
        }
    }

    /// Requests without an answer that are in no tally: of an interval they are.
    fn unanswered(&self, row: &Row, tally: u32) -> u64 {
        if self.interval.is_some() { 0 } else { row.unanswered(self.window, tally) }
    }

    /// The level of the quantile and the histogram of one run, for a quantile.
    pub fn histogram(&self, row: &Row) -> Option<(f64, f64, Sparse)> {
        match &self.quantity {
            Quantity::Quantile(of, q) => Some((*q, 1.0 / NS_PER_S, self.values(row, of))),
            Quantity::LevelQuantile(level, q, unit) => {
                let stat = row.level(self.window, *level);
                let times = stat.and_then(|stat| stat.distribution.clone()).unwrap_or_default();
                Some((*q, *unit, times))
            }
            _ => None,
        }
    }

    /// Expected values beyond the quantile in one run; `None` if it is not a quantile of visits.
    pub fn exceedances(&self, row: &Row) -> Option<f64> {
        let Quantity::Quantile(of, q) = &self.quantity else { return None };
        Some(self.total(row, of) as f64 * q.min(1.0 - q))
    }

    /// The values of a subject in one run, those that never came included.
    fn values(&self, row: &Row, of: &Subject) -> Sparse {
        let merged = |tallies: &mut dyn Iterator<Item = u32>| {
            Sparse::merged(tallies.filter_map(|tally| self.tally(row, tally)))
        };
        match of {
            Subject::Visits(tallies) => merged(&mut tallies.iter().copied()),
            Subject::Requests(first) => {
                let mut good = merged(&mut (*first..first + 2));
                let mut never = Histogram::new();
                never.record_never(self.lost(row, *first));
                good.merge(&never.compact());
                good
            }
            Subject::Counter(_) => Sparse::default(),
        }
    }

    /// Requests without a good answer in one run.
    fn lost(&self, row: &Row, first: u32) -> u64 {
        let bad = (first + 2..first + 10).filter_map(|tally| self.tally(row, tally));
        bad.map(Sparse::total).sum::<u64>() + self.unanswered(row, first)
    }

    /// How many of a subject in one run.
    fn total(&self, row: &Row, of: &Subject) -> u64 {
        let sum = |tallies: &mut dyn Iterator<Item = u32>| -> u64 {
            tallies.filter_map(|tally| self.tally(row, tally)).map(Sparse::total).sum()
        };
        match of {
            Subject::Visits(tallies) => sum(&mut tallies.iter().copied()),
            Subject::Requests(first) => {
                sum(&mut (*first..first + 10)) + self.unanswered(row, *first)
            }
            Subject::Counter(counter) => row.count(self.window, *counter),
        }
    }

    /// Length of the window in one run \[s\]: shorter if a limit ended it, or if it reaches beyond
    /// the end.
    fn seconds(&self, row: &Row) -> f64 {
        let (from, length) = self.span;
        let end = match row.end {
            End::Completed => row.ended_at.max(self.measured_to),
            _ => row.ended_at,
        };
        let reached = length.min(end.saturating_sub(from));
        ns_to_seconds(reached)
    }

    /// Numerator and denominator of one run; (0, 0) if it has nothing to say.
    pub fn parts(&self, row: &Row) -> (f64, f64) {
        let nothing = (0.0, 0.0);
        let level = |level: u32| row.level(self.window, level);
        match &self.quantity {
            Quantity::Mean(of) => {
                let values = self.values(row, of);
                let sums = values.sums();
                (sums.sum as f64 / NS_PER_S, sums.count as f64)
            }
            Quantity::Max(of) => self.largest(row, of),
            Quantity::Count(of) => (self.total(row, of) as f64, 1.0),
            Quantity::PerSecond(of) => (self.total(row, of) as f64, self.seconds(row)),
            Quantity::Beyond { of, ns, above } => {
                let values = self.values(row, of);
                let (beyond, total) = (values.count_above(*ns), values.total() as f64);
                (if *above { beyond } else { total - beyond }, total)
            }
            Quantity::ShareOf(part, whole) => {
                (self.total(row, part) as f64, self.total(row, whole) as f64)
            }
            Quantity::Level { levels, unit, .. } => self.level_mean(row, levels, *unit),
            Quantity::LevelMax(levels, unit) => {
                let largest = levels.iter().filter_map(|&one| self.level_max(row, one)).max();
                largest.map_or(nothing, |max| (max as f64 * unit, 1.0))
            }
            Quantity::LevelShare { level: index, value, above } => {
                let Some(times) = level(*index).and_then(|stat| stat.distribution.as_ref()) else {
                    return nothing;
                };
                let share = times.share_at_least(*value).unwrap_or(0.0);
                let total = times.total() as f64;
                (if *above { share } else { 1.0 - share } * total, total)
            }
            Quantity::Ratio(above, below) => {
                (row.count(self.window, *above) as f64, row.count(self.window, *below) as f64)
            }
            Quantity::TimeUntil { watch, after } => {
                let found = row.watches.get(*watch).copied().flatten();
                (found.map_or(f64::INFINITY, |at| ns_to_seconds(at.saturating_sub(*after))), 1.0)
            }
            Quantity::Until(until) => (until.seconds(row), 1.0),
            Quantity::OfferedLoad { .. } | Quantity::Quantile(..) | Quantity::LevelQuantile(..) => {
                self.point(std::slice::from_ref(row)).map_or(nothing, |v| (v, 1.0))
            }
        }
    }

    /// The largest of a subject's values in one run; infinite if one never came.
    fn largest(&self, row: &Row, of: &Subject) -> (f64, f64) {
        let values = self.values(row, of);
        match (values.total(), values.sums().never) {
            (0, _) => (0.0, 0.0),
            (_, 0) => (ns_to_seconds(values.sums().max), 1.0),
            _ => (f64::INFINITY, 1.0),
        }
    }

    /// Area and span of a level; of several the largest mean.
    fn level_mean(&self, row: &Row, levels: &[u32], unit: f64) -> (f64, f64) {
        if let (Some(interval), [level]) = (self.interval, levels) {
            let course = row.series.levels.get(*level as usize);
            let mean = course.and_then(|course| course.get(interval));
            return mean.map_or((0.0, 0.0), |mean| (mean * unit, 1.0));
        }
        let stats = levels.iter().filter_map(|&level| row.level(self.window, level));
        let mut parts = stats.map(|stat| (stat.area as f64 * unit, stat.span as f64));
        if levels.len() == 1 {
            return parts.next().unwrap_or((0.0, 0.0));
        }
        let means = parts.filter(|part| part.1 > 0.0).map(|(area, span)| area / span);
        means.reduce(f64::max).map_or((0.0, 0.0), |worst| (worst, 1.0))
    }

    /// Largest value of a level. Only the run's own window keeps it; for others it is that of the
    /// distribution.
    fn level_max(&self, row: &Row, level: u32) -> Option<u64> {
        let stat = row.level(self.window, level)?;
        match (&stat.distribution, self.window) {
            (Some(times), _) if times.total() > 0 => Some(times.sums().max),
            (_, 0) => Some(stat.max),
            _ => None,
        }
    }

    /// The number over some runs; may be infinite. `None` if they have nothing to say.
    pub fn point(&self, rows: &[Row]) -> Option<f64> {
        match &self.quantity {
            Quantity::Quantile(..) | Quantity::LevelQuantile(..) => {
                let parts: Vec<_> = rows.iter().filter_map(|row| self.histogram(row)).collect();
                let (q, unit, _) = parts.first()?;
                let whole = Sparse::merged(parts.iter().map(|part| &part.2));
                Some(whole.quantile(*q)? * unit)
            }
            Quantity::OfferedLoad { asked, busy, unit, grants } => {
                let asked = Subject::Visits(asked.clone());
                let sum = |of: &dyn Fn(&Row) -> f64| rows.iter().map(of).sum::<f64>();
                let level = |row: &Row| row.level(self.window, *busy).map(|l| (l.span, l.area));
                let span = |row: &Row| level(row).map_or(0.0, |(span, _)| ns_to_seconds(span));
                let area = |row: &Row| level(row).map_or(0.0, |(_, area)| area as f64);
                // Of a run that is drained to the last request, as the area is.
                let per_s = sum(&|row| self.total(row, &asked) as f64) / sum(&span);
                let held = sum(&area) * unit / NS_PER_S;
                let load = per_s * held / sum(&|row| row.count(self.window, *grants) as f64);
                load.is_finite().then_some(load)
            }
            _ => {
                let (mut above, mut below) = (0.0, 0.0);
                for row in rows {
                    let (n, d) = self.parts(row);
                    above += n;
                    below += d;
                }
                (below > 0.0).then(|| above / below)
            }
        }
    }
}
