//! The summary for a pull request: the tables as Markdown, the charts as links to files beside it.

use super::charts::Chart;
use super::summary::{Judgment, Summary};
use super::table::{Table, code_markdown, escape_markdown};
use super::{tables, unknowns, window_table};
use crate::units::show;

/// The summary as Markdown (GitHub's). `charts` are linked by the names of their files.
pub fn render(summary: &Summary, charts: &[Chart]) -> String {
    let variant = summary.variant.as_ref().map_or(String::new(), |name| format!(" ({name})"));
    let mut blocks = vec![format!("# {}", escape_markdown(&format!("{}{variant}", summary.name)))];
    blocks.push(format!("**{}**", escape_markdown(&summary.headline)));
    blocks.extend(summary.about.as_deref().map(paragraph));
    blocks.push(list(
        summary.warnings.iter().map(|w| format!("**warning:** {}", escape_markdown(w))),
    ));
    let chart = |file: &str| charts.iter().find(|chart| chart.file == file).map(figure);
    blocks.extend(verdicts("Objectives", &summary.objectives));
    blocks.extend(chart("margin.svg"));
    blocks.extend(verdicts("Claims", &summary.claims));
    blocks.extend(not_known(summary));
    blocks.extend(chart("tornado.svg"));
    blocks.extend(chart("fan.svg"));
    blocks.extend(section(&tables::variants(summary)));
    blocks.push(tables::not_run(&summary.not_run));
    blocks.extend(section(&tables::latency(summary)));
    blocks.extend(chart("spectrum.svg"));
    blocks.extend(section(&window_table::windows(summary)));
    blocks.extend(chart("transient.svg"));
    blocks.extend(section(&tables::outcomes(summary)));
    for (index, one) in summary.breakdown.iter().enumerate() {
        blocks.extend(section(&tables::breakdown(one)));
        if index + 1 == summary.breakdown.len() {
            blocks.extend(chart("breakdown.svg"));
        }
    }
    blocks.extend(section(&tables::stations(summary)));
    blocks.extend(section(&tables::pools(summary)));
    blocks.extend(chart("stations.svg"));
    blocks.extend(section(&tables::theory(summary)));
    blocks.extend(section(&tables::inputs(summary)));
    blocks.extend(section(&tables::assumptions(summary, usize::MAX)));
    blocks.push(method(summary));
    blocks.retain(|block| !block.trim().is_empty());
    blocks.join("\n\n") + "\n"
}

/// A paragraph of somebody's text, which must not begin a list or a heading.
fn paragraph(text: &str) -> String {
    let escaped = escape_markdown(text);
    let escaped = escaped.trim_start();
    let digits = escaped.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = digits.len() < escaped.len() && digits.starts_with(['.', ')']);
    if escaped.starts_with(['-', '+', '=']) {
        return format!("\\{escaped}");
    }
    if is_numbered {
        let number = &escaped[..escaped.len() - digits.len()];
        return format!("{number}\\{digits}");
    }
    escaped.to_owned()
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n")
}

fn section(table: &Table) -> Option<String> {
    let body = table.to_markdown();
    let body = body.trim_end();
    (!body.is_empty()).then(|| format!("## {}\n\n{body}", escape_markdown(&table.title)))
}

fn figure(chart: &Chart) -> String {
    format!("![{}]({})", escape_markdown(chart.svg.title()), chart.file)
}

fn verdicts(title: &str, judgments: &[Judgment]) -> Option<String> {
    let mut text = section(&tables::verdicts(title, judgments))?;
    let remarks = tables::remarks(judgments);
    if !remarks.is_empty() {
        text += "\n\n";
        text += &list(remarks.iter().map(|remark| escape_markdown(remark)));
    }
    Some(text)
}

/// What is not known: what hangs on what, and what to do.
fn not_known(summary: &Summary) -> Option<String> {
    let how = &summary.unknowns.as_ref()?.advice.how;
    let mut items: Vec<String> =
        unknowns::sentences(summary).iter().map(|one| escape_markdown(one)).collect();
    let ways = how
        .iter()
        .map(|way| format!("{}: {}", escape_markdown(&way.gives), code_markdown(&way.command)));
    items.splice(1..1, ways);
    let table = section(&unknowns::table(summary));
    let table = table.unwrap_or_else(|| "## What is not known".to_owned());
    Some(format!("{table}\n\n{}", list(items.into_iter())))
}

fn method(summary: &Summary) -> String {
    let run = &summary.run;
    let fact =
        |topic: &str, text: &str| format!("{}: {}", escape_markdown(topic), escape_markdown(text));
    let mut items = vec![
        fact("Runs", &format!("{} ({})", super::text::runs(summary), run.regime.word())),
        fact("Warm-up", &format!("{} ({})", show::duration(run.warm_up_s.0), run.warm_up_reason)),
        fact("Seed", &run.seed.to_string()),
        fact("Version", &format!("plimsoll {}, identity {}", run.version, run.identity)),
    ];
    items.extend(summary.method.iter().map(|one| fact(&one.topic, &one.text)));
    items.extend(summary.sources.iter().map(|source| fact("Source", source)));
    if !run.reproduce.is_empty() {
        items.push(format!("Again: {}", code_markdown(&run.reproduce)));
    }
    format!("## Method\n\n{}", list(items.into_iter()))
}
