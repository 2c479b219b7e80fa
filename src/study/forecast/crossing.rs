//! When a limit is passed: per world the first date at which the straight line between two known dates
//! does, those of the forecast and the peaks before purges.

use super::peaks::Line;
use super::{Course, Forecast, Series};
use crate::expr::metric::{Condition, MetricKind, Relation};
use crate::expr::tree::Comparator;
use crate::model::Model;
use crate::stats::worlds::order_statistic;

/// A limit, and when it is passed.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// What it is: `disk of pg`, or the objective.
    pub what: String,
    /// The amount.
    pub path: String,
    /// The limit, the median over worlds.
    pub limit: f64,
    /// The date of each world, seconds since month 0; infinite where it is not passed.
    pub dates: Vec<f64>,
}

impl Crossing {
    /// Quantile of the dates: infinite where it is one of the worlds that do not pass it.
    pub fn quantile(&self, q: f64) -> f64 {
        let mut sorted = self.dates.clone();
        sorted.sort_by(f64::total_cmp);
        order_statistic(&sorted, q)
    }

    /// Share of the worlds in which it is not passed.
    pub fn never(&self) -> f64 {
        let never = self.dates.iter().filter(|date| date.is_infinite()).count();
        never as f64 / self.dates.len().max(1) as f64
    }
}

/// The first date at which `values` are so, by straight lines between dates; infinite if never.
pub fn first(dates: &[f64], values: &[f64], (comparator, limit): (Comparator, f64)) -> f64 {
    for (at, &value) in values.iter().enumerate() {
        if !comparator.holds(value, limit) {
            continue;
        }
        let Some(before) = at.checked_sub(1) else { return dates[at] };
        let (from, step) = (values[before], value - values[before]);
        let part = if step == 0.0 { 1.0 } else { ((limit - from) / step).clamp(0.0, 1.0) };
        return dates[before] + part * (dates[at] - dates[before]);
    }
    f64::INFINITY
}

/// What happens when the working set of a database no longer fits into its memory.
pub fn out_of_memory(database: &str) -> String {
    format!("data of {database} leave its memory")
}

/// Crossings of a variant: disk and memory of its databases, and limits of objectives.
pub fn crossings(forecast: &Forecast, course: &Course, model: &Model) -> Vec<Crossing> {
    let mut found = Vec::new();
    let mut add = |what: String, series: &Series, passed: Comparator, limits: &[f64]| {
        if limits.iter().all(|limit| limit.is_infinite()) {
            return;
        }
        let line = Line::new(forecast, &course.peaks, series);
        let one = |world: usize| first(line.dates(), &line.values(world), (passed, limits[world]));
        let mut sorted = limits.to_vec();
        sorted.sort_by(f64::total_cmp);
        found.push(Crossing {
            what,
            path: series.path.clone(),
            limit: order_statistic(&sorted, 0.5),
            dates: (0..forecast.worlds as usize).map(one).collect(),
        });
    };
    for database in &model.databases {
        let get = |word: &str| course.get(&format!("database.{}.{word}", database.name));
        for (bytes, limit, what) in [
            ("bytes", "disk", format!("disk of {} is full", database.name)),
            ("working_set", "cache", out_of_memory(&database.name)),
        ] {
            if let (Some(series), Some(limits)) = (get(bytes), get(limit))
                && let Some(limits) = limits.values.first()
            {
                add(what, series, Comparator::AtLeast, limits);
            }
        }
    }
    for objective in &model.outlook.objectives {
        if let Some((path, passed, limit)) = limit_of(&objective.that)
            && let Some(series) = course.get(path)
        {
            let limits = vec![limit; forecast.worlds as usize];
            add(format!("{} fails", objective.name), series, passed, &limits);
        }
    }
    found
}

/// A limit that one amount has at all dates: what passes it, and where it lies.
fn limit_of(that: &Condition) -> Option<(&str, Comparator, f64)> {
    let [comparison] = that.comparisons.as_slice() else { return None };
    let MetricKind::Amount(path) = &comparison.left.kind else { return None };
    let Relation::Compare(comparator, right) = &comparison.relation else { return None };
    let MetricKind::Literal(quantity, _) = &right.kind else { return None };
    let passed = match comparator {
        Comparator::Less => Comparator::AtLeast,
        Comparator::AtMost => Comparator::Greater,
        Comparator::Greater => Comparator::AtMost,
        Comparator::AtLeast => Comparator::Less,
    };
    Some((&path.text, passed, quantity.value))
}
