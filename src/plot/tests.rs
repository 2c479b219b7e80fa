//! Charts as a whole: what stands where, what is written, what hostile or missing data does.
//!
//! Every chart drawn here is also written to `target/plots/` for looking at.

mod any;
mod bands;
mod curve;
mod designs;
mod heat;
mod inputs;
mod places;
mod transient;

use std::path::Path;

use super::axis::Quantity;
use super::bands::Bands;
use super::breakdown::{
    BreakdownBar, BreakdownData, BreakdownGroup, BreakdownSegment, Part, breakdown,
};
use super::lines::{LineMark, LinePoint, LineSeries, LinesData, lines};
use super::margin::{MarginData, MarginRow, Verdict, margin};
use super::replications::{ReplicationsData, replications};
use super::spans::TimeWindow;
use super::spectrum::{SpectrumData, SpectrumObjective, SpectrumPoint, SpectrumSeries, spectrum};
use super::stations::{StationRow, StationsData, TimePoint, stations};
use super::svg::Svg;

/// Checks what holds for every chart, writes it out, and returns the inline text.
fn check(name: &str, svg: &Svg) -> String {
    let text = svg.inline(name);
    let standalone = svg.standalone();
    for rendered in [&text, &standalone] {
        well_formed(rendered);
        assert!(!rendered.contains("NaN") && !rendered.contains("inf"), "{name}");
        assert!(rendered.contains("role=\"img\"") && rendered.contains("<desc"), "{name}");
        assert!(!rendered.contains("<script"), "{name}");
    }
    inside_the_canvas(name, &text);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/plots");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.svg")), standalone).unwrap();
    text
}

/// A small judge of XML: tags nest, attributes are quoted, text holds no bare `<` or `&`.
fn well_formed(text: &str) {
    let mut open: Vec<&str> = Vec::new();
    for (index, part) in text.split('<').enumerate() {
        if index == 0 {
            assert!(part.is_empty());
            continue;
        }
        let (tag, content) = part.split_once('>').expect("a tag ends");
        assert!(!content.contains("&#0") && tag.matches('"').count() % 2 == 0, "{tag}");
        for entity in content.split('&').skip(1) {
            let known = ["lt;", "gt;", "amp;", "quot;", "apos;", "#39;"];
            assert!(known.iter().any(|k| entity.starts_with(k)), "&{entity}");
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
}

fn attribute(line: &str, name: &str) -> Option<f64> {
    let start = line.find(&format!(" {name}=\""))? + name.len() + 3;
    line[start..].split('"').next()?.parse().ok()
}

/// The text elements: x, y \[px\], anchor, content.
fn texts(svg: &str) -> Vec<(f64, f64, String, String)> {
    let lines = svg.lines().filter(|line| line.starts_with("<text"));
    lines
        .map(|line| {
            let anchor = line.split("text-anchor=\"").nth(1).unwrap().split('"').next().unwrap();
            let content = line.split('>').nth(1).unwrap().trim_end_matches("</text");
            let (x, y) = (attribute(line, "x").unwrap(), attribute(line, "y").unwrap());
            (x / 4.0, y / 4.0, anchor.to_owned(), content.to_owned())
        })
        .collect()
}

/// Where a text stands, or a panic that lists all texts.
fn find(svg: &str, content: &str) -> (f64, f64) {
    let all = texts(svg);
    let found = all.iter().find(|t| t.3 == content);
    let found = found.unwrap_or_else(|| panic!("no text {content:?} in {all:?}"));
    (found.0, found.1)
}

/// No text leaves the canvas and no two overlap (widths as estimated, which is on the wide side).
fn inside_the_canvas(name: &str, svg: &str) {
    let view = svg.split("viewBox=\"0 0 ").nth(1).unwrap().split('"').next().unwrap();
    let (width, height) = view.split_once(' ').unwrap();
    let (width, height): (f64, f64) = (width.parse().unwrap(), height.parse().unwrap());
    let mut boxes: Vec<(f64, f64, f64, String)> = Vec::new();
    for line in svg.lines().filter(|line| line.starts_with("<text")) {
        let (x, y, anchor, content) = texts(line).remove(0);
        let size = attribute(line, "font-size").unwrap() / 4.0;
        let plain = content
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&amp;", "&");
        let wide = super::labels::text_width(&plain, size);
        let left = match anchor.as_str() {
            "start" => x,
            "middle" => x - wide / 2.0,
            _ => x - wide,
        };
        assert!(left >= 0.0 && left + wide <= width / 4.0 + 1e-6, "{name}: cut: {content}");
        assert!(y >= size / 2.0 && y + size / 2.0 <= height / 4.0, "{name}: cut: {content}");
        for (other_left, other_right, other_y, other) in &boxes {
            let apart = left >= *other_right || left + wide <= *other_left;
            assert!(apart || (y - other_y).abs() >= 10.0, "{name}: {content} over {other}");
        }
        boxes.push((left, left + wide, y, content));
    }
}

const NINES: [f64; 7] = [0.0, 0.5, 0.9, 0.95, 0.99, 0.995, 0.999];

/// Exponential response times: the q-quantile is −mean·ln(1 − q), a straight line in nines.
fn exponential(name: &str, mean: f64, spread: f64) -> SpectrumSeries {
    let quantiles = (1..=60).map(|i| 1.0 - 10f64.powf(-f64::from(i) / 20.0));
    let points = quantiles.map(|quantile| {
        let seconds = -mean * (1.0 - quantile).ln();
        let wide = 1.0 + spread * quantile / (1.0 - quantile).powf(0.2);
        SpectrumPoint { quantile, seconds, lower: seconds / wide, upper: seconds * wide }
    });
    SpectrumSeries { name: name.to_owned(), points: points.collect() }
}

fn round_spectrum() -> SpectrumData {
    let points = NINES.iter().zip([1.0, 10.0, 20.0, 50.0, 100.0, 200.0, 1_000.0]);
    let point = |(q, ms): (&f64, f64)| SpectrumPoint {
        quantile: *q,
        seconds: ms / 1e3,
        lower: ms * 0.9 / 1e3,
        upper: ms * 1.1 / 1e3,
    };
    SpectrumData {
        title: "Latency by percentile".to_owned(),
        finding: "browse misses its objective at p99.".to_owned(),
        series: vec![SpectrumSeries {
            name: "browse".to_owned(),
            points: points.map(point).collect(),
        }],
        objectives: vec![SpectrumObjective {
            name: "p99 < 50 ms".to_owned(),
            quantile: 0.99,
            seconds: 0.05,
        }],
    }
}

#[test]
fn spectrum_points_stand_where_log_and_nines_put_them() {
    let text = check("spectrum-round", &spectrum(&round_spectrum()));
    // The axes: 3 nines over 64..548 px; the labels are the ruler.
    for (label, nines) in [("0 %", 0.0), ("90 %", 1.0), ("99 %", 2.0), ("99.9 %", 3.0)] {
        let (x, _) = find(&text, label);
        assert!((x - (64.0 + 484.0 * nines / 3.0)).abs() <= 0.25, "{label} at {x}");
    }
    // The line: its point at p99 is in the column of `99 %` and on the grid line of `100`.
    let line = text.lines().find(|l| l.contains("#0072B2") && l.contains("<polyline")).unwrap();
    let points = line.split("points=\"").nth(1).unwrap().split('"').next().unwrap();
    let places: Vec<(f64, f64)> = points
        .split(' ')
        .filter_map(|p| p.split_once(','))
        .map(|(x, y)| (x.parse::<f64>().unwrap() / 4.0, y.parse::<f64>().unwrap() / 4.0))
        .collect();
    assert_eq!(places.len(), 7);
    assert!((places[4].0 - find(&text, "99 %").0).abs() <= 0.25);
    assert!((places[4].1 - find(&text, "100 ms").1).abs() <= 0.25);
    // Ten times the latency is as far from 10 ms to 100 ms as from 100 ms to 1 s.
    let rise = |a: usize, b: usize| places[a].1 - places[b].1;
    assert!((rise(1, 4) - rise(4, 6)).abs() <= 0.5 && rise(1, 4) > 50.0);
    // Objective and series are named at the right.
    assert!(find(&text, "browse").0 > 548.0 && find(&text, "p99 &lt; 50 ms").0 > 548.0);
    assert!(text.contains("browse: 1 s at 99.9 %"));
    assert_eq!(fingerprint(&text), "c0797a98ce094498");
}

#[test]
fn spectrum_survives_extremes() {
    let mut data = round_spectrum();
    data.series = vec![
        exponential("list_streams", 0.04, 0.05),
        exponential("<script>alert(1)</script>", 0.05, 0.04),
    ];
    check("spectrum-two", &spectrum(&data));
    data.series.push(exponential("checkout with a very long name that will not fit", 0.052, 0.0));
    data.series.push(exponential("search", 0.2, 0.0));
    data.series.push(exponential("fifth", 0.2, 0.0));
    data.objectives.push(SpectrumObjective {
        name: "p99.9 < 1 s & more".to_owned(),
        quantile: 0.999,
        seconds: 1.0,
    });
    data.objectives.push(SpectrumObjective {
        name: "p50 < 20 ms".to_owned(),
        quantile: 0.5,
        seconds: 0.02,
    });
    let text = check("spectrum-five", &spectrum(&data));
    assert!(text.contains("Not drawn: 1 more"));
    let point = |quantile, seconds| SpectrumPoint {
        quantile,
        seconds,
        lower: f64::NAN,
        upper: f64::INFINITY,
    };
    data.objectives.clear();
    data.series = vec![SpectrumSeries { name: "one".to_owned(), points: vec![point(0.5, 0.1)] }];
    check("spectrum-point", &spectrum(&data));
    data.series[0].points = vec![
        point(0.1, 0.0),
        point(0.5, 1e-9),
        point(0.9, f64::NAN),
        point(0.99, 60.0),
        point(0.999_99, 36_000.0),
        point(1.0, 5.0),
    ];
    let text = check("spectrum-wide", &spectrum(&data));
    assert!(text.contains("1 point is exactly 0") && text.contains(">1 ns<"));
    data.series.clear();
    assert!(check("spectrum-empty", &spectrum(&data)).contains("No latency was recorded"));
}

fn bar(name: &str, segments: &[(&str, Part, f64)]) -> BreakdownBar {
    let segment = |(place, part, ms): &(&str, Part, f64)| BreakdownSegment {
        place: (*place).to_owned(),
        part: *part,
        seconds: ms / 1e3,
    };
    BreakdownBar { name: name.to_owned(), segments: segments.iter().map(segment).collect() }
}

fn round_breakdown() -> BreakdownData {
    use Part::{Service, Waiting};
    let mean = bar(
        "mean",
        &[
            ("api", Service, 20.0),
            ("pool api_pg", Waiting, 50.0),
            ("pg", Waiting, 10.0),
            ("pg", Service, 20.0),
        ],
    );
    let tail = bar(
        "p99 cohort",
        &[
            ("api", Service, 25.0),
            ("pool api_pg", Waiting, 300.0),
            ("pg", Waiting, 25.0),
            ("pg", Service, 50.0),
        ],
    );
    BreakdownData {
        title: "Where the time goes".to_owned(),
        finding: "Three quarters of the slowest requests' time is waiting for a connection."
            .to_owned(),
        groups: vec![BreakdownGroup { name: "browse".to_owned(), bars: vec![mean, tail] }],
    }
}

#[test]
fn breakdown_bars_are_as_long_as_their_times() {
    let text = check("breakdown-round", &breakdown(&round_breakdown()));
    // 400 ms fill 148..644 px: the pool's 300 ms begin at 25 ms.
    let scale = (720.0 - 76.0 - 148.0) / 400.0;
    let wait = text
        .lines()
        .find(|l| attribute(l, "width").is_some_and(|w| (w / 4.0 - 300.0 * scale).abs() <= 0.5));
    let x = attribute(wait.expect("a rectangle of 300 ms"), "x").unwrap() / 4.0;
    assert!((x - (148.0 + 25.0 * scale)).abs() <= 0.5);
    assert!(find(&text, "pool api_pg 300").0 > x);
    assert!(find(&text, "400 ms").0 > 644.0);
    find(&text, "100 ms");
    assert!(text.contains("time per request [ms]"));
    assert!(text.contains("most of it waiting for pool api_pg (300 ms)"));
    assert_eq!(fingerprint(&text), "93b1f597fbf56518");
}

#[test]
fn breakdown_survives_extremes() {
    use Part::{Service, Waiting};
    let mut data = round_breakdown();
    let many = [
        ("gateway", Service, 3.0),
        ("auth with a name that goes on and on and on", Waiting, 80.0),
        ("<b>cart</b>", Service, 90.0),
        ("pg & co", Waiting, 500.0),
        ("pg & co", Service, 60.0),
        ("mail", Service, 700.0),
        ("ledger", Service, 1.0),
        ("audit", Waiting, 0.001),
    ];
    for name in [
        "checkout",
        "an endpoint with a very long name, longer than anyone would wish, and then some more of it",
        "<script>",
    ] {
        let bars = vec![bar("mean", &many[..4]), bar("p99 cohort of all requests", &many)];
        data.groups.push(BreakdownGroup { name: name.to_owned(), bars });
    }
    data.groups[1].bars[0].segments.push(BreakdownSegment {
        place: "bad".to_owned(),
        part: Service,
        seconds: f64::NAN,
    });
    data.groups[1].bars.push(bar("nothing", &[]));
    let text = check("breakdown-many", &breakdown(&data));
    assert!(text.contains("other (") && text.contains("1 segment"));
    data.groups.clear();
    assert!(check("breakdown-empty", &breakdown(&data)).contains("No request was recorded"));
    for (name, ms) in [("breakdown-ns", 1e-6), ("breakdown-hours", 3.6e7), ("breakdown-zero", 0.0)]
    {
        let bars = vec![bar("mean", &[("a", Service, ms)])];
        data.groups = vec![BreakdownGroup { name: "x".to_owned(), bars }];
        check(name, &breakdown(&data));
    }
}

fn row(name: &str, ratio: f64, lower: f64, upper: f64, verdict: Verdict) -> MarginRow {
    let estimate = if ratio.is_nan() { "too few samples" } else { "231 ms (224–238)" };
    MarginRow { name: name.to_owned(), ratio, lower, upper, verdict, estimate: estimate.to_owned() }
}

#[test]
fn margins_are_symmetric_around_the_target_and_sorted() {
    let rows = vec![
        row("p50(endpoint.a) < 1 s", 0.5, 0.4, 0.625, Verdict::Pass),
        row("p99(endpoint.a) < 1 s", 2.0, 1.6, 2.5, Verdict::Fail),
        row("p95(endpoint.a) < 1 s", 1.0, 0.8, 1.25, Verdict::Inconclusive),
    ];
    let data = MarginData {
        title: "Objectives and their margins".to_owned(),
        finding: "1 of 3 objectives is met.".to_owned(),
        rows,
    };
    let text = check("margin-round", &margin(&data));
    let (low, one, high) = (find(&text, "×0.5").0, find(&text, "×1").0, find(&text, "×2").0);
    assert!((one - low - (high - one)).abs() <= 0.5);
    let y = |name: &str| find(&text, name).1;
    assert!(y("p99(endpoint.a) &lt; 1 s") < y("p95(endpoint.a) &lt; 1 s"));
    assert!(y("p95(endpoint.a) &lt; 1 s") < y("p50(endpoint.a) &lt; 1 s"));
    assert!((find(&text, "target").0 - one).abs() <= 0.25);
    assert_eq!(fingerprint(&text), "a0d7a2207adcfd15");
}

#[test]
fn margin_survives_extremes() {
    use Verdict::{Fail, Inconclusive, Pass};
    let nan = f64::NAN;
    let rows = vec![
        row("p95(endpoint.list_streams_with_a_long_name) < 500ms", 8.2, 7.8, 8.8, Fail),
        row("p99(endpoint.browse.ok) < 100ms", 0.93, 0.8, 1.04, Inconclusive),
        row("never answered", f64::INFINITY, nan, nan, Fail),
        row("no samples <script>", nan, nan, nan, Inconclusive),
        row("open above", 1.2, 0.9, f64::INFINITY, Inconclusive),
        row("zero", 0.0, 0.0, 0.0, Pass),
        row("a million times", 1e6, 5e5, 2e6, Fail),
        row("fine", 0.02, 0.019, 0.021, Pass),
    ];
    let mut data = MarginData { title: "Margins".to_owned(), finding: String::new(), rows };
    let text = check("margin-extreme", &margin(&data));
    assert!(text.contains("no estimate"));
    data.rows.clear();
    assert!(check("margin-empty", &margin(&data)).contains("No objective is stated"));
}

fn course(level: f64, swing: f64, top: f64) -> Vec<TimePoint> {
    let at = |i: u32| {
        let wave =
            (f64::from(i) / 9.0).sin() * swing + (f64::from(i * 7 % 11) - 5.0) / 60.0 * swing;
        let value = (level + wave).clamp(0.0, top);
        TimePoint { at: f64::from(i), value, lower: value * 0.9, upper: (value * 1.1).min(top) }
    };
    (0..=75).map(at).collect()
}

fn station(name: &str, level: f64, waiting: f64) -> StationRow {
    StationRow {
        name: name.to_owned(),
        utilization: course(level, 0.1, 1.0),
        waiting: course(waiting, waiting * 0.6, 1e9),
    }
}

#[test]
fn stations_share_one_scale_per_column() {
    let flat = |value: f64| {
        [0.0, 60.0].map(|at| TimePoint { at, value, lower: f64::NAN, upper: f64::NAN }).to_vec()
    };
    let one = |name: &str, utilization: f64, waiting: f64| StationRow {
        name: name.to_owned(),
        utilization: flat(utilization),
        waiting: flat(waiting),
    };
    let data = StationsData {
        title: "Stations over time".to_owned(),
        finding: "The pool is full from the start.".to_owned(),
        until: 60.0,
        warm_up: 15.0,
        windows: vec![TimeWindow { name: "sale".to_owned(), from: 30.0, to: 45.0 }],
        stations: vec![one("pool", 1.0, 100.0), one("pg", 0.5, 50.0), one("api", 0.25, 0.0)],
    };
    let text = check("stations-round", &stations(&data));
    let heights = |hex: &str| -> Vec<f64> {
        let lines = text.lines().filter(|l| l.contains("<polyline") && l.contains(hex));
        lines
            .map(|l| {
                let points = l.split("points=\"").nth(1).unwrap();
                let place = points.split(' ').next().unwrap().split_once(',').unwrap();
                place.1.parse::<f64>().unwrap() / 4.0
            })
            .collect()
    };
    // Rows are 46 px apart, sparklines 34 px high: half the value stands 17 px lower in its row.
    for (hex, shares) in [("#0072B2", [1.0, 0.5, 0.25]), ("#D55E00", [1.0, 0.5, 0.0])] {
        let found = heights(hex);
        for (index, share) in shares.iter().enumerate() {
            let wanted = found[0] + 46.0 * index as f64 + 34.0 * (1.0 - share);
            assert!((found[index] - wanted).abs() <= 0.25, "{hex} row {index}");
        }
    }
    // The warm-up covers the first quarter of the 204 px of a column.
    let shade = text.lines().find(|l| l.contains("fill=\"#ECEFF2\"")).unwrap();
    assert!((attribute(shade, "width").unwrap() / 4.0 - 51.0).abs() <= 0.25);
    find(&text, "warm-up");
    find(&text, "sale");
    assert_eq!(fingerprint(&text), "4a9b67fe423c4b6f");
}

#[test]
fn stations_survive_extremes() {
    let mut data = StationsData {
        title: "Stations over time".to_owned(),
        finding: "api_pg is full 97 % of the time; the database's processor is why.".to_owned(),
        until: 75.0,
        warm_up: 12.0,
        windows: vec![
            TimeWindow { name: "sale".to_owned(), from: 30.0, to: 45.0 },
            TimeWindow {
                name: "an overlapping one with a long name".to_owned(),
                from: 44.0,
                to: 46.0,
            },
            TimeWindow { name: "nowhere".to_owned(), from: f64::NAN, to: 3.0 },
        ],
        stations: vec![
            station("pool.api_pg", 0.92, 340.0),
            station("database.pg.cpu", 0.8, 60.0),
            station("service.api.workers", 0.4, 0.3),
            station("a station whose name is longer than its column <script>", 0.1, 0.0),
        ],
    };
    let before = check("stations-windows", &stations(&data));
    // Of two that overlap only the shorter is shaded: 2 of 75 s, of columns of 204 and 166 px.
    let shades = before.lines().filter(|l| l.contains("<rect") && l.contains("#FBF0D2"));
    let widths: Vec<f64> = shades.filter_map(|l| attribute(l, "width")).map(|w| w / 4.0).collect();
    let near = |width: f64| [204.0, 166.0].iter().any(|c| (width - c * 2.0 / 75.0).abs() <= 0.5);
    assert!(!widths.is_empty() && widths.iter().all(|w| near(*w)), "{widths:?}");
    data.windows.pop();
    // A window that is not a number is not drawn; the shading of the others is the same.
    assert_eq!(before, check("stations-windows", &stations(&data)));
    data.stations[2].waiting[20].value = f64::NAN;
    data.stations[2].utilization.truncate(1);
    check("stations-few", &stations(&data));
    for index in 0..26 {
        data.stations.push(station(&format!("shard-{index}"), f64::from(index) / 30.0, 5.0));
    }
    check("stations-30", &stations(&data));
    data.stations.extend(data.stations.clone());
    assert!(check("stations-60", &stations(&data)).contains("Not drawn: 20 more stations"));
    data.until = 36_000.0;
    data.stations.truncate(1);
    check("stations-hours", &stations(&data));
    data.stations.clear();
    assert!(check("stations-empty", &stations(&data)).contains("No station was observed"));
}

fn mark(name: &str, at: f64) -> LineMark {
    LineMark { name: name.to_owned(), at }
}

/// Mean response time of M/M/1 over its load: s / (1 − ρ), with a pole at ρ = 1.
fn hyperbola(name: &str, service: f64) -> LineSeries {
    let point = |i: u32| {
        let x = f64::from(i) / 50.0;
        let y = service / (1.0 - x);
        let bands = Bands { half: (y * 0.95, y * 1.07), most: (y * 0.9, y * 1.15) };
        LinePoint { x, y, bands }
    };
    LineSeries { name: name.to_owned(), points: (0..=50).map(point).collect() }
}

#[test]
fn a_curve_with_a_pole_is_cut_at_the_limit_and_not_flattened() {
    let mut data = LinesData {
        title: "Response time over load".to_owned(),
        finding: "Beyond 80 % of the load the objective is missed.".to_owned(),
        x_title: "load".to_owned(),
        x: Quantity::Share,
        y_title: "mean latency".to_owned(),
        y: Quantity::Time,
        y_limit: 0.1,
        series: vec![hyperbola("browse", 0.01)],
        objectives: vec![mark("mean < 50 ms", 0.05)],
        places: vec![mark("load line", 0.8), mark("<today>", 0.5), mark("a hair later", 0.81)],
    };
    let text = check("lines-pole", &lines(&data));
    // The curve reaches 50 ms exactly at 80 %: the objective's line and the place cross there.
    let objective = f64::midpoint(find(&text, "40").1, find(&text, "60").1);
    let eighty = find(&text, "80 %").0;
    let line = text.lines().find(|l| l.contains("#0072B2") && l.contains("<polyline")).unwrap();
    let points = line.split("points=\"").nth(1).unwrap().split('"').next().unwrap();
    let places: Vec<(f64, f64)> = points
        .split(' ')
        .filter_map(|p| p.split_once(','))
        .map(|(x, y)| (x.parse::<f64>().unwrap() / 4.0, y.parse::<f64>().unwrap() / 4.0))
        .collect();
    assert!(places.iter().any(|p| (p.0 - eighty).abs() <= 0.5 && (p.1 - objective).abs() <= 0.5));
    // It leaves at 100 ms, that is at 90 %, and nothing is drawn to the right of that.
    let last = places.last().unwrap();
    assert!(
        (last.0 - (64.0 + 484.0 * 0.9)).abs() <= 1.0
            && (last.1 - find(&text, "100").1).abs() <= 0.5
    );
    // A hundredth of the 484 px is less than what tells two lines apart.
    find(&text, "load line; a hair later");
    data.y = Quantity::LogTime;
    data.y_limit = f64::NAN;
    for name in ["search", "a very long name of a curve that has no room", "four", "five"] {
        data.series.push(hyperbola(name, 0.02));
    }
    assert!(check("lines-log", &lines(&data)).contains("Not drawn: 1 more"));
    data.x = Quantity::Time;
    data.series = vec![LineSeries {
        name: "one".to_owned(),
        points: vec![LinePoint { x: 3e5, y: 0.0, bands: Bands::NONE }],
    }];
    data.y = Quantity::Number;
    data.objectives.clear();
    check("lines-zero", &lines(&data));
    data.series.clear();
    assert!(check("lines-empty", &lines(&data)).contains("There is no value"));
}

#[test]
fn replications_stand_at_their_number() {
    let estimates: Vec<f64> = (0..16).map(|i| 0.2 + f64::from(i * 7 % 16) / 400.0).collect();
    let mut running = Vec::new();
    for n in 1..=estimates.len() {
        let mean = estimates[..n].iter().sum::<f64>() / n as f64;
        let half = if n < 3 { f64::NAN } else { 0.06 / (n as f64).sqrt() };
        running.push((mean, mean - half, mean + half));
    }
    let mut data = ReplicationsData {
        title: "Does the estimate settle?".to_owned(),
        finding: "After 16 replications p99 is known to 6 %.".to_owned(),
        what: "p99".to_owned(),
        quantity: Quantity::Time,
        estimates,
        running,
        objective: Some(mark("p99 < 250 ms", 0.25)),
    };
    let text = check("replications", &replications(&data));
    let dots: Vec<f64> =
        text.lines().filter(|l| l.contains("<circle")).filter_map(|l| attribute(l, "cx")).collect();
    assert_eq!(dots.len(), 16);
    assert!((dots[9] / 4.0 - (64.0 + 484.0 * 9.5 / 16.0)).abs() <= 0.25);
    data.estimates[3] = f64::NAN;
    data.objective = None;
    assert!(
        check("replications-gap", &replications(&data)).contains("Without an estimate: 1 of 16")
    );
    data.estimates = vec![0.0];
    data.running.clear();
    check("replications-one", &replications(&data));
    data.estimates.clear();
    assert!(check("replications-empty", &replications(&data)).contains("No replication gave"));
}

/// FNV-1a, 64 bits: a change of look shows as a changed fingerprint and is then looked at.
fn fingerprint(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}
