//! A key through its range: how a design answers, where it crosses what was asked for, and where
//! one more point would say most.
//!
//! The points of the range are run on the same luck ([`super::runs`]). Then, where the range leaves
//! room between them, points are added one by one where a level of an objective is crossed or where
//! the curve bends most ([`crate::stats::knee`]), as far as the luck of the runs lets it be known.

pub mod beside;

use super::alternative::{Alternative, Ran, find, objectives};
use super::cause::{self, Cause, Connections};
use super::compare;
use super::measured::Measured;
use super::range::{Range, Setting};
use super::runs::{Outside, Shared, runs_of};
use crate::experiment::State;
use crate::expr::metric::{Comparison, Relation};
use crate::expr::tree::Comparator;
use crate::model::Model;
use crate::stats::estimate::Estimate as Number;
use crate::stats::knee::{self, Axis, Crossing, Why};
use crate::verdict::{self, Estimate, Evidence, Judgement, Verdict};

/// Points that are added to a range at most.
pub const ADDED: usize = 8;

/// How finely a crossing is looked for, as a part of the range.
const FINE: f64 = 0.01;

/// A design at one point.
pub struct Point {
    /// The values of the keys, in their order.
    pub settings: Vec<Setting>,
    /// By metric; `None`: there is no number.
    pub estimates: Vec<Option<Estimate>>,
    /// By objective.
    pub objectives: Vec<Option<Judgement>>,
    /// What its runs turned out to be.
    pub state: State,
    /// The busiest servers: their path and utilization.
    pub busiest: Option<(String, Number)>,
    /// Why it does what it does.
    pub cause: Cause,
    /// Whether it was added where more was to be seen.
    pub added: Option<Why>,
}

/// Where the pools begin to ask for more connections than a server takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Limited {
    /// The value of the key nearest to those at which there are enough.
    pub setting: Setting,
    /// Whether it is so from there on; else up to there.
    pub rising: bool,
    /// What is asked for there.
    pub connections: Connections,
}

/// A limit that an objective sets to a metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Number of the metric.
    pub metric: usize,
    /// Name of the objective.
    pub objective: String,
    /// The limit, in the metric's unit.
    pub value: f64,
    /// Whether less than it is asked for.
    pub is_ceiling: bool,
    /// Where it is crossed, with several worlds by the median over them; `None` with several keys, or
    /// a key without numbers.
    pub crossing: Option<Crossing>,
    /// With several worlds: where the share of them in which it is kept crosses the one asked for.
    pub assured: Option<Crossing>,
    /// Number of the objective, and of the comparison in it.
    pub at: (usize, usize),
}

/// What a sweep found.
pub struct Sweep {
    /// The keys and their ranges.
    pub ranges: Vec<Range>,
    /// What was measured.
    pub metrics: Vec<Measured>,
    /// In the order of the first key, then of the second.
    pub points: Vec<Point>,
    /// What objectives ask for.
    pub limits: Vec<Limit>,
    /// One key: the number of the point at the knee of the first metric, and how pronounced it is.
    pub knee: Option<(usize, f64)>,
    /// One key: where connections are not enough, by arithmetic.
    pub limited: Vec<Limited>,
    /// Replications of each point, per world.
    pub per_world: u32,
    /// Worlds of each point.
    pub worlds: u32,
    /// Confidence of the intervals.
    pub confidence: f64,
    /// Share of worlds in which an objective must hold.
    pub assurance: f64,
    /// It was stopped before its end.
    pub stopped: bool,
    /// Points of the range that were not run to their end.
    pub missing: Vec<Vec<Setting>>,
}

/// The grid of all ranges, the last key fastest.
pub fn grid(ranges: &[Range]) -> Vec<Vec<Setting>> {
    let mut grid: Vec<Vec<Setting>> = vec![Vec::new()];
    for range in ranges {
        let with = |before: &Vec<Setting>| {
            let before = before.clone();
            range.values.iter().map(move |value| {
                let mut settings = before.clone();
                settings.push(value.clone());
                settings
            })
        };
        grid = grid.iter().flat_map(with).collect::<Vec<_>>();
    }
    grid
}

/// Sweeps. `make` gives the design at a point; the base design says what is asked of it.
///
/// # Errors
/// Those of `make`, before anything is run for the grid; what is wrong with a point between is no
/// error, the point is left out.
pub fn sweep<E>(
    ranges: Vec<Range>,
    metrics: Vec<Measured>,
    make: &mut dyn FnMut(&[Setting]) -> Result<Alternative, E>,
    outside: Outside,
) -> Result<Sweep, E> {
    let designs = grid(&ranges).iter().map(|at| make(at)).collect::<Result<Vec<_>, E>>()?;
    let (mut sweep, shared) = begin(ranges, metrics, designs, outside);
    sweep.refine(make, &shared, outside);
    sweep.judge();
    sweep.limited = sweep.find_limited(make);
    Ok(sweep)
}

/// Runs the points of the grid, of which `designs` are.
fn begin(
    ranges: Vec<Range>,
    metrics: Vec<Measured>,
    designs: Vec<Alternative>,
    outside: Outside,
) -> (Sweep, Shared) {
    let grid = grid(&ranges);
    let (mut points, mut missing) = (Vec::new(), Vec::new());
    let mut grid = grid.into_iter();
    let (confidence, assurance) = designs
        .first()
        .map_or((0.95, 0.9), |one| (one.model.run.confidence, one.model.run.assurance));
    let mut limits = Vec::new();
    let shared = runs_of(designs, None, outside, &mut |ran| {
        if let Some(settings) = grid.next() {
            if limits.is_empty() {
                limits = limits_of(&ran.model, &metrics);
            }
            match reduce(&settings, &ran, &metrics) {
                Some(point) => points.push(point),
                None => missing.push(settings),
            }
        }
    });
    let mut sweep = Sweep {
        ranges,
        metrics,
        points,
        limits,
        knee: None,
        limited: Vec::new(),
        per_world: shared.per_world,
        worlds: shared.worlds,
        confidence,
        assurance,
        stopped: !missing.is_empty(),
        missing,
    };
    // A list may be in any order; a curve goes from left to right.
    if sweep.ranges.len() == 1 && sweep.points.iter().all(|one| one.settings[0].value.is_some()) {
        let value = |point: &Point| point.settings[0].value.unwrap_or_default();
        sweep.points.sort_by(|a, b| value(a).total_cmp(&value(b)));
    }
    (sweep, shared)
}

/// What is kept of a point; `None` if it was stopped before all its runs were complete.
fn reduce(settings: &[Setting], ran: &Ran, metrics: &[Measured]) -> Option<Point> {
    if !ran.is_complete() {
        return None;
    }
    let others = |name: &str| find(ran, &[], name).map(|found| &found.ensemble);
    let evidence = Evidence { model: &ran.model, ensemble: &ran.ensemble, others: &others };
    let estimate = |one: &Measured| verdict::estimate(&one.metric, &evidence).ok();
    let objectives = objectives(ran, &[]);
    Some(Point {
        settings: settings.to_vec(),
        estimates: metrics.iter().map(estimate).collect(),
        cause: cause::cause(ran, &objectives),
        objectives,
        state: ran.ensemble.state,
        busiest: compare::busiest(ran),
        added: None,
    })
}

/// What the objectives of a model ask of metrics that are measured.
fn limits_of(model: &Model, metrics: &[Measured]) -> Vec<Limit> {
    let mut limits = Vec::new();
    for (number, objective) in model.objectives.iter().enumerate() {
        for (part, comparison) in objective.that.comparisons.iter().enumerate() {
            let text = objective.text.get(comparison.left.span.clone()).unwrap_or("").trim();
            let metric = metrics.iter().position(|one| one.text == text);
            if let (Some(metric), Some((value, is_ceiling))) = (metric, bound(comparison)) {
                let objective = objective.name.clone();
                limits.push(Limit {
                    metric,
                    objective,
                    value,
                    is_ceiling,
                    crossing: None,
                    assured: None,
                    at: (number, part),
                });
            }
        }
    }
    limits
}

/// A plain number on the right side, and whether the left one is to be less.
fn bound(comparison: &Comparison) -> Option<(f64, bool)> {
    let Relation::Compare(comparator, right) = &comparison.relation else { return None };
    let is_ceiling = matches!(comparator, Comparator::Less | Comparator::AtMost);
    comparison.lasting.is_none().then_some((right.number()?, is_ceiling))
}

impl Sweep {
    /// The scale of the only key.
    pub fn axis(&self) -> Axis {
        if self.ranges.first().is_some_and(|range| range.log) { Axis::Log } else { Axis::Linear }
    }

    /// The curve of a metric over the only key, where it has numbers; of several worlds their median
    /// with the band.
    pub fn curve(&self, metric: usize) -> Vec<knee::Point> {
        self.through(metric, |one| one.number(self.confidence))
    }

    /// The same, of several worlds with the interval of the median: what the median is judged by.
    fn medians(&self, metric: usize) -> Vec<knee::Point> {
        self.through(metric, |one| one.median(self.confidence))
    }

    fn through(
        &self,
        metric: usize,
        number: impl Fn(&Estimate) -> Option<Number>,
    ) -> Vec<knee::Point> {
        let point = |point: &Point| {
            let [setting] = point.settings.as_slice() else { return None };
            let y = number(point.estimates.get(metric)?.as_ref()?)?;
            Some(knee::Point { x: setting.value?, y })
        };
        self.points.iter().filter_map(point).collect()
    }

    /// Whether a limit is kept at a value of the only key by the median over worlds; `None` if its
    /// interval holds the limit.
    pub fn by_median(&self, limit: &Limit, value: f64) -> Option<bool> {
        let found = self.medians(limit.metric).into_iter().find(|point| point.x == value)?;
        let (below, above) = (found.y.upper < limit.value, found.y.lower > limit.value);
        (below || above).then_some(below == limit.is_ceiling)
    }

    /// With several worlds: the share of them in which a limit is kept, over the only key.
    fn shares(&self, limit: &Limit) -> Vec<knee::Point> {
        let point = |point: &Point| {
            let [setting] = point.settings.as_slice() else { return None };
            let part = point.objectives.get(limit.at.0)?.as_ref()?.parts.get(limit.at.1)?;
            Some(knee::Point { x: setting.value?, y: part.assurance?.share })
        };
        if self.worlds > 1 { self.points.iter().filter_map(point).collect() } else { Vec::new() }
    }

    /// Adds points between those of the only range.
    fn refine<E>(
        &mut self,
        make: &mut dyn FnMut(&[Setting]) -> Result<Alternative, E>,
        shared: &Shared,
        outside: Outside,
    ) {
        for _ in 0..ADDED {
            let Some((setting, why)) = self.most_telling() else { return };
            let settings = [setting];
            let Ok(design) = make(&settings) else { return };
            if !self.add(&settings, why, design, shared, outside) {
                return;
            }
        }
    }

    /// The point between those of the only range that says most, and what it is for.
    fn most_telling(&self) -> Option<(Setting, Why)> {
        let [range] = self.ranges.as_slice() else { return None };
        if !range.open || self.stopped {
            return None;
        }
        let (value, why) = self.wanted()?;
        Some((self.untried(range, value)?, why))
    }

    /// Runs a design at a point between those of the range; false: it was stopped.
    fn add(
        &mut self,
        settings: &[Setting],
        why: Why,
        design: Alternative,
        shared: &Shared,
        outside: Outside,
    ) -> bool {
        let mut added = None;
        runs_of(vec![design], Some(shared), outside, &mut |ran| {
            added = reduce(settings, &ran, &self.metrics);
        });
        let Some(point) = added else {
            self.stopped = true;
            return false;
        };
        let value = point.settings[0].value;
        let at = self.points.partition_point(|known| known.settings[0].value < value);
        self.points.insert(at, Point { added: Some(why), ..point });
        true
    }

    /// How a value would be set that was not tried yet, of whole numbers one beside it.
    fn untried(&self, range: &Range, value: f64) -> Option<Setting> {
        let is_new = |one: &Setting| self.points.iter().all(|point| point.settings[0] != *one);
        let beside =
            if range.is_whole() { [value, value.floor(), value.ceil()] } else { [value; 3] };
        beside.into_iter().filter_map(|value| range.near(value)).find(is_new)
    }

    /// Where one more point says most: first where limits are crossed, then at the knee of the first
    /// metric.
    fn wanted(&self) -> Option<(f64, Why)> {
        let range = self.ranges.first()?;
        let (first, last) = (range.values.first()?.value?, range.values.last()?.value?);
        let axis = self.axis();
        let gap = FINE
            * match axis {
                Axis::Log => libm::log(last / first),
                Axis::Linear => last - first,
            };
        let taken = |value: f64| self.untried(range, value).is_none();
        let sought = |limit: &Limit| {
            let found = knee::next(&self.shares(limit), &[self.assurance], axis, gap, &taken)?;
            matches!(found.1, Why::Crossing(_)).then_some(found)
        };
        if let Some(found) = self.limits.iter().find_map(sought) {
            return Some(found);
        }
        let mut by_metric: Vec<usize> = self.limits.iter().map(|limit| limit.metric).collect();
        by_metric.dedup();
        if by_metric.is_empty() {
            by_metric.push(self.metrics.iter().position(|one| one.better.is_some())?);
        }
        by_metric.into_iter().find_map(|metric| {
            let of = self.limits.iter().filter(|limit| limit.metric == metric);
            let levels: Vec<f64> = of.map(|limit| limit.value).collect();
            knee::next(&self.medians(metric), &levels, axis, gap, &taken)
        })
    }

    /// Where connections begin not to be enough: between two points of whole numbers the values are
    /// halved, without a run.
    fn find_limited<E>(
        &self,
        make: &mut dyn FnMut(&[Setting]) -> Result<Alternative, E>,
    ) -> Vec<Limited> {
        let [range] = self.ranges.as_slice() else { return Vec::new() };
        let mut found = Vec::new();
        for pair in self.points.windows(2) {
            let [before, after] = pair else { continue };
            let rising = after.cause.connections.is_some();
            let (enough, short) = if rising { (before, after) } else { (after, before) };
            let (None, Some(connections)) = (&enough.cause.connections, &short.cause.connections)
            else {
                continue;
            };
            let mut limited = Limited {
                setting: short.settings[0].clone(),
                rising,
                connections: connections.clone(),
            };
            let ends = enough.settings[0].value.zip(short.settings[0].value);
            if let Some((mut enough, mut short)) = ends.filter(|_| range.is_whole()) {
                while (short - enough).abs() > 1.0 {
                    let middle = f64::midpoint(enough, short).floor();
                    let Some(setting) = range.near(middle) else { break };
                    let Ok(design) = make(std::slice::from_ref(&setting)) else { break };
                    let plan = design.study.plans().first();
                    match plan.and_then(|plan| cause::connections(&design.model, plan)) {
                        Some(connections) => {
                            short = middle;
                            limited = Limited { setting, rising, connections };
                        }
                        None => enough = middle,
                    }
                }
            }
            found.push(limited);
        }
        found
    }

    /// Finds crossings and the knee.
    pub fn judge(&mut self) {
        if self.ranges.len() != 1 {
            return;
        }
        let axis = self.axis();
        for at in 0..self.limits.len() {
            let Limit { metric, value, .. } = self.limits[at];
            let (curve, shares) = (self.medians(metric), self.shares(&self.limits[at]));
            self.limits[at].crossing = crossing(&curve, value, axis);
            self.limits[at].assured = crossing(&shares, self.assurance, axis);
        }
        let judged = self.metrics.iter().position(|one| one.better.is_some());
        self.knee = judged.and_then(|metric| knee::knee(&self.curve(metric), axis));
    }
}

/// Where a curve crosses a level. An interval that is narrower than the gap between the two points
/// around it would be a guess of what the curve does between them: it holds at least that gap.
fn crossing(curve: &[knee::Point], level: f64, axis: Axis) -> Option<Crossing> {
    let mut found = knee::crossing(curve, level, axis)?;
    if let Crossing::At(all) = &mut found {
        for one in all {
            let after = curve.partition_point(|point| point.x < one.point);
            if let (Some(before), Some(after)) =
                (after.checked_sub(1).and_then(|at| curve.get(at)), curve.get(after))
            {
                one.lower = one.lower.min(before.x);
                one.upper = one.upper.max(after.x);
            }
        }
    }
    Some(found)
}

impl Point {
    /// Whether every objective is shown to hold, or one is shown to fail; `None`: it cannot be told,
    /// or there is none.
    pub fn holds(&self) -> Option<bool> {
        let verdicts = || self.objectives.iter().map(|one| one.as_ref().map(|one| one.verdict));
        if verdicts().any(|one| one == Some(Verdict::Fail)) {
            return Some(false);
        }
        let all = !self.objectives.is_empty() && verdicts().all(|one| one == Some(Verdict::Pass));
        all.then_some(true)
    }
}
