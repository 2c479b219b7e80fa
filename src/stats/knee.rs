//! Curves of a sweep: where a level is crossed, where the knee is, and where one more point would
//! say most.

use super::estimate::Estimate;

/// How far from straight a curve must be to have a knee, as a share of its height.
const BENT: f64 = 0.1;

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

/// Where a curve (ascending `x`) crosses `level`; `None` with fewer than 2 points, an `x` out of
/// order or off the axis, or a NaN.
///
/// The interval is that of inverse estimation (Fieller 1954): all `x` at which the level lies within
/// the band of the curve, and so as sure as the intervals of the points. Curve and band are
/// monotone cubics ([`Pchip`]) through `(y - level) / (y + level)`, on which a hyperbola, as waiting
/// against utilization is one, is nearly a straight line around the crossing, and what never came is
/// a number like others.
pub fn crossing(points: &[Point], level: f64, axis: Axis) -> Option<Crossing> {
    let band = Band::of(points, level, axis)?;
    let side = |curve: fn(&Point) -> f64, above: bool| {
        points.iter().all(|point| (curve(point) > level) == above && curve(point) != level)
    };
    let last = points.len() - 1;
    let place = |point: &Point| point.y.point > level;
    let crossed = (0..last).filter(|&i| place(&points[i]) != place(&points[i + 1]));
    let found: Vec<Cross> = crossed.map(|i| band.cross(i)).collect();
    Some(match () {
        () if !found.is_empty() => Crossing::At(found),
        () if side(|point| point.y.upper, false) => Crossing::Below,
        () if side(|point| point.y.lower, true) => Crossing::Above,
        () => Crossing::Unclear,
    })
}

/// A curve and its band, from a level at 0 to never at 1.
struct Band {
    axis: Axis,
    places: Vec<f64>,
    heights: Vec<f64>,
    curve: Pchip,
    lower: Pchip,
    upper: Pchip,
}

impl Band {
    fn of(points: &[Point], level: f64, axis: Axis) -> Option<Self> {
        let places = places(points, axis)?;
        let all = |of: fn(&Estimate) -> f64| points.iter().map(|point| of(&point.y)).collect();
        let (point, lower, upper): (Vec<f64>, Vec<f64>, Vec<f64>) =
            (all(|y| y.point), all(|y| y.lower), all(|y| y.upper));
        if !level.is_finite() || point.iter().chain(&lower).chain(&upper).any(|y| y.is_nan()) {
            return None;
        }
        let largest = point.iter().map(|y| (y - level).abs()).filter(|off| off.is_finite());
        let scale = 10.0 * largest.fold(0.0, f64::max).max(f64::MIN_POSITIVE);
        let height = |y: &f64| height(*y, level, scale);
        let heights: Vec<f64> = point.iter().map(height).collect();
        let through = |ys: &[f64]| Pchip::new(&places, &ys.iter().map(height).collect::<Vec<_>>());
        Some(Self {
            axis,
            curve: Pchip::new(&places, &heights)?,
            lower: through(&lower)?,
            upper: through(&upper)?,
            places,
            heights,
        })
    }

    /// The crossing between points `i` and `i + 1`.
    fn cross(&self, i: usize) -> Cross {
        let (mut low, mut high) = (self.places[i], self.places[i + 1]);
        let rising = self.heights[i + 1] > self.heights[i];
        let above = |x: f64| self.curve.at(x) > 0.0;
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if above(middle) == rising {
                high = middle;
            } else {
                low = middle;
            }
        }
        let point = f64::midpoint(low, high);
        let ends = [false, true].map(|right| self.end(point, right));
        let [lower, upper] =
            ends.map(|end| if end.is_finite() { self.axis.back(end) } else { end });
        Cross { point: self.axis.back(point), lower, upper, rising }
    }

    /// Where the band leaves the level, from a crossing to one side.
    fn end(&self, crossing: f64, right: bool) -> f64 {
        const STEPS: usize = 64;
        let holds = |x: f64| self.lower.at(x) <= 0.0 && self.upper.at(x) >= 0.0;
        // Steps within each gap, so that no narrow one is jumped over.
        let gaps = self.places.windows(2).flat_map(|gap| {
            (0..=STEPS).map(move |i| gap[0] + (gap[1] - gap[0]) * i as f64 / STEPS as f64)
        });
        let mut steps: Vec<f64> =
            gaps.filter(|&x| if right { x > crossing } else { x < crossing }).collect();
        if !right {
            steps.reverse();
        }
        let mut inside = crossing;
        for step in steps {
            if holds(step) {
                inside = step;
                continue;
            }
            let mut outside = step;
            for _ in 0..40 {
                let middle = f64::midpoint(inside, outside);
                if holds(middle) {
                    inside = middle;
                } else {
                    outside = middle;
                }
            }
            return outside;
        }
        if right { f64::INFINITY } else { f64::NEG_INFINITY }
    }
}

/// `(y - level) / (y + level)` for a positive level, continued straight below 0; the mirror image for
/// a negative one. A level of 0 has no scale of its own: differences then count as they are, up to
/// what is far beyond `scale`. Ascending in `y` and finite for every `y` but NaN.
fn height(y: f64, level: f64, scale: f64) -> f64 {
    const FAR: f64 = 1e3;
    if level < 0.0 {
        return -height(-y, -level, scale);
    }
    if y.is_infinite() && (level == 0.0 || y > 0.0) {
        return y.signum();
    }
    match () {
        () if level == 0.0 => y / (y.abs() + scale),
        () if y < 0.0 => -1.0 + 2.0 * (y / level).max(-FAR),
        () => (y - level) / (y + level),
    }
}

impl Axis {
    fn place(self, x: f64) -> f64 {
        if self == Self::Log { libm::log(x) } else { x }
    }

    fn back(self, place: f64) -> f64 {
        if self == Self::Log { libm::exp(place) } else { place }
    }
}

/// The points' places on the axis; `None` unless at least 2, finite and ascending.
fn places(points: &[Point], axis: Axis) -> Option<Vec<f64>> {
    let places: Vec<f64> = points.iter().map(|point| axis.place(point.x)).collect();
    let ascending = places.windows(2).all(|pair| pair[0] < pair[1]);
    let finite = places.iter().all(|place| place.is_finite());
    (places.len() > 1 && ascending && finite).then_some(places)
}

/// Index of the point of the knee and how far it lies from the chord, in 0..1 of the height.
///
/// The knee is the point farthest from the straight line between the ends, both axes scaled to 1, as
/// in Kneedle (Satopää et al., ICDCS Workshops 2011): where a curve turns from worthwhile to not. It
/// depends on the range that is looked at, as every knee of a smooth curve does. What never came is
/// beyond the curve: the finite points from the first are looked at. `None` if the curve is nearly
/// straight (less than a tenth of its height) or as straight as the intervals allow.
pub fn knee(points: &[Point], axis: Axis) -> Option<(usize, f64)> {
    let places = places(points, axis)?;
    let finite = points.iter().position(|point| !point.y.point.is_finite());
    let last = finite.unwrap_or(points.len()).checked_sub(1)?;
    let (first, end) = (points.first()?.y.point, points.get(last)?.y.point);
    let inner = points.get(1..last)?;
    let heights = points[..=last].iter().map(|point| point.y.point);
    let (least, most) = heights
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
    let height = most - least;
    let off = |(i, point): (usize, &Point)| {
        let part = (places[i + 1] - places[0]) / (places[last] - places[0]);
        let chord = first + part * (end - first);
        let distance = (point.y.point - chord).abs();
        let known = distance > point.y.half_width() && height > 0.0;
        (i + 1, if known { distance / height } else { 0.0 })
    };
    let farthest = inner.iter().enumerate().map(off).max_by(|a, b| a.1.total_cmp(&b.1));
    farthest.filter(|knee| knee.1 >= BENT)
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
///
/// Crossings come first, the widest open gap of them: the new point lies at the crossing as it is now
/// estimated, though no closer to a neighbor than a fifth of the gap. A gap that lies within the
/// interval of its crossing is not divided, as more runs would say more there. Then the wider
/// neighboring gap of the knee is halved. A place that is `taken` is passed over: one that can only be
/// tried where a point is already.
pub fn next(
    points: &[Point],
    levels: &[f64],
    axis: Axis,
    gap: f64,
    taken: &dyn Fn(f64) -> bool,
) -> Option<(f64, Why)> {
    let places = places(points, axis)?;
    let open = |i: usize| places[i + 1] - places[i] > gap.max(0.0) * (1.0 + 1e-9);
    let mut wanted: Vec<(f64, f64, Why)> = Vec::new();
    for (index, &level) in levels.iter().enumerate() {
        let Some(Crossing::At(found)) = crossing(points, level, axis) else { continue };
        for cross in found {
            let at = axis.place(cross.point);
            let i = places.partition_point(|&place| place <= at).clamp(1, places.len() - 1) - 1;
            let unsure = cross.lower <= points[i].x && cross.upper >= points[i + 1].x;
            // An interval without end is that of a jump to never: only another point narrows it.
            let jump = !points[i].y.point.is_finite() || !points[i + 1].y.point.is_finite();
            if open(i) && (!unsure || jump) {
                let width = places[i + 1] - places[i];
                let place = at.clamp(places[i] + 0.2 * width, places[i + 1] - 0.2 * width);
                if !taken(axis.back(place)) {
                    wanted.push((width, place, Why::Crossing(index)));
                }
            }
        }
    }
    if let Some((place, why)) =
        wanted.iter().max_by(|a, b| a.0.total_cmp(&b.0)).map(|&(_, place, why)| (place, why))
    {
        return Some((axis.back(place), why));
    }
    let (knee, _) = knee(points, axis)?;
    let middle = |i: usize| axis.back(f64::midpoint(places[i], places[i + 1]));
    let sides = [knee - 1, knee].into_iter().filter(|&i| open(i) && !taken(middle(i)));
    let widest = sides
        .max_by(|&a, &b| (places[a + 1] - places[a]).total_cmp(&(places[b + 1] - places[b])))?;
    Some((middle(widest), Why::Knee))
}

/// A smooth curve through points that is monotone wherever they are.
///
/// Cubic Hermite pieces whose slopes are the weighted harmonic means of the neighboring secants, 0
/// at an extremum (Fritsch and Butland, SIAM Journal on Scientific and Statistical Computing 5,
/// 1984, 300–304: PCHIP), and the three-point formula kept in shape at the ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Pchip {
    xs: Vec<f64>,
    ys: Vec<f64>,
    slopes: Vec<f64>,
}

impl Pchip {
    /// Through finite points with ascending `x`; `None` otherwise or with fewer than 2.
    pub fn new(xs: &[f64], ys: &[f64]) -> Option<Self> {
        let finite = xs.iter().chain(ys).all(|value| value.is_finite());
        let ascending = xs.windows(2).all(|pair| pair[0] < pair[1]);
        if xs.len() != ys.len() || xs.len() < 2 || !finite || !ascending {
            return None;
        }
        let widths: Vec<f64> = xs.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let secants: Vec<f64> =
            ys.windows(2).zip(&widths).map(|(pair, width)| (pair[1] - pair[0]) / width).collect();
        let inner = |i: usize| {
            let (before, after) = (secants[i - 1], secants[i]);
            if before * after <= 0.0 {
                return 0.0;
            }
            let first = 2.0 * widths[i] + widths[i - 1];
            let second = widths[i] + 2.0 * widths[i - 1];
            (first + second) / (first / before + second / after)
        };
        let n = xs.len();
        let mut slopes: Vec<f64> = (1..n - 1).map(inner).collect();
        let end = |near: usize, next: usize| {
            let (h, g) = (widths[near], widths[next]);
            let slope = ((2.0 * h + g) * secants[near] - h * secants[next]) / (h + g);
            if slope * secants[near] <= 0.0 {
                0.0
            } else if secants[near] * secants[next] <= 0.0
                && slope.abs() > 3.0 * secants[near].abs()
            {
                3.0 * secants[near]
            } else {
                slope
            }
        };
        let (first, last) =
            if n == 2 { (secants[0], secants[0]) } else { (end(0, 1), end(n - 2, n - 3)) };
        slopes.insert(0, first);
        slopes.push(last);
        Some(Self { xs: xs.to_vec(), ys: ys.to_vec(), slopes })
    }

    /// The curve at `x`; constant beyond the ends.
    pub fn at(&self, x: f64) -> f64 {
        let last = self.xs.len() - 1;
        let i = self.xs.partition_point(|&from| from <= x).clamp(1, last) - 1;
        let width = self.xs[i + 1] - self.xs[i];
        let t = ((x - self.xs[i]) / width).clamp(0.0, 1.0);
        let rest = 1.0 - t;
        let bulge = width * (self.slopes[i] * rest - self.slopes[i + 1] * t);
        let (from, to) = (self.ys[i], self.ys[i + 1]);
        rest * rest * (1.0 + 2.0 * t) * from + t * t * (3.0 - 2.0 * t) * to + t * rest * bulge
    }
}

#[cfg(test)]
mod tests;
