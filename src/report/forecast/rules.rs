//! Which variants keep what fails from failing, and what they cost.

use super::alike::LEAST;
use super::summary::{Crossing, Summary, Variant};
use super::words;
use crate::report::phrase;
use crate::units::show;

/// What is asked for and fails: in the scenario as it stands, in more worlds than it may.
fn failing(summary: &Summary) -> impl Iterator<Item = &Crossing> {
    let crossings = summary.variants.first().into_iter().flat_map(|main| &main.crossings);
    crossings.filter(|one| {
        let is_asked = |name: &str| one.what.strip_suffix(" fails") == Some(name);
        one.assured.0.is_finite() && summary.objectives.iter().any(|asked| is_asked(&asked.name))
    })
}

/// What fails first.
fn first_failing(summary: &Summary) -> Option<&Crossing> {
    failing(summary).min_by(|a, b| a.assured.0.total_cmp(&b.assured.0))
}

/// Months until it fails with a variant, with the date; NaN if the runs can't tell, `None` if it was not simulated.
pub(super) fn until<'a>(variant: &'a Variant, of: &Crossing) -> Option<(f64, Option<&'a String>)> {
    match variant.crossings.iter().find(|one| one.what == of.what) {
        Some(same) => Some((same.assured.0, same.dates[3].as_ref())),
        None if of.is_of_requests && variant.behavior.is_none() => None,
        // What a variant never comes near is not listed there.
        None => Some((f64::INFINITY, None)),
    }
}

/// The variants with which anything differs from the first: those first with which what fails first does so latest.
pub(super) fn ranked(summary: &Summary) -> Vec<&Variant> {
    let mut others: Vec<&Variant> =
        summary.variants.iter().skip(1).filter(|one| !one.is_alike).collect();
    if let Some(first) = first_failing(summary) {
        let months = |one: &Variant| {
            let found = until(one, first).map(|found| found.0);
            found.filter(|months| !months.is_nan()).unwrap_or(f64::NEG_INFINITY)
        };
        others.sort_by(|a, b| months(b).total_cmp(&months(a)));
    }
    others
}

/// So many simulated variants that show what there is to choose between: those with which what fails first does so
/// latest, and the best of those with which it does fail.
pub(super) fn telling(summary: &Summary, most: usize) -> Vec<&Variant> {
    let mut all = ranked(summary);
    all.retain(|one| one.behavior.is_some());
    if let Some(first) = first_failing(summary) {
        let fails = |one: &&Variant| until(one, first).is_some_and(|found| found.0.is_finite());
        if let Some(at) = all.iter().position(fails).filter(|at| *at >= most && most > 0) {
            all.swap(most - 1, at);
        }
    }
    all.truncate(most);
    all
}

/// What becomes of a limit with some variants, in clauses: when it is passed, and what each takes.
fn clauses(summary: &Summary, one: &Crossing, variants: &[(&Variant, String)]) -> Vec<String> {
    let main = words::date(one.assured.0, one.dates[3].as_ref());
    let [mut never, mut later, mut same, mut earlier, mut open] = [const { Vec::new() }; 5];
    for (variant, price) in variants {
        let name = variant.name.as_deref().unwrap_or_default();
        let Some((months, date)) = until(variant, one) else { continue };
        let date = words::date(months, date);
        if months.is_nan() {
            open.push(name.to_owned());
        } else if months.is_infinite() {
            never.push(format!("{name}{price}"));
        } else if date == main {
            same.push(name.to_owned());
        } else if months > one.assured.0 {
            later.push(format!("{name} from {date}{price}"));
        } else {
            earlier.push(format!("{name} from {date}"));
        }
    }
    let within = format!("not within {} with", words::months(summary.months));
    let all = [
        (within.as_str(), never),
        ("later with", later),
        ("no later with", same),
        ("earlier with", earlier),
        ("the runs can't tell with", open),
    ];
    let said = all.iter().filter(|(_, names)| !names.is_empty());
    said.map(|(how, names)| format!("{how} {}", phrase::list(names))).collect()
}

/// When a limit that fails is passed with each variant. Those that change inputs stand apart: they are another belief
/// about the world, and no rule that somebody chooses.
fn sentence(summary: &Summary, one: &Crossing) -> Option<String> {
    let (rules, beliefs): (Vec<&Variant>, Vec<&Variant>) =
        ranked(summary).into_iter().partition(|variant| variant.inputs.is_empty());
    let priced = rules.into_iter().map(|variant| (variant, price(variant))).collect::<Vec<_>>();
    // What they take more comes of the inputs, and is no price.
    let bare = beliefs.into_iter().map(|variant| (variant, String::new())).collect::<Vec<_>>();
    let [rules, beliefs] = [priced, bare].map(|some| clauses(summary, one, &some).join("; "));
    if rules.is_empty() && beliefs.is_empty() {
        return None;
    }
    let from = words::date(one.assured.0, one.dates[3].as_ref());
    let mut said = format!("{} from {from} on", one.what);
    if summary.worlds > 1 {
        said += &format!(" in {} of the worlds", show::percent(1.0 - summary.assurance.0));
    }
    if !rules.is_empty() {
        said += &format!("; {rules}");
    }
    said += ".";
    if !beliefs.is_empty() {
        said += &format!(" With other inputs: {beliefs}.");
    }
    Some(said)
}

/// A sentence for each limit that fails: with which variants it does not, and what they take for it; and one on the
/// variants with which nothing differs.
pub(super) fn sentences(summary: &Summary) -> Vec<String> {
    let of_limits = failing(summary).filter_map(|one| sentence(summary, one));
    of_limits.chain(alike(summary)).collect()
}

/// `expire changes nothing by 0.1 % within 3 years.`
fn alike(summary: &Summary) -> Option<String> {
    let alike = summary.variants.iter().filter(|one| one.is_alike);
    let names: Vec<String> = alike.filter_map(|one| one.name.clone()).collect();
    let verb = match names.len() {
        0 => return None,
        1 => "changes",
        _ => "change",
    };
    let is_simulated = summary.variants.first().is_some_and(|main| main.behavior.is_some());
    let what = if is_simulated { "nothing" } else { "no amount" };
    let within = words::months(summary.months);
    let least = show::percent(LEAST);
    Some(format!("{} {verb} {what} by {least} within {within}.", phrase::list(&names)))
}

/// ` (+139 MB in database.pg, +$0.02 in all)`: what a variant takes more at the end, medians of
/// differences; nothing where it takes the same.
fn price(variant: &Variant) -> String {
    let differences = variant.amounts.iter().filter_map(|one| {
        let difference = one.difference?.median.0;
        let path: Vec<&str> = one.path.split('.').collect();
        let what = match path.as_slice() {
            ["database", name, "bytes"] => format!("in database.{name}"),
            ["cost", "total"] => "in all".to_owned(),
            _ => return None,
        };
        let sign = if difference < 0.0 { "-" } else { "+" };
        let size = words::amount(difference.abs(), one.unit);
        (size != words::amount(0.0, one.unit)).then(|| format!("{sign}{size} {what}"))
    });
    let all: Vec<String> = differences.collect();
    if all.is_empty() { String::new() } else { format!(" ({})", all.join(", ")) }
}
