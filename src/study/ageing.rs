//! Behavior over time: the simulator at dates of a forecast, with the data as it is then.
//!
//! A date is a point of a sweep ([`super::sweep`]): at each month that is looked at, every world has
//! the rows that its growth and retention leave there, and the load that workloads have grown to; what
//! queries cost, which way they are answered and what memory holds follow from them. All dates stand on
//! the same worlds and the same luck, and months are added near crossings. Memory is taken for warm: as
//! it is when the load has lasted.
//!
//! [`crossings`](mod@crossings) finds the month in which an objective fails or servers are full,
//! [`flips`](mod@flips) the month in which a query is answered another way. [`purging`] is the same while a
//! purge runs.

mod connections;
mod crossings;
mod dated;
mod flips;
pub mod purging;
#[cfg(test)]
mod tests;

use super::alternative::Alternative;
use super::forecast::moment::{Moment, high_seasons, numbers_at};
use super::measured::{Measured, measured};
use super::range::Range;
use super::runs::Outside;
use super::sweep::{self, Sweep};
use crate::access::stored::Stored;
use crate::access::ways::Ways;
use crate::demand;
use crate::expr::metric::MetricExpr;
use crate::growth::calendar::Calendar;
use crate::model::{BindProblem, Model, Read, World};
use purging::{Purged, Session};

pub use crossings::Crossing;
pub use dated::Dated;
pub use flips::Flip;

/// A design over the dates of a forecast.
pub struct Aged {
    /// What it does: a sweep over the month.
    pub sweep: Sweep,
    /// When objectives fail and servers are full.
    pub crossings: Vec<Crossing>,
    /// When queries are answered another way.
    pub flips: Vec<Flip>,
    /// The same while a purge runs, for each that there is.
    pub purges: Vec<Purged>,
}

/// Names the way in which a query is answered.
pub type Name<'a> = &'a (dyn Fn(&Model, &Read, &[Stored], &Ways) -> String + Sync);

/// Whether there is anything to simulate that a date could change.
pub fn can_age(model: &Model) -> bool {
    model.changes_over_time() && !model.workloads.is_empty()
}

/// A design with the data of a date, and with the work that a purge has then.
fn at_date(
    model: &Model,
    (calendar, date, moment): (&Calendar, f64, Moment),
    name: String,
    measured: &[MetricExpr],
    purge: Option<&Session>,
) -> Result<Alternative, Vec<BindProblem>> {
    let bind = |world: &World| {
        let mut binding = numbers_at(model, world, (calendar, date), moment)?;
        demand::price_queries(model, &mut binding);
        if let Some(purge) = purge {
            purge.put(model, world, (calendar, date), &mut binding)?;
        }
        Ok(binding)
    };
    Alternative::bound(Some(name), model.clone(), measured, &bind)
}

/// Runs a design at dates from month 0 to the last one, with the variants that its objectives speak of
/// `beside` it, each with its own data of the date.
pub fn age(
    model: &Model,
    beside: &[&Model],
    (calendar, last): (&Calendar, u32),
    name: Name,
    outside: Outside,
) -> Result<Aged, Vec<BindProblem>> {
    let design = at_date(model, (calendar, 0.0, Moment::Fullest), String::new(), &[], None)?;
    let connections = connections::watched(model, &design.study);
    let mut metrics = measured(model, design.study.catalog(), &[]);
    metrics.extend(connections.iter().map(|one| one.metric.clone()));
    let sweep = over_dates((model, None), beside, (calendar, last), metrics, outside)?;
    let mut crossings = crossings::crossings(&sweep);
    crossings.extend(connections::crossings(&sweep, &connections));
    let flips = flips::flips(model, (calendar, last), name)?;
    Ok(Aged { sweep, crossings, flips, purges: Vec::new() })
}

/// A design at dates, perhaps one in which a purge runs.
fn over_dates(
    (model, purge): (&Model, Option<&Session>),
    beside: &[&Model],
    (calendar, last): (&Calendar, u32),
    metrics: Vec<Measured>,
    outside: Outside,
) -> Result<Sweep, Vec<BindProblem>> {
    let asked = model.objectives.iter().flat_map(|one| one.that.sides());
    let asked: Vec<MetricExpr> = asked.cloned().collect();
    let levels = metrics.iter().filter(|one| one.text.starts_with("max("));
    let levels: Vec<MetricExpr> = levels.map(|one| one.metric.clone()).collect();
    let mut make = |settings: &[super::range::Setting]| {
        let month = settings.first().and_then(|setting| setting.value).unwrap_or_default();
        let over = (calendar, calendar.begin(month as i64), Moment::Fullest);
        let called = |model: &Model| {
            format!("{}, month {month}", model.variant.as_deref().unwrap_or("as it stands"))
        };
        let name = match purge {
            None => called(model),
            Some(purge) => format!("{}, {}", called(model), purge.about(model)),
        };
        let mut design = at_date(model, over, name, &levels, purge)?;
        for model in beside {
            design.beside.push(at_date(model, over, called(model), &asked, None)?);
        }
        Ok(design)
    };
    let range = Range::months(last, &high_seasons(model, calendar, last));
    sweep::sweep(vec![range], metrics, &mut make, outside)
}
