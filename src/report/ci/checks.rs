//! Objectives, claims and the metrics of a baseline as checks that pass, fail or are open.

use crate::report::baseline::facts::{Baseline, Moved};
use crate::report::compare::facts::Change;
use crate::report::phrase;
use crate::report::summary::{Judgment, Part, Summary};

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An objective is met.
    Objective,
    /// A claim holds.
    Claim,
    /// A metric did not get worse since the baseline.
    Regression,
}

impl Kind {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Objective => "objective",
            Self::Claim => "claim",
            Self::Regression => "regression",
        }
    }
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Met, confirmed, or not shown to be worse.
    Passed,
    /// Missed, refuted, or worse for sure.
    Failed,
    /// The data does not tell.
    Open,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What it is about.
    pub kind: Kind,
    /// Name of the objective, id of the claim, the metric as written.
    pub name: String,
    /// The variant that it speaks of.
    pub variant: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, in a sentence or two.
    pub message: String,
}

/// The checks of some kinds, in the order of the kinds.
pub fn checks(summary: &Summary, baseline: Option<&Baseline>, kinds: &[Kind]) -> Vec<Check> {
    let wanted = |kind: Kind| kinds.contains(&kind);
    let judged = |kind: Kind, all: &[Judgment]| -> Vec<Check> {
        all.iter().filter(|_| wanted(kind)).map(|one| judged(kind, one)).collect()
    };
    let mut checks = judged(Kind::Objective, &summary.objectives);
    checks.extend(judged(Kind::Claim, &summary.claims));
    if let Some(baseline) = baseline.filter(|_| wanted(Kind::Regression)) {
        let judged = baseline.metrics.iter().filter(|moved| moved.better.is_some());
        let regressions: Vec<Check> = judged.map(regression).collect();
        if regressions.is_empty() {
            // What cannot be held against the baseline did not pass.
            checks.push(Check {
                kind: Kind::Regression,
                name: "baseline".to_owned(),
                variant: None,
                outcome: Outcome::Open,
                message: baseline.headline.clone(),
            });
        }
        checks.extend(regressions);
    }
    checks
}

/// How all of them ended; where there is none, nothing has passed. A metric that cannot be compared leaves the whole open only if there is
/// none that can be.
pub fn overall(checks: &[Check]) -> Outcome {
    let is = |outcome: Outcome| move |check: &&Check| check.outcome == outcome;
    let regressions = || checks.iter().filter(|check| check.kind == Kind::Regression);
    let verdicts = || checks.iter().filter(|check| check.kind != Kind::Regression);
    let nothing_compared =
        regressions().next().is_some() && regressions().all(|check| is(Outcome::Open)(&check));
    if checks.iter().any(|check| is(Outcome::Failed)(&check)) {
        Outcome::Failed
    } else if checks.is_empty()
        || nothing_compared
        || verdicts().any(|check| is(Outcome::Open)(&check))
    {
        Outcome::Open
    } else {
        Outcome::Passed
    }
}

fn judged(kind: Kind, one: &Judgment) -> Check {
    let outcome = if one.verdict.is_bad() {
        Outcome::Failed
    } else if one.verdict.is_good() {
        Outcome::Passed
    } else {
        Outcome::Open
    };
    let parts: Vec<String> = one.parts.iter().map(part).collect();
    let mut message = if parts.is_empty() { one.that.clone() } else { parts.join("; ") };
    if let Some(because) = &one.because {
        message = format!("{message}. {because}");
    }
    Check { kind, name: one.name.clone(), variant: one.variant.clone(), outcome, message }
}

/// `p95(endpoint.buy) < 200ms: found 245 ms (240–250), 23 % above`.
fn part(part: &Part) -> String {
    let margin = phrase::margin(part);
    let margin = if margin.is_empty() { margin } else { format!(", {margin}") };
    format!("{} {}: found {}{margin}", part.metric, part.target, phrase::found(part))
}

fn regression(moved: &Moved) -> Check {
    let few = moved.worlds_needed.map(|needed| format!("too few worlds: {needed} would tell"));
    let (outcome, said) = match moved.change {
        Change::Worse => (Outcome::Failed, "worse for sure"),
        Change::CannotTell if let Some(few) = &few => (Outcome::Open, few.as_str()),
        Change::CannotTell if moved.difference.is_none() => (Outcome::Open, "too few samples"),
        Change::CannotTell if moved.in_some_worlds => {
            (Outcome::Passed, "in most worlds it does not differ")
        }
        Change::CannotTell => (Outcome::Passed, "what differs may be luck"),
        change => (Outcome::Passed, change.word()),
    };
    let value = |value| phrase::value(value, moved.unit);
    let message = format!(
        "{}: {} then, {} now: {said}",
        moved.metric,
        value(&moved.before),
        value(&moved.after)
    );
    Check { kind: Kind::Regression, name: moved.metric.clone(), variant: None, outcome, message }
}
