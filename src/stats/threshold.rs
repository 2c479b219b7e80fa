//! For which values of an input a claim holds: the threshold, with its interval.
//!
//! Over worlds the other inputs vary too, so whether something holds is a chance that changes with
//! this input. That chance is taken as logistic, and its threshold's interval from the likelihood's
//! region for threshold and slope together (the profile of Venzon and Moolgavkar, Applied
//! Statistics 37, 1988, 87–94, with two degrees of freedom): unlike Fieller's, it has ends also where
//! the worlds that hold and those that do not are neatly apart, where a logistic fit has no finite
//! slope; one degree of freedom covers 85 % there, as a handful of worlds decide.

use super::normal;

/// Which side of the threshold the claim holds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Up to the threshold.
    Below,
    /// From the threshold on.
    Above,
}

/// How far an input decides whether something holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// Holds in at least the wanted share of worlds on one side: "holds for followers ≤ 4,100
    /// (3,600–4,700)".
    At {
        /// The side where it holds.
        side: Side,
        /// The input's value at which the share of worlds in which it holds passes the wanted one.
        point: f64,
        /// Lower end of the interval; `-inf` if it lies before the values seen.
        lower: f64,
        /// Upper end; `inf` if it lies beyond the values seen.
        upper: f64,
    },
    /// The wanted share is reached wherever the input lies within the values seen.
    Everywhere,
    /// It is reached nowhere within the values seen.
    Nowhere,
    /// Whether it holds is not shown to depend on the input in one direction.
    None,
}

/// The threshold of an input (`inputs[world]`, any finite values, taken on the scale given: pass
/// logarithms for inputs over orders of magnitude) for `holds[world]`, where it holds in at least
/// `share` of the worlds (0.5: more often than not; 0.9: the usual assurance).
///
/// [`Threshold::None`] unless the test for trend of Cochran and Armitage shows one at the
/// confidence level, and if the curve bends, by the score test for a quadratic term at a fifth of the
/// error, as where something holds in the middle only.
/// `Option::None` if the lengths differ, there are fewer than 8 worlds, an input is not finite or
/// `share` is not inside (0, 1).
pub fn threshold(
    inputs: &[f64],
    holds: &[bool],
    share: f64,
    confidence_level: f64,
) -> Option<Threshold> {
    let finite = inputs.iter().all(|input| input.is_finite());
    if inputs.len() != holds.len() || inputs.len() < 8 || !finite || share <= 0.0 || share >= 1.0 {
        return None;
    }
    let held = holds.iter().filter(|&&holds| holds).count();
    if held == holds.len() || held == 0 {
        return Some(if held == 0 { Threshold::Nowhere } else { Threshold::Everywhere });
    }
    let mean = inputs.iter().sum::<f64>() / inputs.len() as f64;
    let lean: f64 =
        inputs.iter().zip(holds).filter(|(_, holds)| **holds).map(|(x, _)| x - mean).sum();
    let side = if lean < 0.0 { Side::Below } else { Side::Above };
    let least = inputs.iter().copied().fold(f64::INFINITY, f64::min);
    let most = inputs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if lean == 0.0 || least == most {
        return Some(Threshold::None);
    }
    // From 0 to 1, and more likely to hold the larger it is.
    let along = |x: f64| (x - least) / (most - least);
    let turned = |at: f64| if side == Side::Above { at } else { 1.0 - at };
    let back = |at: f64| least + (most - least) * turned(at);
    let mut worlds: Vec<(f64, bool)> =
        inputs.iter().zip(holds).map(|(&x, &holds)| (turned(along(x)), holds)).collect();
    worlds.sort_by(|a, b| a.0.total_cmp(&b.0));
    let curve = Curve { worlds: &worlds, level: libm::log(share / (1.0 - share)) };
    let tail = 1.0 - confidence_level;
    let (point, likelihood) = curve.best();
    if curve.trend() <= normal::quantile(1.0 - 0.5 * tail)
        || curve.bend(point) > normal::quantile(1.0 - 0.1 * tail)
    {
        return Some(Threshold::None);
    }
    // Half the quantile of chi-squared with 2 degrees of freedom.
    let enough = likelihood + libm::log(tail);
    let lower = curve.end(point, 0.0, enough).unwrap_or(f64::NEG_INFINITY);
    let upper = curve.end(point, 1.0, enough).unwrap_or(f64::INFINITY);
    if (point < 0.0 && upper < 0.0) || (point > 1.0 && lower > 1.0) {
        return Some(if point < 0.0 { Threshold::Everywhere } else { Threshold::Nowhere });
    }
    let point = back(point.clamp(0.0, 1.0));
    Some(match side {
        Side::Above => Threshold::At { side, point, lower: back(lower), upper: back(upper) },
        Side::Below => Threshold::At { side, point, lower: back(upper), upper: back(lower) },
    })
}

/// The chance that something holds at `x`: logistic with `level` at the threshold.
struct Curve<'a> {
    /// Where a world lies in 0..1, ascending, and whether it holds there.
    worlds: &'a [(f64, bool)],
    /// Log odds of the wanted share.
    level: f64,
}

impl Curve<'_> {
    /// Steepest slope considered, in log odds over the whole range: a step.
    const STEPPED: f64 = 1e5;

    /// The likeliest slope for a threshold; the likelihood is concave in it, so that Newton's steps
    /// within a bracket find it.
    fn slope(&self, threshold: f64) -> f64 {
        let (mut low, mut high, mut slope) = (0.0, Self::STEPPED, 4.0);
        for _ in 0..40 {
            let (mut first, mut second) = (0.0, 0.0);
            for &(x, holds) in self.worlds {
                let along = x - threshold;
                let chance = 1.0 / (1.0 + libm::exp(-self.level - slope * along));
                first += (f64::from(u8::from(holds)) - chance) * along;
                second += chance * (1.0 - chance) * along * along;
            }
            if first > 0.0 {
                low = slope;
            } else {
                high = slope;
            }
            let newton = slope + first / second;
            let next =
                if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
            if (next - slope).abs() <= 1e-6 * slope {
                break;
            }
            slope = next;
        }
        slope
    }

    /// The largest log likelihood that a threshold reaches, over slopes.
    fn likelihood(&self, threshold: f64) -> f64 {
        let slope = self.slope(threshold);
        let logarithm = |&(x, holds): &(f64, bool)| {
            let odds = self.level + slope * (x - threshold);
            let against = if holds { -odds } else { odds };
            // -ln(1 + e^a), without overflow.
            -(against.max(0.0) + libm::log1p(libm::exp(-against.abs())))
        };
        self.worlds.iter().map(logarithm).sum()
    }

    /// The likeliest threshold, sought up to twice the range beyond the ends, and its log likelihood.
    fn best(&self) -> (f64, f64) {
        const CELLS: i32 = 40;
        let fails = self.worlds.iter().rposition(|&(_, holds)| !holds);
        let first = self.worlds.iter().position(|&(_, holds)| holds);
        if let (Some(fails), Some(first)) = (fails, first)
            && self.worlds[fails].0 < self.worlds[first].0
        {
            // Neatly apart: a step anywhere between fits perfectly.
            return (f64::midpoint(self.worlds[fails].0, self.worlds[first].0), 0.0);
        }
        let cell = |i: i32| -2.0 + 5.0 * f64::from(i) / f64::from(CELLS);
        let score = |i: i32| self.likelihood(cell(i));
        let best = (0..=CELLS).map(|i| (score(i), i)).max_by(|a, b| a.0.total_cmp(&b.0));
        let best = best.map_or(0, |(_, i)| i);
        let (mut low, mut high) = (cell((best - 1).max(0)), cell((best + 1).min(CELLS)));
        for _ in 0..20 {
            let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
            if self.likelihood(a) < self.likelihood(b) {
                low = a;
            } else {
                high = b;
            }
        }
        let point = f64::midpoint(low, high);
        (point, self.likelihood(point))
    }

    /// Between the best threshold and an end of the range, where the likelihood falls to `enough`;
    /// `None` if it has not at the end.
    fn end(&self, best: f64, range: f64, enough: f64) -> Option<f64> {
        let outward = if range > 0.5 { best.max(range) } else { best.min(range) };
        if self.likelihood(outward) >= enough {
            return None;
        }
        let (mut inside, mut outside) = (best, outward);
        for _ in 0..24 {
            let middle = f64::midpoint(inside, outside);
            if self.likelihood(middle) >= enough {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        Some(outside)
    }

    /// Standardized trend of holding along the input.
    fn trend(&self) -> f64 {
        let n = self.worlds.len() as f64;
        let mean = self.worlds.iter().map(|(x, _)| x).sum::<f64>() / n;
        let share = self.worlds.iter().filter(|(_, holds)| *holds).count() as f64 / n;
        let along = self.worlds.iter().filter(|(_, holds)| *holds).map(|(x, _)| x - mean);
        let square: f64 = self.worlds.iter().map(|(x, _)| (x - mean) * (x - mean)).sum();
        along.sum::<f64>() / (share * (1.0 - share) * square).sqrt()
    }

    /// Standardized score of a quadratic term beside the fitted curve, as an absolute value.
    fn bend(&self, threshold: f64) -> f64 {
        let slope = self.slope(threshold);
        let chance = |x: f64| 1.0 / (1.0 + libm::exp(-self.level - slope * (x - threshold)));
        let weight = |x: f64| chance(x) * (1.0 - chance(x));
        let sum = |of: &dyn Fn(f64) -> f64| {
            self.worlds.iter().map(|&(x, _)| weight(x) * of(x)).sum::<f64>()
        };
        // The part of x² that weighted regression on 1 and x leaves.
        let all = sum(&|_| 1.0);
        let mean = sum(&|x| x) / all;
        let square = sum(&|x| (x - mean) * (x - mean));
        let level = sum(&|x| x * x) / all;
        let lean = sum(&|x| x * x * (x - mean)) / square;
        let left = |x: f64| x * x - level - lean * (x - mean);
        let score = |&(x, holds): &(f64, bool)| (f64::from(u8::from(holds)) - chance(x)) * left(x);
        let found = self.worlds.iter().map(score).sum::<f64>().abs();
        let deviation = sum(&|x| left(x) * left(x)).sqrt();
        // A step leaves nothing to bend.
        if deviation > 1e-9 { found / deviation } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Draws;
    use super::super::worlds::point;
    use super::*;

    fn at(found: Threshold) -> (Side, f64, f64, f64) {
        match found {
            Threshold::At { side, point, lower, upper } => (side, point, lower, upper),
            other => panic!("a threshold was expected, not {other:?}"),
        }
    }

    /// A step is found between the last world that holds and the first that does not, and its
    /// interval reaches to the next worlds or so.
    #[test]
    fn a_step_is_found_to_the_gap() {
        let inputs: Vec<f64> = (0..64).map(|i| 1_000.0 + 100.0 * f64::from(i)).collect();
        let below: Vec<bool> = inputs.iter().map(|&x| x <= 4_100.0).collect();
        let (side, point, lower, upper) = at(threshold(&inputs, &below, 0.5, 0.95).unwrap());
        assert_eq!((side, point), (Side::Below, 4_150.0));
        assert!((3_800.0..4_100.0).contains(&lower) && (4_200.0..4_500.0).contains(&upper));
        let above: Vec<bool> = below.iter().map(|holds| !holds).collect();
        let (side, point, ..) = at(threshold(&inputs, &above, 0.9, 0.95).unwrap());
        assert_eq!((side, point), (Side::Above, 4_150.0));
    }

    #[test]
    fn nothing_is_made_up_where_no_threshold_is() {
        let inputs: Vec<f64> = (0..64).map(f64::from).collect();
        let of = |holds: &dyn Fn(f64) -> bool| {
            let holds: Vec<bool> = inputs.iter().map(|&x| holds(x)).collect();
            threshold(&inputs, &holds, 0.5, 0.95).unwrap()
        };
        assert_eq!(of(&|_| true), Threshold::Everywhere);
        assert_eq!(of(&|_| false), Threshold::Nowhere);
        assert_eq!(of(&|x| x % 2.0 == 0.0), Threshold::None);
        // In the middle only, symmetric or not.
        assert_eq!(of(&|x| (16.0..48.0).contains(&x)), Threshold::None);
        assert_eq!(of(&|x| (8.0..40.0).contains(&x)), Threshold::None);
        assert_eq!(of(&|x| !(6.0..30.0).contains(&x)), Threshold::None);
        assert!(threshold(&inputs, &[true], 0.5, 0.95).is_none());
        assert!(threshold(&[f64::NAN; 8], &[true; 8], 0.5, 0.95).is_none());
        assert_eq!(
            threshold(&[1.0; 8], &[true, false, true, true, true, true, true, true], 0.5, 0.95),
            Some(Threshold::None)
        );
    }

    /// Where the curve passes the wanted share only beyond the values seen, that is said.
    #[test]
    fn a_threshold_beyond_the_values_seen_is_none_within() {
        let mut draws = Draws::new(1);
        let inputs: Vec<f64> = (0..256).map(|i| f64::from(i) / 256.0).collect();
        // From 30 % down to 10 % of worlds.
        let holds: Vec<bool> = inputs.iter().map(|x| draws.uniform() < 0.45 - 0.4 * x).collect();
        assert_eq!(threshold(&inputs, &holds, 0.95, 0.95), Some(Threshold::Nowhere));
    }

    /// Coverage over 1,000 studies of 64 worlds: the claim is `x + deviation · z <= 0.5`, z normal
    /// (other inputs), so that it holds in a share q of the worlds at `x = 0.5 - deviation z_q`.
    fn coverage(deviation: f64, share: f64) -> (f64, f64) {
        const STUDIES: u64 = 1_000;
        let (mut covered, mut found_any) = (0_u32, 0_u32);
        for study in 1..=STUDIES {
            let mut draws = Draws::new(study);
            let inputs: Vec<f64> = (0..64).map(|world| point(study, world, 0)).collect();
            let holds: Vec<bool> =
                inputs.iter().map(|x| x + deviation * draws.normal() <= 0.5).collect();
            let truth = 0.5 - deviation * normal::quantile(share);
            if let Threshold::At { lower, upper, .. } =
                threshold(&inputs, &holds, share, 0.95).unwrap()
            {
                found_any += 1;
                covered += u32::from(lower <= truth && truth <= upper);
            }
        }
        (f64::from(covered) / f64::from(found_any), f64::from(found_any) / STUDIES as f64)
    }

    #[test]
    fn intervals_cover_the_threshold() {
        for (deviation, share) in [(0.0, 0.5), (0.03, 0.5), (0.15, 0.5), (0.15, 0.9)] {
            let (covered, found) = coverage(deviation, share);
            assert!((0.91..=1.0).contains(&covered), "{deviation} {share}: {covered}");
            assert!(found > 0.95, "{deviation} {share}: {found}");
        }
    }
}
