//! Checks that what has no default is there: asked of a whole scenario, after variants and
//! `--set` have been merged, because a variant may add what the base lacks.
use super::keys::{Default, Kind, Shape, Status, TableSpec, aliases, steps, tables};
use super::raw::{Node, Origin, Table, Value};
use super::reader::lower;
use crate::diag::{Diagnostic, Diagnostics, Id, name, suggest};

/// Reports required keys that are not there. `base` is the scenario without variants: an entity
/// that only a variant has may be a slip for one of those.
pub fn check(root: &Table, base: &Table, diagnostics: &mut Diagnostics) {
    for spec in tables::ALL.iter().filter(|spec| spec.status == Status::Now) {
        let Some(table) = root.get(spec.name).and_then(Node::as_table) else { continue };
        if spec.shape != Shape::Named {
            nested(spec, table, spec.name, diagnostics);
            continue;
        }
        for (key, node) in table {
            let Some(entity) = node.as_table() else { continue };
            let path = format!("{}.{}", spec.name, key.text);
            for mut missing in missing(spec, entity, node, &path) {
                if matches!(node.origin, Origin::Variant(_)) {
                    missing = stray(missing, spec, key, base);
                }
                diagnostics.push(missing);
            }
            nested(spec, entity, &path, diagnostics);
        }
    }
}

/// An entity of a variant alone: perhaps another one was meant.
fn stray(found: Diagnostic, spec: &TableSpec, key: &super::raw::Key, base: &Table) -> Diagnostic {
    let known = base.get(spec.name).and_then(Node::as_table);
    let names = known.into_iter().flat_map(Table::keys);
    match suggest::closest(&key.text, names) {
        Some(close) => {
            let text = format!("only a variant has this {}; a similar name exists", spec.name);
            found.patch(text, key.span, close)
        }
        None => found,
    }
}

fn missing(spec: &TableSpec, table: &Table, node: &Node, path: &str) -> Vec<Diagnostic> {
    let alone = spec.keys.iter().filter(|key| key.default == Default::Required);
    let misspelled = misspelled(spec, table);
    let is_there = |key: &str| table.contains(key) || misspelled.contains(&key);
    let mut found: Vec<Diagnostic> = alone
        .filter(|key| !is_there(key.name))
        .map(|key| {
            let message = format!("{} has no `{}`", name(path), key.name);
            Diagnostic::new(Id::MissingKey, message)
                .at(node.span, format!("`{}` is required", key.name))
                .help(format!("`{}` says: {}", key.name, lower(key.doc)))
        })
        .collect();
    for group in spec.needs.iter().filter(|group| !group.iter().any(|key| is_there(key))) {
        let now: Vec<&str> = group
            .iter()
            .copied()
            .filter(|key| spec.key(key).is_some_and(|key| key.status == Status::Now))
            .filter(|key| !spec.excluded_by(key).any(|other| table.contains(other)))
            .collect();
        let words = suggest::enumerate(&now, "or");
        let message = format!("{} has no {words}", name(path));
        let label = if now.len() > 1 { "one of them is required" } else { "it is required" };
        found.push(Diagnostic::new(Id::MissingKey, message).at(node.span, label));
    }
    found
}

/// Keys that are there under a wrong name, for which the reader has offered the right one.
fn misspelled(spec: &TableSpec, table: &Table) -> Vec<&'static str> {
    let known = || spec.keys.iter().filter(|key| key.status == Status::Now).map(|key| key.name);
    let unknown = table.keys().filter(|key| spec.key(key).is_none());
    let meant = |key| aliases::key_of(spec, key).or_else(|| suggest::closest(key, known()));
    unknown.filter_map(meant).collect()
}

/// Looks into the values of a table for tables and steps.
fn nested(spec: &TableSpec, table: &Table, path: &str, diagnostics: &mut Diagnostics) {
    for (key, node) in table {
        if let Some(known) = spec.key(&key.text) {
            value(&known.kind, node, &format!("{path}.{}", key.text), diagnostics);
        }
    }
}

fn value(kind: &Kind, node: &Node, path: &str, diagnostics: &mut Diagnostics) {
    if diagnostics.is_full() {
        return;
    }
    match (kind, &node.value) {
        (Kind::Table(spec), Value::Table(table)) => {
            diagnostics.extend(missing(spec, table, node, path));
            nested(spec, table, path, diagnostics);
        }
        (Kind::OneOf(kinds), Value::Table(_)) => {
            let table = kinds.iter().find(|kind| matches!(kind, Kind::Table(_)));
            if let Some(kind) = table {
                value(kind, node, path, diagnostics);
            }
        }
        (Kind::Tables(spec), Value::Array(items)) => {
            for item in items {
                value(&Kind::Table(spec), item, path, diagnostics);
            }
        }
        (Kind::Branches, Value::Array(items)) => {
            for item in items {
                value(&Kind::Steps, item, path, diagnostics);
            }
        }
        (Kind::Steps, Value::Array(items)) => {
            for item in items {
                step(item, diagnostics);
            }
        }
        _ => {}
    }
}

/// How to write the steps of a block.
fn block_of(verb: &str, needed: &str) -> String {
    if verb == "lock" {
        return "write `do = [...]` with the steps under the lock; `do = []` inside a transaction, \
                which holds a lock of `scope = \"database\"` to its end"
            .to_owned();
    }
    format!("write `{needed} = [...]` with the steps of the block")
}

fn step(node: &Node, diagnostics: &mut Diagnostics) {
    let Some(table) = node.as_table() else { return };
    let mut verbs: Vec<&steps::VerbSpec> = table.keys().filter_map(steps::verb).collect();
    if verbs.iter().any(|verb| !steps::WRAPPERS.contains(&verb.key.name)) {
        verbs.retain(|verb| !steps::WRAPPERS.contains(&verb.key.name));
    }
    // Anything else has been reported by the reader.
    if let [verb] = verbs.as_slice() {
        for needed in verb.required.iter().filter(|needed| !table.contains(needed)) {
            let message = format!("the step `{}` has no `{needed}`", verb.key.name);
            diagnostics.push(
                Diagnostic::new(Id::MissingKey, message)
                    .at(node.span, format!("`{needed}` is required"))
                    .help(block_of(verb.key.name, needed)),
            );
        }
    }
    for (key, node) in table {
        let spec = verbs.iter().map(|verb| &verb.key).find(|spec| spec.name == key.text);
        if let Some(spec) = spec.or_else(|| steps::modifier(&key.text)) {
            value(&spec.kind, node, &key.text, diagnostics);
        }
    }
}
