//! Jobs that wait for other jobs: items and branches, guarded and hedged blocks, calls.
//!
//! The times by place follow the path that decided: a child starts with the times of whoever
//! started it (the parent, or the sibling whose end made room), and the parent goes on with those
//! of the child that ended the group. So at every moment the times of a job add up to the time
//! since the request arrived.

use super::calendar::{Kind, What};
use super::frames::{Frame, Group};
use super::jobs::{Job, Role, State, flag};
use super::trace::{Trace, TraceEvent};
use super::{Engine, Step};
use crate::dist::child_key;
use crate::model::{Cancel, Outcome};
use crate::plan::{GroupKind, GroupSpec, Join, NONE};

impl<'a, T: Trace> Engine<'a, T> {
    /// A job starts a group and waits for it as the group says.
    pub(super) fn group(&mut self, job: u32, spec: u32) -> Step {
        let plan: &'a GroupSpec = &self.plan.groups[spec as usize];
        let (total, batch) = match &plan.kind {
            GroupKind::Each { count, batch, .. } => {
                let batch = if *batch == NONE { 1 } else { self.draw_count(job, *batch).max(1) };
                (self.draw_count(job, *count), batch)
            }
            GroupKind::Fork { branches } => (branches.len() as u32, 1),
            GroupKind::Timeout { .. } | GroupKind::Hedge { .. } | GroupKind::Call { .. } => (1, 1),
        };
        if total == 0 {
            return Step::Next;
        }
        let at_once = match &plan.kind {
            GroupKind::Each { parallel, .. } if *parallel != NONE => {
                self.draw_count(job, *parallel).max(1)
            }
            _ => u32::MAX,
        };
        let group = Group { spec, left: total, batch, index: 0, live: 0, good: 0, since: self.now };
        self.push_frame(job, Frame::Group(group));
        self.jobs[job].state = State::Group;
        self.set_timer(job, plan);
        let mut started = 0;
        while started < at_once && self.start_child(job, job) {
            started += 1;
        }
        if plan.join == Join::None {
            self.pop_frame(job);
            self.release_children(job, Cancel::None);
            return Step::Next;
        }
        Step::Stop
    }

    /// A timeout or a hedge has a timer.
    fn set_timer(&mut self, job: u32, plan: &GroupSpec) {
        let after = match plan.kind {
            GroupKind::Timeout { after } | GroupKind::Hedge { after } => after,
            _ => plan.after,
        };
        if after == NONE {
            return;
        }
        let at = self.now.saturating_add(self.draw_ns(job, after));
        self.jobs[job].wake = if plan.lane == NONE {
            self.calendar.schedule(at, What::new(Kind::Timer, job))
        } else {
            self.calendar.schedule_in_lane(plan.lane, at, job)
        };
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `tell_parent`")]
    fn top_group(&mut self, job: u32) -> &mut Group {
        match self.frames.get_mut(self.jobs[job].frame) {
            Some(Frame::Group(group)) => group,
            other => {
                unreachable!("a job that waits for children has a group on top, not {other:?}")
            }
        }
    }

    /// Starts the next child of the group on top of `parent`, with the times of `from`; `false`
    /// if there is none left.
    #[inline]
    fn start_child(&mut self, parent: u32, from: u32) -> bool {
        if self.jobs.alive() > self.plan.limits.in_flight as usize
            || self.events > self.plan.limits.events
        {
            self.look_again = 0; // The run ends here: no more of them.
            return false;
        }
        let starts = self.top_group(parent).left > 0;
        if starts {
            self.start_one(parent, from);
        }
        starts
    }

    #[inline(never)]
    fn start_one(&mut self, parent: u32, from: u32) {
        let group = self.top_group(parent);
        let (spec, index) = (group.spec, group.index);
        let items = group.left.min(group.batch);
        group.left -= items;
        group.index += 1;
        group.live += 1;
        let plan: &'a GroupSpec = &self.plan.groups[spec as usize];
        let child = self.jobs.spawn_child(parent, from, self.now);
        let born = &mut self.jobs[child];
        born.pc = plan.body;
        // The first child of a group keeps its parent's draws, so that one execution of something
        // draws the same as the first of many. A call draws by its own name: the flow that it runs
        // may be called from several places.
        if index > 0 || matches!(plan.kind, GroupKind::Call { attempt_of: NONE, .. }) {
            born.key = child_key(born.key, plan.site, u64::from(index));
        }
        self.families.join(born.family);
        self.note(child, TraceEvent::Born { parent: Some(parent) });
        match &plan.kind {
            GroupKind::Each { items: NONE, .. } => {}
            _ => self.prepare_child(parent, child, plan, index, items),
        }
        self.ready.push_back(child);
    }

    /// What depends on the kind of the group.
    #[inline(never)]
    fn prepare_child(&mut self, parent: u32, child: u32, plan: &GroupSpec, index: u32, items: u32) {
        match &plan.kind {
            GroupKind::Each { items: register, .. } => {
                if *register != NONE {
                    self.jobs.set_register(child, *register, f64::from(items));
                }
            }
            GroupKind::Fork { branches } => {
                self.jobs[child].pc = branches[index as usize];
            }
            GroupKind::Timeout { .. } | GroupKind::Hedge { .. } => {}
            GroupKind::Call { endpoint, entry, arguments, attempt_of } => {
                for at in arguments.0..arguments.1 {
                    let (register, variable) = self.plan.arguments[at as usize];
                    let value = self.draw(parent, variable);
                    self.jobs.set_register(child, u32::from(register), value);
                }
                if *attempt_of != NONE {
                    let counter = self.plan.workloads[*attempt_of as usize].attempts;
                    self.probes.count(counter, 1, self.jobs[child].windows);
                }
                self.jobs[child].role = Role::Request;
                self.jobs[child].endpoint = *endpoint as u16;
                self.jobs[child].pc = *entry;
                let outer = if *attempt_of == NONE { 0 } else { flag::OUTER };
                self.jobs[child].flags = self.jobs[child].flags & flag::DOOMED | outer;
                self.jobs[child].instance = NONE;
            }
        }
    }

    /// A child has ended, or has its answer: its parent may go on.
    pub(super) fn tell_parent(&mut self, child: u32, outcome: Outcome) {
        let Job { parent, parent_generation, .. } = self.jobs[child];
        if !self.jobs.is_current(parent, parent_generation) {
            return;
        }
        self.jobs.disown(parent, child);
        if outcome == Outcome::Degraded {
            self.jobs[parent].flags |= flag::DEGRADED;
        }
        let group = self.top_group(parent);
        group.live -= 1;
        group.good += u32::from(outcome.is_good());
        let group = *group;
        let plan: &'a GroupSpec = &self.plan.groups[group.spec as usize];
        if matches!(plan.kind, GroupKind::Hedge { .. }) && !outcome.is_good() && group.live > 0 {
            return self.wait_begins(parent); // The other copy may still make it.
        }
        if plan.join == Join::All && !outcome.is_good() {
            return self.end_group(parent, child, Err(self.error_of(child, outcome)));
        }
        let needed = match plan.join {
            Join::Quorum(needed) => needed,
            Join::All | Join::None => u32::MAX,
        };
        if group.good >= needed {
            return self.end_group(parent, child, Ok(()));
        }
        if let Join::Quorum(needed) = plan.join
            && needed < u32::MAX
            && Self::at_most(&group) < needed
        {
            // Whatever the others do, too few of them are left.
            return self.end_group(parent, child, Err(self.error_of(child, outcome)));
        }
        if self.start_child(parent, child) {
            // Children that take no time must not come after each other for ever.
            self.events += u64::from(self.jobs[child].started == self.now);
            return;
        }
        if group.live == 0 {
            // Nobody is left: well if all were to end, in vain if a quorum was.
            let result = match plan.join {
                Join::Quorum(_) => Err(self.error_of(child, outcome)),
                Join::All | Join::None => Ok(()),
            };
            self.end_group(parent, child, result);
        } else {
            self.wait_begins(parent);
        }
    }

    /// How many children of a group can at most end well: those that have, those that live, and
    /// those to come.
    fn at_most(group: &Group) -> u32 {
        let to_come = group.left.div_ceil(group.batch.max(1));
        group.good.saturating_add(group.live).saturating_add(to_come)
    }

    /// The error that a child ended with. A quorum that is not reached although the last child
    /// ended well has failed.
    fn error_of(&self, child: u32, outcome: Outcome) -> (Outcome, u16) {
        let outcome = if outcome.is_good() { Outcome::Failed } else { outcome };
        (outcome, self.jobs[child].failure)
    }

    /// The group on top of `parent` is decided by `child`.
    fn end_group(&mut self, parent: u32, child: u32, result: Result<(), (Outcome, u16)>) {
        self.jobs[parent].wake = 0;
        self.jobs.hand_over_times(child, parent);
        let spec = self.top_group(parent).spec;
        self.pop_frame(parent);
        self.release_children(parent, self.plan.groups[spec as usize].cancel);
        match result {
            Ok(()) => self.resume(parent),
            Err((outcome, failure)) => {
                self.jobs[parent].failure = failure;
                self.raise_and_resume(parent, outcome);
            }
        }
    }

    /// The timer of a job fires: a pool's patience, the end of a controlled delay, a block's limit,
    /// a hedge's start.
    pub(super) fn timer(&mut self, job: u32) {
        self.jobs[job].wake = 0;
        if let State::PoolLine(pool) = self.jobs[job].state {
            self.leave_pool_line(job, pool);
            if self.lose(job, pool, Outcome::PoolTimeout) == Step::Jump {
                self.resume(job);
            }
            return;
        }
        if self.jobs[job].state == State::WorkerLine {
            return self.drop_from_line(job);
        }
        let group = *self.top_group(job);
        let plan: &'a GroupSpec = &self.plan.groups[group.spec as usize];
        if matches!(plan.kind, GroupKind::Hedge { .. }) {
            self.top_group(job).left += 1;
            self.account_for_group(job, group, false);
            self.start_child(job, job);
            return;
        }
        self.account_for_group(job, group, true);
        self.pop_frame(job);
        let mut child = self.jobs[job].first_child;
        while child != NONE {
            if self.outliers.is_on() {
                self.hear_timeout(child);
            }
            self.jobs[child].flags |= flag::LATE;
            child = self.jobs[child].siblings.1;
        }
        self.release_children(job, plan.cancel);
        self.raise_and_resume(job, Outcome::TimedOut);
    }

    /// The time since the group began counts as lost in it: nobody's answer came.
    fn account_for_group(&mut self, job: u32, group: Group, over: bool) {
        let passed = self.now - group.since;
        self.jobs.add_wait(job, self.plan.place_abandoned, passed);
        debug_assert!(over || group.live > 0);
    }

    /// Lets go of all children: they become orphans, or are cancelled.
    fn release_children(&mut self, parent: u32, cancel: Cancel) {
        while self.jobs[parent].first_child != NONE {
            let child = self.jobs[parent].first_child;
            self.jobs.disown(parent, child);
            self.jobs[child].flags |= flag::ORPHAN;
            self.count_orphan(child, 1);
            self.cancel(child, cancel);
        }
    }

    /// Cancels a job that nobody waits for.
    fn cancel(&mut self, job: u32, cancel: Cancel) {
        let waits = matches!(
            self.jobs[job].state,
            State::StationLine(_)
                | State::LogLine(_)
                | State::WorkerLine
                | State::PoolLine(_)
                | State::LockLine(_)
        );
        match cancel {
            Cancel::None => {}
            Cancel::Waiting if waits => self.abort(job),
            Cancel::Waiting => {
                self.jobs[job].flags |= flag::DOOMED;
                self.cancel_waiting_children(job);
            }
            Cancel::All => {
                if self.jobs[job].state == State::Group {
                    self.pop_frame(job);
                    self.release_children(job, Cancel::All);
                }
                self.abort(job);
            }
        }
    }

    /// Children of a job that is to end at its next wait: those that wait end now.
    fn cancel_waiting_children(&mut self, job: u32) {
        let mut children = Vec::new();
        let mut child = self.jobs[job].first_child;
        while child != NONE {
            children.push((child, self.jobs[child].generation));
            child = self.jobs[child].siblings.1;
        }
        for (child, generation) in children {
            if self.jobs.is_current(child, generation) {
                self.cancel(child, Cancel::Waiting);
            }
        }
    }
}
