//! Mechanisms that naive simulators get wrong, each on a case whose answer can be worked out by
//! hand: held workers, orphans, cancellation, patience, leaks, refusals, lifetimes, locks, changes
//! of the machine during a run.

use crate::harness::{Runs, plan};
use plimsoll::plan::{Control, Source};
use plimsoll::sim::{NoTrace, Run, RunId, run};
use std::sync::atomic::AtomicBool;

pub fn once(text: &str) -> Runs {
    Runs::of(text, 1)
}

/// Latency in seconds of the only request of a tally.
pub fn only(runs: &Runs, path: &str) -> f64 {
    let tally = &runs.tally(path)[0];
    assert_eq!(tally.total(), 1, "{path}");
    tally.mean().expect("one value") / 1e9
}

pub fn max_of(runs: &Runs, path: &str) -> f64 {
    let entry = runs.plan.catalog.get(path).expect("a level");
    let Source::Level { sum, unit, .. } = entry.source else { panic!("{path} is no level") };
    runs.runs[0].levels[0][sum as usize].max as f64 * unit
}

pub fn count_of(runs: &Runs, path: &str) -> u64 {
    let entry = runs.plan.catalog.get(path).expect("a counter");
    let Source::Count { count } = entry.source else { panic!("{path} is no counter") };
    runs.runs[0].counts[count as usize]
}

pub const DRAINED: &str = "[run]\nuntil = \"drained\"\nduration = \"10s\"\nreplications = 1\n";

pub fn burst(service: &str, steps: &str, count: u32, rest: &str) -> String {
    format!(
        r#"{DRAINED}
[service.app]
round_trip = "0s"
{service}
[endpoint.e]
service = "app"
steps = {steps}
[workload.w]
burst = {{ count = {count}, at = "1s" }}
mix = {{ e = 1 }}
{rest}
"#
    )
}

/// Four requests on two workers: a worker is held through a delay, so the last waits one delay.
#[test]
fn a_worker_is_held_while_waiting() {
    let runs = once(&burst("workers = 2", r#"[{ delay = "100ms" }]"#, 4, ""));
    let tally = &runs.tally("endpoint.e")[0];
    assert_eq!((tally.sums().min, tally.sums().max), (100_000_000, 200_000_000));
    let asynchronous =
        burst("workers = 2\nruntime = \"async\"\ncores = 1", r#"[{ delay = "100ms" }]"#, 4, "");
    let tally = &once(&asynchronous).tally("endpoint.e")[0];
    assert_eq!((tally.sums().min, tally.sums().max), (100_000_000, 100_000_000));
}

/// On an event loop only work blocks the loop; delays overlap.
#[test]
fn an_event_loop_is_blocked_by_work_only() {
    let service = "runtime = \"event-loop\"\ncores = 1";
    let steps = r#"[{ cpu = "10ms" }, { delay = "100ms" }]"#;
    let tally = &once(&burst(service, steps, 3, "")).tally("endpoint.e")[0];
    assert_eq!((tally.sums().min, tally.sums().max), (110_000_000, 130_000_000));
}

/// A client that leaves is answered by nobody, and the server works on.
#[test]
fn a_client_that_leaves_does_not_stop_the_work() {
    let text = burst("workers = 1", r#"[{ delay = "2s" }]"#, 1, "client = { timeout = \"500ms\" }");
    let runs = once(&text);
    assert_eq!(only(&runs, "workload.w.timed_out"), 0.5);
    assert_eq!(only(&runs, "endpoint.e.ok"), 2.0);
    assert_eq!(max_of(&runs, "service.app.orphans"), 1.0);
}

#[test]
fn cancellation_stops_the_work_and_frees_what_it_held() {
    let client = "client = { timeout = \"500ms\", cancel = \"all\" }";
    let runs = once(&burst("workers = 1", r#"[{ delay = "2s" }]"#, 2, client));
    // Both leave after half a second; the second got the worker when the first was stopped.
    let tally = &runs.tally("endpoint.e.timed_out")[0];
    assert_eq!((tally.total(), tally.sums().max), (2, 500_000_000));
    assert_eq!(runs.runs[0].ended_at, 1_500_000_000);
}

#[test]
fn cancelling_who_waits_leaves_who_works() {
    let client = "client = { timeout = \"500ms\", cancel = \"waiting\" }";
    let runs = once(&burst("workers = 1", r#"[{ delay = "2s" }]"#, 2, client));
    assert_eq!(only(&runs, "endpoint.e.ok"), 2.0);
    assert_eq!(only(&runs, "endpoint.e.timed_out"), 0.5);
}

/// The block becomes an orphan that keeps its connection; the flow goes on, degraded.
#[test]
fn a_step_timeout_makes_an_orphan_that_keeps_its_connection() {
    let rest = r#"
[database.d]
[pool.p]
service = "app"
database = "d"
size = 1
round_trip = "0s"
acquire_timeout = "none"
[query.slow]
database = "d"
time = "3s"
"#;
    let steps = r#"[{ timeout = "1s", do = [{ query = "slow" }], else = [{ delay = "100ms" }] }]"#;
    let runs = once(&burst("workers = 5", steps, 2, rest));
    let tally = &runs.tally("endpoint.e.degraded")[0];
    assert_eq!(
        (tally.total(), tally.sums().min, tally.sums().max),
        (2, 1_100_000_000, 1_100_000_000)
    );
    // The second orphan got the connection when the first had done with it, and worked in vain.
    assert_eq!(runs.runs[0].ended_at, 7_000_000_000);
    assert_eq!(max_of(&runs, "service.app.orphans"), 2.0);
}

/// The server counts every open connection, idle ones too; beyond its limit it refuses.
#[test]
fn the_server_refuses_what_the_pools_ask_beyond_its_limit() {
    let database = r#"
[database.d]
max_connections = 13
reserved = 3
[pool.p]
service = "app"
database = "d"
size = 10
round_trip = "0s"
ON_REFUSED
[query.q]
database = "d"
time = "100ms"
"#;
    let steps = r#"[{ query = "q" }]"#;
    let fail = database.replace("ON_REFUSED", "on_refused = \"fail\"");
    let runs = once(&burst("instances = 2\nworkers = 50", steps, 20, &fail));
    // Five connections on each of two instances, ten requests on each.
    assert_eq!(runs.tally("endpoint.e.ok")[0].total(), 10);
    assert_eq!(runs.tally("endpoint.e.refused")[0].total(), 10);
    assert_eq!(count_of(&runs, "pool.p.refused"), 10);
    assert_eq!(max_of(&runs, "database.d.connections"), 10.0);
    let wait = database.replace("ON_REFUSED", "on_refused = \"wait\"");
    let runs = once(&burst("instances = 2\nworkers = 50", steps, 20, &wait));
    let tally = &runs.tally("endpoint.e.ok")[0];
    assert_eq!((tally.total(), tally.sums().max), (20, 200_000_000));
}

/// A pool that starts small grows at the cost of the connection set-up.
#[test]
fn growth_costs_the_connect_time() {
    let rest = r#"
[database.d]
connect_time = "40ms"
[pool.p]
service = "app"
database = "d"
size = 3
min_idle = 1
round_trip = "0s"
[query.q]
database = "d"
time = "100ms"
"#;
    let runs = once(&burst("workers = 9", r#"[{ query = "q" }]"#, 4, rest));
    // One at once; two after 40 ms of connecting; the fourth takes the first one's at 100 ms.
    let tally = &runs.tally("endpoint.e")[0];
    assert_eq!(tally.sums().sum, u128::from(100_000_000_u64 + 2 * 140_000_000 + 200_000_000));
    assert_eq!(count_of(&runs, "pool.p.connects"), 2);
}

/// An idle timeout of 0 closes a connection when it comes back: every query pays for a new one.
#[test]
fn without_idle_connections_every_query_connects() {
    let rest = r#"
[database.d]
connect_time = "40ms"
[pool.p]
service = "app"
database = "d"
size = 3
min_idle = 0
idle_timeout = "0s"
round_trip = "0s"
[query.q]
database = "d"
time = "100ms"
"#;
    let steps = r#"[{ query = "q" }, { delay = "1us" }, { query = "q" }]"#;
    let runs = once(&burst("workers = 9", steps, 3, rest));
    assert_eq!(count_of(&runs, "pool.p.connects"), 6);
    let latency = 3 * (2 * 140_000_000_u64 + 1_000);
    assert_eq!(runs.tally("endpoint.e")[0].sums().sum, u128::from(latency));
    // What is kept open stays open.
    let kept = rest.replace("min_idle = 0", "min_idle = 3");
    let runs = once(&burst("workers = 9", steps, 3, &kept));
    assert_eq!(count_of(&runs, "pool.p.connects"), 0);
    // One who waits gets the connection of another rather than a new one.
    let narrow = rest.replace("size = 3", "size = 1");
    let runs = once(&burst("workers = 9", r#"[{ query = "q" }]"#, 3, &narrow));
    assert_eq!(count_of(&runs, "pool.p.connects"), 1);
}

/// Connections of limited life are replaced; those in use are closed when they come back.
#[test]
fn connections_live_for_their_lifetime() {
    let text = r#"
[run]
kind = "steady"
duration = "100s"
warm_up = "0s"
[service.app]
round_trip = "0s"
[database.d]
connect_time = "5ms"
[pool.p]
service = "app"
database = "d"
size = 4
max_lifetime = "10s"
round_trip = "0s"
[query.q]
database = "d"
time = "exp(10ms)"
[endpoint.e]
service = "app"
steps = [{ query = "q" }]
[workload.w]
rate = "50/s"
mix = { e = 1 }
"#;
    let runs = once(text);
    // Four connections over ten lifetimes each, ages spread at the start.
    let connects = count_of(&runs, "pool.p.connects");
    assert!((36..=44).contains(&connects), "{connects} connections were opened");
    let open = runs.levels("pool.p.open")[0];
    assert!(open > 3.95 && open <= 4.0, "{open} connections are open on average");
}

#[test]
fn leaked_connections_never_come_back() {
    let rest = r#"
[database.d]
[pool.p]
service = "app"
database = "d"
size = 2
leak = 1
acquire_timeout = "1s"
round_trip = "0s"
[query.q]
database = "d"
time = "100ms"
"#;
    let runs = once(&burst("workers = 9", r#"[{ query = "q" }]"#, 5, rest));
    assert_eq!(runs.tally("endpoint.e.ok")[0].total(), 2);
    assert_eq!(runs.tally("endpoint.e.pool_timeout")[0].total(), 3);
    assert_eq!(max_of(&runs, "pool.p.in_use"), 2.0);
}

/// A transaction holds one connection across its steps; a lock taken in it is held to its end.
#[test]
fn a_lock_in_a_transaction_is_held_to_its_end() {
    let rest = r#"
[database.d]
[pool.p]
service = "app"
database = "d"
size = 10
round_trip = "0s"
[query.q]
database = "d"
time = "10ms"
[lock.row]
scope = "database"
"#;
    let steps = r#"[{ transaction = [
      { lock = "row", do = [{ query = "q" }] },
      { delay = "90ms" },
    ] }]"#;
    let runs = once(&burst("workers = 9", steps, 3, rest));
    let tally = &runs.tally("endpoint.e")[0];
    assert_eq!((tally.sums().min, tally.sums().max), (100_000_000, 300_000_000));
    let outside = steps.replace("transaction", "try");
    let tally = &once(&burst("workers = 9", &outside, 3, rest)).tally("endpoint.e")[0];
    assert_eq!((tally.sums().min, tally.sums().max), (100_000_000, 120_000_000));
}

#[test]
fn readers_share_a_lock_and_keys_are_separate() {
    let rest = "[lock.l]\n";
    let steps = |lock: &str| format!(r#"[{{ lock = "l", {lock}, do = [{{ delay = "100ms" }}] }}]"#);
    let slowest = |lock: &str| {
        once(&burst("workers = 9", &steps(lock), 4, rest)).tally("endpoint.e")[0].sums().max
    };
    assert_eq!(slowest(r#"mode = "read""#), 100_000_000);
    assert_eq!(slowest(r#"mode = "write""#), 400_000_000);
    assert_eq!(slowest(r#"key = "choice([1, 2, 3, 4, 5, 6, 7, 8]) * 0 + 7""#), 400_000_000);
}

/// Growing backoff: 100, 200, 400 ms before the second, third and fourth try.
#[test]
fn backoff_grows_and_is_counted() {
    let client =
        r#"client = { retry = { attempts = 4, backoff = { first = "100ms" }, on = ["failed"] } }"#;
    let runs = once(&burst("workers = 1", r#"[{ fail = "always" }]"#, 1, client));
    assert!((only(&runs, "workload.w.failed") - 0.7).abs() < 1e-9);
    assert_eq!(runs.tally("endpoint.e.failed")[0].total(), 4);
}

/// Items come at most so many at once, and the parent takes the time of the slowest chain.
#[test]
fn items_run_in_waves() {
    let steps = r#"[{ each = 10, parallel = 4, do = [{ delay = "100ms" }] }]"#;
    assert_eq!(only(&once(&burst("workers = 1", steps, 1, "")), "endpoint.e"), 0.3);
    let batches = r#"[{ each = 10, batch = 4, do = [{ delay = "items * 10ms" }] }]"#;
    assert!((only(&once(&burst("workers = 1", batches, 1, "")), "endpoint.e") - 0.1).abs() < 1e-9);
    let quorum = r#"[{ fork = [[{ delay = "1s" }], [{ delay = "2s" }], [{ delay = "3s" }]], join = "quorum(2)" }]"#;
    assert_eq!(only(&once(&burst("workers = 1", quorum, 1, "")), "endpoint.e"), 2.0);
    let nobody = r#"[{ each = 10, parallel = 4, join = "none", do = [{ delay = "100ms" }] }]"#;
    let runs = once(&burst("workers = 1", nobody, 1, ""));
    assert_eq!((only(&runs, "endpoint.e"), runs.runs[0].ended_at), (0.0, 1_300_000_000));
}

#[test]
fn a_reply_answers_before_the_rest_is_done() {
    let steps = r#"[{ delay = "100ms" }, { reply = true }, { delay = "1s" }]"#;
    let runs = once(&burst("workers = 1", steps, 2, ""));
    let tally = &runs.tally("workload.w")[0];
    // The worker is held by the rest: the second request waits for it.
    assert_eq!((tally.sums().min, tally.sums().max), (100_000_000, 1_200_000_000));
}

#[test]
fn a_hedge_starts_a_second_copy() {
    let steps = r#"[{ hedge = "50ms", do = [{ choose = [
      { p = 0.5, do = [{ delay = "10ms" }] },
      { p = 0.5, do = [{ delay = "1s" }] },
    ] }] }]"#;
    let runs = once(&burst("workers = 2000", steps, 1_000, ""));
    let tally = &runs.tally("endpoint.e")[0];
    // A half at once, a quarter after the hedge, a quarter unlucky twice.
    let at_most = |ns: u64| tally.total() - tally.count_above(ns) as u64;
    assert!((430..570).contains(&at_most(20_000_000)));
    assert!((680..820).contains(&at_most(70_000_000)));
}

pub fn with_control(text: &str, at: u64, control: Control) -> (plimsoll::plan::Plan, Run) {
    let plan = plan(text).with_control(at, control);
    let id = RunId { world: 0, replication: 0 };
    let run = run(&plan, id, &AtomicBool::new(false), &mut NoTrace);
    (plan, run)
}

/// One second of work that runs at half speed from its middle on takes one and a half; the same
/// under both disciplines, and a second core lets two jobs run side by side.
#[test]
fn speed_and_capacity_change_under_way() {
    for scheduling in ["fifo", "sharing"] {
        let service = format!("cores = 1\nscheduling = \"{scheduling}\"");
        let text = burst(&service, r#"[{ cpu = "1s" }]"#, 1, "");
        let slower = Control::Speed { station: 0, factor: 0.5 };
        let (plan, run) = with_control(&text, 1_500_000_000, slower);
        let tally = &run.tallies[plan.endpoints[0].tallies as usize];
        assert_eq!(tally.sums().max, 1_500_000_000, "{scheduling}");
        let text = burst(&service, r#"[{ cpu = "1s" }]"#, 2, "");
        let wider = Control::Capacity { station: 0, cores: 2.0 };
        let (plan, run) = with_control(&text, 1_500_000_000, wider);
        let tally = &run.tallies[plan.endpoints[0].tallies as usize];
        // FIFO: the second starts at 1.5 s. Sharing: both have 0.75 left at 1.5 s.
        let last = if scheduling == "fifo" { 1_500_000_000 } else { 1_250_000_000 };
        assert_eq!(tally.sums().max, last, "{scheduling}");
    }
}

#[test]
fn an_instance_out_of_rotation_gets_no_new_requests() {
    let text = r#"
[run]
kind = "steady"
duration = "20s"
warm_up = "0s"
[service.app]
instances = 2
cores = 1
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [{ cpu = "1ms" }]
[workload.w]
rate = "100/s"
arrivals = "regular"
mix = { e = 1 }
"#;
    let out = Control::InRotation { instance: 1, active: false };
    let (plan, run) = with_control(text, 10_000_000_000, out);
    let busy = plan.stations.iter().map(|station| run.levels[0][station.busy.own as usize].area);
    let shares: Vec<f64> = busy.map(|area| area as f64 / 1e12).collect();
    // One millisecond of work each: 50 + 100 a second for ten seconds each, and 50 for ten.
    assert!((shares[0] - 1.5).abs() < 0.02 && (shares[1] - 0.5).abs() < 0.02, "{shares:?}");
}
