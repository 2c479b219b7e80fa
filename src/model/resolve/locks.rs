//! Locks: of a program, or the rows of a database.

use super::Resolver;
use super::section::Section;
use crate::database::settings::Constants;
use crate::expr::checked::Checked;
use crate::model::{Bounds, Database, Lock, LockScope, QuantityId, RowLocks, Table};
use crate::scenario::keys::locks as keys;

impl<'a> Resolver<'a> {
    /// The stated locks, and those of the rows that steps change by `key`.
    pub(super) fn locks(&mut self, databases: &[Database], tables: &[Table]) -> Vec<Lock> {
        let raw = self.raw;
        let mut locks: Vec<Lock> = raw
            .entities("lock")
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
            .collect();
        for (number, table) in tables.iter().enumerate() {
            let Some(database) = databases.get(table.database) else { continue };
            if !self.keyed.contains(table.name.as_str()) {
                continue;
            }
            let mut name = format!("{}_rows", table.name);
            while locks.iter().any(|lock| lock.name == name) {
                name.push('_');
            }
            let recheck = self.recheck_of(database);
            let rows = Some(RowLocks { database: table.database, recheck });
            self.row_locks.insert(number, locks.len());
            locks.push(Lock { name, scope: LockScope::Database, rows, span: table.span });
        }
        locks
    }

    /// What it takes to look again at a row of this database.
    fn recheck_of(&mut self, database: &Database) -> QuantityId {
        if let Some(stated) = database.costs.iter().find(|cost| cost.0 == "recheck") {
            return stated.1;
        }
        let default = Checked::from_number(Constants::default().recheck);
        let path = format!("database.{}.costs.recheck", database.name);
        self.add_quantity(path, None, default, Bounds::TIME)
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
        let index = self.reference("database", section, "database");
        let database = databases.get(index)?;
        if database.cores.is_none() {
            self.no_cores("database", &database.name, node.span);
        }
        let recheck = if section.get("recheck").is_some() {
            self.quantity(section, "recheck", Bounds::TIME)
        } else {
            self.assume(section, "recheck", "8us");
            self.recheck_of(database)
        };
        Some(RowLocks { database: index, recheck })
    }
}
