//! Moments, cdfs and quantiles against closed forms and `statrs`.

use statrs::distribution as other;
use statrs::distribution::{ContinuousCDF, DiscreteCDF};
use statrs::statistics::Distribution;

use super::specimens;
use crate::dist::Dist;

const LEVELS: [f64; 11] = [1e-6, 0.001, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 0.999_999];

fn near(found: f64, expected: f64, relative: f64, what: &str) {
    let scale = expected.abs().max(1e-300);
    assert!((found - expected).abs() <= relative * scale, "{what}: {found}, expected {expected}");
}

/// Goal: a quantile is the smallest value whose cdf reaches p, for every law. Method: cdf at it
/// and just below it.
#[test]
fn quantiles_invert_the_cdf() {
    for (name, dist) in specimens() {
        for p in LEVELS {
            let x = dist.quantile(p).unwrap();
            let slack = 1e-9 * p.min(1.0 - p) + 1e-14;
            assert!(dist.cdf(x) >= p - slack, "{name}: cdf({x}) = {} at {p}", dist.cdf(x));
            let below = x - 1e-9 * x.abs().max(1e-3);
            assert!(dist.cdf(below) < p + slack, "{name}: {p} is reached before {x}");
        }
        let (low, high) = dist.support();
        assert_eq!((dist.quantile(0.0), dist.quantile(1.0)), (Some(low), Some(high)), "{name}");
        assert_eq!((dist.cdf(high), dist.cdf(f64::INFINITY)), (1.0, 1.0), "{name}");
        assert_eq!(dist.cdf(f64::NEG_INFINITY), 0.0, "{name}");
        assert_eq!(dist.cdf(f64::NAN), 0.0, "{name}");
    }
    for p in [-0.1, 1.1, f64::NAN] {
        assert_eq!(Dist::exponential(1.0).unwrap().quantile(p), None);
    }
}

/// Goal: moments belong to the same law as the cdf. Method: integrate the quantile function,
/// E X^r = integral of Q(p)^r over p, by the midpoint rule in strata that halve towards both ends.
#[test]
fn moments_agree_with_the_quantile_function() {
    for (name, dist) in specimens() {
        let (mut first, mut second) = (0.0, 0.0);
        let mut edges = vec![0.5];
        edges.extend((2..45).map(|i| 0.5_f64.powi(i)));
        for pair in edges.windows(2) {
            for i in 0..400 {
                let p = pair[1] + (pair[0] - pair[1]) * (f64::from(i) + 0.5) / 400.0;
                for p in [p, 1.0 - p] {
                    let x = dist.quantile(p).unwrap();
                    first += x * (pair[0] - pair[1]) / 400.0;
                    second += x * x * (pair[0] - pair[1]) / 400.0;
                }
            }
        }
        // Discrete laws jump inside a cell; the mass of a cell is at most 1/1600.
        let scale = dist.second_moment();
        assert!((first - dist.mean()).abs() < 2e-3 * scale.sqrt(), "{name}: mean {first}");
        near(second, scale, 5e-3, name);
        near(dist.variance(), dist.cv().powi(2) * dist.mean().powi(2), 1e-12, name);
    }
}

fn check_against(
    ours: &Dist,
    theirs: &(impl ContinuousCDF<f64, f64> + Distribution<f64>),
    what: &str,
) {
    near(ours.mean(), theirs.mean().unwrap(), 1e-9, what);
    near(ours.variance(), theirs.variance().unwrap(), 1e-9, what);
    for p in LEVELS {
        let x = ours.quantile(p).unwrap();
        near(theirs.cdf(x), p, 1e-6, what);
        near(ours.cdf(x), theirs.cdf(x), 1e-6, what);
    }
}

#[test]
fn continuous_laws_agree_with_statrs() {
    check_against(&Dist::exponential(4.0).unwrap(), &other::Exp::new(0.25).unwrap(), "exp");
    let triangular = other::Triangular::new(1.0, 7.0, 2.0).unwrap();
    check_against(&Dist::triangular(1.0, 2.0, 7.0).unwrap(), &triangular, "triangular");
    let normal = other::Normal::new(-3.0, 2.0).unwrap();
    check_against(&Dist::normal(-3.0, 2.0, false).unwrap(), &normal, "normal");
    // Lognormal: sigma = 0.8 has cv² = e^0.64 - 1 and mean e^(mu + 0.32).
    let lognormal = Dist::lognormal_mean_cv((1.0_f64 + 0.32).exp(), (0.64_f64.exp() - 1.0).sqrt());
    check_against(&lognormal.unwrap(), &other::LogNormal::new(1.0, 0.8).unwrap(), "lognormal");
    for cv in [0.1_f64, 0.5, 1.0, 3.0] {
        let gamma = other::Gamma::new(1.0 / (cv * cv), 1.0 / (10.0 * cv * cv)).unwrap();
        check_against(&Dist::gamma_mean_cv(10.0, cv).unwrap(), &gamma, "gamma");
    }
    let erlang = other::Erlang::new(4, 2.0).unwrap();
    check_against(&Dist::erlang(4, 2.0).unwrap(), &erlang, "erlang");
    // Weibull of shape 2 (Rayleigh): cv² = 4/pi - 1.
    let cv = (4.0 / std::f64::consts::PI - 1.0).sqrt();
    let weibull = other::Weibull::new(2.0, 1.0).unwrap();
    let mean = std::f64::consts::PI.sqrt() / 2.0;
    check_against(&Dist::weibull_mean_cv(mean, cv).unwrap(), &weibull, "weibull");
    let pareto = other::Pareto::new(1.5, 3.5).unwrap();
    check_against(&Dist::pareto(1.5, 3.5, None).unwrap(), &pareto, "pareto");
}

#[test]
fn discrete_laws_agree_with_statrs() {
    for mean in [0.3, 5.0, 40.0, 1_000.0] {
        let (ours, theirs) = (Dist::poisson(mean).unwrap(), other::Poisson::new(mean).unwrap());
        for k in 0..2_000_u32 {
            let (found, exact) = (ours.cdf(f64::from(k)), theirs.cdf(u64::from(k)));
            assert!((found - exact).abs() < 1e-10, "poisson {mean}, {k}: {found}, {exact}");
        }
    }
    let (ours, theirs) = (Dist::geometric(4.0).unwrap(), other::Geometric::new(0.25).unwrap());
    for k in 1..60_u32 {
        near(ours.cdf(f64::from(k)), theirs.cdf(u64::from(k)), 1e-12, "geometric");
    }
    assert_eq!((ours.mean(), ours.variance()), (4.0, 12.0));
    // Zipf: the plain sums.
    let zipf = Dist::zipf(100, 1.3).unwrap();
    let sum = |by: f64| (1..=100).map(|k| f64::from(k).powf(by - 1.3)).sum::<f64>();
    near(zipf.mean(), sum(1.0) / sum(0.0), 1e-12, "zipf mean");
    near(zipf.second_moment(), sum(2.0) / sum(0.0), 1e-12, "zipf second moment");
    near(zipf.cdf(1.5), 1.0 / sum(0.0), 1e-12, "zipf first rank");
}

#[test]
fn stated_quantiles_and_moments_come_back() {
    let pairs = [(0.5, 5.0), (0.99, 50.0)];
    for make in [Dist::lognormal_quantiles, Dist::gamma_quantiles, Dist::weibull_quantiles] {
        for dist in [make(pairs[0], pairs[1]), make(pairs[1], pairs[0])] {
            let dist = dist.unwrap();
            for (p, x) in pairs {
                near(dist.quantile(p).unwrap(), x, 1e-9, dist.family());
            }
        }
    }
    for make in [Dist::lognormal_mean_cv, Dist::gamma_mean_cv, Dist::weibull_mean_cv] {
        for cv in [0.01, 0.44, 1.0, 2.5, 20.0] {
            let dist = make(0.1, cv).unwrap();
            near(dist.mean(), 0.1, 1e-9, dist.family());
            near(dist.cv(), cv, 1e-8, dist.family());
        }
        assert_eq!(make(0.1, 0.0).unwrap().as_constant(), Some(0.1));
    }
    for cv in [1.0, 1.5, 10.0, 1_000.0] {
        let dist = Dist::hyperexp_mean_cv(2.0, cv).unwrap();
        near(dist.mean(), 2.0, 1e-12, "hyperexp");
        near(dist.cv(), cv, 1e-9, "hyperexp");
    }
    for (low, high) in [(2.0, 8.0), (-2.0, 8.0), (0.0, 1.0)] {
        let dist = Dist::between(low, high).unwrap();
        assert!((dist.quantile(0.05).unwrap() - low).abs() < 1e-12);
        assert!((dist.quantile(0.95).unwrap() - high).abs() < 1e-12);
    }
}

/// Goal: a truncated normal has the moments of the conditioned law. Source: at mean 0 it is the
/// half-normal law, mean sd sqrt(2/pi), variance sd² (1 - 2/pi).
#[test]
fn truncation_at_the_mean_gives_the_half_normal() {
    let half = Dist::normal(0.0, 2.0, true).unwrap();
    near(half.mean(), 2.0 * (2.0 / std::f64::consts::PI).sqrt(), 1e-14, "mean");
    near(half.variance(), 4.0 * (1.0 - 2.0 / std::f64::consts::PI), 1e-14, "variance");
    near(half.quantile(0.5).unwrap(), 2.0 * 0.674_489_750_196_081_7, 1e-14, "median");
}

/// Source: density alpha/x² · 1/(1 - 1/50) at alpha = 1 has mean ln 50/(1 - 1/50), second moment
/// 49/(1 - 1/50).
#[test]
fn truncated_pareto_has_its_moments() {
    let pareto = Dist::pareto(1.0, 1.0, Some(50.0)).unwrap();
    near(pareto.mean(), 50.0_f64.ln() / 0.98, 1e-13, "mean");
    near(pareto.second_moment(), 50.0, 1e-13, "second moment");
    for alpha in [0.5, 1.0] {
        assert_eq!(Dist::pareto(1.0, alpha, None).unwrap().mean(), f64::INFINITY);
    }
    assert_eq!(Dist::pareto(1.0, 2.0, None).unwrap().variance(), f64::INFINITY);
    assert_eq!(Dist::pareto(1.0, 1.5, None).unwrap().cv(), f64::INFINITY);
}

/// Goal: scaling and shifting move mean, deviation and every quantile as they should.
#[test]
fn transforms_move_every_law() {
    for (name, dist) in specimens() {
        let scaled = dist.scaled(2.5).unwrap();
        let both = scaled.shifted(3.0).unwrap();
        near(both.mean(), 2.5 * dist.mean() + 3.0, 1e-12, name);
        near(both.variance(), 6.25 * dist.variance(), 1e-9, name);
        for p in LEVELS {
            let x = 2.5 * dist.quantile(p).unwrap();
            assert!((scaled.quantile(p).unwrap() - x).abs() <= 1e-9 * x.abs(), "{name} at {p}");
            let x = x + 3.0;
            assert!(
                (both.quantile(p).unwrap() - x).abs() <= 1e-9 * x.abs() + 1e-12,
                "{name} at {p}"
            );
        }
        assert_eq!(dist.scaled(0.0).unwrap().as_constant(), Some(0.0));
        assert_eq!(dist.scaled(1.0).unwrap(), dist);
        assert_eq!(both.family(), dist.family());
    }
}
