//! Text to raw: files, includes, variants and `--set` become one spanned tree that has been
//! checked against the registry of keys.
//!
//! 1. [`source`]: bytes to text; limits, UTF-8, nesting depth.
//! 2. [`parse`]: text to [`raw`] tree; all syntax errors at once.
//! 3. [`mod@include`]: parts are merged below the file that includes them.
//! 4. [`reader`]: tables, keys, types, words and verbs against [`keys`].
//! 5. [`overlay`]: variants and `--set` are merged over the base.
//! 6. [`required`]: keys without default are there.
//!
//! Nothing here fails: [`read`] returns what could be read, with [`Diagnostics`]. Values stay raw:
//! expressions are text, references are names, defaults are not filled in. What later phases may
//! rely on when there is no error: every table and key is in the registry, every value is of a type
//! that its key takes, every required key is there, a step has exactly one verb and only modifiers
//! that go with it. They may not rely on names that refer to something, nor on expressions that
//! can be parsed.

mod brackets;
mod habits;
pub mod include;
pub mod keys;
pub mod overlay;
pub mod parse;
pub mod raw;
pub mod reader;
pub mod required;
pub mod source;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::diag::{Diagnostic, Diagnostics, Id, Sources, Span, name};
use overlay::Variant;
use raw::{Node, Table};
use source::Loader;

/// A scenario as it was written, merged and checked for shape.
#[derive(Debug, Clone, PartialEq)]
pub struct RawScenario {
    /// The files and `--set` texts that spans point into.
    pub sources: Sources,
    /// The tree in force: base, then variant if one was asked for, then `--set`.
    root: Table,
    /// The files alone.
    base: Table,
    variants: Vec<Variant>,
    sets: Vec<Table>,
    variant: Option<Arc<str>>,
    /// Whether a file could not be read in full, so that a missing key proves nothing.
    is_damaged: bool,
}

/// An entity of a scenario: `[service.api]`.
#[derive(Debug, Clone, Copy)]
pub struct Entity<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where its name is written first.
    pub name_span: Span,
    /// Its table, with span (the header) and origin.
    pub node: &'a Node,
    /// What is in it.
    pub table: &'a Table,
}

impl RawScenario {
    /// The entities of one table in the order of the files: `entities("service")`.
    pub fn entities<'a>(&'a self, table: &str) -> impl Iterator<Item = Entity<'a>> {
        self.table(table).into_iter().flat_map(Table::iter).filter_map(|(key, node)| {
            let table = node.as_table()?;
            Some(Entity { name: &key.text, name_span: key.span, node, table })
        })
    }

    /// One entity.
    pub fn entity(&self, table: &str, name: &str) -> Option<Entity<'_>> {
        self.entities(table).find(|entity| entity.name == name)
    }

    /// A table at the top: `table("run")`.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.root.get(name).and_then(Node::as_table)
    }

    /// The value at a path: `value(&["run", "duration"])`.
    pub fn value(&self, path: &[&str]) -> Option<&Node> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.root.get(first)?, |node, key| node.as_table()?.get(key))
    }

    /// The whole tree.
    pub fn root(&self) -> &Table {
        &self.root
    }

    /// The variants in the order of the file.
    pub fn variants(&self) -> &[Variant] {
        &self.variants
    }

    /// Whether a file could not be read in full, so that what is not there proves nothing.
    pub fn is_damaged(&self) -> bool {
        self.is_damaged
    }

    /// The variant that has been applied, if one has.
    pub fn variant(&self) -> Option<&str> {
        self.variant.as_deref()
    }
}

/// Reads the scenario at `path`, with `--set` options in their order.
///
/// All variants are merged once, so that their mistakes show too; the diagnostics are sorted.
/// With an error among them the tree is still there but must not be given a meaning.
pub fn read(path: &str, sets: &[&str], loader: &dyn Loader) -> (RawScenario, Diagnostics) {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let mut base = include::read(path, loader, &mut sources, &mut diagnostics);
    let is_damaged = diagnostics.has_errors();
    let variants = overlay::take_variants(&mut base, &mut diagnostics);
    if !is_damaged && base.is_empty() && variants.is_empty() {
        diagnostics.push(empty(path, &sources));
    }
    reader::check(&base, &mut diagnostics);
    let mut read_sets = Vec::new();
    for set in sets {
        read_sets.extend(overlay::read_set(set, &base, &variants, &mut sources, &mut diagnostics));
    }
    let mut root = base.clone();
    overlay::apply_sets(&mut root, &read_sets);
    if !is_damaged {
        required::check(&root, &base, &mut diagnostics);
        claims(&root, &variants, &mut diagnostics);
    }
    let sets = read_sets;
    let raw = RawScenario { sources, root, base, variants, sets, variant: None, is_damaged };
    for variant in &raw.variants {
        if diagnostics.is_full() {
            break;
        }
        diagnostics.append(overlay::with_variant(&raw, &variant.name).1);
    }
    diagnostics.sort();
    (raw, diagnostics)
}

fn empty(path: &str, sources: &Sources) -> Diagnostic {
    let message = format!("{} is empty", name(path));
    let found = Diagnostic::new(Id::EmptyScenario, message);
    let found = match sources.file(path) {
        Some(file) => found.at(file.span(0..0), "no table here"),
        None => found,
    };
    found.help("a scenario has at least a service, an endpoint and a workload")
}

/// Claims name variants that are there.
fn claims(root: &Table, variants: &[Variant], diagnostics: &mut Diagnostics) {
    let Some(claims) = root.get("claim").and_then(Node::as_table) else { return };
    for (_, claim) in claims {
        let Some(node) = claim.as_table().and_then(|table| table.get("variant")) else { continue };
        let Some(wanted) = node.as_str() else { continue };
        if variants.iter().any(|variant| &*variant.name == wanted) {
            continue;
        }
        let message = format!("there is no variant {}", name(wanted));
        let found =
            Diagnostic::new(Id::UnknownVariant, message).at(node.inner_span(), "unknown variant");
        let names = || variants.iter().map(|variant| &*variant.name);
        let close = crate::diag::suggest::closest(wanted, names());
        diagnostics.push(if close.is_none() && overlay::is_base(wanted) {
            found.help("leave `variant` out: such a claim is judged on the scenario as it stands")
        } else {
            reader::closest_word(found, "variant", node, names())
        });
    }
}
