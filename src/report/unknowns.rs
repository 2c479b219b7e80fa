//! What is not known, as a table, sentences and charts.

use super::charts::{Chart, quantity};
use super::phrase;
use super::summary::{Effect, Fan, Number, Spread, Summary, Unit, Unknowns, Value};
use super::table::{Cell, Table};
use crate::plot::fan::{FanData, FanPoint, Uncertainty, fan};
use crate::plot::lines::LineMark;
use crate::plot::tornado::{TornadoBar, TornadoData, TornadoInput, tornado};
use crate::units::show;

/// Metrics besides the first of which a sentence says what they hang on.
const OTHERS: usize = 3;
/// A range that is wider than this, as a ratio, has a logarithmic axis.
const WIDE: f64 = 10.0;

/// What the first metric hangs on, by input; the largest share first.
pub fn table(summary: &Summary) -> Table {
    let Some(first) = first(summary) else { return Table::default() };
    let title = format!("What is not known, and what {} hangs on", first.metric);
    let heads = ["input", "what it may be", "rank correlation", "share of what is not known"];
    let mut table = Table::new(&title, &heads);
    for effect in by_share(first) {
        let value = |value: Option<Value>, unit: Unit| match value {
            Some(value) => Cell::Measure(phrase::value(&rounded(value), unit)),
            None => Cell::Empty,
        };
        table.row(vec![
            Cell::text(&effect.input),
            Cell::Measure(effect.shown.clone()),
            value(effect.rank_correlation, Unit::Count),
            value(effect.share, Unit::Share),
        ]);
    }
    if first.far_out {
        table.note(
            "A single world lies so far out that shares of the variance speak of it; the rank \
             correlation says more.",
        );
    }
    table.drop_empty_columns();
    table
}

/// The metric that the table is of; none if nothing was found to vary.
fn first(summary: &Summary) -> Option<&Spread> {
    summary.unknowns.as_ref()?.metrics.first()
}

/// Indices and correlations are not known to more than a hundredth.
fn rounded(value: Value) -> Value {
    let round = |number: Number| Number((number.0 * 100.0).round() / 100.0);
    Value {
        point: round(value.point),
        lower: value.lower.map(round),
        upper: value.upper.map(round),
        ..value
    }
}

fn weight(value: Option<Value>) -> f64 {
    value.map_or(-1.0, |value| value.point.0.abs())
}

fn by_share(spread: &Spread) -> Vec<&Effect> {
    let mut effects: Vec<&Effect> = spread.inputs.iter().collect();
    effects.sort_by(|a, b| {
        let share = weight(b.share).total_cmp(&weight(a.share));
        share.then(weight(b.rank_correlation).total_cmp(&weight(a.rank_correlation)))
    });
    effects
}

/// What to do, and what is left to say beside the table, a sentence or two each.
pub fn sentences(summary: &Summary) -> Vec<String> {
    let Some(unknowns) = &summary.unknowns else { return Vec::new() };
    let mut all = vec![unknowns.advice.says.clone()];
    all.extend(unknowns.metrics.first().and_then(split));
    all.extend(unknowns.conditions.iter().filter_map(|hinge| {
        let range = hinge.range.as_ref()?;
        let on = hinge.variant.as_ref().map_or(String::new(), |on| format!(" on {on}"));
        let share = show::percent(range.assurance.0);
        Some(format!(
            "{}{on}: {} holds in {share} of the worlds for {}.",
            hinge.name, hinge.that, range.shown
        ))
    }));
    all.extend(unknowns.metrics.iter().skip(1).filter_map(hangs_on).take(OTHERS));
    all
}

/// What of the spread of one run is luck.
fn split(spread: &Spread) -> Option<String> {
    let luck = rounded(spread.luck?);
    let unknown = show::percent(((1.0 - luck.point.0) * 100.0).round() / 100.0);
    let deviation = spread.luck_deviation.filter(|one| one.0 > 0.0).map_or(String::new(), |one| {
        let said = match spread.unit {
            Unit::Share => format!("{} points", show::percent(one.0)),
            unit => unit.measure().show(one.0),
        };
        format!(" (standard deviation {said})")
    });
    Some(format!(
        "Of the variance of {} in one run {unknown} is what is not known, {} the luck of the \
         run{deviation}.",
        spread.metric,
        phrase::value(&luck, Unit::Share)
    ))
}

/// `p99(workload.w) hangs on viewers (62 %).`
fn hangs_on(spread: &Spread) -> Option<String> {
    let most = by_share(spread).into_iter().next()?;
    let share = most.share.filter(|share| share.lower.is_some_and(|lower| lower.0 > 0.0))?;
    Some(format!(
        "{} hangs most on {}: {}.",
        spread.metric,
        most.input,
        phrase::value(&rounded(share), Unit::Share)
    ))
}

/// The charts: what matters, and how far it moves the first metric.
pub fn charts(summary: &Summary) -> Vec<Chart> {
    let Some(unknowns) = &summary.unknowns else { return Vec::new() };
    let mut charts = Vec::new();
    if let Some(first) = unknowns.metrics.first() {
        charts.push(Chart { file: "tornado.svg", svg: tornado(&bars(unknowns, first)) });
    }
    if let (Some(along), Some(first)) = (&unknowns.fan, unknowns.metrics.first()) {
        charts.push(Chart { file: "fan.svg", svg: fan(&course(along, first)) });
    }
    charts
}

fn bars(unknowns: &Unknowns, first: &Spread) -> TornadoData {
    let bar = |value: Option<Value>| {
        let end = |end: Option<Number>| end.map_or(f64::NAN, |end| end.0);
        value.map_or_else(TornadoBar::default, |value| TornadoBar {
            value: value.point.0,
            lower: end(value.lower),
            upper: end(value.upper),
        })
    };
    let input = |effect: &Effect| TornadoInput {
        name: effect.input.clone(),
        correlation: bar(effect.rank_correlation),
        first_order: bar(effect.share),
    };
    TornadoData {
        title: format!("What {} hangs on", first.metric),
        finding: split(first).unwrap_or_default(),
        inputs: first.inputs.iter().map(input).collect(),
        sentence: unknowns.advice.says.clone(),
    }
}

fn course(along: &Fan, first: &Spread) -> FanData {
    let point = |point: &super::summary::FanPoint| FanPoint {
        x: point.at.0,
        median: point.median.0,
        half: (point.half.0.0, point.half.1.0),
        most: (point.most.0.0, point.most.1.0),
    };
    let points: Vec<FanPoint> = along.points.iter().map(point).collect();
    let xs = || points.iter().map(|point| point.x);
    let least = xs().fold(f64::INFINITY, f64::min);
    let most = xs().fold(f64::NEG_INFINITY, f64::max);
    let ends = || points.iter().flat_map(|point| [point.most.0, point.most.1]);
    let lowest = ends().fold(f64::INFINITY, f64::min);
    let highest = ends().filter(|end| end.is_finite()).fold(f64::NEG_INFINITY, f64::max);
    // Where few worlds make all the variance, luck's is theirs too.
    let luck = first.luck_deviation.filter(|_| first.luck.is_some() && !first.far_out).map(|one| {
        format!(
            " Luck alone moves one run by {} (standard deviation).",
            match along.unit {
                Unit::Share => format!("{} points", show::percent(one.0)),
                unit => unit.measure().show(one.0),
            }
        )
    });
    FanData {
        title: format!("{} by {}", along.metric, along.input),
        finding: format!(
            "Each point is {} worlds with nearly the same {}.{}",
            along.worlds,
            along.input,
            luck.unwrap_or_default()
        ),
        uncertainty: Uncertainty::Unknown,
        x_title: axis_title(&along.input, along.input_unit),
        x: quantity(along.input_unit),
        x_log: least > 0.0 && most > WIDE * least,
        y_title: axis_title(&along.metric, along.unit),
        y: quantity(along.unit),
        y_log: lowest > 0.0 && highest > WIDE * lowest,
        limits: along
            .limit
            .iter()
            .map(|limit| LineMark { name: "objective".to_owned(), at: limit.0 })
            .collect(),
        points,
    }
}

/// Units that the axis itself does not add.
fn axis_title(name: &str, unit: Unit) -> String {
    match unit {
        Unit::PerSecond => format!("{name} (/s)"),
        Unit::BytesPerSecond => format!("{name} (bytes/s)"),
        _ => name.to_owned(),
    }
}
