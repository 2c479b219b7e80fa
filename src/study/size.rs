//! The smallest value of a key, or the cheapest values of several, that meet what is asked for.
//!
//! Candidates are looked at with ever more runs (with uncertain inputs: worlds) until an objective
//! is shown to fail or all are shown to hold, at levels that together keep the chance of any wrong
//! statement below one minus the confidence ([`crate::stats::bracket`]). Of one key of which more
//! only helps (or only hurts) the range is halved; any other is scanned and refined at the edges.
//! Several keys are tried in the order of their cost; what a candidate shows holds for those that
//! have less of everything that helps, or more.

use super::alternative::{Alternative, objectives};
use super::cause::{self, Cause};
use super::compare;
use super::growing::Growing;
use super::range::{Range, Setting};
use super::runs::Outside;
use crate::experiment::State;
use crate::model::Model;
use crate::scenario::keys::monotone::{More, more};
use crate::stats::bracket::{self, Passing, Search, Shape, Shown};
use crate::stats::estimate::Estimate as Number;
use crate::verdict::{Judgement, Verdict};
use std::cmp::Ordering;

/// Runs of a candidate at most, where nobody says.
pub const RUNS_MAX: u32 = 256;
/// Candidates of a range at most.
pub const CANDIDATES_MAX: usize = 10_000;
/// First scan of a key that may do either: so many candidates.
const SCAN: usize = 48;
/// Candidates of a range of numbers that are not whole.
const STEPS: usize = 100;

/// What was seen of a candidate.
pub struct Candidate {
    /// Its values of the keys.
    pub settings: Vec<Setting>,
    /// What it costs; `None`: nobody says.
    pub cost: Option<f64>,
    /// What its last look showed.
    pub shown: Shown,
    /// Runs (with uncertain inputs: worlds) that it took.
    pub runs: u32,
    /// Level at which its last look judged.
    pub confidence: f64,
    /// By objective: its name and the judgment at that level.
    pub objectives: Vec<(String, Option<Judgement>)>,
    /// What its runs turned out to be.
    pub state: State,
    /// The busiest servers: their path and utilization.
    pub busiest: Option<(String, Number)>,
    /// Why it does what it does.
    pub cause: Cause,
}

/// What a search found.
pub struct Sizing {
    /// The keys.
    pub ranges: Vec<Range>,
    /// Of one key: how its candidates were searched.
    pub shape: Shape,
    /// Of one key: whether candidates are in falling order, because more only hurts.
    pub falling: bool,
    /// Those that were looked at, in the order of the search's candidates.
    pub looked: Vec<Candidate>,
    /// Number (in `looked`) of the candidate to build: the smallest shown to pass, or the cheapest.
    pub passed: Option<usize>,
    /// Number of the largest shown to fail before it.
    pub failed: Option<usize>,
    /// Whether its predecessor was shown to fail (of several keys: every cheaper one).
    pub is_smallest: bool,
    /// Stretches of values that pass: ends as numbers in `looked`. More than one only where more of
    /// the key may do either.
    pub stretches: Vec<(usize, usize)>,
    /// How many values there are to choose from.
    pub candidates: usize,
    /// Chance that anything shown is wrong.
    pub alpha: f64,
    /// It was stopped.
    pub stopped: bool,
}

impl Sizing {
    /// Whether values of a range that was scanned were skipped: between two that fail there may be
    /// one that passes.
    pub fn skipped(&self) -> bool {
        let [range] = self.ranges.as_slice() else { return false };
        let scanned = matches!(self.shape, Shape::Any { .. });
        let (Some(first), Some(last)) = (range.values.first(), range.values.last()) else {
            return false;
        };
        let span = first.value.zip(last.value).map_or(0.0, |(from, to)| (to - from).abs());
        let left_out = range.open && (!range.is_whole() || span as usize + 1 > self.candidates);
        scanned && (left_out || self.looked.len() < self.candidates)
    }
}

/// What a search is about.
pub struct Wanted<'a> {
    /// The keys and their ranges.
    pub ranges: Vec<Range>,
    /// The cost of a candidate; `None`: the value itself, of one key.
    pub cost: Option<&'a (dyn Fn(&[Setting]) -> Option<f64> + Sync)>,
    /// Runs of a candidate at most.
    pub runs_max: u32,
    /// Whether every objective is about requests, so that what is known of a key holds.
    pub about_requests: bool,
}

/// Values of a range of whole numbers are a twelfth apart where that is more than one.
const APART: f64 = 12.0;

/// Every value of a range that may be tried, in its order. Of a wide range of whole numbers that is
/// to be scanned these are neighbors up to twelve, then a twelfth apart: what makes a difference is a
/// ratio, and the small ones must not be missed.
pub fn dense(range: &Range, scanned: bool) -> Vec<Setting> {
    let (Some(first), Some(last), true) = (range.values.first(), range.values.last(), range.open)
    else {
        return range.values.clone();
    };
    let (Some(from), Some(to)) = (first.value, last.value) else { return range.values.clone() };
    let whole = range.is_whole() && to - from < CANDIDATES_MAX as f64;
    if range.is_whole() && range.log && scanned {
        let next =
            |value: &f64| (*value < to).then(|| (value + (value / APART).max(1.0).floor()).min(to));
        return std::iter::successors(Some(from), next)
            .filter_map(|value| range.near(value))
            .collect();
    }
    let steps = if whole { (to - from) as usize } else { STEPS };
    let at = |step: usize| {
        let part = step as f64 / steps.max(1) as f64;
        let value = if range.log && !whole {
            from * libm::pow(to / from, part)
        } else {
            from + part * (to - from)
        };
        range.near(value)
    };
    let mut values: Vec<Setting> = (0..=steps).filter_map(at).collect();
    values.dedup();
    values
}

/// Searches; `make` gives the design of a candidate.
///
/// # Errors
/// Those of `make`.
pub fn size<E>(
    wanted: Wanted,
    make: &mut dyn FnMut(&[Setting]) -> Result<Alternative, E>,
    outside: Outside,
) -> Result<Sizing, E> {
    let mut trial = Trial { make, outside, looked: Vec::new(), runs_max: wanted.runs_max };
    match wanted.ranges.as_slice() {
        [_] if wanted.cost.is_none() => one_key(wanted, &mut trial),
        _ => by_cost(wanted, &mut trial),
    }
}

/// The candidates that were looked at, by their numbers in the search.
struct Trial<'a, E> {
    make: &'a mut dyn FnMut(&[Setting]) -> Result<Alternative, E>,
    outside: Outside<'a>,
    looked: Vec<(usize, Candidate)>,
    runs_max: u32,
}

/// A candidate whose looks go on.
struct Open {
    number: usize,
    design: Growing,
}

impl<E> Trial<'_, E> {
    /// Looks at a candidate with so many runs, at a level; `None` if it was stopped.
    fn look(
        &mut self,
        open: &mut Option<Open>,
        (number, settings): (usize, &[Setting]),
        runs: u32,
        confidence: f64,
    ) -> Result<Option<Shown>, E> {
        if open.as_ref().is_none_or(|open| open.number != number) {
            let design = Growing::new((self.make)(settings)?, self.runs_max, self.outside);
            let Some(design) = design else { return Ok(None) };
            *open = Some(Open { number, design });
        }
        let Some(current) = open.as_mut() else { return Ok(None) };
        let Some(ran) = current.design.grow(runs, self.outside) else { return Ok(None) };
        let mut ran = ran;
        ran.ensemble.confidence = confidence;
        let judged = objectives(&ran, &[]);
        let shown = shown(&judged);
        let names = ran.model.objectives.iter().map(|one| one.name.clone());
        let candidate = Candidate {
            settings: settings.to_vec(),
            cost: None,
            shown,
            runs,
            confidence,
            cause: cause::cause(&ran, &judged),
            objectives: names.zip(judged).collect(),
            state: ran.ensemble.state,
            busiest: compare::busiest(&ran),
        };
        current.design.put_back(ran);
        self.looked.retain(|known| known.0 != number);
        self.looked.push((number, candidate));
        Ok(Some(shown))
    }
}

/// Pass if every objective is shown to hold, fail if one is shown to fail.
fn shown(judged: &[Option<Judgement>]) -> Shown {
    let verdicts = || judged.iter().map(|one| one.as_ref().map(|one| one.verdict));
    if verdicts().any(|one| one == Some(Verdict::Fail)) {
        Shown::Fail
    } else if !judged.is_empty() && verdicts().all(|one| one == Some(Verdict::Pass)) {
        Shown::Pass
    } else {
        Shown::Unclear
    }
}

/// The candidates of one key in the order in which they are searched, what more of it does, and how
/// they are searched.
fn line(
    range: &Range,
    about_requests: bool,
    in_worlds: bool,
) -> (Vec<Setting>, Option<More>, Shape) {
    let mut values = dense(range, true);
    // In order, each once: what is searched goes from the smaller to the larger.
    let has_numbers = values.iter().all(|one| one.value.is_some());
    let mark = if about_requests && has_numbers { more(&range.key) } else { None };
    if mark.is_some() {
        values = dense(range, false);
    }
    if has_numbers {
        values.sort_by(|a, b| a.value.partial_cmp(&b.value).unwrap_or(Ordering::Equal));
        values.dedup_by(|a, b| a.value == b.value);
    }
    if mark == Some(More::Hurts) {
        values.reverse();
    }
    let shape = match mark {
        // The same worlds meet every candidate: what holds in one holds in it with more.
        Some(_) if in_worlds => Shape::Nested,
        Some(_) => Shape::Monotone,
        None => Shape::Any { step: values.len().div_ceil(SCAN).max(1) },
    };
    (values, mark, shape)
}

/// Candidates of several keys, or of one that has a cost.
fn combinations(ranges: &[Range]) -> Vec<Vec<Setting>> {
    // One key has all its values; of several only those that are listed are combined.
    match ranges {
        [range] => dense(range, true).into_iter().map(|value| vec![value]).collect(),
        ranges => super::sweep::grid(ranges),
    }
}

/// Level at which each look judges if a candidate is looked at in so many worlds.
pub fn level(wanted: &Wanted, model: &Model, worlds: u32) -> f64 {
    let (count, shape) = match wanted.ranges.as_slice() {
        [range] if wanted.cost.is_none() => {
            let (values, _, shape) = line(range, wanted.about_requests, true);
            (values.len(), shape)
        }
        ranges => (combinations(ranges).len(), Shape::Any { step: 1 }),
    };
    let alpha = 1.0 - model.run.confidence;
    bracket::confidence(count, shape, alpha, worlds, model.objectives.len())
}

fn one_key<E>(wanted: Wanted, trial: &mut Trial<E>) -> Result<Sizing, E> {
    let range = &wanted.ranges[0];
    let first = (trial.make)(&range.values[..1])?;
    let in_worlds = first.study.plans().len() > 1;
    let (values, mark, shape) = line(range, wanted.about_requests, in_worlds);
    let alpha = 1.0 - first.model.run.confidence;
    let objectives = first.model.objectives.len();
    let mut search = Search::new(values.len(), shape, alpha, trial.runs_max, objectives);
    let (mut open, mut stopped) = (None, false);
    while let Some(probe) = search.next() {
        let at = probe.candidate;
        let settings = std::slice::from_ref(&values[at]);
        let Some(shown) = trial.look(&mut open, (at, settings), probe.size, probe.confidence)?
        else {
            stopped = true;
            break;
        };
        search.saw(shown);
    }
    trial.looked.sort_by_key(|known| known.0);
    let place = |number: usize| trial.looked.iter().position(|known| known.0 == number);
    let passed = search.passed().and_then(place);
    let failed = search.failed().and_then(place);
    let stretch = |one: &Passing| Some((place(one.first)?, place(one.last)?));
    let stretches = search.passing().iter().filter_map(stretch).collect();
    Ok(Sizing {
        shape,
        falling: mark == Some(More::Hurts),
        passed,
        failed,
        is_smallest: search.is_smallest(),
        stretches,
        candidates: values.len(),
        alpha,
        stopped,
        looked: std::mem::take(&mut trial.looked).into_iter().map(|known| known.1).collect(),
        ranges: wanted.ranges,
    })
}

/// Candidates of several keys, the cheapest first.
fn by_cost<E>(wanted: Wanted, trial: &mut Trial<E>) -> Result<Sizing, E> {
    let helps: Vec<Option<More>> = wanted
        .ranges
        .iter()
        .map(|range| if wanted.about_requests { more(&range.key) } else { None })
        .collect();
    let cost = |at: &Vec<Setting>| wanted.cost.and_then(|cost| cost(at)).unwrap_or(f64::INFINITY);
    let mut grid = combinations(&wanted.ranges);
    grid.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
    let first = (trial.make)(&grid[0])?;
    let alpha = 1.0 - first.model.run.confidence;
    let objectives = first.model.objectives.len();
    let mut stopped = false;
    let mut failing: Vec<usize> = Vec::new();
    let (mut passed, mut all_fail) = (None, true);
    for (number, at) in grid.iter().enumerate() {
        let worse = |&known: &usize| is_worse(at, &grid[known], &helps);
        if failing.iter().any(worse) {
            continue;
        }
        // The levels of a search of so many candidates, this one looked at alone.
        let mut search =
            Search::new(grid.len(), Shape::Any { step: 1 }, alpha, trial.runs_max, objectives);
        let mut open = None;
        let mut last = None;
        while let Some(probe) = search.next().filter(|probe| probe.candidate == 0) {
            let Some(shown) = trial.look(&mut open, (number, at), probe.size, probe.confidence)?
            else {
                stopped = true;
                break;
            };
            last = Some(shown);
            search.saw(shown);
        }
        match last {
            Some(Shown::Pass) => {
                passed = Some(number);
                break;
            }
            Some(Shown::Fail) => failing.push(number),
            Some(Shown::Unclear) => all_fail = false,
            None => break,
        }
    }
    for (_, candidate) in &mut trial.looked {
        candidate.cost = wanted.cost.and_then(|cost| cost(&candidate.settings));
    }
    trial.looked.sort_by_key(|known| known.0);
    let place = |number: usize| trial.looked.iter().position(|known| known.0 == number);
    let passed_at = passed.and_then(place);
    Ok(Sizing {
        shape: Shape::Any { step: 1 },
        falling: false,
        passed: passed_at,
        failed: failing.last().copied().and_then(place),
        is_smallest: passed_at.is_some() && all_fail,
        stretches: passed_at.map(|at| (at, at)).into_iter().collect(),
        candidates: grid.len(),
        alpha,
        stopped,
        looked: std::mem::take(&mut trial.looked).into_iter().map(|known| known.1).collect(),
        ranges: wanted.ranges,
    })
}

/// Whether a candidate has no more of anything that helps than one that fails, no less of anything
/// that hurts, and the same of the rest.
fn is_worse(one: &[Setting], failing: &[Setting], helps: &[Option<More>]) -> bool {
    let pairs = one.iter().zip(failing).zip(helps);
    pairs.into_iter().all(|((one, failing), helps)| match (helps, one.value, failing.value) {
        (Some(More::Helps), Some(one), Some(failing)) => one <= failing,
        (Some(More::Hurts), Some(one), Some(failing)) => one >= failing,
        _ => one.text == failing.text,
    })
}
