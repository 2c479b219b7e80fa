//! Objectives and claims of a forecast with their verdicts: on amounts, and on requests at dates.

use super::summary::{Judgment, Part, Spread, Unit};
use crate::model::{Claim, Objective};
use crate::report::summary::{Number, Verdict};
use crate::study::forecast::judge::{self, Judged};
use crate::study::sweep::{Point, Sweep};
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

/// Objectives that must hold at all dates that were simulated: missed if one is shown to miss it, met if
/// all are shown to meet it. What was found is that of the date at which fewest worlds hold.
pub fn over_time(all: &[Objective], sweep: &Sweep) -> Vec<Judgment> {
    let of = |(number, objective): (usize, &Objective)| {
        let at = |point: &Point| point.objectives.get(number).cloned().flatten();
        let found: Vec<Found> =
            sweep.points.iter().map(|point| Found::Requests(at(point))).collect();
        let verdicts = || found.iter().map(|one| one.verdict(|_| verdict::Verdict::Inconclusive));
        let verdict = match () {
            () if verdicts().any(|one| one == verdict::Verdict::Fail) => Verdict::Fail,
            () if verdicts().all(|one| one == verdict::Verdict::Pass) => Verdict::Pass,
            () => Verdict::Inconclusive,
        };
        let rank = |one: &Found| -> f64 {
            match one.verdict(|_| verdict::Verdict::Inconclusive) {
                verdict::Verdict::Fail => 0.0,
                verdict::Verdict::Inconclusive => 1.0,
                verdict::Verdict::Pass => 2.0,
            }
        };
        let worst = found.iter().min_by(|a, b| {
            let share = a.holds().0.total_cmp(&b.holds().0);
            rank(a).total_cmp(&rank(b)).then(share)
        })?;
        Some(Judgment {
            name: objective.name.clone(),
            says: None,
            that: objective.text.clone(),
            variant: None,
            verdict,
            holds: worst.holds(),
            parts: worst.parts(&objective.text),
        })
    };
    all.iter().enumerate().filter_map(of).collect()
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
