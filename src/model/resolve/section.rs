//! A table of a scenario beside the registry's description of it.

use crate::diag::Span;
use crate::scenario::Entity;
use crate::scenario::keys::steps::{VerbSpec, modifier};
use crate::scenario::keys::{KeySpec, Kind, TableSpec};
use crate::scenario::raw::{Node, Table};

/// Which keys the table may have.
#[derive(Debug, Clone, Copy)]
enum Words {
    /// Those of a table of the language.
    Table(&'static TableSpec),
    /// A verb and the modifiers of steps.
    Step(&'static VerbSpec),
}

/// A table with its path and its description.
#[derive(Debug, Clone)]
pub(super) struct Section<'a> {
    /// Dotted path, such as `service.api` or `endpoint.e.steps[0]`.
    pub path: String,
    words: Words,
    /// What is written; none if the whole table is left out.
    table: Option<&'a Table>,
    /// Where it is written.
    pub span: Option<Span>,
}

impl<'a> Section<'a> {
    /// An entity's table.
    pub fn of(spec: &'static TableSpec, entity: Entity<'a>) -> Self {
        let path = format!("{}.{}", spec.name, entity.name);
        let span = Some(entity.name_span);
        Self { path, words: Words::Table(spec), table: Some(entity.table), span }
    }

    /// A table that may be left out.
    pub fn maybe(spec: &'static TableSpec, path: String, node: Option<&'a Node>) -> Self {
        let table = node.and_then(Node::as_table);
        Self { path, words: Words::Table(spec), table, span: node.map(|node| node.span) }
    }

    /// A step.
    pub fn step(spec: &'static VerbSpec, path: String, table: &'a Table, span: Span) -> Self {
        Self { path, words: Words::Step(spec), table: Some(table), span: Some(span) }
    }

    /// What is written under a key.
    pub fn get(&self, key: &str) -> Option<&'a Node> {
        self.table?.get(key)
    }

    /// The description of a key.
    pub fn key(&self, key: &str) -> Option<&'static KeySpec> {
        match self.words {
            Words::Table(spec) => spec.key(key),
            Words::Step(verb) if verb.key.name == key => Some(&verb.key),
            Words::Step(_) => modifier(key),
        }
    }

    /// Whether this is a step, whose defaults are part of the language and not worth a line in
    /// every report.
    pub fn is_step(&self) -> bool {
        matches!(self.words, Words::Step(_))
    }

    /// The path of a key.
    pub fn at(&self, key: &str) -> String {
        format!("{}.{key}", self.path)
    }

    /// A table under a key, left out or not.
    pub fn child(&self, key: &str) -> Option<Self> {
        let spec = table_of(&self.key(key)?.kind)?;
        Some(Self::maybe(spec, self.at(key), self.get(key)))
    }
}

fn table_of(kind: &Kind) -> Option<&'static TableSpec> {
    match kind {
        Kind::Table(spec) | Kind::Tables(spec) => Some(spec),
        Kind::OneOf(kinds) => kinds.iter().find_map(table_of),
        _ => None,
    }
}
