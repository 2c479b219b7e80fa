//! Comparing designs: intervals of differences cover the truth as often as they say, common luck
//! makes them narrower, and designs that are alike are not told apart.

use plimsoll::analytic::multi_server::MultiServer;
use plimsoll::experiment::Progress;
use plimsoll::expr::scope::NoTables;
use plimsoll::study::compare::{Change, Comparison, Difference, compare};
use plimsoll::study::measured::Measured;
use plimsoll::study::runs::{Outside, together};
use plimsoll::study::{Alternative, Ran};
use rayon::prelude::*;
use std::sync::atomic::AtomicBool;

/// Runs a scenario under several sets of changes, on the same luck.
fn designs(text: &str, designs: &[&[&str]]) -> Vec<Ran> {
    let alternative = |(at, sets): (usize, &&[&str])| {
        let model = crate::common::model_beside(text, sets, &NoTables);
        Alternative::new(Some(format!("d{at}")), model, &[]).expect("values within their bounds")
    };
    let alternatives = designs.iter().enumerate().map(alternative).collect();
    let begin = |_: &str| -> Box<dyn Fn(Progress) + Sync> { Box::new(|_| ()) };
    together(alternatives, Outside { stop: &AtomicBool::new(false), begin: &begin, insists: true })
}

fn by(metric: &str, ran: &[Ran]) -> Comparison {
    compare(ran, &[Measured::new(metric).expect("a metric")])
}

fn second(comparison: &Comparison) -> &Difference {
    comparison.metrics[0].differences[1].as_ref().expect("a difference")
}

/// Exponential services of 5 ms on one FIFO core, 60 % busy, and a second design 4 % faster.
const QUEUE: &str = r#"
[run]
kind = "steady"
duration = "40s"
warm_up = "5s"
replications = 8
[service.s]
cores = 1
scheduling = "fifo"
[endpoint.e]
service = "s"
steps = [{ cpu = "exp(5ms)" }]
[workload.w]
rate = "120/s"
mix = { e = 1 }
"#;
const FASTER: &str = "endpoint.e.steps=[{ cpu = \"exp(4.8ms)\" }]";

/// Mean residence in M/M/1.
fn residence(service: f64) -> f64 {
    MultiServer::new(120.0, service, 1).mean_response()
}

/// Of 400 studies about 95 % must cover the true difference of the means: a standard error of
/// 1.1 %, so four of them from 90.6 to 99.4 %. Runs of 40 s with a fixed warm-up leave no bias to
/// speak of. What a study of eight independent runs of each would have needed is seen too.
#[test]
fn paired_intervals_cover_the_true_difference() {
    let truth = residence(0.0048) - residence(0.005);
    let studies: Vec<(bool, f64, f64)> = (0..400_u32)
        .into_par_iter()
        .map(|seed| {
            let seed = format!("run.seed={}", seed + 1);
            let ran = designs(QUEUE, &[&[&seed], &[&seed, FASTER]]);
            let comparison = by("mean(endpoint.e.ok)", &ran);
            let found = second(&comparison);
            let number = found.interval.expect("one world has an interval");
            let covers = number.lower <= truth && truth <= number.upper;
            (covers, number.point, found.reduction.expect("the difference varies"))
        })
        .collect();
    let n = studies.len() as f64;
    let share = |of: &dyn Fn(&(bool, f64, f64)) -> bool| {
        studies.iter().filter(|one| of(one)).count() as f64 / n
    };
    let coverage = share(&|one| one.0);
    let mean = studies.iter().map(|one| one.1).sum::<f64>() / n;
    let mut saved: Vec<f64> = studies.iter().map(|one| one.2).collect();
    saved.sort_by(f64::total_cmp);
    println!("coverage {coverage}, mean {mean:.3e} of {truth:.3e}, runs saved {}", saved[200]);
    assert!((0.906..0.994).contains(&coverage), "{coverage}");
    assert!((mean / truth - 1.0).abs() < 0.02, "{mean} of {truth}");
    assert!(saved[200] > 20.0, "half of the studies save fewer runs: {}", saved[200]);
    // Mutation: an interval around a difference that is 20 % off would be seen.
    let off = share(&|one| (one.1 - 1.2 * truth).abs() < (one.1 - truth).abs());
    assert!(off < 0.2, "{off}");
}

/// A page that reads its list and 20 details one by one, and one that reads all in one query:
/// another number of queries per request. The work of the application and the arrivals are drawn
/// alike, so that the difference is known far better than from independent runs.
#[test]
fn pairing_survives_another_number_of_queries() {
    let text = r#"
[run]
kind = "steady"
duration = "20s"
warm_up = "2s"
replications = 16
[service.app]
cores = 2
[database.d]
cores = 2
[pool.p]
service = "app"
database = "d"
size = 40
[query.list]
database = "d"
cpu = "exp(1ms)"
[query.detail]
database = "d"
cpu = "exp(0.1ms)"
[endpoint.e]
service = "app"
steps = [{ cpu = "exp(12ms)" }, { query = "list" }, { query = "detail", times = 20 }]
[workload.w]
rate = "120/s"
mix = { e = 1 }
"#;
    let join = "endpoint.e.steps=[{ cpu = \"exp(12ms)\" }, { query = \"list\" }]";
    for metric in ["mean(endpoint.e.ok)", "p95(endpoint.e)"] {
        let ran = designs(text, &[&[], &[join]]);
        let comparison = by(metric, &ran);
        let paired = second(&comparison);
        // Independent luck: the same design from another seed.
        let apart = [&[][..], &[join, "run.seed=2"][..]];
        let other = by(metric, &designs(text, &apart));
        let width = |one: &Difference| one.interval.expect("an interval").half_width();
        let (paired_width, apart_width) = (width(paired), width(second(&other)));
        println!(
            "{metric}: half width {paired_width:.2e} paired, {apart_width:.2e} apart, correlation {:?}",
            paired.correlation
        );
        assert_eq!(paired.change, Change::Less);
        assert!(paired.correlation.expect("both vary") > 0.5, "{:?}", paired.correlation);
        assert!(second(&other).correlation.expect("both vary").abs() < 0.75);
        assert!(paired_width < 0.7 * apart_width, "{metric}: {paired_width} {apart_width}");
    }
}

/// Five designs of which none is better: at 95 % for the whole family, a study that tells any two
/// apart must be rare. Of 200 studies 5 % are 10; four standard errors more are 22. Each design has
/// another seed: with common luck they would be the same to the last digit.
#[test]
fn designs_that_are_alike_are_rarely_told_apart() {
    let told: usize = (0..200_u32)
        .into_par_iter()
        .map(|study| {
            let seeds: Vec<String> =
                (0..5).map(|design| format!("run.seed={}", 1 + study * 5 + design)).collect();
            let sets: Vec<[&str; 1]> = seeds.iter().map(|seed| [seed.as_str()]).collect();
            let sets: Vec<&[&str]> = sets.iter().map(|set| &set[..]).collect();
            let ran = designs(QUEUE, &sets);
            let comparison = by("mean(endpoint.e.ok)", &ran);
            usize::from(comparison.metrics[0].places.iter().any(|place| *place != Some(1)))
        })
        .sum();
    println!("{told} of 200 studies tell apart what is alike");
    assert!(told <= 22, "{told}");
    assert!(told >= 1, "the bound is vacuous");
}
