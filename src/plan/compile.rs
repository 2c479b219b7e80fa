//! Model and numbers into tables: stations, pools, services, sources. Flows are compiled next door.

use super::catalog::{Capacity, Catalog, Source};
use super::flow;
use super::{
    ArrivalPlan, Cores, DatabasePlan, EndpointPlan, InstancePlan, LevelPair, Limits, LockPlan,
    NONE, Place, Plan, PoolPlan, Probes, Schedule, ServicePlan, StationPlan, Variable, Watch,
    WorkloadPlan,
};
use crate::dist::{Dist, hash_name};
use crate::expr::formula::Variate;
use crate::model::{
    Arrivals, Binding, Checkout, Gaps, LockScope, Model, Outcome, Runtime, Scheduling, VariateId,
};
use crate::units::time::seconds_to_ns;
use std::collections::BTreeMap;

/// What the metrics of a study need beyond what is always measured.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Needs {
    /// Paths of levels whose distribution over time is asked for.
    pub distributions: Vec<String>,
    /// Levels that are watched: path, threshold in the metric's units, date in seconds.
    pub watches: Vec<(String, f64, f64)>,
    /// Windows besides the named ones: from and to, seconds.
    pub windows: Vec<(f64, f64)>,
}

/// The plan under construction, and what is shared between its parts.
pub(super) struct Compiler<'a> {
    pub model: &'a Model,
    pub binding: &'a Binding,
    pub plan: Plan,
    /// Lanes by the length of their timers, ns.
    lanes: BTreeMap<u64, u32>,
    places: BTreeMap<String, u32>,
    /// Tally of each query's elapsed time, and its counter.
    pub queries: Vec<(u32, u32)>,
}

/// Compiles a model at a binding. Infallible: names are resolved, numbers are in their bounds.
pub fn compile(model: &Model, binding: &Binding, needs: &Needs) -> Plan {
    let mut compiler = Compiler {
        model,
        binding,
        plan: empty(model, binding),
        lanes: BTreeMap::new(),
        places: BTreeMap::new(),
        queries: Vec::new(),
    };
    compiler.services();
    compiler.databases();
    compiler.pools();
    compiler.query_probes();
    compiler.locks();
    compiler.endpoint_probes();
    flow::compile_endpoints(&mut compiler);
    compiler.workloads();
    compiler.finish(needs)
}

fn empty(model: &Model, binding: &Binding) -> Plan {
    let duration = binding.get(model.run.duration);
    let interval = model.run.interval.map_or(duration / 60.0, |interval| binding.get(interval));
    let window = |w: &crate::model::Window| {
        (seconds_to_ns(binding.get(w.from)), seconds_to_ns(binding.get(w.to)))
    };
    Plan {
        ops: Vec::new(),
        variables: Vec::new(),
        conditions: Vec::new(),
        loops: Vec::new(),
        groups: Vec::new(),
        choices: Vec::new(),
        catches: Vec::new(),
        retries: Vec::new(),
        arguments: Vec::new(),
        places: Vec::new(),
        stations: Vec::new(),
        services: Vec::new(),
        instances: Vec::new(),
        pools: Vec::new(),
        pool_first: Vec::new(),
        databases: Vec::new(),
        locks: Vec::new(),
        endpoints: Vec::new(),
        marks: Vec::new(),
        workloads: Vec::new(),
        controls: Vec::new(),
        schedule: Schedule {
            warm_up: model.run.warm_up.map_or(0, |warm_up| seconds_to_ns(binding.get(warm_up))),
            duration: seconds_to_ns(duration).max(1),
            interval: seconds_to_ns(interval).max(1),
            drained: model.run.drained,
            windows: model.windows.iter().map(window).collect(),
        },
        limits: Limits { in_flight: model.run.limit_in_flight, events: model.run.limit_events },
        registers: 0,
        lanes: 0,
        probes: Probes::default(),
        catalog: Catalog::default(),
        place_backoff: NONE,
        place_abandoned: NONE,
        seed: model.run.seed,
        identity: binding.identity,
    }
}

impl Compiler<'_> {
    /// A place of the breakdown by name.
    pub fn place(&mut self, name: &str) -> u32 {
        if let Some(&place) = self.places.get(name) {
            return place;
        }
        let place = self.plan.places.len() as u32;
        self.plan.places.push(Place { name: name.to_owned() });
        self.places.insert(name.to_owned(), place);
        place
    }

    /// `count` tallies in a row; gives the first.
    pub fn tallies(&mut self, count: usize) -> u32 {
        let first = self.plan.probes.tallies;
        self.plan.probes.tallies += count as u32;
        first
    }

    /// A counter.
    pub fn counter(&mut self) -> u32 {
        self.plan.probes.counts += 1;
        self.plan.probes.counts - 1
    }

    /// A level with a capacity in its own units (0: none).
    pub fn level(&mut self, capacity: u64) -> u32 {
        self.plan.probes.level_capacity.push(capacity);
        self.plan.probes.level_histograms.push(false);
        self.plan.probes.level_capacity.len() as u32 - 1
    }

    /// A level of each of `instances`, and of their sum, under a metric path.
    fn levels(
        &mut self,
        path: &str,
        instances: u32,
        capacity: u64,
        unit: f64,
        about: &str,
    ) -> Vec<LevelPair> {
        let own: Vec<u32> = (0..instances).map(|_| self.level(capacity)).collect();
        let all = capacity.saturating_mul(u64::from(instances));
        let sum = if instances == 1 { NONE } else { self.level(all) };
        let top = if sum == NONE { own[0] } else { sum };
        let source = Source::Level {
            sum: top,
            instances: own.clone(),
            unit,
            capacity: (capacity > 0).then_some(all as f64 * unit),
        };
        self.plan.catalog.add(path, source, about);
        own.into_iter().map(|own| LevelPair { own, sum }).collect()
    }

    /// A tally of each endpoint under a path, with the whole and the parts in the catalog.
    fn tallies_by_endpoint(&mut self, path: &str, about: &str) -> u32 {
        let count = self.model.endpoints.len();
        let first = self.tallies(count);
        let all = (first..first + count as u32).collect();
        self.plan.catalog.add(path, Source::Tally { tallies: all }, about);
        for (index, endpoint) in self.model.endpoints.iter().enumerate() {
            let part = Source::Tally { tallies: vec![first + index as u32] };
            let path = format!("{path}.by.{}", endpoint.name);
            self.plan.catalog.add(path, part, &format!("{about}, of one endpoint"));
        }
        first
    }

    /// A variable: a number with the name of its stream of draws.
    pub fn variable(&mut self, id: VariateId, name: &str) -> u32 {
        let (value, bounds) = self.binding.variate(id);
        let variable = Variable {
            value: value.clone(),
            stream: hash_name(name),
            min: bounds.min,
            max: bounds.max,
        };
        self.plan.variables.push(variable);
        self.plan.variables.len() as u32 - 1
    }

    /// The lane of a timer, if its length is constant.
    pub fn lane(&mut self, variable: u32) -> u32 {
        let Variate::Fixed(seconds) = self.plan.variables[variable as usize].value else {
            return NONE;
        };
        let next = self.lanes.len() as u32;
        *self.lanes.entry(seconds_to_ns(seconds)).or_insert(next)
    }

    fn speed_of(&self, path: &str) -> f64 {
        let speeds = self.binding.scaling.speeds.iter();
        speeds.filter(|entry| entry.0 == path).map(|entry| entry.1).product()
    }

    fn services(&mut self) {
        for service in &self.model.services {
            let name = &service.name;
            let instances = self.binding.count(service.instances);
            let stations = self.service_stations(service, instances);
            let first_instance = self.plan.instances.len() as u32;
            let limited = service.runtime == Runtime::Threads;
            let workers = service.workers.filter(|_| limited).map(|w| self.binding.count(w));
            let line_limit = service.line_limit.map_or(u32::MAX, |limit| self.binding.count(limit));
            let path = format!("service.{name}");
            let inside =
                self.levels(&format!("{path}.inside"), instances, 0, 1.0, "requests inside");
            let busy = self.levels(
                &format!("{path}.workers"),
                instances,
                workers.map_or(0, u64::from),
                1.0,
                "workers in use",
            );
            let waiting = self.levels(
                &format!("{path}.line"),
                instances,
                0,
                1.0,
                "requests waiting for a worker",
            );
            let wait = self.tallies_by_endpoint(&format!("{path}.line.wait"), "wait for a worker");
            let orphans = self.level(0);
            let source =
                Source::Level { sum: orphans, instances: vec![orphans], unit: 1.0, capacity: None };
            let about = "blocks and requests that nobody waits for any more";
            self.plan.catalog.add(format!("{path}.orphans"), source, about);
            if workers.is_some() {
                let count = self.model.endpoints.len() as u32;
                let asked = (wait..wait + count).collect();
                let busy = format!("{path}.workers");
                let capacity = Capacity { busy: busy.clone(), asked, grants: None };
                self.plan.catalog.add_capacity(busy, capacity);
            }
            let place = workers.map_or(NONE, |_| self.place(&format!("{path}.line")));
            for local in 0..instances as usize {
                self.plan.instances.push(InstancePlan {
                    service: self.plan.services.len() as u32,
                    station: stations.get(local).copied().unwrap_or(NONE),
                    workers: workers.unwrap_or(u32::MAX),
                    line_limit,
                    place,
                    wait,
                    inside: inside[local],
                    busy: busy[local],
                    waiting: waiting[local],
                });
            }
            self.plan.services.push(ServicePlan {
                first_instance,
                instances,
                balance: service.balance,
                stream: hash_name(&path),
                orphans,
            });
        }
    }

    fn service_stations(&mut self, service: &crate::model::Service, instances: u32) -> Vec<u32> {
        let Some(cores) = service.cores.map(|cores| self.binding.get(cores)) else {
            return Vec::new();
        };
        let path = format!("service.{}", service.name);
        let (cores, scheduling) = match service.runtime {
            Runtime::EventLoop => (cores.min(1.0), Scheduling::Fifo),
            Runtime::Threads | Runtime::Async => (cores, service.scheduling),
        };
        self.stations(&path, instances, cores, scheduling, (0.0, 0.0))
    }

    /// CPU stations of `count` instances.
    fn stations(
        &mut self,
        path: &str,
        count: u32,
        cores: f64,
        scheduling: Scheduling,
        (serial, crosstalk): (f64, f64),
    ) -> Vec<u32> {
        let contended = serial > 0.0 || crosstalk > 0.0;
        let servers = cores.ceil();
        // A fraction of a core is a slower one: k cores are ⌈k⌉ servers of speed k / ⌈k⌉.
        let (law, slow) = match scheduling {
            Scheduling::Fifo if !contended => {
                (Cores::Fifo { servers: servers as u32 }, cores / servers)
            }
            Scheduling::Fifo => {
                let limit = servers as u32;
                (Cores::Sharing { cores: servers, limit, serial, crosstalk }, cores / servers)
            }
            Scheduling::Sharing => {
                (Cores::Sharing { cores, limit: u32::MAX, serial, crosstalk }, 1.0)
            }
        };
        let speed = slow * self.speed_of(path);
        let capacity = (cores * 1000.0).round() as u64;
        let capacity = if slow < 1.0 { (servers * 1000.0) as u64 } else { capacity };
        let busy = self.levels(&format!("{path}.cpu"), count, capacity, 0.001, "cores at work");
        let about = "jobs that wait for a core, or the surplus that shares them";
        let waiting = self.levels(&format!("{path}.cpu.waiting"), count, 0, 0.001, about);
        let wait = self.tallies_by_endpoint(
            &format!("{path}.cpu.wait"),
            "wait for a core (shared: residence less demand)",
        );
        let path = format!("{path}.cpu");
        let count_endpoints = self.model.endpoints.len() as u32;
        let asked = (wait..wait + count_endpoints).collect();
        let capacity_entry = Capacity { busy: path.clone(), asked, grants: None };
        self.plan.catalog.add_capacity(path.clone(), capacity_entry);
        let place = self.place(&path);
        let first = self.plan.stations.len() as u32;
        for local in 0..count as usize {
            self.plan.stations.push(StationPlan {
                cores: law,
                speed,
                place,
                wait,
                busy: busy[local],
                waiting: waiting[local],
            });
        }
        (first..first + count).collect()
    }

    fn databases(&mut self) {
        for database in &self.model.databases {
            let path = format!("database.{}", database.name);
            let contention =
                (self.binding.get(database.serial), self.binding.get(database.crosstalk));
            let station = match database.cores.map(|cores| self.binding.get(cores)) {
                Some(cores) => self.stations(&path, 1, cores, database.scheduling, contention)[0],
                None => NONE,
            };
            let max = self.binding.count(database.max_connections);
            let connections = max.saturating_sub(self.binding.count(database.reserved));
            let path = format!("{path}.connections");
            let open = self.levels(&path, 1, u64::from(connections), 1.0, "open connections");
            self.plan.databases.push(DatabasePlan { connections, station, open: open[0].own });
        }
    }

    fn pools(&mut self) {
        for pool in &self.model.pools {
            let path = format!("pool.{}", pool.name);
            let instances = self.plan.services[pool.service].instances;
            let size = self.binding.count(pool.size);
            let all = u64::from(size);
            let in_use = self.levels(
                &format!("{path}.in_use"),
                instances,
                all,
                1.0,
                "connections checked out",
            );
            let open =
                self.levels(&format!("{path}.open"), instances, all, 1.0, "open connections");
            let waiting = self.levels(
                &format!("{path}.waiting"),
                instances,
                0,
                1.0,
                "requests waiting for a connection",
            );
            let granted = self.tallies_by_endpoint(
                &format!("{path}.wait.granted"),
                "wait for a connection that came",
            );
            let lost = self.tallies_by_endpoint(
                &format!("{path}.wait.timed_out"),
                "wait for a connection that did not come",
            );
            let count = self.model.endpoints.len() as u32;
            let asked: Vec<u32> = (granted..granted + count).chain(lost..lost + count).collect();
            let source = Source::Tally { tallies: asked.clone() };
            self.plan.catalog.add(
                format!("{path}.wait"),
                source,
                "wait for a connection, every attempt",
            );
            let [refused, grants, connects] = [(); 3].map(|()| self.counter());
            let about = "connection attempts that the server refused";
            self.plan.catalog.add(
                format!("{path}.refused"),
                Source::Count { count: refused },
                about,
            );
            let about = "connections opened during the run";
            self.plan.catalog.add(
                format!("{path}.connects"),
                Source::Count { count: connects },
                about,
            );
            let busy = format!("{path}.in_use");
            let capacity = Capacity { busy, asked, grants: Some(grants) };
            self.plan.catalog.add_capacity(path.clone(), capacity);
            let timeout = pool
                .acquire_timeout
                .map_or(NONE, |timeout| self.variable(timeout, &format!("{path}.acquire_timeout")));
            let lane = if timeout == NONE { NONE } else { self.lane(timeout) };
            let place = self.place(&path);
            let ns = |id| seconds_to_ns(self.binding.get(id));
            let database = &self.model.databases[pool.database];
            let first = self.plan.pools.len() as u32;
            self.plan.pool_first.push(first);
            for local in 0..instances as usize {
                self.plan.pools.push(PoolPlan {
                    database: pool.database as u32,
                    size,
                    min_idle: pool.min_idle.map_or(size, |idle| self.binding.count(idle).min(size)),
                    line_limit: pool.line_limit.map_or(u32::MAX, |limit| self.binding.count(limit)),
                    timeout,
                    lane,
                    connect: ns(database.connect_time),
                    max_lifetime: pool.max_lifetime.map_or(0, ns),
                    idle_timeout: pool.idle_timeout.map_or(0, ns),
                    leak: self.binding.get(pool.leak),
                    stream: hash_name(&format!("{path}[{local}]")),
                    on_refused: pool.on_refused,
                    keep: pool.checkout == Checkout::Request,
                    place,
                    granted,
                    lost,
                    refused,
                    grants,
                    connects,
                    in_use: in_use[local],
                    open: open[local],
                    waiting: waiting[local],
                });
            }
        }
    }

    fn query_probes(&mut self) {
        for query in &self.model.queries {
            let path = format!("query.{}", query.name);
            let elapsed = self.tallies_by_endpoint(
                &format!("{path}.elapsed"),
                "time of an execution, there and back",
            );
            let count = self.counter();
            let source = Source::Count { count };
            self.plan.catalog.add(format!("{path}.count"), source, "executions");
            if query.returns.is_some() {
                let bytes = self.counter();
                let source = Source::Count { count: bytes };
                self.plan.catalog.add(format!("{path}.bytes"), source, "bytes returned");
            }
            self.queries.push((elapsed, count));
        }
    }

    fn locks(&mut self) {
        for lock in &self.model.locks {
            let path = format!("lock.{}", lock.name);
            let place = self.place(&path);
            let wait = self.tallies_by_endpoint(&format!("{path}.wait"), "wait for the lock");
            self.plan.locks.push(LockPlan {
                per_instance: lock.scope == LockScope::Instance,
                to_commit: lock.scope == LockScope::Database,
                place,
                wait,
            });
        }
    }

    fn endpoint_probes(&mut self) {
        for endpoint in &self.model.endpoints {
            let tallies = self.outcome_tallies(&format!("endpoint.{}", endpoint.name));
            self.plan.registers = self.plan.registers.max(u32::from(endpoint.registers));
            self.plan.endpoints.push(EndpointPlan {
                entry: 0,
                service: endpoint.service as u32,
                tallies,
            });
        }
    }

    /// Ten tallies, one per outcome, under a path.
    fn outcome_tallies(&mut self, path: &str) -> u32 {
        let tallies = self.tallies(Outcome::ALL.len());
        self.add_outcomes(path, tallies);
        tallies
    }

    fn add_outcomes(&mut self, path: &str, tallies: u32) {
        let catalog = &mut self.plan.catalog;
        catalog.add(path, Source::Requests { tallies }, "latency of every request");
        for outcome in Outcome::ALL {
            let part = Source::Tally { tallies: vec![tallies + outcome as u32] };
            let about = format!("latency of those that ended {}", outcome.word());
            catalog.add(format!("{path}.{}", outcome.word()), part, &about);
        }
        let good = Source::Tally { tallies: vec![tallies, tallies + 1] };
        catalog.add(format!("{path}.good"), good, "latency of those that ended ok or degraded");
    }

    fn workloads(&mut self) {
        for (index, workload) in self.model.workloads.iter().enumerate() {
            let path = format!("workload.{}", workload.name);
            let mut sum = 0.0;
            let total: f64 = workload.mix.iter().map(|entry| self.binding.get(entry.1)).sum();
            let mut mix: Vec<(u32, f64)> = Vec::new();
            for &(endpoint, weight) in &workload.mix {
                sum += self.binding.get(weight) / total;
                mix.push((endpoint as u32, sum));
            }
            // One view serves where the client waits for ever and nobody else asks.
            let alone = workload.client.is_none() && mix.len() == 1 && {
                let endpoint = workload.mix[0].0;
                let others = |other: &crate::model::Workload| {
                    other.mix.iter().any(|entry| entry.0 == endpoint)
                };
                self.model.workloads.iter().filter(|other| others(other)).count() == 1
                    && !flow::is_called(self.model, endpoint)
            };
            let tallies = if alone {
                let tallies = self.plan.endpoints[mix[0].0 as usize].tallies;
                self.add_outcomes(&path, tallies);
                tallies
            } else {
                self.outcome_tallies(&path)
            };
            let intended = self.counter();
            // Without a client every intended request is one attempt.
            let attempts = if workload.client.is_some() { self.counter() } else { intended };
            self.plan.catalog.add_attempts(path.clone(), attempts, intended);
            let [outstanding, backing_off] = [
                ("outstanding", "requests that clients wait for"),
                ("backing_off", "clients that wait before they try again"),
            ]
            .map(|(name, about)| self.levels(&format!("{path}.{name}"), 1, 0, 1.0, about)[0].own);
            let client = flow::compile_client(self, index, backing_off);
            let arrivals = self.arrivals(workload);
            self.plan.workloads.push(WorkloadPlan {
                arrivals,
                stream: hash_name(&path),
                mix,
                client,
                tallies,
                shared_tallies: alone,
                outstanding,
                attempts,
                intended,
            });
        }
    }

    fn arrivals(&mut self, workload: &crate::model::Workload) -> ArrivalPlan {
        let name = &workload.name;
        match workload.arrivals {
            Arrivals::Burst { count, at, over } => ArrivalPlan::Burst {
                count: self.variable(count, &format!("workload.{name}.count")),
                at: seconds_to_ns(self.binding.get(at)),
                over: seconds_to_ns(self.binding.get(over)),
            },
            Arrivals::Open { rate, gaps } => {
                let law = match gaps {
                    Gaps::Poisson => Dist::exponential(1.0).ok(),
                    Gaps::Regular => None,
                    Gaps::Law(id) => match self.binding.variate(id).0 {
                        Variate::Law(law) => Some(law.clone()),
                        other => Dist::constant(other.at_means(&[])).ok(),
                    },
                };
                let own_mean = match gaps {
                    Gaps::Law(_) => law.as_ref().map_or(1.0, Dist::mean),
                    Gaps::Poisson | Gaps::Regular => 1.0,
                };
                let rate = rate.map_or(1.0 / own_mean, |rate| self.binding.get(rate));
                let unit = law.map(|law| law.scaled(1.0 / own_mean).unwrap_or(law));
                ArrivalPlan::Open { gap: unit, mean_gap: 1e9 / (rate * self.binding.scaling.load) }
            }
        }
    }

    fn finish(mut self, needs: &Needs) -> Plan {
        self.plan.lanes = self.lanes.len() as u32;
        self.plan.catalog.sort();
        for path in &needs.distributions {
            if let Some(Source::Level { sum, .. }) = self.source(path) {
                self.plan.probes.level_histograms[sum as usize] = true;
            }
        }
        for (path, at_most, after) in &needs.watches {
            if let Some(Source::Level { sum, unit, .. }) = self.source(path) {
                let watch = Watch {
                    level: sum,
                    at_most: (at_most / unit).max(0.0) as u64,
                    after: seconds_to_ns(*after),
                };
                self.plan.probes.watches.push(watch);
            }
        }
        let windows = needs.windows.iter().map(|w| (seconds_to_ns(w.0), seconds_to_ns(w.1)));
        self.plan.schedule.windows.extend(windows);
        self.plan
    }

    fn source(&self, path: &str) -> Option<Source> {
        self.plan.catalog.get(path).map(|entry| entry.source.clone())
    }
}
