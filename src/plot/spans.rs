//! Warm-up and named windows behind charts over time.

use super::axis::Axis;
use super::canvas::{Canvas, Look, Pen, SMALL_SIZE};
use super::frame::Frame;
use super::labels::{elide, text_width};
use super::theme::Paint;

/// A named part of the time axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TimeWindow {
    /// Its name.
    pub name: String,
    /// Its begin \[s\].
    pub from: f64,
    /// Its end \[s\].
    pub to: f64,
}

/// A part of the time axis with its name.
pub struct Span<'a> {
    name: &'a str,
    from: f64,
    to: f64,
    paint: Option<Paint>,
}

/// Warm-up and windows as far as they are on the axis. Of windows that touch or overlap only the
/// shorter is shaded: where they follow one another without a gap, shade on all would say nothing.
pub fn spans<'a>(warm_up: f64, windows: &'a [TimeWindow], time: &Axis) -> Vec<Span<'a>> {
    let mut spans: Vec<Span> = Vec::new();
    let warm_up = (warm_up > 0.0).then_some(("warm-up", 0.0, warm_up, true));
    let windows = windows.iter().map(|w| (w.name.as_str(), w.from, w.to, false));
    for (name, from, to, is_cut) in warm_up.into_iter().chain(windows) {
        // `max` and `min` would turn a bound that is not a number into the whole axis.
        let known = !from.is_nan() && !to.is_nan();
        let (from, to) = (from.max(time.low()), to.min(time.high()));
        if known && from < to {
            spans.push(Span { name, from, to, paint: is_cut.then_some(Paint::Shade) });
        }
    }
    let mut by_length: Vec<usize> = (0..spans.len()).collect();
    by_length.sort_by(|a, b| {
        let length = |at: usize| spans[at].to - spans[at].from;
        length(*a).total_cmp(&length(*b))
    });
    for at in by_length {
        let touches = |other: &Span| other.from <= spans[at].to && spans[at].from <= other.to;
        if !spans.iter().any(|other| other.paint.is_some() && touches(other)) {
            spans[at].paint = Some(Paint::Window);
        }
    }
    spans
}

/// The spans behind a panel or a column, each with its ends; named at `labels` \[px\].
pub fn draw_spans(canvas: &Canvas, frame: &Frame, spans: &[Span], labels: Option<f64>) {
    let mut free_from = frame.across.start;
    for span in spans {
        let (left, _) = frame.place(span.from, 0.0);
        let (right, _) = frame.place(span.to, 0.0);
        let right = right.max(left + 1.0);
        let (top, bottom) = (frame.down.start, frame.down.end);
        if let Some(paint) = span.paint {
            canvas.rectangle((left, top), (right, bottom), paint, 1.0);
        }
        for x in [left, right] {
            canvas.line((x, top), (x, bottom), Pen::new(Paint::Grid, 1.0));
        }
        let Some(y) = labels else { continue };
        let begin = left.max(free_from);
        let room = (right.max(left + 60.0) - begin).min(frame.across.end - begin);
        let name = elide(span.name, SMALL_SIZE, room);
        if name.chars().count() > 2 {
            canvas.text(&name, (begin, y), Look::new(SMALL_SIZE, Paint::Muted));
            free_from = begin + text_width(&name, SMALL_SIZE) + 6.0;
        }
    }
}
