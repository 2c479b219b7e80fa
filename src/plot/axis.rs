//! Axes: a range, a scale and ticks of our own choosing.
//!
//! plotters maps through [`Ranged`], which [`Axis`] implements; its key points are exactly our
//! ticks. Scales are linear, logarithmic (base 10) and nines: a quantile q stands at
//! log10(1 / (1 − q)), so that 0, 90 %, 99 %, 99.9 % are equally far apart and the tail gets the
//! room (the axis of `HdrHistogram`'s percentile plots).

use std::ops::Range;

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};

use super::show::{self, ByteUnit, TimeUnit};

mod logs;
mod months;

/// How values become positions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Equal differences are equally far apart.
    Linear,
    /// Equal ratios are equally far apart; values are > 0.
    Log,
    /// Equal ratios of 1 − q are equally far apart; values are quantiles in [0, 1).
    Nines,
    /// The logarithm of 1 + value ÷ this unit (> 0): equal ratios far beyond the unit are equally far
    /// apart, and 0 has a place too; values are >= 0.
    Since(f64),
}

impl Scale {
    /// The value on the scale's own ruler; not finite where the scale has no place for it.
    fn apply(self, value: f64) -> f64 {
        match self {
            Scale::Linear => value,
            Scale::Log if value >= 0.0 => libm::log10(value),
            Scale::Nines if (0.0..=1.0).contains(&value) => -libm::log10(1.0 - value),
            Scale::Since(unit) if value >= 0.0 => libm::log10(1.0 + value / unit),
            Scale::Log | Scale::Nines | Scale::Since(_) => f64::NAN,
        }
    }
}

/// One labeled place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// The value it stands at.
    pub at: f64,
    /// What is written there.
    pub label: String,
}

/// What the values of an axis are, which decides scale, unit and labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quantity {
    /// Plain numbers.
    #[default]
    Number,
    /// Shares, 1 is 100 %.
    Share,
    /// Seconds on a linear scale.
    Time,
    /// Seconds on a logarithmic scale.
    LogTime,
    /// Whole numbers: there is no tick between two of them.
    Count,
    /// Bytes, in binary units.
    Bytes,
    /// Months since a date; an axis ends at the last one.
    Months,
}

impl Quantity {
    /// A value with its unit: `151 ms`, `87 %`, `1.5 GiB`.
    pub fn text(self, value: f64) -> String {
        match self {
            Quantity::Count if value.abs() >= 100.0 => show::stepped(value, 1.0),
            Quantity::Number | Quantity::Count => show::number(value),
            Quantity::Share => show::share(value),
            Quantity::Time | Quantity::LogTime => show::time(value),
            Quantity::Bytes => show::bytes(value),
            Quantity::Months => format!("month {}", show::number(value)),
        }
    }

    /// A value somebody chose, such as a setting: with six digits, so that 1,024 is not 1,020.
    pub fn setting(self, value: f64) -> String {
        let (unit, name) = match self {
            Quantity::Number | Quantity::Count | Quantity::Months => {
                return show::six_digits(value);
            }
            Quantity::Share => (0.01, "%"),
            Quantity::Time | Quantity::LogTime => {
                let unit = TimeUnit::for_largest(value.abs());
                (unit.seconds, unit.name)
            }
            Quantity::Bytes => {
                let unit = ByteUnit::for_largest(value.abs());
                (unit.bytes, unit.name)
            }
        };
        format!("{} {name}", show::six_digits(value / unit))
    }
}

/// A range with a scale, ticks and a title that carries the unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    low: f64,
    high: f64,
    scale: Scale,
    /// In increasing order, all within the range.
    pub ticks: Vec<Tick>,
    /// For example `latency [ms]`.
    pub title: String,
}

impl Axis {
    /// An axis without ticks. A range that is empty, reversed, not finite, or outside what the scale
    /// can show is replaced by the nearest one that can be drawn.
    pub fn new(low: f64, high: f64, scale: Scale) -> Axis {
        let (low, high) = drawable(low, high, scale);
        Axis { low, high, scale, ticks: Vec::new(), title: String::new() }
    }

    /// The same axis with a title.
    #[must_use]
    pub fn titled(mut self, title: &str) -> Axis {
        title.clone_into(&mut self.title);
        self
    }

    /// The axis for values of one kind, widened to whole steps; a unit of time joins the title.
    pub fn of(quantity: Quantity, low: f64, high: f64, title: &str) -> Axis {
        let mut axis = Axis::new(low, high, Scale::Linear);
        match quantity {
            Quantity::Number => Axis::numbers(low, high, 5).titled(title),
            Quantity::Count => {
                // A range of less than five would be cut between whole numbers.
                let count = (axis.high - axis.low).clamp(1.0, 5.0) as usize;
                Axis::numbers(axis.low, axis.high, count).titled(title)
            }
            Quantity::Bytes => {
                let unit = ByteUnit::for_largest(axis.high.abs().max(axis.low.abs()));
                axis.widen(unit.bytes, 5);
                axis.tick_multiples(unit.bytes, 5, show::stepped);
                axis.titled(&format!("{title} [{}]", unit.name))
            }
            Quantity::LogTime => Axis::log_times(low, high, title),
            Quantity::Months => Axis::months(low, high, 7, title),
            Quantity::Share => {
                axis.widen(1.0, 5);
                Axis::shares(axis.low, axis.high, 5).titled(title)
            }
            Quantity::Time => {
                let unit = TimeUnit::for_largest(axis.high.abs().max(axis.low.abs()));
                axis.widen(unit.seconds, 5);
                axis.tick_multiples(unit.seconds, 5, show::stepped);
                axis.titled(&format!("{title} [{}]", unit.name))
            }
        }
    }

    /// An axis of things numbered 1 to `count`, with half a step of room at both ends.
    pub fn counted(count: usize) -> Axis {
        let count = count.max(1);
        let mut axis = Axis::new(0.5, count as f64 + 0.5, Scale::Linear);
        let step = step(count as f64, 1.0, 8).max(1.0) as usize;
        let marks = std::iter::once(1).chain((step..=count).step_by(step).filter(|mark| *mark > 1));
        axis.ticks = marks.map(|mark| Tick { at: mark as f64, label: mark.to_string() }).collect();
        axis
    }

    /// A linear axis for plain numbers, widened to whole steps of about `count` ticks.
    pub fn numbers(low: f64, high: f64, count: usize) -> Axis {
        let mut axis = Axis::new(low, high, Scale::Linear);
        axis.widen(1.0, count);
        axis.tick_multiples(1.0, count, show::stepped);
        axis
    }

    /// A linear axis of shares, labeled in percent.
    pub fn shares(low: f64, high: f64, count: usize) -> Axis {
        let mut axis = Axis::new(low, high, Scale::Linear);
        axis.tick_multiples(1.0, count, |share, step| {
            format!("{} %", show::stepped(share * 100.0, step * 100.0))
        });
        axis
    }

    /// A linear axis of times \[s\] in one unit; the range stays as given. The title gets the unit.
    pub fn times(low: f64, high: f64, count: usize, title: &str) -> Axis {
        let mut axis = Axis::new(low, high, Scale::Linear);
        let unit = TimeUnit::for_largest(axis.high.abs().max(axis.low.abs()));
        axis.tick_multiples(unit.seconds, count, show::stepped);
        axis.title = format!("{title} [{}]", unit.name);
        axis
    }

    /// A logarithmic axis of times \[s\], widened to its neighboring ticks.
    ///
    /// Up to three decades have one unit, in the title; wider axes name the unit at each tick,
    /// because no single one reads well, and use the clock's steps (1, 10 min, 1 h) beyond seconds.
    pub fn log_times(low: f64, high: f64, title: &str) -> Axis {
        let mut axis = Axis::new(low, high, Scale::Log);
        let ladder = ladder_of_times();
        axis.low =
            ladder.iter().rev().find(|s| **s <= axis.low * 1.000_001).copied().unwrap_or(axis.low);
        axis.high =
            ladder.iter().find(|s| **s >= axis.high * 0.999_999).copied().unwrap_or(axis.high);
        (axis.low, axis.high) = drawable(axis.low, axis.high, Scale::Log);
        let decades = libm::log10(axis.high / axis.low);
        let unit = TimeUnit::for_largest((axis.low * axis.high).sqrt());
        let one_unit = decades <= 3.01 && axis.high <= 120.0;
        let inside: Vec<f64> = ladder.into_iter().filter(|s| axis.holds(*s)).collect();
        let chosen = thin_out(&inside, decades, leads_on_the_clock);
        let label = |s: f64| if one_unit { unit.number(s) } else { show::time(s) };
        axis.ticks = chosen.into_iter().map(|at| Tick { at, label: label(at) }).collect();
        axis.title = if one_unit { format!("{title} [{}]", unit.name) } else { title.to_owned() };
        axis
    }

    /// A logarithmic axis of ratios around 1, labeled `×0.5`.
    pub fn ratios(low: f64, high: f64) -> Axis {
        let mut axis = Axis::new(low, high, Scale::Log);
        let decades = libm::log10(axis.high / axis.low);
        let inside: Vec<f64> = (-9..=9)
            .flat_map(|power| [1.0, 2.0, 5.0].map(|digit| decimal(digit, power)))
            .filter(|value| axis.holds(*value))
            .collect();
        let chosen = thin_out(&inside, decades, is_power_of_ten);
        let label = |at: f64| format!("×{}", show::number(at));
        axis.ticks = chosen.into_iter().map(|at| Tick { at, label: label(at) }).collect();
        axis
    }

    /// The axis of quantiles from 0 to `highest`, in nines.
    pub fn nines(highest: f64) -> Axis {
        let highest = if highest.is_finite() { highest.clamp(0.5, 1.0 - 1e-9) } else { 0.99 };
        let mut axis = Axis::new(0.0, highest, Scale::Nines);
        let span = axis.scale.apply(highest);
        let mut marks = vec![0.0];
        if span <= 4.2 {
            marks.push(0.5);
        }
        if span <= 1.7 {
            marks.push(0.75);
        }
        for nine in 1..=9 {
            let rest = decimal(1.0, -nine);
            marks.push(1.0 - rest);
            if span <= 2.2 {
                marks.push(1.0 - rest / 2.0);
            }
        }
        marks.retain(|q| axis.holds(*q));
        axis.ticks = marks.into_iter().map(|at| Tick { at, label: show::percent(at) }).collect();
        axis.titled("percentile (each nine gets the same room)")
    }

    /// The lower end.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// The upper end.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// How values become positions.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// Where `value` stands: 0 at the lower end, 1 at the upper, beyond outside of the range; not
    /// finite where the scale has no place for it.
    pub fn position(&self, value: f64) -> f64 {
        let (low, high) = (self.scale.apply(self.low), self.scale.apply(self.high));
        (self.scale.apply(value) - low) / (high - low)
    }

    /// Whether `value` lies in the range, up to rounding.
    pub fn holds(&self, value: f64) -> bool {
        (-1e-9..=1.0 + 1e-9).contains(&self.position(value))
    }

    /// Ticks at multiples of a round step; `label` gets value and step in units of `unit`.
    fn tick_multiples(&mut self, unit: f64, count: usize, label: impl Fn(f64, f64) -> String) {
        let step = step(self.high - self.low, unit, count);
        let (from, to) = (libm::ceil(self.low / step - 1e-6), libm::floor(self.high / step + 1e-6));
        // A range far from zero may be finer than its own rounding: then the step does not advance.
        let marks = (0..=64).map(|i| from + f64::from(i)).take_while(|mark| *mark <= to);
        self.ticks = marks
            .map(|mark| mark * step)
            .map(|at| Tick { at, label: label(at / unit, step / unit) })
            .collect();
        self.ticks.dedup_by(|a, b| a.at == b.at);
    }

    fn widen(&mut self, unit: f64, count: usize) {
        let step = step(self.high - self.low, unit, count);
        let (low, high) = (
            libm::floor(self.low / step + 1e-6) * step,
            libm::ceil(self.high / step - 1e-6) * step,
        );
        (self.low, self.high) = drawable(low, high, self.scale);
    }
}

impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    /// Outside values go to the edge and undefined ones to the lower end, as plotters requires an
    /// answer; [`super::frame`] cuts lines before they get here.
    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let position = self.position(*value);
        let position = if position.is_nan() { 0.0 } else { position.clamp(0.0, 1.0) };
        limit.0 + libm::round(position * f64::from(limit.1 - limit.0)) as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() {
            return Vec::new();
        }
        self.ticks.iter().map(|tick| tick.at).collect()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

/// The nearest range that can be drawn.
fn drawable(low: f64, high: f64, scale: Scale) -> (f64, f64) {
    let (low, high) = if low <= high { (low, high) } else { (high, low) };
    match scale {
        Scale::Since(_) => drawable(low.max(0.0), high.max(0.0), Scale::Linear),
        Scale::Linear => {
            let (low, high) = match (low.is_finite(), high.is_finite()) {
                (true, true) => (low.max(-1e300), high.min(1e300)),
                (true, false) => (low.clamp(-1e299, 1e299), low.clamp(-1e299, 1e299) + 1.0),
                (false, true) => (0f64.min(high), high.clamp(-1e299, 1e299)),
                (false, false) => (0.0, 1.0),
            };
            let least = (low.abs().max(high.abs()) * 1e-9).max(1e-12);
            let around = low.abs() * 0.1;
            match (high - low > least, around > 0.0) {
                (true, _) => (low, high),
                (false, true) => (low - around, low + around),
                (false, false) => (0.0, 1.0),
            }
        }
        Scale::Log => {
            let sound = |v: f64| v.is_finite() && v > 0.0;
            let high = if sound(high) { high.clamp(1e-200, 1e200) } else { 1.0 };
            let low = if sound(low) { low.clamp(1e-200, high) } else { high / 10.0 };
            if high / low > 1.001 { (low, high) } else { (low / 2.0, high * 2.0) }
        }
        Scale::Nines => {
            let high = if high.is_finite() { high.clamp(0.01, 1.0 - 1e-12) } else { 0.99 };
            let low = if low.is_finite() { low.clamp(0.0, high / 2.0) } else { 0.0 };
            (low, high)
        }
    }
}

/// `digit · 10^power`, exact as the literal would be for |power| <= 22.
fn decimal(digit: f64, power: i32) -> f64 {
    let ten = libm::pow(10.0, f64::from(power.abs()));
    if power < 0 { digit / ten } else { digit * ten }
}

/// A step of 1, 2 or 5 times a power of ten (times `unit`; for minutes and hours also the clock's
/// own steps) that divides `span` into at most `count` parts.
fn step(span: f64, unit: f64, count: usize) -> f64 {
    let wanted = span / unit / count.max(1) as f64;
    let power = libm::floor(libm::log10(wanted));
    let scale = libm::pow(10.0, power);
    let digits: &[f64] = if unit == 60.0 || unit == 3_600.0 {
        &[1.0, 2.0, 3.0, 6.0, 10.0]
    } else {
        &[1.0, 2.0, 5.0, 10.0]
    };
    let digit = digits.iter().find(|d| **d * scale >= wanted * (1.0 - 1e-9)).unwrap_or(&10.0);
    let step = digit * scale * unit;
    if step.is_finite() && step > 0.0 { step } else { 1.0 }
}

/// Round times \[s\]: 1-2-5 up to ten seconds, then the clock's, then 1-2-5 hours.
fn ladder_of_times() -> Vec<f64> {
    let short = (-12..=0).flat_map(|power| [1.0, 2.0, 5.0].map(|digit| decimal(digit, power)));
    let clock = [10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_200.0, 1_800.0];
    let hours =
        (0..=12).flat_map(|power| [1.0, 2.0, 5.0].map(|digit| 3_600.0 * decimal(digit, power)));
    short.chain(clock).chain(hours).collect()
}

/// Leaves at most about nine ticks: all, or one per decade and unit, or fewer.
fn thin_out(marks: &[f64], decades: f64, leads: fn(f64) -> bool) -> Vec<f64> {
    if decades <= 2.7 || marks.len() <= 11 {
        return marks.to_vec();
    }
    let apart = if decades <= 9.0 { 0.75 } else { decades / 9.0 };
    let mut kept: Vec<f64> = Vec::new();
    for mark in marks.iter().filter(|mark| leads(**mark)) {
        if kept.last().is_none_or(|last| libm::log10(mark / last) >= apart) {
            kept.push(*mark);
        }
    }
    kept
}

fn is_power_of_ten(value: f64) -> bool {
    let exponent = libm::log10(value);
    (exponent - libm::round(exponent)).abs() < 1e-9
}

/// Whether a time leads a decade: a power of ten of seconds up to 10 s, of minutes, or of hours.
fn leads_on_the_clock(seconds: f64) -> bool {
    if seconds <= 10.5 {
        is_power_of_ten(seconds)
    } else if seconds < 3_600.0 {
        is_power_of_ten(seconds / 60.0)
    } else {
        is_power_of_ten(seconds / 3_600.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn linear_ticks_are_multiples_of_one_two_five() {
        assert_eq!(labels(&Axis::numbers(0.0, 97.0, 5)), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(labels(&Axis::numbers(0.0, 0.3, 4)), ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(labels(&Axis::shares(0.0, 1.0, 2)), ["0 %", "50 %", "100 %"]);
        let axis = Axis::times(0.0, 0.3, 4, "time");
        assert_eq!(
            (labels(&axis), axis.title.as_str()),
            (vec!["0", "100", "200", "300"], "time [ms]")
        );
        let axis = Axis::numbers(12_341.0, 12_344.0, 3);
        assert_eq!(labels(&axis), ["12,341", "12,342", "12,343", "12,344"]);
        assert_eq!(labels(&Axis::numbers(5.0, 5.0, 2)), ["4.5", "5", "5.5"]);
        assert_eq!(labels(&Axis::counted(4)), ["1", "2", "3", "4"]);
        assert_eq!(labels(&Axis::counted(64)), ["1", "10", "20", "30", "40", "50", "60"]);
        let axis = Axis::of(Quantity::Time, 0.0, 0.47, "time");
        assert_eq!(labels(&axis), ["0", "100", "200", "300", "400", "500"]);
        let axis = Axis::times(0.0, 1_800.0, 6, "time");
        assert_eq!(labels(&axis), ["0", "6", "12", "18", "24", "30"]);
        assert_eq!(axis.title, "time [min]");
    }

    #[test]
    fn nines_stand_equally_far_apart() {
        let axis = Axis::nines(0.999);
        assert_eq!(labels(&axis), ["0 %", "50 %", "90 %", "99 %", "99.9 %"]);
        for (quantile, position) in [(0.0, 0.0), (0.9, 1.0 / 3.0), (0.99, 2.0 / 3.0), (0.999, 1.0)]
        {
            assert!((axis.position(quantile) - position).abs() < 1e-12);
        }
        // log10(2) / 3: half of all requests fill a tenth of the axis.
        assert!((axis.position(0.5) - 0.100_343).abs() < 1e-6);
        assert_eq!(labels(&Axis::nines(0.95)), ["0 %", "50 %", "75 %", "90 %", "95 %"]);
        assert!(!axis.position(1.0).is_finite() && axis.position(1.5).is_nan());
    }

    #[test]
    fn log_times_use_one_unit_until_none_fits() {
        let axis = Axis::log_times(0.012, 0.9, "latency");
        assert_eq!(labels(&axis), ["10", "20", "50", "100", "200", "500", "1,000"]);
        assert_eq!(axis.title, "latency [ms]");
        let axis = Axis::log_times(1e-9, 36_000.0, "latency");
        assert_eq!(axis.title, "latency");
        assert_eq!(axis.ticks[0].label, "1 ns");
        assert!(labels(&axis).iter().any(|l| l.ends_with(" h")));
        assert!((4..=12).contains(&axis.ticks.len()), "{:?}", labels(&axis));
    }

    #[test]
    fn ratios_are_symmetric_around_one() {
        let axis = Axis::ratios(0.1, 10.0);
        assert_eq!(labels(&axis), ["×0.1", "×0.2", "×0.5", "×1", "×2", "×5", "×10"]);
        let wide = Axis::ratios(0.001, 1_000.0);
        assert_eq!(labels(&wide), ["×0.001", "×0.01", "×0.1", "×1", "×10", "×100", "×1,000"]);
        assert!((axis.position(1.0) - 0.5).abs() < 1e-12);
        assert!((axis.position(2.0) + axis.position(0.5) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn plotters_sees_our_ticks_and_positions() {
        use plotters::coord::ranged1d::BoldPoints;
        let axis = Axis::numbers(0.0, 100.0, 5);
        assert_eq!(axis.key_points(BoldPoints(3)).len(), 6);
        assert_eq!(axis.key_points(50usize).len(), 0);
        assert_eq!(axis.map(&25.0, (400, 0)), 300);
        assert_eq!(axis.range(), 0.0..100.0);
    }

    proptest! {
        #[test]
        fn ordinary_ranges_have_a_handful_of_distinct_ticks(
            low in -1e6..1e6f64, span in 1e-3..1e6f64
        ) {
            for axis in [
                Axis::numbers(low, low + span, 5),
                Axis::of(Quantity::Time, low.abs(), low.abs() + span, ""),
                Axis::of(Quantity::Share, low, low + span, ""),
            ] {
                prop_assert!((2..=8).contains(&axis.ticks.len()), "{axis:?}");
                for pair in axis.ticks.windows(2) {
                    prop_assert!(pair[0].label != pair[1].label, "{pair:?}");
                }
            }
        }

        #[test]
        fn any_range_becomes_a_drawable_axis(
            a in prop::num::f64::ANY, b in prop::num::f64::ANY, count in 0usize..9
        ) {
            for axis in [
                Axis::numbers(a, b, count), Axis::shares(a, b, count),
                Axis::times(a, b, count, "t"), Axis::log_times(a, b, "t"), Axis::nines(a),
                Axis::ratios(a, b), Axis::counted(count), Axis::of(Quantity::Number, a, b, ""),
                Axis::of(Quantity::Share, a, b, ""), Axis::of(Quantity::Time, a, b, ""),
            ] {
                prop_assert!(axis.low.is_finite() && axis.high.is_finite() && axis.low < axis.high);
                prop_assert!(axis.position(axis.low).abs() < 1e-6);
                prop_assert!((axis.position(axis.high) - 1.0).abs() < 1e-6);
                prop_assert!(axis.ticks.len() <= 66);
                for pair in axis.ticks.windows(2) {
                    prop_assert!(pair[0].at < pair[1].at);
                    // Beyond 15 digits neighbors may read alike.
                    let fine = pair[1].at - pair[0].at > 1e-8 && pair[1].at.abs() < 1e12;
                    prop_assert!(pair[0].label != pair[1].label || !fine, "{pair:?}");
                }
                for tick in &axis.ticks {
                    prop_assert!((-1e-5..=1.0 + 1e-5).contains(&axis.position(tick.at)));
                }
            }
        }
    }
}
