//! Sizing: the smallest candidate shown to pass, the largest shown to fail, and what cannot be told
//! between.

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
#[derive(Clone, Debug)]
pub struct Search {}

impl Search {
    /// No look so far. `count` candidates in order, `alpha`: chance that any statement is wrong,
    /// `cap`: values per candidate at most, `objectives`: how many are judged at each look.
    pub fn new(count: usize, shape: Shape, alpha: f64, cap: u32, objectives: usize) -> Self {
        unimplemented!()
    }

    /// What to look at next; `None`: nothing is left to learn.
    pub fn next(&self) -> Option<Probe> {
        unimplemented!()
    }

    /// What the look of [`Search::next`] showed.
    pub fn saw(&mut self, shown: Shown) {
        unimplemented!()
    }

    /// Last thing shown of a candidate; `None` if it was not looked at.
    pub fn shown(&self, candidate: usize) -> Option<Shown> {
        unimplemented!()
    }

    /// The largest candidate shown to fail below every passing one (of a monotone search).
    pub fn failed(&self) -> Option<usize> {
        unimplemented!()
    }

    /// The smallest candidate shown to pass.
    pub fn passed(&self) -> Option<usize> {
        unimplemented!()
    }

    /// "Smallest" may be said: the predecessor of [`Search::passed`] was shown to fail.
    pub fn is_smallest(&self) -> bool {
        unimplemented!()
    }

    /// Stretches shown to pass, in order. Candidates inside a stretch that were not looked at lie
    /// between two that pass.
    pub fn passing(&self) -> Vec<Passing> {
        unimplemented!()
    }
}
