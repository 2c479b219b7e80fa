//! Money in millionths of the currency's unit, so that lines add up to their total exactly.
//!
//! A line of a bill is an amount times a price, rounded once to the nearest millionth (halves away
//! from zero); sums of lines are then exact. Cents are shown by rounding the sum.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

/// Millionths of a unit.
const MICROS: f64 = 1e6;

/// An amount of money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(i128);

impl Money {
    /// None.
    pub const ZERO: Self = Self(0);

    /// From units, rounded to the nearest millionth. What is not a number is nothing.
    pub fn of(units: f64) -> Self {
        // The cast saturates, at 10³² units.
        Self(libm::round(units * MICROS) as i128)
    }

    /// In units.
    pub fn units(self) -> f64 {
        self.0 as f64 / MICROS
    }

    /// Whole cents, halves away from zero.
    pub fn cents(self) -> i128 {
        let half = if self.0 < 0 { -5_000 } else { 5_000 };
        (self.0.saturating_add(half)) / 10_000
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}
