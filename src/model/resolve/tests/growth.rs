//! Growth, retention, storages and prices: what they mean, and what is a mistake.

use super::resolved;
use crate::diag::Id;
use crate::model::{GrowthShape, Inflow, Model, Scaling, Stretch, Then};

fn with(growth: &str, more: &str) -> String {
    format!(
        r#"
[scenario]
start = 2026-11-01
[inputs]
a_day = 500
[service.api]
workers = 50
[database.pg]
cores = 4
[pool.p]
service  = "api"
database = "pg"
size     = 10
[table.t]
database  = "pg"
rows      = 1_000
row       = "200 B"
key       = "id"
{growth}
{more}
[query.q]
table  = "t"
equals = "id"
[endpoint.e]
service = "api"
steps   = [{{ query = "q" }}]
[workload.w]
rate   = "10/s"
mix    = {{ e = 1 }}
client = {{ timeout = "5s" }}
"#
    )
}

fn model(growth: &str, more: &str) -> Model {
    let (_, model, found) = resolved(&with(growth, more));
    model.unwrap_or_else(|| panic!("{growth} {more}: {found:?}"))
}

fn ids(growth: &str, more: &str) -> Vec<Id> {
    resolved(&with(growth, more)).2.iter().map(|found| found.id).collect()
}

/// Every form, with its numbers in base units.
#[test]
fn forms_of_growth() {
    let numbers = |growth: &str| {
        let model = model(growth, "");
        let binding = model.bind(&model.nominal_world().unwrap(), Scaling::default()).unwrap();
        let growth = model.tables[0].growth.clone().unwrap();
        let rate = match growth.inflow {
            Inflow::Stated(id) => binding.get(id) * 86_400.0,
            Inflow::Traffic => -1.0,
            Inflow::Itself => -2.0,
        };
        let shape = match growth.shape {
            GrowthShape::Constant => (0.0, None, None),
            GrowthShape::Compound { growth, per, limit } => {
                (binding.get(growth), Some(per), limit.map(|id| binding.get(id)))
            }
            GrowthShape::Rise(id) => (binding.get(id) * 86_400.0 * 86_400.0, None, None),
        };
        (rate.round(), shape, growth.seasonal.len())
    };
    let month = Some(Stretch::Months(1));
    assert_eq!(numbers("growth = \"a_day / 1 day\""), (500.0, (0.0, None, None), 0));
    assert_eq!(numbers("growth = \"traffic\"").0, -1.0);
    let compound = numbers("growth = { rate = \"500/day\", compound = \"8%\" }");
    assert_eq!(compound, (500.0, (0.08, month, None), 0));
    let yearly = numbers("growth = { rows_compound = 0.5, per = \"year\", s_curve = 9_000 }");
    assert_eq!(yearly, (-2.0, (0.5, Some(Stretch::Months(12)), Some(9_000.0)), 0));
    let rise = numbers("growth = { rate = \"traffic\", rise = \"10/day/day\" }");
    assert!((rise.1.0 - 10.0).abs() < 1e-9 && rise.0 == -1.0);
    let seasonal = numbers("growth = { rate = \"1/day\", seasonal = [1, 2, 1, 0.5] }");
    assert_eq!(seasonal.2, 4);
}

#[test]
fn rules_tiers_and_prices() {
    let model = model(
        "growth = \"1/day\"\nretention = { after = \"90 days\", then = \"storage.s\", every = \"week\" }",
        "[storage.s]\ntier = { cold = { price = \"0.004 $ / (GB*month)\" } }\n\
         [price]\ninstance = { api = \"0.17 $/h\" }\ncall = { e = \"0.4 $ / 1_000_000\" }",
    );
    let retention = model.tables[0].retention.unwrap();
    assert_eq!((retention.then, retention.every), (Then::Move(0), Some(Stretch::Days(7))));
    assert_eq!(model.outlook.start, Some((2026, 11, 1)));
    assert_eq!(model.outlook.storages[0].tiers[0].name, "cold");
    let binding = model.bind(&model.nominal_world().unwrap(), Scaling::default()).unwrap();
    let per_hour = binding.get(model.outlook.prices.instances[0].1) * 3_600.0;
    assert!((per_hour - 0.17).abs() < 1e-12);
    assert!((binding.get(model.outlook.prices.calls[0].1) - 4e-7).abs() < 1e-20);
}

#[test]
fn slips_of_growth_are_named() {
    for (growth, id) in [
        ("growth = 500", Id::GrowthWithoutTime),
        ("growth = \"a_day\"", Id::GrowthWithoutTime),
        ("growth = { rate = 500 }", Id::GrowthWithoutTime),
        ("growth = \"8%/month\"", Id::CompoundAsRate),
        ("growth = \"8%\"", Id::CompoundAsRate),
        ("growth = \"1.08/month\"", Id::CompoundAsRate),
        ("growth = { rate = \"0.08 / month\" }", Id::CompoundAsRate),
        ("growth = { rows_compound = 1.08 }", Id::CompoundAsRate),
        ("growth = { rate = \"5/day\", compound = \"1.08\" }", Id::CompoundAsRate),
        ("growth = { rate = \"5/day\", compound = \"8%/month\" }", Id::CompoundAsRate),
        ("growth = \"5 MB/day\"", Id::WrongDimension),
        ("growth = { rate = \"5/day\", rise = \"5/day\" }", Id::WrongDimension),
        ("growth = { rate = \"5/day\", compound = 1, s_curve = 9_000 }", Id::MissingUnit),
        ("growth = { rows_compound = 1, s_curve = \"5/day\" }", Id::WrongDimension),
        ("growth = { rate = \"5/day\", s_curve = \"9/day\" }", Id::MissingKey),
        ("growth = { rate = \"5/day\", seasonal = [1, 2, 3] }", Id::BadArguments),
        ("growth = { compound = \"8%\" }", Id::MissingKey),
        ("growth = { rate = \"5/day\", rows_compound = \"8%\" }", Id::ExclusiveKeys),
        ("retention = { after = 90 }", Id::MissingUnit),
        ("retention = { after = \"1 day\", then = \"storage.x\" }", Id::UnknownReference),
        ("retention = { after = \"1 day\", then = \"burn\" }", Id::UnknownWord),
    ] {
        assert!(ids(growth, "").contains(&id), "{growth}: {:?}", ids(growth, ""));
    }
    let storage = |growth: &str| {
        let tier = "tier = { a = { price = \"1 $ / (GB*month)\" } }";
        let mut found = ids("", &format!("[storage.s]\n{tier}\ngrowth = {growth}"));
        found.retain(|id| *id != Id::UnusedInput);
        found
    };
    assert_eq!(storage("\"500/day * 2h * 5 Mbit/s\""), []);
    assert_eq!(storage("\"500 * 2h * 5 Mbit/s\""), [Id::GrowthWithoutTime]);
    assert_eq!(storage("\"5/day\""), [Id::WrongDimension]);
}

/// Seven of ninety days, or what a day brings of what is there.
#[test]
fn a_range_of_time_is_a_share() {
    let share = |growth: &str, range: &str| {
        let range = format!("table = \"t\"\nrange = {{ id = \"{range}\" }}");
        let text = with(growth, "").replace("table  = \"t\"\nequals = \"id\"", &range);
        let (_, model, found) = resolved(&text);
        let model = model.unwrap_or_else(|| panic!("{found:?}"));
        let binding = model.bind(&model.nominal_world().unwrap(), Scaling::default()).unwrap();
        let Some(crate::model::Use::Read(read)) = &model.queries[0].table else { panic!() };
        binding.get(read.range.unwrap().1.unwrap())
    };
    let kept = "retention = { after = \"90 days\" }";
    assert!((share(kept, "7 days") - 7.0 / 90.0).abs() < 1e-12);
    assert_eq!(share(kept, "400 days"), 1.0);
    assert_eq!(share("growth = \"a_day / 1 day\"", "1 day"), 0.5);
    assert_eq!(share("", "25%"), 0.25);
}

/// What is said of amounts is not for runs.
#[test]
fn conditions_on_amounts_are_for_forecasts() {
    let model = model(
        "growth = \"1/day\"",
        "[objective.small]\nthat = \"at(1 year, table.t.rows) < 2_000\"\n\
         [objective.fast]\nthat = \"p95(endpoint.e) < 1s\"",
    );
    let names = |all: &[crate::model::Objective]| -> Vec<String> {
        all.iter().map(|one| one.name.clone()).collect()
    };
    assert_eq!(names(&model.objectives), ["fast"]);
    assert_eq!(names(&model.outlook.objectives), ["small"]);
}

/// Requests meet other data at another date if they ask for a table beside one that changes, if rows are
/// deleted where they ask for anything, or if the load grows; else nothing that they meet changes.
#[test]
fn what_requests_meet_changes_only_where_they_ask() {
    let changes = |growth: &str, more: &str, query: &str, load: &str| {
        let text = with(growth, more);
        let text = text.replace("table  = \"t\"\nequals = \"id\"", query);
        let (_, model, found) = resolved(&text.replace("client =", &format!("{load}\nclient =")));
        let model = model.unwrap_or_else(|| panic!("{found:?}"));
        model.requests_change_over_time()
    };
    let grows = "growth = \"500/day\"";
    let asks = "table = \"t\"\nequals = \"id\"";
    let timed = "database = \"pg\"\ntime = \"1ms\"";
    let beside = "[table.u]\ndatabase = \"pg\"\nrows = 5\nrow = \"200 B\"\nkey = \"id\"\n";
    let beside_it = "table = \"u\"\nequals = \"id\"";
    let elsewhere = "[database.other]\ncores = 2\n[table.v]\ndatabase = \"other\"\nrows = 5\n\
                     row = \"200 B\"\nkey = \"id\"\ngrowth = \"1/day\"\n";
    assert!(changes(grows, "", asks, ""));
    assert!(changes(grows, beside, beside_it, ""), "they share its memory");
    assert!(!changes(grows, "", timed, ""));
    assert!(!changes("", elsewhere, asks, ""));
    let kept =
        |then: &str| format!("retention = {{ after = \"30 days\", every = \"week\"{then} }}");
    assert!(changes(&kept(""), "", timed, ""), "deletions run beside them");
    assert!(!changes(&kept(", then = \"drop\""), "", timed, ""));
    assert!(changes("", "", timed, "growth = { rise = \"1%/month\" }"));
}
