//! Choosing among k alternatives: differences that hold together, and a ranking that says who
//! cannot be told apart.
//!
//! Every statement is family-wise by Bonferroni's inequality, which holds under any dependence
//! between the alternatives, as common random numbers make it. (Šidák's bound needs a dependence
//! that paired t statistics with variances of their own are not known to have, and is 1 % shorter
//! at best. Holm's steps would decide a little more than the intervals shown; a ranking that
//! contradicts its own intervals is worth less than that.)
//!
//! Sources: Hsu, *Multiple Comparisons*, 1996, chapter 4; Nelson and Matejcik, Management Science 41
//! (1995) 1935–1945, for comparisons with the best under common random numbers and unequal
//! variances; Piepho, Journal of Computational and Graphical Statistics 13 (2004) 456–466, for the
//! sets that cannot be told apart.

use std::cmp::Ordering;

use serde::Serialize;

use super::estimate::{Estimate, Quality, mean_and_variance};
use super::{beta, student};

/// Which end of a metric is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Latency, cost, errors.
    Smaller,
    /// Throughput, share of what is good.
    Larger,
}

/// What a difference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The difference of means, by Student's t.
    Mean,
    /// The median of the paired differences, by order statistics: some value never came.
    Median,
    /// A share of worlds.
    Worlds,
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
    /// Differences by world, ascending, and the share of worlds that counts.
    Worlds { sorted: Vec<f64>, assurance: f64 },
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
    /// all differences are the same infinity, they are so whatever the luck.
    pub fn sectioned(first: &[f64], second: &[f64], point: f64) -> Option<Self> {
        let plain = Self::paired(first, second)?;
        let samples = plain.samples;
        let law = match plain.law {
            Law::Student { .. } if point.is_finite() => {
                let squares: f64 =
                    first.iter().zip(second).map(|(a, b)| (b - a - point).powi(2)).sum();
                let freedom = samples as f64 - 1.0;
                Law::of(point, (squares / freedom.max(1.0) / samples as f64).sqrt(), freedom)
            }
            Law::Signs { sorted }
                if sorted[0].is_infinite() && sorted[0] == sorted[sorted.len() - 1] =>
            {
                Law::Fixed { point: sorted[0], lower: sorted[0], upper: sorted[0] }
            }
            other => other,
        };
        Some(Self { law, samples })
    }

    /// `second - first` in worlds that both met: larger (smaller) if it is so in the share
    /// `assurance` of all worlds. The bounds are those of the quantiles `1 - assurance` and
    /// `assurance` of the differences, by order statistics as for the median in
    /// [`Contrast::paired`], so that they agree with the exact binomial interval of the share.
    pub fn in_worlds(first: &[f64], second: &[f64], assurance: f64) -> Option<Self> {
        Self::paired(first, second)?;
        let mut sorted: Vec<f64> =
            first.iter().zip(second).map(|(&a, &b)| less(b, a, 0.0)).collect();
        sorted.sort_by(f64::total_cmp);
        let samples = sorted.len() as u64;
        Some(Self { law: Law::Worlds { sorted, assurance }, samples })
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
            Law::Signs { .. } | Law::Worlds { .. } | Law::Fixed { .. } => {
                (f64::INFINITY, Quality::Unbounded)
            }
        };
        let (point, samples) = (self.point(), self.samples);
        Estimate { point, standard_error, lower, upper, confidence_level, samples, quality }
    }

    /// What the interval is about.
    pub fn basis(&self) -> Basis {
        match self.law {
            Law::Student { .. } => Basis::Mean,
            Law::Signs { .. } => Basis::Median,
            Law::Worlds { .. } => Basis::Worlds,
            Law::Fixed { .. } => Basis::Ends,
        }
    }

    fn point(&self) -> f64 {
        match &self.law {
            Law::Student { point, .. } | Law::Fixed { point, .. } => *point,
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

    fn bounds(&self, confidence_level: f64, factors: &mut Factors) -> (f64, f64) {
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
            Law::Worlds { sorted, assurance } => {
                match quantile_rank(sorted.len(), *assurance, confidence_level) {
                    Some(rank) => (sorted[rank], sorted[sorted.len() - 1 - rank]),
                    None => (f64::NEG_INFINITY, f64::INFINITY),
                }
            }
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

/// Index `r` for which the order statistic `n - 1 - r` is not below the `share`-quantile at the
/// one-sided half of the level: the largest with `P(Binomial(n, 1 - share) <= r)` at most
/// `(1 - confidence_level) / 2`.
fn quantile_rank(n: usize, share: f64, confidence_level: f64) -> Option<usize> {
    let tail = |r: usize| beta::regularized(share, (n - r) as f64, r as f64 + 1.0);
    (0..n.div_ceil(2)).take_while(|&r| 2.0 * tail(r) <= 1.0 - confidence_level).last()
}

/// Quantiles of Student's t, each computed once: most contrasts share one.
#[derive(Default)]
struct Factors(Vec<(f64, f64, f64)>);

impl Factors {
    fn student(&mut self, confidence_level: f64, freedom: f64) -> f64 {
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

/// `second - first`, with an interval that holds together with those of its family.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Index of the alternative that is subtracted.
    pub first: usize,
    /// Index of the other.
    pub second: usize,
    /// The difference; its `confidence_level` is that of the whole family.
    pub difference: Estimate,
    /// What it is about.
    pub basis: Basis,
    /// `Greater`: second is shown to be larger than first. `Equal`: cannot be told apart.
    pub told: std::cmp::Ordering,
}

/// Where an alternative stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Shown to be better than every other.
    Best,
    /// No other was shown to be better.
    PossiblyBest,
    /// Another was shown to be better.
    NotBest,
}

/// An alternative against the best of the others (Hsu's multiple comparisons with the best).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AgainstBest {
    /// Its value less that of the best other, in the metric's unit: lower bound. With
    /// [`Better::Larger`], `-lower` is how much is lost at most by taking this one.
    pub lower: f64,
    /// Upper bound. With [`Better::Smaller`], how much is lost at most by taking this one.
    pub upper: f64,
    /// What that says.
    pub standing: Standing,
}

/// Alternatives from best to worst, with ties that are not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranking {
    /// All alternatives, best point first.
    pub order: Vec<usize>,
    /// Largest sets whose members cannot be told apart, best first; an alternative may be in
    /// several (a compact letter display: the first set is "a").
    pub groups: Vec<Vec<usize>>,
}

/// All pairs of k alternatives.
#[derive(Clone, Debug, PartialEq)]
pub struct Contrasts {
    count: usize,
    pairs: Vec<Contrast>,
}

impl Contrasts {
    /// From one contrast (`second - first`) for each pair `first < second < count`, in the order
    /// (0, 1), (0, 2) … (1, 2) …; `None` if one is, or with fewer than 2 alternatives.
    pub fn collect(
        count: usize,
        mut contrast: impl FnMut(usize, usize) -> Option<Contrast>,
    ) -> Option<Self> {
        let pairs: Option<Vec<Contrast>> =
            pairs(count).map(|(first, second)| contrast(first, second)).collect();
        pairs.filter(|pairs| !pairs.is_empty()).map(|pairs| Self { count, pairs })
    }

    /// From `values[alternative][observation]`, a column being one luck.
    pub fn paired(values: &[&[f64]]) -> Option<Self> {
        Self::collect(values.len(), |first, second| Contrast::paired(values[first], values[second]))
    }

    /// Every other alternative less `reference`, in order; the k - 1 intervals hold together at
    /// `confidence_level`. None if there is no such alternative.
    pub fn against(&self, reference: usize, confidence_level: f64) -> Vec<Difference> {
        let statements = (self.count - 1) as f64;
        let others = (0..self.count).filter(|&other| other != reference && reference < self.count);
        let mut factors = Factors::default();
        others
            .map(|other| {
                self.difference(reference, other, confidence_level, statements, &mut factors)
            })
            .collect()
    }

    /// All k (k - 1) / 2 differences (`first < second`), which hold together at `confidence_level`.
    pub fn all(&self, confidence_level: f64) -> Vec<Difference> {
        let statements = self.pairs.len() as f64;
        let mut factors = Factors::default();
        pairs(self.count)
            .map(|(first, second)| {
                self.difference(first, second, confidence_level, statements, &mut factors)
            })
            .collect()
    }

    /// Each alternative against the best of the others: all 2 k bounds and standings hold together
    /// at `confidence_level`.
    ///
    /// They follow from k - 1 one-sided statements alone, that no other alternative beats the
    /// true best by more than its bound (Nelson and Matejcik 1995; Hsu 1996, section 4.2): the best
    /// is then among those that nobody is shown to beat, whichever it is.
    pub fn with_best(&self, better: Better, confidence_level: f64) -> Vec<AgainstBest> {
        let each = 1.0 - 2.0 * (1.0 - confidence_level) / (self.count - 1) as f64;
        let mut factors = Factors::default();
        // gains[i][l]: how much better i is than l, from and to.
        let mut gains = vec![vec![(0.0, 0.0); self.count]; self.count];
        for ((first, second), pair) in pairs(self.count).zip(&self.pairs) {
            let (lower, upper) = pair.bounds(each, &mut factors);
            let of_second =
                if better == Better::Larger { (lower, upper) } else { (-upper, -lower) };
            gains[second][first] = of_second;
            gains[first][second] = (-of_second.1, -of_second.0);
        }
        let others = |i: usize| (0..self.count).filter(move |&l| l != i);
        let most: Vec<f64> = (0..self.count)
            .map(|i| others(i).map(|l| gains[i][l].1).fold(f64::INFINITY, f64::min))
            .collect();
        // Medians may go round in a circle; then nobody is unbeaten, and nothing is known.
        let circle = most.iter().all(|&most| most < 0.0);
        let possible: Vec<bool> = most.iter().map(|&most| most >= 0.0 || circle).collect();
        let alone = possible.iter().filter(|&&possible| possible).count() == 1;
        let against = |i: usize| {
            let rivals = others(i).filter(|&l| possible[l]);
            let least = rivals.map(|l| gains[i][l].0).fold(0.0, f64::min);
            let (lower, upper) = (least, if circle { f64::INFINITY } else { most[i].max(0.0) });
            let standing = match (possible[i], alone) {
                (true, true) => Standing::Best,
                (true, false) => Standing::PossiblyBest,
                (false, _) => Standing::NotBest,
            };
            match better {
                Better::Larger => AgainstBest { lower, upper, standing },
                Better::Smaller => AgainstBest { lower: -upper, upper: -lower, standing },
            }
        };
        (0..self.count).map(against).collect()
    }

    /// From best to worst; what [`Contrasts::all`] does not tell apart shares a group.
    pub fn ranking(&self, better: Better, confidence_level: f64) -> Ranking {
        let differences = self.all(confidence_level);
        // Twice the number of alternatives that each one's point beats: the order of the points for
        // means, and some order for medians that go round in a circle.
        let mut wins = vec![0_u32; self.count];
        for difference in &differences {
            let second = difference.difference.point.total_cmp(&0.0);
            let gain = if better == Better::Larger { second } else { second.reverse() };
            wins[difference.second] += (gain as i8 + 1) as u32;
            wins[difference.first] += (1 - gain as i8) as u32;
        }
        let mut order: Vec<usize> = (0..self.count).collect();
        order.sort_by_key(|&i| (std::cmp::Reverse(wins[i]), i));
        let mut place = vec![0; self.count];
        for (at, &alternative) in order.iter().enumerate() {
            place[alternative] = at;
        }
        let told = differences.iter().filter(|difference| difference.told != Ordering::Equal);
        let apart = told.map(|difference| (place[difference.first], place[difference.second]));
        let groups = undivided(self.count, apart);
        let named = |group: Vec<usize>| group.into_iter().map(|at| order[at]).collect();
        Ranking { groups: groups.into_iter().map(named).collect(), order }
    }

    /// `second - first`, one of so many statements that hold together.
    fn difference(
        &self,
        first: usize,
        second: usize,
        confidence_level: f64,
        statements: f64,
        factors: &mut Factors,
    ) -> Difference {
        let (low, high) = (first.min(second), first.max(second));
        // Pairs that start before `low`, then those of `low`.
        let contrast = &self.pairs[low * (2 * self.count - low - 1) / 2 + high - low - 1];
        let (mut lower, mut upper) =
            contrast.bounds(1.0 - (1.0 - confidence_level) / statements, factors);
        let mut point = contrast.point();
        if first > second {
            (point, lower, upper) = (-point, -upper, -lower);
        }
        let told = match (lower > 0.0, upper < 0.0) {
            (true, _) => Ordering::Greater,
            (_, true) => Ordering::Less,
            _ => Ordering::Equal,
        };
        let difference = Estimate { point, lower, upper, ..contrast.estimate(confidence_level) };
        Difference { first, second, difference, basis: contrast.basis(), told }
    }
}

/// `(0, 1), (0, 2) … (1, 2) …`.
fn pairs(count: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..count).flat_map(move |first| (first + 1..count).map(move |second| (first, second)))
}

/// The largest sets of `0..count` that no pair of `apart` divides, in ascending order: Piepho's
/// insert-and-absorb. As many as letters in a compact display, which for intervals of similar width
/// is fewer than `count`.
fn undivided(count: usize, apart: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    let mut sets: Vec<Vec<usize>> = vec![(0..count).collect()];
    for (a, b) in apart {
        let (divided, mut kept): (Vec<_>, Vec<_>) =
            sets.into_iter().partition(|set| set.contains(&a) && set.contains(&b));
        for set in divided {
            for gone in [a, b] {
                let rest: Vec<usize> = set.iter().copied().filter(|&i| i != gone).collect();
                let within = |other: &Vec<usize>| rest.iter().all(|i| other.contains(i));
                if !kept.iter().any(within) {
                    kept.push(rest);
                }
            }
        }
        sets = kept;
    }
    sets.sort();
    sets
}

#[cfg(test)]
mod tests;
