//! The instructions of a flow, and the tables that the larger ones point into.

use crate::model::{Cancel, Jitter, LockMode, OutcomeSet};

/// One instruction. Small and flat: the engine's inner loop reads these.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Op {
    /// The balancer picks an instance; the request is inside from now on.
    Arrive {
        /// Service.
        service: u32,
    },
    /// Takes a worker of the current instance, or waits in its line.
    TakeWorker,
    /// Gives the worker back.
    DropWorker,
    /// Evaluates a register.
    Let {
        /// Register.
        register: u16,
        /// Variable.
        variable: u32,
    },
    /// Work on the cores of the current instance.
    Cpu {
        /// Variable: seconds of one core.
        variable: u32,
    },
    /// Work on the cores of a database.
    DatabaseCpu {
        /// Station.
        station: u32,
        /// Variable: seconds of one core.
        variable: u32,
    },
    /// Reads pages at random: as many turns as there are reads follow.
    Reads {
        /// Disk.
        disk: u32,
        /// Variable: pages.
        count: u32,
    },
    /// The turn of the next group of reads; behind the op behind this one if none is left.
    ReadTurn {
        /// Disk.
        disk: u32,
    },
    /// What the reads take beyond their turns; back to the op before.
    ReadRest {
        /// Disk.
        disk: u32,
    },
    /// Reads in sequence.
    Scan {
        /// Disk.
        disk: u32,
        /// Variable: bytes.
        bytes: u32,
    },
    /// The disk is left.
    DiskLeft,
    /// Waits for a flush of the write-ahead log that begins now or later.
    Flush {
        /// Log.
        log: u32,
    },
    /// Time passes.
    Pause {
        /// Variable: seconds.
        variable: u32,
        /// Place that it counts for.
        place: u32,
    },
    /// Takes a connection of a pool of the current instance, or waits.
    Checkout {
        /// Pool of the model.
        pool: u32,
    },
    /// Gives back the connection taken last.
    Checkin,
    /// A transaction begins on a connection that is kept beyond its end.
    Begin,
    /// It ends: what was taken in it is given back.
    Commit,
    /// A query begins: counts one, and its bytes.
    QueryBegin {
        /// Counter.
        count: u32,
        /// Variable: bytes returned, or `NONE`.
        bytes: u32,
    },
    /// A query ends: its time since `QueryBegin` is recorded.
    QueryEnd {
        /// Tally; `tally + e` is endpoint `e`'s.
        tally: u32,
    },
    /// Takes a lock, or waits.
    LockTake {
        /// Family.
        lock: u32,
        /// Variable of the key, or `NONE`.
        key: u32,
        /// Alone or shared.
        mode: LockMode,
        /// It belongs to the transaction around it, which gives it back at its end.
        to_commit: bool,
    },
    /// Gives back the lock taken last.
    LockDrop,
    /// A named step begins.
    Mark {
        /// Mark.
        mark: u32,
    },
    /// It ends.
    Unmark,
    /// An inline loop begins; jumps behind it if there is nothing to do.
    LoopEnter {
        /// Loop.
        spec: u32,
    },
    /// The body has run once more.
    LoopNext,
    /// Children run; the job waits for them as the group says.
    Group {
        /// Group.
        spec: u32,
    },
    /// A handler stands from here on.
    Catch {
        /// Handler.
        spec: u32,
    },
    /// It stands no more; goes on behind it.
    Uncatch,
    /// A retry block begins.
    RetryEnter {
        /// Retry.
        spec: u32,
    },
    /// It has ended well.
    RetryLeave,
    /// Goes on at one of several places, by chance.
    Choose {
        /// Choice.
        spec: u32,
    },
    /// Goes on at the next op if the condition holds, else elsewhere.
    Branch {
        /// Condition.
        condition: u32,
        /// Where it goes if not.
        otherwise: u32,
    },
    /// Goes on elsewhere.
    Jump {
        /// Where.
        to: u32,
    },
    /// The caller has its answer.
    Reply,
    /// Ends with an error of that name.
    Fail {
        /// Index of the name.
        name: u16,
    },
    /// The job is done.
    End,
}

/// An inline loop: one pass after the other in the same job.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoopSpec {
    /// Variable: items in all; or the chance of another pass if `again`.
    pub count: u32,
    /// Variable: items of one pass; `NONE`: one.
    pub batch: u32,
    /// At least one pass, then another with the chance `count`.
    pub again: bool,
    /// Register that gets the number of items of the pass, or `NONE`.
    pub items: u32,
    /// Name of the loop, hashed: keys of its passes.
    pub site: u64,
    /// First op of the body.
    pub body: u32,
    /// Op behind the loop.
    pub end: u32,
}

/// What the children of a group are.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupKind {
    /// Items.
    Each {
        /// Variable: items in all.
        count: u32,
        /// Variable: items of one child; `NONE`: one.
        batch: u32,
        /// Variable: children at once; `NONE`: all.
        parallel: u32,
        /// Register of the child that gets its number of items, or `NONE`.
        items: u32,
    },
    /// Branches with their first ops.
    Fork {
        /// First op of each.
        branches: Vec<u32>,
    },
    /// One child and a limit on its time.
    Timeout {
        /// Variable: seconds.
        after: u32,
    },
    /// One child, and a second one if it takes long.
    Hedge {
        /// Variable: seconds.
        after: u32,
    },
    /// A request to an endpoint.
    Call {
        /// Endpoint.
        endpoint: u32,
        /// Its first op.
        entry: u32,
        /// Range of `Plan::arguments`.
        arguments: (u32, u32),
        /// It is a client's attempt: counted for this workload, or `NONE`.
        attempt_of: u32,
    },
}

/// When a group is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// All have ended; the first error ends it.
    All,
    /// So many have ended well.
    Quorum(u32),
    /// At once.
    None,
}

/// A group of children.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupSpec {
    /// What they are.
    pub kind: GroupKind,
    /// First op of a child (not for forks and calls).
    pub body: u32,
    /// When it is done.
    pub join: Join,
    /// What is done to those that nobody waits for any more.
    pub cancel: Cancel,
    /// Name, hashed: keys of the children.
    pub site: u64,
    /// Variable: seconds after which a call ends as timed out, or `NONE`.
    pub after: u32,
    /// Lane of its timer if the time is constant, or `NONE`.
    pub lane: u32,
}

/// Branches by chance.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceSpec {
    /// Variables of the probabilities with the first op of each branch.
    pub branches: Vec<(u32, u32)>,
    /// Name of the stream of draws.
    pub stream: u64,
}

/// A handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatchSpec {
    /// The errors that it catches.
    pub on: OutcomeSet,
    /// First op of the handler.
    pub handler: u32,
    /// Whether the request is degraded afterwards.
    pub degraded: bool,
}

/// A block that is tried again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetrySpec {
    /// The errors that are tried again.
    pub on: OutcomeSet,
    /// Variable: tries in all; `NONE`: unlimited.
    pub attempts: u32,
    /// Variable: seconds before the first retry (each retry if `factor` is 1 and it is drawn anew).
    pub first: u32,
    /// Growth per retry.
    pub factor: f64,
    /// Upper bound, seconds.
    pub max: f64,
    /// How it is randomized.
    pub jitter: Jitter,
    /// Name of the stream of jitter; keys of the tries.
    pub site: u64,
    /// First op of the block.
    pub body: u32,
    /// Level of those that wait for their next try, or `NONE`.
    pub backing_off: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The engine's inner loop reads these: four to a cache line.
    #[test]
    fn instructions_are_small() {
        assert!(size_of::<Op>() <= 16, "{}", size_of::<Op>());
    }
}
