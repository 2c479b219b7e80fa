//! The rows of the tables: requests, windows, stations, pools, places, variants.

use serde::Serialize;

use super::facts::Regime;
use super::value::{Number, Value};

/// Requests of an endpoint (each attempt, as the server sees it) or of a workload (each intended
/// request, as its client sees it).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Requests {
    /// `endpoint.browse`, `workload.viewers`.
    pub path: String,
    /// Requests that arrived in the measured time of all runs.
    pub count: u64,
    /// Requests that arrived per second.
    pub per_second: Option<Value>,
    /// Attempts per intended request; workloads only.
    pub amplification: Option<Value>,
    /// Share of requests with a good answer.
    pub good: Option<Value>,
    /// Still open when their run ended; they count as never answered.
    pub unanswered: u64,
    /// Inside at the end of the measured time, mean over the runs; workloads only.
    pub inside_at_end: Option<Value>,
    /// Mean latency of the good answers.
    pub mean_s: Option<Value>,
    /// Latency over every request; one without a good answer is infinite.
    pub percentiles: Vec<Percentile>,
    /// The same at twelve percentiles to each nine, where there are enough requests beyond, for the
    /// chart.
    pub spectrum: Vec<Percentile>,
    /// Latency over the good answers alone.
    pub answered: Vec<Percentile>,
    /// Longest latency of a good answer.
    pub max_s: Option<Number>,
    /// How they ended; those that never happened are left out.
    pub outcomes: Vec<OutcomeRow>,
}

/// A percentile.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Percentile {
    /// 0.95 for the 95th.
    pub quantile: Number,
    /// Latency.
    pub seconds: Value,
}

/// The requests of a workload that were meant to arrive in a named window.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct WindowRow {
    /// The window's name.
    pub window: String,
    /// Its begin, from the start of the run.
    pub from_s: Number,
    /// Its end.
    pub to_s: Number,
    /// `workload.viewers`.
    pub path: String,
    /// Requests that arrived per second.
    pub per_second: Option<Value>,
    /// Share of them with a good answer.
    pub good: Option<Value>,
    /// Mean number of requests that clients waited for, over the window.
    pub in_system: Option<Value>,
    /// Median latency over every request.
    pub p50_s: Option<Value>,
    /// 95th percentile.
    pub p95_s: Option<Value>,
    /// 99th percentile.
    pub p99_s: Option<Value>,
}

/// One way to end.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutcomeRow {
    /// The word of the language: `ok`, `pool_timeout`.
    pub outcome: String,
    /// How many ended so.
    pub count: u64,
    /// Of all requests.
    pub share: Option<Value>,
    /// Mean time until then.
    pub mean_s: Option<Value>,
    /// Median time until then.
    pub p50_s: Option<Number>,
    /// 99th percentile of the time until then.
    pub p99_s: Option<Number>,
}

/// Servers that requests wait for: cores, workers. Instances together.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Station {
    /// `service.api.cpu`, `service.api.workers`, `database.pg.cpu`, `lock.account`.
    pub path: String,
    /// Cores or workers; null: no bound.
    pub capacity: Option<Number>,
    /// Busy over capacity.
    pub utilization: Option<Value>,
    /// Servers asked for, in Erlangs.
    pub offered_load: Option<Value>,
    /// Mean wait over every visit.
    pub wait_mean_s: Option<Value>,
    /// 95th percentile of the wait over every visit.
    pub wait_p95_s: Option<Value>,
    /// Share of visits that waited at all.
    pub waited: Option<Value>,
    /// Mean number waiting.
    pub waiting: Option<Value>,
    /// Waiting at the end of the measured time, mean over the runs.
    pub waiting_at_end: Option<Value>,
    /// Share of time with every server busy.
    pub at_capacity: Option<Value>,
}

/// A connection pool, over all instances.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Pool {
    /// As a station: its servers are its connections.
    #[serde(flatten)]
    pub station: Station,
    /// Mean number of connections checked out.
    pub in_use: Option<Value>,
    /// Mean number of open connections.
    pub open: Option<Value>,
    /// Most that were ever open.
    pub open_max: Option<Number>,
    /// Checkouts whose patience ended, in all runs.
    pub timed_out: u64,
    /// Share of checkouts that got no connection, for whatever reason.
    pub lost_share: Option<Value>,
    /// Connection attempts that the server refused, in all runs.
    pub refused: u64,
}

impl Pool {
    /// In use over open, where the server refuses some of the connections that the pool asks for:
    /// what it has is then all that counts. `None` where it gets its size.
    pub fn in_use_of_open(&self) -> Option<Value> {
        let (open, size) = (self.open?.point.0, self.station.capacity?.0);
        let in_use = self.in_use?.point.0;
        let is_short = self.refused > 0 && open > 0.0 && open < size;
        is_short.then(|| Value::plain((in_use / open).min(1.0)))
    }
}

/// Where the time of an endpoint's requests goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Breakdown {
    /// The endpoint's name.
    pub endpoint: String,
    /// Mean over every request.
    pub mean: Vec<PlaceTime>,
    /// Mean over the slowest 1 %, or as many more as share a bucket of latencies with them.
    pub slowest: Vec<PlaceTime>,
    /// Requests behind `slowest`.
    pub slowest_count: u64,
    /// Their share of all.
    pub slowest_share: Number,
    /// Latency from which on a request is among them; bucket width 9 %.
    pub slowest_from_s: Number,
}

/// Time at one place, per request.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PlaceTime {
    /// `pool.api_pg`, `service.api.cpu`, `delay`, `network`.
    pub place: String,
    /// In line.
    pub waiting_s: Number,
    /// In service.
    pub service_s: Number,
}

/// A variant in the comparison.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct VariantRow {
    /// Its name; null: the scenario as it stands.
    pub name: Option<String>,
    /// What it is about.
    pub about: Option<String>,
    /// What its runs turned out to be.
    pub regime: Regime,
    /// The endpoint or workload that the numbers speak of.
    pub path: String,
    /// Requests per second.
    pub per_second: Option<Value>,
    /// Share without a good answer.
    pub failed: Option<Value>,
    /// Median over every request.
    pub p50_s: Option<Value>,
    /// 95th percentile over every request.
    pub p95_s: Option<Value>,
    /// 99th percentile over every request.
    pub p99_s: Option<Value>,
    /// Its busiest station or pool.
    pub busiest: Option<String>,
    /// How busy that is: of a pool that gets fewer connections than its size, those it has.
    pub utilization: Option<Value>,
    /// Objectives met, of how many.
    pub objectives: (u32, u32),
}
