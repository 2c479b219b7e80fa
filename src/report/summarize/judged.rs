//! Verdicts in words and numbers for people.

use crate::expr::metric::{Comparison, Condition, Function, MetricExpr, MetricKind, Relation};
use crate::model::Objective;
use crate::report::phrase;
use crate::report::summary::{self, Judgment, Number, Part, Unit, Value};
use crate::units::{Dimension, show};
use crate::verdict::{Absence, Assurance, Judgement, Note, Reason, Threshold, Verdict};

use super::measure;

/// What is judged.
pub struct Statement<'a> {
    /// Its name or id.
    pub name: &'a str,
    /// What was said, for a claim.
    pub says: Option<&'a str>,
    /// The condition as written.
    pub text: &'a str,
    /// The condition.
    pub that: &'a Condition,
    /// The variant that it speaks of.
    pub variant: Option<&'a str>,
}

/// An objective with its judgment.
pub fn stated(objective: &Objective, judged: Option<&Judgement>) -> Judgment {
    let Objective { name, text, that, .. } = objective;
    judgment(&Statement { name, says: None, text, that, variant: None }, judged)
}

/// A judgment to report; `judged` is `None` where there were no runs to judge by.
pub fn judgment(statement: &Statement, judged: Option<&Judgement>) -> Judgment {
    let is_claim = statement.says.is_some();
    let verdict = judged.map_or(Verdict::Inconclusive, |judged| judged.verdict);
    let parts: Vec<Part> = judged.map_or(Vec::new(), |judged| {
        let pairs = statement.that.comparisons.iter().zip(&judged.parts);
        pairs.map(|(comparison, found)| part(statement, comparison, found)).collect()
    });
    let because = match judged {
        None => Some("It was not run.".to_owned()),
        Some(judged) => because(is_claim, judged, &parts),
    };
    let worlds = judged.and_then(|judged| {
        let counted = judged.parts.iter().filter(|part| part.reason == Reason::Worlds);
        let shares = counted.filter_map(|part| part.assurance).map(|a| Value::from(a.share));
        shares.reduce(|least, next| if next.point < least.point { next } else { least })
    });
    Judgment {
        name: statement.name.to_owned(),
        says: statement.says.map(str::to_owned),
        that: statement.text.to_owned(),
        variant: statement.variant.map(str::to_owned),
        verdict: word(verdict, is_claim),
        because,
        worlds,
        parts,
    }
}

fn word(verdict: Verdict, is_claim: bool) -> summary::Verdict {
    match (verdict, is_claim) {
        (Verdict::Pass, false) => summary::Verdict::Pass,
        (Verdict::Fail, false) => summary::Verdict::Fail,
        (Verdict::Pass, true) => summary::Verdict::Confirmed,
        (Verdict::Fail, true) => summary::Verdict::Refuted,
        (Verdict::Inconclusive, _) => summary::Verdict::Inconclusive,
    }
}

fn part(statement: &Statement, comparison: &Comparison, found: &crate::verdict::Part) -> Part {
    let left = &comparison.left;
    let text = |from: usize, to: usize| statement.text.get(from..to).unwrap_or("").trim();
    // The threshold that is nearest, or missed by most. What must last is compared in each interval:
    // how far the whole run is from the limit says nothing.
    let whole_run = comparison.lasting.is_none();
    let nearest = found.thresholds.iter().filter(|_| whole_run).min_by(|a, b| {
        a.margin.unwrap_or(f64::INFINITY).total_cmp(&b.margin.unwrap_or(f64::INFINITY))
    });
    Part {
        metric: text(left.span.start, left.span.end).to_owned(),
        unit: unit(left, found.estimate.dimension),
        estimate: measure::value(&found.estimate.found).filter(|_| whole_run),
        against: found.right.as_ref().and_then(|right| measure::value(&right.found)),
        target: text(left.span.end, found.span.end).to_owned(),
        limit: nearest.map(|threshold| Number(threshold.value)),
        margin: nearest.and_then(relative).map(Number),
        center: center(&comparison.relation, &found.thresholds).map(Number),
        lasted_s: found.lasted_s.map(Number),
        verdict: word(found.verdict, statement.says.is_some()),
    }
}

/// The Q of `within P of Q`: the middle between its two thresholds.
fn center(relation: &Relation, thresholds: &[Threshold]) -> Option<f64> {
    match (relation, thresholds) {
        (Relation::Within(..), [one, other]) => Some(f64::midpoint(one.value, other.value)),
        _ => None,
    }
}

/// A margin over its threshold.
fn relative(threshold: &Threshold) -> Option<f64> {
    let margin = threshold.margin? / threshold.value.abs();
    (!margin.is_nan()).then_some(margin)
}

/// Shares are counts by dimension; people read them in percent.
pub fn unit(metric: &MetricExpr, dimension: Option<Dimension>) -> Unit {
    match (&metric.kind, dimension) {
        (
            MetricKind::ShareBeyond(..)
            | MetricKind::ShareOf(_)
            | MetricKind::Chance(..)
            | MetricKind::Of(Function::Utilization, _),
            _,
        ) => Unit::Share,
        (
            MetricKind::At(_, inner)
            | MetricKind::During(_, inner)
            | MetricKind::InVariant(_, inner)
            | MetricKind::WorstInstance(inner),
            dimension,
        ) => unit(inner, dimension),
        (_, Some(Dimension::TIME)) => Unit::Seconds,
        (_, Some(Dimension::RATE)) => Unit::PerSecond,
        (_, Some(Dimension::BYTES)) => Unit::Bytes,
        (_, Some(Dimension::BANDWIDTH)) => Unit::BytesPerSecond,
        _ => Unit::Count,
    }
}

/// Why the verdict is what it is; `None` where the numbers say it.
fn because(is_claim: bool, judged: &Judgement, parts: &[Part]) -> Option<String> {
    let mut sentences = Vec::new();
    let deciding = judged.parts.iter().find(|part| part.verdict == judged.verdict)?;
    if is_claim && judged.verdict == Verdict::Fail {
        let failed = judged.parts.iter().zip(parts).filter(|(p, _)| p.verdict == Verdict::Fail);
        let said: Vec<String> = failed
            .filter_map(|(_, part)| {
                part.estimate.filter(|value| value.point.0.is_finite())?;
                let off = phrase::beside(part).map_or(String::new(), |off| format!(", {off}"));
                Some(format!("{}{off}", phrase::found(part)))
            })
            .collect();
        if !said.is_empty() {
            sentences.push(format!("It should have said {}.", phrase::list(&said)));
        }
    }
    sentences.extend(reason(deciding));
    sentences.extend(deciding.note.map(beside).map(str::to_owned));
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// What a `time_until` leaves open.
fn beside(note: Note) -> &'static str {
    match note {
        Note::HeldAlready => "It held already at that date: there was nothing to wait for.",
        Note::HeldBefore => "Before that date it did hold.",
        Note::NotBefore => {
            "It did not hold in any interval before that date either: the bound itself is out of \
             reach, not only late."
        }
    }
}

/// Why a part is judged as it is; `None` where the numbers say it.
pub fn reason(part: &crate::verdict::Part) -> Option<String> {
    let (never, of_runs) = match part.estimate.found {
        crate::verdict::Found::Never { share, of_runs, .. } => (share, of_runs),
        _ => (0.0, false),
    };
    Some(match part.reason {
        Reason::Clear => return None,
        Reason::Straddles => {
            let how = match part.replications {
                Some(runs) if runs <= RUNS_MAX => {
                    format!("about {} would tell, if the estimate stays", replications(runs))
                }
                Some(_) => {
                    "the estimate is too near to it for more replications to tell".to_owned()
                }
                None => "how many replications would tell cannot be said from these".to_owned(),
            };
            format!("The interval holds the limit: {how}.")
        }
        Reason::FewSamples => {
            let how = match part.replications {
                Some(runs) if runs <= RUNS_MAX => {
                    format!(": about {} would give one", replications(runs))
                }
                Some(_) => format!(
                    ": it would take more than {}",
                    phrase::counted(RUNS_MAX, "replication")
                ),
                None => String::new(),
            };
            format!(
                "There are too few samples for an interval, without which there is no verdict{how}."
            )
        }
        Reason::Nothing(Absence::NoRuns) => "No run was made.".to_owned(),
        Reason::Nothing(Absence::NoSamples) => "Nothing was recorded to judge by.".to_owned(),
        Reason::NeverAnswered if of_runs => {
            format!("There is no such time: in {} of the runs it never came.", show::percent(never))
        }
        Reason::NeverAnswered => {
            let who = if never >= 1.0 { "no request".to_owned() } else { show::percent(never) };
            let got = if never >= 1.0 { "got a good answer" } else { "got no good answer" };
            format!("There is no such time: {who} {got}.")
        }
        Reason::StillGrowing => {
            "The system was still growing: a longer run would give more.".to_owned()
        }
        Reason::Worlds => counted(part.assurance.as_ref()?, "world"),
        Reason::Lasting => counted(part.assurance.as_ref()?, "run"),
    })
}

/// From here on nobody waits for more.
const RUNS_MAX: u64 = 100_000;

/// `380 replications (--replications 380)`: two digits are enough.
fn replications(runs: u64) -> String {
    let runs = phrase::rounded_up(runs);
    format!("{} (--replications {runs})", phrase::counted(runs, "replication"))
}

fn counted(assurance: &Assurance, what: &str) -> String {
    let all = assurance.holds + assurance.fails + assurance.unknown;
    let unknown = if assurance.unknown > 0 {
        format!(", in {} it cannot be told", assurance.unknown)
    } else {
        String::new()
    };
    format!(
        "It holds in {} of {}{unknown}: {}, asked for {}.",
        assurance.holds,
        phrase::counted(all, what),
        phrase::value(&Value::from(assurance.share), Unit::Share),
        show::percent(assurance.wanted)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{Estimate, Found};

    fn said(why: Reason, replications: Option<u64>) -> String {
        let found = Found::Nothing(Absence::NoSamples);
        let part = crate::verdict::Part {
            span: 0..0,
            verdict: Verdict::Inconclusive,
            reason: why,
            estimate: Estimate { dimension: None, found, growing: false },
            difference: None,
            right: None,
            thresholds: Vec::new(),
            replications,
            assurance: None,
            lasted_s: None,
            note: None,
        };
        reason(&part).unwrap()
    }

    /// Goal: a number of replications is advised only where somebody would make them, and what is
    /// not known is not said to be too near.
    #[test]
    fn replications_are_advised_within_reason() {
        assert_eq!(
            said(Reason::Straddles, Some(376)),
            "The interval holds the limit: about 380 replications (--replications 380) would tell, \
             if the estimate stays."
        );
        assert!(said(Reason::Straddles, Some(u64::MAX)).contains("too near"));
        let unknown = said(Reason::Straddles, None);
        assert!(unknown.contains("cannot be said") && !unknown.contains("near"), "{unknown}");
        assert_eq!(
            said(Reason::FewSamples, Some(1_000_000)),
            "There are too few samples for an interval, without which there is no verdict: it would \
             take more than 100,000 replications."
        );
        assert!(said(Reason::FewSamples, Some(40)).contains("--replications 40"));
    }
}
