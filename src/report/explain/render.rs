//! An explanation as text and as Markdown.

use super::facts::{ChangeFacts, Explained, RelationFacts};
use crate::report::phrase;
use crate::report::summary::Number;
use crate::report::table::{Cell, Table, escape_markdown, wrap};
use crate::report::text::WIDTH;
use crate::units::show::{self, Measure};

/// As text, at most [`WIDTH`] columns wide.
pub fn text(all: &Explained) -> String {
    let paragraph = |text: &str| wrap(text, WIDTH, 0).join("\n") + "\n";
    let mut blocks = vec![paragraph(&all.headline), paragraph(&title(all))];
    blocks.extend(tables(all).iter().map(|table| table.to_text(WIDTH)));
    blocks.push(all.notes.iter().map(|note| paragraph(note)).collect());
    blocks.retain(|block| !block.trim().is_empty());
    blocks.join("\n")
}

/// As Markdown.
pub fn markdown(all: &Explained) -> String {
    let mut blocks = vec![format!("# {}", escape_markdown(&format!("query.{}", all.query)))];
    blocks.push(escape_markdown(&all.headline));
    blocks.push(escape_markdown(&title(all)));
    for table in tables(all) {
        let body = table.to_markdown();
        if !body.is_empty() {
            blocks.push(format!("## {}\n\n{}", escape_markdown(&table.title), body.trim_end()));
        }
    }
    blocks.extend(all.notes.iter().map(|note| escape_markdown(note)));
    blocks.join("\n\n") + "\n"
}

/// As JSON, pretty, with a final line break.
///
/// # Errors
/// None that an explanation can cause: every number is mapped and every key is a string.
pub fn json(all: &Explained) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(all).map(|text| text + "\n")
}

fn title(all: &Explained) -> String {
    let variant = all.variant.as_ref().map_or(String::new(), |name| format!(", {name}"));
    let memory = all.memory.as_ref().map_or(String::new(), |memory| {
        let found = memory.found.map_or(String::new(), |found| {
            format!(", where this load finds {} of its pages", show::percent(found.0))
        });
        format!(
            " \u{b7} {} of memory for pages, {} for connections{found}",
            show::bytes(memory.cache.0),
            show::bytes(memory.connections.0)
        )
    });
    format!("{}{variant} \u{b7} arithmetic only, nothing is simulated{memory}", all.scenario)
}

fn tables(all: &Explained) -> Vec<Table> {
    let mut found = vec![sizes(all), ways(all), times(all), write(all)];
    found.push(if all.write.is_some() { drops(all) } else { changes(all) });
    found
}

fn measure(measure: Measure, value: Number) -> Cell {
    Cell::Measure(measure.show(value.0))
}

fn sizes(all: &Explained) -> Table {
    let heads = ["", "columns", "rows", "bytes of one", "levels", "pages", "size"];
    let mut table = Table::new("Sizes", &heads);
    let mut add = |one: &RelationFacts| {
        table.row(vec![
            Cell::text(&one.name),
            if one.on.is_empty() { Cell::Empty } else { Cell::prose(&one.on) },
            measure(Measure::Count, one.entries),
            measure(Measure::Count, one.entry_bytes),
            one.levels.map_or(Cell::Empty, |levels| Cell::Number(levels.to_string())),
            measure(Measure::Count, one.pages),
            measure(Measure::Bytes, one.bytes),
        ]);
    };
    for one in &all.tables {
        add(&one.heap);
        one.toast.iter().for_each(&mut add);
        one.indexes.iter().for_each(&mut add);
    }
    for one in all.tables.iter().filter(|one| one.pieces.0 > 1.0) {
        table.note(format!("{} lies in {} pieces.", one.name, show::count(one.pieces.0)));
    }
    table
}

fn ways(all: &Explained) -> Table {
    let heads = ["", "plan", "cost", "rows read", "pages", "warm", "cold"];
    let title = "The ways that PostgreSQL weighs, on an idle server";
    let mut table = Table::new(title, &heads);
    for way in &all.ways {
        table.row(vec![
            Cell::text(if way.chosen { "takes" } else { "rejects" }),
            Cell::prose(&way.plan),
            Cell::Measure(show::number(way.cost.0)),
            measure(Measure::Count, way.examined),
            measure(Measure::Count, way.pages),
            measure(Measure::Duration, way.warm_s),
            measure(Measure::Duration, way.cold_s),
        ]);
    }
    table.note("The planner goes by cost, which has no unit; times are ours, without the network.");
    table
}

fn times(all: &Explained) -> Table {
    let heads = ["", "random reads", "scanned", "CPU", "disk", "network", "total"];
    let mut table = Table::new("Where the time of one execution goes", &heads);
    for time in &all.times {
        table.row(vec![
            Cell::text(&time.state),
            measure(Measure::Count, time.reads),
            measure(Measure::Bytes, time.scanned),
            measure(Measure::Duration, time.cpu_s),
            measure(Measure::Duration, time.disk_s),
            measure(Measure::Duration, time.network_s),
            measure(Measure::Duration, time.total_s),
        ]);
    }
    table
}

fn write(all: &Explained) -> Table {
    let Some(write) = &all.write else { return Table::new("What it writes", &[]) };
    let mut heads = vec!["rows", "CPU", "pages", "log"];
    let mut cells = vec![
        measure(Measure::Count, write.rows),
        measure(Measure::Duration, write.cpu_s),
        measure(Measure::Count, write.pages),
        measure(Measure::Bytes, write.wal_bytes),
    ];
    if let Some(hot) = write.hot {
        heads.push("without index entries");
        cells.push(measure(Measure::Percent, hot));
    }
    let mut table = Table::new("What it writes", &heads);
    table.row(cells);
    table
}

/// Signed, since an index less makes things cheaper; nothing is said of less than a thousandth.
fn more(measure: Measure, value: Number) -> Cell {
    let least = if measure == Measure::Duration { 1e-9 } else { 1e-3 };
    if value.0.abs() < least {
        return Cell::Measure("0".to_owned());
    }
    let sign = if value.0 > 0.0 { "+" } else { "" };
    Cell::Measure(format!("{sign}{}", measure.show(value.0)))
}

/// The change; of an index that goes, who uses it.
fn what(change: &ChangeFacts) -> String {
    let users: Vec<String> = change.used_by.iter().map(|name| format!("query.{name}")).collect();
    match users.as_slice() {
        _ if change.what.starts_with("create") => change.what.clone(),
        [] => format!("{} (no query uses it)", change.what),
        users => format!("{} (used by {})", change.what, phrase::list(users)),
    }
}

fn changes(all: &Explained) -> Table {
    let heads = ["", "warm", "cold", "size", "insert CPU", "insert reads", "update CPU"];
    let mut table = Table::new("One index more, or less", &heads);
    for change in &all.changes {
        table.row(vec![
            Cell::prose(what(change)),
            measure(Measure::Duration, change.warm_s),
            measure(Measure::Duration, change.cold_s),
            more(Measure::Bytes, change.bytes),
            more(Measure::Duration, change.insert_s),
            more(Measure::Count, change.insert_pages),
            more(Measure::Duration, change.update_s),
        ]);
    }
    table.note(
        "Warm and cold: the query then, without the network. Insert and update: of one row, more \
         or less than now; reads are pages touched, which are read if they are not in memory.",
    );
    table
}

fn drops(all: &Explained) -> Table {
    let heads = ["", "warm", "cold", "size", "log of an insert"];
    let mut table = Table::new("One index less", &heads);
    for change in &all.changes {
        table.row(vec![
            Cell::prose(what(change)),
            measure(Measure::Duration, change.warm_s),
            measure(Measure::Duration, change.cold_s),
            more(Measure::Bytes, change.bytes),
            more(Measure::Bytes, change.wal_bytes),
        ]);
    }
    table.note("Warm and cold: the same write then, without the network.");
    table
}
