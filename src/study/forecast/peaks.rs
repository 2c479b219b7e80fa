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
/// many months.
pub(super) fn dates(
    model: &Model,
    binding: &Binding,
    calendar: &Calendar,
    months: u32,
) -> Vec<f64> {
    let mut found = Vec::new();
    for retention in model.tables.iter().filter_map(|table| table.retention) {
        let Some(stretch) = retention.every else { continue };
        let every = every(binding, stretch);
        let later = later(&retention, binding);
        for month in 0..i64::from(months) {
            let within = (calendar.begin(month), calendar.begin(month + 1));
            for run in runs(calendar, every, later, within) {
                found.extend([run - BEFORE, run].into_iter().filter(|date| *date > 0.0));
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

/// The dates at which a series is known, in order: beginnings of months, and what is beside them.
pub(super) struct Line<'a> {
    series: &'a Series,
    dates: Vec<f64>,
    /// Where each is: among the values, or among the peaks.
    places: Vec<(bool, usize)>,
}

impl<'a> Line<'a> {
    /// Of a series whose peaks lie at these dates.
    pub fn new(forecast: &Forecast, peaks: &[f64], series: &'a Series) -> Self {
        let months = forecast.months.iter().map(|at| (forecast.dates[*at], (false, *at)));
        let known = peaks.iter().copied().take(series.peaks.len());
        let beside = known.enumerate().map(|(at, date)| (date, (true, at)));
        let mut all: Vec<(f64, (bool, usize))> = months.chain(beside).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (dates, places) = all.into_iter().unzip();
        Self { series, dates, places }
    }

    /// The dates.
    pub fn dates(&self) -> &[f64] {
        &self.dates
    }

    /// The values in a world.
    pub fn values(&self, world: usize) -> Vec<f64> {
        let value = |&(is_peak, at): &(bool, usize)| {
            let values = if is_peak { &self.series.peaks } else { &self.series.values };
            values[at][world]
        };
        self.places.iter().map(value).collect()
    }
}
