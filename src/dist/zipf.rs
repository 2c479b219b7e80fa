//! Zipf numbers by rejection-inversion.
//!
//! Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete
//! distributions", ACM Transactions on Modeling and Computer Simulation 6(3), 1996. Setup and one
//! number take constant time whatever the number of ranks.

use super::draw::Draw;
use super::special::harmonic;

/// A Zipf law over ranks 1 ..= n with what its sampler needs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Zipf {
    pub n: f64,
    pub s: f64,
    /// Sum of k^-s over all ranks.
    pub total: f64,
    /// The integral at 1.5, less the weight of rank 1.
    first: f64,
    /// The integral at n + 0.5.
    last: f64,
    /// Within this distance below a rank acceptance is certain.
    certain: f64,
}

impl Zipf {
    /// Ranks 1 ..= `n`, exponent `s` >= 0.
    pub(super) fn new(n: u64, s: f64) -> Zipf {
        let n = n as f64;
        Zipf {
            n,
            s,
            total: harmonic(n, s),
            first: integral(s, 1.5) - 1.0,
            last: integral(s, n + 0.5),
            certain: 2.0 - integral_inverse(s, integral(s, 2.5) - weight(s, 2.0)),
        }
    }

    /// A rank.
    pub(super) fn sample(&self, draw: &mut Draw) -> f64 {
        loop {
            let u = self.last + draw.next_f64() * (self.first - self.last);
            let x = integral_inverse(self.s, u);
            let k = (x + 0.5).floor().clamp(1.0, self.n);
            if k - x <= self.certain || u >= integral(self.s, k + 0.5) - weight(self.s, k) {
                return k;
            }
        }
    }

    /// Probability of a rank of at most `x`.
    pub(super) fn cdf(&self, x: f64) -> f64 {
        if x < 1.0 {
            0.0
        } else if x >= self.n {
            1.0
        } else {
            harmonic(x.floor(), self.s) / self.total
        }
    }
}

/// x^-s.
fn weight(s: f64, x: f64) -> f64 {
    libm::exp(-s * libm::log(x))
}

/// The integral of t^-s from 1 to x: (x^(1-s) - 1)/(1 - s), ln x at s = 1.
fn integral(s: f64, x: f64) -> f64 {
    let log = libm::log(x);
    let t = (1.0 - s) * log;
    if t == 0.0 { log } else { log * (libm::expm1(t) / t) }
}

/// The x at which the integral has the given value.
fn integral_inverse(s: f64, value: f64) -> f64 {
    // Rounding may take t to the pole at -1 or beyond it; the caller clamps the infinite result.
    let t = (value * (1.0 - s)).max(-1.0);
    libm::exp(if t == 0.0 { value } else { value * (libm::log1p(t) / t) })
}
