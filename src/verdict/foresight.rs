//! How many replications a verdict would take that these runs cannot give.

use super::interval::{Estimate, World};
use super::judge::Reason;
use crate::stats::quantile::{EXCEEDANCES_PER_GROUP, GROUPS_MIN};

/// About how many runs would do, for one side of a comparison: the world, the estimate and the
/// bound. `None` if the reason is another, or nothing can be said; more than anybody can make where
/// the estimate is at the bound.
///
/// A percentile has an interval from [`GROUPS_MIN`] groups with [`EXCEEDANCES_PER_GROUP`] each on.
/// An interval narrows with the square root of the number of runs: as it is now, it would end at
/// the bound with (half width / distance) squared times as many. Its half width is that of the side
/// that is not cut where a metric ends, such as at 0.
pub fn runs(reason: Reason, (world, estimate, bound): (&World, &Estimate, f64)) -> Option<u64> {
    let made = world.slices.runs() as f64;
    let needed = match reason {
        Reason::FewSamples => {
            let of_group = world.node.runs_for(&world.slices, EXCEEDANCES_PER_GROUP)?;
            (of_group * GROUPS_MIN) as f64
        }
        Reason::Straddles => made * times(estimate.range()?, bound)?,
        _ => return None,
    };
    (needed > made).then(|| needed.ceil() as u64)
}

/// How many times as many runs bring an interval (point, lower and upper end) from around the bound
/// to one side of it; infinite if the point is the bound. `None` if it is beside the bound already
/// or has no end.
fn times((point, lower, upper): (f64, f64, f64), bound: f64) -> Option<f64> {
    let half = (upper - point).max(point - lower);
    let known = half.is_finite() && half > 0.0 && (lower..=upper).contains(&bound);
    let narrower = half / (point - bound).abs();
    known.then_some(narrower * narrower)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goal: what an interval that is cut at 0 would have been counts. Source: by hand: a share of
    /// 0.2 % with a half width of 1.5 % against 1 %: (1.5 / 0.8)²
    #[test]
    fn the_side_that_is_not_cut_counts() {
        let squared = 1.875 * 1.875;
        assert!((times((0.002, 0.0, 0.017), 0.01).unwrap() - squared).abs() < 1e-9);
        assert!((times((0.998, 0.983, 1.0), 0.99).unwrap() - squared).abs() < 1e-9);
    }

    /// Goal: no number where there is none to say, and none that can be made at the bound itself.
    #[test]
    fn what_cannot_be_said_is_not() {
        let never = f64::INFINITY;
        assert_eq!(times((never, 1.0, never), 2.0), None);
        assert_eq!(times((1.5, 1.0, never), 2.0), None);
        assert_eq!(times((1.5, 1.0, 2.0), 3.0), None);
        assert_eq!(times((2.0, 1.0, 3.0), 2.0), Some(f64::INFINITY));
    }
}
