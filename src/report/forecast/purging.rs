//! What requests meet while a purge runs, beside what they meet when none does.

use super::behavior::{self, Behavior};
use super::summary::{Amount, Crossing, Judgment, Spread, Summary, Variant};
use super::{judged, words};
use crate::growth::calendar::{Calendar, DAY};
use crate::model::Model;
use crate::report::phrase::list;
use crate::report::summary::Verdict;
use crate::report::sweep::facts::{Metric, Point};
use crate::report::table::{Cell, Table};
use crate::study::ageing::Aged;
use crate::study::ageing::purging::{CHUNK, Purged};
use crate::units::show;
use serde::Serialize;

/// What was found while a purge runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Purging {
    /// The table that loses rows.
    pub table: String,
    /// Rows of a transaction.
    pub chunk_rows: u32,
    /// How long a run takes alone, at the last date; null: nothing goes then.
    pub time: Option<Spread>,
    /// The part that this is of the time between two runs, likewise.
    pub share: Option<Spread>,
    /// Requests at dates, while it runs.
    pub behavior: Behavior,
    /// When objectives fail while it runs.
    pub crossings: Vec<Crossing>,
    /// The objectives that requests must meet at all dates, judged while it runs.
    pub objectives: Vec<Judgment>,
    /// The same without it.
    pub quiet: Vec<Judgment>,
}

/// Of every purge of a design with these amounts.
pub fn gather(
    here: &Aged,
    model: &Model,
    amounts: &[Amount],
    (calendar, assurance): (&Calendar, f64),
) -> Vec<Purging> {
    let judged = |aged: &Aged| judged::over_time(&model.objectives, aged, calendar, assurance);
    let one = |purged: &Purged| {
        let table = model.tables[purged.table].name.clone();
        let last = |word: &str| {
            let path = format!("table.{table}.purge.{word}");
            amounts.iter().find(|amount| amount.path == path)?.points.last().copied()
        };
        Purging {
            chunk_rows: CHUNK as u32,
            time: last("time"),
            share: last("share"),
            behavior: behavior::gather(&purged.aged, calendar),
            crossings: behavior::crossings(&purged.aged, None, (calendar, assurance)),
            objectives: judged(&purged.aged),
            quiet: judged(here),
            table,
        }
    };
    here.purges.iter().map(one).collect()
}

/// One metric at the last date at which both were simulated.
struct Both<'a> {
    metric: &'a Metric,
    date: &'a str,
    /// Without the purge, and while it runs.
    values: [String; 2],
}

/// The metrics that objectives are about, else the first.
fn both<'a>(quiet: &'a Behavior, purging: &'a Behavior) -> Vec<Both<'a>> {
    let same = |point: &&Point| quiet.points.iter().any(|one| one.values == point.values);
    let Some(last) = purging.points.iter().rfind(same) else { return Vec::new() };
    let Some(before) = quiet.points.iter().find(|one| one.values == last.values) else {
        return Vec::new();
    };
    let asked = quiet.metrics.iter().filter(|metric| metric.asked).count().max(1);
    let one = |(at, metric): (usize, &'a Metric)| {
        let value = |point: &Point| match point.metrics.get(at).copied().flatten() {
            Some(value) if value.point.0.is_finite() => metric.unit.measure().show(value.point.0),
            // Too few good answers for one, or nothing recorded.
            _ => "none".to_owned(),
        };
        let date = last.settings.first().map_or("", String::as_str);
        Both { metric, date, values: [value(before), value(last)] }
    };
    quiet.metrics.iter().enumerate().take(asked).map(one).collect()
}

/// From when on an objective fails; `None`: nothing is known of that.
fn fails_from(objective: &Judgment) -> Option<String> {
    let from = objective.fails_from.as_ref()?;
    Some(words::date(from.month.0, from.date.as_ref()))
}

/// What is said of an objective without the purge.
fn without<'a>(purging: &'a Purging, objective: &Judgment) -> Option<&'a Judgment> {
    purging.quiet.iter().find(|quiet| quiet.name == objective.name)
}

/// Whether an objective holds while a purge runs, with what is said of it without.
fn verdict(purging: &Purging, objective: &Judgment) -> String {
    let name = &objective.name;
    match (objective.verdict, fails_from(objective)) {
        (Verdict::Pass, _) => format!("{name} holds"),
        (Verdict::Fail, Some(date)) => {
            let quiet = without(purging, objective);
            let beside = match (quiet.map(|quiet| quiet.verdict), quiet.and_then(fails_from)) {
                (Some(Verdict::Pass), _) => "without it does not".to_owned(),
                (_, Some(quiet)) if quiet == date => "as it does without".to_owned(),
                (_, Some(quiet)) => format!("without from {quiet}"),
                _ => "without it cannot be told".to_owned(),
            };
            format!("{name} fails from {date} on, {beside}")
        }
        (Verdict::Fail, None) => format!("{name} fails"),
        _ => format!("of {name} it cannot be told"),
    }
}

/// How much of the time a purge runs.
fn often(purging: &Purging) -> Option<String> {
    let (time, share) = (purging.time?.median.0, purging.share?.median.0);
    if share >= 1.0 {
        return Some("all the time: it never ends".to_owned());
    }
    let (run, day) = (show::duration(time), show::duration(share * DAY));
    Some(format!("{run} a run, {day} of each day, {} of the time", show::percent(share)))
}

fn sentence(variant: &Variant, quiet: &Behavior, purging: &Purging) -> Option<String> {
    let all = both(quiet, &purging.behavior);
    let date = all.first()?.date;
    let table = &purging.table;
    let one = |both: &Both| {
        let [before, now] = &both.values;
        format!("{} is {before}, {now} while the purge of {table} runs", both.metric.metric)
    };
    let mut said = format!("At {date} {}", list(&all.iter().map(one).collect::<Vec<_>>()));
    if let Some(often) = often(purging) {
        said += &format!(" ({often})");
    }
    let verdicts = purging.objectives.iter().map(|one| verdict(purging, one));
    let verdicts: Vec<String> = verdicts.collect();
    if !verdicts.is_empty() {
        said += &format!("; then {}", list(&verdicts));
    }
    Some(match &variant.name {
        Some(name) => format!("{name}: {said}."),
        None => said + ".",
    })
}

fn all(summary: &Summary) -> impl Iterator<Item = (&Variant, &Behavior, &Purging)> {
    summary.variants.iter().flat_map(|variant| {
        let quiet = variant.behavior.iter();
        quiet.flat_map(move |quiet| variant.purging.iter().map(move |one| (variant, quiet, one)))
    })
}

/// A row per variant, purge and metric, at the last date; below it in words, with what becomes of
/// objectives.
pub fn table(summary: &Summary) -> Table {
    let heads = ["", "purge of", "of the time", "metric", "date", "quiet", "while it runs"];
    let mut table = Table::new("While a purge runs", &heads);
    table.spare = vec!["date", "of the time"];
    for (variant, quiet, purging) in all(summary) {
        let name = variant.name.as_deref().unwrap_or("as it stands");
        for both in both(quiet, &purging.behavior) {
            let share = purging.share.map_or(0.0, |share| share.median.0);
            let [before, now] = both.values;
            table.row(vec![
                Cell::text(name),
                Cell::text(&purging.table),
                Cell::Measure(show::percent(share)),
                Cell::text(&both.metric.metric),
                Cell::text(both.date),
                Cell::Measure(before),
                Cell::Measure(now),
            ]);
        }
        if let Some(said) = sentence(variant, quiet, purging) {
            table.note(said);
        }
    }
    table.drop_empty_columns();
    table
}

/// A sentence on each objective that is missed only because a purge runs.
pub fn warnings(summary: &Summary) -> Vec<String> {
    let mut said = Vec::new();
    for (variant, _, purging) in all(summary) {
        let of = variant.name.as_ref().map_or(String::new(), |name| format!("{name}: "));
        for one in purging.objectives.iter().filter(|one| one.verdict == Verdict::Fail) {
            if without(purging, one).is_some_and(|quiet| quiet.verdict == Verdict::Pass) {
                let when = fails_from(one).map_or(String::new(), |date| format!(" from {date} on"));
                said.push(format!(
                    "{of}{} is missed{when} while the purge of {} runs, and is met without it",
                    one.name, purging.table
                ));
            }
        }
    }
    said
}
