//! What cannot be judged is said before anything runs, with the place and the way out.

use super::{SHOP, model, needs};
use crate::experiment::Study;
use crate::expr::error::{ExprError, ExprErrorKind};
use crate::expr::metric::parse_condition;
use crate::model::Scaling;
use crate::verdict::resolve;

fn problems(condition: &str) -> Vec<ExprError> {
    let model = model(SHOP);
    let study = Study::new(&model, &needs(&model, &[]), &Scaling::default()).unwrap();
    let parsed = parse_condition(condition).unwrap();
    resolve(&model, &study, &parsed, &|_| None).err().unwrap_or_default()
}

#[test]
fn good_conditions_have_no_problems() {
    for good in [
        "p95(endpoint.e) < 500ms and share(endpoint.e.failed) < 0.1%",
        "offered_load(pool.p) within 2% of 417",
        "utilization(service.s) < 80% for 5 min",
        "in(larger, p99(pool.p.wait)) < p99(pool.p.wait)",
        "during(peak, mean(pool.p.waiting)) < 3",
        "mean(step.e.a.elapsed) in 1ms..2ms",
        "amplification(workload.w) < 1.5",
        "chance(max(pool.p.in_use) > 3) < 5%",
        "p99(service.s.line.wait.by.e) <= 1ms",
    ] {
        assert_eq!(problems(good), [], "{good}");
    }
}

/// Condition, kind, the text under the span, a part of what is said or advised.
#[test]
fn each_mistake_has_its_place_and_advice() {
    use ExprErrorKind::{
        MissingUnit, NeedsOutcome, UnknownName, UnknownPath, UnknownWindow, WrongDimension,
        WrongMetric,
    };
    for (condition, kind, at, advice) in [
        ("mean(endpoint.e) < 1s", NeedsOutcome, "endpoint.e", "mean(endpoint.e.ok)"),
        ("p95(endpont.e) < 1s", UnknownPath, "endpont.e", "`endpoint.e`"),
        ("p95(pool.p.latency) < 1s", UnknownPath, "pool.p.latency", "pool.p.in_use"),
        ("p95(endpoint.e) < 5", MissingUnit, "5", "5ms"),
        ("p95(endpoint.e) within 5 MB of 1s", WrongDimension, "5 MB", "a time"),
        ("p95(endpoint.e) < 5_000", MissingUnit, "5_000", "`5_000ms`"),
        ("p95(endpoint.e) < 5%", WrongDimension, "5%", "needs a unit of time"),
        ("per_second(endpoint.e) > 5%", WrongDimension, "5%", "a rate"),
        ("mean(pool.p.in_use) < 5ms", WrongDimension, "5ms", "a count"),
        ("share(endpoint.e > 3) < 1%", MissingUnit, "3", "a time"),
        ("utilization(workload.w) < 1", WrongMetric, "workload.w", "pool.p"),
        ("utilization(pool.q) < 1", WrongMetric, "pool.q", "`pool.p`"),
        ("count(pool.p.in_use) < 1", WrongMetric, "pool.p.in_use", "mean(pool.p.in_use)"),
        ("p95(pool.p.refused) < 1", WrongMetric, "pool.p.refused", "count(pool.p.refused)"),
        ("share(pool.p.in_use) < 1", WrongMetric, "pool.p.in_use", "timed_out"),
        ("during(peek, p95(endpoint.e)) < 1s", UnknownWindow, "peek", "`peak`"),
        ("p99 < 200ms", UnknownName, "p99", "p99(endpoint.X)"),
        ("in(base, p95(endpoint.e)) < 1s", WrongMetric, "base", "[variant.base]"),
        ("in(lager, p95(endpoint.e)) < 1s", WrongMetric, "lager", "`larger`"),
        ("worst(instance, p99(pool.p.wait)) < 1s", WrongMetric, "pool.p.wait", "by instance"),
        ("p95(pool.p.in_use) < 5 for 5s", WrongMetric, "p95(pool.p.in_use)", "utilization"),
        (
            "mean(pool.p.in_use) < max(pool.p.in_use) for 5s",
            WrongMetric,
            "max(pool.p.in_use)",
            "`for`",
        ),
        (
            "during(peak, utilization(pool.p)) < 5% for 1s",
            WrongMetric,
            "during(peak, utilization(pool.p))",
            "by interval",
        ),
        (
            "time_until(amplification(workload.w) <= 1) < 1s",
            WrongMetric,
            "amplification(workload.w)",
            "`time_until`",
        ),
        ("time_until(utilization(pool.p) <= 5s) < 1s", WrongDimension, "5s", "a count"),
        ("limit < 5", UnknownName, "limit", "[inputs]"),
        ("amplification(endpoint.e) < 2", WrongMetric, "endpoint.e", "workload"),
        ("time_until(pool.p.waiting >= 2) < 1s", WrongMetric, "pool.p.waiting", "<="),
    ] {
        let found = problems(condition);
        let [problem] = &found[..] else { panic!("{condition}: {found:?}") };
        let said = format!("{} {} {:?}", problem.message, problem.label, problem.help);
        assert_eq!((problem.kind, &condition[problem.span.clone()]), (kind, at), "{condition}");
        assert!(said.contains(advice), "{condition}: {said}");
    }
}

/// Goal: whatever path is written without a function, what is put there instead is a metric.
#[test]
fn a_path_without_a_function_becomes_a_metric() {
    let model = model(SHOP);
    let study = Study::new(&model, &needs(&model, &[]), &Scaling::default()).unwrap();
    let (plan, ..) = study.first_world().unwrap();
    let mut offered = Vec::new();
    for entry in plan.catalog.entries() {
        let Err(error) = parse_condition(&format!("{} < 45", entry.path)) else {
            panic!("{} is a path", entry.path);
        };
        if let Some(metric) = error.replacement {
            let found = problems(&format!("{metric} < 45"));
            assert_eq!(found, [], "{metric}");
            offered.push(metric);
        }
    }
    for metric in ["mean(pool.p.in_use)", "count(query.q.count)", "count(pool.p.connects)"] {
        assert!(offered.iter().any(|one| one == metric), "{offered:?}");
    }
}

/// An input has the dimension of its value.
#[test]
fn inputs_are_compared_with_their_like() {
    let model = model(&format!("{SHOP}\n[inputs]\nviewers = 50\nlongest = \"2s\"\n"));
    let study = Study::new(&model, &needs(&model, &[]), &Scaling::default()).unwrap();
    let problems = |text: &str| {
        let parsed = parse_condition(text).unwrap();
        resolve(&model, &study, &parsed, &|_| None).err().unwrap_or_default()
    };
    assert_eq!(problems("p95(endpoint.e) < longest"), []);
    assert_eq!(problems("mean(pool.p.in_use) < viewers / 10"), []);
    assert_eq!(problems("per_second(endpoint.e) < viewers / longest"), []);
    for wrong in ["p95(endpoint.e) < viewers", "mean(pool.p.in_use) < longest"] {
        let found = problems(wrong);
        assert_eq!(found.len(), 1, "{wrong}: {found:?}");
        assert_eq!(found[0].kind, ExprErrorKind::WrongDimension, "{wrong}");
    }
}

#[test]
fn independent_mistakes_are_reported_together() {
    let found = problems("mean(endpoint.e) < 1s and p95(endpont.e) < 1s and max(pool.x) < 2");
    assert_eq!(found.len(), 3, "{found:?}");
}
