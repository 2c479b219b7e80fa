//! Quantiles with intervals, from the histograms of independent replications.

use super::estimate::{Estimate, Quality, mean_and_variance};
use super::histogram::Sparse;
use std::borrow::Cow;

/// Expected exceedances that a group needs for its own quantile to be nearly normal and unbiased.
pub const EXCEEDANCES_PER_GROUP: f64 = 100.0;

/// Fewer groups than this: the interval is marked.
pub const GROUPS_MIN: usize = 5;

/// Fewer expected exceedances in all than this: the estimate is marked.
pub const EXCEEDANCES_MIN: f64 = 20.0;

/// The `q`-quantile of everything in `parts` (one histogram per replication, in the fixed run
/// order).
///
/// The point comes from the merged histogram. The interval is by sectioning: consecutive
/// replications form groups of at least [`EXCEEDANCES_PER_GROUP`] expected exceedances (`n · min(q,
/// 1 - q)`); the spread of the groups' quantiles around the merged one gives the standard error,
/// with Student's t (Asmussen and Glynn, Stochastic Simulation, 2007, III.5a; Nakayama 2014 on why
/// the center is the merged quantile). With fewer than [`GROUPS_MIN`] such groups or fewer than
/// [`EXCEEDANCES_MIN`] expected exceedances the estimate is [`Quality::FewSamples`]; its interval
/// then comes from smaller groups, as an indication.
///
/// If the quantile of a group falls among values that never came, no standard error exists: the
/// interval then runs from the smallest group quantile to infinity (a sign-test bound, good for 6
/// groups or more at 95 %), and the estimate is [`Quality::Unbounded`]. Both bounds infinite: every
/// group says so.
///
/// `None` without values or for `q` outside `[0, 1]`.
pub fn quantile(parts: &[&Sparse], q: f64, confidence_level: f64) -> Option<Estimate> {
    let whole = Sparse::merged(parts.iter().copied());
    let point = whole.quantile(q)?;
    let scarce = q.min(1.0 - q);
    let groups = group(parts, scarce);
    let few = groups.len() < GROUPS_MIN || whole.total() as f64 * scarce < EXCEEDANCES_MIN;
    let groups = if groups.len() < GROUPS_MIN { split(parts) } else { groups };
    let values: Vec<f64> = groups.iter().filter_map(|group| group.quantile(q)).collect();
    let samples = values.len() as u64;
    if point.is_infinite() || values.iter().any(|value| value.is_infinite()) {
        let lower = values.iter().copied().fold(f64::INFINITY, f64::min).min(point);
        return Some(Estimate { point, ..Estimate::infinite(lower, samples, confidence_level) });
    }
    let (mean, variance) = mean_and_variance(&values);
    let n = samples as f64;
    // Around the merged quantile, not the groups' mean: their small-sample bias then widens the
    // interval instead of shifting it.
    let around_point = variance + n / (n - 1.0).max(1.0) * (mean - point) * (mean - point);
    let standard_error = (around_point / n.max(1.0)).sqrt();
    let estimate = Estimate::student(point, standard_error, samples, confidence_level);
    let quality = if few { Quality::FewSamples } else { estimate.quality };
    // Recorded values are not negative.
    Some(Estimate { quality, lower: estimate.lower.max(0.0), ..estimate })
}

/// Consecutive parts, together until each group has enough on the scarce side; the rest joins the
/// last.
fn group<'a>(parts: &[&'a Sparse], scarce: f64) -> Vec<Cow<'a, Sparse>> {
    let mut ends = Vec::new();
    let mut open = 0;
    for (at, part) in parts.iter().enumerate() {
        open += part.total();
        if open as f64 * scarce >= EXCEEDANCES_PER_GROUP {
            ends.push(at + 1);
            open = 0;
        }
    }
    if let Some(last) = ends.last_mut() {
        *last = parts.len();
    }
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.zip(&ends).map(|(start, &end)| together(&parts[start..end])).collect()
}

/// Up to [`GROUPS_MIN`] groups of nearly equally many consecutive parts.
fn split<'a>(parts: &[&'a Sparse]) -> Vec<Cow<'a, Sparse>> {
    let groups = parts.len().clamp(1, GROUPS_MIN);
    let start = |group: usize| group * parts.len() / groups;
    (0..groups).map(|group| together(&parts[start(group)..start(group + 1)])).collect()
}

fn together<'a>(parts: &[&'a Sparse]) -> Cow<'a, Sparse> {
    match parts {
        [part] => Cow::Borrowed(part),
        _ => Cow::Owned(Sparse::merged(parts.iter().copied())),
    }
}
