//! Sessions as routes through networks of queues: open (Jackson), closed (mean value analysis), live
//! sessions as M/G/∞, errors that cut a route short, and what clients ask for by themselves on the way.

use crate::closed::throughput;
use crate::harness::{MEAN, P99, Runs, check, estimate};
use plimsoll::analytic::{multi_server::MultiServer, network};
use plimsoll::plan::Source;

/// What another mechanism would give is refuted.
pub fn refute(what: &str, values: &[f64], wrong: f64) {
    let (estimate, error) = estimate(values);
    let z = (estimate - wrong) / error;
    println!("{what}: {estimate:.6}, not {wrong:.6}: z = {z:+.1}");
    assert!(z.abs() > 8.0, "{what} would pass with {wrong}");
}

/// Requests of an endpoint per second, per run.
fn rates(runs: &Runs, endpoint: &str, seconds: f64) -> Vec<f64> {
    let totals = runs.totals(&format!("endpoint.{endpoint}"));
    totals.iter().map(|&total| total as f64 / seconds).collect()
}

/// A level at the end of the window, per run.
fn last_of(runs: &Runs, path: &str) -> Vec<f64> {
    let Source::Level { sum, .. } = runs.plan.catalog.get(path).expect("a level").source else {
        panic!("{path} is no level")
    };
    runs.runs.iter().map(|run| run.levels[0][sum as usize].last as f64).collect()
}

/// Jackson, "Networks of waiting lines", Operations Research 5(4), 1957: a route over two stations of
/// many servers, several times over the first, with delays of any law between (Baskett, Chandy, Muntz
/// and Palacios 1975). Each station is an M/M/c at the rate of its visits, also as those who arrive
/// see it (Sevcik and Mitrani, Journal of the ACM 28(2), 1981). Without the feedback of thinking users the
/// first would be at a fifth of its load; with one server more it would wait less.
#[test]
fn a_route_over_two_stations_is_a_network_of_jackson() {
    let text = r#"
[run]
kind = "steady"
duration = "8000s"
warm_up = "100s"
[service.web]
workers = 3
round_trip = "0s"
[service.shop]
workers = 2
round_trip = "0s"
[endpoint.login]
service = "web"
steps = [{ delay = "exp(100ms)" }]
[endpoint.browse]
service = "web"
steps = [{ delay = "exp(100ms)" }]
[endpoint.buy]
service = "shop"
steps = [{ delay = "exp(200ms)" }]
[workload.w]
rate = "4.2/s"
session = [
  { endpoint = "login", think = "1s" },
  { endpoint = "browse", times = "geometric(4)", think = "lognormal(mean=2s, cv=2)" },
  { endpoint = "buy", times = "choice([1, 2])", think = "uniform(0s, 1s)" },
]
"#;
    let runs = Runs::of(text, 64);
    let outside = [4.2, 0.0];
    let routing = [vec![0.8, 0.2], vec![0.0, 1.0 / 3.0]];
    let stations = network::jackson(&outside, &routing, &[(0.1, 3), (0.2, 2)]).expect("an end");
    let (web, shop) = (&stations[0], &stations[1]);
    let response = 5.0 * web.mean_response() + 1.5 * shop.mean_response();
    let length = response + 4.0 * 2.0 + 1.5 * 0.5;
    check("route, requests/s", &throughput(&runs, "w", 8_000.0), 4.2 * 6.5, MEAN);
    check("route, web wait", &runs.means("service.web.line.wait"), web.mean_wait(), MEAN);
    check("route, web inside", &runs.levels("service.web.inside"), web.mean_present(), MEAN);
    check("route, shop wait", &runs.means("service.shop.line.wait"), shop.mean_wait(), P99);
    check("route, shop inside", &runs.levels("service.shop.inside"), shop.mean_present(), MEAN);
    let tallies = runs.tally("service.web.line.wait");
    let waited: Vec<f64> = tallies.iter().map(|t| t.share_above(0).expect("visits")).collect();
    check("route, P(wait) at web", &waited, web.wait_probability(), MEAN);
    for endpoint in ["login", "browse"] {
        let found = runs.quantiles(&format!("endpoint.{endpoint}"), 0.95);
        check(&format!("route, p95 of {endpoint}"), &found, web.response_quantile(0.95), P99);
    }
    check("route, length", &runs.means("workload.w.session"), length, MEAN);
    check("route, live sessions", &runs.levels("workload.w.sessions"), 4.2 * length, MEAN);
    let more = MultiServer::new(21.0, 0.1, 4).mean_wait();
    refute("route, four servers", &runs.means("service.web.line.wait"), more);
    let late = length + 1.0;
    refute("route, first think within", &runs.means("workload.w.session"), late);
}

/// Sessions in a system without queues are M/G/∞: their number at any moment is Poisson, whatever the
/// law of their length (Takács, Introduction to the Theory of Queues, 1962, chapter 3). All lengths here
/// are bounded, so that it is stationary after the longest.
#[test]
fn live_sessions_are_poisson_whatever_their_length() {
    let lengths = [("5s", 5), ("uniform(0s, 10s)", 10), ("choice(1s: 0.9, 41s: 0.1)", 41)];
    for (seed, (think, longest)) in (1..).zip(lengths) {
        let text = format!(
            r#"
[run]
seed = {seed}
duration = "1s"
warm_up = "{}s"
kind = "steady"
[service.app]
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [{{ delay = "0s" }}]
[workload.w]
rate = "4/s"
session = [{{ endpoint = "e", think = "3s" }}, {{ endpoint = "e", think = "{think}" }}]
"#,
            longest + 3
        );
        let runs = Runs::without_tallies(&text, 36_000);
        let live = last_of(&runs, "workload.w.sessions");
        check(&format!("live sessions of {think}"), &live, 20.0, MEAN);
        // The mean is known, so squares of the differences are free of its error; those of a Poisson
        // number of mean m have variance m + 2 m², a standard error of 0.75 % here.
        let squares: Vec<f64> = live.iter().map(|n| (n - 20.0) * (n - 20.0)).collect();
        check(&format!("their variance, {think}"), &squares, 20.0, P99);
        let few = live.iter().filter(|&&n| n <= 13.0).count() as f64 / live.len() as f64;
        let below: f64 = {
            let mut term = (-20.0_f64).exp();
            let mut sum = term;
            for n in 1..=13 {
                term *= 20.0 / f64::from(n);
                sum += term;
            }
            sum
        };
        let z = (few - below) / (below * (1.0 - below) / live.len() as f64).sqrt();
        println!("P(at most 13 live), {think}: {few:.4} against {below:.4}, z = {z:+.2}");
        assert!(z.abs() < 4.0);
    }
}

/// An error with chance f before each next step makes the number of requests a truncated geometric
/// one: of ten (1 − (1−f)^10)/f are made, and the item behind them by (1−f)^10 of the sessions. Those
/// who go on all the same make all. The station is an M/M/1 at that rate.
#[test]
fn errors_cut_a_route_short() {
    let whole = 0.9_f64.powi(10);
    let many = (1.0 - whole) / 0.1;
    for (on_error, rate, of_e, of_pay) in [("end", 10.0, many, whole), ("continue", 6.0, 10.0, 1.0)]
    {
        let text = format!(
            r#"
[run]
kind = "steady"
duration = "6000s"
warm_up = "60s"
[service.app]
cores = 1
scheduling = "fifo"
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [
  {{ cpu = "exp(10ms)" }},
  {{ choose = [{{ p = 0.1, do = [{{ fail = "no" }}] }}, {{ p = 0.9, do = [] }}] }},
]
[endpoint.pay]
service = "app"
steps = [{{ cpu = "exp(10ms)" }}]
[workload.w]
rate = "{rate}/s"
session = [{{ endpoint = "e", times = 10, think = "exp(100ms)" }}, {{ endpoint = "pay", think = "1s" }}]
on_error = "{on_error}"
"#
        );
        let runs = Runs::of(&text, 24);
        let station = MultiServer::new(rate * (of_e + of_pay), 0.01, 1);
        let length = (of_e + of_pay) * station.mean_response() + (of_e - 1.0) * 0.1 + of_pay;
        check(&format!("{on_error}, e/s"), &rates(&runs, "e", 6_000.0), rate * of_e, MEAN);
        let pay = rates(&runs, "pay", 6_000.0);
        check(&format!("{on_error}, pay/s"), &pay, rate * of_pay, MEAN);
        let inside = runs.levels("service.app.inside");
        check(&format!("{on_error}, inside"), &inside, station.mean_present(), MEAN);
        let found = runs.means("workload.w.session");
        check(&format!("{on_error}, length"), &found, length, MEAN);
        check(&format!("{on_error}, failed"), &runs.shares("e", "failed"), 0.1, MEAN);
        let other = if on_error == "end" { rate } else { rate * whole };
        refute(&format!("{on_error}, the other rule"), &pay, other);
    }
}

/// Users whose sessions go over two shared stations: mean value analysis (Reiser and Lavenberg 1980) of
/// rounds, with the work of all visits of a round, the pause and all its thinking (Baskett and others
/// 1975: shared stations and delays of any law, and requests that change their class on the way).
#[test]
fn rounds_of_users_follow_mean_value_analysis() {
    let text = r#"
[run]
kind = "steady"
duration = "2500s"
warm_up = "60s"
[service.front]
cores = 1
round_trip = "0s"
[service.back]
cores = 1
round_trip = "0s"
[endpoint.work]
service = "back"
steps = [{ cpu = "lognormal(mean=50ms, cv=1.5)" }]
[endpoint.start]
service = "front"
steps = [{ cpu = "40ms" }]
[endpoint.item]
service = "front"
steps = [{ cpu = "exp(10ms)" }, { call = "work" }]
[workload.w]
users = 25
think = "exp(2s)"
session = [
  { endpoint = "start", think = "300ms" },
  { endpoint = "item", times = "geometric(3)", think = "lognormal(mean=500ms, cv=1)" },
]
"#;
    let runs = Runs::of(text, 32);
    let theory = network::mean_value_analysis(25, 2.0 + 0.3 + 1.5, &[0.07, 0.15]);
    let x = theory.throughput;
    check("rounds, requests/s", &throughput(&runs, "w", 2_500.0), 4.0 * x, MEAN);
    check("rounds, starts/s", &rates(&runs, "start", 2_500.0), x, MEAN);
    let length = theory.response + 1.5;
    check("rounds, length", &runs.means("workload.w.session"), length, MEAN);
    check("rounds, under way", &runs.levels("workload.w.sessions"), x * length, MEAN);
    // Whoever waits for an answer of the back is inside the front.
    let both = theory.present[0] + theory.present[1];
    check("rounds, front", &runs.levels("service.front.inside"), both, MEAN);
    check("rounds, back", &runs.levels("service.back.inside"), theory.present[1], MEAN);
    // Were the pause between sessions left out, they would ask more often.
    let hasty = network::mean_value_analysis(25, 0.3 + 1.5, &[0.07, 0.15]);
    refute("rounds without a pause", &rates(&runs, "start", 2_500.0), hasty.throughput);
}

/// Heartbeats: users who stay send one per mean interval (renewal theorem), whatever its law; a session
/// of exponential length 1/ν sends, with intervals of T, L/T on average from any uniform start. With
/// exponential intervals of mean T the first comes after a uniform part of one, before the end with chance
/// φ = ln(1 + νT)/(νT), and from then on they are Poisson: φ (1 + 1/(νT)), here more than L/T.
#[test]
fn heartbeats_follow_their_users_and_sessions() {
    let text = |who: &str, interval: &str| {
        format!(
            r#"
[run]
kind = "steady"
duration = "1000s"
warm_up = "300s"
[service.app]
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [{{ delay = "0s" }}]
[endpoint.ping]
service = "app"
steps = [{{ delay = "0s" }}]
[workload.w]
{who}
background = {{ ping = "{interval}" }}
"#
        )
    };
    let users = "users = 1000\nthink = \"60s\"\nmix = { e = 1 }";
    for interval in ["uniform(0s, 10s)", "exp(5s)", "lognormal(mean=5s, cv=1)"] {
        let runs = Runs::of(&text(users, interval), 48);
        check(&format!("users, {interval}"), &rates(&runs, "ping", 1_000.0), 200.0, MEAN);
    }
    let sessions = "rate = \"5/s\"\nsession = [{ endpoint = \"e\" }, { endpoint = \"e\", think = \"exp(20s)\" }]";
    let share = 0.25;
    let chance = (1.0_f64 + share).ln() / share;
    for (interval, each) in [("5s", 4.0), ("exp(5s)", chance * (1.0 + 1.0 / share))] {
        let runs = Runs::of(&text(sessions, interval), 32);
        let found = rates(&runs, "ping", 1_000.0);
        check(&format!("sessions, {interval}"), &found, 5.0 * each, MEAN);
        check("their number", &runs.levels("workload.w.sessions"), 100.0, MEAN);
    }
}
