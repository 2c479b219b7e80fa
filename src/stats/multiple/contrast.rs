//! One difference of two alternatives, paired or not, whatever came of them.

use super::super::estimate::{Estimate, Quality, mean_and_variance};
use super::super::{beta, student};

/// One difference of two alternatives, from which intervals at any level follow.
#[derive(Clone, Debug, PartialEq)]
pub struct Contrast {
    law: Law,
    samples: u64,
}

#[derive(Clone, Debug, PartialEq)]
enum Law {
    /// Point, standard error and degrees of freedom.
    Student { point: f64, standard_error: f64, freedom: f64 },
    /// Differences, ascending, some of them infinite.
    Signs { sorted: Vec<f64> },
    /// Differences by world, ascending, and the share of worlds that counts.
    Worlds { sorted: Vec<f64>, assurance: f64 },
    /// Some sections never came, on one side: the difference is at least that of `bound`, in which
    /// they count as the longest that did, and `point` is infinite.
    OneSided { point: f64, bound: Box<Law> },
    /// Two samples, ascending, each by itself: how far apart their `q`-quantiles are.
    Quantiles { point: f64, first: Vec<f64>, second: Vec<f64>, q: f64 },
    /// An interval that is the same at every level.
    Fixed { point: f64, lower: f64, upper: f64 },
}

impl Contrast {
    /// `second - first` over observations that met the same luck; `None` if the lengths differ,
    /// there are none or one is NaN.
    ///
    /// If a value never came (is infinite) no mean exists. The statement is then about the median
    /// difference, by the sign test's interval: never against some time is a difference without
    /// end, never against never is none.
    pub fn paired(first: &[f64], second: &[f64]) -> Option<Self> {
        let nan = |values: &[f64]| values.iter().any(|value| value.is_nan());
        if first.is_empty() || first.len() != second.len() || nan(first) || nan(second) {
            return None;
        }
        let mut differences: Vec<f64> =
            first.iter().zip(second).map(|(&a, &b)| less(b, a, 0.0)).collect();
        let samples = differences.len() as u64;
        let infinite = |values: &[f64]| values.iter().any(|value| value.is_infinite());
        let law = if infinite(first) || infinite(second) {
            differences.sort_by(f64::total_cmp);
            Law::Signs { sorted: differences }
        } else {
            let (point, variance) = mean_and_variance(&differences);
            let standard_error = (variance / samples as f64).sqrt();
            Law::of(point, standard_error, samples as f64 - 1.0)
        };
        Some(Self { law, samples })
    }

    /// The same of sections: values from large groups of runs, around a difference `point` that is
    /// that of all runs together and so known better than as the mean of the sections.
    ///
    /// A section is an estimate of its own, which is infinite only if far too much never came. If
    /// all differences are the same infinity, they are so whatever the luck. If some are, these
    /// count as the largest of the others: the true difference is not smaller than that of which
    /// the interval then speaks.
    pub fn sectioned(first: &[f64], second: &[f64], point: f64) -> Option<Self> {
        let Self { law, samples } = Self::paired(first, second)?;
        let law = match law {
            Law::Student { .. } if point.is_finite() => {
                let squares: f64 =
                    first.iter().zip(second).map(|(a, b)| (b - a - point).powi(2)).sum();
                let freedom = samples as f64 - 1.0;
                Law::of(point, (squares / freedom.max(1.0) / samples as f64).sqrt(), freedom)
            }
            Law::Signs { sorted } => match sorted.as_slice() {
                [one, .., last] if one.is_infinite() && one == last => {
                    Law::Fixed { point: *one, lower: *one, upper: *one }
                }
                _ => bounded(&sorted).unwrap_or(Law::Signs { sorted }),
            },
            other => other,
        };
        Some(Self { law, samples })
    }

    /// `second - first` in worlds that both met: larger (smaller) if it is so in the share
    /// `assurance` of all worlds. The bounds are those of the quantiles `1 - assurance` and
    /// `assurance` of the differences, by order statistics as for the median in
    /// [`Contrast::paired`], so that they agree with the exact binomial interval of the share.
    pub fn in_worlds(first: &[f64], second: &[f64], assurance: f64) -> Option<Self> {
        let samples = Self::paired(first, second)?.samples;
        let mut sorted: Vec<f64> =
            first.iter().zip(second).map(|(&a, &b)| less(b, a, 0.0)).collect();
        sorted.sort_by(f64::total_cmp);
        Some(Self { law: Law::Worlds { sorted, assurance }, samples })
    }

    /// The `q`-quantile of `second` less that of `first`, whatever their distributions and whatever they
    /// have to do with each other; `point` is the difference itself. `None` if one of them is empty or a
    /// value is NaN.
    ///
    /// Both quantiles lie between order statistics (Conover, *Practical Nonparametric Statistics*, 1999,
    /// section 3.2), each at half of the error, so that with the stated confidence both do and the
    /// difference lies between those of the far ends (Bonferroni). Values may be infinite. Methods that are
    /// narrower for symmetric estimates (Welch; Zou and Donner, Statistics in Medicine 27, 2008) promise
    /// nothing where one tail is long.
    pub fn quantiles(first: &[f64], second: &[f64], q: f64, point: f64) -> Option<Self> {
        let sorted = |values: &[f64]| {
            let mut sorted = values.to_vec();
            sorted.sort_by(f64::total_cmp);
            (!sorted.is_empty() && !sorted.iter().any(|value| value.is_nan())).then_some(sorted)
        };
        let (first, second) = (sorted(first)?, sorted(second)?);
        let samples = first.len().min(second.len()) as u64;
        Some(Self { law: Law::Quantiles { point, first, second, q }, samples })
    }

    /// `second - first` of two independent estimates (a saved summary), with the degrees of freedom
    /// of Welch (Biometrika 34, 1947) and Satterthwaite.
    ///
    /// If one is infinite, or an end of it, only the ends can be compared, at the level at which they
    /// were saved.
    pub fn welch(first: &Estimate, second: &Estimate) -> Self {
        let samples = first.samples.min(second.samples);
        let endless = |e: &Estimate| {
            e.quality == Quality::Unbounded || !e.point.is_finite() || !e.standard_error.is_finite()
        };
        if endless(first) || endless(second) {
            let lower = less(second.lower, first.upper, f64::NEG_INFINITY);
            let upper = less(second.upper, first.lower, f64::INFINITY);
            let point = less(second.point, first.point, 0.0);
            return Self { law: Law::Fixed { point, lower, upper }, samples };
        }
        let square = |e: &Estimate| e.standard_error * e.standard_error;
        let part = |e: &Estimate| square(e) * square(e) / e.samples.saturating_sub(1) as f64;
        let sum = square(first) + square(second);
        let bound = if sum > 0.0 { sum * sum / (part(first) + part(second)) } else { 1.0 };
        let law = Law::of(second.point - first.point, sum.sqrt(), bound);
        Self { law, samples }
    }

    /// The difference with its two-sided interval.
    pub fn estimate(&self, confidence_level: f64) -> Estimate {
        let (lower, upper) = self.bounds(confidence_level, &mut Factors::default());
        let (standard_error, quality) = match &self.law {
            Law::Student { .. } if lower.is_infinite() => (f64::INFINITY, Quality::FewSamples),
            Law::Student { standard_error, .. } => (*standard_error, Quality::Good),
            Law::Signs { .. }
            | Law::Worlds { .. }
            | Law::OneSided { .. }
            | Law::Quantiles { .. }
            | Law::Fixed { .. } => (f64::INFINITY, Quality::Unbounded),
        };
        let (point, samples) = (self.point(), self.samples);
        Estimate { point, standard_error, lower, upper, confidence_level, samples, quality }
    }

    /// The difference itself; never NaN.
    pub(super) fn point(&self) -> f64 {
        match &self.law {
            Law::Student { point, .. }
            | Law::OneSided { point, .. }
            | Law::Quantiles { point, .. }
            | Law::Fixed { point, .. } => *point,
            Law::Signs { sorted } | Law::Worlds { sorted, .. } => {
                let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
                // Halves of never on both sides cancel.
                if low == high || low + high == 0.0 {
                    low
                } else if low == -high {
                    0.0
                } else {
                    f64::midpoint(low, high)
                }
            }
        }
    }

    /// Ends of the two-sided interval at a level.
    pub(super) fn bounds(&self, confidence_level: f64, factors: &mut Factors) -> (f64, f64) {
        self.law.bounds(confidence_level, factors)
    }
}

/// Differences of which some are infinite, all of these on one side.
fn bounded(sorted: &[f64]) -> Option<Law> {
    let finite: Vec<f64> = sorted.iter().copied().filter(|one| one.is_finite()).collect();
    let infinite = [sorted.first()?, sorted.last()?].map(|end| end.is_infinite());
    let (point, longest) = match infinite {
        [false, true] => (f64::INFINITY, *finite.last()?),
        [true, false] => (f64::NEG_INFINITY, *finite.first()?),
        _ => return None,
    };
    let values: Vec<f64> =
        sorted.iter().map(|one| if one.is_finite() { *one } else { longest }).collect();
    let (mean, variance) = mean_and_variance(&values);
    let count = values.len() as f64;
    let bound = Law::of(mean, (variance / count).sqrt(), count - 1.0);
    Some(Law::OneSided { point, bound: Box::new(bound) })
}

impl Law {
    fn bounds(&self, confidence_level: f64, factors: &mut Factors) -> (f64, f64) {
        match self {
            Self::Fixed { lower, upper, .. } => (*lower, *upper),
            Self::Student { point, standard_error, freedom } => {
                let half = if *standard_error == 0.0 {
                    0.0
                } else {
                    factors.student(confidence_level, *freedom) * standard_error
                };
                (point - half, point + half)
            }
            Self::OneSided { point, bound } => {
                let (lower, upper) = bound.bounds(confidence_level, factors);
                if *point > 0.0 { (lower, *point) } else { (*point, upper) }
            }
            Self::Signs { sorted } => {
                between(sorted, quantile_rank(sorted.len(), 0.5, confidence_level))
            }
            Self::Worlds { sorted, assurance } => {
                between(sorted, quantile_rank(sorted.len(), *assurance, confidence_level))
            }
            Self::Quantiles { first, second, q, .. } => {
                let each = 0.5 + 0.5 * confidence_level;
                let (before, after) =
                    (quantile_between(first, *q, each), quantile_between(second, *q, each));
                (less(after.0, before.1, f64::NEG_INFINITY), less(after.1, before.0, f64::INFINITY))
            }
        }
    }

    /// Without a degree of freedom nothing is known but the point.
    fn of(point: f64, standard_error: f64, freedom: f64) -> Self {
        if freedom > 0.0 {
            Self::Student { point, standard_error, freedom }
        } else {
            Self::Fixed { point, lower: f64::NEG_INFINITY, upper: f64::INFINITY }
        }
    }
}

/// `a - b`, and `undefined` where both are the same infinity.
pub fn less(a: f64, b: f64, undefined: f64) -> f64 {
    if a.is_infinite() && a == b { undefined } else { a - b }
}

/// Index `r` for which the order statistics `r` and `n - 1 - r` bound the quantiles `1 - share` and
/// `share` at the level, ties included: the largest with `2 P(Binomial(n, 1 - share) <= r) <= 1 -
/// confidence_level` (Conover, *Practical Nonparametric Statistics*, 1999, section 3.2). A share of
/// one half is the median.
fn quantile_rank(n: usize, share: f64, confidence_level: f64) -> Option<usize> {
    let tail = |r: usize| beta::regularized(share, (n - r) as f64, r as f64 + 1.0);
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = low.midpoint(high);
        if 2.0 * tail(middle) <= 1.0 - confidence_level {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low.checked_sub(1)
}

/// The order statistics of a rank from both ends; anything where there is no rank.
fn between(sorted: &[f64], rank: Option<usize>) -> (f64, f64) {
    match rank {
        Some(rank) => (sorted[rank], sorted[sorted.len() - 1 - rank]),
        None => (f64::NEG_INFINITY, f64::INFINITY),
    }
}

/// The order statistics that hold the median of `sorted` values at a level, whatever their
/// distribution; anything where there are too few.
pub fn median_between(sorted: &[f64], confidence_level: f64) -> (f64, f64) {
    between(sorted, quantile_rank(sorted.len(), 0.5, confidence_level))
}

/// The same of the `q`-quantile, an end being infinite where there are too few on its side.
fn quantile_between(sorted: &[f64], q: f64, confidence_level: f64) -> (f64, f64) {
    let rank = |share: f64| quantile_rank(sorted.len(), share, confidence_level);
    let lower = rank(1.0 - q).map_or(f64::NEG_INFINITY, |rank| sorted[rank]);
    let upper = rank(q).map_or(f64::INFINITY, |rank| sorted[sorted.len() - 1 - rank]);
    (lower, upper)
}

/// Whether so many values say anything of their median at a level.
pub fn tells_median(count: usize, confidence_level: f64) -> bool {
    quantile_rank(count, 0.5, confidence_level).is_some()
}

/// Quantiles of Student's t, each computed once: most contrasts share one.
#[derive(Default)]
pub struct Factors(Vec<(f64, f64, f64)>);

impl Factors {
    /// As [`student::two_sided`].
    pub(super) fn student(&mut self, confidence_level: f64, freedom: f64) -> f64 {
        let known =
            |&&(level, of, _): &&(f64, f64, f64)| level == confidence_level && of == freedom;
        if let Some(&(_, _, factor)) = self.0.iter().find(known) {
            return factor;
        }
        let factor = student::two_sided(confidence_level, freedom);
        self.0.push((confidence_level, freedom, factor));
        factor
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::worlds::share;
    use super::{Contrast, quantile_rank};

    /// Conover's example of ranks: with n = 16 the 4th and 13th values hold the median at 97.9 %; n = 5
    /// is too few for 95 %.
    #[test]
    fn sign_intervals_have_the_levels_of_the_table() {
        assert_eq!(quantile_rank(16, 0.5, 0.95), Some(3));
        assert_eq!(quantile_rank(16, 0.5, 0.98), Some(2));
        assert_eq!((quantile_rank(5, 0.5, 0.95), quantile_rank(6, 0.5, 0.95)), (None, Some(0)));
    }

    /// The bound agrees with the exact binomial interval of the share, for any number of worlds in
    /// which it holds.
    #[test]
    fn worlds_are_told_apart_as_objectives_are_judged() {
        for holds in 0..=64_usize {
            let second: Vec<f64> =
                (0..64).map(|world| if world < holds { -1.0 } else { 1.0 }).collect();
            let found = Contrast::in_worlds(&[0.0; 64], &second, 0.9).unwrap();
            let below: Vec<bool> = second.iter().map(|one| *one < 0.0).collect();
            let judged = share(&below, 0.95).unwrap().lower >= 0.9;
            assert_eq!(found.estimate(0.95).upper < 0.0, judged, "{holds}");
        }
    }

    /// Worked by hand: differences 1, 2, 3, 2 around 2.5: squares 2.25 + 0.25 + 0.25 + 0.25 = 3, so
    /// the standard error is sqrt(3 / 3 / 4) = 0.5.
    #[test]
    fn sections_lie_around_what_all_runs_say() {
        let (first, second) = ([10.0, 20.0, 30.0, 40.0], [11.0, 22.0, 33.0, 42.0]);
        let found = Contrast::sectioned(&first, &second, 2.5).unwrap().estimate(0.95);
        assert!((found.point - 2.5).abs() < 1e-15 && (found.standard_error - 0.5).abs() < 1e-15);
    }

    /// Never in any section is never; never in some is not.
    #[test]
    fn what_never_comes_in_any_section_is_told_from_what_does() {
        let never = [f64::INFINITY; 5];
        let found = Contrast::sectioned(&[1.0; 5], &never, f64::INFINITY).unwrap().estimate(0.999);
        assert_eq!((found.lower, found.upper), (f64::INFINITY, f64::INFINITY));
        // Worked by hand: 1, 2, 3 and twice never count as 1, 2, 3, 3, 3: mean 2.4, variance 0.8.
        let some = [1.0, 2.0, 3.0, f64::INFINITY, f64::INFINITY];
        let found = Contrast::sectioned(&[0.0; 5], &some, f64::INFINITY).unwrap().estimate(0.95);
        assert!((found.lower - (2.4 - 2.776_445 * 0.4)).abs() < 1e-6, "{}", found.lower);
        assert_eq!((found.point, found.upper), (f64::INFINITY, f64::INFINITY));
        // Never on both sides tells nothing.
        let both = [f64::INFINITY, 0.0, 0.0, 0.0, 0.0];
        let found = Contrast::sectioned(&both, &some, f64::INFINITY).unwrap().estimate(0.95);
        assert!(found.lower < 0.0);
    }

    /// Conover's ranks for n = 16 at 97.5 % each (the 4th and 13th values, 97.9 %): 1 to 16 lie between 4
    /// and 13, a hundred times as much between 400 and 1,300, and what never comes in 4 of 16 leaves the
    /// upper end alone. Of 5 nothing is known.
    #[test]
    fn quantiles_differ_by_the_far_ends() {
        let first: Vec<f64> = (1..=16).rev().map(f64::from).collect();
        let mut second: Vec<f64> = first.iter().map(|one| 100.0 * one).collect();
        let found =
            |second: &[f64]| Contrast::quantiles(&first, second, 0.5, 1.0).unwrap().estimate(0.95);
        assert_eq!((found(&second).lower, found(&second).upper), (387.0, 1_296.0));
        second[..4].fill(f64::INFINITY);
        assert_eq!(found(&second).upper, f64::INFINITY);
        assert_eq!(found(&second).lower, 387.0);
        assert_eq!(found(&second[..5]).lower, f64::NEG_INFINITY);
        let never = found(&[f64::INFINITY; 16]);
        assert_eq!((never.lower, never.upper), (f64::INFINITY, f64::INFINITY));
        assert!(Contrast::quantiles(&[], &first, 0.5, 1.0).is_none());
        assert!(Contrast::quantiles(&[f64::NAN], &first, 0.5, 1.0).is_none());
    }
}
