//! Locks by key, alone or shared, in order of arrival: readers join readers unless somebody waits.

use super::jobs::{Frame, Role, State, flag};
use super::line::Line;
use super::trace::Trace;
use super::{Engine, Step};
use crate::model::{LockMode, Outcome};
use crate::plan::{NONE, Op};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// Which lock: family, instance (or `NONE`), key.
type Name = (u32, u32, u64);

/// A lock that is held or waited for.
#[derive(Debug, Default)]
struct Lock {
    name: Name,
    readers: u32,
    writer: bool,
    line: Line,
    /// Modes of those in line, in order, with their tickets.
    modes: VecDeque<(u32, bool)>,
}

/// All locks in use, found by key in O(1).
#[derive(Debug, Default)]
pub struct Locks {
    slots: Vec<Lock>,
    free: Vec<u32>,
    by_name: FxHashMap<Name, u32>,
}

impl Locks {
    fn slot(&mut self, name: Name) -> u32 {
        if let Some(&slot) = self.by_name.get(&name) {
            return slot;
        }
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Lock::default());
            self.slots.len() as u32 - 1
        });
        self.slots[slot as usize].name = name;
        self.by_name.insert(name, slot);
        slot
    }

    fn drop_if_idle(&mut self, slot: u32) {
        let lock = &mut self.slots[slot as usize];
        if lock.readers == 0 && !lock.writer && lock.line.waiting() == 0 {
            lock.modes.clear();
            let name = lock.name;
            self.by_name.remove(&name);
            self.free.push(slot);
        }
    }
}

impl<T: Trace> Engine<'_, T> {
    /// A job asks for a lock.
    pub(super) fn lock_take(
        &mut self,
        job: u32,
        (family, key): (u32, u32),
        mode: LockMode,
        to_commit: bool,
    ) -> Step {
        let plan = &self.plan.locks[family as usize];
        // A key is a number; what counts is its bits, so that equal numbers are equal keys.
        let key = if key == NONE { 0 } else { (self.draw(job, key) + 0.0).to_bits() };
        let instance = if plan.per_instance { self.jobs[job].instance } else { NONE };
        let slot = self.locks.slot((family, instance, key));
        let held = |frame: &Frame| matches!(frame, Frame::Lock { slot: s, .. } if *s == slot);
        // A transaction spans the blocks in it: what one of them has locked, all have.
        let holder = if to_commit { self.transaction_of(job).0 } else { job };
        let by = |job: u32| self.frames.find(self.jobs[job].frame, held).is_some();
        if by(job) || by(holder) {
            // It holds this one already.
            if !to_commit {
                self.push_frame(job, Frame::Lock { slot: NONE, write: false });
            }
            return Step::Next;
        }
        self.jobs[job].since = self.now;
        let write = mode == LockMode::Write;
        let lock = &mut self.locks.slots[slot as usize];
        let compatible = !lock.writer && (lock.readers == 0 || !write);
        if compatible && lock.line.waiting() == 0 {
            self.lock_granted(job, slot, write);
            return Step::Next;
        }
        if self.jobs[job].is(flag::DOOMED) {
            return self.raise(job, Outcome::TimedOut);
        }
        let ticket = self.calendar.next_seq();
        lock.line.join(&mut self.jobs, job, ticket, 0);
        lock.modes.push_back((ticket, write));
        self.jobs[job].state = State::LockLine(slot);
        Step::Stop
    }

    fn lock_granted(&mut self, job: u32, slot: u32, write: bool) {
        let lock = &mut self.locks.slots[slot as usize];
        let family = lock.name.0;
        if write {
            lock.writer = true;
        } else {
            lock.readers += 1;
        }
        self.lock_wait_over(job, family);
        let frame = Frame::Lock { slot, write };
        let op = self.plan.ops[self.jobs[job].pc as usize - 1];
        if !matches!(op, Op::LockTake { to_commit: true, .. }) {
            return self.push_frame(job, frame);
        }
        // Held to the end of the transaction: directly above its connection.
        let (holder, begin) = self.transaction_of(job);
        let top = self.jobs[holder].frame;
        self.jobs[holder].frame = match begin {
            Some(below) => self.frames.insert_above(top, below, frame),
            None => self.frames.insert_at_base(top, frame),
        };
    }

    /// The wait for a lock is recorded.
    fn lock_wait_over(&mut self, job: u32, family: u32) {
        let plan = &self.plan.locks[family as usize];
        let waited = self.now - self.jobs[job].since;
        self.jobs.add_wait(job, plan.place, waited);
        let windows = self.jobs[job].windows;
        self.probes.tally(plan.wait + u32::from(self.jobs[job].endpoint), waited, windows);
    }

    /// A transaction has got a lock through one of its blocks: others of its blocks that stand in
    /// line for it have it too.
    fn share_in_transaction(&mut self, slot: u32, holder: u32) {
        let lock = &self.locks.slots[slot as usize];
        let family = lock.name.0;
        let mut waiting = lock.line.jobs(&self.jobs);
        waiting.retain(|&job| {
            let op = self.plan.ops[self.jobs[job].pc as usize - 1];
            let to_commit = matches!(op, Op::LockTake { to_commit: true, .. });
            to_commit && self.transaction_of(job).0 == holder
        });
        for job in waiting {
            self.locks.slots[slot as usize].line.leave(&mut self.jobs, job);
            self.lock_wait_over(job, family);
            self.resume(job);
        }
    }

    /// The job whose transaction a job is in, and the frame that stands for it: its own, or that
    /// of a job around it. A block that nobody waits for any more is alone: its locks are its own.
    fn transaction_of(&self, job: u32) -> (u32, Option<u32>) {
        let begin = |frame: &Frame| matches!(frame, Frame::Connection { .. } | Frame::Transaction);
        let mut holder = job;
        loop {
            if let Some(frame) = self.frames.find(self.jobs[holder].frame, begin) {
                return (holder, Some(frame));
            }
            match self.enclosing(holder) {
                Some(outer) => holder = outer,
                None => return (job, None),
            }
        }
    }

    /// A job gives a lock back.
    pub(super) fn lock_drop(&mut self, slot: u32, write: bool) {
        if slot == NONE {
            return;
        }
        let lock = &mut self.locks.slots[slot as usize];
        if write {
            lock.writer = false;
        } else {
            lock.readers -= 1;
        }
        self.lock_serve(slot);
    }

    /// Those at the head of the line who can have it.
    fn lock_serve(&mut self, slot: u32) {
        loop {
            let lock = &mut self.locks.slots[slot as usize];
            if lock.line.waiting() == 0 {
                break;
            }
            // Modes of those who have left stand at the front without a waiter.
            let head = lock.line.head(&self.jobs);
            while lock.modes.front().is_some_and(|mode| Some(mode.0) != head) {
                lock.modes.pop_front();
            }
            let Some(&(_, write)) = lock.modes.front() else { break };
            if lock.writer || (write && lock.readers > 0) {
                break;
            }
            let Some(job) = lock.line.take(&mut self.jobs) else { break };
            lock.modes.pop_front();
            self.lock_granted(job, slot, write);
            self.resume(job);
            if self.jobs[job].role == Role::Block {
                self.share_in_transaction(slot, self.transaction_of(job).0);
            }
        }
        self.locks.drop_if_idle(slot);
    }

    /// A job leaves the line of a lock before its turn; those behind it may come nearer.
    pub(super) fn leave_lock_line(&mut self, job: u32, slot: u32) {
        self.locks.slots[slot as usize].line.leave(&mut self.jobs, job);
        self.lock_serve(slot);
    }
}
