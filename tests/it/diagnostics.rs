//! Goal: what is said about a wrong scenario helps. Method: a corpus of wrong scenarios, one or more
//! per kind of mistake, as the command renders them (`diag/NAME.toml`, `diag/NAME.snap`), read by
//! eye when they change; `NAME` begins with the id, and nothing else may be said.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use plimsoll::diag::{Id, Severity};
use plimsoll::scenario::source::MemoryLoader;
use plimsoll::scenario::{overlay, read};

/// Ids that no text of a scenario in one small file causes, and why. Those of the second part are
/// caused in the tests below or in `robustness`.
const NOT_FROM_TEXT: &[(Id, &str)] = &[
    (Id::FewSamples, "known after the runs: part of the summary"),
    (Id::CutReplications, "known after the pilot runs: part of the summary"),
    (Id::NotSettled, "known after the pilot runs: part of the summary"),
    (Id::RunLimit, "known after the runs: part of the summary"),
    (Id::NotUtf8, "bytes that an editor would spoil: `robustness`"),
    (Id::TooLarge, "a large file: `robustness`"),
    (Id::TooDeep, "a generated file: `robustness`"),
    (Id::TooManyKeys, "a generated file: `robustness`"),
    (Id::TooManyItems, "a generated file: `robustness`"),
    (Id::TooManyIncludes, "many files: `robustness`"),
    (Id::BadSet, "the command line: `what_is_wrong_on_the_command_line_is_shown`"),
];

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "it", "diag"].iter().collect()
}

/// Names of the corpus, without `.toml`.
fn corpus() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).expect("there is a corpus");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let names = names.filter_map(|name| name.to_str()?.strip_suffix(".toml").map(str::to_owned));
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// What `plimsoll check` writes beside its answer, and its exit code.
fn checked(arguments: &[&str]) -> (String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .arg("check")
        .args(arguments)
        .current_dir(folder())
        .output()
        .expect("the command can be started");
    let text = String::from_utf8(output.stderr).expect("diagnostics are UTF-8");
    (text, output.status.code().expect("the command ends by itself"))
}

/// The ids in rendered diagnostics, in order.
fn ids(rendered: &str) -> Vec<Id> {
    let titles = rendered.lines().filter_map(|line| {
        let severities = ["error[", "warning[", "advice["];
        let rest = severities.iter().find_map(|severity| line.strip_prefix(severity))?;
        rest.split(']').next()
    });
    titles.map(|name| Id::from_name(name).unwrap_or_else(|| panic!("no id {name}"))).collect()
}

#[test]
fn each_mistake_is_named_and_nothing_else() {
    for name in corpus() {
        let (text, code) = checked(&[&format!("{name}.toml")]);
        let wanted = Id::from_name(name.split('.').next().expect("a name"));
        let wanted = wanted.unwrap_or_else(|| panic!("diag/{name}.toml does not begin with an id"));
        let found = ids(&text);
        assert!(!found.is_empty(), "diag/{name}.toml: nothing is said");
        assert!(found.iter().all(|id| *id == wanted), "diag/{name}.toml: {found:?}\n{text}");
        assert_eq!(code, if wanted.severity() == Severity::Error { 2 } else { 0 }, "{name}");
        let folder = folder();
        insta::with_settings!({
            snapshot_path => folder,
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!(name, text) });
    }
}

#[test]
fn every_id_has_a_wrong_scenario() {
    let corpus = corpus();
    let named: BTreeSet<&str> = corpus.iter().filter_map(|name| name.split('.').next()).collect();
    for id in Id::all() {
        let excused = NOT_FROM_TEXT.iter().find(|entry| entry.0 == *id);
        match (named.contains(id.name()), excused) {
            (true, None) | (false, Some(_)) => {}
            (false, None) => panic!("{id} has no scenario in tests/it/diag"),
            (true, Some((_, why))) => panic!("{id} has a scenario although: {why}"),
        }
    }
}

/// The scenarios of the corpus that give advice, with what takes the reason away.
#[test]
fn advice_ends_with_its_reason() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("advice");
    std::fs::create_dir_all(&folder).expect("a folder");
    for (id, from, to) in [
        (
            Id::HeldAcrossCall,
            "{ query = \"read\" }, { call",
            "{ query = \"read\" }] }, { try = [{ call",
        ),
        // Busy for 55 % of the time: full at 1.8 times the load; for 38 %, at 2.6 times.
        (Id::HeldOverLock, "rate   = \"100/s\"", "rate   = \"70/s\""),
        (
            Id::HeldOverLock,
            "{ lock = \"counter\", do = [] }, { query = \"write\" }",
            "{ query = \"write\" }, { lock = \"counter\", do = [] }",
        ),
        // 1 s + 2 × 2 s are as long as the client waits, and no longer.
        (Id::TimeoutsAddUp, "attempts = 3", "attempts = 2"),
        (Id::TimeoutsAddUp, "client = { timeout = \"5s\" }", "client = { timeout = \"7s\" }"),
        (Id::TimeoutsAddUp, "{ timeout = \"1s\"", "{ reply = true }, { timeout = \"1s\""),
        // 10 of 15 workers are busy: 21 would do for twice the load.
        (Id::UnboundedLine, "workers = 15", "workers = 21"),
        (Id::UnboundedLine, "workers = 15", "workers = 15\nline = { limit = 5 }"),
        (Id::UnboundedLine, "mix  = { pay", "client = { timeout = \"1s\" }\nmix  = { pay"),
        (Id::NoVariation, "\"5ms\"", "\"exp(5ms)\""),
        (Id::NoVariation, "{ cpu = \"1ms\" }", "{ cpu = \"1ms * exp(mean = 1)\" }"),
        (Id::NoVariation, "p99.9(", "p98("),
    ] {
        let name = format!("{id}.toml");
        let text = std::fs::read_to_string(self::folder().join(&name)).expect("a scenario");
        assert_eq!(text.matches(from).count(), 1, "{id}: {from}");
        let path = folder.join(&name);
        std::fs::write(&path, text.replace(from, to)).expect("a file");
        let (text, code) = checked(&[path.to_str().expect("a path")]);
        assert_eq!((ids(&text), code), (vec![], 0), "{to}:\n{text}");
    }
}

/// Mistakes of reading (unknown keys, wrong types) do not hide those of meaning (units, references,
/// ranges), and nothing is said that follows from one of them.
#[test]
fn ten_mistakes_are_told_at_once() {
    let (text, code) = checked(&["together/ten.toml"]);
    let found: BTreeSet<Id> = ids(&text).into_iter().collect();
    assert_eq!((ids(&text).len(), code), (10, 2), "{text}");
    let kinds = [Id::UnknownUnit, Id::UnknownReference, Id::OutOfRange, Id::MissingUnit];
    assert!(kinds.iter().all(|id| found.contains(id)), "{text}");
    insta::with_settings!({
        snapshot_path => folder().join("together"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!("ten", text) });
}

/// The message is a phrase, and there is no color where there is no terminal.
#[test]
fn diagnostics_are_phrases_without_color() {
    for name in corpus() {
        let (text, _) = checked(&[&format!("{name}.toml")]);
        for line in text.lines() {
            let is_title = line.starts_with("error[") || line.starts_with("warning[");
            assert!(!is_title || !line.ends_with('.'), "{name}: {line}");
            assert!(!line.contains('\u{1b}'), "{name}: color without a terminal");
        }
    }
}

#[test]
fn what_is_wrong_on_the_command_line_is_shown() {
    let file = "unused-entity.toml";
    let (text, code) = checked(&[file, "--set", "inputs.viewrs=5", "--set", "pool.api_pg.size"]);
    assert_eq!((ids(&text), code), (vec![Id::UnknownInput, Id::BadSet], 2), "{text}");
    let (text, code) = checked(&[file, "--variant", "smal"]);
    assert_eq!((ids(&text), code), (vec![Id::UnknownVariant], 2), "{text}");
}

/// A variant's mistakes are said once, at the variant.
#[test]
fn mistakes_of_variants_point_at_the_variant() {
    let base = std::fs::read_to_string(folder().join("unused-entity.toml")).expect("a scenario");
    let text = format!("{base}\n[variant.v]\npool.api_pg.size = \"1s\"\n");
    let (raw, diagnostics) = read("v.toml", &[], &MemoryLoader::new("v.toml", text.as_str()));
    assert!(!diagnostics.has_errors());
    let (merged, _) = overlay::with_variant(&raw, "v");
    let (_, found) = plimsoll::model::resolve(&merged, &plimsoll::expr::scope::NoTables);
    let first = found.iter().next().expect("a size is no time");
    let span = first.position().expect("a place");
    assert_eq!((first.id, merged.sources.text(span)), (Id::WrongDimension, "1s"));
}
