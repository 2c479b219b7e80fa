//! The charts of a comparison.

use super::facts::{Change, Comparison, Metric, Row};
use super::render::signed;
use crate::plot::designs::{
    Better as Direction, DesignMetric, DesignValue, DesignsData, Standing, designs,
};
use crate::plot::spectrum::{SpectrumData, SpectrumSeries, spectrum};
use crate::report::charts::{Chart, quantity, spectrum_point};
use crate::report::phrase;
use crate::stats::multiple::Better;

/// Metrics that are drawn: what is asked for comes first.
const METRICS: usize = 6;

/// Before and after: the metrics side by side, and latency by percentile.
pub fn charts(all: &Comparison) -> Vec<Chart> {
    let judged = all.metrics.iter().filter(|metric| metric.better.is_some());
    let metrics: Vec<DesignMetric> = judged.take(METRICS).map(|one| metric(all, one)).collect();
    let mut charts = Vec::new();
    if !metrics.is_empty() {
        let svg = designs(&DesignsData {
            title: "Designs side by side".to_owned(),
            finding: all.headline.clone(),
            designs: all.designs.iter().map(|design| design.name.clone()).collect(),
            metrics,
        });
        charts.push(Chart { file: "designs.svg", svg });
    }
    let some = all.designs.iter().filter(|design| !design.spectrum.is_empty());
    let series: Vec<SpectrumSeries> = some
        .map(|design| SpectrumSeries {
            name: design.name.clone(),
            points: design.spectrum.iter().map(spectrum_point).collect(),
        })
        .collect();
    if series.len() > 1 {
        let finding = "Each nine takes as much room as all before it; the band is the interval.";
        let svg = spectrum(&SpectrumData {
            title: "Latency by percentile".to_owned(),
            finding: finding.to_owned(),
            series,
            objectives: Vec::new(),
        });
        charts.push(Chart { file: "spectrum.svg", svg });
    }
    charts
}

fn metric(all: &Comparison, one: &Metric) -> DesignMetric {
    let parts = all.designs.first().into_iter().flat_map(|design| &design.objectives);
    let mut parts = parts.flat_map(|objective| &objective.parts);
    let limit = parts.find(|part| part.metric == one.metric).and_then(|part| part.limit);
    DesignMetric {
        name: one.metric.clone(),
        quantity: quantity(one.unit),
        better: one.better.map(|better| match better {
            Better::Smaller => Direction::Less,
            Better::Larger => Direction::More,
        }),
        limit: limit.map_or(f64::NAN, |limit| limit.0),
        values: one.rows.iter().map(|row| value(one, row)).collect(),
    }
}

fn value(metric: &Metric, row: &Row) -> DesignValue {
    let ends = row.value.as_ref().and_then(phrase::interval).unwrap_or((f64::NAN, f64::NAN));
    let said = |row: &Row| row.value.map(|value| phrase::value(&value, metric.unit));
    DesignValue {
        value: row.value.map_or(f64::NAN, |value| value.point.0),
        lower: ends.0,
        upper: ends.1,
        estimate: said(row).unwrap_or_default(),
        difference: row.difference.map_or(String::new(), |one| signed(one.point.0, metric.unit)),
        standing: match row.change {
            None => Standing::Reference,
            Some(Change::Better) => Standing::Better,
            Some(Change::Worse) => Standing::Worse,
            Some(Change::Less | Change::More | Change::Same | Change::CannotTell) => {
                Standing::CannotTell
            }
        },
    }
}
