//! What is not known, and what hangs on it.

use serde::Serialize;

use super::value::{Number, Unit, Value};

/// What hangs on the uncertain inputs, from the spread over worlds and runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Unknowns {
    /// What to do before deciding.
    pub advice: Advice,
    /// How metrics spread, the one that the advice is about first.
    pub metrics: Vec<Spread>,
    /// Objectives and claims, and what they hang on.
    pub conditions: Vec<Hinge>,
    /// The first metric along the input that it hangs on most; null if there is none.
    pub fan: Option<Fan>,
}

/// What to do before deciding.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Advice {
    /// What kind of advice.
    pub kind: AdviceKind,
    /// In words.
    pub says: String,
    /// The input to be measured; null if it is none.
    pub input: Option<String>,
    /// Its share of what is not known, or luck's share of the spread between worlds; null if it is
    /// neither.
    pub share: Option<Value>,
    /// Commands that measure it; only where they follow from where the input is used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub how: Vec<Way>,
}

/// A way to measure an input in a running system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    /// What the command gives: `Sets the rate of workload.viewers, in PromQL at the busiest`.
    pub gives: String,
    /// The command.
    pub command: String,
}

/// Kinds of advice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AdviceKind {
    /// Measure an input.
    Measure,
    /// Make more replications.
    Replicate,
    /// No input by itself is behind it.
    NoneAlone,
    /// No verdict waits for a number.
    #[default]
    Decided,
    /// The runs do not tell luck from what is not known.
    CannotTell,
}

/// How a metric spreads over worlds and runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// As written: `p95(endpoint.browse)`.
    pub metric: String,
    /// What it is measured in.
    pub unit: Unit,
    /// Median over worlds, and the band that holds 90 % of them.
    pub worlds: Option<Value>,
    /// Share of luck in the variance of one run, with its interval; null where it cannot be told.
    pub luck: Option<Value>,
    /// A single world makes a quarter of the variance between them, or more: shares then speak of
    /// it alone, and rank correlations say more.
    pub far_out: bool,
    /// Standard deviation that luck gives one run, in the unit.
    pub luck_deviation: Option<Number>,
    /// By input.
    pub inputs: Vec<Effect>,
}

/// How something hangs on one input.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Effect {
    /// Its name.
    pub input: String,
    /// What it is known to be: median over worlds, and the band that holds 90 % of them; in base
    /// units.
    pub value: Option<Value>,
    /// The same as a person reads it.
    pub shown: String,
    /// Rank correlation over worlds, with its interval.
    pub rank_correlation: Option<Value>,
    /// Share of what is not known that goes if this input alone is known (first-order Sobol'
    /// index), with its interval.
    pub share: Option<Value>,
}

/// An objective or a claim, and what it hangs on.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Hinge {
    /// Its name or id.
    pub name: String,
    /// The condition as written.
    pub that: String,
    /// The variant on which it was judged; null: this run.
    pub variant: Option<String>,
    /// Worlds in which it holds.
    pub holds: u32,
    /// Worlds in which it does not.
    pub fails: u32,
    /// Worlds in which it cannot be told.
    pub unknown: u32,
    /// Share of luck in the variance of whether one run meets it; null where it cannot be told, or
    /// nothing varies.
    pub luck: Option<Value>,
    /// By input.
    pub inputs: Vec<Effect>,
    /// The values of an input for which it holds; null where no input decides.
    pub range: Option<Range>,
}

/// The values of an input for which a condition holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Range {
    /// The input.
    pub input: String,
    /// `at_most` or `at_least`.
    pub side: String,
    /// The threshold with its interval, in base units.
    pub limit: Value,
    /// In so many worlds, 0..1, it holds for such values.
    pub assurance: Number,
    /// As a person reads it: `viewers ≤ 41,000 (38,000–44,000)`.
    pub shown: String,
}

/// A metric along an input: worlds with about the same value of it, the others' values as they come.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Fan {
    /// The metric.
    pub metric: String,
    /// What it is measured in.
    pub unit: Unit,
    /// The input.
    pub input: String,
    /// What that is measured in.
    pub input_unit: Unit,
    /// Worlds behind each point.
    pub worlds: u32,
    /// What an objective asks of the metric, in the unit; null if none does.
    pub limit: Option<Number>,
    /// By the input's value.
    pub points: Vec<FanPoint>,
}

/// The spread at one value of the input.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FanPoint {
    /// The input's value.
    pub at: Number,
    /// The median over worlds.
    pub median: Number,
    /// Ends of the band that holds half of them.
    pub half: (Number, Number),
    /// Ends of the band that holds nine tenths of them.
    pub most: (Number, Number),
}
