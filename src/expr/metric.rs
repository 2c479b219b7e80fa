//! Conditions on metrics: what objectives and claims say. Names are not resolved here.
//!
//! ```text
//! condition  = comparison {"and" comparison}
//! comparison = sum relation ["for" sum]
//! relation   = ("<" | "<=" | ">" | ">=") sum | "within" sum "of" sum | "in" sum ".." sum
//! precision  = sum "on" sum
//! ```
//!
//! `for T` belongs to the comparison that it follows.

use super::amount::{is_amount, one_date};
use super::error::{ExprError, ExprErrorKind, nearest};
use super::habits;
use super::law;
use super::parser::Parser;
use super::tree::{Argument, Comparator, Form, NodeId, NodeKind, Operator, Tree};
use crate::units::{Dimension, Quantity};
use std::ops::Range;

/// Highest tree of operators and calls in a metric expression, so that walking it is safe.
const HEIGHT_MAX: u32 = 128;

/// Text of the expression that names something: `endpoint.browse`, `pool.api-pg.wait`, `as_found`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// As written: names joined by dots.
    pub text: String,
    /// Where it stands.
    pub span: Range<usize>,
}

impl Path {
    /// The names between the dots; at least one.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.text.split('.')
    }
}

/// A number with unit, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// In base units.
    pub quantity: Quantity,
    /// Where it stands.
    pub span: Range<usize>,
}

/// All comparisons must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// At least one.
    pub comparisons: Vec<Comparison>,
}

/// A metric expression and what is said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What is judged.
    pub left: MetricExpr,
    /// What it is compared with.
    pub relation: Relation,
    /// `for 5 min`: true in every interval of some stretch of this length.
    pub lasting: Option<Literal>,
    /// The whole comparison.
    pub span: Range<usize>,
}

/// The right side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Relation {
    /// `< Q` and its like.
    Compare(Comparator, MetricExpr),
    /// `within P of Q`.
    Within(Tolerance, MetricExpr),
    /// `in A..B`, both ends included.
    Between(MetricExpr, MetricExpr),
}

/// How far off is still right.
#[derive(Clone, Debug, PartialEq)]
pub enum Tolerance {
    /// A share of the value, `2%`: a ratio, not negative.
    Relative(f64),
    /// A quantity with a unit, `5ms`, not negative.
    Absolute(Literal),
}

/// A metric, a number, or arithmetic between them.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricExpr {
    /// What it is.
    pub kind: MetricKind,
    /// Where it stands.
    pub span: Range<usize>,
}

/// A number as its author wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The text, with the unit.
    pub text: String,
    /// Whether it has no unit.
    pub bare: bool,
}

impl MetricExpr {
    /// Its value in base units, if it is arithmetic of numbers alone.
    pub fn number(&self) -> Option<f64> {
        match &self.kind {
            MetricKind::Literal(quantity, _) => Some(quantity.value),
            MetricKind::Negate(inner) => Some(-inner.number()?),
            MetricKind::Binary(operator, left, right) => {
                Some(operator.apply(left.number()?, right.number()?))
            }
            _ => None,
        }
    }

    /// Whether it speaks of a date of the run: `at(t, ...)`, `time_until(...)`, `during(...)`.
    pub fn has_a_date(&self) -> bool {
        match &self.kind {
            MetricKind::At(..) | MetricKind::During(..) | MetricKind::TimeUntil { .. } => true,
            MetricKind::Binary(_, left, right) => left.has_a_date() || right.has_a_date(),
            MetricKind::Negate(inner)
            | MetricKind::InVariant(_, inner)
            | MetricKind::WorstInstance(inner) => inner.has_a_date(),
            _ => false,
        }
    }
}

/// What a metric expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum MetricKind {
    /// A number, perhaps with a unit, and how it is written.
    Literal(Quantity, Written),
    /// A name without dots: an input.
    Name(Path),
    /// `table.X.rows` and its like: see [`super::amount`].
    Amount(Path),
    /// `-x`
    Negate(Box<MetricExpr>),
    /// `x + y` and its like.
    Binary(Operator, Box<MetricExpr>, Box<MetricExpr>),
    /// `mean(path)`, `p99(path)` and their like.
    Of(Function, Path),
    /// `share(path > v)`: of visits for a tally, of time for a level.
    ShareBeyond(Path, Comparator, Box<MetricExpr>),
    /// `share(endpoint.X.outcome)`: of all requests.
    ShareOf(Path),
    /// `chance(condition)`: over replications.
    Chance(Box<MetricExpr>, Comparator, Box<MetricExpr>),
    /// `at(t, metric)`: a time from the start of the run.
    At(Box<MetricExpr>, Box<MetricExpr>),
    /// `during(window, metric)`.
    During(Path, Box<MetricExpr>),
    /// `in(variant, metric)`.
    InVariant(Path, Box<MetricExpr>),
    /// `worst(instance, metric)`.
    WorstInstance(Box<MetricExpr>),
    /// `time_until(level <= v, after = T)`, or of a metric by interval.
    TimeUntil {
        /// What is watched.
        what: Watched,
        /// How it compares.
        comparator: Comparator,
        /// With what.
        value: Box<MetricExpr>,
        /// From when; the start of the run if not given.
        after: Option<Box<MetricExpr>>,
    },
}

/// What `time_until` waits for.
#[derive(Clone, Debug, PartialEq)]
pub enum Watched {
    /// A level, at each of its changes.
    Level(Path),
    /// A metric, interval by interval.
    Metric(Box<MetricExpr>),
}

/// A statistic of one path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Function {
    /// `mean`
    Mean,
    /// `p50` … `p99.99`: a level in 0..1.
    Quantile(f64),
    /// `max`
    Max,
    /// `utilization`
    Utilization,
    /// `offered_load`
    OfferedLoad,
    /// `count`
    Count,
    /// `per_second`
    PerSecond,
    /// `amplification`
    Amplification,
}

/// Every function word but the quantiles.
pub const WORDS: [&str; 14] = [
    "mean",
    "max",
    "utilization",
    "offered_load",
    "count",
    "per_second",
    "amplification",
    "share",
    "chance",
    "at",
    "during",
    "in",
    "worst",
    "time_until",
];

/// `2% on p99(endpoint.x)`: a relative half width for one metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Precision {
    /// A ratio above 0.
    pub relative: f64,
    /// What must be known so well.
    pub metric: MetricExpr,
}

type Result<T> = std::result::Result<T, ExprError>;

/// Parses what an objective or a claim says.
pub fn parse_condition(text: &str) -> Result<Condition> {
    let mut parser = Parser::new(text)?;
    let mut comparisons = vec![comparison(text, &mut parser)?];
    while parser.take_keyword("and") {
        comparisons.push(comparison(text, &mut parser)?);
    }
    parser.end()?;
    Ok(Condition { comparisons })
}

/// Parses one metric expression without a comparison.
pub fn parse_metric(text: &str) -> Result<MetricExpr> {
    let mut parser = Parser::new(text)?;
    let root = parser.sum()?;
    parser.end()?;
    Reader { text, tree: &parser.tree }.expr(root)
}

/// Parses `precision = "2% on p99(endpoint.x)"`.
pub fn parse_precision(text: &str) -> Result<Precision> {
    let mut parser = Parser::new(text)?;
    let width = parser.sum()?;
    parser.expect("on")?;
    let metric = parser.sum()?;
    parser.end()?;
    let reader = Reader { text, tree: &parser.tree };
    match reader.tolerance(width)? {
        Tolerance::Relative(relative) if relative > 0.0 => {
            Ok(Precision { relative, metric: reader.expr(metric)? })
        }
        _ => {
            let message = "expected a share above 0 such as `2%`";
            Err(ExprError::new(ExprErrorKind::WrongMetric, parser.span_of(width), message))
        }
    }
}

enum RawRelation {
    Compare(NodeId, Comparator, NodeId),
    Within(NodeId, NodeId),
    Between(NodeId, NodeId),
}

/// What follows the first side; `<` and its like are already in the tree.
fn raw_relation(parser: &mut Parser, first: NodeId) -> Result<RawRelation> {
    if let NodeKind::Compare(comparator, left, right) = parser.tree.node(first).kind {
        return Ok(RawRelation::Compare(left, comparator, right));
    }
    if parser.take_keyword("within") {
        let tolerance = parser.sum()?;
        parser.expect("of")?;
        return Ok(RawRelation::Within(tolerance, parser.sum()?));
    }
    if parser.take_keyword("in") {
        let low = parser.sum()?;
        parser.expect("..")?;
        return Ok(RawRelation::Between(low, parser.sum()?));
    }
    Err(parser.unexpected("a comparison such as `< 500ms`, `within 2% of 417` or `in 1..2`"))
}

fn comparison(text: &str, parser: &mut Parser) -> Result<Comparison> {
    let first = parser.comparison()?;
    let raw = raw_relation(parser, first)?;
    let (left, last) = match raw {
        RawRelation::Compare(left, _, right) => (left, right),
        RawRelation::Within(_, last) | RawRelation::Between(_, last) => (first, last),
    };
    let lasting = if parser.take_keyword("for") { Some(parser.sum()?) } else { None };
    let reader = Reader { text, tree: &parser.tree };
    let span = parser.span_of(left).start..parser.span_of(lasting.unwrap_or(last)).end;
    let relation = match raw {
        RawRelation::Compare(_, comparator, right) => {
            Relation::Compare(comparator, reader.expr(right)?)
        }
        RawRelation::Within(tolerance, of) => {
            Relation::Within(reader.tolerance(tolerance)?, reader.expr(of)?)
        }
        RawRelation::Between(low, high) => Relation::Between(reader.expr(low)?, reader.expr(high)?),
    };
    let lasting = lasting.map(|id| reader.time(id)).transpose()?;
    Ok(Comparison { left: reader.expr(left)?, relation, lasting, span })
}

/// Reads metric expressions out of a tree.
struct Reader<'a> {
    text: &'a str,
    tree: &'a Tree,
}

impl Reader<'_> {
    fn wrong<T>(&self, id: NodeId, message: impl Into<String>) -> Result<T> {
        let span = self.tree.node(id).span.clone();
        Err(ExprError::new(ExprErrorKind::WrongMetric, span, message))
    }

    fn expr(&self, id: NodeId) -> Result<MetricExpr> {
        let node = self.tree.node(id);
        if node.height > HEIGHT_MAX {
            let message = format!("more than {HEIGHT_MAX} operations in a row");
            return Err(ExprError::new(ExprErrorKind::TooLarge, node.span.clone(), message));
        }
        let kind = match &node.kind {
            NodeKind::Number { quantity, bare, .. } => {
                let text = self.text[node.span.clone()].to_owned();
                MetricKind::Literal(*quantity, Written { text, bare: *bare })
            }
            NodeKind::Name => {
                let path = self.path(id)?;
                if is_amount(&path.text) {
                    return Ok(MetricExpr {
                        kind: MetricKind::Amount(path),
                        span: node.span.clone(),
                    });
                }
                if path.text.contains('.') {
                    return Err(bare_path(&path));
                }
                MetricKind::Name(path)
            }
            NodeKind::Negate(inner) => MetricKind::Negate(self.boxed(*inner)?),
            NodeKind::Binary(operator, left, right) => {
                MetricKind::Binary(*operator, self.boxed(*left)?, self.boxed(*right)?)
            }
            NodeKind::Call { name, arguments } => {
                self.call(id, name.clone(), &self.tree.arguments[arguments.clone()])?
            }
            NodeKind::Compare(..) => return self.wrong(id, "a comparison where a value is needed"),
            NodeKind::Text | NodeKind::List(_) => {
                return self.wrong(id, "a text or list where a metric is needed");
            }
        };
        Ok(MetricExpr { kind, span: node.span.clone() })
    }

    fn boxed(&self, id: NodeId) -> Result<Box<MetricExpr>> {
        self.expr(id).map(Box::new)
    }

    fn path(&self, id: NodeId) -> Result<Path> {
        let node = self.tree.node(id);
        if node.kind != NodeKind::Name {
            let found = &self.text[node.span.clone()];
            return self
                .wrong(id, format!("expected a path such as `endpoint.browse`, found `{found}`"));
        }
        let span = node.span.clone();
        Ok(Path { text: self.text[span.clone()].to_string(), span })
    }

    fn call(&self, id: NodeId, name: Range<usize>, given: &[Argument]) -> Result<MetricKind> {
        let word = &self.text[name.clone()];
        let function = match word {
            "mean" => Some(Function::Mean),
            "max" => Some(Function::Max),
            "utilization" => Some(Function::Utilization),
            "offered_load" => Some(Function::OfferedLoad),
            "count" => Some(Function::Count),
            "per_second" => Some(Function::PerSecond),
            "amplification" => Some(Function::Amplification),
            _ => quantile(word).map(Function::Quantile),
        };
        let positional: Vec<NodeId> = given
            .iter()
            .filter(|argument| argument.form == Form::Positional)
            .map(|argument| argument.value)
            .collect();
        let is_plain = positional.len() == given.len();
        if let Some(function) = function {
            return match positional[..] {
                [path] if is_plain => Ok(MetricKind::Of(function, self.path(path)?)),
                _ => self.wrong(id, format!("`{word}` takes one path: `{word}(endpoint.browse)`")),
            };
        }
        match (word, &positional[..]) {
            ("share", [argument]) if is_plain => self.share(*argument),
            ("chance", [argument]) if is_plain => match self.tree.node(*argument).kind {
                NodeKind::Compare(comparator, left, right) => {
                    Ok(MetricKind::Chance(self.boxed(left)?, comparator, self.boxed(right)?))
                }
                _ => self.wrong(
                    *argument,
                    "`chance` takes a comparison: `chance(max(pool.p.waiting) > 10)`",
                ),
            },
            ("at", [time, inner]) if is_plain => {
                let (time, inner) = (self.boxed(*time)?, self.boxed(*inner)?);
                one_date(self.text, self.tree.node(id).span.clone(), &time, &inner)?;
                Ok(MetricKind::At(time, inner))
            }
            ("during", [window, inner]) if is_plain => {
                Ok(MetricKind::During(self.path(*window)?, self.boxed(*inner)?))
            }
            ("in", [variant, inner]) if is_plain => {
                Ok(MetricKind::InVariant(self.path(*variant)?, self.boxed(*inner)?))
            }
            ("worst", [instance, inner])
                if is_plain && self.path(*instance)?.text == "instance" =>
            {
                Ok(MetricKind::WorstInstance(self.boxed(*inner)?))
            }
            ("time_until", [level]) => self.time_until(id, *level, given),
            _ if WORDS.contains(&word) => self.wrong(id, usage(word)),
            _ => Err(unknown(word, name)),
        }
    }

    fn share(&self, argument: NodeId) -> Result<MetricKind> {
        match self.tree.node(argument).kind {
            NodeKind::Compare(comparator, path, value) => {
                Ok(MetricKind::ShareBeyond(self.path(path)?, comparator, self.boxed(value)?))
            }
            _ => Ok(MetricKind::ShareOf(self.path(argument)?)),
        }
    }

    fn time_until(&self, id: NodeId, level: NodeId, given: &[Argument]) -> Result<MetricKind> {
        let mut after = None;
        for argument in given {
            match &argument.form {
                Form::Positional => {}
                Form::Named(name) if &self.text[name.clone()] == "after" && after.is_none() => {
                    after = Some(self.boxed(argument.value)?);
                }
                _ => return self.wrong(id, usage("time_until")),
            }
        }
        let NodeKind::Compare(comparator, path, value) = self.tree.node(level).kind else {
            return self.wrong(id, usage("time_until"));
        };
        let what = match self.tree.node(path).kind {
            NodeKind::Name => Watched::Level(self.path(path)?),
            _ => Watched::Metric(self.boxed(path)?),
        };
        Ok(MetricKind::TimeUntil { what, comparator, value: self.boxed(value)?, after })
    }

    /// A share with `%`, or a quantity with a unit. A bare number could be either.
    fn tolerance(&self, id: NodeId) -> Result<Tolerance> {
        let span = self.tree.node(id).span.clone();
        let text = &self.text[span.clone()];
        match &self.tree.node(id).kind {
            NodeKind::Number { quantity, percent: true, .. } => {
                Ok(Tolerance::Relative(quantity.value))
            }
            NodeKind::Number { quantity, bare: false, .. } => {
                Ok(Tolerance::Absolute(Literal { quantity: *quantity, span }))
            }
            NodeKind::Number { bare: true, .. } => {
                let message = format!("the bare number `{text}` as a tolerance");
                Err(ExprError::new(ExprErrorKind::MissingUnit, span, message)
                    .label("of what?")
                    .help("a share needs its sign: `2%`")
                    .replacement(format!("{text}%")))
            }
            _ => self.wrong(id, "expected a tolerance such as `2%`"),
        }
    }

    fn time(&self, id: NodeId) -> Result<Literal> {
        let span = self.tree.node(id).span.clone();
        match &self.tree.node(id).kind {
            NodeKind::Number { quantity, .. } if quantity.dimension == Dimension::TIME => {
                Ok(Literal { quantity: *quantity, span })
            }
            NodeKind::Number { bare: true, .. } => {
                let text = &self.text[span.clone()];
                Err(super::check::missing_unit(text, span, Dimension::TIME))
            }
            _ => self.wrong(id, "expected a time such as `5 min`"),
        }
    }
}

/// A path without a function; perhaps the function is its last name.
fn bare_path(path: &Path) -> ExprError {
    let message = format!("the path `{}` without a function", path.text);
    let error = ExprError::new(ExprErrorKind::WrongMetric, path.span.clone(), message);
    if let Some(function) = habits::of_whole(&path.text) {
        let call = format!("{function}({})", path.text);
        return error.help(format!("which statistic? `{call}`")).replacement(call);
    }
    let Some((stem, last)) = statistic_at_end(&path.text) else {
        return error.help(format!("which statistic? `p99({})`", path.text));
    };
    let call = format!("{last}({stem})");
    error.label("a statistic is a function").help("a function of the path").replacement(call)
}

/// `workload.w.p99.9` as `workload.w` and `p99.9`; names of other tools for functions too.
fn statistic_at_end(path: &str) -> Option<(&str, &str)> {
    if let Some(at) = path.rfind(".p")
        && quantile(&path[at + 1..]).is_some()
    {
        return Some((&path[..at], &path[at + 1..]));
    }
    let (stem, last) = path.rsplit_once('.')?;
    if is_function(last) {
        return Some((stem, last));
    }
    Some((stem, habits::metric(last)?.0?))
}

/// The level of a named quantile, `p99.9` → 0.999; `None` if the name is not one.
pub fn quantile(word: &str) -> Option<f64> {
    law::quantile(word)
}

/// Whether `word` is a function of metrics.
pub fn is_function(word: &str) -> bool {
    WORDS.contains(&word) || quantile(word).is_some()
}

fn usage(word: &str) -> &'static str {
    match word {
        "share" => "`share` takes `share(pool.p.wait > 5ms)` or `share(endpoint.e.timed_out)`",
        "chance" => "`chance` takes a comparison: `chance(max(pool.p.waiting) > 10)`",
        "at" => "`at` takes a time and a metric: `at(30s, mean(pool.p.in_use))`",
        "during" => "`during` takes a window and a metric: `during(peak, p99(endpoint.e))`",
        "in" => "`in` takes a variant and a metric: `in(as_found, p99(endpoint.e))`",
        "worst" => "`worst` takes `instance` and a metric: `worst(instance, p99(pool.p.wait))`",
        _ => "`time_until` takes `time_until(pool.p.waiting <= 0, after = 30s)`",
    }
}

fn unknown(word: &str, span: Range<usize>) -> ExprError {
    let error = ExprError::new(
        ExprErrorKind::UnknownFunction,
        span,
        format!("unknown metric function `{word}`"),
    )
    .label("not a function of metrics");
    match habits::metric(word) {
        Some((Some(known), _)) => {
            return error.help(format!("here it is `{known}`")).replacement(known);
        }
        Some((None, say)) => return error.help(say),
        None => {}
    }
    match nearest(word, WORDS.into_iter().chain(["p50", "p90", "p95", "p99", "p99.9", "p99.99"])) {
        Some(known) => error.help(format!("perhaps `{known}`")).replacement(known),
        None => error.help(format!("there are: p50 ... p99.99, {}", WORDS.join(", "))),
    }
}
