//! Flows into programs.
//!
//! Each variable has a stream of draws named after its endpoint, its kind and its number among
//! those of that kind (`endpoint.browse/query.read.time#0`), so that adding or removing a step of
//! another kind leaves all other draws as they are.

use super::compile::Compiler;
use super::op::{CatchSpec, ChoiceSpec, GroupKind, GroupSpec, Join, LoopSpec, Op, RetrySpec};
use super::{MarkPlan, NONE, Plan, Source};
use crate::dist::hash_name;
use crate::model::{
    self, Backoff, Cancel, Endpoint, Handler, LockMode, Model, OutcomeSet, Repeat, RetryPolicy,
    Row, RowLocks, Runtime, Step, VariateId, Verb,
};
use crate::units::time::{ns_to_seconds, seconds_to_ns};
use std::collections::BTreeMap;

/// Compiles the programs of all endpoints. A call may name one that is not compiled yet: what it
/// jumps to is filled in at the end.
pub(super) fn compile_endpoints(compiler: &mut Compiler<'_>) {
    let model = compiler.model;
    let mut bodies = Vec::new();
    for (index, endpoint) in model.endpoints.iter().enumerate() {
        let mut flow = Flow::new(compiler, index);
        let entry = flow.here();
        flow.prologue(endpoint, &[]);
        bodies.push(flow.here());
        flow.steps(&endpoint.steps);
        flow.emit(Op::End);
        compiler.plan.endpoints[index].entry = entry;
    }
    for (jump, endpoint) in std::mem::take(&mut compiler.jumps_to_bodies) {
        compiler.plan.ops[jump as usize] = Op::Jump { to: bodies[endpoint] };
    }
    let Plan { groups, endpoints, .. } = &mut compiler.plan;
    for group in groups {
        if let GroupKind::Call { endpoint, entry: entry @ NONE, .. } = &mut group.kind {
            *entry = endpoints[*endpoint as usize].entry;
        }
    }
}

/// Compiles the client's programs of a workload, one per entry of its mix; none if it waits for
/// ever.
pub(super) fn compile_client(
    compiler: &mut Compiler<'_>,
    workload: usize,
    backing_off: u32,
) -> Vec<u32> {
    let model = compiler.model;
    let Some(client) = &model.workloads[workload].client else { return Vec::new() };
    let name = &model.workloads[workload].name;
    let entries = model.workloads[workload].mix.iter();
    entries
        .map(|&(endpoint, _)| {
            let mut flow = Flow::new(compiler, endpoint);
            flow.prefix = format!("workload.{name}");
            let entry = flow.here();
            let retry = client.retry.as_ref().map(|policy| flow.retry_enter(policy, backing_off));
            let after = client.timeout.map_or(NONE, |after| flow.variable(after, "timeout"));
            let call_entry = flow.compiler.plan.endpoints[endpoint].entry;
            flow.group(GroupSpec {
                kind: GroupKind::Call {
                    endpoint: endpoint as u32,
                    entry: call_entry,
                    arguments: (0, 0),
                    attempt_of: workload as u32,
                },
                body: NONE,
                join: Join::All,
                cancel: client.cancel,
                site: hash_name("attempt"),
                after,
                lane: NONE,
            });
            if retry.is_some() {
                flow.emit(Op::RetryLeave);
            }
            flow.emit(Op::End);
            entry
        })
        .collect()
}

/// Whether any flow calls an endpoint.
pub(super) fn is_called(model: &Model, endpoint: usize) -> bool {
    fn calls(steps: &[Step], endpoint: usize) -> bool {
        steps.iter().any(|step| {
            let called = matches!(&step.verb, Verb::Call { endpoint: e, .. } if *e == endpoint);
            called || step.blocks().into_iter().any(|block| calls(block, endpoint))
        })
    }
    model.endpoints.iter().any(|other| calls(&other.steps, endpoint))
}

/// One program being compiled.
pub(super) struct Flow<'c, 'a> {
    pub(super) compiler: &'c mut Compiler<'a>,
    pub(super) endpoint: usize,
    /// First part of the names of streams.
    prefix: String,
    /// How many of each kind there have been.
    ordinals: BTreeMap<String, u32>,
    /// The pool whose connection is held here.
    transaction: Option<usize>,
}

impl<'c, 'a> Flow<'c, 'a> {
    pub(super) fn new(compiler: &'c mut Compiler<'a>, endpoint: usize) -> Self {
        let prefix = format!("endpoint.{}", compiler.model.endpoints[endpoint].name);
        Self { compiler, endpoint, prefix, ordinals: BTreeMap::new(), transaction: None }
    }

    pub(super) fn here(&self) -> u32 {
        self.compiler.plan.ops.len() as u32
    }

    pub(super) fn emit(&mut self, op: Op) -> u32 {
        self.compiler.plan.ops.push(op);
        self.here() - 1
    }

    pub(super) fn patch(&mut self, at: u32, op: Op) {
        self.compiler.plan.ops[at as usize] = op;
    }

    /// The next name of a kind in this program.
    pub(super) fn name(&mut self, kind: &str) -> String {
        let ordinal = self.ordinals.entry(kind.to_owned()).or_insert(0);
        let name = format!("{}/{kind}#{ordinal}", self.prefix);
        *ordinal += 1;
        name
    }

    pub(super) fn variable(&mut self, id: VariateId, kind: &str) -> u32 {
        let name = self.name(kind);
        self.compiler.variable(id, &name)
    }

    pub(super) fn site(&mut self, kind: &str) -> u64 {
        hash_name(&self.name(kind))
    }

    /// Arrival, worker, registers; those in `given` are set by the caller.
    pub(super) fn prologue(&mut self, endpoint: &Endpoint, given: &[usize]) {
        self.emit(Op::Arrive { service: endpoint.service as u32 });
        let service = &self.compiler.model.services[endpoint.service];
        if service.workers.is_some() && service.runtime == Runtime::Threads {
            self.emit(Op::TakeWorker);
        }
        for (register, entry) in endpoint.lets.iter().enumerate() {
            if !given.contains(&register) {
                let name = format!("{}/let.{}", self.prefix, entry.name);
                let variable = self.compiler.variable(entry.value, &name);
                self.emit(Op::Let { register: register as u16, variable });
            }
        }
    }

    pub(super) fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
        }
    }

    fn step(&mut self, step: &Step) {
        let Some(handler) = &step.handler else {
            self.marked(step);
            return;
        };
        let spec = self.compiler.plan.catches.len() as u32;
        self.compiler.plan.catches.push(CatchSpec {
            on: handler.on,
            handler: NONE,
            degraded: handler.degraded,
        });
        self.emit(Op::Catch { spec });
        self.marked(step);
        self.emit(Op::Uncatch);
        let jump = self.emit(Op::Jump { to: NONE });
        self.compiler.plan.catches[spec as usize].handler = self.here();
        let Handler { steps, .. } = handler;
        self.steps(steps);
        let end = self.here();
        self.patch(jump, Op::Jump { to: end });
    }

    /// The verb, measured if the step has a name. For items, each one is measured.
    fn marked(&mut self, step: &Step) {
        let Some(name) = &step.name else { return self.verb(&step.verb, NONE) };
        let mark = self.mark(name);
        if matches!(step.verb, Verb::Each { .. }) {
            self.verb(&step.verb, mark);
        } else {
            self.emit(Op::Mark { mark });
            self.verb(&step.verb, NONE);
            self.emit(Op::Unmark);
        }
    }

    fn mark(&mut self, name: &str) -> u32 {
        let endpoint = &self.compiler.model.endpoints[self.endpoint].name;
        let path = format!("step.{endpoint}.{name}");
        let first = self.compiler.tallies(4);
        let about = [
            ("elapsed", "start to end of one execution"),
            ("wait", "waiting inside one execution"),
            ("done", "intended arrival of the request to the end of one execution"),
            ("last", "intended arrival of the request to the end of its last execution"),
        ];
        for (offset, (kind, about)) in about.into_iter().enumerate() {
            let source = Source::Tally { tallies: vec![first + offset as u32] };
            self.compiler.plan.catalog.add(format!("{path}.{kind}"), source, about);
        }
        let [elapsed, wait, done, last] = [0, 1, 2, 3].map(|offset| first + offset);
        self.compiler.plan.marks.push(MarkPlan { elapsed, wait, done, last });
        self.compiler.plan.marks.len() as u32 - 1
    }

    /// `mark` is the mark of each item of an `each`.
    fn verb(&mut self, verb: &Verb, mark: u32) {
        match verb {
            Verb::Cpu(work) => {
                let variable = self.variable(*work, "cpu");
                self.emit(Op::Cpu { variable });
            }
            Verb::Delay(time) => {
                let variable = self.variable(*time, "delay");
                let place = self.compiler.place("delay");
                self.emit(Op::Pause { variable, place });
            }
            Verb::Query { query, pool, row } => self.query(*query, *pool, *row),
            Verb::Transaction { pool, steps } => self.transaction(*pool, steps),
            Verb::Call { endpoint, with } => self.call(*endpoint, with, NONE, Cancel::None),
            Verb::Each { .. } => self.each(verb, mark),
            Verb::Fork { branches, join, cancel } => self.fork(branches, *join, *cancel),
            Verb::Repeat { repeat, steps } => self.repeat(*repeat, steps),
            Verb::Block(steps) => self.steps(steps),
            Verb::Choose(branches) => self.choose(branches),
            Verb::If { condition, then, otherwise } => {
                let test = self.compiler.binding.condition(*condition).clone();
                self.compiler.plan.conditions.push(test);
                let condition = self.compiler.plan.conditions.len() as u32 - 1;
                let branch = self.emit(Op::Jump { to: NONE });
                self.steps(then);
                let jump = self.emit(Op::Jump { to: NONE });
                let otherwise_at = self.here();
                self.patch(branch, Op::Branch { condition, otherwise: otherwise_at });
                self.steps(otherwise);
                let end = self.here();
                self.patch(jump, Op::Jump { to: end });
            }
            Verb::Lock { lock, key, mode, steps } => {
                let to_commit = self.take_lock(*lock, *key, *mode);
                self.steps(steps);
                if !to_commit {
                    self.emit(Op::LockDrop);
                }
            }
            Verb::Timeout { after, cancel, steps } => self.timeout(*after, *cancel, steps),
            Verb::Retry { policy, steps } => {
                self.retry_enter(policy, NONE);
                self.steps(steps);
                self.emit(Op::RetryLeave);
            }
            Verb::Hedge { after, cancel, steps } => {
                let after = self.variable(*after, "hedge");
                let kind = GroupKind::Hedge { after };
                self.group_with_body(kind, Join::Quorum(1), *cancel, "hedge", NONE, steps);
            }
            Verb::Reply => {
                self.emit(Op::Reply);
            }
            Verb::Fail(name) => {
                self.emit(Op::Fail { name: *name });
            }
        }
    }

    /// Takes a lock; gives whether the transaction around it keeps it.
    fn take_lock(&mut self, lock: usize, key: Option<VariateId>, mode: LockMode) -> bool {
        let key = key.map_or(NONE, |key| self.variable(key, "lock.key"));
        let to_commit = self.compiler.plan.locks[lock].to_commit && self.transaction.is_some();
        if let Some(rows) = self.compiler.model.locks[lock].rows {
            self.recheck(rows);
        }
        self.emit(Op::LockTake { lock: lock as u32, key, mode, to_commit });
        to_commit
    }

    /// What who waits for a row does to look again; on the way to the lock it is jumped over.
    fn recheck(&mut self, rows: RowLocks) {
        let over = self.emit(Op::Jump { to: NONE });
        let recheck = self.compiler.binding.get(rows.recheck);
        let name = self.name("lock.recheck");
        let variable = self.compiler.exponential(recheck, &name);
        let station = self.compiler.plan.databases[rows.database].station;
        self.emit(Op::DatabaseCpu { station, variable });
        let lock = self.here();
        self.patch(over, Op::Jump { to: lock });
    }

    fn query(&mut self, query: usize, pool: usize, row: Option<Row>) {
        let model = self.compiler.model;
        let plan = &model.queries[query];
        let held = self.transaction == Some(pool);
        if !held {
            self.emit(Op::Checkout { pool: pool as u32 });
        }
        let (tally, count) = self.compiler.queries[query];
        let kind = format!("query.{}", plan.name);
        let bytes = plan.returns.map_or(NONE, |id| self.variable(id, &format!("{kind}.returns")));
        self.emit(Op::QueryBegin { count, bytes });
        let round_trip = seconds_to_ns(self.compiler.binding.get(model.pools[pool].round_trip));
        let place = self.network(round_trip);
        // Half there, half back; where nothing but time passes in between, one pause is the same.
        let (there, back) = if plan.is_elapsed_only() {
            (round_trip, 0)
        } else {
            (round_trip / 2, round_trip - round_trip / 2)
        };
        if there > 0 {
            self.pause(there, place);
        }
        if let Some(find) = plan.find {
            let station = self.compiler.plan.databases[plan.database].station;
            let variable = self.work(find, &format!("{kind}.find"), row.is_some());
            self.emit(Op::DatabaseCpu { station, variable });
        }
        let kept = row.map(|row| self.take_lock(row.lock, Some(row.key), LockMode::Write));
        self.on_server(plan, &kind, row.is_some());
        if kept == Some(false) {
            self.emit(Op::LockDrop);
        }
        if back > 0 {
            self.pause(back, place);
        }
        self.emit(Op::QueryEnd { tally });
        if !held && model.pools[pool].checkout == model::Checkout::Query {
            self.emit(Op::Checkin);
        }
    }

    /// A fixed time passes.
    pub(super) fn pause(&mut self, ns: u64, place: u32) {
        let variable = self.compiler.fixed(ns_to_seconds(ns));
        self.emit(Op::Pause { variable, place });
    }

    /// The place of round trips, if there are any.
    pub(super) fn network(&mut self, round_trip: u64) -> u32 {
        if round_trip > 0 { self.compiler.place("network") } else { NONE }
    }

    fn transaction(&mut self, pool: Option<usize>, steps: &[Step]) {
        let Some(pool) = pool.filter(|&pool| self.transaction != Some(pool)) else {
            self.steps(steps);
            return;
        };
        self.emit(Op::Checkout { pool: pool as u32 });
        let kept = self.compiler.model.pools[pool].checkout == model::Checkout::Request;
        if kept {
            self.emit(Op::Begin);
        }
        let outer = self.transaction.replace(pool);
        self.steps(steps);
        self.transaction = outer;
        self.emit(if kept { Op::Commit } else { Op::Checkin });
    }

    pub(super) fn inline_loop(
        &mut self,
        count: u32,
        batch: u32,
        again: bool,
        items: u32,
        mark: u32,
        steps: &[Step],
    ) {
        let site = self.site(if again { "again" } else { "each" });
        let spec = LoopSpec { count, batch, again, items, site, body: NONE, end: NONE };
        self.in_loop(spec, |flow| flow.item(mark, steps));
    }

    /// So many passes of what nothing is drawn in.
    pub(super) fn looped(&mut self, (count, site): (u32, &str), body: impl FnOnce(&mut Self)) {
        let site = self.site(site);
        let (batch, items, again) = (NONE, NONE, false);
        self.in_loop(LoopSpec { count, batch, again, items, site, body: NONE, end: NONE }, body);
    }

    fn in_loop(&mut self, spec: LoopSpec, passes: impl FnOnce(&mut Self)) {
        let at = self.compiler.plan.loops.len() as u32;
        let body = self.here() + 1;
        self.compiler.plan.loops.push(LoopSpec { body, ..spec });
        self.emit(Op::LoopEnter { spec: at });
        passes(self);
        self.emit(Op::LoopNext);
        self.compiler.plan.loops[at as usize].end = self.here();
    }

    fn repeat(&mut self, repeat: Repeat, steps: &[Step]) {
        let (count, again) = match repeat {
            Repeat::Times(count) => (self.variable(count, "repeat"), false),
            Repeat::Again(chance) => (self.variable(chance, "again"), true),
        };
        self.inline_loop(count, NONE, again, NONE, NONE, steps);
    }

    fn choose(&mut self, branches: &[(VariateId, Vec<Step>)]) {
        let spec = self.compiler.plan.choices.len() as u32;
        let stream = self.site("choose");
        let choice = ChoiceSpec { branches: Vec::new(), stream };
        self.compiler.plan.choices.push(choice);
        self.emit(Op::Choose { spec });
        let mut jumps = Vec::new();
        for (probability, steps) in branches {
            let variable = self.variable(*probability, "choose.p");
            let entry = self.here();
            self.compiler.plan.choices[spec as usize].branches.push((variable, entry));
            self.steps(steps);
            jumps.push(self.emit(Op::Jump { to: NONE }));
        }
        let end = self.here();
        for jump in jumps {
            self.patch(jump, Op::Jump { to: end });
        }
    }

    fn retry_enter(&mut self, policy: &RetryPolicy, backing_off: u32) -> u32 {
        let attempts = policy.attempts.map_or(NONE, |id| self.variable(id, "retry.attempts"));
        let (first, factor, max) = match policy.backoff {
            Backoff::Plain(time) => (self.variable(time, "retry.backoff"), 1.0, f64::INFINITY),
            Backoff::Growing { first, factor, max } => (
                self.variable(first, "retry.backoff"),
                self.compiler.binding.get(factor),
                max.map_or(f64::INFINITY, |max| self.compiler.binding.get(max)),
            ),
        };
        let site = self.site("retry");
        self.compiler.plan.place_backoff = self.compiler.place("backoff");
        let spec = self.compiler.plan.retries.len() as u32;
        let body = self.here() + 1;
        self.compiler.plan.retries.push(RetrySpec {
            on: OutcomeSet(policy.on.0 & OutcomeSet::ERRORS.0),
            attempts,
            first,
            factor,
            max,
            jitter: policy.jitter,
            site,
            body,
            backing_off,
        });
        self.emit(Op::RetryEnter { spec });
        spec
    }
}
