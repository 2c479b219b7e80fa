//! Helps for words that are right elsewhere: other tools' names, units in names, one value where a
//! table stands.

use super::keys::aliases::{self, Alias};
use super::keys::reference::kind_text;
use super::keys::{KeySpec, Kind, Status, TableSpec, steps};
use super::raw::{Key, Node, Table, Value};
use super::reader::{self, lower};
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

/// An entry of a table that is not understood, with the table around it.
#[derive(Clone, Copy)]
pub(super) struct Stranger<'a> {
    pub key: &'a Key,
    pub node: &'a Node,
    pub table: &'a Table,
}

/// Helps with an unknown key of a table.
pub(super) fn key(found: Diagnostic, it: Stranger<'_>, spec: &TableSpec) -> Diagnostic {
    if let Some(alias) = aliases::find(spec.name, &it.key.text) {
        return advised(found, it, alias, spec.key(alias.key));
    }
    if let Some((meant, unit)) = aliases::unit_in_name(spec, &it.key.text) {
        return with_unit(found, it, (meant, unit));
    }
    let known = spec.keys.iter().filter(|known| known.status == Status::Now);
    found.did_you_mean("key", it.key.span, &it.key.text, known.map(|known| known.name))
}

/// Helps with an unknown word of a step.
pub(super) fn step<'a>(
    found: Diagnostic,
    it: Stranger<'_>,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let spec = |name: &str| {
        let verb = steps::verb(name).map(|verb| &verb.key);
        verb.or_else(|| steps::modifier(name))
    };
    match aliases::find("step", &it.key.text) {
        Some(alias) => advised(found, it, alias, spec(alias.key)),
        None => found.did_you_mean("word", it.key.span, &it.key.text, known),
    }
}

/// Helps where one value stands for a table: `retry = 1`.
pub(super) fn short(found: Diagnostic, node: &Node, spec: &TableSpec) -> Diagnostic {
    let Some(key) = aliases::short(spec) else { return found };
    match table_for(node, key) {
        Ok((advice, text)) => found.patch(advice, node.span, text),
        Err(advice) => found.help(advice),
    }
}

/// The table with one key that says what a single value was to say: why, and its text; or what to
/// do where there is none.
fn table_for(node: &Node, key: &str) -> Result<(&'static str, String), String> {
    const SAME: &str = "the table that says the same";
    let table = |value: &str| format!("{{ {key} = {value} }}");
    let whole = match &node.value {
        Value::Integer(number) => Some(*number),
        Value::String(text) => text.trim().parse::<i64>().ok(),
        _ => None,
    };
    let retries = "`attempts` counts the first one too";
    let leave_out = || Err("that there is none is said by leaving the key out".to_owned());
    match (key, whole) {
        ("attempts", Some(0)) => leave_out(),
        ("attempts", Some(i64::MIN..0)) => {
            Ok(("a negative number elsewhere is no limit", table("\"unlimited\"")))
        }
        (_, Some(i64::MIN..0)) => leave_out(),
        // One retry is a second attempt.
        ("attempts", Some(count)) => Ok((retries, table(&count.saturating_add(1).to_string()))),
        ("attempts", None) if node.value == Value::Boolean(true) => Ok((retries, table("3"))),
        // A number of what?
        ("timeout", Some(_)) => Err(format!("write a table with a time, `{}`", table("\"5s\""))),
        (_, Some(count)) => Ok((SAME, table(&count.to_string()))),
        (_, None) => match &node.value {
            Value::String(text) if key != "attempts" && node.is_exact() => {
                Ok((SAME, table(&format!("\"{text}\""))))
            }
            _ => Err(format!("write a table, such as `{}`", table("..."))),
        },
    }
}

/// What an alias advises: another name, another name with a unit, or something else to write.
fn advised(
    found: Diagnostic,
    it: Stranger<'_>,
    alias: &'static Alias,
    spec: Option<&KeySpec>,
) -> Diagnostic {
    if !alias.say.is_empty() {
        return found.help(alias.say);
    }
    if !alias.unit.is_empty() {
        return with_unit(found, it, (alias.key, alias.unit));
    }
    let Some(spec) = spec else { return found };
    if reader::takes(&spec.kind, it.node) && !it.table.contains(spec.name) {
        return renamed(found, it.key, spec.name, spec.doc);
    }
    in_other_words(found, it, spec)
}

/// Helps with another name that does not take the value, or that is there as well.
fn in_other_words(found: Diagnostic, it: Stranger<'_>, spec: &KeySpec) -> Diagnostic {
    let word = spec.name;
    if it.table.contains(word) {
        return found.help(format!("here it is `{word}`, which is there too"));
    }
    let doc = lower(spec.doc);
    if let Kind::Table(inner) = &spec.kind
        && let Some(key) = aliases::short(inner)
        && let Ok((_, text)) = table_for(it.node, key)
        && let Some(both) = both(it)
    {
        return found.patch(
            format!("here it is `{word}`: {doc}"),
            both,
            format!("{word} = {text}"),
        );
    }
    let kind = kind_text(&spec.kind);
    found.help(format!("here it is `{word}`, which takes another value ({kind}): {doc}"))
}

fn renamed(found: Diagnostic, key: &Key, word: &str, doc: &str) -> Diagnostic {
    found.patch(format!("here it is `{word}`: {}", lower(doc)), key.span, word)
}

/// The key with its value, where they stand beside each other.
fn both(it: Stranger<'_>) -> Option<Span> {
    let (key, value) = (it.key.span, it.node.span);
    (value.file == key.file && key.end <= value.start).then_some(Span { end: value.end, ..key })
}

/// A plain number gets the unit that stood in the name of its key.
fn with_unit(found: Diagnostic, it: Stranger<'_>, meant: (&str, &str)) -> Diagnostic {
    let (word, unit) = meant;
    if it.table.contains(word) {
        return found.help(format!("here it is `{word}`, which is there too"));
    }
    let number = match &it.node.value {
        Value::Integer(number) if *number >= 0 => Some(number.to_string()),
        // Neither `inf` nor `nan` is a number of anything.
        Value::Float(number) if number.is_finite() && *number >= 0.0 => {
            let plain = *number == 0.0 || (1e-4..1e15).contains(number);
            Some(if plain { number.to_string() } else { format!("{number:e}") })
        }
        _ => None,
    };
    match number.zip(both(it)) {
        Some((number, both)) => {
            let text = format!("{word} = \"{number}{unit}\"");
            found.patch("the unit stands in the value", both, text)
        }
        None => {
            found.help(format!("here it is `{word}`, with the unit in its value: `\"...{unit}\"`"))
        }
    }
}
