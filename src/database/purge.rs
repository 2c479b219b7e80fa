//! What a purge costs: old rows deleted in one go, and the vacuum that takes them away.
//!
//! Source: PostgreSQL 15, `src/backend/access/heap/{heapam,vacuumlazy}.c`,
//! `src/backend/access/nbtree/nbtree.c` (`btvacuumscan`), and the documentation of
//! `full_page_writes`.
//!
//! - *Finding them*: rows that came one after the other lie side by side. An index that begins with a
//!   column in the order of the rows leads to their pages; without one the table is read through.
//! - *Deleting them*: each row is marked on its page, with a record in the log.
//! - *Vacuum*: every index is read from one end to the other, whatever is deleted, and each leaf that
//!   had one of the entries is written.
//! - *The log*: nobody has touched these pages for long, so each is logged whole once.
//!
//! Not counted: pages that a checkpoint between the deletion and the vacuum makes the server write
//! twice, the records of the vacuum beside the pages, and truncation of the file.

use crate::database::ask::{Index, Relation};
use crate::database::effort::distinct;
use crate::database::settings::{Constants, PAGE};
use crate::database::write::{Verb, write};

/// From this correlation on a column is in the order of the rows.
const IN_ORDER: f64 = 0.9;

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
        self.cpu + (self.read_bytes + self.written_pages * PAGE + self.wal_bytes) / bandwidth
    }
}

/// Deletes the `rows` oldest rows of a table of so many `pieces` like the relation; `tuple_bytes` is
/// a row with its header.
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
    let heap_pages = libm::ceil(relation.pages * share) * touched;
    let effort = write(relation, &Verb::Delete, rows, tuple_bytes, constants);
    let wide_pages: f64 = effort.pages.iter().map(|wide| wide.pages).sum();
    let in_order = |column: usize| {
        relation.columns.get(column).is_some_and(|column| column.correlation >= IN_ORDER)
    };
    let first = |index: &Index| index.keys.first().is_some_and(|key| in_order(key.column));
    let finds = relation.indexes.iter().any(|index| index.partial.is_none() && first(index));
    let mut all = Purge { rows, cpu: effort.cpu, ..Purge::default() };
    if finds {
        all.read_bytes += heap_pages * PAGE;
        all.cpu += rows * (constants.index_tuple + constants.heap_fetch);
    } else {
        all.read_bytes += relation.pages * touched * PAGE;
        all.cpu += relation.rows * touched * (constants.tuple + constants.operator)
            + relation.pages * touched * constants.stream_data;
    }
    all.read_bytes += wide_pages * PAGE;
    let mut written = heap_pages + wide_pages;
    for index in &relation.indexes {
        let entries = index.entries * share;
        let at_random = distinct(index.leaf_pages, entries);
        let leaves = if first(index) { index.leaf_pages * share } else { at_random };
        written += leaves.min(index.leaf_pages) * touched;
        all.read_bytes += index.pages * touched * PAGE;
        all.cpu += index.entries * touched * constants.index_tuple;
    }
    all.written_pages = written;
    all.wal_bytes = effort.wal_bytes + written * PAGE;
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::ask::{Column, Key};

    /// A table of 1,000,000 rows on 20,000 pages (50 on each), its key in the order of the rows (or
    /// not) on 2,500 leaves of 2,510 pages.
    fn table(correlation: f64) -> Relation {
        let column = Column { width: 8.0, sent: 8.0, distinct: 1e6, nulls: 0.0, correlation };
        let index = Index {
            entries: 1e6,
            pages: 2_510.0,
            leaf_pages: 2_500.0,
            levels: 3,
            keys: vec![Key { column: 0, descending: false }],
            include: Vec::new(),
            unique: true,
            partial: None,
        };
        Relation {
            rows: 1e6,
            pages: 20_000.0,
            visible: 1.0,
            columns: vec![column],
            indexes: vec![index],
            ..Relation::default()
        }
    }

    #[track_caller]
    fn near(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
    }

    /// A tenth of the rows, in order: 2,000 pages of the heap and 250 leaves are written, and logged
    /// whole beside 100,000 records of 54 bytes and one of the commit, 34; read are the 2,000 pages and
    /// all 2,510 of the index.
    #[test]
    fn a_tenth_by_hand() {
        let costs = Constants::default();
        let found = purge(&table(1.0), 1.0, 1e5, 150.0, &costs);
        near(found.written_pages, 2_250.0);
        near(found.wal_bytes, 2_250.0 * 8_192.0 + 100_000.0 * 54.0 + 34.0);
        near(found.read_bytes, 4_510.0 * 8_192.0);
        let bytes = (2_250.0 + 2_250.0 + 4_510.0) * 8_192.0 + 5_400_034.0;
        near(found.seconds(125e6), found.cpu + bytes / 125e6);
        // 2 µs a row deleted, 31 ns for each of a million entries that the vacuum looks at.
        assert!(found.cpu > 0.2 + 0.031 && found.cpu < 0.25, "{}", found.cpu);
    }

    /// Without an order the whole table is read, and entries lie on nearly all leaves: 40 of each 400
    /// on a leaf are among the tenth, so hardly any leaf has none.
    #[test]
    fn without_an_index_by_age_everything_is_touched() {
        let costs = Constants::default();
        let [ordered, random] =
            [1.0, 0.0].map(|order| purge(&table(order), 1.0, 1e5, 150.0, &costs));
        near(random.read_bytes, (20_000.0 + 2_510.0) * 8_192.0);
        assert!((random.written_pages / 4_500.0 - 1.0).abs() < 1e-3, "{random:?}");
        assert!(random.cpu > ordered.cpu);
        // Ten pieces, of which the oldest is all that goes: the others are not touched.
        let piece = purge(&table(1.0), 10.0, 1e6, 150.0, &costs);
        near(piece.written_pages, 22_500.0);
        near(piece.read_bytes, 22_510.0 * 8_192.0);
    }

    /// Nothing to delete takes nothing, and more than there is is all.
    #[test]
    fn nothing_and_everything() {
        let costs = Constants::default();
        for rows in [0.0, -5.0, f64::NAN] {
            let found = purge(&table(1.0), 1.0, rows, 150.0, &costs);
            assert_eq!(found.written_pages, 0.0, "{rows}");
        }
        assert_eq!(purge(&table(1.0), 2.0, 1e9, 150.0, &costs).rows, 2e6);
        assert_eq!(purge(&Relation::default(), 1.0, 5.0, 150.0, &costs), Purge::default());
    }
}
