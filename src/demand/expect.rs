//! Expected values of numbers that vary, also of calculations over `let` registers.
//!
//! Numbers, laws and calculations that are linear in their registers are exact. Everything else
//! (`ceil(fans / 100)`, a condition, a product of registers) is averaged over a fixed set of
//! register values drawn from their laws, and says that it is an approximation.

use super::usage::{Count, Time};
use crate::dist::{Dist, Draw, child_key, hash_name};
use crate::expr::checked::Test;
use crate::expr::formula::Variate;
use crate::model::Bounds;

/// Register vectors, or points of a law, that stand for all.
pub const SAMPLES: usize = 2_048;

/// An expected value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    pub mean: f64,
    pub variance: Option<f64>,
    /// Not exact.
    pub approximate: bool,
}

impl Expected {
    fn exact(mean: f64, variance: Option<f64>) -> Self {
        Self { mean, variance, approximate: false }
    }

    pub fn time(self) -> Time {
        Time { mean: self.mean, variance: self.variance }
    }

    pub fn count(self) -> Count {
        Count { mean: self.mean, variance: self.variance }
    }
}

/// The registers of a request: their means, and values that they may have together.
#[derive(Clone, Debug, Default)]
pub struct Registers {
    means: Vec<f64>,
    /// Empty if no register varies.
    samples: Vec<Vec<f64>>,
}

/// A register as it is set: its mean and, if it varies, its values.
#[derive(Clone, Debug)]
pub struct Setting {
    mean: f64,
    values: Vec<f64>,
}

impl Registers {
    /// `count` registers, all zero.
    pub fn new(count: usize) -> Self {
        Self { means: vec![0.0; count], samples: Vec::new() }
    }

    /// Whether any register differs from request to request.
    pub fn vary(&self) -> bool {
        !self.samples.is_empty()
    }

    /// The value of `variate`, for setting another register to it; `name` names its draws.
    /// The flag says whether the mean is an approximation.
    pub fn evaluate(&self, variate: &Variate, bounds: Bounds, name: &str) -> (Setting, bool) {
        let expected = self.expected(variate, bounds);
        if expected.variance == Some(0.0) {
            return (Setting { mean: expected.mean, values: Vec::new() }, expected.approximate);
        }
        (
            Setting { mean: expected.mean, values: self.draws(variate, bounds, name) },
            expected.approximate,
        )
    }

    /// Values of `variate`, one for each register vector.
    fn draws(&self, variate: &Variate, bounds: Bounds, name: &str) -> Vec<f64> {
        let stream = hash_name(name);
        let value = |index: usize| {
            let lets = self.samples.get(index).unwrap_or(&self.means);
            let mut draw = Draw::new(child_key(stream, index as u64, 0), stream);
            variate.sample(lets, &mut draw).clamp(bounds.min, bounds.max)
        };
        (0..SAMPLES).map(value).collect()
    }

    /// Sets a register.
    pub fn set(&mut self, register: usize, setting: &Setting) {
        if register >= self.means.len() {
            return;
        }
        if !setting.values.is_empty() && self.samples.is_empty() {
            self.samples = vec![self.means.clone(); setting.values.len()];
        }
        self.means[register] = setting.mean;
        for (index, sample) in self.samples.iter_mut().enumerate() {
            let values = &setting.values;
            sample[register] =
                if values.is_empty() { setting.mean } else { values[index % values.len()] };
        }
    }

    /// Sets a register to a number.
    pub fn set_number(&mut self, register: usize, value: f64) {
        self.set(register, &Setting { mean: value, values: Vec::new() });
    }

    /// The chance that a condition holds, and the registers if it does and if it does not.
    pub fn split(&self, test: &Test) -> (f64, Self, Self) {
        if self.samples.is_empty() {
            let chance = if test.holds(&self.means) { 1.0 } else { 0.0 };
            return (chance, self.clone(), self.clone());
        }
        let (yes, no): (Vec<_>, Vec<_>) =
            self.samples.iter().cloned().partition(|sample| test.holds(sample));
        let chance = yes.len() as f64 / self.samples.len() as f64;
        (chance, self.given(yes), self.given(no))
    }

    /// The registers if only `samples` are possible.
    fn given(&self, samples: Vec<Vec<f64>>) -> Self {
        if samples.is_empty() || samples.len() == self.samples.len() {
            return self.clone();
        }
        let n = samples.len() as f64;
        let mean =
            |register| samples.iter().map(|sample: &Vec<f64>| sample[register]).sum::<f64>() / n;
        let means = (0..self.means.len()).map(mean).collect();
        Self { means, samples }
    }

    /// The expected value of one use.
    pub fn expected(&self, variate: &Variate, bounds: Bounds) -> Expected {
        match variate {
            Variate::Fixed(value) => Expected::exact(*value, Some(0.0)),
            Variate::Law(law) => of_law(law, bounds),
            Variate::Formula(program) => {
                let linear = self.of_formula(variate, bounds);
                if program.laws().is_empty() {
                    linear
                } else {
                    self.with_draws(variate, bounds, linear)
                }
            }
        }
    }

    /// A calculation over registers, its own laws at their means.
    fn of_formula(&self, variate: &Variate, bounds: Bounds) -> Expected {
        let at = |lets: &[f64]| variate.at_means(lets).clamp(bounds.min, bounds.max);
        let at_means = at(&self.means);
        let values: Vec<f64> = self.samples.iter().map(|sample| at(sample)).collect();
        let Some(&first) = values.first() else { return Expected::exact(at_means, Some(0.0)) };
        if values.iter().all(|&value| value == first) {
            return Expected::exact(first, Some(0.0));
        }
        if self.is_linear(&at, &values) {
            return Expected::exact(at_means, None);
        }
        Expected { mean: average(&values), variance: None, approximate: true }
    }

    /// Whether the middle of two register vectors gives the middle of their values.
    fn is_linear(&self, at: &dyn Fn(&[f64]) -> f64, values: &[f64]) -> bool {
        (1..self.samples.len().min(256)).all(|i| {
            let pair = self.samples[i - 1].iter().zip(&self.samples[i]);
            let middle: Vec<f64> = pair.map(|(a, b)| f64::midpoint(*a, *b)).collect();
            let expected = f64::midpoint(values[i - 1], values[i]);
            let scale = values[i - 1].abs().max(values[i].abs());
            (at(&middle) - expected).abs() <= 1e-9 * scale
        })
    }

    /// A calculation that draws: the value at the means, unless draws contradict it.
    fn with_draws(&self, variate: &Variate, bounds: Bounds, at_means: Expected) -> Expected {
        let values = self.draws(variate, bounds, "expected");
        let mean = average(&values);
        let spread = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
        let n = values.len() as f64;
        let error = (spread / n).sqrt() / n.sqrt();
        if (mean - at_means.mean).abs() <= 4.0 * error {
            Expected { variance: None, ..at_means }
        } else {
            Expected { mean, variance: None, approximate: true }
        }
    }

    /// A number of things, rounded up as the engine does.
    pub fn count(&self, variate: &Variate, bounds: Bounds) -> Expected {
        if let Variate::Fixed(value) = variate {
            return Expected::exact(round_up(*value), Some(0.0));
        }
        let expected = self.expected(variate, bounds);
        let values = self.values(variate, bounds);
        if values.iter().all(|&value| value == round_up(value)) {
            return expected;
        }
        let rounded: Vec<f64> = values.into_iter().map(round_up).collect();
        Expected { mean: average(&rounded), variance: None, approximate: true }
    }

    /// The number of groups of `batch` in `count` things.
    pub fn groups(&self, count: (&Variate, Bounds), batch: (&Variate, Bounds)) -> Expected {
        let of = |n: f64, size: f64| (round_up(n) / round_up(size).max(1.0)).ceil();
        let [number, size] = [count, batch].map(|(variate, bounds)| self.expected(variate, bounds));
        if number.variance == Some(0.0) && size.variance == Some(0.0) {
            return Expected::exact(of(number.mean, size.mean), Some(0.0));
        }
        let counts = self.values(count.0, count.1);
        let sizes = match batch.0 {
            Variate::Fixed(size) => vec![*size],
            // Another stream than the counts'.
            _ => self.draws(batch.0, batch.1, "batch"),
        };
        let pairs = counts.iter().zip(sizes.iter().cycle());
        let groups: Vec<f64> = pairs.map(|(&n, &size)| of(n, size)).collect();
        Expected { mean: average(&groups), variance: None, approximate: true }
    }

    /// Values that stand for the law of `variate`.
    fn values(&self, variate: &Variate, bounds: Bounds) -> Vec<f64> {
        match variate {
            Variate::Fixed(value) => vec![*value; SAMPLES],
            Variate::Law(law) => points(law, bounds),
            Variate::Formula(_) => self.draws(variate, bounds, "count"),
        }
    }

    /// The share of the most frequent value, if it is frequent enough to be known, and whether it is
    /// known exactly rather than by draws.
    pub fn hottest(&self, variate: &Variate, bounds: Bounds) -> Option<(f64, bool)> {
        if let Variate::Law(law) = variate
            && law.family() == "zipf"
        {
            return Some((law.cdf(1.0), true));
        }
        let mut values = self.values(variate, bounds);
        values.sort_by(f64::total_cmp);
        let longest = values.chunk_by(|a, b| a == b).map(<[f64]>::len).max().unwrap_or(0);
        // Some 20 of 2,048 tell the share to a fifth or so.
        (longest >= 20).then(|| (longest as f64 / values.len() as f64, false))
    }
}

/// The mean of a law whose values are clamped to bounds; exact if they cut nothing off.
fn of_law(law: &Dist, bounds: Bounds) -> Expected {
    const NOTHING: f64 = 1e-9;
    let below =
        law.quantile(0.0).is_some_and(|low| low < bounds.min) && law.cdf(bounds.min) > NOTHING;
    // An infinite mean is reported as such, although a draw is clamped.
    let above = law.mean().is_finite() && law.cdf(bounds.max) < 1.0 - NOTHING;
    if below || above {
        let values = points(law, bounds);
        return Expected { mean: average(&values), variance: None, approximate: true };
    }
    Expected::exact(law.mean(), Some(law.variance()))
}

/// Values of a law at evenly spaced probabilities.
fn points(law: &Dist, bounds: Bounds) -> Vec<f64> {
    let value = |index: usize| {
        let p = (index as f64 + 0.5) / SAMPLES as f64;
        law.quantile(p).unwrap_or_else(|| law.mean()).clamp(bounds.min, bounds.max)
    };
    (0..SAMPLES).map(value).collect()
}

fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// As the engine counts: a product that should be whole is not pushed up by its last bit.
pub fn round_up(value: f64) -> f64 {
    (value - 1e-9 * value.abs()).ceil().max(0.0)
}
