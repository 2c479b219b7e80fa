//! Fork and join: the maximum of independent times, and of two queues.

use crate::harness::{MEAN, P99, Runs, check};
use plimsoll::analytic::{fork_join, multi_server::MultiServer};

#[test]
fn a_join_on_infinitely_many_servers_takes_the_maximum() {
    let text = r#"
[run]
kind = "steady"
duration = "400s"
warm_up = "5s"
[service.app]
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [{ each = 50, parallel = "all", do = [{ delay = "exp(10ms)" }] }]
[workload.w]
rate = "20/s"
mix = { e = 1 }
"#;
    let runs = Runs::of(text, 24);
    let theory = fork_join::exponential_maximum(50, 0.01);
    check("maximum of 50 exponentials", &runs.means("endpoint.e"), theory, MEAN);
    // P(max ≤ t) = (1 − e^{−μt})^50
    let p99 = -0.01 * (1.0 - 0.99_f64.powf(1.0 / 50.0)).ln();
    check("its p99", &runs.quantiles("endpoint.e", 0.99), p99, P99);
}

#[test]
fn the_first_of_many_is_the_minimum() {
    let text = r#"
[run]
kind = "steady"
duration = "400s"
warm_up = "5s"
[service.app]
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [{ each = 5, parallel = "all", join = "first", do = [{ delay = "exp(50ms)" }] }]
[workload.w]
rate = "100/s"
mix = { e = 1 }
"#;
    let runs = Runs::of(text, 24);
    check("minimum of 5 exponentials", &runs.means("endpoint.e"), 0.01, MEAN);
    // The losers run to their end as orphans: on average λ (E[sum] − 5 E[min]) of them.
    check("orphans", &runs.levels("service.app.orphans"), 100.0 * (5.0 * 0.05 - 5.0 * 0.01), MEAN);
}

#[test]
fn two_queues_join_as_flatto_and_hahn_say() {
    let text = r#"
[run]
kind = "steady"
duration = "3000s"
warm_up = "50s"
[service.front]
round_trip = "0s"
[service.a]
cores = 1
scheduling = "fifo"
round_trip = "0s"
[service.b]
cores = 1
scheduling = "fifo"
round_trip = "0s"
[endpoint.left]
service = "a"
steps = [{ cpu = "exp(10ms)" }]
[endpoint.right]
service = "b"
steps = [{ cpu = "exp(10ms)" }]
[endpoint.e]
service = "front"
steps = [{ fork = [[{ call = "left" }], [{ call = "right" }]] }]
[workload.w]
rate = "70/s"
mix = { e = 1 }
"#;
    let runs = Runs::of(text, 24);
    let theory = fork_join::two_queues_mean_response(70.0, 0.01);
    check("fork–join of two queues", &runs.means("endpoint.e"), theory, MEAN);
    let one = MultiServer::new(70.0, 0.01, 1).mean_response();
    check("one of the two", &runs.means("endpoint.left"), one, MEAN);
}

/// Two of three must end well; when the second has failed nothing that the third does can help.
#[test]
fn a_quorum_fails_when_it_is_out_of_reach() {
    use crate::mechanisms::{burst, once, only};
    let fails = |after: &str| format!(r#"[{{ delay = "{after}" }}, {{ fail = "no" }}]"#);
    let steps = format!(
        r#"[{{ fork = [{}, {}, [{{ delay = "90ms" }}]], join = "quorum(2)" }}]"#,
        fails("10ms"),
        fails("20ms")
    );
    let runs = once(&burst("", &steps, 1, ""));
    assert_eq!((only(&runs, "endpoint.e.failed") * 1e3).round(), 20.0);
    // Items that are not begun yet count among those who can still end well.
    let steps = r#"[{ each = 4, parallel = 1, join = "quorum(3)", do = [{ delay = "10ms" }, { choose = [{ p = 1, do = [{ fail = "no" }] }] }] }]"#;
    let runs = once(&burst("", steps, 1, ""));
    assert_eq!((only(&runs, "endpoint.e.failed") * 1e3).round(), 20.0);
}
