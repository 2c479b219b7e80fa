//! Designs side by side: one group of rows per metric on an axis of its own, the first design as the
//! reference the others are compared with.

use super::axis::{Axis, Quantity};
use super::canvas::{self, Anchor, Canvas, Look, Pen, SMALL_SIZE, TEXT_SIZE, WIDTH};
use super::frame::{self, Frame, Heading, MARGIN};
use super::labels::{clean, elide, elide_end, text_width};
use super::svg::Svg;
use super::theme::{Paint, Series};

/// What the chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DesignsData {
    /// Name of the chart.
    pub title: String,
    /// What is to be seen, in a sentence; may be empty.
    pub finding: String,
    /// Names of the designs; the first is the reference; the first twelve are drawn.
    pub designs: Vec<String>,
    /// From top to bottom; the first twelve are drawn.
    pub metrics: Vec<DesignMetric>,
    /// What else is to be known, a sentence each.
    pub notes: Vec<String>,
}

/// One metric of all designs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DesignMetric {
    /// What it is: `p95(endpoint.browse)`.
    pub name: String,
    /// What its values are. The axis is logarithmic where they are far apart.
    pub quantity: Quantity,
    /// Which way is better; `None` where nobody said.
    pub better: Option<Better>,
    /// The objective's limit; NaN if there is none.
    pub limit: f64,
    /// As many as there are designs, in their order.
    pub values: Vec<DesignValue>,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// To the left.
    Less,
    /// To the right.
    More,
}

/// One metric of one design.
#[derive(Clone, Debug, PartialEq)]
pub struct DesignValue {
    /// The estimate. Infinite: never answered. NaN: there is none.
    pub value: f64,
    /// Lower end of its interval; NaN if there is none.
    pub lower: f64,
    /// Upper end of its interval; NaN if there is none, infinite if it is open.
    pub upper: f64,
    /// The estimate as text: `151 ms (149–153)`.
    pub estimate: String,
    /// The difference from the reference as text: `−349 ms (−360 to −338)`; empty for the reference.
    pub difference: String,
    /// What was concluded about the difference.
    pub standing: Standing,
}

impl DesignValue {
    /// The estimate in words, also where there is no number to write.
    fn words(&self) -> &str {
        match self.estimate.trim() {
            "" if self.value == f64::INFINITY => "never answers",
            "" if self.value.is_nan() => "no estimate",
            _ => &self.estimate,
        }
    }
}

/// How a design compares with the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is the reference, or there is nothing to compare with.
    Reference,
    /// Shown to be better.
    Better,
    /// Shown to be worse.
    Worse,
    /// There is no difference, in any observation.
    Same,
    /// The interval of the difference holds zero.
    CannotTell,
}

impl Standing {
    fn word(self) -> &'static str {
        match self {
            Standing::Reference => "",
            Standing::Better => "better",
            Standing::Worse => "worse",
            Standing::Same => "the same",
            Standing::CannotTell => "cannot tell",
        }
    }

    fn paint(self) -> Paint {
        match self {
            Standing::Reference | Standing::Same => Paint::Ink,
            Standing::Better => Paint::Series(Series::Blue),
            Standing::Worse => Paint::Series(Series::Vermillion),
            Standing::CannotTell => Paint::Other,
        }
    }

    fn text_paint(self) -> Paint {
        match self {
            Standing::Reference | Standing::Same => Paint::Ink,
            Standing::Better => Paint::SeriesText(Series::Blue),
            Standing::Worse => Paint::SeriesText(Series::Vermillion),
            Standing::CannotTell => Paint::Muted,
        }
    }
}

const ROW: f64 = 21.0;
/// Designs and metrics that are drawn, the first of both.
pub const MOST: usize = 12;
/// The name of a metric above its rows.
const HEAD: f64 = 25.0;
/// The name of its limit.
const LIMIT: f64 = 15.0;
/// Axis below its rows, and the distance to the next metric.
const FOOT: f64 = 32.0;
const FRAME: std::ops::Range<f64> = 142.0..374.0;
/// Where the estimates and the differences begin \[px\].
const COLUMNS: [f64; 2] = [392.0, 530.0];
/// A wider range of values gets a logarithmic axis.
const WIDE: f64 = 20.0;

/// Draws the groups of the metrics that have a value.
pub fn designs(data: &DesignsData) -> Svg {
    let names = &data.designs[..data.designs.len().min(MOST)];
    let metrics: Vec<&DesignMetric> =
        data.metrics.iter().filter(|metric| has_value(metric, names.len())).take(MOST).collect();
    if metrics.is_empty() {
        let sentence = "No metric has a value for any design, so there is nothing to compare.";
        return frame::empty(&data.title, &data.finding, sentence);
    }
    let heading = Heading::new(&data.title, &data.finding);
    let top = heading.bottom() + 6.0;
    let height = |metric: &DesignMetric| head(metric) + ROW * names.len() as f64 + FOOT;
    let bottom = top + metrics.iter().map(|metric| height(metric)).sum::<f64>();
    let notes = notes(data, names.len());
    let total = bottom + 24.0 + 16.0 * notes.len() as f64;
    let (text, size) = canvas::draw(total, |canvas| {
        heading.draw(canvas);
        let mut free_from = top;
        for metric in &metrics {
            draw_metric(canvas, metric, names, free_from);
            free_from += height(metric);
        }
        draw_legend(canvas, &metrics, bottom + 8.0);
        for (row, note) in notes.iter().enumerate() {
            let place = (MARGIN, bottom + 26.0 + 16.0 * row as f64);
            canvas.text(note, place, Look::new(SMALL_SIZE, Paint::Muted));
        }
    });
    Svg::new(&data.title, &description(data, &metrics, names), &text, size)
}

fn has_value(metric: &DesignMetric, designs: usize) -> bool {
    metric.values.iter().take(designs).any(|v| v.value.is_finite() || v.value == f64::INFINITY)
}

/// Between the top of a group and its rows \[px\].
fn head(metric: &DesignMetric) -> f64 {
    if metric.limit.is_finite() { HEAD + LIMIT } else { HEAD }
}

/// Holds all estimates and the limit, and the intervals unless they are far beyond.
fn axis(metric: &DesignMetric, designs: usize) -> Axis {
    let values = metric.values.iter().take(designs);
    let estimates: Vec<f64> = values
        .clone()
        .map(|v| v.value)
        .chain([metric.limit])
        .filter(|value| value.is_finite())
        .collect();
    let extent = |values: &[f64]| {
        let fold = |(low, high): (f64, f64), v: &f64| (low.min(*v), high.max(*v));
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), fold)
    };
    let (low, high) = extent(&estimates);
    let log = metric.quantity == Quantity::LogTime || (low > 0.0 && high / low > WIDE);
    let bounds = values.flat_map(|v| [v.lower, v.upper]).filter(|bound| bound.is_finite());
    let near = |bound: &f64| {
        if log {
            (low / 10.0..=high * 10.0).contains(bound)
        } else {
            bound.abs() <= 3.0 * high.abs().max(low.abs())
        }
    };
    let mut all: Vec<f64> = bounds.filter(near).collect();
    all.extend(estimates);
    let (low, high) = extent(&all);
    if log {
        return Axis::log(metric.quantity, low, high, &metric.name);
    }
    // Far from zero the differences need the room; near it, zero belongs to the picture.
    let from_zero = low >= 0.0 && low < 0.5 * high;
    Axis::of(metric.quantity, if from_zero { 0.0 } else { low }, high, &metric.name)
}

fn draw_metric(canvas: &Canvas, metric: &DesignMetric, names: &[String], top: f64) {
    let first = top + head(metric);
    let last = first + ROW * names.len() as f64;
    let axis = axis(metric, names.len());
    let frame = Frame::new(axis, Axis::numbers(0.0, 1.0, 1), FRAME, first..last);
    let direction = match metric.better {
        Some(Better::Less) => "less is better",
        Some(Better::More) => "more is better",
        None => "",
    };
    let room = WIDTH - 2.0 * MARGIN - text_width(direction, SMALL_SIZE) - 12.0;
    // The unit stands at its end.
    let name = elide(&frame.x().title, TEXT_SIZE * 1.1, room);
    canvas.text(&name, (MARGIN, top + 12.0), Look::new(TEXT_SIZE, Paint::Ink).bold());
    let look = Look::new(SMALL_SIZE, Paint::Muted).at(Anchor::End);
    canvas.text(direction, (WIDTH - MARGIN, top + 12.0), look);
    for tick in &frame.x().ticks {
        let (x, _) = frame.place(tick.at, 0.0);
        canvas.line((x, first), (x, last), Pen::new(Paint::Grid, 0.75));
    }
    draw_limit(canvas, &frame, metric);
    if let Some(reference) = metric.values.first().filter(|v| stands(&frame, v.value)) {
        let (x, _) = frame.place(reference.value, 0.0);
        canvas.line((x, first), (x, last), Pen::new(Paint::Baseline, 1.0));
    }
    for (index, name) in names.iter().enumerate() {
        let y = first + ROW * (index as f64 + 0.5);
        let ink = Look::new(TEXT_SIZE, Paint::Ink);
        canvas.text(&elide(name, TEXT_SIZE, FRAME.start - MARGIN - 10.0), (MARGIN, y), ink);
        if let Some(value) = metric.values.get(index) {
            draw_value(canvas, &frame, value, y);
        }
    }
    frame.draw_ticks(canvas);
}

fn stands(frame: &Frame, value: f64) -> bool {
    value.is_finite() && frame.x().holds(value)
}

fn draw_limit(canvas: &Canvas, frame: &Frame, metric: &DesignMetric) {
    if !stands(frame, metric.limit) {
        return;
    }
    let (x, _) = frame.place(metric.limit, 0.0);
    let (top, bottom) = (frame.down.start, frame.down.end);
    let pen = Pen::new(Paint::Objective, 1.25).dashed(&[5.0, 3.0]);
    canvas.line((x, top - 3.0), (x, bottom), pen);
    let text = format!("limit {}", metric.quantity.text(metric.limit));
    let half = text_width(&text, SMALL_SIZE) / 2.0;
    let center = x.max(MARGIN + half).min(WIDTH - MARGIN - half);
    let look = Look::new(SMALL_SIZE, Paint::Objective).at(Anchor::Middle);
    canvas.text(&text, (center, top - 10.0), look);
}

fn draw_value(canvas: &Canvas, frame: &Frame, value: &DesignValue, y: f64) {
    let (low, high) = (frame.x().low(), frame.x().high());
    let paint = value.standing.paint();
    if value.lower <= value.upper && value.lower <= high && value.upper >= low {
        let pen = Pen::new(paint, 2.0);
        let at = |bound: f64| frame.place(bound.clamp(low, high), 0.0).0;
        canvas.line((at(value.lower), y), (at(value.upper), y), pen);
        // An end is capped only where it really ends.
        for bound in [value.lower, value.upper].into_iter().filter(|b| (low..=high).contains(b)) {
            canvas.line((at(bound), y - 3.5), (at(bound), y + 3.5), pen);
        }
    }
    draw_mark(canvas, frame, value, y);
    let room = COLUMNS[1] - COLUMNS[0] - 8.0;
    let estimate = elide_end(value.words(), SMALL_SIZE, room);
    canvas.text(&estimate, (COLUMNS[0], y), Look::new(SMALL_SIZE, Paint::Ink));
    let look = Look::new(SMALL_SIZE, value.standing.text_paint());
    let difference = elide_end(&value.difference, SMALL_SIZE, WIDTH - MARGIN - COLUMNS[1]);
    canvas.text(&difference, (COLUMNS[1], y), look);
}

/// A diamond for the reference, a hollow one for what is the same, a dot for better, a square for worse,
/// a ring for cannot tell; an arrow at the right edge for what was never answered.
fn draw_mark(canvas: &Canvas, frame: &Frame, value: &DesignValue, y: f64) {
    let right = frame.across.end;
    if value.value == f64::INFINITY {
        let corners = [(right - 3.0, y - 5.5), (right + 7.0, y), (right - 3.0, y + 5.5)];
        let closed = [corners[0], corners[1], corners[2], corners[0]];
        canvas.area(&closed, value.standing.paint(), 1.0);
    } else if stands(frame, value.value) {
        let (x, _) = frame.place(value.value, 0.0);
        draw_form(canvas, (x, y), value.standing);
    }
}

fn draw_form(canvas: &Canvas, (x, y): canvas::Point, standing: Standing) {
    let paint = standing.paint();
    match standing {
        Standing::Reference => draw_diamond(canvas, (x, y), 5.5, paint),
        Standing::Same => {
            draw_diamond(canvas, (x, y), 5.5, paint);
            draw_diamond(canvas, (x, y), 3.0, Paint::Surface);
        }
        Standing::Better => canvas.dot((x, y), 4.5, paint),
        Standing::Worse => canvas.rectangle((x - 4.0, y - 4.0), (x + 4.0, y + 4.0), paint, 1.0),
        Standing::CannotTell => {
            canvas.dot((x, y), 5.0, paint);
            canvas.dot((x, y), 2.75, Paint::Surface);
        }
    }
}

fn draw_diamond(canvas: &Canvas, (x, y): canvas::Point, half: f64, paint: Paint) {
    let corners = [(x - half, y), (x, y - half), (x + half, y), (x, y + half), (x - half, y)];
    canvas.area(&corners, paint, 1.0);
}

/// The forms that occur, with their meaning.
fn draw_legend(canvas: &Canvas, metrics: &[&DesignMetric], y: f64) {
    let all = [
        (Standing::Reference, "reference"),
        (Standing::Better, Standing::Better.word()),
        (Standing::Worse, Standing::Worse.word()),
        (Standing::Same, Standing::Same.word()),
        (Standing::CannotTell, Standing::CannotTell.word()),
    ];
    let mut x = MARGIN;
    for (standing, word) in all {
        let occurs = |m: &&DesignMetric| m.values.iter().any(|v| v.standing == standing);
        if metrics.iter().any(occurs) {
            draw_form(canvas, (x + 6.0, y), standing);
            canvas.text(word, (x + 17.0, y), Look::new(SMALL_SIZE, standing.text_paint()));
            x += 17.0 + text_width(word, SMALL_SIZE) + 20.0;
        }
    }
}

fn notes(data: &DesignsData, designs: usize) -> Vec<String> {
    let room = |note: &String| elide_end(note, SMALL_SIZE, WIDTH - 2.0 * MARGIN);
    let mut notes: Vec<String> = data.notes.iter().map(room).collect();
    if data.designs.len() > designs {
        let hidden = data.designs.len() - designs;
        notes.push(format!("Not drawn: {hidden} more designs; the table has all."));
    }
    let metrics = data.metrics.iter().filter(|metric| has_value(metric, designs)).count();
    if metrics > MOST {
        notes.push(format!("Not drawn: {} more metrics; the table has all.", metrics - MOST));
    }
    notes
}

fn description(data: &DesignsData, metrics: &[&DesignMetric], names: &[String]) -> String {
    let mut sentences = vec![clean(&data.finding)];
    for metric in metrics {
        for (name, value) in names.iter().zip(&metric.values) {
            let mut parts =
                vec![format!("{}, {}: {}", clean(&metric.name), clean(name), clean(value.words()))];
            if !value.difference.trim().is_empty() {
                parts.push(format!("difference {}", clean(&value.difference)));
            }
            if value.standing != Standing::Reference {
                parts.push(value.standing.word().to_owned());
            }
            sentences.push(format!("{}.", parts.join(", ")));
        }
        if metric.limit.is_finite() {
            sentences.push(format!("Limit: {}.", metric.quantity.text(metric.limit)));
        }
    }
    frame::describe(&sentences.iter().map(String::as_str).collect::<Vec<_>>())
}
