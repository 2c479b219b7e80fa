//! What is said of sweeps that were made up, so that it is known.

use super::cliffs::cliffs;
use super::facts::{Key, Limit, Limited, Metric, Point, Sweep};
use super::render;
use crate::report::cause::{Cause, Connections, Contention, StepTime, Time};
use crate::report::summary::{Number, Unit, Value, Verdict};
use crate::stats::multiple::Better;

/// A point that misses an objective or none, with the busiest servers and where time is waited.
fn point(at: u32, missed: bool, busiest: (&str, f64), waits: Option<(&str, f64)>) -> Point {
    let time = |(place, share): (&str, f64)| Time {
        place: place.to_owned(),
        waits: true,
        share: Number(share),
    };
    Point {
        settings: vec![at.to_string()],
        values: vec![Some(Number(f64::from(at)))],
        objectives: if missed { (0, 1, 0) } else { (1, 0, 0) },
        cause: Some(Cause {
            busiest: Some((busiest.0.to_owned(), busiest.1)),
            time: waits.map(time),
            ..Cause::default()
        }),
        ..Point::default()
    }
}

/// With so much of the busy time made by contention.
fn contended(point: Point, share: f64) -> Point {
    let path = "database.pg.cpu".to_owned();
    let contention = Some(Contention { path, share: Some(Value::plain(share)) });
    Point { cause: point.cause.map(|cause| Cause { contention, ..cause }), ..point }
}

fn sweep(points: Vec<Point>) -> Sweep {
    let keys = vec![Key { path: "pool.p.size".to_owned(), log: false }];
    Sweep { keys, points, ..Sweep::default() }
}

/// Goal: both cliffs, each with its mechanism; contention beside the nearest point that misses
/// nothing; the connections from where they are not enough.
#[test]
fn both_cliffs_are_told_apart() {
    let (pool, cpu) = ("pool.p", "database.pg.cpu");
    let limited = Limited {
        setting: "30".to_owned(),
        rising: true,
        connections: Connections { path: "database.pg".to_owned(), asked: 300, takes: 297 },
    };
    let all = sweep(vec![
        point(1, true, (pool, 0.8), Some((pool, 0.93))),
        contended(point(2, false, (cpu, 0.75), Some((cpu, 0.2))), 0.01),
        contended(point(5, false, (cpu, 0.76), Some((cpu, 0.3))), 0.034),
        contended(point(7, true, (cpu, 0.79), Some((pool, 0.78))), 0.061),
        contended(point(20, true, (cpu, 1.0), Some((pool, 0.9))), 0.5),
        contended(point(50, true, (cpu, 1.0), None), 0.67),
    ]);
    let said = cliffs(&Sweep { limited: vec![limited], ..all });
    assert_eq!(
        said,
        [
            "Missed at pool.p.size = 1: pool.p is the busiest, 80 % in use; of the time of good \
             answers 93 % is waiting for pool.p.",
            "Missed at pool.p.size = 7 to 50: database.pg.cpu is the busiest, 79 % to 100 % in use; \
             contention makes 6.1 % to 67 % of that (3.4 % at 5); of the time of good answers 78 % to \
             90 % is waiting for pool.p; at 50 there is no good answer.",
            "From pool.p.size = 30 on the pools may ask for more connections (300) than database.pg \
             takes (297).",
        ]
    );
}

/// Goal: texts have no order: they are named, and nothing reaches from one to another.
#[test]
fn what_texts_miss_is_said_of_each() {
    let cpu = "database.pg.cpu";
    let short = |asked| Connections { path: "database.pg".to_owned(), asked, takes: 97 };
    let with = |asked: Option<u64>, point: Point| {
        let connections = asked.map(short);
        Point { cause: point.cause.map(|cause| Cause { connections, ..cause }), ..point }
    };
    let mut all = sweep(vec![
        with(Some(200), point(1, true, (cpu, 0.9), None)),
        with(Some(200), point(2, true, (cpu, 0.9), None)),
        with(None, point(3, true, (cpu, 0.9), Some((cpu, 0.5)))),
        with(Some(300), point(4, false, (cpu, 0.9), None)),
    ]);
    for (point, text) in all.points.iter_mut().zip(["fifo", "ps", "lcfs", "none"]) {
        point.settings = vec![text.to_owned()];
        point.values = vec![None];
    }
    let limited = Limited { setting: "ps".to_owned(), rising: false, connections: short(200) };
    assert_eq!(
        cliffs(&Sweep { limited: vec![limited], ..all }),
        [
            "Missed at pool.p.size = fifo, ps and lcfs: database.pg.cpu is the busiest, 90 % in use; of \
             the time of good answers 50 % is waiting for database.pg.cpu; at fifo and ps there is no \
             good answer.",
            "At pool.p.size = fifo and ps the pools may ask for more connections (200) than database.pg \
             takes (97).",
            "At pool.p.size = none the pools may ask for more connections (300) than database.pg takes \
             (97).",
        ]
    );
}

/// Goal: contention is held against the nearest point that misses nothing, on whichever side it is.
#[test]
fn the_nearest_point_that_is_met_is_beside() {
    let cpu = "database.pg.cpu";
    let near = |at: u32, missed, share| contended(point(at, missed, (cpu, 0.8), None), share);
    let pool = |at: u32| point(at, true, ("pool.p", 0.9), None);
    let said = |points: Vec<Point>| cliffs(&sweep(points)).concat();
    let right = said(vec![near(1, false, 0.01), pool(2), near(3, true, 0.2), near(4, false, 0.03)]);
    assert!(right.contains("(3 % at 4)"), "{right}");
    let left = said(vec![near(1, false, 0.01), near(2, true, 0.2), near(3, false, 0.03)]);
    assert!(left.contains("(1 % at 1)"), "{left}");
}

/// Goal: without contention nothing is said of it, and what is met is not explained.
#[test]
fn what_is_not_there_is_not_said() {
    let cpu = "database.pg.cpu";
    let all = sweep(vec![
        point(1, false, (cpu, 0.2), Some((cpu, 0.1))),
        contended(point(2, true, (cpu, 0.97), Some((cpu, 0.8))), 0.001),
    ]);
    let said = "Missed at pool.p.size = 2: database.pg.cpu is the busiest, 97 % in use; of the time of \
                good answers 80 % is waiting for database.pg.cpu.";
    assert_eq!(cliffs(&all), [said]);
    assert_eq!(cliffs(&sweep(vec![point(1, false, (cpu, 0.9), None)])), Vec::<String>::new());
}

/// A point at which nothing is busy, and a step takes nearly all the time.
fn idle(at: u32, per_request: f64, at_once: f64, batch: Option<f64>, spread: f64) -> Point {
    let point = point(at, true, ("service.api.workers", 0.01), Some(("delay", 0.99)));
    let step = StepTime {
        path: "step.start.notify".to_owned(),
        per_request: Number(per_request),
        elapsed_s: Number(0.1),
        at_once: Some(Number(at_once)),
        batch: batch.map(Number),
        share: Number(0.98),
        spread: Some(Number(spread)),
    };
    let with = |cause: Cause| {
        let time = cause.time.map(|time| Time { waits: false, ..time });
        Cause { step: Some(step), time, ..cause }
    };
    Point { cause: point.cause.map(with), ..point }
}

/// Goal: one after the other, so many at once, batches, all at once and requests that differ are
/// told apart where nothing is busy.
#[test]
fn what_takes_the_time_of_idle_designs_is_told_apart() {
    let said = |points: Vec<Point>| cliffs(&sweep(points));
    let serial = said(vec![idle(30, 30.2, 1.0, None, 1.1), idle(100, 101.0, 1.0, None, 1.1)]);
    assert_eq!(
        serial,
        [
            "Missed at pool.p.size = 30 and 100: nothing is busy (service.api.workers, the busiest, \
             1 % in use at most); of the time of good answers 99 % is spent in delay.",
            "A request makes about 30 to 100 executions of step.start.notify, 100 ms each, one after the \
             other: 98 % of the time until the last.",
        ]
    );
    let second = |points: Vec<Point>| said(points).remove(1);
    assert_eq!(
        second(vec![idle(1, 2_000.0, 50.0, None, 1.1)]),
        "A request makes about 2,000 executions of step.start.notify, 100 ms each, at most 50 at once: \
         98 % of the time until the last."
    );
    assert_eq!(
        second(vec![idle(1, 200.0, 10.0, Some(100.0), 1.1)]),
        "A request makes about 200 executions of step.start.notify of at most 100 items, 100 ms each, \
         at most 10 at once: 98 % of the time until the last."
    );
    assert_eq!(
        second(vec![idle(1, 70.0, f64::INFINITY, None, 3.6)]),
        "A request makes about 70 executions of step.start.notify, 100 ms each, all at once: 98 % of \
         the time until the last; requests differ: one in ten takes 3.6 times the median or more."
    );
}

/// Goal: in the grid of a metric stands whether what is asked of it is met, not whether all is, also of
/// an objective that asks for several things.
#[test]
fn a_grid_marks_what_is_asked_of_its_metric() {
    let (met, missed) = (Verdict::Pass, Verdict::Fail);
    let two = marked(vec![vec![missed], vec![met]], [(0, 0), (1, 0)]);
    let one = marked(vec![vec![missed, met]], [(0, 0), (0, 1)]);
    for text in [two, one] {
        assert!(text.contains("200 ms \u{d7}"), "{text}");
        assert!(text.contains("0 % \u{2713}"), "{text}");
        assert!(text.contains("what is asked of it is met"), "{text}");
    }
    let unjudged = marked(vec![vec![], vec![met]], [(0, 0), (1, 0)]);
    assert!(unjudged.contains("200 ms ?"), "{unjudged}");
}

/// Goal: what `none` means stands below a grid in which it stands, and below no other.
#[test]
fn a_grid_says_what_none_means() {
    let key = |path: &str| Key { path: path.to_owned(), log: false };
    let shown = |value: f64| {
        let one = Point {
            settings: vec!["1".to_owned(), "2".to_owned()],
            metrics: vec![Some(Value::plain(value))],
            ..Point::default()
        };
        let metric = Metric {
            metric: "p95(endpoint.e)".to_owned(),
            unit: Unit::Seconds,
            better: Some(Better::Smaller),
            asked: true,
        };
        let all = Sweep {
            keys: vec![key("a"), key("b")],
            metrics: vec![metric],
            points: vec![one],
            ..Sweep::default()
        };
        [render::text(&all), render::markdown(&all, &[])]
    };
    let note = "none: more requests than that got no good answer.";
    for (with, without) in shown(f64::INFINITY).iter().zip(&shown(0.2)) {
        assert!(with.contains(note), "{with}");
        assert!(!without.contains("none"), "{without}");
    }
}

/// A grid of one point, of two metrics of which these comparisons speak.
fn marked(parts: Vec<Vec<Verdict>>, asked: [(usize, usize); 2]) -> String {
    let metric = |text: &str, unit| Metric {
        metric: text.to_owned(),
        unit,
        better: Some(Better::Smaller),
        asked: true,
    };
    let limit = |text: &str, at| Limit { metric: text.to_owned(), at, ..Limit::default() };
    let (p95, failed) = ("p95(endpoint.e)", "share(endpoint.e.failed)");
    let one = Point {
        settings: vec!["1".to_owned(), "2".to_owned()],
        metrics: vec![Some(Value::plain(0.2)), Some(Value::plain(0.0))],
        objectives: (0, 1, 0),
        parts,
        ..Point::default()
    };
    let key = |path: &str| Key { path: path.to_owned(), log: false };
    let all = Sweep {
        keys: vec![key("a"), key("b")],
        metrics: vec![metric(p95, Unit::Seconds), metric(failed, Unit::Share)],
        limits: vec![limit(p95, asked[0]), limit(failed, asked[1])],
        points: vec![one],
        ..Sweep::default()
    };
    render::text(&all)
}
