//! The view model of an explanation. Times in seconds.

use crate::report::summary::Number;
use serde::Serialize;

/// An explanation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explained {
    /// The query.
    pub query: String,
    /// The scenario.
    pub scenario: String,
    /// The variant, if it is not the scenario as it stands.
    pub variant: Option<String>,
    /// What it says in a sentence or two.
    pub headline: String,
    /// The tables that it uses.
    pub tables: Vec<TableFacts>,
    /// The memory of the server, where it is stated.
    pub memory: Option<MemoryFacts>,
    /// The ways to answer, the chosen one first, then by the planner's cost; of a write the ways to
    /// find its rows.
    pub ways: Vec<WayFacts>,
    /// Rows that match, and rows returned.
    pub matches: Number,
    /// Where the time of the chosen way goes.
    pub times: Vec<TimeFacts>,
    /// What it writes.
    pub write: Option<WriteFacts>,
    /// What one index more or less would change, the best first.
    pub changes: Vec<ChangeFacts>,
    /// What is to be known.
    pub notes: Vec<String>,
}

/// A table and its indexes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableFacts {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: Number,
    /// Pieces that it lies in.
    pub pieces: Number,
    /// The table itself.
    pub heap: RelationFacts,
    /// Its values out of line, with the index on them.
    pub toast: Option<RelationFacts>,
    /// Its indexes.
    pub indexes: Vec<RelationFacts>,
    /// Bytes of everything.
    pub bytes: Number,
}

/// A table itself, or an index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RelationFacts {
    /// Its name.
    pub name: String,
    /// Of an index its columns.
    pub on: String,
    /// Rows or entries.
    pub entries: Number,
    /// Bytes of one, with the line pointer.
    pub entry_bytes: Number,
    /// Levels of an index.
    pub levels: Option<u32>,
    /// Pages of 8 KiB.
    pub pages: Number,
    /// Bytes.
    pub bytes: Number,
}

/// The memory of a server.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MemoryFacts {
    /// Bytes that cache pages.
    pub cache: Number,
    /// Bytes of the connections.
    pub connections: Number,
    /// Share of the pages touched out of order that are found there at the load of the scenario.
    pub found: Option<Number>,
}

/// A way to answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WayFacts {
    /// The planner takes it.
    pub chosen: bool,
    /// In words.
    pub words: String,
    /// As `EXPLAIN` names its nodes, the outermost first.
    pub plan: String,
    /// The planner's cost, without a unit.
    pub cost: Number,
    /// Rows looked at.
    pub examined: Number,
    /// Pages touched, in order or not.
    pub pages: Number,
    /// Work on cores, of all processes.
    pub cpu_s: Number,
    /// Time on an idle server with everything in memory, without the network.
    pub warm_s: Number,
    /// Time on an idle server with nothing in memory, without the network.
    pub cold_s: Number,
}

/// Where the time of one execution goes, on an idle server.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimeFacts {
    /// What is in memory: `warm`, `at this load`, `cold`.
    pub state: String,
    /// Random reads.
    pub reads: Number,
    /// Bytes read in sequence, whole pages.
    pub scanned: Number,
    /// Work on cores, as long as it takes.
    pub cpu_s: Number,
    /// Reading and flushing.
    pub disk_s: Number,
    /// There and back.
    pub network_s: Number,
    /// All of it.
    pub total_s: Number,
}

/// What a write does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WriteFacts {
    /// Rows of one execution.
    pub rows: Number,
    /// Work on cores.
    pub cpu_s: Number,
    /// Pages touched, those of finding the rows too.
    pub pages: Number,
    /// Bytes of the log.
    pub wal_bytes: Number,
    /// Of an update, the share of the row versions that need no index entry.
    pub hot: Option<Number>,
}

/// One index more or less.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangeFacts {
    /// `create index on t (a, b)`, `drop index x`.
    pub what: String,
    /// Bytes more.
    pub bytes: Number,
    /// Of an index taken away, the queries that use it now.
    pub used_by: Vec<String>,
    /// As EXPLAIN would name the chosen way then.
    pub plan: String,
    /// The query's time with everything in memory, then.
    pub warm_s: Number,
    /// The query's time with nothing in memory, then.
    pub cold_s: Number,
    /// Work of one insert more.
    pub insert_s: Number,
    /// Random reads of one insert more, with nothing in memory.
    pub insert_pages: Number,
    /// Work of one update more.
    pub update_s: Number,
    /// Bytes of the log of one insert more.
    pub wal_bytes: Number,
}
