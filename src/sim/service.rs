//! Services: which instance gets a request, and the workers that it needs there.

use super::deadlock::Unit;
use super::jobs::{Frame, Job, State, flag};
use super::line::Line;
use super::pool::{stream, uniform};
use super::trace::Trace;
use super::{Engine, Step};
use crate::model::{Balance, Outcome};
use crate::plan::ServicePlan;
use rand_xoshiro::Xoshiro256PlusPlus;

/// The balancer of a service.
#[derive(Debug)]
pub struct Service {
    /// Instances that get new requests.
    active: Vec<u32>,
    next: usize,
    stream: Xoshiro256PlusPlus,
}

impl Service {
    /// All instances in rotation.
    pub fn new(plan: &ServicePlan, run_key: u64) -> Self {
        Self {
            active: (plan.first_instance..plan.first_instance + plan.instances).collect(),
            next: 0,
            stream: stream(run_key, plan.stream, 0),
        }
    }

    fn random(&mut self) -> usize {
        let count = self.active.len();
        ((uniform(&mut self.stream) * count as f64) as usize).min(count - 1)
    }

    /// Puts an instance into rotation or takes it out; one that is out finishes what it has.
    pub fn set_in_rotation(&mut self, instance: u32, active: bool) {
        self.active.retain(|&other| other != instance);
        if active {
            let at = self.active.partition_point(|&other| other < instance);
            self.active.insert(at, instance);
        }
    }
}

/// The workers of an instance.
#[derive(Debug, Default)]
pub struct Instance {
    busy: u32,
    inside: u32,
    line: Line,
}

impl<T: Trace> Engine<'_, T> {
    /// The balancer picks an instance for a request.
    #[inline]
    pub(super) fn arrive(&mut self, job: u32, service: u32) -> Step {
        let Some(instance) = self.pick(service) else {
            return self.raise(job, Outcome::Rejected);
        };
        let comer = &mut self.jobs[job];
        comer.instance = instance;
        comer.flags |= flag::INSIDE;
        self.instances[instance as usize].inside += 1;
        self.probes.add_pair(self.now, self.plan.instances[instance as usize].inside, 1);
        Step::Next
    }

    #[inline]
    fn pick(&mut self, service: u32) -> Option<u32> {
        let plan = &self.plan.services[service as usize];
        if plan.instances == 1 && self.services[service as usize].active.len() == 1 {
            return Some(plan.first_instance);
        }
        let inside = |instance: u32| self.instances[instance as usize].inside;
        let state = &mut self.services[service as usize];
        let count = state.active.len();
        if count == 0 {
            return None;
        }
        let at = match plan.balance {
            Balance::RoundRobin => {
                let at = state.next % count;
                state.next = at + 1;
                at
            }
            Balance::Random => state.random(),
            Balance::PowerOfTwo => {
                let first = state.random();
                // The second is another one, uniformly.
                let other = if count > 1 {
                    let skip = 1 + (uniform(&mut state.stream) * (count - 1) as f64) as usize;
                    (first + skip.min(count - 1)) % count
                } else {
                    first
                };
                if inside(state.active[other]) < inside(state.active[first]) {
                    other
                } else {
                    first
                }
            }
            Balance::LeastOutstanding => {
                // Ties go to the first behind the last choice.
                let start = state.next;
                let least = (0..count)
                    .map(|step| (start + step) % count)
                    .min_by_key(|&at| inside(state.active[at]))?;
                state.next = least + 1;
                least
            }
        };
        Some(self.services[service as usize].active[at])
    }

    /// A job takes a worker of its instance, or waits for one.
    #[inline]
    pub(super) fn take_worker(&mut self, job: u32) -> Step {
        let comer = &mut self.jobs[job];
        comer.since = self.now;
        let instance = comer.instance;
        let plan = &self.plan.instances[instance as usize];
        let state = &mut self.instances[instance as usize];
        if state.busy < plan.workers {
            state.busy += 1;
            self.probes.add_pair(self.now, plan.busy, 1);
            self.worker_granted(job, instance);
            return Step::Next;
        }
        if state.line.waiting() >= plan.line_limit {
            return self.raise(job, Outcome::Rejected);
        }
        if self.jobs[job].is(flag::DOOMED) {
            return self.raise(job, Outcome::TimedOut);
        }
        let ticket = self.calendar.next_seq();
        self.instances[instance as usize].line.join(&mut self.jobs, job, ticket);
        self.jobs[job].state = State::WorkerLine;
        self.probes.add_pair(self.now, plan.waiting, 1);
        self.wait_begins(job);
        Step::Stop
    }

    #[inline]
    fn worker_granted(&mut self, job: u32, instance: u32) {
        let plan = &self.plan.instances[instance as usize];
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
        let plan = &self.plan.instances[instance as usize];
        let state = &mut self.instances[instance as usize];
        if state.line.waiting() > 0
            && state.busy <= plan.workers
            && let Some(next) = state.line.take(&mut self.jobs)
        {
            self.probes.add_pair(self.now, plan.waiting, -1);
            self.worker_granted(next, instance);
            self.resume(next);
            return;
        }
        state.busy -= 1;
        self.probes.add_pair(self.now, plan.busy, -1);
    }

    /// A job leaves the line for workers before its turn.
    pub(super) fn leave_worker_line(&mut self, job: u32) {
        let instance = self.jobs[job].instance;
        self.instances[instance as usize].line.leave(&mut self.jobs, job);
        self.probes.add_pair(self.now, self.plan.instances[instance as usize].waiting, -1);
    }

    /// A request leaves its instance.
    #[inline]
    pub(super) fn depart(&mut self, job: u32) {
        let goer = &mut self.jobs[job];
        goer.flags &= !flag::INSIDE;
        let instance = goer.instance;
        self.instances[instance as usize].inside -= 1;
        self.probes.add_pair(self.now, self.plan.instances[instance as usize].inside, -1);
    }
}
