//! Axes of months: from the first to the last one, with steps that divide years, or from the start on
//! with ever longer steps.

use super::{Axis, Scale, Tick};
use crate::plot::show;

/// Days of a month, a twelfth of 365.25.
const DAYS: f64 = 365.25 / 12.0;
/// Ticks of an axis that widens the time after the start, in months.
const SINCE: [(&str, f64); 8] = [
    ("1 day", 1.0 / DAYS),
    ("1 week", 7.0 / DAYS),
    ("1 month", 1.0),
    ("3 months", 3.0),
    ("1 year", 12.0),
    ("3 years", 36.0),
    ("10 years", 120.0),
    ("30 years", 360.0),
];

/// Steps between ticks, in months.
const STEPS: [f64; 11] = [1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 36.0, 60.0, 120.0, 240.0, 600.0];

impl Axis {
    /// A linear axis of months that ends where they end, with about `count` ticks at most.
    pub fn months(low: f64, high: f64, count: usize, title: &str) -> Axis {
        let mut axis = Axis::new(low, high, Scale::Linear);
        let wanted = (axis.high - axis.low) / count.max(1) as f64;
        // Of a single month both ends are marked.
        if !(0.1..=600.0).contains(&wanted) {
            axis.tick_multiples(1.0, count, show::stepped);
            return axis.titled(title);
        }
        let step = STEPS.into_iter().find(|step| *step >= wanted).unwrap_or(600.0);
        let (from, to) = (libm::ceil(axis.low / step - 1e-6), libm::floor(axis.high / step + 1e-6));
        axis.ticks = (from as i32..=to as i32)
            .map(|mark| f64::from(mark) * step)
            .map(|at| Tick { at, label: show::six_digits(at) })
            .collect();
        axis.titled(title)
    }

    /// An axis from month 0 to `high` on which the first `unit` of months, what lies beside it and
    /// what is years away are all to be seen: [`Scale::Since`]. Ticks are times after the start in words.
    pub fn months_since(unit: f64, high: f64, title: &str) -> Axis {
        let unit = if unit.is_finite() { unit.clamp(1e-3, 1e3) } else { 1.0 };
        let mut axis = Axis::new(0.0, high, Scale::Since(unit));
        let last = Tick { at: axis.high, label: span(axis.high) };
        // What comes well before the unit crowds the start; what comes just before the end, the end.
        let (from, to) = (0.8 * unit, 0.8 * axis.high);
        let between = SINCE.into_iter().filter(|(_, at)| (from..to).contains(at));
        let between = between.map(|(label, at)| Tick { at, label: label.to_owned() });
        let start = Tick { at: 0.0, label: "start".to_owned() };
        axis.ticks = std::iter::once(start).chain(between).chain([last]).collect();
        axis.titled(title)
    }
}

/// `3 years`, `18 months`.
fn span(months: f64) -> String {
    let years = months / 12.0;
    let (count, name) =
        if years >= 1.0 && years.fract() == 0.0 { (years, "year") } else { (months, "month") };
    let ending = if count == 1.0 { "" } else { "s" };
    format!("{} {name}{ending}", show::six_digits(count))
}

#[cfg(test)]
mod tests {
    use super::Axis;
    use crate::plot::axis::Scale;
    use proptest::prelude::*;

    #[test]
    fn months_end_where_they_end() {
        for (last, marks) in [
            (36.0, vec!["0", "6", "12", "18", "24", "30", "36"]),
            (24.0, vec!["0", "6", "12", "18", "24"]),
            (8.0, vec!["0", "2", "4", "6", "8"]),
            (60.0, vec!["0", "12", "24", "36", "48", "60"]),
            (1.0, vec!["0", "1"]),
        ] {
            let axis = Axis::months(0.0, last, 7, "months");
            assert_eq!((axis.low(), axis.high()), (0.0, last));
            let labels: Vec<&str> = axis.ticks.iter().map(|tick| tick.label.as_str()).collect();
            assert_eq!(labels, marks);
        }
    }
    /// With a unit of one day three years are log10(1 + 1,095.75) of them away, a week log10(8) and a
    /// day log10(2).
    #[test]
    fn the_beginning_of_years_gets_the_room_of_its_ratios() {
        let day = 12.0 / 365.25;
        let axis = Axis::months_since(day, 36.0, "time");
        let labels: Vec<&str> = axis.ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(
            labels,
            ["start", "1 day", "1 week", "1 month", "3 months", "1 year", "3 years"]
        );
        let places: Vec<f64> = axis.ticks.iter().map(|tick| axis.position(tick.at)).collect();
        for (place, days) in places.iter().zip([0.0, 1.0, 7.0, 30.4375, 91.3125, 365.25, 1_095.75])
        {
            let wanted = libm::log10(1.0 + days) / libm::log10(1_096.75);
            assert!((place - wanted).abs() < 1e-9, "{days}: {place} and not {wanted}");
        }
        // A month stands between a week and a year, near the middle of the axis.
        assert!(places[2] < places[3] && places[3] < places[5]);
        assert!((0.4..0.6).contains(&places[3]), "{}", places[3]);
        assert!(axis.position(-1.0).is_nan() && !axis.holds(37.0));
    }

    #[test]
    fn ticks_that_would_crowd_an_end_are_left_out() {
        for (unit, last, marks) in [
            (1.0, 36.0, vec!["start", "1 month", "3 months", "1 year", "3 years"]),
            (1.0, 40.0, vec!["start", "1 month", "3 months", "1 year", "40 months"]),
            (0.25, 12.0, vec!["start", "1 week", "1 month", "3 months", "1 year"]),
            (2.0, 1.0, vec!["start", "1 month"]),
        ] {
            let axis = Axis::months_since(unit, last, "time");
            let labels: Vec<&str> = axis.ticks.iter().map(|tick| tick.label.as_str()).collect();
            assert_eq!(labels, marks);
        }
    }

    proptest! {
        #[test]
        fn any_time_since_a_start_is_drawable(a in prop::num::f64::ANY, b in prop::num::f64::ANY) {
            let axis = Axis::months_since(a, b, "time");
            prop_assert!(matches!(axis.scale(), Scale::Since(unit) if unit > 0.0));
            prop_assert_eq!((axis.low(), axis.position(axis.low())), (0.0, 0.0));
            prop_assert!((axis.position(axis.high()) - 1.0).abs() < 1e-9);
            for pair in axis.ticks.windows(2) {
                prop_assert!(axis.position(pair[0].at) < axis.position(pair[1].at), "{pair:?}");
            }
        }
    }
}
