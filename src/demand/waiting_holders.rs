//! Connections in the hands of those who wait for a lock.

use std::collections::BTreeMap;

use super::{Demand, StationDemand};
use crate::diag::{Diagnostic, Id, name};
use crate::model::{LockScope, Model, Step, Verb};
use crate::units::show;

/// A pool that lasts for so many times the stated load is no worry.
const PEAK: f64 = 2.0;

/// Pools that those who wait for a lock inside a transaction drain below twice the stated load.
pub(super) fn advice(model: &Model, demand: &Demand) -> Vec<Diagnostic> {
    // By pool and lock: the first endpoint that waits for the one with the other in hand.
    let mut waits: BTreeMap<(usize, usize), &str> = BTreeMap::new();
    for endpoint in &model.endpoints {
        collect(&endpoint.steps, None, &mut |pool, lock| {
            waits.entry((pool, lock)).or_insert(&endpoint.name);
        });
    }
    let station = |path: String| demand.stations.iter().find(|station| station.name == path);
    let one = |(&(pool, lock), &endpoint): (&(usize, usize), &&str)| {
        let connections = station(format!("pool.{}", model.pools[pool].name))?;
        let of_lock = station(format!("lock.{}", model.locks[lock].name))?;
        let drain = drain(of_lock, connections)?;
        Some(said(model, (pool, lock), endpoint, &drain))
    };
    waits.iter().filter_map(one).collect()
}

/// Transactions and the locks that are asked for inside of them.
fn collect(steps: &[Step], held: Option<usize>, found: &mut dyn FnMut(usize, usize)) {
    for step in steps {
        let inside = match &step.verb {
            Verb::Transaction { pool, .. } => pool.or(held),
            Verb::Lock { lock, .. } => {
                if let Some(pool) = held {
                    found(pool, *lock);
                }
                held
            }
            _ => held,
        };
        for block in step.blocks() {
            collect(block, inside, found);
        }
    }
}

/// What those who wait do to a pool.
#[derive(Debug, PartialEq)]
struct Drain {
    /// Connections of all instances.
    connections: f64,
    /// How many those who wait hold on average; `None`: all, as the lock is full.
    waiting: Option<f64>,
    /// The multiple of the load at which none is left.
    at: f64,
}

fn drain(lock: &StationDemand, pool: &StationDemand) -> Option<Drain> {
    let (busy, connections) = (lock.utilization?, pool.capacity?);
    let instances = f64::from(lock.instances);
    let waiting = |load: f64| waiting(busy * load, lock.holding_cv) * instances;
    let is_drained =
        |load: f64| busy * load >= 1.0 || waiting(load) + pool.offered * load >= connections;
    // Without those who wait it is full anyway, and something else says so.
    if busy <= 0.0 || pool.offered >= connections || !is_drained(PEAK) {
        return None;
    }
    if is_drained(1.0) {
        let waiting = (busy < 1.0).then(|| waiting(1.0));
        return Some(Drain { connections, waiting, at: 1.0 });
    }
    let (mut low, mut high) = (1.0, PEAK);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if is_drained(middle) { high = middle } else { low = middle }
    }
    // What the pool would be full at without any lock is no fault of the lock.
    let alone = connections / pool.offered;
    (high < 0.99 * alone).then(|| Drain { connections, waiting: Some(waiting(1.0)), at: high })
}

/// Mean number in the line of one lock that is busy for this share of the time, those who come
/// independently of each other: M/G/1 (Pollaczek and Khinchine), exponential holding times where
/// their variation is not known. Of a lock with keys only the line of the hottest.
fn waiting(busy: f64, cv: Option<f64>) -> f64 {
    let cv = cv.unwrap_or(1.0);
    busy * busy * (1.0 + cv * cv) / (2.0 * (1.0 - busy))
}

fn said(model: &Model, (pool, lock): (usize, usize), endpoint: &str, drain: &Drain) -> Diagnostic {
    let (pool, lock) = (&model.pools[pool], &model.locks[lock]);
    let all = show::count(drain.connections);
    let numbers = match drain.waiting {
        None => {
            format!("the lock is full, and in time the {all} connections are all in such hands")
        }
        Some(waiting) if drain.at <= 1.0 => {
            format!(
                "with about {} who wait none of {all} connections is left",
                show::number(waiting)
            )
        }
        Some(waiting) => format!(
            "about {} of {all} connections are in such hands, and at {} times the stated load none is \
             left",
            show::number((waiting * 100.0).round() / 100.0),
            show::number((drain.at * 100.0).round() / 100.0)
        ),
    };
    let message = format!(
        "{} waits for the lock {} with a connection of {} in hand: {numbers}",
        name(endpoint),
        name(&lock.name),
        name(&pool.name)
    );
    let mut found = Diagnostic::new(Id::HeldOverLock, message);
    if let Some(span) = lock.span {
        found = found.at(span, "waited for inside a transaction");
    }
    let size = &model.slots.quantities[pool.size.0 as usize].origin;
    if let Some(span) = size.span {
        found = found.and(span, "those who wait hold these");
    }
    found.help(if lock.scope == LockScope::Database {
        "do less between the lock and the end of the transaction, take the lock last, or spread it \
         over more keys"
    } else {
        "take the lock around the transaction, not inside it"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: M/M/1 with rho = 0.8 has rho^2 / (1 - rho) = 3.2 in line, M/D/1 half of them.
    #[test]
    fn a_line_by_pollaczek_and_khinchine() {
        assert!((waiting(0.8, None) - 3.2).abs() < 1e-12);
        assert!((waiting(0.8, Some(0.0)) - 1.6).abs() < 1e-12);
    }
}
