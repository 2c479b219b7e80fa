//! In what variants are like the first: the inputs that they know otherwise, and whether anything differs
//! within the forecast.

use super::summary::{Crossing, Variant};
use crate::model::Model;
use crate::study::forecast::{Course, Series};
use serde::Serialize;

/// Inputs of `first` to which a model gives another value: another belief about the world, and no choice
/// of a design. One that only the model has belongs to what it adds.
pub fn other_inputs(model: &Model, first: &Model) -> Vec<(String, String)> {
    let differs = |name: &str, text: &str| {
        let of_first = first.inputs.iter().find(|input| input.name == name);
        of_first.is_some_and(|input| input.text != text)
    };
    let others = model.inputs.iter().filter(|input| differs(&input.name, &input.text));
    others.map(|input| (input.name.clone(), input.text.clone())).collect()
}

/// What differs by less of itself is taken for the same: a horizon of years ends some hours before or after an age of
/// years.
pub const LEAST: f64 = 1e-3;

/// Marks the variants that are as the first one over the whole forecast.
pub fn mark(variants: &mut [Variant], courses: &[Course]) {
    let (Some((first, others)), Some(course)) = (variants.split_first_mut(), courses.first())
    else {
        return;
    };
    for (variant, other) in others.iter_mut().zip(courses.iter().skip(1)) {
        let series = other.series.iter().all(|series| is_in(series, course))
            && course.series.iter().all(|series| is_in(series, other));
        variant.is_alike = series
            && same(&passed(variant), &passed(first))
            && same(&variant.behavior, &first.behavior);
    }
}

/// Whether a course has the same amount, but for [`LEAST`], at all dates in all worlds; where it has none, whether there is
/// nothing.
fn is_in(series: &Series, course: &Course) -> bool {
    let all = |series: &Series| series.values.iter().flatten().copied().collect::<Vec<f64>>();
    let is_nothing = |value: &f64| *value == 0.0 || value.is_nan();
    let pair = |(a, b): (&f64, &f64)| {
        let is_near = || (a - b).abs() < LEAST * a.abs().max(b.abs());
        a == b || (a.is_nan() && b.is_nan()) || is_near()
    };
    match course.get(&series.path) {
        Some(other) => all(series).iter().zip(&all(other)).all(pair),
        None => all(series).iter().all(is_nothing),
    }
}

/// What is passed and when, without how that is against the first variant.
fn passed(variant: &Variant) -> Vec<Crossing> {
    variant.crossings.iter().map(|one| Crossing { gained: None, ..one.clone() }).collect()
}

/// Whether the same is reported: as text, in which what is no number equals itself.
fn same<T: Serialize>(a: &T, b: &T) -> bool {
    let text = |value: &T| serde_json::to_string(value).ok();
    text(a).is_some_and(|a| text(b) == Some(a))
}
