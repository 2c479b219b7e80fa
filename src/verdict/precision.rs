//! How well metrics are known, against how well they should be: `run.precision`.

use super::Evidence;
use super::interval::{Found, World, of_one, worlds};
use super::resolve::{Builder, Measured};
use crate::experiment::Ensemble;
use crate::expr::metric::Precision;
use crate::model::Model;
use crate::stats::estimate::Quality;
use crate::stats::quantile::GROUPS_MIN;

/// How well a metric of `run.precision` is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Reached {
    /// The goal as it is written.
    pub text: String,
    /// Whether the interval is narrow enough, in every world.
    pub reached: bool,
    /// Half the width of the interval over the absolute point, the largest of all worlds;
    /// infinite where there is no such number yet.
    pub half_width: f64,
}

/// The precisions of a model, in order. It is about the luck of the runs alone: worlds differ for
/// other reasons, and more replications do not bring them together.
pub fn precision(model: &Model, ensemble: &Ensemble) -> Vec<Reached> {
    let one = |goal: &crate::model::PrecisionGoal| {
        let worlds = 0..worlds(ensemble);
        let widths = worlds.map(|world| half_width(&goal.goal, model, ensemble, world));
        let half_width = widths.fold(0.0, f64::max);
        let reached = half_width <= goal.goal.relative && !ensemble.rows.is_empty();
        Reached { text: goal.text.clone(), reached, half_width }
    };
    model.run.precision.iter().map(one).collect()
}

/// Relative half width in one world; infinite if more runs are needed to have any.
fn half_width(goal: &Precision, model: &Model, ensemble: &Ensemble, world: usize) -> f64 {
    let others = |_: &str| None;
    let evidence = Evidence { model, ensemble, others: &others };
    let none = |_: &str| None;
    let mut builder = Builder::new(model, Measured::of(ensemble, world), &none);
    let Some((node, _)) = builder.root(&goal.metric) else { return f64::INFINITY };
    let world = World::of(&evidence, world, &node, &[]);
    match of_one(&node, &world.slices, ensemble.confidence) {
        Found::Number(number) if number.quality == Quality::Good => {
            // A number that no luck changes is known, even if it is 0.
            let known = if number.half_width() == 0.0 { 0.0 } else { f64::INFINITY };
            number.relative_half_width().unwrap_or(known)
        }
        // Every group of runs says that it never comes: more of them say the same.
        Found::Never { lower, samples, .. }
            if lower == f64::INFINITY && samples >= GROUPS_MIN as u64 =>
        {
            0.0
        }
        _ => f64::INFINITY,
    }
}
