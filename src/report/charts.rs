//! The charts of a summary, as files of their own.

use super::phrase;
use super::summary::{
    Breakdown, Judgment, Number, Part, Percentile, PlaceTime, Point, Regime, Summary, Unit,
    Verdict, WorkloadSeries,
};
use super::unknowns;
use crate::plot::axis::Quantity;
use crate::plot::breakdown::{
    BreakdownBar, BreakdownData, BreakdownGroup, BreakdownSegment, Part as Half, breakdown,
};
use crate::plot::lines::LineMark;
use crate::plot::margin::{MarginData, MarginRow, Verdict as Mark, margin};
use crate::plot::spans::TimeWindow;
use crate::plot::spectrum::{
    SpectrumData, SpectrumObjective, SpectrumPoint, SpectrumSeries, spectrum,
};
use crate::plot::stations::{StationRow, StationsData, TimePoint, stations};
use crate::plot::svg::Svg;
use crate::plot::transient::{Course, Panel, TransientData, transient};

/// A chart and the name of its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Such as `spectrum.svg`.
    pub file: &'static str,
    /// The chart.
    pub svg: Svg,
}

/// All charts that the summary has data for, in the order in which a report shows them.
pub fn charts(summary: &Summary) -> Vec<Chart> {
    let mut charts = Vec::new();
    if summary.objectives.iter().any(|objective| !objective.parts.is_empty()) {
        charts.push(Chart { file: "margin.svg", svg: margins(summary) });
    }
    charts.extend(unknowns::charts(summary));
    if summary.requests.iter().any(|one| !one.spectrum.is_empty()) {
        charts.push(Chart { file: "spectrum.svg", svg: percentiles(summary) });
    }
    if !summary.series.workloads.is_empty() && summary.run.regime == Regime::Terminating {
        charts.push(Chart { file: "transient.svg", svg: transients(summary) });
    }
    if !summary.breakdown.is_empty() {
        charts.push(Chart { file: "breakdown.svg", svg: times(summary) });
    }
    if !summary.series.stations.is_empty() {
        charts.push(Chart { file: "stations.svg", svg: courses(summary) });
    }
    charts
}

/// What an axis of this unit shows.
pub fn quantity(unit: Unit) -> Quantity {
    match unit {
        Unit::Seconds => Quantity::Time,
        Unit::Bytes => Quantity::Bytes,
        Unit::Share => Quantity::Share,
        Unit::PerSecond | Unit::BytesPerSecond | Unit::Count => Quantity::Number,
    }
}

fn margins(summary: &Summary) -> Svg {
    let rows = summary
        .objectives
        .iter()
        .flat_map(|objective| objective.parts.iter().map(|part| margin_row(objective, part)));
    margin(&MarginData {
        title: "Objectives".to_owned(),
        finding: String::new(),
        rows: rows.collect(),
    })
}

/// Estimate over limit, turned so that above 1 is a miss.
fn margin_row(objective: &Judgment, part: &Part) -> MarginRow {
    let is_floor = part.target.trim_start().starts_with('>');
    let limit = part.limit.map_or(f64::NAN, |limit| limit.0);
    let turned = |value: f64| if is_floor { limit / value } else { value / limit };
    let (ratio, lower, upper) = match part.estimate {
        None => (f64::NAN, f64::NAN, f64::NAN),
        Some(value) => {
            let end = |end: Option<Number>| end.map_or(f64::NAN, |end| turned(end.0));
            let (one, other) = (end(value.lower), end(value.upper));
            (turned(value.point.0), one.min(other), one.max(other))
        }
    };
    MarginRow {
        // Of `p95(endpoint.browse)` there is room for `p95`; the table has the rest.
        name: format!(
            "{}: {} {}",
            objective.name,
            part.metric.split('(').next().unwrap_or(&part.metric),
            part.target
        ),
        ratio,
        lower,
        upper,
        verdict: match part.verdict {
            Verdict::Pass | Verdict::Confirmed => Mark::Pass,
            Verdict::Fail | Verdict::Refuted => Mark::Fail,
            Verdict::Inconclusive => Mark::Inconclusive,
        },
        estimate: match part.estimate {
            Some(value) => phrase::value(&value, part.unit),
            None if part.lasted_s.is_some() => phrase::found(part),
            None => "no estimate".to_owned(),
        },
    }
}

fn percentiles(summary: &Summary) -> Svg {
    let some = summary.requests.iter().filter(|requests| !requests.spectrum.is_empty());
    let series = some.map(|requests| SpectrumSeries {
        name: requests.path.clone(),
        points: requests.spectrum.iter().map(spectrum_point).collect(),
    });
    let parts = summary.objectives.iter().flat_map(|objective| &objective.parts);
    // Of several worlds the band is over what is not known, of one it is the luck of the runs.
    let band = if summary.run.worlds > 1 {
        "holds 90 % of the worlds: what is not known"
    } else {
        "is the interval"
    };
    let finding = format!("Each nine takes as much room as all before it; the band {band}.");
    spectrum(&SpectrumData {
        title: "Latency by percentile".to_owned(),
        finding,
        series: distinct(series.collect()),
        objectives: parts.filter_map(objective_step).collect(),
    })
}

/// An endpoint and the workload that is all of its traffic have one line.
fn distinct(series: Vec<SpectrumSeries>) -> Vec<SpectrumSeries> {
    let mut distinct: Vec<SpectrumSeries> = Vec::new();
    for one in series {
        if !distinct.iter().any(|other| other.points == one.points) {
            distinct.push(one);
        }
    }
    distinct
}

/// A point of a curve of percentiles.
pub fn spectrum_point(percentile: &Percentile) -> SpectrumPoint {
    let end = |end: Option<Number>| end.map_or(f64::NAN, |end| end.0);
    SpectrumPoint {
        quantile: percentile.quantile.0,
        seconds: percentile.seconds.point.0,
        lower: end(percentile.seconds.lower),
        upper: end(percentile.seconds.upper),
    }
}

/// A limit on a plain percentile of requests.
fn objective_step(part: &Part) -> Option<SpectrumObjective> {
    let (function, inside) = part.metric.split_once('(')?;
    let path = inside.strip_suffix(')')?;
    let is_request = path.starts_with("endpoint.") || path.starts_with("workload.");
    let percent: f64 = function.strip_prefix('p')?.parse().ok()?;
    let limit = part.limit?.0;
    let whole_run = !part.target.contains(" for ");
    (is_request && whole_run && part.target.starts_with('<')).then(|| SpectrumObjective {
        name: format!("{function} {}", part.target),
        quantile: percent / 100.0,
        seconds: limit,
    })
}

fn times(summary: &Summary) -> Svg {
    let bar = |name: &str, places: &[PlaceTime]| BreakdownBar {
        name: name.to_owned(),
        segments: places.iter().flat_map(segments).collect(),
    };
    let group = |one: &Breakdown| BreakdownGroup {
        name: one.endpoint.clone(),
        bars: vec![bar("mean", &one.mean), bar("slowest 1 %", &one.slowest)],
    };
    breakdown(&BreakdownData {
        title: "Where the time goes".to_owned(),
        finding: String::new(),
        groups: summary.breakdown.iter().map(group).collect(),
    })
}

fn segments(place: &PlaceTime) -> [BreakdownSegment; 2] {
    [(Half::Waiting, place.waiting_s), (Half::Service, place.service_s)].map(|(part, seconds)| {
        BreakdownSegment { place: place.place.clone(), part, seconds: seconds.0 }
    })
}

/// A course in the middles of its intervals.
fn points(points: &[Point], step: f64) -> Vec<TimePoint> {
    let one = |(index, point): (usize, &Point)| TimePoint {
        at: (index as f64 + 0.5) * step,
        value: point.0.0,
        lower: point.1.0,
        upper: point.2.0,
    };
    points.iter().enumerate().map(one).collect()
}

fn windows(summary: &Summary) -> Vec<TimeWindow> {
    let window = |(name, from, to): &(String, Number, Number)| TimeWindow {
        name: name.clone(),
        from: from.0,
        to: to.0,
    };
    summary.series.windows.iter().map(window).collect()
}

/// What the band is of.
fn band(summary: &Summary) -> &'static str {
    if summary.run.worlds > 1 {
        "Medians over the runs of all worlds; the band holds 90 % of them."
    } else {
        "Medians over replications; the band holds 90 % of them."
    }
}

fn courses(summary: &Summary) -> Svg {
    let series = &summary.series;
    let step = series.interval_s.0;
    let rows = series.stations.iter().map(|station| StationRow {
        name: station.path.clone(),
        utilization: points(&station.utilization, step),
        waiting: points(&station.waiting, step),
    });
    stations(&StationsData {
        title: "Utilization and waiting over time".to_owned(),
        finding: band(summary).to_owned(),
        until: series.until_s.0,
        warm_up: summary.run.warm_up_s.0,
        windows: windows(summary),
        stations: rows.collect(),
    })
}

/// Workloads that have panels of their own.
const WORKLOADS: usize = 2;

fn transients(summary: &Summary) -> Svg {
    let series = &summary.series;
    let count = |path: &str| {
        let requests = summary.requests.iter().find(|requests| requests.path == path);
        requests.map_or(0, |requests| requests.count)
    };
    let mut workloads: Vec<&WorkloadSeries> = series.workloads.iter().collect();
    workloads.sort_by_key(|workload| std::cmp::Reverse(count(&workload.path)));
    workloads.truncate(WORKLOADS);
    let mark = |(name, at): &(String, Number)| LineMark { name: name.clone(), at: at.0 };
    let panels = |workload: &&WorkloadSeries| panels(workload, series.interval_s.0);
    transient(&TransientData {
        title: "Over time".to_owned(),
        finding: format!("{} Latency by intended arrival.", band(summary)),
        until: series.until_s.0,
        warm_up: summary.run.warm_up_s.0,
        windows: windows(summary),
        dates: series.dates.iter().map(mark).collect(),
        panels: workloads.iter().flat_map(panels).collect(),
    })
}

fn panels(workload: &WorkloadSeries, step: f64) -> [Panel; 3] {
    let line = |name: &str, course: &[Point]| Course {
        name: name.to_owned(),
        points: points(course, step),
    };
    let path = &workload.path;
    let mut rates = vec![line("arrive", &workload.arrived), line("finish", &workload.finished)];
    if workload.failed.iter().any(|point| point.2.0 > 0.0) {
        rates.push(line("fail", &workload.failed));
    }
    [
        Panel {
            title: format!("{path}: latency"),
            quantity: Quantity::Time,
            lines: vec![line("p50", &workload.p50_s), line("p95", &workload.p95_s)],
        },
        Panel {
            title: format!("{path}: requests in the system"),
            quantity: Quantity::Number,
            lines: vec![line("in system", &workload.in_system)],
        },
        Panel {
            title: format!("{path}: requests per second"),
            quantity: Quantity::Number,
            lines: rates,
        },
    ]
}
