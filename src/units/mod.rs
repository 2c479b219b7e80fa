//! Quantities, their dimensions and units: the vocabulary of every number in a scenario.
//!
//! A [`Quantity`] is held in base units (seconds, bytes, currency units) as `f64`. Its
//! [`Dimension`] has an exponent for each of the three; counts and ratios have none.
//!
//! - [`table`]: the units a scenario may write, and hints for those it may not
//! - [`show`]: the one place where numbers become text for people
//! - [`time`]: seconds to integer nanoseconds and back
//!
//! Bits are bytes divided by eight and have no dimension of their own.

pub mod count;
pub mod show;
pub mod table;
pub mod time;

use std::fmt;

/// Exponents of the three base dimensions. Counts and ratios have all exponents zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dimension {
    /// Exponent of time (base unit: second).
    pub time: i8,
    /// Exponent of bytes (base unit: byte).
    pub bytes: i8,
    /// Exponent of money (base unit: the scenario's currency).
    pub money: i8,
}

impl Dimension {
    /// A count or a ratio: no dimension.
    pub const COUNT: Self = Self::new(0, 0, 0);
    /// A time, in seconds.
    pub const TIME: Self = Self::new(1, 0, 0);
    /// Counts per second.
    pub const RATE: Self = Self::new(-1, 0, 0);
    /// A change of a rate: counts per second per second.
    pub const RATE_CHANGE: Self = Self::new(-2, 0, 0);
    /// An amount of data, in bytes.
    pub const BYTES: Self = Self::new(0, 1, 0);
    /// Bytes per second.
    pub const BANDWIDTH: Self = Self::new(-1, 1, 0);
    /// Money, in the scenario's currency.
    pub const MONEY: Self = Self::new(0, 0, 1);
    /// Money per second.
    pub const SPENDING: Self = Self::new(-1, 0, 1);
    /// Money per byte.
    pub const BYTE_PRICE: Self = Self::new(0, -1, 1);
    /// Money per byte and second: the price of storage.
    pub const STORAGE_PRICE: Self = Self::new(-1, -1, 1);

    /// A dimension from its exponents.
    pub const fn new(time: i8, bytes: i8, money: i8) -> Self {
        Self { time, bytes, money }
    }

    /// True for counts and ratios.
    pub const fn is_count(self) -> bool {
        self.time == 0 && self.bytes == 0 && self.money == 0
    }

    /// The dimension of a product; `None` if an exponent leaves −128 … 127.
    pub fn times(self, other: Self) -> Option<Self> {
        Some(Self {
            time: self.time.checked_add(other.time)?,
            bytes: self.bytes.checked_add(other.bytes)?,
            money: self.money.checked_add(other.money)?,
        })
    }

    /// The dimension of a quotient; `None` if an exponent leaves −128 … 127.
    pub fn per(self, other: Self) -> Option<Self> {
        Some(Self {
            time: self.time.checked_sub(other.time)?,
            bytes: self.bytes.checked_sub(other.bytes)?,
            money: self.money.checked_sub(other.money)?,
        })
    }

    /// The dimension of a square root; `None` if an exponent is odd.
    pub fn root(self) -> Option<Self> {
        let even = self.time % 2 == 0 && self.bytes % 2 == 0 && self.money % 2 == 0;
        even.then(|| Self::new(self.time / 2, self.bytes / 2, self.money / 2))
    }

    /// What a person calls it, without an example: `a time`, `a rate`, `bytes`.
    pub fn name(self) -> String {
        match self {
            Self::COUNT => "a count".into(),
            Self::TIME => "a time".into(),
            Self::RATE => "a rate".into(),
            Self::RATE_CHANGE => "a change of a rate".into(),
            Self::BYTES => "bytes".into(),
            Self::BANDWIDTH => "a bandwidth".into(),
            Self::MONEY => "money".into(),
            Self::SPENDING => "money per time".into(),
            Self::BYTE_PRICE => "money per byte".into(),
            Self::STORAGE_PRICE => "money per byte and time".into(),
            other => format!("a quantity in {}", other.base_unit()),
        }
    }

    /// What a person calls it, with an example in backticks: "a time such as `50ms`".
    pub fn describe(self) -> String {
        let example = match self {
            Self::TIME => "50ms",
            Self::RATE => "200/s",
            Self::RATE_CHANGE => "4_000/day/day",
            Self::BYTES => "32 GiB",
            Self::BANDWIDTH => "125 MB/s",
            Self::MONEY => "20 $",
            Self::SPENDING => "0.5 $/h",
            Self::BYTE_PRICE => "0.09 $/GB",
            Self::STORAGE_PRICE => "0.023 $ / (GB*month)",
            _ => return self.name(),
        };
        format!("{} such as `{example}`", self.name())
    }

    /// What to put after a bare number to make it this dimension; `None` where no unit is usual.
    pub fn usual_unit(self) -> Option<&'static str> {
        match self {
            Self::TIME => Some("ms"),
            Self::RATE => Some("/s"),
            Self::RATE_CHANGE => Some("/day/day"),
            Self::BYTES => Some(" MiB"),
            Self::BANDWIDTH => Some(" MB/s"),
            Self::MONEY => Some(" $"),
            Self::SPENDING => Some(" $/h"),
            Self::BYTE_PRICE => Some(" $/GB"),
            Self::STORAGE_PRICE => Some(" $ / (GB*month)"),
            _ => None,
        }
    }

    /// The product of base units as the language writes it: ` B`, `/s`, ` $/B/s`. Empty for counts.
    ///
    /// Put after a number it reads back as the same dimension.
    pub fn base_unit(self) -> String {
        let mut above = Vec::new();
        let mut below = String::new();
        for (exponent, unit) in [(self.money, "$"), (self.bytes, "B"), (self.time, "s")] {
            for _ in 0..exponent.unsigned_abs() {
                if exponent > 0 {
                    above.push(unit);
                } else {
                    below.push('/');
                    below.push_str(unit);
                }
            }
        }
        let mut text = String::new();
        for (position, unit) in above.iter().enumerate() {
            text.push_str(if position == 0 { " " } else { " * 1 " });
            text.push_str(unit);
        }
        text + &below
    }
}

/// A number with a dimension, in base units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// The amount in seconds, bytes, currency units and products of them.
    pub value: f64,
    /// What it measures.
    pub dimension: Dimension,
}

impl Quantity {
    /// A quantity from a value in base units.
    pub const fn new(value: f64, dimension: Dimension) -> Self {
        Self { value, dimension }
    }

    /// A count or ratio.
    pub const fn count(value: f64) -> Self {
        Self::new(value, Dimension::COUNT)
    }

    /// A time in seconds.
    pub const fn seconds(value: f64) -> Self {
        Self::new(value, Dimension::TIME)
    }
}

/// Writes every digit, in base units, so that the text reads back as the same quantity.
/// For people, see [`show::quantity`].
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.value.abs();
        if magnitude == 0.0 || (1e-4..1e15).contains(&magnitude) {
            write!(f, "{}{}", self.value, self.dimension.base_unit())
        } else {
            write!(f, "{:e}{}", self.value, self.dimension.base_unit())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A storage price times an amount times a time is money; overflow is not silent.
    #[test]
    fn dimensions_multiply_like_exponents() {
        let amount = Dimension::BYTES.times(Dimension::TIME).unwrap();
        assert_eq!(Dimension::STORAGE_PRICE.times(amount), Some(Dimension::MONEY));
        assert_eq!(Dimension::COUNT.per(Dimension::TIME), Some(Dimension::RATE));
        assert_eq!(Dimension::BYTES.per(Dimension::TIME), Some(Dimension::BANDWIDTH));
        assert_eq!(Dimension::new(127, 0, 0).times(Dimension::TIME), None);
        assert_eq!(Dimension::new(-128, 0, 0).per(Dimension::TIME), None);
        assert_eq!(Dimension::new(2, -2, 0).root(), Some(Dimension::new(1, -1, 0)));
        assert_eq!(Dimension::TIME.root(), None);
    }

    /// The words of diagnostics, as the house style has them.
    #[test]
    fn dimensions_are_described_with_an_example() {
        assert_eq!(Dimension::TIME.describe(), "a time such as `50ms`");
        assert_eq!(Dimension::RATE.describe(), "a rate such as `200/s`");
        assert_eq!(Dimension::BYTES.describe(), "bytes such as `32 GiB`");
        assert_eq!(Dimension::COUNT.describe(), "a count");
        assert_eq!(Dimension::new(2, 1, 0).base_unit(), " B * 1 s * 1 s");
        assert_eq!(Dimension::STORAGE_PRICE.base_unit(), " $/B/s");
    }
}
