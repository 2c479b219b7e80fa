//! Identities that hold on every path, not on average: Lindley's recursion, the recursion of Kiefer
//! and Wolfowitz, Little's law, the utilization law, conservation of requests.

use crate::harness::{Runs, plan};
use crate::stations::{pool, single};
use plimsoll::plan::Source;
use plimsoll::sim::{RunId, Trace, TraceEvent, run};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

/// Arrival, demand and start of every visit of station 0, in order of arrival.
#[derive(Default)]
struct Visits {
    seen: Vec<(u64, u64, Option<u64>)>,
    open: BTreeMap<(u32, u32), usize>,
}

impl Trace for Visits {
    fn event(&mut self, now: u64, job: u32, generation: u32, event: TraceEvent) {
        match event {
            TraceEvent::Arrived { station: 0, demand } => {
                self.open.insert((job, generation), self.seen.len());
                self.seen.push((now, demand, None));
            }
            TraceEvent::Started { station: 0 } => {
                let visit = self.open.remove(&(job, generation)).expect("it arrived before");
                self.seen[visit].2 = Some(now);
            }
            _ => {}
        }
    }
}

fn visits(text: &str) -> Vec<(u64, u64, u64)> {
    let mut trace = Visits::default();
    let plan = plan(text);
    let id = RunId { world: 0, replication: 0 };
    run(&plan, id, &AtomicBool::new(false), &mut trace);
    trace.seen.iter().filter_map(|&(at, demand, start)| Some((at, demand, start?))).collect()
}

#[test]
fn one_server_follows_lindley_to_the_nanosecond() {
    let visits = visits(&single("lognormal(mean=10ms, cv=1.5)", 90.0, 400.0, ""));
    assert!(visits.len() > 30_000);
    let mut wait = 0_u64;
    for pair in visits.windows(2) {
        assert_eq!(pair[0].2 - pair[0].0, wait);
        wait = (wait + pair[0].1).saturating_sub(pair[1].0 - pair[0].0);
    }
}

#[test]
fn many_servers_follow_kiefer_and_wolfowitz_to_the_nanosecond() {
    let text = single("exp(45ms)", 100.0, 400.0, "").replace("cores = 1", "cores = 5");
    let visits = visits(&text);
    assert!(visits.len() > 30_000);
    // The remaining work of each server as the next job finds it, least first.
    let mut servers = [0_u64; 5];
    let mut before = visits[0].0;
    for &(at, demand, start) in &visits {
        for work in &mut servers {
            *work = work.saturating_sub(at - before);
        }
        servers.sort_unstable();
        assert_eq!(start - at, servers[0]);
        servers[0] += demand;
        before = at;
    }
}

/// Little's law over a drained run is exact: the area under the number inside is the sum of the
/// times inside.
#[test]
fn little_holds_exactly_over_a_drained_run() {
    let text = single("exp(10ms)", 80.0, 100.0, "")
        .replace("kind = \"steady\"", "until = \"drained\"")
        .replace("warm_up = \"2s\"", "warm_up = \"0s\"");
    let runs = Runs::of(&text, 4);
    let inside = runs.plan.catalog.get("service.app.inside").expect("a level");
    let Source::Level { sum, .. } = inside.source else { panic!("a level") };
    for (run, tally) in runs.runs.iter().zip(runs.tally("endpoint.e")) {
        assert_eq!(run.levels[0][sum as usize].area, tally.sums().sum);
        assert!(tally.total() > 7_000);
    }
}

/// Every intended request of a window is accounted for exactly once.
#[test]
fn requests_are_conserved() {
    for text in [single("exp(10ms)", 80.0, 50.0, ""), pool(10, "exp(10ms)", 1_200.0, 20.0, "15ms")]
    {
        let runs = Runs::of(&text, 3);
        let (_, intended) = runs.plan.catalog.attempts("workload.w").expect("a workload");
        let totals = runs.totals("workload.w");
        for (run, total) in runs.runs.iter().zip(totals) {
            let unanswered: u64 = run.unanswered.iter().sum();
            assert_eq!(run.counts[intended as usize], total + unanswered);
        }
    }
}

/// Busy time is the work that was done: over a drained run, to the nanosecond.
#[test]
fn the_utilization_law_is_exact_over_a_drained_run() {
    let text = single("exp(10ms)", 80.0, 100.0, "")
        .replace("kind = \"steady\"", "until = \"drained\"")
        .replace("warm_up = \"2s\"", "warm_up = \"0s\"");
    let runs = Runs::of(&text, 1);
    let work: u64 = visits(&text).iter().map(|visit| visit.1).sum();
    let busy = runs.plan.catalog.get("service.app.cpu").expect("a level");
    let Source::Level { sum, .. } = busy.source else { panic!("a level") };
    assert_eq!(runs.runs[0].levels[0][sum as usize].area, u128::from(work) * 1_000);
}

/// Where the time goes: waiting and service by place add up to the latency of every request.
#[test]
fn times_by_place_add_up_to_the_latency() {
    let text = r#"
[run]
kind = "steady"
duration = "60s"
warm_up = "0s"
[service.app]
cores = 2
workers = 8
[service.other]
cores = 1
[database.d]
cores = 2
[pool.p]
service = "app"
database = "d"
size = 3
acquire_timeout = "60ms"
[query.q]
database = "d"
cpu = "exp(6ms)"
time = "exp(2ms)"
[query.disk]
database = "d"
reads = "geometric(4)"
scan = "exp(200 kB)"
commit = true
[endpoint.remote]
service = "other"
steps = [{ cpu = "exp(4ms)" }]
[endpoint.e]
service = "app"
steps = [
  { cpu = "exp(3ms)" },
  { query = "q", times = 3, parallel = 2 },
  { query = "disk" },
  { fork = [[{ delay = "exp(2ms)" }], [{ query = "q" }, { cpu = "exp(1ms)" }]] },
  { retry = { attempts = 3, backoff = "1ms" }, do = [
    { call = "remote", timeout = "20ms" },
  ], else = [{ delay = "1ms" }] },
  { each = 4, batch = 2, parallel = "all", do = [{ delay = "items * 1ms" }] },
]
[workload.w]
rate = "60/s"
mix = { e = 1 }
"#;
    let runs = Runs::of(text, 2);
    for (run, tally) in runs.runs.iter().zip(runs.tally("workload.w.good")) {
        let index = runs.plan.workloads[0].mix[0].0 as usize;
        let by_place: u64 = run.breakdown[index].sums.iter().sum();
        assert_eq!(u128::from(by_place), tally.sums().sum);
        assert!(tally.total() > 1_000);
    }
}
