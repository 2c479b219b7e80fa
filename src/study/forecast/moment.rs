//! The numbers of a world at a date, for runs.

use super::peaks::before_the_last;
use super::world::{At, bound};
use crate::growth::calendar::Calendar;
use crate::growth::law::Law;
use crate::model::{Arrivals, BindProblem, Binding, Model, Scaling, World};
use crate::units::show;

/// Requests a second, or users, that can be simulated.
const LOAD_MAX: f64 = 1e7;

/// When rows are looked at, of tables that lose them in runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::study) enum Moment {
    /// At the very date.
    Exact,
    /// When there were the most since just before the last run until the date: a month begins after one, and
    /// until the next one there have been as many, however few are left at first.
    Fullest,
}

/// The numbers of a world with the rows that its tables have at a date, and the load; what queries cost
/// is not in them yet.
pub(in crate::study) fn numbers_at(
    model: &Model,
    world: &World,
    (calendar, date): (&Calendar, f64),
    moment: Moment,
) -> Result<Binding, Vec<BindProblem>> {
    let (binding, traffic) = bound(model, world, Scaling::default())?;
    let at = At { model, binding: &binding, calendar, traffic: &traffic };
    let stocks = at.stocks();
    let mut dated = model.bind(world, Scaling::default())?;
    for (table, stock) in model.tables.iter().zip(&stocks) {
        let mut rows = stock.there(calendar, date);
        let full = table
            .retention
            .filter(|_| moment == Moment::Fullest)
            .and_then(|rule| before_the_last(&rule, &binding, (calendar, date)));
        if let Some(full) = full {
            rows = rows.max(stock.there(calendar, full));
        }
        dated.restate(table.rows, libm::round(rows.max(0.0)));
    }
    for (id, workload) in model.workloads.iter().enumerate() {
        let Some(growth) = &workload.growth else { continue };
        let times = at.load(Some(id)).at(calendar, date);
        let load = times
            * match workload.arrivals {
                Arrivals::Users { users, .. } => binding.get(users),
                _ => workload.rates(&binding).map_or(0.0, |rates| rates.peak()),
            };
        if load.is_nan() || load > LOAD_MAX {
            let months = libm::round(calendar.months(date));
            let message = format!(
                "after {months} months the load is {}, of which {} can be simulated",
                show::count(libm::round(load)),
                show::count(LOAD_MAX)
            );
            let origin = model.slots.quantities[growth.now.0 as usize].origin.clone();
            return Err(vec![BindProblem { origin, message }]);
        }
        dated.restate(growth.now, times);
    }
    Ok(dated)
}

/// What the loads of the workloads that have seasons are multiplied with, at the best estimate of all inputs.
fn seasonal(model: &Model, calendar: &Calendar) -> Vec<Law> {
    let world = model.nominal_world().map_err(|problem| vec![problem]);
    let Ok((binding, _)) = world.and_then(|world| bound(model, &world, Scaling::default())) else {
        return Vec::new();
    };
    let at = At { model, binding: &binding, calendar, traffic: &[] };
    let all = (0..model.workloads.len()).map(|id| at.load(Some(id)));
    all.filter(|law| law.seasons.is_some()).collect()
}

/// Months at whose beginning the load of a workload jumps from one season to the next, and whether it rises then.
pub(in crate::study) fn season_steps(
    model: &Model,
    calendar: &Calendar,
    last: u32,
) -> Vec<(u32, bool)> {
    let of = |law: &Law| {
        let factor = |month: u32| law.season(calendar, i64::from(month));
        let jumps = (1..=last).map(|month| (month, factor(month - 1), factor(month)));
        let jumps = jumps.filter(|(_, before, after)| before != after);
        jumps.map(|(month, before, after)| (month, before < after)).collect::<Vec<_>>()
    };
    seasonal(model, calendar).iter().flat_map(of).collect()
}

/// Months in which the load of a workload is highest by its seasons: one of each year, the last years'.
pub(in crate::study) fn high_seasons(model: &Model, calendar: &Calendar, last: u32) -> Vec<u32> {
    /// Years that are looked at.
    const YEARS: usize = 6;
    let mut months = Vec::new();
    for law in seasonal(model, calendar) {
        let load = |month: &u32| law.at(calendar, calendar.begin(i64::from(*month)));
        let all: Vec<u32> = (0..=last).collect();
        let years = all.rchunks(12).take(YEARS);
        months
            .extend(years.filter_map(|year| {
                year.iter().copied().max_by(|a, b| load(a).total_cmp(&load(b)))
            }));
    }
    months
}
