//! On which page a row comes to lie: the page used last, one behind with enough room, or a new one.
//!
//! Source: PostgreSQL 15, `src/backend/access/heap/hio.c` (`RelationGetBufferForTuple`),
//! `src/backend/storage/freespace/{freespace,fsmpage}.c`. Where a row does not fit, what is left of the
//! page is recorded in the free space map, in steps of 32 bytes, and the map is asked for a page with
//! enough; its search goes on from the page found last and begins again behind the last page. One page
//! of the map covers 4,069 pages of the table, and what it knows of them is not passed on until a
//! vacuum, so older pages are not found.
//!
//! Holds for `insert`, row by row or from a query, and for `copy` into a table that was there before; a
//! table that is created and filled in one transaction (`create table as`, a restore) does without the
//! map.

use super::heap::{LINE_POINTER, PAGE, PAGE_HEADER};

/// Pages of the table that one page of the map covers (`LeafNodesPerPage`).
const COVERED: usize = 4_069;
/// Leaves of the tree over them.
const LEAVES: usize = 4_096;
/// Bytes of a step of the map (`FSM_CAT_STEP`).
const STEP: u32 = 32;
/// The highest step of a page that is not empty.
const STEPS_MAX: u32 = 254;
/// Bytes for rows on an empty page.
const EMPTY: u32 = (PAGE - PAGE_HEADER) as u32;
/// Bytes of a line pointer.
const POINTER: u32 = LINE_POINTER as u32;
/// Free bytes of a page that counts as empty, whatever should be kept free.
const NEARLY_EMPTY: u32 = 8_016;
/// Longest tuple.
const TUPLE_MAX: u32 = 8_160;

/// A table as it grows.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Bytes to be kept free on each page.
    kept_free: u32,
    pages: u64,
    /// Bytes free on the pages that the map covers, by their place in it.
    free: Vec<u32>,
    /// The page used last, by its place.
    target: Option<usize>,
    map: Map,
}

impl Placed {
    /// An empty table that keeps so many bytes free on its pages.
    pub fn new(kept_free: f64) -> Self {
        let kept_free = kept_free.clamp(0.0, PAGE) as u32;
        Self { kept_free, pages: 0, free: Vec::new(), target: None, map: Map::new() }
    }

    /// Pages of it.
    pub fn pages(&self) -> f64 {
        self.pages as f64
    }

    /// A tuple of so many bytes, a multiple of 8, without line pointer.
    pub fn put(&mut self, bytes: f64) {
        let bytes = (bytes.max(0.0) as u32).min(TUPLE_MAX);
        let needed = (bytes + self.kept_free).min(NEARLY_EMPTY.max(bytes));
        while let Some(page) = self.target {
            let room = self.free[page].saturating_sub(POINTER);
            if needed <= room {
                break;
            }
            self.map.record(page, (room / STEP).min(STEPS_MAX) as u8);
            self.target = self.map.search(needed.div_ceil(STEP).min(255) as u8);
        }
        let page = self.target.unwrap_or_else(|| self.extend());
        self.free[page] -= bytes + POINTER;
        self.target = Some(page);
    }

    /// So many tuples of equal bytes.
    pub fn put_all(&mut self, count: f64, bytes: f64) {
        let per_page = libm::floor(f64::from(EMPTY) / (bytes + LINE_POINTER)).max(1.0);
        let mut left = count;
        while left > 0.0 {
            let before = self.pages;
            self.put(bytes);
            left -= 1.0;
            if self.pages > before {
                // No page behind has room: the others fill pages alone.
                let whole = libm::floor(left / per_page);
                self.skip(whole, EMPTY - (per_page * (bytes + LINE_POINTER)) as u32);
                left -= whole * per_page;
            }
        }
    }

    /// So many pages more, each with so many bytes free; the page used last stays it.
    fn skip(&mut self, count: f64, free: u32) {
        self.pages += count as u64;
        let covered = self.free.len() as f64 + count;
        if covered <= COVERED as f64 {
            self.free.resize(covered as usize, free);
            return;
        }
        let here = self.target.map_or(EMPTY, |target| self.free[target]);
        self.free = vec![free; (covered % COVERED as f64) as usize];
        self.free.pop();
        self.map = Map::new();
        self.target = Some(self.free.len());
        self.free.push(here);
    }

    /// A new page.
    fn extend(&mut self) -> usize {
        if self.free.len() == COVERED {
            self.free.clear();
            self.map = Map::new();
        }
        self.pages += 1;
        self.free.push(EMPTY);
        self.free.len() - 1
    }
}

/// A page of the free space map: a tree whose nodes hold the most of what is below them.
#[derive(Clone, Debug)]
struct Map {
    /// The root is node 1, the leaves come last.
    nodes: Vec<u8>,
    /// Where the next search begins.
    next: usize,
}

impl Map {
    fn new() -> Self {
        Self { nodes: vec![0; 2 * LEAVES], next: 0 }
    }

    fn record(&mut self, page: usize, steps: u8) {
        let mut node = LEAVES + page;
        self.nodes[node] = steps;
        while node > 1 {
            node /= 2;
            let most = self.nodes[2 * node].max(self.nodes[2 * node + 1]);
            if self.nodes[node] == most {
                break;
            }
            self.nodes[node] = most;
        }
    }

    /// The first page with so many steps, from the one behind the page found last (`fsm_search_avail`).
    fn search(&mut self, steps: u8) -> Option<usize> {
        if self.nodes[1] < steps {
            return None;
        }
        let mut node = LEAVES + if self.next < COVERED { self.next } else { 0 };
        while self.nodes[node] < steps {
            // To the right, around at the end of the level, and up.
            let right = node + 1;
            node = if right.is_power_of_two() { right / 2 } else { right } / 2;
        }
        while node < LEAVES {
            node *= 2;
            if self.nodes[node] < steps {
                node += 1;
            }
        }
        self.next = node - LEAVES + 1;
        Some(node - LEAVES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The map against a search page by page, from the page behind the last found and around.
    #[test]
    fn the_map_finds_the_next_page_with_room() {
        let (mut map, mut plain, mut next, mut state) = (Map::new(), vec![0_u8; COVERED], 0, 5_u64);
        let mut draw = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..20_000 {
            let (page, steps) = (draw(COVERED as u64) as usize, draw(255) as u8);
            map.record(page, steps);
            plain[page] = steps;
            let wanted = draw(256) as u8;
            let found = (next..COVERED).chain(0..next).find(|page| plain[*page] >= wanted);
            assert_eq!(map.search(wanted), found, "{wanted} from {next}");
            if let Some(page) = found {
                plain[page] = 0;
                map.record(page, 0);
                next = (page + 1) % COVERED;
            }
        }
    }

    /// Equal tuples fill page after page; small ones go where large ones did not fit.
    #[test]
    fn rows_fill_what_is_left() {
        let mut table = Placed::new(0.0);
        table.put_all(4_100.0, 2_032.0);
        assert_eq!(table.pages(), 1_025.0);
        let mut table = Placed::new(0.0);
        for _ in 0..100 {
            table.put(5_000.0);
        }
        for _ in 0..300 {
            table.put(1_000.0);
        }
        assert_eq!(table.pages(), 100.0);
        // One by one and all at once.
        let (mut one, mut all) = (Placed::new(0.0), Placed::new(0.0));
        for rest in [400.0, 1_504.0, 800.0].iter().cycle().take(30) {
            for _ in 0..5_003 {
                one.put(2_032.0);
            }
            one.put(*rest);
            all.put_all(5_003.0, 2_032.0);
            all.put(*rest);
        }
        assert_eq!(one.pages(), all.pages());
    }
}
