//! The charts of a sweep: curves over one key, a grid over two.

use super::facts::{Limit, Metric, Point, Sweep};
use crate::plot::axis::Quantity;
use crate::plot::curve::{
    CurveCrossing, CurveData, CurveLimit, CurveLine, CurvePanel, CurvePoint, curve,
};
use crate::plot::heat::{HeatCell, HeatData, heat};
use crate::plot::margin::Verdict;
use crate::report::charts::{Chart, quantity};
use crate::report::phrase;
use crate::report::summary::{Unit, Value};

/// Panels of metrics that are drawn.
const PANELS: usize = 3;
/// Values that span such a factor are drawn at equal ratios.
const WIDE: f64 = 50.0;

/// The charts that the sweep has numbers for.
pub fn charts(all: &Sweep) -> Vec<Chart> {
    let has_numbers = all.points.iter().all(|point| point.values.iter().all(Option::is_some));
    match all.keys.as_slice() {
        [_] if has_numbers => vec![Chart { file: "curve.svg", svg: curve(&curves(all)) }],
        [_, _] if has_numbers => {
            let judged = all.metrics.iter().position(|metric| metric.better.is_some());
            judged
                .map(|at| Chart { file: "heat.svg", svg: heat(&grid(all, at)) })
                .into_iter()
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The metrics over the first key, and the utilization of the busiest servers below them.
pub(in crate::report) fn curves(all: &Sweep) -> CurveData {
    let judged = all.metrics.iter().enumerate().filter(|(_, metric)| metric.better.is_some());
    let mut panels: Vec<CurvePanel> =
        judged.take(PANELS).map(|(at, metric)| panel(all, at, metric)).collect();
    panels.push(busiest(all));
    let key = all.keys.first();
    CurveData {
        title: key.map_or(String::new(), |key| format!("What {} does", key.path)),
        finding: all.headline.clone(),
        key: key.map_or(String::new(), |key| key.path.clone()),
        x: key_quantity(all, 0),
        log: key.is_some_and(|key| key.log),
        panels,
    }
}

/// What the values of a key are: told by their unit.
pub(super) fn key_quantity(all: &Sweep, key: usize) -> Quantity {
    let text = all.points.first().and_then(|point| point.settings.get(key));
    let unit =
        text.map_or("", |text| text.trim_start_matches(|c: char| !c.is_alphabetic() && c != '%'));
    match crate::units::table::find(unit.split(['/', ' ']).next().unwrap_or(unit)) {
        Some(known) if known.dimension == crate::units::Dimension::TIME => Quantity::Time,
        Some(known) if known.dimension == crate::units::Dimension::BYTES => Quantity::Bytes,
        _ => Quantity::Number,
    }
}

pub(super) fn line(all: &Sweep, name: &str, value: impl Fn(&Point) -> Option<Value>) -> CurveLine {
    let point = |point: &Point| {
        let found = value(point)?;
        let ends = phrase::interval(&found).unwrap_or((f64::NAN, f64::NAN));
        let x = point.values.first().copied().flatten()?.0;
        Some(CurvePoint { x, y: found.point.0, lower: ends.0, upper: ends.1 })
    };
    CurveLine { name: name.to_owned(), points: all.points.iter().filter_map(point).collect() }
}

pub(super) fn panel(all: &Sweep, at: usize, metric: &Metric) -> CurvePanel {
    let lines = vec![line(all, &metric.metric, |point| point.metrics.get(at).copied().flatten())];
    let limits = || all.limits.iter().filter(|limit| limit.metric == metric.metric);
    let sign = |limit: &Limit| if limit.is_ceiling { "<" } else { ">" };
    let name =
        |limit: &Limit| format!("{} {}", sign(limit), metric.unit.measure().show(limit.value.0));
    let crossing = |limit: &Limit| {
        let shown = metric.unit.measure().show(limit.value.0);
        let crossings = limit.crossings.iter().map(move |one| CurveCrossing {
            name: format!("= {shown}"),
            x: one.at.0,
            lower: one.lower.0,
            upper: one.upper.0,
            said: None,
        });
        crossings.collect::<Vec<_>>()
    };
    CurvePanel {
        title: metric.metric.clone(),
        quantity: quantity(metric.unit),
        log: is_wide(&lines),
        lines,
        limits: limits().map(|one| CurveLimit { name: name(one), y: one.value.0 }).collect(),
        crossings: limits().flat_map(crossing).collect(),
    }
}

/// Whether values are so far apart that only a logarithmic axis tells the small ones apart; what is 0
/// has no place on one.
pub(super) fn is_wide(lines: &[CurveLine]) -> bool {
    let finite =
        lines.iter().flat_map(|line| &line.points).map(|point| point.y).filter(|y| y.is_finite());
    let (low, high) =
        finite.fold((f64::INFINITY, 0.0_f64), |(low, high), y| (low.min(y), high.max(y)));
    low > 0.0 && high / low >= WIDE
}

/// Utilization of the servers that are the busiest somewhere.
fn busiest(all: &Sweep) -> CurvePanel {
    let mut paths: Vec<&str> = all.points.iter().filter_map(|one| one.busiest.as_deref()).collect();
    paths.sort_unstable();
    paths.dedup();
    let of = |path: &&str| {
        let metric = format!("utilization({path})");
        let at = all.metrics.iter().position(|known| known.metric == metric)?;
        Some(line(all, path, |point| point.metrics.get(at).copied().flatten()))
    };
    CurvePanel {
        title: "Utilization of the busiest".to_owned(),
        quantity: quantity(Unit::Share),
        log: false,
        lines: paths.iter().filter_map(of).collect(),
        limits: Vec::new(),
        crossings: Vec::new(),
    }
}

/// Values of a key, in order.
fn values(all: &Sweep, key: usize) -> Vec<f64> {
    let mut values: Vec<f64> = all
        .points
        .iter()
        .filter_map(|point| Some(point.values.get(key).copied().flatten()?.0))
        .collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

fn grid(all: &Sweep, at: usize) -> HeatData {
    let metric = &all.metrics[at];
    let (rows, columns) = (values(all, 0), values(all, 1));
    let cell = |point: &Point| {
        let [Some(row), Some(column)] = point.values.as_slice() else { return None };
        Some(HeatCell {
            row: rows.iter().position(|value| *value == row.0)?,
            column: columns.iter().position(|value| *value == column.0)?,
            value: point.metrics.get(at).copied().flatten().map_or(f64::NAN, |value| value.point.0),
            verdict: match point.objectives {
                (0, 0, 0) => None,
                (_, 0, 0) => Some(Verdict::Pass),
                (_, 0, _) => Some(Verdict::Inconclusive),
                _ => Some(Verdict::Fail),
            },
        })
    };
    HeatData {
        title: metric.metric.clone(),
        finding: all.headline.clone(),
        what: metric.metric.clone(),
        cells: all.points.iter().filter_map(cell).collect(),
        y_key: all.keys[0].path.clone(),
        y: key_quantity(all, 0),
        x_key: all.keys[1].path.clone(),
        x: key_quantity(all, 1),
        quantity: quantity(metric.unit),
        rows,
        columns,
        log: true,
        objective: if all.limits.is_empty() { String::new() } else { "an objective".to_owned() },
    }
}
