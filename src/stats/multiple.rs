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

mod contrast;

use std::cmp::Ordering;

pub use contrast::{Basis, Contrast};

use serde::{Deserialize, Serialize};

use super::estimate::Estimate;
use contrast::Factors;

/// Which end of a metric is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Latency, cost, errors.
    Smaller,
    /// Throughput, share of what is good.
    Larger,
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
                Better::Smaller => AgainstBest { lower: 0.0 - upper, upper: 0.0 - lower, standing },
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
            (point, lower, upper) = (0.0 - point, 0.0 - upper, 0.0 - lower);
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
