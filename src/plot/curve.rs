//! What a design would do at other values of one setting: curves with bands and a dot per simulated
//! point, the objectives, where they are crossed, and further panels over the same axis.

use super::axis::{Axis, Quantity};
use super::canvas::{self, Anchor, Canvas, Look, Pen, SMALL_SIZE, WIDTH};
use super::frame::{self, EndLabel, Frame, Heading, MARGIN, draw_end_labels};
use super::labels::{LABEL_DISTANCE_EM, clean, elide, text_width};
use super::never;
use super::svg::Svg;
use super::theme::{Paint, Series};

/// What the chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CurveData {
    /// Name of the chart.
    pub title: String,
    /// What is to be seen, in a sentence; may be empty.
    pub finding: String,
    /// The setting that is varied: `pool.api_pg.size`; title of the horizontal axis.
    pub key: String,
    /// What its values are.
    pub x: Quantity,
    /// Whether equal ratios of it are equally far apart; then only values > 0 are drawn, and of months
    /// the start too ([`Axis::months_since`] the first value after it).
    pub log: bool,
    /// From top to bottom; the first is high, the others are low; the first six are drawn.
    pub panels: Vec<CurvePanel>,
}

/// Curves that share a scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CurvePanel {
    /// What it shows: `p95(endpoint.browse)`.
    pub title: String,
    /// What its values are.
    pub quantity: Quantity,
    /// Whether equal ratios are equally far apart; a linear scale includes 0.
    pub log: bool,
    /// The first four are drawn; bands only where at most two of them have one. A note counts the
    /// rest.
    pub lines: Vec<CurveLine>,
    /// What was asked for.
    pub limits: Vec<CurveLimit>,
    /// Where a line crosses its limit.
    pub crossings: Vec<CurveCrossing>,
}

/// One curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CurveLine {
    /// Its name.
    pub name: String,
    /// One for each simulated design, by increasing x.
    pub points: Vec<CurvePoint>,
}

/// A simulated design.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// The setting.
    pub x: f64,
    /// The estimate. Infinite: never answered, marked above the scale. NaN: interrupts the line.
    pub y: f64,
    /// Lower end of the interval; NaN if there is none.
    pub lower: f64,
    /// Upper end of the interval; NaN if there is none, infinite if it is open.
    pub upper: f64,
}

/// A horizontal line: an objective.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CurveLimit {
    /// In its own words: `p95 < 500 ms`.
    pub name: String,
    /// Where it is.
    pub y: f64,
}

/// A value of the setting from which on something holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CurveCrossing {
    /// What happens there: `p95 = 500 ms`.
    pub name: String,
    /// The estimate; not drawn if it is not on the axis.
    pub x: f64,
    /// Lower end of its interval; NaN if there is none.
    pub lower: f64,
    /// Upper end of its interval; NaN if there is none, infinite if it is open.
    pub upper: f64,
    /// The place with its interval in words, where they are no plain numbers.
    pub said: Option<String>,
}

const FIRST: f64 = 210.0;
const NEXT: f64 = 96.0;
/// Between one panel and the next: the title of the lower one.
const GAP: f64 = 40.0;
const MOST: usize = 6;
/// Room for names at the right.
const NAMES: f64 = 160.0;
/// Rows of crossings above a panel.
const ROWS: usize = 3;
const LABEL_ROW: f64 = 15.0;

impl CurveData {
    /// Whether the horizontal axis has no place for what is not > 0.
    fn is_log(&self) -> bool {
        self.x == Quantity::LogTime || (self.log && self.x != Quantity::Months)
    }
}

impl CurvePanel {
    fn drawn(&self) -> &[CurveLine] {
        &self.lines[..self.lines.len().min(Series::ALL.len())]
    }

    /// Points that have a place on the horizontal axis.
    fn points(&self, log_x: bool) -> impl Iterator<Item = &CurvePoint> {
        let stands = move |p: &&CurvePoint| p.x.is_finite() && (!log_x || p.x > 0.0);
        self.drawn().iter().flat_map(|line| &line.points).filter(stands)
    }

    fn is_log(&self) -> bool {
        self.log || self.quantity == Quantity::LogTime
    }

    fn can_stand(&self, y: f64) -> bool {
        y.is_finite() && (!self.is_log() || y > 0.0)
    }

    fn has_data(&self, log_x: bool) -> bool {
        self.points(log_x).any(|p| p.y == f64::INFINITY || self.can_stand(p.y))
    }

    /// Holds all estimates and limits, and the bands unless they are far beyond.
    fn axis(&self, log_x: bool) -> Axis {
        let limits = self.limits.iter().map(|limit| limit.y);
        let values = self.points(log_x).map(|p| p.y).chain(limits);
        let (low, high) = extent(values.filter(|y| self.can_stand(*y)));
        let bounds = self.points(log_x).flat_map(|p| [p.lower, p.upper]);
        let near = |y: &f64| {
            if self.is_log() {
                (low / 10.0..=high * 10.0).contains(y)
            } else {
                y.abs() <= 3.0 * high.abs().max(low.abs())
            }
        };
        let bounds = bounds.filter(|y| self.can_stand(*y) && near(y));
        let (low, high) = extent([low, high].into_iter().chain(bounds));
        if self.is_log() {
            return Axis::log(self.quantity, low, high, &self.title);
        }
        // Half of all there is asks for all there is.
        let whole = if self.quantity == Quantity::Share && high > 0.5 { 1.0 } else { 0.0 };
        Axis::of(self.quantity, low.min(0.0), high.max(whole), &self.title)
    }
}

fn extent(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

/// Draws the panels that have data.
pub fn curve(data: &CurveData) -> Svg {
    let log_x = data.is_log();
    let kept = data.panels.iter().filter(|panel| panel.has_data(log_x)).take(MOST);
    let panels: Vec<&CurvePanel> = kept.collect();
    if panels.is_empty() {
        let sentence = "No design was simulated, so there is no curve to show.";
        return frame::empty(&data.title, &data.finding, sentence);
    }
    let heading = Heading::new(&data.title, &data.finding);
    let axes: Vec<Axis> = panels.iter().map(|panel| panel.axis(log_x)).collect();
    let left = axes.iter().map(frame::gutter).fold(0.0, f64::max);
    let across = left..WIDTH - NAMES;
    let x = horizontal(data, &panels, across.end - across.start);
    let mut top = heading.bottom() + 26.0;
    let mut laid: Vec<Laid> = Vec::new();
    for (index, (panel, y)) in panels.iter().zip(axes).enumerate() {
        let height = if index == 0 { FIRST } else { NEXT };
        // Where the labels stand does not depend on the height, which depends on them.
        let draft = Frame::new(x.clone(), y.clone(), across.clone(), top..top + height);
        let labels = place_labels(&draft, data.x, &panel.crossings);
        let rows = labels.iter().map(|label| label.row + 1).max().unwrap_or(0);
        let never = panel.points(log_x).any(|p| p.y == f64::INFINITY);
        let above = if never { never::ROOM } else { 0.0 };
        top += above + LABEL_ROW * rows as f64;
        let frame = Frame::new(x.clone(), y, across.clone(), top..top + height);
        laid.push(Laid { panel, frame, labels, rows, above });
        top += height + GAP;
    }
    let bottom = top - GAP;
    let notes = notes(&panels, log_x);
    let (text, size) = canvas::draw(bottom + 44.0 + 16.0 * notes.len() as f64, |canvas| {
        heading.draw(canvas);
        draw_panels(canvas, &laid);
        for (row, note) in notes.iter().enumerate() {
            let y = bottom + 48.0 + 16.0 * row as f64;
            canvas.text(note, (MARGIN, y), Look::new(SMALL_SIZE, Paint::Muted));
        }
    });
    Svg::new(&data.title, &description(data, &panels), &text, size)
}

/// A panel with its place.
struct Laid<'a> {
    panel: &'a CurvePanel,
    frame: Frame,
    labels: Vec<Label>,
    rows: usize,
    /// Room for what was never answered \[px\]; 0 if nothing was.
    above: f64,
}

/// The name of a crossing, above its panel.
struct Label {
    center: f64,
    row: usize,
    text: String,
}

/// The range of all points; ticks at the points themselves where they are few.
fn horizontal(data: &CurveData, panels: &[&CurvePanel], width: f64) -> Axis {
    let log = data.is_log();
    let mut values: Vec<f64> =
        panels.iter().flat_map(|p| p.points(log)).map(|point| point.x).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let (low, high) = extent(values.iter().copied());
    if data.log && data.x == Quantity::Months {
        let first = values.iter().copied().find(|x| *x > 0.0).unwrap_or(f64::NAN);
        return Axis::months_since(first, high, &data.key);
    }
    let round = if log {
        Axis::log(data.x, low, high, &data.key)
    } else {
        Axis::of(data.x, low, high, &data.key)
    };
    let mut simulated = round.clone();
    simulated.mark(&values, |x| data.x.setting(x));
    simulated.title.clone_from(&data.key);
    let fits = simulated.ticks.windows(2).all(|pair| {
        let apart = (simulated.position(pair[1].at) - simulated.position(pair[0].at)) * width;
        let wide = |label: &str| text_width(label, SMALL_SIZE);
        apart >= f64::midpoint(wide(&pair[0].label), wide(&pair[1].label)) + 8.0
    });
    if fits && simulated.ticks.len() > 1 { simulated } else { round }
}

/// Labels side by side where there is room, in rows above one another where there is not; those
/// beyond the last row stand in the description only.
fn place_labels(frame: &Frame, quantity: Quantity, crossings: &[CurveCrossing]) -> Vec<Label> {
    let mut sorted: Vec<&CurveCrossing> =
        crossings.iter().filter(|c| frame.x().holds(c.x)).collect();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut free_from = [MARGIN; ROWS];
    let mut labels = Vec::new();
    for crossing in sorted {
        let (x, _) = frame.place(crossing.x, frame.y().low());
        let text = elide(&crossing_text(crossing, quantity), SMALL_SIZE, 340.0);
        let half = text_width(&text, SMALL_SIZE) / 2.0;
        let center = x.max(MARGIN + half).min(WIDTH - MARGIN - half);
        let Some(row) = free_from.iter().position(|free| center - half >= *free) else { continue };
        free_from[row] = center + half + 10.0;
        labels.push(Label { center, row, text });
    }
    labels
}

/// `p95 = 500 ms: 14.2 (13.8–14.6)`.
fn crossing_text(crossing: &CurveCrossing, quantity: Quantity) -> String {
    let value = quantity.text(crossing.x);
    let bounds = match (crossing.lower.is_finite(), crossing.upper.is_finite()) {
        _ if crossing.lower.is_nan() || crossing.upper.is_nan() => String::new(),
        (true, true) => {
            format!(" ({}–{})", quantity.text(crossing.lower), quantity.text(crossing.upper))
        }
        (true, false) => format!(" (at least {})", quantity.text(crossing.lower)),
        (false, true) => format!(" (at most {})", quantity.text(crossing.upper)),
        (false, false) => String::new(),
    };
    let said = crossing.said.clone().unwrap_or_else(|| value + &bounds);
    // The name is anybody's text, the numbers must stay.
    let name = elide(&crossing.name, SMALL_SIZE, 170.0);
    if name.is_empty() { said } else { format!("{name}: {said}") }
}

fn draw_panels(canvas: &Canvas, laid: &[Laid]) {
    for (index, one) in laid.iter().enumerate() {
        let frame = &one.frame;
        for crossing in one.panel.crossings.iter().filter(|c| frame.x().holds(c.x)) {
            shade(canvas, frame, crossing);
        }
        frame.draw_y(canvas, 16.0 + one.above + LABEL_ROW * one.rows as f64);
        if one.above > 0.0 {
            never::draw_word(canvas, frame);
        }
        if index + 1 == laid.len() {
            frame.draw_x(canvas);
        } else {
            let (left, right) = (frame.across.start, frame.across.end);
            let pen = Pen::new(Paint::Baseline, 1.0);
            canvas.line((left, frame.down.end), (right, frame.down.end), pen);
        }
        // What a crossing means for the other panels is read along its line.
        for (other, owner) in laid.iter().enumerate() {
            let pen = Pen::new(Paint::Baseline, if other == index { 1.25 } else { 0.75 });
            for crossing in owner.panel.crossings.iter().filter(|c| frame.x().holds(c.x)) {
                let (x, _) = frame.place(crossing.x, frame.y().low());
                let top = frame.down.start - if other == index { 4.0 + one.above } else { 0.0 };
                canvas.line((x, top), (x, frame.down.end), pen.dashed(&[2.0, 3.0]));
            }
        }
        let mut ends = draw_limits(canvas, one);
        ends.extend(draw_lines(canvas, one));
        draw_end_labels(canvas, frame, &ends);
        for label in &one.labels {
            let y = frame.down.start - 12.0 - one.above - LABEL_ROW * label.row as f64;
            let look = Look::new(SMALL_SIZE, Paint::Ink).at(Anchor::Middle);
            canvas.text(&label.text, (label.center, y), look);
        }
    }
}

/// The interval of a crossing.
fn shade(canvas: &Canvas, frame: &Frame, crossing: &CurveCrossing) {
    if crossing.lower.is_nan() || crossing.upper.is_nan() || crossing.lower > crossing.upper {
        return;
    }
    let (low, high) = (frame.x().low(), frame.x().high());
    let (left, _) = frame.place(crossing.lower.clamp(low, high), frame.y().low());
    let (right, _) = frame.place(crossing.upper.clamp(low, high), frame.y().low());
    let (top, bottom) = (frame.down.start, frame.down.end);
    canvas.rectangle((left, top), (right.max(left + 1.0), bottom), Paint::Window, 1.0);
}

fn draw_limits(canvas: &Canvas, one: &Laid) -> Vec<EndLabel> {
    let frame = &one.frame;
    let room = (frame.down.end - frame.down.start) / (LABEL_DISTANCE_EM * canvas::TEXT_SIZE);
    let most = (room as usize).saturating_sub(one.panel.drawn().len());
    let mut ends = Vec::new();
    for limit in one.panel.limits.iter().filter(|limit| frame.y().holds(limit.y)).take(most) {
        let (_, y) = frame.place(frame.x().low(), limit.y);
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

fn draw_lines(canvas: &Canvas, one: &Laid) -> Vec<EndLabel> {
    let (frame, lines) = (&one.frame, one.panel.drawn());
    let has_band = |line: &&CurveLine| line.points.iter().any(|point| !point.upper.is_nan());
    let banded = if lines.iter().filter(has_band).count() <= 2 { lines } else { &[] };
    for (hue, line) in Series::ALL.into_iter().zip(banded) {
        let band: Vec<_> = line.points.iter().map(|p| (p.x, p.lower, p.upper)).collect();
        frame.draw_band(canvas, &band, Paint::Series(hue), 0.2);
        let few = line.points.len() <= 30;
        for point in line.points.iter().filter(|p| few && frame.x().holds(p.x)) {
            draw_whisker(canvas, frame, point, Paint::Series(hue));
        }
    }
    let mut ends = Vec::new();
    for (hue, line) in Series::ALL.into_iter().zip(lines) {
        let path: Vec<_> = line.points.iter().map(|p| (p.x, p.y)).collect();
        let paint = Paint::Series(hue);
        frame.draw_line(canvas, &path, Pen::new(paint, 2.0).dashed(hue.dashes()));
        let radius = if line.points.len() > 30 { 1.75 } else { 2.75 };
        let inside = |p: &&CurvePoint| frame.x().holds(p.x) && frame.y().holds(p.y);
        for point in line.points.iter().filter(inside) {
            canvas.dot(frame.place(point.x, point.y), radius, paint);
        }
        let away = never::draw_arrows(canvas, frame, &path, paint);
        let last = line.points.iter().rev().find(inside).map(|p| frame.place(p.x, p.y));
        if let Some(end) = away.or(last) {
            ends.push(EndLabel {
                end,
                text: line.name.clone(),
                text_paint: Paint::SeriesText(hue),
                line_paint: paint,
            });
        }
    }
    ends
}

/// The interval of one point, thin: a band alone would hide where it was measured.
fn draw_whisker(canvas: &Canvas, frame: &Frame, point: &CurvePoint, paint: Paint) {
    let (bottom, top) = (frame.y().position(point.lower), frame.y().position(point.upper));
    if bottom.is_nan() || top.is_nan() || bottom > top || bottom > 1.0 || top < 0.0 {
        return;
    }
    let (low, high) = (frame.y().low(), frame.y().high());
    let from = frame.place(point.x, point.lower.clamp(low, high));
    let to = frame.place(point.x, point.upper.clamp(low, high));
    canvas.line(from, to, Pen::new(paint, 0.75));
}

fn notes(panels: &[&CurvePanel], log_x: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let points = || panels.iter().flat_map(|p| p.points(log_x));
    if points().any(|p| p.y == f64::INFINITY) {
        notes.push(never::NOTE.to_owned());
    }
    let hidden: usize = panels.iter().map(|p| p.lines.len() - p.drawn().len()).sum();
    if hidden > 0 {
        notes.push(format!("Not drawn: {hidden} more (a panel tells four lines apart)."));
    }
    let without_place = panels.iter().filter(|p| p.is_log()).flat_map(|p| p.points(log_x));
    let without_place = without_place.filter(|p| p.y <= 0.0).count();
    if without_place > 0 {
        let have = if without_place == 1 { "point is 0 and has" } else { "points are 0 and have" };
        notes.push(format!("{without_place} {have} no place on a logarithmic axis."));
    }
    notes
}

fn description(data: &CurveData, panels: &[&CurvePanel]) -> String {
    let mut sentences = vec![clean(&data.finding), format!("Over {}.", clean(&data.key))];
    let log_x = data.is_log();
    let at = |x: f64| match data.x {
        Quantity::Months => data.x.text(x),
        _ => data.x.setting(x),
    };
    for panel in panels {
        let value = |y: f64| {
            if y == f64::INFINITY { "never answered".to_owned() } else { panel.quantity.text(y) }
        };
        for line in panel.drawn() {
            let known = |p: &&CurvePoint| p.x.is_finite() && (!log_x || p.x > 0.0) && !p.y.is_nan();
            let (first, last) =
                (line.points.iter().find(known), line.points.iter().rev().find(known));
            if let (Some(first), Some(last)) = (first, last) {
                sentences.push(format!(
                    "{}, {}: {} at {}, {} at {}.",
                    clean(&panel.title),
                    clean(&line.name),
                    value(first.y),
                    at(first.x),
                    value(last.y),
                    at(last.x)
                ));
            }
        }
        sentences.extend(panel.limits.iter().map(|l| format!("Objective: {}.", clean(&l.name))));
        let crossings = panel.crossings.iter().filter(|c| c.x.is_finite());
        sentences.extend(crossings.map(|c| format!("Crossing: {}.", crossing_text(c, data.x))));
    }
    frame::describe(&sentences.iter().map(String::as_str).collect::<Vec<_>>())
}
