//! Worlds and their runs one by one: what a study of what is not known begins with.

use super::Evidence;
use super::interval::{World, worlds};
use super::judge::{Trial, Verdict, all, by_values, trials};
use super::resolve::{Builder, Measured};
use crate::expr::error::ExprError;
use crate::expr::metric::{Condition, MetricExpr};
use crate::units::Dimension;

/// What each world says, and each run of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Apart<T> {
    /// By world: from all its runs together.
    pub worlds: Vec<T>,
    /// By world, then by replication.
    pub runs: Vec<Vec<T>>,
}

/// The values of a metric in base units, and what it measures; `None`: too few samples, or nothing
/// to measure. A value may be infinite. Errors are those of [`super::resolve`].
pub fn values_apart(
    metric: &MetricExpr,
    evidence: &Evidence,
) -> Result<(Apart<Option<f64>>, Option<Dimension>), Vec<ExprError>> {
    let mut apart = Apart { worlds: Vec::new(), runs: Vec::new() };
    let mut measures = None;
    for world in 0..worlds(evidence.ensemble) {
        let other = |name: &str| Some(Measured::of((evidence.others)(name)?, world));
        let mut builder =
            Builder::new(evidence.model, Measured::of(evidence.ensemble, world), &other);
        let Some((node, dimension)) = builder.root(metric) else { return Err(builder.problems) };
        measures = dimension;
        let found = World::of(evidence, world, &node, &builder.others);
        apart.worlds.push(found.value());
        apart.runs.push(found.by_run().collect());
    }
    Ok((apart, measures))
}

/// Whether a condition holds; `None` if a part of it says how long it must last, which is judged
/// otherwise. Errors are those of [`super::resolve`].
pub fn holds_apart(
    condition: &Condition,
    evidence: &Evidence,
) -> Result<Option<Apart<Verdict>>, Vec<ExprError>> {
    if condition.comparisons.iter().any(|one| one.lasting.is_some()) {
        return Ok(None);
    }
    let mut parts: Vec<Vec<Trial>> = Vec::new();
    for comparison in &condition.comparisons {
        parts.push(trials(comparison, evidence)?.0);
    }
    let mut apart = Apart { worlds: Vec::new(), runs: Vec::new() };
    for world in 0..worlds(evidence.ensemble) {
        let count = evidence.ensemble.rows_of(world).len();
        let (mut whole, mut runs) = (Vec::new(), vec![Vec::new(); count]);
        for trial in parts.iter().map(|part| &part[world]) {
            let side = |at: usize| World::of(evidence, world, &trial.sides[at].tree, &trial.others);
            let sides: Vec<World> = (0..trial.sides.len()).map(side).collect();
            let values = sides.iter().map(|side| (side.value(), side.growing));
            whole.push(by_values(&trial.sides, values));
            let by_run: Vec<Vec<Option<f64>>> =
                sides.iter().map(|side| side.by_run().collect()).collect();
            for (run, verdicts) in runs.iter_mut().enumerate() {
                let value = |(at, side): (usize, &World)| {
                    (by_run[at].get(run).copied().flatten(), side.growing)
                };
                verdicts.push(by_values(&trial.sides, sides.iter().enumerate().map(value)));
            }
        }
        apart.worlds.push(all(whole.into_iter()));
        apart.runs.push(runs.into_iter().map(|parts| all(parts.into_iter())).collect());
    }
    Ok(Some(apart))
}
