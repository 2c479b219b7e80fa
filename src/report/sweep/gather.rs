//! From what a study found to what is reported.

use super::facts::{Crossing, Key, Limit, Limited, Metric, Point, SCHEMA, Sweep};
use super::sentences;
use crate::model::Model;
use crate::report::cause::{Cause, Connections};
use crate::report::phrase;
use crate::report::summarize::{facts, judged, measure};
use crate::report::summary::{Number, Value, Verdict as Word};
use crate::stats::knee::{self, Why};
use crate::study::range::Setting;
use crate::study::sweep;
use crate::verdict::{Judgement, Verdict};

/// What is reported on.
pub struct Found<'a> {
    /// The scenario as it stands, or the variant.
    pub model: &'a Model,
    /// What was found.
    pub sweep: &'a sweep::Sweep,
    /// What there is to say about the scenario itself.
    pub warnings: Vec<String>,
    /// The command that gives this result again.
    pub reproduce: String,
}

/// Everything that is reported of a sweep.
pub fn gather(found: &Found) -> Sweep {
    let Found { model, sweep, .. } = found;
    let mut all = Sweep {
        schema: SCHEMA,
        kind: "sweep",
        name: model.name.clone(),
        variant: model.variant.clone(),
        counterfactual: model.is_counterfactual(),
        headline: String::new(),
        findings: Vec::new(),
        keys: sweep.ranges.iter().map(|one| Key { path: one.key.clone(), log: one.log }).collect(),
        metrics: (0..sweep.metrics.len()).map(|at| metric(sweep, at)).collect(),
        points: sweep.points.iter().map(point).collect(),
        limits: sweep.limits.iter().map(|one| limit(sweep, one)).collect(),
        limited: sweep.limited.iter().map(limited).collect(),
        replications: sweep.per_world,
        worlds: sweep.worlds,
        seed: model.run.seed,
        confidence: Number(sweep.confidence),
        assurance: Number(sweep.assurance),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        warnings: found.warnings.clone(),
        partial: sweep.stopped,
        missing: sweep.missing.iter().map(|at| texts(at)).collect(),
        reproduce: found.reproduce.clone(),
    };
    all.warnings.extend(phrase::counterfactual(model));
    let asked = model.run.replications;
    if model.run.replications_stated && sweep.per_world < asked {
        all.warnings.push(format!(
            "{asked} replications were asked for, {} made: the runs of some points have too many \
             events; --replications {asked} makes them all",
            sweep.per_world
        ));
    }
    all.warnings.extend(sentences::interrupted(&all));
    let mut findings = sentences::findings(sweep, &all);
    if findings.is_empty() {
        findings.push(sentences::plain(&all));
    }
    all.headline = findings.remove(0);
    all.findings = findings;
    all
}

/// A metric, with its unit.
pub(in crate::report) fn metric(sweep: &sweep::Sweep, at: usize) -> Metric {
    let one = &sweep.metrics[at];
    let estimates = sweep.points.iter().filter_map(|point| point.estimates.get(at)?.as_ref());
    let dimension = estimates.map(|estimate| estimate.dimension).next().flatten();
    Metric {
        metric: one.text.clone(),
        unit: judged::unit(&one.metric, dimension),
        better: one.better,
        asked: one.asked,
    }
}

fn texts(settings: &[Setting]) -> Vec<String> {
    settings.iter().map(|setting| setting.text.clone()).collect()
}

/// A point, with what it found.
pub(in crate::report) fn point(one: &sweep::Point) -> Point {
    let verdicts = one.objectives.iter().map(|one| one.as_ref().map(|one| one.verdict));
    let count = |wanted: Option<Verdict>| {
        let is = |one: &Option<Verdict>| {
            one.unwrap_or(Verdict::Inconclusive) == wanted.unwrap_or(Verdict::Inconclusive)
        };
        verdicts.clone().filter(is).count() as u32
    };
    Point {
        settings: texts(&one.settings),
        values: one.settings.iter().map(|setting| setting.value.map(Number)).collect(),
        metrics: one
            .estimates
            .iter()
            .map(|found| found.as_ref().and_then(|found| measure::value(&found.found)))
            .collect(),
        verdicts: one
            .objectives
            .iter()
            .map(|one| verdict(one.as_ref().map(|one| one.verdict)))
            .collect(),
        parts: one.objectives.iter().map(|one| parts(one.as_ref())).collect(),
        objectives: (count(Some(Verdict::Pass)), count(Some(Verdict::Fail)), count(None)),
        regime: facts::regime(one.state),
        busiest: one.busiest.as_ref().map(|(path, _)| path.clone()),
        utilization: one.busiest.as_ref().map(|(_, busy)| Value::from(*busy)),
        cause: Some(Cause::new(&one.cause, one.busiest.as_ref())),
        added: one.added.map(|why| match why {
            Why::Crossing(_) => "crossing",
            Why::Knee => "knee",
        }),
    }
}

fn parts(judged: Option<&Judgement>) -> Vec<Word> {
    let parts = judged.into_iter().flat_map(|one| &one.parts);
    parts.map(|part| verdict(Some(part.verdict))).collect()
}

fn verdict(judged: Option<Verdict>) -> Word {
    match judged {
        Some(Verdict::Pass) => Word::Pass,
        Some(Verdict::Fail) => Word::Fail,
        Some(Verdict::Inconclusive) | None => Word::Inconclusive,
    }
}

fn limited(one: &sweep::Limited) -> Limited {
    Limited {
        setting: one.setting.text.clone(),
        rising: one.rising,
        connections: Connections::new(&one.connections),
    }
}

fn places(found: Option<&knee::Crossing>) -> &[knee::Cross] {
    match found {
        Some(knee::Crossing::At(all)) => all,
        _ => &[],
    }
}

fn limit(sweep: &sweep::Sweep, one: &sweep::Limit) -> Limit {
    let crossing = |one: &knee::Cross| Crossing {
        at: Number(one.point),
        lower: Number(one.lower),
        upper: Number(one.upper),
        rising: one.rising,
    };
    Limit {
        objective: one.objective.clone(),
        at: one.at,
        metric: sweep.metrics[one.metric].text.clone(),
        value: Number(one.value),
        is_ceiling: one.is_ceiling,
        crossings: places(one.crossing.as_ref()).iter().map(crossing).collect(),
        assured: places(one.assured.as_ref()).iter().map(crossing).collect(),
    }
}
