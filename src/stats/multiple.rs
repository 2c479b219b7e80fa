//! Choosing among k alternatives: differences that hold together, and a ranking that says who
//! cannot be told apart.
//!
//! Every statement is family-wise by Bonferroni's inequality, which holds under any dependence
//! between the alternatives, as common random numbers make it. (Šidák's bound needs a dependence
//! that paired t statistics with variances of their own are not known to have, and is 1 % shorter
//! at best. Holm's steps would decide a little more than the intervals shown; a ranking that
//! contradicts its own intervals is worth less than that.)
//!
//! Sources: Hsu, *Multiple Comparisons*, 1996, chapter 1; Piepho, Journal of Computational and Graphical
//! Statistics 13 (2004) 456–466, for the sets that cannot be told apart.

mod contrast;

use std::cmp::Ordering;

pub use contrast::{Contrast, less, median_between, tells_median};

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
    /// `Greater`: second is shown to be larger than first. `Equal`: cannot be told apart.
    pub told: std::cmp::Ordering,
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

    /// All k (k - 1) / 2 differences (`first < second`), which hold together at `confidence_level`.
    pub fn all(&self, confidence_level: f64) -> Vec<Difference> {
        let each = 1.0 - (1.0 - confidence_level) / self.pairs.len() as f64;
        let mut factors = Factors::default();
        let difference = |((first, second), contrast): ((usize, usize), &Contrast)| {
            let (lower, upper) = contrast.bounds(each, &mut factors);
            let told = match (lower > 0.0, upper < 0.0) {
                (true, _) => Ordering::Greater,
                (_, true) => Ordering::Less,
                _ => Ordering::Equal,
            };
            let difference = Estimate { lower, upper, ..contrast.estimate(confidence_level) };
            Difference { first, second, difference, told }
        };
        pairs(self.count).zip(&self.pairs).map(difference).collect()
    }
}

/// Some alternatives from best to worst; those that `differences` do not tell apart share a group.
/// Differences of other alternatives do not count.
pub fn ranking(among: &[usize], better: Better, differences: &[Difference]) -> Ranking {
    let count = among.len();
    let at = |alternative: usize| among.iter().position(|&known| known == alternative);
    let known = || {
        let both = |one: &Difference| Some((at(one.first)?, at(one.second)?));
        differences.iter().filter_map(move |one| Some((both(one)?, one)))
    };
    // Twice the number of alternatives that each one's point beats: the order of the points for
    // means, and some order for medians that go round in a circle.
    let mut wins = vec![0_u32; count];
    for ((first, second), difference) in known() {
        let more = difference.difference.point.total_cmp(&0.0);
        let gain = if better == Better::Larger { more } else { more.reverse() };
        wins[second] += (gain as i8 + 1) as u32;
        wins[first] += (1 - gain as i8) as u32;
    }
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(wins[i]), i));
    let mut place = vec![0; count];
    for (rank, &alternative) in order.iter().enumerate() {
        place[alternative] = rank;
    }
    let told = known().filter(|(_, difference)| difference.told != Ordering::Equal);
    let apart = told.map(|((first, second), _)| (place[first], place[second]));
    let groups = undivided(count, apart);
    let named = |group: Vec<usize>| group.into_iter().map(|rank| among[order[rank]]).collect();
    let groups = groups.into_iter().map(named).collect();
    Ranking { groups, order: order.into_iter().map(|one| among[one]).collect() }
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
