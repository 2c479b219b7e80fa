//! One design whose runs become more, look by look.

use super::alternative::{Alternative, Ran};
use super::runs::Outside;
use crate::experiment::{Prepared, Study};

/// A design and the runs that it has so far.
pub struct Growing {
    study: Study,
    prepared: Prepared,
    ran: Option<Ran>,
}

impl Growing {
    /// Finds its warm-up; `None` if that was stopped. With one world it may grow to so many
    /// replications.
    pub fn new(design: Alternative, runs_max: u32, outside: Outside) -> Option<Self> {
        let Alternative { name, model, study } = design;
        let study = if study.plans().len() > 1 { study } else { study.with_replications(runs_max) };
        let prepared = outside.control(name.as_deref(), true, |control| study.prepare(control))?;
        let ensemble = study.not_run();
        Some(Self { study, prepared, ran: Some(Ran { name, model, ensemble }) })
    }

    /// Makes runs until there are so many, with uncertain inputs so many worlds, and gives them all;
    /// `None` if it was stopped before.
    ///
    /// [`Growing::put_back`] takes them again for the next look.
    pub fn grow(&mut self, count: u32, outside: Outside) -> Option<Ran> {
        let Ran { name, model, ensemble } = self.ran.take()?;
        let worlds = self.study.plans().len() as u32;
        let runs = if worlds > 1 {
            count.min(worlds) * self.prepared.per_world
        } else {
            count.min(self.prepared.per_world)
        };
        let ensemble = outside.control(name.as_deref(), true, |control| {
            self.study.run_on(&self.prepared, ensemble, runs, control)
        });
        let complete = ensemble.rows.len() as u32 == runs;
        complete.then_some(Ran { name, model, ensemble })
    }

    /// Keeps the runs for the next look.
    pub fn put_back(&mut self, ran: Ran) {
        self.ran = Some(ran);
    }
}
