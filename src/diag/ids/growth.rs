//! Pages about forecasts: growth, retention, storage, calendars.

use super::{Id, Page};

pub(super) const PAGES: &[(Id, Page)] = &[
    (
        Id::GrowthWithoutTime,
        Page {
            text: "What grows is stated per time. A plain number may be so many a day or so many at \
               once, which are different things: 500 streams at once that last two hours each are \
               6,000 a day, and 500 a day are 42 at once (Little's law).",
            wrong: r#"[table.streams]
database = "pg"
rows     = 0
row      = "200 B"
growth   = 500"#,
            mended: r#"[table.streams]
database = "pg"
rows     = 0
row      = "200 B"
growth   = "500/day""#,
        },
    ),
    (
        Id::CompoundAsRate,
        Page {
            text: "A share per time says how fast something grows, not how much comes: `8%/month` \
               would be 0.08 rows a month, and so `1.08/month` says nothing of 8 %, and \
               `compound = 1.08` more than doubles. Compound growth is a share and a time, of a rate \
               or of the table itself.",
            wrong: r#"[table.streams]
database = "pg"
rows     = 100_000
row      = "200 B"
growth   = "8%/month""#,
            mended: r#"[table.streams]
database = "pg"
rows     = 100_000
row      = "200 B"
growth   = { rate = "500/day", compound = "8%", per = "month" }"#,
        },
    ),
    (
        Id::HorizonBeyondCalendar,
        Page {
            text: "A forecast reaches at most a hundred years from its month 0, and not beyond the \
               year 9999. A date after that is most likely a slip of a unit.",
            wrong: r#"[table.streams]
database = "pg"
rows     = 0
row      = "200 B"
growth   = "500/day"

[claim.small]
that = "at(365 years, table.streams.rows) < 200_000""#,
            mended: r#"[table.streams]
database = "pg"
rows     = 0
row      = "200 B"
growth   = "500/day"

[claim.small]
that = "at(365 days, table.streams.rows) < 200_000""#,
        },
    ),
    (
        Id::RetentionTooShort,
        Page {
            text: "A query asks for rows that came within a time, and the table keeps them for less: \
               the older ones are never found.",
            wrong: r#"[table.streams]
database  = "pg"
rows      = 45_000
columns   = { id = "bigint", created_at = "timestamptz" }
growth    = "500/day"
retention = { after = "90 days" }

[query.of_the_year]
table = "streams"
range = { created_at = "365 days" }"#,
            mended: r#"[table.streams]
database  = "pg"
rows      = 45_000
columns   = { id = "bigint", created_at = "timestamptz" }
growth    = "500/day"
retention = { after = "365 days" }

[query.of_the_year]
table = "streams"
range = { created_at = "365 days" }"#,
        },
    ),
    (
        Id::StorageWithoutTier,
        Page {
            text: "What lies in a storage is paid for by tiers, of which each has its price. One \
               without a tier is counted, and costs nothing.",
            wrong: r#"[storage.video]
growth = "500/day * 2h * 5 Mbit/s""#,
            mended: r#"[storage.video]
growth = "500/day * 2h * 5 Mbit/s"
tier   = { standard = { price = "0.023 $ / (GB*month)" } }"#,
        },
    ),
    (
        Id::PeakAllDay,
        Page {
            text: "A table grows, or calls are paid for, by the mean rate of a week. Of this \
               workload only one rate (or number of users) is known; taken for all day it is the peak that most reviews \
               state, and the amounts are several times too large. A shape with a `cycle` has a mean; \
               else state `mean_share`, the mean over a week as a share of the stated rate or of the users.",
            wrong: r#"[table.events]
database = "pg"
rows     = 0
row      = "100 B"
key      = "id"
growth   = "traffic"

[endpoint.record]
service = "api"
steps   = [{ insert = "events" }]

[workload.visitors]
rate = "100/s"
mix  = { record = 1 }"#,
            mended: r#"[table.events]
database = "pg"
rows     = 0
row      = "100 B"
key      = "id"
growth   = "traffic"

[endpoint.record]
service = "api"
steps   = [{ insert = "events" }]

[workload.visitors]
rate       = "100/s"
mean_share = "30%"
mix        = { record = 1 }"#,
        },
    ),
    (
        Id::GrowthWithoutTraffic,
        Page {
            text: "`growth = \"traffic\"` is what endpoints insert over a week. No workload that has a \
                   rate of a week (open workloads and users have one; bursts and logs do not) asks for an \
                   endpoint that inserts into this table, so that a forecast has it as it is today.",
            wrong: r#"[table.events]
database = "pg"
rows     = 0
row      = "100 B"
key      = "id"
growth   = "traffic""#,
            mended: r#"[table.events]
database = "pg"
rows     = 0
row      = "100 B"
key      = "id"
growth   = "500/day""#,
        },
    ),
];
