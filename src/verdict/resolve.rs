//! Names, kinds and dimensions: from a condition to trees of statistics, or to what is wrong.

use super::expression::Node;
use super::needs::WINDOWS_MAX;
use super::statistic::{Quantity, Statistic, Subject};
use crate::experiment::{Ensemble, Study};
use crate::expr::error::{ExprError, ExprErrorKind, nearest};
use crate::expr::metric::{
    Comparison, Condition, Function, MetricExpr, MetricKind, Path, Relation, Tolerance,
};
use crate::expr::tree::{Comparator, Operator};
use crate::model::{Model, Outcome};
use crate::plan::{Catalog, Entry, Plan, Source};
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
    let measured = |study: &'a Study| {
        let (plan, windows, inputs) = study.first_world()?;
        Some(Measured { plan, windows, inputs })
    };
    let Some(own) = measured(study) else { return Ok(()) };
    let known = |name: &str| model.variants.iter().any(|variant| variant.name == name);
    let other = |name: &str| {
        let theirs = variants(name).and_then(measured);
        theirs.or_else(|| known(name).then_some(own))
    };
    let mut builder = Builder::new(model, own, &other);
    for comparison in &condition.comparisons {
        builder.comparison(comparison);
    }
    if builder.problems.is_empty() { Ok(()) } else { Err(builder.problems) }
}

/// The value of an expression without metrics; `None` if it has one, or an unknown name.
pub(super) fn constant(expr: &MetricExpr, model: &Model, inputs: &[f64]) -> Option<f64> {
    match &expr.kind {
        MetricKind::Literal(quantity) => Some(quantity.value),
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
struct Place<'a> {
    measured: Measured<'a>,
    ensemble: usize,
    window: usize,
    worst: bool,
}

/// A tree and its dimension; `None`: any (an input's is not known here).
type Typed = (Node, Option<Dimension>);

/// Builds trees and collects problems.
pub(super) struct Builder<'a> {
    model: &'a Model,
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
            let lasts = left.linear().is_some_and(|linear| match linear.inner {
                Node::Leaf(leaf) => super::lasting::is_kept(leaf),
                _ => false,
            });
            if !lasts {
                let span = comparison.left.span.clone();
                let message = "`for` on a metric that is not kept per interval";
                let help = "kept are `mean` of a level and `utilization`";
                self.problems
                    .push(ExprError::new(ExprErrorKind::WrongMetric, span, message).help(help));
            }
        }
        Some(Built { left, dimension, relation })
    }

    fn agree(
        &mut self,
        wanted: Option<Dimension>,
        found: Option<Dimension>,
        expr: &MetricExpr,
    ) -> Option<()> {
        match (wanted, found) {
            (Some(wanted), Some(found)) if wanted != found => {
                self.wrong_dimension(wanted, found, expr.span.clone());
                None
            }
            _ => Some(()),
        }
    }

    fn wrong_dimension(
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

    fn wrong<T>(&mut self, path: &Path, message: String, help: Option<String>) -> Option<T> {
        let mut error = ExprError::new(ExprErrorKind::WrongMetric, path.span.clone(), message);
        error.help = help;
        self.problems.push(error);
        None
    }

    fn node(&mut self, expr: &MetricExpr, place: Place<'a>) -> Option<Typed> {
        match &expr.kind {
            MetricKind::Literal(quantity) => {
                Some((Node::Constant(quantity.value), Some(quantity.dimension)))
            }
            MetricKind::Name(path) => self.input(path),
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
            MetricKind::TimeUntil { level, comparator, value, after } => {
                self.time_until(level, *comparator, value, after.as_deref(), place)
            }
        }
    }

    fn input(&mut self, path: &Path) -> Option<Typed> {
        let names = || self.model.inputs.iter().map(|input| input.name.as_str());
        if let Some(at) = names().position(|name| name == path.text) {
            let value = self.own.inputs.get(at).copied().unwrap_or(0.0);
            return Some((Node::Constant(value), None));
        }
        let message = format!("`{}` is not an input", path.text);
        let close = nearest(&path.text, names()).map(str::to_owned);
        let mut error = ExprError::new(ExprErrorKind::UnknownName, path.span.clone(), message)
            .label("not a name of `[inputs]`");
        if let Some(close) = close {
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
            let help = close.map(|close| format!("perhaps `{close}`"));
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
        if at.is_some_and(|at| at >= WINDOWS_MAX) {
            let message = format!("more than {WINDOWS_MAX} windows");
            return self.wrong(name, message, None);
        }
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
        let Some((node, dimension)) = self.node(time, place) else { return None };
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

    fn entry(&mut self, path: &Path, place: Place<'a>) -> Option<&'a Entry> {
        let catalog: &'a Catalog = &place.measured.plan.catalog;
        if let Some(entry) = catalog.get(&path.text) {
            return Some(entry);
        }
        self.unknown_path(path, catalog);
        None
    }

    fn unknown_path(&mut self, path: &Path, catalog: &Catalog) {
        let known = || catalog.entries().iter().map(|entry| entry.path.as_str());
        let message = format!("there is no metric path `{}`", path.text);
        let mut error = ExprError::new(ExprErrorKind::UnknownPath, path.span.clone(), message);
        if let Some(close) = nearest(&path.text, known()) {
            error = error.help(format!("perhaps `{close}`")).replacement(close);
        } else {
            // The longest beginning that exists, and what follows it.
            let mut stem = path.text.as_str();
            while let Some((shorter, _)) = stem.rsplit_once('.') {
                stem = shorter;
                let start = format!("{stem}.");
                let below = known().filter(|path| path.starts_with(&start));
                let below: Vec<String> = below.take(8).map(|path| format!("`{path}`")).collect();
                if !below.is_empty() {
                    error = error.help(format!("there are {}", below.join(", ")));
                    break;
                }
            }
        }
        self.problems.push(error);
    }

    fn leaf(quantity: Quantity, place: Place) -> Node {
        let span = Statistic::span_of(place.measured.plan, place.window);
        Node::Leaf(Statistic { quantity, window: place.window, ensemble: place.ensemble, span })
    }

    fn of(&mut self, function: Function, path: &Path, place: Place<'a>) -> Option<Typed> {
        let typed = |quantity, dimension| Some((Self::leaf(quantity, place), Some(dimension)));
        match function {
            Function::Utilization => return self.servers(path, place, true),
            Function::OfferedLoad => return self.servers(path, place, false),
            Function::Amplification => {
                let catalog = &place.measured.plan.catalog;
                return match catalog.attempts(&path.text) {
                    Some((attempts, intended)) => {
                        typed(Quantity::Ratio(attempts, intended), Dimension::COUNT)
                    }
                    None => {
                        let message = format!("`{}` has no attempts", path.text);
                        let help = "attempts are counted by workload: `amplification(workload.w)`";
                        self.wrong(path, message, Some(help.into()))
                    }
                };
            }
            _ => {}
        }
        let entry = self.entry(path, place)?;
        let subject = match &entry.source {
            Source::Tally { tallies } => Subject::Visits(tallies.clone()),
            Source::Requests { tallies } => Subject::Requests(*tallies),
            Source::Count { count } => Subject::Counter(*count),
            Source::Level { sum, instances, unit, .. } => {
                let levels = if place.worst { instances.clone() } else { vec![*sum] };
                return self.of_level(function, path, levels, *unit, place);
            }
        };
        if place.worst {
            return self.not_by_instance(path);
        }
        let counted =
            if path.text.ends_with(".bytes") { Dimension::BYTES } else { Dimension::COUNT };
        match (function, subject) {
            (Function::Mean, Subject::Requests(_)) => {
                let message =
                    format!("the mean of `{}`, some of which may have no answer", path.text);
                let help = format!("a mean exists per outcome: `mean({}.ok)`", path.text);
                let error = ExprError::new(ExprErrorKind::NeedsOutcome, path.span.clone(), message);
                let better = format!("{}.ok", path.text);
                self.problems.push(error.help(help).replacement(better));
                None
            }
            (Function::Count, subject) => typed(Quantity::Count(subject), counted),
            (Function::PerSecond, subject) => {
                typed(Quantity::PerSecond(subject), counted.per(Dimension::TIME)?)
            }
            (_, Subject::Counter(_)) => {
                let message = format!("`{}` is a counter", path.text);
                let help = format!("`count({0})` or `per_second({0})`", path.text);
                self.wrong(path, message, Some(help))
            }
            (Function::Mean, subject) => typed(Quantity::Mean(subject), Dimension::TIME),
            (Function::Quantile(q), subject) => {
                typed(Quantity::Quantile(subject, q), Dimension::TIME)
            }
            (_, subject) => typed(Quantity::Max(subject), Dimension::TIME),
        }
    }

    fn not_by_instance<T>(&mut self, path: &Path) -> Option<T> {
        let message = format!("`{}` is not kept by instance", path.text);
        let help = "`worst(instance, …)` takes `mean` and `max` of a level, and `utilization`";
        self.wrong(path, message, Some(help.into()))
    }

    fn of_level(
        &mut self,
        function: Function,
        path: &Path,
        levels: Vec<u32>,
        unit: f64,
        place: Place<'a>,
    ) -> Option<Typed> {
        let quantity = match function {
            Function::Mean => Quantity::Level { levels, unit, bounded: false },
            Function::Max => Quantity::LevelMax(levels, unit),
            Function::Quantile(_) if place.worst => return self.not_by_instance(path),
            Function::Quantile(q) => Quantity::LevelQuantile(levels[0], q, unit),
            _ => {
                let message = format!("`{}` is a level over time; it cannot be counted", path.text);
                return self.wrong(path, message, Some(format!("`mean({})`", path.text)));
            }
        };
        Some((Self::leaf(quantity, place), Some(Dimension::COUNT)))
    }

    /// `utilization` and `offered_load`: an entity alone means its servers (of a service its
    /// workers if they are limited, else its cores).
    fn servers(&mut self, path: &Path, place: Place<'a>, relative: bool) -> Option<Typed> {
        let catalog: &'a Catalog = &place.measured.plan.catalog;
        let spellings = ["", ".workers", ".cpu"].map(|end| format!("{}{end}", path.text));
        let Some(capacity) = spellings.iter().find_map(|path| catalog.capacity(path)) else {
            if catalog.get(&path.text).is_none()
                && !catalog.entries().iter().any(|e| e.path.starts_with(&format!("{}.", path.text)))
            {
                let close = nearest(&path.text, catalog.capacities()).map(str::to_owned);
                let help = close.map(|close| format!("perhaps `{close}`"));
                return self.wrong(path, format!("there is no `{}`", path.text), help);
            }
            let known: Vec<_> = catalog.capacities().map(|path| format!("`{path}`")).collect();
            let message = format!("`{}` has no servers of limited number", path.text);
            let help = (!known.is_empty()).then(|| format!("there are {}", known.join(", ")));
            return self.wrong(path, message, help);
        };
        let Some(Source::Level { sum, instances, unit, capacity: limit }) =
            catalog.get(&capacity.busy).map(|entry| &entry.source)
        else {
            self.unknown_path(path, catalog);
            return None;
        };
        let levels = if place.worst { instances.clone() } else { vec![*sum] };
        let quantity = match (relative, limit, capacity.grants) {
            (true, Some(limit), _) => {
                let share = levels.len() as f64 / instances.len().max(1) as f64;
                let per = if place.worst { limit / instances.len().max(1) as f64 } else { *limit };
                debug_assert!(share > 0.0, "an entity has an instance");
                Quantity::Level { levels, unit: unit / per, bounded: true }
            }
            (true, None, _) => {
                let message = format!("`{}` has no limit to be compared with", path.text);
                return self.wrong(path, message, None);
            }
            (false, _, Some(_)) if place.worst => return self.not_by_instance(path),
            (false, _, Some(grants)) => Quantity::OfferedLoad {
                asked: capacity.asked.clone(),
                busy: *sum,
                unit: *unit,
                grants,
            },
            (false, _, None) => Quantity::Level { levels, unit: *unit, bounded: true },
        };
        Some((Self::leaf(quantity, place), Some(Dimension::COUNT)))
    }

    fn share_of(&mut self, path: &Path, place: Place<'a>) -> Option<Typed> {
        let entry = self.entry(path, place)?;
        let catalog = &place.measured.plan.catalog;
        let whole = path.text.rsplit_once('.').and_then(|(stem, _)| catalog.get(stem));
        let whole = match whole.map(|entry| &entry.source) {
            Some(Source::Requests { tallies }) => Some(Subject::Requests(*tallies)),
            Some(Source::Tally { tallies }) => Some(Subject::Visits(tallies.clone())),
            _ => None,
        };
        if let (Source::Tally { tallies }, Some(whole), false) = (&entry.source, whole, place.worst)
        {
            let quantity = Quantity::ShareOf(Subject::Visits(tallies.clone()), whole);
            return Some((Self::leaf(quantity, place), Some(Dimension::COUNT)));
        }
        let message = format!("a share of what? `{}` is not a part of anything", path.text);
        let outcomes: Vec<&str> = Outcome::ALL.iter().map(|outcome| outcome.word()).collect();
        let help = format!("`share(endpoint.e.timed_out)`; outcomes are {}", outcomes.join(", "));
        self.wrong(path, message, Some(help))
    }

    /// A constant of the dimension that a threshold needs.
    fn threshold(
        &mut self,
        value: &MetricExpr,
        wanted: Dimension,
        place: Place<'a>,
    ) -> Option<f64> {
        let (node, dimension) = self.node(value, place)?;
        self.agree(Some(wanted), dimension, value)?;
        if let Some(value) = node.constant() {
            return Some(value);
        }
        let path = Path { text: String::new(), span: value.span.clone() };
        self.wrong(&path, "the threshold is not a plain number".into(), None)
    }

    fn share_beyond(
        &mut self,
        path: &Path,
        comparator: Comparator,
        value: &MetricExpr,
        place: Place<'a>,
    ) -> Option<Typed> {
        let entry = self.entry(path, place)?;
        if place.worst {
            return self.not_by_instance(path);
        }
        let above = matches!(comparator, Comparator::Greater | Comparator::AtLeast);
        let quantity = match &entry.source {
            Source::Level { sum, unit, .. } => {
                let value = self.threshold(value, Dimension::COUNT, place)? / unit;
                // A value that should be whole stays so: 2 cores are 2,000 thousandths.
                let near = value.round();
                let value = if (value - near).abs() < 1e-6 { near } else { value };
                let least = match comparator {
                    Comparator::AtLeast | Comparator::Less => value.ceil(),
                    Comparator::Greater | Comparator::AtMost => value.floor() + 1.0,
                };
                Quantity::LevelShare { level: *sum, value: least.max(0.0) as u64, above }
            }
            Source::Count { .. } => {
                return self.wrong(path, format!("`{}` is a counter", path.text), None);
            }
            Source::Tally { .. } | Source::Requests { .. } => {
                let of = match &entry.source {
                    Source::Requests { tallies } => Subject::Requests(*tallies),
                    Source::Tally { tallies } => Subject::Visits(tallies.clone()),
                    _ => return None,
                };
                let ns = seconds_to_ns(self.threshold(value, Dimension::TIME, place)?);
                let ns = match (comparator, ns.checked_sub(1)) {
                    (Comparator::Greater | Comparator::AtMost, _) => ns,
                    (_, Some(below)) => below,
                    // Nothing takes less than no time.
                    (_, None) => {
                        let share = if above { 1.0 } else { 0.0 };
                        return Some((Node::Constant(share), Some(Dimension::COUNT)));
                    }
                };
                Quantity::Beyond { of, ns, above }
            }
        };
        Some((Self::leaf(quantity, place), Some(Dimension::COUNT)))
    }

    fn time_until(
        &mut self,
        level: &Path,
        comparator: Comparator,
        value: &MetricExpr,
        after: Option<&MetricExpr>,
        place: Place<'a>,
    ) -> Option<Typed> {
        let entry = self.entry(level, place)?;
        let Source::Level { sum, unit, .. } = &entry.source else {
            return self.wrong(level, format!("`{}` is not a level over time", level.text), None);
        };
        if comparator != Comparator::AtMost {
            let message = format!("`time_until` watches for `<=`, not for `{}`", comparator.sign());
            return self.wrong(level, message, Some(format!("`{} <= …`", level.text)));
        }
        let value = self.threshold(value, Dimension::COUNT, place)?;
        let after = match after {
            Some(after) => self.threshold(after, Dimension::TIME, place)?,
            None => 0.0,
        };
        let (at_most, after) = ((value / unit).max(0.0) as u64, seconds_to_ns(after));
        let watches = &place.measured.plan.probes.watches;
        let is_it = |watch: &crate::plan::Watch| {
            (watch.level, watch.at_most, watch.after) == (*sum, at_most, after)
        };
        let Some(watch) = watches.iter().position(is_it) else {
            let message = "this is not watched, because it depends on an uncertain input";
            return self.wrong(level, message.into(), None);
        };
        Some((Self::leaf(Quantity::TimeUntil { watch, after }, place), Some(Dimension::TIME)))
    }
}
