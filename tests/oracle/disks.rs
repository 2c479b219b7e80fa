//! Disks and logs: random reads in turn, scans that share, commits that go together.

use crate::closed::throughput;
use crate::harness::{MEAN, P99, Runs, check, estimate};
use crate::mechanisms::{DRAINED, count_of, once};
use crate::routes::refute;
use plimsoll::analytic::general::{ConstantService, md1_mean_wait};
use plimsoll::analytic::group_commit::GroupCommit;
use plimsoll::analytic::sharing::mg1_mean_response;

/// Queries that come at random, with nothing on their way but the disk.
fn asked(query: &str, disk: &str, rate: f64, seconds: f64) -> String {
    format!(
        r#"
[run]
kind = "steady"
duration = "{seconds}s"
warm_up = "{warm_up}s"
[workload.w]
rate = "{rate}/s"
mix = {{ e = 1 }}
{rest}"#,
        warm_up = seconds / 50.0,
        rest = server(query, disk)
    )
}

fn server(query: &str, disk: &str) -> String {
    format!(
        r#"
[service.app]
round_trip = "0s"
[database.d]
max_connections = 20_000
disk = {{ {disk} }}
[pool.p]
service = "app"
database = "d"
size = 10_000
round_trip = "0s"
[query.q]
database = "d"
{query}
[endpoint.e]
service = "app"
steps = [{{ query = "q" }}]
"#
    )
}

/// So many queries at one instant on an idle server.
fn together(query: &str, disk: &str, count: u32) -> Runs {
    let rest = server(query, disk);
    once(&format!(
        "{DRAINED}{rest}[workload.w]\nburst = {{ count = {count}, at = \"1s\" }}\nmix = {{ e = 1 }}\n"
    ))
}

fn latencies(runs: &Runs) -> (u64, u64) {
    let tally = &runs.tally("endpoint.e")[0];
    (tally.sums().min, tally.sums().max)
}

/// One read waits for its turn as in M/D/1 (Pollaczek 1930; law of the wait: Franx 2001) and takes
/// the latency of the disk, of which its turn is a part. One turn after the other with the whole
/// latency in line would be M/D/1 with a service of 2 ms, which is full.
#[test]
fn a_read_waits_as_in_md1() {
    let (rate, turn) = (700.0, 0.001);
    let disk = "read_latency = \"2ms\", iops = 1000";
    let runs = Runs::of(&asked("reads = 1", disk, rate, 2_000.0), 24);
    let wait = md1_mean_wait(rate, turn);
    check("M/D/1 wait of a read", &runs.means("database.d.disk.reads.wait"), wait, MEAN);
    check("time of a read", &runs.means("endpoint.e"), wait + 0.002, MEAN);
    check("turns taken", &runs.levels("database.d.disk.reads"), rate * turn, MEAN);
    check("queries at the disk", &runs.levels("database.d.disk"), rate * (wait + 0.002), MEAN);
    let law = ConstantService::new(rate, turn);
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if law.wait_tail(middle) > 0.01 { low = middle } else { high = middle }
    }
    check("p99 of it", &runs.quantiles("database.d.disk.reads.wait", 0.99), low, P99);
    // Mutation: a turn that is part of nothing.
    refute("time of a read", &runs.means("endpoint.e"), wait + 0.003);
    let slower = "read_latency = \"2ms\", iops = 980";
    let slower = Runs::of(&asked("reads = 1", slower, rate, 2_000.0), 24);
    refute("a disk of 2 % less", &slower.means("database.d.disk.reads.wait"), wait);
}

/// By hand. Two queries of three reads; a turn takes 10 ms, a read 25 ms. The first reads at 0, 25,
/// 50 ms; the second has its turns at 10, 35, 60 ms. On a disk where the turn is the longer, a read
/// takes the turn.
#[test]
fn reads_of_a_query_follow_one_another() {
    let disk = "read_latency = \"25ms\", iops = 100";
    let runs = together("reads = 3", disk, 2);
    assert_eq!(latencies(&runs), (75_000_000, 85_000_000));
    let runs = together("reads = 3", "read_latency = \"4ms\", iops = 100", 1);
    assert_eq!(latencies(&runs), (30_000_000, 30_000_000));
    // Nothing to read, nothing to wait for.
    assert_eq!(latencies(&together("reads = 0", disk, 2)), (0, 0));
}

/// Of a disk of 100,000 IOPS a query asks five reads at once: twelve take three events of a turn,
/// and as long as one by one. Four such queries cannot be faster than the disk.
#[test]
fn many_reads_of_a_fast_disk_go_in_groups() {
    let disk = "read_latency = \"100us\", iops = 100_000";
    let runs = together("reads = 12", disk, 1);
    assert_eq!(latencies(&runs), (1_200_000, 1_200_000));
    assert_eq!(runs.tally("database.d.disk.reads.wait")[0].total(), 3);
    let reads = 1_000_000;
    let runs = together(&format!("reads = {reads}"), disk, 40);
    let (_, last) = latencies(&runs);
    let least = 40 * reads * 10_000;
    assert!((least..least + least / 1000).contains(&last), "{last} for {least}");
}

/// M/G/1-PS: the mean depends on the mean size only (Kleinrock 1976). First come, first served it
/// would depend on its variance.
#[test]
fn scans_share_the_bandwidth() {
    let theory = mg1_mean_response(70.0, 0.01);
    let disk = "bandwidth = \"100 MB/s\"";
    for size in ["1 MB", "exp(1 MB)", "hyperexp(1 MB, 2)"] {
        let text = asked(&format!("scan = \"{size}\""), disk, 70.0, 4_000.0);
        let runs = Runs::of(&text, 24);
        check(&format!("time of a scan, {size}"), &runs.means("endpoint.e"), theory, MEAN);
        check("bandwidth in use", &runs.levels("database.d.disk.scans"), 0.7, MEAN);
        let fifo = 0.01 + md1_mean_wait(70.0, 0.01);
        refute("time of a scan", &runs.means("endpoint.e"), fifo);
    }
}

/// M/D^{[1,∞)}/1: see `analytic::group_commit`. Refuted: a flush for each commit (M/D/1, which is full
/// here), and a commit that joins the flush in progress.
#[test]
fn commits_share_flushes() {
    for (rate, seconds) in [(300.0, 1_000.0), (1_500.0, 400.0), (8_000.0, 100.0)] {
        let theory = GroupCommit::new(rate, 0.001);
        let text = asked("commit = true", "sync = \"1ms\"", rate, seconds);
        let runs = Runs::of(&text, 24);
        let responses = runs.means("endpoint.e");
        check(&format!("a commit at {rate}/s"), &responses, theory.mean_response(), MEAN);
        check("share of time", &runs.levels("database.d.wal"), theory.busy, MEAN);
        check("wait", &runs.means("database.d.wal.wait"), theory.mean_wait(), 2.0 * MEAN);
        let waiting = theory.mean_wait() * rate;
        check("waiting", &runs.levels("database.d.wal.waiting"), waiting, 2.0 * MEAN);
        let p90 = theory.response_quantile(0.9);
        check("p90", &runs.quantiles("endpoint.e", 0.9), p90, P99);
        refute("a commit", &responses, 0.001);
        refute("a commit that waits a flush", &responses, 0.002);
        let slower = Runs::of(&asked("commit = true", "sync = \"1.02ms\"", rate, seconds), 24);
        refute("2 % slower", &slower.means("endpoint.e"), theory.mean_response());
    }
}

/// By hand: three at once: the first flushes alone, the others together behind it.
#[test]
fn who_comes_during_a_flush_has_the_next() {
    let runs = together("commit = true", "sync = \"10ms\"", 3);
    let tally = &runs.tally("endpoint.e")[0];
    assert_eq!((tally.sums().min, tally.sums().max), (10_000_000, 20_000_000));
    assert_eq!(tally.sums().sum, 50_000_000);
    assert_eq!(count_of(&runs, "database.d.wal.flushes"), 2);
}

/// `PostgreSQL` 15.18 on one core of two, a closed load without think time: updates of one of 500
/// rows, `synchronous_commit` on. Clients, measured commits per second, measured flushes per
/// commit.
const UPDATES: [(u32, f64, f64); 3] =
    [(1, 5_251.54, 1.0), (5, 17_194.62, 0.4075), (20, 24_736.92, 0.1109)];

/// Nothing is fitted to these: work on the core (36.3 us) and the way of a client (28.9 us) are
/// those of one client with `synchronous_commit` off (15,231.54/s at 55.36 % of the core), the
/// flush (118.7 us) is that of `fio`.
#[test]
fn commits_of_a_real_server_go_together_alike() {
    for (clients, measured, flushes) in UPDATES {
        let text = format!(
            r#"
[run]
kind = "steady"
duration = "5s"
warm_up = "1s"
[service.app]
round_trip = "0s"
[database.d]
cores = 1
disk = {{ sync = "118.7us" }}
[pool.p]
service = "app"
database = "d"
size = 50
round_trip = "28.9us"
[query.q]
database = "d"
cpu = "36.3us"
commit = true
[endpoint.e]
service = "app"
steps = [{{ query = "q" }}]
[workload.w]
users = {clients}
mix = {{ e = 1 }}
"#
        );
        let runs = Runs::of(&text, 5);
        let (rate, _) = estimate(&throughput(&runs, "w", 5.0));
        let commits = count_of(&runs, "query.q.count") as f64;
        let share = count_of(&runs, "database.d.wal.flushes") as f64 / commits;
        println!(
            "{clients} clients: {rate:.0}/s for {measured}/s ({:+.1} %), {share:.3} flushes a \
             commit for {flushes}",
            100.0 * (rate / measured - 1.0)
        );
        assert!((rate / measured - 1.0).abs() < 0.3, "{clients} clients: {rate} for {measured}");
        assert!((share / flushes - 1.0).abs() < 0.5, "{clients} clients: {share} for {flushes}");
    }
}

/// A server with one core, on which a query works and scans.
fn working(cpu: &str, scan: &str, rest: &str) -> String {
    let query = format!("cpu = \"{cpu}\"\nscan = \"{scan}\"");
    let server = server(&query, "bandwidth = \"32 MiB/s\"");
    format!(
        "{}{rest}",
        server.replace("max_connections", "cores = 1\nscheduling = \"fifo\"\nmax_connections")
    )
}

fn working_at_once(cpu: &str, scan: &str, count: u32) -> Runs {
    let burst =
        format!("[workload.w]\nburst = {{ count = {count}, at = \"1s\" }}\nmix = {{ e = 1 }}\n");
    once(&format!("{DRAINED}{}", working(cpu, scan, &burst)))
}

/// By hand: two seconds of work and two of scan, each in two parts, of two queries on one core. The first
/// works 0-1 and 2-3 and scans 1-2 and 3-4; the second works 1-2 and 3-4 and scans 2-3 and 4-5. In one piece, as
/// what is drawn and what is short are done, it would scan 4-6.
#[test]
fn a_long_scan_and_its_work_take_turns() {
    let second = 1_000_000_000;
    assert_eq!(latencies(&working_at_once("2s", "64 MiB", 2)), (4 * second, 5 * second));
    let drawn = working_at_once("2s", "uniform(64 MiB, 64.0001 MiB)", 2);
    assert!(latencies(&drawn).1 > 5_999_000_000, "{:?}", latencies(&drawn));
    assert_eq!(latencies(&working_at_once("2s", "32 MiB", 2)), (3 * second, 5 * second));
    // Alone it takes as long as in one piece, in 64 parts at most; each is rounded to a nanosecond.
    let (alone, last) = latencies(&working_at_once("100s", "32_000 MiB", 1));
    assert_eq!(alone, last);
    assert!(alone.abs_diff(1_100 * second) <= 64, "{alone}");
}

/// The utilization law in an overload in which no query comes to its end: what is worked on the core and what is read
/// stand to each other as the demands of a query do, but for the parts that are under way, one for each of the twenty
/// connections. In one piece, as what is drawn, the core would be busy and the disk idle.
#[test]
fn an_overload_uses_what_it_needs_in_proportion() {
    let seconds = 2_000.0;
    let run = format!(
        "[run]\nduration = \"{seconds}s\"\n[workload.w]\nrate = \"1/s\"\nmix = {{ e = 1 }}\n"
    );
    let overloaded = |scan: &str| {
        let text = working("1000s", scan, "").replace("size = 10_000", "size = 20");
        let runs = Runs::of(&format!("{run}{text}"), 1);
        ["cpu", "disk.scans"].map(|path| runs.levels(&format!("database.d.{path}"))[0])
    };
    let [core, disk] = overloaded("320_000 MiB");
    let ratio = 1_000.0 / 10_000.0;
    let under_way = 20.0 * (1_000.0 / 64.0) / seconds;
    assert!((core - ratio * disk).abs() < under_way, "{core} {disk}");
    assert!(disk > 0.9, "{disk}");
    let [core, disk] = overloaded("uniform(319_000 MiB, 321_000 MiB)");
    assert!(core > 0.9 && disk < 0.6, "{core} {disk}");
}
