//! The interpreter: a job goes on, op by op, until it has to wait.

use super::calendar::{Kind, What};
use super::frames::Frame;
use super::jobs::{Job, Role, State, flag};
use super::trace::Trace;
use super::{Engine, Step};
use crate::dist::{Draw, child_key};
use crate::model::Outcome;
use crate::plan::{NONE, Op};
use crate::units::time::seconds_to_ns;

impl<'a, T: Trace> Engine<'a, T> {
    /// Lets a job go on until it waits or ends.
    #[cold]
    #[inline(never)]
    pub(super) fn advance(&mut self, job: u32) {
        self.advance_here(job);
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the loop over events has one call of it")]
    pub(super) fn advance_here(&mut self, job: u32) {
        let ops: &'a [Op] = &self.plan.ops;
        let going = &mut self.jobs[job];
        going.state = State::Ready;
        let mut pc = going.pc;
        loop {
            let op = &ops[pc as usize];
            pc += 1;
            match self.execute(job, op, pc) {
                Step::Next => {}
                Step::Jump => {
                    // A flow that goes round without time passing must not go round for ever.
                    if self.events > self.plan.limits.events {
                        self.ready.clear();
                        return;
                    }
                    pc = self.jobs[job].pc;
                }
                Step::Stop => return,
            }
        }
    }

    /// A job goes on, after those that stand ready.
    #[inline]
    pub(super) fn resume(&mut self, job: u32) {
        self.jobs[job].state = State::Ready;
        self.ready.push_back(job);
    }

    /// A job's own time has passed; gives the job if it goes on.
    #[inline]
    pub(super) fn wake(&mut self, job: u32) -> Option<u32> {
        let woken = &mut self.jobs[job];
        woken.wake = 0;
        let passed = self.now - woken.since;
        match woken.state {
            State::Served(station) => self.end_service(job, station, passed),
            State::Pause(place) => self.jobs.add_service(job, place, passed),
            State::Backoff => {
                self.jobs.add_wait(job, self.plan.place_backoff, passed);
                self.backoff_over(job);
            }
            State::Running(station) => return self.turn_over(job, station),
            _ => return None,
        }
        Some(job)
    }

    /// What an op does. Wherever the job may have to wait it keeps `behind`, the number of the op
    /// behind this one.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the loop over ops has one call of it")]
    fn execute(&mut self, job: u32, op: &Op, behind: u32) -> Step {
        match *op {
            Op::Cpu { variable } => {
                let working = &mut self.jobs[job];
                working.pc = behind;
                let instance = working.instance;
                let station = self.instances[instance as usize].station();
                self.enter_station(job, station, variable)
            }
            Op::DatabaseCpu { station, variable } => {
                self.jobs[job].pc = behind;
                self.enter_station(job, station, variable)
            }
            Op::Pause { variable, place } => {
                self.jobs[job].pc = behind;
                let ns = self.draw_ns(job, variable);
                self.pause(job, ns, place)
            }
            Op::Checkout { pool } => {
                self.jobs[job].pc = behind;
                self.checkout(job, pool)
            }
            Op::Checkin => self.pop_to_connection(job),
            Op::Arrive { service } => self.arrive(job, service),
            Op::TakeWorker => {
                self.jobs[job].pc = behind;
                self.take_worker(job)
            }
            Op::DropWorker | Op::LockDrop | Op::Uncatch => {
                self.pop_and_release(job);
                Step::Next
            }
            Op::End => {
                self.end_job(job);
                Step::Stop
            }
            Op::Group { spec } => {
                self.jobs[job].pc = behind;
                self.group(job, spec)
            }
            Op::Jump { to } => self.jump(job, to),
            Op::QueryBegin { count, bytes } => self.query_begin(job, count, bytes),
            Op::QueryEnd { tally } => {
                let Job { query_since, endpoint, windows, .. } = self.jobs[job];
                self.probes.tally(tally + u32::from(endpoint), self.now - query_since, windows);
                Step::Next
            }
            ref other => {
                self.jobs[job].pc = behind;
                self.execute_rare(job, other)
            }
        }
    }

    #[inline(never)]
    fn execute_rare(&mut self, job: u32, op: &Op) -> Step {
        match *op {
            Op::Let { register, variable } => {
                let value = self.draw(job, variable);
                self.jobs.set_register(job, u32::from(register), value);
                Step::Next
            }
            Op::LockTake { lock, key, mode, to_commit } => {
                self.lock_take(job, (lock, key), mode, to_commit)
            }
            Op::Begin => {
                self.push_frame(job, Frame::Transaction);
                Step::Next
            }
            Op::Commit => self.pop_to_transaction(job),
            Op::Mark { mark } => {
                let (since, waited) = (self.now, self.jobs[job].waited);
                self.push_frame(job, Frame::Mark { mark, since, waited });
                Step::Next
            }
            Op::Unmark => self.unmark(job),
            Op::LoopEnter { spec } => self.loop_enter(job, spec),
            Op::LoopNext => self.loop_next(job),
            Op::Catch { spec } => {
                self.push_frame(job, Frame::Catch { spec });
                Step::Next
            }
            Op::RetryEnter { spec } => self.retry_enter(job, spec),
            Op::RetryLeave => {
                if let Some(&Frame::Retry { key, .. }) = self.pop_frame(job) {
                    self.jobs[job].key = key;
                }
                Step::Next
            }
            Op::Choose { spec } => self.choose(job, spec),
            Op::Branch { condition, otherwise } => {
                let condition = &self.plan.conditions[condition as usize];
                let holds = condition.holds(self.jobs.registers(job));
                if holds { Step::Next } else { self.jump(job, otherwise) }
            }
            Op::Reads { .. }
            | Op::ReadTurn { .. }
            | Op::ReadRest { .. }
            | Op::Scan { .. }
            | Op::DiskLeft => self.disk(job, op),
            Op::Flush { log } => self.flush(job, log),
            Op::Reply => self.reply(job),
            Op::Fail { name } => {
                self.jobs[job].failure = name;
                self.raise(job, Outcome::Failed)
            }
            ref other => unreachable!("{other:?} is executed above"),
        }
    }

    #[inline]
    fn jump(&mut self, job: u32, to: u32) -> Step {
        self.jobs[job].pc = to;
        Step::Jump
    }

    #[inline]
    fn pause(&mut self, job: u32, ns: u64, place: u32) -> Step {
        let at = self.now.saturating_add(ns);
        let wake = self.calendar.schedule(at, What::new(Kind::Wake, job));
        let job = &mut self.jobs[job];
        job.since = self.now;
        job.state = State::Pause(place);
        job.wake = wake;
        Step::Stop
    }

    #[inline]
    fn query_begin(&mut self, job: u32, count: u32, bytes: u32) -> Step {
        let asking = &mut self.jobs[job];
        asking.query_since = self.now;
        let windows = asking.windows;
        self.probes.count(count, 1, windows);
        if bytes != NONE {
            let amount = self.draw(job, bytes);
            self.probes.count(count + 1, amount as u64, windows);
        }
        Step::Next
    }

    fn unmark(&mut self, job: u32) -> Step {
        if let Some(&Frame::Mark { mark, since, waited }) = self.pop_frame(job) {
            let plan = &self.plan.marks[mark as usize];
            let (windows, family) = (self.jobs[job].windows, self.jobs[job].family);
            let done = self.now - self.jobs[job].arrived;
            self.probes.tally(plan.elapsed, self.now - since, windows);
            self.probes.tally(plan.wait, self.jobs[job].waited.saturating_sub(waited), windows);
            self.probes.tally(plan.done, done, windows);
            self.families.executed(family, mark, done);
        }
        Step::Next
    }

    fn loop_enter(&mut self, job: u32, spec: u32) -> Step {
        let plan = &self.plan.loops[spec as usize];
        let left = if plan.again { 1 } else { self.draw_count(job, plan.count) };
        if left == 0 {
            return self.jump(job, plan.end);
        }
        let batch = if plan.batch == NONE { 1 } else { self.draw_count(job, plan.batch).max(1) };
        let key = self.jobs[job].key;
        self.push_frame(job, Frame::Loop { spec, left, batch, index: 0, key });
        if plan.items != NONE {
            self.jobs.set_register(job, plan.items, f64::from(left.min(batch)));
        }
        self.jump(job, plan.body)
    }

    fn loop_next(&mut self, job: u32) -> Step {
        self.events += 1;
        let top = self.jobs[job].frame;
        let Some(&Frame::Loop { spec, left, batch, index, key }) = self.frames.get(top) else {
            unreachable!("the compiler puts a loop's frame below its body");
        };
        let plan = &self.plan.loops[spec as usize];
        let again = plan.again && {
            let chance = self.draw(job, plan.count);
            Draw::new(self.jobs[job].key, plan.site).next_f64() < chance
        };
        let left = if again { 1 } else { left.saturating_sub(batch) };
        if left == 0 {
            self.jobs[job].key = key;
            self.pop_frame(job);
            return self.jump(job, plan.end);
        }
        let index = index + 1;
        if let Some(frame) = self.frames.get_mut(top) {
            *frame = Frame::Loop { spec, left, batch, index, key };
        }
        self.jobs[job].key = child_key(key, plan.site, u64::from(index));
        if plan.items != NONE {
            self.jobs.set_register(job, plan.items, f64::from(left.min(batch)));
        }
        self.jump(job, plan.body)
    }

    fn choose(&mut self, job: u32, spec: u32) -> Step {
        let plan = &self.plan.choices[spec as usize];
        let u = Draw::new(self.jobs[job].key, plan.stream).next_f64();
        let mut sum = 0.0;
        for &(probability, to) in &plan.branches {
            sum += self.draw(job, probability);
            if u < sum {
                return self.jump(job, to);
            }
        }
        // The probabilities sum to 1 within 1e-9: the rest belongs to the last.
        match plan.branches.last() {
            Some(&(_, to)) => self.jump(job, to),
            None => Step::Next,
        }
    }

    /// The caller of the request that the job is, or is a part of, has its answer. A block that
    /// nobody waits for any more has nobody to answer.
    fn reply(&mut self, job: u32) -> Step {
        let mut request = job;
        while let Some(outer) = self.enclosing(request) {
            request = outer;
        }
        if !self.jobs[request].is(flag::REPLIED) && self.jobs[request].role == Role::Request {
            if request != job {
                self.jobs.hand_over_times(job, request);
            }
            self.answer(request, self.good_outcome(job));
            self.jobs[request].flags |= flag::REPLIED;
        }
        Step::Next
    }

    /// Ok, or degraded if an error was caught on the way.
    pub(super) fn good_outcome(&self, job: u32) -> Outcome {
        if self.jobs[job].is(flag::DEGRADED) { Outcome::Degraded } else { Outcome::Ok }
    }

    fn retry_enter(&mut self, job: u32, spec: u32) -> Step {
        let plan = &self.plan.retries[spec as usize];
        let limit = match plan.attempts {
            NONE => u32::MAX,
            variable => self.draw_count(job, variable).max(1),
        };
        let key = self.jobs[job].key;
        self.push_frame(job, Frame::Retry { spec, tries: 1, limit, key });
        Step::Next
    }

    /// The next try of the retry block on top of the stack, after its backoff.
    pub(super) fn try_again(&mut self, job: u32) -> Step {
        self.events += 1;
        let top = self.jobs[job].frame;
        let Some(&Frame::Retry { spec, tries, limit, key }) = self.frames.get(top) else {
            unreachable!("called with a retry block on top");
        };
        let plan = &self.plan.retries[spec as usize];
        // Key of the try that failed: its backoff is drawn anew for each.
        let growth = libm::pow(plan.factor, f64::from(tries - 1));
        let base = (self.draw(job, plan.first) * growth).min(plan.max);
        let u = Draw::new(self.jobs[job].key, plan.site).next_f64();
        let seconds = match plan.jitter {
            crate::model::Jitter::None => base,
            crate::model::Jitter::Full => base * u,
            crate::model::Jitter::Equal => base * 0.5 * (1.0 + u),
        };
        if let Some(frame) = self.frames.get_mut(top) {
            *frame = Frame::Retry { spec, tries: tries + 1, limit, key };
        }
        self.jobs[job].key = child_key(key, plan.site, u64::from(tries));
        self.jobs[job].pc = plan.body;
        let ns = seconds_to_ns(seconds);
        if ns == 0 {
            return Step::Jump;
        }
        if plan.backing_off != NONE {
            self.probes.add(self.now, plan.backing_off, 1);
        }
        let at = self.now.saturating_add(ns);
        self.jobs[job].since = self.now;
        self.jobs[job].state = State::Backoff;
        self.jobs[job].wake = self.calendar.schedule(at, What::new(Kind::Wake, job));
        Step::Stop
    }

    /// A pause before a retry is over, or given up.
    pub(super) fn backoff_over(&mut self, job: u32) {
        let top = self.jobs[job].frame;
        if let Some(&Frame::Retry { spec, .. }) = self.frames.get(top) {
            let level = self.plan.retries[spec as usize].backing_off;
            if level != NONE {
                self.probes.add(self.now, level, -1);
            }
        }
    }
}
