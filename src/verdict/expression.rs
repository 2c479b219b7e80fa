//! A metric expression of one world as a tree of statistics, and its value over groups of runs.

use super::statistic::{Shape, Statistic};
use crate::experiment::Row;
use crate::expr::tree::{Comparator, Operator};
use crate::plan::Plan;
use std::ops::Range;

/// A metric expression whose names have been found and whose constants have values.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// A number.
    Constant(f64),
    /// A statistic of the rows.
    Leaf(Statistic),
    /// `-x`
    Negate(Box<Self>),
    /// Arithmetic.
    Binary(Operator, Box<Self>, Box<Self>),
    /// The share of runs in which a comparison holds.
    Chance(Box<Self>, Comparator, Box<Self>),
}

/// `scale * inner + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linear<'a> {
    /// Factor.
    pub scale: f64,
    /// Summand.
    pub offset: f64,
    /// A leaf or a chance.
    pub inner: &'a Node,
}

/// The rows of one world in each ensemble, side by side: run `i` of each met the same luck.
#[derive(Debug, Clone)]
pub struct Slices<'a>(pub Vec<&'a [Row]>);

impl Slices<'_> {
    /// Runs that all ensembles of the tree have.
    pub fn runs(&self) -> usize {
        self.0.iter().map(|rows| rows.len()).min().unwrap_or(0)
    }

    /// Some of the runs, in each ensemble.
    pub fn part(&self, range: &Range<usize>) -> Self {
        let cut = |rows: &&'_ [Row]| range.start.min(rows.len())..range.end.min(rows.len());
        Self(self.0.iter().map(|rows| &rows[cut(rows)]).collect())
    }
}

impl Node {
    /// `-x`, computed if it is known.
    pub fn negate(inner: Self) -> Self {
        match inner {
            Self::Constant(value) => Self::Constant(-value),
            other => Self::Negate(Box::new(other)),
        }
    }

    /// Arithmetic, computed if it is known.
    pub fn binary(operator: Operator, left: Self, right: Self) -> Self {
        match (&left, &right) {
            (Self::Constant(a), Self::Constant(b)) => Self::Constant(operator.apply(*a, *b)),
            _ => Self::Binary(operator, Box::new(left), Box::new(right)),
        }
    }

    /// Whether all of it is kept by interval.
    pub fn is_kept(&self, plan: &Plan) -> bool {
        match self {
            Self::Constant(_) => true,
            Self::Leaf(statistic) => statistic.is_kept(plan),
            Self::Negate(inner) => inner.is_kept(plan),
            Self::Binary(_, left, right) => left.is_kept(plan) && right.is_kept(plan),
            Self::Chance(..) => false,
        }
    }

    /// The same in one interval of `step` ns; only for what is kept.
    pub fn in_interval(&self, interval: usize, step: u64) -> Self {
        let boxed = |node: &Self| Box::new(node.in_interval(interval, step));
        match self {
            Self::Leaf(statistic) => Self::Leaf(statistic.in_interval(interval, step)),
            Self::Negate(inner) => Self::Negate(boxed(inner)),
            Self::Binary(operator, left, right) => {
                Self::Binary(*operator, boxed(left), boxed(right))
            }
            Self::Constant(_) | Self::Chance(..) => self.clone(),
        }
    }

    /// The number, if it needs no runs.
    pub fn constant(&self) -> Option<f64> {
        match self {
            Self::Constant(value) => Some(*value),
            _ => None,
        }
    }

    /// The value over some runs, all of them together; may be infinite, never NaN. `None` if they
    /// have nothing to say, or a division by zero does not.
    pub fn value(&self, slices: &Slices) -> Option<f64> {
        let value = match self {
            Self::Constant(value) => *value,
            Self::Leaf(statistic) => statistic.point(slices.0.get(statistic.ensemble)?)?,
            Self::Negate(inner) => -inner.value(slices)?,
            Self::Binary(operator, left, right) => {
                let (left, right) = (left.value(slices)?, right.value(slices)?);
                // Infinite means "never came" here; a division by zero is no such thing.
                if *operator == Operator::Divide && right == 0.0 {
                    return None;
                }
                operator.apply(left, right)
            }
            Self::Chance(..) => {
                let (hits, trials) = self.chances(slices)?;
                (trials > 0).then(|| hits as f64 / trials as f64)?
            }
        };
        (!value.is_nan()).then_some(value)
    }

    /// For a chance: runs in which the comparison holds, and runs in which it has a value.
    pub fn chances(&self, slices: &Slices) -> Option<(u64, u64)> {
        let Self::Chance(left, comparator, right) = self else { return None };
        let (mut hits, mut trials) = (0, 0);
        for run in 0..slices.runs() {
            let one = slices.part(&(run..run + 1));
            if let (Some(left), Some(right)) = (left.value(&one), right.value(&one)) {
                trials += 1;
                hits += u64::from(comparator.holds(left, right));
            }
        }
        Some((hits, trials))
    }

    /// All statistics in it.
    pub fn leaves(&self) -> Vec<&Statistic> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Leaf(statistic) => vec![statistic],
            Self::Negate(inner) => inner.leaves(),
            Self::Binary(_, left, right) | Self::Chance(left, _, right) => {
                let mut leaves = left.leaves();
                leaves.extend(right.leaves());
                leaves
            }
        }
    }

    /// It as a linear function of one leaf or chance; `None` if it is not one.
    pub fn linear(&self) -> Option<Linear<'_>> {
        match self {
            Self::Constant(_) => None,
            Self::Leaf(_) | Self::Chance(..) => {
                Some(Linear { scale: 1.0, offset: 0.0, inner: self })
            }
            Self::Negate(inner) => inner.linear().map(|l| l.then(-1.0, 0.0)),
            Self::Binary(operator, left, right) => {
                match (operator, left.constant(), right.constant()) {
                    (Operator::Add, Some(c), None) => right.linear().map(|l| l.then(1.0, c)),
                    (Operator::Add, None, Some(c)) => left.linear().map(|l| l.then(1.0, c)),
                    (Operator::Subtract, Some(c), None) => right.linear().map(|l| l.then(-1.0, c)),
                    (Operator::Subtract, None, Some(c)) => left.linear().map(|l| l.then(1.0, -c)),
                    (Operator::Multiply, Some(c), None) if c != 0.0 => {
                        right.linear().map(|l| l.then(c, 0.0))
                    }
                    (Operator::Multiply, None, Some(c)) if c != 0.0 => {
                        left.linear().map(|l| l.then(c, 0.0))
                    }
                    (Operator::Divide, None, Some(c)) if c != 0.0 => {
                        left.linear().map(|l| l.then(1.0 / c, 0.0))
                    }
                    _ => None,
                }
            }
        }
    }

    /// Runs that a group needs so that each quantile of visits in it has `wanted` expected
    /// exceedances; `None` if there are none at all.
    pub fn runs_for(&self, slices: &Slices, wanted: f64) -> Option<usize> {
        let mut needed = 1.0_f64;
        for statistic in self.leaves() {
            let rows = slices.0.get(statistic.ensemble)?;
            if statistic.shape() == Shape::Quantile && !rows.is_empty() {
                let found: Option<f64> = rows.iter().map(|row| statistic.exceedances(row)).sum();
                if let Some(found) = found {
                    if found <= 0.0 {
                        return None;
                    }
                    needed = needed.max((wanted * rows.len() as f64 / found).ceil());
                }
            }
        }
        Some(needed as usize)
    }
}

impl Linear<'_> {
    /// This one followed by `scale * x + offset`.
    fn then(self, scale: f64, offset: f64) -> Self {
        Self { scale: self.scale * scale, offset: self.offset * scale + offset, ..self }
    }
}
