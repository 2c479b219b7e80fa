//! A search for a size as text and Markdown.

use super::facts::{Look, Size};
use crate::report::again::{self, Gives};
use crate::report::phrase;
use crate::report::summary::Regime;
use crate::report::table::{Cell, Table, escape_markdown, wrap};
use crate::report::text::WIDTH;
use crate::units::show;

/// As text, at most [`WIDTH`] columns wide.
pub fn text(all: &Size) -> String {
    let paragraph = |text: &str| wrap(text, WIDTH, 0).join("\n") + "\n";
    let mut blocks = vec![paragraph(&all.headline)];
    blocks.push(all.findings.iter().map(|one| paragraph(one)).collect());
    blocks.push(paragraph(&facts(all)));
    blocks.push(all.warnings.iter().map(|one| paragraph(&format!("warning: {one}"))).collect());
    blocks.push(looked(all).to_text(WIDTH));
    blocks.push(again::text(gives(all), &format!("plimsoll {}", all.version), &all.reproduce));
    blocks.retain(|block| !block.trim().is_empty());
    blocks.join("\n")
}

/// As Markdown (GitHub's).
pub fn markdown(all: &Size) -> String {
    let title = format!("{}: how much of {}", named(all), all.keys.join(" and "));
    let mut blocks = vec![format!("# {}", escape_markdown(&title))];
    blocks.push(format!("**{}**", escape_markdown(&all.headline)));
    blocks.extend(all.findings.iter().map(|one| escape_markdown(one)));
    blocks.push(escape_markdown(&facts(all)));
    let warning = |one: &String| format!("- **warning:** {}", escape_markdown(one));
    blocks.push(all.warnings.iter().map(warning).collect::<Vec<_>>().join("\n"));
    let table = looked(all);
    blocks.push(format!(
        "## {}\n\n{}",
        escape_markdown(&table.title),
        table.to_markdown().trim_end()
    ));
    blocks.push(again::markdown(gives(all), &all.reproduce));
    blocks.retain(|block| !block.trim().is_empty());
    blocks.join("\n\n") + "\n"
}

/// What the command gives: of what was interrupted more than this.
fn gives(all: &Size) -> Gives {
    if all.partial { Gives::All } else { Gives::This }
}

fn named(all: &Size) -> String {
    phrase::named(&all.name, all.variant.as_deref())
}

fn facts(all: &Size) -> String {
    let assurance = if all.worlds > 1 {
        format!(" \u{b7} in {} of the worlds", show::percent(all.assurance.0))
    } else {
        String::new()
    };
    format!(
        "{} \u{b7} asked for: {} \u{b7} {}, {}{assurance} \u{b7} everything said here is \
         right at {} \u{b7} seed {}",
        named(all),
        all.wanted.join(", "),
        phrase::counted(u64::from(all.candidates), "candidate"),
        all.search,
        show::percent(all.confidence.0),
        all.seed
    )
}

/// What was looked at, with the excuse of each.
fn looked(all: &Size) -> Table {
    let key = all.keys.join(", ");
    let runs = if all.worlds > 1 { "worlds" } else { "runs" };
    let heads = [key.as_str(), "cost", "shown", runs, "because", "binds next", "state"];
    let mut table = Table::new("Looked at", &heads);
    for (at, look) in all.looked.iter().enumerate() {
        let mark = if all.chosen == Some(at as u32) { " \u{2190}" } else { "" };
        table.row(vec![
            Cell::text(format!("{}{mark}", look.settings.join(", "))),
            look.cost.map_or(Cell::Empty, |cost| Cell::Measure(show::number(cost.0))),
            Cell::text(look.shown),
            Cell::Measure(look.runs.to_string()),
            look.excuse.as_ref().map_or(Cell::Empty, Cell::prose),
            look.cause.in_short().map_or(Cell::Empty, Cell::prose),
            state(look),
        ]);
    }
    table.drop_empty_columns();
    table.elsewhere = "size.json";
    table.spare = vec!["state"];
    table
}

fn state(look: &Look) -> Cell {
    let plain = matches!(look.regime, Regime::Stable | Regime::Terminating);
    if plain { Cell::Empty } else { Cell::text(look.regime.word()) }
}
