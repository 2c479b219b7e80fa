//! What the words of the language come to: nesting, order, registers, defaults, limits.

use super::mistakes::SHOP;
use super::{BROWSE, FOLLOWERS, check, clean, resolved};
use crate::diag::{Id, Severity};
use crate::expr::check::check as check_expression;
use crate::expr::scope::{NoTables, Scope};
use crate::model::resolve::numbers::expectation;
use crate::model::{Model, Scaling, Step, Verb};
use crate::scenario::keys::{Default, Status, tables};
use proptest::prelude::*;
use std::fmt::Write as _;

fn value(model: &Model, path: &str) -> String {
    let found = model.assumptions.iter().find(|assumption| assumption.path == path);
    found.map_or_else(|| "(none)".to_owned(), |assumption| assumption.value.clone())
}

/// What a disk is by default is listed where a query uses it, and only that.
#[test]
fn defaults_of_a_disk_are_listed_where_a_query_uses_them() {
    let with =
        |query: &str| clean(&BROWSE.replace("[query.read]", &format!("[query.read]\n{query}")));
    let defaults =
        [("read_latency", "1ms"), ("iops", "3000"), ("bandwidth", "125 MiB/s"), ("sync", "1ms")];
    for (query, listed) in [
        ("", &[][..]),
        ("commit = false", &[]),
        ("reads = 2", &["read_latency", "iops"]),
        ("scan = \"1 MB\"", &["bandwidth"]),
        ("commit = true", &["sync"]),
    ] {
        let model = with(query);
        for (key, default) in defaults {
            let expected = if listed.contains(&key) { default } else { "(none)" };
            assert_eq!(value(&model, &format!("database.pg.disk.{key}")), expected, "{query}");
        }
        let disk = model.databases[0].disk;
        let used = [disk.reads.is_some(), disk.bandwidth.is_some(), disk.sync.is_some()];
        let wanted = ["iops", "bandwidth", "sync"].map(|key| listed.contains(&key));
        assert_eq!(used, wanted, "{query}");
    }
}

/// Every default of the registry is a quantity of the dimension that its own key takes.
#[test]
fn defaults_of_the_registry_are_right() {
    let mut seen = 0;
    for spec in tables::ALL.iter().chain(tables::NESTED) {
        for key in spec.keys.iter().filter(|key| key.status == Status::Now) {
            // Words among the alternatives are no expressions.
            let word = matches!(key.default, Default::Is("auto" | "poisson" | "month"));
            if let (Default::Is(text), Some(wanted)) = (key.default, expectation(&key.kind))
                && !word
            {
                let checked = check_expression(text, &Scope::default(), &NoTables, wanted);
                assert!(checked.is_ok(), "{}.{}: {checked:?}", spec.name, key.name);
                seen += 1;
            }
        }
    }
    assert!(seen > 15, "{seen}");
}

#[test]
fn defaults_are_listed_where_they_are_read() {
    let model = clean(BROWSE);
    for (path, expected) in [
        ("pool.api_pg.acquire_timeout", "30s"),
        ("pool.api_pg.round_trip", "500us"),
        ("service.api.balance", "round-robin"),
        ("database.pg.reserved", "3"),
        ("run.duration", "60s"),
        ("run.kind", "steady"),
        ("run.replications", "16"),
        ("run.worlds", "1"),
        ("workload.viewers.arrivals", "poisson"),
        ("workload.viewers.client", "waits for ever"),
        // Stated, or read by nobody: no work on these cores, no call to this service.
        ("service.api.instances", "(none)"),
        ("service.api.scheduling", "(none)"),
        ("service.api.round_trip", "(none)"),
        ("database.pg.contention.serial", "(none)"),
        ("endpoint.browse.priority", "(none)"),
    ] {
        assert_eq!(value(&model, path), expected, "{path}");
    }
    let model = clean(FOLLOWERS);
    assert_eq!(value(&model, "database.pg.contention.serial"), "0");
    assert_eq!(value(&model, "workload.go_live.burst.over"), "0s");
    assert_eq!(value(&model, "run.kind"), "terminating");
    // An uncertain input: many worlds, few replications of each.
    let model = clean(SHOP);
    assert_eq!((model.run.worlds, model.run.replications), (64, 2));
    assert_eq!(value(&model, "run.replications"), "2");
    assert_eq!(value(&model, "service.bank.round_trip"), "500us");
    assert_eq!(value(&model, "endpoint.book.steps[1].retry.backoff"), "0s");
}

/// each ⊃ retry ⊃ hedge ⊃ timeout ⊃ query, and the name is that of the whole.
#[test]
fn modifiers_nest_in_the_order_of_the_contract() {
    let model = clean(SHOP);
    let mut step = &model.endpoints[0].steps[1];
    assert_eq!(step.name.as_deref(), Some("reads"));
    let mut order = Vec::new();
    loop {
        let (word, inner): (&str, &[Step]) = match &step.verb {
            Verb::Each { steps, .. } => ("each", steps),
            Verb::Retry { steps, .. } => ("retry", steps),
            Verb::Hedge { steps, .. } => ("hedge", steps),
            Verb::Timeout { steps, .. } => ("timeout", steps),
            Verb::Query { query: 0, pool: 0, row: None } => ("query", &[]),
            other => panic!("{other:?}"),
        };
        order.push(word);
        let [only] = inner else { break };
        assert!(only.name.is_none());
        step = only;
    }
    assert_eq!(order, ["each", "retry", "hedge", "timeout", "query"]);
}

/// A transaction has the pool of its first query, a flow stands where it is named, a caller sets
/// a register of its callee by number.
#[test]
fn names_become_indices() {
    let model = clean(SHOP);
    let book = &model.endpoints[0];
    assert!(matches!(book.steps[2].verb, Verb::Transaction { pool: Some(0), .. }));
    let Verb::Choose(branches) = &book.steps[4].verb else { panic!("choose") };
    let Verb::Block(steps) = &branches[0].1[0].verb else { panic!("a flow") };
    assert!(matches!(steps[0].verb, Verb::Query { query: 1, pool: 1, row: None }));
    let Verb::If { then, otherwise, .. } = &book.steps[5].verb else { panic!("if") };
    let Verb::Call { endpoint: 1, with } = &then[0].verb else { panic!("call") };
    assert_eq!(with[0].0, 0);
    assert!(matches!(otherwise[0].verb, Verb::Fail(0)));
    assert_eq!(model.failures, ["big"]);
    let handler = book.steps[6].handler.as_ref().unwrap();
    assert!(!handler.degraded);
    assert_eq!(handler.on.0, 1 << 2);
    // Two lets, and the items of the `each`.
    assert_eq!(book.registers, 3);
}

/// Inputs may be written in any order; each stands after those that it uses.
#[test]
fn inputs_are_sorted_by_use() {
    let text =
        SHOP.replace("[inputs]\n", "[inputs]\na = \"b * c\"\nb = \"c + 1\"\nc = \"e\"\ne = 2\n");
    let model = clean(&text);
    let names: Vec<&str> = model.inputs.iter().map(|input| input.name.as_str()).collect();
    assert_eq!(names, ["e", "c", "b", "a", "users", "calls", "growth"]);
    // a = (2 + 1) * 2
    assert_eq!(model.nominal_world().unwrap().inputs[3], 6.0);
    assert!(model.inputs[6].uncertain && !model.inputs[5].uncertain);
    // A chain as long as a table allows.
    let mut chain = String::from("[inputs]\n");
    for index in 0..1500 {
        let _ = writeln!(chain, "x{index} = \"x{} + 1\"", index + 1);
    }
    let model = clean(&SHOP.replace("[inputs]\n", &format!("{chain}x1500 = 0\n")));
    assert_eq!(model.inputs[0].name, "x1500");
    assert_eq!(model.nominal_world().unwrap().inputs[1500], 1500.0);
}

/// Probabilities that depend on an uncertain input are right if they always sum to 1.
#[test]
fn probabilities_may_be_expressions() {
    let text = SHOP.replace("[inputs]\n", "[inputs]\nshare = \"uniform(0.1, 0.5)\"\n");
    clean(&text.replace("p = 0.3", "p = \"share\"").replace("p = 0.7", "p = \"1 - share\""));
    let wrong = text.replace("p = 0.3", "p = \"share\"");
    // At the median of `share`, 0.3, the sum would be 1; at its first quartile it is 0.9.
    let shown = check(&wrong);
    assert!(shown.contains("error[probabilities]: the probabilities sum to 0.9"), "{shown}");
}

/// A flow of two flows of two flows … is stopped at the limit of steps, a chain at that of depth.
#[test]
fn flows_written_out_have_limits() {
    let flows = |twice: &str, count: usize| {
        let mut text = SHOP.replace("flow = \"audit\"", "flow = \"f0\"");
        for index in 0..count {
            let next = format!("{{ flow = \"f{}\" }}", index + 1);
            let steps = twice.replace('F', &next);
            let _ = write!(text, "\n[flow.f{index}]\nsteps = [{steps}]\n");
        }
        let _ = write!(text, "\n[flow.f{count}]\nsteps = [{{ query = \"look\" }}]\n");
        let (_, model, diagnostics) = resolved(&text);
        let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error);
        (model.is_some(), errors.map(|d| d.id).collect::<Vec<_>>())
    };
    assert_eq!(flows("F, F", 40), (false, vec![Id::TooManyItems]));
    assert_eq!(flows("F", 100), (false, vec![Id::TooDeep]));
    assert_eq!(flows("F, F", 8), (true, vec![]));
}

/// A callee that takes a connection of the pool of which its caller holds one.
#[test]
fn calls_inside_transactions_are_followed() {
    let text = SHOP.replace(
        "{ query = \"read\" }, { lock",
        "{ query = \"read\" }, { call = \"more\" }, { lock",
    ) + "\n[endpoint.more]\nservice = \"api\"\nsteps = [{ query = \"read\" }]\n";
    let shown = check(&text);
    assert!(
        shown.contains("`more` takes a connection of `api_pg` while its caller holds one"),
        "{shown}"
    );
}

/// Independent mistakes are reported together.
#[test]
fn mistakes_are_reported_together() {
    let text = SHOP
        .replace("cpu      = \"exp(2ms)\"", "cpu = \"exp(2)\"")
        .replace("size     = 20", "size = 0")
        .replace("call = \"pay\"", "call = \"pai\"")
        .replace("book = 3", "boook = 3");
    let (_, model, diagnostics) = resolved(&text);
    assert!(model.is_none());
    let ids: Vec<Id> = diagnostics.iter().map(|d| d.id).collect();
    let expected = [Id::OutOfRange, Id::MissingUnit, Id::UnknownReference, Id::UnknownReference];
    assert_eq!(ids, expected, "{}", check(&text));
}

/// Words of the file put in each other's places, and pieces cut out.
fn mutated(words: &[(prop::sample::Index, prop::sample::Index)]) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_.\"%".contains(c);
    let mut pieces: Vec<String> = Vec::new();
    for c in SHOP.chars() {
        match pieces.last_mut() {
            Some(last) if is_word(c) && last.ends_with(is_word) => last.push(c),
            _ => pieces.push(c.to_string()),
        }
    }
    let spare: Vec<String> =
        ["0", "-1", "1e300", "\"none\"", "\"items\"", "\"1ms\"", "[]", "{}", "", "true"]
            .map(str::to_owned)
            .into_iter()
            .chain(pieces.iter().filter(|piece| piece.len() > 1).cloned())
            .collect();
    for (at, by) in words {
        let at = at.index(pieces.len());
        pieces[at] = by.get(&spare).clone();
    }
    pieces.concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// There is a model exactly if there is no error, and every model has numbers.
    #[test]
    fn mutated_scenarios_resolve_or_say_why(
        words in prop::collection::vec(any::<(prop::sample::Index, prop::sample::Index)>(), 1..4),
    ) {
        let text = mutated(&words);
        let loader = crate::scenario::source::MemoryLoader::new("shop.toml", text.as_str());
        let (raw, _) = crate::scenario::read("shop.toml", &[], &loader);
        // Also after errors of reading: nothing may depend on the shape.
        let (model, diagnostics) = crate::model::resolve(&raw, &NoTables);
        prop_assert_eq!(model.is_none(), diagnostics.has_errors());
        if let Some(model) = model {
            let world = model.nominal_world().expect("a nominal world");
            prop_assert!(model.bind(&world, Scaling::default()).is_ok());
            for pool in &model.pools {
                prop_assert!(pool.service < model.services.len());
                prop_assert!(pool.database < model.databases.len());
            }
        }
        let shown = crate::diag::render::full(&diagnostics, &raw.sources, false);
        prop_assert!(diagnostics.is_empty() || !shown.is_empty());
    }
}

/// What `explain` shows as wrong is wrong, and mended it is right, for the ids of this room.
#[test]
fn pages_of_ids_tell_the_truth() {
    let mut untrue = Vec::new();
    for id in [
        Id::UnknownReference,
        Id::NoCores,
        Id::LineWithoutWorkers,
        Id::RecursiveFlow,
        Id::Probabilities,
        Id::OutOfRange,
        Id::NothingToRun,
        Id::MissingUnit,
        Id::UnknownUnit,
        Id::AmbiguousUnit,
        Id::WrongDimension,
        Id::UnknownName,
        Id::UnknownFunction,
        Id::BadArguments,
        Id::ImpossibleDistribution,
        Id::DistributionNotAllowed,
        Id::LetInDistribution,
        Id::NotFinite,
        Id::Syntax,
    ] {
        let found = |text: &str| -> Vec<Id> { resolved(text).2.iter().map(|d| d.id).collect() };
        let page = id.page();
        if !found(page.wrong).contains(&id) || found(page.mended).contains(&id) {
            untrue.push((id, found(page.wrong), found(page.mended)));
        }
    }
    assert_eq!(untrue, []);
}

/// A flow that nothing uses is looked into, and leaves nothing behind.
#[test]
fn spare_flows_leave_nothing_behind() {
    let model = clean(SHOP);
    let flow = "\n[flow.spare]\nsteps = [{ delay = \"fans * 1ms\" }, { query = \"read\" }, { fail = \"x\" }]\n";
    let (_, with, diagnostics) = resolved(&format!("{SHOP}{flow}"));
    let ids: Vec<Id> = diagnostics.iter().map(|d| d.id).collect();
    assert_eq!(ids, [Id::UnusedEntity]);
    let with = with.unwrap();
    assert_eq!(with.slots.variates.len(), model.slots.variates.len());
    assert_eq!(with.failures, model.failures);
    assert_eq!(with.assumptions, model.assumptions);
    let wrong = format!("{SHOP}{}", flow.replace("\"read\"", "\"raed\""));
    assert!(check(&wrong).contains("there is no query `raed`"));
}
