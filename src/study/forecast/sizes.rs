//! Sizes of tables, at many dates and in many worlds.
//!
//! Most are worked out anew each time. An index whose entries come in groups, each in order (a user's
//! streams by date), takes milliseconds: of a table that has one the sizes of the indexes of a piece
//! are worked out at numbers of rows that are a sixteenth of an octave apart, once for all worlds that
//! have the same columns. Rows, pieces and the pages of the table itself are those of the date. The
//! points are the same whoever asks first.
//!
//! Such a size is the mean of a few histories that are followed insert by insert
//! ([`crate::database::groups`]), and scatters by 0.7 % (standard deviation; 3 % at most) about what
//! it means. So each date takes the weighted mean, per row, of the points around it, which is within
//! 1 % (root mean square) of the size worked out for its own rows, and 3 % at worst.

use crate::access::stored::Stored;
use crate::database::btree::BTree;
use crate::dist::mix64;
use crate::model::{Binding, Model, Table};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Points of an octave.
const POINTS: f64 = 16.0;
/// Points on either side of a date that count, less with the distance: that is a fifth of an octave.
const AROUND: i32 = 3;
/// Tables of fewer rows are worked out anew.
const SMALL: f64 = 64.0;

/// A table at a date.
pub(in crate::study) struct Sized {
    /// The table.
    pub stored: Stored,
    /// Pieces.
    pub pieces: f64,
    /// Bytes without what lies out of line.
    pub heap: f64,
    /// Bytes out of line.
    pub toast: f64,
    /// Bytes by index.
    pub indexes: Vec<f64>,
}

impl Sized {
    fn of(stored: Stored) -> Self {
        let toast = stored.heap.toast_bytes() * stored.pieces;
        Self {
            pieces: stored.pieces,
            heap: stored.heap_bytes() - toast,
            toast,
            indexes: (0..stored.indexes.len()).map(|index| stored.index_bytes(index)).collect(),
            stored,
        }
    }

    /// Bytes of everything.
    pub fn bytes(&self) -> f64 {
        self.heap + self.toast + self.indexes.iter().sum::<f64>()
    }
}

/// Sizes that have been worked out: by table, its numbers, and the point.
#[derive(Default)]
pub(in crate::study) struct Sizes {
    known: Mutex<BTreeMap<(usize, u64, i32), Arc<[BTree]>>>,
}

impl Sizes {
    /// A table with so many rows, which the binding has then.
    pub fn at(&self, model: &Model, dated: &mut Binding, table: usize, rows: f64) -> Sized {
        let plan = &model.tables[table];
        dated.restate(plan.rows, rows);
        let (_, rows) = Stored::divided(model, dated, table);
        if rows < SMALL || !is_slow(plan) {
            return Sized::of(Stored::new(model, dated, table));
        }
        let key = key(plan, dated);
        let at = |point: i32| -> (f64, Arc<[BTree]>) {
            let rows = libm::exp2(f64::from(point) / POINTS);
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let found = known.get(&(table, key, point)).cloned();
            drop(known);
            let indexes = found.unwrap_or_else(|| {
                let indexes: Arc<[BTree]> = Stored::piece(model, dated, table, rows).indexes.into();
                let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                known.insert((table, key, point), Arc::clone(&indexes));
                indexes
            });
            (rows, indexes)
        };
        let place = libm::log2(rows) * POINTS;
        let first = libm::ceil(place) as i32 - AROUND;
        // A triangle of weights around the date, whose sum is its half width.
        let reach = f64::from(AROUND);
        let points: Vec<(f64, f64, Arc<[BTree]>)> = (first..first + 2 * AROUND)
            .map(|point| {
                let weight = (1.0 - (f64::from(point) - place).abs() / reach) / reach;
                let (of, indexes) = at(point);
                (weight, of, indexes)
            })
            .collect();
        let one = |index: usize| {
            let all = points.iter().map(|(weight, of, indexes)| {
                indexes.get(index).map(|tree| (*weight, tree.scaled(rows / of)))
            });
            BTree::mean(&all.collect::<Option<Vec<_>>>()?)
        };
        match (0..plan.indexes.len()).map(one).collect() {
            Some(indexes) => Sized::of(Stored::with_indexes(model, dated, table, indexes)),
            None => Sized::of(Stored::new(model, dated, table)),
        }
    }
}

/// Whether an index has a column in the order of the rows behind one that is not.
fn is_slow(table: &Table) -> bool {
    let ordered =
        |column: usize| table.columns[column].correlation.is_some() || table.ascends(column);
    let mut indexes = table.indexes.iter();
    indexes.any(|index| index.on.iter().skip(1).any(|on| ordered(on.column)))
}

/// The numbers of a piece of a table but its rows.
fn key(table: &Table, binding: &Binding) -> u64 {
    let mut numbers = vec![binding.get(table.fillfactor)];
    numbers.extend(table.row.map(|id| binding.get(id)));
    for column in &table.columns {
        // Two numbers of rows tell an amount from a share of them.
        let distinct = column.distinct.iter();
        numbers.extend(distinct.flat_map(|one| [1e3, 1e9].map(|rows| one.stated(binding, rows))));
        let shares = column.values.iter().map(|value| value.1);
        let ids = column.nulls.into_iter().chain(column.correlation).chain(shares);
        numbers.extend(ids.map(|id| binding.get(id)));
    }
    numbers.extend(table.indexes.iter().filter_map(|index| index.share).map(|id| binding.get(id)));
    numbers.iter().fold(0, |hash, number| mix64(hash ^ number.to_bits()).wrapping_add(1))
}

#[cfg(test)]
mod tests {
    use super::super::tests::models;
    use super::*;
    use crate::model::Scaling;

    /// Tables whose sizes are read between points, by what is special in them: groups of few and of
    /// many rows, groups that become many, an order with duplicates before it, a unique one that
    /// ascends, text, two such indexes, a part of the rows, pieces.
    const TABLES: &[(&str, &str)] = &[
        ("distinct = 20_000", "index = { i = [\"k\", \"at\"] }"),
        ("distinct = 3", "index = { i = [\"k\", \"at\"] }"),
        ("distinct = \"rows / 600\"", "index = { i = [\"k\", \"at desc\"] }"),
        ("distinct = 50_000_000", "index = { i = { on = [\"k\", \"id\"], unique = true } }"),
        ("distinct = 1_000", "index = { i = { on = [\"k\", \"at\"], include = [\"note\"] } }"),
        (
            "distinct = 5_000",
            "index = { i = { on = [\"k\", \"at\"], where = \"note is not null\", share = \"10%\" } }",
        ),
        (
            "distinct = 20_000",
            "index = { i = [\"k\", \"at\"] }\npartition = { by = \"at\", every = 1_000_000 }",
        ),
        (
            "distinct = 300",
            "index = { i = [\"k\", \"at\"] }\npartition = { by = \"at\", every = 4_000 }",
        ),
    ];

    fn table(column: &str, index: &str) -> Model {
        let text = format!(
            "[database.pg]\ncores = 4\n[table.t]\ndatabase = \"pg\"\nrows = 1\nkey = \"id\"\n\
             columns = {{ id = \"bigserial\", k = {{ type = \"uuid\", {column} }}, \
             at = {{ type = \"timestamptz\", correlation = 1 }}, note = \"text(40)\" }}\n{index}\n"
        );
        models(&text).remove(0).1
    }

    /// Goal: what is read between points is what is worked out anew, within 1 % (root mean square over
    /// a table) and 3 % (at worst), or within three pages of a piece. Method: rows from a hundred to
    /// three hundred million, by an irregular step that falls anywhere between points. What is worked
    /// out anew scatters by 0.7 % itself, 3 % at most.
    #[test]
    fn between_points_is_close_to_anew() {
        let mut checked = 0;
        for (column, index) in TABLES {
            let model = table(column, index);
            let binding = model.bind(&model.nominal_world().unwrap(), Scaling::default()).unwrap();
            let sizes = Sizes::default();
            let (mut rows, mut squares) = (101.0, Vec::new());
            while rows < 3e8 {
                let found = sizes.at(&model, &mut binding.clone(), 0, rows);
                let mut dated = binding.clone();
                dated.restate(model.tables[0].rows, rows);
                let anew = Sized::of(Stored::new(&model, &dated, 0));
                assert_eq!((found.heap, found.pieces), (anew.heap, anew.pieces));
                let few = 3.0 * 8192.0 * anew.pieces;
                for (found, anew) in found.indexes.iter().zip(&anew.indexes) {
                    let off = (found - anew).abs();
                    assert!(
                        off < (0.03 * anew).max(few),
                        "{column} {index} {rows}: {found} {anew}"
                    );
                    squares.extend((0.01 * anew > few).then(|| (off / anew) * (off / anew)));
                }
                rows *= 2.177;
            }
            // Pieces of a few pages have their three pages instead.
            let mean = squares.iter().sum::<f64>() / squares.len().max(1) as f64;
            checked += squares.len();
            assert!(mean.sqrt() < 0.01, "{column} {index}: {}", mean.sqrt());
        }
        assert!(checked > 40, "{checked}");
    }
}
