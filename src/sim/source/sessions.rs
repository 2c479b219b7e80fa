//! Sessions: what a user asks for in turn, each request after the time to think that follows the
//! answer to the one before.
//!
//! A session is either an arrival of an open workload, which ends and is gone, or one of the many
//! that a user of a closed workload has, one after the other. Draws of a session belong to its
//! number, those of a request to its number within the session. A session always stands in one
//! place: in the calendar while its user thinks, or in the request that it waits for.

use super::super::Engine;
use super::super::calendar::{Kind, What};
use super::super::trace::Trace;
use super::users::USER;
use super::{IN_SESSION, MOST};
use crate::dist::{child_key, hash_name, serial_key};
use crate::model::Outcome;
use crate::plan::{ArrivalPlan, NONE};
use crate::units::count::rounded_up;
use crate::units::time::seconds_to_ns;

/// Name of the keys of a user's sessions.
const SESSION: u64 = hash_name("session");
/// Name of the keys of the numbers of requests.
const TIMES: u64 = hash_name("times");

/// Most live sessions before the run ends at its limit.
const LIMIT: usize = 10_000_000;

/// All live sessions of a run.
#[derive(Debug, Default)]
pub struct Sessions {
    sessions: Vec<Session>,
    free: Vec<u32>,
}

/// One session.
#[derive(Debug, Clone, Copy)]
struct Session {
    /// Key of its draws.
    key: u64,
    /// Its first intended arrival, ns.
    began: u64,
    workload: u32,
    /// Number of the user; [`NONE`]: the session is an arrival.
    user: u32,
    /// Number of the session of this user.
    number: u32,
    /// Where it stands; at the end: nothing is asked for any more.
    item: u32,
    /// Requests left of the item.
    left: u32,
    /// Requests so far.
    asked: u32,
    /// Windows in which it began.
    windows: u32,
    /// First of the clocks that end with it.
    clocks: u32,
}

impl Sessions {
    /// Whether the run has to end.
    pub fn are_too_many(&self) -> bool {
        self.sessions.len() - self.free.len() > LIMIT
    }

    /// A place for a session; none: there are far too many.
    fn take(&mut self, session: Session) -> Option<u32> {
        if let Some(slot) = self.free.pop() {
            self.sessions[slot as usize] = session;
            return Some(slot);
        }
        if self.sessions.len() >= MOST {
            return None;
        }
        self.sessions.push(session);
        Some(self.sessions.len() as u32 - 1)
    }
}

impl Session {
    fn new(workload: u32, user: u32, key: u64) -> Self {
        Self {
            key,
            began: 0,
            workload,
            user,
            number: 0,
            item: 0,
            left: 0,
            asked: 0,
            windows: 0,
            clocks: NONE,
        }
    }
}

impl<T: Trace> Engine<'_, T> {
    /// A session arrives.
    pub(super) fn open_session(&mut self, workload: u32, key: u64) {
        if let Some(slot) = self.sessions.take(Session::new(workload, NONE, key)) {
            self.live_sources += 1;
            self.begin(slot);
        }
        if self.sessions.are_too_many() {
            self.look_again = 0;
        }
    }

    /// Users who have one session after the other.
    pub(super) fn start_session_users(&mut self, workload: u32, count: u32) {
        for user in 0..count {
            if let Some(slot) = self.sessions.take(Session::new(workload, user, 0)) {
                self.begin(slot);
                let key = child_key(self.sources[workload as usize].key, USER, u64::from(user));
                self.start_background(workload, slot | IN_SESSION, key);
            }
        }
    }

    /// A session begins with thinking; those of a user after the pause before it.
    fn begin(&mut self, slot: u32) {
        let Session { workload, user, number, .. } = self.sessions.sessions[slot as usize];
        let mut pause = 0.0;
        if let ArrivalPlan::Users { think, .. } = self.plan.workloads[workload as usize].arrivals {
            let source = self.sources[workload as usize].key;
            let user = child_key(source, USER, u64::from(user));
            let key = child_key(user, SESSION, u64::from(number));
            self.sessions.sessions[slot as usize].key = key;
            pause = self.variable_of(think, key);
        }
        self.sessions.sessions[slot as usize].item = 0;
        let times = self.times(slot);
        self.sessions.sessions[slot as usize].left = times;
        self.think_of_next(slot, pause);
    }

    /// How many requests of its item the session makes.
    fn times(&self, slot: u32) -> u32 {
        let Session { workload, key, item, .. } = self.sessions.sessions[slot as usize];
        let Some(plan) = &self.plan.workloads[workload as usize].session else { return 0 };
        let times = plan.items[item as usize].0;
        rounded_up(self.variable_of(times, child_key(key, TIMES, u64::from(item)))) as u32
    }

    /// Goes to the next request, if there is one, and thinks.
    fn think_of_next(&mut self, slot: u32, pause: f64) {
        self.take_next_item(slot);
        let Session { workload, key, item, asked, .. } = self.sessions.sessions[slot as usize];
        let plan = self.plan.workloads[workload as usize].session.as_ref();
        let item = plan.and_then(|plan| plan.items.get(item as usize));
        let think =
            item.map_or(0.0, |item| self.variable_of(item.1, serial_key(key, u64::from(asked))));
        let at = self.now.saturating_add(seconds_to_ns(pause + think));
        self.calendar.schedule(at, What::new(Kind::Session, slot));
    }

    /// Passes over items without requests; whether there is a request to come.
    fn take_next_item(&mut self, slot: u32) -> bool {
        let workload = self.sessions.sessions[slot as usize].workload;
        let plan = self.plan.workloads[workload as usize].session.as_ref();
        let items = plan.map_or(0, |plan| plan.items.len());
        loop {
            let session = &mut self.sessions.sessions[slot as usize];
            if session.item as usize >= items {
                return false;
            }
            if session.left > 0 {
                return true;
            }
            session.item += 1;
            if (session.item as usize) < items {
                let times = self.times(slot);
                self.sessions.sessions[slot as usize].left = times;
            }
        }
    }

    /// The user has thought and asks; gives the job. A session without any request is over.
    pub(in super::super) fn session_asks(&mut self, slot: u32) -> Option<u32> {
        let Session { workload, key, item, left, asked, user, .. } =
            self.sessions.sessions[slot as usize];
        if left == 0 {
            self.session_over(slot);
            return None;
        }
        let job = self.request_of(workload, serial_key(key, u64::from(asked)), item as usize);
        self.jobs[job].user = slot | IN_SESSION;
        let session = &mut self.sessions.sessions[slot as usize];
        (session.left, session.asked) = (left - 1, asked.saturating_add(1));
        if asked == 0 {
            let windows = self.jobs[job].windows;
            (session.began, session.windows) = (self.now, windows);
            self.recorded += u64::from(windows & 1);
            if let Some(plan) = &self.plan.workloads[workload as usize].session {
                self.probes.add(self.now, plan.live, 1);
            }
            if user == NONE {
                let clocks = self.start_background(workload, slot | IN_SESSION, key);
                self.sessions.sessions[slot as usize].clocks = clocks;
            }
        }
        Some(job)
    }

    /// The user has the answer, or none and has given up.
    pub(super) fn session_answered(&mut self, slot: u32, outcome: Outcome) {
        let Session { workload, began, windows, .. } = self.sessions.sessions[slot as usize];
        let Some(plan) = &self.plan.workloads[workload as usize].session else { return };
        if (outcome.is_good() || plan.continues) && self.take_next_item(slot) {
            return self.think_of_next(slot, 0.0);
        }
        self.probes.add(self.now, plan.live, -1);
        self.probes.tally(plan.length, self.now - began, windows);
        self.recorded -= u64::from(windows & 1);
        self.session_over(slot);
    }

    /// An arrival is gone, a user pauses.
    fn session_over(&mut self, slot: u32) {
        let session = &mut self.sessions.sessions[slot as usize];
        session.asked = 0;
        session.windows = 0;
        let first = std::mem::replace(&mut session.clocks, NONE);
        if session.user == NONE {
            self.end_background(first);
            self.sessions.free.push(slot);
            self.live_sources -= 1;
        } else {
            let session = &mut self.sessions.sessions[slot as usize];
            session.number = session.number.wrapping_add(1);
            self.begin(slot);
        }
    }

    /// At the end: recorded sessions that still go on.
    pub(super) fn count_unended(&mut self) {
        for &Session { workload, asked, windows, .. } in &self.sessions.sessions {
            let plan = self.plan.workloads[workload as usize].session.as_ref();
            if let Some(plan) = plan.filter(|_| asked > 0 && windows != 0) {
                self.probes.unanswered(plan.length, windows);
            }
        }
    }
}
