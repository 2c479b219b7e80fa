//! Checked expressions as flat programs, and what becomes of them when inputs are known.
//!
//! A [`Formula`] is a postfix program. [`Formula::bind`] runs it once with the inputs' values:
//! what is known folds to a number, distributions become laws, and only what needs a run-time
//! register or combines laws stays a program. Folding refuses NaN and infinity. At run time
//! there is nobody to ask: a result that is NaN becomes 0 and an infinite one ±`f64::MAX`.

use super::error::{ExprError, ExprErrorKind};
use super::law::{LawKind, Parameters};
use crate::dist::{Dist, Draw};
use crate::units::{Dimension, Quantity, show};
use std::ops::Range;

/// One operation of a formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Op {
    Number(f64),
    Input(u16),
    Let(u16),
    Unary(Unary),
    Binary(Binary),
    /// The least or greatest of so many values.
    Least(usize),
    Greatest(usize),
    Law(Box<LawCall>),
}

/// Build a law from the topmost values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LawCall {
    pub kind: LawKind,
    /// How many values it takes.
    pub taken: usize,
    /// For each parameter of the signature its place among the values taken.
    pub slots: Vec<Option<usize>>,
    /// What its draws measure, for messages.
    pub dimension: Dimension,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Unary {
    Negate,
    Ceil,
    Floor,
    Round,
    Sqrt,
    Ln,
    Exp,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Min,
    Max,
}

impl Unary {
    fn apply(self, x: f64) -> f64 {
        match self {
            Self::Negate => -x,
            Self::Ceil => x.ceil(),
            Self::Floor => x.floor(),
            Self::Round => x.round(),
            Self::Sqrt => x.sqrt(),
            Self::Ln => libm::log(x),
            Self::Exp => libm::exp(x),
        }
    }
}

impl Binary {
    fn apply(self, x: f64, y: f64) -> f64 {
        match self {
            Self::Add => x + y,
            Self::Subtract => x - y,
            Self::Multiply => x * y,
            Self::Divide => x / y,
            Self::Power => libm::pow(x, y),
            Self::Min => x.min(y),
            Self::Max => x.max(y),
        }
    }
}

/// A checked expression in base units, waiting for the inputs' values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Formula {
    ops: Vec<Op>,
    spans: Vec<Range<usize>>,
}

impl Formula {
    /// A formula that is one number.
    pub fn constant(value: f64) -> Self {
        let mut formula = Self::default();
        formula.push(Op::Number(value), 0..0);
        formula
    }

    pub(super) fn push(&mut self, op: Op, span: Range<usize>) {
        self.ops.push(op);
        self.spans.push(span);
    }

    /// The input that the whole of it is, by number.
    pub fn sole_input(&self) -> Option<u16> {
        match self.ops[..] {
            [Op::Input(input)] => Some(input),
            _ => None,
        }
    }

    /// The inputs that it uses, by number; one that it uses twice comes twice.
    pub fn inputs(&self) -> impl Iterator<Item = u16> {
        self.ops.iter().filter_map(|op| match op {
            Op::Input(input) => Some(*input),
            _ => None,
        })
    }

    /// Whether one draw is as good as many, or meant: every law in it is `between`, which states
    /// what is not known, or `constant`.
    pub fn is_drawn_once_as_meant(&self) -> bool {
        self.ops.iter().all(|op| match op {
            Op::Law(call) => matches!(call.kind, LawKind::Between | LawKind::Constant),
            _ => true,
        })
    }

    /// Each function `exp` of a plain number that is not negative: the number, and its place.
    pub fn exponentials(&self) -> impl Iterator<Item = (f64, Range<usize>)> {
        let pairs = self.ops.windows(2).zip(self.spans.iter().skip(1));
        pairs.filter_map(|(pair, span)| match pair {
            [Op::Number(value), Op::Unary(Unary::Exp)] if *value >= 0.0 => {
                Some((*value, span.clone()))
            }
            _ => None,
        })
    }

    /// Puts in the inputs' values (by the numbers of the scope, in base units) and builds the laws.
    ///
    /// Errors carry the place in the expression: a result that is not finite, or parameters that
    /// no such distribution has. A missing input counts as not finite.
    pub fn bind(&self, inputs: &[f64]) -> Result<Variate, ExprError> {
        let mut stack: Vec<Variate> = Vec::new();
        for (op, span) in self.ops.iter().zip(&self.spans) {
            let value = match op {
                Op::Number(value) => Variate::Fixed(*value),
                Op::Input(input) => {
                    Variate::Fixed(inputs.get(usize::from(*input)).copied().unwrap_or(f64::NAN))
                }
                Op::Let(register) => Variate::from_let(*register),
                Op::Unary(unary) => pop(&mut stack).unary(*unary),
                Op::Binary(binary) => {
                    let right = pop(&mut stack);
                    pop(&mut stack).binary(*binary, right, span)?
                }
                Op::Least(n) => fold(&mut stack, *n, Binary::Min, span)?,
                Op::Greatest(n) => fold(&mut stack, *n, Binary::Max, span)?,
                Op::Law(call) => {
                    let from = stack.len().saturating_sub(call.taken);
                    call.build(&stack.split_off(from), span)?
                }
            };
            if let Variate::Fixed(value) = value
                && !value.is_finite()
            {
                return Err(not_finite(value, op, span));
            }
            stack.push(value);
        }
        Ok(pop(&mut stack))
    }
}

/// The checker emits balanced programs; an empty stack would give NaN, which is refused.
fn pop(stack: &mut Vec<Variate>) -> Variate {
    stack.pop().unwrap_or(Variate::Fixed(f64::NAN))
}

fn fold(
    stack: &mut Vec<Variate>,
    n: usize,
    binary: Binary,
    span: &Range<usize>,
) -> Result<Variate, ExprError> {
    let from = stack.len().saturating_sub(n);
    let mut values = stack.split_off(from).into_iter();
    let first = values.next().unwrap_or(Variate::Fixed(f64::NAN));
    values.try_fold(first, |left, right| left.binary(binary, right, span))
}

fn not_finite(value: f64, op: &Op, span: &Range<usize>) -> ExprError {
    let message = match op {
        Op::Input(_) => "an input without a finite value",
        Op::Binary(Binary::Divide) => "a division whose result is not a finite number",
        Op::Unary(Unary::Sqrt) => "a square root of a negative number",
        Op::Unary(Unary::Ln) => "a logarithm of a number that is not positive",
        _ if value.is_nan() => "a result that is not a number",
        _ => "a result beyond the largest number (1.8e308)",
    };
    ExprError::new(ExprErrorKind::NotFinite, span.clone(), message).label("not finite")
}

impl LawCall {
    fn build(&self, values: &[Variate], span: &Range<usize>) -> Result<Variate, ExprError> {
        let numbers = || values.iter().map(|value| value.evaluate_fixed().unwrap_or(f64::NAN));
        let parameters = match &self.kind {
            LawKind::Mixture => Parameters::Parts(parts(values, self.dimension, span)?),
            LawKind::HyperexpPhases | LawKind::Choice { weighted: true } => {
                let numbers: Vec<f64> = numbers().collect();
                let pairs = numbers.chunks_exact(2).map(|pair| (pair[0], pair[1]));
                Parameters::Weighted(pairs.collect())
            }
            LawKind::Choice { weighted: false } => {
                let p = 1.0 / values.len().max(1) as f64;
                Parameters::Weighted(numbers().map(|value| (value, p)).collect())
            }
            _ => {
                let numbers: Vec<f64> = numbers().collect();
                let slot = |place: &Option<usize>| place.and_then(|p| numbers.get(p).copied());
                Parameters::Slots(self.slots.iter().map(slot).collect())
            }
        };
        self.kind
            .build(parameters)
            .map(Variate::Law)
            .map_err(|error| impossible(&error, self.dimension, span))
    }
}

/// Components and weights of a mixture; a plain number is a constant.
fn parts(
    values: &[Variate],
    dimension: Dimension,
    span: &Range<usize>,
) -> Result<Vec<(Dist, f64)>, ExprError> {
    let part = |pair: &[Variate]| {
        let weight = pair[1].evaluate_fixed().unwrap_or(f64::NAN);
        match &pair[0] {
            Variate::Law(law) => Ok((law.clone(), weight)),
            Variate::Fixed(value) => Dist::constant(*value)
                .map(|law| (law, weight))
                .map_err(|error| impossible(&error, dimension, span)),
            Variate::Formula(_) => {
                let message = "a mixture of calculations with several distributions";
                Err(ExprError::new(ExprErrorKind::ImpossibleDistribution, span.clone(), message)
                    .help("each part is a distribution, shifted or scaled by numbers"))
            }
        }
    };
    values.chunks_exact(2).map(part).collect()
}

fn impossible(
    error: &crate::dist::DistError,
    dimension: Dimension,
    span: &Range<usize>,
) -> ExprError {
    let message = error.message(|value| show::quantity(Quantity { value: *value, dimension }));
    ExprError::new(ExprErrorKind::ImpossibleDistribution, span.clone(), message)
        .label("no such distribution")
}

/// A value ready to be used or drawn, in base units.
#[derive(Clone, Debug, PartialEq)]
pub enum Variate {
    /// One number.
    Fixed(f64),
    /// A distribution.
    Law(Dist),
    /// A calculation over run-time registers (`let`) or over several distributions.
    Formula(Program),
}

impl Variate {
    /// A value for one use. `lets` holds the registers by the numbers of the scope (a missing one
    /// counts as 0). A calculation draws each of its distributions, in the order written, from
    /// the same source. The result is finite.
    pub fn sample(&self, lets: &[f64], draw: &mut Draw) -> f64 {
        match self {
            Self::Fixed(value) => *value,
            Self::Law(law) => law.sample(draw),
            Self::Formula(program) => program.run(lets, |law| law.sample(draw)),
        }
    }

    /// The value with every distribution at its mean; no draw is needed. Exact where there is no
    /// distribution. The result is finite.
    pub fn at_means(&self, lets: &[f64]) -> f64 {
        match self {
            Self::Fixed(value) => *value,
            Self::Law(law) => finite(law.mean()),
            Self::Formula(program) => program.run(lets, Dist::mean),
        }
    }

    /// The value if it is one number.
    pub fn evaluate_fixed(&self) -> Option<f64> {
        match self {
            Self::Fixed(value) => Some(*value),
            Self::Law(_) | Self::Formula(_) => None,
        }
    }

    /// The mean, if it is a number or one distribution; it may be infinite (Pareto).
    pub fn mean(&self) -> Option<f64> {
        match self {
            Self::Fixed(value) => Some(*value),
            Self::Law(law) => Some(law.mean()),
            Self::Formula(_) => None,
        }
    }

    fn from_let(register: u16) -> Self {
        Self::Formula(Program { code: vec![Step::Let(register)], laws: Vec::new(), depth: 1 })
    }

    fn into_program(self) -> Program {
        let (step, laws) = match self {
            Self::Formula(program) => return program,
            Self::Fixed(value) => (Step::Number(value), Vec::new()),
            Self::Law(law) => (Step::Sample(0), vec![law]),
        };
        Program { code: vec![step], laws, depth: 1 }
    }

    fn unary(self, unary: Unary) -> Self {
        match self {
            Self::Fixed(value) => Self::Fixed(unary.apply(value)),
            other => {
                let mut program = other.into_program();
                program.code.push(Step::Unary(unary));
                Self::Formula(program)
            }
        }
    }

    /// Shifts and positive factors stay laws, so that their means are known.
    fn binary(self, binary: Binary, other: Self, span: &Range<usize>) -> Result<Self, ExprError> {
        let moved = match (&self, binary, &other) {
            (Self::Fixed(x), _, Self::Fixed(y)) => return Ok(Self::Fixed(binary.apply(*x, *y))),
            (Self::Law(law), Binary::Add, Self::Fixed(by))
            | (Self::Fixed(by), Binary::Add, Self::Law(law)) => Some(law.shifted(*by)),
            (Self::Law(law), Binary::Subtract, Self::Fixed(by)) => Some(law.shifted(-by)),
            (Self::Law(law), Binary::Multiply, Self::Fixed(factor))
            | (Self::Fixed(factor), Binary::Multiply, Self::Law(law))
                if *factor >= 0.0 =>
            {
                Some(law.scaled(*factor))
            }
            (Self::Law(law), Binary::Divide, Self::Fixed(divisor)) if *divisor > 0.0 => {
                Some(law.scaled(1.0 / divisor))
            }
            (_, Binary::Divide, Self::Fixed(0.0)) => {
                return Err(not_finite(f64::NAN, &Op::Binary(binary), span));
            }
            _ => None,
        };
        match moved {
            Some(law) => {
                law.map(Self::Law).map_err(|error| impossible(&error, Dimension::COUNT, span))
            }
            None => Ok(Self::Formula(self.into_program().join(other.into_program(), binary))),
        }
    }
}

/// What remains of a formula at run time.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    code: Vec<Step>,
    laws: Vec<Dist>,
    /// Most values on the stack at once.
    depth: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Number(f64),
    Let(u16),
    Sample(u16),
    Unary(Unary),
    Binary(Binary),
}

/// Stacks up to this depth need no allocation.
const DEPTH_SMALL: usize = 8;

impl Program {
    /// The distributions that it draws, in order.
    pub fn laws(&self) -> &[Dist] {
        &self.laws
    }

    fn join(mut self, other: Self, binary: Binary) -> Self {
        // At most 4096 bytes of text, so the number of laws fits.
        let offset = self.laws.len() as u16;
        self.depth = self.depth.max(other.depth + 1);
        self.code.extend(other.code.iter().map(|step| match step {
            Step::Sample(law) => Step::Sample(law + offset),
            step => *step,
        }));
        self.laws.extend(other.laws);
        self.code.push(Step::Binary(binary));
        self
    }

    fn run(&self, lets: &[f64], value_of: impl FnMut(&Dist) -> f64) -> f64 {
        if self.depth <= DEPTH_SMALL {
            self.run_on(&mut [0.0; DEPTH_SMALL], lets, value_of)
        } else {
            self.run_on(&mut vec![0.0; self.depth], lets, value_of)
        }
    }

    fn run_on(
        &self,
        stack: &mut [f64],
        lets: &[f64],
        mut value_of: impl FnMut(&Dist) -> f64,
    ) -> f64 {
        let mut top = 0;
        for step in &self.code {
            match *step {
                Step::Unary(unary) => stack[top - 1] = unary.apply(stack[top - 1]),
                Step::Binary(binary) => {
                    top -= 1;
                    stack[top - 1] = binary.apply(stack[top - 1], stack[top]);
                }
                Step::Number(value) => (stack[top], top) = (value, top + 1),
                Step::Let(register) => {
                    let value = lets.get(usize::from(register)).copied().unwrap_or(0.0);
                    (stack[top], top) = (value, top + 1);
                }
                Step::Sample(law) => {
                    (stack[top], top) = (value_of(&self.laws[usize::from(law)]), top + 1);
                }
            }
        }
        finite(stack[0])
    }
}

/// NaN as 0, infinities as the largest finite numbers.
fn finite(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value.clamp(f64::MIN, f64::MAX) }
}
