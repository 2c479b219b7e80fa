//! Which of the pages that queries touch are found in memory.
//!
//! The cache is a share of the server's memory less what its connections take. Pages touched out of
//! order compete for it by how often they are touched: Che's approximation over tables and indexes
//! ([`crate::database::memory`]). What is read in order stands outside: it is found if it fits into
//! what the others leave.

use super::stored::Stored;
use super::ways::Needs;
use crate::database::effort::Place;
use crate::database::heap::PAGE;
use crate::database::memory::{Class, hits, recency, scan_hits};
use crate::model::{Binding, Model, Use};
use std::collections::BTreeMap;

/// A table or one of its indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Index of the table.
    pub table: usize,
    /// Which part of it.
    pub part: Part,
}

/// A part of a table that has pages of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The table itself.
    Heap,
    /// One of its indexes.
    Index(usize),
    /// Its values out of line.
    Toast,
    /// The index on them.
    ToastIndex,
}

impl Spot {
    /// Where a query touches pages.
    pub fn of(usage: &Use, place: Place) -> Self {
        let (outer, inner) = match usage {
            Use::Read(read) => (read.table, read.join.map_or(read.table, |join| join.table)),
            Use::Write(write) => (write.table, write.table),
            // Touches nothing.
            Use::Commit => (0, 0),
        };
        let (table, part) = match place {
            Place::Heap => (outer, Part::Heap),
            Place::Index(index) => (outer, Part::Index(index)),
            Place::Toast => (outer, Part::Toast),
            Place::ToastIndex => (outer, Part::ToastIndex),
            Place::InnerHeap => (inner, Part::Heap),
            Place::InnerIndex(index) => (inner, Part::Index(index)),
            Place::InnerToast => (inner, Part::Toast),
            Place::InnerToastIndex => (inner, Part::ToastIndex),
        };
        Self { table, part }
    }

    /// Its pages.
    pub fn pages(self, tables: &[Stored]) -> f64 {
        let stored = &tables[self.table];
        match self.part {
            Part::Heap => stored.heap.pages * stored.pieces,
            Part::Index(index) => stored.index_bytes(index) / PAGE,
            Part::Toast => stored.heap.toast_pages * stored.pieces,
            Part::ToastIndex => stored.heap.toast_index_pages * stored.pieces,
        }
    }
}

/// The page cache of a server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cache {
    /// Bytes of memory of all connections.
    pub backends: f64,
    /// Bytes that cache pages.
    pub bytes: f64,
}

/// The cache of a database; none: all data fit.
pub fn cache(model: &Model, binding: &Binding, database: usize) -> Option<Cache> {
    let memory = model.databases[database].memory?;
    let pools = model.pools.iter().filter(|pool| pool.database == database);
    let asked = pools
        .map(|pool| binding.get(pool.size) * binding.get(model.services[pool.service].instances));
    let server = &model.databases[database];
    let accepted = binding.get(server.max_connections) - binding.get(server.reserved);
    let connections = asked.sum::<f64>().min(accepted.max(0.0));
    let backends = connections * binding.get(memory.backend);
    let bytes = binding.get(memory.bytes) * binding.get(memory.cache) - backends;
    Some(Cache { backends, bytes: bytes.max(0.0) })
}

/// Shares of the pages that a query finds in memory: of those touched out of order, and of those
/// read in order, in the order of its needs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// Of each of [`Needs::touched`].
    pub touched: Vec<f64>,
    /// Of each of [`Needs::scanned`].
    pub scanned: Vec<f64>,
}

impl Found {
    /// Everything.
    pub fn all(needs: &Needs) -> Self {
        Self { touched: vec![1.0; needs.touched.len()], scanned: vec![1.0; needs.scanned.len()] }
    }

    /// Nothing.
    pub fn nothing(needs: &Needs) -> Self {
        Self { touched: vec![0.0; needs.touched.len()], scanned: vec![0.0; needs.scanned.len()] }
    }

    /// What is read from the disk: pages at random, bytes in sequence.
    pub fn missed(&self, needs: &Needs) -> (f64, f64) {
        let (mut reads, mut bytes) = (0.0, 2.0 * needs.spilled);
        for (touched, hit) in needs.touched.iter().zip(&self.touched) {
            let miss = 1.0 - hit;
            reads += touched.reads * miss;
            bytes += (touched.pages - touched.reads).max(0.0) * PAGE * miss;
        }
        for ((_, scanned), hit) in needs.scanned.iter().zip(&self.scanned) {
            bytes += scanned * (1.0 - hit);
        }
        (reads, bytes)
    }
}

/// Which pages compete: those of a spot, or those that one query touches every time.
type Rival = (Spot, Option<usize>);

/// Share of an order's variance that makes the newest entries of an index lie together.
const IN_ORDER: f64 = 0.5;

/// The newest part of a spot, as shares of its pages and of the accesses, if the newest rows are
/// asked for more than others and lie together: in the table they do, in an index that follows its
/// order.
fn hot(
    model: &Model,
    binding: &Binding,
    tables: &[Stored],
    (spot, own): Rival,
) -> Option<[f64; 2]> {
    let table = &model.tables[spot.table];
    let hot = table.hot.filter(|_| own.is_none())?;
    // Values out of line are appended as rows are.
    if let Part::Index(index) = spot.part {
        let first = table.indexes.get(index)?.on.first()?;
        let follows = tables[spot.table].relation.columns.get(first.column)?.correlation;
        if follows * follows < IN_ORDER {
            return None;
        }
    }
    Some([binding.get(hot.rows), binding.get(hot.accesses)])
}

/// The pages that a query touches out of order, by whom they compete with.
fn touched<'a>(
    needs: &'a Needs,
    usage: &'a Use,
    query: usize,
) -> impl Iterator<Item = (Rival, f64)> + 'a {
    let own = needs.same_rows.then_some(query);
    needs.touched.iter().map(move |one| ((Spot::of(usage, one.place), own), one.pages))
}

/// What each query finds in the memory of its database; `rates` is how often each is executed per
/// second. Queries without a table have nothing to find.
pub fn found(
    model: &Model,
    binding: &Binding,
    tables: &[Stored],
    needs: &[Option<Needs>],
    rates: &[f64],
) -> Vec<Option<Found>> {
    let mut all: Vec<Option<Found>> =
        needs.iter().map(|needs| needs.as_ref().map(Found::all)).collect();
    for database in 0..model.databases.len() {
        let Some(cache) = cache(model, binding, database) else { continue };
        let here = |query: &usize| model.queries[*query].database == database;
        let queries: Vec<usize> = (0..model.queries.len()).filter(here).collect();
        let mut rivals: BTreeMap<Rival, Class> = BTreeMap::new();
        for &query in &queries {
            let (Some(needs), Some(usage)) = (&needs[query], &model.queries[query].table) else {
                continue;
            };
            for (rival, pages) in touched(needs, usage, query) {
                let whole = rival.0.pages(tables);
                let own = if rival.1.is_some() { pages.min(whole) } else { whole };
                let class = rivals.entry(rival).or_insert(Class { pages: own, rate: 0.0 });
                class.rate += rates[query] * pages;
            }
        }
        let capacity = cache.bytes / PAGE;
        let newest: Vec<[f64; 2]> = rivals
            .keys()
            .map(|&rival| hot(model, binding, tables, rival).unwrap_or([1.0, 1.0]))
            .collect();
        let parts = rivals.values().zip(&newest);
        let classes: Vec<Class> =
            parts.flat_map(|(&class, &[rows, accesses])| recency(class, rows, accesses)).collect();
        let hits = hits(&classes, capacity);
        let mixed = hits.ratios.chunks_exact(2).zip(&newest);
        let mixed =
            mixed.map(|(part, [_, accesses])| accesses * part[0] + (1.0 - accesses) * part[1]);
        let ratio: BTreeMap<Rival, f64> = rivals.keys().copied().zip(mixed).collect();
        let held: BTreeMap<Rival, f64> = rivals
            .keys()
            .copied()
            .zip(classes.chunks_exact(2).zip(hits.ratios.chunks_exact(2)))
            .map(|(rival, (class, hit))| (rival, class[0].pages * hit[0] + class[1].pages * hit[1]))
            .collect();
        for &query in &queries {
            let (Some(needs), Some(usage)) = (&needs[query], &model.queries[query].table) else {
                continue;
            };
            let found = Found {
                touched: touched(needs, usage, query)
                    .map(|(rival, _)| ratio.get(&rival).copied().unwrap_or(0.0))
                    .collect(),
                scanned: needs
                    .scanned
                    .iter()
                    .map(|&(place, _)| {
                        let spot = Spot::of(usage, place);
                        let own = held.iter().filter(|rival| rival.0.0 == spot);
                        let resident: f64 = own.map(|(_, pages)| pages).sum();
                        scan_hits(spot.pages(tables), capacity, hits.resident - resident)
                    })
                    .collect(),
            };
            all[query] = Some(found);
        }
    }
    all
}
