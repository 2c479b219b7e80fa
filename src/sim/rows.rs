//! Rows of a database as locks: nobody hands a row on. Who waits for one is woken at its release and
//! looks again, which costs work on the database's cores, one after the other in order of arrival; who
//! finds it taken waits for the next release, and who comes meanwhile finds it free or goes before
//! those who have not looked yet. So every release costs work for each who waits, and the order is
//! not that of arrival: some are overtaken again and again.
//!
//! This is what `PostgreSQL` does (`heap_update` and `heap_lock_tuple` in `heapam.c`, `README.tuplock`
//! beside it): the first in the line for a row version waits for the transaction that has it; after
//! its end it finds the version outdated and goes to the new one, and so does each of the others when
//! it is first. Each version has its own line, and several may empty at the same time.

use super::Engine;
use super::calendar::Seq;
use super::frames::Frame;
use super::trace::Trace;
use crate::dist::{child_key, hash_name};
use crate::plan::NONE;
use std::collections::VecDeque;

/// Name of the keys of looks.
const LOOK: u64 = hash_name("look");

/// Those who want a row.
#[derive(Debug, Default)]
pub struct RowLine {
    /// In order of arrival, for the version that somebody has. Tickets that do not fit have left.
    pub waiting: VecDeque<(u32, Seq)>,
    /// All who want it: they wait for this version or an old one, or are looking.
    pub wanted: u32,
}

/// Lines of outdated versions, whose waiters look again one after the other.
#[derive(Debug, Default)]
pub struct Wakes {
    wakes: Vec<Wake>,
    free: Vec<u32>,
}

#[derive(Debug, Default)]
struct Wake {
    slot: u32,
    line: VecDeque<(u32, Seq)>,
}

impl<T: Trace> Engine<'_, T> {
    /// A job waits for the release of a row.
    pub(super) fn row_wait(&mut self, job: u32, slot: u32) {
        let top = self.jobs[job].frame;
        if !matches!(self.frames.get(top), Some(Frame::Row { .. })) {
            let (since, key) = (self.now, self.jobs[job].key);
            self.push_frame(job, Frame::Row { slot, wake: NONE, since, looks: 0, key });
            self.locks.slots[slot as usize].rows.wanted += 1;
        }
        let ticket = self.calendar.next_seq();
        self.jobs[job].ticket = ticket;
        self.locks.slots[slot as usize].rows.waiting.push_back((job, ticket));
    }

    /// A row is free: those who wait for it are woken, the first at once.
    pub(super) fn wake_for_row(&mut self, slot: u32) {
        let lock = &self.locks.slots[slot as usize];
        if !lock.rows.waiting.is_empty() && lock.is_free() {
            self.wake_all(slot);
        }
    }

    /// Readers have a row, and nobody waits to write it any more who kept others from joining them.
    pub(super) fn wake_readers_of_row(&mut self, slot: u32) {
        let lock = &self.locks.slots[slot as usize];
        if !lock.rows.waiting.is_empty() && lock.is_readable() {
            self.wake_all(slot);
        }
    }

    fn wake_all(&mut self, slot: u32) {
        let lock = &mut self.locks.slots[slot as usize];
        let line = std::mem::take(&mut lock.rows.waiting);
        let wakes = &mut self.locks.wakes;
        let wake = wakes.free.pop().unwrap_or_else(|| {
            wakes.wakes.push(Wake::default());
            wakes.wakes.len() as u32 - 1
        });
        let emptied = std::mem::replace(&mut wakes.wakes[wake as usize], Wake { slot, line });
        // Its memory serves the next version.
        self.locks.slots[slot as usize].rows.waiting = emptied.line;
        self.wake_next(wake);
    }

    /// The next of an outdated version's line looks again.
    fn wake_next(&mut self, wake: u32) {
        let woken = &mut self.locks.wakes.wakes[wake as usize];
        let slot = woken.slot;
        while let Some((job, ticket)) = woken.line.pop_front() {
            if self.jobs[job].ticket != ticket {
                continue;
            }
            self.jobs[job].ticket = 0;
            let top = self.jobs[job].frame;
            if let Some(Frame::Row { wake: now_in, looks, key, .. }) = self.frames.get_mut(top) {
                *now_in = wake;
                *looks = looks.wrapping_add(1);
                self.jobs[job].key = child_key(*key, LOOK, u64::from(*looks));
            }
            let family = self.locks.family(slot);
            let waited = self.now - self.jobs[job].since;
            self.jobs.add_wait(job, self.plan.locks[family as usize].place, waited);
            // The work of looking stands before the op behind which it waits.
            self.jobs[job].pc -= 2;
            return self.resume(job);
        }
        self.locks.wakes.free.push(wake);
    }

    /// A job has looked again, and the next of its line does.
    pub(super) fn row_looked_at(&mut self, job: u32) {
        let top = self.jobs[job].frame;
        if let Some(Frame::Row { wake, key, .. }) = self.frames.get_mut(top) {
            let wake = std::mem::replace(wake, NONE);
            self.jobs[job].key = *key;
            if wake != NONE {
                self.wake_next(wake);
            }
        }
    }

    /// A job no longer wants a row, as it has it: when it asked first, if that was earlier.
    pub(super) fn row_wanted_since(&mut self, job: u32) -> Option<u64> {
        let top = self.jobs[job].frame;
        let Some(&Frame::Row { slot, since, .. }) = self.frames.get(top) else { return None };
        self.pop_frame(job);
        self.locks.slots[slot as usize].rows.wanted -= 1;
        Some(since)
    }

    /// A job gives up; if it was looking, the next of its line looks.
    pub(super) fn row_given_up(&mut self, slot: u32, wake: u32) {
        self.locks.slots[slot as usize].rows.wanted -= 1;
        if wake != NONE {
            self.wake_next(wake);
        }
        self.locks.drop_if_idle(slot);
    }

    /// Those who wait for a row, of whatever version.
    pub(super) fn row_line(&self, slot: u32) -> Vec<u32> {
        let old = self.locks.wakes.wakes.iter().filter(|wake| wake.slot == slot);
        let lines = old.map(|wake| &wake.line);
        let lines = lines.chain([&self.locks.slots[slot as usize].rows.waiting]);
        let waits = |&&(job, ticket): &&(u32, Seq)| self.jobs[job].ticket == ticket;
        lines.flatten().filter(waits).map(|entry| entry.0).collect()
    }
}
