//! The reference of the language as Markdown tables, for the documentation.
use std::fmt::Write as _;

use crate::diag::suggest;

use super::{
    Default, KeySpec, Kind, MapKeys, Shape, Status, TableSpec, steps, substitutes, tables,
};

/// Tables for every table of the language and for the verbs and modifiers of steps; reserved
/// words are listed at the end. Deterministic, so that the documentation can be compared.
pub fn reference_markdown() -> String {
    let mut out = String::new();
    let now = |spec: &&&TableSpec| spec.status == Status::Now;
    for spec in tables::ALL.iter().filter(now).chain(tables::NESTED) {
        table(&mut out, spec);
    }
    out.push_str("### Verbs\n\n| verb | value | modifiers | meaning |\n|---|---|---|---|\n");
    for verb in steps::VERBS.iter().filter(|verb| verb.key.status == Status::Now) {
        let modifiers: Vec<String> =
            verb.modifiers.iter().filter(|name| is_now(name)).map(|name| code(name)).collect();
        let modifiers = if modifiers.is_empty() { "-".into() } else { modifiers.join(", ") };
        let (name, kind, doc) = (verb.key.name, kind_text(&verb.key.kind), verb.key.doc);
        let _ = writeln!(out, "| `{name}` | {kind} | {modifiers} | {doc} |");
    }
    out.push_str("\n### Modifiers\n\n");
    rows(&mut out, steps::MODIFIERS);
    table(&mut out, &steps::AGAIN);
    table(&mut out, &steps::BRANCH);
    reserved(&mut out);
    out
}

/// What there is to say about one word of the language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// How it is written: `[pool.X]`, `size = ... (of [pool.X])`.
    pub title: String,
    /// What it means.
    pub text: String,
    /// Of a table its keys, a line each.
    pub keys: Vec<String>,
    /// What to write instead of a reserved word; else empty.
    pub example: &'static str,
}

/// Every table, key, verb and modifier of this name. A path says whose key is meant; names of
/// entities and other tables in between may be left out: `pool.size`, `pool.api_pg.size`.
pub fn entries(wanted: &str) -> Vec<Entry> {
    let (owner, name) = match wanted.rsplit_once('.') {
        Some((owner, name)) => (owner, name),
        None => ("", wanted),
    };
    // `pool.X` and `[pool.X]` are the table.
    if name == "X" && !owner.is_empty() {
        return entries(owner);
    }
    let parts: Vec<&str> = owner.split('.').collect();
    let is_of = |spec: &TableSpec| {
        let is_entity = parts.len() == 2 && parts[0] == spec.name && spec.shape == Shape::Named;
        owner.is_empty() || parts.last() == Some(&spec.name) || is_entity
    };
    let mut found = Vec::new();
    for spec in all_tables() {
        let nested_here =
            spec.shape == Shape::Nested && spec.doc.contains(&format!("`{}.", parts[0]));
        if spec.name == name && (owner.is_empty() || nested_here) {
            found.push(table_entry(spec));
        }
    }
    if !found.is_empty() && !owner.is_empty() {
        return found;
    }
    for spec in all_tables().filter(|spec| is_of(spec)) {
        let keys = spec.keys.iter().filter(|key| key.name == name);
        found.extend(keys.map(|key| key_entry(key, &format!("of {}", title(spec)))));
    }
    if owner.is_empty() || owner == "step" {
        let verbs = steps::VERBS.iter().filter(|verb| verb.key.name == name);
        found.extend(verbs.map(|verb| key_entry(&verb.key, "a verb of steps")));
        let modifiers = steps::MODIFIERS.iter().filter(|key| key.name == name);
        found.extend(modifiers.map(|key| key_entry(key, "a modifier of steps")));
    }
    found
}

/// The keys that take a word as their value, such as `round-robin`.
pub fn values(wanted: &str) -> Vec<Entry> {
    let takes = |key: &&KeySpec| key.status == Status::Now && has_word(&key.kind, wanted);
    let mut found = Vec::new();
    for spec in all_tables() {
        let whose = format!("of {}, which may be `{wanted}`", title(spec));
        found.extend(spec.keys.iter().filter(takes).map(|key| key_entry(key, &whose)));
    }
    let modifiers = steps::MODIFIERS.iter().filter(takes);
    let whose = format!("a modifier of steps, which may be `{wanted}`");
    found.extend(modifiers.map(|key| key_entry(key, &whose)));
    found
}

fn has_word(kind: &Kind, wanted: &str) -> bool {
    match kind {
        Kind::Word(words) => words.contains(&wanted),
        Kind::OneOf(kinds) => kinds.iter().any(|kind| has_word(kind, wanted)),
        _ => false,
    }
}

/// Every word and path that [`entries`] knows.
pub fn words() -> Vec<String> {
    let mut words = Vec::new();
    for spec in all_tables() {
        words.push(spec.name.to_owned());
        words.extend(spec.keys.iter().map(|key| format!("{}.{}", spec.name, key.name)));
        words.extend(spec.keys.iter().map(|key| key.name.to_owned()));
    }
    let verbs = steps::VERBS.iter().map(|verb| &verb.key);
    words.extend(verbs.chain(steps::MODIFIERS).map(|key| key.name.to_owned()));
    words
}

fn all_tables() -> impl Iterator<Item = &'static TableSpec> {
    let steps = [&steps::AGAIN, &steps::BRANCH];
    tables::ALL.iter().chain(tables::NESTED).copied().chain(steps)
}

fn table_entry(spec: &'static TableSpec) -> Entry {
    let now = spec.keys.iter().filter(|key| key.status == Status::Now);
    let line = |key: &KeySpec| {
        let default = match key.default {
            Default::Is(value) => format!(" ({value})"),
            Default::Absent("-") => String::new(),
            Default::Absent(meaning) => format!(" ({meaning})"),
            Default::Required => " (required)".to_owned(),
        };
        format!("{}{default}: {}", key.name, key.doc)
    };
    let mut entry = entry(title(spec), spec.doc, spec.status, spec.name);
    entry.keys = now.map(line).collect();
    entry
}

fn key_entry(key: &KeySpec, whose: &str) -> Entry {
    let mut entry = entry(format!("`{}`, {whose}", key.name), key.doc, key.status, key.name);
    if key.status == Status::Now {
        entry.text += &format!(" It is: {}.", kind_text(&key.kind));
        entry.text += &match key.default {
            Default::Is(value) => format!(" Default: `{value}`."),
            Default::Absent("-") | Default::Required => String::new(),
            Default::Absent(meaning) => format!(" Default: {meaning}."),
        };
    }
    entry
}

fn entry(title: String, doc: &str, status: Status, name: &str) -> Entry {
    let mut text = format!("{doc}.");
    let mut example = "";
    if status == Status::Later {
        text += " Reserved for a later release";
        match substitutes::of(name) {
            Some(substitute) => {
                text += &format!("; {}.", substitute.text);
                example = substitute.recipe;
            }
            None => text.push('.'),
        }
    }
    Entry { title, text, keys: Vec::new(), example }
}

fn is_now(modifier: &str) -> bool {
    steps::modifier(modifier).is_some_and(|spec| spec.status == Status::Now)
}

/// How a table is written.
fn title(spec: &TableSpec) -> String {
    match spec.shape {
        Shape::Single => format!("`[{}]`", spec.name),
        Shape::Named => format!("`[{}.X]`", spec.name),
        Shape::Nested if spec.name == "again" => "`repeat = { ... }`".to_string(),
        Shape::Nested if spec.name == "choose" => "`choose = [{ ... }, ...]`".to_string(),
        Shape::Nested => format!("`{} = {{ ... }}`", spec.name),
    }
}

fn table(out: &mut String, spec: &TableSpec) {
    let _ = write!(out, "### {}\n\n{}.\n\n", title(spec), spec.doc);
    if spec.keys.iter().any(|key| key.status == Status::Now) {
        rows(out, spec.keys);
    }
    for group in spec.exclusive {
        let shown: Vec<String> = group
            .iter()
            .filter(|name| spec.key(name).is_some_and(|key| key.status == Status::Now))
            .map(|name| code(name))
            .collect();
        if shown.len() > 1 {
            let _ = write!(out, "At most one of {}.\n\n", shown.join(", "));
        }
    }
}

fn rows(out: &mut String, keys: &[KeySpec]) {
    out.push_str("| key | value | default | meaning |\n|---|---|---|---|\n");
    for key in keys.iter().filter(|key| key.status == Status::Now) {
        let default = match key.default {
            Default::Is(value) => code(value),
            Default::Absent(meaning) => meaning.to_string(),
            Default::Required => "*required*".to_string(),
        };
        let (name, kind, doc) = (key.name, kind_text(&key.kind), key.doc);
        let _ = writeln!(out, "| `{name}` | {kind} | {default} | {doc} |");
    }
    out.push('\n');
}

fn reserved(out: &mut String) {
    let later: Vec<String> = tables::ALL
        .iter()
        .filter(|spec| spec.status == Status::Later)
        .map(|spec| format!("`[{}]`", spec.name))
        .collect();
    let _ = write!(out, "### Reserved for later releases\n\nTables: {}.\n\n", later.join(", "));
    let mut keys: Vec<String> = Vec::new();
    for spec in tables::ALL.iter().chain(tables::NESTED) {
        let later = spec.keys.iter().filter(|key| key.status == Status::Later);
        keys.extend(later.map(|key| format!("`{}.{}`", spec.name, key.name)));
    }
    let _ = write!(out, "Keys: {}.\n\n", keys.join(", "));
    let verbs = steps::VERBS.iter().map(|verb| &verb.key).chain(steps::MODIFIERS);
    let verbs: Vec<String> =
        verbs.filter(|key| key.status == Status::Later).map(|key| code(key.name)).collect();
    let _ = writeln!(out, "Verbs and modifiers: {}.", verbs.join(", "));
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// What a value may be, in words.
pub fn kind_text(kind: &Kind) -> String {
    match kind {
        Kind::Text => "text".into(),
        Kind::Texts => "list of texts".into(),
        Kind::Name => "name".into(),
        Kind::Reference(table) => format!("name of {} {table}", suggest::article(table)),
        Kind::Quantity(dimension) => dimension.word().into(),
        Kind::Varying(dimension) => format!("{} or distribution", dimension.word()),
        Kind::Condition => "comparison".into(),
        Kind::Statement => "comparison of metrics".into(),
        Kind::Word(words) => words.iter().map(|word| code(word)).collect::<Vec<_>>().join(", "),
        Kind::Words(words) => {
            format!("list of {}", words.iter().map(|w| code(w)).collect::<Vec<_>>().join(", "))
        }
        Kind::Pattern(form, _) => code(form),
        Kind::Boolean => "`true` or `false`".into(),
        Kind::True => "`true`".into(),
        Kind::Integer => "whole number".into(),
        Kind::Date => "date".into(),
        Kind::Table(spec) => format!("table (see `{}`)", spec.name),
        Kind::Map(MapKeys::Symbols, value) => format!("table of name = {}", kind_text(value)),
        Kind::Map(MapKeys::Entities(table) | MapKeys::Own(table) | MapKeys::Any(table), value) => {
            format!("table of {table} = {}", kind_text(value))
        }
        Kind::Steps => "list of steps".into(),
        Kind::Branches => "list of lists of steps".into(),
        Kind::Tables(spec) => format!("list of tables (see `{}`)", spec.name),
        Kind::List(kind) => format!("list of ({})", kind_text(kind)),
        Kind::OneOf(kinds) => kinds.iter().map(kind_text).collect::<Vec<_>>().join(" or "),
        Kind::Anything => "anything".into(),
    }
}
