//! The uncertain inputs of a design by world, and how what was observed in the worlds hangs on them.

use super::super::alternative::Ran;
use crate::stats::estimate::Estimate;
use crate::stats::sensitivity::{first_order, rank_correlation};
use crate::stats::variance::Split;
use crate::units::Dimension;

/// An input that explains less of the variance than this alone is not what a result hangs on:
/// knowing it would leave the spread as good as it was.
const MATTERS: f64 = 0.1;

/// An uncertain input.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// What it measures.
    pub dimension: Dimension,
    /// By world, in base units.
    pub values: Vec<f64>,
    /// By world: where in (0, 1) the value lies in its law.
    pub coordinates: Vec<f64>,
    /// Paths of the numbers of the scenario that hang on it.
    pub uses: Vec<String>,
}

/// How something hangs on one input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// Rank correlation with the input, over worlds.
    pub correlation: Option<Estimate>,
    /// The share of what is not known of it that knowing this input alone would take away (the
    /// first-order Sobol' index); `None` where a value never came, or where there are too few worlds.
    pub share: Option<Estimate>,
}

/// The input that something hangs on most.
#[derive(Debug, Clone, PartialEq)]
pub struct Leader {
    /// By place among the uncertain inputs.
    pub input: usize,
    /// Its share of the variance.
    pub share: Estimate,
    /// Others of which it cannot be told whether they have as large a share.
    pub like: Vec<usize>,
}

/// All uncertain inputs of a design.
pub(super) struct Inputs {
    pub all: Vec<Input>,
    pub confidence: f64,
}

impl Inputs {
    /// `None` with fewer than two worlds that have runs, or nothing uncertain.
    pub fn of(ran: &Ran) -> Option<Self> {
        let Ran { model, ensemble, .. } = ran;
        let worlds = ensemble.rows.last()?.id.world as usize + 1;
        let worlds = ensemble.worlds.get(..worlds).filter(|worlds| worlds.len() > 1)?;
        let uncertain = model.inputs.iter().enumerate().filter(|(_, input)| input.uncertain);
        let one = |(at, input): (usize, &crate::model::Input)| {
            let values: Vec<f64> = worlds.iter().map(|world| world.inputs[at]).collect();
            let read: Option<Vec<f64>> = worlds.iter().map(|world| world.coordinates[at]).collect();
            Input {
                name: input.name.clone(),
                dimension: input.dimension,
                coordinates: read.unwrap_or_else(|| places(&values)),
                values,
                uses: model.uses_of(at).into_iter().map(str::to_owned).collect(),
            }
        };
        let all: Vec<Input> = uncertain.map(one).collect();
        (!all.is_empty()).then_some(Self { all, confidence: ensemble.confidence })
    }

    /// Those of a variant, if they are called as here.
    pub fn like(&self, ran: &Ran) -> Option<Self> {
        let names = |inputs: &Self| -> Vec<String> {
            inputs.all.iter().map(|input| input.name.clone()).collect()
        };
        Self::of(ran).filter(|other| names(other) == names(self))
    }

    /// The confidence of each interval if all inputs' intervals are to hold together (Bonferroni).
    pub fn strict(&self) -> f64 {
        1.0 - (1.0 - self.confidence) / self.all.len() as f64
    }

    /// How what was observed hangs on each, and on which most.
    pub fn effects(&self, observed: &Observed) -> (Vec<Effect>, Option<Leader>) {
        let shares = |confidence: f64| {
            let columns: Vec<Vec<f64>> =
                self.all.iter().map(|input| observed.pick(&input.coordinates)).collect();
            let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            first_order(&observed.means, &columns, observed.noise, confidence)
        };
        let found = shares(self.confidence);
        let effect = |(at, input): (usize, &Input)| Effect {
            correlation: rank_correlation(
                &observed.values,
                &observed.pick(&input.values),
                self.confidence,
            ),
            share: found.as_ref().map(|shares| shares[at]),
        };
        let effects: Vec<Effect> = self.all.iter().enumerate().map(effect).collect();
        let leader = found.zip(shares(self.strict()));
        let leader = leader.and_then(|(shares, strict)| leader_of(&shares, &strict));
        (effects, leader)
    }
}

/// The input with the largest share, if with confidence it has any and it is worth speaking of.
fn leader_of(shares: &[Estimate], strict: &[Estimate]) -> Option<Leader> {
    let most = (0..shares.len())
        .reduce(|most, next| if shares[next].point > shares[most].point { next } else { most })?;
    let is_like = |&at: &usize| {
        at != most && shares[at].upper >= shares[most].lower && shares[at].point >= MATTERS
    };
    let like = (0..shares.len()).filter(is_like).collect();
    (strict[most].lower > 0.0 && shares[most].point >= MATTERS).then_some(Leader {
        input: most,
        share: shares[most],
        like,
    })
}

/// What was observed in the worlds that say something.
pub(super) struct Observed {
    /// Which worlds.
    worlds: Vec<usize>,
    /// By world, from all its runs together; may be infinite.
    values: Vec<f64>,
    /// By world: the mean of its runs, where each has a value.
    means: Vec<f64>,
    /// What luck adds to the variance of these means.
    noise: f64,
}

impl Observed {
    /// From the value of each world and of each of its runs; without a split the worlds' values
    /// are taken as free of luck, which makes shares smaller than they are.
    pub fn new(values: &[Option<f64>], runs: &[Vec<Option<f64>>], split: Option<&Split>) -> Self {
        let says = |&at: &usize| {
            values[at].is_some() && (split.is_none() || runs[at].iter().all(Option::is_some))
        };
        let worlds: Vec<usize> = (0..values.len()).filter(says).collect();
        let values: Vec<f64> = worlds.iter().filter_map(|&at| values[at]).collect();
        let mean = |&at: &usize| {
            let runs: Vec<f64> = runs[at].iter().copied().flatten().collect();
            runs.iter().sum::<f64>() / runs.len() as f64
        };
        let means =
            if split.is_some() { worlds.iter().map(mean).collect() } else { values.clone() };
        Self { worlds, values, means, noise: split.map_or(0.0, |split| split.luck_of_a_mean) }
    }

    /// Of something by world: those worlds.
    fn pick(&self, all: &[f64]) -> Vec<f64> {
        self.worlds.iter().map(|&world| all[world]).collect()
    }
}

/// The places of values among all, in (0, 1); equal ones share theirs.
fn places(values: &[f64]) -> Vec<f64> {
    let below = |value: f64| values.iter().filter(|&&other| other < value).count() as f64;
    let same = |value: f64| values.iter().filter(|&&other| other == value).count() as f64;
    let place = |&value: &f64| (below(value) + 0.5 * same(value)) / values.len() as f64;
    values.iter().map(place).collect()
}
