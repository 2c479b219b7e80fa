//! Charts of a forecast: tables by their bytes, a table before and after, storages and costs by
//! tier.

use super::behavior;
use super::summary::{Amount, Crossing, Spread, Summary, Unit, Variant};
use super::words;
use crate::plot::axis::Quantity;
use crate::plot::bands::Bands;
use crate::plot::lines::{LineMark, LinePoint, LineSeries, LinesData, lines};
use crate::plot::stacked::{Layer, StackedData, stacked};
use crate::plot::svg::Svg;
use crate::report::charts::Chart;

/// Files that a forecast may have.
pub const FILES: [&str; 5] =
    ["growth.svg", "variants.svg", "storage.svg", "cost.svg", behavior::FILE];

/// All charts that the summary has data for.
pub fn charts(summary: &Summary) -> Vec<Chart> {
    let Some(main) = summary.variants.first() else { return Vec::new() };
    let mut charts = Vec::new();
    let tables = of(main, |words| matches!(words, ["table", _, "bytes"]));
    let whole = of(main, |words| matches!(words, ["database", _, "bytes"]));
    if !tables.is_empty() {
        let band = if whole.len() == 1 { Some(whole[0]) } else { None };
        let title = "Bytes of tables with their indexes";
        charts.push(Chart { file: FILES[0], svg: stack(summary, title, &tables, band) });
    }
    if let Some(svg) = before_and_after(summary) {
        charts.push(Chart { file: FILES[1], svg });
    }
    charts.extend(behavior::chart(summary, &x_title(summary)));
    let mut tiers = of(main, |words| matches!(words, ["storage", _, _, "bytes"]));
    if tiers.is_empty() {
        tiers = of(main, |words| matches!(words, ["storage", _, "bytes"]));
    }
    let whole = of(main, |words| matches!(words, ["storage", _, "bytes"]));
    if !tiers.is_empty() {
        let band = if whole.len() == 1 { Some(whole[0]) } else { None };
        charts.push(Chart { file: FILES[2], svg: stack(summary, "Storage by tier", &tiers, band) });
    }
    let mut costs = of(main, |words| matches!(words, ["storage", _, _, "cost"]));
    costs.extend(of(
        main,
        |words| matches!(words, ["cost", item] if !["month", "total"].contains(item)),
    ));
    costs.sort_by(|a, b| end(b).total_cmp(&end(a)));
    let month = main.amounts.iter().find(|amount| amount.path == "cost.month");
    if !costs.is_empty() {
        charts
            .push(Chart { file: FILES[3], svg: stack(summary, "Cost of a month", &costs, month) });
    }
    charts
}

fn of(variant: &Variant, is: impl Fn(&[&str]) -> bool) -> Vec<&Amount> {
    let parts = |amount: &&Amount| is(&amount.path.split('.').collect::<Vec<_>>());
    let mut found: Vec<&Amount> = variant.amounts.iter().filter(parts).collect();
    // The largest lies at the bottom.
    found.sort_by(|a, b| end(b).total_cmp(&end(a)));
    found
}

fn end(amount: &Amount) -> f64 {
    amount.points.last().map_or(0.0, |point| point.median.0)
}

/// A unit for an axis, and what it is worth.
fn unit(unit: Unit, high: f64) -> (&'static str, f64) {
    let bytes = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    match unit {
        Unit::Bytes => bytes.into_iter().find(|(_, worth)| high >= *worth).unwrap_or(("B", 1.0)),
        Unit::Money if high >= 1e6 => ("million $", 1e6),
        Unit::Money => ("$", 1.0),
        Unit::Count if high >= 1e6 => ("million", 1e6),
        Unit::Count if high >= 1e4 => ("thousand", 1e3),
        _ => ("", 1.0),
    }
}

fn x_title(summary: &Summary) -> String {
    match &summary.start {
        Some(start) => format!("months after {start}"),
        None => "months".to_owned(),
    }
}

fn months(summary: &Summary) -> Vec<f64> {
    summary.dates.iter().map(|date| date.month.0).collect()
}

fn stack(summary: &Summary, title: &str, layers: &[&Amount], whole: Option<&Amount>) -> Svg {
    let sums = (0..summary.dates.len())
        .map(|at| layers.iter().map(|layer| layer.points[at].median.0).sum::<f64>());
    let high = sums.fold(0.0, f64::max);
    let kind = layers.first().map_or(Unit::Other, |layer| layer.unit);
    let (name, worth) = unit(kind, high);
    // At month 0 no month has ended that could cost anything.
    let skipped = usize::from(kind == Unit::Money);
    let one = |point: &Spread| bands(point, worth);
    let mut bands: Vec<Bands> =
        whole.map_or(Vec::new(), |whole| whole.points.iter().skip(skipped).map(one).collect());
    if !bands.iter().any(Bands::is_wide) {
        bands.clear();
    }
    let label = |path: &str| {
        let words: Vec<&str> = path.split('.').collect();
        match words.as_slice() {
            ["storage", storage, tier, _] => format!("{storage}, {tier}"),
            ["cost", item] => (*item).to_owned(),
            [_, name, _] => (*name).to_owned(),
            _ => path.to_owned(),
        }
    };
    let after = words::months(summary.months);
    let finding = whole.or(layers.first().copied()).map_or(String::new(), |amount| {
        let last = amount.points.last().copied().unwrap_or_default();
        let of = if whole.is_some() { "all together".to_owned() } else { label(&amount.path) };
        format!("After {after}, {of}: {}.", spread(&last, amount.unit))
    });
    stacked(&StackedData {
        title: title.to_owned(),
        finding,
        x_title: x_title(summary),
        x_counts: Quantity::Months,
        y_title: name.to_owned(),
        x: months(summary).split_off(skipped),
        layers: layers
            .iter()
            .map(|layer| Layer {
                name: label(&layer.path),
                values: layer.points.iter().skip(skipped).map(|p| p.median.0 / worth).collect(),
            })
            .collect(),
        bands,
    })
}

/// Both bands, in units of `worth`.
fn bands(point: &Spread, worth: f64) -> Bands {
    Bands {
        half: (point.lower50.0 / worth, point.upper50.0 / worth),
        most: (point.lower90.0 / worth, point.upper90.0 / worth),
    }
}

/// The median, with what half and what 90 % of the worlds have.
fn spread(point: &Spread, unit: Unit) -> String {
    let median = words::amount(point.median.0, unit);
    if point.lower90 == point.upper90 {
        return median;
    }
    let between = |low: f64, high: f64| {
        format!("{}\u{2013}{}", words::amount(low, unit), words::amount(high, unit))
    };
    let half = between(point.lower50.0, point.upper50.0);
    let most = between(point.lower90.0, point.upper90.0);
    format!("{median}; in 50 % of the worlds {half}, in 90 % {most}")
}

/// The amount that most changes with others in the first variant: rows of a table, or bytes of a storage.
fn changed_most<'a>(main: &'a Variant, others: &[&Variant]) -> Option<&'a Amount> {
    let changed = |path: &str| {
        let differences = others.iter().filter_map(|other| {
            let amount = other.amounts.iter().find(|amount| amount.path == path)?;
            Some((amount.difference?.median.0 / end(amount).max(1e-9)).abs())
        });
        differences.fold(0.0, f64::max)
    };
    let rows = of(main, |words| matches!(words, ["table", _, "rows"] | ["storage", _, "bytes"]));
    let most = rows.into_iter().max_by(|a, b| changed(&a.path).total_cmp(&changed(&b.path)))?;
    (changed(&most.path) > 0.0).then_some(most)
}

/// The amount that variants change most, before and after. What other inputs make of it is shown where no rule changes
/// any: it may be many times as much, and lie over what there is to choose between.
fn before_and_after(summary: &Summary) -> Option<Svg> {
    let (main, others) = summary.variants.split_first()?;
    let rules: Vec<&Variant> = others.iter().filter(|other| other.inputs.is_empty()).collect();
    let all: Vec<&Variant> = others.iter().collect();
    let (amount, others): (_, Vec<&Variant>) = match changed_most(main, &rules) {
        Some(amount) => (amount, rules),
        None => (changed_most(main, &all)?, all),
    };
    let differs = |other: &&Variant| {
        let found = other.amounts.iter().find(|one| one.path == amount.path);
        found.and_then(|one| one.difference).is_some_and(|difference| difference.median.0 != 0.0)
    };
    let shown: Vec<&Variant> =
        std::iter::once(main).chain(others.into_iter().filter(differs)).collect();
    let high = amount.points.iter().map(|point| point.median.0).fold(0.0, f64::max);
    let (name, worth) = unit(amount.unit, high);
    let x = months(summary);
    let series = shown.iter().filter_map(|variant| {
        let amount = variant.amounts.iter().find(|one| one.path == amount.path)?;
        let points = x.iter().zip(&amount.points).map(|(x, point)| LinePoint {
            x: *x,
            y: point.median.0 / worth,
            bands: bands(point, worth),
        });
        Some(LineSeries { name: name_of(variant), points: points.collect() })
    });
    let places = passed(main);
    Some(lines(&LinesData {
        title: format!("{} by variant", amount.path),
        finding: legend(summary, main, !places.is_empty()),
        x_title: x_title(summary),
        x: Quantity::Months,
        y_title: match amount.unit {
            Unit::Count => format!("{name} rows").trim_start().to_owned(),
            _ => name.to_owned(),
        },
        y: Quantity::Number,
        y_limit: f64::NAN,
        series: series.collect(),
        objectives: Vec::new(),
        places,
    }))
}

fn name_of(variant: &Variant) -> String {
    variant.name.clone().unwrap_or_else(|| "as it stands".to_owned())
}

/// The limits that are passed in half of the worlds, with the dates.
fn passed(variant: &Variant) -> Vec<LineMark> {
    let told = variant.crossings.iter().filter(|crossing| crossing.median.0.is_finite());
    let mark = |crossing: &Crossing| {
        let date = words::date(crossing.median.0, crossing.dates[1].as_ref());
        LineMark { name: format!("{} ({date})", crossing.what), at: crossing.median.0 }
    };
    told.map(mark).collect()
}

/// What lines and bands are.
fn legend(summary: &Summary, main: &Variant, has_places: bool) -> String {
    let mut sentences = Vec::new();
    if summary.worlds > 1 {
        let bands =
            "Lines: medians. Bands: the central 50 % (inner) and 90 % (outer) of the worlds.";
        sentences.push(bands.to_owned());
    }
    if has_places {
        let worlds = if summary.worlds > 1 { " in half of the worlds" } else { "" };
        let name = name_of(main);
        sentences.push(format!("Vertical: limits that are passed{worlds}, {name}."));
    }
    sentences.join(" ")
}
