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
        Ok(Self { name, model, study })
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
        Ok(Self { name, model, study })
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
}

/// The design of that name.
pub fn find<'a>(among: &'a [Ran], name: &str) -> Option<&'a Ran> {
    among.iter().find(|ran| ran.name.as_deref() == Some(name))
}

/// Judges a condition on one design, of which others may be spoken (`in(variant, …)`); `None` if
/// there is nothing to judge by. Names were checked before the runs.
pub fn judge(condition: &Condition, on: &Ran, among: &[Ran]) -> Option<Judgement> {
    let others = |name: &str| find(among, name).map(|ran| &ran.ensemble);
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
