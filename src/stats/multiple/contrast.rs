//! One difference of two alternatives, paired or not, whatever came of them.

use super::super::estimate::{Estimate, Quality, mean_and_variance};
use super::super::{beta, student};

/// What a difference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The difference of means, by Student's t.
    Mean,
    /// The median of the paired differences, by order statistics: some value never came.
    Median,
    /// Ends of saved intervals, one of which is infinite, at their own level.
    Ends,
}

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
            Law::Signs { .. } | Law::Fixed { .. } => (f64::INFINITY, Quality::Unbounded),
        };
        let (point, samples) = (self.point(), self.samples);
        Estimate { point, standard_error, lower, upper, confidence_level, samples, quality }
    }

    /// What the interval is about.
    pub fn basis(&self) -> Basis {
        match self.law {
            Law::Student { .. } => Basis::Mean,
            Law::Signs { .. } => Basis::Median,
            Law::Fixed { .. } => Basis::Ends,
        }
    }

    /// The difference itself; never NaN.
    pub(super) fn point(&self) -> f64 {
        match &self.law {
            Law::Student { point, .. } | Law::Fixed { point, .. } => *point,
            Law::Signs { sorted } => {
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
        match &self.law {
            Law::Fixed { lower, upper, .. } => (*lower, *upper),
            Law::Student { point, standard_error, freedom } => {
                let half = if *standard_error == 0.0 {
                    0.0
                } else {
                    factors.student(confidence_level, *freedom) * standard_error
                };
                (point - half, point + half)
            }
            Law::Signs { sorted } => match sign_rank(sorted.len(), confidence_level) {
                Some(rank) => (sorted[rank], sorted[sorted.len() - 1 - rank]),
                None => (f64::NEG_INFINITY, f64::INFINITY),
            },
        }
    }
}

impl Law {
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
fn less(a: f64, b: f64, undefined: f64) -> f64 {
    if a.is_infinite() && a == b { undefined } else { a - b }
}

/// Index `r` for which the order statistics `r` and `n - 1 - r` hold the median at the level, ties
/// included: the largest with `2 P(Binomial(n, 1/2) <= r) <= 1 - confidence_level` (Conover,
/// *Practical Nonparametric Statistics*, 1999, section 3.2).
fn sign_rank(n: usize, confidence_level: f64) -> Option<usize> {
    let tail = |r: usize| beta::regularized(0.5, (n - r) as f64, r as f64 + 1.0);
    (0..n.div_ceil(2)).take_while(|&r| 2.0 * tail(r) <= 1.0 - confidence_level).last()
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
    use super::sign_rank;

    /// Conover's example of ranks: with n = 16 the 4th and 13th values hold the median at 97.9 %; n = 5
    /// is too few for 95 %.
    #[test]
    fn sign_intervals_have_the_levels_of_the_table() {
        assert_eq!(sign_rank(16, 0.95), Some(3));
        assert_eq!(sign_rank(16, 0.98), Some(2));
        assert_eq!((sign_rank(5, 0.95), sign_rank(6, 0.95)), (None, Some(0)));
    }
}
