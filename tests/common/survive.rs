//! What any bytes must survive as a scenario: reading, every variant, resolving, binding, arithmetic,
//! compiling, looking up the metrics that are asked for, and rendering what was said. The fuzz
//! target and the tests share it.

use plimsoll::demand;
use plimsoll::diag::{Diagnostics, Sources, json, render};
use plimsoll::experiment::Study;
use plimsoll::expr::scope::NoTables;
use plimsoll::model::{Model, Scaling, resolve};
use plimsoll::plan::{Needs, compile};
use plimsoll::scenario::source::MemoryLoader;
use plimsoll::scenario::{overlay, read};
use plimsoll::verdict;

/// Does all this; whether there was a model. Panics where a user would meet a bug.
pub fn survive(bytes: &[u8]) -> bool {
    let (raw, mut diagnostics) = read("f.toml", &[], &MemoryLoader::new("f.toml", bytes));
    let mut trees = vec![raw.clone()];
    for variant in raw.variants().iter().take(3) {
        let (merged, found) = overlay::with_variant(&raw, &variant.name);
        diagnostics.append(found);
        trees.push(merged);
    }
    let is_shapeless = diagnostics.has_errors();
    let mut any = false;
    for tree in &trees {
        // Also what was read with errors is resolved without a panic, though to no model.
        let (model, found) = resolve(tree, &NoTables);
        assert_eq!(model.is_none(), found.has_errors());
        in_bounds(&found, &tree.sources);
        diagnostics.append(found);
        if let Some(model) = model.filter(|_| !is_shapeless) {
            any = true;
            use_model(model, &mut diagnostics);
        }
    }
    in_bounds(&diagnostics, &raw.sources);
    render::full(&diagnostics, &raw.sources, false);
    render::concise(&diagnostics, &raw.sources);
    json::render(&diagnostics, &raw.sources);
    any
}

fn use_model(mut model: Model, diagnostics: &mut Diagnostics) {
    let world = model.nominal_world().expect("a model has a nominal world");
    let binding = demand::bind(&model, &world, Scaling::default());
    let binding = binding.unwrap_or_else(|problems| panic!("{problems:?}"));
    let demand = demand::analyze(&model, &binding);
    diagnostics.append(demand::warnings(&model, &binding, &demand));
    compile(&model, &binding, &Needs::default());
    // One world is like another, and many take their time.
    model.run.worlds = 1;
    let Ok(study) = Study::new(&model, &verdict::needs(&model, &[]), &Scaling::default()) else {
        return; // A number that only this world has may be out of bounds: a diagnostic.
    };
    let objectives = model.objectives.iter().map(|objective| &objective.that);
    for condition in objectives.chain(model.claims.iter().map(|claim| &claim.that)) {
        let _ = verdict::resolve(&model, &study, condition, &|_| None);
    }
}

/// Every place is in its source, between characters.
fn in_bounds(diagnostics: &Diagnostics, sources: &Sources) {
    for diagnostic in diagnostics {
        let patches = diagnostic.helps.iter().filter_map(|help| help.patch.as_ref());
        let places = diagnostic.labels.iter().map(|label| label.span);
        for span in places.chain(patches.map(|patch| patch.span)) {
            let Some(source) = sources.get(span.file) else { continue };
            let text = &source.text;
            assert!(span.start <= span.end && span.end <= text.len(), "{diagnostic:?}");
            assert!(
                text.is_char_boundary(span.start) && text.is_char_boundary(span.end),
                "{diagnostic:?}"
            );
        }
    }
}
