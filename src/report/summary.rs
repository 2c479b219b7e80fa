//! The view model: everything that is reported of a study, and nothing that differs between two
//! runs of the same study (no wall time, thread count, path or event rate).
//!
//! Serialized, it is `summary.json`, [`SCHEMA`]. Times are in seconds (`_s`), rates per second,
//! shares and utilizations are ratios (0.05 is 5 %). A number that is infinite is the string
//! `"infinity"` or `"-infinity"`, one that is not known is `null`.

use serde::{Serialize, Serializer};

use super::deadlock::Deadlock;
use crate::stats::estimate::{Estimate, Quality};
use crate::units::show::Measure;

/// Version of the layout of `summary.json`: grows when a key changes its meaning or goes away.
pub const SCHEMA: u32 = 1;

/// A number that JSON can always carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            value if value.is_nan() => serializer.serialize_none(),
            value if value == f64::INFINITY => serializer.serialize_str("infinity"),
            value if value == f64::NEG_INFINITY => serializer.serialize_str("-infinity"),
            value => serializer.serialize_f64(value),
        }
    }
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        Self(value)
    }
}

/// A number with the interval in which it lies at the run's confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Value {
    /// The estimate.
    pub point: Number,
    /// Lower end of the interval; null if there is none.
    pub lower: Option<Number>,
    /// Upper end of the interval; null if there is none.
    pub upper: Option<Number>,
    /// May a verdict rest on it?
    pub quality: Quality,
}

impl Value {
    /// A number without an interval.
    pub fn plain(point: f64) -> Self {
        Self { point: Number(point), lower: None, upper: None, quality: Quality::Good }
    }

    /// A number with its interval.
    pub fn with_interval(point: f64, lower: f64, upper: f64) -> Self {
        Self {
            point: Number(point),
            lower: Some(Number(lower)),
            upper: Some(Number(upper)),
            quality: Quality::Good,
        }
    }

    /// One minus a share.
    #[must_use]
    pub fn complement(self) -> Self {
        let other = |number: Number| Number(1.0 - number.0);
        Self {
            point: other(self.point),
            lower: self.upper.map(other),
            upper: self.lower.map(other),
            quality: self.quality,
        }
    }
}

impl From<Estimate> for Value {
    /// An interval from too few samples is left out rather than shown.
    fn from(estimate: Estimate) -> Self {
        let has_interval = !estimate.lower.is_nan()
            && !estimate.upper.is_nan()
            && (estimate.lower.is_finite() || estimate.upper.is_finite());
        Self {
            point: Number(estimate.point),
            lower: has_interval.then_some(Number(estimate.lower)),
            upper: has_interval.then_some(Number(estimate.upper)),
            quality: estimate.quality,
        }
    }
}

/// What a number measures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A time.
    Seconds,
    /// A rate.
    PerSecond,
    /// An amount of data.
    Bytes,
    /// Data per time.
    BytesPerSecond,
    /// A ratio.
    Share,
    /// A count, or a number of another kind.
    #[default]
    Count,
}

impl Unit {
    /// How it is shown.
    pub fn measure(self) -> Measure {
        match self {
            Self::Seconds => Measure::Duration,
            Self::PerSecond => Measure::Rate,
            Self::Bytes => Measure::Bytes,
            Self::BytesPerSecond => Measure::Bandwidth,
            Self::Share => Measure::Percent,
            Self::Count => Measure::Count,
        }
    }
}

/// What was found out about a study.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The scenario's name.
    pub name: String,
    /// What it is about, as its author says.
    pub about: Option<String>,
    /// Documents that the figures come from.
    pub sources: Vec<String>,
    /// Name of the variant that was run; null: the scenario as it stands.
    pub variant: Option<String>,
    /// The result in a sentence.
    pub headline: String,
    /// How it was simulated.
    pub run: RunFacts,
    /// What must hold.
    pub objectives: Vec<Judgment>,
    /// What somebody said.
    pub claims: Vec<Judgment>,
    /// Findings that bear on how far the numbers can be trusted.
    pub warnings: Vec<String>,
    /// Deadlocks by what the requests waited for, the first first; absent if there were none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deadlocks: Vec<Deadlock>,
    /// Requests by endpoint, then by workload.
    pub requests: Vec<Requests>,
    /// Each workload in each named window.
    pub windows: Vec<WindowRow>,
    /// What works on requests, busiest first.
    pub stations: Vec<Station>,
    /// Connection pools, busiest first.
    pub pools: Vec<Pool>,
    /// Where the time of each endpoint's requests goes.
    pub breakdown: Vec<Breakdown>,
    /// This run and the other variants side by side.
    pub variants: Vec<VariantRow>,
    /// What queueing theory says of the same system, beside what was simulated.
    pub theory: Vec<Theory>,
    /// Named numbers of the scenario.
    pub inputs: Vec<Input>,
    /// Defaults that the scenario did not state and that the plan read.
    pub assumptions: Vec<Assumption>,
    /// The reporting checklist of the field (STRESS-DES), filled in.
    pub method: Vec<Fact>,
    /// Courses over time, for the charts.
    pub series: Series,
}

/// What a study's runs did over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// A steady state was reached.
    #[default]
    Stable,
    /// From a given start to a given end; no steady state was asked for.
    Terminating,
    /// Work arrives faster than it is done: what is measured depends on how long one looks.
    Overloaded,
    /// A backlog from the start was still being worked off.
    Backlogged,
    /// It cannot be told whether the system is stable.
    NotSettled,
}

impl Regime {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Terminating => "terminating",
            Self::Overloaded => "overloaded",
            Self::Backlogged => "backlogged",
            Self::NotSettled => "not settled",
        }
    }
}

/// How the study was simulated.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RunFacts {
    /// `steady` or `terminating`.
    pub kind: String,
    /// What the runs turned out to be.
    pub regime: Regime,
    /// Replications per world that stand in this result.
    pub replications: u32,
    /// Draws of the uncertain inputs.
    pub worlds: u32,
    /// Cut at the start of each run.
    pub warm_up_s: Number,
    /// How the cut was chosen.
    pub warm_up_reason: String,
    /// Measured time of each run.
    pub duration_s: Number,
    /// Seed.
    pub seed: u64,
    /// Confidence of the intervals, 0..1.
    pub confidence: Number,
    /// Share of worlds in which an objective must hold, 0..1.
    pub assurance: Number,
    /// Version of the program.
    pub version: String,
    /// Hash of every bound value: equal for equal systems.
    pub identity: String,
    /// True if the study was cut short; the result is a complete prefix of it.
    pub partial: bool,
    /// The command that gives this result again.
    pub reproduce: String,
    /// How well metrics are known, against how well they should be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub precision: Vec<Precision>,
}

/// A goal of `run.precision`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Precision {
    /// As written: `2% on p99(endpoint.x)`.
    pub goal: String,
    /// Whether it was reached.
    pub reached: bool,
    /// Half the width of the interval over the point, of several worlds the largest.
    pub half_width: Number,
}

/// What was concluded of an objective or a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// An objective is met.
    Pass,
    /// An objective is missed.
    Fail,
    /// A claim holds.
    Confirmed,
    /// A claim does not hold.
    Refuted,
    /// The data does not tell.
    Inconclusive,
}

impl Verdict {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Confirmed => "confirmed",
            Self::Refuted => "refuted",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// Met or confirmed.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Pass | Self::Confirmed)
    }

    /// Missed or refuted.
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Fail | Self::Refuted)
    }
}

/// An objective or a claim with its verdict.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judgment {
    /// Its name or id.
    pub name: String,
    /// The statement in words; objectives have none.
    pub says: Option<String>,
    /// The condition as written.
    pub that: String,
    /// The variant on which it was judged; null: this run.
    pub variant: Option<String>,
    /// What was concluded.
    pub verdict: Verdict,
    /// Why, where it is not plain from the numbers; for a refuted claim what it should have said.
    pub because: Option<String>,
    /// Share of worlds in which it holds; null if there is one world.
    pub worlds: Option<Value>,
    /// Its comparisons, in order; all must hold.
    pub parts: Vec<Part>,
}

/// One comparison of a condition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// What is compared, as written: `p95(endpoint.browse)`.
    pub metric: String,
    /// What it is measured in.
    pub unit: Unit,
    /// The estimate; null if there is nothing to estimate from.
    pub estimate: Option<Value>,
    /// What it is compared with, in words: `< 500 ms`, `within 2 % of 417`.
    pub target: String,
    /// The limit nearest to the estimate, in the unit; null if there is none.
    pub limit: Option<Number>,
    /// Distance from the estimate to that limit, over the limit: positive on the good side.
    pub margin: Option<Number>,
    /// Of `within P of Q`: Q, in the unit.
    pub center: Option<Number>,
    /// What was concluded of it.
    pub verdict: Verdict,
}

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
    /// Mean over the slowest 1 %.
    pub slowest: Vec<PlaceTime>,
    /// Requests behind `slowest`.
    pub slowest_count: u64,
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

/// A number from theory beside the simulated one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Theory {
    /// What it is: `pool.api_pg: share of requests that wait`.
    pub what: String,
    /// What it is measured in.
    pub unit: Unit,
    /// By formula.
    pub theory: Number,
    /// By simulation.
    pub simulated: Option<Value>,
    /// The formula and what it takes for granted.
    pub assumes: String,
}

/// A named number of the scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its value in base units; the median if it is uncertain.
    pub value: Number,
    /// As a person reads it.
    pub shown: String,
    /// One draw per world.
    pub uncertain: bool,
}

/// A default that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assumption {
    /// Dotted path of the key.
    pub path: String,
    /// The value, as it would be written.
    pub value: String,
}

/// A line of the method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is about.
    pub topic: String,
    /// What was done.
    pub text: String,
}

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
    /// As in [`Station::path`].
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

impl Summary {
    /// The busiest of stations and pools alike, and how busy it is: of what it has.
    pub fn busiest(&self) -> Option<(&Station, Value)> {
        let pool = |pool: &Pool| pool.in_use_of_open().or(pool.station.utilization);
        let pools = self.pools.iter().map(|one| (&one.station, pool(one)));
        let all = self.stations.iter().map(|one| (one, one.utilization)).chain(pools);
        all.filter_map(|(station, busy)| busy.map(|busy| (station, busy)))
            .reduce(|most, next| if next.1.point > most.1.point { next } else { most })
    }

    /// The requests that the result speaks of first: those with most arrivals, as their clients
    /// see them where that differs from what the server sees.
    pub fn main_requests(&self) -> Option<&Requests> {
        let first = |kind: &str| {
            let of_kind = self.requests.iter().filter(|r| r.path.starts_with(kind));
            of_kind.reduce(|most, next| if next.count > most.count { next } else { most })
        };
        first("workload.").or_else(|| first("endpoint."))
    }
}
