//! The cost of joining a second table by equality: nested loop over an index, hash join. A merge
//! join, and a loop over a whole table, are not weighed.

use crate::database::ask::{Ask, Join};
use crate::database::path::above::row_bytes;
use crate::database::path::pages::clamp_rows;
use crate::database::path::scan::{Costed, Lookup, Planner};
use crate::database::path::{Cost, JoinBy};
use crate::database::settings::{PAGE, Settings};

/// One way to join, with the rows that come out.
#[derive(Debug, Clone)]
pub struct Joined {
    pub by: JoinBy,
    pub cost: Cost,
    pub rows: f64,
}

/// All ways to join `join.inner` to the rows of `outer`, whose rows are `bytes` wide.
pub fn joins(planner: &Planner<'_>, join: &Join, outer: &Costed, bytes: f64) -> Vec<Joined> {
    // The planner's estimate (selfuncs.c, `eqjoinsel_inner`) is taken to be right: as many rows of the
    // inner relation for each of the outer one as there are.
    let selectivity = (join.per_row / join.inner.rows.max(1.0)).min(1.0);
    let rows = clamp_rows(outer.rows * join.inner.rows * selectivity);
    let ask = Ask { needed: join.needed.clone(), partitions: 1.0, ..Ask::default() };
    let inner = Planner {
        relation: &join.inner,
        ask: &ask,
        settings: planner.settings,
        total_pages: planner.total_pages,
    };
    let mut all: Vec<Joined> = (0..join.inner.indexes.len())
        .filter_map(|id| nested(&inner, join, id, outer, selectivity, rows))
        .collect();
    all.extend(hashed(&inner, join, outer, bytes, rows));
    all
}

/// A nested loop: the index is probed once for each row (costsize.c, `final_cost_nestloop`).
fn nested(
    inner: &Planner<'_>,
    join: &Join,
    id: usize,
    outer: &Costed,
    selectivity: f64,
    rows: f64,
) -> Option<Joined> {
    let index = &join.inner.indexes[id];
    let serves = index.partial.as_ref().is_none_or(|partial| partial.implied);
    if !serves || index.keys.first()?.column != join.column {
        return None;
    }
    let lookup = Lookup {
        bounded: selectivity,
        passing: selectivity,
        operators: 1.0,
        scans: 1.0,
        loops: outer.rows,
    };
    let held = |column: &usize| {
        index.include.contains(column) || index.keys.iter().any(|key| key.column == *column)
    };
    let only = join.needed.iter().all(held);
    let probe = inner.index(index, &lookup, &[], only, false)?;
    let total =
        outer.cost.total + outer.rows * probe.cost.total + inner.settings.cpu_tuple_cost * rows;
    Some(Joined {
        by: JoinBy::NestedLoop { index: id },
        cost: Cost { startup: outer.cost.startup + probe.cost.startup, total },
        rows,
    })
}

/// Hash joins with either table in the hash table (costsize.c, `initial_cost_hashjoin`,
/// `final_cost_hashjoin`). With workers each builds a table of its own from the inner table.
fn hashed(inner: &Planner<'_>, join: &Join, outer: &Costed, bytes: f64, rows: f64) -> Vec<Joined> {
    let Some(whole) = inner.sequential(false) else {
        return Vec::new();
    };
    let theirs = Side {
        cost: whole.cost,
        rows: join.inner.rows.max(1.0),
        bytes: join.inner.width(join.needed.iter().copied()) + join.inner.width([join.column]),
        per_value: (join.inner.rows
            / join.inner.columns.get(join.column).map_or(1.0, |c| c.distinct.max(1.0)))
        .max(1.0),
    };
    let ours = Side { cost: outer.cost, rows: outer.rows, bytes, per_value: 1.0 };
    let mut all = vec![Joined {
        by: JoinBy::HashInner,
        cost: hash(&ours, &theirs, rows, inner.settings),
        rows,
    }];
    if outer.workers == 0 {
        let cost = hash(&theirs, &ours, rows, inner.settings);
        all.push(Joined { by: JoinBy::HashOuter, cost, rows });
    }
    all
}

struct Side {
    cost: Cost,
    rows: f64,
    bytes: f64,
    per_value: f64,
}

fn hash(probing: &Side, built: &Side, rows: f64, settings: &Settings) -> Cost {
    let operator = settings.cpu_operator_cost;
    let mut startup =
        probing.cost.startup + built.cost.total + (operator + settings.cpu_tuple_cost) * built.rows;
    let mut run = probing.cost.total - probing.cost.startup + operator * probing.rows;
    let pages = |side: &Side| (side.rows * row_bytes(side.bytes) / PAGE).ceil();
    if built.rows * row_bytes(built.bytes) > settings.work_mem * settings.hash_mem_multiplier {
        startup += settings.seq_page_cost * pages(built);
        run += settings.seq_page_cost * (pages(built) + 2.0 * pages(probing));
    }
    run += operator * probing.rows * clamp_rows(built.per_value) * 0.5;
    run += settings.cpu_tuple_cost * rows;
    Cost { startup, total: startup + run }
}
