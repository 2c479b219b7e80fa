//! How much of the spread of a metric is what we don't know, and how much the luck of a run.

use super::estimate::Estimate;

/// A component of variance, in the metric's unit squared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Component {
    /// The estimate; never negative.
    pub variance: f64,
    /// Lower end of its interval.
    pub lower: f64,
    /// Upper end of its interval.
    pub upper: f64,
}

/// The variance of one run in one world, split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    /// Between worlds: what we don't know.
    pub worlds: Component,
    /// Between replications of one world: the luck of a run.
    pub luck: Component,
    /// Luck's share of the sum, in 0..1, with its interval; `None` if nothing varies.
    pub share_of_luck: Option<Estimate>,
    /// The estimate of the component between worlds was negative and is said to be 0: luck hides it.
    pub hidden: bool,
    /// Worlds that were used.
    pub used: u64,
    /// Worlds left out because a value in them never came (was not finite).
    pub left_out: u64,
    /// Variance that luck adds to the mean of a world's replications: `noise_variance` of
    /// [`super::sensitivity`].
    pub luck_of_a_mean: f64,
}

/// Splits `values[world][replication]`; `None` without 3 worlds of 2 finite replications each.
pub fn split(values: &[&[f64]], confidence_level: f64) -> Option<Split> {
    unimplemented!()
}
