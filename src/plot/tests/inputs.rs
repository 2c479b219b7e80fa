//! What is not known: which input matters, and how far the result may lie.

use super::super::fan::{FanData, FanPoint, Uncertainty, fan};
use super::super::tornado::{TornadoBar, TornadoData, TornadoInput, tornado};
use super::*;

fn bar(value: f64, half: f64) -> TornadoBar {
    TornadoBar { value, lower: value - half, upper: value + half }
}

fn input(name: &str, correlation: f64, first_order: f64) -> TornadoInput {
    TornadoInput {
        name: name.to_owned(),
        correlation: bar(correlation, 0.05),
        first_order: bar(first_order, 0.04),
    }
}

fn round_tornado() -> TornadoData {
    TornadoData {
        title: "What p95(endpoint.browse) depends on".to_owned(),
        finding: "The service time of the query explains three fifths of what is not known."
            .to_owned(),
        inputs: vec![
            input("cache hit rate", -0.5, 0.25),
            input("service time of list_streams", 0.8, 0.6),
            input("burst size", 0.1, 0.0),
        ],
        sentence: "The one number worth measuring before you decide: the service time of \
                   list_streams."
            .to_owned(),
    }
}

#[test]
fn bars_are_as_long_as_their_numbers_and_the_longest_is_first() {
    let text = check("tornado-round", &tornado(&round_tornado()));
    let y = |name: &str| find(&text, name).1;
    assert!(y("service time of list_streams") < y("cache hit rate"));
    assert!(y("cache hit rate") < y("burst size"));
    // The axes: −1 to 1 over 190 px from 232, 0 to 1 over 170 px from 486.
    let rect = |paint: &str, nth: usize| {
        let all = text.lines().filter(|l| l.contains("<rect") && l.contains(paint));
        let all =
            all.map(|l| (attribute(l, "x").unwrap() / 4.0, attribute(l, "width").unwrap() / 4.0));
        all.collect::<Vec<_>>()[nth]
    };
    let close = |found: (f64, f64), wanted: (f64, f64)| {
        assert!(
            (found.0 - wanted.0).abs() <= 0.5 && (found.1 - wanted.1).abs() <= 0.5,
            "{found:?}"
        );
    };
    close(rect("#0072B2", 0), (327.0, 76.0));
    close(rect("#0072B2", 1), (486.0, 102.0));
    // A negative correlation goes to the left.
    close(rect("#8B939C", 0), (279.5, 47.5));
    close(rect("#8B939C", 1), (486.0, 42.5));
    assert!(find(&text, "0.8").0 > 422.0 && find(&text, "0.6").0 > 656.0);
    assert!(text.contains("cache hit rate: rank correlation -0.5, share of variance 0.25."));
    // Bold: the first alone; with wider intervals also what cannot be told from it.
    let bold = |text: &str| {
        let lines = text.lines().filter(|l| l.contains("font-weight=\"bold\""));
        lines.filter(|l| l.contains("list_streams") || l.contains("hit rate")).count()
    };
    assert_eq!(bold(&text), 1);
    let mut alike = round_tornado();
    alike.inputs[0].first_order = bar(0.5, 0.2);
    assert_eq!(bold(&check("tornado-alike", &tornado(&alike))), 2);
    assert!(texts(&text).iter().any(|t| t.3.starts_with("The one number worth measuring")));
    assert_eq!(fingerprint(&text), "ad4e38eee99bfd16");
}

#[test]
fn tornados_survive_extremes() {
    let mut data = round_tornado();
    data.inputs = (0..10)
        .map(|i| {
            let sign = if i % 3 == 0 { -1.0 } else { 1.0 };
            let size = 0.9 / f64::from(i + 1);
            input(&format!("database.pg.table.accounts.rows_{i}"), sign * size, size * size)
        })
        .collect();
    check("tornado-ten", &tornado(&data));
    data.inputs[0].name =
        "an_input_with_a_name_of_sixty_four_characters_that_never_seems_t".to_owned();
    data.inputs[0].first_order = TornadoBar { value: 1.4, lower: -0.3, upper: f64::INFINITY };
    data.inputs[1].correlation = TornadoBar::default();
    data.inputs[2].first_order = TornadoBar { value: -0.02, lower: -0.1, upper: 0.06 };
    data.inputs.extend((0..20).map(|i| input(&format!("<script>{i}"), 0.0, 0.0)));
    data.sentence = "Many words about it all. ".repeat(30);
    assert!(check("tornado-odd", &tornado(&data)).contains("Not drawn: 10 more inputs."));
    data.inputs.truncate(1);
    check("tornado-one", &tornado(&data));
    data.inputs[0] = TornadoInput::default();
    assert!(check("tornado-empty", &tornado(&data)).contains("nothing to rank"));
}

fn fan_point(x: f64, median: f64, spread: f64) -> FanPoint {
    let band = |share: f64| (median / (1.0 + spread * share), median * (1.0 + spread * share));
    FanPoint { x, median, half: band(0.4), most: band(1.0) }
}

fn round_fan() -> FanData {
    FanData {
        title: "p95(endpoint.browse) over the load".to_owned(),
        finding: "At 200 requests per second nine tenths of what may be true stay below 500 ms."
            .to_owned(),
        uncertainty: Uncertainty::Unknown,
        x_title: "workload.users.rate [/s]".to_owned(),
        x: Quantity::Number,
        y_title: "p95(endpoint.browse)".to_owned(),
        y: Quantity::Time,
        points: (0..=10)
            .map(|i| {
                let load = f64::from(i) * 25.0;
                fan_point(load, 0.05 / (1.0 - load / 300.0), 0.2 + load / 250.0)
            })
            .collect(),
        limits: vec![mark("p95 < 500 ms", 0.5)],
        ..FanData::default()
    }
}

#[test]
fn a_fan_says_which_uncertainty_it_shows() {
    let mut data = round_fan();
    let text = check("fan-round", &fan(&data));
    assert!(text.contains("what is not known") && !text.contains("show the luck of the run"));
    // 250 requests per second: median 300 ms, half of it within 300 ms × or ÷ 1.48.
    assert!(text.contains("Last, at 250: median 300 ms, half of all cases 203 ms to 444 ms"));
    let median = text
        .lines()
        .find(|l| {
            l.contains("<polyline") && l.contains("#0072B2") && l.contains("stroke-width=\"8\"")
        })
        .unwrap();
    let points = median.split("points=\"").nth(1).unwrap().split('"').next().unwrap();
    let last = points.split(' ').filter_map(|p| p.split_once(',')).next_back().unwrap();
    let x: f64 = last.0.parse().unwrap();
    let y: f64 = last.1.parse().unwrap();
    assert!((x / 4.0 - find(&text, "250").0).abs() <= 0.5);
    // 300 of the axis, which ends at 800 ms, lie halfway between 200 and 400.
    let (lower, upper) = (find(&text, "200").1, find(&text, "400").1);
    assert!((y / 4.0 - f64::midpoint(lower, upper)).abs() <= 0.75, "{}", y / 4.0);
    find(&text, "median");
    find(&text, "p95 &lt; 500 ms");
    assert_eq!(fingerprint(&text), "4858aab31ad88b5b");
    data.uncertainty = Uncertainty::Luck;
    assert!(check("fan-luck", &fan(&data)).contains("show the luck of the run"));
}

#[test]
fn fans_survive_extremes() {
    let mut data = round_fan();
    data.x = Quantity::Time;
    data.x_title = "time".to_owned();
    data.y_log = true;
    data.points = (0..60).map(|i| fan_point(f64::from(i), 0.1 + f64::from(i % 9), 3.0)).collect();
    data.points[30].median = f64::NAN;
    data.points[40].most.1 = f64::INFINITY;
    data.points[45].half = (2.0, 1.0);
    for point in &mut data.points[50..] {
        (point.median, point.half.1, point.most.1) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
    }
    assert!(find(&check("fan-sixty", &fan(&data)), "never").0 < 64.0);
    data.points = vec![fan_point(3.0, 0.2, 0.5)];
    data.limits = (0..12).map(|i| mark("a limit with a long name <b>", f64::from(i))).collect();
    check("fan-one", &fan(&data));
    data.points = vec![fan_point(3.0, f64::INFINITY, 0.5)];
    check("fan-never", &fan(&data));
    data.points = vec![fan_point(3.0, 0.0, 0.5)];
    assert!(check("fan-empty", &fan(&data)).contains("There is no value"));
}
