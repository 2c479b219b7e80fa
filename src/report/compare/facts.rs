//! Everything that is reported of a comparison. Serialized, it is `comparison.json`, [`SCHEMA`], in
//! the conventions of [`crate::report::summary`].

use super::luck::Draws;
use crate::report::summary::{Judgment, Number, Percentile, Regime, Unit, Value};
use crate::stats::multiple::Better;
use crate::study::kept;
use serde::Serialize;

/// Version of the layout of `comparison.json`.
pub const SCHEMA: u32 = 1;

/// Designs side by side.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Always `comparison`.
    pub kind: &'static str,
    /// The scenario's name.
    pub name: String,
    /// The result in a sentence.
    pub headline: String,
    /// How it was simulated.
    pub runs: Runs,
    /// The designs, the one that the others are compared with first.
    pub designs: Vec<Design>,
    /// By metric; those that somebody asked for first.
    pub metrics: Vec<Metric>,
    /// Findings that bear on how far the numbers can be trusted.
    pub warnings: Vec<String>,
    /// How far the numbers are those that `run` gives for a design alone.
    pub notes: Vec<String>,
    /// It was interrupted: there are fewer runs, or designs are missing.
    pub partial: bool,
    /// Designs that were to be compared and were not run to their end.
    pub missing: Vec<String>,
    /// The command that gives this result again; with designs missing, the one that gives all of it.
    pub reproduce: String,
}

/// How it was simulated.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Runs {
    /// Replications per world and design.
    pub replications: u32,
    /// Draws of the uncertain inputs.
    pub worlds: u32,
    /// Measured time of each run of the first design.
    pub duration_s: Number,
    /// Cut at the start of each run of the first design.
    pub warm_up_s: Number,
    /// Seed.
    pub seed: u64,
    /// Confidence with which no pair of designs is told apart wrongly by a metric, 0..1.
    pub confidence: Number,
    /// Share of worlds in which a design must be better to be called so, 0..1.
    pub assurance: Number,
    /// Pairs of designs that are told apart at once by a metric that all of them have.
    pub pairs: u32,
    /// Version of the program.
    pub version: String,
}

/// One design.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Design {
    /// What it is called.
    pub name: String,
    /// What it is, as its author says.
    pub about: Option<String>,
    /// Of a saved summary: how far it met the draws of the designs that were run; null: it is one.
    pub draws: Option<Draws>,
    /// Of a saved summary: so many of the first worlds it met in common with the first design, with which
    /// it is paired by world; null: none.
    pub worlds_shared: Option<u32>,
    /// Nobody can choose it (physics switched off): it is compared, and has no place.
    pub counterfactual: bool,
    /// What its runs turned out to be; null: it was not run here.
    pub regime: Option<Regime>,
    /// Its objectives.
    pub objectives: Vec<Judgment>,
    /// Latency of its busiest workload by percentile, for the chart.
    pub spectrum: Vec<Percentile>,
}

/// One metric of all designs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Metric {
    /// As written: `p95(workload.viewers)`.
    pub metric: String,
    /// What it is measured in.
    pub unit: Unit,
    /// What is better of it; null: it tells what a design is like, not how good it is.
    pub better: Option<Better>,
    /// Whether somebody asked for it: on the command line, or in an objective.
    pub asked: bool,
    /// What the differences are observed over.
    pub over: Over,
    /// There are too few samples for a verdict.
    pub few: bool,
    /// Though there are few: designs that have one value in a run are told apart by order statistics.
    pub by_ranks: bool,
    /// The ranking in a sentence; empty where nothing is better.
    pub ranking: String,
    /// By design, in their order.
    pub rows: Vec<Row>,
}

/// A metric of a design.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Row {
    /// The design.
    pub design: String,
    /// Its value: with the interval of the luck of the runs or, of several worlds, with the band
    /// over them, also of a saved summary. Null: the design has none, for the reason in `absent`.
    pub value: Option<Value>,
    /// Why there is no value.
    pub absent: Option<Absent>,
    /// Worlds that have too few samples for a value, and are not in the band.
    pub worlds_without: u32,
    /// Less that of the first design, with its interval or band.
    pub difference: Option<Value>,
    /// What can be said of the difference; null for the first design.
    pub change: Option<Change>,
    /// Whether both met the same luck or, of a saved summary, the same worlds.
    pub paired: bool,
    /// How the difference was found; null for the first design.
    pub method: Option<Method>,
    /// Correlation of the two over what is observed.
    pub correlation: Option<Number>,
    /// How many times as many runs independent luck would have needed for the same interval.
    pub runs_saved: Option<Number>,
    /// Share of worlds in which it is smaller than the first; several worlds only.
    pub less_in: Option<Value>,
    /// One more than the number of designs that are better for sure; null where nothing is better, and of
    /// a counterfactual.
    pub place: Option<u32>,
}

/// Why a design has no value of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    /// Nothing of it has such a metric.
    NoSuchMetric,
    /// Nothing was recorded that it could be computed from or, of several worlds, in none of them
    /// enough for a value.
    TooFewSamples,
    /// The summary did not keep it.
    NotSaved,
    /// The summary is of an older version, which kept means over the worlds.
    OlderSummary,
}

/// What differences are observed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// Groups of replications: an interval says how far luck may have moved the difference.
    #[default]
    Runs,
    /// Worlds: a band says how much the difference depends on what is not known.
    Worlds,
}

/// How a difference was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By observations that met the same luck, or by worlds that are the same.
    Paired,
    /// By order statistics of both sides, each by itself.
    Ranks,
    /// By the standard errors of both sides.
    Welch,
}

impl From<kept::Method> for Method {
    fn from(method: kept::Method) -> Self {
        match method {
            kept::Method::Paired => Self::Paired,
            kept::Method::Ranks => Self::Ranks,
            kept::Method::Welch => Self::Welch,
        }
    }
}

/// What can be said of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is for the better.
    Better,
    /// It is for the worse.
    Worse,
    /// It is less, of what is neither good nor bad.
    Less,
    /// It is more, of what is neither good nor bad.
    More,
    /// There is none.
    Same,
    /// The runs cannot tell.
    CannotTell,
}

impl Change {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Less => "less",
            Self::More => "more",
            Self::Same => "the same",
            Self::CannotTell => "can't tell",
        }
    }
}
