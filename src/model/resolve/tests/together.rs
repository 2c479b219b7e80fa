//! Mistakes of reading and of meaning are told together: each of a pair in different tables is
//! named, and a mistake of reading alone brings no other with it.

use super::mistakes::{SHOP, SLIPS};
use crate::diag::{Diagnostics, Id, Severity, render};
use crate::expr::scope::NoTables;
use crate::model::mistakes;
use crate::scenario::read;
use crate::scenario::source::MemoryLoader;
use std::fmt::Write as _;

/// `from`, `to`, and what the reader says of it.
const MISREAD: &[(&str, &str, Id)] = &[
    ("[inputs]", "[input]", Id::UnknownTable),
    ("users  = 1_000", "users = true", Id::WrongType),
    ("calls  = \"6/min\"", "calls = 6/min", Id::TomlSyntax),
    ("duration = \"30s\"", "durration = \"30s\"", Id::UnknownKey),
    ("[service.api]", "[servce.api]", Id::UnknownTable),
    ("cores     = 2\n", "coers = 2\n", Id::UnknownKey),
    ("workers   = 50", "workers = [50]", Id::WrongType),
    ("[service.bank]\ncores = 1", "[service]\nbank = 1", Id::WrongType),
    ("[database.other]", "[datebase.other]", Id::UnknownTable),
    ("[pool.api_pg]", "[pol.api_pg]", Id::UnknownTable),
    ("size     = 20", "sise = 20", Id::UnknownKey),
    ("[query.look]\ndatabase", "[query.look]\ndatabse", Id::UnknownKey),
    ("scope = \"database\"", "scope = \"databese\"", Id::UnknownWord),
    ("[flow.audit]", "[folw.audit]", Id::UnknownTable),
    ("steps = [{ query = \"look\" }]", "steps = [{ qeury = \"look\" }]", Id::UnknownVerb),
    ("let     = { size", "lett = { size", Id::UnknownKey),
    ("\"size * 2\" }", "2 * size }", Id::TomlSyntax),
    ("{ reply = true }", "{ reply = 1 }", Id::WrongType),
    ("{ delay = \"2ms\" }]]", "{ dealy = \"2ms\" }]]", Id::UnknownVerb),
    ("[endpoint.pay]\nservice", "[endpoint.pay]\nservise", Id::UnknownKey),
    ("rate   =", "rat =", Id::UnknownKey),
    ("client = { timeout", "client = { timout", Id::UnknownKey),
    ("from = \"0s\"", "form = \"0s\"", Id::UnknownKey),
];

/// What several numbers say together is not asked before all are there.
const TOGETHER: [&str; 3] = ["\"0s\"", "\"uniform(0s, 0s)\"", "0"];

/// What is told of a scenario that was read with an error.
fn told(text: &str) -> (Vec<Id>, String) {
    let (raw, mut all) = read("shop.toml", &[], &MemoryLoader::new("shop.toml", text));
    assert!(all.has_errors(), "read without an error:\n{text}");
    let more = mistakes(&raw, &NoTables, &all);
    all.append(more);
    let mut errors = Diagnostics::default();
    errors.extend(all.iter().filter(|one| one.severity == Severity::Error).cloned());
    (errors.iter().map(|one| one.id).collect(), render::full(&errors, &raw.sources, false))
}

/// The header of the table around a text.
fn table_of(from: &str) -> &'static str {
    let end = SHOP.find(from).expect("a text of the shop") + usize::from(from.starts_with('['));
    let start = SHOP[..end].rfind("\n[").expect("a header before");
    SHOP[start + 1..].lines().next().expect("a line")
}

#[test]
fn what_was_misread_is_said_once() {
    let mut wrong = String::new();
    for &(from, to, id) in MISREAD {
        assert_eq!(SHOP.matches(from).count(), 1, "{from}");
        let (ids, shown) = told(&SHOP.replace(from, to));
        if ids != [id] {
            let _ = write!(wrong, "=== {to}\n{shown}");
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn mistakes_in_different_tables_are_told_together() {
    let mut wrong = String::new();
    let mut pairs = 0;
    for &(misread, as_this, id) in MISREAD {
        for &(from, to, other, marked) in SLIPS {
            let local = matches!(
                other,
                Id::UnknownUnit | Id::MissingUnit | Id::DistributionNotAllowed | Id::OutOfRange
            );
            if !local || TOGETHER.contains(&marked) || table_of(misread) == table_of(from) {
                continue;
            }
            // What is computed from an input that was misread has no value to be out of range.
            if table_of(misread) == "[inputs]" && to.contains("users") {
                continue;
            }
            pairs += 1;
            let (ids, shown) = told(&SHOP.replace(misread, as_this).replace(from, to));
            if !ids.contains(&id) || !ids.contains(&other) {
                let _ = write!(wrong, "=== {as_this} and {to}\n{shown}");
            }
        }
    }
    assert_eq!(wrong, "");
    assert!(pairs > 200, "{pairs}");
}
