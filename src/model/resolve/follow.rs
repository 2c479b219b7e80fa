//! Mistakes of meaning beside mistakes of reading: what could be read is resolved all the same, and
//! what merely follows from a mistake that has been reported is not said again.
//!
//! Three rules tell a consequence from a mistake of its own:
//!
//! 1. It stands where something has been reported, or around it.
//! 2. It says that something is not there ([`is_absence`]), and that may be what could not be read:
//!    its name stands in a part that was not understood, or its entity has a key that is wrong.
//! 3. A file with an error of syntax proves no absence at all.
//!
//! Rejected: repairing the tree by the patches that diagnostics offer; a guess that is wrong gives
//! errors that nobody made.

use super::Resolver;
use crate::diag::{Diagnostic, Diagnostics, Id, Severity, Span};
use crate::expr::scope::Tables;
use crate::scenario::RawScenario;
use crate::scenario::raw::{Node, Table, Value};
use std::collections::BTreeSet;

/// What is wrong with the meaning of a scenario that was read with errors, beyond `reported`.
///
/// Only errors, and only those that do not follow from one that is known. There is no model: a
/// scenario with an error has none.
pub fn mistakes(raw: &RawScenario, tables: &dyn Tables, reported: &Diagnostics) -> Diagnostics {
    let mut resolver = Resolver::new(raw, tables);
    resolver.is_faulty = true;
    resolver.model();
    let known = Known::new(raw, reported);
    let mut found = Diagnostics::default();
    let own = resolver.diagnostics.iter().filter(|one| one.severity == Severity::Error);
    found.extend(own.filter(|one| !known.explains(one)).cloned());
    found
}

/// What has been reported, and what it may have hidden.
struct Known<'a> {
    raw: &'a RawScenario,
    reported: Vec<&'a Diagnostic>,
    /// Names in the parts that were not understood, also of the parts themselves.
    lost: BTreeSet<&'a str>,
    /// Names of entities with a mistake in them, where they are written.
    faulty: BTreeSet<Span>,
}

impl<'a> Known<'a> {
    fn new(raw: &'a RawScenario, reported: &'a Diagnostics) -> Self {
        let reported: Vec<&Diagnostic> =
            reported.iter().filter(|one| one.severity == Severity::Error).collect();
        let places = reported.iter().filter_map(|one| one.position()).collect();
        let mut known = Self { raw, reported, lost: BTreeSet::new(), faulty: BTreeSet::new() };
        known.look_into(raw.root(), &places, &mut Vec::new());
        known
    }

    /// Finds what the reported places are in. `around` has the names of the tables around.
    fn look_into(&mut self, table: &'a Table, places: &BTreeSet<Span>, around: &mut Vec<Span>) {
        for (key, node) in table {
            around.push(key.span);
            if places.contains(&key.span) || places.contains(&node.span) {
                self.faulty.extend(around.iter().copied());
                self.lost.insert(&key.text);
                self.lose(node);
            } else if places.iter().any(|place| is_within(*place, node.span)) {
                self.faulty.extend(around.iter().copied());
            }
            if let Value::Table(inner) = &node.value {
                self.look_into(inner, places, around);
            }
            around.pop();
        }
    }

    fn lose(&mut self, node: &'a Node) {
        for (key, inner) in node.as_table().into_iter().flatten() {
            self.lost.insert(&key.text);
            self.lose(inner);
        }
    }

    /// Whether something reported is the reason for this.
    fn explains(&self, found: &Diagnostic) -> bool {
        // A wrong type is what the reader looks for, and says in better words.
        if found.id == Id::WrongType {
            return true;
        }
        let Some(place) = found.position() else { return !self.reported.is_empty() };
        let overlaps = |other: Span| is_within(place, other) || is_within(other, place);
        let said = self.reported.iter().filter_map(|one| one.position());
        if said.into_iter().any(overlaps) {
            return true;
        }
        is_absence(found.id)
            && (self.raw.is_damaged()
                || self.lost.contains(self.raw.sources.text(place))
                || found.labels.iter().any(|label| self.faulty.contains(&label.span))
                || self.is_said(found)
                || (found.id == Id::NoPool && !self.lost.is_empty()))
    }

    /// The same key of the same table is missing for the reader, too.
    fn is_said(&self, found: &Diagnostic) -> bool {
        self.reported.iter().any(|one| one.id == found.id && one.message == found.message)
    }
}

/// Whether a finding says that something is not there, which a mistake elsewhere may have caused.
fn is_absence(id: Id) -> bool {
    matches!(
        id,
        Id::MissingKey
            | Id::UnknownReference
            | Id::UnknownName
            | Id::NoCores
            | Id::LineWithoutWorkers
            | Id::NoPool
            | Id::NothingToRun
    )
}

/// An empty place is within what it stands in.
fn is_within(inner: Span, outer: Span) -> bool {
    inner.file == outer.file && inner.start >= outer.start && inner.end <= outer.end
}
