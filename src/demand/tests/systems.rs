//! Whole systems: loads, capacities, waits, warnings.

use super::sketch::{Sketch, browse, step, w3};
use crate::demand::{LossKind, StationKind};
use crate::diag::Id;
use crate::model::{Balance, OnRefused, Parallel, Scheduling};

fn near(found: f64, expected: f64, relative: f64) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{found}, expected {expected}");
}

/// Source: 8,333.3/s × 50 ms = 416.7 Erlangs, × 50.5 ms = 420.8 (live-a/S3.3); 500 connections
/// carry 1.2 times the load.
#[test]
fn browsing_offers_417_erlangs() {
    let demand = browse(10.0, 50.0, 600.0, 0.0).demand();
    let pool = demand.at("pool.p0");
    near(pool.offered, 416.667, 1e-5);
    near(pool.utilization.unwrap(), 0.833_33, 1e-5);
    assert_eq!(pool.holding_cv, Some(1.0));
    assert_eq!(demand.stations[demand.bottleneck.unwrap()].name, "pool.p0");
    near(demand.sustainable_load.unwrap(), 1.2, 1e-9);
    near(demand.sustainable_per_s.unwrap(), 10_000.0, 1e-9);
    near(demand.endpoints[0].minimum_residence_s, 0.05, 1e-12);
    // Ten services of 200 workers hold 417 of 2,000.
    near(demand.at("service.s0.workers").utilization.unwrap(), 416.667 / 2_000.0, 1e-5);
    // Two events a request for 60 s: its arrival and the end of the query's time.
    near(demand.events_per_run, 2.0 * 60.0 * 25_000.0 / 3.0, 1e-12);
    near(browse(10.0, 50.0, 600.0, 5e-4).demand().at("pool.p0").offered, 420.833, 1e-5);
}

/// Source: Erlang C of live-a/S3.3 and live-a/S3.6: P(wait) 14.9 %, p95 7 ms, p99 16 ms on 50;
/// nine instances are 92.6 % busy, p99 53 ms. 55 connections for a p99 below 5 ms, 59 for
/// P(wait) < 1 %, 443 and 467 in one shared pool.
#[test]
fn ten_pools_wait_as_the_review_was_told() {
    let demand = browse(10.0, 50.0, 600.0, 0.0).demand();
    let erlang = demand.at("pool.p0").erlang.clone().unwrap();
    let wait = erlang.wait.unwrap();
    near(erlang.visits_per_s, 833.333, 1e-5);
    assert!((wait.probability - 0.149).abs() < 5e-4);
    assert!((wait.p99_s.unwrap() - 0.0162).abs() < 5e-5);
    assert!((wait.p95_s.unwrap() - 0.007).abs() < 5e-4);
    assert_eq!(erlang.servers_for_short_wait, Some(55));
    assert_eq!(erlang.servers_for_rare_wait, Some(59));
    assert_eq!(erlang.shared_for_short_wait, Some(443));
    assert_eq!(erlang.shared_for_rare_wait, Some(467));
    assert!(erlang.shared.unwrap().mean_s < wait.mean_s);
    assert_eq!(erlang.mean_wait_by_cv_s, None);

    let nine = browse(9.0, 50.0, 600.0, 0.0).demand();
    near(nine.at("pool.p0").utilization.unwrap(), 0.926, 1e-3);
    let wait = nine.at("pool.p0").erlang.clone().unwrap().wait.unwrap();
    assert!((wait.p99_s.unwrap() - 0.053).abs() < 5e-4);

    let eight = browse(8.0, 50.0, 600.0, 0.0);
    assert_eq!(eight.demand().at("pool.p0").erlang.clone().unwrap().wait, None);
    let warnings = eight.warnings();
    assert_eq!(warnings.iter().map(|d| d.id).collect::<Vec<_>>(), [Id::OverloadedStation]);
    assert!(
        warnings.iter().next().unwrap().message.starts_with(
            "offered load on pool.p0 is 417 Erlangs for 400 connections: waiting time grows \
             without bound"
        ),
        "{warnings:?}"
    );
}

/// Goal: 100 connections less 3 reserved are dealt out one per instance in turn: 7 get ten, 3 get
/// nine. A pool that fails then refuses what Erlang B says; one that waits has a line.
#[test]
fn the_server_limits_the_pools() {
    let mut sketch = browse(10.0, 50.0, 100.0, 0.0);
    let demand = sketch.demand();
    let pool = demand.at("pool.p0");
    let found = pool.connections.unwrap();
    assert_eq!((found.least, found.most, found.total, found.asked), (9, 10, 97, 500));
    assert_eq!((pool.servers, pool.capacity), (Some(9.0), Some(97.0)));
    let loss = pool.erlang.clone().unwrap().loss.unwrap();
    assert_eq!(loss.kind, LossKind::Refused);
    // B(9, 41.67) by the recursion on paper: within a hair of 1 - 9/41.67 from above.
    assert!(loss.share > 1.0 - 9.0 / 41.67 && loss.share < 0.80, "{}", loss.share);
    let warnings = sketch.warnings();
    let ids: Vec<Id> = warnings.iter().map(|d| d.id).collect();
    assert_eq!(ids, [Id::OverloadedStation]);
    let first = warnings.iter().next().unwrap();
    assert!(first.message.contains("417 Erlangs for 97 connections: the server refuses about 7"));

    sketch.model.pools[0].on_refused = OnRefused::Wait;
    let first = sketch.warnings().iter().next().unwrap().message.clone();
    assert_eq!(
        first,
        "offered load on pool.p0 is 417 Erlangs for 97 connections: waiting time grows without \
         bound; percentiles will describe the run length, not a steady state"
    );
}

/// Goal: a server that accepts nothing is no division by zero.
#[test]
fn a_server_without_connections_serves_nobody() {
    let sketch = browse(10.0, 50.0, 3.0, 0.0);
    assert_eq!(sketch.demand().sustainable_load, Some(0.0));
    let message = sketch.warnings().iter().next().unwrap().message.clone();
    assert!(
        message.contains("417 Erlangs for 0 connections: the server accepts none"),
        "{message}"
    );
}

/// Goal: two pools share a server in turn. 3 × 4 and 2 × 10 on 21: rounds of five until the first
/// is full after four (20), then one more for the second pool's first instance.
#[test]
fn pools_of_one_server_are_filled_in_turn() {
    let mut sketch = Sketch::new();
    sketch.service(3.0);
    sketch.service(2.0);
    sketch.database(24.0, 3.0);
    sketch.pool(0, 0, 4.0, 0.0);
    sketch.pool(1, 0, 10.0, 0.0);
    let demand = sketch.demand();
    let [first, second] = ["pool.p0", "pool.p1"].map(|name| demand.at(name).connections.unwrap());
    assert_eq!((first.least, first.most, first.total), (4, 4, 12));
    assert_eq!((second.least, second.most, second.total), (4, 5, 9));
    assert!(!first.is_limited() && second.is_limited());

    // On 13: two rounds of five, and the three left go to the first pool's three instances.
    sketch.model.databases[0].max_connections = sketch.q("max", 16.0);
    let demand = sketch.demand();
    let [first, second] = ["pool.p0", "pool.p1"].map(|name| demand.at(name).connections.unwrap());
    assert_eq!((first.least, first.most, first.total), (3, 3, 9));
    assert_eq!((second.least, second.most, second.total), (2, 2, 4));
}

/// Source: by hand from 2,560/s: cores 1.5 ms × 2,560 = 3.84 of 8; database 5 ms × 2,560 = 12.8
/// of 16 (80 %, so 1.25 times the load or 3,200/s); workers 6.5 ms × 2,560 = 16.64 of 200. Two
/// visits of mean 1 and 0.5 ms: E[h²] = (2 + 0.5)/2 ms², cv² = 1.25/0.75² - 1.
#[test]
fn w3_has_its_database_as_bottleneck() {
    let demand = w3().demand();
    let cpu = demand.at("service.s0.cpu");
    near(cpu.offered, 3.84, 1e-12);
    near(cpu.visits_per_s, 5_120.0, 1e-12);
    near(cpu.holding_cv.unwrap(), (1.25 / 0.5625 - 1.0_f64).sqrt(), 1e-9);
    assert_eq!(cpu.kind, StationKind::FifoCores);
    near(demand.at("database.d0.cpu").utilization.unwrap(), 0.8, 1e-12);
    near(demand.at("service.s0.workers").offered, 16.64, 1e-12);
    near(demand.at("pool.p0").offered, 12.8, 1e-12);
    assert_eq!(demand.stations[demand.bottleneck.unwrap()].name, "database.d0.cpu");
    near(demand.sustainable_per_s.unwrap(), 3_200.0, 1e-12);
    near(demand.endpoints[0].minimum_residence_s, 0.0065, 1e-12);
    assert_eq!(demand.endpoints[0].events, 4.0);
    assert!(demand.textbook.is_empty());
    assert!(w3().warnings().is_empty());
}

/// Source: M/M/1 at 80/s and 10 ms, SPEED's exact values 50.000, 34.657 and 230.26 ms; M/M/50 at
/// 4,500/s: 10.7277, 7.7647 and 46.922 ms.
#[test]
fn textbook_systems_are_recognized() {
    let mut one = Sketch::new();
    one.service(1.0);
    one.cores(0, 1.0, Scheduling::Fifo);
    let work = one.cpu("exp(10ms)");
    let endpoint = one.endpoint(0, Vec::new(), vec![work]);
    one.rate(endpoint, 80.0);
    let check = |sketch: &Sketch, system: &str, expected: [f64; 3]| {
        let demand = sketch.demand();
        assert_eq!(demand.textbook[0].system, system);
        let response = demand.textbook[0].response.clone().unwrap();
        near(response.mean_s * 1e3, expected[0], 1e-5);
        near(response.quantiles[0].1 * 1e3, expected[1], 2e-5);
        near(response.quantiles[2].1 * 1e3, expected[2], 2e-5);
    };
    check(&one, "M/M/1", [50.0, 34.657, 230.26]);

    let mut fifty = browse(1.0, 50.0, 53.0, 0.0);
    fifty.model.services[0].workers = None;
    fifty.model.workloads.clear();
    fifty.model.queries[0].time = Some(fifty.time("exp(10ms)"));
    fifty.rate(0, 4_500.0);
    check(&fifty, "M/M/50", [10.7277, 7.7647, 46.922]);

    // Two instances in turn, each at 80/s: less waiting than with random spreading.
    one.model.workloads.clear();
    one.rate(endpoint, 160.0);
    one.model.services[0].instances = one.q("instances", 2.0);
    let in_turn = one.demand().textbook[0].clone();
    assert_eq!(in_turn.system, "E2/M/1");
    // sigma of E2/M/1: s = (2·80/(2·80 + 100 (1 - s)))², (1 - s)(s² - 4.2 s + 2.56) = 0 here.
    let sigma = f64::midpoint(4.2, -(4.2_f64 * 4.2 - 4.0 * 2.56).sqrt());
    near(in_turn.response.unwrap().mean_s, 0.01 / (1.0 - sigma), 1e-9);
    one.model.services[0].balance = Balance::Random;
    check(&one, "M/M/1", [50.0, 34.657, 230.26]);
}

/// Source: M/D/1 waits half as long as M/M/1; sharing has E\[S\]/(1 - rho) for any law; an overload
/// has no numbers.
#[test]
fn other_disciplines_and_laws_are_recognized() {
    let of = |law: &str, scheduling, rate: f64| {
        let mut sketch = Sketch::new();
        sketch.service(1.0);
        sketch.cores(0, 1.0, scheduling);
        let work = sketch.cpu(law);
        let endpoint = sketch.endpoint(0, Vec::new(), vec![work]);
        sketch.rate(endpoint, rate);
        sketch.demand().textbook[0].clone()
    };
    let constant = of("10ms", Scheduling::Fifo, 80.0);
    assert_eq!(constant.system, "M/D/1");
    near(constant.wait.clone().unwrap().mean_s, 0.02, 1e-12);
    // The tail at the reported quantile, from Erlang's series at t = 1 D: 1 - (1 - rho) e^rho.
    let waits = constant.wait.unwrap().quantiles;
    assert!(waits.windows(2).all(|pair| pair[0].1 < pair[1].1));
    let general = of("hyperexp(10ms, 2)", Scheduling::Fifo, 80.0);
    assert_eq!(general.system, "M/G/1");
    // Pollaczek-Khinchine: 0.04 (1 + cv²)/2 = 0.1 s.
    near(general.wait.unwrap().mean_s, 0.1, 1e-9);
    let shared = of("lognormal(mean=10ms, cv=3)", Scheduling::Sharing, 80.0);
    assert_eq!(shared.system, "M/G/1-PS");
    near(shared.response.unwrap().mean_s, 0.05, 1e-9);
    assert_eq!(of("exp(10ms)", Scheduling::Fifo, 100.0).response, None);
    assert_eq!(of("10ms", Scheduling::Fifo, 120.0).response, None);
}

/// Source: 100 tasks of 10 ms at 44.8/s on 64 cores are 44.8 Erlangs, 70 %; 101 events.
#[test]
fn w4_counts_every_task() {
    let mut sketch = Sketch::new();
    sketch.service(1.0);
    sketch.cores(0, 64.0, Scheduling::Fifo);
    let task = sketch.cpu("exp(10ms)");
    let (count, limit) = (sketch.count("100"), sketch.count("100"));
    let each = super::flows::each(count, None, Parallel::Limit(limit), None, vec![task]);
    let endpoint = sketch.endpoint(0, Vec::new(), vec![step(each)]);
    sketch.rate(endpoint, 44.8);
    let demand = sketch.demand();
    near(demand.at("service.s0.cpu").utilization.unwrap(), 0.7, 1e-12);
    near(demand.endpoints[0].events, 101.0, 1e-12);
    // At least one task's mean; the exact mean is 71.5 ms.
    near(demand.endpoints[0].minimum_residence_s, 0.01, 1e-12);
    assert!(demand.notes.iter().any(|note| note.contains("lower bound")));
}

/// Goal: near its capacity a station is named with the load at which it is full.
#[test]
fn the_cliff_is_announced() {
    let sketch = browse(10.0, 43.0, 600.0, 0.0);
    let warnings = sketch.warnings();
    let found = warnings.iter().next().unwrap();
    assert_eq!((warnings.len(), found.id), (1, Id::OnTheCliff));
    // 416.667/430 = 96.9 %, 430/416.667 = 1.032.
    assert!(found.message.contains("96.9 %") && found.message.contains("1.032"), "{found:?}");
    // Farther away there is only the line without a limit or patience: of twice 8,333.3/s
    // 440/50 ms = 8,800/s are served.
    let calm = browse(10.0, 44.0, 600.0, 0.0).warnings();
    let found = calm.iter().next().unwrap();
    assert_eq!((calm.len(), found.id), (1, Id::UnboundedLine));
    assert!(found.message.contains("grows by 7,867 requests a second"), "{found:?}");
}

/// Goal: patience bounds the line; a line of none is Erlang B: B(2, 1) = 1/5.
#[test]
fn bounded_lines_lose() {
    let mut sketch = Sketch::new();
    sketch.service(1.0);
    sketch.workers(0, 2.0);
    sketch.model.services[0].line_limit = Some(sketch.q("line", 0.0));
    let delay = sketch.delay("lognormal(mean=100ms, cv=2)");
    let endpoint = sketch.endpoint(0, Vec::new(), vec![delay]);
    sketch.rate(endpoint, 10.0);
    let demand = sketch.demand();
    let loss = demand.at("service.s0.workers").erlang.clone().unwrap().loss.unwrap();
    assert_eq!(loss.kind, LossKind::NoLine);
    near(loss.share, 0.2, 1e-12);
    assert_eq!(demand.textbook[0].system, "M/G/2/2");
    near(demand.textbook[0].loss.unwrap(), 0.2, 1e-12);

    let mut pool = browse(8.0, 50.0, 600.0, 0.0);
    pool.model.pools[0].acquire_timeout = Some(pool.time("1s"));
    let loss = pool.demand().at("pool.p0").erlang.clone().unwrap().loss.unwrap();
    // Far in overload, the share that leaves is the surplus: 1 - 400/416.7.
    assert_eq!(loss.kind, LossKind::Patience);
    near(loss.share, 0.04, 0.05);
    // 150 of 200 workers may wait for 50 connections that are held 50 ms: 150 ms, below 1 s.
    let message = |sketch: &Sketch| sketch.warnings().iter().next().unwrap().message.clone();
    assert!(
        message(&pool).contains("here up to about 150 ms, then in the line for the 200 workers")
    );
    pool.model.services[0].workers = None;
    let found = message(&pool);
    assert!(found.contains("grows to the acquire timeout of 1 s, which ends about 4"), "{found}");
}

/// Goal: the law of the holding times counts: a cv of 2 makes M/G/1 waits 2.5 times M/M/1's.
#[test]
fn the_spread_of_holding_times_counts() {
    let mut sketch = Sketch::new();
    sketch.service(1.0);
    sketch.workers(0, 1.0);
    let delay = sketch.delay("hyperexp(100ms, 2)");
    let endpoint = sketch.endpoint(0, Vec::new(), vec![delay]);
    sketch.rate(endpoint, 8.0);
    let demand = sketch.demand();
    let erlang = demand.at("service.s0.workers").erlang.clone().unwrap();
    near(erlang.wait.unwrap().mean_s, 0.4, 1e-12);
    near(erlang.mean_wait_by_cv_s.unwrap(), 1.0, 1e-9);
}

/// Goal: a load factor scales rates, not bursts; a burst has work and a drain time instead of a
/// load: 1,000 × 5 ms on 2 × 2 cores are 1.25 s.
#[test]
fn bursts_have_work_and_no_rate() {
    let mut sketch = Sketch::new();
    sketch.service(2.0);
    sketch.cores(0, 2.0, Scheduling::Sharing);
    let work = sketch.cpu("exp(5ms)");
    let endpoint = sketch.endpoint(0, Vec::new(), vec![work]);
    sketch.burst(endpoint, "1000");
    let demand = sketch.demand();
    let cpu = demand.at("service.s0.cpu");
    assert_eq!((cpu.offered, cpu.sustainable_load, demand.sustainable_load), (0.0, None, None));
    near(cpu.burst_work_s, 5.0, 1e-12);
    near(cpu.drain_s.unwrap(), 1.25, 1e-12);
    near(demand.events_per_run, 2_000.0, 1e-12);
    sketch.rate(endpoint, 10.0);
    let double = crate::demand::analyze(&sketch.model, &sketch.bind(2.0));
    near(double.arrivals_per_s, 20.0, 1e-12);
    near(double.at("service.s0.cpu").burst_work_s, 5.0, 1e-12);
}

/// Goal: a law without variance is named; one without mean makes the load infinite, never a number.
#[test]
fn heavy_tails_are_named() {
    let mut sketch = Sketch::new();
    sketch.service(1.0);
    sketch.cores(0, 2.0, Scheduling::Fifo);
    let steps = vec![sketch.cpu("pareto(1ms, 0.9)"), sketch.delay("pareto(1ms, 1.5)")];
    let endpoint = sketch.endpoint(0, Vec::new(), steps);
    sketch.rate(endpoint, 1.0);
    let demand = sketch.demand();
    let means: Vec<f64> = demand.heavy_tails.iter().map(|tail| tail.mean).collect();
    assert_eq!(means.len(), 2);
    assert!(means[0].is_infinite());
    near(means[1], 0.003, 1e-12);
    let cpu = demand.at("service.s0.cpu");
    assert!(cpu.offered.is_infinite() && cpu.erlang.is_none());
    assert_eq!(cpu.sustainable_load, Some(0.0));
    let messages: Vec<String> = sketch.warnings().iter().map(|d| d.message.clone()).collect();
    assert!(messages.iter().any(|m| m.contains("mean of") && m.contains("infinite")));
    assert!(messages.iter().any(|m| m.contains("variance of")));
}
