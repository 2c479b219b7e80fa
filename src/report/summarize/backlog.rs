//! Requests that are still inside at the end of the measured time.

use super::measure::Measure;
use crate::plan::Source;
use crate::report::phrase::counted;
use crate::report::summary::{Regime, Summary, Value};
use crate::stats::estimate;
use crate::units::show;

/// So many times the mean over the run makes what is inside at its end a backlog: what grows in a
/// straight line ends at twice its mean.
const MUCH: f64 = 1.5;

/// Fewer than this are no backlog.
const FEW: f64 = 10.0;

/// Mean over runs of a level at the end of the measured time.
pub fn at_end(measure: &Measure, path: &str) -> Option<Value> {
    let Source::Level { sum, unit, .. } = measure.plan().catalog.get(path)?.source else {
        return None;
    };
    let levels = measure.rows().iter().filter_map(|row| row.level(0, sum));
    let values: Vec<f64> = levels.map(|level| level.last as f64 * unit).collect();
    let mean = estimate::mean(&values, measure.evidence.ensemble.confidence)?;
    // Worlds differ for other reasons than luck.
    let several = measure.evidence.ensemble.worlds.len() > 1;
    Some(if several {
        Value::plain(mean.point)
    } else {
        Value::from(mean.within(0.0, f64::INFINITY))
    })
}

/// What is to be said of those who are still inside; `None` if that is no news: a run that drains
/// ends when nobody is.
pub fn warning(measure: &Measure, summary: &Summary) -> Option<String> {
    if measure.plan().schedule.drained {
        return None;
    }
    let left = |path: &str| {
        let inside = at_end(measure, &format!("{path}.outstanding"))?.point.0;
        let mean = measure.value(&format!("mean({path}.outstanding)"))?.point.0;
        let grows = matches!(summary.run.regime, Regime::Overloaded | Regime::NotSettled);
        (inside >= FEW && (grows || inside >= MUCH * mean)).then_some(inside)
    };
    let workloads = summary.requests.iter().filter(|one| one.path.starts_with("workload."));
    let left: Vec<String> = workloads
        .filter_map(|one| Some(format!("{} of {}", whole(left(&one.path)?), one.path)))
        .collect();
    if left.is_empty() {
        return None;
    }
    let all = summary.pools.iter().map(|pool| &pool.station).chain(&summary.stations);
    let lines = all.filter_map(|one| Some((&one.path, one.waiting_at_end?.point.0)));
    let longest = lines.filter(|line| line.1 >= FEW).max_by(|a, b| a.1.total_cmp(&b.1));
    let line = longest.map_or(String::new(), |(path, waiting)| {
        format!("; the longest line is that of {path}, with {}", show::count(waiting.round()))
    });
    Some(format!(
        "still inside at the end of the measured time, on average over the runs: {}{line}",
        left.join(", ")
    ))
}

fn whole(number: f64) -> String {
    counted(number.round() as u64, "request")
}
