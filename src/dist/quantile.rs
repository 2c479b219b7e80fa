//! Quantiles: closed forms where there are, else bisection on the cdf to the last bit.

use super::law::{Dist, Law, pick};
use super::special::{gamma_p, normal_cdf, normal_quantile};

impl Dist {
    /// The smallest value x with P(X <= x) >= `p`; the ends of the support at 0 and 1 (possibly
    /// infinite). `None` if `p` is not in [0, 1].
    pub fn quantile(&self, p: f64) -> Option<f64> {
        if !(0.0..=1.0).contains(&p) {
            return None;
        }
        let (low, high) = self.support();
        if p == 0.0 || p == 1.0 {
            return Some(if p == 0.0 { low } else { high });
        }
        Some(self.inner_quantile(p).clamp(low, high))
    }

    /// The quantile for p strictly between 0 and 1.
    fn inner_quantile(&self, p: f64) -> f64 {
        match &self.law {
            Law::Constant { value } => *value,
            Law::Exponential { mean } => -mean * libm::log1p(-p),
            Law::Uniform { low, high } => low + p * (high - low),
            Law::Triangular { low, mode, high } => triangular(*low, *mode, *high, p),
            Law::Normal { mean, sd } => mean + sd * normal_quantile(p),
            Law::TruncatedNormal { mean, sd } => truncated_normal(*mean, *sd, p),
            Law::Lognormal { mu, sigma } => libm::exp(mu + sigma * normal_quantile(p)),
            Law::Gamma { shape, scale } => {
                scale * first_at_least(0.0, f64::MAX, p, |x| gamma_p(*shape, x))
            }
            Law::Weibull { shape, scale } => scale * libm::pow(-libm::log1p(-p), 1.0 / shape),
            Law::Erlang { k, mean } => {
                let k = f64::from(*k);
                mean / k * first_at_least(0.0, f64::MAX, p, |x| gamma_p(k, x))
            }
            Law::Pareto { min, alpha, max } => pareto(*min, *alpha, *max, p),
            Law::Geometric { mean } => {
                let tries = libm::log1p(-p) / libm::log1p(-1.0 / mean);
                // Rounding may put an exact step on the wrong side; the cdf decides.
                first_whole(tries.floor().max(1.0), p, |k| self.cdf(k))
            }
            Law::Poisson { .. } | Law::Zipf { .. } => self.whole_quantile(p),
            Law::Choice { values } => {
                // `pick` takes the first beyond p; a step that p meets exactly belongs to it.
                let at = pick(values, p);
                if at > 0 && values[at - 1].cumulative >= p {
                    values[at - 1].item
                } else {
                    values[at].item
                }
            }
            Law::Empirical { values } => {
                let n = values.len() as f64;
                let mut at = ((p * n).ceil().max(1.0) as usize).min(values.len());
                if at > 1 && (at - 1) as f64 / n >= p {
                    at -= 1;
                }
                values[at - 1]
            }
            Law::Hyperexponential { phases } => {
                let longest = phases.iter().map(|w| w.item).fold(0.0, f64::max);
                first_at_least(0.0, -longest * libm::log1p(-p), p, |x| self.cdf(x))
            }
            Law::Mixture { parts } => {
                // The quantile of a mixture lies between the least and the greatest of its parts'.
                let each = parts.iter().map(|w| w.item.inner_quantile(p));
                let (low, high) =
                    each.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
                first_at_least(low, high, p, |x| self.cdf(x))
            }
            Law::Affine { base, factor, shift } => shift + factor * base.inner_quantile(p),
        }
    }

    /// Bisection over whole numbers.
    fn whole_quantile(&self, p: f64) -> f64 {
        let (low, mut high) = self.support();
        if high == f64::INFINITY {
            high = (2.0 * self.mean()).ceil() + 1.0;
            while self.cdf(high) < p && high < f64::MAX / 2.0 {
                high *= 2.0;
            }
        }
        let (mut below, mut high) = (low - 1.0, high);
        while high - below > 1.0 {
            let middle = (below + (high - below) / 2.0).floor();
            if self.cdf(middle) >= p { high = middle } else { below = middle }
        }
        high
    }
}

/// The smallest float in [low, high] at which a rising function reaches `p`, `high` if none does.
///
/// Bisection over the ordered floats themselves: at most 64 steps, exact to the last bit.
pub(super) fn first_at_least(low: f64, high: f64, p: f64, rising: impl Fn(f64) -> f64) -> f64 {
    let (mut below, mut above) = (order(low), order(high));
    if below >= above || rising(low) >= p {
        return low;
    }
    while above - below > 1 {
        let middle = below + (above - below) / 2;
        if rising(from_order(middle)) >= p { above = middle } else { below = middle }
    }
    from_order(above)
}

/// Maps floats to integers of the same order, so that neighbors are neighbors.
fn order(x: f64) -> i128 {
    let bits = x.to_bits();
    let magnitude = i128::from(bits & !(1 << 63));
    if bits >> 63 == 1 { -magnitude } else { magnitude }
}

fn from_order(n: i128) -> f64 {
    let magnitude = f64::from_bits(n.unsigned_abs() as u64);
    if n < 0 { -magnitude } else { magnitude }
}

/// The smallest whole number from `start` on (at most 2 steps up) whose cdf reaches `p`.
fn first_whole(start: f64, p: f64, cdf: impl Fn(f64) -> f64) -> f64 {
    [start, start + 1.0].into_iter().find(|k| cdf(*k) >= p).unwrap_or(start + 2.0)
}

pub(super) fn triangular(low: f64, mode: f64, high: f64, p: f64) -> f64 {
    let width = high - low;
    if p * width < mode - low {
        low + (p * width * (mode - low)).sqrt()
    } else {
        high - ((1.0 - p) * width * (high - mode)).sqrt()
    }
}

fn truncated_normal(mean: f64, sd: f64, p: f64) -> f64 {
    let start = -mean / sd;
    let kept = normal_cdf(-start);
    let above = (1.0 - p) * kept;
    // From the nearer tail, so that no digits are lost to 1 - small.
    let z = if above < 0.5 {
        -normal_quantile(above)
    } else {
        normal_quantile(normal_cdf(start) + p * kept)
    };
    mean + sd * z
}

pub(super) fn pareto(min: f64, alpha: f64, max: f64, p: f64) -> f64 {
    // The survival at x is ((min/x)^alpha - (min/max)^alpha)/kept.
    let kept = -libm::expm1(alpha * libm::log(min / max));
    (min * libm::exp(-libm::log1p(-p * kept) / alpha)).min(max)
}
