//! Services: a request comes to an instance and takes a worker there.

use super::calendar::{Kind, What};
use super::deadlock::Unit;
use super::frames::Frame;
use super::jobs::{Job, Jobs, State, flag};
use super::line::Line;
use super::trace::Trace;
use super::{Engine, Step};
use crate::model::Outcome;
use crate::plan::{Drop, InstancePlan, NONE};

/// The workers of an instance.
#[derive(Debug)]
pub struct Instance<'a> {
    plan: &'a InstancePlan,
    busy: u32,
    /// Requests that it has.
    pub inside: u32,
    line: Line,
    /// When the line was empty last; while it is, the last time that somebody joined it.
    empty_at: u64,
}

impl<'a> Instance<'a> {
    /// All workers idle.
    pub fn new(plan: &'a InstancePlan) -> Self {
        Self { plan, busy: 0, inside: 0, line: Line::new(plan.order), empty_at: 0 }
    }

    /// Its cores.
    #[inline]
    pub fn station(&self) -> u32 {
        self.plan.station
    }
}

impl<T: Trace> Engine<'_, T> {
    /// The balancer picks an instance for a request.
    #[inline]
    pub(super) fn arrive(&mut self, job: u32, service: u32) -> Step {
        let Some(instance) = self.pick(job, service) else {
            return self.raise(job, Outcome::Rejected);
        };
        let comer = &mut self.jobs[job];
        comer.instance = instance;
        comer.flags |= flag::INSIDE;
        let entered = &mut self.instances[instance as usize];
        entered.inside += 1;
        self.probes.add_pair(self.now, entered.plan.inside, 1);
        if self.plan.services[service as usize].per_caller {
            self.note_caller(job, service);
        }
        Step::Next
    }

    /// A job takes a worker of its instance, or waits for one.
    #[inline]
    pub(super) fn take_worker(&mut self, job: u32) -> Step {
        let comer = &mut self.jobs[job];
        comer.since = self.now;
        let instance = comer.instance;
        let state = &mut self.instances[instance as usize];
        let plan = state.plan;
        if state.busy < plan.workers {
            state.busy += 1;
            self.probes.add_pair(self.now, plan.busy, 1);
            self.worker_granted(job, instance, plan);
            return Step::Next;
        }
        if state.line.waiting() >= plan.line_limit {
            return self.raise(job, Outcome::Rejected);
        }
        if self.jobs[job].is(flag::DOOMED) {
            return self.raise(job, Outcome::TimedOut);
        }
        let ticket = self.calendar.next_seq();
        let by_class = state.line.is_by_class();
        let class = if by_class { self.class_of(job) } else { 0 };
        let state = &mut self.instances[instance as usize];
        if state.line.waiting() == 0 {
            state.empty_at = self.now;
        }
        state.line.join(&mut self.jobs, job, ticket, class);
        self.jobs[job].state = State::WorkerLine;
        self.probes.add_pair(self.now, plan.waiting, 1);
        if let Drop::Delay { target, interval } = plan.drop {
            // "Fail at Scale": the line has stood for an interval, or not.
            let stands = state.empty_at.saturating_add(interval.0) < self.now;
            let (limit, lane) = if stands { target } else { interval };
            let at = self.now.saturating_add(limit);
            self.jobs[job].wake = self.calendar.schedule_in_lane(lane, at, job);
        }
        self.wait_begins(job);
        Step::Stop
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: a fifth of it was the call")]
    fn worker_granted(&mut self, job: u32, instance: u32, plan: &InstancePlan) {
        let Job { since, endpoint, windows, .. } = self.jobs[job];
        let waited = self.now - since;
        if waited > 0 {
            self.jobs.add_wait(job, plan.place, waited);
        }
        self.probes.tally(plan.wait + u32::from(endpoint), waited, windows);
        self.push_frame(job, Frame::Worker { instance });
        self.hold(Unit::Workers(instance), job);
    }

    /// A worker is free: it takes the next in line at once, and never was idle then.
    #[inline]
    pub(super) fn worker_free(&mut self, instance: u32) {
        let state = &mut self.instances[instance as usize];
        let plan = state.plan;
        while state.line.waiting() > 0
            && state.busy <= plan.workers
            && let Some(next) = state.line.take(&mut self.jobs)
        {
            self.probes.add_pair(self.now, plan.waiting, -1);
            if plan.drop == Drop::Late && is_late(&self.jobs, next) {
                // It ends by an event of its own: whoever held something for it comes later.
                let what = What::new(Kind::Timer, next);
                self.jobs[next].wake = self.calendar.schedule(self.now, what);
                continue;
            }
            self.jobs[next].wake = 0;
            self.worker_granted(next, instance, plan);
            self.resume(next);
            return;
        }
        state.busy -= 1;
        self.probes.add_pair(self.now, plan.busy, -1);
    }

    /// A job leaves the line for workers before its turn.
    pub(super) fn leave_worker_line(&mut self, job: u32) {
        if self.jobs[job].ticket == 0 {
            return; // It has had its turn, and was late.
        }
        let instance = self.jobs[job].instance;
        self.instances[instance as usize].line.leave(&mut self.jobs, job);
        self.probes.add_pair(self.now, self.plan.instances[instance as usize].waiting, -1);
    }

    /// A job leaves the line for workers unserved.
    pub(super) fn drop_from_line(&mut self, job: u32) {
        self.leave_worker_line(job);
        let Job { since, instance, endpoint, windows, .. } = self.jobs[job];
        let plan = &self.plan.instances[instance as usize];
        let waited = self.now - since;
        self.jobs.add_wait(job, plan.place, waited);
        self.probes.tally(plan.wait + u32::from(endpoint), waited, windows);
        self.probes.count_now(plan.dropped);
        self.raise_and_resume(job, Outcome::Rejected);
    }

    /// A request leaves its instance: it is over.
    #[inline]
    pub(super) fn depart(&mut self, instance: u32) {
        let left = &mut self.instances[instance as usize];
        left.inside -= 1;
        self.probes.add_pair(self.now, left.plan.inside, -1);
    }
}

/// Whether the timeout of a caller of a job, near or far, or of its client has passed.
fn is_late(jobs: &Jobs, mut job: u32) -> bool {
    loop {
        let Job { parent, parent_generation, .. } = jobs[job];
        if jobs[job].is(flag::LATE) {
            return true;
        }
        if parent == NONE || !jobs.is_current(parent, parent_generation) {
            return false;
        }
        job = parent;
    }
}
