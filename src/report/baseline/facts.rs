//! Everything that is reported of a comparison with a baseline. Serialized, it is `baseline.json`,
//! [`SCHEMA`], in the conventions of [`crate::report::summary`].

use crate::report::compare::facts::{Change, Method};
use crate::report::compare::luck::Draws;
use crate::report::summary::{Number, Unit, Value, Verdict};
use crate::stats::multiple::Better;
use serde::Serialize;

/// Version of the layout of `baseline.json`.
pub const SCHEMA: u32 = 1;

/// A summary against an earlier one of the same scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Baseline {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Always `baseline`.
    pub kind: &'static str,
    /// The scenario's name.
    pub name: String,
    /// Name of the variant; null: the scenario as it stands.
    pub variant: Option<String>,
    /// The result in a sentence.
    pub headline: String,
    /// How much the two have in common.
    pub sameness: Sameness,
    /// How far they made the same draws.
    pub draws: Draws,
    /// So many of the first worlds both met: differences are paired by world. 0: they are unpaired.
    pub worlds_shared: u32,
    /// What was saved.
    pub before: Made,
    /// What was found now.
    pub after: Made,
    /// Confidence with which no metric is called changed that is not, 0..1.
    pub confidence: Number,
    /// Metrics that were compared: those that both have, with enough samples and worlds.
    pub compared: u32,
    /// Metrics that both have, what moved first.
    pub metrics: Vec<Moved>,
    /// Objectives and claims whose verdict is another.
    pub flipped: Vec<Flip>,
    /// Metrics, objectives and claims that the baseline lacks.
    pub new: Vec<String>,
    /// Those that only the baseline has.
    pub gone: Vec<String>,
    /// What speaks against the comparison.
    pub warnings: Vec<String>,
}

impl Baseline {
    /// Worlds that would tell of all metrics, where there are too few for some.
    pub fn worlds_needed(&self) -> Option<u32> {
        self.metrics.iter().filter_map(|one| one.worlds_needed).max()
    }
}

/// How a summary was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Made {
    /// Version of the program.
    pub version: String,
    /// Seed.
    pub seed: u64,
    /// Replications per world.
    pub replications: u32,
    /// Draws of the uncertain inputs.
    pub worlds: u32,
    /// Hash of every bound value, of the seed and of the warm-up.
    pub identity: String,
}

/// How much two summaries have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sameness {
    /// Every byte.
    Bytes,
    /// System, seed, number of runs, and every metric.
    Numbers,
    /// System, seed and number of runs, but not the numbers: the program computes them otherwise.
    System,
    /// They differ in what was simulated, or it cannot be said.
    Nothing,
}

/// A metric then and now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moved {
    /// As written.
    pub metric: String,
    /// What it is measured in.
    pub unit: Unit,
    /// What is better of it; null: it tells what the design is like, not how good it is.
    pub better: Option<Better>,
    /// As it was saved.
    pub before: Value,
    /// As it is.
    pub after: Value,
    /// How much more it is (in worlds that both met the median of the differences), with an interval
    /// that holds together with those of all metrics compared; null: one side has too few samples,
    /// or there are too few worlds.
    pub difference: Option<Value>,
    /// There are too few worlds for an interval with ends at this confidence: so many with a value would
    /// do for all metrics; else null.
    pub worlds_needed: Option<u32>,
    /// How it was found.
    pub method: Method,
    /// It differs in some worlds, and in most of them not at all.
    pub in_some_worlds: bool,
    /// What can be said of it.
    pub change: Change,
}

/// A verdict that is another now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flip {
    /// `objective fast`, `claim shop/2`.
    pub what: String,
    /// As it was saved.
    pub before: Verdict,
    /// As it is.
    pub after: Verdict,
}
