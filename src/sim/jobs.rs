//! Jobs: a request, an attempt, or a branch of one, going through a program.
//!
//! Jobs live in a slab. A job knows its parent and its children; a handle carries the generation
//! of the slot, so that a stale one is noticed. What a job holds and where it stands in nested
//! blocks is a stack of [`Frame`](super::frames::Frame)s, a linked list through a second slab; on an error the stack is
//! unwound from the top, which releases everything in reverse order of acquisition.

use crate::plan::NONE;

/// What a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// One run of an endpoint: a request as a server sees it.
    Request,
    /// A client with patience or retries around its attempts.
    Client,
    /// A branch, an item or a guarded block of another job.
    Block,
}

/// What a job is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The slot is free.
    Free,
    /// It runs now, or stands on the ready list.
    Ready,
    /// Time passes; the number is the place that it counts for.
    Pause(u32),
    /// Pause before a retry.
    Backoff,
    /// In the line of a station.
    StationLine(u32),
    /// Being served by a first-come-first-served station.
    Served(u32),
    /// Sharing a station.
    Sharing(u32),
    /// Its service at a preemptive station has begun: on a core, or (with a ticket) in line again.
    Running(u32),
    /// Before the flush of a log that it waits for has begun.
    LogLine(u32),
    /// During it.
    Flushed(u32),
    /// In the line for a worker of its instance.
    WorkerLine,
    /// In the line of a pool.
    PoolLine(u32),
    /// In the line of a lock.
    LockLine(u32),
    /// For its children.
    Group,
}

/// A bit of [`Job::flags`].
pub mod flag {
    /// An error was caught on the way.
    pub const DEGRADED: u8 = 1;
    /// Nobody waits for it any more.
    pub const ORPHAN: u8 = 2;
    /// The caller has its answer.
    pub const REPLIED: u8 = 4;
    /// It ends when it would have to wait.
    pub const DOOMED: u8 = 8;
    /// It is counted inside its instance.
    pub const INSIDE: u8 = 16;
    /// It is a workload's own request or attempt, not a call from another flow.
    pub const OUTER: u8 = 32;
    /// The one who waited for it had a timeout, which has passed.
    pub const LATE: u8 = 64;
}

/// A job.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// Key of its draws.
    pub key: u64,
    /// Intended arrival of the request that it belongs to, ns.
    pub arrived: u64,
    /// Start of this run of an endpoint, or of this block, ns.
    pub started: u64,
    /// Start of the wait, service or pause that it is in, ns.
    pub since: u64,
    /// Demand of the service that it is in (what was left of it at `since`), ns at nominal speed.
    pub demand: u64,
    /// Waiting of the request so far, on the path that led here, ns.
    pub waited: u64,
    /// Start of the query that it is in, ns.
    pub query_since: u64,
    /// Next op: the one behind that in which it waits.
    pub pc: u32,
    /// The event that may wake it; 0: none.
    pub wake: u32,
    /// Its number in the line that it stands in; 0: none.
    pub ticket: u32,
    /// Top of its stack of frames.
    pub frame: u32,
    /// The job that waits for it.
    pub parent: u32,
    /// Generation of the parent's slot when it was born.
    pub parent_generation: u32,
    /// Generation of this slot.
    pub generation: u32,
    /// Head of the list of its children.
    pub first_child: u32,
    /// Neighbors in the parent's list.
    pub siblings: (u32, u32),
    /// Its instance.
    pub instance: u32,
    /// Record of the request's named steps.
    pub family: u32,
    /// The user, the session or the clock that waits for the request, see [`super::source`];
    /// [`NONE`]: nobody who would ask again.
    pub user: u32,
    /// Name of the error that it failed with.
    pub failure: u16,
    /// Its endpoint.
    pub endpoint: u16,
    /// The workload that the request came from.
    pub workload: u16,
    /// Windows that the request arrived in: bit 0 the run's, then the named ones; from bit 16 the
    /// interval that it arrived in, see [`super::course`].
    pub windows: u32,
    /// What it is.
    pub role: Role,
    /// See [`flag`].
    pub flags: u8,
    /// What it waits for.
    pub state: State,
}

impl Job {
    /// A job that waits for nothing and belongs to nobody.
    pub const BLANK: Self = Self {
        key: 0,
        arrived: 0,
        started: 0,
        since: 0,
        demand: 0,
        waited: 0,
        query_since: 0,
        pc: 0,
        wake: 0,
        ticket: 0,
        frame: NONE,
        parent: NONE,
        parent_generation: 0,
        generation: 0,
        first_child: NONE,
        siblings: (NONE, NONE),
        instance: NONE,
        family: NONE,
        user: NONE,
        failure: 0,
        endpoint: 0,
        workload: 0,
        windows: 0,
        role: Role::Block,
        flags: 0,
        state: State::Ready,
    };

    /// Whether a flag is set.
    #[inline]
    pub fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// The slab of jobs, with their registers and their times by place beside.
#[derive(Debug)]
pub struct Jobs {
    jobs: Vec<Job>,
    free: Vec<u32>,
    registers: Vec<f64>,
    register_count: usize,
    times: Vec<u64>,
    time_count: usize,
}

impl Jobs {
    /// An empty slab for jobs with so many registers and places.
    pub fn new(registers: usize, places: usize) -> Self {
        Self {
            jobs: Vec::new(),
            free: Vec::new(),
            registers: Vec::new(),
            register_count: registers,
            times: Vec::new(),
            time_count: 2 * places,
        }
    }

    /// Jobs alive.
    pub fn alive(&self) -> usize {
        self.jobs.len() - self.free.len()
    }

    /// Slots ever used; the slots of free jobs included.
    pub fn slots(&self) -> usize {
        self.jobs.len()
    }

    /// Puts a job in, with registers and times at zero. Its generation is the slot's.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: the job is written where it stays")]
    pub fn spawn(&mut self, job: Job) -> u32 {
        let index = self.take_slot();
        let slot = &mut self.jobs[index as usize];
        *slot = Job { generation: slot.generation, ..job };
        let at = index as usize;
        self.times[at * self.time_count..(at + 1) * self.time_count].fill(0);
        let count = self.register_count;
        if count > 0 {
            self.registers[at * count..(at + 1) * count].fill(0.0);
        }
        index
    }

    /// Puts a child in: a copy of its parent that waits for nothing, holds nothing and has no
    /// children, with the parent's registers and with the times of `from`.
    #[inline]
    pub fn spawn_child(&mut self, parent: u32, from: u32, now: u64) -> u32 {
        let index = self.take_slot();
        let source = self.jobs[parent as usize];
        let slot = &mut self.jobs[index as usize];
        *slot = Job {
            generation: slot.generation,
            started: now,
            since: now,
            wake: 0,
            ticket: 0,
            frame: NONE,
            parent,
            parent_generation: source.generation,
            first_child: NONE,
            siblings: (NONE, NONE),
            flags: source.flags & (flag::DEGRADED | flag::DOOMED),
            role: Role::Block,
            state: State::Ready,
            ..source
        };
        self.adopt(parent, index);
        self.hand_over_times(from, index);
        self.copy_registers(parent, index);
        index
    }

    #[inline]
    fn take_slot(&mut self) -> u32 {
        match self.free.pop() {
            Some(index) => index,
            None => self.add_slot(),
        }
    }

    #[cold]
    fn add_slot(&mut self) -> u32 {
        self.jobs.push(Job::BLANK);
        self.times.resize(self.times.len() + self.time_count, 0);
        self.registers.resize(self.registers.len() + self.register_count, 0.0);
        self.jobs.len() as u32 - 1
    }

    /// Frees a slot; handles to it are stale from now on.
    #[inline]
    pub fn free(&mut self, index: u32) {
        let job = &mut self.jobs[index as usize];
        job.generation = job.generation.wrapping_add(1);
        job.wake = 0;
        job.ticket = 0;
        job.state = State::Free;
        self.free.push(index);
    }

    /// Whether the slot holds a job.
    pub fn is_alive(&self, index: u32) -> bool {
        self.jobs[index as usize].state != State::Free
    }

    /// Whether the slot still holds the job that it held at that generation.
    #[inline]
    pub fn is_current(&self, index: u32, generation: u32) -> bool {
        self.jobs.get(index as usize).is_some_and(|job| job.generation == generation)
    }

    /// Registers of a job.
    #[inline]
    pub fn registers(&self, index: u32) -> &[f64] {
        let at = index as usize * self.register_count;
        &self.registers[at..at + self.register_count]
    }

    /// Sets a register.
    #[inline]
    pub fn set_register(&mut self, index: u32, register: u32, value: f64) {
        self.registers[index as usize * self.register_count + register as usize] = value;
    }

    /// Times of a job by place: waiting at `2 * place`, service at `2 * place + 1`.
    #[inline]
    pub fn times(&self, index: u32) -> &[u64] {
        let at = index as usize * self.time_count;
        &self.times[at..at + self.time_count]
    }

    /// Adds waiting at a place.
    #[inline]
    pub fn add_wait(&mut self, index: u32, place: u32, ns: u64) {
        self.times[index as usize * self.time_count + 2 * place as usize] += ns;
        self.jobs[index as usize].waited += ns;
    }

    /// Adds service at a place.
    #[inline]
    pub fn add_service(&mut self, index: u32, place: u32, ns: u64) {
        self.times[index as usize * self.time_count + 2 * place as usize + 1] += ns;
    }

    /// Copies the times and the waiting of one job to another: the path goes on there.
    #[inline]
    pub fn hand_over_times(&mut self, from: u32, to: u32) {
        let count = self.time_count;
        let (source, target) = (from as usize * count, to as usize * count);
        self.times.copy_within(source..source + count, target);
        self.jobs[to as usize].waited = self.jobs[from as usize].waited;
    }

    /// Copies the registers of one job to another.
    #[inline]
    pub fn copy_registers(&mut self, from: u32, to: u32) {
        let count = self.register_count;
        if count > 0 {
            let (source, target) = (from as usize * count, to as usize * count);
            self.registers.copy_within(source..source + count, target);
        }
    }

    /// Puts `child` at the head of `parent`'s list.
    #[inline]
    pub fn adopt(&mut self, parent: u32, child: u32) {
        let head = self.jobs[parent as usize].first_child;
        self.jobs[child as usize].siblings = (NONE, head);
        if head != NONE {
            self.jobs[head as usize].siblings.0 = child;
        }
        self.jobs[parent as usize].first_child = child;
    }

    /// Takes `child` out of its parent's list and makes it nobody's.
    #[inline]
    pub fn disown(&mut self, parent: u32, child: u32) {
        let (previous, next) = self.jobs[child as usize].siblings;
        if previous == NONE {
            self.jobs[parent as usize].first_child = next;
        } else {
            self.jobs[previous as usize].siblings.1 = next;
        }
        if next != NONE {
            self.jobs[next as usize].siblings.0 = previous;
        }
        let job = &mut self.jobs[child as usize];
        job.siblings = (NONE, NONE);
        job.parent = NONE;
    }
}

impl std::ops::Index<u32> for Jobs {
    type Output = Job;
    #[inline]
    fn index(&self, index: u32) -> &Job {
        &self.jobs[index as usize]
    }
}

impl std::ops::IndexMut<u32> for Jobs {
    #[inline]
    fn index_mut(&mut self, index: u32) -> &mut Job {
        &mut self.jobs[index as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two cache lines: what the inner loop touches stays small.
    #[test]
    fn jobs_are_small() {
        assert!(size_of::<Job>() <= 128, "{}", size_of::<Job>());
    }
}
