//! Intervals for a probability from a number of successes in independent trials.

use super::{beta, normal};

/// The exact (Clopper–Pearson) interval: covers at least `confidence_level` for every true
/// probability.
///
/// Clopper and Pearson, Biometrika 26 (1934). Without trials it is `(0, 1)`. Successes beyond the
/// trials count as all of them.
pub fn clopper_pearson(successes: u64, trials: u64, confidence_level: f64) -> (f64, f64) {
    let successes = successes.min(trials);
    let failures = trials - successes;
    let tail = 0.5 * (1.0 - confidence_level);
    let lower = if successes == 0 {
        0.0
    } else {
        beta::quantile(tail, successes as f64, failures as f64 + 1.0)
    };
    let upper = if failures == 0 {
        1.0
    } else {
        beta::quantile(1.0 - tail, successes as f64 + 1.0, failures as f64)
    };
    (lower, upper)
}

/// The score (Wilson) interval: shorter, covers `confidence_level` on average rather than always.
///
/// Wilson, Journal of the American Statistical Association 22 (1927). Without trials it is `(0,
/// 1)`.
pub fn wilson(successes: u64, trials: u64, confidence_level: f64) -> (f64, f64) {
    if trials == 0 {
        return (0.0, 1.0);
    }
    let n = trials as f64;
    let share = successes.min(trials) as f64 / n;
    let z = normal::quantile(0.5 + 0.5 * confidence_level);
    let shrink = 1.0 + z * z / n;
    let center = (share + z * z / (2.0 * n)) / shrink;
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt() / shrink;
    ((center - half).max(0.0), (center + half).min(1.0))
}

/// More trials than anybody makes.
const TRIALS_MAX: u64 = 1_000_000;

/// About how many trials bring the exact interval to one side of `wanted` (at it or above, or below
/// it) if the share of successes stays what it is; `None` if a million do not, or there are none yet.
///
/// The smallest number is looked for by doubling and halving: the interval of [`clopper_pearson`]
/// narrows with the number of trials, but for steps of one success.
pub fn trials_to_tell(
    successes: u64,
    trials: u64,
    wanted: f64,
    confidence_level: f64,
) -> Option<u64> {
    if trials == 0 {
        return None;
    }
    let share = successes.min(trials) as f64 / trials as f64;
    let tells = |trials: u64| {
        let successes = (share * trials as f64).round() as u64;
        let (lower, upper) = clopper_pearson(successes, trials, confidence_level);
        lower >= wanted || upper < wanted
    };
    let (mut too_few, mut enough) = (0, trials);
    while !tells(enough) {
        if enough >= TRIALS_MAX {
            return None;
        }
        too_few = enough;
        enough = enough.saturating_mul(2).min(TRIALS_MAX);
    }
    while enough - too_few > 1 {
        let middle = too_few.midpoint(enough);
        if tells(middle) {
            enough = middle;
        } else {
            too_few = middle;
        }
    }
    Some(enough)
}

#[cfg(test)]
mod tests {
    use super::{clopper_pearson, trials_to_tell, wilson};
    use statrs::distribution::{Binomial, DiscreteCDF};

    /// The definition: at the bounds, the observed count is exactly in a tail of 2.5 %.
    #[test]
    fn clopper_pearson_bounds_put_the_count_into_the_tails() {
        for (successes, trials) in [(1, 10), (5, 10), (9, 10), (3, 400), (380, 400), (57, 64)] {
            let (lower, upper) = clopper_pearson(successes, trials, 0.95);
            let at_least = 1.0 - Binomial::new(lower, trials).unwrap().cdf(successes - 1);
            let at_most = Binomial::new(upper, trials).unwrap().cdf(successes);
            assert!((at_least - 0.025).abs() < 1e-9, "{successes}/{trials}");
            assert!((at_most - 0.025).abs() < 1e-9, "{successes}/{trials}");
        }
    }

    /// With no success the bound solves `(1 - p)^n = 0.025`.
    #[test]
    fn nothing_and_everything_have_closed_forms() {
        let (lower, upper) = clopper_pearson(0, 50, 0.95);
        assert_eq!(lower, 0.0);
        assert!((upper - (1.0 - libm::pow(0.025, 0.02))).abs() < 1e-12);
        let (lower, upper) = clopper_pearson(50, 50, 0.95);
        assert_eq!(upper, 1.0);
        assert!((lower - libm::pow(0.025, 0.02)).abs() < 1e-12);
        assert_eq!(clopper_pearson(0, 0, 0.95), (0.0, 1.0));
        assert_eq!(wilson(0, 0, 0.95), (0.0, 1.0));
    }

    /// All successes: the closed form of the bound. Some: the half width that the normal
    /// approximation gives there, z √(p (1 - p) / n), is about the distance. At the share itself no
    /// number tells.
    #[test]
    fn trials_that_tell_have_the_half_width_of_the_distance() {
        // 0.025^(1/n) ≥ 0.9 from n = ln 0.025 / ln 0.9 = 35.01 on.
        assert_eq!(trials_to_tell(16, 16, 0.9, 0.95), Some(36));
        let about = 1.96 * 1.96 * 0.8 * 0.2 / (0.1 * 0.1);
        let told = trials_to_tell(8, 10, 0.9, 0.95).unwrap() as f64;
        assert!((told / about - 1.0).abs() < 0.25, "{told} of {about}");
        assert_eq!(trials_to_tell(9, 10, 0.9, 0.95), None);
        assert_eq!(trials_to_tell(0, 0, 0.9, 0.95), None);
    }

    /// The score interval solves `|share - p| = z * sqrt(p (1 - p) / n)` at both ends.
    #[test]
    fn wilson_bounds_solve_the_score_equation() {
        let z = 1.959_963_984_540_054;
        for (successes, trials) in [(2_u64, 10_u64), (30, 64), (399, 400)] {
            let share = successes as f64 / trials as f64;
            let (lower, upper) = wilson(successes, trials, 0.95);
            for p in [lower, upper] {
                let score = (share - p).abs() / (p * (1.0 - p) / trials as f64).sqrt();
                assert!((score - z).abs() < 1e-9);
            }
        }
    }
}
