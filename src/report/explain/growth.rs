//! Every table of a scenario: what it is now, what it becomes, and by which law.

use crate::growth::calendar::DAY;
use crate::model::{Binding, Growth, GrowthShape, Inflow, Model, Retention, Stretch, Table, Then};
use crate::report::forecast::summary::Unit;
use crate::report::forecast::words;
use crate::report::summary::Number;
use crate::report::table::{self, Cell};
use crate::report::text::WIDTH;
use crate::study::forecast::Forecast;
use crate::units::show;
use serde::Serialize;

/// What is said of the data of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overview {
    /// Name of the scenario.
    pub scenario: String,
    /// Months until the later numbers.
    pub months: u32,
    /// Its tables.
    pub tables: Vec<Grown>,
    /// Its queries and writes that ask a table, which can be explained each.
    pub queries: Vec<String>,
}

/// A table, with every input at its median.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Grown {
    /// Its name.
    pub table: String,
    /// Rows at month 0, and after the months.
    pub rows: [Number; 2],
    /// Bytes with indexes at month 0, and after the months.
    pub bytes: [Number; 2],
    /// How it grows and what becomes of old rows, in words.
    pub law: String,
}

/// Tells what becomes of the tables of a model, by its forecast.
pub fn overview(model: &Model, binding: &Binding, worked: &Forecast, months: u32) -> Overview {
    let course = worked.courses.first();
    let at = |table: &Table, word: &str| {
        let series = course.and_then(|one| one.get(&format!("table.{}.{word}", table.name)));
        let value = |date: usize| series.and_then(|one| one.values.get(date)?.first().copied());
        [0, worked.end()].map(|date| Number(value(date).unwrap_or(f64::NAN)))
    };
    let one = |table: &Table| Grown {
        table: table.name.clone(),
        rows: at(table, "rows"),
        bytes: at(table, "bytes"),
        law: law(model, binding, table),
    };
    let asked = model.queries.iter().filter(|query| query.table.is_some());
    Overview {
        scenario: model.name.clone(),
        months,
        tables: model.tables.iter().map(one).collect(),
        queries: asked.map(|query| query.name.clone()).collect(),
    }
}

/// `5,000 rows a day at month 0, 8 % more each month; kept for 90 days, then deleted each week`.
fn law(model: &Model, binding: &Binding, table: &Table) -> String {
    let grows =
        table.growth.as_ref().map_or("nothing comes".to_owned(), |one| inflow(binding, one));
    match &table.retention {
        None => grows,
        Some(rule) => format!("{grows}; {}", kept(model, binding, rule)),
    }
}

fn inflow(binding: &Binding, growth: &Growth) -> String {
    let a_day = |per_s: f64| format!("{} rows a day", words::amount(per_s * DAY, Unit::Count));
    let base = match growth.inflow {
        Inflow::Stated(rate) => a_day(binding.get(rate)),
        Inflow::Traffic => "what the endpoints insert less what they delete".to_owned(),
        Inflow::Itself => "the table itself".to_owned(),
    };
    let by = |share: f64| {
        format!("{} {}", show::percent(share.abs()), if share < 0.0 { "less" } else { "more" })
    };
    let itself = growth.inflow == Inflow::Itself;
    let shape = match growth.shape {
        GrowthShape::Constant => base,
        GrowthShape::Rise(rise) => {
            let rise = words::amount(binding.get(rise) * DAY * DAY, Unit::Count);
            format!("{base} at month 0, {rise} a day more each day")
        }
        GrowthShape::Compound { growth: share, per, limit } => {
            let each = stretch(binding, per);
            let start = if itself { base } else { format!("{base} at month 0") };
            let limit = limit.map(|limit| {
                let limit = binding.get(limit);
                if itself { words::amount(limit, Unit::Count) + " rows" } else { a_day(limit) }
            });
            let grows = format!("{start}, {} each {each}", by(binding.get(share)));
            limit.map_or(grows.clone(), |limit| format!("{grows} at first, towards {limit}"))
        }
    };
    match growth.seasonal.len() {
        0 => shape,
        4 => shape + ", by a factor of the quarter",
        _ => shape + ", by a factor of the month of the year",
    }
}

fn kept(model: &Model, binding: &Binding, rule: &Retention) -> String {
    let after = show::duration(binding.get(rule.after));
    let runs = rule
        .every
        .map_or("at once".to_owned(), |every| format!("each {}", stretch(binding, every)));
    match rule.then {
        Then::Drop => {
            let pieces = rule
                .every
                .map_or(String::new(), |every| format!(" of a {}", stretch(binding, every)));
            format!("kept for {after}, then dropped in partitions{pieces}")
        }
        Then::Delete => format!("kept for {after}, then deleted {runs}"),
        Then::Move(storage) => {
            let storage = model.outlook.storages.get(storage).map_or("", |one| one.name.as_str());
            format!("kept for {after}, then moved to storage.{storage} {runs}")
        }
    }
}

fn stretch(binding: &Binding, stretch: Stretch) -> String {
    match stretch {
        Stretch::Days(1) => "day".to_owned(),
        Stretch::Days(7) => "week".to_owned(),
        Stretch::Days(days) => format!("{days} days"),
        Stretch::Months(1) => "month".to_owned(),
        Stretch::Months(12) => "year".to_owned(),
        Stretch::Months(months) => format!("{months} months"),
        Stretch::Time(id) => show::duration(binding.get(id)),
    }
}

fn table_of(all: &Overview) -> table::Table {
    let after = format!("after {}", words::months(all.months));
    let heads = ["table", "rows at month 0", "bytes", &format!("rows {after}"), "bytes", "growth"];
    let mut table = table::Table::new("Tables, with every input at its median", &heads);
    for one in &all.tables {
        let count = |at: usize| Cell::Measure(words::amount(one.rows[at].0, Unit::Count));
        let bytes = |at: usize| Cell::Measure(words::amount(one.bytes[at].0, Unit::Bytes));
        let name = Cell::text(&one.table);
        table.row(vec![name, count(0), bytes(0), count(1), bytes(1), Cell::prose(&one.law)]);
    }
    table
}

/// What else can be asked, for a file as it was typed.
fn more(all: &Overview, file: &str) -> String {
    let forecast = format!("plimsoll forecast {file} has bands, storages and money.");
    if all.queries.is_empty() {
        return forecast;
    }
    format!("{forecast} plimsoll explain {file} QUERY explains one of {}.", all.queries.join(", "))
}

/// For a terminal; `file` is the scenario as it is typed.
pub fn text(all: &Overview, file: &str) -> String {
    table_of(all).to_text(WIDTH) + "\n" + &table::wrap(&more(all, file), WIDTH, 0).join("\n") + "\n"
}

/// As Markdown.
pub fn markdown(all: &Overview, file: &str) -> String {
    table_of(all).to_markdown() + "\n" + &table::escape_markdown(&more(all, file)) + "\n"
}

/// As JSON.
///
/// # Errors
/// None that numbers or names can cause; the type is what `serde_json` asks for.
pub fn json(all: &Overview) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(all).map(|text| text + "\n")
}
