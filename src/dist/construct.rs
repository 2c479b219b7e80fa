//! Constructors: every parametrization a scenario may write, validated.

use std::sync::Arc;

use super::law::{Dist, DistError, Law, Weighted};
use super::special::{gamma_p, normal_quantile};
use super::zipf::Zipf;

type Made = Result<Dist, DistError>;

/// How far the sum of stated probabilities may be from 1.
const SUM_TOLERANCE: f64 = 1e-9;
/// Bounds of the coefficient of variation of gamma and Weibull laws: shapes that can be computed.
const CV_BOUNDS: (f64, f64) = (1e-4, 100.0);
/// Largest count a discrete law may reach: counts stay exact in an `f64`.
const COUNT_MAX: f64 = 1e15;

fn of(law: Law) -> Dist {
    Dist { law }
}

/// With plain numbers only.
fn fail<T>(message: String) -> Result<T, DistError> {
    Err(DistError::new(message, &[]))
}

/// With values that are measured as the draws are, one for each `{}`.
fn fail_at<T>(template: &str, values: &[f64]) -> Result<T, DistError> {
    Err(DistError::new(template, values))
}

const FINITE: &str = "expected a finite number";
const POSITIVE: &str = "expected a finite number above 0";
const NOT_NEGATIVE: &str = "expected a finite number, 0 or more";

fn finite(name: &str, value: f64) -> Result<(), DistError> {
    measured(value.is_finite(), name, value, FINITE)
}

fn positive(name: &str, value: f64) -> Result<(), DistError> {
    measured(value > 0.0 && value.is_finite(), name, value, POSITIVE)
}

fn not_negative(name: &str, value: f64) -> Result<(), DistError> {
    measured(value >= 0.0 && value.is_finite(), name, value, NOT_NEGATIVE)
}

/// A parameter that is measured as the draws are.
fn measured(is_right: bool, name: &str, value: f64, wanted: &str) -> Result<(), DistError> {
    if is_right {
        return Ok(());
    }
    fail_at(&format!("a {name} of {{}} is impossible; {wanted}"), &[value])
}

/// A parameter that is a plain number whatever the draws measure.
fn plain(is_right: bool, name: &str, value: f64, wanted: &str) -> Result<(), DistError> {
    if is_right {
        return Ok(());
    }
    fail(format!("a {name} of {value} is impossible; {wanted}"))
}

/// Two quantiles in increasing order of probability, values positive and increasing.
fn two_quantiles(a: (f64, f64), b: (f64, f64)) -> Result<[(f64, f64); 2], DistError> {
    for (p, x) in [a, b] {
        if !(p > 0.0 && p < 1.0) {
            return fail(format!("a quantile at {p} is impossible; expected between 0 and 1"));
        }
        positive("quantile value", x)?;
    }
    let (low, high) = if a.0 <= b.0 { (a, b) } else { (b, a) };
    if low.0 == high.0 {
        return fail(format!("two quantiles at {} do not fix a law; expected two levels", low.0));
    }
    if low.1 >= high.1 {
        let levels = format!(
            "quantiles {{}} at {} and {{}} at {} are impossible; the values must increase",
            low.0, high.0
        );
        return fail_at(&levels, &[low.1, high.1]);
    }
    Ok([low, high])
}

/// Alternatives with cumulative probabilities; those with probability 0 are dropped.
fn weighted<T>(what: &str, items: Vec<(T, f64)>) -> Result<Arc<[Weighted<T>]>, DistError> {
    if items.is_empty() {
        return fail(format!("{what} of nothing is impossible; expected at least one alternative"));
    }
    let mut sum = 0.0;
    for (_, p) in &items {
        if !(*p >= 0.0 && p.is_finite()) {
            return fail(format!("a probability of {p} is impossible; expected between 0 and 1"));
        }
        sum += p;
    }
    if (sum - 1.0).abs() > SUM_TOLERANCE {
        return fail(format!("the probabilities of {what} sum to {sum}; expected 1"));
    }
    let mut cumulative = 0.0;
    let mut kept: Vec<Weighted<T>> = Vec::with_capacity(items.len());
    for (item, p) in items.into_iter().filter(|(_, p)| *p > 0.0) {
        cumulative += p / sum;
        kept.push(Weighted { item, p: p / sum, cumulative });
    }
    if let Some(last) = kept.last_mut() {
        last.cumulative = 1.0;
    }
    Ok(kept.into())
}

/// The point in (low, high) where a decreasing function crosses `target`, on a logarithmic scale.
fn crossing(mut low: f64, mut high: f64, target: f64, decreasing: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..200 {
        let middle = (low * high).sqrt();
        if middle <= low || middle >= high {
            break;
        }
        if decreasing(middle) > target {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low * high).sqrt()
}

impl Dist {
    /// Always `value`.
    pub fn constant(value: f64) -> Made {
        finite("constant", value)?;
        Ok(of(Law::Constant { value }))
    }

    /// Exponential with `mean` > 0.
    pub fn exponential(mean: f64) -> Made {
        positive("mean", mean)?;
        Ok(of(Law::Exponential { mean }))
    }

    /// Uniform on [low, high], `low` <= `high`.
    pub fn uniform(low: f64, high: f64) -> Made {
        finite("low end", low)?;
        finite("high end", high)?;
        finite("width", high - low)?;
        if low > high {
            let template = "uniform from {} to {} is impossible; low must not exceed high";
            return fail_at(template, &[low, high]);
        }
        if low == high { Dist::constant(low) } else { Ok(of(Law::Uniform { low, high })) }
    }

    /// Triangular on [low, high] with its peak at `mode`, `low` <= `mode` <= `high`.
    pub fn triangular(low: f64, mode: f64, high: f64) -> Made {
        finite("low end", low)?;
        finite("mode", mode)?;
        finite("high end", high)?;
        let square = (high - low) * (high - low);
        plain(square.is_finite(), "squared width", square, FINITE)?;
        if low > mode || mode > high {
            let template =
                "triangular({}, {}, {}) is impossible; expected low, mode, high in order";
            return fail_at(template, &[low, mode, high]);
        }
        if low == high { Dist::constant(low) } else { Ok(of(Law::Triangular { low, mode, high })) }
    }

    /// Normal with `mean` and `sd` >= 0. With `truncate_at_zero` the law conditioned on >= 0, for
    /// times; its mean is then above `mean`. At most 8 sd may lie between `mean` and 0.
    pub fn normal(mean: f64, sd: f64, truncate_at_zero: bool) -> Made {
        finite("mean", mean)?;
        not_negative("standard deviation", sd)?;
        plain((sd * sd).is_finite(), "variance", sd * sd, FINITE)?;
        if truncate_at_zero && mean < -8.0 * sd {
            let template =
                "normal({}, {}) at 0 or above is impossible; expected a mean above -8 sd";
            return fail_at(template, &[mean, sd]);
        }
        if sd == 0.0 {
            Dist::constant(mean)
        } else if truncate_at_zero {
            Ok(of(Law::TruncatedNormal { mean, sd }))
        } else {
            Ok(of(Law::Normal { mean, sd }))
        }
    }

    /// Lognormal with `mean` > 0 and coefficient of variation `cv` >= 0.
    pub fn lognormal_mean_cv(mean: f64, cv: f64) -> Made {
        positive("mean", mean)?;
        plain(cv >= 0.0 && cv.is_finite(), "cv", cv, NOT_NEGATIVE)?;
        if cv == 0.0 {
            return Dist::constant(mean);
        }
        // sigma² = ln(1 + cv²), the mean is exp(mu + sigma²/2).
        let sigma2 = libm::log1p(cv * cv);
        plain(sigma2.is_finite(), "squared cv", sigma2, FINITE)?;
        Ok(of(Law::Lognormal { mu: libm::log(mean) - sigma2 / 2.0, sigma: sigma2.sqrt() }))
    }

    /// Lognormal through two quantiles (probability, value), in either order.
    pub fn lognormal_quantiles(a: (f64, f64), b: (f64, f64)) -> Made {
        let [(p1, x1), (p2, x2)] = two_quantiles(a, b)?;
        let (z1, z2) = (normal_quantile(p1), normal_quantile(p2));
        let sigma = (libm::log(x2) - libm::log(x1)) / (z2 - z1);
        plain(sigma.is_finite(), "spread", sigma, FINITE)?;
        Ok(of(Law::Lognormal { mu: libm::log(x1) - sigma * z1, sigma }))
    }

    /// Gamma with `mean` > 0 and `cv` 0 or in 0.0001 ..= 100.
    pub fn gamma_mean_cv(mean: f64, cv: f64) -> Made {
        positive("mean", mean)?;
        if cv == 0.0 {
            return Dist::constant(mean);
        }
        check_cv("gamma", cv)?;
        Dist::gamma(1.0 / (cv * cv), mean * cv * cv)
    }

    /// Gamma through two quantiles (probability, value), in either order.
    pub fn gamma_quantiles(a: (f64, f64), b: (f64, f64)) -> Made {
        let [low, high] = two_quantiles(a, b)?;
        let unit = |shape: f64, p: f64| {
            super::quantile::first_at_least(0.0, f64::MAX, p, |x| gamma_p(shape, x))
        };
        let ratio = |shape: f64| unit(shape, high.0) / unit(shape, low.0);
        let target = high.1 / low.1;
        let bounds = (1e-2, 1e6);
        // The ratio falls as the shape grows.
        if !(ratio(bounds.0) > target && ratio(bounds.1) < target) {
            let template = format!(
                "no gamma law has quantiles {{}} at {} and {{}} at {}; \
                 expected a ratio that a shape between 0.01 and 1,000,000 has",
                low.0, high.0
            );
            return fail_at(&template, &[low.1, high.1]);
        }
        let shape = crossing(bounds.0, bounds.1, target, ratio);
        Dist::gamma(shape, high.1 / unit(shape, high.0))
    }

    pub(super) fn gamma(shape: f64, scale: f64) -> Made {
        plain(shape > 0.0 && shape.is_finite(), "shape", shape, POSITIVE)?;
        positive("scale", scale)?;
        finite("mean", shape * scale)?;
        Ok(of(Law::Gamma { shape, scale }))
    }

    /// Weibull with `mean` > 0 and `cv` 0 or in 0.0001 ..= 100.
    pub fn weibull_mean_cv(mean: f64, cv: f64) -> Made {
        positive("mean", mean)?;
        if cv == 0.0 {
            return Dist::constant(mean);
        }
        check_cv("weibull", cv)?;
        let shape = crossing(0.05, 2e4, cv * cv, super::moments::weibull_squared_cv);
        Dist::weibull(shape, mean / libm::tgamma(1.0 + 1.0 / shape))
    }

    /// Weibull through two quantiles (probability, value), in either order.
    pub fn weibull_quantiles(a: (f64, f64), b: (f64, f64)) -> Made {
        let [(p1, x1), (p2, x2)] = two_quantiles(a, b)?;
        // F(x) = 1 - exp(-(x/scale)^shape): two lines in (ln x, ln(-ln(1 - p))).
        let (y1, y2) = (libm::log(-libm::log1p(-p1)), libm::log(-libm::log1p(-p2)));
        let shape = (y2 - y1) / (libm::log(x2) - libm::log(x1));
        if !(0.05..=2e4).contains(&shape) {
            let template = format!(
                "quantiles {{}} at {p1} and {{}} at {p2} give a Weibull shape of {shape}; \
                 expected between 0.05 and 20,000"
            );
            return fail_at(&template, &[x1, x2]);
        }
        Dist::weibull(shape, x1 * libm::exp(-y1 / shape))
    }

    pub(super) fn weibull(shape: f64, scale: f64) -> Made {
        plain(shape > 0.0 && shape.is_finite(), "shape", shape, POSITIVE)?;
        positive("scale", scale)?;
        Ok(of(Law::Weibull { shape, scale }))
    }

    /// Erlang: a sum of `k` >= 1 equal exponentials with total `mean` > 0.
    pub fn erlang(k: u32, mean: f64) -> Made {
        positive("mean", mean)?;
        match k {
            0 => fail("an Erlang law of 0 phases is impossible; expected 1 or more".to_owned()),
            1 => Dist::exponential(mean),
            _ => Ok(of(Law::Erlang { k, mean })),
        }
    }

    /// Hyperexponential of two phases with balanced means (p₁m₁ = p₂m₂), `mean` > 0, `cv` >= 1.
    ///
    /// p₁ = (1 + sqrt((cv² - 1)/(cv² + 1)))/2: Allen, Probability, Statistics and Queueing Theory,
    /// 2nd ed., 1990, chapter 3.
    pub fn hyperexp_mean_cv(mean: f64, cv: f64) -> Made {
        positive("mean", mean)?;
        if !(1.0..=1e6).contains(&cv) {
            return fail(format!(
                "a cv of {cv} is impossible for a hyperexponential law; expected 1 to 1,000,000"
            ));
        }
        if cv == 1.0 {
            return Dist::exponential(mean);
        }
        let c2 = cv * cv;
        // The smaller probability by its conjugate form: no digits lost for large cv.
        let root = ((c2 - 1.0) / (c2 + 1.0)).sqrt();
        let rare = 1.0 / (c2 + 1.0) / (1.0 + root);
        let often = 1.0 - rare;
        Dist::hyperexp_phases(&[(mean / (2.0 * often), often), (mean / (2.0 * rare), rare)])
    }

    /// Hyperexponential by its phases (mean > 0, probability); probabilities sum to 1.
    pub fn hyperexp_phases(phases: &[(f64, f64)]) -> Made {
        for (mean, _) in phases {
            positive("phase mean", *mean)?;
        }
        let phases = weighted("a hyperexponential law", phases.to_vec())?;
        Ok(of(Law::Hyperexponential { phases }))
    }

    /// Pareto from `min` > 0 with tail exponent `alpha` > 0; with `max`, conditioned on <= `max`.
    pub fn pareto(min: f64, alpha: f64, max: Option<f64>) -> Made {
        positive("min", min)?;
        plain(alpha > 0.0 && alpha.is_finite(), "alpha", alpha, POSITIVE)?;
        if let Some(max) = max {
            finite("max", max)?;
            if max <= min {
                return fail_at("a max of {} is impossible; expected above min, {}", &[max, min]);
            }
        }
        Ok(of(Law::Pareto { min, alpha, max: max.unwrap_or(f64::INFINITY) }))
    }

    /// Poisson on 0, 1, 2, … with `mean` >= 0.
    pub fn poisson(mean: f64) -> Made {
        not_negative("mean", mean)?;
        count_bound("mean", mean)?;
        if mean == 0.0 { Dist::constant(0.0) } else { Ok(of(Law::Poisson { mean })) }
    }

    /// Geometric on 1, 2, 3, … with `mean` >= 1: tries up to and with the first success.
    pub fn geometric(mean: f64) -> Made {
        if mean.is_nan() || mean < 1.0 {
            return fail(format!(
                "a geometric mean of {mean} is impossible; expected 1 or more, as it counts from 1"
            ));
        }
        count_bound("mean", mean)?;
        if mean == 1.0 { Dist::constant(1.0) } else { Ok(of(Law::Geometric { mean })) }
    }

    /// Zipf on 1 ..= `n`: k has probability proportional to k^-s, 0 <= s <= 100.
    pub fn zipf(n: u64, s: f64) -> Made {
        if n == 0 {
            return fail("a Zipf law over 0 ranks is impossible; expected 1 or more".to_owned());
        }
        count_bound("number of ranks", n as f64)?;
        if !(0.0..=100.0).contains(&s) {
            return fail(format!("a Zipf exponent of {s} is impossible; expected 0 to 100"));
        }
        if n == 1 {
            Dist::constant(1.0)
        } else {
            Ok(of(Law::Zipf { zipf: Arc::new(Zipf::new(n, s)) }))
        }
    }

    /// The law of "between low and high": 5 % below `low`, 5 % above `high`. Lognormal if `low` is
    /// above 0, else normal (not truncated).
    pub fn between(low: f64, high: f64) -> Made {
        finite("low end", low)?;
        finite("high end", high)?;
        if low >= high {
            let template = "between {} and {} is impossible; low must be below high";
            return fail_at(template, &[low, high]);
        }
        if low > 0.0 {
            return Dist::lognormal_quantiles((0.05, low), (0.95, high));
        }
        let width = high - low;
        Dist::normal(low + width / 2.0, width / (2.0 * normal_quantile(0.95)), false)
    }

    /// One of some values, each with its probability; probabilities sum to 1 within 1e-9.
    pub fn choice(alternatives: &[(f64, f64)]) -> Made {
        for (value, _) in alternatives {
            finite("value", *value)?;
        }
        let mut sorted = alternatives.to_vec();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let values = weighted("a choice", sorted)?;
        if values.len() == 1 {
            return Dist::constant(values[0].item);
        }
        Ok(of(Law::Choice { values }))
    }

    /// A draw from one of some laws, each with its probability; they sum to 1 within 1e-9.
    pub fn mixture(parts: Vec<(Dist, f64)>) -> Made {
        let parts = weighted("a mixture", parts)?;
        if parts.len() == 1 {
            return Ok(parts[0].item.clone());
        }
        Ok(of(Law::Mixture { parts }))
    }

    /// One of the given values, all equally likely (resampling; nothing between or beyond them).
    pub fn empirical(mut values: Vec<f64>) -> Made {
        if values.is_empty() {
            return fail(
                "an empirical law of no values is impossible; expected one or more".to_owned(),
            );
        }
        for value in &values {
            finite("value", *value)?;
        }
        values.sort_by(f64::total_cmp);
        if values[0] == values[values.len() - 1] {
            return Dist::constant(values[0]);
        }
        Ok(of(Law::Empirical { values: values.into() }))
    }
}

fn check_cv(what: &str, cv: f64) -> Result<(), DistError> {
    let (low, high) = CV_BOUNDS;
    if cv >= low && cv <= high {
        return Ok(());
    }
    fail(format!("a cv of {cv} is impossible for a {what} law; expected 0 or {low} to {high}"))
}

fn count_bound(name: &str, value: f64) -> Result<(), DistError> {
    if value <= COUNT_MAX {
        return Ok(());
    }
    fail(format!("a {name} of {value} is too large to count; expected at most {COUNT_MAX}"))
}
