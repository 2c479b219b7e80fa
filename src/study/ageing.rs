//! Behavior over time: the simulator at dates of a forecast, with the data as it is then.
//!
//! A date is a point of a sweep ([`super::sweep`]): at each date that is looked at, every world has
//! the rows that its growth and retention leave there, and the load that workloads have grown to; what
//! queries cost, which way they are answered and what memory holds follow from them. All dates stand on
//! the same worlds and the same luck, all designs at the same dates, and days are added near crossings
//! ([`dates`](mod@dates)) and beside jumps of the load ([`steps`](mod@steps)). Memory is taken for warm: as it is when the load has lasted.
//!
//! [`crossings`](mod@crossings) finds the date at which an objective fails or servers are full,
//! [`flips`](mod@flips) the month in which a query is answered another way. [`purging`] is the same while a
//! purge runs.

mod connections;
mod crossings;
mod dated;
mod dates;
mod flips;
pub mod purging;
mod steps;
#[cfg(test)]
mod tests;

use super::alternative::Alternative;
use super::forecast::moment::{Moment, high_seasons, numbers_at};
use super::measured::{Measured, measured};
use super::range::{Range, Setting};
use super::runs::Outside;
use super::sweep::Sweep;
use super::sweep::beside::{self, adding};
use crate::access::stored::Stored;
use crate::access::ways::Ways;
use crate::demand;
use crate::expr::metric::MetricExpr;
use crate::growth::calendar::Calendar;
use crate::model::{BindProblem, Model, Read, World};
use connections::Connections;
use purging::{Purged, Session};
use steps::{Step, steps};

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

/// A design whose behavior over time is asked for.
#[derive(Clone)]
pub struct Design<'a> {
    /// The design.
    pub model: &'a Model,
    /// The variants that its objectives speak of.
    pub beside: Vec<&'a Model>,
}

/// Runs designs at dates from month 0 to the last one, the same for all, with the variants that objectives speak
/// of beside them, each with its own data of the date.
pub fn age(
    designs: &[Design],
    (calendar, last): (&Calendar, u32),
    name: Name,
    outside: Outside,
) -> Result<Vec<Aged>, Vec<BindProblem>> {
    let (mut all, mut watched) = (Vec::new(), Vec::new());
    for design in designs {
        let over = (calendar, 0.0, Moment::Fullest);
        let there = at_date(design.model, over, String::new(), &[], None)?;
        let connections = connections::watched(design.model, &there.study);
        let mut metrics = measured(design.model, there.study.catalog(), &[]);
        metrics.extend(connections.iter().map(|one| one.metric.clone()));
        watched.push(connections);
        all.push((design, None, metrics));
    }
    let seasons = designs.iter().flat_map(|one| high_seasons(one.model, calendar, last));
    let range = dates::to_begin_with(last, seasons.map(f64::from));
    let jumps = steps(designs.iter().map(|one| one.model), (calendar, last));
    let more = (dates::added(designs.len()), Some(watched.as_slice()));
    let sweeps = over_dates(all, (calendar, &range, &jumps), more, outside)?;
    let aged = |((sweep, design), watched): ((Sweep, &Design), &Vec<Connections>)| {
        let jumps = steps([design.model], (calendar, last));
        let failing = crossings::of_objectives(&sweep, &jumps);
        let crossings = failing.chain(filling((&sweep, &jumps), watched)).collect();
        let flips = flips::flips(design.model, (calendar, last), name)?;
        Ok(Aged { sweep, crossings, flips, purges: Vec::new() })
    };
    sweeps.into_iter().zip(designs).zip(&watched).map(aged).collect()
}

/// When servers are full, and connections reach what a database accepts; with the jumps of the load.
fn filling((sweep, steps): (&Sweep, &[Step]), connections: &[Connections]) -> Vec<Crossing> {
    let servers = crossings::of_servers(sweep, steps);
    servers.chain(connections::crossings((sweep, steps), connections)).collect()
}

/// Designs, perhaps some in which a purge runs, with what is measured of them, at dates of which so many may be
/// added, near the crossings of objectives or also of what fills up and at knees ([`dates::next`]); with the jumps
/// of the load.
fn over_dates(
    designs: Vec<(&Design, Option<&Session>, Vec<Measured>)>,
    (calendar, range, jumps): (&Calendar, &Range, &[Step]),
    (most, watched): (usize, Option<&[Vec<Connections>]>),
    outside: Outside,
) -> Result<Vec<Sweep>, Vec<BindProblem>> {
    let mut all = Vec::new();
    for (design, purge, metrics) in designs {
        let levels = metrics.iter().filter(|one| one.text.starts_with("max("));
        let levels: Vec<MetricExpr> = levels.map(|one| one.metric.clone()).collect();
        let make = move |settings: &[Setting]| {
            let month = settings.first().and_then(|setting| setting.value).unwrap_or_default();
            at_month((design, purge), &levels, (calendar, month))
        };
        all.push(beside::Design { metrics, make: Box::new(make) });
    }
    let mut next = |sweeps: &[Sweep]| dates::next((calendar, jumps), sweeps, watched);
    adding(range, all, (most, &mut next), outside)
}

/// A design at a month and a part of it, with those beside it; levels are measured of it besides.
fn at_month(
    (design, purge): (&Design, Option<&Session>),
    levels: &[MetricExpr],
    (calendar, month): (&Calendar, f64),
) -> Result<Alternative, Vec<BindProblem>> {
    let model = design.model;
    let asked = model.objectives.iter().flat_map(|one| one.that.sides());
    let asked: Vec<MetricExpr> = asked.cloned().collect();
    let over = (calendar, calendar.time(month), Moment::Fullest);
    let called = |model: &Model| {
        let date = dates::called(calendar, month);
        format!("{}, {date}", model.variant.as_deref().unwrap_or("as it stands"))
    };
    let name = match purge {
        None => called(model),
        Some(purge) => format!("{}, {}", called(model), purge.about(model)),
    };
    let mut there = at_date(model, over, name, levels, purge)?;
    for model in &design.beside {
        there.beside.push(at_date(model, over, called(model), &asked, None)?);
    }
    Ok(there)
}
