//! Hedged requests on servers without end: the first of two copies, the second T later, has
//! P(D > t) = S(t) before T and S(t) S(t - T) after; with `cancel = "all"` both copies hold what
//! they hold until D, without it each to its own end.

use crate::harness::{MEAN, P99, Runs, check};

const RATE: f64 = 200.0;
const AFTER: f64 = 0.005;
/// Phases of the time of one copy: probability and mean, seconds.
const PHASES: [(f64, f64); 2] = [(0.9, 0.002), (0.1, 0.05)];

fn tail(t: f64) -> f64 {
    PHASES.iter().map(|(p, mean)| p * (-t / mean).exp()).sum()
}

fn mean_of_one() -> f64 {
    PHASES.iter().map(|(p, mean)| p * mean).sum()
}

/// E[(D - T)+] = ∫ S(T + u) S(u) du.
fn beyond() -> f64 {
    let pairs = PHASES.iter().flat_map(|a| PHASES.iter().map(move |b| (a, b)));
    pairs.map(|(a, b)| a.0 * b.0 * (-AFTER / a.1).exp() / (1.0 / a.1 + 1.0 / b.1)).sum()
}

/// E[D] = ∫ S over [0, T], and beyond.
fn mean() -> f64 {
    let before: f64 = PHASES.iter().map(|(p, m)| p * m * (1.0 - (-AFTER / m).exp())).sum();
    before + beyond()
}

fn p99() -> f64 {
    let (mut low, mut high) = (AFTER, 1.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if tail(middle) * tail(middle - AFTER) > 0.01 { low = middle } else { high = middle }
    }
    low
}

fn runs(step: &str, rest: &str) -> Runs {
    let text = format!(
        r#"
[run]
kind = "steady"
duration = "500s"
warm_up = "2s"
[service.app]
round_trip = "0s"
[service.far]
workers = 500
round_trip = "0s"
[database.d]
max_connections = 700
[pool.p]
service = "app"
database = "d"
size = 500
round_trip = "0s"
[query.q]
database = "d"
time = "hyperexp(2ms: 0.9, 50ms: 0.1)"
[endpoint.far]
service = "far"
steps = [{{ delay = "hyperexp(2ms: 0.9, 50ms: 0.1)" }}]
[endpoint.e]
service = "app"
steps = [{step}]
[workload.w]
rate = "{RATE}/s"
mix = {{ e = 1 }}
{rest}
"#
    );
    Runs::of(&text, 20)
}

fn latency(what: &str, runs: &Runs) {
    check(&format!("{what}: mean"), &runs.means("endpoint.e"), mean(), MEAN);
    check(&format!("{what}: p99"), &runs.quantiles("endpoint.e", 0.99), p99(), P99);
}

#[test]
fn a_hedged_query_gives_its_connections_back() {
    let all = runs(r#"{ query = "q", hedge = "5ms", cancel = "all" }"#, "");
    latency("query, cancelled", &all);
    let held = RATE * (mean() + beyond());
    check("connections, cancelled", &all.levels("pool.p.in_use"), held, MEAN);
    assert!(all.levels("service.app.orphans").iter().all(|orphans| *orphans == 0.0));
    let none = runs(r#"{ query = "q", hedge = "5ms" }"#, "");
    latency("query", &none);
    let held = RATE * mean_of_one() * (1.0 + tail(AFTER));
    check("connections", &none.levels("pool.p.in_use"), held, MEAN);
    // Wasted work: what is held beyond the answers.
    let wasted = held - RATE * (mean() + beyond());
    check("orphans", &none.levels("service.app.orphans"), wasted, 2.0 * MEAN);
}

#[test]
fn a_hedged_call_gives_its_worker_back() {
    let all = runs(r#"{ call = "far", hedge = "5ms", cancel = "all" }"#, "");
    latency("call, cancelled", &all);
    let held = RATE * (mean() + beyond());
    check("workers, cancelled", &all.levels("service.far.workers"), held, MEAN);
    let none = runs(r#"{ call = "far", hedge = "5ms" }"#, "");
    latency("call", &none);
    let held = RATE * mean_of_one() * (1.0 + tail(AFTER));
    check("workers", &none.levels("service.far.workers"), held, MEAN);
}

#[test]
fn a_hedged_block_gives_its_lock_back() {
    // A lock per copy: the key is drawn from so many that none is shared.
    let block = r#"{ hedge = "5ms", cancel = "CANCEL", do = [{ transaction = [{ query = "q" }, { lock = "l", key = "uniform(0, 1)", do = [] }] }] }"#;
    let lock = "[lock.l]\nscope = \"database\"";
    let all = runs(&block.replace("CANCEL", "all"), lock);
    latency("block, cancelled", &all);
    let held = RATE * (mean() + beyond());
    check("connections of blocks, cancelled", &all.levels("pool.p.in_use"), held, MEAN);
    // Nothing waits here, so `waiting` ends nothing before its end but the wait to come.
    let waiting = runs(&block.replace("CANCEL", "waiting"), lock);
    latency("block, waiting cancelled", &waiting);
    let held = RATE * mean_of_one() * (1.0 + tail(AFTER));
    check("connections of blocks", &waiting.levels("pool.p.in_use"), held, MEAN);
}
