//! B-tree indexes: entries, fill, pages, levels.

use super::column::Column;

/// What an index holds of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape<'a> {
    /// Key columns in order, with the distinct values each has among the entries.
    pub key: &'a [Column],
    /// Columns carried along (`include`).
    pub include: &'a [Column],
    /// Whether the key is unique.
    pub unique: bool,
}

/// How the entries came into the index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum History {
    /// All at once: `create index`, `reindex`.
    Built,
    /// One by one, each beyond the last: a serial number, the present time.
    Ascending,
    /// So many entries (0: none) when it was built, the others one by one at random places: hashes,
    /// random UUIDs, names.
    Random {
        /// Entries when it was built.
        built: f64,
    },
}

/// Sizes of an index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BTree {
    /// Rows it covers.
    pub entries: f64,
    /// Mean bytes of a leaf's entry with its line pointer, without deduplication.
    pub entry_bytes: f64,
    /// Leaf pages.
    pub leaf_pages: f64,
    /// Pages above the leaves.
    pub internal_pages: f64,
    /// Levels from the root to the leaves, one for a single page.
    pub levels: u32,
}

impl BTree {
    /// All pages, with the meta page.
    pub fn pages(&self) -> f64 {
        self.leaf_pages + self.internal_pages + 1.0
    }

    /// Bytes on disk.
    pub fn bytes(&self) -> f64 {
        self.pages() * super::heap::PAGE
    }

    /// Entries a leaf page holds on average.
    pub fn entries_per_leaf(&self) -> f64 {
        self.entries / self.leaf_pages
    }
}

/// The index of so many entries (for a partial index: of the rows its condition admits).
pub fn size(shape: &Shape<'_>, entries: f64, history: History) -> BTree {
    let entry = super::layout::Walk::over(shape.key.iter().chain(shape.include)).end(8.0, 16.0);
    let _ = history;
    plain(entry.mean + 4.0, entries)
}

/// The index on chunks of values out of line: two integers, always ascending.
pub fn ascending_of_16_bytes(entries: f64) -> BTree {
    plain(20.0, entries)
}

fn plain(entry_bytes: f64, entries: f64) -> BTree {
    let leaf_pages = (entries * entry_bytes / 7325.0).ceil().max(1.0);
    let internal_pages = (leaf_pages * entry_bytes / 5687.0).ceil();
    BTree { entries, entry_bytes, leaf_pages, internal_pages, levels: 3 }
}
