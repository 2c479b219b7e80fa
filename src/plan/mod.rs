//! The machine: a model with its numbers, compiled into flat tables that the engine walks.
//!
//! Below this floor there are no names, strings or expressions over inputs: only indices, integer
//! nanoseconds and laws to draw from. Names come back through the [`Catalog`], which says where
//! the value of each metric path is kept. [`compile`] cannot fail: what it needs is guaranteed by
//! [`Model`](crate::model::Model) and [`Binding`](crate::model::Binding).

mod arrivals;
mod balancing;
mod catalog;
mod compile;
mod discipline;
mod disk;
mod flow;
mod group;
mod load;
mod nesting;
mod op;
mod servers;

pub use arrivals::{ArrivalPlan, RatePlan, SessionPlan, WorkloadPlan};
pub use balancing::{Key, OutlierPlan};
pub use catalog::{Capacity, Catalog, Entry, Source};
pub use compile::{Needs, compile};
pub use discipline::{Cores, Drop, Order};
pub use disk::{DiskPlan, LogPlan};
pub use op::{CatchSpec, ChoiceSpec, GroupKind, GroupSpec, Join, LoopSpec, Op, RetrySpec};

use crate::expr::checked::Test;
use crate::expr::formula::Variate;
use crate::model::{Balance, OnRefused};

/// "No such index", for the optional indices of the tables.
pub const NONE: u32 = u32::MAX;

/// A random or computed number that steps refer to.
#[derive(Debug, Clone)]
pub struct Variable {
    /// How it is found: in base units (seconds, counts, ratios).
    pub value: Variate,
    /// Name of its stream of draws, hashed.
    pub stream: u64,
    /// A draw is clamped to at least this.
    pub min: f64,
    /// A draw is clamped to at most this.
    pub max: f64,
}

/// A place where a request spends time: row of the breakdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// As it is shown: `pool.api_pg`, `service.api.cpu`, `delay`, `network` …
    pub name: String,
}

/// Requests that are there at the start of a run.
#[derive(Debug, Clone, Copy)]
pub struct InitialPlan {
    /// Their endpoint.
    pub endpoint: u32,
    /// How many.
    pub count: u32,
    /// Hash of the name: keys of their draws.
    pub stream: u64,
}

/// A station: the cores of one instance or of one database, or a part of a disk.
#[derive(Debug, Clone)]
pub struct StationPlan {
    /// How it serves.
    pub cores: Cores,
    /// Who is next, where jobs wait in line.
    pub order: Order,
    /// Speed of one core relative to the one that the demands are stated for.
    pub speed: f64,
    /// Place in the breakdown.
    pub place: u32,
    /// Tally of waiting times; `wait + e` is endpoint `e`'s.
    pub wait: u32,
    /// Level of busy cores, in thousandths.
    pub busy: LevelPair,
    /// Level of waiting jobs, in thousandths (under sharing: those beyond the cores).
    pub waiting: LevelPair,
    /// Level of what contention takes of the busy cores, in thousandths; [`NONE`] without any.
    pub contention: LevelPair,
}

/// A level kept for one instance and, where there are several, for their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelPair {
    /// The instance's own.
    pub own: u32,
    /// The sum's, or [`NONE`] where the instance is the only one.
    pub sum: u32,
}

impl LevelPair {
    /// Of what is not measured.
    pub const NONE: Self = Self { own: NONE, sum: NONE };
}

/// A fleet.
#[derive(Debug, Clone)]
pub struct ServicePlan {
    /// Its instances are `first_instance..first_instance + instances`.
    pub first_instance: u32,
    /// How many.
    pub instances: u32,
    /// How requests are spread.
    pub balance: Balance,
    /// What they are spread by.
    pub key: Key,
    /// Each calling instance has a balancer of its own.
    pub per_caller: bool,
    /// Which instances are passed over or spared.
    pub outliers: Option<OutlierPlan>,
    /// Any of these three.
    pub special: bool,
    /// Stream of the balancer's own draws.
    pub stream: u64,
    /// Level of blocks that nobody waits for.
    pub orphans: u32,
}

/// One instance of a fleet.
#[derive(Debug, Clone)]
pub struct InstancePlan {
    /// Its service.
    pub service: u32,
    /// Its cores, or [`NONE`].
    pub station: u32,
    /// Workers; `u32::MAX`: unlimited.
    pub workers: u32,
    /// Longest line before the workers; `u32::MAX`: any.
    pub line_limit: u32,
    /// Who is next in it.
    pub order: Order,
    /// Who leaves it unserved.
    pub drop: Drop,
    /// Counter of those; [`NONE`] where there are none.
    pub dropped: u32,
    /// Place in the breakdown of the wait for a worker; [`NONE`] where they are unlimited.
    pub place: u32,
    /// Tally of the wait for a worker; `wait + e` is endpoint `e`'s.
    pub wait: u32,
    /// Level of requests inside (waiting or running).
    pub inside: LevelPair,
    /// Level of busy workers.
    pub busy: LevelPair,
    /// Level of requests waiting for a worker.
    pub waiting: LevelPair,
}

/// The pool of one instance.
#[derive(Debug, Clone)]
pub struct PoolPlan {
    /// Its database.
    pub database: u32,
    /// Largest number of connections.
    pub size: u32,
    /// Connections kept open.
    pub min_idle: u32,
    /// Longest line; `u32::MAX`: any.
    pub line_limit: u32,
    /// Who is next in it.
    pub order: Order,
    /// Patience, a variable; [`NONE`]: for ever.
    pub timeout: u32,
    /// Lane of the patience if it is constant.
    pub lane: u32,
    /// Time to open a connection, ns.
    pub connect: u64,
    /// Age at which a connection is closed, ns; 0: never.
    pub max_lifetime: u64,
    /// Idle time after which one beyond `min_idle` is closed, ns; 0: at once, `u64::MAX`: never.
    pub idle_timeout: u64,
    /// Chance that a checkout is never returned.
    pub leak: f64,
    /// Stream of the pool's own draws.
    pub stream: u64,
    /// What a refusal means.
    pub on_refused: OnRefused,
    /// A connection once taken is kept to the end of the flow.
    pub keep: bool,
    /// Place in the breakdown.
    pub place: u32,
    /// Tally of granted waits; `granted + e` is endpoint `e`'s.
    pub granted: u32,
    /// Tally of waits that ended otherwise; `lost + e` is endpoint `e`'s.
    pub lost: u32,
    /// Tally of those who were turned away at once and never waited: its values are 0.
    pub turned_away: u32,
    /// Counter of refused connection attempts.
    pub refused: u32,
    /// Counter of grants, by time.
    pub grants: u32,
    /// Counter of connections opened during the run.
    pub connects: u32,
    /// Level of connections checked out.
    pub in_use: LevelPair,
    /// Level of open connections.
    pub open: LevelPair,
    /// Level of requests waiting.
    pub waiting: LevelPair,
}

/// A database server.
#[derive(Debug, Clone)]
pub struct DatabasePlan {
    /// Connections that applications may open.
    pub connections: u32,
    /// Its cores, or [`NONE`].
    pub station: u32,
    /// Its disk, or [`NONE`].
    pub disk: u32,
    /// Its log, or [`NONE`].
    pub log: u32,
    /// Level of open connections.
    pub open: u32,
}

/// A family of locks: one per key (and per instance where its scope says so).
#[derive(Debug, Clone)]
pub struct LockPlan {
    /// One family in each instance.
    pub per_instance: bool,
    /// Held to the end of the transaction.
    pub to_commit: bool,
    /// Rows of a database: who waits looks again at each release, which is the op before the
    /// [`Op::LockTake`].
    pub rows: bool,
    /// Place in the breakdown.
    pub place: u32,
    /// Tally of waits; `wait + e` is endpoint `e`'s.
    pub wait: u32,
}

/// What can take part in a deadlock; nothing if no flow can hold one thing while it waits for
/// another in a circle.
#[derive(Debug, Clone, Default)]
pub struct NestingPlan {
    /// Paths of the things, in order: `lock.seat`, `pool.api_pg`, `service.api`.
    pub paths: Vec<String>,
    /// Counter of deadlocks by thing.
    pub counters: Vec<u32>,
    /// By instance of a service: its workers' index in `paths`, or [`NONE`].
    pub of_instance: Vec<u32>,
    /// By pool of an instance: likewise.
    pub of_pool: Vec<u32>,
    /// By family of locks: likewise.
    pub of_lock: Vec<u32>,
}

/// A kind of request.
#[derive(Debug, Clone)]
pub struct EndpointPlan {
    /// First op.
    pub entry: u32,
    /// Its service.
    pub service: u32,
    /// First of ten tallies, one per outcome.
    pub tallies: u32,
    /// Rank of its priority among all: 0 goes first.
    pub class: u32,
}

/// A named step.
#[derive(Debug, Clone)]
pub struct MarkPlan {
    /// Tally of start to end of one execution.
    pub elapsed: u32,
    /// Tally of the waiting inside one execution.
    pub wait: u32,
    /// Tally of intended arrival to end of the execution.
    pub done: u32,
    /// Tally of `done` of the last execution of a request.
    pub last: u32,
}

/// What a level is watched for: the first time after `after` at which it is at most `at_most`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watch {
    /// The level.
    pub level: u32,
    /// Threshold, in the level's own units.
    pub at_most: u64,
    /// From when on, ns.
    pub after: u64,
}

/// A change of the machine at a time during the run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Control {
    /// A station's speed becomes a multiple of its plan's.
    Speed {
        /// Station.
        station: u32,
        /// Factor, > 0.
        factor: f64,
    },
    /// A FIFO station has so many servers, a sharing one so many cores.
    Capacity {
        /// Station.
        station: u32,
        /// Servers or cores.
        cores: f64,
    },
    /// The balancer of the instance's service stops (`false`) or starts to send it requests.
    InRotation {
        /// Instance.
        instance: u32,
        /// Whether it gets new requests.
        active: bool,
    },
}

/// Times of a run, ns.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// End of the warm-up: start of the window.
    pub warm_up: u64,
    /// Length of the window.
    pub duration: u64,
    /// Step of the series.
    pub interval: u64,
    /// Run on until everything has ended; arrivals stop at the end of the window.
    pub drained: bool,
    /// Named windows: from, to.
    pub windows: Vec<(u64, u64)>,
}

/// Where a run stops and calls itself overloaded.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Jobs alive at once.
    pub in_flight: u32,
    /// Events in all.
    pub events: u64,
}

/// Numbers of the tables that the probes fill.
#[derive(Debug, Clone, Default)]
pub struct Probes {
    /// Number of tallies.
    pub tallies: u32,
    /// One per level: capacity in the level's own units (0: none), for the time at capacity.
    pub level_capacity: Vec<u64>,
    /// Levels of which the distribution over time is kept.
    pub level_histograms: Vec<bool>,
    /// Number of counters.
    pub counts: u32,
    /// Levels that are watched.
    pub watches: Vec<Watch>,
    /// Tallies that are kept by interval of the intended arrival, ascending.
    pub courses: Vec<u32>,
}

/// A compiled scenario.
#[derive(Debug, Clone)]
pub struct Plan {
    /// All programs.
    pub ops: Vec<Op>,
    /// Numbers that ops draw.
    pub variables: Vec<Variable>,
    /// Conditions over registers.
    pub conditions: Vec<Test>,
    /// Inline loops.
    pub loops: Vec<LoopSpec>,
    /// Groups of children.
    pub groups: Vec<GroupSpec>,
    /// Choices by chance.
    pub choices: Vec<ChoiceSpec>,
    /// Handlers.
    pub catches: Vec<CatchSpec>,
    /// Retries.
    pub retries: Vec<RetrySpec>,
    /// Registers of the callee that a call sets: (register, variable of the caller).
    pub arguments: Vec<(u16, u32)>,
    /// Places of the breakdown.
    pub places: Vec<Place>,
    /// Stations of cores and disks.
    pub stations: Vec<StationPlan>,
    /// Fleets.
    pub services: Vec<ServicePlan>,
    /// Their instances.
    pub instances: Vec<InstancePlan>,
    /// Pools by instance: pool `p` of the model on instance `i` is
    /// `pool_first[p].wrapping_add(i)`.
    pub pools: Vec<PoolPlan>,
    /// See `pools`.
    pub pool_first: Vec<u32>,
    /// Database servers.
    pub databases: Vec<DatabasePlan>,
    /// Disks that queries read from.
    pub disks: Vec<DiskPlan>,
    /// Logs that they commit to.
    pub logs: Vec<LogPlan>,
    /// Families of locks.
    pub locks: Vec<LockPlan>,
    /// What can take part in a deadlock.
    pub nesting: NestingPlan,
    /// Kinds of requests.
    pub endpoints: Vec<EndpointPlan>,
    /// Named steps.
    pub marks: Vec<MarkPlan>,
    /// Sources.
    pub workloads: Vec<WorkloadPlan>,
    /// Requests that are there at the start.
    pub initial: Vec<InitialPlan>,
    /// Changes during the run, in order of time.
    pub controls: Vec<(u64, Control)>,
    /// Times.
    pub schedule: Schedule,
    /// Limits.
    pub limits: Limits,
    /// Registers of a job.
    pub registers: u32,
    /// Number of lanes of constant timeouts.
    pub lanes: u32,
    /// What is measured.
    pub probes: Probes,
    /// Where each metric is kept.
    pub catalog: Catalog,
    /// Place of pauses before retries; [`NONE`] if there are none.
    pub place_backoff: u32,
    /// Place of time lost in blocks that timed out; [`NONE`] if nothing has a limit.
    pub place_abandoned: u32,
    /// Seed of the study.
    pub seed: u64,
    /// Hash of every bound value: identity of what is simulated.
    pub identity: u64,
}

impl Plan {
    /// Time at which the window ends, ns.
    pub fn window_end(&self) -> u64 {
        self.schedule.warm_up.saturating_add(self.schedule.duration)
    }

    /// The same plan with another warm-up, ns; fixed dates stay where they are.
    #[must_use]
    pub fn with_warm_up(mut self, warm_up: u64) -> Self {
        self.schedule.warm_up = warm_up;
        self
    }

    /// A change of the machine at a time, ns after the start.
    #[must_use]
    pub fn with_control(mut self, at: u64, control: Control) -> Self {
        self.controls.push((at, control));
        self.controls.sort_by_key(|entry| entry.0);
        self
    }
}
