//! What workloads bring over a week: requests of endpoints, and rows that these write.

use super::arrivals::live;
use super::asks::{Asks, batch, mean};
use super::usage::{Resource, times};
use super::walk::Walker;
use super::{ClosedDemand, analyze};
use crate::model::{Arrivals, Binding, Model, Shape, Use, Workload, WriteKind};

/// Means over a week at month 0, without errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Traffic {
    /// The workload that it is of, if that grows by itself; `None`: of all that do not grow.
    pub workload: Option<usize>,
    /// Requests per second of workloads, by endpoint.
    pub requests_per_s: Vec<f64>,
    /// Rows inserted less rows deleted per second, by table.
    pub rows_per_s: Vec<f64>,
}

/// What open workloads and users bring: all that do not grow together, then each of those that do. Users
/// ask as often as they can ([`super::closed`]), at month 0. What is asked for in the background comes
/// beside that. Bursts and logs have no rate of a week and are not counted.
pub fn traffic(model: &Model, binding: &Binding) -> Vec<Traffic> {
    let grows = |at: &usize| model.workloads[*at].growth.is_some();
    let all = 0..model.workloads.len();
    let is_closed = |workload: &Workload| matches!(workload.arrivals, Arrivals::Users { .. });
    let closed = if model.workloads.iter().any(is_closed) {
        analyze(model, binding).closed
    } else {
        Vec::new()
    };
    let of = |workload: Option<usize>, all: &[usize]| of((model, binding), &closed, workload, all);
    let constant = all.clone().filter(|at| !grows(at)).collect::<Vec<usize>>();
    let mut groups = vec![of(None, &constant)];
    groups.extend(all.filter(grows).map(|at| of(Some(at), &[at])));
    groups
}

fn of(
    (model, binding): (&Model, &Binding),
    closed: &[ClosedDemand],
    workload: Option<usize>,
    all: &[usize],
) -> Traffic {
    let mut requests = vec![0.0; model.endpoints.len()];
    let mut walker = Walker::new(model, binding);
    walker.counts_queries = true;
    for workload in all.iter().map(|at| &model.workloads[*at]) {
        let asks = Asks::of(workload, binding);
        let rate = mean_of_a_week(workload, binding) * batch(binding, workload);
        let is_there = match workload.arrivals {
            Arrivals::Users { .. } => mean_share(workload, binding),
            _ => 1.0,
        };
        for &(endpoint, interval) in &workload.background {
            let block = |endpoint: usize| walker.endpoint(endpoint);
            let live = live(workload, binding, &asks, (rate, block)) * is_there;
            requests[endpoint] += live / mean(binding, interval);
        }
        if let Some(bound) = closed.iter().find(|bound| bound.name == workload.name) {
            let rate = bound.at_most_per_s * mean_share(workload, binding);
            for (endpoint, share) in asks.shares() {
                requests[endpoint] += times(rate, share);
            }
            continue;
        }
        for (endpoint, number) in asks.requests {
            requests[endpoint] += times(rate, number);
        }
    }
    let mut rows = vec![0.0; model.tables.len()];
    for (endpoint, rate) in requests.iter().enumerate() {
        for (resource, used) in &walker.endpoint(endpoint).uses {
            let Resource::Query(query) = resource else { continue };
            let Some(Use::Write(write)) = &model.queries[*query].table else { continue };
            let written = times(*rate, used.visits) * binding.get(write.rows);
            match write.kind {
                WriteKind::Insert => rows[write.table] += written,
                WriteKind::Delete => rows[write.table] -= written,
                WriteKind::Update => {}
            }
        }
    }
    Traffic { workload, requests_per_s: requests, rows_per_s: rows }
}

/// Arrivals per second over a week: of what repeats its own mean, else the stated rate by its
/// `mean_share`, which is taken for all day where nothing is known.
fn mean_of_a_week(workload: &Workload, binding: &Binding) -> f64 {
    if !matches!(workload.arrivals, Arrivals::Open { .. }) {
        return 0.0;
    }
    let Some(rates) = workload.rates(binding) else { return 0.0 };
    if let Some(Shape::Cycle { .. } | Shape::Phases(_)) = workload.shape {
        return rates.mean(binding, 0.0, 1.0);
    }
    let stated = workload.stated_rate(binding).map(|rate| rate * binding.load(workload));
    stated.unwrap_or_else(|| rates.peak()) * mean_share(workload, binding)
}

fn mean_share(workload: &Workload, binding: &Binding) -> f64 {
    workload.mean_share.map_or(1.0, |id| binding.get(id))
}
