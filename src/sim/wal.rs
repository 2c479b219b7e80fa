//! Write-ahead logs with group commit: a flush serves all who wait when it begins.

use super::calendar::{Kind, Seq, What};
use super::jobs::{State, flag};
use super::trace::Trace;
use super::{Engine, Step};
use crate::model::Outcome;

/// A job with the ticket that it came with: one that has left meanwhile has another, or none.
type Comer = (u32, Seq);

/// A log. Its flush, once begun, is not stopped.
#[derive(Debug, Default)]
pub struct Log {
    flushing: bool,
    /// Those whom the flush in progress serves, in order of arrival.
    served: Vec<Comer>,
    /// Those whom the next one will serve, in order of arrival.
    next: Vec<Comer>,
}

impl<T: Trace> Engine<'_, T> {
    /// A job commits: with a flush of its own if none is in progress, else with the next.
    #[inline(never)]
    pub(super) fn flush(&mut self, job: u32, log: u32) -> Step {
        let plan = self.plan.logs[log as usize];
        self.jobs[job].since = self.now;
        let flushing = self.logs[log as usize].flushing;
        if flushing && self.jobs[job].is(flag::DOOMED) {
            return self.raise(job, Outcome::TimedOut);
        }
        let ticket = self.calendar.next_seq();
        self.jobs[job].ticket = ticket;
        self.logs[log as usize].next.push((job, ticket));
        if flushing {
            self.jobs[job].state = State::LogLine(log);
            self.probes.add(self.now, plan.waiting, 1);
        } else {
            self.probes.add(self.now, plan.busy, 1);
            self.begin_flush(log);
        }
        Step::Stop
    }

    /// All who wait are served together from now on.
    fn begin_flush(&mut self, log: u32) {
        let plan = self.plan.logs[log as usize];
        let at = &mut self.logs[log as usize];
        at.flushing = true;
        std::mem::swap(&mut at.served, &mut at.next);
        for index in 0..self.logs[log as usize].served.len() {
            let (job, ticket) = self.logs[log as usize].served[index];
            let comer = &mut self.jobs[job];
            if comer.ticket != ticket {
                continue;
            }
            if comer.state == State::LogLine(log) {
                self.probes.add(self.now, plan.waiting, -1);
            }
            comer.state = State::Flushed(log);
            let waited = self.now - comer.since;
            comer.since = self.now;
            let (endpoint, windows) = (u32::from(comer.endpoint), comer.windows);
            self.jobs.add_wait(job, plan.place, waited);
            self.probes.tally(plan.wait + endpoint, waited, windows);
        }
        self.probes.count_now(plan.flushes);
        let done = self.now.saturating_add(plan.sync);
        self.calendar.schedule(done, What::new(Kind::Flushed, log));
    }

    /// A flush is over: those whom it served go on, those who came meanwhile have the next one.
    pub(super) fn flush_over(&mut self, log: u32) {
        let plan = self.plan.logs[log as usize];
        for index in 0..self.logs[log as usize].served.len() {
            let (job, ticket) = self.logs[log as usize].served[index];
            if self.jobs[job].ticket == ticket {
                self.jobs[job].ticket = 0;
                self.jobs.add_service(job, plan.place, plan.sync);
                self.resume(job);
            }
        }
        let at = &mut self.logs[log as usize];
        at.served.clear();
        let jobs = &self.jobs;
        if at.next.iter().any(|&(job, ticket)| jobs[job].ticket == ticket) {
            self.begin_flush(log);
        } else {
            at.next.clear();
            at.flushing = false;
            self.probes.add(self.now, plan.busy, -1);
        }
    }

    /// A job leaves before its flush has begun, or before it has ended.
    pub(super) fn leave_log(&mut self, job: u32, log: u32) {
        if self.jobs[job].state == State::LogLine(log) {
            self.probes.add(self.now, self.plan.logs[log as usize].waiting, -1);
        }
        self.jobs[job].ticket = 0;
    }
}
