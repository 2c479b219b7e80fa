//! Which metrics designs are compared by, and what is better of each.

use crate::expr::error::ExprError;
use crate::expr::metric::{Comparison, Function, MetricExpr, MetricKind, Relation, parse_metric};
use crate::expr::tree::Comparator;
use crate::model::Model;
use crate::plan::Catalog;
use crate::stats::multiple::Better;

/// Workloads whose latency is compared unasked.
const WORKLOADS: usize = 3;

/// A metric that is compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// As it is written: `p95(workload.viewers)`.
    pub text: String,
    /// What it is.
    pub metric: MetricExpr,
    /// What is better of it; `None`: it tells what a design is like, not how good it is.
    pub better: Option<Better>,
    /// Whether somebody asked for it: on the command line, or in an objective.
    pub asked: bool,
}

impl Measured {
    /// A metric as it was typed. Times, failures and costs are better when there is less of them,
    /// good answers and throughput when there is more.
    pub fn new(text: &str) -> Result<Self, ExprError> {
        let metric = parse_metric(text)?;
        let better = better(&metric);
        Ok(Self { text: text.trim().to_owned(), metric, better, asked: true })
    }

    pub(super) fn unasked(text: &str) -> Option<Self> {
        Some(Self { asked: false, ..Self::new(text).ok()? })
    }
}

/// What a model is compared by, each metric once: those that somebody asked for, those of its
/// objectives, the latency and the good answers of its workloads, the load of its servers.
pub fn measured(model: &Model, catalog: &Catalog, asked: &[Measured]) -> Vec<Measured> {
    let mut all: Vec<Measured> = asked.to_vec();
    let mut add = |one: Option<Measured>| {
        if let Some(one) = one
            && !all.iter().any(|known| known.text == one.text)
        {
            all.push(one);
        }
    };
    for objective in &model.objectives {
        for comparison in &objective.that.comparisons {
            add(of_comparison(&objective.text, comparison));
        }
    }
    let names = model.workloads.iter().take(WORKLOADS).map(|one| one.name.as_str());
    for name in names.clone() {
        for percentile in ["p50", "p95", "p99"] {
            add(Measured::unasked(&format!("{percentile}(workload.{name})")));
        }
    }
    for name in names {
        add(Measured::unasked(&format!("share(workload.{name}.good)")));
    }
    for path in catalog.capacities() {
        add(Measured::unasked(&format!("utilization({path})")));
    }
    all
}

/// The left side of what an objective says; of what has a fixed number on the left there is none.
pub(super) fn of_comparison(text: &str, comparison: &Comparison) -> Option<Measured> {
    let left = &comparison.left;
    let text = text.get(left.span.clone())?.trim();
    let metric = parse_metric(text).ok()?;
    if matches!(metric.kind, MetricKind::Literal(..) | MetricKind::Name(_)) {
        return None;
    }
    let better = match &comparison.relation {
        Relation::Compare(Comparator::Less | Comparator::AtMost, _) => Some(Better::Smaller),
        Relation::Compare(Comparator::Greater | Comparator::AtLeast, _) => Some(Better::Larger),
        Relation::Within(..) | Relation::Between(..) => None,
    };
    Some(Measured { text: text.to_owned(), metric, better, asked: true })
}

/// What is better of a metric that nobody said it of.
fn better(metric: &MetricExpr) -> Option<Better> {
    match &metric.kind {
        MetricKind::Of(Function::Mean | Function::Quantile(_) | Function::Max, path) => {
            is_time(&path.text).then_some(Better::Smaller)
        }
        MetricKind::Of(Function::Amplification, _)
        | MetricKind::TimeUntil { .. }
        | MetricKind::Chance(..) => Some(Better::Smaller),
        MetricKind::ShareBeyond(path, comparator, _) if is_time(&path.text) => {
            Some(match comparator {
                Comparator::Greater | Comparator::AtLeast => Better::Smaller,
                Comparator::Less | Comparator::AtMost => Better::Larger,
            })
        }
        MetricKind::ShareOf(path) => {
            let good = ["ok", "good"].contains(&path.segments().last().unwrap_or_default());
            Some(if good { Better::Larger } else { Better::Smaller })
        }
        MetricKind::At(_, inner)
        | MetricKind::During(_, inner)
        | MetricKind::InVariant(_, inner)
        | MetricKind::WorstInstance(inner) => better(inner),
        MetricKind::Of(..)
        | MetricKind::ShareBeyond(..)
        | MetricKind::Binary(..)
        | MetricKind::Negate(_)
        | MetricKind::Literal(..)
        | MetricKind::Amount(_)
        | MetricKind::Name(_) => None,
    }
}

/// Whether a path holds times that somebody waits for.
fn is_time(path: &str) -> bool {
    let first = path.split('.').next().unwrap_or_default();
    let last = path.rsplit('.').next().unwrap_or_default();
    let waits = ["wait", "elapsed", "done", "last"].contains(&last) || path.contains(".wait.");
    match first {
        "endpoint" => true,
        "workload" => !["outstanding", "backing_off"].contains(&last),
        _ => waits,
    }
}
