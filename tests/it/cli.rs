//! The command as it is typed: golden sessions in `cli/*.trycmd`, and what a session cannot show.
//!
//! The sessions guard form, not numbers; `TRYCMD=overwrite cargo test --test it cli` writes them
//! anew.

#![expect(clippy::unwrap_used, reason = "a test stops at what goes wrong with its files")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BIN: &str = env!("CARGO_BIN_EXE_plimsoll");

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cli")
}

/// Files of the sessions with this ending, in order.
fn files(ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(source()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|found| found == ending)).collect();
    files.sort();
    assert!(!files.is_empty(), "no *.{ending} in {}", source().display());
    files
}

/// An empty folder with the scenarios in it.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for scenario in files("toml") {
        fs::copy(&scenario, folder.join(scenario.file_name().unwrap())).unwrap();
    }
    folder
}

fn plimsoll(folder: &Path, words: &[&str]) -> Output {
    Command::new(BIN).args(words).current_dir(folder).output().unwrap()
}

/// Every session runs in a folder of its own, so that its reports are written there.
#[test]
fn sessions_look_as_they_did() {
    let sessions = files("trycmd");
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sessions");
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).unwrap();
    let cases = trycmd::TestCases::new();
    cases.register_bin("plimsoll", Path::new(BIN));
    for session in &sessions {
        fs::copy(session, root.join(name(session))).unwrap();
        let own = folder(&name(session));
        fs::rename(own, root.join(name(session)).with_extension("in")).unwrap();
        cases.case(root.join(name(session)));
    }
    cases.run();
    if std::env::var("TRYCMD").is_ok_and(|mode| mode == "overwrite") {
        for session in &sessions {
            fs::copy(root.join(name(session)), session).unwrap();
        }
    }
}

/// What `new` writes is taken without a doubt, runs, and fits the schema beside it.
#[test]
fn a_new_scenario_is_valid_at_once() {
    let folder = folder("new");
    let said = |words: &[&str]| {
        let made = plimsoll(&folder, words);
        let text = String::from_utf8(made.stderr).unwrap();
        (made.status.code(), text)
    };
    assert_eq!(said(&["new", "my shop"]).0, Some(0));
    assert_eq!(said(&["check", "my shop.toml"]), (Some(0), String::new()));
    let short = ["--set", "run.duration=1s", "--set", "run.worlds=2", "--out", "out"];
    let (code, text) = said(&[&["run", "my shop.toml", "-q"][..], &short].concat());
    assert_eq!(code, Some(0), "{text}");
    assert!(!text.contains("error["), "{text}");
    let text = fs::read_to_string(folder.join("my shop.toml")).unwrap();
    let line = text.lines().next().unwrap();
    let schema = line.strip_prefix("#:schema ./").expect("it begins with its schema");
    assert!(super::schema::Validator::new().judge(&text).unwrap().is_empty());
    let printed = plimsoll(&folder, &["schema"]).stdout;
    assert_eq!(fs::read(folder.join(schema)).unwrap(), printed);
    // What is there stays, and is only replaced when that is asked for.
    fs::write(folder.join("my shop.toml"), "mine").unwrap();
    fs::write(folder.join(schema), "mine").unwrap();
    assert_eq!(said(&["new", "my shop"]).0, Some(2));
    assert_eq!(said(&["new", "other"]).0, Some(0));
    for file in ["my shop.toml", schema] {
        assert_eq!(fs::read_to_string(folder.join(file)).unwrap(), "mine");
    }
    assert_eq!(said(&["new", "my shop", "--force"]).0, Some(0));
    assert_eq!(fs::read_to_string(folder.join("my shop.toml")).unwrap(), text);
    assert_eq!(fs::read(folder.join(schema)).unwrap(), printed);
}

/// The examples of `new` that are commented out hold when their `#` is taken away, all of them and
/// each table alone with what stands open.
#[test]
fn what_a_new_scenario_comments_out_is_valid() {
    let folder = folder("examples");
    assert!(plimsoll(&folder, &["new", "a", "--no-schema"]).status.success());
    let text = fs::read_to_string(folder.join("a.toml")).unwrap();
    let example = |line: &&str| line.strip_prefix('#').is_some_and(|rest| !rest.starts_with(' '));
    let count = text.lines().filter(|line| example(line) && line.len() > 1).count();
    assert!(count > 15, "{count} lines of examples");
    let open: String = text
        .lines()
        .map(|line| if example(&line) { &line[1..] } else { line }.to_owned() + "\n")
        .collect();
    for word in ["shape", "lock", "call", "users"] {
        assert!(
            open.contains(&format!("{word} = ")) || open.contains(&format!("{word}   =")),
            "{word}"
        );
    }
    fs::write(folder.join("a.toml"), &open).unwrap();
    let made = plimsoll(&folder, &["check", "a.toml"]);
    let said = String::from_utf8(made.stderr).unwrap();
    assert_eq!((made.status.code(), said.as_str()), (Some(0), ""), "{open}");
}

/// Every shell gets a script, and every command a page, that names each option.
#[test]
fn shells_and_man_know_every_command() {
    let folder = folder("shells");
    let printed = |words: &[&str]| {
        let made = plimsoll(&folder, words);
        assert_eq!(made.status.code(), Some(0), "{words:?}");
        String::from_utf8(made.stdout).unwrap()
    };
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = printed(&["completions", shell]);
        for word in ["message-format", "replications", "explain", "metrics", "concise"] {
            // Elvish completes options, not their values.
            assert!(script.contains(word) || word == "concise", "{shell}: {word}");
        }
    }
    let main = printed(&["man"]);
    for command in ["new", "run", "check", "metrics", "explain", "schema", "completions"] {
        assert!(main.contains(&format!("plimsoll\\-{command}(1)")), "{command}: {main}");
        let page = printed(&["man", command]);
        assert!(page.contains(&format!(".TH plimsoll-{command} 1")), "{page}");
    }
    assert!(printed(&["man", "run"]).contains("\\-\\-message\\-format"));
}

#[test]
fn diagnostics_for_programs_are_json() {
    let folder = folder("messages");
    let said = |words: &[&str]| {
        let made = plimsoll(&folder, words);
        serde_json::from_slice::<serde_json::Value>(&made.stderr).unwrap()
    };
    let found = said(&["check", "broken.toml", "--message-format", "json"]);
    assert_eq!(found[0]["id"], "unknown-key");
    assert_eq!(found[0]["labels"][0]["line"], 2);
    let nothing = said(&["check", "rare.toml", "--message-format", "json"]);
    assert_eq!(nothing, serde_json::json!([]));
}

#[test]
fn threads_change_no_byte_of_the_result() {
    let folder = folder("jobs");
    for jobs in ["1", "2"] {
        let made = plimsoll(&folder, &["run", "shop.toml", "-q", "--jobs", jobs, "--out", jobs]);
        assert_eq!(made.status.code(), Some(0), "{made:?}");
    }
    let read = |jobs: &str| fs::read(folder.join(jobs).join("summary.json")).unwrap();
    assert!(read("1") == read("2"));
    assert!(read("1").len() > 1_000);
}

/// A study that stopped by a budget: the command that its summary names gives the same bytes, with
/// variants that claims speak of, alone, in several worlds, and together with a precision.
#[test]
fn a_budget_is_reproduced_by_the_number_of_replications() {
    let folder = folder("budget");
    let bytes = |out: &str| fs::read(folder.join(out).join("summary.json")).unwrap();
    let uncertain = "inputs.hold=between(40ms, 50ms)";
    let in_worlds = ["shop.toml", "--set", uncertain, "--set", "run.worlds=8"];
    let precise = ["shop.toml", "--precision", "9% on mean(endpoint.buy.ok)"];
    let cases: [(&str, &[&str], u64); 4] = [
        ("variants", &["shop.toml"], 16),
        ("alone", &["rare.toml"], 16),
        ("worlds", &in_worlds, 2),
        ("precise", &precise, 32),
    ];
    for (name, words, least) in cases {
        let again = format!("{name}-again");
        let words = [&["run"], words, &["-q", "--out", name, "--budget", "4s"]].concat();
        let made = plimsoll(&folder, &words);
        assert_eq!(made.status.code(), Some(0), "{name}: {made:?}");
        let found: serde_json::Value = serde_json::from_slice(&bytes(name)).unwrap();
        let run = &found["run"];
        assert_eq!(run["partial"], false, "{name}");
        let count = run["replications"].as_u64().unwrap();
        assert!(count >= least, "{name}: {count}");
        assert!(name != "precise" || count == 32, "{name}: {count}");
        let command = run["reproduce"].as_str().unwrap();
        assert!(!command.contains("budget"), "{command}");
        // The command is for a shell; quotes are taken away as one would.
        let typed: Vec<String> = shell_words(command);
        let typed: Vec<&str> = typed.iter().skip(1).map(String::as_str).collect();
        let typed = [&typed[..], &["-q", "--jobs", "1", "--out", &again]].concat();
        assert_eq!(plimsoll(&folder, &typed).status.code(), Some(0), "{typed:?}");
        assert!(bytes(&again) == bytes(name), "{name}");
    }
}

/// Words of a POSIX shell's line that has no quotes but single ones around whole pieces.
fn shell_words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words
}

/// One replication, or the statement of what is needed: a budget too short for a look.
#[test]
fn a_budget_that_is_too_short_gives_a_prefix_or_says_what_is_needed() {
    let folder = folder("short");
    let long = ["--set", "run.duration=20000s", "--jobs", "1"];
    for budget in ["1ms", "700ms"] {
        let words = [&["run", "rare.toml", "-q", "--out", "out", "--budget", budget], &long[..]];
        let made = plimsoll(&folder, &words.concat());
        let said = String::from_utf8(made.stderr).unwrap();
        let summary = folder.join("out/summary.json");
        match made.status.code() {
            Some(0) => {
                let text = fs::read_to_string(&summary).unwrap();
                let found: serde_json::Value = serde_json::from_str(&text).unwrap();
                assert!((1..16).contains(&found["run"]["replications"].as_u64().unwrap()));
            }
            code => {
                assert_eq!(code, Some(2), "{said}");
                assert!(said.contains("too short for a complete run"), "{said}");
                assert!(!summary.exists());
            }
        }
    }
}

/// A study that stopped by precision: the number that its summary names gives the same result
/// without the precision, and the whole command the same bytes.
#[test]
fn precision_is_reproduced_by_the_number_of_replications() {
    let folder = folder("precision");
    let goal = "3% on mean(endpoint.buy.ok)";
    let summary = |words: &[&str], out: &str| -> serde_json::Value {
        let words = [&["run", "shop.toml", "-q", "--out", out], words].concat();
        let made = plimsoll(&folder, &words);
        assert_eq!(made.status.code(), Some(0), "{made:?}");
        serde_json::from_slice(&fs::read(folder.join(out).join("summary.json")).unwrap()).unwrap()
    };
    let cap = "run.replications=500";
    let found = summary(&["--precision", goal, "--set", cap, "--jobs", "2"], "until");
    assert_eq!(found["run"]["precision"][0]["reached"], true);
    let number = found["run"]["replications"].to_string();
    assert!(["32", "64"].contains(&number.as_str()), "{number}");
    let mut fixed = summary(&["--replications", &number], "fixed");
    assert!(fixed["run"].get("precision").is_none());
    fixed["run"]["precision"] = found["run"]["precision"].clone();
    fixed["run"]["reproduce"] = found["run"]["reproduce"].clone();
    assert!(fixed == found);
    let command = ["--set", cap, "--precision", goal, "--replications", &number, "--jobs", "1"];
    summary(&command, "again");
    let bytes = |out: &str| fs::read(folder.join(out).join("summary.json")).unwrap();
    assert!(bytes("again") == bytes("until"));
    let never = summary(&["--precision", "0.01% on p95(endpoint.buy)"], "never");
    assert_eq!(
        (&never["run"]["replications"], &never["run"]["precision"][0]["reached"]),
        (&8.into(), &false.into())
    );
    assert!(
        never["warnings"].to_string().contains("precision was not reached"),
        "{}",
        never["warnings"]
    );
}

/// A variant that adds a pool, and claims and an objective on that pool: they are judged on the
/// variant's own measurements, and a path that only the scenario itself has is a mistake there.
#[test]
fn variants_are_judged_by_their_own_metrics() {
    let folder = folder("own-metrics");
    let shop = fs::read_to_string(folder.join("shop.toml")).unwrap();
    let split = r#"
[variant.split]
pool.reads = { service = "api", database = "pg", size = 30, acquire_timeout = "1s" }
endpoint.buy.steps = [{ query = "read", pool = "reads" }]
remove = ["pool.api_pg"]
[claim."split/1"]
says = "500 × 0.05 = 25"
variant = "split"
that = "offered_load(pool.reads) within 5% of 25"
[claim."split/2"]
says = "both need as many"
that = "in(split, mean(pool.reads.in_use)) within 5% of mean(pool.api_pg.in_use)"
"#;
    let run = |claims: &str| {
        let shop = shop.replace("[claim.\"shop/1\"]", &format!("{claims}\n[claim.\"shop/1\"]"));
        fs::write(folder.join("own.toml"), format!("{shop}{split}")).unwrap();
        plimsoll(&folder, &["run", "own.toml", "--format", "json"])
    };
    let made = run("");
    assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    let value: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    let claims = value["claims"].as_array().unwrap();
    for name in ["split/1", "split/2"] {
        let claim = claims.iter().find(|claim| claim["name"] == name).unwrap();
        assert_eq!(claim["verdict"], "confirmed", "{claim}");
    }
    for (wrong, path) in [
        ("that = \"in(split, mean(pool.api_pg.in_use)) < 3\"", "pool.api_pg.in_use"),
        ("that = \"mean(pool.reads.in_use) < 3\"", "pool.reads.in_use"),
        ("variant = \"split\"\nthat = \"mean(pool.api_pg.in_use) < 3\"", "pool.api_pg.in_use"),
    ] {
        let claim = format!("[claim.wrong]\nsays = \"x\"\n{wrong}");
        let failed = run(&claim);
        let said = String::from_utf8_lossy(&failed.stderr).into_owned();
        assert_eq!(failed.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("there is no metric path `{path}`")), "{said}");
        let checked = plimsoll(&folder, &["check", "own.toml"]);
        assert_eq!(checked.status.code(), Some(2), "check says it as well");
    }
}

/// Variants of which no claim and no objective speaks are not run, and the report names them; with
/// `--variant` nobody expects the others.
#[test]
fn variants_that_were_not_run_are_named() {
    let folder = folder("not-run");
    let rare = fs::read_to_string(folder.join("rare.toml")).unwrap();
    let variant = |name: &str| format!("\n[variant.{name}]\nrun.duration = \"2s\"\n");
    let claim = "\n[claim.c]\nsays = \"x\"\nthat = \"in(seen, count(workload.w)) >= 0\"\n";
    let text = format!("{rare}{}{}{}{claim}", variant("a"), variant("seen"), variant("b"));
    let text = text.replace("workload.w)", &format!("workload.{})", workload(&rare)));
    fs::write(folder.join("f.toml"), text).unwrap();
    let said = |words: &[&str]| {
        let words = [&["run", "f.toml", "--replications", "2", "--out", "out"], words].concat();
        let made = plimsoll(&folder, &words);
        assert_eq!(made.status.code(), Some(0), "{made:?}");
        String::from_utf8(made.stdout).unwrap()
    };
    let sentence = "speaks of them: `a` and `b`.";
    for format in ["text", "markdown"] {
        assert!(said(&["--format", format]).contains(sentence), "{format}");
    }
    let found: serde_json::Value = serde_json::from_str(&said(&["--format", "json"])).unwrap();
    assert_eq!(found["not_run"], serde_json::json!(["a", "b"]));
    let one: serde_json::Value =
        serde_json::from_str(&said(&["--variant", "a", "--format", "json"])).unwrap();
    assert!(one.get("not_run").is_none());
    assert!(!said(&["--variant", "a"]).contains("Not run"));
}

/// The name of the first workload of a scenario.
fn workload(text: &str) -> &str {
    let (_, rest) = text.split_once("[workload.").unwrap();
    rest.split(']').next().unwrap()
}

#[test]
fn json_is_what_the_report_has() {
    let folder = folder("json");
    let made = plimsoll(&folder, &["run", "rare.toml", "--format", "json", "--out", "out"]);
    assert_eq!(made.stdout, fs::read(folder.join("out/summary.json")).unwrap());
    assert!(made.stdout.starts_with(b"{\n  \"schema\": 1,\n"));
    let value: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    assert_eq!(value["run"]["replications"], 5);
}

#[test]
fn markdown_links_the_charts_beside_it() {
    let folder = folder("markdown");
    let made = plimsoll(&folder, &["run", "rare.toml", "--format", "markdown", "--out", "out"]);
    let text = String::from_utf8(made.stdout).unwrap();
    assert_eq!(text, fs::read_to_string(folder.join("out/summary.md")).unwrap());
    for chart in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(folder.join("out").join(chart).is_file(), "{chart} is linked and not there");
    }
}

#[test]
fn an_earlier_report_outlives_an_error() {
    let folder = folder("outlives");
    assert!(plimsoll(&folder, &["run", "rare.toml", "-q", "--out", "out"]).status.success());
    let report = folder.join("out/summary.json");
    let before = fs::read(&report).unwrap();
    fs::copy(folder.join("broken.toml"), folder.join("rare.toml")).unwrap();
    let failed = plimsoll(&folder, &["run", "rare.toml", "-q", "--out", "out"]);
    assert_eq!(failed.status.code(), Some(2));
    assert_eq!(fs::read(&report).unwrap(), before);
    let none = plimsoll(&folder, &["run", "rare.toml", "-q", "--out", "other"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(!folder.join("other").exists(), "an error writes nothing");
}

/// Ctrl-C leaves the longest complete prefix of the study, marked as partial.
#[cfg(unix)]
#[test]
fn an_interruption_leaves_a_partial_result() {
    use std::io::Read;
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    let folder = folder("interrupt");
    // Far more runs than anybody waits for.
    let words = ["run", "rare.toml", "-q", "--jobs", "1", "--replications", "1000000"];
    let mut child = Command::new(BIN)
        .args(words)
        .args(["--out", "out"])
        .current_dir(&folder)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It listens when the folder for its files is there.
    let deadline = Instant::now() + Duration::from_secs(30);
    let is_ready = || folder.join(format!(".plimsoll-{}", child.id())).exists();
    while !is_ready() && Instant::now() < deadline {
        std::thread::yield_now();
    }
    // Some runs are to be complete; were none, the program would say so and write nothing.
    std::thread::sleep(Duration::from_millis(500));
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let status = child.wait().unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(status.code(), Some(130), "{said}");
    let text = fs::read(folder.join("out/summary.json")).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(value["run"]["partial"], true);
    let made = value["run"]["replications"].as_u64().unwrap();
    assert!((1..1_000_000).contains(&made));
}
