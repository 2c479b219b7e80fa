//! `forecast` from outside, of a design that purges: requests are simulated while it does, beside quiet dates.

#![expect(clippy::unwrap_used, reason = "a test stops at what goes wrong with its files")]

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// One core, half of it busy with requests of 5 ms: 10 ms on average, and 20 with work that never ends
/// beside them.
const KEPT: &str = r#"
[run]
duration = "20s"
warm_up = "1s"
replications = 4
[service.s]
[database.d]
cores = 1
disk = { bandwidth = "9 TB/s", sync = "1us" }
[pool.p]
service = "s"
database = "d"
size = 50
round_trip = "0s"
[table.t]
database = "d"
rows = 300_000
columns = { id = "bigserial", who = { type = "bigint", distinct = 1_000 } }
key = "id"
growth = "10_000/day"
retention = { after = "30 days", every = "day" }
[query.q]
database = "d"
cpu = "exp(5ms)"
[endpoint.e]
service = "s"
steps = [{ query = "q" }]
[workload.w]
rate = "100/s"
mix = { e = 1 }
[objective.quick]
that = "mean(query.q.elapsed) < 15ms"
[variant.dropped]
table.t.retention = { after = "30 days", then = "drop", every = "day" }
workload.w.growth = { compound = "1%" }
"#;

fn forecast(more: &[&str]) -> Value {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("purging");
    fs::create_dir_all(&folder).unwrap();
    let name = format!("kept{}.toml", more.len());
    fs::write(folder.join(&name), KEPT).unwrap();
    let words = ["forecast", &name, "--horizon", "3 months", "--format", "json"];
    let made = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(words)
        .args(more)
        .current_dir(&folder)
        .output()
        .unwrap();
    assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    serde_json::from_slice(&made.stdout).unwrap()
}

#[test]
fn objectives_are_judged_without_a_purge_and_beside_it_while_one_runs() {
    let found = forecast(&[]);
    assert_eq!(found["objectives"][0]["verdict"], "pass");
    let [kept, dropped] = found["variants"].as_array().unwrap().as_slice() else { panic!() };
    // Dropping partitions is no work; it is simulated since its load grows.
    assert!(dropped["behavior"].is_object());
    assert_eq!(dropped["purging"].as_array().unwrap().len(), 0);
    let purging = &kept["purging"][0];
    assert_eq!(purging["table"], "t");
    assert_eq!(purging["objectives"][0]["verdict"], "fail");
    let amount = |word: &str| {
        let path = format!("table.t.purge.{word}");
        let all = kept["amounts"].as_array().unwrap();
        all.iter().find(|one| one["path"] == *path).unwrap()["points"][3].clone()
    };
    assert_eq!([&purging["time"], &purging["share"]], [&amount("time"), &amount("share")]);
    let mean = |of: &Value| {
        let last = of["behavior"]["points"].as_array().unwrap().last().unwrap();
        last["metrics"][0]["point"].as_f64().unwrap()
    };
    let ratio = mean(purging) / mean(kept);
    assert!((ratio / 2.0 - 1.0).abs() < 0.15, "{ratio}");
    let warnings = found["warnings"].as_array().unwrap();
    let said = |one: &Value| one.as_str().unwrap().contains("while the purge of t runs");
    assert!(warnings.iter().any(said), "{warnings:?}");
}

#[test]
fn nothing_is_simulated_of_amounts() {
    let found = forecast(&["--amounts-only"]);
    for variant in found["variants"].as_array().unwrap() {
        assert!(variant["behavior"].is_null());
        assert_eq!(variant["purging"].as_array().unwrap().len(), 0);
    }
}
