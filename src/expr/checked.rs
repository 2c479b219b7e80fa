//! Results of checking: expressions and tests that wait for the inputs of a world.

use super::error::ExprError;
use super::formula::{Formula, Variate};
use super::tree::Comparator;
use crate::units::{Dimension, Quantity};
use std::collections::BTreeSet;

/// An expression whose names, dimensions and place are right.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The calculation, in base units.
    pub formula: Formula,
    /// What it measures.
    pub dimension: Dimension,
    /// Whether it contains a distribution.
    pub has_distribution: bool,
    /// The inputs it uses, by number.
    pub inputs: BTreeSet<u16>,
    /// The registers it uses, by number.
    pub lets: BTreeSet<u16>,
}

impl Checked {
    /// A plain number of TOML: a count. The value must be finite; see [`super::check::check_number`].
    pub fn from_number(value: f64) -> Self {
        Self::from_quantity(Quantity::count(value))
    }

    /// A known quantity, such as a default.
    pub fn from_quantity(quantity: Quantity) -> Self {
        Self {
            formula: Formula::constant(quantity.value),
            dimension: quantity.dimension,
            has_distribution: false,
            inputs: BTreeSet::new(),
            lets: BTreeSet::new(),
        }
    }

    /// Whether any input is used.
    pub fn uses_inputs(&self) -> bool {
        !self.inputs.is_empty()
    }

    /// Whether any register is used.
    pub fn uses_lets(&self) -> bool {
        !self.lets.is_empty()
    }
}

/// One comparison of a test over values.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedComparison {
    /// The left side.
    pub left: Checked,
    /// How they compare.
    pub comparator: Comparator,
    /// The right side, of the same dimension.
    pub right: Checked,
}

/// A test over values, `fans < 100 and size > 1 MB`: all comparisons must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedTest {
    /// At least one.
    pub comparisons: Vec<CheckedComparison>,
}

/// A test whose inputs are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    comparisons: Vec<(Variate, Comparator, Variate)>,
}

impl CheckedTest {
    /// Puts in the inputs' values.
    pub fn bind(&self, inputs: &[f64]) -> Result<Test, ExprError> {
        let bind = |c: &CheckedComparison| {
            Ok((c.left.formula.bind(inputs)?, c.comparator, c.right.formula.bind(inputs)?))
        };
        let comparisons = self.comparisons.iter().map(bind).collect::<Result<_, ExprError>>()?;
        Ok(Test { comparisons })
    }
}

impl Test {
    /// Whether it holds with these registers.
    pub fn holds(&self, lets: &[f64]) -> bool {
        let holds = |(left, comparator, right): &(Variate, Comparator, Variate)| {
            comparator.holds(left.at_means(lets), right.at_means(lets))
        };
        self.comparisons.iter().all(holds)
    }
}
