//! How many replications a verdict would take that these runs cannot give.

use super::interval::{Estimate, World};
use super::judge::Reason;
use crate::stats::quantile::{EXCEEDANCES_PER_GROUP, GROUPS_MIN};

/// About how many runs would do, for one side of a comparison: the world, the estimate and the
/// bound. `None` if the reason is another, or nothing can be said.
///
/// A percentile has an interval from [`GROUPS_MIN`] groups with [`EXCEEDANCES_PER_GROUP`] each on.
/// An interval narrows with the square root of the number of runs: as it is now, it would end at
/// the bound with (half width / distance) squared times as many.
pub fn runs(reason: Reason, (world, estimate, bound): (&World, &Estimate, f64)) -> Option<u64> {
    let made = world.slices.runs() as f64;
    let needed = match reason {
        Reason::FewSamples => {
            let of_group = world.node.runs_for(&world.slices, EXCEEDANCES_PER_GROUP)?;
            (of_group * GROUPS_MIN) as f64
        }
        Reason::Straddles => {
            let (point, lower, upper) = estimate.range()?;
            let narrower = 0.5 * (upper - lower) / (point - bound).abs();
            made * narrower * narrower
        }
        _ => return None,
    };
    (needed.is_finite() && needed > made).then(|| needed.ceil() as u64)
}
