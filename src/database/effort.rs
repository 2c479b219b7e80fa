//! What a way to answer takes under the true row counts: CPU time, pages, bytes.

use crate::database::ask::{Ask, Relation};
use crate::database::path::Path;
use crate::database::settings::{Constants, Settings};

/// Where pages lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The heap of the first table.
    Heap,
    /// The leaves of its index.
    Index(usize),
    /// The heap of the joined table.
    InnerHeap,
    /// The leaves of an index of the joined table.
    InnerIndex(usize),
}

/// Pages touched at one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Touched {
    /// Where.
    pub place: Place,
    /// Distinct pages.
    pub pages: f64,
    /// Reads from the disk if none of them is cached: contiguous pages are one read and then
    /// sequential bytes.
    pub reads: f64,
}

/// What a query takes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Effort {
    /// CPU seconds, all processes together, everything in memory.
    pub cpu: f64,
    /// Part of `cpu` that the leader and its workers share; 0 without workers.
    pub shared: f64,
    /// Pages touched out of order, each to be found in memory or read alone.
    pub touched: Vec<Touched>,
    /// Bytes read in order by sequential scans, with the place.
    pub scanned: Vec<(Place, f64)>,
    /// Bytes written to and read from temporary files, each way.
    pub spilled: f64,
    /// Rows looked at in the tables.
    pub examined: f64,
    /// Rows returned.
    pub rows: f64,
    /// Bytes returned.
    pub bytes: f64,
}

/// What `path` takes.
pub fn effort(
    relation: &Relation,
    ask: &Ask,
    path: &Path,
    settings: &Settings,
    constants: &Constants,
) -> Effort;
