//! Balancers: which instance gets a request.
//!
//! One for a service, or one for each instance that calls it, which then knows only of its own
//! turn and its own requests (as a client-side balancer does), plus one for all workloads. The
//! turns of callers begin at places of their own, so that they do not march in step.

use super::Engine;
use super::jobs::Frame;
use super::pool::{stream, uniform};
use super::trace::Trace;
use crate::dist::{child_key, mix64};
use crate::model::Balance;
use crate::plan::{NONE, ServicePlan};
use rand_xoshiro::Xoshiro256PlusPlus;
use rustc_hash::FxHashMap;

/// The balancer, or the balancers, of a service.
#[derive(Debug)]
pub struct Balancer {
    /// Instances that get new requests, ascending.
    active: Vec<u32>,
    next: usize,
    stream: Xoshiro256PlusPlus,
    /// Where the turns of callers begin.
    seed: u64,
    /// By caller: whose turn it is.
    turns: FxHashMap<u32, usize>,
    /// By caller and instance: requests of the one that are inside the other.
    outstanding: FxHashMap<(u32, u32), u32>,
    /// By key: the instance that it had last.
    homes: FxHashMap<u64, u32>,
}

impl Balancer {
    /// All instances in rotation.
    pub fn new(plan: &ServicePlan, run_key: u64) -> Self {
        Self {
            active: (plan.first_instance..plan.first_instance + plan.instances).collect(),
            next: 0,
            stream: stream(run_key, plan.stream, 0),
            seed: child_key(run_key, plan.stream, 1),
            turns: FxHashMap::default(),
            outstanding: FxHashMap::default(),
            homes: FxHashMap::default(),
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

    fn is_active(&self, instance: u32) -> bool {
        self.active.binary_search(&instance).is_ok()
    }

    /// A place among the active ones, and whose turn it is then; `next` is whose turn it is now.
    #[inline]
    fn choose(
        &mut self,
        balance: Balance,
        next: usize,
        inside: impl Fn(&Self, u32) -> u32,
    ) -> (usize, usize) {
        let count = self.active.len();
        match balance {
            Balance::RoundRobin | Balance::Sticky | Balance::Hash => {
                let at = next % count;
                (at, at + 1)
            }
            Balance::Random => (self.random(), next),
            Balance::PowerOfTwo => {
                let first = self.random();
                // The second is another one, uniformly.
                let other = if count > 1 {
                    let skip = 1 + (uniform(&mut self.stream) * (count - 1) as f64) as usize;
                    (first + skip.min(count - 1)) % count
                } else {
                    first
                };
                let better = inside(self, self.active[other]) < inside(self, self.active[first]);
                (if better { other } else { first }, next)
            }
            Balance::LeastOutstanding => {
                // Ties go to the first behind the last choice.
                let least = (0..count)
                    .map(|step| (next + step) % count)
                    .min_by_key(|&at| inside(self, self.active[at]))
                    .unwrap_or(0);
                (least, least + 1)
            }
        }
    }

    /// The instance that a hash of the key points at. One that is out of rotation is passed over
    /// by hashing again: its keys spread over the others and come back with it, and no other key
    /// moves (consistent hashing by rejection).
    fn hashed(&self, plan: &ServicePlan, key: u64) -> u32 {
        let mut hash = mix64(key ^ plan.stream);
        for _ in 0..64 {
            let local = (u128::from(hash) * u128::from(plan.instances)) >> 64;
            let instance = plan.first_instance + local as u32;
            if self.active.len() == plan.instances as usize || self.is_active(instance) {
                return instance;
            }
            hash = mix64(hash ^ plan.stream);
        }
        // Nearly all are out: any of the rest.
        self.active[(hash % self.active.len() as u64) as usize]
    }

    /// The instance that a key had before, or the next in turn.
    fn home(&mut self, key: u64) -> u32 {
        if let Some(&instance) = self.homes.get(&key)
            && self.is_active(instance)
        {
            return instance;
        }
        let at = self.next % self.active.len();
        self.next = at + 1;
        self.homes.insert(key, self.active[at]);
        self.active[at]
    }
}

impl<T: Trace> Engine<'_, T> {
    /// The instance of a service that gets a request; none if all are out of rotation.
    #[inline]
    pub(super) fn pick(&mut self, job: u32, service: u32) -> Option<u32> {
        let plan = &self.plan.services[service as usize];
        let state = &mut self.balancers[service as usize];
        if plan.instances == 1 && state.active.len() == 1 {
            return Some(plan.first_instance);
        }
        if state.active.is_empty() {
            return None;
        }
        if plan.key != NONE || plan.per_caller {
            return Some(self.pick_for(job, service));
        }
        let instances = &self.instances;
        let inside = |_: &Balancer, instance: u32| instances[instance as usize].inside;
        let (at, next) = state.choose(plan.balance, state.next, inside);
        state.next = next;
        Some(state.active[at])
    }

    /// By key, or by the caller's own balancer.
    fn pick_for(&mut self, job: u32, service: u32) -> u32 {
        let plan = &self.plan.services[service as usize];
        if matches!(plan.balance, Balance::Sticky | Balance::Hash) {
            // A key is a number; what counts is its bits, so that equal numbers are equal keys.
            let key = (self.draw(job, plan.key) + 0.0).to_bits();
            let state = &mut self.balancers[service as usize];
            return match plan.balance {
                Balance::Hash => state.hashed(plan, key),
                _ => state.home(key),
            };
        }
        let caller = self.caller(job);
        let state = &mut self.balancers[service as usize];
        let start = || (mix64(state.seed ^ u64::from(caller)) % u64::from(plan.instances)) as usize;
        let next = state.turns.get(&caller).copied().unwrap_or_else(start);
        let inside = |state: &Balancer, instance: u32| {
            state.outstanding.get(&(caller, instance)).copied().unwrap_or(0)
        };
        let (at, next) = state.choose(plan.balance, next, inside);
        state.turns.insert(caller, next);
        state.active[at]
    }

    /// The instance that calls; [`NONE`] for a workload.
    fn caller(&self, job: u32) -> u32 {
        let super::jobs::Job { parent, parent_generation, .. } = self.jobs[job];
        let waits = parent != NONE && self.jobs.is_current(parent, parent_generation);
        if waits { self.jobs[parent].instance } else { NONE }
    }

    /// A balancer that counts its requests counts this one, as long as it lasts.
    pub(super) fn note_caller(&mut self, job: u32, service: u32) {
        let balance = self.plan.services[service as usize].balance;
        if matches!(balance, Balance::LeastOutstanding | Balance::PowerOfTwo) {
            let (caller, instance) = (self.caller(job), self.jobs[job].instance);
            let balancer = &mut self.balancers[service as usize];
            *balancer.outstanding.entry((caller, instance)).or_insert(0) += 1;
            self.push_frame(job, Frame::Balanced { service, caller });
        }
    }

    /// A request has left an instance: its balancer counts one less there.
    pub(super) fn balanced_over(&mut self, service: u32, caller: u32, instance: u32) {
        let balancer = &mut self.balancers[service as usize];
        if let Some(count) = balancer.outstanding.get_mut(&(caller, instance)) {
            *count -= 1;
        }
    }
}
