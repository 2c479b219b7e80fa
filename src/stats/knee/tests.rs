//! Curves whose crossings and knees are known: waiting of M/M/1 against utilization.

use super::super::estimate::{Estimate, mean};
use super::super::testing::Draws;
use super::*;

fn exact(x: f64, y: f64) -> Point {
    Point { x, y: Estimate::student(y, 0.0, 16, 0.95) }
}

fn curve(xs: &[f64], of: impl Fn(f64) -> f64) -> Vec<Point> {
    xs.iter().map(|&x| exact(x, of(x))).collect()
}

/// Mean response of M/M/1 in units of the service, `1 / (1 - ρ)`: it passes w at `1 - 1 / w`.
fn response(utilization: f64) -> f64 {
    if utilization < 1.0 { 1.0 / (1.0 - utilization) } else { f64::INFINITY }
}

fn only(found: Option<Crossing>) -> Cross {
    match found {
        Some(Crossing::At(found)) if found.len() == 1 => found[0],
        other => panic!("one crossing was expected, not {other:?}"),
    }
}

/// By hand for x = 0, 1, 3 and y = 0, 1, 2: secants 1 and 1/2, inner slope
/// 9 / (5 / 1 + 4 / 0.5) = 9/13, ends (4 · 1 - 0.5) / 3 and (5 · 0.5 - 2) / 3.
#[test]
fn the_interpolation_is_that_of_the_paper() {
    let pchip = Pchip::new(&[0.0, 1.0, 3.0], &[0.0, 1.0, 2.0]).unwrap();
    let expected = [3.5 / 3.0, 9.0 / 13.0, 0.5 / 3.0];
    assert!(pchip.slopes.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{pchip:?}");
    // Half way a Hermite piece is the mean plus an eighth of the width times the slopes' difference.
    assert!((pchip.at(0.5) - (0.5 + (expected[0] - expected[1]) / 8.0)).abs() < 1e-12);
    assert_eq!((pchip.at(-1.0), pchip.at(9.0)), (0.0, 2.0));
    assert!(Pchip::new(&[0.0, 0.0], &[1.0, 2.0]).is_none() && Pchip::new(&[1.0], &[1.0]).is_none());
    assert!(Pchip::new(&[0.0, 1.0], &[1.0, f64::INFINITY]).is_none());
}

#[test]
fn monotone_points_give_a_monotone_curve() {
    let mut draws = Draws::new(3);
    for _ in 0..200 {
        let (mut x, mut y) = (0.0, 0.0);
        let points: Vec<(f64, f64)> = (0..7)
            .map(|_| {
                x += 0.01 + draws.exponential();
                y += libm::pow(draws.exponential(), 4.0);
                (x, y)
            })
            .collect();
        let (xs, ys): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
        let pchip = Pchip::new(&xs, &ys).unwrap();
        let values: Vec<f64> = (0..=1_000).map(|i| pchip.at(x * f64::from(i) / 1_000.0)).collect();
        assert!(values.windows(2).all(|pair| pair[1] >= pair[0] - 1e-9 * y));
        assert!(xs.iter().zip(&ys).all(|(&x, &y)| (pchip.at(x) - y).abs() < 1e-9 * y.max(1.0)));
    }
}

/// On a grid of steps of 0.1 the crossing of a hyperbola is off by less than 0.003; a load beyond
/// saturation, where nothing ends, is a point as good as another.
#[test]
fn a_hyperbola_is_crossed_where_it_should_be() {
    let grid: Vec<f64> = (1..=10).map(|i| f64::from(i) / 10.0).collect();
    for w in [1.3, 2.0, 3.7, 6.0, 9.0] {
        let cross = only(crossing(&curve(&grid, response), w, Axis::Linear));
        assert!((cross.point - (1.0 - 1.0 / w)).abs() < 0.003, "{w}: {cross:?}");
        assert!(cross.rising && cross.lower <= cross.point && cross.point <= cross.upper);
        assert!(cross.upper - cross.lower < 1e-6);
    }
    let falling = curve(&grid, |x| -2.0 * x);
    assert!((only(crossing(&falling, -1.0, Axis::Linear)).point - 0.5).abs() < 0.003);
    // Straight on this axis, and a level without a scale of its own.
    let zero = curve(&[1.0, 10.0, 100.0, 1e3], |x| libm::log(x) - libm::log(50.0));
    assert!((only(crossing(&zero, 0.0, Axis::Log)).point / 50.0 - 1.0).abs() < 0.02);
}

#[test]
fn curves_that_do_not_cross_say_on_which_side_they_stay() {
    let points = curve(&[0.1, 0.5, 0.9], response);
    assert_eq!(crossing(&points, 11.0, Axis::Linear), Some(Crossing::Below));
    assert_eq!(crossing(&points, 1.0, Axis::Linear), Some(Crossing::Above));
    let unsure: Vec<Point> = points
        .iter()
        .map(|point| Point { y: Estimate::student(point.y.point, 3.0, 16, 0.95), ..*point })
        .collect();
    assert_eq!(crossing(&unsure, 11.0, Axis::Linear), Some(Crossing::Unclear));
    let hill = curve(&[0.0, 1.0, 2.0], |x| 1.0 + 4.0 * x * (2.0 - x));
    let Some(Crossing::At(found)) = crossing(&hill, 3.0, Axis::Linear) else { panic!("crossed") };
    assert_eq!(found.iter().map(|cross| cross.rising).collect::<Vec<_>>(), [true, false]);
    assert!(crossing(&points[..1], 1.0, Axis::Linear).is_none());
    assert!(crossing(&curve(&[0.0, 1.0], |x| x), 0.5, Axis::Log).is_none());
    assert!(crossing(&curve(&[0.0, 1.0], |_| f64::NAN), 0.5, Axis::Linear).is_none());
}

/// Points with luck: 16 replications, each the mean of 20 exponential responses with one luck for all
/// utilizations (paired) or their own.
fn noisy(xs: &[f64], seed: u64, paired: bool) -> Vec<Point> {
    let point = |(i, &x): (usize, &f64)| {
        let mut draws = Draws::new(seed * 100 + if paired { 0 } else { i as u64 });
        let values: Vec<f64> = (0..16)
            .map(|_| (0..20).map(|_| draws.exponential()).sum::<f64>() / 20.0 * response(x))
            .collect();
        Point { x, y: mean(&values, 0.95).unwrap() }
    };
    xs.iter().enumerate().map(point).collect()
}

/// Over 4,000 sweeps the interval holds the true crossing as often as it says: at a point and
/// between points, with the same luck everywhere and without.
#[test]
fn the_interval_of_a_crossing_covers() {
    const STUDIES: u64 = 4_000;
    let grid: Vec<f64> = (3..=9).map(|i| f64::from(i) / 10.0).collect();
    for (paired, w) in [(true, 4.0), (false, 4.0), (true, 5.0), (false, 5.0)] {
        let truth = 1.0 - 1.0 / w;
        let covered = (1..=STUDIES).filter(|&seed| {
            match crossing(&noisy(&grid, seed, paired), w, Axis::Linear) {
                Some(Crossing::At(found)) => {
                    found.iter().any(|cross| cross.lower <= truth && truth <= cross.upper)
                }
                _ => false,
            }
        });
        let covered = covered.count() as f64 / STUDIES as f64;
        assert!((0.935..0.985).contains(&covered), "{paired} {w}: {covered}");
    }
}

/// The chord of `1 / (1 - ρ)` from a to b is farthest where the slopes agree, at
/// `1 - sqrt((1 - a) (1 - b))`.
#[test]
fn the_knee_is_where_the_slope_is_that_of_the_chord() {
    let (a, b) = (0.1, 0.9);
    let grid: Vec<f64> = (0..=160).map(|i| a + (b - a) * f64::from(i) / 160.0).collect();
    let (at, far) = knee(&curve(&grid, response), Axis::Linear).unwrap();
    let expected = 1.0 - ((1.0 - a) * (1.0 - b)).sqrt();
    assert!((grid[at] - expected).abs() <= 0.005, "{}", grid[at]);
    // At 0.7 the chord is at 1/0.9 + 0.75 (10 - 1/0.9), the curve at 1/0.3.
    let chord = 1.0 / 0.9 + 0.75 * (10.0 - 1.0 / 0.9);
    assert!((far - (chord - 1.0 / 0.3) / (10.0 - 1.0 / 0.9)).abs() < 1e-9);
    // With loads beyond saturation, the finite part has it.
    let beyond: Vec<f64> = grid.iter().copied().chain([1.1, 1.2]).collect();
    assert_eq!(knee(&curve(&beyond, response), Axis::Linear).unwrap().0, at);
    assert_eq!(knee(&curve(&grid, |x| 3.0 * x), Axis::Linear), None);
    assert_eq!(knee(&curve(&grid, |_| 3.0), Axis::Linear), None);
    assert_eq!(knee(&curve(&grid, |_| f64::INFINITY), Axis::Linear), None);
}

/// From five points, points are added near the crossing until its gap is 0.01, then near the knee;
/// an even grid as fine would need 90.
#[test]
fn points_gather_at_the_crossing_and_the_knee() {
    let mut xs = vec![0.1, 0.3, 0.5, 0.7, 1.0];
    let (mut near, mut knees) = (0, 0);
    while let Some((x, why)) =
        next(&curve(&xs, response), &[8.0, 100.0, 0.5], Axis::Linear, 0.01, &|_| false)
    {
        assert!(xs.iter().all(|&other| (other - x).abs() > 0.001), "{x} again in {xs:?}");
        match why {
            Why::Crossing(0) => near += u32::from((x - 0.875).abs() < 0.1),
            Why::Crossing(level) => assert_eq!(level, 1, "crossing of 0.5"),
            Why::Knee => knees += 1,
        }
        let at = xs.partition_point(|&other| other < x);
        xs.insert(at, x);
        assert!(xs.len() < 60, "does not end: {xs:?}");
    }
    let around = xs.windows(2).find(|pair| pair[0] <= 0.875 && 0.875 < pair[1]).unwrap();
    assert!(around[1] - around[0] <= 0.0101, "{xs:?}");
    assert!(near >= 3 && knees >= 1 && xs.len() < 40, "{near} {knees} {xs:?}");
}

/// Where luck hides the crossing no points are wasted on it: the interval at 0.75 is about 0.02 to
/// either side, so halving gaps of 0.2 ends after a few.
#[test]
fn points_stop_where_only_runs_help() {
    let mut xs = vec![0.3, 0.5, 0.7, 0.9];
    while let Some((x, Why::Crossing(_))) =
        next(&noisy(&xs, 7, true), &[4.0], Axis::Linear, 1e-6, &|_| false)
    {
        assert!(xs.len() < 20, "does not end: {xs:?}");
        let at = xs.partition_point(|&other| other < x);
        xs.insert(at, x);
    }
    assert!((5..=9).contains(&xs.len()), "{xs:?}");
}

/// Heights ascend whatever the signs, or a band would cross where the curve does not.
#[test]
fn heights_ascend() {
    let inf = f64::INFINITY;
    let ys = [-inf, -1e9, -7.0, -1.0, -0.1, 0.0, 0.1, 1.0, 7.0, 1e9, inf];
    for level in [-3.0, -1.0, 0.0, 0.5, 1.0, 6.0] {
        let heights = ys.map(|y| height(y, level, 70.0));
        assert!(heights.iter().all(|height| height.is_finite()));
        assert!(heights.windows(2).all(|pair| pair[0] <= pair[1]), "{level}: {heights:?}");
        assert!(ys.iter().zip(heights).all(|(&y, height)| (y > level) == (height > 0.0)));
    }
}

/// Goal: a gap without room does not hide the next one. Source: by hand, a peak with two crossings, of
/// which the first lies in the wider gap.
#[test]
fn a_place_that_is_taken_is_passed_over() {
    let points = curve(&[0.0, 4.0, 6.0], |x| if x == 4.0 { 10.0 } else { 0.0 });
    let at = |taken: &dyn Fn(f64) -> bool| next(&points, &[5.0], Axis::Linear, 0.1, taken);
    let first = at(&|_| false).unwrap().0;
    assert!(first < 4.0, "{first}");
    let second = at(&|x| x < 4.0).unwrap().0;
    assert!(second > 4.0, "{second}");
    assert_eq!(at(&|_| true), None);
}
