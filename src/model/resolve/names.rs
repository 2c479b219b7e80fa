//! References between entities.

use super::Resolver;
use super::section::Section;
use crate::diag::{Diagnostic, Id, Span, name};
use crate::scenario::RawScenario;
use std::collections::BTreeMap;

/// Index of what a wrong reference refers to. Its mistake has been reported; nobody complains
/// about what follows from it.
pub(super) const NOWHERE: usize = usize::MAX;

const TABLES: [&str; 9] =
    ["service", "database", "pool", "table", "query", "lock", "storage", "endpoint", "flow"];

/// Where each entity stands in its table, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    tables: BTreeMap<&'static str, BTreeMap<&'a str, (usize, Span)>>,
}

impl<'a> Names<'a> {
    pub fn new(raw: &'a RawScenario) -> Self {
        let table = |table| {
            let entities = raw.entities(table).enumerate();
            entities.map(|(index, entity)| (entity.name, (index, entity.name_span))).collect()
        };
        Self { tables: TABLES.into_iter().map(|name| (name, table(name))).collect() }
    }

    /// Where an entity's name is written.
    pub fn span(&self, table: &str, name: &str) -> Option<Span> {
        self.tables.get(table)?.get(name).map(|found| found.1)
    }
}

impl<'a> Resolver<'a> {
    /// The index of the entity that a key names, or [`NOWHERE`] after a diagnostic.
    pub(super) fn reference(
        &mut self,
        table: &'static str,
        section: &Section<'a>,
        key: &str,
    ) -> usize {
        let Some(node) = section.get(key) else {
            self.missing(section, key);
            return NOWHERE;
        };
        let Some(word) = node.as_str() else {
            self.malformed(node);
            return NOWHERE;
        };
        self.named(table, word, node.inner_span())
    }

    /// The same for a name that is a key.
    pub(super) fn named(&mut self, table: &'static str, word: &str, span: Span) -> usize {
        let known = self.names.tables.get(table);
        if let Some((index, _)) = known.and_then(|names| names.get(word)) {
            return *index;
        }
        let message = format!("there is no {table} {}", name(word));
        let names = known.into_iter().flat_map(BTreeMap::keys).copied();
        let found = Diagnostic::new(Id::UnknownReference, message)
            .at(span, format!("unknown {table}"))
            .did_you_mean(table, span, word, names);
        self.push(found);
        NOWHERE
    }
}
