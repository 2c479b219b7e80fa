//! Merging: variants over the base, `--set` over both.
//!
//! Tables merge, everything else replaces; a key replaces those that it excludes. A variant first
//! removes, then merges; one that `extends` another stands on the result of that.
use std::sync::Arc;

use super::RawScenario;
use super::keys::{self, Kind, Shape, Status, TableSpec};
use super::raw::{Key, Node, Origin, Table, Value};
use super::reader::closest_word;
use super::{parse, reader, required};
use crate::diag::{Diagnostic, Diagnostics, FileId, Id, Sources, Span, name};

/// Which table of the registry a table is, while walking down.
#[derive(Debug, Clone, Copy)]
pub enum Level {
    /// The whole scenario.
    Root,
    /// The entities of one kind.
    Named(&'static TableSpec),
    /// A table with a closed list of keys.
    Keys(&'static TableSpec),
    /// A table whose keys are the author's, or no table of the language.
    Free,
}

impl Level {
    /// The level of the value of `key`.
    #[must_use]
    pub fn below(self, key: &str) -> Self {
        match self {
            Self::Root => match keys::table(key) {
                Some(spec) if spec.shape == Shape::Named => Self::Named(spec),
                Some(spec) => Self::Keys(spec),
                None => Self::Free,
            },
            Self::Named(spec) if spec.name == "variant" => Self::Root,
            Self::Named(spec) => Self::Keys(spec),
            Self::Keys(spec) => {
                spec.key(key).and_then(|key| nested(&key.kind)).map_or(Self::Free, Self::Keys)
            }
            Self::Free => Self::Free,
        }
    }
}

/// The table that a key of this kind may hold.
fn nested(kind: &Kind) -> Option<&'static TableSpec> {
    match kind {
        Kind::Table(spec) => Some(spec),
        Kind::OneOf(kinds) => kinds.iter().find_map(nested),
        _ => None,
    }
}

/// Merges `over` into `base`.
pub fn merge(base: &mut Table, over: &Table, level: Level) {
    for (key, node) in over {
        if let (Level::Keys(spec), None | Some(true)) = (level, node.as_bool()) {
            for excluded in spec.excluded_by(&key.text) {
                // Both in one overlay is a mistake that the reader has reported.
                if !over.contains(excluded) {
                    base.remove(excluded);
                }
            }
        }
        match (base.get_mut(&key.text).map(|node| &mut node.value), &node.value) {
            (Some(Value::Table(under)), Value::Table(table)) => {
                merge(under, table, level.below(&key.text));
            }
            _ => base.insert(key.clone(), node.clone()),
        }
    }
}

/// Most variants of a scenario: each is merged and checked by itself.
pub const MAX_VARIANTS: usize = 100;

/// One `[variant.X]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is defined.
    pub span: Span,
    /// What it is, for the reader.
    pub about: Option<String>,
    /// The variant that it starts from, as written.
    pub extends: Option<Node>,
    /// The paths that it deletes.
    pub remove: Vec<Node>,
    /// What it changes; without the keys above.
    pub body: Table,
}

/// Takes the variants out of a tree and checks them by themselves.
pub(super) fn take_variants(root: &mut Table, diagnostics: &mut Diagnostics) -> Vec<Variant> {
    let Some((key, node)) = root.remove("variant") else { return Vec::new() };
    let Value::Table(table) = &node.value else {
        if !node.is_invalid() {
            let found = node.value.type_name();
            let message = format!("`variant` is a table, not {found}");
            let wrong = Diagnostic::new(Id::WrongType, message).at(node.span, found);
            diagnostics.push(wrong.and(key.span, "this table"));
        }
        return Vec::new();
    };
    let mut variants = Vec::new();
    for (key, node) in table {
        if variants.len() == MAX_VARIANTS {
            let message = format!("more than {MAX_VARIANTS} variants");
            diagnostics
                .push(Diagnostic::new(Id::TooManyKeys, message).at(key.span, "one too many"));
            break;
        }
        if !keys::is_entity_name(&key.text) {
            let message = format!("{} is not a name for a variant", name(&key.text));
            diagnostics.push(
                Diagnostic::new(Id::BadName, message).at(key.span, "not a name").help(
                    "a name is a letter, then letters, digits, `_`, `-`; at most 64 characters",
                ),
            );
        }
        match &node.value {
            Value::Table(table) => variants.push(variant(key, table, diagnostics)),
            Value::Invalid => {}
            other => {
                let path = format!("variant.{}", key.text);
                let found = other.type_name();
                let message = format!("{} is a table, not {found}", name(&path));
                diagnostics.push(Diagnostic::new(Id::WrongType, message).at(node.span, found));
            }
        }
    }
    variants
}

fn variant(key: &Key, table: &Table, diagnostics: &mut Diagnostics) -> Variant {
    let mut body = table.clone();
    let wrong = |node: &Node, key: &str, expected: &str| {
        let found = node.value.type_name();
        let message = format!("`{key}` of a variant is {expected}, not {found}");
        Diagnostic::new(Id::WrongType, message).at(node.span, found)
    };
    let mut take_text = |key: &str| {
        let (_, node) = body.remove(key)?;
        if node.as_str().is_none() && !node.is_invalid() {
            diagnostics.push(wrong(&node, key, "a text"));
        }
        node.as_str().is_some().then_some(node)
    };
    let about = take_text("about");
    let extends = take_text("extends");
    let mut remove = Vec::new();
    match body.remove("remove").map(|(_, node)| node) {
        Some(Node { value: Value::Array(items), .. }) => {
            for item in items {
                match &item.value {
                    Value::String(_) => remove.push(item),
                    Value::Invalid => {}
                    _ => diagnostics.push(wrong(&item, "remove", "a list of paths")),
                }
            }
        }
        Some(node) if !node.is_invalid() => {
            diagnostics.push(wrong(&node, "remove", "a list of paths"));
        }
        _ => {}
    }
    reader::check_variant(&body, table, diagnostics);
    let name: Arc<str> = Arc::from(key.text.as_str());
    let origin = Origin::Variant(Arc::clone(&name));
    for (_, node) in body.entries_mut() {
        node.set_origin(&origin);
    }
    let about = about.and_then(|node| node.as_str().map(str::to_string));
    Variant { name, span: key.span, about, extends, remove, body }
}

/// The variants that `name` stands on, outermost base first, itself last.
fn chain<'a>(
    variants: &'a [Variant],
    first: &'a Variant,
    diagnostics: &mut Diagnostics,
) -> Vec<&'a Variant> {
    let mut chain = vec![first];
    let mut current = first;
    while let Some(extends) = &current.extends {
        let wanted = extends.as_str().unwrap_or_default();
        let Some(next) = variants.iter().find(|variant| &*variant.name == wanted) else {
            let message = format!("there is no variant {}", name(wanted));
            let found = Diagnostic::new(Id::UnknownVariant, message)
                .at(extends.inner_span(), "unknown variant");
            let names = variants.iter().map(|v| &*v.name).filter(|n| **n != *current.name);
            diagnostics.push(closest_word(found, "variant", extends, names));
            break;
        };
        if chain.iter().any(|known| known.name == next.name) {
            // Reported once, at the last variant of the circle in the file, whoever asks.
            let circle = chain.iter().skip_while(|known| known.name != next.name);
            let last = circle.max_by_key(|variant| variant.span).unwrap_or(&current);
            let span = last.extends.as_ref().map_or(last.span, |node| node.span);
            let message = format!("the variant {} extends itself", name(&last.name));
            let found = Diagnostic::new(Id::VariantCycle, message).at(span, "leads back to it");
            diagnostics.push(found.and(last.span, "this variant"));
            break;
        }
        chain.push(next);
        current = next;
    }
    chain.reverse();
    chain
}

/// Whether somebody who writes this as the name of a variant most likely means the scenario as it
/// stands, which has none.
pub fn is_base(name: &str) -> bool {
    const WORDS: [&str; 10] = [
        "base",
        "baseline",
        "default",
        "main",
        "current",
        "original",
        "today",
        "now",
        "none",
        "as_it_stands",
    ];
    WORDS.contains(&name.to_ascii_lowercase().as_str())
}

/// The scenario with the variant of this name applied, then `--set`.
pub fn with_variant(raw: &RawScenario, wanted: &str) -> (RawScenario, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let mut scenario = raw.clone();
    let Some(variant) = raw.variants.iter().find(|variant| &*variant.name == wanted) else {
        let message = format!("there is no variant {}", name(wanted));
        let names: Vec<&str> = raw.variants.iter().map(|variant| &*variant.name).collect();
        let found = Diagnostic::new(Id::UnknownVariant, message);
        diagnostics.push(match crate::diag::suggest::closest(wanted, names.iter().copied()) {
            Some(close) => found.help(format!("did you mean `{close}`?")),
            None if is_base(wanted) => {
                found.help("without `--variant` the scenario is run as it stands")
            }
            None => match crate::diag::suggest::listing("variant", &names) {
                Some(text) => found.help(text),
                None => found,
            },
        });
        return (scenario, diagnostics);
    };
    let mut root = raw.base.clone();
    for variant in chain(&raw.variants, variant, &mut diagnostics) {
        for path in &variant.remove {
            remove(&mut root, path, &mut diagnostics);
        }
        merge(&mut root, &variant.body, Level::Root);
    }
    apply_sets(&mut root, &raw.sets);
    if !raw.is_damaged {
        required::check(&root, &raw.base, &mut diagnostics);
    }
    scenario.root = root;
    scenario.variant = Some(Arc::clone(&variant.name));
    (scenario, diagnostics)
}

/// The scenario in force with a text merged over it: what a program adds to a design. `path` names the text
/// where a diagnostic points into it.
pub fn with_text(raw: &RawScenario, path: &str, text: &str) -> (RawScenario, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let mut scenario = raw.clone();
    let file = scenario.sources.add(path, text);
    let over = parse::parse(file, &scenario.sources, &mut diagnostics);
    reader::check(&over, &mut diagnostics);
    merge(&mut scenario.root, &over, Level::Root);
    required::check(&scenario.root, &scenario.base, &mut diagnostics);
    (scenario, diagnostics)
}

/// Writes the last of `--set` into the scenario itself, beneath its variants: one that says something
/// else keeps it.
pub fn beneath_variants(raw: &mut RawScenario, count: usize) {
    let beneath = raw.sets.split_off(raw.sets.len().saturating_sub(count));
    apply_sets(&mut raw.base, &beneath);
}

/// Merges all `--set`.
pub(super) fn apply_sets(root: &mut Table, sets: &[Table]) {
    for set in sets {
        merge(root, set, Level::Root);
    }
}

fn remove(root: &mut Table, path: &Node, diagnostics: &mut Diagnostics) {
    let text = path.as_str().unwrap_or_default();
    let Some(parts) = split(text) else {
        let message = format!("{} is not a path", name(text));
        let found = Diagnostic::new(Id::UnknownPath, message).at(path.span, "not a path");
        diagnostics
            .push(found.help("a path is names with dots between, such as `pool.api_pg.line`"));
        return;
    };
    let mut table = root;
    let last = parts.len() - 1;
    for (index, (part, range)) in parts.iter().enumerate() {
        if !table.contains(part) {
            let message = format!("there is no {} to remove", name(text));
            let span = path.sub_span(range.clone());
            let found = Diagnostic::new(Id::UnknownPath, message).at(span, "not there");
            diagnostics.push(found.did_you_mean("key", span, part, table.keys()));
            return;
        }
        if index == last {
            table.remove(part);
            return;
        }
        let Some(Value::Table(below)) = table.get_mut(part).map(|node| &mut node.value) else {
            let message = format!("there is no {} to remove", name(text));
            let found = Diagnostic::new(Id::UnknownPath, message)
                .at(path.sub_span(range.clone()), "not a table");
            diagnostics.push(found);
            return;
        };
        table = below;
    }
}

/// The parts of a dotted path with their places; parts may stand in quotes (`claim."a.b"`).
fn split(path: &str) -> Option<Vec<(String, std::ops::Range<usize>)>> {
    let mut parts = Vec::new();
    let mut at = 0;
    loop {
        let rest = &path[at..];
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (part, length) = if let Some(quote) = quote {
            let end = rest[1..].find(quote)? + 1;
            (&rest[1..end], end + 1)
        } else {
            let end = rest.find('.').unwrap_or(rest.len());
            (&rest[..end], end)
        };
        if part.is_empty() {
            return None;
        }
        parts.push((part.to_string(), at..at + length));
        at += length;
        match path[at..].chars().next() {
            None => return Some(parts),
            Some('.') => at += 1,
            Some(_) => return None,
        }
    }
}

/// The `=` between PATH and VALUE: the first one outside quotes.
fn equals(text: &str) -> Option<usize> {
    let mut open = None;
    for (at, c) in text.char_indices() {
        match (open, c) {
            (None, '"' | '\'') => open = Some(c),
            (Some(quote), _) if c == quote => open = None,
            (None, '=') => return Some(at),
            _ => {}
        }
    }
    None
}

/// Reads one `--set` into a tree that is merged over the scenario; `None` if it says nothing.
pub(super) fn read_set(
    text: &str,
    base: &Table,
    variants: &[Variant],
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Table> {
    let file = sources.add("<--set>", text);
    let bad = |span: Span, label: &str| {
        let message = format!("--set {} is not of the form PATH=VALUE", name(text));
        let found = Diagnostic::new(Id::BadSet, message).at(span, label);
        found.help("such as `--set pool.api_pg.size=80`")
    };
    let Some(equals) = equals(text) else {
        diagnostics.push(bad(file.span(0..text.len()), "no `=`"));
        return None;
    };
    let path = text[..equals].trim();
    let start = text.find(path).unwrap_or(0);
    let Some(parts) = split(path) else {
        diagnostics.push(bad(file.span(0..equals), "not a path"));
        return None;
    };
    let parts: Vec<Key> = parts
        .into_iter()
        .map(|(text, range)| Key { text, span: file.span(start + range.start..start + range.end) })
        .collect();
    if let Err(found) = (Paths { base, variants }).check(&parts) {
        diagnostics.push(*found);
        return None;
    }
    let mut node = value(text, equals + 1, file);
    for key in parts.into_iter().rev() {
        let span = key.span;
        let mut table = Table::default();
        table.insert(key, node);
        node = Node::new(Value::Table(table), span, Origin::Cli);
    }
    let Value::Table(tree) = node.value else { return None };
    reader::check(&tree, diagnostics);
    Some(tree)
}

/// The value after the `=`: TOML if it parses as TOML, else a string.
fn value(text: &str, start: usize, file: FileId) -> Node {
    let rest = &text[start..];
    let trimmed = rest.trim();
    let start = start + rest.find(trimmed).unwrap_or(0);
    parse::parse_value(trimmed, file, start).unwrap_or_else(|| {
        let span = file.span(start..start + trimmed.len());
        let text = Value::String(trimmed.to_string());
        Node::new(text, span, Origin::Cli).with_content(Some(start))
    })
}

/// What a path of `--set` may lead to.
struct Paths<'a> {
    base: &'a Table,
    variants: &'a [Variant],
}

impl Paths<'_> {
    fn check(&self, parts: &[Key]) -> Result<(), Box<Diagnostic>> {
        let shown: Vec<&str> = parts.iter().map(|key| key.text.as_str()).collect();
        let shown = name(&shown.join("."));
        let unknown = |key: &Key, label: &str| {
            let message = format!("there is no {shown} to set");
            Diagnostic::new(Id::UnknownPath, message).at(key.span, label)
        };
        let mut level = Level::Root;
        for (depth, key) in parts.iter().enumerate() {
            match level {
                Level::Root => {
                    let now =
                        |spec: &&&TableSpec| spec.status == Status::Now && spec.name != "variant";
                    let mut known = keys::tables::ALL.iter().filter(now).map(|spec| spec.name);
                    if !known.clone().any(|table| table == key.text) {
                        // A reserved table is reported by the reader.
                        if keys::table(&key.text).is_some_and(|s| s.status == Status::Later) {
                            return Ok(());
                        }
                        let found = unknown(key, "not a table of a scenario");
                        let known = known.by_ref();
                        return Err(Box::new(
                            found.did_you_mean("table", key.span, &key.text, known),
                        ));
                    }
                }
                Level::Named(spec) => self.entity(spec.name, key, &unknown)?,
                Level::Keys(spec) if spec.name == "inputs" => self.input(key)?,
                // Unknown keys are reported by the reader, which knows the table's keys.
                Level::Keys(spec) => {
                    if !leads_on(spec, &key.text, parts.get(depth + 1)) {
                        let next = parts.get(depth + 1).unwrap_or(key);
                        return Err(Box::new(unknown(next, "not a table")));
                    }
                }
                Level::Free => {}
            }
            level = level.below(&key.text);
        }
        let (Some(last), Level::Named(_)) = (parts.last(), level) else { return Ok(()) };
        let found = unknown(last, "a kind of tables").help("go on with the name and the key");
        Err(Box::new(found))
    }

    fn names<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a str> {
        let bodies = self.variants.iter().map(|variant| &variant.body);
        let trees = std::iter::once(self.base).chain(bodies);
        trees.filter_map(|tree| tree.get(table)?.as_table()).flat_map(Table::keys)
    }

    fn entity(
        &self,
        table: &str,
        key: &Key,
        unknown: &dyn Fn(&Key, &str) -> Diagnostic,
    ) -> Result<(), Box<Diagnostic>> {
        if self.names(table).any(|known| known == key.text) {
            return Ok(());
        }
        let found = unknown(key, "not in this scenario");
        Err(Box::new(found.did_you_mean(table, key.span, &key.text, self.names(table))))
    }

    fn input(&self, key: &Key) -> Result<(), Box<Diagnostic>> {
        if self.names("inputs").any(|known| known == key.text) {
            return Ok(());
        }
        let message = format!("there is no input {}", name(&key.text));
        let found = Diagnostic::new(Id::UnknownInput, message).at(key.span, "unknown input");
        Err(Box::new(found.did_you_mean("input", key.span, &key.text, self.names("inputs"))))
    }
}

/// Whether a path may go on below `key`, if it does.
fn leads_on(spec: &TableSpec, key: &str, next: Option<&Key>) -> bool {
    next.is_none() || spec.key(key).is_none_or(|known| is_table(&known.kind))
}

/// Whether a value of this kind may be a table.
fn is_table(kind: &Kind) -> bool {
    match kind {
        Kind::Table(_) | Kind::Map(..) => true,
        Kind::OneOf(kinds) => kinds.iter().any(is_table),
        _ => false,
    }
}
