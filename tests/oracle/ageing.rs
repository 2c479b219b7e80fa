//! Goal: behavior over time is that of the queue with the data of the date, and crossings lie where
//! theory puts them.
//!
//! A query that reads its whole table on one core under processor sharing: its work grows with the
//! rows, and the mean time in the system is `S / (1 - λS)` whatever the law of the work is. So the
//! month in which it passes a limit L is that in which the work is `L / (1 + λL)`.

use plimsoll::access::stored::Stored;
use plimsoll::access::ways::Ways;
use plimsoll::expr::scope::NoTables;
use plimsoll::growth::calendar::Calendar;
use plimsoll::model::{Model, Read};
use plimsoll::study::ageing::{Aged, Crossing, Design, age};
use plimsoll::study::forecast::{Spec, Step, forecast};
use plimsoll::study::runs::Outside;

const RATE: f64 = 20.0;

/// 500 to 1,000 rows a day, none at first.
const SCANNED: &str = r#"
[inputs]
a_day = "1_000/day"
[run]
kind = "steady"
duration = "400s"
warm_up = "20s"
replications = 8
[service.s]
workers = 10_000
[database.d]
cores = 1
max_connections = 11_000
costs = { max_parallel_workers_per_gather = 0 }
[pool.p]
service = "s"
database = "d"
size = 10_000
[table.t]
database = "d"
rows = 10_000
columns = { id = "bigint", who = { type = "bigint", distinct = 1_000 }, text = "text(200)" }
key = "id"
growth = "a_day"
[query.q]
table = "t"
equals = "who"
count = true
[endpoint.e]
service = "s"
steps = [{ query = "q" }]
[workload.w]
rate = "20/s"
mix = { e = 1 }
[objective.quick]
that = "mean(query.q.elapsed) < 40ms"
"#;

fn model(sets: &[&str]) -> Model {
    crate::common::model_beside(SCANNED, sets, &NoTables)
}

fn aged(model: &Model, months: u32) -> Aged {
    let calendar = Calendar::new(None, 0, months + 12).expect("a calendar");
    let name =
        |_: &Model, _: &Read, _: &[Stored], ways: &Ways| format!("{:?}", ways.chosen().path.scan);
    let design = Design { model, beside: Vec::new() };
    let mut all = age(&[design], (&calendar, months), &name, Outside::unattended())
        .expect("values within their bounds");
    all.remove(0)
}

fn of<'a>(aged: &'a Aged, what: &str) -> &'a Crossing {
    aged.crossings.iter().find(|one| one.what == what).expect("a crossing")
}

/// The month in which the work of the query passes a bound, by the forecast's arithmetic, in a world
/// with so many rows a day.
fn month_of_work(bound: f64, a_day: f64) -> f64 {
    let asked = (1..=36).map(|month| {
        format!("[claim.m{month}]\nthat = \"at({month} months, query.q.cpu) > 1s\"\n")
    });
    let text = SCANNED.to_owned() + &asked.collect::<String>();
    let set = format!("inputs.a_day=\"{a_day}/day\"");
    let model = crate::common::model_beside(&text, &[&set], &NoTables);
    let spec = Spec { months: 36, worlds: 1, seed: 1, step: Step::Months(1) };
    let found = forecast(&[(None, model)], &spec, Outside::unattended()).expect("a forecast");
    let series = found.courses[0].get("query.q.cpu").expect("the work of the query");
    let work: Vec<f64> = (1..=36).map(|month| series.values[found.months[month]][0]).collect();
    let after = work.iter().position(|work| *work > bound).expect("a crossing");
    let part = (bound - work[after - 1]) / (work[after] - work[after - 1]);
    after as f64 + part
}

/// One world: the interval of the crossing holds the month that theory gives, and is narrow.
#[test]
fn an_objective_fails_in_the_month_that_theory_gives() {
    let aged = aged(&model(&[]), 36);
    let found = of(&aged, "quick fails");
    let (lower, upper) = found.luck.expect("one world has an interval");
    let bound = 0.04 / (1.0 + RATE * 0.04);
    let expected = month_of_work(bound, 1_000.0);
    println!("{} ({lower}-{upper}) of {expected}", found.quantile(0.5));
    assert!(lower <= expected && expected <= upper, "{lower} {expected} {upper}");
    assert!(upper - lower < 3.0, "{lower} {upper}");
    // Mutation: without waiting, the work itself passes 40 ms much later.
    let without = month_of_work(0.04, 1_000.0);
    assert!(without > upper, "{without} {upper}");
}

/// Several worlds: a world's month is in proportion to its rows a day, so quantiles of the months are
/// those of the input, upside down.
#[test]
fn worlds_cross_at_their_own_months() {
    let sets =
        ["inputs.a_day=\"uniform(800/day, 1_600/day)\"", "run.worlds=32", "run.replications=2"];
    let aged = aged(&model(&sets), 36);
    let found = of(&aged, "quick fails");
    assert_eq!((found.months.len(), found.never()), (32, 0.0));
    let bound = 0.04 / (1.0 + RATE * 0.04);
    for (quantile, a_day) in [(0.05, 1_560.0), (0.5, 1_200.0), (0.95, 840.0)] {
        let (month, expected) = (found.quantile(quantile), month_of_work(bound, a_day));
        println!("{quantile}: {month} of {expected}");
        assert!((month / expected - 1.0).abs() < 0.04, "{month} {expected}");
    }
}
