//! From flows and arrivals to stations: offered loads, capacities, the bottleneck.

use super::answers::{Limit, Question, answer};
use super::arrivals::{Load, loads, span};
use super::asks::{Asks, batch};
use super::disk::log_note;
use super::expect::SAMPLES;
use super::peaks::{Changing, Offer, Peak};
use super::skew::{Busiest, Skew};
use super::usage::{Block, Resource, Use, times};
use super::walk::{Cores, Walker};
use super::{
    Connections, Demand, EndpointDemand, HeavyTail, StationDemand, StationKind, VisitDemand,
    closed, textbook,
};
use crate::analytic::operational::{capacity_peak, relative_capacity};
use crate::expr::formula::Variate;
use crate::model::{Binding, LineOrder, LockScope, Model, OnRefused, Runtime, VariateId, Workload};
use crate::units::show;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Everything that the tables are made from.
pub struct Analysis<'a> {
    model: &'a Model,
    binding: &'a Binding,
    loads: Vec<Load>,
    blocks: Vec<Rc<Block>>,
    /// Connections of each pool.
    connections: Vec<Connections>,
    hottest: BTreeMap<usize, Option<(f64, bool)>>,
    notes: BTreeSet<String>,
}

/// What a station has to serve with.
struct Capacity {
    kind: StationKind,
    instances: u32,
    servers: Option<f64>,
    total: Option<f64>,
    limit: Limit,
}

impl<'a> Analysis<'a> {
    pub fn new(model: &'a Model, binding: &'a Binding) -> Self {
        let mut walker = Walker::new(model, binding);
        let blocks: Vec<_> = (0..model.endpoints.len()).map(|e| walker.endpoint(e)).collect();
        let (hottest, mut notes) = (walker.hottest, walker.notes);
        Self {
            model,
            binding,
            loads: loads(model, binding, &blocks, &mut notes),
            blocks,
            connections: connections(model, binding),
            hottest,
            notes,
        }
    }

    /// A stated warm-up and the duration, seconds.
    fn span(&self) -> f64 {
        span(self.model, self.binding)
    }

    /// The loads that change.
    fn changing(&self, index: &BTreeMap<Resource, usize>) -> Vec<Changing> {
        let (span, duration) = (self.span(), self.binding.get(self.model.run.duration));
        let shaped = self.model.workloads.iter().filter(|workload| workload.shape.is_some());
        let one = |workload: &Workload| {
            let batch = batch(self.binding, workload);
            let (mut requests, mut work) = (0.0, BTreeMap::new());
            for (endpoint, number) in Asks::of(workload, self.binding).requests {
                requests += number * batch;
                for (resource, used) in &self.blocks[endpoint].uses {
                    *work.entry(index[resource]).or_default() += times(number * batch, used.time);
                }
            }
            let rates = workload.rates(self.binding)?;
            let mean = rates.mean(self.binding, span - duration, span);
            Some(Changing { rates, mean, requests, work })
        };
        shaped.filter_map(one).collect()
    }

    /// The most requests per second that arrive at any time, of so many on average.
    fn peak_rate(&self, mean: f64, changing: &[Changing]) -> f64 {
        let mut at_peak = Offer { base: mean, curves: Vec::new(), phases: 0.0 };
        for one in changing {
            at_peak.add(one, one.requests);
        }
        at_peak.peak(0, f64::INFINITY, self.span()).highest
    }

    /// What loads that change ask of stations with a limit.
    fn peaks(&self, changing: &[Changing], stations: &[StationDemand]) -> Vec<Peak> {
        let one = |(at, station): (usize, &StationDemand)| {
            let mut offer = Offer { base: station.offered, curves: Vec::new(), phases: 0.0 };
            let uses = |one: &&Changing| one.work.get(&at).is_some_and(|work| *work > 0.0);
            let users: Vec<&Changing> = changing.iter().filter(uses).collect();
            for one in &users {
                offer.add(one, one.work[&at]);
            }
            let capacity = station.capacity.filter(|_| !users.is_empty())?;
            station.offered.is_finite().then(|| offer.peak(at, capacity, self.span()))
        };
        stations.iter().enumerate().filter_map(one).collect()
    }

    pub fn finish(mut self) -> Demand {
        let mut uses: BTreeMap<Resource, (Use, f64)> = BTreeMap::new();
        for (load, block) in self.loads.iter().zip(&self.blocks) {
            for (&resource, used) in &block.uses {
                let rated = used.scaled(load.per_s);
                let work = times(used.time, load.burst + load.initial);
                let entry = uses.entry(resource);
                entry
                    .and_modify(|(sum, burst)| (*sum, *burst) = (sum.plus(rated), *burst + work))
                    .or_insert((rated, work));
            }
        }
        // Whatever can be asked for is listed, also if nobody does.
        for resource in self.resources() {
            uses.entry(resource).or_insert((Use { visits: 0.0, time: 0.0, second: None }, 0.0));
        }
        let index: BTreeMap<Resource, usize> =
            uses.keys().enumerate().map(|(index, &resource)| (resource, index)).collect();
        let stations: Vec<StationDemand> = uses
            .iter()
            .map(|(&resource, &(used, burst))| self.station(resource, used, burst))
            .collect();
        let limits = stations.iter().enumerate();
        let tightest = limits
            .filter_map(|(at, station)| Some((at, station.sustainable_load?)))
            .min_by(|a, b| a.1.total_cmp(&b.1));
        let arrivals_per_s = self.loads.iter().map(|load| load.per_s).sum();
        let endpoints = self.endpoints(&index);
        let closed = closed::bounds(self.model, self.binding, &endpoints, &stations);
        let changing = self.changing(&index);
        let peaks = self.peaks(&changing, &stations);
        let peak_per_s = self.peak_rate(arrivals_per_s, &changing);
        let by_users = closed::events(self.model, self.binding, &closed, &endpoints) * self.span();
        let events = self.loads.iter().zip(&endpoints);
        let events_per_run =
            events.map(|(load, end)| times(load.in_run, end.events)).sum::<f64>() + by_users;
        let textbook = textbook::recognize(self.model, self.binding, &self.connections);
        Demand {
            endpoints,
            stations,
            bottleneck: tightest.map(|found| found.0),
            sustainable_load: tightest.map(|found| found.1),
            sustainable_per_s: tightest.map(|found| found.1 * arrivals_per_s),
            arrivals_per_s,
            peak_per_s,
            peaks,
            closed,
            burst_requests: self.loads.iter().map(|load| load.burst).sum(),
            initial_requests: self.loads.iter().map(|load| load.initial).sum(),
            events_per_run,
            textbook,
            heavy_tails: heavy_tails(self.model, self.binding),
            notes: std::mem::take(&mut self.notes).into_iter().collect(),
        }
    }

    fn resources(&self) -> Vec<Resource> {
        let mut all: Vec<Resource> =
            (0..self.model.services.len()).map(Resource::Workers).collect();
        let services = self.model.services.iter().enumerate();
        all.extend(services.filter(|s| s.1.cores.is_some()).map(|s| Resource::Cpu(s.0)));
        all.extend((0..self.model.pools.len()).map(Resource::Pool));
        let databases = self.model.databases.iter().enumerate();
        all.extend(databases.filter(|d| d.1.cores.is_some()).map(|d| Resource::DatabaseCpu(d.0)));
        for (index, database) in self.model.databases.iter().enumerate() {
            all.extend(database.disk.reads.map(|_| Resource::Reads(index)));
            all.extend(database.disk.bandwidth.map(|_| Resource::Scans(index)));
            all.extend(database.disk.sync.map(|_| Resource::Log(index)));
        }
        all.extend((0..self.model.locks.len()).map(Resource::Lock));
        all
    }

    fn endpoints(&self, index: &BTreeMap<Resource, usize>) -> Vec<EndpointDemand> {
        let one = |(endpoint, (load, block)): (usize, (&Load, &Rc<Block>))| {
            let visit = |(resource, used): (&Resource, &Use)| VisitDemand {
                station: index.get(resource).copied().unwrap_or_default(),
                visits: used.visits,
                demand_s: used.time,
            };
            EndpointDemand {
                name: self.model.endpoints[endpoint].name.clone(),
                arrivals_per_s: load.per_s,
                burst_requests: load.burst + load.initial,
                minimum_residence_s: block.answer.unwrap_or(block.elapsed).mean,
                // Its own arrival is an event too.
                events: block.events + 1.0,
                visits: block.uses.iter().map(visit).collect(),
            }
        };
        self.loads.iter().zip(&self.blocks).enumerate().map(one).collect()
    }

    fn station(&mut self, resource: Resource, used: Use, burst_work_s: f64) -> StationDemand {
        let Capacity { kind, instances, servers, total, limit } = self.capacity(resource);
        let offered = used.time;
        let holding_s = if used.visits > 0.0 { offered / used.visits } else { 0.0 };
        let holding_cv = if used.visits > 0.0 { used.cv() } else { None };
        let skew = self.skew(resource);
        let busiest = skew.unwrap_or(1.0);
        let least = servers.map(|servers| servers * f64::from(instances) / busiest);
        let whole = servers.filter(|servers| servers.fract() == 0.0);
        // The formulas are about instances that are alike.
        // Reads of a query come in a row, not at random.
        let unknown = matches!(kind, StationKind::Infinite | StationKind::Disk);
        let question = whole.zip(total).filter(|_| !unknown && skew.is_none());
        let erlang = question.and_then(|(servers, total)| {
            answer(&Question {
                instances,
                servers: servers as u64,
                total: total as u64,
                rate: used.visits,
                holding: holding_s,
                cv: holding_cv,
                fifo: self.is_fifo(resource) && kind != StationKind::SharedCores,
                limit,
            })
        });
        if matches!(resource, Resource::Log(_)) && offered.is_finite() && offered > 0.0 {
            self.notes.insert(log_note(&self.name(resource), used.visits, holding_s));
        }
        let connections = match resource {
            Resource::Pool(pool) => Some(self.connections[pool]),
            _ => None,
        };
        StationDemand {
            name: self.name(resource),
            kind,
            instances,
            servers,
            capacity: total,
            visits_per_s: used.visits,
            holding_s,
            holding_cv,
            offered,
            utilization: total.map(|total| times(offered, 1.0 / total)),
            busiest,
            sustainable_load: least.filter(|_| offered > 0.0).map(|least| least / offered),
            burst_work_s,
            drain_s: total.filter(|_| burst_work_s > 0.0).map(|total| burst_work_s / total),
            connections,
            erlang,
        }
    }

    /// Where instances are not alike: the load of the busiest one over that of the average one,
    /// with a note if it is not 1.
    fn skew(&mut self, resource: Resource) -> Option<f64> {
        let service = match resource {
            Resource::Workers(service) | Resource::Cpu(service) => service,
            Resource::Pool(pool) => self.model.pools[pool].service,
            _ => return None,
        };
        let skew = Skew::of(self.model, self.binding, service)?;
        let name = self.name(resource);
        let by_speed = matches!(resource, Resource::Cpu(_));
        if !by_speed && skew.is_mixed() {
            self.notes.insert(format!(
                "{name}: held for as long as on average over the instances; on slower ones longer"
            ));
        }
        let busiest = if by_speed { skew.busiest_cores() } else { skew.most_requests() };
        let Some(Busiest { instance, share, ratio }) = busiest else { return Some(1.0) };
        self.notes.insert(format!(
            "{name}: instance {} of its {} has {} of the load, {} times the average, and fills first",
            instance + 1,
            self.binding.count(self.model.services[service].instances),
            show::percent(share),
            show::number(ratio)
        ));
        Some(ratio)
    }

    /// Whether those who wait are served in order of arrival.
    fn is_fifo(&self, resource: Resource) -> bool {
        let order = match resource {
            Resource::Workers(service) | Resource::Cpu(service) => {
                self.model.services[service].line_order
            }
            Resource::Pool(pool) => self.model.pools[pool].line_order,
            _ => LineOrder::Fifo,
        };
        order == LineOrder::Fifo
    }

    fn name(&self, resource: Resource) -> String {
        let model = self.model;
        match resource {
            Resource::Workers(service) => {
                let plan = &model.services[service];
                let held = plan.workers.is_some() && plan.runtime == Runtime::Threads;
                format!("service.{}.{}", plan.name, if held { "workers" } else { "inside" })
            }
            Resource::Cpu(service) => format!("service.{}.cpu", model.services[service].name),
            Resource::Pool(pool) => format!("pool.{}", model.pools[pool].name),
            Resource::DatabaseCpu(database) => {
                format!("database.{}.cpu", model.databases[database].name)
            }
            Resource::DatabaseTime(database) => {
                format!("database.{}.time", model.databases[database].name)
            }
            Resource::Reads(database) => {
                format!("database.{}.disk.reads", model.databases[database].name)
            }
            Resource::Scans(database) => {
                format!("database.{}.disk.scans", model.databases[database].name)
            }
            Resource::Log(database) => format!("database.{}.wal", model.databases[database].name),
            Resource::Lock(lock) => format!("lock.{}", model.locks[lock].name),
            Resource::Query(query) => format!("query.{}", model.queries[query].name),
        }
    }

    fn capacity(&mut self, resource: Resource) -> Capacity {
        let instances = |service: usize| self.binding.count(self.model.services[service].instances);
        match resource {
            Resource::Workers(service) => {
                let plan = &self.model.services[service];
                let workers = plan.workers.filter(|_| plan.runtime == Runtime::Threads);
                let servers = workers.map(|id| f64::from(self.binding.count(id)));
                let places = plan.line_limit.map(|id| u64::from(self.binding.count(id)));
                let kind =
                    if servers.is_some() { StationKind::Workers } else { StationKind::Infinite };
                Capacity {
                    limit: places.map_or(Limit::None, Limit::Places),
                    ..Capacity::of(kind, instances(service), servers)
                }
            }
            Resource::Cpu(service) => {
                let cores = Cores::of_service(self.model, self.binding, service);
                Capacity::of_cores(instances(service), cores, 1.0)
            }
            Resource::DatabaseCpu(database) => {
                let cores = Cores::of_database(self.model, self.binding, database);
                let lost = cores.map_or(1.0, |cores| self.contention(database, cores.servers));
                Capacity::of_cores(1, cores, lost)
            }
            Resource::DatabaseTime(_) | Resource::Log(_) | Resource::Query(_) => {
                Capacity::of(StationKind::Infinite, 1, None)
            }
            Resource::Reads(_) | Resource::Scans(_) => {
                Capacity::of(StationKind::Disk, 1, Some(1.0))
            }
            Resource::Pool(pool) => {
                let plan = &self.model.pools[pool];
                let found = self.connections[pool];
                let limit = self.pool_limit(pool);
                Capacity {
                    total: Some(found.total as f64),
                    limit,
                    ..Capacity::of(
                        StationKind::Pool,
                        instances(plan.service),
                        Some(f64::from(found.least)),
                    )
                }
            }
            Resource::Lock(lock) => self.lock_capacity(lock),
        }
    }

    fn pool_limit(&self, pool: usize) -> Limit {
        let (plan, found) = (&self.model.pools[pool], self.connections[pool]);
        if found.is_limited() && plan.on_refused == OnRefused::Fail {
            return Limit::Refusal;
        }
        if let Some(id) = plan.line_limit {
            return Limit::Places(u64::from(self.binding.count(id)));
        }
        let patience = plan.acquire_timeout.map(|id| self.binding.variate(id).0);
        match patience {
            Some(Variate::Fixed(seconds)) => Limit::Patience(*seconds),
            _ => Limit::None,
        }
    }

    /// The share of a database's cores that contention leaves at best.
    fn contention(&mut self, database: usize, cores: f64) -> f64 {
        let plan = &self.model.databases[database];
        let (serial, crosstalk) = (self.binding.get(plan.serial), self.binding.get(plan.crosstalk));
        if serial <= 0.0 && crosstalk <= 0.0 {
            return 1.0;
        }
        self.notes.insert(format!(
            "database.{}.cpu: capacity is the peak of the scalability law; with more queries at \
             once it is lower",
            plan.name
        ));
        let peak = capacity_peak(serial, crosstalk).min(cores).max(1.0);
        let best = [peak.floor(), peak.ceil().min(cores.max(1.0))]
            .map(|n| relative_capacity(n, serial, crosstalk));
        best[0].max(best[1]) / cores.max(1.0)
    }

    fn lock_capacity(&mut self, lock: usize) -> Capacity {
        let plan = &self.model.locks[lock];
        let instances = match plan.scope {
            LockScope::Instance => {
                // Of the services whose endpoints take it; the resolver knows of one.
                let users = self.model.endpoints.iter().enumerate().filter(|(endpoint, _)| {
                    self.blocks[*endpoint].uses.contains_key(&Resource::Lock(lock))
                });
                let counts = users.map(|(_, endpoint)| {
                    self.binding.count(self.model.services[endpoint.service].instances)
                });
                counts.max().unwrap_or(1)
            }
            LockScope::Global | LockScope::Database => 1,
        };
        match self.hottest.get(&lock) {
            None => Capacity::of(StationKind::Lock, instances, Some(1.0)),
            Some(Some((share, _))) if *share >= 1.0 => {
                Capacity::of(StationKind::Lock, instances, Some(1.0))
            }
            Some(Some((share, exact))) => {
                let name = &plan.name;
                let percent = crate::units::show::percent(*share);
                let (about, how) = if *exact {
                    ("", String::new())
                } else {
                    ("about ", format!("; estimated from {SAMPLES} draws"))
                };
                self.notes.insert(format!(
                    "lock.{name}: its hottest key takes {about}{percent} of the holds and is what \
                     limits it{how}"
                ));
                // Full when the hottest key is: 1/share holds in all.
                Capacity::of(StationKind::Lock, instances, Some(1.0 / share))
            }
            Some(None) => {
                let name = &plan.name;
                self.notes.insert(format!(
                    "lock.{name}: how the holds spread over its keys is not known; no limit is \
                     computed"
                ));
                Capacity::of(StationKind::Lock, instances, None)
            }
        }
    }
}

impl Capacity {
    fn of(kind: StationKind, instances: u32, servers: Option<f64>) -> Self {
        let instances = instances.max(1);
        let total = servers.map(|servers| servers * f64::from(instances));
        Self { kind, instances, servers, total, limit: Limit::None }
    }

    fn of_cores(instances: u32, cores: Option<Cores>, share: f64) -> Self {
        let Some(cores) = cores else { return Self::of(StationKind::Infinite, instances, None) };
        let kind = if cores.fifo { StationKind::FifoCores } else { StationKind::SharedCores };
        Self::of(kind, instances, Some(cores.servers * share))
    }
}

/// The connections of every pool after a warm start: one per instance in turn, pools in order,
/// until pools or server are full. A pool grows to its size on demand, so `min_idle` is no limit.
fn connections(model: &Model, binding: &Binding) -> Vec<Connections> {
    let mut found = Vec::with_capacity(model.pools.len());
    for pool in &model.pools {
        let database = &model.databases[pool.database];
        let max = binding.count(database.max_connections);
        let server = max.saturating_sub(binding.count(database.reserved));
        let rivals = |other: &crate::model::Pool| {
            let instances = binding.count(model.services[other.service].instances).max(1);
            (u64::from(instances), u64::from(binding.count(other.size)))
        };
        let on_server: Vec<(u64, u64)> =
            model.pools.iter().filter(|p| p.database == pool.database).map(rivals).collect();
        let place = model.pools.iter().filter(|p| p.database == pool.database);
        let place = place.take_while(|p| p.name != pool.name).count();
        let asked = on_server.iter().map(|(instances, size)| instances * size).sum();
        // Whole rounds that the server can fill, then one more in part.
        let taken = |rounds: u64| -> u64 {
            on_server.iter().map(|(instances, size)| instances * rounds.min(*size)).sum()
        };
        let (mut low, mut high) = (0, on_server.iter().map(|p| p.1).max().unwrap_or(0));
        while low < high {
            let middle = (low + high).div_ceil(2);
            if taken(middle) <= u64::from(server) { low = middle } else { high = middle - 1 }
        }
        let rounds = low;
        let unfilled = |(_, size): &&(u64, u64)| *size > rounds;
        let before: u64 = on_server[..place].iter().filter(unfilled).map(|p| p.0).sum();
        let (instances, size) = on_server[place];
        let left = (u64::from(server) - taken(rounds)).saturating_sub(before).min(instances);
        let extra = if size > rounds { left } else { 0 };
        let base = rounds.min(size);
        found.push(Connections {
            size: size as u32,
            least: (base + u64::from(extra == instances)) as u32,
            most: (base + u64::from(extra > 0)) as u32,
            total: base * instances + extra,
            server,
            asked,
        });
    }
    found
}

/// Laws drawn in a run whose mean or variance is infinite.
fn heavy_tails(model: &Model, binding: &Binding) -> Vec<HeavyTail> {
    let inputs: BTreeSet<u32> = model.inputs.iter().map(|input| input.value.0).collect();
    let mut found = Vec::new();
    for (index, slot) in model.slots.variates.iter().enumerate() {
        let id = VariateId(index as u32);
        if inputs.contains(&id.0) {
            continue;
        }
        let laws = match binding.variate(id).0 {
            Variate::Fixed(_) => continue,
            Variate::Law(law) => std::slice::from_ref(law),
            Variate::Formula(program) => program.laws(),
        };
        if let Some(law) = laws.iter().find(|law| !law.variance().is_finite()) {
            let origin = &slot.origin;
            let (path, span) = (origin.path.clone(), origin.span);
            found.push(HeavyTail { path, mean: law.mean(), span });
        }
    }
    found
}
