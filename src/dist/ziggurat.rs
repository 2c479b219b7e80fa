//! Standard normal and standard exponential numbers by the ziggurat method.
//!
//! Marsaglia and Tsang, "The ziggurat method for generating random variables", Journal of
//! Statistical Software 5(8), 2000; 256 layers. Layer and position come from separate bits of one
//! 64-bit number, which avoids the correlation of the original (Doornik 2005).

use super::draw::Draw;
use super::ziggurat_tables::{EXPONENTIAL_F, EXPONENTIAL_X, NORMAL_F, NORMAL_X};

/// A standard normal number.
#[inline]
pub fn normal(draw: &mut Draw) -> f64 {
    let (layer, x) = normal_candidate(draw);
    if x.abs() < NORMAL_X[layer + 1] { x } else { normal_outside(draw, layer, x) }
}

/// A layer, and a number between its outer edges.
#[inline]
fn normal_candidate(draw: &mut Draw) -> (usize, f64) {
    let bits = draw.next_u64();
    let layer = (bits & 0xFF) as usize;
    // The upper 52 bits on an odd grid: symmetric in (-1, 1), never 0.
    let position = ((bits >> 12) as f64 + 0.5) * (1.0 / (1_u64 << 51) as f64) - 1.0;
    (layer, position * NORMAL_X[layer])
}

/// Goes on with a candidate that is not inside its layer's rectangle: 1 in 70.
#[cold]
fn normal_outside(draw: &mut Draw, mut layer: usize, mut x: f64) -> f64 {
    loop {
        if layer == 0 {
            return normal_tail(draw, x < 0.0);
        }
        if wedge(draw, &NORMAL_F, layer) < libm::exp(-0.5 * x * x) {
            return x;
        }
        (layer, x) = normal_candidate(draw);
        if x.abs() < NORMAL_X[layer + 1] {
            return x;
        }
    }
}

/// A standard exponential number: mean 1, above 0.
#[inline]
pub fn exponential(draw: &mut Draw) -> f64 {
    let (layer, x) = exponential_candidate(draw);
    if x < EXPONENTIAL_X[layer + 1] { x } else { exponential_outside(draw, layer, x) }
}

/// A layer, and a number below its outer edge.
#[inline]
fn exponential_candidate(draw: &mut Draw) -> (usize, f64) {
    let bits = draw.next_u64();
    let layer = (bits & 0xFF) as usize;
    let position = ((bits >> 12) as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64);
    (layer, position * EXPONENTIAL_X[layer])
}

/// Goes on with a candidate that is not inside its layer's rectangle: 1 in 90.
#[cold]
fn exponential_outside(draw: &mut Draw, mut layer: usize, mut x: f64) -> f64 {
    let mut beyond = 0.0;
    loop {
        if layer == 0 {
            // Memoryless: what lies beyond the edge is again exponential.
            beyond += EXPONENTIAL_X[1];
        } else if wedge(draw, &EXPONENTIAL_F, layer) < libm::exp(-x) {
            return beyond + x;
        }
        (layer, x) = exponential_candidate(draw);
        if x < EXPONENTIAL_X[layer + 1] {
            return beyond + x;
        }
    }
}

/// A height, uniform between the lower and the upper edge of a layer.
#[inline]
fn wedge(draw: &mut Draw, heights: &[f64; 257], layer: usize) -> f64 {
    heights[layer + 1] + (heights[layer] - heights[layer + 1]) * draw.next_f64()
}

/// A normal number beyond the base layer (Marsaglia 1964).
#[cold]
fn normal_tail(draw: &mut Draw, negative: bool) -> f64 {
    let edge = NORMAL_X[1];
    loop {
        let x = -libm::log(draw.next_f64()) / edge;
        let y = -libm::log(draw.next_f64());
        if 2.0 * y >= x * x {
            return if negative { -(edge + x) } else { edge + x };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goal: the tables are what the method asks for. Method: recompute density and layer areas
    /// from the edges alone.
    fn check_layers(edges: &[f64; 257], heights: &[f64; 257], density: fn(f64) -> f64, tail: f64) {
        let area = edges[1] * density(edges[1]) + tail;
        assert!((edges[0] * density(edges[1]) / area - 1.0).abs() < 1e-14, "pseudo-edge");
        for layer in 0..=256 {
            assert!((heights[layer] / density(edges[layer]) - 1.0).abs() < 1e-14, "height {layer}");
        }
        for layer in 1..256 {
            let found = edges[layer] * (density(edges[layer + 1]) - density(edges[layer]));
            assert!((found / area - 1.0).abs() < 1e-11, "layer {layer}: {found} for {area}");
        }
        assert_eq!((edges[256], heights[256]), (0.0, 1.0));
    }

    #[test]
    fn normal_layers_have_equal_areas() {
        let tail = (std::f64::consts::PI / 2.0).sqrt()
            * libm::erfc(NORMAL_X[1] / std::f64::consts::SQRT_2);
        check_layers(&NORMAL_X, &NORMAL_F, |x| libm::exp(-0.5 * x * x), tail);
    }

    #[test]
    fn exponential_layers_have_equal_areas() {
        let tail = libm::exp(-EXPONENTIAL_X[1]);
        check_layers(&EXPONENTIAL_X, &EXPONENTIAL_F, |x| libm::exp(-x), tail);
    }

    /// Goal: the rarely used paths (tails) have the right weight. Method: share beyond the base
    /// edge in n = 4,000,000 draws against the exact tail, within 4.5 standard deviations.
    #[test]
    fn tails_have_their_weight() {
        let n = 4_000_000;
        let mut draw = Draw::new(11, 12);
        let normals = (0..n).filter(|_| normal(&mut draw).abs() > NORMAL_X[1]).count();
        let exponentials = (0..n).filter(|_| exponential(&mut draw) > EXPONENTIAL_X[1]).count();
        let exact_normal = libm::erfc(NORMAL_X[1] / std::f64::consts::SQRT_2);
        for (found, p) in [(normals, exact_normal), (exponentials, libm::exp(-EXPONENTIAL_X[1]))] {
            let mean = f64::from(n) * p;
            assert!((found as f64 - mean).abs() < 4.5 * mean.sqrt(), "{found} for {mean}");
        }
    }
}
