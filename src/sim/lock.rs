//! Locks by key, alone or shared, in order of arrival: readers join readers unless somebody waits.
//!
//! Who reads and asks to write waits for the other readers, before everybody in line: behind a
//! writer it would wait for one who waits for it (`PostgreSQL` puts it ahead for the same reason,
//! `ProcSleep` in its lock manager). Two who do so at once wait for each other.

use super::deadlock::Unit;
use super::frames::Frame;
use super::jobs::{Role, State, flag};
use super::line::Line;
use super::rows::{RowLine, Wakes};
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
pub(super) struct Lock {
    name: Name,
    readers: u32,
    writer: bool,
    line: Line,
    /// Modes of those in line, in order, with their tickets.
    modes: VecDeque<(u32, bool)>,
    /// Readers, or blocks of their transactions, who wait to write, in order.
    upgrades: VecDeque<u32>,
    /// Those who want a row.
    pub(super) rows: RowLine,
}

/// All locks in use, found by key in O(1).
#[derive(Debug, Default)]
pub struct Locks {
    pub(super) slots: Vec<Lock>,
    free: Vec<u32>,
    by_name: FxHashMap<Name, u32>,
    pub(super) wakes: Wakes,
}

impl Lock {
    /// Nobody has it.
    pub(super) fn is_free(&self) -> bool {
        self.readers == 0 && !self.writer
    }

    /// A reader can have it.
    pub(super) fn is_readable(&self) -> bool {
        !self.writer && self.upgrades.is_empty()
    }
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

    /// The family of a lock in use.
    pub fn family(&self, slot: u32) -> u32 {
        self.slots[slot as usize].name.0
    }

    pub(super) fn drop_if_idle(&mut self, slot: u32) {
        let lock = &mut self.slots[slot as usize];
        let in_line = lock.line.waiting() > 0 || lock.rows.wanted > 0;
        let wanted = in_line || !lock.upgrades.is_empty();
        if lock.readers == 0 && !lock.writer && !wanted {
            lock.modes.clear();
            lock.rows.waiting.clear();
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
        let rows = plan.rows;
        // A key is a number; what counts is its bits, so that equal numbers are equal keys.
        let key = if key == NONE { 0 } else { (self.draw(job, key) + 0.0).to_bits() };
        let instance = if plan.per_instance { self.jobs[job].instance } else { NONE };
        let slot = self.locks.slot((family, instance, key));
        if rows {
            self.row_looked_at(job);
        }
        // A transaction spans the blocks in it: what one of them has locked, all have.
        let holder = if to_commit { self.transaction_of(job).0 } else { job };
        let write = mode == LockMode::Write;
        let reads = self.has_locked(job, holder, slot, false);
        if self.has_locked(job, holder, slot, true) || (reads && !write) {
            // It holds this one already, perhaps since another block of its transaction got it.
            if let Some(since) = self.row_wanted_since(job) {
                self.tally_lock_wait(job, family, self.now - since);
            }
            if !to_commit {
                self.push_frame(job, Frame::Lock { slot: NONE, write: false });
            }
            return Step::Next;
        }
        self.jobs[job].since = self.now;
        let lock = &mut self.locks.slots[slot as usize];
        let compatible = !lock.writer && (!write || lock.readers == u32::from(reads));
        if compatible && lock.upgrades.is_empty() && (reads || lock.line.waiting() == 0) {
            self.lock_granted(job, slot, write);
            if rows && to_commit && self.jobs[job].role == Role::Block {
                self.share_in_transaction(slot, self.transaction_of(job).0, write);
            }
            return Step::Next;
        }
        if self.jobs[job].is(flag::DOOMED) {
            return self.raise(job, Outcome::TimedOut);
        }
        if reads {
            lock.upgrades.push_back(job);
        } else if rows {
            self.row_wait(job, slot);
        } else {
            let ticket = self.calendar.next_seq();
            lock.line.join(&mut self.jobs, job, ticket, 0);
            lock.modes.push_back((ticket, write));
        }
        self.jobs[job].state = State::LockLine(slot);
        self.wait_begins(job);
        Step::Stop
    }

    /// Whether a job, or the one that holds its transaction's locks, holds a lock in a mode.
    fn has_locked(&self, job: u32, holder: u32, slot: u32, write: bool) -> bool {
        let wanted = Frame::Lock { slot, write };
        let by =
            |job: u32| self.frames.find(self.jobs[job].frame, |frame| *frame == wanted).is_some();
        by(job) || (holder != job && by(holder))
    }

    /// What a job in a lock's line has asked for: in write mode, to the end of its transaction.
    fn lock_wanted(&self, job: u32) -> (bool, bool) {
        match self.plan.ops[self.jobs[job].pc as usize - 1] {
            Op::LockTake { mode, to_commit, .. } => (mode == LockMode::Write, to_commit),
            ref other => unreachable!("a job waits for a lock behind its op, not behind {other:?}"),
        }
    }

    /// The job whose stack holds a lock that a job asks for, or has just got.
    pub(super) fn lock_holder(&self, job: u32) -> u32 {
        if self.lock_wanted(job).1 { self.transaction_of(job).0 } else { job }
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
        if !self.lock_wanted(job).1 {
            self.push_frame(job, frame);
            return self.hold(Unit::Lock(slot), job);
        }
        // Held to the end of the transaction: directly above its connection.
        let (holder, begin) = self.transaction_of(job);
        let top = self.jobs[holder].frame;
        self.jobs[holder].frame = match begin {
            Some(below) => self.frames.insert_above(top, below, frame),
            None => self.frames.insert_at_base(top, frame),
        };
        self.hold(Unit::Lock(slot), holder);
    }

    /// The wait for a lock is recorded.
    fn lock_wait_over(&mut self, job: u32, family: u32) {
        let plan = &self.plan.locks[family as usize];
        let mut waited = self.now - self.jobs[job].since;
        self.jobs.add_wait(job, plan.place, waited);
        if let Some(since) = self.row_wanted_since(job) {
            waited = self.now - since;
        }
        self.tally_lock_wait(job, family, waited);
    }

    fn tally_lock_wait(&mut self, job: u32, family: u32, waited: u64) {
        let wait = self.plan.locks[family as usize].wait;
        let windows = self.jobs[job].windows;
        self.probes.tally(wait + u32::from(self.jobs[job].endpoint), waited, windows);
    }

    /// A transaction has got a lock through one of its blocks: others of its blocks that stand in
    /// line for it have it too, or wait only for the other readers.
    fn share_in_transaction(&mut self, slot: u32, holder: u32, write: bool) {
        let lock = &self.locks.slots[slot as usize];
        let family = lock.name.0;
        let mut waiting = lock.line.jobs(&self.jobs);
        waiting.extend(self.row_line(slot));
        let in_line = waiting.len();
        waiting.extend(&lock.upgrades);
        for (index, job) in waiting.into_iter().enumerate() {
            let (wants_write, to_commit) = self.lock_wanted(job);
            if !to_commit || self.transaction_of(job).0 != holder {
                continue;
            }
            let lock = &mut self.locks.slots[slot as usize];
            let has_it = write || !wants_write;
            if index < in_line {
                if self.plan.locks[family as usize].rows {
                    self.jobs[job].ticket = 0;
                } else {
                    lock.line.leave(&mut self.jobs, job);
                }
                if !has_it {
                    lock.upgrades.push_back(job);
                }
            } else if has_it {
                lock.upgrades.retain(|&other| other != job);
            }
            if has_it {
                self.lock_wait_over(job, family);
                self.resume(job);
            }
        }
    }

    /// The job whose transaction a job is in, and the frame that stands for it: its own, or that
    /// of a job around it. A block that nobody waits for any more is alone: its locks are its own.
    pub(super) fn transaction_of(&self, job: u32) -> (u32, Option<u32>) {
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

    /// A job gives a lock back; who wrote what it reads goes on reading.
    pub(super) fn lock_drop(&mut self, job: u32, slot: u32, write: bool) {
        if slot == NONE {
            return;
        }
        self.let_go(Unit::Lock(slot), job);
        let lock = &mut self.locks.slots[slot as usize];
        if write {
            lock.writer = false;
            self.wake_readers_of_row(slot);
        } else {
            lock.readers -= 1;
        }
        self.lock_serve(slot);
    }

    /// Those who can have it: first who reads it and waits to write, then the head of the line.
    fn lock_serve(&mut self, slot: u32) {
        while let Some((job, write)) = self.lock_next(slot) {
            self.lock_granted(job, slot, write);
            self.resume(job);
            if self.jobs[job].role == Role::Block {
                self.share_in_transaction(slot, self.transaction_of(job).0, write);
            }
        }
        self.wake_for_row(slot);
        self.locks.drop_if_idle(slot);
    }

    /// Takes the next who can have a lock out of its line, with its mode.
    fn lock_next(&mut self, slot: u32) -> Option<(u32, bool)> {
        let lock = &self.locks.slots[slot as usize];
        if let Some(&job) = lock.upgrades.front() {
            // One whose request has given it up meanwhile reads no longer.
            let reads = self.has_locked(job, self.lock_holder(job), slot, false);
            if lock.writer || lock.readers > u32::from(reads) {
                return None;
            }
            self.locks.slots[slot as usize].upgrades.pop_front();
            return Some((job, true));
        }
        let lock = &mut self.locks.slots[slot as usize];
        if lock.line.waiting() == 0 {
            return None;
        }
        // Modes of those who have left stand at the front without a waiter.
        let head = lock.line.head(&self.jobs);
        while lock.modes.front().is_some_and(|mode| Some(mode.0) != head) {
            lock.modes.pop_front();
        }
        let &(_, write) = lock.modes.front()?;
        if lock.writer || (write && lock.readers > 0) {
            return None;
        }
        let job = lock.line.take(&mut self.jobs)?;
        lock.modes.pop_front();
        Some((job, write))
    }

    /// A job leaves the line of a lock before its turn; those behind it may come nearer.
    pub(super) fn leave_lock_line(&mut self, job: u32, slot: u32) {
        let lock = &mut self.locks.slots[slot as usize];
        if let Some(at) = lock.upgrades.iter().position(|&other| other == job) {
            lock.upgrades.remove(at);
        } else if self.plan.locks[lock.name.0 as usize].rows {
            // It is passed over when those who wait are woken.
            self.jobs[job].ticket = 0;
        } else {
            lock.line.leave(&mut self.jobs, job);
        }
        self.wake_readers_of_row(slot);
        self.lock_serve(slot);
    }
}
