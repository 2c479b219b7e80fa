//! Deadlocks: none is missed, none is invented, and one by exhaustion has the probability that it
//! should have.

use crate::harness::{estimate, plan};
use crate::mechanisms::burst;
use plimsoll::plan::{Plan, Source};
use plimsoll::sim::{Deadlock, End, NoTrace, Run, RunId, run};
use proptest::prelude::*;
use std::sync::atomic::AtomicBool;

fn replicate(plan: &Plan, replication: u32) -> Run {
    run(plan, RunId { world: 0, replication }, &AtomicBool::new(false), &mut NoTrace)
}

/// What was waited for, how often, first when (ns), by how many waits.
fn found(plan: &Plan, run: &Run) -> Vec<(String, u64, u64, u64)> {
    let path = |thing: &u32| plan.nesting.paths[*thing as usize].clone();
    let row = |d: &Deadlock| {
        (d.things.iter().map(path).collect::<Vec<_>>().join(" "), d.count, d.first, d.waits)
    };
    run.deadlocks.iter().map(row).collect()
}

fn one(paths: &str, count: u64, first_ms: u64, waits: u64) -> Vec<(String, u64, u64, u64)> {
    vec![(paths.to_owned(), count, first_ms * 1_000_000, waits)]
}

/// Requests at 0 s, one per endpoint, on a service with `workers`.
fn at_once(workers: &str, endpoints: &[&str], rest: &str) -> (Plan, Run) {
    let mut text = format!(
        "[run]\nuntil = \"drained\"\nduration = \"1s\"\nreplications = 1\n\
         [service.app]\ncores = 9\n{workers}\nround_trip = \"0s\"\n{rest}\n"
    );
    for (index, steps) in endpoints.iter().enumerate() {
        text += &format!(
            "[endpoint.e{index}]\nservice = \"app\"\nsteps = {steps}\n[workload.w{index}]\n\
             burst = {{ count = 1 }}\nmix = {{ e{index} = 1 }}\n"
        );
    }
    let plan = plan(&text);
    let run = replicate(&plan, 0);
    (plan, run)
}

fn unanswered(run: &Run) -> u64 {
    run.unanswered.iter().sum()
}

fn in_order(first: &str, second: &str) -> String {
    format!(
        r#"[{{ lock = "{first}", do = [{{ delay = "2ms" }}, {{ lock = "{second}", do = [{{ delay = "1ms" }}] }}] }}]"#
    )
}

/// Dining philosophers: each takes the fork on its left, thinks, and takes the one on its right.
#[test]
fn philosophers_who_all_begin_on_the_left_starve() {
    let forks = "[lock.f0]\n[lock.f1]\n[lock.f2]\n[lock.f3]\n[lock.f4]";
    let left: Vec<String> =
        (0..5).map(|i| in_order(&format!("f{i}"), &format!("f{}", (i + 1) % 5))).collect();
    let steps: Vec<&str> = left.iter().map(String::as_str).collect();
    let (plan, run) = at_once("", &steps, forks);
    let all = "lock.f0 lock.f1 lock.f2 lock.f3 lock.f4";
    assert_eq!(found(&plan, &run), one(all, 1, 2, 5));
    assert_eq!(unanswered(&run), 5);
    // One who begins on the right, and all of them eat.
    let right = in_order("f0", "f4");
    let (plan, run) = at_once("", &[steps[0], steps[1], steps[2], steps[3], &right], forks);
    assert_eq!(found(&plan, &run), []);
    assert_eq!(unanswered(&run), 0);
    // Nothing lies on a circle: there is nothing to watch.
    assert!(plan.nesting.paths.is_empty());
}

/// A timeout around the second lock ends the wait, and both requests end.
#[test]
fn a_timeout_ends_a_deadlock() {
    let patient = r#"[{ lock = "a", do = [{ delay = "2ms" }, { timeout = "9ms", cancel = "all", do = [{ lock = "b", do = [] }], else = [] }] }]"#;
    let (plan, run) = at_once("", &[patient, &in_order("b", "a")], "[lock.a]\n[lock.b]");
    assert_eq!(found(&plan, &run), one("lock.a lock.b", 1, 2, 2));
    assert_eq!(unanswered(&run), 0);
}

/// One who reads and asks to write waits for the other readers; two wait for each other.
#[test]
fn an_upgrade_waits_for_the_other_readers() {
    let up = |before: &str| {
        format!(
            r#"[{{ lock = "l", mode = "read", do = [{{ delay = "{before}" }}, {{ lock = "l", do = [{{ delay = "1ms" }}] }}] }}]"#
        )
    };
    let reader = r#"[{ lock = "l", mode = "read", do = [{ delay = "10ms" }] }]"#;
    let writer = r#"[{ delay = "1ms" }, { lock = "l", do = [{ delay = "5ms" }] }]"#;
    // The upgrade comes before the writer who was in line first, when the reader has left.
    let (plan, run) = at_once("", &[&up("2ms"), reader, writer], "[lock.l]");
    assert_eq!(found(&plan, &run), []);
    let ended = |index: usize| run.tallies[plan.endpoints[index].tallies as usize].sums().max;
    assert_eq!([ended(0), ended(1), ended(2)], [11_000_000, 10_000_000, 16_000_000]);
    let (plan, run) = at_once("", &[&up("2ms"), &up("3ms"), reader], "[lock.l]");
    assert_eq!(found(&plan, &run), one("lock.l", 1, 3, 2));
    assert_eq!(unanswered(&run), 2);
}

/// A block that runs beside its request waits for what the request holds.
#[test]
fn a_block_that_waits_for_its_own_request_is_stuck() {
    let own = r#"[{ lock = "l", do = [{ fork = [[{ lock = "l", do = [] }]] }] }]"#;
    let (plan, run) = at_once("", &[own], "[lock.l]");
    assert_eq!(found(&plan, &run), one("lock.l", 1, 0, 1));
    // Two branches: while the other runs it might still end the request.
    let branch =
        r#"[{ lock = "l", do = [{ fork = [[{ lock = "l", do = [] }], [{ delay = "7ms" }]] }] }]"#;
    let (plan, run) = at_once("", &[branch], "[lock.l]");
    assert_eq!(found(&plan, &run), one("lock.l", 1, 7, 1));
    // A reader behind a writer who waits for the request's own read lock.
    let nested = r#"[{ lock = "l", mode = "read", do = [{ delay = "2ms" }, { fork = [[{ lock = "l", mode = "read", do = [] }]] }] }]"#;
    let writer = r#"[{ delay = "1ms" }, { lock = "l", do = [] }]"#;
    let (plan, run) = at_once("", &[nested, writer], "[lock.l]");
    assert_eq!(found(&plan, &run), one("lock.l", 1, 2, 1));
}

/// A callee waits for a connection, or a worker, that its callers hold.
#[test]
fn callers_who_hold_what_their_callees_need_are_stuck() {
    let database = "[database.d]\n[pool.p]\nservice = \"app\"\ndatabase = \"d\"\nsize = 2\n\
        acquire_timeout = \"none\"\nround_trip = \"0s\"\n[query.q]\ndatabase = \"d\"\ntime = \"3ms\"\n\
        [endpoint.inner]\nservice = \"app\"\nsteps = [{ query = \"q\" }]";
    let calls = r#"[{ transaction = [{ query = "q" }, { call = "inner" }] }]"#;
    let (plan, run) = at_once("", &[calls, calls], database);
    assert_eq!(found(&plan, &run), one("pool.p", 1, 3, 2));
    let (plan, run) = at_once("", &[calls], database);
    assert_eq!(found(&plan, &run), []);
    assert_eq!(unanswered(&run), 0);
    // Workers that wait for items which take a worker each: the nested tasks of a bounded executor.
    let items = r#"[{ delay = "1ms" }, { each = 2, worker = true, do = [{ delay = "1ms" }] }]"#;
    let (plan, run) = at_once("workers = 2", &[items, items], "");
    assert_eq!(found(&plan, &run), one("service.app", 1, 1, 2));
    let (plan, run) = at_once("workers = 3", &[items, items], "");
    assert_eq!(found(&plan, &run), []);
    assert_eq!(unanswered(&run), 0);
}

/// Connections in a circle over two pools, one of them with a unit to spare at first.
#[test]
fn a_unit_to_spare_is_no_deadlock() {
    let rest = "[database.d]\n[database.f]\n[query.qd]\ndatabase = \"d\"\ntime = \"2ms\"\n\
        [query.qf]\ndatabase = \"f\"\ntime = \"2ms\"\n\
        [pool.d]\nservice = \"app\"\ndatabase = \"d\"\nsize = 1\nacquire_timeout = \"none\"\nround_trip = \"0s\"\n\
        [pool.f]\nservice = \"app\"\ndatabase = \"f\"\nsize = SIZE\nacquire_timeout = \"none\"\nround_trip = \"0s\"";
    let there = r#"[{ transaction = [{ query = "qd" }, { query = "qf" }] }]"#;
    let back = r#"[{ transaction = [{ query = "qf" }, { query = "qd" }] }]"#;
    let (plan, run) = at_once("", &[there, back], &rest.replace("SIZE", "1"));
    assert_eq!(found(&plan, &run), one("pool.d pool.f", 1, 2, 2));
    let (plan, run) = at_once("", &[there, back], &rest.replace("SIZE", "2"));
    assert_eq!(found(&plan, &run), []);
    assert_eq!(unanswered(&run), 0);
}

/// Two requests at once over a pool of two: each takes a connection after an exponential time and
/// a second one after a fixed 4 ms. They are stuck if the second comes before the first has both,
/// that is within 4 ms: with probability 1 - exp(-4 / 5).
#[test]
fn exhaustion_has_its_probability() {
    let steps = r#"[{ delay = "exp(5ms)" }, { transaction = [{ delay = "4ms" }, { query = "q" }, { call = "inner" }] }]"#;
    let rest = "[database.d]\n[pool.p]\nservice = \"app\"\ndatabase = \"d\"\nsize = 2\n\
        acquire_timeout = \"none\"\nround_trip = \"0s\"\n[query.q]\ndatabase = \"d\"\n\
        time = \"0s\"\n[endpoint.inner]\nservice = \"app\"\nsteps = [{ query = \"q\" }]";
    let plan = plan(&burst("", steps, 2, rest));
    let stuck =
        |replication| f64::from(u8::from(!replicate(&plan, replication).deadlocks.is_empty()));
    let values: Vec<f64> = (0..4_000).map(stuck).collect();
    let (share, error) = estimate(&values);
    let theory = -(-0.8_f64).exp_m1();
    println!("deadlock: {share} against {theory}, z = {:+.2}", (share - theory) / error);
    assert!((share - theory).abs() < 4.0 * error, "{share} against {theory}");
    assert!((share - 0.9 * theory).abs() > 4.0 * error, "the check has no power");
}

fn words(words: &'static [&'static str]) -> BoxedStrategy<&'static str> {
    proptest::sample::select(words).boxed()
}

/// Steps that hold one thing and ask for another, without timers of any kind.
fn nested(call: bool) -> BoxedStrategy<String> {
    let times = || words(&["0s", "1ms", "2ms", "exp(2ms)", "5ms"]);
    let calls = if call { r#"{ call = "remote" }"# } else { r#"{ cpu = "1ms" }"# };
    let leaf = prop_oneof![
        3 => times().prop_map(|t| format!(r#"{{ delay = "{t}" }}"#)),
        2 => words(&[r#"{ query = "q" }"#, r#"{ query = "o" }"#]).prop_map(str::to_owned),
        1 => Just(calls.to_owned()),
        1 => Just(r#"{ fail = "bad" }"#.to_owned()),
    ];
    leaf.prop_recursive(4, 20, 3, |inner| {
        let block = proptest::collection::vec(inner, 1..=3)
            .prop_map(|steps| format!("[{}]", steps.join(", ")))
            .boxed();
        let names = words(&["row", "a", "b", "here"]);
        let key = words(&["", ", key = \"choice(1: 0.5, 2: 0.5)\""]);
        let join = words(&["all", "first", "quorum(2)", "none"]);
        prop_oneof![
            4 => (names, words(&["read", "write"]), key, block.clone()).prop_map(|(l, m, k, b)| {
                format!(r#"{{ lock = "{l}", mode = "{m}"{k}, do = {b} }}"#)
            }),
            3 => block.clone().prop_map(|b| format!("{{ transaction = {b} }}")),
            1 => block.clone().prop_map(|b| format!("{{ try = {b}, else = [] }}")),
            1 => block.clone().prop_map(|b| format!("{{ repeat = 2, do = {b} }}")),
            1 => (join.clone(), block.clone(), block.clone())
                .prop_map(|(j, a, b)| format!(r#"{{ fork = [{a}, {b}], join = "{j}" }}"#)),
            1 => (join, words(&["1", "2", "\"all\""]), words(&["", ", worker = true"]), block).prop_map(
                |(j, p, w, b)| format!(
                    r#"{{ each = 3, parallel = {p}, join = "{j}"{w}, do = {b} }}"#
                )
            ),
        ]
    })
    .boxed()
}

prop_compose! {
    fn scenario()(
        (here, too) in (nested(true), nested(true)),
        there in nested(false),
        workers in (words(&["", "workers = 2", "workers = 3"]), words(&["", "workers = 1"])),
        (size, checkout) in (1..4, words(&["query", "request"])),
        count in 2..7,
    ) -> String {
        format!(
            r#"
[run]
until = "drained"
duration = "1s"
replications = 1
[service.app]
cores = 2
round_trip = "0s"
{}
[service.other]
cores = 1
{}
[database.d]
[database.f]
[pool.p]
service = "app"
database = "d"
size = {size}
min_idle = 1
acquire_timeout = "none"
checkout = "{checkout}"
[pool.o]
service = "app"
database = "f"
size = 1
acquire_timeout = "none"
[pool.far]
service = "other"
database = "d"
size = 1
acquire_timeout = "none"
[pool.far2]
service = "other"
database = "f"
size = 1
acquire_timeout = "none"
[query.q]
database = "d"
time = "exp(2ms)"
[query.o]
database = "f"
time = "1ms"
[lock.row]
scope = "database"
[lock.a]
[lock.b]
[lock.here]
scope = "instance"
[endpoint.remote]
service = "other"
steps = [{there}]
[endpoint.e]
service = "app"
steps = [{here}]
[endpoint.f]
service = "app"
steps = [{too}]
[workload.w]
burst = {{ count = {count}, at = "10ms", over = "4ms" }}
mix = {{ e = 1, f = 1 }}
"#,
            workers.0, workers.1
        )
    }
}

/// Whether anybody still waits, or is held up by somebody who does.
fn stuck(plan: &Plan, run: &Run) -> bool {
    plan.catalog.entries().iter().any(|entry| match &entry.source {
        Source::Level { sum, .. } => {
            !matches!(entry.path.rsplit('.').next(), Some("open" | "connections"))
                && run.levels[0][*sum as usize].last > 0
        }
        _ => false,
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(400),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    /// Without timers a circle is never broken and nothing else keeps anybody from going on: a
    /// deadlock is reported if and only if somebody is left when nothing more happens.
    #[test]
    fn who_is_stuck_is_reported_and_nobody_else(text in scenario()) {
        let plan = plan(&text);
        let run = replicate(&plan, 0);
        prop_assert_eq!(run.end, End::Completed);
        prop_assert_eq!(stuck(&plan, &run), !run.deadlocks.is_empty(), "{:?}", run.deadlocks);
        for deadlock in &run.deadlocks {
            prop_assert!(deadlock.first <= run.ended_at && deadlock.waits > 0);
        }
    }
}
