//! What stands above a scan: partitions, sort, aggregate, gathering workers, limit.

use crate::database::ask::{Aggregate, Ask, Relation};
use crate::database::path::pages::{clamp_rows, log2};
use crate::database::path::{Cost, Sort};
use crate::database::settings::{PAGE, Settings};

/// Bytes of a row in a sort or hash table: data and header, aligned (costsize.c,
/// `relation_byte_size`).
pub fn row_bytes(width: f64) -> f64 {
    (width / 8.0).ceil() * 8.0 + 24.0
}

/// Bytes of the columns a way carries.
pub fn carried(relation: &Relation, ask: &Ask) -> f64 {
    let inner = ask.join.iter().map(|join| join.inner.width(join.needed.iter().copied()));
    relation.width(ask.columns([])) + inner.sum::<f64>()
}

/// How many rows go how into a sort (tuplesort.c).
#[derive(Debug, Clone, Copy)]
pub struct Sorting {
    /// Rows in.
    pub rows: f64,
    /// Bytes of one.
    pub bytes: f64,
    /// Rows wanted.
    pub wanted: Option<f64>,
}

impl Sorting {
    /// Which way it takes: runs on disk if what is kept exceeds `work_mem`, a heap of the first rows
    /// if they are less than half, else quicksort (costsize.c, `cost_tuplesort`).
    pub fn kind(&self, settings: &Settings) -> Sort {
        let kept = self.wanted.map_or(self.rows, |wanted| wanted.min(self.rows)).max(1.0);
        if kept * self.bytes > settings.work_mem {
            Sort::External
        } else if self.rows > 2.0 * kept || self.rows * self.bytes > settings.work_mem {
            Sort::Top
        } else {
            Sort::Quick
        }
    }

    /// Passes of the merge of an external sort (tuplesort.c, `tuplesort_merge_order`: 272 KiB a
    /// tape).
    pub fn passes(&self, settings: &Settings) -> f64 {
        let runs = self.rows * self.bytes / settings.work_mem;
        let order = (settings.work_mem / (PAGE * 34.0)).floor().clamp(6.0, 500.0);
        if runs > order { (libm::log(runs) / libm::log(order)).ceil() } else { 1.0 }
    }
}

/// The cost of a sort on top of `input` (costsize.c, `cost_tuplesort`).
pub fn sort(input: Cost, sorting: &Sorting, settings: &Settings) -> Cost {
    let compare = 2.0 * settings.cpu_operator_cost;
    let rows = sorting.rows.max(2.0);
    let kept = sorting.wanted.map_or(rows, |wanted| wanted.min(rows)).max(1.0);
    let work = match sorting.kind(settings) {
        Sort::Quick => compare * rows * log2(rows),
        Sort::Top => compare * rows * log2(2.0 * kept),
        Sort::External => {
            let pages = (rows * sorting.bytes / PAGE).ceil();
            let accesses = 2.0 * pages * sorting.passes(settings);
            let each = 0.75 * settings.seq_page_cost + 0.25 * settings.random_page_cost;
            compare * rows * log2(rows) + accesses * each
        }
    };
    let startup = input.total + work;
    Cost { startup, total: startup + settings.cpu_operator_cost * rows }
}

/// All partitions one after the other, merged if an order has to be kept (costsize.c,
/// `cost_append`, `cost_merge_append`).
pub fn append(one: Cost, rows: f64, parts: f64, merge: bool, settings: &Settings) -> Cost {
    if parts <= 1.0 {
        return one;
    }
    let pass = 0.5 * settings.cpu_tuple_cost * rows;
    if !merge {
        return Cost { startup: one.startup, total: one.total * parts + pass };
    }
    let compare = 2.0 * settings.cpu_operator_cost * log2(parts);
    Cost {
        startup: one.startup * parts + compare * parts,
        total: one.total * parts + compare * parts + rows * compare + pass,
    }
}

/// An aggregate, by a hash table if it has groups (costsize.c, `cost_agg`; spilling left out).
pub fn aggregate(input: Cost, rows: f64, by: &Aggregate, settings: &Settings) -> (Cost, f64) {
    let calls = by.columns.len().max(1) as f64 + by.by.len() as f64;
    let startup = input.total + settings.cpu_operator_cost * calls * rows;
    let groups = if by.by.is_empty() { 1.0 } else { clamp_rows(by.groups.min(rows)) };
    (Cost { startup, total: startup + settings.cpu_tuple_cost * groups }, groups)
}

/// Gathering the rows of the workers, in order if they have one (costsize.c, `cost_gather`,
/// `cost_gather_merge`).
pub fn gather(input: Cost, rows: f64, workers: u32, merge: bool, settings: &Settings) -> Cost {
    let setup = settings.parallel_setup_cost;
    if !merge {
        return Cost {
            startup: input.startup + setup,
            total: input.total + setup + settings.parallel_tuple_cost * rows,
        };
    }
    let sources = f64::from(workers) + 1.0;
    let compare = 2.0 * settings.cpu_operator_cost * log2(sources);
    let build = compare * sources + setup;
    let each = compare + settings.cpu_operator_cost + 1.05 * settings.parallel_tuple_cost;
    Cost { startup: input.startup + build, total: input.total + build + rows * each }
}

/// Stopping after `limit` rows beyond `offset`: the share of the cost in between, as if matches were
/// spread evenly over the way (pathnode.c, `adjust_limit_rows_costs`).
pub fn limit(input: Cost, rows: f64, ask: &Ask) -> (Cost, f64) {
    let per_row = (input.total - input.startup) / rows.max(1.0);
    let skipped = ask.offset.max(0.0).min(rows);
    let left = rows - skipped;
    let taken = ask.limit.map_or(left, |limit| limit.max(0.0).min(left));
    let startup = input.startup + per_row * skipped;
    (Cost { startup, total: startup + per_row * taken }, clamp_rows(taken))
}
