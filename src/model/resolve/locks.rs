//! Locks: of a program, or the rows of a database.

use super::Resolver;
use super::section::Section;
use crate::expr::checked::Checked;
use crate::model::{Bounds, Database, Lock, LockScope, RowLocks};
use crate::scenario::keys::tables as keys;

/// Work of one who waits for a row and looks again, seconds: the CPU of an update of one row grows by
/// 8 to 10 us for each client that waits, measured with 5 and with 20 of them (`PostgreSQL` 15.18, one
/// core of a server of 2025, `tests/oracle/rows.rs`).
const RECHECK_S: f64 = 8e-6;

impl<'a> Resolver<'a> {
    pub(super) fn locks(&mut self, databases: &[Database]) -> Vec<Lock> {
        let raw = self.raw;
        raw.entities("lock")
            .map(|entity| {
                let section = Section::of(&keys::LOCK, entity);
                let scope = match self.word(&section, "scope") {
                    "database" => LockScope::Database,
                    "instance" => LockScope::Instance,
                    _ => LockScope::Global,
                };
                let rows = self.row_locks(&section, scope, databases);
                Lock { name: entity.name.to_owned(), scope, rows, span: Some(entity.name_span) }
            })
            .collect()
    }

    fn row_locks(
        &mut self,
        section: &Section<'a>,
        scope: LockScope,
        databases: &[Database],
    ) -> Option<RowLocks> {
        let Some(node) = section.get("database") else {
            if let Some(node) = section.get("recheck") {
                let why = "only who waits for a row of a database looks again";
                let help = "name the `database` whose rows these are, or leave it out";
                self.without_effect(section, "recheck", node, why, help);
            }
            return None;
        };
        if scope != LockScope::Database {
            let why = "only locks of `scope = \"database\"` are rows of one";
            self.without_effect(
                section,
                "database",
                node,
                why,
                "state that scope, or leave it out",
            );
            return None;
        }
        let database = self.reference("database", section, "database");
        if let Some(database) = databases.get(database)
            && database.cores.is_none()
        {
            self.no_cores("database", &database.name, node.span);
        }
        let recheck = if section.get("recheck").is_some() {
            self.quantity(section, "recheck", Bounds::TIME)
        } else {
            self.assume(section, "recheck", "8us");
            let default = Checked::from_number(RECHECK_S);
            self.add_quantity(section.at("recheck"), None, default, Bounds::TIME)
        };
        Some(RowLocks { database, recheck })
    }
}
