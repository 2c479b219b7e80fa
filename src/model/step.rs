//! Flows: the steps that a request takes. Modifiers of the language (`times`, `parallel`,
//! `timeout`, `retry`, `hedge` on a query or a call) are nested verbs here, in the order
//! each ⊃ retry ⊃ hedge ⊃ timeout ⊃ call, and `flow = "X"` is written out.

use super::entity::RetryPolicy;
use super::slot::{ConditionId, QuantityId, VariateId};

/// How a request, or a step, ends. The closed list of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// It did what it should.
    Ok = 0,
    /// An error was caught by an `else` on the way.
    Degraded = 1,
    /// A timeout fired.
    TimedOut = 2,
    /// No connection within the acquire timeout.
    PoolTimeout = 3,
    /// The server accepts no more connections.
    Refused = 4,
    /// A rate limit.
    RateLimited = 5,
    /// A bounded line was full.
    Rejected = 6,
    /// A circuit breaker was open.
    BreakerOpen = 7,
    /// No lock in time.
    LockTimeout = 8,
    /// A named error.
    Failed = 9,
}

impl Outcome {
    /// All of them, in order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::Ok,
        Self::Degraded,
        Self::TimedOut,
        Self::PoolTimeout,
        Self::Refused,
        Self::RateLimited,
        Self::Rejected,
        Self::BreakerOpen,
        Self::LockTimeout,
        Self::Failed,
    ];

    /// The word of the language.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Degraded => "degraded",
            Self::TimedOut => "timed_out",
            Self::PoolTimeout => "pool_timeout",
            Self::Refused => "refused",
            Self::RateLimited => "rate_limited",
            Self::Rejected => "rejected",
            Self::BreakerOpen => "breaker_open",
            Self::LockTimeout => "lock_timeout",
            Self::Failed => "failed",
        }
    }

    /// The outcome of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }

    /// Ok or degraded: the caller has an answer.
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Ok | Self::Degraded)
    }
}

/// A set of outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutcomeSet(pub u16);

impl OutcomeSet {
    /// Every error.
    pub const ERRORS: Self = Self(0b11_1111_1100);

    /// Whether `outcome` is in it.
    pub const fn contains(self, outcome: Outcome) -> bool {
        self.0 & (1 << outcome as u16) != 0
    }

    /// The set with `outcome` added.
    #[must_use]
    pub const fn with(self, outcome: Outcome) -> Self {
        Self(self.0 | 1 << outcome as u16)
    }
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// `as = "name"`: measured under `step.<endpoint>.<name>`; for an `each`, every item counts.
    pub name: Option<String>,
    /// What it does.
    pub verb: Verb,
    /// What runs if it ends in an error.
    pub handler: Option<Handler>,
}

impl Step {
    /// The lists of steps inside this one, the handler's included.
    pub fn blocks(&self) -> Vec<&[Self]> {
        let mut blocks: Vec<&[Self]> = match &self.verb {
            Verb::Cpu(_)
            | Verb::Delay(_)
            | Verb::Query { .. }
            | Verb::Call { .. }
            | Verb::Reply
            | Verb::Fail(_) => Vec::new(),
            Verb::Transaction { steps, .. }
            | Verb::Each { steps, .. }
            | Verb::Repeat { steps, .. }
            | Verb::Block(steps)
            | Verb::Lock { steps, .. }
            | Verb::Timeout { steps, .. }
            | Verb::Retry { steps, .. }
            | Verb::Hedge { steps, .. } => vec![steps],
            Verb::Fork { branches, .. } => branches.iter().map(Vec::as_slice).collect(),
            Verb::Choose(branches) => branches.iter().map(|branch| branch.1.as_slice()).collect(),
            Verb::If { then, otherwise, .. } => vec![then, otherwise],
        };
        blocks.extend(self.handler.iter().map(|handler| handler.steps.as_slice()));
        blocks
    }
}

/// `else = [steps]` behind a `do`.
#[derive(Debug, Clone)]
pub struct Handler {
    /// The errors that it catches.
    pub on: OutcomeSet,
    /// What it does.
    pub steps: Vec<Step>,
    /// Whether the request is degraded afterwards.
    pub degraded: bool,
}

/// When a group of branches is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// All have ended.
    All,
    /// One has ended well.
    First,
    /// So many have ended well.
    Quorum(QuantityId),
    /// At once: nobody waits for them.
    None,
}

/// What is done to a block that nobody waits for any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancel {
    /// Nothing: it goes on as an orphan.
    None,
    /// It is ended if it stands in a line, else goes on until it would wait.
    Waiting,
    /// It is ended, work under way included.
    All,
}

/// How many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parallel {
    /// At most so many.
    Limit(VariateId),
    /// All.
    All,
}

/// How a lock is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockMode {
    /// Alone.
    Write,
    /// Together with other readers.
    Read,
}

/// How often a block runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// So many times.
    Times(VariateId),
    /// Once, then again with this chance after each run.
    Again(VariateId),
}

/// A row that a statement changes: locked while the server is at it, in a transaction to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Index of the lock.
    pub lock: usize,
    /// Which row.
    pub key: VariateId,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum Verb {
    /// Work on the cores of the current instance, in seconds of one core.
    Cpu(VariateId),
    /// Time passes, in seconds; what is held stays held.
    Delay(VariateId),
    /// One execution of a query over a pool (unless inside a transaction that holds one of it).
    Query {
        /// Index of the query.
        query: usize,
        /// Index of the pool.
        pool: usize,
        /// The row that it changes, if only one can at a time.
        row: Option<Row>,
    },
    /// One connection of `pool` is held across the steps.
    Transaction {
        /// Index of the pool; none if no query stands in the steps.
        pool: Option<usize>,
        /// What happens under it.
        steps: Vec<Step>,
    },
    /// A synchronous call of another endpoint.
    Call {
        /// Index of the endpoint.
        endpoint: usize,
        /// Registers of the callee that the caller sets instead of its `let`.
        with: Vec<(usize, VariateId)>,
    },
    /// `count` items in groups of `batch`, at most `parallel` groups at once.
    Each {
        /// How many items.
        count: VariateId,
        /// Items in a group; none: one.
        batch: Option<VariateId>,
        /// Groups at once.
        parallel: Parallel,
        /// When it is done.
        join: Join,
        /// Each group takes a worker of the instance.
        worker: bool,
        /// What happens to the losers of `first` and `quorum`.
        cancel: Cancel,
        /// Register that holds the size of the group, if `items` is used.
        items: Option<u16>,
        /// What is done for each group.
        steps: Vec<Step>,
    },
    /// Different branches at once.
    Fork {
        /// The branches.
        branches: Vec<Vec<Step>>,
        /// When it is done.
        join: Join,
        /// What happens to the losers of `first` and `quorum`.
        cancel: Cancel,
    },
    /// One after the other.
    Repeat {
        /// How often.
        repeat: Repeat,
        /// What.
        steps: Vec<Step>,
    },
    /// Steps in a row: `try`, a flow written out, or a modifier's body.
    Block(Vec<Step>),
    /// One of several branches, by chance.
    Choose(Vec<(VariateId, Vec<Step>)>),
    /// A branch by value.
    If {
        /// The condition.
        condition: ConditionId,
        /// If it holds.
        then: Vec<Step>,
        /// If not.
        otherwise: Vec<Step>,
    },
    /// The steps run under a lock.
    Lock {
        /// Index of the lock.
        lock: usize,
        /// Which one of a family; none: there is only one.
        key: Option<VariateId>,
        /// Alone or shared.
        mode: LockMode,
        /// What happens under it.
        steps: Vec<Step>,
    },
    /// A limit on the time of a block.
    Timeout {
        /// Seconds.
        after: VariateId,
        /// What happens to the block when it fires.
        cancel: Cancel,
        /// The block.
        steps: Vec<Step>,
    },
    /// A block that is tried again.
    Retry {
        /// How.
        policy: RetryPolicy,
        /// The block.
        steps: Vec<Step>,
    },
    /// A second copy of a block starts if the first has not ended in time.
    Hedge {
        /// Seconds after which the second starts.
        after: VariateId,
        /// What happens to the loser.
        cancel: Cancel,
        /// The block.
        steps: Vec<Step>,
    },
    /// The caller has its answer; the rest runs on.
    Reply,
    /// End with the error of that index in `Model::failures`.
    Fail(u16),
}
