//! Common random numbers: what a request draws does not depend on what else happens to it.

use crate::harness::plan;
use plimsoll::sim::{RunId, Trace, TraceEvent, run};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

/// Demands at each station of each request, by the order in which requests were born.
#[derive(Default)]
struct Demands {
    serials: BTreeMap<(u32, u32), usize>,
    born: usize,
    by_request: Vec<BTreeMap<u32, Vec<u64>>>,
}

impl Trace for Demands {
    fn event(&mut self, _: u64, job: u32, generation: u32, event: TraceEvent) {
        match event {
            TraceEvent::Born { parent: None } => {
                self.serials.insert((job, generation), self.born);
                self.by_request.push(BTreeMap::new());
                self.born += 1;
            }
            TraceEvent::Arrived { station, demand } => {
                if let Some(&serial) = self.serials.get(&(job, generation)) {
                    self.by_request[serial].entry(station).or_default().push(demand);
                }
            }
            _ => {}
        }
    }
}

fn demands(steps: &str) -> Vec<BTreeMap<u32, Vec<u64>>> {
    let text = format!(
        r#"
[run]
kind = "steady"
duration = "20s"
warm_up = "0s"
[service.app]
cores = 4
[database.d]
cores = 4
[pool.p]
service = "app"
database = "d"
size = 10
[query.list]
database = "d"
cpu = "exp(1ms)"
[query.detail]
database = "d"
cpu = "exp(0.2ms)"
[endpoint.e]
service = "app"
let = {{ factor = "uniform(1, 2)" }}
steps = {steps}
[workload.w]
rate = "50/s"
mix = {{ e = 1 }}
"#
    );
    let mut trace = Demands::default();
    let id = RunId { world: 0, replication: 3 };
    run(&plan(&text), id, &AtomicBool::new(false), &mut trace);
    trace.by_request
}

#[test]
fn removing_a_query_changes_no_other_draw() {
    let with = demands(
        r#"[{ cpu = "factor * exp(2ms)" }, { query = "list" }, { query = "detail", times = 50 }, { cpu = "exp(3ms)" }]"#,
    );
    let without =
        demands(r#"[{ cpu = "factor * exp(2ms)" }, { query = "list" }, { cpu = "exp(3ms)" }]"#);
    let few = demands(
        r#"[{ cpu = "factor * exp(2ms)" }, { query = "list" }, { query = "detail" }, { cpu = "exp(3ms)" }]"#,
    );
    // The last requests may have been cut off at different places.
    let count = with.len().min(without.len()) - 50;
    assert!(count > 800);
    for serial in 0..count {
        let (a, b, c) = (&with[serial], &without[serial], &few[serial]);
        assert_eq!(a[&0], b[&0], "the work on the application's cores");
        assert_eq!(a[&0], c[&0], "the work on the application's cores");
        assert_eq!(a[&1].len(), 51);
        assert_eq!(a[&1][0], b[&1][0], "the first query");
        assert_eq!(a[&1][..2], c[&1][..], "the first of many is the one of one");
    }
}

#[test]
fn executions_and_requests_draw_differently() {
    let requests = demands(r#"[{ query = "detail", times = 50 }]"#);
    let mut all: Vec<u64> = requests.iter().flat_map(|r| r[&1].clone()).collect();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    // Exponential times of mean m rounded to whole nanoseconds: of n of them, n²/4m coincide with
    // another by chance, less n³/18m² counted twice.
    let (n, m) = (count as f64, 200_000.0);
    let expected = n * n / (4.0 * m) - n * n * n / (18.0 * m * m);
    let equal = (count - all.len()) as f64;
    assert!(
        (equal - expected).abs() < 5.0 * expected.sqrt(),
        "{equal} equal, {expected} by chance"
    );
}

/// Two calls of one endpoint in one flow draw differently, and a client's patience changes no draw.
#[test]
fn calls_draw_by_their_own_name() {
    let text = |steps: &str, client: &str| {
        format!(
            r#"
[run]
kind = "steady"
duration = "20s"
warm_up = "0s"
[service.app]
[service.other]
cores = 4
[endpoint.remote]
service = "other"
steps = [{{ cpu = "exp(2ms)" }}]
[endpoint.e]
service = "app"
steps = {steps}
[workload.w]
rate = "50/s"
mix = {{ e = 1 }}
{client}
"#
        )
    };
    let twice = r#"[{ call = "remote" }, { call = "remote" }]"#;
    let demands = |text: &str| {
        let mut trace = AllDemands::default();
        let id = RunId { world: 0, replication: 0 };
        run(&plan(text), id, &AtomicBool::new(false), &mut trace);
        trace.0
    };
    let mut plain = demands(&text(twice, ""));
    let mut patient = demands(&text(twice, "client = { timeout = \"30s\" }"));
    plain.truncate(1_500);
    patient.truncate(1_500);
    assert_eq!(plain, patient, "a client that never loses its patience changes nothing");
    plain.sort_unstable();
    plain.dedup();
    assert!(plain.len() > 1_490, "calls of one request share their draws");
}

/// All demands at all stations, in order of arrival.
#[derive(Default)]
struct AllDemands(Vec<u64>);

impl Trace for AllDemands {
    fn event(&mut self, _: u64, _: u32, _: u32, event: TraceEvent) {
        if let TraceEvent::Arrived { demand, .. } = event {
            self.0.push(demand);
        }
    }
}
