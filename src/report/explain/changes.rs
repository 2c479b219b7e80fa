//! Which index a query wants: candidates from its conditions and order, as a person would make them.

use crate::model::{Binding, Filter, Index, Model, Ordered, Read, Table};

/// A constant value of fewer rows than this is worth an index of its own.
const RARE: f64 = 0.1;
/// Most columns that an index is made to carry along.
const CARRIED: usize = 4;

/// An index that there is not, or one that there is.
#[derive(Debug, Clone)]
pub struct Change {
    /// In the words of SQL.
    pub what: String,
    /// Index of the table.
    pub table: usize,
    /// What is put in; none: what is taken out.
    pub added: Option<Index>,
    /// Number of the index that is taken out.
    pub dropped: Option<usize>,
}

impl Change {
    /// The model after the change.
    pub fn applied(&self, model: &Model) -> Model {
        let mut changed = model.clone();
        let indexes = &mut changed.tables[self.table].indexes;
        indexes.extend(self.added.clone());
        if let Some(dropped) = self.dropped {
            indexes.remove(dropped);
        }
        changed
    }
}

/// What could be tried for a read: candidates that are not there yet, and each index taken away.
pub fn of_read(model: &Model, binding: &Binding, read: &Read) -> Vec<Change> {
    let table = &model.tables[read.table];
    let plain = |column: &usize| !read.function_on.contains(column);
    let ascending = |column: usize| Ordered { column, descending: false };
    let mut on: Vec<Ordered> = Vec::new();
    let equal = read.equals.iter().map(|equal| equal.column).filter(plain);
    push(&mut on, equal.map(ascending));
    let equals = on.len();
    // The order serves a limit best, a range whatever comes without one.
    if read.limit.is_some() || read.range.is_none() {
        push(&mut on, read.order_by.iter().copied());
    }
    let range = read.range.map(|range| range.0).filter(plain);
    if on.len() == equals {
        push(&mut on, range.map(ascending).into_iter());
    }
    let mut found = Vec::new();
    if !on.is_empty() {
        found.push(candidate(on.clone(), Vec::new(), None));
        if equals > 0 && on.len() > equals {
            found.push(candidate(on[..equals].to_vec(), Vec::new(), None));
        }
        if let Some(columns) = &read.columns {
            let carried = |column: &&usize| !on.iter().any(|one| one.column == **column);
            let include: Vec<usize> = columns.iter().filter(carried).copied().collect();
            if !include.is_empty() && include.len() <= CARRIED {
                found.push(candidate(on.clone(), include, None));
            }
        }
    }
    found.extend(partial(table, binding, read, &on));
    let mut all: Vec<Change> = found
        .into_iter()
        .filter(|index| !table.indexes.iter().any(|known| same(known, index, read)))
        .map(|index| added(table, read.table, index))
        .collect();
    all.extend(for_join(model, read));
    // A unique index is a constraint: without it the data may become wrong.
    for (number, index) in table.indexes.iter().enumerate().filter(|(_, index)| !index.unique) {
        let what = format!("drop index {}", index.name);
        all.push(Change { what, table: read.table, added: None, dropped: Some(number) });
    }
    all
}

/// The rows of a rare value alone, in the order asked for.
fn partial(table: &Table, binding: &Binding, read: &Read, on: &[Ordered]) -> Option<Index> {
    let rare = read.equals.iter().find_map(|equal| {
        let value = equal.value.as_ref().filter(|value| *value != "null")?;
        let values = &table.columns[equal.column].values;
        let share = values.iter().find(|known| known.0 == *value)?.1;
        (binding.get(share) < RARE).then_some((equal.column, value))
    });
    let (column, value) = rare?;
    let mut rest: Vec<Ordered> = on.iter().filter(|one| one.column != column).copied().collect();
    if rest.is_empty() {
        rest = table.key().map(|column| Ordered { column, descending: false }).collect();
    }
    let text = format!("{} = '{value}'", table.columns[column].name);
    let filter = Some((Filter::Equals(column, value.clone()), text));
    (!rest.is_empty()).then(|| candidate(rest, Vec::new(), filter))
}

/// An index for looking up the joined table.
fn for_join(model: &Model, read: &Read) -> Option<Change> {
    let join = read.join?;
    let table = &model.tables[join.table];
    let serves = |index: &Index| index.filter.is_none() && index.on[0].column == join.on;
    if table.indexes.iter().any(serves) {
        return None;
    }
    let on = vec![Ordered { column: join.on, descending: false }];
    Some(added(table, join.table, candidate(on, Vec::new(), None)))
}

fn push(on: &mut Vec<Ordered>, columns: impl Iterator<Item = Ordered>) {
    for column in columns {
        if !on.iter().any(|known| known.column == column.column) {
            on.push(column);
        }
    }
}

fn candidate(on: Vec<Ordered>, include: Vec<usize>, filter: Option<(Filter, String)>) -> Index {
    let name = "new".to_owned();
    let (share, unique, primary, span) = (None, false, false, None);
    Index { name, on, include, filter, share, unique, primary, span }
}

/// Whether an index serves a read as another one does: it is the same, or is read backward instead.
/// Columns that the read holds at one value have no direction; the others go all as asked for, or all
/// the other way.
fn same(a: &Index, b: &Index, read: &Read) -> bool {
    let filter = |one: &Index| one.filter.as_ref().map(|filter| filter.0.clone());
    let one_value = |column: usize| {
        read.equals.iter().any(|equal| equal.column == column && equal.values.is_none())
    };
    let columns = |index: &Index| index.on.iter().map(|one| one.column).collect::<Vec<_>>();
    let both = a.on.iter().zip(&b.on).filter(|(one, _)| !one_value(one.column));
    let turned: Vec<bool> = both.map(|(one, other)| one.descending != other.descending).collect();
    columns(a) == columns(b)
        && turned.windows(2).all(|pair| pair[0] == pair[1])
        && a.include == b.include
        && filter(a) == filter(b)
}

fn added(table: &Table, number: usize, mut index: Index) -> Change {
    let what = format!("create index on {} {}", table.name, definition(table, &index));
    let taken = |name: &str| table.indexes.iter().any(|index| index.name == name);
    while taken(&index.name) {
        index.name.push('_');
    }
    Change { what, table: number, added: Some(index), dropped: None }
}

/// `(a, b desc) include (c) where d = 'x'`.
pub fn definition(table: &Table, index: &Index) -> String {
    let name = |column: usize| table.columns[column].name.as_str();
    let on: Vec<String> = index
        .on
        .iter()
        .map(|one| format!("{}{}", name(one.column), if one.descending { " desc" } else { "" }))
        .collect();
    let mut text = format!("({})", on.join(", "));
    if !index.include.is_empty() {
        let include: Vec<&str> = index.include.iter().map(|&column| name(column)).collect();
        text += &format!(" include ({})", include.join(", "));
    }
    if let Some((_, filter)) = &index.filter {
        text += &format!(" where {filter}");
    }
    text
}
