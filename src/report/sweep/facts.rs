//! Everything that is reported of a sweep. Serialized, it is `sweep.json`, [`SCHEMA`], in the
//! conventions of [`crate::report::summary`].

use crate::report::cause::{Cause, Connections};
use crate::report::summary::{Number, Regime, Unit, Value, Verdict};
use crate::stats::multiple::Better;
use serde::Serialize;

/// Version of the layout of `sweep.json`.
pub const SCHEMA: u32 = 1;

/// A design over the range of a key or two.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Sweep {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Always `sweep`.
    pub kind: &'static str,
    /// The scenario's name.
    pub name: String,
    /// The variant; null: as it stands.
    pub variant: Option<String>,
    /// Whether it is a variant that nobody can choose.
    pub counterfactual: bool,
    /// The result in a sentence.
    pub headline: String,
    /// What else there is to say, a sentence each: crossings, the knee.
    pub findings: Vec<String>,
    /// The keys.
    pub keys: Vec<Key>,
    /// What was measured, those that somebody asked for first.
    pub metrics: Vec<Metric>,
    /// In the order of the first key, then of the second.
    pub points: Vec<Point>,
    /// What objectives ask for.
    pub limits: Vec<Limit>,
    /// One key: where the pools begin to ask for more connections than a server takes.
    pub limited: Vec<Limited>,
    /// Replications per world and point.
    pub replications: u32,
    /// Draws of the uncertain inputs.
    pub worlds: u32,
    /// Seed.
    pub seed: u64,
    /// Confidence of the intervals.
    pub confidence: Number,
    /// Share of worlds in which an objective must hold.
    pub assurance: Number,
    /// Version of the program.
    pub version: String,
    /// Findings that bear on how far the numbers can be trusted.
    pub warnings: Vec<String>,
    /// It was interrupted.
    pub partial: bool,
    /// Points of the range that were not run to their end: the values of the keys of each.
    pub missing: Vec<Vec<String>>,
    /// The command that gives this result again; of a partial one, the one that gives all of it, these
    /// points as they are here among them.
    pub reproduce: String,
}

/// A key.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Key {
    /// Its path.
    pub path: String,
    /// Whether its values are at equal ratios.
    pub log: bool,
}

/// A metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Metric {
    /// As written.
    pub metric: String,
    /// What it is measured in.
    pub unit: Unit,
    /// What is better of it.
    pub better: Option<Better>,
    /// Whether somebody asked for it.
    pub asked: bool,
}

/// A point.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Point {
    /// The values of the keys, as `--set` takes them.
    pub settings: Vec<String>,
    /// The same as numbers in base units; null of a text.
    pub values: Vec<Option<Number>>,
    /// By metric.
    pub metrics: Vec<Option<Value>>,
    /// Objectives that are met, missed, and of which it cannot be told.
    pub objectives: (u32, u32, u32),
    /// The same, by objective in the order of the scenario.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<Verdict>,
    /// The same, by comparison in each.
    #[serde(skip)]
    pub parts: Vec<Vec<Verdict>>,
    /// What its runs turned out to be.
    pub regime: Regime,
    /// The busiest servers.
    pub busiest: Option<String>,
    /// Their utilization.
    pub utilization: Option<Value>,
    /// Why it does what it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Why it was added to the range; null: it belongs to it.
    pub added: Option<&'static str>,
}

impl Point {
    /// Whether every objective is shown to be met, and there is one.
    pub fn is_met(&self) -> bool {
        matches!(self.objectives, (1.., 0, 0))
    }
}

impl Sweep {
    /// Whether the values of the first key have an order: all are numbers.
    pub fn is_ordered(&self) -> bool {
        self.points.iter().all(|point| point.values.first().is_some_and(Option::is_some))
    }
}

/// Where the pools begin to ask for more connections than a server takes, by arithmetic.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Limited {
    /// The value of the key nearest to those at which there are enough.
    pub setting: String,
    /// Whether it is so from there on; else up to there.
    pub rising: bool,
    /// What is asked for there.
    pub connections: Connections,
}

/// What an objective asks of a metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Limit {
    /// The objective.
    pub objective: String,
    /// Its number among those of the scenario, and that of the comparison in it.
    #[serde(skip)]
    pub at: (usize, usize),
    /// The metric.
    pub metric: String,
    /// The limit, in the metric's unit.
    pub value: Number,
    /// Whether less than it is asked for.
    pub is_ceiling: bool,
    /// Where the curve crosses it, with several worlds their median; empty if it does not, or with
    /// several keys.
    pub crossings: Vec<Crossing>,
    /// With several worlds: where the share of them in which it is kept crosses the one asked for;
    /// rising is for the better.
    pub assured: Vec<Crossing>,
}

/// Where a curve crosses a limit, in base units of the key.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Crossing {
    /// The estimate.
    pub at: Number,
    /// Lower end of its interval.
    pub lower: Number,
    /// Upper end of its interval.
    pub upper: Number,
    /// Whether the metric grows through the limit.
    pub rising: bool,
}
