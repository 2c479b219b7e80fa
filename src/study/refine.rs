//! A first answer fast, then better ones, for as long as a budget lasts.
//!
//! All designs are run in looks at 16, 32, 64, … replications (2, 4, 8, … in each of several worlds),
//! each design as many as the main one, so that claims about variants stand on as much. The first
//! look divides the time evenly among the designs; each later one is made only if it fits into what
//! is left, by the pace of the one before. What counts in the end is a prefix of the fixed order of
//! the runs, with a number of replications that gives the same result without a clock.
//!
//! A look that stops the study by its precision must hold twice in a row ([`crate::stats::looks`], where
//! a test measures that this adds no bias). The clock knows nothing of the results; that runs with
//! more events take longer biases the mean over the complete ones by an order of one over the
//! budget (Glynn and Heidelberger, *Operations Research* 38, 1990), and not at all where a look was
//! complete.

use super::alternative::{Alternative, Ran};
use super::runs::Outside;
use crate::experiment::{Control, Ensemble, Prepared, Study};
use crate::stats::looks::{FIRST, Looks};
use crate::verdict;
use std::sync::atomic::AtomicBool;

/// Replications per world in the first look where there are several worlds, as a run without a
/// budget makes them.
const FIRST_OF_WORLDS: u32 = 2;

/// The clock outside.
pub trait Pace {
    /// Seconds of the budget that are left.
    fn left(&self) -> f64;
    /// From now on the flag of [`Outside`] is to be set when so many seconds are left, and not
    /// before, unless somebody asks to stop.
    fn stop_at(&self, left: f64);
    /// A look is complete.
    fn looked(&self, ran: &[Ran]);
}

/// Why refining ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum End {
    /// Everything is as precise as was asked for.
    Precise,
    /// The largest number of replications was made.
    Most,
    /// The next look would not have fitted.
    NoRoom,
    /// Time was over, or somebody asked to stop.
    Stopped,
    /// Time was over before every design had a complete run, or every world its runs: there is
    /// nothing to report. So many seconds would have done for the first look; `None`: that cannot be
    /// said.
    TooShort(Option<f64>),
}

/// What refining gave.
pub struct Refined {
    /// The runs of each design, the main one first, of which those that count come first.
    pub ran: Vec<Ran>,
    /// What was known before the runs of each.
    pub prepared: Vec<Option<Prepared>>,
    /// Complete replications per world.
    pub per_world: u32,
    /// Why it ended.
    pub end: End,
}

/// Runs the main design and others for as long as the budget lasts, with `most` replications per
/// world at most.
pub fn refine(
    main: Alternative,
    others: Vec<Alternative>,
    most: u32,
    outside: Outside,
    pace: &dyn Pace,
) -> Refined {
    let mut all = Designs { studies: Vec::new(), ran: Vec::new(), outside };
    let designs = others.len() + 1;
    let in_worlds = others.iter().chain([&main]).any(|one| one.study.plans().len() > 1);
    let first = if in_worlds { FIRST_OF_WORLDS } else { FIRST };
    let mut looks = Looks::starting(first, most);
    let first = looks.next().unwrap_or(1);
    let begin = pace.left();
    for (at, design) in std::iter::once(main).chain(others).enumerate() {
        let left = pace.left();
        pace.stop_at(left - left / (designs - at) as f64);
        all.begin(design, most, first);
    }
    let mut took = begin - pace.left();
    if !all.is_complete() {
        return all.cut_short(first, took);
    }
    let mut per_world = first;
    let end = loop {
        pace.looked(&all.ran);
        let precise = all.is_precise();
        looks.looked(precise);
        let Some(next) = looks.next() else {
            break if per_world < most { End::Precise } else { End::Most };
        };
        let pace_of_last = took / f64::from(all.last_made(per_world, first));
        if pace_of_last * f64::from(all.to_make(per_world, next)) > pace.left() {
            break End::NoRoom;
        }
        pace.stop_at(0.0);
        let begin = pace.left();
        let before = all.go_on(next);
        if !all.is_complete() {
            per_world = all.last_complete(per_world, before);
            break End::Stopped;
        }
        took = begin - pace.left();
        per_world = next;
    };
    all.refined(per_world, end)
}

/// The designs, and what has been run of them.
struct Designs<'a> {
    studies: Vec<(Study, Option<Prepared>)>,
    ran: Vec<Ran>,
    outside: Outside<'a>,
}

impl Designs<'_> {
    /// Prepares a design and makes its first look.
    fn begin(&mut self, design: Alternative, most: u32, per_world: u32) {
        let Alternative { name, model, study, .. } = design;
        let study = study.with_replications(most);
        let mut prepared = None;
        let ensemble = self.outside.control(name.as_deref(), true, |control| {
            prepared = study.prepare(control);
            match &prepared {
                Some(prepared) => {
                    let plan = prepared.making(per_world);
                    let runs = per_world * study.plans().len() as u32;
                    study.run_range(&plan, 0..runs, control)
                }
                None => study.not_run(),
            }
        });
        self.ran.push(Ran { name, model, ensemble, alone: None, beside: Vec::new() });
        self.studies.push((study, prepared));
    }

    /// Goes on to so many replications. Gives what several worlds had before, which is made anew.
    fn go_on(&mut self, per_world: u32) -> Vec<Option<Ensemble>> {
        let mut before = Vec::new();
        for (ran, (study, prepared)) in self.ran.iter_mut().zip(&self.studies) {
            let Some(prepared) = prepared else { continue };
            let plan = prepared.making(per_world);
            let worlds = study.plans().len() as u32;
            let known = std::mem::replace(&mut ran.ensemble, study.not_run());
            // In several worlds the luck of a run depends on the number of runs before it.
            let (known, old) =
                if worlds == 1 { (known, None) } else { (study.not_run(), Some(known)) };
            ran.ensemble = self.outside.control(ran.name.as_deref(), true, |control| {
                study.run_on(&plan, known, per_world * worlds, control)
            });
            before.push(old);
        }
        before
    }

    fn is_complete(&self) -> bool {
        self.ran.iter().all(|ran| ran.ensemble.partial.is_none())
    }

    fn is_precise(&self) -> bool {
        self.ran.first().is_some_and(|main| {
            let goals = verdict::precision(&main.model, &main.ensemble);
            !goals.is_empty() && goals.iter().all(|goal| goal.reached)
        })
    }

    /// Runs that a look of so many replications makes after one of `before`; 0: it is the first.
    fn to_make(&self, before: u32, next: u32) -> u32 {
        let of = |(study, _): &(Study, Option<Prepared>)| match study.plans().len() as u32 {
            1 => next - before,
            worlds => next * worlds,
        };
        self.studies.iter().map(of).sum::<u32>().max(1)
    }

    /// Runs of the last look.
    fn last_made(&self, per_world: u32, first: u32) -> u32 {
        self.to_make(if per_world == first { 0 } else { per_world / 2 }, per_world)
    }

    /// After a look that was stopped: of one design in one world what is complete, else the look
    /// before, which all have.
    fn last_complete(&mut self, per_world: u32, before: Vec<Option<Ensemble>>) -> u32 {
        if let ([only], [(study, _)]) = (self.ran.as_slice(), self.studies.as_slice())
            && study.plans().len() == 1
        {
            return only.ensemble.rows.len() as u32;
        }
        for (ran, before) in self.ran.iter_mut().zip(before) {
            if let Some(before) = before {
                ran.ensemble = before;
            }
        }
        per_world
    }

    /// After a first look that was stopped: what all designs have. Of several worlds there is nothing:
    /// fewer of them would be another study.
    fn cut_short(self, first: u32, took: f64) -> Refined {
        let all = || self.ran.iter().map(|ran| ran.ensemble.rows.len() as u32);
        let in_worlds = self.studies.iter().any(|(study, _)| study.plans().len() > 1);
        let made: u32 = all().sum();
        let wanted = f64::from(self.to_make(0, first));
        if let Some(per_world) = all().min().filter(|&least| least > 0 && !in_worlds) {
            return self.refined(per_world, End::Stopped);
        }
        let needed = (made > 0).then(|| took / f64::from(made) * wanted);
        self.refined(0, End::TooShort(needed))
    }

    fn refined(self, per_world: u32, end: End) -> Refined {
        let prepared = self.studies.into_iter().map(|(_, prepared)| prepared).collect();
        Refined { ran: self.ran, prepared, per_world, end }
    }
}

/// The runs that count, as those of a design that is alike but for its numbers of replications and
/// worlds, which are those of the runs. Nothing is run.
pub fn settled(design: Alternative, runs: Ran, prepared: &Prepared) -> Ran {
    let Alternative { name, model, study, .. } = design;
    let plan = prepared.making(model.run.replications);
    let total = plan.per_world * study.plans().len() as u32;
    let mut known = runs.ensemble;
    known.rows.truncate(total as usize);
    let control =
        Control { stop: &AtomicBool::new(false), progress: &|_| (), events_max: u64::MAX };
    let ensemble = study.run_on(&plan, known, total, &control);
    Ran { name, model, ensemble, alone: None, beside: Vec::new() }
}
