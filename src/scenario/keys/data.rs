//! The words of data at rest: tables with their columns and indexes, queries on them, and what a
//! database needs to know to tell what they cost.
use super::Default::{Absent, Is, Required};
use super::Dimension::{Bytes, Count, Number, Ratio};
use super::Kind::{Boolean, Map, OneOf, Quantity, Reference, Table, Text, Texts};
use super::growth::{GROWTH_KEY, RETENTION_KEY};
use super::tables::plain;
use super::{KeySpec, Kind, MapKeys, Shape, Status, TableSpec, key};

/// One column, or several.
const ONE_OR_MORE: Kind = OneOf(&[Text, Texts]);

/// `[table.X]`
pub static TABLE: TableSpec = TableSpec {
    name: "table",
    shape: Shape::Named,
    doc: "A table of a database: what its queries and writes cost follows from it",
    status: Status::Now,
    keys: &[
        key("database", Reference("database"), Required, "Where it lies"),
        key("rows", Quantity(Count), Required, "Rows that it has"),
        key(
            "columns",
            Map(MapKeys::Own("column"), &OneOf(&[Text, Table(&COLUMN)])),
            Absent("-"),
            "Its columns: { name = \"type\" }, or a table with more about it; types are PostgreSQL's",
        ),
        key(
            "row",
            Quantity(Bytes),
            Absent("-"),
            "Bytes of the values of one row, where the columns are not known",
        ),
        key(
            "key",
            ONE_OR_MORE,
            Absent("no key"),
            "Column or columns of the primary key, which has a unique index",
        ),
        key(
            "index",
            Map(MapKeys::Own("index"), &OneOf(&[Texts, Table(&INDEX)])),
            Absent("none beside the key's"),
            "Its indexes: { name = [\"a\", \"b\"] }, or a table with more about it",
        ),
        key(
            "updates",
            ONE_OR_MORE,
            Absent("no column that an index has"),
            "Columns that an `update` changes: one that an index has needs new entries in all of them",
        ),
        key(
            "fillfactor",
            Quantity(Ratio),
            Is("100%"),
            "How full pages are when rows are inserted, which leaves room for updates",
        ),
        key(
            "partition",
            Table(&PARTITION),
            Absent("one piece"),
            "Pieces by ranges of a column, each with its own indexes",
        ),
        key(
            "hot",
            Table(&HOT),
            Absent("every row as often as any other"),
            "The newest rows, to which most accesses go",
        ),
        GROWTH_KEY,
        RETENTION_KEY,
    ],
    exclusive: &[&["row", "columns"]],
    needs: &[&["row", "columns"]],
};

/// `table.X.hot`
pub static HOT: TableSpec = plain(
    "hot",
    Shape::Nested,
    "The newest rows, which are found in memory more often than others (`table.X.hot`)",
    &[
        key("rows", Quantity(Ratio), Required, "Share of the rows that they are"),
        key("accesses", Quantity(Ratio), Required, "Share of the accesses that go to them"),
    ],
);

/// A column of a table, with more than its type.
pub static COLUMN: TableSpec = plain(
    "column",
    Shape::Nested,
    "A column with what planners know about it (`table.X.columns.C`)",
    &[
        key("type", Text, Required, "Its type, as PostgreSQL has it: `bigint`, `uuid`, `text(40)`"),
        key(
            "distinct",
            Quantity(Number),
            Absent("not known"),
            "Different values: a number, a share of the rows (`10%`), or an expression with `rows`",
        ),
        key("nulls", Quantity(Ratio), Is("0%"), "Share of rows without a value"),
        key(
            "correlation",
            Quantity(Number),
            Absent("1 of a key of one ascending column, else 0"),
            "Of its order with the rows' order on disk, from -1 to 1; of dates of insertion it is 1",
        ),
        key(
            "values",
            Map(MapKeys::Any("value"), &Quantity(Ratio)),
            Absent("all alike"),
            "Shares of rows with certain values: { live = \"0.03%\" }",
        ),
    ],
);

/// An index with more than its columns.
pub static INDEX: TableSpec = plain(
    "index",
    Shape::Nested,
    "An index (`table.X.index.I`): a B-tree",
    &[
        key("on", ONE_OR_MORE, Required, "Its columns, in order; \"created desc\" is allowed"),
        key("include", ONE_OR_MORE, Absent("-"), "Columns that it carries along, not ordered"),
        key(
            "where",
            Text,
            Absent("all rows"),
            "Which rows it has: `status = 'live'`, `ended is null`, `title is not null`",
        ),
        key(
            "share",
            Quantity(Ratio),
            Absent("by `where`"),
            "Share of the rows that it has, where the columns do not tell",
        ),
        key("unique", Boolean, Is("false"), "Whether no two rows have the same values"),
    ],
);

/// `table.X.partition`
pub static PARTITION: TableSpec = plain(
    "partition",
    Shape::Nested,
    "Pieces of a table (`table.X.partition`): a query that states their column reads few of them",
    &[
        key("by", Text, Required, "The column whose ranges they are"),
        key("every", Quantity(Count), Required, "Rows of one piece"),
    ],
);

/// `query.X.join`
pub static JOIN: TableSpec = plain(
    "join",
    Shape::Nested,
    "A second table whose rows go with those of the first (`query.X.join`)",
    &[
        key("table", Reference("table"), Required, "The second table"),
        key("on", Text, Required, "Its column that equals one of the first table"),
        key(
            "matches",
            Quantity(Number),
            Absent("its rows by the distinct values of the column"),
            "Rows of it for each row of the first: a number, a share, or an expression with `rows`",
        ),
    ],
);

/// `query.X.table`
pub(super) const READS_TABLE: KeySpec = key(
    "table",
    Reference("table"),
    Absent("-"),
    "The table that it reads: `cpu`, `reads` and `scan` follow from it",
);
/// `query.X.equals`
pub(super) const EQUALS: KeySpec = key(
    "equals",
    OneOf(&[Text, Texts, Map(MapKeys::Any("column"), &OneOf(&[Text, Boolean, Quantity(Number)]))]),
    Absent("-"),
    "Columns compared for equality: [\"a\"], or { a = \"live\", b = \"?\" }, where ? is any value",
);
/// `query.X.in`
pub(super) const IN: KeySpec = key(
    "in",
    Map(MapKeys::Any("column"), &Quantity(Count)),
    Absent("-"),
    "Columns compared with a list of values, and how many these are: { a = 100 }",
);
/// `query.X.range`
pub(super) const RANGE: KeySpec = key(
    "range",
    OneOf(&[Text, Map(MapKeys::Any("column"), &Quantity(Ratio))]),
    Absent("-"),
    "Column compared by a range; { column = share } says which share of the rows lies in it",
);
/// `query.X.order_by`
pub(super) const ORDER_BY: KeySpec =
    key("order_by", ONE_OR_MORE, Absent("any order"), "Columns of the order; \"created desc\"");
/// `query.X.limit`
pub(super) const LIMIT_ROWS: KeySpec =
    key("limit", Quantity(Count), Absent("none"), "Rows returned at most");
/// `query.X.offset`
pub(super) const OFFSET: KeySpec =
    key("offset", Quantity(Count), Absent("none"), "Rows skipped before the first is returned");
/// `query.X.matches`
pub(super) const MATCHES: KeySpec = key(
    "matches",
    Quantity(Number),
    Absent("by the columns"),
    "Rows that match: a number, a share of the rows (`5%`), or an expression with `rows`",
);
/// `query.X.columns`
pub(super) const COLUMNS_READ: KeySpec =
    key("columns", ONE_OR_MORE, Absent("all"), "Columns returned");
/// `query.X.function_on`
pub(super) const FUNCTION_ON: KeySpec = key(
    "function_on",
    ONE_OR_MORE,
    Absent("-"),
    "Columns inside a function, such as lower(email): no index on them serves",
);
/// `query.X.join`
pub(super) const JOIN_KEY: KeySpec = key("join", Table(&JOIN), Absent("-"), "A joined table");
/// `query.X.count`
pub(super) const COUNT_ONLY: KeySpec =
    key("count", Boolean, Is("false"), "Whether only the number of rows is asked for");

/// `database.X.memory`
pub(super) const MEMORY: KeySpec =
    key("memory", Quantity(Bytes), Absent("all data fit"), "Memory of the server");
/// `database.X.cache`
pub(super) const CACHE_SHARE: KeySpec = key(
    "cache",
    Quantity(Ratio),
    Is("75%"),
    "Share of `memory` that caches pages, what connections need not counted",
);
/// `database.X.backend_memory`
pub(super) const BACKEND_MEMORY: KeySpec = key(
    "backend_memory",
    Quantity(Bytes),
    Is("10 MiB"),
    "Memory of one connection, taken from the cache",
);
