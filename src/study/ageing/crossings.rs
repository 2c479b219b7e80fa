//! The date at which a limit is passed, as a month and the part of it that has passed.
//!
//! In each world the first month at which the curve through the simulated dates passes the limit; with
//! one world where the curve does, with the interval of inverse estimation that the luck of the runs
//! leaves ([`knee::crossing`]). Across a jump of the load there is no curve: what is passed between the eve and
//! the first day of such a month is passed on that day.

use super::steps::{Step, is_jump};
use crate::stats::estimate::{Estimate, Quality};
use crate::stats::knee::{self, Axis, Cross, Point};
use crate::stats::worlds::order_statistic;
use crate::study::sweep::{self, Sweep};
use crate::verdict::Found;

/// Servers that are busy for this share of the time are called full: from here on waiting grows
/// without measure.
pub const FULL: f64 = 0.9;

/// A limit, and when it is passed.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// What happens: `fast fails`, `database.pg.cpu is 90 % busy`.
    pub what: String,
    /// Number of the metric.
    pub metric: usize,
    /// The limit.
    pub limit: f64,
    /// The month of each world; infinite where it is not passed, NaN where that cannot be told: at some
    /// date there were too few requests, or it was not passed yet in a run that would have got there
    /// had it been longer.
    pub months: Vec<f64>,
    /// The two simulated dates of each world, in months, between which that month is read off, or of which it is the
    /// later; `None` of what is so from the first date on, and of what is not passed or cannot be told.
    pub gaps: Vec<Option<(f64, f64)>>,
    /// One world: the ends of the interval that luck leaves; infinite where it is open.
    pub luck: Option<(f64, f64)>,
}

impl Crossing {
    /// Quantile over the worlds that can be told; infinite where it is one of those that do not pass.
    pub fn quantile(&self, q: f64) -> f64 {
        let mut told: Vec<f64> = self.told().collect();
        told.sort_by(f64::total_cmp);
        order_statistic(&told, q)
    }

    /// The date until which it is not passed in so large a share of the worlds; NaN if those that cannot be told
    /// decide whether it ever is.
    pub fn assured(&self, assurance: f64) -> f64 {
        let month = self.quantile(1.0 - assurance);
        let is_open = month.is_infinite() && self.untold() > 0 && self.never() < assurance;
        if is_open { f64::NAN } else { month }
    }

    /// Share of all worlds in which it is not passed, as far as can be told; NaN if none can be.
    pub fn never(&self) -> f64 {
        let never = self.told().filter(|month| month.is_infinite()).count();
        let all = if self.told().count() > 0 { self.months.len() } else { 0 };
        never as f64 / all as f64
    }

    /// Worlds that cannot be told.
    pub fn untold(&self) -> usize {
        self.months.len() - self.told().count()
    }

    fn told(&self) -> impl Iterator<Item = f64> {
        self.months.iter().copied().filter(|month| !month.is_nan())
    }

    /// The simulated dates between which the worlds pass it that a quantile lies between: those of one world or
    /// two; none where one of them does not.
    pub fn gaps_at(&self, q: f64) -> Vec<(f64, f64)> {
        let mut worlds: Vec<usize> =
            (0..self.months.len()).filter(|&world| !self.months[world].is_nan()).collect();
        worlds.sort_by(|&a, &b| self.months[a].total_cmp(&self.months[b]));
        let Some(last) = worlds.len().checked_sub(1) else { return Vec::new() };
        let position = q.clamp(0.0, 1.0) * last as f64;
        let near = [libm::floor(position) as usize, libm::ceil(position) as usize];
        let near = near.map(|at| worlds[at.min(last)]);
        if near.iter().any(|&world| self.months[world].is_infinite()) {
            return Vec::new();
        }
        near.iter().filter_map(|&world| self.gaps[world]).collect()
    }

    /// The two simulated dates, in months, that a quantile is read off between.
    pub fn around(&self, q: f64) -> Option<(f64, f64)> {
        self.gaps_at(q).into_iter().reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
    }
}

/// Of the limits of objectives.
pub(super) fn of_objectives(sweep: &Sweep, steps: &[Step]) -> impl Iterator<Item = Crossing> {
    sweep.limits.iter().map(move |limit| {
        let what = format!("{} fails", limit.objective);
        of((sweep, steps), what, limit.metric, (&|_| limit.value, limit.is_ceiling))
    })
}

/// Of servers that fill up.
pub(super) fn of_servers(sweep: &Sweep, steps: &[Step]) -> impl Iterator<Item = Crossing> {
    let servers = sweep.metrics.iter().enumerate().filter_map(move |(metric, measured)| {
        let path = measured.text.strip_prefix("utilization(")?.strip_suffix(')')?;
        Some(of((sweep, steps), format!("{path} is 90 % busy"), metric, (&|_| FULL, true)))
    });
    servers.filter(|one| one.months.iter().any(|month| month.is_finite()))
}

/// Of a limit by world, that shown is the first world's, with the jumps of the load.
pub(super) fn of(
    (sweep, steps): (&Sweep, &[Step]),
    what: String,
    metric: usize,
    (limit, is_ceiling): (&dyn Fn(usize) -> f64, bool),
) -> Crossing {
    let (months, gaps) = (Vec::new(), Vec::new());
    let mut found = Crossing { what, metric, limit: limit(0), months, gaps, luck: None };
    let first = sweep.points.first().and_then(|point| point.settings.first()?.value);
    for world in 0..sweep.worlds.max(1) as usize {
        let in_world = |point: &sweep::Point| match sweep.worlds {
            0 | 1 => of_one(point, metric, (sweep.confidence, limit(world))),
            _ => exact(point, metric, (world, limit(world))),
        };
        let curve: Vec<Point> = sweep.points.iter().filter_map(in_world).collect();
        let passed = passes(&curve, limit(world), is_ceiling);
        let month = passed.map_or(f64::NAN, |passed| passed.0);
        // At a date that cannot be told it may have been passed.
        let is_open = month.is_infinite() && curve.len() < sweep.points.len();
        let gap = gap(&curve, first, month);
        let jump = gap.filter(|gap| is_jump(steps, *gap));
        let month = jump.map_or(month, |(_, day)| day);
        found.months.push(if is_open { f64::NAN } else { month });
        found.gaps.push(gap);
        if let (Some(cross), 0 | 1) = (passed.and_then(|one| one.1), sweep.worlds) {
            let luck = (cross.lower.max(0.0), cross.upper);
            found.luck = Some(jump.map_or(luck, |(eve, day)| {
                (if luck.0 > eve { day } else { luck.0 }, luck.1.max(day))
            }));
        }
    }
    found
}

/// The dates of a curve between which a month lies, or of which it is the later; before the first of them those
/// that are simulated from `first` on cannot be told.
fn gap(curve: &[Point], first: Option<f64>, month: f64) -> Option<(f64, f64)> {
    let after = curve.partition_point(|point| point.x < month);
    let to = curve.get(after).filter(|_| month.is_finite())?.x;
    let from = match after.checked_sub(1) {
        Some(before) => curve[before].x,
        None => first.filter(|first| *first < to)?,
    };
    Some((from, to))
}

/// What a metric was at a date in the only world; `None` as of [`exact`].
fn of_one(point: &sweep::Point, metric: usize, (confidence, limit): (f64, f64)) -> Option<Point> {
    let estimate = point.estimates.get(metric)?.as_ref()?;
    let y = estimate.number(confidence).filter(|y| !(estimate.growing && y.point <= limit))?;
    Some(Point { x: point.settings.first()?.value?, y })
}

/// What a metric was in a world at a date; `None` where that says nothing of a limit: there were too few
/// samples, or it is less and a longer run would have given more.
fn exact(point: &sweep::Point, metric: usize, (world, limit): (usize, f64)) -> Option<Point> {
    let Found::Worlds { values, growing, .. } = &point.estimates.get(metric)?.as_ref()?.found
    else {
        return None;
    };
    let value = values.get(world).copied().flatten()?;
    if value <= limit && growing.get(world).copied().unwrap_or(false) {
        return None;
    }
    let y = Estimate {
        point: value,
        standard_error: 0.0,
        lower: value,
        upper: value,
        confidence_level: 1.0,
        samples: 1,
        quality: Quality::Good,
    };
    Some(Point { x: point.settings.first()?.value?, y })
}

/// The first month at which a curve passes a limit, with the place where it does unless that is the
/// beginning; `None`: it cannot be told.
fn passes(curve: &[Point], limit: f64, is_ceiling: bool) -> Option<(f64, Option<Cross>)> {
    let first = curve.first()?;
    let fails = |y: f64| if is_ceiling { y > limit } else { y < limit };
    if fails(first.y.point) {
        return Some((first.x, None));
    }
    match knee::crossing(curve, limit, Axis::Linear)? {
        knee::Crossing::At(all) => {
            let passed = all.into_iter().find(|cross| cross.rising == is_ceiling);
            Some(passed.map_or((f64::INFINITY, None), |cross| (cross.point, Some(cross))))
        }
        knee::Crossing::Below | knee::Crossing::Above | knee::Crossing::Unclear => {
            Some((f64::INFINITY, None))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::passes;
    use crate::stats::knee::Point;

    fn curve(values: &[(f64, f64)]) -> Vec<Point> {
        let point = |&(x, y): &(f64, f64)| {
            let y = crate::stats::estimate::chance(1, 2, 0.9).map(|one| {
                crate::stats::estimate::Estimate { point: y, lower: y, upper: y, ..one }
            });
            Point { x, y: y.unwrap() }
        };
        values.iter().map(point).collect()
    }

    /// The wait of an M/M/1 queue whose load grows by a hundredth a month, from a half on: it is four
    /// times its service at 80 %, after 30 months.
    #[test]
    fn a_known_crossing_is_found_between_the_dates() {
        let wait = |month: f64| {
            let load = 0.5 + 0.01 * month;
            load / (1.0 - load)
        };
        let points: Vec<(f64, f64)> =
            [0.0, 7.0, 14.0, 22.0, 29.0, 36.0].map(|month| (month, wait(month))).to_vec();
        let (month, _) = passes(&curve(&points), 4.0, true).unwrap();
        assert!((month - 30.0).abs() < 0.15, "{month}");
    }

    #[test]
    fn what_fails_at_first_fails_from_the_beginning_and_what_never_fails_never() {
        let points = curve(&[(0.0, 5.0), (12.0, 9.0)]);
        assert_eq!(passes(&points, 4.0, true).unwrap().0, 0.0);
        assert_eq!(passes(&points, 10.0, true).unwrap().0, f64::INFINITY);
        // A floor that is left behind is not passed by growing.
        assert_eq!(passes(&points, 7.0, false).unwrap().0, 0.0);
        assert!(passes(&[], 1.0, true).is_none());
    }

    #[test]
    fn what_never_comes_is_beyond_every_limit() {
        let points = curve(&[(0.0, 1.0), (12.0, 2.0), (24.0, f64::INFINITY)]);
        let (month, _) = passes(&points, 4.0, true).unwrap();
        assert!(month > 12.0 && month < 24.0, "{month}");
    }
}
