//! Requests in the background: what a client asks for on its own while its user is there.
//!
//! Each user of a closed workload, and each live session of an open one, has one clock for each of
//! the background's endpoints. A clock starts somewhere in its first interval and goes on whatever
//! the answers do; while the answer to its last request is missing it sends none. Draws belong to
//! whose clock it is and the number of the interval.

use super::super::Engine;
use super::super::calendar::{Kind, What};
use super::super::trace::Trace;
use super::{IN_BACKGROUND, MOST};
use crate::dist::{Draw, child_key, hash_name, serial_key};
use crate::plan::NONE;
use crate::units::time::seconds_to_ns;

/// Name of the clocks' keys.
const BACKGROUND: u64 = hash_name("background");
/// Name of where in its first interval a clock starts.
const PHASE: u64 = hash_name("phase");

/// All clocks of a run.
#[derive(Debug, Default)]
pub struct Clocks {
    clocks: Vec<Clock>,
    free: Vec<u32>,
    /// There was no place for another.
    full: bool,
}

/// One clock. It always stands in the calendar, until its time comes after its session's end.
#[derive(Debug, Clone, Copy)]
struct Clock {
    /// Key of its draws.
    key: u64,
    /// Whose it is, as a job's `user`.
    owner: u32,
    workload: u32,
    /// Which of the workload's background.
    which: u32,
    /// Intervals so far.
    number: u32,
    /// Another clock of the same session, or [`NONE`].
    next: u32,
    /// Its last request has no answer yet.
    open: bool,
    /// The session has ended.
    over: bool,
    /// It does not stand in the calendar any more.
    stopped: bool,
}

impl Clocks {
    /// Whether the run has to end.
    pub fn are_too_many(&self) -> bool {
        self.full
    }

    fn take(&mut self, clock: Clock) -> Option<u32> {
        if let Some(slot) = self.free.pop() {
            self.clocks[slot as usize] = clock;
            return Some(slot);
        }
        if self.clocks.len() >= MOST {
            self.full = true;
            return None;
        }
        self.clocks.push(clock);
        Some(self.clocks.len() as u32 - 1)
    }
}

impl<T: Trace> Engine<'_, T> {
    /// The clocks of a user or session with this key start; gives the first of their list.
    pub(super) fn start_background(&mut self, workload: u32, owner: u32, key: u64) -> u32 {
        let mut first = NONE;
        let count = self.plan.workloads[workload as usize].background.len() as u32;
        for which in 0..count {
            let key = child_key(key, BACKGROUND, u64::from(which));
            let clock = Clock {
                key,
                owner,
                workload,
                which,
                number: 0,
                next: first,
                open: false,
                over: false,
                stopped: false,
            };
            match self.clocks.take(clock) {
                Some(slot) => {
                    first = slot;
                    self.wind(slot, Draw::new(key, PHASE).next_f64());
                }
                None => self.look_again = 0,
            }
        }
        first
    }

    /// The clock is due after this share of its interval.
    fn wind(&mut self, slot: u32, share: f64) {
        let Clock { key, workload, which, number, .. } = self.clocks.clocks[slot as usize];
        let interval = self.plan.workloads[workload as usize].background[which as usize].1;
        let seconds = self.variable_of(interval, serial_key(key, u64::from(number)));
        let at = self.now.saturating_add(seconds_to_ns(seconds * share));
        self.calendar.schedule(at, What::new(Kind::Background, slot));
    }

    /// The user behind a request: the owner of the clock that sent it, or who asked.
    pub(in super::super) fn person(&self, user: u32) -> u32 {
        if user & IN_BACKGROUND == 0 {
            return user;
        }
        self.clocks.clocks[(user ^ IN_BACKGROUND) as usize].owner
    }

    /// A clock is due; gives the job of its request, if it sends one.
    pub(in super::super) fn clock_due(&mut self, slot: u32) -> Option<u32> {
        let clock = &mut self.clocks.clocks[slot as usize];
        if clock.over {
            clock.stopped = true;
            if !clock.open {
                self.clocks.free.push(slot);
            }
            return None;
        }
        let Clock { key, workload, which, number, open, .. } = *clock;
        clock.number = number.wrapping_add(1);
        clock.open = true;
        self.wind(slot, 1.0);
        if open {
            return None;
        }
        let endpoint = self.plan.workloads[workload as usize].background[which as usize].0;
        let job = self.enter(workload, serial_key(key, u64::from(number)), endpoint, None);
        self.jobs[job].user = slot | IN_BACKGROUND;
        Some(job)
    }

    /// A request in the background has its answer.
    pub(super) fn clock_answered(&mut self, slot: u32) {
        let clock = &mut self.clocks.clocks[slot as usize];
        clock.open = false;
        if clock.stopped {
            self.clocks.free.push(slot);
        }
    }

    /// A session has ended, and with it these clocks.
    pub(super) fn end_background(&mut self, first: u32) {
        let mut slot = first;
        while slot != NONE {
            let clock = &mut self.clocks.clocks[slot as usize];
            clock.over = true;
            slot = clock.next;
        }
    }
}
