//! Small models for tests, built by hand.

use super::study::{Control, EVENTS_MAX, Study};
use super::{Ensemble, Progress};
use crate::expr::check::check;
use crate::expr::metric::parse_condition;
use crate::expr::scope::{Expectation, NoTables, Scope, Symbol};
use crate::model::{
    Arrivals, Balance, Bounds, Checkout, Database, Endpoint, Gaps, Input, Model, Objective,
    OnRefused, Origin, Pool, QuantityId, Query, RunKind, RunSpec, Runtime, Scaling, Scheduling,
    Service, Slots, Step, VariateId, Verb, Workload,
};
use crate::plan::Needs;
use crate::units::Dimension;
use std::sync::atomic::AtomicBool;

/// One FIFO service with exponential service, and a pool on the side if `pool` is set.
#[derive(Debug, Clone)]
pub struct Mm1 {
    /// Arrivals, an expression such as `80/s`; may use the input `x`.
    pub rate: &'static str,
    /// Law of the service, such as `exp(10ms)`.
    pub service: &'static str,
    /// Servers.
    pub cores: &'static str,
    /// Length of the window.
    pub duration: &'static str,
    /// Warm-up; none: found.
    pub warm_up: Option<&'static str>,
    /// Steady or terminating.
    pub kind: RunKind,
    /// Replications.
    pub replications: u32,
    /// Law of an uncertain input `x`, and the worlds.
    pub uncertain: Option<(&'static str, u32)>,
    /// Size of a pool that a query holds for `time`: the service then has no cores' work.
    pub pool: Option<(&'static str, &'static str)>,
    /// Conditions of objectives.
    pub objectives: Vec<&'static str>,
    /// Seed.
    pub seed: u64,
}

impl Default for Mm1 {
    fn default() -> Self {
        Self {
            rate: "50/s",
            service: "exp(10ms)",
            cores: "1",
            duration: "100s",
            warm_up: Some("5s"),
            kind: RunKind::Steady,
            replications: 8,
            uncertain: None,
            pool: None,
            objectives: Vec::new(),
            seed: 1,
        }
    }
}

/// Tables under construction.
struct Sketch {
    slots: Slots,
    scope: Scope,
}

impl Sketch {
    fn origin(path: &str) -> Origin {
        Origin { path: path.to_owned(), span: None }
    }

    fn quantity(&mut self, path: &str, text: &str, of: Dimension, bounds: Bounds) -> QuantityId {
        let checked = check(text, &self.scope, &NoTables, Expectation::fixed(of)).unwrap();
        self.slots.quantity(Self::origin(path), checked.formula, bounds)
    }

    fn count(&mut self, path: &str, text: &str) -> QuantityId {
        self.quantity(path, text, Dimension::COUNT, Bounds::count(0.0, 1e9))
    }

    fn time(&mut self, path: &str, text: &str) -> QuantityId {
        self.quantity(path, text, Dimension::TIME, Bounds::TIME)
    }

    fn varying(&mut self, path: &str, text: &str) -> VariateId {
        let expectation = Expectation::varying(Dimension::TIME);
        let checked = check(text, &self.scope, &NoTables, expectation).unwrap();
        self.slots.variate(Self::origin(path), checked.formula, Bounds::TIME)
    }
}

impl Mm1 {
    /// The model.
    pub fn model(&self) -> Model {
        let mut sketch = Sketch { slots: Slots::default(), scope: Scope::default() };
        let mut inputs = Vec::new();
        if let Some((law, _)) = self.uncertain {
            let checked = check(law, &sketch.scope, &NoTables, Expectation::INPUT).unwrap();
            let bounds = Bounds::real(f64::MIN, f64::MAX);
            let value = sketch.slots.variate(Sketch::origin("inputs.x"), checked.formula, bounds);
            sketch.scope.insert("x", Symbol::Input(0), checked.dimension);
            inputs.push(Input { name: "x".into(), value, uncertain: true, span: None });
        }
        let rate = Bounds::real(0.0, 1e9);
        let rate = sketch.quantity("workload.w.rate", self.rate, Dimension::RATE, rate);
        let real = Bounds::real(0.0, 1e9);
        let cores = sketch.quantity("service.s.cores", self.cores, Dimension::COUNT, real);
        let (step, databases, pools, queries) = self.work(&mut sketch);
        let objective = |(index, text): (usize, &&'static str)| Objective {
            name: format!("o{index}"),
            text: (*text).to_owned(),
            that: parse_condition(text).unwrap(),
            span: None,
        };
        Model {
            name: "test".into(),
            about: None,
            sources: Vec::new(),
            variant: None,
            inputs,
            run: self.run_spec(&mut sketch),
            services: vec![Service {
                name: "s".into(),
                instances: sketch.count("service.s.instances", "1"),
                cores: Some(cores),
                workers: None,
                runtime: Runtime::Threads,
                scheduling: Scheduling::Fifo,
                balance: Balance::RoundRobin,
                line_limit: None,
                round_trip: sketch.time("service.s.round_trip", "0s"),
            }],
            databases,
            pools,
            queries,
            locks: Vec::new(),
            endpoints: vec![Endpoint {
                name: "e".into(),
                service: 0,
                lets: Vec::new(),
                registers: 0,
                steps: vec![step],
                priority: sketch.count("endpoint.e.priority", "0"),
                span: None,
            }],
            workloads: vec![Workload {
                name: "w".into(),
                arrivals: Arrivals::Open { rate: Some(rate), gaps: Gaps::Poisson },
                mix: vec![(0, sketch.count("workload.w.mix.e", "1"))],
                client: None,
            }],
            failures: Vec::new(),
            windows: Vec::new(),
            objectives: self.objectives.iter().enumerate().map(objective).collect(),
            claims: Vec::new(),
            variants: Vec::new(),
            assumptions: Vec::new(),
            slots: sketch.slots,
        }
    }

    fn run_spec(&self, sketch: &mut Sketch) -> RunSpec {
        RunSpec {
            kind: self.kind,
            duration: sketch.time("run.duration", self.duration),
            warm_up: self.warm_up.map(|text| sketch.time("run.warm_up", text)),
            drained: false,
            replications: self.replications,
            worlds: self.uncertain.map_or(1, |uncertain| uncertain.1),
            seed: self.seed,
            confidence: 0.95,
            assurance: 0.9,
            interval: None,
            limit_in_flight: 5_000_000,
            limit_events: 1_000_000_000,
            replications_stated: true,
        }
    }

    fn work(&self, sketch: &mut Sketch) -> (Step, Vec<Database>, Vec<Pool>, Vec<Query>) {
        let step = |verb| Step { name: None, verb, handler: None };
        let Some((size, time)) = self.pool else {
            let cpu = sketch.varying("endpoint.e.steps[0].cpu", self.service);
            return (step(Verb::Cpu(cpu)), Vec::new(), Vec::new(), Vec::new());
        };
        let database = Database {
            name: "d".into(),
            cores: None,
            scheduling: Scheduling::Sharing,
            max_connections: sketch.count("database.d.max_connections", "1000"),
            reserved: sketch.count("database.d.reserved", "0"),
            connect_time: sketch.time("database.d.connect_time", "0s"),
            serial: sketch.count("database.d.serial", "0"),
            crosstalk: sketch.count("database.d.crosstalk", "0"),
        };
        let pool = Pool {
            name: "p".into(),
            service: 0,
            database: 0,
            size: sketch.count("pool.p.size", size),
            acquire_timeout: None,
            line_limit: None,
            min_idle: None,
            max_lifetime: None,
            idle_timeout: None,
            leak: sketch.count("pool.p.leak", "0"),
            on_refused: OnRefused::Fail,
            checkout: Checkout::Query,
            round_trip: sketch.time("pool.p.round_trip", "0s"),
        };
        let time = Some(sketch.varying("query.q.time", time));
        let query = Query { name: "q".into(), database: 0, cpu: None, time, returns: None };
        (step(Verb::Query { query: 0, pool: 0 }), vec![database], vec![pool], vec![query])
    }

    /// The study, with needs.
    pub fn study(&self, needs: &Needs) -> Study {
        Study::new(&self.model(), needs, &Scaling::default()).unwrap()
    }

    /// All runs.
    pub fn run(&self) -> Ensemble {
        self.study(&Needs::default()).run(&control(&AtomicBool::new(false)))
    }
}

/// Nobody watches.
pub fn silent(_: Progress) {}

/// No progress, the usual limit.
pub fn control(stop: &AtomicBool) -> Control<'_> {
    Control { stop, progress: &silent, events_max: EVENTS_MAX }
}

/// All that an ensemble says: every bit of every number, by the exact debug form.
pub fn bytes(ensemble: &Ensemble) -> String {
    format!("{ensemble:?}")
}
