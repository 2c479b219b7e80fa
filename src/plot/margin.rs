//! How far each objective is from its target: one dot with its interval per objective, worst first.

use super::axis::Axis;
use super::canvas::{self, Anchor, Canvas, Look, Pen, SMALL_SIZE, TEXT_SIZE, WIDTH};
use super::frame::{self, Frame, Heading, MARGIN};
use super::labels::{clean, elide, elide_end, text_width};
use super::show;
use super::svg::Svg;
use super::theme::{Paint, Series};

/// What the chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MarginData {
    /// Name of the chart.
    pub title: String,
    /// What is to be seen, in a sentence; may be empty.
    pub finding: String,
    /// One row each; sorted worst first by the chart.
    pub rows: Vec<MarginRow>,
}

/// One objective.
#[derive(Clone, Debug, PartialEq)]
pub struct MarginRow {
    /// The objective in its own words: `p99(endpoint.x) < 250 ms`.
    pub name: String,
    /// Estimate ÷ target, turned so that above 1 is a miss. Infinite: beyond any limit. NaN: there
    /// is no estimate.
    pub ratio: f64,
    /// Lower end of the interval of `ratio`; NaN if there is none.
    pub lower: f64,
    /// Upper end of the interval of `ratio`; NaN if there is none, infinite if it is open.
    pub upper: f64,
    /// The verdict, decided elsewhere.
    pub verdict: Verdict,
    /// The estimate as text: `231 ms (224–238)`.
    pub estimate: String,
}

/// What was concluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Met.
    Pass,
    /// Missed.
    Fail,
    /// The interval holds the target.
    Inconclusive,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Inconclusive => "inconclusive",
        }
    }

    fn series(self) -> Option<Series> {
        match self {
            Verdict::Pass => Some(Series::Blue),
            Verdict::Fail => Some(Series::Vermillion),
            Verdict::Inconclusive => None,
        }
    }

    fn paint(self) -> Paint {
        self.series().map_or(Paint::Other, Paint::Series)
    }

    fn text_paint(self) -> Paint {
        self.series().map_or(Paint::Muted, Paint::SeriesText)
    }
}

const ROW: f64 = 38.0;
/// Ratios beyond a hundredfold are drawn at the edge with an arrow.
const FARTHEST: f64 = 100.0;

/// Draws the rows.
pub fn margin(data: &MarginData) -> Svg {
    if data.rows.is_empty() {
        let sentence = "No objective is stated, so there is no margin to show.";
        return frame::empty(&data.title, &data.finding, sentence);
    }
    let mut rows: Vec<&MarginRow> = data.rows.iter().collect();
    rows.sort_by(|a, b| badness(b).total_cmp(&badness(a)));
    let heading = Heading::new(&data.title, &data.finding);
    let top = heading.bottom() + 18.0;
    let bottom = top + ROW * rows.len() as f64;
    let (low, high) = range(&rows);
    let x = Axis::ratios(low, high).titled("estimate ÷ target (logarithmic; left of ×1 is met)");
    let frame = Frame::new(x, Axis::numbers(0.0, 1.0, 1), 218.0..WIDTH - 182.0, top..bottom);
    let (text, size) = canvas::draw(bottom + 42.0, |canvas| {
        heading.draw(canvas);
        for tick in &frame.x().ticks {
            let (x, _) = frame.place(tick.at, 0.0);
            canvas.line((x, top), (x, bottom), Pen::new(Paint::Grid, 0.75));
        }
        let (target, _) = frame.place(1.0, 0.0);
        canvas.line((target, top - 4.0), (target, bottom), Pen::new(Paint::Objective, 1.5));
        let look = Look::new(SMALL_SIZE, Paint::Objective).at(Anchor::Middle);
        canvas.text("target", (target, top - 11.0), look);
        for (index, row) in rows.iter().enumerate() {
            draw_row(canvas, &frame, row, top + ROW * (index as f64 + 0.5));
        }
        frame.draw_x(canvas);
    });
    Svg::new(&data.title, &description(&data.finding, &rows), &text, size)
}

/// The larger, the worse; without an estimate worst of all, because nothing is known.
fn badness(row: &MarginRow) -> f64 {
    if row.ratio.is_nan() { f64::INFINITY } else { row.ratio }
}

/// A range that holds all that can be drawn, the target, and a little room on both sides.
fn range(rows: &[&MarginRow]) -> (f64, f64) {
    let values = rows.iter().flat_map(|row| [row.ratio, row.lower, row.upper]);
    let sound = values.filter(|v| v.is_finite() && *v > 0.0);
    let within = sound.map(|v| v.clamp(1.0 / FARTHEST, FARTHEST));
    let (low, high) = within.fold((0.5, 2.0), |(low, high), v| (v.min(low), v.max(high)));
    (low / 1.15, high * 1.15)
}

fn draw_row(canvas: &Canvas, frame: &Frame, row: &MarginRow, y: f64) {
    let name = elide(&row.name, TEXT_SIZE, 218.0 - MARGIN - 12.0);
    canvas.text(&name, (MARGIN, y), Look::new(TEXT_SIZE, Paint::Ink));
    let paint = row.verdict.paint();
    if row.lower <= row.upper {
        draw_whisker(canvas, frame, (row.lower, row.upper), y, paint);
    }
    if row.ratio.is_nan() {
        let middle = f64::midpoint(frame.across.start, frame.across.end);
        let look = Look::new(SMALL_SIZE, Paint::Muted).at(Anchor::Middle);
        let text = "no estimate";
        let half = text_width(text, SMALL_SIZE) / 2.0 + 3.0;
        canvas.rectangle((middle - half, y - 8.0), (middle + half, y + 8.0), Paint::Surface, 1.0);
        canvas.text(text, (middle, y), look);
    } else {
        draw_mark(canvas, frame, row, y);
    }
    let left = frame.across.end + 14.0;
    let room = WIDTH - MARGIN - left;
    let word = Look::new(TEXT_SIZE, row.verdict.text_paint()).bold();
    canvas.text(row.verdict.word(), (left, y - 7.0), word);
    let estimate = elide_end(&row.estimate, SMALL_SIZE, room);
    canvas.text(&estimate, (left, y + 7.5), Look::new(SMALL_SIZE, Paint::Muted));
}

fn draw_whisker(canvas: &Canvas, frame: &Frame, bounds: (f64, f64), y: f64, paint: Paint) {
    let pen = Pen::new(paint, 2.0);
    let (low, high) = (frame.x().low(), frame.x().high());
    let at = |v: f64| frame.place(v.clamp(low, high), 0.0).0;
    canvas.line((at(bounds.0), y), (at(bounds.1), y), pen);
    // An end is capped only where it really ends.
    for bound in [bounds.0, bounds.1] {
        if (low..=high).contains(&bound) {
            canvas.line((at(bound), y - 4.0), (at(bound), y + 4.0), pen);
        }
    }
}

/// The estimate: a dot (met), a square (missed), a ring (undecided); an arrow where it lies beyond
/// the axis.
fn draw_mark(canvas: &Canvas, frame: &Frame, row: &MarginRow, y: f64) {
    let paint = row.verdict.paint();
    let (low, high) = (frame.x().low(), frame.x().high());
    if !(low..=high).contains(&row.ratio) {
        let (edge, tip) = if row.ratio > high {
            (frame.across.end - 7.0, frame.across.end + 3.0)
        } else {
            (frame.across.start + 7.0, frame.across.start - 3.0)
        };
        canvas.area(&[(edge, y - 6.0), (tip, y), (edge, y + 6.0), (edge, y - 6.0)], paint, 1.0);
        return;
    }
    let (x, _) = frame.place(row.ratio, 0.0);
    match row.verdict {
        Verdict::Pass => canvas.dot((x, y), 5.0, paint),
        Verdict::Fail => canvas.rectangle((x - 4.5, y - 4.5), (x + 4.5, y + 4.5), paint, 1.0),
        Verdict::Inconclusive => {
            canvas.dot((x, y), 5.5, paint);
            canvas.dot((x, y), 3.0, Paint::Surface);
        }
    }
}

fn description(finding: &str, rows: &[&MarginRow]) -> String {
    let mut sentences = vec![clean(finding)];
    for row in rows {
        let ratio = if row.ratio.is_nan() {
            "no estimate".to_owned()
        } else if row.ratio.is_infinite() {
            "beyond any limit".to_owned()
        } else {
            format!("{} of the target", show::number(row.ratio))
        };
        sentences.push(format!("{}: {}, {ratio}.", clean(&row.name), row.verdict.word()));
    }
    frame::describe(&sentences.iter().map(String::as_str).collect::<Vec<_>>())
}
