//! Worked examples, and coverage over 4,000 studies (a standard error of 0.35 % at 95 %).

use super::super::estimate::Quality;
use super::super::student;
use super::super::testing::Draws;
use super::*;

const STUDIES: u32 = 4_000;

/// `means.len()` alternatives in 16 lucks: normal, correlated (common luck of standard deviation 2)
/// and with standard deviations of their own.
fn study(means: &[f64], deviations: &[f64], seed: u64) -> Contrasts {
    let mut draws = Draws::new(seed);
    let mut values = vec![Vec::new(); means.len()];
    for _ in 0..16 {
        let common = 2.0 * draws.normal();
        for ((row, mean), deviation) in values.iter_mut().zip(means).zip(deviations) {
            row.push(mean + common + deviation * draws.normal());
        }
    }
    let rows: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
    Contrasts::paired(&rows).unwrap()
}

/// Share of studies in which something holds.
fn share(mut holds: impl FnMut(u64) -> bool) -> f64 {
    let held = (0..STUDIES).filter(|&study| holds(u64::from(study) + 1)).count();
    held as f64 / f64::from(STUDIES)
}

/// All ten differences of five alternatives at once. Bonferroni gives at least 95 %; dependence
/// among ten differences of five means adds to it.
#[test]
fn all_differences_hold_together() {
    let means = [0.0, 0.5, 0.5, 1.0, 3.0];
    let deviations = [1.0, 0.3, 2.0, 1.0, 1.0];
    let covered = share(|seed| {
        let all = study(&means, &deviations, seed).all(0.95);
        all.iter().all(|d| {
            let truth = means[d.second] - means[d.first];
            d.difference.lower <= truth && truth <= d.difference.upper
        })
    });
    assert!((0.945..0.985).contains(&covered), "{covered}");
    // Each at 95 % for itself would not do.
    let single = share(|seed| {
        let contrasts = study(&means, &deviations, seed);
        pairs(5).zip(&contrasts.pairs).all(|((first, second), contrast)| {
            let (lower, upper) = contrast.bounds(0.95, &mut Factors::default());
            let truth = means[second] - means[first];
            lower <= truth && truth <= upper
        })
    });
    assert!(single < 0.85, "{single}");
}

/// Two groups that overlap: 0 and 2 are told apart, 1 from neither (by hand: noise of period 2 in
/// one alternative only).
#[test]
fn a_ranking_has_ties_that_are_not_known() {
    let wave = |amplitude: f64, level: f64| -> Vec<f64> {
        (0..16).map(|i| if i % 2 == 0 { level + amplitude } else { level - amplitude }).collect()
    };
    let values = [wave(0.0, 3.0), wave(6.0, 2.0), wave(0.0, 1.0), wave(0.0, 9.0)];
    let rows: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
    let found = Contrasts::paired(&rows).unwrap().all(0.95);
    let all = [0, 1, 2, 3];
    let ranking = super::ranking(&all, Better::Smaller, &found);
    assert_eq!(ranking.order, [2, 1, 0, 3]);
    assert_eq!(ranking.groups, [vec![2, 1], vec![1, 0], vec![3]]);
    let ranking = super::ranking(&all, Better::Larger, &found);
    assert_eq!(ranking.groups, [vec![3], vec![0, 1], vec![1, 2]]);
    // Who has no place divides nobody: without 2 the sets are those of the three others.
    let ranking = super::ranking(&[0, 1, 3], Better::Smaller, &found);
    assert_eq!((ranking.order, ranking.groups), (vec![1, 0, 3], vec![vec![1, 0], vec![3]]));
}

/// Insert-and-absorb finds the maximal independent sets, as trying all subsets does.
#[test]
fn groups_are_the_largest_that_nothing_divides() {
    let mut draws = Draws::new(5);
    for _ in 0..300 {
        let apart: Vec<(usize, usize)> = pairs(6).filter(|_| draws.uniform() < 0.4).collect();
        let divided = |set: u32| apart.iter().any(|&(a, b)| set >> a & 1 == 1 && set >> b & 1 == 1);
        let whole = |set: u32| set > 0 && !divided(set);
        let largest =
            |set: u32| whole(set) && (0..6).all(|i| set >> i & 1 == 1 || divided(set | 1 << i));
        let mut expected: Vec<Vec<usize>> = (0..64_u32)
            .filter(|&set| largest(set))
            .map(|set| (0..6).filter(|i| set >> i & 1 == 1).collect())
            .collect();
        expected.sort();
        assert_eq!(undivided(6, apart.into_iter()), expected);
    }
}

/// What never came is compared by signs: 16 times never against some time is told apart; 2 of 16
/// are not; never against never is a tie.
#[test]
fn values_that_never_came_are_compared_by_signs() {
    let never = [f64::INFINITY; 16];
    let some: Vec<f64> = (0..16).map(f64::from).collect();
    let mut two = some.clone();
    two[..2].fill(f64::INFINITY);
    let rows: [&[f64]; 4] = [&some, &never, &two, &never];
    let contrasts = Contrasts::paired(&rows).unwrap();
    let told: Vec<Ordering> = contrasts.all(0.95).iter().map(|d| d.told).collect();
    let (greater, equal, less) = (Ordering::Greater, Ordering::Equal, Ordering::Less);
    assert_eq!(told, [greater, equal, greater, less, equal, greater]);
    for difference in contrasts.all(0.95) {
        let found = difference.difference;
        assert!(!found.point.is_nan() && !found.lower.is_nan() && !found.upper.is_nan());
        assert_eq!(found.quality, Quality::Unbounded);
    }
    let ranking = super::ranking(&[0, 1, 2, 3], Better::Smaller, &contrasts.all(0.95));
    assert_eq!(ranking.groups, [vec![0, 2], vec![1, 3]]);
    // Too few observations for a sign test at this level: nothing is told.
    let few = Contrast::paired(&some[..4], &never[..4]).unwrap().estimate(0.95);
    assert_eq!((few.lower, few.upper), (f64::NEG_INFINITY, f64::INFINITY));
    let both = Contrast::paired(&[f64::INFINITY, 0.0], &[0.0, f64::INFINITY]).unwrap();
    assert_eq!(both.estimate(0.95).point, 0.0);
    assert!(Contrast::paired(&[f64::NAN], &[1.0]).is_none());
    assert!(Contrast::paired(&[], &[]).is_none() && Contrasts::paired(&[&some]).is_none());
}

/// Welch's interval by hand: standard errors 3 and 4 of 10 and 5 values: 5, with
/// 625 / (81 / 9 + 256 / 4) = 8.5616 degrees of freedom.
#[test]
fn saved_estimates_are_compared_by_welch() {
    let saved = |point: f64, standard_error: f64, samples: u64| {
        Estimate::student(point, standard_error, samples, 0.95)
    };
    let contrast = Contrast::welch(&saved(10.0, 3.0, 10), &saved(30.0, 4.0, 5));
    let found = contrast.estimate(0.95);
    assert_eq!((found.point, found.standard_error, found.samples), (20.0, 5.0, 5));
    let half = 5.0 * student::two_sided(0.95, 625.0 / 73.0);
    assert!((found.half_width() - half).abs() < 1e-9);
    let never = Estimate::infinite(50.0, 8, 0.95);
    let found = Contrast::welch(&saved(10.0, 3.0, 10), &never).estimate(0.95);
    assert_eq!((found.point, found.upper), (f64::INFINITY, f64::INFINITY));
    assert!(found.lower > 30.0 && found.lower < 40.0);
    let found = Contrast::welch(&never, &never).estimate(0.95);
    assert_eq!((found.point, found.lower, found.upper), (0.0, f64::NEG_INFINITY, f64::INFINITY));
    let found = Contrast::welch(&saved(1.0, 0.0, 4), &saved(3.0, 0.0, 4)).estimate(0.95);
    assert_eq!((found.lower, found.upper), (2.0, 2.0));
}

/// The unpaired interval covers: 10 values of standard deviation 1 against 30 of 3.
#[test]
fn the_unpaired_interval_covers() {
    let covered = share(|seed| {
        let mut draws = Draws::new(seed);
        let first: Vec<f64> = (0..10).map(|_| draws.normal()).collect();
        let second: Vec<f64> = (0..30).map(|_| 1.0 + 3.0 * draws.normal()).collect();
        let [first, second] =
            [first, second].map(|values| super::super::estimate::mean(&values, 0.95).unwrap());
        let found = Contrast::welch(&first, &second).estimate(0.95);
        found.lower <= 1.0 && 1.0 <= found.upper
    });
    assert!((0.94..0.96).contains(&covered), "{covered}");
}

/// Two skewed laws of which the 80th percentiles are known: exp(2 · 0.8416) of the logarithmic normal one with
/// standard deviation 2, ln 5 of the exponential one. The interval of the difference covers it in 95 % at
/// least. The mutation: that of the medians does not.
#[test]
fn differences_of_quantiles_are_covered() {
    let truth = libm::log(5.0) - libm::exp(2.0 * super::super::normal::quantile(0.8));
    let covered = |q: f64| {
        share(|seed| {
            let mut draws = Draws::new(seed);
            let first: Vec<f64> = (0..64).map(|_| libm::exp(2.0 * draws.normal())).collect();
            let second: Vec<f64> = (0..64).map(|_| draws.exponential()).collect();
            let found = Contrast::quantiles(&first, &second, q, truth).unwrap().estimate(0.95);
            found.lower <= truth && truth <= found.upper
        })
    };
    let (right, wrong) = (covered(0.8), covered(0.5));
    assert!(right >= 0.95 && wrong < 0.5, "{right} {wrong}");
}
