//! Tests of the laws against closed forms, other libraries and each other.

mod exact;
mod impossible;
mod sampling;

use super::Dist;

/// One law of every family and parametrization, with parameters that exercise each code path.
fn specimens() -> Vec<(&'static str, Dist)> {
    let parts = vec![
        (Dist::exponential(1.0).unwrap(), 0.7),
        (Dist::uniform(5.0, 6.0).unwrap(), 0.2),
        (Dist::constant(5.5).unwrap(), 0.1),
    ];
    let twenty: Vec<(f64, f64)> = (0..20).map(|i| (f64::from(i), 0.05)).collect();
    let made = vec![
        ("constant", Dist::constant(3.0)),
        ("exponential", Dist::exponential(0.005)),
        ("uniform", Dist::uniform(-1.0, 4.0)),
        ("triangular", Dist::triangular(1.0, 2.0, 7.0)),
        ("triangular, mode at the end", Dist::triangular(1.0, 7.0, 7.0)),
        ("normal", Dist::normal(-3.0, 2.0, false)),
        ("normal above zero", Dist::normal(1.0, 0.5, true)),
        ("normal far above zero", Dist::normal(-3.0, 1.0, true)),
        ("lognormal by mean and cv", Dist::lognormal_mean_cv(100.0, 0.44)),
        ("lognormal by quantiles", Dist::lognormal_quantiles((0.99, 0.05), (0.5, 0.005))),
        ("gamma, cv 0.5", Dist::gamma_mean_cv(10.0, 0.5)),
        ("gamma, cv 2", Dist::gamma_mean_cv(10.0, 2.0)),
        ("gamma by quantiles", Dist::gamma_quantiles((0.5, 5.0), (0.99, 50.0))),
        ("weibull, cv 0.5", Dist::weibull_mean_cv(10.0, 0.5)),
        ("weibull by quantiles", Dist::weibull_quantiles((0.5, 5.0), (0.99, 50.0))),
        ("erlang 4", Dist::erlang(4, 2.0)),
        ("erlang 40", Dist::erlang(40, 2.0)),
        ("hyperexp, cv 3", Dist::hyperexp_mean_cv(1.0, 3.0)),
        ("hyperexp, 3 phases", Dist::hyperexp_phases(&[(1.0, 0.5), (2.0, 0.3), (10.0, 0.2)])),
        ("pareto", Dist::pareto(1.0, 4.5, None)),
        ("pareto truncated", Dist::pareto(1.0, 1.0, Some(50.0))),
        ("poisson 0.8", Dist::poisson(0.8)),
        ("poisson 9.9", Dist::poisson(9.9)),
        ("poisson 10", Dist::poisson(10.0)),
        ("poisson 1234.5", Dist::poisson(1_234.5)),
        ("geometric", Dist::geometric(4.0)),
        ("zipf 1", Dist::zipf(1_000, 1.0)),
        ("zipf 0", Dist::zipf(10, 0.0)),
        ("zipf 0.8", Dist::zipf(1_000_000_000, 0.8)),
        ("zipf 2.5", Dist::zipf(100, 2.5)),
        ("between, lognormal", Dist::between(2.0, 8.0)),
        ("between, normal", Dist::between(-2.0, 8.0)),
        ("choice", Dist::choice(&[(5.0, 0.2), (1.0, 0.5), (3.0, 0.3)])),
        ("choice of 20", Dist::choice(&twenty)),
        ("mixture", Dist::mixture(parts)),
        ("empirical", Dist::empirical(vec![4.0, 1.0, 2.0, 2.0, 9.0])),
        ("shifted exponential", Dist::exponential(2.0).unwrap().shifted(1.0)),
        ("scaled and shifted zipf", Dist::zipf(50, 1.2).unwrap().scaled(0.5).unwrap().shifted(2.0)),
    ];
    made.into_iter().map(|(name, dist)| (name, dist.unwrap())).collect()
}
