//! Helps for words that are right elsewhere: other tools' names, units in names, one value where a
//! table stands.

use super::keys::aliases::{self, Alias};
use super::keys::{KeySpec, Status, TableSpec, steps};
use super::raw::{Key, Node, Value};
use super::reader::lower;
use crate::diag::{Diagnostic, Span};

/// Helps with an unknown table.
pub(super) fn table<'a>(
    found: Diagnostic,
    key: &Key,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    match aliases::find("top", &key.text) {
        Some(alias) => {
            let doc = super::keys::table(alias.key).map_or("", |spec| spec.doc);
            renamed(found, key, alias.key, doc)
        }
        None => found.did_you_mean("table", key.span, &key.text, known),
    }
}

/// Helps with an unknown key of a table.
pub(super) fn key(found: Diagnostic, key: &Key, node: &Node, spec: &TableSpec) -> Diagnostic {
    if let Some(alias) = aliases::find(spec.name, &key.text) {
        return advised(found, key, node, alias, spec.key(alias.key));
    }
    if let Some((meant, unit)) = aliases::unit_in_name(spec, &key.text) {
        return with_unit(found, key, node, (meant, unit));
    }
    let known = spec.keys.iter().filter(|known| known.status == Status::Now);
    found.did_you_mean("key", key.span, &key.text, known.map(|known| known.name))
}

/// Helps with an unknown word of a step.
pub(super) fn step<'a>(
    found: Diagnostic,
    key: &Key,
    node: &Node,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let spec = |name: &str| {
        let verb = steps::verb(name).map(|verb| &verb.key);
        verb.or_else(|| steps::modifier(name))
    };
    match aliases::find("step", &key.text) {
        Some(alias) => advised(found, key, node, alias, spec(alias.key)),
        None => found.did_you_mean("word", key.span, &key.text, known),
    }
}

/// Helps where one value stands for a table: `retry = 1`.
pub(super) fn short(found: Diagnostic, node: &Node, spec: &TableSpec) -> Diagnostic {
    let Some(key) = aliases::short(spec) else { return found };
    let value = match &node.value {
        // One retry is a second attempt.
        Value::Integer(retries) if key == "attempts" => format!("{}", retries.saturating_add(1)),
        Value::Boolean(true) if key == "attempts" => "3".to_owned(),
        Value::Integer(number) => format!("{number}"),
        Value::String(text) if node.is_exact() => format!("\"{text}\""),
        _ => return found.help(format!("write a table, such as `{{ {key} = ... }}`")),
    };
    let advice = if key == "attempts" {
        "`attempts` counts the first one too"
    } else {
        "the table that says the same"
    };
    found.patch(advice, node.span, format!("{{ {key} = {value} }}"))
}

/// What an alias advises: another name, another name with a unit, or something else to write.
fn advised(
    found: Diagnostic,
    key: &Key,
    node: &Node,
    alias: &'static Alias,
    spec: Option<&KeySpec>,
) -> Diagnostic {
    if !alias.say.is_empty() {
        found.help(alias.say)
    } else if !alias.unit.is_empty() {
        with_unit(found, key, node, (alias.key, alias.unit))
    } else {
        renamed(found, key, alias.key, spec.map_or("", |spec| spec.doc))
    }
}

fn renamed(found: Diagnostic, key: &Key, word: &str, doc: &str) -> Diagnostic {
    found.patch(format!("here it is `{word}`: {}", lower(doc)), key.span, word)
}

/// A plain number gets the unit that stood in the name of its key.
fn with_unit(found: Diagnostic, key: &Key, node: &Node, meant: (&str, &str)) -> Diagnostic {
    let (word, unit) = meant;
    let number = match &node.value {
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        _ => None,
    };
    match number {
        Some(number) if node.span.file == key.span.file && key.span.end <= node.span.start => {
            let both = Span { end: node.span.end, ..key.span };
            let text = format!("{word} = \"{number}{unit}\"");
            found.patch("the unit stands in the value", both, text)
        }
        _ => {
            found.help(format!("here it is `{word}`, with the unit in its value: `\"...{unit}\"`"))
        }
    }
}
