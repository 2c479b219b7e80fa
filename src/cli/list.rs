//! `plimsoll metrics`: what objectives and claims can speak of.

use super::load::Loaded;
use super::options::ScenarioOptions;
use super::{Failure, exit, ui};
use crate::model::Scaling;
use crate::plan::{Catalog, Needs, Source, compile};
use crate::report::table::{Cell, Table};
use crate::report::text::WIDTH;

/// Lists every metric of a scenario.
pub fn metrics(options: &ScenarioOptions) -> Result<u8, Failure> {
    let mut loaded = Loaded::new(options)?;
    let model = loaded.model(None)?;
    let binding = loaded.bound(|| {
        let world = model.nominal_world().map_err(|problem| vec![problem])?;
        model.bind(&world, Scaling::default())
    })?;
    let plan = compile(&model, &binding, &Needs::default());
    ui::data(&listing(&plan.catalog))?;
    Ok(exit::COMPLETED)
}

/// Title, functions, and which paths are of the kind.
type Kind = (&'static str, &'static str, fn(&Source) -> bool);

/// Paths by kind, with the functions that take each kind.
fn listing(catalog: &Catalog) -> String {
    let kinds: [Kind; 4] = [
        (
            "Requests",
            "p50(path) ... p99.99(path), max, count, per_second, share(path > value); \
             a request without a good answer counts as never answered. The mean is of one outcome: \
             mean(path.ok).",
            |source| matches!(source, Source::Requests { .. }),
        ),
        (
            "Times of visits",
            "mean, p50 ... p99.99, max, count, per_second, share(path > value). \
             share(endpoint.X.outcome) is of all requests of X.",
            |source| matches!(source, Source::Tally { .. }),
        ),
        (
            "Levels over time",
            "mean, p50 ... p99.99, max, share(path >= n) of time, at(t, mean(path)), \
             worst(instance, mean(path)), time_until(path <= n, after = t).",
            |source| matches!(source, Source::Level { .. }),
        ),
        ("Counts", "count, per_second.", |source| matches!(source, Source::Count { .. })),
    ];
    let mut blocks = Vec::new();
    for (title, functions, is_kind) in kinds {
        let mut table = Table::new(title, &["path", "what it is"]);
        for entry in catalog.entries().iter().filter(|entry| is_kind(&entry.source)) {
            table.row(vec![Cell::text(&entry.path), Cell::prose(&entry.about)]);
        }
        table.note(format!("Functions: {functions}"));
        blocks.push(table.to_text(WIDTH));
    }
    let mut servers = Table::new("Servers", &["path", "functions"]);
    for path in catalog.capacities() {
        servers.row(vec![Cell::text(path), Cell::prose("utilization, offered_load")]);
    }
    blocks.push(servers.to_text(WIDTH));
    let mut clients = Table::new("Clients", &["path", "functions"]);
    let workloads = catalog.entries().iter().filter(|e| catalog.attempts(&e.path).is_some());
    for entry in workloads {
        clients.row(vec![Cell::text(&entry.path), Cell::prose("amplification")]);
    }
    blocks.push(clients.to_text(WIDTH));
    blocks.retain(|block| !block.is_empty());
    blocks.join("\n")
}
