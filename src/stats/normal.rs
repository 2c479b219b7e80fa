//! The standard normal law: distribution function and quantile.

/// `P(Z <= z)` for a standard normal `Z`.
pub fn cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// The `p`-quantile of the standard normal law; infinite at 0 and 1, NaN outside `[0, 1]`.
///
/// Algorithm AS 241, PPND16 (Wichura, Applied Statistics 37, 1988, 477–484): three rational
/// approximations, relative error about 1e-16.
pub fn quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let centered = p - 0.5;
    if centered.abs() <= 0.425 {
        let r = 0.180_625 - centered * centered;
        return centered * horner(&CENTER_TOP, r) / horner(&CENTER_BOTTOM, r);
    }
    let tail = if centered < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return f64::INFINITY.copysign(centered);
    }
    let r = (-libm::log(tail)).sqrt();
    let magnitude = if r <= 5.0 {
        horner(&MIDDLE_TOP, r - 1.6) / horner(&MIDDLE_BOTTOM, r - 1.6)
    } else {
        horner(&FAR_TOP, r - 5.0) / horner(&FAR_BOTTOM, r - 5.0)
    };
    magnitude.copysign(centered)
}

/// A polynomial with its lowest coefficient first.
fn horner(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

// Coefficients a, b, c, d, e, f of AS 241, as published.
const CENTER_TOP: [f64; 8] = [
    3.387_132_872_796_366_5,
    133.141_667_891_784_38,
    1_971.590_950_306_551_3,
    13_731.693_765_509_46,
    45_921.953_931_549_87,
    67_265.770_927_008_7,
    33_430.575_583_588_13,
    2_509.080_928_730_122_7,
];
const CENTER_BOTTOM: [f64; 8] = [
    1.0,
    42.313_330_701_600_91,
    687.187_007_492_057_9,
    5_394.196_021_424_751,
    21_213.794_301_586_597,
    39_307.895_800_092_71,
    28_729.085_735_721_943,
    5_226.495_278_852_854,
];
const MIDDLE_TOP: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    0.241_780_725_177_450_6,
    0.022_723_844_989_269_184,
    0.000_774_545_014_278_341_4,
];
const MIDDLE_BOTTOM: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    0.689_767_334_985_1,
    0.148_103_976_427_480_08,
    0.015_198_666_563_616_457,
    0.000_547_593_808_499_534_5,
    1.050_750_071_644_416_9e-9,
];
const FAR_TOP: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    0.296_560_571_828_504_87,
    0.026_532_189_526_576_124,
    0.001_242_660_947_388_078_4,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288_1e-7,
];
const FAR_BOTTOM: [f64; 8] = [
    1.0,
    0.599_832_206_555_888,
    0.136_929_880_922_735_8,
    0.014_875_361_290_850_615,
    0.000_786_869_131_145_613_3,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];

#[cfg(test)]
mod tests {
    use super::{cdf, quantile};
    use statrs::distribution::{ContinuousCDF, Normal};

    #[test]
    fn agrees_with_an_independent_implementation() {
        let oracle = Normal::standard();
        for i in 1..2_000 {
            let p = f64::from(i) / 2_000.0;
            assert!((quantile(p) - oracle.inverse_cdf(p)).abs() < 1e-8, "{p}");
            let z = (p - 0.5) * 16.0;
            assert!((cdf(z) - oracle.cdf(z)).abs() < 1e-10, "{z}");
        }
    }

    /// A wrong digit in any of the three branches breaks the round trip.
    #[test]
    fn quantile_inverts_the_distribution_function() {
        for exponent in 1..250 {
            let p = libm::pow(10.0, -f64::from(exponent));
            let relative = cdf(quantile(p)) / p - 1.0;
            assert!(relative.abs() < 1e-11, "{p}: {relative}");
        }
        for i in 1..1_000 {
            let p = f64::from(i) / 1_000.0;
            assert!((cdf(quantile(p)) - p).abs() < 1e-15, "{p}");
        }
    }

    #[test]
    fn ends_are_infinite_and_nonsense_is_nan() {
        assert_eq!(quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(quantile(1.0), f64::INFINITY);
        assert!(quantile(1.5).is_nan() && quantile(f64::NAN).is_nan());
    }
}
