//! Sessions: users who come, ask for several things in turn and go, or do so again and again.

use crate::closed::throughput;
use crate::harness::{MEAN, Runs, check};
use plimsoll::analytic::network::repairman;

/// One first-come-first-served core.
const CORE: &str = r#"
[service.app]
cores = 1
scheduling = "fifo"
round_trip = "0s"
"#;

/// Poisson sessions at one exponential server are an open network with feedback through a delay:
/// the number at the server is that of M/M/1 at the rate of the requests (Jackson 1957; for any
/// law of the delay Baskett, Chandy, Muntz and Palacios 1975), live sessions are their rate times
/// their length (Little 1961). The think time before the first request is no part of it.
#[test]
fn sessions_are_an_open_network() {
    let text = format!(
        r#"
[run]
duration = "4000s"
warm_up = "60s"
{CORE}
[endpoint.login]
service = "app"
steps = [{{ cpu = "exp(10ms)" }}]
[endpoint.browse]
service = "app"
steps = [{{ cpu = "exp(10ms)" }}]
[workload.w]
rate = "14/s"
session = [
  {{ endpoint = "login", think = "2s" }},
  {{ endpoint = "browse", times = "geometric(4)", think = "lognormal(mean=500ms, cv=1)" }},
]
"#
    );
    let runs = Runs::of(&text, 24);
    let response = 0.01 / (1.0 - 0.7);
    let length = 5.0 * response + 4.0 * 0.5;
    check("sessions, requests/s", &throughput(&runs, "w", 4_000.0), 70.0, MEAN);
    check("sessions, response of the first", &runs.means("endpoint.login"), response, MEAN);
    check("sessions, response of the others", &runs.means("endpoint.browse"), response, MEAN);
    check("sessions, length", &runs.means("workload.w.session"), length, MEAN);
    check("sessions, live", &runs.levels("workload.w.sessions"), 14.0 * length, MEAN);
}

/// Users with sessions are machines to repair: what counts of the time between requests is its
/// mean (Baskett, Chandy, Muntz and Palacios 1975), pauses between sessions included.
#[test]
fn users_with_sessions_are_machines_to_repair() {
    let text = format!(
        r#"
[run]
duration = "2000s"
warm_up = "60s"
{CORE}
[endpoint.e]
service = "app"
steps = [{{ cpu = "exp(100ms)" }}]
[workload.w]
users = 20
think = "exp(5s)"
session = [{{ endpoint = "e", times = 3, think = "exp(1s)" }}]
"#
    );
    let theory = repairman(20, (5.0 + 3.0) / 3.0, 0.1, 1);
    let runs = Runs::of(&text, 32);
    check(
        "sessions of users, requests/s",
        &throughput(&runs, "w", 2_000.0),
        theory.throughput,
        MEAN,
    );
    check("sessions of users, response", &runs.means("workload.w"), theory.response, MEAN);
    let cycle = 20.0 * 3.0 / theory.throughput;
    // All but the pause and the first time to think.
    check("sessions of users, length", &runs.means("workload.w.session"), cycle - 6.0, MEAN);
}

/// One session by hand: it comes at 1 s, thinks for 2 s, asks for `a` (0.1 s), then three times
/// for `b`, each 1 s after the answer before and 0.2 s long.
fn by_hand(b: &str, on_error: &str) -> Runs {
    let text = format!(
        r#"
[run]
duration = "20s"
until = "drained"
{CORE}
[endpoint.a]
service = "app"
steps = [{{ delay = "100ms" }}]
[endpoint.b]
service = "app"
steps = [{b}]
[workload.w]
burst = {{ count = 1, at = "1s" }}
session = [
  {{ endpoint = "a", think = "2s" }},
  {{ endpoint = "b", times = 0, think = "5s" }},
  {{ endpoint = "b", times = 3, think = "1s" }},
]
{on_error}
"#
    );
    Runs::of(&text, 1)
}

#[test]
fn a_session_is_one_request_after_the_other() {
    let runs = by_hand(r#"{ delay = "200ms" }"#, "");
    assert_eq!([runs.totals("endpoint.a")[0], runs.totals("endpoint.b")[0]], [1, 3]);
    assert_eq!(runs.runs[0].ended_at, 6_700_000_000);
    // Latencies are kept in three digits.
    let length = runs.means("workload.w.session")[0];
    assert!((length / 3.7 - 1.0).abs() < 1e-3, "{length}");
}

#[test]
fn an_error_ends_a_session_unless_told_otherwise() {
    let failing = r#"{ delay = "200ms" }, { fail = "sold out" }"#;
    for (on_error, asked, end) in [
        ("", 1, 4_300_000_000),
        ("on_error = \"end\"", 1, 4_300_000_000),
        ("on_error = \"continue\"", 3, 6_700_000_000),
    ] {
        let runs = by_hand(failing, on_error);
        assert_eq!(runs.totals("endpoint.b")[0], asked, "{on_error}");
        assert_eq!(runs.runs[0].ended_at, end, "{on_error}");
        assert_eq!(runs.tally("workload.w.session")[0].total(), 1);
    }
}

/// A thousand users, each with a heartbeat every 30 s that starts anywhere in its first interval:
/// exactly twenty each in 600 s.
#[test]
fn heartbeats_of_users_are_regular() {
    let text = format!(
        r#"
[run]
duration = "600s"
warm_up = "100s"
{CORE}
[endpoint.e]
service = "app"
steps = [{{ delay = "10ms" }}]
[endpoint.ping]
service = "app"
steps = [{{ delay = "1ms" }}]
[workload.w]
users = 1000
think = "exp(60s)"
mix = {{ e = 1 }}
background = {{ ping = "30s" }}
"#
    );
    let runs = Runs::of(&text, 2);
    assert_eq!(runs.totals("endpoint.ping"), [20_000, 20_000]);
    // They are none of the requests that the users intend.
    assert_eq!(runs.totals("workload.w"), runs.totals("endpoint.e"));
    let runs = Runs::of(&text.replace("mix = { e = 1 }", "session = [{ endpoint = \"e\" }]"), 1);
    assert_eq!(runs.totals("endpoint.ping"), [20_000]);
}

/// A heartbeat whose predecessor has no answer yet is left out: of one a second that takes 2.5 s
/// every third is sent.
#[test]
fn a_heartbeat_waits_for_the_one_before() {
    let text = format!(
        r#"
[run]
duration = "600s"
warm_up = "10s"
{CORE}
[endpoint.e]
service = "app"
steps = [{{ delay = "10ms" }}]
[endpoint.ping]
service = "app"
steps = [{{ delay = "2500ms" }}]
[workload.w]
users = 50
think = "10s"
mix = {{ e = 1 }}
background = {{ ping = "1s" }}
"#
    );
    let runs = Runs::of(&text, 1);
    assert_eq!(runs.totals("endpoint.ping"), [50 * 200]);
}

/// Live sessions times the rate of each: sessions come at 10/s and last for 20 s on average, with
/// a heartbeat every 5 s that starts anywhere in the first 5 s, whatever the session's length is.
#[test]
fn heartbeats_last_as_long_as_their_session() {
    let text = format!(
        r#"
[run]
duration = "2000s"
warm_up = "200s"
{CORE}
[endpoint.e]
service = "app"
steps = [{{ delay = "0s" }}]
[endpoint.ping]
service = "app"
steps = [{{ cpu = "exp(10ms)" }}]
[workload.w]
rate = "10/s"
session = [{{ endpoint = "e" }}, {{ endpoint = "e", times = "geometric(4)", think = "exp(5s)" }}]
background = {{ ping = "5s" }}
"#
    );
    let runs = Runs::of(&text, 24);
    check("background, live sessions", &runs.levels("workload.w.sessions"), 200.0, MEAN);
    let rates: Vec<f64> =
        runs.totals("endpoint.ping").iter().map(|&total| total as f64 / 2_000.0).collect();
    check("background, requests/s", &rates, 40.0, MEAN);
}
