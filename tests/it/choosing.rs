//! `compare`, `sweep`, `size` and `run --budget` from outside: what they say of a part, and that the
//! command they print gives the same again.

#![expect(clippy::unwrap_used, reason = "a test stops at what goes wrong with its files")]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BIN: &str = env!("CARGO_BIN_EXE_plimsoll");

/// A pool before a database that is two thirds busy.
const POOL: &str = r#"
[run]
kind = "steady"
duration = "2s"
warm_up = "200ms"
replications = 8
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
rate = "500/s"
mix = { e = 1 }
"#;

/// The same from an empty start to an end: no state must be reached.
fn short() -> String {
    POOL.replace("steady", "terminating").replace("warm_up = \"200ms\"\n", "")
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("choosing").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn plimsoll(folder: &Path, words: &[&str]) -> Output {
    Command::new(BIN).args(words).current_dir(folder).output().unwrap()
}

/// What a command reports as JSON.
fn found(folder: &Path, words: &[&str]) -> Value {
    let made = plimsoll(folder, &[words, &["--format", "json"]].concat());
    assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    serde_json::from_slice(&made.stdout).unwrap()
}

/// `in(variant, …)`: the variant runs beside every candidate on the same draws, so that where both are
/// the same design the ratio is 1, to the last bit. Source: the identity of the two designs.
#[test]
fn an_objective_may_speak_of_another_variant() {
    let folder = folder("beside");
    let text = format!(
        "{}[objective.o]\nthat = \"p95(endpoint.e) / in(wide, p95(endpoint.e)) < 1.5\"\n\
         [variant.wide]\npool.p.size = 40\n[variant.narrow]\npool.p.size = 2\n",
        short().replace("replications = 8", "replications = 16")
    );
    fs::write(folder.join("a.toml"), text).unwrap();
    let swept = found(&folder, &["sweep", "a.toml", "--over", "pool.p.size=2,40"]);
    let points = swept["points"].as_array().unwrap();
    assert_eq!(points[1]["metrics"][0]["point"], 1.0, "{}", points[1]);
    assert_eq!(points[1]["objectives"], serde_json::json!([1, 0, 0]));
    assert_eq!(points[0]["objectives"], serde_json::json!([0, 1, 0]));
    let sized = found(&folder, &["size", "a.toml", "--vary", "pool.p.size=2,40"]);
    assert_eq!((&sized["chosen"], &sized["rejected"]), (&1.into(), &0.into()));
    // The variant is no design of its own there, and is one where it is asked for.
    let compared = found(&folder, &["compare", "a.toml", "--variant", "base,narrow"]);
    let verdicts: Vec<&Value> = compared["designs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["objectives"][0]["verdict"])
        .collect();
    assert_eq!(verdicts, ["pass", "fail"]);
    let unknown = plimsoll(
        &folder,
        &[
            "size",
            "a.toml",
            "--vary",
            "pool.p.size=2,40",
            "--until",
            "in(none, p95(endpoint.e)) < 1s",
        ],
    );
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there is no variant `none`"));
}

/// Several designs over one range: each has the numbers of its own sweep at the points of the range,
/// and all have the same points. Source: the sweeps one by one.
#[test]
fn designs_are_swept_side_by_side() {
    let folder = folder("side");
    let text = format!(
        "{}[objective.o]\nthat = \"mean(endpoint.e.ok) < 8ms\"\n\
         [variant.fast]\nquery.q.cpu = \"exp(2ms)\"\n[variant.long]\nrun.replications = 12\n",
        short()
    );
    fs::write(folder.join("a.toml"), text).unwrap();
    let over = ["sweep", "a.toml", "--over", "workload.w.rate=100/s..400/s"];
    let side = found(&folder, &[&over[..], &["--variant", "base,fast,long"]].concat());
    assert_eq!(side["kind"], "sweeps");
    let points = |sweep: &Value| sweep["points"].as_array().unwrap().clone();
    let names = ["as it stands", "fast", "long"];
    for (at, variant) in [None, Some("fast"), Some("long")].into_iter().enumerate() {
        let design = &side["designs"][at];
        assert_eq!(design["design"], names[at]);
        let variant = variant.map_or(vec![], |name| vec!["--variant", name]);
        let alone = found(&folder, &[&over[..], &variant].concat());
        assert_eq!(alone["replications"], design["sweep"]["replications"]);
        let both = points(&design["sweep"]);
        for point in points(&alone).iter().filter(|point| point["added"].is_null()) {
            assert!(both.contains(point), "{point}");
        }
        let settings = |sweep: &Value| -> Vec<Value> {
            points(sweep).iter().map(|point| point["settings"].clone()).collect()
        };
        assert_eq!(settings(&design["sweep"]), settings(&side["designs"][0]["sweep"]));
    }
    let wrong = |words: &[&str]| {
        let made = plimsoll(&folder, &[&over[..], words].concat());
        assert_eq!(made.status.code(), Some(2));
        String::from_utf8_lossy(&made.stderr).into_owned()
    };
    assert!(
        wrong(&["--variant", "base,slow"])
            .contains("there is no variant `slow`; known: fast, long")
    );
    let two = wrong(&["--over", "pool.p.size=2,4", "--variant", "base,fast"]);
    assert!(two.contains("--over may be given once"), "{two}");
}

/// A summary of the very runs is the same; one of another variant on the same draws says so, and one of
/// another seed met luck of its own. A counterfactual has no place.
#[test]
fn saved_summaries_say_what_luck_they_met() {
    let folder = folder("saved");
    let text = format!(
        "{}[variant.wide]\npool.p.size = 40\n[variant.instant]\ncounterfactual = true\nquery.q.cpu = \"1us\"\n",
        short()
    );
    fs::write(folder.join("a.toml"), text).unwrap();
    let save = |out: &str, words: &[&str]| {
        let made = plimsoll(&folder, &[&["run", "a.toml", "--out", out], words].concat());
        assert_eq!(made.status.code(), Some(0));
        format!("{out}/summary.json")
    };
    let files = [
        save("same", &[]),
        save("other", &["--variant", "instant"]),
        save("luck", &["--seed", "9"]),
        save("more", &["--replications", "12"]),
    ];
    let words = [&["compare", "a.toml"], &files.each_ref().map(String::as_str)[..]].concat();
    let compared = found(&folder, &words);
    let of = |key: &str| -> Vec<Value> {
        compared["designs"].as_array().unwrap().iter().map(|one| one[key].clone()).collect()
    };
    let draws = serde_json::json!([null, "same", "same", "own", "partly"]);
    assert_eq!(Value::from(of("draws")), draws);
    assert_eq!(of("counterfactual"), [false, false, true, false, false]);
    for metric in compared["metrics"].as_array().unwrap() {
        let row = &metric["rows"][1];
        assert_eq!((&row["change"], &row["paired"]), (&"same".into(), &false.into()), "{metric}");
        assert_eq!(metric["rows"][2]["place"], Value::Null);
    }
    let latency = compared["metrics"].as_array().unwrap().iter();
    let mut latency = latency.filter(|one| one["metric"] == "p50(workload.w)");
    let ranked = latency.next().unwrap();
    assert_eq!(ranked["rows"][2]["change"], "better", "{ranked}");
    assert_eq!(ranked["rows"][0]["place"], 1);
    let said = plimsoll(&folder, &words);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("luck (saved) met luck of its own: differences are unpaired."), "{said}");
}

/// With uncertain inputs as many worlds are made as can show that one of so many candidates passes;
/// who states fewer is told. Source: 0.9^64 = 0.0012 is more than 0.05 / (20 candidates · 3 looks).
#[test]
fn so_many_worlds_are_made_as_can_show_it() {
    let folder = folder("worlds");
    let text = short().replace("rate = \"500/s\"", "rate = \"load\"");
    let text = text.replace("replications = 8\n", "replications = 1\n");
    let text = format!(
        "[inputs]\nload = \"between(100/s, 150/s)\"\n{text}[objective.o]\nthat = \"p50(endpoint.e) < 1s\"\n"
    );
    fs::write(folder.join("a.toml"), &text).unwrap();
    let words = ["size", "a.toml", "--vary", "pool.p.size=11..30:1"];
    let sized = found(&folder, &words);
    assert_eq!((&sized["worlds"], &sized["chosen"]), (&128.into(), &0.into()));
    let again = sized["reproduce"].as_str().unwrap();
    assert!(again.contains(" --set run.worlds=128 "), "{again}");
    let few = plimsoll(&folder, &[&words[..], &["--set", "run.worlds=64"]].concat());
    let said = String::from_utf8_lossy(&few.stderr).into_owned();
    assert!(said.contains("ask for --set run.worlds=128"), "{said}");
    assert!(String::from_utf8_lossy(&few.stdout).contains("The runs can't tell of any"));
    // Eight designs have 28 pairs: 0.9^64 is more than half of 0.05 / 28.
    let variants: String =
        (1..8).map(|n| format!("[variant.v{n}]\npool.p.size = {}\n", n + 1)).collect();
    fs::write(folder.join("b.toml"), text + &variants).unwrap();
    let compared = found(&folder, &["compare", "b.toml"]);
    assert_eq!(compared["runs"]["worlds"], 128);
}

/// A design has the numbers of `run` where nothing is to be made alike, and where something is, it is
/// said. Designs of other lengths are not compared silently.
#[test]
fn a_comparison_says_what_run_would_say() {
    let folder = folder("alike");
    let text = format!("{POOL}[variant.v]\npool.p.size = 4\n");
    fs::write(folder.join("a.toml"), &text).unwrap();
    let compared = found(&folder, &["compare", "a.toml"]);
    let metrics = compared["metrics"].as_array().unwrap();
    let p95 = metrics.iter().find(|one| one["metric"] == "p95(workload.w)").unwrap();
    for (row, variant) in [(0, &[][..]), (1, &["--variant", "v"][..])] {
        let ran = found(&folder, &[&["run", "a.toml"], variant].concat());
        let known = ran["metrics"].as_array().unwrap();
        let alone = known.iter().find(|one| one["metric"] == "p95(workload.w)").unwrap();
        assert_eq!(p95["rows"][row]["value"]["point"], alone["point"], "{alone}");
    }
    assert_eq!(compared["notes"], serde_json::json!([]));
    // Found by pilots, the warm-up of the slower design is that of both.
    let auto = text.replace("warm_up = \"200ms\"\n", "").replace("500/s", "700/s");
    let auto = auto.replace("size = 4", "size = 40").replace("size = 8", "size = 4");
    fs::write(folder.join("b.toml"), auto.replace("duration = \"2s\"", "duration = \"6s\""))
        .unwrap();
    let compared = found(&folder, &["compare", "b.toml"]);
    let notes = compared["notes"].to_string();
    assert!(notes.contains("`run` of one of them alone gives slightly other numbers"), "{notes}");
    fs::write(folder.join("c.toml"), text.replace("duration = \"2s\"", "duration = \"3s\""))
        .unwrap();
    let compared = found(&folder, &["compare", "a.toml", "c.toml"]);
    let warnings = compared["warnings"].to_string();
    assert!(warnings.contains("not run alike"), "{warnings}");
    assert!(warnings.contains("c: a steady state, 3 s after 200 ms"), "{warnings}");
}

/// What a command left that was interrupted after a while; `None`: it was too early, or too late.
#[cfg(unix)]
fn interrupted(folder: &Path, words: &[&str], file: &str, after_ms: u64) -> Result<Value, bool> {
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    let _ = fs::remove_dir_all(folder.join("out"));
    let mut child = Command::new(BIN)
        .args(words)
        .args(["--out", "out", "--jobs", "1"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It listens when the folder for its files is there.
    let deadline = Instant::now() + Duration::from_secs(60);
    while !folder.join(format!(".plimsoll-{}", child.id())).exists() && Instant::now() < deadline {
        std::thread::yield_now();
    }
    std::thread::sleep(Duration::from_millis(after_ms));
    let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    let status = child.wait().unwrap();
    let text = fs::read(folder.join("out").join(file)).map_err(|_| true)?;
    if status.code() != Some(130) {
        return Err(false);
    }
    Ok(serde_json::from_slice(&text).unwrap())
}

/// The same, at a moment at which there is something and not everything.
#[cfg(unix)]
fn interrupted_midway(
    folder: &Path,
    words: &[&str],
    file: &str,
    is_midway: &dyn Fn(&Value) -> bool,
) -> Value {
    let mut after_ms = 400;
    // Beside other tests a command takes now longer, now shorter: the search must find back from either side.
    for _ in 0..60 {
        match interrupted(folder, words, file, after_ms) {
            Ok(value) if is_midway(&value) => return value,
            Ok(_) | Err(true) => after_ms += after_ms / 2 + 5,
            Err(false) => after_ms /= 2,
        }
    }
    panic!("{words:?} was never midway");
}

/// What the printed command gives.
#[cfg(unix)]
fn again(folder: &Path, part: &Value, command: &str) -> Value {
    let typed =
        format!("{BIN}{} --format json --out again", command.strip_prefix("plimsoll").unwrap());
    let made = Command::new("sh").args(["-c", &typed]).current_dir(folder).output().unwrap();
    assert_eq!(made.status.code(), Some(0), "{part}: {}", String::from_utf8_lossy(&made.stderr));
    serde_json::from_slice(&made.stdout).unwrap()
}

#[cfg(unix)]
#[test]
fn an_interrupted_sweep_says_which_points_are_missing() {
    let folder = folder("sweep");
    fs::write(folder.join("a.toml"), POOL).unwrap();
    let words = ["sweep", "a.toml", "--over", "pool.p.size=4..11:1", "--set", "run.duration=20s"];
    let part = interrupted_midway(&folder, &words, "sweep.json", &|part| {
        !part["missing"].as_array().unwrap().is_empty()
    });
    assert_eq!(part["partial"], true);
    let (points, missing) =
        (part["points"].as_array().unwrap(), part["missing"].as_array().unwrap());
    assert_eq!(points.len() + missing.len(), 8);
    let said = fs::read_to_string(folder.join("out/sweep.md")).unwrap();
    let first = missing[0][0].as_str().unwrap();
    assert!(said.contains(&format!("these are missing: pool.p.size = {first}")), "{said}");
    assert!(said.contains("All of it, to its end: `plimsoll sweep"), "{said}");
    let whole = again(&folder, &part, part["reproduce"].as_str().unwrap());
    let all = whole["points"].as_array().unwrap();
    assert_eq!((all.len(), &whole["partial"]), (8, &false.into()));
    for point in points {
        assert!(all.contains(point), "{point}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_comparison_is_repeated_by_its_command_or_says_what_is_missing() {
    let folder = folder("compare");
    let variants: String =
        (1..4).map(|n| format!("[variant.v{n}]\npool.p.size = {}\n", n + 3)).collect();
    fs::write(folder.join("a.toml"), POOL.to_owned() + &variants).unwrap();
    let words = ["compare", "a.toml", "--set", "run.duration=20s", "--replications", "12"];
    let part =
        interrupted_midway(&folder, &words, "comparison.json", &|part| part["partial"] == true);
    assert_eq!(part["partial"], true);
    let missing = part["missing"].as_array().unwrap();
    let designs = part["designs"].as_array().unwrap();
    assert_eq!(designs.len() + missing.len(), 4);
    assert!(part["warnings"].to_string().contains("interrupted: "), "{part}");
    let whole = again(&folder, &part, part["reproduce"].as_str().unwrap());
    for (at, metric) in part["metrics"].as_array().unwrap().iter().enumerate() {
        for (row, known) in metric["rows"].as_array().unwrap().iter().enumerate() {
            let made = &whole["metrics"][at]["rows"][row];
            assert_eq!(known["value"], made["value"]);
            if missing.is_empty() {
                assert_eq!(known, made);
            }
        }
    }
}

/// What was told of candidates before an interruption is what the whole search tells.
#[cfg(unix)]
#[test]
fn an_interrupted_search_for_a_size_says_so_and_keeps_what_was_told() {
    let folder = folder("size");
    fs::write(folder.join("a.toml"), POOL).unwrap();
    let until = ["--until", "p95(endpoint.e) < 15ms", "--set", "run.duration=8s"];
    let words = [&["size", "a.toml", "--vary", "pool.p.size=2..12:2"][..], &until].concat();
    let told = |one: &Value| one["shown"] == "pass" || one["shown"] == "fail";
    let part = interrupted_midway(&folder, &words, "size.json", &|part| {
        part["partial"] == true && part["looked"].as_array().unwrap().iter().any(told)
    });
    let said = fs::read_to_string(folder.join("out/size.md")).unwrap();
    assert!(said.contains("The search was stopped before its end."), "{said}");
    assert!(said.contains("All of it, to its end: `plimsoll size"), "{said}");
    let whole = again(&folder, &part, part["reproduce"].as_str().unwrap());
    assert_eq!(whole["partial"], false);
    let all = whole["looked"].as_array().unwrap();
    for look in part["looked"].as_array().unwrap().iter().filter(|one| told(one)) {
        assert!(all.contains(look), "{look}");
    }
}

/// In fewer worlds than pilots the warm-up would be found from other runs: the command states it.
#[cfg(unix)]
#[test]
fn an_interrupted_run_of_few_worlds_is_repeated_with_its_warm_up() {
    let folder = folder("warm-up");
    let text = POOL
        .replace("warm_up = \"200ms\"\nreplications = 8", "worlds = 8\nreplications = 16")
        .replace("duration = \"2s\"", "duration = \"6s\"")
        .replace("\"500/s\"", "\"load\"");
    let text = format!("[inputs]\nload = \"between(300/s, 500/s)\"\n{text}");
    fs::write(folder.join("a.toml"), text).unwrap();
    let part = interrupted_midway(&folder, &["run", "a.toml"], "summary.json", &|part| {
        part["run"]["partial"] == true
    });
    let command = part["run"]["reproduce"].as_str().unwrap();
    assert!(command.contains("--set run.worlds="), "{command}");
    assert!(command.contains("--set run.warm_up="), "{command}");
    let whole = again(&folder, &part, command);
    assert_eq!(whole["run"]["partial"], false);
    for what in ["requests", "stations", "pools", "breakdown", "metrics", "series"] {
        assert_eq!(part[what], whole[what], "{what}");
    }
}

/// A budget that is interrupted leaves what its command gives, byte for byte, without a clock.
#[cfg(unix)]
#[test]
fn an_interrupted_budget_is_repeated_by_its_command() {
    let folder = folder("budget");
    fs::write(folder.join("a.toml"), POOL).unwrap();
    let words = ["run", "a.toml", "--budget", "1h"];
    let part = interrupted_midway(&folder, &words, "summary.json", &|_| true);
    let command = part["run"]["reproduce"].as_str().unwrap();
    assert!(!command.contains("--budget"), "{command}");
    assert_eq!(again(&folder, &part, command), part);
    let files = ["out/summary.json", "again/summary.json"].map(|file| folder.join(file));
    assert_eq!(fs::read(&files[0]).unwrap(), fs::read(&files[1]).unwrap());
}

/// A forecast of far more worlds than anybody waits for keeps those that were worked out.
#[cfg(unix)]
#[test]
fn an_interrupted_forecast_keeps_the_worlds_that_are_complete() {
    let folder = folder("forecast");
    let text = "[inputs]\na_day = \"between(500/day, 5_000/day)\"\n[database.pg]\n[table.t]\n\
                database = \"pg\"\nrows = 0\nrow = \"200 B\"\nkey = \"id\"\ngrowth = \"a_day\"\n";
    fs::write(folder.join("a.toml"), text).unwrap();
    let words = ["forecast", "a.toml", "--worlds", "1000000"];
    let part = interrupted_midway(&folder, &words, "forecast.json", &|_| true);
    let worlds = part["worlds"].as_u64().unwrap();
    assert_eq!(part["partial"], true);
    assert!((1..1_000_000).contains(&worlds));
    let said = part["warnings"][0].as_str().unwrap();
    assert!(said.starts_with("interrupted after ") && said.contains("of 1,000,000"), "{said}");
    let shown = fs::read_to_string(folder.join("out/forecast.md")).unwrap();
    assert!(shown.contains("All of it, to its end: `plimsoll forecast"), "{shown}");
    // The same as a forecast of so many worlds.
    let count = worlds.to_string();
    let whole = found(&folder, &["forecast", "a.toml", "--worlds", &count]);
    assert_eq!(part["variants"], whole["variants"]);
}

/// Before the first value is looked at there is nothing to say of any.
#[cfg(unix)]
#[test]
fn a_search_for_a_size_that_is_interrupted_at_once_says_so() {
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    let folder = folder("size-at-once");
    fs::write(folder.join("a.toml"), POOL).unwrap();
    let until = ["--until", "p95(endpoint.e) < 15ms", "--set", "run.duration=100000s"];
    let words = [&["size", "a.toml", "--vary", "pool.p.size=2..12:2", "--out", "out"][..], &until];
    let mut child = Command::new(BIN);
    let child = child.args(words.concat()).current_dir(&folder).stderr(Stdio::piped()).spawn();
    let child = child.unwrap();
    // It listens when the folder for its files is there.
    let deadline = Instant::now() + Duration::from_secs(60);
    while !folder.join(format!(".plimsoll-{}", child.id())).exists() && Instant::now() < deadline {
        std::thread::yield_now();
    }
    std::thread::sleep(Duration::from_millis(200));
    let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(130), "{said}");
    assert!(said.contains("interrupted before a value was looked at"), "{said}");
    assert!(!folder.join("out").exists());
}
