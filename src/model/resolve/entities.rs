//! Services, databases, pools, queries and locks.

use super::Resolver;
use super::numbers::{ANY, CORES, DURATION, NO_QUANTITY, SHARE, SOME};
use super::section::Section;
use crate::diag::{Diagnostic, Id, Span, name};
use crate::expr::checked::Checked;
use crate::model::{
    Balance, Bounds, Checkout, Database, Lock, LockScope, OnRefused, Pool, QuantityId, Query,
    Runtime, Scheduling, Service, VariateId,
};
use crate::scenario::keys::tables as keys;
use crate::scenario::raw::Node;

/// Most instances of one service.
const INSTANCES: Bounds = Bounds::count(1.0, 100_000.0);
/// Bytes of one answer: up to a petabyte.
const BYTES: Bounds = Bounds::real(0.0, 1e15);
/// Connections and places in a line.
const PLACES: Bounds = Bounds::count(0.0, 1e6);

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
                self.workers_without_effect(section, node);
            }
            None
        };
        if let Some(node) = section.get("line")
            && workers.is_none()
        {
            self.line_without_workers(section, node);
        }
        let balance = match self.word(section, "balance") {
            "random" => Balance::Random,
            "least-outstanding" => Balance::LeastOutstanding,
            "power-of-two" => Balance::PowerOfTwo,
            "sticky" => Balance::Sticky,
            "hash" => Balance::Hash,
            _ => Balance::RoundRobin,
        };
        Service {
            name: name.to_owned(),
            instances,
            cores,
            workers,
            runtime,
            scheduling,
            balance,
            balance_key: self.balance_key(section, balance),
            per_caller: section.get("balancers").and_then(Node::as_str) == Some("per-caller"),
            line_limit: self.line_limit(section),
            round_trip: self.quantity(section, "round_trip", Bounds::TIME),
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
        match self.word(section, "scheduling") {
            "fifo" => Scheduling::Fifo,
            _ => Scheduling::Sharing,
        }
    }

    fn line_limit(&mut self, section: &Section<'a>) -> Option<QuantityId> {
        section.get("line")?;
        let line = section.child("line")?;
        self.quantity_opt(&line, "limit", PLACES)
    }

    /// What `sticky` and `hash` go by: required with them, of no use with the others.
    fn balance_key(&mut self, section: &Section<'a>, balance: Balance) -> Option<VariateId> {
        let by_key = matches!(balance, Balance::Sticky | Balance::Hash);
        let Some(node) = section.get("balance_key") else {
            if by_key {
                self.missing(section, "balance_key");
            }
            return None;
        };
        if !by_key {
            let message = format!("`balance_key` of {} has no effect", name(&section.path));
            let found = Diagnostic::new(Id::UnusedEntity, message)
                .at(node.span, "this way of balancing does not look at keys");
            self.push(found.help("leave it out, or set `balance = \"hash\"` or `\"sticky\"`"));
        }
        Some(self.variate(section, "balance_key", ANY))
    }

    fn workers_without_effect(&mut self, section: &Section<'a>, node: &Node) {
        let message = format!("`workers` of {} has no effect", name(&section.path));
        let found = Diagnostic::new(Id::UnusedEntity, message)
            .at(node.span, "this runtime holds no worker");
        self.push(found.help("leave it out, or set `runtime = \"threads\"`"));
    }

    fn line_without_workers(&mut self, section: &Section<'a>, node: &Node) {
        let message = format!("{} has a `line`, but unlimited workers", name(&section.path));
        let found = Diagnostic::new(Id::LineWithoutWorkers, message)
            .at(node.span, "nobody ever waits in it");
        self.push(found.help("state `workers`, or leave the line out"));
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
            serial,
            crosstalk,
        }
    }

    pub(super) fn pools(&mut self) -> Vec<Pool> {
        let raw = self.raw;
        raw.entities("pool")
            .map(|entity| self.pool(&Section::of(&keys::POOL, entity), entity.name))
            .collect()
    }

    fn pool(&mut self, section: &Section<'a>, name: &str) -> Pool {
        Pool {
            name: name.to_owned(),
            service: self.reference("service", section, "service"),
            database: self.reference("database", section, "database"),
            size: self.quantity(section, "size", SOME),
            acquire_timeout: self.acquire_timeout(section),
            line_limit: self.line_limit(section),
            min_idle: self.quantity_opt(section, "min_idle", PLACES),
            max_lifetime: self.quantity_opt(section, "max_lifetime", DURATION),
            idle_timeout: self.quantity_opt(section, "idle_timeout", DURATION),
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

    pub(super) fn queries(&mut self, databases: &[Database]) -> Vec<Query> {
        let raw = self.raw;
        raw.entities("query")
            .map(|entity| {
                let section = Section::of(&keys::QUERY, entity);
                let database = self.reference("database", &section, "database");
                if let Some(database) = databases.get(database)
                    && let Some(node) = section.get("cpu")
                    && database.cores.is_none()
                {
                    self.no_cores("database", &database.name, node.span);
                }
                Query {
                    name: entity.name.to_owned(),
                    database,
                    cpu: self.stated(&section, "cpu", Bounds::TIME),
                    time: self.stated(&section, "time", Bounds::TIME),
                    returns: self.stated(&section, "returns", BYTES),
                }
            })
            .collect()
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

    pub(super) fn locks(&mut self) -> Vec<Lock> {
        let raw = self.raw;
        raw.entities("lock")
            .map(|entity| {
                let section = Section::of(&keys::LOCK, entity);
                let scope = match self.word(&section, "scope") {
                    "database" => LockScope::Database,
                    "instance" => LockScope::Instance,
                    _ => LockScope::Global,
                };
                Lock { name: entity.name.to_owned(), scope, span: Some(entity.name_span) }
            })
            .collect()
    }
}
