//! One variant under one scaling, in all its worlds, and how its runs are made.

use super::ensemble::{Ensemble, Warning};
use super::identity::{self, Identity};
use super::pilot::{self, PILOT_EVENTS, WarmUp};
use super::row::Row;
use crate::demand;
use crate::model::{BindProblem, Binding, Model, RunKind, Scaling, World};
use crate::plan::{Catalog, Needs, Plan, compile};
use crate::sim::{End, NoTrace, RunId};
use crate::stats::{quantile, worlds};
use crate::units::time::ns_to_seconds;
use rayon::iter::{IntoParallelIterator, ParallelBridge, ParallelIterator};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Predicted events of a study beyond which its replications are cut.
pub const EVENTS_MAX: u64 = 50_000_000;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Pilot runs.
    Pilot,
    /// The runs that count.
    Runs,
    /// Worlds are worked out, without runs.
    Worlds,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// Runs finished, or worlds.
    pub done: u32,
    /// Runs to be made in this phase (of one length, for pilots), or worlds.
    pub total: u32,
    /// Events in the finished runs of this phase.
    pub events: u64,
}

/// How the world outside takes part.
#[derive(Clone, Copy)]
pub struct Control<'a> {
    /// Set: stop soon, and keep the longest complete prefix.
    pub stop: &'a AtomicBool,
    /// Called after each run, from any thread.
    pub progress: &'a (dyn Fn(Progress) + Sync),
    /// Replications are cut so that predicted events stay at or below it; [`EVENTS_MAX`] unless
    /// the user insists.
    pub events_max: u64,
}

/// What is known before the runs.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// What is cut.
    pub warm_up: WarmUp,
    /// Replications per world.
    pub per_world: u32,
    /// What was decided against the author's words.
    pub warnings: Vec<Warning>,
    /// The first run, where it had to be made to predict the events.
    pub(super) first: Option<Row>,
}

impl Prepared {
    /// The same with another number of replications per world.
    #[must_use]
    pub fn making(&self, per_world: u32) -> Self {
        Self { per_world, ..self.clone() }
    }

    /// The same with the warm-up and the replications of a study beside it, so that both record the
    /// same requests in as many runs. A warm-up that was found or given up becomes `warm_up` (ns),
    /// which is not shorter; where nothing is cut, nothing is.
    #[must_use]
    pub fn beside(&self, warm_up: u64, per_world: u32) -> Self {
        let warm_up = self.warm_up.at_least(warm_up);
        let same = warm_up.ns() == self.warm_up.ns();
        let first = if same { self.first.clone() } else { None };
        Self { warm_up, per_world, warnings: self.warnings.clone(), first }
    }
}

/// One variant under one scaling, bound and compiled in all its worlds.
#[derive(Debug, Clone)]
pub struct Study {
    pub(super) plans: Vec<Plan>,
    pub(super) worlds: Vec<World>,
    pub(super) windows: Vec<String>,
    pub(super) steady: bool,
    pub(super) confidence: f64,
    pub(super) assurance: f64,
    variant: Option<String>,
    point: u32,
    per_world: u32,
    /// Whether somebody asked for `per_world` replications; else they are only the most.
    asked: bool,
    stated_warm_up: bool,
}

impl Study {
    /// Draws the worlds, binds and compiles.
    ///
    /// World `w` has the point `w` of the scrambled Sobol' design of the model's seed, one
    /// dimension for each input in the order of the inputs, also for those that are certain: a
    /// variant that knows an input does not move the others' worlds. The problems are those of the
    /// first world that has any.
    pub fn new(model: &Model, needs: &Needs, scaling: &Scaling) -> Result<Self, Vec<BindProblem>> {
        Self::bound(model, needs, scaling.point, &|world| {
            demand::bind(model, world, scaling.clone())
        })
    }

    /// The same with numbers that `bind` finds in a world: those of another date. `point` is the
    /// number of this point among those of a larger study.
    pub fn bound(
        model: &Model,
        needs: &Needs,
        point: u32,
        bind: &(dyn Fn(&World) -> Result<Binding, Vec<BindProblem>> + Sync),
    ) -> Result<Self, Vec<BindProblem>> {
        let count = if model.is_uncertain() { model.run.worlds.max(1) } else { 1 };
        let one = |index: u32| {
            let uniform = |input: usize| worlds::point(model.run.seed, index, input as u32);
            let world = model.world(&uniform).map_err(|problem| vec![problem])?;
            let plan = compile(model, &bind(&world)?, needs);
            Ok((plan, world))
        };
        // All of them, so that the problems are those of the first world that has any.
        let all: Vec<Result<_, Vec<BindProblem>>> = (0..count).into_par_iter().map(one).collect();
        let all = all.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (plans, drawn) = all.into_iter().unzip();
        Ok(Self {
            plans,
            worlds: drawn,
            windows: model.windows.iter().map(|window| window.name.clone()).collect(),
            steady: model.run.kind == RunKind::Steady,
            confidence: model.run.confidence,
            assurance: model.run.assurance,
            variant: model.variant.clone(),
            point,
            per_world: model.run.replications.max(1),
            asked: model.run.replications_stated || model.run.precision.is_empty(),
            stated_warm_up: model.run.warm_up.is_some(),
        })
    }

    /// Where each metric of the first world is kept.
    pub fn catalog(&self) -> &Catalog {
        &self.plans[0].catalog
    }

    /// The plans by world, before warm-up.
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// Of the first world: the plan, the names of its windows, the inputs; `None` without worlds,
    /// which does not happen.
    pub fn first_world(&self) -> Option<(&Plan, &[String], &[f64])> {
        Some((self.plans.first()?, &self.windows, &self.worlds.first()?.inputs))
    }

    /// The same study with another number of replications per world.
    #[must_use]
    pub fn with_replications(self, per_world: u32) -> Self {
        Self { per_world: per_world.max(1), asked: true, ..self }
    }

    /// The same study in so many worlds, where it has only one because nothing in it is uncertain:
    /// the worlds are alike, and only luck tells them apart.
    #[must_use]
    pub fn in_worlds(mut self, count: u32) -> Self {
        if let ([plan], [world]) = (self.plans.as_slice(), self.worlds.as_slice()) {
            let (plan, world) = (plan.clone(), world.clone());
            self.plans.resize(count.max(1) as usize, plan);
            self.worlds.resize(count.max(1) as usize, world);
        }
        self
    }

    /// No run of it: what is left where it was stopped before the first was complete.
    pub fn not_run(&self) -> Ensemble {
        Ensemble::stopped_early(self)
    }

    /// Finds the warm-up and the number of replications; `None` if it was stopped.
    ///
    /// Deterministic, and independent of the number of replications asked for. Events are
    /// predicted from the pilots, or from the first run. In one world no fewer than five
    /// replications remain (or as many as were asked for), because with fewer no percentile has an
    /// interval; in several, one per world.
    pub fn prepare(&self, control: &Control) -> Option<Prepared> {
        let floor = self.floor();
        let mut warnings = Vec::new();
        let mut first = None;
        let predicted = |plan: &Plan, per_s: f64| per_s * ns_to_seconds(plan.window_end());
        let (warm_up, events) = if self.steady && !self.stated_warm_up {
            let found = pilot::find(self, control)?;
            let plan = self.plans[0].clone().with_warm_up(found.warm_up.ns());
            if let WarmUp::NotSettled { pilot, .. } = found.warm_up {
                warnings.push(Warning::NotSettled { pilot });
            }
            (found.warm_up, predicted(&plan, found.events_per_s))
        } else {
            let plan = &self.plans[0];
            let stated = plan.schedule.warm_up;
            let warm_up = if self.stated_warm_up { WarmUp::Stated(stated) } else { WarmUp::None };
            let events = if self.per_world == floor {
                0.0
            } else {
                let (row, per_s) = self.first_run(control)?;
                first = row;
                first.as_ref().map_or(predicted(plan, per_s), |row| row.events as f64)
            };
            (warm_up, events)
        };
        let per_world = self.affordable(events, control.events_max);
        if per_world < self.per_world && self.asked {
            let (asked, made) = (self.per_world, per_world);
            warnings.push(Warning::CutReplications { asked, made, events_per_run: events as u64 });
        }
        Some(Prepared { warm_up, per_world, warnings, first })
    }

    /// Replications per world that remain if one run has so many events and all together may have
    /// so many.
    pub fn affordable(&self, events: f64, events_max: u64) -> u32 {
        let worlds = self.plans.len() as u32;
        let allowed = events_max as f64 / (events.max(1.0) * f64::from(worlds));
        // Runs are numbered by 32 bits.
        self.per_world.min((allowed as u32).max(self.floor())).min(u32::MAX / worlds)
    }

    /// Fewer replications per world are not made for want of time.
    fn floor(&self) -> u32 {
        let least = if self.plans.len() == 1 { quantile::GROUPS_MIN as u32 } else { 1 };
        least.min(self.per_world)
    }

    /// The name of what is simulated in some worlds.
    pub(super) fn identity(&self, plans: &[Plan], warm_up: WarmUp) -> Identity {
        let bound = identity::bound(plans, warm_up);
        Identity { variant: self.variant.clone(), point: self.point, bound }
    }

    /// That of the runs of one plan.
    pub(super) fn of(&self, plan: &Plan) -> Arc<Identity> {
        Arc::new(self.identity(std::slice::from_ref(plan), WarmUp::Stated(plan.schedule.warm_up)))
    }

    /// A preparation without runs.
    pub(super) fn nothing(&self, warm_up: WarmUp) -> Prepared {
        Prepared { warm_up, per_world: self.per_world, warnings: Vec::new(), first: None }
    }

    /// The first run if it is short or terminating, and the events per simulated second.
    fn first_run(&self, control: &Control) -> Option<(Option<Row>, f64)> {
        let mut plan = self.plans[0].clone();
        let limit = plan.limits.events;
        plan.limits.events = limit.min(PILOT_EVENTS);
        let id = RunId { world: 0, replication: 0 };
        let of = self.of(&plan);
        let mut row = Row::new(crate::sim::run(&plan, id, control.stop, &mut NoTrace), &plan, &of);
        let cut_short = |row: &Row| row.end == End::EventLimit && row.events < limit;
        if cut_short(&row) && !self.steady {
            let plan = &self.plans[0];
            row = Row::new(crate::sim::run(plan, id, control.stop, &mut NoTrace), plan, &of);
        }
        if row.end == End::Interrupted {
            return None;
        }
        let per_s = row.events as f64 / ns_to_seconds(row.ended_at.max(1));
        Some(((!cut_short(&row)).then_some(row), per_s))
    }

    /// All runs. If it is stopped, the longest prefix of complete runs, marked partial.
    pub fn run(&self, control: &Control) -> Ensemble {
        match self.prepare(control) {
            Some(prepared) => {
                let total = prepared.per_world * self.plans.len() as u32;
                self.run_range(&prepared, 0..total, control)
            }
            None => Ensemble::stopped_early(self),
        }
    }

    /// The runs of a range of numbers: a shard. Shards of one preparation merge by
    /// [`Ensemble::merge`].
    pub fn run_range(&self, prepared: &Prepared, range: Range<u32>, control: &Control) -> Ensemble {
        self.continued(prepared, Vec::new(), range, control)
    }

    /// The first `runs` runs, of which some are there already, of the same preparation.
    pub fn run_on(
        &self,
        prepared: &Prepared,
        known: Ensemble,
        runs: u32,
        control: &Control,
    ) -> Ensemble {
        self.continued(prepared, known.rows, 0..runs, control)
    }

    /// The runs of a range of numbers, the first of which are there.
    pub(super) fn continued(
        &self,
        prepared: &Prepared,
        mut made: Vec<Row>,
        range: Range<u32>,
        control: &Control,
    ) -> Ensemble {
        let warm_up = prepared.warm_up.ns();
        let plans: Vec<Plan> =
            self.plans.iter().map(|plan| plan.clone().with_warm_up(warm_up)).collect();
        let of: Vec<Arc<Identity>> = plans.iter().map(|plan| self.of(plan)).collect();
        let one = |number: u32| {
            if let (0, Some(row)) = (number, &prepared.first) {
                return row.clone();
            }
            let id = RunId { world: number / prepared.per_world, replication: number };
            let plan = &plans[id.world as usize];
            let run = crate::sim::run(plan, id, control.stop, &mut NoTrace);
            Row::new(run, plan, &of[id.world as usize])
        };
        let known = made.len() as u32;
        let progress = |progress: Progress| {
            let (done, total) = (progress.done + known, progress.total + known);
            (control.progress)(Progress { done, total, ..progress });
        };
        let control = Control { progress: &progress, ..*control };
        made.extend(rows(range.start + known..range.end, Phase::Runs, &control, &one));
        Ensemble::new(self, prepared, plans, range, made)
    }
}

/// Pilots in order, all of them; `None` if it was stopped.
pub(super) fn in_order(
    range: Range<u32>,
    control: &Control,
    run: &(dyn Fn(u32) -> Row + Sync),
) -> Option<Vec<Row>> {
    let total = range.len();
    let rows = prefix(range, control, run);
    (rows.len() == total).then_some(rows)
}

/// Pilots in order: the longest prefix of complete ones.
pub(super) fn prefix(
    range: Range<u32>,
    control: &Control,
    run: &(dyn Fn(u32) -> Row + Sync),
) -> Vec<Row> {
    rows(range, Phase::Pilot, control, run)
}

/// The longest prefix of complete runs of a range, on all threads of the current pool.
///
/// Threads take the numbers in order (not halves of the range), so that little is lost when it
/// is stopped; the order of the result is that of the numbers.
fn rows(
    range: Range<u32>,
    phase: Phase,
    control: &Control,
    run: &(dyn Fn(u32) -> Row + Sync),
) -> Vec<Row> {
    let total = range.len() as u32;
    let (done, events) = (AtomicU64::new(0), AtomicU64::new(0));
    let start = range.start;
    let mut rows: Vec<(u32, Row)> = range
        .par_bridge()
        .filter_map(|number| {
            if control.stop.load(Ordering::Relaxed) {
                return None;
            }
            let row = run(number);
            if row.end == End::Interrupted {
                return None;
            }
            let events = events.fetch_add(row.events, Ordering::Relaxed) + row.events;
            let done = done.fetch_add(1, Ordering::Relaxed) as u32 + 1;
            (control.progress)(Progress { phase, done, total, events });
            Some((number, row))
        })
        .collect();
    rows.sort_by_key(|entry| entry.0);
    let complete = rows.iter().zip(start..).take_while(|(row, number)| row.0 == *number);
    let complete = complete.count();
    rows.truncate(complete);
    rows.into_iter().map(|entry| entry.1).collect()
}
