//! The settings of PostgreSQL's planner, and our time constants.
//!
//! Two kinds of numbers, never mixed: *planner settings* decide which way a query takes (they have no
//! unit: one is a page read in order), *time constants* say how long that way lasts.

/// Bytes of a page (BLCKSZ).
pub const PAGE: f64 = 8192.0;

/// The planner's settings: names and defaults of PostgreSQL 15 (documentation, chapters 20.4 and
/// 20.7; `postgresql.conf.sample`). Sizes are bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Cost of a page read in order.
    pub seq_page_cost: f64,
    /// Cost of a page read out of order.
    pub random_page_cost: f64,
    /// Cost of processing a row.
    pub cpu_tuple_cost: f64,
    /// Cost of processing an index entry.
    pub cpu_index_tuple_cost: f64,
    /// Cost of an operator or function call.
    pub cpu_operator_cost: f64,
    /// Cost of starting parallel workers.
    pub parallel_setup_cost: f64,
    /// Cost of handing a row from a worker to the leader.
    pub parallel_tuple_cost: f64,
    /// A table below this size is not scanned in parallel, bytes.
    pub min_parallel_table_scan_size: f64,
    /// An index of which less than this is read is not scanned in parallel, bytes.
    pub min_parallel_index_scan_size: f64,
    /// Workers one query may use besides its own process.
    pub max_parallel_workers_per_gather: u32,
    /// What the planner believes to be cached in all, bytes.
    pub effective_cache_size: f64,
    /// Memory of one sort or hash table before it spills, bytes.
    pub work_mem: f64,
    /// A hash table may use this multiple of `work_mem`.
    pub hash_mem_multiplier: f64,
}

impl Default for Settings {
    fn default() -> Self {
        const MIB: f64 = 1_048_576.0;
        Self {
            seq_page_cost: 1.0,
            random_page_cost: 4.0,
            cpu_tuple_cost: 0.01,
            cpu_index_tuple_cost: 0.005,
            cpu_operator_cost: 0.0025,
            parallel_setup_cost: 1000.0,
            parallel_tuple_cost: 0.1,
            min_parallel_table_scan_size: 8.0 * MIB,
            min_parallel_index_scan_size: 0.5 * MIB,
            max_parallel_workers_per_gather: 2,
            effective_cache_size: 4096.0 * MIB,
            work_mem: 4.0 * MIB,
            hash_mem_multiplier: 2.0,
        }
    }
}

impl Settings {
    /// The names, in the order of the fields.
    pub const NAMES: [&'static str; 13] = [
        "seq_page_cost",
        "random_page_cost",
        "cpu_tuple_cost",
        "cpu_index_tuple_cost",
        "cpu_operator_cost",
        "parallel_setup_cost",
        "parallel_tuple_cost",
        "min_parallel_table_scan_size",
        "min_parallel_index_scan_size",
        "max_parallel_workers_per_gather",
        "effective_cache_size",
        "work_mem",
        "hash_mem_multiplier",
    ];

    /// Sets one by its name: sizes in bytes. False if there is none of that name.
    pub fn set(&mut self, name: &str, value: f64) -> bool {
        let field = match name {
            "seq_page_cost" => &mut self.seq_page_cost,
            "random_page_cost" => &mut self.random_page_cost,
            "cpu_tuple_cost" => &mut self.cpu_tuple_cost,
            "cpu_index_tuple_cost" => &mut self.cpu_index_tuple_cost,
            "cpu_operator_cost" => &mut self.cpu_operator_cost,
            "parallel_setup_cost" => &mut self.parallel_setup_cost,
            "parallel_tuple_cost" => &mut self.parallel_tuple_cost,
            "min_parallel_table_scan_size" => &mut self.min_parallel_table_scan_size,
            "min_parallel_index_scan_size" => &mut self.min_parallel_index_scan_size,
            "max_parallel_workers_per_gather" => {
                self.max_parallel_workers_per_gather = value.max(0.0) as u32;
                return true;
            }
            "effective_cache_size" => &mut self.effective_cache_size,
            "work_mem" => &mut self.work_mem,
            "hash_mem_multiplier" => &mut self.hash_mem_multiplier,
            _ => return false,
        };
        *field = value;
        true
    }
}

/// Our time constants: CPU seconds of a server's core per thing done, with all pages in memory.
///
/// Calibrated on measurements of PostgreSQL 15.18 (2 virtual cores of an AMD EPYC, Zen 5 class;
/// 2 GB shared buffers, no huge pages, C locale, one client over a Unix socket with prepared
/// statements): CPU of the server's processes per query over tables of 10⁴ to 5·10⁶ rows, 61 rows
/// a page. Fitted to mechanisms, rounded; a slower processor scales all of them alike.
///
/// *Hot* and *cold* are the processor's cache, not the disk: a page whose lines are in the cache of
/// the processor, or only in memory. Reads from the disk come on top and are no CPU.
#[derive(Debug, Clone, PartialEq)]
pub struct Constants {
    /// A prepared statement that touches nothing: message, snapshot, reply (measured 20.4 µs with
    /// one client, of which 10 are its sleeping and waking and vanish on a saturated server).
    pub statement: f64,
    /// Planning, for statements planned at each execution: those with a range over a parameter,
    /// whose generic plan the planner finds dearer (plancache.c, `choose_custom_plan`).
    pub planning: f64,
    /// Starting a scan of one table or index: opening, locks, executor state.
    pub scan_start: f64,
    /// One row of a sequential or bitmap scan: visibility, slot.
    pub tuple: f64,
    /// One condition on one row of the heap, with taking the column out of the row.
    pub operator: f64,
    /// One condition through a function (`lower(x) = …`, `x like '%…%'`) on one row.
    pub function: f64,
    /// One entry taken from an index leaf.
    pub index_tuple: f64,
    /// The check that an index-only scan need not look at the heap.
    pub visibility: f64,
    /// A row fetched by its address from a page at hand.
    pub heap_fetch: f64,
    /// One descent: setting up keys, besides the levels.
    pub probe: f64,
    /// One level of a descent: binary search in a page that is hot.
    pub level: f64,
    /// Additional for the leaf of a descent when it is cold.
    pub leaf_cold: f64,
    /// Going to another heap page out of order: buffer look-up, pin, hot.
    pub page: f64,
    /// The same, cold.
    pub page_cold: f64,
    /// Additional for a page read through in order whose rows are cold, headers only.
    pub stream_header: f64,
    /// Additional for the same when columns of the rows are read.
    pub stream_data: f64,
    /// One row put into a bitmap.
    pub bitmap_tuple: f64,
    /// One page of a bitmap: sorting and handing out.
    pub bitmap_page: f64,
    /// One row counted.
    pub count: f64,
    /// One row looked up in a hash table of groups, or put into one.
    pub hash: f64,
    /// Additional for a hash table that the processor's cache does not hold: a miss to memory (the
    /// latency of memory on such machines, not measured in queries).
    pub hash_cold: f64,
    /// One comparison of a sort by numbers or times (keys up to 8 bytes).
    pub compare: f64,
    /// One comparison of a sort by longer keys.
    pub compare_long: f64,
    /// One row that passes through a sort that keeps the first N: comparison with the bound.
    pub bounded: f64,
    /// One byte of a result: output function, copying.
    pub sent_byte: f64,
    /// One flush of the 8 KiB send buffer beyond the second: a system call that wakes the client
    /// (pqcomm.c, `PQ_SEND_BUFFER_SIZE`).
    pub flush: f64,
    /// One parallel worker: process, attaching, its own catalog caches.
    pub worker: f64,
    /// One page a parallel worker reads: a new process maps shared memory page by page.
    pub worker_page: f64,
    /// What fits into the processor's last cache, bytes.
    pub processor_cache: f64,
    /// A transaction that writes: number, commit record; without the flush.
    pub transaction: f64,
    /// The flush of a commit: handing over, sleeping, waking (CPU; the wait is the disk's).
    pub commit: f64,
    /// One who waits for a row looks again, when it is released.
    pub recheck: f64,
    /// One row version put into the heap with its record in the log.
    pub heap_write: f64,
    /// One entry put into an index with its record in the log, descent included, hot.
    pub index_write: f64,
    /// Finding a value out of line: opening its table, one descent of the index.
    pub wide_value: f64,
    /// One chunk of up to 1,996 bytes of it read and copied.
    pub chunk: f64,
    /// One chunk written with its entry in the index, and the file made longer.
    pub chunk_write: f64,
}

impl Default for Constants {
    fn default() -> Self {
        Self {
            statement: 20.4e-6,
            planning: 14e-6,
            scan_start: 4.5e-6,
            tuple: 18e-9,
            operator: 13e-9,
            function: 33e-9,
            index_tuple: 31e-9,
            visibility: 4e-9,
            heap_fetch: 8e-9,
            probe: 0.5e-6,
            level: 0.3e-6,
            leaf_cold: 1.5e-6,
            page: 0.18e-6,
            page_cold: 0.6e-6,
            stream_header: 0.26e-6,
            stream_data: 0.85e-6,
            bitmap_tuple: 25e-9,
            bitmap_page: 0.2e-6,
            count: 5.5e-9,
            hash: 40e-9,
            hash_cold: 90e-9,
            compare: 5e-9,
            compare_long: 14e-9,
            bounded: 12e-9,
            sent_byte: 2e-9,
            flush: 17e-6,
            worker: 6.5e-3,
            worker_page: 1.2e-6,
            processor_cache: 32.0 * 1_048_576.0,
            transaction: 11e-6,
            commit: 37e-6,
            recheck: 8e-6,
            heap_write: 2e-6,
            index_write: 2.2e-6,
            wide_value: 1.3e-6,
            chunk: 0.57e-6,
            chunk_write: 10e-6,
        }
    }
}

impl Constants {
    /// The names, in the order of the fields.
    pub const NAMES: [&'static str; 37] = [
        "statement",
        "planning",
        "scan_start",
        "tuple",
        "operator",
        "function",
        "index_tuple",
        "visibility",
        "heap_fetch",
        "probe",
        "level",
        "leaf_cold",
        "page",
        "page_cold",
        "stream_header",
        "stream_data",
        "bitmap_tuple",
        "bitmap_page",
        "count",
        "hash",
        "hash_cold",
        "compare",
        "compare_long",
        "bounded",
        "sent_byte",
        "flush",
        "worker",
        "worker_page",
        "processor_cache",
        "transaction",
        "commit",
        "recheck",
        "heap_write",
        "index_write",
        "wide_value",
        "chunk",
        "chunk_write",
    ];

    /// Sets one by its name: seconds, `processor_cache` bytes. False if there is none of that name.
    pub fn set(&mut self, name: &str, value: f64) -> bool {
        let field = match name {
            "statement" => &mut self.statement,
            "planning" => &mut self.planning,
            "scan_start" => &mut self.scan_start,
            "tuple" => &mut self.tuple,
            "operator" => &mut self.operator,
            "function" => &mut self.function,
            "index_tuple" => &mut self.index_tuple,
            "visibility" => &mut self.visibility,
            "heap_fetch" => &mut self.heap_fetch,
            "probe" => &mut self.probe,
            "level" => &mut self.level,
            "leaf_cold" => &mut self.leaf_cold,
            "page" => &mut self.page,
            "page_cold" => &mut self.page_cold,
            "stream_header" => &mut self.stream_header,
            "stream_data" => &mut self.stream_data,
            "bitmap_tuple" => &mut self.bitmap_tuple,
            "bitmap_page" => &mut self.bitmap_page,
            "count" => &mut self.count,
            "hash" => &mut self.hash,
            "hash_cold" => &mut self.hash_cold,
            "compare" => &mut self.compare,
            "compare_long" => &mut self.compare_long,
            "bounded" => &mut self.bounded,
            "sent_byte" => &mut self.sent_byte,
            "flush" => &mut self.flush,
            "worker" => &mut self.worker,
            "worker_page" => &mut self.worker_page,
            "processor_cache" => &mut self.processor_cache,
            "transaction" => &mut self.transaction,
            "commit" => &mut self.commit,
            "recheck" => &mut self.recheck,
            "heap_write" => &mut self.heap_write,
            "index_write" => &mut self.index_write,
            "wide_value" => &mut self.wide_value,
            "chunk" => &mut self.chunk,
            "chunk_write" => &mut self.chunk_write,
            _ => return false,
        };
        *field = value;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every name sets a field of its own, and no other name does.
    #[test]
    fn names_set_their_fields() {
        let mut seen = Vec::new();
        for name in Constants::NAMES {
            let mut changed = Constants::default();
            assert!(changed.set(name, 7.0));
            assert!(changed != Constants::default() && !seen.contains(&changed), "{name}");
            seen.push(changed);
        }
        let mut seen = Vec::new();
        for name in Settings::NAMES {
            let mut changed = Settings::default();
            assert!(changed.set(name, 7.0));
            assert!(changed != Settings::default() && !seen.contains(&changed), "{name}");
            seen.push(changed);
        }
        assert!(!Constants::default().set("xyz", 1.0) && !Settings::default().set("x", 1.0));
    }

    /// The chapter on databases lists each constant with its default.
    #[test]
    fn constants_are_documented() {
        let chapter = include_str!("../../docs/database.md");
        for name in Constants::NAMES {
            let written = chapter.lines().find_map(|line| {
                let mut cells = line.strip_prefix(&format!("| `{name}` | "))?.split(' ');
                let number = cells.next()?;
                match cells.next()? {
                    "ns" => format!("{number}e-9").parse().ok(),
                    "us" => format!("{number}e-6").parse().ok(),
                    "ms" => format!("{number}e-3").parse().ok(),
                    "MiB" => number.parse().map(|mebibytes: f64| mebibytes * 1_048_576.0).ok(),
                    _ => None,
                }
            });
            let mut documented = Constants::default();
            documented.set(name, written.expect("a line of the table"));
            assert!(documented == Constants::default(), "{name}: {written:?}");
        }
    }
}
