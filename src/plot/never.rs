//! What was never answered: marks above a scale that has no place for it.

use super::canvas::{Anchor, Canvas, Look, Pen, Point, SMALL_SIZE};
use super::frame::Frame;
use super::theme::Paint;

/// Room above a frame for the marks \[px\].
pub const ROOM: f64 = 13.0;

/// What the word at the scale means, for a note below a chart.
pub const NOTE: &str =
    "never: so many requests went without an answer that no limit holds the value.";

/// The word for the row of marks, at the left of the frame.
pub fn draw_word(canvas: &Canvas, frame: &Frame) {
    let place = (frame.across.start - 7.0, frame.down.start - ROOM);
    canvas.text("never", place, Look::new(SMALL_SIZE, Paint::Muted).at(Anchor::End));
}

/// An arrow for every point (x, y) whose y is infinite, with a dotted way from and to its neighbors:
/// what lies between is not known. Returns where the last arrow stands \[px\] if no other point of
/// the line is to the right of it.
pub fn draw_arrows(
    canvas: &Canvas,
    frame: &Frame,
    points: &[Point],
    paint: Paint,
) -> Option<Point> {
    let mut before: Option<(Point, bool)> = None;
    for (x, y) in points {
        if !frame.x().holds(*x) || !(*y == f64::INFINITY || frame.y().holds(*y)) {
            before = None;
            continue;
        }
        let never = *y == f64::INFINITY;
        let place = if never {
            (frame.place(*x, frame.y().low()).0, frame.down.start - ROOM)
        } else {
            frame.place(*x, *y)
        };
        if let Some((from, was_never)) = before
            && was_never != never
        {
            canvas.line(from, place, Pen::new(paint, 1.5).dashed(&[1.5, 3.0]));
        }
        if never {
            draw_arrow(canvas, place, paint);
        }
        before = Some((place, never));
    }
    before.filter(|(_, never)| *never).map(|(place, _)| place)
}

fn draw_arrow(canvas: &Canvas, (x, y): Point, paint: Paint) {
    let corners = [(x - 5.0, y + 4.0), (x, y - 5.0), (x + 5.0, y + 4.0), (x - 5.0, y + 4.0)];
    canvas.area(&corners, paint, 1.0);
}
