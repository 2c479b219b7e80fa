//! The engine: whole runs of the four workloads, and its parts.

#[path = "../tests/common/mod.rs"]
mod common;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use plimsoll::dist::{Dist, Draw, serial_key};
use plimsoll::sim::{Calendar, Kind, NoTrace, RunId, What, run};
use plimsoll::stats::histogram::Histogram;
use std::hint::black_box;
use std::sync::atomic::AtomicBool;

/// Whole runs through the ordinary path; throughput in calendar events (2, 2, 4 and 101 for a
/// request).
fn workloads(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("workload");
    group.sample_size(10);
    let cases = [
        ("W1", include_str!("w1.toml"), 80.0, 100_000.0, 2),
        ("W2", include_str!("w2.toml"), 4_500.0, 100_000.0, 2),
        ("W3", include_str!("w3.toml"), 2_560.0, 50_000.0, 4),
        ("W4", include_str!("w4.toml"), 44.8, 2_000.0, 101),
    ];
    for (name, text, rate, requests, events) in cases {
        let duration = format!("run.duration={} s", requests / rate);
        let plan = common::plan(text, &[&duration, "run.warm_up=0s"]);
        group.throughput(Throughput::Elements(requests as u64 * events));
        group.bench_function(name, |bencher| {
            let mut replication = 0;
            bencher.iter(|| {
                replication += 1; // Fresh numbers: a repeated sequence is learned by the processor.
                let id = RunId { world: 0, replication };
                black_box(run(&plan, id, &AtomicBool::new(false), &mut NoTrace).events)
            });
        });
    }
    group.finish();
}

/// One step of the hold model: take the earliest event, schedule one later.
fn calendar(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("calendar");
    let law = Dist::exponential(1e6).expect("a positive mean");
    for pending in [100_u32, 1_000, 10_000, 100_000, 1_000_000] {
        group.bench_with_input(BenchmarkId::new("hold", pending), &pending, |bencher, &pending| {
            let mut calendar = Calendar::new(0);
            let mut draw = Draw::new(u64::from(pending), 1);
            for index in 0..pending {
                calendar.schedule(law.sample(&mut draw) as u64, What::new(Kind::Wake, index));
            }
            bencher.iter(|| {
                let event = calendar.take_next().expect("as many go in as come out");
                calendar.schedule(event.time + law.sample(&mut draw) as u64, event.what);
                event.time
            });
        });
    }
    group.finish();
}

/// What a draw costs that belongs to a request, beside the same law from a running stream.
fn draws(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("draw");
    let laws = [
        ("uniform", Dist::uniform(0.0, 1.0)),
        ("exponential", Dist::exponential(1.0)),
        ("lognormal", Dist::lognormal_mean_cv(1.0, 1.0)),
        ("gamma", Dist::gamma_mean_cv(1.0, 0.5)),
        ("weibull", Dist::weibull_mean_cv(1.0, 0.5)),
    ];
    for (name, law) in laws {
        let law = law.expect("a law that exists");
        group.bench_function(BenchmarkId::new("by request", name), |bencher| {
            let mut serial = 0;
            bencher.iter(|| {
                serial += 1;
                law.sample(&mut Draw::new(serial_key(7, serial), 0x5bd1_e995))
            });
        });
        group.bench_function(BenchmarkId::new("stream", name), |bencher| {
            let mut draw = Draw::new(7, 0x5bd1_e995);
            bencher.iter(|| law.sample(&mut draw));
        });
    }
    group.finish();
}

/// Recording latencies as they come.
fn histogram(criterion: &mut Criterion) {
    let law = Dist::lognormal_mean_cv(5e6, 1.0).expect("a law that exists");
    let mut draw = Draw::new(1, 2);
    let values: Vec<u64> = (0..65_536).map(|_| law.sample(&mut draw) as u64).collect();
    let mut group = criterion.benchmark_group("histogram");
    group.throughput(Throughput::Elements(values.len() as u64));
    group.bench_function("record", |bencher| {
        bencher.iter_batched_ref(
            Histogram::new,
            |histogram| values.iter().for_each(|&value| histogram.record(value)),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(benches, workloads, calendar, draws, histogram);
criterion_main!(benches);
