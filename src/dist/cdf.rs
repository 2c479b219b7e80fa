//! Cumulative distributions and supports.

use super::law::{Dist, Law, Weighted};
use super::special::{gamma_p, gamma_q, normal_cdf};

impl Dist {
    /// Probability of a value of at most `x`; 0 for NaN.
    pub fn cdf(&self, x: f64) -> f64 {
        let (low, high) = self.support();
        if x >= high {
            return 1.0;
        }
        if x.is_nan() || x < low {
            return 0.0;
        }
        // From here on x is finite or the support unbounded, and low <= x < high.
        match &self.law {
            Law::Constant { .. } => 1.0,
            Law::Exponential { mean } => -libm::expm1(-x / mean),
            Law::Uniform { low, high } => (x - low) / (high - low),
            Law::Triangular { low, mode, high } => triangular(*low, *mode, *high, x),
            Law::Normal { mean, sd } => normal_cdf((x - mean) / sd),
            Law::TruncatedNormal { mean, sd } => truncated_normal(*mean, *sd, x),
            Law::Lognormal { mu, sigma } => normal_cdf((libm::log(x) - mu) / sigma),
            Law::Gamma { shape, scale } => gamma_p(*shape, x / scale),
            Law::Weibull { shape, scale } => -libm::expm1(-libm::pow(x / scale, *shape)),
            Law::Erlang { k, mean } => gamma_p(f64::from(*k), x * f64::from(*k) / mean),
            Law::Hyperexponential { phases } => {
                phases.iter().map(|w| -w.p * libm::expm1(-x / w.item)).sum()
            }
            Law::Pareto { min, alpha, max } => {
                let down = |to: f64| -libm::expm1(alpha * libm::log(min / to));
                down(x) / down(*max)
            }
            Law::Poisson { mean } => gamma_q(x.floor() + 1.0, *mean),
            Law::Geometric { mean } => -libm::expm1(x.floor() * libm::log1p(-1.0 / mean)),
            Law::Zipf { zipf } => zipf.cdf(x),
            Law::Choice { values } => {
                let below = values.partition_point(|w| w.item <= x);
                if below == 0 { 0.0 } else { values[below - 1].cumulative }
            }
            Law::Mixture { parts } => {
                parts.iter().map(|w| w.p * w.item.cdf(x)).sum::<f64>().min(1.0)
            }
            Law::Empirical { values } => {
                values.partition_point(|value| *value <= x) as f64 / values.len() as f64
            }
            Law::Affine { base, factor, shift } => base.cdf((x - shift) / factor),
        }
    }

    /// The smallest and the largest possible value; either may be infinite.
    pub fn support(&self) -> (f64, f64) {
        const INF: f64 = f64::INFINITY;
        match &self.law {
            Law::Constant { value } => (*value, *value),
            Law::Exponential { .. }
            | Law::TruncatedNormal { .. }
            | Law::Lognormal { .. }
            | Law::Gamma { .. }
            | Law::Weibull { .. }
            | Law::Erlang { .. }
            | Law::Hyperexponential { .. }
            | Law::Poisson { .. } => (0.0, INF),
            Law::Uniform { low, high } | Law::Triangular { low, high, .. } => (*low, *high),
            Law::Normal { .. } => (-INF, INF),
            Law::Pareto { min, max, .. } => (*min, *max),
            Law::Geometric { .. } => (1.0, INF),
            Law::Zipf { zipf } => (1.0, zipf.n),
            Law::Choice { values } => (values[0].item, values[values.len() - 1].item),
            Law::Mixture { parts } => hull(parts),
            Law::Empirical { values } => (values[0], values[values.len() - 1]),
            Law::Affine { base, factor, shift } => {
                let (low, high) = base.support();
                (shift + factor * low, shift + factor * high)
            }
        }
    }
}

fn hull(parts: &[Weighted<Dist>]) -> (f64, f64) {
    parts
        .iter()
        .map(|w| w.item.support())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (part_low, part_high)| {
            (low.min(part_low), high.max(part_high))
        })
}

fn triangular(low: f64, mode: f64, high: f64, x: f64) -> f64 {
    if x < mode {
        (x - low) * (x - low) / ((high - low) * (mode - low))
    } else {
        1.0 - (high - x) * (high - x) / ((high - low) * (high - mode))
    }
}

fn truncated_normal(mean: f64, sd: f64, x: f64) -> f64 {
    let (start, z) = (-mean / sd, (x - mean) / sd);
    if start > 0.0 {
        // In the upper tail by survival: no digits are lost to 1 - small.
        1.0 - normal_cdf(-z) / normal_cdf(-start)
    } else {
        (normal_cdf(z) - normal_cdf(start)) / normal_cdf(-start)
    }
}
