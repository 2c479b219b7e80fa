//! The ways to answer a query, as PostgreSQL's planner generates and costs them, and its choice.

use crate::database::ask::{Ask, Relation};
use crate::database::settings::Settings;

/// The planner's cost, in its own unit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cost {
    /// Until the first row.
    pub startup: f64,
    /// Until the last.
    pub total: f64,
}

/// How one index is used.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexUse {
    /// The index.
    pub index: usize,
    /// Conditions that bound the part of the index that is read: equalities on the leading columns,
    /// then at most one range; numbers into [`Ask::conditions`].
    pub bounds: Vec<usize>,
    /// Conditions tested on the entries of that part, before the heap is looked at.
    pub tested: Vec<usize>,
    /// From the end to the begin.
    pub backward: bool,
}

/// How the first table is read.
#[derive(Debug, Clone, PartialEq)]
pub enum Scan {
    /// Page by page.
    Sequential,
    /// Entry by entry, each with its row in the heap.
    Index(IndexUse),
    /// Entry by entry; the heap only where visibility is unknown.
    IndexOnly(IndexUse),
    /// The rows of one index, or those common to several, in the order of the heap.
    Bitmap(Vec<IndexUse>),
}

/// How a sort works, from what the planner knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// In memory.
    Quick,
    /// Only the first rows are kept, in a heap.
    Top,
    /// Runs on disk, merged.
    External,
}

/// How the second table is joined.
#[derive(Debug, Clone, PartialEq)]
pub enum JoinBy {
    /// For each row of the first, a look-up in the second by this index.
    NestedLoop {
        /// Index of the inner table.
        index: usize,
    },
    /// The second table is read whole into a hash table.
    HashInner,
    /// The rows of the first go into a hash table, the second is read whole.
    HashOuter,
}

/// A complete way to answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// How the first table is read.
    pub scan: Scan,
    /// Parallel workers besides the query's own process.
    pub workers: u32,
    /// How the second is joined.
    pub join: Option<JoinBy>,
    /// The sort, if the order does not come by itself.
    pub sort: Option<Sort>,
    /// The planner's cost.
    pub cost: Cost,
    /// Rows the planner expects of the scan.
    pub scanned: f64,
    /// Rows the planner expects to return.
    pub rows: f64,
}

/// All ways the planner weighs, the one it takes (least total cost) first. Never empty.
pub fn alternatives(relation: &Relation, ask: &Ask, settings: &Settings) -> Vec<Path>;
