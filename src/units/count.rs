//! Counts of things: where an expression gives a fraction of a thing, it takes a whole one.

/// A count: a fraction rounds up; a value within a billionth of a whole number is that number, so
/// that a product such as 0.1 · 30 is not pushed up by its last bit.
pub fn rounded_up(value: f64) -> f64 {
    let nearest = value.round();
    let whole = (value - nearest).abs() <= 1e-9 * value.abs();
    (if whole { nearest } else { value.ceil() }) + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_round_up_and_rounding_errors_do_not() {
        assert_eq!(rounded_up(2.1), 3.0);
        assert_eq!(rounded_up(0.1 * 30.0), 3.0);
        assert_eq!(rounded_up(1e9), 1e9);
        assert_eq!(rounded_up(-0.0).to_bits(), 0);
    }
}
