//! Load that changes over time, comes together, or all at once: M(t)/M/∞, M(t)/M/c, MMPP/M/1,
//! interrupted Poisson, D/M/c, M^X/M/1, bursts.

use crate::harness::{MEAN, P99, Runs, check, estimate};
use crate::stations::single;
use plimsoll::analytic::multi_server::MultiServer;
use plimsoll::analytic::renewal::{RenewalArrivals, constant_transform, exponential_transform};
use plimsoll::plan::Source;

/// A service whose requests take their time, `c` at once (or any number), under a workload.
fn delays(workers: &str, run: &str, workload: &str) -> String {
    format!(
        r#"
[run]
{run}
[service.app]
{workers}
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [{{ delay = "exp(1s)" }}]
[workload.w]
mix = {{ e = 1 }}
{workload}
"#
    )
}

/// Mean of a level in one interval of the series, per run.
fn in_interval(runs: &Runs, path: &str, interval: usize) -> Vec<f64> {
    let Source::Level { sum, unit, .. } = runs.plan.catalog.get(path).expect("a level").source
    else {
        panic!("{path} is no level")
    };
    runs.runs.iter().map(|run| run.series.levels[sum as usize][interval] * unit).collect()
}

/// Mean number present by interval of `step` seconds: the forward equations of M(t)/M/c, solved
/// by the classical Runge–Kutta method; `c` and `most` states.
fn forward(rate: &dyn Fn(f64) -> f64, c: usize, most: usize, step: f64, steps: usize) -> Vec<f64> {
    const PARTS: usize = 2_000;
    let flow = |t: f64, p: &[f64]| -> Vec<f64> {
        let lambda = rate(t);
        let leaving = |n: usize| n.min(c) as f64;
        (0..=most)
            .map(|n| {
                let up = if n < most { lambda } else { 0.0 };
                let mut change = -(up + leaving(n)) * p[n];
                if n > 0 {
                    change += lambda * p[n - 1];
                }
                if n < most {
                    change += leaving(n + 1) * p[n + 1];
                }
                change
            })
            .collect()
    };
    let add = |p: &[f64], k: &[f64], h: f64| -> Vec<f64> {
        p.iter().zip(k).map(|(p, k)| p + h * k).collect()
    };
    let mean = |p: &[f64]| p.iter().enumerate().map(|(n, p)| n as f64 * p).sum::<f64>();
    let mut p = vec![0.0; most + 1];
    p[0] = 1.0;
    let h = step / PARTS as f64;
    let mut means = Vec::new();
    for interval in 0..steps {
        let mut area = 0.0;
        for part in 0..PARTS {
            let t = interval as f64 * step + part as f64 * h;
            // Rates jump only between intervals: look at them from inside.
            let (t0, t1, t2) = (t + 1e-9, t + h / 2.0, t + h - 1e-9);
            let before = mean(&p);
            let k1 = flow(t0, &p);
            let k2 = flow(t1, &add(&p, &k1, h / 2.0));
            let k3 = flow(t1, &add(&p, &k2, h / 2.0));
            let k4 = flow(t2, &add(&p, &k3, h));
            for n in 0..=most {
                p[n] += h / 6.0 * (k1[n] + 2.0 * k2[n] + 2.0 * k3[n] + k4[n]);
            }
            area += h * f64::midpoint(before, mean(&p));
        }
        means.push(area / step);
    }
    means
}

/// Source: Eick, Massey and Whitt, "The physics of the M(t)/G/infinity queue", Operations
/// Research 41(4), 1993: the number present is Poisson with mean m(t), here m' = lambda(t) - m,
/// which the straight pieces of a ramp let solve in closed form.
#[test]
fn ramp_into_infinitely_many_servers() {
    let text = delays(
        "",
        "duration = \"30s\"\ninterval = \"2s\"",
        "shape = { ramp = { from = \"20/s\", to = \"120/s\", at = \"10s\", over = \"10s\" } }",
    );
    let runs = Runs::without_tallies(&text, 4_000);
    // Integrals of m over the interval from `a` to `a + 2`: on a piece where lambda = r + s u,
    // m(u) = r - s + s u + (m0 - r + s) e^-u.
    let piece = |m0: f64, r: f64, s: f64, a: f64| {
        let area = |u: f64| (r - s) * u + s * u * u / 2.0 - (m0 - r + s) * (-u).exp();
        (area(a + 2.0) - area(a)) / 2.0
    };
    let at = |m0: f64, r: f64, s: f64, u: f64| r - s + s * u + (m0 - r + s) * (-u).exp();
    let (m10, m20) = (at(0.0, 20.0, 0.0, 10.0), at(at(0.0, 20.0, 0.0, 10.0), 20.0, 10.0, 10.0));
    for (interval, theory) in [
        (1, piece(0.0, 20.0, 0.0, 2.0)),
        (5, piece(m10, 20.0, 10.0, 0.0)),
        (8, piece(m10, 20.0, 10.0, 6.0)),
        (10, piece(m20, 120.0, 0.0, 0.0)),
    ] {
        let found = in_interval(&runs, "service.app.inside", interval);
        check(&format!("M(t)/M/inf ramp, interval {interval}"), &found, theory, MEAN);
    }
}

/// Source: the forward equations, solved numerically.
#[test]
fn steps_and_a_cycle_at_five_servers() {
    let steps = delays(
        "workers = 5",
        "duration = \"20s\"\ninterval = \"1s\"",
        "rate = \"2/s\"\nshape = { steps = [{ at = \"10s\", rate = 2 }, { at = \"5s\", rate = \"8/s\" }] }",
    );
    let runs = Runs::without_tallies(&steps, 24_000);
    let rate = |t: f64| {
        if t < 5.0 {
            2.0
        } else if t < 10.0 {
            8.0
        } else {
            4.0
        }
    };
    let theory = forward(&rate, 5, 80, 1.0, 20);
    for interval in [3, 7, 9, 12, 17] {
        let found = in_interval(&runs, "service.app.inside", interval);
        check(&format!("M(t)/M/5 steps, interval {interval}"), &found, theory[interval], P99);
    }
    let cycle = delays(
        "workers = 5",
        "duration = \"20s\"\ninterval = \"1s\"\nkind = \"terminating\"",
        "shape = { cycle = \"8s\", rates = [\"1/s\", \"7/s\"], between = \"linear\" }",
    );
    let runs = Runs::without_tallies(&cycle, 24_000);
    let rate = |t: f64| {
        let u = t % 8.0;
        if u < 4.0 { 1.0 + 1.5 * u } else { 7.0 - 1.5 * (u - 4.0) }
    };
    let theory = forward(&rate, 5, 80, 1.0, 20);
    for interval in [3, 4, 7, 12, 18] {
        let found = in_interval(&runs, "service.app.inside", interval);
        check(&format!("M(t)/M/5 cycle, interval {interval}"), &found, theory[interval], P99);
    }
}

/// Mean number in MMPP/M/1 of two phases: matrix-geometric solution (Neuts, Matrix-Geometric
/// Solutions in Stochastic Models, 1981, chapter 6). `leave[i]` is the rate of leaving phase i.
fn mmpp_m_1(rates: [f64; 2], leave: [f64; 2], service: f64) -> f64 {
    type M = [[f64; 2]; 2];
    let times = |a: M, b: M| -> M {
        std::array::from_fn(|i| std::array::from_fn(|j| a[i][0] * b[0][j] + a[i][1] * b[1][j]))
    };
    let plus =
        |a: M, b: M| -> M { std::array::from_fn(|i| std::array::from_fn(|j| a[i][j] + b[i][j])) };
    let inverse = |a: M| -> M {
        let d = a[0][0] * a[1][1] - a[0][1] * a[1][0];
        [[a[1][1] / d, -a[0][1] / d], [-a[1][0] / d, a[0][0] / d]]
    };
    let mu = 1.0 / service;
    let up = [[rates[0], 0.0], [0.0, rates[1]]];
    let stay = |served: f64| -> M {
        [[-leave[0] - rates[0] - served, leave[0]], [leave[1], -leave[1] - rates[1] - served]]
    };
    let minus = inverse(stay(mu)).map(|row| row.map(|x| -x));
    let mut r = [[0.0; 2]; 2];
    for _ in 0..200_000 {
        let down = times(r, r).map(|row| row.map(|x| mu * x));
        r = times(plus(up, down), minus);
    }
    // pi0 (B + mu R) = 0 and pi0 (I - R)^-1 1 = 1.
    let b = plus(stay(0.0), r.map(|row| row.map(|x| mu * x)));
    let pi = [b[1][0], -b[0][0]];
    let rest = inverse([[1.0 - r[0][0], -r[0][1]], [-r[1][0], 1.0 - r[1][1]]]);
    let row = |v: [f64; 2], m: M| -> [f64; 2] {
        std::array::from_fn(|j| v[0] * m[0][j] + v[1] * m[1][j])
    };
    let all: f64 = row(pi, rest).iter().sum();
    let number: f64 = row(row(row(pi, r), rest), rest).iter().sum();
    number / all
}

/// The matrix-geometric solver itself: one rate in both phases is M/M/1.
#[test]
fn two_equal_phases_are_a_poisson_process() {
    let number = mmpp_m_1([70.0, 70.0], [3.0, 1.0], 0.01);
    assert!((number - 0.7 / 0.3).abs() < 1e-9, "{number}");
}

fn phases(shape: &str, seconds: f64) -> String {
    let text = single("exp(10ms)", 1.0, seconds, &format!("shape = {{ {shape} }}"));
    text.replace("rate = \"1/s\"\n", "")
}

#[test]
fn mmpp_m_1_is_matrix_geometric() {
    let text = phases(
        r#"on_off = { rates = ["40/s", "90/s"], lasts = ["exp(200ms)", "exp(100ms)"] }"#,
        8_000.0,
    );
    let runs = Runs::of(&text, 32);
    let number = mmpp_m_1([40.0, 90.0], [5.0, 10.0], 0.01);
    check("MMPP/M/1 number present", &runs.levels("service.app.inside"), number, MEAN);
    let rate = (2.0 * 40.0 + 90.0) / 3.0;
    check("MMPP/M/1 mean response", &runs.means("endpoint.e"), number / rate, MEAN);
}

/// Source: Kuczura, "The interrupted Poisson process as an overflow process", Bell System
/// Technical Journal 52(3), 1973: gaps of an interrupted Poisson process are hyperexponential.
#[test]
fn on_and_off_is_a_renewal_process() {
    let text = phases(
        r#"on_off = { rates = ["150/s", "0/s"], lasts = ["exp(50ms)", "exp(100ms)"] }"#,
        12_000.0,
    );
    let (on, stop, start) = (150.0, 20.0, 10.0);
    let transform = |s: f64| on * (s + start) / (s * s + (on + stop + start) * s + on * start);
    let theory = RenewalArrivals::new(transform, 1.0 / 50.0, 0.01);
    let runs = Runs::of(&text, 32);
    check("IPP/M/1 mean wait", &runs.means("service.app.cpu.wait"), theory.mean_wait(), MEAN);
    let response = runs.quantiles("endpoint.e", 0.99);
    let p99 = -theory.mean_response() * 0.01_f64.ln();
    check("IPP/M/1 p99 response", &response, p99, P99);
}

/// P(wait) and mean wait of GI/M/c (Takács, Introduction to the Theory of Queues, 1962, chapter
/// 2, section 3), `transform` of the gap, c servers of mean 1/mu.
fn gi_m_c(transform: impl Fn(f64) -> f64, c: u32, mu: f64) -> (f64, f64) {
    let all = f64::from(c) * mu;
    let mut sigma = 0.5;
    for _ in 0..10_000 {
        sigma = transform(all * (1.0 - sigma));
    }
    let (mut sum, mut product, mut choose) = (1.0 / (1.0 - sigma), 1.0, 1.0);
    let c = f64::from(c);
    let mut j = 1.0;
    while j <= c {
        let a = transform(j * mu);
        product *= a / (1.0 - a);
        choose *= (c - j + 1.0) / j;
        sum += choose / (product * (1.0 - a)) * (c * (1.0 - a) - j) / (c * (1.0 - sigma) - j);
        j += 1.0;
    }
    let waits = 1.0 / sum / (1.0 - sigma);
    (waits, waits / (all * (1.0 - sigma)))
}

#[test]
fn regular_arrivals_at_three_servers() {
    // The formula itself, against Erlang.
    let erlang = MultiServer::new(240.0, 0.01, 3);
    let (waits, mean) = gi_m_c(|s| exponential_transform(1.0 / 240.0, s), 3, 100.0);
    assert!((waits - erlang.wait_probability()).abs() < 1e-9);
    assert!((mean - erlang.mean_wait()).abs() < 1e-12);
    let (waits, mean) = gi_m_c(|s| constant_transform(1.0 / 240.0, s), 3, 100.0);
    let text = crate::stations::pool(3, "exp(10ms)", 240.0, 2_000.0, "none");
    let runs = Runs::of(&format!("{text}arrivals = \"regular\"\n"), 24);
    check("D/M/3 mean wait", &runs.means("pool.p.wait"), mean, MEAN);
    let tallies = runs.tally("pool.p.wait");
    let waited: Vec<f64> = tallies.iter().map(|t| t.share_above(0).expect("visits")).collect();
    check("D/M/3 P(wait)", &waited, waits, MEAN);
}

/// Source: Gross and Harris, Fundamentals of Queueing Theory, 1998, section 3.1: M^X/M/1.
#[test]
fn batches_wait_for_each_other() {
    // Geometric from 1 on with mean 4: E[X²] = 2·16 - 4.
    let (batch, square, rate) = (4.0, 28.0, 15.0);
    let load: f64 = rate * batch * 0.01;
    let number = load * (batch + square) / (2.0 * batch * (1.0 - load));
    let text = single("exp(10ms)", rate, 12_000.0, "batch = \"geometric(4)\"");
    let runs = Runs::of(&text, 32);
    check("M^X/M/1 number present", &runs.levels("service.app.inside"), number, MEAN);
    check("M^X/M/1 mean response", &runs.means("endpoint.e"), number / (rate * batch), MEAN);
}

#[test]
fn workloads_on_one_endpoint_add_up() {
    let text = single("exp(10ms)", 30.0, 3_000.0, "[workload.v]\nrate = \"40/s\"\nmix = { e = 1 }");
    let runs = Runs::of(&text, 24);
    let theory = MultiServer::new(70.0, 0.01, 1);
    check("30/s + 40/s mean response", &runs.means("endpoint.e"), theory.mean_response(), MEAN);
}

/// Share of the makespans at or below `t` of `jobs` exponential jobs (mean 1) at `c` workers: the
/// pure death process, by uniformization.
fn makespan_cdf(jobs: usize, c: usize, t: f64) -> f64 {
    let top = c as f64;
    let mut p = vec![0.0; jobs + 1];
    p[jobs] = 1.0;
    let (mut weight, mut sum) = ((-top * t).exp(), 0.0);
    for k in 1..4_000 {
        sum += weight * p[0];
        let next = |n: usize| {
            let rate = |n: usize| n.min(c) as f64 / top;
            let from = if n < jobs { rate(n + 1) * p[n + 1] } else { 0.0 };
            p[n] * (1.0 - rate(n)) + from
        };
        p = (0..=jobs).map(next).collect();
        weight *= top * t / f64::from(k);
    }
    sum
}

/// Order statistics: while all workers are busy one job ends every 1/c on average; the last c
/// take 1/c + ... + 1 (Rényi).
#[test]
fn a_burst_keeps_its_workers_busy() {
    let text =
        delays("workers = 5", "duration = \"1s\"\nuntil = \"drained\"", "burst = { count = 40 }");
    let runs = Runs::without_tallies(&text, 8_000);
    let spans: Vec<f64> = runs.runs.iter().map(|run| run.ended_at as f64 / 1e9).collect();
    let harmonic: f64 = (1..=5).map(|k| 1.0 / f64::from(k)).sum();
    check("makespan of 40 jobs at 5 workers", &spans, 35.0 / 5.0 + harmonic, MEAN);
    for t in [8.0, 9.3, 12.0, 14.0] {
        let theory = makespan_cdf(40, 5, t);
        let below: Vec<f64> = spans.iter().map(|span| f64::from(u8::from(*span <= t))).collect();
        let (found, error) = estimate(&below);
        let z = (found - theory) / error;
        println!("P(makespan <= {t}): {found:.4} against {theory:.4}, z = {z:+.2}");
        assert!(z.abs() < 4.0 && error < 0.01, "P(makespan <= {t}) {found}, not {theory}");
    }
}

/// A burst over a time is so many independent uniform times: of 400 over 10 s those of any 2 s
/// are binomial.
#[test]
fn a_burst_over_a_time_is_uniform() {
    let text = delays(
        "",
        "duration = \"10s\"\ninterval = \"2s\"\nuntil = \"drained\"",
        "burst = { count = 400, over = \"10s\" }",
    )
    .replace("exp(1s)", "0s");
    let runs = Runs::without_tallies(&text, 2_000);
    for interval in [0, 2, 4] {
        let counts: Vec<f64> =
            runs.runs.iter().map(|run| run.series.ended[0][interval].good as f64).collect();
        check(&format!("burst in interval {interval}"), &counts, 80.0, MEAN);
        let (mean, error) = estimate(&counts);
        let variance = error * error * counts.len() as f64;
        // A variance of n counts has a relative standard error of about sqrt(2/n).
        let z = (variance / 64.0 - 1.0) / (2.0 / counts.len() as f64).sqrt();
        println!("variance {variance:.1} of {mean:.1}, z = {z:+.2}");
        assert!(z.abs() < 4.0, "variance {variance}, not 400 · 0.2 · 0.8");
    }
}

/// Files in memory.
struct Files(&'static str);

impl plimsoll::expr::scope::Tables for Files {
    fn empirical(&self, _: &str) -> Result<Vec<f64>, String> {
        Err("there is none".to_owned())
    }

    fn text(&self, _: &str) -> Result<String, String> {
        Ok(self.0.to_owned())
    }
}

/// A log at twice its speed, one first-come-first-served core: arrivals at 0.25 s (1 s of work,
/// then 0.5 s), 1 s (1 s) and 5 s (0.5 s); the last line is after the end of arrivals. By hand:
/// latencies of `a` 1 s and 1.75 s, of `b` 1.5 s and 0.5 s; all is over at 5.5 s.
#[test]
fn a_log_is_replayed_line_by_line() {
    let text = r#"
[run]
duration = "20s"
until = "drained"
[service.app]
cores = 1
scheduling = "fifo"
round_trip = "0s"
[endpoint.a]
service = "app"
steps = [{ cpu = "1s" }]
[endpoint.b]
service = "app"
steps = [{ cpu = "500ms" }]
[workload.w]
replay = "log.csv"
speed = 2
"#;
    let log = "time,endpoint\n10,b\n0.5,a\n0.5,b\n2,a\n40,a\n";
    let plan = crate::common::plan_beside(text, &[], &Files(log));
    let id = plimsoll::sim::RunId { world: 0, replication: 0 };
    let stop = std::sync::atomic::AtomicBool::new(false);
    let run = plimsoll::sim::run(&plan, id, &stop, &mut plimsoll::sim::NoTrace);
    let runs = Runs { plan, runs: vec![run] };
    // Latencies are kept in three digits.
    let near = |found: f64, wanted: f64| assert!((found / wanted - 1.0).abs() < 1e-3, "{found}");
    near(runs.means("endpoint.a")[0], 1.375);
    near(runs.means("endpoint.b")[0], 1.0);
    assert_eq!([runs.totals("endpoint.a")[0], runs.totals("endpoint.b")[0]], [2, 2]);
    assert_eq!(runs.runs[0].ended_at, 5_500_000_000);
}
