//! Doubts about how much is run: too few replications for what is judged, windows that reach beyond
//! the end.

use super::Resolver;
use crate::diag::{Diagnostic, Id, name};
use crate::expr::metric::{Comparison, Function, MetricExpr, MetricKind, Relation};
use crate::model::{Binding, Model, RunKind};
use crate::scenario::raw::Node;
use crate::stats::quantile::GROUPS_MIN;
use crate::units::show;

impl Resolver<'_> {
    /// Percentiles that are judged, or what must last, and replications that can give no verdict on
    /// it. Of several worlds each gives one value, and of a single replication nobody expects more.
    pub(super) fn few_replications(&mut self, model: &Model) {
        let run = &model.run;
        let Some(node) = self.raw.value(&["run", "replications"]) else { return };
        let conditions = model.objectives.iter().map(|one| &one.that);
        let conditions = conditions.chain(model.claims.iter().map(|one| &one.that));
        let comparisons: Vec<&Comparison> = conditions.flat_map(|one| &one.comparisons).collect();
        let lasting = lasting_runs_min(run.confidence);
        let asked = [
            (
                GROUPS_MIN as u32,
                "percentiles",
                comparisons.iter().any(|one| asks_a_percentile(one)),
            ),
            (lasting, "`for`", comparisons.iter().any(|one| one.lasting.is_some())),
        ];
        let is_few = |needed: u32| run.worlds == 1 && (2..needed).contains(&run.replications);
        let few = asked.iter().filter(|one| one.2 && is_few(one.0));
        let Some((needed, what, _)) = few.max_by_key(|one| one.0) else { return };
        let message = format!("{} replications can give no verdict on {what}", run.replications);
        let found = Diagnostic::new(Id::FewReplications, message);
        let found = found.at(node.span, format!("at least {needed} runs can"));
        self.push(found.patch("make more of them", node.inner_span(), needed.to_string()));
    }

    /// Windows of which a part, or all, is never run. Where the warm-up is found by pilot runs, or
    /// everything is to finish, the end is not known here.
    pub(super) fn windows_beyond(&mut self, model: &Model, binding: &Binding) {
        let run = &model.run;
        let duration = binding.get(run.duration);
        let end = match run.warm_up {
            _ if run.drained => return,
            Some(warm_up) => binding.get(warm_up) + duration,
            None if run.kind == RunKind::Terminating => duration,
            None => return,
        };
        for window in &model.windows {
            let (from, to) = (binding.get(window.from), binding.get(window.to));
            let Some(node) = self.raw.value(&["window", &window.name, "to"]) else { continue };
            if from >= to || to <= end * (1.0 + 1e-9) {
                continue;
            }
            let path = name(&format!("window.{}", window.name));
            let (message, label) = if from >= end {
                let begin = show::duration(from);
                (format!("{path} begins at {begin}, after the measured time"), "nothing is in it")
            } else {
                let to = show::duration(to);
                (format!("{path} ends at {to}, after the measured time"), "only its part counts")
            };
            let found = Diagnostic::new(Id::WindowBeyondEnd, message).at(
                node.span,
                format!("the measured time ends at {}: {label}", show::duration(end)),
            );
            self.push(if from < end && is_literal(node) {
                found.patch("end it with the run", node.inner_span(), format!("{end}s"))
            } else {
                found.help("a longer `run.duration`, or a window inside of it")
            });
        }
    }
}

/// So many runs tell that something holds in most of them if it does in all: the lower end of the
/// exact binomial interval (Clopper and Pearson, Biometrika 26, 1934), `(α/2)^(1/n)`, is above 1/2.
fn lasting_runs_min(confidence: f64) -> u32 {
    let runs = libm::log2(2.0 / (1.0 - confidence));
    libm::floor(runs) as u32 + 1
}

/// A number with a unit, not something that is computed from inputs.
fn is_literal(node: &Node) -> bool {
    let text = node.as_str().unwrap_or_default();
    node.is_exact() && text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains(['*', '+'])
}

/// Whether a percentile decides, not what lasts in each interval.
fn asks_a_percentile(comparison: &Comparison) -> bool {
    let right = match &comparison.relation {
        Relation::Compare(_, right) | Relation::Within(_, right) => is_percentile(right),
        Relation::Between(low, high) => is_percentile(low) || is_percentile(high),
    };
    comparison.lasting.is_none() && (right || is_percentile(&comparison.left))
}

fn is_percentile(metric: &MetricExpr) -> bool {
    match &metric.kind {
        MetricKind::Of(Function::Quantile(_), _) => true,
        MetricKind::Binary(_, left, right) => is_percentile(left) || is_percentile(right),
        MetricKind::Negate(inner)
        | MetricKind::At(_, inner)
        | MetricKind::During(_, inner)
        | MetricKind::InVariant(_, inner)
        | MetricKind::WorstInstance(inner) => is_percentile(inner),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::lasting_runs_min;

    /// Source: 0.025^(1/5) = 0.478, 0.025^(1/6) = 0.541; 0.005^(1/7) = 0.469, 0.005^(1/8) = 0.516.
    #[test]
    fn all_of_so_many_runs_are_most_of_them() {
        assert_eq!([0.95, 0.99].map(lasting_runs_min), [6, 8]);
    }
}
