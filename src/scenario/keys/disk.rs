//! The disk of a database.

use super::Default::{Absent, Is};
use super::Dimension::{Bandwidth, Number, Time};
use super::Kind::{Quantity, Table};
use super::growth::DISK_SIZE;
use super::tables::plain;
use super::{KeySpec, Shape, TableSpec, key};

/// `database.X.disk`
pub(super) const DISK_KEY: KeySpec =
    key("disk", Table(&DISK), Absent("see `disk`"), "What its pages and its log are on");

/// `database.X.disk`: the baseline of a common volume of a cloud, "gp3" of Amazon EBS (3,000 IOPS,
/// 125 MiB/s, latencies of "single-digit milliseconds": "Amazon EBS General Purpose SSD volumes",
/// Amazon EBS User Guide, 2025).
pub static DISK: TableSpec = plain(
    "disk",
    Shape::Nested,
    "What pages and log of a database are on (`database.X.disk`); the defaults are the baseline of \
     a common cloud volume",
    &[
        DISK_SIZE,
        key("read_latency", Quantity(Time), Is("1ms"), "One random read of an idle disk"),
        key("iops", Quantity(Number), Is("3000"), "Random reads per second, at most"),
        key("bandwidth", Quantity(Bandwidth), Is("125 MiB/s"), "Shared by the running scans"),
        key("sync", Quantity(Time), Is("1ms"), "One flush of the write-ahead log"),
    ],
);
