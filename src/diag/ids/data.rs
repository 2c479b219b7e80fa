//! Pages about tables, their indexes and queries on them.
use super::{Id, Page};

pub(super) const PAGES: &[(Id, Page)] = &[
    (
        Id::UnknownColumn,
        Page {
            text: "A key, an index or a query names a column that the table does not have. A column \
               with a direction is `created` or `created desc`.",
            wrong: r#"[table.streams]
database = "pg"
rows     = 900_000
columns  = { id = "bigint", user_id = "bigint", created_at = "timestamptz" }
index    = { by_user = ["user_id", "created"] }"#,
            mended: r#"[table.streams]
database = "pg"
rows     = 900_000
columns  = { id = "bigint", user_id = "bigint", created_at = "timestamptz" }
index    = { by_user = ["user_id", "created_at"] }"#,
        },
    ),
    (
        Id::BadColumnType,
        Page {
            text: "Types are those of PostgreSQL. What has no fixed length says how many bytes it \
               has on average, without its header: `text(40)`. That is not the limit which a \
               `varchar(255)` of a real schema states.",
            wrong: r#"[table.streams]
database = "pg"
rows     = 900_000
columns  = { id = "bigint", title = "string" }"#,
            mended: r#"[table.streams]
database = "pg"
rows     = 900_000
columns  = { id = "bigint", title = "text(40)" }"#,
        },
    ),
    (
        Id::UnknownMatches,
        Page {
            text: "What a query costs depends on how many rows match. For columns compared for \
               equality this is the table's rows divided by the different values of each column; \
               nothing says how many those are. State `distinct` of the column, the share of one \
               value in `values`, or `matches` of the query. A range says its share.",
            wrong: r#"[table.streams]
database = "pg"
rows     = 900_000
columns  = { id = "bigint", user_id = "bigint" }
key      = "id"

[query.history]
table  = "streams"
equals = "user_id""#,
            mended: r#"[table.streams]
database = "pg"
rows     = 900_000
columns  = { id = "bigint", user_id = { type = "bigint", distinct = 50_000 } }
key      = "id"

[query.history]
table  = "streams"
equals = "user_id""#,
        },
    ),
    (
        Id::TooManyMatches,
        Page {
            text: "A query matches more rows than its table has. All of them are taken to match. \
               Where the table grows and the matches grow with it, write them as a share of the \
               rows, or as an expression with `rows`.",
            wrong: r#"[table.streams]
database = "pg"
rows     = 10_000
row      = "200 B"

[query.live]
table   = "streams"
equals  = "status"
matches = 50_000"#,
            mended: r#"[table.streams]
database = "pg"
rows     = 10_000
row      = "200 B"

[query.live]
table   = "streams"
equals  = "status"
matches = "5%""#,
        },
    ),
    (
        Id::PartialIndexNotImplied,
        Page {
            text: "A partial index serves a query only if every row that the query asks for is in \
               the index, and the planner can tell. A query that compares the column with any value \
               (`?`) asks for other rows too.",
            wrong: r#"[table.streams]
database = "pg"
rows     = 900_000
columns  = { id = "bigint", status = { type = "text(5)", distinct = 3 } }
index    = { live = { on = ["id"], where = "status = 'live'" } }

[query.live]
table  = "streams"
equals = { status = "?" }"#,
            mended: r#"[table.streams]
database = "pg"
rows     = 900_000
columns  = { id = "bigint", status = { type = "text(5)", distinct = 3 } }
index    = { live = { on = ["id"], where = "status = 'live'" } }

[query.live]
table  = "streams"
equals = { status = "live" }"#,
        },
    ),
    (
        Id::UnusedIndex,
        Page {
            text: "An index serves queries that compare its first column or order by it. None of \
               this scenario does, and every insert pays for it. Unique indexes are not meant: they \
               keep a rule.",
            wrong: r#"[table.streams]
database = "pg"
rows     = 900_000
columns  = { id = "bigint", user_id = { type = "bigint", distinct = 50_000 } }
index    = { by_id_user = ["id", "user_id"] }

[query.history]
table  = "streams"
equals = "user_id""#,
            mended: r#"[table.streams]
database = "pg"
rows     = 900_000
columns  = { id = "bigint", user_id = { type = "bigint", distinct = 50_000 } }
index    = { by_user_id = ["user_id", "id"] }

[query.history]
table  = "streams"
equals = "user_id""#,
        },
    ),
    (
        Id::RedundantIndex,
        Page {
            text: "The columns of an index are the first ones of another index, which serves every \
               query that it serves, at nearly the same cost. Every insert pays for both.",
            wrong: r#"[table.streams]
database = "pg"
rows     = 900_000
row      = "200 B"
index    = { status = ["status"], status_started = ["status", "started_at desc"] }"#,
            mended: r#"[table.streams]
database = "pg"
rows     = 900_000
row      = "200 B"
index    = { status_started = ["status", "started_at desc"] }"#,
        },
    ),
    (
        Id::FunctionOnColumn,
        Page {
            text: "An index has the values of its columns. A comparison of a function of a column, \
               such as `lower(email)` or `date(created_at)`, cannot use it, and every row is looked \
               at. Compare the bare column, by a range if need be, or have an index on the \
               expression.",
            wrong: r#"[table.users]
database = "pg"
rows     = 900_000
columns  = { id = "bigint", email = { type = "text(24)", distinct = "100%" } }
index    = { by_email = ["email"] }

[query.login]
table       = "users"
equals      = "email"
function_on = "email""#,
            mended: r#"[table.users]
database = "pg"
rows     = 900_000
columns  = { id = "bigint", email = { type = "text(24)", distinct = "100%" } }
index    = { by_email = ["email"] }

[query.login]
table  = "users"
equals = "email""#,
        },
    ),
];
