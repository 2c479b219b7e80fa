//! A comparison as text and Markdown.

use super::facts::{Change, Comparison, Metric, Row};
use super::{luck, sentences};
use crate::report::again::{self, Gives};
use crate::report::charts::Chart;
use crate::report::phrase::{self, counted};
use crate::report::summary::{Judgment, Regime, Unit, Value, Verdict};
use crate::report::table::{Cell, Table, escape_markdown, wrap};
use crate::report::tables::{Block, assemble};
use crate::report::text::WIDTH;
use crate::stats::multiple::Better;
use crate::units::show;

/// As text, at most [`WIDTH`] columns wide: what somebody asked for and what tells designs apart.
pub fn text(all: &Comparison) -> String {
    let paragraph = |text: &str| wrap(text, WIDTH, 0).join("\n") + "\n";
    let mut blocks = vec![paragraph(&all.headline), paragraph(&facts(all))];
    blocks.push(designs(all).to_text(WIDTH));
    blocks.push(all.warnings.iter().map(|one| paragraph(&format!("warning: {one}"))).collect());
    for metric in all.metrics.iter().filter(|metric| metric.better.is_some()) {
        let ranking = if metric.ranking.is_empty() {
            String::new()
        } else {
            wrap(&metric.ranking, WIDTH, 2).join("\n") + "\n"
        };
        blocks.push(table(all, metric).to_text(WIDTH) + &ranking);
    }
    blocks.push(load(all).to_text_in_parts(WIDTH));
    blocks.push(all.notes.iter().map(|one| paragraph(one)).collect());
    blocks.push(again::text(gives(all), &format!("plimsoll {}", all.runs.version), &all.reproduce));
    blocks.retain(|block| !block.trim().is_empty());
    blocks.join("\n")
}

/// As Markdown (GitHub's). `charts` are linked by the names of their files.
pub fn markdown(all: &Comparison, charts: &[Chart]) -> String {
    let mut blocks =
        vec![format!("# {}", escape_markdown(&format!("{}: designs compared", all.name)))];
    blocks.push(format!("**{}**", escape_markdown(&all.headline)));
    blocks.push(escape_markdown(&facts(all)));
    let warning = |one: &String| format!("- **warning:** {}", escape_markdown(one));
    blocks.push(all.warnings.iter().map(warning).collect::<Vec<_>>().join("\n"));
    blocks.extend(section(&designs(all)));
    let figure =
        |chart: &Chart| format!("![{}]({})", escape_markdown(chart.svg.title()), chart.file);
    blocks.extend(charts.iter().map(figure));
    for metric in all.metrics.iter().filter(|metric| metric.better.is_some()) {
        blocks.extend(section(&table(all, metric)));
        blocks.push(escape_markdown(&metric.ranking));
    }
    blocks.extend(section(&load(all)));
    blocks.extend(all.notes.iter().map(|one| escape_markdown(one)));
    blocks.push(again::markdown(gives(all), &all.reproduce));
    blocks.retain(|block| !block.trim().is_empty());
    blocks.join("\n\n") + "\n"
}

fn section(table: &Table) -> Option<String> {
    let body = table.to_markdown();
    let body = body.trim_end();
    (!body.is_empty()).then(|| format!("## {}\n\n{body}", escape_markdown(&table.title)))
}

/// What the command gives: designs that were interrupted are not here.
fn gives(all: &Comparison) -> Gives {
    if all.missing.is_empty() { Gives::This } else { Gives::All }
}

/// What was run, in a line or two.
fn facts(all: &Comparison) -> String {
    let runs = &all.runs;
    let worlds = if runs.worlds > 1 {
        format!("{} of ", counted(u64::from(runs.worlds), "world"))
    } else {
        String::new()
    };
    let terminating =
        all.designs.first().is_some_and(|one| one.regime == Some(Regime::Terminating));
    let length = if terminating {
        "to the end".to_owned()
    } else {
        format!("of {}", show::duration(runs.duration_s.0))
    };
    let replications = counted(u64::from(runs.replications), "replication");
    // A design that was not run here met draws of its own.
    let saved = all.designs.iter().any(|design| design.regime.is_none());
    let whom = if saved { "all that were run" } else { "all" };
    let mut parts = vec![
        all.name.clone(),
        format!("{worlds}{replications} {length}, the same draws for {whom}"),
    ];
    if runs.warm_up_s.0 > 0.0 {
        parts.push(format!("after {} of warm-up", show::duration(runs.warm_up_s.0)));
    }
    parts.push(format!("seed {}", runs.seed));
    parts.push(format!("{} intervals", show::percent(runs.confidence.0)));
    parts.join(" \u{b7} ")
}

/// The designs and what becomes of their objectives.
fn designs(all: &Comparison) -> Table {
    let mut table =
        Table::new("Designs", &["design", "met", "missed", "can't tell", "state", "about"]);
    for design in &all.designs {
        let judged = &design.objectives;
        let names = |is: fn(&Judgment) -> bool| {
            let names: Vec<String> =
                judged.iter().filter(|one| is(one)).map(|one| one.name.clone()).collect();
            if names.is_empty() { Cell::Empty } else { Cell::prose(names.join(", ")) }
        };
        let met = judged.iter().filter(|one| one.verdict == Verdict::Pass).count();
        let regime =
            design.regime.filter(|one| !matches!(one, Regime::Stable | Regime::Terminating));
        table.row(vec![
            Cell::text(&design.name),
            if judged.is_empty() {
                Cell::Empty
            } else {
                Cell::text(format!("{met} of {}", judged.len()))
            },
            names(|one| one.verdict == Verdict::Fail),
            names(|one| one.verdict == Verdict::Inconclusive),
            regime.map_or(Cell::Empty, |one| Cell::text(one.word())),
            match (&design.about, design.counterfactual) {
                (Some(about), true) => Cell::prose(format!("counterfactual: {about}")),
                (Some(about), false) => Cell::prose(about),
                (None, true) => Cell::prose("counterfactual"),
                (None, false) => Cell::Empty,
            },
        ]);
    }
    table.drop_empty_columns();
    table.elsewhere = "comparison.json";
    table.spare = vec!["about"];
    table.notes.extend(sentences::counterfactual(all));
    let met =
        |shared: Option<u32>, draws| shared.map_or(luck::Met::Draws(draws), luck::Met::Worlds);
    let saved = all
        .designs
        .iter()
        .filter_map(|one| Some((one.name.as_str(), met(one.worlds_shared, one.draws?))));
    table.notes.extend(luck::sentences(&saved.collect::<Vec<_>>()));
    table
}

/// One metric of all designs.
fn table(all: &Comparison, metric: &Metric) -> Table {
    let names: Vec<String> = metric.rows.iter().map(|row| row.design.clone()).collect();
    let values = metric.rows.iter().map(|row| row.value).collect();
    let better = match metric.better {
        Some(Better::Smaller) => ", less is better",
        Some(Better::Larger) => ", more is better",
        None => "",
    };
    let title = format!("{}{better}", metric.metric);
    let value = Block::new(metric.unit).with_intervals().column("value", values);
    let mut table = assemble(&title, "design", &names, vec![value]);
    table.heads.extend(
        ["minus the first", "that is", "correlation", "runs saved", "place"].map(str::to_owned),
    );
    let mut rows = metric.rows.iter();
    let is_counterfactual =
        |name: &str| all.designs.iter().any(|one| one.name == name && one.counterfactual);
    let mut shown: Option<&Row> = None;
    for line in &mut table.rows {
        if line.is_detail {
            let interval = shown.and_then(|row| interval(row.difference.as_ref()?, metric.unit));
            line.cells.push(interval.map_or(Cell::Empty, Cell::Detail));
            continue;
        }
        shown = rows.next();
        let Some(row) = shown else { break };
        line.cells.push(minus_the_first(metric, row).map_or(Cell::Empty, Cell::Measure));
        line.cells.push(row.change.map_or(Cell::Empty, |change| Cell::text(change.word())));
        let known = row.correlation.map(|one| Cell::Measure(correlation(one.0)));
        line.cells.push(known.unwrap_or_default());
        let saved = row.runs_saved.map(|times| Cell::Measure(times_as_many(times.0)));
        line.cells.push(saved.unwrap_or_default());
        line.cells.push(match row.place {
            Some(place) => Cell::Measure(place.to_string()),
            None if is_counterfactual(&row.design) => Cell::Measure("\u{2013}".to_owned()),
            None => Cell::Empty,
        });
    }
    table.notes.extend(sentences::notes(metric, all));
    table.drop_empty_columns();
    table.elsewhere = "comparison.json";
    table.spare = vec!["runs saved", "correlation"];
    table
}

/// What a design has more than the first one.
pub fn minus_the_first(metric: &Metric, row: &Row) -> Option<String> {
    let by = row.difference.as_ref()?;
    let sides =
        metric.rows.first().and_then(|first| Some([first.value.as_ref()?, row.value.as_ref()?]));
    Some(sides.map_or_else(
        || signed(by.point.0, metric.unit),
        |sides| difference(by, sides, metric.unit),
    ))
}

/// `0.98`, `−0.20`.
fn correlation(value: f64) -> String {
    // Rounded before the sign is looked at: there is no −0.
    let hundredths = (value * 100.0).round() / 100.0;
    let sign = if hundredths < 0.0 { "\u{2212}" } else { "" };
    format!("{sign}{:.2}", hundredths.abs())
}

/// `12x`: the same luck stands for so many runs of independent luck.
fn times_as_many(times: f64) -> String {
    format!("{}x", show::number(times))
}

/// `+4.04 s`, `−3 points`.
pub fn signed(value: f64, unit: Unit) -> String {
    let sign = if value > 0.0 {
        "+"
    } else if value < 0.0 {
        "\u{2212}"
    } else {
        ""
    };
    if value.is_infinite() {
        return if value > 0.0 { "never" } else { "from never" }.to_owned();
    }
    match unit {
        Unit::Share => format!("{sign}{} points", show::number((value * 100.0).abs())),
        unit => format!("{sign}{}", unit.measure().show(value.abs())),
    }
}

/// The difference of two values: `+4.04 s`; of what comes in neither `never in both`.
pub fn difference(by: &Value, sides: [&Value; 2], unit: Unit) -> String {
    if sides.iter().all(|side| side.point.0 == f64::INFINITY) {
        return "never in both".to_owned();
    }
    signed(by.point.0, unit)
}

/// `−4.3 to −3.8 s`; `None` where it says nothing, being open on both sides.
pub fn interval(value: &Value, unit: Unit) -> Option<String> {
    let (lower, upper) = phrase::interval(value)?;
    if lower == f64::NEG_INFINITY && upper == f64::INFINITY {
        return None;
    }
    Some(format!("{} to {}", signed(lower, unit), signed(upper, unit)))
}

/// What tells how a design is, not how good: one row per design, one column per metric.
fn load(all: &Comparison) -> Table {
    let neutral: Vec<&Metric> = all.metrics.iter().filter(|one| one.better.is_none()).collect();
    let names: Vec<String> = neutral.iter().map(|metric| metric.metric.clone()).collect();
    let mut table = Table::new("What the designs are like", &["metric"]);
    table.heads.extend(all.designs.iter().map(|design| design.name.clone()));
    for (metric, name) in neutral.iter().zip(&names) {
        let value = |row: &Row| match (row.value, row.change) {
            (Some(value), change) => {
                let mark = match change {
                    Some(Change::More) => " \u{2191}",
                    Some(Change::Less) => " \u{2193}",
                    _ => "",
                };
                Cell::Measure(format!("{}{mark}", metric.unit.measure().show(value.point.0)))
            }
            (None, _) => Cell::Empty,
        };
        let mut cells = vec![Cell::text(name)];
        cells.extend(metric.rows.iter().map(value));
        table.row(cells);
    }
    if table.rows.iter().any(|row| {
        row.cells.iter().any(
            |cell| matches!(cell, Cell::Measure(text) if text.ends_with(['\u{2191}', '\u{2193}'])),
        )
    }) {
        table.note("\u{2191} more, \u{2193} less than the first design, for sure.");
    }
    table
}

#[cfg(test)]
mod tests {
    use super::{difference, interval};
    use crate::report::summary::Unit;
    use crate::report::summary::Value;

    const NEVER: f64 = f64::INFINITY;

    #[test]
    fn what_never_comes_is_not_compared_by_numbers() {
        let exactly = |point: f64| Value::with_interval(point, point, point);
        let said = |by: f64, then: f64, now: f64| {
            difference(&exactly(by), [&exactly(then), &exactly(now)], Unit::Seconds)
        };
        assert_eq!(said(0.0, NEVER, NEVER), "never in both");
        assert_eq!(said(NEVER, 1.0, NEVER), "never");
        assert_eq!(said(-NEVER, NEVER, 1.0), "from never");
        assert_eq!(said(2.0, 1.0, 3.0), "+2 s");
    }

    #[test]
    fn an_interval_that_is_open_on_both_sides_is_left_out() {
        let shown = |lower: f64, upper: f64| {
            interval(&Value::with_interval(0.0, lower, upper), Unit::Seconds)
        };
        assert_eq!(shown(-NEVER, NEVER), None);
        assert_eq!(shown(-1.0, NEVER).as_deref(), Some("\u{2212}1 s to never"));
    }
}
