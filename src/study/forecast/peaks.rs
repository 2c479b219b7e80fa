//! When a table has most rows: just before rows are taken away, and not where months begin.
//!
//! Those dates are worked out as well, for what limits are about, so that a limit that is passed
//! between two months is seen.

use super::{Forecast, Series, every};
use crate::growth::calendar::{Calendar, Every};
use crate::model::{Binding, Model, Retention, Then};

/// Runs of a table in a month that are looked at: of more, these are spread over it.
const RUNS: usize = 6;
/// How long before a run it is looked, seconds.
const BEFORE: f64 = 1.0;

/// Dates just before rows of a table are taken away and just after, in order, until the end of so
/// many months: also of a run that falls on the end.
pub(super) fn beside(
    model: &Model,
    binding: &Binding,
    calendar: &Calendar,
    months: u32,
) -> Vec<f64> {
    let end = calendar.begin(i64::from(months));
    let mut found = Vec::new();
    for retention in model.tables.iter().filter_map(|table| table.retention) {
        let Some(stretch) = retention.every else { continue };
        let every = every(binding, stretch);
        let later = later(&retention, binding);
        for month in 0..=i64::from(months) {
            let within = (calendar.begin(month), calendar.begin(month + 1));
            for run in runs(calendar, every, later, within) {
                let beside = [run - BEFORE, run];
                found.extend(beside.into_iter().filter(|date| *date > 0.0 && *date <= end));
            }
        }
    }
    found.sort_by(f64::total_cmp);
    found.dedup();
    found
}

/// How long after the beginning of a stretch rows go: a piece when its newest row is old enough, a purge
/// when it runs.
fn later(retention: &Retention, binding: &Binding) -> f64 {
    if retention.then == Then::Drop { binding.get(retention.after) } else { 0.0 }
}

/// Just before the last time until a date at which rows of a table go in runs; none if they do not.
pub(super) fn before_the_last(
    retention: &Retention,
    binding: &Binding,
    (calendar, date): (&Calendar, f64),
) -> Option<f64> {
    let later = later(retention, binding);
    let begin = calendar.begin_of(every(binding, retention.every?), date - later);
    Some(begin + later - BEFORE).filter(|before| *before > 0.0)
}

/// Beginnings of stretches, later by so much, from one date until before another.
fn runs(calendar: &Calendar, every: Every, later: f64, (from, to): (f64, f64)) -> Vec<f64> {
    let all: Vec<f64> = match every {
        Every::Seconds(length) => {
            let first = libm::ceil((from - later) / length - 1e-9);
            let count = libm::ceil((to - later) / length - 1e-9) - first;
            let shown = count.min(RUNS as f64).max(0.0);
            // The first, the last, and even steps between.
            let step = |at: f64| libm::floor(at * (count - 1.0) / (shown - 1.0).max(1.0));
            (0..shown as u32).map(|at| (first + step(f64::from(at))) * length + later).collect()
        }
        Every::Months(count) => {
            let months = calendar.month(from - later)..=calendar.month(to - later);
            let begins = months.filter(|month| month.rem_euclid(i64::from(count.max(1))) == 0);
            begins.map(|month| calendar.begin(month) + later).collect()
        }
    };
    all.into_iter().filter(|run| (from..to).contains(run)).collect()
}

/// A date at which amounts are known: by its place among those of the forecast, or among the peaks of a
/// variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// One of the forecast's.
    Date(usize),
    /// One beside rows that go.
    Peak(usize),
}

/// The dates of a forecast until its end, and peaks, in order.
pub(super) fn dates(forecast: &Forecast, peaks: &[f64]) -> Vec<(f64, When)> {
    let until = &forecast.dates[..=forecast.end()];
    let dates = until.iter().enumerate().map(|(at, date)| (*date, When::Date(at)));
    let peaks = peaks.iter().enumerate().map(|(at, date)| (*date, When::Peak(at)));
    let mut all: Vec<(f64, When)> = dates.chain(peaks).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all
}

/// Whether an amount is one of money, which is that of the month that ends: at month 0 none has.
pub(super) fn is_cost(path: &str) -> bool {
    path.split('.').next() == Some("cost") || path.rsplit('.').next() == Some("cost")
}

/// The dates at which a series is known, in order: those of the forecast, and what is beside them.
pub(super) struct Line<'a> {
    series: &'a Series,
    dates: Vec<f64>,
    places: Vec<When>,
}

impl<'a> Line<'a> {
    /// Of a series whose peaks lie at these dates.
    pub fn new(forecast: &Forecast, peaks: &[f64], series: &'a Series) -> Self {
        let known = &peaks[..peaks.len().min(series.peaks.len())];
        let from = usize::from(is_cost(&series.path));
        let (dates, places) = dates(forecast, known).into_iter().skip(from).unzip();
        Self { series, dates, places }
    }

    /// The dates.
    pub fn dates(&self) -> &[f64] {
        &self.dates
    }

    /// The values in a world.
    pub fn values(&self, world: usize) -> Vec<f64> {
        let value = |when: &When| self.series.at(*when).map_or(f64::NAN, |values| values[world]);
        self.places.iter().map(value).collect()
    }
}
