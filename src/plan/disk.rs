//! Disks of databases and their logs: what a query's `reads`, `scan` and `commit` become.

use super::catalog::{Capacity, Source};
use super::compile::Compiler;
use super::flow::Flow;
use super::op::{GroupKind, GroupSpec, Join, Op};
use super::{Cores, LevelPair, NONE, Order, StationPlan};
use crate::model::{Cancel, Database, Processes, Query, RandomReads, VariateId};
use crate::units::time::seconds_to_ns;

/// A disk, as much of it as is used.
#[derive(Debug, Clone, Copy)]
pub struct DiskPlan {
    /// Station of the turns of random reads: each has the disk for 1/IOPS.
    pub reads: u32,
    /// Station that the scans share.
    pub scans: u32,
    /// Reads that a query asks for at once.
    pub group: u32,
    /// Turn of one read, ns.
    pub turn: f64,
    /// One read of a query after the other, alone: its latency or its turn, ns.
    pub read: f64,
    /// Bytes per second.
    pub bandwidth: f64,
    /// Place in the breakdown.
    pub place: u32,
    /// Level of queries that read.
    pub inside: u32,
}

/// A write-ahead log with group commit.
#[derive(Debug, Clone, Copy)]
pub struct LogPlan {
    /// Length of a flush, ns.
    pub sync: u64,
    /// Place in the breakdown.
    pub place: u32,
    /// Tally of waits for the flush in progress; `wait + e` is endpoint `e`'s.
    pub wait: u32,
    /// Level: 1 while it flushes.
    pub busy: u32,
    /// Level of those who wait for the next flush.
    pub waiting: u32,
    /// Counter of flushes, by time.
    pub flushes: u32,
}

impl Compiler<'_> {
    /// The disk and the log of a database: indices in the plan's tables, or [`NONE`].
    pub(super) fn disk(&mut self, database: &Database) -> (u32, u32) {
        let path = format!("database.{}", database.name);
        let stated = database.disk;
        let log = stated.sync.map_or(NONE, |sync| {
            let sync = seconds_to_ns(self.binding.get(sync)).max(1);
            self.log(&format!("{path}.wal"), sync)
        });
        if stated.reads.is_none() && stated.bandwidth.is_none() {
            return (NONE, log);
        }
        let path = format!("{path}.disk");
        let about = "queries that read from the disk, waiting or served";
        let inside = self.levels(&path, 1, 0, 1.0, about)[0].own;
        let place = self.place(&path);
        let mut plan = DiskPlan {
            reads: NONE,
            scans: NONE,
            group: 1,
            turn: 0.0,
            read: 0.0,
            bandwidth: 1.0,
            place,
            inside,
        };
        if let Some(RandomReads { latency, iops }) = stated.reads {
            let iops = self.binding.get(iops);
            plan.group = RandomReads::at_once(iops) as u32;
            plan.turn = 1e9 / iops;
            plan.read = plan.turn.max(self.binding.get(latency) * 1e9);
            let about = ["a read has its turn", "reads that wait for their turn"];
            let about = (about, "wait of a read for its turn");
            let cores = Cores::Fifo { servers: 1 };
            plan.reads = self.disk_station(&format!("{path}.reads"), cores, place, about);
        }
        if let Some(bandwidth) = stated.bandwidth {
            plan.bandwidth = self.binding.get(bandwidth);
            let about = ["a scan runs", "scans beyond the one that the bandwidth is enough for"];
            let about = (about, "time of a scan less that with the disk to itself");
            let cores = Cores::Sharing { cores: 1.0, limit: u32::MAX, serial: 0.0, crosstalk: 0.0 };
            plan.scans = self.disk_station(&format!("{path}.scans"), cores, place, about);
        }
        self.plan.disks.push(plan);
        (self.plan.disks.len() as u32 - 1, log)
    }

    /// A station with one server.
    fn disk_station(
        &mut self,
        path: &str,
        cores: Cores,
        place: u32,
        ([busy, waiting], wait): ([&str; 2], &str),
    ) -> u32 {
        let busy = self.levels(path, 1, 1000, 0.001, busy)[0];
        let waiting = self.levels(&format!("{path}.waiting"), 1, 0, 0.001, waiting)[0];
        let wait = self.tallies_by_endpoint(&format!("{path}.wait"), wait);
        let asked = (wait..wait + self.model.endpoints.len() as u32).collect();
        let capacity = Capacity { busy: path.to_owned(), asked, grants: None };
        self.plan.catalog.add_capacity(path, capacity);
        let (order, speed) = (Order::Fifo, 1.0);
        let contention = LevelPair::NONE;
        let station = StationPlan { cores, order, speed, place, wait, busy, waiting, contention };
        self.plan.stations.push(station);
        self.plan.stations.len() as u32 - 1
    }

    /// No servers: a log is never full.
    fn log(&mut self, path: &str, sync: u64) -> u32 {
        let place = self.place(path);
        let busy = self.levels(path, 1, 0, 1.0, "1 while the log is flushed")[0].own;
        let about = "commits that wait for the next flush";
        let waiting = self.levels(&format!("{path}.waiting"), 1, 0, 1.0, about)[0].own;
        let about = "wait of a commit for the flush in progress";
        let wait = self.tallies_by_endpoint(&format!("{path}.wait"), about);
        let flushes = self.counter();
        let source = Source::Count { count: flushes };
        self.plan.catalog.add(format!("{path}.flushes"), source, "flushes");
        self.plan.logs.push(LogPlan { sync, place, wait, busy, waiting, flushes });
        self.plan.logs.len() as u32 - 1
    }
}

impl Flow<'_, '_> {
    /// A variable that is one of so many equal parts of another; what is drawn is not divided.
    fn part(&mut self, id: VariateId, name: &str, parts: f64) -> u32 {
        match self.compiler.binding.variate(id).0.evaluate_fixed() {
            Some(whole) if parts > 1.0 => self.compiler.fixed(whole / parts),
            _ => self.variable(id, name),
        }
    }

    /// Processes of a parallel query, each with its part of the work, at once.
    fn side_by_side(&mut self, processes: Processes, station: u32, kind: &str, parts: f64) {
        let fixed = |id| self.compiler.binding.variate(id).0.evaluate_fixed();
        let Some(count) = fixed(processes.count).filter(|&count| count > 1.5) else {
            return;
        };
        let site = self.site(&format!("{kind}.processes"));
        let group = self.group(GroupSpec {
            kind: GroupKind::Fork { branches: Vec::new() },
            body: NONE,
            join: Join::All,
            cancel: Cancel::All,
            site,
            after: NONE,
            lane: NONE,
        });
        let jump = self.emit(Op::Jump { to: NONE });
        let body = self.here();
        let variable = self.part(processes.each, &format!("{kind}.processes"), parts);
        self.emit(Op::DatabaseCpu { station, variable });
        self.emit(Op::End);
        let branches = vec![body; libm::round(count) as usize];
        self.compiler.plan.groups[group as usize].kind = GroupKind::Fork { branches };
        let end = self.here();
        self.patch(jump, Op::Jump { to: end });
    }

    /// Work on cores; what is a mean only, exponential. Requests for one row that all take the same
    /// time fall into step, and some never have their turn.
    pub(super) fn work(&mut self, id: VariateId, name: &str, varies: bool) -> u32 {
        match self.compiler.binding.variate(id).0.evaluate_fixed().filter(|_| varies) {
            Some(mean) => {
                let name = self.name(name);
                self.compiler.exponential(mean, &name)
            }
            None => self.variable(id, name),
        }
    }

    /// What a query does on its server, in this order: work, random reads, scan, time, commit; where it
    /// scans much, random reads first, then work and scan by turns.
    /// Its work is random where requests compete for a row (`varies`).
    pub(super) fn on_server(&mut self, query: &Query, kind: &str, varies: bool) {
        let database = &self.compiler.plan.databases[query.database];
        let (disk, log) = (database.disk, database.log);
        let parts = query.parts(self.compiler.binding, varies);
        if parts > 1.0 {
            self.random_reads(query, kind, disk);
            let count = self.compiler.fixed(parts);
            self.looped((count, "parts"), |flow| {
                flow.on_cores(query, kind, (varies, parts));
                flow.in_sequence(query, kind, (disk, parts));
            });
        } else {
            self.on_cores(query, kind, (varies, parts));
            self.random_reads(query, kind, disk);
            self.in_sequence(query, kind, (disk, parts));
        }
        if let Some(time) = query.time {
            let variable = self.variable(time, &format!("{kind}.time"));
            let place = self.compiler.place(kind);
            self.emit(Op::Pause { variable, place });
        }
        if query.commit {
            self.emit(Op::Flush { log });
        }
    }

    /// The work of a query, or one of so many parts of it.
    fn on_cores(&mut self, query: &Query, kind: &str, (varies, parts): (bool, f64)) {
        let station = self.compiler.plan.databases[query.database].station;
        if let Some(processes) = query.processes {
            self.side_by_side(processes, station, kind, parts);
        }
        if let Some(cpu) = query.cpu {
            let name = format!("{kind}.cpu");
            let variable = match parts {
                1.0 => self.work(cpu, &name, varies),
                parts => self.part(cpu, &name, parts),
            };
            self.emit(Op::DatabaseCpu { station, variable });
        }
    }

    /// What a query reads at random. What is nothing in this world, such as what it misses in memory, needs
    /// no visit.
    fn random_reads(&mut self, query: &Query, kind: &str, disk: u32) {
        let binding = self.compiler.binding;
        let Some(reads) = query.reads.filter(|id| !binding.is_nothing(*id)) else { return };
        let count = self.variable(reads, &format!("{kind}.reads"));
        self.emit(Op::Reads { disk, count });
        self.emit(Op::ReadTurn { disk });
        self.emit(Op::ReadRest { disk });
    }

    /// What a query reads in sequence, or one of so many parts of it.
    fn in_sequence(&mut self, query: &Query, kind: &str, (disk, parts): (u32, f64)) {
        let binding = self.compiler.binding;
        let Some(scan) = query.scan.filter(|id| !binding.is_nothing(*id)) else { return };
        let bytes = self.part(scan, &format!("{kind}.scan"), parts);
        self.emit(Op::Scan { disk, bytes });
        self.emit(Op::DiskLeft);
    }
}
