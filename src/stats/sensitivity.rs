//! Which uncertain input a result hangs on.

use super::estimate::Estimate;

/// First-order Sobol' index of each input, `Var(E[Y | X_i]) / Var(Y)`, from one value per world.
///
/// - `values[world]`: the metric, the mean over the world's replications.
/// - `inputs[input][world]`: the world's uniform coordinate in (0, 1).
/// - `noise_variance`: what luck adds to the variance of `values`
///   ([`super::variance::Split::luck_of_a_mean`]), taken out of `Var(Y)`; 0 if there is none.
///
/// The share of the variance that would go, on average, if that input were known exactly. `None` if
/// a value is not finite, lengths differ, there are fewer than 16 worlds or nothing but luck varies.
pub fn first_order(
    values: &[f64],
    inputs: &[&[f64]],
    noise_variance: f64,
    confidence_level: f64,
) -> Option<Vec<Estimate>> {
    unimplemented!()
}

/// Spearman's rank correlation of a metric with an input, with Bonett and Wright's interval.
/// Infinite values rank last (tied). `None` with fewer than 4 pairs, or if one side does not vary.
pub fn rank_correlation(values: &[f64], input: &[f64], confidence_level: f64) -> Option<Estimate> {
    unimplemented!()
}

/// First-order and total index of one input from an extra set of worlds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Indices {
    /// `Var(E[Y | X_i]) / Var(Y)` (Saltelli 2010).
    pub first: Estimate,
    /// `E[Var(Y | all but X_i)] / Var(Y)` (Jansen 1999).
    pub total: Estimate,
}

/// Pick-freeze indices: `a` and `b` are values in two independent designs, `mixed[input]` those in
/// design `a` with that one input taken from `b`, row by row with the same luck.
pub fn pick_freeze(
    a: &[f64],
    b: &[f64],
    mixed: &[&[f64]],
    confidence_level: f64,
) -> Option<Vec<Indices>> {
    unimplemented!()
}
