//! Numbers as people read them: three significant digits, one unit, commas between thousands.
//!
//! Whole numbers of four and more digits keep them all (`8,333/s`); trailing zeros after the
//! point are dropped (`50 ms`). NaN is `–` and infinity `∞`. For text that reads back exactly,
//! use the `Display` of [`Quantity`].

use super::{Dimension, Quantity};

/// What a number measures, for choosing its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Seconds.
    Duration,
    /// Counts per second.
    Rate,
    /// Bytes, shown in binary units.
    Bytes,
    /// Bytes per second, shown in decimal units as disks and networks are sold.
    Bandwidth,
    /// A count or a plain number.
    Count,
    /// A ratio, shown in percent.
    Percent,
}

/// A unit for showing: text after the number, worth in base units, smallest amount it suits.
struct Step {
    suffix: &'static str,
    worth: f64,
    from: f64,
}

const fn step(suffix: &'static str, worth: f64, from: f64) -> Step {
    Step { suffix, worth, from }
}

const DAY: f64 = 86_400.0;
const KIB: f64 = 1024.0;

/// Largest first. Seconds reach to two minutes, because `90 s` reads better than `1.5 min`.
const DURATIONS: &[Step] = &[
    step(" years", 365.25 * DAY, 2.0 * 365.25 * DAY),
    step(" days", DAY, 2.0 * DAY),
    step(" h", 3600.0, 7200.0),
    step(" min", 60.0, 120.0),
    step(" s", 1.0, 1.0),
    step(" ms", 1e-3, 1e-3),
    step(" \u{b5}s", 1e-6, 1e-6),
    step(" ns", 1e-9, 0.0),
];
const RATES: &[Step] = &[
    step("/s", 1.0, 1.0),
    step("/min", 1.0 / 60.0, 1.0 / 60.0),
    step("/h", 1.0 / 3600.0, 1.0 / 3600.0),
    step("/day", 1.0 / DAY, 0.0),
];
const BYTES: &[Step] = &[
    step(" TiB", KIB * KIB * KIB * KIB, KIB * KIB * KIB * KIB),
    step(" GiB", KIB * KIB * KIB, KIB * KIB * KIB),
    step(" MiB", KIB * KIB, KIB * KIB),
    step(" KiB", KIB, KIB),
    step(" B", 1.0, 0.0),
];
const BANDWIDTHS: &[Step] = &[
    step(" GB/s", 1e9, 1e9),
    step(" MB/s", 1e6, 1e6),
    step(" kB/s", 1e3, 1e3),
    step(" B/s", 1.0, 0.0),
];
const COUNTS: &[Step] = &[step("", 1.0, 0.0)];
const PERCENTS: &[Step] = &[step(" %", 0.01, 0.0)];

impl Measure {
    fn steps(self) -> &'static [Step] {
        match self {
            Self::Duration => DURATIONS,
            Self::Rate => RATES,
            Self::Bytes => BYTES,
            Self::Bandwidth => BANDWIDTHS,
            Self::Count => COUNTS,
            Self::Percent => PERCENTS,
        }
    }

    /// The unit that suits `value`: the largest that leaves at least its `from` after rounding
    /// to three digits, so that 999.9 ms is 1 s.
    fn step(self, value: f64) -> &'static Step {
        let steps = self.steps();
        let magnitude = value.abs() * (1.0 + 5e-4);
        steps.iter().find(|step| step.from <= magnitude).unwrap_or(&steps[steps.len() - 1])
    }

    /// One value with its unit; zero has none but for percent.
    pub fn show(self, value: f64) -> String {
        if !value.is_finite() {
            return number(value);
        }
        if value == 0.0 && self != Self::Percent {
            return "0".into();
        }
        let step = self.step(value);
        with_suffix(&self.said(value, step), step.suffix)
    }

    /// A number in a unit with three significant digits. Nobody tells shares of a millionth apart,
    /// and powers of ten of a percent nobody reads.
    fn said(self, value: f64, step: &Step) -> String {
        const LEAST: f64 = 1e-5;
        if self == Self::Percent && value > 0.0 && value < LEAST * (1.0 - 5e-4) {
            return "<0.001".to_owned();
        }
        number(value / step.worth)
    }

    /// The unit in which all of these numbers can stand below each other, three digits of each
    /// shown with at most three after the point: the one that suits the largest, or a smaller one
    /// as long as that stays below 2,000. None if there is no such unit. A measure that has only
    /// one keeps it whatever is shown; what is not finite, or 0, suits any.
    pub fn common(self, values: &[f64]) -> Option<Scale> {
        const MOST: f64 = 1_999.5;
        let sizes = values.iter().map(|value| value.abs()).filter(|v| v.is_finite() && *v > 0.0);
        let (low, high) =
            sizes.fold((f64::INFINITY, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
        if low > high {
            // Nothing to go by: as is usual.
            return Some(self.scale(if self == Self::Duration { 1e-3 } else { 1.0 }));
        }
        let coarse = self.step(high);
        if self.steps().len() == 1 {
            return Some(Scale(coarse));
        }
        let finer = self.steps().iter().filter(|step| step.worth < coarse.worth);
        let suits = |step: &&Step| {
            // A part of a minute is said in seconds.
            let least = if step.worth > 1.0 { 1.0 } else { 0.1 };
            low / step.worth * (1.0 + 5e-4) >= least
        };
        let shown = finer.take_while(|step| high / step.worth < MOST);
        std::iter::once(coarse).chain(shown).find(suits).map(Scale)
    }

    /// The unit that suits this number.
    pub fn scale(self, value: f64) -> Scale {
        Scale(self.step(if value.is_finite() { value } else { 0.0 }))
    }

    /// Numbers that are said together, in the unit that suits the largest, each with three
    /// significant digits.
    pub fn together(self, values: &[f64]) -> Column {
        let step = self.step_of_largest(values);
        let cells = values.iter().map(|&value| self.said(value, step)).collect();
        Column { unit: step.suffix.trim_start(), cells }
    }

    fn step_of_largest(self, values: &[f64]) -> &'static Step {
        let finite = values.iter().map(|value| value.abs()).filter(|size| size.is_finite());
        self.step(finite.fold(0.0, f64::max))
    }
}

/// A unit for showing.
#[derive(Clone, Copy)]
pub struct Scale(&'static Step);

impl Scale {
    /// For the head of a column: `ms`, `/s`; empty for counts.
    pub fn unit(self) -> &'static str {
        self.0.suffix.trim_start()
    }

    /// A number without its unit, at most three digits after the point: what is less than those
    /// can show is `<0.001`.
    pub fn cell(self, value: f64) -> String {
        cell(value / self.0.worth)
    }

    /// A number with its unit; 0 has none.
    pub fn whole(self, value: f64) -> String {
        if value == 0.0 || !value.is_finite() {
            return number(value);
        }
        with_suffix(&number(value / self.0.worth), self.0.suffix)
    }
}

/// Numbers that are said together and the unit that they share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// `ms`, `/s`; empty for counts.
    pub unit: &'static str,
    /// The numbers without the unit.
    pub cells: Vec<String>,
}

/// A time in seconds: `231 ms`, `1.05 s`, `16.7 min`.
pub fn duration(seconds: f64) -> String {
    Measure::Duration.show(seconds)
}

/// A rate per second: `8,333/s`, `30/min`.
pub fn rate(per_s: f64) -> String {
    Measure::Rate.show(per_s)
}

/// Bytes: `32 GiB`.
pub fn bytes(bytes: f64) -> String {
    Measure::Bytes.show(bytes)
}

/// A count: `10,000`.
pub fn count(value: f64) -> String {
    Measure::Count.show(value)
}

/// A ratio in percent: 0.0731 is `7.31 %`.
pub fn percent(ratio: f64) -> String {
    Measure::Percent.show(ratio)
}

/// Any quantity; products without a usual unit are shown in base units.
pub fn quantity(quantity: Quantity) -> String {
    let measure = match quantity.dimension {
        Dimension::COUNT => Measure::Count,
        Dimension::TIME => Measure::Duration,
        Dimension::RATE => Measure::Rate,
        Dimension::BYTES => Measure::Bytes,
        Dimension::BANDWIDTH => Measure::Bandwidth,
        other => return with_suffix(&number(quantity.value), &other.base_unit()),
    };
    measure.show(quantity.value)
}

/// A plain number with three significant digits; every digit before the point is kept.
pub fn number(value: f64) -> String {
    if value.is_nan() {
        return "\u{2013}".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "\u{221e}".into() } else { "-\u{221e}".into() };
    }
    let magnitude = value.abs();
    if magnitude == 0.0 {
        return "0".into();
    }
    if !(1e-4..1e15).contains(&magnitude) {
        return format!("{value:.2e}");
    }
    // Digits after the point for three significant ones; 99.96 rounds up to three before it.
    let decimals = match magnitude * (1.0 + 1e-15) {
        m if m >= 99.95 => 0,
        m if m >= 9.995 => 1,
        m if m >= 0.9995 => 2,
        m if m >= 0.099_95 => 3,
        m if m >= 0.009_995 => 4,
        m if m >= 0.000_999_5 => 5,
        _ => 6,
    };
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text.as_str()
    };
    thousands(text)
}

/// The least that a column shows.
const LEAST: f64 = 0.001;

/// A number in a column: as [`number`], but never more than three digits after the point.
fn cell(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || size.is_nan() || size >= 0.099_95 {
        return number(value);
    }
    if size < LEAST {
        // A negative number this small is as good as none.
        return if value < 0.0 { "0".into() } else { format!("<{LEAST}") };
    }
    // The point is the last of the digits that count.
    number((value / LEAST).round() * LEAST)
}

fn with_suffix(number: &str, suffix: &str) -> String {
    format!("{number}{suffix}")
}

/// Puts commas between groups of three digits before the point.
fn thousands(text: &str) -> String {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let mut out = String::from(sign);
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_three_digits_and_one_unit() {
        let cases = [
            (0.231, "231 ms"),
            (0.1468, "147 ms"),
            (1.05, "1.05 s"),
            (1002.0, "16.7 min"),
            (0.05, "50 ms"),
            (90.0, "90 s"),
            (0.999_96, "1 s"),
            (1.5e-6, "1.5 \u{b5}s"),
            (2e-9, "2 ns"),
            (-0.0123, "-12.3 ms"),
            (172_800.0, "2 days"),
            (0.0, "0"),
            (f64::NAN, "\u{2013}"),
        ];
        for (seconds, text) in cases {
            assert_eq!(duration(seconds), text);
        }
    }

    #[test]
    fn counts_rates_bytes_and_percent() {
        assert_eq!(count(10_000.0), "10,000");
        assert_eq!(count(1_234_567.4), "1,234,567");
        assert_eq!(count(416.67), "417");
        assert_eq!(count(99.96), "100");
        assert_eq!(count(0.045), "0.045");
        assert_eq!([0.00001, 3.95e-7, 0.0].map(percent), ["0.001 %", "<0.001 %", "0 %"]);
        assert_eq!(rate(8333.333), "8,333/s");
        assert_eq!(rate(0.5), "30/min");
        assert_eq!(bytes(34_359_738_368.0), "32 GiB");
        assert_eq!(percent(0.0731), "7.31 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(quantity(Quantity::new(125e6, Dimension::BANDWIDTH)), "125 MB/s");
        assert_eq!(quantity(Quantity::new(20.0, Dimension::MONEY)), "20 $");
        assert_eq!(count(3e20), "3.00e20");
    }

    /// Goal: a column has one unit if that shows three digits of each number, else none.
    #[test]
    fn a_column_has_one_unit_or_none() {
        let shown = |measure: Measure, values: &[f64]| {
            let scale = measure.common(values)?;
            let cells: Vec<String> = values.iter().map(|value| scale.cell(*value)).collect();
            Some((scale.unit(), cells.join(" ")))
        };
        let time = |values: &[f64]| shown(Measure::Duration, values);
        let is = |unit: &'static str, cells: &str| Some((unit, cells.to_owned()));
        assert_eq!(time(&[0.18, 1.05, 0.0]), is("s", "0.18 1.05 0"));
        assert_eq!(time(&[0.0211, 1.05]), is("ms", "21.1 1,050"));
        assert_eq!(time(&[30.0, 196.0]), is("s", "30 196"));
        assert_eq!(time(&[150.0, 196.0]), is("min", "2.5 3.27"));
        assert_eq!(time(&[0.002, 196.0]), None);
        assert_eq!(time(&[0.0, f64::INFINITY]), is("ms", "0 \u{221e}"));
        assert_eq!(time(&[]), is("ms", ""));
        assert_eq!(shown(Measure::Rate, &[12.0 / 3600.0, 15.0]), is("/min", "0.2 900"));
        assert_eq!(shown(Measure::Rate, &[1.0 / 3600.0, 15.0]), None);
        assert_eq!(shown(Measure::Rate, &[0.5, 15.0]), is("/s", "0.5 15"));
        let shares = [1.98e-6, 0.000_496, 0.001, 0.0, -1e-9, f64::NAN];
        assert_eq!(shown(Measure::Percent, &shares), is("%", "<0.001 0.05 0.1 0 0 \u{2013}"),);
        assert_eq!(Measure::Duration.scale(196.0).whole(195.6), "3.26 min");
        assert_eq!(Measure::Duration.scale(0.0).whole(0.0), "0");
    }

    #[test]
    fn numbers_that_are_said_together_keep_their_digits() {
        let said = Measure::Percent.together(&[0.000_49, 0.000_495, 0.0005]);
        assert_eq!(said.cells, ["0.049", "0.0495", "0.05"]);
        let times = Measure::Duration.together(&[0.000_9, 0.001_2]);
        assert_eq!((times.unit, times.cells), ("ms", vec!["0.9".into(), "1.2".into()]));
    }
}
