//! From a scenario's text to its plan, by the ordinary path: for tests, benches and examples.

use plimsoll::demand;
use plimsoll::diag::render;
use plimsoll::expr::scope::{NoTables, Tables};
use plimsoll::model::{Model, Scaling, resolve};
use plimsoll::plan::{Plan, compile};
use plimsoll::scenario::{read, source::MemoryLoader};
use plimsoll::verdict::needs;

/// The plan of a scenario in its nominal world, with changes as of `--set`: what its objectives ask
/// for is measured.
///
/// # Panics
/// With the rendered diagnostics if the scenario has errors.
pub fn plan(text: &str, sets: &[&str]) -> Plan {
    plan_beside(text, sets, &NoTables)
}

/// The same with files beside it.
///
/// # Panics
/// As [`plan`].
pub fn plan_beside(text: &str, sets: &[&str], tables: &dyn Tables) -> Plan {
    let model = model_beside(text, sets, tables);
    let world = model.nominal_world().expect("inputs within their bounds");
    let binding =
        demand::bind(&model, &world, Scaling::default()).expect("values within their bounds");
    compile(&model, &binding, &needs(&model, &[]))
}

/// The model of a scenario, with changes as of `--set`.
///
/// # Panics
/// As [`plan`].
pub fn model_beside(text: &str, sets: &[&str], tables: &dyn Tables) -> Model {
    let loader = MemoryLoader::new("scenario.toml", text);
    let (raw, diagnostics) = read("scenario.toml", sets, &loader);
    assert!(!diagnostics.has_errors(), "{}", render::full(&diagnostics, &raw.sources, false));
    let (model, diagnostics) = resolve(&raw, tables);
    assert!(!diagnostics.has_errors(), "{}", render::full(&diagnostics, &raw.sources, false));
    model.expect("a scenario without errors has a model")
}
