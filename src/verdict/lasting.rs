//! `… for 5 min`: true in every interval of some stretch of that length.

use super::expression::{Linear, Node, Slices};
use super::statistic::{Quantity, Statistic};
use crate::experiment::Row;
use crate::expr::tree::Comparator;
use crate::plan::Plan;

/// Whether a statistic is kept per interval: the mean of a level (of all instances together).
pub fn is_kept(statistic: &Statistic) -> bool {
    matches!(&statistic.quantity, Quantity::Level { levels, .. } if levels.len() == 1)
        && statistic.window == 0
        && statistic.ensemble == 0
}

/// In each run: whether there is a stretch of `lasting_ns` (rounded up to whole intervals) in the
/// window in every interval of which all sides hold. `None` if the metric is not kept per interval.
pub fn holds(
    left: &Node,
    sides: &[(Comparator, f64)],
    lasting_ns: u64,
    plan: &Plan,
    slices: &Slices,
) -> Option<Vec<bool>> {
    let linear = left.linear()?;
    let Node::Leaf(statistic) = linear.inner else { return None };
    let Quantity::Level { levels, unit, .. } = &statistic.quantity else { return None };
    if !is_kept(statistic) {
        return None;
    }
    let schedule = &plan.schedule;
    let first = schedule.warm_up.div_ceil(schedule.interval) as usize;
    let end = (plan.window_end() / schedule.interval) as usize;
    let needed = lasting_ns.div_ceil(schedule.interval).max(1) as usize;
    let run = |row: &Row| {
        let series = row.series.levels.get(levels[0] as usize).map_or(&[][..], Vec::as_slice);
        let series = series.get(first..end.min(series.len())).unwrap_or(&[]);
        longest(series, &linear, *unit, sides) >= needed
    };
    Some(slices.0.first()?.iter().map(run).collect())
}

/// Length of the longest stretch in which all sides hold.
fn longest(series: &[f64], linear: &Linear, unit: f64, sides: &[(Comparator, f64)]) -> usize {
    let (mut best, mut current) = (0, 0);
    for mean in series {
        let value = mean * unit * linear.scale + linear.offset;
        let all = sides.iter().all(|(comparator, bound)| comparator.holds(value, *bound));
        current = if all { current + 1 } else { 0 };
        best = best.max(current);
    }
    best
}
