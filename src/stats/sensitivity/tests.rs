//! Against functions whose indices are known in closed form.

use super::super::testing::Draws;
use super::super::variance::split;
use super::super::worlds::point;
use super::*;
use std::f64::consts::PI;

/// `design[input][world]`.
fn design(seed: u64, worlds: u32, inputs: u32) -> Vec<Vec<f64>> {
    (0..inputs).map(|input| (0..worlds).map(|world| point(seed, world, input)).collect()).collect()
}

fn rows(design: &[Vec<f64>]) -> Vec<&[f64]> {
    design.iter().map(Vec::as_slice).collect()
}

fn values(design: &[Vec<f64>], of: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let world = |i: usize| of(&design.iter().map(|input| input[i]).collect::<Vec<_>>());
    (0..design[0].len()).map(world).collect()
}

/// Ishigami and Homma 1990, a = 7, b = 0.1, on (-π, π): `V_1 = (1 + b π⁴ / 5)² / 2`,
/// `V_2 = a² / 8`, `V_3 = 0`, and `V_13 = b² π⁸ (1 / 18 - 1 / 50)`.
fn ishigami(u: &[f64]) -> f64 {
    let x = [u[0], u[1], u[2]].map(|u| PI * (2.0 * u - 1.0));
    let sine = libm::sin(x[1]);
    libm::sin(x[0]) * (1.0 + 0.1 * libm::pow(x[2], 4.0)) + 7.0 * sine * sine
}

const ISHIGAMI: [f64; 3] = [0.3139, 0.4424, 0.0];

/// Sobol's g-function with a = 0, 1, 4.5, 9: `V_i = 1 / (3 (1 + a_i)²)`, `V = Π (1 + V_i) - 1`.
fn g(u: &[f64]) -> f64 {
    let factor = |(u, a): (&f64, f64)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a);
    u.iter().zip([0.0, 1.0, 4.5, 9.0]).map(factor).product()
}

fn g_indices() -> [f64; 4] {
    let parts = [0.0, 1.0, 4.5, 9.0].map(|a: f64| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
    let whole = parts.iter().map(|part| 1.0 + part).product::<f64>() - 1.0;
    parts.map(|part| part / whole)
}

/// Indices of `a_i u_i` summed: `a_i² / Σ a²`.
const LINEAR: [f64; 8] = [3.0, 2.0, 1.0, 0.5, 0.0, 0.0, 0.0, 0.0];

fn linear(u: &[f64]) -> f64 {
    u.iter().zip(LINEAR).map(|(u, a)| u * a).sum()
}

/// The mean response of M/M/1, `1 / (1 / s - λ)`, with `λ` uniform in 50 ± 1 /s and `s` in
/// 10 ± 0.1 ms: for uncertainty this small the delta method gives the indices in proportion to
/// `(dW/dλ σ_λ)² = (W² σ_λ)²` and `(dW/ds σ_s)² = ((W / s)² σ_s)²`, 400 : 400² · 10⁻⁴ · 10 / 10.
fn response(u: &[f64]) -> f64 {
    let (rate, service) = (49.0 + 2.0 * u[0], 0.0099 + 0.0002 * u[1]);
    1.0 / (1.0 / service - rate)
}

fn response_indices() -> [f64; 3] {
    let (w, s) = (0.02_f64, 0.01_f64);
    let by_rate = w * w * 2.0;
    let by_service = w * w / (s * s) * 0.0002;
    let whole = by_rate * by_rate + by_service * by_service;
    [by_rate * by_rate / whole, by_service * by_service / whole, 0.0]
}

/// Bias, root mean square error and coverage of every index over designs of `worlds` points.
fn scored(
    worlds: u32,
    designs: u64,
    truth: &[f64],
    of: impl Fn(&[f64]) -> f64,
) -> Vec<(f64, f64, f64)> {
    let mut sums = vec![(0.0, 0.0, 0.0); truth.len()];
    for seed in 0..designs {
        let points = design(seed, worlds, truth.len() as u32);
        let found = first_order(&values(&points, &of), &rows(&points), 0.0, 0.95).unwrap();
        for ((sum, found), truth) in sums.iter_mut().zip(found).zip(truth) {
            let error = found.point - truth;
            let covers = found.lower <= *truth + 1e-9 && *truth <= found.upper + 1e-9;
            *sum = (sum.0 + error, sum.1 + error * error, sum.2 + f64::from(u8::from(covers)));
        }
    }
    let n = designs as f64;
    sums.into_iter().map(|(bias, square, hits)| (bias / n, (square / n).sqrt(), hits / n)).collect()
}

#[test]
fn first_order_indices_match_known_functions() {
    let square = LINEAR.map(|a| a * a / 14.25);
    let check = |name: &str, truth: &[f64], of: fn(&[f64]) -> f64, most: [f64; 4]| {
        for (worlds, bias, error) in [(64, most[0], most[1]), (256, most[2], most[3])] {
            let found = scored(worlds, 400, truth, of);
            for (index, (by, off, covered)) in found.into_iter().enumerate() {
                let name = format!("{name} at {worlds}, input {index}");
                assert!(by.abs() < bias, "{name}: bias {by}");
                assert!(off < error, "{name}: error {off}");
                // An index of 0.007 beside strong interactions.
                let least = if truth[index] > 0.0 && truth[index] < 0.01 { 0.87 } else { 0.93 };
                assert!(covered > least, "{name}: coverage {covered}");
            }
        }
    };
    check("Ishigami", &ISHIGAMI, ishigami, [0.03, 0.07, 0.02, 0.02]);
    check("g", &g_indices(), g, [0.03, 0.05, 0.02, 0.02]);
    check("linear", &square, linear, [0.02, 0.03, 0.005, 0.005]);
    check("M/M/1", &response_indices(), response, [0.02, 0.03, 0.005, 0.005]);
}

/// With 20 inputs 64 worlds show one cosine of each: nearly all of an effect in one direction. More
/// than 32 inputs are not told apart, and nothing is said.
#[test]
fn many_inputs_are_told_apart_or_not_judged() {
    let mut truth = [0.0; 20];
    for (truth, a) in truth.iter_mut().zip(LINEAR) {
        *truth = a * a / 14.25;
    }
    for (index, (by, _, covered)) in scored(64, 200, &truth, linear).into_iter().enumerate() {
        assert!(by.abs() < 0.02, "input {index}: bias {by}");
        // Of an input without effect a few thousandths are sometimes said.
        let least = if truth[index] > 0.01 { 0.93 } else { 0.8 };
        assert!(covered > least, "input {index}: coverage {covered}");
    }
    let points = design(1, 64, 33);
    assert!(first_order(&values(&points, linear), &rows(&points), 0.0, 0.95).is_none());
    assert!(first_order(&values(&points, linear), &rows(&points[1..]), 0.0, 0.95).is_some());
}

/// Luck of a run is taken out: with 2 replications whose luck doubles the variance of a world's
/// mean, the indices are still those of the function, and the intervals cover.
#[test]
fn luck_is_taken_out() {
    const STUDIES: u64 = 400;
    let truth = LINEAR.map(|a| a * a / 14.25);
    let deviation = (14.25_f64 / 12.0 * 2.0).sqrt();
    let (mut sums, mut covered) = ([0.0; 8], [0_u64; 8]);
    for seed in 0..STUDIES {
        let points = design(seed, 256, 8);
        let mut draws = Draws::new(seed + 1);
        let runs: Vec<[f64; 2]> = values(&points, linear)
            .into_iter()
            .map(|value| [(); 2].map(|()| value + deviation * draws.normal()))
            .collect();
        let worlds: Vec<&[f64]> = runs.iter().map(<[f64; 2]>::as_slice).collect();
        let means: Vec<f64> = runs.iter().map(|run| f64::midpoint(run[0], run[1])).collect();
        let luck = split(&worlds, 0.95).unwrap().luck_of_a_mean;
        for (i, found) in
            first_order(&means, &rows(&points), luck, 0.95).unwrap().iter().enumerate()
        {
            sums[i] += found.point / STUDIES as f64;
            covered[i] += u64::from(found.lower <= truth[i] && truth[i] <= found.upper);
        }
    }
    for i in 0..8 {
        // Points below 0 are said to be 0, which lifts the mean of small ones.
        assert!((sums[i] - truth[i]).abs() < 0.02, "{i}: {}", sums[i]);
        assert!(covered[i] as f64 > 0.93 * STUDIES as f64, "{i}: {}", covered[i]);
    }
}

#[test]
fn pick_freeze_finds_effects_and_interactions() {
    // First: 0.3139, 0.4424, 0; total: 0.5576, 0.4424, 0.2437.
    let total = [0.5576, 0.4424, 0.2437];
    let (mut sums, mut covered) = ([[0.0; 2]; 3], [[0; 2]; 3]);
    for seed in 0..200 {
        let points = design(seed, 256, 6);
        let (first, second) = points.split_at(3);
        let mixed: Vec<Vec<f64>> = (0..3)
            .map(|input| {
                let mut points = first.to_vec();
                points[input].clone_from(&second[input]);
                values(&points, ishigami)
            })
            .collect();
        let (a, b) = (values(first, ishigami), values(second, ishigami));
        let found = pick_freeze(&a, &b, &rows(&mixed), 0.95).unwrap();
        for (i, found) in found.iter().enumerate() {
            for (j, (of, truth)) in
                [(found.first, ISHIGAMI[i]), (found.total, total[i])].into_iter().enumerate()
            {
                sums[i][j] += of.point / 200.0;
                covered[i][j] += u32::from(of.lower <= truth && truth <= of.upper);
            }
        }
    }
    for i in 0..3 {
        assert!((sums[i][0] - ISHIGAMI[i]).abs() < 0.04, "{i}: {:?}", sums[i]);
        assert!((sums[i][1] - total[i]).abs() < 0.03, "{i}: {:?}", sums[i]);
        assert!(covered[i].iter().all(|&hits| hits >= 184), "{i}: {:?}", covered[i]);
    }
}

/// Pairs from a normal law with correlation r have Spearman's coefficient `6 / π · asin(r / 2)`.
#[test]
fn rank_correlations_cover() {
    const STUDIES: u32 = 4_000;
    for r in [0.0, 0.6, 0.9_f64] {
        let truth = 6.0 / PI * libm::asin(0.5 * r);
        let covered = (0..STUDIES).filter(|&study| {
            let mut draws = Draws::new(u64::from(study) + 1);
            let first: Vec<f64> = (0..64).map(|_| draws.normal()).collect();
            let second: Vec<f64> =
                first.iter().map(|x| r * x + (1.0 - r * r).sqrt() * draws.normal()).collect();
            let found = rank_correlation(&second, &first, 0.95).unwrap();
            found.lower <= truth && truth <= found.upper
        });
        let covered = covered.count() as f64 / f64::from(STUDIES);
        assert!((0.935..0.965).contains(&covered), "{r}: {covered}");
    }
}

#[test]
fn edges_are_defined() {
    let input: Vec<f64> = (0..64).map(|world| point(1, world, 0)).collect();
    // What never came ranks last.
    let never: Vec<f64> =
        input.iter().map(|&u| if u > 0.9 { f64::INFINITY } else { u * u }).collect();
    let found = rank_correlation(&never, &input, 0.95).unwrap();
    assert!(found.point > 0.99 && found.lower > 0.95 && found.upper <= 1.0);
    assert!(first_order(&never, &[&input], 0.0, 0.95).is_none());
    let perfect = rank_correlation(&input, &input, 0.95).unwrap();
    assert!(perfect.point > 1.0 - 1e-12 && perfect.lower > 0.999 && perfect.upper >= perfect.point);
    assert!(rank_correlation(&input, &[1.0; 64], 0.95).is_none());
    assert!(first_order(&[1.0; 64], &[&input], 0.0, 0.95).is_none());
    assert!(first_order(&input, &[&input], 1.0, 0.95).is_none());
    assert!(first_order(&input, &[&input[1..]], 0.0, 0.95).is_none());
    // An input that does not vary, or only between two values, explains what it can.
    let binary: Vec<f64> = input.iter().map(|u| if *u < 0.5 { 0.25 } else { 0.75 }).collect();
    let found = first_order(&binary, &[&binary, &[0.5; 64]], 0.0, 0.95).unwrap();
    assert!(found[0].point > 0.99 && found[1].point < 0.01);
    assert!(pick_freeze(&[1.0], &[1.0], &[], 0.95).is_none());
    assert!(pick_freeze(&[1.0; 4], &[1.0; 4], &[&[1.0; 4]], 0.95).is_none());
}
