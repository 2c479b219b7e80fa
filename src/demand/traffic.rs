//! What workloads bring over a week: requests of endpoints, and rows that these write.

use super::asks::{Asks, batch};
use super::usage::{Resource, times};
use super::walk::Walker;
use crate::model::{Arrivals, Binding, Model, Shape, Use, Workload, WriteKind};

/// Means over a week, without errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Traffic {
    /// Requests per second of workloads, by endpoint.
    pub requests_per_s: Vec<f64>,
    /// Rows inserted less rows deleted per second, by table.
    pub rows_per_s: Vec<f64>,
}

/// What open workloads bring. Users, bursts and logs have no rate of a week and are not counted.
pub fn traffic(model: &Model, binding: &Binding) -> Traffic {
    let mut requests = vec![0.0; model.endpoints.len()];
    for workload in &model.workloads {
        let rate = mean_of_a_week(workload, binding) * batch(binding, workload);
        for (endpoint, number) in Asks::of(workload, binding).requests {
            requests[endpoint] += times(rate, number);
        }
    }
    let mut walker = Walker::new(model, binding);
    walker.counts_queries = true;
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
    Traffic { requests_per_s: requests, rows_per_s: rows }
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
    let stated = workload.stated_rate(binding).map(|rate| rate * binding.scaling.load);
    let share = workload.mean_share.map_or(1.0, |id| binding.get(id));
    stated.unwrap_or_else(|| rates.peak()) * share
}
