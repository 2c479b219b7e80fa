//! Who leaves a line unserved, against the published pseudo-code done the obvious way, and what it
//! is for; and lines that are there at the start of a run.

use crate::harness::{MEAN, Runs, check, plan};
use plimsoll::model::Outcome;
use plimsoll::sim::{RunId, Trace, TraceEvent, run};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

/// When requests came, and when and how the last job of each ended.
#[derive(Default)]
struct Ends {
    born: BTreeMap<(u32, u32), u64>,
    ended: BTreeMap<u64, Option<(u64, Outcome)>>,
}

impl Trace for Ends {
    fn event(&mut self, now: u64, job: u32, generation: u32, event: TraceEvent) {
        match event {
            TraceEvent::Born { parent: None } => {
                self.born.insert((job, generation), now);
                self.ended.insert(now, None);
            }
            TraceEvent::Born { .. } => {
                // With these scenarios parts of a request are born with it.
                self.born.insert((job, generation), now);
            }
            TraceEvent::Ended { outcome } => {
                let born = self.born.remove(&(job, generation)).expect("it was born");
                self.ended.insert(born, Some((now, outcome)));
            }
            _ => {}
        }
    }
}

fn ends(text: &str) -> Vec<(u64, Option<(u64, Outcome)>)> {
    let mut trace = Ends::default();
    let id = RunId { world: 0, replication: 0 };
    run(&plan(text), id, &AtomicBool::new(false), &mut trace);
    trace.ended.into_iter().collect()
}

/// What the obvious implementation does with those who wait.
#[derive(Clone, Copy, PartialEq)]
enum Policy {
    /// Maurer, "Fail at Scale": `if queue.lastEmptyTime() < now - N then M else N` is how long a
    /// new request may stay in the queue. (M, N)
    Delay(u64, u64),
    /// At its turn, if this long has passed since it came.
    Late(u64),
}

/// Requests that all take `service`, on `workers`; gives how each ended. Lists are searched.
fn obvious(
    arrivals: &[u64],
    (workers, service): (usize, u64),
    lifo: bool,
    policy: Policy,
) -> Vec<(u64, Outcome)> {
    let mut result = vec![(0, Outcome::Ok); arrivals.len()];
    let (mut queue, mut busy): (Vec<(usize, u64)>, Vec<u64>) = (Vec::new(), Vec::new());
    let (mut next, mut last_empty, mut now) = (0, 0_u64, 0);
    loop {
        if queue.is_empty() {
            last_empty = now;
        }
        let expiry = queue.iter().map(|entry| entry.1).min();
        let times = [arrivals.get(next).copied(), busy.iter().min().copied(), expiry];
        let Some(then) = times.into_iter().flatten().min() else { return result };
        now = then;
        if queue.is_empty() {
            last_empty = now;
        }
        if times[0] == Some(now) {
            let limit = match policy {
                Policy::Delay(m, n) => {
                    if last_empty + n < now {
                        m
                    } else {
                        n
                    }
                }
                Policy::Late(_) => u64::MAX - now,
            };
            queue.push((next, now + limit));
            next += 1;
        }
        busy.retain(|&end| end != now);
        for &(job, _) in queue.iter().filter(|entry| entry.1 == now) {
            result[job] = (now, Outcome::Rejected);
        }
        queue.retain(|entry| entry.1 != now);
        while busy.len() < workers && !queue.is_empty() {
            let at = if lifo { queue.len() - 1 } else { 0 };
            let (job, _) = queue.remove(at);
            if matches!(policy, Policy::Late(after) if now > arrivals[job] + after) {
                result[job] = (now, Outcome::Rejected);
                continue;
            }
            result[job] = (now + service, Outcome::Ok);
            busy.push(now + service);
        }
    }
}

fn line(line: &str, rate: u32, client: &str) -> String {
    format!(
        "[run]\nkind = \"steady\"\nduration = \"200s\"\nwarm_up = \"1s\"\n\
         [service.app]\nworkers = 2\nline = {line}\n[endpoint.e]\nservice = \"app\"\n\
         steps = [{{ delay = \"10ms\" }}]\n[workload.w]\nrate = \"{rate}/s\"\nmix = {{ e = 1 }}\n{client}"
    )
}

/// Compares every request; gives the share of those dropped. The rates are such that no request
/// comes in the nanosecond in which a worker gets free, where either may be first.
fn agrees(text: &str, lifo: bool, policy: Policy) -> f64 {
    let found = ends(text);
    let arrivals: Vec<u64> = found.iter().map(|entry| entry.0).collect();
    let expected = obvious(&arrivals, (2, 10_000_000), lifo, policy);
    assert!(found.len() > 30_000);
    let mut compared = 0;
    for ((arrival, found), expected) in found.iter().zip(&expected) {
        // Towards its end the run does not wait for the last jobs of those who have left.
        if let Some(found) = found.as_ref().filter(|_| *arrival < 195_000_000_000) {
            assert_eq!(found, expected, "came at {arrival}");
            compared += 1;
        }
    }
    assert!(compared > 30_000);
    let dropped = expected.iter().filter(|end| end.1 == Outcome::Rejected).count();
    dropped as f64 / expected.len() as f64
}

#[test]
fn controlled_delay_follows_the_pseudo_code_to_the_nanosecond() {
    for (rate, least, most) in [(195, 0.001, 0.2), (310, 0.3, 0.4)] {
        for order in ["fifo", "lifo"] {
            let words = format!(
                "{{ order = \"{order}\", drop = {{ target = \"5ms\", interval = \"100ms\" }} }}"
            );
            let policy = Policy::Delay(5_000_000, 100_000_000);
            let dropped = agrees(&line(&words, rate, ""), order == "lifo", policy);
            println!("controlled delay, {order}, {rate}/s: {dropped:.4} dropped");
            assert!((least..most).contains(&dropped), "{dropped}");
        }
    }
}

#[test]
fn deadlines_drop_the_late_to_the_nanosecond() {
    let client = "client = { timeout = \"60ms\" }";
    for (rate, order) in [(190, "fifo"), (190, "lifo"), (300, "fifo")] {
        let words = format!("{{ order = \"{order}\", drop = \"deadline\" }}");
        let dropped =
            agrees(&line(&words, rate, client), order == "lifo", Policy::Late(60_000_000));
        println!("deadline, {order}, {rate}/s: {dropped:.4} dropped");
        assert!(dropped > 0.001, "{dropped}");
    }
}

/// Share of a workload's requests with a good answer.
fn good(text: &str, workload: &str) -> f64 {
    let runs = Runs::of(text, 8);
    let all: u64 = runs.totals(&format!("workload.{workload}")).iter().sum();
    let good = runs.tally(&format!("workload.{workload}.good"));
    good.iter().map(plimsoll::stats::histogram::Histogram::total).sum::<u64>() as f64 / all as f64
}

/// Half as much again as ten workers can serve, clients who wait 200 ms: in order of arrival
/// everybody waits too long and all work is for nothing. With controlled delay, or with the last
/// comer first, nearly all that the workers can do (two thirds of the requests) reaches somebody.
#[test]
fn overload_with_impatient_clients() {
    let text = |line: &str| {
        format!(
            "[run]\nkind = \"terminating\"\nduration = \"40s\"\n[service.app]\nworkers = 10\n{line}\n\
             [endpoint.e]\nservice = \"app\"\nsteps = [{{ delay = \"exp(10ms)\" }}]\n[workload.w]\n\
             rate = \"1500/s\"\nmix = {{ e = 1 }}\nclient = {{ timeout = \"200ms\" }}"
        )
    };
    let plain = good(&text(""), "w");
    let delay = good(&text("line = { drop = {} }"), "w");
    let adaptive = good(&text("line = { order = \"adaptive-lifo\", lifo_above = 20 }"), "w");
    let late = good(&text("line = { order = \"lifo\", drop = \"deadline\" }"), "w");
    println!("good: {plain:.3} plain, {delay:.3} delay, {adaptive:.3} adaptive, {late:.3} late");
    assert!(plain < 0.05, "{plain}");
    assert!(delay > 0.64 && delay < 0.68, "{delay}");
    assert!(adaptive > 0.62 && adaptive < 0.68, "{adaptive}");
    assert!(late > 0.64 && late < 0.68, "{late}");
}

/// A burst of three seconds' work before a half-loaded service: in order of arrival everybody comes
/// too late until it has drained, for six seconds; without those who have left, for moments.
#[test]
fn deadlines_shorten_the_time_after_a_burst() {
    let text = |line: &str| {
        format!(
            "[run]\nduration = \"10s\"\n[service.app]\nworkers = 10\n{line}\n\
             [endpoint.e]\nservice = \"app\"\nsteps = [{{ delay = \"exp(10ms)\" }}]\n\
             [workload.w]\nrate = \"500/s\"\nmix = {{ e = 1 }}\nclient = {{ timeout = \"200ms\" }}\n\
             [workload.storm]\nburst = {{ count = 3000, at = \"2s\" }}\nmix = {{ e = 1 }}\n\
             client = {{ timeout = \"200ms\" }}"
        )
    };
    let (plain, late) = (good(&text(""), "w"), good(&text("line = { drop = \"deadline\" }"), "w"));
    println!("good after a burst: {plain:.3} plain, {late:.3} without the late");
    assert!((0.35..0.5).contains(&plain), "{plain}");
    assert!(late > 0.9, "{late}");
}

/// The first time at which nobody is there.
#[derive(Default)]
struct Empty {
    there: i64,
    at: Option<u64>,
}

impl Trace for Empty {
    fn event(&mut self, now: u64, _: u32, _: u32, event: TraceEvent) {
        match event {
            TraceEvent::Born { .. } => self.there += 1,
            TraceEvent::Ended { .. } => {
                self.there -= 1;
                if self.there == 0 {
                    self.at.get_or_insert(now);
                }
            }
            _ => {}
        }
    }
}

/// Time to empty of M/M/c from n: sum of the first passages h(i) from i to i - 1, with
/// h(i) = 1/(c m - l) from c on and (1 + l h(i+1))/(i m) below; n/(m - l) for one server.
#[test]
fn a_backlog_drains_as_birth_and_death_do() {
    for (servers, start, rate, mean) in [(1, 50, 50.0, 0.01), (3, 12, 200.0, 0.01)] {
        let mut passage = 1.0 / (f64::from(servers) / mean - rate);
        let mut theory = f64::from((start - servers + 1).max(0)) * passage;
        for i in (1..servers).rev() {
            passage = (1.0 + rate * passage) * mean / f64::from(i);
            theory += passage;
        }
        let text = format!(
            "[run]\nuntil = \"drained\"\nduration = \"10s\"\n[service.app]\nworkers = {servers}\n\
             initial = {{ e = {start} }}\n[endpoint.e]\nservice = \"app\"\n\
             steps = [{{ delay = \"exp({}ms)\" }}]\n[workload.w]\nrate = \"{rate}/s\"\nmix = {{ e = 1 }}",
            mean * 1e3
        );
        let plan = plan(&text);
        let once = |replication| {
            let mut trace = Empty::default();
            run(&plan, RunId { world: 0, replication }, &AtomicBool::new(false), &mut trace);
            trace.at.expect("it drains") as f64 / 1e9
        };
        let batch = |batch: u32| (0..600).map(|k| once(600 * batch + k)).sum::<f64>() / 600.0;
        let means: Vec<f64> = (0..30).map(batch).collect();
        check(&format!("M/M/{servers} from {start} to empty"), &means, theory, MEAN);
    }
}

/// Those who are there at the start wait in line like others, but nobody's latency counts them.
#[test]
fn a_backlog_is_work_and_no_arrival() {
    let text = "[run]\nuntil = \"drained\"\nduration = \"1s\"\n[service.app]\ninstances = 2\nworkers = 1\n\
                initial = { e = 7 }\n[endpoint.e]\nservice = \"app\"\nsteps = [{ delay = \"10ms\" }]\n\
                [workload.w]\nburst = { count = 1, at = \"1us\" }\nmix = { e = 1 }";
    let runs = Runs::of(text, 1);
    // Four on one instance and three on the other, to which the new one goes: 30 ms and its own 10.
    assert_eq!(runs.totals("endpoint.e"), [1]);
    assert_eq!(runs.tally("endpoint.e")[0].sums().max, 40_000_000 - 1_000);
    assert_eq!(runs.tally("service.app.line.wait")[0].total(), 1);
}
