//! The disks of databases.

use super::Resolver;
use super::numbers::DURATION;
use super::section::Section;
use crate::model::{Bounds, Disk, RandomReads};
use crate::scenario::keys::disk as keys;
use crate::scenario::raw::{Node, Table};

/// Random reads per second: from one a second to a hundred times what a drive of today does.
const IOPS: Bounds = Bounds::real(1.0, 1e8);
/// Bytes that fit: at least one.
const SIZE: Bounds = Bounds::real(1.0, 1e18);
/// Bytes per second: from one.
const BANDWIDTH: Bounds = Bounds::real(1.0, 1e13);

/// Whether a query's table says that it commits.
pub(super) fn commits(query: &Table) -> bool {
    query.get("commit").and_then(Node::as_bool).unwrap_or(false)
}

impl<'a> Resolver<'a> {
    /// The disk of a database. What is not stated has a default where some query uses it; what no
    /// query uses is checked and put aside.
    pub(super) fn disk(&mut self, section: &Section<'a>, name: &str) -> Disk {
        let raw = self.raw;
        let disk = Section::maybe(&keys::DISK, section.at("disk"), section.get("disk"));
        let on_it = |query: &&Table| query.get("database").and_then(Node::as_str) == Some(name);
        let queries = || raw.entities("query").map(|entity| entity.table).filter(on_it);
        let tables = self.uses_tables(name);
        let misses = tables && section.get("memory").is_some();
        let reads = misses || queries().any(|query| query.get("reads").is_some());
        let scans = misses || queries().any(|query| query.get("scan").is_some());
        let commits = self.writes_tables(name) || queries().any(commits);
        // A forecast tells how long its copy and its purges take, whether or not it is asked.
        let lies_there = raw.entities("table").any(|entity| on_it(&entity.table));
        let mut number = |key, bounds, used| {
            let stated = used || disk.get(key).is_some();
            let number = stated.then(|| self.quantity(&disk, key, bounds));
            // Of a table it is told how long a read would take, also where none happens.
            number.filter(|_| used || tables || lies_there)
        };
        let latency = number("read_latency", DURATION, reads);
        let iops = number("iops", IOPS, reads);
        Disk {
            reads: latency.zip(iops).map(|(latency, iops)| RandomReads { latency, iops }),
            bandwidth: number("bandwidth", BANDWIDTH, scans),
            sync: number("sync", DURATION, commits),
            size: disk.get("size").map(|_| self.quantity(&disk, "size", SIZE)),
        }
    }
}
