//! What happens over time: panels one above the other over one time axis, with bands, windows and
//! the dates at which something begins.

use super::axis::{Axis, Quantity};
use super::canvas::{self, Anchor, Canvas, Look, Pen, SMALL_SIZE, WIDTH};
use super::frame::{self, EndLabel, Frame, Heading, MARGIN, draw_end_labels};
use super::labels::{clean, elide, text_width};
use super::lines::LineMark;
use super::show;
use super::spans::{TimeWindow, draw_spans, spans};
use super::stations::TimePoint;
use super::svg::Svg;
use super::theme::{Paint, Series};

/// What the chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransientData {
    /// Name of the chart.
    pub title: String,
    /// What is to be seen, in a sentence; may be empty.
    pub finding: String,
    /// End of the time axis, which begins at 0 \[s\].
    pub until: f64,
    /// What is cut as warm-up: from 0 to here \[s\]; 0 for none.
    pub warm_up: f64,
    /// Named windows.
    pub windows: Vec<TimeWindow>,
    /// Dates at which something begins: a burst, a step.
    pub dates: Vec<LineMark>,
    /// From top to bottom; the first eight are drawn.
    pub panels: Vec<Panel>,
}

/// Curves that share a scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    /// What it shows: `workload.w: latency`.
    pub title: String,
    /// What its values are; the scale is linear and includes 0.
    pub quantity: Quantity,
    /// The first four are drawn.
    pub lines: Vec<Course>,
}

/// One curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Its name.
    pub name: String,
    /// By increasing time.
    pub points: Vec<TimePoint>,
}

const PANEL: f64 = 124.0;
/// Between one panel and the next: the title of the lower one.
const GAP: f64 = 40.0;
const MOST: usize = 8;
/// Room for names at the right.
const NAMES: f64 = 132.0;

impl Panel {
    fn values(&self) -> impl Iterator<Item = &TimePoint> {
        let drawn = &self.lines[..self.lines.len().min(Series::ALL.len())];
        drawn.iter().flat_map(|line| &line.points).filter(|p| p.value.is_finite())
    }

    fn has_data(&self) -> bool {
        self.values().any(|point| point.at.is_finite())
    }

    /// From 0 to the highest median and band, unless a band is far beyond what it belongs to.
    fn axis(&self) -> Axis {
        let top = self.values().map(|p| p.value).fold(0.0, f64::max);
        let band = self.values().map(|p| p.upper).filter(|upper| *upper <= 4.0 * top);
        let top = band.fold(top, f64::max);
        Axis::of(self.quantity, 0.0, if top > 0.0 { top } else { 1.0 }, &self.title)
    }
}

/// Draws the panels that have data.
pub fn transient(data: &TransientData) -> Svg {
    let panels: Vec<&Panel> = data.panels.iter().filter(|p| p.has_data()).take(MOST).collect();
    if panels.is_empty() {
        let sentence = "Nothing was observed over time, so there is no course to show.";
        return frame::empty(&data.title, &data.finding, sentence);
    }
    let heading = Heading::new(&data.title, &data.finding);
    let named = !data.windows.is_empty() || data.warm_up > 0.0;
    let rows = usize::from(named) + usize::from(!data.dates.is_empty());
    let top = heading.bottom() + 8.0 + 16.0 * rows as f64 + 22.0;
    let bottom = top + PANEL * panels.len() as f64 + GAP * (panels.len() - 1) as f64;
    let time = time_axis(data, &panels);
    let spans = spans(data.warm_up, &data.windows, &time);
    let gutters = panels.iter().map(|panel| frame::gutter(&panel.axis()));
    let across = gutters.fold(0.0, f64::max)..WIDTH - NAMES;
    let (text, size) = canvas::draw(bottom + 44.0, |canvas| {
        heading.draw(canvas);
        let first = heading.bottom() + 14.0;
        for (index, panel) in panels.iter().enumerate() {
            let begin = top + (PANEL + GAP) * index as f64;
            let frame =
                Frame::new(time.clone(), panel.axis(), across.clone(), begin..begin + PANEL);
            let labels = (index == 0).then_some(first);
            draw_spans(canvas, &frame, &spans, labels);
            let row = first + if named { 16.0 } else { 0.0 };
            draw_panel(canvas, &frame, panel);
            draw_dates(canvas, &frame, &data.dates, (index == 0).then_some(row));
            if index + 1 == panels.len() {
                frame.draw_x(canvas);
            } else {
                let (left, right) = (frame.across.start, frame.across.end);
                let pen = Pen::new(Paint::Baseline, 1.0);
                canvas.line((left, frame.down.end), (right, frame.down.end), pen);
            }
        }
    });
    Svg::new(&data.title, &description(data, &panels), &text, size)
}

fn time_axis(data: &TransientData, panels: &[&Panel]) -> Axis {
    let last = panels.iter().flat_map(|p| p.values()).map(|p| p.at).filter(|at| at.is_finite());
    let last = last.fold(0.0, f64::max);
    let until = if data.until.is_finite() && data.until > 0.0 { data.until } else { last };
    Axis::times(0.0, until, 8, "time")
}

fn draw_panel(canvas: &Canvas, frame: &Frame, panel: &Panel) {
    frame.draw_y(canvas, 14.0);
    let drawn = || Series::ALL.into_iter().zip(&panel.lines);
    for (hue, line) in drawn() {
        let band: Vec<_> = line.points.iter().map(|p| (p.at, p.lower, p.upper)).collect();
        frame.draw_band(canvas, &band, Paint::Series(hue), 0.18);
    }
    let mut ends = Vec::new();
    for (hue, line) in drawn() {
        let points: Vec<_> = line.points.iter().map(|p| (p.at, p.value)).collect();
        frame.draw_line(canvas, &points, Pen::new(Paint::Series(hue), 1.75).dashed(hue.dashes()));
        let end = frame.pieces(&points).last().and_then(|piece| piece.points.last().copied());
        ends.extend(end.map(|end| EndLabel {
            end,
            text: line.name.clone(),
            text_paint: Paint::SeriesText(hue),
            line_paint: Paint::Series(hue),
        }));
    }
    draw_end_labels(canvas, frame, &ends);
}

/// Vertical lines through a panel; named at `labels` \[px\] where there is room.
fn draw_dates(canvas: &Canvas, frame: &Frame, dates: &[LineMark], labels: Option<f64>) {
    let mut sorted: Vec<&LineMark> = dates.iter().filter(|d| frame.x().holds(d.at)).collect();
    sorted.sort_by(|a, b| a.at.total_cmp(&b.at));
    let look = Look::new(SMALL_SIZE, Paint::Ink).at(Anchor::Middle);
    let mut free_from = MARGIN;
    for date in sorted {
        let (x, _) = frame.place(date.at, frame.y().low());
        let pen = Pen::new(Paint::Baseline, 1.0).dashed(&[3.0, 3.0]);
        canvas.line((x, frame.down.start), (x, frame.down.end), pen);
        let Some(y) = labels else { continue };
        let name = elide(&date.name, SMALL_SIZE, 180.0);
        let half = text_width(&name, SMALL_SIZE) / 2.0;
        let center = x.max(MARGIN + half).min(WIDTH - MARGIN - half);
        if center - half >= free_from {
            canvas.text(&name, (center, y), look);
            free_from = center + half + 6.0;
        }
    }
}

fn description(data: &TransientData, panels: &[&Panel]) -> String {
    let mut sentences = vec![clean(&data.finding)];
    for panel in panels {
        for line in &panel.lines {
            let highest = line.points.iter().filter(|p| p.value.is_finite());
            let highest =
                highest.reduce(|most, next| if next.value > most.value { next } else { most });
            let Some(highest) = highest else { continue };
            let value = match panel.quantity {
                Quantity::Share => show::percent(highest.value),
                other => other.text(highest.value),
            };
            sentences.push(format!(
                "{}, {}: at most {value}, {} after the start.",
                clean(&panel.title),
                clean(&line.name),
                show::time(highest.at)
            ));
        }
    }
    sentences.extend(data.dates.iter().map(|d| format!("Marked: {}.", clean(&d.name))));
    frame::describe(&sentences.iter().map(String::as_str).collect::<Vec<_>>())
}
