//! The bands of half and of nine tenths of all cases around a value, the inner one darker.

use super::canvas::Canvas;
use super::frame::Frame;
use super::theme::Paint;

/// Where a value may lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bands {
    /// Holds the middle half of all cases.
    pub half: (f64, f64),
    /// Holds nine tenths of all cases, one twentieth being below and one above.
    pub most: (f64, f64),
}

/// How dark bands are, each in 0..=1; the inner band lies upon the outer one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opacity {
    /// Of the inner band.
    pub half: f64,
    /// Of the outer band.
    pub most: f64,
}

impl Bands {
    /// No bands: they are interrupted here.
    pub const NONE: Bands = Bands { half: (f64::NAN, f64::NAN), most: (f64::NAN, f64::NAN) };

    /// All ends.
    pub fn ends(&self) -> [f64; 4] {
        [self.most.0, self.half.0, self.half.1, self.most.1]
    }

    /// Whether they have a height.
    pub fn is_wide(&self) -> bool {
        self.most.0 < self.most.1
    }
}

/// Draws the bands at `(x, bands)`.
pub fn draw(
    canvas: &Canvas,
    frame: &Frame,
    points: &[(f64, Bands)],
    (paint, opacity): (Paint, Opacity),
) {
    let most: Vec<_> = points.iter().map(|(x, b)| (*x, b.most.0, b.most.1)).collect();
    let half: Vec<_> = points.iter().map(|(x, b)| (*x, b.half.0, b.half.1)).collect();
    frame.draw_band(canvas, &most, paint, opacity.most);
    frame.draw_band(canvas, &half, paint, opacity.half);
}
