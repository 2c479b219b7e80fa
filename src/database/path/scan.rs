//! The cost of reading a table: page by page, by an index, by bitmaps.

use crate::database::ask::{Ask, Index, Relation};
use crate::database::path::pages::{clamp_rows, divisor, fetched, log2, workers};
use crate::database::path::{Cost, IndexUse};
use crate::database::settings::Settings;

/// Cost of going through a page of an index, in operators (selfuncs.c,
/// `DEFAULT_PAGE_CPU_MULTIPLIER`).
const PAGE_OPERATORS: f64 = 50.0;

/// What costing one table needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Planner<'a> {
    pub relation: &'a Relation,
    pub ask: &'a Ask,
    pub settings: &'a Settings,
    /// Pages of all tables of the query.
    pub total_pages: f64,
}

/// A scan with its cost; the rows of one worker if it has workers.
#[derive(Debug, Clone, Copy)]
pub struct Costed {
    pub cost: Cost,
    pub rows: f64,
    pub workers: u32,
}

/// What one index contributes.
#[derive(Debug, Clone, Copy)]
pub struct Probe {
    /// Share of the table's rows its conditions let through.
    pub selectivity: f64,
    /// Cost of reading the index.
    pub cost: Cost,
    /// Pages of the index read by one scan.
    pub pages: f64,
    /// Correlation the planner assumes between the index and the heap.
    pub correlation: f64,
}

/// What the conditions on an index amount to.
#[derive(Debug, Clone, Copy)]
pub struct Lookup {
    /// Share of the table's rows inside the bounds.
    pub bounded: f64,
    /// Share that also passes what is tested on entries.
    pub passing: f64,
    /// Operators evaluated per entry.
    pub operators: f64,
    /// Descents: values of lists.
    pub scans: f64,
    /// Executions, for the inner side of a nested loop.
    pub loops: f64,
}

impl Planner<'_> {
    fn product(&self, conditions: &[usize]) -> f64 {
        let all = conditions.iter().filter_map(|id| self.ask.conditions.get(*id));
        all.map(|condition| condition.selectivity.clamp(0.0, 1.0)).product()
    }

    fn operators(&self, conditions: &[usize]) -> f64 {
        let all = conditions.iter().filter_map(|id| self.ask.conditions.get(*id));
        // A list is walked to its middle (costsize.c, `cost_qual_eval_walker`).
        all.map(|c| c.operators * if c.values > 1.0 { c.values * 0.5 } else { 1.0 }).sum()
    }

    fn all(&self) -> Vec<usize> {
        (0..self.ask.conditions.len()).collect()
    }

    /// Rows the planner expects to match.
    pub fn rows(&self) -> f64 {
        clamp_rows(self.relation.rows * self.product(&self.all()))
    }

    /// Page by page (costsize.c, `cost_seqscan`).
    pub fn sequential(&self, parallel: bool) -> Option<Costed> {
        let settings = self.settings;
        let count = if parallel { workers(self.relation.pages, None, settings) } else { 0 };
        if parallel && count == 0 {
            return None;
        }
        let per_row =
            settings.cpu_tuple_cost + settings.cpu_operator_cost * self.operators(&self.all());
        let share = if parallel { divisor(count) } else { 1.0 };
        let total =
            settings.seq_page_cost * self.relation.pages + per_row * self.relation.rows / share;
        Some(Costed {
            cost: Cost { startup: 0.0, total },
            rows: clamp_rows(self.rows() / share),
            workers: count,
        })
    }

    /// What the conditions served by an index amount to.
    pub fn lookup(&self, by: &IndexUse) -> Option<(&Index, Lookup)> {
        let index = self.relation.indexes.get(by.index)?;
        let within = (index.entries / self.relation.rows.max(1.0)).clamp(0.0, 1.0);
        let within = if index.partial.is_some() { within } else { 1.0 };
        let of = |ids: &[usize]| -> Vec<&crate::database::ask::Condition> {
            ids.iter().filter_map(|id| self.ask.conditions.get(*id)).collect()
        };
        let bounded = within * self.product(&by.bounds);
        let quals = of(&by.bounds).into_iter().chain(of(&by.tested));
        Some((
            index,
            Lookup {
                bounded,
                passing: bounded * self.product(&by.tested),
                operators: quals.map(|condition| condition.operators).sum(),
                scans: of(&by.bounds).iter().map(|c| c.values.max(1.0)).product(),
                loops: 1.0,
            },
        ))
    }

    /// Reading an index (selfuncs.c, `btcostestimate` and `genericcostestimate`).
    pub fn probe(&self, index: &Index, lookup: &Lookup, unique: bool) -> Probe {
        let settings = self.settings;
        let entries = index.entries.max(1.0);
        let asked = libm::rint(lookup.bounded * self.relation.rows / lookup.scans);
        let tuples = if unique { 1.0 } else { asked.min(entries).max(1.0) };
        let pages = if index.pages > 1.0 && entries > 1.0 {
            (tuples * index.pages / entries).ceil()
        } else {
            1.0
        };
        let descents = lookup.scans * lookup.loops;
        let reads = if descents > 1.0 {
            let all = pages * descents;
            fetched(all, index.pages, index.pages, self.total_pages, settings) / lookup.loops
        } else {
            pages
        };
        let per_entry =
            settings.cpu_index_tuple_cost + settings.cpu_operator_cost * lookup.operators;
        let search = log2(entries).ceil() * settings.cpu_operator_cost;
        let levels = f64::from(index.levels.max(1));
        let descent = search + levels * PAGE_OPERATORS * settings.cpu_operator_cost;
        let total = reads * settings.random_page_cost
            + tuples * lookup.scans * per_entry
            + lookup.scans * descent;
        // An index on several columns is trusted less (`btcostestimate`).
        let first = index.keys.first().and_then(|key| self.relation.columns.get(key.column));
        let trust = if index.keys.len() > 1 { 0.75 } else { 1.0 };
        Probe {
            selectivity: lookup.passing,
            cost: Cost { startup: descent, total },
            pages,
            correlation: first.map_or(0.0, |column| column.correlation * trust),
        }
    }

    /// Entry by entry with the rows of the heap (costsize.c, `cost_index`): between the cost for
    /// rows at random and that for rows side by side, by the square of the correlation.
    pub fn index(
        &self,
        index: &Index,
        lookup: &Lookup,
        left: &[usize],
        only: bool,
        parallel: bool,
    ) -> Option<Costed> {
        let settings = self.settings;
        let probe = self.probe(index, lookup, self.finds_one(index, lookup));
        let tuples = clamp_rows(probe.selectivity * self.relation.rows);
        let heap = self.relation.pages;
        let seen = if only { 1.0 - self.relation.visible.clamp(0.0, 1.0) } else { 1.0 };
        let at_random = |tuples: f64| {
            let pages = fetched(tuples, heap, index.pages, self.total_pages, settings);
            if only { (pages * seen).ceil() } else { pages }
        };
        let in_order = {
            let pages = (probe.selectivity * heap).ceil();
            if only { (pages * seen).ceil() } else { pages }
        };
        let random = settings.random_page_cost;
        let (most, least, pages) = if lookup.loops > 1.0 {
            let pages = at_random(tuples * lookup.loops);
            let best = at_random((probe.selectivity * heap).ceil() * lookup.loops);
            (pages * random / lookup.loops, best * random / lookup.loops, pages)
        } else {
            let pages = at_random(tuples);
            let rest = (in_order - 1.0).max(0.0) * settings.seq_page_cost;
            let best = if in_order > 0.0 { random + rest } else { 0.0 };
            (pages * random, best, pages)
        };
        let count = if parallel {
            workers(if only { f64::INFINITY } else { pages }, Some(probe.pages), settings)
        } else {
            0
        };
        if parallel && count == 0 {
            return None;
        }
        let share = if parallel { divisor(count) } else { 1.0 };
        let reading = most + probe.correlation * probe.correlation * (least - most);
        let per_row = settings.cpu_tuple_cost + settings.cpu_operator_cost * self.operators(left);
        Some(Costed {
            cost: Cost {
                startup: probe.cost.startup,
                total: probe.cost.total + reading + per_row * tuples / share,
            },
            rows: clamp_rows(self.rows() / share),
            workers: count,
        })
    }

    /// A unique index with an equality on each of its columns gives one entry.
    fn finds_one(&self, index: &Index, lookup: &Lookup) -> bool {
        index.unique && lookup.scans <= 1.0 && lookup.bounded * self.relation.rows <= 1.0
    }

    /// By the bitmaps of one or more indexes (costsize.c, `cost_bitmap_heap_scan`,
    /// `cost_bitmap_tree_node`, `cost_bitmap_and_node`): pages in order, each the cheaper the more
    /// of the table is read.
    pub fn bitmap(&self, uses: &[&IndexUse], parallel: bool) -> Option<Costed> {
        let settings = self.settings;
        let operator = settings.cpu_operator_cost;
        let rows = self.rows();
        let (mut startup, mut selectivity) = (0.0, 1.0);
        for (number, by) in uses.iter().enumerate() {
            let (index, lookup) = self.lookup(by)?;
            let probe = self.probe(index, &lookup, self.finds_one(index, &lookup));
            let and = if number > 0 { 100.0 * operator } else { 0.0 };
            startup += probe.cost.total + 0.1 * operator * rows + and;
            selectivity *= probe.selectivity;
        }
        let tuples = clamp_rows(selectivity * self.relation.rows);
        let heap = self.relation.pages.max(1.0);
        let spread = 2.0 * heap * tuples / (2.0 * heap + tuples);
        let pages = if spread >= heap { heap } else { spread.ceil() };
        let tuples = self.lossy(tuples, pages);
        let count = if parallel { workers(pages, None, settings) } else { 0 };
        if parallel && count == 0 {
            return None;
        }
        let share = if parallel { divisor(count) } else { 1.0 };
        let (random, sequential) = (settings.random_page_cost, settings.seq_page_cost);
        let each = if pages >= 2.0 {
            random - (random - sequential) * (pages / heap).sqrt()
        } else {
            random
        };
        let per_row = settings.cpu_tuple_cost + operator * self.operators(&self.all());
        Some(Costed {
            cost: Cost { startup, total: startup + pages * each + per_row * tuples / share },
            rows: clamp_rows(rows / share),
            workers: count,
        })
    }

    /// Rows tested if the bitmap does not fit into `work_mem` and keeps only pages for a part
    /// (costsize.c, `compute_bitmap_pages`; tidbitmap.c: 64 bytes a page).
    fn lossy(&self, tuples: f64, pages: f64) -> f64 {
        let entries = (self.settings.work_mem / 64.0).floor().max(16.0);
        if entries >= pages {
            return tuples;
        }
        let lossy = (pages - entries / 2.0).max(0.0) / pages;
        clamp_rows(tuples * (1.0 - lossy) + lossy * self.relation.rows)
    }
}
