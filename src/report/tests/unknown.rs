//! What is not known, in a summary made by hand.

use super::super::summary::{
    Advice, AdviceKind, Effect, Fan, FanPoint, Hinge, Number, Range, Spread, Summary, Unit,
    Unknowns, Value, Way,
};
use super::super::{charts, markdown, text};
use super::{fixture, widest};

fn effect(input: &str, shown: &str, correlation: [f64; 3], share: [f64; 3]) -> Effect {
    let value = |[point, lower, upper]: [f64; 3]| Some(Value::with_interval(point, lower, upper));
    Effect {
        input: input.to_owned(),
        shown: shown.to_owned(),
        value: None,
        rank_correlation: value(correlation),
        share: value(share),
    }
}

fn unknown() -> Summary {
    let inputs = vec![
        effect("work", "5.5 ms (5–6)", [0.36, 0.11, 0.56], [0.08, 0.01, 0.24]),
        effect("viewers", "34,600 (20,000–60,000)", [0.9, 0.82, 0.94], [0.81, 0.6, 0.95]),
    ];
    let points = [10_000.0, 20_000.0, 41_000.0].map(|at| FanPoint {
        at: Number(at),
        median: Number(at * 1e-5),
        half: (Number(at * 0.9e-5), Number(at * 1.1e-5)),
        most: (Number(at * 0.8e-5), Number(at * 1.4e-5)),
    });
    let mut summary = fixture::browse();
    summary.run.worlds = 64;
    summary.unknowns = Some(Unknowns {
        advice: Advice {
            kind: AdviceKind::Measure,
            says: "The one number worth measuring before you decide is viewers.".to_owned(),
            input: Some("viewers".to_owned()),
            share: Some(Value::with_interval(0.81, 0.6, 0.95)),
            how: vec![Way {
                gives: "It is part of workload.viewers.rate; in PromQL".to_owned(),
                command: "sum(rate(http_requests_total[5m]))".to_owned(),
            }],
        },
        metrics: vec![Spread {
            metric: "p95(endpoint.browse)".to_owned(),
            unit: Unit::Seconds,
            worlds: Some(Value::with_interval(0.15, 0.1, 0.7)),
            luck: Some(Value::with_interval(0.12, 0.08, 0.19)),
            far_out: false,
            luck_deviation: Some(Number(0.012)),
            inputs,
        }],
        conditions: vec![Hinge {
            name: "fast".to_owned(),
            that: "p95(endpoint.browse) < 500 ms".to_owned(),
            range: Some(Range {
                input: "viewers".to_owned(),
                side: "at_most".to_owned(),
                limit: Value::with_interval(41_000.0, 38_000.0, 44_000.0),
                assurance: Number(0.9),
                shown: "viewers ≤ 41,000 (38,000–44,000)".to_owned(),
            }),
            ..Hinge::default()
        }],
        fan: Some(Fan {
            metric: "p95(endpoint.browse)".to_owned(),
            unit: Unit::Seconds,
            input: "viewers".to_owned(),
            input_unit: Unit::Count,
            worlds: 16,
            limit: Some(Number(0.5)),
            points: points.to_vec(),
        }),
    });
    summary
}

/// Goal: the advice stands with the way to measure below it, the input that matters most first, and
/// the table fits.
#[test]
fn what_is_not_known_is_said_with_what_to_do() {
    let shown = text::render(&unknown());
    assert!(widest(&shown) <= text::WIDTH);
    let from = shown.find("What is not known").unwrap();
    let block = shown[from..].split("\n\n").next().unwrap();
    insta::assert_snapshot!(block, @"
    What is not known, and what p95(endpoint.browse) hangs on
      input            what it may be  rank correlation  share of what is not known
      viewers  34,600 (20,000–60,000)   0.9 (0.82–0.94)                81 % (60–95)
      work               5.5 ms (5–6)  0.36 (0.11–0.56)                  8 % (1–24)
      The one number worth measuring before you decide is viewers.
      It is part of workload.viewers.rate; in PromQL:
        sum(rate(http_requests_total[5m]))
      Of the variance of p95(endpoint.browse) in one run 88 % is what is not known, 12 % (8–19) the luck
      of the run (standard deviation 12 ms).
      fast: p95(endpoint.browse) < 500 ms holds in 90 % of the worlds for viewers ≤ 41,000
      (38,000–44,000).
    ");
    let page = markdown::render(&unknown(), &charts::charts(&unknown()));
    for part in [
        "## What is not known, and what p95(endpoint.browse) hangs on",
        "`sum(rate(http_requests_total[5m]))`",
        "(tornado.svg)",
        "(fan.svg)",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

/// Goal: each chart says which of the two uncertainties it shows.
#[test]
fn charts_say_whether_they_show_luck_or_what_is_not_known() {
    let charts = charts::charts(&unknown());
    let text = |file: &str| {
        let chart = charts.iter().find(|chart| chart.file == file).unwrap();
        chart.svg.standalone()
    };
    assert!(text("fan.svg").contains("other values of the uncertain inputs"));
    assert!(text("fan.svg").contains("Luck alone moves one run by 12 ms"));
    assert!(text("spectrum.svg").contains("holds 90 % of the worlds"));
    assert!(text("tornado.svg").contains("12 % (8–19) the luck of the run"));
    let certain = charts::charts(&fixture::browse());
    assert!(!certain.iter().any(|chart| ["fan.svg", "tornado.svg"].contains(&chart.file)));
}
