//! Goal: what variants are like is told apart and shown whole: rules from other inputs, earlier from later, what
//! changes nothing from what does not help. Method: a small forecast with numbers by hand.

use super::{SHOP, of, summary};
use crate::report::forecast::summary::{Summary, Variant};
use crate::report::forecast::{charts, render, rules, variants};
use crate::report::summary::Number;
use crate::report::table::Cell;

/// Beside `short`: inputs of another belief, alone and with a rule; a disk that no objective asks for; and rules
/// that come too late, and in time.
const MORE: &str = r#"
[variant.rich]
inputs.a_day = 500
[variant.both]
extends = "rich"
table.orders_of_all_customers_in_all_the_countries.retention = { after = "30 days", then = "drop", every = "week" }
[variant.large]
database.pg.disk.size = "1 TB"
[variant.late]
storage.video.expire = "3 years"
[variant.soon]
storage.video.expire = "1 year"
"#;

/// All of them beside each other.
fn all() -> Summary {
    let text = format!("{SHOP}{MORE}");
    let mut summary = of(&text, "short");
    for name in ["rich", "both", "large", "late", "soon"] {
        summary.variants.push(of(&text, name).variants.remove(1));
    }
    summary
}

/// By hand: 500 x 100 rows a day are 5 million after 100 days, on 2027-02-09; 30 days and a week of them are
/// never more than 1.85 million. A larger disk and a video that expires change no rows; three years lie
/// beyond the end.
#[test]
fn rules_are_told_from_other_inputs_and_earlier_from_no_later() {
    let summary = all();
    let said = rules::sentences(&summary);
    let [of_limit, of_alike] = said.as_slice() else { panic!("{said:?}") };
    let (rules, beliefs) = of_limit.split_once(". With other inputs: ").unwrap();
    assert!(rules.contains("; not within 2 years with short (-"), "{rules}");
    assert!(rules.ends_with("; no later with large and soon"), "{rules}");
    assert_eq!(beliefs, "not within 2 years with both; earlier with rich from 2027-02-09.");
    assert_eq!(of_alike, "late changes no amount by 0.1 % within 2 years.");
    let inputs: Vec<usize> = summary.variants.iter().map(|one| one.inputs.len()).collect();
    assert_eq!(inputs, [0, 0, 1, 1, 0, 0, 0]);
    let json = serde_json::to_value(&summary).unwrap();
    assert_eq!(json["variants"][3]["inputs"], serde_json::json!([["a_day", "500"]]));
    let alike: Vec<bool> = summary.variants.iter().map(|one| one.is_alike).collect();
    assert_eq!(alike, [false, false, false, false, false, true, false]);
}

/// An input that only the variant has is part of what it adds; one that is stated as it was is no other.
#[test]
fn inputs_are_others_only_where_both_have_them_with_other_values() {
    let variant = |body: &str| {
        let text = format!("{SHOP}[variant.one]\n{body}\n");
        of(&text, "one").variants.remove(1).inputs
    };
    let growth = "table.orders_of_all_customers_in_all_the_countries.growth";
    assert!(variant(&format!("inputs.b = 7\n{growth} = \"b / 1 day\"")).is_empty());
    assert!(variant("inputs.a_day = \"uniform(100, 300)\"").is_empty());
    let other = [("a_day".to_owned(), "uniform(100, 400)".to_owned())];
    assert_eq!(variant("inputs.a_day = \"uniform(100, 400)\""), other);
}

/// Eight designs stand in parts, each beside the first, in the order of the ranking; numbers and names
/// are whole. What changes nothing has no column.
#[test]
fn every_variant_stands_in_a_part_beside_the_first() {
    let mut summary = all();
    let short = summary.variants[1].clone();
    summary.variants.extend((0..3).map(|at| Variant {
        name: Some(format!("another_rule_with_a_long_name_{at}")),
        ..short.clone()
    }));
    let tables = variants::tables(&summary);
    assert!(tables.len() > 1);
    let heads: Vec<&String> = tables.iter().flat_map(|table| &table.heads[2..]).collect();
    let ranked = rules::ranked(&summary);
    let ranked: Vec<&String> = ranked.iter().filter_map(|one| one.name.as_ref()).collect();
    assert_eq!((heads.len(), &heads), (8, &ranked));
    assert!(!heads.iter().any(|name| *name == "late"));
    for (at, table) in tables.iter().enumerate() {
        assert_eq!(table.heads[1], "as it stands");
        assert_eq!(
            table.title,
            format!("After 2 years, by variant ({} of {})", at + 1, tables.len())
        );
        let first = |row: &crate::report::table::Row| row.cells.first().cloned();
        let rows: Vec<Option<Cell>> = table.rows.iter().map(first).collect();
        assert!(rows.contains(&Some(Cell::text("small fails"))), "{rows:?}");
    }
    let (text, markdown) = (render::text(&summary), render::markdown(&summary, &[]));
    for table in &tables {
        assert!(text.contains(&table.title) && markdown.contains(&table.title));
    }
    // Two designs need no parts.
    assert_eq!(variants::tables(&super::summary()).len(), 1);
}

/// Rows of Markdown from the one that begins with `name` on: those of its bands.
fn rows<'a>(markdown: &'a str, name: &str) -> Vec<Vec<&'a str>> {
    let from = markdown.lines().skip_while(|line| !line.starts_with(&format!("| {name}")));
    let cells = |line: &'a str| line.trim_matches('|').split('|').map(str::trim).collect();
    from.take(4).map(cells).collect()
}

/// Of 100 to 300 a day a half lies in 150..250 and nine tenths in 110..290: after two years (731 days) 11.0 to 18.3 and 8.04 to 21.2
/// million rows; 5 million after 200 to 333 and after 172 to 455 days.
#[test]
fn bands_say_how_much_of_the_worlds_they_hold() {
    let summary = summary();
    let markdown = render::markdown(&summary, &[]);
    let ends = |cell: &str| -> Vec<f64> {
        let ends = cell.split('\u{2013}');
        ends.map(|end| end.trim_end_matches(" M").replace(',', "").parse().unwrap()).collect()
    };
    let near = |found: &[f64], by_hand: [f64; 2]| {
        found.iter().zip(by_hand).all(|(a, b)| (a / b - 1.0).abs() < 0.03)
    };
    let found =
        rows(&markdown, "table.orders\\_of\\_all\\_customers\\_in\\_all\\_the\\_countries.rows");
    assert_eq!([found[1][0], found[2][0]], ["central 50 %", "central 90 %"]);
    let of = |row: usize| {
        ends(found[row][3])
            .iter()
            .map(|e| if *e > 1e3 { e / 1e6 } else { *e })
            .collect::<Vec<f64>>()
    };
    assert!(near(&of(1), [10.97, 18.28]), "{found:?}");
    assert!(near(&of(2), [8.04, 21.2]), "{found:?}");
    let found = rows(&markdown, "small fails");
    assert_eq!([found[1][0], found[2][0]], ["central 50 %", "central 90 %"]);
    let dates = |row: usize| found[row][3].split('\u{2013}').collect::<Vec<_>>();
    assert!(dates(1)[0].starts_with("2027-05") && dates(1)[1] > "2027-09-25", "{found:?}");
    assert!(dates(1)[1] < "2027-10-06", "{found:?}");
    assert!(dates(2)[0].starts_with("2027-04") && dates(2)[1].starts_with("2028-01"), "{found:?}");
    assert!(markdown.contains(
        "200 worlds, medians with the central 50 % and 90 % of them (in brackets: 90 %)"
    ));
    // In text none is left out, however long the names are.
    let text = render::text(&summary);
    assert!(!text.contains("for want of room here: intervals"), "{text}");
    // In one world there are none.
    let mut one = summary;
    one.worlds = 1;
    let constant = |value: Number| (value, value, value, value);
    for point in one.variants[0].amounts.iter_mut().flat_map(|amount| &mut amount.points) {
        (point.lower50, point.upper50, point.lower90, point.upper90) = constant(point.median);
    }
    one.variants[0].crossings.clear();
    assert!(!render::text(&one).contains("middle"));
}

/// Three quarters of a GiB are 805 MB; without a stated memory there is nothing to hold the data against.
#[test]
fn the_working_set_stands_beside_its_memory() {
    let text = SHOP.replace("[database.pg]\n", "[database.pg]\nmemory = \"1 GiB\"\n");
    let markdown = render::markdown(&of(&text, "short"), &[]);
    let found = rows(&markdown, "database.pg.working\\_set");
    assert_eq!(found[3], ["memory for it", "805 MB", "805 MB", "805 MB"]);
    assert!(!render::text(&summary()).contains("memory"));
}

/// What other inputs make of a table has no line beside what rules make of it, and one where no rule changes any
/// amount.
#[test]
fn the_chart_before_and_after_is_of_rules() {
    let drawn = |summary: &Summary| {
        let charts = charts::charts(summary);
        charts.into_iter().find(|one| one.file == "variants.svg").unwrap().svg.standalone()
    };
    let whole = drawn(&all());
    assert!(whole.contains(">short<") && !whole.contains(">rich<") && !whole.contains(">both<"));
    let mut beliefs = all();
    beliefs.variants.retain(|one| one.name.is_none() || !one.inputs.is_empty());
    let beliefs = drawn(&beliefs);
    assert!(beliefs.contains(">rich<") && beliefs.contains(">both<"));
}
