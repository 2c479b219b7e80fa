//! Networks: tandem, feedback, retries.

use crate::harness::{MEAN, Runs, check};
use plimsoll::analytic::multi_server::MultiServer;

#[test]
fn a_tandem_is_two_independent_queues() {
    let text = r#"
[run]
kind = "steady"
duration = "3000s"
warm_up = "50s"
[service.app]
cores = 1
scheduling = "fifo"
round_trip = "0s"
[database.d]
cores = 1
scheduling = "fifo"
max_connections = 5000
[pool.p]
service = "app"
database = "d"
size = 4000
round_trip = "0s"
[query.q]
database = "d"
cpu = "exp(8ms)"
[endpoint.e]
service = "app"
steps = [{ cpu = "exp(10ms)" }, { query = "q" }]
[workload.w]
rate = "70/s"
mix = { e = 1 }
"#;
    let first = MultiServer::new(70.0, 0.01, 1);
    let second = MultiServer::new(70.0, 0.008, 1);
    let runs = Runs::of(text, 24);
    check("tandem, first wait", &runs.means("service.app.cpu.wait"), first.mean_wait(), MEAN);
    check("tandem, second wait", &runs.means("database.d.cpu.wait"), second.mean_wait(), MEAN);
    let both = first.mean_response() + second.mean_response();
    check("tandem, response", &runs.means("endpoint.e"), both, MEAN);
}

/// Bernoulli feedback to the end of the line: the number present is that of M/M/1 at the rate
/// λ / (1 − p) (Jackson 1957), and Little's law gives the time of a request over all its passes.
#[test]
fn feedback_is_a_faster_arrival_rate() {
    let text = r#"
[run]
kind = "steady"
duration = "4000s"
warm_up = "80s"
[service.app]
cores = 1
scheduling = "fifo"
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [{ repeat = { again = 0.25 }, do = [{ cpu = "exp(10ms)" }] }]
[workload.w]
rate = "52.5/s"
mix = { e = 1 }
"#;
    let station = MultiServer::new(70.0, 0.01, 1);
    let runs = Runs::of(text, 24);
    check("feedback, response", &runs.means("endpoint.e"), station.mean_present() / 52.5, MEAN);
    check("feedback, utilization", &runs.levels("service.app.cpu"), 0.7, MEAN);
}

/// A client that tries again at once is feedback too, with a bounded number of passes:
/// (1 − f³) / (1 − f) attempts of a request on average.
#[test]
fn retries_are_new_work() {
    let text = r#"
[run]
kind = "steady"
duration = "3000s"
warm_up = "50s"
[service.app]
cores = 1
scheduling = "fifo"
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [{ cpu = "exp(10ms)" }, { choose = [{ p = 0.2, do = [{ fail = "flaky" }] }, { p = 0.8, do = [] }] }]
[workload.w]
rate = "50/s"
mix = { e = 1 }
client = { retry = { attempts = 3, on = ["failed"] } }
"#;
    let runs = Runs::of(text, 24);
    let factor = (1.0 - 0.2_f64.powi(3)) / 0.8;
    check("retries, utilization", &runs.levels("service.app.cpu"), 0.5 * factor, MEAN);
    let (attempts, intended) = runs.plan.catalog.attempts("workload.w").expect("a workload");
    let amplification: Vec<f64> = runs
        .runs
        .iter()
        .map(|run| run.counts[attempts as usize] as f64 / run.counts[intended as usize] as f64)
        .collect();
    check("retries, amplification", &amplification, factor, MEAN);
    let (first, failed) = (runs.tally("workload.w.failed"), runs.totals("workload.w"));
    let lost: u64 = first.iter().map(plimsoll::stats::histogram::Histogram::total).sum();
    let all: u64 = failed.iter().sum();
    let share = lost as f64 / all as f64;
    let error = (0.008_f64 * 0.992 / all as f64).sqrt();
    assert!((share - 0.008).abs() < 4.0 * error, "{share} of the requests fail, not 0.2³");
}
