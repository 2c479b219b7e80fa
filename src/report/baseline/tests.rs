//! Summaries against saved ones.

use super::facts::{Baseline, Sameness};
use super::gather::gather;
use super::render;
use crate::report::ci::checks::{Kind, Outcome, checks, overall};
use crate::report::compare::facts::Change;
use crate::report::json;
use crate::report::summary::{Ends, Input, Metric, Number, Saved, Summary, Verdict, read};
use crate::report::tests::fixture;

/// A summary, written and read again.
fn saved(summary: &Summary) -> Saved {
    read(&json::render(summary).unwrap()).unwrap()
}

fn against(before: &Summary, after: &Summary) -> Baseline {
    gather(&saved(before), after, json::render(before).unwrap() == json::render(after).unwrap())
}

fn summary() -> Summary {
    fixture::browse()
}

/// The same with another seed, and so another identity.
fn again() -> Summary {
    let mut again = summary();
    again.run.seed += 1;
    again.run.identity = "other".to_owned();
    again
}

#[test]
fn what_is_written_is_read() {
    let before = summary();
    let read = saved(&before);
    assert_eq!(read.metrics, before.metrics);
    assert_eq!(read.objectives, before.objectives);
    assert_eq!(read.claims, before.claims);
    assert_eq!((read.name, read.variant), (before.name, before.variant));
    let mut endless = summary();
    endless.metrics[0].point = Number(f64::INFINITY);
    assert_eq!(saved(&endless).metrics, endless.metrics);
}

#[test]
fn the_same_is_told_from_what_is_alike() {
    let told = |after: &Summary| {
        let found = against(&summary(), after);
        (found.sameness, found.headline)
    };
    assert_eq!(told(&summary()).0, Sameness::Bytes);
    let mut other_text = summary();
    other_text.about = Some("Said anew.".to_owned());
    assert_eq!(told(&other_text).0, Sameness::Numbers);
    let mut other_program = summary();
    other_program.run.version = "9.9.9".to_owned();
    other_program.metrics[0].point = Number(0.1511);
    let (sameness, headline) = told(&other_program);
    assert_eq!(sameness, Sameness::System);
    assert!(headline.contains("to 9.9.9") && headline.contains("may be luck"), "{headline}");
    assert_eq!(told(&again()).0, Sameness::Nothing);
}

/// Then 151 ms with a standard error of 1 ms: 2 ms more of as sure a number is luck (of three
/// metrics at once 3.6 ms are not), 10 ms are not; a utilization that moves is neither good nor bad.
#[test]
fn what_moved_for_sure_is_told_from_luck() {
    let mut luck = again();
    luck.metrics[0].point = Number(0.153);
    let found = against(&summary(), &luck);
    assert!(found.headline.starts_with("Nothing moved for sure"), "{}", found.headline);
    assert_eq!(overall(&checks(&luck, Some(&found), &[Kind::Regression])), Outcome::Passed);

    let mut worse = again();
    worse.metrics[0].point = Number(0.161);
    worse.metrics[2].point = Number(0.9);
    let found = against(&summary(), &worse);
    let changes: Vec<Change> = found.metrics.iter().map(|moved| moved.change).collect();
    assert_eq!(changes, [Change::Worse, Change::More, Change::CannotTell]);
    assert_eq!(overall(&checks(&worse, Some(&found), &[Kind::Regression])), Outcome::Failed);
    // Where nothing was judged nothing has passed.
    assert_eq!(overall(&checks(&summary(), None, &[Kind::Regression])), Outcome::Open);
    let text = render::text(&found);
    for said in ["151 ms", "161 ms", "+10 ms", "worse", "may be luck", "for all 3 metrics compared"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }

    let mut better = again();
    better.metrics[0].point = Number(0.141);
    let found = against(&summary(), &better);
    assert_eq!(overall(&checks(&better, Some(&found), &[Kind::Regression])), Outcome::Passed);
    assert!(found.headline.contains("for sure better: p95"), "{}", found.headline);
}

#[test]
fn verdicts_flip_and_metrics_come_and_go() {
    let mut after = again();
    let flipped =
        if after.objectives[0].verdict == Verdict::Pass { Verdict::Fail } else { Verdict::Pass };
    after.objectives[0].verdict = flipped;
    after.metrics[0].metric = "p99(workload.viewers)".to_owned();
    let found = against(&summary(), &after);
    assert_eq!(found.flipped.len(), 1);
    assert_eq!(found.flipped[0].after, flipped);
    assert_eq!(found.new, ["p99(workload.viewers)"]);
    assert_eq!(found.gone, ["p95(workload.viewers)"]);
    let text = render::markdown(&found);
    assert!(text.contains("In the baseline only") && text.contains("objective "), "{text}");
}

#[test]
fn nothing_in_common_is_no_pass() {
    let mut after = again();
    for metric in &mut after.metrics {
        metric.quality = crate::stats::estimate::Quality::FewSamples;
    }
    let found = against(&summary(), &after);
    assert!(found.headline.starts_with("Nothing can be compared"), "{}", found.headline);
    assert_eq!(overall(&checks(&after, Some(&found), &[Kind::Regression])), Outcome::Open);
}

/// The same of 64 worlds, whose band is far wider than the median is uncertain.
fn of_worlds(mut summary: Summary) -> Summary {
    summary.run.worlds = 64;
    for metric in &mut summary.metrics {
        let point = metric.point.0;
        metric.median = Some(Ends { lower: metric.lower, upper: metric.upper });
        (metric.lower, metric.upper) = (Number(0.5 * point), Number(1.5 * point));
        metric.samples = 64;
    }
    summary
}

/// 151 ms and twice that, each known to 2 ms as the median of worlds of 76 to 227 and of 151 to 453
/// ms: a change, though the bands overlap.
#[test]
fn medians_of_worlds_are_compared_and_bands_are_shown() {
    let mut doubled = again();
    doubled.metrics[0] = Metric {
        point: Number(0.302),
        lower: Number(0.3),
        upper: Number(0.304),
        ..doubled.metrics[0].clone()
    };
    let found = against(&of_worlds(summary()), &of_worlds(doubled));
    let first = &found.metrics[0];
    assert_eq!(first.change, Change::Worse);
    assert_eq!(first.before.lower, Some(Number(0.0755)));
    assert!(render::text(&found).contains("medians over the worlds"));
}

/// Before, the mean over worlds was kept: it is not held against a median.
#[test]
fn means_of_an_older_version_are_not_compared() {
    let mut older = of_worlds(summary());
    older.metrics.iter_mut().for_each(|metric| metric.median = None);
    let found = against(&older, &of_worlds(summary()));
    assert_eq!((found.sameness, found.compared), (Sameness::Nothing, 0));
    assert!(found.headline.starts_with("Nothing can be compared"), "{}", found.headline);
    assert!(found.warnings.iter().any(|one| one.contains("older version")), "{:?}", found.warnings);
    // It is no metric that came or went, and what cannot be compared did not pass.
    assert!(found.new.is_empty() && found.gone.is_empty() && found.headline.contains("older"));
    let checks = checks(&of_worlds(summary()), Some(&found), &[Kind::Regression]);
    assert_eq!(overall(&checks), Outcome::Open);
}

/// A gate of too few worlds for so many metrics passes nobody, and says how many it takes. By hand: three
/// metrics have an error of 1.7 % each, of which the sign test over 6 worlds asks 3.1 % and over 7 1.6 %.
#[test]
fn too_few_worlds_are_no_pass() {
    let of = |worlds: u32, times: f64| {
        let mut summary = of_worlds(again());
        (summary.run.worlds, summary.run.identity) = (worlds, times.to_string());
        let values = |times: f64| -> Vec<Number> {
            (1..=worlds).map(|at| Number(times * f64::from(at))).collect()
        };
        summary.inputs = vec![Input {
            name: "load".to_owned(),
            value: Number(1.0),
            unit: String::new(),
            shown: "1".to_owned(),
            uncertain: true,
            by_world: values(1.0),
        }];
        for metric in &mut summary.metrics {
            metric.by_world = values(times);
            metric.quality = crate::stats::estimate::Quality::Good;
        }
        summary
    };
    let gate = |worlds: u32| {
        let found = against(&of(worlds, 1.0), &of(worlds, 2.0));
        let checks = checks(&of(worlds, 2.0), Some(&found), &[Kind::Regression]);
        (overall(&checks), checks[0].message.clone(), found)
    };
    let (outcome, message, found) = gate(6);
    assert_eq!((outcome, found.compared, found.worlds_shared), (Outcome::Open, 0, 6));
    assert!(message.ends_with(": too few worlds: 7 would tell"), "{message}");
    assert!(found.headline.contains("too few worlds, 7 would tell"), "{}", found.headline);
    for said in [render::text(&found), render::markdown(&found)] {
        assert!(said.contains("Too few worlds: 7 with a value"), "{said}");
    }
    assert!(render::json(&found).unwrap().contains("\"worlds_needed\": 7"));
    assert_eq!(gate(7).0, Outcome::Failed);
}
