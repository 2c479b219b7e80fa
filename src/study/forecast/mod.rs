//! The forecast: amounts and money over a calendar, in thousands of worlds.
//!
//! Arithmetic only: [`crate::growth`] says how many rows and bytes there are at a date,
//! [`crate::access`] what they take with their indexes, and prices what that costs ([`world`]). Every
//! variant is worked out in the same worlds, so that differences are paired. [`crossing`] finds when a
//! limit is passed, [`judge`] what objectives and claims about amounts are worth.
//!
//! A table has most rows just before they are taken away ([`peaks`]).
//!
//! Not counted: updates in the log, and what is dead between two vacuums. How long requests take at a
//! date is a matter of runs.

mod backups;
pub mod crossing;
pub mod judge;
pub(super) mod moment;
pub mod paths;
mod peaks;
pub(super) mod purges;
pub(super) mod sizes;
#[cfg(test)]
mod tests;
mod world;

use super::runs::Outside;
use crate::experiment::{Control, Phase, Progress};
use crate::expr::metric::{Condition, MetricExpr, MetricKind};
use crate::growth::calendar::{Calendar, MONTH};
use crate::model::{BindProblem, Model, Scaling, Stretch};
use crate::stats::worlds;
use crate::units::Dimension;
use rayon::iter::{ParallelBridge, ParallelIterator};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Worlds, unless stated.
pub const WORLDS: u32 = 2_000;

/// How far, and in how many worlds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spec {
    /// Months from month 0 to the end; at least 1.
    pub months: u32,
    /// Worlds, where any input is uncertain.
    pub worlds: u32,
    /// Seed of the worlds.
    pub seed: u64,
    /// Between the dates that are listed.
    pub step: Step,
}

/// Between dates that are listed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// So many months of the calendar, at least 1.
    Months(u32),
    /// So many seconds, more than 0.
    Seconds(f64),
}

impl Step {
    /// The dates of a forecast until a month: from month 0, and the end whatever the step.
    pub fn dates(self, calendar: &Calendar, months: u32) -> Vec<f64> {
        let end = calendar.begin(i64::from(months));
        let mut dates: Vec<f64> = match self {
            Self::Months(step) => (0..months)
                .step_by(step.max(1) as usize)
                .map(|month| calendar.begin(i64::from(month)))
                .collect(),
            Self::Seconds(step) => {
                let count = libm::ceil(end / step - 1e-9) as u32;
                (0..count).map(|at| f64::from(at) * step).collect()
            }
        };
        dates.push(end);
        dates
    }
}

/// Why there is no forecast.
#[derive(Debug, Clone)]
pub enum Problem {
    /// A number that cannot be, in some world.
    Binding(Vec<BindProblem>),
    /// There is no such calendar.
    Calendar(String),
    /// It was stopped before a world was complete.
    Stopped,
}

/// An amount over the dates, in every world.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its path: `table.streams.rows`.
    pub path: String,
    /// What it measures.
    pub dimension: Dimension,
    /// By date, then by world.
    pub values: Vec<Vec<f64>>,
    /// The same at the peaks of its course, where a limit may be about it; else empty.
    pub peaks: Vec<Vec<f64>>,
}

impl Series {
    /// By world; `None` at a peak that is not known of it.
    fn at(&self, when: peaks::When) -> Option<&[f64]> {
        let values = match when {
            peaks::When::Date(at) => self.values.get(at),
            peaks::When::Peak(at) => self.peaks.get(at),
        };
        values.map(Vec::as_slice)
    }
}

/// A variant over the calendar.
#[derive(Debug, Clone)]
pub struct Course {
    /// Name; none: the scenario as it stands.
    pub name: Option<String>,
    /// Every amount there is.
    pub series: Vec<Series>,
    /// Inputs by world.
    pub inputs: Vec<Vec<f64>>,
    /// Dates just before rows of a table are taken away, and just after.
    pub peaks: Vec<f64>,
}

impl Course {
    /// The amount of a path.
    pub fn get(&self, path: &str) -> Option<&Series> {
        self.series.iter().find(|series| series.path == path)
    }
}

/// A forecast.
#[derive(Debug, Clone)]
pub struct Forecast {
    /// The calendar, with a year more than the forecast.
    pub calendar: Calendar,
    /// Dates in order, seconds since month 0: the beginnings of months, and dates of conditions.
    pub dates: Vec<f64>,
    /// Where among them each month begins, from month 0 to the end.
    pub months: Vec<usize>,
    /// Worlds.
    pub worlds: u32,
    /// The scenario as it stands (or the variant that was asked for), then the others.
    pub courses: Vec<Course>,
}

impl Forecast {
    /// Where a date is among the dates: the nearest.
    pub fn index(&self, date: f64) -> usize {
        let after = self.dates.partition_point(|known| *known < date);
        let near = |index: &usize| (self.dates[*index] - date).abs();
        let candidates = [after.saturating_sub(1), after.min(self.dates.len() - 1)];
        if near(&candidates[0]) < near(&candidates[1]) { candidates[0] } else { candidates[1] }
    }

    /// Where the last month of the forecast ends.
    pub fn end(&self) -> usize {
        self.months.last().copied().unwrap_or(0)
    }

    /// The variant of this name.
    pub fn course(&self, name: &str) -> Option<&Course> {
        self.courses.iter().find(|course| course.name.as_deref() == Some(name))
    }
}

/// A time as a date of a calendar: whole months and years are those of the calendar.
pub fn date(calendar: &Calendar, seconds: f64) -> f64 {
    let months = seconds / MONTH;
    let whole = libm::round(months);
    if (months - whole).abs() < 1e-9 * whole.max(1.0) {
        calendar.begin(whole as i64)
    } else {
        seconds
    }
}

/// Months until a time: whole, rounded up.
pub fn months_of(seconds: f64) -> u32 {
    libm::ceil(seconds / MONTH - 1e-9).max(1.0) as u32
}

/// Works out the models in the same worlds. The first is the scenario as it stands, or the variant
/// that was asked for.
///
/// An interruption leaves the first worlds: what a forecast of so many gives.
pub fn forecast(
    models: &[(Option<String>, Model)],
    spec: &Spec,
    outside: Outside,
) -> Result<Forecast, Problem> {
    let Some((_, main)) = models.first() else {
        return Err(Problem::Calendar("there is nothing to forecast".to_owned()));
    };
    let When { calendar, dates, months, queries } = When::new(main, spec)?;
    let is_uncertain = models.iter().any(|(_, model)| model.is_uncertain());
    let count = if is_uncertain { spec.worlds.max(1) } else { 1 };
    let all: Vec<Work> = models.iter().map(|one| Work::new(one, &calendar, spec.months)).collect();
    let over = Over { calendar: &calendar, dates: &dates, queries: &queries };
    let world = |index: u32| -> Result<Vec<Worked>, Vec<BindProblem>> {
        all.iter().map(|work| work.world(over, (spec.seed, index, count))).collect()
    };
    let found = outside.control(Some("amounts"), true, |control| in_worlds(count, control, &world));
    let found = found.map_err(Problem::Binding)?;
    let worlds = found.len() as u32;
    if worlds == 0 {
        return Err(Problem::Stopped);
    }
    let mut by_model: Vec<Vec<Worked>> = all.iter().map(|_| Vec::new()).collect();
    for world in found {
        for (all, one) in by_model.iter_mut().zip(world) {
            all.push(one);
        }
    }
    let courses = all.into_iter().zip(by_model).map(|(work, found)| work.course(over, found));
    let courses = courses.collect();
    Ok(Forecast { calendar, dates, months, worlds, courses })
}

/// The longest prefix of complete worlds, or what is wrong in the first in which something is.
///
/// Threads take the worlds in order, so that little is lost when it is stopped.
fn in_worlds<T: Send>(
    count: u32,
    control: &Control,
    one: &(dyn Fn(u32) -> Result<T, Vec<BindProblem>> + Sync),
) -> Result<Vec<T>, Vec<BindProblem>> {
    let (failed, done) = (AtomicBool::new(false), AtomicU32::new(0));
    let is_over = || control.stop.load(Ordering::Relaxed) || failed.load(Ordering::Relaxed);
    // What is handed out is worked out: so these are the first ones, whatever stops it.
    let handed_out = (0..count).take_while(|_| !is_over()).par_bridge();
    let found = handed_out.map(|index| {
        let found = one(index);
        failed.fetch_or(found.is_err(), Ordering::Relaxed);
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        (control.progress)(Progress { phase: Phase::Worlds, done, total: count, events: 0 });
        (index, found)
    });
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|one| one.0);
    found.into_iter().map(|one| one.1).collect()
}

/// The dates of a forecast.
struct When {
    calendar: Calendar,
    dates: Vec<f64>,
    /// Where among them each month begins.
    months: Vec<usize>,
    /// Those at which queries are worked out.
    queries: Vec<f64>,
}

impl When {
    fn new(main: &Model, spec: &Spec) -> Result<Self, Problem> {
        let conditions = conditions(main);
        let asked: Vec<f64> = conditions.iter().flat_map(|that| dates_of(that)).collect();
        let last = asked.iter().copied().map(months_of).chain([spec.months]).max().unwrap_or(1);
        let calendar = calendar(main, last)?;
        let months = 0..=i64::from(spec.months);
        let mut dates: Vec<f64> = months.clone().map(|month| calendar.begin(month)).collect();
        // A bill has every month until its date.
        dates.extend((0..=i64::from(last)).map(|month| calendar.begin(month)));
        dates.extend(asked.iter().map(|&seconds| date(&calendar, seconds)));
        dates.extend(spec.step.dates(&calendar, spec.months));
        dates.sort_by(f64::total_cmp);
        dates.dedup();
        let at = |month| dates.partition_point(|date| *date < calendar.begin(month));
        let months: Vec<usize> = months.map(at).collect();
        let mut queries: Vec<f64> = Vec::new();
        if conditions.iter().any(|that| asks_queries(that)) {
            queries.extend(asked.iter().map(|&seconds| date(&calendar, seconds)));
            queries.push(calendar.begin(i64::from(spec.months)));
        }
        // An objective must hold at all dates.
        if main.outlook.objectives.iter().any(|one| asks_queries(&one.that)) {
            queries.clone_from(&dates);
        }
        Ok(Self { calendar, dates, months, queries })
    }
}

/// What objectives and claims of a model say of amounts.
fn conditions(model: &Model) -> Vec<&Condition> {
    let objectives = model.outlook.objectives.iter().map(|one| &one.that);
    objectives.chain(model.outlook.claims.iter().map(|one| &one.that)).collect()
}

/// Dates that a condition asks for, seconds.
fn dates_of(that: &Condition) -> Vec<f64> {
    let dates = that.sides().flat_map(MetricExpr::dates);
    let seconds = dates.filter_map(|date| match &date.kind {
        MetricKind::Literal(quantity, _) if quantity.dimension == Dimension::TIME => {
            Some(quantity.value)
        }
        _ => None,
    });
    seconds.filter(|seconds| (0.0..=3.2e9).contains(seconds)).collect()
}

fn asks_queries(that: &Condition) -> bool {
    fn asks(expr: &MetricExpr) -> bool {
        match &expr.kind {
            MetricKind::Amount(path) => path.text.starts_with("query."),
            MetricKind::Binary(_, left, right) => asks(left) || asks(right),
            MetricKind::Negate(inner)
            | MetricKind::At(_, inner)
            | MetricKind::InVariant(_, inner) => asks(inner),
            _ => false,
        }
    }
    that.sides().any(asks)
}

fn calendar(model: &Model, months: u32) -> Result<Calendar, Problem> {
    let start = model.outlook.start;
    // The past, in which the pieces of tables began, is as long as the calendar allows.
    let past =
        [120, 12, 0].into_iter().find_map(|back| Calendar::new(start, back, months + 12).ok());
    past.ok_or_else(|| {
        let error = Calendar::new(start, 0, months + 12).err();
        Problem::Calendar(error.map_or(String::new(), |error| error.to_string()))
    })
}

/// What all models are worked out over.
#[derive(Clone, Copy)]
struct Over<'a> {
    calendar: &'a Calendar,
    dates: &'a [f64],
    queries: &'a [f64],
}

/// A model that is worked out.
struct Work<'a> {
    name: &'a Option<String>,
    model: &'a Model,
    peaks: Vec<f64>,
    sizes: sizes::Sizes,
}

/// The amounts of a world, and its inputs.
type Worked = (world::Amounts, Vec<f64>);

impl<'a> Work<'a> {
    fn new((name, model): &'a (Option<String>, Model), calendar: &Calendar, months: u32) -> Self {
        let binding =
            model.nominal_world().ok().map(|world| model.bind(&world, Scaling::default()));
        let peaks = match binding {
            Some(Ok(binding)) => peaks::beside(model, &binding, calendar, months),
            _ => Vec::new(),
        };
        Self { name, model, peaks, sizes: sizes::Sizes::default() }
    }

    fn world(
        &self,
        over: Over,
        (seed, index, count): (u64, u32, u32),
    ) -> Result<Worked, Vec<BindProblem>> {
        // A single world is the one in which every input has its median.
        let uniform = |input: usize| {
            if count == 1 { 0.5 } else { worlds::point(seed, index, input as u32) }
        };
        let world = self.model.world(&uniform).map_err(|problem| vec![problem])?;
        let found = world::amounts(
            self.model,
            &world,
            Scaling::default(),
            (over.calendar, over.dates, &self.peaks),
            (over.queries, &self.sizes),
        )?;
        Ok((found, world.inputs))
    }

    fn course(self, over: Over, all: Vec<Worked>) -> Course {
        let (values, inputs): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        let names = world::names(self.model, !over.queries.is_empty());
        let by_date = |of: &dyn Fn(&world::Amounts) -> f64| values.iter().map(of).collect();
        let watched = world::watched(&names);
        let (dates, peaks) = (0..over.dates.len(), 0..self.peaks.len());
        let series = names.into_iter().enumerate().map(|(at, (path, dimension))| Series {
            path,
            dimension,
            values: dates.clone().map(|date| by_date(&|world| world.values[date][at])).collect(),
            peaks: match watched.iter().position(|one| *one == at) {
                None => Vec::new(),
                Some(at) => {
                    peaks.clone().map(|date| by_date(&|world| world.peaks[date][at])).collect()
                }
            },
        });
        let series = series.collect();
        Course { name: self.name.clone(), series, inputs, peaks: self.peaks }
    }
}

/// A stretch of the model as one of the calendar.
fn every(binding: &crate::model::Binding, stretch: Stretch) -> crate::growth::calendar::Every {
    use crate::growth::calendar::{DAY, Every};
    match stretch {
        Stretch::Time(id) => Every::Seconds(binding.get(id)),
        Stretch::Days(days) => Every::Seconds(f64::from(days) * DAY),
        Stretch::Months(months) => Every::Months(months),
    }
}
