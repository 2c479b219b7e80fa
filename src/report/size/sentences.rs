//! What a search for a size says, in sentences.

use super::facts::{Look, Size};
use crate::report::phrase;
use crate::report::summary::{Judgment, Verdict};
use crate::study::size::Sizing;
use crate::units::show;

/// Why a candidate is rejected, or why it cannot be told: the first objective that is missed, how
/// it was found and by how much; `None` of what meets everything.
pub fn excuse(objectives: &[Judgment]) -> Option<String> {
    let of = |wanted: Verdict| objectives.iter().find(|one| one.verdict == wanted);
    let one = of(Verdict::Fail).or_else(|| of(Verdict::Inconclusive))?;
    let parts = one.parts.iter().filter(|part| part.verdict == one.verdict);
    let said: Vec<String> = parts
        .map(|part| {
            let margin = phrase::margin(part);
            let margin = if margin.is_empty() { margin } else { format!(", {margin}") };
            format!("{} is {}{margin}", part.metric, phrase::found(part))
        })
        .collect();
    // `It holds in 3 of 128 worlds, in 4 it cannot be told: 2.3 %, asked for 90 %.`
    let counted = one.because.as_deref().and_then(|because| because.split_once(": "));
    let worlds = match (one.worlds, counted) {
        (None, _) => String::new(),
        (Some(_), Some((counted, _))) if counted.starts_with("It holds in ") => {
            format!("; it{}", &counted["It".len()..])
        }
        (Some(share), _) => format!("; it holds in {} of the worlds", show::percent(share.point.0)),
    };
    let more = objectives.iter().filter(|other| other.verdict == one.verdict).count() - 1;
    let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
    Some(format!("{}{worlds}{more}", phrase::list(&said)))
}

/// `pool.p.size = 43`, `cores = 4, size = 20`.
fn place(all: &Size, look: &Look) -> String {
    let pairs = all.keys.iter().zip(&look.settings);
    let words: Vec<String> = pairs.map(|(key, value)| format!("{key} = {value}")).collect();
    phrase::list(&words)
}

/// The result in a sentence.
pub fn headline(all: &Size, sizing: &Sizing) -> String {
    let what = if all.wanted.len() == 1 { "what is asked for" } else { "every objective" };
    let looked = |at: Option<u32>| at.and_then(|at| all.looked.get(at as usize));
    let (chosen, rejected) = (looked(all.chosen), looked(all.rejected));
    let is_priced = all.looked.iter().any(|look| look.cost.is_some());
    let kind = match (is_priced, sizing.falling) {
        (true, _) => "cheapest",
        (_, true) => "largest",
        _ => "smallest",
    };
    let among = if all.skipped { format!(" among the {}", looked_at(all)) } else { String::new() };
    let failing = all.looked.iter().filter(|look| look.shown == "fail").count();
    match (chosen, rejected) {
        (Some(chosen), _) if all.is_smallest => {
            format!("{} is the {kind} that meets {what}{among}.", place(all, chosen))
        }
        (Some(chosen), Some(rejected)) => format!(
            "{} is the {kind} shown to meet {what}{among}; {} is shown to fail; between them the runs \
             can't tell.",
            place(all, chosen),
            place(all, rejected)
        ),
        (Some(chosen), None) => {
            let end = all.looked.first().is_some_and(|first| first == chosen);
            let edge = if end { ", the end of the range," } else { "" };
            format!("{}{edge} meets {what}; none was shown to fail before it.", place(all, chosen))
        }
        (None, Some(_)) if failing == all.looked.len() => {
            format!("None of the {} meets {what}: all are shown to fail.", looked_at(all))
        }
        (None, Some(rejected)) => format!(
            "None of the {} was shown to meet {what}; {failing} are shown to fail, of the others the \
             runs can't tell; {} is the last that is shown to fail.",
            looked_at(all),
            place(all, rejected)
        ),
        (None, None) => {
            format!("The runs can't tell of any of the {} whether it meets {what}.", looked_at(all))
        }
    }
}

/// `13 values that were looked at (of 35)`.
fn looked_at(all: &Size) -> String {
    let count = phrase::counted(all.looked.len() as u64, "value");
    let of = if all.looked.len() < all.candidates as usize {
        format!(" (of {})", show::count(f64::from(all.candidates)))
    } else {
        String::new()
    };
    let was = if all.looked.len() == 1 { "was" } else { "were" };
    format!("{count} that {was} looked at{of}")
}

/// What else there is to say: the excuse of the nearest that fails, the limit that binds next, other
/// stretches, and what ended the search.
pub fn findings(all: &Size, sizing: &Sizing) -> Vec<String> {
    let looked = |at: Option<u32>| at.and_then(|at| all.looked.get(at as usize));
    let mut findings = Vec::new();
    if let Some(rejected) = looked(all.rejected)
        && let Some(excuse) = &rejected.excuse
    {
        findings.push(format!("{} fails: {excuse}.", place(all, rejected)));
    }
    if let Some(chosen) = looked(all.chosen)
        && let (Some(path), Some(busy)) = (&chosen.busiest, chosen.utilization)
    {
        let busy = show::percent(busy.point.0);
        findings.push(format!("At {} {path} is the busiest, {busy} in use.", place(all, chosen)));
    }
    if sizing.stretches.len() > 1 || ends_before_the_range(sizing) {
        let stretch = |&(first, last): &(usize, usize)| {
            let text = |at: usize| all.looked[at].settings.join(", ");
            if first == last { text(first) } else { format!("{} to {}", text(first), text(last)) }
        };
        let all: Vec<String> = sizing.stretches.iter().map(stretch).collect();
        findings.push(format!("Shown to pass: {}; not beyond.", phrase::list(&all)));
    }
    if all.partial {
        findings.push("The search was stopped before its end.".to_owned());
    }
    findings
}

/// Whether what passes ends before the range does: more of the key hurts.
fn ends_before_the_range(sizing: &Sizing) -> bool {
    let last = sizing.looked.len().checked_sub(1);
    sizing.stretches.last().is_some_and(|stretch| Some(stretch.1) != last)
        && sizing.ranges.len() == 1
}
