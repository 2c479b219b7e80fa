//! Student's t: distribution function and quantile, for intervals over few independent values.

use super::{beta, normal};

/// `P(T <= t)` for `T` with `freedom > 0` degrees of freedom.
pub fn cdf(t: f64, freedom: f64) -> f64 {
    if t.is_nan() || freedom.is_nan() || freedom <= 0.0 {
        return f64::NAN;
    }
    if t.is_infinite() {
        return if t > 0.0 { 1.0 } else { 0.0 };
    }
    let tail = 0.5 * beta::regularized(freedom / (freedom + t * t), 0.5 * freedom, 0.5);
    if t > 0.0 { 1.0 - tail } else { tail }
}

/// The `p`-quantile with `freedom > 0` degrees of freedom; infinite at 0 and 1, NaN outside `[0,
/// 1]`.
///
/// From the inverse of the incomplete beta function; absolute error below 1e-8 for `p` in
/// `[0.0005, 0.9995]` and at least 2 degrees of freedom. Beyond 1e7 degrees the normal quantile stands in
/// (its error there is below 1e-6).
pub fn quantile(p: f64, freedom: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) || freedom.is_nan() || freedom <= 0.0 {
        return f64::NAN;
    }
    if freedom > 1e7 || p == 0.0 || p == 1.0 {
        return normal::quantile(p);
    }
    let both_tails = 2.0 * p.min(1.0 - p);
    // Solve for whichever of x = freedom / (freedom + t^2) and 1 - x is resolved better.
    let squared = if both_tails < 0.5 {
        let x = beta::quantile(both_tails, 0.5 * freedom, 0.5);
        freedom * (1.0 - x) / x
    } else {
        let y = beta::quantile(1.0 - both_tails, 0.5, 0.5 * freedom);
        freedom * y / (1.0 - y)
    };
    squared.sqrt().copysign(p - 0.5)
}

/// The factor by which a standard error is multiplied for a two-sided interval at
/// `confidence_level`.
pub fn two_sided(confidence_level: f64, freedom: f64) -> f64 {
    quantile(0.5 + 0.5 * confidence_level, freedom)
}

#[cfg(test)]
mod tests {
    use super::{cdf, quantile, two_sided};
    use statrs::distribution::{ContinuousCDF, StudentsT};

    #[test]
    fn agrees_with_an_independent_implementation() {
        for freedom in [1.0, 2.0, 3.0, 7.0, 15.0, 63.0, 1_000.0] {
            let oracle = StudentsT::new(0.0, 1.0, freedom).unwrap();
            for p in [0.001, 0.025, 0.3, 0.45, 0.5, 0.7, 0.95, 0.975, 0.995, 0.9995] {
                let expected = oracle.inverse_cdf(p);
                let difference = (quantile(p, freedom) - expected) / expected.abs().max(1.0);
                assert!(difference.abs() < 1e-6, "{p} {freedom}: {difference}");
                assert!((cdf(expected, freedom) - p).abs() < 1e-6);
            }
        }
    }

    /// Closed forms for one and two degrees of freedom.
    #[test]
    fn one_and_two_degrees_have_closed_forms() {
        for i in 1..100 {
            let p = f64::from(i) / 100.0;
            let cauchy = libm::tan(std::f64::consts::PI * (p - 0.5));
            assert!((quantile(p, 1.0) - cauchy).abs() < 1e-8 * cauchy.abs().max(1.0));
            let two = (2.0 * p - 1.0) / (2.0 * p * (1.0 - p)).sqrt();
            assert!((quantile(p, 2.0) - two).abs() < 1e-8 * two.abs().max(1.0));
        }
    }

    /// The table every textbook prints.
    #[test]
    fn textbook_values() {
        for (freedom, expected) in [(4.0, 2.776), (15.0, 2.131), (30.0, 2.042), (2e7, 1.960)] {
            assert!((two_sided(0.95, freedom) - expected).abs() < 5e-4, "{freedom}");
        }
    }
}
