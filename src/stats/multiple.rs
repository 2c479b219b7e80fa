//! Choosing among k alternatives: differences that hold together, and a ranking that says who
//! cannot be told apart.
//!
//! Every statement is family-wise by Bonferroni's inequality, which holds under any dependence
//! between the alternatives, as common random numbers make it. (Šidák's bound needs a dependence
//! that paired t statistics with variances of their own are not known to have, and is 1 % shorter
//! at best. Holm's steps would decide a little more than the intervals shown; a ranking that
//! contradicts its own intervals is worth less than that.)

use super::estimate::Estimate;

/// Which end of a metric is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    Student { point: f64, standard_error: f64, freedom: f64 },
    Signs { sorted: Vec<f64> },
    Fixed { point: f64, lower: f64, upper: f64 },
}

impl Contrast {
    /// `second - first` over observations that met the same luck; `None` if the lengths differ,
    /// there are none or one is NaN.
    pub fn paired(first: &[f64], second: &[f64]) -> Option<Self> {
        unimplemented!()
    }

    /// `second - first` of two independent estimates (a saved summary).
    pub fn welch(first: &Estimate, second: &Estimate) -> Self {
        unimplemented!()
    }

    /// The difference with its two-sided interval.
    pub fn estimate(&self, confidence_level: f64) -> Estimate {
        unimplemented!()
    }

    /// What the interval is about.
    pub fn basis(&self) -> Basis {
        unimplemented!()
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
    /// From one contrast (`second - first`) for each pair `first < second < count`; `None` if one
    /// is, or with fewer than 2 alternatives.
    pub fn collect(
        count: usize,
        contrast: impl FnMut(usize, usize) -> Option<Contrast>,
    ) -> Option<Self> {
        unimplemented!()
    }

    /// From `values[alternative][observation]`, a column being one luck.
    pub fn paired(values: &[&[f64]]) -> Option<Self> {
        unimplemented!()
    }

    /// Every other alternative less `reference`; the k - 1 intervals hold together at
    /// `confidence_level`.
    pub fn against(&self, reference: usize, confidence_level: f64) -> Vec<Difference> {
        unimplemented!()
    }

    /// All k (k - 1) / 2 differences (`first < second`), which hold together at `confidence_level`.
    pub fn all(&self, confidence_level: f64) -> Vec<Difference> {
        unimplemented!()
    }

    /// Each alternative against the best of the others.
    pub fn with_best(&self, better: Better, confidence_level: f64) -> Vec<AgainstBest> {
        unimplemented!()
    }

    /// From best to worst.
    pub fn ranking(&self, better: Better, confidence_level: f64) -> Ranking {
        unimplemented!()
    }
}
