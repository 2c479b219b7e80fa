//! The renderings of summaries made by hand.

pub(in crate::report) mod fixture;
mod snapshots;
mod unknown;

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::headline::headline;
use super::summary::{Number, Part, Regime, Summary, Value, Verdict};
use super::table::{Cell, Table, code_markdown, display_width, elide, escape_markdown, wrap};
use super::text::WIDTH;
use super::{charts, json, markdown, phrase, text};
use crate::report::summary::Unit;

fn widest(text: &str) -> usize {
    text.lines().map(display_width).max().unwrap_or(0)
}

#[test]
fn the_sentence_says_first_what_is_wrong() {
    assert_eq!(
        headline(&fixture::browse()),
        "At 8,333/s, browse meets its objective: p95 is 150 ms (149–151) against 500 ms; \
         pool.api_pg is the busiest, 83.3 % in use."
    );
    assert_eq!(
        headline(&fixture::failing()),
        "At 8,333/s, browse is overloaded; 33.3 % of its requests get no connection in time; it \
         misses its objective: there is no p95 to hold against 500 ms; pool.api_pg cannot keep up: \
         417 asked for, 97 there."
    );
}

#[test]
fn the_sentence_covers_the_other_cases() {
    let mut open = fixture::browse();
    open.objectives[0].verdict = Verdict::Inconclusive;
    assert!(headline(&open).starts_with(
        "At 8,333/s, it cannot be told whether browse meets its objective: p95 is 150 ms"
    ));
    let mut plain = fixture::browse();
    plain.objectives.clear();
    plain.run.partial = true;
    assert_eq!(
        headline(&plain),
        "At 8,333/s, browse answers 95 % of its requests within 150 ms (149–151); pool.api_pg is \
         the busiest, 83.3 % in use; the study was cut short after 16 replications."
    );
    let nothing = Summary::default();
    assert!(headline(&nothing).starts_with("Nothing was measured"));
}

#[test]
fn a_pool_that_is_refused_is_named_with_what_it_has() {
    let mut summary = fixture::browse();
    let pool = &mut summary.pools[0];
    pool.refused = 1_000;
    pool.open = Some(Value::plain(97.0));
    pool.in_use = Some(Value::plain(87.3));
    assert!(
        headline(&summary)
            .ends_with("; pool.api_pg gets only 97 of its 500 connections, 90 % of them in use.")
    );
}

#[test]
fn a_missed_objective_is_named_before_those_that_are_met() {
    let mut summary = fixture::browse();
    let mut missed = summary.objectives[0].clone();
    missed.verdict = Verdict::Fail;
    missed.parts[0] = Part {
        metric: "p99(pool.api_pg.wait)".to_owned(),
        limit: Some(Number(0.005)),
        margin: Some(Number(-29.0)),
        verdict: Verdict::Fail,
        ..missed.parts[0].clone()
    };
    summary.objectives.push(missed);
    assert!(headline(&summary).starts_with(
        "At 8,333/s, browse misses 1 of 2 objectives: p99(pool.api_pg.wait) is 150 ms (149–151) \
         against 5 ms"
    ));
}

#[test]
fn json_has_the_keys_of_its_schema() {
    let text = json::render(&fixture::failing()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = BTreeSet::from([
        "schema",
        "name",
        "about",
        "sources",
        "variant",
        "headline",
        "run",
        "objectives",
        "claims",
        "warnings",
        "requests",
        "windows",
        "stations",
        "pools",
        "breakdown",
        "variants",
        "theory",
        "inputs",
        "assumptions",
        "method",
        "metrics",
        "series",
    ]);
    assert_eq!(keys.iter().copied().collect::<BTreeSet<_>>(), expected);
    assert_eq!(value["schema"], 1);
    assert_eq!(value["run"]["regime"], "overloaded");
    assert_eq!(value["pools"][0]["path"], "pool.api_pg");
    assert_eq!(value["requests"][0]["percentiles"][2]["quantile"], 0.95);
    assert_eq!(value["requests"][0]["percentiles"][2]["seconds"]["point"], "infinity");
    assert_eq!(value["objectives"][0]["parts"][0]["margin"], "-infinity");
    assert_eq!(value["stations"][0]["offered_load"], serde_json::Value::Null);
}

#[test]
fn numbers_that_json_has_not_are_words_or_null() {
    let text = |number: f64| serde_json::to_string(&Number(number)).unwrap();
    assert_eq!(text(f64::INFINITY), "\"infinity\"");
    assert_eq!(text(f64::NEG_INFINITY), "\"-infinity\"");
    assert_eq!(text(f64::NAN), "null");
    assert_eq!(text(0.1), "0.1");
}

#[test]
fn json_knows_nothing_of_where_and_when() {
    let text = json::render(&fixture::browse()).unwrap();
    for word in ["/tmp", "threads", "jobs", "elapsed", "events"] {
        assert!(!text.contains(word), "{word} differs between runs of the same study");
    }
}

#[test]
fn a_value_is_said_in_one_unit_with_its_interval() {
    let said = |value: Value| phrase::value(&value, Unit::Seconds);
    assert_eq!(said(Value::with_interval(0.231, 0.224, 0.238)), "231 ms (224–238)");
    assert_eq!(said(Value::with_interval(1.0, 0.999, 1.001)), "1 s (0.999–1)");
    assert_eq!(said(Value::plain(0.05)), "50 ms");
    assert_eq!(said(Value::plain(f64::INFINITY)), "none");
    let share = phrase::value(&Value::with_interval(0.9, 0.8, 0.95), Unit::Share);
    assert_eq!(share, "90 % (80–95)");
    let rate = phrase::value(&Value::with_interval(8_333.0, 8_330.0, 8_336.0), Unit::PerSecond);
    assert_eq!(rate, "8,333/s (8,330–8,336)");
    assert_eq!(phrase::percentile(Number(0.9999)), "p99.99");
}

#[test]
fn a_margin_is_said_from_the_side_of_its_limit() {
    let summary = fixture::browse();
    let part = |unit, found: f64, limit: f64, margin: f64| Part {
        unit,
        estimate: Some(Value::plain(found)),
        limit: Some(Number(limit)),
        margin: Some(Number(margin)),
        ..summary.objectives[0].parts[0].clone()
    };
    let said = |found: f64, limit: f64, margin: f64| {
        phrase::margin(&part(Unit::Seconds, found, limit, margin))
    };
    assert_eq!(said(0.150_5, 0.5, 0.699), "70 % below");
    assert_eq!(said(0.527, 0.5, -0.054), "5.4 % above");
    assert_eq!(said(2.0, 0.005, -399.0), "400 \u{d7} limit");
    assert_eq!(said(0.332_5, 0.5, -0.335), "34 % below", "a floor that is missed");
    assert_eq!(said(0.525_5, 0.5, 0.051), "5.1 % above", "a floor that is passed");
    assert_eq!(said(7.75, 0.5, 14.5), "15.5 \u{d7} limit");
    assert_eq!(said(0.5, 0.5, 0.0), "at the limit");
    assert_eq!(said(0.001, -0.002, -1.5), "3 ms above");
    assert_eq!(said(-0.006, -0.002, 2.0), "4 ms below");
    assert_eq!(said(f64::INFINITY, 0.5, f64::NEG_INFINITY), "beyond any");
    let share = |found: f64, limit: f64, margin: f64| {
        phrase::margin(&part(Unit::Share, found, limit, margin))
    };
    assert_eq!(share(0.392, 0.01, -38.2), "38 points above");
    assert_eq!(share(0.063, 0.05, 0.26), "1.3 points above");
    assert_eq!(share(0.0, 0.01, -1.0), "1 point below");
    assert_eq!(share(0.049_9, 0.05, 0.002), "<0.1 points below");
    let both = Part { against: Some(Value::plain(0.4)), ..part(Unit::Seconds, 0.5, 0.4, -0.25) };
    assert_eq!(phrase::found(&both), "500 ms against 400 ms");
    let lasts =
        |seconds: f64| Part { estimate: None, lasted_s: Some(Number(seconds)), ..both.clone() };
    assert_eq!(phrase::found(&lasts(270.0)), "for 4.5 min");
    assert_eq!(phrase::found(&lasts(0.0)), "at no time");
    assert_eq!([1, 9, 10, 99, 375, 1_001].map(phrase::rounded_up), [1, 9, 10, 99, 380, 1_100]);
    let within = |found: f64| Part {
        estimate: Some(Value::plain(found)),
        ..summary.claims[0].parts[0].clone()
    };
    assert_eq!(phrase::margin(&within(421.2)), "1 % more");
    assert_eq!(phrase::margin(&within(417.0)), "exact");
    assert_eq!(phrase::beside(&within(500.0)).unwrap(), "20 % more than 417");
    assert_eq!(phrase::beside(&within(300.0)).unwrap(), "28 % less than 417");
    assert_eq!(phrase::beside(&summary.objectives[0].parts[0]), None);
}

#[test]
fn a_failure_is_said_as_a_person_would() {
    let mut summary = fixture::failing();
    summary.run.regime = Regime::Terminating;
    summary.objectives.clear();
    for requests in &mut summary.requests {
        requests.good = Some(Value::plain(0.0));
        requests.count = 16;
        requests.outcomes.retain(|row| row.outcome != "ok");
        requests.outcomes[0].count = 16;
    }
    let said = |summary: &Summary| headline(summary);
    assert!(
        said(&summary)
            .starts_with("With one request, every request to browse gets no connection in time; ")
    );
    for (workload, endpoint, words) in [
        ("timed_out", "ok", "every request to browse times out at the client; "),
        ("timed_out", "timed_out", "every request to browse times out; "),
        ("refused", "refused", "every request to browse is refused a connection; "),
        ("failed", "failed", "every request to browse fails; "),
    ] {
        for requests in &mut summary.requests {
            let is_workload = requests.path.starts_with("workload.");
            let outcome = if is_workload { workload } else { endpoint };
            outcome.clone_into(&mut requests.outcomes[0].outcome);
        }
        assert!(said(&summary).contains(words), "{}", said(&summary));
    }
    for requests in &mut summary.requests {
        requests.outcomes[0].count = 10;
        requests.unanswered = 6;
    }
    assert!(
        said(&summary)
            .contains("all of the requests to browse get no good answer, most of those fail")
    );
}

#[test]
fn names_stay_whole_where_a_column_can_be_spared() {
    let mut summary = fixture::browse();
    summary.variants[1].name = Some("a_name_of_24_characters_".to_owned());
    summary.variants[1].per_second = Some(Value::plain(2_500.0));
    summary.variants[1].busiest = Some("service.a_longer_one.cpu".to_owned());
    let text = text::render(&summary);
    assert!(text.contains("a_name_of_24_characters_ "), "{text}");
    assert!(text.contains("service.a_longer_one.cpu "), "{text}");
    assert!(text.contains("for want of room here: arrive /s"), "{text}");
}

#[test]
fn markdown_shows_names_as_they_are() {
    assert_eq!(escape_markdown("a|b `c` <b>&*_"), r"a\|b \`c\` &lt;b&gt;&amp;\*\_");
    assert_eq!(escape_markdown("two\nlines\u{1b}[2J"), "two lines\u{fffd}\\[2J");
    assert_eq!(code_markdown("a`b|c"), "``a`b\\|c``");
    assert_eq!(code_markdown("`"), "`` ` ``");
    let mut summary = fixture::browse();
    summary.name = "# evil | `name` <script>".to_owned();
    summary.about = Some("1. not a list <img src=x>".to_owned());
    summary.claims[0].says = Some("<script>alert(1)</script>".to_owned());
    summary.claims[0].verdict = Verdict::Refuted;
    let text = markdown::render(&summary, &[]);
    assert!(text.starts_with("# \\# evil \\| \\`name\\` &lt;script&gt;\n"), "{text}");
    assert!(text.contains("\n1\\. not a list &lt;img src=x&gt;\n"), "{text}");
    assert!(!text.contains("<script>"));
}

#[test]
fn every_markdown_row_has_as_many_cells_as_its_head() {
    let mut summary = fixture::failing();
    summary.pools[0].station.path = "pool.with|bar".to_owned();
    let text = markdown::render(&summary, &charts::charts(&summary));
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    for table in text.split("\n\n").filter(|block| block.starts_with('|')) {
        let mut lines = table.lines().map(cells);
        let head = lines.next().unwrap();
        assert!(lines.all(|line| line == head), "{table}");
    }
}

#[test]
fn charts_are_linked_and_written() {
    let summary = fixture::browse();
    let charts = charts::charts(&summary);
    let files: Vec<&str> = charts.iter().map(|chart| chart.file).collect();
    assert_eq!(files, ["margin.svg", "spectrum.svg", "breakdown.svg", "stations.svg"]);
    let text = markdown::render(&summary, &charts);
    for chart in &charts {
        assert!(text.contains(&format!("]({})", chart.file)), "{} is not linked", chart.file);
        assert!(chart.svg.standalone().starts_with("<svg"));
    }
    assert_eq!(charts::charts(&Summary::default()), []);
}

#[test]
fn words_that_are_too_long_are_broken_at_their_joints() {
    assert_eq!(wrap("p99(pool.api_pg.wait) < 5ms", 14, 0), ["p99(pool.api_", "pg.wait) < 5ms"]);
    assert_eq!(wrap("one two", 100, 2), ["  one two"]);
    assert_eq!(elide("endpoint.browse", 9), "endp…owse");
    assert_eq!(elide("漢字漢字", 5), "漢…字");
}

/// Names as the language allows them, and texts as nobody should write them.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z][a-zA-Z0-9_-]{0,63}", "\\PC{0,200}", ".{0,300}", "[漢字😀a ]{0,120}"]
}

proptest! {
    #[test]
    fn text_never_exceeds_its_width(
        names in prop::collection::vec(any_text(), 11),
        numbers in prop::collection::vec(prop::num::f64::ANY, 6),
    ) {
        // All but the command, whose words stay whole.
        for mut summary in [fixture::browse(), fixture::failing()] {
            summary.name.clone_from(&names[0]);
            summary.requests[0].path = format!("endpoint.{}", names[1]);
            summary.requests[1].path = format!("workload.{}", names[2]);
            summary.requests[1].count += 1;
            summary.pools[0].station.path = format!("pool.{}", names[3]);
            summary.stations[0].path = format!("service.{}.cpu", names[4]);
            summary.objectives[0].name.clone_from(&names[5]);
            summary.objectives[0].parts[0].target.clone_from(&names[6]);
            summary.claims[1].name.clone_from(&names[7]);
            summary.claims[1].variant = Some(names[8].clone());
            summary.claims[1].says = Some(names[9].clone());
            summary.variants[1].name = Some(names[8].clone());
            summary.breakdown[0].endpoint.clone_from(&names[1]);
            summary.breakdown[0].mean[0].place = format!("pool.{}", names[3]);
            summary.assumptions[0].path.clone_from(&names[10]);
            summary.warnings.push(names[9].clone());
            summary.requests[0].percentiles[0].seconds = Value::plain(numbers[0]);
            summary.requests[0].max_s = Some(Number(numbers[1]));
            summary.pools[0].station.wait_mean_s =
                Some(Value::with_interval(numbers[2], numbers[3], numbers[4]));
            summary.breakdown[0].mean[0].service_s = Number(numbers[5]);
            summary.headline = headline(&summary);
            let text = text::render(&summary);
            prop_assert!(widest(&text) <= WIDTH, "{} columns:\n{text}", widest(&text));
            let charts = charts::charts(&summary);
            let markdown = markdown::render(&summary, &charts);
            prop_assert!(markdown.starts_with("# "));
            let json = json::render(&summary).unwrap();
            prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
        }
    }
}

/// Goal: a table that is too wide is read in parts: names and numbers whole in each, notes once.
#[test]
fn a_wide_table_stands_in_parts_with_whole_names() {
    let name = "utilization(database.orders.cpu)";
    let heads: Vec<String> = (0..10).map(|at| format!("variant-{at}")).collect();
    let mut table = Table::new("Alike", &["metric"]);
    table.heads.extend(heads.iter().cloned());
    let values = (0..10).map(|at| Cell::Measure(format!("{at}1.5 %")));
    table.row(std::iter::once(Cell::text(name)).chain(values).collect());
    table.note("a note");
    let text = table.to_text_in_parts(100);
    let parts: Vec<&str> = text.split("\n\n").collect();
    assert!(parts.len() > 1 && parts.iter().all(|part| part.contains(name)), "{text}");
    assert!((0..10).all(|at| text.contains(&heads[at]) && text.contains(&format!("{at}1.5 %"))));
    assert!(!text.contains('\u{2026}') && text.matches("a note").count() == 1, "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    assert!(text.starts_with(&format!("Alike (1 of {})", parts.len())), "{text}");
}
