//! What is to be said of purges: where they take much of their period, or all of it.

use super::summary::{Amount, Summary};
use super::words;
use crate::units::show;

/// From this share of its period on a purge is spoken of.
const MUCH: f64 = 0.1;

/// A sentence on each purge that takes much of its period at some date, by variant.
pub fn warnings(summary: &Summary) -> Vec<String> {
    let mut said = Vec::new();
    for variant in &summary.variants {
        let shares = variant.amounts.iter().filter(|one| one.path.ends_with(".purge.share"));
        for share in shares {
            let Some(sentence) = sentence(summary, share) else { continue };
            said.push(match &variant.name {
                Some(name) => format!("{name}: {sentence}"),
                None => sentence,
            });
        }
    }
    said
}

fn sentence(summary: &Summary, share: &Amount) -> Option<String> {
    let table = share.path.trim_end_matches(".purge.share");
    let from = |least: f64| {
        let at = share.points.iter().position(|point| point.median.0 >= least)?;
        let date = &summary.dates[at];
        Some(words::date(date.month.0, date.date.as_ref()))
    };
    if let Some(date) = from(1.0) {
        return Some(format!(
            "a purge of {table} takes longer than its period from {date} on: rows that should be \
             gone pile up; a retention that drops partitions makes no such work"
        ));
    }
    let date = from(MUCH)?;
    let most = share.points.iter().map(|point| point.median.0).fold(0.0, f64::max);
    Some(format!(
        "a purge of {table} takes a tenth of its period and more from {date} on, at most {}",
        show::percent(most)
    ))
}
