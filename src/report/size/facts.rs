//! Everything that is reported of a search for a size. Serialized, it is `size.json`, [`SCHEMA`], in
//! the conventions of [`crate::report::summary`].

use crate::report::cause::Cause;
use crate::report::summary::{Judgment, Number, Regime, Value};
use serde::Serialize;

/// Version of the layout of `size.json`.
pub const SCHEMA: u32 = 1;

/// A search for a size.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Size {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Always `size`.
    pub kind: &'static str,
    /// The scenario's name.
    pub name: String,
    /// The variant; null: as it stands.
    pub variant: Option<String>,
    /// The result in a sentence.
    pub headline: String,
    /// What else there is to say, a sentence each.
    pub findings: Vec<String>,
    /// The keys.
    pub keys: Vec<String>,
    /// What is asked for, as written.
    pub wanted: Vec<String>,
    /// Values that there were to choose from.
    pub candidates: u32,
    /// How they were searched.
    pub search: &'static str,
    /// Those that were looked at, in order.
    pub looked: Vec<Look>,
    /// Number (in `looked`) of the one to build; null: none was shown to meet everything.
    pub chosen: Option<u32>,
    /// Number of the nearest that was shown to fail.
    pub rejected: Option<u32>,
    /// Whether everything smaller (or cheaper) next to it was shown to fail.
    pub is_smallest: bool,
    /// Whether values of the range were skipped, so that all of this is about those looked at.
    pub skipped: bool,
    /// Chance that everything said here is right.
    pub confidence: Number,
    /// Share of worlds in which an objective must hold.
    pub assurance: Number,
    /// Draws of the uncertain inputs at most; 1: nothing is uncertain.
    pub worlds: u32,
    /// Seed.
    pub seed: u64,
    /// Version of the program.
    pub version: String,
    /// It was stopped before its end.
    pub partial: bool,
    /// Findings that bear on how far the numbers can be trusted.
    pub warnings: Vec<String>,
    /// The command that gives this result again.
    pub reproduce: String,
}

/// A candidate that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Look {
    /// The values of the keys, as `--set` takes them.
    pub settings: Vec<String>,
    /// What it costs; null: nobody says.
    pub cost: Option<Number>,
    /// `pass`, `fail` or `can't tell`.
    pub shown: &'static str,
    /// Runs that it took; with uncertain inputs worlds.
    pub runs: u32,
    /// What was found of each objective, at the level of the search.
    pub objectives: Vec<Judgment>,
    /// Why it is rejected, or why it cannot be told; null of what passes.
    pub excuse: Option<String>,
    /// What its runs turned out to be.
    pub regime: Regime,
    /// The busiest servers: the limit that binds next.
    pub busiest: Option<String>,
    /// Their utilization.
    pub utilization: Option<Value>,
    /// Why it does what it does.
    pub cause: Cause,
}
