//! Vertical lines: each that is drawn is named, above the frame or in the legend.

use super::*;

fn data(places: &[(&str, f64)]) -> LinesData {
    let point = |x: f64| LinePoint { x, y: x, bands: Bands::NONE };
    LinesData {
        title: "Rows".to_owned(),
        x_title: "months".to_owned(),
        x: Quantity::Months,
        y_title: "rows".to_owned(),
        series: vec![LineSeries { name: "one".to_owned(), points: vec![point(0.0), point(36.0)] }],
        places: places.iter().map(|(name, at)| mark(name, *at)).collect(),
        ..LinesData::default()
    }
}

/// The places of vertical dashed lines \[px\], each once.
fn verticals(text: &str) -> Vec<f64> {
    let lines = text.lines().filter(|l| l.contains("<polyline") && l.contains("#868F99"));
    let x = |line: &str| {
        let points = line.split("points=\"").nth(1)?.split('"').next()?;
        let mut across = points.split(' ').filter_map(|p| p.split_once(',')).map(|p| p.0);
        let (first, second) = (across.next()?, across.next()?);
        (first == second).then(|| first.parse::<f64>().ok()).flatten()
    };
    let mut found: Vec<f64> = lines.filter_map(x).map(|x| x / 4.0).collect();
    found.sort_by(f64::total_cmp);
    found.dedup();
    found
}

/// 484 px for 36 months; the ticks of the axis stand at its multiples of six.
fn x(month: f64) -> f64 {
    64.0 + 484.0 * month / 36.0
}

fn is_drawn(text: &str, month: f64) -> bool {
    verticals(text).iter().any(|found| (found - x(month)).abs() <= 0.5)
}

#[test]
fn names_stand_above_their_lines_where_all_have_room() {
    let text = check("places-named", &lines(&data(&[("disk is full", 27.3), ("a fails", 8.2)])));
    for (name, month) in [("a fails", 8.2), ("disk is full", 27.3)] {
        assert!(is_drawn(&text, month), "{name}");
        assert!((find(&text, name).0 - x(month)).abs() <= 0.5);
    }
}

/// Six limits in the first four months of three years, two of them in the same days.
#[test]
fn numbers_stand_where_names_have_no_room() {
    let limits = [
        ("read fails (2026-01-10)", 0.3),
        ("database.pg.cpu is 90 % busy (2026-02-03)", 1.1),
        ("pool.api_pg is 90 % busy (2026-02-19)", 1.65),
        ("service.api.workers is 90 % busy (2026-02-21)", 1.71),
        ("data of pg leave its memory (2026-04-02)", 3.03),
        ("database.pg.disk.scans is 90 % <busy> (2026-04-15)", 3.7),
    ];
    let text = check("places-numbered", &lines(&data(&limits)));
    let y = find(&text, "1").1;
    for (number, month) in [("1", 0.3), ("2", 1.1), ("3", 1.68), ("4", 3.03), ("5", 3.7)] {
        assert!(is_drawn(&text, month), "{number}");
        let label = texts(&text).into_iter().find(|t| t.3 == number && (t.1 - y).abs() < 0.1);
        let label = label.unwrap_or_else(|| panic!("{number}"));
        // Beside its line, at most by its own width.
        assert!((label.0 - x(month)).abs() <= 7.0, "{number}: {} at {}", label.0, x(month));
    }
    let legend: String =
        texts(&text).into_iter().filter(|t| t.1 > y + 240.0).map(|t| t.3 + "\n").collect();
    for entry in [
        "1: read fails (2026-01-10)",
        "3: pool.api_pg is 90 % busy (2026-02-19); service.api.workers is 90 % busy (2026-02-21)",
        "5: database.pg.disk.scans is 90 % &lt;busy&gt; (2026-04-15)",
    ] {
        assert!(legend.contains(entry), "{legend}");
    }
    assert_eq!(legend.matches("is 90 %").count(), 4, "{legend}");
}

#[test]
fn what_has_no_number_is_not_drawn_and_counted() {
    let names: Vec<String> = (0..12).map(|i| format!("limit {i} of a long name")).collect();
    let limits: Vec<(&str, f64)> =
        names.iter().enumerate().map(|(i, name)| (name.as_str(), i as f64 * 2.5 + 1.0)).collect();
    let text = check("places-many", &lines(&data(&limits)));
    assert!(text.contains("Not marked: 3 later."));
    assert!(is_drawn(&text, 21.0) && !is_drawn(&text, 23.5) && !is_drawn(&text, 28.5));
    assert!(text.contains("9: limit 8") && !text.contains(">10: "));
}
