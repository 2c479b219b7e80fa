//! Exact moments.

use super::law::{Dist, Law, Weighted};
use super::special::{harmonic, normal_cdf, normal_density};

impl Dist {
    /// The mean; infinite for a Pareto law with alpha <= 1 and no max.
    pub fn mean(&self) -> f64 {
        match &self.law {
            Law::Constant { value } => *value,
            Law::Exponential { mean }
            | Law::Normal { mean, .. }
            | Law::Erlang { mean, .. }
            | Law::Poisson { mean }
            | Law::Geometric { mean } => *mean,
            Law::Uniform { low, high } => low + (high - low) / 2.0,
            Law::Triangular { low, mode, high } => low + ((mode - low) + (high - low)) / 3.0,
            Law::TruncatedNormal { mean, sd } => mean + sd * hazard(-mean / sd),
            Law::Lognormal { mu, sigma } => libm::exp(mu + sigma * sigma / 2.0),
            Law::Gamma { shape, scale } => shape * scale,
            Law::Weibull { shape, scale } => scale * libm::tgamma(1.0 + 1.0 / shape),
            Law::Hyperexponential { phases } => phases.iter().map(|w| w.p * w.item).sum(),
            Law::Pareto { min, alpha, max } => min * pareto_moment(*alpha, min / max, 1.0),
            Law::Zipf { zipf } => harmonic(zipf.n, zipf.s - 1.0) / zipf.total,
            Law::Choice { values } => values.iter().map(|w| w.p * w.item).sum(),
            Law::Mixture { parts } => parts.iter().map(|w| w.p * w.item.mean()).sum(),
            Law::Empirical { values } => values.iter().sum::<f64>() / values.len() as f64,
            Law::Affine { base, factor, shift } => shift + factor * base.mean(),
        }
    }

    /// The variance; infinite for a Pareto law with alpha <= 2 and no max.
    pub fn variance(&self) -> f64 {
        match &self.law {
            Law::Constant { .. } => 0.0,
            Law::Exponential { mean } => mean * mean,
            Law::Uniform { low, high } => (high - low) * (high - low) / 12.0,
            Law::Triangular { low, mode, high } => {
                let (m, h) = (mode - low, high - low);
                (m * m + h * h - m * h) / 18.0
            }
            Law::Normal { sd, .. } => sd * sd,
            Law::TruncatedNormal { mean, sd } => {
                let (start, hazard) = (-mean / sd, hazard(-mean / sd));
                sd * sd * (1.0 - hazard * (hazard - start))
            }
            Law::Lognormal { mu, sigma } => {
                let s2 = sigma * sigma;
                libm::exp(2.0 * mu + s2) * libm::expm1(s2)
            }
            Law::Gamma { shape, scale } => shape * scale * scale,
            Law::Weibull { shape, scale } => {
                let mean = scale * libm::tgamma(1.0 + 1.0 / shape);
                mean * mean * weibull_squared_cv(*shape)
            }
            Law::Erlang { k, mean } => mean * mean / f64::from(*k),
            Law::Hyperexponential { phases } => {
                let second: f64 = phases.iter().map(|w| 2.0 * w.p * w.item * w.item).sum();
                second - self.mean() * self.mean()
            }
            Law::Pareto { min, alpha, max } => pareto_variance(*min, *alpha, *max),
            Law::Poisson { mean } => *mean,
            Law::Geometric { mean } => mean * (mean - 1.0),
            Law::Zipf { zipf } => {
                let mean = self.mean();
                (harmonic(zipf.n, zipf.s - 2.0) / zipf.total - mean * mean).max(0.0)
            }
            Law::Choice { values } => {
                let mean = self.mean();
                values.iter().map(|w| w.p * (w.item - mean) * (w.item - mean)).sum()
            }
            Law::Mixture { parts } => mixture_variance(parts, self.mean()),
            Law::Empirical { values } => {
                let mean = self.mean();
                let sum: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
                sum / values.len() as f64
            }
            Law::Affine { base, factor, .. } => factor * factor * base.variance(),
        }
    }

    /// The mean of the square.
    pub fn second_moment(&self) -> f64 {
        let mean = self.mean();
        self.variance() + mean * mean
    }

    /// The coefficient of variation: standard deviation over mean. 0 for a constant; infinite if
    /// the variance is, or if the mean is 0.
    pub fn cv(&self) -> f64 {
        let variance = self.variance();
        if variance == 0.0 {
            0.0
        } else if variance == f64::INFINITY {
            f64::INFINITY
        } else {
            variance.sqrt() / self.mean().abs()
        }
    }
}

/// Density over survival of the standard normal law: the mean beyond `start`.
fn hazard(start: f64) -> f64 {
    normal_density(start) / normal_cdf(-start)
}

/// Variance over squared mean of a Weibull law: G(1 + 2/k)/G(1 + 1/k)² - 1.
pub(super) fn weibull_squared_cv(shape: f64) -> f64 {
    let half = libm::lgamma(1.0 + 1.0 / shape);
    libm::expm1(libm::lgamma(1.0 + 2.0 / shape) - 2.0 * half)
}

/// The moment of order `r` of a Pareto law with min 1 and max 1/`inverse_max`.
///
/// With a = alpha - r and L = ln max: alpha (1 - e^-aL)/a / (1 - e^-alpha L); a may be 0.
fn pareto_moment(alpha: f64, inverse_max: f64, r: f64) -> f64 {
    let over = alpha - r;
    if inverse_max == 0.0 {
        return if over > 0.0 { alpha / over } else { f64::INFINITY };
    }
    let log = -libm::log(inverse_max);
    let above = if over == 0.0 { log } else { -libm::expm1(-over * log) / over };
    alpha * above / -libm::expm1(-alpha * log)
}

fn pareto_variance(min: f64, alpha: f64, max: f64) -> f64 {
    if max == f64::INFINITY {
        if alpha <= 2.0 {
            return f64::INFINITY;
        }
        return min * min * alpha / ((alpha - 1.0) * (alpha - 1.0) * (alpha - 2.0));
    }
    let mean = pareto_moment(alpha, min / max, 1.0);
    (min * min * (pareto_moment(alpha, min / max, 2.0) - mean * mean)).max(0.0)
}

/// Within plus between the parts.
fn mixture_variance(parts: &[Weighted<Dist>], mean: f64) -> f64 {
    if parts.iter().any(|w| w.item.variance() == f64::INFINITY) {
        return f64::INFINITY;
    }
    parts
        .iter()
        .map(|w| {
            let off = w.item.mean() - mean;
            w.p * (w.item.variance() + off * off)
        })
        .sum()
}
