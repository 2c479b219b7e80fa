//! From what a search found to what is reported.

use super::facts::{Look, SCHEMA, Size};
use super::sentences;
use crate::model::Model;
use crate::report::cause::Cause;
use crate::report::phrase;
use crate::report::summarize::{facts, judged};
use crate::report::summary::{Number, Value};
use crate::stats::bracket::{Shape, Shown};
use crate::study::size::{Candidate, Sizing};

/// What is reported on.
pub struct Found<'a> {
    /// The scenario as it stands, or the variant, with what is asked for.
    pub model: &'a Model,
    /// Worlds at most.
    pub worlds: u32,
    /// What was found.
    pub sizing: &'a Sizing,
    /// What there is to say about the scenario itself.
    pub warnings: Vec<String>,
    /// The command that gives this result again.
    pub reproduce: String,
}

/// Everything that is reported of a search.
pub fn gather(found: &Found) -> Size {
    let Found { model, sizing, .. } = found;
    let mut all = Size {
        schema: SCHEMA,
        kind: "size",
        name: model.name.clone(),
        variant: model.variant.clone(),
        headline: String::new(),
        findings: Vec::new(),
        keys: sizing.ranges.iter().map(|range| range.key.clone()).collect(),
        wanted: model.objectives.iter().map(|one| one.text.clone()).collect(),
        candidates: sizing.candidates as u32,
        search: search(sizing),
        looked: sizing.looked.iter().map(|one| look(model, one)).collect(),
        chosen: sizing.passed.map(|at| at as u32),
        rejected: sizing.failed.map(|at| at as u32),
        is_smallest: sizing.is_smallest,
        skipped: sizing.skipped(),
        confidence: Number(1.0 - sizing.alpha),
        assurance: Number(model.run.assurance),
        worlds: found.worlds,
        seed: model.run.seed,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        partial: sizing.stopped,
        warnings: found.warnings.clone(),
        reproduce: found.reproduce.clone(),
    };
    all.warnings.extend(phrase::counterfactual(model));
    all.headline = sentences::headline(&all, sizing);
    all.findings = sentences::findings(&all, sizing);
    all
}

fn search(sizing: &Sizing) -> &'static str {
    match (sizing.shape, sizing.ranges.len()) {
        (_, 2..) => "in the order of cost",
        (Shape::Monotone | Shape::Nested, _) => {
            "halved: more of the key can only help, or only hurt"
        }
        (Shape::Any { .. }, _) => "scanned and refined: more of the key may help or hurt",
    }
}

fn look(model: &Model, one: &Candidate) -> Look {
    let stated = |(name, judgement): &(String, Option<crate::verdict::Judgement>)| {
        let objective = model.objectives.iter().find(|known| known.name == *name)?;
        Some(judged::stated(objective, judgement.as_ref()))
    };
    let objectives: Vec<_> = one.objectives.iter().filter_map(stated).collect();
    Look {
        settings: one.settings.iter().map(|setting| setting.text.clone()).collect(),
        cost: one.cost.map(Number),
        shown: match one.shown {
            Shown::Pass => "pass",
            Shown::Fail => "fail",
            Shown::Unclear => "can't tell",
        },
        runs: one.runs,
        excuse: sentences::excuse(&objectives, &one.objectives, one.confidence),
        objectives,
        regime: facts::regime(one.state),
        cause: Cause::new(&one.cause, one.busiest.as_ref()),
        busiest: one.busiest.as_ref().map(|(path, _)| path.clone()),
        utilization: one.busiest.as_ref().map(|(_, busy)| Value::from(*busy)),
    }
}
