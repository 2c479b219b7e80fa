//! The units of the scenario language, and hints for what looks like one.

use super::Dimension;

/// A unit: what one of it is worth in base units.
///
/// The worth is a fraction, so that `231ms` is 231 ÷ 1000, correctly rounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// The spelling in [`UNITS`].
    pub name: &'static str,
    /// What it measures.
    pub dimension: Dimension,
    multiplier: f64,
    divisor: f64,
}

impl Unit {
    /// `amount` of this unit in base units.
    pub fn to_base(&self, amount: f64) -> f64 {
        amount * self.multiplier / self.divisor
    }
}

const fn unit(name: &'static str, dimension: Dimension, multiplier: f64, divisor: f64) -> Unit {
    Unit { name, dimension, multiplier, divisor }
}

const DAY: f64 = 86_400.0;
/// The Julian year, 365.25 days; a month is a twelfth of it.
const YEAR: f64 = 365.25 * DAY;
const TIME: Dimension = Dimension::TIME;
const BYTES: Dimension = Dimension::BYTES;
const BANDWIDTH: Dimension = Dimension::BANDWIDTH;

/// Every spelling that a scenario may use. The first of several spellings is the usual one.
pub const UNITS: &[Unit] = &[
    unit("ns", TIME, 1.0, 1e9),
    unit("us", TIME, 1.0, 1e6),
    unit("\u{b5}s", TIME, 1.0, 1e6),
    unit("\u{3bc}s", TIME, 1.0, 1e6),
    unit("ms", TIME, 1.0, 1e3),
    unit("s", TIME, 1.0, 1.0),
    unit("sec", TIME, 1.0, 1.0),
    unit("secs", TIME, 1.0, 1.0),
    unit("second", TIME, 1.0, 1.0),
    unit("seconds", TIME, 1.0, 1.0),
    unit("min", TIME, 60.0, 1.0),
    unit("mins", TIME, 60.0, 1.0),
    unit("minute", TIME, 60.0, 1.0),
    unit("minutes", TIME, 60.0, 1.0),
    unit("h", TIME, 3600.0, 1.0),
    unit("hour", TIME, 3600.0, 1.0),
    unit("hours", TIME, 3600.0, 1.0),
    unit("day", TIME, DAY, 1.0),
    unit("days", TIME, DAY, 1.0),
    unit("d", TIME, DAY, 1.0),
    unit("week", TIME, 7.0 * DAY, 1.0),
    unit("weeks", TIME, 7.0 * DAY, 1.0),
    unit("w", TIME, 7.0 * DAY, 1.0),
    unit("month", TIME, YEAR, 12.0),
    unit("months", TIME, YEAR, 12.0),
    unit("year", TIME, YEAR, 1.0),
    unit("years", TIME, YEAR, 1.0),
    unit("y", TIME, YEAR, 1.0),
    unit("B", BYTES, 1.0, 1.0),
    unit("byte", BYTES, 1.0, 1.0),
    unit("bytes", BYTES, 1.0, 1.0),
    unit("kB", BYTES, 1e3, 1.0),
    unit("KB", BYTES, 1e3, 1.0),
    unit("MB", BYTES, 1e6, 1.0),
    unit("GB", BYTES, 1e9, 1.0),
    unit("TB", BYTES, 1e12, 1.0),
    unit("PB", BYTES, 1e15, 1.0),
    unit("KiB", BYTES, 1024.0, 1.0),
    unit("MiB", BYTES, 1_048_576.0, 1.0),
    unit("GiB", BYTES, 1_073_741_824.0, 1.0),
    unit("TiB", BYTES, 1_099_511_627_776.0, 1.0),
    unit("bit", BYTES, 1.0, 8.0),
    unit("bits", BYTES, 1.0, 8.0),
    unit("kbit", BYTES, 125.0, 1.0),
    unit("Mbit", BYTES, 125e3, 1.0),
    unit("Gbit", BYTES, 125e6, 1.0),
    unit("kbps", BANDWIDTH, 125.0, 1.0),
    unit("Mbps", BANDWIDTH, 125e3, 1.0),
    unit("Gbps", BANDWIDTH, 125e6, 1.0),
    unit("%", Dimension::COUNT, 1.0, 100.0),
    unit("$", Dimension::MONEY, 1.0, 1.0),
];

/// The unit with this exact spelling. `m` is none: see [`hint`].
pub fn find(name: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|unit| unit.name == name)
}

/// What to say about a word that stands where a unit should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Two or more readings: the sentence lists them.
    Ambiguous(&'static str),
    /// Probably this spelling.
    Perhaps(&'static str),
    /// An amount, not a unit; the sentence says how to write it.
    Amount(&'static str),
    /// Nothing is near.
    Unknown,
}

/// Why `name` is not a unit and what was probably meant.
pub fn hint(name: &str) -> Hint {
    match name {
        "m" | "M" => return Hint::Ambiguous("minutes are `min`, months `month`, millions `e6`"),
        "kb" | "Kb" => return Hint::Ambiguous("kilobytes are `kB`, kilobits `kbit`"),
        "mb" | "Mb" => return Hint::Ambiguous("megabytes are `MB`, megabits `Mbit`"),
        "gb" | "Gb" => return Hint::Ambiguous("gigabytes are `GB`, gigabits `Gbit`"),
        "b" => return Hint::Ambiguous("bytes are `B`, bits `bit`"),
        "k" | "K" => return Hint::Amount("thousands are written `e3` or `_000`"),
        // The nearest spelling of these is another unit, a thousand times too large.
        "msec" | "msecs" | "millis" => return Hint::Perhaps("ms"),
        "usec" | "usecs" | "micros" => return Hint::Perhaps("us"),
        "nsec" | "nsecs" | "nanos" => return Hint::Perhaps("ns"),
        "hr" | "hrs" => return Hint::Perhaps("h"),
        "milliseconds" | "millisecond" | "milli" => return Hint::Perhaps("ms"),
        "microseconds" | "microsecond" | "micro" => return Hint::Perhaps("us"),
        "percent" | "pct" => return Hint::Perhaps("%"),
        "rpm" => return Hint::Amount("a rate is written `200/min`"),
        "rps" | "qps" | "tps" | "req" | "reqs" | "requests" => {
            return Hint::Amount("a rate is written `200/s`");
        }
        _ => {}
    }
    let lower = name.to_lowercase();
    if let Some(unit) = UNITS.iter().find(|unit| unit.name.to_lowercase() == lower) {
        return Hint::Perhaps(unit.name);
    }
    // One or two letters are near to everything, so a guess would mislead.
    let limit = (lower.chars().count() / 3).min(3);
    UNITS
        .iter()
        .map(|unit| (strsim::osa_distance(&unit.name.to_lowercase(), &lower), unit.name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map_or(Hint::Unknown, |(_, name)| Hint::Perhaps(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Definitions of the units, each from its standard.
    #[test]
    fn units_are_worth_what_their_definitions_say() {
        let cases = [
            ("ms", 231.0, 0.231),
            ("min", 16.7, 1002.0),
            ("week", 1.0, 604_800.0),
            ("month", 12.0, 31_557_600.0),
            ("year", 1.0, 31_557_600.0),
            ("GiB", 32.0, 34_359_738_368.0),
            ("kbit", 8.0, 1000.0),
            ("Gbps", 1.0, 125e6),
            ("%", 8.0, 0.08),
        ];
        for (name, amount, base) in cases {
            assert_eq!(find(name).map(|unit| unit.to_base(amount)), Some(base), "{amount}{name}");
        }
    }

    #[test]
    fn spellings_are_unique() {
        for (position, unit) in UNITS.iter().enumerate() {
            let first = UNITS.iter().position(|other| other.name == unit.name);
            assert_eq!(first, Some(position), "{}", unit.name);
        }
    }

    #[test]
    fn wrong_units_get_a_hint() {
        assert!(matches!(hint("m"), Hint::Ambiguous(_)));
        assert!(matches!(hint("Mb"), Hint::Ambiguous(_)));
        assert_eq!(hint("MS"), Hint::Perhaps("ms"));
        assert_eq!(hint("gib"), Hint::Perhaps("GiB"));
        assert_eq!(hint("secnds"), Hint::Perhaps("seconds"));
        assert_eq!(hint("parsec"), Hint::Unknown);
        assert_eq!(find("m"), None);
    }
}
