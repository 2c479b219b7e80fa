//! Drawing in CSS pixels on a canvas four times finer, through plotters' SVG backend.
//!
//! plotters rounds to whole backend units, which shows as a staircase on slopes; at four units per
//! CSS pixel it does not. It also writes 1 / 1.24 of the font size asked for, and no dash arrays:
//! both are made up for here.

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontFamily, FontStyle, RGBColor, ShapeStyle, TextStyle};

use super::theme::Paint;

/// Backend units per CSS pixel.
pub const FINE: u32 = 4;
/// Width of every chart [CSS px].
pub const WIDTH: f64 = 720.0;
/// Font size of a chart's title [CSS px].
pub const TITLE_SIZE: f64 = 16.0;
/// Font size of names and values [CSS px].
pub const TEXT_SIZE: f64 = 12.0;
/// Font size of axis labels and notes [CSS px].
pub const SMALL_SIZE: f64 = 11.0;

/// A place [CSS px] from the upper left corner.
pub type Point = (f64, f64);

/// Which end of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The text begins there.
    Start,
    /// The text is centered there.
    Middle,
    /// The text ends there.
    End,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Font size [CSS px].
    pub size: f64,
    /// Color.
    pub paint: Paint,
    /// Which end stands at the place given.
    pub anchor: Anchor,
    /// Bold or regular.
    pub bold: bool,
}

impl Look {
    /// Regular text that begins at its place.
    pub fn new(size: f64, paint: Paint) -> Look {
        Look { size, paint, anchor: Anchor::Start, bold: false }
    }

    /// The same, anchored otherwise.
    #[must_use]
    pub fn at(self, anchor: Anchor) -> Look {
        Look { anchor, ..self }
    }

    /// The same in bold.
    #[must_use]
    pub fn bold(self) -> Look {
        Look { bold: true, ..self }
    }
}

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pen {
    /// Color.
    pub paint: Paint,
    /// Width [CSS px].
    pub width: f64,
    /// Pen down, pen up, … [CSS px]; empty for solid.
    pub dashes: &'static [f64],
}

impl Pen {
    /// A solid line.
    pub fn new(paint: Paint, width: f64) -> Pen {
        Pen { paint, width, dashes: &[] }
    }

    /// The same line dashed.
    #[must_use]
    pub fn dashed(self, dashes: &'static [f64]) -> Pen {
        Pen { dashes, ..self }
    }

    fn style(self) -> ShapeStyle {
        let width = libm::round(self.width * f64::from(FINE)).max(1.0) as u32;
        rgb(self.paint).stroke_width(width)
    }
}

/// The surface charts are drawn on.
///
/// The backend writes to memory and cannot fail, so results of plotters' calls are dropped.
pub struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

/// Draws on a canvas of [`WIDTH`] by `height` CSS pixels; returns plotters' document and the size in
/// backend units.
pub fn draw(height: f64, draw: impl FnOnce(&Canvas)) -> (String, (u32, u32)) {
    let size = (fine(WIDTH) as u32, fine(height).max(1) as u32);
    let mut text = String::new();
    {
        let canvas = Canvas { area: SVGBackend::with_string(&mut text, size).into_drawing_area() };
        draw(&canvas);
        let _ = canvas.area.present();
    }
    (text, size)
}

impl Canvas<'_> {
    /// Writes `text` with its vertical middle at `place`. Empty text is not written.
    pub fn text(&self, text: &str, place: Point, look: Look) {
        if text.is_empty() {
            return;
        }
        let horizontal = match look.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let color = rgb(look.paint);
        let weight = if look.bold { FontStyle::Bold } else { FontStyle::Normal };
        let size = look.size * f64::from(FINE) * 1.24;
        let style = TextStyle::from((FontFamily::SansSerif, size, weight))
            .color(&color)
            .pos(Pos::new(horizontal, VPos::Center));
        let _ = self.area.draw(&Text::new(text.to_owned(), unit(place), style));
    }

    /// A straight line.
    pub fn line(&self, from: Point, to: Point, pen: Pen) {
        self.path(&[from, to], pen);
    }

    /// A line through all points, dashed if the pen is.
    pub fn path(&self, points: &[Point], pen: Pen) {
        if pen.dashes.is_empty() {
            self.solid(points, pen);
        } else {
            for dash in cut_dashes(points, pen.dashes) {
                self.solid(&dash, pen);
            }
        }
    }

    fn solid(&self, points: &[Point], pen: Pen) {
        let mut units: Vec<(i32, i32)> = points.iter().map(|p| unit(*p)).collect();
        units.dedup();
        if units.len() > 1 {
            let _ = self.area.draw(&PathElement::new(units, pen.style()));
        }
    }

    /// A filled area; `opacity` in 0..=1.
    pub fn area(&self, outline: &[Point], paint: Paint, opacity: f64) {
        let mut units: Vec<(i32, i32)> = outline.iter().map(|p| unit(*p)).collect();
        units.dedup();
        if units.len() > 2 {
            let _ = self.area.draw(&Polygon::new(units, rgb(paint).mix(opacity).filled()));
        }
    }

    /// A filled rectangle between two corners; `opacity` in 0..=1.
    pub fn rectangle(&self, corner: Point, opposite: Point, paint: Paint, opacity: f64) {
        let corners = [unit(corner), unit(opposite)];
        let _ = self.area.draw(&Rectangle::new(corners, rgb(paint).mix(opacity).filled()));
    }

    /// A dot of `radius` CSS pixels, filled.
    pub fn dot(&self, center: Point, radius: f64, paint: Paint) {
        let radius = fine(radius).max(1);
        let _ = self.area.draw(&Circle::new(unit(center), radius, rgb(paint).filled()));
    }
}

fn rgb(paint: Paint) -> RGBColor {
    let (r, g, b) = paint.light();
    RGBColor(r, g, b)
}

/// CSS pixels to backend units; what is not finite, or far outside, is brought to where an `i32` and
/// a renderer can hold it.
fn fine(pixels: f64) -> i32 {
    let pixels = if pixels.is_finite() { pixels.clamp(-1e5, 1e5) } else { 0.0 };
    libm::round(pixels * f64::from(FINE)) as i32
}

fn unit(place: Point) -> (i32, i32) {
    (fine(place.0), fine(place.1))
}

/// The pen-down parts of a dashed line.
fn cut_dashes(points: &[Point], dashes: &[f64]) -> Vec<Vec<Point>> {
    // Far outside of any canvas a step of the pen would vanish in rounding and never arrive.
    if points.iter().any(|p| !(p.0.abs() <= 1e5 && p.1.abs() <= 1e5)) {
        return vec![points.to_vec()];
    }
    let mut parts = Vec::new();
    let (mut index, mut left) = (0, dashes.first().copied().unwrap_or(1.0).max(0.5));
    let mut current: Vec<Point> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let length = (dx * dx + dy * dy).sqrt();
            if !length.is_finite() || length <= left {
                left -= if length.is_finite() { length } else { 0.0 };
                if index % 2 == 0 {
                    current.push(to);
                }
                break;
            }
            from = (from.0 + dx * left / length, from.1 + dy * left / length);
            if index % 2 == 0 {
                current.push(from);
                parts.push(std::mem::take(&mut current));
            } else {
                current = vec![from];
            }
            index = (index + 1) % dashes.len().max(1);
            left = dashes.get(index).copied().unwrap_or(1.0).max(0.5);
        }
    }
    if current.len() > 1 {
        parts.push(current);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_are_as_long_as_asked_around_corners() {
        let line = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)];
        let parts = cut_dashes(&line, &[6.0, 3.0]);
        assert_eq!(parts[0], [(0.0, 0.0), (6.0, 0.0)]);
        assert_eq!(parts[1], [(9.0, 0.0), (10.0, 0.0), (10.0, 5.0)]);
        assert_eq!(parts[2], [(10.0, 8.0), (10.0, 10.0)]);
        assert_eq!(cut_dashes(&[(0.0, 0.0), (1e300, 0.0)], &[1.0]).len(), 1);
    }

    #[test]
    fn a_pixel_is_four_units_and_fonts_have_the_size_asked_for() {
        let (text, size) = draw(100.0, |canvas| {
            canvas.text("T", (10.25, 20.0), Look::new(12.0, Paint::Ink));
            canvas.line((0.0, f64::NAN), (1.0, f64::INFINITY), Pen::new(Paint::Grid, 0.5));
        });
        assert_eq!(size, (2_880, 400));
        assert!(text.contains("x=\"41\" y=\"80\""));
        assert!(text.contains("font-size=\"48\""));
        assert!(text.contains("stroke-width=\"2\" points=\"0,0 4,0 \""));
    }
}
