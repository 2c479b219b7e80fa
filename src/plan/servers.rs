//! What serves: services with their instances and cores, databases, pools, locks.

use super::catalog::{Capacity, Source};
use super::compile::Compiler;
use super::{
    Cores, DatabasePlan, Drop, InitialPlan, InstancePlan, Key, LevelPair, LockPlan, NONE, Order,
    PoolPlan, ServicePlan, StationPlan,
};
use crate::dist::hash_name;
use crate::model::{Checkout, LineDrop, LineOrder, LockScope, QuantityId, Runtime, Scheduling};
use crate::units::time::seconds_to_ns;

/// Where a service is measured.
struct ServiceProbes {
    inside: Vec<LevelPair>,
    busy: Vec<LevelPair>,
    waiting: Vec<LevelPair>,
    wait: u32,
    orphans: u32,
}

/// Where a pool is measured.
struct PoolProbes {
    in_use: Vec<LevelPair>,
    open: Vec<LevelPair>,
    waiting: Vec<LevelPair>,
    granted: u32,
    lost: u32,
    turned_away: u32,
    refused: u32,
    grants: u32,
    connects: u32,
}

impl Compiler<'_> {
    fn speed_of(&self, path: &str) -> f64 {
        let speeds = self.binding.scaling.speeds.iter();
        speeds.filter(|entry| entry.0 == path).map(|entry| entry.1).product()
    }

    fn order(&self, order: LineOrder) -> Order {
        match order {
            LineOrder::Fifo => Order::Fifo,
            LineOrder::Lifo => Order::Lifo,
            LineOrder::Priority => Order::Classes,
            LineOrder::AdaptiveLifo { above } => {
                Order::AdaptiveLifo { above: self.binding.count(above) }
            }
        }
    }

    fn drop(&mut self, drop: Option<LineDrop>) -> Drop {
        let mut delay = |id| {
            let seconds = self.binding.get(id);
            let variable = self.fixed(seconds);
            (seconds_to_ns(seconds), self.lane(variable))
        };
        match drop {
            None => Drop::Nobody,
            Some(LineDrop::Late) => Drop::Late,
            Some(LineDrop::Delay { target, interval }) => {
                Drop::Delay { target: delay(target), interval: delay(interval) }
            }
        }
    }

    fn initial(&mut self, service: &crate::model::Service) {
        for &(endpoint, count) in &service.initial {
            let asked = &self.model.endpoints[endpoint].name;
            self.plan.initial.push(InitialPlan {
                endpoint: endpoint as u32,
                count: self.binding.count(count),
                stream: hash_name(&format!("service.{}.initial.{asked}", service.name)),
            });
        }
    }

    pub fn services(&mut self) {
        for service in &self.model.services {
            let name = &service.name;
            let instances = self.binding.count(service.instances);
            let stations = self.service_stations(service, instances);
            let first_instance = self.plan.instances.len() as u32;
            let limited = service.runtime == Runtime::Threads;
            let workers = service.workers.filter(|_| limited).map(|w| self.binding.count(w));
            let line_limit = service.line_limit.map_or(u32::MAX, |limit| self.binding.count(limit));
            let path = format!("service.{name}");
            let ServiceProbes { inside, busy, waiting, wait, orphans } =
                self.service_probes(&path, instances, workers);
            let place = workers.map_or(NONE, |_| self.place(&format!("{path}.line")));
            let drop = self.drop(service.line_drop);
            let dropped = if drop == Drop::Nobody { NONE } else { self.counter() };
            if dropped != NONE {
                let about = "requests that left the line unserved";
                let source = Source::Count { count: dropped };
                self.plan.catalog.add(format!("{path}.dropped"), source, about);
            }
            self.initial(service);
            for local in 0..instances as usize {
                self.plan.instances.push(InstancePlan {
                    service: self.plan.services.len() as u32,
                    station: stations.get(local).copied().unwrap_or(NONE),
                    workers: workers.unwrap_or(u32::MAX),
                    line_limit,
                    order: self.order(service.line_order),
                    drop,
                    dropped,
                    place,
                    wait,
                    inside: inside[local],
                    busy: busy[local],
                    waiting: waiting[local],
                });
            }
            let key = self.balance_key(service);
            let outliers = self.outliers(service, instances);
            self.plan.services.push(ServicePlan {
                first_instance,
                instances,
                balance: service.balance,
                key,
                per_caller: service.per_caller,
                outliers,
                special: key != Key::None || service.per_caller || outliers.is_some(),
                stream: hash_name(&path),
                orphans,
            });
        }
    }

    /// The levels and tallies of a service.
    fn service_probes(
        &mut self,
        path: &str,
        instances: u32,
        workers: Option<u32>,
    ) -> ServiceProbes {
        let inside = self.levels(&format!("{path}.inside"), instances, 0, 1.0, "requests inside");
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
        ServiceProbes { inside, busy, waiting, wait, orphans }
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
        let order = self.order(service.line_order);
        let instances = (instances, &service.speeds[..]);
        self.stations(&path, instances, cores, (scheduling, order), (0.0, 0.0))
    }

    /// CPU stations of `count` instances.
    fn stations(
        &mut self,
        path: &str,
        (count, speeds): (u32, &[QuantityId]),
        cores: f64,
        (scheduling, order): (Scheduling, Order),
        (serial, crosstalk): (f64, f64),
    ) -> Vec<u32> {
        let contended = serial > 0.0 || crosstalk > 0.0;
        let servers = cores.ceil();
        // A fraction of a core is a slower one: k cores are ⌈k⌉ servers of speed k / ⌈k⌉.
        let slow_share = cores / servers;
        // Only jobs that keep their core follow the line's order; turns are taken in order of
        // arrival.
        let order = match scheduling {
            Scheduling::Fifo => order,
            Scheduling::Priority => Order::Classes,
            Scheduling::Sharing | Scheduling::TimeSlice { .. } => Order::Fifo,
        };
        let (law, slow) = match scheduling {
            Scheduling::Fifo if !contended => (Cores::Fifo { servers: servers as u32 }, slow_share),
            Scheduling::Fifo => {
                let limit = servers as u32;
                (Cores::Sharing { cores: servers, limit, serial, crosstalk }, slow_share)
            }
            Scheduling::Sharing => {
                (Cores::Sharing { cores, limit: u32::MAX, serial, crosstalk }, 1.0)
            }
            Scheduling::Priority | Scheduling::TimeSlice { .. } => {
                let slice = match scheduling {
                    Scheduling::TimeSlice { slice } => seconds_to_ns(self.binding.get(slice)),
                    _ => Cores::BY_PRIORITY,
                };
                let servers = servers as u32;
                (Cores::Preemptive { servers, slice, serial, crosstalk }, slow_share)
            }
        };
        let speed = slow * self.speed_of(path);
        let own = |local| speeds.get(local).map_or(1.0, |&speed| self.binding.get(speed));
        let own: Vec<f64> = (0..count as usize).map(own).collect();
        let capacity = (cores * 1000.0).round() as u64;
        let capacity = if slow < 1.0 { (servers * 1000.0) as u64 } else { capacity };
        let busy = self.levels(&format!("{path}.cpu"), count, capacity, 0.001, "cores at work");
        let about = "jobs that wait for a core, or the surplus that shares them";
        let waiting = self.levels(&format!("{path}.cpu.waiting"), count, 0, 0.001, about);
        let lost = if contended {
            let about = "cores at work that contention takes from the work itself";
            self.levels(&format!("{path}.cpu.contention"), count, 0, 0.001, about)
        } else {
            vec![LevelPair::NONE; count as usize]
        };
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
                order,
                speed: speed * own[local],
                place,
                wait,
                busy: busy[local],
                waiting: waiting[local],
                contention: lost[local],
            });
        }
        (first..first + count).collect()
    }

    pub fn databases(&mut self) {
        for database in &self.model.databases {
            let path = format!("database.{}", database.name);
            let contention =
                (self.binding.get(database.serial), self.binding.get(database.crosstalk));
            let station = match database.cores.map(|cores| self.binding.get(cores)) {
                Some(cores) => {
                    let discipline = (database.scheduling, Order::Fifo);
                    self.stations(&path, (1, &[]), cores, discipline, contention)[0]
                }
                None => NONE,
            };
            let (disk, log) = self.disk(database);
            let max = self.binding.count(database.max_connections);
            let connections = max.saturating_sub(self.binding.count(database.reserved));
            let path = format!("{path}.connections");
            let open = self.levels(&path, 1, u64::from(connections), 1.0, "open connections");
            let open = open[0].own;
            self.plan.databases.push(DatabasePlan { connections, station, disk, log, open });
        }
    }

    pub fn pools(&mut self) {
        for pool in &self.model.pools {
            let path = format!("pool.{}", pool.name);
            let instances = self.plan.services[pool.service].instances;
            let size = self.binding.count(pool.size);
            let probes = self.pool_probes(&path, instances, size);
            let timeout = pool
                .acquire_timeout
                .map_or(NONE, |timeout| self.variable(timeout, &format!("{path}.acquire_timeout")));
            let lane = if timeout == NONE { NONE } else { self.lane(timeout) };
            let place = self.place(&path);
            let ns = |id| seconds_to_ns(self.binding.get(id));
            let database = &self.model.databases[pool.database];
            let first = self.plan.pools.len() as u32;
            let first_instance = self.plan.services[pool.service].first_instance;
            self.plan.pool_first.push(first.wrapping_sub(first_instance));
            for local in 0..instances as usize {
                self.plan.pools.push(PoolPlan {
                    database: pool.database as u32,
                    size,
                    min_idle: pool.min_idle.map_or(size, |idle| self.binding.count(idle).min(size)),
                    line_limit: pool.line_limit.map_or(u32::MAX, |limit| self.binding.count(limit)),
                    order: self.order(pool.line_order),
                    timeout,
                    lane,
                    connect: ns(database.connect_time),
                    max_lifetime: pool.max_lifetime.map_or(0, ns),
                    idle_timeout: pool.idle_timeout.map_or(u64::MAX, ns),
                    leak: self.binding.get(pool.leak),
                    stream: hash_name(&format!("{path}[{local}]")),
                    on_refused: pool.on_refused,
                    keep: pool.checkout == Checkout::Request,
                    place,
                    granted: probes.granted,
                    lost: probes.lost,
                    turned_away: probes.turned_away,
                    refused: probes.refused,
                    grants: probes.grants,
                    connects: probes.connects,
                    in_use: probes.in_use[local],
                    open: probes.open[local],
                    waiting: probes.waiting[local],
                });
            }
        }
    }

    /// The levels, tallies and counters of a pool.
    fn pool_probes(&mut self, path: &str, instances: u32, size: u32) -> PoolProbes {
        let all = u64::from(size);
        let in_use =
            self.levels(&format!("{path}.in_use"), instances, all, 1.0, "connections checked out");
        let open = self.levels(&format!("{path}.open"), instances, all, 1.0, "open connections");
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
        let waited: Vec<u32> = (granted..granted + count).chain(lost..lost + count).collect();
        let source = Source::Tally { tallies: waited.clone() };
        self.plan.catalog.add(
            format!("{path}.wait"),
            source,
            "wait for a connection, every attempt that was not turned away",
        );
        let turned_away = self.tallies(1);
        let asked = waited.into_iter().chain([turned_away]).collect();
        let [refused, grants, connects] = [(); 3].map(|()| self.counter());
        let about = "connection attempts that the server refused";
        self.plan.catalog.add(format!("{path}.refused"), Source::Count { count: refused }, about);
        let about = "connections opened during the run";
        self.plan.catalog.add(format!("{path}.connects"), Source::Count { count: connects }, about);
        let busy = format!("{path}.in_use");
        let capacity = Capacity { busy, asked, grants: Some(grants) };
        self.plan.catalog.add_capacity(path.to_owned(), capacity);
        PoolProbes { in_use, open, waiting, granted, lost, turned_away, refused, grants, connects }
    }

    pub fn query_probes(&mut self) {
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

    pub fn locks(&mut self) {
        for lock in &self.model.locks {
            let path = format!("lock.{}", lock.name);
            let place = self.place(&path);
            let wait = self.tallies_by_endpoint(&format!("{path}.wait"), "wait for the lock");
            self.plan.locks.push(LockPlan {
                per_instance: lock.scope == LockScope::Instance,
                to_commit: lock.scope == LockScope::Database,
                rows: lock.rows.is_some(),
                place,
                wait,
            });
        }
    }
}
