//! Behavior over time: the simulator at dates of a forecast, with the data as it is then.
//!
//! A date is a point of a sweep ([`super::sweep`]): at each month that is looked at, every world has
//! the rows that its growth and retention leave there, and the load that workloads have grown to; what
//! queries cost, which way they are answered and what memory holds follow from them. All dates stand on
//! the same worlds and the same luck, and months are added near crossings. Memory is taken for warm: as
//! it is when the load has lasted.
//!
//! [`crossings`](mod@crossings) finds the month in which an objective fails or servers are full,
//! [`flips`](mod@flips) the month in which a query is answered another way.

mod crossings;
mod dated;
mod flips;
#[cfg(test)]
mod tests;

use super::alternative::Alternative;
use super::forecast::moment::{Moment, high_seasons, numbers_at};
use super::measured::measured;
use super::range::Range;
use super::runs::Outside;
use super::sweep::{self, Sweep};
use crate::access::stored::Stored;
use crate::access::ways::Ways;
use crate::demand;
use crate::expr::metric::MetricExpr;
use crate::growth::calendar::Calendar;
use crate::model::{BindProblem, Model, Read, World};

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
}

/// Names the way in which a query is answered.
pub type Name<'a> = &'a (dyn Fn(&Model, &Read, &[Stored], &Ways) -> String + Sync);

/// Whether there is anything to simulate that a date could change.
pub fn can_age(model: &Model) -> bool {
    model.changes_over_time() && !model.workloads.is_empty()
}

/// A design with the data of a date.
fn at_date(
    model: &Model,
    (calendar, date, moment): (&Calendar, f64, Moment),
    name: String,
    measured: &[MetricExpr],
) -> Result<Alternative, Vec<BindProblem>> {
    let bind = |world: &World| {
        let mut binding = numbers_at(model, world, (calendar, date), moment)?;
        demand::price_queries(model, &mut binding);
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
    let at = |month: f64| -> Result<Alternative, Vec<BindProblem>> {
        let over = (calendar, calendar.begin(month as i64), Moment::Fullest);
        let of = |model: &Model, measured: &[MetricExpr]| {
            let called = model.variant.as_deref().unwrap_or("as it stands");
            at_date(model, over, format!("{called}, month {month}"), measured)
        };
        let asked = model.objectives.iter().flat_map(|one| one.that.sides());
        let asked: Vec<MetricExpr> = asked.cloned().collect();
        let mut design = of(model, &[])?;
        for model in beside {
            design.beside.push(of(model, &asked)?);
        }
        Ok(design)
    };
    let metrics = measured(model, at(0.0)?.study.catalog(), &[]);
    let mut make = |settings: &[super::range::Setting]| {
        at(settings.first().and_then(|setting| setting.value).unwrap_or_default())
    };
    let sweep = sweep::sweep(
        vec![Range::months(last, &high_seasons(model, calendar, last))],
        metrics,
        &mut make,
        outside,
    )?;
    let crossings = crossings::crossings(&sweep);
    let flips = flips::flips(model, (calendar, last), name)?;
    Ok(Aged { sweep, crossings, flips })
}
