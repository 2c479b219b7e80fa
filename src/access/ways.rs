//! The ways to answer a query, and what a write takes.

use super::asked::{self, Asked};
use super::settings::Costs;
use super::stored::Stored;
use crate::database::effort::{Effort, Place, Touched, effort};
use crate::database::heap::{LINE_POINTER, PAGE};
use crate::database::path::{Path, alternatives};
use crate::database::write::{Verb, WriteEffort, hot_share, write};
use crate::model::{Binding, Index, Model, Read, Write, WriteKind};

/// One way to answer a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// How, with the planner's cost.
    pub path: Path,
    /// What it takes.
    pub effort: Effort,
}

/// The ways to answer a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Ways {
    /// What is asked.
    pub asked: Asked,
    /// The chosen way first, then the others by the planner's cost. Never empty.
    pub all: Vec<Way>,
}

impl Ways {
    /// Of a read.
    pub fn of(
        model: &Model,
        binding: &Binding,
        tables: &[Stored],
        read: &Read,
        costs: &Costs,
    ) -> Self {
        Self::to(asked::read(model, binding, tables, read), costs)
    }

    fn to(asked: Asked, costs: &Costs) -> Self {
        let Asked { relation, ask } = &asked;
        let paths = alternatives(relation, ask, &costs.settings);
        let way = |path: Path| {
            let effort = effort(relation, ask, &path, &costs.settings, &costs.constants);
            Way { path, effort }
        };
        let all = paths.into_iter().map(way).collect();
        Self { asked, all }
    }

    /// The way that the planner takes.
    pub fn chosen(&self) -> &Way {
        &self.all[0]
    }
}

/// What one execution takes, whether it reads or writes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Needs {
    /// CPU seconds, everything in memory.
    pub cpu: f64,
    /// Part of them that goes into finding what a write changes.
    pub find: f64,
    /// Part of them that several processes share evenly, and how many they are.
    pub shared: (f64, u32),
    /// Pages touched out of order.
    pub touched: Vec<Touched>,
    /// Bytes read in order, with the place.
    pub scanned: Vec<(Place, f64)>,
    /// Bytes written to temporary files, and read again.
    pub spilled: f64,
    /// Every execution touches the same rows.
    pub same_rows: bool,
}

impl Needs {
    /// Of a read, on the chosen way.
    pub fn of_read(ways: &Ways) -> Self {
        let way = ways.chosen();
        let effort = &way.effort;
        let stated = ways.asked.ask.conditions.iter().all(|condition| condition.constant);
        Self {
            cpu: effort.cpu,
            find: 0.0,
            shared: (effort.shared, way.path.workers + 1),
            touched: effort.touched.clone(),
            scanned: effort.scanned.clone(),
            spilled: effort.spilled,
            same_rows: stated,
        }
    }
}

/// Rows of a page that one statement has to update to be in its own way.
const AT_ONCE: f64 = 0.01;

/// What a write takes: finding the rows, and writing them.
#[derive(Debug, Clone, PartialEq)]
pub struct Writing {
    /// Finding them by the key; none for new rows.
    pub found: Option<Ways>,
    /// Writing them.
    pub written: WriteEffort,
    /// CPU seconds of the statement itself, where nothing is looked for.
    statement: f64,
}

impl Writing {
    /// Of a step.
    pub fn of(
        model: &Model,
        binding: &Binding,
        tables: &[Stored],
        step: Write,
        costs: &Costs,
    ) -> Self {
        let rows = binding.get(step.rows);
        Self::rows(model, binding, tables, (step.table, step.kind, rows), costs)
    }

    /// Of so many rows of a table.
    pub fn rows(
        model: &Model,
        binding: &Binding,
        tables: &[Stored],
        (table, kind, rows): (usize, WriteKind, f64),
        costs: &Costs,
    ) -> Self {
        let (plan, stored) = (&model.tables[table], &tables[table]);
        let bytes = stored.tuple.size.mean;
        let verb = match kind {
            WriteKind::Insert => Verb::Insert,
            WriteKind::Delete => Verb::Delete,
            WriteKind::Update => {
                let free = PAGE * (1.0 - binding.get(plan.fillfactor));
                let at_once = rows / stored.heap.pages.max(1.0);
                let at_once = if at_once < AT_ONCE { 0.0 } else { at_once };
                let fits = hot_share(free / (bytes + LINE_POINTER), at_once);
                // The condition of a partial index counts like one of its columns (heapam.c,
                // `HeapDetermineColumnsInfo` over the attributes of all indexes).
                let of_filter =
                    |index: &Index| index.filter.as_ref().and_then(|one| one.0.column());
                let filters = plan.indexes.iter().filter_map(of_filter);
                let moves = filters.into_iter().any(|column| plan.updates.contains(&column));
                let fits = if moves { 0.0 } else { fits };
                Verb::Update { columns: plan.updates.clone(), fits }
            }
        };
        let found =
            (kind != WriteKind::Insert).then(|| Ways::to(asked::by_key(plan, stored, rows), costs));
        let written = write(&stored.relation, &verb, rows, bytes, &costs.constants);
        Self { found, written, statement: costs.constants.statement }
    }

    /// CPU seconds of one statement with its commit.
    pub fn cpu(&self) -> f64 {
        self.held_cpu() + self.written.commit_cpu
    }

    /// CPU seconds of one statement inside a transaction.
    fn held_cpu(&self) -> f64 {
        let found = self.found.as_ref().map(|ways| ways.chosen().effort.cpu);
        self.written.cpu + found.unwrap_or(self.statement)
    }

    /// What one execution takes, which commits by itself if it stands `alone`.
    pub fn needs(&self, alone: bool) -> Needs {
        let mut touched: Vec<Touched> = self.written.pages.clone();
        let found = self.found.as_ref().map(|ways| &ways.chosen().effort);
        touched.extend(found.into_iter().flat_map(|effort| effort.touched.iter().copied()));
        let scanned = found.map_or(Vec::new(), |effort| effort.scanned.clone());
        let cpu = if alone { self.cpu() } else { self.held_cpu() };
        let find = found.map_or(0.0, |effort| effort.cpu);
        Needs { cpu, find, touched, scanned, shared: (0.0, 1), ..Needs::default() }
    }
}
