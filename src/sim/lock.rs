//! Locks by key, alone or shared, in order of arrival: readers join readers unless somebody waits.

use super::jobs::{Frame, State, flag};
use super::line::Line;
use super::trace::Trace;
use super::{Engine, Step};
use crate::model::{LockMode, Outcome};
use crate::plan::NONE;
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
    pub(super) fn lock_take(&mut self, job: u32, family: u32, key: u32, mode: LockMode) -> Step {
        let plan = &self.plan.locks[family as usize];
        // A key is a number; what counts is its bits, so that equal numbers are equal keys.
        let key = if key == NONE { 0 } else { (self.draw(job, key) + 0.0).to_bits() };
        let instance = if plan.per_instance { self.jobs[job].instance } else { NONE };
        let slot = self.locks.slot((family, instance, key));
        let held = |frame: &Frame| matches!(frame, Frame::Lock { slot: s, .. } if *s == slot);
        if self.frames.find(self.jobs[job].frame, held).is_some() {
            // It holds this one already.
            if !plan.to_commit {
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
        lock.line.join(&mut self.jobs, job, ticket);
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
        let plan = &self.plan.locks[family as usize];
        let waited = self.now - self.jobs[job].since;
        self.jobs.add_wait(job, plan.place, waited);
        let windows = self.jobs[job].windows;
        self.probes.tally(plan.wait + u32::from(self.jobs[job].endpoint), waited, windows);
        let frame = Frame::Lock { slot, write };
        let top = self.jobs[job].frame;
        let connection = |frame: &Frame| matches!(frame, Frame::Connection { .. });
        let transaction = self.frames.find(top, connection).filter(|_| plan.to_commit);
        // Held to the end of the transaction: directly above its connection.
        self.jobs[job].frame = match transaction {
            Some(below) => self.frames.insert_above(top, below, frame),
            None => self.frames.push(top, frame),
        };
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
        }
        self.locks.drop_if_idle(slot);
    }

    /// A job leaves the line of a lock before its turn; those behind it may come nearer.
    pub(super) fn leave_lock_line(&mut self, job: u32, slot: u32) {
        self.locks.slots[slot as usize].line.leave(&mut self.jobs, job);
        self.lock_serve(slot);
    }
}
