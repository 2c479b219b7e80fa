//! What purges take at a date: rows, log, pages and time of a run.
//!
//! A retention that drops partitions takes next to nothing. One that deletes rows, or moves them, makes
//! work in each run ([`crate::database::purge`]); without a stated `every` a run is what goes in a day.

use super::every;
use super::world::{At, bound};
use crate::access::settings::{Costs, Disk};
use crate::access::stored::Stored;
use crate::database::purge::{Purge, purge};
use crate::growth::calendar::{Calendar, DAY, Every, MONTH};
use crate::growth::retention::Stock;
use crate::model::{BindProblem, Binding, Model, Retention, Scaling, Then, World};
use crate::units::Dimension;

/// Amounts of purges: `table.X.purge.WORD`.
pub(super) const WORDS: [(&str, Dimension); 5] = [
    ("rows", Dimension::COUNT),
    ("wal", Dimension::BYTES),
    ("pages", Dimension::COUNT),
    ("time", Dimension::TIME),
    ("share", Dimension::COUNT),
];

/// A model, its numbers, and one of its databases.
type Where<'a> = (&'a Model, &'a Binding, usize);

/// The amounts of [`WORDS`]: of the last run until a date.
pub(super) fn amounts(
    rule: &Retention,
    (stock, stored): (&Stock, &Stored),
    (model, binding, database): Where<'_>,
    (calendar, date): (&Calendar, f64),
) -> [f64; 5] {
    if rule.then == Then::Drop {
        return [0.0; 5];
    }
    let (run, before) = last_run(rule, binding, (calendar, date));
    let rows = stock.gone(calendar, run) - stock.gone(calendar, before);
    let found = of(rows, stored, (model, binding, database));
    let time = found.seconds(Disk::of(model, binding, database).bandwidth);
    [found.rows, found.wal_bytes, found.written_pages, time, time / (run - before)]
}

/// The purge of a table that ran last until a date, in a world; `dated` has the rows that the tables have
/// then.
pub(in crate::study) fn purge_of(
    (model, table): (&Model, usize),
    world: &World,
    (calendar, date): (&Calendar, f64),
    dated: &Binding,
) -> Result<Purge, Vec<BindProblem>> {
    let plan = &model.tables[table];
    let rule = plan.retention.filter(|rule| rule.then != Then::Drop);
    let Some(rule) = rule else { return Ok(Purge::default()) };
    let (binding, traffic) = bound(model, world, Scaling::default())?;
    let stock = At { model, binding: &binding, calendar, traffic: &traffic }.stock(table);
    let (run, before) = last_run(&rule, &binding, (calendar, date));
    let rows = stock.gone(calendar, run) - stock.gone(calendar, before);
    Ok(of(rows, &Stored::new(model, dated, table), (model, &binding, plan.database)))
}

/// When the last run until a date was, and the one before it.
fn last_run(rule: &Retention, binding: &Binding, (calendar, date): (&Calendar, f64)) -> (f64, f64) {
    match rule.every.map(|stretch| every(binding, stretch)) {
        None => (date, date - DAY),
        Some(every) => {
            let run = calendar.begin_of(every, date);
            // A moment before it is in the stretch before it.
            (run, calendar.begin_of(every, run - 1.0))
        }
    }
}

/// Bytes of the log that purges write: of the run that follows a date, per second of the time since the one before,
/// and by the run itself; 0 by it where rows go evenly.
pub(super) fn wal(
    rule: &Retention,
    (stock, stored): (&Stock, &Stored),
    (model, binding, database): Where<'_>,
    (calendar, date): (&Calendar, f64),
) -> [f64; 2] {
    if rule.then == Then::Drop {
        return [0.0; 2];
    }
    let (run, next) = match rule.every.map(|stretch| every(binding, stretch)) {
        None => (date, date + DAY),
        Some(every) => {
            let run = calendar.begin_of(every, date);
            let length = match every {
                Every::Seconds(seconds) => seconds,
                Every::Months(months) => f64::from(months) * MONTH,
            };
            // Well within the stretch after it.
            (run, calendar.begin_of(every, run + 1.5 * length))
        }
    };
    let gone = stock.gone(calendar, next) - stock.gone(calendar, run);
    let bytes = of(gone, stored, (model, binding, database)).wal_bytes;
    [bytes / (next - run), if rule.every.is_some() { bytes } else { 0.0 }]
}

fn of(rows: f64, stored: &Stored, (model, binding, database): Where<'_>) -> Purge {
    let constants = Costs::of(model, binding, database).constants;
    purge(&stored.relation, stored.pieces, rows, stored.tuple.size.mean, &constants)
}
