//! Pass, fail, inconclusive; growth, worlds and `for T`.

use super::{Bench, tally};
use crate::experiment::testing::Mm1;
use crate::experiment::{State, WorldState};
use crate::expr::metric::parse_condition;
use crate::verdict::{ClaimVerdict, Evidence, Found, Judgement, Reason, Verdict, judge, needs};

const MS: u64 = 1_000_000;

/// Sixteen runs with 100,000 requests each: p95 is 9 or 11 ms in turn around 10.
fn latencies() -> Bench {
    Bench::new(&[], 16, &|catalog, r, run| {
        let first = tally(catalog, "endpoint.e");
        run.tallies[first].record_n((9 + 2 * u64::from(r % 2)) * MS, 100_000);
    })
}

fn verdict(judgement: &Judgement) -> (Verdict, Reason) {
    (judgement.verdict, judgement.parts[0].reason)
}

#[test]
fn the_interval_decides() {
    let bench = latencies();
    let judged = |condition: &str| verdict(&bench.judge(condition));
    // Mean 10 ms, s = 1.033 ms, t(15) = 2.131: 9.45 to 10.55 ms.
    assert_eq!(judged("mean(endpoint.e.ok) < 10.6ms"), (Verdict::Pass, Reason::Clear));
    assert_eq!(judged("mean(endpoint.e.ok) < 10.5ms"), (Verdict::Inconclusive, Reason::Straddles));
    assert_eq!(judged("mean(endpoint.e.ok) < 9.5ms"), (Verdict::Inconclusive, Reason::Straddles));
    assert_eq!(judged("mean(endpoint.e.ok) < 9.4ms"), (Verdict::Fail, Reason::Clear));
    assert_eq!(judged("mean(endpoint.e.ok) > 9.4ms").0, Verdict::Pass);
    assert_eq!(judged("mean(endpoint.e.ok) within 6% of 10ms").0, Verdict::Pass);
    assert_eq!(judged("mean(endpoint.e.ok) within 1% of 10ms").0, Verdict::Inconclusive);
    assert_eq!(judged("mean(endpoint.e.ok) within 1ms of 20ms").0, Verdict::Fail);
    assert_eq!(judged("mean(endpoint.e.ok) in 9ms..11ms").0, Verdict::Pass);
    assert_eq!(judged("mean(endpoint.e.ok) in 12ms..13ms").0, Verdict::Fail);
    assert_eq!(judged("mean(endpoint.e.ok) < 11ms and mean(endpoint.e.ok) < 9ms").0, Verdict::Fail);
    let both = judged("mean(endpoint.e.ok) < 11ms and mean(endpoint.e.ok) < 10ms");
    assert_eq!(both.0, Verdict::Inconclusive);
    assert_eq!(judged("max(endpoint.e.ok) <= 2 * mean(endpoint.e.ok)").0, Verdict::Pass);
    assert_eq!(ClaimVerdict::from(Verdict::Fail), ClaimVerdict::Refuted);
}

#[test]
fn margins_are_positive_on_the_side_that_holds() {
    let bench = latencies();
    let margin = |condition: &str| bench.judge(condition).parts[0].margin().unwrap();
    assert!((margin("mean(endpoint.e.ok) < 12ms") - 0.002).abs() < 1e-9);
    assert!((margin("mean(endpoint.e.ok) > 12ms") + 0.002).abs() < 1e-9);
    assert!((margin("mean(endpoint.e.ok) in 9.5ms..12ms") - 0.0005).abs() < 1e-9);
    let claim = bench.judge("mean(endpoint.e.ok) < 5ms");
    let said: Vec<_> = claim.should_have_said().collect();
    assert!(
        matches!(&said[..], [only] if matches!(only.found, Found::Number(n) if (n.point - 0.01).abs() < 1e-9))
    );
}

/// 8 % of the requests have no good answer in every run.
#[test]
fn a_percentile_among_the_unanswered_fails() {
    let bench = Bench::new(&[], 16, &|catalog, _, run| {
        let first = tally(catalog, "endpoint.e");
        run.tallies[first].record_n(MS, 92_000);
        run.tallies[first + 3].record_n(MS, 8_000);
    });
    let judged = bench.judge("p95(endpoint.e) < 500ms");
    assert_eq!(verdict(&judged), (Verdict::Fail, Reason::NeverAnswered));
    assert_eq!(bench.judge("p90(endpoint.e) < 500ms").verdict, Verdict::Pass);
    assert_eq!(bench.judge("p95(endpoint.e.ok) < 500ms").verdict, Verdict::Pass);
}

#[test]
fn few_samples_are_inconclusive() {
    let bench = Bench::new(&[], 16, &|catalog, _, run| {
        run.tallies[tally(catalog, "endpoint.e")].record_n(MS, 50);
    });
    // 800 requests: 8 beyond p99, 400 beyond the median (four groups of 100).
    let judged = |condition: &str| verdict(&bench.judge(condition));
    assert_eq!(judged("p99(endpoint.e) < 1s"), (Verdict::Inconclusive, Reason::FewSamples));
    assert_eq!(judged("mean(endpoint.e.ok) < 1s"), (Verdict::Pass, Reason::Clear));
    let one = Bench::new(&[], 1, &|catalog, _, run| {
        run.tallies[tally(catalog, "endpoint.e")].record_n(MS, 100_000);
    });
    assert_eq!(one.judge("p50(endpoint.e) < 1s").parts[0].reason, Reason::FewSamples);
    assert_eq!(one.judge("mean(endpoint.e.ok) < 1s").parts[0].reason, Reason::FewSamples);
}

/// Goal: what is inconclusive for want of runs says how many would do. Source: by hand. Of 50
/// requests a run, 200 runs have 100 beyond p99, five groups of which take 1,000; an interval is
/// half as wide with four times as many runs.
#[test]
fn what_cannot_be_told_says_how_many_runs_would() {
    let bench = Bench::new(&[], 16, &|catalog, _, run| {
        run.tallies[tally(catalog, "endpoint.e")].record_n(MS, 50);
    });
    let needed = |bench: &Bench, condition: &str| bench.judge(condition).parts[0].replications;
    assert_eq!(needed(&bench, "p99(endpoint.e) < 1s"), Some(5 * 200));
    assert_eq!(needed(&bench, "mean(endpoint.e.ok) < 1s"), None);
    // Mean 10 ms, s = 1.033 ms, t(15) = 2.131.
    let half = 2.131_45 * 1.032_796 / 4.0;
    let runs = needed(&latencies(), "mean(endpoint.e.ok) < 10.275ms").unwrap() as f64;
    assert!((runs - 16.0 * (half / 0.275_f64).powi(2)).abs() < 1.5, "{runs}");
    assert_eq!(needed(&latencies(), "mean(endpoint.e.ok) < 11ms"), None);
}

/// Goal: both sides of a comparison of metrics are known. Source: by hand: the largest latency of
/// a run is 9 or 11 ms, as its mean is.
#[test]
fn a_right_side_with_metrics_is_estimated() {
    let bench = latencies();
    let right = |condition: &str| bench.judge(condition).parts[0].right.clone();
    let point = |condition: &str| right(condition).and_then(|right| right.range()).map(|r| r.0);
    let twice = point("max(endpoint.e.ok) <= 2 * mean(endpoint.e.ok)").unwrap();
    assert!((twice - 0.020).abs() < 1e-9, "{twice}");
    let center = point("max(endpoint.e.ok) within 5% of mean(endpoint.e.ok)").unwrap();
    assert!((center - 0.010).abs() < 1e-9, "{center}");
    assert_eq!(right("max(endpoint.e.ok) <= 2ms"), None);
}

/// While the system grows, a time that is too long already stays too long, and one that is short
/// enough proves nothing; a utilization does not grow.
#[test]
fn growth_keeps_failures_and_questions_passes() {
    let mut bench = latencies();
    bench.ensemble.states = vec![WorldState { state: State::Overloaded, drift: None }];
    let judged = |condition: &str| verdict(&bench.judge(condition));
    assert_eq!(judged("p95(endpoint.e) < 5ms").0, Verdict::Fail);
    let questioned = (Verdict::Inconclusive, Reason::StillGrowing);
    assert_eq!(judged("p95(endpoint.e) < 50ms"), questioned);
    assert_eq!(judged("p95(endpoint.e) > 5ms").0, Verdict::Pass);
    assert_eq!(judged("p95(endpoint.e) > 50ms"), questioned);
    assert_eq!(judged("100ms - p95(endpoint.e) < 50ms"), questioned);
    assert_eq!(judged("100ms - p95(endpoint.e) > 97ms").0, Verdict::Fail);
    assert_eq!(judged("utilization(pool.p) < 50%").0, Verdict::Pass);
    assert!(bench.estimate("p95(endpoint.e)").growing);
    assert!(!bench.estimate("utilization(pool.p)").growing);
}

/// A utilization that equals the input: the condition holds in the worlds with a small one.
#[test]
fn worlds_count_towards_the_assurance() {
    let share = |condition: &'static str| {
        let mm1 = Mm1 {
            rate: "x",
            duration: "50s",
            replications: 2,
            uncertain: Some(("uniform(20/s, 80/s)", 64)),
            objectives: vec![condition],
            ..Mm1::default()
        };
        let model = mm1.model();
        let ensemble = mm1
            .study(&needs(&model, &[]))
            .run(&crate::experiment::testing::control(&std::sync::atomic::AtomicBool::new(false)));
        let evidence = Evidence { model: &model, ensemble: &ensemble, others: &|_| None };
        judge(&parse_condition(condition).unwrap(), &evidence).unwrap()
    };
    // ρ is uniform over 0.2 … 0.8.
    let most = share("utilization(service.s.cpu) < 90%");
    assert_eq!(verdict(&most), (Verdict::Pass, Reason::Worlds));
    let half = share("utilization(service.s.cpu) < 50%");
    assert_eq!(half.verdict, Verdict::Fail);
    let assurance = half.parts[0].assurance.unwrap();
    assert!((30..=34).contains(&assurance.holds), "{assurance:?}");
    assert_eq!((assurance.holds + assurance.fails, assurance.unknown), (64, 0));
    let edge = share("utilization(service.s.cpu) < 74%");
    assert_eq!(edge.verdict, Verdict::Inconclusive);
    let Found::Worlds { band, values, .. } = &edge.parts[0].estimate.found else { panic!() };
    // The band over worlds is that of the input, give or take the luck of 100 s.
    assert!((band.median - 0.5).abs() < 0.03 && (band.lower - 0.23).abs() < 0.03, "{band:?}");
    assert_eq!(values.len(), 64);
    // An input may stand for itself: its world's value.
    assert_eq!(share("utilization(service.s.cpu) < x * 20ms").verdict, Verdict::Pass);
    assert_eq!(share("utilization(service.s.cpu) > x * 20ms").verdict, Verdict::Fail);
}

/// Half the runs are above 6 from second 3 to second 7, all are from second 4 to 6.
#[test]
fn lasting_needs_a_stretch_in_most_runs() {
    let bench = Bench::new(&[], 16, &|catalog, r, run| {
        let level = tally(catalog, "pool.p.in_use");
        let long = r % 2 == 0;
        let high =
            |second: usize| if long { (3..7).contains(&second) } else { (4..6).contains(&second) };
        run.series.levels[level] = (0..10).map(|s| if high(s) { 7.0 } else { 1.0 }).collect();
    });
    let judged = |condition: &str| bench.judge(condition).verdict;
    assert_eq!(judged("mean(pool.p.in_use) > 6 for 2s"), Verdict::Pass);
    assert_eq!(judged("mean(pool.p.in_use) > 6 for 4s"), Verdict::Inconclusive);
    assert_eq!(judged("mean(pool.p.in_use) > 6 for 5s"), Verdict::Fail);
    assert_eq!(judged("utilization(pool.p) > 80% for 1500ms"), Verdict::Pass);
    assert_eq!(judged("utilization(pool.p) > 90% for 1s"), Verdict::Fail);
    let part = &bench.judge("mean(pool.p.in_use) > 6 for 4s").parts[0];
    assert_eq!(part.assurance.unwrap().holds, 8);
    // The stretch that decides: never, in the whole run of 10 s.
    let lasted = |condition: &str| bench.judge(condition).parts[0].lasted_s;
    assert_eq!(lasted("mean(pool.p.in_use) > 7 for 1s"), Some(0.0));
    assert_eq!(lasted("mean(pool.p.in_use) > 0 for 1s"), Some(10.0));
    assert_eq!(lasted("mean(pool.p.in_use) > 0"), None);
}
