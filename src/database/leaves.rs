//! Leaf pages of an index followed from split to split, where new rows come at the end of their group:
//! the groups of a leading column, or the rows of one key.
//!
//! The rules are those of PostgreSQL 15's `src/backend/access/nbtree/nbtsplitloc.c` and `nbtdedup.c`.
//! Time is counted in rows a group. The groups are taken as Poisson processes of rate 1; then pages do
//! not depend on each other: one on which k groups end gets its next n rows in a time that is gamma of
//! shape n and rate k, each row at the end of any of these groups. So a page is followed from split to
//! split, and its halves each alone.
//!
//! Where the newest row of a group comes first (an index with a descending column) all is as in a
//! mirror: pages are followed from the last to the first, the end of a group is where it grows.

/// Share of the page's content, on either side of the best split, within which one between groups is
/// preferred (`LEAF_SPLIT_DISTANCE`).
const DISTANCE: f64 = 0.05;
/// Share left of a split at the end of a page, where the insert looks ascending
/// (`BTREE_DEFAULT_FILLFACTOR`).
pub const ASCENDING_FILL: f64 = 0.9;
/// Bytes of a row's address in a list.
const ADDRESS: u32 = 6;
/// Bytes of a line pointer.
const POINTER: u32 = 4;

/// What rows take on a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Entries {
    /// One entry a row: the unit of space.
    Own {
        /// Whether they are narrow enough for splits behind the new row.
        ascending: bool,
    },
    /// Lists of the rows of one key, in bytes.
    Shared {
        /// Bytes of an entry of one row, without line pointer.
        key: u32,
        /// Most rows of a list.
        rows_max: u32,
        /// Rows that stay on the left when a page of one key splits.
        single: u32,
    },
}

impl Entries {
    /// Space that so many rows of a group take on a page.
    fn space(&self, rows: u32) -> u32 {
        match *self {
            Self::Own { .. } => rows,
            Self::Shared { key, rows_max, .. } => {
                rows / rows_max * list(key, rows_max) + list(key, rows % rows_max)
            }
        }
    }

    /// Space that one row more takes.
    fn one_more(&self, rows: u32) -> u32 {
        match *self {
            Self::Own { .. } => 1,
            Self::Shared { key, rows_max, .. } => {
                let begun = if rows < rows_max { rows } else { rows % rows_max };
                list(key, begun + 1) - list(key, begun)
            }
        }
    }
}

/// Bytes of a list of so many rows with its line pointer.
const fn list(key: u32, rows: u32) -> u32 {
    match rows {
        0 => 0,
        1 => POINTER + key,
        _ => POINTER + key + (ADDRESS * rows).next_multiple_of(8),
    }
}

/// A leaf page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Rows of each group that has any here, or none yet and its place here, in order.
    runs: Vec<u32>,
    /// Whether the last group goes on on the next page, in the mirror the one before.
    continues: bool,
    /// Whether it is the last one in key order, in the mirror too.
    rightmost: bool,
    /// When it came to be, in rows a group.
    born: f64,
}

impl Page {
    fn rows(&self) -> u32 {
        self.runs.iter().sum()
    }
}

/// Pages with so many rows of each of some groups, `fill` rows (at least one) a page; `rightmost`:
/// whether the last of them (`mirrored`: the first) is the last of the index.
pub fn build(groups: u32, at_start: u32, fill: u32, rightmost: bool, mirrored: bool) -> Vec<Page> {
    let fill = fill.max(1);
    let (mut pages, mut page, mut rows) = (Vec::new(), Page::default(), 0);
    for _ in 0..groups {
        let mut left = at_start;
        loop {
            let here = left.min(fill - rows);
            page.runs.push(here);
            (left, rows) = (left - here, rows + here);
            if left == 0 {
                break;
            }
            page.continues = true;
            pages.push(std::mem::take(&mut page));
            rows = 0;
        }
    }
    pages.push(page);
    let last = if mirrored { 0 } else { pages.len() - 1 };
    pages[last].rightmost = rightmost;
    pages
}

/// The halves of a page. A group without rows stays where the group before it in the index ends.
fn halves(page: Page, left_rows: u32, born: f64, mirrored: bool) -> [Page; 2] {
    let mut left = Page { born, rightmost: page.rightmost && mirrored, ..Page::default() };
    let rightmost = page.rightmost && !mirrored;
    let mut right = Page { runs: Vec::new(), continues: page.continues, rightmost, born };
    let mut room = left_rows;
    for rows in page.runs {
        if !right.runs.is_empty() {
            right.runs.push(rows);
        } else if rows <= room && !(mirrored && room == 0) {
            left.runs.push(rows);
            room -= rows;
        } else {
            if room > 0 {
                left.runs.push(room);
                left.continues = true;
            }
            right.runs.push(rows - room);
        }
    }
    [left, right]
}

/// What all pages have in common, the splits so far, and the draws.
#[derive(Clone, Debug)]
pub struct Leaves {
    /// Space of a page for entries.
    pub space: u32,
    /// What the rows take of it.
    pub entries: Entries,
    /// Whether the newest row of a group comes first.
    pub mirrored: bool,
    /// Rows on a page of the table.
    pub heap_page: f64,
    /// Groups in the table.
    pub groups: f64,
    /// The time from which splits are late.
    pub middle: f64,
    /// The time until which pages are followed.
    pub end: f64,
    /// Splits up to the middle.
    pub early: f64,
    /// Splits behind it.
    pub late: f64,
    /// Of the draws.
    pub state: u64,
}

impl Leaves {
    /// These pages, and all that come of them, until the end.
    pub fn follow(&mut self, mut pages: Vec<Page>) {
        while let Some(page) = pages.pop() {
            self.until_split(page, &mut pages);
        }
    }

    /// A page until it splits or the time ends; its halves go to `others`.
    fn until_split(&mut self, mut page: Page, others: &mut Vec<Page>) {
        let open = page.runs.len() - usize::from(page.continues);
        if open == 0 {
            return;
        }
        let mut taken: u32 = page.runs.iter().map(|rows| self.entries.space(*rows)).sum();
        let (mut at, mut added, before) = (0, 0, page.rows());
        while added == 0 || taken <= self.space || before + added < 2 {
            at = self.below(open);
            taken += self.entries.one_more(page.runs[at]);
            page.runs[at] += 1;
            added += 1;
        }
        let time = page.born + self.gamma(f64::from(added)) / open as f64;
        if time > self.end {
            return;
        }
        let left_rows = self.left_rows(&page, at, taken);
        others.extend(halves(page, left_rows, time, self.mirrored));
        let splits = if time <= self.middle { &mut self.early } else { &mut self.late };
        *splits += 1.0;
    }

    /// Rows that stay on the left when a page splits, the new one being the last of run `at`
    /// (`_bt_findsplitloc`, `_bt_afternewitemoff`).
    fn left_rows(&mut self, page: &Page, at: usize, taken: u32) -> u32 {
        if page.rightmost {
            let left = if self.mirrored { 1.0 - ASCENDING_FILL } else { ASCENDING_FILL };
            return self.split_point(page, taken, left);
        }
        // An insert looks ascending if the row before it is of the same group.
        let narrow = matches!(self.entries, Entries::Own { ascending: true });
        if narrow && !self.mirrored && page.runs[at] > 1 {
            let through: u32 = page.runs[..=at].iter().sum();
            let adjacent = through < taken && self.adjacent();
            let late = f64::from(through) > ASCENDING_FILL * f64::from(taken);
            if through == taken || adjacent && late {
                return self.split_point(page, taken, ASCENDING_FILL);
            }
            if adjacent {
                return through;
            }
        }
        self.split_point(page, taken, 0.5)
    }

    /// Whether a row lies next to the one before it in its group: on the same page of the table, or as
    /// the first of its page with the other on the page before (`_bt_adjacenthtid`). The rows since
    /// then are geometric.
    fn adjacent(&mut self) -> bool {
        let before = libm::floor(self.uniform() * self.heap_page);
        let since = libm::ceil(-libm::log(1.0 - self.uniform()) * self.groups);
        since <= if before == 0.0 { self.heap_page } else { before }
    }

    /// The split that leaves about this share on the left: between two groups if there is one near
    /// enough. Rows of one key part only where there is no other on the page.
    fn split_point(&self, page: &Page, taken: u32, share: f64) -> u32 {
        let wanted = share * f64::from(taken);
        let rows_max = page.rows() - 1;
        let between = self.between(page, wanted);
        match (self.entries, between) {
            (Entries::Shared { .. }, Some((rows, _))) => rows,
            (Entries::Shared { single, .. }, None) => single.clamp(1, rows_max),
            (Entries::Own { .. }, Some((rows, apart))) if apart <= DISTANCE * f64::from(taken) => {
                rows
            }
            (Entries::Own { .. }, _) => (libm::round(wanted) as u32).clamp(1, rows_max),
        }
    }

    /// The split between two groups nearest to this space on the left: rows on the left, and how far
    /// from it.
    fn between(&self, page: &Page, wanted: f64) -> Option<(u32, f64)> {
        let mut best: Option<(u32, f64)> = None;
        let (mut passed, mut space) = (0, 0);
        for &rows in page.runs.iter().filter(|rows| **rows > 0) {
            let apart = (f64::from(space) - wanted).abs();
            if passed > 0 && best.is_none_or(|best| apart < best.1) {
                best = Some((passed, apart));
            }
            passed += rows;
            space += self.entries.space(rows);
        }
        best
    }

    /// Fixed draws (`SplitMix64`): this is a mean of many splits, not a sample of the scenario's.
    fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, count: usize) -> usize {
        (((self.bits() >> 32) * count as u64) >> 32) as usize
    }

    /// Gamma with scale 1, shape at least 1 (Marsaglia and Tsang, "A simple method for generating
    /// gamma variables", ACM TOMS 26, 2000; the normal by Box and Muller).
    fn gamma(&mut self, shape: f64) -> f64 {
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / libm::sqrt(9.0 * d);
        loop {
            let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
            let x = radius * libm::cos(std::f64::consts::TAU * self.uniform());
            let root = 1.0 + c * x;
            let v = root * root * root;
            let drawn = libm::log(1.0 - self.uniform());
            if v > 0.0 && drawn < 0.5 * x * x + d * (1.0 - v + libm::log(v)) {
                return d * v;
            }
        }
    }
}
