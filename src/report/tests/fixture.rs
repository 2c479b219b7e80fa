//! A summary made by hand, with round numbers.
#![expect(clippy::unnecessary_wraps, reason = "most fields of a summary are optional")]

use crate::report::headline::headline;
use crate::report::summary::*;
use crate::stats::estimate::Quality;
use crate::stats::multiple::Better;

fn value(point: f64, half: f64) -> Option<Value> {
    Some(Value::with_interval(point, point - half, point + half))
}

fn plain(point: f64) -> Option<Value> {
    Some(Value::plain(point))
}

fn percentiles(ms: &[(f64, f64)]) -> Vec<Percentile> {
    let seconds = |ms: f64| Value::with_interval(ms / 1e3, (ms - 1.0) / 1e3, (ms + 1.0) / 1e3);
    ms.iter().map(|&(q, ms)| Percentile { quantile: Number(q), seconds: seconds(ms) }).collect()
}

fn requests(path: &str) -> Requests {
    let latency =
        percentiles(&[(0.5, 35.0), (0.9, 115.0), (0.95, 150.0), (0.99, 230.0), (0.999, 345.0)]);
    Requests {
        path: path.to_owned(),
        count: 8_000_000,
        per_second: value(8_333.0, 5.0),
        amplification: None,
        good: plain(1.0),
        unanswered: 0,
        inside_at_end: None,
        mean_s: value(0.05, 0.0001),
        percentiles: latency.clone(),
        spectrum: latency.clone(),
        answered: latency,
        max_s: Some(Number(0.8)),
        outcomes: vec![OutcomeRow {
            outcome: "ok".to_owned(),
            count: 8_000_000,
            share: plain(1.0),
            mean_s: value(0.05, 0.0001),
            p50_s: Some(Number(0.035)),
            p99_s: Some(Number(0.23)),
        }],
    }
}

fn pool() -> Pool {
    Pool {
        station: Station {
            path: "pool.api_pg".to_owned(),
            capacity: Some(Number(500.0)),
            utilization: value(0.833, 0.001),
            offered_load: value(417.0, 0.5),
            wait_mean_s: value(0.0012, 0.0001),
            wait_p95_s: value(0.008, 0.0005),
            waited: value(0.1, 0.01),
            waiting: value(10.0, 0.5),
            at_capacity: plain(0.002),
            waiting_at_end: None,
        },
        in_use: value(417.0, 0.5),
        open: plain(500.0),
        open_max: Some(Number(500.0)),
        timed_out: 0,
        lost_share: plain(0.0),
        refused: 0,
    }
}

fn claims() -> Vec<Judgment> {
    let part = |metric: &str, unit, found, target: &str, limit, margin, verdict| Part {
        metric: metric.to_owned(),
        unit,
        estimate: found,
        against: None,
        target: target.to_owned(),
        limit: Some(Number(limit)),
        margin: Some(Number(margin)),
        center: target.starts_with("within").then_some(Number(limit)),
        lasted_s: None,
        verdict,
    };
    vec![
        Judgment {
            name: "live-a/S3.3".to_owned(),
            says: Some("8,333 × 0.05 = ~417 connections are required".to_owned()),
            that: "offered_load(pool.api_pg) within 2% of 417".to_owned(),
            variant: None,
            verdict: Verdict::Confirmed,
            because: None,
            worlds: None,
            parts: vec![part(
                "offered_load(pool.api_pg)",
                Unit::Count,
                value(417.0, 0.5),
                "within 2 % of 417",
                417.0,
                0.02,
                Verdict::Confirmed,
            )],
        },
        Judgment {
            name: "live-a/S3.3-enough".to_owned(),
            says: Some("417 connections are required (and so would do)".to_owned()),
            that: "p99(pool.api_pg.wait) < 5ms".to_owned(),
            variant: Some("exactly_417".to_owned()),
            verdict: Verdict::Refuted,
            because: Some("It should have said 2 s.".to_owned()),
            worlds: None,
            parts: vec![part(
                "p99(pool.api_pg.wait)",
                Unit::Seconds,
                value(2.0, 0.1),
                "< 5 ms",
                0.005,
                -399.0,
                Verdict::Refuted,
            )],
        },
    ]
}

fn variants() -> Vec<VariantRow> {
    let row = |name: Option<&str>, p95: f64, busy: f64| VariantRow {
        name: name.map(str::to_owned),
        about: None,
        regime: if busy < 1.0 { Regime::Stable } else { Regime::Overloaded },
        path: "workload.viewers".to_owned(),
        per_second: value(8_333.0, 5.0),
        failed: plain(0.0),
        p50_s: value(p95 / 4.0, 0.001),
        p95_s: value(p95, 0.001),
        p99_s: value(p95 * 1.5, 0.001),
        busiest: Some("pool.api_pg".to_owned()),
        utilization: value(busy, 0.001),
        objectives: (u32::from(p95 < 0.5), 1),
    };
    vec![row(None, 0.15, 0.833), row(Some("exactly_417"), 4.0, 1.0)]
}

fn series() -> Series {
    let at = |value: f64| Point(Number(value), Number(value - 0.01), Number(value + 0.01));
    Series {
        interval_s: Number(1.0),
        until_s: Number(4.0),
        windows: Vec::new(),
        dates: Vec::new(),
        workloads: Vec::new(),
        stations: vec![StationSeries {
            path: "pool.api_pg".to_owned(),
            utilization: [0.5, 0.8, 0.83, 0.83].map(at).to_vec(),
            waiting: [0.0, 5.0, 10.0, 10.0].map(at).to_vec(),
        }],
    }
}

fn run() -> RunFacts {
    RunFacts {
        kind: "steady".to_owned(),
        regime: Regime::Stable,
        replications: 16,
        worlds: 1,
        warm_up_s: Number(3.0),
        warm_up_reason: "MSER-5 on pilot runs".to_owned(),
        duration_s: Number(60.0),
        seed: 1,
        confidence: Number(0.95),
        assurance: Number(0.9),
        version: "0.1.0".to_owned(),
        identity: "0123456789abcdef".to_owned(),
        partial: false,
        reproduce: "plimsoll run browse.toml --seed 1 --replications 16".to_owned(),
        precision: Vec::new(),
    }
}

fn objective() -> Judgment {
    Judgment {
        name: "fast".to_owned(),
        says: None,
        that: "p95(endpoint.browse) < 500ms".to_owned(),
        variant: None,
        verdict: Verdict::Pass,
        because: None,
        worlds: None,
        parts: vec![Part {
            metric: "p95(endpoint.browse)".to_owned(),
            unit: Unit::Seconds,
            estimate: value(0.15, 0.001),
            against: None,
            target: "< 500 ms".to_owned(),
            limit: Some(Number(0.5)),
            margin: Some(Number(0.7)),
            center: None,
            lasted_s: None,
            verdict: Verdict::Pass,
        }],
    }
}

/// The browsing scenario, meeting its objective.
pub fn browse() -> Summary {
    let place = |place: &str, waiting: f64, service: f64| PlaceTime {
        place: place.to_owned(),
        waiting_s: Number(waiting),
        service_s: Number(service),
    };
    let mut summary = Summary {
        schema: SCHEMA,
        name: "LiveStream Pro: browsing through the pool".to_owned(),
        run: run(),
        objectives: vec![objective()],
        claims: claims(),
        requests: vec![requests("endpoint.browse"), requests("workload.viewers")],
        stations: vec![Station {
            path: "service.api.workers".to_owned(),
            capacity: Some(Number(2000.0)),
            utilization: value(0.21, 0.001),
            ..Station::default()
        }],
        pools: vec![pool()],
        breakdown: vec![Breakdown {
            endpoint: "browse".to_owned(),
            mean: vec![place("pool.api_pg", 0.0012, 0.05), place("network", 0.0, 0.001)],
            slowest: vec![place("pool.api_pg", 0.01, 0.28), place("network", 0.0, 0.001)],
            slowest_count: 80_000,
            slowest_share: Number(0.0123),
            slowest_from_s: Number(0.23),
        }],
        variants: variants(),
        not_run: Vec::new(),
        metrics: metrics(),
        inputs: vec![Input {
            name: "viewers".to_owned(),
            value: Number(50_000.0),
            unit: String::new(),
            shown: "50,000".to_owned(),
            uncertain: false,
            by_world: Vec::new(),
        }],
        assumptions: vec![Assumption {
            path: "pool.api_pg.acquire_timeout".to_owned(),
            value: "30s".to_owned(),
        }],
        method: vec![Fact {
            topic: "Percentiles".to_owned(),
            text: "merged histogram; intervals by sectioning".to_owned(),
        }],
        series: series(),
        ..Summary::default()
    };
    summary.headline = headline(&summary);
    summary
}

/// The same with a third of the requests failing, on a pool that is too small.
pub fn failing() -> Summary {
    let mut summary = browse();
    summary.run.regime = Regime::Overloaded;
    for requests in &mut summary.requests {
        requests.good = value(0.667, 0.01);
        for percentile in requests.percentiles.iter_mut().filter(|p| p.quantile.0 > 0.667) {
            percentile.seconds = Value::plain(f64::INFINITY);
        }
        requests.spectrum.retain(|p| p.quantile.0 <= 0.667);
        requests.outcomes[0].count = 5_336_000;
        requests.outcomes[0].share = value(0.667, 0.01);
        requests.outcomes.push(OutcomeRow {
            outcome: "pool_timeout".to_owned(),
            count: 2_664_000,
            share: value(0.333, 0.01),
            mean_s: plain(30.0),
            p50_s: Some(Number(30.0)),
            p99_s: Some(Number(30.0)),
        });
    }
    let pool = &mut summary.pools[0];
    pool.station.utilization = plain(1.0);
    pool.station.capacity = Some(Number(97.0));
    pool.timed_out = 2_664_000;
    let judgment = &mut summary.objectives[0];
    judgment.verdict = Verdict::Fail;
    judgment.parts[0].verdict = Verdict::Fail;
    judgment.parts[0].estimate = Some(Value::plain(f64::INFINITY));
    judgment.parts[0].margin = Some(Number(f64::NEG_INFINITY));
    summary.headline = headline(&summary);
    summary
}

/// Metrics as a summary keeps them.
pub fn metrics() -> Vec<Metric> {
    let metric = |metric: &str, unit, better, point: f64, standard_error: f64| Metric {
        metric: metric.to_owned(),
        unit,
        better,
        point: Number(point),
        lower: Number(point - 2.1 * standard_error),
        upper: Number(point + 2.1 * standard_error),
        median: None,
        by_world: Vec::new(),
        standard_error: Number(standard_error),
        samples: 16,
        quality: Quality::Good,
    };
    vec![
        metric("p95(workload.viewers)", Unit::Seconds, Some(Better::Smaller), 0.151, 0.001),
        metric("share(workload.viewers.good)", Unit::Share, Some(Better::Larger), 0.999, 0.0001),
        metric("utilization(pool.api_pg)", Unit::Share, None, 0.834, 0.002),
    ]
}
