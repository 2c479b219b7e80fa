//! How databases are copied and brought back.

use super::Resolver;
use super::numbers::DURATION;
use super::section::Section;
use crate::model::{Backup, Bounds};
use crate::scenario::keys::backup as keys;
use crate::scenario::raw::{Node, Table};

/// Bytes per second: from one.
const BANDWIDTH: Bounds = Bounds::real(1.0, 1e13);

impl<'a> Resolver<'a> {
    /// The copies of a database; none of one without tables, whose bytes are not known.
    pub(super) fn backup(&mut self, section: &Section<'a>, name: &str) -> Option<Backup> {
        let raw = self.raw;
        let on_it = |table: &Table| table.get("database").and_then(Node::as_str) == Some(name);
        let has_tables = raw.entities("table").any(|entity| on_it(entity.table));
        if !has_tables && section.get("backup").is_none() {
            return None;
        }
        let backup = Section::maybe(&keys::BACKUP, section.at("backup"), section.get("backup"));
        let listed = self.assumptions.len();
        let found = Backup {
            every: self.quantity(&backup, "every", DURATION),
            bandwidth: self.quantity_opt(&backup, "bandwidth", BANDWIDTH),
            restore_bandwidth: self.quantity_opt(&backup, "restore_bandwidth", BANDWIDTH),
            replay: self.quantity(&backup, "replay", BANDWIDTH),
        };
        if self.needs_load || !has_tables {
            // Nobody speaks of it but a forecast.
            self.assumptions.truncate(listed);
        }
        has_tables.then_some(found)
    }
}
