//! Leaf pages of an index whose equal keys share their entries (deduplication).
//!
//! Source: PostgreSQL 15 documentation, section 67.4.3; `src/backend/access/nbtree/nbtdedup.c`,
//! `nbtsort.c` (`_bt_load`, `_bt_buildadd`), `nbtsplitloc.c`.
//!
//! Keys are taken as equally likely: rows of a key are Poisson, given at least one.

use super::btree::{History, LEAF_KEPT_FREE, USABLE};
use super::heap::LINE_POINTER;
use super::layout::max_align;
use super::wave;

/// Bytes of a row's address in a posting list.
const ADDRESS: f64 = 6.0;
/// Longest posting entry made when an index is built: a tenth of a page less a line pointer.
const BUILT_POSTING_MAX: f64 = 812.0;
/// Longest posting entry made when a full page is deduplicated: half of the longest entry, 2,704 B.
const POSTING_MAX: f64 = 1352.0;
/// A page of one key, which grows at its end, splits so that this share stays on the left.
const SINGLE_KEY_FILL: f64 = 0.96;
/// The rightmost page splits so that this share stays on the left.
const ASCENDING_FILL: f64 = 0.9;
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
}

impl Posting {
    /// So many different keys of this mean size (rounded up to 8).
    pub fn new(key: f64, distinct: f64) -> Self {
        Self { key: max_align(libm::round(key)), distinct: distinct.max(1.0) }
    }

    /// Bytes of an entry with so many rows.
    fn bytes(&self, rows: f64) -> f64 {
        if rows <= 1.0 { self.key } else { max_align(self.key + ADDRESS * rows) }
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
            let (capacity, beyond) = filled(posting, rows, pivot);
            let within = rows.min(capacity * posting.distinct);
            beyond + within / (ASCENDING_FILL * capacity)
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
/// splits when the shared entries fill it. Splits fall between keys where they can: a key that takes
/// the share g of a page makes the split uneven by up to g/2 of the page, a variance of g²/3 of the
/// logarithm, and 4/9 g² with the splits before, when the keys had fewer rows. Of keys larger than a
/// page, what exceeds one page fills pages to 96 %, as new rows come at the key's end.
fn inserted(posting: Posting, rows: f64, built: f64, built_pages: f64, pivot: f64) -> f64 {
    let (capacity, beyond) = filled(posting, rows, pivot);
    let share = (rows / posting.distinct / capacity).min(1.0);
    let within = rows.min(capacity * posting.distinct);
    let start = wave::Start { entries: built, pages: built_pages };
    let pages = wave::pages(capacity, within, Some(start), 4.0 / 9.0 * share * share);
    (beyond + pages).max(built_pages)
}

/// Rows a deduplicated page holds when it is full, and the pages of what exceeds one page of a key.
fn filled(posting: Posting, rows: f64, pivot: f64) -> (f64, f64) {
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
    let capacity = (USABLE - pivot) * of_rows / bytes;
    let beyond = (rows / posting.distinct / capacity - 1.0).max(0.0) * posting.distinct;
    (capacity, beyond / SINGLE_KEY_FILL)
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
