//! A walk through the flows with expected values: what one request asks of each resource.

use super::disk::Disk;
use super::expect::{Expected, Registers, Setting};
use super::skew::Skew;
use super::usage::{Block, Count, Pending, Resource, Time, Use, times};
use crate::expr::formula::Variate;
use crate::model::{
    Binding, Checkout, Join, LineOrder, LockMode, LockScope, Model, Parallel, Query, Repeat, Row,
    Runtime, Scheduling, Step, VariateId, Verb,
};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Calls nest at most so deep; beyond it a flow is taken to call itself for ever.
const MAX_DEPTH: usize = 64;
/// Effort for all flows, in steps walked; a flow that needs more is taken as it is until then.
const MAX_STEPS: u32 = 500_000;
/// Effort of averaging a calculation over register values, in steps.
const AVERAGING: u32 = 100;

/// How cores serve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cores {
    /// Servers of one instance; fractional under sharing.
    pub servers: f64,
    /// Speed of a server relative to the one that demands are stated for.
    pub speed: f64,
    /// Share of a server that a lonely job gets.
    pub alone: f64,
    /// First come, first served.
    pub fifo: bool,
    /// Ideal processor sharing.
    pub sharing: bool,
}

impl Cores {
    /// Of a station at `path` with `cores`; a fraction of a core under FIFO is a slower one.
    pub fn new(
        binding: &Binding,
        path: &str,
        cores: f64,
        (scheduling, order): (Scheduling, LineOrder),
    ) -> Self {
        let scaled = binding.scaling.speeds.iter().filter(|entry| entry.0 == path);
        let speed = scaled.map(|entry| entry.1).product::<f64>();
        match scheduling {
            Scheduling::Fifo | Scheduling::Priority | Scheduling::TimeSlice { .. } => {
                let (servers, sharing) = (cores.ceil(), false);
                let fifo = scheduling == Scheduling::Fifo && order == LineOrder::Fifo;
                Self { servers, speed: speed * cores / servers, alone: 1.0, fifo, sharing }
            }
            Scheduling::Sharing => {
                Self { servers: cores, speed, alone: cores.min(1.0), fifo: false, sharing: true }
            }
        }
    }

    pub fn of_service(model: &Model, binding: &Binding, service: usize) -> Option<Self> {
        let skew = Skew::of(model, binding, service);
        let service = &model.services[service];
        let cores = binding.get(service.cores?);
        let path = format!("service.{}", service.name);
        let cores = match service.runtime {
            Runtime::EventLoop => {
                let discipline = (Scheduling::Fifo, service.line_order);
                Self::new(binding, &path, cores.min(1.0), discipline)
            }
            Runtime::Threads | Runtime::Async => {
                Self::new(binding, &path, cores, (service.scheduling, service.line_order))
            }
        };
        let average = skew.map_or(1.0, |skew| skew.speed());
        Some(Self { speed: cores.speed * average, ..cores })
    }

    pub fn of_database(model: &Model, binding: &Binding, database: usize) -> Option<Self> {
        let database = &model.databases[database];
        let cores = binding.get(database.cores?);
        let path = format!("database.{}", database.name);
        Some(Self::new(binding, &path, cores, (database.scheduling, LineOrder::Fifo)))
    }
}

/// Where a walk is.
#[derive(Clone, Copy)]
struct Place {
    endpoint: usize,
    /// The pool of which the surrounding transaction holds a connection.
    transaction: Option<usize>,
    depth: usize,
}

/// Walks flows and remembers what had to be left out.
pub struct Walker<'a> {
    model: &'a Model,
    binding: &'a Binding,
    service_cores: Vec<Option<Cores>>,
    database_cores: Vec<Option<Cores>>,
    /// Flows of endpoints whose registers no caller sets.
    known: BTreeMap<usize, Rc<Block>>,
    /// What was assumed or approximated, for people.
    pub notes: BTreeSet<String>,
    /// For each keyed lock the share of its hottest key, where known, and whether exactly.
    pub hottest: BTreeMap<usize, Option<(f64, bool)>>,
    /// Whether executions of queries are counted.
    pub counts_queries: bool,
    steps_left: u32,
}

impl<'a> Walker<'a> {
    pub fn new(model: &'a Model, binding: &'a Binding) -> Self {
        let service_cores =
            (0..model.services.len()).map(|i| Cores::of_service(model, binding, i)).collect();
        let database_cores =
            (0..model.databases.len()).map(|i| Cores::of_database(model, binding, i)).collect();
        Self {
            model,
            binding,
            service_cores,
            database_cores,
            known: BTreeMap::new(),
            notes: BTreeSet::new(),
            hottest: BTreeMap::new(),
            counts_queries: false,
            steps_left: MAX_STEPS,
        }
    }

    /// One run of an endpoint: everything that it uses, the worker included.
    pub fn endpoint(&mut self, endpoint: usize) -> Rc<Block> {
        self.run(endpoint, &[], 0)
    }

    fn run(&mut self, endpoint: usize, given: &[(usize, Setting)], depth: usize) -> Rc<Block> {
        if let Some(known) = self.known.get(&endpoint).filter(|_| given.is_empty()) {
            return Rc::clone(known);
        }
        let plan = &self.model.endpoints[endpoint];
        if depth > MAX_DEPTH {
            self.note(format!(
                "endpoint.{} calls itself: calls are followed {MAX_DEPTH} deep",
                plan.name
            ));
            return Rc::new(Block::empty());
        }
        let mut registers = Registers::new(usize::from(plan.registers).max(plan.lets.len()));
        for (register, setting) in given {
            registers.set(*register, setting);
        }
        for (register, entry) in plan.lets.iter().enumerate() {
            if !given.iter().any(|set| set.0 == register) {
                let name = format!("endpoint.{}/let.{}", plan.name, entry.name);
                let (setting, approximate) = self.setting(entry.value, &registers, &name);
                self.approximate(approximate, entry.value);
                registers.set(register, &setting);
            }
        }
        let place = Place { endpoint, transaction: None, depth };
        let mut block = self.steps(&plan.steps, place, &registers);
        block.close(|_| true);
        block.add(Resource::Workers(plan.service), Use::one(block.elapsed));
        let block = Rc::new(block);
        if given.is_empty() {
            self.known.insert(endpoint, Rc::clone(&block));
        }
        block
    }

    fn setting(&mut self, id: VariateId, registers: &Registers, name: &str) -> (Setting, bool) {
        self.look(id);
        let (variate, bounds) = self.binding.variate(id);
        registers.evaluate(variate, bounds, name)
    }

    fn note(&mut self, note: String) {
        self.notes.insert(note);
    }

    fn approximate(&mut self, approximate: bool, id: VariateId) {
        if approximate {
            let path = &self.model.slots.variates[id.0 as usize].origin.path;
            let note = format!("{path}: approximate mean (not linear in what varies, or cut off)");
            self.note(note);
        }
    }

    /// Counts the effort of looking at a number.
    fn look(&mut self, id: VariateId) {
        if matches!(self.binding.variate(id).0, Variate::Formula(_)) {
            self.steps_left = self.steps_left.saturating_sub(AVERAGING);
        }
    }

    fn expected(&mut self, id: VariateId, registers: &Registers) -> Expected {
        self.look(id);
        let (variate, bounds) = self.binding.variate(id);
        let expected = registers.expected(variate, bounds);
        self.approximate(expected.approximate, id);
        expected
    }

    fn count(&mut self, id: VariateId, registers: &Registers) -> Count {
        self.look(id);
        let (variate, bounds) = self.binding.variate(id);
        let expected = registers.count(variate, bounds);
        self.approximate(expected.approximate, id);
        expected.count()
    }

    fn steps(&mut self, steps: &[Step], place: Place, registers: &Registers) -> Block {
        let mut block = Block::empty();
        for step in steps {
            if self.steps_left == 0 {
                self.note("flows are too long: demands are those of their beginning".to_owned());
                break;
            }
            self.steps_left -= 1;
            if step.handler.is_some() {
                self.note("without errors: `else` steps are not taken".to_owned());
            }
            let next = self.verb(&step.verb, place, registers);
            block.then(next);
        }
        block
    }

    fn verb(&mut self, verb: &Verb, place: Place, registers: &Registers) -> Block {
        match verb {
            Verb::Cpu(work) => {
                let service = self.model.endpoints[place.endpoint].service;
                let work = self.expected(*work, registers).time();
                served(work, self.service_cores[service], Resource::Cpu(service))
            }
            Verb::Delay(time) => Block::lasting(self.expected(*time, registers).time(), 1.0),
            Verb::Query { query, pool, row } => self.query(*query, *pool, *row, place, registers),
            Verb::Transaction { pool, steps } => self.transaction(*pool, steps, place, registers),
            Verb::Call { endpoint, with } => self.call(*endpoint, with, place, registers),
            Verb::Each { .. } => self.each(verb, place, registers),
            Verb::Fork { branches, join, .. } => self.fork(branches, *join, place, registers),
            Verb::Repeat { repeat, steps } => {
                let body = self.steps(steps, place, registers);
                let count = self.repeats(*repeat, registers);
                body.repeated(count)
            }
            Verb::Block(steps) => self.steps(steps, place, registers),
            Verb::Choose(branches) => {
                let walk = |(p, steps): &(VariateId, Vec<Step>)| {
                    (self.expected(*p, registers).mean, self.steps(steps, place, registers))
                };
                Block::mixture(&branches.iter().map(walk).collect::<Vec<_>>())
            }
            Verb::If { condition, then, otherwise } => {
                self.steps_left = self.steps_left.saturating_sub(AVERAGING);
                let (chance, yes, no) = registers.split(self.binding.condition(*condition));
                if chance > 0.0 && chance < 1.0 {
                    let slot = &self.model.slots.conditions[condition.0 as usize];
                    self.note(format!("{}: approximate chance", slot.origin.path));
                }
                let mut parts = Vec::new();
                for (p, steps, registers) in [(chance, then, &yes), (1.0 - chance, otherwise, &no)]
                {
                    if p > 0.0 {
                        parts.push((p, self.steps(steps, place, registers)));
                    }
                }
                Block::mixture(&parts)
            }
            Verb::Lock { .. } => self.lock(verb, place, registers),
            Verb::Timeout { steps, .. } => {
                self.note("without errors: timeouts do not fire".to_owned());
                self.guarded(steps, place, registers)
            }
            Verb::Retry { steps, .. } => {
                self.note("without errors: nothing is tried again".to_owned());
                self.steps(steps, place, registers)
            }
            Verb::Hedge { steps, .. } => {
                self.note("hedges do not start their second copy".to_owned());
                self.guarded(steps, place, registers)
            }
            Verb::Reply => Block { answer: Some(Time::ZERO), ..Block::empty() },
            Verb::Fail(_) => {
                self.note("without errors: `fail` is passed over".to_owned());
                Block::empty()
            }
        }
    }

    /// A block in a job of its own, with a timer.
    fn guarded(&mut self, steps: &[Step], place: Place, registers: &Registers) -> Block {
        let mut body = self.steps(steps, place, registers);
        body.close(|_| true);
        let mut block = body.beside(1.0, body.elapsed);
        block.events += 1.0;
        block
    }

    fn query(
        &mut self,
        query: usize,
        pool: usize,
        row: Option<Row>,
        place: Place,
        registers: &Registers,
    ) -> Block {
        let executed = Resource::Query(query);
        let (query, plan) = (&self.model.queries[query], &self.model.pools[pool]);
        let round_trip = self.binding.get(plan.round_trip);
        let hops = match query.is_elapsed_only() {
            _ if round_trip <= 0.0 => 0.0,
            true => 1.0,
            false => 2.0,
        };
        let mut block = Block::lasting(Time::constant(round_trip), hops);
        let mut found = round_trip;
        if self.counts_queries {
            block.add(executed, Use::one(Time::ZERO));
        }
        if let Some(find) = query.find {
            let work = self.expected(find, registers).time();
            let cores = self.database_cores[query.database];
            block.then(served(work, cores, Resource::DatabaseCpu(query.database)));
            found = block.elapsed.mean;
        }
        block.then(self.on_server(query, row.is_some(), registers));
        if let Some(time) = query.time {
            let time = self.expected(time, registers).time();
            let mut pause = Block::lasting(time, 1.0);
            pause.add(Resource::DatabaseTime(query.database), Use::one(time));
            block.then(pause);
        }
        if query.commit {
            block.then(Disk::of(self.model, self.binding, query.database).commit(query.database));
        }
        if let Some(row) = row {
            // Locked while the server is at it; in a transaction the way back counts too.
            let back = if place.transaction.is_some() { 0.5 * round_trip } else { 0.0 };
            let held = Time { mean: block.elapsed.mean - found + back, ..block.elapsed };
            self.hold_lock(row.lock, Some(row.key), held, &mut block, place, registers);
        }
        if place.transaction != Some(pool) {
            self.hold(pool, &mut block);
        }
        block
    }

    /// Work on cores, random reads and scan of a query; of a long scan work and scan by turns.
    fn on_server(&mut self, query: &Query, varies: bool, registers: &Registers) -> Block {
        let parts = query.parts(self.binding, varies);
        let (cores, cpu) =
            (self.database_cores[query.database], Resource::DatabaseCpu(query.database));
        let mut turn = Block::empty();
        if let Some(processes) = query.processes {
            let count = self.count(processes.count, registers).mean;
            if count > 1.0 {
                let work = self.expected(processes.each, registers).time();
                let one = served(work.scaled(1.0 / parts), cores, cpu);
                turn.then(one.beside(count, one.elapsed));
            }
        }
        if let Some(work) = query.cpu {
            let work = self.expected(work, registers).time().scaled(1.0 / parts);
            turn.then(served(work, cores, cpu));
        }
        let disk = Disk::of(self.model, self.binding, query.database);
        let some = |id: &VariateId| !self.binding.is_nothing(*id);
        let mut reads = Block::empty();
        if let Some(count) = query.reads.filter(some) {
            let count = self.count(count, registers);
            reads.then(disk.reads(count, query.database));
        }
        let scan = query.scan.filter(some).map_or_else(Block::empty, |scan| {
            let bytes = self.expected(scan, registers).time();
            disk.scan(bytes.scaled(1.0 / parts), query.database)
        });
        if parts > 1.0 {
            turn.then(scan);
            reads.then(turn.repeated(Count { mean: parts, variance: Some(0.0) }));
            return reads;
        }
        turn.then(reads);
        turn.then(scan);
        turn
    }

    /// A connection is held across `block`, or from its start to the end of the flow.
    fn hold(&self, pool: usize, block: &mut Block) {
        let (resource, held) = (Resource::Pool(pool), block.elapsed);
        match self.model.pools[pool].checkout {
            Checkout::Query => block.add(resource, Use::one(held)),
            Checkout::Request => {
                // Taken before whatever is taken inside.
                block.pending.retain(|pending| pending.resource != resource);
                block.take(Pending { resource, weight: 1.0, held });
            }
        }
    }

    fn transaction(
        &mut self,
        pool: Option<usize>,
        steps: &[Step],
        place: Place,
        registers: &Registers,
    ) -> Block {
        let Some(pool) = pool.filter(|&pool| place.transaction != Some(pool)) else {
            return self.steps(steps, place, registers);
        };
        let inside = Place { transaction: Some(pool), ..place };
        let mut block = self.steps(steps, inside, registers);
        if place.transaction.is_none() {
            block.close(|resource| matches!(resource, Resource::Lock(_)));
        }
        self.hold(pool, &mut block);
        block
    }

    fn call(
        &mut self,
        endpoint: usize,
        with: &[(usize, VariateId)],
        place: Place,
        registers: &Registers,
    ) -> Block {
        let callee = &self.model.endpoints[endpoint];
        let mut given = Vec::new();
        for &(register, id) in with {
            let path = &self.model.slots.variates[id.0 as usize].origin.path;
            let (setting, approximate) = self.setting(id, registers, path);
            self.approximate(approximate, id);
            given.push((register, setting));
        }
        let flow = self.run(endpoint, &given, place.depth + 1);
        let round_trip = self.binding.get(self.model.services[callee.service].round_trip);
        let answer = flow.answer.unwrap_or(flow.elapsed).plus(Time::constant(round_trip));
        let mut block = flow.beside(1.0, answer);
        block.events += if round_trip > 0.0 { 2.0 } else { 0.0 };
        block
    }

    fn each(&mut self, verb: &Verb, place: Place, registers: &Registers) -> Block {
        let Verb::Each { count, batch, parallel, join, worker, items, steps, .. } = verb else {
            return Block::empty();
        };
        let number = self.count(*count, registers);
        let groups = match batch {
            None => number,
            Some(batch) => {
                let [count, size] = [*count, *batch].map(|id| self.binding.variate(id));
                let groups = registers.groups(count, size);
                self.approximate(groups.approximate, *batch);
                groups.count()
            }
        };
        let mut body = if let Some(items) = items {
            self.steps_left = self.steps_left.saturating_sub(AVERAGING);
            let mut inside = registers.clone();
            let size = if groups.mean > 0.0 { number.mean / groups.mean } else { 0.0 };
            inside.set_number(usize::from(*items), size);
            self.steps(steps, place, &inside)
        } else {
            self.steps(steps, place, registers)
        };
        let limit = match parallel {
            Parallel::Limit(limit) => self.count(*limit, registers),
            Parallel::All => Count::constant(f64::INFINITY),
        };
        if limit == Count::constant(1.0) && !worker && *join == Join::All {
            return body.repeated(groups);
        }
        body.close(|_| true);
        if *worker {
            let service = self.model.endpoints[place.endpoint].service;
            body.add(Resource::Workers(service), Use::one(body.elapsed));
        }
        let elapsed = self.together(body.elapsed, groups, limit.mean, *join);
        body.beside(groups.mean, elapsed)
    }

    /// The time of `groups` alike jobs of which at most `limit` run at once.
    fn together(&mut self, each: Time, groups: Count, limit: f64, join: Join) -> Time {
        let rounds = if groups.mean <= limit { groups.mean.min(1.0) } else { groups.mean / limit };
        match join {
            Join::None => Time::ZERO,
            Join::All if each.variance == Some(0.0) && groups.is_constant() => {
                // All rounds are alike, also the last one.
                Time::constant(times((groups.mean / limit).ceil(), each.mean))
            }
            Join::All => {
                self.note(LONGEST.to_owned());
                Time { mean: times(each.mean, rounds.max(groups.mean.min(1.0))), variance: None }
            }
            Join::First | Join::Quorum(_) => {
                self.note(LOSERS.to_owned());
                Time { mean: each.mean, variance: None }
            }
        }
    }

    fn fork(
        &mut self,
        branches: &[Vec<Step>],
        join: Join,
        place: Place,
        registers: &Registers,
    ) -> Block {
        let mut sum = Block::empty();
        let mut ends = Vec::new();
        for branch in branches {
            let mut body = self.steps(branch, place, registers);
            body.close(|_| true);
            ends.push(body.elapsed);
            sum.then(body);
        }
        ends.sort_by(|a, b| a.mean.total_cmp(&b.mean));
        let needed = match join {
            Join::All => ends.len(),
            Join::First => 1,
            Join::Quorum(needed) => self.binding.count(needed) as usize,
            Join::None => 0,
        };
        let last = needed.min(ends.len()).checked_sub(1).map_or(Time::ZERO, |at| ends[at]);
        let constant = ends.iter().all(|end| end.variance == Some(0.0));
        if !constant && needed > 0 && ends.len() > 1 {
            self.note(if join == Join::All { LONGEST } else { LOSERS }.to_owned());
        }
        let variance = if constant || ends.len() < 2 { last.variance } else { None };
        sum.beside(1.0, Time { mean: last.mean, variance })
    }

    fn repeats(&mut self, repeat: Repeat, registers: &Registers) -> Count {
        match repeat {
            Repeat::Times(count) => self.count(count, registers),
            Repeat::Again(chance) => {
                let p = self.expected(chance, registers).mean;
                if p >= 1.0 {
                    return Count { mean: f64::INFINITY, variance: None };
                }
                let variance = (!registers.vary()).then(|| p / ((1.0 - p) * (1.0 - p)));
                Count { mean: 1.0 / (1.0 - p), variance }
            }
        }
    }

    fn lock(&mut self, verb: &Verb, place: Place, registers: &Registers) -> Block {
        let Verb::Lock { lock, key, mode, steps } = verb else { return Block::empty() };
        let mut block = self.steps(steps, place, registers);
        if *mode == LockMode::Read {
            let name = &self.model.locks[*lock].name;
            self.note(format!("lock.{name}: only write holds are counted"));
            return block;
        }
        let held = block.elapsed;
        self.hold_lock(*lock, *key, held, &mut block, place, registers);
        block
    }

    /// A lock is held so long, in a transaction to its end.
    fn hold_lock(
        &mut self,
        lock: usize,
        key: Option<VariateId>,
        held: Time,
        block: &mut Block,
        place: Place,
        registers: &Registers,
    ) {
        if let Some(key) = key {
            let (variate, bounds) = self.binding.variate(key);
            let share = if registers.expected(variate, bounds).variance == Some(0.0) {
                Some((1.0, true))
            } else {
                registers.hottest(variate, bounds)
            };
            let hottest = self.hottest.entry(lock).or_insert(share);
            *hottest = hottest.zip(share).map(|(a, b)| if b.0 > a.0 { b } else { a });
        }
        let resource = Resource::Lock(lock);
        let to_commit = self.model.locks[lock].scope == LockScope::Database;
        if to_commit && place.transaction.is_some() {
            block.pending.push(Pending { resource, weight: 1.0, held });
        } else {
            block.add(resource, Use::one(held));
        }
    }
}

const LONGEST: &str = "parallel branches last as long as the longest mean among them, a lower \
                       bound: holding times above them are from below";
const LOSERS: &str = "losers of `first` and `quorum` run to their end; the winner's time is \
                      taken as a mean of its branch, an approximation";

/// Work on cores at no contention.
fn served(work: Time, cores: Option<Cores>, resource: Resource) -> Block {
    let Some(cores) = cores else { return Block::lasting(work, 1.0) };
    let mut block = Block::lasting(work.scaled(1.0 / (cores.speed * cores.alone)), 1.0);
    block.add(resource, Use::one(work.scaled(1.0 / cores.speed)));
    block
}
