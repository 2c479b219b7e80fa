//! What an insert, an update, a delete costs: CPU, pages, bytes of the log.

use crate::database::ask::Relation;
use crate::database::effort::Place;
use crate::database::settings::Constants;

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

/// What writing `rows` rows of `tuple_bytes` (with header) takes in one statement.
pub fn write(
    relation: &Relation,
    verb: &Verb,
    rows: f64,
    tuple_bytes: f64,
    constants: &Constants,
) -> WriteEffort;

/// Share of the updates whose new version fits into the page of the old one.
pub fn hot_share(room: f64, updates_per_page: f64) -> f64;
