//! Areas on top of each other over time: what a whole is made of, with the band of the whole.

use super::axis::{Axis, Quantity};
use super::bands::{self, Bands, Opacity};
use super::canvas::{self, Canvas, Look, Pen, SMALL_SIZE};
use super::frame::{self, EndLabel, Frame, Heading, MARGIN, draw_end_labels};
use super::labels::clean;
use super::svg::Svg;
use super::theme::{Paint, Series};
use crate::plot::canvas::WIDTH;

/// What the chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StackedData {
    /// Name of the chart.
    pub title: String,
    /// What is to be seen, in a sentence; may be empty.
    pub finding: String,
    /// Title of the horizontal axis, with its unit.
    pub x_title: String,
    /// What the horizontal axis counts.
    pub x_counts: Quantity,
    /// Title of the vertical axis, with its unit.
    pub y_title: String,
    /// Where the points are, increasing.
    pub x: Vec<f64>,
    /// From the bottom to the top; the first four have a color of their own, the rest are one.
    pub layers: Vec<Layer>,
    /// Where the whole may lie, by point; empty: it is known.
    pub bands: Vec<Bands>,
}

/// One area.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// Its height by point, not negative.
    pub values: Vec<f64>,
}

/// The areas that are drawn: those beyond the fourth put together.
fn drawn(data: &StackedData) -> Vec<Layer> {
    let own = if data.layers.len() > Series::ALL.len() + 1 {
        Series::ALL.len()
    } else {
        data.layers.len()
    };
    let mut layers = data.layers[..own].to_vec();
    if own < data.layers.len() {
        let sum = |at: usize| data.layers[own..].iter().filter_map(|l| l.values.get(at)).sum();
        let values = (0..data.x.len()).map(sum).collect();
        layers.push(Layer { name: format!("{} more", data.layers.len() - own), values });
    }
    layers
}

fn paints(index: usize) -> (Paint, Paint) {
    match Series::nth(index) {
        Some(series) => (Paint::Series(series), Paint::SeriesText(series)),
        None => (Paint::Other, Paint::Muted),
    }
}

/// What is drawn of a whole that is not known.
const NOTE: &str = "Areas: the median of each. Shade, of the sum: the central 50 % of the worlds within solid \
                    lines, 90 % within dashed ones.";

/// The bands of the whole upon its parts: shade, with edges that stay visible on any color.
fn draw_bands(canvas: &Canvas, frame: &Frame, data: &StackedData) {
    let points: Vec<(f64, Bands)> =
        data.x.iter().copied().zip(data.bands.iter().copied()).collect();
    bands::draw(canvas, frame, &points, (Paint::Objective, Opacity { half: 0.13, most: 0.07 }));
    let edges: [(fn(&Bands) -> f64, &'static [f64]); 4] = [
        (|bands| bands.most.0, &[4.0, 3.0]),
        (|bands| bands.half.0, &[]),
        (|bands| bands.half.1, &[]),
        (|bands| bands.most.1, &[4.0, 3.0]),
    ];
    for (end, dashes) in edges {
        let line: Vec<(f64, f64)> = points.iter().map(|(x, bands)| (*x, end(bands))).collect();
        frame.draw_line(canvas, &line, Pen::new(Paint::Objective, 1.0).dashed(dashes));
    }
}

/// Draws the areas.
pub fn stacked(data: &StackedData) -> Svg {
    let layers = drawn(data);
    let mut sums = vec![0.0; data.x.len()];
    let mut outlines: Vec<Vec<(f64, f64, f64)>> = Vec::new();
    for layer in &layers {
        let outline = data.x.iter().enumerate().map(|(at, x)| {
            let low = sums[at];
            sums[at] += layer.values.get(at).copied().unwrap_or(f64::NAN).max(0.0);
            (*x, low, sums[at])
        });
        outlines.push(outline.collect());
    }
    let ends = data.bands.iter().flat_map(Bands::ends);
    let high = sums.iter().copied().chain(ends).filter(|v| v.is_finite()).fold(0.0, f64::max);
    if high <= 0.0 || data.x.len() < 2 {
        return frame::empty(&data.title, &data.finding, "There is no value to show.");
    }
    let heading = Heading::new(&data.title, &data.finding);
    let top = heading.bottom() + 26.0;
    let (first, last) = (data.x[0], data.x[data.x.len() - 1]);
    let x = Axis::of(data.x_counts, first, last, &data.x_title);
    let y = Axis::numbers(0.0, high, 5).titled(&data.y_title);
    let frame = Frame::new(x, y.clone(), frame::gutter(&y)..WIDTH - 172.0, top..top + 240.0);
    let height = frame.down.end + if data.bands.is_empty() { 44.0 } else { 60.0 };
    let (text, size) = canvas::draw(height, |canvas| {
        heading.draw(canvas);
        frame.draw_y(canvas, 16.0);
        frame.draw_x(canvas);
        let mut labels = Vec::new();
        for (index, (layer, outline)) in layers.iter().zip(&outlines).enumerate() {
            let (fill, text_paint) = paints(index);
            frame.draw_band(canvas, outline, fill, 0.55);
            let upper: Vec<(f64, f64)> = outline.iter().map(|point| (point.0, point.2)).collect();
            frame.draw_line(canvas, &upper, Pen::new(fill, 1.5));
            if let Some((x, low, high)) = outline.last().filter(|end| end.2 > end.1) {
                let end = frame.place(*x, f64::midpoint(*low, *high));
                let text = layer.name.clone();
                labels.push(EndLabel { end, text, text_paint, line_paint: fill });
            }
        }
        draw_bands(canvas, &frame, data);
        draw_end_labels(canvas, &frame, &labels);
        if !data.bands.is_empty() {
            let place = (MARGIN, frame.down.end + 48.0);
            canvas.text(NOTE, place, Look::new(SMALL_SIZE, Paint::Muted));
        }
    });
    Svg::new(&data.title, &description(data, &sums), &text, size)
}

fn description(data: &StackedData, sums: &[f64]) -> String {
    let names: Vec<String> = data.layers.iter().map(|layer| clean(&layer.name)).collect();
    let whole = match (sums.first(), sums.last()) {
        (Some(first), Some(last)) => {
            format!("The sum goes from {first:.3} to {last:.3}, in {}.", data.y_title)
        }
        _ => String::new(),
    };
    frame::describe(&[&data.finding, &format!("Areas of {}.", names.join(", ")), &whole])
}

#[cfg(test)]
mod tests {
    use super::{Layer, StackedData, drawn, stacked};
    use crate::plot::bands::Bands;

    fn data(layers: usize) -> StackedData {
        let layer = |id: usize| Layer { name: format!("layer {id}"), values: vec![1.0, 2.0, 4.0] };
        StackedData {
            title: "Whole".to_owned(),
            y_title: "GiB".to_owned(),
            x: vec![0.0, 1.0, 2.0],
            layers: (0..layers).map(layer).collect(),
            ..StackedData::default()
        }
    }

    /// Up to five layers stand for themselves; of more the fifth is the sum of the rest.
    #[test]
    fn beyond_the_fourth_layers_are_one() {
        assert_eq!(drawn(&data(5)).len(), 5);
        let many = drawn(&data(7));
        assert_eq!((many.len(), many[4].name.as_str()), (5, "3 more"));
        assert_eq!(many[4].values, [3.0, 6.0, 12.0]);
    }

    #[test]
    fn the_whole_is_said_and_nothing_is_a_sentence() {
        let chart = stacked(&data(3));
        assert!(
            chart.description().contains("from 3.000 to 12.000, in GiB"),
            "{}",
            chart.description()
        );
        assert!(chart.standalone().contains("layer 2"));
        for nothing in [data(0), StackedData { x: vec![0.0], ..data(2) }] {
            assert!(stacked(&nothing).standalone().contains("There is no value to show."));
        }
    }

    /// What is no number interrupts an area and breaks nothing.
    #[test]
    fn values_that_are_none_break_nothing() {
        let mut hostile = data(2);
        hostile.layers[1].values = vec![f64::NAN, f64::INFINITY];
        let upside_down = Bands { half: (3.0, 1.0), most: (-1.0, 5.0) };
        let open = Bands { half: (1.0, 2.0), most: (f64::NAN, f64::INFINITY) };
        hostile.bands = vec![open, upside_down, Bands::NONE];
        assert!(stacked(&hostile).standalone().starts_with("<svg"));
    }
}
