//! The tables of numbers: what a scenario states, as checked formulas with bounds and spans.

use crate::diag::Span;
use crate::expr::checked::CheckedTest;
use crate::expr::formula::Formula;

/// Index of a plain number in [`Slots::quantities`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuantityId(pub u32);

/// Index of a number that may vary from use to use in [`Slots::variates`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariateId(pub u32);

/// Index of a condition over registers in [`Slots::conditions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConditionId(pub u32);

/// Where a number came from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Dotted path of the key, such as `service.api.instances` or `endpoint.browse.steps[2].cpu`.
    pub path: String,
    /// Where it is written; none for a default.
    pub span: Option<Span>,
}

/// What values are allowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Smallest value, in base units.
    pub min: f64,
    /// Largest value, in base units.
    pub max: f64,
    /// A count of things: a fractional value rounds up.
    pub whole: bool,
}

impl Bounds {
    /// A time from zero to a hundred years: the engine's clock, 64 bits of nanoseconds, ends after
    /// 584, and a run lasts for its warm-up and at most two of its durations.
    pub const TIME: Self = Self { min: 0.0, max: 3_155_760_000.0, whole: false };

    /// A whole number of things between two limits.
    pub const fn count(min: f64, max: f64) -> Self {
        Self { min, max, whole: true }
    }

    /// A real number between two limits.
    pub const fn real(min: f64, max: f64) -> Self {
        Self { min, max, whole: false }
    }
}

/// A plain number: one value per world.
#[derive(Debug, Clone)]
pub struct QuantitySlot {
    /// Where it came from.
    pub origin: Origin,
    /// How it is computed from the inputs; draws nothing.
    pub formula: Formula,
    /// What is allowed.
    pub bounds: Bounds,
}

/// A number that may be drawn at each use.
#[derive(Debug, Clone)]
pub struct VariateSlot {
    /// Where it came from.
    pub origin: Origin,
    /// How it is computed from inputs, `let` registers and draws.
    pub formula: Formula,
    /// What is allowed, checked at binding for a fixed value; a draw is clamped to it.
    pub bounds: Bounds,
}

/// A condition over registers.
#[derive(Debug, Clone)]
pub struct ConditionSlot {
    /// Where it came from.
    pub origin: Origin,
    /// What must hold.
    pub test: CheckedTest,
}

/// All tables.
#[derive(Debug, Clone, Default)]
pub struct Slots {
    /// Plain numbers.
    pub quantities: Vec<QuantitySlot>,
    /// Numbers that may vary.
    pub variates: Vec<VariateSlot>,
    /// Conditions.
    pub conditions: Vec<ConditionSlot>,
}

impl Slots {
    /// Adds a plain number.
    pub fn quantity(&mut self, origin: Origin, formula: Formula, bounds: Bounds) -> QuantityId {
        self.quantities.push(QuantitySlot { origin, formula, bounds });
        QuantityId(self.quantities.len() as u32 - 1)
    }

    /// Adds a number that may vary.
    pub fn variate(&mut self, origin: Origin, formula: Formula, bounds: Bounds) -> VariateId {
        self.variates.push(VariateSlot { origin, formula, bounds });
        VariateId(self.variates.len() as u32 - 1)
    }

    /// Adds a condition.
    pub fn condition(&mut self, origin: Origin, test: CheckedTest) -> ConditionId {
        self.conditions.push(ConditionSlot { origin, test });
        ConditionId(self.conditions.len() as u32 - 1)
    }
}
