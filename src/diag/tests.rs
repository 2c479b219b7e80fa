//! Goal: the list of ids is closed and complete, suggestions keep their limits, renderers show
//! what a diagnostic says and survive wrong spans. Method: properties of the registry, snapshots
//! read by eye, arbitrary spans.
use proptest::prelude::*;

use super::*;

#[test]
fn every_id_has_an_explanation_and_two_different_examples() {
    for id in Id::all() {
        let page = id.page();
        assert!(page.text.len() > 40, "{id}: explanation");
        assert!(page.text.ends_with('.') && !page.text.contains('\n'), "{id}: one paragraph");
        assert!(!page.wrong.is_empty() && !page.mended.is_empty(), "{id}: examples");
        assert_ne!(page.wrong, page.mended, "{id}: an example that mends nothing");
    }
}

#[test]
fn names_of_ids_are_kebab_case_and_unique() {
    let mut seen = std::collections::BTreeSet::new();
    for id in Id::all() {
        let name = id.name();
        assert!(
            name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{name}"
        );
        assert!(seen.insert(name), "{name} twice");
        assert_eq!(Id::from_name(name), Some(*id));
    }
    assert_eq!(Id::from_name("no-such-id"), None);
}

#[test]
fn suggestions_keep_to_a_third_of_the_word_and_to_three_edits() {
    let words = ["cores", "workers", "instances", "scheduling"];
    assert_eq!(suggest::closest("coers", words), Some("cores"));
    assert_eq!(suggest::closest("INSTANCE", words), Some("instances"));
    assert_eq!(suggest::closest("wrkr", words), None); // 3 edits, but 4 / 3 = 1 allowed
    assert_eq!(suggest::closest("schedooling", words), Some("scheduling")); // 2 edits, 3 allowed
    assert_eq!(suggest::closest("schadoolings", words), None); // 4 edits
    assert_eq!(suggest::closest("", words), None);
    assert_eq!(suggest::closest("x", ["y"]), Some("y"));
}

#[test]
fn short_lists_are_listed_and_long_ones_are_not() {
    let span = Sources::default().add("f", "zzzz").span(0..4);
    let few = Diagnostic::new(Id::UnknownWord, "m").did_you_mean("word", span, "zzzz", ["a", "b"]);
    assert_eq!(few.helps[0].text, "the words are `a` and `b`");
    let nine = ["aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh", "ii"];
    let many = Diagnostic::new(Id::UnknownWord, "m").did_you_mean("word", span, "zzzz", nine);
    assert_eq!(many.helps, []);
}

#[test]
fn names_cannot_repaint_the_terminal() {
    assert_eq!(name("a\u{1b}[31mb\n"), "`a\\u{1b}[31mb\\u{a}`");
    assert_eq!(name("caf\u{e9} \u{202e}x"), "`caf\u{e9} \\u{202e}x`");
    assert_eq!(name(&"x".repeat(100)), format!("`{}...`", "x".repeat(64)));
}

fn sample() -> (Diagnostics, Sources) {
    let mut sources = Sources::default();
    let text = "[service.api]\ncores = 2\nwrokers = 200\n\n[workload.w]\nrate = \"5m\"\n";
    let file = sources.add("shop.toml", text);
    let mut diagnostics = Diagnostics::default();
    let unit = Diagnostic::new(Id::AmbiguousUnit, "`m` has two readings")
        .at(file.span(61..62), "minutes or months")
        .help("write `5 min` or `5 month`");
    diagnostics.push(unit.clone());
    diagnostics.push(
        Diagnostic::new(Id::UnknownKey, "unknown key `wrokers` in `service.api`")
            .at(file.span(24..31), "not a key of a service")
            .and(file.span(1..12), "in this table")
            .did_you_mean("key", file.span(24..31), "wrokers", ["cores", "workers"]),
    );
    diagnostics.push(unit);
    diagnostics.push(
        Diagnostic::new(Id::UnusedEntity, "nothing uses the service `api`")
            .at(file.span(1..12), ""),
    );
    diagnostics.sort();
    (diagnostics, sources)
}

#[test]
fn full_rendering_is_plain_ascii_with_source_lines() {
    let (diagnostics, sources) = sample();
    insta::assert_snapshot!(render::full(&diagnostics, &sources, false), @r#"
    warning[unused-entity]: nothing uses the service `api`
     --> shop.toml:1:2
      |
    1 | [service.api]
      |  ^^^^^^^^^^^

    error[unknown-key]: unknown key `wrokers` in `service.api`
     --> shop.toml:3:1
      |
    1 | [service.api]
      |  ----------- in this table
    2 | cores = 2
    3 | wrokers = 200
      | ^^^^^^^ not a key of a service
      |
    help: a key with a similar name exists
      |
    3 - wrokers = 200
    3 + workers = 200
      |

    error[ambiguous-unit]: `m` has two readings
     --> shop.toml:6:10
      |
    6 | rate = "5m"
      |          ^ minutes or months
      |
      = help: write `5 min` or `5 month`

    2 errors, 1 warning
    "#);
    let colored = render::full(&diagnostics, &sources, true);
    assert!(colored.contains("\u{1b}["), "color");
}

#[test]
fn concise_rendering_is_one_line_each_in_order_of_place() {
    let (diagnostics, sources) = sample();
    insta::assert_snapshot!(render::concise(&diagnostics, &sources), @r#"
    shop.toml:1:2: warning[unused-entity]: nothing uses the service `api`
    shop.toml:3:1: error[unknown-key]: unknown key `wrokers` in `service.api`
    shop.toml:6:10: error[ambiguous-unit]: `m` has two readings
    "#);
}

#[test]
fn json_rendering_has_bytes_and_positions() {
    let (diagnostics, sources) = sample();
    let json: serde_json::Value =
        serde_json::from_str(&json::render(&diagnostics, &sources)).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 3, "the repetition is dropped");
    let key = &json[1];
    assert_eq!(key["id"], "unknown-key");
    assert_eq!(key["labels"][0]["path"], "shop.toml");
    assert_eq!(
        (key["labels"][0]["line"].as_u64(), key["labels"][0]["column"].as_u64()),
        (Some(3), Some(1))
    );
    assert_eq!(
        (key["labels"][0]["start"].as_u64(), key["labels"][0]["end"].as_u64()),
        (Some(24), Some(31))
    );
    assert_eq!(key["helps"][0]["patch"]["replacement"], "workers");
}

#[test]
fn errors_are_never_crowded_out() {
    let mut diagnostics = Diagnostics::default();
    for i in 0..300 {
        diagnostics.push(Diagnostic::new(Id::UnusedEntity, format!("m{i}")));
    }
    assert_eq!((diagnostics.len(), diagnostics.omitted()), (200, 100));
    diagnostics.push(Diagnostic::new(Id::UnknownKey, "m"));
    assert!(diagnostics.has_errors());
}

proptest! {
    /// Renderers survive any text with any spans, also those of other files.
    #[test]
    fn any_spans_render(text in "\\PC*|[\\x00-\\x7f]*", a in 0usize..80, b in 0usize..80, c in 0usize..80) {
        let mut sources = Sources::default();
        let file = sources.add("f.toml", text);
        let mut elsewhere = Sources::default();
        elsewhere.add("a", "");
        let foreign = elsewhere.add("b", "");
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(
            Diagnostic::new(Id::Syntax, "m")
                .at(file.span(a..b), "here")
                .and(file.span(b..c), "there")
                .and(foreign.span(a..c), "nowhere")
                .patch("change", file.span(c..a), "x\ny"),
        );
        prop_assert!(!render::full(&diagnostics, &sources, false).is_empty());
        prop_assert!(!render::concise(&diagnostics, &sources).is_empty());
        prop_assert!(!json::render(&diagnostics, &sources).is_empty());
    }
}
