//! What a study is about: the scenario as it stands, a variant, a point, a candidate.

use crate::experiment::{Ensemble, Study};
use crate::expr::metric::{Condition, MetricExpr};
use crate::model::{BindProblem, Binding, Model, Scaling, World};
use crate::verdict::{self, Evidence, Judgement};

/// One design, ready to run.
pub struct Alternative {
    /// What it is called; `None`: the scenario as it stands.
    pub name: Option<String>,
    /// Its model.
    pub model: Model,
    /// Compiled in all its worlds.
    pub study: Study,
    /// Variants that its objectives speak of (`in(variant, …)`) and that are studied for no other
    /// reason: they are run beside it, in the same worlds.
    pub beside: Vec<Self>,
}

impl Alternative {
    /// Binds and compiles; `measured` is asked of it beyond what its own conditions say.
    pub fn new(
        name: Option<String>,
        model: Model,
        measured: &[MetricExpr],
    ) -> Result<Self, Vec<BindProblem>> {
        let needs = verdict::needs(&model, measured);
        let study = Study::new(&model, &needs, &Scaling::default())?;
        Ok(Self { name, model, study, beside: Vec::new() })
    }

    /// The same with numbers that `bind` finds in a world: those of another date.
    pub fn bound(
        name: Option<String>,
        model: Model,
        measured: &[MetricExpr],
        bind: &(dyn Fn(&World) -> Result<Binding, Vec<BindProblem>> + Sync),
    ) -> Result<Self, Vec<BindProblem>> {
        let needs = verdict::needs(&model, measured);
        let study = Study::bound(&model, &needs, 0, bind)?;
        Ok(Self { name, model, study, beside: Vec::new() })
    }
}

/// One design that was run.
pub struct Ran {
    /// What it is called; `None`: the scenario as it stands.
    pub name: Option<String>,
    /// Its model.
    pub model: Model,
    /// Its runs.
    pub ensemble: Ensemble,
    /// Of a design that was run beside others: how it would have been run alone.
    pub alone: Option<Alone>,
    /// Variants that its objectives speak of, in the same worlds.
    pub beside: Vec<Self>,
}

/// How a design would be run alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alone {
    /// What would be cut at the start of each run \[ns\].
    pub warm_up: u64,
    /// Replications per world.
    pub per_world: u32,
}

impl Ran {
    /// Whether all runs were made, those of the variants beside it too.
    pub fn is_complete(&self) -> bool {
        self.ensemble.partial.is_none() && self.beside.iter().all(Self::is_complete)
    }
}

/// The runs of a variant that `on` speaks of: itself, one beside it, or one that is studied with it. A
/// candidate has a name of its own and is the variant still; a file that happens to be called like a
/// variant is not. A design that is no variant is found by its name.
pub fn find<'a>(on: &'a Ran, among: &'a [Ran], name: &str) -> Option<&'a Ran> {
    let all = || {
        let near = std::iter::once(on).chain(&on.beside).chain(among);
        near.chain(among.iter().flat_map(|one| &one.beside))
    };
    let is_variant = |ran: &&Ran| ran.model.variant.as_deref() == Some(name);
    let is_called = |ran: &&Ran| ran.name.as_deref() == Some(name);
    let exact = all().find(|ran| is_variant(ran) && is_called(ran));
    exact.or_else(|| all().find(is_variant)).or_else(|| all().find(is_called))
}

/// Judges a condition on one design, of which others may be spoken (`in(variant, …)`); `None` if
/// there is nothing to judge by. Names were checked before the runs.
pub fn judge(condition: &Condition, on: &Ran, among: &[Ran]) -> Option<Judgement> {
    let others = |name: &str| find(on, among, name).map(|ran| &ran.ensemble);
    let evidence = Evidence { model: &on.model, ensemble: &on.ensemble, others: &others };
    if on.ensemble.rows.is_empty() {
        return None;
    }
    verdict::judge(condition, &evidence).ok()
}

/// The objectives of a design, judged, in the order of its model.
pub fn objectives(on: &Ran, among: &[Ran]) -> Vec<Option<Judgement>> {
    on.model.objectives.iter().map(|one| judge(&one.that, on, among)).collect()
}
