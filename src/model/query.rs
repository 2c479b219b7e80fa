//! Queries: what one execution asks of a database.

use super::bind::Binding;
use super::slot::VariateId;
use super::table::Use;

/// Bytes of a scan between two pieces of the work that is done on what it reads.
const PART: f64 = (32_u32 << 20) as f64;
/// Parts of one scan at most: of what takes minutes it does not matter in which second it works.
const PARTS: f64 = 64.0;

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

    /// In how many equal parts it works and scans by turns, as a server does: more than one where it scans more
    /// than 32 MiB and its work and its scan are plain numbers. The work of requests that compete for a row
    /// (`varies`) is drawn, and done in one.
    pub fn parts(&self, binding: &Binding, varies: bool) -> f64 {
        let fixed = |id: VariateId| binding.variate(id).0.evaluate_fixed();
        let divided = self.processes.map(|processes| processes.each);
        let mut work = self.cpu.into_iter().chain(divided).peekable();
        if varies || work.peek().is_none() || !work.all(|id| fixed(id).is_some()) {
            return 1.0;
        }
        let scan = self.scan.and_then(fixed);
        scan.map_or(1.0, |bytes| libm::ceil(bytes / PART).clamp(1.0, PARTS))
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
