//! A sweep as text and Markdown.

use super::facts::{Metric, Point, Sweep};
use crate::report::again::{self, Gives};
use crate::report::charts::Chart;
use crate::report::phrase::{self, counted};
use crate::report::summary::{Regime, Unit, Value, Verdict};
use crate::report::table::{Cell, Table, escape_markdown, wrap};
use crate::report::tables::{Block, NONE, assemble};
use crate::report::text::WIDTH;
use crate::units::show;

/// Columns of text that a grid takes: those of a terminal of which nothing is known.
const GRID_WIDTH: usize = 80;
/// What [`mark`] means.
pub(super) const MARKS: &str =
    "\u{2713} every objective is met, \u{d7} one is missed, ? the runs can't tell.";
/// What a mark means in the grid of a metric of which some objectives speak.
const OWN_MARKS: &str =
    "\u{2713} what is asked of it is met, \u{d7} it is missed, ? the runs can't tell.";
/// Metrics in the table of points.
const COLUMNS: usize = 4;

/// As text, at most [`WIDTH`] columns wide.
pub fn text(all: &Sweep) -> String {
    let paragraph = |text: &str| wrap(text, WIDTH, 0).join("\n") + "\n";
    let mut blocks = vec![paragraph(&all.headline)];
    blocks.push(all.findings.iter().map(|one| paragraph(one)).collect());
    blocks.push(paragraph(&facts(all)));
    blocks.push(all.warnings.iter().map(|one| paragraph(&format!("warning: {one}"))).collect());
    if all.keys.len() == 1 {
        blocks.extend(tables(all).iter().map(|table| table.to_text(WIDTH)));
    } else {
        blocks.extend(grids(all));
    }
    blocks.push(again::text(gives(all), &format!("plimsoll {}", all.version), &all.reproduce));
    blocks.retain(|block| !block.trim().is_empty());
    blocks.join("\n")
}

/// As Markdown (GitHub's). `charts` are linked by the names of their files.
pub fn markdown(all: &Sweep, charts: &[Chart]) -> String {
    let keys: Vec<&str> = all.keys.iter().map(|key| key.path.as_str()).collect();
    let title = format!("{}: {}", named(all), keys.join(" and "));
    let mut said = vec![format!("# {}", escape_markdown(&title))];
    said.push(format!("**{}**", escape_markdown(&all.headline)));
    said.extend(all.findings.iter().map(|one| escape_markdown(one)));
    said.push(escape_markdown(&facts(all)));
    let again = again::markdown(gives(all), &all.reproduce);
    page(said, &all.warnings, charts, &tables(all), again)
}

/// A page of Markdown: what is said, then warnings, charts, tables and the command that gives it again.
pub(super) fn page(
    said: Vec<String>,
    warnings: &[String],
    charts: &[Chart],
    tables: &[Table],
    again: String,
) -> String {
    let mut blocks = said;
    let warning = |one: &String| format!("- **warning:** {}", escape_markdown(one));
    blocks.push(warnings.iter().map(warning).collect::<Vec<_>>().join("\n"));
    let figure =
        |chart: &Chart| format!("![{}]({})", escape_markdown(chart.svg.title()), chart.file);
    blocks.extend(charts.iter().map(figure));
    for table in tables {
        let body = table.to_markdown();
        if !body.trim().is_empty() {
            blocks.push(format!("## {}\n\n{}", escape_markdown(&table.title), body.trim_end()));
        }
    }
    blocks.push(again);
    blocks.retain(|block| !block.trim().is_empty());
    blocks.join("\n\n") + "\n"
}

/// What the command gives: of what was interrupted more than this.
fn gives(all: &Sweep) -> Gives {
    if all.partial { Gives::All } else { Gives::This }
}

fn facts(all: &Sweep) -> String {
    format!("{} \u{b7} {}", named(all), how(all))
}

fn named(all: &Sweep) -> String {
    phrase::named(&all.name, all.variant.as_deref())
}

/// How many points were run, how often, and on which luck.
pub(super) fn how(all: &Sweep) -> String {
    let worlds = if all.worlds > 1 {
        format!("{} of ", counted(u64::from(all.worlds), "world"))
    } else {
        String::new()
    };
    let points = counted(all.points.len() as u64, "point");
    let runs = counted(u64::from(all.replications), "replication");
    format!(
        "{points}, each {worlds}{runs} on the same draws \u{b7} seed {} \u{b7} {} intervals",
        all.seed,
        show::percent(all.confidence.0)
    )
}

fn tables(all: &Sweep) -> Vec<Table> {
    if all.keys.len() == 1 {
        let key = all.keys.first().map_or("", |key| key.path.as_str());
        let table = points("Points", key, &all.metrics, &all.points);
        return vec![Table { elsewhere: "sweep.json", ..table }];
    }
    let judged = all.metrics.iter().enumerate().filter(|(_, metric)| metric.better.is_some());
    judged.take(COLUMNS).map(|(at, metric)| cells(all, at, metric)).collect()
}

/// The comparisons of objectives that speak of a metric, by the numbers of both; of a metric that none
/// speaks of, and where one is all that is asked for, there are none.
fn own(all: &Sweep, metric: &Metric) -> Vec<(usize, usize)> {
    let of = all.limits.iter().filter(|limit| limit.metric == metric.metric);
    let own: Vec<(usize, usize)> = of.map(|limit| limit.at).collect();
    let asked = |point: &Point| point.parts.iter().map(|parts| parts.len().max(1)).sum::<usize>();
    if all.points.iter().map(asked).max() == Some(1) { Vec::new() } else { own }
}

/// The grids in text. Where one takes several parts only what was asked for is shown: one page is read,
/// ten are not.
fn grids(all: &Sweep) -> Vec<String> {
    let tables = tables(all);
    let is_wide = tables.iter().any(|table| table.split(GRID_WIDTH).len() > 1);
    let asked = all.metrics.iter().filter(|one| one.better.is_some() && one.asked).count();
    let shown = if is_wide { asked.clamp(1, tables.len().max(1)) } else { tables.len() };
    let mut blocks: Vec<String> =
        tables.iter().take(shown).map(|table| table.to_text_in_parts(GRID_WIDTH)).collect();
    let names: Vec<String> = tables.iter().skip(shown).map(|table| table.title.clone()).collect();
    if !names.is_empty() {
        let note = format!("In sweep.md, for want of room here: {}.", phrase::list(&names));
        blocks.push(wrap(&note, WIDTH, 0).join("\n") + "\n");
    }
    blocks
}

/// The metrics of the table: what is asked for, then latency.
fn chosen(metrics: &[Metric]) -> Vec<(usize, &Metric)> {
    let mut chosen: Vec<(usize, &Metric)> =
        metrics.iter().enumerate().filter(|(_, metric)| metric.better.is_some()).collect();
    chosen.sort_by_key(|(_, metric)| !metric.asked);
    chosen.truncate(COLUMNS);
    chosen
}

/// `p95(browse)` of `p95(endpoint.browse)`: the kind of what is measured says nothing that the table
/// does not.
fn head(metric: &str) -> String {
    let kinds = ["endpoint.", "workload.", "pool.", "service.", "database.", "query.", "step."];
    kinds.iter().fold(metric.to_owned(), |head, kind| head.replace(&format!("({kind}"), "("))
}

/// One key: a row per point.
pub(in crate::report) fn points(
    title: &str,
    key: &str,
    metrics: &[Metric],
    points: &[Point],
) -> Table {
    let names: Vec<String> = points.iter().map(|point| point.settings.join(", ")).collect();
    let column = |(at, metric): &(usize, &Metric)| {
        let value = |point: &Point| point.metrics.get(*at).copied().flatten();
        let values = points.iter().map(value).collect();
        Block::new(metric.unit).with_intervals().column(head(&metric.metric), values)
    };
    let mut blocks: Vec<Block> = chosen(metrics).iter().map(column).collect();
    let busy: Vec<Option<Value>> = points.iter().map(|point| point.utilization).collect();
    blocks.push(Block::new(Unit::Share).column("in use", busy));
    let mut table = assemble(title, key, &names, blocks);
    table.heads.extend(["busiest", "met", "state"].map(str::to_owned));
    for (line, point) in table.rows.iter_mut().filter(|line| !line.is_detail).zip(points) {
        line.cells.push(point.busiest.as_deref().map_or(Cell::Empty, Cell::text));
        let (met, missed, open) = point.objectives;
        let count = met + missed + open;
        line.cells.push(if count == 0 {
            Cell::Empty
        } else {
            Cell::text(format!("{met} of {count}{}", mark(point.objectives)))
        });
        let plain = matches!(point.regime, Regime::Stable | Regime::Terminating);
        line.cells.push(if plain { Cell::Empty } else { Cell::text(point.regime.word()) });
    }
    if points.iter().any(|point| point.objectives.1 + point.objectives.2 > 0) {
        table.note(MARKS);
    }
    table.drop_empty_columns();
    // What somebody asked for stays.
    let unasked = |start: &&str| {
        let is_it =
            |(_, metric): &(usize, &Metric)| !metric.asked && metric.metric.starts_with(*start);
        chosen(metrics).iter().any(is_it)
    };
    let spare = ["p50(", "share(", "p99(", "p95("].into_iter().filter(unasked);
    table.spare = std::iter::once("state").chain(spare).chain(["in use"]).collect();
    table
}

/// Two keys: a row per value of the first, a column per value of the second.
fn cells(all: &Sweep, at: usize, metric: &Metric) -> Table {
    let value = |key: usize| {
        let mut values: Vec<&str> = Vec::new();
        for point in &all.points {
            let text = point.settings.get(key).map_or("", String::as_str);
            if !values.contains(&text) {
                values.push(text);
            }
        }
        values
    };
    let (rows, columns) = (value(0), value(1));
    let names: Vec<&str> = all.keys.iter().map(|key| key.path.as_str()).collect();
    let head = format!("{} \\ {}", names.first().unwrap_or(&""), names.get(1).unwrap_or(&""));
    let own = own(all, metric);
    let mut table = Table::new(&metric.metric, &[head.as_str()]);
    table.heads.extend(columns.iter().map(|&column| column.to_owned()));
    for row in rows {
        let mut cells = vec![Cell::text(row)];
        for column in &columns {
            let is_here = |point: &&Point| point.settings == [row, column];
            let found = all.points.iter().find(is_here);
            cells.push(found.map_or(Cell::Empty, |point| cell(point, at, metric, &own)));
        }
        table.row(cells);
    }
    table.note(if own.is_empty() { MARKS } else { OWN_MARKS });
    let never = |point: &Point| {
        point.metrics.get(at).copied().flatten().is_some_and(|one| one.point.0 == f64::INFINITY)
    };
    if all.points.iter().any(never) {
        table.note(NONE);
    }
    table
}

/// A value with its mark: whether what is asked of this metric is met there, else whether everything
/// is.
fn cell(point: &Point, at: usize, metric: &Metric, own: &[(usize, usize)]) -> Cell {
    let Some(value) = point.metrics.get(at).copied().flatten() else { return Cell::Empty };
    let shown = if value.point.0 == f64::INFINITY {
        "none".to_owned()
    } else {
        metric.unit.measure().show(value.point.0)
    };
    let verdict = |&(objective, part): &(usize, usize)| {
        // What could not be judged has no parts.
        let judged = point.parts.get(objective).and_then(|parts| parts.get(part));
        judged.copied().unwrap_or(Verdict::Inconclusive)
    };
    let count = |wanted| own.iter().filter(|one| verdict(one) == wanted).count() as u32;
    let objectives = if own.is_empty() {
        point.objectives
    } else {
        (count(Verdict::Pass), count(Verdict::Fail), count(Verdict::Inconclusive))
    };
    Cell::Measure(shown + mark(objectives))
}

/// Whether everything of so many objectives is met, if there are any.
pub(super) fn mark(objectives: (u32, u32, u32)) -> &'static str {
    match objectives {
        (0, 0, 0) => "",
        (_, 0, 0) => " \u{2713}",
        (_, 0, _) => " ?",
        _ => " \u{d7}",
    }
}
