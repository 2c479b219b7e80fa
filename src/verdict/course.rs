//! Expressions interval by interval: what `… for T` and `time_until(metric …)` look at.

use super::expression::{Node, Slices};
use crate::experiment::Row;
use crate::plan::Plan;
use std::ops::Range;

/// An expression in the intervals of a range, counted from the start of the run. Its statistics are
/// those of the runs that are judged, of no variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    tree: Node,
    /// Length of an interval \[ns\].
    pub step: u64,
    /// Which intervals.
    pub range: Range<usize>,
}

impl Course {
    /// `None` if a part of the expression is not kept by interval.
    pub fn new(tree: Node, plan: &Plan, range: Range<usize>) -> Option<Self> {
        tree.is_kept(plan).then_some(Self { tree, step: plan.schedule.interval, range })
    }

    /// The value in one interval of one run: of the requests that were meant to arrive in it, of
    /// levels over it. `None` if there is nothing to say, also where the run did not get there.
    pub fn value(&self, row: &Row, interval: usize) -> Option<f64> {
        if self.begin(interval) >= row.ended_at {
            return None;
        }
        self.tree
            .in_interval(interval, self.step)
            .value(&Slices(vec![std::slice::from_ref(row); 1]))
    }

    /// When an interval begins \[ns\].
    pub fn begin(&self, interval: usize) -> u64 {
        (interval as u64).saturating_mul(self.step)
    }
}

/// The whole intervals of the run's own window, from a date on \[ns\].
pub fn intervals(plan: &Plan, from: u64) -> Range<usize> {
    let step = plan.schedule.interval;
    let first = from.max(plan.schedule.warm_up).div_ceil(step) as usize;
    first..((plan.window_end() / step) as usize).max(first)
}
