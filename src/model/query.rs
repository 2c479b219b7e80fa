//! Queries: what one execution asks of a database.

use super::slot::VariateId;
use super::table::Use;

/// `[query.X]`
#[derive(Debug, Clone)]
pub struct Query {
    /// Name.
    pub name: String,
    /// Index of its database.
    pub database: usize,
    /// Work on the database's cores, by one process.
    pub cpu: Option<VariateId>,
    /// Work of finding the row that a write changes, before it is locked.
    pub find: Option<VariateId>,
    /// Work that several processes do at once, before `cpu`.
    pub processes: Option<Processes>,
    /// Pages read at random, one after the other.
    pub reads: Option<VariateId>,
    /// Bytes read in sequence.
    pub scan: Option<VariateId>,
    /// Elapsed time on the server that uses none of its resources.
    pub time: Option<VariateId>,
    /// It ends with a flush of the write-ahead log.
    pub commit: bool,
    /// Bytes returned.
    pub returns: Option<VariateId>,
    /// The table that it uses, which its costs follow from.
    pub table: Option<Use>,
}

impl Query {
    /// Whether nothing but `time` passes between its way there and its way back.
    pub fn is_elapsed_only(&self) -> bool {
        self.cpu.is_none() && self.reads.is_none() && self.scan.is_none() && !self.commit
    }
}

/// Work that is divided among the leader of a parallel query and its workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Processes {
    /// How many they are; fewer than two: nothing is divided.
    pub count: VariateId,
    /// Work of each, seconds.
    pub each: VariateId,
}
