//! Closed workloads: the machine-repairman model, a two-class network by exact mean value
//! analysis, and the interactive response time law.

use crate::harness::{MEAN, P99, Runs, check};
use plimsoll::analytic::network::repairman;
use plimsoll::plan::Source;

fn scenario(seconds: f64, rest: &str) -> String {
    format!(
        r#"
[run]
duration = "{seconds}s"
warm_up = "{}s"
{rest}
"#,
        seconds / 50.0
    )
}

/// Intended requests of a workload per second, per run.
pub fn throughput(runs: &Runs, workload: &str, seconds: f64) -> Vec<f64> {
    let path = format!("workload.{workload}");
    let index = runs.plan.workloads.iter().position(|w| {
        let Some(Source::Requests { tallies }) = runs.plan.catalog.get(&path).map(|e| &e.source)
        else {
            return false;
        };
        w.tallies == *tallies
    });
    let counter = runs.plan.workloads[index.expect("a workload")].intended as usize;
    runs.runs.iter().map(|run| run.counts[counter] as f64 / seconds).collect()
}

/// Source: Kleinrock I, 1975, section 3.8.
#[test]
fn users_of_one_station_are_machines_to_repair() {
    let text = scenario(
        1_000.0,
        r#"
[service.app]
workers = 3
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [{ delay = "exp(100ms)" }]
[workload.w]
users = 40
think = "exp(1s)"
mix = { e = 1 }
"#,
    );
    let theory = repairman(40, 1.0, 0.1, 3);
    let runs = Runs::of(&text, 24);
    check("M/M/3//40 throughput", &throughput(&runs, "w", 1_000.0), theory.throughput, MEAN);
    check("M/M/3//40 response", &runs.means("workload.w"), theory.response, MEAN);
    check(
        "M/M/3//40 busy workers",
        &runs.levels("service.app.workers"),
        theory.throughput * 0.1,
        MEAN,
    );
}

/// Exact mean value analysis of two classes over stations that share their one core (product form
/// by class, Baskett, Chandy, Muntz and Palacios, Journal of the ACM 22(2), 1975; recursion of
/// Reiser and Lavenberg 1980): throughput and response of each class.
fn two_classes(users: [usize; 2], think: [f64; 2], demands: [&[f64]; 2]) -> [(f64, f64); 2] {
    let stations = demands[0].len();
    let mut queues = vec![vec![vec![0.0; stations]; users[1] + 1]; users[0] + 1];
    let mut result = [(0.0, 0.0); 2];
    for a in 0..=users[0] {
        for b in 0..=users[1] {
            let mut queue = vec![0.0; stations];
            for (class, count) in [a, b].into_iter().enumerate() {
                if count == 0 {
                    continue;
                }
                let before = if class == 0 { &queues[a - 1][b] } else { &queues[a][b - 1] };
                let times: Vec<f64> =
                    (0..stations).map(|k| demands[class][k] * (1.0 + before[k])).collect();
                let response: f64 = times.iter().sum();
                let rate = count as f64 / (think[class] + response);
                for k in 0..stations {
                    queue[k] += rate * times[k];
                }
                result[class] = (rate, response);
            }
            queues[a][b] = queue;
        }
    }
    result
}

#[test]
fn two_classes_follow_mean_value_analysis() {
    let text = scenario(
        2_000.0,
        r#"
[service.front]
cores = 1
round_trip = "0s"
[service.back]
cores = 1
round_trip = "0s"
[endpoint.work]
service = "back"
steps = [{ cpu = "lognormal(mean=50ms, cv=1.5)" }]
[endpoint.heavy]
service = "back"
steps = [{ cpu = "20ms" }]
[endpoint.a]
service = "front"
steps = [{ cpu = "exp(20ms)" }, { call = "work" }]
[endpoint.b]
service = "front"
steps = [{ cpu = "exp(60ms)" }, { call = "heavy" }]
[workload.few]
users = 8
think = "exp(300ms)"
mix = { a = 1 }
[workload.many]
users = 12
think = "500ms"
mix = { b = 1 }
"#,
    );
    let theory = two_classes([8, 12], [0.3, 0.5], [&[0.02, 0.05], &[0.06, 0.02]]);
    let runs = Runs::of(&text, 24);
    for (name, (rate, response)) in ["few", "many"].into_iter().zip(theory) {
        check(&format!("{name} throughput"), &throughput(&runs, name, 2_000.0), rate, MEAN);
        check(
            &format!("{name} response"),
            &runs.means(&format!("workload.{name}")),
            response,
            MEAN,
        );
    }
}

/// The law of interactive response, N = outstanding + X Z, with clients that give up, try again
/// and pause (Denning and Buzen 1978): whatever happens, nobody is lost and nobody asks twice.
#[test]
fn impatient_users_are_conserved() {
    let text = scenario(
        1_500.0,
        r#"
[service.app]
workers = 2
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [{ delay = "exp(100ms)" }]
[workload.w]
users = 30
think = "lognormal(mean=1s, cv=2)"
mix = { e = 1 }
client = { timeout = "300ms", retry = { attempts = 2, backoff = "exp(200ms)" } }
"#,
    );
    let runs = Runs::of(&text, 24);
    let rates = throughput(&runs, "w", 1_500.0);
    let outstanding = runs.levels("workload.w.outstanding");
    let users: Vec<f64> = rates.iter().zip(&outstanding).map(|(x, n)| n + x).collect();
    check("users", &users, 30.0, MEAN);
}

/// Without time to think nobody thinks: N users at one server keep it busy, and each waits for
/// all the others.
#[test]
fn users_without_think_time_queue_behind_each_other() {
    let text = scenario(
        400.0,
        r#"
[service.app]
cores = 1
scheduling = "fifo"
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [{ cpu = "exp(10ms)" }]
[workload.w]
users = 20
mix = { e = 1 }
"#,
    );
    let runs = Runs::of(&text, 24);
    check("20 users, throughput", &throughput(&runs, "w", 400.0), 100.0, MEAN);
    check("20 users, response", &runs.means("workload.w"), 0.2, MEAN);
    // Nineteen ahead of it and itself: Erlang of 20 phases, whose 99th percentile is half that of
    // chi-square with 40 degrees of freedom, 63.691 (Pearson and Hartley's tables).
    check("20 users, p99", &runs.quantiles("workload.w", 0.99), 0.010 * 63.691 / 2.0, P99);
}
