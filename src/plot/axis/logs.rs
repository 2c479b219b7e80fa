//! Logarithmic axes of any quantity.

use super::{Axis, Quantity, Scale, decimal, is_power_of_ten, thin_out};

impl Axis {
    /// A logarithmic axis, widened to its neighboring ticks; values are > 0.
    pub fn log(quantity: Quantity, low: f64, high: f64, title: &str) -> Axis {
        if matches!(quantity, Quantity::Time | Quantity::LogTime) {
            return Axis::log_times(low, high, title);
        }
        let mut axis = Axis::new(low, high, Scale::Log);
        let ladder = if quantity == Quantity::Bytes { doublings() } else { digits() };
        let below = ladder.iter().rev().find(|v| **v <= axis.low * 1.000_001);
        let above = ladder.iter().find(|v| **v >= axis.high * 0.999_999);
        axis.low = below.copied().unwrap_or(axis.low);
        axis.high = above.copied().unwrap_or(axis.high);
        let decades = libm::log10(axis.high / axis.low);
        let inside: Vec<f64> = ladder.into_iter().filter(|v| axis.holds(*v)).collect();
        let chosen = match quantity {
            Quantity::Bytes => every_nth(&inside, 8),
            _ => thin_out(&inside, decades, is_power_of_ten),
        };
        axis.mark(&chosen, |at| quantity.text(at));
        axis.titled(title)
    }

    /// Puts the ticks at these values, which lie within the range, in increasing order.
    pub fn mark(&mut self, values: &[f64], label: impl Fn(f64) -> String) {
        let within = values.iter().filter(|value| self.holds(**value));
        self.ticks = within.map(|at| super::Tick { at: *at, label: label(*at) }).collect();
    }
}

/// 1, 2 and 5 times powers of ten.
fn digits() -> Vec<f64> {
    let powers = -200..=199;
    powers.flat_map(|power| [1.0, 2.0, 5.0].map(|digit| decimal(digit, power))).collect()
}

/// Powers of two, as memory is sold.
fn doublings() -> Vec<f64> {
    (0..=60).map(|power| libm::pow(2.0, f64::from(power))).collect()
}

/// All marks, or every second, third, … so that at most `count` are left.
fn every_nth(marks: &[f64], count: usize) -> Vec<f64> {
    marks.iter().step_by(marks.len().div_ceil(count).max(1)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn each_quantity_has_its_ladder() {
        let axis = Axis::log(Quantity::Count, 3.0, 64.0, "size");
        assert_eq!(labels(&axis), ["2", "5", "10", "20", "50", "100"]);
        let axis = Axis::log(Quantity::Bytes, 3e9, 3e10, "memory");
        assert_eq!(labels(&axis), ["2 GiB", "4 GiB", "8 GiB", "16 GiB", "32 GiB"]);
        let axis = Axis::log(Quantity::Share, 0.001, 1.0, "misses");
        assert_eq!(labels(&axis)[..3], ["0.1 %", "0.2 %", "0.5 %"]);
        assert_eq!(axis.title, "misses");
        let axis = Axis::log(Quantity::Number, 10.0, 1e6, "followers");
        assert_eq!(labels(&axis), ["10", "100", "1,000", "10,000", "100,000", "1,000,000"]);
        assert_eq!(Axis::log(Quantity::Time, 0.1, 1.0, "latency").title, "latency [ms]");
    }

    #[test]
    fn whole_numbers_have_no_tick_between_them() {
        let axis = Axis::of(Quantity::Count, 1.0, 3.0, "size");
        assert_eq!(labels(&axis), ["1", "2", "3"]);
        let axis = Axis::of(Quantity::Count, 0.0, 40.0, "size");
        assert_eq!(labels(&axis), ["0", "10", "20", "30", "40"]);
        let axis = Axis::of(Quantity::Bytes, 0.0, 5e9, "memory");
        assert_eq!(
            (labels(&axis), axis.title.as_str()),
            (vec!["0", "1", "2", "3", "4", "5"], "memory [GiB]")
        );
    }

    proptest! {
        #[test]
        fn any_range_becomes_a_drawable_axis(a in prop::num::f64::ANY, b in prop::num::f64::ANY) {
            let kinds = [
                Quantity::Number, Quantity::Share, Quantity::Time, Quantity::Count, Quantity::Bytes,
            ];
            for quantity in kinds {
                for axis in [Axis::log(quantity, a, b, ""), Axis::of(quantity, a, b, "")] {
                    prop_assert!(axis.low.is_finite() && axis.low < axis.high);
                    prop_assert!(axis.ticks.len() <= 66);
                    for pair in axis.ticks.windows(2) {
                        prop_assert!(pair[0].at < pair[1].at);
                    }
                }
            }
        }
    }
}
