//! Experiments on accumulators and estimates: exact merging, quantiles, coverage of intervals.
//!
//! Coverage is judged by an exact binomial band: with 400 repeats at a true coverage of 95 %, fewer
//! than 361 or more than 395 hits happen with probability below 1e-3 on either side.

use super::estimate::{Estimate, Quality, chance, mean, probability, ratio};
use super::histogram::{Histogram, Sparse, VALUE_MAX};
use super::quantile::quantile;
use super::testing::Draws;
use statrs::distribution::{Binomial, DiscreteCDF};

const REPEATS: u64 = 400;

/// Asserts that 400 intervals cover about as often as they claim, up to `slack` below the nominal
/// level.
fn check_coverage(name: &str, truth: f64, slack: f64, mut experiment: impl FnMut(u64) -> Estimate) {
    let mut covered = 0;
    for seed in 0..REPEATS {
        let estimate = experiment(seed);
        assert_eq!(estimate.quality, Quality::Good, "{name}");
        covered += u64::from((estimate.lower..=estimate.upper).contains(&truth));
    }
    let low = Binomial::new(0.95 - slack, REPEATS).unwrap().inverse_cdf(0.001);
    let high = Binomial::new(0.95, REPEATS).unwrap().inverse_cdf(0.999);
    assert!((low..=high).contains(&covered), "{name}: {covered} of {REPEATS}, band {low}..={high}");
}

fn recorded(values: &[u64]) -> Histogram {
    let mut histogram = Histogram::new();
    for &value in values {
        histogram.record(value);
    }
    histogram
}

/// Values over all scales: zeros, small, wide.
fn mixed(draws: &mut Draws, n: usize) -> Vec<u64> {
    (0..n)
        .map(|_| {
            let shift = draws.bits() % 70;
            if shift > 62 { 0 } else { draws.bits() >> shift }
        })
        .collect()
}

#[test]
fn sums_are_exact() {
    let mut draws = Draws::new(1);
    let values: Vec<u64> = (0..10_000).map(|_| draws.bits() >> 24).collect();
    let sums = *recorded(&values).sums();
    assert_eq!(sums.count, 10_000);
    assert_eq!(sums.sum, values.iter().map(|&v| u128::from(v)).sum::<u128>());
    assert_eq!(Some(sums.min), values.iter().copied().min());
    assert_eq!(Some(sums.max), values.iter().copied().max());
    let mean = values.iter().map(|&v| v as f64).sum::<f64>() / 1e4;
    assert!((sums.mean().unwrap() / mean - 1.0).abs() < 1e-10);
}

#[test]
fn merging_in_any_order_gives_the_same_bits() {
    let mut draws = Draws::new(2);
    let parts: Vec<Histogram> = (0..7)
        .map(|part| {
            let mut histogram = recorded(&mixed(&mut draws, part * 150));
            histogram.record_never(part as u64);
            histogram
        })
        .collect();
    let orders = [[0, 1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1, 0], [3, 0, 6, 2, 5, 1, 4]];
    let dense = orders.map(|order| {
        let mut whole = Histogram::new();
        for &part in &order {
            whole.merge(&parts[part]);
        }
        whole.compact()
    });
    let sparse: Vec<Sparse> = parts.iter().map(Histogram::compact).collect();
    let mut pairs = Sparse::merged(&sparse[4..]);
    pairs.merge(&Sparse::merged(&sparse[..4]));
    assert!(dense.iter().all(|whole| *whole == pairs));

    let mut draws = Draws::new(2);
    let mut once = Histogram::new();
    for part in 0..7 {
        for value in mixed(&mut draws, part * 150) {
            once.record(value);
        }
    }
    once.record_never(21);
    assert_eq!(once.compact(), pairs);
    assert_eq!(pairs.buckets().map(|b| b.count).sum::<u64>(), pairs.sums().count);
}

#[test]
fn a_weight_is_that_many_records() {
    let mut one_by_one = Histogram::new();
    let mut weighted = Histogram::new();
    for (value, n) in [(0, 5_u64), (2_047, 3), (2_048, 2), (7_777_777, 4), (u64::MAX, 1), (9, 0)] {
        (0..n).for_each(|_| one_by_one.record(value));
        weighted.record_n(value, n);
    }
    assert_eq!(one_by_one.compact(), weighted.compact());
    assert_eq!(weighted.sums().max, VALUE_MAX);
}

/// Every value lies in the bucket it is said to, and no bucket is wider than 1/1024 of its values.
#[test]
fn buckets_keep_three_digits() {
    let mut draws = Draws::new(3);
    for value in mixed(&mut draws, 2_000).into_iter().map(|value| value.min(VALUE_MAX)) {
        let sparse = recorded(&[value]).compact();
        let [bucket] = sparse.buckets().collect::<Vec<_>>()[..] else {
            panic!("one value, one bucket")
        };
        assert!(bucket.low <= value && value - bucket.low < bucket.width);
        assert!(bucket.width == 1 || bucket.width <= bucket.low / 1_024);
        assert_eq!(sparse.quantile(0.3), Some(value as f64));
    }
}

/// The buckets, and so the counts in them, are those of the `hdrhistogram` crate with 3 digits.
#[test]
fn buckets_are_those_of_hdr_histogram() {
    let mut draws = Draws::new(6);
    let values = mixed(&mut draws, 20_000);
    let mut oracle = hdrhistogram::Histogram::<u64>::new_with_bounds(1, VALUE_MAX, 3).unwrap();
    for &value in &values {
        oracle.saturating_record(value);
    }
    let ours = recorded(&values).compact();
    let theirs: Vec<(u64, u64, u64)> = oracle
        .iter_recorded()
        .filter(|step| step.count_at_value() > 0)
        .map(|step| {
            let value = step.value_iterated_to();
            let bounds = (oracle.lowest_equivalent(value), oracle.equivalent_range(value));
            (bounds.0, bounds.1, step.count_at_value())
        })
        .collect();
    let counted: Vec<(u64, u64, u64)> =
        ours.buckets().map(|bucket| (bucket.low, bucket.width, bucket.count)).collect();
    assert_eq!(counted, theirs);
}

/// Below 2,048 buckets hold one integer: the quantile is the order statistic `ceil(q n)`.
#[test]
fn small_values_have_exact_quantiles() {
    let mut draws = Draws::new(4);
    let mut values: Vec<u64> = (0..997).map(|_| draws.bits() % 2_048).collect();
    let histogram = recorded(&values);
    values.sort_unstable();
    for i in 1..=1_000 {
        let q = f64::from(i) / 1_000.0;
        let rank = (q * 997.0).ceil() as usize;
        assert_eq!(histogram.quantile(q), Some(values[rank - 1] as f64), "{q}");
    }
    for v in [0, 1, 500, 2_046, 2_047, 5_000] {
        let above = values.iter().filter(|&&value| value > v).count() as f64;
        assert_eq!(histogram.count_above(v), above);
        assert_eq!(histogram.compact().count_above(v), above);
    }
}

/// Interpolation: on a million exponential values with mean 50 ms, quantiles are those of the
/// sorted values to 0.01 %, though a bucket spans up to 0.1 %; and `share_above` inverts
/// `quantile`.
#[test]
fn wide_buckets_are_interpolated() {
    let mut draws = Draws::new(5);
    let mut values: Vec<u64> = (0..1_000_000).map(|_| (draws.exponential() * 5e7) as u64).collect();
    let histogram = recorded(&values);
    values.sort_unstable();
    for q in [0.1, 0.5, 0.9, 0.99, 0.999] {
        let exact = values[(q * 1e6) as usize - 1] as f64;
        let estimate = histogram.quantile(q).unwrap();
        assert!((estimate / exact - 1.0).abs() < 1e-4, "{q}: {estimate} {exact}");
        let share = histogram.share_above(estimate as u64).unwrap();
        assert!((share - (1.0 - q)).abs() < 2e-6, "{q}: {share}");
    }
    // On the edge of a bucket counting is exact.
    for bucket in histogram.compact().buckets().step_by(97) {
        let edge = bucket.low + bucket.width - 1;
        let above = values.len() - values.partition_point(|&value| value <= edge);
        assert_eq!(histogram.count_above(edge), above as f64);
    }
}

#[test]
fn what_never_came_is_at_the_end() {
    let mut histogram = recorded(&(1..=94).collect::<Vec<u64>>());
    histogram.record_never(6);
    assert_eq!(histogram.quantile(0.94), Some(94.0));
    assert_eq!(histogram.quantile(0.95), Some(f64::INFINITY));
    assert_eq!(histogram.share_above(94), Some(0.06));
    assert_eq!(histogram.share_above(47), Some(0.53));
    assert_eq!(histogram.mean(), Some(47.5));
    let empty = Histogram::new();
    assert_eq!((empty.quantile(0.5), empty.mean(), empty.share_above(0)), (None, None, None));
    let mut only_never = Histogram::new();
    only_never.record_never(1);
    assert_eq!(only_never.quantile(0.0), Some(f64::INFINITY));
    assert_eq!(only_never.count_above(0), 1.0);
}

#[test]
fn zeros_allocate_nothing_and_survive_growth() {
    let mut histogram = Histogram::new();
    histogram.record_n(0, 90);
    let mut other = Histogram::new();
    other.record_n(1_000_000, 10);
    let mut reverse = other.clone();
    reverse.merge(&histogram);
    histogram.merge(&other);
    assert_eq!(histogram.compact(), reverse.compact());
    assert_eq!(histogram.quantile(0.9), Some(0.0));
    assert!((histogram.quantile(0.91).unwrap() / 1e6 - 1.0).abs() < 1e-3);
    assert_eq!(histogram.quantile(1.0), Some(1e6));
    assert_eq!(histogram.share_above(0), Some(0.1));
}

#[test]
fn sparse_survives_serialization() {
    let mut histogram = recorded(&[0, 17, u64::MAX, u64::MAX, 123_456_789]);
    histogram.record_never(3);
    let sparse = histogram.compact();
    let text = serde_json::to_string(&sparse).unwrap();
    assert_eq!(serde_json::from_str::<Sparse>(&text).unwrap(), sparse);
    // A damaged file may give nonsense, but no panic.
    let damaged = text.replace("\"indices\":[0,", "\"indices\":[4294967295,");
    assert_ne!(damaged, text);
    let damaged: Sparse = serde_json::from_str(&damaged).unwrap();
    assert!(damaged.quantile(0.5).is_some() && damaged.count_above(5) >= 0.0);
    assert!(Sparse::merged([&damaged, &sparse, &damaged]).total() == 3 * sparse.total());
}

/// Means of 10 exponential values each: skewed, but near enough to normal for t with 15 degrees.
#[test]
fn the_interval_of_a_mean_covers() {
    check_coverage("mean", 1.0, 0.02, |seed| {
        let mut draws = Draws::new(seed);
        let values: Vec<f64> =
            (0..16).map(|_| (0..10).map(|_| draws.exponential()).sum::<f64>() / 10.0).collect();
        mean(&values, 0.95).unwrap()
    });
}

/// Counts vary from 50 to 150 and values are correlated with the count: mean of all is
/// E[N · (1 + N/100)] / E[N] = 1 + (100² + 100²/12) / 100 / 100.
#[test]
fn the_interval_of_a_ratio_covers() {
    let truth = 2.0 + 1.0 / 12.0;
    check_coverage("ratio", truth, 0.03, |seed| {
        let mut draws = Draws::new(seed);
        let (mut sums, mut counts) = (Vec::new(), Vec::new());
        for _ in 0..16 {
            let n = 50.0 + 100.0 * draws.uniform();
            let noise: f64 = (0..4).map(|_| draws.exponential() - 1.0).sum();
            sums.push(n * (1.0 + n / 100.0) + noise);
            counts.push(n);
        }
        ratio(&sums, &counts, 0.95).unwrap()
    });
}

#[test]
fn the_interval_of_a_probability_covers() {
    check_coverage("probability", 0.1, 0.02, |seed| {
        let mut draws = Draws::new(seed);
        let hits: Vec<u64> =
            (0..16).map(|_| (0..200).filter(|_| draws.uniform() < 0.1).count() as u64).collect();
        probability(&hits, &[200; 16], 0.95).unwrap()
    });
}

/// p99 of exponential values: 16 replications of 10,000 are 16 groups of 100 exceedances.
#[test]
fn the_interval_of_a_quantile_covers() {
    let truth = 5e7 * libm::log(100.0);
    check_coverage("p99", truth, 0.02, |seed| {
        let mut draws = Draws::new(seed);
        let parts: Vec<Sparse> = (0..16)
            .map(|_| {
                let values: Vec<u64> =
                    (0..10_000).map(|_| (draws.exponential() * 5e7) as u64).collect();
                recorded(&values).compact()
            })
            .collect();
        let estimate = quantile(&parts.iter().collect::<Vec<_>>(), 0.99, 0.95).unwrap();
        assert_eq!(estimate.samples, 16);
        estimate
    });
}

#[test]
fn groups_are_merged_until_they_suffice_and_otherwise_marked() {
    let part = recorded(&(1..=1_000).collect::<Vec<u64>>()).compact();
    let p99 = |n: usize| quantile(&vec![&part; n], 0.99, 0.95).unwrap();
    // 10 exceedances each: ten replications to a group.
    assert_eq!((p99(50).samples, p99(50).quality), (5, Quality::Good));
    assert_eq!((p99(69).samples, p99(69).quality), (6, Quality::Good));
    assert_eq!((p99(49).samples, p99(49).quality), (5, Quality::FewSamples));
    assert_eq!(p99(1).quality, Quality::FewSamples);
    assert_eq!((p99(1).point, p99(1).upper), (990.0, f64::INFINITY));
    // The same replication over and over has no luck in it.
    assert_eq!(p99(50).half_width(), 0.0);
    assert!(quantile(&[], 0.5, 0.95).is_none());
    assert!(quantile(&[&Sparse::default()], 0.5, 0.95).is_none());
}

#[test]
fn a_quantile_among_what_never_came_is_infinite() {
    let with_failures = |never: u64| {
        let mut histogram = recorded(&(0..10_000 - never).collect::<Vec<u64>>());
        histogram.record_never(never);
        histogram.compact()
    };
    let (few, many) = (with_failures(300), with_failures(800));
    let all_failing = quantile(&[&many; 8], 0.95, 0.95).unwrap();
    assert_eq!((all_failing.lower, all_failing.point), (f64::INFINITY, f64::INFINITY));
    assert_eq!(all_failing.quality, Quality::Unbounded);
    let mixed: Vec<&Sparse> = [[&few; 7].as_slice(), &[&many; 1]].concat();
    let mixed = quantile(&mixed, 0.95, 0.95).unwrap();
    assert!(mixed.point.is_finite() && mixed.lower.is_finite());
    assert_eq!((mixed.upper, mixed.quality), (f64::INFINITY, Quality::Unbounded));
}

#[test]
fn edges_of_estimates_are_defined() {
    assert!(mean(&[], 0.95).is_none() && mean(&[f64::NAN], 0.95).is_none());
    let single = mean(&[3.0], 0.95).unwrap();
    assert_eq!((single.point, single.lower, single.upper), (3.0, f64::NEG_INFINITY, f64::INFINITY));
    assert_eq!(single.quality, Quality::FewSamples);
    let infinite = mean(&[1.0, f64::INFINITY], 0.95).unwrap();
    assert_eq!((infinite.lower, infinite.quality), (1.0, Quality::Unbounded));
    assert!(ratio(&[1.0], &[0.0], 0.95).is_none() && ratio(&[1.0], &[1.0, 2.0], 0.95).is_none());
    // No hit in 16 × 100: the exact bound 1 - 0.025^(1/1600), not an interval of length 0.
    let none = probability(&[0; 16], &[100; 16], 0.95).unwrap();
    assert_eq!((none.point, none.lower), (0.0, 0.0));
    assert!((none.upper - (1.0 - libm::pow(0.025, 1.0 / 1_600.0))).abs() < 1e-10);
    assert!(chance(0, 0, 0.95).is_none());
}

/// Levels held for durations: 0 for 10, 3 for 20, 1 for 10.
#[test]
fn shares_of_time_are_exact_for_small_levels() {
    let mut times = Histogram::new();
    for (level, lasted) in [(0, 10), (3, 20), (1, 10)] {
        times.record_n(level, lasted);
    }
    let times = times.compact();
    let shares = [0, 1, 2, 3, 4].map(|level| times.share_at_least(level));
    assert_eq!(shares, [Some(1.0), Some(0.75), Some(0.5), Some(0.5), Some(0.0)]);
    assert_eq!(Histogram::new().compact().share_at_least(0), None);
}
