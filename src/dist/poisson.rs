//! Poisson numbers: inversion for a small mean, transformed rejection for a large one.

use super::draw::Draw;

/// Below this mean the search by inversion is the faster one.
const SMALL: f64 = 10.0;

/// A Poisson number of the given mean, above 0.
#[inline]
pub(super) fn sample(mean: f64, draw: &mut Draw) -> f64 {
    if mean < SMALL { by_inversion(mean, draw) } else { by_rejection(mean, draw) }
}

/// Sequential search of the cdf.
fn by_inversion(mean: f64, draw: &mut Draw) -> f64 {
    /// A term this small past the mean: the rest is rounding.
    const NOTHING: f64 = 1e-20;
    let mut left = draw.next_f64();
    let mut term = libm::exp(-mean);
    let mut k = 0.0;
    while left > term && (term > NOTHING || k < mean) {
        left -= term;
        k += 1.0;
        term *= mean / k;
    }
    k
}

/// Algorithm PTRS of Hörmann, "The transformed rejection method for generating Poisson random
/// variables", Insurance: Mathematics and Economics 12, 1993; valid from a mean of 10.
fn by_rejection(mean: f64, draw: &mut Draw) -> f64 {
    let b = 0.931 + 2.53 * mean.sqrt();
    let a = -0.059 + 0.024_83 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let squeeze = 0.9277 - 3.6224 / (b - 2.0);
    loop {
        let u = draw.next_f64() - 0.5;
        let v = draw.next_f64();
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + mean + 0.43).floor();
        if us >= 0.07 && v <= squeeze {
            return k;
        }
        if k < 0.0 || (us < 0.013 && v > us) {
            continue;
        }
        if v * inverse_alpha / (a / (us * us) + b) <= super::special::poisson_term(k, mean) {
            return k;
        }
    }
}
