//! What is not known, and what hangs on it: the uncertain inputs of a design, from its own runs.
//!
//! Every world is one draw of all uncertain inputs, and has several runs. So the spread of a metric
//! splits into what is not known and the luck of a run ([`variance`]), and what is not known among
//! the inputs ([`first_order`](crate::stats::sensitivity::first_order), [`rank_correlation`]). The same is asked of whether an objective
//! or a claim holds, and up to which value of an input it does ([`threshold`]). What to do about it
//! is [`Advice`].

mod advice;
mod inputs;
#[cfg(test)]
mod tests;

pub use advice::{Advice, Of};
pub use inputs::{Effect, Input, Leader};

use super::alternative::{Ran, find};
use super::measured::{Measured, of_comparison};
use crate::expr::metric::Condition;
use crate::stats::sensitivity::rank_correlation;
use crate::stats::threshold::{Side, Threshold, threshold};
use crate::stats::variance::{self, Split};
use crate::units::Dimension;
use crate::verdict::{self, Apart, Evidence, Verdict};
use inputs::{Inputs, Observed};

/// A range of an input that is wider than this, as a ratio, is taken by its logarithms.
const WIDE: f64 = 10.0;

/// What is not known of a design, and what hangs on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivity {
    /// The uncertain inputs.
    pub inputs: Vec<Input>,
    /// What was measured, the metric that the advice is about first.
    pub metrics: Vec<Spread>,
    /// Objectives and claims that are judged by the share of worlds.
    pub conditions: Vec<Hinge>,
    /// What to do before deciding.
    pub advice: Advice,
}

/// How a metric spreads over worlds and runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// The metric.
    pub measured: Measured,
    /// What it measures.
    pub dimension: Option<Dimension>,
    /// By world, in base units; infinite: it never came, `None`: too few samples.
    pub values: Vec<Option<f64>>,
    /// The variance of one run, split; `None` where a run says too little, or never ended.
    pub split: Option<Split>,
    /// By input.
    pub effects: Vec<Effect>,
    /// The input that most of it hangs on, if there is one.
    pub leader: Option<Leader>,
}

/// An objective or a claim, and what it hangs on.
#[derive(Debug, Clone, PartialEq)]
pub struct Hinge {
    /// Its name or id.
    pub name: String,
    /// The condition as written.
    pub text: String,
    /// The variant on which it was judged; `None`: the design itself.
    pub variant: Option<String>,
    /// What was concluded of it.
    pub verdict: Verdict,
    /// Worlds in which it holds, in which it does not, and in which it cannot be told.
    pub worlds: [u32; 3],
    /// The variance of whether it holds in a run (1 or 0), split; `None` where a run cannot be
    /// judged by itself.
    pub split: Option<Split>,
    /// By input: what whether it holds hangs on.
    pub effects: Vec<Effect>,
    /// The input that it hangs on most, if there is one.
    pub leader: Option<Leader>,
    /// The values of an input for which it holds.
    pub range: Option<SubRange>,
}

impl Hinge {
    /// It holds in some worlds and not in others.
    pub fn is_mixed(&self) -> bool {
        self.worlds[0] > 0 && self.worlds[1] > 0
    }
}

/// Up to which value of an input, or from which on, a condition holds in the wanted share of the
/// worlds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SubRange {
    /// The input, by place among the uncertain ones.
    pub input: usize,
    /// Where it holds.
    pub side: Side,
    /// The threshold, in base units.
    pub point: f64,
    /// Lower end of its interval; `-inf` if it lies before the values seen.
    pub lower: f64,
    /// Upper end; `inf` if it lies beyond them.
    pub upper: f64,
    /// The share of worlds, in 0..1.
    pub share: f64,
}

/// A condition with what was concluded of it.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// Its name or id.
    pub name: &'a str,
    /// As it is written.
    pub text: &'a str,
    /// The condition.
    pub that: &'a Condition,
    /// The variant that it speaks of.
    pub variant: Option<&'a str>,
    /// What was concluded.
    pub verdict: Verdict,
}

/// What hangs on the uncertain inputs of a design, by its own runs and, for what is said of
/// variants, by theirs; `None` with fewer than two worlds.
pub fn sensitivity(main: &Ran, all: &[Ran], judged: &[Judged]) -> Option<Sensitivity> {
    let inputs = Inputs::of(main)?;
    let conditions: Vec<Hinge> =
        judged.iter().filter_map(|one| hinge(one, &inputs, main, all)).collect();
    let open = conditions.iter().position(|one| one.verdict != Verdict::Pass && one.is_mixed());
    let first = open.map(|at| conditions[at].name.as_str());
    let spreads = |one| spread(one, &inputs, main, all);
    let metrics: Vec<Spread> =
        metrics(main, judged, first).into_iter().filter_map(spreads).collect();
    let advice = Advice::of(&conditions, open, &metrics);
    Some(Sensitivity { inputs: inputs.all, metrics, conditions, advice })
}

/// What is looked at of a design: what its objectives and claims speak of, that of the condition
/// called `first` before the others; else the latency of its busiest workload.
fn metrics(main: &Ran, judged: &[Judged], first: Option<&str>) -> Vec<Measured> {
    let own = |one: &&Judged| one.variant.is_none() || one.variant == main.name.as_deref();
    let mut own: Vec<&Judged> = judged.iter().filter(own).collect();
    own.sort_by_key(|one| Some(one.name) != first);
    let mut all: Vec<Measured> = Vec::new();
    for one in own {
        let parts = one.that.comparisons.iter().filter(|part| part.lasting.is_none());
        for found in parts.filter_map(|part| of_comparison(one.text, part)) {
            if !all.iter().any(|known| known.text == found.text) {
                all.push(found);
            }
        }
    }
    if all.is_empty() {
        let name = busiest(main).unwrap_or_default();
        let text = |p: &str| Measured::unasked(&format!("{p}(workload.{name})"));
        all.extend(["p95", "p99"].into_iter().filter_map(text));
    }
    all
}

/// The workload with most requests.
fn busiest(main: &Ran) -> Option<&str> {
    let plan = main.ensemble.plan();
    let requests = |at: usize| -> u64 {
        let counter = plan.workloads[at].intended;
        main.ensemble.rows.iter().map(|row| row.count(0, counter)).sum()
    };
    let most = (0..plan.workloads.len()).rev().max_by_key(|&at| requests(at))?;
    main.model.workloads.get(most).map(|one| one.name.as_str())
}

/// How a metric spreads; `None` if the design does not have it or it is the same in every run.
fn spread(measured: Measured, inputs: &Inputs, main: &Ran, all: &[Ran]) -> Option<Spread> {
    let others = |name: &str| find(main, all, name).map(|ran| &ran.ensemble);
    let evidence = Evidence { model: &main.model, ensemble: &main.ensemble, others: &others };
    let (apart, dimension) = verdict::values_apart(&measured.metric, &evidence).ok()?;
    let known: Vec<f64> = apart.worlds.iter().copied().flatten().collect();
    let same = |runs: &Vec<Option<f64>>| runs.iter().all(|run| *run == apart.runs[0][0]);
    if known.is_empty() || apart.runs.iter().all(same) {
        return None;
    }
    let split = split(&apart.runs, inputs.confidence);
    let observed = Observed::new(&apart.worlds, &apart.runs, split.as_ref());
    let (effects, leader) = inputs.effects(&observed);
    Some(Spread { measured, dimension, values: apart.worlds, split, effects, leader })
}

/// The variance of one run, from the worlds all of whose runs say something; `None` if those are
/// fewer than half, or a run never ended.
fn split(runs: &[Vec<Option<f64>>], confidence: f64) -> Option<Split> {
    let whole = |runs: &Vec<Option<f64>>| runs.iter().copied().collect::<Option<Vec<f64>>>();
    let known: Vec<Vec<f64>> = runs.iter().filter_map(whole).collect();
    if 2 * known.len() < runs.len() || known.iter().flatten().any(|value| !value.is_finite()) {
        return None;
    }
    let rows: Vec<&[f64]> = known.iter().map(Vec::as_slice).collect();
    variance::split(&rows, confidence)
}

/// What a condition hangs on; `None` where it was not run, must last, or hangs on other inputs than
/// those of the main design.
fn hinge(judged: &Judged, inputs: &Inputs, main: &Ran, all: &[Ran]) -> Option<Hinge> {
    let on = judged.variant.map_or(Some(main), |name| find(main, all, name))?;
    let own = if std::ptr::eq(on, main) { None } else { Some(Inputs::like(inputs, on)?) };
    let inputs = own.as_ref().unwrap_or(inputs);
    let others = |name: &str| find(main, all, name).map(|ran| &ran.ensemble);
    let evidence = Evidence { model: &on.model, ensemble: &on.ensemble, others: &others };
    let apart: Apart<Verdict> = verdict::holds_apart(judged.that, &evidence).ok()??;
    let number = |verdict: &Verdict| match verdict {
        Verdict::Pass => Some(1.0),
        Verdict::Fail => Some(0.0),
        Verdict::Inconclusive => None,
    };
    let worlds: Vec<Option<f64>> = apart.worlds.iter().map(number).collect();
    let runs: Vec<Vec<Option<f64>>> =
        apart.runs.iter().map(|runs| runs.iter().map(number).collect()).collect();
    let count = |wanted: Option<f64>| worlds.iter().filter(|one| **one == wanted).count() as u32;
    let split = split(&runs, inputs.confidence);
    let observed = Observed::new(&worlds, &runs, split.as_ref());
    let (effects, leader) = inputs.effects(&observed);
    Some(Hinge {
        name: judged.name.to_owned(),
        text: judged.text.to_owned(),
        variant: judged.variant.map(str::to_owned),
        verdict: judged.verdict,
        worlds: [count(Some(1.0)), count(Some(0.0)), count(None)],
        split,
        range: sub_range(&apart.worlds, inputs, on.ensemble.assurance),
        effects,
        leader,
    })
}

/// The values of the input on which it hangs most for which a condition holds; one that cannot be
/// told in a world is not known to hold there.
fn sub_range(verdicts: &[Verdict], inputs: &Inputs, share: f64) -> Option<SubRange> {
    let holds: Vec<bool> = verdicts.iter().map(|&one| one == Verdict::Pass).collect();
    let values: Vec<&[f64]> = inputs.all.iter().map(|input| input.values.as_slice()).collect();
    holds_where(&holds, &values, (share, inputs.confidence))
}

/// Worlds on either side from which on a neat split says which input decides.
const APART_MIN: usize = 3;

/// The values of one of several inputs for which something holds in at least `share` of the worlds: of
/// the input that whether it holds goes with most, by rank. `inputs[input][world]`, `holds[world]`.
///
/// `None` where it is not shown to go with any, or no threshold of it lies within the values seen.
pub fn holds_where(
    holds: &[bool],
    inputs: &[&[f64]],
    (share, confidence): (f64, f64),
) -> Option<SubRange> {
    let numbers: Vec<f64> = holds.iter().map(|&holds| f64::from(u8::from(holds))).collect();
    // All inputs are looked at, so that one that only seems to decide is found in 5 % of all cases.
    let tail = (1.0 - confidence) / inputs.len() as f64;
    let by = |at: usize| {
        let found = rank_correlation(&numbers, inputs[at], 1.0 - tail)?;
        let is_shown = found.lower > 0.0 || found.upper < 0.0;
        (is_shown || apart_by_chance(holds, inputs[at]) < tail).then_some((at, found.point.abs()))
    };
    let most = (0..inputs.len()).filter_map(by);
    let (input, _) = most.reduce(|most, next| if next.1 > most.1 { next } else { most })?;
    let values = inputs[input];
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let wide = least > 0.0 && most > WIDE * least;
    let scaled: Vec<f64> =
        values.iter().map(|&value| if wide { libm::log(value) } else { value }).collect();
    let back = |value: f64| if wide { libm::exp(value) } else { value };
    let Threshold::At { side, point, lower, upper } = threshold(&scaled, holds, share, confidence)?
    else {
        return None;
    };
    let (point, lower) = (back(point), if lower.is_finite() { back(lower) } else { lower });
    // At an end of what was seen it says nothing of the values between.
    (least < point && point < most).then_some(SubRange {
        input,
        side,
        point,
        lower,
        upper: back(upper),
        share,
    })
}

/// The chance that worlds in which something holds lie all on one side of the others along an input that
/// has nothing to do with it, where they do: of k worlds among n it is 2 / C(n, k). The interval of a rank
/// correlation is too coarse for so few. 1 where they do not, and where they are fewer than [`APART_MIN`]: a world
/// or two lie at the end of several inputs, of which it cannot be told which decides.
fn apart_by_chance(holds: &[bool], values: &[f64]) -> f64 {
    let ends = |wanted: bool| {
        let of = holds.iter().zip(values).filter(|(holds, _)| **holds == wanted);
        of.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (_, value)| {
            (low.min(*value), high.max(*value))
        })
    };
    let (those, others) = (ends(true), ends(false));
    let count = holds.iter().filter(|holds| **holds).count();
    let few = count.min(holds.len() - count);
    if few < APART_MIN || those.0 <= others.1 && others.0 <= those.1 {
        return 1.0;
    }
    let worlds = holds.len() as f64;
    // Of more than these it is less.
    12.0 / (worlds * (worlds - 1.0) * (worlds - 2.0))
}
