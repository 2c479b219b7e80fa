//! Queries on tables under an open load, against a real server: their work follows from the table and its
//! indexes, and their waiting from the simulation.
//!
//! Calibrated: the speed of the machine, one number for each series, such that a query takes the CPU time
//! that one client alone was measured to need; the way there and back, which is what one client sees beyond
//! that; and the delay with which the load generator wakes at an arrival. Predicted: what the query does,
//! and all waiting for the core and for connections, at every rate.
//!
//! The core is shared in slices, as kernels do. With `sharing`, the default, all who run are taken to run
//! at once: medians of queries of about a millisecond are then up to twice as long.

use crate::harness::{Runs, estimate};

/// A query, the machine on which it was measured, and what was measured.
struct Series {
    /// What it is.
    name: &'static str,
    /// Table and queries.
    tables: &'static str,
    /// Queries with their shares of the load.
    queries: &'static [(&'static str, f64)],
    /// CPU of the server for one execution of the first, one client, microseconds.
    alone: f64,
    /// Delay of the load generator, and the way there and back.
    way: [&'static str; 2],
    /// What else is said of the database.
    database: &'static str,
    points: &'static [Point],
}

/// Connections, requests a second, share of time in which the server's core worked, and p50 and p95 of the
/// latency, ms.
type Point = (u32, f64, f64, [f64; 2]);

/// `PostgreSQL` 15.18 on one core of a machine with two (AMD EPYC, Zen 5 class; that of the constants),
/// pgbench with Poisson arrivals and prepared statements on the other; 17 s each, some 7,000 to 18,000
/// queries. The same measurements as in `preemption`; here the queries are not typed in as CPU times.
const SCANS: &str = r#"
[table.short]
database = "d"
rows     = 20_000
[table.short.columns]
id     = { type = "bigint", correlation = 1 }
uid    = "uuid"
title  = "text(32)"
status = "text(5)"
views  = { type = "int", distinct = 10_000 }
made   = { type = "timestamptz", correlation = 1 }
seen   = "timestamptz"
[query.count_short]
table   = "short"
equals  = "views"
matches = 0
count   = true

[table.long]
database = "d"
rows     = 100_000
[table.long.columns]
id     = { type = "bigint", correlation = 1 }
uid    = "uuid"
title  = "text(32)"
status = "text(5)"
views  = { type = "int", distinct = 10_000 }
made   = { type = "timestamptz", correlation = 1 }
seen   = "timestamptz"
[query.count_long]
table       = "long"
equals      = "title"
function_on = "title"
matches     = 0
count       = true
"#;

const SHORT_SCANS: Series = Series {
    name: "sequential scans of 20,000 rows",
    tables: SCANS,
    queries: &[("count_short", 1.0)],
    alone: 717.2,
    way: ["75us", "38us"],
    database: "scheduling = \"time-slice\"",
    points: &[
        (1, 715.7, 0.515, [0.993, 2.763]),
        (1, 1131.5, 0.797, [2.106, 9.356]),
        (2, 991.4, 0.678, [1.302, 3.805]),
        (2, 1277.6, 0.850, [2.121, 6.949]),
        (5, 707.2, 0.485, [0.839, 2.392]),
        (5, 1134.7, 0.760, [1.442, 5.345]),
        (20, 718.3, 0.507, [0.876, 2.645]),
        (20, 1135.2, 0.795, [1.788, 6.519]),
        (50, 1003.2, 0.705, [1.446, 4.140]),
        (50, 1274.1, 0.917, [3.912, 16.924]),
    ],
};

const MIXED_SCANS: Series = Series {
    name: "one in five a scan of 100,000 rows with `like`",
    tables: SCANS,
    queries: &[("count_short", 0.8), ("count_long", 0.2)],
    alone: 717.2,
    way: ["75us", "38us"],
    database: "scheduling = \"time-slice\"\nslice = \"1.4ms\"\ncosts = { function = \"36.6ns\" }",
    points: &[(5, 374.0, 0.679, [2.159, 25.885]), (20, 482.8, 0.902, [7.375, 80.851])],
};

/// `PostgreSQL` 15.18 on one core of a machine with two (Intel Xeon, virtual), pgbench on the other; medians
/// of three runs of 10 s each, 21 November 2026. Other programs ran on the machine, of lower priority:
/// the server's processes were of the kernel's round-robin class, so that they waited for nobody else.
const ITEMS: &str = r#"
[table.items]
database = "d"
rows     = 1_000_000
key      = "id"
[table.items.columns]
id    = { type = "bigint", correlation = 1 }
views = "int"
label = "text(64)"
[query.lookup]
table   = "items"
equals  = "id"
columns = "views"
[query.count_range]
table = "items"
range = { id = "3%" }
count = true
"#;

const RANGES: Series = Series {
    name: "index-only scans of 30,000 entries",
    tables: ITEMS,
    queries: &[("count_range", 1.0)],
    alone: 2_035.1,
    way: ["40us", "10us"],
    database: "scheduling = \"time-slice\"",
    points: &[
        (10, 154.7, 0.341, [2.456, 5.142]),
        (10, 260.2, 0.559, [2.681, 7.054]),
        (10, 360.1, 0.736, [3.918, 12.610]),
        (10, 415.1, 0.846, [5.980, 20.425]),
        (10, 458.3, 0.908, [11.505, 50.482]),
    ],
};

const LOOKUPS: Series = Series {
    name: "look-ups of one row",
    tables: ITEMS,
    queries: &[("lookup", 1.0)],
    alone: 56.4,
    way: ["25us", "11us"],
    database: "scheduling = \"time-slice\"",
    points: &[
        (10, 8_555.7, 0.469, [0.131, 0.287]),
        (10, 14_237.0, 0.601, [0.127, 0.286]),
        (10, 19_943.4, 0.696, [0.130, 0.402]),
        (10, 22_806.2, 0.731, [0.128, 0.391]),
        (10, 25_041.8, 0.778, [0.133, 1.300]),
    ],
};

impl Series {
    /// The scenario, on so many cores; `load` is what the workload says of its rate.
    fn text(&self, cores: f64, size: u32, load: &str) -> String {
        let mix: Vec<String> =
            self.queries.iter().map(|(query, share)| format!("{query} = {share}")).collect();
        let [lag, way] = self.way;
        let endpoint = |(query, _): &(&str, f64)| {
            format!(
                "[endpoint.{query}]\nservice = \"app\"\n\
                 steps = [{{ delay = \"{lag}\" }}, {{ query = \"{query}\" }}]\n"
            )
        };
        let endpoints: String = self.queries.iter().map(endpoint).collect();
        let (database, tables, mix) = (self.database, self.tables, mix.join(", "));
        format!(
            r#"
[run]
kind     = "steady"
duration = "{SECONDS}s"
warm_up  = "3s"
[service.app]
[database.d]
cores        = {cores}
connect_time = "0s"
{database}
[pool.p]
service    = "app"
database   = "d"
size       = {size}
round_trip = "{way}"
{tables}
{endpoints}
[workload.w]
{load}
mix = {{ {mix} }}
"#
        )
    }

    /// CPU seconds of the first query by the constants, on the machine that they are of.
    fn derived(&self) -> f64 {
        let first = Self { queries: &self.queries[..1], ..*self };
        let runs = Runs::of(&first.text(1.0, 1, "rate = \"10/s\"\narrivals = \"regular\""), 1);
        let executions = runs.totals(&format!("endpoint.{}", self.queries[0].0))[0] as f64;
        runs.levels("database.d.cpu")[0] * SECONDS / executions
    }

    /// Cores of that machine that are one of this one.
    fn speed(&self) -> f64 {
        self.derived() * 1e6 / self.alone
    }

    /// Share of time in which the core works, and p50 and p95 in ms.
    fn simulated(&self, speed: f64, point: &Point) -> [f64; 3] {
        let text = self.text(speed, point.0, &format!("rate = \"{}/s\"", point.1));
        let runs = Runs::of(&text, 8);
        let quantile = |q| 1e3 * estimate(&runs.quantiles("workload.w", q)).0;
        [estimate(&runs.levels("database.d.cpu")).0, quantile(0.5), quantile(0.95)]
    }

    /// Prints all, and gives what is more than 30 % off at less than 90 % utilization.
    fn missed(&self) -> Vec<String> {
        let speed = self.speed();
        println!(
            "{}, by the constants {:.1} us, measured {}",
            self.name,
            self.alone * speed,
            self.alone
        );
        let mut missed = Vec::new();
        for point in self.points {
            let [busy, p50, p95] = self.simulated(speed, point);
            let (size, rate, was, measured) = *point;
            let off = [p50 / measured[0] - 1.0, p95 / measured[1] - 1.0];
            let line = format!(
                "| {size} | {rate:.0}/s | {:.0} % | {:.0} % | {:.2} | {p50:.2} | {:+.0} % | {:.2} | {p95:.2} | {:+.0} % |",
                100.0 * was,
                100.0 * busy,
                measured[0],
                100.0 * off[0],
                measured[1],
                100.0 * off[1]
            );
            println!("{line}");
            if was < 0.9 && off.iter().any(|off| off.abs() > 0.3) {
                missed.push(line);
            }
        }
        missed
    }
}

/// Length of a run.
const SECONDS: f64 = 60.0;

/// One point is more than 30 % off: it is 85 % busy by measurement and 92 % by the one speed of the series,
/// because the server took 665 us for a scan during that run, not 717 as alone. With these it is as
/// measured: near the cliff the work must be known better than to 7 %.
#[test]
fn short_scans_wait_as_on_a_real_server() {
    let missed = SHORT_SCANS.missed();
    let known = |line: &&String| line.starts_with("| 2 | 1278/s | 85 % | 92 % ");
    assert_eq!(missed.iter().filter(|line| !known(line)).collect::<Vec<_>>(), [""; 0]);
    let as_then = Series { alone: 665.3, points: &SHORT_SCANS.points[3..4], ..SHORT_SCANS };
    assert_eq!(as_then.missed(), [""; 0]);
}

#[test]
fn mixed_scans_wait_as_on_a_real_server() {
    assert_eq!(MIXED_SCANS.missed(), [""; 0]);
}

/// The same would not pass with all queries at work at once, nor with a fifth less work.
#[test]
fn ranges_wait_as_on_a_real_server() {
    assert_eq!(RANGES.missed(), [""; 0]);
    let points = &RANGES.points[2..4];
    let shared = Series { database: "scheduling = \"sharing\"", points, ..RANGES };
    assert_eq!(shared.missed().len(), 2);
    let less = Series { alone: 0.8 * RANGES.alone, points, ..RANGES };
    assert_eq!(less.missed().len(), 2);
}

/// What a look-up takes is mostly waking up, and the less of it the busier the core: 56 us alone, 43 at 60 %
/// utilization, 31 at 78 %. The constants are those of one client, so the core is taken for busier than
/// it was, by more the busier it is: an error on the safe side.
#[test]
fn look_ups_are_not_taken_for_cheaper_than_they_are() {
    let speed = LOOKUPS.speed();
    for (point, busier) in LOOKUPS.points.iter().zip([1.0, 1.25]) {
        let [busy, ..] = LOOKUPS.simulated(speed, point);
        println!("{:.0}/s: {:.0} % for {:.0} %", point.1, 100.0 * busy, 100.0 * point.2);
        assert!(busy > busier * point.2 && busy < 1.5 * point.2, "{busy} for {}", point.2);
    }
}
