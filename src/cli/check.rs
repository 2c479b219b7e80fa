//! `plimsoll check`: answers without simulating.

use super::load::Loaded;
use super::options::ScenarioOptions;
use super::{Failure, bug, exit, ui};
use crate::demand;
use crate::experiment::Study;
use crate::model::Scaling;
use crate::report::check;
use crate::verdict;

/// Checks a scenario.
pub fn check(options: &ScenarioOptions) -> Result<u8, Failure> {
    bug::remember(&format!("plimsoll check {}", options.file));
    let mut loaded = Loaded::new(options)?;
    let model = loaded.model(options.variant.as_deref())?;
    let binding = loaded.bound(|| {
        let world = model.nominal_world().map_err(|problem| vec![problem])?;
        model.bind(&world, Scaling::default())
    })?;
    let study =
        loaded.bound(|| Study::new(&model, &verdict::needs(&model), &Scaling::default()))?;
    loaded.conditions(&model, &study);
    loaded.unless_errors()?;
    let demand = demand::analyze(&model, &binding);
    loaded.add(&demand::warnings(&model, &binding, &demand));
    let variant = options.variant.as_ref().map_or(String::new(), |name| format!(", {name}"));
    let name = format!("{}{variant}", model.name);
    ui::data(&check::render(&name, &demand, &model.assumptions))?;
    loaded.show();
    Ok(exit::COMPLETED)
}
