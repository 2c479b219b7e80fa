//! Deadlocks of all runs, with their names.

use super::measure::Measure;
use crate::report::deadlock::Deadlock;
use crate::report::phrase::{self, counted};
use crate::report::summary::Number;
use crate::sim;
use crate::units::show;
use crate::units::time::ns_to_seconds;

/// What happened in all runs together, by what was waited for, the first first.
pub fn deadlocks(measure: &Measure) -> Vec<Deadlock> {
    let (ensemble, model) = (measure.evidence.ensemble, measure.evidence.model);
    let mut found: Vec<(sim::Deadlock, u64)> = Vec::new();
    for one in ensemble.rows.iter().flat_map(|row| &row.deadlocks) {
        match found.iter_mut().find(|known| known.0.things == one.things) {
            Some((known, runs)) => {
                known.merge(one);
                *runs += 1;
            }
            None => found.push((one.clone(), 1)),
        }
    }
    found.sort_by_key(|(one, _)| one.first);
    let paths = &ensemble.plan().nesting.paths;
    let named = |(one, runs): (sim::Deadlock, u64)| Deadlock {
        paths: one.things.iter().map(|&thing| paths[thing as usize].clone()).collect(),
        endpoints: one
            .endpoints
            .iter()
            .map(|&endpoint| model.endpoints[endpoint as usize].name.clone())
            .collect(),
        runs,
        count: one.count,
        first_s: Number(ns_to_seconds(one.first)),
        waits: one.waits,
    };
    found.into_iter().map(named).collect()
}

/// What there is to say about each.
pub fn warnings(deadlocks: &[Deadlock], runs: usize) -> Vec<String> {
    let one = |deadlock: &Deadlock| {
        format!(
            "deadlock on {} in {} of {}, {} in all, the first after {}: up to {} of {}, each for \
             what another holds; each lasts until a timeout ends a wait",
            phrase::list(&deadlock.paths),
            show::count(deadlock.runs as f64),
            counted(runs as u64, "run"),
            show::count(deadlock.count as f64),
            show::duration(deadlock.first_s.0),
            counted(deadlock.waits, "wait"),
            phrase::list(&deadlock.endpoints),
        )
    };
    deadlocks.iter().map(one).collect()
}
