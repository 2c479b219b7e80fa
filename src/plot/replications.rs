//! One dot per replication, with the running estimate and its interval: the honesty chart.

use super::axis::{Axis, Quantity};
use super::canvas::{self, Look, Pen, SMALL_SIZE, WIDTH};
use super::frame::{self, EndLabel, Frame, Heading, MARGIN, draw_end_labels};
use super::labels::clean;
use super::lines::LineMark;
use super::svg::Svg;
use super::theme::{Paint, Series};

/// What the chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplicationsData {
    /// Name of the chart.
    pub title: String,
    /// What is to be seen, in a sentence; may be empty.
    pub finding: String,
    /// What is estimated; title of the vertical axis.
    pub what: String,
    /// What the vertical axis counts.
    pub quantity: Quantity,
    /// The estimate of replication 1, 2, …; NaN where it has none (a note counts those).
    pub estimates: Vec<f64>,
    /// After replication 1, 2, …: estimate, lower and upper end of its interval; NaN while there is
    /// none.
    pub running: Vec<(f64, f64, f64)>,
    /// A limit to compare with.
    pub objective: Option<LineMark>,
}

/// Draws the strip.
pub fn replications(data: &ReplicationsData) -> Svg {
    let log = data.quantity == Quantity::LogTime;
    let stands = |v: f64| v.is_finite() && (!log || v > 0.0);
    let dots = data.estimates.iter().filter(|v| stands(**v)).count();
    if dots == 0 {
        let sentence = "No replication gave an estimate.";
        return frame::empty(&data.title, &data.finding, sentence);
    }
    let heading = Heading::new(&data.title, &data.finding);
    let top = heading.bottom() + 26.0;
    let x = Axis::counted(data.estimates.len()).titled("replication");
    let y = vertical(data);
    let left = frame::gutter(&y);
    let frame = Frame::new(x, y, left..WIDTH - 172.0, top..top + 120.0);
    let without = data.estimates.len() - dots;
    let height = frame.down.end + if without > 0 { 60.0 } else { 44.0 };
    let numbered = |(index, value): (usize, &f64)| (index as f64 + 1.0, *value);
    let (text, size) = canvas::draw(height, |canvas| {
        heading.draw(canvas);
        frame.draw_y(canvas, 16.0);
        frame.draw_x(canvas);
        let mut ends = Vec::new();
        if let Some(objective) = data.objective.as_ref().filter(|o| frame.y().holds(o.at)) {
            let (_, y) = frame.place(1.0, objective.at);
            let end = (frame.across.end, y);
            canvas.line((frame.across.start, y), end, Pen::new(Paint::Objective, 1.25));
            let (text_paint, line_paint) = (Paint::Objective, Paint::Baseline);
            ends.push(EndLabel { end, text: objective.name.clone(), text_paint, line_paint });
        }
        let at = |index: usize| index as f64 + 1.0;
        let running = data.running.iter().enumerate();
        let band: Vec<_> = running.clone().map(|(i, r)| (at(i), r.1, r.2)).collect();
        let line: Vec<_> = running.map(|(i, r)| (at(i), r.0)).collect();
        let hue = Paint::Series(Series::Blue);
        frame.draw_band(canvas, &band, hue, 0.2);
        for (x, y) in data.estimates.iter().enumerate().map(numbered).filter(|p| stands(p.1)) {
            canvas.dot(frame.place(x, y), 2.25, Paint::Other);
        }
        frame.draw_line(canvas, &line, Pen::new(hue, 1.75));
        if let Some(end) = frame.pieces(&line).last().and_then(|p| p.points.last().copied()) {
            let text_paint = Paint::SeriesText(Series::Blue);
            let text = "running estimate".to_owned();
            ends.push(EndLabel { end, text, text_paint, line_paint: hue });
        }
        draw_end_labels(canvas, &frame, &ends);
        if without > 0 {
            let note = format!("Without an estimate: {without} of {}.", data.estimates.len());
            let place = (MARGIN, frame.down.end + 48.0);
            canvas.text(&note, place, Look::new(SMALL_SIZE, Paint::Muted));
        }
    });
    let what = format!("{} in {dots} replications.", clean(&data.what));
    Svg::new(&data.title, &frame::describe(&[&clean(&data.finding), &what]), &text, size)
}

/// Around the dots and the objective; early running intervals may be far wider and are cut.
fn vertical(data: &ReplicationsData) -> Axis {
    let log = data.quantity == Quantity::LogTime;
    let objective = data.objective.iter().map(|o| o.at);
    let last = data.running.last().into_iter().flat_map(|r| [r.0, r.1, r.2]);
    let values = data.estimates.iter().copied().chain(objective).chain(last);
    let sound: Vec<f64> = values.filter(|v| v.is_finite() && (!log || *v > 0.0)).collect();
    let low = sound.iter().copied().fold(f64::INFINITY, f64::min);
    let high = sound.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // A little room, so that no dot lies on an edge.
    let room = if log { 0.0 } else { (high - low) * 0.05 };
    Axis::of(data.quantity, low - room, high + room, &data.what)
}
