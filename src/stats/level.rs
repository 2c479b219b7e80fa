//! A level over time: its mean and maximum, and the share of time it spent at or above a value.
//!
//! Areas are integers (level × nanoseconds), so the mean of merged parts is the mean of the whole
//! bit for bit. Times are any monotone integers; nanoseconds by convention.

use serde::{Deserialize, Serialize};

use super::histogram::{Histogram, Sparse};

/// What is kept of a level over a span of time. Merges exactly over runs (stretches of time put end
/// to end; levels that exist side by side, as of two instances, must be added before they are
/// recorded).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeWeighted {
    /// Integral of the level over the span \[level·ns\].
    pub area: u128,
    /// Length of the span \[ns\].
    pub span: u128,
    /// Largest level that lasted longer than 0.
    pub max: u64,
}

impl TimeWeighted {
    /// Adds `level` held for `lasted`; a level that lasted 0 leaves no trace.
    #[inline]
    pub fn add(&mut self, level: u64, lasted: u64) {
        if lasted > 0 {
            self.area = self.area.saturating_add(u128::from(level) * u128::from(lasted));
            self.span = self.span.saturating_add(u128::from(lasted));
            self.max = self.max.max(level);
        }
    }

    /// Adds another stretch of time, as in other runs: areas and spans add.
    pub fn merge(&mut self, other: &Self) {
        self.area = self.area.saturating_add(other.area);
        self.span = self.span.saturating_add(other.span);
        self.max = self.max.max(other.max);
    }

    /// Mean level over the span; `None` for an empty span.
    pub fn mean(&self) -> Option<f64> {
        (self.span > 0).then(|| self.area as f64 / self.span as f64)
    }
}

/// A level being followed through time. The clock must not run backwards; if it does, no time
/// passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LevelClock {
    level: u64,
    since: u64,
    so_far: TimeWeighted,
}

impl LevelClock {
    /// Starts at time `now` with `level`.
    pub fn new(now: u64, level: u64) -> Self {
        Self { level, since: now, so_far: TimeWeighted::default() }
    }

    /// The level now.
    pub fn level(&self) -> u64 {
        self.level
    }

    /// The level becomes `level` at `now`.
    #[inline]
    pub fn set(&mut self, now: u64, level: u64) {
        self.advance(now);
        self.level = level;
    }

    /// Forgets the past (a window opens at `now`) and keeps the level.
    pub fn restart(&mut self, now: u64) {
        *self = Self::new(now, self.level);
    }

    /// The record from the start to `now`.
    pub fn read(&self, now: u64) -> TimeWeighted {
        let mut clock = *self;
        clock.advance(now);
        clock.so_far
    }

    #[inline]
    fn advance(&mut self, now: u64) {
        self.so_far.add(self.level, now.saturating_sub(self.since));
        self.since = self.since.max(now);
    }
}

/// How long each level lasted, for shares of time. Exact for levels below 2,048; above that as
/// accurate as [`Histogram`].
#[derive(Clone, Debug, Default)]
pub struct LevelTimes {
    times: Histogram,
}

impl LevelTimes {
    /// Adds `level` held for `lasted`.
    #[inline]
    pub fn add(&mut self, level: u64, lasted: u64) {
        self.times.record_n(level, lasted);
    }

    /// Adds all of `other`; commutative and exact.
    pub fn merge(&mut self, other: &Self) {
        self.times.merge(&other.times);
    }

    /// Share of time at or above `level`; `None` if no time passed.
    pub fn share_at_least(&self, level: u64) -> Option<f64> {
        match level.checked_sub(1) {
            Some(below) => self.times.share_above(below),
            None => (self.times.total() > 0).then_some(1.0),
        }
    }

    /// The form to keep; its counts are nanoseconds.
    pub fn compact(&self) -> Sparse {
        self.times.compact()
    }
}

/// Share of time at or above `level` from the kept form; `None` if no time passed.
pub fn share_at_least(times: &Sparse, level: u64) -> Option<f64> {
    match level.checked_sub(1) {
        Some(below) => times.share_above(below),
        None => (times.total() > 0).then_some(1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::{LevelClock, LevelTimes, TimeWeighted, share_at_least};

    /// 0 for 10, 3 for 20, 1 for 10: area 70 over 40.
    #[test]
    fn mean_is_area_over_span() {
        let mut clock = LevelClock::new(100, 0);
        clock.set(110, 3);
        clock.set(130, 9);
        clock.set(130, 1);
        let record = clock.read(140);
        assert_eq!(record, TimeWeighted { area: 70, span: 40, max: 3 });
        assert_eq!(record.mean(), Some(1.75));
        clock.restart(140);
        assert_eq!(clock.read(140).mean(), None);
        assert_eq!(clock.read(150), TimeWeighted { area: 10, span: 10, max: 1 });
    }

    #[test]
    fn cutting_a_span_anywhere_and_merging_changes_nothing() {
        let changes = [(0_u64, 4_u64), (7, 0), (19, 12), (40, 5), (63, 1)];
        let whole = changes.windows(2).fold(LevelClock::new(0, 4), |mut clock, pair| {
            clock.set(pair[1].0, pair[1].1);
            clock
        });
        for cut in 0..=90 {
            let mut first = LevelClock::new(0, 4);
            let mut second = LevelClock::new(cut, 0);
            for (time, level) in changes {
                if time <= cut {
                    first.set(time, level);
                    second = LevelClock::new(cut, level);
                } else {
                    second.set(time, level);
                }
            }
            let mut merged = second.read(90.max(cut));
            merged.merge(&first.read(cut));
            assert_eq!(merged, whole.read(90), "cut at {cut}");
        }
    }

    #[test]
    fn shares_of_time_are_exact_for_small_levels() {
        let mut times = LevelTimes::default();
        for (level, lasted) in [(0, 30), (50, 15), (49, 5), (2, 50)] {
            times.add(level, lasted);
        }
        for (level, share) in [(0, 1.0), (1, 0.7), (2, 0.7), (3, 0.2), (50, 0.15), (51, 0.0)] {
            assert_eq!(times.share_at_least(level), Some(share));
            assert_eq!(share_at_least(&times.compact(), level), Some(share));
        }
        assert_eq!(LevelTimes::default().share_at_least(0), None);
    }
}
