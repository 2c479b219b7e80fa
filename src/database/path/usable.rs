//! Which conditions an index serves, and which order it gives.

use crate::database::ask::{Ask, Index, Key, Relation, Test};
use crate::database::path::IndexUse;

/// What an index can do for a query.
#[derive(Debug, Clone)]
pub struct Usable {
    /// Its use; `backward` if the order asks for it.
    pub by: IndexUse,
    /// The rows come in the order asked for (also if none is).
    pub ordered: bool,
    /// Everything needed is in the index.
    pub covers: bool,
    /// It has conditions of the query, or of its own.
    pub selects: bool,
    /// The conditions left to test on the rows, a partial index's own taken away.
    pub left: Vec<usize>,
}

/// What index `id` can do: none if it is partial and the query does not imply its condition, or if
/// it neither bounds, tests, orders nor covers anything (indxpath.c, `build_index_paths`).
///
/// Equalities bound the leading columns, then the conditions on the next column bound once more;
/// conditions on later columns are tested on the entries (nbtutils.c, `_bt_preprocess_keys`).
pub fn usable(relation: &Relation, ask: &Ask, id: usize) -> Option<Usable> {
    let index = relation.indexes.get(id)?;
    if index.partial.as_ref().is_some_and(|partial| !partial.implied) {
        return None;
    }
    let answered: &[usize] = index.partial.as_ref().map_or(&[], |partial| &partial.answers);
    let (mut bounds, mut tested) = (Vec::new(), Vec::new());
    let mut leading = true;
    for key in &index.keys {
        let on = |test: Test| {
            let here = ask.conditions.iter().enumerate();
            here.filter(move |(_, c)| c.column == key.column && c.test == test)
                .map(|(number, _)| number)
        };
        let (equal, between): (Vec<usize>, Vec<usize>) =
            (on(Test::Equals).collect(), on(Test::Range).collect());
        let goes_on = leading && !equal.is_empty();
        let place = if leading { &mut bounds } else { &mut tested };
        place.extend(equal.into_iter().chain(between));
        leading = goes_on;
    }
    let by_itself = |id: &usize| answered.contains(id);
    let left: Vec<usize> = (0..ask.conditions.len())
        .filter(|id| !bounds.contains(id) && !tested.contains(id) && !by_itself(id))
        .collect();
    let direction = ordered(index, ask);
    let held = |column: &usize| {
        index.keys.iter().any(|key| key.column == *column) || index.include.contains(column)
    };
    let covers = ask.columns(left.iter().copied()).iter().all(held);
    let used = !(bounds.is_empty() && tested.is_empty()) || index.partial.is_some();
    let orders = direction.is_some() && !ask.order_by.is_empty();
    (used || orders || covers).then_some(Usable {
        by: IndexUse { index: id, bounds, tested, backward: direction == Some(true) },
        ordered: direction.is_some(),
        covers,
        selects: used,
        left,
    })
}

/// Whether the index gives the order asked for, and if so whether it has to be read backward.
///
/// A column that equals one value does not matter in an order (pathkeys.c, `pathkey_is_redundant`).
/// A list of values breaks the order.
fn ordered(index: &Index, ask: &Ask) -> Option<bool> {
    if ask.order_by.is_empty() || ask.aggregate.as_ref().is_some_and(|a| a.by.is_empty()) {
        return Some(false);
    }
    if ask.aggregate.is_some() {
        return None;
    }
    let equal = |column: usize, one: bool| {
        let mut on = ask.conditions.iter();
        on.any(|c| c.column == column && c.test == Test::Equals && (c.values <= 1.0) == one)
    };
    if index.keys.iter().any(|key| equal(key.column, false)) {
        return None;
    }
    let mut keys = index.keys.iter().filter(|key| !equal(key.column, true));
    let wanted: Vec<&Key> = ask.order_by.iter().filter(|key| !equal(key.column, true)).collect();
    let mut backward = None;
    for want in wanted {
        let key = keys.next().filter(|key| key.column == want.column)?;
        let turned = key.descending != want.descending;
        if backward.is_some_and(|before| before != turned) {
            return None;
        }
        backward = Some(turned);
    }
    Some(backward.unwrap_or(false))
}
