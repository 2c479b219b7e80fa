//! Designs over uncertain inputs: where to look, and what to say about the values found there.
//!
//! [`point`] gives the coordinates of a world in the unit cube: Owen-scrambled Sobol' points, so
//! that 64 worlds cover 20 inputs far more evenly than 64 random ones, and every seed gives an
//! unbiased, equally even design. The first 2^k worlds are a design in themselves.

use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, Quality, chance};
use super::multiple::median_between;
use super::{normal, sobol};

/// Coordinate `dimension` of world `index` in the design `seed`: in (0, 1), never an end.
///
/// Sobol' points (see [`super::sobol`]) with Owen's nested uniform scrambling (Owen 1995; the form
/// without stored trees follows Burley, Practical hash-based Owen scrambling, JCGT 9(4), 2020):
/// each bit is flipped by a hash of the bits above it, one hash per bit rather than a cheaper
/// combined one. A coordinate costs about 0.2 µs. Beyond 64 dimensions, blocks of 64 are re-used in
/// an independently scrambled order of the points (padding), even within a block and uncorrelated
/// between blocks.
pub fn point(seed: u64, index: u32, dimension: u32) -> f64 {
    let block = dimension / sobol::DIMENSIONS as u32;
    let index = if block == 0 {
        index
    } else {
        // Scrambling an index from its top bit permutes the points and keeps aligned runs of 2^k
        // together.
        let key = hash(seed ^ hash(0x0070_6164_6469_6e67 ^ u64::from(block)));
        scramble(index, key)
    };
    let raw = sobol::coordinate(index, (dimension % sobol::DIMENSIONS as u32) as usize);
    let bits = scramble(raw, hash(seed ^ hash(u64::from(dimension))));
    (f64::from(bits) + 0.5) / 4_294_967_296.0
}

/// Owen's scrambling of one coordinate: bit k is flipped by a function of `key` and the bits above
/// k.
fn scramble(bits: u32, key: u64) -> u32 {
    (0..32).fold(0, |result, place: u32| {
        let above = u64::from(bits) >> (32 - place);
        // The leading 1 tells prefixes of different lengths apart.
        let flip = (hash(key ^ hash(1 << place | above)) >> 63) as u32;
        result | ((bits >> (31 - place) & 1) ^ flip) << (31 - place)
    })
}

/// The finalizer of `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014).
fn hash(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Median and central interval of one value per world. This is spread of what is not known, not a
/// confidence interval. Ends may be infinite.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// Median over worlds.
    pub median: f64,
    /// Lower end of the central interval.
    pub lower: f64,
    /// Upper end of the central interval.
    pub upper: f64,
    /// Share of worlds between the ends, in 0..1.
    pub share: f64,
    /// How many worlds.
    pub worlds: u64,
}

/// The band that holds the central `share` of `values`; `None` without values or if one is NaN.
pub fn band(values: &[f64], share: f64) -> Option<Band> {
    if values.is_empty() || values.iter().any(|value| value.is_nan()) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let tail = 0.5 * (1.0 - share.clamp(0.0, 1.0));
    Some(Band {
        median: order_statistic(&sorted, 0.5),
        lower: order_statistic(&sorted, tail),
        upper: order_statistic(&sorted, 1.0 - tail),
        share,
        worlds: values.len() as u64,
    })
}

/// The median over worlds with the interval in which that of all worlds lies, as if these had been
/// drawn independently (they are spread more evenly, so that it errs on the wide side); `None`
/// without values or if one is NaN.
///
/// The interval is that of order statistics, whatever the distribution. Its half width over the
/// normal quantile is the standard error (`McKean` and Schrader, Communications in Statistics B 13,
/// 1984), by which two medians are told apart (Bonett and Price, Psychological Methods 7, 2002).
/// Fewer than 6 worlds have no such interval at 95 %: [`Quality::FewSamples`].
pub fn median(values: &[f64], confidence_level: f64) -> Option<Estimate> {
    if values.is_empty() || values.iter().any(|value| value.is_nan()) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (lower, upper) = median_between(&sorted, confidence_level);
    let point = order_statistic(&sorted, 0.5);
    let width = if lower == upper { 0.0 } else { upper - lower };
    let is_told = lower > f64::NEG_INFINITY;
    let quality = match (is_told, point.is_finite() && width.is_finite()) {
        (false, _) => Quality::FewSamples,
        (true, true) => Quality::Good,
        (true, false) => Quality::Unbounded,
    };
    let standard_error = match quality {
        Quality::Good => 0.5 * width / normal::quantile(0.5 + 0.5 * confidence_level),
        Quality::FewSamples | Quality::Unbounded => f64::INFINITY,
    };
    let samples = values.len() as u64;
    Some(Estimate { point, standard_error, lower, upper, confidence_level, samples, quality })
}

/// The `q`-quantile of ascending `sorted` values, linear between order statistics: type 7 of
/// Hyndman and Fan (The American Statistician 50, 1996), the default of R and `NumPy`. NaN without
/// values.
pub fn order_statistic(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let position = q.clamp(0.0, 1.0) * last as f64;
    let below = (position.floor() as usize).min(last);
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    let part = position - below as f64;
    // Not `low + part * (high - low)` where that would make NaN of infinite or equal ends.
    if part == 0.0 || low == high { low } else { low + part * (high - low) }
}

/// The share of worlds in which something holds, with the exact binomial interval; `None` without
/// worlds.
///
/// Worlds of a scrambled design are more even than independent ones, so the interval errs on the
/// wide side.
pub fn share(holds: &[bool], confidence_level: f64) -> Option<Estimate> {
    let successes = holds.iter().filter(|&&holds| holds).count();
    chance(successes as u64, holds.len() as u64, confidence_level)
}

/// So many worlds are needed to show at a level (two-sided) that something holds in the share
/// `assurance` of them, if it holds in all; `None` if no number would do.
///
/// The exact interval of `n` successes in `n` trials begins at the `n`-th root of half the error
/// (Clopper and Pearson).
pub fn needed(assurance: f64, confidence_level: f64) -> Option<u32> {
    if assurance >= 1.0 {
        return None;
    }
    let worlds = libm::log(0.5 * (1.0 - confidence_level)) / libm::log(assurance);
    // Off by rounding only where the quotient is a whole number.
    let worlds = libm::ceil(worlds * (1.0 - 1e-12)).max(1.0);
    (worlds < f64::from(u32::MAX)).then_some(worlds as u32)
}

#[cfg(test)]
mod tests {
    use super::{band, median, needed, order_statistic, point, share};
    use crate::stats::estimate::Quality;

    /// Goal: that many worlds show it and one less does not. Source: the exact interval itself.
    #[test]
    fn as_many_worlds_as_are_needed_show_it() {
        for assurance in [0.5, 0.8, 0.9, 0.99] {
            for level in [0.6, 0.95, 0.999, 0.999_999] {
                let needed = needed(assurance, level).unwrap() as usize;
                let lower = |worlds: usize| share(&vec![true; worlds], level).unwrap().lower;
                assert!(lower(needed) >= assurance - 1e-12, "{assurance} {level} {needed}");
                assert!(needed == 1 || lower(needed - 1) < assurance, "{assurance} {level}");
            }
        }
        assert_eq!(needed(0.9, 0.95), Some(36));
        assert_eq!(needed(1.0, 0.95), None);
    }

    /// In every dimension the first 2^k worlds fall into 2^k different cells of width 2^-k, and so
    /// does every later aligned block: the defining property of the one-dimensional projections.
    #[test]
    fn every_dimension_is_stratified_at_every_power_of_two() {
        for dimension in [0, 1, 7, 31, 63, 64, 70, 200] {
            for size in [1_u32, 2, 16, 64, 256] {
                for block in 0..3 {
                    let mut seen = vec![false; size as usize];
                    for index in block * size..(block + 1) * size {
                        seen[(point(7, index, dimension) * f64::from(size)) as usize] = true;
                    }
                    assert!(seen.iter().all(|&cell| cell), "{dimension} {size} {block}");
                }
            }
        }
    }

    /// The first two dimensions are a (0, m, 2)-net: each of the 256 points has any elementary box
    /// of that area to itself. Scrambling must preserve that.
    #[test]
    fn the_first_two_dimensions_form_a_net() {
        for log_wide in 0..=8 {
            let (wide, high) = (f64::from(1 << log_wide), f64::from(256 >> log_wide));
            let mut seen = [false; 256];
            for index in 0..256 {
                let column = (point(3, index, 0) * wide) as usize;
                let row = (point(3, index, 1) * high) as usize;
                seen[row * (1 << log_wide) + column] = true;
            }
            assert!(seen.iter().all(|&cell| cell), "{log_wide}");
        }
    }

    /// Each coordinate is uniform over seeds, and worlds and dimensions do not hang together.
    #[test]
    fn scrambling_is_uniform_over_seeds() {
        let seeds = 4_000_u32;
        for (index, dimension) in [(0, 0), (0, 5), (17, 40), (63, 90)] {
            let mut cells = [0_u32; 16];
            let mut product = 0.0;
            for seed in 0..seeds {
                let x = point(u64::from(seed), index, dimension);
                assert!(0.0 < x && x < 1.0);
                cells[(x * 16.0) as usize] += 1;
                product += (x - 0.5) * (point(u64::from(seed), index, dimension + 1) - 0.5);
            }
            let expected = f64::from(seeds) / 16.0;
            let chi: f64 =
                cells.iter().map(|&c| (f64::from(c) - expected).powi(2) / expected).sum();
            // 99.99 % quantile of chi-squared with 15 degrees of freedom.
            assert!(chi < 44.3, "{index} {dimension}: {chi}");
            // The product of two independent centered uniforms has standard deviation 1/12.
            let z = product / f64::from(seeds).sqrt() * 12.0;
            assert!(z.abs() < 4.0, "{index} {dimension}: {z}");
        }
    }

    /// The purpose: an integral over 8 dimensions is far more accurate than by 256 random points,
    /// whose standard error for this sum of uniforms would be sqrt(8 / 12 / 256) = 0.051.
    #[test]
    fn integrates_better_than_random_points() {
        let squares: f64 = (0..50)
            .map(|seed| {
                let sum: f64 =
                    (0..256).flat_map(|i| (0..8).map(move |d| point(seed, i, d))).sum::<f64>()
                        / 256.0;
                (sum - 4.0) * (sum - 4.0)
            })
            .sum();
        assert!((squares / 50.0).sqrt() < 0.051 / 50.0);
    }

    /// Worked by hand: positions 0.3 and 5.7 of 6 gaps.
    #[test]
    fn bands_interpolate_order_statistics() {
        let band = band(&[7.0, 1.0, 3.0, 2.0, 6.0, 5.0, 4.0], 0.9).unwrap();
        assert_eq!(band.median, 4.0);
        assert!((band.lower - 1.3).abs() < 1e-12 && (band.upper - 6.7).abs() < 1e-12);
        assert_eq!(order_statistic(&[1.0, f64::INFINITY], 0.0), 1.0);
        assert_eq!(order_statistic(&[1.0, f64::INFINITY], 0.5), f64::INFINITY);
        let infinite = [f64::INFINITY; 3];
        assert_eq!(order_statistic(&infinite, 0.3), f64::INFINITY);
        assert!(super::band(&[], 0.9).is_none() && super::band(&[f64::NAN], 0.9).is_none());
    }

    /// Source: Conover's table for n = 16: the 4th and 13th values hold the median at 95 % at least.
    /// Half of the nine between them over 1.96 is the standard error.
    #[test]
    fn a_median_lies_between_order_statistics() {
        let values: Vec<f64> = (1..=16).rev().map(f64::from).collect();
        let found = median(&values, 0.95).unwrap();
        assert_eq!((found.point, found.lower, found.upper), (8.5, 4.0, 13.0));
        assert!((found.standard_error - 4.5 / 1.959_964).abs() < 1e-6);
        assert_eq!((found.samples, found.quality), (16, Quality::Good));
        assert_eq!(median(&values[..5], 0.95).unwrap().quality, Quality::FewSamples);
        assert_eq!(median(&[2.0; 9], 0.95).unwrap().standard_error, 0.0);
        assert!(median(&[], 0.95).is_none() && median(&[f64::NAN], 0.95).is_none());
    }

    /// What never comes in one world of 16 leaves the median alone; in all worlds there is none.
    #[test]
    fn a_median_is_endless_only_if_most_worlds_are() {
        let mut values = [1.0; 16];
        values[3] = f64::INFINITY;
        let one = median(&values, 0.95).unwrap();
        assert_eq!((one.point, one.upper, one.quality), (1.0, 1.0, Quality::Good));
        let all = median(&[f64::INFINITY; 16], 0.95).unwrap();
        assert_eq!((all.point, all.lower), (f64::INFINITY, f64::INFINITY));
        assert_eq!(all.quality, Quality::Unbounded);
        let half: Vec<f64> = (0..16).map(|at| if at < 8 { 1.0 } else { f64::INFINITY }).collect();
        let half = median(&half, 0.95).unwrap();
        assert_eq!(
            (half.lower, half.upper, half.quality),
            (1.0, f64::INFINITY, Quality::Unbounded)
        );
    }

    #[test]
    fn the_share_of_worlds_has_an_exact_interval() {
        let estimate = share(&[true; 64], 0.95).unwrap();
        assert_eq!(estimate.point, 1.0);
        assert!((estimate.lower - libm::pow(0.025, 1.0 / 64.0)).abs() < 1e-12);
        assert!(share(&[], 0.95).is_none());
    }
}
