//! Random flows: whatever is nested in whatever, and whoever is cancelled, times out or gives up,
//! every request ends once, everything that was held is given back, and the times by place add up.

use crate::harness::plan;
use plimsoll::plan::{Plan, Source};
use plimsoll::sim::{End, NoTrace, Run, RunId, run};
use proptest::prelude::*;
use std::sync::atomic::AtomicBool;

fn word(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(words)
}

fn time() -> impl Strategy<Value = &'static str> {
    word(&["0s", "1ms", "2ms", "exp(2ms)", "uniform(0ms, 7ms)", "10ms"])
}

fn cancel() -> impl Strategy<Value = &'static str> {
    word(&["none", "waiting", "all"])
}

fn steps(step: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let list = proptest::collection::vec(step, 0..=3);
    list.prop_map(|steps| format!("[{}]", steps.join(", "))).boxed()
}

fn leaf() -> BoxedStrategy<String> {
    prop_oneof![
        time().prop_map(|t| format!(r#"{{ cpu = "{t}" }}"#)),
        time().prop_map(|t| format!(r#"{{ delay = "{t}" }}"#)),
        word(&[
            r#"{ query = "q" }"#,
            r#"{ query = "work" }"#,
            r#"{ query = "q", times = 3, parallel = 2 }"#,
            r#"{ query = "disk" }"#,
            r#"{ query = "disk", times = 2, parallel = 2 }"#,
            r#"{ fail = "bad" }"#,
            r#"{ choose = [{ p = 0.7, do = [] }, { p = 0.3, do = [{ fail = "odd" }] }] }"#,
            "{ reply = true }",
        ])
        .prop_map(str::to_owned),
        (time(), cancel(), word(&["work", "disk"])).prop_map(|(t, c, q)| format!(
            r#"{{ query = "{q}", timeout = "{t}", cancel = "{c}" }}"#
        )),
    ]
    .boxed()
}

/// Inside a lock nothing else is locked, but for the lock itself in the same job: no two orders.
/// (`deadlock` has those.)
fn locked() -> BoxedStrategy<String> {
    let lock = word(&["row", "mutex", "here"]);
    (lock, word(&["read", "write"]), steps(leaf()), any::<bool>())
        .prop_map(|(lock, mode, steps, twice)| {
            let inner = format!(r#"{{ lock = "{lock}", mode = "{mode}", do = {steps} }}"#);
            if twice {
                format!(r#"{{ lock = "{lock}", do = [{inner}, {{ delay = "1ms" }}] }}"#)
            } else {
                inner
            }
        })
        .boxed()
}

/// Steps in steps. Calls and locks only in the caller: a callee that waits for a lock which its
/// caller's transaction holds waits for ever.
fn step(call: bool) -> BoxedStrategy<String> {
    let calls = (time(), cancel()).prop_flat_map(|(t, c)| {
        prop_oneof![
            Just(r#"{ call = "remote" }"#.to_owned()),
            Just(format!(r#"{{ call = "remote", timeout = "{t}", cancel = "{c}" }}"#)),
            Just(format!(
                r#"{{ call = "remote", hedge = "{t}", cancel = "{c}", retry = {{ attempts = 2 }} }}"#
            )),
        ]
    });
    let first = prop_oneof![5 => leaf(), 2 => locked(), 2 => calls];
    let first = if call { first.boxed() } else { leaf() };
    first
        .prop_recursive(3, 16, 3, |inner| {
            let block = steps(inner.boxed());
            let join = word(&["all", "first", "quorum(2)", "none"]).boxed();
            prop_oneof![
                block.clone().prop_map(|b| format!("{{ try = {b}, else = [] }}")),
                block.clone().prop_map(|b| format!("{{ transaction = {b} }}")),
                block.clone().prop_map(|b| format!("{{ repeat = 2, do = {b} }}")),
                block.clone().prop_map(|b| format!("{{ repeat = {{ again = 0.3 }}, do = {b} }}")),
                (time(), cancel(), block.clone(), any::<bool>()).prop_map(|(t, c, b, e)| {
                    let tail = if e { r#", else = [{ delay = "1ms" }]"# } else { "" };
                    format!(r#"{{ timeout = "{t}", cancel = "{c}", do = {b}{tail} }}"#)
                }),
                (time(), cancel(), block.clone())
                    .prop_map(|(t, c, b)| format!(r#"{{ hedge = "{t}", cancel = "{c}", do = {b} }}"#)),
                (time(), block.clone()).prop_map(|(t, b)| format!(
                    r#"{{ retry = {{ attempts = 3, backoff = "{t}", jitter = "full" }}, do = {b} }}"#
                )),
                (join.clone(), cancel(), block.clone(), block.clone()).prop_map(|(j, c, a, b)| {
                    format!(r#"{{ fork = [{a}, {b}], join = "{j}", cancel = "{c}" }}"#)
                }),
                (join, cancel(), word(&["1", "2", "\"all\""]), 1..4, block).prop_map(
                    |(j, c, p, batch, b)| format!(
                        r#"{{ each = 4, batch = {batch}, parallel = {p}, join = "{j}", cancel = "{c}", do = {b} }}"#
                    )
                ),
            ]
        })
        .boxed()
}

fn client() -> BoxedStrategy<String> {
    prop_oneof![
        Just(String::new()),
        (word(&["2ms", "9ms", "40ms"]), cancel(), time()).prop_map(|(t, c, backoff)| format!(
            r#"client = {{ timeout = "{t}", cancel = "{c}", retry = {{ attempts = 2, backoff = "{backoff}" }} }}"#
        )),
    ]
    .boxed()
}

fn service() -> BoxedStrategy<String> {
    let line = word(&[
        "",
        "line = { limit = 0 }",
        "line = { limit = 2 }",
        r#"line = { order = "lifo" }"#,
        r#"line = { order = "priority", limit = 3 }"#,
        r#"line = { order = "adaptive-lifo", lifo_above = 1 }"#,
        r#"line = { drop = { target = "1ms", interval = "3ms" } }"#,
        r#"line = { order = "lifo", drop = "deadline" }"#,
    ]);
    let threads = (1..4, line).prop_map(|(workers, line)| format!("workers = {workers}\n{line}"));
    let runtime = prop_oneof![
        4 => threads,
        1 => Just("runtime = \"event-loop\"".to_owned()),
        1 => Just("runtime = \"async\"".to_owned()),
    ];
    let scheduling = word(&["sharing", "fifo", "time-slice", "priority"]);
    (runtime, scheduling, word(&["1", "2", "1.5"]), 1..3)
        .prop_map(|(runtime, scheduling, cores, instances)| {
            let scheduling = if runtime.contains("event") {
                String::new()
            } else {
                format!("scheduling = \"{scheduling}\"")
            };
            let cores = if runtime.contains("event") { "1" } else { cores };
            format!("instances = {instances}\ncores = {cores}\n{runtime}\n{scheduling}")
        })
        .boxed()
}

fn pool() -> BoxedStrategy<String> {
    (
        1..4,
        word(&["0s", "3ms", "50ms"]),
        word(&["", "min_idle = 0", "min_idle = 1\nidle_timeout = \"5ms\"", "max_lifetime = \"20ms\""]),
        word(&["fail", "wait"]),
        word(&["query", "request"]),
        word(&["", "line = { limit = 1 }", r#"line = { order = "lifo" }"#, r#"line = { order = "priority" }"#]),
    )
        .prop_map(|(size, patience, life, refused, checkout, line)| {
            format!(
                "size = {size}\nacquire_timeout = \"{patience}\"\n{life}\non_refused = \"{refused}\"\n\
                 checkout = \"{checkout}\"\n{line}\nround_trip = \"1ms\""
            )
        })
        .boxed()
}

prop_compose! {
    fn scenario()(
        (app, other) in (service(), service()),
        (pool, far) in (pool(), pool()),
        (cores, scheduling, contention, server) in (
            word(&["1", "2"]),
            word(&["sharing", "fifo", "time-slice", "priority"]),
            word(&["", "contention = { serial = 0.1, crosstalk = 0.01 }"]),
            4..9,
        ),
        (here, there) in (steps(step(true)), steps(step(false))),
        client in client(),
        count in 1..7,
    ) -> String {
        format!(
            r#"
[run]
until = "drained"
duration = "1s"
replications = 1
[service.app]
round_trip = "0s"
{app}
[service.other]
round_trip = "1ms"
{other}
[database.d]
cores = {cores}
scheduling = "{scheduling}"
max_connections = {server}
reserved = 0
connect_time = "2ms"
{contention}
disk = {{ read_latency = "1ms", iops = 2_000, bandwidth = "100 MB/s", sync = "1ms" }}
[pool.near]
service = "app"
database = "d"
{pool}
[pool.far]
service = "other"
database = "d"
{far}
[query.q]
database = "d"
time = "exp(2ms)"
[query.work]
database = "d"
cpu = "exp(1ms)"
time = "1ms"
[query.disk]
database = "d"
reads = "poisson(2)"
scan = "exp(100 kB)"
commit = true
[lock.row]
scope = "database"
[lock.mutex]
[lock.here]
scope = "instance"
[endpoint.remote]
service = "other"
priority = 1
steps = {there}
[endpoint.e]
service = "app"
steps = {here}
[workload.w]
burst = {{ count = {count}, at = "10ms", over = "4ms" }}
mix = {{ e = 1 }}
{client}
"#
        )
    }
}

fn once(plan: &Plan) -> Run {
    run(plan, RunId { world: 0, replication: 0 }, &AtomicBool::new(false), &mut NoTrace)
}

/// Levels of what is held or waited for.
fn all_given_back(plan: &Plan, run: &Run) -> Result<(), TestCaseError> {
    for entry in plan.catalog.entries() {
        let Source::Level { instances, sum, .. } = &entry.source else { continue };
        let last = entry.path.rsplit('.').next();
        // A flush that nobody waits for any more goes on.
        if matches!(last, Some("open" | "connections" | "wal")) {
            continue;
        }
        for &level in instances.iter().chain([sum]) {
            prop_assert_eq!(run.levels[0][level as usize].last, 0, "{}", entry.path);
        }
    }
    Ok(())
}

fn holds(text: &str) -> Result<(), TestCaseError> {
    let plan = plan(text);
    let run = once(&plan);
    prop_assert_eq!(run.end, End::Completed);
    prop_assert!(run.events < 1_000_000);
    // Two transactions that read a row and then both ask to write it wait for each other.
    if !run.deadlocks.is_empty() {
        return Ok(());
    }
    all_given_back(&plan, &run)?;
    let (_, intended) = plan.catalog.attempts("workload.w").expect("a workload");
    prop_assert_eq!(run.unanswered.iter().sum::<u64>(), 0);
    let tallies = plan.workloads[0].tallies as usize;
    let ended: u64 = (0..10).map(|k| run.tallies[tallies + k].total()).sum();
    prop_assert_eq!(run.counts[intended as usize], ended);
    // Without a client every good answer is one path from arrival to end.
    if !text.contains("client") {
        let e = plan.workloads[0].mix[0].0 as usize;
        let good: u128 = (0..2).map(|k| run.tallies[tallies + k].sums().sum).sum();
        let by_place: u64 = run.breakdown[e].sums.iter().sum();
        prop_assert_eq!(u128::from(by_place), good);
    }
    prop_assert_eq!(once(&plan).fingerprint, run.fingerprint);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(400),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn whatever_is_nested_everything_is_given_back(text in scenario()) {
        holds(&text)?;
    }
}
