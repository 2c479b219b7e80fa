//! `plimsoll metrics`: what objectives and claims can speak of.

use super::load::Loaded;
use super::options::ScenarioOptions;
use super::{Failure, exit, ui};
use crate::diag::suggest;
use crate::model::{Model, Outcome, Row, Scaling, Step, Verb};
use crate::plan::{Catalog, Needs, Source, compile};
use crate::report::table::{Cell, Table};
use crate::report::text::WIDTH;
use crate::study::forecast::paths;
use crate::units::Dimension;

/// Lists every metric of a scenario.
pub fn metrics(options: &ScenarioOptions) -> Result<u8, Failure> {
    let mut loaded = Loaded::new(options)?;
    let data = loaded.data(None)?;
    let amounts = amounts(&data).to_text(WIDTH);
    if data.workloads.is_empty() && !amounts.is_empty() {
        ui::data(&amounts)?;
        return Ok(exit::COMPLETED);
    }
    let model = loaded.model(None)?;
    let binding = loaded.bound(|| {
        let world = model.nominal_world().map_err(|problem| vec![problem])?;
        model.bind(&world, Scaling::default())
    })?;
    let plan = compile(&model, &binding, &Needs::default());
    let around = around(&model).to_text(WIDTH);
    let listing = listing(&plan.catalog, &|path| is_possible(&model, path));
    let mut blocks = vec![listing, amounts, around];
    blocks.retain(|block| !block.is_empty());
    ui::data(&blocks.join("\n"))?;
    Ok(exit::COMPLETED)
}

/// What a forecast works out, of scenarios that have data.
fn amounts(model: &Model) -> Table {
    let mut table = Table::new(
        "Amounts over a calendar, which a forecast judges",
        &["path", "unit", "what it is"],
    );
    if model.tables.is_empty() && model.outlook.storages.is_empty() {
        return table;
    }
    for one in paths::known(model) {
        let unit = match one.dimension {
            Dimension::COUNT if one.path.rsplit('.').next() == Some("share") => "%",
            Dimension::COUNT => "",
            Dimension::BYTES => "bytes",
            Dimension::BANDWIDTH => "bytes/time",
            Dimension::TIME => "time",
            Dimension::MONEY => "$",
            _ => "",
        };
        table.row(vec![Cell::text(&one.path), Cell::text(unit), Cell::prose(one.about)]);
    }
    table.note(
        "They stand without a function: at(12 months, path), in(VARIANT, path), \
         time_until(path >= n); without at() at the end of the forecast.",
    );
    table
}

/// Title, functions, and which paths are of the kind.
type Kind = (&'static str, &'static str, fn(&Source) -> bool);

/// Whether a path can ever have a value in this scenario: its outcome is one of this release, and
/// of a path by endpoint that endpoint comes there.
fn is_possible(model: &Model, path: &str) -> bool {
    let parts: Vec<&str> = path.split('.').collect();
    let (Some(kind), Some(name), Some(last)) = (parts.first(), parts.get(1), parts.last()) else {
        return true;
    };
    if matches!(*kind, "endpoint" | "workload") {
        let reserved = [Outcome::RateLimited, Outcome::BreakerOpen, Outcome::LockTimeout];
        return reserved.iter().all(|outcome| outcome.word() != *last);
    }
    let service = model.services.iter().position(|service| service.name == *name);
    if *kind == "service" && parts.get(2) == Some(&"line") {
        let unlimited = service.is_some_and(|at| model.services[at].workers.is_none());
        if unlimited {
            return false;
        }
    }
    let by = path.split_once(".by.").map(|(_, endpoint)| endpoint);
    let endpoint = by.and_then(|by| model.endpoints.iter().find(|one| one.name == by));
    let Some(endpoint) = endpoint else { return true };
    let own = Some(endpoint.service) == service;
    let comes = |is: &dyn Fn(&Verb) -> bool| comes(&endpoint.steps, is);
    match (*kind, parts.get(2)) {
        ("service", Some(&"cpu")) => own && comes(&|verb| matches!(verb, Verb::Cpu(_))),
        ("service", _) => own,
        _ => comes(&|verb| match (*kind, verb) {
            ("pool", Verb::Query { pool, .. }) => model.pools[*pool].name == *name,
            ("query", Verb::Query { query, .. }) => model.queries[*query].name == *name,
            ("database", Verb::Query { query, .. }) => {
                model.databases[model.queries[*query].database].name == *name
            }
            ("lock", Verb::Lock { lock, .. } | Verb::Query { row: Some(Row { lock, .. }), .. }) => {
                model.locks[*lock].name == *name
            }
            _ => false,
        }),
    }
}

/// Whether some step, at any depth, is of a kind.
fn comes(steps: &[Step], is: &dyn Fn(&Verb) -> bool) -> bool {
    steps
        .iter()
        .any(|step| is(&step.verb) || step.blocks().into_iter().any(|block| comes(block, is)))
}

/// What can be written around a metric, and how metrics are compared; with the names of this
/// scenario where it has some.
fn around(model: &Model) -> Table {
    let names = |names: Vec<&str>, none: &str| -> String {
        if names.is_empty() { none.to_owned() } else { suggest::enumerate(&names, "and") }
    };
    let windows = model.windows.iter().map(|window| window.name.as_str()).collect();
    let windows = names(windows, "a `[window.X]` with `from` and `to`; there is none");
    let variants = model.variants.iter().map(|variant| variant.name.as_str()).collect();
    let variants = names(variants, "a `[variant.X]`; there is none");
    let endpoint = model.endpoints.first().map_or("X", |endpoint| endpoint.name.as_str());
    let mut table = Table::new("Around metrics", &["written", "meaning"]);
    for (written, meaning) in [
        (
            format!("during(WINDOW, p99(endpoint.{endpoint}))"),
            format!("in a part of the run: {windows}"),
        ),
        (
            format!("in(VARIANT, p99(endpoint.{endpoint}))"),
            format!("in another variant: {variants}"),
        ),
        (
            format!("at(30s, p99(endpoint.{endpoint}))"),
            "in the one interval that begins then".to_owned(),
        ),
        (
            format!("time_until(p95(endpoint.{endpoint}) <= 500ms, after = 30s)"),
            "time from then to the first interval in which it holds".to_owned(),
        ),
        (
            format!("chance(p99(endpoint.{endpoint}) > 1s)"),
            "share of the runs in which it holds".to_owned(),
        ),
        (
            format!("p95(endpoint.{endpoint}) < 500ms for 5 min"),
            "true in every interval of some 5 minutes".to_owned(),
        ),
        (
            format!("count(endpoint.{endpoint}) within 2% of 417"),
            "about as much; also `in 400..430`, `<`, `<=`, `>`, `>=`, and `and` between them"
                .to_owned(),
        ),
        (
            format!("p99(endpoint.{endpoint}) - p50(endpoint.{endpoint})"),
            "arithmetic, also with inputs and numbers that have units".to_owned(),
        ),
    ] {
        table.row(vec![Cell::prose(written), Cell::prose(meaning)]);
    }
    table
}

/// Paths by kind, with the functions that take each kind; those that can be.
fn listing(catalog: &Catalog, is_possible: &dyn Fn(&str) -> bool) -> String {
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
        let entries = catalog.entries().iter().filter(|entry| is_kind(&entry.source));
        for entry in entries.filter(|entry| is_possible(&entry.path)) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::metric::{parse_condition, parse_metric};
    use crate::expr::scope::NoTables;
    use crate::scenario::{read, source::MemoryLoader};

    const SHOP: &str = r#"
        [service.api]
        cores   = 2
        workers = 20
        [service.bank]
        [database.pg]
        cores = 2
        [pool.p]
        service  = "api"
        database = "pg"
        size     = 5
        [query.q]
        database = "pg"
        cpu      = "1ms"
        [endpoint.buy]
        service = "api"
        steps   = [{ try = [{ query = "q" }], else = [{ call = "pay" }] }]
        [endpoint.look]
        service = "api"
        steps   = [{ cpu = "1ms" }]
        [endpoint.pay]
        service = "bank"
        steps   = [{ delay = "1ms" }]
        [workload.w]
        rate = "1/s"
        mix  = { buy = 1, look = 1 }
    "#;

    fn model() -> Model {
        let (raw, _) = read("f.toml", &[], &MemoryLoader::new("f.toml", SHOP));
        crate::model::resolve(&raw, &NoTables).0.unwrap()
    }

    #[test]
    fn paths_that_never_have_a_value_are_left_out() {
        let model = model();
        for (path, wanted) in [
            ("endpoint.buy.failed", true),
            ("endpoint.buy.breaker_open", false),
            ("workload.w.lock_timeout", false),
            ("pool.p.wait", true),
            ("pool.p.wait.by.buy", true),
            ("pool.p.wait.by.look", false),
            ("database.pg.cpu.wait.by.pay", false),
            ("query.q.elapsed.by.buy", true),
            ("service.api.line.wait.by.look", true),
            ("service.api.line.wait.by.pay", false),
            ("service.api.cpu.wait.by.buy", false),
            ("service.api.cpu.wait.by.look", true),
            ("service.bank.line.wait", false),
            ("service.bank.inside", true),
        ] {
            assert_eq!(is_possible(&model, path), wanted, "{path}");
        }
    }

    /// What is shown can be read as it stands.
    #[test]
    fn what_stands_around_metrics_can_be_written_so() {
        let table = around(&model());
        for row in &table.rows {
            let Cell::Prose(written) = &row.cells[0] else { panic!("{row:?}") };
            assert!(parse_metric(written).is_ok() || parse_condition(written).is_ok(), "{written}");
        }
    }
}
