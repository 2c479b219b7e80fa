//! Goal: a forecast reads well and says what it found. Method: words by hand; renderings of a small
//! forecast, held against the numbers in it and against the width of a terminal.

mod variants;

use super::gather::{Study, summarize};
use super::judged::Found;
use super::purging::Purging;
use super::summary::{Around, Crossing, Date, Judgment, Spread, Summary, Unit, Variant};
use super::{behavior, charts, render, rules, words};
use crate::expr::scope::NoTables;
use crate::model::resolve_data;
use crate::report::summary::{self as measured, Number, Verdict};
use crate::report::sweep::facts::{Metric, Point};
use crate::scenario::overlay::with_variant;
use crate::scenario::read;
use crate::scenario::source::MemoryLoader;
use crate::stats::multiple::Better;
use crate::study::forecast::judge;
use crate::study::forecast::{Spec, Step, forecast};
use crate::study::runs::Outside;

const SHOP: &str = r#"
[scenario]
name  = "A shop | with a long name"
start = 2026-11-01
[inputs]
a_day = "uniform(100, 300)"
[database.pg]
disk = { size = "100 MB" }
[table.orders_of_all_customers_in_all_the_countries]
database = "pg"
rows     = 0
row      = "200 B"
key      = "id"
growth   = "100 * a_day / 1 day"
[storage.video]
growth = "a_day / 1 day * 1 GB"
tier   = { hot = { price = "0.03 $ / (GB*month)" }, cold = { after = "90 days", price = "0.004 $ / (GB*month)" } }
[objective.small]
that = "table.orders_of_all_customers_in_all_the_countries.rows < 5_000_000"
[claim.none]
says = "nothing comes"
that = "at(12 months, storage.video.bytes) < 1 GB"
[claim.more]
says = "it more than doubles"
that = "at(24 months, storage.video.bytes) > 2.5 * at(12 months, storage.video.bytes)"
[variant.short]
about = "30 days"
table.orders_of_all_customers_in_all_the_countries.retention = { after = "30 days", then = "drop", every = "week" }
"#;

fn summary() -> Summary {
    of(SHOP, "short")
}

fn of(text: &str, variant: &str) -> Summary {
    let (raw, _) = read("shop.toml", &[], &MemoryLoader::new("shop.toml", text));
    let (merged, _) = with_variant(&raw, variant);
    let resolved = |raw| {
        let (model, found) = resolve_data(raw, &NoTables);
        model.unwrap_or_else(|| panic!("{found:?}"))
    };
    let models = vec![(None, resolved(&raw)), (Some(variant.to_owned()), resolved(&merged))];
    let spec = Spec { months: 24, worlds: 200, seed: 1, step: Step::Months(1) };
    let found = forecast(&models, &spec, Outside::unattended()).unwrap();
    let main = &models[0].1;
    let here = &found.courses[0];
    let objective = |that| Found::Amounts(judge::objective(that, &found, here, main).unwrap());
    let claim = |that| Found::Amounts(judge::claim(that, &found, here, main).unwrap());
    let outlook = &main.outlook;
    let objectives = outlook.objectives.iter().map(|one| (one, objective(&one.that))).collect();
    let claims = outlook.claims.iter().map(|one| (one, claim(&one.that))).collect();
    summarize(&Study {
        models: &models,
        forecast: &found,
        aged: &[],
        skipped: Vec::new(),
        judged: (objectives, claims),
        months: (24, Step::Months(1)),
        seed: 1,
        warnings: vec!["something is odd".to_owned()],
        reproduce: "plimsoll forecast shop.toml".to_owned(),
        partial: false,
    })
}

#[test]
fn money_and_amounts_as_people_write_them() {
    let money = [0.0, 0.031, 12.346, 999.99, 1_234.56, -3.5, 14_985.0, 2_345_678.9];
    let money = money.map(words::money);
    let by_hand = ["$0.00", "$0.031", "$12.35", "$999.99", "$1,235", "-$3.50", "$14,985"];
    let small = [0.0043, 0.004_312, 0.5, 0.126_4, -0.01, 0.999_6, 3e-6, 1.234e-5, 4e-7, -4e-7];
    let small_by_hand = [
        "$0.0043",
        "$0.00431",
        "$0.50",
        "$0.126",
        "-$0.01",
        "$1.00",
        "$0.000003",
        "$0.000012",
        "$0.00",
        "$0.00",
    ];
    assert_eq!(small.map(words::money), small_by_hand);
    assert_eq!(money[..7], by_hand);
    assert_eq!(money[7], "$2,345,679");
    assert_eq!(words::amount(3_650_123.0, Unit::Count), "3,650,000");
    assert_eq!(words::amount(9_876.0, Unit::Count), "9,876");
    assert_eq!(words::amount(2_156_000_000.0, Unit::Count), "2,160 M");
    let bytes = [67.5e12, 999_900.0, 1_500.0, 12.0, 9.72e15];
    let bytes = bytes.map(|bytes| words::amount(bytes, Unit::Bytes));
    assert_eq!(bytes, ["67.5 TB", "1 MB", "1.5 kB", "12 B", "9,720 TB"]);
    assert_eq!(words::amount(f64::INFINITY, Unit::Seconds), "never");
    let spread = |low: f64, high: f64| Spread {
        median: Number(2.0),
        lower90: Number(low),
        upper90: Number(high),
        ..Spread::default()
    };
    assert_eq!(words::spread(&spread(1.0, 3.0), Unit::Count), "2 (1\u{2013}3)");
    assert_eq!(words::spread(&spread(2.0, 2.0), Unit::Count), "2");
    let band = |low: f64, high: f64| {
        words::band((Number(low / 86_400.0), Number(high / 86_400.0)), Unit::BytesPerSecond)
    };
    assert_eq!(band(1e3, 2e3).as_deref(), Some("1\u{2013}2 kB/day"));
    assert_eq!(band(900.0, 2e3).as_deref(), Some("900 B/day\u{2013}2 kB/day"));
    // What looks alike is no interval.
    assert_eq!([band(2e3, 2e3), band(2e3, 2.000_1e3)], [None, None]);
    let day = "2028-04-17".to_owned();
    assert_eq!(words::date(17.0, Some(&day)), "2028-04");
    assert_eq!(words::date(17.53, Some(&day)), "2028-04-17");
    assert_eq!([words::date(17.53, None), words::date(18.0, None)], ["month 17.53", "month 18"]);
    assert_eq!([12, 24, 18, 1].map(words::months), ["1 year", "2 years", "18 months", "1 month"]);
}

/// The median rate is 200 a day: 20,000 orders, 7.3 million a year, 14.6 million in two; the limit of
/// 5 million is passed after 250 days, in July 2027.
#[test]
fn the_headline_says_what_matters() {
    let summary = summary();
    let said = &summary.headline;
    assert!(
        said.starts_with(
            "After 2 years table.orders_of_all_customers_in_all_the_countries has 14."
        ),
        "{said}"
    );
    // It is not yet full when the month begins.
    let from = summary.variants[0].crossings[0].dates[3].clone().unwrap();
    assert!(from.starts_with("2026-11-"), "{from}");
    assert!(said.contains(&format!(" From {from} on the disk of pg is full")), "{said}");
    assert!(said.contains("all 24 together $"), "{said}");
    let small = &summary.variants[0].crossings[1];
    assert_eq!(small.dates[1].as_deref().map(|date| &date[..7]), Some("2027-07"));
    // A quarter of the worlds has a rate above 250 a day, a quarter below 150: 200 and 333 days.
    assert_eq!(small.dates50[0].as_deref().map(|date| &date[..7]), Some("2027-05"));
    assert!((small.upper50.0 - 10.97).abs() < 0.15, "{small:?}");
    assert_eq!(summary.objectives[0].verdict, Verdict::Fail);
    assert_eq!(summary.claims[0].verdict, Verdict::Refuted);
    // 200 GB on each of 365 and of 731 days: twice is less than two and a half times.
    let more = &summary.claims[1].parts[0];
    assert_eq!(summary.claims[1].verdict, Verdict::Refuted);
    let against = more.against[0].median.0 / (2.5 * 365.0 * 200e9);
    assert!((against - 1.0).abs() < 0.01, "{against}");
    // What is worked out is no measurement of another design.
    let text = render::text(&summary).replace('\n', " ");
    let side = more.text.rsplit(['<', '>', '=']).next().unwrap().trim();
    assert!(text.contains(&format!(", and {side} is 18")), "{side}: {text}");
    assert!(!text.contains(" against "), "{text}");
    // From when on the objective fails in more than a tenth of the worlds: those with 280 a day and
    // more, after 5,000,000 / 28,000 days.
    let from = summary.objectives[0].fails_from.as_ref().unwrap();
    assert_eq!(from.date.as_deref().map(|date| &date[..7]), Some("2027-04"));
    assert_eq!(summary.objectives[0].parts[0].date.as_ref().unwrap().month.0, 24.0);
}

/// A disk of a terabyte and a limit of 50 million rows are kept in all worlds; one of 21.17 million, which
/// are 290 x 100 a day over 730 days, in 95 %, and that is said too.
#[test]
fn where_nothing_fails_the_headline_says_so() {
    let text = |disk: &str, rows: &str| {
        SHOP.replace("100 MB", disk).replace("rows < 5_000_000", &format!("rows < {rows}"))
    };
    let said = |disk: &str, rows: &str| of(&text(disk, rows), "short").headline;
    let all = said("1 TB", "50_000_000");
    assert!(
        all.contains(" No amount passes a limit until 2028-11 in 100 % of the worlds."),
        "{all}"
    );
    let most = said("1 TB", "21_170_000");
    assert!(most.contains(" No amount passes a limit until 2028-11 in 9"), "{most}");
    assert!(!most.contains("100 %"), "{most}");
    assert!(!said("1 TB", "5_000_000").contains("No amount"));
}

#[test]
fn text_fits_a_terminal_and_markdown_is_safe() {
    let summary = summary();
    let text = render::text(&summary);
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
    assert!(text.starts_with("After 2 years"));
    for part in ["Amounts", "Limits", "Costs of the month", "by variant", "nothing comes", "odd"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let charts = charts::charts(&summary);
    let files: Vec<&str> = charts.iter().map(|chart| chart.file).collect();
    let of_amounts = charts::FILES.into_iter().filter(|file| *file != behavior::FILE);
    assert_eq!(files, of_amounts.collect::<Vec<_>>());
    let markdown = render::markdown(&summary, &charts);
    assert!(markdown.starts_with("## A shop \\| with a long name\n"), "{markdown}");
    for file in files {
        assert!(markdown.contains(&format!("]({file})")), "{file}");
    }
}

/// Fifty million rows a day, of which a run each day deletes what is older than 90 days: its vacuum
/// reads the index of 4,500 million rows through, some 20 bytes each, which at 1 MB/s takes more than a
/// day. The first listed date after the first deletions (day 90, in January) is the one of February. A
/// fifth of the rows takes a fifth of the time, a hundred times the bandwidth is enough, and dropped
/// partitions take nothing.
#[test]
fn purges_that_do_not_end_are_spoken_of() {
    let text = r#"
        [scenario]
        start = 2026-11-01
        [database.pg]
        disk = { bandwidth = "1 MB/s" }
        [table.t]
        database  = "pg"
        rows      = 0
        row       = "200 B"
        key       = "id"
        growth    = "50_000_000/day"
        retention = { after = "90 days", every = "day" }
        [variant.drops]
        table.t.retention = { after = "90 days", every = "day", then = "drop" }
    "#;
    let summary = of(text, "drops");
    let said: Vec<&String> = summary.warnings.iter().filter(|one| one.contains("purge")).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("longer than its period from 2027-02 on"), "{said:?}");
    let summary = of(&text.replace("50_000_000", "10_000_000"), "drops");
    let said = summary.warnings.iter().find(|one| one.contains("purge")).unwrap();
    assert!(said.contains("a tenth of its period and more from 2027-02 on"), "{said}");
    let summary = of(&text.replace("1 MB/s", "100 MB/s"), "drops");
    assert!(summary.warnings.iter().all(|one| !one.contains("purge")), "{:?}", summary.warnings);
}

/// Every number of the summary stands in JSON, with dates and units.
#[test]
fn json_has_every_amount() {
    let summary = summary();
    let json: serde_json::Value = serde_json::to_value(&summary).unwrap();
    assert_eq!((&json["schema"], &json["kind"]), (&1.into(), &"forecast".into()));
    assert_eq!(json["dates"].as_array().unwrap().len(), 25);
    assert_eq!(json["dates"][2]["date"], "2027-01-01");
    let amounts = json["variants"][0]["amounts"].as_array().unwrap();
    let total = amounts.iter().find(|one| one["path"] == "cost.total").unwrap();
    assert_eq!((&total["unit"], total["points"].as_array().unwrap().len()), (&"money".into(), 25));
    let rows = |variant: usize| {
        let amounts = json["variants"][variant]["amounts"].as_array().unwrap();
        let end = |one: &serde_json::Value| one["points"][24]["median"].as_f64().unwrap();
        amounts
            .iter()
            .find(|one| words::last(one["path"].as_str().unwrap()) == "rows")
            .map(end)
            .unwrap()
    };
    // 730 days against at most 37.
    assert!(rows(1) / rows(0) > 30.0 / 731.0 && rows(1) / rows(0) <= 37.0 / 730.0);
}

/// Requests at two dates, of which 95 % take a millisecond at first and `end` seconds at last.
fn simulated(end: f64) -> behavior::Behavior {
    behavior::Behavior {
        worlds: 1,
        replications: 5,
        confidence: Number(0.95),
        metrics: vec![Metric {
            metric: "p95(endpoint.read)".to_owned(),
            unit: measured::Unit::Seconds,
            better: None,
            asked: true,
        }],
        points: [(0.0, "2026-11", 0.001), (24.0, "2028-11", end)]
            .map(|(month, date, value)| Point {
                settings: vec![date.to_owned()],
                values: vec![Some(Number(month))],
                metrics: vec![Some(measured::Value::plain(value))],
                ..Point::default()
            })
            .to_vec(),
        flips: Vec::new(),
    }
}

/// A variant that purges, with 5.4 ms at the end and 7 ms while it purges; `verdict` is that of its
/// objective then, from `failing` on it fails.
fn purging(verdict: Verdict, failing: f64, share: f64) -> Summary {
    let mut summary = summary();
    let assured = |months: f64| super::summary::Crossing {
        what: "quick fails".to_owned(),
        path: "p95(endpoint.read)".to_owned(),
        is_of_requests: true,
        assured: Number(months),
        dates: [None, None, None, months.is_finite().then(|| "2027-03-01".to_owned())],
        ..summary.variants[0].crossings[0].clone()
    };
    let one = summary.objectives[0].clone();
    let quick = |verdict, failing: f64| Judgment {
        verdict,
        name: "quick".to_owned(),
        fails_from: failing
            .is_finite()
            .then(|| Date { month: Number(failing), date: Some("2027-03-01".to_owned()) }),
        ..one.clone()
    };
    let constant = |value: f64| Spread { median: Number(value), ..Spread::default() };
    let found = Purging {
        table: "history".to_owned(),
        chunk_rows: 1_000,
        time: Some(constant(share * 86_400.0)),
        share: Some(constant(share)),
        behavior: simulated(0.007),
        crossings: vec![assured(failing)],
        objectives: vec![quick(verdict, failing)],
        quiet: vec![quick(Verdict::Pass, f64::INFINITY)],
    };
    summary.variants[1].behavior = Some(simulated(0.0054));
    summary.variants[1].purging = vec![found];
    summary
}

/// What a purge does to requests is said beside what they meet without it, and whether objectives hold then; what is
/// missed only then is a warning.
#[test]
fn purges_are_said_beside_quiet_dates() {
    let said = |summary: &Summary| super::purging::table(summary).notes.join(" ");
    let share = 1560.0 / 86_400.0;
    let held = purging(Verdict::Pass, f64::INFINITY, share);
    assert_eq!(
        said(&held),
        "short: At 2028-11 p95(endpoint.read) is 5.4 ms, 7 ms while the purge of history runs (26 min a run, \
         26 min of each day, 1.81 % of the time); then quick holds."
    );
    assert!(super::purging::warnings(&held).is_empty());
    let text = render::text(&held);
    assert!(text.contains("While a purge runs") && text.contains("5.4 ms"), "{text}");
    assert!(render::markdown(&held, &[]).contains("### While a purge runs"));
    let missed = purging(Verdict::Fail, 4.0, 1.2);
    let all = said(&missed);
    assert!(all.contains("(all the time: it never ends)"), "{all}");
    assert!(all.ends_with("; then quick fails from 2027-03 on, without it does not."), "{all}");
    assert_eq!(
        super::purging::warnings(&missed),
        [
            "short: quick is missed from 2027-03 on while the purge of history runs, and is met without it"
        ]
    );
    // Where it fails anyway, and as soon, no purge is to blame.
    let mut anyway = purging(Verdict::Fail, 4.0, share);
    let found = &mut anyway.variants[1].purging[0];
    found.quiet = found.objectives.clone();
    assert!(said(&anyway).ends_with("fails from 2027-03 on, as it does without."));
    assert!(super::purging::warnings(&anyway).is_empty());
    // Another objective that fails without a purge says nothing of this one.
    let mut another = missed;
    let found = &mut another.variants[1].purging[0];
    let slow = Judgment { name: "slow".to_owned(), ..found.objectives[0].clone() };
    found.quiet.insert(0, slow.clone());
    found.objectives.insert(0, slow);
    let behavior = another.variants[1].behavior.as_mut().unwrap();
    behavior.points.iter_mut().for_each(|point| point.objectives.1 = 1);
    let all = said(&another);
    assert!(
        all.ends_with(
            "slow fails from 2027-03 on, as it does without and quick fails from 2027-03 on, without it \
             does not."
        ),
        "{all}"
    );
    let warned = super::purging::warnings(&another);
    assert!(warned.len() == 1 && warned[0].starts_with("short: quick is missed"), "{warned:?}");
    // Too few requests to tell are no proof that it is met.
    another.variants[1].purging[0].quiet[1].verdict = Verdict::Inconclusive;
    assert!(said(&another).ends_with("quick fails from 2027-03 on, without it cannot be told."));
    assert!(super::purging::warnings(&another).is_empty());
}

/// Goal: which rule keeps what fails from failing, and what that takes. By hand: 28,000 rows a day and more
/// in a tenth of the worlds are 5 million after 178 days; of 30 days and a week there are never so many.
#[test]
fn the_rule_that_helps_is_named() {
    let summary = summary();
    let said = rules::sentences(&summary);
    let [said] = said.as_slice() else { panic!("{said:?}") };
    assert!(said.starts_with("small fails from 2027-04-2"), "{said}");
    let rule = "on in 10 % of the worlds; not within 2 years with short (-";
    assert!(said.contains(rule) && said.ends_with(" in database.pg)."), "{said}");
    assert!(render::text(&summary).replace('\n', " ").contains(rule));
    // What is not known to fail needs no rule.
    let small = SHOP.replace("5_000_000", "50_000_000_000");
    assert!(rules::sentences(&of(&small, "short")).is_empty());
}

/// Goal: the chart shows the rules that help and the best of those that do not, in the order of the file among
/// equals. By hand: `a` and `b` fail in months 9 and 12, `c`, `d` and `e` never.
#[test]
fn the_chart_shows_what_helps_and_what_does_not() {
    let mut summary = summary();
    let main = summary.variants[0].clone();
    let first = main.crossings.iter().find(|one| one.what == "small fails").unwrap().clone();
    let variant = |name: &str, month: f64| {
        let crossings = vec![Crossing { assured: Number(month), ..first.clone() }];
        let behavior = Some(simulated(0.1));
        Variant { name: Some(name.to_owned()), crossings, behavior, ..main.clone() }
    };
    let never = f64::INFINITY;
    let all = [("a", 9.0), ("b", 12.0), ("c", never), ("d", never), ("e", never)];
    summary.variants.truncate(1);
    summary.variants.extend(all.map(|(name, month)| variant(name, month)));
    let shown = |summary: &Summary, most: usize| -> Vec<String> {
        rules::telling(summary, most).iter().filter_map(|one| one.name.clone()).collect()
    };
    assert_eq!(shown(&summary, 3), ["c", "d", "b"]);
    assert_eq!(shown(&summary, 9), ["c", "d", "e", "b", "a"]);
    summary.variants[2].behavior = None;
    assert_eq!(shown(&summary, 3), ["c", "d", "a"]);
}

/// What the chart of requests says whose first limit is passed in `crossed`; `never` is a month in which
/// nothing is answered.
fn drawn(crossed: f64, never: f64) -> String {
    let mut summary = summary();
    let main = &mut summary.variants[0];
    let mut behavior = simulated(0.1);
    behavior.metrics[0].better = Some(Better::Smaller);
    let mut early = behavior.points[0].clone();
    early.values = vec![Some(Number(1.0))];
    behavior.points.insert(1, early);
    for point in &mut behavior.points {
        if point.values[0] == Some(Number(never)) {
            point.metrics = vec![Some(measured::Value::plain(f64::INFINITY))];
        }
    }
    main.behavior = Some(behavior);
    let first = main.crossings.iter().find(|one| one.what == "small fails").unwrap().clone();
    let path = "p95(endpoint.read)".to_owned();
    let (months, is_of_requests) = ([crossed; 2].map(Number), true);
    let [median, assured] = months;
    main.crossings = vec![Crossing { path, is_of_requests, median, assured, ..first }];
    let chart = behavior::chart(&summary, "months after 2026-11-01").unwrap();
    chart.svg.standalone()
}

/// Goal: time is logarithmic where something happens in the first tenth of the 24 months, and linear where it does
/// not or where nothing lies before it.
#[test]
fn what_happens_early_gets_room() {
    let never = f64::INFINITY;
    for (crossed, silent, is_early) in [
        (2.3, never, true),
        (2.5, never, false),
        (0.0, never, false),
        (never, never, false),
        (never, 1.0, true),
        (never, 24.0, false),
    ] {
        let text = drawn(crossed, silent);
        assert_eq!(
            text.contains("time after 2026-11-01 (logarithmic)"),
            is_early,
            "{crossed} {silent}"
        );
        assert_eq!(text.contains("months after 2026-11-01"), !is_early, "{crossed} {silent}");
    }
}

/// Dates that requests are read off between are said to be apart where that is more than a day: of the first share
/// of worlds, of the median, and of all others together; and of variants where their dates are listed.
#[test]
fn what_is_read_off_between_dates_says_how_far_apart_they_are() {
    let mut summary = summary();
    let date = |month: f64| Date { month: Number(month), date: None };
    let around = |days: f64| Around { from: date(0.0), to: date(1.0), days: Number(days) };
    let crossing = |what: &str, first: f64, median: f64| super::summary::Crossing {
        what: what.to_owned(),
        around: Some(around(first)),
        around_median: Some(around(median)),
        ..summary.variants[0].crossings[0].clone()
    };
    let full = crossing("service.api.workers is 90 % busy", 3.0, 215.0);
    let cases = [
        (vec![crossing("small fails", 1.0, 1.0)], None),
        (vec![crossing("small fails", 2.0, 2.0)], Some("of \"small fails\" 2 days.")),
        (
            vec![crossing("small fails", 1.0, 11.0)],
            Some("of the median of \"small fails\" 11 days."),
        ),
        (
            vec![crossing("small fails", 2.0, 11.0), full],
            Some(
                "of \"small fails\" 2 days and of its median 11 days and of the others up to 215 days.",
            ),
        ),
    ];
    let mut other = summary.variants[0].clone();
    other.name = Some("other".to_owned());
    other.crossings = vec![crossing("small fails", 245.0, 2.0)];
    let mut beside = summary.clone();
    beside.variants[0].crossings = vec![crossing("small fails", 1.0, 1.0)];
    beside.variants.push(other);
    let text = render::text(&beside).replace("\n  ", " ");
    assert!(
        text.contains("dates of variants are read off between two simulated dates, up to 245 days"),
        "{text}"
    );
    for (crossings, said) in cases {
        summary.variants[0].crossings = crossings;
        let text = render::text(&summary).replace("\n  ", " ");
        match said {
            None => assert!(!text.contains("simulated dates"), "{text}"),
            Some(said) => assert!(text.contains(said), "{said}: {text}"),
        }
    }
}
