//! How the runs of several designs are made, one design after the other.

use super::alternative::{Alone, Alternative, Ran};
use crate::experiment::{Control, EVENTS_MAX, Ensemble, Prepared, Progress};
use crate::verdict;
use std::sync::atomic::AtomicBool;

/// How the world outside takes part.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    /// Set: stop soon, and keep what is complete.
    pub stop: &'a AtomicBool,
    /// Called when the runs of a design begin, with its name; what it gives is called after each
    /// run, from any thread, and dropped when they end.
    pub begin: &'a dyn Fn(&str) -> Box<dyn Fn(Progress) + Sync>,
    /// Whether all replications are to be made, however long they take.
    pub insists: bool,
}

impl Outside<'static> {
    /// Nobody looks on, and nobody stops it.
    pub fn unattended() -> Self {
        static NEVER: AtomicBool = AtomicBool::new(false);
        fn begin(_: &str) -> Box<dyn Fn(Progress) + Sync> {
            Box::new(|_| ())
        }
        Self { stop: &NEVER, begin: &begin, insists: true }
    }
}

impl Outside<'_> {
    /// Does something under the control of the world outside.
    pub(super) fn control<T>(
        &self,
        name: Option<&str>,
        all: bool,
        run: impl FnOnce(&Control) -> T,
    ) -> T {
        let progress = (self.begin)(name.unwrap_or("as it stands"));
        let events_max = if all || self.insists { u64::MAX } else { EVENTS_MAX };
        run(&Control { stop: self.stop, progress: &*progress, events_max })
    }
}

/// Runs the main design until its metrics are as precise as it asks, then the others with as many
/// replications, each with the warm-up that suits it; the main one is the first of the result.
///
/// An interruption leaves what is complete; a design may then have no runs at all.
pub fn main_first(main: Alternative, others: Vec<Alternative>, outside: Outside) -> Vec<Ran> {
    let precise = !main.model.run.precision.is_empty();
    let Alternative { name, model, study, .. } = main;
    let ensemble = outside.control(name.as_deref(), false, |control| {
        let known =
            |so_far: &Ensemble| verdict::precision(&model, so_far).iter().all(|g| g.reached);
        if precise { study.run_until(control, &known) } else { study.run(control) }
    });
    let per_world = ensemble.per_world;
    let mut all = vec![Ran { name, model, ensemble, alone: None, beside: Vec::new() }];
    let like_main = |Alternative { name, model, study, .. }: Alternative| {
        // What the main runs needed the others get, so that all stand on the same luck.
        let study = if precise { study.with_replications(per_world) } else { study };
        let ensemble = outside.control(name.as_deref(), precise, |control| study.run(control));
        Ran { name, model, ensemble, alone: None, beside: Vec::new() }
    };
    all.extend(others.into_iter().map(like_main));
    all
}

/// What designs have in common that were run on the same luck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// Worlds.
    pub worlds: u32,
    /// Replications per world.
    pub per_world: u32,
    /// Cut at the start of each run, where it was found by pilots \[ns\].
    pub warm_up: u64,
}

/// Runs several designs on the same luck; see [`runs_of`].
pub fn together(alternatives: Vec<Alternative>, outside: Outside) -> Vec<Ran> {
    let mut all = Vec::new();
    runs_of(alternatives, None, outside, &mut |ran| all.push(ran));
    all
}

/// Runs several designs on the same luck, and gives each to `take` when it is done: run `i` of each
/// is in the same world and draws the same numbers, and the same requests are recorded, because all
/// have the longest warm-up and the smallest number of replications that any of them needs or can
/// afford. Designs `beside` others take what those had in common; a longer warm-up than that they
/// keep.
///
/// An interruption leaves the runs that are complete; the designs may then have different numbers.
pub fn runs_of(
    alternatives: Vec<Alternative>,
    beside: Option<&Shared>,
    outside: Outside,
    take: &mut dyn FnMut(Ran),
) -> Shared {
    let own = alternatives.iter().map(worlds_of).max().unwrap_or(1);
    let worlds = beside.map_or(own, |shared| shared.worlds);
    let ready: Vec<Ready> =
        alternatives.into_iter().map(|one| Ready::new(one, worlds, outside)).collect();
    let known = || ready.iter().flat_map(Ready::known);
    let shared = beside.copied().unwrap_or_else(|| Shared {
        worlds,
        per_world: known().map(|prepared| prepared.per_world).min().unwrap_or(1),
        warm_up: known().map(|prepared| prepared.warm_up.ns()).max().unwrap_or(0),
    });
    for one in ready {
        take(one.run(&shared, outside));
    }
    shared
}

/// Worlds of a design, and of those beside it.
fn worlds_of(design: &Alternative) -> u32 {
    let own = design.study.plans().len() as u32;
    design.beside.iter().map(worlds_of).fold(own, u32::max)
}

/// A design that waits for its runs.
struct Ready {
    design: Alternative,
    /// What is known before the runs; `None`: it was stopped.
    prepared: Option<Prepared>,
    beside: Vec<Self>,
}

impl Ready {
    fn new(mut design: Alternative, worlds: u32, outside: Outside) -> Self {
        let beside = std::mem::take(&mut design.beside);
        design.study = design.study.in_worlds(worlds);
        let prepare = |control: &Control| design.study.prepare(control);
        let prepared = outside.control(design.name.as_deref(), false, prepare);
        let beside = beside.into_iter().map(|one| Self::new(one, worlds, outside)).collect();
        Self { design, prepared, beside }
    }

    fn known(&self) -> Vec<&Prepared> {
        let beside = self.beside.iter().flat_map(Self::known);
        self.prepared.iter().chain(beside).collect()
    }

    fn run(self, shared: &Shared, outside: Outside) -> Ran {
        let Alternative { name, model, study, .. } = self.design;
        let (ensemble, alone) = match self.prepared {
            Some(alone) => {
                let prepared = alone.beside(shared.warm_up, shared.per_world);
                let range = 0..shared.per_world * study.plans().len() as u32;
                let run = |control: &Control| study.run_range(&prepared, range, control);
                (outside.control(name.as_deref(), true, run), Some(alone))
            }
            None => (study.not_run(), None),
        };
        let alone = alone.map(|one| Alone { warm_up: one.warm_up.ns(), per_world: one.per_world });
        let beside = self.beside.into_iter().map(|one| one.run(shared, outside)).collect();
        Ran { name, model, ensemble, alone, beside }
    }
}
