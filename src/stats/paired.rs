//! Differences of two designs that met the same luck: one value of each per replication, paired.

use super::estimate::{Estimate, mean, mean_and_variance};

/// A paired comparison and what pairing bought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// `second - first`, with Student's t over the differences.
    pub difference: Estimate,
    /// Correlation of the two over replications, in -1..1; `None` if one of them does not vary.
    pub correlation: Option<f64>,
    /// How many times as many independent runs would be needed for the same standard error:
    /// `(var(first) + var(second)) / var(difference)`. Below 1 the pairing did harm; `None` if the
    /// difference does not vary.
    pub variance_reduction: Option<f64>,
}

/// Compares `second` with `first`; `None` if the lengths differ, they are empty or a value is not
/// finite.
pub fn compare(first: &[f64], second: &[f64], confidence_level: f64) -> Option<Paired> {
    let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
    if first.len() != second.len() || !finite(first) || !finite(second) {
        return None;
    }
    let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| b - a).collect();
    let difference = mean(&differences, confidence_level)?;
    let (_, first_variance) = mean_and_variance(first);
    let (_, second_variance) = mean_and_variance(second);
    let (_, variance) = mean_and_variance(&differences);
    let reduction = (first_variance + second_variance) / variance;
    Some(Paired {
        difference,
        correlation: correlation(first, second),
        variance_reduction: (variance > 0.0).then_some(reduction),
    })
}

/// Pearson's correlation; `None` if the lengths differ or one side does not vary.
pub fn correlation(first: &[f64], second: &[f64]) -> Option<f64> {
    if first.len() != second.len() || first.len() < 2 {
        return None;
    }
    let (first_mean, first_variance) = mean_and_variance(first);
    let (second_mean, second_variance) = mean_and_variance(second);
    let products: f64 =
        first.iter().zip(second).map(|(a, b)| (a - first_mean) * (b - second_mean)).sum();
    let scale = (first_variance * second_variance).sqrt() * (first.len() - 1) as f64;
    (scale > 0.0).then(|| (products / scale).clamp(-1.0, 1.0))
}

/// Spearman's rank correlation (ties get their mean rank); `None` as for [`correlation`].
pub fn rank_correlation(first: &[f64], second: &[f64]) -> Option<f64> {
    correlation(&ranks(first), &ranks(second))
}

/// Ranks from 1, equal values sharing the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
        // The chunk is a sub-slice of `order`; its first rank is one more than what was ranked
        // before it.
        let before = order.partition_point(|&i| values[i].total_cmp(&values[tied[0]]).is_lt());
        let shared = before as f64 + f64::midpoint(tied.len() as f64, 1.0);
        for &i in tied {
            ranks[i] = shared;
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::{compare, rank_correlation};

    /// A worked example: differences 1, 2, 3, 2 have mean 2, s² = 2/3, t(3) = 3.1824.
    #[test]
    fn the_difference_is_a_one_sample_problem() {
        let paired = compare(&[10.0, 20.0, 30.0, 40.0], &[11.0, 22.0, 33.0, 42.0], 0.95).unwrap();
        assert!((paired.difference.point - 2.0).abs() < 1e-15);
        let half = 3.182_446 * (2.0_f64 / 3.0 / 4.0).sqrt();
        assert!((paired.difference.half_width() - half).abs() < 1e-6);
        // By hand: var(first) = 500/3, var(second) = 542/3, var(difference) = 2/3.
        assert!((paired.variance_reduction.unwrap() - f64::midpoint(500.0, 542.0)).abs() < 1e-9);
        assert!(paired.correlation.unwrap() > 0.99);
    }

    #[test]
    fn constant_differences_have_no_variance_to_reduce() {
        let paired = compare(&[1.0, 2.0, 3.0], &[2.0, 3.0, 4.0], 0.95).unwrap();
        assert_eq!(paired.difference.half_width(), 0.0);
        assert_eq!(paired.variance_reduction, None);
        assert_eq!(paired.correlation, Some(1.0));
        assert!(compare(&[1.0], &[1.0, 2.0], 0.95).is_none());
        assert!(compare(&[f64::INFINITY], &[1.0], 0.95).is_none());
    }

    /// Without ties Spearman's coefficient is 1 - 6 Σd² / (n (n² - 1)); a monotone map leaves it at
    /// 1.
    #[test]
    fn rank_correlation_matches_the_formula() {
        let first = [106.0, 86.0, 100.0, 101.0, 99.0, 103.0, 97.0, 113.0, 112.0, 110.0];
        let second = [7.0, 0.0, 27.0, 50.0, 28.0, 29.0, 20.0, 12.0, 6.0, 17.0];
        let expected = 1.0 - 6.0 * 194.0 / (10.0 * 99.0);
        assert!((rank_correlation(&first, &second).unwrap() - expected).abs() < 1e-12);
        let cubes = first.map(|value| value * value * value);
        assert!((rank_correlation(&first, &cubes).unwrap() - 1.0).abs() < 1e-12);
        let tied = [1.0, 1.0, 2.0, 2.0];
        assert!((rank_correlation(&tied, &tied).unwrap() - 1.0).abs() < 1e-12);
    }
}
