//! Connection pools: hand-off in the order of the line, patience, growth at a cost, refusals by the
//! server, lifetimes, leaks.
//!
//! A pool opens a connection when none is idle and fewer than `size` are open or opening. Whoever
//! is next in line gets the next connection that is free, whether it was opened for somebody
//! else or given back. The server counts every open or opening connection, idle ones too.

use super::calendar::{Kind, What};
use super::deadlock::Unit;
use super::frames::Frame;
use super::jobs::{Job, Jobs, State, flag};
use super::line::Line;
use super::trace::{Trace, TraceEvent};
use super::{Engine, Step};
use crate::dist::child_key;
use crate::model::{OnRefused, Outcome};
use crate::plan::{NONE, PoolPlan};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// A station's own stream of draws.
pub fn stream(run_key: u64, name: u64, index: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(child_key(run_key, name, index))
}

/// A number in [0, 1) from a stream.
pub fn uniform(stream: &mut Xoshiro256PlusPlus) -> f64 {
    (stream.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Closed,
    Idle,
    Busy,
    /// Busy, and to be closed when it comes back.
    Retired,
}

/// A connection.
#[derive(Debug, Clone, Copy)]
struct Connection {
    pool: u32,
    state: Use,
    /// When it is to be closed; `u64::MAX`: never.
    end_of_life: u64,
    idle_since: u64,
    /// The event that looks at it next, and its time; 0: none.
    event: (u32, u64),
}

/// The slab of connections of all pools.
#[derive(Debug, Default)]
pub struct Connections {
    slots: Vec<Connection>,
    free: Vec<u32>,
}

impl Connections {
    fn add(&mut self, connection: Connection) -> u32 {
        if let Some(index) = self.free.pop() {
            self.slots[index as usize] = connection;
            index
        } else {
            self.slots.push(connection);
            self.slots.len() as u32 - 1
        }
    }
}

/// A pool of one instance.
#[derive(Debug)]
pub struct Pool<'a> {
    plan: &'a PoolPlan,
    /// Idle connections, the one used last on top.
    idle: Vec<u32>,
    open: u32,
    opening: u32,
    line: Line,
    stream: Xoshiro256PlusPlus,
}

impl<'a> Pool<'a> {
    /// No connection yet.
    pub fn new(plan: &'a PoolPlan, run_key: u64) -> Self {
        Self {
            plan,
            idle: Vec::new(),
            open: 0,
            opening: 0,
            line: Line::new(plan.order),
            stream: stream(run_key, plan.stream, 0),
        }
    }

    /// Whether a connection may come that nobody holds: one is being opened, or there is room for
    /// one, whatever the server says.
    pub fn may_grow(&self, plan: &PoolPlan) -> bool {
        self.opening > 0 || self.open < plan.size
    }

    /// Who waits, in order.
    pub fn in_line(&self, jobs: &Jobs) -> Vec<u32> {
        self.line.jobs(jobs)
    }
}

impl<T: Trace> Engine<'_, T> {
    /// A warm start: one connection per instance in turn until pools or servers are full, with
    /// ages spread over the maximum lifetime.
    pub(super) fn open_pools(&mut self) {
        let mut more = true;
        while more {
            more = false;
            for pool in 0..self.pools.len() as u32 {
                let plan = &self.plan.pools[pool as usize];
                let server = plan.database as usize;
                if self.pools[pool as usize].open < plan.min_idle
                    && self.server_connections[server] < self.plan.databases[server].connections
                {
                    let age = uniform(&mut self.pools[pool as usize].stream);
                    self.server_connections[server] += 1;
                    self.add_connection(pool, (age * plan.max_lifetime as f64) as u64);
                    more = true;
                }
            }
        }
    }

    /// An open connection joins its pool, idle; `age` ns are gone of its life.
    fn add_connection(&mut self, pool: u32, age: u64) {
        let plan = &self.plan.pools[pool as usize];
        // The births of a warm start lie before the run.
        let life = plan.max_lifetime.saturating_sub(age).max(1);
        let immortal = plan.max_lifetime == 0;
        let connection = self.connections.add(Connection {
            pool,
            state: Use::Busy,
            end_of_life: if immortal { u64::MAX } else { self.now.saturating_add(life) },
            idle_since: self.now,
            event: (0, 0),
        });
        self.pools[pool as usize].open += 1;
        self.probes.add_pair(self.now, plan.open, 1);
        self.probes.add(self.now, self.plan.databases[plan.database as usize].open, 1);
        if self.hand_over(pool, connection) {
            self.probes.add_pair(self.now, plan.in_use, 1);
        } else {
            self.connection_idle(connection);
        }
        self.look_at(connection);
    }

    /// Schedules the next look at a connection: the end of its life, or of its patience when idle.
    fn look_at(&mut self, connection: u32) {
        let slot = self.connections.slots[connection as usize];
        let timeout = self.plan.pools[slot.pool as usize].idle_timeout;
        if slot.state == Use::Closed {
            return;
        }
        let mut due = slot.end_of_life;
        if slot.state == Use::Idle {
            let bored = slot.idle_since.saturating_add(timeout);
            if bored > self.now {
                due = due.min(bored);
            }
        }
        if due < u64::MAX && slot.state != Use::Retired && (slot.event.0 == 0 || due < slot.event.1)
        {
            let seq = self.calendar.schedule(due, What::new(Kind::Connection, connection));
            self.connections.slots[connection as usize].event = (seq, due);
        }
    }

    /// Gives a connection to the next in line; `false` if nobody waits.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `grant`")]
    fn hand_over(&mut self, pool: u32, connection: u32) -> bool {
        let state = &mut self.pools[pool as usize];
        if state.line.waiting() == 0 {
            return false;
        }
        let Some(job) = state.line.take(&mut self.jobs) else { return false };
        let plan = state.plan;
        self.probes.add_pair(self.now, plan.waiting, -1);
        self.jobs[job].wake = 0;
        self.grant(job, (pool, plan), connection);
        self.resume(job);
        true
    }

    /// Nobody waits for a connection: it is idle, or closed if none may be.
    #[inline]
    fn connection_idle(&mut self, connection: u32) {
        let slot = &mut self.connections.slots[connection as usize];
        let pool = slot.pool as usize;
        let state = &mut self.pools[pool];
        let plan = state.plan;
        if plan.idle_timeout == 0 && state.open > plan.min_idle {
            return self.close(connection);
        }
        slot.state = Use::Idle;
        slot.idle_since = self.now;
        state.idle.push(connection);
        if plan.idle_timeout < u64::MAX {
            self.look_at(connection);
        }
    }

    /// A job asks a pool of its instance for a connection.
    #[inline]
    pub(super) fn checkout(&mut self, job: u32, model_pool: u32) -> Step {
        let instance = self.jobs[job].instance;
        let pool = self.plan.pool_first[model_pool as usize].wrapping_add(instance);
        let plan = self.pools[pool as usize].plan;
        if plan.keep && self.holds_connection_of(job, pool) {
            return Step::Next;
        }
        self.note(job, TraceEvent::Asked { pool });
        self.jobs[job].since = self.now;
        if let Some(connection) = self.pools[pool as usize].idle.pop() {
            self.probes.add_pair(self.now, plan.in_use, 1);
            self.grant(job, (pool, plan), connection);
            return Step::Next;
        }
        self.wait_for_connection(job, pool)
    }

    /// Whether a job, or one that it is a block of, holds a connection of a pool.
    fn holds_connection_of(&self, job: u32, pool: u32) -> bool {
        let held = |frame: &Frame| matches!(frame, Frame::Connection { pool: p, .. } if *p == pool);
        let mut holder = Some(job);
        while let Some(job) = holder {
            if self.frames.find(self.jobs[job].frame, held).is_some() {
                return true;
            }
            holder = self.enclosing(job);
        }
        false
    }

    /// A block ends: a connection that is kept to the end of the request goes on to the job around
    /// it, if that has none; `false` if it is to be given back.
    pub(super) fn hand_on_connection(&mut self, job: u32, pool: u32, connection: u32) -> bool {
        let Some(outer) = self.enclosing(job).filter(|_| self.plan.pools[pool as usize].keep)
        else {
            return false;
        };
        if self.holds_connection_of(outer, pool) {
            return false;
        }
        let frame = Frame::Connection { pool, connection };
        self.jobs[outer].frame = self.frames.insert_at_base(self.jobs[outer].frame, frame);
        self.let_go(Unit::Pool(pool), job);
        self.hold(Unit::Pool(pool), outer);
        if self.jobs[outer].first_child != NONE && self.pools[pool as usize].line.waiting() > 0 {
            self.share_connection(pool);
        }
        true
    }

    /// A request has got a connection that it keeps, through one of its blocks: others of its
    /// blocks that stand in line for one have it too.
    fn share_connection(&mut self, pool: u32) {
        let mut waiting = self.pools[pool as usize].in_line(&self.jobs);
        waiting.retain(|&job| self.holds_connection_of(job, pool));
        for job in waiting {
            self.leave_pool_line(job, pool);
            let Job { since, endpoint, windows, .. } = self.jobs[job];
            let waited = self.now - since;
            let PoolPlan { place, granted, .. } = self.plan.pools[pool as usize];
            self.jobs[job].wake = 0;
            self.jobs.add_wait(job, place, waited);
            self.probes.tally(granted + u32::from(endpoint), waited, windows);
            self.resume(job);
        }
    }

    fn wait_for_connection(&mut self, job: u32, pool: u32) -> Step {
        let plan = &self.plan.pools[pool as usize];
        if self.pools[pool as usize].line.waiting() >= plan.line_limit {
            return self.turn_away(job, pool, Outcome::Rejected);
        }
        let patience = (plan.timeout != NONE).then(|| self.draw_ns(job, plan.timeout));
        if patience == Some(0) {
            return self.lose(job, pool, Outcome::PoolTimeout);
        }
        if self.jobs[job].is(flag::DOOMED) {
            return self.lose(job, pool, Outcome::TimedOut);
        }
        let state = &self.pools[pool as usize];
        let wants_more = state.open + state.opening < plan.size;
        if wants_more && !self.open_connection(pool) && plan.on_refused == OnRefused::Fail {
            return self.turn_away(job, pool, Outcome::Refused);
        }
        let ticket = self.calendar.next_seq();
        let by_class = self.pools[pool as usize].line.is_by_class();
        let class = if by_class { self.class_of(job) } else { 0 };
        self.pools[pool as usize].line.join(&mut self.jobs, job, ticket, class);
        self.jobs[job].state = State::PoolLine(pool);
        self.probes.add_pair(self.now, plan.waiting, 1);
        if let Some(patience) = patience {
            let at = self.now.saturating_add(patience);
            self.jobs[job].wake = if plan.lane == NONE {
                self.calendar.schedule(at, What::new(Kind::Timer, job))
            } else {
                self.calendar.schedule_in_lane(plan.lane, at, job)
            };
        }
        self.wait_begins(job);
        Step::Stop
    }

    /// Begins to open a connection; `false` if the server refuses.
    fn open_connection(&mut self, pool: u32) -> bool {
        let plan = &self.plan.pools[pool as usize];
        let server = plan.database as usize;
        if self.server_connections[server] >= self.plan.databases[server].connections {
            self.probes.count_now(plan.refused);
            return false;
        }
        self.server_connections[server] += 1;
        self.pools[pool as usize].opening += 1;
        self.probes.count_now(plan.connects);
        let at = self.now.saturating_add(plan.connect);
        self.calendar.schedule(at, What::new(Kind::Opened, pool));
        true
    }

    /// A connection has been opened.
    pub(super) fn connection_opened(&mut self, pool: u32) {
        self.pools[pool as usize].opening -= 1;
        self.add_connection(pool, 0);
    }

    /// The job has its connection, which the caller has counted as in use.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: an eighth of it was the call")]
    fn grant(&mut self, job: u32, (pool, plan): (u32, &PoolPlan), connection: u32) {
        let Job { since, endpoint, windows, frame: top, .. } = self.jobs[job];
        let waited = self.now - since;
        self.note(job, TraceEvent::Granted { pool });
        self.connections.slots[connection as usize].state = Use::Busy;
        if waited > 0 {
            self.jobs.add_wait(job, plan.place, waited);
        }
        self.probes.tally(plan.granted + u32::from(endpoint), waited, windows);
        self.probes.count_now(plan.grants);
        // A connection that is kept to the end of the flow lies under all blocks.
        self.jobs[job].frame = if plan.keep {
            self.frames.insert_at_base(top, Frame::Connection { pool, connection })
        } else {
            self.frames.push(top, Frame::Connection { pool, connection })
        };
        self.hold(Unit::Pool(pool), job);
    }

    /// The job gets no connection, and has not waited for one.
    fn turn_away(&mut self, job: u32, pool: u32, outcome: Outcome) -> Step {
        let tally = self.plan.pools[pool as usize].turned_away;
        self.probes.tally(tally, 0, self.jobs[job].windows);
        self.raise(job, outcome)
    }

    /// The job gets no connection.
    pub(super) fn lose(&mut self, job: u32, pool: u32, outcome: Outcome) -> Step {
        self.lost(job, pool);
        self.raise(job, outcome)
    }

    /// A wait for a connection that did not come is recorded.
    pub(super) fn lost(&mut self, job: u32, pool: u32) {
        let plan = &self.plan.pools[pool as usize];
        let waited = self.now - self.jobs[job].since;
        self.jobs.add_wait(job, plan.place, waited);
        let windows = self.jobs[job].windows;
        self.probes.tally(plan.lost + u32::from(self.jobs[job].endpoint), waited, windows);
    }

    /// A job leaves the line of a pool before its turn.
    pub(super) fn leave_pool_line(&mut self, job: u32, pool: u32) {
        self.pools[pool as usize].line.leave(&mut self.jobs, job);
        self.probes.add_pair(self.now, self.plan.pools[pool as usize].waiting, -1);
    }

    /// A job gives a connection back.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `grant`")]
    pub(super) fn checkin(&mut self, pool: u32, connection: u32) {
        let plan = self.pools[pool as usize].plan;
        if plan.leak > 0.0 && uniform(&mut self.pools[pool as usize].stream) < plan.leak {
            // Nobody will ever give it back: it stays checked out and open.
            return self.connection_leaked(pool);
        }
        if self.connections.slots[connection as usize].state == Use::Retired {
            self.probes.add_pair(self.now, plan.in_use, -1);
            self.close(connection);
        } else if !self.hand_over(pool, connection) {
            self.probes.add_pair(self.now, plan.in_use, -1);
            self.connection_idle(connection);
        }
    }

    /// Closes a connection. Whoever waits for a place at the server may open one; a pool below
    /// its `min_idle` opens another.
    fn close(&mut self, connection: u32) {
        let pool = self.connections.slots[connection as usize].pool;
        self.connections.slots[connection as usize].state = Use::Closed;
        self.connections.slots[connection as usize].event = (0, 0);
        self.connections.free.push(connection);
        let plan = &self.plan.pools[pool as usize];
        self.pools[pool as usize].open -= 1;
        self.server_connections[plan.database as usize] -= 1;
        self.probes.add_pair(self.now, plan.open, -1);
        self.probes.add(self.now, self.plan.databases[plan.database as usize].open, -1);
        let count = self.pools.len() as u32;
        for other in (0..count).map(|step| (pool + step) % count) {
            if self.plan.pools[other as usize].database == plan.database {
                self.refill(other);
            }
        }
    }

    fn refill(&mut self, pool: u32) {
        let plan = &self.plan.pools[pool as usize];
        let state = &self.pools[pool as usize];
        let coming = state.open + state.opening;
        let server = plan.database as usize;
        let room = self.server_connections[server] < self.plan.databases[server].connections;
        let wanted = coming < plan.min_idle || state.line.waiting() > state.opening;
        if room && wanted && coming < plan.size {
            self.open_connection(pool);
        }
    }

    /// A connection is too old, or has been idle for too long.
    pub(super) fn connection_due(&mut self, connection: u32, seq: u32) {
        let Connection { pool, state, end_of_life, idle_since, event } =
            self.connections.slots[connection as usize];
        if event.0 != seq {
            return;
        }
        self.connections.slots[connection as usize].event = (0, 0);
        let plan = &self.plan.pools[pool as usize];
        let too_old = end_of_life <= self.now;
        let bored = idle_since.saturating_add(plan.idle_timeout) <= self.now
            && self.pools[pool as usize].open > plan.min_idle;
        if too_old && state == Use::Busy {
            self.connections.slots[connection as usize].state = Use::Retired;
        } else if state == Use::Idle && (too_old || bored) {
            self.pools[pool as usize].idle.retain(|&other| other != connection);
            self.close(connection);
        } else {
            self.look_at(connection);
        }
    }
}
