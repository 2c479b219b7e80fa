//! Recorded values: a log-linear histogram with exact sums beside it.
//!
//! [`Histogram`] is what one run records into; [`Sparse`] is what is kept of it, merged over runs and
//! stored. Both answer the same questions, through one piece of code ([`Sums`] and the bucket walk), and
//! both merge exactly: integer counts and sums only, so that any grouping and order of merging gives the
//! same bytes.
//!
//! The buckets are those of `HdrHistogram` with 3 significant digits: width 1 up to 2,047, then doubling in
//! width every 1,024 buckets, so no bucket is wider than 1/1,024 of its values. Quantiles interpolate
//! inside the bucket, which takes the error well below that.
//!
//! Cost: a record is about 2 ns (measured in `benches`); nothing is allocated before the first value that
//! is not 0, then 8 bytes for each bucket up to the next power of two above the largest value: 16 KiB up
//! to 2 µs, 0.2 MiB up to an hour, in nanoseconds. [`Sparse`] takes 16 bytes for each bucket that holds
//! something.

use serde::{Deserialize, Serialize};

/// Recorded values saturate here (2^62 - 1; 146 years in nanoseconds), the range of the buckets.
pub const VALUE_MAX: u64 = (1 << 62) - 1;

/// Significant decimal digits kept by the buckets.
const DIGITS: u8 = 3;

/// The smallest range allocated: one block of 2,048 exact buckets.
const RANGE_MIN: u64 = 2_047;

/// What is known exactly about the recorded values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// How many finite values.
    pub count: u64,
    /// How many values were +infinity: something that was waited for and never came.
    pub never: u64,
    /// Sum of the finite values.
    pub sum: u128,
    /// Sum of the squares of the finite values. An integer as well, because floating-point sums depend on
    /// the order of merging; it saturates, which needs for instance 3·10^8 values of 10^15.
    pub sum_of_squares: u128,
    /// Smallest finite value; `u64::MAX` if there is none.
    pub min: u64,
    /// Largest finite value; 0 if there is none.
    pub max: u64,
}

impl Default for Sums {
    fn default() -> Self {
        Self { count: 0, never: 0, sum: 0, sum_of_squares: 0, min: u64::MAX, max: 0 }
    }
}

impl Sums {
    /// Finite and infinite values together.
    pub fn total(&self) -> u64 {
        self.count.saturating_add(self.never)
    }

    /// Mean of the finite values; `None` if there is none.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    /// Unbiased variance of the finite values; `None` for fewer than two.
    ///
    /// Exact up to the last division while `count * sum_of_squares` fits into 128 bits; in floating point
    /// beyond that.
    pub fn variance(&self) -> Option<f64> {
        if self.count < 2 {
            return None;
        }
        let n = u128::from(self.count);
        let scaled = match (n.checked_mul(self.sum_of_squares), self.sum.checked_mul(self.sum)) {
            (Some(squares), Some(square)) => squares.saturating_sub(square) as f64,
            _ => {
                let sum = self.sum as f64;
                (n as f64 * self.sum_of_squares as f64 - sum * sum).max(0.0)
            }
        };
        Some(scaled / (n as f64 * (n - 1) as f64))
    }

    fn record(&mut self, value: u64, n: u64) {
        let value_wide = u128::from(value);
        self.count = self.count.saturating_add(n);
        self.sum = self.sum.saturating_add(value_wide * u128::from(n));
        let squares = (value_wide * value_wide).saturating_mul(u128::from(n));
        self.sum_of_squares = self.sum_of_squares.saturating_add(squares);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    fn merge(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.never = self.never.saturating_add(other.never);
        self.sum = self.sum.saturating_add(other.sum);
        self.sum_of_squares = self.sum_of_squares.saturating_add(other.sum_of_squares);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}

/// One bucket that holds something: integer values in `[low, low + width)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// Smallest value of the bucket.
    pub low: u64,
    /// How many integers it spans (a power of two; follows from `low`).
    pub width: u64,
    /// How many values fell into it.
    pub count: u64,
}

impl Bucket {
    /// The part of the bucket that can hold values, given the exact extremes: first and last integer.
    fn support(&self, sums: &Sums) -> (u64, u64) {
        let last = self.low + (self.width - 1);
        let first = self.low.max(sums.min);
        (first, last.min(sums.max).max(first))
    }
}

/// The `q`-quantile of sorted buckets; see [`Histogram::quantile`].
fn quantile_of(buckets: impl Iterator<Item = Bucket>, sums: &Sums, q: f64) -> Option<f64> {
    let total = sums.total();
    if total == 0 || !(0.0..=1.0).contains(&q) {
        return None;
    }
    let rank = q * total as f64;
    // Whole ranks must not slip to the next value by a rounding error in `q * total`.
    let slack = total as f64 * 1e-12;
    if rank > sums.count as f64 + slack || sums.count == 0 {
        return Some(f64::INFINITY);
    }
    if rank <= 1.0 {
        return Some(sums.min as f64);
    }
    let mut below = 0_u64;
    for bucket in buckets {
        let through = below + bucket.count;
        if through as f64 + slack >= rank {
            let (first, last) = bucket.support(sums);
            let position = ((rank - below as f64) / bucket.count as f64).clamp(0.0, 1.0);
            let span = (last - first) as f64 + 1.0;
            return Some((first as f64 - 1.0 + span * position).max(first as f64));
        }
        below = through;
    }
    Some(sums.max as f64)
}

/// How many values are above `value`, of sorted buckets; see [`Histogram::count_above`].
fn count_above_of(buckets: impl Iterator<Item = Bucket>, sums: &Sums, value: u64) -> f64 {
    if value >= sums.max {
        return sums.never as f64;
    }
    let mut at_most = 0_u64;
    let mut part = 0.0;
    for bucket in buckets {
        let (first, last) = bucket.support(sums);
        if first > value {
            break;
        }
        if last > value {
            part = bucket.count as f64 * ((value - first) as f64 + 1.0)
                / ((last - first) as f64 + 1.0);
            break;
        }
        at_most += bucket.count;
    }
    (sums.total() - at_most) as f64 - part
}

/// Values recorded one by one. See the module for accuracy and cost.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    sums: Sums,
    /// Absent until a value above 0 comes; zeros before that are only in `sums`.
    buckets: Option<Box<hdrhistogram::Histogram<u64>>>,
    /// Values up to here have a bucket.
    range: u64,
}

impl Histogram {
    /// An empty histogram; allocates nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Records one finite value; beyond [`VALUE_MAX`] it saturates.
    #[inline]
    pub fn record(&mut self, value: u64) {
        let value = value.min(VALUE_MAX);
        if value > self.range {
            self.grow(value);
        }
        if let Some(buckets) = &mut self.buckets {
            buckets.saturating_record(value);
        }
        self.sums.record(value, 1);
    }

    /// Records the same finite value `n` times (or with weight `n`); beyond [`VALUE_MAX`] it saturates.
    #[inline]
    pub fn record_n(&mut self, value: u64, n: u64) {
        if n == 0 {
            return;
        }
        let value = value.min(VALUE_MAX);
        if value > self.range {
            self.grow(value);
        }
        if let Some(buckets) = &mut self.buckets {
            buckets.saturating_record_n(value, n);
        }
        self.sums.record(value, n);
    }

    /// Records `n` values that are +infinity.
    pub fn record_never(&mut self, n: u64) {
        self.sums.never = self.sums.never.saturating_add(n);
    }

    /// Adds everything recorded by `other`. Commutative and associative to the last bit.
    pub fn merge(&mut self, other: &Self) {
        if let Some(theirs) = &other.buckets {
            if other.range > self.range {
                self.grow(other.range);
            }
            if let Some(ours) = &mut self.buckets {
                for bucket in recorded(theirs) {
                    ours.saturating_record_n(bucket.low, bucket.count);
                }
            }
        } else if let Some(ours) = &mut self.buckets {
            ours.saturating_record_n(0, other.sums.count);
        }
        self.sums.merge(&other.sums);
    }

    /// Count, sums and extremes, exact.
    pub fn sums(&self) -> &Sums {
        &self.sums
    }

    /// Finite and infinite values together.
    pub fn total(&self) -> u64 {
        self.sums.total()
    }

    /// Mean of the finite values, from the exact sum; `None` if there is none.
    pub fn mean(&self) -> Option<f64> {
        self.sums.mean()
    }

    /// The `q`-quantile over all values, infinite ones at the end; `None` without values or for `q`
    /// outside `[0, 1]`.
    ///
    /// The inverse of the distribution function at rank `q * total`, interpolated inside the bucket as if
    /// its values were spread evenly over the integers it spans (and that lie between the exact minimum and
    /// maximum); so exact where buckets have width 1 and where all values are equal. It is
    /// `f64::INFINITY` where the rank falls among values that never came.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        quantile_of(self.iter(), &self.sums, q)
    }

    /// How many values are above `value`, infinite ones included.
    ///
    /// Exact if `value` is the last integer of its bucket, below the minimum or not below the maximum;
    /// otherwise the bucket's values count as spread evenly.
    pub fn count_above(&self, value: u64) -> f64 {
        count_above_of(self.iter(), &self.sums, value)
    }

    /// [`Histogram::count_above`] over the total; `None` without values.
    pub fn share_above(&self, value: u64) -> Option<f64> {
        let total = self.total();
        (total > 0).then(|| self.count_above(value) / total as f64)
    }

    /// The form to keep: only buckets that hold something.
    pub fn compact(&self) -> Sparse {
        Sparse { sums: self.sums, buckets: self.iter().collect() }
    }

    /// Buckets that hold something, ascending.
    fn iter(&self) -> impl Iterator<Item = Bucket> + '_ {
        let zeros = (self.buckets.is_none() && self.sums.count > 0).then_some(Bucket {
            low: 0,
            width: 1,
            count: self.sums.count,
        });
        zeros.into_iter().chain(self.buckets.iter().flat_map(|buckets| recorded(buckets)))
    }

    /// Makes room for `value`, up to the next power of two, so that a run grows a few times only.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, value: u64) {
        let range = (value | RANGE_MIN).next_power_of_two() - 1;
        let mut grown = hdrhistogram::Histogram::new_with_bounds(1, range, DIGITS)
            .expect("low is 1, high is at least 2,047 and 3 digits are allowed");
        if let Some(old) = self.buckets.take() {
            for bucket in recorded(&old) {
                grown.saturating_record_n(bucket.low, bucket.count);
            }
        } else {
            grown.saturating_record_n(0, self.sums.count);
        }
        self.buckets = Some(Box::new(grown));
        self.range = range;
    }
}

/// The buckets of the dense form that hold something, ascending.
fn recorded(buckets: &hdrhistogram::Histogram<u64>) -> impl Iterator<Item = Bucket> + '_ {
    buckets.iter_recorded().filter(|step| step.count_at_value() > 0).map(|step| {
        let value = step.value_iterated_to();
        Bucket {
            low: buckets.lowest_equivalent(value),
            width: buckets.equivalent_range(value),
            count: step.count_at_value(),
        }
    })
}

/// A histogram at rest: sorted buckets that hold something, and the exact sums.
///
/// Equal contents are equal values, whatever the order of recording and merging was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sparse {
    sums: Sums,
    buckets: Vec<Bucket>,
}

impl Sparse {
    /// Adds everything in `other`. Commutative and associative to the last bit.
    pub fn merge(&mut self, other: &Self) {
        let mut merged = Vec::with_capacity(self.buckets.len() + other.buckets.len());
        let (mut ours, mut theirs) = (self.buckets.as_slice(), other.buckets.as_slice());
        while let ([a, rest_a @ ..], [b, rest_b @ ..]) = (ours, theirs) {
            if a.low <= b.low {
                ours = rest_a;
            }
            if b.low <= a.low {
                theirs = rest_b;
            }
            merged.push(match a.low.cmp(&b.low) {
                std::cmp::Ordering::Less => *a,
                std::cmp::Ordering::Greater => *b,
                std::cmp::Ordering::Equal => {
                    Bucket { count: a.count.saturating_add(b.count), ..*a }
                }
            });
        }
        merged.extend_from_slice(ours);
        merged.extend_from_slice(theirs);
        self.buckets = merged;
        self.sums.merge(&other.sums);
    }

    /// All of `parts` in one.
    pub fn merged<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut whole = Self::default();
        for part in parts {
            whole.merge(part);
        }
        whole
    }

    /// Count, sums and extremes, exact.
    pub fn sums(&self) -> &Sums {
        &self.sums
    }

    /// Buckets that hold something, ascending.
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// Finite and infinite values together.
    pub fn total(&self) -> u64 {
        self.sums.total()
    }

    /// Mean of the finite values; `None` if there is none.
    pub fn mean(&self) -> Option<f64> {
        self.sums.mean()
    }

    /// As [`Histogram::quantile`].
    pub fn quantile(&self, q: f64) -> Option<f64> {
        quantile_of(self.buckets.iter().copied(), &self.sums, q)
    }

    /// As [`Histogram::count_above`].
    pub fn count_above(&self, value: u64) -> f64 {
        count_above_of(self.buckets.iter().copied(), &self.sums, value)
    }

    /// As [`Histogram::share_above`].
    pub fn share_above(&self, value: u64) -> Option<f64> {
        let total = self.total();
        (total > 0).then(|| self.count_above(value) / total as f64)
    }
}
