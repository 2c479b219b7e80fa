//! Goal: the shipped scenarios make their argument. Method: each is run as it stands; its claims end as
//! arithmetic by hand says that they must, for the reason given beside each.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// How the claims of a scenario must end, and why.
type Claims = &'static [(&'static str, &'static str, &'static str)];

const EXPECTED: &[(&str, Claims)] = &[
    (
        "livestream-browse",
        &[
            ("live-a/S1.1", "confirmed", "50,000 × 10 a minute are 8,333/s"),
            ("live-a/S1.2", "confirmed", "30 % of 8,333/s are 2,500/s"),
            ("live-a/S1.3-100", "confirmed", "2,500/s × 50 ms are 125 Erlangs on 100"),
            ("live-a/S1.3-200", "refuted", "125 Erlangs on 200 are 63 %"),
            ("live-a/S3.2", "confirmed", "8,333/s × 50 ms (+ 0.5 ms of network) are 417–421"),
            ("live-a/S3.3", "refuted", "421 Erlangs on 420 connections: no steady state"),
            ("live-a/S3.6", "confirmed", "84 % of ten pools of 50: Erlang C says p99 below 20 ms"),
            ("live-a/S3.6-alert", "refuted", "421 ÷ 500 are 84 %, more than 80 %"),
            ("live-a/S3.6-nine", "refuted", "421 ÷ 450 are 94 %: waits of the order of 50 ms ÷ 3"),
            ("live-a/S3.8", "refuted", "5,000 a second are fewer than 8,333"),
            ("live-a/S3-default", "confirmed", "97 of 421 connections needed"),
        ],
    ),
    (
        "livestream-indexes",
        &[
            ("live-a/C3.1", "refuted", "1.8 M rows on a core at some 60 ns each are 0.1 s"),
            ("live-a/C3.1-cold", "refuted", "400 MiB at 125 MiB/s are 3.2 s"),
            ("live-a/C3.1-slow", "confirmed", "400 MiB at 60 MiB/s are 6.6 s"),
            ("live-a/C3.2", "confirmed", "20 rows by an index of four pages"),
            ("live-a/C3.3", "refuted", "both read the whole table"),
            ("live-a/C3.3-indexed", "confirmed", "20 rows by an index"),
            ("live-a/C3-half", "confirmed", "a scan is proportional to the rows"),
            ("live-a/C3-double", "confirmed", "a scan is proportional to the rows"),
            ("live-a/C3-double-indexed", "confirmed", "as many are live as before"),
            ("live-a/C3-busy", "confirmed", "100/s × 0.11 s are 11 cores"),
            ("live-a/C3-busy-indexed", "confirmed", "100/s × 50 us are 0.005 cores"),
            ("live-b/S3.3", "refuted", "six entries of 2.2 us each beside a flush of 1 ms"),
        ],
    ),
    (
        "n-plus-one",
        &[
            ("live-b/C3.1", "confirmed", "1 + 100"),
            ("live-b/C3.2", "refuted", "101 × (0.5 ms + 29 us) are 53 ms"),
            ("live-b/C3.2-far", "confirmed", "101 × 8 ms are 808 ms, and 3 ms of work"),
            ("live-b/C3.2-join", "confirmed", "53 ms against 0.5 ms and 0.3 of work"),
            ("live-b/C3.2-join-far", "confirmed", "811 ms against 8 ms and 0.3 of work"),
            ("live-b/C3.2-list", "confirmed", "one way more: 0.5 ms, and as much work"),
            ("live-b/C3.3", "refuted", "833/s × 53 ms are 45 of 200 connections"),
            ("live-b/C3.3-far", "confirmed", "833/s × 811 ms are 675"),
            ("live-b/C3.3-cpu", "confirmed", "833/s × 2.9 ms are 2.4 of 8 cores"),
            ("live-b/C3.3-join", "confirmed", "833/s × 0.8 ms are 0.7 against 45"),
        ],
    ),
    (
        "progress-writes",
        &[
            ("learn/S1.1", "confirmed", "25,000 × 2 a minute are 833/s"),
            ("learn/S1.2", "refuted", "833/s × 80 us are 0.07 of 4 cores"),
            ("learn/S1.4", "refuted", "entries in three indexes are 6.6 us beside 78"),
            ("learn/S1.5", "refuted", "5,000,000 rows, 1 ms each"),
            ("learn/M2", "confirmed", "three entries of 2.2 us beside 80"),
            ("learn/S1.3", "confirmed", "a tenth of the reports"),
            ("learn/S1-shared", "confirmed", "833/s × 1.1 ms are 0.9 of one row"),
        ],
    ),
    (
        "pool-choice",
        &[
            ("live-a/S3.6", "refuted", "297 queries at once run at a third of their speed"),
            ("event/S-3", "refuted", "200 queries at once run at half their speed"),
            ("live-a/S3-contention", "confirmed", "a larger pool never hurts by itself"),
            ("live-a/S3-few", "confirmed", "5,000/s × 2 ms are all of 10 connections"),
        ],
    ),
    (
        "translation-history",
        &[
            ("poly/S-4.1", "refuted", "1.2 M rows on three cores, some 0.3 us each: 0.1 s"),
            (
                "poly/S-4.1-cold",
                "refuted",
                "150,000 pages at 125 MiB/s are 9.4 s, and one in five waits",
            ),
            ("poly/C-1.6", "confirmed", "600 rows in 600 pages against 100 in 100"),
            ("poly/C-1-hot", "confirmed", "two of 101 pages missed, 1 ms each: five at p95"),
            ("poly/C-1-spread", "refuted", "67/s × 38 pages missed are 2,550 of 3,000 a second"),
            ("live-a/C1.7", "refuted", "five descents instead of one, and the same 100 rows"),
            ("live-a/C1.7-day", "refuted", "four descents less, of some us each, beside 100 rows"),
            ("live-a/C1.7-report", "confirmed", "two pieces of five are 40 %"),
            ("poly/C-1-purge", "confirmed", "0.16/s × 125 pages are 0.7 % of the disk"),
            (
                "poly/C-1-purge-fast",
                "refuted",
                "9.3/s × 125 pages are 39 %: waits of 0.1 ms, twice a page",
            ),
        ],
    ),
    (
        "event-dashboard",
        &[
            ("event/C-3.1", "refuted", "10,000 rows at 34 ns are 0.3 ms"),
            ("event/C-3.3", "confirmed", "three times the rows; what two workers save, they cost"),
            ("event/C-3.5", "refuted", "12.7 ms against 0.5 ms of network"),
            ("event/C-3.6", "confirmed", "100/s × 36 ms are 3.6 of 4 cores"),
            ("event/C-3-covering", "refuted", "17 us less beside 0.5 ms of network"),
            ("event/C-3-covering-work", "confirmed", "30.5 us against 47.3"),
            ("event/C-3-covering-writes", "refuted", "4.4 us more beside a flush of 1 ms"),
            ("event/C-3-workers", "confirmed", "36 ms on three cores against 18 on one"),
            ("event/C-3-workers-busy", "refuted", "91 % of 4 cores busy against 44 %"),
        ],
    ),
    (
        "opening-night",
        &[
            ("night/rate", "confirmed", "20,000 × 0.27/min, both at the low end, are 90/s"),
            ("night/cpu", "refuted", "34,600 × 0.3/min × 5.5 ms are 47 % of two: 57 % of worlds"),
        ],
    ),
    (
        "followers",
        &[
            ("live-a/C2.1", "confirmed", "10,000 × 100 ms are 1,000 s"),
            ("live-a/C2.2", "confirmed", "1,000 s are more than 30 s"),
            ("live-a/C2.7", "confirmed", "1,000 s ÷ 50 are 20 s"),
            ("live-a/C2.8", "confirmed", "10,000 look-ups at once on 50 connections"),
            ("live-a/C2-bulk", "confirmed", "100 calls of 150 ms, ten at once, are 1.5 s"),
            ("live-a/C2-typical", "refuted", "half of them have fewer than 2,250 × 2^(1 / 1.2)"),
        ],
    ),
    (
        "exam-rush",
        &[
            ("learn/S3.1", "confirmed", "1,000 a minute × 2 s are 33.3"),
            ("learn/S3.2", "refuted", "6,000 a minute are 200 Erlangs on 200 threads"),
            ("learn/S3.3", "confirmed", "10,000 a minute are 333 Erlangs on 200 threads"),
            (
                "learn/S3.3-timeouts",
                "confirmed",
                "the wait grows by 0.67 s a second: 30 s after 45 s",
            ),
            ("learn/S3.4", "refuted", "333 Erlangs on 2,000 threads"),
            ("learn/S3.5", "refuted", "four cores grade 120 a minute"),
            ("learn/S3.6", "confirmed", "2 ms of CPU and a query are left in the request"),
        ],
    ),
    (
        "bad-instance",
        &[
            ("in-turn", "confirmed", "one of ten in turn"),
            ("black-hole", "refuted", "151 : 10 is much more than a tenth"),
            (
                "black-hole-size",
                "confirmed",
                "15.1 ÷ 24.1 are 62.7 %, less a part in the number inside",
            ),
            ("two-choices", "confirmed", "one of two of ten: 1 − 9/10 × 8/9 are 20 %"),
            (
                "second-attempt-in-turn",
                "confirmed",
                "10 % × 10 %: 30 turns pass in the 10 ms before it",
            ),
            ("second-attempt", "refuted", "62.7 % × 62.7 % are 39 %, and the place is free again"),
            ("slow-errors", "confirmed", "151 ÷ 161 of the others' share: 0.938 ÷ 9.938 are 9.4 %"),
            ("ejected", "confirmed", "3 × some 30 of 300,000 requests"),
            ("ejections", "confirmed", "at 0, 30 and 90 s; the next would be at 180 s"),
            ("spared", "confirmed", "300/s for the 27 ms to the fifth error, not at 3,000/s"),
        ],
    ),
    (
        "event-opening",
        &[
            ("event/S-3.1", "refuted", "at once, 500 people wait for 60 connections"),
            ("event/S-3.4", "refuted", "100 connections are more than 97"),
            ("event/S-3.4-deployment", "refuted", "120 are more still"),
            ("event/S-3.5", "confirmed", "500 attempts at once on 97 places"),
            ("event/S-3.5-spread", "refuted", "100/s × 2 × (75 + 12) ms are 17 connections"),
            ("event/S-3-graceful", "confirmed", "60 connections are opened, the line has no limit"),
            ("event/S-3.1-ordinary", "confirmed", "49/s × 27 ms are 1.3 of 15 open connections"),
            ("event/S-3.7", "refuted", "49/s × 2 × (75 + 12) ms are 8.5 connections of 97"),
        ],
    ),
];

/// Scenarios of amounts, which are forecast.
const FORECAST: &[(&str, Claims)] = &[
    (
        "livestream-growth",
        &[
            ("live-a/C1.2", "confirmed", "5,000 × 365"),
            ("live-a/C1.3", "confirmed", "5,000 × 730"),
            ("live-b/C1.1", "confirmed", "500 × 365 are 182,500"),
            ("live-a/C1-year", "inconclusive", "500 × 24 h ÷ (1…12 × 2 h): 11.1 % reach 1.8 M"),
            ("live-b/C1-year", "refuted", "500 × 24 h ÷ (1…12 × 2 h): 6.1 % stay below"),
            ("live-b/C1.5", "refuted", "500 × 7,200 s × 5 Mbit/s × 30 are 67.5 TB"),
            ("live-b/C1.5-right", "confirmed", "500 × 7,200 s × 5 Mbit/s × 30 are 67.5 TB"),
            ("live-b/C1.7", "refuted", "182,500 rows of more than 28 B are more than 5 MB"),
            ("live-b/C1.8", "refuted", "202.5 TB × $30 and 615 TB × $4 are $8,500"),
            ("live-a/C1-plateau", "confirmed", "5,000 × 90, and up to a week more"),
            ("live-a/C1.7", "refuted", "no condition on created_at: every piece is read"),
            ("live-a/C1.7-indexed", "confirmed", "ten rows by an index of four levels"),
            ("live-a/C1.8", "refuted", "2 GB at 125 MiB/s are 15 s"),
            ("live-a/C1.8-restore", "confirmed", "7 GB at 125 MiB/s, 7 × 9 MB at 50 MB/s: 1 min"),
            ("live-a/C1.7-history", "refuted", "no condition on created_at: every row is read"),
            ("live-a/C3-year", "refuted", "some 0.8 M rows at some 0.1 us each: 0.1 s of a core"),
            ("live-a/C3-indexed", "confirmed", "ten rows by an index of four levels"),
        ],
    ),
    (
        "translation-growth",
        &[
            ("poly/C-1.1", "refuted", "10,000 × 20 × 60 × 10 are 120 M"),
            ("poly/C-1.3", "confirmed", "7 rows of 1 KB on a page: 1.40 GB"),
            ("poly/C-1.4", "refuted", "a constant rate: twice as much after twice the time"),
            ("poly/C-1.5", "inconclusive", "6 × 4…14 × 0.3…6 M are 7 to 500 M"),
            ("poly/C-1.6", "confirmed", "bytes over a bandwidth"),
            ("poly/C-1-plateau", "confirmed", "30 days and a piece of seven"),
            ("poly/C-1-index", "confirmed", "100 rows by an index"),
            ("poly/S-4-index", "refuted", "of 200 GB 24 are in memory: 100 reads of 1 ms"),
        ],
    ),
    (
        "event-growth",
        &[
            ("event/C-3.2", "refuted", "10,000 a month are 120,000 a year"),
            ("event/C-3.3", "confirmed", "three times as long"),
            ("event/C-3.6", "refuted", "360,000 rows at some 0.1 us each"),
            ("event/M-3.1", "confirmed", "10,000 × 60"),
            ("event/M-3.2", "confirmed", "600,000 rows of some 220 B"),
            ("event/M-3.3", "confirmed", "133 + 113 + 17 MB"),
            ("event/M-3.4", "refuted", "the last six of 60 months stay"),
            ("event/M-3.4-money", "refuted", "0.3 GB at 0.115 $ are 3 cents"),
            ("event/M-3-hot", "confirmed", "10,000 × 6"),
            ("event/M-3.5", "refuted", "0.3 GB of 6 GiB"),
            ("event/M-3-index", "confirmed", "21 pages; 1,600 of 60,000 rows"),
        ],
    ),
];

/// The claims of a scenario and how they ended.
fn claims(command: &[&str], name: &str, out: &Path) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let said = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(command)
        .arg(root.join("scenarios").join(name).with_extension("toml"))
        .args(["--quiet", "--out"])
        .arg(out)
        .output()
        .expect("the command can be started");
    assert!(said.status.success(), "{name}: {}", String::from_utf8_lossy(&said.stderr));
    let text = std::fs::read_to_string(out.join(if command[0] == "run" {
        "summary.json"
    } else {
        "forecast.json"
    }))
    .expect("a report");
    let summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let claims = summary["claims"].as_array().expect("claims").iter();
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    claims.map(|claim| (text(&claim["name"]), text(&claim["verdict"]))).collect()
}

#[test]
fn claims_end_as_arithmetic_says() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shipped");
    let mut wrong = Vec::new();
    let run = EXPECTED.iter().map(|one| (&["run"] as &[&str], one));
    let worked = FORECAST.iter().map(|one| (&["forecast", "--worlds", "256"] as &[&str], one));
    for (command, (name, expected)) in run.chain(worked) {
        let mut found = claims(command, name, &out.join(name));
        for (claim, verdict, why) in *expected {
            let ended = found.remove(*claim).unwrap_or_else(|| "not there".to_owned());
            if ended != *verdict {
                wrong.push(format!("{name}: {claim} is {ended}, not {verdict}: {why}"));
            }
        }
        wrong.extend(found.keys().map(|claim| format!("{name}: {claim} is not expected here")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_scenario_is_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for entry in std::fs::read_dir(folder).expect("scenarios") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        let known = EXPECTED.iter().chain(FORECAST).any(|(known, _)| *known == name);
        assert!(known || path.extension().is_none_or(|end| end != "toml"), "{name}: not run");
    }
}
