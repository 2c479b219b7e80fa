//! Small scenarios for tests, and rows made by hand.

use super::study::{Control, EVENTS_MAX, Study};
use super::{Ensemble, Progress, Row};
use crate::expr::scope::NoTables;
use crate::model::{Model, Scaling};
use crate::plan::{Needs, Plan};
use crate::scenario::source::MemoryLoader;
use crate::sim::{Breakdown, End, LevelRow, Run, RunId, Series};
use crate::stats::histogram::Histogram;
use std::fmt::Write;
use std::sync::atomic::AtomicBool;

/// One service with one FIFO core: M/M/1 unless `more` says otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Mm1 {
    /// Arrivals, an expression; may use the input `x`.
    pub rate: &'static str,
    /// Law of the service.
    pub service: &'static str,
    /// Length of the window.
    pub duration: &'static str,
    /// Warm-up, or `auto`.
    pub warm_up: &'static str,
    /// `steady` or `terminating`.
    pub kind: &'static str,
    /// Replications, or the most of them.
    pub replications: u32,
    /// `run.precision`.
    pub precision: Option<&'static str>,
    /// Law of an uncertain input `x`, and the worlds.
    pub uncertain: Option<(&'static str, u32)>,
    /// Conditions of objectives.
    pub objectives: Vec<&'static str>,
    /// More tables.
    pub more: &'static str,
    /// Seed.
    pub seed: u64,
}

impl Default for Mm1 {
    fn default() -> Self {
        Self {
            rate: "50/s",
            service: "exp(10ms)",
            duration: "100s",
            warm_up: "5s",
            kind: "steady",
            replications: 8,
            precision: None,
            uncertain: None,
            objectives: Vec::new(),
            more: "",
            seed: 1,
        }
    }
}

impl Mm1 {
    fn text(&self) -> String {
        let Self { rate, service, duration, warm_up, kind, replications, seed, more, .. } = self;
        let mut text = String::new();
        let mut add = |part: String| writeln!(text, "{part}").unwrap();
        let worlds = self.uncertain.map_or(String::new(), |(_, n)| format!("worlds = {n}"));
        let goal = self.precision.map_or(String::new(), |goal| format!("precision = \"{goal}\""));
        if let Some((law, _)) = self.uncertain {
            add(format!("[inputs]\nx = \"{law}\""));
        }
        add(format!(
            "[run]\nkind = \"{kind}\"\nduration = \"{duration}\"\nwarm_up = \"{warm_up}\"\n\
             replications = {replications}\nseed = {seed}\n{worlds}\n\
             {goal}\n[service.s]\ncores = 1\nscheduling = \"fifo\"\n\
             [endpoint.e]\nservice = \"s\"\nsteps = [{{ cpu = \"{service}\" }}]\n\
             [workload.w]\nrate = \"{rate}\"\nmix = {{ e = 1 }}\n{more}"
        ));
        for (index, objective) in self.objectives.iter().enumerate() {
            add(format!("[objective.o{index}]\nthat = \"{objective}\""));
        }
        text
    }

    /// The model.
    pub fn model(&self) -> Model {
        model(&self.text())
    }

    /// The study, with needs.
    pub fn study(&self, needs: &Needs) -> Study {
        Study::new(&self.model(), needs, &Scaling::default()).unwrap()
    }

    /// All runs.
    pub fn run(&self) -> Ensemble {
        self.study(&Needs::default()).run(&control(&AtomicBool::new(false)))
    }
}

/// The model of a scenario without mistakes.
pub(crate) fn model(text: &str) -> Model {
    let loader = MemoryLoader::new("t.toml", text);
    let (raw, read) = crate::scenario::read("t.toml", &[], &loader);
    assert!(!read.has_errors(), "{read:?}\n{text}");
    let (model, resolved) = crate::model::resolve(&raw, &NoTables);
    model.unwrap_or_else(|| panic!("{resolved:?}\n{text}"))
}

/// Nobody watches.
fn silent(_: Progress) {}

/// No progress, the usual limit.
pub(crate) fn control(stop: &AtomicBool) -> Control<'_> {
    Control { stop, progress: &silent, events_max: EVENTS_MAX }
}

/// All that an ensemble says: every bit of every number, by the exact debug form.
pub(crate) fn bytes(ensemble: &Ensemble) -> String {
    format!("{ensemble:?}")
}

/// A run of a plan in which nothing has happened.
pub(crate) fn blank(plan: &Plan, replication: u32) -> Run {
    let windows = 1 + plan.schedule.windows.len();
    let level = |_: &u64| LevelRow {
        area: 0,
        full: 0,
        max: 0,
        span: plan.schedule.duration,
        last: 0,
        distribution: Some(Histogram::new()),
    };
    let levels: Vec<LevelRow> = plan.probes.level_capacity.iter().map(level).collect();
    let tallies = plan.probes.tallies as usize;
    Run {
        deadlocks: Vec::new(),
        id: RunId { world: 0, replication },
        end: End::Completed,
        tallies: vec![Histogram::new(); windows * tallies],
        unanswered: vec![0; windows * tallies],
        counts: vec![0; windows * plan.probes.counts as usize],
        series: Series::new(plan.schedule.interval, levels.len(), plan.workloads.len()),
        levels: vec![levels; windows],
        courses: vec![Vec::new(); plan.probes.courses.len()],
        breakdown: vec![Breakdown::new(plan.places.len()); plan.endpoints.len()],
        watches: vec![None; plan.probes.watches.len()],
        events: 1,
        ended_at: plan.window_end(),
        fingerprint: 0,
    }
}

/// An ensemble of runs made by hand: a stable world.
pub(crate) fn by_hand(study: &Study, replications: u32, fill: &dyn Fn(u32, &mut Run)) -> Ensemble {
    let stop = AtomicBool::new(true);
    let mut ensemble = study.run(&control(&stop));
    let plan = ensemble.plans[0].clone();
    ensemble.partial = None;
    ensemble.rows = (0..replications)
        .map(|replication| {
            let mut run = blank(&plan, replication);
            fill(replication, &mut run);
            Row::new(run, &plan, &study.of(&plan))
        })
        .collect();
    ensemble
}
