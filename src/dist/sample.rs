//! Sampling: one value from one draw, without allocation.

use super::draw::Draw;
use super::law::{Dist, Law, Weighted, pick};
use super::{poisson, quantile, ziggurat};

/// Up to here an Erlang number is a sum of exponentials, beyond it a gamma number.
const ERLANG_SUM: u32 = 8;

impl Dist {
    /// A value of the law: a pure function of the law and the draw. Never NaN; finite (values
    /// beyond the largest `f64` are that) unless a scale or shift overflows.
    #[inline(always)]
    pub fn sample(&self, draw: &mut Draw) -> f64 {
        match &self.law {
            Law::Constant { value } => *value,
            Law::Exponential { mean } => mean * ziggurat::exponential(draw),
            Law::Lognormal { mu, sigma } => {
                libm::exp(mu + sigma * ziggurat::normal(draw)).min(f64::MAX)
            }
            Law::Normal { mean, sd } => mean + sd * ziggurat::normal(draw),
            Law::Uniform { low, high } => low + draw.next_f64() * (high - low),
            _ => self.sample_other(draw),
        }
    }

    #[inline(never)]
    fn sample_other(&self, draw: &mut Draw) -> f64 {
        match &self.law {
            Law::Constant { .. }
            | Law::Exponential { .. }
            | Law::Lognormal { .. }
            | Law::Normal { .. }
            | Law::Uniform { .. } => self.sample(draw),
            Law::Triangular { low, mode, high } => {
                quantile::triangular(*low, *mode, *high, draw.next_f64())
            }
            Law::TruncatedNormal { mean, sd } => truncated_normal(*mean, *sd, draw),
            Law::Gamma { shape, scale } => scale * gamma(*shape, draw),
            Law::Weibull { shape, scale } => {
                // X^(1/shape) of an exponential X; libm's pow takes five times as long.
                scale * libm::exp(libm::log(ziggurat::exponential(draw)) / shape)
            }
            Law::Erlang { k, mean } => mean / f64::from(*k) * erlang(*k, draw),
            Law::Hyperexponential { phases } => {
                let phase = pick(phases, draw.next_f64());
                phases[phase].item * ziggurat::exponential(draw)
            }
            Law::Pareto { min, alpha, max } if *max == f64::INFINITY => {
                (min * libm::exp(ziggurat::exponential(draw) / alpha)).min(f64::MAX)
            }
            Law::Pareto { min, alpha, max } => {
                quantile::pareto(*min, *alpha, *max, draw.next_f64())
            }
            Law::Poisson { mean } => poisson::sample(*mean, draw),
            Law::Geometric { mean } => {
                let tries = libm::log(draw.next_f64()) / libm::log1p(-1.0 / mean);
                tries.ceil().max(1.0)
            }
            Law::Zipf { zipf } => zipf.sample(draw),
            Law::Choice { values } => values[pick(values, draw.next_f64())].item,
            Law::Mixture { parts } => part(parts, draw).sample(draw),
            Law::Empirical { values } => {
                let at = (draw.next_f64() * values.len() as f64) as usize;
                values[at.min(values.len() - 1)]
            }
            Law::Affine { base, factor, shift } => shift + factor * base.sample(draw),
        }
    }
}

fn part<'a>(parts: &'a [Weighted<Dist>], draw: &mut Draw) -> &'a Dist {
    &parts[pick(parts, draw.next_f64())].item
}

/// A sum of k standard exponentials.
fn erlang(k: u32, draw: &mut Draw) -> f64 {
    if k <= ERLANG_SUM {
        (0..k).map(|_| ziggurat::exponential(draw)).sum()
    } else {
        gamma(f64::from(k), draw)
    }
}

/// A gamma number of scale 1: Marsaglia and Tsang, "A simple method for generating gamma
/// variables", ACM Transactions on Mathematical Software 26(3), 2000.
fn gamma(shape: f64, draw: &mut Draw) -> f64 {
    if shape < 1.0 {
        // Their section 6: a gamma number of shape + 1 times u^(1/shape).
        let boost = libm::exp(-ziggurat::exponential(draw) / shape);
        return gamma_from_one(shape + 1.0, draw) * boost;
    }
    gamma_from_one(shape, draw)
}

fn gamma_from_one(shape: f64, draw: &mut Draw) -> f64 {
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = ziggurat::normal(draw);
        let root = 1.0 + c * x;
        if root <= 0.0 {
            continue;
        }
        let v = root * root * root;
        let u = draw.next_f64();
        let x2 = x * x;
        if u < 1.0 - 0.0331 * x2 * x2 || libm::log(u) < 0.5 * x2 + d * (1.0 - v + libm::log(v)) {
            return d * v;
        }
    }
}

/// A normal number conditioned on >= 0: plain rejection while at least about a third is kept, else
/// from a shifted exponential (Robert, "Simulation of truncated normal variables", Statistics and
/// Computing 5, 1995).
fn truncated_normal(mean: f64, sd: f64, draw: &mut Draw) -> f64 {
    const FAR: f64 = 0.45;
    let start = -mean / sd;
    if start < FAR {
        loop {
            let x = mean + sd * ziggurat::normal(draw);
            if x >= 0.0 {
                return x;
            }
        }
    }
    let rate = f64::midpoint(start, (start * start + 4.0).sqrt());
    loop {
        let beyond = ziggurat::exponential(draw) / rate;
        let off = start + beyond - rate;
        if draw.next_f64() <= libm::exp(-0.5 * off * off) {
            return sd * beyond;
        }
    }
}
