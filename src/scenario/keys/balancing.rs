//! Keys of services that say how instances differ, and how balancers deal with those that fail.
use super::Default::{Absent, Is};
use super::Dimension::{Any, Count, Number, Ratio, Time};
use super::Kind::{List, OneOf, Quantity, Table, Varying, Word};
use super::tables::plain;
use super::{KeySpec, Shape, TableSpec, key};

/// `service.X.speeds`
pub(super) const SPEEDS: KeySpec = key(
    "speeds",
    List(&Quantity(Number)),
    Absent("-"),
    "Speeds of the cores of the first instances, such as `[\"100%\", \"20%\"]`; those beyond the list have 100 %",
);

/// `service.X.balance_key`
pub(super) const BALANCE_KEY: KeySpec = key(
    "balance_key",
    OneOf(&[Word(&["user"]), Varying(Any)]),
    Absent("-"),
    "Whose request it is, what `sticky` and `hash` go by, required there: drawn for each; or user: whoever asks",
);

/// `service.X.eject`
pub(super) const EJECT_KEY: KeySpec = key(
    "eject",
    Table(&EJECT),
    Absent("-"),
    "Which instances the balancer passes over because they fail",
);

/// `service.X.slow_start`
pub(super) const SLOW_START: KeySpec = key(
    "slow_start",
    Quantity(Time),
    Absent("-"),
    "Time over which an instance that comes back into rotation gets its full share, from a tenth of it on",
);

/// `eject = {...}` of a service.
pub static EJECT: TableSpec = plain(
    "eject",
    Shape::Nested,
    "Ejection of outliers (`service.X.eject`)",
    &[
        key(
            "errors",
            Quantity(Count),
            Is("5"),
            "Errors in a row after which an instance is ejected",
        ),
        key(
            "for",
            Quantity(Time),
            Is("30s"),
            "How long the first time; the second time twice as long, and so on, up to `300s`",
        ),
        key(
            "at_most",
            Quantity(Ratio),
            Is("10%"),
            "Share of the instances that may be out at once, rounded down; but one may",
        ),
    ],
);
