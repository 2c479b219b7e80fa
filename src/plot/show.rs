//! Numbers as chart text: three significant digits, and one unit of time per axis.

/// A unit of time for a whole axis or column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeUnit {
    /// How it is written: `ms`.
    pub name: &'static str,
    /// Its length \[s\].
    pub seconds: f64,
}

const UNITS: [TimeUnit; 7] = [
    TimeUnit { name: "ns", seconds: 1e-9 },
    TimeUnit { name: "µs", seconds: 1e-6 },
    TimeUnit { name: "ms", seconds: 1e-3 },
    TimeUnit { name: "s", seconds: 1.0 },
    TimeUnit { name: "min", seconds: 60.0 },
    TimeUnit { name: "h", seconds: 3_600.0 },
    TimeUnit { name: "d", seconds: 86_400.0 },
];

impl TimeUnit {
    /// The unit in which the largest value of an axis \[s\] reads best: at least 1, and for minutes,
    /// hours and days at least 2, because "90 s" is plainer than "1.5 min". Zero reads in seconds.
    pub fn for_largest(seconds: f64) -> TimeUnit {
        if !(seconds.is_finite() && seconds > 0.0) {
            return UNITS[3];
        }
        let fits = |unit: &&TimeUnit| {
            let least = if unit.seconds > 1.0 { 2.0 } else { 1.0 };
            seconds >= least * unit.seconds * (1.0 - 1e-9)
        };
        UNITS.iter().rev().find(fits).copied().unwrap_or(UNITS[0])
    }

    /// `seconds` in this unit, as a number without the unit.
    pub fn number(self, seconds: f64) -> String {
        number(seconds / self.seconds)
    }
}

/// A time with the unit that suits it: `231 ms`.
pub fn time(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "no value".to_owned();
    }
    let unit = TimeUnit::for_largest(seconds.abs());
    let text = unit.number(seconds);
    // Rounding may reach the next unit: 999.7 ms is 1 s.
    if text == "1,000" && unit.seconds < 1.0 {
        let next = TimeUnit::for_largest(unit.seconds * 1_000.0);
        return format!("{} {}", next.number(seconds), next.name);
    }
    format!("{text} {}", unit.name)
}

/// A unit of memory for a whole axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ByteUnit {
    /// How it is written: `MiB`.
    pub name: &'static str,
    /// Its size \[B\].
    pub bytes: f64,
}

const BYTE_UNITS: [ByteUnit; 5] = [
    ByteUnit { name: "B", bytes: 1.0 },
    ByteUnit { name: "KiB", bytes: 1_024.0 },
    ByteUnit { name: "MiB", bytes: 1_048_576.0 },
    ByteUnit { name: "GiB", bytes: 1_073_741_824.0 },
    ByteUnit { name: "TiB", bytes: 1_099_511_627_776.0 },
];

impl ByteUnit {
    /// The largest unit of which `bytes` is at least one; bytes below that.
    pub fn for_largest(bytes: f64) -> ByteUnit {
        let fits = |unit: &&ByteUnit| bytes.is_finite() && bytes >= unit.bytes * (1.0 - 1e-9);
        BYTE_UNITS.iter().rev().find(fits).copied().unwrap_or(BYTE_UNITS[0])
    }
}

/// Memory with the unit that suits it: `1.5 GiB`.
pub fn bytes(bytes: f64) -> String {
    if !bytes.is_finite() {
        return "no value".to_owned();
    }
    let unit = ByteUnit::for_largest(bytes.abs());
    format!("{} {}", number(bytes / unit.bytes), unit.name)
}

/// A share as percent in three significant digits; more where a nine needs them.
pub fn share(share: f64) -> String {
    if (0.99..1.0).contains(&share) {
        return percent(share);
    }
    if share.is_finite() { format!("{} %", number(share * 100.0)) } else { "no value".to_owned() }
}

/// Three significant digits, thousands grouped by commas, no trailing zeros after the point:
/// `0.0123`, `4.5`, `231`, `12,300`. From 10^9 and below 10^-4: `1.2e18`.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "no value".to_owned();
    }
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e9).contains(&size) {
        return format!("{value:.1e}").replace(".0e", "e");
    }
    let exponent = libm::floor(libm::log10(size) + 1e-12) as i32;
    let decimals = (2 - exponent).max(0) as usize;
    if decimals > 0 {
        let text = format!("{value:.decimals$}");
        let text = if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.')
        } else {
            &text
        };
        return group(text);
    }
    let step = libm::pow(10.0, f64::from(exponent - 2));
    group(&format!("{:.0}", libm::round(value / step) * step))
}

/// Six significant digits, thousands grouped, no trailing zeros after the point: `1,024`.
pub fn six_digits(value: f64) -> String {
    let size = value.abs();
    if !(1e-4..1e9).contains(&size) {
        return number(value);
    }
    let exponent = libm::floor(libm::log10(size) + 1e-12).min(5.0);
    stepped(value, libm::pow(10.0, exponent - 5.0))
}

/// `value` with the digits that neighbors `step` apart need to differ: with a step of 5, 12,345 stays
/// `12,345`; with 0.02, 3.4 is `3.4` and 3.42 is `3.42`.
pub fn stepped(value: f64, step: f64) -> String {
    let fits = value.abs() < 1e15 && (1e-9..1e15).contains(&step);
    if !fits {
        return number(value);
    }
    let decimals = (-libm::floor(libm::log10(step) + 1e-9)).max(0.0) as usize;
    let text = format!("{value:.decimals$}");
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    // Rounding may leave a zero with a sign.
    if text == "-0" { "0".to_owned() } else { group(text) }
}

/// Commas between groups of three digits before the point.
fn group(text: &str) -> String {
    let (whole, rest) = match text.find('.') {
        Some(dot) => text.split_at(dot),
        None => (text, ""),
    };
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", whole),
    };
    let mut grouped = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

/// A share as percent with as many digits as a nine needs: 0.5 is `50 %`, 0.9995 is `99.95 %`.
pub fn percent(share: f64) -> String {
    if !share.is_finite() {
        return "no value".to_owned();
    }
    let text = format!("{:.7}", share * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_and_grouping() {
        let cases = [
            (0.0, "0"),
            (0.012_345, "0.0123"),
            (1.0, "1"),
            (4.5, "4.5"),
            (231.4, "231"),
            (999.7, "1,000"),
            (12_345.0, "12,300"),
            (-1_234.0, "-1,230"),
            (1e-9, "1e-9"),
            (1.24e18, "1.2e18"),
            (f64::NAN, "no value"),
            (f64::INFINITY, "no value"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn settings_keep_six_digits() {
        let cases = [
            (1_024.0, "1,024"),
            (0.25, "0.25"),
            (1.0 / 3.0, "0.333333"),
            (1_234_567.0, "1,234,567"),
            (0.0, "0"),
            (f64::NAN, "no value"),
        ];
        for (value, text) in cases {
            assert_eq!(six_digits(value), text);
        }
    }

    #[test]
    fn neighbors_on_an_axis_differ() {
        let cases = [
            (12_345.0, 5.0, "12,345"),
            (3.4, 0.02, "3.4"),
            (3.42, 0.02, "3.42"),
            (-0.000_001, 0.1, "0"),
            (1_000.0, 200.0, "1,000"),
        ];
        for (value, step, text) in cases {
            assert_eq!(stepped(value, step), text);
        }
    }

    #[test]
    fn times_choose_their_unit() {
        let cases = [
            (0.0, "0 s"),
            (1e-9, "1 ns"),
            (2.5e-5, "25 µs"),
            (0.2314, "231 ms"),
            (0.9997, "1 s"),
            (90.0, "90 s"),
            (120.0, "2 min"),
            (36_000.0, "10 h"),
            (f64::NAN, "no value"),
        ];
        for (seconds, text) in cases {
            assert_eq!(time(seconds), text);
        }
    }

    #[test]
    fn bytes_choose_their_unit() {
        let cases = [
            (0.0, "0 B"),
            (1_023.0, "1,020 B"),
            (1_536.0, "1.5 KiB"),
            (34_359_738_368.0, "32 GiB"),
            (-1_048_576.0, "-1 MiB"),
            (f64::INFINITY, "no value"),
        ];
        for (value, text) in cases {
            assert_eq!(bytes(value), text);
        }
    }

    #[test]
    fn shares_have_three_digits_and_more_near_one() {
        let cases = [(0.87, "87 %"), (0.123_456, "12.3 %"), (0.9995, "99.95 %"), (0.0, "0 %")];
        for (value, text) in cases {
            assert_eq!(share(value), text);
        }
    }

    #[test]
    fn percents_keep_their_nines() {
        assert_eq!(percent(0.5), "50 %");
        assert_eq!(percent(0.99), "99 %");
        assert_eq!(percent(0.9995), "99.95 %");
        assert_eq!(percent(1.0 - 1e-6), "99.9999 %");
        assert_eq!(percent(0.0), "0 %");
    }
}
