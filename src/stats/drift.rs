//! Is a number in the system that was sampled over time stable, growing, or falling?
//!
//! A mean over a run says nothing about a system whose backlog grows: it measures how long one
//! looked. So before anything is estimated as steady, [`classify`] judges the series of the number
//! in the system over replications, as follows.
//!
//! **Growth.** In each replication the least-squares slope over the second half of the series.
//! These are independent from replication to replication, however dependent a series is inside, so
//! a Student interval over them is sound; the level is 99 % ([`CONFIDENCE`]), because the question
//! is asked of every run and a false alarm costs trust. It is also stated per arrival: the share of
//! arrivals that stays for good. In a fluid with offered load ρ > 1 that share is 1 - 1/ρ.
//!
//! **Does it matter?** With many replications any slope becomes significant. A change over the
//! second half below 5 % of the mean level there ([`CHANGE_MIN`]), or below one job, is called
//! flat. And with few, none does: if the interval does not exclude that 1 % of arrivals
//! ([`SHARE_UNNOTICED`]) stay for good while that would matter, flatness has not been shown.
//!
//! **Does it last?** The number in a stable system that started empty grows too, but ever more
//! slowly, in one of two ways. Nearly saturated, it wanders: its growth is of the order of the
//! differences between replications (for a reflected Brownian motion 0.3 of their standard
//! deviation), while an overload soon exceeds them, however many replications there are. So the
//! mean slope must be at least one standard deviation of the slopes ([`EFFECT_MIN`]; not of their
//! mean). Or it fills up smoothly, like `1 - exp(-t)`: then the slope fades, and the mean slope
//! over the second half must exceed 0.75 times ([`FADING`]) that over the second quarter. Linear
//! growth keeps 1, a square root of time 0.71, an exponential approach 0.69 after one time constant
//! and 0.49 after two.
//!
//! | growth | and | class |
//! |---|---|---|
//! | flat | | stable |
//! | falling | matters | backlogged: there was more than there will be, and it drains |
//! | rising | matters, at least 0.5 % of arrivals, lasts | overloaded |
//! | rising | matters, but small, fading or too noisy to tell | not settled |
//! | cannot be told from 0 | nor from 1 % of arrivals | not settled |
//!
//! What it cannot see: a run much shorter than the system's own memory (jobs that take an hour,
//! watched for a minute) grows linearly and looks overloaded; a load that varies with a period
//! longer than a quarter of the series looks like drift; a line that is bounded and rejects is
//! stable. Callers should ask with a series of constant load, and show the offered load beside the
//! answer. A burst that has drained before the second half counts as stable.

use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, mean, mean_and_variance};

/// Confidence level of the intervals on slopes.
pub const CONFIDENCE: f64 = 0.99;

/// A change over the second half, relative to the mean level there, below which the level is flat.
pub const CHANGE_MIN: f64 = 0.05;

/// The share of arrivals that must stay for good before growth is called overload.
pub const SHARE_MIN: f64 = 0.005;

/// A share of arrivals that must not go unnoticed: flatness is claimed only if it is excluded.
pub const SHARE_UNNOTICED: f64 = 0.01;

/// The mean slope must be at least this many standard deviations between replications to count as
/// lasting.
pub const EFFECT_MIN: f64 = 1.0;

/// The late slope must exceed this multiple of the earlier one for growth to count as lasting.
pub const FADING: f64 = 0.75;

/// Fewest replications whose slopes are compared with each other.
pub const REPLICATIONS_MIN: usize = 5;

/// Standard deviation of a least-squares slope over that of a block slope, for a random walk with
/// variance v per second: variances 1.2 v / T over a span T, and (2/3) v / (T/8) between
/// neighboring eighths of it.
const BLOCK_SPREAD: f64 = 0.474;

/// Fewest samples per series.
pub const SAMPLES_MIN: usize = 16;

/// What the number in the system does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// It neither grows nor falls by an amount that matters.
    Stable,
    /// It was higher than it will be and falls: a backlog that drains.
    Backlogged,
    /// It grows steadily: more arrives than leaves.
    Overloaded,
    /// It grows but ever more slowly, or the series are too short or too noisy to tell.
    NotSettled,
}

/// The judgment and the numbers behind it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// The class.
    pub trend: Trend,
    /// Mean slope over the second half \[1/s\], at [`CONFIDENCE`].
    pub growth_per_s: Estimate,
    /// Growth per arrival: the share of arrivals that stays for good (negative: more leaves than
    /// arrives). 0 without arrivals.
    pub share_of_arrivals: f64,
    /// Mean level over the second half.
    pub level: f64,
    /// Level at the end, on the fitted line (not below 0).
    pub level_at_end: f64,
    /// If it falls: time from the end of the series until it would be gone, at the mean slope
    /// \[s\]. An upper bound on recovery if there is a level it settles at.
    pub drains_in_s: Option<f64>,
    /// Slope of the second half over that of the second quarter: about 1 for lasting growth, well
    /// below for a start that fades; `None` if the earlier one is not above 0.
    pub persistence: Option<f64>,
}

/// Judges `series` (one per replication, equally long, sampled every `step_s` seconds from the
/// start of the run) against `arrivals_per_s`.
///
/// With fewer than [`REPLICATIONS_MIN`] series, whose slopes are too few to be compared with each
/// other (t with 1 degree of freedom is 64), blocks stand in: slopes between the means of eight
/// blocks of each second half. `None` if there is no series, one is shorter than [`SAMPLES_MIN`],
/// lengths differ, or a number is not finite or `step_s` not above 0.
pub fn classify(series: &[Vec<f64>], arrivals_per_s: f64, step_s: f64) -> Option<Drift> {
    let length = series.first()?.len();
    let sound = |one: &Vec<f64>| one.len() == length && one.iter().all(|value| value.is_finite());
    let step_is_sound = step_s.is_finite() && step_s > 0.0;
    if length < SAMPLES_MIN || !series.iter().all(sound) || !step_is_sound {
        return None;
    }
    let half = length / 2;
    let late = |one: &[f64]| slope(&one[half..]) / step_s;
    let early = |one: &[f64]| slope(&one[length / 4..half]) / step_s;
    // What the spread must be multiplied by to be that of whole slopes, for a random walk.
    let (slopes, scale): (Vec<f64>, f64) = if series.len() < REPLICATIONS_MIN {
        (series.iter().flat_map(|one| block_slopes(&one[half..], step_s)).collect(), BLOCK_SPREAD)
    } else {
        (series.iter().map(|one| late(one)).collect(), 1.0)
    };
    let growth = mean(&slopes, CONFIDENCE)?;
    let early = average(series.iter().map(|one| early(one)), series.len());
    let (_, variance) = mean_and_variance(&slopes);
    let spread = scale * variance.sqrt();
    let lasting = growth.point >= EFFECT_MIN * spread && growth.point > FADING * early;
    let level = average(
        series.iter().map(|one| average(one[half..].iter().copied(), length - half)),
        series.len(),
    );
    let seconds = (length - half) as f64 * step_s;
    let share = |slope: f64| if arrivals_per_s > 0.0 { slope / arrivals_per_s } else { 0.0 };
    let falling = growth.upper < 0.0;
    let level_at_end = (level + growth.point * seconds / 2.0).max(0.0);
    Some(Drift {
        trend: judge(&growth, level, seconds, &share, lasting),
        growth_per_s: growth,
        share_of_arrivals: share(growth.point),
        level,
        level_at_end,
        drains_in_s: falling.then(|| level_at_end / -growth.point),
        persistence: (early > 0.0).then(|| growth.point / early),
    })
}

/// The table of the module's documentation.
fn judge(
    growth: &Estimate,
    level: f64,
    seconds: f64,
    share: &impl Fn(f64) -> f64,
    lasting: bool,
) -> Trend {
    let matters = |slope: f64| slope.abs() * seconds > (CHANGE_MIN * level).max(1.0);
    if growth.lower > 0.0 {
        match (matters(growth.point), lasting && share(growth.point) >= SHARE_MIN) {
            (false, _) => Trend::Stable,
            (true, true) => Trend::Overloaded,
            (true, false) => Trend::NotSettled,
        }
    } else if growth.upper < 0.0 {
        if matters(growth.point) { Trend::Backlogged } else { Trend::Stable }
    } else if share(growth.upper) >= SHARE_UNNOTICED && matters(growth.upper) {
        Trend::NotSettled
    } else {
        Trend::Stable
    }
}

/// Slopes between the means of eight consecutive blocks, as stand-ins for independent slopes.
///
/// Around a flat level neighbors are negatively correlated, which makes the interval too wide; for
/// a random walk around a line their correlation is 1/4 (Working, Econometrica 28, 1960), which
/// makes it a fifth too narrow: bearable at 99 %, and the reason to prefer replications.
fn block_slopes(values: &[f64], step_s: f64) -> Vec<f64> {
    let size = values.len() / 8;
    let means: Vec<f64> = values
        .chunks_exact(size)
        .take(8)
        .map(|block| average(block.iter().copied(), size))
        .collect();
    means.windows(2).map(|pair| (pair[1] - pair[0]) / (size as f64 * step_s)).collect()
}

/// The mean of `n` values.
fn average(values: impl Iterator<Item = f64>, n: usize) -> f64 {
    values.sum::<f64>() / n as f64
}

/// Least-squares slope per step of at least two equally spaced values.
fn slope(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let center = (n - 1.0) / 2.0;
    let products: f64 = values.iter().enumerate().map(|(i, v)| (i as f64 - center) * v).sum();
    products * 12.0 / (n * (n * n - 1.0))
}

#[cfg(test)]
mod tests {
    use super::{Drift, Trend, classify};
    use crate::stats::testing::Draws;

    /// The number in an M/M/1 system started with `initial`, sampled 120 times over `duration_s`.
    fn single_server(
        draws: &mut Draws,
        arrivals_per_s: f64,
        services_per_s: f64,
        initial: u32,
        duration_s: f64,
    ) -> Vec<f64> {
        let step = duration_s / 120.0;
        let (mut clock, mut number) = (0.0, f64::from(initial));
        let mut samples = Vec::new();
        while samples.len() < 120 {
            let rate = arrivals_per_s + if number > 0.0 { services_per_s } else { 0.0 };
            clock += draws.exponential() / rate;
            while clock > (samples.len() + 1) as f64 * step && samples.len() < 120 {
                samples.push(number);
            }
            number += if draws.uniform() * rate < arrivals_per_s { 1.0 } else { -1.0 };
        }
        samples
    }

    fn judge(load: f64, initial: u32, duration_s: f64, replications: u64, seed: u64) -> Drift {
        let series: Vec<Vec<f64>> = (0..replications)
            .map(|r| {
                let mut draws = Draws::new(seed * 1_000 + r);
                single_server(&mut draws, 100.0 * load, 100.0, initial, duration_s)
            })
            .collect();
        classify(&series, 100.0 * load, duration_s / 120.0).unwrap()
    }

    /// Stable systems watched for long: at most a few of 40 studies may say anything else.
    #[test]
    fn stable_queues_are_stable() {
        for load in [0.3, 0.7, 0.9] {
            let stable = (0..40)
                .filter(|&seed| judge(load, 0, 300.0, 16, seed).trend == Trend::Stable)
                .count();
            assert!(stable >= 37, "{load}: {stable} of 40");
        }
    }

    /// Growth is λ - μ, and its share of arrivals 1 - 1/ρ.
    #[test]
    fn overloaded_queues_are_overloaded_by_the_right_amount() {
        for (load, seconds) in [(1.05, 480.0), (1.1, 120.0), (1.3, 60.0), (2.0, 60.0), (10.0, 60.0)]
        {
            let studies: Vec<Drift> =
                (0..20).map(|seed| judge(load, 0, seconds, 16, seed)).collect();
            let overloaded = studies.iter().filter(|d| d.trend == Trend::Overloaded).count();
            assert!(overloaded >= 19, "{load}: {overloaded} of 20");
            let covered = studies
                .iter()
                .filter(|d| {
                    (d.growth_per_s.lower..=d.growth_per_s.upper).contains(&(100.0 * (load - 1.0)))
                })
                .count();
            assert!(covered >= 18, "{load}: {covered} of 20");
            let share = studies.iter().map(|d| d.share_of_arrivals).sum::<f64>() / 20.0;
            assert!((share - (1.0 - 1.0 / load)).abs() < 0.01, "{load}: {share}");
        }
    }

    /// A backlog of 5,000 at 70 % load falls by 30/s: gone after 167 s, of which 60 are watched.
    #[test]
    fn a_draining_backlog_is_seen_and_dated() {
        for seed in 0..20 {
            let drift = judge(0.7, 5_000, 60.0, 16, seed);
            assert_eq!(drift.trend, Trend::Backlogged);
            let left = 5_000.0 / 30.0 - 60.0;
            assert!(
                (drift.drains_in_s.unwrap() / left - 1.0).abs() < 0.1,
                "{:?}",
                drift.drains_in_s
            );
        }
    }

    /// Near saturation and watched briefly, the start is not taken for overload, nor for stability.
    #[test]
    fn a_start_that_fades_is_not_settled() {
        let studies: Vec<Trend> =
            (0..40).map(|seed| judge(0.98, 0, 20.0, 64, seed).trend).collect();
        assert!(!studies.contains(&Trend::Backlogged));
        let overloaded = studies.iter().filter(|&&trend| trend == Trend::Overloaded).count();
        let not_settled = studies.iter().filter(|&&trend| trend == Trend::NotSettled).count();
        assert!(overloaded <= 2 && not_settled >= 30, "{overloaded} {not_settled}");
        let approach: Vec<Vec<f64>> = (0..4)
            .map(|r| {
                (0..120)
                    .map(|i| 100.0 - (99.0 + f64::from(r)) * libm::exp(-f64::from(i) / 60.0))
                    .collect()
            })
            .collect();
        assert_eq!(classify(&approach, 10.0, 1.0).unwrap().trend, Trend::NotSettled);
    }

    /// One or two replications, as worlds have, of 30,000 arrivals.
    #[test]
    fn few_series_are_enough_for_plain_cases() {
        for replications in [1, 2] {
            for (load, initial, expected) in [
                (0.5, 0, Trend::Stable),
                (0.9, 0, Trend::Stable),
                (1.2, 0, Trend::Overloaded),
                (2.0, 0, Trend::Overloaded),
                (0.5, 20_000, Trend::Backlogged),
            ] {
                let hits = (0..20)
                    .filter(|&seed| {
                        judge(load, initial, 300.0, replications, seed).trend == expected
                    })
                    .count();
                assert!(hits >= 18, "{load}, {replications} replications: {hits} of 20");
            }
        }
    }

    #[test]
    fn degenerate_series_are_answered_or_refused() {
        assert_eq!(
            classify(&[vec![0.0; 60], vec![0.0; 60]], 0.0, 1.0).unwrap().trend,
            Trend::Stable
        );
        assert!(classify(&[], 1.0, 1.0).is_none());
        assert!(classify(&[vec![1.0; 15]], 1.0, 1.0).is_none());
        assert!(classify(&[vec![1.0; 60], vec![1.0; 61]], 1.0, 1.0).is_none());
        assert!(classify(&[vec![f64::NAN; 60]], 1.0, 1.0).is_none());
        assert!(classify(&[vec![1.0; 60]], 1.0, 0.0).is_none());
    }
}
