//! What one request asks for, verb by verb.

use super::sketch::{Sketch, step};
use crate::demand::Demand;
use crate::model::{
    Cancel, Checkout, Join, LockMode, LockScope, Parallel, Repeat, Runtime, Scheduling, Step,
    VariateId, Verb,
};

fn near(found: f64, expected: f64, relative: f64) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{found}, expected {expected}");
}

/// An `each` that waits for all.
pub fn each(
    count: VariateId,
    batch: Option<VariateId>,
    parallel: Parallel,
    items: Option<u16>,
    steps: Vec<Step>,
) -> Verb {
    let (join, cancel, worker) = (Join::All, Cancel::None, false);
    Verb::Each { count, batch, parallel, join, worker, cancel, items, steps }
}

/// A service with 4 shared cores and 100 workers, a database and a pool of 10 without round trip.
fn shop() -> Sketch {
    let mut sketch = Sketch::new();
    sketch.service(1.0);
    sketch.cores(0, 4.0, Scheduling::Sharing);
    sketch.workers(0, 100.0);
    sketch.database(100.0, 0.0);
    sketch.pool(0, 0, 10.0, 0.0);
    sketch
}

/// Visits and time of a request of the first endpoint.
fn visit(demand: &Demand, station: &str) -> (f64, f64) {
    let found = demand.stations.iter().position(|s| s.name == station).unwrap();
    let visits = &demand.endpoints[0].visits;
    let visit = visits.iter().find(|visit| visit.station == found).unwrap();
    (visit.visits, visit.demand_s)
}

/// Source: live-b/C2.1: 10,000 followers in ten pages of 4 ms, then 100 ms each, one after the
/// other: 1,000 s, 0.04 s, and 2 + 10 ms before.
#[test]
fn followers_are_notified_one_by_one() {
    let mut sketch = shop();
    let fans = sketch.register(0, "fans", "10000");
    let items = sketch.register(1, "items", "0");
    let insert = sketch.query(0, None, Some("10ms"));
    let page = sketch.query(0, None, Some("4ms"));
    let send = sketch.delay("lognormal(mean=100ms, cv=0.44)");
    let [count, batch, size, one, also_one] =
        ["fans", "1000", "items", "1", "1"].map(|text| sketch.count(text));
    let inner = each(size, None, Parallel::Limit(one), None, vec![send]);
    let outer =
        each(count, Some(batch), Parallel::Limit(also_one), Some(1), vec![page, step(inner)]);
    let steps = vec![sketch.cpu("2ms"), insert, step(outer)];
    drop(items);
    sketch.endpoint(0, vec![fans], steps);
    sketch.burst(0, "1");
    let demand = sketch.demand();
    near(demand.endpoints[0].minimum_residence_s, 1_000.052, 1e-12);
    let (visits, time) = visit(&demand, "pool.p0");
    near(visits, 11.0, 1e-12);
    near(time, 0.05, 1e-12);
    // Arrival, cpu, insert, 10 pages and 10,000 sends.
    near(demand.endpoints[0].events, 10_013.0, 1e-12);
    assert!(demand.notes.is_empty(), "{:?}", demand.notes);
}

/// Source: by hand. Feedback with chance 0.2 makes 1.25 visits; a branch of chance 0.3 counts 0.3.
#[test]
fn feedback_and_chance_weigh_visits() {
    let mut sketch = shop();
    let (work, rare) = (sketch.cpu("exp(4ms)"), sketch.query(0, None, Some("10ms")));
    let (again, p, rest) = (sketch.count("0.2"), sketch.count("0.3"), sketch.count("0.7"));
    let repeat = Verb::Repeat { repeat: Repeat::Again(again), steps: vec![work] };
    let choose = Verb::Choose(vec![(p, vec![rare]), (rest, Vec::new())]);
    sketch.endpoint(0, Vec::new(), vec![step(repeat), step(choose)]);
    sketch.rate(0, 100.0);
    let demand = sketch.demand();
    near(visit(&demand, "service.s0.cpu").0, 1.25, 1e-12);
    near(visit(&demand, "service.s0.cpu").1, 0.005, 1e-12);
    near(visit(&demand, "pool.p0").0, 0.3, 1e-12);
    near(demand.endpoints[0].minimum_residence_s, 0.008, 1e-12);
    // A geometric sum of exponentials is exponential (cv 1): 5 ms; plus 10 ms with chance 0.3,
    // variance 0.3 · 0.7 · 10² = 21; so cv² = (25 + 21)/8².
    let workers = demand.at("service.s0.workers");
    near(workers.holding_cv.unwrap(), (46.0_f64 / 64.0).sqrt(), 1e-9);
}

/// Source: by hand. E[fans] of uniform(0, 200) is 100; `if fans < 50` holds for a quarter, whose
/// mean is 25; pages of 10 round up, 5 % more than fans/10 on the average (0.5 of 10).
#[test]
fn registers_are_averaged_over() {
    let mut sketch = shop();
    let fans = sketch.register(0, "fans", "uniform(0, 200)");
    let work = sketch.delay("fans * 1ms");
    let query = sketch.query(0, None, Some("fans * 1ms"));
    let page = sketch.cpu("1ms");
    let condition = sketch.condition("fans < 50");
    let branch = Verb::If { condition, then: vec![query], otherwise: Vec::new() };
    let (count, one) = (sketch.count("ceil(fans / 10)"), sketch.count("1"));
    let pages = each(count, None, Parallel::Limit(one), None, vec![page]);
    sketch.endpoint(0, vec![fans], vec![work, step(branch), step(pages)]);
    sketch.rate(0, 1.0);
    let demand = sketch.demand();
    // 2,048 samples: the standard errors are 1.3 % of the mean, 4 % of the share.
    near(visit(&demand, "pool.p0").0, 0.25, 0.15);
    near(visit(&demand, "pool.p0").1 / visit(&demand, "pool.p0").0, 0.025, 0.1);
    near(visit(&demand, "service.s0.cpu").0, 10.5, 0.05);
    assert!(demand.notes.iter().any(|note| note.starts_with("if fans < 50: approximate")));
    assert!(demand.notes.iter().any(|note| note.starts_with("count ceil(fans / 10): approximate")));
    // What is linear is exact and not noted.
    assert!(!demand.notes.iter().any(|note| note.contains("fans * 1ms")));
}

/// Source: by hand. The caller's worker is held across the call (2 + 1 + 5 ms), the callee's for
/// its own 5 ms; on an event loop nobody holds one.
#[test]
fn calls_add_what_the_callee_asks_for() {
    let mut sketch = shop();
    sketch.service(2.0);
    sketch.workers(1, 3.0);
    sketch.cores(1, 1.0, Scheduling::Fifo);
    sketch.model.services[1].round_trip = sketch.q("round_trip", 0.001);
    let work = sketch.cpu("2ms");
    let call = step(Verb::Call { endpoint: 1, with: Vec::new() });
    sketch.endpoint(0, Vec::new(), vec![work, call]);
    let callee = sketch.cpu("5ms");
    let after = sketch.delay("7ms");
    sketch.endpoint(1, Vec::new(), vec![callee, step(Verb::Reply), after]);
    sketch.rate(0, 100.0);
    let demand = sketch.demand();
    near(visit(&demand, "service.s0.workers").1, 0.008, 1e-12);
    // The callee goes on for 7 ms after its reply, under its worker.
    near(visit(&demand, "service.s1.workers").1, 0.012, 1e-12);
    near(demand.at("service.s1.cpu").utilization.unwrap(), 0.25, 1e-12);
    near(demand.endpoints[1].minimum_residence_s, 0.005, 1e-12);
    sketch.model.services[0].runtime = Runtime::EventLoop;
    let demand = sketch.demand();
    assert_eq!(demand.at("service.s0.inside").capacity, None);
    assert_eq!(demand.at("service.s0.cpu").capacity, Some(1.0));
}

/// Source: by hand. A transaction holds its connection across 1 + 4 + 20 ms; the database's lock
/// taken after 1 ms is held to its end, 24 ms; outside a transaction for its own 4 ms.
#[test]
fn transactions_hold_what_they_took() {
    let mut sketch = shop();
    let lock = sketch.lock(LockScope::Database);
    let locked = |sketch: &mut Sketch| {
        let steps = vec![sketch.query(0, None, Some("4ms"))];
        step(Verb::Lock { lock, key: None, mode: LockMode::Write, steps })
    };
    let inside =
        vec![sketch.query(0, None, Some("1ms")), locked(&mut sketch), sketch.delay("20ms")];
    let transaction = step(Verb::Transaction { pool: Some(0), steps: inside });
    sketch.endpoint(0, Vec::new(), vec![transaction]);
    sketch.rate(0, 10.0);
    let demand = sketch.demand();
    assert_eq!(visit(&demand, "pool.p0").0, 1.0);
    near(visit(&demand, "pool.p0").1, 0.025, 1e-12);
    near(visit(&demand, "lock.l0").1, 0.024, 1e-12);
    near(demand.at("lock.l0").utilization.unwrap(), 0.24, 1e-12);

    let alone = locked(&mut sketch);
    sketch.model.endpoints[0].steps = vec![alone];
    near(visit(&sketch.demand(), "lock.l0").1, 0.004, 1e-12);
}

/// Source: by hand. With `checkout = "request"` the connection is held from the first of three
/// queries to the end: 3 × 4 ms and the pause of 8 ms after them.
#[test]
fn a_request_keeps_its_connection() {
    let mut sketch = shop();
    let query = sketch.query(0, None, Some("4ms"));
    let (before, after) = (sketch.delay("3ms"), sketch.delay("8ms"));
    let three = sketch.count("3");
    let repeat = step(Verb::Repeat { repeat: Repeat::Times(three), steps: vec![query] });
    sketch.endpoint(0, Vec::new(), vec![before, repeat, after]);
    sketch.rate(0, 10.0);
    assert_eq!(visit(&sketch.demand(), "pool.p0").0, 3.0);
    near(visit(&sketch.demand(), "pool.p0").1, 0.012, 1e-12);
    sketch.model.pools[0].checkout = Checkout::Request;
    assert_eq!(visit(&sketch.demand(), "pool.p0").0, 1.0);
    near(visit(&sketch.demand(), "pool.p0").1, 0.020, 1e-12);
}

/// Goal: the hottest key limits a lock. Source: zipf(2, 1) has shares 2/3 and 1/3; at 100/s and
/// 12 ms the lock of the first is held 80 % of the time.
#[test]
fn the_hottest_key_limits_a_lock() {
    let mut sketch = shop();
    let lock = sketch.lock(LockScope::Global);
    let key = Some(sketch.count("zipf(2, 1)"));
    let steps = vec![sketch.delay("12ms")];
    let locked = Verb::Lock { lock, key, mode: LockMode::Write, steps };
    sketch.endpoint(0, Vec::new(), vec![step(locked)]);
    sketch.rate(0, 100.0);
    let demand = sketch.demand();
    near(demand.at("lock.l0").utilization.unwrap(), 0.8, 1e-12);
    near(demand.at("lock.l0").sustainable_load.unwrap(), 1.25, 1e-12);
}

/// Source: by hand. A fork lasts as long as its longest branch and uses all; half a core makes
/// 10 ms of work last 20 ms; twice the speed halves it.
#[test]
fn forks_and_fractions_of_cores() {
    let mut sketch = shop();
    sketch.cores(0, 0.5, Scheduling::Sharing);
    let (short, long) = (sketch.delay("5ms"), sketch.cpu("10ms"));
    let (join, cancel) = (Join::All, Cancel::None);
    let fork = Verb::Fork { branches: vec![vec![short], vec![long]], join, cancel };
    sketch.endpoint(0, Vec::new(), vec![step(fork)]);
    sketch.rate(0, 10.0);
    let demand = sketch.demand();
    near(demand.endpoints[0].minimum_residence_s, 0.020, 1e-12);
    near(demand.at("service.s0.cpu").utilization.unwrap(), 0.2, 1e-12);
    let mut binding = sketch.bind(1.0);
    binding.scaling.speeds.push(("service.s0".to_owned(), 2.0));
    let fast = crate::demand::analyze(&sketch.model, &binding);
    near(fast.endpoints[0].minimum_residence_s, 0.010, 1e-12);
    near(fast.at("service.s0.cpu").utilization.unwrap(), 0.1, 1e-12);
}

/// Goal: flows without an end are cut off and noted, and nothing panics: an endpoint that calls
/// itself twice, and a repetition that never stops.
#[test]
fn endless_flows_end() {
    let mut sketch = shop();
    let call = || step(Verb::Call { endpoint: 0, with: Vec::new() });
    sketch.endpoint(0, Vec::new(), vec![call(), call()]);
    let always = sketch.count("1");
    let work = sketch.cpu("1ms");
    let repeat = step(Verb::Repeat { repeat: Repeat::Again(always), steps: vec![work] });
    sketch.endpoint(0, Vec::new(), vec![repeat]);
    sketch.rate(0, 1.0);
    sketch.rate(1, 1.0);
    let demand = sketch.demand();
    assert!(demand.notes.iter().any(|note| note.contains("calls itself")));
    assert!(demand.at("service.s0.cpu").offered.is_infinite());
    assert!(!sketch.warnings().is_empty());
}
