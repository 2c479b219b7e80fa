//! Curves of a sweep: where a level is crossed, where the knee is, and where one more point would
//! say most.

use super::estimate::Estimate;

/// A scale on which distances along an axis are equal steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Differences.
    Linear,
    /// Ratios; all values must be positive.
    Log,
}

/// A point of the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Value of the key.
    pub x: f64,
    /// The metric there; may be infinite.
    pub y: Estimate,
}

/// Where a curve stands to a level.
#[derive(Clone, Debug, PartialEq)]
pub enum Crossing {
    /// It is crossed here, from left to right once or more often.
    At(Vec<Cross>),
    /// The whole curve with its intervals lies below.
    Below,
    /// The whole curve with its intervals lies above.
    Above,
    /// The points do not cross, but an interval holds the level.
    Unclear,
}

/// One crossing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cross {
    /// Where the interpolated curve crosses.
    pub point: f64,
    /// Lower end of the interval; `-inf` if the curve may cross before its first point.
    pub lower: f64,
    /// Upper end; `inf` if it may cross after its last point.
    pub upper: f64,
    /// Whether the curve goes up through the level.
    pub rising: bool,
}

/// Where a curve (ascending `x`) crosses `level`; `None` with fewer than 2 points.
pub fn crossing(points: &[Point], level: f64, axis: Axis) -> Option<Crossing> {
    unimplemented!()
}

/// Index of the point of the knee and how far it lies from the chord, in 0..1 of the height.
pub fn knee(points: &[Point], axis: Axis) -> Option<(usize, f64)> {
    unimplemented!()
}

/// Why another point is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// To see where the level of this index is crossed.
    Crossing(usize),
    /// To see the knee.
    Knee,
}

/// Where one more point says most; `None` if the curve is known as finely as `gap` (a distance on
/// the axis: differences, or natural logarithms of ratios), or as finely as the luck of the runs
/// lets it be known.
pub fn next(points: &[Point], levels: &[f64], axis: Axis, gap: f64) -> Option<(f64, Why)> {
    unimplemented!()
}

/// A smooth curve through points that is monotone wherever they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Pchip {}

impl Pchip {
    /// Through finite points with ascending `x`; `None` otherwise or with fewer than 2.
    pub fn new(xs: &[f64], ys: &[f64]) -> Option<Self> {
        unimplemented!()
    }

    /// The curve at `x`; constant beyond the ends.
    pub fn at(&self, x: f64) -> f64 {
        unimplemented!()
    }
}
