//! Axes of months: from the first to the last one, with steps that divide years.

use super::{Axis, Scale, Tick};
use crate::plot::show;

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
}

#[cfg(test)]
mod tests {
    use super::Axis;

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
}
