//! The whole path, from a scenario's text to estimates and verdicts, against queueing theory.
#![expect(clippy::print_stdout, reason = "z-values are read with --nocapture")]

use super::{Bench, Found, simulate};
use crate::analytic::multi_server::MultiServer;
use crate::experiment::testing::Mm1;
use crate::expr::metric::{parse_condition, parse_metric};
use crate::verdict::{Evidence, Verdict, estimate, judge, needs, on_the_cliff};
use std::sync::atomic::AtomicBool;

/// Z-values of what the whole path says of M/M/1 at 80 %, for means, quantiles and levels.
#[test]
fn mm1_through_the_whole_path() {
    let mm1 = Mm1 {
        rate: "80/s",
        duration: "400s",
        warm_up: "auto",
        replications: 40,
        objectives: vec!["share(service.s.inside >= 3) < 1"],
        ..Mm1::default()
    };
    let model = mm1.model();
    let ensemble = mm1
        .study(&needs(&model, &[]))
        .run(&crate::experiment::testing::control(&AtomicBool::new(false)));
    assert_eq!(ensemble.rows.len(), 40);
    let evidence = Evidence { model: &model, ensemble: &ensemble, others: &|_| None };
    let exact = MultiServer::new(80.0, 0.01, 1);
    for (metric, expected, precision) in [
        ("mean(endpoint.e.ok)", exact.mean_response(), 0.02),
        ("p50(endpoint.e)", exact.response_quantile(0.5), 0.02),
        ("p99(endpoint.e)", exact.response_quantile(0.99), 0.03),
        ("utilization(service.s.cpu)", 0.8, 0.01),
        ("offered_load(service.s.cpu)", 0.8, 0.01),
        ("mean(service.s.inside)", 4.0, 0.03),
        ("share(endpoint.e > 100ms)", exact.response_tail(0.1), 0.05),
        ("share(service.s.inside >= 3)", 0.512, 0.02),
        ("per_second(endpoint.e)", 80.0, 0.005),
        ("mean(service.s.inside) / mean(endpoint.e.ok)", 80.0, 0.005),
    ] {
        let found = estimate(&parse_metric(metric).unwrap(), &evidence).unwrap().found;
        let Found::Number(number) = found else { panic!("{metric}: {found:?}") };
        let z = (number.point - expected) / number.standard_error;
        println!("{metric}: {} expected {expected}, z = {z:.2}", number.point);
        assert!(z.abs() < 4.0, "{metric}: {number:?}, expected {expected}");
        // Power: the standard error is small.
        assert!(number.standard_error < precision * expected, "{metric}: {number:?}");
    }
    let judged = |text| judge(&parse_condition(text).unwrap(), &evidence).unwrap().verdict;
    assert_eq!(judged("p99(endpoint.e) < 260ms"), Verdict::Pass);
    assert_eq!(judged("p99(endpoint.e) < 200ms"), Verdict::Fail);
    assert_eq!(judged("mean(endpoint.e.ok) within 0.01% of 50ms"), Verdict::Inconclusive);
    assert_eq!(on_the_cliff(&ensemble), None);
}

/// 400 studies of M/M/1, each of 10 replications: the 95 % interval of a mean and of a quantile
/// must cover the truth in a number of studies that the binomial law allows (and not always).
#[test]
fn intervals_cover_the_truth_as_often_as_they_say() {
    let exact = MultiServer::new(50.0, 0.01, 1);
    let metrics = [
        ("mean(endpoint.e.ok)", exact.mean_response()),
        ("p90(endpoint.e)", exact.response_quantile(0.9)),
        ("utilization(service.s.cpu)", 0.5),
        ("share(endpoint.e > 40ms)", exact.response_tail(0.04)),
    ];
    let mut covered = [0_u32; 4];
    let studies = 400;
    for seed in 1..=studies {
        let mm1 = Mm1 { duration: "40s", warm_up: "2s", replications: 10, seed, ..Mm1::default() };
        let (model, ensemble) = (mm1.model(), mm1.run());
        let evidence = Evidence { model: &model, ensemble: &ensemble, others: &|_| None };
        for (count, (metric, truth)) in covered.iter_mut().zip(metrics) {
            let found = estimate(&parse_metric(metric).unwrap(), &evidence).unwrap();
            let (_, lower, upper) = found.range().unwrap();
            *count += u32::from(lower <= truth && truth <= upper);
        }
    }
    // 380 expected with a standard deviation of 4.36; z = 4 below. Above, no more than 397: an
    // interval that is never wrong is too wide.
    for (count, (metric, _)) in covered.iter().zip(metrics) {
        println!("{metric}: {count} of {studies}");
        assert!((362..=397).contains(count), "{metric}: {count} of {studies}");
    }
}

/// 40 requests a second that hold a connection for a second each ask for 40 connections: of a pool
/// of 100, and of one of 20 that turns half of them away.
#[test]
fn offered_load_does_not_depend_on_what_the_pool_gives() {
    for (size, patience, seed) in [(100, "30s", 2), (20, "100ms", 3)] {
        let text = format!(
            "[run]\nseed = {seed}\nkind = \"steady\"\nduration = \"200s\"\nwarm_up = \"10s\"\n\
             [service.s]\n[database.d]\nmax_connections = 1000\n\
             [pool.p]\nservice = \"s\"\ndatabase = \"d\"\nsize = {size}\n\
             acquire_timeout = \"{patience}\"\nround_trip = \"0s\"\n\
             [query.q]\ndatabase = \"d\"\ntime = \"exp(1s)\"\n\
             [endpoint.e]\nservice = \"s\"\nsteps = [{{ query = \"q\" }}]\n\
             [workload.w]\nrate = \"40/s\"\nmix = {{ e = 1 }}\n"
        );
        let (model, ensemble) = simulate(&text);
        let evidence = Evidence { model: &model, ensemble: &ensemble, others: &|_| None };
        let metric = parse_metric("offered_load(pool.p)").unwrap();
        let found = estimate(&metric, &evidence).unwrap().found;
        let Found::Number(load) = found else { panic!("{found:?}") };
        let z = (load.point - 40.0) / load.standard_error;
        println!("size {size}: {} (z = {z:.2})", load.point);
        assert!(z.abs() < 4.0 && load.standard_error < 0.4, "{size}: {load:?}");
    }
}

/// 40 requests at once that hold one of 4 connections for a second each keep all of them in use
/// for 10 s, which is as long as the run takes, whatever its stated duration.
#[test]
fn offered_load_of_a_drained_run_is_over_the_time_that_it_took() {
    for duration in ["500ms", "10s", "120s"] {
        let text = format!(
            "[run]\nduration = \"{duration}\"\nuntil = \"drained\"\nreplications = 2\n\
             [service.s]\n[database.d]\nmax_connections = 1000\nconnect_time = \"0s\"\n\
             [pool.p]\nservice = \"s\"\ndatabase = \"d\"\nsize = 4\nround_trip = \"0s\"\n\
             [query.q]\ndatabase = \"d\"\ntime = \"1s\"\n\
             [endpoint.e]\nservice = \"s\"\nsteps = [{{ query = \"q\" }}]\n\
             [workload.w]\nburst = {{ count = 40 }}\nmix = {{ e = 1 }}\n"
        );
        let (model, ensemble) = simulate(&text);
        let evidence = Evidence { model: &model, ensemble: &ensemble, others: &|_| None };
        let point = |metric: &str| {
            let found = estimate(&parse_metric(metric).unwrap(), &evidence).unwrap().found;
            let Found::Number(number) = found else { panic!("{metric}: {found:?}") };
            number.point
        };
        let asked = point("offered_load(pool.p)");
        assert!((asked - 4.0).abs() < 1e-9, "{duration}: {asked}");
        let used = point("mean(pool.p.in_use)");
        assert!((used - 4.0).abs() < 1e-9, "{duration}: {used}");
    }
}

/// Common luck: the difference of two variants is known far better than either.
#[test]
fn a_difference_of_variants_is_paired() {
    let slow = Mm1 { duration: "100s", replications: 16, ..Mm1::default() };
    let fast = Mm1 { service: "exp(9ms)", ..slow.clone() };
    let (model, slow, fast) = (slow.model(), slow.run(), fast.run());
    let others = |name: &str| (name == "fast").then_some(&fast);
    let evidence = Evidence { model: &model, ensemble: &slow, others: &others };
    let number = |text: &str| {
        let found = estimate(&parse_metric(text).unwrap(), &evidence).unwrap().found;
        let Found::Number(number) = found else { panic!("{text}: {found:?}") };
        number
    };
    let own = number("mean(endpoint.e.ok)");
    let difference = number("mean(endpoint.e.ok) - in(fast, mean(endpoint.e.ok))");
    // 1/(100 - 50) against 1/(111.1 - 50).
    let truth = 0.02 - 1.0 / (1.0 / 0.009 - 50.0);
    let z = (difference.point - truth) / difference.standard_error;
    assert!(z.abs() < 4.0, "{difference:?}, expected {truth}");
    assert!(difference.standard_error < 0.5 * own.standard_error, "{difference:?} {own:?}");
    let condition = parse_condition("in(fast, mean(endpoint.e.ok)) < mean(endpoint.e.ok)").unwrap();
    assert_eq!(judge(&condition, &evidence).unwrap().verdict, Verdict::Pass);
}

/// The unit of cores is a thousandth, and there are four. Seven runs at 100 % and one at 99 %:
/// the interval reaches beyond 1. Seven at 50 %: it does not. Of one run there is no interval.
#[test]
fn the_cliff_is_where_the_load_may_be_the_capacity() {
    let at = |permille: u128, runs: u32| {
        Bench::new(&[], runs, &|catalog, r, run| {
            let level = super::tally(catalog, "service.s.cpu");
            let lower = if r == 0 { 10 } else { 0 };
            run.levels[0][level].area = 4 * (permille - lower) * 10_000_000_000;
        })
    };
    let cliff = on_the_cliff(&at(1000, 8).ensemble).unwrap();
    assert_eq!(cliff.path, "service.s.cpu");
    assert!((cliff.load.point - 0.99875).abs() < 1e-9);
    assert_eq!(on_the_cliff(&at(500, 8).ensemble), None);
    assert_eq!(on_the_cliff(&at(500, 1).ensemble), None);
}
