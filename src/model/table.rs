//! Data at rest: tables with their columns and indexes, and how queries and writes use them.
//!
//! What these cost is not known here: the room `access` works it out at a binding.

use super::bind::Binding;
use super::growth::{Growth, Retention};
use super::slot::{QuantityId, VariateId};
use crate::database::column::Type;
use crate::diag::Span;

/// A number of rows, or a share of a table's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// So many; register 0 of the formula has the rows of the table.
    Rows(VariateId),
    /// That share of them.
    Share(VariateId),
}

impl Amount {
    /// Rows, of a table that has `rows`: from 0 to that.
    pub fn of(self, binding: &Binding, rows: f64) -> f64 {
        self.stated(binding, rows).clamp(0.0, rows)
    }

    /// The same as it is stated, which may be more than there are.
    pub fn stated(self, binding: &Binding, rows: f64) -> f64 {
        match self {
            Self::Rows(id) => binding.variate(id).0.at_means(&[rows]),
            Self::Share(id) => binding.variate(id).0.at_means(&[rows]) * rows,
        }
    }
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Name.
    pub name: String,
    /// Its type, which says how wide it is.
    pub kind: Type,
    /// The word of the type, in lower case and without a length: `timestamptz`.
    pub word: String,
    /// Different values; none: not known.
    pub distinct: Option<Amount>,
    /// Share of rows without a value; none: no row.
    pub nulls: Option<QuantityId>,
    /// Of its order with the rows' order on disk, -1 to 1; none: 1 of an ascending key, else 0.
    pub correlation: Option<QuantityId>,
    /// Shares of rows with certain values.
    pub values: Vec<(String, QuantityId)>,
}

/// Types whose values ascend with time where they are a key.
const ASCENDING: [&str; 8] =
    ["smallint", "int", "bigint", "serial", "bigserial", "smallserial", "timestamp", "date"];

impl Column {
    /// A column of which nothing but its type is known.
    pub fn new(name: &str, kind: Type, word: &str) -> Self {
        let nothing = (None, None, None, Vec::new());
        let (distinct, nulls, correlation, values) = nothing;
        let (name, word) = (name.to_owned(), word.to_owned());
        Self { name, kind, word, distinct, nulls, correlation, values }
    }

    /// It is true or false.
    pub fn is_boolean(&self) -> bool {
        self.word.starts_with("bool")
    }

    /// It is a whole number or a date.
    pub fn is_serial(&self) -> bool {
        let mut ascending = ASCENDING.iter();
        self.word != "interval" && ascending.any(|known| self.word.starts_with(known))
    }
}

/// A column of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ordered {
    /// Index of the column.
    pub column: usize,
    /// Largest first.
    pub descending: bool,
}

/// Which rows a partial index has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// Those whose column has this value.
    Equals(usize, String),
    /// Those whose column has a value.
    NotNull(usize),
    /// Those whose column has none.
    Null(usize),
    /// What is not understood, and so implied by nothing.
    Other,
}

impl Filter {
    /// The column that it asks, if it is understood.
    pub fn column(&self) -> Option<usize> {
        match self {
            Self::Equals(column, _) | Self::NotNull(column) | Self::Null(column) => Some(*column),
            Self::Other => None,
        }
    }
}

/// An index.
#[derive(Debug, Clone)]
pub struct Index {
    /// Name.
    pub name: String,
    /// Its columns, in order.
    pub on: Vec<Ordered>,
    /// Columns that it carries along.
    pub include: Vec<usize>,
    /// Which rows it has, with the condition as written; none: all.
    pub filter: Option<(Filter, String)>,
    /// Share of the rows that it has, where it is stated.
    pub share: Option<QuantityId>,
    /// No two rows have the same values.
    pub unique: bool,
    /// It is that of the primary key.
    pub primary: bool,
    /// Where it is written.
    pub span: Option<Span>,
}

/// Pieces by ranges of a column.
#[derive(Debug, Clone, Copy)]
pub struct Partition {
    /// The column.
    pub by: usize,
    /// Rows of one piece.
    pub every: QuantityId,
}

/// The newest rows of a table: shares of the rows and of the accesses.
#[derive(Debug, Clone, Copy)]
pub struct Hot {
    /// Of the rows.
    pub rows: QuantityId,
    /// Of the accesses.
    pub accesses: QuantityId,
}

/// `[table.X]`
#[derive(Debug, Clone)]
pub struct Table {
    /// Name.
    pub name: String,
    /// Index of its database.
    pub database: usize,
    /// Rows.
    pub rows: QuantityId,
    /// Bytes of the values of a row, where the columns do not say.
    pub row: Option<QuantityId>,
    /// Its columns. Of a table by `row` those that something names.
    pub columns: Vec<Column>,
    /// Its indexes, that of the primary key first.
    pub indexes: Vec<Index>,
    /// Columns that an update changes.
    pub updates: Vec<usize>,
    /// How full pages are when rows are inserted.
    pub fillfactor: QuantityId,
    /// Its newest rows, if they are asked for more than others.
    pub hot: Option<Hot>,
    /// Its pieces; none: it is one.
    pub partition: Option<Partition>,
    /// Rows that come; none: nothing does.
    pub growth: Option<Growth>,
    /// How long rows stay; none: for ever.
    pub retention: Option<Retention>,
    /// Where it is named.
    pub span: Option<Span>,
}

impl Table {
    /// The index of the column of this name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The index of the primary key.
    pub fn primary(&self) -> Option<&Index> {
        self.indexes.iter().find(|index| index.primary)
    }

    /// Whether the order of a column is taken for that of the rows where nothing is stated: the
    /// only column of a key, if its values ascend with time.
    pub fn ascends(&self, column: usize) -> bool {
        let first = self.primary().and_then(|index| index.on.first());
        let alone = self.primary().is_some_and(|index| index.on.len() == 1);
        let known = &self.columns[column];
        let is_first = first.is_some_and(|first| first.column == column);
        alone && is_first && known.distinct.is_none() && known.is_serial()
    }

    /// The columns of the primary key.
    pub fn key(&self) -> impl Iterator<Item = usize> {
        self.primary().into_iter().flat_map(|index| index.on.iter().map(|one| one.column))
    }
}

/// A column compared for equality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equal {
    /// Index of the column.
    pub column: usize,
    /// With this value; none: any. `null` asks for rows without a value.
    pub value: Option<String>,
    /// With one of so many values; none: with one.
    pub values: Option<QuantityId>,
}

/// Rows of a second table that go with those of the first.
#[derive(Debug, Clone, Copy)]
pub struct Joined {
    /// Index of the second table.
    pub table: usize,
    /// Index of its column.
    pub on: usize,
    /// Rows for each row of the first table; none: by the column.
    pub matches: Option<Amount>,
}

/// What a query asks of a table.
#[derive(Debug, Clone)]
pub struct Read {
    /// Index of the table.
    pub table: usize,
    /// Columns compared for equality.
    pub equals: Vec<Equal>,
    /// Column compared by a range, and the share of rows in it; none: not stated.
    pub range: Option<(usize, Option<QuantityId>)>,
    /// Order of the answer.
    pub order_by: Vec<Ordered>,
    /// Rows returned at most.
    pub limit: Option<QuantityId>,
    /// Rows skipped.
    pub offset: Option<QuantityId>,
    /// Rows that match; none: by the columns.
    pub matches: Option<Amount>,
    /// Columns returned; none: all.
    pub columns: Option<Vec<usize>>,
    /// Columns inside a function, which no index serves.
    pub function_on: Vec<usize>,
    /// A joined table.
    pub join: Option<Joined>,
    /// Only the number of rows is asked for.
    pub count: bool,
}

impl Read {
    /// The columns that it compares where an index may serve.
    pub fn compared(&self) -> impl Iterator<Item = usize> {
        let plain = |column: &usize| !self.function_on.contains(column);
        let equals = self.equals.iter().map(|equal| equal.column);
        equals.chain(self.range.map(|range| range.0)).filter(plain)
    }

    /// Whether every column inside a function is one that it compares.
    pub fn compares_all(&self) -> bool {
        let compared = |column: &usize| {
            self.equals.iter().any(|equal| equal.column == *column)
                || self.range.is_some_and(|range| range.0 == *column)
        };
        self.function_on.iter().all(compared)
    }

    /// Whether every row that it asks for is one of those that `filter` describes.
    pub fn implies(&self, filter: &Filter) -> bool {
        let equal = |column: usize| {
            let plain = !self.function_on.contains(&column);
            self.equals.iter().find(|equal| equal.column == column && plain)
        };
        let is_null = |equal: &Equal| equal.value.as_deref() == Some("null");
        match filter {
            Filter::Equals(column, value) => {
                equal(*column).is_some_and(|equal| equal.value.as_ref() == Some(value))
            }
            Filter::Null(column) => equal(*column).is_some_and(is_null),
            Filter::NotNull(column) => {
                let ranged = self.range.is_some_and(|range| range.0 == *column);
                ranged || equal(*column).is_some_and(|equal| !is_null(equal))
            }
            Filter::Other => false,
        }
    }
}

/// What a write does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WriteKind {
    /// New rows.
    Insert,
    /// Rows by their key, in new versions.
    Update,
    /// Rows by their key.
    Delete,
}

impl WriteKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Insert, Self::Update, Self::Delete];

    /// The verb.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// What a step writes.
#[derive(Debug, Clone, Copy)]
pub struct Write {
    /// Index of the table.
    pub table: usize,
    /// What it does.
    pub kind: WriteKind,
    /// Rows of one execution.
    pub rows: QuantityId,
    /// It commits by itself; else the transaction around it does, at its end.
    pub alone: bool,
}

/// How a query uses a table.
#[derive(Debug, Clone)]
pub enum Use {
    /// It reads.
    Read(Box<Read>),
    /// It writes: the query stands for steps `insert`, `update`, `delete`.
    Write(Write),
    /// It ends a transaction that has written.
    Commit,
}
