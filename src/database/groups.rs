//! Leaf pages where rows come at the end of their group: (survey, time), (user, time), or a key that
//! many rows have.
//!
//! The leading columns of such a key are random, the others ascend, so all inserts of a group fall on
//! one place; and of equal keys the newest row lies behind the others. As long as a page holds many
//! groups this is as good as random ([`super::wave`]). Once a page holds few, splits leave behind
//! halves that never fill, and the fill stays below ln 2; only a group that has the end of its page
//! for itself leaves pages of 90 %, and where the newest row of a group comes first not even that: its
//! pages stay half full. There is no closed form: the splits are followed
//! ([`super::leaves`]), on fewer groups of the same size where there are many, and in proportion from
//! [`FOLLOWED_PAGES`] pages a group.

use super::known::Known;
use super::leaves::{Entries, Leaves, build};

/// Most rows of all groups that are followed at a time, about.
const ROWS_MAX: f64 = 200_000.0;
/// Rows that are followed altogether, about. A single run deviates as a real index does, by 2 to 4 %
/// (one standard deviation) at some hundred pages; so the mean deviates by 1 %.
const ROWS_ALL: f64 = 2_000_000.0;
/// Fewest runs whose mean is taken.
const RUNS_MIN: f64 = 4.0;
/// Pages' worth of rows up to which a group is followed.
const FOLLOWED_PAGES: f64 = 16.0;

/// Pages of the indexes asked for.
static KNOWN: Known<f64> = Known::new();

/// An index whose rows come at the end of their group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grouped {
    /// What the rows take.
    pub entries: Entries,
    /// Space of a page, in the unit of `entries`.
    pub space: f64,
    /// Rows that fit on a page.
    pub capacity: f64,
    /// Rows that were there when it was built.
    pub built: f64,
    /// Rows on a page as it is built.
    pub fill: f64,
    /// Number of groups.
    pub groups: f64,
    /// Whether a new row comes before the others of its group, not behind them.
    pub descending: bool,
    /// Whether the last of its pages is the last of the index.
    pub rightmost: bool,
    /// Rows on a page of the table: an insert counts as ascending if the row before it in its group is
    /// on the same page.
    pub rows_per_heap_page: f64,
}

impl Grouped {
    /// Leaf pages of so many rows. None where groups have less than `share_min` of a page (or nothing
    /// is known): their inserts are as good as random.
    pub fn pages(mut self, rows: f64, share_min: f64) -> Option<f64> {
        self.capacity = self.capacity.clamp(3.0, 2_000.0);
        self.groups = self.groups.max(1.0);
        let share = rows / self.groups / self.capacity;
        if !share.is_finite() || share < share_min {
            return None;
        }
        Some(*KNOWN.or(self.key(rows), || self.followed(rows)))
    }

    /// All that decides the size.
    fn key(&self, rows: f64) -> Vec<u64> {
        let mut key = match self.entries {
            Entries::Own { ascending } => vec![u64::from(ascending)],
            Entries::Shared { key, rows_max, single } => {
                vec![u64::from(key), u64::from(rows_max), u64::from(single)]
            }
        };
        let Self { space, capacity, built, fill, groups, rows_per_heap_page, .. } = *self;
        let numbers = [space, capacity, built, fill, groups, rows_per_heap_page, rows];
        key.extend(numbers.map(f64::to_bits));
        key.extend([self.descending, self.rightmost].map(u64::from));
        key
    }

    fn followed(&self, rows: f64) -> f64 {
        let Self { capacity, groups, .. } = *self;
        let of_group = rows / groups;
        let followed = of_group.min(FOLLOWED_PAGES * capacity);
        // Halving keeps the phase of the wave.
        let mut count = groups;
        while count * followed > ROWS_MAX && count > 16.0 {
            count *= 0.5;
        }
        let count = libm::round(count).max(1.0);
        // Of the rows that are not followed, those there at the start lie on pages built.
        let ahead = of_group - followed;
        let built_rows = self.built.clamp(0.0, rows) / groups;
        let ahead_built = ahead.min(built_rows);
        let at_start = libm::floor(built_rows - ahead_built).min(followed);
        let middle = at_start.max(0.5 * followed);
        let runs = libm::round(ROWS_ALL / (count * followed)).max(RUNS_MIN);
        let mut leaves = Leaves {
            space: self.space.clamp(3.0, 10_000.0) as u32,
            entries: self.entries,
            mirrored: self.descending,
            heap_page: self.rows_per_heap_page.max(1.0),
            groups,
            middle: 0.0,
            end: 0.0,
            early: 0.0,
            late: 0.0,
            state: 1,
        };
        let (mut pages, mut ahead_all) = (0.0, 0.0);
        for run in 0..runs as u32 {
            // Groups that go on leave pages at even distances: their ends are spread over a page.
            let phase = (f64::from(run) + 0.5) / runs;
            let early = if ahead > 0.0 { (phase * capacity).min(followed - middle) } else { 0.0 };
            (leaves.middle, leaves.end) =
                ((middle - at_start - early).max(0.0), followed - at_start - early);
            ahead_all += ahead - ahead_built + early;
            let at_first = build(
                count as u32,
                at_start as u32,
                self.fill as u32,
                self.rightmost,
                self.descending,
            );
            pages += at_first.len() as f64;
            leaves.follow(at_first);
        }
        // A group that goes on leaves pages as in the second half.
        let slope = leaves.late / (followed - middle).max(1.0) / runs;
        let built_pages = ahead_built / self.fill.max(1.0) * count * runs;
        let ahead_pages = built_pages + slope * ahead_all;
        let followed_pages = pages + leaves.early + leaves.late;
        groups / count * (followed_pages + ahead_pages) / runs
    }
}
