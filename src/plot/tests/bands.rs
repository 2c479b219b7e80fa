//! Bands: the middle half lies within nine tenths, where the axis says, and is the darker one.

use super::super::bands::Bands;
use super::super::stacked::{Layer, StackedData, stacked};
use super::*;

/// Height and opacity of the polygons of a color at the right end of the frame \[px\]: the places of the
/// lower and the upper end there.
fn ends(text: &str, hex: &str) -> Vec<(f64, f64, f64)> {
    let areas = text.lines().filter(|line| line.contains("<polygon") && line.contains(hex));
    let one = |line: &str| {
        let points = line.split("points=\"").nth(1)?.split('"').next()?;
        let places = points.split(' ').filter_map(|point| point.split_once(','));
        let places: Vec<(f64, f64)> = places
            .map(|(x, y)| (x.parse::<f64>().unwrap() / 4.0, y.parse::<f64>().unwrap() / 4.0))
            .collect();
        let right = places.iter().map(|place| place.0).fold(0.0, f64::max);
        let at_end = places.iter().filter(|place| place.0 == right).map(|place| place.1);
        let (top, bottom) =
            at_end.fold((f64::INFINITY, 0.0_f64), |(top, bottom), y| (top.min(y), bottom.max(y)));
        Some((bottom, top, attribute(line, "opacity")?))
    };
    areas.filter_map(one).collect()
}

/// Where a value stands, by the labels of the vertical axis `0` and `100` \[px\].
fn ruler(text: &str, value: f64) -> f64 {
    let (zero, hundred) = (find(text, "0").1, find(text, "100").1);
    zero + (hundred - zero) * value / 100.0
}

/// By hand: half of all cases in 40 to 60, nine tenths in 20 to 100.
fn nested(found: &[(f64, f64, f64)], text: &str) {
    let [outer, inner] = found else { panic!("{found:?}") };
    for (band, (low, high)) in [(outer, (20.0, 100.0)), (inner, (40.0, 60.0))] {
        let wanted = (ruler(text, low), ruler(text, high));
        assert!((band.0 - wanted.0).abs() <= 0.5 && (band.1 - wanted.1).abs() <= 0.5, "{band:?}");
    }
    // Downwards is more.
    assert!(outer.0 > inner.0 && inner.1 > outer.1 && inner.2 > outer.2, "{found:?}");
}

const AT_END: Bands = Bands { half: (40.0, 60.0), most: (20.0, 100.0) };
const AT_START: Bands = Bands { half: (0.0, 0.0), most: (0.0, 0.0) };

#[test]
fn half_of_the_cases_lie_within_nine_tenths_of_a_line() {
    let point = |x: f64, y: f64, bands: Bands| LinePoint { x, y, bands };
    let data = LinesData {
        title: "Rows".to_owned(),
        x_title: "month".to_owned(),
        x: Quantity::Share,
        y_title: "rows".to_owned(),
        series: vec![LineSeries {
            name: "one".to_owned(),
            points: vec![point(0.0, 0.0, AT_START), point(1.0, 50.0, AT_END)],
        }],
        ..LinesData::default()
    };
    let text = check("lines-bands", &lines(&data));
    nested(&ends(&text, "#0072B2"), &text);
}

#[test]
fn half_of_the_cases_lie_within_nine_tenths_of_a_whole() {
    let layer = |name: &str, end: f64| Layer { name: name.to_owned(), values: vec![0.0, end] };
    let mut data = StackedData {
        title: "Bytes".to_owned(),
        x_title: "months".to_owned(),
        x_counts: Quantity::Share,
        y_title: "GB".to_owned(),
        x: vec![0.0, 1.0],
        layers: vec![layer("heap", 30.0), layer("indexes", 20.0)],
        bands: vec![AT_START, AT_END],
        ..StackedData::default()
    };
    let text = check("stacked-bands", &stacked(&data));
    nested(&ends(&text, "#24292F"), &text);
    assert!(text.contains("central 50 % of the worlds") && text.contains("90 %"));
    // What is known has no bands, and no word of them.
    data.bands.clear();
    let text = check("stacked-known", &stacked(&data));
    assert!(ends(&text, "#24292F").is_empty() && !text.contains("worlds"), "{text}");
}
