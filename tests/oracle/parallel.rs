//! Parallel queries: the leader and its workers on the cores at once.

use crate::harness::Runs;

/// A scan of a whole table once a second, with so many workers, on so many cores.
fn scan(workers: u32, cores: u32) -> Runs {
    let text = format!(
        r#"
[run]
warm_up  = "1s"
duration = "50s"

[service.app]

[database.pg]
cores        = {cores}
connect_time = "0s"
costs        = {{ max_parallel_workers_per_gather = {workers} }}

[pool.app_pg]
service    = "app"
database   = "pg"
size       = 4
round_trip = "0s"

[table.t]
database = "pg"
rows     = 2_000_000
row      = "100 B"

[query.all]
table   = "t"
equals  = "kind"
matches = 10

[endpoint.e]
service = "app"
steps   = [{{ query = "all" }}]

[workload.w]
rate     = "1/s"
arrivals = "regular"
mix      = {{ e = 1 }}
"#
    );
    Runs::of(&text, 1)
}

/// Seconds of a query and of the cores for one.
fn found(runs: &Runs) -> (f64, f64) {
    let rate = runs.totals("endpoint.e")[0] as f64 / 50.0;
    (runs.means("query.all.elapsed")[0], runs.levels("database.pg.cpu")[0] / rate)
}

/// On enough cores the work is divided, on one it is not: it only grows by what workers cost.
#[test]
fn workers_share_the_work() {
    let (alone, work) = found(&scan(0, 4));
    assert!((alone - work).abs() < 1e-6, "{alone} {work}");
    let (shared, more) = found(&scan(2, 4));
    assert!(more > work && more < 2.0 * work, "{more} {work}");
    // Three processes, and a statement that is not shared.
    assert!((shared / (more / 3.0) - 1.0).abs() < 0.01, "{shared} {more}");
    let (one_core, same) = found(&scan(2, 1));
    assert!((same - more).abs() < 1e-3 * more, "{same} {more}");
    assert!((one_core - more).abs() < 1e-3 * more, "{one_core} {more}");
}
