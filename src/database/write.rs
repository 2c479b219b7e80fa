//! What an insert, an update, a delete costs: CPU, pages, bytes of the log.

use crate::database::ask::{Index, Relation};
use crate::database::effort::{Place, distinct};
use crate::database::settings::{Constants, PAGE};

/// What a writing statement does to one table.
#[derive(Debug, Clone, PartialEq)]
pub enum Verb {
    /// New rows.
    Insert,
    /// New versions of rows; an index is concerned if one of the columns changes.
    Update {
        /// Columns changed.
        columns: Vec<usize>,
        /// Share of the versions that fit beside the old one: see [`hot_share`].
        fits: f64,
    },
    /// Rows marked as gone.
    Delete,
}

/// What a write takes. Finding the rows of an update or delete is a query and not in here; the flush
/// of the commit is the disk's.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WriteEffort {
    /// CPU seconds, without the statement's own.
    pub cpu: f64,
    /// CPU seconds of the commit's flush, paid once a transaction if it waits for it.
    pub commit_cpu: f64,
    /// Bytes of the log, with the commit's record.
    pub wal_bytes: f64,
    /// Bytes more if each page touched is the first touch after a checkpoint (full-page images).
    pub full_pages: f64,
    /// Pages touched out of order.
    pub pages: Vec<(Place, f64)>,
    /// Share of the row versions that needed no index entry (heap-only tuples).
    pub hot: f64,
}

/// Bytes of a log record for one row of the heap besides the row's data: header 24, block 20, main
/// data 5, row header 5 (xlogrecord.h, heapam_xlog.h). Measured: 135 B for rows of 104 B.
const HEAP_RECORD: f64 = 54.0;
/// Bytes of a tuple's header that are not logged (heapam_xlog.h, `SizeofHeapTupleHeader`).
const TUPLE_HEADER: f64 = 23.0;
/// Bytes of the record of a commit (xact.c, `XactLogCommitRecord`; measured 34).
const COMMIT_RECORD: f64 = 34.0;
/// Bytes of the record of an index entry besides the entry (nbtxlog.h). Measured: 72 B for a uuid.
const INDEX_RECORD: f64 = 48.0;
/// Bytes of an entry's header (itup.h, `IndexTupleData`).
const ENTRY_HEADER: f64 = 8.0;
/// Bytes of the record of an update that stays on its page, only the changed bytes with it
/// (heapam.c, `log_heap_update`).
const HOT_RECORD: f64 = 71.0;
/// Bytes of the record of pruning the dead version before it (heapam_xlog.h, `xl_heap_prune`): on a
/// page kept full by updates each of them makes room for the next.
const PRUNE_RECORD: f64 = 59.0;
/// Bytes more of an update that goes to another page: the second block, the old version's place
/// (19), and the record that locks the old version meanwhile (54).
const MOVE_RECORDS: f64 = 73.0;
/// Bytes of the record of a deletion.
const DELETE_RECORD: f64 = 54.0;
/// Bytes of the records of a page split: half a page moves.
const SPLIT_RECORD: f64 = 3_800.0;

/// What writing `rows` rows of `tuple_bytes` (with header) takes in one statement.
///
/// The heap takes new versions on its last page or where there is room: one page for the pages the
/// rows fill. Each index concerned is descended for each row and one leaf changes: a random one, or
/// always the last if the first key follows the order of insertion (correlation near 1). Entries of
/// removed versions stay until a vacuum, whose work is not in here.
///
/// The log's bytes follow the record layouts. Splits of index pages are spread over the inserts at
/// one for each half page of entries; an index just loaded 90 % full splits more often at first.
pub fn write(
    relation: &Relation,
    verb: &Verb,
    rows: f64,
    tuple_bytes: f64,
    constants: &Constants,
) -> WriteEffort {
    let rows = rows.max(0.0);
    let data = (tuple_bytes - TUPLE_HEADER).max(0.0);
    let (hot, concerned) = match verb {
        Verb::Insert => (0.0, true),
        Verb::Update { columns, fits } => {
            let free = relation.indexes.iter().all(|index| !holds(index, columns));
            (if free { fits.clamp(0.0, 1.0) } else { 0.0 }, true)
        }
        Verb::Delete => (0.0, false),
    };
    let moved = 1.0 - hot;
    let mut effort = WriteEffort {
        cpu: constants.transaction + rows * constants.heap_write,
        commit_cpu: constants.commit,
        wal_bytes: COMMIT_RECORD,
        hot,
        ..WriteEffort::default()
    };
    let record = match verb {
        Verb::Insert => HEAP_RECORD + data,
        Verb::Update { .. } => {
            hot * (HOT_RECORD + PRUNE_RECORD) + moved * (HEAP_RECORD + data + MOVE_RECORDS)
        }
        Verb::Delete => DELETE_RECORD,
    };
    effort.wal_bytes += rows * record;
    let per_page = (PAGE / (tuple_bytes + 4.0).max(1.0)).max(1.0);
    // The pages of the rows found are the query's; an insert or a moved version fills others.
    let filled = if concerned { (rows * moved / per_page).max(rows.min(moved)) } else { 0.0 };
    if filled > 0.0 {
        effort.pages.push((Place::Heap, filled));
    }
    if concerned && moved > 0.0 {
        for id in 0..relation.indexes.len() {
            index_entries(relation, id, rows * moved, constants, &mut effort);
        }
    }
    effort.full_pages = effort.pages.iter().map(|(_, pages)| pages * PAGE).sum();
    effort
}

/// New entries in one index.
fn index_entries(
    relation: &Relation,
    id: usize,
    rows: f64,
    constants: &Constants,
    effort: &mut WriteEffort,
) {
    let index = &relation.indexes[id];
    let share = if index.partial.is_some() && relation.rows > 0.0 {
        (index.entries / relation.rows).clamp(0.0, 1.0)
    } else {
        1.0
    };
    let entries = rows * share;
    let keys = index.keys.iter().map(|key| key.column);
    let bytes = relation.width(keys.chain(index.include.iter().copied()));
    let entry = ENTRY_HEADER + (bytes / 8.0).ceil() * 8.0;
    let per_leaf = (PAGE / (entry + 4.0)).max(2.0);
    effort.cpu += entries * constants.index_write;
    effort.wal_bytes += entries * (INDEX_RECORD + entry + SPLIT_RECORD / (per_leaf * 0.5));
    let first = index.keys.first().and_then(|key| relation.columns.get(key.column));
    let ascends = first.map_or(0.0, |column| column.correlation.max(0.0));
    let at_end = entries / per_leaf;
    let at_random = distinct(index.leaf_pages, entries);
    let follows = ascends * ascends;
    let pages = follows * at_end.min(at_random) + (1.0 - follows) * at_random;
    effort.pages.push((Place::Index(id), pages));
}

fn holds(index: &Index, columns: &[usize]) -> bool {
    let keys = index.keys.iter().map(|key| key.column);
    keys.chain(index.include.iter().copied()).any(|column| columns.contains(&column))
}

/// Share of the updates whose new version fits into the page of the old one (heapam.c,
/// `heap_update`): `room` row versions are free on a page (its fill factor leaves them), and one
/// transaction updates `updates_per_page` of its rows on average, at random. Versions of earlier
/// transactions are pruned when the page is visited and their room is free again, so a transaction
/// of few rows (0 updates a page) finds room whenever there is any.
pub fn hot_share(room: f64, updates_per_page: f64) -> f64 {
    let room = room.max(0.0).floor();
    if room < 1.0 {
        return 0.0;
    }
    let mean = updates_per_page.max(0.0);
    if mean < 1e-6 {
        return 1.0;
    }
    // E min(X, room) / E X for X ~ Poisson(mean): the sum of P(X > i) for i below the room.
    let mut term = libm::exp(-mean);
    let (mut below, mut kept) = (term, 0.0);
    for i in 0..room.min(1000.0) as u32 {
        kept += (1.0 - below).max(0.0);
        term *= mean / f64::from(i + 1);
        below += term;
    }
    (kept / mean).clamp(0.0, 1.0)
}
