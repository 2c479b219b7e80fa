//! Why a design does what it does: what contention makes of its busy time, where the time of its
//! requests goes, which step they spend it in, and whether its pools ask for more connections than
//! the server takes.
//!
//! Nothing here is a guess: each is measured in the runs, or is arithmetic of what was compiled.

use super::alternative::Ran;
use crate::experiment::Row;
use crate::expr::metric::parse_metric;
use crate::model::{Binding, Model, Parallel, Scaling, Step, Verb};
use crate::plan::Plan;
use crate::sim::Breakdown;
use crate::stats::estimate::Estimate as Number;
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
    Cause {
        contention: contention(ran),
        time: time(ran, &concerned(&ran.model, judged)),
        step: step(ran),
        connections: connections(&ran.model, ran.ensemble.plan()),
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
    for (objective, _) in missed {
        for word in objective.text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.') {
            let mut parts = word.split('.');
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
    at_once: Option<f64>,
    batch: Option<f64>,
}

fn step(ran: &Ran) -> Option<StepTime> {
    let world = ran.model.nominal_world().ok()?;
    let binding = ran.model.bind(&world, Scaling::default()).ok()?;
    let mut named = Vec::new();
    for endpoint in &ran.model.endpoints {
        walk(&endpoint.steps, &binding, Some(1.0), &endpoint.name, &mut named);
    }
    let found = named.into_iter().filter_map(|one| measured(ran, one));
    found.reduce(|most, next| if takes(&next) > takes(&most) { next } else { most })
}

/// The named steps in some; at most `at_once` of these run at once.
fn walk(
    steps: &[Step],
    binding: &Binding,
    at_once: Option<f64>,
    endpoint: &str,
    found: &mut Vec<Named>,
) {
    for step in steps {
        let (mut here, mut items) = (at_once, None);
        if let Verb::Each { parallel, batch, .. } = &step.verb {
            let fixed = |id| binding.variate(id).0.evaluate_fixed();
            let own = match parallel {
                Parallel::Limit(limit) => fixed(*limit),
                Parallel::All => Some(f64::INFINITY),
            };
            here = at_once.zip(own).map(|(outer, own)| outer * own);
            items = batch.and_then(fixed);
        }
        if let Some(name) = &step.name {
            let path = format!("step.{endpoint}.{name}");
            found.push(Named { path, at_once: here, batch: items });
        }
        for block in step.blocks() {
            walk(block, binding, here, endpoint, found);
        }
    }
}

/// Executions of a request one after the other, as many at once as may be \[s\].
fn takes(step: &StepTime) -> f64 {
    let rounds = step.at_once.map_or(step.per_request, |limit| step.per_request / limit);
    rounds.max(step.per_request.min(1.0)) * step.elapsed
}

fn measured(ran: &Ran, named: Named) -> Option<StepTime> {
    let Named { path, at_once, batch } = named;
    let value = |metric: String| {
        let found = number(ran, &metric)?.point;
        found.is_finite().then_some(found)
    };
    let executions = value(format!("count({path}.elapsed)"))?;
    let requests = value(format!("count({path}.last)")).filter(|count| *count > 0.0)?;
    let last = value(format!("mean({path}.last)")).filter(|last| *last > 0.0)?;
    let quantile = |percentile: &str| value(format!("{percentile}({path}.last)"));
    let median = quantile("p50").filter(|median| *median > 0.0);
    let step = StepTime {
        per_request: executions / requests,
        elapsed: value(format!("mean({path}.elapsed)"))?,
        share: 0.0,
        spread: quantile("p90").zip(median).map(|(high, median)| high / median),
        path,
        at_once,
        batch,
    };
    Some(StepTime { share: takes(&step) / last, ..step })
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
