//! Services, databases, pools and queries.

use super::Resolver;
use super::disk::commits;
use super::names::NOWHERE;
use super::numbers::{CORES, DURATION, NO_QUANTITY, SHARE, SOME, expectation};
use super::section::Section;
use crate::diag::{Diagnostic, Id, Span, name};
use crate::expr::checked::Checked;
use crate::model::{
    Bounds, Checkout, Database, LineDrop, LineOrder, Memory, OnRefused, Pool, Processes,
    QuantityId, Query, Runtime, Scheduling, Service, Table as DataTable, Use, VariateId,
};
use crate::scenario::keys::{Dimension, Kind, costs, tables as keys};
use crate::scenario::raw::{Node, Table};

/// Most instances of one service.
const INSTANCES: Bounds = Bounds::count(1.0, 100_000.0);
/// Bytes of one answer: up to a petabyte.
const BYTES: Bounds = Bounds::real(0.0, 1e15);
/// Pages that one query reads at random, 8 TiB of them.
const READS: Bounds = Bounds::count(0.0, 1e9);
/// Connections and places in a line.
const PLACES: Bounds = Bounds::count(0.0, 1e6);
/// A time slice, and the delays that are controlled: milliseconds in practice.
const SLICE: Bounds = Bounds::real(1e-6, Bounds::TIME.max);

/// Memory of a server, and of a connection.
const MEMORY: Bounds = Bounds::real(0.0, 1e16);
/// Settings of the planner, and times of work in seconds.
const COST: Bounds = Bounds::real(0.0, 1e15);
/// Keys of a query that speak of its table.
const OF_A_TABLE: [&str; 10] = [
    "equals",
    "range",
    "order_by",
    "limit",
    "offset",
    "matches",
    "columns",
    "function_on",
    "join",
    "count",
];

/// The keys of a line that say who is next.
const ORDERING: [&str; 2] = ["order", "lifo_above"];

impl<'a> Resolver<'a> {
    pub(super) fn services(&mut self) -> Vec<Service> {
        let raw = self.raw;
        raw.entities("service")
            .map(|entity| self.service(&Section::of(&keys::SERVICE, entity), entity.name))
            .collect()
    }

    fn service(&mut self, section: &Section<'a>, name: &str) -> Service {
        let runtime = match self.word(section, "runtime") {
            "event-loop" => Runtime::EventLoop,
            "async" => Runtime::Async,
            _ => Runtime::Threads,
        };
        let instances = self.quantity(section, "instances", INSTANCES);
        let cores = self.cores(section, runtime);
        let scheduling = match (cores, runtime) {
            // The event loop is one first-come-first-served core, whatever else is said.
            (None, _) | (_, Runtime::EventLoop) => Scheduling::Fifo,
            _ => self.scheduling(section),
        };
        let workers = if runtime == Runtime::Threads {
            self.quantity_opt(section, "workers", SOME)
        } else {
            if let Some(node) = section.get("workers") {
                let help = "leave it out, or set `runtime = \"threads\"`";
                let why = "this runtime holds no worker";
                self.without_effect(section, "workers", node, why, help);
            }
            None
        };
        if let Some(node) = section.get("line")
            && workers.is_none()
        {
            // Cores that keep their jobs have a line too, and go by its order.
            let ordered = cores.is_some() && scheduling == Scheduling::Fifo;
            let others =
                |table: &Table| table.iter().any(|(key, _)| !ORDERING.contains(&&*key.text));
            if !ordered || node.as_table().is_none_or(others) {
                self.line_without_workers(section, node);
            }
        }
        let balance = self.balance(section);
        Service {
            name: name.to_owned(),
            instances,
            cores,
            speeds: self.speeds(section),
            workers,
            runtime,
            scheduling,
            balance,
            balance_key: self.balance_key(section, balance),
            per_caller: section.get("balancers").and_then(Node::as_str) == Some("per-caller"),
            eject: self.eject(section),
            slow_start: self.slow_start(section),
            line_limit: self.line_limit(section),
            line_order: self.line_order(section),
            line_drop: self.line_drop(section),
            round_trip: self.quantity(section, "round_trip", Bounds::TIME),
            initial: self.initial(section),
        }
    }

    /// Cores of one instance. An event loop has one by its nature.
    fn cores(&mut self, section: &Section<'a>, runtime: Runtime) -> Option<QuantityId> {
        if runtime == Runtime::EventLoop && section.get("cores").is_none() {
            self.assume(section, "cores", "1");
            let one = Checked::from_number(1.0);
            return Some(self.add_quantity(section.at("cores"), None, one, CORES));
        }
        self.quantity_opt(section, "cores", CORES)
    }

    fn scheduling(&mut self, section: &Section<'a>) -> Scheduling {
        let scheduling = match self.word(section, "scheduling") {
            "fifo" => Scheduling::Fifo,
            "priority" => Scheduling::Priority,
            "time-slice" => {
                return Scheduling::TimeSlice { slice: self.quantity(section, "slice", SLICE) };
            }
            _ => Scheduling::Sharing,
        };
        if let Some(node) = section.get("slice") {
            let help = "leave it out, or set `scheduling = \"time-slice\"`";
            self.without_effect(section, "slice", node, "only turns have a length", help);
        }
        scheduling
    }

    fn line_drop(&mut self, section: &Section<'a>) -> Option<LineDrop> {
        let line = section.get("line").and_then(|_| section.child("line"))?;
        let node = line.get("drop")?;
        if node.as_str().is_some() {
            return Some(LineDrop::Late);
        }
        let drop = line.child("drop")?;
        Some(LineDrop::Delay {
            target: self.quantity(&drop, "target", SLICE),
            interval: self.quantity(&drop, "interval", SLICE),
        })
    }

    /// Requests that are there at the start.
    fn initial(&mut self, section: &Section<'a>) -> Vec<(usize, QuantityId)> {
        let Some(node) = section.get("initial") else { return Vec::new() };
        let Some(table) = node.as_table() else {
            self.malformed(node);
            return Vec::new();
        };
        let mut initial = Vec::new();
        for (key, count) in table {
            let endpoint = self.named("endpoint", &key.text, key.span);
            self.usage.endpoint(endpoint);
            self.of_this_service(section, &key.text, key.span);
            let path = format!("{}.{}", section.at("initial"), key.text);
            let wanted = expectation(&Kind::Quantity(Dimension::Count));
            initial.push((endpoint, self.quantity_at(count, path, wanted, PLACES)));
        }
        initial
    }

    /// An endpoint that stands in a service's table must be one of it.
    fn of_this_service(&mut self, section: &Section<'a>, endpoint: &str, span: Span) {
        let raw = self.raw;
        let mut endpoints = raw.entities("endpoint").filter(|entity| entity.name == endpoint);
        let other = endpoints.find_map(|entity| entity.table.get("service")?.as_str());
        if let Some(other) = other.filter(|other| section.path != format!("service.{other}")) {
            let message = format!(
                "{} belongs to the service {}, not to {}",
                name(endpoint),
                name(other),
                name(&section.path)
            );
            let found =
                Diagnostic::new(Id::UnknownReference, message).at(span, "not one of its own");
            self.push(found.help(format!("state it in `[service.{other}]`")));
        }
    }

    /// Whether cores or a line somewhere go by the priorities of endpoints.
    pub(super) fn goes_by_priority(&self) -> bool {
        let says = |node: Option<&Node>| node.and_then(Node::as_str) == Some("priority");
        let order = |table: &Table| {
            let line = table.get("line").and_then(Node::as_table);
            says(line.and_then(|line| line.get("order")))
        };
        let mut tables = ["service", "database", "pool"].into_iter();
        tables.any(|table| {
            let mut entities = self.raw.entities(table);
            entities.any(|entity| says(entity.table.get("scheduling")) || order(entity.table))
        })
    }

    fn line_order(&mut self, section: &Section<'a>) -> LineOrder {
        let Some(line) = section.get("line").and_then(|_| section.child("line")) else {
            return LineOrder::Fifo;
        };
        let order = match self.word(&line, "order") {
            "lifo" => LineOrder::Lifo,
            "priority" => LineOrder::Priority,
            "adaptive-lifo" => {
                if line.get("lifo_above").is_none() {
                    self.missing(&line, "lifo_above");
                    return LineOrder::Lifo;
                }
                return LineOrder::AdaptiveLifo {
                    above: self.quantity(&line, "lifo_above", PLACES),
                };
            }
            _ => LineOrder::Fifo,
        };
        if let Some(node) = line.get("lifo_above") {
            let help = "leave it out, or set `order = \"adaptive-lifo\"`";
            self.without_effect(&line, "lifo_above", node, "this order does not change", help);
        }
        order
    }

    fn line_limit(&mut self, section: &Section<'a>) -> Option<QuantityId> {
        section.get("line")?;
        let line = section.child("line")?;
        self.quantity_opt(&line, "limit", PLACES)
    }

    /// A key that nothing reads beside the others that are there.
    pub(super) fn without_effect(
        &mut self,
        section: &Section<'a>,
        key: &str,
        node: &Node,
        why: &str,
        help: &str,
    ) {
        let message = format!("`{key}` of {} has no effect", name(&section.path));
        self.push(Diagnostic::new(Id::UnusedEntity, message).at(node.span, why).help(help));
    }

    fn line_without_workers(&mut self, section: &Section<'a>, node: &Node) {
        let message = format!("{} has a `line`, but unlimited workers", name(&section.path));
        let found = Diagnostic::new(Id::LineWithoutWorkers, message)
            .at(node.span, "nobody ever waits in it");
        let found = match section.span {
            Some(span) => found.and(span, "no `workers`"),
            None => found,
        };
        let help = "state `workers`, or leave the line out; cores with `scheduling = \"fifo\"` have \
                    a line that follows `order` and nothing else";
        self.push(found.help(help));
    }

    pub(super) fn databases(&mut self) -> Vec<Database> {
        let raw = self.raw;
        raw.entities("database")
            .map(|entity| self.database(&Section::of(&keys::DATABASE, entity), entity.name))
            .collect()
    }

    fn database(&mut self, section: &Section<'a>, name: &str) -> Database {
        let cores = self.quantity_opt(section, "cores", CORES);
        let scheduling =
            if cores.is_some() { self.scheduling(section) } else { Scheduling::Sharing };
        let listed = self.assumptions.len();
        let contention = section.child("contention");
        let mut factor = |key| match &contention {
            Some(contention) => self.quantity(contention, key, SHARE),
            None => NO_QUANTITY,
        };
        let (serial, crosstalk) = (factor("serial"), factor("crosstalk"));
        if cores.is_none() {
            // Nothing runs there that could be slowed.
            self.assumptions.truncate(listed);
        }
        Database {
            name: name.to_owned(),
            cores,
            scheduling,
            max_connections: self.quantity(section, "max_connections", SOME),
            reserved: self.quantity(section, "reserved", PLACES),
            connect_time: self.quantity(section, "connect_time", Bounds::TIME),
            disk: self.disk(section, name),
            backup: self.backup(section, name),
            serial,
            crosstalk,
            memory: self.memory(section),
            costs: self.costs(section),
        }
    }

    fn memory(&mut self, section: &Section<'a>) -> Option<Memory> {
        let Some(_) = section.get("memory") else {
            for key in ["cache", "backend_memory"] {
                if let Some(node) = section.get(key) {
                    let help = "state `memory` too";
                    self.without_effect(section, key, node, "all data fit into memory", help);
                }
            }
            return None;
        };
        Some(Memory {
            bytes: self.quantity(section, "memory", MEMORY),
            cache: self.quantity(section, "cache", SHARE),
            backend: self.quantity(section, "backend_memory", MEMORY),
        })
    }

    /// What the planner goes by, where it is stated.
    fn costs(&mut self, section: &Section<'a>) -> Vec<(&'static str, QuantityId)> {
        let Some(costs) = section.get("costs").and_then(|_| section.child("costs")) else {
            return Vec::new();
        };
        let stated = costs::COSTS.keys.iter().filter(|key| costs.get(key.name).is_some());
        stated.map(|key| (key.name, self.quantity(&costs, key.name, COST))).collect()
    }

    pub(super) fn pools(&mut self) -> Vec<Pool> {
        let raw = self.raw;
        raw.entities("pool")
            .map(|entity| self.pool(&Section::of(&keys::POOL, entity), entity.name))
            .collect()
    }

    fn pool(&mut self, section: &Section<'a>, name: &str) -> Pool {
        let line = section.get("line").and_then(|_| section.child("line"));
        if let Some((line, node)) = line.and_then(|line| Some((line.clone(), line.get("drop")?))) {
            let why = "only the lines of services drop anybody";
            let help = "leave it out: `acquire_timeout` ends a wait for a connection";
            self.without_effect(&line, "drop", node, why, help);
        }
        Pool {
            name: name.to_owned(),
            service: self.reference("service", section, "service"),
            database: self.reference("database", section, "database"),
            size: self.quantity(section, "size", SOME),
            acquire_timeout: self.acquire_timeout(section),
            line_limit: self.line_limit(section),
            line_order: self.line_order(section),
            min_idle: self.quantity_opt(section, "min_idle", PLACES),
            max_lifetime: self.quantity_opt(section, "max_lifetime", DURATION),
            idle_timeout: self.quantity_opt(section, "idle_timeout", Bounds::TIME),
            leak: self.quantity(section, "leak", SHARE),
            on_refused: match self.word(section, "on_refused") {
                "wait" => OnRefused::Wait,
                _ => OnRefused::Fail,
            },
            checkout: match self.word(section, "checkout") {
                "request" => Checkout::Request,
                _ => Checkout::Query,
            },
            round_trip: self.quantity(section, "round_trip", Bounds::TIME),
        }
    }

    fn acquire_timeout(&mut self, section: &Section<'a>) -> Option<VariateId> {
        if section.get("acquire_timeout").and_then(Node::as_str) == Some("none") {
            return None;
        }
        Some(self.variate(section, "acquire_timeout", Bounds::TIME))
    }

    pub(super) fn queries(
        &mut self,
        databases: &[Database],
        tables: &mut [DataTable],
    ) -> Vec<Query> {
        let raw = self.raw;
        raw.entities("query")
            .map(|entity| {
                let section = Section::of(&keys::QUERY, entity);
                let work = if section.get("table").is_some() { "table" } else { "cpu" };
                let (database, table) = self.place(&section, tables);
                if let Some(database) = databases.get(database)
                    && let Some(node) = section.get(work)
                    && database.cores.is_none()
                {
                    self.no_cores("database", &database.name, node.span);
                }
                let [cpu, reads, scan] = match &table {
                    Some(_) => self.worked_out(databases.get(database), &section.path),
                    None => [
                        self.stated(&section, "cpu", Bounds::TIME),
                        self.stated(&section, "reads", READS),
                        self.stated(&section, "scan", BYTES),
                    ],
                };
                let processes = table.is_some().then(|| Processes {
                    count: self.computed(section.at("processes.count")),
                    each: self.computed(section.at("processes.each")),
                });
                Query {
                    name: entity.name.to_owned(),
                    database,
                    cpu,
                    find: None,
                    processes,
                    reads,
                    scan,
                    time: self.stated(&section, "time", Bounds::TIME),
                    commit: commits(entity.table),
                    returns: self.stated(&section, "returns", BYTES),
                    table,
                }
            })
            .collect()
    }

    /// Places for what follows from a table: work, random reads, bytes read in sequence. Nothing is
    /// read from a disk if all data fit into memory.
    pub(super) fn worked_out(
        &mut self,
        database: Option<&Database>,
        path: &str,
    ) -> [Option<VariateId>; 3] {
        let has_disk = database.is_some_and(|database| database.memory.is_some());
        let cpu = Some(self.computed(format!("{path}.cpu")));
        let mut on_disk = |key| has_disk.then(|| self.computed(format!("{path}.{key}")));
        [cpu, on_disk("reads"), on_disk("scan")]
    }

    /// Where a query runs, and what it asks of a table.
    fn place(&mut self, section: &Section<'a>, tables: &mut [DataTable]) -> (usize, Option<Use>) {
        if section.get("table").is_none() {
            for key in OF_A_TABLE {
                if let Some(node) = section.get(key) {
                    let help = "state `table` instead of `database`";
                    self.without_effect(section, key, node, "it asks no table", help);
                }
            }
            return (self.reference("database", section, "database"), None);
        }
        let read = self.read(section, tables);
        let database = read.as_ref().map_or(NOWHERE, |read| tables[read.table].database);
        (database, read.map(|read| Use::Read(Box::new(read))))
    }

    /// Work on the cores of an entity that has none: said once per entity.
    pub(super) fn no_cores(&mut self, table: &'static str, entity: &str, span: Span) {
        if !self.without_cores.insert((table, entity.to_owned())) {
            return;
        }
        let message = format!("`cpu` work on {}, which has no `cores`", name(entity));
        let mut found = Diagnostic::new(Id::NoCores, message).at(span, "needs a core");
        if let Some(span) = self.names.span(table, entity) {
            found = found.and(span, format!("this {table}"));
        }
        self.push(found.help(format!("state `cores` in `[{table}.{entity}]`")));
    }

    /// A cost of a query; one that is not stated is none, which needs no line in reports.
    fn stated(&mut self, section: &Section<'a>, key: &str, bounds: Bounds) -> Option<VariateId> {
        section.get(key)?;
        Some(self.variate(section, key, bounds))
    }
}
