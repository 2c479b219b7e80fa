//! From runs and verdicts to a [`Summary`].
//!
//! Names come back here: everything below knows indices. Numbers are estimated by the same code
//! that judges objectives, so that a table and a verdict cannot differ.

mod backlog;
mod courses;
mod deadlocks;
pub(super) mod facts;
pub(super) mod judged;
pub(super) mod measure;
mod measuring;
mod relevance;
pub(super) mod requests;
mod stations;
#[cfg(test)]
mod tests;
mod theory;
mod times;
pub mod unknowns;
mod windows;

use super::headline::headline;
use super::summary::{
    Ends, Input, Judgment, Metric, Number, Requests, SCHEMA, Summary, Value, VariantRow,
    Verdict as Word,
};
use crate::demand::Demand;
use crate::experiment::Ensemble;
use crate::model::{Claim, Model};
use crate::study::kept::WORLDS_KEPT;
use crate::study::sensitivity::Sensitivity;
use crate::study::since::{self, Found};
use crate::units::time::ns_to_seconds;
use crate::units::{Quantity, show};
use crate::verdict::{Evidence, Judgement};
use judged::Statement;
use measure::Measure;

/// One variant that was run, or the scenario as it stands.
pub struct Case<'a> {
    /// Name of the variant; `None`: the scenario as it stands.
    pub name: Option<&'a str>,
    /// Its model.
    pub model: &'a Model,
    /// Its runs.
    pub ensemble: &'a Ensemble,
    /// Its objectives, judged, in the order of the model; `None` where there was nothing to judge.
    pub objectives: Vec<Option<Judgement>>,
}

/// A study: what is reported on, and what it is compared with.
pub struct Study<'a> {
    /// What the report is about.
    pub main: Case<'a>,
    /// Other variants that were run on the same draws.
    pub others: Vec<Case<'a>>,
    /// Claims with their judgments.
    pub claims: Vec<(&'a Claim, Option<Judgement>)>,
    /// What hangs on the uncertain inputs of the main case; `None` with one world.
    pub sensitivity: Option<&'a Sensitivity>,
    /// What arithmetic says of the main case.
    pub demand: Option<&'a Demand>,
    /// What there is to say about the scenario itself.
    pub warnings: Vec<String>,
    /// The command that gives this result again.
    pub reproduce: String,
}

/// Everything that is reported of a study.
pub fn summarize(study: &Study) -> Summary {
    let Case { name, model, ensemble, .. } = study.main;
    let lookup = |wanted: &str| ensemble_of(study, wanted);
    let measure = Measure { evidence: Evidence { model, ensemble, others: &lookup } };
    let run = facts::run(model, ensemble, &study.reproduce);
    let endpoints: Vec<&str> = model.endpoints.iter().map(|one| one.name.as_str()).collect();
    let paths = endpoints.iter().map(|name| format!("endpoint.{name}"));
    let paths = paths.chain(model.workloads.iter().map(|one| format!("workload.{}", one.name)));
    let named = windows(model, ensemble);
    let (stations, pools) = stations::stations(&measure);
    let order: Vec<&str> = pools
        .iter()
        .map(|pool| &pool.station)
        .chain(&stations)
        .map(|station| station.path.as_str())
        .collect();
    let mut warnings = study.warnings.clone();
    warnings.extend(facts::warnings(ensemble, &run));
    let deadlocks = deadlocks::deadlocks(&measure);
    warnings.extend(deadlocks::warnings(&deadlocks, ensemble.rows.len()));
    let mut summary = Summary {
        schema: SCHEMA,
        name: model.name.clone(),
        about: model.about.clone(),
        sources: model.sources.clone(),
        variant: name.map(str::to_owned),
        headline: String::new(),
        objectives: objectives(&study.main),
        claims: study
            .claims
            .iter()
            .map(|(claim, judged)| claimed(claim, judged.as_ref()))
            .collect(),
        unknowns: None,
        warnings,
        deadlocks,
        requests: paths.filter_map(|path| requests::requests(&measure, &path)).collect(),
        breakdown: times::breakdown(&measure, &endpoints),
        variants: variants(study),
        not_run: not_run(study),
        metrics: metrics(&measure),
        theory: study
            .demand
            .map_or(Vec::new(), |demand| theory::theory(&measure, demand, run.regime)),
        inputs: inputs(model, ensemble),
        assumptions: relevance::ordered(model, &stations, &pools),
        method: facts::method(model, ensemble),
        series: stations::series(&measure, &named, &order),
        windows: windows::windows(&measure, &named),
        stations,
        pools,
        run,
    };
    // Formulas take for granted that nobody fails.
    let failed = |requests: &Requests| requests.good.is_some_and(|good| good.point.0 < 0.999);
    if summary.requests.iter().any(failed) {
        summary.theory.clear();
    }
    let left = backlog::warning(&measure, &summary);
    summary.warnings.extend(left);
    let found = study.sensitivity;
    summary.unknowns = found.map(|found| unknowns::unknowns(model, found, &summary.objectives));
    // Idle endpoints are no news.
    summary.requests.retain(|requests| requests.count > 0);
    summary.headline = headline(&summary);
    summary
}

/// What later summaries are held against.
fn metrics(measure: &Measure) -> Vec<Metric> {
    let metric = |found: Found| Metric {
        unit: judged::unit(&found.measured.metric, found.dimension),
        metric: found.measured.text,
        better: found.measured.better,
        point: Number(found.number.point),
        lower: Number(found.band.map_or(found.number.lower, |band| band.lower)),
        upper: Number(found.band.map_or(found.number.upper, |band| band.upper)),
        median: found
            .band
            .map(|_| Ends { lower: Number(found.number.lower), upper: Number(found.number.upper) }),
        by_world: found.by_world.iter().map(|one| Number(one.unwrap_or(f64::NAN))).collect(),
        standard_error: Number(found.number.standard_error),
        samples: found.number.samples,
        quality: found.number.quality,
    };
    since::found(&measure.evidence).into_iter().map(metric).collect()
}

fn ensemble_of<'a>(study: &Study<'a>, wanted: &str) -> Option<&'a Ensemble> {
    let cases = std::iter::once(&study.main).chain(&study.others);
    cases.filter(|case| case.name == Some(wanted)).map(|case| case.ensemble).next()
}

fn objectives(case: &Case) -> Vec<Judgment> {
    let pairs = case.model.objectives.iter().zip(&case.objectives);
    pairs.map(|(objective, judged)| judged::stated(objective, judged.as_ref())).collect()
}

fn claimed(claim: &Claim, judged: Option<&Judgement>) -> Judgment {
    let Claim { id, says, text, that, variant, .. } = claim;
    let statement =
        Statement { name: id, says: Some(says), text, that, variant: variant.as_deref() };
    judged::judgment(&statement, judged)
}

/// The main case and the others; nothing if there is nothing to compare.
fn variants(study: &Study) -> Vec<VariantRow> {
    if study.others.is_empty() {
        return Vec::new();
    }
    let lookup = |wanted: &str| ensemble_of(study, wanted);
    let cases = std::iter::once(&study.main).chain(&study.others);
    cases.filter(|case| !case.ensemble.rows.is_empty()).map(|case| row(case, &lookup)).collect()
}

/// Variants that nobody asked for: neither the command nor a claim or an objective.
fn not_run(study: &Study) -> Vec<String> {
    if study.main.name.is_some() {
        return Vec::new();
    }
    let ran = |name: &str| study.others.iter().any(|case| case.name == Some(name));
    let names = study.main.model.variants.iter().map(|variant| variant.name.as_str());
    names.filter(|name| !ran(name)).map(str::to_owned).collect()
}

fn row<'a>(case: &Case<'a>, lookup: &'a dyn Fn(&str) -> Option<&'a Ensemble>) -> VariantRow {
    let Case { name, model, ensemble, .. } = *case;
    let measure = Measure { evidence: Evidence { model, ensemble, others: lookup } };
    let workloads = model.workloads.iter().map(|one| format!("workload.{}", one.name));
    let all = workloads.filter_map(|path| requests::requests(&measure, &path));
    let main = all.reduce(|most, next| if next.count > most.count { next } else { most });
    let (stations, pools) = stations::stations(&measure);
    let summary = Summary { stations, pools, ..Summary::default() };
    let busiest = summary.busiest();
    let judged = objectives(case);
    let met = judged.iter().filter(|one| one.verdict == Word::Pass).count();
    let about = model.variants.iter().find(|one| Some(one.name.as_str()) == name);
    let percentile = |q: f64| {
        let list =
            main.as_ref().map(|requests| requests.percentiles.as_slice()).unwrap_or_default();
        list.iter().find(|p| p.quantile == Number(q)).map(|p| p.seconds)
    };
    VariantRow {
        name: name.map(str::to_owned),
        about: about.and_then(|one| one.about.clone()),
        regime: facts::regime(ensemble.state),
        path: main.as_ref().map_or(String::new(), |requests| requests.path.clone()),
        per_second: main.as_ref().and_then(|requests| requests.per_second),
        failed: main.as_ref().and_then(|requests| requests.good).map(Value::complement),
        p50_s: percentile(0.5),
        p95_s: percentile(0.95),
        p99_s: percentile(0.99),
        busiest: busiest.map(|(station, _)| station.path.clone()),
        utilization: busiest.map(|(_, busy)| busy),
        objectives: (met as u32, judged.len() as u32),
    }
}

/// Inputs with their values: of the only world, or the median over worlds.
fn inputs(model: &Model, ensemble: &Ensemble) -> Vec<Input> {
    let drawn = |index: usize| -> Vec<f64> {
        ensemble.worlds.iter().filter_map(|world| world.inputs.get(index)).copied().collect()
    };
    let value = |index: usize| {
        let mut values = drawn(index);
        values.sort_by(f64::total_cmp);
        crate::stats::worlds::order_statistic(&values, 0.5)
    };
    let one = |(index, input): (usize, &crate::model::Input)| {
        let value = value(index);
        Input {
            name: input.name.clone(),
            value: Number(value),
            unit: input.dimension.base_unit(),
            shown: show::quantity(Quantity::new(value, input.dimension)),
            uncertain: input.uncertain,
            by_world: if input.uncertain && ensemble.worlds.len() > 1 {
                drawn(index).into_iter().take(WORLDS_KEPT).map(Number).collect()
            } else {
                Vec::new()
            },
        }
    };
    model.inputs.iter().enumerate().map(one).collect()
}

fn windows(model: &Model, ensemble: &Ensemble) -> Vec<(String, Number, Number)> {
    let spans = &ensemble.plan().schedule.windows;
    let named = model.windows.iter().zip(spans);
    let seconds = |ns: u64| Number(ns_to_seconds(ns));
    named.map(|(window, span)| (window.name.clone(), seconds(span.0), seconds(span.1))).collect()
}
