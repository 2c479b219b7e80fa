//! Designs side by side: axes of their own, forms that say better and worse, the reference line.

use super::super::designs::{Better, DesignMetric, DesignValue, DesignsData, Standing, designs};
use super::*;

/// A value whose difference from the reference decides how it stands.
fn value(value: f64, spread: f64, difference: &str, standing: Standing) -> DesignValue {
    let estimate = if value.is_finite() {
        let text = super::super::show::time;
        format!("{} ({:.0}–{:.0})", text(value), (value - spread) * 1e3, (value + spread) * 1e3)
    } else {
        String::new()
    };
    let (lower, upper) = (value - spread, value + spread);
    DesignValue { value, lower, upper, estimate, difference: difference.to_owned(), standing }
}

fn metric(name: &str, quantity: Quantity, limit: f64, values: Vec<DesignValue>) -> DesignMetric {
    DesignMetric { name: name.to_owned(), quantity, better: Some(Better::Less), limit, values }
}

fn round() -> DesignsData {
    use Standing::{Better, CannotTell, Reference, Worse};
    DesignsData {
        title: "Three designs".to_owned(),
        finding: "bigger-pool is better at p95; whether it is at p50 cannot be told.".to_owned(),
        designs: vec!["today".to_owned(), "bigger-pool".to_owned(), "no-cache".to_owned()],
        metrics: vec![
            metric(
                "p95(endpoint.browse)",
                Quantity::Time,
                0.5,
                vec![
                    value(0.6, 0.02, "", Reference),
                    value(0.2, 0.01, "−400 ms (−410 to −390)", Better),
                    value(0.8, 0.05, "+200 ms (+150 to +250)", Worse),
                ],
            ),
            metric(
                "p50(endpoint.browse)",
                Quantity::Time,
                f64::NAN,
                vec![
                    value(0.040, 0.001, "", Reference),
                    value(0.0405, 0.001, "+0.5 ms (−0.2 to +1.2)", CannotTell),
                    value(0.045, 0.001, "+5 ms (+4.1 to +5.9)", Worse),
                ],
            ),
        ],
        notes: Vec::new(),
    }
}

#[test]
fn designs_stand_at_their_values_in_forms_of_their_own() {
    let text = check("designs-round", &designs(&round()));
    // 0 to 1 s fill 232 px from 142; the limit of 500 ms stands above its line.
    let x = |value: f64| 142.0 + 232.0 * value;
    assert!((find(&text, "limit 500 ms").0 - x(0.5)).abs() <= 0.5);
    let dot = text.lines().find(|l| l.contains("<circle") && l.contains("#0072B2")).unwrap();
    assert!((attribute(dot, "cx").unwrap() / 4.0 - x(0.2)).abs() <= 0.5);
    // The reference line has the length of its rows.
    let thin = text.lines().filter(|l| l.contains("<polyline") && l.contains("#868F99"));
    let upright = thin.filter_map(|l| {
        let points = l.split("points=\"").nth(1)?.split('"').next()?;
        let mut places = points.split(' ').filter_map(|p| p.split_once(','));
        let (from, to) = (places.next()?, places.next()?);
        let number = |t: &str| t.parse::<f64>().map_or(f64::NAN, |units| units / 4.0);
        (from.0 == to.0).then(|| (number(from.0), (number(to.1) - number(from.1)).abs()))
    });
    let lines: Vec<(f64, f64)> = upright.collect();
    assert!(lines.iter().any(|(at, long)| (at - x(0.6)).abs() <= 0.5 && (long - 63.0).abs() < 0.5));
    // A square, a dot and a ring in the legend and in the rows.
    let count = |what: &str, paint: &str| {
        text.lines().filter(|l| l.contains(what) && l.contains(paint)).count()
    };
    assert_eq!(count("<rect", "#D55E00"), 2 + 1);
    assert_eq!(count("<circle", "#0072B2"), 1 + 1);
    assert_eq!(count("<circle", "#8B939C"), 1 + 1);
    for word in ["reference", "better", "worse", "cannot tell"] {
        find(&text, word);
    }
    assert!(text.contains("bigger-pool: 200 ms (190–210), difference −400 ms"));
    assert_eq!(fingerprint(&text), "059b23f7c6eea86b");
}

/// What is the same is neither better nor unknown: a hollow diamond, which the legend names.
#[test]
fn the_same_is_not_unknown() {
    let mut data = round();
    for metric in &mut data.metrics {
        metric.values.truncate(2);
        metric.values[1].standing = Standing::Same;
    }
    data.designs.truncate(2);
    data.notes = vec!["Counterfactual, without a place: b.".to_owned()];
    let text = check("designs-same", &designs(&data));
    find(&text, "the same");
    find(&text, "Counterfactual, without a place: b.");
    assert!(!text.contains("cannot tell") && text.contains(", the same."));
}

#[test]
fn designs_survive_extremes() {
    use Standing::{Better, CannotTell, Reference, Worse};
    let mut data = round();
    data.designs = (0..8)
        .map(|i| format!("design-{i}-with-a-name-of-many-letters-{}", "x".repeat(i * 6)))
        .collect();
    let wide = [4.0, 0.151, 0.3, f64::INFINITY, 0.2, f64::NAN, 0.0, 0.151];
    let standings = [Reference, Better, Better, Worse, CannotTell, CannotTell, Better, CannotTell];
    for metric in &mut data.metrics {
        metric.values = wide
            .iter()
            .zip(standings)
            .map(|(v, standing)| value(*v, v * 0.04, "−3.85 s (−3.86 to −3.84)", standing))
            .collect();
        metric.values[2].upper = f64::INFINITY;
    }
    data.metrics[0].values[6].value = 0.01;
    let text = check("designs-eight", &designs(&data));
    find(&text, "never answers");
    find(&text, "no estimate");
    let mut money = round();
    money.metrics[0].quantity = Quantity::Number;
    money.metrics[0].name =
        "cost of a month, in an objective whose name is long enough to leave no room at all for it"
            .to_owned();
    for (at, v) in [-5.0, 3.0, -7.5].into_iter().enumerate() {
        money.metrics[0].values[at].value = v;
        money.metrics[0].values[at].lower = v - 1.0;
        money.metrics[0].values[at].upper = v + 1.0;
    }
    money.metrics[1].values.truncate(1);
    check("designs-negative", &designs(&money));
    let mut many = round();
    many.designs = (0..30).map(|i| i.to_string()).collect();
    many.metrics = (0..14).map(|_| round().metrics[0].clone()).collect();
    let text = check("designs-many", &designs(&many));
    assert!(text.contains("18 more designs") && text.contains("2 more metrics"));
    let mut one = round();
    one.designs.truncate(1);
    check("designs-one", &designs(&one));
    one.designs.clear();
    assert!(check("designs-empty", &designs(&one)).contains("nothing to compare"));
}
