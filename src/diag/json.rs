//! Diagnostics for machines: one JSON array.
use serde::Serialize;

use super::{Diagnostic, Diagnostics, Sources, Span};

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    severity: &'a str,
    message: &'a str,
    labels: Vec<JsonLabel<'a>>,
    helps: Vec<JsonHelp<'a>>,
}

#[derive(Serialize)]
struct JsonLabel<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    text: &'a str,
    primary: bool,
}

#[derive(Serialize)]
struct JsonHelp<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<JsonPatch<'a>>,
}

#[derive(Serialize)]
struct JsonPatch<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    replacement: &'a str,
}

/// Bytes from 0 (`start`, `end`) and, for people, line and column from 1, columns in characters.
#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    start: usize,
    end: usize,
    line: usize,
    column: usize,
}

/// The diagnostics as a JSON array, one object each, with a final newline.
pub fn render(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let items: Vec<Item<'_>> = diagnostics.iter().map(|d| item(d, sources)).collect();
    // Strings and numbers under string keys always serialize.
    let mut text = serde_json::to_string_pretty(&items).unwrap_or_else(|_| "[]".into());
    text.push('\n');
    text
}

fn item<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Item<'a> {
    Item {
        id: diagnostic.id.name(),
        severity: diagnostic.severity.name(),
        message: &diagnostic.message,
        labels: diagnostic
            .labels
            .iter()
            .map(|label| JsonLabel {
                place: place(label.span, sources),
                text: &label.text,
                primary: label.primary,
            })
            .collect(),
        helps: diagnostic
            .helps
            .iter()
            .map(|help| JsonHelp {
                text: &help.text,
                patch: help.patch.as_ref().map(|patch| JsonPatch {
                    place: place(patch.span, sources),
                    replacement: &patch.replacement,
                }),
            })
            .collect(),
    }
}

fn place(span: Span, sources: &Sources) -> Place<'_> {
    let range = sources.clamp(span);
    let position = sources.position(span.file, range.start);
    Place {
        path: sources.path(span.file),
        start: range.start,
        end: range.end,
        line: position.line,
        column: position.column,
    }
}
