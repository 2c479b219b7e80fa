//! `plimsoll check`: answers without simulating.

use super::load::Loaded;
use super::options::ScenarioOptions;
use super::{Failure, bug, exit, ui};
use crate::demand;
use crate::diag::{Diagnostic, Diagnostics, Id};
use crate::model::{BindProblem, Model, Scaling};
use crate::report::check;
use crate::verdict;

/// Checks a scenario.
pub fn check(options: &ScenarioOptions) -> Result<u8, Failure> {
    bug::remember(&format!("plimsoll check {}", options.file));
    let mut loaded = Loaded::new(options)?;
    let model = loaded.model(options.variant.as_deref())?;
    let bound = model.nominal_world().map_err(|problem| vec![problem]);
    let binding = bound.and_then(|world| model.bind(&world, Scaling::default()));
    let binding = match binding {
        Ok(binding) => binding,
        Err(problems) => {
            loaded.add(diagnose(&problems));
            loaded.unless_errors()?;
            return Err(Failure::Scenario);
        }
    };
    let plan = crate::plan::compile(&model, &binding, &verdict::needs(&model));
    loaded.add(verdict::resolve(&model, &plan.catalog));
    loaded.unless_errors()?;
    let demand = demand::analyze(&model, &binding);
    loaded.add(demand::warnings(&model, &binding, &demand));
    ui::data(&check::render(&demand, &model.assumptions))?;
    loaded.show();
    Ok(exit::COMPLETED)
}

/// Numbers that cannot be, as diagnostics.
pub fn diagnose(problems: &[BindProblem]) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for problem in problems {
        let message = format!("{}: {}", problem.origin.path, problem.message);
        let found = Diagnostic::new(Id::OutOfRange, message);
        diagnostics.push(match problem.origin.span {
            Some(span) => found.at(span, "this number"),
            None => found,
        });
    }
    diagnostics
}

/// Whether the model's metrics are all there, found before anything is run.
pub fn metrics(model: &Model, plan: &crate::plan::Plan) -> Diagnostics {
    verdict::resolve(model, &plan.catalog)
}
