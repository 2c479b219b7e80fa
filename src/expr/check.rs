//! Names, dimensions and places: from a tree to a formula.

use super::call::takes_texts_and_lists;
use super::checked::{Checked, CheckedComparison, CheckedTest};
use super::error::{ExprError, ExprErrorKind, nearest};
use super::formula::{Binary, Formula, Op, Unary};
use super::habits;
use super::parser::Parser;
use super::scope::{Expectation, NoTables, Scope, Symbol, Tables};
use super::tree::{Form, NodeId, NodeKind, Operator, Tree};
use crate::units::{Dimension, table};
use std::collections::BTreeSet;
use std::ops::Range;

/// Checks a quantity or distribution.
///
/// Independent errors are reported together, a syntax error alone; the list is never empty. An
/// expression without inputs is also bound once, so that impossible parameters are found here.
pub fn check(
    text: &str,
    scope: &Scope,
    tables: &dyn Tables,
    expectation: Expectation,
) -> Result<Checked, Vec<ExprError>> {
    let (tree, root) = parse(text).map_err(|error| vec![error])?;
    let mut checker = Checker::new(text, &tree, scope, tables, expectation);
    checker.run(0, root);
    checker.finish(root)
}

/// Checks a number of TOML, written as `text` in the file (spans and replacement are for it).
pub fn check_number(
    value: f64,
    text: &str,
    expectation: Expectation,
) -> Result<Checked, Vec<ExprError>> {
    let span = 0..text.len();
    if !value.is_finite() {
        let message = format!("`{text}` is not a finite number");
        return Err(vec![ExprError::new(ExprErrorKind::NotFinite, span, message)]);
    }
    match expectation.dimension {
        Some(wanted) if !wanted.is_count() => {
            let mut error = missing_unit(text, span, wanted);
            error.replacement = error.replacement.map(|text| format!("\"{text}\""));
            Err(vec![error])
        }
        _ => Ok(Checked::from_number(value)),
    }
}

/// Checks a test over values (`if = "fans < 100"`). Distributions may not stand in it.
pub fn check_test(
    text: &str,
    scope: &Scope,
    lets_allowed: bool,
) -> Result<CheckedTest, Vec<ExprError>> {
    let (tree, roots) = parse_test(text).map_err(|error| vec![error])?;
    let expectation = Expectation { dimension: None, lets_allowed, ..Expectation::ANY };
    let mut comparisons = Vec::new();
    let mut errors = Vec::new();
    let mut start = 0;
    for root in roots {
        let NodeKind::Compare(comparator, left, right) = tree.node(root).kind else { continue };
        let mut sides = Checker::new(text, &tree, scope, &NoTables, expectation);
        sides.run(start, left);
        let left_checked = sides.take(left);
        sides.run(left.0 as usize + 1, right);
        let right_checked = sides.take(right);
        sides.same_dimension(left, right, &tree.node(root).span);
        errors.append(&mut sides.errors);
        if let (Some(left), Some(right)) = (left_checked, right_checked) {
            comparisons.push(CheckedComparison { left, comparator, right });
        }
        start = root.0 as usize + 1;
    }
    for side in comparisons.iter().flat_map(|c| [&c.left, &c.right]) {
        if errors.is_empty() && !side.uses_inputs() {
            errors.extend(side.formula.bind(&[]).err());
        }
    }
    if errors.is_empty() { Ok(CheckedTest { comparisons }) } else { Err(errors) }
}

fn parse(text: &str) -> Result<(Tree, NodeId), ExprError> {
    let mut parser = Parser::new(text)?;
    let root = parser.sum()?;
    parser.end()?;
    Ok((parser.tree, root))
}

fn parse_test(text: &str) -> Result<(Tree, Vec<NodeId>), ExprError> {
    let mut parser = Parser::new(text)?;
    let mut roots = Vec::new();
    loop {
        let root = parser.comparison()?;
        if !matches!(parser.tree.node(root).kind, NodeKind::Compare(..)) {
            return Err(parser.unexpected("a comparison such as `< 100`"));
        }
        roots.push(root);
        if !parser.take_keyword("and") {
            break;
        }
    }
    parser.end()?;
    Ok((parser.tree, roots))
}

/// What is known of a node.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Type {
    /// `None` after an error, to say nothing twice.
    pub dimension: Option<Dimension>,
    /// Varies from use to use.
    pub law: bool,
    pub uses_let: bool,
}

pub(super) struct Checker<'a> {
    pub text: &'a str,
    pub tree: &'a Tree,
    pub tables: &'a dyn Tables,
    pub expectation: Expectation,
    pub formula: Formula,
    pub errors: Vec<ExprError>,
    /// By node.
    pub types: Vec<Type>,
    /// By node: the whole value or a part of a mixture, where `exp(2)` is a distribution.
    pub whole: Vec<bool>,
    /// By node: an argument of a call that deals with texts and lists itself.
    taken: Vec<bool>,
    scope: &'a Scope,
    inputs: BTreeSet<u16>,
    lets: BTreeSet<u16>,
}

impl<'a> Checker<'a> {
    fn new(
        text: &'a str,
        tree: &'a Tree,
        scope: &'a Scope,
        tables: &'a dyn Tables,
        expectation: Expectation,
    ) -> Self {
        let nodes = tree.nodes.len();
        Self {
            text,
            tree,
            tables,
            expectation,
            formula: Formula::default(),
            errors: Vec::new(),
            types: vec![Type::default(); nodes],
            whole: vec![false; nodes],
            taken: vec![false; nodes],
            scope,
            inputs: BTreeSet::new(),
            lets: BTreeSet::new(),
        }
    }

    pub fn type_of(&self, id: NodeId) -> Type {
        self.types[id.0 as usize]
    }

    pub fn span_of(&self, id: NodeId) -> Range<usize> {
        self.tree.node(id).span.clone()
    }

    /// Checks the nodes from `start` up to the root; children come before their parents.
    fn run(&mut self, start: usize, root: NodeId) {
        self.mark(start, root);
        for index in start..=root.0 as usize {
            let id = NodeId(index as u32);
            self.types[index] = self.node(id);
        }
    }

    /// From parents to children: who is a whole value, and which texts and lists have a taker.
    fn mark(&mut self, start: usize, root: NodeId) {
        self.whole[root.0 as usize] = true;
        for index in (start..=root.0 as usize).rev() {
            let NodeKind::Call { name, arguments } = &self.tree.nodes[index].kind else { continue };
            let word = &self.text[name.clone()];
            for argument in &self.tree.arguments[arguments.clone()] {
                let place = argument.value.0 as usize;
                self.whole[place] |= self.whole[index] && word == "mixture";
                self.taken[place] |= takes_texts_and_lists(word);
            }
        }
    }

    /// What was checked since the last time; nothing if there was an error.
    fn take(&mut self, root: NodeId) -> Option<Checked> {
        let found = self.type_of(root);
        Some(Checked {
            formula: std::mem::take(&mut self.formula),
            dimension: found.dimension?,
            has_distribution: found.law,
            inputs: std::mem::take(&mut self.inputs),
            lets: std::mem::take(&mut self.lets),
        })
    }

    fn finish(mut self, root: NodeId) -> Result<Checked, Vec<ExprError>> {
        if let (Some(wanted), Some(found)) =
            (self.expectation.dimension, self.type_of(root).dimension)
            && wanted != found
        {
            self.root_dimension(root, wanted, found);
        }
        let checked = self.take(root);
        match checked {
            Some(checked) if self.errors.is_empty() => {
                if !checked.uses_inputs() {
                    checked.formula.bind(&[]).map_err(|error| vec![error])?;
                }
                Ok(checked)
            }
            _ => {
                debug_assert!(!self.errors.is_empty(), "an unknown type without an error");
                Err(self.errors)
            }
        }
    }

    /// The whole has another dimension than its place needs.
    fn root_dimension(&mut self, root: NodeId, wanted: Dimension, found: Dimension) {
        let mut bare = Vec::new();
        if found.is_count() && self.bare_numbers(root, &mut bare) {
            for id in bare {
                let span = self.span_of(id);
                self.errors.push(missing_unit(&self.text[span.clone()], span, wanted));
            }
            return;
        }
        let message = format!("expected {}, found {}", wanted.describe(), found.name());
        let error = ExprError::new(ExprErrorKind::WrongDimension, self.span_of(root), message)
            .label(format!("this is {}", found.name()));
        let error = match wanted.usual_unit() {
            Some(unit) if found.is_count() && unit.starts_with('/') => {
                error.help(format!("a count becomes a rate by `... {unit}`"))
            }
            Some(unit) if found.is_count() => {
                error.help(format!("a count needs a unit: `... * 1{unit}`"))
            }
            // Of a product nobody knows which part was meant.
            _ if wanted.times(found) == Some(Dimension::COUNT)
                && !self.text[self.span_of(root)].contains(['+', '-', '*', '/']) =>
            {
                let text = format!("1 / {}", &self.text[self.span_of(root)]);
                let what = if wanted == Dimension::RATE { "one every so long" } else { "the gap" };
                error.help(format!("{what} is `{text}`")).replacement(text)
            }
            _ => error,
        };
        self.errors.push(error);
    }

    /// Collects the numbers that lack the unit of the whole; false if it is more than numbers.
    fn bare_numbers(&self, id: NodeId, found: &mut Vec<NodeId>) -> bool {
        if self.tree.is_bare_number(id) {
            found.push(id);
            return true;
        }
        match &self.tree.node(id).kind {
            NodeKind::Call { .. } if self.type_of(id).law => {
                let scales = self.scale_arguments(id);
                !scales.is_empty() && scales.iter().all(|id| self.bare_numbers(*id, found))
            }
            _ => false,
        }
    }

    fn node(&mut self, id: NodeId) -> Type {
        let node = self.tree.node(id);
        let span = node.span.clone();
        match &node.kind {
            NodeKind::Number { quantity, .. } => {
                self.formula.push(Op::Number(quantity.value), span);
                Type { dimension: Some(quantity.dimension), ..Type::default() }
            }
            NodeKind::Name => self.name(span),
            NodeKind::Negate(inner) => {
                self.formula.push(Op::Unary(Unary::Negate), span);
                self.type_of(*inner)
            }
            NodeKind::Binary(operator, left, right) => self.binary(*operator, *left, *right, span),
            NodeKind::Call { name, arguments } => {
                let (name, arguments) = (name.clone(), arguments.clone());
                self.call(id, name, arguments)
            }
            NodeKind::Compare(..) => {
                self.fail(ExprErrorKind::Syntax, span, "a comparison where a value is needed")
            }
            NodeKind::Text | NodeKind::List(_) if self.taken[id.0 as usize] => Type::default(),
            NodeKind::Text => {
                self.fail(ExprErrorKind::Syntax, span, "a quoted text where a value is needed")
            }
            NodeKind::List(_) => {
                self.fail(ExprErrorKind::Syntax, span, "a list where a value is needed")
            }
        }
    }

    /// An error; the node's type is unknown from here on.
    pub fn fail(&mut self, kind: ExprErrorKind, span: Range<usize>, message: &str) -> Type {
        self.errors.push(ExprError::new(kind, span, message));
        Type::default()
    }

    fn name(&mut self, span: Range<usize>) -> Type {
        let name = &self.text[span.clone()];
        let Some((symbol, dimension)) = self.scope.get(name) else {
            self.errors.push(self.unknown_name(name, span));
            return Type::default();
        };
        let op = match symbol {
            Symbol::Input(input) => {
                self.inputs.insert(input);
                Op::Input(input)
            }
            Symbol::Let(register) if self.expectation.lets_allowed => {
                self.lets.insert(register);
                Op::Let(register)
            }
            Symbol::Let(_) => {
                let message = format!("`{name}` is a `let`, whose value is not known here");
                let error = ExprError::new(ExprErrorKind::LetNotAllowed, span, message)
                    .label("known only while a request runs")
                    .help("use an input instead");
                self.errors.push(error);
                return Type::default();
            }
        };
        self.formula.push(op, span);
        let uses_let = matches!(symbol, Symbol::Let(_));
        Type { dimension: Some(dimension), law: false, uses_let }
    }

    fn unknown_name(&self, name: &str, span: Range<usize>) -> ExprError {
        let error = ExprError::new(
            ExprErrorKind::UnknownName,
            span.clone(),
            format!("unknown name `{name}`"),
        );
        if let Some((left, right)) = name.split_once('-')
            && (self.scope.get(left).is_some() || self.scope.get(right).is_some())
        {
            let message = format!("`{name}` is read as one name");
            return ExprError::new(ExprErrorKind::MinusSpacing, span, message)
                .label("a minus needs a space before and after")
                .replacement(format!("{left} - {right}"));
        }
        if table::find(name).is_some() {
            let error = error.label("a unit without a number");
            return error.replacement(format!("1 {name}"));
        }
        if name.contains('.') {
            return error.label("a path").help("paths stand only in objectives and claims");
        }
        let error = error.label("neither an input nor a `let`");
        match nearest(name, self.scope.names()) {
            Some(known) => {
                let help = format!("a name with a similar spelling exists: `{known}`");
                error.help(help).replacement(known)
            }
            None if let Some((advice, word)) = habits::number(name, self.expectation.absence) => {
                let error = error.label("not a number").help(advice);
                match word {
                    Some(word) => error.replacement(word),
                    None => error,
                }
            }
            None if self.scope.names().count() <= 8 && self.scope.names().next().is_some() => {
                let names: Vec<_> = self.scope.names().map(|name| format!("`{name}`")).collect();
                error.help(format!("known here: {}", names.join(", ")))
            }
            None => error,
        }
    }

    fn binary(
        &mut self,
        operator: Operator,
        left: NodeId,
        right: NodeId,
        span: Range<usize>,
    ) -> Type {
        let (a, b) = (self.type_of(left), self.type_of(right));
        let op = match operator {
            Operator::Add => Binary::Add,
            Operator::Subtract => Binary::Subtract,
            Operator::Multiply => Binary::Multiply,
            Operator::Divide => Binary::Divide,
        };
        self.formula.push(Op::Binary(op), span.clone());
        let dimension = match (a.dimension, b.dimension) {
            (Some(x), Some(y)) => match operator {
                Operator::Add | Operator::Subtract => self.same_dimension(left, right, &span),
                Operator::Multiply => self.in_range(x.times(y), span),
                Operator::Divide => self.in_range(x.per(y), span),
            },
            _ => None,
        };
        Type { dimension, law: a.law || b.law, uses_let: a.uses_let || b.uses_let }
    }

    fn in_range(&mut self, dimension: Option<Dimension>, span: Range<usize>) -> Option<Dimension> {
        if dimension.is_none() {
            self.fail(ExprErrorKind::TooLarge, span, "a product of more than 127 units");
        }
        dimension
    }

    /// The common dimension of two nodes, or an error.
    pub fn same_dimension(
        &mut self,
        left: NodeId,
        right: NodeId,
        span: &Range<usize>,
    ) -> Option<Dimension> {
        let (x, y) = (self.type_of(left).dimension?, self.type_of(right).dimension?);
        if x == y {
            return Some(x);
        }
        let bare = [(left, y), (right, x)];
        if let Some((id, wanted)) = bare.into_iter().find(|(id, _)| self.tree.is_bare_number(*id)) {
            let span = self.span_of(id);
            self.errors.push(missing_unit(&self.text[span.clone()], span, wanted));
            return None;
        }
        let message = format!("{} and {} cannot be added or compared", x.name(), y.name());
        let error = ExprError::new(ExprErrorKind::WrongDimension, span.clone(), message)
            .label(format!("left {}, right {}", x.name(), y.name()));
        self.errors.push(error);
        None
    }

    /// Values of a call with a form other than positional are an error for functions.
    pub fn all_positional(&self, arguments: &Range<usize>) -> bool {
        let mut arguments = self.tree.arguments[arguments.clone()].iter();
        arguments.all(|argument| argument.form == Form::Positional)
    }
}

/// A bare number where a quantity of `wanted` is due.
pub(super) fn missing_unit(text: &str, span: Range<usize>, wanted: Dimension) -> ExprError {
    if wanted.is_count() {
        let message = "expected a count";
        return ExprError::new(ExprErrorKind::WrongDimension, span, message);
    }
    let message = format!("expected {}, found the bare number `{text}`", wanted.describe());
    let error =
        ExprError::new(ExprErrorKind::MissingUnit, span, message).label("a unit is missing");
    match wanted.usual_unit() {
        Some(unit) => {
            let text = format!("{text}{unit}");
            error.help(format!("if that is meant: `{text}`")).replacement(text)
        }
        None => error,
    }
}
