//! What the metrics of a model need beyond what is always measured.

use super::resolve::constant;
use crate::expr::metric::{Condition, Function, MetricExpr, MetricKind, Relation, Watched};
use crate::expr::tree::Comparator;
use crate::model::{Model, RunKind, Scaling, WINDOWS_MAX};
use crate::plan::Needs;

/// What the objectives, claims and precisions of a model, and the metrics that are asked for beside
/// them, need: distributions of levels that stand in a
/// quantile, a share of time or a maximum; watches of `time_until`; a window of one interval for
/// each `at`; courses of what must last, of what is waited for, and of the requests of a terminating
/// run.
///
/// Times and thresholds are evaluated in the nominal world. What cannot be evaluated, or is beyond
/// [`WINDOWS_MAX`], is left out here and found by [`super::resolve`].
pub fn needs(model: &Model, also: &[MetricExpr]) -> Needs {
    let mut needs = Needs::default();
    let Ok(world) = model.nominal_world() else { return needs };
    let Ok(binding) = model.bind(&world, Scaling::default()) else { return needs };
    let duration = binding.get(model.run.duration);
    let interval = model.run.interval.map_or(duration / 60.0, |id| binding.get(id));
    let mut collector = Collector { model, inputs: &world.inputs, interval, needs: &mut needs };
    if model.run.kind == RunKind::Terminating {
        let workloads = model.workloads.iter();
        let paths = workloads.map(|workload| format!("workload.{}", workload.name));
        collector.needs.courses.extend(paths);
    }
    let objectives = model.objectives.iter().map(|objective| &objective.that);
    for condition in objectives.chain(model.claims.iter().map(|claim| &claim.that)) {
        collector.condition(condition);
    }
    for precision in &model.run.precision {
        collector.expression(&precision.goal.metric);
    }
    for metric in also {
        collector.expression(metric);
    }
    needs
}

struct Collector<'a> {
    model: &'a Model,
    inputs: &'a [f64],
    interval: f64,
    needs: &'a mut Needs,
}

impl Collector<'_> {
    fn condition(&mut self, condition: &Condition) {
        for comparison in &condition.comparisons {
            let lasts = comparison.lasting.is_some();
            if lasts {
                self.courses(&comparison.left);
            }
            self.expression(&comparison.left);
            let sides = match &comparison.relation {
                Relation::Compare(_, right) | Relation::Within(_, right) => vec![right],
                Relation::Between(low, high) => vec![low, high],
            };
            for side in sides {
                if lasts {
                    self.courses(side);
                }
                self.expression(side);
            }
        }
    }

    fn expression(&mut self, expr: &MetricExpr) {
        match &expr.kind {
            MetricKind::Of(Function::Quantile(_) | Function::Max, path)
            | MetricKind::ShareBeyond(path, ..) => self.distribution(&path.text),
            MetricKind::Negate(inner)
            | MetricKind::During(_, inner)
            | MetricKind::InVariant(_, inner)
            | MetricKind::WorstInstance(inner) => self.expression(inner),
            MetricKind::Binary(_, left, right) | MetricKind::Chance(left, _, right) => {
                self.expression(left);
                self.expression(right);
            }
            MetricKind::At(time, inner) => {
                if let Some(at) = constant(time, self.model, self.inputs) {
                    self.window(at);
                }
                self.expression(inner);
            }
            MetricKind::TimeUntil { what: Watched::Metric(metric), .. } => self.courses(metric),
            MetricKind::TimeUntil {
                what: Watched::Level(level),
                comparator: Comparator::AtMost,
                value,
                after,
            } => {
                let after = after
                    .as_ref()
                    .map_or(Some(0.0), |after| constant(after, self.model, self.inputs));
                let value = constant(value, self.model, self.inputs);
                if let (Some(value), Some(after)) = (value, after) {
                    let watch = (level.text.clone(), value, after);
                    if !self.needs.watches.contains(&watch) {
                        self.needs.watches.push(watch);
                    }
                }
            }
            // Measured anyway, or not at all.
            MetricKind::TimeUntil { .. }
            | MetricKind::Literal(..)
            | MetricKind::Name(_)
            | MetricKind::Amount(_)
            | MetricKind::Of(..)
            | MetricKind::ShareOf(_) => {}
        }
    }

    /// The tallies of an expression are asked for by interval. Paths of other kinds say nothing.
    fn courses(&mut self, expr: &MetricExpr) {
        match &expr.kind {
            MetricKind::Of(_, path) | MetricKind::ShareBeyond(path, ..) => self.course(&path.text),
            MetricKind::ShareOf(path) => {
                self.course(&path.text);
                if let Some((whole, _)) = path.text.rsplit_once('.') {
                    self.course(whole);
                }
            }
            MetricKind::Negate(inner) | MetricKind::WorstInstance(inner) => self.courses(inner),
            MetricKind::Binary(_, left, right) => {
                self.courses(left);
                self.courses(right);
            }
            // Not kept by interval, or without a tally.
            MetricKind::Literal(..)
            | MetricKind::Name(_)
            | MetricKind::Amount(_)
            | MetricKind::Chance(..)
            | MetricKind::At(..)
            | MetricKind::During(..)
            | MetricKind::InVariant(..)
            | MetricKind::TimeUntil { .. } => {}
        }
    }

    fn course(&mut self, path: &str) {
        if !self.needs.courses.iter().any(|known| known == path) {
            self.needs.courses.push(path.to_owned());
        }
    }

    fn distribution(&mut self, path: &str) {
        if !self.needs.distributions.iter().any(|known| known == path) {
            self.needs.distributions.push(path.to_owned());
        }
    }

    fn window(&mut self, at: f64) {
        let window = (at, at + self.interval);
        let kept = self.model.windows.len() + self.needs.windows.len();
        if kept < WINDOWS_MAX && !self.needs.windows.contains(&window) {
            self.needs.windows.push(window);
        }
    }
}
