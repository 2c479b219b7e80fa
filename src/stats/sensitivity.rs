//! Which uncertain input a result hangs on.

use super::estimate::{Estimate, Quality, mean_and_variance, ratio};
use super::{normal, paired};

/// Cosines of a coordinate by which its effect is fitted at most: two waves over its range.
const HARMONICS_MAX: usize = 4;

/// How much worse than among independent worlds interactions may be told from effects: points of a
/// scrambled net are worse for no function by more than about e (Owen, SIAM Journal on Numerical
/// Analysis 34, 1997), and seldom by so much.
const GAIN: f64 = 2.0;

/// First-order Sobol' index of each input, `Var(E[Y | X_i]) / Var(Y)`, from one value per world.
///
/// - `values[world]`: the metric, the mean over the world's replications.
/// - `inputs[input][world]`: the world's uniform coordinate in (0, 1).
/// - `noise_variance`: what luck adds to the variance of `values`
///   ([`super::variance::Split::luck_of_a_mean`]), taken out of `Var(Y)`; 0 if there is none.
///
/// The share of the variance that would go, on average, if that input were known exactly: the input
/// worth measuring is the one with the largest. For a verdict, let `values` be 1 in worlds where it
/// holds and 0 elsewhere. Inputs are taken as independent; of those that depend on each other only
/// [`rank_correlation`] speaks.
///
/// The worlds are taken as they are: least squares on cosines of the coordinate, which is the
/// given-data form of the Fourier amplitude test (Plischke, Reliability Engineering & System Safety
/// 95, 2010, 354–360, "EASI"), for all inputs together, less what chance alone would give. Chance is
/// luck and interactions, and not, as in a fit of one input by itself, also the other inputs'
/// effects. The fit sees effects of up to two waves over the range; what is finer counts as rest.
/// With more than n / 8 inputs it sees less, at n / 2 inputs only effects in one direction. With more
/// inputs than that single ones would be said to have others' effects (0.16 of the variance among
/// 40 inputs at 64 worlds), as an even design of few points cannot keep so many apart.
///
/// Measured over designs of 64 worlds: bias within 0.025 and root mean square error below 0.06 for
/// the Ishigami function, below 0.02 for a linear function of 8 inputs and M/M/1; of 256: 0.015 and
/// 0.005. Interactions may show as effects of 0.02 at 64 worlds (Sobol's g). `None` if a value is not
/// finite, lengths differ, there are fewer than 16 worlds or 2 per input, or nothing but luck varies.
pub fn first_order(
    values: &[f64],
    inputs: &[&[f64]],
    noise_variance: f64,
    confidence_level: f64,
) -> Option<Vec<Estimate>> {
    let n = values.len();
    let finite = |values: &[f64]| values.len() == n && values.iter().all(|value| value.is_finite());
    if n < 16
        || 2 * inputs.len() > n
        || !finite(values)
        || !inputs.iter().all(|input| finite(input))
    {
        return None;
    }
    let (mean, variance) = mean_and_variance(values);
    let known = 1.0 - noise_variance / variance;
    if known.is_nan() || known <= 0.0 {
        return None;
    }
    let centered: Vec<f64> = values.iter().map(|value| value - mean).collect();
    // Columns of all inputs in half as many worlds at most.
    let harmonics = (n / (2 * inputs.len().max(1))).min(HARMONICS_MAX);
    let bases: Vec<Vec<Vec<f64>>> = inputs.iter().map(|input| cosines(input, harmonics)).collect();
    let explained = fit(&centered, &bases);
    let z = normal::quantile(0.5 + 0.5 * confidence_level);
    let (size, terms) = (n as f64, harmonics as f64);
    // What is left to chance, as a share of the variance.
    let freedom = size - 1.0 - terms * inputs.len() as f64;
    let left = (1.0 - explained.iter().sum::<f64>()) * (size - 1.0) / freedom;
    let luck = 1.0 - known;
    let rest = left.clamp(luck.max(0.0), 1.0);
    let index = |&own: &f64| {
        let share = |share: f64| (share / known).clamp(0.0, 1.0);
        // The fitted squares over the rest's follow a noncentral chi-squared law, whose root is
        // nearly normal with deviation 1. Besides, effects over sampled worlds are not those over
        // the whole range: about 1 / n of the others' is chance (measured).
        let noise = (luck + GAIN * (rest - luck) + (1.0 - own) / size).max(1e-9) / size;
        let root = (own / noise).sqrt();
        let bound = |root: f64| share(noise * (root.max(0.0) * root.max(0.0) - (terms - 1.0)));
        Estimate {
            point: share(own - rest * terms / size),
            standard_error: 2.0 * (own * noise).sqrt() / known,
            lower: bound(root - z),
            upper: bound(root + z),
            confidence_level,
            samples: n as u64,
            quality: Quality::Good,
        }
    };
    Some(explained.iter().map(index).collect())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Cosines of a coordinate, made orthonormal over the worlds (and to the constant) by Gram and
/// Schmidt.
fn cosines(input: &[f64], harmonics: usize) -> Vec<Vec<f64>> {
    let n = input.len();
    let mut basis: Vec<Vec<f64>> = vec![vec![1.0 / (n as f64).sqrt(); n]];
    for harmonic in 1..=harmonics {
        let wave = std::f64::consts::PI * harmonic as f64;
        let mut column: Vec<f64> = input.iter().map(|u| libm::cos(wave * u)).collect();
        for other in &basis {
            let part = dot(&column, other);
            column.iter_mut().zip(other).for_each(|(value, other)| *value -= part * other);
        }
        let length = dot(&column, &column).sqrt();
        // An input of few different values has fewer waves.
        if length > 1e-6 {
            for value in &mut column {
                *value /= length;
            }
            basis.push(column);
        }
    }
    basis.split_off(1)
}

/// The share of the squares of `centered` that each input's own effect has in the least-squares fit
/// by all of them together: coordinate descent, which an even design makes fast, as its columns
/// are nearly orthogonal.
fn fit(centered: &[f64], bases: &[Vec<Vec<f64>>]) -> Vec<f64> {
    const SWEEPS_MAX: u32 = 200;
    let whole = dot(centered, centered);
    let mut rest = centered.to_vec();
    let mut effects: Vec<Vec<f64>> = bases.iter().map(|basis| vec![0.0; basis.len()]).collect();
    for _ in 0..SWEEPS_MAX {
        let mut moved = 0.0;
        for (basis, effect) in bases.iter().zip(&mut effects) {
            for (column, coefficient) in basis.iter().zip(effect) {
                let step = dot(&rest, column);
                *coefficient += step;
                moved += step * step;
                rest.iter_mut().zip(column).for_each(|(value, column)| *value -= step * column);
            }
        }
        if moved <= 1e-12 * whole {
            break;
        }
    }
    effects.iter().map(|effect| (dot(effect, effect) / whole).min(1.0)).collect()
}

/// Spearman's rank correlation of a metric with an input, with Bonett and Wright's interval.
/// Infinite values rank last (tied). With fewer than two worlds per input an even design may
/// lend one input the effect of another. `None` with fewer than 4 pairs, or if one side does not vary.
///
/// Fisher's z with variance `(1 + r² / 2) / (n - 3)` (Bonett and Wright, Psychometrika 65, 2000,
/// 23–28). Worlds of an even design scatter less than independent ones: the interval errs on the
/// wide side.
pub fn rank_correlation(values: &[f64], input: &[f64], confidence_level: f64) -> Option<Estimate> {
    let nan = |values: &[f64]| values.iter().any(|value| value.is_nan());
    if values.len() < 4 || nan(values) || nan(input) {
        return None;
    }
    let point = paired::rank_correlation(values, input)?;
    let n = values.len() as f64;
    // The next to 1 that n ranks can come: a perfect order is no proof of one.
    let next = 1.0 - 12.0 / (n * (n * n - 1.0));
    let z = libm::atanh(point.clamp(-next, next));
    let deviation = ((1.0 + 0.5 * point * point) / (n - 3.0)).sqrt();
    let half = normal::quantile(0.5 + 0.5 * confidence_level) * deviation;
    Some(Estimate {
        point,
        standard_error: (1.0 - point * point) * deviation,
        lower: libm::tanh(z - half).min(point),
        upper: libm::tanh(z + half).max(point),
        confidence_level,
        samples: values.len() as u64,
        quality: Quality::Good,
    })
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
///
/// Estimators of Saltelli et al. (Computer Physics Communications 181, 2010, 259–270, table 2, b
/// and f), around the common mean; intervals by linearization over rows ([`ratio`]). Unlike
/// [`first_order`] they assume nothing of the shape of an effect, and they see interactions; they cost
/// `inputs + 2` runs per row, and with 64 rows are less exact for smooth effects. `None` if lengths
/// differ, there are fewer than 2 rows, a value is not finite or nothing varies.
pub fn pick_freeze(
    a: &[f64],
    b: &[f64],
    mixed: &[&[f64]],
    confidence_level: f64,
) -> Option<Vec<Indices>> {
    let fits = |values: &[f64]| values.len() == a.len() && values.iter().all(|v| v.is_finite());
    if a.len() < 2 || !fits(a) || !fits(b) || !mixed.iter().all(|values| fits(values)) {
        return None;
    }
    let all: Vec<f64> = a.iter().chain(b).copied().collect();
    let (mean, _) = mean_and_variance(&all);
    let square = |value: f64| (value - mean) * (value - mean);
    let spread: Vec<f64> =
        a.iter().zip(b).map(|(&a, &b)| f64::midpoint(square(a), square(b))).collect();
    let index = |mixed: &&[f64]| {
        let rows = || a.iter().zip(b).zip(*mixed);
        let first: Vec<f64> = rows().map(|((a, b), m)| (b - mean) * (m - a)).collect();
        let total: Vec<f64> = rows().map(|((a, _), m)| 0.5 * (a - m) * (a - m)).collect();
        let share = |sums: &[f64], most: f64| {
            let found = ratio(sums, &spread, confidence_level)?.within(0.0, most);
            Some(Estimate { point: found.point.clamp(0.0, most), ..found })
        };
        Some(Indices { first: share(&first, 1.0)?, total: share(&total, f64::INFINITY)? })
    };
    mixed.iter().map(index).collect()
}

#[cfg(test)]
mod tests;
