//! Tables, indexes, and what a query asks of them: the planner's and the executor's common input.
//!
//! Columns are numbers into [`Relation::columns`], indexes numbers into [`Relation::indexes`].
//! *Selectivities* are what the planner estimates; [`Ask::matches`] is the truth.

use crate::database::settings::PAGE;
use crate::database::toast::Toast;

/// A table, or one of the equal partitions of one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Relation {
    /// Rows that live.
    pub rows: f64,
    /// Pages of the heap.
    pub pages: f64,
    /// Share of the pages known to be visible to all (visibility map), 0 to 1: 1 after a vacuum.
    pub visible: f64,
    /// Its columns. A table of which only the bytes of a row are known has one column.
    pub columns: Vec<Column>,
    /// Its indexes.
    pub indexes: Vec<Index>,
    /// Its values out of line.
    pub toast: Toast,
}

/// What is known of a column (`pg_stats`).
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Mean bytes as stored in the row, alignment aside: of a value out of line its address
    /// (`pg_stats.avg_width` counts so too).
    pub width: f64,
    /// Mean bytes as text in a result: a uuid has 36, a timestamp with time zone 29.
    pub sent: f64,
    /// Distinct values.
    pub distinct: f64,
    /// Share of nulls, 0 to 1.
    pub nulls: f64,
    /// Correlation of the order of values with the order of rows in the heap, −1 to 1.
    pub correlation: f64,
}

/// A B-tree of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// Entries: the rows, or those of a partial index.
    pub entries: f64,
    /// All pages.
    pub pages: f64,
    /// Pages of the lowest level.
    pub leaf_pages: f64,
    /// Pages on the way from the root to a leaf, both counted: 1 for an index of one page.
    pub levels: u32,
    /// Key columns, the first first.
    pub keys: Vec<Key>,
    /// Columns carried along (`include`).
    pub include: Vec<usize>,
    /// No two rows have the same key.
    pub unique: bool,
    /// What a partial index asks for its rows.
    pub partial: Option<Partial>,
}

/// A column of a key or of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The column.
    pub column: usize,
    /// From the largest to the smallest.
    pub descending: bool,
}

/// The condition of a partial index.
#[derive(Debug, Clone, PartialEq)]
pub struct Partial {
    /// The query implies it; else the index cannot serve.
    pub implied: bool,
    /// The conditions of the query it answers by itself, numbers into [`Ask::conditions`].
    pub answers: Vec<usize>,
}

/// What a condition does with its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// Equals a value, or one of a list.
    Equals,
    /// Lies between two values.
    Range,
    /// Is tested through a function: no index serves it.
    Opaque,
}

/// One condition on one column; all conditions of a query hold together.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The column.
    pub column: usize,
    /// The test.
    pub test: Test,
    /// Share of the rows the planner expects to pass, 0 to 1.
    pub selectivity: f64,
    /// Values of a list, 1 for a plain equality.
    pub values: f64,
    /// Operators evaluated for one row: 1, or 2 for a range with two ends.
    pub operators: f64,
    /// The value stands in the statement: each execution touches the same rows.
    pub constant: bool,
}

impl Relation {
    /// Bytes of the given columns as stored, without a row's header.
    pub fn width(&self, columns: impl IntoIterator<Item = usize>) -> f64 {
        columns.into_iter().filter_map(|id| self.columns.get(id)).map(|column| column.width).sum()
    }

    /// Bytes of the heap.
    pub fn bytes(&self) -> f64 {
        self.pages * PAGE
    }
}

impl Ask {
    /// Rows looked for before the query may stop: `limit` and `offset`; none without a limit.
    pub fn wanted(&self) -> Option<f64> {
        self.limit.map(|limit| limit.max(0.0) + self.offset.max(0.0))
    }

    /// The number of partitions left, at least 1.
    pub fn parts(&self) -> f64 {
        self.partitions.max(1.0)
    }

    /// The columns a way to answer has to have at hand, each once, given the conditions that remain
    /// to be tested on rows: those returned, ordered by, aggregated, joined by.
    pub fn columns(&self, conditions: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let tested =
            conditions.into_iter().filter_map(|id| self.conditions.get(id)).map(|c| c.column);
        let mut all: Vec<usize> = tested.collect();
        all.extend(&self.needed);
        all.extend(self.order_by.iter().map(|key| key.column));
        if let Some(aggregate) = &self.aggregate {
            all.extend(aggregate.columns.iter().chain(&aggregate.by));
        }
        all.extend(self.join.iter().map(|join| join.outer));
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Condition {
    /// `column = $1`.
    pub fn equals(column: usize, selectivity: f64) -> Self {
        Self {
            column,
            test: Test::Equals,
            selectivity,
            values: 1.0,
            operators: 1.0,
            constant: false,
        }
    }

    /// `column between $1 and $2`.
    pub fn range(column: usize, selectivity: f64) -> Self {
        Self { test: Test::Range, operators: 2.0, ..Self::equals(column, selectivity) }
    }

    /// `f(column) = $1`.
    pub fn opaque(column: usize, selectivity: f64) -> Self {
        Self { test: Test::Opaque, ..Self::equals(column, selectivity) }
    }
}

/// What is made of the rows instead of returning them.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// Columns aggregated; empty for `count(*)`.
    pub columns: Vec<usize>,
    /// Columns of `group by`; empty: one row comes out.
    pub by: Vec<usize>,
    /// Groups that come out (1 without `group by`).
    pub groups: f64,
}

/// A second table, joined by equality.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// The joined table.
    pub inner: Relation,
    /// Its column of the equality.
    pub column: usize,
    /// The column of the first table.
    pub outer: usize,
    /// Rows it has for one row of the first table, on average.
    pub per_row: f64,
    /// Its columns that are returned.
    pub needed: Vec<usize>,
}

/// What a query asks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ask {
    /// Conditions, joined by "and".
    pub conditions: Vec<Condition>,
    /// Rows that match all conditions, in all partitions left, before `limit`: the truth.
    pub matches: f64,
    /// Order of the result; empty: any.
    pub order_by: Vec<Key>,
    /// Rows wanted.
    pub limit: Option<f64>,
    /// Rows skipped before them.
    pub offset: f64,
    /// Columns returned (of the first table).
    pub needed: Vec<usize>,
    /// Aggregation.
    pub aggregate: Option<Aggregate>,
    /// Join.
    pub join: Option<Join>,
    /// Partitions left after pruning; the relation describes one of them. 1 without partitions.
    pub partitions: f64,
}
