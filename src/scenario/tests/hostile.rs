//! Whatever the bytes are: no panic, no hang, spans inside their texts, an answer of bounded length.
use proptest::prelude::*;

use super::{FOLLOWERS, check};
use crate::diag::{Sources, render};
use crate::scenario::raw::{self, Node, Value};
use crate::scenario::read;
use crate::scenario::source::MemoryLoader;

/// Files made to be slow, deep or verbose: each part of the reader has been quadratic in one of
/// them. Goal: an answer, of bounded length. (No clock here: a hang is what would fail.)
#[test]
fn hostile_files_get_a_short_answer() {
    for piece in [
        "]",
        "=\n",
        "= ",
        "a = 1\n",
        "[a]\n",
        "[a]\nb=1\n",
        "a = b c\n",
        "\"\n",
        "[}",
        "[[a]]\n",
        "[[a]]\n[a.b.c.d]\n",
        "\"a\".",
        "a=[[],[],\n",
        "x = {a.a.a=]",
        "\r",
    ] {
        let text = piece.repeat((1 << 18) / piece.len());
        assert!(check(&text).len() < 60_000, "{piece:?}");
    }
    for (start, piece) in [
        ("[flow.f]\nsteps = [", "{qeury=1},"),
        ("a=[", "{b=},"),
        ("x=[", "{a.a.a.a.a.a.a.a.a.a.a.a.a=1},"),
        ("x=", "{a.a.a.a=]"),
    ] {
        let text = start.to_string() + &piece.repeat((1 << 18) / piece.len());
        assert!(check(&text).len() < 120_000, "{piece:?}: {}", check(&text).len());
    }
}

fn spans_are_sound(table: &raw::Table, sources: &Sources) {
    for (key, node) in table {
        for span in [key.span, node.span, node.inner_span(), node.sub_span(1..2)] {
            let text = &sources.get(span.file).unwrap().text;
            assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
        }
        node_is_sound(node, sources);
    }
}

fn node_is_sound(node: &Node, sources: &Sources) {
    match &node.value {
        Value::Table(table) => spans_are_sound(table, sources),
        Value::Array(items) => items.iter().for_each(|item| node_is_sound(item, sources)),
        _ => {}
    }
}

fn survives(bytes: Vec<u8>, set: &str) {
    let loader = MemoryLoader::new("f.toml", bytes);
    let (raw, diagnostics) = read("f.toml", &[set], &loader);
    spans_are_sound(raw.root(), &raw.sources);
    for diagnostic in &diagnostics {
        for label in &diagnostic.labels {
            let text = &raw.sources.get(label.span.file).unwrap().text;
            assert!(text.get(label.span.range()).is_some(), "{diagnostic:?} in {text:?}");
        }
    }
    render::full(&diagnostics, &raw.sources, false);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), set in "\\PC{0,30}") {
        survives(bytes, &set);
    }

    /// Pieces of TOML in any order: much closer to a scenario than bytes are.
    #[test]
    fn arbitrary_pieces_never_panic(
        pieces in proptest::collection::vec(proptest::sample::select(vec![
            "[", "]", "{", "}", "=", ".", ",", "\n", "\"", "'", "\"\"\"", "'''", "#", " ", "\\",
            "service", "api", "cores", "endpoint", "e", "steps", "query", "do", "variant", "v",
            "remove", "extends", "include", "inputs", "1", "1.5", "\u{e9}", "\u{1F600}", "\r\n",
            "[service.api]\n", "steps = [{", "workload.w.rate = \"", "2026-01-01", "true", "retry",
        ]), 0..60),
        set in "[a-z.=\"'\\[{]{0,20}",
    ) {
        survives(pieces.concat().into_bytes(), &set);
    }

    /// A scenario with one span of bytes cut out or doubled.
    #[test]
    fn mutilated_scenarios_never_panic(from in 0usize..1500, length in 0usize..40, twice: bool) {
        let text = FOLLOWERS.as_bytes();
        let from = from.min(text.len());
        let to = (from + length).min(text.len());
        let bytes = if twice { [&text[..to], &text[from..]].concat() } else { [&text[..from], &text[to..]].concat() };
        survives(bytes, "service.api.cores=4");
    }
}
