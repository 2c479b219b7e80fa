//! How often queries are executed, and bindings that know what queries on tables cost.

use super::analyze;
use super::arrivals::{loads, span};
use super::asks::Asks;
use super::usage::{Resource, times};
use super::walk::Walker;
use crate::access::price::{has_tables, may_miss, price};
use crate::model::{BindProblem, Binding, Model, Scaling, World};

/// Evaluates every number of a model, with what queries on tables cost ([`price_queries`]).
pub fn bind(model: &Model, world: &World, scaling: Scaling) -> Result<Binding, Vec<BindProblem>> {
    let mut binding = model.bind(world, scaling)?;
    price_queries(model, &mut binding);
    Ok(binding)
}

/// Puts in what queries on tables cost, with the rows that the binding states.
///
/// Where memory may be too small, what is found there depends on how often each query is executed:
/// first everything is taken for found, then the rates that follow say what is. That is exact for
/// open loads, whose rates do not depend on costs; for users who wait for their answers it is the
/// rate that they reach at most.
pub fn price_queries(model: &Model, binding: &mut Binding) {
    if !has_tables(model) {
        return;
    }
    price(model, binding, None);
    if may_miss(model) {
        let rates = executions(model, binding);
        price(model, binding, Some(&rates));
    }
}

/// Executions of each query per second, without errors. Of bursts and what is there at the start the
/// mean over the run.
pub fn executions(model: &Model, binding: &Binding) -> Vec<f64> {
    let mut walker = Walker::new(model, binding);
    walker.counts_queries = true;
    let blocks: Vec<_> = (0..model.endpoints.len()).map(|e| walker.endpoint(e)).collect();
    let all = loads(model, binding, &blocks, &mut walker.notes);
    let span = span(model, binding);
    let mut requests: Vec<f64> =
        all.iter().map(|load| load.per_s + (load.burst + load.initial) / span).collect();
    for closed in analyze(model, binding).closed {
        let mut workloads = model.workloads.iter();
        let Some(workload) = workloads.find(|workload| workload.name == closed.name) else {
            continue;
        };
        for (endpoint, share) in Asks::of(workload, binding).shares() {
            requests[endpoint] += times(share, closed.at_most_per_s.min(1e9));
        }
    }
    let mut rates = vec![0.0; model.queries.len()];
    for (block, requests) in blocks.iter().zip(requests) {
        for (resource, used) in &block.uses {
            if let Resource::Query(query) = resource {
                rates[*query] += times(requests, used.visits);
            }
        }
    }
    rates
}
