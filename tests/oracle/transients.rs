//! Transients: what a burst leaves behind, and how long it takes to work it off.

use crate::harness::{MEAN, Runs, check};
use plimsoll::model::Outcome;
use plimsoll::plan::Source;
use plimsoll::sim::{RunId, Trace, TraceEvent, run};
use plimsoll::stats::histogram::Sparse;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

/// When the only watch was fulfilled after a date, per run \[s\].
fn watched(runs: &Runs, after: f64) -> Vec<f64> {
    let seconds = |at: Option<u64>| at.expect("it comes to that") as f64 / 1e9 - after;
    runs.runs.iter().map(|run| seconds(run.watches[0])).collect()
}

/// M/M/1 with `n` more at a date: it is empty after that many busy periods, each of which takes
/// 1/(μ − λ) on average (Kleinrock, Queueing Systems I, 1975, 5.8).
fn backlog(n: u32, at: u32) -> String {
    format!(
        r#"
[run]
kind = "terminating"
duration = "{}s"
[service.app]
cores = 1
scheduling = "fifo"
[endpoint.e]
service = "app"
steps = [{{ cpu = "exp(10ms)" }}]
[workload.w]
rate = "70/s"
mix = {{ e = 1 }}
[workload.rush]
burst = {{ count = {n}, at = "{at}s" }}
mix = {{ e = 1 }}
[objective.empty]
that = "time_until(service.app.inside <= 0, after = {at}s) < 1 min"
"#,
        at + 15
    )
}

#[test]
fn mm1_empties_from_n_in_as_many_busy_periods() {
    let runs = Runs::without_tallies(&backlog(200, 0), 1_600);
    check("M/M/1 from 200 to empty", &watched(&runs, 0.0), 200.0 / 30.0, MEAN);
    // In the middle of a run there are ρ/(1 − ρ) more, as the burst finds them.
    let runs = Runs::without_tallies(&backlog(200, 10), 1_600);
    let theory = (200.0 + 0.7 / 0.3) / 30.0;
    check("M/M/1 from 200 more to empty", &watched(&runs, 10.0), theory, MEAN);
}

/// N exponential jobs on c workers: N − c departures at rate c μ, then c, c − 1, … 1 are left.
#[test]
fn a_burst_is_drained_after_its_makespan() {
    let (n, c, mean) = (40_u32, 8_u32, 0.010);
    let text = format!(
        r#"
[run]
until = "drained"
duration = "5s"
[service.app]
workers = {c}
[endpoint.e]
service = "app"
steps = [{{ delay = "exp(10ms)" }}]
[workload.rush]
burst = {{ count = {n}, at = "1s" }}
mix = {{ e = 1 }}
[objective.drained]
that = "time_until(workload.rush.outstanding <= 0, after = 1s) < 1 min"
"#
    );
    let runs = Runs::without_tallies(&text, 12_000);
    let makespans = watched(&runs, 1.0);
    let gaps: Vec<f64> = (0..n - c)
        .map(|_| mean / f64::from(c))
        .chain((1..=c).map(|left| mean / f64::from(left)))
        .collect();
    let theory: f64 = gaps.iter().sum();
    check("makespan of 40 on 8", &makespans, theory, MEAN);
    let variance: f64 = gaps.iter().map(|gap| gap * gap).sum();
    let squares: Vec<f64> = makespans.iter().map(|value| value * value).collect();
    check("its square", &squares, variance + theory * theory, MEAN);
    // Nothing is left to be done, so the run ends with it.
    for (run, makespan) in runs.runs.iter().zip(&makespans) {
        assert!((run.ended_at as f64 / 1e9 - 1.0 - makespan).abs() < 1e-9);
    }
}

/// Every request's arrival and end, as the engine tells them one by one.
#[derive(Default)]
struct Latencies {
    born: BTreeMap<(u32, u32), u64>,
    /// Arrival, latency, outcome.
    ended: Vec<(u64, u64, Outcome)>,
}

impl Trace for Latencies {
    fn event(&mut self, now: u64, job: u32, generation: u32, event: TraceEvent) {
        match event {
            TraceEvent::Born { parent: None } => {
                self.born.insert((job, generation), now);
            }
            TraceEvent::Ended { outcome } => {
                if let Some(born) = self.born.remove(&(job, generation)) {
                    self.ended.push((born, now - born, outcome));
                }
            }
            _ => {}
        }
    }
}

/// A slow reference: the requests of each interval sorted one by one.
#[test]
fn courses_are_what_sorting_the_requests_of_each_interval_gives() {
    let text = r#"
[run]
kind = "terminating"
duration = "30s"
warm_up = "2s"
interval = "1s"
[service.app]
workers = 4
line = { limit = 150 }
[endpoint.e]
service = "app"
steps = [{ delay = "exp(50ms)" }]
[workload.w]
rate = "60/s"
mix = { e = 1 }
[workload.rush]
burst = { count = 300, at = "10s", over = "2s" }
mix = { e = 1 }
[objective.o]
that = "p95(endpoint.e) < 1s for 5s"
"#;
    let plan = crate::harness::plan(text);
    let entry = plan.catalog.get("endpoint.e").expect("an endpoint");
    let Source::Requests { tallies: first } = entry.source else { panic!("{entry:?}") };
    for replication in 0..8 {
        let id = RunId { world: 0, replication };
        let mut trace = Latencies::default();
        let found = run(&plan, id, &AtomicBool::new(false), &mut trace);
        let course = |outcome: Outcome| {
            let at = plan.probes.courses.binary_search(&(first + outcome as u32));
            &found.courses[at.expect("it is asked for")]
        };
        assert_eq!(course(Outcome::Ok).len(), 32, "up to the end of the window, and no further");
        for interval in 0..32_usize {
            let of = |wanted: Outcome| -> Vec<u64> {
                let here = trace.ended.iter().filter(|(born, _, outcome)| {
                    *born / 1_000_000_000 == interval as u64 && *outcome == wanted
                });
                here.map(|one| one.1).collect()
            };
            let mut good = of(Outcome::Ok);
            let kept = &course(Outcome::Ok)[interval];
            if interval < 2 {
                assert_eq!(kept.total(), 0, "the warm-up is not recorded");
                continue;
            }
            good.sort_unstable();
            assert_eq!(kept.total(), good.len() as u64);
            let rejected = of(Outcome::Rejected).len() as u64;
            let lost = course(Outcome::Rejected).get(interval).map_or(0, Sparse::total);
            assert_eq!(lost, rejected, "interval {interval}");
            for q in [0.5, 0.95] {
                let exact = good[((q * good.len() as f64).ceil() as usize).max(1) - 1] as f64;
                let quantile = kept.quantile(q).expect("requests");
                assert!((quantile / exact - 1.0).abs() < 2e-3, "{interval}: {quantile}, {exact}");
            }
        }
        let lost: u64 = course(Outcome::Rejected).iter().map(Sparse::total).sum();
        assert!(lost > 20, "the burst is more than the line holds: {lost}");
    }
}
