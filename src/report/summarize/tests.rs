//! A small study from text to summary, against what must hold of any.

use super::{Case, Study, summarize};
use crate::demand;
use crate::experiment::{self, Control};
use crate::expr::scope::NoTables;
use crate::model::{self, Scaling};
use crate::plan::Needs;
use crate::report::json;
use crate::report::summary::{PlaceTime, Summary};
use crate::scenario;
use crate::scenario::source::MemoryLoader;
use std::sync::atomic::AtomicBool;

/// 100 requests per second hold one of 10 connections for 50 ms: 5 Erlangs.
const TEXT: &str = r#"
[run]
duration = "20s"
warm_up = "2s"
replications = 8
[service.api]
[database.pg]
max_connections = 100
[pool.p]
service = "api"
database = "pg"
size = 10
round_trip = "0s"
[query.q]
database = "pg"
time = "exp(50ms)"
[endpoint.e]
service = "api"
steps = [{ query = "q" }]
[workload.w]
rate = "100/s"
mix = { e = 1 }
"#;

fn summary() -> Summary {
    let loader = MemoryLoader::new("a.toml", TEXT);
    let (raw, found) = scenario::read("a.toml", &[], &loader);
    assert!(!found.has_errors());
    let model = model::resolve(&raw, &NoTables).0.unwrap();
    let study = experiment::Study::new(&model, &Needs::default(), &Scaling::default()).unwrap();
    let stop = AtomicBool::new(false);
    let control = Control { stop: &stop, progress: &|_| {}, events_max: u64::MAX };
    let ensemble = study.run(&control);
    let binding = model.bind(&model.nominal_world().unwrap(), Scaling::default()).unwrap();
    let demand = demand::analyze(&model, &binding);
    summarize(&Study {
        main: Case { name: None, model: &model, ensemble: &ensemble, objectives: Vec::new() },
        others: Vec::new(),
        claims: Vec::new(),
        demand: Some(&demand),
        warnings: Vec::new(),
        reproduce: "plimsoll run a.toml".to_owned(),
    })
}

#[test]
fn a_study_becomes_a_summary() {
    let summary = summary();
    let requests = &summary.requests[0];
    assert_eq!(requests.path, "endpoint.e");
    let ended: u64 = requests.outcomes.iter().map(|row| row.count).sum();
    assert_eq!(requests.count, ended + requests.unanswered, "every request is somewhere");
    // 8 runs of 20 s at 100/s are Poisson with mean 16,000: 5 standard deviations.
    assert!((requests.count as f64 - 16_000.0).abs() < 5.0 * 16_000.0_f64.sqrt());
    // Utilization law: 100/s × 50 ms over 10. The load of one run of 20 s has a relative standard
    // deviation of sqrt(2 / 2000), so that of the mean of 8 runs is 0.5 × 0.0112; 5 of those.
    let pool = &summary.pools[0].station;
    assert_eq!((pool.path.as_str(), pool.capacity.unwrap().0), ("pool.p", 10.0));
    assert!((pool.utilization.unwrap().point.0 - 0.5).abs() < 0.028);
    assert!(summary.theory.iter().any(|row| row.what == "pool.p: in use" && row.theory.0 == 0.5));
    assert!(!summary.series.stations.is_empty());
}

#[test]
fn the_places_of_a_request_add_up_to_its_latency() {
    let summary = summary();
    let spent = |place: &PlaceTime| place.waiting_s.0 + place.service_s.0;
    let total: f64 = summary.breakdown[0].mean.iter().map(spent).sum();
    let mean = summary.requests[0].mean_s.unwrap().point.0;
    assert!((total / mean - 1.0).abs() < 1e-6, "{total} in places, {mean} in all");
    let slow: f64 = summary.breakdown[0].slowest.iter().map(spent).sum();
    assert!(slow > summary.breakdown[0].slowest_from_s.0, "the slowest are slower than the limit");
}

#[test]
fn the_same_study_gives_the_same_bytes() {
    assert_eq!(json::render(&summary()).unwrap(), json::render(&summary()).unwrap());
}
