//! The things of a scenario. Times are seconds, sizes bytes, rates per second; the numbers
//! themselves are in the slots that the ids point at.

use super::growth::LoadGrowth;
use super::slot::{QuantityId, VariateId};
use super::step::{Cancel, OutcomeSet, Step};
use crate::diag::Span;
use crate::expr::metric::Precision;
use std::sync::Arc;

/// How a service uses threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// A worker is held while waiting.
    Threads,
    /// One first-come-first-served core runs all steps; no worker is held.
    EventLoop,
    /// Cores are shared, no worker is held.
    Async,
}

/// How cores serve jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheduling {
    /// Ideal processor sharing: each of n jobs gets min(1, cores / n) of a core.
    Sharing,
    /// A job keeps its core until it is done; who is next follows the line's order.
    Fifo,
    /// The jobs of the highest priority have the cores; one that has to leave its core goes on
    /// later where it was (preemptive-resume).
    Priority,
    /// Round robin: whoever has had a core for a slice goes to the end of the line, if there is
    /// one.
    TimeSlice {
        /// Seconds.
        slice: QuantityId,
    },
}

/// Who is next in a waiting line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineOrder {
    /// First come, first served.
    Fifo,
    /// Last come, first served.
    Lifo,
    /// The endpoint with the largest priority first, in order of arrival within one.
    Priority,
    /// The last comer while more than so many wait, else the first.
    AdaptiveLifo {
        /// How many.
        above: QuantityId,
    },
}

/// Who leaves the line for workers without having been served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineDrop {
    /// At its turn, whoever comes from a caller or client whose timeout has passed.
    Late,
    /// Whoever has waited too long: `interval`, or `target` if the line had not been empty for
    /// `interval` when it came.
    Delay {
        /// Seconds.
        target: QuantityId,
        /// Seconds.
        interval: QuantityId,
    },
}

/// How a request finds its instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Balance {
    /// One after the other.
    RoundRobin,
    /// Uniformly at random.
    Random,
    /// The instance with the fewest requests inside (ties: the first after the last choice).
    LeastOutstanding,
    /// The better of two instances drawn at random.
    PowerOfTwo,
    /// The instance that a key had before; a new key gets the next in turn.
    Sticky,
    /// The instance that a hash of the key points at.
    Hash,
}

/// What `sticky` and `hash` go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BalanceKey {
    /// A number, drawn for each request.
    Drawn(VariateId),
    /// Whoever asks: the user, or where there are none whoever made the request.
    User,
}

/// Which instances a balancer passes over because they fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Eject {
    /// Errors in a row.
    pub errors: QuantityId,
    /// Seconds, the first time.
    pub base: QuantityId,
    /// Share of the instances.
    pub at_most: QuantityId,
}

/// `[service.X]`
#[derive(Debug, Clone)]
pub struct Service {
    /// Name.
    pub name: String,
    /// Number of instances.
    pub instances: QuantityId,
    /// Cores of one instance; may be fractional.
    pub cores: Option<QuantityId>,
    /// Speeds of the cores of the first instances; those beyond have 1.
    pub speeds: Vec<QuantityId>,
    /// Workers of one instance; none: unlimited.
    pub workers: Option<QuantityId>,
    /// Threads, event loop or async.
    pub runtime: Runtime,
    /// How the cores serve.
    pub scheduling: Scheduling,
    /// How requests are spread.
    pub balance: Balance,
    /// What `sticky` and `hash` go by.
    pub balance_key: Option<BalanceKey>,
    /// Each calling instance has a balancer of its own.
    pub per_caller: bool,
    /// Which instances are passed over because they fail.
    pub eject: Option<Eject>,
    /// Seconds over which an instance that comes back gets its full share.
    pub slow_start: Option<QuantityId>,
    /// How many may wait for a worker of one instance; none: any number.
    pub line_limit: Option<QuantityId>,
    /// Who gets the next worker, and under [`Scheduling::Fifo`] the next core.
    pub line_order: LineOrder,
    /// Who leaves that line unserved.
    pub line_drop: Option<LineDrop>,
    /// There and back, once per `call` to it.
    pub round_trip: QuantityId,
    /// Requests that are there at the start of the run: endpoint, how many in all instances.
    pub initial: Vec<(usize, QuantityId)>,
}

/// `[database.X]`
#[derive(Debug, Clone)]
pub struct Database {
    /// Name.
    pub name: String,
    /// Cores; none: no query states `cpu`.
    pub cores: Option<QuantityId>,
    /// How the cores serve.
    pub scheduling: Scheduling,
    /// Connections that the server accepts, including the reserved ones.
    pub max_connections: QuantityId,
    /// Connections kept for administrators.
    pub reserved: QuantityId,
    /// Time to open a connection.
    pub connect_time: QuantityId,
    /// What its pages and its log are on.
    pub disk: Disk,
    /// How it is copied and brought back; none: it has no tables, whose bytes would be known.
    pub backup: Option<Backup>,
    /// Universal scalability law: serial share.
    pub serial: QuantityId,
    /// Universal scalability law: crosstalk.
    pub crosstalk: QuantityId,
    /// Its memory; none: all data fit.
    pub memory: Option<Memory>,
    /// What the planner goes by and what work takes, where it is stated: key, value.
    pub costs: Vec<(&'static str, QuantityId)>,
}

/// The memory of a database server.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// All of it, in bytes.
    pub bytes: QuantityId,
    /// Share that caches pages, what connections need not counted.
    pub cache: QuantityId,
    /// Bytes of one connection, taken from the cache.
    pub backend: QuantityId,
}

/// `[database.X] disk`: as much of it as the queries use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Disk {
    /// Where some query reads pages at random.
    pub reads: Option<RandomReads>,
    /// Bytes per second, shared by the running scans, where some query scans.
    pub bandwidth: Option<QuantityId>,
    /// Seconds of one flush of the write-ahead log, where some query commits.
    pub sync: Option<QuantityId>,
    /// Bytes that fit, where it is stated.
    pub size: Option<QuantityId>,
}

/// `[database.X] backup`: base backups, and the log since the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backup {
    /// Seconds between two base backups.
    pub every: QuantityId,
    /// Bytes per second at which one is taken; none: the bandwidth of the disk.
    pub bandwidth: Option<QuantityId>,
    /// Bytes per second at which it is copied back; none: that at which it is taken.
    pub restore_bandwidth: Option<QuantityId>,
    /// Bytes of the log that are replayed per second.
    pub replay: QuantityId,
}

/// How a disk reads pages at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomReads {
    /// Seconds of one read of an idle disk.
    pub latency: QuantityId,
    /// Reads per second, at most.
    pub iops: QuantityId,
}

impl RandomReads {
    /// Groups of reads per second that are simulated at most.
    const GROUPS_PER_SECOND: f64 = 20_000.0;

    /// Reads of a query that are asked for at once: one, but on a disk of more than 40,000 IOPS as
    /// many as it does in 50 µs, so that the effort of a run does not grow with the disk.
    pub fn at_once(iops: f64) -> f64 {
        (iops / Self::GROUPS_PER_SECOND).floor().max(1.0)
    }
}

/// What happens to the one who asked when the server refuses a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnRefused {
    /// The request ends `refused`.
    Fail,
    /// It waits on, until its acquire timeout.
    Wait,
}

/// How long a connection is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checkout {
    /// For one query, or one transaction.
    Query,
    /// From the first query of a request to its end.
    Request,
}

/// `[pool.X]`
#[derive(Debug, Clone)]
pub struct Pool {
    /// Name.
    pub name: String,
    /// Index of its service.
    pub service: usize,
    /// Index of its database.
    pub database: usize,
    /// Connections per instance.
    pub size: QuantityId,
    /// How long a request waits for a connection; none: for ever.
    pub acquire_timeout: Option<VariateId>,
    /// How many may wait; none: any number.
    pub line_limit: Option<QuantityId>,
    /// Who gets the next connection.
    pub line_order: LineOrder,
    /// Connections kept open; none: `size`.
    pub min_idle: Option<QuantityId>,
    /// Age at which a connection is closed.
    pub max_lifetime: Option<QuantityId>,
    /// Idle time after which one beyond `min_idle` is closed; 0: at once. None: never.
    pub idle_timeout: Option<QuantityId>,
    /// Share of checkouts that are never returned.
    pub leak: QuantityId,
    /// What a refusal means.
    pub on_refused: OnRefused,
    /// How long a connection is held.
    pub checkout: Checkout,
    /// There and back, once per query execution.
    pub round_trip: QuantityId,
}

/// What a lock spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockScope {
    /// One lock for all.
    Global,
    /// A database's: inside a transaction it is held to its end.
    Database,
    /// One in each instance of a service.
    Instance,
}

/// `[lock.X]`
#[derive(Debug, Clone)]
pub struct Lock {
    /// Name.
    pub name: String,
    /// What it spans.
    pub scope: LockScope,
    /// What it costs those who wait that they lock rows.
    pub rows: Option<RowLocks>,
    /// Where it is named.
    pub span: Option<Span>,
}

/// Rows of a database as locks: who waits looks again each time that the row is released, and who
/// comes meanwhile goes ahead.
#[derive(Debug, Clone, Copy)]
pub struct RowLocks {
    /// Index of the database.
    pub database: usize,
    /// Work on its cores to look again, seconds.
    pub recheck: QuantityId,
}

/// `[endpoint.X]`: a kind of request.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Name.
    pub name: String,
    /// Index of its service.
    pub service: usize,
    /// Registers, in the order of evaluation. Register `i` of the endpoint's formulas
    /// (`Symbol::Let(i)`) is: first these, then one for the `items` of each nested `each`.
    pub lets: Vec<Let>,
    /// Number of registers, `items` included.
    pub registers: u16,
    /// The flow.
    pub steps: Vec<Step>,
    /// Larger goes first where a line or the cores go by priority.
    pub priority: QuantityId,
    /// Where it is written.
    pub span: Option<Span>,
}

/// A `let` of an endpoint: one draw per request, kept.
#[derive(Debug, Clone)]
pub struct Let {
    /// Name.
    pub name: String,
    /// Value; may use the lets before it.
    pub value: VariateId,
}

/// The law of the gaps between arrivals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gaps {
    /// Independent exponential gaps.
    Poisson,
    /// Equal gaps.
    Regular,
    /// Independent gaps of this law, scaled to the rate if one is stated.
    Law(VariateId),
}

/// When requests arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrivals {
    /// They keep coming at a rate; `rate` is absent if the law of the gaps states it.
    Open {
        /// Mean arrivals per second.
        rate: Option<QuantityId>,
        /// Law of the gaps.
        gaps: Gaps,
    },
    /// `count` requests at one time, or spread uniformly over a time.
    Burst {
        /// How many.
        count: VariateId,
        /// When, seconds after the start of the run.
        at: QuantityId,
        /// Over how long; zero: all at once.
        over: QuantityId,
    },
    /// As they came once: see [`Workload::log`].
    Replay {
        /// Times of the log are divided by it.
        speed: QuantityId,
    },
    /// Users who each wait for their answer, think and ask again.
    Users {
        /// How many.
        users: QuantityId,
        /// Time before each request, or before each session.
        think: VariateId,
    },
}

/// A rate within a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Arrivals per second.
    Rate(QuantityId),
    /// A multiple of the workload's own rate.
    Multiple(QuantityId),
}

/// How the rate of an open workload changes over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// From each date (seconds after the start of the run) on a rate; in any order.
    Steps(Vec<(QuantityId, Level)>),
    /// In a straight line from one rate to another.
    Ramp {
        /// Until `at`.
        from: Level,
        /// After `at + over`.
        to: Level,
        /// Seconds after the start of the run.
        at: QuantityId,
        /// Seconds.
        over: QuantityId,
    },
    /// Rates at dates evenly spaced over a length that repeats, from the start of the run.
    Cycle {
        /// Seconds.
        length: QuantityId,
        /// At least one.
        levels: Vec<Level>,
        /// In straight lines from one to the next and back to the first; else in steps.
        linear: bool,
    },
    /// Rates that follow each other in turn, each for a random time: modulated by a Markov chain
    /// if the times are exponential.
    Phases(Vec<(Level, VariateId)>),
}

/// How often and when to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries in all, the first one too; none: unlimited.
    pub attempts: Option<VariateId>,
    /// Time before the next try.
    pub backoff: Backoff,
    /// How it is randomized.
    pub jitter: Jitter,
    /// The outcomes that are tried again.
    pub on: OutcomeSet,
}

/// The time before the next try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backoff {
    /// Drawn anew before every retry; does not grow.
    Plain(VariateId),
    /// `first * factor^(k - 1)` before retry k, at most `max`.
    Growing {
        /// Before the first retry.
        first: VariateId,
        /// Growth per retry.
        factor: QuantityId,
        /// Upper bound.
        max: Option<QuantityId>,
    },
}

/// How a backoff is randomized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jitter {
    /// Not at all.
    None,
    /// Uniform between zero and the backoff.
    Full,
    /// Half of it fixed, half uniform.
    Equal,
}

/// What a client does when it does not get its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    /// Patience for one attempt.
    pub timeout: Option<VariateId>,
    /// Whether it tries again.
    pub retry: Option<RetryPolicy>,
    /// What happens to the attempt that it has left.
    pub cancel: Cancel,
}

/// A request of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logged {
    /// When it came, ns after the start of the log.
    pub at: u64,
    /// Which entry of the workload's mix.
    pub entry: u32,
}

/// Requests that one user makes, each after the answer to the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// In turn; item `i` asks for the endpoint of entry `i` of the workload's mix.
    pub items: Vec<SessionItem>,
    /// An error does not end it.
    pub continues: bool,
}

/// Requests of a session for one endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionItem {
    /// How many.
    pub times: VariateId,
    /// Time before each of them.
    pub think: VariateId,
}

/// `[workload.X]`
#[derive(Debug, Clone)]
pub struct Workload {
    /// Name.
    pub name: String,
    /// When requests arrive.
    pub arrivals: Arrivals,
    /// What is replayed, in order of time; empty otherwise.
    pub log: Arc<[Logged]>,
    /// How their rate changes over time; open workloads only.
    pub shape: Option<Shape>,
    /// Mean rate over a week as a share of the stated one.
    pub mean_share: Option<QuantityId>,
    /// How the load changes over the dates of a forecast.
    pub growth: Option<LoadGrowth>,
    /// Requests that come together at each arrival; none: one.
    pub batch: Option<VariateId>,
    /// Endpoints with their weights; of a session one entry for each of its items, of weight 1.
    pub mix: Vec<(usize, QuantityId)>,
    /// What each arrival or user asks for in turn; none: one request of the mix.
    pub session: Option<Session>,
    /// Endpoints that each user or live session asks for by itself, and the intervals.
    pub background: Vec<(usize, VariateId)>,
    /// The client's patience; none: it waits for ever.
    pub client: Option<Client>,
}

impl Workload {
    /// Endpoints that it asks for: those of its mix, then those of its background.
    pub fn asked(&self) -> impl Iterator<Item = usize> {
        let mix = self.mix.iter().map(|entry| entry.0);
        mix.chain(self.background.iter().map(|entry| entry.0))
    }
}

/// Whether a steady state is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunKind {
    /// Long-run behavior, after a warm-up.
    Steady,
    /// From a given start to a given end.
    Terminating,
}

/// `[run]`
#[derive(Debug, Clone)]
pub struct RunSpec {
    /// Steady or terminating.
    pub kind: RunKind,
    /// Measured time.
    pub duration: QuantityId,
    /// Cut before it; none: found by the pilot runs.
    pub warm_up: Option<QuantityId>,
    /// Run on until every request has finished, arrivals ending with `duration`.
    pub drained: bool,
    /// Replications per world.
    pub replications: u32,
    /// Worlds.
    pub worlds: u32,
    /// Seed.
    pub seed: u64,
    /// Confidence level of intervals, in (0, 1).
    pub confidence: f64,
    /// Share of worlds in which an objective must hold, in (0, 1).
    pub assurance: f64,
    /// Step of time series; none: 1/60 of the duration.
    pub interval: Option<QuantityId>,
    /// Requests in flight beyond which a run ends as overloaded.
    pub limit_in_flight: u32,
    /// Events beyond which a run ends as overloaded.
    pub limit_events: u64,
    /// Replications were stated by the author.
    pub replications_stated: bool,
    /// Worlds were stated by the author.
    pub worlds_stated: bool,
    /// How well metrics must be known before the replications may end; then `replications` are
    /// the most that are made.
    pub precision: Vec<PrecisionGoal>,
}

/// A goal of `run.precision`.
#[derive(Debug, Clone, PartialEq)]
pub struct PrecisionGoal {
    /// As written.
    pub text: String,
    /// The metric, and how well it must be known.
    pub goal: Precision,
}
