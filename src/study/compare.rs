//! Designs side by side on the same luck: differences with their intervals, and who is better.
//!
//! With one world the observations are groups of replications, and a difference has Student's
//! interval over them. With several worlds a difference is a band over the worlds, and one design
//! is better than another if it is so in the share of worlds that is asked for (the assurance), as
//! an objective must hold in them. All pairs of designs are told apart at once
//! ([`crate::stats::multiple`]): with the stated confidence no pair of a metric is told apart
//! wrongly.

use super::alternative::{Ran, find};
use super::measured::Measured;
use super::since::{self, Known};
use crate::expr::metric::parse_metric;
use crate::stats::estimate::{Estimate as Number, Quality};
use crate::stats::multiple::{self, Better, Contrast, Contrasts};
use crate::stats::paired;
use crate::stats::quantile::GROUPS_MIN;
use crate::stats::worlds::{Band, band, share};
use crate::units::Dimension;
use crate::verdict::{self, Estimate, Evidence, Found, Over, Side};
use std::cmp::Ordering;

/// Share of worlds between the ends of a band.
pub const BAND: f64 = 0.9;
/// Full servers whose utilization differs by less are as busy as each other.
const TIED: f64 = 0.01;
/// From this utilization on servers are full.
const FULL: f64 = 0.9;

/// Observations that tell never from always at any confidence short of certainty: `2 · 4^-64` is less than
/// a number next to 1 lacks of it, for any number of pairs that fits into memory.
const GROUPS_MAX: usize = 64;

/// Designs side by side.
pub struct Comparison {
    /// By metric.
    pub metrics: Vec<Compared>,
    /// Pairs of designs that are told apart at once by a metric that all of them have.
    pub pairs: usize,
}

/// One metric of all designs.
pub struct Compared {
    /// The metric.
    pub measured: Measured,
    /// What it measures; `None` if no design has it.
    pub dimension: Option<Dimension>,
    /// What the observations are.
    pub over: Over,
    /// Too few observations for a verdict.
    pub few: bool,
    /// By design; `None`: it has none, see `absent`.
    pub estimates: Vec<Option<Estimate>>,
    /// By design: why there is no estimate.
    pub absent: Vec<Option<Absent>>,
    /// By design: how it differs from the first; `None` for the first itself, and where there is
    /// nothing to compare.
    pub differences: Vec<Option<Difference>>,
    /// By design, where one is better: how many designs are better for sure, plus one. A
    /// counterfactual has no place and takes none.
    pub places: Vec<Option<u32>>,
    /// Where one is better: the largest sets of designs that the runs cannot tell apart, the best
    /// first. A design may be in several.
    pub groups: Vec<Group>,
}

/// Why a design has no value of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// Nothing of it has such a metric.
    NoSuch,
    /// Nothing was recorded that it could be computed from or, of several worlds, in none of them
    /// enough for a value.
    NoSamples,
    /// The summary did not keep it.
    NotKept,
    /// An older version kept another statistic of several worlds.
    Older,
}

/// Designs that share a rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The designs, best point first.
    pub designs: Vec<usize>,
    /// There is no difference between any two of them; else the runs cannot tell.
    pub same: bool,
}

/// How a design differs from another, in the metric's unit: its own value less the other's.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The difference; infinite where one of them never answers.
    pub point: f64,
    /// With one world: its interval.
    pub interval: Option<Number>,
    /// With several worlds: its band over them.
    pub band: Option<Band>,
    /// With several worlds: the share of them in which it is smaller than the other, with the
    /// exact binomial interval.
    pub less: Option<Number>,
    /// Correlation of the two over the observations; `None` where one of them does not vary.
    pub correlation: Option<f64>,
    /// How many times as many runs independent luck would have needed.
    pub reduction: Option<f64>,
    /// Whether both met the same luck; a saved design met its own.
    pub paired: bool,
    /// What can be said.
    pub change: Change,
}

/// What can be said of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is smaller.
    Less,
    /// It is larger.
    More,
    /// There is none, in any observation.
    Same,
    /// The runs cannot tell.
    CannotTell,
}

impl Change {
    /// Whether it is for the better.
    pub fn is_better(self, better: Option<Better>) -> Option<bool> {
        match (self, better?) {
            (Self::Less, Better::Smaller) | (Self::More, Better::Larger) => Some(true),
            (Self::Less, Better::Larger) | (Self::More, Better::Smaller) => Some(false),
            (Self::Same | Self::CannotTell, _) => None,
        }
    }
}

/// A design that was run before, of which only its metrics are left. It met luck of its own: it is
/// compared unpaired.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    /// What it is called.
    pub name: String,
    /// Its metrics.
    pub known: Vec<Known>,
    /// An older version kept another statistic of its worlds than is compared.
    pub is_older: bool,
    /// Nobody can choose it.
    pub is_counterfactual: bool,
    /// The design that was run of which this is the very result.
    pub same_as: Option<usize>,
}

/// Compares designs by some metrics; saved ones come after those that were run. A design without a
/// value has an empty place in its row.
pub fn compare(ran: &[Ran], saved: &[Saved], metrics: &[Measured]) -> Comparison {
    let designs = ran.len() + saved.len();
    let pairs = designs * designs.saturating_sub(1) / 2;
    let metrics = metrics.iter().filter_map(|one| compared(ran, saved, one)).collect();
    Comparison { metrics, pairs }
}

/// One metric; `None` if no design has it.
fn compared(ran: &[Ran], saved: &[Saved], measured: &Measured) -> Option<Compared> {
    let of = |on| move |name: &str| find(on, ran, name).map(|found| &found.ensemble);
    let others: Vec<_> = ran.iter().map(of).collect();
    let evidence = |at: usize| {
        let Ran { model, ensemble, .. } = &ran[at];
        Evidence { model, ensemble, others: &others[at] }
    };
    let lacks = |at: usize| match verdict::estimate(&measured.metric, &evidence(at)) {
        Err(_) => Some(Absent::NoSuch),
        Ok(one) if ran[at].ensemble.rows.is_empty() || one.range().is_none() => {
            Some(Absent::NoSamples)
        }
        Ok(_) => None,
    };
    let mut absent: Vec<Option<Absent>> = (0..ran.len()).map(lacks).collect();
    let having: Vec<usize> = (0..ran.len()).filter(|&at| absent[at].is_none()).collect();
    let of: Vec<Evidence> = having.iter().map(|&at| evidence(at)).collect();
    let first = &ran[*having.first()?].ensemble;
    let paired = verdict::paired(&measured.metric, &of).ok()?;
    let mut having = having;
    let mut kept = Vec::new();
    // Saved designs stand behind all that were run.
    for (one, design) in saved.iter().zip(ran.len()..) {
        let known = one.known.iter().find(|known| known.text == measured.text);
        let why = if one.is_older { Absent::Older } else { Absent::NotKept };
        absent.push(known.is_none().then_some(why));
        if let Some(known) = known {
            let same_as = one.same_as.and_then(|same| having.iter().position(|&at| at == same));
            kept.push(Kept { number: known.number, band: known.band, same_as });
            having.push(design);
        }
    }
    let counterfactual = |design: usize| match ran.get(design) {
        Some(one) => one.model.is_counterfactual(),
        None => saved[design - ran.len()].is_counterfactual,
    };
    let ranked = (0..having.len()).filter(|&at| !counterfactual(having[at])).collect();
    let told = Told::new(&paired, &kept, ranked, (first.confidence, first.assurance));
    Some(told.compared(&having, absent, measured))
}

/// A saved design: its number, and the side of which it is the very result.
struct Kept {
    number: Number,
    band: Option<Band>,
    same_as: Option<usize>,
}

/// What the observations tell of every pair of sides.
struct Told<'a> {
    paired: &'a verdict::Paired,
    /// Each side as one number with a standard error, if it has one; saved sides come after the others
    /// and have nothing else.
    numbers: Vec<Option<Number>>,
    /// Bands over the worlds of saved sides.
    bands: Vec<Option<Band>>,
    /// Sides that have a place.
    ranked: Vec<usize>,
    /// The differences of all pairs, which hold together; empty with fewer than two sides, or where
    /// a pair has no observation in common.
    pairs: Vec<multiple::Difference>,
    /// Observations by which never is told from always.
    for_never: usize,
    confidence: f64,
}

impl<'a> Told<'a> {
    fn new(
        paired: &'a verdict::Paired,
        saved: &[Kept],
        ranked: Vec<usize>,
        (confidence, assurance): (f64, f64),
    ) -> Self {
        let sides = &paired.sides;
        let number = |side: &Side| since::number(&side.estimate, confidence);
        let mut numbers: Vec<Option<Number>> = sides.iter().map(number).collect();
        numbers.extend(saved.iter().map(|one| Some(one.number)));
        let bands = saved.iter().map(|one| one.band).collect();
        let same: Vec<Option<usize>> = saved.iter().map(|one| one.same_as).collect();
        let contrast = |one: usize, other: usize| {
            let (Some(first), Some(second)) = (sides.get(one), sides.get(other)) else {
                // The very result once more differs by nothing, however uncertain it is.
                let is_same =
                    other.checked_sub(sides.len()).is_some_and(|at| same[at] == Some(one));
                if is_same {
                    return Contrast::sectioned(&[0.0; 2], &[0.0; 2], 0.0);
                }
                return Some(Contrast::welch(&numbers[one]?, &numbers[other]?));
            };
            let (before, after) = common(first, second);
            match paired.over {
                Over::Runs => {
                    let point = less(second.point?, first.point?);
                    Contrast::sectioned(&before, &after, point)
                }
                Over::Worlds => Contrast::in_worlds(&before, &after, assurance),
            }
        };
        let contrasts = Contrasts::collect(numbers.len(), contrast);
        let pairs = contrasts.map_or(Vec::new(), |contrasts| contrasts.all(confidence));
        let for_never = groups_for_never(confidence, pairs.len());
        Self { paired, numbers, bands, ranked, pairs, for_never, confidence }
    }

    /// All that is said of a metric. `having` has the design of each side; `absent` is by design.
    fn compared(
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
            let found = match self.bands[at - run] {
                Some(band) => Found::Worlds { band, values: Vec::new(), growing: Vec::new() },
                None => Found::Number(self.numbers[at]?),
            };
            Some(Estimate { dimension, found, growing: false })
        };
        Compared {
            dimension,
            over: self.paired.over,
            few: self.paired.few,
            estimates: (0..designs).map(estimate).collect(),
            absent,
            differences: (0..designs).map(difference).collect(),
            places: measured.better.map_or(vec![None; designs], places),
            groups: measured.better.map_or(Vec::new(), groups),
            measured: measured.clone(),
        }
    }

    /// How `to` differs from `from`, an earlier side.
    fn against(&self, from: usize, to: usize) -> Option<Difference> {
        let pair = self.pairs.iter().find(|one| (one.first, one.second) == (from, to))?;
        let (Some(before), Some(after)) = (self.paired.sides.get(from), self.paired.sides.get(to))
        else {
            return Some(Difference {
                point: pair.difference.point,
                interval: Some(pair.difference),
                band: None,
                less: None,
                correlation: None,
                reduction: None,
                paired: false,
                change: self.change(pair),
            });
        };
        let (before, after) = common(before, after);
        let differences: Vec<f64> = before.iter().zip(&after).map(|(a, b)| less(*b, *a)).collect();
        let below: Vec<bool> = differences.iter().map(|one| *one < 0.0).collect();
        let statistics = paired::compare(&before, &after, self.confidence);
        let in_worlds = self.paired.over == Over::Worlds;
        Some(Difference {
            point: pair.difference.point,
            interval: (!in_worlds).then_some(pair.difference),
            band: if in_worlds { band(&differences, BAND) } else { None },
            less: if in_worlds { share(&below, self.confidence) } else { None },
            correlation: statistics.as_ref().and_then(|found| found.correlation),
            reduction: statistics.as_ref().and_then(|found| found.variance_reduction),
            paired: true,
            change: self.change(pair),
        })
    }

    /// Whether there is enough to tell the sides of a pair apart.
    ///
    /// Where one never came in any observation and the other came in all, few samples are enough, but
    /// the observations must be so many that luck seldom does it: [`groups_for_never`].
    fn is_enough(&self, pair: &multiple::Difference) -> bool {
        let sides = &self.paired.sides;
        let never = is_endless(&pair.difference);
        let needed = if never { self.for_never } else { GROUPS_MIN };
        match (sides.get(pair.first), sides.get(pair.second)) {
            (Some(one), Some(other)) => {
                (never || !self.paired.few) && common(one, other).0.len() >= needed
            }
            _ => [pair.first, pair.second].iter().all(|&side| {
                self.numbers[side].is_some_and(|number| {
                    let few = number.quality == Quality::FewSamples;
                    if never { number.samples >= needed as u64 } else { !few }
                })
            }),
        }
    }

    /// Whether there is no difference in any observation.
    fn is_same(&self, pair: &multiple::Difference) -> bool {
        let sides = &self.paired.sides;
        if let (Some(one), Some(other)) = (sides.get(pair.first), sides.get(pair.second)) {
            let (before, after) = common(one, other);
            return before == after;
        }
        let never = |side: usize| self.numbers[side].is_some_and(|one| since::is_never(&one));
        never(pair.first) && never(pair.second) || since::change(&pair.difference) == Change::Same
    }

    fn change(&self, pair: &multiple::Difference) -> Change {
        match pair.told {
            _ if self.is_same(pair) => Change::Same,
            _ if !self.is_enough(pair) => Change::CannotTell,
            Ordering::Less => Change::Less,
            Ordering::Greater => Change::More,
            Ordering::Equal => Change::CannotTell,
        }
    }

    /// One more than the sides that are better than this one; `None`: it has no place.
    fn place(&self, side: usize, better: Better) -> Option<u32> {
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
    fn groups(&self, better: Better) -> Vec<Vec<usize>> {
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
    fn are_same(&self, sides: &[usize]) -> bool {
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
fn groups_for_never(confidence: f64, pairs: usize) -> usize {
    let level = (1.0 - confidence) / pairs.max(1) as f64;
    let by_luck = |groups: usize| 2.0 * 0.25_f64.powi(groups as i32);
    (GROUPS_MIN..GROUPS_MAX).find(|&groups| by_luck(groups) <= level).unwrap_or(GROUPS_MAX)
}

/// The observations in which both have a value.
fn common(one: &Side, other: &Side) -> (Vec<f64>, Vec<f64>) {
    let pairs = one.values.iter().zip(&other.values);
    pairs.filter_map(|(a, b)| Some(((*a)?, (*b)?))).unzip()
}

/// A difference of values that may both be infinite: then there is none.
fn less(one: f64, other: f64) -> f64 {
    if one == other { 0.0 } else { one - other }
}

/// The busiest servers of a design: their path and utilization; of those that are full, within
/// [`TIED`] of the busiest, the innermost.
pub fn busiest(ran: &Ran) -> Option<(String, Number)> {
    let others = |_: &str| None;
    let evidence = Evidence { model: &ran.model, ensemble: &ran.ensemble, others: &others };
    let utilization = |path: &str| {
        let metric = parse_metric(&format!("utilization({path})")).ok()?;
        let found = verdict::estimate(&metric, &evidence).ok()?;
        Some((path.to_owned(), found.number(ran.ensemble.confidence)?))
    };
    let all: Vec<(String, Number)> =
        ran.ensemble.plan().catalog.capacities().filter_map(utilization).collect();
    let most = all.iter().map(|one| one.1.point).fold(f64::NEG_INFINITY, f64::max);
    // Where none is full nobody waits for what another holds.
    let least = if most >= FULL { most - TIED } else { most };
    let tied = all.into_iter().filter(|one| one.1.point >= least);
    tied.reduce(|best, next| {
        let key = |one: &(String, Number)| (depth(&one.0), one.1.point);
        if key(&next) > key(&best) { next } else { best }
    })
}

/// How far inside a request is when it is there: workers are held over pools, and both over what is
/// done meanwhile, so that of several that are full the innermost is what the others wait for.
fn depth(path: &str) -> u8 {
    if path.ends_with(".workers") {
        0
    } else {
        1 + u8::from(!path.starts_with("pool.") && !path.starts_with("lock."))
    }
}

#[cfg(test)]
mod tests;
