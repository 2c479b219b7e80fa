//! From a model and its binding to an explanation.

use super::changes::{Change, definition, of_read};
use super::facts::{
    ChangeFacts, Explained, MemoryFacts, RelationFacts, TableFacts, TimeFacts, WayFacts, WriteFacts,
};
use super::headline::headline;
use super::words::Named;
use crate::access::memory::{Cache, Found, Part, Spot, cache, found};
use crate::access::price::Access;
use crate::access::settings::Disk;
use crate::access::ways::{Needs, Way, Ways, Writing};
use crate::database::effort::Effort;
use crate::database::heap::{LINE_POINTER, PAGE};
use crate::demand;
use crate::model::{Binding, Model, Read, Use, WriteKind};
use crate::report::summary::Number;
use crate::units::show;

/// Ways that are listed.
const WAYS: usize = 8;
/// The planner's way is not the fastest if another one takes less than this share of its time.
pub(super) const CLEARLY_FASTER: f64 = 0.8;

/// Explains a query of a model; none if it uses no table.
pub fn explain(model: &Model, binding: &Binding, query: usize) -> Option<Explained> {
    let usage = model.queries[query].table.as_ref()?;
    let access = Access::new(model, binding);
    let gather = Gather { model, binding, access, query, database: model.queries[query].database };
    Some(match usage {
        Use::Read(read) => gather.read(read),
        Use::Write(write) => {
            let costs = &gather.access.costs[gather.database];
            let writing = Writing::of(model, binding, &gather.access.tables, *write, costs);
            gather.write(&writing, (write.table, write.kind, binding.get(write.rows)), write.alone)
        }
        Use::Commit => return None,
    })
}

struct Gather<'a> {
    model: &'a Model,
    binding: &'a Binding,
    access: Access,
    query: usize,
    database: usize,
}

impl Gather<'_> {
    fn read(&self, read: &Read) -> Explained {
        let costs = &self.access.costs[self.database];
        let ways = Ways::of(self.model, self.binding, &self.access.tables, read, costs);
        let named = self.named(self.model, read.table, read.join.map(|join| join.table));
        let mut all = self.empty();
        all.tables.push(self.table(read.table));
        if let Some(join) = read.join.filter(|join| join.table != read.table) {
            all.tables.push(self.table(join.table));
        }
        all.ways = self.ways(&ways, named);
        all.matches = Number(ways.asked.ask.matches);
        all.times = self.times(&Needs::of_read(&ways), &ways.chosen().effort, 0.0);
        self.changes(&mut all, read, &ways);
        self.notes(&mut all, &ways);
        all.headline = headline(&all);
        all
    }

    fn write(
        &self,
        writing: &Writing,
        (table, kind, rows): (usize, WriteKind, f64),
        alone: bool,
    ) -> Explained {
        let mut all = self.empty();
        all.tables.push(self.table(table));
        let needs = writing.needs(alone);
        let effort = Effort { cpu: needs.cpu, ..Effort::default() };
        let disk = Disk::of(self.model, self.binding, self.database);
        let sync = if alone { disk.sync } else { 0.0 };
        all.times = self.times(&needs, &effort, sync);
        all.matches = Number(rows);
        if let Some(found) = &writing.found {
            all.ways = self.ways(found, self.named(self.model, table, None));
            all.ways.truncate(1);
        }
        all.write = Some(WriteFacts {
            rows: Number(rows),
            cpu_s: Number(needs.cpu),
            pages: Number(needs.touched.iter().map(|one| one.pages).sum()),
            wal_bytes: Number(writing.written.wal_bytes),
            hot: (kind == WriteKind::Update).then_some(Number(writing.written.hot)),
        });
        all.changes = self.drops(table, kind, rows);
        all.headline = format!(
            "{} of {} of {}, which has {}: {} of CPU{}, {} of log.",
            kind.word(),
            counted(rows, "row"),
            self.model.tables[table].name,
            match self.model.tables[table].indexes.len() {
                1 => "1 index".to_owned(),
                several => format!("{several} indexes"),
            },
            show::duration(needs.cpu),
            if sync > 0.0 {
                format!(", {} for the flush of its commit", show::duration(sync))
            } else {
                String::new()
            },
            show::bytes(writing.written.wal_bytes),
        );
        all
    }

    fn empty(&self) -> Explained {
        Explained {
            query: self.model.queries[self.query].name.clone(),
            scenario: self.model.name.clone(),
            variant: self.model.variant.clone(),
            headline: String::new(),
            tables: Vec::new(),
            memory: self.memory(),
            ways: Vec::new(),
            matches: Number(0.0),
            times: Vec::new(),
            write: None,
            changes: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn table(&self, table: usize) -> TableFacts {
        let (plan, stored) = (&self.model.tables[table], &self.access.tables[table]);
        let indexes = plan.indexes.iter().zip(&stored.indexes).enumerate();
        let pieces = stored.pieces;
        let index = |(number, (index, tree)): (usize, (&_, &crate::database::btree::BTree))| {
            let bytes = stored.index_bytes(number);
            let index: &crate::model::Index = index;
            RelationFacts {
                name: index.name.clone(),
                on: definition(plan, index),
                entries: Number(tree.entries * pieces),
                entry_bytes: Number(tree.entry_bytes),
                levels: Some(tree.levels),
                pages: Number(bytes / PAGE),
                bytes: Number(bytes),
            }
        };
        TableFacts {
            name: plan.name.clone(),
            rows: Number(stored.rows()),
            pieces: Number(pieces),
            heap: RelationFacts {
                name: plan.name.clone(),
                on: String::new(),
                entries: Number(stored.rows()),
                entry_bytes: Number(stored.tuple.size.mean + LINE_POINTER),
                levels: None,
                pages: Number(stored.heap.pages * pieces),
                bytes: Number(stored.heap.bytes() * pieces),
            },
            toast: (stored.heap.toast_pages > 0.0).then(|| RelationFacts {
                name: "values out of line".to_owned(),
                on: String::new(),
                entries: Number(stored.relation.toast.values * pieces),
                entry_bytes: Number(stored.relation.toast.mean_bytes()),
                levels: None,
                pages: Number(stored.heap.toast_bytes() * pieces / PAGE),
                bytes: Number(stored.heap.toast_bytes() * pieces),
            }),
            indexes: indexes.map(index).collect(),
            bytes: Number(stored.bytes()),
        }
    }

    /// What is found in memory at the load of the scenario, if it has one and states the memory.
    fn found(&self) -> Option<(Cache, Option<Found>)> {
        let cache = cache(self.model, self.binding, self.database)?;
        let rates = demand::executions(self.model, self.binding);
        if rates[self.query] <= 0.0 {
            return Some((cache, None));
        }
        let needs: Vec<Option<Needs>> = self
            .model
            .queries
            .iter()
            .map(|query| self.access.needs(self.model, self.binding, query))
            .collect();
        let all = found(self.model, self.binding, &self.access.tables, &needs, &rates);
        Some((cache, all.into_iter().nth(self.query).flatten()))
    }

    fn memory(&self) -> Option<MemoryFacts> {
        let (cache, found) = self.found()?;
        let query = &self.model.queries[self.query];
        let needs = self.access.needs(self.model, self.binding, query)?;
        let pages: f64 = needs.touched.iter().map(|one| one.pages).sum();
        let hits = found.filter(|_| pages > 0.0).map(|found| {
            let both = needs.touched.iter().zip(&found.touched);
            both.map(|(one, hit)| one.pages * hit).sum::<f64>() / pages
        });
        Some(MemoryFacts {
            cache: Number(cache.bytes),
            connections: Number(cache.backends),
            found: hits.map(Number),
        })
    }

    /// Seconds on the cores, of which workers share a part.
    fn cpu(&self, effort: &Effort, workers: u32) -> f64 {
        let cores = self.model.databases[self.database].cores;
        let cores = cores.map_or(1.0, |cores| self.binding.get(cores));
        let at_once = f64::from(workers + 1).min(cores).max(1.0);
        effort.cpu - effort.shared + effort.shared / at_once
    }

    fn disk(&self, needs: &Needs, found: &Found) -> f64 {
        let (reads, bytes) = found.missed(needs);
        Disk::of(self.model, self.binding, self.database).seconds(reads, bytes)
    }

    /// Seconds with everything in memory, and with nothing.
    fn both(&self, way: &Way) -> (f64, f64) {
        let needs = Needs {
            touched: way.effort.touched.clone(),
            scanned: way.effort.scanned.clone(),
            spilled: way.effort.spilled,
            ..Needs::default()
        };
        let cpu = self.cpu(&way.effort, way.path.workers);
        let warm = cpu + self.disk(&needs, &Found::all(&needs));
        (warm, cpu + self.disk(&needs, &Found::nothing(&needs)))
    }

    fn ways(&self, ways: &Ways, named: Named<'_>) -> Vec<WayFacts> {
        let mut all = Vec::new();
        for (number, way) in ways.all.iter().take(WAYS).enumerate() {
            let scanned: f64 = way.effort.scanned.iter().map(|one| one.1).sum();
            let touched: f64 = way.effort.touched.iter().map(|one| one.pages).sum();
            let (warm, cold) = self.both(way);
            all.push(WayFacts {
                chosen: number == 0,
                words: named.words(&way.path, &ways.asked),
                plan: named.plan(&way.path, &ways.asked.ask),
                cost: Number(way.path.cost.total),
                examined: Number(way.effort.examined),
                pages: Number(touched + scanned / PAGE),
                cpu_s: Number(way.effort.cpu),
                warm_s: Number(warm),
                cold_s: Number(cold),
            });
        }
        all
    }

    fn times(&self, needs: &Needs, effort: &Effort, sync: f64) -> Vec<TimeFacts> {
        let pools = self.model.pools.iter().filter(|pool| pool.database == self.database);
        let network = pools.map(|pool| self.binding.get(pool.round_trip)).fold(0.0, f64::max);
        let workers = needs.shared.1.saturating_sub(1);
        let cpu = self.cpu(effort, workers);
        let line = |state: &str, found: &Found| {
            let (reads, bytes) = found.missed(needs);
            let disk = self.disk(needs, found) + sync;
            TimeFacts {
                state: state.to_owned(),
                reads: Number(reads),
                // Nothing is read but whole pages.
                scanned: Number(PAGE * libm::round(bytes / PAGE)),
                cpu_s: Number(cpu),
                disk_s: Number(disk),
                network_s: Number(network),
                total_s: Number(cpu + disk + network),
            }
        };
        let mut all = vec![line("warm", &Found::all(needs))];
        if let Some((_, Some(found))) = self.found() {
            all.push(line("at this load", &found));
        }
        all.push(line("cold", &Found::nothing(needs)));
        all
    }

    /// What one index more or less would change. Of a new index that the query would not use it is
    /// only said that it would not.
    fn changes(&self, all: &mut Explained, read: &Read, ways: &Ways) {
        let before = self.both(ways.chosen());
        let users = self.users();
        let mut unused = Vec::new();
        for change in of_read(self.model, self.binding, read) {
            let mut facts = self.change(read, &change);
            if let Some(dropped) = change.dropped {
                facts.used_by.clone_from(&users[change.table][dropped]);
            }
            let same = (facts.warm_s.0, facts.cold_s.0) == before;
            if change.added.is_some() && same && facts.plan == all.ways[0].plan {
                let what = facts.what.trim_start_matches("create index on ");
                unused.push(what.to_owned());
            } else {
                all.changes.push(facts);
            }
        }
        all.changes.sort_by(|a, b| a.warm_s.0.total_cmp(&b.warm_s.0));
        if !unused.is_empty() {
            all.notes.push(format!(
                "The query would not use an index on {}.",
                unused.join(", nor one on ")
            ));
        }
    }

    /// The queries that use each index of each table, by name.
    fn users(&self) -> Vec<Vec<Vec<String>>> {
        let tables = self.model.tables.iter();
        let mut all: Vec<Vec<Vec<String>>> =
            tables.map(|table| vec![Vec::new(); table.indexes.len()]).collect();
        for query in &self.model.queries {
            let Some(usage) = &query.table else { continue };
            let costs = &self.access.costs[query.database];
            let (model, binding, tables) = (self.model, self.binding, &self.access.tables);
            let ways = match usage {
                Use::Read(read) => Some(Ways::of(model, binding, tables, read, costs)),
                // What a write changes it does not use; what finds its rows it does.
                Use::Write(write) => Writing::of(model, binding, tables, *write, costs).found,
                Use::Commit => None,
            };
            let touched = ways.map_or(Vec::new(), |ways| ways.chosen().effort.touched.clone());
            for spot in touched.iter().map(|touched| Spot::of(usage, touched.place)) {
                let Part::Index(index) = spot.part else { continue };
                let users = &mut all[spot.table][index];
                if !users.contains(&query.name) {
                    users.push(query.name.clone());
                }
            }
        }
        all
    }

    fn named<'a>(&self, model: &'a Model, table: usize, inner: Option<usize>) -> Named<'a> {
        Named::of(model, table, inner, self.access.tables[table].pieces)
    }

    fn change(&self, read: &Read, change: &Change) -> ChangeFacts {
        let model = change.applied(self.model);
        let access = Access::new(&model, self.binding);
        let costs = &access.costs[self.database];
        let ways = Ways::of(&model, self.binding, &access.tables, read, costs);
        let named = self.named(&model, read.table, read.join.map(|join| join.table));
        let (warm, cold) = self.both(ways.chosen());
        let chosen = &ways.chosen().path;
        let plan = named.plan(chosen, &ways.asked.ask);
        ChangeFacts {
            warm_s: Number(warm),
            cold_s: Number(cold),
            plan,
            ..self.of_writes(change, &model, &access)
        }
    }

    /// What a change costs those who write.
    fn of_writes(&self, change: &Change, model: &Model, access: &Access) -> ChangeFacts {
        let write = |model: &Model, access: &Access, kind| {
            let of = (change.table, kind, 1.0);
            let costs = &access.costs[self.database];
            Writing::rows(model, self.binding, &access.tables, of, costs)
        };
        let more = |kind, get: &dyn Fn(&Writing) -> f64| {
            let after = get(&write(model, access, kind));
            Number(after - get(&write(self.model, &self.access, kind)))
        };
        let table = change.table;
        let bytes = access.tables[table].bytes() - self.access.tables[table].bytes();
        let pages = |writing: &Writing| writing.written.pages.iter().map(|one| one.pages).sum();
        ChangeFacts {
            what: change.what.clone(),
            bytes: Number(bytes),
            used_by: Vec::new(),
            plan: String::new(),
            warm_s: Number(0.0),
            cold_s: Number(0.0),
            insert_s: more(WriteKind::Insert, &Writing::cpu),
            insert_pages: more(WriteKind::Insert, &pages),
            update_s: more(WriteKind::Update, &Writing::cpu),
            wal_bytes: more(WriteKind::Insert, &|writing| writing.written.wal_bytes),
        }
    }

    /// What each index costs a write.
    fn drops(&self, table: usize, kind: WriteKind, rows: f64) -> Vec<ChangeFacts> {
        let indexes = self.model.tables[table].indexes.iter().enumerate();
        let users = self.users();
        indexes
            .filter(|(_, index)| !index.unique)
            .map(|(number, index)| {
                let what = format!("drop index {}", index.name);
                let change = Change { what, table, added: None, dropped: Some(number) };
                let model = change.applied(self.model);
                let access = Access::new(&model, self.binding);
                let costs = &access.costs[self.database];
                let of = (table, kind, rows);
                let writing = Writing::rows(&model, self.binding, &access.tables, of, costs);
                let needs = writing.needs(true);
                let sync = Disk::of(&model, self.binding, self.database).sync;
                let cold = self.disk(&needs, &Found::nothing(&needs));
                ChangeFacts {
                    warm_s: Number(writing.cpu() + sync),
                    cold_s: Number(writing.cpu() + sync + cold),
                    used_by: users[table][number].clone(),
                    ..self.of_writes(&change, &model, &access)
                }
            })
            .collect()
    }

    fn notes(&self, all: &mut Explained, ways: &Ways) {
        let expected = ways.chosen().path.scanned;
        let matches = all.matches.0;
        if (expected.max(1.0) / matches.max(1.0)).max(matches.max(1.0) / expected.max(1.0)) > 10.0 {
            all.notes.push(format!(
                "The planner expects {} to match, and {} do.",
                counted(expected, "row"),
                show::count(matches)
            ));
        }
        let fastest = |get: &dyn Fn(&WayFacts) -> f64| {
            all.ways.iter().min_by(|a, b| get(a).total_cmp(&get(b))).cloned()
        };
        let mut found = Vec::new();
        for (state, get) in [
            ("with everything in memory", (|way| way.warm_s.0) as fn(&WayFacts) -> f64),
            ("with nothing in memory", |way| way.cold_s.0),
        ] {
            let Some(best) = fastest(&get) else { continue };
            let chosen = get(&all.ways[0]);
            if get(&best) < CLEARLY_FASTER * chosen {
                found.push(format!(
                    "PostgreSQL's choice is not the fastest {state}: {} would take {} instead of {}.",
                    best.plan,
                    show::duration(get(&best)),
                    show::duration(chosen)
                ));
            }
        }
        all.notes.extend(found);
        if ways.chosen().path.workers > 0 {
            let cores = self.model.databases[self.database].cores;
            let cores = cores.map_or(1.0, |cores| self.binding.get(cores));
            all.notes.push(format!(
                "Times are those of an idle server, where the query and its workers have {} to \
                 themselves; under load they share the cores with all others.",
                counted(cores, "core")
            ));
        }
    }
}

fn counted(count: f64, word: &str) -> String {
    let plural = if (count - 1.0).abs() < 1e-9 { "" } else { "s" };
    format!("{} {word}{plural}", show::count(count))
}
