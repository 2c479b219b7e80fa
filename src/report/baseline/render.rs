//! A comparison with a baseline as text, Markdown and JSON.

use super::facts::{Baseline, Moved, Sameness};
use crate::report::compare::facts::{Change, Method};
use crate::report::compare::luck::Draws;
use crate::report::compare::render::{difference, interval};
use crate::report::phrase::counted;
use crate::report::summary::Value;
use crate::report::table::{Cell, Table, escape_markdown, wrap};
use crate::report::text::WIDTH;
use crate::units::show;

/// As text, at most [`WIDTH`] columns wide.
pub fn text(all: &Baseline) -> String {
    let paragraph = |text: &str| wrap(text, WIDTH, 0).join("\n") + "\n";
    let mut blocks = vec![paragraph(&all.headline)];
    blocks.push(all.warnings.iter().map(|one| paragraph(&format!("warning: {one}"))).collect());
    blocks.push(verdicts(all).to_text(WIDTH));
    blocks.push(metrics(all).to_text(WIDTH));
    blocks.push(come_and_gone(all).iter().map(|one| paragraph(one)).collect());
    blocks.retain(|block| !block.trim().is_empty());
    blocks.join("\n")
}

/// As Markdown (GitHub's).
pub fn markdown(all: &Baseline) -> String {
    let variant = all.variant.as_ref().map_or(String::new(), |name| format!(" ({name})"));
    let title = format!("{}{variant}: since the baseline", all.name);
    let mut blocks = vec![format!("# {}", escape_markdown(&title))];
    blocks.push(format!("**{}**", escape_markdown(&all.headline)));
    let warning = |one: &String| format!("- **warning:** {}", escape_markdown(one));
    blocks.push(all.warnings.iter().map(warning).collect::<Vec<_>>().join("\n"));
    for table in [verdicts(all), metrics(all)] {
        let body = table.to_markdown();
        if !body.trim().is_empty() {
            blocks.push(format!("## {}\n\n{}", escape_markdown(&table.title), body.trim_end()));
        }
    }
    blocks.extend(come_and_gone(all).iter().map(|one| escape_markdown(one)));
    blocks.retain(|block| !block.trim().is_empty());
    blocks.join("\n\n") + "\n"
}

/// As JSON, pretty, with a final line break.
///
/// # Errors
/// None that a comparison can cause: every number is mapped and every key is a string.
pub fn json(all: &Baseline) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(all).map(|text| text + "\n")
}

fn verdicts(all: &Baseline) -> Table {
    let mut table = Table::new("Verdicts that are others now", &["of", "then", "now"]);
    for flip in &all.flipped {
        let words = [flip.before.word(), flip.after.word()].map(Cell::text);
        table.row([Cell::text(&flip.what)].into_iter().chain(words).collect());
    }
    table
}

fn metrics(all: &Baseline) -> Table {
    let heads = ["metric", "then", "now", "difference", "that is"];
    let mut table = Table::new("Since the baseline", &heads);
    for one in &all.metrics {
        let value = |value: &Value| {
            Cell::Measure(match value.point.0 {
                f64::INFINITY => "none".to_owned(),
                point => one.unit.measure().show(point),
            })
        };
        let by = one.difference.as_ref().filter(|_| one.change != Change::Same);
        table.row(vec![
            Cell::text(&one.metric),
            value(&one.before),
            value(&one.after),
            by.map_or(Cell::Empty, |by| {
                Cell::Measure(difference(by, [&one.before, &one.after], one.unit))
            }),
            Cell::text(word(one)),
        ]);
        let ends = by.and_then(|by| interval(by, one.unit));
        let ends = ends.map_or(Cell::Empty, Cell::Detail);
        table.detail(vec![Cell::Empty, Cell::Empty, Cell::Empty, ends]);
    }
    table.notes.extend(how(all));
    if let Some(needed) = all.worlds_needed() {
        table.note(format!(
            "Too few worlds: {needed} with a value in each would tell, for so many metrics at once."
        ));
    }
    if all.metrics.iter().any(|one| one.in_some_worlds) {
        table.note("In most worlds not: in some it differs, in most of them not at all.");
    }
    table
}

/// How the differences were found, and how sure they are.
fn how(all: &Baseline) -> Vec<String> {
    let told = || all.metrics.iter().filter(|one| one.difference.is_some());
    let by = |method: Method| told().any(|one| one.method == method);
    let together = format!(
        "intervals hold together for all {} compared, at {}.",
        counted(u64::from(all.compared), "metric"),
        show::percent(all.confidence.0)
    );
    let mut notes = Vec::new();
    if by(Method::Paired) {
        let worlds = counted(u64::from(all.worlds_shared), "world");
        notes.push(format!(
            "The two met the same {worlds}: a difference is the median of those by world, with the \
             interval of the sign test, and {together}"
        ));
    }
    if by(Method::Ranks) {
        notes.push(format!(
            "The two met other worlds each: a difference is that of the medians over them, unpaired, \
             by order statistics of both, and {together}"
        ));
    }
    if by(Method::Welch) {
        // Where the program computes the same system otherwise nobody knows what it draws.
        let luck = match all.draws {
            _ if all.sameness == Sameness::System => "The program changed: ",
            Draws::Same => {
                "The two met the same draws, but a summary keeps no single runs to pair, and intervals \
                 are most likely too wide: "
            }
            Draws::Partly => {
                "The two met the same draws in part, but a summary keeps no single runs to pair: "
            }
            Draws::Own => "The two met luck of their own: ",
        };
        notes.push(format!("{luck}differences are unpaired (Welch), and their {together}"));
        if all.after.worlds > 1 {
            notes.push(
                "Of several worlds: medians over the worlds, and the differences of these."
                    .to_owned(),
            );
        }
    }
    notes
}

fn word(moved: &Moved) -> &'static str {
    match moved.change {
        Change::CannotTell if moved.worlds_needed.is_some() => "too few worlds",
        Change::CannotTell if moved.difference.is_none() => "too few samples",
        Change::CannotTell if moved.in_some_worlds => "in most worlds not",
        Change::CannotTell => "may be luck",
        change => change.word(),
    }
}

fn come_and_gone(all: &Baseline) -> Vec<String> {
    let said = |what: &str, names: &[String]| {
        (!names.is_empty()).then(|| format!("{what}: {}.", names.join(", ")))
    };
    [said("Not in the baseline", &all.new), said("In the baseline only", &all.gone)]
        .into_iter()
        .flatten()
        .collect()
}
