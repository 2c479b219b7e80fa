//! `forecast` from outside, of requests that fail within the first month.

#![expect(clippy::unwrap_used, reason = "a test stops at what goes wrong with its files")]

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// One core with work of 10 ms for 2 requests a second at first and 4 a second more each day: the mean time of
/// the queue (M/M/1: 10 ms / (1 - rate / (100/s))) passes 20 ms at 50 a second, on the 13th; where it is 0.4 a
/// second more each day, and 25.6 after two months, it never does (13.4 ms).
const FILLING: &str = r#"
[scenario]
start = 2026-02-01
[run]
kind = "steady"
duration = "60s"
warm_up = "5s"
replications = 8
[service.s]
workers = 10_000
[database.d]
cores = 1
max_connections = 11_000
[pool.p]
service = "s"
database = "d"
size = 10_000
round_trip = "0s"
[query.q]
database = "d"
cpu = "exp(10ms)"
[endpoint.e]
service = "s"
steps = [{ query = "q" }]
[workload.w]
rate = "2/s"
mix = { e = 1 }
growth = { rise = "200%/day" }
[objective.quick]
that = "mean(query.q.elapsed) < 20ms"
[variant.slower]
workload.w.growth = { rise = "20%/day" }
"#;

fn dates(variant: &Value) -> Vec<&str> {
    let points = variant["behavior"]["points"].as_array().unwrap();
    points.iter().map(|point| point["settings"][0].as_str().unwrap()).collect()
}

#[test]
fn days_are_dates_in_tables_charts_and_numbers() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ageing");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("filling.toml"), FILLING).unwrap();
    let words =
        ["forecast", "filling.toml", "--horizon", "2 months", "--step", "day", "--out", "days"];
    let made =
        Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(words).current_dir(&folder).output();
    let text = String::from_utf8(made.unwrap().stdout).unwrap();
    let read = |name: &str| fs::read_to_string(folder.join("days").join(name)).unwrap();
    let found: Value = serde_json::from_str(&read("forecast.json")).unwrap();
    // 28 and 31 days, and the end.
    assert_eq!(found["dates"].as_array().unwrap().len(), 60);
    let variants = found["variants"].as_array().unwrap();
    let at = dates(&variants[0]);
    assert_eq!(at, dates(&variants[1]));
    assert_eq!([at[0], at[at.len() - 1]], ["2026-02-01", "2026-04-01"]);
    let crossing = &variants[0]["crossings"][0];
    let date = crossing["dates"][3].as_str().unwrap();
    assert!(["2026-02-12", "2026-02-13", "2026-02-14"].contains(&date), "{date}");
    let around = &crossing["around"];
    let ends = [&around["from"]["date"], &around["to"]["date"]].map(|end| end.as_str().unwrap());
    assert!(ends[0] <= date && date <= ends[1] && ends.iter().all(|end| at.contains(end)));
    assert!(around["days"].as_f64().unwrap() < 2.5, "{around}");
    // As it is typed, one to a line, and in the chart.
    assert!(at.iter().all(|date| text.contains(&format!("  {date} "))), "{text}");
    let chart = read("behavior.svg");
    assert!(chart.contains(&format!("quick fails: {date}")), "{date}");
    assert!(!chart.contains("month 0."));
}
