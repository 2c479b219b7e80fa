//! Leaf pages of an index whose equal keys share their entries (deduplication).
//!
//! Source: PostgreSQL 15 documentation, section 67.4.3; `src/backend/access/nbtree/nbtdedup.c`,
//! `nbtsort.c` (`_bt_load`, `_bt_buildadd`), `nbtsplitloc.c`.
//!
//! Keys are taken as equally likely: rows of a key are Poisson, given at least one. Where few keys share
//! a page, its splits are followed one by one ([`super::groups`]).

use super::btree::{History, LEAF_KEPT_FREE, USABLE};
use super::groups::Grouped;
use super::heap::LINE_POINTER;
use super::layout::max_align;
use super::leaves::{ASCENDING_FILL, Entries};
use super::wave;

/// Bytes of a row's address in a posting list.
const ADDRESS: f64 = 6.0;
/// Longest posting entry made when an index is built: a tenth of a page less a line pointer.
const BUILT_POSTING_MAX: f64 = 812.0;
/// Longest posting entry made when a full page is deduplicated: half of the longest entry, 2,704 B.
const POSTING_MAX: f64 = 1352.0;
/// Longest entry that an index takes: a third of a page.
const ENTRY_MAX: f64 = 2704.0;
/// Lists of full length on a page of one key when it splits; one shorter follows
/// (`_bt_singleval_fillfactor`).
const SINGLE_KEY_LISTS: f64 = 5.0;
/// What is kept free then, as a share of the page.
const SINGLE_KEY_FREE: f64 = 0.04;
/// Keys that have less than this share of a page are as good as different.
const SHARE_MIN: f64 = 0.02;
/// Leaf pages by which a build is represented.
const BUILT_PAGES: u32 = 64;
/// Keys by which a page's content is represented.
const SAMPLED_KEYS: u32 = 512;

/// Keys whose entries are shared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posting {
    /// Bytes of an entry without posting list, a multiple of 8.
    key: f64,
    /// Number of different keys.
    pub distinct: f64,
    /// Whether the last of them is the last of the index.
    rightmost: bool,
}

impl Posting {
    /// So many different keys of this mean size (rounded up to 8).
    pub fn new(key: f64, distinct: f64) -> Self {
        Self { key: max_align(libm::round(key)), distinct: distinct.max(1.0), rightmost: true }
    }

    /// The same with other keys behind them: nulls come last.
    #[must_use]
    pub const fn before_others(self) -> Self {
        Self { rightmost: false, ..self }
    }

    /// Bytes of an entry with so many rows.
    fn bytes(&self, rows: f64) -> f64 {
        if rows <= 1.0 { self.key } else { max_align(self.key + ADDRESS * rows) }
    }

    /// Rows that stay on the left when a page of one key splits.
    fn single(&self) -> f64 {
        let kept = libm::floor(SINGLE_KEY_FREE * (USABLE - self.key - LINE_POINTER - 8.0));
        SINGLE_KEY_LISTS * self.rows_max(POSTING_MAX) + self.rows_max(POSTING_MAX - kept)
    }

    /// What they take of a page.
    fn entries(&self) -> Entries {
        Entries::Shared {
            key: self.key.min(ENTRY_MAX) as u32,
            rows_max: self.rows_max(POSTING_MAX) as u32,
            single: self.single() as u32,
        }
    }

    /// Most rows of an entry of at most so many bytes.
    fn rows_max(&self, bytes: f64) -> f64 {
        let space = bytes - bytes % 8.0 - self.key;
        libm::floor(space / ADDRESS).max(1.0)
    }
}

/// Leaf pages of so many rows; `pivot`: bytes of a high key with its line pointer.
pub fn leaves(posting: Posting, rows: f64, history: History, pivot: f64) -> f64 {
    if rows <= 0.0 {
        return 0.0;
    }
    match history {
        History::Built => rows / built_rows_per_page(posting, rows),
        History::Ascending => {
            // Of keys larger than a page, what exceeds it comes at the end of a page of the key.
            let capacity = filled(posting, rows, pivot);
            let within = rows.min(capacity * posting.distinct);
            (rows - within) / posting.single() + within / (ASCENDING_FILL * capacity)
        }
        History::Random { built } | History::Grouped { built, .. } => {
            let built_pages = built / built_rows_per_page(posting, built.max(1.0));
            inserted(posting, rows, built, libm::ceil(built_pages), pivot)
        }
    }
}

/// Rows a leaf covers when the index is built, key by key, as `_bt_buildadd` does it: a page ends when
/// less than a tenth would stay free, not counting the posting list of its last entry, or the next
/// entry does not fit; its last entry then moves to the next page and leaves a high key.
fn built_rows_per_page(posting: Posting, rows: f64) -> f64 {
    let rows_max = posting.rows_max(BUILT_POSTING_MAX);
    let keys = Keys::new(rows / posting.distinct);
    let (mut pages, mut covered, mut seen) = (0, 0.0, 0.0);
    let (mut free, mut entries, mut on_page, mut last) = (FREE, 0, 0.0, 0.0);
    for i in 0.. {
        let mut left = keys.rows(i);
        while left > 0.0 {
            let taken = left.min(rows_max);
            let bytes = posting.bytes(taken);
            let list = if last > 1.0 { posting.bytes(last) - posting.key } else { 0.0 };
            let full = free + list < LEAF_KEPT_FREE && entries > 1;
            if free < bytes + 8.0 || full {
                pages += 1;
                covered += on_page - last;
                if pages == BUILT_PAGES {
                    return covered / f64::from(pages);
                }
                free = FREE - posting.bytes(last) - LINE_POINTER;
                (entries, on_page) = (1, last);
            }
            free -= bytes + LINE_POINTER;
            entries += 1;
            on_page += taken;
            last = taken;
            left -= taken;
            seen += taken;
        }
        if seen >= rows {
            break;
        }
    }
    // All of it: the last page is as full as it happens to be.
    rows / (f64::from(pages) + 1.0)
}

/// Free bytes of a new page, less the line pointers of the high key and of the next entry.
const FREE: f64 = USABLE - 2.0 * LINE_POINTER;

/// Leaf pages after inserts at random places. A full page is deduplicated before it splits, so it
/// splits when the shared entries fill it.
fn inserted(posting: Posting, rows: f64, built: f64, built_pages: f64, pivot: f64) -> f64 {
    let capacity = filled(posting, rows, pivot);
    let grouped = Grouped {
        entries: posting.entries(),
        space: USABLE - pivot.min(ENTRY_MAX),
        capacity,
        built,
        fill: built / built_pages.max(1.0),
        groups: rows / Keys::new(rows / posting.distinct).rate.max(1e-9),
        descending: false,
        rightmost: posting.rightmost,
        rows_per_heap_page: 1.0,
    };
    let pages = grouped.pages(rows, SHARE_MIN).unwrap_or_else(|| {
        // Without a rightmost page the first one splits in halves, as one that is there and full.
        let one = wave::Start { entries: rows.min(capacity), pages: 1.0 };
        let start = wave::Start { entries: built, pages: built_pages };
        let start = if built < 1.0 && !posting.rightmost { one } else { start };
        wave::pages(capacity, rows, Some(start))
    });
    pages.max(built_pages)
}

/// Rows a deduplicated page holds when it is full.
fn filled(posting: Posting, rows: f64, pivot: f64) -> f64 {
    let rows_max = posting.rows_max(POSTING_MAX);
    let keys = Keys::new(rows / posting.distinct);
    let (mut bytes, mut of_rows) = (0.0, 0.0);
    for i in 0..SAMPLED_KEYS {
        let rows = keys.rows(i);
        let lists = libm::floor(rows / rows_max);
        let rest = rows - lists * rows_max;
        bytes += lists * (posting.bytes(rows_max) + LINE_POINTER);
        bytes += if rest > 0.0 { posting.bytes(rest) + LINE_POINTER } else { 0.0 };
        of_rows += rows;
    }
    (USABLE - pivot) * of_rows / bytes
}

/// Rows of the keys, one after the other: Poisson given at least one, spread evenly over its
/// quantiles.
struct Keys {
    /// Parameter of the Poisson law.
    rate: f64,
}

/// The golden section, whose multiples are spread evenly.
const GOLDEN: f64 = 0.618_033_988_749_894_9;
/// Above this rate the law is taken as even with the same variance.
const RATE_LARGE: f64 = 30.0;

impl Keys {
    /// With so many rows on average.
    fn new(mean: f64) -> Self {
        let mean = mean.max(1.0);
        // rate / (1 - exp(-rate)) = mean, by Newton's method from above.
        let mut rate = mean;
        for _ in 0..50 {
            if rate < 1e-9 {
                break;
            }
            let present = -libm::expm1(-rate);
            let value = rate / present - mean;
            let slope = (present - rate * libm::exp(-rate)) / (present * present);
            rate -= value / slope;
        }
        Self { rate: rate.max(0.0) }
    }

    fn rows(&self, i: u32) -> f64 {
        let at = (0.5 + f64::from(i) * GOLDEN) % 1.0;
        if self.rate > RATE_LARGE {
            let half = libm::sqrt(3.0 * self.rate);
            return libm::round(self.rate + half * (2.0 * at - 1.0));
        }
        let none = libm::exp(-self.rate);
        let (mut rows, mut term) = (1.0, none * self.rate);
        let mut left = at * -libm::expm1(-self.rate) - term;
        while left > 0.0 && term > 1e-18 {
            rows += 1.0;
            term *= self.rate / rows;
            left -= term;
        }
        rows
    }
}
