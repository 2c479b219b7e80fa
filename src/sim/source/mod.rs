//! Where requests come from.
//!
//! Arrivals invert the cumulative rate: unit gaps are drawn by serial number and stretched by the
//! mean gap, so that more load moves the same arrivals closer together.

mod background;
mod clock;
mod families;
mod sessions;
mod users;

pub use background::Clocks;
pub use families::Families;
pub use sessions::Sessions;
pub use users::Users;

use super::Engine;
use super::calendar::{Kind, What};
use super::course::interval_bits;
use super::jobs::{Job, Role, flag};
use super::trace::{Trace, TraceEvent};
use crate::dist::{Dist, Draw, child_key, hash_name, serial_key};
use crate::model::Outcome;
use crate::plan::{ArrivalPlan, InitialPlan, NONE, RatePlan, WorkloadPlan};
use crate::units::count::rounded_up;
use crate::units::time::ns_to_seconds;
use clock::{Clock, Lengths};

/// Names of a source's own variables.
const GAP: u64 = hash_name("gap");
const MIX: u64 = hash_name("mix");
const SPREAD: u64 = hash_name("spread");
const BATCH: u64 = hash_name("batch");

/// Most users of a run, and most sessions: their numbers travel in events and jobs.
const MOST: usize = 1 << 27;

/// In the number of who waits for a request: a session, not a user who asks for one thing.
const IN_SESSION: u32 = 1 << 27;

/// In the number of who waits for a request: a clock of the background.
const IN_BACKGROUND: u32 = 1 << 28;

/// A source at work.
#[derive(Debug)]
pub struct Source<'a> {
    /// Requests that come one by one at a constant rate: what it takes to know the next.
    steady: Option<Steady<'a>>,
    key: u64,
    serial: u64,
    /// Draws of the gaps, one after the other.
    gaps: Draw,
    /// Sum of the unit gaps so far.
    units: f64,
    /// Where it stands along a rate that changes.
    clock: Clock,
    /// Batches so far.
    batches: u64,
    /// Arrivals of a burst that are still to come, last first: time and serial number.
    burst: Vec<(u64, u64)>,
}

/// Single requests one by one at a constant rate.
#[derive(Debug, Clone, Copy)]
struct Steady<'a> {
    /// Law of a gap with mean 1; `None`: regular.
    gap: Option<&'a Dist>,
    /// Mean gap, ns.
    mean_gap: f64,
    /// No arrivals from here on, ns.
    end: f64,
}

impl<'a> Source<'a> {
    /// Before its first arrival; none comes at `end` or later.
    pub fn new(plan: &'a WorkloadPlan, run_key: u64, end: u64) -> Self {
        let key = child_key(run_key, plan.stream, 0);
        let steady = match &plan.arrivals {
            ArrivalPlan::Open { gap, mean_gap } if plan.batch == NONE && plan.session.is_none() => {
                Some(Steady { gap: gap.as_ref(), mean_gap: *mean_gap, end: end as f64 })
            }
            _ => None,
        };
        Self {
            steady,
            key,
            serial: 0,
            gaps: Draw::new(key, GAP),
            units: 0.0,
            clock: Clock::default(),
            batches: 0,
            burst: Vec::new(),
        }
    }
}

impl<T: Trace> Engine<'_, T> {
    /// Requests that are there at the start go in, and as far as they come. They arrived before the
    /// run: nobody's answer to them is recorded.
    pub(super) fn start_initial(&mut self) {
        for &InitialPlan { endpoint, count, stream } in &self.plan.initial {
            let key = child_key(self.run_key, stream, 0);
            for serial in 0..u64::from(count) {
                let job = self.jobs.spawn(Job {
                    key: serial_key(key, serial),
                    endpoint: endpoint as u16,
                    pc: self.plan.endpoints[endpoint as usize].entry,
                    role: Role::Request,
                    flags: flag::REPLIED,
                    ..Job::BLANK
                });
                self.note(job, TraceEvent::Born { parent: None });
                self.ready.push_back(job);
            }
        }
        while let Some(job) = self.ready.pop_front() {
            self.advance(job);
        }
    }

    /// Gives a source its first arrival.
    pub(super) fn start_source(&mut self, workload: u32) {
        match self.plan.workloads[workload as usize].arrivals {
            ArrivalPlan::Users { users, .. } => self.start_users(workload, users),
            ArrivalPlan::Replay { .. } => {
                self.live_sources += 1;
                self.schedule_logged(workload);
            }
            ArrivalPlan::Open { .. } | ArrivalPlan::Shaped { .. } => {
                let plan = &self.plan.workloads[workload as usize];
                if let ArrivalPlan::Open { gap: None, .. } | ArrivalPlan::Shaped { gap: None, .. } =
                    plan.arrivals
                {
                    // Regular arrivals start at a random phase: a stationary process.
                    let source = &mut self.sources[workload as usize];
                    source.units = source.gaps.next_f64() - 1.0;
                }
                self.live_sources += 1;
                self.schedule_arrival(workload);
            }
            ArrivalPlan::Burst { count, at, over } => {
                let key = self.sources[workload as usize].key;
                let count = self.count_of(count, key);
                let time = |serial: u64| {
                    let spread = Draw::new(child_key(key, SPREAD, serial), SPREAD).next_f64();
                    at.saturating_add((spread * over as f64) as u64)
                };
                let mut burst: Vec<_> = (0..count).map(|serial| (time(serial), serial)).collect();
                burst.sort_unstable_by_key(|&entry| std::cmp::Reverse(entry));
                let first = burst.last().map(|entry| entry.0);
                self.sources[workload as usize].burst = burst;
                if let Some(first) = first {
                    self.live_sources += 1;
                    self.calendar.schedule(first, What::new(Kind::Source, workload));
                }
            }
        }
    }

    /// A variable of a source, drawn under a key, in base units.
    #[inline]
    fn variable_of(&self, variable: u32, key: u64) -> f64 {
        let variable = &self.plan.variables[variable as usize];
        let mut draw = Draw::new(key, variable.stream);
        variable.value.sample(&[], &mut draw).clamp(variable.min, variable.max)
    }

    /// How many requests come together: a variable of a source, drawn under a key.
    fn count_of(&self, variable: u32, key: u64) -> u64 {
        let count = self.variable_of(variable, key);
        // Enough beyond the limit that it is looked at before the last of them has come.
        let limit = u64::from(self.plan.limits.in_flight) + 512;
        (rounded_up(count) as u64).min(limit)
    }

    fn schedule_arrival(&mut self, workload: u32) {
        let plan = &self.plan.workloads[workload as usize].arrivals;
        let (ArrivalPlan::Open { gap, .. } | ArrivalPlan::Shaped { gap, .. }) = plan else {
            return;
        };
        let source = &mut self.sources[workload as usize];
        source.units += match gap {
            Some(law) => law.sample(&mut source.gaps).max(0.0),
            None => 1.0,
        };
        let time = match plan {
            ArrivalPlan::Open { mean_gap, .. } => source.units * mean_gap,
            ArrivalPlan::Shaped { rates, .. } => self.shaped(workload, rates),
            ArrivalPlan::Burst { .. } | ArrivalPlan::Users { .. } | ArrivalPlan::Replay { .. } => {
                return;
            }
        };
        if time < self.last_arrival as f64 {
            self.calendar.schedule(time as u64, What::new(Kind::Source, workload));
        } else {
            self.live_sources -= 1;
        }
    }

    /// Schedules the next request of a log.
    fn schedule_logged(&mut self, workload: u32) {
        let ArrivalPlan::Replay { log, stretch } = &self.plan.workloads[workload as usize].arrivals
        else {
            return;
        };
        let next = log.get(self.sources[workload as usize].serial as usize);
        let time = next.map_or(u64::MAX, |request| (request.at as f64 * stretch) as u64);
        if time < self.last_arrival {
            self.calendar.schedule(time, What::new(Kind::Source, workload));
        } else {
            self.live_sources -= 1;
        }
    }

    /// When the cumulative rate reaches the sum of the gaps, ns.
    fn shaped(&mut self, workload: u32, rates: &RatePlan) -> f64 {
        let Source { key, units, clock, .. } = &mut self.sources[workload as usize];
        let seconds = match rates {
            RatePlan::Pieces { pieces, cycle } => clock.along_pieces(pieces, *cycle, *units),
            RatePlan::Phases(phases) => {
                let most = self.plan.limits.events;
                let lengths = Lengths { key: *key, variables: &self.plan.variables, most };
                let (before, limit) = (clock.phase(), ns_to_seconds(self.last_arrival));
                let time = clock.along_phases(phases, &lengths, *units, limit);
                // Phases count as events, so that very short ones meet the limit of events.
                self.events += clock.phase() - before;
                time
            }
        };
        seconds.map_or(f64::INFINITY, |seconds| seconds * 1e9)
    }

    /// Requests arrive; gives the job of the first.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the loop over events has one call of it")]
    pub(super) fn arrival(&mut self, workload: u32) -> Option<u32> {
        let source = &mut self.sources[workload as usize];
        let Some(Steady { gap, mean_gap, end }) = source.steady else {
            return self.other_arrival(workload);
        };
        let key = serial_key(source.key, source.serial);
        source.serial += 1;
        source.units += gap.map_or(1.0, |law| law.sample(&mut source.gaps).max(0.0));
        let time = source.units * mean_gap;
        if time < end {
            self.calendar.schedule(time as u64, What::new(Kind::Source, workload));
        } else {
            self.live_sources -= 1;
        }
        Some(self.request_here(workload, key))
    }

    /// The same at a rate that changes, in batches, from a log.
    #[inline(never)]
    fn other_arrival(&mut self, workload: u32) -> Option<u32> {
        let source = &mut self.sources[workload as usize];
        if let Some((_, serial)) = source.burst.pop() {
            match source.burst.last() {
                Some(&(next, _)) => {
                    self.calendar.schedule(next, What::new(Kind::Source, workload));
                }
                None => self.live_sources -= 1,
            }
            return self.numbered(workload, serial);
        }
        let serial = source.serial;
        source.serial += 1;
        let plan = &self.plan.workloads[workload as usize];
        let batch = plan.batch;
        if let ArrivalPlan::Replay { log, .. } = &plan.arrivals {
            let entry = log[serial as usize].entry as usize;
            self.schedule_logged(workload);
            let key = serial_key(self.sources[workload as usize].key, serial);
            return Some(self.request_of(workload, key, entry));
        }
        self.schedule_arrival(workload);
        if batch == NONE { self.numbered(workload, serial) } else { self.batch(workload) }
    }

    /// The request of this number begins, or the session.
    fn numbered(&mut self, workload: u32, serial: u64) -> Option<u32> {
        let key = serial_key(self.sources[workload as usize].key, serial);
        if self.plan.workloads[workload as usize].session.is_some() {
            self.open_session(workload, key);
            return None;
        }
        Some(self.request(workload, key))
    }

    /// Requests that come together; gives the job of the first, the others follow.
    fn batch(&mut self, workload: u32) -> Option<u32> {
        let source = &mut self.sources[workload as usize];
        // Its number has been taken as if it were one request.
        let first = source.serial - 1;
        let key = child_key(source.key, BATCH, source.batches);
        source.batches += 1;
        let variable = self.plan.workloads[workload as usize].batch;
        let count = self.count_of(variable, key);
        self.sources[workload as usize].serial = first + count;
        let mut serials = first..first + count;
        let job = serials.next().and_then(|serial| self.numbered(workload, serial));
        for serial in serials {
            let job = self.numbered(workload, serial);
            self.ready.extend(job);
        }
        job
    }

    /// A request of a workload begins, at the client or directly at its endpoint.
    #[inline(never)]
    fn request(&mut self, workload: u32, key: u64) -> u32 {
        self.request_here(workload, key)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `arrival`")]
    fn request_here(&mut self, workload: u32, key: u64) -> u32 {
        let plan = &self.plan.workloads[workload as usize];
        let entry = if plan.mix.len() == 1 {
            0
        } else {
            let u = Draw::new(key, MIX).next_f64();
            plan.mix.partition_point(|&(_, cumulative)| cumulative < u).min(plan.mix.len() - 1)
        };
        self.request_of(workload, key, entry)
    }

    /// A request for an entry of the mix begins.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `arrival`")]
    fn request_of(&mut self, workload: u32, key: u64, entry: usize) -> u32 {
        let plan = &self.plan.workloads[workload as usize];
        let job = self.enter(workload, key, plan.mix[entry].0, plan.client.get(entry).copied());
        self.probes.count(plan.intended, 1, self.jobs[job].windows);
        self.probes.add(self.now, plan.outstanding, 1);
        job
    }

    /// A request for an endpoint arrives, at the program of its client or directly.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `arrival`")]
    fn enter(&mut self, workload: u32, key: u64, endpoint: u32, client: Option<u32>) -> u32 {
        let windows = self.windows_now();
        if windows & 1 != 0 {
            self.recorded += 1;
        }
        let family = self.families.found();
        let job = self.jobs.spawn(Job {
            key,
            arrived: self.now,
            started: self.now,
            since: self.now,
            query_since: self.now,
            endpoint: endpoint as u16,
            workload: workload as u16,
            windows,
            family,
            pc: client.unwrap_or(self.plan.endpoints[endpoint as usize].entry),
            role: if client.is_some() { Role::Client } else { Role::Request },
            flags: if client.is_some() { 0 } else { flag::OUTER },
            ..Job::BLANK
        });
        self.note(job, TraceEvent::Born { parent: None });
        job
    }

    /// The windows in which a request that arrives now is recorded, and the interval if courses
    /// are kept.
    #[inline]
    fn windows_now(&self) -> u32 {
        let schedule = &self.plan.schedule;
        let inside = self.now >= schedule.warm_up && self.now < self.window_end;
        let mut windows = u32::from(inside);
        if self.one_window {
            return windows;
        }
        for (index, &(from, to)) in schedule.windows.iter().enumerate() {
            if self.now >= from && self.now < to {
                windows |= 2 << index;
            }
        }
        if inside && self.probes.has_courses() {
            windows |= interval_bits(self.now, schedule.interval);
        }
        windows
    }

    /// Whoever waits has the answer; whether the request was intended, one of the workload's own.
    #[inline(never)]
    fn tell_user(&mut self, user: u32, windows: u32, outcome: Outcome) -> bool {
        if user & IN_BACKGROUND != 0 {
            self.recorded -= u64::from(windows & 1);
            self.clock_answered(user ^ IN_BACKGROUND);
            return false;
        }
        if user & IN_SESSION != 0 {
            self.session_answered(user ^ IN_SESSION, outcome);
        } else {
            self.user_thinks(user);
        }
        true
    }

    /// An intended request has its last answer, or none: the client's view.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `arrival`")]
    pub(super) fn request_over(&mut self, asked: &Job, outcome: Outcome) {
        let &Job { workload, arrived, windows, user, .. } = asked;
        if user != NONE && !self.tell_user(user, windows, outcome) {
            return;
        }
        let plan = &self.plan.workloads[workload as usize];
        let latency = self.now - arrived;
        self.probes.add(self.now, plan.outstanding, -1);
        self.probes.ended(self.now, u32::from(workload), latency, outcome.is_good());
        if windows == 0 {
            return;
        }
        if windows & 1 != 0 {
            self.recorded -= 1;
        }
        if !plan.shared_tallies {
            self.probes.tally(plan.tallies + outcome as u32, latency, windows);
        }
    }

    /// A job of a request has ended; with the last one the request's record is closed.
    pub(super) fn leave_family(&mut self, family: u32, windows: u32) {
        self.families.live[family as usize] -= 1;
        if self.families.live[family as usize] > 0 {
            return;
        }
        self.families.free.push(family);
        for mark in 0..self.families.marks {
            let done = self.families.last[family as usize * self.families.marks + mark];
            if done != u64::MAX {
                self.probes.tally(self.plan.marks[mark].last, done, windows);
            }
        }
    }

    /// At the end: recorded requests that are still open have no answer, and sessions no end.
    pub(super) fn count_unanswered(&mut self) {
        self.count_unended();
        for job in 0..self.jobs.slots() as u32 {
            let Job { role, windows, endpoint, workload, parent, flags, user, .. } = self.jobs[job];
            if !self.jobs.is_alive(job) || windows == 0 {
                continue;
            }
            let plan = &self.plan.workloads[workload as usize];
            let ok = Outcome::Ok as u32;
            let intended = user == NONE || user & IN_BACKGROUND == 0;
            let asked_by_nobody =
                intended && parent == NONE && flags & (flag::ORPHAN | flag::REPLIED) == 0;
            if role == Role::Request && flags & flag::REPLIED == 0 {
                let tallies = self.plan.endpoints[usize::from(endpoint)].tallies;
                self.probes.unanswered(tallies + ok, windows);
            }
            if asked_by_nobody && role != Role::Block && !plan.shared_tallies {
                self.probes.unanswered(plan.tallies + ok, windows);
            }
        }
    }
}
