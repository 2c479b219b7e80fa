//! Any bytes as a scenario: read, resolved with every variant, bound, compiled and rendered without
//! a panic. Start from the files of `scenarios/` and `tests/it/diag/`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll::diag::render;
use plimsoll::expr::scope::NoTables;
use plimsoll::model::{Scaling, resolve};
use plimsoll::plan::{Needs, compile};
use plimsoll::scenario::source::MemoryLoader;
use plimsoll::scenario::{overlay, read};

fuzz_target!(|bytes: &[u8]| {
    let (raw, mut diagnostics) = read("f.toml", &[], &MemoryLoader::new("f.toml", bytes));
    let is_shapeless = diagnostics.has_errors();
    let mut trees = vec![raw.clone()];
    for variant in raw.variants().iter().take(4) {
        let (merged, found) = overlay::with_variant(&raw, &variant.name);
        diagnostics.append(found);
        trees.push(merged);
    }
    for tree in &trees {
        let (model, found) = resolve(tree, &NoTables);
        diagnostics.append(found);
        let Some(model) = model.filter(|_| !is_shapeless) else { continue };
        let world = model.nominal_world().expect("a model has a nominal world");
        let binding = model.bind(&world, Scaling::default()).expect("its numbers are in bounds");
        compile(&model, &binding, &Needs::default());
    }
    render::full(&diagnostics, &raw.sources, false);
    render::concise(&diagnostics, &raw.sources);
});
