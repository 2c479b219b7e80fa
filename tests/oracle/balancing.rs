//! Balancing: round robin thins a Poisson stream to Erlang gaps; two choices.

use crate::harness::{MEAN, Runs, check};
use plimsoll::analytic::{
    multi_server::MultiServer, renewal::RenewalArrivals, renewal::erlang_transform, two_choices,
};

fn fleet(instances: u32, balance: &str, load: f64, seconds: f64) -> String {
    format!(
        r#"
[run]
kind = "steady"
duration = "{seconds}s"
warm_up = "{warm_up}s"
[service.app]
instances = {instances}
cores = 1
scheduling = "fifo"
balance = "{balance}"
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [{{ cpu = "exp(10ms)" }}]
[workload.w]
rate = "{rate}/s"
mix = {{ e = 1 }}
"#,
        warm_up = seconds / 20.0,
        rate = load * 100.0 * f64::from(instances)
    )
}

#[test]
fn round_robin_makes_erlang_arrivals() {
    let theory = RenewalArrivals::new(|z| erlang_transform(4, 1.0 / 80.0, z), 1.0 / 80.0, 0.01);
    let runs = Runs::of(&fleet(4, "round-robin", 0.8, 1_200.0), 24);
    check("round robin over 4", &runs.means("endpoint.e"), theory.mean_response(), MEAN);
}

#[test]
fn random_splitting_stays_poisson() {
    let theory = MultiServer::new(70.0, 0.01, 1);
    let runs = Runs::of(&fleet(4, "random", 0.7, 1_000.0), 24);
    check("random over 4", &runs.means("endpoint.e"), theory.mean_response(), MEAN);
}

/// The limit of many instances; at 400 of them the finite-size bias is of order 1/400 (Mitzenmacher
/// 2001 gives simulations within 1 % already at 100).
#[test]
fn two_choices_approach_their_limit() {
    let theory = two_choices::mean_response(0.8, 2, 0.01);
    let runs = Runs::of(&fleet(400, "power-of-two", 0.8, 20.0), 16);
    let values = runs.means("endpoint.e");
    let (mean, _) = crate::harness::estimate(&values);
    println!("two choices over 400: {mean} against {theory}");
    assert!((mean / theory - 1.0).abs() < 0.01, "{mean} against {theory}");
    // One choice would be three times as slow, so the check has power.
    assert!(MultiServer::new(80.0, 0.01, 1).mean_response() > 2.0 * theory);
}

/// Join the shortest queue of two: Halfin (1985) bounds; here against the exact chain, solved
/// numerically on a truncated grid.
#[test]
fn least_outstanding_of_two_matches_its_chain() {
    let (rate, mu) = (160.0, 100.0);
    let runs = Runs::of(&fleet(2, "least-outstanding", 0.8, 1_500.0), 24);
    check("join the shortest of two", &runs.means("endpoint.e"), shortest_of_two(rate, mu), MEAN);
}

/// Mean response time of two queues with exponential service, joining the shorter one: power
/// iteration on the uniformized chain of (short, long) lengths up to 60.
fn shortest_of_two(rate: f64, mu: f64) -> f64 {
    const N: usize = 60;
    let total = rate + 2.0 * mu;
    let (arrive, serve) = (rate / total, mu / total);
    let mut p = vec![[0.0_f64; N]; N];
    p[0][0] = 1.0;
    for _ in 0..40_000 {
        let mut next = vec![[0.0_f64; N]; N];
        let states = p.iter().enumerate().flat_map(|(a, row)| {
            row.iter().enumerate().skip(a).map(move |(b, &mass)| (a, b, mass))
        });
        for (a, b, mass) in states {
            if mass < 1e-18 {
                continue;
            }
            let (x, y) = if a + 1 < N { (a + 1, b) } else { (a, b) };
            next[x.min(y)][x.max(y)] += arrive * mass;
            let (x, y) = (a.saturating_sub(1), b);
            next[x.min(y)][x.max(y)] += serve * mass;
            let (x, y) = (a, b.saturating_sub(1));
            next[x.min(y)][x.max(y)] += serve * mass;
        }
        p = next;
    }
    let mut present = 0.0;
    for (a, row) in p.iter().enumerate() {
        for (b, mass) in row.iter().enumerate() {
            present += (a + b) as f64 * mass;
        }
    }
    present / rate
}
