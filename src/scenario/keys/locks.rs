//! The words of locks.

use super::Default::{Absent, Is};
use super::Dimension::Time;
use super::Kind::{Quantity, Reference, Word};
use super::tables::plain;
use super::{Shape, TableSpec, key};

/// `[lock.X]`
pub static LOCK: TableSpec = plain(
    "lock",
    Shape::Named,
    "A lock, or one per key",
    &[
        key(
            "scope",
            Word(&["global", "database", "instance"]),
            Is("global"),
            "Among whom it excludes",
        ),
        key("database", Reference("database"), Absent("-"), "Whose rows it locks, one per key"),
        key(
            "recheck",
            Quantity(Time),
            Absent("8us for rows"),
            "Work on the database's cores for each who waits, when a row is released",
        ),
    ],
);
