//! What moved since a result was saved, and whether that is luck or change.
//!
//! The two results met luck of their own, so that differences are unpaired: Welch's intervals of the
//! two estimates ([`Contrast::welch`]). They are made to hold together for all metrics that are
//! compared (Bonferroni), because a gate that looks at ten metrics, each at 95 %, cries wolf in four
//! of ten nights.

use crate::stats::estimate::{Estimate as Number, Quality};
use crate::stats::multiple::{Better, Contrast};
use crate::stats::quantile::GROUPS_MIN;
use crate::stats::worlds::{self, Band};
use crate::units::Dimension;
use crate::verdict::{self, Estimate, Evidence};

use super::compare::Change;
use super::measured::{Measured, measured};

/// A metric and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// As it is written: `p95(workload.viewers)`.
    pub text: String,
    /// What is better of it.
    pub better: Option<Better>,
    /// The estimate, in base units; of several worlds their median, with the interval of the median.
    pub number: Number,
    /// Of several worlds, what is shown of them.
    pub band: Option<Band>,
}

impl Known {
    /// As it is shown: of several worlds with the band over them.
    fn shown(&self) -> Number {
        match self.band {
            Some(Band { lower, upper, .. }) => Number { lower, upper, ..self.number },
            None => self.number,
        }
    }
}

/// A metric of a design that was run.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The metric.
    pub measured: Measured,
    /// What it measures.
    pub dimension: Option<Dimension>,
    /// The estimate; of several worlds their median, with the interval of the median.
    pub number: Number,
    /// Of several worlds, what is shown of them.
    pub band: Option<Band>,
}

/// One number with a standard error of whatever was found: of several worlds their median with the
/// interval of the median, because their band tells of what is not known and does not narrow with
/// more of them. `None` if there is nothing.
pub fn number(estimate: &Estimate, confidence_level: f64) -> Option<Number> {
    match &estimate.found {
        verdict::Found::Number(number) => Some(*number),
        verdict::Found::Never { lower, samples, .. } => {
            Some(Number { lower: *lower, samples: *samples, ..endless(confidence_level) })
        }
        verdict::Found::Worlds { values, .. } => {
            let values: Vec<f64> = values.iter().flatten().copied().collect();
            worlds::median(&values, confidence_level)
        }
        verdict::Found::Nothing(_) => None,
    }
}

/// What never came.
fn endless(confidence_level: f64) -> Number {
    Number {
        point: f64::INFINITY,
        standard_error: f64::INFINITY,
        lower: f64::INFINITY,
        upper: f64::INFINITY,
        confidence_level,
        samples: 0,
        quality: Quality::Unbounded,
    }
}

/// What was found of a design, by the metrics that designs are compared by: what a summary keeps, so
/// that later ones can be held against it.
pub fn found(on: &Evidence) -> Vec<Found> {
    if on.ensemble.rows.is_empty() {
        return Vec::new();
    }
    let one = |measured: Measured| {
        let estimate = verdict::estimate(&measured.metric, on).ok()?;
        let number = number(&estimate, on.ensemble.confidence)?;
        let band = match estimate.found {
            verdict::Found::Worlds { band, .. } => Some(band),
            _ => None,
        };
        Some(Found { measured, dimension: estimate.dimension, number, band })
    };
    let all = measured(on.model, &on.ensemble.plan().catalog, &[]);
    all.into_iter().filter_map(one).collect()
}

/// One metric then and now.
#[derive(Debug, Clone, PartialEq)]
pub struct Since {
    /// The metric.
    pub text: String,
    /// What is better of it.
    pub better: Option<Better>,
    /// As it was saved.
    pub before: Number,
    /// As it is.
    pub after: Number,
    /// The difference, with an interval that holds together with those of all others compared;
    /// `None`: there are too few samples to compare.
    pub difference: Option<Number>,
    /// What can be said of it.
    pub change: Change,
}

/// All metrics that are known then and now, in the order of `after`.
///
/// With `confidence_level` no metric is called changed that is not. A metric of which one side has
/// too few samples is not compared, and does not count.
pub fn since(before: &[Known], after: &[Known], confidence_level: f64) -> Vec<Since> {
    let both = || {
        after.iter().filter_map(|now| {
            let then = before.iter().find(|then| then.text == now.text)?;
            Some((then, now))
        })
    };
    let compared = both().filter(|(then, now)| is_told(&then.number, &now.number)).count();
    let each = 1.0 - (1.0 - confidence_level) / compared.max(1) as f64;
    let one = |(then, now): (&Known, &Known)| {
        let told = is_told(&then.number, &now.number);
        let difference = told.then(|| Contrast::welch(&then.number, &now.number).estimate(each));
        Since {
            text: now.text.clone(),
            better: now.better,
            before: then.shown(),
            after: now.shown(),
            change: match &difference {
                Some(_) if is_never(&then.number) && is_never(&now.number) => Change::Same,
                Some(difference) => change(difference),
                None => Change::CannotTell,
            },
            difference,
        }
    };
    both().map(one).collect()
}

/// Whether it never comes, whatever the luck: all groups of runs say so.
pub fn is_never(number: &Number) -> bool {
    number.lower == f64::INFINITY
}

/// Whether two numbers can be told apart: both rest on enough samples, or one of them never came in
/// any group of runs, of which there are enough, and the other did in all.
fn is_told(then: &Number, now: &Number) -> bool {
    let both = [then, now];
    let groups = both.iter().all(|one| one.samples >= GROUPS_MIN as u64);
    let ends = both.iter().any(|one| is_never(one)) && both.iter().any(|one| one.upper.is_finite());
    (groups && ends) || both.iter().all(|one| one.quality != Quality::FewSamples)
}

/// What an interval of a difference says.
pub fn change(difference: &Number) -> Change {
    if difference.lower > 0.0 {
        Change::More
    } else if difference.upper < 0.0 {
        Change::Less
    } else if difference.lower == 0.0 && difference.upper == 0.0 {
        Change::Same
    } else {
        Change::CannotTell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str, point: f64, standard_error: f64) -> Known {
        let number = Number {
            point,
            standard_error,
            lower: point - 2.0 * standard_error,
            upper: point + 2.0 * standard_error,
            confidence_level: 0.95,
            samples: 16,
            quality: Quality::Good,
        };
        let better = Some(Better::Smaller);
        Known { text: text.to_owned(), better, number, band: None }
    }

    /// Goal: intervals widen with the number of metrics. A difference of 2.5 standard errors is
    /// beyond the luck of one comparison (Student's t at 95 % with 30 degrees of freedom is 2.042)
    /// and within that of ten (at 99.5 %: 3.030).
    #[test]
    fn metrics_are_compared_together() {
        let off = 2.5 * 2.0_f64.sqrt();
        let alone = since(&[known("a", 10.0, 1.0)], &[known("a", 10.0 + off, 1.0)], 0.95);
        assert_eq!(alone[0].change, Change::More);
        let half = (alone[0].difference.unwrap().upper - off) / 2.0_f64.sqrt();
        assert!((half - 2.042).abs() < 0.001, "{half}");
        let names: Vec<String> = (0..10).map(|at| format!("m{at}")).collect();
        let then: Vec<Known> = names.iter().map(|name| known(name, 10.0, 1.0)).collect();
        let now: Vec<Known> = names.iter().map(|name| known(name, 10.0 + off, 1.0)).collect();
        assert!(since(&then, &now, 0.95).iter().all(|one| one.change == Change::CannotTell));
    }

    #[test]
    fn too_few_samples_say_nothing_and_do_not_count() {
        let mut few = known("few", 1.0, 0.0);
        few.number.quality = Quality::FewSamples;
        let mut now = few.clone();
        now.number.point = 9.0;
        let off = 2.5 * 2.0_f64.sqrt();
        let then = [few, known("a", 10.0, 1.0), known("gone", 1.0, 0.0)];
        let now = [now, known("a", 10.0 + off, 1.0), known("new", 1.0, 0.0)];
        let found = since(&then, &now, 0.95);
        assert_eq!(found.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["few", "a"]);
        assert_eq!((found[0].change, found[1].change), (Change::CannotTell, Change::More));
        assert_eq!(found[0].difference, None);
    }

    #[test]
    fn never_against_some_time_is_a_change_and_never_against_never_is_none() {
        let never = |lower: f64| {
            let number = Number { lower, samples: 16, ..endless(0.95) };
            Known { number, ..known("a", 0.0, 0.0) }
        };
        let told = |then: Known, now: Known| since(&[then], &[now], 0.95)[0].change;
        assert_eq!(told(known("a", 1.0, 0.1), never(5.0)), Change::More);
        assert_eq!(told(never(5.0), known("a", 1.0, 0.1)), Change::Less);
        assert_eq!(told(known("a", 1.0, 0.1), never(0.9)), Change::CannotTell);
        assert_eq!(told(never(f64::INFINITY), never(f64::INFINITY)), Change::Same);
        assert_eq!(told(never(5.0), never(5.0)), Change::CannotTell);
    }

    /// What has few samples is not compared with some time, but with never it is: a design that answered
    /// quickly and now never answers got worse.
    #[test]
    fn never_is_told_from_few_samples() {
        let never =
            Known { number: Number { samples: 5, ..endless(0.95) }, ..known("a", 0.0, 0.0) };
        let few = |groups: u64| {
            let mut few = known("a", 1.0, 0.1);
            (few.number.quality, few.number.samples) = (Quality::FewSamples, groups);
            few
        };
        let told = |then: Known, now: Known| since(&[then], &[now], 0.95)[0].change;
        assert_eq!(told(few(5), never.clone()), Change::More);
        assert_eq!(told(never.clone(), few(5)), Change::Less);
        assert_eq!(told(few(4), never), Change::CannotTell);
    }

    fn of_worlds(values: &[f64]) -> Known {
        let band = worlds::band(values, 0.9);
        Known { number: worlds::median(values, 0.95).unwrap(), band, ..known("a", 0.0, 0.0) }
    }

    /// Worlds of 10 to 73 ms, and each of them doubled; in one of eight nothing ever comes, of which
    /// the median does not hang. What is shown is the band, what is compared the medians.
    #[test]
    fn medians_over_worlds_are_told_apart() {
        let worlds = |times: f64| -> Vec<f64> {
            let value =
                |at: u32| if at % 8 == 7 { f64::INFINITY } else { times * f64::from(at + 10) };
            (0..64).map(value).collect()
        };
        let told =
            |times: f64| since(&[of_worlds(&worlds(1.0))], &[of_worlds(&worlds(times))], 0.95);
        let doubled = &told(2.0)[0];
        assert_eq!(doubled.change, Change::More);
        let median = worlds::band(&worlds(1.0), 0.9).unwrap().median;
        assert!((doubled.difference.unwrap().point - median).abs() < 1e-9);
        assert!(doubled.before.lower > 10.0 && doubled.before.upper == f64::INFINITY);
        assert_eq!(told(1.05)[0].change, Change::CannotTell);
        let few = |times: f64| of_worlds(&worlds(times)[..5]);
        assert_eq!(since(&[few(1.0)], &[few(2.0)], 0.95)[0].difference, None);
    }

    #[test]
    fn what_does_not_vary_is_the_same_or_changed() {
        let told =
            |after: f64| since(&[known("a", 1.0, 0.0)], &[known("a", after, 0.0)], 0.95)[0].change;
        assert_eq!((told(1.0), told(1.01)), (Change::Same, Change::More));
    }
}
