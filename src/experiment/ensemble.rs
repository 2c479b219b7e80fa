//! The rows of a study and what was decided about them.

use super::classify::{self, State, WorldState};
use super::identity::{self, Identity};
use super::pilot::WarmUp;
use super::row::Row;
use super::study::{Prepared, Study};
use crate::model::World;
use crate::plan::Plan;
use std::ops::Range;

/// Something that was decided against the author's words or hopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// Fewer replications than asked for.
    CutReplications {
        /// Asked for, per world.
        asked: u32,
        /// Made, per world.
        made: u32,
        /// Predicted events of one run.
        events_per_run: u64,
    },
    /// The pilots did not settle.
    NotSettled {
        /// Length of the longest pilot, ns.
        pilot: u64,
    },
}

/// A study that was stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Partial {
    /// Complete worlds: `run.worlds` that reproduces the result byte for byte.
    pub worlds: u32,
    /// Complete replications of each: `--replications` that reproduces it. 0: nothing is complete.
    pub replications: u32,
}

/// Why ensembles cannot be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There is nothing to merge.
    #[error("there is no part")]
    Empty,
    /// They come from different studies, or from different preparations of one.
    #[error("the parts come from different studies")]
    Different,
    /// A run is missing between them, or is in two of them.
    #[error("the parts overlap, or leave a gap before run {0}")]
    NotContiguous(u32),
}

/// All that is known after the runs. Rows are in run order.
#[derive(Debug, Clone)]
pub struct Ensemble {
    /// The plan of each world, with the warm-up.
    pub plans: Vec<Plan>,
    /// The inputs of each world.
    pub worlds: Vec<World>,
    /// Names of the model's windows: window `i` of a row is `windows[i - 1]`.
    pub windows: Vec<String>,
    /// Whether a steady state was asked for.
    pub steady: bool,
    /// Confidence level of intervals.
    pub confidence: f64,
    /// Share of worlds in which an objective must hold.
    pub assurance: f64,
    /// Replications per world as planned.
    pub per_world: u32,
    /// Numbers of the runs that are here.
    pub range: Range<u32>,
    /// What was cut as warm-up.
    pub warm_up: WarmUp,
    /// What was decided against the author's words.
    pub warnings: Vec<Warning>,
    /// Set if it was stopped.
    pub partial: Option<Partial>,
    /// What the runs found.
    pub rows: Vec<Row>,
    /// The judgment about each world that has rows here.
    pub states: Vec<WorldState>,
    /// The state of most worlds.
    pub state: State,
    /// What the runs are runs of.
    pub identity: Identity,
}

impl Ensemble {
    /// Puts a range of runs together; `rows` may be a prefix of it.
    pub(super) fn new(
        study: &Study,
        prepared: &Prepared,
        plans: Vec<Plan>,
        range: Range<u32>,
        rows: Vec<Row>,
    ) -> Self {
        let mut ensemble = Self {
            identity: study.identity(&plans, prepared.warm_up),
            plans,
            worlds: study.worlds.clone(),
            windows: study.windows.clone(),
            steady: study.steady,
            confidence: study.confidence,
            assurance: study.assurance,
            per_world: prepared.per_world,
            warm_up: prepared.warm_up,
            warnings: prepared.warnings.clone(),
            partial: None,
            states: Vec::new(),
            state: State::Unjudged,
            rows,
            range: range.clone(),
        };
        if ensemble.rows.len() < range.len() {
            ensemble.cut_to_prefix();
        }
        ensemble.judge();
        ensemble
    }

    /// Nothing: stopped before the first run.
    pub(super) fn stopped_early(study: &Study) -> Self {
        let warm_up = WarmUp::None;
        let prepared = study.nothing(warm_up);
        let mut ensemble = Self::new(study, &prepared, study.plans.clone(), 0..0, Vec::new());
        ensemble.partial = Some(Partial { worlds: 0, replications: 0 });
        ensemble
    }

    /// Keeps whole worlds, or some replications of the first.
    fn cut_to_prefix(&mut self) {
        let whole = self.rows.len() as u32 / self.per_world;
        let partial = if whole == 0 {
            Partial { worlds: 1.min(self.rows.len() as u32), replications: self.rows.len() as u32 }
        } else {
            Partial { worlds: whole, replications: self.per_world }
        };
        self.keep(partial);
    }

    /// Keeps a part of the runs, as if no others had been asked for, and marks it as such: all
    /// replications of the first worlds, or the first replications of one.
    pub fn cut(&mut self, part: Partial) {
        self.keep(part);
        self.judge();
    }

    fn keep(&mut self, partial: Partial) {
        self.partial = Some(partial);
        self.rows.truncate((partial.worlds * partial.replications) as usize);
        self.range.end = self.range.start + self.rows.len() as u32;
        // A shard keeps all its plans: its rows may belong to any world.
        if self.range.start == 0 {
            self.plans.truncate(partial.worlds.max(1) as usize);
            self.worlds.truncate(partial.worlds.max(1) as usize);
            self.per_world = partial.replications.max(1);
            self.identity.bound = identity::bound(&self.plans, self.warm_up);
        }
    }

    /// Judges each world that has rows.
    fn judge(&mut self) {
        let judged = |world: usize| {
            let rows = self.rows_of(world);
            (!rows.is_empty()).then(|| classify::world(&self.plans[world], rows, self.steady))
        };
        self.states = (0..self.plans.len()).filter_map(judged).collect();
        // The pilots saw no steady state; runs of the same length prove none. Those of several worlds are
        // averaged, and one world near its limit drifts for them all: there each is told by its own runs.
        if let (WarmUp::NotSettled { .. }, [only]) = (self.warm_up, self.states.as_mut_slice()) {
            only.state = only.state.max(State::NotSettled);
        }
        self.state = classify::overall(&self.states);
    }

    /// The plan of the first world: the catalog of metrics, the schedule.
    pub fn plan(&self) -> &Plan {
        &self.plans[0]
    }

    /// The rows of a world.
    pub fn rows_of(&self, world: usize) -> &[Row] {
        let first = self.rows.partition_point(|row| (row.id.world as usize) < world);
        let end = self.rows.partition_point(|row| row.id.world as usize <= world);
        &self.rows[first..end]
    }

    /// Events of all runs.
    pub fn events(&self) -> u64 {
        self.rows.iter().map(|row| row.events).sum()
    }

    /// Whether a row is a run of this ensemble's system in its world.
    fn is_own(&self, row: &Row) -> bool {
        let plan = self.plans.get(row.id.world as usize);
        plan.is_some_and(|plan| {
            let bound = identity::bound(std::slice::from_ref(plan), self.warm_up);
            *row.of == Identity { bound, ..self.identity.clone() }
        })
    }

    /// Shards in any order into one: the same bytes as if all runs had been made at once.
    pub fn merge(mut parts: Vec<Self>) -> Result<Self, MergeError> {
        parts.sort_by_key(|part| part.range.start);
        let mut parts = parts.into_iter();
        let mut whole = parts.next().ok_or(MergeError::Empty)?;
        for part in parts {
            if part.identity != whole.identity || part.per_world != whole.per_world {
                return Err(MergeError::Different);
            }
            if !part.rows.iter().all(|row| whole.is_own(row)) {
                return Err(MergeError::Different);
            }
            if part.range.start != whole.range.end {
                return Err(MergeError::NotContiguous(part.range.start));
            }
            whole.range.end = part.range.end;
            whole.rows.extend(part.rows);
            whole.partial = whole.partial.or(part.partial);
        }
        whole.judge();
        Ok(whole)
    }
}
