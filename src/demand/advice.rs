//! Advice: what a reviewer would ask about, with the numbers that arithmetic gives.
//!
//! Advice must be worth reading, so each kind is said only where its number is: a line without a
//! limit only if less than twice the load overflows it, fixed times only where somebody asks for a
//! far percentile of them.

use std::collections::BTreeSet;

use super::warnings::CLIFF;
use super::{Demand, StationDemand, StationKind};
use crate::diag::{Diagnostic, Id, Span, name};
use crate::expr::metric::{Condition, Function, MetricExpr, MetricKind, Relation};
use crate::model::{Binding, Model, Step, VariateId, Verb};
use crate::units::show;

/// A line that overflows below this multiple of the load is worth a word.
const PEAK: f64 = 2.0;
/// From here on a percentile is about the tail.
const TAIL: f64 = 0.99;

/// All advice.
pub fn advice(model: &Model, binding: &Binding, demand: &Demand) -> Vec<Diagnostic> {
    let mut found = unbounded(model, demand);
    found.extend(no_variation(model, binding));
    found
}

/// Lines without a limit in which nobody gives up.
fn unbounded(model: &Model, demand: &Demand) -> Vec<Diagnostic> {
    let is_patient = |workload: &crate::model::Workload| {
        workload.client.as_ref().is_none_or(|client| client.timeout.is_none())
    };
    if !model.workloads.iter().all(is_patient) {
        return Vec::new();
    }
    demand.stations.iter().filter_map(|station| overflow(model, station)).collect()
}

fn overflow(model: &Model, station: &StationDemand) -> Option<Diagnostic> {
    // Nearer to its capacity a warning says it.
    let multiple =
        station.sustainable_load.filter(|multiple| (1.0 / CLIFF..PEAK).contains(multiple))?;
    let (table, entity) = station.name.split_once('.')?;
    let entity = entity.split('.').next()?;
    let (is_open, servers) = match (table, station.kind) {
        ("service", StationKind::Workers) => {
            let service = model.services.iter().find(|service| service.name == entity)?;
            (service.line_limit.is_none(), service.workers?)
        }
        ("pool", _) => {
            let pool = model.pools.iter().find(|pool| pool.name == entity)?;
            (pool.line_limit.is_none() && pool.acquire_timeout.is_none(), pool.size)
        }
        _ => return None,
    };
    if !is_open {
        return None;
    }
    let growth = station.visits_per_s * (PEAK - multiple);
    let message = format!(
        "the line in front of {} has no limit, and nobody in it gives up: it is full at {} times \
         the stated load, and at twice that load the line grows by {} requests a second",
        station.name,
        show::number(multiple),
        show::count(growth.round().max(1.0))
    );
    let found = Diagnostic::new(Id::UnboundedLine, message);
    let found = match model.slots.quantities[servers.0 as usize].origin.span {
        Some(span) => found.at(span, "more than these wait, however many they are"),
        None => found,
    };
    Some(found.help("bound it: `line = { limit = ... }`, or a `client` with a `timeout`"))
}

/// Far percentiles of endpoints whose every time is fixed.
fn no_variation(model: &Model, binding: &Binding) -> Vec<Diagnostic> {
    let mut asked: Vec<(f64, String, Option<Span>)> = Vec::new();
    for objective in &model.objectives {
        collect(&objective.that, objective.span, &mut asked);
    }
    // A claim on another variant is judged there.
    for claim in model.claims.iter().filter(|claim| claim.variant == model.variant) {
        collect(&claim.that, claim.span, &mut asked);
    }
    let mut said = BTreeSet::new();
    let mut found = Vec::new();
    for (level, path, span) in asked {
        let Some(endpoint) = endpoint(model, &path).filter(|endpoint| said.insert(*endpoint))
        else {
            continue;
        };
        let mut times = Times { model, binding, varies: false, fixed: 0, seen: BTreeSet::new() };
        times.endpoint(endpoint);
        if times.varies || times.fixed == 0 {
            continue;
        }
        let message = format!(
            "p{} of {} is asked for, and the {} times in it are fixed: only waiting can spread it",
            show::number(level * 100.0),
            name(&path),
            times.fixed
        );
        let message = message.replace("the 1 times in it are", "the one time in it is");
        let diagnostic = Diagnostic::new(Id::NoVariation, message);
        let diagnostic = match span {
            Some(span) => diagnostic.at(span, "the tail is asked for here"),
            None => diagnostic,
        };
        found.push(diagnostic.help(
            "say how the times vary, such as `exp(20ms)` or `lognormal(p50=16ms, p99=70ms)`",
        ));
    }
    found
}

/// The endpoint of a path of requests: its own, or the only one of a workload.
fn endpoint(model: &Model, path: &str) -> Option<usize> {
    let mut parts = path.split('.');
    let (table, entity) = (parts.next()?, parts.next()?);
    match table {
        "endpoint" => model.endpoints.iter().position(|endpoint| endpoint.name == entity),
        "workload" => {
            let workload = model.workloads.iter().find(|workload| workload.name == entity)?;
            let [(only, _)] = workload.mix.as_slice() else { return None };
            Some(*only)
        }
        _ => None,
    }
}

fn collect(
    condition: &Condition,
    span: Option<Span>,
    asked: &mut Vec<(f64, String, Option<Span>)>,
) {
    for comparison in &condition.comparisons {
        in_expression(&comparison.left, span, asked);
        match &comparison.relation {
            Relation::Compare(_, right) | Relation::Within(_, right) => {
                in_expression(right, span, asked);
            }
            Relation::Between(low, high) => {
                in_expression(low, span, asked);
                in_expression(high, span, asked);
            }
        }
    }
}

fn in_expression(
    metric: &MetricExpr,
    span: Option<Span>,
    asked: &mut Vec<(f64, String, Option<Span>)>,
) {
    match &metric.kind {
        MetricKind::Of(Function::Quantile(level), path) if *level >= TAIL => {
            asked.push((*level, path.text.clone(), span));
        }
        MetricKind::Binary(_, left, right) => {
            in_expression(left, span, asked);
            in_expression(right, span, asked);
        }
        MetricKind::Negate(inner)
        | MetricKind::At(_, inner)
        | MetricKind::During(_, inner)
        | MetricKind::WorstInstance(inner) => in_expression(inner, span, asked),
        _ => {}
    }
}

/// Whether any time on a request's way varies.
struct Times<'a> {
    model: &'a Model,
    binding: &'a Binding,
    varies: bool,
    /// Times that do not.
    fixed: usize,
    /// Endpoints that were looked into.
    seen: BTreeSet<usize>,
}

impl Times<'_> {
    fn endpoint(&mut self, endpoint: usize) {
        if self.seen.insert(endpoint) {
            self.steps(&self.model.endpoints[endpoint].steps);
        }
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            match &step.verb {
                Verb::Cpu(id) | Verb::Delay(id) => self.time(*id),
                Verb::Query { query, .. } => {
                    let query = &self.model.queries[*query];
                    // What follows from a table is not the author's to vary.
                    self.varies |= query.table.is_some();
                    for id in [query.cpu, query.scan, query.time].into_iter().flatten() {
                        self.time(id);
                    }
                    if let Some(reads) = query.reads {
                        self.number(reads);
                    }
                }
                Verb::Call { endpoint, .. } => self.endpoint(*endpoint),
                // How often, and which way, spreads times too.
                Verb::Each { count, .. } => self.number(*count),
                Verb::Repeat { repeat: crate::model::Repeat::Times(times), .. } => {
                    self.number(*times);
                }
                Verb::Repeat { .. } | Verb::Choose(_) | Verb::If { .. } => self.varies = true,
                _ => {}
            }
            for block in step.blocks() {
                self.steps(block);
            }
        }
    }

    fn number(&mut self, id: VariateId) {
        self.varies |= self.binding.variate(id).0.evaluate_fixed().is_none();
    }

    fn time(&mut self, id: VariateId) {
        self.number(id);
        self.fixed += 1;
    }
}
