//! Which of the things that came are still there.
//!
//! What is there at month 0 came at an even pace over some time before it; what comes later follows
//! its law. A retention takes away whatever is older than its age, at once, or only at certain times:
//! a purge that runs every day, a partition that is dropped when its newest row is old enough.

use super::calendar::{Calendar, Every};
use super::law::Course;

/// How things leave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Way {
    /// At the moment at which they are old enough.
    AtOnce,
    /// Piece by piece: a piece has what came in one stretch, and leaves whole when its newest thing
    /// is old enough.
    Pieces(Every),
    /// In runs at the beginning of each stretch, each of which takes all that is old enough.
    Runs(Every),
}

/// How long things stay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retention {
    /// The age at which they may go, seconds.
    pub after: f64,
    /// How they go.
    pub way: Way,
}

impl Retention {
    /// At `time` everything that came before the returned time is gone, and nothing else.
    pub fn cutoff(&self, calendar: &Calendar, time: f64) -> f64 {
        match self.way {
            Way::AtOnce => time - self.after,
            Way::Pieces(every) => calendar.begin_of(every, time - self.after),
            Way::Runs(every) => calendar.begin_of(every, time) - self.after,
        }
    }
}

/// What is there at month 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Past {
    /// How much.
    pub amount: f64,
    /// It came evenly over so many seconds before month 0; 0: all just now.
    pub over: f64,
}

/// Things that come by a law and leave by a retention.
#[derive(Debug, Clone, PartialEq)]
pub struct Stock {
    past: Past,
    course: Course,
    retention: Option<Retention>,
}

impl Stock {
    /// A stock.
    pub fn new(past: Past, course: Course, retention: Option<Retention>) -> Self {
        Self { past, course, retention }
    }

    /// What came until `time`, less what was there at month 0: negative before it.
    pub fn came(&self, calendar: &Calendar, time: f64) -> f64 {
        came(self.past, time) + self.course.until(calendar, time)
    }

    /// What is there.
    pub fn there(&self, calendar: &Calendar, time: f64) -> f64 {
        self.past.amount + self.came(calendar, time) - self.gone(calendar, time)
    }

    /// What has left since month 0: at the first opportunity all that is already too old.
    pub fn gone(&self, calendar: &Calendar, time: f64) -> f64 {
        let Some(retention) = self.retention else { return 0.0 };
        // Nothing has left before month 0: what is there is there.
        let cutoff = retention.cutoff(calendar, time.max(0.0)).min(time);
        self.past.amount + self.came(calendar, cutoff)
    }

    /// Stretches of `every` that hold something: the pieces of a partitioned table.
    pub fn pieces(&self, calendar: &Calendar, every: Every, time: f64) -> f64 {
        let oldest = match self.retention {
            Some(retention) => retention.cutoff(calendar, time).max(-self.past.over),
            None => -self.past.over,
        };
        let first = calendar.begin_of(every, oldest);
        let mut count = 1.0;
        let mut begin = calendar.begin_of(every, time);
        while begin > first && count < 100_000.0 {
            count += 1.0;
            // A hair before its beginning is in the stretch before it.
            begin = calendar.begin_of(every, begin - 1.0);
        }
        count
    }
}

/// What came of a past until a time before month 0, less all of it.
pub(super) fn came(past: Past, time: f64) -> f64 {
    if time >= 0.0 {
        return 0.0;
    }
    let share = if past.over > 0.0 { (-time / past.over).min(1.0) } else { 1.0 };
    -past.amount * share
}
