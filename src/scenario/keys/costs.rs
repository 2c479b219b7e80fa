//! The words of `database.X.costs`: settings of PostgreSQL's planner, which decide the path, and what
//! work takes on a core, which is how long the path lasts.
use super::Default::Is;
use super::Dimension::{Bytes, Count, Number, Time};
use super::Kind::{Quantity, Table};
use super::tables::plain;
use super::{KeySpec, Shape, TableSpec, key};

/// `database.X.costs`
pub(super) const COSTS_KEY: KeySpec = key(
    "costs",
    Table(&COSTS),
    super::Default::Absent("PostgreSQL's, and as measured"),
    "Settings of the planner, by PostgreSQL's names, and what work takes on a core",
);

/// The keys of `database.X.costs`.
pub static COSTS: TableSpec = plain(
    "costs",
    Shape::Nested,
    "What the planner goes by (no unit: a page read in order is 1), and what work takes on a core (`database.X.costs`)",
    &[
        key("seq_page_cost", Quantity(Number), Is("1"), "A page read in order"),
        key(
            "random_page_cost",
            Quantity(Number),
            Is("4"),
            "A page read out of order; 1.1 is common for solid-state disks",
        ),
        key("cpu_tuple_cost", Quantity(Number), Is("0.01"), "Processing a row"),
        key("cpu_index_tuple_cost", Quantity(Number), Is("0.005"), "An entry of an index"),
        key("cpu_operator_cost", Quantity(Number), Is("0.0025"), "An operator or a function"),
        key("parallel_setup_cost", Quantity(Number), Is("1000"), "Starting parallel workers"),
        key(
            "parallel_tuple_cost",
            Quantity(Number),
            Is("0.1"),
            "Handing a row from a worker to the leader",
        ),
        key(
            "min_parallel_table_scan_size",
            Quantity(Bytes),
            Is("8 MiB"),
            "Table below which no worker helps",
        ),
        key(
            "min_parallel_index_scan_size",
            Quantity(Bytes),
            Is("512 KiB"),
            "Part of an index below which no worker helps",
        ),
        key(
            "max_parallel_workers_per_gather",
            Quantity(Count),
            Is("2"),
            "Workers that one query may use",
        ),
        key(
            "effective_cache_size",
            Quantity(Bytes),
            Is("4 GiB"),
            "What the planner takes for cached",
        ),
        key(
            "work_mem",
            Quantity(Bytes),
            Is("4 MiB"),
            "Memory of one sort before it spills to disk",
        ),
        key(
            "hash_mem_multiplier",
            Quantity(Number),
            Is("2"),
            "A hash table may use this multiple of `work_mem`",
        ),
        key("statement", Quantity(Time), Is("20.4us"), "A prepared statement that touches nothing"),
        key(
            "planning",
            Quantity(Time),
            Is("14us"),
            "Planning a statement with a range, which is planned at each execution",
        ),
        key("scan_start", Quantity(Time), Is("4.5us"), "Starting a scan of a table or an index"),
        key("tuple", Quantity(Time), Is("18ns"), "A row of a sequential or bitmap scan"),
        key("operator", Quantity(Time), Is("13ns"), "A condition on a row"),
        key("function", Quantity(Time), Is("33ns"), "A condition through a function on a row"),
        key("index_tuple", Quantity(Time), Is("31ns"), "An entry taken from an index"),
        key(
            "visibility",
            Quantity(Time),
            Is("4ns"),
            "The check that an index-only scan need not look at the table",
        ),
        key(
            "heap_fetch",
            Quantity(Time),
            Is("8ns"),
            "A row fetched by its address from a page at hand",
        ),
        key("probe", Quantity(Time), Is("500ns"), "A descent into an index"),
        key("level", Quantity(Time), Is("300ns"), "A level of a descent"),
        key(
            "leaf_cold",
            Quantity(Time),
            Is("1.5us"),
            "The lowest level of a descent, if it is not in the processor's cache",
        ),
        key(
            "page",
            Quantity(Time),
            Is("180ns"),
            "Another page of a table, in the processor's cache",
        ),
        key("page_cold", Quantity(Time), Is("600ns"), "The same, not in the processor's cache"),
        key(
            "stream_header",
            Quantity(Time),
            Is("260ns"),
            "A page read through in order, for the headers of its rows",
        ),
        key("stream_data", Quantity(Time), Is("850ns"), "The same, for their columns"),
        key("bitmap_tuple", Quantity(Time), Is("25ns"), "A row put into a bitmap"),
        key("bitmap_page", Quantity(Time), Is("200ns"), "A page of a bitmap"),
        key("count", Quantity(Time), Is("5.5ns"), "Counting a row"),
        key("hash", Quantity(Time), Is("40ns"), "A row put into a hash table, or looked up"),
        key(
            "hash_cold",
            Quantity(Time),
            Is("90ns"),
            "More for each of those, if the table is not in the processor's cache",
        ),
        key("compare", Quantity(Time), Is("5ns"), "A comparison of a sort by numbers or dates"),
        key("compare_long", Quantity(Time), Is("14ns"), "A comparison of a sort by longer values"),
        key(
            "bounded",
            Quantity(Time),
            Is("12ns"),
            "A row that passes a sort which keeps the first ones",
        ),
        key("sent_byte", Quantity(Time), Is("2ns"), "A byte of a result"),
        key("flush", Quantity(Time), Is("17us"), "A flush of the send buffer beyond the second"),
        key("worker", Quantity(Time), Is("6.5ms"), "A parallel worker"),
        key("worker_page", Quantity(Time), Is("1.2us"), "A page that a parallel worker reads"),
        key(
            "transaction",
            Quantity(Time),
            Is("11us"),
            "A transaction that writes, without its flush",
        ),
        key("commit", Quantity(Time), Is("37us"), "The flush of a commit, on the cores"),
        key(
            "recheck",
            Quantity(Time),
            Is("8us"),
            "One who waits for a row looks again, when it is released",
        ),
        key("heap_write", Quantity(Time), Is("2us"), "A row version written into a table"),
        key("index_write", Quantity(Time), Is("2.2us"), "An entry written into an index"),
        key("wide_value", Quantity(Time), Is("1.3us"), "Finding a value kept out of line"),
        key("chunk", Quantity(Time), Is("570ns"), "A chunk of it (1,996 bytes) read"),
        key(
            "chunk_write",
            Quantity(Time),
            Is("10us"),
            "A chunk of it written, with its index entry",
        ),
        key(
            "processor_cache",
            Quantity(Bytes),
            Is("32 MiB"),
            "What fits into the last cache of the processor",
        ),
    ],
);
