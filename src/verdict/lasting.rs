//! `… for 5 min`: true in every interval of some stretch of that length.

use super::course::Course;
use super::expression::Slices;
use crate::expr::tree::Comparator;

/// In each run: how many intervals the longest stretch of the window has in every interval of
/// which all sides hold. A side without a value does not hold.
pub fn stretches(sides: &[(Course, Comparator, f64)], slices: &Slices) -> Vec<usize> {
    let Some((course, ..)) = sides.first() else { return Vec::new() };
    let rows = slices.0.first().copied().unwrap_or(&[]);
    let run = |row| {
        let all = |interval| {
            sides.iter().all(|(course, comparator, bound)| {
                course.value(row, interval).is_some_and(|value| comparator.holds(value, *bound))
            })
        };
        longest(course.range.clone().map(all))
    };
    rows.iter().map(run).collect()
}

/// Length of the longest stretch of what is true.
fn longest(holds: impl Iterator<Item = bool>) -> usize {
    let (mut best, mut current) = (0, 0);
    for holds in holds {
        current = if holds { current + 1 } else { 0 };
        best = best.max(current);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::longest;

    #[test]
    fn the_longest_stretch_may_stand_anywhere() {
        let of = |text: &str| longest(text.chars().map(|sign| sign == '+'));
        assert_eq!(["", "-", "+", "-++-+", "+-+++", "+++"].map(of), [0, 0, 1, 2, 3, 3]);
    }
}
