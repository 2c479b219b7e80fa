//! The table of named windows.

use super::summary::{Summary, Unit, Value, WindowRow};
use super::table::Table;
use super::tables::{Block, assemble};
use crate::units::show;

/// Requests by the window in which they were meant to arrive, and how many were in the system.
pub fn windows(summary: &Summary) -> Table {
    let rows = &summary.windows;
    let several = rows.iter().any(|row| row.path != rows[0].path);
    let name = |row: &WindowRow| {
        let times = format!("{} to {}", show::duration(row.from_s.0), show::duration(row.to_s.0));
        let of = if several { format!(" {}", row.path) } else { String::new() };
        format!("{} ({times}){of}", row.window)
    };
    let names: Vec<String> = rows.iter().map(name).collect();
    let of = |get: fn(&WindowRow) -> Option<Value>| rows.iter().map(get).collect::<Vec<_>>();
    let mut table = assemble(
        "Windows",
        "arrived in",
        &names,
        vec![
            Block::new(Unit::PerSecond).column("arrive", of(|row| row.per_second)),
            Block::new(Unit::Share).column("good", of(|row| row.good)),
            Block::new(Unit::Count).column("in system", of(|row| row.in_system)),
            Block::new(Unit::Seconds)
                .with_intervals()
                .column("p50", of(|row| row.p50_s))
                .column("p95", of(|row| row.p95_s))
                .column("p99", of(|row| row.p99_s)),
        ],
    );
    table.drop_empty_columns();
    table
}
