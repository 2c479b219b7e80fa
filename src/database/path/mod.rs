//! The ways to answer a query, as PostgreSQL's planner generates and costs them, and its choice.

pub(in crate::database) mod above;
mod join;
mod pages;
mod scan;
#[cfg(test)]
mod tests;
mod usable;

use crate::database::ask::{Ask, Relation};
use crate::database::settings::Settings;

use scan::{Costed, Planner};
use usable::{Usable, usable};

/// The planner's cost, in its own unit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cost {
    /// Until the first row.
    pub startup: f64,
    /// Until the last.
    pub total: f64,
}

/// How one index is used.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexUse {
    /// The index.
    pub index: usize,
    /// Conditions that bound the part of the index that is read: equalities on the leading columns,
    /// then at most one range; numbers into [`Ask::conditions`].
    pub bounds: Vec<usize>,
    /// Conditions tested on the entries of that part, before the heap is looked at.
    pub tested: Vec<usize>,
    /// From the end to the begin.
    pub backward: bool,
}

/// How the first table is read.
#[derive(Debug, Clone, PartialEq)]
pub enum Scan {
    /// Page by page.
    Sequential,
    /// Entry by entry, each with its row in the heap.
    Index(IndexUse),
    /// Entry by entry; the heap only where visibility is unknown.
    IndexOnly(IndexUse),
    /// The rows of one index, or those common to several, in the order of the heap.
    Bitmap(Vec<IndexUse>),
}

/// How a sort works, from what the planner knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// In memory.
    Quick,
    /// Only the first rows are kept, in a heap.
    Top,
    /// Runs on disk, merged.
    External,
}

/// How the second table is joined.
#[derive(Debug, Clone, PartialEq)]
pub enum JoinBy {
    /// For each row of the first, a look-up in the second by this index.
    NestedLoop {
        /// Index of the inner table.
        index: usize,
    },
    /// The second table is read whole into a hash table.
    HashInner,
    /// The rows of the first go into a hash table, the second is read whole.
    HashOuter,
}

/// A complete way to answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// How the first table is read.
    pub scan: Scan,
    /// Parallel workers besides the query's own process.
    pub workers: u32,
    /// How the second is joined.
    pub join: Option<JoinBy>,
    /// The sort, if the order does not come by itself.
    pub sort: Option<Sort>,
    /// The planner's cost.
    pub cost: Cost,
    /// Rows the planner expects of the scan.
    pub scanned: f64,
    /// Rows the planner expects to return.
    pub rows: f64,
}

/// All ways the planner weighs, the one it takes (least total cost) first. Never empty.
///
/// Of two ways within 1 % of each other PostgreSQL keeps the one with the lower start (pathnode.c,
/// `compare_path_costs_fuzzily`); here the lower total always wins. Incremental sorts, sorted groups,
/// merge joins and BRIN, GIN, hash indexes are not weighed.
pub fn alternatives(relation: &Relation, ask: &Ask, settings: &Settings) -> Vec<Path> {
    let joined = ask.join.as_ref().map_or(0.0, |join| join.inner.pages);
    let planner =
        Planner { relation, ask, settings, total_pages: relation.pages * ask.parts() + joined };
    let mut all = Vec::new();
    for parallel in [false, true] {
        for (scan, ordered, costed) in scans(&planner, parallel) {
            finish(&planner, &scan, ordered, costed, &mut all);
        }
    }
    all.sort_by(|a: &Path, b| a.cost.total.total_cmp(&b.cost.total));
    all
}

/// The ways to read the first table, each with whether it gives the order asked for.
fn scans(planner: &Planner<'_>, parallel: bool) -> Vec<(Scan, bool, Costed)> {
    let ask = planner.ask;
    let unordered = ask.order_by.is_empty() || ask.aggregate.is_some();
    let mut all = Vec::new();
    if let Some(costed) = planner.sequential(parallel) {
        all.push((Scan::Sequential, unordered, costed));
    }
    let indexes = 0..planner.relation.indexes.len();
    let usable: Vec<Usable> = indexes.filter_map(|id| usable(planner.relation, ask, id)).collect();
    for one in &usable {
        let Some((index, lookup)) = planner.lookup(&one.by) else { continue };
        if let Some(costed) = planner.index(index, &lookup, &one.left, one.covers, parallel) {
            let by = one.by.clone();
            let scan = if one.covers { Scan::IndexOnly(by) } else { Scan::Index(by) };
            all.push((scan, one.ordered, costed));
        }
    }
    for uses in bitmaps(&usable) {
        if let Some(costed) = planner.bitmap(&uses, parallel) {
            let uses =
                uses.into_iter().map(|by| IndexUse { backward: false, ..by.clone() }).collect();
            all.push((Scan::Bitmap(uses), unordered, costed));
        }
    }
    all
}

/// The bitmaps worth a thought: of each index with conditions, and of each two indexes with
/// different ones (indxpath.c, `choose_bitmap_and`, which also tries more than two).
fn bitmaps(usable: &[Usable]) -> Vec<Vec<&IndexUse>> {
    let conditions = |by: &IndexUse| [by.bounds.clone(), by.tested.clone()].concat();
    let mut all = Vec::new();
    for (number, one) in usable.iter().enumerate() {
        if !one.selects {
            continue;
        }
        all.push(vec![&one.by]);
        let own = conditions(&one.by);
        for other in &usable[number + 1..] {
            let theirs = conditions(&other.by);
            let apart = theirs.iter().all(|condition| !own.contains(condition));
            if apart && !own.is_empty() && !theirs.is_empty() {
                all.push(vec![&one.by, &other.by]);
            }
        }
    }
    all
}

/// Puts on a scan what the query asks for: partitions, join, aggregate, sort, workers, limit.
fn finish(
    planner: &Planner<'_>,
    scan: &Scan,
    ordered: bool,
    mut costed: Costed,
    all: &mut Vec<Path>,
) {
    let (ask, settings) = (planner.ask, planner.settings);
    let parts = ask.parts();
    costed.rows *= parts;
    let merge = ordered && !ask.order_by.is_empty() && ask.aggregate.is_none();
    costed.cost = above::append(costed.cost, costed.rows, parts, merge, settings);
    let share = if costed.workers > 0 { pages::divisor(costed.workers) } else { 1.0 };
    let scanned = costed.rows * share;
    let bytes = above::carried(planner.relation, ask);
    let Some(join) = &ask.join else {
        all.push(top(planner, scan, (None, ordered), costed, scanned));
        return;
    };
    for way in join::joins(planner, join, &costed, bytes) {
        // A hash join that spills loses the order of its rows; the planner never relies on it.
        let kept = ordered && matches!(way.by, JoinBy::NestedLoop { .. })
            || ask.order_by.is_empty()
            || ask.aggregate.is_some();
        let costed = Costed { cost: way.cost, rows: way.rows, ..costed };
        all.push(top(planner, scan, (Some(way.by), kept), costed, scanned));
    }
}

/// Aggregate, sort, gathering and limit over rows that have their order, or not.
fn top(
    planner: &Planner<'_>,
    scan: &Scan,
    (join, ordered): (Option<JoinBy>, bool),
    below: Costed,
    scanned: f64,
) -> Path {
    let (ask, settings) = (planner.ask, planner.settings);
    let (mut cost, mut rows) = (below.cost, below.rows);
    let workers = below.workers;
    let bytes = above::row_bytes(above::carried(planner.relation, ask));
    let mut kind = None;
    let wants_order = !ask.order_by.is_empty();
    if let Some(by) = &ask.aggregate {
        (cost, rows) = above::aggregate(cost, rows, by, settings);
        if workers > 0 {
            let partial = rows * f64::from(workers);
            cost = above::gather(cost, partial, workers, false, settings);
            (cost, rows) = above::aggregate(cost, partial, by, settings);
        }
    }
    let mut sorted = |cost: Cost, rows: f64| {
        let sorting = above::Sorting { rows, bytes, wanted: ask.wanted() };
        kind = Some(sorting.kind(settings));
        above::sort(cost, &sorting, settings)
    };
    let grouped = ask.aggregate.as_ref().is_some_and(|by| !by.by.is_empty());
    if wants_order && (grouped || ask.aggregate.is_none() && !ordered) {
        cost = sorted(cost, rows);
    }
    if workers > 0 && ask.aggregate.is_none() {
        // The planner's count of gathered rows is that of the whole relation.
        rows *= pages::divisor(workers);
        cost = above::gather(cost, rows, workers, wants_order, settings);
    }
    if ask.limit.is_some() || ask.offset > 0.0 {
        (cost, rows) = above::limit(cost, rows, ask);
    }
    Path { scan: scan.clone(), workers, join, sort: kind, cost, scanned, rows }
}
