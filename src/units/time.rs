//! Seconds and integer nanoseconds: the one place where a time is rounded.

/// Nanoseconds in a second.
pub const NS_PER_S: f64 = 1e9;

/// A time as integer nanoseconds, rounded to the nearest (ties away from zero).
///
/// Negative times and NaN give 0; times beyond 2⁶⁴ ns (584 years) give `u64::MAX`. A time below
/// 2⁵³ ns (104 days) loses nothing but the rounding.
pub fn seconds_to_ns(seconds: f64) -> u64 {
    // A cast from float to integer saturates and maps NaN to 0.
    // Adding a half and cutting off is rounding for what is not negative, and one instruction.
    (seconds * NS_PER_S + 0.5) as u64
}

/// Integer nanoseconds as seconds.
pub fn ns_to_seconds(ns: u64) -> f64 {
    ns as f64 / NS_PER_S
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_the_nearest_nanosecond() {
        assert_eq!(seconds_to_ns(0.05), 50_000_000);
        assert_eq!(seconds_to_ns(1.4e-9), 1);
        assert_eq!(seconds_to_ns(1.6e-9), 2);
        assert_eq!(seconds_to_ns(-1.0), 0);
        assert_eq!(seconds_to_ns(f64::NAN), 0);
        assert_eq!(seconds_to_ns(1e300), u64::MAX);
        assert_eq!(seconds_to_ns(f64::INFINITY), u64::MAX);
    }

    #[test]
    fn nanoseconds_return_to_seconds() {
        for ns in [0, 1, 999, 50_000_000, 86_400_000_000_000] {
            assert_eq!(seconds_to_ns(ns_to_seconds(ns)), ns);
        }
    }
}
