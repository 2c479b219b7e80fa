//! Goal: the scenarios of the contract mean what they say, every mistake is located and named, and
//! no scenario breaks anything. Method: numbers of the contract by hand; a table of mistakes with
//! ids and places; rendered diagnostics read by eye; mutated scenarios.

mod contract;
mod data;
mod growth;
mod meaning;
mod mistakes;
mod rendered;
mod slips;
mod together;

use super::resolve;
use crate::diag::{Diagnostics, render};
use crate::expr::scope::NoTables;
use crate::model::Model;
use crate::scenario::source::MemoryLoader;
use crate::scenario::{RawScenario, overlay, read};

const BROWSE: &str = include_str!("../../../scenario/tests/browse.toml");
const FOLLOWERS: &str = include_str!("../../../scenario/tests/followers.toml");
const SPEED: [&str; 4] = [
    include_str!("../../../scenario/tests/w1.toml"),
    include_str!("../../../scenario/tests/w2.toml"),
    include_str!("../../../scenario/tests/w3.toml"),
    include_str!("../../../scenario/tests/w4.toml"),
];

/// Reads and resolves; what the reader finds comes first.
fn resolved(text: &str) -> (RawScenario, Option<Model>, Diagnostics) {
    let (raw, mut diagnostics) = read("shop.toml", &[], &MemoryLoader::new("shop.toml", text));
    let (model, found) = resolve(&raw, &NoTables);
    diagnostics.append(found);
    (raw, model, diagnostics)
}

/// The diagnostics, rendered for people.
fn check(text: &str) -> String {
    let (raw, _, diagnostics) = resolved(text);
    render::full(&diagnostics, &raw.sources, false)
}

/// The model of a scenario without any diagnostic.
fn clean(text: &str) -> Model {
    let (raw, model, diagnostics) = resolved(text);
    assert_eq!(render::full(&diagnostics, &raw.sources, false), "");
    model.expect("no model without a diagnostic")
}

/// The model of a variant without any error.
fn variant(text: &str, name: &str) -> (Model, String) {
    let (raw, _) = read("shop.toml", &[], &MemoryLoader::new("shop.toml", text));
    let (raw, found) = overlay::with_variant(&raw, name);
    assert!(found.is_empty());
    let (model, diagnostics) = resolve(&raw, &NoTables);
    let shown = render::full(&diagnostics, &raw.sources, false);
    (model.unwrap_or_else(|| panic!("{shown}")), shown)
}
