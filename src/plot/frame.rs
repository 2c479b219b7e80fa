//! What charts share: the heading, the plotting rectangle with its axes, lines and bands cut to it.

use std::ops::Range;

use plotters::coord::CoordTranslate;
use plotters::coord::cartesian::Cartesian2d;

use super::axis::Axis;
use super::canvas::{
    self, Anchor, Canvas, FINE, Look, Pen, Point, SMALL_SIZE, TEXT_SIZE, TITLE_SIZE, WIDTH,
};
use super::labels::{self, elide_end, text_width, wrap};
use super::svg::Svg;
use super::theme::Paint;

/// Distance of everything from the left and right edge \[px\].
pub const MARGIN: f64 = 8.0;

/// Title and finding, laid out.
pub struct Heading {
    title: String,
    finding: Vec<String>,
}

impl Heading {
    /// Shortens and wraps to the width of a chart.
    pub fn new(title: &str, finding: &str) -> Heading {
        let room = WIDTH - 2.0 * MARGIN;
        // Bold text is about a tenth wider than the estimate for regular.
        let title = elide_end(title.trim(), TITLE_SIZE * 1.1, room);
        Heading { title, finding: wrap(finding, TEXT_SIZE, room, 3) }
    }

    /// Where the chart proper may begin \[px\].
    pub fn bottom(&self) -> f64 {
        let title = if self.title.is_empty() { 0.0 } else { 26.0 };
        8.0 + title + 17.0 * self.finding.len() as f64 + 6.0
    }

    /// Draws it.
    pub fn draw(&self, canvas: &Canvas) {
        canvas.text(&self.title, (MARGIN, 19.0), Look::new(TITLE_SIZE, Paint::Ink).bold());
        let top = if self.title.is_empty() { 16.0 } else { 42.0 };
        for (row, line) in self.finding.iter().enumerate() {
            let y = top + 17.0 * row as f64;
            canvas.text(line, (MARGIN, y), Look::new(TEXT_SIZE, Paint::Muted));
        }
    }
}

/// A chart that has nothing to show: its heading and a sentence that says so.
pub fn empty(title: &str, finding: &str, sentence: &str) -> Svg {
    let heading = Heading::new(title, finding);
    let top = heading.bottom();
    let (drawn, size) = canvas::draw(top + 48.0, |canvas| {
        heading.draw(canvas);
        canvas.text(sentence, (MARGIN, top + 18.0), Look::new(TEXT_SIZE, Paint::Ink));
    });
    Svg::new(title, &describe(&[finding, sentence]), &drawn, size)
}

/// Sentences joined for a description; empty ones left out.
pub fn describe(sentences: &[&str]) -> String {
    let filled: Vec<&str> = sentences.iter().map(|s| s.trim()).filter(|s| !s.is_empty()).collect();
    filled.join(" ")
}

/// The left edge of a frame \[px\] that leaves room for the labels of `y`.
pub fn gutter(y: &Axis) -> f64 {
    let widths = y.ticks.iter().map(|tick| text_width(&tick.label, SMALL_SIZE));
    (widths.fold(0.0, f64::max) + 7.0 + MARGIN).clamp(64.0, 200.0)
}

/// A plotting rectangle with two axes.
pub struct Frame {
    mapping: Cartesian2d<Axis, Axis>,
    x: Axis,
    y: Axis,
    /// Left and right edge \[px\].
    pub across: Range<f64>,
    /// Upper and lower edge \[px\].
    pub down: Range<f64>,
}

/// One unbroken part of a line, cut to the frame \[px\].
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// At least one point.
    pub points: Vec<Point>,
    /// The line came in over an edge.
    pub cut_start: bool,
    /// The line went out over an edge.
    pub cut_end: bool,
}

impl Frame {
    /// A frame at the given edges \[px\].
    pub fn new(x: Axis, y: Axis, across: Range<f64>, down: Range<f64>) -> Frame {
        let units = |v: f64| libm::round(v * f64::from(FINE)) as i32;
        let mapping = Cartesian2d::new(
            x.clone(),
            y.clone(),
            (units(across.start)..units(across.end), units(down.end)..units(down.start)),
        );
        Frame { mapping, x, y, across, down }
    }

    /// Where a value inside the range stands \[px\].
    pub fn place(&self, x: f64, y: f64) -> Point {
        let (x, y) = self.mapping.translate(&(x, y));
        (f64::from(x) / f64::from(FINE), f64::from(y) / f64::from(FINE))
    }

    /// The horizontal axis.
    pub fn x(&self) -> &Axis {
        &self.x
    }

    /// The vertical axis.
    pub fn y(&self) -> &Axis {
        &self.y
    }

    /// Horizontal hairlines with their labels, and the title of the vertical axis `above` it \[px\].
    pub fn draw_y(&self, canvas: &Canvas, above: f64) {
        let look = Look::new(SMALL_SIZE, Paint::Muted);
        let mut free = f64::INFINITY;
        for tick in &self.y.ticks {
            let (_, y) = self.place(self.x.low(), tick.at);
            canvas.line((self.across.start, y), (self.across.end, y), Pen::new(Paint::Grid, 0.75));
            // A low frame has no room for every label; its hairline stays.
            if y <= free {
                canvas.text(&tick.label, (self.across.start - 7.0, y), look.at(Anchor::End));
                free = y - 1.2 * SMALL_SIZE;
            }
        }
        let title = labels::elide(&self.y.title, SMALL_SIZE, WIDTH - 2.0 * MARGIN);
        canvas.text(&title, (MARGIN, self.down.start - above), look);
    }

    /// The base line with ticks and labels, and the title of the horizontal axis below it.
    pub fn draw_x(&self, canvas: &Canvas) {
        self.draw_ticks(canvas);
        let look = Look::new(SMALL_SIZE, Paint::Muted).at(Anchor::Middle);
        let middle = f64::midpoint(self.across.start, self.across.end);
        let room = self.across.end - self.across.start;
        // The unit stands at the end, so a long title loses its middle.
        let title = labels::elide(&self.x.title, SMALL_SIZE, room);
        canvas.text(&title, (middle, self.down.end + 30.0), look);
    }

    /// The base line with ticks and labels.
    ///
    /// Labels that would run into their left neighbor are left out (their tick stays); the last one
    /// always stands, moved in where it would leave the canvas.
    pub fn draw_ticks(&self, canvas: &Canvas) {
        let look = Look::new(SMALL_SIZE, Paint::Muted).at(Anchor::Middle);
        let base = self.down.end;
        let pen = Pen::new(Paint::Baseline, 1.0);
        canvas.line((self.across.start, base), (self.across.end, base), pen);
        for tick in &self.x.ticks {
            let (x, _) = self.place(tick.at, self.y.low());
            canvas.line((x, base), (x, base + 4.0), pen);
        }
        for (x, label) in self.x_labels() {
            canvas.text(&label, (x, base + 13.0), look);
        }
    }

    /// Centers and texts of the labels that fit below the base line.
    fn x_labels(&self) -> Vec<(f64, String)> {
        let mut kept: Vec<(f64, String)> = Vec::new();
        let half = |label: &str| text_width(label, SMALL_SIZE) / 2.0;
        for tick in self.x.ticks.iter().rev() {
            let (x, _) = self.place(tick.at, self.y.low());
            let width = half(&tick.label);
            let x = x.min(WIDTH - 2.0 - width).max(2.0 + width);
            let free =
                kept.last().is_none_or(|(next, label)| x + width + 5.0 <= next - half(label));
            if free {
                kept.push((x, tick.label.clone()));
            }
        }
        kept.reverse();
        kept
    }

    /// A line through `points` (x, y), drawn where it lies in the frame; cut ends get a small cross
    /// stroke.
    pub fn draw_line(&self, canvas: &Canvas, points: &[Point], pen: Pen) {
        for piece in self.pieces(points) {
            if piece.points.len() == 1 {
                canvas.dot(piece.points[0], pen.width * 1.3, pen.paint);
            }
            canvas.path(&piece.points, pen);
            let ends =
                [(piece.cut_start, piece.points.first()), (piece.cut_end, piece.points.last())];
            for (_, end) in ends.iter().filter(|(cut, _)| *cut) {
                if let Some((x, y)) = end {
                    let solid = Pen { dashes: &[], ..pen };
                    canvas.path(&[(x - 4.0, y + 3.0), (*x, y - 1.0), (x + 4.0, y + 3.0)], solid);
                }
            }
        }
    }

    /// The parts of a line that can be drawn: split at values without a place, cut at the edges with
    /// interpolation (along the drawn straight line, so on a logarithmic axis in the logarithm).
    pub fn pieces(&self, points: &[Point]) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut open: Option<Piece> = None;
        let mut before: Option<Point> = None;
        for point in points {
            let now = (self.x.position(point.0), self.y.position(point.1));
            if !(now.0.is_finite() && now.1.is_finite()) {
                pieces.extend(open.take());
                before = None;
                continue;
            }
            if let Some(from) = before {
                match cut(from, now) {
                    Some((start, end)) => {
                        let mut piece = open.take().unwrap_or_else(|| Piece {
                            points: vec![self.on_canvas(start)],
                            cut_start: start != from,
                            cut_end: false,
                        });
                        piece.points.push(self.on_canvas(end));
                        piece.cut_end = end != now;
                        if piece.cut_end { pieces.push(piece) } else { open = Some(piece) }
                    }
                    None => pieces.extend(open.take()),
                }
            } else if inside(now) {
                let points = vec![self.on_canvas(now)];
                open = Some(Piece { points, cut_start: false, cut_end: false });
            }
            before = Some(now);
        }
        pieces.extend(open);
        pieces
    }

    /// The area between `(x, lower, upper)`, at `opacity`. A bound beyond the range, also an infinite
    /// one, goes to the edge; where a bound is missing (not a number) or they are reversed, the area
    /// is interrupted.
    pub fn draw_band(
        &self,
        canvas: &Canvas,
        points: &[(f64, f64, f64)],
        paint: Paint,
        opacity: f64,
    ) {
        let mut upper: Vec<Point> = Vec::new();
        let mut lower: Vec<Point> = Vec::new();
        let flush = |upper: &mut Vec<Point>, lower: &mut Vec<Point>| {
            let outline: Vec<Point> = upper.drain(..).chain(lower.drain(..).rev()).collect();
            canvas.area(&outline, paint, opacity);
        };
        for (x, low, high) in points {
            let across = self.x.position(*x);
            let (bottom, top) = (self.y.position(*low), self.y.position(*high));
            // A range that has no upper end in sight still has a lower one.
            if !(-1e-9..=1.0 + 1e-9).contains(&across)
                || bottom.is_nan()
                || top.is_nan()
                || bottom > top
            {
                flush(&mut upper, &mut lower);
                continue;
            }
            lower.push(self.on_canvas((across, bottom.clamp(0.0, 1.0))));
            upper.push(self.on_canvas((across, top.clamp(0.0, 1.0))));
        }
        flush(&mut upper, &mut lower);
    }

    fn on_canvas(&self, position: Point) -> Point {
        let width = self.across.end - self.across.start;
        let height = self.down.end - self.down.start;
        (self.across.start + position.0 * width, self.down.end - position.1 * height)
    }
}

fn inside(p: Point) -> bool {
    let range = -1e-9..=1.0 + 1e-9;
    range.contains(&p.0) && range.contains(&p.1)
}

/// The part of a segment inside the unit square (Liang and Barsky, 1984); its ends are exactly those
/// given where they are inside.
fn cut(from: Point, to: Point) -> Option<(Point, Point)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    if !(dx.is_finite() && dy.is_finite()) {
        return None;
    }
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    let edge = 1.0 + 1e-9;
    for (delta, room) in
        [(-dx, from.0 + 1e-9), (dx, edge - from.0), (-dy, from.1 + 1e-9), (dy, edge - from.1)]
    {
        if delta == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if delta < 0.0 {
            enter = enter.max(room / delta);
        } else {
            leave = leave.min(room / delta);
        }
    }
    if enter > leave {
        return None;
    }
    // A segment that comes from very far loses its digits on the way: keep it in the square.
    let at = |t: f64| ((from.0 + t * dx).clamp(0.0, 1.0), (from.1 + t * dy).clamp(0.0, 1.0));
    let start = if enter == 0.0 { from } else { at(enter) };
    let end = if leave == 1.0 { to } else { at(leave) };
    Some((start, end))
}

/// A label at the right of a frame that names what ends at `y`.
#[derive(Clone, Debug, PartialEq)]
pub struct EndLabel {
    /// Where the thing named ends \[px\].
    pub end: Point,
    /// What it is called.
    pub text: String,
    /// Color of the text.
    pub text_paint: Paint,
    /// Color of the hairline from the end to the label.
    pub line_paint: Paint,
}

/// Draws labels to the right of `frame`, pushed apart, each led to by a hairline.
pub fn draw_end_labels(canvas: &Canvas, frame: &Frame, ends: &[EndLabel]) {
    let left = frame.across.end + 16.0;
    let wanted: Vec<f64> = ends.iter().map(|label| label.end.1).collect();
    let distance = labels::LABEL_DISTANCE_EM * TEXT_SIZE;
    let placed = labels::push_apart(&wanted, distance, frame.down.start, frame.down.end);
    for (label, y) in ends.iter().zip(placed) {
        let pen = Pen::new(label.line_paint, 0.75).dashed(&[1.5, 2.5]);
        let bend = frame.across.end + 3.0;
        canvas.path(&[label.end, (bend.max(label.end.0), label.end.1), (left - 3.0, y)], pen);
        let text = labels::elide(&label.text, TEXT_SIZE, WIDTH - MARGIN - left);
        canvas.text(&text, (left, y), Look::new(TEXT_SIZE, label.text_paint));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        let y = Axis::numbers(0.0, 10.0, 5);
        Frame::new(Axis::numbers(0.0, 10.0, 5), y, 100.0..200.0, 50.0..150.0)
    }

    #[test]
    fn a_line_is_split_at_what_is_not_a_number() {
        let points = [(0.0, 1.0), (1.0, 1.0), (2.0, f64::NAN), (3.0, f64::INFINITY), (4.0, 2.0)];
        let pieces = frame().pieces(&points);
        let shapes: Vec<_> = pieces.iter().map(|p| p.points.clone()).collect();
        assert_eq!(shapes, [vec![(100.0, 140.0), (110.0, 140.0)], vec![(140.0, 130.0)]]);
    }

    #[test]
    fn a_line_that_leaves_is_cut_where_it_crosses_the_edge() {
        // From (0, 5) to (10, 15): crosses y = 10 at x = 5, that is at 150 px; no false plateau.
        let pieces = frame().pieces(&[(0.0, 5.0), (10.0, 15.0), (10.0, 20.0)]);
        assert_eq!(pieces.len(), 1);
        let end = pieces[0].points[1];
        assert!((end.0 - 150.0).abs() < 1e-6 && (end.1 - 50.0).abs() < 1e-6);
        assert!(pieces[0].cut_end && !pieces[0].cut_start);
        // A segment with both ends outside may still pass through.
        let through = frame().pieces(&[(-5.0, 5.0), (15.0, 5.0)]);
        assert!(through[0].cut_start && through[0].cut_end && through[0].points.len() == 2);
        assert!(frame().pieces(&[(-5.0, 5.0), (-1.0, 5.0)]).is_empty());
        // From very far: the end on the edge must not be lost to rounding.
        for piece in frame().pieces(&[(5.0, 1e300), (6.0, 5.0), (7.0, -1e200), (8.0, 1e308)]) {
            for (x, y) in piece.points {
                assert!((100.0..=200.0).contains(&x) && (50.0..=150.0).contains(&y));
            }
        }
    }

    #[test]
    fn values_stand_where_a_ruler_says() {
        assert_eq!(frame().place(2.5, 10.0), (125.0, 50.0));
        assert_eq!(frame().place(0.0, 0.0), (100.0, 150.0));
    }
}
