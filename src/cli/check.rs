//! `plimsoll check`: answers without simulating.

use super::load::Loaded;
use super::options::ScenarioOptions;
use super::{Failure, bug, cases, exit, ui};
use crate::demand;
use crate::experiment::EVENTS_MAX;
use crate::model::{Model, RunKind, Scaling};
use crate::report::check;
use crate::report::effort::{self, Effort};
use crate::study::Alternative;

/// Checks a scenario.
pub fn check(options: &ScenarioOptions) -> Result<u8, Failure> {
    bug::remember(&format!("plimsoll check {}", options.file));
    let mut loaded = Loaded::new(options)?;
    let main = cases::prepare(&mut loaded, options.variant.as_deref())?;
    // Of the variants that claims speak of only the mistakes are said: each has a check of its own.
    let own = loaded.diagnostics.clone();
    let others = cases::others(&mut loaded, &main)?;
    loaded.diagnostics = own;
    cases::conditions(&mut loaded, &main, &others);
    loaded.unless_errors()?;
    let others: Vec<Effort> = others.iter().filter_map(effort_of).collect();
    let effort = effort_of(&main);
    let model = main.model;
    let sentences = |main| effort::sentences(&main, &others, shortens(&model));
    let effort = effort.map_or(String::new(), sentences);
    let binding = loaded.bound(|| {
        let world = model.nominal_world().map_err(|problem| vec![problem])?;
        demand::bind(&model, &world, Scaling::default())
    })?;
    let demand = demand::analyze(&model, &binding);
    loaded.add(&demand::warnings(&model, &binding, &demand));
    let variant = options.variant.as_ref().map_or(String::new(), |name| format!(", {name}"));
    let name = format!("{}{variant}", model.name);
    ui::data(&check::render(&name, &demand, &effort, &model.assumptions))?;
    loaded.show();
    Ok(exit::COMPLETED)
}

/// Whether a tenth of the run is a draft of it: not if something has a date, or must last.
fn shortens(model: &Model) -> bool {
    let conditions = model.objectives.iter().map(|one| &one.that);
    let conditions = conditions.chain(model.claims.iter().map(|one| &one.that));
    let mut comparisons = conditions.flat_map(|one| &one.comparisons);
    model.run.kind == RunKind::Steady
        && model.windows.is_empty()
        && model.workloads.iter().all(|workload| workload.shape.is_none())
        && comparisons.all(|one| one.lasting.is_none() && !one.left.has_a_date())
}

/// What will be run of a scenario or variant; `None` if a number is out of range, which is said
/// elsewhere.
fn effort_of(one: &Alternative) -> Option<Effort> {
    let world = one.model.nominal_world().ok()?;
    let binding = demand::bind(&one.model, &world, Scaling::default()).ok()?;
    let events = demand::analyze(&one.model, &binding).events_per_run;
    let worlds = one.study.plans().len() as u32;
    Some(Effort { worlds, replications: one.study.affordable(events, EVENTS_MAX), events })
}
