//! What queries on tables cost, as numbers of a binding.

use super::memory::{Found, found};
use super::settings::Costs;
use super::stored::Stored;
use super::ways::{Needs, Ways, Writing};
use crate::dist::Dist;
use crate::expr::formula::Variate;
use crate::model::{Binding, Model, Query, Use};

/// From this mean on the number of reads is taken as it is: its spread is below 1 %.
const MANY_READS: f64 = 1e4;

/// The tables of a model with what they cost, at a binding.
#[derive(Debug, Clone)]
pub struct Access {
    /// The tables, in the order of the model.
    pub tables: Vec<Stored>,
    /// What is reckoned with, by database.
    pub costs: Vec<Costs>,
}

impl Access {
    /// Of a model.
    pub fn new(model: &Model, binding: &Binding) -> Self {
        let tables = (0..model.tables.len()).map(|table| Stored::new(model, binding, table));
        let databases = 0..model.databases.len();
        Self {
            tables: tables.collect(),
            costs: databases.map(|database| Costs::of(model, binding, database)).collect(),
        }
    }

    /// What one execution of a query takes; none if it uses no table.
    pub fn needs(&self, model: &Model, binding: &Binding, query: &Query) -> Option<Needs> {
        let costs = &self.costs[query.database];
        Some(match query.table.as_ref()? {
            Use::Read(read) => Needs::of_read(&Ways::of(model, binding, &self.tables, read, costs)),
            Use::Write(write) => {
                Writing::of(model, binding, &self.tables, *write, costs).needs(write.alone)
            }
            Use::Commit => {
                let constants = &costs.constants;
                Needs { cpu: constants.statement + constants.commit, ..Needs::default() }
            }
        })
    }
}

/// Whether any query of a model uses a table.
pub fn has_tables(model: &Model) -> bool {
    model.queries.iter().any(|query| query.table.is_some())
}

/// Whether memory may be too small for the data of a database that a query uses.
pub fn may_miss(model: &Model) -> bool {
    let queries = model.queries.iter().filter(|query| query.table.is_some());
    queries.into_iter().any(|query| model.databases[query.database].memory.is_some())
}

/// Puts work on cores, random reads and bytes in sequence of every query on a table into a binding.
/// `rates` is how often each query is executed per second; none: everything is found in memory.
pub fn price(model: &Model, binding: &mut Binding, rates: Option<&[f64]>) {
    let access = Access::new(model, binding);
    let needs: Vec<Option<Needs>> =
        model.queries.iter().map(|query| access.needs(model, binding, query)).collect();
    let found = match rates {
        Some(rates) => found(model, binding, &access.tables, &needs, rates),
        None => needs.iter().map(|needs| needs.as_ref().map(Found::all)).collect(),
    };
    for ((query, needs), found) in model.queries.iter().zip(needs).zip(found) {
        let (Some(needs), Some(found)) = (needs, found) else { continue };
        let (reads, bytes) = found.missed(&needs);
        let (shared, count) = needs.shared;
        let put = [
            (query.cpu, Variate::Fixed(needs.cpu - shared - needs.find)),
            (query.find, Variate::Fixed(needs.find)),
            (query.processes.map(|processes| processes.count), Variate::Fixed(f64::from(count))),
            (
                query.processes.map(|processes| processes.each),
                Variate::Fixed(shared / f64::from(count.max(1))),
            ),
            (query.reads, number(reads)),
            (query.scan, Variate::Fixed(bytes)),
        ];
        for (id, value) in put {
            if let Some(id) = id {
                binding.put(id, value);
            }
        }
    }
}

/// Each page of many is missed with a small chance: a Poisson number.
fn number(mean: f64) -> Variate {
    if mean >= MANY_READS {
        return Variate::Fixed(libm::round(mean));
    }
    Dist::poisson(mean).map_or(Variate::Fixed(mean), Variate::Law)
}
