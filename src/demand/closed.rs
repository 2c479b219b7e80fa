//! Closed workloads: what users who wait for their answers can ask for at most.
//!
//! Asymptotic bounds of operational analysis (Lazowska, Zahorjan, Graham and Sevcik, Quantitative
//! System Performance, 1984, chapter 5): X <= min(N / (R + Z), 1 / D), R >= max(R0, N D - Z), with
//! N users, think time Z, residence R0 without waiting, and D the demand on the station that fills
//! first, per server. They hold for any laws and any disciplines. Other workloads are left out,
//! which only raises the bound.

use super::asks::{Asks, mean};
use super::{ClosedDemand, EndpointDemand, StationDemand, StationKind};
use crate::model::{Arrivals, Binding, Model, Workload};
use std::collections::BTreeMap;

/// The bounds of each closed workload, in the order of the model.
pub fn bounds(
    model: &Model,
    binding: &Binding,
    endpoints: &[EndpointDemand],
    stations: &[StationDemand],
) -> Vec<ClosedDemand> {
    let one = |workload: &Workload| {
        let Arrivals::Users { users, think } = workload.arrivals else { return None };
        let users = (binding.get(users) * binding.scaling.load).ceil();
        let asks = Asks::of(workload, binding);
        if asks.number() <= 0.0 {
            return None;
        }
        let think_s = (mean(binding, think) + asks.think_s) / asks.number();
        let mut residence_s = 0.0;
        let mut demands: BTreeMap<usize, f64> = BTreeMap::new();
        for (endpoint, share) in asks.shares() {
            residence_s += share * endpoints[endpoint].minimum_residence_s;
            for visit in &endpoints[endpoint].visits {
                *demands.entry(visit.station).or_default() += share * visit.demand_s;
            }
        }
        let limit = demands
            .into_iter()
            .filter(|(station, demand)| {
                *demand > 0.0 && stations[*station].kind != StationKind::Infinite
            })
            .filter_map(|(station, demand)| {
                let StationDemand { capacity, peak, .. } = stations[station];
                Some((station, capacity? / (peak * demand)))
            })
            .min_by(|a, b| a.1.total_cmp(&b.1));
        let by_users = users / (residence_s + think_s);
        let at_most_per_s = limit.map_or(by_users, |(_, rate)| by_users.min(rate));
        let by_limit = limit.map_or(0.0, |(_, rate)| users / rate - think_s);
        Some(ClosedDemand {
            name: workload.name.clone(),
            users,
            think_s,
            residence_s,
            at_most_per_s,
            limit,
            least_response_s: residence_s.max(by_limit),
        })
    };
    model.workloads.iter().filter_map(one).collect()
}

/// Events per second at the bounds.
pub fn events(
    model: &Model,
    binding: &Binding,
    closed: &[ClosedDemand],
    endpoints: &[EndpointDemand],
) -> f64 {
    let of = |bound: &ClosedDemand| {
        let workload = model.workloads.iter().find(|workload| workload.name == bound.name)?;
        let asks = Asks::of(workload, binding);
        let each = asks.shares().map(|(e, share)| share * endpoints[e].events);
        Some(each.sum::<f64>() * bound.at_most_per_s.min(1e18))
    };
    closed.iter().filter_map(of).sum()
}
