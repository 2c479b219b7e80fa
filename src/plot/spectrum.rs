//! Latency by percentile, with the tail given room: each nine takes as much of the axis.

use super::axis::Axis;
use super::canvas::{self, Canvas, Look, Pen, SMALL_SIZE, WIDTH};
use super::frame::{self, EndLabel, Frame, Heading, MARGIN, draw_end_labels};
use super::labels::clean;
use super::show;
use super::svg::Svg;
use super::theme::{Paint, Series};

/// What the chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpectrumData {
    /// Name of the chart.
    pub title: String,
    /// What is to be seen, in a sentence; may be empty.
    pub finding: String,
    /// One line each; the first four are drawn, a note counts the rest.
    pub series: Vec<SpectrumSeries>,
    /// What was asked for.
    pub objectives: Vec<SpectrumObjective>,
}

/// One line of the spectrum.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpectrumSeries {
    /// What it is the latency of.
    pub name: String,
    /// By increasing quantile; ends where the data ends.
    pub points: Vec<SpectrumPoint>,
}

/// A quantile with its interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SpectrumPoint {
    /// In [0, 1).
    pub quantile: f64,
    /// Its estimate \[s\]; interrupts the line where it is not a positive number.
    pub seconds: f64,
    /// Lower end of the interval \[s\]; NaN if there is none.
    pub lower: f64,
    /// Upper end of the interval \[s\]; NaN if there is none, infinite if it is open.
    pub upper: f64,
}

/// An objective on a quantile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpectrumObjective {
    /// For example `p99 < 250 ms`.
    pub name: String,
    /// In [0, 1).
    pub quantile: f64,
    /// The limit \[s\], > 0.
    pub seconds: f64,
}

impl SpectrumPoint {
    fn can_stand(self) -> bool {
        stands(self.quantile, self.seconds)
    }
}

fn stands(quantile: f64, seconds: f64) -> bool {
    (0.0..1.0).contains(&quantile) && seconds.is_finite() && seconds > 0.0
}

/// Lines that are drawn, the first: more are not told apart.
pub const MOST: usize = Series::ALL.len();

/// Draws the spectrum.
pub fn spectrum(data: &SpectrumData) -> Svg {
    let drawn = &data.series[..data.series.len().min(MOST)];
    let points = || drawn.iter().flat_map(|s| &s.points).filter(|p| p.can_stand());
    let objectives: Vec<&SpectrumObjective> =
        data.objectives.iter().filter(|o| stands(o.quantile, o.seconds)).collect();
    if points().next().is_none() {
        let sentence = "No latency was recorded, so there is no percentile to show.";
        return frame::empty(&data.title, &data.finding, sentence);
    }
    let mut values: Vec<f64> = points().map(|p| p.seconds).collect();
    values.extend(objectives.iter().map(|o| o.seconds));
    let (center_low, center_high) = extent(&values);
    // Intervals are shown as far as they do not squeeze the lines: a decade beyond them.
    values.extend(points().map(|p| p.lower).filter(|v| *v >= center_low / 10.0));
    values.extend(points().map(|p| p.upper).filter(|v| *v <= center_high * 10.0));
    let (low, high) = extent(&values);
    let quantiles = points().map(|p| p.quantile).chain(objectives.iter().map(|o| o.quantile));
    let highest = quantiles.fold(0.0, f64::max);

    let heading = Heading::new(&data.title, &data.finding);
    let top = heading.bottom() + 26.0;
    let x = Axis::nines(highest);
    let y = Axis::log_times(low, high, "latency");
    let left = frame::gutter(&y);
    let frame = Frame::new(x, y, left..WIDTH - 172.0, top..top + 300.0);
    let notes = notes(data, drawn);
    let height = frame.down.end + 44.0 + 16.0 * notes.len() as f64;
    let (text, size) = canvas::draw(height, |canvas| {
        heading.draw(canvas);
        frame.draw_y(canvas, 16.0);
        frame.draw_x(canvas);
        let mut ends = draw_objectives(canvas, &frame, &objectives);
        ends.extend(draw_series(canvas, &frame, drawn));
        draw_end_labels(canvas, &frame, &ends);
        for (row, note) in notes.iter().enumerate() {
            let y = frame.down.end + 48.0 + 16.0 * row as f64;
            canvas.text(note, (MARGIN, y), Look::new(SMALL_SIZE, Paint::Muted));
        }
    });
    Svg::new(&data.title, &description(data, drawn), &text, size)
}

fn extent(values: &[f64]) -> (f64, f64) {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    (low, values.iter().copied().fold(0.0, f64::max))
}

fn draw_series(canvas: &Canvas, frame: &Frame, series: &[SpectrumSeries]) -> Vec<EndLabel> {
    let mut ends = Vec::new();
    // Two bands can be told apart where they overlap, more cannot.
    let banded = if series.len() <= 2 { series.len() } else { 0 };
    for (hue, one) in Series::ALL.into_iter().zip(&series[..banded]) {
        let band: Vec<_> = one.points.iter().map(|p| (p.quantile, p.lower, p.upper)).collect();
        frame.draw_band(canvas, &band, Paint::Series(hue), 0.2);
    }
    for (hue, one) in Series::ALL.into_iter().zip(series) {
        let line: Vec<_> = one.points.iter().map(|p| (p.quantile, p.seconds)).collect();
        let pen = Pen::new(Paint::Series(hue), 2.0).dashed(hue.dashes());
        frame.draw_line(canvas, &line, pen);
        if let Some(last) = one.points.iter().rev().find(|p| p.can_stand()) {
            let end = frame.place(last.quantile, last.seconds);
            canvas.dot(end, 3.0, Paint::Series(hue));
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

/// Each objective is a step: flat at its limit, over the percentiles since the previous objective
/// (at most one nine), down at its own.
fn draw_objectives(
    canvas: &Canvas,
    frame: &Frame,
    objectives: &[&SpectrumObjective],
) -> Vec<EndLabel> {
    let pen = Pen::new(Paint::Objective, 1.5);
    let mut ends = Vec::new();
    for objective in objectives {
        let q = objective.quantile;
        let before = objectives.iter().map(|o| o.quantile).filter(|other| *other < q);
        let from = before.fold(1.0 - 10.0 * (1.0 - q), f64::max).max(0.0);
        let right = frame.place(q, objective.seconds);
        let mut left = frame.place(from, objective.seconds);
        left.0 = left.0.min(right.0 - 12.0);
        canvas.line(left, right, pen);
        canvas.line((right.0, right.1 - 5.0), (right.0, right.1 + 5.0), pen);
        ends.push(EndLabel {
            end: right,
            text: objective.name.clone(),
            text_paint: Paint::Objective,
            line_paint: Paint::Baseline,
        });
    }
    ends
}

fn notes(data: &SpectrumData, drawn: &[SpectrumSeries]) -> Vec<String> {
    let mut notes = Vec::new();
    let hidden = data.series.len() - drawn.len();
    if hidden > 0 {
        notes.push(format!("Not drawn: {hidden} more (a chart tells four lines apart)."));
    }
    if drawn.len() > 2 && drawn.iter().flat_map(|s| &s.points).any(|p| p.lower < p.upper) {
        notes.push("Intervals are drawn for at most two lines; the table has all.".to_owned());
    }
    let zeros = drawn.iter().flat_map(|s| &s.points).filter(|p| p.seconds == 0.0).count();
    if zeros > 0 {
        let are = if zeros == 1 { "point is" } else { "points are" };
        notes.push(format!("{zeros} {are} exactly 0, which a logarithmic axis cannot show."));
    }
    notes
}

fn description(data: &SpectrumData, drawn: &[SpectrumSeries]) -> String {
    let mut sentences = vec![clean(&data.finding), "Latency by percentile.".to_owned()];
    for series in drawn {
        let name = clean(&series.name);
        let sentence = match series.points.iter().rev().find(|p| p.can_stand()) {
            Some(last) => format!(
                "{name}: {} at {}, the last percentile with enough data.",
                show::time(last.seconds),
                show::percent(last.quantile)
            ),
            None => format!("{name}: no data."),
        };
        sentences.push(sentence);
    }
    for objective in &data.objectives {
        sentences.push(format!("Objective: {}.", clean(&objective.name)));
    }
    frame::describe(&sentences.iter().map(String::as_str).collect::<Vec<_>>())
}
