//! Nested possession: which things a flow may hold while it waits for which others.
//!
//! Workers, connections and locks are held from grant to release. Where "held while waiting for"
//! leads in a circle, requests can wait for each other for ever: Coffman, Elphick and Shoshani,
//! "System deadlocks", ACM Computing Surveys 3(2), 1971, call it circular wait. What lies on no
//! circle needs no watching.
//!
//! The walk errs on the side of the circle: both branches of a choice are taken, and an orphan is
//! taken to be waited for.

use crate::diag::{Diagnostic, Id, name};
use crate::model::{
    Binding, Checkout, Join, LockMode, LockScope, Model, Parallel, Runtime, Step, VariateId, Verb,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Something that is held while its holder may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// The workers of an instance of a service.
    Workers(usize),
    /// The connections of a pool.
    Pool(usize),
    /// A family of locks.
    Lock(usize),
}

impl Thing {
    /// Its path: `service.api`, `pool.api_pg`, `lock.seat`.
    pub fn path(self, model: &Model) -> String {
        match self {
            Self::Workers(service) => format!("service.{}", model.services[service].name),
            Self::Pool(pool) => format!("pool.{}", model.pools[pool].name),
            Self::Lock(lock) => format!("lock.{}", model.locks[lock].name),
        }
    }

    /// What is held of it, in words.
    fn unit(self, model: &Model) -> String {
        match self {
            Self::Workers(service) => {
                format!("a worker of {}", name(&model.services[service].name))
            }
            Self::Pool(pool) => format!("a connection of {}", name(&model.pools[pool].name)),
            Self::Lock(lock) => format!("the lock {}", name(&model.locks[lock].name)),
        }
    }
}

/// Circles of "held while waiting for".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nesting {
    /// What may be waited for while the key is held; only what lies on a circle, or between two.
    waits: BTreeMap<Thing, BTreeSet<Thing>>,
}

impl Nesting {
    /// Walks all flows of a model. Without numbers it is the same for every world, and takes all
    /// items of an `each` to run beside each other.
    pub fn of(model: &Model, binding: Option<&Binding>) -> Self {
        let asked = vec![BTreeSet::new(); model.endpoints.len()];
        let mut walk = Walk { model, binding, asked, waits: BTreeMap::new() };
        for endpoint in callees_first(model) {
            walk.endpoint(endpoint);
        }
        Self { waits: circles(walk.waits) }
    }

    /// Whether requests can wait for each other at all.
    pub fn is_empty(&self) -> bool {
        self.waits.is_empty()
    }

    /// What can take part in a deadlock, in order.
    pub fn things(&self) -> impl Iterator<Item = Thing> {
        self.waits.keys().copied()
    }

    /// One shortest circle through each thing that is on no circle named before.
    fn shortest(&self) -> Vec<Vec<Thing>> {
        let mut found: Vec<Vec<Thing>> = Vec::new();
        for &start in self.waits.keys() {
            if found.iter().flatten().any(|thing| *thing == start) {
                continue;
            }
            found.extend(self.circle_through(start));
        }
        found
    }

    /// A shortest way from a thing back to itself, breadth first.
    fn circle_through(&self, start: Thing) -> Option<Vec<Thing>> {
        let mut from = BTreeMap::new();
        let mut next = VecDeque::from([start]);
        while let Some(thing) = next.pop_front() {
            for &to in &self.waits[&thing] {
                if to == start {
                    let mut way = vec![thing];
                    while let Some(&before) = from.get(&way[way.len() - 1]) {
                        way.push(before);
                    }
                    way.reverse();
                    return Some(way);
                }
                if let std::collections::btree_map::Entry::Vacant(entry) = from.entry(to) {
                    entry.insert(thing);
                    next.push_back(to);
                }
            }
        }
        None
    }
}

/// A warning for each circle. A pool on its own has one already, where it is asked twice; workers on
/// their own are many, as a rule, and what they come to shows in a run.
pub(super) fn warnings(model: &Model, binding: &Binding) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for circle in Nesting::of(model, Some(binding)).shortest() {
        if matches!(circle[..], [Thing::Pool(_) | Thing::Workers(_)]) {
            continue;
        }
        let holds = circle.iter().zip(circle.iter().cycle().skip(1));
        let holds = holds.map(|(held, asked)| match (held == asked, held) {
            (true, Thing::Lock(_)) => {
                format!("{} is asked for while one of its kind is held", held.unit(model))
            }
            _ => format!("{} is held while {} is asked for", held.unit(model), asked.unit(model)),
        });
        let message =
            format!("requests can deadlock: {}", holds.collect::<Vec<_>>().join(", and "));
        let help = match circle[..] {
            [Thing::Lock(_)] => "take all the keys in one order, or in write mode at once",
            _ => "take them in one order everywhere, or give one back before asking for the other",
        };
        let mut diagnostic = Diagnostic::new(Id::DeadlockPossible, message).help(help);
        let spans = circle.iter().filter_map(|thing| span(model, *thing));
        for (index, span) in spans.enumerate() {
            diagnostic = match index {
                0 => diagnostic.at(span, "on the circle"),
                _ => diagnostic.and(span, "and this"),
            };
        }
        diagnostics.push(diagnostic);
    }
    diagnostics
}

/// Where a thing is stated.
fn span(model: &Model, thing: Thing) -> Option<crate::diag::Span> {
    let key = match thing {
        Thing::Workers(_) => "workers",
        Thing::Pool(_) => "size",
        Thing::Lock(lock) => return model.locks[lock].span,
    };
    let path = format!("{}.{key}", thing.path(model));
    let origins = model.slots.quantities.iter().map(|slot| &slot.origin);
    origins.filter(|origin| origin.path == path).find_map(|origin| origin.span)
}

/// Takes away, again and again, what waits for nothing or what nothing held waits for.
fn circles(mut waits: BTreeMap<Thing, BTreeSet<Thing>>) -> BTreeMap<Thing, BTreeSet<Thing>> {
    loop {
        let before = waits.len();
        let asked: BTreeSet<Thing> = waits.values().flatten().copied().collect();
        waits.retain(|thing, _| asked.contains(thing));
        let held: BTreeSet<Thing> = waits.keys().copied().collect();
        waits.retain(|_, to| {
            to.retain(|thing| held.contains(thing));
            !to.is_empty()
        });
        if waits.len() == before {
            return waits;
        }
    }
}

/// Endpoints in an order in which each stands behind those that it calls.
fn callees_first(model: &Model) -> Vec<usize> {
    fn callees(steps: &[Step], found: &mut Vec<usize>) {
        for step in steps {
            if let Verb::Call { endpoint, .. } = step.verb {
                found.push(endpoint);
            }
            step.blocks().into_iter().for_each(|block| callees(block, found));
        }
    }
    let mut order = Vec::new();
    let mut seen = vec![false; model.endpoints.len()];
    for root in 0..model.endpoints.len() {
        // Twice on the stack: to be looked into, and, `true`, when all below it are in order.
        let mut stack = vec![(root, false)];
        while let Some((endpoint, done)) = stack.pop() {
            if done {
                order.push(endpoint);
            } else if !std::mem::replace(&mut seen[endpoint], true) {
                stack.push((endpoint, true));
                let mut found = Vec::new();
                callees(&model.endpoints[endpoint].steps, &mut found);
                stack.extend(found.into_iter().map(|callee| (callee, false)));
            }
        }
    }
    order
}

/// Something held at a point of a flow.
#[derive(Debug, Clone, Copy)]
struct Held {
    thing: Thing,
    /// A lock held in read mode.
    read: bool,
    /// One of many locks of a kind.
    keyed: bool,
}

/// What is held at a point of a flow.
#[derive(Debug, Default)]
struct Flow {
    service: usize,
    /// By the blocks around.
    stack: Vec<Held>,
    /// From here on by the job itself, below by jobs that wait for it.
    own: usize,
    /// To the end of the transaction.
    committed: Vec<Held>,
    /// Pools whose connection is kept to the end of the request; surely, if no block took it.
    kept: BTreeMap<usize, bool>,
    /// Levels of jobs around this one that wait for it, and may stop to.
    depth: u32,
    transaction: Option<usize>,
    /// Everything asked for so far.
    log: Vec<Held>,
}

struct Walk<'m> {
    model: &'m Model,
    binding: Option<&'m Binding>,
    /// What an endpoint, with those that it calls, asks for.
    asked: Vec<BTreeSet<Thing>>,
    waits: BTreeMap<Thing, BTreeSet<Thing>>,
}

impl Walk<'_> {
    fn endpoint(&mut self, endpoint: usize) {
        let plan = &self.model.endpoints[endpoint];
        let mut flow = Flow { service: plan.service, ..Flow::default() };
        self.worker(&mut flow);
        self.steps(&mut flow, &plan.steps);
        self.asked[endpoint] = flow.log.iter().map(|held| held.thing).collect();
    }

    /// Asks for a worker of the flow's service, and holds it.
    fn worker(&mut self, flow: &mut Flow) {
        let service = &self.model.services[flow.service];
        if service.workers.is_some() && service.runtime == Runtime::Threads {
            let thing = Thing::Workers(flow.service);
            let held = Held { thing, read: false, keyed: true };
            self.ask(flow, held);
            flow.stack.push(held);
        }
    }

    /// Whatever is held is held while this is waited for.
    fn ask(&mut self, flow: &mut Flow, asked: Held) {
        // A block that nobody waits for any more has not what its transaction has locked.
        let sure = flow.depth == 0 || self.binding.is_some();
        let committed = flow.committed.iter().filter(|_| sure);
        let mut own = flow.stack[flow.own..].iter().chain(committed);
        // One that the job has already is not waited for, unless to write what it reads.
        let passes = |held: &Held| {
            held.thing == asked.thing && !held.keyed && !asked.keyed && (!held.read || asked.read)
        };
        if own.any(passes) {
            return;
        }
        for held in flow.stack.iter().chain(&flow.committed) {
            self.waits.entry(held.thing).or_default().insert(asked.thing);
        }
        for &pool in flow.kept.keys() {
            self.waits.entry(Thing::Pool(pool)).or_default().insert(asked.thing);
        }
        flow.log.push(asked);
    }

    fn steps(&mut self, flow: &mut Flow, steps: &[Step]) {
        for step in steps {
            self.verb(flow, &step.verb);
            if let Some(handler) = &step.handler {
                self.steps(flow, &handler.steps);
            }
        }
    }

    /// Steps under something held.
    fn under(&mut self, flow: &mut Flow, held: Held, steps: &[Step]) {
        flow.stack.push(held);
        self.steps(flow, steps);
        flow.stack.pop();
    }

    /// Steps of a job of its own, which others wait for.
    fn child(&mut self, flow: &mut Flow, steps: &[Step]) {
        let own = std::mem::replace(&mut flow.own, flow.stack.len());
        flow.depth += 1;
        self.steps(flow, steps);
        flow.depth -= 1;
        flow.own = own;
    }

    /// Steps that come again, each time under a worker of their own if `worker`: what one round
    /// keeps is held in the next.
    fn again(&mut self, flow: &mut Flow, steps: &[Step], child: bool, worker: bool) {
        let (log, committed) = (flow.log.len(), flow.committed.len());
        let depth = flow.stack.len();
        if worker {
            self.worker(flow);
        }
        if child {
            self.child(flow, steps);
        } else {
            self.steps(flow, steps);
        }
        flow.stack.truncate(depth);
        self.kept(flow, log, committed);
    }

    /// What has been kept since a point is held while anything asked for since then is waited for:
    /// in the next round, or in the next branch.
    fn kept(&mut self, flow: &Flow, log: usize, committed: usize) {
        let asked = flow.log.get(log..).unwrap_or_default();
        for &pool in flow.kept.keys() {
            let things = asked.iter().map(|asked| asked.thing).filter(|t| *t != Thing::Pool(pool));
            self.waits.entry(Thing::Pool(pool)).or_default().extend(things);
        }
        for held in flow.committed.get(committed..).unwrap_or_default() {
            for asked in asked {
                let same = held.thing == asked.thing && !asked.keyed && (!held.read || asked.read);
                if !same {
                    self.waits.entry(held.thing).or_default().insert(asked.thing);
                }
            }
        }
    }

    fn verb(&mut self, flow: &mut Flow, verb: &Verb) {
        match verb {
            Verb::Cpu(_) | Verb::Delay(_) | Verb::Reply | Verb::Fail(_) => {}
            Verb::Query { pool, row: Some(row), .. } if flow.transaction == Some(*pool) => {
                let thing = Thing::Lock(row.lock);
                self.lock(flow, row.lock, Held { thing, read: false, keyed: true });
            }
            Verb::Query { pool, .. } => self.connection(flow, *pool, None),
            Verb::Transaction { pool: Some(pool), steps } if flow.transaction != Some(*pool) => {
                self.connection(flow, *pool, Some(steps));
            }
            Verb::Transaction { steps, .. } | Verb::Block(steps) => self.steps(flow, steps),
            Verb::Call { endpoint, .. } => {
                for thing in self.asked[*endpoint].clone() {
                    self.ask(flow, Held { thing, read: false, keyed: true });
                }
            }
            Verb::Each { parallel, join, worker, steps, .. } => {
                let one = matches!(parallel, Parallel::Limit(limit) if self.is_one(*limit));
                let inline = one && !worker && *join == Join::All;
                self.again(flow, steps, !inline, *worker);
            }
            Verb::Fork { branches, .. } => {
                let (log, committed) = (flow.log.len(), flow.committed.len());
                for branch in branches {
                    self.child(flow, branch);
                }
                self.kept(flow, log, committed);
            }
            Verb::Repeat { steps, .. } | Verb::Retry { steps, .. } => {
                self.again(flow, steps, false, false);
            }
            Verb::Choose(branches) => {
                for (_, steps) in branches {
                    self.steps(flow, steps);
                }
            }
            Verb::If { then, otherwise, .. } => {
                self.steps(flow, then);
                self.steps(flow, otherwise);
            }
            Verb::Lock { lock, key, mode, steps } => {
                let read = *mode == LockMode::Read;
                self.lock(
                    flow,
                    *lock,
                    Held { thing: Thing::Lock(*lock), read, keyed: key.is_some() },
                );
                let to_commit = self.to_commit(flow, *lock);
                let held = Held { thing: Thing::Lock(*lock), read, keyed: key.is_some() };
                if to_commit {
                    self.steps(flow, steps);
                } else {
                    self.under(flow, held, steps);
                }
            }
            Verb::Timeout { steps, .. } | Verb::Hedge { steps, .. } => self.child(flow, steps),
        }
    }

    fn is_one(&self, limit: VariateId) -> bool {
        let fixed = |binding: &Binding| binding.variate(limit).0.evaluate_fixed();
        self.binding.and_then(fixed) == Some(1.0)
    }

    fn to_commit(&self, flow: &Flow, lock: usize) -> bool {
        self.model.locks[lock].scope == LockScope::Database && flow.transaction.is_some()
    }

    fn lock(&mut self, flow: &mut Flow, lock: usize, held: Held) {
        self.ask(flow, held);
        if self.to_commit(flow, lock) {
            flow.committed.push(held);
        }
    }

    /// A connection for a query, or for a transaction's steps.
    fn connection(&mut self, flow: &mut Flow, pool: usize, steps: Option<&[Step]>) {
        let kept = self.model.pools[pool].checkout == Checkout::Request;
        let held = Held { thing: Thing::Pool(pool), read: false, keyed: true };
        let surely = flow.depth == 0 && flow.kept.get(&pool) == Some(&true);
        if flow.transaction != Some(pool) && !surely {
            // Whoever has one that is kept uses it: it never asks for a second one.
            let before = flow.kept.remove(&pool);
            self.ask(flow, held);
            if kept {
                flow.kept.insert(pool, before == Some(true) || flow.depth == 0);
            }
        }
        let Some(steps) = steps else { return };
        let outer = flow.transaction.replace(pool);
        let committed = flow.committed.len();
        if kept {
            self.steps(flow, steps);
        } else {
            self.under(flow, held, steps);
        }
        flow.committed.truncate(committed);
        flow.transaction = outer;
    }
}
