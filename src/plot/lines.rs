//! Curves over time or over a parameter, with bands, objectives and named places.

use super::axis::{Axis, Quantity};
use super::bands::{self, Bands, Opacity};
use super::canvas::{self, Canvas, Look, Pen, SMALL_SIZE, WIDTH};
use super::frame::{self, EndLabel, Frame, Heading, MARGIN, draw_end_labels};
use super::labels::clean;
use super::places::Places;
use super::svg::Svg;
use super::theme::{Paint, Series};

/// What the chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinesData {
    /// Name of the chart.
    pub title: String,
    /// What is to be seen, in a sentence; may be empty.
    pub finding: String,
    /// Title of the horizontal axis; a unit of time is added, others belong into it.
    pub x_title: String,
    /// What the horizontal axis counts.
    pub x: Quantity,
    /// Title of the vertical axis; as above.
    pub y_title: String,
    /// What the vertical axis counts. Linear axes include 0.
    pub y: Quantity,
    /// The vertical axis ends here at the latest; lines beyond are cut, with a mark. NaN or 0 for
    /// no limit.
    pub y_limit: f64,
    /// One curve each; the first four are drawn, a note counts the rest.
    pub series: Vec<LineSeries>,
    /// Horizontal lines.
    pub objectives: Vec<LineMark>,
    /// Vertical lines: a crossing, today's load.
    pub places: Vec<LineMark>,
}

/// One curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LineSeries {
    /// Its name.
    pub name: String,
    /// By increasing x.
    pub points: Vec<LinePoint>,
}

/// A point of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinePoint {
    /// Where.
    pub x: f64,
    /// The value; interrupts the line where it is not a number.
    pub y: f64,
    /// Where it may lie.
    pub bands: Bands,
}

/// A named value on one of the axes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LineMark {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub at: f64,
}

/// Draws the curves.
pub fn lines(data: &LinesData) -> Svg {
    let drawn = &data.series[..data.series.len().min(Series::ALL.len())];
    let stands = |p: &&LinePoint| {
        p.x.is_finite() && p.y.is_finite() && (data.y != Quantity::LogTime || p.y > 0.0)
    };
    let points: Vec<&LinePoint> = drawn.iter().flat_map(|s| &s.points).filter(stands).collect();
    if points.is_empty() {
        let sentence = "There is no value to show.";
        return frame::empty(&data.title, &data.finding, sentence);
    }
    let heading = Heading::new(&data.title, &data.finding);
    let x = horizontal(data, &points);
    let y = vertical(data, &points);
    let across = frame::gutter(&y)..WIDTH - 172.0;
    let places = Places::new(&data.places, &x, &across);
    let top = heading.bottom() + 26.0 + places.above();
    let frame = Frame::new(x, y, across, top..top + 240.0);
    let notes = notes(data, &places);
    let height = frame.down.end + 44.0 + 16.0 * notes.len() as f64;
    let (text, size) = canvas::draw(height, |canvas| {
        heading.draw(canvas);
        frame.draw_y(canvas, 16.0 + places.above());
        frame.draw_x(canvas);
        places.draw(canvas, &frame);
        let mut ends = draw_objectives(canvas, &frame, &data.objectives);
        ends.extend(draw_series(canvas, &frame, drawn));
        draw_end_labels(canvas, &frame, &ends);
        for (row, note) in notes.iter().enumerate() {
            let place = (MARGIN, frame.down.end + 48.0 + 16.0 * row as f64);
            canvas.text(note, place, Look::new(SMALL_SIZE, Paint::Muted));
        }
    });
    Svg::new(&data.title, &description(data), &text, size)
}

/// The legend, and what is left out.
fn notes(data: &LinesData, places: &Places) -> Vec<String> {
    let mut notes = places.legend().to_vec();
    if places.hidden() > 0 {
        notes.push(format!("Not marked: {} later.", places.hidden()));
    }
    let hidden = data.series.len().saturating_sub(Series::ALL.len());
    if hidden > 0 {
        notes.push(format!("Not drawn: {hidden} more (a chart tells four lines apart)."));
    }
    notes
}

fn horizontal(data: &LinesData, points: &[&LinePoint]) -> Axis {
    let low = points.iter().map(|p| p.x).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|p| p.x).fold(f64::NEG_INFINITY, f64::max);
    match data.x {
        // Curves over time fill their axis; the steps need not be whole at its ends.
        Quantity::Time => Axis::times(low, high, 6, &data.x_title),
        other => Axis::of(other, low, high, &data.x_title),
    }
}

fn vertical(data: &LinesData, points: &[&LinePoint]) -> Axis {
    let marks = data.objectives.iter().map(|o| o.at);
    let values = points.iter().flat_map(|p| [p.y].into_iter().chain(p.bands.ends())).chain(marks);
    let log = data.y == Quantity::LogTime;
    let sound: Vec<f64> = values.filter(|v| v.is_finite() && (!log || *v > 0.0)).collect();
    let low = sound.iter().copied().fold(f64::INFINITY, f64::min);
    let high = sound.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let high = if data.y_limit > 0.0 { high.min(data.y_limit) } else { high };
    if log {
        Axis::of(data.y, low.min(high), high, &data.y_title)
    } else {
        Axis::of(data.y, low.min(0.0), high.max(0.0), &data.y_title)
    }
}

fn draw_series(canvas: &Canvas, frame: &Frame, series: &[LineSeries]) -> Vec<EndLabel> {
    let mut ends = Vec::new();
    // Many lie upon one another.
    let opacity = if series.len() <= 2 {
        Opacity { half: 0.25, most: 0.15 }
    } else {
        Opacity { half: 0.18, most: 0.1 }
    };
    for (hue, one) in Series::ALL.into_iter().zip(series) {
        let points: Vec<_> = one.points.iter().map(|p| (p.x, p.bands)).collect();
        bands::draw(canvas, frame, &points, (Paint::Series(hue), opacity));
    }
    for (hue, one) in Series::ALL.into_iter().zip(series) {
        let line: Vec<_> = one.points.iter().map(|p| (p.x, p.y)).collect();
        frame.draw_line(canvas, &line, Pen::new(Paint::Series(hue), 2.0).dashed(hue.dashes()));
        let end = frame.pieces(&line).last().and_then(|piece| piece.points.last().copied());
        if let Some(end) = end {
            ends.push(EndLabel {
                end,
                text: one.name.clone(),
                text_paint: Paint::SeriesText(hue),
                line_paint: Paint::Series(hue),
            });
        }
    }
    ends
}

fn draw_objectives(canvas: &Canvas, frame: &Frame, objectives: &[LineMark]) -> Vec<EndLabel> {
    let mut ends = Vec::new();
    for objective in objectives.iter().filter(|o| frame.y().holds(o.at)) {
        let (_, y) = frame.place(frame.x().low(), objective.at);
        let end = (frame.across.end, y);
        canvas.line((frame.across.start, y), end, Pen::new(Paint::Objective, 1.25));
        ends.push(EndLabel {
            end,
            text: objective.name.clone(),
            text_paint: Paint::Objective,
            line_paint: Paint::Baseline,
        });
    }
    ends
}

fn description(data: &LinesData) -> String {
    let axes = format!("{} over {}.", clean(&data.y_title), clean(&data.x_title));
    let mut sentences = vec![clean(&data.finding), axes];
    sentences.extend(data.series.iter().map(|s| format!("Line: {}.", clean(&s.name))));
    sentences.extend(data.objectives.iter().map(|o| format!("Objective: {}.", clean(&o.name))));
    sentences.extend(data.places.iter().map(|p| format!("Marked: {}.", clean(&p.name))));
    frame::describe(&sentences.iter().map(String::as_str).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::{LinePoint, LineSeries, LinesData, lines};
    use crate::plot::axis::Quantity;
    use crate::plot::bands::Bands;

    /// Each of four lines has its two bands, lighter than those of two.
    #[test]
    fn many_lines_have_light_bands() {
        let one = |nth: usize| {
            let y = nth as f64 + 1.0;
            let point = |x: f64| {
                let y = x * y;
                let bands = Bands { half: (y * 0.8, y * 1.2), most: (y * 0.5, y * 2.0) };
                LinePoint { x, y, bands }
            };
            LineSeries {
                name: format!("line {nth}"),
                points: [0.0, 18.0, 36.0].map(point).to_vec(),
            }
        };
        let drawn = |count: usize| {
            let series = (0..count).map(one).collect();
            lines(&LinesData { series, x: Quantity::Months, ..LinesData::default() }).standalone()
        };
        let opacities = |text: &str| -> Vec<f64> {
            let bands = text.lines().filter(|line| line.contains("<polygon"));
            let opacity =
                |line: &str| line.split("opacity=\"").nth(1)?.split('"').next()?.parse().ok();
            bands.filter_map(opacity).collect()
        };
        let (two, four) = (drawn(2), drawn(4));
        let (dark, light) = (opacities(&two), opacities(&four));
        assert_eq!((dark.len(), light.len()), (4, 8), "{four}");
        assert!(light.iter().zip(&dark).all(|(light, dark)| light < dark), "{light:?} {dark:?}");
        // The axis ends with the last month.
        assert!(four.contains(">36<") || four.contains("\n36\n"), "{four}");
        assert!(!four.contains(">40<") && !four.contains("\n40\n"));
    }
}
