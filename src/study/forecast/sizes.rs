//! Sizes of tables, at many dates and in many worlds.
//!
//! Most are worked out anew each time. An index whose entries come in groups, each in order (a user's
//! streams by date), takes milliseconds: of a table that has one the sizes are worked out at numbers
//! of rows that are a fourth of an octave apart, once for all worlds that have the same columns, and
//! lie on straight lines between these. The points are the same whoever asks first.

use crate::access::stored::Stored;
use crate::dist::mix64;
use crate::model::{Binding, Model, Table};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Points of an octave.
const POINTS: f64 = 4.0;
/// Tables of fewer rows are worked out anew.
const SMALL: f64 = 64.0;

/// A table at a date.
pub(in crate::study) struct Sized {
    /// The table, of a slow one with the rows of a point nearby.
    pub stored: Arc<Stored>,
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
    fn of(stored: Arc<Stored>) -> Self {
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
    known: Mutex<BTreeMap<(usize, u64, i32), Arc<Stored>>>,
}

impl Sizes {
    /// A table with so many rows. The binding is left with some number of rows.
    pub fn at(&self, model: &Model, dated: &mut Binding, table: usize, rows: f64) -> Sized {
        let plan = &model.tables[table];
        if rows < SMALL || !is_slow(plan) {
            dated.restate(plan.rows, rows);
            return Sized::of(Arc::new(Stored::new(model, dated, table)));
        }
        let key = key(plan, dated);
        let place = libm::log2(rows) * POINTS;
        let point = libm::floor(place) as i32;
        let mut at = |point: i32| -> (f64, Arc<Stored>) {
            let rows = libm::exp2(f64::from(point) / POINTS);
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let found = known.get(&(table, key, point)).cloned();
            drop(known);
            let stored = found.unwrap_or_else(|| {
                dated.restate(plan.rows, rows);
                let stored = Arc::new(Stored::new(model, dated, table));
                let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                known.insert((table, key, point), Arc::clone(&stored));
                stored
            });
            (rows, stored)
        };
        let (low, high) = (at(point), at(point + 1));
        let part = (rows - low.0) / (high.0 - low.0);
        let near = if part < 0.5 { Arc::clone(&low.1) } else { Arc::clone(&high.1) };
        let (low, high) = (Sized::of(low.1), Sized::of(high.1));
        let between = |low: f64, high: f64| low + part * (high - low);
        let pieces =
            plan.partition.map_or(1.0, |by| libm::ceil(rows / dated.get(by.every)).max(1.0));
        let indexes = low.indexes.iter().zip(&high.indexes);
        Sized {
            stored: near,
            pieces,
            heap: between(low.heap, high.heap),
            toast: between(low.toast, high.toast),
            indexes: indexes.map(|(low, high)| between(*low, *high)).collect(),
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

/// The numbers of a table but its rows.
fn key(table: &Table, binding: &Binding) -> u64 {
    let mut numbers = vec![binding.get(table.fillfactor)];
    numbers.extend(table.row.map(|id| binding.get(id)));
    numbers.extend(table.partition.map(|by| binding.get(by.every)));
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
