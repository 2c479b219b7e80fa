//! The house rules of CONTRIBUTING.md, checked on the files of the repository. Every rule is a
//! function with a unit test beside it that shows it a text which breaks the rule.

mod code;
mod floors;
mod modules;
mod rules;
mod tree;
mod words;

use tree::{File, exists, repository};

/// Our own Rust files; the programs in `benches/peers/` are packages of their own.
fn rust_files() -> Vec<File> {
    let ours = |file: &File| {
        file.is_rust()
            && file.is_in(&["src/", "tests/", "benches/", "examples/"])
            && !file.is_in(&["benches/peers/", "tests/fuzz/"])
    };
    repository().into_iter().filter(ours).collect()
}

/// The library and the binary, without the files that are compiled only for tests.
fn shipped_files() -> Vec<File> {
    let files = rust_files();
    let only_tests = modules::reach("src/lib.rs", &files).only_tests;
    files
        .into_iter()
        .filter(|file| file.is_in(&["src/"]) && !only_tests.contains(&file.path))
        .collect()
}

fn read(path: &str) -> Option<String> {
    repository().into_iter().find(|file| file.path == path).map(|file| file.text)
}

/// Fails with every finding on a line of its own.
fn none(findings: impl IntoIterator<Item = String>) {
    let findings: Vec<String> = findings.into_iter().collect();
    assert!(findings.is_empty(), "{} finding(s):\n{}", findings.len(), findings.join("\n"));
}

#[test]
fn rooms_import_only_from_rooms_above_them_in_lib_rs() {
    let lib = read("src/lib.rs").expect("the library has a root");
    let rooms = floors::rooms(&lib);
    assert!(rooms.len() > 10, "the rooms of src/lib.rs were not understood: {rooms:?}");
    let files = rust_files();
    none(files.iter().filter(|file| file.is_in(&["src/"])).flat_map(|f| floors::check(f, &rooms)));
}

#[test]
fn no_file_is_too_long() {
    none(rust_files().iter().flat_map(rules::too_long));
}

#[test]
fn every_module_says_what_it_is() {
    none(rust_files().iter().flat_map(rules::no_header));
}

#[test]
fn nothing_is_left_unfinished_or_switched_off() {
    none(rust_files().iter().flat_map(rules::leftovers));
}

#[test]
fn nothing_that_ships_unwraps() {
    none(shipped_files().iter().flat_map(rules::unwraps));
}

#[test]
fn no_order_is_random() {
    none(rust_files().iter().flat_map(rules::random_order));
}

#[test]
fn only_cli_knows_the_outside_world() {
    let inside = |file: &&File| !file.is_in(&["src/cli/", "src/cli.rs", "src/main.rs"]);
    none(shipped_files().iter().filter(inside).flat_map(rules::outside_world));
}

#[test]
fn every_source_file_is_in_a_module_tree() {
    let files = rust_files();
    let roots = files.iter().map(|file| file.path.as_str()).filter(|path| {
        matches!(*path, "src/lib.rs" | "src/main.rs")
            || (path.starts_with("tests/") && path.ends_with("/main.rs"))
            || (path.starts_with("benches/") || path.starts_with("examples/"))
                && (path.matches('/').count() == 1 || path.ends_with("/main.rs"))
    });
    let reached: Vec<_> = roots.map(|root| modules::reach(root, &files).all).collect();
    let is_orphan = |file: &&File| !reached.iter().any(|tree| tree.contains(&file.path));
    none(files.iter().filter(is_orphan).map(|file| format!("{}: no `mod` names it", file.path)));
}

#[test]
fn documents_link_to_what_is_there() {
    let documents = repository();
    let documents = documents.iter().filter(|file| file.is_markdown());
    none(documents.flat_map(|file| words::broken(file, &|path| exists(path), &|path| read(path))));
}

#[test]
fn scenarios_are_toml_and_have_all_their_parts() {
    let scenarios = repository();
    let scenarios =
        scenarios.iter().filter(|file| file.is_in(&["scenarios/", "benches/w"]) && file.is_toml());
    none(scenarios.flat_map(|file| words::missing_parts(file, &|path| exists(path))));
}

#[test]
fn the_repository_stands_alone() {
    none(repository().iter().flat_map(words::places_outside));
}

#[test]
fn the_gate_runs_the_commands_of_the_readme() {
    let readme = read("README.md").expect("there is a README");
    let gate = read(".ci/run")
        .expect("there is a gate")
        .replace("\"$SCENARIO\"", "scenarios/livestream-browse.toml");
    let commands = words::commands(&readme);
    assert!(commands.len() >= 2, "the README has a command to run and one to test: {commands:?}");
    none(
        commands
            .into_iter()
            .filter(|command| !gate.lines().any(|line| line.trim_end().ends_with(command)))
            .map(|command| format!("README.md: `{command}` is not run by .ci/run")),
    );
}
