//! Leaf pages where rows come at the end of their group: (survey, time), (user, time).
//!
//! The leading columns of such a key are random, the others ascend, so all inserts of a group fall on
//! one place. As long as a page holds many groups this is as good as random ([`super::wave`]). Once a
//! page holds few, splits leave behind halves that never fill, and the fill stays below ln 2; only a
//! group that has the end of its page for itself leaves pages of 90 %. There is no closed form: the
//! splits are followed, by the rules of `src/backend/access/nbtree/nbtsplitloc.c`, on fewer groups of
//! the same size where there are many, and in proportion from [`FOLLOWED_PAGES`] pages a group.

/// Groups that take less than this share of a page are as good as random.
const SHARE_MIN: f64 = 0.05;
/// Most inserts that are followed at a time, about.
const INSERTS_MAX: f64 = 60_000.0;
/// Runs whose mean is taken: a single one deviates by 2 % (one standard deviation).
const RUNS: u32 = 4;
/// Pages' worth of rows up to which a group is followed.
const FOLLOWED_PAGES: f64 = 16.0;
/// Share of the page, on either side of the best split, within which one between groups is preferred.
const TOLERANCE: f64 = 0.05;
/// Share left of a split at the end of a page, where the insert looks ascending.
const ASCENDING_FILL: f64 = 0.9;
/// Widest entry, with line pointer, for which such a split is considered on pages that are not the
/// rightmost: that of two integers of 8 bytes.
const ASCENDING_ENTRY_MAX: f64 = 28.0;

/// An index whose rows come at the end of their group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grouped {
    /// Most entries on a page.
    pub capacity: f64,
    /// Bytes of an entry with its line pointer.
    pub entry: f64,
    /// Entries that were there when it was built, on pages filled to 90 %.
    pub built: f64,
    /// Number of groups.
    pub groups: f64,
    /// Rows on a page of the table: an insert counts as ascending if the row before it in its group is
    /// on the same page.
    pub rows_per_heap_page: f64,
}

/// Leaf pages of so many entries. None where groups are so small that their inserts are as good as
/// random.
pub fn pages(index: Grouped, entries: f64) -> Option<f64> {
    let Grouped { capacity, entry, built, groups, rows_per_heap_page } = index;
    let capacity = libm::floor(capacity).clamp(3.0, 2_000.0);
    let of_group = entries / groups;
    if of_group.is_nan() || of_group < SHARE_MIN * capacity {
        return None;
    }
    let followed = of_group.min(FOLLOWED_PAGES * capacity);
    // Halving keeps the phase of the wave.
    let mut count = groups;
    while count * followed > INSERTS_MAX && count > 16.0 {
        count *= 0.5;
    }
    let count = libm::round(count).max(1.0);
    let scale = groups / count;
    // Of the rows that are not followed, those there at the start lie on pages built.
    let ahead = of_group - followed;
    let ahead_built = ahead.min(built.min(entries) / groups);
    let at_start = built.min(entries) / groups - ahead_built;
    let total = libm::round(followed * count);
    let mut sum = 0.0;
    for run in 0..RUNS {
        let mut leaves = Leaves::new(capacity as u32, count as usize, run);
        leaves.ascending = entry <= ASCENDING_ENTRY_MAX;
        // Fewer groups are followed: their rows stand for as many more.
        leaves.heap_page = rows_per_heap_page.max(1.0) / scale;
        leaves.build(at_start);
        leaves.insert_until(0.5 * total);
        let (half, half_rows) = (leaves.pages.len() as f64, leaves.rows);
        leaves.insert_until(total);
        let whole = leaves.pages.len() as f64;
        let slope = (whole - half) / (leaves.rows - half_rows).max(1.0);
        let ahead_pages = ahead_built / (ASCENDING_FILL * capacity) + slope * (ahead - ahead_built);
        sum += whole + ahead_pages * count;
    }
    Some(scale * sum / f64::from(RUNS))
}

/// The rows that a group has on a page.
#[derive(Clone, Copy, Debug)]
struct Run {
    group: usize,
    rows: u32,
}

/// The leaf level.
struct Leaves {
    capacity: u32,
    /// Whether the entries are narrow enough for splits of the ascending kind.
    ascending: bool,
    /// Rows on a page of the table.
    heap_page: f64,
    pages: Vec<Vec<Run>>,
    /// The last page in key order.
    rightmost: usize,
    /// The page with the last row of each group.
    tail: Vec<Option<usize>>,
    /// The page of the table with the last row of each group.
    heap_tail: Vec<f64>,
    rows: f64,
    state: u64,
}

impl Leaves {
    /// No rows of so many groups; `run` selects the draws.
    fn new(capacity: u32, groups: usize, run: u32) -> Self {
        Self {
            capacity,
            ascending: true,
            heap_page: 1.0,
            pages: vec![Vec::new()],
            rightmost: 0,
            tail: vec![None; groups],
            heap_tail: vec![-1.0; groups],
            rows: 0.0,
            state: u64::from(run) + 1,
        }
    }

    /// So many rows of each group on pages filled one after the other.
    fn build(&mut self, at_start: f64) {
        let fill = (ASCENDING_FILL * f64::from(self.capacity)) as u32;
        let (mut used, at_start) = (0, libm::floor(at_start) as u32);
        for group in 0..self.tail.len() {
            let mut left = at_start;
            while left > 0 {
                if used == fill {
                    self.pages.push(Vec::new());
                    used = 0;
                }
                let rows = left.min(fill - used);
                self.rightmost = self.pages.len() - 1;
                self.pages[self.rightmost].push(Run { group, rows });
                self.tail[group] = Some(self.rightmost);
                (used, left) = (used + rows, left - rows);
            }
            self.rows += f64::from(at_start);
        }
    }

    fn insert_until(&mut self, rows: f64) {
        while self.rows < rows {
            let group = (self.uniform() * self.tail.len() as f64) as usize;
            self.insert(group);
            self.rows += 1.0;
        }
    }

    /// Fixed draws (`SplitMix64`): this is a mean of many splits, not a sample of the scenario's.
    fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The next row of a group: behind its last, or behind the group before it.
    fn insert(&mut self, group: usize) {
        let before = self.tail[..=group].iter().rev().find_map(|page| *page);
        let page = before.unwrap_or(0);
        self.tail[group] = Some(page);
        let runs = &mut self.pages[page];
        let at = runs.partition_point(|run| run.group <= group);
        let known = at.checked_sub(1).filter(|&i| runs[i].group == group);
        let at = known.unwrap_or(at);
        if known.is_none() {
            runs.insert(at, Run { group, rows: 0 });
        }
        runs[at].rows += 1;
        let heap_page = libm::floor(self.rows / self.heap_page);
        let adjacent = self.heap_tail[group] == heap_page;
        self.heap_tail[group] = heap_page;
        let count: u32 = runs.iter().map(|run| run.rows).sum();
        if count > self.capacity {
            let through: u32 = runs[..=at].iter().map(|run| run.rows).sum();
            let left = self.left_rows(page, group, count, through, adjacent);
            self.split(page, left);
        }
    }

    /// Rows that stay on the left when a page of `count` rows splits, the new one being row `through`,
    /// the last of its group on this page (`_bt_findsplitloc`, `_bt_afternewitemoff`).
    fn left_rows(
        &self,
        page: usize,
        group: usize,
        count: u32,
        through: u32,
        adjacent: bool,
    ) -> u32 {
        let runs = &self.pages[page];
        let not_first = runs.iter().any(|run| run.group == group && run.rows > 1);
        let ascending = self.ascending && not_first;
        let late = f64::from(through) > ASCENDING_FILL * f64::from(count);
        let at_end = ascending && (through == count || adjacent && late);
        if page == self.rightmost || at_end {
            return split_point(runs, count, ASCENDING_FILL);
        }
        if ascending && adjacent {
            return through;
        }
        split_point(runs, count, 0.5)
    }

    fn split(&mut self, page: usize, left_rows: u32) {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        let mut passed = 0;
        for run in &self.pages[page] {
            let on_left = run.rows.min(left_rows.saturating_sub(passed));
            passed += run.rows;
            if on_left > 0 {
                left.push(Run { rows: on_left, ..*run });
            }
            if on_left < run.rows {
                right.push(Run { rows: run.rows - on_left, ..*run });
            }
        }
        let new = self.pages.len();
        for run in &right {
            if self.tail[run.group] == Some(page) {
                self.tail[run.group] = Some(new);
            }
        }
        if page == self.rightmost {
            self.rightmost = new;
        }
        self.pages[page] = left;
        self.pages.push(right);
    }
}

/// Rows that stay on the left: between two groups if one ends near the wanted place.
fn split_point(runs: &[Run], count: u32, share: f64) -> u32 {
    let wanted = share * f64::from(count);
    let mut best: Option<u32> = None;
    let mut passed = 0;
    for run in &runs[..runs.len() - 1] {
        passed += run.rows;
        let distance = |rows: u32| (f64::from(rows) - wanted).abs();
        let near = distance(passed) <= TOLERANCE * f64::from(count);
        if near && best.is_none_or(|best| distance(passed) < distance(best)) {
            best = Some(passed);
        }
    }
    best.unwrap_or(libm::round(wanted) as u32).clamp(1, count - 1)
}
