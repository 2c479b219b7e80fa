//! Several designs over the range of a key: the content of `sweep.json` then, and how it is shown.

use super::charts::{is_wide, key_quantity, line, panel};
use super::facts::{Metric, Point, SCHEMA, Sweep};
use super::gather;
use super::render::{MARKS, how, mark, page};
use crate::plot::curve::{CurveData, CurveLine, CurvePanel, curve};
use crate::report::again::{self, Gives};
use crate::report::charts::{Chart, quantity};
use crate::report::phrase;
use crate::report::summary::{Unit, Value};
use crate::report::table::{Cell, Table, escape_markdown, wrap};
use crate::report::tables::{Block, assemble};
use crate::report::text::WIDTH;
use serde::Serialize;

/// Metrics that have a table.
const TABLES: usize = 3;

/// Several designs over the range of a key.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Beside {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Always `sweeps`.
    pub kind: &'static str,
    /// The scenario's name.
    pub name: String,
    /// The result in a sentence.
    pub headline: String,
    /// A sentence or more for each design.
    pub findings: Vec<String>,
    /// The designs in the order in which they were typed, each as it is swept alone but for the points
    /// that were added.
    pub designs: Vec<Design>,
    /// Findings that bear on how far the numbers can be trusted.
    pub warnings: Vec<String>,
    /// It was interrupted.
    pub partial: bool,
    /// Version of the program.
    pub version: String,
    /// The command that gives this result again; of a partial one, the one that gives all of it.
    pub reproduce: String,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Design {
    /// What it is called, with a mark if nobody can choose it.
    pub design: String,
    /// What it does over the range.
    pub sweep: Sweep,
}

/// Everything that is reported; `of` says what each design is called.
pub fn gather(of: &[(String, gather::Found)], reproduce: &str) -> Beside {
    let one = |(design, found): &(String, gather::Found)| {
        let sweep = gather::gather(found);
        let mark = if sweep.counterfactual { " (counterfactual)" } else { "" };
        Design { design: format!("{design}{mark}"), sweep }
    };
    let designs: Vec<Design> = of.iter().map(one).collect();
    let first = designs.first().map(|one| &one.sweep);
    let own = |one: &Design| -> Vec<String> {
        let all = one.sweep.warnings.iter();
        all.map(|warning| format!("{}: {warning}", one.design)).collect()
    };
    let mut all = Beside {
        schema: SCHEMA,
        kind: "sweeps",
        name: first.map_or(String::new(), |one| one.name.clone()),
        version: first.map_or(String::new(), |one| one.version.clone()),
        warnings: designs.iter().flat_map(own).collect(),
        partial: designs.iter().any(|one| one.sweep.partial),
        reproduce: reproduce.to_owned(),
        ..Beside::default()
    };
    let said = |one: &Design| {
        let all = std::iter::once(&one.sweep.headline).chain(&one.sweep.findings);
        format!("{}: {}", one.design, all.cloned().collect::<Vec<_>>().join(" "))
    };
    all.findings = designs.iter().map(said).collect();
    all.designs = designs;
    all.headline = headline(&all);
    all
}

/// How far each design meets what was asked for, of the points that were looked at.
fn headline(all: &Beside) -> String {
    let key = key(all);
    let judged = all.designs.iter().flat_map(|one| &one.sweep.points);
    if judged.clone().all(|point| point.objectives == (0, 0, 0)) {
        return format!("{} designs over {key}.", all.designs.len());
    }
    let reach = |one: &Design| {
        let points = &one.sweep.points;
        let met: Vec<usize> = (0..points.len()).filter(|&at| points[at].is_met()).collect();
        let at = |at: usize| points[at].settings.join(", ");
        let place = match (met.first(), met.last()) {
            (Some(0), Some(last)) if met.len() == points.len() && *last > 0 => {
                "at all points".to_owned()
            }
            (Some(first), Some(last)) if first == last => format!("at {} only", at(*first)),
            (Some(_), _) if !one.sweep.is_ordered() => {
                let texts: Vec<String> = met.iter().map(|&met| at(met)).collect();
                format!("at {}", phrase::list(&texts))
            }
            (Some(0), Some(last)) if last + 1 == met.len() => format!("up to {}", at(*last)),
            (Some(first), Some(last))
                if *last + 1 == points.len() && last - first + 1 == met.len() =>
            {
                format!("from {} on", at(*first))
            }
            (Some(first), Some(last)) if last - first + 1 == met.len() => {
                format!("from {} to {}", at(*first), at(*last))
            }
            (Some(_), _) => format!("at {} of {} points", met.len(), points.len()),
            _ => "at no point".to_owned(),
        };
        format!("{} {place}", one.design)
    };
    let said: Vec<String> = all.designs.iter().map(reach).collect();
    format!(
        "Every objective is shown to be met, of the {key} looked at, by {}.",
        phrase::list(&said)
    )
}

fn key(all: &Beside) -> String {
    let key = all.designs.first().and_then(|one| one.sweep.keys.first());
    key.map_or(String::new(), |key| key.path.clone())
}

/// As text, at most [`WIDTH`] columns wide.
pub fn text(all: &Beside) -> String {
    let paragraph = |text: &str| wrap(text, WIDTH, 0).join("\n") + "\n";
    let mut blocks = vec![paragraph(&all.headline)];
    blocks.push(all.findings.iter().map(|one| paragraph(one)).collect());
    blocks.push(all.designs.iter().map(|one| paragraph(&made(one))).collect());
    blocks.push(all.warnings.iter().map(|one| paragraph(&format!("warning: {one}"))).collect());
    blocks.extend(tables(all).iter().map(|table| table.to_text(WIDTH)));
    blocks.push(again::text(gives(all), &format!("plimsoll {}", all.version), &all.reproduce));
    blocks.retain(|block| !block.trim().is_empty());
    blocks.join("\n")
}

/// As Markdown (GitHub's). `charts` are linked by the names of their files.
pub fn markdown(all: &Beside, charts: &[Chart]) -> String {
    let title = format!("{}: {}", all.name, key(all));
    let mut said = vec![format!("# {}", escape_markdown(&title))];
    said.push(format!("**{}**", escape_markdown(&all.headline)));
    let item = |text: &String| format!("- {}", escape_markdown(text));
    said.push(all.findings.iter().map(item).collect::<Vec<_>>().join("\n"));
    said.push(all.designs.iter().map(|one| item(&made(one))).collect::<Vec<_>>().join("\n"));
    let again = again::markdown(gives(all), &all.reproduce);
    page(said, &all.warnings, charts, &tables(all), again)
}

fn gives(all: &Beside) -> Gives {
    if all.partial { Gives::All } else { Gives::This }
}

/// How a design was run: `batched: 14 points, each 64 replications …`.
fn made(one: &Design) -> String {
    format!("{}: {}", one.design, how(&one.sweep))
}

/// The values of the key at which some design was run, as they would be set, in order.
fn rows(all: &Beside) -> Vec<String> {
    let mut rows: Vec<(Option<f64>, String)> = Vec::new();
    for point in all.designs.iter().flat_map(|one| &one.sweep.points) {
        let text = point.settings.join(", ");
        if rows.iter().all(|known| known.1 != text) {
            rows.push((point.values.first().copied().flatten().map(|value| value.0), text));
        }
    }
    // Where some are texts all stay in the order in which they were typed, as in a sweep alone.
    if rows.iter().all(|row| row.0.is_some()) {
        rows.sort_by(|a, b| a.0.unwrap_or_default().total_cmp(&b.0.unwrap_or_default()));
    }
    rows.into_iter().map(|row| row.1).collect()
}

fn point_at<'a>(one: &'a Design, row: &str) -> Option<&'a Point> {
    one.sweep.points.iter().find(|point| point.settings.join(", ") == row)
}

/// What is better or worse of some design, what was asked for first.
fn judged(all: &Beside) -> Vec<Metric> {
    let mut metrics: Vec<Metric> = Vec::new();
    for metric in all.designs.iter().flat_map(|one| &one.sweep.metrics) {
        let is_known = metrics.iter().any(|known| known.metric == metric.metric);
        if metric.better.is_some() && !is_known {
            metrics.push(metric.clone());
        }
    }
    metrics.sort_by_key(|metric| !metric.asked);
    metrics
}

fn value(one: &Design, metric: &str, row: &str) -> Option<Value> {
    let at = one.sweep.metrics.iter().position(|known| known.metric == metric)?;
    point_at(one, row)?.metrics.get(at).copied().flatten()
}

/// What is met where, then a table for each of the first metrics, a column for each design.
fn tables(all: &Beside) -> Vec<Table> {
    let (rows, key) = (rows(all), key(all));
    let mut marks = Table::new("Objectives", &[key.as_str()]);
    marks.heads.extend(all.designs.iter().map(|one| one.design.clone()));
    for row in &rows {
        let cell = |one: &Design| {
            let point = point_at(one, row).filter(|point| point.objectives != (0, 0, 0));
            point.map_or(Cell::Empty, |point| Cell::text(mark(point.objectives).trim()))
        };
        let cells = std::iter::once(Cell::text(row)).chain(all.designs.iter().map(cell));
        marks.row(cells.collect());
    }
    marks.note(MARKS);
    marks.drop_empty_columns();
    let table = |metric: &Metric| {
        let column = |block: Block, one: &Design| {
            let values = rows.iter().map(|row| value(one, &metric.metric, row)).collect();
            block.column(one.design.clone(), values)
        };
        let block = all.designs.iter().fold(Block::new(metric.unit).with_intervals(), column);
        Table { elsewhere: "sweep.json", ..assemble(&metric.metric, &key, &rows, vec![block]) }
    };
    let metrics = judged(all);
    let tables = metrics.iter().take(TABLES).map(table);
    // Without objectives there is nothing to mark.
    let marks = (marks.heads.len() > 1).then_some(marks);
    marks.into_iter().chain(tables).collect()
}

/// One chart with a curve for each design, and the utilization of its busiest servers below.
pub fn charts(all: &Beside) -> Vec<Chart> {
    let mut points = all.designs.iter().flat_map(|one| &one.sweep.points);
    let has_numbers = points.all(|point| point.values.iter().all(Option::is_some));
    let Some(first) = all.designs.first().filter(|_| has_numbers) else { return Vec::new() };
    let mut panels: Vec<CurvePanel> =
        judged(all).iter().take(TABLES).map(|metric| together(all, metric)).collect();
    let busiest = |one: &Design| line(&one.sweep, &one.design, |point| point.utilization);
    panels.push(CurvePanel {
        title: "Utilization of the busiest servers of each".to_owned(),
        quantity: quantity(Unit::Share),
        lines: all.designs.iter().map(busiest).collect(),
        ..CurvePanel::default()
    });
    let svg = curve(&CurveData {
        title: format!("What {} does", key(all)),
        finding: all.headline.clone(),
        key: key(all),
        x: key_quantity(&first.sweep, 0),
        log: first.sweep.keys.first().is_some_and(|key| key.log),
        panels,
    });
    vec![Chart { file: "curve.svg", svg }]
}

/// A metric of all designs; the limits are those of the first that has some.
fn together(all: &Beside, metric: &Metric) -> CurvePanel {
    let own = |one: &Design| {
        let at = one.sweep.metrics.iter().position(|known| known.metric == metric.metric)?;
        let panel = panel(&one.sweep, at, metric);
        let named = |line: CurveLine| CurveLine { name: one.design.clone(), ..line };
        let lines = panel.lines.into_iter().map(named).collect();
        Some(CurvePanel { lines, ..panel })
    };
    let mut panels = all.designs.iter().filter_map(own);
    let mut whole = panels.next().unwrap_or_default();
    for panel in panels {
        whole.lines.extend(panel.lines);
        if whole.limits.is_empty() {
            whole.limits = panel.limits;
        }
    }
    whole.log = is_wide(&whole.lines);
    // Crossings of several curves on one line are not told apart.
    whole.crossings.clear();
    whole
}

#[cfg(test)]
mod tests {
    use super::super::facts::Key;
    use super::*;
    use crate::report::summary::Number;

    /// A design whose objective holds as these marks say (`+`, `-`, `?`) at 1, 2, 3 … of a key.
    fn design(name: &str, marks: &str, from: usize) -> Design {
        let point = |(at, mark): (usize, char)| Point {
            settings: vec![(at + from).to_string()],
            values: vec![Some(Number((at + from) as f64))],
            objectives: (u32::from(mark == '+'), u32::from(mark == '-'), u32::from(mark == '?')),
            ..Point::default()
        };
        let points = marks.chars().enumerate().map(point).collect();
        let keys = vec![Key { path: "k".to_owned(), log: false }];
        Design { design: name.to_owned(), sweep: Sweep { keys, points, ..Sweep::default() } }
    }

    /// The reach of each design by hand; a gap is no reach.
    #[test]
    fn the_headline_says_how_far_each_design_reaches() {
        let names = ["a", "b", "c", "d", "e", "f"];
        let marks = ["++?-", "++++", "----", "-+++", "?+--", "+-+?"];
        let designs = names.iter().zip(marks).map(|(name, marks)| design(name, marks, 1));
        let all = Beside { designs: designs.collect(), ..Beside::default() };
        assert_eq!(
            headline(&all),
            "Every objective is shown to be met, of the k looked at, by a up to 2, b at all points, \
             c at no point, d from 2 on, e at 2 only and f at 2 of 4 points."
        );
    }

    /// Texts have no order, so nothing reaches from one to another.
    #[test]
    fn texts_are_listed() {
        let mut designs = vec![design("a", "++-", 1), design("b", "-++", 1), design("c", "+--", 1)];
        for point in designs.iter_mut().flat_map(|one| &mut one.sweep.points) {
            point.settings[0] =
                ["", "fifo", "ps", "lcfs"][point.values[0].unwrap().0 as usize].into();
            point.values[0] = None;
        }
        assert_eq!(
            headline(&Beside { designs, ..Beside::default() }),
            "Every objective is shown to be met, of the k looked at, by a at fifo and ps, b at ps and \
             lcfs and c at fifo only."
        );
    }

    /// A row for each value that some design was run at, in the order of the numbers, empty where one
    /// was not.
    #[test]
    fn rows_are_the_points_of_all_designs() {
        let designs = vec![design("a", "++-", 9), design("b", "+-", 11)];
        let all = Beside { designs, ..Beside::default() };
        assert_eq!(rows(&all), ["9", "10", "11", "12"]);
        let marks = tables(&all).remove(0);
        assert_eq!(marks.heads, ["k", "a", "b"]);
        let cells = |row: usize| marks.rows[row].cells[1..].to_vec();
        assert_eq!(cells(0), [Cell::text("\u{2713}"), Cell::Empty]);
        assert_eq!(cells(2), [Cell::text("\u{d7}"), Cell::text("\u{2713}")]);
    }

    /// Goal: a text among numbers has no place in their order, so all stay as they were typed.
    #[test]
    fn texts_among_numbers_stay_where_they_were_typed() {
        let mut one = design("a", &"+-".repeat(15), 1);
        one.sweep.points.reverse();
        for point in one.sweep.points.iter_mut().step_by(3) {
            point.settings[0] += " none";
            point.values[0] = None;
        }
        let typed: Vec<String> =
            one.sweep.points.iter().map(|point| point.settings[0].clone()).collect();
        let all = Beside { designs: vec![one], ..Beside::default() };
        assert_eq!(rows(&all), typed);
    }
}
