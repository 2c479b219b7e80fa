//! What a forecast runs, and what is judged: requests at dates, and what objectives and claims say of
//! them and of amounts.

use super::cases::spoken_of;
use super::forecast::ForecastOptions;
use super::load::Loaded;
use super::{Failure, interrupt, work};
use crate::expr::metric::Condition;
use crate::model::{Claim, Model, NOT_TIED, Objective};
use crate::report::forecast::behavior;
use crate::report::forecast::gather::Judged;
use crate::report::forecast::judged::Found;
use crate::study::Alternative;
use crate::study::ageing::purging::{self, Session};
use crate::study::ageing::{self, Aged, Dated, Design};
use crate::study::forecast::Forecast;
use crate::study::forecast::judge;
use crate::study::runs::Outside;
use crate::verdict;

/// Whether a model has requests that could be simulated: beside one that changes, those that do not can
/// too.
fn has_requests(models: &[(Option<String>, Model)], model: &Model) -> bool {
    !model.workloads.is_empty() && models.iter().any(|(_, model)| ageing::can_age(model))
}

/// Why requests of a model are not simulated though it has some: what changes there is nothing that they
/// meet. One in which nothing changes is simulated beside others that do.
fn skipped(options: &ForecastOptions, models: &[(Option<String>, Model)], model: &Model) -> bool {
    let is_tied = |model: &Model| ageing::can_age(model) && model.requests_change_over_time();
    let others = || models.iter().any(|(_, model)| is_tied(model));
    !options.amounts_only
        && has_requests(models, model)
        && !is_tied(model)
        && (model.changes_over_time() || !others())
}

/// The same for each of the models, in words.
pub fn reasons(
    options: &ForecastOptions,
    models: &[(Option<String>, Model)],
) -> Vec<Option<&'static str>> {
    let one = |model: &(Option<String>, Model)| skipped(options, models, &model.1);
    models.iter().map(|model| one(model).then_some(NOT_TIED)).collect()
}

/// Checks what objectives say of runs.
pub fn conditions(loaded: &mut Loaded, models: &[(Option<String>, Model)]) -> Result<(), Failure> {
    for (name, model) in models.iter().filter(|(_, model)| has_requests(models, model)) {
        let design = loaded.bound(|| Alternative::new(name.clone(), model.clone(), &[]))?;
        for objective in &model.objectives {
            let path = ["objective", objective.name.as_str(), "that"];
            // Variants are checked by what the design itself measures.
            let none = |_: &str| None;
            let found = verdict::resolve(&design.model, &design.study, &objective.that, &none);
            loaded.misjudged(&path, found);
        }
    }
    loaded.unless_errors()
}

/// What the simulator finds at dates, for every variant in which requests meet tables that grow.
pub fn aged(
    loaded: &mut Loaded,
    options: &ForecastOptions,
    models: &[(Option<String>, Model)],
    worked: &Forecast,
) -> Result<Vec<Option<Aged>>, Failure> {
    let over = (&worked.calendar, options.months);
    let is_simulated = |model: &Model| {
        !options.amounts_only && has_requests(models, model) && !skipped(options, models, model)
    };
    let named = |name: &str| models.iter().find(|other| other.0.as_deref() == Some(name));
    let beside = |model: &Model| -> Vec<&Model> {
        spoken_of(model).into_iter().filter_map(named).map(|other| &other.1).collect()
    };
    let simulated = models.iter().map(|(_, model)| model).filter(|model| is_simulated(model));
    let designs: Vec<Design> =
        simulated.map(|model| Design { model, beside: beside(model) }).collect();
    if designs.is_empty() || interrupt::is_set() {
        return Ok(models.iter().map(|_| None).collect());
    }
    let found = watched(options, |outside| ageing::age(&designs, over, &behavior::name, outside))?;
    let mut found = loaded.bound(|| found)?.into_iter().peekable();
    let mut all = Vec::new();
    for (name, model) in models {
        let Some(mut aged) = found.next_if(|_| is_simulated(model)) else {
            all.push(None);
            continue;
        };
        for session in Session::all(model).into_iter().filter(|_| !interrupt::is_set()) {
            let text = session.text(model);
            let Some(purging) = loaded.data_with(name.as_deref(), &text) else { continue };
            let design = Design { model: &purging, beside: beside(model) };
            let found = watched(options, |outside| {
                purging::purged(&design, &session, &aged, over, outside)
            })?;
            let found = loaded.bound(|| found)?;
            aged.purges.extend((!found.aged.sweep.points.is_empty()).then_some(found));
        }
        all.push((!aged.sweep.points.is_empty()).then_some(aged));
    }
    Ok(all)
}

/// Claims that speak of what is worked out.
fn judged<'a>(main: Option<&'a str>, model: &'a Model) -> impl Iterator<Item = &'a Claim> {
    model
        .outlook
        .claims
        .iter()
        .filter(move |claim| main.is_none() || claim.variant.as_deref() == main)
}

/// Holds what objectives and claims say against what was worked out, and against runs at dates.
pub fn judgments<'a>(
    loaded: &mut Loaded,
    models: &'a [(Option<String>, Model)],
    worked: &Forecast,
    options: &ForecastOptions,
) -> Result<Judged<'a>, Failure> {
    let (name, main) = &models[0];
    let objectives: Vec<&Objective> = main.outlook.objectives.iter().collect();
    let claims: Vec<&Claim> = judged(name.as_deref(), main).collect();
    let all: Vec<(Vec<&str>, Option<String>, &Condition)> =
        objectives
            .iter()
            .map(|one| (vec!["objective", one.name.as_str(), "that"], None, &one.that))
            .chain(claims.iter().map(|one| {
                (vec!["claim", one.id.as_str(), "that"], one.variant.clone(), &one.that)
            }))
            .collect();
    let of_amounts = |that: &Condition| that.is_about_amounts();
    let mut amounts = Vec::new();
    for (path, variant, that) in all.iter().filter(|one| of_amounts(one.2)) {
        let at = variant.as_ref().map(|_| models.iter().position(|(name, _)| name == variant));
        let Some(at) = at.unwrap_or(Some(0)) else { continue };
        let judge = if path[0] == "objective" { judge::objective } else { judge::claim };
        let found = judge(that, worked, &worked.courses[at], &models[at].1);
        loaded.misjudged(path, found.as_ref().map(|_| ()).map_err(Clone::clone));
        amounts.extend(found.ok().map(Found::Amounts));
    }
    let later: Vec<_> = all.iter().filter(|one| !of_amounts(one.2)).collect();
    let dated = if later.is_empty() {
        None
    } else {
        let conditions: Vec<(Option<String>, &Condition)> =
            later.iter().map(|one| (one.1.clone(), one.2)).collect();
        let dated = loaded.bound(|| Dated::new(&conditions, models, &worked.calendar))?;
        for (at, one) in later.iter().enumerate() {
            loaded.misjudged(&one.0, dated.check(at));
        }
        Some(dated)
    };
    loaded.unless_errors()?;
    // Names are checked also where nothing is simulated.
    let mut requests = match dated.filter(|_| !options.amounts_only) {
        None => vec![None; later.len()],
        Some(dated) => watched(options, |outside| dated.judge(outside))?,
    }
    .into_iter()
    .map(Found::Requests);
    let mut amounts = amounts.into_iter();
    let mut next = |that: &Condition| {
        let found = if of_amounts(that) { amounts.next() } else { requests.next() };
        found.unwrap_or(Found::Requests(None))
    };
    let objectives = objectives.into_iter().map(|one| (one, next(&one.that))).collect();
    Ok((objectives, claims.into_iter().map(|one| (one, next(&one.that))).collect()))
}

/// Makes runs that Ctrl-C stops and whose progress the terminal shows.
pub fn watched<T: Send>(
    options: &ForecastOptions,
    work: impl FnOnce(Outside) -> T + Send,
) -> Result<T, Failure> {
    Ok(work::threads(options.jobs)?
        .install(|| work::watched(options.replications.is_some(), options.quiet, work)))
}
