//! Who holds what, and until when: locks of transactions, kept connections, work that nobody
//! waits for. Each case can be worked out by hand.

use crate::harness::plan;
use crate::mechanisms::{burst, once, only};
use plimsoll::plan::{Source, Watch};
use plimsoll::sim::{NoTrace, RunId, run};
use std::sync::atomic::AtomicBool;

const DATABASE: &str = r#"
[database.d]
[pool.p]
service = "app"
database = "d"
size = SIZE
round_trip = "0s"
acquire_timeout = "1s"
CHECKOUT
[query.q]
database = "d"
time = "10ms"
[lock.row]
scope = "database"
"#;

fn database(size: u32, checkout: &str) -> String {
    let checkout = format!("checkout = \"{checkout}\"");
    DATABASE.replace("SIZE", &size.to_string()).replace("CHECKOUT", &checkout)
}

fn spread(steps: &str, count: u32, rest: &str) -> (u64, u64) {
    let runs = once(&burst("workers = 9", steps, count, rest));
    let tally = &runs.tally("endpoint.e.ok")[0];
    let sums = tally.sums();
    assert_eq!(sums.count, u64::from(count));
    (sums.min, sums.max)
}

/// A lock inside itself is the same one: given back once, at the end of the outer block.
#[test]
fn a_lock_in_itself_is_given_back_once() {
    let twice = r#"{ lock = "row", do = [{ lock = "row", do = [] }, { delay = "10ms" }] }"#;
    let steps = format!("[{{ repeat = 2, do = [{twice}] }}]");
    // Two requests, two turns of 10 ms each, in turn.
    assert_eq!(spread(&steps, 2, &database(9, "query")), (30_000_000, 40_000_000));
}

/// A lock of a transaction ends with it, even if the connection is kept longer.
#[test]
fn a_kept_connection_does_not_keep_the_locks() {
    let steps = r#"[
      { transaction = [{ lock = "row", do = [{ query = "q" }] }] },
      { delay = "90ms" },
    ]"#;
    for checkout in ["query", "request"] {
        let found = spread(steps, 3, &database(9, checkout));
        assert_eq!(found, (100_000_000, 120_000_000), "{checkout}");
    }
}

/// Outside a transaction a lock ends with its block, whatever connection is kept.
#[test]
fn a_lock_outside_a_transaction_ends_with_its_block() {
    let steps = r#"[
      { query = "q" },
      { repeat = 2, do = [{ lock = "row", do = [{ delay = "10ms" }] }] },
      { delay = "70ms" },
    ]"#;
    for checkout in ["query", "request"] {
        let found = spread(steps, 1, &database(9, checkout));
        assert_eq!(found, (100_000_000, 100_000_000), "{checkout}");
    }
}

/// A lock that a block with a time limit takes belongs to the transaction around it.
#[test]
fn a_transaction_holds_what_its_blocks_lock() {
    let steps = r#"[{ transaction = [
      { timeout = "1s", do = [{ repeat = 2, do = [{ lock = "row", do = [{ query = "q" }] }] }] },
      { lock = "row", do = [{ delay = "80ms" }] },
    ] }]"#;
    for checkout in ["query", "request"] {
        let found = spread(steps, 3, &database(9, checkout));
        assert_eq!(found, (100_000_000, 300_000_000), "{checkout}");
    }
}

/// Tries without a pause that fail without time passing go on for ever: the limit ends them.
#[test]
fn tries_that_take_no_time_end_at_the_limit() {
    let limit = "[run.limit]\nevents = 10_000\n";
    let client = r#"client = { retry = { attempts = "unlimited", on = ["failed"] } }"#;
    let by_client = burst("workers = 1", r#"[{ fail = "f" }]"#, 1, client);
    let steps = r#"[{ retry = { attempts = "unlimited" }, do = [
      { timeout = "1s", do = [{ fail = "f" }] },
    ] }]"#;
    let by_server = burst("workers = 1", steps, 1, "");
    for text in [by_client, by_server] {
        let runs = once(&format!("{text}{limit}"));
        assert_eq!(runs.runs[0].end, plimsoll::sim::End::EventLimit);
    }
}

/// Who may not wait any more may not let a part of it wait either.
#[test]
fn a_cancelled_request_does_not_wait_through_its_blocks() {
    let client = "client = { timeout = \"1s\", cancel = \"waiting\" }";
    for block in [r#"{ query = "q" }"#, r#"{ timeout = "9s", do = [{ query = "q" }] }"#] {
        let steps =
            format!(r#"[{{ delay = "1500ms" }}, {{ fork = [[{block}]] }}, {{ delay = "1s" }}]"#);
        let rest = format!("{client}{}", database(1, "query"));
        let runs = once(&burst("workers = 9", &steps, 2, &rest));
        // At 1.5 s one gets the connection and needs 1.01 s more; the other would have to wait.
        assert_eq!(only(&runs, "endpoint.e.ok"), 2.51, "{block}");
        assert_eq!(only(&runs, "endpoint.e.timed_out"), 1.5, "{block}");
    }
}

/// A wait for a connection that is cancelled is a wait that ended without one.
#[test]
fn cancelled_waits_for_a_connection_are_counted() {
    let client = "client = { timeout = \"5ms\", cancel = \"waiting\" }";
    let rest = format!("{client}{}", database(1, "query"));
    let runs = once(&burst("workers = 9", r#"[{ query = "q" }]"#, 3, &rest));
    assert_eq!(runs.tally("pool.p.wait.granted")[0].total(), 1);
    assert_eq!(runs.tally("pool.p.wait.timed_out")[0].total(), 2);
}

/// Who is turned away at once has not waited: neither by a full line nor by a server that accepts
/// nobody else. By hand: of four at one moment one is served, one waits for 10 ms, two find the line
/// full; of three one is served and two are refused.
#[test]
fn who_is_turned_away_has_not_waited() {
    let full = database(1, "query").replace("size = 1", "size = 1\nline = { limit = 1 }");
    let none = database(9, "query").replace("[database.d]", "[database.d]\nmax_connections = 1");
    let none = none.replace("size = 9", "size = 9\nmin_idle = 1");
    let none = none.replace("max_connections = 1", "max_connections = 1\nreserved = 0");
    for (rest, count, outcome, waits) in [(full, 4, "rejected", 2), (none, 3, "refused", 1)] {
        let runs = once(&burst("workers = 9", r#"[{ query = "q" }]"#, count, &rest));
        assert_eq!(runs.tally(&format!("endpoint.e.{outcome}"))[0].total(), 2, "{outcome}");
        assert_eq!(runs.tally("pool.p.wait")[0].total(), waits, "{outcome}");
        assert_eq!(runs.tally("pool.p.wait.timed_out")[0].total(), 0, "{outcome}");
    }
}

/// A connection kept to the end of the request serves its blocks too, and is kept if a block took
/// it.
#[test]
fn blocks_use_the_connection_of_their_request() {
    let block = r#"{ query = "q", timeout = "500ms" }"#;
    let parallel = r#"{ query = "q", times = 2, parallel = 2 }"#;
    for steps in [
        format!(r#"[{{ query = "q" }}, {block}, {{ delay = "80ms" }}]"#),
        format!(r#"[{{ query = "q" }}, {parallel}, {{ delay = "80ms" }}]"#),
        format!(r#"[{block}, {{ query = "q" }}, {{ delay = "80ms" }}]"#),
    ] {
        // One connection: the second request waits for the end of the first.
        let found = spread(&steps, 2, &database(1, "request"));
        assert_eq!(found, (100_000_000, 200_000_000), "{steps}");
    }
}

/// The caller has its answer, wherever in the flow it is given.
#[test]
fn a_reply_inside_a_block_is_a_reply() {
    for block in [
        r#"{ timeout = "9s", do = [{ delay = "10ms" }, { reply = true }, { delay = "2s" }] }"#,
        r#"{ fork = [[{ delay = "3s" }], [{ delay = "10ms" }, { reply = true }]] }"#,
        r#"{ each = 2, parallel = 2, do = [{ delay = "10ms" }, { reply = true }, { delay = "1s" }] }"#,
    ] {
        let runs = once(&burst("workers = 1", &format!("[{block}]"), 1, ""));
        assert_eq!(only(&runs, "workload.w.ok"), 0.01, "{block}");
    }
}

/// A watch begins at its date: a level that is low then and does not change is low at once.
#[test]
fn a_watch_sees_what_is_so_when_it_begins() {
    let text = burst("workers = 1", r#"[{ delay = "1s" }]"#, 2, "");
    let late = "[workload.late]\nburst = { count = 1, at = \"8s\" }\nmix = { e = 1 }\n";
    let mut plan = plan(&format!("{text}{late}"));
    let Some(Source::Level { sum: level, .. }) =
        plan.catalog.get("service.app.inside").map(|entry| entry.source.clone())
    else {
        panic!("a level")
    };
    // Inside: 2 in [1 s, 2 s), 1 in [2 s, 3 s), 1 in [8 s, 9 s), the end.
    let cases = [(0, 0, 0), (1, 0, 3), (1, 1, 2), (4, 0, 4), (8, 0, 9), (8, 1, 8), (9, 0, 9)];
    for (after, at_most, _) in cases {
        plan.probes.watches.push(Watch { level, at_most, after: after * 1_000_000_000 });
    }
    let id = RunId { world: 0, replication: 0 };
    let run = run(&plan, id, &AtomicBool::new(false), &mut NoTrace);
    for ((after, at_most, at), found) in cases.into_iter().zip(run.watches) {
        assert_eq!(found, Some(at * 1_000_000_000), "<= {at_most} after {after} s");
    }
}

/// Requests are counted in the windows that they arrive in, edges included, however many there are.
#[test]
fn many_windows_count_their_own() {
    let mut text = burst("workers = 1", r#"[{ delay = "1ms" }]"#, 3, "");
    for n in 0..15 {
        let (from, to) = (n % 3, n % 3 + 1);
        text.push_str(&format!("[window.w{n}]\nfrom = \"{from}s\"\nto = \"{to}s\"\n"));
    }
    let runs = once(&text);
    let (_, intended) = runs.plan.catalog.attempts("workload.w").expect("a workload");
    let (run, each) = (&runs.runs[0], runs.plan.probes.counts as usize);
    assert_eq!(run.counts[intended as usize], 3);
    for n in 0..runs.plan.schedule.windows.len() {
        let count = run.counts[(n + 1) * each + intended as usize];
        assert_eq!(count, if n % 3 == 1 { 3 } else { 0 }, "window {n}");
    }
}
