//! Values by the interval of the series in which their request was meant to arrive, for the tallies
//! that a metric or a chart asks for by time.
//!
//! Values are collected as they come and compacted whenever an interval has [`RECENT`] of them, so
//! that memory is bounded by the number of different values at three digits, not by requests.

use super::probe::MAX_INTERVALS;
use crate::plan::NONE;
use crate::stats::histogram::Sparse;

/// Values of an interval that are kept as they are.
const RECENT: usize = 4096;

/// Bits of a request's windows below the number of its interval.
pub const WINDOW_BITS: u32 = 16;

/// The part of a request's windows that says in which interval it arrived: its number plus one;
/// nothing beyond [`MAX_INTERVALS`].
#[inline]
pub fn interval_bits(now: u64, interval: u64) -> u32 {
    let number = now / interval;
    if number < MAX_INTERVALS as u64 { (number as u32 + 1) << WINDOW_BITS } else { 0 }
}

/// The values of one tally in one interval.
#[derive(Debug, Clone, Default)]
struct Visits {
    recent: Vec<u64>,
    whole: Sparse,
}

impl Visits {
    fn compact(&mut self) {
        if !self.recent.is_empty() {
            self.whole.merge(&Sparse::of(&mut self.recent));
            self.recent.clear();
        }
    }
}

/// All of them.
#[derive(Debug)]
pub struct Courses {
    /// By tally: its course, or [`NONE`].
    of: Vec<u32>,
    /// By course, then by interval, as far as there are values.
    visits: Vec<Vec<Visits>>,
}

impl Courses {
    /// Nothing yet, for these of so many tallies; without any nothing is allocated.
    pub fn new(kept: &[u32], tallies: u32) -> Self {
        let mut of = Vec::new();
        if !kept.is_empty() {
            of.resize(tallies as usize, NONE);
        }
        for (course, &tally) in kept.iter().enumerate() {
            of[tally as usize] = course as u32;
        }
        Self { of, visits: vec![Vec::new(); kept.len()] }
    }

    /// Whether any are kept.
    #[inline]
    pub fn any(&self) -> bool {
        !self.visits.is_empty()
    }

    fn visits(&mut self, tally: u32, windows: u32) -> Option<&mut Visits> {
        let interval = (windows >> WINDOW_BITS).checked_sub(1)? as usize;
        let course = *self.of.get(tally as usize)?;
        let course = self.visits.get_mut(course as usize)?;
        if course.len() <= interval {
            course.resize_with(interval + 1, Visits::default);
        }
        course.get_mut(interval)
    }

    /// A value of a request that arrived in `windows`.
    pub fn record(&mut self, tally: u32, ns: u64, windows: u32) {
        if let Some(visits) = self.visits(tally, windows) {
            visits.recent.push(ns);
            if visits.recent.len() >= RECENT {
                visits.compact();
            }
        }
    }

    /// A request that arrived in `windows` has no answer at the end of the run.
    pub fn unanswered(&mut self, tally: u32, windows: u32) {
        if let Some(visits) = self.visits(tally, windows) {
            visits.whole.record_never(1);
        }
    }

    /// By course, then by interval.
    pub fn finish(self) -> Vec<Vec<Sparse>> {
        let whole = |mut visits: Visits| {
            visits.compact();
            visits.whole
        };
        self.visits.into_iter().map(|course| course.into_iter().map(whole).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Courses, RECENT, interval_bits};
    use crate::stats::histogram::Histogram;

    #[test]
    fn values_stand_in_the_interval_of_their_arrival() {
        let mut courses = Courses::new(&[3], 5);
        let mut slow = Histogram::new();
        for value in 0..3 * RECENT as u64 + 7 {
            let ns = value.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 30;
            courses.record(3, ns, interval_bits(2_999, 1_000) | 1);
            slow.record(ns);
        }
        courses.record(3, 5, interval_bits(0, 1_000) | 1);
        courses.record(4, 6, interval_bits(0, 1_000) | 1);
        courses.record(3, 7, 1);
        courses.unanswered(3, interval_bits(1_000, 1_000) | 1);
        let found = courses.finish();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].len(), 3);
        assert_eq!(found[0][0].total(), 1);
        assert_eq!((found[0][1].total(), found[0][1].sums().never), (1, 1));
        assert_eq!(found[0][2], slow.compact(), "in parts as in one");
    }

    #[test]
    fn beyond_the_last_interval_nothing_is_kept() {
        assert_eq!(interval_bits(4_095, 1) >> super::WINDOW_BITS, 4_096);
        assert_eq!(interval_bits(4_096, 1), 0);
    }
}
