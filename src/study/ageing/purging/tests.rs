//! Goal: a purge that runs beside requests is the scenario that somebody would write, does the work that the
//! forecast says, and slows requests as theory has it.

use super::super::tests::{alone, calendar, models, outside};
use super::super::{Aged, Moment, age, at_date};
use super::{CHUNK, Session, purged};
use crate::access::ways::Ways;
use crate::expr::metric::parse_metric;
use crate::expr::scope::NoTables;
use crate::model::{Model, resolve};
use crate::scenario::overlay::with_text;
use crate::scenario::read;
use crate::scenario::source::MemoryLoader;
use crate::study::forecast::{Forecast, Spec, Step, forecast};
use crate::study::runs::{Outside, together};
use crate::study::{Alternative, Ran};
use crate::verdict::{self, Evidence, Found};

/// Requests that take 5 ms of the only core, beside a table that loses rows once a month.
const KEPT: &str = r#"
[run]
duration = "20s"
warm_up = "1s"
replications = 5
[service.s]
[database.d]
cores = 1
disk = { bandwidth = "100 MB/s", sync = "1ms" }
[pool.p]
service = "s"
database = "d"
size = 50
round_trip = "0s"
[table.t]
database = "d"
rows = 30_000
columns = { id = "bigserial", who = { type = "bigint", distinct = 1_000 }, note = "text(100)" }
key = "id"
index = { by_who = ["who"] }
growth = "1_000/day"
retention = { after = "30 days", every = "month" }
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
"#;

/// A scenario with its first purge running, and that purge.
fn with_purge(text: &str) -> (Model, Session) {
    let model = models(text).remove(0).1;
    let session = Session::all(&model).remove(0);
    let (raw, _) = read("a.toml", &[], &MemoryLoader::new("a.toml", text));
    let (merged, found) = with_text(&raw, "<purge>", &session.text(&model));
    assert!(found.is_empty(), "{found:?}");
    (resolve(&merged, &NoTables).0.unwrap(), session)
}

/// A design at the beginning of a month, perhaps while a purge runs.
fn at(model: &Model, month: i64, session: Option<&Session>) -> Alternative {
    let calendar = calendar();
    let over = (&calendar, calendar.begin(month), Moment::Fullest);
    let asked = [
        "mean(database.d.cpu)",
        "mean(database.d.disk.scans)",
        "mean(database.d.wal)",
        "mean(query.q.elapsed)",
        "p95(query.q.elapsed)",
        "mean(query.purge_of_t.elapsed)",
    ];
    let known = |text: &&&str| {
        session.is_some()
            || !text.contains("purge") && !text.contains("disk") && !text.contains("wal")
    };
    let asked: Vec<_> =
        asked.iter().filter(known).map(|text| parse_metric(text).unwrap()).collect();
    at_date(model, over, "there".to_owned(), &asked, session).unwrap()
}

fn number(ran: &Ran, metric: &str) -> f64 {
    let others = |_: &str| None;
    let evidence = Evidence { model: &ran.model, ensemble: &ran.ensemble, others: &others };
    match verdict::estimate(&parse_metric(metric).unwrap(), &evidence).unwrap().found {
        Found::Number(number) => number.point,
        other => panic!("{metric}: {other:?}"),
    }
}

fn amount(found: &Forecast, word: &str, month: usize) -> f64 {
    let series = found.courses[0].get(&format!("table.t.purge.{word}")).unwrap();
    series.values[found.months[month]][0]
}

fn worked(model: &Model) -> Forecast {
    let spec = Spec { months: 12, worlds: 1, seed: 1, step: Step::Months(1) };
    forecast(&[(None, model.clone())], &spec, Outside::unattended()).unwrap()
}

/// The forecast's bytes are read, written and logged: of `time` what is not work on a core, at 100 MB/s.
#[test]
fn it_is_the_scenario_that_somebody_would_write() {
    let (model, session) = with_purge(KEPT);
    let found = outside(|outside| together(vec![at(&model, 6, Some(&session))], outside));
    // With the rows of the date, and with what a chunk takes, as numbers.
    let bound = {
        let calendar = calendar();
        let world = model.nominal_world().unwrap();
        let over = (&calendar, calendar.begin(6));
        let rows = super::super::numbers_at(&model, &world, over, Moment::Fullest).unwrap();
        super::purge_of((&model, session.table), &world, over, &rows).unwrap()
    };
    let chunks = bound.rows / CHUNK;
    let text = session.text(&model);
    let text = text.replace("\"1ms\"", &format!("\"{} s\"", bound.cpu / chunks));
    let text = text.replace("\"1 MB\"", &format!("\"{} B\"", bound.bytes() / chunks));
    let kept = KEPT.replace(
        "growth = \"1_000/day\"\nretention = { after = \"30 days\", every = \"month\" }\n",
        "",
    );
    // Thirty days, and the month before a run.
    let kept = kept.replace("rows = 30_000", "rows = 60_437");
    let stated = models(&(kept + &text)).remove(0).1;
    let stated = Alternative::new(None, stated, &[]).unwrap();
    let by_hand = outside(|outside| together(vec![stated], outside));
    let of = |ran: &Ran| {
        ran.ensemble.rows.iter().map(|row| (row.events, row.ended_at)).collect::<Vec<_>>()
    };
    assert_eq!(of(&found[0]), of(&by_hand[0]));
    assert_eq!(number(&found[0], "p95(endpoint.e)"), number(&by_hand[0], "p95(endpoint.e)"));
}

/// Alone it is on a core, on the disk, or waits for the flush of a chunk, one after the other; the first two
/// are the time of the whole purge.
#[test]
fn its_parts_are_the_time_of_the_whole() {
    let (model, session) = with_purge(&KEPT.replace("rate = \"100/s\"", "rate = \"0.001/s\""));
    let ran = outside(|outside| together(vec![at(&model, 6, Some(&session))], outside)).remove(0);
    let parts =
        ["cpu", "disk.scans", "wal"].map(|part| number(&ran, &format!("mean(database.d.{part})")));
    assert!((parts.iter().sum::<f64>() - 1.0).abs() < 1e-3, "{parts:?}");
    let found = worked(&model);
    let (rows, time) = (amount(&found, "rows", 6), amount(&found, "time", 6));
    let chunk = number(&ran, "mean(query.purge_of_t.elapsed)");
    let simulated = (chunk - 1e-3) * rows / CHUNK;
    assert!((simulated / time - 1.0).abs() < 0.01, "{simulated} {time}");
    // The core has its share of it.
    let cpu = parts[0] * chunk * rows / CHUNK;
    let bytes = time - cpu;
    assert!((parts[1] / parts[0] / (bytes / cpu) - 1.0).abs() < 0.02, "{parts:?} {cpu} {bytes}");
}

/// Where the disk takes no time the session is on the core for ever: one permanent customer of an M/M/1 with
/// processor sharing, which makes the mean time (1 + 1) S / (1 - 100/s S), 20 ms for 10 (van den Berg and
/// Boxma, "The M/G/1 queue with processor sharing and its relation to a feedback queue", Queueing Systems 9, 1991).
#[test]
fn it_slows_requests_as_a_permanent_customer_does() {
    let text = KEPT.replace("\"100 MB/s\", sync = \"1ms\"", "\"9 TB/s\", sync = \"1ns\"");
    let text = text.replace("duration = \"20s\"", "duration = \"200s\"");
    let quiet = models(&text).remove(0).1;
    let (model, session) = with_purge(&text);
    let name = |_: &Model, _: &_, _: &[_], _: &Ways| String::new();
    let calendar = calendar();
    let (aged, found) = outside(|outside| {
        let aged = age(&[alone(&quiet)], (&calendar, 6), &name, outside).unwrap().remove(0);
        let found = purged(&alone(&model), &session, &aged, (&calendar, 6), outside).unwrap();
        (aged, found)
    });
    let mean = |aged: &Aged, point: usize| {
        let Found::Number(number) = aged.sweep.points[point].estimates[0].as_ref().unwrap().found
        else {
            panic!("a number")
        };
        number.point
    };
    let last = |aged: &Aged| aged.sweep.points.len() - 1;
    // In month 0 nothing has been purged yet, and the same requests come either way.
    assert_eq!(mean(&aged, 0), mean(&found.aged, 0));
    let (before, now) = (mean(&aged, last(&aged)), mean(&found.aged, last(&found.aged)));
    assert!((before / 0.010 - 1.0).abs() < 0.05, "{before}");
    assert!((now / 0.020 - 1.0).abs() < 0.05, "{now}");
    // The objective of 15 ms holds without it, and fails with it from its first run on.
    assert_eq!(aged.crossings[0].never(), 1.0);
    let failing = &found.aged.crossings[0];
    assert_eq!(failing.what, "quick fails");
    assert!(failing.quantile(0.5) <= 1.0, "{failing:?}");
}

/// Only tables that lose rows one by one have one, in a database that is used; its name is free.
#[test]
fn who_purges() {
    let all = |text: &str| Session::all(&models(text)[0].1);
    assert!(
        all(&KEPT.replace("every = \"month\"", "then = \"drop\", every = \"month\"")).is_empty()
    );
    let apart = KEPT.replace("[query.q]\ndatabase = \"d\"", "[query.q]\ndatabase = \"f\"");
    let apart = apart.replace("database = \"d\"\nsize", "database = \"f\"\nsize");
    assert!(all(&(apart + "[database.f]\ncores = 1\n")).is_empty());
    let taken = KEPT
        .replace("endpoint.e", "endpoint.purge_of_t")
        .replace("{ e = 1 }", "{ purge_of_t = 1 }");
    assert_eq!(all(&taken)[0].name, "purge_of_t_2");
}
