//! One design whose runs become more, look by look.

use super::alternative::{Alternative, Ran};
use super::runs::Outside;
use crate::experiment::{Prepared, Study};

/// A design and the runs that it has so far, with the variants beside it.
pub struct Growing {
    study: Study,
    prepared: Prepared,
    ran: Option<Ran>,
    beside: Vec<Self>,
}

impl Growing {
    /// Finds its warm-up; `None` if that was stopped. With one world it may grow to so many
    /// replications.
    pub fn new(design: Alternative, runs_max: u32, outside: Outside) -> Option<Self> {
        let worlds = design.study.plans().len() as u32;
        Self::in_worlds(design, worlds, runs_max, outside)
    }

    fn in_worlds(
        design: Alternative,
        worlds: u32,
        runs_max: u32,
        outside: Outside,
    ) -> Option<Self> {
        let Alternative { name, model, study, beside } = design;
        let study = study.in_worlds(worlds);
        let study = if worlds > 1 { study } else { study.with_replications(runs_max) };
        let prepared = outside.control(name.as_deref(), true, |control| study.prepare(control))?;
        let ensemble = study.not_run();
        let grown = |one| Self::in_worlds(one, worlds, runs_max, outside);
        let beside = beside.into_iter().map(grown).collect::<Option<Vec<_>>>()?;
        let ran = Ran { name, model, ensemble, alone: None, beside: Vec::new() };
        Some(Self { study, prepared, ran: Some(ran), beside })
    }

    /// Makes runs until there are so many, with uncertain inputs so many worlds, and gives them all;
    /// `None` if it was stopped before.
    ///
    /// [`Growing::put_back`] takes them again for the next look.
    pub fn grow(&mut self, count: u32, outside: Outside) -> Option<Ran> {
        let Ran { name, model, ensemble, .. } = self.ran.take()?;
        let worlds = self.study.plans().len() as u32;
        let runs = if worlds > 1 {
            count.min(worlds) * self.prepared.per_world
        } else {
            count.min(self.prepared.per_world)
        };
        let ensemble = outside.control(name.as_deref(), true, |control| {
            self.study.run_on(&self.prepared, ensemble, runs, control)
        });
        if ensemble.rows.len() as u32 != runs {
            return None;
        }
        let grown = self.beside.iter_mut().map(|one| one.grow(count, outside));
        let beside = grown.collect::<Option<Vec<_>>>()?;
        Some(Ran { name, model, ensemble, alone: None, beside })
    }

    /// Keeps the runs for the next look.
    pub fn put_back(&mut self, mut ran: Ran) {
        let beside = std::mem::take(&mut ran.beside);
        for (one, ran) in self.beside.iter_mut().zip(beside) {
            one.put_back(ran);
        }
        self.ran = Some(ran);
    }
}
