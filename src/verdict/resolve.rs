//! Names, kinds and dimensions: from a condition to trees of statistics, or to what is wrong.

use super::expression::Node;
use crate::experiment::{Ensemble, Study};
use crate::expr::error::{ExprError, ExprErrorKind, nearest};
use crate::expr::metric::{
    Comparison, Condition, MetricExpr, MetricKind, Path, Relation, Tolerance, is_function,
};
use crate::expr::tree::{Comparator, Operator};
use crate::model::{Model, WINDOWS_MAX};
use crate::plan::Plan;
use crate::scenario::overlay::is_base;
use crate::units::Dimension;
use crate::units::time::seconds_to_ns;

/// Where the metrics of one world of one variant are kept.
#[derive(Debug, Clone, Copy)]
pub struct Measured<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Names of its first windows.
    pub windows: &'a [String],
    /// Values of the inputs.
    pub inputs: &'a [f64],
}

impl<'a> Measured<'a> {
    /// A world of an ensemble; the first if it does not have that one.
    pub fn of(ensemble: &'a Ensemble, world: usize) -> Self {
        let plan = ensemble.plans.get(world).unwrap_or(&ensemble.plans[0]);
        let inputs = ensemble.worlds.get(world).map_or(&[][..], |world| &world.inputs);
        Self { plan, windows: &ensemble.windows, inputs }
    }
}

/// Checks a condition before anything runs: every path exists, every function suits it, dimensions
/// agree, windows and variants are there. Problems have spans in the condition's text.
///
/// `variants` gives the studies of variants that have been compiled; the paths in `in(variant, …)`
/// are looked up in this study if theirs is not there.
pub fn resolve<'a>(
    model: &'a Model,
    study: &'a Study,
    condition: &Condition,
    variants: &'a dyn Fn(&str) -> Option<&'a Study>,
) -> Result<(), Vec<ExprError>> {
    let Some(own) = first_world(study) else { return Ok(()) };
    let known = |name: &str| model.variants.iter().any(|variant| variant.name == name);
    let other = |name: &str| {
        let theirs = variants(name).and_then(first_world);
        theirs.or_else(|| known(name).then_some(own))
    };
    let mut builder = Builder::new(model, own, &other);
    for comparison in &condition.comparisons {
        builder.comparison(comparison);
    }
    if builder.problems.is_empty() { Ok(()) } else { Err(builder.problems) }
}

/// Checks a metric of `run.precision` before anything runs. It is about the runs of one variant, so
/// that `in(variant, …)` has no place in it.
pub fn resolve_metric<'a>(
    model: &'a Model,
    study: &'a Study,
    metric: &MetricExpr,
) -> Result<(), Vec<ExprError>> {
    let Some(own) = first_world(study) else { return Ok(()) };
    let same = |_: &str| Some(own);
    let mut builder = Builder::new(model, own, &same);
    builder.root(metric);
    if !builder.others.is_empty() {
        let message = "a precision on a metric of another variant";
        let error = ExprError::new(ExprErrorKind::WrongMetric, metric.span.clone(), message);
        let help = "it is about the runs that are made: leave out `in(variant, …)`";
        builder.problems.push(error.help(help));
    }
    if builder.problems.is_empty() { Ok(()) } else { Err(builder.problems) }
}

fn first_world(study: &Study) -> Option<Measured<'_>> {
    let (plan, windows, inputs) = study.first_world()?;
    Some(Measured { plan, windows, inputs })
}

/// What to say of a metric of which there is no course.
pub(super) fn not_kept(who: &str, expr: &MetricExpr) -> ExprError {
    let message = format!("{who} on a metric that is not kept by interval");
    let help = "kept are `mean` of a level, `utilization`, and of requests and visits percentiles, \
                `mean`, `max`, `count`, `per_second` and `share`";
    ExprError::new(ExprErrorKind::WrongMetric, expr.span.clone(), message).help(help)
}

/// The value of an expression without metrics; `None` if it has one, or an unknown name.
pub(super) fn constant(expr: &MetricExpr, model: &Model, inputs: &[f64]) -> Option<f64> {
    match &expr.kind {
        MetricKind::Literal(quantity, _) => Some(quantity.value),
        MetricKind::Name(path) => {
            let at = model.inputs.iter().position(|input| input.name == path.text)?;
            inputs.get(at).copied()
        }
        MetricKind::Negate(inner) => constant(inner, model, inputs).map(|value| -value),
        MetricKind::Binary(operator, left, right) => {
            let (left, right) = (constant(left, model, inputs)?, constant(right, model, inputs)?);
            Node::binary(*operator, Node::Constant(left), Node::Constant(right)).constant()
        }
        _ => None,
    }
}

/// What to say to somebody who names the scenario as it stands.
fn variant_help(name: &str) -> Option<String> {
    is_base(name).then(|| {
        format!(
            "the scenario as it stands has no name: a claim without `variant` is judged on it, and \
             `in(VARIANT, ...)` is for the others; or name it: `[variant.{name}]` with an `about` \
             and no change"
        )
    })
}

/// A comparison as trees: what is judged, and what it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Built {
    pub left: Node,
    pub dimension: Option<Dimension>,
    pub relation: BuiltRelation,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum BuiltRelation {
    Compare(Comparator, Node),
    /// Tolerance: of the value, or absolute.
    Within(Tolerance, Node),
    Between(Node, Node),
}

/// What surrounds an expression inside a condition.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub measured: Measured<'a>,
    pub ensemble: usize,
    pub window: usize,
    pub worst: bool,
}

/// A tree and its dimension; `None`: that of a product whose sides have none of their own.
pub(super) type Typed = (Node, Option<Dimension>);

/// Builds trees and collects problems.
pub(super) struct Builder<'a> {
    pub(super) model: &'a Model,
    own: Measured<'a>,
    other: &'a dyn Fn(&str) -> Option<Measured<'a>>,
    /// Variants in the order of their first use: ensemble `i + 1` of the trees.
    pub others: Vec<String>,
    pub problems: Vec<ExprError>,
}

impl<'a> Builder<'a> {
    pub fn new(
        model: &'a Model,
        own: Measured<'a>,
        other: &'a dyn Fn(&str) -> Option<Measured<'a>>,
    ) -> Self {
        Self { model, own, other, others: Vec::new(), problems: Vec::new() }
    }

    pub fn root(&mut self, expr: &MetricExpr) -> Option<Typed> {
        let place = Place { measured: self.own, ensemble: 0, window: 0, worst: false };
        self.node(expr, place)
    }

    pub fn comparison(&mut self, comparison: &Comparison) -> Option<Built> {
        let left = self.root(&comparison.left);
        let mut right = |expr: &MetricExpr| {
            let found = self.root(expr)?;
            let wanted = left.as_ref()?.1;
            self.agree(wanted, found.1, expr)?;
            Some(found.0)
        };
        let relation = match &comparison.relation {
            Relation::Compare(comparator, expr) => {
                BuiltRelation::Compare(*comparator, right(expr)?)
            }
            Relation::Within(tolerance, expr) => {
                let of = right(expr);
                if let (Tolerance::Absolute(literal), Some((_, Some(wanted)))) = (tolerance, &left)
                    && literal.quantity.dimension != *wanted
                {
                    let found = literal.quantity.dimension;
                    self.wrong_dimension(*wanted, found, literal.span.clone());
                }
                BuiltRelation::Within(tolerance.clone(), of?)
            }
            Relation::Between(low, high) => {
                let (low, high) = (right(low), right(high));
                BuiltRelation::Between(low?, high?)
            }
        };
        let (left, dimension) = left?;
        if comparison.lasting.is_some() {
            self.must_be_kept(&left, &relation, comparison);
        }
        Some(Built { left, dimension, relation })
    }

    /// `for T` needs metrics that are kept by interval on both sides.
    fn must_be_kept(&mut self, left: &Node, relation: &BuiltRelation, comparison: &Comparison) {
        let plan = self.own.plan;
        let mut check = |node: &Node, expr: &MetricExpr| {
            if !node.is_kept(plan) {
                self.problems.push(not_kept("`for`", expr));
            }
        };
        check(left, &comparison.left);
        match (relation, &comparison.relation) {
            (BuiltRelation::Compare(_, node), Relation::Compare(_, expr))
            | (BuiltRelation::Within(_, node), Relation::Within(_, expr)) => check(node, expr),
            (BuiltRelation::Between(low, high), Relation::Between(left, right)) => {
                check(low, left);
                check(high, right);
            }
            _ => {}
        }
    }

    pub(super) fn agree(
        &mut self,
        wanted: Option<Dimension>,
        found: Option<Dimension>,
        expr: &MetricExpr,
    ) -> Option<()> {
        match (wanted, found) {
            (Some(wanted), Some(Dimension::COUNT))
                if !wanted.is_count() && self.wrong_unit(wanted, expr) =>
            {
                None
            }
            (Some(wanted), Some(found)) if wanted != found => {
                self.wrong_dimension(wanted, found, expr.span.clone());
                None
            }
            _ => Some(()),
        }
    }

    /// Reports a number without a unit, or a share, where a quantity of `wanted` is due; false if
    /// it is neither.
    fn wrong_unit(&mut self, wanted: Dimension, expr: &MetricExpr) -> bool {
        let (MetricKind::Literal(_, written), Some(unit)) = (&expr.kind, wanted.usual_unit())
        else {
            return false;
        };
        let shown = &written.text;
        if !written.bare {
            let message = format!("{} is compared with the share `{shown}`", wanted.name());
            let error = ExprError::new(ExprErrorKind::WrongDimension, expr.span.clone(), message)
                .label(format!("expected {}", wanted.describe()));
            // What is 5 % is not 5 ms: nothing of it can be kept.
            self.problems.push(if wanted == Dimension::TIME {
                error.help(
                    "a latency needs a unit of time; the share of those that take longer than one \
                     is `share(endpoint.X > 500ms)`",
                )
            } else {
                error
            });
            return true;
        }
        let message = format!("expected {}, found the bare number `{shown}`", wanted.describe());
        let text = format!("{shown}{unit}");
        let error = ExprError::new(ExprErrorKind::MissingUnit, expr.span.clone(), message)
            .label("a unit is missing")
            .help(format!("if that is meant: `{text}`"));
        self.problems.push(error.replacement(text));
        true
    }

    pub(super) fn wrong_dimension(
        &mut self,
        wanted: Dimension,
        found: Dimension,
        span: std::ops::Range<usize>,
    ) {
        let message = format!("{} is compared with {}", wanted.name(), found.name());
        let label = format!("expected {}", wanted.describe());
        let error = ExprError::new(ExprErrorKind::WrongDimension, span, message);
        self.problems.push(error.label(label));
    }

    pub(super) fn wrong<T>(
        &mut self,
        path: &Path,
        message: String,
        help: Option<String>,
    ) -> Option<T> {
        let mut error = ExprError::new(ExprErrorKind::WrongMetric, path.span.clone(), message);
        error.help = help;
        self.problems.push(error);
        None
    }

    pub(super) fn node(&mut self, expr: &MetricExpr, place: Place<'a>) -> Option<Typed> {
        match &expr.kind {
            MetricKind::Literal(quantity, _) => {
                Some((Node::Constant(quantity.value), Some(quantity.dimension)))
            }
            MetricKind::Name(path) => self.input(path),
            MetricKind::Amount(path) => {
                let message = format!("`{}` is an amount over a calendar", path.text);
                let help = "what is said of amounts is for `plimsoll forecast`, not beside metrics of runs";
                self.wrong(path, message, Some(help.to_owned()))
            }
            MetricKind::Negate(inner) => {
                let (node, dimension) = self.node(inner, place)?;
                Some((Node::negate(node), dimension))
            }
            MetricKind::Binary(operator, left, right) => {
                let (left, right_side) = (self.node(left, place), self.node(right, place));
                self.binary(*operator, left?, right_side?, right)
            }
            MetricKind::Of(function, path) => self.of(*function, path, place),
            MetricKind::ShareOf(path) => self.share_of(path, place),
            MetricKind::ShareBeyond(path, comparator, value) => {
                self.share_beyond(path, *comparator, value, place)
            }
            MetricKind::Chance(left, comparator, right) => {
                let (l, r) = (self.node(left, place), self.node(right, place));
                let (l, r) = (l?, r?);
                self.agree(l.1, r.1, right)?;
                let node = Node::Chance(Box::new(l.0), *comparator, Box::new(r.0));
                Some((node, Some(Dimension::COUNT)))
            }
            MetricKind::At(time, inner) => {
                let window = self.interval_at(time, place)?;
                self.node(inner, Place { window, ..place })
            }
            MetricKind::During(name, inner) => {
                let window = self.window(name, place)?;
                self.node(inner, Place { window, ..place })
            }
            MetricKind::InVariant(name, inner) => {
                let place = self.variant(name, place)?;
                self.node(inner, place)
            }
            MetricKind::WorstInstance(inner) => self.node(inner, Place { worst: true, ..place }),
            MetricKind::TimeUntil { what, comparator, value, after } => {
                self.time_until(what, *comparator, value, after.as_deref(), place)
            }
        }
    }

    fn input(&mut self, path: &Path) -> Option<Typed> {
        let names = || self.model.inputs.iter().map(|input| input.name.as_str());
        let mut inputs = self.model.inputs.iter().enumerate();
        if let Some((at, input)) = inputs.find(|(_, input)| input.name == path.text) {
            let value = self.own.inputs.get(at).copied().unwrap_or(0.0);
            return Some((Node::Constant(value), Some(input.dimension)));
        }
        let message = format!("`{}` is not an input", path.text);
        let close = nearest(&path.text, names()).map(str::to_owned);
        let mut error = ExprError::new(ExprErrorKind::UnknownName, path.span.clone(), message)
            .label("not a name of `[inputs]`");
        if is_function(&path.text) {
            error = error.help(format!("a function takes a path: `{}(endpoint.X)`", path.text));
        } else if let Some(close) = close {
            error = error.help(format!("perhaps `{close}`")).replacement(close);
        }
        self.problems.push(error);
        None
    }

    fn binary(
        &mut self,
        operator: Operator,
        left: Typed,
        right: Typed,
        right_expr: &MetricExpr,
    ) -> Option<Typed> {
        let dimension = match (operator, left.1, right.1) {
            (Operator::Add | Operator::Subtract, a, b) => {
                self.agree(a, b, right_expr)?;
                a.or(b)
            }
            (Operator::Multiply, Some(a), Some(b)) => a.times(b),
            (Operator::Divide, Some(a), Some(b)) => a.per(b),
            _ => None,
        };
        Some((Node::binary(operator, left.0, right.0), dimension))
    }

    fn variant(&mut self, name: &Path, place: Place<'a>) -> Option<Place<'a>> {
        let Some(measured) = (self.other)(&name.text) else {
            let names = self.model.variants.iter().map(|variant| variant.name.as_str());
            let close = nearest(&name.text, names);
            let help = match close {
                Some(close) => Some(format!("perhaps `{close}`")),
                None => variant_help(&name.text),
            };
            return self.wrong(name, format!("there is no variant `{}`", name.text), help);
        };
        let at = self.others.iter().position(|known| *known == name.text);
        let at = at.unwrap_or_else(|| {
            self.others.push(name.text.clone());
            self.others.len() - 1
        });
        // A window keeps its number only in the same plan.
        if place.window != 0 {
            let help = Some("write `in(variant, during(window, …))`".to_owned());
            return self.wrong(name, "`in` stands inside a window".into(), help);
        }
        Some(Place { measured, ensemble: at + 1, ..place })
    }

    fn window(&mut self, name: &Path, place: Place<'a>) -> Option<usize> {
        let windows = place.measured.windows;
        let at = windows.iter().position(|known| *known == name.text);
        if let Some(at) = at {
            return Some(at + 1);
        }
        let message = format!("there is no window `{}`", name.text);
        let error = ExprError::new(ExprErrorKind::UnknownWindow, name.span.clone(), message);
        self.problems.push(match nearest(&name.text, windows.iter().map(String::as_str)) {
            Some(close) => error.help(format!("perhaps `{close}`")).replacement(close),
            None => {
                error.help(format!("`[window.{}]` with `from` and `to` would name it", name.text))
            }
        });
        None
    }

    /// The window of one interval that begins at a time.
    fn interval_at(&mut self, time: &MetricExpr, place: Place<'a>) -> Option<usize> {
        let path = Path { text: String::new(), span: time.span.clone() };
        let (node, dimension) = self.node(time, place)?;
        if dimension.is_some_and(|dimension| dimension != Dimension::TIME) {
            self.wrong_dimension(Dimension::TIME, dimension?, time.span.clone());
            return None;
        }
        let Some(at) = node.constant() else {
            return self.wrong(&path, "the time of `at` is not a plain time".into(), None);
        };
        let schedule = &place.measured.plan.schedule;
        let from = seconds_to_ns(at);
        let is_it = |window: &(u64, u64)| {
            window.0 == from && (window.1 - window.0.min(window.1)).abs_diff(schedule.interval) <= 2
        };
        let found = schedule.windows.iter().position(is_it).filter(|&at| at < WINDOWS_MAX);
        if let Some(found) = found {
            return Some(found + 1);
        }
        let message = format!("this time is not measured (at most {WINDOWS_MAX} windows are)");
        self.wrong(&path, message, Some("a time that no uncertain input changes is needed".into()))
    }
}
