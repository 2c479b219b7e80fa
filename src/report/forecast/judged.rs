//! Objectives and claims of a forecast with their verdicts: on amounts, and on requests at dates.

use super::summary::{Judgment, Part, Spread, Unit};
use crate::model::{Claim, Objective};
use crate::report::summary::{Number, Verdict};
use crate::study::forecast::judge::{self, Judged};
use crate::units::Dimension;
use crate::verdict::{self, Judgement};

/// What was found of a condition.
#[derive(Debug)]
pub enum Found {
    /// Of amounts.
    Amounts(Judged),
    /// Of requests at dates; `None`: nothing was simulated.
    Requests(Option<Judgement>),
}

impl Found {
    /// Whether it holds; `assured` says so of amounts.
    fn verdict(&self, assured: impl Fn(&Judged) -> verdict::Verdict) -> verdict::Verdict {
        match self {
            Self::Amounts(judged) => assured(judged),
            Self::Requests(Some(judged)) => judged.verdict,
            Self::Requests(None) => verdict::Verdict::Inconclusive,
        }
    }

    /// Share of the worlds in which it holds; NaN where there is one world, whose luck tells.
    fn holds(&self) -> Number {
        match self {
            Self::Amounts(judged) => Number(judged.holds),
            Self::Requests(judged) => {
                let parts = judged.iter().flat_map(|judged| &judged.parts);
                let shares = parts.map(|part| part.assurance.map_or(f64::NAN, |a| a.share.point));
                Number(shares.reduce(f64::min).unwrap_or(f64::NAN))
            }
        }
    }

    fn parts(&self, text: &str) -> Vec<Part> {
        match self {
            Self::Amounts(judged) => {
                judged.parts.iter().map(|part| of_amounts(text, part)).collect()
            }
            Self::Requests(judged) => {
                let parts = judged.iter().flat_map(|judged| &judged.parts);
                parts.map(|part| of_requests(text, part)).collect()
            }
        }
    }
}

/// The objectives.
pub fn objectives(all: &[(&Objective, Found)], assurance: f64) -> Vec<Judgment> {
    all.iter()
        .map(|(objective, found)| Judgment {
            name: objective.name.clone(),
            says: None,
            that: objective.text.clone(),
            variant: None,
            verdict: match found.verdict(|judged| judged.objective(assurance)) {
                verdict::Verdict::Pass => Verdict::Pass,
                verdict::Verdict::Fail => Verdict::Fail,
                verdict::Verdict::Inconclusive => Verdict::Inconclusive,
            },
            holds: found.holds(),
            parts: found.parts(&objective.text),
        })
        .collect()
}

/// The claims.
pub fn claims(all: &[(&Claim, Found)], assurance: f64) -> Vec<Judgment> {
    all.iter()
        .map(|(claim, found)| Judgment {
            name: claim.id.clone(),
            says: Some(claim.says.clone()).filter(|says| !says.is_empty()),
            that: claim.text.clone(),
            variant: claim.variant.clone(),
            verdict: match found.verdict(|judged| judged.claim(assurance)) {
                verdict::Verdict::Pass => Verdict::Confirmed,
                verdict::Verdict::Fail => Verdict::Refuted,
                verdict::Verdict::Inconclusive => Verdict::Inconclusive,
            },
            holds: found.holds(),
            parts: found.parts(&claim.text),
        })
        .collect()
}

fn of_amounts(text: &str, part: &judge::Part) -> Part {
    Part {
        text: text.get(part.span.clone()).unwrap_or_default().to_owned(),
        found: part.left.map(|band| spread((band.median, band.lower, band.upper))),
        unit: Unit::of(part.dimension),
        holds: Number(part.holds),
    }
}

fn of_requests(text: &str, part: &verdict::Part) -> Part {
    let share = part.assurance.map(|assurance| assurance.share.point);
    let by_verdict = match part.verdict {
        verdict::Verdict::Pass => 1.0,
        verdict::Verdict::Fail => 0.0,
        verdict::Verdict::Inconclusive => f64::NAN,
    };
    Part {
        text: text.get(part.span.clone()).unwrap_or_default().to_owned(),
        found: part.estimate.range().map(spread),
        unit: Unit::of(part.estimate.dimension.unwrap_or(Dimension::COUNT)),
        holds: Number(share.unwrap_or(by_verdict)),
    }
}

fn spread((median, lower, upper): (f64, f64, f64)) -> Spread {
    Spread {
        median: Number(median),
        lower90: Number(lower),
        upper90: Number(upper),
        lower50: Number(f64::NAN),
        upper50: Number(f64::NAN),
    }
}
