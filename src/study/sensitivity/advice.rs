//! What to do before deciding: measure a number, make more runs, or neither.

use super::inputs::Leader;
use super::{Hinge, Spread};
use crate::stats::estimate::Estimate;
use crate::stats::variance::Split;

/// What an advice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Whether a condition holds, by its place.
    Condition(usize),
    /// A metric, by its place.
    Metric(usize),
}

/// What to do before deciding.
#[derive(Debug, Clone, PartialEq)]
pub enum Advice {
    /// Measure this input.
    Measure {
        /// What would be known better.
        of: Of,
        /// The input.
        leader: Leader,
    },
    /// Make more replications: most of the spread between worlds is luck.
    Replicate {
        /// What would be known better.
        of: Of,
        /// Luck's share of the variance between what worlds say, each from all its runs.
        luck: Estimate,
    },
    /// No input by itself is behind it.
    NoneAlone {
        /// What is not known.
        of: Of,
    },
    /// No verdict that is open changes from world to world: none waits for a number.
    Decided,
    /// The runs do not tell what is luck.
    CannotTell {
        /// What is not known.
        of: Of,
    },
}

impl Advice {
    /// From the conditions, of which one may be open, and the metrics.
    pub(super) fn of(conditions: &[Hinge], open: Option<usize>, metrics: &[Spread]) -> Self {
        let (of, split, leader) = match (open, conditions, metrics) {
            (Some(at), ..) => (Of::Condition(at), conditions[at].split, &conditions[at].leader),
            (None, [], [first, ..]) => (Of::Metric(0), first.split, &first.leader),
            _ => return Self::Decided,
        };
        let Some(luck) = split.as_ref().and_then(luck_between_worlds) else {
            return Self::CannotTell { of };
        };
        match leader {
            _ if luck.point > 0.5 => Self::Replicate { of, luck },
            Some(leader) => Self::Measure { of, leader: leader.clone() },
            None => Self::NoneAlone { of },
        }
    }
}

/// Luck's share of the variance between worlds' values: that of a run, less what the other runs of
/// the world even out.
pub(super) fn luck_between_worlds(split: &Split) -> Option<Estimate> {
    let share = split.share_of_luck?;
    let runs =
        if split.luck_of_a_mean > 0.0 { split.luck.variance / split.luck_of_a_mean } else { 1.0 };
    let of_mean = |share: f64| share / (share + runs * (1.0 - share));
    let point = of_mean(share.point);
    Some(Estimate {
        point,
        // By the slope of the share of a mean on that of a run.
        standard_error: share.standard_error * runs
            / ((share.point + runs * (1.0 - share.point))
                * (share.point + runs * (1.0 - share.point))),
        lower: of_mean(share.lower),
        upper: of_mean(share.upper),
        ..share
    })
}
