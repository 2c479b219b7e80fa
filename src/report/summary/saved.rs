//! A summary that was written earlier, read again: what a comparison needs of it.

use serde::Deserialize;

use super::SCHEMA;
use super::judgment::Judgment;
use super::metric::Metric;
use super::value::Number;
use crate::study::kept::Worlds;

/// What is taken from a `summary.json`; the rest of it is left alone.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Saved {
    /// The scenario's name.
    pub name: String,
    /// What it is about.
    pub about: Option<String>,
    /// Name of the variant; none: the scenario as it stood.
    pub variant: Option<String>,
    /// How it was simulated.
    pub run: SavedRun,
    /// What had to hold.
    pub objectives: Vec<Judgment>,
    /// What somebody said.
    pub claims: Vec<Judgment>,
    /// What can be compared.
    pub metrics: Vec<Metric>,
    /// Named numbers of the scenario.
    #[serde(default)]
    pub inputs: Vec<SavedInput>,
    /// An older version wrote it and kept means over its worlds, which say another thing than the
    /// medians that are compared: they are not among `metrics`.
    #[serde(skip)]
    pub is_older: bool,
}

/// A named number of a saved summary; fields as in [`super::Input`].
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct SavedInput {
    /// Its name.
    pub name: String,
    /// One draw per world.
    pub uncertain: bool,
    /// The draws of the first worlds; empty of a single one, and of an older version.
    #[serde(default)]
    pub by_world: Vec<Number>,
}

/// How a saved summary was simulated; fields as in [`super::RunFacts`].
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct SavedRun {
    /// `steady` or `terminating`.
    pub kind: String,
    /// Replications per world.
    pub replications: u32,
    /// Draws of the uncertain inputs.
    pub worlds: u32,
    /// Cut at the start of each run; none: not said.
    #[serde(default)]
    pub warm_up_s: Option<Number>,
    /// Measured time of each run.
    pub duration_s: Number,
    /// Seed.
    pub seed: u64,
    /// Confidence of the intervals.
    pub confidence: Number,
    /// Version of the program.
    pub version: String,
    /// Hash of every bound value, seed and warm-up.
    pub identity: String,
}

impl Saved {
    /// The worlds that it met; none if it did not keep them.
    pub fn worlds(&self) -> Worlds {
        let uncertain = self.inputs.iter().filter(|input| input.uncertain);
        worlds(uncertain.map(|input| (&*input.name, &*input.by_world)))
    }
}

/// Worlds from the names of the uncertain inputs and their draws.
pub(super) fn worlds<'a>(uncertain: impl Iterator<Item = (&'a str, &'a [Number])>) -> Worlds {
    let values = |draws: &[Number]| draws.iter().map(|one| one.0).collect();
    Worlds::new(uncertain.map(|(name, draws)| (name.to_owned(), values(draws))).collect())
}

/// Why a text is no summary to compare with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Something else.
    #[error("it is no summary.json of `plimsoll run`: {0}")]
    NoSummary(String),
    /// From a later version of the program.
    #[error(
        "it has layout {0}, and this version reads layouts up to {SCHEMA}: a newer plimsoll wrote it"
    )]
    Newer(u64),
    /// From before summaries kept what is compared.
    #[error(
        "it has no `metrics` to compare with: an earlier plimsoll wrote it; write it anew with this one"
    )]
    NoMetrics,
}

/// Reads a saved summary.
pub fn read(text: &str) -> Result<Saved, Unusable> {
    let no_summary = |why: &dyn std::fmt::Display| Unusable::NoSummary(why.to_string());
    let whole: serde_json::Value =
        serde_json::from_str(text).map_err(|error| no_summary(&error))?;
    let Some(schema) = whole.get("schema").and_then(serde_json::Value::as_u64) else {
        return Err(no_summary(&"there is no `schema` in it"));
    };
    // Reports of other kinds have a schema too, and say what they are.
    if let Some(kind) = whole.get("kind").and_then(serde_json::Value::as_str) {
        return Err(no_summary(&format_args!("it is a {kind}")));
    }
    if schema > u64::from(SCHEMA) {
        return Err(Unusable::Newer(schema));
    }
    if whole.get("run").is_some() && whole.get("metrics").is_none() {
        return Err(Unusable::NoMetrics);
    }
    let mut saved: Saved = serde_json::from_value(whole).map_err(|error| no_summary(&error))?;
    if saved.run.worlds > 1 {
        let kept = saved.metrics.len();
        saved.metrics.retain(|metric| metric.median.is_some());
        saved.is_older = saved.metrics.len() < kept;
    }
    match saved.metrics.iter().find(|metric| !metric.is_whole()) {
        Some(metric) => Err(no_summary(&format_args!("`{}` has no numbers", metric.metric))),
        None => Ok(saved),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_summary_is_told_from_what_is_newer_or_older() {
        assert!(wrong("schema = 1").contains("no summary.json"));
        assert!(wrong("{}").contains("no `schema`"));
        assert!(wrong("[1]").contains("no `schema`"));
        assert!(wrong(r#"{"schema": 1, "kind": "comparison"}"#).contains("it is a comparison"));
        assert!(wrong(r#"{"schema": 99}"#).contains("newer plimsoll"));
        assert!(wrong(r#"{"schema": 1, "run": {}}"#).contains("anew"));
        assert!(wrong(r#"{"schema": 1, "run": {}, "metrics": []}"#).contains("missing field"));
    }
}
