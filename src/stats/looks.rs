//! When to stop sampling: looks at ever larger samples until a goal has held twice in a row.
//!
//! A rule that stops at the first narrow interval stops too often when the interval is narrow by
//! chance, and then covers the truth less often than it says (Chow and Robbins 1965; Law and
//! Kelton, *Operations Research* 30, 1982). Few looks at doubling sizes, and the demand that the goal
//! holds at two of them in a row, keep most of the coverage: the tests measure how much.

/// Size of the first look: with fewer values the width of an interval is itself mostly chance.
pub const FIRST: u32 = 16;

/// Looks at 16, 32, 64, … values, the last at the cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looks {
    first: u32,
    cap: u32,
    made: u32,
    held: bool,
    stopped: bool,
}

impl Looks {
    /// No look so far; `cap`: values at most, at least one.
    pub fn new(cap: u32) -> Self {
        Self::starting(FIRST, cap)
    }

    /// The same with another first look, for somebody who is in a hurry; a goal does not hold before
    /// [`FIRST`] values whatever was seen.
    pub fn starting(first: u32, cap: u32) -> Self {
        Self { first: first.max(1), cap: cap.max(1), made: 0, held: false, stopped: false }
    }

    /// How many values the next look needs; `None`: sampling ends with those of the last look.
    pub fn next(&self) -> Option<u32> {
        let next = if self.made == 0 { self.first } else { self.made.saturating_mul(2) };
        (!self.stopped && self.made < self.cap).then_some(next.min(self.cap))
    }

    /// What the next look saw: whether the goal holds with that many values.
    pub fn looked(&mut self, holds: bool) {
        self.made = self.next().unwrap_or(self.made);
        let holds = holds && (self.made >= FIRST || self.first >= FIRST);
        self.stopped = holds && self.held;
        self.held = holds;
    }
}

#[cfg(test)]
mod tests {
    use super::super::estimate;
    use super::super::testing::Draws;
    use super::*;

    #[test]
    fn looks_double_to_the_cap_and_stop_after_two_in_a_row() {
        let sizes = |cap: u32, holds: &dyn Fn(u32) -> bool| {
            let (mut looks, mut sizes) = (Looks::new(cap), Vec::new());
            while let Some(size) = looks.next() {
                sizes.push(size);
                looks.looked(holds(size));
            }
            sizes
        };
        assert_eq!(sizes(100, &|_| false), [16, 32, 64, 100]);
        assert_eq!(sizes(100, &|_| true), [16, 32]);
        assert_eq!(sizes(1_000, &|n| n != 32), [16, 32, 64, 128]);
        assert_eq!(sizes(7, &|_| true), [7]);
        assert_eq!(sizes(16, &|_| true), [16]);
        assert_eq!(sizes(u32::MAX, &|_| false).len(), 29);
        let mut hurried = Looks::starting(2, 100);
        let mut seen = Vec::new();
        while let Some(size) = hurried.next() {
            seen.push(size);
            hurried.looked(true);
        }
        assert_eq!(seen, [2, 4, 8, 16, 32]);
    }

    /// Coverage of the true mean by nominal 95 % intervals at the moment of stopping, and the mean
    /// of the points, over many studies; values are exponential with mean 1, as skewed as sums of
    /// a queue's times get.
    fn stopped_studies(goal: f64, twice: bool) -> (f64, f64) {
        const STUDIES: u32 = 4_000;
        let (mut covered, mut points) = (0, 0.0);
        for study in 0..STUDIES {
            let mut draws = Draws::new(u64::from(study) + 1);
            let (mut looks, mut values) = (Looks::new(16_384), Vec::new());
            let mut last = None;
            while let Some(size) = looks.next() {
                values.resize_with(size as usize, || draws.exponential());
                let found = estimate::mean(&values, 0.95).unwrap();
                let holds = found.relative_half_width().is_some_and(|width| width <= goal);
                last = Some(found);
                looks.looked(holds);
                if holds && !twice {
                    break;
                }
            }
            let found = last.unwrap();
            covered += u32::from(found.lower <= 1.0 && 1.0 <= found.upper);
            points += found.point;
        }
        (f64::from(covered) / f64::from(STUDIES), points / f64::from(STUDIES))
    }

    /// Of 4,000 studies the share that covers has a standard error of 0.4 %. Without stopping,
    /// means of exponential values cover a little less than said at 16 to 64 values (about 93 %),
    /// because they are skewed; the rule may cost 2 % more.
    #[test]
    fn stopping_by_precision_keeps_coverage_and_adds_no_bias() {
        for (goal, bias) in [(0.4, 0.02), (0.1, 0.01)] {
            let (coverage, mean) = stopped_studies(goal, true);
            assert!((0.91..0.97).contains(&coverage), "goal {goal}: {coverage}");
            assert!((mean - 1.0).abs() < bias, "goal {goal}: {mean}");
        }
        // What the second look buys: stopping at the first narrow interval covers less.
        let (once, _) = stopped_studies(0.4, false);
        assert!(once < stopped_studies(0.4, true).0 - 0.01, "{once}");
    }
}
