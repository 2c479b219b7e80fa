//! Outlier ejection and slow start: a balancer passes over instances that fail, and spares those
//! that come back.
//!
//! After Envoy's outlier detection by consecutive errors (its documentation, "Outlier detection",
//! `config.cluster.v3.OutlierDetection`): errors in a row eject an instance for the base time
//! times the number of its ejections, at most 300 s (or the base time, if longer); the number
//! falls by one for every 10 s that the instance was in rotation. Envoy returns instances at its
//! next sweep, here they return on time. Slow start is Envoy's with aggression 1 and a smallest
//! weight of 10 %.
//!
//! A weight below 1 thins: where a balancer would choose such an instance, it does so with that
//! probability, and goes on to choose otherwise.

use super::Engine;
use super::calendar::{Kind, What};
use super::jobs::{Job, Role, flag};
use super::trace::Trace;
use crate::plan::{NONE, OutlierPlan, Plan};
use rustc_hash::FxHashMap;

/// Longest ejection, ns (Envoy: `max_ejection_time`).
const LONGEST: u64 = 300_000_000_000;
/// Time in rotation after which one ejection is forgotten, ns (Envoy: `interval`).
const FORGIVEN: u64 = 10_000_000_000;
/// Weight at the start (Envoy: `min_weight_percent`).
const LEAST: f64 = 0.1;

/// What a balancer knows of an instance.
#[derive(Debug, Clone, Copy, Default)]
struct Record {
    /// Errors in a row.
    row: u32,
    /// Ejections that are not forgotten.
    number: u32,
    /// It is out until then, ns.
    until: u64,
}

/// The balancers of one service.
#[derive(Debug, Default)]
pub struct Outliers {
    /// By caller and instance.
    records: FxHashMap<(u32, u32), Record>,
    /// By caller: instances that are out.
    out: FxHashMap<u32, u32>,
    /// When an instance was put back into rotation.
    returned: FxHashMap<u32, u64>,
    /// From then on all have their full weight, ns.
    calm: u64,
}

impl Outliers {
    /// A balancer hears how a request ended. An ejection gives the time of its end.
    fn hear(
        &mut self,
        plan: &OutlierPlan,
        (caller, instance): (u32, u32),
        now: u64,
        good: bool,
    ) -> Option<u64> {
        if good {
            if let Some(record) = self.records.get_mut(&(caller, instance)) {
                record.row = 0;
            }
            return None;
        }
        let record = self.records.entry((caller, instance)).or_default();
        if now < record.until {
            return None;
        }
        record.row += 1;
        if record.row < plan.errors {
            return None;
        }
        record.row = 0;
        let out = self.out.entry(caller).or_insert(0);
        if *out >= plan.most {
            return None;
        }
        *out += 1;
        let forgiven = (now - record.until) / FORGIVEN;
        record.number = u64::from(record.number).saturating_sub(forgiven) as u32 + 1;
        let length = plan.base.saturating_mul(u64::from(record.number));
        record.until = now.saturating_add(length.min(LONGEST.max(plan.base)));
        self.calm = self.calm.max(record.until.saturating_add(plan.slow_start));
        Some(record.until)
    }

    /// An instance has been put back into rotation from outside.
    pub fn came_back(&mut self, plan: &OutlierPlan, instance: u32, now: u64) {
        self.returned.insert(instance, now);
        self.calm = self.calm.max(now.saturating_add(plan.slow_start));
    }

    /// The weights that a caller's balancer gives now; none while all are 1.
    pub fn weights<'a>(
        &'a self,
        plan: &'a OutlierPlan,
        caller: u32,
        now: u64,
    ) -> Option<Weights<'a>> {
        (now < self.calm).then_some(Weights { outliers: self, plan, caller, now })
    }
}

/// Weights of instances at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Weights<'a> {
    outliers: &'a Outliers,
    plan: &'a OutlierPlan,
    caller: u32,
    now: u64,
}

impl Weights<'_> {
    /// Of an instance, in [0, 1]; 0 while it is out.
    pub fn of(&self, instance: u32) -> f64 {
        let record = self.outliers.records.get(&(self.caller, instance));
        let until = record.map_or(0, |record| record.until);
        if self.now < until {
            return 0.0;
        }
        let put_back = self.outliers.returned.get(&instance).copied();
        let since = put_back.map_or(until, |time| time.max(until));
        let never = put_back.is_none() && until == 0;
        if never || self.now - since >= self.plan.slow_start {
            return 1.0;
        }
        ((self.now - since) as f64 / self.plan.slow_start as f64).max(LEAST)
    }
}

/// All services' outliers; nothing in a plan where no service looks for any.
#[derive(Debug, Default)]
pub struct Watch {
    pub(super) services: Vec<Outliers>,
    /// Ejections whose end is scheduled: service and caller.
    ejections: Vec<(u32, u32)>,
    free: Vec<u32>,
}

impl Watch {
    /// Nobody is out.
    pub fn new(plan: &Plan) -> Self {
        let used = plan.services.iter().any(|service| service.outliers.is_some());
        let count = if used { plan.services.len() } else { 0 };
        Self { services: (0..count).map(|_| Outliers::default()).collect(), ..Self::default() }
    }

    /// Whether any service looks for outliers.
    #[inline]
    pub fn is_on(&self) -> bool {
        !self.services.is_empty()
    }
}

impl<T: Trace> Engine<'_, T> {
    /// The balancer that sent a request hears how it ended. Answers that nobody waits for are
    /// heard by nobody.
    #[inline(never)]
    pub(super) fn hear(&mut self, job: u32, good: bool) {
        let Job { instance, flags, .. } = self.jobs[job];
        if instance == NONE || flags & (flag::ORPHAN | flag::LATE) != 0 {
            return;
        }
        let service = self.plan.instances[instance as usize].service;
        let row = &self.plan.services[service as usize];
        let Some(plan) = &row.outliers else { return };
        let caller = if row.per_caller { self.caller(job) } else { NONE };
        let outliers = &mut self.outliers.services[service as usize];
        let Some(until) = outliers.hear(plan, (caller, instance), self.now, good) else { return };
        self.probes.count_now(plan.ejections);
        self.probes.add(self.now, plan.ejected, 1);
        let Watch { ejections, free, .. } = &mut self.outliers;
        let slot = free.pop().unwrap_or_else(|| {
            ejections.push((0, 0));
            ejections.len() as u32 - 1
        });
        ejections[slot as usize] = (service, caller);
        self.calendar.schedule(until, What::new(Kind::Return, slot));
    }

    /// An ejection is over.
    pub(super) fn ejection_over(&mut self, slot: u32) {
        let (service, caller) = self.outliers.ejections[slot as usize];
        self.outliers.free.push(slot);
        if let Some(out) = self.outliers.services[service as usize].out.get_mut(&caller) {
            *out -= 1;
        }
        if let Some(plan) = &self.plan.services[service as usize].outliers {
            self.probes.add(self.now, plan.ejected, -1);
        }
    }

    /// A timeout has passed: to the balancers of the requests under it that have no answer yet
    /// that is an error.
    pub(super) fn hear_timeout(&mut self, job: u32) {
        if self.jobs[job].role == Role::Request {
            self.hear(job, false);
            self.jobs[job].flags |= flag::LATE;
            return;
        }
        let mut child = self.jobs[job].first_child;
        while child != NONE {
            self.hear_timeout(child);
            child = self.jobs[child].siblings.1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    /// By hand: 30 s, 60 s; after 25 s in rotation two of the two ejections are forgotten, so 30 s
    /// again. A weight is a tenth at first, then the share of the time that has passed.
    #[test]
    fn ejections_grow_and_are_forgotten() {
        let plan = OutlierPlan {
            errors: 2,
            base: 30 * SECOND,
            most: 1,
            slow_start: 20 * SECOND,
            ejected: 0,
            ejections: 0,
        };
        let mut outliers = Outliers::default();
        let mut hear = |second: u64, good| {
            let until = outliers.hear(&plan, (NONE, 7), second * SECOND, good);
            outliers.out.clear();
            (
                until.map(|until| until / SECOND),
                outliers.weights(&plan, NONE, second * SECOND).map(|w| w.of(7)),
            )
        };
        assert_eq!(hear(1, false), (None, None));
        assert_eq!(hear(2, true), (None, None));
        assert_eq!(hear(3, false), (None, None));
        assert_eq!(hear(4, false), (Some(34), Some(0.0)));
        assert_eq!(hear(33, false), (None, Some(0.0)), "it is out");
        assert_eq!(hear(34, false), (None, Some(0.1)));
        assert_eq!(hear(39, false), (Some(99), Some(0.0)));
        assert_eq!(hear(109, true), (None, Some(0.5)));
        assert_eq!(hear(119, false), (None, None));
        assert_eq!(hear(124, false), (Some(154), Some(0.0)));
    }

    /// Only so many at once, for each caller.
    #[test]
    fn callers_have_their_own_limit() {
        let plan = OutlierPlan {
            errors: 1,
            base: SECOND,
            most: 1,
            slow_start: 0,
            ejected: 0,
            ejections: 0,
        };
        let mut outliers = Outliers::default();
        assert!(outliers.hear(&plan, (1, 0), 5, false).is_some());
        assert!(outliers.hear(&plan, (1, 1), 6, false).is_none());
        assert!(outliers.hear(&plan, (2, 1), 7, false).is_some());
    }
}
