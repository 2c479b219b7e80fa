//! Closed workloads: what users who wait for their answers can ask for at most.
//!
//! Asymptotic bounds of operational analysis (Lazowska, Zahorjan, Graham and Sevcik, Quantitative
//! System Performance, 1984, chapter 5): X <= min(N / (R + Z), 1 / D), R >= max(R0, N D - Z), with
//! N users, think time Z, residence R0 without waiting, and D the demand on the station that fills
//! first, per server. They hold for any laws and any disciplines. Other workloads are left out,
//! which only raises the bound.

use super::asks::{Asks, mean};
use super::{ClosedDemand, EndpointDemand, StationDemand, StationKind, VisitDemand};
use crate::model::{Arrivals, Binding, Model, QuantityId, Workload};
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
        let users = self::users(binding, workload, users);
        let asks = Asks::of(workload, binding);
        if asks.number() <= 0.0 {
            return None;
        }
        let think_s = (mean(binding, think) + asks.think_s) / asks.number();
        let mut residence_s = 0.0;
        let mut asked: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
        for (endpoint, share) in asks.shares() {
            residence_s += share * endpoints[endpoint].minimum_residence_s;
            for visit in &endpoints[endpoint].visits {
                let (visits, demand_s) = asked.entry(visit.station).or_default();
                *visits += share * visit.visits;
                *demand_s += share * visit.demand_s;
            }
        }
        let visits: Vec<VisitDemand> = asked
            .into_iter()
            .map(|(station, (visits, demand_s))| VisitDemand { station, visits, demand_s })
            .collect();
        let limit = visits
            .iter()
            .filter(|visit| {
                visit.demand_s > 0.0 && stations[visit.station].kind != StationKind::Infinite
            })
            .filter_map(|visit| {
                let StationDemand { capacity, busiest, .. } = stations[visit.station];
                Some((visit.station, capacity? / (busiest * visit.demand_s)))
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
            visits,
        })
    };
    model.workloads.iter().filter_map(one).collect()
}

/// Users of a workload, with the scaling of the load.
pub fn users(binding: &Binding, workload: &Workload, users: QuantityId) -> f64 {
    (binding.get(users) * binding.load(workload)).ceil()
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
