//! A contestant of the comparison in `benches/peers`: one of the four workloads, a number of
//! requests and a seed; prints what the comparison reads.
//!
//! ```console
//! $ cargo run --release --example peer -- W1 1000000 1
//! ```
#![expect(clippy::print_stdout, reason = "the comparison reads the result from there")]

#[path = "../tests/common/mod.rs"]
mod common;

use plimsoll::sim::{NoTrace, RunId, run};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let workload = arguments.next().unwrap_or_else(|| "W1".to_owned());
    let requests: f64 = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1e6);
    let seed = arguments.next().unwrap_or_else(|| "1".to_owned());
    let (text, rate) = match workload.as_str() {
        "W1" => (include_str!("../benches/w1.toml"), 80.0),
        "W2" => (include_str!("../benches/w2.toml"), 4_500.0),
        "W3" => (include_str!("../benches/w3.toml"), 2_560.0),
        _ => (include_str!("../benches/w4.toml"), 44.8),
    };
    let duration = format!("run.duration={} s", requests / rate);
    let sets = [duration.as_str(), "run.warm_up=0s", &format!("run.seed={seed}")];
    let plan = common::plan(text, &sets);
    let start = Instant::now();
    let id = RunId { world: 0, replication: 0 };
    let run = run(&plan, id, &AtomicBool::new(false), &mut NoTrace);
    let seconds = start.elapsed().as_secs_f64();
    let latency = &run.tallies[plan.endpoints[0].tallies as usize];
    let ms = |value: Option<f64>| value.unwrap_or(f64::NAN) / 1e6;
    println!(
        "plimsoll {workload} {} {seconds:.6} {:.6} {:.6} {:.6}",
        latency.total(),
        ms(latency.mean()),
        ms(latency.quantile(0.5)),
        ms(latency.quantile(0.99))
    );
}
