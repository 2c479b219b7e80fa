//! Samplers against the exact law.

use super::specimens;
use crate::dist::{Dist, Draw, child_key, hash_name};

/// A sample the way a simulation takes it: one draw per request.
fn sample_of(dist: &Dist, seed: u64, n: u64) -> Vec<f64> {
    let site = hash_name("request");
    let variable = hash_name("x");
    (0..n).map(|i| dist.sample(&mut Draw::new(child_key(seed, site, i), variable))).collect()
}

/// The largest distance between the empirical and the exact cdf, at each value and just below it
/// (so that it is exact for laws with jumps, too).
fn distance(dist: &Dist, sample: &mut [f64]) -> f64 {
    sample.sort_by(f64::total_cmp);
    let n = sample.len() as f64;
    let (mut worst, mut at) = (0.0_f64, 0);
    while at < sample.len() {
        let value = sample[at];
        let end = at + sample[at..].partition_point(|x| *x <= value);
        worst = worst.max((dist.cdf(value) - end as f64 / n).abs());
        worst = worst.max((dist.cdf(value.next_down()) - at as f64 / n).abs());
        at = end;
    }
    worst
}

/// Goal: every sampler draws from its law. Method: Kolmogorov–Smirnov, n = 100,000; the bound
/// 2.2/sqrt(n) is passed by chance with probability 1.3e-4 (less for discrete laws), and seen with
/// certainty for an error of 1.4 % anywhere in the cdf.
#[test]
fn samples_follow_the_exact_cdf() {
    let n = 100_000;
    for (name, dist) in specimens() {
        let worst = distance(&dist, &mut sample_of(&dist, 1, n));
        assert!(
            worst * (n as f64).sqrt() < 2.2,
            "{name}: D sqrt(n) = {}",
            worst * (n as f64).sqrt()
        );
    }
}

/// Goal: the test above has power. Method: the same test, scale 3 % off, must fail.
#[test]
fn a_law_three_percent_off_is_noticed() {
    let n = 100_000;
    for name in ["exponential", "gamma, cv 0.5", "erlang 40", "lognormal by mean and cv"] {
        let dist = specimens().into_iter().find(|(found, _)| *found == name).unwrap().1;
        let worst = distance(&dist.scaled(1.03).unwrap(), &mut sample_of(&dist, 1, n));
        assert!(worst * (n as f64).sqrt() > 2.2, "{name}");
    }
}

/// Goal: means and variances. Method: n = 200,000; bound 4.5 standard errors, the error of the
/// variance from the sample's own fourth moment.
#[test]
fn samples_have_the_exact_mean_and_variance() {
    let n = 200_000;
    for (name, dist) in specimens() {
        let sample = sample_of(&dist, 2, n);
        let (mean, n) = (dist.mean(), n as f64);
        let found: f64 = sample.iter().sum::<f64>() / n;
        let error = (dist.variance() / n).sqrt();
        assert!((found - mean).abs() <= 4.5 * error, "{name}: mean {found} for {mean}");
        let squares = || sample.iter().map(|x| (x - mean) * (x - mean));
        let second: f64 = squares().sum::<f64>() / n;
        let fourth: f64 = squares().map(|s| s * s).sum::<f64>() / n;
        let error = ((fourth - second * second).max(0.0) / n).sqrt() + 1e-12 * dist.variance();
        let z = (second - dist.variance()) / error;
        assert!(z.abs() < 4.5 || dist.variance() == 0.0, "{name}: variance {second}, z {z}");
    }
}

/// Goal: the far tail, where no other test looks. Method: share beyond the 0.9999 quantile in
/// n = 1,000,000, within 4.5 standard deviations of 100.
#[test]
fn tails_have_their_weight() {
    for (name, dist) in specimens() {
        let edge = dist.quantile(0.999_9).unwrap();
        let p = 1.0 - dist.cdf(edge);
        if p < 1e-5 {
            continue;
        }
        let beyond = sample_of(&dist, 3, 1_000_000).iter().filter(|x| **x > edge).count();
        let mean = 1e6 * p;
        assert!((beyond as f64 - mean).abs() < 4.5 * mean.sqrt(), "{name}: {beyond} for {mean}");
    }
}

/// Goal: agreement with a sampler written by others. Method: two-sample comparison of means with
/// `rand_distr`, n = 200,000 each, bound 4.5 standard errors.
#[test]
fn means_agree_with_rand_distr() {
    use rand::SeedableRng;
    use rand_distr::Distribution;
    let mut rng = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(5);
    let n = 200_000;
    let mut check = |ours: &Dist, theirs: &dyn Fn(&mut rand_xoshiro::Xoshiro256PlusPlus) -> f64| {
        let mine = sample_of(ours, 4, n).iter().sum::<f64>() / n as f64;
        let other = (0..n).map(|_| theirs(&mut rng)).sum::<f64>() / n as f64;
        let z = (mine - other) / (2.0 * ours.variance() / n as f64).sqrt();
        assert!(z.abs() < 4.5, "{}: {mine} and {other}", ours.family());
    };
    let law = rand_distr::Zipf::new(1e6, 1.1).unwrap();
    check(&Dist::zipf(1_000_000, 1.1).unwrap(), &|rng| law.sample(rng));
    let law = rand_distr::Poisson::new(77.0).unwrap();
    check(&Dist::poisson(77.0).unwrap(), &|rng| law.sample(rng));
    let law = rand_distr::Gamma::new(0.25, 4.0).unwrap();
    check(&Dist::gamma_mean_cv(1.0, 2.0).unwrap(), &|rng| law.sample(rng));
    let law = rand_distr::Geometric::new(0.1).unwrap();
    check(&Dist::geometric(10.0).unwrap(), &|rng| law.sample(rng) as f64 + 1.0);
}

/// Goal: extreme but legal parameters neither hang nor leave the support. Method: sample them.
#[test]
fn extreme_laws_stay_in_their_support() {
    let extremes = [
        Dist::zipf(1_000_000_000_000_000, 0.0),
        Dist::zipf(1_000_000_000_000_000, 1.0),
        Dist::zipf(1_000_000, 100.0),
        Dist::zipf(2, 0.5),
        Dist::poisson(1e15),
        Dist::poisson(1e-300),
        Dist::geometric(1e15),
        Dist::geometric(1.0 + f64::EPSILON),
        Dist::gamma_mean_cv(1.0, 100.0),
        Dist::gamma_mean_cv(1.0, 1e-4),
        Dist::weibull_mean_cv(1.0, 100.0),
        Dist::weibull_mean_cv(1.0, 1e-4),
        Dist::lognormal_mean_cv(1.0, 1e6),
        Dist::pareto(1.0, 0.01, Some(1e300)),
        Dist::pareto(1.0, 100.0, Some(1.0 + 1e-12)),
        Dist::normal(-8.0, 1.0, true),
        Dist::exponential(f64::MIN_POSITIVE),
        Dist::erlang(100_000, 1.0),
        Dist::hyperexp_mean_cv(1.0, 1e6),
    ];
    for made in extremes {
        let dist = made.unwrap();
        let (low, high) = dist.support();
        for x in sample_of(&dist, 6, 2_000) {
            assert!(x >= low && x <= high, "{dist:?}: {x}");
        }
        for p in [1e-12, 0.5, 1.0 - 1e-12] {
            let x = dist.quantile(p).unwrap();
            assert!(x >= low && x <= high, "{dist:?}: quantile {x}");
        }
        assert!(dist.mean().is_finite() && dist.variance() >= 0.0, "{dist:?}");
    }
}

/// Goal: a law is small enough to sit in a flat plan.
#[test]
fn a_law_is_small() {
    assert!(size_of::<Dist>() <= 32);
}

/// Goal: a change of any sampler is noticed, to the bit: it changes every published result.
/// Method: the first four values from `Draw::new(1, 2)`, folded to one number per law.
#[test]
fn first_values_are_pinned() {
    let mut found = String::new();
    for (name, dist) in specimens() {
        let mut draw = Draw::new(1, 2);
        let bits: Vec<String> =
            (0..4).map(|_| format!("{:016x}", dist.sample(&mut draw).to_bits())).collect();
        found.extend([name, ": ", &bits.join(" "), "\n"]);
    }
    let pinned = include_str!("pinned.txt");
    assert!(found == pinned, "the samplers changed; they now give\n{found}");
}
