//! Balancing: round robin thins a Poisson stream to Erlang gaps; two choices.

use crate::harness::{MEAN, Runs, check};
use plimsoll::analytic::{
    multi_server::MultiServer, renewal::RenewalArrivals, renewal::erlang_transform, two_choices,
};
use plimsoll::plan::Source;

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

/// The same of three, whose chain of sorted lengths is cut off at 28 in each.
#[test]
fn least_outstanding_of_three_matches_its_chain() {
    let runs = Runs::of(&fleet(3, "least-outstanding", 0.7, 1_000.0), 24);
    let theory = shortest_of_three(210.0, 100.0);
    check("join the shortest of three", &runs.means("endpoint.e"), theory, MEAN);
}

/// Mean response time of three queues with exponential service, joining the shortest.
fn shortest_of_three(rate: f64, mu: f64) -> f64 {
    const N: usize = 28;
    let place = |mut lengths: [usize; 3]| {
        lengths.sort_unstable();
        (lengths[0] * N + lengths[1]) * N + lengths[2]
    };
    let total = rate + 3.0 * mu;
    let states: Vec<[usize; 3]> =
        (0..N).flat_map(|a| (a..N).flat_map(move |b| (b..N).map(move |c| [a, b, c]))).collect();
    // Where each state goes: the arrival, then the three departures.
    let moves: Vec<[usize; 4]> = states
        .iter()
        .map(|&[a, b, c]| {
            let full = a + 1 == N;
            let grown = if full { [a, b, c] } else { [a + 1, b, c] };
            [
                place(grown),
                place([a.saturating_sub(1), b, c]),
                place([a, b.saturating_sub(1), c]),
                place([a, b, c.saturating_sub(1)]),
            ]
        })
        .collect();
    let mut p = vec![0.0_f64; N * N * N];
    p[0] = 1.0;
    for _ in 0..8_000 {
        let mut next = vec![0.0_f64; N * N * N];
        for (state, moves) in states.iter().zip(&moves) {
            let mass = p[place(*state)];
            next[moves[0]] += rate / total * mass;
            for &to in &moves[1..] {
                next[to] += mu / total * mass;
            }
        }
        p = next;
    }
    let present = |state: &[usize; 3]| state.iter().sum::<usize>() as f64 * p[place(*state)];
    states.iter().map(present).sum::<f64>() / rate
}

/// Mean response at instances of which each gets a Poisson share of the arrivals.
fn split(rate: f64, shares: &[f64]) -> f64 {
    let one = |&share: &f64| share * MultiServer::new(rate * share, 0.01, 1).mean_response();
    shares.iter().filter(|share| **share > 0.0).map(one).sum()
}

/// Keys of unequal weight are independent thinnings of a Poisson stream: M/M/1 at each instance,
/// at the rate of its keys. Which key goes where is read off the instances' utilizations; any
/// assignment has sums of its own, so that it cannot be misread.
#[test]
fn hashed_keys_load_instances_by_their_weights() {
    const WEIGHTS: [f64; 4] = [0.4, 0.3, 0.18, 0.12];
    let rate = 80.0;
    let key = "balance_key = \"choice(1: 0.4, 2: 0.3, 3: 0.18, 4: 0.12)\"";
    let text = fleet(3, "hash", rate / 300.0, 1_500.0);
    let text = text.replace("balance = \"hash\"", &format!("balance = \"hash\"\n{key}"));
    let runs = Runs::of(&text, 24);
    let Source::Level { instances, .. } = &runs.plan.catalog.get("service.app.cpu").unwrap().source
    else {
        panic!("a level")
    };
    let row = &runs.runs[0].levels[0];
    let seen: Vec<f64> = instances
        .iter()
        .map(|&level| row[level as usize].area as f64 / row[level as usize].span as f64 / 1e3)
        .map(|busy| busy / (rate * 0.01))
        .collect();
    let subset = |share: f64| {
        let sum = |set: u32| -> f64 {
            (0..4).filter(|key| set & 1 << key != 0).map(|key| WEIGHTS[key as usize]).sum()
        };
        (0..16_u32).map(sum).min_by(|a, b| (a - share).abs().total_cmp(&(b - share).abs())).unwrap()
    };
    let shares: Vec<f64> = seen.iter().map(|&share| subset(share)).collect();
    assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{seen:?} {shares:?}");
    check("hash over 3", &runs.means("endpoint.e"), split(rate, &shares), MEAN);
}

/// New keys go round in turn: eight keys of one weight are two on each of four instances, and each
/// instance gets a quarter of a Poisson stream. The first of them come within the warm-up.
#[test]
fn sticky_keys_are_dealt_out_in_turn() {
    let text = fleet(4, "sticky", 0.7, 1_000.0);
    let key = "balance_key = \"choice([1, 2, 3, 4, 5, 6, 7, 8])\"";
    let text = text.replace("balance = \"sticky\"", &format!("balance = \"sticky\"\n{key}"));
    let runs = Runs::of(&text, 24);
    check("sticky over 4", &runs.means("endpoint.e"), split(280.0, &[0.25; 4]), MEAN);
}

fn called(callers: u32, balancers: &str, seconds: f64) -> Runs {
    let text = fleet(4, "round-robin", 0.8, seconds);
    let text = text.replace("mix = { e = 1 }", "mix = { front = 1 }")
        + &format!(
            "[service.front]\ninstances = {callers}\nbalance = \"random\"\n\
         [endpoint.front]\nservice = \"front\"\nsteps = [{{ call = \"e\" }}]\n"
        );
    let text = text.replace("[endpoint.e]", &format!("balancers = \"{balancers}\"\n[endpoint.e]"));
    Runs::of(&text, 16)
}

/// Mean response of one exponential server (10 ms) at which `callers` independent streams of
/// Erlang-4 gaps arrive, 80 per second in all: Lindley's recursion, with draws of its own.
fn superposed(callers: u32, customers: u32) -> f64 {
    let mut state = 0x9E37_79B9_u64;
    let mut uniform = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
    };
    let scale = f64::from(callers) / 320.0;
    let mut gap = |phases: u32| -> f64 { (0..phases).map(|_| -uniform().ln() * scale).sum() };
    // In the middle of a gap any of its four phases is under way.
    let mut next: Vec<f64> = (0..callers).map(|caller| gap(1 + caller % 4)).collect();
    let (mut work, mut before, mut sum) = (0.0_f64, 0.0, 0.0);
    for _ in 0..customers {
        let first = (0..next.len()).min_by(|a, b| next[*a].total_cmp(&next[*b])).expect("callers");
        let now = next[first];
        next[first] = now + gap(4);
        work = (work - (now - before)).max(0.0) + gap(1) / scale * 0.01;
        before = now;
        sum += work;
    }
    sum / f64::from(customers)
}

/// One caller's round robin is the service's own; the turns of very many callers are independent
/// and superpose to a Poisson stream at each instance (Palm and Khinchin); those of ten lie
/// between, at this load nearer to one.
#[test]
fn many_round_robins_are_random() {
    let one = RenewalArrivals::new(|z| erlang_transform(4, 1.0 / 80.0, z), 1.0 / 80.0, 0.01);
    let random = MultiServer::new(80.0, 0.01, 1).mean_response();
    let alone = called(1, "per-caller", 1_500.0).means("endpoint.e");
    check("round robin of one caller", &alone, one.mean_response(), MEAN);
    let shared = called(10, "shared", 1_500.0).means("endpoint.e");
    check("round robin of ten, shared", &shared, one.mean_response(), MEAN);
    for (callers, theory) in [(10, superposed(10, 4_000_000)), (2_000, random)] {
        let runs = called(callers, "per-caller", 600.0);
        let (mean, _) = crate::harness::estimate(&runs.means("endpoint.e"));
        println!("{callers} round robins: {mean} against {theory}");
        assert!((mean / theory - 1.0).abs() < 0.015, "{mean} against {theory}");
    }
}

/// With the requests that it has sent itself alone in view, the shortest line is that of the
/// caller: one caller sees all, many see next to nothing and choose in turn.
#[test]
fn callers_see_their_own_requests_only() {
    let of = |callers: u32, balancers: &str| {
        let text = fleet(4, "least-outstanding", 0.8, 400.0);
        let text = text.replace("mix = { e = 1 }", "mix = { front = 1 }")
            + &format!(
                "[service.front]\ninstances = {callers}\nbalance = \"random\"\n\
             [endpoint.front]\nservice = \"front\"\nsteps = [{{ call = \"e\" }}]\n"
            );
        let text =
            text.replace("[endpoint.e]", &format!("balancers = \"{balancers}\"\n[endpoint.e]"));
        crate::harness::estimate(&Runs::of(&text, 8).means("endpoint.e")).0
    };
    let shared = of(1, "shared");
    // The same instances, chosen for the same requests: only the place of the first turn differs.
    assert!((of(1, "per-caller") / shared - 1.0).abs() < 0.02);
    assert!(of(500, "per-caller") > 1.5 * shared);
}
