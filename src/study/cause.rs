//! Why a design does what it does: what contention makes of its busy time, where the time of its
//! requests goes, which step they spend it in, and whether its pools ask for more connections than
//! the server takes.
//!
//! Nothing here is a guess: each is measured in the runs, or is arithmetic of what was compiled.

use super::alternative::Ran;
use crate::experiment::Row;
use crate::expr::metric::{MetricExpr, parse_metric};
use crate::model::{Binding, Model, OnRefused, Parallel, Scaling, Step, Verb};
use crate::plan::{Plan, PoolPlan};
use crate::sim::Breakdown;
use crate::stats::estimate::Estimate as Number;
use crate::stats::histogram::Sparse;
use crate::verdict::{self, Evidence, Judgement, Verdict};

/// What is known of why a design does what it does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cause {
    /// The cores on which work is most in the way of other work; `None` where none is stated.
    pub contention: Option<Contention>,
    /// Where most of the time of good answers goes; `None` where there is none.
    pub time: Option<Time>,
    /// The named step that takes longest; `None` without one.
    pub step: Option<StepTime>,
    /// A server of which the pools may ask more connections than it takes.
    pub connections: Option<Connections>,
    /// Share of the checkouts of its pools that end because it refused a connection; `None`: none does,
    /// or no objective is missed.
    pub refused: Option<f64>,
    /// Whether there are several worlds, over which numbers spread.
    pub in_worlds: bool,
}

/// What contention takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Contention {
    /// The cores: `database.pg.cpu`.
    pub path: String,
    /// Its share of the time in which they are busy.
    pub share: Number,
}

/// Where most of the time of good answers goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Time {
    /// Place of the breakdown: `pool.api_pg`, `delay`.
    pub place: String,
    /// Whether it is waiting there, or being served.
    pub waits: bool,
    /// Share of all their time.
    pub share: f64,
}

/// What a named step takes of the requests that execute it.
#[derive(Debug, Clone, PartialEq)]
pub struct StepTime {
    /// `step.E.NAME`.
    pub path: String,
    /// Executions to a request.
    pub per_request: f64,
    /// So many of these one after the other, as many at once as may be.
    pub rounds: f64,
    /// Mean of one execution \[s\].
    pub elapsed: f64,
    /// At most so many at once, infinite for all of them; `None`: that differs.
    pub at_once: Option<f64>,
    /// Items to an execution at most; `None`: one, or that differs.
    pub batch: Option<f64>,
    /// Executions one after the other, as many at once as may be, over the mean time from the
    /// arrival to the end of the last.
    pub share: f64,
    /// 90th percentile over median of the time from the arrival to the end of the last.
    pub spread: Option<f64>,
}

/// More connections than a server takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Connections {
    /// The server: `database.pg`.
    pub path: String,
    /// Sizes of all its pools together.
    pub asked: u64,
    /// What it takes.
    pub takes: u64,
}

/// What the runs of a design and its plan tell. `judged` are its objectives: if some are missed the
/// time is that of the requests that they speak of.
pub fn cause(ran: &Ran, judged: &[Option<Judgement>]) -> Cause {
    let connections = connections(&ran.model, ran.ensemble.plan());
    let is_missed = judged.iter().flatten().any(|one| one.verdict == Verdict::Fail);
    Cause {
        contention: contention(ran),
        time: time(ran, &concerned(&ran.model, judged)),
        step: step(ran),
        refused: connections.as_ref().filter(|_| is_missed).and_then(|one| refused(ran, one)),
        connections,
        in_worlds: ran.ensemble.worlds.len() > 1,
    }
}

fn number(ran: &Ran, metric: &str) -> Option<Number> {
    let others = |_: &str| None;
    let evidence = Evidence { model: &ran.model, ensemble: &ran.ensemble, others: &others };
    let found = verdict::estimate(&parse_metric(metric).ok()?, &evidence).ok()?;
    found.number(ran.ensemble.confidence)
}

fn contention(ran: &Ran) -> Option<Contention> {
    let of = |path: &str| {
        let cores = path.strip_suffix(".contention")?;
        let share = number(ran, &format!("mean({path}) / mean({cores})"))?;
        Some(Contention { path: cores.to_owned(), share })
    };
    let entries = ran.ensemble.plan().catalog.entries().iter();
    let found = entries.filter_map(|entry| of(&entry.path));
    let found = found.filter(|one| one.share.point.is_finite());
    found.reduce(|most, next| if next.share.point > most.share.point { next } else { most })
}

/// Endpoints of which the missed objectives speak; all, where none is missed or names one.
fn concerned(model: &Model, judged: &[Option<Judgement>]) -> Vec<usize> {
    let is_missed =
        |one: &Option<Judgement>| one.as_ref().is_some_and(|one| one.verdict == Verdict::Fail);
    let missed = model.objectives.iter().zip(judged).filter(|(_, judged)| is_missed(judged));
    let mut named = Vec::new();
    for path in missed.flat_map(|(objective, _)| objective.that.sides()).flat_map(MetricExpr::paths)
    {
        let mut parts = path.segments();
        let (kind, name) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        match kind {
            "endpoint" | "step" => {
                named.extend(model.endpoints.iter().position(|one| one.name == name));
            }
            "workload" => {
                let workload = model.workloads.iter().find(|one| one.name == name);
                let mix = workload.into_iter().flat_map(|one| &one.mix);
                named.extend(mix.map(|entry| entry.0));
            }
            _ => {}
        }
    }
    named.sort_unstable();
    named.dedup();
    if named.is_empty() { (0..model.endpoints.len()).collect() } else { named }
}

fn time(ran: &Ran, endpoints: &[usize]) -> Option<Time> {
    let parts = endpoints.iter().filter_map(|&endpoint| breakdown(&ran.ensemble.rows, endpoint));
    let whole = parts.reduce(|mut whole, part| {
        whole.merge(&part);
        whole
    })?;
    let (_, means) = whole.means_from(0);
    let all: f64 = means.iter().sum();
    let most =
        (0..means.len()).reduce(|most, at| if means[at] > means[most] { at } else { most })?;
    let place = ran.ensemble.plan().places.get(most / 2)?.name.clone();
    (all > 0.0).then(|| Time { place, waits: most % 2 == 0, share: means[most] / all })
}

/// Where the time of an endpoint's good answers goes, over all runs.
pub fn breakdown(rows: &[Row], endpoint: usize) -> Option<Breakdown> {
    let parts = rows.iter().filter_map(|row| row.breakdown.get(endpoint));
    parts.fold(None, |whole: Option<Breakdown>, part| match whole {
        None => Some(part.clone()),
        Some(mut whole) => {
            whole.merge(part);
            Some(whole)
        }
    })
}

/// A named step as it is written.
struct Named {
    path: String,
    batch: Option<f64>,
    nest: Nest,
}

/// The levels of `each` around a step.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Nest {
    /// Executions of the levels but the innermost.
    outer: f64,
    /// How many of these are one after the other.
    rounds: f64,
    /// Of all levels but the innermost at most so many at once; `None`: that differs.
    outer_at_once: Option<f64>,
    /// The innermost level, and those around it of which nobody knows how many executions they are.
    inner: Level,
}

/// One level of `each`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Level {
    /// Executions in the mean; `None`: nobody knows before it is run.
    mean: Option<f64>,
    /// Executions, if they are always as many.
    fixed: Option<f64>,
    /// At most so many at once, infinite for all of them; `None`: that differs.
    limit: Option<f64>,
}

impl Level {
    /// How many times so many executions are one after the other.
    fn rounds(&self, executions: f64) -> f64 {
        self.limit.map_or(executions, |limit| executions / limit).max(executions.min(1.0))
    }

    /// At most so many at once, as far as there are so many.
    fn at_once(&self) -> Option<f64> {
        self.limit.map(|limit| self.fixed.map_or(limit, |fixed| limit.min(fixed)))
    }
}

impl Nest {
    /// Nothing around it: once.
    const NONE: Self = Self {
        outer: 1.0,
        rounds: 1.0,
        outer_at_once: Some(1.0),
        inner: Level { mean: Some(1.0), fixed: Some(1.0), limit: Some(1.0) },
    };

    /// With one more level inside.
    fn with(&self, level: Level) -> Self {
        let Some(mean) = self.inner.mean else {
            let limit = self.inner.limit.zip(level.limit).map(|(outer, own)| outer * own);
            return Self { inner: Level { mean: None, fixed: None, limit }, ..*self };
        };
        let at_once = self.outer_at_once.zip(self.inner.at_once());
        Self {
            outer: self.outer * mean,
            rounds: self.rounds * self.inner.rounds(mean),
            outer_at_once: at_once.map(|(outer, own)| outer * own),
            inner: level,
        }
    }

    /// Executions of a request one after the other, of so many.
    fn rounds(&self, per_request: f64) -> f64 {
        let inner = if self.outer > 0.0 { per_request / self.outer } else { per_request };
        self.rounds * self.inner.rounds(inner)
    }

    /// At most so many at once, infinite for all of them; `None`: that differs.
    fn at_once(&self) -> Option<f64> {
        // Of what is in turns not all are at once, though all of each turn are.
        let own = if self.rounds > 1.0 { self.inner.at_once() } else { self.inner.limit };
        let both = self.outer_at_once.zip(own).map(|(outer, own)| outer * own);
        both.filter(|at_once| at_once.is_finite() || self.rounds <= 1.0)
    }
}

fn step(ran: &Ran) -> Option<StepTime> {
    let world = ran.model.nominal_world().ok()?;
    let binding = ran.model.bind(&world, Scaling::default()).ok()?;
    let mut named = Vec::new();
    for endpoint in &ran.model.endpoints {
        walk(&endpoint.steps, &binding, Nest::NONE, &endpoint.name, &mut named);
    }
    let found = named.into_iter().filter_map(|one| measured(ran, one));
    found.reduce(|most, next| if next.takes() > most.takes() { next } else { most })
}

/// The named steps in some, around which these levels are.
fn walk(steps: &[Step], binding: &Binding, nest: Nest, endpoint: &str, found: &mut Vec<Named>) {
    for step in steps {
        let (mut here, mut items) = (nest, None);
        if let Verb::Each { count, parallel, batch, .. } = &step.verb {
            let fixed = |id| binding.variate(id).0.evaluate_fixed();
            items = batch.and_then(fixed);
            let groups = |count: f64| items.map_or(count, |items| (count / items).ceil());
            here = nest.with(Level {
                // Batches of a size that differs are so many that only the runs tell.
                mean: if batch.is_some() == items.is_some() {
                    binding.variate(*count).0.mean().filter(|mean| mean.is_finite()).map(groups)
                } else {
                    None
                },
                fixed: fixed(*count).filter(|_| batch.is_some() == items.is_some()).map(groups),
                limit: match parallel {
                    Parallel::Limit(limit) => fixed(*limit),
                    Parallel::All => Some(f64::INFINITY),
                },
            });
        }
        if let Some(name) = &step.name {
            let path = format!("step.{endpoint}.{name}");
            found.push(Named { path, batch: items, nest: here });
        }
        for block in step.blocks() {
            walk(block, binding, here, endpoint, found);
        }
    }
}

impl StepTime {
    /// Executions of a request one after the other, as many at once as may be \[s\].
    fn takes(&self) -> f64 {
        self.rounds * self.elapsed
    }
}

fn measured(ran: &Ran, named: Named) -> Option<StepTime> {
    let Named { path, batch, nest } = named;
    let value = |metric: String| {
        let found = number(ran, &metric)?.point;
        found.is_finite().then_some(found)
    };
    let executions = value(format!("count({path}.elapsed)"))?;
    let requests = value(format!("count({path}.last)")).filter(|count| *count > 0.0)?;
    let last = value(format!("mean({path}.last)")).filter(|last| *last > 0.0)?;
    let quantile = |percentile: &str| value(format!("{percentile}({path}.last)"));
    let median = quantile("p50").filter(|median| *median > 0.0);
    let per_request = executions / requests;
    let step = StepTime {
        per_request,
        rounds: nest.rounds(per_request),
        elapsed: value(format!("mean({path}.elapsed)"))?,
        share: 0.0,
        spread: quantile("p90").zip(median).map(|(high, median)| high / median),
        path,
        at_once: nest.at_once(),
        batch,
    };
    Some(StepTime { share: step.takes() / last, ..step })
}

/// The first server of which the pools may ask more connections than it takes.
pub fn connections(model: &Model, plan: &Plan) -> Option<Connections> {
    let over = |(at, database): (usize, &crate::model::Database)| {
        let of = plan.pools.iter().filter(|pool| pool.database as usize == at);
        let asked: u64 = of.map(|pool| u64::from(pool.size)).sum();
        let takes = u64::from(plan.databases.get(at)?.connections);
        let path = format!("database.{}", database.name);
        (asked > takes).then_some(Connections { path, asked, takes })
    };
    model.databases.iter().enumerate().find_map(over)
}

/// The share of the checkouts that end because a server refused a connection, among the pools of
/// which the request does not wait for one then; `None`: none does.
fn refused(ran: &Ran, of: &Connections) -> Option<f64> {
    let plan = ran.ensemble.plan();
    let server = of.path.strip_prefix("database.")?;
    let at = ran.model.databases.iter().position(|one| one.name == server)?;
    let ends =
        |pool: &&PoolPlan| pool.database as usize == at && pool.on_refused == OnRefused::Fail;
    // The pools of several instances are counted together.
    let mut probes: Vec<(u32, u32)> =
        plan.pools.iter().filter(ends).map(|pool| (pool.refused, pool.granted)).collect();
    probes.sort_unstable();
    probes.dedup();
    let (mut refused, mut granted) = (0, 0);
    let endpoints = ran.model.endpoints.len() as u32;
    for row in &ran.ensemble.rows {
        for &(count, tallies) in &probes {
            refused += row.count(0, count);
            let of = (tallies..tallies + endpoints).filter_map(|tally| row.tally(0, tally));
            granted += of.map(Sparse::total).sum::<u64>();
        }
    }
    (refused > 0).then(|| refused as f64 / (refused + granted) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(count: f64, limit: f64) -> Level {
        Level { mean: Some(count), fixed: Some(count), limit: Some(limit) }
    }

    fn differs(mean: Option<f64>, limit: f64) -> Level {
        Level { mean, fixed: None, limit: Some(limit) }
    }

    /// Executions one after the other of so many, and how many are at once at most, by hand.
    #[test]
    fn rounds_are_those_of_each_level() {
        let all = f64::INFINITY;
        let of = |levels: &[Level], executions: f64| {
            let nest = levels.iter().fold(Nest::NONE, |nest, level| nest.with(*level));
            (nest.rounds(executions), nest.at_once())
        };
        assert_eq!(of(&[], 1.0), (1.0, Some(1.0)));
        assert_eq!(of(&[], 0.25), (0.25, Some(1.0)));
        assert_eq!(of(&[level(100.0, 10.0)], 100.0), (10.0, Some(10.0)));
        assert_eq!(of(&[level(70.0, all)], 70.0), (1.0, Some(all)));
        // Fewer items than may be at once: the inner ones are one after the other all the same.
        assert_eq!(of(&[level(10.0, 50.0), level(3.0, 1.0)], 30.0), (3.0, Some(10.0)));
        assert_eq!(of(&[level(10.0, all), level(3.0, 1.0)], 30.0), (3.0, Some(10.0)));
        // One after the other outside: inside there are too few to make up for it.
        assert_eq!(of(&[level(10.0, 1.0), level(2.0, 50.0)], 20.0), (10.0, Some(2.0)));
        assert_eq!(of(&[level(10.0, 1.0), level(2.0, all)], 20.0), (10.0, Some(2.0)));
        assert_eq!(of(&[level(10.0, 1.0), differs(Some(2.0), all)], 20.0), (10.0, None));
        assert_eq!(of(&[level(4.0, 2.0), level(6.0, 3.0), level(5.0, 1.0)], 120.0).0, 20.0);
        // Of numbers that differ the mean counts; without one both levels are one.
        assert_eq!(of(&[differs(Some(10.0), 50.0), level(3.0, 1.0)], 30.0), (3.0, Some(50.0)));
        assert_eq!(of(&[differs(None, 5.0), level(3.0, 1.0)], 30.0), (6.0, Some(5.0)));
    }
}
