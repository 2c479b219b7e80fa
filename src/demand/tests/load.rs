//! What sessions, users and loads that change ask for.

use super::sketch::Sketch;
use crate::demand::Demand;
use crate::diag::Id;
use crate::model::{Level, Scheduling, Session, SessionItem, Shape};

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{found}, expected {expected}");
}

/// Endpoints of 10 ms and 1 ms of a core, at two cores.
fn two_cores() -> Sketch {
    let mut sketch = Sketch::new();
    sketch.service(1.0);
    sketch.cores(0, 2.0, Scheduling::Fifo);
    for work in ["10ms", "1ms"] {
        let step = sketch.cpu(work);
        sketch.endpoint(0, Vec::new(), vec![step]);
    }
    sketch
}

fn offered(demand: &Demand, station: &str) -> f64 {
    demand.stations.iter().find(|found| found.name == station).unwrap().offered
}

/// Source: by hand. 5/s sessions of one request after 3 s and four after 2 s each; a live session
/// lasts for 5 x 10 ms + 4 x 2 s, in which it sends something in the background every 2 s.
#[test]
fn sessions_count_with_their_requests() {
    let mut sketch = two_cores();
    sketch.rate(0, 5.0);
    let first = SessionItem { times: sketch.count("1"), think: sketch.time("3s") };
    let others = SessionItem { times: sketch.count("geometric(4)"), think: sketch.time("2s") };
    let entry = sketch.model.workloads[0].mix[0];
    sketch.model.workloads[0].mix.push(entry);
    let session = Session { items: vec![first, others], continues: false };
    sketch.model.workloads[0].session = Some(session);
    near(sketch.demand().arrivals_per_s, 25.0);
    near(offered(&sketch.demand(), "service.s0.cpu"), 0.25);
    let interval = sketch.time("2s");
    sketch.model.workloads[0].background.push((1, interval));
    let in_background = 5.0 * 8.05 / 2.0;
    near(sketch.demand().endpoints[1].arrivals_per_s, in_background);
    near(offered(&sketch.demand(), "service.s0.cpu"), 0.25 + in_background * 0.001);
}

/// Source: by hand. 30,000 users who send something of 1 ms every 10 s in the background are 3
/// Erlangs for two cores, whatever else they ask for. Of that the bounds say what is possible.
#[test]
fn users_load_a_system_by_being_there() {
    let mut sketch = two_cores();
    sketch.users(0, 30_000.0, "exp(100s)");
    let demand = sketch.demand();
    near(demand.closed[0].visits[1].demand_s, 0.01);
    near(demand.closed[0].at_most_per_s, 200.0);
    assert!(!sketch.warnings().iter().any(|found| found.id == Id::OverloadedStation));
    let interval = sketch.time("10s");
    sketch.model.workloads[0].background.push((1, interval));
    near(offered(&sketch.demand(), "service.s0.cpu"), 3.0);
    assert!(sketch.warnings().iter().any(|found| found.id == Id::OverloadedStation));
}

/// Source: by hand. 100/s of 10 ms, from 10 s to 20 s 300/s: 3 Erlangs for two cores leave 10 s
/// of work undone, which is 1,000 requests.
#[test]
fn a_peak_beyond_the_capacity_piles_up() {
    let mut sketch = two_cores();
    sketch.rate(0, 100.0);
    let steps = [(10.0, 300.0), (20.0, 100.0)]
        .map(|(at, rate)| (sketch.q("at", at), Level::Rate(sketch.q("rate", rate))));
    sketch.model.workloads[0].shape = Some(Shape::Steps(steps.into()));
    let demand = sketch.demand();
    let [peak] = demand.peaks[..] else { panic!("{:?}", demand.peaks) };
    assert_eq!(demand.stations[peak.station].name, "service.s0.cpu");
    for (found, expected) in
        [(peak.offered, 3.0), (peak.over_s, 10.0), (peak.backlog_s, 10.0), (peak.at_s, 20.0)]
    {
        near(found, expected);
    }
    near(demand.peak_per_s, 300.0);
    let warnings = sketch.warnings();
    let found = warnings.iter().find(|found| found.id == Id::OverloadedAtPeak).unwrap();
    assert!(found.message.contains("up to 1,000 requests"), "{}", found.message);
}

/// Source: by hand. For 10 ms of 300/s two cores leave 10 ms of work undone: one request.
#[test]
fn a_backlog_of_one_is_one_request() {
    let mut sketch = two_cores();
    sketch.rate(0, 100.0);
    let steps = [(10.0, 300.0), (10.009, 100.0)]
        .map(|(at, rate)| (sketch.q("at", at), Level::Rate(sketch.q("rate", rate))));
    sketch.model.workloads[0].shape = Some(Shape::Steps(steps.into()));
    let warnings = sketch.warnings();
    let found = warnings.iter().find(|found| found.id == Id::OverloadedAtPeak).unwrap();
    assert!(found.message.contains("up to 1 request is left"), "{}", found.message);
}

/// Source: by hand. A peak that is within the capacity is known and no warning; phases of random
/// length are at their highest at some time, beside 50/s that do not change.
#[test]
fn a_peak_within_the_capacity_is_no_warning() {
    let mut sketch = two_cores();
    sketch.rate(0, 100.0);
    sketch.rate(0, 50.0);
    let (on, off) = (sketch.time("exp(1s)"), sketch.time("exp(3s)"));
    let [high, low] = [130.0, 10.0].map(|rate| Level::Rate(sketch.q("rate", rate)));
    sketch.model.workloads[0].shape = Some(Shape::Phases(vec![(high, on), (low, off)]));
    let demand = sketch.demand();
    near(demand.peak_per_s, 180.0);
    let [peak] = demand.peaks[..] else { panic!("{:?}", demand.peaks) };
    near(peak.offered, 0.9);
    near(peak.highest, 1.8);
    assert!(!sketch.warnings().iter().any(|found| found.id == Id::OverloadedAtPeak));
}

/// Source: by hand. 2,000 requests of 10 ms at the start keep two cores busy for 10 s, and are no
/// burst.
#[test]
fn what_is_there_at_the_start_is_work() {
    let mut sketch = two_cores();
    let count = sketch.q("initial", 2_000.0);
    sketch.model.services[0].initial.push((0, count));
    let demand = sketch.demand();
    near(demand.initial_requests, 2_000.0);
    assert!(demand.burst_requests.abs() < 1e-9);
    near(demand.at("service.s0.cpu").drain_s.unwrap(), 10.0);
}

/// Source: by hand. Thinking or waiting, either is enough.
#[test]
fn users_who_never_let_time_pass_are_named() {
    for (delay, think, named) in
        [("0s", "0s", true), ("1ns", "0s", false), ("0s", "exp(1ms)", false)]
    {
        let mut sketch = two_cores();
        let step = sketch.delay(delay);
        let endpoint = sketch.endpoint(0, Vec::new(), vec![step]);
        sketch.users(endpoint, 10.0, think);
        let found = sketch.warnings().iter().any(|found| found.id == Id::NoTimePasses);
        assert_eq!(found, named, "{delay}, {think}");
    }
}
