//! How a database is copied and brought back.

use super::Default::{Absent, Is};
use super::Dimension::{Bandwidth, Time};
use super::Kind::{Quantity, Table};
use super::tables::plain;
use super::{KeySpec, Shape, TableSpec, key};

/// `database.X.backup`
pub(super) const BACKUP_KEY: KeySpec =
    key("backup", Table(&BACKUP), Absent("see `backup`"), "How it is copied and brought back");

/// `database.X.backup`. The log that is replayed: 3 to 4 segments of 16 MiB a second "with the default
/// settings", from a base backup and an archive, as somebody measured who asked how to make it quicker
/// ("Is there a way to speed up WAL replay?", pgsql-general, 2018-10-31); replay has one process.
pub static BACKUP: TableSpec = plain(
    "backup",
    Shape::Nested,
    "Physical copies of a database, and the log since the last one (`database.X.backup`): what \
     `backup_time` and `restore_time` of a forecast are worked out from",
    &[
        key("every", Quantity(Time), Is("1 day"), "Between two base backups"),
        key(
            "bandwidth",
            Quantity(Bandwidth),
            Absent("that of the `disk`"),
            "At which a base backup is taken",
        ),
        key(
            "restore_bandwidth",
            Quantity(Bandwidth),
            Absent("`bandwidth`"),
            "At which it is copied back",
        ),
        key(
            "replay",
            Quantity(Bandwidth),
            Is("50 MB/s"),
            "Bytes of the log that are fetched and replayed per time",
        ),
    ],
);
