//! Sizing: the smallest candidate shown to pass, the largest shown to fail, and what cannot be told
//! between.
//!
//! The error rate is split evenly over all candidates and looks (Bonferroni). So everything that is
//! shown is right at once with probability `1 - alpha`, whichever candidates the search comes to,
//! whenever it stops, and however candidates depend on each other through common random numbers; a
//! split over the candidates probed would be right only if what is probed did not depend on what
//! was seen. The price is small, as the width grows with the root of the logarithm of their
//! number: with 200 candidates and 7 looks an interval at the last look is 4.0 standard errors to
//! either side, with 10 candidates 3.2.
//!
//! Where what is seen is nested ([`Shape::Nested`]) there is no such price. If a candidate that fails is
//! shown to pass, then so would be the last one that fails, and if one that passes is shown to
//! fail, so would be the first that passes: only those two can bring the first error, and the rate is
//! split over them and the looks. It matters for assurance: to show that something holds in 90 % of all
//! worlds, all 64 of 64 must hold at this level and would not be enough at that of 200 candidates.

use super::looks::FIRST;

/// What a look at a candidate showed, at the confidence asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Every objective was shown to hold.
    Pass,
    /// An objective was shown to fail.
    Fail,
    /// Neither.
    Unclear,
}

/// How the objectives depend on the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Later candidates pass whenever earlier ones do (order them so): bisection.
    Monotone,
    /// Monotone in what is seen too: what a look shows of a candidate cannot be less favorable for
    /// a later one at the same look. So it is for shares of worlds judged by their counts, where the
    /// same luck makes every world that holds at a candidate hold at all later ones.
    Nested,
    /// Anything may happen: a scan with steps of this many candidates (1: all), refined at the
    /// edges.
    Any {
        /// Distance of the candidates of the first scan; at least 1.
        step: usize,
    },
}

/// What to look at next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probe {
    /// Index of the candidate.
    pub candidate: usize,
    /// Which look at it, from 0.
    pub look: u32,
    /// Values (replications or worlds) that the look needs: 16, 32, 64 … up to the cap, those of
    /// earlier looks included.
    pub size: u32,
    /// Level of the two-sided interval of each objective by which to judge this look.
    pub confidence: f64,
}

/// A stretch of neighbors that pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passing {
    /// First candidate of it shown to pass.
    pub first: usize,
    /// Last candidate of it shown to pass.
    pub last: usize,
    /// `first` is the edge: its predecessor was shown to fail.
    pub first_is_smallest: bool,
    /// `last` is the edge: its successor was shown to fail.
    pub last_is_largest: bool,
}

/// A search that the caller drives: [`Search::next`] says what to look at, [`Search::saw`] takes
/// what was seen.
///
/// Each candidate is looked at until it is shown to pass or fail or its values are used up. A
/// monotone search halves what lies between the largest that fails and the smallest that passes; at
/// a candidate that cannot be told it goes on to both sides, until only such candidates lie between.
#[derive(Clone, Debug)]
pub struct Search {
    shape: Shape,
    confidence: f64,
    cap: u32,
    /// Per candidate: looks made and what the last one showed.
    seen: Vec<(u32, Option<Shown>)>,
}

impl Search {
    /// No look so far. `count` candidates in order, `alpha`: chance that any statement is wrong,
    /// `cap`: values per candidate at most, `objectives`: how many are judged at each look.
    pub fn new(count: usize, shape: Shape, alpha: f64, cap: u32, objectives: usize) -> Self {
        let confidence = confidence(count, shape, alpha, cap, objectives);
        Self { shape, confidence, cap: cap.max(1), seen: vec![(0, None); count] }
    }

    /// What to look at next; `None`: nothing is left to learn.
    pub fn next(&self) -> Option<Probe> {
        let open = self.seen.iter().position(|seen| seen.0 > 0 && !self.is_done(*seen));
        let candidate = match (open, self.shape) {
            (Some(open), _) => open,
            (None, Shape::Monotone | Shape::Nested) => self.halve()?,
            (None, Shape::Any { step }) => self.scan(step.max(1)).or_else(|| self.refine())?,
        };
        let look = self.seen[candidate].0;
        Some(Probe { candidate, look, size: size(look).min(self.cap), confidence: self.confidence })
    }

    /// What the look of [`Search::next`] showed.
    pub fn saw(&mut self, shown: Shown) {
        if let Some(probe) = self.next() {
            self.seen[probe.candidate] = (probe.look + 1, Some(shown));
        }
    }

    /// Last thing shown of a candidate; `None` if it was not looked at.
    pub fn shown(&self, candidate: usize) -> Option<Shown> {
        self.seen.get(candidate).and_then(|seen| seen.1)
    }

    /// The largest candidate shown to fail before every passing one; of a monotone search, all up to
    /// it fail.
    pub fn failed(&self) -> Option<usize> {
        let before = self.passed().unwrap_or(self.seen.len());
        self.last(0..before, Shown::Fail)
    }

    /// The smallest candidate shown to pass.
    pub fn passed(&self) -> Option<usize> {
        self.first(0..self.seen.len(), Shown::Pass)
    }

    /// "Smallest" may be said: the predecessor of [`Search::passed`] was shown to fail.
    pub fn is_smallest(&self) -> bool {
        self.passed().is_some_and(|at| at > 0 && self.shown(at - 1) == Some(Shown::Fail))
    }

    /// Stretches shown to pass, in order. Candidates inside a stretch that were not looked at lie
    /// between two that pass.
    pub fn passing(&self) -> Vec<Passing> {
        let mut stretches: Vec<Passing> = Vec::new();
        let mut open = false;
        for (at, seen) in self.seen.iter().enumerate() {
            match (seen.1, stretches.last_mut()) {
                (None, _) => {}
                (Some(Shown::Pass), Some(stretch)) if open => stretch.last = at,
                (Some(Shown::Pass), _) => {
                    stretches.push(Passing {
                        first: at,
                        last: at,
                        first_is_smallest: at > 0 && self.shown(at - 1) == Some(Shown::Fail),
                        last_is_largest: false,
                    });
                    open = true;
                }
                (Some(_), _) => open = false,
            }
        }
        for stretch in &mut stretches {
            stretch.last_is_largest = self.shown(stretch.last + 1) == Some(Shown::Fail);
        }
        stretches
    }

    fn is_done(&self, (looks, shown): (u32, Option<Shown>)) -> bool {
        shown.is_some_and(|shown| shown != Shown::Unclear)
            || (looks > 0 && size(looks - 1) >= self.cap)
    }

    fn first(&self, mut range: std::ops::Range<usize>, shown: Shown) -> Option<usize> {
        range.find(|&at| self.shown(at) == Some(shown))
    }

    fn last(&self, range: std::ops::Range<usize>, shown: Shown) -> Option<usize> {
        range.rev().find(|&at| self.shown(at) == Some(shown))
    }

    /// The middle of what is open: from the largest that fails to the smallest that passes, or to
    /// either side of what cannot be told between them.
    fn halve(&self) -> Option<usize> {
        // One more than the largest that fails, and the smallest that passes, as ends of what is
        // open.
        let end = self.passed().unwrap_or(self.seen.len());
        let start = self.last(0..end, Shown::Fail).map_or(0, |at| at + 1);
        let lowest = self.first(start..end, Shown::Unclear);
        let highest = self.last(start..end, Shown::Unclear);
        let (above, below) = match (lowest, highest) {
            (Some(lowest), Some(highest)) => (highest + 1..end, start..lowest),
            _ => (start..end, start..start),
        };
        let middle = |open: std::ops::Range<usize>| {
            (!open.is_empty()).then(|| usize::midpoint(open.start, open.end))
        };
        // First what passes: that is what the reader builds.
        middle(above).or_else(|| middle(below))
    }

    /// The next candidate of the first scan, the last of all among them.
    fn scan(&self, step: usize) -> Option<usize> {
        let last = self.seen.len().checked_sub(1)?;
        (0..=last).step_by(step).chain([last]).find(|&at| self.shown(at).is_none())
    }

    /// The middle of the first gap between two candidates of which one passes and the other does not.
    fn refine(&self) -> Option<usize> {
        let looked: Vec<usize> =
            (0..self.seen.len()).filter(|&at| self.shown(at).is_some()).collect();
        let passes = |at: usize| self.shown(at) == Some(Shown::Pass);
        let edge = |pair: &&[usize]| pair[1] - pair[0] > 1 && passes(pair[0]) != passes(pair[1]);
        looked.windows(2).find(edge).map(|pair| usize::midpoint(pair[0], pair[1]))
    }
}

/// Level of the two-sided intervals by which a search judges; as for [`Search::new`].
pub fn confidence(count: usize, shape: Shape, alpha: f64, cap: u32, objectives: usize) -> f64 {
    let cap = cap.max(1);
    let looks = (0..32).take_while(|&look| look == 0 || size(look - 1) < cap).count();
    // A passing candidate is wrongly failed by any objective; a failing one wrongly passed only
    // if the one that fails is. An interval errs on either side with half its error.
    let candidates = if shape == Shape::Nested { count.min(2) } else { count };
    let statements = (candidates.max(1) * looks * objectives.max(1)) as f64;
    1.0 - 2.0 * alpha / statements
}

/// Values that a look needs.
fn size(look: u32) -> u32 {
    FIRST.saturating_mul(1_u32.checked_shl(look).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests;
