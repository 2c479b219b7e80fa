//! What a search for a size says, in sentences.

use super::facts::{Look, Size};
use crate::report::cause;
use crate::report::phrase;
use crate::report::summarize::judged;
use crate::report::summary::{Judgment, Verdict};
use crate::stats::binomial;
use crate::study::size::Sizing;
use crate::units::show;
use crate::verdict::{Assurance, Judgement, Reason};

/// Why a candidate is rejected, or why it cannot be told and what would tell: the first objective that
/// is missed, how it was found and by how much; `None` of what meets everything.
pub fn excuse(
    objectives: &[Judgment],
    judged: &[(String, Option<Judgement>)],
    confidence: f64,
) -> Option<String> {
    let of = |wanted: Verdict| objectives.iter().find(|one| one.verdict == wanted);
    let one = of(Verdict::Fail).or_else(|| of(Verdict::Inconclusive))?;
    let found = judged.iter().find(|(name, _)| *name == one.name);
    let found = found.and_then(|(_, judged)| judged.as_ref());
    let deciding =
        found.and_then(|judged| judged.parts.iter().find(|part| part.verdict == judged.verdict));
    let worlds = deciding.filter(|part| part.reason == Reason::Worlds);
    let worlds = worlds.and_then(|part| part.assurance.as_ref());
    let parts = one.parts.iter().filter(|part| part.verdict == one.verdict);
    let said: Vec<String> = parts
        .map(|part| {
            // Of worlds it is by how many it is missed: their median may well keep the limit.
            let margin = if worlds.is_some() { String::new() } else { phrase::margin(part) };
            let margin = if margin.is_empty() { margin } else { format!(", {margin}") };
            format!("{} is {}{margin}", part.metric, phrase::found(part))
        })
        .collect();
    let holds = worlds.map_or(String::new(), |assurance| format!("; {}", holds_in(assurance)));
    let would_tell = match (one.verdict, worlds, deciding) {
        (Verdict::Inconclusive, Some(assurance), _) => Some(more_worlds(assurance, confidence)),
        (Verdict::Inconclusive, None, Some(part)) => judged::reason(part),
        _ => None,
    };
    let would_tell = would_tell.map_or(String::new(), |said| format!("; {}", beside(&said)));
    let more = objectives.iter().filter(|other| other.verdict == one.verdict).count() - 1;
    let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
    Some(format!("{}{holds}{would_tell}{more}", phrase::list(&said)))
}

/// `it holds in 3 of 128 worlds, in 4 it cannot be told`.
fn holds_in(assurance: &Assurance) -> String {
    let all = phrase::counted(assurance.holds + assurance.fails + assurance.unknown, "world");
    let unknown = match assurance.unknown {
        0 => String::new(),
        unknown => format!(", in {unknown} it cannot be told"),
    };
    format!("it holds in {} of {all}{unknown}", assurance.holds)
}

/// How many worlds would tell whether it holds in the share that is asked for.
fn more_worlds(assurance: &Assurance, confidence: f64) -> String {
    let Assurance { holds, fails, unknown, wanted, .. } = *assurance;
    if unknown > 0 {
        return "more replications in each world would tell of those, not more worlds".to_owned();
    }
    match binomial::trials_to_tell(holds, holds + fails, wanted, confidence) {
        Some(worlds) => {
            let worlds = phrase::rounded_up(worlds);
            format!(
                "about {} (--set run.worlds={worlds}) would tell, if the share stays",
                phrase::counted(worlds, "world")
            )
        }
        None => {
            format!("the share is too near to {} for more worlds to tell", show::percent(wanted))
        }
    }
}

/// A sentence behind a semicolon.
fn beside(sentence: &str) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
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
    let some = all.skipped && all.looked.len() > 1;
    let among = if some { format!(" among the {}", looked_at(all)) } else { String::new() };
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
        (None, Some(_)) if failing == all.looked.len() => match failing {
            1 => format!("The one {} does not meet {what}: it is shown to fail.", looked_at(all)),
            _ => format!("None of the {} meets {what}: all are shown to fail.", looked_at(all)),
        },
        (None, Some(rejected)) => format!(
            "None of the {} was shown to meet {what}; {failing} are shown to fail, of the others the \
             runs can't tell; {} is the last that is shown to fail.",
            looked_at(all),
            place(all, rejected)
        ),
        (None, None) if all.looked.len() == 1 => {
            format!("The runs can't tell whether the one {} meets {what}.", looked_at(all))
        }
        (None, None) => {
            format!("The runs can't tell of any of the {} whether it meets {what}.", looked_at(all))
        }
    }
}

/// `13 values that were looked at (of 35)`, `value that was looked at`.
fn looked_at(all: &Size) -> String {
    let count = match all.looked.len() {
        1 => "value".to_owned(),
        many => phrase::counted(many as u64, "value"),
    };
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
        findings.extend(binds(all, rejected, looked(all.chosen)));
    }
    if let Some(chosen) = looked(all.chosen) {
        findings.extend(binds(all, chosen, None));
    }
    if sizing.stretches.len() > 1 || ends_before_the_range(sizing) {
        let stretch = |&(first, last): &(usize, usize)| {
            let text = |at: usize| all.looked[at].settings.join(", ");
            if first == last { text(first) } else { format!("{} to {}", text(first), text(last)) }
        };
        let stretches: Vec<String> = sizing.stretches.iter().map(stretch).collect();
        findings.push(format!("Shown to pass: {}; not beyond.", phrase::list(&stretches)));
        let end = sizing.stretches.last().map_or(0, |stretch| stretch.1);
        let beyond = all.looked.iter().skip(end + 1).find(|look| look.shown == "fail");
        findings.extend(beyond.into_iter().flat_map(|look| binds(all, look, all.looked.get(end))));
    }
    if all.partial {
        findings.push("The search was stopped before its end.".to_owned());
    }
    findings
}

/// The limit that binds next; `beside` is a candidate that meets everything.
fn binds(all: &Size, look: &Look, beside: Option<&Look>) -> Vec<String> {
    let texts = [Some(look), beside].map(|look| look.map(|look| place(all, look)));
    let [Some(text), near] = &texts else { return Vec::new() };
    let near = near.as_deref().zip(beside.map(|look| &look.cause));
    let design = [(text.as_str(), &look.cause)];
    let mut said =
        vec![format!("At {text} {}.", cause::said(&design, near, cause::Places::Ordered))];
    said.extend(cause::step(&design));
    said
}

/// Whether what passes ends before the range does: more of the key hurts.
fn ends_before_the_range(sizing: &Sizing) -> bool {
    let last = sizing.looked.len().checked_sub(1);
    sizing.stretches.last().is_some_and(|stretch| Some(stretch.1) != last)
        && sizing.ranges.len() == 1
}

#[cfg(test)]
mod tests {
    use super::{Assurance, beside, binds, excuse, holds_in, looked_at, more_worlds};
    use crate::report::cause::{Cause, Contention, Time};
    use crate::report::size::facts::{Look, Size};
    use crate::report::summary::{Number, Value};
    use crate::stats::worlds::share;

    fn assurance(holds: u64, fails: u64, unknown: u64) -> Assurance {
        let all: Vec<bool> = (0..holds + fails + unknown).map(|at| at < holds).collect();
        let share = share(&all, 0.95).unwrap();
        Assurance { holds, fails, unknown, share, wanted: 0.9 }
    }

    /// Goal: what was counted, and how many worlds would tell. Source: the exact interval of n of n
    /// begins at 0.025^(1/n), which is 0.9 at 35.01.
    #[test]
    fn worlds_that_would_tell_are_said() {
        assert_eq!(
            holds_in(&assurance(3, 121, 4)),
            "it holds in 3 of 128 worlds, in 4 it cannot be told"
        );
        assert_eq!(holds_in(&assurance(16, 0, 0)), "it holds in 16 of 16 worlds");
        let said = more_worlds(&assurance(16, 0, 0), 0.95);
        assert_eq!(said, "about 36 worlds (--set run.worlds=36) would tell, if the share stays");
        let said = more_worlds(&assurance(9, 1, 0), 0.95);
        assert_eq!(said, "the share is too near to 90 % for more worlds to tell");
        let said = more_worlds(&assurance(14, 0, 2), 0.95);
        assert!(said.starts_with("more replications in each world"), "{said}");
    }

    #[test]
    fn one_value_has_no_number_and_what_passes_no_excuse() {
        let all = Size { looked: vec![Look::default()], candidates: 1, ..Size::default() };
        assert_eq!(looked_at(&all), "value that was looked at");
        assert_eq!(beside("The interval holds the limit."), "the interval holds the limit");
        assert_eq!(excuse(&[], &[], 0.95), None);
    }

    fn look(at: &str, busiest: f64, contention: f64) -> Look {
        let path = "database.d.cpu".to_owned();
        Look {
            settings: vec![at.to_owned()],
            cause: Cause {
                busiest: Some((path.clone(), busiest)),
                contention: Some(Contention { path, share: Some(Value::plain(contention)) }),
                time: Some(Time { place: "delay".to_owned(), waits: false, share: Number(0.97) }),
                ..Cause::default()
            },
            ..Look::default()
        }
    }

    /// Goal: the limit that binds next has its number; where nothing is busy the time has a place.
    #[test]
    fn what_binds_next_has_its_number() {
        let all = Size { keys: vec!["cores".to_owned()], ..Size::default() };
        let (fails, passes) = (look("2", 0.98, 0.4), look("8", 0.7, 0.02));
        assert_eq!(
            binds(&all, &fails, Some(&passes)),
            [
                "At cores = 2 database.d.cpu is the busiest, 98 % in use; contention makes 40 % of that (2 \
              % at cores = 8); of the time of good answers 97 % is spent in delay."
            ]
        );
        assert_eq!(
            binds(&all, &look("8", 0.1, 0.02), None),
            [
                "At cores = 8 nothing is busy (database.d.cpu, the busiest, 10 % in use); of the time of \
              good answers 97 % is spent in delay."
            ]
        );
        let short = |look: &Look| look.cause.in_short().unwrap();
        assert_eq!(short(&fails), "database.d.cpu 98 % in use, 40 % of it contention");
        assert_eq!(short(&look("8", 0.1, 0.02)), "delay 97 % of the time");
    }
}
