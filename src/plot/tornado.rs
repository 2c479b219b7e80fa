//! Which uncertain input matters most: its rank correlation with the result, and the share of the
//! result's variance it explains alone (first-order Sobol' index), one row per input.

use super::axis::Axis;
use super::canvas::{self, Anchor, Canvas, Look, Pen, SMALL_SIZE, TEXT_SIZE, WIDTH};
use super::frame::{self, Frame, Heading, MARGIN};
use super::labels::{clean, elide, wrap};
use super::show;
use super::svg::Svg;
use super::theme::{Paint, Series};

/// What the chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TornadoData {
    /// Name of the chart.
    pub title: String,
    /// What is to be seen, in a sentence; may be empty.
    pub finding: String,
    /// One row each; sorted by the chart, the first twenty are drawn. The first is emphasized, with
    /// all that cannot be told from it.
    pub inputs: Vec<TornadoInput>,
    /// What follows, below the bars: which number is worth measuring; may be empty.
    pub sentence: String,
}

/// One uncertain input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TornadoInput {
    /// Its name.
    pub name: String,
    /// Rank correlation with the result, −1 to 1.
    pub correlation: TornadoBar,
    /// First-order Sobol' index, 0 to 1.
    pub first_order: TornadoBar,
}

/// An estimate with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TornadoBar {
    /// The estimate; NaN if there is none.
    pub value: f64,
    /// Lower end of its interval; NaN if there is none.
    pub lower: f64,
    /// Upper end of its interval; NaN if there is none.
    pub upper: f64,
}

impl Default for TornadoBar {
    fn default() -> TornadoBar {
        TornadoBar { value: f64::NAN, lower: f64::NAN, upper: f64::NAN }
    }
}

impl TornadoBar {
    /// By how much it counts, for the order; nothing if it is not known.
    fn weight(self) -> f64 {
        if self.value.is_finite() { self.value.abs() } else { -1.0 }
    }

    fn text(self) -> String {
        if self.value.is_finite() { show::stepped(self.value, 0.01) } else { "–".to_owned() }
    }
}

impl TornadoInput {
    /// Whether the intervals of the two indices overlap: which is larger cannot be told.
    fn is_like(&self, other: &TornadoInput) -> bool {
        self.first_order.lower <= other.first_order.upper
    }

    fn is_known(&self) -> bool {
        self.correlation.value.is_finite() || self.first_order.value.is_finite()
    }
}

const ROW: f64 = 26.0;
const BAR: f64 = 7.0;
const MOST: usize = 20;
/// Rank correlations and indices stand in two columns \[px\], each with its numbers at the right.
const COLUMNS: [std::ops::Range<f64>; 2] = [232.0..422.0, 486.0..656.0];

/// Draws the rows.
pub fn tornado(data: &TornadoData) -> Svg {
    let mut inputs: Vec<&TornadoInput> = data.inputs.iter().collect();
    // What explains most of the variance first; where that is alike, what moves the result most.
    inputs.sort_by(|a, b| {
        let index = b.first_order.weight().total_cmp(&a.first_order.weight());
        index.then(b.correlation.weight().total_cmp(&a.correlation.weight()))
    });
    if !inputs.iter().any(|input| input.is_known()) {
        let sentence = "No input is uncertain, so there is nothing to rank.";
        return frame::empty(&data.title, &data.finding, sentence);
    }
    let drawn = &inputs[..inputs.len().min(MOST)];
    let heading = Heading::new(&data.title, &data.finding);
    let top = heading.bottom() + 28.0;
    let bottom = top + ROW * drawn.len() as f64;
    let mut below = wrap(&data.sentence, TEXT_SIZE, WIDTH - 2.0 * MARGIN, 3);
    if inputs.len() > drawn.len() {
        below.push(format!("Not drawn: {} more inputs.", inputs.len() - drawn.len()));
    }
    let height = bottom + 30.0 + 17.0 * below.len() as f64;
    let axes = [Axis::numbers(-1.0, 1.0, 4), Axis::numbers(0.0, 1.0, 4)];
    let frames: Vec<Frame> = axes
        .into_iter()
        .zip(COLUMNS)
        .map(|(axis, across)| Frame::new(axis, Axis::numbers(0.0, 1.0, 1), across, top..bottom))
        .collect();
    let (text, size) = canvas::draw(height, |canvas| {
        heading.draw(canvas);
        let titles = ["rank correlation", "share of variance explained alone"];
        for (frame, title) in frames.iter().zip(titles) {
            draw_ground(canvas, frame, title);
        }
        for (index, input) in drawn.iter().enumerate() {
            let y = top + ROW * (index as f64 + 0.5);
            draw_input(canvas, &frames, input, y, index == 0 || drawn[0].is_like(input));
        }
        for frame in &frames {
            let (x, _) = frame.place(0.0, 0.0);
            canvas.line((x, top), (x, bottom), Pen::new(Paint::Baseline, 1.0));
        }
        for (row, line) in below.iter().enumerate() {
            let place = (MARGIN, bottom + 36.0 + 17.0 * row as f64);
            canvas.text(line, place, Look::new(TEXT_SIZE, Paint::Ink));
        }
    });
    Svg::new(&data.title, &description(data, drawn), &text, size)
}

fn draw_ground(canvas: &Canvas, frame: &Frame, title: &str) {
    let place = (frame.across.start, frame.down.start - 14.0);
    canvas.text(title, place, Look::new(SMALL_SIZE, Paint::Muted));
    for tick in &frame.x().ticks {
        let (x, _) = frame.place(tick.at, 0.0);
        canvas.line((x, frame.down.start), (x, frame.down.end), Pen::new(Paint::Grid, 0.75));
    }
    frame.draw_ticks(canvas);
}

fn draw_input(canvas: &Canvas, frames: &[Frame], input: &TornadoInput, y: f64, leads: bool) {
    let look = Look::new(TEXT_SIZE, Paint::Ink);
    // Bold text is about a tenth wider.
    let room = COLUMNS[0].start - MARGIN - 12.0;
    let name = elide(&input.name, if leads { TEXT_SIZE * 1.1 } else { TEXT_SIZE }, room);
    canvas.text(&name, (MARGIN, y), if leads { look.bold() } else { look });
    for (frame, bar) in frames.iter().zip([input.correlation, input.first_order]) {
        draw_bar(canvas, frame, bar, y, leads);
        let look = Look::new(SMALL_SIZE, if leads { Paint::Ink } else { Paint::Muted });
        let look = if leads { look.bold() } else { look };
        // Room for a sign, a digit, a point and two digits.
        let place = (frame.across.end + 42.0, y);
        canvas.text(&bar.text(), place, look.at(Anchor::End));
    }
}

fn draw_bar(canvas: &Canvas, frame: &Frame, bar: TornadoBar, y: f64, leads: bool) {
    if !bar.value.is_finite() {
        return;
    }
    let (low, high) = (frame.x().low(), frame.x().high());
    let at = |value: f64| frame.place(value.clamp(low, high), 0.0).0;
    let paint = if leads { Paint::Series(Series::Blue) } else { Paint::Other };
    let opacity = if leads { 1.0 } else { 0.6 };
    canvas.rectangle((at(0.0), y - BAR), (at(bar.value), y + BAR), paint, opacity);
    if bar.lower <= bar.upper && bar.lower <= high && bar.upper >= low {
        let pen = Pen::new(Paint::Ink, 1.25);
        canvas.line((at(bar.lower), y), (at(bar.upper), y), pen);
        // An end is capped only where it really ends.
        for bound in [bar.lower, bar.upper].into_iter().filter(|b| (low..=high).contains(b)) {
            canvas.line((at(bound), y - 3.5), (at(bound), y + 3.5), pen);
        }
    }
}

fn description(data: &TornadoData, inputs: &[&TornadoInput]) -> String {
    let mut sentences = vec![clean(&data.finding)];
    for input in inputs {
        sentences.push(format!(
            "{}: rank correlation {}, share of variance {}.",
            clean(&input.name),
            input.correlation.text(),
            input.first_order.text()
        ));
    }
    sentences.push(clean(&data.sentence));
    frame::describe(&sentences.iter().map(String::as_str).collect::<Vec<_>>())
}
