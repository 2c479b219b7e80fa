//! Processor sharing: insensitive means, and work that is conserved.

use crate::harness::{MEAN, Runs, check};
use plimsoll::analytic::{multi_server::MultiServer, sharing};

fn shared(work: &str, cores: &str, rate: f64, seconds: f64) -> String {
    format!(
        r#"
[run]
kind = "steady"
duration = "{seconds}s"
warm_up = "{warm_up}s"
[service.app]
cores = {cores}
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [{{ cpu = "{work}" }}]
[workload.w]
rate = "{rate}/s"
mix = {{ e = 1 }}
"#,
        warm_up = seconds / 50.0
    )
}

#[test]
fn mg1_ps_depends_on_the_mean_only() {
    let theory = sharing::mg1_mean_response(70.0, 0.01);
    for work in ["exp(10ms)", "10ms", "lognormal(mean=10ms, cv=2)"] {
        let runs = Runs::of(&shared(work, "1", 70.0, 4_000.0), 24);
        check(&format!("M/G/1-PS mean response, {work}"), &runs.means("endpoint.e"), theory, MEAN);
        check("M/G/1-PS utilization", &runs.levels("service.app.cpu"), 0.7, MEAN);
    }
}

#[test]
fn mmc_ps_has_the_mean_of_mmc() {
    let theory = MultiServer::new(320.0, 0.01, 4).mean_response();
    let runs = Runs::of(&shared("exp(10ms)", "4", 320.0, 1_000.0), 24);
    check("M/M/4-PS mean response", &runs.means("endpoint.e"), theory, MEAN);
}

/// Birth and death with rates of a fractional number of cores: min(n, k) / s.
#[test]
fn fractional_cores_follow_birth_and_death() {
    let (rate, service, cores) = (120.0, 0.01, 1.5);
    let mut weights = vec![1.0_f64];
    for n in 1..2_000 {
        let death = f64::min(f64::from(n), cores) / service;
        weights.push(weights[n as usize - 1] * rate / death);
    }
    let total: f64 = weights.iter().sum();
    let present: f64 =
        weights.iter().enumerate().map(|(n, weight)| n as f64 * weight).sum::<f64>() / total;
    let runs = Runs::of(&shared("exp(10ms)", "1.5", rate, 2_500.0), 24);
    check("M/M/1.5-PS mean response", &runs.means("endpoint.e"), present / rate, MEAN);
}
