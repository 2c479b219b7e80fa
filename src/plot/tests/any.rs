//! Any numbers and any names: no panic, well-formed text, nothing cut, nothing on top of another.

use proptest::prelude::*;

use super::super::bands::Bands;
use super::super::curve::{
    CurveCrossing, CurveData, CurveLimit, CurveLine, CurvePanel, CurvePoint, curve,
};
use super::super::designs::{Better, DesignMetric, DesignValue, DesignsData, Standing, designs};
use super::super::fan::{FanData, FanPoint, Uncertainty, fan};
use super::super::heat::{HeatCell, HeatData, heat};
use super::super::stacked::{Layer, StackedData, stacked};
use super::super::tornado::{TornadoBar, TornadoData, TornadoInput, tornado};
use super::super::transient::{Course, Panel, TransientData, transient};
use super::*;

/// Any number at all, the awkward ones often.
fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        2 => prop::num::f64::ANY,
        3 => 0.0..100.0f64,
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(0.0),
        1 => Just(-1.0),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_numbers_and_no_names_break_a_chart(
        v in prop::collection::vec(any_number(), 24..40), name in "\\PC{0,60}|<!\\[CDATA\\[&#0;"
    ) {
        let n = |i: usize| v[i % v.len()];
        let title = || name.clone();
        let quantity = [Quantity::Number, Quantity::Share, Quantity::Time, Quantity::LogTime];
        let kinds = [Quantity::Count, Quantity::Bytes, Quantity::Time, Quantity::Share];
        let over = [Quantity::Count, Quantity::Bytes, Quantity::Time, Quantity::Months];
        let odd = |i: usize| (v.len() + i) % 2 == 1;
        let points = |k: usize| (0..5).map(|i| {
            CurvePoint { x: n(i * k), y: n(i + k), lower: n(i + 2), upper: n(i + 3) }
        }).collect::<Vec<_>>();
        let times: Vec<TimePoint> = points(2)
            .into_iter()
            .map(|p| TimePoint { at: p.x, value: p.y, lower: p.lower, upper: p.upper })
            .collect();
        let spectral = points(1).into_iter().map(|p| SpectrumPoint {
            quantile: p.x, seconds: p.y, lower: p.lower, upper: p.upper,
        });
        let charts = [
            spectrum(&SpectrumData {
                title: title(), finding: title(),
                series: vec![SpectrumSeries { name: title(), points: spectral.collect() }],
                objectives: vec![
                    SpectrumObjective { name: title(), quantile: n(1), seconds: n(2) },
                    SpectrumObjective { name: title(), quantile: 0.99, seconds: n(3) },
                ],
            }),
            breakdown(&BreakdownData {
                title: title(), finding: title(),
                groups: vec![BreakdownGroup { name: title(), bars: vec![
                    bar(&name, &[(&name, Part::Waiting, n(1)), ("b", Part::Service, n(2))]),
                    bar(&name, &[(&name, Part::Service, n(3)), ("b", Part::Service, n(4))]),
                ] }],
            }),
            margin(&MarginData {
                title: title(), finding: title(),
                rows: (0..4).map(|i| row(&name, n(i), n(i + 1), n(i + 2), Verdict::Fail)).collect(),
            }),
            stations(&StationsData {
                title: title(), finding: title(), until: n(5), warm_up: n(6),
                windows: vec![TimeWindow { name: title(), from: n(7), to: n(8) }],
                stations: vec![StationRow {
                    name: title(), utilization: times.clone(), waiting: times.clone(),
                }],
            }),
            transient(&TransientData {
                title: title(), finding: title(), until: n(5), warm_up: n(6),
                windows: vec![TimeWindow { name: title(), from: n(7), to: n(8) }],
                dates: vec![mark(&name, n(4)), mark(&name, n(12))],
                panels: (0..3).map(|i| Panel {
                    title: title(), quantity: quantity[(v.len() + i) % 4],
                    lines: vec![Course { name: title(), points: times.clone() }; 2],
                }).collect(),
            }),
            lines(&LinesData {
                title: title(), finding: title(), x_title: title(), y_title: title(),
                x: quantity[v.len() % 4], y: quantity[v.len() / 4 % 4], y_limit: n(9),
                series: vec![LineSeries { name: title(), points: points(3).iter().map(|p| LinePoint {
                    x: p.x, y: p.y, bands: Bands { half: (p.lower, p.upper), most: (n(12), n(13)) },
                }).collect() }],
                objectives: vec![mark(&name, n(10))],
                places: (0..v.len() / 3).map(|i| mark(&name, n(i))).collect(),
            }),
            stacked(&StackedData {
                title: title(), finding: title(), x_title: title(), y_title: title(),
                x_counts: Quantity::Months, x: vec![0.0, 1.0, 4.0],
                layers: (0..v.len() / 4)
                    .map(|i| Layer { name: title(), values: v[i..i + 3].to_vec() })
                    .collect(),
                bands: (0..3).map(|i| Bands { half: (n(i), n(i + 1)), most: (n(i + 2), n(i + 3)) }).collect(),
            }),
            curve(&CurveData {
                title: title(), finding: title(), key: title(),
                x: over[v.len() % 4], log: odd(n(0).is_nan().into()),
                panels: (0..3).map(|i| CurvePanel {
                    title: title(), quantity: kinds[(v.len() / 2 + i) % 4], log: odd(i),
                    lines: vec![CurveLine { name: title(), points: points(i + 1) }; 1 + 2 * i],
                    limits: vec![CurveLimit { name: title(), y: n(i) }; 2],
                    crossings: (0..4).map(|k| CurveCrossing {
                        name: title(), x: n(k), lower: n(k + 1), upper: n(k + 2),
                        said: (k == 2).then(title),
                    }).collect(),
                }).collect(),
            }),
            heat(&HeatData {
                title: title(), finding: title(), x_key: title(), y_key: title(), what: title(),
                x: kinds[v.len() % 4], y: kinds[v.len() / 2 % 4],
                quantity: kinds[v.len() / 4 % 4], log: odd(0), objective: title(),
                columns: v[..v.len() / 3].to_vec(), rows: v[v.len() / 2..].to_vec(),
                cells: v.iter().enumerate().map(|(i, value)| HeatCell {
                    column: i * 7 % 11, row: i % 5, value: *value,
                    verdict: [None, Some(Verdict::Pass), Some(Verdict::Fail)][i % 3],
                }).collect(),
            }),
            designs(&DesignsData {
                title: title(), finding: title(), designs: vec![title(); 3],
                metrics: (0..3).map(|i| DesignMetric {
                    name: title(), quantity: kinds[(v.len() + i) % 4], limit: n(i),
                    better: [None, Some(Better::Less), Some(Better::More)][i],
                    values: (0..3).map(|k| DesignValue {
                        value: n(i + k), lower: n(k + 1), upper: n(k + 2), estimate: title(),
                        difference: title(), standing: Standing::CannotTell,
                    }).collect(),
                }).collect(),
                notes: vec![title(); 2],
            }),
            tornado(&TornadoData {
                title: title(), finding: title(), sentence: title(),
                inputs: (0..5).map(|i| TornadoInput {
                    name: title(),
                    correlation: TornadoBar { value: n(i), lower: n(i + 1), upper: n(i + 2) },
                    first_order: TornadoBar { value: n(i + 3), lower: n(i + 4), upper: n(i + 5) },
                }).collect(),
            }),
            fan(&FanData {
                title: title(), finding: title(), uncertainty: Uncertainty::Unknown,
                x_title: title(), x: kinds[v.len() % 4], x_log: odd(0),
                y_title: title(), y: kinds[v.len() / 2 % 4], y_log: odd(1),
                points: (0..4).map(|i| FanPoint {
                    x: n(i), median: n(i + 1), half: (n(i + 2), n(i + 3)), most: (n(i + 4), n(i + 5)),
                }).collect(),
                limits: vec![mark(&name, n(2)); 2],
            }),
            replications(&ReplicationsData {
                title: title(), finding: title(), what: title(), quantity: quantity[v.len() % 4],
                estimates: v.clone(), running: v.iter().map(|x| (*x, n(1), n(2))).collect(),
                objective: Some(mark(&name, n(3))),
            }),
        ];
        for svg in charts {
            well_formed(&svg.standalone());
            inside_the_canvas("any", &svg.inline("any"));
        }
    }
}
