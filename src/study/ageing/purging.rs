//! The same dates while a purge runs: one more session, which deletes old rows in chunks, back to back.
//!
//! It is written as a scenario has it ([`Session::text`]): a service with one user, a connection of its own
//! outside of all pools, and a query that takes a core, the bandwidth of the disk and a flush of the log for each
//! chunk of [`CHUNK`] rows. What a chunk takes is its part of the whole purge
//! ([`crate::database::purge`]), the vacuum included, in the world and at the date: so the work of all chunks is
//! `table.X.purge.time`, and the flushes come on top.
//!
//! What is found is what requests meet *while* a purge runs, for as long as that may be: the purge is made
//! to run through the whole run. Where nothing goes at a date the session does nothing.
//!
//! Rejected: steps that `delete` by the key of the table. They look up each row by itself, as requests do, and leave
//! out the vacuum, which of a table with an index in no order is most of the work.

use super::crossings::of_objectives;
use super::dates::{ADDED_TO_PURGES, to_begin_with};
use super::steps::steps;
use super::{Aged, Design, over_dates};
use crate::expr::formula::Variate;
use crate::growth::calendar::Calendar;
use crate::model::{Arrivals, BindProblem, Binding, Model, Then, World};
use crate::study::forecast::moment::high_seasons;
use crate::study::forecast::purges::purge_of;
use crate::study::runs::Outside;

/// Rows that are deleted in one transaction.
pub const CHUNK: f64 = 1_000.0;
/// How long a session sleeps that has nothing to do, seconds: longer than any run.
const ASLEEP: f64 = 1e9;
/// Characters of the name of a table that stand in those of its session.
const SHOWN: usize = 40;

/// What was found while a purge runs.
pub struct Purged {
    /// The table.
    pub table: usize,
    /// A sweep over the month, and when objectives fail.
    pub aged: Aged,
}

/// The session that purges a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The table.
    pub table: usize,
    /// What its service, pool, query, endpoint and workload are called.
    pub name: String,
}

impl Session {
    /// Of every table that loses rows by a purge, in a database that requests use.
    pub fn all(model: &Model) -> Vec<Self> {
        let is_purged = |table: &usize| {
            let table = &model.tables[*table];
            table.retention.is_some_and(|rule| rule.then != Then::Drop)
                && model.pools.iter().any(|pool| pool.database == table.database)
        };
        let of = |table| Self { table, name: free_name(model, &model.tables[table].name) };
        (0..model.tables.len()).filter(is_purged).map(of).collect()
    }

    /// What is merged over the scenario; `cpu` and `scan` are put in by date and world.
    pub fn text(&self, model: &Model) -> String {
        let database = &model.databases[model.tables[self.table].database].name;
        let name = &self.name;
        format!(
            "[service.{name}]\nworkers = 1\n\
             [pool.{name}]\nservice = \"{name}\"\ndatabase = \"{database}\"\nsize = 1\n\
             round_trip = \"0s\"\non_refused = \"wait\"\n\
             [query.{name}]\ndatabase = \"{database}\"\ncpu = \"1ms\"\nscan = \"1 MB\"\ncommit = true\n\
             [endpoint.{name}]\nservice = \"{name}\"\nsteps = [{{ query = \"{name}\" }}]\n\
             [workload.{name}]\nusers = 1\nthink = \"0s\"\nmix = {{ {name} = 1 }}\n"
        )
    }

    /// What happens, in words.
    pub fn about(&self, model: &Model) -> String {
        format!("while {} is purged", model.tables[self.table].name)
    }

    /// Puts in what a chunk takes at a date.
    pub(super) fn put(
        &self,
        model: &Model,
        world: &World,
        over: (&Calendar, f64),
        binding: &mut Binding,
    ) -> Result<(), Vec<BindProblem>> {
        let purge = purge_of((model, self.table), world, over, binding)?;
        let chunks = (purge.rows / CHUNK).max(1.0);
        if let Some(query) = model.queries.iter().find(|query| query.name == self.name) {
            let put = [(query.cpu, purge.cpu), (query.scan, purge.bytes())];
            for (id, all) in put {
                if let Some(id) = id {
                    binding.put(id, Variate::Fixed(all / chunks));
                }
            }
        }
        let workload = model.workloads.iter().find(|workload| workload.name == self.name);
        if let (true, Some(Arrivals::Users { think, .. })) =
            (purge.rows <= 0.0, workload.map(|workload| &workload.arrivals))
        {
            binding.put(*think, Variate::Fixed(ASLEEP));
        }
        Ok(())
    }
}

/// A name that nothing has.
fn free_name(model: &Model, table: &str) -> String {
    let taken = |name: &str| {
        model.services.iter().any(|one| one.name == name)
            || model.pools.iter().any(|one| one.name == name)
            || model.queries.iter().any(|one| one.name == name)
            || model.endpoints.iter().any(|one| one.name == name)
            || model.workloads.iter().any(|one| one.name == name)
    };
    let plain = format!("purge_of_{}", table.chars().take(SHOWN).collect::<String>());
    let more = (2..).map(|number| format!("{plain}_{number}"));
    std::iter::once(plain.clone()).chain(more).find(|name| !taken(name)).unwrap_or(plain)
}

/// Runs a design in which a purge runs ([`Session::text`] over the one that `quiet` was found of) at dates,
/// with the variants that its objectives speak of beside it, in which none runs: at months to begin with and where
/// objectives fail without it, then where they do with it.
pub fn purged(
    design: &Design,
    session: &Session,
    quiet: &Aged,
    (calendar, last): (&Calendar, u32),
    outside: Outside,
) -> Result<Purged, Vec<BindProblem>> {
    let (model, metrics) = (design.model, quiet.sweep.metrics.clone());
    let jumps = steps([model], (calendar, last));
    let failing = of_objectives(&quiet.sweep, &jumps).flat_map(|one| {
        [1.0 - model.run.assurance, 0.5].map(|q| one.around(q)).into_iter().flatten()
    });
    let also = failing.flat_map(|(from, to)| [from, to]);
    let seasons = high_seasons(model, calendar, last).into_iter().map(f64::from);
    let range = to_begin_with(last, also.chain(seasons));
    let all = vec![(design, Some(session), metrics)];
    let mut sweeps = over_dates(all, (calendar, &range, &jumps), (ADDED_TO_PURGES, None), outside)?;
    let sweep = sweeps.remove(0);
    let crossings = of_objectives(&sweep, &jumps).collect();
    let aged = Aged { sweep, crossings, flips: Vec::new(), purges: Vec::new() };
    Ok(Purged { table: session.table, aged })
}

#[cfg(test)]
mod tests;
