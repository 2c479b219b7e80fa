//! What the observations tell of every pair of designs.

use super::{Absent, BAND, Change, Compared, Difference, Group};
use crate::stats::estimate::{Estimate as Number, Quality};
use crate::stats::multiple::{self, Better, Contrast, Contrasts, less};
use crate::stats::paired;
use crate::stats::quantile::GROUPS_MIN;
use crate::stats::worlds::{band, share};
use crate::study::kept::{self, Method, Worlds, common};
use crate::study::measured::Measured;
use crate::study::since::{self, Known};
use crate::verdict::{self, Estimate, Found, Over, Side, Singles};
use std::cmp::Ordering;

/// Observations that tell never from always at any confidence short of certainty: `2 · 4^-64` is less than
/// a number next to 1 lacks of it, for any number of pairs that fits into memory.
const GROUPS_MAX: usize = 64;

/// A saved design: its number, and the side of which it is the very result.
pub(super) struct Kept {
    pub known: Known,
    pub same_as: Option<usize>,
}

/// How much is asked for to tell sides apart.
#[derive(Clone, Copy)]
pub(super) struct Levels {
    confidence: f64,
    assurance: f64,
    /// Observations by which never is told from always.
    pub for_never: usize,
}

impl Levels {
    /// Of all pairs of so many sides together.
    pub fn new(confidence: f64, assurance: f64, sides: usize) -> Self {
        let for_never = groups_for_never(confidence, sides * sides.saturating_sub(1) / 2);
        Self { confidence, assurance, for_never }
    }
}

/// What is told of a pair of sides: made once, because every side asks for all of them.
pub(super) struct Pair {
    pub difference: multiple::Difference,
    /// How it was found.
    pub method: Method,
    /// What can be said of it.
    pub change: Change,
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
    pub pairs: Vec<Pair>,
    levels: Levels,
}

impl<'a> Told<'a> {
    pub fn new(
        paired: &'a verdict::Paired,
        saved: &'a [Kept],
        worlds: &'a [Worlds],
        ranked: Vec<usize>,
        levels: Levels,
    ) -> Self {
        let number = |side: &Side| since::number(&side.estimate, levels.confidence);
        let mut numbers: Vec<Option<Number>> = paired.sides.iter().map(number).collect();
        numbers.extend(saved.iter().map(|one| Some(one.known.number)));
        let count = numbers.len();
        let mut told = Self { paired, saved, worlds, numbers, ranked, pairs: Vec::new(), levels };
        let mut methods = Vec::new();
        let contrasts = Contrasts::collect(count, |one, other| {
            let method = told.method(one, other);
            methods.push(method);
            told.contrast(one, other, method)
        });
        let all = contrasts.map_or(Vec::new(), |contrasts| contrasts.all(levels.confidence));
        let pair = |(difference, method)| {
            let change = told.change(&difference, method);
            Pair { difference, method, change }
        };
        told.pairs = all.into_iter().zip(methods).map(pair).collect();
        told
    }

    /// How a later side differs from an earlier one.
    fn contrast(&self, one: usize, other: usize, method: Method) -> Option<Contrast> {
        if self.is_copy(one, other) {
            return Contrast::sectioned(&[0.0; 2], &[0.0; 2], 0.0);
        }
        let both = [one, other].map(|side| self.paired.sides.get(side));
        match (method, both) {
            (Method::Paired, [Some(first), Some(second)]) if self.paired.over == Over::Runs => {
                let (before, after) = self.met(one, other)?;
                Contrast::sectioned(&before, &after, less(second.point?, first.point?, 0.0))
            }
            (Method::Paired, _) => {
                let (before, after) = self.met(one, other)?;
                Contrast::in_worlds(&before, &after, self.levels.assurance)
            }
            (Method::Ranks, [Some(first), Some(second)]) => by_ranks(first, second),
            (Method::Ranks, _) => {
                let [first, second] = [self.numbers[one]?, self.numbers[other]?];
                let point = less(second.point, first.point, 0.0);
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
                let each = 1.0 - (1.0 - self.levels.confidence) / pairs;
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
            by_ranks: self
                .pairs
                .iter()
                .any(|pair| pair.difference.second < run && pair.method == Method::Ranks),
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
        let is_it = |one: &multiple::Difference| (one.first, one.second) == (from, to);
        let pair = self.pairs.iter().find(|one| is_it(&one.difference))?;
        let found = pair.difference.difference;
        let plain = Difference {
            point: found.point,
            interval: Some(found),
            band: None,
            less: None,
            correlation: None,
            reduction: None,
            paired: false,
            method: pair.method,
            change: pair.change,
        };
        let Some((before, after)) = self.met(from, to) else { return Some(plain) };
        let differences: Vec<f64> =
            before.iter().zip(&after).map(|(a, b)| less(*b, *a, 0.0)).collect();
        let below: Vec<bool> = differences.iter().map(|one| *one < 0.0).collect();
        let statistics = paired::compare(&before, &after, self.levels.confidence);
        let in_worlds = !self.by_world(from).is_empty();
        Some(Difference {
            interval: (!in_worlds).then_some(found),
            band: if in_worlds { band(&differences, BAND) } else { None },
            less: if in_worlds { share(&below, self.levels.confidence) } else { None },
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
    fn is_enough(&self, pair: &multiple::Difference, method: Method) -> bool {
        let (one, other) = (pair.first, pair.second);
        let never = is_endless(&pair.difference);
        let needed = if never { self.levels.for_never } else { GROUPS_MIN };
        let run = self.paired.sides.get(one).zip(self.paired.sides.get(other));
        match (run, method) {
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

    /// Of a pair that was run and has one value a run: these, of which groups show a part. None where
    /// neither comes, which is the same whatever comes before the quantile.
    fn singles(&self, one: usize, other: usize) -> Option<(&Singles, &Singles)> {
        let (first, second) = (self.paired.sides.get(one)?, self.paired.sides.get(other)?);
        let comes = |side: &Side| side.point.is_some_and(f64::is_finite);
        let both = first.singles.as_ref().zip(second.singles.as_ref());
        both.filter(|_| comes(first) || comes(second))
    }

    /// Whether there is no difference in any observation.
    fn is_same(&self, pair: &multiple::Difference) -> bool {
        if self.is_copy(pair.first, pair.second) {
            return true;
        }
        if let Some((first, second)) = self.singles(pair.first, pair.second) {
            return first.values == second.values;
        }
        if let Some((before, after)) = self.met(pair.first, pair.second) {
            return before == after;
        }
        // A median that never comes is the same as another only if nothing else comes.
        let in_worlds =
            |side: usize| self.by_world(side).iter().flatten().all(|one| one.is_infinite());
        let never = |side: usize| {
            self.numbers[side].is_some_and(|one| since::is_never(&one)) && in_worlds(side)
        };
        never(pair.first) && never(pair.second) || since::change(&pair.difference) == Change::Same
    }

    fn change(&self, pair: &multiple::Difference, method: Method) -> Change {
        match pair.told {
            _ if self.is_same(pair) => Change::Same,
            _ if !self.is_enough(pair, method) => Change::CannotTell,
            Ordering::Less => Change::Less,
            Ordering::Greater => Change::More,
            Ordering::Equal => Change::CannotTell,
        }
    }

    /// One more than the sides that are better than this one; `None`: it has no place.
    pub fn place(&self, side: usize, better: Better) -> Option<u32> {
        let has_place = |side: &usize| self.ranked.contains(side);
        let is_beaten = |pair: &&Pair| {
            let multiple::Difference { first, second, .. } = pair.difference;
            let (beaten, by) = match pair.change.is_better(Some(better)) {
                Some(true) => (first, second),
                Some(false) => (second, first),
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
        let said = |pair: &Pair| multiple::Difference {
            told: match pair.change {
                Change::Less => Ordering::Less,
                Change::More => Ordering::Greater,
                Change::Same | Change::CannotTell => Ordering::Equal,
            },
            ..pair.difference.clone()
        };
        let said: Vec<multiple::Difference> = self.pairs.iter().map(said).collect();
        multiple::ranking(&self.ranked, better, &said).groups
    }

    /// Whether no two of these sides differ.
    pub fn are_same(&self, sides: &[usize]) -> bool {
        let within = |pair: &&Pair| {
            let multiple::Difference { first, second, .. } = pair.difference;
            sides.contains(&first) && sides.contains(&second)
        };
        let is_same = |pair: &Pair| pair.change == Change::Same;
        !self.pairs.is_empty() && self.pairs.iter().filter(within).all(is_same)
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
fn groups_for_never(confidence: f64, pairs: usize) -> usize {
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
