//! `plimsoll check`: answers without simulating.

use super::load::Loaded;
use super::options::ScenarioOptions;
use super::{Failure, bug, cases, exit, ui};
use crate::demand;
use crate::model::Scaling;
use crate::report::check;

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
    let model = main.model;
    let binding = loaded.bound(|| {
        let world = model.nominal_world().map_err(|problem| vec![problem])?;
        model.bind(&world, Scaling::default())
    })?;
    let demand = demand::analyze(&model, &binding);
    loaded.add(&demand::warnings(&model, &binding, &demand));
    let variant = options.variant.as_ref().map_or(String::new(), |name| format!(", {name}"));
    let name = format!("{}{variant}", model.name);
    ui::data(&check::render(&name, &demand, &model.assumptions))?;
    loaded.show();
    Ok(exit::COMPLETED)
}
