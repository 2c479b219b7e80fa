//! Balancers: which instance gets a request.
//!
//! One for a service, or one for each instance that calls it, which then knows only of its own
//! turn and its own requests (as a client-side balancer does), plus one for all workloads. The
//! turns of callers begin at places of their own, so that they do not march in step.

use super::Engine;
use super::frames::Frame;
use super::jobs::Job;
use super::outlier::Weights;
use super::pool::{stream, uniform};
use super::trace::Trace;
use crate::dist::{child_key, key_place, mix64, unit_interval};
use crate::model::Balance;
use crate::plan::{Key, NONE, ServicePlan};
use rand_xoshiro::Xoshiro256PlusPlus;
use rustc_hash::FxHashMap;
use std::cell::Cell;

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

    /// Whether a place among the active ones takes the request that is offered to it.
    fn takes(&mut self, weights: &Weights<'_>, place: usize) -> bool {
        let weight = weights.of(self.active[place]);
        weight >= 1.0 || weight > 0.0 && uniform(&mut self.stream) < weight
    }

    /// A random place that takes it.
    fn random_that_takes(&mut self, weights: &Weights<'_>) -> usize {
        loop {
            let place = self.random();
            if self.takes(weights, place) {
                return place;
            }
        }
    }

    /// As [`Self::choose`], while some have a weight below 1, but not all of them none. Every
    /// round of the loops ends them with a chance of a tenth at least.
    fn choose_weighted(
        &mut self,
        balance: Balance,
        next: usize,
        inside: impl Fn(&Self, u32) -> u32,
        weights: &Weights<'_>,
    ) -> (usize, usize) {
        let count = self.active.len();
        match balance {
            Balance::RoundRobin | Balance::Sticky | Balance::Hash => {
                let mut at = next % count;
                while !self.takes(weights, at) {
                    at = (at + 1) % count;
                }
                (at, at + 1)
            }
            Balance::Random => (self.random_that_takes(weights), next),
            Balance::PowerOfTwo => {
                let first = self.random_that_takes(weights);
                let others = (0..count).filter(|&at| at != first);
                if others.map(|at| weights.of(self.active[at])).all(|weight| weight == 0.0) {
                    return (first, next);
                }
                let mut other = first;
                while other == first {
                    other = self.random_that_takes(weights);
                }
                let better = inside(self, self.active[other]) < inside(self, self.active[first]);
                (if better { other } else { first }, next)
            }
            Balance::LeastOutstanding => loop {
                let mut least: Option<(u32, usize)> = None;
                for at in (0..count).map(|step| (next + step) % count) {
                    if self.takes(weights, at) {
                        let here = inside(self, self.active[at]);
                        if least.is_none_or(|(fewest, _)| here < fewest) {
                            least = Some((here, at));
                        }
                    }
                }
                if let Some((_, at)) = least {
                    return (at, at + 1);
                }
            },
        }
    }

    /// The instance that a hash of the key points at. One that is out of rotation is passed over
    /// by hashing again: its keys spread over the others and come back with it, and no other key
    /// moves (consistent hashing by rejection). One that has only a part of its weight has that
    /// part of its keys.
    fn hashed(&self, plan: &ServicePlan, key: u64, weights: Option<&Weights<'_>>) -> u32 {
        let has = |instance: u32| {
            let weight = weights.map_or(1.0, |weights| weights.of(instance));
            weight >= 1.0 || unit_interval(mix64(key ^ u64::from(instance))) < weight
        };
        let mut hash = mix64(key ^ plan.stream);
        for _ in 0..64 {
            let instance = plan.first_instance + key_place(hash, plan.instances);
            let active = self.active.len() == plan.instances as usize || self.is_active(instance);
            if active && has(instance) {
                return instance;
            }
            hash = mix64(hash ^ plan.stream);
        }
        // Nearly all are out: any of the rest.
        let rest = self.active.iter().filter(|&&instance| has(instance));
        let place = (hash % self.active.len() as u64) as usize;
        rest.copied().next().unwrap_or(self.active[place])
    }

    /// The instance that a key had before, or the next in turn.
    fn home(&mut self, key: u64, weights: Option<&Weights<'_>>) -> u32 {
        if let Some(&instance) = self.homes.get(&key)
            && self.is_active(instance)
            && weights.is_none_or(|weights| weights.of(instance) > 0.0)
        {
            return instance;
        }
        let inside = |_: &Self, _| 0;
        let (at, next) = match weights {
            Some(weights) => self.choose_weighted(Balance::Sticky, self.next, inside, weights),
            None => self.choose(Balance::Sticky, self.next, inside),
        };
        self.next = next;
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
        if plan.special {
            return Some(self.pick_for(job, service));
        }
        let instances = &self.instances;
        let inside = |_: &Balancer, instance: u32| instances[instance as usize].inside;
        let (at, next) = state.choose(plan.balance, state.next, inside);
        state.next = next;
        Some(state.active[at])
    }

    /// By key, by the caller's own balancer, or where some instances may have to be passed over.
    #[inline(never)]
    fn pick_for(&mut self, job: u32, service: u32) -> u32 {
        let plan = &self.plan.services[service as usize];
        let key = match plan.key {
            Key::None => None,
            // A key is a number; what counts is its bits, so that equal numbers are equal keys.
            Key::Drawn(variable) => Some(((self.draw(job, variable) + 0.0).to_bits(), false)),
            Key::User => Some(self.asker(job)),
        };
        let caller = if plan.per_caller { self.caller(job) } else { NONE };
        let state = &mut self.balancers[service as usize];
        let weights = plan.outliers.as_ref().and_then(|outliers| {
            let of_service = &self.outliers.services[service as usize];
            let weights = of_service.weights(outliers, caller, self.now)?;
            // If all that are left are ejected, that counts for nothing.
            let some = state.active.iter().any(|&instance| weights.of(instance) > 0.0);
            some.then_some(weights)
        });
        let weights = weights.as_ref();
        if let Some((key, once)) = key {
            // Keys that do not come again are not worth remembering.
            let by_hash = plan.balance == Balance::Hash || once;
            return if by_hash {
                state.hashed(plan, key, weights)
            } else {
                state.home(key, weights)
            };
        }
        let next = if plan.per_caller {
            let start = || mix64(state.seed ^ u64::from(caller)) % u64::from(plan.instances);
            state.turns.get(&caller).copied().unwrap_or_else(|| start() as usize)
        } else {
            state.next
        };
        let instances = &self.instances;
        let inside = |state: &Balancer, instance: u32| {
            if plan.per_caller {
                state.outstanding.get(&(caller, instance)).copied().unwrap_or(0)
            } else {
                instances[instance as usize].inside
            }
        };
        let (at, next) = match weights {
            Some(weights) => state.choose_weighted(plan.balance, next, inside, weights),
            None => state.choose(plan.balance, next, inside),
        };
        if plan.per_caller {
            state.turns.insert(caller, next);
        } else {
            state.next = next;
        }
        state.active[at]
    }

    /// Who asks: the user, in the background too; where there is none the request that a workload made, whatever became
    /// of it, and `true`, because that does not come again.
    fn asker(&self, job: u32) -> (u64, bool) {
        let user = self.jobs[job].user;
        if user != NONE {
            return (u64::from(self.person(user)), false);
        }
        let mut first = job;
        loop {
            let Job { parent, parent_generation, .. } = self.jobs[first];
            if parent == NONE || !self.jobs.is_current(parent, parent_generation) {
                break;
            }
            first = parent;
        }
        // Loops and retries lend a job other keys; its own is that below the lowest of them.
        let Job { key, frame, .. } = self.jobs[first];
        let own = Cell::new(key);
        self.frames.find(frame, |frame| {
            if let Frame::Loop { key, .. } | Frame::Retry { key, .. } = *frame {
                own.set(key);
            }
            false
        });
        (own.get(), true)
    }

    /// The instance that calls; [`NONE`] for a workload.
    pub(super) fn caller(&self, job: u32) -> u32 {
        let Job { parent, parent_generation, .. } = self.jobs[job];
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
