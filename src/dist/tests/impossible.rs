//! Impossible laws are refused, with a phrase that says what is expected.

use crate::dist::Dist;

#[test]
fn impossible_laws_are_refused() {
    const NAN: f64 = f64::NAN;
    const INF: f64 = f64::INFINITY;
    let unit = || Dist::exponential(1.0).unwrap();
    let refused = vec![
        Dist::constant(NAN),
        Dist::exponential(0.0),
        Dist::exponential(-1.0),
        Dist::exponential(INF),
        Dist::uniform(2.0, 1.0),
        Dist::uniform(-f64::MAX, f64::MAX),
        Dist::triangular(1.0, 0.5, 2.0),
        Dist::normal(0.0, -1.0, false),
        Dist::normal(-9.0, 1.0, true),
        Dist::normal(-1.0, 0.0, true),
        Dist::lognormal_mean_cv(0.0, 1.0),
        Dist::lognormal_mean_cv(1.0, -1.0),
        Dist::lognormal_mean_cv(1.0, 1e300),
        Dist::lognormal_quantiles((0.5, 1.0), (0.5, 2.0)),
        Dist::lognormal_quantiles((0.5, 2.0), (0.9, 1.0)),
        Dist::lognormal_quantiles((0.5, 0.0), (0.9, 1.0)),
        Dist::lognormal_quantiles((0.5, 1.0), (1.0, 2.0)),
        Dist::gamma_mean_cv(1.0, 1e-9),
        Dist::gamma_quantiles((0.5, 1.0), (0.500_001, 1e9)),
        Dist::weibull_mean_cv(1.0, 1e9),
        Dist::weibull_quantiles((0.1, 1.0), (0.100_001, 1e9)),
        Dist::erlang(0, 1.0),
        Dist::hyperexp_mean_cv(1.0, 0.5),
        Dist::hyperexp_mean_cv(1.0, NAN),
        Dist::hyperexp_phases(&[]),
        Dist::hyperexp_phases(&[(1.0, 0.5), (2.0, 0.4)]),
        Dist::hyperexp_phases(&[(0.0, 1.0)]),
        Dist::pareto(0.0, 1.0, None),
        Dist::pareto(1.0, 1.0, Some(1.0)),
        Dist::poisson(-1.0),
        Dist::poisson(1e30),
        Dist::geometric(0.5),
        Dist::geometric(NAN),
        Dist::zipf(0, 1.0),
        Dist::zipf(u64::MAX, 1.0),
        Dist::zipf(10, -0.5),
        Dist::between(3.0, 3.0),
        Dist::between(NAN, 3.0),
        Dist::choice(&[]),
        Dist::choice(&[(1.0, 0.5), (2.0, 0.6)]),
        Dist::choice(&[(1.0, -0.5), (2.0, 1.5)]),
        Dist::choice(&[(NAN, 1.0)]),
        Dist::mixture(vec![]),
        Dist::mixture(vec![(unit(), 0.9)]),
        Dist::empirical(vec![]),
        Dist::empirical(vec![1.0, NAN]),
        unit().scaled(-1.0),
        unit().scaled(NAN),
        unit().shifted(INF),
        Dist::constant(1e300).unwrap().scaled(1e300),
    ];
    for (i, made) in refused.into_iter().enumerate() {
        let message = made.expect_err(&format!("case {i}")).to_string();
        assert!(message.starts_with(char::is_lowercase) && !message.ends_with('.'), "{message}");
    }
}

#[test]
fn messages_name_the_number_and_the_expectation() {
    let message = Dist::hyperexp_mean_cv(1.0, 0.5).unwrap_err().to_string();
    assert!(message.contains("0.5") && message.contains("expected 1 to"), "{message}");
}

#[test]
fn degenerate_laws_are_constants() {
    let constants = [
        (Dist::uniform(2.0, 2.0), 2.0),
        (Dist::triangular(2.0, 2.0, 2.0), 2.0),
        (Dist::normal(2.0, 0.0, true), 2.0),
        (Dist::poisson(0.0), 0.0),
        (Dist::geometric(1.0), 1.0),
        (Dist::zipf(1, 3.0), 1.0),
        (Dist::choice(&[(7.0, 1.0), (8.0, 0.0)]), 7.0),
        (Dist::empirical(vec![4.0, 4.0]), 4.0),
    ];
    for (made, value) in constants {
        assert_eq!(made.unwrap().as_constant(), Some(value));
    }
}
