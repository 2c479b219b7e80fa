//! Where the values of a row come to lie: offsets, padding, moments of the total.
//!
//! Columns lie in declared order, each at the next multiple of its alignment. The padding depends on
//! the offset's remainder by 8 only, so the walk keeps, for each remainder, its probability and the
//! first two moments of the offset: exact for independent lengths.

use super::column::{Column, header};

/// The alignment every tuple is rounded up to (`MAXALIGN` on 64-bit platforms).
pub const MAX_ALIGN: f64 = 8.0;

/// Probability and moments of the offset, on the event that it has a given remainder.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    share: f64,
    first: f64,
    second: f64,
}

impl Moments {
    fn add_moved(&mut self, from: Self, by: f64, probability: f64) {
        self.share += probability * from.share;
        self.first += probability * (from.first + by * from.share);
        self.second += probability * (from.second + by * (2.0 * from.first + by * from.share));
    }
}

/// Mean and variance of a size, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// Mean, in bytes.
    pub mean: f64,
    /// Variance, in bytes squared.
    pub variance: f64,
}

impl Size {
    /// A size that does not vary.
    pub const fn exact(bytes: f64) -> Self {
        Self { mean: bytes, variance: 0.0 }
    }

    /// The same with so many bytes more.
    #[must_use]
    pub const fn plus(self, bytes: f64) -> Self {
        Self { mean: self.mean + bytes, variance: self.variance }
    }

    /// How many of such items a space holds on average, if they fill one space after the other in order
    /// of arrival, each until one does not fit: at least one.
    ///
    /// For items that do not vary it is the quotient rounded down. For others it tends to
    /// space / mean - (1 + v) / 2, v the squared coefficient of variation: what stays empty is the age of
    /// a renewal process, mean (1 + v) / 2 (Feller, volume 2, XI.4). The sum over n of P(n items fit),
    /// their total taken as normal, joins the two; it is larger by v, as it takes the first item of a
    /// space for any, which is one that did not fit before.
    pub fn fitting(self, space: f64) -> f64 {
        if self.mean.is_nan() || self.mean <= 0.0 {
            return 1.0;
        }
        let quotient = space / self.mean;
        if self.variance <= 0.0 {
            return libm::floor(quotient).max(1.0);
        }
        // Within 8 standard deviations of the quotient the sum is uncertain, below it is certain.
        let spread = 8.0 * libm::sqrt(self.variance * quotient.max(1.0)) / self.mean;
        let certain = libm::floor(quotient - spread).max(0.0);
        let mut sum = certain;
        let mut n = certain + 1.0;
        while n <= quotient + spread + 2.0 {
            let deviation = (n * self.mean - space) / libm::sqrt(2.0 * n * self.variance);
            sum += 0.5 * libm::erfc(deviation);
            n += 1.0;
        }
        (sum - self.variance / (self.mean * self.mean)).max(1.0)
    }
}

/// A walk over the columns of a tuple.
#[derive(Clone, Debug)]
pub struct Walk {
    /// Without and with a null so far; by remainder.
    states: [[Moments; 8]; 2],
}

impl Walk {
    /// Over all these columns, from the start of the data, which is aligned to 8.
    pub fn over<'a>(columns: impl IntoIterator<Item = &'a Column>) -> Self {
        let mut states = [[Moments::default(); 8]; 2];
        states[0][0].share = 1.0;
        let mut walk = Self { states };
        for column in columns {
            walk.step(column);
        }
        walk
    }

    fn step(&mut self, column: &Column) {
        let lengths = column.lengths();
        let nulls = column.nulls.clamp(0.0, 1.0);
        let mut next = [[Moments::default(); 8]; 2];
        for (seen, by_remainder) in self.states.iter().enumerate() {
            for (remainder, &state) in by_remainder.iter().enumerate() {
                if state.share == 0.0 {
                    continue;
                }
                next[1][remainder].add_moved(state, 0.0, nulls);
                for &(length, probability) in &lengths {
                    let by = advance(column, remainder as f64, length);
                    let at = (remainder as f64 + by) % MAX_ALIGN;
                    next[seen][at as usize].add_moved(state, by, (1.0 - nulls) * probability);
                }
            }
        }
        self.states = next;
    }

    /// Size of the tuple, rounded up to 8, with a header of so many bytes (a multiple of 8) for rows
    /// without a null and for rows with one.
    pub fn end(&self, header: f64, header_with_nulls: f64) -> Size {
        let mut total = Moments::default();
        for (by_remainder, header) in self.states.iter().zip([header, header_with_nulls]) {
            for (remainder, &state) in by_remainder.iter().enumerate() {
                total.add_moved(state, header + padding(remainder as f64, MAX_ALIGN), 1.0);
            }
        }
        let variance = total.second - total.first * total.first;
        // Below a millionth of a byte it is rounding.
        Size { mean: total.first, variance: if variance < 1e-6 { 0.0 } else { variance } }
    }
}

/// Bytes from `offset` to the end of a value of so many data bytes.
pub fn advance(column: &Column, offset: f64, data: f64) -> f64 {
    if !column.ty.is_variable() {
        return padding(offset, column.ty.alignment()) + data;
    }
    let header = header(data);
    let padding = if header > 1.0 { padding(offset, column.ty.alignment()) } else { 0.0 };
    padding + header + data
}

/// Bytes to the next multiple of `alignment`.
pub fn padding(offset: f64, alignment: f64) -> f64 {
    let over = offset % alignment;
    if over == 0.0 { 0.0 } else { alignment - over }
}

/// Rounded up to a multiple of 8.
pub fn max_align(bytes: f64) -> f64 {
    bytes + padding(bytes, MAX_ALIGN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::column::Type;

    fn column(ty: &str, nulls: f64) -> Column {
        Column { nulls, ..Column::new(Type::parse(ty).expect("a type")) }
    }

    /// Every combination of nulls and lengths, laid out one by one.
    fn enumerated(columns: &[Column], header: f64, with_nulls: f64) -> Size {
        fn visit(
            columns: &[Column],
            offset: f64,
            null: bool,
            share: f64,
            ends: &mut Vec<(f64, f64, bool)>,
        ) {
            let Some((column, rest)) = columns.split_first() else {
                ends.push((offset, share, null));
                return;
            };
            visit(rest, offset, true, share * column.nulls, ends);
            for (length, probability) in column.lengths() {
                let mut at = offset;
                let (alignment, head) = match (column.ty.is_variable(), length > 126.0) {
                    (false, _) => (column.ty.alignment(), 0.0),
                    (true, false) => (1.0, 1.0),
                    (true, true) => (4.0, 4.0),
                };
                while at % alignment != 0.0 {
                    at += 1.0;
                }
                let share = share * (1.0 - column.nulls) * probability;
                visit(rest, at + head + length, null, share, ends);
            }
        }
        let mut ends = Vec::new();
        visit(columns, 0.0, false, 1.0, &mut ends);
        let size = |offset: f64, null: bool| {
            libm::ceil(offset / 8.0) * 8.0 + if null { with_nulls } else { header }
        };
        let mean: f64 = ends.iter().map(|&(end, share, null)| share * size(end, null)).sum();
        let square =
            |(end, share, null): &(f64, f64, bool)| share * (size(*end, *null) - mean).powi(2);
        Size { mean, variance: ends.iter().map(square).sum() }
    }

    #[test]
    fn the_walk_matches_every_combination() {
        for columns in [
            vec![column("bool", 0.0), column("bigint", 0.2), column("text(13)", 0.0)],
            vec![
                column("text(7)", 0.5),
                column("int", 0.1),
                column("text(125)", 0.3),
                column("smallint", 0.0),
            ],
            vec![column("uuid", 0.0), column("char(127)", 0.4), column("timestamptz", 0.9)],
        ] {
            let (found, exact) =
                (Walk::over(&columns).end(24.0, 32.0), enumerated(&columns, 24.0, 32.0));
            assert!((found.mean - exact.mean).abs() < 1e-9, "{found:?}, {exact:?}");
            assert!((found.variance - exact.variance).abs() < 1e-6, "{found:?}, {exact:?}");
        }
    }

    /// Pages filled one after the other with items of two sizes.
    #[test]
    fn fitting_matches_pages_that_are_filled() {
        for (small, large) in [(100.0, 100.0), (60.0, 140.0), (700.0, 1_000.0), (100.0, 1_700.0)] {
            let (mut pages, mut used, mut state, items) = (1.0, 0.0, 7_u64, 200_000);
            for _ in 0..items {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let item = if state >> 63 == 0 { small } else { large };
                if used + item > 8_168.0 {
                    (pages, used) = (pages + 1.0, 0.0);
                }
                used += item;
            }
            let half = (large - small) / 2.0;
            let size = Size { mean: small + half, variance: half * half };
            let (found, filled) = (size.fitting(8_168.0), f64::from(items) / pages);
            assert!((found / filled - 1.0).abs() < 0.025, "{small} {large}: {found}, {filled}");
        }
    }
}
