//! Rows with known answers for every function.

use super::{Bench, Found, instance, tally};
use crate::plan::Catalog;
use crate::sim::Run;
use crate::verdict::Absence;

const MS: u64 = 1_000_000;
const S: u128 = 1_000_000_000;

/// Near enough for numbers that pass through a division or a bucket of width 1/1024.
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-3 * expected.abs() + 1e-12, "{found}, not {expected}");
}

fn nothing(_: &Catalog, _: u32, _: &mut Run) {}

#[test]
fn latencies_and_outcomes() {
    // Run r: 100 + r good requests of 10 ms, 10 degraded of 20 ms, 5 timed out, 5 unanswered.
    let bench = Bench::new(&[], 4, &|catalog, r, run| {
        let first = tally(catalog, "endpoint.e");
        run.tallies[first].record_n(10 * MS, 100 + u64::from(r));
        run.tallies[first + 1].record_n(20 * MS, 10);
        run.tallies[first + 2].record_n(3000 * MS, 5);
        run.unanswered[first] = 5;
    });
    let good = 4.0 * 100.0 + 6.0;
    let all = good + 4.0 * 20.0;
    close(bench.point("mean(endpoint.e.ok)"), 0.010);
    close(bench.point("mean(endpoint.e.good)"), (good * 0.010 + 40.0 * 0.020) / (good + 40.0));
    close(bench.point("p50(endpoint.e)"), 0.010);
    close(bench.point("p90(endpoint.e)"), 0.020);
    close(bench.point("max(endpoint.e.good)"), 0.020);
    close(bench.point("count(endpoint.e)"), all / 4.0);
    close(bench.point("per_second(endpoint.e)"), all / 40.0);
    close(bench.point("share(endpoint.e.timed_out)"), 20.0 / all);
    close(bench.point("share(endpoint.e.ok)"), good / all);
    close(bench.point("share(endpoint.e > 15ms)"), 80.0 / all);
    close(bench.point("share(endpoint.e <= 15ms)"), good / all);
    close(bench.point("share(endpoint.e.good >= 19ms)"), 40.0 / (good + 40.0));
    // 8 % have no good answer: there is no p95.
    match bench.estimate("p95(endpoint.e)").found {
        Found::Never { share, .. } => close(share, 40.0 / all),
        other => panic!("{other:?}"),
    }
    let none = bench.estimate("p95(endpoint.e.refused)").found;
    assert_eq!(none, Found::Nothing(Absence::NoSamples));
}

#[test]
fn arithmetic_and_numbers_with_units() {
    let bench = Bench::new(&[], 4, &|catalog, r, run| {
        let first = tally(catalog, "endpoint.e");
        run.tallies[first].record_n(10 * MS, 100);
        run.tallies[first + 1].record_n((20 + u64::from(r % 2) * 20) * MS, 100);
    });
    close(bench.point("2 * mean(endpoint.e.ok) + 5ms"), 0.025);
    close(bench.point("mean(endpoint.e.degraded) / mean(endpoint.e.ok)"), 3.0);
    close(bench.point("mean(endpoint.e.degraded) - mean(endpoint.e.ok)"), 0.020);
    close(bench.point("-mean(endpoint.e.ok) / 2"), -0.005);
    close(bench.point("1s / mean(endpoint.e.ok)"), 100.0);
    let zero = bench.estimate("mean(endpoint.e.ok) / (mean(endpoint.e.ok) - mean(endpoint.e.ok))");
    assert_eq!(zero.found, Found::Nothing(Absence::NoSamples));
    // The quotient's groups are 2 and 4: the sum of squares around 3 is 4 over four groups.
    let Found::Number(number) =
        bench.estimate("mean(endpoint.e.degraded) / mean(endpoint.e.ok)").found
    else {
        panic!()
    };
    close(number.standard_error, (4.0_f64 / 3.0 / 4.0).sqrt());
    close(number.half_width(), 3.182_446 * (1.0_f64 / 3.0).sqrt());
}

#[test]
fn levels_and_utilization() {
    let conditions = ["p50(pool.p.waiting) < 9", "share(pool.p.waiting >= 3) < 9"];
    let bench = Bench::new(&conditions, 2, &|catalog, r, run| {
        let all = tally(catalog, "pool.p.in_use");
        run.levels[0][all].area = (30 + 20 * u128::from(r)) * S;
        run.levels[0][all].max = 5 + u64::from(r);
        run.levels[0][instance(catalog, "pool.p.in_use", 0)].area = 10 * S;
        run.levels[0][instance(catalog, "pool.p.in_use", 1)].area = (20 + 20 * u128::from(r)) * S;
        let cpu = tally(catalog, "service.s.cpu");
        run.levels[0][cpu].area = 20_000 * S;
        let waiting = tally(catalog, "pool.p.waiting");
        let times = run.levels[0][waiting].distribution.as_mut().unwrap();
        for (level, seconds) in [(0, 4), (2, 4), (3, 1), (7, 1)] {
            times.record_n(level, seconds * 1000 * MS);
        }
    });
    close(bench.point("mean(pool.p.in_use)"), 4.0);
    close(bench.point("max(pool.p.in_use)"), 5.5);
    // Eight connections in all; four on each instance.
    close(bench.point("utilization(pool.p)"), 0.5);
    close(bench.point("worst(instance, mean(pool.p.in_use))"), 3.0);
    close(bench.point("worst(instance, utilization(pool.p))"), 0.75);
    // 2 cores on average, of 4.
    close(bench.point("mean(service.s.cpu)"), 2.0);
    close(bench.point("utilization(service.s.cpu)"), 0.5);
    close(bench.point("offered_load(service.s.cpu)"), 2.0);
    close(bench.point("p50(pool.p.waiting)"), 2.0);
    close(bench.point("p99(pool.p.waiting)"), 7.0);
    close(bench.point("share(pool.p.waiting >= 3)"), 0.2);
    close(bench.point("share(pool.p.waiting > 3)"), 0.1);
    close(bench.point("share(pool.p.waiting <= 2)"), 0.8);
    close(bench.point("share(pool.p.waiting < 2)"), 0.4);
}

#[test]
fn an_entity_alone_means_its_servers() {
    let bench = Bench::new(&[], 2, &|catalog, _, run| {
        run.levels[0][tally(catalog, "service.s.workers")].area = 50 * S;
        run.levels[0][tally(catalog, "service.s.cpu")].area = 4_000 * S;
    });
    close(bench.point("utilization(service.s)"), 5.0 / 20.0);
    close(bench.point("utilization(service.s.workers)"), 5.0 / 20.0);
    close(bench.point("utilization(service.s.cpu)"), 0.4 / 4.0);
}

/// 100 asked in 10 s, of whom 20 gave up; 80 grants held 40 connection-seconds: half a second
/// each, so 10/s × 0.5 s = 5 would be busy, while 4 are.
#[test]
fn offered_load_counts_those_who_gave_up() {
    let bench = Bench::new(&[], 3, &|catalog, _, run| {
        run.tallies[tally(catalog, "pool.p.wait.granted")].record_n(MS, 80);
        run.tallies[tally(catalog, "pool.p.wait.timed_out")].record_n(MS, 20);
        run.levels[0][tally(catalog, "pool.p.in_use")].area = 40 * S;
        let grants = catalog.capacity("pool.p").unwrap().grants.unwrap();
        run.counts[grants as usize] = 80;
    });
    close(bench.point("offered_load(pool.p)"), 5.0);
    close(bench.point("utilization(pool.p)"), 0.5);
    close(bench.point("share(pool.p.wait.timed_out)"), 0.2);
    assert_eq!(bench.estimate("offered_load(pool.p)").range().map(|r| r.2 - r.1), Some(0.0));
    let none = Bench::new(&[], 3, &nothing);
    let absent = none.estimate("offered_load(pool.p)").found;
    assert_eq!(absent, Found::Nothing(Absence::NoSamples));
}

#[test]
fn counters_attempts_and_chances() {
    let bench = Bench::new(&[], 10, &|catalog, r, run| {
        run.counts[tally(catalog, "pool.p.refused")] = u64::from(r);
        let (attempts, intended) = catalog.attempts("workload.w").unwrap();
        run.counts[attempts as usize] = 130;
        run.counts[intended as usize] = 100;
        run.levels[0][tally(catalog, "pool.p.in_use")].area = u128::from(r) * 10 * S;
    });
    close(bench.point("count(pool.p.refused)"), 4.5);
    close(bench.point("per_second(pool.p.refused)"), 0.45);
    close(bench.point("amplification(workload.w)"), 1.3);
    // Runs 7, 8 and 9.
    let Found::Number(chance) = bench.estimate("chance(mean(pool.p.in_use) >= 7)").found else {
        panic!()
    };
    close(chance.point, 0.3);
    // Clopper and Pearson for 3 of 10.
    assert!((chance.lower - 0.066_74).abs() < 1e-5 && (chance.upper - 0.652_45).abs() < 1e-5);
}

#[test]
fn windows_and_dates() {
    let conditions = ["at(3s, mean(pool.p.in_use)) < 1", "at(5s, mean(pool.p.in_use)) < 1"];
    let bench = Bench::new(&conditions, 2, &|catalog, _, run| {
        let level = tally(catalog, "pool.p.in_use");
        assert_eq!(run.levels.len(), 4, "the run, the named window, two intervals");
        for (window, (mean, seconds)) in [(1, 10), (2, 2), (3, 1), (4, 1)].into_iter().enumerate() {
            run.levels[window][level].area = mean * seconds * S;
            run.levels[window][level].span = (seconds * S) as u64;
        }
        let each = run.tallies.len() / 4;
        run.tallies[each + tally(catalog, "endpoint.e")].record_n(7 * MS, 30);
    });
    close(bench.point("mean(pool.p.in_use)"), 1.0);
    close(bench.point("during(peak, mean(pool.p.in_use))"), 2.0);
    close(bench.point("at(3s, mean(pool.p.in_use))"), 3.0);
    close(bench.point("at(5s, mean(pool.p.in_use))"), 4.0);
    close(bench.point("during(peak, utilization(pool.p))"), 0.25);
    close(bench.point("during(peak, per_second(endpoint.e))"), 15.0);
    close(bench.point("during(peak, p50(endpoint.e))"), 0.007);
}

#[test]
fn time_until_counts_from_its_date_and_may_never_come() {
    let condition = "time_until(pool.p.waiting <= 2, after = 3s) < 1s";
    let metric = "time_until(pool.p.waiting <= 2, after = 3s)";
    let some = Bench::new(&[condition], 4, &|_, r, run| {
        run.watches[0] = Some((4_000 + 1_000 * u64::from(r)) * MS);
    });
    close(some.point(metric), 2.5);
    let never = Bench::new(&[condition], 4, &|_, r, run| {
        run.watches[0] = (r > 0).then_some(4_000 * MS);
    });
    match never.estimate(metric).found {
        Found::Never { share, lower, .. } => {
            close(share, 0.25);
            assert_eq!(lower, f64::INFINITY, "what may never be has no mean");
        }
        other => panic!("{other:?}"),
    }
}

/// Goal: an interval ends where what is measured does. Method: one run of four differs from the
/// others, so that Student's interval of 95 % (t(3) = 3.18 times a quarter of that run's value)
/// is wider than the mean. A difference may be negative, and is not cut.
#[test]
fn intervals_end_where_what_is_measured_does() {
    let bench = Bench::new(&[], 4, &|catalog, r, run| {
        let odd = r == 3;
        let first = tally(catalog, "endpoint.e");
        run.tallies[first].record_n(if odd { 100 * MS } else { MS }, 100);
        run.tallies[first + 2].record_n(MS, if odd { 90 } else { 1 });
        let busy = if odd { 10 } else { 80 };
        run.levels[0][tally(catalog, "pool.p.in_use")].area = busy * S;
    });
    let ends = |metric: &str| bench.estimate(metric).range().map(|(_, low, high)| (low, high));
    assert_eq!(ends("mean(endpoint.e.ok)").unwrap().0, 0.0);
    assert_eq!(ends("2 * mean(endpoint.e.ok) + 5ms").unwrap().0, 0.005);
    assert_eq!(ends("per_second(endpoint.e.timed_out)").unwrap().0, 0.0);
    assert_eq!(ends("share(endpoint.e.timed_out)").unwrap().0, 0.0);
    assert_eq!(ends("utilization(pool.p)").unwrap().1, 1.0);
    assert!(ends("mean(pool.p.in_use)").unwrap().1 > 8.0, "a level has no end of its own");
    assert!(ends("mean(endpoint.e.ok) - mean(endpoint.e.timed_out)").unwrap().0 < 0.0);
}
