//! What the observations tell of every pair of designs.

use super::{Absent, BAND, Change, Compared, Difference, Group};
use crate::stats::estimate::{Estimate as Number, Quality};
use crate::stats::multiple::{self, Better, Contrast, Contrasts};
use crate::stats::paired;
use crate::stats::quantile::GROUPS_MIN;
use crate::stats::worlds::{band, share};
use crate::study::kept::{self, Method, Worlds, common};
use crate::study::measured::Measured;
use crate::study::since::{self, Known};
use crate::verdict::{self, Estimate, Found, Over, Side};
use std::cmp::Ordering;

/// Observations that tell never from always at any confidence short of certainty: `2 · 4^-64` is less than
/// a number next to 1 lacks of it, for any number of pairs that fits into memory.
const GROUPS_MAX: usize = 64;

/// A saved design: its number, and the side of which it is the very result.
pub(super) struct Kept {
    pub known: Known,
    pub same_as: Option<usize>,
}

/// What the observations tell of every pair of sides.
pub(super) struct Told<'a> {
    paired: &'a verdict::Paired,
    /// Saved sides, which come after the others.
    saved: &'a [Kept],
    /// The worlds of each side.
    worlds: &'a [Worlds],
    /// Each side as one number with a standard error, if it has one.
    numbers: Vec<Option<Number>>,
    /// Sides that have a place.
    ranked: Vec<usize>,
    /// The differences of all pairs, which hold together; empty with fewer than two sides, or where
    /// a pair has no observation in common.
    pub pairs: Vec<multiple::Difference>,
    /// Observations by which never is told from always.
    for_never: usize,
    confidence: f64,
    assurance: f64,
}

impl<'a> Told<'a> {
    pub fn new(
        paired: &'a verdict::Paired,
        saved: &'a [Kept],
        worlds: &'a [Worlds],
        ranked: Vec<usize>,
        (confidence, assurance): (f64, f64),
    ) -> Self {
        let number = |side: &Side| since::number(&side.estimate, confidence);
        let mut numbers: Vec<Option<Number>> = paired.sides.iter().map(number).collect();
        numbers.extend(saved.iter().map(|one| Some(one.known.number)));
        let count = numbers.len();
        let for_never = groups_for_never(confidence, count * count.saturating_sub(1) / 2);
        let pairs = Vec::new();
        let mut told = Self {
            paired,
            saved,
            worlds,
            numbers,
            ranked,
            pairs,
            for_never,
            confidence,
            assurance,
        };
        let contrasts = Contrasts::collect(count, |one, other| told.contrast(one, other));
        told.pairs = contrasts.map_or(Vec::new(), |contrasts| contrasts.all(confidence));
        told
    }

    /// How a later side differs from an earlier one.
    fn contrast(&self, one: usize, other: usize) -> Option<Contrast> {
        if self.is_copy(one, other) {
            return Contrast::sectioned(&[0.0; 2], &[0.0; 2], 0.0);
        }
        let both = [one, other].map(|side| self.paired.sides.get(side));
        match (self.method(one, other), both) {
            (Method::Paired, [Some(first), Some(second)]) if self.paired.over == Over::Runs => {
                let (before, after) = self.met(one, other)?;
                Contrast::sectioned(&before, &after, less(second.point?, first.point?))
            }
            (Method::Paired, _) => {
                let (before, after) = self.met(one, other)?;
                Contrast::in_worlds(&before, &after, self.assurance)
            }
            (Method::Ranks, [Some(first), Some(second)]) => by_ranks(first, second),
            (Method::Ranks, _) => {
                let point = less(self.numbers[other]?.point, self.numbers[one]?.point);
                kept::medians(self.by_world(one), self.by_world(other), point)
            }
            (Method::Welch, _) => Some(Contrast::welch(&self.numbers[one]?, &self.numbers[other]?)),
        }
    }

    /// How a pair is told apart.
    fn method(&self, one: usize, other: usize) -> Method {
        if let (Some(first), Some(second)) =
            (self.paired.sides.get(one), self.paired.sides.get(other))
        {
            let count = self.numbers.len();
            let pairs = (count * (count - 1) / 2) as f64;
            let tells = || {
                let each = 1.0 - (1.0 - self.confidence) / pairs;
                let ends = by_ranks(first, second).map(|found| found.estimate(each));
                ends.is_some_and(|ends| ends.lower.is_finite() || ends.upper.is_finite())
            };
            let ranks = self.paired.over == Over::Runs && self.paired.few && tells();
            return if ranks { Method::Ranks } else { Method::Paired };
        }
        let has_values = |side| self.by_world(side).iter().any(Option::is_some);
        if self.met(one, other).is_some() {
            Method::Paired
        } else if has_values(one) && has_values(other) {
            Method::Ranks
        } else {
            Method::Welch
        }
    }

    /// Whether the other is the very result of one once more: it differs by nothing, however uncertain
    /// it is.
    fn is_copy(&self, one: usize, other: usize) -> bool {
        let saved = other.checked_sub(self.paired.sides.len());
        saved.is_some_and(|at| self.saved[at].same_as == Some(one))
    }

    /// The values of a side by world; empty with one world, or if they were not kept.
    fn by_world(&self, side: usize) -> &[Option<f64>] {
        let run = self.paired.sides.len();
        match self.paired.sides.get(side) {
            Some(side) if self.paired.over == Over::Worlds => &side.values,
            Some(_) => &[],
            None => &self.saved[side - run].known.by_world,
        }
    }

    /// The observations that both met and have a value in: those of designs that were run, or the worlds
    /// that a saved one met too.
    fn met(&self, one: usize, other: usize) -> Option<(Vec<f64>, Vec<f64>)> {
        if let (Some(first), Some(second)) =
            (self.paired.sides.get(one), self.paired.sides.get(other))
        {
            return Some(common(&first.values, &second.values, usize::MAX));
        }
        let shared = self.worlds[one].shared(&self.worlds[other]);
        let (before, after) = common(self.by_world(one), self.by_world(other), shared);
        (!before.is_empty()).then_some((before, after))
    }

    /// All that is said of a metric. `having` has the design of each side; `absent` is by design.
    pub fn compared(
        &self,
        having: &[usize],
        absent: Vec<Option<Absent>>,
        measured: &Measured,
    ) -> Compared {
        let (run, designs) = (self.paired.sides.len(), absent.len());
        let at = |design: usize| having.iter().position(|&known| known == design);
        let difference = |design: usize| self.against(at(0)?, at(design).filter(|&at| at > 0)?);
        let places = |better: Better| {
            let place = |design| self.place(at(design)?, better);
            (0..designs).map(place).collect()
        };
        let groups = |better: Better| {
            let named = |group: Vec<usize>| Group {
                same: self.are_same(&group),
                designs: group.into_iter().map(|at| having[at]).collect(),
            };
            self.groups(better).into_iter().map(named).collect()
        };
        let dimension = self.paired.sides.iter().find_map(|side| side.estimate.dimension);
        let estimate = |design: usize| {
            let at = at(design)?;
            if at < run {
                return Some(self.paired.sides[at].estimate.clone());
            }
            let found = match self.saved[at - run].known.band {
                Some(band) => Found::Worlds { band, values: Vec::new(), growing: Vec::new() },
                None => Found::Number(self.numbers[at]?),
            };
            Some(Estimate { dimension, found, growing: false })
        };
        Compared {
            dimension,
            over: self.paired.over,
            few: self.paired.few,
            by_ranks: self.pairs.iter().any(|pair| {
                pair.second < run && self.method(pair.first, pair.second) == Method::Ranks
            }),
            estimates: (0..designs).map(estimate).collect(),
            absent,
            differences: (0..designs).map(difference).collect(),
            places: measured.better.map_or(vec![None; designs], places),
            groups: measured.better.map_or(Vec::new(), groups),
            measured: measured.clone(),
        }
    }

    /// How `to` differs from `from`, an earlier side.
    pub fn against(&self, from: usize, to: usize) -> Option<Difference> {
        let pair = self.pairs.iter().find(|one| (one.first, one.second) == (from, to))?;
        let plain = Difference {
            point: pair.difference.point,
            interval: Some(pair.difference),
            band: None,
            less: None,
            correlation: None,
            reduction: None,
            paired: false,
            method: self.method(from, to),
            change: self.change(pair),
        };
        let Some((before, after)) = self.met(from, to) else { return Some(plain) };
        let differences: Vec<f64> = before.iter().zip(&after).map(|(a, b)| less(*b, *a)).collect();
        let below: Vec<bool> = differences.iter().map(|one| *one < 0.0).collect();
        let statistics = paired::compare(&before, &after, self.confidence);
        let in_worlds = !self.by_world(from).is_empty();
        Some(Difference {
            interval: (!in_worlds).then_some(pair.difference),
            band: if in_worlds { band(&differences, BAND) } else { None },
            less: if in_worlds { share(&below, self.confidence) } else { None },
            correlation: statistics.as_ref().and_then(|found| found.correlation),
            reduction: statistics.as_ref().and_then(|found| found.variance_reduction),
            paired: true,
            ..plain
        })
    }

    /// Whether there is enough to tell the sides of a pair apart.
    ///
    /// Where one never came in any observation and the other came in all, few samples are enough, but
    /// the observations must be so many that luck seldom does it: [`groups_for_never`].
    fn is_enough(&self, pair: &multiple::Difference) -> bool {
        let (one, other) = (pair.first, pair.second);
        let never = is_endless(&pair.difference);
        let needed = if never { self.for_never } else { GROUPS_MIN };
        let run = self.paired.sides.get(one).zip(self.paired.sides.get(other));
        match (run, self.method(one, other)) {
            (Some((first, second)), _) if never && !first.fine.is_empty() => {
                let (before, after) = common(&first.fine, &second.fine, usize::MAX);
                let is = |values: &[f64], finite: bool| {
                    values.iter().all(|value| value.is_finite() == finite)
                };
                let told = is(&before, true) && is(&after, false)
                    || is(&before, false) && is(&after, true);
                told && before.len() >= needed
            }
            (Some(_), Method::Ranks) => true,
            (Some(_), _) => {
                let met = self.met(one, other).map_or(0, |met| met.0.len());
                (never || !self.paired.few) && met >= needed
            }
            (None, Method::Paired) => self.met(one, other).is_some_and(|met| met.0.len() >= needed),
            (None, _) => [one, other].iter().all(|&side| {
                self.numbers[side].is_some_and(|number| {
                    let few = number.quality == Quality::FewSamples;
                    if never { number.samples >= needed as u64 } else { !few }
                })
            }),
        }
    }

    /// Whether there is no difference in any observation.
    fn is_same(&self, pair: &multiple::Difference) -> bool {
        if self.is_copy(pair.first, pair.second) {
            return true;
        }
        if let Some((before, after)) = self.met(pair.first, pair.second) {
            return before == after;
        }
        let never = |side: usize| self.numbers[side].is_some_and(|one| since::is_never(&one));
        never(pair.first) && never(pair.second) || since::change(&pair.difference) == Change::Same
    }

    pub fn change(&self, pair: &multiple::Difference) -> Change {
        match pair.told {
            _ if self.is_same(pair) => Change::Same,
            _ if !self.is_enough(pair) => Change::CannotTell,
            Ordering::Less => Change::Less,
            Ordering::Greater => Change::More,
            Ordering::Equal => Change::CannotTell,
        }
    }

    /// One more than the sides that are better than this one; `None`: it has no place.
    pub fn place(&self, side: usize, better: Better) -> Option<u32> {
        let has_place = |side: &usize| self.ranked.contains(side);
        let is_beaten = |pair: &&multiple::Difference| {
            let (beaten, by) = match self.change(pair).is_better(Some(better)) {
                Some(true) => (pair.first, pair.second),
                Some(false) => (pair.second, pair.first),
                None => return false,
            };
            beaten == side && has_place(&by)
        };
        has_place(&side).then(|| 1 + self.pairs.iter().filter(is_beaten).count() as u32)
    }

    /// The largest sets that cannot be told apart, of the sides that have a place.
    pub fn groups(&self, better: Better) -> Vec<Vec<usize>> {
        if self.pairs.is_empty() {
            return if self.paired.few { vec![self.ranked.clone()] } else { Vec::new() };
        }
        let said = |pair: &multiple::Difference| multiple::Difference {
            told: match self.change(pair) {
                Change::Less => Ordering::Less,
                Change::More => Ordering::Greater,
                Change::Same | Change::CannotTell => Ordering::Equal,
            },
            ..pair.clone()
        };
        let said: Vec<multiple::Difference> = self.pairs.iter().map(said).collect();
        multiple::ranking(&self.ranked, better, &said).groups
    }

    /// Whether no two of these sides differ.
    pub fn are_same(&self, sides: &[usize]) -> bool {
        let within = |pair: &&multiple::Difference| {
            [pair.first, pair.second].iter().all(|side| sides.contains(side))
        };
        !self.pairs.is_empty() && self.pairs.iter().filter(within).all(|pair| self.is_same(pair))
    }
}

/// Whether a difference has no end, whatever the luck: one side never came in any observation, and
/// the other always did.
fn is_endless(difference: &Number) -> bool {
    difference.lower.is_infinite() && difference.lower == difference.upper
}

/// Observations by which never is told from always, for all of so many pairs at once: `n` with
/// `2 · 4^-n <= (1 - confidence) / pairs`, at least [`GROUPS_MIN`].
///
/// Were both sides alike, one observation would say so by luck once in four times at most (the chance
/// that one never comes times that the other does), and so `n` do in one way or the other in `2 · 4^-n`
/// of all cases. Five are enough for 25 pairs at 95 %, and for 5 at 99 %.
pub(super) fn groups_for_never(confidence: f64, pairs: usize) -> usize {
    let level = (1.0 - confidence) / pairs.max(1) as f64;
    let by_luck = |groups: usize| 2.0 * 0.25_f64.powi(groups as i32);
    (GROUPS_MIN..GROUPS_MAX).find(|&groups| by_luck(groups) <= level).unwrap_or(GROUPS_MAX)
}

/// The difference of the quantiles of two designs of which every run has one value at most, by order
/// statistics: runs are independent, and so are the values. `None` if one of them is of another kind, or
/// falls among what never came.
fn by_ranks(one: &Side, other: &Side) -> Option<Contrast> {
    let (first, second) = (one.singles.as_ref()?, other.singles.as_ref()?);
    let finite = |side: &Side| side.point.filter(|point| point.is_finite());
    let point = finite(other)? - finite(one)?;
    if first.q != second.q {
        return None;
    }
    Contrast::quantiles(&first.values, &second.values, first.q, point)
}

/// A difference of values that may both be infinite: then there is none.
fn less(one: f64, other: f64) -> f64 {
    if one == other { 0.0 } else { one - other }
}
