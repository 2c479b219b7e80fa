//! Goal: `plimsoll explain ID` tells the truth. Method: the wrong example of each page, completed by
//! what it does not speak of, is checked by the command and gives that id alone; the mended one
//! gives nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use plimsoll::diag::Id;

/// Parts of a whole scenario; an example that has one of them speaks of it itself.
const PARTS: &[(&str, &str)] = &[
    ("[service.api]", "cores = 2\nworkers = 200"),
    ("[service.bank]", ""),
    ("[database.pg]", "cores = 8"),
    ("[pool.api_pg]", "service = \"api\"\ndatabase = \"pg\"\nsize = 20"),
    ("[query.read]", "database = \"pg\"\ntime = \"exp(2ms)\""),
    ("[query.write]", "database = \"pg\"\ntime = \"exp(2ms)\""),
    ("[endpoint.browse]", "service = \"api\"\nsteps = [{ query = \"read\" }]"),
    ("[endpoint.pay]", "service = \"bank\"\nsteps = [{ delay = \"exp(5ms)\" }]"),
    ("[endpoint.also_queries]", "service = \"api\"\nsteps = [{ query = \"write\" }]"),
    ("[flow.inner]", "steps = [{ delay = \"exp(5ms)\" }]"),
    ("[workload.w]", "rate = \"10/s\"\nmix = { browse = 1 }"),
];

/// Parts that are left out because the example is about their absence.
const WITHOUT: &[(Id, &[&str])] = &[
    (Id::AmbiguousPool, &["[pool.api_pg]", "[endpoint.browse]", "[endpoint.also_queries]"]),
    (Id::NoPool, &["[pool.api_pg]", "[endpoint.browse]", "[endpoint.also_queries]"]),
    (Id::RoundedUp, &["[pool.api_pg]"]),
    (Id::NothingToRun, &["[workload.w]"]),
    (Id::EmptyScenario, &["*"]),
    // Its rate would be taken for all day as well.
    (Id::PeakAllDay, &["[workload.w]"]),
];

/// Pages whose example is a word about bytes, sizes or other files, or about a run.
const NOT_CHECKED: &[(Id, &str)] = &[
    (Id::Unreadable, "a folder: `robustness`"),
    (Id::NotUtf8, "bytes: `robustness`"),
    (Id::TooLarge, "a large file: `robustness`"),
    (Id::TooDeep, "told in words: `robustness`"),
    (Id::TooManyKeys, "told in words: `robustness`"),
    (Id::TooManyItems, "told in words: `robustness`"),
    (Id::TooManyIncludes, "many files: `robustness`"),
    (Id::TooComplex, "told in words: the corpus"),
    (Id::IncludeCycle, "two files: the corpus"),
    (Id::EmptyScenario, "mended it is only begun: the corpus"),
    (Id::BadLog, "a log beside the scenario: the corpus"),
    (Id::FewSamples, "known after the runs"),
    (Id::CutReplications, "known after the pilot runs"),
    (Id::NotSettled, "known after the pilot runs"),
    (Id::RunLimit, "known after the runs"),
];

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("explain");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("parts")).expect("a folder");
    let common = folder.join("parts/common.toml");
    std::fs::write(common, "[scenario]\nname = \"common\"\n").expect("a file");
    folder
}

/// The example with the parts that it needs. What nothing uses is said of the parts, too.
fn whole(id: Id, example: &str) -> String {
    let without = WITHOUT.iter().find(|entry| entry.0 == id).map_or(&[][..], |entry| entry.1);
    let mut text = format!("{example}\n");
    for (header, body) in PARTS {
        let is_there = text.lines().any(|line| line.trim() == *header);
        if !is_there && !without.contains(header) {
            text += &format!("{header}\n{body}\n");
        }
    }
    let endpoints =
        ["browse", "e"].iter().filter(|name| text.contains(&format!("[endpoint.{name}]")));
    let mix: Vec<String> = endpoints.map(|name| format!("{name} = 1")).collect();
    let mix = format!("mix = {{ {} }}", mix.join(", "));
    text.replace("mix = { browse = 1 }", &mix)
}

/// What is said of parts that nothing uses.
const UNUSED: [Id; 2] = [Id::UnusedEntity, Id::UnusedInput];

/// The ids that the command finds; those of parts that nothing uses only if they are asked for.
fn found(folder: &Path, arguments: &[&str], wanted: Id) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["check", "--message-format", "json"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the command can be started");
    let said: serde_json::Value = serde_json::from_slice(&output.stderr)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let ids = said.as_array().expect("a list").iter().filter_map(|one| one["id"].as_str());
    let mut ids: Vec<String> = ids.map(str::to_owned).collect();
    ids.retain(|id| UNUSED.iter().all(|unused| id != unused.name() || wanted == *unused));
    ids.dedup();
    ids
}

#[test]
fn every_page_has_a_paragraph_and_two_examples() {
    for id in Id::all() {
        let page = id.page();
        for (what, text) in [("text", page.text), ("wrong", page.wrong), ("mended", page.mended)] {
            assert!(text.len() >= 4, "{id}: no {what}");
        }
        assert!(page.text.ends_with('.') && page.text.len() > 50, "{id}: {}", page.text);
        assert_ne!(page.wrong, page.mended, "{id}");
    }
}

#[test]
fn wrong_examples_are_wrong_and_mended_ones_are_not() {
    let folder = folder();
    let mut untrue = Vec::new();
    for &id in Id::all() {
        if NOT_CHECKED.iter().any(|entry| entry.0 == id) {
            continue;
        }
        let page = id.page();
        for (example, wanted) in [(page.wrong, Some(id)), (page.mended, None)] {
            let said = if let Some(options) = example.strip_prefix("plimsoll run shop.toml") {
                let text = whole(id, "[inputs]\nviewers = 50_000");
                std::fs::write(folder.join("shop.toml"), text).expect("a file");
                let words: Vec<&str> = options.split_whitespace().collect();
                found(&folder, &[&["shop.toml"], &words[..]].concat(), id)
            } else {
                std::fs::write(folder.join("f.toml"), whole(id, example)).expect("a file");
                found(&folder, &["f.toml"], id)
            };
            // Of the parts some are unused anyway: that it is said of this one cannot be told.
            let about_unused = id == Id::UnusedEntity && wanted.is_none();
            let right = wanted.map(|id| id.name().to_owned()).into_iter().collect::<Vec<_>>();
            if said != right && !about_unused {
                untrue.push(format!("{id}: {said:?} instead of {right:?} in\n{example}\n"));
            }
        }
    }
    assert!(untrue.is_empty(), "{}", untrue.join("\n"));
}
