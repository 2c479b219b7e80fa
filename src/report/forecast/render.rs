//! Text and Markdown of a forecast.

use super::summary::{Amount, Around, Crossing, Judgment, Part, Spread, Summary, Variant};
use super::words;
use super::{behavior, purging, rules, variants};
use crate::report::again::{self, Gives};
use crate::report::charts::Chart;
use crate::report::phrase::{counted, list};
use crate::report::summary::{Number, Verdict};
use crate::report::table::{Cell, Table, escape_markdown, wrap};
use crate::report::text::WIDTH;
use crate::study::forecast::crossing::out_of_memory;
use crate::units::show;

/// Dates beside each other in a table.
const COLUMNS: usize = 5;
/// The same where they have bands.
const BANDED: usize = 3;
/// Assumptions that are listed in text.
const ASSUMPTIONS: usize = 12;

/// For a terminal.
pub fn text(summary: &Summary) -> String {
    let mut blocks = vec![paragraph(&summary.headline), paragraph(&facts(summary))];
    blocks.push(table(&verdicts("Objectives", &summary.objectives)));
    blocks.extend(open(summary).iter().map(|sentence| paragraph(sentence)));
    blocks.extend(rules::sentences(summary).iter().map(|sentence| paragraph(sentence)));
    blocks.push(table(&verdicts("Claims", &summary.claims)));
    let remarks: Vec<String> = remarks(summary).iter().map(|remark| paragraph(remark)).collect();
    blocks.push(remarks.concat());
    let warnings = summary.warnings.iter().map(|warning| paragraph(&format!("warning: {warning}")));
    blocks.push(warnings.collect::<Vec<_>>().concat());
    if let Some(main) = summary.variants.first() {
        blocks.push(banded(&amounts(summary, main)));
        blocks.push(table(&limits(summary, main)));
        blocks.extend(main.behavior.iter().map(|one| table(&behavior::table(one))));
        blocks.extend(main.behavior.iter().map(|one| table(&behavior::flips(one))));
        blocks.push(banded(&costs(summary, main)));
    }
    blocks.push(table(&purging::table(summary)));
    blocks.extend(variants::tables(summary).iter().map(table));
    blocks.push(table(&assumptions(summary, ASSUMPTIONS)));
    if !summary.reproduce.is_empty() {
        let lead = format!("{}:", gives(summary).words());
        blocks.push(paragraph(&lead) + &again::lines(&summary.reproduce, WIDTH, 2));
    }
    blocks.retain(|block| !block.is_empty());
    blocks.join("\n")
}

/// A section for a review; charts are linked by the names of their files.
pub fn markdown(summary: &Summary, charts: &[Chart]) -> String {
    let mut blocks = vec![format!("## {}", escape_markdown(&summary.name))];
    blocks.push(format!("**{}**", escape_markdown(&summary.headline)));
    blocks.extend(summary.about.as_deref().map(escape_markdown));
    blocks.push(escape_markdown(&facts(summary)));
    let warnings: Vec<String> = summary
        .warnings
        .iter()
        .map(|warning| format!("- **warning:** {}", escape_markdown(warning)))
        .collect();
    blocks.push(warnings.join("\n"));
    for chart in charts {
        blocks.push(format!("![{}]({})", escape_markdown(chart.svg.title()), chart.file));
    }
    blocks.push(section(&verdicts("Objectives", &summary.objectives)));
    blocks.extend(open(summary).iter().map(|sentence| escape_markdown(sentence)));
    blocks.extend(rules::sentences(summary).iter().map(|sentence| escape_markdown(sentence)));
    blocks.push(section(&verdicts("Claims", &summary.claims)));
    let remarks: Vec<String> =
        remarks(summary).iter().map(|remark| format!("- {}", escape_markdown(remark))).collect();
    blocks.push(remarks.join("\n"));
    if let Some(main) = summary.variants.first() {
        blocks.push(section(&amounts(summary, main)));
        blocks.push(section(&limits(summary, main)));
        blocks.extend(main.behavior.iter().map(|one| section(&behavior::table(one))));
        blocks.extend(main.behavior.iter().map(|one| section(&behavior::flips(one))));
        blocks.push(section(&costs(summary, main)));
    }
    blocks.push(section(&purging::table(summary)));
    blocks.extend(variants::tables(summary).iter().map(section));
    blocks.push(section(&assumptions(summary, usize::MAX)));
    let sources: Vec<String> =
        summary.sources.iter().map(|source| format!("- {}", escape_markdown(source))).collect();
    blocks.push(sources.join("\n"));
    if !summary.reproduce.is_empty() {
        blocks.push(again::markdown(gives(summary), &summary.reproduce));
    }
    blocks.retain(|block| !block.trim().is_empty());
    blocks.join("\n\n") + "\n"
}

/// What the command gives.
fn gives(summary: &Summary) -> Gives {
    if summary.partial { Gives::All } else { Gives::This }
}

fn section(table: &Table) -> String {
    let body = table.to_markdown();
    if body.is_empty() {
        return body;
    }
    format!("### {}\n\n{}", escape_markdown(&table.title), body.trim_end())
}

fn table(table: &Table) -> String {
    Table { elsewhere: "forecast.json", ..table.clone() }.to_text(WIDTH)
}

/// A table of bands, none of which is left out.
fn banded(table: &Table) -> String {
    table.to_text_in_parts(WIDTH)
}

fn paragraph(text: &str) -> String {
    let lines = wrap(text, WIDTH, 0);
    if lines.is_empty() { String::new() } else { lines.join("\n") + "\n" }
}

fn facts(summary: &Summary) -> String {
    let from = summary.start.as_ref().map_or(String::new(), |start| format!(" from {start}"));
    let worlds = counted(u64::from(summary.worlds), "world");
    let behavior = summary.variants.first().and_then(|main| main.behavior.as_ref());
    let why = summary.variants.first().and_then(|main| main.not_simulated);
    let nothing = "by arithmetic, nothing simulated".to_owned();
    let nothing = why.map_or(nothing.clone(), |why| format!("{nothing}: {why}"));
    let simulated = behavior.map_or(nothing, behavior::said);
    let bands = ", medians with the central 50 % and 90 % of them (in brackets: 90 %)";
    let bands = if summary.worlds > 1 { bands } else { "" };
    format!(
        "{} \u{b7} {}{from} \u{b7} {worlds}{bands} \u{b7} seed {} \u{b7} {simulated}",
        summary.name,
        words::months(summary.months),
        summary.seed
    )
}

/// Which of the listed dates stand in a table: with bands beside them fewer, without the first.
fn shown(summary: &Summary) -> Vec<usize> {
    let last = summary.dates.len() - 1;
    let (first, steps) = if summary.worlds > 1 { (1, BANDED) } else { (0, COLUMNS - 1) };
    let steps = steps.min(last.max(1));
    let mut shown: Vec<usize> = (first..=steps).map(|step| step * last / steps).collect();
    shown.dedup();
    shown
}

fn heads(summary: &Summary, first: &str) -> Vec<String> {
    let shown: Vec<_> = shown(summary).into_iter().map(|at| &summary.dates[at]).collect();
    let mut heads = vec![first.to_owned()];
    // Days for all, where a date is not the beginning of a month.
    let days = shown.iter().any(|date| !words::begins(date.month.0));
    heads.extend(shown.iter().map(|date| match &date.date {
        Some(text) if days => text.clone(),
        text => words::date(date.month.0, text.as_ref()),
    }));
    heads
}

/// How rows below a median are named: the bands of the worlds.
const CENTRAL: [&str; 2] = ["  central 50 %", "  central 90 %"];

/// A row of an amount, and those of its bands.
fn over_dates(table: &mut Table, summary: &Summary, amount: &Amount) {
    let points: Vec<&Spread> = shown(summary).iter().map(|at| &amount.points[*at]).collect();
    let mut cells = vec![Cell::text(&amount.path)];
    cells.extend(points.iter().map(|p| Cell::Measure(words::amount(p.median.0, amount.unit))));
    table.row(cells);
    let ends: [fn(&Spread) -> (Number, Number); 2] =
        [|point| (point.lower50, point.upper50), |point| (point.lower90, point.upper90)];
    for (name, ends) in CENTRAL.into_iter().zip(ends) {
        let band = |point: &&Spread| words::band(ends(point), amount.unit);
        let bands: Vec<Option<String>> = points.iter().map(band).collect();
        if bands.iter().any(Option::is_some) {
            let mut details = vec![Cell::text(name)];
            details.extend(bands.into_iter().map(|band| band.map_or(Cell::Empty, Cell::Detail)));
            table.detail(details);
        }
    }
}

fn amounts(summary: &Summary, variant: &Variant) -> Table {
    let mut table = Table::new("Amounts", &[]);
    table.heads = heads(summary, "");
    for amount in &variant.amounts {
        let words: Vec<&str> = amount.path.split('.').collect();
        let memory = match words.as_slice() {
            ["database", name, "working_set"] => memory(variant, name),
            _ => None,
        };
        // Parts of a table and money stand in forecast.json and in the table of costs.
        let is_main = match words.as_slice() {
            ["database", _, "working_set"] => {
                let all = format!("database.{}.bytes", words[1]);
                let differs = |one: &Amount| one.path == all && one.points != amount.points;
                memory.is_some() || variant.amounts.iter().any(differs)
            }
            ["table", _, "rows" | "bytes"] | ["database", _, _] | ["storage", _, "bytes"] => true,
            ["table", _, "purge", "rows" | "time"] => true,
            ["table", _, "partitions"] => amount.points.iter().any(|point| point.median.0 > 1.0),
            ["storage", _, _, "bytes"] => variant.tiers_of(words[1]) > 1,
            _ => false,
        };
        if is_main {
            over_dates(&mut table, summary, amount);
        }
        if let Some(memory) = memory {
            let size = Cell::Measure(words::amount(memory.limit.0, memory.unit));
            let mut cells = vec![Cell::text("  memory for it")];
            cells.extend(vec![size; table.heads.len() - 1]);
            table.row(cells);
        }
    }
    table
}

/// When the working set of a database leaves its memory, which is the limit of that; nothing where no
/// memory is stated.
fn memory<'a>(variant: &'a Variant, database: &str) -> Option<&'a Crossing> {
    let what = out_of_memory(database);
    variant.crossings.iter().find(|one| one.what == what)
}

impl Variant {
    fn tiers_of(&self, storage: &str) -> usize {
        let start = format!("storage.{storage}.");
        let of = |path: &str| path.starts_with(&start) && words::last(path) == "bytes";
        self.amounts
            .iter()
            .filter(|one| of(&one.path) && one.path.matches('.').count() == 3)
            .count()
    }
}

fn costs(summary: &Summary, variant: &Variant) -> Table {
    let mut table = Table::new("Costs of the month that ends at the date, and in all", &[]);
    table.heads = heads(summary, "");
    let is_cost = |path: &str| words::last(path) == "cost" || path.starts_with("cost.");
    for amount in variant.amounts.iter().filter(|amount| is_cost(&amount.path)) {
        over_dates(&mut table, summary, amount);
    }
    table
}

/// Rows of a limit: when it is passed, and within which dates in the middle of the worlds.
fn limit(table: &mut Table, one: &Crossing) {
    let when = |months: f64, at: usize| words::date(months, one.dates[at].as_ref());
    table.row(vec![
        Cell::text(&one.what),
        Cell::Measure(words::amount(one.limit.0, one.unit)),
        Cell::Measure(when(one.assured.0, 3)),
        Cell::Measure(when(one.median.0, 1)),
        Cell::Measure(show::percent(one.never.0)),
    ]);
    let half = [one.lower50.0, one.upper50.0];
    let [from, to] = [0, 1].map(|at| words::date(half[at], one.dates50[at].as_ref()));
    let whole = [one.lower.0, one.upper.0];
    // In one world the ends are those of the interval that the runs leave.
    let name = if one.is_luck { "  luck of the runs" } else { CENTRAL[1] };
    let bands =
        [(CENTRAL[0], half, [from, to]), (name, whole, [when(whole[0], 0), when(whole[1], 2)])];
    for (name, months, [from, to]) in bands {
        if months[0] < months[1] && from != to {
            let band = Cell::Detail(format!("{from}\u{2013}{to}"));
            // No detail that may be left out: names can be shortened instead.
            table.row(vec![Cell::text(name), Cell::Empty, Cell::Empty, band]);
        }
    }
}

fn limits(summary: &Summary, variant: &Variant) -> Table {
    let assured = show::percent(1.0 - summary.assurance.0) + " from";
    let mut table = Table::new("Limits", &["when", "limit", &assured, "median", "never"]);
    for one in &variant.crossings {
        limit(&mut table, one);
    }
    if let Some(said) = read_off(summary, variant) {
        table.note(said);
    }
    let untold = variant.crossings.iter().map(|one| one.untold).max().unwrap_or(0);
    if untold > 0 {
        let worlds = counted(u64::from(untold), "world");
        table.note(format!(
            "In up to {worlds} it cannot be told: too few requests, or a limit that was not passed yet while the \
             system was still growing. They are left out of the dates, and are not among those of \u{201c}never\u{201d}."
        ));
    }
    table
}

/// Days between two simulated dates, where that is more than one.
pub(super) fn apart(around: Option<&Around>) -> Option<f64> {
    around.map(|around| libm::round(around.days.0)).filter(|days| *days > 1.0)
}

/// Between which dates the days of crossings are read off, where that is more than a day.
fn read_off(summary: &Summary, variant: &Variant) -> Option<String> {
    let apart = |around: &Option<Around>| apart(around.as_ref());
    let days = |days: f64| counted(days as u64, "day");
    let is_objective = |one: &&Crossing| {
        summary.objectives.iter().any(|asked| one.what.strip_suffix(" fails") == Some(&asked.name))
    };
    let (asked, others): (Vec<_>, Vec<_>) = variant.crossings.iter().partition(is_objective);
    let said = |one: &&Crossing| {
        let what = format!("\"{}\"", one.what);
        match (apart(&one.around), apart(&one.around_median)) {
            (Some(first), Some(median)) if first != median => {
                Some(format!("of {what} {} and of its median {}", days(first), days(median)))
            }
            (Some(first), _) => Some(format!("of {what} {}", days(first))),
            (None, Some(median)) => Some(format!("of the median of {what} {}", days(median))),
            (None, None) => None,
        }
    };
    let mut all: Vec<String> = asked.iter().filter_map(said).collect();
    let wide = others.iter().flat_map(|one| [apart(&one.around), apart(&one.around_median)]);
    let of_others = if all.is_empty() { "" } else { "of the others " };
    let most = wide.flatten().reduce(f64::max);
    all.extend(most.map(|most| format!("{of_others}up to {}", days(most))));
    (!all.is_empty()).then(|| {
        let all = list(&all);
        format!(
            "Of requests: read off the curve between two simulated dates, which lie apart: {all}."
        )
    })
}

/// What was found of a comparison, of both of its sides where the other one is no plain number, and at
/// which date: `183 M against 229 M`, `107 ms (35.8 ms–1.73 s) at 2029-01`. What is worked out of something is not
/// taken for a measurement: `183 M, and 5 * table.t.rows is 229 M`.
fn found(part: &Part) -> Option<String> {
    let mut found = words::spread(&part.found?, part.unit);
    if !part.against.is_empty() {
        let against: Vec<String> =
            part.against.iter().map(|one| words::spread(one, part.unit)).collect();
        found += &if part.worked_out.len() == against.len() {
            let sides = part.worked_out.iter().zip(against);
            let sides: Vec<String> = sides.map(|(side, is)| format!("{side} is {is}")).collect();
            format!(", and {}", sides.join(" and "))
        } else {
            format!(" against {}", against.join(" and "))
        };
    }
    Some(match &part.date {
        Some(date) => format!("{found} at {}", words::date(date.month.0, date.date.as_ref())),
        None => found,
    })
}

fn verdicts(title: &str, judgments: &[Judgment]) -> Table {
    let mut table = Table::new(title, &["", "", "of worlds", "fails from", "found", "that"]);
    table.spare = vec!["of worlds"];
    for one in judgments {
        let found: Vec<String> = one.parts.iter().filter_map(found).collect();
        let from = one.fails_from.as_ref();
        table.row(vec![
            Cell::text(&one.name),
            Cell::Text(one.verdict.word().to_owned()),
            Cell::Measure(show::percent(one.holds.0)),
            from.map_or(Cell::Empty, |date| {
                Cell::Measure(words::date(date.month.0, date.date.as_ref()))
            }),
            Cell::prose(found.join("; ")),
            Cell::prose(&one.that),
        ]);
    }
    table.drop_empty_columns();
    table
}

/// What claims should have said.
fn remarks(summary: &Summary) -> Vec<String> {
    let mut remarks = Vec::new();
    for claim in summary.claims.iter().filter(|claim| claim.verdict != Verdict::Confirmed) {
        let said = claim.says.as_deref().unwrap_or(&claim.that);
        let open = |part: &&Part| part.holds.0.is_nan() || part.holds.0 < 1.0;
        let found: Vec<String> = claim.parts.iter().filter(open).filter_map(found).collect();
        let differs = claim.holds.0 > 0.0 && claim.holds.0 < 1.0;
        let verdict = match claim.verdict {
            Verdict::Refuted => "is wrong",
            _ if claim.parts.is_empty() => "was not judged: nothing was simulated",
            _ if differs => "depends on the inputs",
            _ => "cannot be told from so few runs",
        };
        let found = match found.as_slice() {
            [] => String::new(),
            found => format!("; it is {}", found.join(" and ")),
        };
        let because = claim.because.as_ref().map_or(String::new(), |why| format!(" {why}"));
        remarks.push(format!(
            "{}: \"{said}\" {verdict}{found}.{because}{}",
            claim.name,
            holds_where(claim)
        ));
    }
    remarks
}

/// ` It holds where a_day ≥ 4,930/day (4,925–4,936), in all of such worlds, and in none of the others.`
fn holds_where(claim: &Judgment) -> String {
    let Some(found) = &claim.holds_where else { return String::new() };
    let share = |share: f64| match share {
        0.0 => "none".to_owned(),
        1.0 => "all".to_owned(),
        share => show::percent(share),
    };
    format!(
        " It holds where {}: in {} of such worlds, and in {} of the others.",
        found.range.shown,
        share(found.inside.0),
        share(found.outside.0)
    )
}

/// Why objectives cannot be told.
fn open(summary: &Summary) -> Vec<String> {
    let all = summary.objectives.iter();
    all.filter_map(|one| Some(format!("{}: {}", one.name, one.because.as_ref()?))).collect()
}

fn assumptions(summary: &Summary, most: usize) -> Table {
    let mut table = Table::new("Assumed, since nothing is stated", &["", ""]);
    for (path, value) in summary.assumptions.iter().take(most) {
        table.row(vec![Cell::text(path), Cell::prose(value)]);
    }
    if summary.assumptions.len() > most {
        table.note(format!("{} more in forecast.json.", summary.assumptions.len() - most));
    }
    table
}
