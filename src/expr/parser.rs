//! Tokens to a tree: one grammar for quantities, tests and metric conditions.
//!
//! ```text
//! comparison = sum [("<" | "<=" | ">" | ">=") sum]
//! sum        = product {("+" | " - ") product}
//! product    = unary {("*" | "/") unary}          after "/" a bare unit means "per"
//! unary      = "-" unary | primary
//! primary    = number [unit] | "$" number | name | text | call | list | "(" sum ")"
//! call       = name "(" argument {"," argument} ")"
//! argument   = name "=" comparison | comparison [":" sum]
//! ```

use super::error::{ExprError, ExprErrorKind};
use super::lexer::{Token, TokenKind, tokens};
use super::tree::{Argument, Comparator, Form, NodeId, NodeKind, Operator, Tree};
use crate::units::table::{self, Hint};
use crate::units::{Dimension, Quantity};
use std::ops::Range;

/// Deepest nesting of parentheses, calls, lists and signs.
pub const NESTING_MAX: usize = 64;

/// Words that join parts of a condition, so a number before them has no unit.
pub(super) const KEYWORDS: [&str; 6] = ["and", "within", "of", "in", "for", "on"];

type Result<T> = std::result::Result<T, ExprError>;

pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    nesting: usize,
    /// Behind a `/`, where a unit may stand without a number.
    per: bool,
    pub tree: Tree,
}

impl<'a> Parser<'a> {
    pub fn new(text: &'a str) -> Result<Self> {
        let tokens = tokens(text)?;
        Ok(Self { text, tokens, at: 0, nesting: 0, per: false, tree: Tree::default() })
    }

    fn peek(&self) -> &Token {
        // The last token is the end and is never passed.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn second(&self) -> &Token {
        &self.tokens[(self.at + 1).min(self.tokens.len() - 1)]
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn word_at(&self, token: &Token) -> &'a str {
        &self.text[token.span.clone()]
    }

    fn is_sign(token: &Token, sign: &str) -> bool {
        matches!(token.kind, TokenKind::Sign(found) if found == sign)
    }

    /// Passes the sign if it is next.
    pub fn take_sign(&mut self, sign: &str) -> bool {
        let found = Self::is_sign(self.peek(), sign);
        self.at += usize::from(found);
        found
    }

    /// Passes the keyword if it is next.
    pub fn take_keyword(&mut self, keyword: &str) -> bool {
        let token = self.peek();
        let found = token.kind == TokenKind::Word && self.word_at(token) == keyword;
        self.at += usize::from(found);
        found
    }

    /// Passes the sign or word, or says that it is missing.
    pub fn expect(&mut self, what: &str) -> Result<()> {
        if self.take_sign(what) || self.take_keyword(what) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{what}`")))
    }

    /// The text ends here, or an error says what stands there instead.
    pub fn end(&mut self) -> Result<()> {
        if self.peek().kind == TokenKind::End {
            return Ok(());
        }
        Err(self.unexpected("the end or an operator"))
    }

    pub fn span_of(&self, id: NodeId) -> Range<usize> {
        self.tree.node(id).span.clone()
    }

    /// The error that something else was wanted here.
    pub fn unexpected(&self, wanted: &str) -> ExprError {
        let token = self.peek();
        let found = match token.kind {
            TokenKind::End => "the end".to_string(),
            _ => format!("`{}`", self.word_at(token)),
        };
        let message = format!("expected {wanted}, found {found}");
        let error = ExprError::new(ExprErrorKind::Syntax, token.span.clone(), message)
            .label(format!("expected {wanted}"));
        let before = self.at.checked_sub(1).map(|at| &self.tokens[at]);
        if token.kind == TokenKind::Word && table::find(self.word_at(token)).is_some() {
            return error.help(format!(
                "a unit follows a number; multiply by it: `* 1 {}`",
                self.word_at(token)
            ));
        }
        if Self::is_sign(token, "=") || before.is_some_and(|token| Self::is_sign(token, "=")) {
            return error.help("comparisons are `<`, `<=`, `>`, `>=`, `within 2% of Q`, `in A..B`");
        }
        error
    }

    /// `sum [comparator sum]`
    pub fn comparison(&mut self) -> Result<NodeId> {
        let left = self.sum()?;
        let Some(comparator) = self.take_comparator() else { return Ok(left) };
        let right = self.sum()?;
        let span = self.span_of(left).start..self.span_of(right).end;
        Ok(self.tree.push(NodeKind::Compare(comparator, left, right), span))
    }

    fn take_comparator(&mut self) -> Option<Comparator> {
        let comparator = match self.peek().kind {
            TokenKind::Sign("<") => Comparator::Less,
            TokenKind::Sign("<=") => Comparator::AtMost,
            TokenKind::Sign(">") => Comparator::Greater,
            TokenKind::Sign(">=") => Comparator::AtLeast,
            _ => return None,
        };
        self.at += 1;
        Some(comparator)
    }

    /// `product {("+" | " - ") product}`
    pub fn sum(&mut self) -> Result<NodeId> {
        let mut left = self.product()?;
        loop {
            let operator = match self.peek().kind {
                TokenKind::Sign("+") => Operator::Add,
                TokenKind::Minus { space_before: true, space_after: true } => Operator::Subtract,
                TokenKind::Minus { .. } => return Err(minus_spacing(self.peek().span.clone())),
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.product()?;
            left = self.binary(operator, left, right);
        }
    }

    fn binary(&mut self, operator: Operator, left: NodeId, right: NodeId) -> NodeId {
        let span = self.span_of(left).start..self.span_of(right).end;
        self.tree.push(NodeKind::Binary(operator, left, right), span)
    }

    fn product(&mut self) -> Result<NodeId> {
        let mut left = self.unary()?;
        loop {
            if self.take_sign("*") {
                let right = self.unary()?;
                left = self.binary(Operator::Multiply, left, right);
            } else if self.take_sign("/") {
                let outer = std::mem::replace(&mut self.per, true);
                let right = self.unary();
                self.per = outer;
                left = self.binary(Operator::Divide, left, right?);
            } else {
                return Ok(left);
            }
        }
    }

    /// One level deeper, or an error that the limit is reached.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.nesting >= NESTING_MAX {
            let message = format!("nested more than {NESTING_MAX} deep");
            let span = self.peek().span.clone();
            return Err(ExprError::new(ExprErrorKind::TooLarge, span, message));
        }
        self.nesting += 1;
        let result = inner(self);
        self.nesting -= 1;
        result
    }

    fn unary(&mut self) -> Result<NodeId> {
        if !matches!(self.peek().kind, TokenKind::Minus { .. }) {
            return self.primary();
        }
        let start = self.next().span.start;
        let inner = self.deeper(Self::unary)?;
        let span = start..self.span_of(inner).end;
        Ok(self.tree.push(NodeKind::Negate(inner), span))
    }

    fn primary(&mut self) -> Result<NodeId> {
        let token = self.peek().clone();
        match token.kind {
            TokenKind::Number(value) => {
                self.at += 1;
                self.number(value, token.span)
            }
            TokenKind::UnitSign if self.per && self.word_at(&token) == "$" => {
                self.at += 1;
                Ok(self.tree.number(1.0, Dimension::MONEY, false, token.span))
            }
            TokenKind::UnitSign => self.money(&token),
            TokenKind::Word if Self::is_sign(self.second(), "(") => self.call(),
            TokenKind::Word => {
                self.at += 1;
                match table::find(self.word_at(&token)) {
                    Some(unit) if self.per => {
                        let value = unit.to_base(1.0);
                        Ok(self.tree.number(value, unit.dimension, false, token.span))
                    }
                    _ => Ok(self.tree.push(NodeKind::Name, token.span)),
                }
            }
            TokenKind::Text => {
                self.at += 1;
                Ok(self.tree.push(NodeKind::Text, token.span))
            }
            TokenKind::Sign("(") => {
                self.at += 1;
                let inner = self.deeper(Self::sum)?;
                self.expect(")")?;
                Ok(inner)
            }
            TokenKind::Sign("[") => self.list(),
            _ => Err(self.unexpected("a number, a name or `(`")),
        }
    }

    /// `$5`: the sign before the number.
    fn money(&mut self, sign: &Token) -> Result<NodeId> {
        if self.word_at(sign) == "$" {
            self.at += 1;
            if let TokenKind::Number(value) = self.peek().kind {
                let span = sign.span.start..self.next().span.end;
                return Ok(self.tree.number(value, Dimension::MONEY, false, span));
            }
            self.at -= 1;
        }
        Err(self.unexpected("a number before the unit"))
    }

    /// A number and the unit behind it, if there is one.
    fn number(&mut self, value: f64, span: Range<usize>) -> Result<NodeId> {
        let token = self.peek().clone();
        let word = self.word_at(&token);
        let is_unit = match token.kind {
            TokenKind::UnitSign => true,
            TokenKind::Word => !KEYWORDS.contains(&word),
            _ => false,
        };
        if !is_unit {
            return Ok(self.tree.number(value, Dimension::COUNT, true, span));
        }
        let Some(unit) = table::find(word) else {
            return Err(not_a_unit(word, token.span));
        };
        self.at += 1;
        let span = span.start..token.span.end;
        let quantity = Quantity::new(unit.to_base(value), unit.dimension);
        if !quantity.value.is_finite() {
            let message = "a number beyond the largest that can be computed with (1.8e308)";
            return Err(ExprError::new(ExprErrorKind::NotFinite, span, message));
        }
        let percent = unit.name == "%";
        Ok(self.tree.push(NodeKind::Number { quantity, bare: false, percent }, span))
    }

    fn call(&mut self) -> Result<NodeId> {
        let name = self.next().span;
        self.at += 1;
        let outer = std::mem::replace(&mut self.per, false);
        let arguments = self.deeper(|parser| parser.arguments(")"));
        self.per = outer;
        let (arguments, end) = arguments?;
        let span = name.start..end;
        Ok(self.tree.push(NodeKind::Call { name, arguments }, span))
    }

    fn list(&mut self) -> Result<NodeId> {
        let start = self.next().span.start;
        let outer = std::mem::replace(&mut self.per, false);
        let elements = self.deeper(|parser| parser.arguments("]"));
        self.per = outer;
        let (elements, end) = elements?;
        Ok(self.tree.push(NodeKind::List(elements), start..end))
    }

    /// Arguments up to and with the closing sign: their places, and where the sign ends.
    fn arguments(&mut self, close: &str) -> Result<(Range<usize>, usize)> {
        let mut arguments = Vec::new();
        while !Self::is_sign(self.peek(), close) {
            arguments.push(self.argument()?);
            if !self.take_sign(",") {
                break;
            }
        }
        let end = self.peek().span.end;
        if !self.take_sign(close) {
            return Err(self.unexpected(&format!("`,` or `{close}`")));
        }
        let start = self.tree.arguments.len();
        self.tree.arguments.extend(arguments);
        Ok((start..self.tree.arguments.len(), end))
    }

    fn argument(&mut self) -> Result<Argument> {
        if self.peek().kind == TokenKind::Word && Self::is_sign(self.second(), "=") {
            let name = self.next().span;
            self.at += 1;
            let value = self.comparison()?;
            return Ok(Argument { form: Form::Named(name), value });
        }
        let value = self.comparison()?;
        let form = if self.take_sign(":") { Form::Weighted(self.sum()?) } else { Form::Positional };
        Ok(Argument { form, value })
    }
}

fn minus_spacing(span: Range<usize>) -> ExprError {
    ExprError::new(ExprErrorKind::MinusSpacing, span, "a minus without a space on both sides")
        .label("needs a space before and after")
        .help("names may contain `-`, so a subtraction is written `a - b`")
        .replacement(" - ")
}

/// The word behind a number is not a unit.
fn not_a_unit(word: &str, span: Range<usize>) -> ExprError {
    if let Some((unit, rest)) = word.split_once('-').filter(|(unit, _)| table::find(unit).is_some())
    {
        return minus_spacing(span).replacement(format!("{unit} - {rest}"));
    }
    match table::hint(word) {
        Hint::Ambiguous(readings) => {
            let message = format!("`{word}` has several readings as a unit");
            ExprError::new(ExprErrorKind::AmbiguousUnit, span, message)
                .label("ambiguous unit")
                .help(readings)
        }
        Hint::Perhaps(unit) => {
            ExprError::new(ExprErrorKind::UnknownUnit, span, format!("unknown unit `{word}`"))
                .label("not a unit")
                .help(format!("a unit with a similar name exists: `{unit}`"))
                .replacement(unit)
        }
        Hint::Amount(advice) => {
            ExprError::new(ExprErrorKind::UnknownUnit, span, format!("unknown unit `{word}`"))
                .label("not a unit")
                .help(advice)
        }
        Hint::Unknown => {
            ExprError::new(ExprErrorKind::UnknownUnit, span, format!("unknown unit `{word}`"))
                .label("not a unit")
                .help("between a number and a name stands an operator: `5 * users`")
        }
    }
}
