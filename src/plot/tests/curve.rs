//! Curves over a setting: one horizontal axis, marks where something is crossed or never answered.

use super::super::curve::{
    CurveCrossing, CurveData, CurveLimit, CurveLine, CurvePanel, CurvePoint, curve,
};
use super::*;

fn point(x: f64, y: f64) -> CurvePoint {
    CurvePoint { x, y, lower: y * 0.93, upper: if y == 1.0 { 1.0 } else { y * 1.08 } }
}

fn line(name: &str, points: impl Iterator<Item = (f64, f64)>) -> CurveLine {
    CurveLine { name: name.to_owned(), points: points.map(|(x, y)| point(x, y)).collect() }
}

fn limit(name: &str, y: f64) -> CurveLimit {
    CurveLimit { name: name.to_owned(), y }
}

fn crossing(name: &str, x: f64, lower: f64, upper: f64) -> CurveCrossing {
    CurveCrossing { name: name.to_owned(), x, lower, upper, said: None }
}

/// A pool in front of a database: 90 calls a second of 100 ms each.
pub fn pool(sizes: &[f64]) -> CurveData {
    let p95 =
        |size: f64| if size <= 9.0 { f64::INFINITY } else { 0.15 + 1.6 / (size - 9.0).powf(1.5) };
    let use_of = |size: f64| (9.0 / size).min(1.0);
    CurveData {
        title: "p95(endpoint.browse) over pool.api_pg.size".to_owned(),
        finding: "From 12 connections on, p95 is shown to stay below 500 ms.".to_owned(),
        key: "pool.api_pg.size".to_owned(),
        x: Quantity::Count,
        log: false,
        panels: vec![
            CurvePanel {
                title: "p95(endpoint.browse)".to_owned(),
                quantity: Quantity::Time,
                log: true,
                lines: vec![line("p95(endpoint.browse)", sizes.iter().map(|s| (*s, p95(*s))))],
                limits: vec![limit("p95 < 500 ms", 0.5)],
                crossings: vec![crossing("p95 = 500 ms", 11.7, 11.3, 12.0)],
            },
            CurvePanel {
                title: "utilization of the bottleneck".to_owned(),
                quantity: Quantity::Share,
                log: false,
                lines: vec![
                    line("pool.api_pg", sizes.iter().map(|s| (*s, use_of(*s)))),
                    line("database.pg.cpu", sizes.iter().map(|s| (*s, 0.45 * (*s / 9.0).min(1.0)))),
                ],
                limits: Vec::new(),
                crossings: Vec::new(),
            },
        ],
    }
}

const SIZES: [f64; 9] = [6.0, 8.0, 10.0, 11.0, 12.0, 14.0, 18.0, 24.0, 30.0];

#[test]
fn panels_share_the_axis_of_the_setting() {
    let mut data = pool(&SIZES);
    data.panels[0].lines[0].points.drain(..2);
    data.panels[1].lines[0].points.drain(..2);
    data.panels[1].lines[1].points.drain(..2);
    let text = check("curve-round", &curve(&data));
    let circles = |nth: usize| {
        let all = text.lines().filter(|l| l.contains("<circle") && l.contains("#0072B2"));
        let at = |l: &str, name| attribute(l, name).unwrap() / 4.0;
        all.map(|l| (at(l, "cx"), at(l, "cy"))).nth(nth).unwrap()
    };
    // Seven designs, a dot in each panel, above one another, at the tick of the design.
    for (index, size) in ["10", "11", "12", "14", "18", "24", "30"].into_iter().enumerate() {
        assert!((circles(index).0 - circles(index + 7).0).abs() <= 0.25);
        assert!((circles(index).0 - find(&text, size).0).abs() <= 0.25, "{size}");
    }
    // The crossing stands between 11 and 12, seven tenths of the way, and says its value.
    let (eleven, twelve) = (find(&text, "11").0, find(&text, "12").0);
    let mark = find(&text, "p95 = 500 ms: 11.7 (11.3–12)").0;
    assert!((mark - (eleven + 0.7 * (twelve - eleven))).abs() <= 0.5);
    let shade = text.lines().find(|l| l.contains("#FBF0D2")).unwrap();
    assert!((attribute(shade, "width").unwrap() / 4.0 - 0.7 * (twelve - eleven)).abs() <= 0.5);
    // Half of the pool is used with 18 connections: halfway between 0 and 100 %.
    let (none, all) = (find(&text, "0 %").1, find(&text, "100 %").1);
    assert!((circles(7 + 4).1 - f64::midpoint(none, all)).abs() <= 0.5);
    assert!(text.contains("1.75 s at 10, 167 ms at 30."));
    assert!(!text.contains("never"));
    assert_eq!(fingerprint(&text), "ed2528050986b3e4");
}

/// An axis of months ends with the last one, and a crossing has its date in words, its shade open where it never
/// comes.
#[test]
fn crossings_over_months_have_their_interval() {
    let mut data = pool(&SIZES);
    data.x = Quantity::Months;
    let dated = |name: &str, at: [f64; 3], said: &str| CurveCrossing {
        said: Some(said.to_owned()),
        ..crossing(name, at[0], at[1], at[2])
    };
    data.panels[0].crossings = vec![
        dated("early", [11.0, 10.5, 12.0], "2026-12 (2026-11-16–2027-01)"),
        dated("late", [24.0, 18.5, f64::INFINITY], "2028-01 (2027-07-16–never)"),
    ];
    let text = check("curve-months", &curve(&data));
    find(&text, "early: 2026-12 (2026-11-16–2027-01)");
    find(&text, "late: 2028-01 (2027-07-16–never)");
    let last = find(&text, "30").0;
    let shades = text.lines().filter(|l| l.contains("#FBF0D2"));
    let right = |l: &str| (attribute(l, "x").unwrap() + attribute(l, "width").unwrap()) / 4.0;
    let most = shades.map(right).fold(0.0, f64::max);
    assert!((most - last).abs() <= 0.5, "{most} {last}");
}

#[test]
fn what_is_never_answered_leaves_at_the_top() {
    let text = check("curve-pool", &curve(&pool(&SIZES)));
    let arrows = text.lines().filter(|l| l.contains("<polygon") && l.contains("#0072B2"));
    // Sizes 6 and 8, besides the band.
    assert_eq!(arrows.filter(|l| !l.contains("opacity")).count(), 2);
    // They stand beside their word, above the highest tick.
    assert!(find(&text, "never").1 < find(&text, "2,000").1 - 10.0);
    assert!(text.contains("never answered at 6, 167 ms at 30."));
    let all = pool(&[2.0, 4.0, 8.0]);
    check("curve-never", &curve(&all));
}

#[test]
fn curves_survive_extremes() {
    let many: Vec<f64> = (0..60).map(|i| 10.0 + f64::from(i)).collect();
    let mut data = pool(&many);
    data.panels[0].log = false;
    data.panels[0].limits.push(limit("p95 < 1 s <script>", 1.0));
    for (name, x) in [
        ("p95 = 1 s", 10.5),
        ("a name of sixty-four characters, which is the most there may be", 11.0),
        ("open", 11.2),
        ("fourth", 11.3),
    ] {
        data.panels[0].crossings.push(crossing(name, x, x - 0.2, f64::INFINITY));
    }
    check("curve-sixty", &curve(&data));
    data.log = true;
    data.x = Quantity::Bytes;
    for panel in &mut data.panels {
        for line in &mut panel.lines {
            line.points.iter_mut().for_each(|p| p.x = p.x.powi(6));
        }
        panel.crossings.clear();
        let more: Vec<_> = (0..4)
            .map(|i| {
                let x = |n: f64| (10.0 + n).powi(6);
                let name = format!("database.a_very_long_name_of_shard_{i}.processor");
                line(&name, (0..60).map(|n| (x(f64::from(n)), 0.2 + f64::from((n * i) % 7) / 9.0)))
            })
            .collect();
        panel.lines.extend(more);
    }
    assert!(check("curve-bytes", &curve(&data)).contains("Not drawn: 3 more"));
    let mut one = pool(&[12.0]);
    check("curve-point", &curve(&one));
    one.panels[0].lines[0].points[0] =
        CurvePoint { x: 12.0, y: 0.0, lower: f64::NAN, upper: f64::NAN };
    one.panels[1].lines.clear();
    assert!(check("curve-nothing", &curve(&one)).contains("No design was simulated"));
    let mut negative = pool(&[1_024.0, 2_048.0, 4_096.0, 8_192.0]);
    negative.log = true;
    negative.panels[0].log = false;
    negative.panels[0].quantity = Quantity::Number;
    negative.panels[0].limits = (0..20).map(|i| limit("limit", f64::from(i) - 10.0)).collect();
    negative.panels[0].lines[0].points.iter_mut().for_each(|p| p.y = -p.x / 1e3);
    let text = check("curve-negative", &curve(&negative));
    find(&text, "1,024");
}

/// Simulated on days of the first weeks and then by the year: the dots stand where the words say.
#[test]
fn months_since_a_start_have_room_for_the_first_days() {
    let day = 12.0 / 365.25;
    let months = [0.0, day, 7.0 * day, 1.0, 3.0, 12.0, 36.0];
    let panel = CurvePanel {
        title: "p95(endpoint.read)".to_owned(),
        quantity: Quantity::Time,
        log: true,
        lines: vec![line("read", months.map(|month| (month, 0.01 * (1.0 + month))).into_iter())],
        limits: vec![limit("500 ms", 0.5)],
        crossings: vec![CurveCrossing {
            said: Some("2026-01-02".to_owned()),
            ..crossing("in 10 % of worlds", 1.5 * day, f64::NAN, f64::NAN)
        }],
    };
    let data = CurveData {
        title: "Behavior over time".to_owned(),
        key: "time after 2026-01-01 (logarithmic)".to_owned(),
        x: Quantity::Months,
        log: true,
        panels: vec![panel],
        ..CurveData::default()
    };
    let text = check("curve-since", &curve(&data));
    let dots: Vec<f64> = text
        .lines()
        .filter(|l| l.contains("<circle"))
        .map(|l| attribute(l, "cx").unwrap() / 4.0)
        .collect();
    assert_eq!(dots.len(), 7, "the start has a place too");
    let words = ["start", "1 day", "1 week", "1 month", "3 months", "1 year", "3 years"];
    for (dot, word) in dots.iter().zip(words) {
        assert!((dot - find(&text, word).0).abs() <= 0.25, "{word}");
    }
    let (first, last) = (dots[0], dots[6]);
    // On a linear axis a month would have a thirty-sixth of the width.
    assert!(dots[3] - first > 0.4 * (last - first));
    assert!(dots[2] < dots[3] && dots[3] < dots[5]);
    // The label is moved in at the edge; its line is not.
    find(&text, "in 10 % of worlds: 2026-01-02");
    assert!(text.contains("10 ms at month 0, 370 ms at month 36."));
    // The same months without it keep the linear axis.
    let linear = CurveData { log: false, ..data };
    let text = check("curve-months", &curve(&linear));
    let (start, year) = (find(&text, "0").0, find(&text, "12").0);
    assert!(((year - start) * 3.0 - (last - first)).abs() < 1.0);
}
