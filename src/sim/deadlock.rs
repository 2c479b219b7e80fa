//! Deadlocks: jobs that wait for each other in a circle, found when the wait that closes it
//! begins.
//!
//! The plan says what can lie on a circle at all (`NestingPlan`); of those things the holders are
//! listed, and a plan without circles pays one branch per grant. When a job begins to wait, the
//! graph of who waits for whom is followed from it: a wait for a worker or a connection needs *one*
//! of their holders to go on, a wait for a lock *all* of them, a wait for children one of those
//! (it may end the group, well or not). Jobs that run, or pass time, go on. Whoever then cannot
//! (least fixpoint; the OR and the AND model of Knapp, "Deadlock detection in distributed
//! databases", ACM Computing Surveys 19(4), 1987) waits until a timer, or whoever started it, ends
//! a wait. It is a new deadlock if the circle leads through the wait that has just begun; others
//! that come to wait behind it are not counted again.
//!
//! Nobody is chosen as a victim: what breaks the circle is a timeout, as in pools and in locks of
//! a program.

use super::Engine;
use super::frames::Frame;
use super::jobs::State;
use super::run::Deadlock;
use super::trace::Trace;
use crate::plan::{NONE, NestingPlan};

/// A thing with its holders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Workers of an instance.
    Workers(u32),
    /// Pool of an instance.
    Pool(u32),
    /// Slot of a lock.
    Lock(u32),
}

/// A job that was looked at.
#[derive(Debug, Clone, Copy)]
struct Node {
    job: u32,
    /// How many of those that it waits for have to go on; 0: it goes on.
    need: u32,
    /// Range of `edges`.
    from: u32,
    to: u32,
    goes_on: bool,
    /// On the circle.
    core: bool,
}

/// Who holds what, and what was found.
#[derive(Debug, Default)]
pub struct Deadlocks {
    /// Whether anything can lie on a circle.
    on: bool,
    first_pool: u32,
    first_lock: u32,
    /// Holders by unit: workers, pools, slots of locks.
    holders: Vec<Vec<u32>>,
    found: Vec<Deadlock>,
    nodes: Vec<Node>,
    /// Jobs waited for while nodes are gathered, then their nodes.
    edges: Vec<u32>,
    /// Node of a job, where that node is the job's.
    node_of: Vec<u32>,
}

impl Deadlocks {
    /// Nothing is held yet.
    pub fn new(plan: &NestingPlan) -> Self {
        let (instances, pools) = (plan.of_instance.len(), plan.of_pool.len());
        Self {
            on: !plan.paths.is_empty(),
            first_pool: instances as u32,
            first_lock: (instances + pools) as u32,
            holders: vec![Vec::new(); instances + pools],
            ..Self::default()
        }
    }

    /// What was found.
    pub fn into_found(self) -> Vec<Deadlock> {
        self.found
    }

    fn index(&self, unit: Unit) -> usize {
        match unit {
            Unit::Workers(instance) => instance as usize,
            Unit::Pool(pool) => (self.first_pool + pool) as usize,
            Unit::Lock(slot) => (self.first_lock + slot) as usize,
        }
    }

    fn holders(&self, unit: Unit) -> &[u32] {
        self.holders.get(self.index(unit)).map_or(&[], Vec::as_slice)
    }

    fn hold(&mut self, unit: Unit, job: u32) {
        let index = self.index(unit);
        if index >= self.holders.len() {
            self.holders.resize(index + 1, Vec::new());
        }
        self.holders[index].push(job);
    }

    fn let_go(&mut self, unit: Unit, job: u32) {
        let index = self.index(unit);
        let Some(holders) = self.holders.get_mut(index) else { return };
        if let Some(at) = holders.iter().position(|&holder| holder == job) {
            holders.swap_remove(at);
        }
    }

    /// The node of a job; a new one if it has none.
    fn node(&mut self, job: u32) -> u32 {
        if self.node_of.len() <= job as usize {
            self.node_of.resize(job as usize + 1, NONE);
        }
        let known = self.node_of[job as usize];
        if self.nodes.get(known as usize).is_some_and(|node| node.job == job) {
            return known;
        }
        let node = Node { job, need: 0, from: 0, to: 0, goes_on: false, core: false };
        self.nodes.push(node);
        self.node_of[job as usize] = self.nodes.len() as u32 - 1;
        self.nodes.len() as u32 - 1
    }

    /// Who goes on, as far as the graph says. Those found later are looked at first: the end of a
    /// chain decides it in one pass.
    fn settle(&mut self) {
        let mut changed = true;
        while changed {
            changed = false;
            for at in (0..self.nodes.len()).rev() {
                let Node { need, from, to, goes_on, .. } = self.nodes[at];
                if goes_on {
                    continue;
                }
                let edges = self.edges[from as usize..to as usize].iter();
                let live = edges.filter(|&&edge| self.nodes[edge as usize].goes_on).count();
                if live >= need as usize {
                    self.nodes[at].goes_on = true;
                    changed = true;
                }
            }
        }
    }

    /// Marks the stuck nodes from which the first can be reached and that it reaches: all here are
    /// reached, those that go on apart. `false` if it is on no circle.
    fn mark_circle(&mut self) -> bool {
        let leads = |this: &Self, at: usize| {
            let Node { from, to, goes_on, .. } = this.nodes[at];
            let mut edges = this.edges[from as usize..to as usize].iter();
            !goes_on && edges.any(|&edge| edge == 0 || this.nodes[edge as usize].core)
        };
        let mut changed = true;
        while changed {
            changed = false;
            for at in (0..self.nodes.len()).rev() {
                if !self.nodes[at].core && leads(self, at) {
                    self.nodes[at].core = true;
                    changed = true;
                }
            }
        }
        self.nodes[0].core
    }
}

impl<T: Trace> Engine<'_, T> {
    /// A job holds one more of a thing.
    #[inline]
    pub(super) fn hold(&mut self, unit: Unit, job: u32) {
        if self.deadlocks.on && self.thing(unit) != NONE {
            self.deadlocks.hold(unit, job);
        }
    }

    /// A job gives one back.
    #[inline]
    pub(super) fn let_go(&mut self, unit: Unit, job: u32) {
        if self.deadlocks.on && self.thing(unit) != NONE {
            self.deadlocks.let_go(unit, job);
        }
    }

    /// A job has begun to wait, or waits for fewer than before.
    #[inline]
    pub(super) fn wait_begins(&mut self, job: u32) {
        if self.deadlocks.on {
            self.look_for_deadlock(job);
        }
    }

    /// A connection is lost for ever: whoever waits in this line waits for fewer.
    pub(super) fn connection_leaked(&mut self, pool: u32) {
        if !self.deadlocks.on {
            return;
        }
        for job in self.pools[pool as usize].in_line(&self.jobs) {
            if self.look_for_deadlock(job) {
                return;
            }
        }
    }

    /// Its number in the plan; [`NONE`] if it can lie on no circle.
    fn thing(&self, unit: Unit) -> u32 {
        let plan = &self.plan.nesting;
        match unit {
            Unit::Workers(instance) => plan.of_instance[instance as usize],
            Unit::Pool(pool) => plan.of_pool[pool as usize],
            Unit::Lock(slot) => plan.of_lock[self.locks.family(slot) as usize],
        }
    }

    /// What a job stands in line for, if it can lie on a circle.
    fn asked_for(&self, job: u32) -> Option<Unit> {
        let unit = match self.jobs[job].state {
            State::WorkerLine => Unit::Workers(self.jobs[job].instance),
            State::PoolLine(pool) => Unit::Pool(pool),
            State::LockLine(slot) => Unit::Lock(slot),
            _ => return None,
        };
        (self.thing(unit) != NONE).then_some(unit)
    }

    /// Whether a job goes on without anybody's help, as far as a short look says.
    fn surely_goes_on(&self, mut job: u32) -> bool {
        for _ in 0..8 {
            if self.jobs[job].state != State::Group {
                return self.asked_for(job).is_none();
            }
            job = self.jobs[job].first_child;
            if job == NONE {
                return false;
            }
        }
        false
    }

    /// Those whom a job waits for, on the end of the edges, and how many of them have to go on.
    fn waited_for(&self, job: u32, edges: &mut Vec<u32>) -> u32 {
        let from = edges.len();
        let Some(unit) = self.asked_for(job) else {
            if self.jobs[job].state == State::Group {
                let mut child = self.jobs[job].first_child;
                while child != NONE {
                    edges.push(child);
                    child = self.jobs[child].siblings.1;
                }
            }
            return u32::from(edges.len() > from);
        };
        if let Unit::Pool(pool) = unit
            && self.pools[pool as usize].may_grow(&self.plan.pools[pool as usize])
        {
            return 0;
        }
        edges.extend_from_slice(self.deadlocks.holders(unit));
        let Unit::Lock(slot) = unit else { return 1 };
        // Who makes a reader's lock a writer's waits for the other readers.
        let holder = self.lock_holder(job);
        let own = |job: u32| {
            let held = |f: &Frame| matches!(f, Frame::Lock { slot: s, .. } if *s == slot);
            self.frames.find(self.jobs[job].frame, held).is_some()
        };
        let skip = [job, holder].into_iter().find(|&job| own(job)).unwrap_or(NONE);
        let mut kept = from;
        for at in from..edges.len() {
            if edges[at] != skip {
                edges[kept] = edges[at];
                kept += 1;
            }
        }
        edges.truncate(kept);
        (kept - from) as u32
    }

    /// Follows the graph from a job that waits; `true` if it has closed a circle.
    fn look_for_deadlock(&mut self, job: u32) -> bool {
        let mut edges = std::mem::take(&mut self.deadlocks.edges);
        edges.clear();
        let need = self.waited_for(job, &mut edges);
        let live = edges.iter().filter(|&&edge| self.surely_goes_on(edge)).take(need as usize);
        if live.count() >= need as usize {
            self.deadlocks.edges = edges;
            return false;
        }
        self.deadlocks.nodes.clear();
        self.deadlocks.node(job);
        edges.clear();
        let mut at = 0;
        while at < self.deadlocks.nodes.len() {
            let from = edges.len();
            let need = self.waited_for(self.deadlocks.nodes[at].job, &mut edges);
            for edge in &mut edges[from..] {
                *edge = self.deadlocks.node(*edge);
            }
            let node = &mut self.deadlocks.nodes[at];
            (node.need, node.from, node.to) = (need, from as u32, edges.len() as u32);
            at += 1;
        }
        self.deadlocks.edges = edges;
        self.deadlocks.settle();
        let closed = !self.deadlocks.nodes[0].goes_on && self.deadlocks.mark_circle();
        if closed {
            self.report_deadlock();
        }
        closed
    }

    /// Records the circle that has been marked.
    #[cold]
    fn report_deadlock(&mut self) {
        let core = self.deadlocks.nodes.iter().filter(|node| node.core).map(|node| node.job);
        let (mut things, mut endpoints, mut waits) = (Vec::new(), Vec::new(), 0);
        for job in core.collect::<Vec<_>>() {
            if let Some(unit) = self.asked_for(job) {
                things.push(self.thing(unit));
                endpoints.push(u32::from(self.jobs[job].endpoint));
                waits += 1;
            }
        }
        for list in [&mut things, &mut endpoints] {
            list.sort_unstable();
            list.dedup();
        }
        for &thing in &things {
            self.probes.count_now(self.plan.nesting.counters[thing as usize]);
        }
        let first = self.now;
        let new = Deadlock { things, endpoints, first, count: 1, waits };
        let found = &mut self.deadlocks.found;
        match found.iter_mut().find(|known| known.things == new.things) {
            Some(known) => known.merge(&new),
            None => found.push(new),
        }
    }
}
