//! How a study was simulated, on what numbers, and what theory says beside it.

use serde::Serialize;

use super::value::{Number, Unit, Value};

/// What a study's runs did over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// A steady state was reached.
    #[default]
    Stable,
    /// From a given start to a given end; no steady state was asked for.
    Terminating,
    /// Work arrives faster than it is done: what is measured depends on how long one looks.
    Overloaded,
    /// A backlog from the start was still being worked off.
    Backlogged,
    /// It cannot be told whether the system is stable.
    NotSettled,
}

impl Regime {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Terminating => "terminating",
            Self::Overloaded => "overloaded",
            Self::Backlogged => "backlogged",
            Self::NotSettled => "not settled",
        }
    }
}

/// How the study was simulated.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RunFacts {
    /// `steady` or `terminating`.
    pub kind: String,
    /// What the runs turned out to be.
    pub regime: Regime,
    /// Replications per world that stand in this result.
    pub replications: u32,
    /// Draws of the uncertain inputs.
    pub worlds: u32,
    /// Cut at the start of each run.
    pub warm_up_s: Number,
    /// How the cut was chosen.
    pub warm_up_reason: String,
    /// Measured time of each run.
    pub duration_s: Number,
    /// Seed.
    pub seed: u64,
    /// Confidence of the intervals, 0..1.
    pub confidence: Number,
    /// Share of worlds in which an objective must hold, 0..1.
    pub assurance: Number,
    /// Version of the program.
    pub version: String,
    /// Hash of every bound value: equal for equal systems.
    pub identity: String,
    /// True if the study was cut short; the result is a complete prefix of it.
    pub partial: bool,
    /// The command that gives this result again.
    pub reproduce: String,
    /// How well metrics are known, against how well they should be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub precision: Vec<Precision>,
}

/// A goal of `run.precision`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Precision {
    /// As written: `2% on p99(endpoint.x)`.
    pub goal: String,
    /// Whether it was reached.
    pub reached: bool,
    /// Half the width of the interval over the point, of several worlds the largest.
    pub half_width: Number,
}

/// A number from theory beside the simulated one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Theory {
    /// What it is: `pool.api_pg: share of requests that wait`.
    pub what: String,
    /// What it is measured in.
    pub unit: Unit,
    /// By formula.
    pub theory: Number,
    /// By simulation.
    pub simulated: Option<Value>,
    /// The formula and what it takes for granted.
    pub assumes: String,
}

/// A named number of the scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its value in base units; the median if it is uncertain.
    pub value: Number,
    /// The base units; empty for a count or a ratio.
    pub unit: String,
    /// As a person reads it.
    pub shown: String,
    /// One draw per world.
    pub uncertain: bool,
    /// The draws of the first [`WORLDS_KEPT`](crate::study::kept::WORLDS_KEPT) worlds, in base units; absent if it is certain,
    /// and of a single world.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by_world: Vec<Number>,
}

/// A default that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assumption {
    /// Dotted path of the key.
    pub path: String,
    /// The value, as it would be written.
    pub value: String,
}

/// A line of the method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is about.
    pub topic: String,
    /// What was done.
    pub text: String,
}
