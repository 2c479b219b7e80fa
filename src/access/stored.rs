//! Bytes of tables and indexes.

use crate::database::ask::{Column as AskColumn, Index as AskIndex, Key, Partial, Relation};
use crate::database::btree::{BTree, History, Shape};
use crate::database::column::Column as StoredColumn;
use crate::database::heap::{Heap, PAGE, TOAST_POINTER, Tuple};
use crate::database::toast::{Toast, Wide};
use crate::model::{Binding, Filter, Index, Model, Table};

/// From this correlation on a column ascends with the rows.
const ASCENDING: f64 = 0.9;

/// A table as it lies on disk, or one of its equal pieces.
#[derive(Debug, Clone)]
pub struct Stored {
    /// How many pieces there are.
    pub pieces: f64,
    /// A row.
    pub tuple: Tuple,
    /// Its pages.
    pub heap: Heap,
    /// Its indexes, in the order of the model.
    pub indexes: Vec<BTree>,
    /// The piece in the planner's terms; partial indexes are not yet held against a query.
    pub relation: Relation,
}

impl Stored {
    /// A table of the model.
    pub fn new(model: &Model, binding: &Binding, table: usize) -> Self {
        let pieces = Self::divided(model, binding, table);
        Self::of_pieces(model, binding, table, pieces, None)
    }

    /// The same with indexes of which the sizes are known.
    pub fn with_indexes(
        model: &Model,
        binding: &Binding,
        table: usize,
        indexes: Vec<BTree>,
    ) -> Self {
        let pieces = Self::divided(model, binding, table);
        Self::of_pieces(model, binding, table, pieces, Some(indexes))
    }

    /// A single piece, of so many rows.
    pub fn piece(model: &Model, binding: &Binding, table: usize, rows: f64) -> Self {
        Self::of_pieces(model, binding, table, (1.0, rows), None)
    }

    /// Pieces of a table, and the rows of each.
    pub fn divided(model: &Model, binding: &Binding, table: usize) -> (f64, f64) {
        let table = &model.tables[table];
        let all = binding.get(table.rows);
        let pieces = table
            .partition
            .map_or(1.0, |partition| libm::ceil(all / binding.get(partition.every)).max(1.0));
        (pieces, all / pieces)
    }

    fn of_pieces(
        model: &Model,
        binding: &Binding,
        table: usize,
        (pieces, rows): (f64, f64),
        known_indexes: Option<Vec<BTree>>,
    ) -> Self {
        let table = &model.tables[table];
        let facts = Facts { table, binding, rows };
        let columns: Vec<StoredColumn> =
            (0..table.columns.len()).map(|id| facts.column(id)).collect();
        let fill_factor = binding.get(table.fillfactor);
        let (tuple, heap) = if let Some(row) = table.row {
            let tuple = Tuple::of_row(binding.get(row));
            (tuple, Heap::new(tuple, rows, fill_factor))
        } else {
            (Tuple::of_columns(&columns), Heap::of_columns(&columns, rows, fill_factor))
        };
        let wide = match table.row {
            // The values of the rest, which is behind the columns that have a name.
            Some(row) => {
                let mut all = vec![Wide::default(); columns.len()];
                all.push(Tuple::wide_rest(binding.get(row)));
                all
            }
            None => Tuple::wide_columns(&columns),
        };
        let toast = Toast::new(wide, &heap);
        let indexes = known_indexes.unwrap_or_else(|| {
            let indexes = table.indexes.iter();
            indexes.map(|index| facts.index(index, &columns, &heap)).collect()
        });
        let relation = Relation {
            rows,
            pages: heap.pages,
            visible: 1.0,
            columns: facts.asked(&columns, table.row.map(|row| binding.get(row)), &toast),
            indexes: table.indexes.iter().zip(&indexes).map(|one| known(one.0, one.1)).collect(),
            toast,
        };
        Self { pieces, tuple, heap, indexes, relation }
    }

    /// Rows of all pieces.
    pub fn rows(&self) -> f64 {
        self.relation.rows * self.pieces
    }

    /// Bytes of the table itself, with values out of line.
    pub fn heap_bytes(&self) -> f64 {
        (self.heap.bytes() + self.heap.toast_bytes()) * self.pieces
    }

    /// Bytes of one of its indexes.
    pub fn index_bytes(&self, index: usize) -> f64 {
        self.indexes[index].bytes() * self.pieces
    }

    /// Bytes of everything.
    pub fn bytes(&self) -> f64 {
        let indexes = (0..self.indexes.len()).map(|index| self.index_bytes(index));
        self.heap_bytes() + indexes.sum::<f64>()
    }

    /// Pages of everything.
    pub fn pages(&self) -> f64 {
        self.bytes() / PAGE
    }
}

/// What is known of the columns of a piece of a table.
pub(super) struct Facts<'a> {
    pub table: &'a Table,
    pub binding: &'a Binding,
    /// Rows of the piece.
    pub rows: f64,
}

impl Facts<'_> {
    /// Share of rows without a value.
    pub fn nulls(&self, column: usize) -> f64 {
        self.table.columns[column].nulls.map_or(0.0, |id| self.binding.get(id))
    }

    /// Different values among the rows; none: not known.
    pub fn distinct(&self, column: usize) -> Option<f64> {
        let known = &self.table.columns[column];
        let unique = |index: &Index| {
            index.unique
                && index.filter.is_none()
                && index.on.len() == 1
                && index.on[0].column == column
        };
        let values = self.rows * (1.0 - self.nulls(column));
        if self.table.indexes.iter().any(unique) {
            return Some(values);
        }
        let stated = known.distinct.map(|amount| amount.of(self.binding, self.rows));
        let stated = stated.or_else(|| known.is_boolean().then_some(2.0));
        stated.map(|distinct| distinct.min(values).max(1.0))
    }

    /// Correlation of its order with that of the rows.
    pub fn correlation(&self, column: usize) -> f64 {
        match self.table.columns[column].correlation {
            Some(id) => self.binding.get(id),
            None if self.table.ascends(column) => 1.0,
            None => 0.0,
        }
    }

    /// Share of rows with one value of a column: a certain one, or any.
    pub fn share(&self, column: usize, value: Option<&str>) -> Option<f64> {
        if value == Some("null") {
            return Some(self.nulls(column));
        }
        let values = &self.table.columns[column].values;
        if let Some((_, id)) = values.iter().find(|known| Some(known.0.as_str()) == value) {
            return Some(self.binding.get(*id));
        }
        let distinct = self.distinct(column)?;
        Some((1.0 - self.nulls(column)) / distinct.max(1.0))
    }

    /// Share of the rows that an index has.
    pub fn covered(&self, index: &Index) -> f64 {
        if let Some(share) = index.share {
            return self.binding.get(share);
        }
        match &index.filter {
            None => 1.0,
            Some((Filter::Equals(column, value), _)) => {
                self.share(*column, Some(value)).unwrap_or(1.0)
            }
            Some((Filter::NotNull(column), _)) => 1.0 - self.nulls(*column),
            Some((Filter::Null(column), _)) => self.nulls(*column),
            Some((Filter::Other, _)) => 1.0,
        }
    }

    fn column(&self, column: usize) -> StoredColumn {
        StoredColumn {
            ty: self.table.columns[column].kind,
            nulls: self.nulls(column),
            distinct: self.distinct(column),
        }
    }

    fn index(&self, index: &Index, columns: &[StoredColumn], heap: &Heap) -> BTree {
        let key: Vec<StoredColumn> = index.on.iter().map(|on| columns[on.column]).collect();
        let include: Vec<StoredColumn> =
            index.include.iter().map(|&column| columns[column]).collect();
        let shape = Shape { key: &key, include: &include, unique: index.unique };
        // Columns that follow the rows, up or down.
        let follows = |on: &crate::model::Ordered| self.correlation(on.column).abs() >= ASCENDING;
        let history = match index.on.iter().position(follows) {
            Some(leading) => {
                let on = &index.on[leading];
                let descending = on.descending != (self.correlation(on.column) < 0.0);
                let rows_per_heap_page = heap.rows_per_page;
                if leading == 0 && !descending {
                    History::Ascending
                } else {
                    History::Grouped { built: 0.0, leading, descending, rows_per_heap_page }
                }
            }
            None => History::Random { built: 0.0 },
        };
        BTree::new(&shape, self.rows * self.covered(index), history)
    }

    /// The columns in the planner's terms; of a row of so many bytes the rest is one more.
    fn asked(&self, columns: &[StoredColumn], row: Option<f64>, toast: &Toast) -> Vec<AskColumn> {
        let one = |(id, column): (usize, &StoredColumn)| AskColumn {
            width: column.ty.width(),
            sent: sent(&self.table.columns[id].word, column.ty.width()),
            distinct: column.distinct.unwrap_or(self.rows).max(1.0),
            nulls: column.nulls,
            correlation: self.correlation(id),
        };
        let mut all: Vec<AskColumn> = columns.iter().enumerate().map(one).collect();
        if let Some(row) = row {
            let named: f64 = all.iter().map(|column| column.width).sum();
            let width = (row - named).max(0.0);
            let (distinct, nulls, correlation) = (self.rows.max(1.0), 0.0, 0.0);
            all.push(AskColumn { width, sent: width, distinct, nulls, correlation });
        }
        for (column, wide) in all.iter_mut().zip(&toast.columns) {
            column.width = (column.width - wide.bytes).max(0.0) + wide.values * TOAST_POINTER;
        }
        all
    }
}

fn known(index: &Index, tree: &BTree) -> AskIndex {
    AskIndex {
        entries: tree.entries,
        pages: tree.pages(),
        leaf_pages: tree.leaf_pages,
        levels: tree.levels,
        keys: index.on.iter().map(key).collect(),
        include: index.include.clone(),
        unique: index.unique,
        // Until a query is held against it, nothing implies it.
        partial: index.filter.as_ref().map(|_| Partial { implied: false, answers: Vec::new() }),
    }
}

/// A column of an order in the planner's terms.
pub(super) fn key(on: &crate::model::Ordered) -> Key {
    Key { column: on.column, descending: on.descending }
}

/// Bytes of a value as text in a result, of a column that takes so many in the table: as PostgreSQL
/// prints them (documentation, chapter 8), numbers with half of their digits.
fn sent(word: &str, width: f64) -> f64 {
    match word.split(' ').next().unwrap_or_default() {
        "uuid" => 36.0,
        "timestamptz" => 29.0,
        "timestamp" => 26.0,
        "date" => 10.0,
        "time" => 15.0,
        "bool" | "boolean" => 1.0,
        "smallint" | "int2" | "smallserial" => 3.0,
        "int" | "integer" | "int4" | "serial" => 6.0,
        "bigint" | "int8" | "bigserial" => 8.0,
        "real" | "float" | "float4" | "float8" | "double" => 12.0,
        "numeric" | "decimal" => 2.0 * width,
        // Binary values are printed in hexadecimal digits.
        "bytea" => 2.0 * width,
        _ => width,
    }
}
