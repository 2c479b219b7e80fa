//! The work of each part of a way: scans, joins, sorts, aggregates, the result.

use crate::database::ask::{Aggregate, Ask, Index, Join, Relation, Test};
use crate::database::effort::truth::{Truth, answered, distinct};
use crate::database::effort::{Effort, Place, Touched};
use crate::database::path::above::{Sorting, carried, row_bytes};
use crate::database::path::{IndexUse, JoinBy, Path, Scan, Sort};
use crate::database::settings::{Constants, PAGE, Settings};

/// Bytes of the processor's cache that fetching one row takes: eight lines, of the row, its page's
/// header and line pointer, the buffer's descriptor and its entry in the table of buffers.
const ROW_LINES: f64 = 512.0;

/// What is needed to time a way.
#[derive(Debug, Clone, Copy)]
pub struct Timer<'a> {
    pub relation: &'a Relation,
    pub ask: &'a Ask,
    pub path: &'a Path,
    pub truth: Truth<'a>,
    pub settings: &'a Settings,
    pub costs: &'a Constants,
}

/// Heap pages an index scan touches, and how it goes from one to the next.
struct Heap {
    pages: f64,
    region: f64,
    switches: f64,
    order: f64,
}

impl Heap {
    /// Notes the pages.
    fn touch(&self, effort: &mut Effort) {
        if self.pages <= 0.0 {
            return;
        }
        // In the order of the heap neighbors are read in one go: the runs of a random choice.
        let runs = self.pages * (1.0 - self.pages / self.region.max(1.0)) + 1.0;
        let reads = self.pages * (1.0 - self.order) + runs.min(self.pages) * self.order;
        effort.touched.push(Touched { place: Place::Heap, pages: self.pages, reads });
    }
}

impl Timer<'_> {
    /// Share of random accesses that miss the processor's cache if they go over so many bytes.
    fn cold(&self, bytes: f64) -> f64 {
        (1.0 - self.costs.processor_cache / bytes.max(1.0)).clamp(0.0, 1.0)
    }

    /// Bytes that executions of this query come back to: the table with the index, or if each touches
    /// the same rows, these.
    fn set(&self, pages: f64, rows: f64, leaves: f64, index: f64) -> f64 {
        if self.truth.repeats() {
            (pages * PAGE).min(rows * ROW_LINES) + leaves * PAGE
        } else {
            self.truth.heap_bytes() + index * PAGE
        }
    }

    /// Share of a pass over so many bytes in order that misses: nothing is left of the pass before
    /// if it is twice the cache.
    fn cold_stream(&self, bytes: f64) -> f64 {
        (bytes / self.costs.processor_cache.max(1.0) - 1.0).clamp(0.0, 1.0)
    }

    /// Going to so many pages out of order.
    fn pages(&self, pages: f64, cold: f64) -> f64 {
        pages * (self.costs.page + cold * (self.costs.page_cold - self.costs.page))
    }

    /// So many descents of an index.
    fn descents(&self, descents: f64, index: &Index, cold: f64) -> f64 {
        let levels = f64::from(index.levels.max(1));
        let costs = self.costs;
        descents * (costs.probe + costs.level * levels + cold * costs.leaf_cold)
    }

    /// Tests conditions on `rows` rows of the table.
    fn filter(&self, effort: &mut Effort, rows: f64, conditions: &[usize]) {
        effort.cpu += self.conditions(rows, conditions);
        self.read_compared(effort, rows, conditions);
    }

    /// The conditions on `rows` rows, one after the other as long as they hold.
    fn conditions(&self, rows: f64, conditions: &[usize]) -> f64 {
        let (mut left, mut cpu) = (rows, 0.0);
        for id in conditions {
            let Some(condition) = self.ask.conditions.get(*id) else { continue };
            let each = match condition.test {
                Test::Opaque => self.costs.function,
                Test::Equals | Test::Range => self.costs.operator,
            };
            cpu += left * each * condition.operators.max(1.0) * (condition.values * 0.5).max(1.0);
            left *= self.truth.share(*id);
        }
        cpu
    }

    /// Reads the first table; returns the rows that go on.
    pub fn scan(&self, effort: &mut Effort) -> f64 {
        match &self.path.scan {
            Scan::Sequential => self.sequential(effort),
            Scan::Index(by) => self.index(effort, by, false),
            Scan::IndexOnly(by) => self.index(effort, by, true),
            Scan::Bitmap(uses) => self.bitmap(effort, uses),
        }
    }

    fn sequential(&self, effort: &mut Effort) -> f64 {
        let (truth, costs) = (&self.truth, self.costs);
        let all: Vec<usize> = (0..self.ask.conditions.len()).collect();
        let way = truth.way(self.path, &all, 1.0);
        let rows = truth.rows() * way;
        let bytes = truth.heap_bytes() * way;
        let data =
            if self.ask.columns(all.iter().copied()).is_empty() { 0.0 } else { costs.stream_data };
        let stream = bytes / PAGE * self.cold_stream(bytes) * (costs.stream_header + data);
        effort.cpu += costs.scan_start * self.ask.parts() + rows * costs.tuple + stream;
        self.filter(effort, rows, &all);
        effort.scanned.push((Place::Heap, bytes));
        effort.examined += rows;
        self.stopped(truth.matches(), way)
    }

    /// Rows that go on after a part of the way: all, or those wanted.
    fn stopped(&self, rows: f64, way: f64) -> f64 {
        let per_row = self.ask.join.as_ref().map_or(1.0, |join| join.per_row).max(1e-9);
        match self.ask.wanted() {
            Some(wanted) if way < 1.0 => rows.min(wanted / per_row),
            _ => rows,
        }
    }

    fn index(&self, effort: &mut Effort, by: &IndexUse, only: bool) -> f64 {
        let Some(index) = self.relation.indexes.get(by.index) else { return 0.0 };
        let (truth, costs) = (&self.truth, self.costs);
        let entries = truth.entries(index, by);
        let answered = answered(index, by);
        let left: Vec<usize> =
            (0..self.ask.conditions.len()).filter(|id| !answered.contains(id)).collect();
        let filters: Vec<usize> = left.iter().chain(&by.tested).copied().collect();
        let order = truth.order(index, by);
        let way = truth.way(self.path, &filters, order);
        let (scanned, passing) = (entries.scanned * way, entries.passing * way);
        let fetched = if only { passing * (1.0 - self.relation.visible) } else { passing };
        let heap = self.heap(&answered, order, way, fetched);
        let leaves = self.leaves(effort, by.index, index, scanned, entries.descents);
        let set = self.set(heap.pages, fetched, leaves, index.pages * self.ask.parts());
        let cold = self.cold(set);
        let beyond = (leaves - entries.descents).max(0.0);
        effort.cpu += costs.scan_start * self.ask.parts()
            + self.descents(entries.descents, index, cold)
            + self.pages(beyond, cold)
            + scanned * costs.index_tuple
            + self.conditions(scanned, &by.tested);
        if only {
            effort.cpu += passing * costs.visibility;
        }
        let rows = fetched / truth.per_page();
        let stream = rows * cold * (costs.stream_header + costs.stream_data);
        effort.cpu += fetched * costs.heap_fetch + self.pages(heap.switches, cold) + stream;
        self.filter(effort, passing, &left);
        heap.touch(effort);
        effort.examined += scanned;
        self.stopped(truth.matches(), way)
    }

    /// The heap pages of rows fetched in the order of an index.
    fn heap(&self, answered: &[usize], order: f64, way: f64, rows: f64) -> Heap {
        let all = self.relation.pages * self.ask.parts();
        let follows = order * order;
        let reached = all * (1.0 - follows * (1.0 - way)) + 1.0;
        let region = self.truth.region(answered).min(reached).min(all);
        let pages = distinct(region, rows);
        Heap { pages, region, switches: rows * (1.0 - follows) + pages * follows, order: follows }
    }

    /// Notes the leaves touched, and returns them.
    fn leaves(
        &self,
        effort: &mut Effort,
        id: usize,
        index: &Index,
        scanned: f64,
        descents: f64,
    ) -> f64 {
        let per_leaf = (index.entries / index.leaf_pages.max(1.0)).max(1.0);
        let leaves =
            (descents + scanned / per_leaf).min(index.leaf_pages.max(1.0) * self.ask.parts());
        let reads = descents.min(leaves);
        effort.touched.push(Touched { place: Place::Index(id), pages: leaves, reads });
        leaves
    }

    fn bitmap(&self, effort: &mut Effort, uses: &[IndexUse]) -> f64 {
        let (truth, costs) = (&self.truth, self.costs);
        let parts = self.ask.parts();
        let (mut served, mut leaves, mut pages) = (Vec::new(), 0.0, 0.0);
        let mut probes = Vec::new();
        let mut rows = f64::INFINITY;
        for by in uses {
            let Some(index) = self.relation.indexes.get(by.index) else { continue };
            let entries = truth.entries(index, by);
            leaves += self.leaves(effort, by.index, index, entries.scanned, entries.descents);
            pages += index.pages * parts;
            served.extend(answered(index, by));
            rows = rows.min(entries.passing);
            probes.push((index, entries));
        }
        served.sort_unstable();
        served.dedup();
        if served.len() == self.ask.conditions.len() {
            rows = truth.matches();
        } else if uses.len() > 1 {
            rows = truth.rows() * truth.shares(&served);
        }
        let left: Vec<usize> =
            (0..self.ask.conditions.len()).filter(|id| !served.contains(id)).collect();
        let way = truth.way(self.path, &left, 1.0);
        let rows = rows * way;
        let heap = self.heap(&served, 1.0, way, rows);
        let cold = self.cold(self.set(heap.pages, rows, leaves, pages));
        for (index, entries) in probes {
            effort.cpu += costs.scan_start * parts
                + self.descents(entries.descents, index, cold)
                + entries.scanned * (costs.index_tuple + costs.bitmap_tuple);
            effort.examined += entries.scanned;
        }
        let stream = rows / truth.per_page() * cold * (costs.stream_header + costs.stream_data);
        effort.cpu += costs.scan_start * parts
            + heap.pages * costs.bitmap_page
            + self.pages(heap.pages, cold)
            + rows * costs.tuple
            + stream;
        self.filter(effort, rows, &left);
        heap.touch(effort);
        self.stopped(truth.matches(), way)
    }

    /// Joins the second table to `outer` rows; returns the rows that come out.
    pub fn join(&self, effort: &mut Effort, join: &Join, outer: f64) -> f64 {
        let costs = self.costs;
        let inner = &join.inner;
        let out = outer * join.per_row;
        if let Some(JoinBy::NestedLoop { index: id }) = &self.path.join {
            let Some(index) = inner.indexes.get(*id) else { return out };
            let held = |column: &usize| {
                index.include.contains(column) || index.keys.iter().any(|k| k.column == *column)
            };
            let seen = if join.needed.iter().all(held) { 1.0 - inner.visible } else { 1.0 };
            let pages = distinct(inner.pages, out * seen);
            let leaves = distinct(index.leaf_pages, outer);
            // The same rows of the first table lead to the same rows of the second.
            let set = if self.truth.repeats() {
                (pages * PAGE).min(out * ROW_LINES) + leaves * PAGE
            } else {
                (inner.pages + index.pages) * PAGE
            };
            let cold = self.cold(set);
            effort.cpu += costs.scan_start
                + self.descents(outer, index, cold)
                + out * (costs.index_tuple + seen * costs.heap_fetch)
                + self.pages(out * seen, cold);
            let place = Place::InnerIndex(*id);
            effort.touched.push(Touched { place, pages: leaves, reads: leaves });
            effort.touched.push(Touched { place: Place::InnerHeap, pages, reads: pages });
            effort.examined += out;
            return out;
        }
        let stream = inner.pages * self.cold_stream(inner.bytes());
        let own = row_bytes(carried(self.relation, self.ask));
        let theirs = row_bytes(inner.width(join.needed.iter().copied()));
        let (build, probe) = match &self.path.join {
            Some(JoinBy::HashOuter) => (outer * own, inner.rows * theirs),
            _ => (inner.rows * theirs, outer * own),
        };
        // Beyond its memory the join puts both tables into files by parts (nodeHash.c).
        if build > self.settings.work_mem * self.settings.hash_mem_multiplier {
            effort.spilled += build + probe;
        }
        effort.cpu += costs.scan_start
            + inner.rows * (costs.tuple + costs.operator)
            + outer * costs.operator
            + (inner.rows + outer) * self.hash(build)
            + stream * (costs.stream_header + costs.stream_data);
        effort.scanned.push((Place::InnerHeap, inner.bytes()));
        effort.examined += inner.rows;
        out
    }

    /// One row put into or looked up in a hash table of so many bytes.
    fn hash(&self, bytes: f64) -> f64 {
        self.costs.hash + self.cold(bytes) * self.costs.hash_cold
    }

    /// Aggregates `rows` rows; returns the groups.
    pub fn aggregate(&self, effort: &mut Effort, by: &Aggregate, rows: f64) -> f64 {
        let costs = self.costs;
        let columns = by.columns.len() as f64;
        let calls = columns * costs.operator + columns.max(1.0) * costs.count;
        let grouped = by.by.len() as f64 * costs.operator;
        let table = by.groups * row_bytes(self.relation.width(by.by.iter().copied()));
        let hashed = if by.by.is_empty() { 0.0 } else { self.hash(table) };
        effort.cpu += rows * (calls + grouped + hashed);
        if by.by.is_empty() { 1.0 } else { by.groups.min(rows).max(0.0) }
    }

    /// Sorts `rows` rows; returns those kept.
    pub fn sort(&self, effort: &mut Effort, rows: f64) -> f64 {
        let costs = self.costs;
        let bytes = row_bytes(carried(self.relation, self.ask));
        let sorting = Sorting { rows, bytes, wanted: self.ask.wanted() };
        let long = self.ask.order_by.iter().any(|key| self.relation.width([key.column]) > 8.0);
        let compare = if long { costs.compare_long } else { costs.compare };
        let log = |n: f64| if n > 1.0 { libm::log2(n) } else { 0.0 };
        let kept = self.ask.wanted().map_or(rows, |wanted| wanted.min(rows));
        self.read_ordered(effort, rows);
        match sorting.kind(self.settings) {
            Sort::Quick => effort.cpu += rows * (costs.operator + compare * log(rows)),
            Sort::Top => {
                // A row enters the first k of n with probability k/i as the i-th.
                let enter = kept * (1.0 + libm::log((rows / kept.max(1.0)).max(1.0)));
                effort.cpu += rows * (costs.operator + costs.bounded + compare);
                effort.cpu += enter * compare * 2.0 * log(kept);
            }
            Sort::External => {
                effort.cpu += rows * (costs.operator + compare * log(rows));
                effort.spilled += rows * bytes * sorting.passes(self.settings);
            }
        }
        kept
    }

    /// Sends what is left of `rows` rows after offset and limit.
    pub fn result(&self, effort: &mut Effort, rows: f64) {
        let rest = (rows - self.ask.offset.max(0.0)).max(0.0);
        effort.rows = self.ask.limit.map_or(rest, |limit| rest.min(limit.max(0.0)));
        self.read_returned(effort);
        let sent = |relation: &Relation, columns: &[usize]| -> f64 {
            let columns = columns.iter().filter_map(|id| relation.columns.get(*id));
            columns.map(|column| 4.0 + column.sent).sum()
        };
        // A message's type, length and number of columns, then for each column its length.
        let row = 7.0
            + if let Some(by) = &self.ask.aggregate {
                12.0 * by.columns.len().max(1) as f64 + sent(self.relation, &by.by)
            } else {
                let joined = self.ask.join.iter().map(|j| sent(&j.inner, &j.needed));
                sent(self.relation, &self.ask.needed) + joined.sum::<f64>()
            };
        effort.bytes = effort.rows * row;
        let flushes = (effort.bytes / PAGE - 2.0).max(0.0);
        effort.cpu += effort.bytes * self.costs.sent_byte + flushes * self.costs.flush;
    }
}
