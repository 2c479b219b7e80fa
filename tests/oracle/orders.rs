//! Orders of waiting lines, none of which takes a job from its server: priorities (Cobham), last
//! come first served, and the bounded line of many servers.

use crate::harness::{MEAN, P99, Runs, check};
use plimsoll::analytic::{
    multi_server::{BoundedLine, MultiServer},
    priority::{Class, non_preemptive_waits},
};

/// Endpoints of priorities 3, 2 and 1 at these rates; each waits at the station that `station` and
/// `step` describe.
fn classes(station: &str, step: &str, rates: [f64; 3], seconds: f64) -> String {
    let mut text = format!(
        "[run]\nkind = \"steady\"\nduration = \"{seconds}s\"\nwarm_up = \"{}s\"\n{station}\n",
        seconds / 50.0
    );
    for (name, (rate, priority)) in ["a", "b", "c"].iter().zip(rates.iter().zip([3, 2, 1])) {
        text += &format!(
            "[endpoint.{name}]\nservice = \"app\"\npriority = {priority}\nsteps = [{step}]\n\
             [workload.{name}]\nrate = \"{rate}/s\"\nmix = {{ {name} = 1 }}\n"
        );
    }
    text
}

#[test]
fn one_server_with_priorities_follows_cobham() {
    let rates = [20.0, 25.0, 30.0];
    let class = |rate| Class { rate, mean: 0.01, second_moment: 2.5e-4 };
    let theory = non_preemptive_waits(&rates.map(class));
    let work = "lognormal(mean=10ms, cv=1.224744871391589)";
    let cores = "[service.app]\ncores = 1\nscheduling = \"fifo\"\nline = { order = \"priority\" }";
    let text = classes(cores, &format!("{{ cpu = \"{work}\" }}"), rates, 8_000.0);
    let runs = Runs::of(&text, 24);
    for (name, wait) in ["a", "b", "c"].iter().zip(&theory) {
        let found = runs.means(&format!("service.app.cpu.wait.by.{name}"));
        check(&format!("M/G/1 cores by priority, class {name}"), &found, *wait, MEAN);
    }
    let workers = "[service.app]\nworkers = 1\nline = { order = \"priority\" }";
    let text = classes(workers, &format!("{{ delay = \"{work}\" }}"), rates, 8_000.0);
    let runs = Runs::of(&text, 24);
    for (name, wait) in ["a", "b", "c"].iter().zip(&theory) {
        let found = runs.means(&format!("service.app.line.wait.by.{name}"));
        check(&format!("M/G/1 worker by priority, class {name}"), &found, *wait, MEAN);
    }
}

/// Cobham 1954, for alike exponential classes: the wait of M/M/c's line (1 - rho) parts as
/// 1/((1 - s(k-1)) (1 - s(k))).
#[test]
fn many_servers_with_priorities_follow_cobham() {
    let rates = [100.0, 120.0, 120.0];
    let all = MultiServer::new(340.0, 0.01, 4);
    let pool = r#"
[service.app]
round_trip = "0s"
[database.d]
max_connections = 4
reserved = 0
[pool.p]
service = "app"
database = "d"
size = 4
round_trip = "0s"
acquire_timeout = "none"
line = { order = "priority" }
[query.q]
database = "d"
time = "exp(10ms)""#;
    let runs = Runs::of(&classes(pool, r#"{ query = "q" }"#, rates, 3_000.0), 24);
    let mut above = 0.0;
    for (name, rate) in ["a", "b", "c"].iter().zip(rates) {
        let load = above + rate * 0.01 / 4.0;
        let wait = all.wait_probability() * 0.01 / 4.0 / ((1.0 - above) * (1.0 - load));
        let found = runs.means(&format!("pool.p.wait.granted.by.{name}"));
        check(&format!("M/M/4 by priority, class {name}"), &found, wait, MEAN);
        above = load;
    }
}

/// Distribution of the busy period of M/M/1: its density is
/// exp(-(l + m) t) I1(2 t sqrt(l m)) / (t sqrt(l / m)) (Kleinrock I, 1975, section 5.8).
fn busy_period(arrivals: f64, services: f64, t: f64) -> f64 {
    let root = 2.0 * (arrivals * services).sqrt();
    // exp(-x) I1(x) by its integral over a circle, which the trapezoidal rule does to all digits.
    let scaled = |x: f64| {
        let points = 128;
        let at = |k| {
            let angle = std::f64::consts::PI * (f64::from(k) + 0.5) / f64::from(points);
            (x * (angle.cos() - 1.0)).exp() * angle.cos()
        };
        (0..points).map(at).sum::<f64>() / f64::from(points)
    };
    let density = |t: f64| {
        let decay = (root - arrivals - services) * t;
        scaled(root * t) * decay.exp() / (t * (arrivals / services).sqrt())
    };
    let steps = 4_000;
    let h = t / f64::from(steps);
    (0..steps).map(|k| density((f64::from(k) + 0.5) * h)).sum::<f64>() * h
}

/// Last come, first served: who waits, waits for a busy period (the rest of the service under way
/// is exponential too). The mean is that of any order, the percentiles are not.
#[test]
fn last_come_first_served_waits_for_a_busy_period() {
    let (arrivals, services, load) = (70.0, 100.0, 0.7);
    let quantile = |p: f64| {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..30 {
            let middle = f64::midpoint(low, high);
            let tail = load * (1.0 - busy_period(arrivals, services, middle));
            if tail > 1.0 - p { low = middle } else { high = middle }
        }
        low
    };
    let fifo = MultiServer::new(arrivals, 0.01, 1);
    let text = r#"
[run]
kind = "steady"
duration = "4000s"
warm_up = "50s"
[service.app]
workers = 1
line = { order = "lifo" }
round_trip = "0s"
[endpoint.e]
service = "app"
steps = [{ delay = "exp(10ms)" }]
[workload.w]
rate = "70/s"
mix = { e = 1 }
"#;
    let runs = Runs::of(text, 32);
    let wait = "service.app.line.wait";
    check("M/M/1-LIFO mean wait", &runs.means(wait), fifo.mean_wait(), MEAN);
    for p in [0.9, 0.95, 0.99] {
        let what = format!("M/M/1-LIFO p{} wait", 100.0 * p);
        check(&what, &runs.quantiles(wait, p), quantile(p), P99);
    }
    assert!(quantile(0.99) > 1.5 * fifo.wait_quantile(0.99));
    assert!(quantile(0.5) < fifo.wait_quantile(0.5));
}

/// Beyond its threshold the line is last come, first served, below it first come: with a threshold
/// of zero it is the one, with one that is never reached the other, to the nanosecond.
#[test]
fn adaptive_order_has_its_limits() {
    let text = |line: &str| {
        format!(
            "[run]\nkind = \"steady\"\nduration = \"100s\"\nwarm_up = \"1s\"\n\
             [service.app]\nworkers = 2\nline = {line}\n[endpoint.e]\nservice = \"app\"\n\
             steps = [{{ delay = \"exp(10ms)\" }}]\n[workload.w]\nrate = \"180/s\"\nmix = {{ e = 1 }}"
        )
    };
    let prints = |line: &str| -> Vec<u64> {
        Runs::of(&text(line), 4).runs.iter().map(|run| run.fingerprint).collect()
    };
    let adaptive =
        |above| prints(&format!(r#"{{ order = "adaptive-lifo", lifo_above = {above} }}"#));
    let (fifo, lifo) = (prints(r#"{ order = "fifo" }"#), prints(r#"{ order = "lifo" }"#));
    assert_ne!(fifo, lifo);
    assert_eq!(adaptive(100_000), fifo);
    assert_eq!(adaptive(0), lifo);
    assert!(adaptive(5) != fifo && adaptive(5) != lifo);
}

#[test]
fn many_servers_with_a_bounded_line() {
    let theory = BoundedLine::new(330.0, 0.01, 3, 8);
    for order in ["fifo", "lifo"] {
        let text = format!(
            r#"
[run]
kind = "steady"
duration = "1500s"
warm_up = "10s"
[service.app]
workers = 3
line = {{ limit = 5, order = "{order}" }}
[endpoint.e]
service = "app"
steps = [{{ delay = "exp(10ms)" }}]
[workload.w]
rate = "330/s"
mix = {{ e = 1 }}
"#
        );
        let runs = Runs::of(&text, 24);
        check(&format!("M/M/3/8 loss, {order}"), &runs.shares("e", "rejected"), theory.loss, MEAN);
        let wait = runs.means("service.app.line.wait");
        check(&format!("M/M/3/8 mean wait, {order}"), &wait, theory.mean_wait, MEAN);
    }
}
