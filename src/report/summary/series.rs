//! Courses over time, for the charts.

use serde::Serialize;

use super::value::Number;

/// Courses over time: medians over the runs (with several worlds, over those of all worlds), with a
/// band.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Series {
    /// Step.
    pub interval_s: Number,
    /// End of the time axis.
    pub until_s: Number,
    /// Named windows: name, from, to.
    pub windows: Vec<(String, Number, Number)>,
    /// Dates at which the load changes, by a burst, a step or a ramp: name of the workload, time.
    pub dates: Vec<(String, Number)>,
    /// By station, busiest first.
    pub stations: Vec<StationSeries>,
    /// By workload, of terminating runs and where a condition looks at intervals.
    pub workloads: Vec<WorkloadSeries>,
}

/// A workload's course. Latencies are of the requests that were *meant to arrive* in an interval; one
/// without a good answer is infinite. Null where there is no number in most runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct WorkloadSeries {
    /// `workload.viewers`.
    pub path: String,
    /// Number of requests that clients wait for.
    pub in_system: Vec<Point>,
    /// Requests that arrive, per second.
    pub arrived: Vec<Point>,
    /// Requests that end with a good answer, per second, at the time of their end.
    pub finished: Vec<Point>,
    /// Requests that end without one, per second, at the time of their end.
    pub failed: Vec<Point>,
    /// Median latency.
    pub p50_s: Vec<Point>,
    /// 95th percentile.
    pub p95_s: Vec<Point>,
}

/// A station's course.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct StationSeries {
    /// As in [`super::Station::path`].
    pub path: String,
    /// Busy over capacity, by interval.
    pub utilization: Vec<Point>,
    /// Number waiting, by interval.
    pub waiting: Vec<Point>,
}

/// A value at a time: median, and the ends of what the middle 90 % of the runs have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Point(pub Number, pub Number, pub Number);

impl Point {
    /// No number.
    pub const NOTHING: Self = Self(Number(f64::NAN), Number(f64::NAN), Number(f64::NAN));
}
