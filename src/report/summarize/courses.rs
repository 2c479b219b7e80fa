//! Workloads over time: what arrives, how long it takes, what is finished, by interval.

use super::measure::Measure;
use super::stations::{POINTS_MAX, across, course};
use crate::experiment::Row;
use crate::model::Outcome;
use crate::plan::{ArrivalPlan, RatePlan, Source};
use crate::report::summary::{Number, Point, WorkloadSeries};
use crate::stats::histogram::Sparse;
use crate::units::time::ns_to_seconds;

/// What is known of the requests that were meant to arrive in one stretch of one run.
#[derive(Default)]
struct Arrived {
    per_second: f64,
    p50: Option<f64>,
    p95: Option<f64>,
}

/// The courses of workloads whose requests are kept by interval; `stride` intervals make a point.
pub fn workloads(measure: &Measure, stride: usize) -> Vec<WorkloadSeries> {
    let plan = measure.plan();
    let one = |(index, workload): (usize, &crate::model::Workload)| {
        let path = format!("workload.{}", workload.name);
        let Source::Requests { tallies: first } = plan.catalog.get(&path)?.source else {
            return None;
        };
        plan.probes.courses.binary_search(&first).ok()?;
        let arrived = arrived(measure, first, stride);
        let of = |get: &dyn Fn(&Arrived) -> Option<f64>| -> Vec<Point> {
            let longest = arrived.iter().map(Vec::len).max().unwrap_or(0);
            let at = |point: usize| {
                let runs = arrived.iter().filter_map(|run| get(run.get(point)?));
                across(runs.collect(), arrived.len()).unwrap_or(Point::NOTHING)
            };
            (0..longest).map(at).collect()
        };
        let ended = |good: bool| ended(measure, index, stride, good);
        Some(WorkloadSeries {
            in_system: course(measure, &format!("{path}.outstanding"), 1.0, stride),
            arrived: of(&|part| Some(part.per_second)),
            p50_s: of(&|part| part.p50),
            p95_s: of(&|part| part.p95),
            finished: ended(true),
            failed: ended(false),
            path,
        })
    };
    measure.evidence.model.workloads.iter().enumerate().filter_map(one).collect()
}

/// By run, then by point, within the measured time: empty before it, and no further.
fn arrived(measure: &Measure, first: u32, stride: usize) -> Vec<Vec<Arrived>> {
    let schedule = &measure.plan().schedule;
    let begin = schedule.warm_up.div_ceil(schedule.interval) as usize;
    let end = (measure.plan().window_end() / schedule.interval) as usize;
    let seconds = ns_to_seconds(schedule.interval);
    let point = |row: &Row, from: usize| {
        let range = from.max(begin)..(from + stride).min(end);
        if range.is_empty() {
            return Arrived { per_second: f64::NAN, ..Arrived::default() };
        }
        let part = |tally: u32| {
            let course = row.course(tally).unwrap_or(&[]);
            course.get(range.start.min(course.len())..range.end.min(course.len())).unwrap_or(&[])
        };
        let good = Sparse::merged((first..first + 2).flat_map(part));
        let lost: u64 =
            (first + 2..first + Outcome::ALL.len() as u32).flat_map(part).map(Sparse::total).sum();
        let mut all = good;
        all.record_never(lost);
        let at = |q: f64| all.quantile(q).map(|ns| ns / 1e9);
        Arrived {
            per_second: all.total() as f64 / (seconds * range.len() as f64),
            p50: at(0.5),
            p95: at(0.95),
        }
    };
    let run = |row: &Row| (0..end).step_by(stride).map(|from| point(row, from)).collect();
    measure.rows().iter().map(run).collect()
}

/// Requests per second that ended, well or not, by the time of their end.
fn ended(measure: &Measure, workload: usize, stride: usize, good: bool) -> Vec<Point> {
    let schedule = &measure.plan().schedule;
    let seconds = ns_to_seconds(schedule.interval) * stride as f64;
    let window = (measure.plan().window_end() / schedule.interval) as usize;
    let end = if schedule.drained { usize::MAX } else { window };
    let rows = measure.rows();
    let of = |row: &Row| -> Vec<f64> {
        // A level's course says how far the run went; nothing may have ended for some time.
        let reached = row.series.levels.iter().map(Vec::len).max().unwrap_or(0).min(end);
        let all = row.series.ended.get(workload).map_or(&[][..], Vec::as_slice);
        let count = |at: usize| {
            let one = all.get(at).copied().unwrap_or_default();
            if good { one.good } else { one.bad }
        };
        let point = |from: usize| (from..from + stride).map(count).sum::<u64>() as f64 / seconds;
        (0..reached).step_by(stride).map(point).collect()
    };
    let runs: Vec<Vec<f64>> = rows.iter().map(of).collect();
    let at = |point: usize| {
        across(runs.iter().filter_map(|run| run.get(point).copied()).collect(), runs.len())
    };
    (0..POINTS_MAX).map_while(at).collect()
}

/// Changes of a rate that are marked; of more none are, as they are the course itself.
const CHANGES: usize = 6;

/// Dates at which the load changes: of bursts, with the end of those that are spread, and of the steps
/// and ramps of a rate.
pub fn dates(measure: &Measure) -> Vec<(String, Number)> {
    let mut dates = Vec::new();
    let named = measure.evidence.model.workloads.iter().zip(&measure.plan().workloads);
    for (workload, plan) in named {
        match &plan.arrivals {
            ArrivalPlan::Burst { at, over, .. } => {
                dates.push((workload.name.clone(), Number(ns_to_seconds(*at))));
                if *over > 0 {
                    let end = Number(ns_to_seconds(at.saturating_add(*over)));
                    dates.push((format!("{} over", workload.name), end));
                }
            }
            ArrivalPlan::Shaped { rates: RatePlan::Pieces { pieces, cycle: None }, .. } => {
                let later: Vec<f64> =
                    pieces.iter().map(|piece| piece.from).filter(|from| *from > 0.0).collect();
                if later.len() <= CHANGES {
                    let change = |from: f64| (workload.name.clone(), Number(from));
                    dates.extend(later.into_iter().map(change));
                }
            }
            ArrivalPlan::Open { .. }
            | ArrivalPlan::Shaped { .. }
            | ArrivalPlan::Replay { .. }
            | ArrivalPlan::Users { .. } => {}
        }
    }
    dates
}
