//! Instances that are not alike, ejection, slow start, and users who come back to theirs.

use crate::harness::{MEAN, Runs, check, estimate, plan};
use crate::mechanisms::{count_of, max_of, once};
use plimsoll::analytic::multi_server::{BoundedLine, MultiServer};
use plimsoll::demand::analyze;
use plimsoll::expr::scope::NoTables;
use plimsoll::model::{Outcome, Scaling, resolve};
use plimsoll::plan::{Control, Plan, Source};
use plimsoll::scenario::{read, source::MemoryLoader};
use plimsoll::sim::{RunId, Trace, TraceEvent, run};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

fn fleet(service: &str, rate: f64, seconds: f64) -> String {
    format!(
        r#"
[run]
kind = "steady"
duration = "{seconds}s"
warm_up = "{warm_up}s"
[service.app]
cores = 1
scheduling = "fifo"
round_trip = "0s"
{service}
[endpoint.e]
service = "app"
steps = [{{ cpu = "exp(10ms)" }}]
[workload.w]
rate = "{rate}/s"
mix = {{ e = 1 }}
"#,
        warm_up = seconds / 20.0,
    )
}

/// Random splitting of a Poisson stream over unequal servers: each is an M/M/1 of its own.
#[test]
fn unequal_instances_are_queues_of_their_own() {
    let service = "instances = 3\nbalance = \"random\"\nspeeds = [\"50%\", 0.8]";
    let runs = Runs::of(&fleet(service, 90.0, 1_500.0), 24);
    let one = |speed: f64| MultiServer::new(30.0, 0.01 / speed, 1).mean_response();
    let theory = (one(0.5) + one(0.8) + one(1.0)) / 3.0;
    check("random over unequal instances", &runs.means("endpoint.e"), theory, MEAN);
    let Source::Level { instances, unit, .. } =
        &runs.plan.catalog.get("service.app.cpu").unwrap().source
    else {
        panic!("a level")
    };
    for (at, speed) in [0.5, 0.8, 1.0].into_iter().enumerate() {
        let busy = |run: &plimsoll::sim::Run| {
            let row = &run.levels[0][instances[at] as usize];
            row.area as f64 / row.span as f64 * unit
        };
        let busy: Vec<f64> = runs.runs.iter().map(busy).collect();
        check(&format!("utilization at speed {speed}"), &busy, 0.3 / speed, MEAN);
    }
}

/// The load at which the busiest instance is full, as `check` computes it.
fn full_at(text: &str) -> f64 {
    let loader = MemoryLoader::new("scenario.toml", text);
    let (raw, _) = read("scenario.toml", &[], &loader);
    let (model, _) = resolve(&raw, &NoTables);
    let model = model.expect("a good scenario");
    let world = model.nominal_world().expect("a nominal world");
    let binding = model.bind(&world, Scaling::default()).expect("values in range");
    analyze(&model, &binding).sustainable_load.expect("a limit")
}

/// `check` knows the busiest instance: by speed from the definition, by hash against what the
/// simulated instances have to do.
#[test]
fn check_finds_the_instance_that_fills_first() {
    let speeds =
        |balance: &str| format!("instances = 3\nbalance = \"{balance}\"\nspeeds = [\"50%\", 0.8]");
    // A third of 30/s takes 20 ms each; by speed 2.3 servers do 0.3.
    for (balance, full) in [("round-robin", 5.0), ("random", 5.0), ("least-outstanding", 2.3 / 0.3)]
    {
        let found = full_at(&fleet(&speeds(balance), 30.0, 10.0));
        assert!((found / full - 1.0).abs() < 1e-9, "{balance}: {found}, not {full}");
    }
    let key = "instances = 4\nbalance = \"hash\"\nbalance_key = \"zipf(1_000, 1.1)\"";
    let text = fleet(key, 100.0, 400.0);
    let runs = Runs::of(&text, 24);
    let Source::Level { instances, unit, .. } =
        &runs.plan.catalog.get("service.app.cpu").unwrap().source
    else {
        panic!("a level")
    };
    let busiest = |run: &plimsoll::sim::Run| {
        let rows = instances.iter().map(|&level| &run.levels[0][level as usize]);
        rows.map(|row| row.area as f64 / row.span as f64 * unit).fold(0.0, f64::max)
    };
    let busiest: Vec<f64> = runs.runs.iter().map(busiest).collect();
    check("the busiest instance by hash", &busiest, 1.0 / full_at(&text), MEAN);
    // Equal shares would be a quarter.
    assert!(full_at(&text) < 3.5);
}

/// What became of a request: when it came, where it was served and for how long, how it ended.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seen {
    at: u64,
    served: Option<(u32, u64)>,
    outcome: Outcome,
}

/// Requests of one job each, in order of arrival.
#[derive(Default)]
struct Requests {
    all: Vec<Seen>,
    jobs: BTreeMap<(u32, u32), usize>,
}

impl Trace for Requests {
    fn event(&mut self, now: u64, job: u32, generation: u32, event: TraceEvent) {
        match event {
            TraceEvent::Born { .. } => {
                self.jobs.insert((job, generation), self.all.len());
                self.all.push(Seen { at: now, served: None, outcome: Outcome::Ok });
            }
            TraceEvent::Arrived { station, demand } => {
                self.all[self.jobs[&(job, generation)]].served = Some((station, demand));
            }
            TraceEvent::Ended { outcome } => {
                self.all[self.jobs[&(job, generation)]].outcome = outcome;
            }
            _ => {}
        }
    }
}

fn traced<T: Trace + Default>(plan: &Plan, replication: u32) -> T {
    let mut trace = T::default();
    run(plan, RunId { world: 0, replication }, &AtomicBool::new(false), &mut trace);
    trace
}

const SPEEDS: [f64; 4] = [1.0, 1.0, 0.05, 0.3];

/// Round robin over four instances that have room for one request each, by the rule of the
/// documentation: who is served where, who is rejected. Gives the first request that was seen to
/// fare otherwise, the number of ejections and the highest number of one instance.
fn follow(seen: &[Seen], growing: bool) -> (Option<usize>, u32, u64) {
    const SECOND: u64 = 1_000_000_000;
    let (mut busy, mut out) = ([0_u64; 4], [0_u64; 4]);
    let (mut row, mut number) = ([0_u32; 4], [0_u64; 4]);
    let (mut turn, mut ejections, mut highest) = (0, 0, 0);
    for (index, request) in seen.iter().enumerate() {
        let now = request.at;
        for at in 0..4 {
            if busy[at] > 0 && busy[at] <= now {
                (busy[at], row[at]) = (0, 0);
            }
        }
        while out[turn % 4] > now {
            turn += 1;
        }
        let at = turn % 4;
        turn += 1;
        let expected = if busy[at] > 0 { None } else { Some(at as u32) };
        if expected != request.served.map(|served| served.0) {
            return (Some(index), ejections, highest);
        }
        if let Some((_, demand)) = request.served {
            busy[at] = now + (demand as f64 / SPEEDS[at]).round() as u64;
            continue;
        }
        assert_eq!(request.outcome, Outcome::Rejected);
        row[at] += 1;
        if row[at] < 3 {
            continue;
        }
        row[at] = 0;
        if out.iter().filter(|&&until| until > now).count() < 2 {
            let forgiven = (now - out[at]) / (10 * SECOND);
            number[at] = number[at].saturating_sub(forgiven) + 1;
            out[at] = now + 2 * SECOND * if growing { number[at] } else { 1 };
            ejections += 1;
            highest = highest.max(number[at]);
        }
    }
    (None, ejections, highest)
}

/// Every request of a path, against the rule written down a second time.
#[test]
fn ejection_follows_its_rule_request_by_request() {
    let service = "instances = 4\nworkers = 1\nline = { limit = 0 }\n\
                   speeds = [1, 1, \"5%\", \"30%\"]\n\
                   eject = { errors = 3, for = \"2s\", at_most = \"50%\" }";
    let plan = plan(&fleet(service, 100.0, 300.0));
    for replication in 0..4 {
        let trace: Requests = traced(&plan, replication);
        let (differs, ejections, highest) = follow(&trace.all, true);
        println!("{} requests, {ejections} ejections, up to number {highest}", trace.all.len());
        assert_eq!(differs, None, "{:?}", differs.map(|at| trace.all[at]));
        assert!(ejections > 30 && highest > 3, "{ejections} {highest}");
        // The check has power: ejections that do not grow longer are noticed.
        assert!(follow(&trace.all, false).0.is_some());
    }
}

/// However badly all of them do, no more are out at once than may be, and never all.
#[test]
fn no_more_are_out_than_may_be() {
    for (instances, at_most, most) in
        [(1, "100%", 0.0), (2, "100%", 1.0), (4, "100%", 3.0), (4, "10%", 1.0), (10, "39%", 3.0)]
    {
        for balance in ["round-robin", "random", "least-outstanding", "power-of-two"] {
            let service = format!(
                "instances = {instances}\nbalance = \"{balance}\"\nslow_start = \"3s\"\n\
                 eject = {{ errors = 2, for = \"1s\", at_most = \"{at_most}\" }}"
            );
            let text = fleet(&service, 50.0, 100.0)
                .replace("steps = [{ cpu = \"exp(10ms)\" }]", "steps = [{ fail = \"bad\" }]");
            let runs = once(&text);
            assert_eq!(max_of(&runs, "service.app.ejected"), most, "{instances} {at_most}");
            assert_eq!(count_of(&runs, "service.app.ejections") > 0, most > 0.0);
        }
    }
}

/// Requests that came to each station within a time.
struct Arrivals<const FROM: u64, const TO: u64>(Vec<f64>);

impl<const FROM: u64, const TO: u64> Default for Arrivals<FROM, TO> {
    fn default() -> Self {
        Self(vec![0.0; 4])
    }
}

impl<const FROM: u64, const TO: u64> Trace for Arrivals<FROM, TO> {
    fn event(&mut self, now: u64, _job: u32, _generation: u32, event: TraceEvent) {
        if let TraceEvent::Arrived { station, .. } = event
            && (FROM * 1_000_000_000..TO * 1_000_000_000).contains(&now)
        {
            self.0[station as usize] += 1.0;
        }
    }
}

/// Four instances of which the last comes back at 20 s after 20 s, and how others stand in the meantime.
fn warming(balance: &str, rest: &str) -> Plan {
    let service =
        format!("instances = 4\nbalance = \"{balance}\"\neject = {{}}\nslow_start = \"60s\"");
    let text = fleet(&service, 2_000.0, 55.0).replace("exp(10ms)", "1us") + rest;
    plan(&text)
        .with_control(0, Control::InRotation { instance: 3, active: false })
        .with_control(20_000_000_000, Control::InRotation { instance: 3, active: true })
}

/// Mean over the first half minute of what has this value at weight w.
fn over_half_a_minute(of_weight: impl Fn(f64) -> f64) -> f64 {
    let weight = |step: i32| ((f64::from(step) + 0.5) / 60_000.0).max(0.1);
    (0..30_000).map(|step| of_weight(weight(step))).sum::<f64>() / 30_000.0
}

/// An instance of four that comes back has weight w = t / 60 s, at least a tenth. By chance it gets
/// w / (3 + w), and as much in turn; of the keys of hashes it has a quarter, w of which are back. The
/// smallest of equals is the first choice of `power-of-two`. Where the others are far busier it gets all
/// for which it is a choice at all: with `least-outstanding` w, with `power-of-two` its share as the
/// first, and as the second of the three that are left else.
#[test]
fn slow_start_shares_by_weight() {
    let turn = |w: f64| w / (3.0 + w);
    let second = |w: f64| turn(w) + 3.0 / (3.0 + w) * w / (2.0 + w);
    let key = "balance_key = \"uniform(0, 1)\"";
    let backlog = "[endpoint.long]\nservice = \"app\"\nsteps = [{ delay = \"1000s\" }]\n\
                   [workload.before]\nburst = { count = 3000, at = \"1s\" }\nmix = { long = 1 }\n";
    let cases: [(&str, &str, &dyn Fn(f64) -> f64); 7] = [
        ("random", "", &turn),
        ("round-robin", "", &turn),
        ("sticky", "", &turn),
        ("hash", "", &|w| w / 4.0),
        ("power-of-two", "", &turn),
        ("power-of-two", backlog, &second),
        ("least-outstanding", backlog, &|w| w),
    ];
    for (balance, rest, of_weight) in cases {
        let keyed = matches!(balance, "sticky" | "hash");
        let written = if keyed { format!("{balance}\"\n{key} #") } else { balance.to_owned() };
        let plan = warming(&written, rest);
        let share = |replication| {
            let counts = traced::<Arrivals<20, 50>>(&plan, replication).0;
            counts[3] / counts.iter().sum::<f64>()
        };
        let shares: Vec<f64> = (0..16).map(share).collect();
        let theory = over_half_a_minute(of_weight);
        let busy = if rest.is_empty() { "" } else { ", others busy" };
        check(&format!("share in slow start, {balance}{busy}"), &shares, theory, MEAN);
    }
}

/// An instance that fails always, one of two, asked in turn ten times a second: five errors take it
/// 0.8 to 1 s, so none of its ejections is ever forgotten. 30 + 60 + … + 210 s are 840 s and with the
/// eight times at which it is asked 846.4 to 848.2 s, and it is out from then on to the end. Ejections that
/// did not grow would be 32 in 1,000 s; that doubled, six.
#[test]
fn an_instance_that_always_fails_is_out_for_longer_and_longer() {
    let text = r#"
[run]
kind = "terminating"
duration = "1000s"
warm_up = "0s"
[service.app]
instances = 2
cores = 1
speeds = [1, "0.1%"]
round_trip = "0s"
eject = { at_most = "50%" }
[endpoint.e]
service = "app"
steps = [{ timeout = "10ms", do = [{ cpu = "1ms" }], cancel = "all" }]
[workload.w]
rate = "10/s"
arrivals = "regular"
mix = { e = 1 }
"#;
    let runs = once(text);
    assert_eq!(count_of(&runs, "service.app.ejections"), 8);
    let out = runs.levels("service.app.ejected")[0] * 1_000.0;
    assert!((991.8..993.6).contains(&out), "{out} s");
    // Five errors before each.
    assert_eq!(runs.tally("endpoint.e.timed_out")[0].total(), 40);
}

/// One instance of four at a tenth of its speed, lines of five: without ejection four M/M/1/6,
/// with it nearly three.
#[test]
fn ejection_takes_the_bad_instance_out() {
    let service = "instances = 4\nbalance = \"random\"\nworkers = 1\nline = { limit = 5 }\n\
                   speeds = [\"10%\"]";
    let loss = |rate: f64, speed: f64| BoundedLine::new(rate, 0.01 / speed, 1, 6).loss;
    let without = Runs::of(&fleet(service, 200.0, 600.0), 16).shares("e", "rejected");
    let theory = (loss(50.0, 0.1) + 3.0 * loss(50.0, 1.0)) / 4.0;
    check("rejected without ejection", &without, theory, MEAN);
    let service = format!("{service}\neject = {{ for = \"60s\" }}");
    let runs = Runs::of(&fleet(&service, 200.0, 600.0), 16);
    let (with, _) = estimate(&runs.shares("e", "rejected"));
    let least = loss(200.0 / 3.0, 1.0);
    println!("rejected with ejection: {with}, at least {least}, without {theory}");
    assert!(with < theory / 4.0 && with > 0.97 * least, "{with}");
    let (out, _) = estimate(&runs.levels("service.app.ejected"));
    assert!(out > 0.95 && out <= 1.0, "{out}");
}

/// To the balancer a timeout of whoever waits is an error, however deep the call lies under it.
#[test]
fn timeouts_are_errors() {
    let text = r#"
[run]
until = "drained"
duration = "100s"
replications = 1
[service.app]
instances = 2
cores = 1
speeds = [1, "0.1%"]
round_trip = "0s"
balancers = "BALANCERS"
eject = { errors = 3, for = "1000s", at_most = "50%" }
[endpoint.e]
service = "app"
steps = [{ cpu = "10ms" }]
[service.front]
[endpoint.outer]
service = "front"
steps = STEPS
[workload.w]
rate = "1/s"
arrivals = "regular"
REST
"#;
    let block = r#"[{ timeout = "1s", do = [{ delay = "1ms" }, { call = "e" }] }]"#;
    let call = r#"[{ call = "e", timeout = "1s" }]"#;
    let client = "mix = { e = 1 }\nclient = { timeout = \"1s\" }";
    for balancers in ["shared", "per-caller"] {
        let text = text.replace("BALANCERS", balancers);
        for (steps, rest) in
            [(block, "mix = { outer = 1 }"), (call, "mix = { outer = 1 }"), (call, client)]
        {
            let runs = once(&text.replace("STEPS", steps).replace("REST", rest));
            let late = runs.tally("workload.w.timed_out")[0].total();
            // While the third waits for its timeout one more may go there.
            assert!((3..=4).contains(&late), "{late} with {steps} {rest}");
            assert_eq!(count_of(&runs, "service.app.ejections"), 1);
            assert!(runs.totals("workload.w")[0] >= 99);
        }
    }
}

/// Four users and four instances: dealt out in turn, each has one for itself, and never waits.
/// Eight: two at each, the machine repair model of two machines (Kleinrock I, 1975, section 3.7).
#[test]
fn users_stay_where_they_are() {
    let text = |users: u32| {
        fleet("instances = 4\nbalance = \"sticky\"\nbalance_key = \"user\"", 1.0, 1_000.0)
            .replace("rate = \"1/s\"", &format!("users = {users}\nthink = \"exp(10ms)\""))
    };
    let waits = Runs::of(&text(4), 4);
    assert!(waits.tally("service.app.cpu.wait").iter().all(|wait| wait.sums().max == 0));
    // Of two users at a station 0, 1 or 2 are there with weights 1, 2 and 2: 4/5 busy.
    let rate = 0.8 / 0.01;
    let runs = Runs::of(&text(8), 16);
    check("two users at each instance", &runs.means("endpoint.e"), 2.0 / rate - 0.01, MEAN);
}

/// Stations that a request and all that came of it went to.
#[derive(Default)]
struct Homes {
    root: BTreeMap<u32, usize>,
    stations: Vec<BTreeSet<u32>>,
    visits: u64,
}

impl Trace for Homes {
    fn event(&mut self, _now: u64, job: u32, _generation: u32, event: TraceEvent) {
        match event {
            TraceEvent::Born { parent: None } => {
                self.root.insert(job, self.stations.len());
                self.stations.push(BTreeSet::new());
            }
            TraceEvent::Born { parent: Some(parent) } => {
                self.root.insert(job, self.root[&parent]);
            }
            TraceEvent::Arrived { station, .. } => {
                self.stations[self.root[&job]].insert(station);
                self.visits += 1;
            }
            _ => {}
        }
    }
}

/// What a user's client asks for in the background goes where the user's requests go.
#[test]
fn the_background_of_a_user_stays_with_the_user() {
    for balance in ["sticky", "hash"] {
        let service = format!("instances = 8\nbalance = \"{balance}\"\nbalance_key = \"user\"");
        let text = |load: &str| {
            fleet(&service, 1.0, 100.0)
                .replace("rate = \"1/s\"", load)
                .replace("mix = ", "background = { e = \"700ms\" }\nmix = ")
        };
        let homes: Homes = traced(&plan(&text("users = 1\nthink = \"exp(1s)\"")), 0);
        let stations: BTreeSet<u32> = homes.stations.iter().flatten().copied().collect();
        assert!(homes.visits > 200, "{} visits, of a user and of a clock", homes.visits);
        assert_eq!(stations.len(), 1, "{balance}: {stations:?}");
        let homes: Homes = traced(&plan(&text("users = 64\nthink = \"exp(1s)\"")), 0);
        let stations: BTreeSet<u32> = homes.stations.iter().flatten().copied().collect();
        assert!(stations.len() > 4, "{balance}: many users are spread, {stations:?}");
    }
}

/// Without users it is the request that stays: all its attempts, and the requests stay evenly.
#[test]
fn attempts_of_a_request_go_to_one_instance() {
    let client = "client = { retry = { attempts = 3, backoff = \"5ms\" } }\nmix = ";
    for balance in ["sticky", "hash"] {
        let service = format!("instances = 4\nbalance = \"{balance}\"\nbalance_key = \"user\"");
        let text = fleet(&service, 100.0, 200.0)
            .replace("mix = ", client)
            .replace("[{ cpu = \"exp(10ms)\" }]", "[{ cpu = \"1ms\" }, { fail = \"no\" }]");
        let homes: Homes = traced(&plan(&text), 0);
        let requests = homes.stations.len() as f64;
        assert!(homes.visits as f64 > 2.9 * requests, "there are retries");
        assert!(homes.stations.iter().all(|stations| stations.len() <= 1));
        for station in 0..4 {
            let here = homes.stations.iter().filter(|stations| stations.contains(&station));
            let z = (here.count() as f64 - requests / 4.0) / (requests * 3.0 / 16.0).sqrt();
            println!("{balance}, station {station}: z = {z:+.2}");
            assert!(z.abs() < 4.0, "{z}");
        }
    }
}
