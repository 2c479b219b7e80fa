//! What variants change, at the end of a forecast.

use super::render::apart;
use super::summary::{Amount, Crossing, Summary, Variant};
use super::{rules, words};
use crate::report::phrase::counted;
use crate::report::table::{Cell, Table};
use crate::report::text::WIDTH;
use crate::units::show;

/// The amount of a path in a variant.
fn find<'a>(variant: &'a Variant, path: &str) -> Option<&'a Amount> {
    variant.amounts.iter().find(|amount| amount.path == path)
}

/// A row of an amount at the last date by variant, and one of the differences.
fn by_variant(table: &mut Table, amount: &Amount, main: &Variant, others: &[&Variant]) {
    let cell = |variant: &Variant| match find(variant, &amount.path) {
        Some(one) => {
            let last = one.points.last().map_or(f64::NAN, |point| point.median.0);
            Cell::Measure(words::amount(last, one.unit))
        }
        None => Cell::Measure("0".to_owned()),
    };
    let mut cells = vec![Cell::text(&amount.path), cell(main)];
    cells.extend(others.iter().copied().map(cell));
    table.row(cells);
    let detail = |variant: &Variant| {
        let difference = find(variant, &amount.path).and_then(|one| one.difference);
        match difference {
            Some(d) if d.median.0 != 0.0 => {
                let sign = if d.median.0 > 0.0 { "+" } else { "-" };
                let size = words::amount(d.median.0.abs(), amount.unit);
                Cell::Detail(format!("{sign}{size}"))
            }
            _ => Cell::Empty,
        }
    };
    let mut details = vec![Cell::Empty, Cell::Empty];
    details.extend(others.iter().copied().map(detail));
    table.detail(details);
}

/// `+3 months`: how much later something happens with a variant, by the two dates that are shown; nothing
/// where either is none.
fn later(variant: &Variant, of: &Crossing) -> Cell {
    let months = rules::until(variant, of).map_or(f64::NAN, |(months, _)| months - of.assured.0);
    let months = libm::round(months * 10.0) / 10.0;
    if !months.is_finite() || months == 0.0 {
        return Cell::Empty;
    }
    let sign = if months > 0.0 { "+" } else { "-" };
    let plural = if months.abs() == 1.0 { "" } else { "s" };
    Cell::Detail(format!("{sign}{} month{plural}", show::number(months.abs())))
}

/// How far apart the simulated dates are between which those of variants are read off, at most.
fn read_off_others(main: &Variant, others: &[&Variant]) -> Option<String> {
    let is_row = |one: &&Crossing| main.crossings.iter().any(|row| row.what == one.what);
    let shown = others.iter().flat_map(|other| other.crossings.iter().filter(is_row));
    let most = shown.filter_map(|one| apart(one.around.as_ref())).reduce(f64::max)?;
    let days = counted(most as u64, "day");
    Some(format!(
        "Of requests: dates of variants are read off between two simulated dates, up to {days} apart."
    ))
}

/// What variants change at the end of the forecast: as many beside the first as a page has room for, the others
/// in further tables.
pub(super) fn tables(summary: &Summary) -> Vec<Table> {
    let all = rules::ranked(summary);
    let Some(main) = summary.variants.first().filter(|_| !all.is_empty()) else {
        return Vec::new();
    };
    let mut tables: Vec<Table> = Vec::new();
    let mut rest = all.as_slice();
    while !rest.is_empty() {
        let fits = |count: &usize| part(summary, main, &rest[..*count]).fits(WIDTH);
        let count = (2..=rest.len()).take_while(fits).last().unwrap_or(1);
        tables.push(part(summary, main, &rest[..count]));
        rest = &rest[count..];
    }
    let parts = tables.len();
    for (at, table) in tables.iter_mut().enumerate().filter(|_| parts > 1) {
        table.title += &format!(" ({} of {parts})", at + 1);
    }
    // What is said of all of them is said once.
    if let Some(last) = tables.last_mut() {
        notes(last, summary, main, &all);
    }
    tables
}

fn name(variant: &Variant) -> String {
    variant.name.clone().unwrap_or_else(|| "as it stands".to_owned())
}

/// Some of the variants beside the first, with what any of them changes.
fn part(summary: &Summary, main: &Variant, others: &[&Variant]) -> Table {
    let mut table =
        Table::new(&format!("After {}, by variant", words::months(summary.months)), &[]);
    table.heads = vec![String::new(), name(main)];
    table.heads.extend(others.iter().copied().map(name));
    let mut paths: Vec<&Amount> = main.amounts.iter().collect();
    for other in others {
        let new = other.amounts.iter().filter(|one| !paths.iter().any(|p| p.path == one.path));
        paths.extend(new.collect::<Vec<_>>());
    }
    for amount in paths {
        let changes = others.iter().any(|other| {
            find(other, &amount.path)
                .and_then(|one| one.difference)
                .is_none_or(|d| d.median.0 != 0.0)
        });
        let words: Vec<&str> = amount.path.split('.').collect();
        let is_main = matches!(
            words.as_slice(),
            ["table", _, "rows" | "bytes" | "partitions"]
                | ["database", _, "bytes" | "backup_time" | "restore_time"]
                | ["storage", _, "bytes"]
                | ["query", ..]
                | ["cost", "month" | "total"]
        );
        if !changes || !is_main {
            continue;
        }
        by_variant(&mut table, amount, main, others);
    }
    let all = || std::iter::once(&main).chain(others);
    let is_passed = |one: &&Crossing| {
        let mut months = all().filter_map(|variant| rules::until(variant, one));
        months.any(|(months, _)| months != f64::INFINITY)
    };
    let mut limits: Vec<&Crossing> = main.crossings.iter().filter(is_passed).collect();
    // A variant that changes none of what stands here has a column nevertheless.
    if table.rows.is_empty() && limits.is_empty() {
        limits.extend(&main.crossings);
    }
    for one in limits {
        passed_by_variant(&mut table, one, main, others);
    }
    table
}

/// A row of when a limit is passed by variant, and one of how much later that is.
fn passed_by_variant(table: &mut Table, one: &Crossing, main: &Variant, others: &[&Variant]) {
    let cell = |variant: &Variant| {
        let date = rules::until(variant, one).map(|(months, date)| words::date(months, date));
        date.map_or(Cell::Empty, Cell::Measure)
    };
    let mut cells = vec![Cell::text(&one.what)];
    cells.push(cell(main));
    cells.extend(others.iter().copied().map(cell));
    table.row(cells);
    let mut details = vec![Cell::Empty, Cell::Empty];
    details.extend(others.iter().map(|variant| later(variant, one)));
    table.detail(details);
}

/// What is to be known about all of the variants.
fn notes(table: &mut Table, summary: &Summary, main: &Variant, others: &[&Variant]) {
    let is_passed = |one: &Crossing| one.assured.0 != f64::INFINITY;
    let all = std::iter::once(main).chain(others.iter().copied());
    if summary.worlds > 1 && all.flat_map(|one| &one.crossings).any(is_passed) {
        let share = show::percent(1.0 - summary.assurance.0);
        table.note(format!("Limits: from when on they are passed in {share} of the worlds."));
    }
    if summary.worlds > 1 {
        table.note("Differences: medians of those within the same worlds.".to_owned());
    }
    if let Some(said) = read_off_others(main, others) {
        table.note(said);
    }
    let mut skipped = others.iter().filter(|other| other.not_simulated.is_some());
    let names: Vec<String> = skipped.clone().copied().map(name).collect();
    if let Some(why) = skipped.find_map(|other| other.not_simulated) {
        table.note(format!("Not simulated: {}, where {why}.", names.join(", ")));
    }
}
