//! What a purge costs: old rows deleted in one go, and the vacuum that takes them away.
//!
//! Source: PostgreSQL 15, `src/backend/access/heap/{heapam,vacuumlazy}.c`,
//! `src/backend/access/nbtree/nbtree.c` (`btvacuumscan`), and the documentation of
//! `full_page_writes`.
//!
//! - *Finding them*: rows that came one after the other lie side by side. An index that begins with a
//!   column in the order of the rows leads to their pages; without one the table is read through.
//! - *Deleting them*: each row is marked on its page, with a record in the log.
//! - *Vacuum*: it goes over the pages with deleted rows. Indexes it leaves alone until such pages are 2 %
//!   of the table (`BYPASS_THRESHOLD_PAGES`); then every index is read from one end to the other, and
//!   each leaf that had one of the entries is written. Runs that delete less than that share this work:
//!   of each it is the mean.
//! - *The log*: nobody has touched these pages for long, so each is logged whole once, but for the hole in
//!   its middle.
//!
//! Measured: `tests`. Not counted: pages that a checkpoint between the deletion and the vacuum makes the
//! server write twice, and truncation of the file.

use crate::database::ask::{Index, Relation};
use crate::database::effort::distinct;
use crate::database::settings::{Constants, PAGE};
use crate::database::write::{Verb, write};

/// From this correlation on a column is in the order of the rows.
const IN_ORDER: f64 = 0.9;
/// Share of the pages of a table that must have deleted rows for a vacuum to look at its indexes
/// (vacuumlazy.c, `BYPASS_THRESHOLD_PAGES`).
const WORTH_INDEXES: f64 = 0.02;
/// Deleted rows from which on it does whatever their share (vacuumlazy.c: 32 MB of their addresses).
const WORTH_INDEXES_ROWS: f64 = 32.0 * 1_048_576.0 / 6.0;
/// CPU of deleting one row of many that lie side by side, of that of writing one alone (fitted: 0.3 µs
/// of 2 µs).
const IN_BULK: f64 = 0.15;
/// CPU of changing a page and logging it whole, likewise (fitted: 7 µs).
const PAGE_LOGGED: f64 = 3.5;
/// CPU of looking whether an entry is one of those that go, of that of taking an entry from a leaf (fitted:
/// 16 of 31 ns).
const LOOK: f64 = 0.5;
/// Bytes of the log for each row: the rounding of the record of its deletion, and its place in those of
/// pruning and vacuuming its page (`heapam_xlog.h`).
const ROW_RECORDS: f64 = 6.0;
/// Bytes of the log for each page of the heap: its records of pruning, vacuuming and being visible.
const PAGE_RECORDS: f64 = 180.0;
/// Bytes of the log for each leaf, and for each entry on it (nbtxlog.h, `xl_btree_vacuum`).
const LEAF_RECORD: f64 = 60.0;
const ENTRY_PLACE: f64 = 2.0;
/// Share of a leaf that is filled and so logged: at the fill factor in order, ln 2 at random places.
const FILLED: [f64; 2] = [0.9, std::f64::consts::LN_2];

/// What a purge takes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Purge {
    /// Rows deleted.
    pub rows: f64,
    /// CPU seconds.
    pub cpu: f64,
    /// Bytes read.
    pub read_bytes: f64,
    /// Pages written.
    pub written_pages: f64,
    /// Bytes of the log, with images of the pages.
    pub wal_bytes: f64,
}

impl Purge {
    /// Seconds that it takes alone, one thing after the other, at a disk's bytes per second.
    pub fn seconds(&self, bandwidth: f64) -> f64 {
        self.cpu + self.bytes() / bandwidth
    }

    /// Bytes that the disk reads and writes for it.
    pub fn bytes(&self) -> f64 {
        self.read_bytes + self.written_pages * PAGE + self.wal_bytes
    }
}

/// Deletes the `rows` oldest rows of a table of so many `pieces` like the relation; `tuple_bytes` is
/// a row with its header. Work that several such runs share is counted by its part.
pub fn purge(
    relation: &Relation,
    pieces: f64,
    rows: f64,
    tuple_bytes: f64,
    constants: &Constants,
) -> Purge {
    let most = relation.rows * pieces;
    if rows.is_nan() || rows <= 0.0 || most <= 0.0 {
        return Purge::default();
    }
    let rows = rows.min(most);
    // Pieces that hold the oldest rows.
    let touched = libm::ceil(rows / relation.rows - 1e-9).clamp(1.0, pieces.max(1.0));
    let share = rows / relation.rows / touched;
    let pages = pages(relation, (touched, rows));
    let until_worth = |all: f64, each: f64| libm::ceil(all / each - 1e-9).max(1.0);
    let runs = until_worth(WORTH_INDEXES * relation.pages, pages)
        .min(until_worth(WORTH_INDEXES_ROWS, rows / touched));
    let mut all = heap(relation, (touched, rows), tuple_bytes, constants);
    let shared = indexes(relation, (share * runs).min(1.0), constants);
    let part = touched / runs;
    all.cpu += shared.cpu * part;
    all.read_bytes += shared.read_bytes * part;
    all.written_pages += shared.written_pages * part;
    all.wal_bytes += shared.wal_bytes * part;
    all
}

/// Whether an index begins with a column in the order of the rows.
fn in_order(relation: &Relation, index: &Index) -> bool {
    let first = index.keys.first().and_then(|key| relation.columns.get(key.column));
    first.is_some_and(|column| column.correlation >= IN_ORDER)
}

/// Pages of each of so many pieces on which rows of all of them lie.
fn pages(relation: &Relation, (touched, rows): (f64, f64)) -> f64 {
    libm::ceil(relation.pages * rows / relation.rows / touched)
}

/// Finding and deleting rows of so many pieces, and the vacuum of their pages.
fn heap(
    relation: &Relation,
    (touched, rows): (f64, f64),
    tuple_bytes: f64,
    constants: &Constants,
) -> Purge {
    let pages = pages(relation, (touched, rows)) * touched;
    let effort = write(relation, &Verb::Delete, rows, tuple_bytes, constants);
    let wide_pages: f64 = effort.pages.iter().map(|wide| wide.pages).sum();
    let finds = |index: &Index| index.partial.is_none() && in_order(relation, index);
    let mut all = Purge { rows, written_pages: pages + wide_pages, ..Purge::default() };
    all.cpu = effort.cpu - rows * constants.heap_write * (1.0 - IN_BULK)
        + all.written_pages * constants.heap_write * PAGE_LOGGED;
    if relation.indexes.iter().any(finds) {
        all.read_bytes = pages * PAGE;
        all.cpu += rows * (constants.index_tuple + constants.heap_fetch);
    } else {
        all.read_bytes = relation.pages * touched * PAGE;
        all.cpu += relation.rows * touched * (constants.tuple + constants.operator)
            + relation.pages * touched * constants.stream_data;
    }
    all.read_bytes += wide_pages * PAGE;
    all.wal_bytes =
        effort.wal_bytes + all.written_pages * PAGE + rows * ROW_RECORDS + pages * PAGE_RECORDS;
    all
}

/// The vacuum of all indexes of a piece, a share of whose rows went.
fn indexes(relation: &Relation, share: f64, constants: &Constants) -> Purge {
    let mut all = Purge::default();
    for index in &relation.indexes {
        let entries = index.entries * share;
        let (leaves, filled) = if in_order(relation, index) {
            (index.leaf_pages * share, FILLED[0])
        } else {
            (distinct(index.leaf_pages, entries).min(index.leaf_pages), FILLED[1])
        };
        all.written_pages += leaves;
        all.wal_bytes += leaves * (filled * PAGE + LEAF_RECORD) + entries * ENTRY_PLACE;
        all.read_bytes += index.pages * PAGE;
        all.cpu += index.entries * constants.index_tuple * LOOK
            + leaves * constants.heap_write * PAGE_LOGGED;
    }
    all
}

#[cfg(test)]
mod tests;
