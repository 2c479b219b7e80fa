//! `… for T` and `time_until` on series made by hand: interval by interval the answer is known.

use super::{Bench, Found};
use crate::plan::Catalog;
use crate::sim::Run;
use crate::stats::histogram::Sparse;
use crate::verdict::{Note, Reason, Verdict};

const MS: u64 = 1_000_000;

/// The values of one interval: so many of each.
fn values(parts: &[(u64, usize)]) -> Sparse {
    let mut all: Vec<u64> = Vec::new();
    for &(ns, count) in parts {
        all.resize(all.len() + count, ns);
    }
    Sparse::of(&mut all)
}

/// Ten intervals of 1 s, 100 requests in each; p95 is 600 ms in seconds 2 and 6. In second 4 one
/// request of 100 times out, in second 8 three; second 9 is empty.
///
/// The courses of `endpoint.e` are its ten outcomes, in order.
fn bumpy(_: &Catalog, _: u32, run: &mut Run) {
    let good = |second: usize| match second {
        2 | 6 => values(&[(10 * MS, 90), (600 * MS, 10)]),
        4 => values(&[(10 * MS, 99)]),
        8 => values(&[(10 * MS, 97)]),
        9 => Sparse::default(),
        _ => values(&[(10 * MS, 100)]),
    };
    run.courses[0] = (0..10).map(good).collect();
    let lost = |second: usize| match second {
        4 => values(&[(MS, 1)]),
        8 => values(&[(MS, 3)]),
        _ => Sparse::default(),
    };
    // Where only the good are asked for there are no others.
    if let Some(timed_out) = run.courses.get_mut(2) {
        *timed_out = (0..10).map(lost).collect();
    }
}

fn judged(condition: &str, fill: &dyn Fn(&Catalog, u32, &mut Run)) -> Verdict {
    let judgement = Bench::new(&[condition], 16, fill).judge(condition);
    assert_eq!(judgement.parts[0].reason, Reason::Lasting, "{condition}");
    judgement.verdict
}

#[test]
fn percentiles_last_by_interval_of_arrival() {
    for (condition, verdict) in [
        // Fast from second 3 to 6 and from 7 to 9: three in a row, never four.
        ("p95(endpoint.e) < 500ms for 3s", Verdict::Pass),
        ("p95(endpoint.e) < 500ms for 4s", Verdict::Fail),
        // No multiple of the interval: rounded up to four intervals, or three.
        ("p95(endpoint.e) < 500ms for 3.5s", Verdict::Fail),
        ("p95(endpoint.e) < 500ms for 2500ms", Verdict::Pass),
        // Shorter than an interval: one of them.
        ("p95(endpoint.e) > 500ms for 10ms", Verdict::Pass),
        ("p95(endpoint.e) > 500ms for 2s", Verdict::Fail),
        // An empty interval has no percentile, which breaks the stretch.
        ("p50(endpoint.e) < 500ms for 9s", Verdict::Pass),
        ("p50(endpoint.e) < 500ms for 10s", Verdict::Fail),
        // 3 % without a good answer: there is no p98, there is one of the good.
        ("p98(endpoint.e) < 1s for 9s", Verdict::Fail),
        ("p98(endpoint.e.good) < 1s for 9s", Verdict::Pass),
        ("mean(endpoint.e.good) in 9ms..11ms for 3s", Verdict::Pass),
        ("mean(endpoint.e.good) in 9ms..11ms for 4s", Verdict::Fail),
    ] {
        assert_eq!(judged(condition, &bumpy), verdict, "{condition}");
    }
}

#[test]
fn shares_counts_and_both_sides_last() {
    for (condition, verdict) in [
        ("share(endpoint.e.timed_out) <= 1% for 8s", Verdict::Pass),
        ("share(endpoint.e.timed_out) <= 1% for 9s", Verdict::Fail),
        ("share(endpoint.e.timed_out) < 1% for 4s", Verdict::Pass),
        ("share(endpoint.e.timed_out) < 1% for 5s", Verdict::Fail),
        ("share(endpoint.e > 100ms) < 5% for 3s", Verdict::Pass),
        ("count(endpoint.e) >= 100 for 9s", Verdict::Pass),
        // Nobody came in the last second: a count is 0 there, not absent.
        ("count(endpoint.e) <= 100 for 10s", Verdict::Pass),
        ("per_second(endpoint.e) in 99/s..101/s for 9s", Verdict::Pass),
        ("per_second(endpoint.e) in 99/s..101/s for 10s", Verdict::Fail),
        ("p95(endpoint.e) < 2 * p50(endpoint.e) for 3s", Verdict::Pass),
        ("p95(endpoint.e) < 2 * p50(endpoint.e) for 4s", Verdict::Fail),
        ("p95(endpoint.e) - p50(endpoint.e) < 1ms for 3s", Verdict::Pass),
    ] {
        assert_eq!(judged(condition, &bumpy), verdict, "{condition}");
    }
}

/// Requests without an answer never came, in the interval in which they were meant to arrive.
#[test]
fn unanswered_requests_belong_to_their_interval() {
    let fill: &dyn Fn(&Catalog, u32, &mut Run) = &|_, _, run| {
        let mut lossy = values(&[(MS, 90)]);
        lossy.record_never(10);
        run.courses[0] = vec![values(&[(MS, 100)]), lossy, values(&[(MS, 100)])];
    };
    assert_eq!(judged("p95(endpoint.e) < 1s for 1s", fill), Verdict::Pass);
    assert_eq!(judged("p95(endpoint.e) < 1s for 2s", fill), Verdict::Fail);
    assert_eq!(judged("p90(endpoint.e) < 1s for 3s", fill), Verdict::Pass);
    assert_eq!(judged("share(endpoint.e.ok) > 95% for 3s", fill), Verdict::Pass);
    assert_eq!(judged("count(endpoint.e) >= 100 for 3s", fill), Verdict::Pass);
}

#[test]
fn recovery_is_the_first_interval_that_holds() {
    let recovery = |after: &str| format!("time_until(p95(endpoint.e) <= 500ms, after = {after})");
    for (after, seconds) in [("0s", 0.0), ("2s", 1.0), ("1500ms", 1.5), ("6s", 1.0)] {
        let metric = recovery(after);
        let bench = Bench::new(&[&format!("{metric} < 1s")], 4, &bumpy);
        assert!((bench.point(&metric) - seconds).abs() < 1e-9, "{metric}");
    }
    // The other way round, and of a level by interval.
    let metric = "time_until(p95(endpoint.e) > 500ms, after = 3s)";
    let bench = Bench::new(&[&format!("{metric} < 1s")], 4, &bumpy);
    assert!((bench.point(metric) - 3.0).abs() < 1e-9);
    let metric = "time_until(utilization(pool.p) >= 50%, after = 1s)";
    let bench = Bench::new(&[&format!("{metric} < 1s")], 4, &|catalog, r, run| {
        let level = super::tally(catalog, "pool.p.in_use");
        run.series.levels[level] =
            (0..10).map(|s| if s == 4 + r % 2 { 4.0 } else { 3.9 }).collect();
    });
    assert!((bench.point(metric) - 3.5).abs() < 1e-9, "three seconds in half the runs, else four");
}

/// One run in four never recovers: there is no mean time, and an upper bound on it fails; what can
/// be said is how often.
#[test]
fn a_run_that_never_recovers_makes_the_mean_infinite() {
    let metric = "time_until(p95(endpoint.e) <= 500ms, after = 2s)";
    let condition = format!("{metric} < 1 min");
    let often = format!("chance({metric} <= 1s) in 70%..80%");
    let bench = Bench::new(&[&condition, &often], 8, &|catalog, r, run| {
        bumpy(catalog, r, run);
        if r % 4 == 0 {
            run.courses[0][3..].fill(values(&[(700 * MS, 100)]));
        }
    });
    match bench.estimate(metric).found {
        Found::Never { share, lower, samples, of_runs } => {
            assert_eq!((share, lower, samples, of_runs), (0.25, f64::INFINITY, 8, true));
        }
        other => panic!("{other:?}"),
    }
    let judgement = bench.judge(&condition);
    assert_eq!(judgement.verdict, Verdict::Fail);
    assert_eq!(judgement.parts[0].reason, Reason::NeverAnswered);
    assert!((bench.point(&format!("chance({metric} <= 1s)")) - 0.75).abs() < 1e-9);
}

/// What a time that never came leaves open: whether it had held before the date, or holds already.
#[test]
fn a_recovery_says_whether_there_was_one_to_wait_for() {
    let slow_from = |from: usize| {
        move |catalog: &Catalog, r: u32, run: &mut Run| {
            bumpy(catalog, r, run);
            run.courses[0][from..].fill(values(&[(700 * MS, 100)]));
        }
    };
    for (after, slow, note) in [
        ("3s", 10, Some(Note::HeldAlready)),
        ("2s", 10, None),
        ("2s", 2, Some(Note::HeldBefore)),
        ("2s", 0, Some(Note::NotBefore)),
        // There is no before.
        ("0s", 0, None),
    ] {
        let condition = format!("time_until(p95(endpoint.e) <= 500ms, after = {after}) < 1 min");
        let judgement = Bench::new(&[&condition], 8, &slow_from(slow)).judge(&condition);
        assert_eq!(judgement.parts[0].note, note, "after {after}, slow from {slow} s");
    }
}

/// Ten requests a second of exactly 50 ms: each second has ten of them and half a request inside,
/// whatever the phase; and a window has as many as its seconds, of one that reaches beyond the end
/// those that were run.
#[test]
fn dates_and_windows_of_a_run_that_is_known() {
    let text = r#"
[run]
kind = "terminating"
duration = "20s"
interval = "1s"
replications = 2
[service.s]
round_trip = "0s"
[endpoint.e]
service = "s"
steps = [{ delay = "50ms" }]
[workload.w]
rate = "10/s"
arrivals = "regular"
mix = { e = 1 }
[workload.rush]
burst = { count = 7, at = "12s" }
mix = { e = 1 }
[window.before]
from = "2s"
to = "12s"
[window.rush]
from = "12s"
to = "13s"
[window.late]
from = "15s"
to = "40s"
[objective.a]
that = "at(5s, count(workload.w)) in 10..10 and at(12s, count(endpoint.e)) in 17..17"
[objective.b]
that = "at(5s, mean(service.s.inside)) in 0.4999..0.5001 and at(5s, mean(workload.w.ok)) in 49.9ms..50.1ms"
[objective.c]
that = "during(before, count(endpoint.e)) in 100..100 and during(rush, count(endpoint.e)) in 17..17"
[objective.d]
that = "during(before, per_second(workload.w)) in 9.99/s..10.01/s"
[objective.beyond_the_end]
that = "during(late, per_second(workload.w)) in 9.7/s..10.3/s"
[objective.e]
that = "count(workload.w) >= 10 for 20s and per_second(endpoint.e) <= 10/s for 12s"
"#;
    let (model, ensemble) = super::simulate(text);
    let evidence =
        crate::verdict::Evidence { model: &model, ensemble: &ensemble, others: &|_| None };
    for objective in &model.objectives {
        let judged = crate::verdict::judge(&objective.that, &evidence).unwrap();
        let lasting = objective.name == "e";
        let expected = if lasting { Verdict::Inconclusive } else { Verdict::Pass };
        for part in &judged.parts {
            // Two runs cannot prove "most runs", but both hold.
            assert_eq!(part.verdict, expected, "{}: {part:?}", objective.name);
            assert_eq!(part.assurance.map_or(2, |found| found.holds), 2, "{}", objective.name);
        }
    }
}
