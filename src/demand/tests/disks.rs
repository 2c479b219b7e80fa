//! What queries ask of disks and logs, by hand.

use super::contract::{demand, near};
use crate::diag::Id;

const ROOT: &str = r#"
[service.api]
[database.pg]
disk = { read_latency = "2ms", iops = 1_000, bandwidth = "100 MB/s", sync = "4ms" }
[pool.p]
service = "api"
database = "pg"
size = 50
round_trip = "0s"
[endpoint.e]
service = "api"
steps = [{ query = "q" }]
[workload.w]
rate = "100/s"
mix = { e = 1 }
[query.q]
database = "pg"
"#;

/// Three reads of 2 ms, 1 MB at 100 MB/s, a flush of 4 ms: 20 ms, the connection held throughout. 300
/// turns of 1 ms are 30 % of the disk; scans fill it at once the load. A log has no limit.
#[test]
fn reads_scans_and_commits_are_stations() {
    let text = format!("{ROOT}reads = 3\nscan = \"1 MB\"\ncommit = true\n");
    let (demand, warned) = demand(&text, None);
    near(demand.endpoints[0].minimum_residence_s, 0.020, 1e-12);
    near(demand.at("pool.p").offered, 2.0, 1e-12);
    let reads = demand.at("database.pg.disk.reads");
    near(reads.visits_per_s, 300.0, 1e-12);
    near(reads.utilization.unwrap(), 0.3, 1e-12);
    near(reads.sustainable_load.unwrap(), 1.0 / 0.3, 1e-12);
    near(demand.at("database.pg.disk.scans").utilization.unwrap(), 1.0, 1e-12);
    let log = demand.at("database.pg.wal");
    near(log.offered, 0.4, 1e-12);
    assert_eq!((log.capacity, log.sustainable_load), (None, None));
    // a = 0.4: busy 0.4 / (0.4 + e^-0.4) = 37.4 %, 4 ms × (1 + 0.187) a commit.
    let note = demand.notes.iter().find(|note| note.starts_with("database.pg.wal")).unwrap();
    assert!(note.contains("37.4 %") && note.contains("4.75 ms"), "{note}");
    assert_eq!(demand.stations[demand.bottleneck.unwrap()].name, "database.pg.disk.scans");
    assert!(warned.iter().any(|found| found.0 == Id::OverloadedStation), "{warned:?}");
    // Its arrival, two events for each read, the scan, the flush.
    near(demand.endpoints[0].events, 1.0 + 6.0 + 1.0 + 1.0, 1e-12);
}

/// A read takes its turn if that is longer than the latency; random numbers of reads by their mean.
#[test]
fn a_turn_may_be_longer_than_the_latency() {
    let text = ROOT.replace("iops = 1_000", "iops = 100") + "reads = \"poisson(2)\"\n";
    let (demand, _) = demand(&text, None);
    near(demand.endpoints[0].minimum_residence_s, 0.020, 1e-12);
    near(demand.at("database.pg.disk.reads").utilization.unwrap(), 2.0, 1e-12);
}
