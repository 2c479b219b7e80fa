//! Pass, fail or inconclusive.

use super::Evidence;
use super::course::{Course, intervals};
use super::expression::Node;
use super::foresight;
use super::interval::{Absence, Estimate, Found, World, over_worlds, worlds};
use super::lasting;
use super::resolve::{Builder, Built, BuiltRelation, Measured};
use super::until::{self, Note};
use crate::expr::error::ExprError;
use crate::expr::metric::{Comparison, Condition, Tolerance};
use crate::expr::tree::{Comparator, Operator};
use crate::stats::estimate::{Estimate as Number, Quality};
use crate::stats::quantile::GROUPS_MIN;
use crate::stats::worlds::{order_statistic, share};
use crate::units::Dimension;
use crate::units::time::{ns_to_seconds, seconds_to_ns};
use std::ops::Range;

/// What may be said of an objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// The runs cannot tell.
    Inconclusive,
}

/// What may be said of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimVerdict {
    /// It is right.
    Confirmed,
    /// It is wrong; the estimate is what it should have said.
    Refuted,
    /// The runs cannot tell.
    Inconclusive,
}

impl From<Verdict> for ClaimVerdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Confirmed,
            Verdict::Fail => Self::Refuted,
            Verdict::Inconclusive => Self::Inconclusive,
        }
    }
}

/// Why a verdict is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The whole interval lies on one side of the threshold.
    Clear,
    /// The interval contains the threshold.
    Straddles,
    /// Too few samples for an interval.
    FewSamples,
    /// There is no number.
    Nothing(Absence),
    /// So many requests have no good answer that there is no such percentile.
    NeverAnswered,
    /// It holds at the end of the run, but the system was still growing.
    StillGrowing,
    /// Judged by the share of worlds in which it holds.
    Worlds,
    /// Judged by the runs in which it lasts.
    Lasting,
}

/// The share of worlds (of runs, for `for T`) in which a comparison holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assurance {
    /// In so many it holds.
    pub holds: u64,
    /// In so many it does not.
    pub fails: u64,
    /// In so many it cannot be told.
    pub unknown: u64,
    /// The share in which it holds, with the exact binomial interval.
    pub share: Number,
    /// The share that is asked for.
    pub wanted: f64,
}

/// One side of a comparison: what the left side is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// How it is compared.
    pub comparator: Comparator,
    /// With what, in base units: the median over worlds where an uncertain input or a metric is in
    /// it.
    pub value: f64,
    /// From the point to the threshold: positive on the side that holds. `None` without a point.
    pub margin: Option<f64>,
}

/// The verdict on one comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Where the comparison stands in the condition's text.
    pub span: Range<usize>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// The left side. Of a refuted claim: what it should have said.
    pub estimate: Estimate,
    /// Where the right side has metrics too: left less right, whose interval decides.
    pub difference: Option<Estimate>,
    /// Where it has metrics: the right side, of `within P of Q` Q.
    pub right: Option<Estimate>,
    /// One, or two for `within` and `in`.
    pub thresholds: Vec<Threshold>,
    /// Of what is inconclusive for want of runs: about how many replications would tell.
    pub replications: Option<u64>,
    /// Where worlds or runs are counted.
    pub assurance: Option<Assurance>,
    /// Of `for T`: how long it holds at a stretch, the median over runs, seconds.
    pub lasted_s: Option<f64>,
    /// What a `time_until` leaves open.
    pub note: Option<Note>,
}

impl Part {
    /// The smallest margin of its thresholds.
    pub fn margin(&self) -> Option<f64> {
        let margins = self.thresholds.iter().map(|threshold| threshold.margin);
        margins.collect::<Option<Vec<_>>>()?.into_iter().reduce(f64::min)
    }
}

/// The verdict on a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Fail if a part fails, pass if all pass.
    pub verdict: Verdict,
    /// By comparison.
    pub parts: Vec<Part>,
}

impl Judgement {
    /// What a refuted claim should have said: the estimates of the comparisons that failed.
    pub fn should_have_said(&self) -> impl Iterator<Item = &Estimate> {
        let failed = self.parts.iter().filter(|part| part.verdict == Verdict::Fail);
        failed.map(|part| &part.estimate)
    }
}

/// Judges a condition. Errors are those of [`super::resolve`].
pub fn judge(condition: &Condition, evidence: &Evidence) -> Result<Judgement, Vec<ExprError>> {
    let mut parts = Vec::new();
    let mut problems = Vec::new();
    for comparison in &condition.comparisons {
        match judge_comparison(comparison, evidence) {
            Ok(part) => parts.push(part),
            Err(errors) => problems.extend(errors),
        }
    }
    if problems.is_empty() {
        Ok(Judgement { verdict: all(parts.iter().map(|part| part.verdict)), parts })
    } else {
        Err(problems)
    }
}

/// All must hold.
pub(super) fn all(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    verdicts.fold(Verdict::Pass, |so_far, verdict| match (so_far, verdict) {
        (Verdict::Fail, _) | (_, Verdict::Fail) => Verdict::Fail,
        (Verdict::Pass, Verdict::Pass) => Verdict::Pass,
        _ => Verdict::Inconclusive,
    })
}

/// A side of a comparison in one world: `tree` against a number.
pub(super) struct Side {
    pub tree: Node,
    comparator: Comparator,
    bound: f64,
    /// The right side's value for display.
    shown: f64,
}

/// The sides of one world, and its left side.
pub(super) struct Trial {
    left: Node,
    /// Where it has metrics: what stands on the right.
    right: Option<Node>,
    pub sides: Vec<Side>,
    pub others: Vec<String>,
}

fn judge_comparison(comparison: &Comparison, evidence: &Evidence) -> Result<Part, Vec<ExprError>> {
    let (trials, dimension) = trials(comparison, evidence)?;
    let confidence = evidence.ensemble.confidence;
    let left: Vec<World> = trials
        .iter()
        .enumerate()
        .map(|(world, trial)| World::of(evidence, world, &trial.left, &trial.others))
        .collect();
    let estimate = over_worlds(&left, dimension, confidence);
    let side_worlds: Vec<Vec<World>> = (0..trials[0].sides.len())
        .map(|side| {
            trials
                .iter()
                .enumerate()
                .map(|(world, trial)| {
                    World::of(evidence, world, &trial.sides[side].tree, &trial.others)
                })
                .collect()
        })
        .collect();
    let found: Vec<Estimate> =
        side_worlds.iter().map(|worlds| over_worlds(worlds, dimension, confidence)).collect();
    let mut lasted_s = None;
    let (verdict, reason, assurance) = if let Some(lasting) = &comparison.lasting {
        let (judged, lasted) =
            lasts(seconds_to_ns(lasting.quantity.value), &trials, &left, evidence);
        lasted_s = lasted;
        judged
    } else if trials.len() == 1 {
        let (verdict, reason) = one_world(&trials[0], &found);
        (verdict, reason, None)
    } else {
        several_worlds(&trials, &side_worlds, evidence)
    };
    let right: Option<Vec<World>> = trials
        .iter()
        .enumerate()
        .map(|(world, one)| Some(World::of(evidence, world, one.right.as_ref()?, &one.others)))
        .collect();
    let side = |side: usize| (&side_worlds[side][0], &found[side], trials[0].sides[side].bound);
    let slices = left.iter().map(|world| &world.slices);
    Ok(Part {
        span: comparison.span.clone(),
        verdict,
        reason,
        right: right.map(|worlds| over_worlds(&worlds, dimension, confidence)),
        replications: (0..found.len()).filter_map(|at| foresight::runs(reason, side(at))).max(),
        difference: (trials[0].sides[0].tree != trials[0].left).then(|| found[0].clone()),
        thresholds: thresholds(&trials, &found),
        estimate,
        assurance,
        lasted_s,
        note: until::note(trials.iter().map(|trial| &trial.left).zip(slices)),
    })
}

/// The sides in each world, and what they measure.
pub(super) fn trials(
    comparison: &Comparison,
    evidence: &Evidence,
) -> Result<(Vec<Trial>, Option<Dimension>), Vec<ExprError>> {
    let mut trials = Vec::new();
    let mut dimension = None;
    for world in 0..worlds(evidence.ensemble) {
        let other = |name: &str| {
            let ensemble = (evidence.others)(name)?;
            Some(Measured::of(ensemble, world))
        };
        let mut builder =
            Builder::new(evidence.model, Measured::of(evidence.ensemble, world), &other);
        let built = builder.comparison(comparison);
        let (Some(built), true) = (built, builder.problems.is_empty()) else {
            return Err(builder.problems);
        };
        dimension = built.dimension;
        trials.push(trial(built, builder.others, evidence, world));
    }
    Ok((trials, dimension))
}

/// The sides of one world. A right side with metrics in it is brought to the left.
fn trial(built: Built, others: Vec<String>, evidence: &Evidence, world: usize) -> Trial {
    let left = built.left;
    let right = match &built.relation {
        BuiltRelation::Compare(_, right) | BuiltRelation::Within(_, right) => Some(right.clone()),
        BuiltRelation::Between(..) => None,
    };
    let right = right.filter(|right| right.constant().is_none());
    let mut sides = Vec::new();
    let mut side = |comparator, right: Node, slack: f64| {
        if let Some(value) = right.constant() {
            let bound = value + slack;
            sides.push(Side { tree: left.clone(), comparator, bound, shown: bound });
        } else {
            let shown = World::of(evidence, world, &right, &others).value().unwrap_or(f64::NAN);
            let tree = Node::binary(Operator::Subtract, left.clone(), right);
            sides.push(Side { tree, comparator, bound: slack, shown: shown + slack });
        }
    };
    match built.relation {
        BuiltRelation::Compare(comparator, right) => side(comparator, right, 0.0),
        BuiltRelation::Within(tolerance, of) => {
            let center = of.constant();
            let center = center.or_else(|| World::of(evidence, world, &of, &others).value());
            let width = match tolerance {
                Tolerance::Absolute(literal) => literal.quantity.value,
                Tolerance::Relative(share) => share * center.unwrap_or(f64::NAN).abs(),
            };
            side(Comparator::AtLeast, of.clone(), -width);
            side(Comparator::AtMost, of, width);
        }
        BuiltRelation::Between(low, high) => {
            side(Comparator::AtLeast, low, 0.0);
            side(Comparator::AtMost, high, 0.0);
        }
    }
    Trial { left, right, sides, others }
}

fn thresholds(trials: &[Trial], found: &[Estimate]) -> Vec<Threshold> {
    let one = |(at, estimate): (usize, &Estimate)| {
        let median = |pick: &dyn Fn(&Side) -> f64| {
            let mut values: Vec<f64> = trials.iter().map(|trial| pick(&trial.sides[at])).collect();
            values.sort_by(f64::total_cmp);
            order_statistic(&values, 0.5)
        };
        let comparator = trials[0].sides[at].comparator;
        let bound = median(&|side| side.bound);
        let margin = estimate.range().map(|(point, ..)| match comparator {
            Comparator::Less | Comparator::AtMost => bound - point,
            Comparator::Greater | Comparator::AtLeast => point - bound,
        });
        Threshold { comparator, value: median(&|side| side.shown), margin }
    };
    found.iter().enumerate().map(one).collect()
}

/// One world: each side by its interval.
fn one_world(trial: &Trial, found: &[Estimate]) -> (Verdict, Reason) {
    let judged: Vec<(Verdict, Reason)> =
        trial.sides.iter().zip(found).map(|(side, estimate)| by_interval(side, estimate)).collect();
    let verdict = all(judged.iter().map(|one| one.0));
    let reason = judged.iter().find(|one| one.0 == verdict).map_or(Reason::Clear, |one| one.1);
    (verdict, reason)
}

fn by_interval(side: &Side, estimate: &Estimate) -> (Verdict, Reason) {
    let (lower, upper, never) = match &estimate.found {
        Found::Nothing(absence) => return (Verdict::Inconclusive, Reason::Nothing(*absence)),
        Found::Never { samples, .. } if *samples < GROUPS_MIN as u64 => {
            return (Verdict::Inconclusive, Reason::FewSamples);
        }
        Found::Never { lower, .. } => (*lower, f64::INFINITY, true),
        Found::Number(number) if number.quality == Quality::FewSamples => {
            return (Verdict::Inconclusive, Reason::FewSamples);
        }
        Found::Number(number) => (number.lower, number.upper, false),
        Found::Worlds { band, .. } => (band.lower, band.upper, false),
    };
    let holds = [lower, upper].map(|end| side.comparator.holds(end, side.bound));
    let reason = if never { Reason::NeverAnswered } else { Reason::Clear };
    let judged = match holds {
        [true, true] => (Verdict::Pass, reason),
        [false, false] => (Verdict::Fail, reason),
        _ => (Verdict::Inconclusive, Reason::Straddles),
    };
    if estimate.growing && !survives_growth(side, judged.0) {
        return (Verdict::Inconclusive, Reason::StillGrowing);
    }
    judged
}

/// Whether a verdict stays what it is if the metric grows: a metric beyond an upper bound fails
/// the more, one above a lower bound holds the more. Nothing is known of other expressions.
fn survives_growth(side: &Side, verdict: Verdict) -> bool {
    let Some(linear) = side.tree.linear() else { return false };
    let up = linear.scale > 0.0;
    let upper_bound = matches!(side.comparator, Comparator::Less | Comparator::AtMost) == up;
    match verdict {
        Verdict::Pass => !upper_bound,
        Verdict::Fail => upper_bound,
        Verdict::Inconclusive => true,
    }
}

/// Several worlds: the share in which all sides hold.
fn several_worlds(
    trials: &[Trial],
    side_worlds: &[Vec<World>],
    evidence: &Evidence,
) -> (Verdict, Reason, Option<Assurance>) {
    let holds = trials.iter().enumerate().map(|(world, trial)| {
        let worlds = side_worlds.iter().map(|worlds| &worlds[world]);
        by_values(&trial.sides, worlds.map(|world| (world.value(), world.growing)))
    });
    let verdicts: Vec<Verdict> = holds.collect();
    let ensemble = evidence.ensemble;
    let Some(assurance) = assurance(&verdicts, ensemble.assurance, ensemble.confidence) else {
        return (Verdict::Inconclusive, Reason::Nothing(Absence::NoRuns), None);
    };
    (assured(&verdicts, &assurance, ensemble.confidence), Reason::Worlds, Some(assurance))
}

/// Whether all sides hold by the value of each, which may grow.
pub(super) fn by_values(
    sides: &[Side],
    values: impl Iterator<Item = (Option<f64>, bool)>,
) -> Verdict {
    all(sides.iter().zip(values).map(|(side, (value, growing))| {
        let verdict = match value {
            Some(value) if side.comparator.holds(value, side.bound) => Verdict::Pass,
            Some(_) => Verdict::Fail,
            None => Verdict::Inconclusive,
        };
        let may_change = growing && !survives_growth(side, verdict);
        if may_change { Verdict::Inconclusive } else { verdict }
    }))
}

fn assurance(verdicts: &[Verdict], wanted: f64, confidence: f64) -> Option<Assurance> {
    let count = |wanted| verdicts.iter().filter(|&&verdict| verdict == wanted).count() as u64;
    let holds: Vec<bool> = verdicts.iter().map(|&verdict| verdict == Verdict::Pass).collect();
    Some(Assurance {
        holds: count(Verdict::Pass),
        fails: count(Verdict::Fail),
        unknown: count(Verdict::Inconclusive),
        share: share(&holds, confidence)?,
        wanted,
    })
}

/// Pass if the share is large enough even if all that cannot be told fail, fail if it is too small
/// even if they hold.
fn assured(verdicts: &[Verdict], assurance: &Assurance, confidence: f64) -> Verdict {
    let at_best: Vec<bool> = verdicts.iter().map(|&verdict| verdict != Verdict::Fail).collect();
    let best = share(&at_best, confidence);
    if assurance.share.lower >= assurance.wanted {
        Verdict::Pass
    } else if best.is_some_and(|best| best.upper < assurance.wanted) {
        Verdict::Fail
    } else {
        Verdict::Inconclusive
    }
}

/// `for T`: in one world whether it lasts in most runs, by the binomial interval around one half;
/// in several the share of worlds in all runs of which it lasts. With it the median over all runs of
/// how long it lasts at a stretch, seconds.
fn lasts(
    lasting_ns: u64,
    trials: &[Trial],
    left: &[World],
    evidence: &Evidence,
) -> ((Verdict, Reason, Option<Assurance>), Option<f64>) {
    let nothing = ((Verdict::Inconclusive, Reason::Nothing(Absence::NoSamples), None), None);
    let mut runs = Vec::new();
    let mut times = Vec::new();
    for (world, trial) in trials.iter().enumerate() {
        let plan = Measured::of(evidence.ensemble, world).plan;
        let range = intervals(plan, 0);
        let side = |side: &Side| {
            let course = Course::new(side.tree.clone(), plan, range.clone())?;
            Some((course, side.comparator, side.bound))
        };
        match trial.sides.iter().map(side).collect::<Option<Vec<_>>>() {
            Some(sides) => {
                let step = plan.schedule.interval;
                let needed = lasting_ns.div_ceil(step).max(1) as usize;
                let found = lasting::stretches(&sides, &left[world].slices);
                times.extend(found.iter().map(|&n| ns_to_seconds(n as u64 * step)));
                runs.push(found.iter().map(|&n| n >= needed).collect::<Vec<bool>>());
            }
            None => return nothing,
        }
    }
    times.sort_by(f64::total_cmp);
    let lasted = (!times.is_empty()).then(|| order_statistic(&times, 0.5));
    let verdict = |holds: bool| if holds { Verdict::Pass } else { Verdict::Fail };
    let (verdicts, wanted): (Vec<Verdict>, f64) = match &runs[..] {
        [only] => (only.iter().map(|&holds| verdict(holds)).collect(), 0.5),
        worlds => {
            let whole = |runs: &Vec<bool>| match (runs.contains(&true), runs.contains(&false)) {
                (true, true) | (false, false) => Verdict::Inconclusive,
                (holds, _) => verdict(holds),
            };
            (worlds.iter().map(whole).collect(), evidence.ensemble.assurance)
        }
    };
    let confidence = evidence.ensemble.confidence;
    let Some(assurance) = assurance(&verdicts, wanted, confidence) else { return nothing };
    ((assured(&verdicts, &assurance, confidence), Reason::Lasting, Some(assurance)), lasted)
}
