//! When the connections to a database reach what it accepts.
//!
//! A server counts connections that are open, idle ones too, and refuses the next one at
//! `max_connections` less the `reserved` ones. What is looked at is the most that were open at once in a run,
//! the mean over its runs: those that pools keep open (`min_idle`, unless stated all of them) are open
//! at every load, and more as requests ask for them.

use super::crossings::{self, Crossing};
use super::steps::Step;
use crate::experiment::Study;
use crate::model::Model;
use crate::stats::worlds::order_statistic;
use crate::study::measured::Measured;
use crate::study::sweep::Sweep;

/// The connections of a database over the dates.
pub(super) struct Connections {
    /// Name of the database.
    database: String,
    /// What is measured.
    pub metric: Measured,
    /// How many it accepts, by world.
    accepted: Vec<f64>,
    /// The most that all pools together may open, likewise.
    asked: Vec<f64>,
}

/// Of every database that pools lead to.
pub(super) fn watched(model: &Model, study: &Study) -> Vec<Connections> {
    let all = model.databases.iter().enumerate();
    let used = all.filter(|(id, _)| model.pools.iter().any(|pool| pool.database == *id));
    let one = |(id, database): (usize, &crate::model::Database)| {
        let name = &database.name;
        let metric = Measured::unasked(&format!("max(database.{name}.connections)"))?;
        let accepted = study.plans().iter().map(|plan| f64::from(plan.databases[id].connections));
        let asked = study.plans().iter().map(|plan| {
            let pools = plan.pools.iter().filter(|pool| pool.database as usize == id);
            pools.map(|pool| f64::from(pool.size)).sum()
        });
        let (accepted, asked) = (accepted.collect(), asked.collect());
        Some(Connections { database: name.clone(), metric, accepted, asked })
    };
    used.filter_map(one).collect()
}

/// When that many are open; with the jumps of the load.
pub(super) fn crossings((sweep, steps): (&Sweep, &[Step]), all: &[Connections]) -> Vec<Crossing> {
    let one = |watched: &Connections| {
        let text = &watched.metric.text;
        let metric = sweep.metrics.iter().position(|metric| metric.text == *text)?;
        let accepted = |world: usize| watched.accepted.get(world).copied().unwrap_or(f64::NAN);
        // A mean over runs of whole numbers, which counts as reached from half below on.
        let reached = |world: usize| accepted(world) - 0.5;
        let what = format!("connections of {} reach max_connections", watched.database);
        let mut found = crossings::of((sweep, steps), what, metric, (&reached, true));
        // Where pools together cannot open more than that nobody is refused, whatever else of a run cannot be told.
        for (world, month) in found.months.iter_mut().enumerate() {
            if watched.asked.get(world).is_some_and(|asked| *asked <= accepted(world)) {
                *month = f64::INFINITY;
                found.gaps[world] = None;
            }
        }
        let mut sorted = watched.accepted.clone();
        sorted.sort_by(f64::total_cmp);
        found.limit = order_statistic(&sorted, 0.5);
        Some(found)
    };
    all.iter().filter_map(one).collect()
}
