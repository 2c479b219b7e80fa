//! How far a result may lie: the median with the bands of half and of nine tenths of all cases, over
//! time or over a setting, and in words which uncertainty that is.

use super::axis::{Axis, Quantity};
use super::bands::{self, Bands, Opacity};
use super::canvas::{self, Canvas, Look, Pen, SMALL_SIZE, WIDTH};
use super::frame::{self, EndLabel, Frame, Heading, MARGIN, draw_end_labels};
use super::labels::clean;
use super::lines::LineMark;
use super::never;
use super::svg::Svg;
use super::theme::{Paint, Series};

/// What the chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FanData {
    /// Name of the chart.
    pub title: String,
    /// What is to be seen, in a sentence; may be empty.
    pub finding: String,
    /// What the bands are made of.
    pub uncertainty: Uncertainty,
    /// Title of the horizontal axis; a unit of time is added.
    pub x_title: String,
    /// What the horizontal axis counts.
    pub x: Quantity,
    /// Whether equal ratios of it are equally far apart.
    pub x_log: bool,
    /// Title of the vertical axis; as above.
    pub y_title: String,
    /// What the vertical axis counts.
    pub y: Quantity,
    /// Whether equal ratios of it are equally far apart; a linear scale includes 0.
    pub y_log: bool,
    /// By increasing x.
    pub points: Vec<FanPoint>,
    /// Horizontal lines: the objectives; the first eight are drawn.
    pub limits: Vec<LineMark>,
}

/// Where the spread of a fan comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Uncertainty {
    /// The same design and the same inputs, other arrivals and services.
    #[default]
    Luck,
    /// Inputs that are only known to lie in a range.
    Unknown,
}

impl Uncertainty {
    fn sentence(self) -> &'static str {
        match self {
            Uncertainty::Luck => {
                "The bands show the luck of the run: in all cases the same design and inputs, other \
                 arrivals and services."
            }
            Uncertainty::Unknown => {
                "The bands show what is not known: in every case other values of the uncertain \
                 inputs."
            }
        }
    }
}

/// The spread at one place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FanPoint {
    /// Where.
    pub x: f64,
    /// Half of all cases are below; infinite if so many were never answered. NaN interrupts.
    pub median: f64,
    /// Holds the middle half of all cases.
    pub half: (f64, f64),
    /// Holds nine tenths of all cases, one twentieth being below and one above.
    pub most: (f64, f64),
}

const HEIGHT: f64 = 240.0;
const LIMITS: usize = 8;

/// Draws the fan.
pub fn fan(data: &FanData) -> Svg {
    let x_log = data.x_log || data.x == Quantity::LogTime;
    let y_log = data.y_log || data.y == Quantity::LogTime;
    let stands = |value: f64, log: bool| value.is_finite() && (!log || value > 0.0);
    let finding = frame::describe(&[&data.finding, data.uncertainty.sentence()]);
    let points: Vec<&FanPoint> = data
        .points
        .iter()
        .filter(|p| {
            let known = |y: &f64| stands(*y, y_log) || *y == f64::INFINITY;
            stands(p.x, x_log) && values(p).iter().any(known)
        })
        .collect();
    if points.is_empty() {
        let sentence = "There is no value to show.";
        return frame::empty(&data.title, &data.finding, sentence);
    }
    let limits = data.limits.iter().map(|limit| limit.at);
    let all = points.iter().flat_map(|p| values(p)).chain(limits);
    let (low, high) = extent(all.filter(|y| stands(*y, y_log)));
    let y = if y_log {
        Axis::log(data.y, low, high, &data.y_title)
    } else {
        Axis::of(data.y, low.min(0.0), high.max(0.0), &data.y_title)
    };
    let (first, last) = extent(points.iter().map(|p| p.x));
    let x = match data.x {
        quantity if x_log => Axis::log(quantity, first, last, &data.x_title),
        // Time fills its axis; the steps need not be whole at its ends.
        Quantity::Time => Axis::times(first, last, 6, &data.x_title),
        quantity => Axis::of(quantity, first, last, &data.x_title),
    };
    let heading = Heading::new(&data.title, &finding);
    let never = points.iter().any(|p| p.median == f64::INFINITY);
    let above = if never { never::ROOM } else { 0.0 };
    let top = heading.bottom() + 26.0 + above;
    let left = frame::gutter(&y);
    let frame = Frame::new(x, y, left..WIDTH - 172.0, top..top + HEIGHT);
    let (text, size) = canvas::draw(frame.down.end + if never { 60.0 } else { 44.0 }, |canvas| {
        heading.draw(canvas);
        frame.draw_y(canvas, 16.0 + above);
        frame.draw_x(canvas);
        let mut ends = draw_limits(canvas, &frame, &data.limits);
        ends.extend(draw_fan(canvas, &frame, &points));
        draw_end_labels(canvas, &frame, &ends);
        if never {
            never::draw_word(canvas, &frame);
            let look = Look::new(SMALL_SIZE, Paint::Muted);
            canvas.text(never::NOTE, (MARGIN, frame.down.end + 48.0), look);
        }
    });
    Svg::new(&data.title, &description(data, &finding, &points), &text, size)
}

/// Everything at one place, from below.
fn values(point: &FanPoint) -> [f64; 5] {
    [point.most.0, point.half.0, point.median, point.half.1, point.most.1]
}

fn extent(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

fn draw_limits(canvas: &Canvas, frame: &Frame, limits: &[LineMark]) -> Vec<EndLabel> {
    let mut ends = Vec::new();
    for limit in limits.iter().filter(|limit| frame.y().holds(limit.at)).take(LIMITS) {
        let (_, y) = frame.place(frame.x().low(), limit.at);
        let end = (frame.across.end, y);
        let pen = Pen::new(Paint::Objective, 1.25).dashed(&[6.0, 4.0]);
        canvas.line((frame.across.start, y), end, pen);
        ends.push(EndLabel {
            end,
            text: limit.name.clone(),
            text_paint: Paint::Objective,
            line_paint: Paint::Baseline,
        });
    }
    ends
}

/// The bands, their edges (which keep them apart in gray print) and the median.
fn draw_fan(canvas: &Canvas, frame: &Frame, points: &[&FanPoint]) -> Vec<EndLabel> {
    let paint = Paint::Series(Series::Blue);
    let opacity = Opacity { most: 0.15, half: 0.28 };
    let around = |p: &&FanPoint| (p.x, Bands { half: p.half, most: p.most });
    let all: Vec<(f64, Bands)> = points.iter().map(around).collect();
    bands::draw(canvas, frame, &all, (paint, opacity));
    if let [(x, alone)] = all[..] {
        draw_alone(canvas, frame, x, alone.most, (4.0, opacity.most));
        draw_alone(canvas, frame, x, alone.half, (7.0, opacity.half));
    }
    let edges: [(&dyn Fn(&FanPoint) -> f64, &'static str, Pen); 5] = [
        (&|p| p.most.1, "95 % of cases below", Pen::new(paint, 0.75).dashed(&[1.5, 2.5])),
        (&|p| p.half.1, "75 %", Pen::new(paint, 0.75)),
        (&|p| p.median, "median", Pen::new(paint, 2.0)),
        (&|p| p.half.0, "25 %", Pen::new(paint, 0.75)),
        (&|p| p.most.0, "5 %", Pen::new(paint, 0.75).dashed(&[1.5, 2.5])),
    ];
    let mut ends = Vec::new();
    for (value, name, pen) in edges {
        let line: Vec<_> = points.iter().map(|p| (p.x, value(p))).collect();
        frame.draw_line(canvas, &line, pen);
        let last = frame.pieces(&line).last().and_then(|piece| piece.points.last().copied());
        let away =
            if name == "median" { never::draw_arrows(canvas, frame, &line, paint) } else { None };
        ends.extend(away.or(last).map(|end| EndLabel {
            end,
            text: name.to_owned(),
            text_paint: Paint::SeriesText(Series::Blue),
            line_paint: paint,
        }));
    }
    ends
}

/// A band of one place has no area of its own.
fn draw_alone(canvas: &Canvas, frame: &Frame, x: f64, bounds: (f64, f64), look: (f64, f64)) {
    let (bottom, top) = (frame.y().position(bounds.0), frame.y().position(bounds.1));
    if bottom.is_nan() || top.is_nan() || bottom > top || !frame.x().holds(x) {
        return;
    }
    let (low, high) = (frame.y().low(), frame.y().high());
    let from = frame.place(x, bounds.0.clamp(low, high));
    let to = frame.place(x, bounds.1.clamp(low, high));
    let (wide, opacity) = look;
    let paint = Paint::Series(Series::Blue);
    canvas.rectangle((from.0 - wide, to.1), (from.0 + wide, from.1), paint, opacity);
}

fn description(data: &FanData, finding: &str, points: &[&FanPoint]) -> String {
    let axes = format!("{} over {}.", clean(&data.y_title), clean(&data.x_title));
    let mut sentences = vec![clean(finding), axes];
    let text = |y: f64| {
        if y == f64::INFINITY { "never answered".to_owned() } else { data.y.text(y) }
    };
    for (word, point) in [("First", points.first()), ("Last", points.last())] {
        let Some(point) = point else { continue };
        sentences.push(format!(
            "{word}, at {}: median {}, half of all cases {} to {}, nine tenths {} to {}.",
            data.x.setting(point.x),
            text(point.median),
            text(point.half.0),
            text(point.half.1),
            text(point.most.0),
            text(point.most.1)
        ));
    }
    sentences.extend(data.limits.iter().map(|limit| format!("Objective: {}.", clean(&limit.name))));
    frame::describe(&sentences.iter().map(String::as_str).collect::<Vec<_>>())
}
