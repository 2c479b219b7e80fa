//! Single stations: M/M/1, M/M/c, M/M/c/c, M/M/1/K, M/D/1, M/G/1, E₄/M/1.

use crate::harness::{MEAN, P99, Runs, check};
use plimsoll::analytic::{
    erlang::erlang_b, general, multi_server::BoundedLine, multi_server::MultiServer,
    renewal::RenewalArrivals, renewal::erlang_transform,
};

/// One first-come-first-served core at a rate, for so long.
pub fn single(work: &str, rate: f64, seconds: f64, extra: &str) -> String {
    format!(
        r#"
[run]
kind = "steady"
duration = "{seconds}s"
warm_up = "{warm_up}s"
[service.app]
cores = 1
scheduling = "fifo"
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [{{ cpu = "{work}" }}]
[workload.w]
rate = "{rate}/s"
mix = {{ e = 1 }}
{extra}
"#,
        warm_up = seconds / 50.0
    )
}

/// A pool of `c` connections held for `time`.
pub fn pool(c: u32, time: &str, rate: f64, seconds: f64, acquire_timeout: &str) -> String {
    format!(
        r#"
[run]
kind = "steady"
duration = "{seconds}s"
warm_up = "{warm_up}s"
[service.app]
round_trip = "0s"
[database.d]
max_connections = {c}
reserved = 0
[pool.p]
service = "app"
database = "d"
size = {c}
round_trip = "0s"
acquire_timeout = "{acquire_timeout}"
[query.q]
database = "d"
time = "{time}"
[endpoint.e]
service = "app"
steps = [{{ query = "q" }}]
[workload.w]
rate = "{rate}/s"
mix = {{ e = 1 }}
"#,
        warm_up = seconds / 50.0
    )
}

#[test]
fn mm1_response_and_waiting() {
    let theory = MultiServer::new(70.0, 0.01, 1);
    let runs = Runs::of(&single("exp(10ms)", 70.0, 3_000.0, ""), 24);
    check("M/M/1 mean wait", &runs.means("service.app.cpu.wait"), theory.mean_wait(), MEAN);
    check("M/M/1 mean response", &runs.means("endpoint.e"), theory.mean_response(), MEAN);
    for (q, precision) in [(0.5, MEAN), (0.95, P99), (0.99, P99)] {
        let response = runs.quantiles("endpoint.e", q);
        check(
            &format!("M/M/1 p{} response", 100.0 * q),
            &response,
            theory.response_quantile(q),
            precision,
        );
    }
    check("M/M/1 utilization", &runs.levels("service.app.cpu"), 0.7, MEAN);
    check("M/M/1 number present", &runs.levels("service.app.inside"), theory.mean_present(), MEAN);
}

#[test]
fn mmc_means_and_quantiles() {
    let theory = MultiServer::new(800.0, 0.01, 10);
    let runs = Runs::of(&pool(10, "exp(10ms)", 800.0, 1_000.0, "none"), 28);
    check("M/M/10 mean wait", &runs.means("pool.p.wait"), theory.mean_wait(), MEAN);
    check("M/M/10 mean response", &runs.means("endpoint.e"), theory.mean_response(), MEAN);
    for (q, precision) in [(0.95, P99), (0.99, P99)] {
        let wait = runs.quantiles("pool.p.wait", q);
        check(&format!("M/M/10 p{} wait", 100.0 * q), &wait, theory.wait_quantile(q), precision);
    }
    for (q, precision) in [(0.5, MEAN), (0.95, P99), (0.99, P99)] {
        let response = runs.quantiles("endpoint.e", q);
        check(
            &format!("M/M/10 p{} response", 100.0 * q),
            &response,
            theory.response_quantile(q),
            precision,
        );
    }
    let waited: Vec<f64> = runs
        .tally("pool.p.wait")
        .iter()
        .map(|tally| tally.share_above(0).expect("visits"))
        .collect();
    check("M/M/10 P(wait)", &waited, theory.wait_probability(), MEAN);
}

#[test]
fn mmcc_loses_what_erlang_b_says() {
    let runs = Runs::of(&pool(10, "exp(10ms)", 900.0, 400.0, "0s"), 24);
    let loss = runs.shares("e", "pool_timeout");
    check("M/M/10/10 loss", &loss, erlang_b(10, 9.0), MEAN);
}

#[test]
fn erlang_b_is_insensitive_to_the_law_of_service() {
    let runs = Runs::of(&pool(10, "lognormal(mean=10ms, cv=2)", 900.0, 600.0, "0s"), 24);
    let loss = runs.shares("e", "pool_timeout");
    check("M/G/10/10 loss", &loss, erlang_b(10, 9.0), MEAN);
}

#[test]
fn mm1k_rejects_and_waits() {
    let theory = BoundedLine::new(90.0, 0.01, 1, 5);
    let text = r#"
[run]
kind = "steady"
duration = "2000s"
warm_up = "10s"
[service.app]
workers = 1
line = { limit = 4 }
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [{ delay = "exp(10ms)" }]
[workload.w]
rate = "90/s"
mix = { e = 1 }
"#;
    let runs = Runs::of(text, 24);
    check("M/M/1/5 loss", &runs.shares("e", "rejected"), theory.loss, MEAN);
    let wait = runs.means("service.app.line.wait");
    check("M/M/1/5 mean wait", &wait, theory.mean_wait, MEAN);
}

#[test]
fn md1_waits_half_of_mm1() {
    let runs = Runs::of(&single("10ms", 70.0, 2_500.0, ""), 24);
    let theory = general::md1_mean_wait(70.0, 0.01);
    check("M/D/1 mean wait", &runs.means("service.app.cpu.wait"), theory, MEAN);
}

#[test]
fn mg1_follows_pollaczek_and_khinchine() {
    // Second moments: lognormal (1 + cv²) m²; two phases Σ p · 2 m².
    let lognormal = general::mg1_mean_wait(60.0, 0.01, 2.0 * 1e-4);
    let runs = Runs::of(&single("lognormal(mean=10ms, cv=1)", 60.0, 6_000.0, ""), 24);
    check("M/LN/1 mean wait", &runs.means("service.app.cpu.wait"), lognormal, MEAN);
    let mean = 0.9 * 0.005 + 0.1 * 0.055;
    let second = 2.0 * (0.9 * 0.005_f64.powi(2) + 0.1 * 0.055_f64.powi(2));
    let hyper = general::mg1_mean_wait(60.0, mean, second);
    let runs = Runs::of(&single("hyperexp(5ms: 0.9, 55ms: 0.1)", 60.0, 12_000.0, ""), 24);
    check("M/H2/1 mean wait", &runs.means("service.app.cpu.wait"), hyper, MEAN);
}

#[test]
fn e4m1_solves_its_equation() {
    let theory = RenewalArrivals::new(|z| erlang_transform(4, 1.0 / 80.0, z), 1.0 / 80.0, 0.01);
    let text = single("exp(10ms)", 80.0, 4_000.0, r#"arrivals = "erlang(4, 12.5ms)""#);
    let runs = Runs::of(&text, 24);
    check("E4/M/1 mean wait", &runs.means("service.app.cpu.wait"), theory.mean_wait(), MEAN);
    check("E4/M/1 mean response", &runs.means("endpoint.e"), theory.mean_response(), MEAN);
}
