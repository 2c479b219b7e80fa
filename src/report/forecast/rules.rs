//! Which variants keep what fails from failing, and what they cost.

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

/// The variants but the first: those first with which what fails first does so latest.
pub(super) fn ranked(summary: &Summary) -> Vec<&Variant> {
    let mut others: Vec<&Variant> = summary.variants.iter().skip(1).collect();
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

/// A sentence for each limit that fails: with which variants it does not, and what they take for it.
pub(super) fn sentences(summary: &Summary) -> Vec<String> {
    let others: Vec<&Variant> = ranked(summary);
    let said = |one: &Crossing| {
        let (mut never, mut later, mut not, mut open) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for variant in &others {
            let name = variant.name.as_deref().unwrap_or_default();
            match until(variant, one) {
                Some((months, _)) if months.is_nan() => open.push(name.to_owned()),
                Some((months, _)) if months.is_infinite() => {
                    never.push(format!("{name}{}", price(variant)));
                }
                Some((months, date)) if months > one.assured.0 => {
                    later.push(format!(
                        "{name} from {}{}",
                        words::date(months, date),
                        price(variant)
                    ));
                }
                Some(_) => not.push(name.to_owned()),
                None => {}
            }
        }
        let mut parts = Vec::new();
        if !never.is_empty() {
            let within = words::months(summary.months);
            parts.push(format!("not within {within} with {}", phrase::list(&never)));
        }
        if !later.is_empty() {
            parts.push(format!("later with {}", phrase::list(&later)));
        }
        if !not.is_empty() {
            parts.push(format!("no later with {}", phrase::list(&not)));
        }
        if !open.is_empty() {
            parts.push(format!("the runs can't tell with {}", phrase::list(&open)));
        }
        let from = words::date(one.assured.0, one.dates[3].as_ref());
        let worlds = match summary.worlds {
            1 => String::new(),
            _ => format!(" in {} of the worlds", show::percent(1.0 - summary.assurance.0)),
        };
        (!parts.is_empty())
            .then(|| format!("{} from {from} on{worlds}; {}.", one.what, parts.join("; ")))
    };
    failing(summary).filter_map(said).collect()
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
