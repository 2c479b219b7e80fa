//! How much of the beginning to discard: the MSER-5 rule.
//!
//! White, Simulation 69 (1997) 323–334: cut where the standard error of what remains is smallest;
//! White, Cobb and Spratt (WSC 2000) found batches of 5 the best of the family. The series is the
//! mean over pilot replications, sampled at equal steps.

/// Observations per batch.
const BATCH: usize = 5;

/// Batches at the very end that are not candidates: the statistic of so few is small by accident.
const TAIL: usize = 5;

/// Where to cut a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Leading observations to discard by MSER-5; a multiple of 5.
    pub observations: usize,
    /// The optimum lies in the second half of the series: it has not settled, and the pilot must be
    /// longer.
    pub in_second_half: bool,
}

impl Cut {
    /// The cut with the safety factor of 1.5, rounded up \[observations\].
    pub fn with_margin(&self) -> usize {
        self.observations + self.observations.div_ceil(2)
    }
}

/// The MSER-5 cut of `series`: the `d` that minimizes `Σ_{i >= d} (z_i - mean)² / (n - d)²` over
/// batch means `z`, the smallest such `d` on a tie.
///
/// `None` for fewer than 10 batches (50 observations) or if an observation is not finite.
pub fn mser5(series: &[f64]) -> Option<Cut> {
    let batches: Vec<f64> =
        series.chunks_exact(BATCH).map(|batch| batch.iter().sum::<f64>() / BATCH as f64).collect();
    let n = batches.len();
    if n < 2 * TAIL || !series.iter().all(|value| value.is_finite()) {
        return None;
    }
    // From the end, mean and squares of the remainder grow by one batch at a time (Welford).
    let (mut mean, mut squares, mut count) = (0.0, 0.0, 0.0);
    let mut best = (f64::INFINITY, 0);
    for d in (0..n).rev() {
        count += 1.0;
        let delta = batches[d] - mean;
        mean += delta / count;
        squares += delta * (batches[d] - mean);
        let statistic = squares / (count * count);
        if d <= n - TAIL && statistic <= best.0 {
            best = (statistic, d);
        }
    }
    Some(Cut { observations: best.1 * BATCH, in_second_half: 2 * best.1 > n })
}

#[cfg(test)]
mod tests {
    use super::{Cut, mser5};
    use rand_xoshiro::Xoshiro256PlusPlus;
    use rand_xoshiro::rand_core::{Rng, SeedableRng};

    fn noise(rng: &mut Xoshiro256PlusPlus) -> f64 {
        (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    }

    /// The definition, term by term, without the running sums.
    fn by_definition(series: &[f64]) -> usize {
        let z: Vec<f64> = series.chunks_exact(5).map(|c| c.iter().sum::<f64>() / 5.0).collect();
        let statistic = |d: usize| {
            let rest = &z[d..];
            let mean = rest.iter().sum::<f64>() / rest.len() as f64;
            rest.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (rest.len() as f64).powi(2)
        };
        let best = (0..=z.len() - 5).min_by(|&a, &b| statistic(a).total_cmp(&statistic(b)));
        5 * best.unwrap()
    }

    #[test]
    fn agrees_with_the_definition() {
        for seed in 0..50 {
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
            let series: Vec<f64> = (0..500)
                .map(|i| noise(&mut rng) - 8.0 * libm::exp(-f64::from(i) / (seed as f64 + 1.0)))
                .collect();
            assert_eq!(mser5(&series).unwrap().observations, by_definition(&series), "{seed}");
        }
    }

    /// 100 observations at 10, then 400 at 2: the cut removes exactly the step.
    #[test]
    fn a_step_is_cut_where_it_is() {
        let series: Vec<f64> = (0..500).map(|i| if i < 100 { 10.0 } else { 2.0 }).collect();
        let cut = mser5(&series).unwrap();
        assert_eq!(cut, Cut { observations: 100, in_second_half: false });
        assert_eq!(cut.with_margin(), 150);
    }

    #[test]
    fn nothing_is_cut_from_a_constant_and_a_ramp_has_not_settled() {
        assert_eq!(mser5(&[3.0; 100]).unwrap().observations, 0);
        let late: Vec<f64> = (0..200).map(|i| f64::from((i - 120).min(0))).collect();
        assert!(mser5(&late).unwrap().in_second_half);
        assert!(mser5(&[1.0; 49]).is_none());
        assert!(mser5(&[f64::NAN; 100]).is_none());
    }
}
