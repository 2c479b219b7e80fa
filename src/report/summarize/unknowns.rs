//! What is not known in names, units and sentences.

use super::judged::unit;
use super::measuring::how;
use crate::model::Model;
use crate::report::phrase;
use crate::report::summary::{
    Advice, AdviceKind, Effect, Fan, FanPoint, Hinge, Judgment, Number, Range, Spread, Unit,
    Unknowns, Value,
};
use crate::stats::threshold::Side;
use crate::stats::variance::Split;
use crate::stats::worlds::{band, order_statistic};
use crate::study::sensitivity::{self, Input, Of, Sensitivity, SubRange};
use crate::units::{Dimension, Quantity, show};

/// Share of worlds between the ends of a band.
const BAND: f64 = 0.9;
/// A world that alone makes more than this share of the variance leaves little of it to say of the
/// others: of 64 normal ones the farthest makes about a tenth.
const FAR_OUT: f64 = 0.25;
/// Worlds behind each point of a fan, as a share of all: enough for a band, and few enough that
/// their values of the input are about the same.
const NEIGHBORS: usize = 4;
/// Fewer worlds give no band.
const NEIGHBORS_MIN: usize = 12;

/// What a study found, as it is reported.
pub fn unknowns(model: &Model, found: &Sensitivity, objectives: &[Judgment]) -> Unknowns {
    let metrics: Vec<Spread> = found.metrics.iter().map(|one| spread(one, &found.inputs)).collect();
    let conditions = found.conditions.iter().map(|one| hinge(one, &found.inputs)).collect();
    Unknowns { advice: advice(model, found), fan: fan(found, objectives), metrics, conditions }
}

fn spread(one: &sensitivity::Spread, inputs: &[Input]) -> Spread {
    let known: Vec<f64> = one.values.iter().copied().flatten().collect();
    let band = band(&known, BAND);
    Spread {
        metric: one.measured.text.clone(),
        unit: unit(&one.measured.metric, one.dimension),
        worlds: band.map(|band| Value::with_interval(band.median, band.lower, band.upper)),
        luck: one.split.as_ref().and_then(luck),
        luck_deviation: one.split.map(|split| Number(split.luck.variance.sqrt())),
        far_out: is_far_out(&known),
        inputs: effects(&one.effects, inputs),
    }
}

fn luck(split: &Split) -> Option<Value> {
    split.share_of_luck.map(Value::from)
}

fn hinge(one: &sensitivity::Hinge, inputs: &[Input]) -> Hinge {
    let [holds, fails, unknown] = one.worlds;
    Hinge {
        name: one.name.clone(),
        that: one.text.clone(),
        variant: one.variant.clone(),
        holds,
        fails,
        unknown,
        luck: one.split.as_ref().and_then(luck),
        inputs: effects(&one.effects, inputs),
        range: one.range.as_ref().map(|found| {
            let input = &inputs[found.input];
            range(found, &input.name, input.dimension)
        }),
    }
}

fn effects(found: &[sensitivity::Effect], inputs: &[Input]) -> Vec<Effect> {
    let one = |(found, input): (&sensitivity::Effect, &Input)| {
        let band = band(&input.values, BAND);
        let value = band.map(|band| Value::with_interval(band.median, band.lower, band.upper));
        Effect {
            input: input.name.clone(),
            shown: value.map_or(String::new(), |value| shown(&value, input.dimension)),
            value,
            rank_correlation: found.correlation.map(Value::from),
            share: found.share.map(Value::from),
        }
    };
    found.iter().zip(inputs).map(one).collect()
}

/// What a quantity is measured in, if there is a usual unit for it.
fn unit_of(dimension: Dimension) -> Option<Unit> {
    Some(match dimension {
        Dimension::COUNT => Unit::Count,
        Dimension::TIME => Unit::Seconds,
        Dimension::RATE => Unit::PerSecond,
        Dimension::BYTES => Unit::Bytes,
        Dimension::BANDWIDTH => Unit::BytesPerSecond,
        _ => return None,
    })
}

/// Three digits are as many as anybody knows of what is uncertain.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let digit = libm::pow(10.0, libm::floor(libm::log10(value.abs())) - 2.0);
    // By the smaller of two whole numbers, so that 41,000 is 41,000.
    if digit >= 1.0 { (value / digit).round() * digit } else { value }
}

fn shown(value: &Value, dimension: Dimension) -> String {
    let round = |end: Option<Number>| end.map(|end| Number(rounded(end.0)));
    let value = Value {
        point: Number(rounded(value.point.0)),
        lower: round(value.lower),
        upper: round(value.upper),
        ..*value
    };
    match unit_of(dimension) {
        Some(unit) => phrase::value(&value, unit),
        None => show::quantity(Quantity::new(value.point.0, dimension)),
    }
}

/// The values of an input for which something holds, in words.
pub fn range(found: &SubRange, input: &str, dimension: Dimension) -> Range {
    let (sign, side) = match found.side {
        Side::Below => ("\u{2264}", "at_most"),
        Side::Above => ("\u{2265}", "at_least"),
    };
    let limit = Value {
        lower: found.lower.is_finite().then_some(Number(found.lower)),
        upper: found.upper.is_finite().then_some(Number(found.upper)),
        ..Value::plain(found.point)
    };
    let one = |value: f64| shown(&Value::plain(value), dimension);
    let interval = match (limit.lower, limit.upper) {
        (Some(_), Some(_)) | (None, None) => shown(&limit, dimension),
        (Some(lower), None) => format!("{} (from {})", one(found.point), one(lower.0)),
        (None, Some(upper)) => format!("{} (up to {})", one(found.point), one(upper.0)),
    };
    Range {
        input: input.to_owned(),
        side: side.to_owned(),
        limit,
        assurance: Number(found.share),
        shown: format!("{input} {sign} {interval}"),
    }
}

/// Shares and correlations are not known to more than a hundredth.
fn hundredths(value: Value) -> Value {
    let round = |number: Number| Number((number.0 * 100.0).round() / 100.0);
    Value {
        point: round(value.point),
        lower: value.lower.map(round),
        upper: value.upper.map(round),
        ..value
    }
}

/// Whether few worlds lie so far out that a variance speaks of them alone.
fn is_far_out(values: &[f64]) -> bool {
    let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let mean = finite.iter().sum::<f64>() / finite.len() as f64;
    let squares = || finite.iter().map(|value| (value - mean) * (value - mean));
    squares().fold(0.0, f64::max) > FAR_OUT * squares().sum::<f64>()
}

/// What to do before deciding.
fn advice(model: &Model, found: &Sensitivity) -> Advice {
    use sensitivity::Advice as Found;
    let percent = |value: Value| phrase::value(&hundredths(value), Unit::Share);
    let spread = |of: Of| match of {
        Of::Condition(at) => {
            format!("why {} holds in some worlds and not in others", found.conditions[at].name)
        }
        Of::Metric(at) => format!("the spread of {}", found.metrics[at].measured.text),
    };
    match &found.advice {
        Found::Measure { of, leader } => {
            let input = &found.inputs[leader.input];
            let share = Value::from(leader.share);
            let like: Vec<String> =
                leader.like.iter().map(|&at| found.inputs[at].name.clone()).collect();
            let like = if like.is_empty() {
                String::new()
            } else {
                format!(" Whether {} matters as much cannot be told.", phrase::list(&like))
            };
            Advice {
                kind: AdviceKind::Measure,
                says: format!(
                    "The one number worth measuring before you decide is {}: by itself it is {} of \
                     {}.{like}",
                    input.name,
                    percent(share),
                    spread(*of)
                ),
                input: Some(input.name.clone()),
                share: Some(share),
                how: how(model, input),
            }
        }
        Found::Replicate { of, luck } => Advice {
            kind: AdviceKind::Replicate,
            says: format!(
                "More replications, not a measurement: luck is {} of {}.",
                percent(Value::from(*luck)),
                spread(*of)
            ),
            share: Some(Value::from(*luck)),
            ..Advice::default()
        },
        Found::NoneAlone { of } => Advice {
            kind: AdviceKind::NoneAlone,
            says: format!(
                "No single number is worth measuring first: none by itself is shown to be a tenth \
                 of {}.",
                spread(*of)
            ),
            ..Advice::default()
        },
        Found::Decided => Advice {
            kind: AdviceKind::Decided,
            says: "No verdict waits for a measurement: none that is open changes from world to \
                   world."
                .to_owned(),
            ..Advice::default()
        },
        Found::CannotTell { of } => Advice {
            kind: AdviceKind::CannotTell,
            says: format!(
                "Whether measuring would help cannot be told: single runs say too little to tell \
                 how much luck there is in {}. More replications per world, or longer runs, would.",
                spread(*of)
            ),
            ..Advice::default()
        },
    }
}

/// The first metric along the input that it goes with most; `None` if it goes with none.
fn fan(found: &Sensitivity, objectives: &[Judgment]) -> Option<Fan> {
    let spread = found.metrics.first()?;
    let goes_with = |(at, effect): (usize, &sensitivity::Effect)| {
        let along = effect.correlation.filter(|one| one.lower > 0.0 || one.upper < 0.0)?;
        Some((at, along.point.abs()))
    };
    let all = spread.effects.iter().enumerate().filter_map(goes_with);
    let (most, _) = all.reduce(|most, next| if next.1 > most.1 { next } else { most })?;
    let input = &found.inputs[most];
    let input_unit = unit_of(input.dimension)?;
    let mut worlds: Vec<(f64, f64)> = input
        .values
        .iter()
        .zip(&spread.values)
        .filter_map(|(&at, value)| Some((at, (*value)?)))
        .collect();
    worlds.sort_by(|a, b| a.0.total_cmp(&b.0));
    let size = (worlds.len() / NEIGHBORS).max(NEIGHBORS_MIN);
    if worlds.len() < 2 * size {
        return None;
    }
    let point = |neighbors: &[(f64, f64)]| {
        let mut values: Vec<f64> = neighbors.iter().map(|one| one.1).collect();
        values.sort_by(f64::total_cmp);
        let at: Vec<f64> = neighbors.iter().map(|one| one.0).collect();
        let quantile = |q: f64| Number(order_statistic(&values, q));
        FanPoint {
            at: Number(order_statistic(&at, 0.5)),
            median: quantile(0.5),
            half: (quantile(0.25), quantile(0.75)),
            most: (quantile(0.05), quantile(0.95)),
        }
    };
    let metric = spread.measured.text.clone();
    let parts = objectives.iter().flat_map(|one| &one.parts);
    let limit = parts.filter(|part| part.metric == metric).find_map(|part| part.limit);
    Some(Fan {
        unit: unit(&spread.measured.metric, spread.dimension),
        metric,
        input: input.name.clone(),
        input_unit,
        worlds: size as u32,
        limit,
        points: worlds.windows(size).map(point).collect(),
    })
}
