//! The words of a forecast: how amounts grow, how long they stay, where they lie, what they cost.

use super::Default::{Absent, Is, Required};
use super::Dimension::{
    Any, Bandwidth, BytePrice, Bytes, Money, Number, Rate, Ratio, Spending, StoragePrice, Time,
};
use super::Kind::{List, Map, OneOf, Pattern, Quantity, Table, Word};
use super::tables::plain;
use super::{KeySpec, Kind, MapKeys, Shape, Status, TableSpec, key};

/// Stretches of a calendar by their names.
const STRETCH: Kind = OneOf(&[Word(&["day", "week", "month", "year"]), Quantity(Time)]);
const RATE_DOC: &str = "Rows that come per time at month 0; `traffic`: what the endpoints insert";
const PER_DOC: &str = "In which time it grows so much: a month or year of the calendar, or a time";

const ROWS_GROW: Kind = OneOf(&[Word(&["traffic"]), Table(&GROWTH), Quantity(Rate)]);

/// `table.X.growth`
pub(super) const GROWTH_KEY: KeySpec = key(
    "growth",
    ROWS_GROW,
    Absent("none comes"),
    "Rows that come per time (`500/day`), `traffic`, or a table that says how the rate changes",
);

/// `table.X.retention`
pub(super) const RETENTION_KEY: KeySpec =
    key("retention", Table(&RETENTION), Absent("rows stay for ever"), "How long rows stay");

/// `database.X.disk.size`
pub(super) const DISK_SIZE: KeySpec =
    key("size", Quantity(Bytes), Absent("-"), "Bytes that fit; a forecast says when it is full");

const COMPOUND: KeySpec = key(
    "compound",
    Quantity(Number),
    Absent("-"),
    "Share by which the rate grows in each `per`: `8%`, without a time",
);
const PER: KeySpec = key("per", STRETCH, Is("month"), PER_DOC);
const RISE: KeySpec = key(
    "rise",
    Quantity(Any),
    Absent("-"),
    "By how much the rate rises per time, in a straight line: `10/day/day`",
);
const S_CURVE: KeySpec = key(
    "s_curve",
    Quantity(Any),
    Absent("-"),
    "What compound growth bends towards, along a logistic curve: a rate, or of what grows by itself an amount",
);
const SEASONAL: KeySpec = key(
    "seasonal",
    List(&Quantity(Number)),
    Absent("-"),
    "Factors of the rate by month of the year, January first: twelve, or four of quarters",
);

const LAWS: &[&[&str]] = &[
    &["rise", "compound"],
    &["rise", "s_curve"],
    &["rows_compound", "rate"],
    &["rows_compound", "compound"],
    &["rows_compound", "rise"],
    &["rows_compound", "seasonal"],
];

/// `table.X.growth = {...}`
pub static GROWTH: TableSpec = TableSpec {
    name: "growth",
    shape: Shape::Nested,
    doc: "How rows of a table come over time (`table.X.growth`)",
    status: Status::Now,
    keys: &[
        key("rate", OneOf(&[Word(&["traffic"]), Quantity(Rate)]), Absent("-"), RATE_DOC),
        COMPOUND,
        key(
            "rows_compound",
            Quantity(Number),
            Absent("-"),
            "Share by which the table itself grows in each `per`",
        ),
        PER,
        RISE,
        S_CURVE,
        SEASONAL,
    ],
    exclusive: LAWS,
    needs: &[&["rate", "rows_compound"]],
};

/// `storage.X.growth = {...}`
pub static INFLOW: TableSpec = TableSpec {
    name: "inflow",
    shape: Shape::Nested,
    doc: "How bytes come into a storage over time (`storage.X.growth`)",
    status: Status::Now,
    keys: &[
        key("rate", Quantity(Bandwidth), Required, "Bytes that come per time at month 0"),
        COMPOUND,
        PER,
        RISE,
        S_CURVE,
        SEASONAL,
    ],
    exclusive: &[&["rise", "compound"], &["rise", "s_curve"]],
    needs: &[],
};

/// `workload.X.growth`
pub(super) const LOAD_KEY: KeySpec = key(
    "growth",
    Table(&LOAD),
    Absent("the load stays as it is"),
    "How the load changes over the dates of a forecast; a run is at month 0",
);

/// `workload.X.growth = {...}`
pub static LOAD: TableSpec = TableSpec {
    name: "load_growth",
    shape: Shape::Nested,
    doc: "What rate or users are multiplied with at a date of a forecast: 1 at month 0, times the factor of the month (`workload.X.growth`)",
    status: Status::Now,
    keys: &[
        key(
            "compound",
            Quantity(Number),
            Absent("-"),
            "Share by which the load grows in each `per`: `8%`, without a time",
        ),
        PER,
        key(
            "rise",
            Quantity(Rate),
            Absent("-"),
            "Share of the load of month 0 by which it rises per time, in a straight line: `10%/month`",
        ),
        key(
            "s_curve",
            Quantity(Number),
            Absent("-"),
            "Multiple of the load of month 0 that compound growth bends towards, along a logistic curve",
        ),
        key(
            "seasonal",
            List(&Quantity(Number)),
            Absent("-"),
            "Factors of the load by month of the year, January first: twelve, or four of quarters",
        ),
    ],
    exclusive: &[&["rise", "compound"], &["rise", "s_curve"]],
    needs: &[&["compound", "rise", "seasonal"]],
};

/// `table.X.retention`
pub static RETENTION: TableSpec = plain(
    "retention",
    Shape::Nested,
    "How long rows stay (`table.X.retention`); those there at month 0 have ages spread evenly over it",
    &[
        key("after", Quantity(Time), Required, "Age at which a row may go"),
        key(
            "then",
            OneOf(&[
                Word(&["drop", "delete"]),
                Pattern("storage.X", |text| text.starts_with("storage.")),
            ]),
            Is("delete"),
            "What happens: `drop` whole partitions, `delete` rows (their room stays with the table), or move them to `storage.X`",
        ),
        key(
            "every",
            STRETCH,
            Absent("at once"),
            "How often it happens; of `drop` the time that a partition spans",
        ),
    ],
);

/// `[storage.X]`
pub static STORAGE: TableSpec = plain(
    "storage",
    Shape::Named,
    "A storage for objects, with tiers that they move through as they age",
    &[
        key("bytes", Quantity(Bytes), Is("0 B"), "What lies there at month 0"),
        key(
            "growth",
            OneOf(&[Table(&INFLOW), Quantity(Bandwidth)]),
            Absent("only what tables move there"),
            "Bytes that come per time: `500/day * 2h * 5 Mbit/s`, or a table that says how it changes",
        ),
        key(
            "tier",
            Map(MapKeys::Own("tier"), &Table(&TIER)),
            Absent("-"),
            "Its tiers: { name = { after, price } }",
        ),
        key("expire", Quantity(Time), Absent("never"), "Age at which objects are deleted"),
        key("keep", Quantity(Ratio), Is("0%"), "Share of the objects that never expire"),
        key(
            "object",
            Quantity(Bytes),
            Absent("requests cost nothing"),
            "Bytes of an object on average: what `request` prices are counted by",
        ),
    ],
);

/// `storage.X.tier.T`
pub static TIER: TableSpec = plain(
    "tier",
    Shape::Nested,
    "A tier of a storage (`storage.X.tier.T`)",
    &[
        key("after", Quantity(Time), Is("0s"), "Age at which objects come here"),
        key("price", Quantity(StoragePrice), Required, "What lies here, per month of the calendar"),
        key("minimum", Quantity(Time), Is("0s"), "Stay that is paid for at least"),
        key("request", Quantity(Money), Is("0 $"), "Storing, or moving here, one object"),
        key(
            "reads",
            Quantity(Rate),
            Is("0/month"),
            "Share of what lies here that is read per time",
        ),
        key("retrieval", Quantity(BytePrice), Is("0 $/GB"), "Reading it"),
    ],
);

/// `[price]`
pub static PRICE: TableSpec = plain(
    "price",
    Shape::Single,
    "What things cost, besides the tiers of storages",
    &[
        key(
            "instance",
            Map(MapKeys::Entities("service"), &Quantity(Spending)),
            Absent("-"),
            "An instance of a service: { api = \"0.17 $/h\" }",
        ),
        key(
            "database",
            Map(MapKeys::Entities("database"), &Quantity(Spending)),
            Absent("-"),
            "The server of a database",
        ),
        key(
            "disk",
            Map(MapKeys::Entities("database"), &Quantity(StoragePrice)),
            Absent("-"),
            "Its disk: all of a stated `size`, else what tables and indexes take",
        ),
        key(
            "backup",
            Map(MapKeys::Entities("database"), &Quantity(StoragePrice)),
            Absent("-"),
            "One full copy of what tables and indexes take",
        ),
        key("transfer", Quantity(BytePrice), Is("0 $/GB"), "Sending what is read from storages"),
        key(
            "call",
            Map(MapKeys::Entities("endpoint"), &Quantity(Money)),
            Absent("-"),
            "A request of workloads to an endpoint, at the mean rate of a week",
        ),
    ],
);
