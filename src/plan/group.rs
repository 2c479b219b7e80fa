//! Flows with children: items and branches, guarded and hedged blocks, calls.

use super::NONE;
use super::flow::Flow;
use super::op::{GroupKind, GroupSpec, Join, Op};
use crate::model::{self, Cancel, Parallel, Step, VariateId, Verb};
use crate::units::time::seconds_to_ns;

impl Flow<'_, '_> {
    /// Emits a group and the jump behind the bodies of its children, if it has any.
    pub(super) fn group(&mut self, mut spec: GroupSpec) -> u32 {
        let timer = match spec.kind {
            GroupKind::Timeout { after } | GroupKind::Hedge { after } => after,
            _ => spec.after,
        };
        if timer != NONE {
            self.compiler.plan.place_abandoned = self.compiler.place("abandoned");
            spec.lane = self.compiler.lane(timer);
        }
        let index = self.compiler.plan.groups.len() as u32;
        self.compiler.plan.groups.push(spec);
        self.emit(Op::Group { spec: index });
        index
    }

    pub(super) fn group_with_body(
        &mut self,
        kind: GroupKind,
        join: Join,
        cancel: Cancel,
        site: &str,
        mark: u32,
        steps: &[Step],
    ) {
        let site = self.site(site);
        let group =
            self.group(GroupSpec { kind, body: NONE, join, cancel, site, after: NONE, lane: NONE });
        let jump = self.emit(Op::Jump { to: NONE });
        self.compiler.plan.groups[group as usize].body = self.here();
        self.item(mark, steps);
        self.emit(Op::End);
        let end = self.here();
        self.patch(jump, Op::Jump { to: end });
    }

    pub(super) fn item(&mut self, mark: u32, steps: &[Step]) {
        if mark != NONE {
            self.emit(Op::Mark { mark });
        }
        self.steps(steps);
        if mark != NONE {
            self.emit(Op::Unmark);
        }
    }

    pub(super) fn call(
        &mut self,
        endpoint: usize,
        with: &[(usize, VariateId)],
        after: u32,
        cancel: Cancel,
    ) {
        let model = self.compiler.model;
        let callee = &model.endpoints[endpoint];
        let first = self.compiler.plan.arguments.len() as u32;
        for &(register, value) in with {
            let variable = self.variable(value, "with");
            self.compiler.plan.arguments.push((register as u16, variable));
        }
        let arguments = (first, self.compiler.plan.arguments.len() as u32);
        let round_trip = model.services[callee.service].round_trip;
        let round_trip = seconds_to_ns(self.compiler.binding.get(round_trip));
        let place = self.network(round_trip);
        let entry = if with.is_empty() { NONE } else { self.entry_with(endpoint, with) };
        if round_trip > 1 {
            self.pause(round_trip / 2, place);
        }
        let attempt_of = NONE;
        let kind = GroupKind::Call { endpoint: endpoint as u32, entry, arguments, attempt_of };
        let site = self.site(&format!("call.{}", callee.name));
        self.group(GroupSpec {
            kind,
            body: NONE,
            join: Join::All,
            cancel,
            site,
            after,
            lane: NONE,
        });
        if round_trip > 0 {
            self.pause(round_trip - round_trip / 2, place);
        }
    }

    /// A prologue of an endpoint that leaves the registers which the caller sets alone.
    pub(super) fn entry_with(&mut self, endpoint: usize, with: &[(usize, VariateId)]) -> u32 {
        let given: Vec<usize> = with.iter().map(|entry| entry.0).collect();
        let callee = &self.compiler.model.endpoints[endpoint];
        let over = self.emit(Op::Jump { to: NONE });
        let entry = self.here();
        let mut prologue = Flow::new(self.compiler, endpoint);
        prologue.prologue(callee, &given);
        let jump = prologue.emit(Op::Jump { to: NONE });
        self.compiler.jumps_to_bodies.push((jump, endpoint));
        let here = self.here();
        self.patch(over, Op::Jump { to: here });
        entry
    }

    pub(super) fn each(&mut self, verb: &Verb, mark: u32) {
        let Verb::Each { count, batch, parallel, join, worker, cancel, items, steps } = verb else {
            return;
        };
        let count = self.variable(*count, "each.count");
        let batch = batch.map_or(NONE, |batch| self.variable(batch, "each.batch"));
        let items = items.map_or(NONE, u32::from);
        let one_by_one = match parallel {
            Parallel::Limit(limit) => {
                self.compiler.binding.variate(*limit).0.evaluate_fixed() == Some(1.0)
            }
            Parallel::All => false,
        };
        if one_by_one && !worker && *join == model::Join::All {
            return self.inline_loop(count, batch, false, items, mark, steps);
        }
        let parallel = match parallel {
            Parallel::Limit(limit) => self.variable(*limit, "each.parallel"),
            Parallel::All => NONE,
        };
        let kind = GroupKind::Each { count, batch, parallel, items };
        let join = self.join(*join);
        // Nobody waits for the items, but they still come at most `parallel` at once: a child that
        // nobody waits for starts them, and goes on whatever becomes of them.
        let detached = (join == Join::None).then(|| self.detached());
        let join = if detached.is_some() { Join::Quorum(u32::MAX) } else { join };
        let site = self.site("each");
        let group = self.group(GroupSpec {
            kind,
            body: NONE,
            join,
            cancel: *cancel,
            site,
            after: NONE,
            lane: NONE,
        });
        let jump = self.emit(Op::Jump { to: NONE });
        self.compiler.plan.groups[group as usize].body = self.here();
        if *worker {
            self.emit(Op::TakeWorker);
        }
        self.item(mark, steps);
        self.emit(Op::End);
        let end = self.here();
        self.patch(jump, Op::Jump { to: end });
        if let Some(over) = detached {
            self.emit(Op::End);
            let end = self.here();
            self.patch(over, Op::Jump { to: end });
        }
    }

    /// Begins a child that nobody waits for; gives the jump over it, to be patched at its end.
    pub(super) fn detached(&mut self) -> u32 {
        let site = self.site("detached");
        let branches = vec![self.here() + 2];
        self.group(GroupSpec {
            kind: GroupKind::Fork { branches },
            body: NONE,
            join: Join::None,
            cancel: Cancel::None,
            site,
            after: NONE,
            lane: NONE,
        });
        self.emit(Op::Jump { to: NONE })
    }

    pub(super) fn join(&self, join: model::Join) -> Join {
        match join {
            model::Join::All => Join::All,
            model::Join::First => Join::Quorum(1),
            model::Join::Quorum(needed) => Join::Quorum(self.compiler.binding.count(needed)),
            model::Join::None => Join::None,
        }
    }

    pub(super) fn fork(&mut self, branches: &[Vec<Step>], join: model::Join, cancel: Cancel) {
        let site = self.site("fork");
        let join = self.join(join);
        let kind = GroupKind::Fork { branches: Vec::new() };
        let group =
            self.group(GroupSpec { kind, body: NONE, join, cancel, site, after: NONE, lane: NONE });
        let jump = self.emit(Op::Jump { to: NONE });
        let mut entries = Vec::new();
        for branch in branches {
            entries.push(self.here());
            self.steps(branch);
            self.emit(Op::End);
        }
        self.compiler.plan.groups[group as usize].kind = GroupKind::Fork { branches: entries };
        let end = self.here();
        self.patch(jump, Op::Jump { to: end });
    }

    /// A limit on the time of a block. Around nothing but a call without a round trip, the call
    /// itself carries the timer.
    pub(super) fn timeout(&mut self, after: VariateId, cancel: Cancel, steps: &[Step]) {
        let after = self.variable(after, "timeout");
        if let [Step { name: None, verb: Verb::Call { endpoint, with }, handler: None }] = steps {
            let callee = &self.compiler.model.endpoints[*endpoint];
            let service = &self.compiler.model.services[callee.service];
            if self.compiler.binding.get(service.round_trip) == 0.0 {
                return self.call(*endpoint, with, after, cancel);
            }
        }
        let kind = GroupKind::Timeout { after };
        self.group_with_body(kind, Join::All, cancel, "timeout", NONE, steps);
    }
}
