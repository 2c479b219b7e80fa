//! B-tree indexes: entries, fill, pages, levels.
//!
//! Source: PostgreSQL 15 documentation, sections 67.4 (implementation, deduplication) and 73.6;
//! `src/include/access/nbtree.h`, `src/backend/access/nbtree/{nbtsort,nbtdedup,nbtsplitloc}.c`.
//!
//! - An entry is a header of 8 bytes, the columns, padding to 8, and a line pointer.
//! - Built at once or in ascending order, leaves are 90 % full and pages above them 70 %; inserts at
//!   random places make the wave of [`super::wave`].
//! - Equal keys share one entry with a list of 6 bytes for each row, except in unique and covering
//!   indexes and for types whose equal values may differ in bytes.
//! - Above the leaves stand only the leading columns that separate two pages.
//!
//! Not modelled: compression of wide keys, dead entries and the pages that updates add.

use super::column::Column;
use super::duplicates::{self, Posting};
use super::groups::Grouped;
use super::heap::{LINE_POINTER, PAGE, PAGE_HEADER};
use super::layout::{Size, Walk, max_align};
use super::leaves::{ASCENDING_FILL, Entries};
use super::wave;

/// Bytes of a page's special space.
pub const SPECIAL: f64 = 16.0;
/// Bytes of an index entry's header.
pub const ENTRY_HEADER: f64 = 8.0;
/// Bytes of a page for entries, line pointers and the high key.
pub const USABLE: f64 = PAGE - PAGE_HEADER - SPECIAL;
/// Bytes a leaf keeps free when it is built or filled in ascending order: a tenth of the page.
pub const LEAF_KEPT_FREE: f64 = 819.0;
/// Widest entry, with line pointer, for which splits behind the new row are considered: that of two
/// integers of 8 bytes (`_bt_afternewitemoff`).
const ASCENDING_ENTRY_MAX: f64 = 28.0;
/// Groups that take less than this share of a page are as good as random.
const SHARE_MIN: f64 = 0.05;
/// Bytes a page above the leaves keeps free then: three tenths.
pub const INTERNAL_KEPT_FREE: f64 = 2457.0;

/// What an index holds of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape<'a> {
    /// Key columns in order, with the distinct values each has among the entries (unknown: as many as
    /// entries).
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
    /// One by one, each beyond the last: a serial number, the present time, a version 7 UUID.
    Ascending,
    /// So many entries (0: none) when it was built, the others one by one at random places: hashes,
    /// random UUIDs, names.
    Random {
        /// Entries when it was built.
        built: f64,
    },
    /// As `Random`, but only the leading columns are random and the others ascend: (user, time). An
    /// entry comes at the end of its group. Its pages are followed from split to split: the first time
    /// a size is asked for it takes milliseconds, the others' microseconds.
    Grouped {
        /// Entries when it was built.
        built: f64,
        /// Number of leading columns that make the group: 0 if all rows are one.
        leading: usize,
        /// Whether a new entry comes before the others of its group: (user, time descending).
        descending: bool,
        /// Rows on a page of the table.
        rows_per_heap_page: f64,
    },
}

/// Sizes of an index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BTree {
    /// Rows it covers.
    pub entries: f64,
    /// Mean bytes of a leaf's entry with its line pointer, without deduplication.
    pub entry_bytes: f64,
    /// Leaf pages, at least one.
    pub leaf_pages: f64,
    /// Pages above the leaves.
    pub internal_pages: f64,
    /// Levels from the root to the leaves: 1 if the root is a leaf.
    pub levels: u32,
}

impl BTree {
    /// All pages, with the meta page.
    pub fn pages(&self) -> f64 {
        self.leaf_pages + self.internal_pages + 1.0
    }

    /// Bytes on disk.
    pub fn bytes(&self) -> f64 {
        self.pages() * PAGE
    }

    /// Rows a leaf page covers on average.
    pub fn entries_per_leaf(&self) -> f64 {
        self.entries / self.leaf_pages
    }

    /// The index of so many times as many rows, its pages in proportion.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        Self {
            entries: self.entries * factor,
            leaf_pages: self.leaf_pages * factor,
            internal_pages: self.internal_pages * factor,
            ..*self
        }
    }

    /// The mean of some indexes of one shape by their weights, whose sum is 1; its levels are those
    /// of the heaviest. None of none.
    pub fn mean(all: &[(f64, Self)]) -> Option<Self> {
        let heaviest = all.iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
        let sum = |of: fn(&Self) -> f64| all.iter().map(|one| one.0 * of(&one.1)).sum::<f64>();
        Some(Self {
            entries: sum(|one| one.entries),
            entry_bytes: sum(|one| one.entry_bytes),
            leaf_pages: sum(|one| one.leaf_pages),
            internal_pages: sum(|one| one.internal_pages),
            levels: heaviest.1.levels,
        })
    }

    /// The index of so many rows (of a partial index: the rows its condition admits).
    pub fn new(shape: &Shape<'_>, entries: f64, history: History) -> Self {
        let entries = if entries > 0.0 { entries } else { 0.0 };
        let columns = shape.key.iter().chain(shape.include);
        let entry = Walk::over(columns).end(ENTRY_HEADER, 2.0 * ENTRY_HEADER).plus(LINE_POINTER);
        let pivot = pivot(shape, entries);
        let leaf_pages = if let Some(groups) = shared(shape, entry, entries) {
            let leaves = |&(posting, rows)| duplicates::leaves(posting, rows, history, pivot);
            groups.iter().map(leaves).sum()
        } else {
            let leading = match history {
                History::Grouped { leading, .. } => leading.min(shape.key.len()),
                _ => 0,
            };
            leaves(entry, pivot, entries, history, distinct(&shape.key[..leading], entries))
        };
        Self::above(entries, entry.mean, libm::ceil(leaf_pages).max(1.0), pivot, history)
    }

    /// Adds the levels above the leaves.
    fn above(
        entries: f64,
        entry_bytes: f64,
        leaf_pages: f64,
        pivot: f64,
        history: History,
    ) -> Self {
        let pivot = Size::exact(pivot);
        let fan_out = match history {
            History::Random { .. } | History::Grouped { .. } => {
                pivot.fitting(USABLE - pivot.mean) * std::f64::consts::LN_2
            }
            History::Built | History::Ascending => pivot.fitting(built_space(INTERNAL_KEPT_FREE)),
        };
        let (mut below, mut internal_pages, mut levels) = (leaf_pages, 0.0, 1);
        while below > 1.0 {
            below = libm::ceil(below / fan_out.max(2.0));
            internal_pages += below;
            levels += 1;
        }
        Self { entries, entry_bytes, leaf_pages, internal_pages, levels }
    }
}

/// The index on chunks of values out of line: two integers of 4 bytes, always ascending.
pub fn of_chunks(chunks: f64) -> BTree {
    let entry = max_align(ENTRY_HEADER + 8.0) + LINE_POINTER;
    let leaf_pages = libm::ceil(leaves(Size::exact(entry), entry, chunks, History::Ascending, 1.0));
    BTree::above(chunks, entry, leaf_pages.max(1.0), entry, History::Ascending)
}

/// Bytes of entries on a page that is filled until so many bytes are left free: the line pointers of
/// the high key and of the next entry count as used, and the last entry moves on to the next page.
pub fn built_space(kept_free: f64) -> f64 {
    USABLE - 2.0 * LINE_POINTER - kept_free
}

/// Leaf pages without deduplication; `groups`: of a grouped history.
fn leaves(entry: Size, pivot: f64, entries: f64, history: History, groups: f64) -> f64 {
    let per_page = entry.fitting(built_space(LEAF_KEPT_FREE));
    let capacity = entry.fitting(USABLE - pivot);
    let at_random = |built: f64| {
        let start = wave::Start { entries: built, pages: (built / per_page).max(1.0) };
        wave::pages(capacity, entries, Some(start)).max(libm::ceil(built / per_page))
    };
    match history {
        History::Built | History::Ascending => entries / per_page,
        History::Random { built } => at_random(built),
        History::Grouped { built, descending, rows_per_heap_page, .. } => {
            let capacity = libm::floor(capacity);
            let grouped = Grouped {
                entries: Entries::Own { ascending: entry.mean <= ASCENDING_ENTRY_MAX },
                space: capacity,
                capacity,
                built,
                fill: ASCENDING_FILL * capacity,
                groups,
                descending,
                rightmost: true,
                rows_per_heap_page,
            };
            grouped.pages(entries, SHARE_MIN).unwrap_or_else(|| at_random(built))
        }
    }
}

/// The groups of equal keys whose entries are shared: those with a value, those without.
fn shared(shape: &Shape<'_>, entry: Size, entries: f64) -> Option<Vec<(Posting, f64)>> {
    let comparable = shape.key.iter().all(|column| column.ty.equal_image());
    if shape.unique || !shape.include.is_empty() || !comparable {
        return None;
    }
    if let [column] = shape.key {
        let nulls = column.nulls.clamp(0.0, 1.0) * entries;
        let filled = Walk::over([&Column { nulls: 0.0, ..*column }]).end(ENTRY_HEADER, 0.0);
        let values = Posting::new(filled.mean, distinct(shape.key, entries - nulls));
        let mut groups = vec![(values, entries - nulls)];
        if nulls >= 1.0 {
            groups[0].0 = values.before_others();
            groups.push((Posting::new(2.0 * ENTRY_HEADER, 1.0), nulls));
        }
        return (values.distinct < entries - nulls || nulls >= 1.0).then_some(groups);
    }
    let posting = Posting::new(entry.mean - LINE_POINTER, distinct(shape.key, entries));
    (posting.distinct < entries).then(|| vec![(posting, entries)])
}

/// Distinct values of these columns together among so many entries: of one column as stated; of
/// several, the combinations that independent values hit (all are equally likely).
fn distinct(columns: &[Column], entries: f64) -> f64 {
    if columns.iter().any(|column| column.distinct.is_none_or(|distinct| distinct >= entries)) {
        return entries;
    }
    let of = |column: &Column| column.distinct.unwrap_or(entries).clamp(1.0, entries.max(1.0));
    if let [column] = columns {
        return of(column);
    }
    let possible: f64 = columns.iter().map(of).product();
    possible * -libm::expm1(-entries / possible)
}

/// Mean bytes, with line pointer, of an entry above the leaves: the columns up to the first in which
/// neighbors differ; neighbors that are all equal are told apart by the row's address (8 bytes).
fn pivot(shape: &Shape<'_>, entries: f64) -> f64 {
    let (mut mean, mut equal) = (0.0, 1.0);
    let mut bytes = ENTRY_HEADER;
    for count in 1..=shape.key.len() {
        let prefix = &shape.key[..count];
        bytes = Walk::over(prefix).end(ENTRY_HEADER, 2.0 * ENTRY_HEADER).mean;
        let unique = shape.unique && count == shape.key.len();
        let differ = if unique { 1.0 } else { distinct(prefix, entries) / entries.max(1.0) };
        let still_equal = (1.0 - differ).clamp(0.0, equal);
        mean += (equal - still_equal) * bytes;
        equal = still_equal;
    }
    mean + equal * (bytes + 8.0) + LINE_POINTER
}
