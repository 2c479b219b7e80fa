//! Demand: what each station is asked for, by arithmetic on the flows, without simulation.
//!
//! Operational analysis (Denning and Buzen, "The operational analysis of queueing network models",
//! ACM Computing Surveys 10(3), 1978; Lazowska et al., Quantitative System Performance, 1984):
//! visits and holding times of one request from its flow, times the arrival rates, give the
//! offered load of every station, its utilization, the bottleneck and the load that the system can
//! sustain. Erlang's formulas then say how long the lines are where they apply.
//!
//! - Flows are taken *without errors*: timeouts do not fire, nothing is retried, no `else` runs.
//!   [`Demand::notes`] lists each such omission and every approximation that a flow made necessary.
//! - Holding times are *without contention*: a worker's includes the calls, queries and pauses
//!   under it, but no waiting in the lines below. Real ones are longer, so loads are from below.
//! - Where a load is at or above a capacity there are no waiting times, only "grows without bound".

mod advice;
mod answers;
mod arrivals;
mod asks;
mod closed;
mod disk;
mod executions;
mod expect;
mod nesting;
mod peaks;
mod skew;
mod stations;
#[cfg(test)]
mod tests;
mod textbook;
mod traffic;
mod usage;
mod waiting_holders;
mod walk;
mod warnings;

pub use answers::{Erlang, Loss, LossKind, Wait};
pub use executions::{bind, executions, price_queries};
pub use nesting::{Nesting, Thing};
pub use peaks::Peak;
pub use textbook::{Response, Textbook};
pub use traffic::{Traffic, traffic};
pub use warnings::warnings;

use crate::diag::Span;
use crate::model::{Binding, Model};

/// What a system is asked for. Times in seconds, rates per second, loads in Erlangs (mean number
/// of busy servers).
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// What one request of each endpoint asks for, in the order of the model.
    pub endpoints: Vec<EndpointDemand>,
    /// What each station is asked for by all of them: workers, cores, pools, databases, locks.
    pub stations: Vec<StationDemand>,
    /// Index of the station that a growing load fills first.
    pub bottleneck: Option<usize>,
    /// The multiple of the stated load at which the bottleneck is full; `None` if nothing arrives
    /// at a rate or nothing limits it.
    pub sustainable_load: Option<f64>,
    /// The same as arrivals per second, in the stated mix.
    pub sustainable_per_s: Option<f64>,
    /// Arrivals of all open workloads.
    pub arrivals_per_s: f64,
    /// The highest rate of these arrivals at any time: the same where no load changes.
    pub peak_per_s: f64,
    /// What a load that changes asks of the stations with a limit that it uses.
    pub peaks: Vec<Peak>,
    /// What can be said of closed workloads, whose rate is a result.
    pub closed: Vec<ClosedDemand>,
    /// Requests of all bursts, which have no rate.
    pub burst_requests: f64,
    /// Requests that are there at the start of the run.
    pub initial_requests: f64,
    /// Predicted events of one replication: arrivals in a stated warm-up and the duration, times
    /// the events of their flows. A warm-up that is found by pilot runs is not in it.
    pub events_per_run: f64,
    /// What theory knows about endpoints that are whole textbook systems.
    pub textbook: Vec<Textbook>,
    /// Laws whose mean or variance is infinite.
    pub heavy_tails: Vec<HeavyTail>,
    /// What was assumed or approximated, in words.
    pub notes: Vec<String>,
}

/// One request of an endpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct EndpointDemand {
    /// Name of the endpoint.
    pub name: String,
    /// Arrivals from open workloads; calls by other endpoints are part of those.
    pub arrivals_per_s: f64,
    /// Arrivals from bursts, and those that are there at the start.
    pub burst_requests: f64,
    /// Mean time to the answer if it never waits: mean latency is at least this (asymptotic
    /// bound, Lazowska et al. 1984, chapter 5).
    pub minimum_residence_s: f64,
    /// Events of one request that pass through the calendar.
    pub events: f64,
    /// What it asks of the stations, in their order.
    pub visits: Vec<VisitDemand>,
}

/// A closed workload: asymptotic bounds (Lazowska et al. 1984, chapter 5), as if it were alone.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosedDemand {
    /// Name of the workload.
    pub name: String,
    /// Users.
    pub users: f64,
    /// Mean think time per request, pauses between sessions included.
    pub think_s: f64,
    /// Mean time of a request that never waits.
    pub residence_s: f64,
    /// More requests than this there cannot be: one per user in think and residence time, and
    /// what the busiest station can do.
    pub at_most_per_s: f64,
    /// Index of the station that is full at the highest rate there can be, and that rate.
    pub limit: Option<(usize, f64)>,
    /// The mean latency is at least this.
    pub least_response_s: f64,
    /// What one request asks of the stations, on average over the endpoints, in their order.
    pub visits: Vec<VisitDemand>,
}

/// What one request of an endpoint asks of a station.
#[derive(Debug, Clone, PartialEq)]
pub struct VisitDemand {
    /// Index in [`Demand::stations`].
    pub station: usize,
    /// Mean number of visits.
    pub visits: f64,
    /// Mean holding time, all visits together.
    pub demand_s: f64,
}

/// What a station is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StationKind {
    /// Workers of a service; without a limit: requests inside.
    Workers,
    /// Cores that serve first come, first served.
    FifoCores,
    /// Cores that the jobs share, or have in another order.
    SharedCores,
    /// Connections of a pool.
    Pool,
    /// Time that passes in a database without using what it has: never a limit.
    Infinite,
    /// Turns of random reads, or scans, on a disk.
    Disk,
    /// Write holds of a lock.
    Lock,
}

/// A station: instances, each with its own line, among which the load is spread evenly unless it
/// is known how not.
#[derive(Debug, Clone, PartialEq)]
pub struct StationDemand {
    /// Its path: `service.api.workers`, `pool.api_pg`, `database.pg.cpu`, `lock.seat` …
    pub name: String,
    /// What it is.
    pub kind: StationKind,
    /// Number of instances.
    pub instances: u32,
    /// Servers of the smallest instance; `None` if there is no limit, or (a lock with keys) none
    /// that is known.
    pub servers: Option<f64>,
    /// Servers of all instances.
    pub capacity: Option<f64>,
    /// Visits of all instances.
    pub visits_per_s: f64,
    /// Mean holding time of a visit; 0 if there are none.
    pub holding_s: f64,
    /// Its coefficient of variation, where it is known.
    pub holding_cv: Option<f64>,
    /// Offered load of all instances: visits × holding time (Little's law). Infinite where a law
    /// has no mean.
    pub offered: f64,
    /// Offered load over capacity: the share of time that a server is busy if below 1.
    pub utilization: Option<f64>,
    /// Load of the busiest instance over that of the average one: 1 where all are alike.
    pub busiest: f64,
    /// Multiple of the stated load at which its smallest, or busiest, instance is full.
    pub sustainable_load: Option<f64>,
    /// Work that bursts bring, or that is there at the start, in seconds of one server.
    pub burst_work_s: f64,
    /// Time that this work takes at least: work over capacity.
    pub drain_s: Option<f64>,
    /// For a pool: what the server lets it have.
    pub connections: Option<Connections>,
    /// Waiting, as far as Erlang's formulas apply.
    pub erlang: Option<Erlang>,
}

/// The connections of a pool after a warm start, which opens one per instance in turn until pools
/// or server are full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// Stated size of one instance's pool.
    pub size: u32,
    /// What the least favored instance has.
    pub least: u32,
    /// What the most favored instance has.
    pub most: u32,
    /// What all instances have.
    pub total: u64,
    /// What the server accepts, over all its pools.
    pub server: u32,
    /// What all pools of the server ask for.
    pub asked: u64,
}

impl Connections {
    /// Whether the server, not the size, is the limit.
    pub fn is_limited(&self) -> bool {
        self.least < self.size
    }
}

/// A law whose mean or variance is infinite: averages of it do not settle.
#[derive(Debug, Clone, PartialEq)]
pub struct HeavyTail {
    /// Path of the number.
    pub path: String,
    /// The mean; may be infinite.
    pub mean: f64,
    /// Where it is written.
    pub span: Option<Span>,
}

/// What the stations of a model are asked for, by arithmetic.
///
/// Costs some milliseconds; never fails: what cannot be known is `None`, infinite or noted.
pub fn analyze(model: &Model, binding: &Binding) -> Demand {
    stations::Analysis::new(model, binding).finish()
}
