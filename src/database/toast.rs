//! Values kept out of line: which columns have them, and where their chunks lie.
//!
//! A value moved out of the row leaves an address there. It lies in chunks of 1,996 bytes in a table of
//! its own, found by a B-tree over (value, chunk) (PostgreSQL 15, section 73.2; `toast_internals.c`).
//! Chunks are appended, so those of one value lie side by side, and values in the order of their rows.

use super::btree::of_chunks;
use super::heap::Heap;

/// Values of one column out of line, for one row on average.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Wide {
    /// How many: the share of the rows whose value is out of line, 0 to 1.
    pub values: f64,
    /// Their chunks.
    pub chunks: f64,
    /// Their bytes.
    pub bytes: f64,
}

impl Wide {
    /// So many rows of it.
    #[must_use]
    pub fn times(self, rows: f64) -> Self {
        Self { values: self.values * rows, chunks: self.chunks * rows, bytes: self.bytes * rows }
    }

    /// Both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            values: self.values + other.values,
            chunks: self.chunks + other.chunks,
            bytes: self.bytes + other.bytes,
        }
    }
}

/// The values out of line of a table, or of one of its equal partitions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Toast {
    /// What each column has there; empty: no column has anything.
    pub columns: Vec<Wide>,
    /// Values of all rows.
    pub values: f64,
    /// Pages of the chunks.
    pub pages: f64,
    /// Chunks on one of them.
    pub per_page: f64,
    /// Leaf pages of the index on them.
    pub leaf_pages: f64,
    /// Entries on one of them.
    pub per_leaf: f64,
}

impl Toast {
    /// Of a table whose columns have `columns` there.
    pub fn new(columns: Vec<Wide>, heap: &Heap) -> Self {
        let all = columns.iter().fold(Wide::default(), |sum, one| sum.plus(*one)).times(heap.rows);
        if all.chunks <= 0.0 || heap.toast_pages <= 0.0 {
            return Self::default();
        }
        let leaf_pages = of_chunks(all.chunks).leaf_pages.max(1.0);
        Self {
            columns,
            values: all.values,
            pages: heap.toast_pages,
            per_page: (all.chunks / heap.toast_pages).max(1e-9),
            leaf_pages,
            per_leaf: (all.chunks / leaf_pages).max(1.0),
        }
    }

    /// So many of them, taken as one.
    #[must_use]
    pub fn times(self, pieces: f64) -> Self {
        Self {
            values: self.values * pieces,
            pages: self.pages * pieces,
            leaf_pages: self.leaf_pages * pieces,
            ..self
        }
    }

    /// What so many rows have there of some columns.
    pub fn of(&self, columns: impl IntoIterator<Item = usize>, rows: f64) -> Wide {
        let columns = columns.into_iter().filter_map(|id| self.columns.get(id));
        columns.fold(Wide::default(), |sum, one| sum.plus(*one)).times(rows.max(0.0))
    }

    /// What so many rows have there of all columns.
    pub fn of_all(&self, rows: f64) -> Wide {
        self.of(0..self.columns.len(), rows)
    }

    /// Mean bytes of a value.
    pub fn mean_bytes(&self) -> f64 {
        let one = self.of_all(1.0);
        if one.values > 0.0 { one.bytes / one.values } else { 0.0 }
    }

    /// Pages that the chunks of some values touch: a value begins anywhere in a page.
    pub fn chunk_pages(&self, wide: Wide) -> f64 {
        wide.values + (wide.chunks - wide.values).max(0.0) / self.per_page.max(1.0)
    }

    /// Leaves of the index that finding them touches: one for each value, more if it has many chunks.
    pub fn leaves(&self, wide: Wide) -> f64 {
        wide.values + (wide.chunks - wide.values).max(0.0) / self.per_leaf.max(1.0)
    }
}
