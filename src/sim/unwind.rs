//! Stacks: what a job holds is released in reverse order of acquisition, on its way out and on
//! errors; and the end of a job, well or not.

use super::deadlock::Unit;
use super::frames::Frame;
use super::jobs::{Job, Role, State, flag};
use super::trace::{Trace, TraceEvent};
use super::{Engine, Step};
use crate::model::Outcome;
use crate::plan::NONE;

impl<T: Trace> Engine<'_, T> {
    /// Puts a frame on a job's stack.
    #[inline]
    pub(super) fn push_frame(&mut self, job: u32, frame: Frame) {
        let top = self.jobs[job].frame;
        self.jobs[job].frame = self.frames.push(top, frame);
    }

    /// The job that a block is part of, while that one waits for it.
    pub(super) fn enclosing(&self, job: u32) -> Option<u32> {
        let Job { role, parent, parent_generation, .. } = self.jobs[job];
        let waits = parent != NONE && self.jobs.is_current(parent, parent_generation);
        (role == Role::Block && waits).then_some(parent)
    }

    #[inline(never)]
    fn give_back(&mut self, job: u32, pool: u32, connection: u32) {
        self.give_back_here(job, pool, connection);
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: the end of a query is one call less")]
    fn give_back_here(&mut self, job: u32, pool: u32, connection: u32) {
        self.note(job, TraceEvent::Returned { pool });
        self.let_go(Unit::Pool(pool), job);
        self.checkin(pool, connection);
    }

    /// Takes the top frame, releasing nothing.
    #[inline]
    pub(super) fn pop_frame(&mut self, job: u32) -> Option<&Frame> {
        let (frame, below) = self.frames.pop(self.jobs[job].frame)?;
        self.jobs[job].frame = below;
        Some(frame)
    }

    /// Takes the top frame and releases what it stands for.
    pub(super) fn pop_and_release(&mut self, job: u32) {
        let Some((frame, below)) = self.frames.pop(self.jobs[job].frame) else { return };
        let holder = &mut self.jobs[job];
        holder.frame = below;
        match *frame {
            Frame::Balanced { service, caller } => {
                let instance = holder.instance;
                self.balanced_over(service, caller, instance);
            }
            Frame::Worker { instance } => {
                self.let_go(Unit::Workers(instance), job);
                self.worker_free(instance);
            }
            Frame::Connection { pool, connection } => self.give_back(job, pool, connection),
            Frame::Lock { slot, write } => self.lock_drop(job, slot, write),
            Frame::Row { slot, wake, key, .. } => {
                holder.key = key;
                self.row_given_up(slot, wake);
            }
            Frame::Disk { disk, .. } => self.leave_disk(disk),
            Frame::Loop { key, .. } | Frame::Retry { key, .. } => holder.key = key,
            Frame::Transaction | Frame::Catch { .. } | Frame::Mark { .. } | Frame::Group(_) => {}
        }
    }

    /// Releases down to the topmost connection, that included: the end of a query's checkout or
    /// of a transaction, whose locks lie above it.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the loop over ops has one call of it")]
    pub(super) fn pop_to_connection(&mut self, job: u32) -> Step {
        let top = self.jobs[job].frame;
        if let Some(&Frame::Connection { pool, connection }) = self.frames.get(top) {
            self.pop_frame(job);
            self.give_back_here(job, pool, connection);
            return Step::Next;
        }
        while let Some(frame) = self.frames.get(self.jobs[job].frame) {
            let connection = matches!(frame, Frame::Connection { .. });
            self.pop_and_release(job);
            if connection {
                break;
            }
        }
        Step::Next
    }

    /// Releases down to the beginning of the innermost transaction on a kept connection.
    pub(super) fn pop_to_transaction(&mut self, job: u32) -> Step {
        while let Some(frame) = self.frames.get(self.jobs[job].frame) {
            let begin = matches!(frame, Frame::Transaction);
            self.pop_and_release(job);
            if begin {
                break;
            }
        }
        Step::Next
    }

    /// An error: unwinds to the first block that catches or retries it, or ends the job.
    pub(super) fn raise(&mut self, job: u32, outcome: Outcome) -> Step {
        loop {
            let top = self.jobs[job].frame;
            match self.frames.get(top) {
                None => {
                    self.finish_job(job, outcome);
                    return Step::Stop;
                }
                Some(&Frame::Catch { spec }) => {
                    self.pop_frame(job);
                    let plan = &self.plan.catches[spec as usize];
                    if plan.on.contains(outcome) && !self.jobs[job].is(flag::DOOMED) {
                        if plan.degraded {
                            self.jobs[job].flags |= flag::DEGRADED;
                        }
                        self.jobs[job].pc = plan.handler;
                        return Step::Jump;
                    }
                }
                Some(&Frame::Retry { spec, tries, limit, .. }) => {
                    let plan = &self.plan.retries[spec as usize];
                    let wanted = plan.on.contains(outcome) && tries < limit;
                    if wanted && !self.jobs[job].is(flag::DOOMED) {
                        return self.try_again(job);
                    }
                    self.pop_and_release(job);
                }
                Some(_) => {
                    self.pop_and_release(job);
                }
            }
        }
    }

    /// An error that comes from outside while the job waits.
    pub(super) fn raise_and_resume(&mut self, job: u32, outcome: Outcome) {
        if self.raise(job, outcome) == Step::Jump {
            self.resume(job);
        }
    }

    /// A program has come to its end.
    #[inline]
    pub(super) fn end_job(&mut self, job: u32) {
        let outcome = self.good_outcome(job);
        self.finish_job(job, outcome);
    }

    /// A job is over: what it still holds is released, whoever waits is told.
    pub(super) fn finish_job(&mut self, job: u32, outcome: Outcome) {
        while let Some(frame) = self.frames.get(self.jobs[job].frame) {
            if let Frame::Connection { pool, connection } = *frame
                && self.hand_on_connection(job, pool, connection)
            {
                self.pop_frame(job);
                continue;
            }
            self.pop_and_release(job);
        }
        self.note(job, TraceEvent::Ended { outcome });
        let Job { flags, role, family, windows, instance, .. } = self.jobs[job];
        if flags & flag::INSIDE != 0 {
            self.depart(instance);
        }
        if flags & flag::ORPHAN != 0 {
            self.count_orphan(job, -1);
        }
        if family != NONE {
            self.leave_family(family, windows);
        }
        match role {
            _ if flags & flag::REPLIED != 0 => {}
            Role::Request => self.answer_here(job, outcome),
            Role::Client => {
                let asked = self.jobs[job];
                self.request_over(&asked, outcome);
            }
            Role::Block => self.tell_parent(job, outcome),
        }
        self.jobs.free(job);
    }

    /// A request has its answer: the server's view is recorded, the caller goes on.
    #[inline(never)]
    pub(super) fn answer(&mut self, job: u32, outcome: Outcome) {
        self.answer_here(job, outcome);
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: what is known of the job stays so")]
    fn answer_here(&mut self, job: u32, outcome: Outcome) {
        let answered = self.jobs[job];
        let Job { endpoint, windows, arrived, started, parent, flags, .. } = answered;
        let tallies = self.plan.endpoints[usize::from(endpoint)].tallies;
        self.probes.tally(tallies + outcome as u32, self.now - started, windows);
        if self.outliers.is_on() {
            self.hear(job, outcome.is_good());
        }
        if windows & 1 != 0 && flags & flag::OUTER != 0 && outcome.is_good() {
            // Earlier attempts are on the path that led here: times count from the first arrival.
            let since_arrival = self.now - arrived;
            self.probes.places(u32::from(endpoint), since_arrival, self.jobs.times(job));
        }
        if parent != NONE {
            self.tell_parent(job, outcome);
        } else if flags & flag::ORPHAN == 0 {
            self.request_over(&answered, outcome);
        }
    }

    /// Orphans are counted where they came from.
    pub(super) fn count_orphan(&mut self, job: u32, difference: i64) {
        let service = self.plan.endpoints[usize::from(self.jobs[job].endpoint)].service;
        let level = self.plan.services[service as usize].orphans;
        self.probes.add(self.now, level, difference);
    }

    /// Ends a job that nobody waits for, wherever it stands.
    pub(super) fn abort(&mut self, job: u32) {
        self.jobs[job].wake = 0;
        match self.jobs[job].state {
            State::StationLine(station) => self.leave_station_line(job, station),
            State::Running(station) => self.abandon_visit(job, station),
            State::Served(station) => self.free_server(station),
            State::Sharing(station) => self.leave_sharing(job, station),
            State::WorkerLine => self.leave_worker_line(job),
            State::PoolLine(pool) => {
                self.leave_pool_line(job, pool);
                self.lost(job, pool);
            }
            State::LockLine(slot) => self.leave_lock_line(job, slot),
            State::LogLine(log) | State::Flushed(log) => self.leave_log(job, log),
            State::Backoff => self.backoff_over(job),
            State::Ready => self.ready.retain(|&other| other != job),
            State::Group | State::Pause(_) | State::Free => {}
        }
        self.finish_job(job, Outcome::TimedOut);
    }
}
