//! The charts of a comparison.

use super::facts::{Change, Comparison, Metric, Row};
use super::render::minus_the_first;
use super::sentences;
use crate::plot::designs::{
    self, Better as Direction, DesignMetric, DesignValue, DesignsData, Standing,
};
use crate::plot::spectrum::{self, SpectrumData, SpectrumSeries};
use crate::report::charts::{Chart, quantity, spectrum_point};
use crate::report::phrase;
use crate::stats::multiple::Better;

/// Metrics that are drawn: what is asked for comes first.
const METRICS: usize = 6;

/// Before and after: the metrics side by side, and latency by percentile.
pub fn charts(all: &Comparison) -> Vec<Chart> {
    let judged = all.metrics.iter().filter(|metric| metric.better.is_some());
    let order = drawn_first(all, designs::MOST);
    let metrics: Vec<DesignMetric> =
        judged.take(METRICS).map(|one| metric(all, one, &order)).collect();
    let mut charts = Vec::new();
    if !metrics.is_empty() {
        let svg = designs::designs(&DesignsData {
            title: "Designs side by side".to_owned(),
            finding: all.headline.clone(),
            designs: order.iter().map(|&at| all.designs[at].name.clone()).collect(),
            metrics,
            notes: without_a_place(all).into_iter().collect(),
        });
        charts.push(Chart { file: "designs.svg", svg });
    }
    let order = drawn_first(all, spectrum::MOST);
    let designs = order.iter().map(|&at| &all.designs[at]);
    let some = designs.filter(|design| !design.spectrum.is_empty());
    let series: Vec<SpectrumSeries> = some
        .map(|design| SpectrumSeries {
            name: design.name.clone(),
            points: design.spectrum.iter().map(spectrum_point).collect(),
        })
        .collect();
    if series.len() > 1 {
        let finding = "Each nine takes as much room as all before it; the band is the interval.";
        let svg = spectrum::spectrum(&SpectrumData {
            title: "Latency by percentile".to_owned(),
            finding: finding.to_owned(),
            series,
            objectives: Vec::new(),
        });
        charts.push(Chart { file: "spectrum.svg", svg });
    }
    charts
}

/// What is better in a chart and can't be chosen.
fn without_a_place(all: &Comparison) -> Option<String> {
    let names = sentences::counterfactuals(&all.designs);
    (!names.is_empty())
        .then(|| format!("Counterfactual, without a place: {}.", phrase::list(&names)))
}

/// The designs in an order of which a chart that has room for `most` draws the first: the one that the
/// others are compared with, then the best by the first metric that tells, what nobody can choose last.
/// Those that are drawn, and the others, stand in the order of the comparison.
fn drawn_first(all: &Comparison, most: usize) -> Vec<usize> {
    let places = all.metrics.iter().find(|metric| metric.better.is_some());
    let place = |at: usize| places.and_then(|metric| metric.rows.get(at)?.place);
    let mut order: Vec<usize> = (0..all.designs.len()).collect();
    // A metric that a design does not have gives it no place either.
    order.sort_by_key(|&at| {
        (at > 0, all.designs[at].counterfactual, place(at).unwrap_or(u32::MAX), at)
    });
    let most = most.min(order.len());
    order[..most].sort_unstable();
    order[most..].sort_unstable();
    order
}

fn metric(all: &Comparison, one: &Metric, order: &[usize]) -> DesignMetric {
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
        values: order.iter().map(|&at| value(one, &one.rows[at])).collect(),
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
        difference: minus_the_first(metric, row).unwrap_or_default(),
        standing: match row.change {
            None => Standing::Reference,
            Some(Change::Better) => Standing::Better,
            Some(Change::Worse) => Standing::Worse,
            Some(Change::Same) => Standing::Same,
            Some(Change::Less | Change::More | Change::CannotTell) => Standing::CannotTell,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::compare::facts::Design;

    /// Designs at these places by the first metric; a place of 0 is a counterfactual, which has none.
    fn compared(places: &[u32]) -> Comparison {
        let names = || (0..places.len()).map(|at| format!("d{at}"));
        let design = |(name, place): (String, &u32)| Design {
            name,
            counterfactual: *place == 0,
            ..Design::default()
        };
        let row = |(design, place): (String, &u32)| {
            let place = (*place > 0).then_some(*place);
            Row { design, place, ..Row::default() }
        };
        let metric = Metric {
            better: Some(Better::Smaller),
            rows: names().zip(places).map(row).collect(),
            ..Metric::default()
        };
        let designs = names().zip(places).map(design).collect();
        Comparison { designs, metrics: vec![metric], ..Comparison::default() }
    }

    /// The design that all are compared with and the best are drawn, however late in the file; what
    /// nobody can choose is drawn where there is room.
    #[test]
    fn the_first_and_the_best_are_always_drawn() {
        let order = |places: &[u32]| drawn_first(&compared(places), 4);
        assert_eq!(order(&[7, 2, 3, 4, 5, 6, 1]), [0, 1, 2, 6, 3, 4, 5]);
        assert_eq!(order(&[3, 0, 0, 0, 0, 2]), [0, 1, 2, 5, 3, 4]);
        assert_eq!(order(&[0, 2, 1]), [0, 1, 2]);
        assert_eq!(order(&[]), [0; 0]);
    }
}
