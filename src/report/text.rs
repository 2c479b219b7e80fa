//! The summary for a terminal: at most [`WIDTH`] columns, complete without color.

use super::again::{self, Gives};
use super::phrase::counted;
use super::summary::{Regime, Summary};
use super::table::{Table, elide, wrap};
use super::{tables, unknowns, window_table};
use crate::units::show;

/// Columns that nothing exceeds, names of any length included.
pub const WIDTH: usize = 100;
/// Assumptions that are listed here; the report has all.
const ASSUMPTIONS: usize = 12;

/// The summary as text.
pub fn render(summary: &Summary) -> String {
    let mut blocks = vec![paragraph(&summary.headline)];
    blocks.push(facts(summary));
    blocks.push(verdicts("Objectives", &summary.objectives));
    blocks.push(verdicts("Claims", &summary.claims));
    let warnings = summary.warnings.iter().map(|warning| paragraph(&format!("warning: {warning}")));
    blocks.push(warnings.collect::<Vec<_>>().concat());
    blocks.push(not_known(summary));
    let tables = [
        tables::latency(summary),
        window_table::windows(summary),
        tables::outcomes(summary),
        tables::stations(summary),
        tables::pools(summary),
    ];
    blocks.extend(tables.iter().map(text));
    blocks.extend(summary.breakdown.iter().map(|one| text(&tables::breakdown(one))));
    blocks.push(text(&tables::variants(summary)));
    blocks.push(paragraph(&tables::not_run(&summary.not_run)));
    blocks.push(text(&tables::theory(summary)));
    blocks.push(text(&tables::assumptions(summary, ASSUMPTIONS)));
    blocks.push(reproduce(summary));
    blocks.retain(|block| !block.is_empty());
    blocks.join("\n")
}

fn text(table: &Table) -> String {
    table.to_text(WIDTH)
}

fn paragraph(text: &str) -> String {
    let lines = wrap(text, WIDTH, 0);
    if lines.is_empty() { String::new() } else { lines.join("\n") + "\n" }
}

/// What was run, in a line or two.
fn facts(summary: &Summary) -> String {
    let run = &summary.run;
    let variant = summary.variant.as_ref().map_or(String::new(), |name| format!(", {name}"));
    let mut parts = vec![format!("{}{variant}", summary.name)];
    parts.push(runs(summary));
    if run.warm_up_s.0 > 0.0 {
        parts.push(format!(
            "after {} of warm-up ({})",
            show::duration(run.warm_up_s.0),
            run.warm_up_reason
        ));
    }
    parts.push(format!("seed {}", run.seed));
    parts.push(format!("{} intervals", show::percent(run.confidence.0)));
    parts.extend(run.precision.iter().filter(|goal| goal.reached).map(|goal| {
        format!("precision {} ({} reached)", goal.goal, show::percent(goal.half_width.0))
    }));
    if run.partial {
        parts.push("cut short".to_owned());
    }
    paragraph(&parts.join(" \u{b7} "))
}

/// `16 replications of 60 s`.
pub(super) fn runs(summary: &Summary) -> String {
    let run = &summary.run;
    let worlds = if run.worlds > 1 {
        format!("{} of ", counted(u64::from(run.worlds), "world"))
    } else {
        String::new()
    };
    let length = match run.regime {
        Regime::Terminating => "to the end".to_owned(),
        _ => format!("of {}", show::duration(run.duration_s.0)),
    };
    format!("{worlds}{} {length}", counted(u64::from(run.replications), "replication"))
}

fn verdicts(title: &str, judgments: &[super::summary::Judgment]) -> String {
    let mut block = text(&tables::verdicts(title, judgments));
    for remark in tables::remarks(judgments) {
        block += &(wrap(&remark, WIDTH, 2).join("\n") + "\n");
    }
    block
}

/// What is not known: what hangs on what, and what to do.
fn not_known(summary: &Summary) -> String {
    let lines = |sentence: &str| wrap(sentence, WIDTH, 2).join("\n") + "\n";
    let mut block = text(&unknowns::table(summary));
    let ways = summary.unknowns.iter().flat_map(|one| &one.advice.how);
    let ways = ways.map(|way| {
        let command = elide(&super::table::clean_lines(&way.command), WIDTH - 4);
        format!("{}    {command}\n", lines(&format!("{}:", way.gives)))
    });
    let mut ways = Some(ways);
    for sentence in unknowns::sentences(summary) {
        block += &lines(&sentence);
        // How to measure follows the advice, which comes first.
        block.extend(ways.take().into_iter().flatten());
    }
    block
}

fn reproduce(summary: &Summary) -> String {
    let run = &summary.run;
    if run.reproduce.is_empty() {
        return String::new();
    }
    let with = format!("plimsoll {} (identity {})", run.version, run.identity);
    again::text(Gives::This, &with, &run.reproduce)
}
