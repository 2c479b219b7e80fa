//! Panels over time: one time axis, scales of their own, places of windows and dates.

use super::super::transient::{Course, Panel, TransientData, transient};
use super::*;

fn line(name: &str, values: &[(f64, f64)], spread: f64) -> Course {
    let point = |&(at, value): &(f64, f64)| TimePoint {
        at,
        value,
        lower: value * (1.0 - spread),
        upper: value * (1.0 + spread),
    };
    Course { name: name.to_owned(), points: values.iter().map(point).collect() }
}

fn panel(title: &str, quantity: Quantity, lines: Vec<Course>) -> Panel {
    Panel { title: title.to_owned(), quantity, lines }
}

fn round() -> TransientData {
    TransientData {
        title: "Over time".to_owned(),
        finding: "A burst at 25 s takes 50 s to be worked off.".to_owned(),
        until: 100.0,
        warm_up: 0.0,
        windows: vec![TimeWindow { name: "rush".to_owned(), from: 25.0, to: 50.0 }],
        dates: vec![mark("burst", 25.0)],
        panels: vec![
            panel(
                "workload.w: latency",
                Quantity::Time,
                vec![
                    line("p50", &[(0.0, 0.0), (25.0, 1.0), (100.0, 0.0)], 0.0),
                    line("p95", &[(0.0, 0.0), (25.0, 2.0), (100.0, 0.0)], 0.0),
                ],
            ),
            panel(
                "workload.w: in the system",
                Quantity::Number,
                vec![line("in system", &[(0.0, 0.0), (25.0, 400.0), (100.0, 0.0)], 0.0)],
            ),
        ],
    }
}

/// The places of a line's points \[px\].
fn places(text: &str, hex: &str, nth: usize) -> Vec<(f64, f64)> {
    let lines = text.lines().filter(|l| l.contains("<polyline") && l.contains(hex));
    let places = |line: &str| -> Vec<(f64, f64)> {
        let points = line.split("points=\"").nth(1).unwrap();
        let points = points.split('"').next().unwrap().split(' ');
        points
            .filter_map(|point| point.split_once(','))
            .map(|(x, y)| (x.parse::<f64>().unwrap() / 4.0, y.parse::<f64>().unwrap() / 4.0))
            .collect()
    };
    // Two points lead to a label.
    lines.map(places).filter(|points| points.len() > 2).nth(nth).unwrap()
}

#[test]
fn panels_share_the_time_axis_and_have_scales_of_their_own() {
    let text = check("transient-round", &transient(&round()));
    // The second line is drawn in dashes.
    let p50 = places(&text, "#0072B2", 0);
    let system = places(&text, "#0072B2", 1);
    // A quarter of the 524 px of the frame.
    for one in [&p50, &system] {
        assert!((one[1].0 - one[0].0 - 131.0).abs() <= 0.5, "{one:?}");
    }
    // 2 s and 400 are the tops of their panels of 124 px; 1 s is half as high.
    assert!((p50[0].1 - p50[1].1 - 62.0).abs() <= 0.5, "{p50:?}");
    assert!((system[0].1 - system[1].1 - 124.0).abs() <= 0.5, "{system:?}");
    assert!(system[1].1 > p50[0].1, "the second panel stands below the first");
    // The window is as wide as its quarter of the time.
    let shades = text.lines().filter(|l| l.contains("<rect") && l.contains("#FBF0D2"));
    let widths: Vec<f64> = shades.filter_map(|l| attribute(l, "width")).map(|w| w / 4.0).collect();
    assert!(widths.iter().filter(|w| (**w - 131.0).abs() <= 0.5).count() >= 2, "{widths:?}");
    for name in ["rush", "burst", "p50", "p95", "in system"] {
        find(&text, name);
    }
}

#[test]
fn transients_survive_extremes() {
    let mut data = round();
    data.warm_up = 10.0;
    data.windows.push(TimeWindow { name: "nowhere".to_owned(), from: f64::NAN, to: 3.0 });
    data.dates.push(mark("a date with a very long name <script>", 26.0));
    data.dates.push(mark("beyond", 1e9));
    // What is never answered interrupts the line, and its band goes to the edge.
    data.panels[0].lines[1].points[1].upper = f64::INFINITY;
    data.panels[0].lines[0].points[1].value = f64::INFINITY;
    check("transient-gaps", &transient(&data));
    data.panels[1].lines.clear();
    check("transient-one", &transient(&data));
    for index in 0..12 {
        let values: Vec<_> = (0..60).map(|i| (f64::from(i), f64::from(i * index % 7))).collect();
        data.panels.push(panel("shard", Quantity::Number, vec![line("n", &values, 0.3)]));
    }
    check("transient-many", &transient(&data));
    data.panels.clear();
    assert!(check("transient-empty", &transient(&data)).contains("Nothing was observed"));
}
