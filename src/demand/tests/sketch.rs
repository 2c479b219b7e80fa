//! Small models written by hand.

use crate::demand::{Demand, StationDemand, analyze, warnings};
use crate::diag::Diagnostics;
use crate::expr::check::{check, check_test};
use crate::expr::formula::Formula;
use crate::expr::scope::{Expectation, NoTables, Scope, Symbol};
use crate::model::{
    Arrivals, Balance, Binding, Bounds, Checkout, ConditionId, Database, Disk, Endpoint, Gaps, Let,
    LineOrder, Lock, LockScope, Model, OnRefused, Origin, Outlook, Pool, QuantityId, Query,
    RunKind, RunSpec, Runtime, Scaling, Scheduling, Service, Slots, Step, VariateId, Verb,
    Workload,
};
use crate::units::Dimension;

/// A model that grows by what a test needs; everything else is plain.
pub struct Sketch {
    pub model: Model,
    scope: Scope,
}

/// A step without name and handler.
pub fn step(verb: Verb) -> Step {
    Step { name: None, verb, handler: None }
}

impl Sketch {
    pub fn new() -> Self {
        let mut slots = Slots::default();
        let origin = Origin { path: "run.duration".to_owned(), span: None };
        let duration = slots.quantity(origin, Formula::constant(60.0), Bounds::TIME);
        let run = RunSpec {
            kind: RunKind::Steady,
            duration,
            warm_up: None,
            drained: false,
            replications: 16,
            worlds: 1,
            seed: 1,
            confidence: 0.95,
            assurance: 0.9,
            interval: None,
            limit_in_flight: 5_000_000,
            limit_events: 1_000_000_000,
            replications_stated: false,
            worlds_stated: false,
            precision: Vec::new(),
        };
        let model = Model {
            name: "sketch".to_owned(),
            about: None,
            sources: Vec::new(),
            variant: None,
            inputs: Vec::new(),
            slots,
            run,
            services: Vec::new(),
            databases: Vec::new(),
            pools: Vec::new(),
            tables: Vec::new(),
            queries: Vec::new(),
            locks: Vec::new(),
            endpoints: Vec::new(),
            workloads: Vec::new(),
            failures: Vec::new(),
            windows: Vec::new(),
            objectives: Vec::new(),
            claims: Vec::new(),
            outlook: Outlook::default(),
            variants: Vec::new(),
            assumptions: Vec::new(),
        };
        Self { model, scope: Scope::default() }
    }

    pub fn q(&mut self, path: &str, value: f64) -> QuantityId {
        let origin = Origin { path: path.to_owned(), span: None };
        self.model.slots.quantity(origin, Formula::constant(value), Bounds::real(0.0, 1e12))
    }

    fn v(&mut self, path: &str, text: &str, dimension: Dimension) -> VariateId {
        let expectation = Expectation::varying(dimension);
        let checked = check(text, &self.scope, &NoTables, expectation).unwrap();
        let origin = Origin { path: path.to_owned(), span: None };
        self.model.slots.variate(origin, checked.formula, Bounds::real(0.0, 1e12))
    }

    /// A time that may vary.
    pub fn time(&mut self, text: &str) -> VariateId {
        self.v(&format!("time {text}"), text, Dimension::TIME)
    }

    /// A count that may vary.
    pub fn count(&mut self, text: &str) -> VariateId {
        self.v(&format!("count {text}"), text, Dimension::COUNT)
    }

    pub fn condition(&mut self, text: &str) -> ConditionId {
        let test = check_test(text, &self.scope, true).unwrap();
        let origin = Origin { path: format!("if {text}"), span: None };
        self.model.slots.condition(origin, test)
    }

    pub fn cpu(&mut self, text: &str) -> Step {
        step(Verb::Cpu(self.time(text)))
    }

    pub fn delay(&mut self, text: &str) -> Step {
        step(Verb::Delay(self.time(text)))
    }

    pub fn service(&mut self, instances: f64) -> &mut Service {
        let name = format!("s{}", self.model.services.len());
        let instances = self.q("instances", instances);
        let round_trip = self.q("round_trip", 0.0);
        self.model.services.push(Service {
            name,
            instances,
            cores: None,
            speeds: Vec::new(),
            workers: None,
            runtime: Runtime::Threads,
            scheduling: Scheduling::Sharing,
            balance: Balance::RoundRobin,
            balance_key: None,
            per_caller: false,
            eject: None,
            slow_start: None,
            line_limit: None,
            line_order: LineOrder::Fifo,
            line_drop: None,
            round_trip,
            initial: Vec::new(),
        });
        self.model.services.last_mut().unwrap()
    }

    pub fn cores(&mut self, service: usize, cores: f64, scheduling: Scheduling) {
        let cores = self.q("cores", cores);
        self.model.services[service].cores = Some(cores);
        self.model.services[service].scheduling = scheduling;
    }

    pub fn workers(&mut self, service: usize, workers: f64) {
        self.model.services[service].workers = Some(self.q("workers", workers));
    }

    pub fn database(&mut self, max: f64, reserved: f64) -> &mut Database {
        let name = format!("d{}", self.model.databases.len());
        let [max_connections, reserved, zero] = [max, reserved, 0.0].map(|x| self.q("database", x));
        self.model.databases.push(Database {
            name,
            cores: None,
            scheduling: Scheduling::Fifo,
            max_connections,
            reserved,
            connect_time: zero,
            backup: None,
            disk: Disk::default(),
            serial: zero,
            crosstalk: zero,
            memory: None,
            costs: Vec::new(),
        });
        self.model.databases.last_mut().unwrap()
    }

    pub fn pool(&mut self, service: usize, database: usize, size: f64, round_trip: f64) -> usize {
        let name = format!("p{}", self.model.pools.len());
        let [size, round_trip, leak] = [size, round_trip, 0.0].map(|x| self.q("pool", x));
        self.model.pools.push(Pool {
            name,
            service,
            database,
            size,
            acquire_timeout: None,
            line_limit: None,
            line_order: LineOrder::Fifo,
            min_idle: None,
            max_lifetime: None,
            idle_timeout: None,
            leak,
            on_refused: OnRefused::Fail,
            checkout: Checkout::Query,
            round_trip,
        });
        self.model.pools.len() - 1
    }

    /// A query over a pool, with `cpu` and `time` where they are stated.
    pub fn query(&mut self, pool: usize, cpu: Option<&str>, time: Option<&str>) -> Step {
        let cpu = cpu.map(|text| self.time(text));
        let time = time.map(|text| self.time(text));
        let (database, name) = (self.model.pools[pool].database, "q".to_owned());
        let (reads, scan, commit, returns) = (None, None, false, None);
        let table = None;
        self.model.queries.push(Query {
            name,
            database,
            cpu,
            find: None,
            processes: None,
            reads,
            scan,
            time,
            commit,
            returns,
            table,
        });
        step(Verb::Query { query: self.model.queries.len() - 1, pool, row: None })
    }

    pub fn lock(&mut self, scope: LockScope) -> usize {
        let name = format!("l{}", self.model.locks.len());
        self.model.locks.push(Lock { name, scope, rows: None, span: None });
        self.model.locks.len() - 1
    }

    /// A `let` for the next endpoint: register `register`.
    pub fn register(&mut self, register: u16, name: &str, text: &str) -> Let {
        let value = self.count(text);
        self.scope.insert(name, Symbol::Let(register), Dimension::COUNT);
        Let { name: name.to_owned(), value }
    }

    pub fn endpoint(&mut self, service: usize, lets: Vec<Let>, steps: Vec<Step>) -> usize {
        let priority = self.q("priority", 0.0);
        let name = format!("e{}", self.model.endpoints.len());
        let registers = lets.len() as u16 + 1;
        let endpoint = Endpoint { name, service, lets, registers, steps, priority, span: None };
        self.model.endpoints.push(endpoint);
        self.model.endpoints.len() - 1
    }

    /// Poisson arrivals.
    pub fn rate(&mut self, endpoint: usize, per_s: f64) {
        let (rate, weight) = (self.q("rate", per_s), self.q("mix", 3.0));
        self.workload(Arrivals::Open { rate: Some(rate), gaps: Gaps::Poisson }, endpoint, weight);
    }

    pub fn burst(&mut self, endpoint: usize, count: &str) {
        let (count, zero, weight) = (self.count(count), self.q("at", 0.0), self.q("mix", 1.0));
        self.workload(Arrivals::Burst { count, at: zero, over: zero }, endpoint, weight);
    }

    /// `users` who think.
    pub fn users(&mut self, endpoint: usize, users: f64, think: &str) {
        let (users, weight) = (self.q("users", users), self.q("mix", 1.0));
        let think = self.time(think);
        self.workload(Arrivals::Users { users, think }, endpoint, weight);
    }

    fn workload(&mut self, arrivals: Arrivals, endpoint: usize, weight: QuantityId) {
        let name = format!("w{}", self.model.workloads.len());
        let mix = vec![(endpoint, weight)];
        self.model.workloads.push(Workload {
            name,
            arrivals,
            log: Vec::new().into(),
            shape: None,
            mean_share: None,
            growth: None,
            batch: None,
            mix,
            session: None,
            background: Vec::new(),
            client: None,
        });
    }

    pub fn bind(&self, load: f64) -> Binding {
        let world = self.model.nominal_world().unwrap();
        self.model.bind(&world, Scaling { load, ..Scaling::default() }).unwrap()
    }

    pub fn demand(&self) -> Demand {
        analyze(&self.model, &self.bind(1.0))
    }

    pub fn warnings(&self) -> Diagnostics {
        let binding = self.bind(1.0);
        warnings(&self.model, &binding, &analyze(&self.model, &binding))
    }
}

impl Demand {
    /// A station by name.
    pub(super) fn at(&self, name: &str) -> &StationDemand {
        let found = self.stations.iter().find(|station| station.name == name);
        found.unwrap_or_else(|| panic!("no station {name}"))
    }
}

/// `LiveStream` Pro's browsing (live-a/S3): 50,000 viewers at 10 calls a minute over the pools of
/// `instances`, `size` connections each, 50 ms a query.
pub fn browse(instances: f64, size: f64, max_connections: f64, round_trip: f64) -> Sketch {
    let mut sketch = Sketch::new();
    sketch.service(instances);
    sketch.workers(0, 200.0);
    sketch.database(max_connections, 3.0);
    let pool = sketch.pool(0, 0, size, round_trip);
    let query = sketch.query(pool, None, Some("exp(50ms)"));
    let endpoint = sketch.endpoint(0, Vec::new(), vec![query]);
    sketch.rate(endpoint, 25_000.0 / 3.0);
    sketch
}

/// W3: a thread holds CPU, then a connection to a database of 16 cores, then CPU again.
pub fn w3() -> Sketch {
    let mut sketch = Sketch::new();
    sketch.service(1.0);
    sketch.workers(0, 200.0);
    sketch.cores(0, 8.0, Scheduling::Fifo);
    sketch.database(50.0, 0.0);
    sketch.model.databases[0].cores = Some(sketch.q("cores", 16.0));
    let pool = sketch.pool(0, 0, 50.0, 0.0);
    let query = sketch.query(pool, Some("lognormal(mean=5ms, cv=1)"), None);
    let steps = vec![sketch.cpu("exp(1ms)"), query, sketch.cpu("exp(0.5ms)")];
    let endpoint = sketch.endpoint(0, Vec::new(), steps);
    sketch.rate(endpoint, 2_560.0);
    sketch
}
