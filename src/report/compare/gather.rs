//! From what a study found to what is reported.

use super::facts::{Absent, Change, Comparison, Design, Metric, Over, Row, Runs, SCHEMA};
use super::luck::Draws;
use super::{lengths, sentences};
use crate::report::phrase::counted;
use crate::report::summarize::{facts, judged, measure, requests};
use crate::report::summary::{Number, Percentile, Saved, Value};
use crate::stats::multiple::Better;
use crate::stats::worlds::Band;
use crate::study::compare::{self, Compared, Difference};
use crate::study::kept::Worlds;
use crate::study::{self, Ran};
use crate::units::time::ns_to_seconds;
use crate::verdict::{self, Estimate, Evidence};

/// What is reported on.
pub struct Found<'a> {
    /// The designs, the one that the others are compared with first.
    pub ran: &'a [Ran],
    /// Saved summaries, which stand behind them, and how they are compared.
    pub saved: &'a [(Saved, compare::Saved)],
    /// How they compare.
    pub comparison: &'a compare::Comparison,
    /// What there is to say about the scenarios themselves.
    pub warnings: Vec<String>,
    /// Whether it was interrupted.
    pub is_partial: bool,
    /// Designs that were left out because of that.
    pub missing: Vec<String>,
    /// The command that gives this result again.
    pub reproduce: String,
}

/// What a design is called.
pub fn called(name: Option<&str>) -> String {
    name.unwrap_or("as it stands").to_owned()
}

/// Everything that is reported of a comparison; `None` without a design.
pub fn gather(found: &Found) -> Option<Comparison> {
    let first = found.ran.first()?;
    let names: Vec<String> = found.ran.iter().map(|ran| called(ran.name.as_deref())).collect();
    let mut warnings = found.warnings.clone();
    for (ran, name) in found.ran.iter().zip(&names) {
        let run = facts::run(&ran.model, &ran.ensemble, "");
        let own = facts::warnings(&ran.ensemble, &run);
        warnings.extend(own.into_iter().map(|warning| format!("{name}: {warning}")));
    }
    warnings.extend(sentences::interrupted(found.is_partial, &found.missing));
    warnings.extend(lengths::unlike(found.ran));
    warnings.extend(found.saved.iter().flat_map(|one| lengths::saved(one, first)));
    let designs: Vec<Design> = (found.ran.iter().map(|ran| design(ran, found.ran)))
        .chain(found.saved.iter().map(|(saved, known)| kept(saved, known, first)))
        .collect();
    let mut metrics: Vec<Metric> =
        found.comparison.metrics.iter().map(|one| metric(one, &designs)).collect();
    metrics.sort_by_key(|metric| (!metric.asked, metric.better.is_none()));
    let mut comparison = Comparison {
        schema: SCHEMA,
        kind: "comparison",
        name: first.model.name.clone(),
        headline: String::new(),
        runs: runs(first, found.comparison.pairs),
        designs,
        metrics,
        warnings,
        notes: lengths::certain(found.ran).into_iter().chain(lengths::alone(found.ran)).collect(),
        partial: found.is_partial,
        missing: found.missing.clone(),
        reproduce: found.reproduce.clone(),
    };
    comparison.headline = sentences::headline(&comparison);
    Some(comparison)
}

fn runs(first: &Ran, pairs: usize) -> Runs {
    let run = facts::run(&first.model, &first.ensemble, "");
    Runs {
        replications: run.replications,
        worlds: run.worlds,
        duration_s: Number(ns_to_seconds(first.ensemble.plan().schedule.duration)),
        warm_up_s: run.warm_up_s,
        seed: run.seed,
        confidence: run.confidence,
        assurance: run.assurance,
        pairs: pairs as u32,
        version: run.version,
    }
}

fn design(ran: &Ran, all: &[Ran]) -> Design {
    let Ran { name, model, ensemble, .. } = ran;
    let about = model.variants.iter().find(|one| Some(one.name.as_str()) == name.as_deref());
    let judgments = study::objectives(ran, all);
    let pairs = model.objectives.iter().zip(&judgments);
    Design {
        name: called(name.as_deref()),
        about: about.and_then(|one| one.about.clone()),
        draws: None,
        worlds_shared: None,
        counterfactual: model.is_counterfactual(),
        regime: (!ensemble.rows.is_empty()).then(|| facts::regime(ensemble.state)),
        objectives: pairs.map(|(one, judged)| judged::stated(one, judged.as_ref())).collect(),
        spectrum: spectrum(ran),
    }
}

/// A design of which a summary is left.
fn kept(saved: &Saved, known: &compare::Saved, first: &Ran) -> Design {
    let variant = saved.variant.as_ref().map_or(String::new(), |name| format!(" ({name})"));
    let now = facts::run(&first.model, &first.ensemble, "");
    let shared = known.worlds.shared(&Worlds::of(&first.model, &first.ensemble));
    let run = &saved.run;
    let worlds = match run.worlds {
        1 => String::new(),
        worlds => format!("{} of ", counted(u64::from(worlds), "world")),
    };
    Design {
        draws: Some(Draws::of(saved, &first.model.name, &now)),
        worlds_shared: (shared > 0).then_some(shared as u32),
        name: known.name.clone(),
        counterfactual: known.is_counterfactual,
        about: Some(format!(
            "saved: {}{variant}, {worlds}{}, seed {}, plimsoll {}",
            saved.name,
            counted(u64::from(run.replications), "replication"),
            run.seed,
            run.version
        )),
        regime: None,
        objectives: saved.objectives.clone(),
        spectrum: Vec::new(),
    }
}

/// Latency of the workload with most requests.
fn spectrum(ran: &Ran) -> Vec<Percentile> {
    if ran.ensemble.rows.is_empty() {
        return Vec::new();
    }
    let others = |_: &str| None;
    let evidence = Evidence { model: &ran.model, ensemble: &ran.ensemble, others: &others };
    let measure = measure::Measure { evidence };
    let paths = ran.model.workloads.iter().map(|one| format!("workload.{}", one.name));
    let all = paths.filter_map(|path| requests::requests(&measure, &path));
    let main = all.reduce(|most, next| if next.count > most.count { next } else { most });
    main.map_or(Vec::new(), |requests| requests.spectrum)
}

fn metric(found: &Compared, designs: &[Design]) -> Metric {
    let measured = &found.measured;
    let names: Vec<String> = designs.iter().map(|design| design.name.clone()).collect();
    let rows = names.iter().enumerate().map(|(at, name)| row(found, at, name)).collect();
    Metric {
        metric: measured.text.clone(),
        unit: judged::unit(&measured.metric, found.dimension),
        better: measured.better,
        asked: measured.asked,
        over: match found.over {
            verdict::Over::Runs => Over::Runs,
            verdict::Over::Worlds => Over::Worlds,
        },
        few: found.few,
        by_ranks: found.by_ranks,
        ranking: sentences::ranking(found, &names, &sentences::counterfactuals(designs)),
        rows,
    }
}

fn row(found: &Compared, at: usize, name: &str) -> Row {
    let difference = found.differences[at].as_ref();
    let known = |value: Option<f64>| value.filter(|value| value.is_finite()).map(Number);
    Row {
        design: name.to_owned(),
        value: found.estimates[at].as_ref().and_then(|one| measure::value(&one.found)),
        absent: found.absent[at].map(|why| match why {
            compare::Absent::NoSuch => Absent::NoSuchMetric,
            compare::Absent::NoSamples => Absent::TooFewSamples,
            compare::Absent::NotKept => Absent::NotSaved,
            compare::Absent::Older => Absent::OlderSummary,
        }),
        worlds_without: found.estimates[at].as_ref().map_or(0, without),
        difference: difference.and_then(differing),
        change: difference.map(|one| change(one.change, found.measured.better)),
        paired: difference.is_some_and(|one| one.paired),
        method: difference.map(|one| one.method.into()),
        correlation: known(difference.and_then(|one| one.correlation)),
        runs_saved: known(difference.and_then(|one| one.reduction)),
        less_in: difference.and_then(|one| one.less).map(Value::from),
        place: found.places[at],
    }
}

/// Worlds without a value, where others have one.
fn without(estimate: &Estimate) -> u32 {
    let verdict::Found::Worlds { values, .. } = &estimate.found else { return 0 };
    values.iter().filter(|value| value.is_none()).count() as u32
}

fn differing(one: &Difference) -> Option<Value> {
    let over = |band: Band| Value::with_interval(band.median, band.lower, band.upper);
    let plain = Value::plain(one.point);
    let value = one.band.map(over).or(one.interval.map(Value::from)).unwrap_or(plain);
    (!value.point.0.is_nan()).then_some(value)
}

/// What a change is, in the eyes of somebody who wants one end of the metric.
pub fn change(change: compare::Change, better: Option<Better>) -> Change {
    match (change.is_better(better), change) {
        (Some(true), _) => Change::Better,
        (Some(false), _) => Change::Worse,
        (None, compare::Change::Less) => Change::Less,
        (None, compare::Change::More) => Change::More,
        (None, compare::Change::Same) => Change::Same,
        (None, compare::Change::CannotTell) => Change::CannotTell,
    }
}
