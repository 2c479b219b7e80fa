//! What a query asks, in the planner's terms.

use super::stored::{Facts, Stored, key};
use crate::database::ask::{Aggregate, Ask, Condition, Join, Partial, Relation, Test};
use crate::database::toast::Toast;
use crate::model::{Amount, Binding, Filter, Index, Model, Read, Table};

/// Share of rows that PostgreSQL expects where it knows nothing of what is compared, such as the
/// result of a function (selfuncs.h, `DEFAULT_EQ_SEL`).
const UNKNOWN_EQUAL: f64 = 0.005;

/// A table, or a piece of it, with what is asked of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The table, its partial indexes held against the query.
    pub relation: Relation,
    /// What is asked.
    pub ask: Ask,
}

/// What a read asks of its table.
pub fn read(model: &Model, binding: &Binding, tables: &[Stored], read: &Read) -> Asked {
    let table = &model.tables[read.table];
    let stored = &tables[read.table];
    let facts = Facts { table, binding, rows: stored.rows() };
    let left = pieces_left(table, binding, stored.pieces, read);
    let mut conditions = conditions(&facts, read);
    let matches = matches(&facts, read, &conditions);
    expected(&mut conditions, read.matches, matches, facts.rows);
    for condition in &mut conditions {
        // Within the pieces that are left, the column that they go by selects less.
        if table.partition.is_some_and(|partition| partition.by == condition.1.column) {
            let share = condition.1.selectivity * stored.pieces / left;
            condition.1.selectivity = share.min(1.0);
        }
    }
    let conditions: Vec<Condition> = conditions.into_iter().map(|one| one.1).collect();
    let all = || (0..stored.relation.columns.len()).collect();
    let needed = match (&read.columns, read.count) {
        (_, true) => Vec::new(),
        (Some(columns), false) => columns.clone(),
        (None, false) => all(),
    };
    let aggregate =
        read.count.then(|| Aggregate { columns: Vec::new(), by: Vec::new(), groups: 1.0 });
    let mut relation = stored.relation.clone();
    for (index, known) in table.indexes.iter().zip(&mut relation.indexes) {
        known.partial = partial(index, read, &conditions);
    }
    let ask = Ask {
        conditions,
        matches,
        order_by: read.order_by.iter().map(key).collect(),
        limit: read.limit.map(|id| binding.get(id)),
        offset: read.offset.map_or(0.0, |id| binding.get(id)),
        needed,
        aggregate,
        join: joined(model, binding, tables, read),
        partitions: left,
    };
    Asked { relation, ask }
}

/// Rows found by the key: what an update or a delete asks before it writes.
pub fn by_key(table: &Table, stored: &Stored, rows: f64) -> Asked {
    let share = if stored.rows() > 0.0 { (rows / stored.rows()).min(1.0) } else { 0.0 };
    let number = table.key().count().max(1) as f64;
    let one = |column| Condition {
        values: rows,
        ..Condition::equals(column, libm::pow(share, 1.0 / number))
    };
    let ask = Ask {
        conditions: table.key().map(one).collect(),
        matches: rows.min(stored.rows()),
        // A new version needs the old one.
        needed: (0..stored.relation.columns.len()).collect(),
        partitions: table.partition.map_or(1.0, |by| {
            if table.key().any(|column| column == by.by) { 1.0 } else { stored.pieces }
        }),
        ..Ask::default()
    };
    let mut relation = stored.relation.clone();
    // The old version is copied with the addresses of its values out of line; nothing is sent of it.
    for (column, wide) in relation.columns.iter_mut().zip(&relation.toast.columns) {
        if wide.values > 0.0 {
            column.sent = column.width;
        }
    }
    relation.toast = Toast::default();
    Asked { relation, ask }
}

/// The conditions with the true share of the rows that pass each, none where it is not known.
fn conditions(facts: &Facts<'_>, read: &Read) -> Vec<(Option<f64>, Condition)> {
    let mut all = Vec::new();
    let inside = |column: usize| read.function_on.contains(&column);
    for equal in &read.equals {
        let values = equal.values.map_or(1.0, |values| facts.binding.get(values));
        let one = facts.share(equal.column, equal.value.as_deref());
        let share = one.map(|one| (one * values).min(1.0));
        let condition = if inside(equal.column) {
            Condition::opaque(equal.column, UNKNOWN_EQUAL)
        } else {
            Condition::equals(equal.column, share.unwrap_or(UNKNOWN_EQUAL))
        };
        all.push((share, Condition { constant: equal.value.is_some(), values, ..condition }));
    }
    if let Some((column, share)) = read.range {
        let share = share.map(|id| facts.binding.get(id));
        let condition = if inside(column) {
            Condition::opaque(column, UNKNOWN_EQUAL)
        } else {
            Condition::range(column, share.unwrap_or(UNKNOWN_EQUAL))
        };
        all.push((share, condition));
    }
    let compared = |column: usize| {
        read.equals.iter().any(|equal| equal.column == column)
            || read.range.is_some_and(|range| range.0 == column)
    };
    for &column in read.function_on.iter().filter(|&&column| !compared(column)) {
        all.push((None, Condition::opaque(column, UNKNOWN_EQUAL)));
    }
    all
}

/// Rows that match in truth: as stated, or as independent columns have it.
fn matches(facts: &Facts<'_>, read: &Read, conditions: &[(Option<f64>, Condition)]) -> f64 {
    if let Some(amount) = read.matches {
        return amount.of(facts.binding, facts.rows);
    }
    let plain = |column: usize| {
        read.equals.iter().any(|equal| equal.column == column && equal.values.is_none())
            && !read.function_on.contains(&column)
    };
    let is_one = |index: &Index| {
        index.unique
            && index.filter.as_ref().is_none_or(|(filter, _)| read.implies(filter))
            && index.on.iter().all(|on| plain(on.column))
    };
    if facts.table.indexes.iter().any(is_one) {
        return facts.rows.min(1.0);
    }
    let shares = conditions.iter().map(|one| one.0.unwrap_or(one.1.selectivity));
    facts.rows * shares.product::<f64>()
}

/// What the planner expects where only the matches of all conditions together are stated: they are
/// spread evenly over the conditions of which nothing else is known.
fn expected(
    conditions: &mut [(Option<f64>, Condition)],
    stated: Option<Amount>,
    matches: f64,
    rows: f64,
) {
    // What a unique index says is known as well as what is stated.
    if (stated.is_none() && matches > 1.0) || rows <= 0.0 {
        return;
    }
    let is_open = |one: &(Option<f64>, Condition)| one.0.is_none() && one.1.test != Test::Opaque;
    let known: f64 = conditions.iter().filter_map(|one| one.0).product();
    let open = conditions.iter().filter(|one| is_open(one)).count();
    if open == 0 || known <= 0.0 {
        return;
    }
    let share = libm::pow((matches / rows / known).clamp(0.0, 1.0), 1.0 / open as f64);
    for one in conditions.iter_mut().filter(|one| is_open(one)) {
        one.1.selectivity = share;
    }
}

/// Pieces of a table that a query has to look into: those that the column says which they go by.
fn pieces_left(table: &Table, binding: &Binding, pieces: f64, read: &Read) -> f64 {
    let Some(partition) = table.partition else { return 1.0 };
    let plain = !read.function_on.contains(&partition.by);
    let equal = read.equals.iter().find(|equal| equal.column == partition.by && plain);
    if let Some(equal) = equal {
        return equal.values.map_or(1.0, |values| binding.get(values).clamp(1.0, pieces.max(1.0)));
    }
    match read.range {
        Some((column, Some(share))) if plain && column == partition.by => {
            // A range begins anywhere in a piece.
            (libm::ceil(binding.get(share) * pieces) + 1.0).min(pieces)
        }
        _ => pieces,
    }
}

/// A partial index beside a query.
fn partial(index: &Index, read: &Read, conditions: &[Condition]) -> Option<Partial> {
    let (filter, _) = index.filter.as_ref()?;
    let answered = match filter {
        Filter::Equals(column, _) | Filter::Null(column) => Some(*column),
        Filter::NotNull(_) | Filter::Other => None,
    };
    let implied = read.implies(filter);
    let answers = conditions.iter().enumerate().filter(|(_, condition)| {
        implied && condition.test == Test::Equals && Some(condition.column) == answered
    });
    Some(Partial { implied, answers: answers.map(|one| one.0).collect() })
}

fn joined(model: &Model, binding: &Binding, tables: &[Stored], read: &Read) -> Option<Join> {
    let join = read.join?;
    let (table, stored) = (&model.tables[join.table], &tables[join.table]);
    let facts = Facts { table, binding, rows: stored.rows() };
    let per_row = match join.matches {
        Some(amount) => amount.of(binding, facts.rows),
        None => facts.rows * facts.share(join.on, None).unwrap_or(1.0),
    };
    let mut inner = stored.relation.clone();
    for (index, known) in table.indexes.iter().zip(&mut inner.indexes) {
        let implied = index.filter.as_ref().map(|(filter, _)| *filter == Filter::NotNull(join.on));
        known.partial = implied.map(|implied| Partial { implied, answers: Vec::new() });
    }
    // A joined table in pieces is looked at as a whole.
    inner.rows = facts.rows;
    inner.pages *= stored.pieces;
    inner.toast = inner.toast.times(stored.pieces);
    let needed = if read.count { Vec::new() } else { (0..inner.columns.len()).collect() };
    let outer = model.tables[read.table].key().next().unwrap_or(0);
    Some(Join { inner, column: join.on, outer, per_row, needed })
}
