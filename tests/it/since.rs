//! A result against a saved one, from outside, with inputs that are not known.

#![expect(clippy::unwrap_used, reason = "a test stops at what goes wrong with its files")]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BIN: &str = env!("CARGO_BIN_EXE_plimsoll");

/// A pool before a database that is 60 to 95 % busy, it is not known how much; with four connections it
/// has what the database can do.
const POOL: &str = r#"
[inputs]
load = "between(480/s, 760/s)"
[run]
kind = "terminating"
duration = "2s"
replications = 1
[service.api]
workers = 200
[database.pg]
cores = 4
[pool.p]
service = "api"
database = "pg"
size = 8
[query.q]
database = "pg"
cpu = "exp(5ms)"
[endpoint.e]
service = "api"
steps = [{ query = "q" }]
[workload.w]
rate = "load"
mix = { e = 1 }
[variant.narrow]
pool.p.size = 3
"#;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("since").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("a.toml"), POOL).unwrap();
    folder
}

fn plimsoll(folder: &Path, words: &[&str]) -> Output {
    let made = Command::new(BIN).args(words).current_dir(folder).output().unwrap();
    assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    made
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// What moved since `saved/summary.json`.
fn since(folder: &Path, words: &[&str]) -> (Value, String) {
    let common = ["run", "a.toml", "--baseline", "saved/summary.json", "--out", "now"];
    let made = plimsoll(folder, &[&common[..], words].concat());
    (read(&folder.join("now/baseline.json")), String::from_utf8_lossy(&made.stdout).into_owned())
}

fn changes(found: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = found["metrics"].as_array().unwrap();
    all.iter().map(|one| (text(&one["metric"]), text(&one["change"]))).collect()
}

/// The same worlds are compared one by one, so that a pool that is too small for half of them is a change
/// of the median; other worlds of an unchanged system are luck. A summary that kept no values is compared
/// as before.
#[test]
fn uncertain_inputs_are_held_against_the_same_worlds() {
    let folder = folder("worlds");
    plimsoll(&folder, &["run", "a.toml", "--out", "saved", "--quiet"]);
    let (found, text) = since(&folder, &["--set", "pool.p.size=3"]);
    assert_eq!(found["worlds_shared"], 64);
    let p50 = found["metrics"].as_array().unwrap();
    let p50 = p50.iter().find(|one| one["metric"] == "p50(workload.w)").unwrap();
    assert_eq!((&p50["change"], &p50["method"]), (&"worse".into(), &"paired".into()), "{p50}");
    assert!(text.contains("The two met the same 64 worlds"), "{text}");

    let (found, text) = since(&folder, &["--seed", "2"]);
    assert_eq!(found["worlds_shared"], 0);
    for (metric, change) in changes(&found) {
        assert!(change == "cannot_tell" || change == "same", "{metric}: {change}");
    }
    assert!(text.contains("The two met other worlds each"), "{text}");

    // Another law of what is not known: these are other worlds, with the same seed too.
    let other = since(&folder, &["--set", "inputs.load=between(480/s, 761/s)"]).0;
    assert_eq!(other["worlds_shared"], 0);

    let mut old = read(&folder.join("saved/summary.json"));
    for list in ["metrics", "inputs"] {
        for one in old[list].as_array_mut().unwrap() {
            one.as_object_mut().unwrap().remove("by_world");
        }
    }
    fs::write(folder.join("saved/summary.json"), old.to_string()).unwrap();
    let (found, text) = since(&folder, &["--set", "pool.p.size=3"]);
    assert_eq!(found["metrics"][0]["method"], "welch");
    assert!(text.contains("differences are unpaired (Welch)"), "{text}");
}

/// A single world is no pair of worlds: its numbers have luck of their own, and are compared so. Source: the
/// meaning in docs/choosing.md.
#[test]
fn a_single_world_is_not_paired_by_world() {
    let folder = folder("single");
    let one = ["--set", "run.worlds=1", "--set", "run.replications=8"];
    plimsoll(&folder, &[&["run", "a.toml", "--out", "saved", "--quiet"], &one[..]].concat());
    let saved = read(&folder.join("saved/summary.json"));
    assert_eq!(
        (&saved["run"]["worlds"], &saved["inputs"][0]["by_world"]),
        (&1.into(), &Value::Null)
    );
    let (found, text) = since(&folder, &[&["--set", "pool.p.size=3"], &one[..]].concat());
    assert_eq!(
        (&found["worlds_shared"], &found["metrics"][0]["method"]),
        (&0.into(), &"welch".into())
    );
    assert!(!text.contains("The two met the same 1 world"), "{text}");
    let words = ["compare", "a.toml", "saved/summary.json", "--variant", "narrow", "--out", "out"];
    let said = plimsoll(&folder, &[&words[..], &one[..]].concat());
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(!said.contains("paired by world"), "{said}");
    let found = read(&folder.join("out/comparison.json"));
    assert_eq!(found["designs"][1]["worlds_shared"], Value::Null);
}

/// A saved design says what it says live, where it met the same worlds: band, share of worlds and change of
/// every metric. Source: the live comparison of the same two designs. Of the two-fold number of worlds the
/// first are the same.
#[test]
fn a_saved_design_of_the_same_worlds_is_told_as_live() {
    let folder = folder("live");
    plimsoll(&folder, &["run", "a.toml", "--variant", "narrow", "--out", "narrow", "--quiet"]);
    plimsoll(&folder, &["compare", "a.toml", "--out", "live", "--quiet"]);
    let words = ["compare", "a.toml", "narrow/summary.json", "--variant", "base", "--out", "kept"];
    let said = plimsoll(&folder, &words);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("met the same 64 worlds: differences are paired by world."), "{said}");
    let (live, kept) = (folder.join("live/comparison.json"), folder.join("kept/comparison.json"));
    let (live, kept) = (read(&live), read(&kept));
    let rows = |all: &Value| -> Vec<Value> {
        let metrics = all["metrics"].as_array().unwrap().iter();
        metrics.map(|one| serde_json::json!([one["metric"], one["rows"][1]])).collect()
    };
    assert!(rows(&live).len() > 5);
    for (live, kept) in rows(&live).iter().zip(&rows(&kept)) {
        assert_eq!(live[0], kept[0]);
        for what in ["difference", "change", "paired", "method", "correlation", "less_in", "place"]
        {
            assert_eq!(live[1][what], kept[1][what], "{what} of {}", live[0]);
        }
    }
    plimsoll(&folder, &["run", "a.toml", "--out", "saved", "--quiet"]);
    let more = since(&folder, &["--set", "run.worlds=128"]).0;
    assert_eq!(more["worlds_shared"], 64);
    for (metric, change) in changes(&more) {
        assert_eq!(change, "same", "{metric}");
    }
}

/// Of 64 starts, one to a run, of 2 s and of 20 s with a spread of a fifth, medians are told apart by order
/// statistics; of the 99th percentile 64 values say nothing. A design that never answers is worse, also
/// among eight, of which five groups of starts would not tell (28 pairs). Source: the meaning in
/// docs/choosing.md.
#[test]
fn single_starts_are_told_apart() {
    let folder = folder("starts");
    let steps =
        |time: &str| format!("steps = [{{ delay = \"lognormal(mean={time}, cv=0.2)\" }}]\n");
    let variants: String = (1..6)
        .map(|n| format!("[variant.v{n}]\nendpoint.go.{}", steps(&format!("{}s", 2 * n + 10))))
        .collect();
    let text = format!(
        "[run]\nuntil = \"drained\"\nreplications = 64\n[service.api]\nworkers = 9\n[endpoint.go]\n\
         service = \"api\"\n{}[workload.w]\nburst = {{ count = 1, at = \"1s\" }}\nmix = {{ go = 1 }}\n\
         client = {{ timeout = \"60s\" }}\n[variant.slow]\nendpoint.go.{}[variant.never]\nendpoint.go.{}{variants}",
        steps("2s"),
        steps("20s"),
        steps("900s")
    );
    fs::write(folder.join("a.toml"), text).unwrap();
    plimsoll(&folder, &["compare", "a.toml", "--out", "out", "--quiet"]);
    let found = read(&folder.join("out/comparison.json"));
    let rows = |metric: &str| {
        let all = found["metrics"].as_array().unwrap();
        all.iter().find(|one| one["metric"] == metric).unwrap()["rows"].clone()
    };
    let said = |row: &Value| -> Vec<Value> {
        ["change", "method", "place"].iter().map(|key| row[*key].clone()).collect()
    };
    let (p50, p99) = (rows("p50(workload.w)"), rows("p99(workload.w)"));
    assert_eq!(said(&p50[1])[..2], [Value::from("worse"), Value::from("ranks")], "{p50}");
    // What is better for sure takes the first place, and what is worse than that another.
    assert_eq!(p50[0]["place"], 1, "{p50}");
    assert!(p50[1]["place"].as_u64().unwrap() > 1, "{p50}");
    assert_eq!((&p50[2]["change"], &p50[2]["place"]), (&"worse".into(), &8.into()), "{p50}");
    assert_eq!((&p99[1]["change"], &p99[2]["change"]), (&"cannot_tell".into(), &"worse".into()));
}
