//! What moved since a result was saved, and whether that is luck or change.
//!
//! - Several worlds, the same on both sides: the median of the differences by world, with the
//!   interval of the sign test.
//! - Other worlds: the difference of the medians over them, by order statistics of both
//!   ([`Contrast::quantiles`]).
//! - One world: the two results met luck of their own, so that differences are unpaired: Welch's
//!   intervals of the two estimates ([`Contrast::welch`]). So are those of a summary that kept no values
//!   by world.
//!
//! They are made to hold together for all metrics that are compared (Bonferroni), because a gate
//! that looks at ten metrics, each at 95 %, cries wolf in four of ten nights.

use crate::stats::estimate::{Estimate as Number, Quality};
use crate::stats::multiple::{Better, Contrast, less, tells_median};
use crate::stats::quantile::GROUPS_MIN;
use crate::stats::worlds::{self, Band};
use crate::units::Dimension;
use crate::verdict::{self, Estimate, Evidence};

use super::compare::Change;
use super::kept::{self, Method, WORLDS_KEPT, common};
use super::measured::{Measured, measured};

/// A metric and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// As it is written: `p95(workload.viewers)`.
    pub text: String,
    /// What is better of it.
    pub better: Option<Better>,
    /// The estimate, in base units; of several worlds their median, with the interval of the median.
    pub number: Number,
    /// Of several worlds, what is shown of them.
    pub band: Option<Band>,
    /// Of several worlds, the value in each of the first ones (`None`: no number there); empty if they
    /// were not kept.
    pub by_world: Vec<Option<f64>>,
}

impl Known {
    /// As it is shown: of several worlds with the band over them.
    fn shown(&self) -> Number {
        match self.band {
            Some(Band { lower, upper, .. }) => Number { lower, upper, ..self.number },
            None => self.number,
        }
    }
}

/// A metric of a design that was run.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The metric.
    pub measured: Measured,
    /// What it measures.
    pub dimension: Option<Dimension>,
    /// The estimate; of several worlds their median, with the interval of the median.
    pub number: Number,
    /// Of several worlds, what is shown of them.
    pub band: Option<Band>,
    /// Of several worlds, the value in each of the first [`WORLDS_KEPT`].
    pub by_world: Vec<Option<f64>>,
}

/// One number with a standard error of whatever was found: of several worlds their median with the
/// interval of the median, because their band tells of what is not known and does not narrow with
/// more of them. `None` if there is nothing.
pub fn number(estimate: &Estimate, confidence_level: f64) -> Option<Number> {
    match &estimate.found {
        verdict::Found::Never { lower, samples, .. } => {
            Some(Number { lower: *lower, samples: *samples, ..endless(confidence_level) })
        }
        _ => estimate.median(confidence_level),
    }
}

/// What never came.
fn endless(confidence_level: f64) -> Number {
    Number {
        point: f64::INFINITY,
        standard_error: f64::INFINITY,
        lower: f64::INFINITY,
        upper: f64::INFINITY,
        confidence_level,
        samples: 0,
        quality: Quality::Unbounded,
    }
}

/// What was found of a design, by the metrics that designs are compared by: what a summary keeps, so
/// that later ones can be held against it.
pub fn found(on: &Evidence) -> Vec<Found> {
    if on.ensemble.rows.is_empty() {
        return Vec::new();
    }
    let one = |measured: Measured| {
        let estimate = verdict::estimate(&measured.metric, on).ok()?;
        let number = number(&estimate, on.ensemble.confidence)?;
        let (band, by_world) = match estimate.found {
            verdict::Found::Worlds { band, mut values, .. } => {
                values.truncate(WORLDS_KEPT);
                (Some(band), values)
            }
            _ => (None, Vec::new()),
        };
        Some(Found { measured, dimension: estimate.dimension, number, band, by_world })
    };
    let all = measured(on.model, &on.ensemble.plan().catalog, &[]);
    all.into_iter().filter_map(one).collect()
}

/// One metric then and now.
#[derive(Debug, Clone, PartialEq)]
pub struct Since {
    /// The metric.
    pub text: String,
    /// What is better of it.
    pub better: Option<Better>,
    /// As it was saved.
    pub before: Number,
    /// As it is.
    pub after: Number,
    /// The difference, with an interval that holds together with those of all others compared;
    /// `None`: there are too few samples, or worlds, to compare.
    pub difference: Option<Number>,
    /// There are too few worlds: so many with a value would bound all differences.
    pub worlds_needed: Option<u32>,
    /// How it was found.
    pub method: Method,
    /// What can be said of it.
    pub change: Change,
    /// It differs in some worlds, and in most of them not at all.
    pub in_some_worlds: bool,
}

/// All metrics that are known then and now, in the order of `after`; `shared`: so many of the first
/// worlds both met.
///
/// With `confidence_level` no metric is called changed that is not. A metric of which one side has
/// too few samples is not compared, and does not count; neither does one of too few worlds to bound its
/// difference even alone. The more metrics count, the more worlds it takes ([`worlds::needed`]).
pub fn since(
    before: &[Known],
    after: &[Known],
    shared: usize,
    confidence_level: f64,
) -> Vec<Since> {
    let both: Vec<Pair> = after
        .iter()
        .filter_map(|now| {
            let then = before.iter().find(|then| then.text == now.text)?;
            Some(Pair::new(then, now, shared))
        })
        .collect();
    let each = |count: usize| 1.0 - (1.0 - confidence_level) / count.max(1) as f64;
    let known = both.iter().filter(|pair| pair.contrast.is_some()).count();
    let compared = both.iter().filter(|pair| pair.is_bounded(confidence_level)).count();
    let levels = Levels { each: each(compared), all: each(known) };
    both.iter().map(|pair| pair.since(levels)).collect()
}

/// Levels at which differences hold together.
#[derive(Clone, Copy)]
struct Levels {
    /// Those that are compared.
    each: f64,
    /// All, were there worlds enough for each.
    all: f64,
}

/// A metric then and now.
struct Pair<'a> {
    then: &'a Known,
    now: &'a Known,
    method: Method,
    /// Worlds in which there is a value, of the side that has fewer of them; `None`: it is not compared
    /// by its worlds.
    worlds: Option<usize>,
    /// `None`: there is too little to compare.
    contrast: Option<Contrast>,
    is_same: bool,
}

impl<'a> Pair<'a> {
    fn new(then: &'a Known, now: &'a Known, shared: usize) -> Self {
        let (first, second) = (&then.by_world, &now.by_world);
        let known = !first.is_empty() && !second.is_empty();
        if known && shared > 0 {
            let (before, after) = common(first, second, shared);
            // Half of the worlds: their median.
            let contrast = Contrast::in_worlds(&before, &after, 0.5);
            let (worlds, is_same) = (Some(before.len()), before == after);
            return Self { then, now, method: Method::Paired, worlds, contrast, is_same };
        }
        let is_same = is_never(&then.number) && is_never(&now.number);
        if known {
            // Medians that never come are the same only if nothing else does.
            let never = |values: &[Option<f64>]| {
                values.iter().flatten().all(|value| *value == f64::INFINITY)
            };
            let is_same = never(first) && never(second);
            let point = less(now.number.point, then.number.point, 0.0);
            let contrast = kept::medians(first, second, point);
            let count = |values: &[Option<f64>]| values.iter().flatten().count();
            let worlds = Some(count(first).min(count(second)));
            return Self { then, now, method: Method::Ranks, worlds, contrast, is_same };
        }
        let told = is_told(&then.number, &now.number);
        let contrast = told.then(|| Contrast::welch(&then.number, &now.number));
        Self { then, now, method: Method::Welch, worlds: None, contrast, is_same }
    }

    /// Whether there are worlds enough for a difference with ends at a level.
    fn is_bounded(&self, level: f64) -> bool {
        let told = |worlds| tells_median(worlds, self.median_at(level));
        self.contrast.is_some() && self.worlds.is_none_or(told)
    }

    /// The level of each median that the difference is made of: one of differences, or those of both
    /// sides, at half of the error.
    fn median_at(&self, level: f64) -> f64 {
        if self.method == Method::Ranks { 0.5 + 0.5 * level } else { level }
    }

    fn since(&self, levels: Levels) -> Since {
        let is_bounded = self.is_bounded(levels.each);
        let contrast = self.contrast.as_ref().filter(|_| is_bounded);
        let found = contrast.map(|contrast| contrast.estimate(levels.each));
        let is_few = self.contrast.is_some() && !is_bounded;
        let needed = || worlds::needed(0.5, self.median_at(levels.all));
        let is_none = |one: &Number| one.lower == 0.0 && one.upper == 0.0;
        let paired = self.method == Method::Paired;
        let in_some_worlds = paired && !self.is_same && found.as_ref().is_some_and(is_none);
        Since {
            text: self.now.text.clone(),
            better: self.now.better,
            before: self.then.shown(),
            after: self.now.shown(),
            change: match &found {
                Some(_) if self.is_same => Change::Same,
                Some(_) if in_some_worlds => Change::CannotTell,
                Some(difference) => change(difference),
                None => Change::CannotTell,
            },
            difference: found,
            worlds_needed: if is_few { needed() } else { None },
            method: self.method,
            in_some_worlds,
        }
    }
}

/// Whether it never comes, whatever the luck: all groups of runs say so.
pub fn is_never(number: &Number) -> bool {
    number.lower == f64::INFINITY
}

/// Whether two numbers can be told apart: both rest on enough samples, or one of them never came in
/// any group of runs, of which there are enough, and the other did in all.
fn is_told(then: &Number, now: &Number) -> bool {
    let both = [then, now];
    let groups = both.iter().all(|one| one.samples >= GROUPS_MIN as u64);
    let ends = both.iter().any(|one| is_never(one)) && both.iter().any(|one| one.upper.is_finite());
    (groups && ends) || both.iter().all(|one| one.quality != Quality::FewSamples)
}

/// What an interval of a difference says.
pub fn change(difference: &Number) -> Change {
    if difference.lower > 0.0 {
        Change::More
    } else if difference.upper < 0.0 {
        Change::Less
    } else if difference.lower == 0.0 && difference.upper == 0.0 {
        Change::Same
    } else {
        Change::CannotTell
    }
}

#[cfg(test)]
mod coverage;
#[cfg(test)]
mod tests;
