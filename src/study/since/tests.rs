//! Goal: what moved is told from luck.

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
    Known { text: text.to_owned(), better, number, band: None, by_world: Vec::new() }
}

/// Goal: intervals widen with the number of metrics. A difference of 2.5 standard errors is
/// beyond the luck of one comparison (Student's t at 95 % with 30 degrees of freedom is 2.042)
/// and within that of ten (at 99.5 %: 3.030).
#[test]
fn metrics_are_compared_together() {
    let off = 2.5 * 2.0_f64.sqrt();
    let alone = since(&[known("a", 10.0, 1.0)], &[known("a", 10.0 + off, 1.0)], 0, 0.95);
    assert_eq!(alone[0].change, Change::More);
    let half = (alone[0].difference.unwrap().upper - off) / 2.0_f64.sqrt();
    assert!((half - 2.042).abs() < 0.001, "{half}");
    let names: Vec<String> = (0..10).map(|at| format!("m{at}")).collect();
    let then: Vec<Known> = names.iter().map(|name| known(name, 10.0, 1.0)).collect();
    let now: Vec<Known> = names.iter().map(|name| known(name, 10.0 + off, 1.0)).collect();
    assert!(since(&then, &now, 0, 0.95).iter().all(|one| one.change == Change::CannotTell));
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
    let found = since(&then, &now, 0, 0.95);
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
    let told = |then: Known, now: Known| since(&[then], &[now], 0, 0.95)[0].change;
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
    let never = Known { number: Number { samples: 5, ..endless(0.95) }, ..known("a", 0.0, 0.0) };
    let few = |groups: u64| {
        let mut few = known("a", 1.0, 0.1);
        (few.number.quality, few.number.samples) = (Quality::FewSamples, groups);
        few
    };
    let told = |then: Known, now: Known| since(&[then], &[now], 0, 0.95)[0].change;
    assert_eq!(told(few(5), never.clone()), Change::More);
    assert_eq!(told(never.clone(), few(5)), Change::Less);
    assert_eq!(told(few(4), never), Change::CannotTell);
}

/// What a summary of several worlds kept before it kept their values.
pub fn of_worlds(values: &[f64]) -> Known {
    let band = worlds::band(values, 0.9);
    Known { number: worlds::median(values, 0.95).unwrap(), band, ..known("a", 0.0, 0.0) }
}

/// Worlds of 10 to 73 ms, and each of them doubled; in one of eight nothing ever comes, of which
/// the median does not hang. What is shown is the band, what is compared the medians.
#[test]
fn medians_over_worlds_are_told_apart() {
    let worlds = |times: f64| -> Vec<f64> {
        let value = |at: u32| if at % 8 == 7 { f64::INFINITY } else { times * f64::from(at + 10) };
        (0..64).map(value).collect()
    };
    let told =
        |times: f64| since(&[of_worlds(&worlds(1.0))], &[of_worlds(&worlds(times))], 0, 0.95);
    let doubled = &told(2.0)[0];
    assert_eq!(doubled.change, Change::More);
    let median = worlds::band(&worlds(1.0), 0.9).unwrap().median;
    assert!((doubled.difference.unwrap().point - median).abs() < 1e-9);
    assert!(doubled.before.lower > 10.0 && doubled.before.upper == f64::INFINITY);
    assert_eq!(told(1.05)[0].change, Change::CannotTell);
    let few = |times: f64| of_worlds(&worlds(times)[..5]);
    assert_eq!(since(&[few(1.0)], &[few(2.0)], 0, 0.95)[0].difference, None);
}

#[test]
fn what_does_not_vary_is_the_same_or_changed() {
    let told =
        |after: f64| since(&[known("a", 1.0, 0.0)], &[known("a", after, 0.0)], 0, 0.95)[0].change;
    assert_eq!((told(1.0), told(1.01)), (Change::Same, Change::More));
}

/// Goal: the more metrics there are, the more worlds it takes, and where these lack it is said. By hand: of
/// `n` worlds the interval of the sign test has ends at an error of `2 / 2^n`. Twenty metrics at 95 % have 0.25 % each,
/// which 10 worlds keep (0.2 %) and 9 do not (0.4 %); one has 5 %, for which 6 do (3.1 %). In other worlds both
/// medians share the error, so that it takes one more.
#[test]
fn many_metrics_take_more_worlds() {
    let told = |metrics: usize, worlds: u32, shared: usize| {
        let family = |times: f64| -> Vec<Known> {
            let values: Vec<f64> = (1..=worlds).map(|at| times * f64::from(at)).collect();
            let by_world: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
            let one = |at: usize| Known {
                text: format!("m{at}"),
                by_world: by_world.clone(),
                ..of_worlds(&values)
            };
            (0..metrics).map(one).collect()
        };
        let found = since(&family(1.0), &family(1_000.0), shared, 0.95);
        let said = |one: &Since| (one.change, one.worlds_needed, one.difference.is_some());
        assert!(found.iter().all(|one| said(one) == said(&found[0])));
        said(&found[0])
    };
    let few = |needed: u32| (Change::CannotTell, Some(needed), false);
    let more = (Change::More, None, true);
    assert_eq!([told(20, 8, 8), told(20, 9, 9), told(20, 10, 10)], [few(10), few(10), more]);
    assert_eq!([told(1, 5, 5), told(1, 6, 6)], [few(6), more]);
    assert_eq!([told(12, 9, 9), told(13, 9, 9)], [more, few(10)]);
    assert_eq!([told(20, 10, 0), told(20, 11, 0)], [few(11), more]);
}

/// Two medians that never come are the same only if nothing comes in any world: of other worlds, of which fewer
/// come, nothing is known.
#[test]
fn never_in_most_worlds_is_not_the_same() {
    let worlds = |finite: u32| -> Vec<f64> {
        let value = |at: u32| if at < finite { f64::from(at + 1) } else { f64::INFINITY };
        (0..64).map(value).collect()
    };
    let known = |finite: u32| {
        let by_world = worlds(finite).into_iter().map(Some).collect();
        Known { by_world, ..of_worlds(&worlds(finite)) }
    };
    let told = |then: u32, now: u32| since(&[known(then)], &[known(now)], 0, 0.95)[0].change;
    assert_eq!(told(16, 19), Change::CannotTell);
    assert_eq!(told(0, 0), Change::Same);
}
