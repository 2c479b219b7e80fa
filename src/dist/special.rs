//! Special functions: normal law, incomplete gamma, generalized harmonic numbers.

use std::f64::consts::{PI, SQRT_2};

/// The standard normal cumulative distribution.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

/// The standard normal density.
pub fn normal_density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / (2.0 * PI).sqrt()
}

/// The standard normal quantile; -inf at 0, inf at 1.
///
/// Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied
/// Statistics 37(3), 1988 (PPND16, relative error about 1e-16).
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * ratio(r, &AS241_A, &AS241_B);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return if q < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let r = (-libm::log(tail)).sqrt();
    let z = if r <= 5.0 {
        ratio(r - 1.6, &AS241_C, &AS241_D)
    } else {
        ratio(r - 5.0, &AS241_E, &AS241_F)
    };
    if q < 0.0 { -z } else { z }
}

/// Quotient of two polynomials, coefficients from the constant up.
fn ratio(x: f64, above: &[f64; 8], below: &[f64; 8]) -> f64 {
    let polynomial = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, c| sum * x + c);
    polynomial(above) / polynomial(below)
}

const AS241_A: [f64; 8] = [
    3.387_132_872_796_366_5,
    1.331_416_678_917_843_8e2,
    1.971_590_950_306_551_3e3,
    1.373_169_376_550_946e4,
    4.592_195_393_154_987e4,
    6.726_577_092_700_87e4,
    3.343_057_558_358_813e4,
    2.509_080_928_730_122_7e3,
];
const AS241_B: [f64; 8] = [
    1.0,
    4.231_333_070_160_091e1,
    6.871_870_074_920_579e2,
    5.394_196_021_424_751e3,
    2.121_379_430_158_659_7e4,
    3.930_789_580_009_271e4,
    2.872_908_573_572_194_3e4,
    5.226_495_278_852_854e3,
];
const AS241_C: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    2.417_807_251_774_506e-1,
    2.272_384_498_926_918_4e-2,
    7.745_450_142_783_414e-4,
];
const AS241_D: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    6.897_673_349_851e-1,
    1.481_039_764_274_800_8e-1,
    1.519_866_656_361_645_7e-2,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];
const AS241_E: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    2.965_605_718_285_048_7e-1,
    2.653_218_952_657_612_4e-2,
    1.242_660_947_388_078_4e-3,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288_1e-7,
];
const AS241_F: [f64; 8] = [
    1.0,
    5.998_322_065_558_88e-1,
    1.369_298_809_227_358e-1,
    1.487_536_129_085_061_5e-2,
    7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];

/// Regularized lower incomplete gamma P(a, x), for a > 0: series below a + 1, continued fraction
/// above (Press et al., Numerical Recipes, 3rd ed., 6.2). About sqrt(a) steps.
pub fn gamma_p(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        0.0
    } else if a >= HUGE_SHAPE {
        let (tail, rest) = gamma_expansion(a, x, -1.0);
        (tail - rest).clamp(0.0, 1.0)
    } else if x < a + 1.0 {
        gamma_series(a, x)
    } else {
        1.0 - gamma_fraction(a, x)
    }
}

/// Regularized upper incomplete gamma Q(a, x) = 1 - P(a, x), exact in the tail.
pub fn gamma_q(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        1.0
    } else if a >= HUGE_SHAPE {
        let (tail, rest) = gamma_expansion(a, x, 1.0);
        (tail + rest).clamp(0.0, 1.0)
    } else if x < a + 1.0 {
        1.0 - gamma_series(a, x)
    } else {
        gamma_fraction(a, x)
    }
}

/// From this shape on the expansion below is exact to 1e-12, and series would take too long.
const HUGE_SHAPE: f64 = 1e8;

/// Temme's uniform expansion (DLMF 8.12.3, 8.12.4, first coefficient): the normal tail on one side
/// and the correction, so that P is the difference (side -1) and Q the sum (side 1).
fn gamma_expansion(a: f64, x: f64, side: f64) -> (f64, f64) {
    let off = (x - a) / a;
    let half_square = deviance(off);
    let eta = (2.0 * half_square).sqrt().copysign(off);
    let tail = 0.5 * libm::erfc(side * eta * (a / 2.0).sqrt());
    // The coefficient 1/(x/a - 1) - 1/eta about 0; farther out its factor is 0.
    let near = eta.clamp(-1.0, 1.0);
    let coefficient = -1.0 / 3.0 + near * (1.0 / 12.0 + near * (-2.0 / 135.0 + near / 864.0));
    (tail, libm::exp(-a * half_square) / (2.0 * PI * a).sqrt() * coefficient)
}

/// off - ln(1 + off), without cancellation near 0.
fn deviance(off: f64) -> f64 {
    if off == f64::INFINITY {
        return off;
    }
    if off.abs() > 0.01 {
        return off - libm::log1p(off);
    }
    // off²/2 - off³/3 + off⁴/4 - …
    let sum = (2..=9).rev().fold(0.0, |sum, n| 1.0 / f64::from(n) - off * sum);
    off * off * sum
}

fn gamma_series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (1.0, 1.0, a);
    while term > sum * 1e-17 {
        n += 1.0;
        term *= x / n;
        sum += term;
    }
    // x^a e^-x / Gamma(a + 1) times the sum.
    (sum * poisson_term(a, x)).min(1.0)
}

fn gamma_fraction(a: f64, x: f64) -> f64 {
    if x == f64::INFINITY {
        return 0.0;
    }
    (gamma_fraction_bare(a, x) * a * poisson_term(a, x)).clamp(0.0, 1.0)
}

/// Q(a, x) over x^a e^-x / Gamma(a), by the continued fraction: for ratios in which the factor
/// cancels, and may be too small to write down. For x >= a; infinite x gives 0.
pub fn gamma_fraction_bare(a: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / TINY, 1.0 / b);
    let mut h = d;
    let mut i = 1.0;
    loop {
        let an = -i * (i - a);
        b += 2.0;
        d = 1.0 / away_from_zero(an * d + b, TINY);
        c = away_from_zero(b + an / c, TINY);
        h *= d * c;
        // The error shrinks at least as fast as the factor nears 1; the cap is a safety net.
        if (d * c - 1.0).abs() < 3e-16 || i > 1e7 {
            return h;
        }
        i += 1.0;
    }
}

fn away_from_zero(value: f64, tiny: f64) -> f64 {
    if value.abs() < tiny { tiny } else { value }
}

/// x^a e^-x / Gamma(a + 1), the Poisson probability of `a` at mean `x` (a real, 0 or more).
///
/// For large `a` by Stirling's series and the deviance, so that digits are not lost to huge
/// logarithms (Loader, "Fast and accurate computation of binomial probabilities", 2000).
pub fn poisson_term(a: f64, x: f64) -> f64 {
    if a == 0.0 {
        return libm::exp(-x);
    }
    if a < 16.0 {
        return libm::exp(a * libm::log(x) - x - libm::lgamma(a + 1.0));
    }
    let a2 = a * a;
    let stirling =
        (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / (1680.0 * a2)) / a2) / a2) / a;
    libm::exp(-a * deviance((x - a) / a) - stirling) / (2.0 * PI * a).sqrt()
}

/// The generalized harmonic number: the sum of k^-s for k = 1 ..= n, any real s, whole n >= 0.
///
/// The first 64 terms one by one, the rest by the Euler–Maclaurin formula to the fifth derivative.
pub fn harmonic(n: f64, s: f64) -> f64 {
    const DIRECT: f64 = 64.0;
    let mut sum = 0.0;
    let mut k = n.min(DIRECT);
    while k >= 1.0 {
        sum += libm::pow(k, -s);
        k -= 1.0;
    }
    if n <= DIRECT {
        return sum;
    }
    let power = |x: f64, by: f64| libm::pow(x, -s - by);
    let log_ratio = libm::log(n / DIRECT);
    let t = (1.0 - s) * log_ratio;
    // The integral of x^-s from DIRECT to n; expm1 keeps it exact near s = 1.
    let relative = if t == 0.0 { 1.0 } else { libm::expm1(t) / t };
    let integral = power(DIRECT, -1.0) * log_ratio * relative;
    let first = -s;
    let third = first * (s + 1.0) * (s + 2.0);
    let fifth = third * (s + 3.0) * (s + 4.0);
    sum + integral
        + (power(n, 0.0) - power(DIRECT, 0.0)) / 2.0
        + first * (power(n, 1.0) - power(DIRECT, 1.0)) / 12.0
        - third * (power(n, 3.0) - power(DIRECT, 3.0)) / 720.0
        + fifth * (power(n, 5.0) - power(DIRECT, 5.0)) / 30_240.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, Normal};

    #[test]
    fn normal_quantile_inverts_the_cdf() {
        let law = Normal::standard();
        for p in [1e-300, 1e-20, 1e-9, 0.001, 0.05, 0.075, 0.3, 0.5, 0.7, 0.925, 0.99, 1.0 - 1e-9] {
            let z = normal_quantile(p);
            assert!((normal_cdf(z) / p - 1.0).abs() < 1e-12, "{p}: {z}");
            if p > 1e-9 {
                assert!((z - law.inverse_cdf(p)).abs() < 1e-8, "{p}: {z}");
            }
        }
        // Abramowitz and Stegun, table 26.5 and 26.6.
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-15);
        assert!((normal_quantile(0.99) - 2.326_347_874_040_841).abs() < 4e-15);
    }

    #[test]
    fn incomplete_gamma_agrees_with_statrs() {
        for a in [1e-3, 0.2, 1.0, 2.5, 15.9, 16.1, 100.0, 5_000.0] {
            for at in [0.01_f64, 0.5, 0.9, 1.0, 1.1, 2.0, 4.0] {
                let x = a * at;
                let exact = statrs::function::gamma::gamma_lr(a, x);
                assert!((gamma_p(a, x) - exact).abs() < 1e-11, "a {a}, x {x}");
                assert!((gamma_p(a, x) + gamma_q(a, x) - 1.0).abs() < 1e-15);
            }
        }
    }

    /// Goal: nothing is lost at huge shapes. Source: P(a, a) is
    /// 1/2 + 1/(3 sqrt(2 pi a)) + O(a^-1.5) (DLMF 8.11.12).
    #[test]
    fn incomplete_gamma_is_stable_at_large_shape() {
        for a in [1e4, 1e6, 1e8] {
            let expected = 0.5 + 1.0 / (3.0 * (2.0 * PI * a).sqrt());
            assert!((gamma_p(a, a) - expected).abs() < 1e-7 / a.sqrt() + 1e-11, "{a}");
        }
    }

    /// Goal: the expansion for huge shapes joins the series. Method: both at the seam, where the
    /// series still runs.
    #[test]
    fn huge_shapes_join_the_series() {
        let a = HUGE_SHAPE;
        for z in [-6.0, -2.0, -0.5, 0.0, 0.5, 2.0, 6.0] {
            let x = a + z * a.sqrt();
            let p = if x < a + 1.0 { gamma_series(a, x) } else { 1.0 - gamma_fraction(a, x) };
            assert!((gamma_p(a, x) - p).abs() < 1e-11, "{z}: {} and {p}", gamma_p(a, x));
            assert!((gamma_p(a, x) + gamma_q(a, x) - 1.0).abs() < 1e-15);
        }
        assert_eq!((gamma_p(1e15, 1.0), gamma_p(1e15, 1e16), gamma_q(1e15, 1.0)), (0.0, 1.0, 1.0));
        assert_eq!((gamma_p(1e9, f64::MAX), gamma_q(1e9, f64::INFINITY)), (1.0, 0.0));
    }

    #[test]
    fn harmonic_equals_the_plain_sum() {
        for s in [-2.0, -1.0, 0.0, 0.5, 1.0, 1.0 + 1e-9, 1.2, 2.0, 3.5, 30.0] {
            for n in [1_u32, 2, 63, 64, 65, 66, 1_000, 100_000] {
                let plain: f64 = (1..=n).rev().map(|k| libm::pow(f64::from(k), -s)).sum();
                let found = harmonic(f64::from(n), s);
                assert!((found / plain - 1.0).abs() < 1e-13, "s {s}, n {n}: {found} for {plain}");
            }
        }
        // Zeta(2) = pi^2/6, with the known remainder 1/n.
        assert!((harmonic(1e12, 2.0) - (PI * PI / 6.0 - 1e-12)).abs() < 1e-14);
    }
}
