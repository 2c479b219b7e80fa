//! Numbers as people type them: decimals that add and multiply without rounding.

use std::fmt;

/// Digits at most: what a float holds for sure, so that a decimal reads back as itself.
const DIGITS: u32 = 15;

/// `digits / 10^places`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    digits: i64,
    places: u32,
}

impl Decimal {
    /// Reads a number; `None` if it is none, or has more digits than a float holds.
    pub fn read(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let unsigned = whole.trim_start_matches(['-', '+']);
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let has_digits = !(unsigned.is_empty() && fraction.is_empty());
        if whole.len() > unsigned.len() + 1 || !has_digits || !is_digits(unsigned) {
            return None;
        }
        if !is_digits(fraction) {
            return None;
        }
        let sign = if whole.starts_with('-') { "-" } else { "" };
        let digits: i64 = format!("{sign}{unsigned}{fraction}").parse().ok()?;
        let places = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        if places < 0 {
            let factor = 10_i64.checked_pow(places.unsigned_abs())?;
            return Self::checked(digits.checked_mul(factor)?, 0);
        }
        Self::checked(digits, places.unsigned_abs())
    }

    /// The decimal of at most twelve digits that a number stands for, which came of units.
    pub fn near(number: f64) -> Option<Self> {
        Self::read(&format!("{number:.11e}"))
    }

    fn checked(mut digits: i64, mut places: u32) -> Option<Self> {
        while places > 0 && digits % 10 == 0 {
            digits /= 10;
            places -= 1;
        }
        let fits = digits.unsigned_abs() < 10_u64.pow(DIGITS) && places <= 2 * DIGITS;
        fits.then_some(Self { digits, places })
    }

    /// The sum, if it has no more digits than a float holds.
    pub fn plus(self, other: Self) -> Option<Self> {
        let places = self.places.max(other.places);
        let to = |one: Self| one.digits.checked_mul(10_i64.checked_pow(places - one.places)?);
        Self::checked(to(self)?.checked_add(to(other)?)?, places)
    }

    /// The product, if it has no more digits than a float holds.
    pub fn times(self, other: Self) -> Option<Self> {
        Self::checked(self.digits.checked_mul(other.digits)?, self.places + other.places)
    }

    /// The float next to it.
    pub fn value(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// Whether there is nothing behind the point.
    pub const fn is_whole(self) -> bool {
        self.places == 0
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        let places = self.places as usize;
        let digits = format!("{:0>width$}", self.digits.unsigned_abs(), width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let point = if places == 0 { "" } else { "." };
        write!(f, "{sign}{whole}{point}{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    fn shown(text: &str) -> Option<String> {
        Decimal::read(text).map(|one| one.to_string())
    }

    #[test]
    fn what_is_typed_is_kept() {
        for (typed, kept) in [
            ("0.1", "0.1"),
            ("12.3456789", "12.3456789"),
            ("007", "7"),
            ("-2.50", "-2.5"),
            ("+3", "3"),
            ("5e3", "5000"),
            ("1.5e-3", "0.0015"),
            (".5", "0.5"),
            ("5.", "5"),
            ("-0.25", "-0.25"),
            ("999999999999999", "999999999999999"),
        ] {
            assert_eq!(shown(typed).as_deref(), Some(kept), "{typed}");
        }
        for wrong in ["", "-", ".", "x", "1e400", "--1", "1-2", "1e", "1e99999999999", "nan"] {
            assert_eq!(shown(wrong), None, "{wrong}");
        }
    }

    /// A tenth added ten times is one, which it is not in binary.
    #[test]
    fn sums_and_products_are_exact() {
        let tenth = Decimal::read("0.1").unwrap();
        let sum = (0..9).try_fold(tenth, |sum, _| sum.plus(tenth)).unwrap();
        assert_eq!(sum.to_string(), "1");
        assert_eq!(tenth.times(tenth).unwrap().to_string(), "0.01");
        let large = Decimal::read("999999999999999").unwrap();
        assert_eq!(large.plus(large), None);
        assert_eq!(Decimal::near(0.1 + 0.2).unwrap().to_string(), "0.3");
    }
}
