//! A number with its uncertainty, from independent replications.
//!
//! Every interval here is about the luck of the runs: replications are independent and identically
//! distributed, their values are combined in the order given (floating-point sums must not depend
//! on threads), and Student's t stands for the unknown variance.

use serde::{Deserialize, Serialize};

use super::{binomial, student};

/// May a verdict rest on this estimate?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// The interval keeps its confidence level.
    Good,
    /// Too few samples for the interval to be trusted; a verdict on it is inconclusive.
    FewSamples,
    /// The estimate or an end of its interval is infinite: it falls among values that never came.
    Unbounded,
}

/// A point estimate and its confidence interval.
///
/// All of `point`, `standard_error`, `lower` and `upper` carry the unit of the values that went in.
/// They are never NaN, but may be infinite (see [`Quality::Unbounded`]; with a single replication
/// the standard error is infinite too).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate itself.
    pub point: f64,
    /// Its estimated standard deviation.
    pub standard_error: f64,
    /// Lower bound of the two-sided interval.
    pub lower: f64,
    /// Upper bound of the two-sided interval.
    pub upper: f64,
    /// Nominal coverage of the interval, in 0..1.
    pub confidence_level: f64,
    /// How many independent values stand behind the standard error.
    pub samples: u64,
    /// May a verdict rest on it?
    pub quality: Quality,
}

impl Estimate {
    /// `point ± t · standard_error` with `samples - 1` degrees of freedom; unbounded for one sample.
    pub(super) fn student(
        point: f64,
        standard_error: f64,
        samples: u64,
        confidence_level: f64,
    ) -> Self {
        let half = if samples < 2 {
            f64::INFINITY
        } else if standard_error == 0.0 {
            0.0
        } else {
            student::two_sided(confidence_level, (samples - 1) as f64) * standard_error
        };
        Self {
            point,
            standard_error: if samples < 2 { f64::INFINITY } else { standard_error },
            lower: point - half,
            upper: point + half,
            confidence_level,
            samples,
            quality: if samples < 2 { Quality::FewSamples } else { Quality::Good },
        }
    }

    /// Infinite from the start: what was asked for never came.
    pub(super) fn infinite(lower: f64, samples: u64, confidence_level: f64) -> Self {
        Self {
            point: f64::INFINITY,
            standard_error: f64::INFINITY,
            lower,
            upper: f64::INFINITY,
            confidence_level,
            samples,
            quality: Quality::Unbounded,
        }
    }

    /// Half the length of the interval; infinite if an end is.
    pub fn half_width(&self) -> f64 {
        if self.lower == self.upper { 0.0 } else { 0.5 * (self.upper - self.lower) }
    }

    /// Half width over the absolute point: the precision reached; `None` if the point is 0 or
    /// infinite.
    pub fn relative_half_width(&self) -> Option<f64> {
        let relative = self.half_width() / self.point.abs();
        (self.point != 0.0 && self.point.is_finite()).then_some(relative)
    }

    /// The same estimate with the interval cut to `[low, high]`, for quantities that cannot lie
    /// outside.
    #[must_use]
    pub fn within(self, low: f64, high: f64) -> Self {
        Self { lower: self.lower.clamp(low, high), upper: self.upper.clamp(low, high), ..self }
    }
}

/// Mean and unbiased variance of `values` (two passes; variance 0 for a single value).
pub(super) fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, if values.len() < 2 { 0.0 } else { squares / (n - 1.0) })
}

/// The mean of one value per replication; `None` without values or if one is NaN.
///
/// If a value is infinite the estimate is, and [`Quality::Unbounded`].
pub fn mean(values: &[f64], confidence_level: f64) -> Option<Estimate> {
    if values.is_empty() || values.iter().any(|value| value.is_nan()) {
        return None;
    }
    let samples = values.len() as u64;
    if values.iter().any(|value| value.is_infinite()) {
        let lower = values.iter().copied().fold(f64::INFINITY, f64::min);
        return Some(Estimate::infinite(lower, samples, confidence_level));
    }
    let (mean, variance) = mean_and_variance(values);
    let standard_error = (variance / samples as f64).sqrt();
    Some(Estimate::student(mean, standard_error, samples, confidence_level))
}

/// Σ numerators / Σ denominators over replications: the mean of a tally whose counts differ from
/// run to run, a share of visits, a rate over spans of differing length.
///
/// The variance is linearized (Law, Simulation Modeling and Analysis, 5th ed., section 9.5.3;
/// Cochran, Sampling Techniques, section 2.11): `s²(N_i - R·D_i) / (n · mean(D)²)`, with `n - 1`
/// degrees of freedom. `None` if the lengths differ, a number is not finite or the denominators do
/// not sum to more than 0. A replication with denominator 0 still counts as one.
pub fn ratio(numerators: &[f64], denominators: &[f64], confidence_level: f64) -> Option<Estimate> {
    let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
    let total: f64 = denominators.iter().sum();
    let usable = numerators.len() == denominators.len() && finite(numerators);
    if !usable || !finite(denominators) || total <= 0.0 {
        return None;
    }
    let point = numerators.iter().sum::<f64>() / total;
    let samples = numerators.len() as u64;
    let residuals: Vec<f64> =
        numerators.iter().zip(denominators).map(|(n, d)| n - point * d).collect();
    let (_, variance) = mean_and_variance(&residuals);
    let standard_error = (variance * samples as f64).sqrt() / total;
    Some(Estimate::student(point, standard_error, samples, confidence_level))
}

/// The probability of a hit, when each replication has `hits[i]` among `trials[i]` that may depend
/// on each other (a share of visits).
///
/// The ratio estimator, cut to `[0, 1]`. A rare event is the case where it lies (no hit anywhere
/// would give an interval of length 0), so with fewer than 20 hits or misses the interval is
/// widened to include the exact binomial one of the pooled trials. `None` without trials or if the
/// lengths differ.
pub fn probability(hits: &[u64], trials: &[u64], confidence_level: f64) -> Option<Estimate> {
    const RARE: u64 = 20;
    let float = |counts: &[u64]| counts.iter().map(|&count| count as f64).collect::<Vec<f64>>();
    let estimate = ratio(&float(hits), &float(trials), confidence_level)?.within(0.0, 1.0);
    let hit = hits.iter().fold(0_u64, |sum, &count| sum.saturating_add(count));
    let tried = trials.iter().fold(0_u64, |sum, &count| sum.saturating_add(count));
    if hit.min(tried.saturating_sub(hit)) >= RARE {
        return Some(estimate);
    }
    let (lower, upper) = binomial::clopper_pearson(hit, tried, confidence_level);
    Some(Estimate {
        lower: estimate.lower.min(lower),
        upper: estimate.upper.max(upper),
        ..estimate
    })
}

/// The probability that a whole replication (or world) is a success, from independent ones, with
/// the exact binomial interval; `None` without trials.
pub fn chance(successes: u64, trials: u64, confidence_level: f64) -> Option<Estimate> {
    if trials == 0 {
        return None;
    }
    let point = successes.min(trials) as f64 / trials as f64;
    let (lower, upper) = binomial::clopper_pearson(successes, trials, confidence_level);
    Some(Estimate {
        point,
        standard_error: (point * (1.0 - point) / trials as f64).sqrt(),
        lower,
        upper,
        confidence_level,
        samples: trials,
        quality: Quality::Good,
    })
}
