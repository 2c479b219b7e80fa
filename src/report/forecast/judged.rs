//! Objectives and claims of a forecast with their verdicts: on amounts, and on requests at dates.

use super::summary::{HoldsWhere, Judgment, Part, Spread, Unit};
use super::words;
use crate::expr::metric::{Comparison, MetricExpr, MetricKind, Relation};
use crate::growth::calendar::{Calendar, DAY};
use crate::model::{Claim, Objective};
use crate::report::summarize;
use crate::report::summary::{Number, Verdict};
use crate::stats::threshold::Side;
use crate::stats::worlds::Band;
use crate::study::ageing::{Aged, Crossing};
use crate::study::forecast::judge::{self, Judged};
use crate::study::sweep::Point;
use crate::units::Dimension;
use crate::verdict::{self, Judgement};
use std::ops::Range;

/// What was found of a condition.
#[derive(Debug)]
pub enum Found {
    /// Of amounts.
    Amounts(Judged),
    /// Of requests at dates; `None`: nothing was simulated.
    Requests(Option<Judgement>),
}

/// What is said of a condition beside its verdict.
#[derive(Default)]
struct Said<'a> {
    name: String,
    says: Option<String>,
    that: String,
    variant: Option<String>,
    comparisons: &'a [Comparison],
}

impl Said<'_> {
    fn judged(self, verdict: Verdict, holds: f64, parts: Vec<Part>) -> Judgment {
        let Self { name, says, that, variant, .. } = self;
        let (fails_from, holds_where, because) = (None, None, None);
        let holds = Number(holds);
        Judgment {
            name,
            says,
            that,
            variant,
            verdict,
            holds,
            fails_from,
            holds_where,
            because,
            parts,
        }
    }

    /// With what was found; `assured` says of amounts whether it holds, `words` are those for yes and
    /// no.
    fn found(
        self,
        found: &Found,
        calendar: &Calendar,
        assured: impl Fn(&Judged) -> verdict::Verdict,
        words: [Verdict; 2],
    ) -> Judgment {
        match found {
            Found::Amounts(judged) => {
                let part = |part: &judge::Part| Part {
                    worked_out: self.worked_out(&part.span),
                    ..of_amounts(&self.that, part, calendar)
                };
                let parts = judged.parts.iter().map(part).collect();
                let holds_where = judged.holds_where.as_ref().map(holds_where);
                let judged = self.judged(word(assured(judged), words), judged.holds, parts);
                Judgment { holds_where, ..judged }
            }
            Found::Requests(judged) => self.of_requests(judged.as_ref(), words),
        }
    }

    /// The other sides of a comparison that are no plain numbers, as written, if one of them is worked out.
    fn worked_out(&self, span: &Range<usize>) -> Vec<String> {
        let comparison = self.comparisons.iter().find(|one| one.span == *span);
        let sides = match comparison.map(|one| &one.relation) {
            Some(Relation::Compare(_, side) | Relation::Within(_, side)) => vec![side],
            Some(Relation::Between(from, to)) => vec![from, to],
            None => Vec::new(),
        };
        let sides = || sides.iter().filter(|side| side.number().is_none());
        if !sides().any(|side| is_worked_out(side)) {
            return Vec::new();
        }
        sides().filter_map(|side| self.that.get(side.span.clone())).map(str::to_owned).collect()
    }

    fn of_requests(self, judged: Option<&Judgement>, words: [Verdict; 2]) -> Judgment {
        let parts = judged.map_or(&[][..], |judged| &judged.parts);
        let verdict = verdict_of(judged);
        let open = parts.iter().find(|part| part.verdict == verdict);
        let because = open
            .filter(|_| verdict == verdict::Verdict::Inconclusive)
            .and_then(summarize::judged::reason);
        let part = |part: &verdict::Part| Part {
            worked_out: self.worked_out(&part.span),
            ..of_requests(&self.that, part)
        };
        let parts = parts.iter().map(part).collect();
        let judged = self.judged(word(verdict, words), share_of(judged), parts);
        Judgment { because, ..judged }
    }
}

/// Whether an expression has arithmetic, at a date or in a variant too.
fn is_worked_out(side: &MetricExpr) -> bool {
    match &side.kind {
        MetricKind::Binary(..) | MetricKind::Negate(_) => true,
        MetricKind::At(_, inner) | MetricKind::InVariant(_, inner) => is_worked_out(inner),
        _ => false,
    }
}

const MET: [Verdict; 2] = [Verdict::Pass, Verdict::Fail];
const RIGHT: [Verdict; 2] = [Verdict::Confirmed, Verdict::Refuted];

fn word(verdict: verdict::Verdict, [yes, no]: [Verdict; 2]) -> Verdict {
    match verdict {
        verdict::Verdict::Pass => yes,
        verdict::Verdict::Fail => no,
        verdict::Verdict::Inconclusive => Verdict::Inconclusive,
    }
}

fn verdict_of(judged: Option<&Judgement>) -> verdict::Verdict {
    judged.map_or(verdict::Verdict::Inconclusive, |judged| judged.verdict)
}

/// Share of the worlds in which a condition holds; NaN where there is one world, whose luck tells.
fn share_of(judged: Option<&Judgement>) -> f64 {
    let parts = judged.map_or(&[][..], |judged| &judged.parts);
    let shares = parts.iter().map(|part| part.assurance.map_or(f64::NAN, |one| one.share.point));
    shares.reduce(f64::min).unwrap_or(f64::NAN)
}

/// The least room to a threshold, as a part of it: negative beyond it, and least where there is no number
/// because it fails; infinite where nothing is known.
fn room(judged: Option<&Judgement>) -> f64 {
    let parts = judged.map_or(&[][..], |judged| &judged.parts);
    let all = parts.iter().flat_map(|part| {
        part.thresholds.iter().map(|threshold| match (threshold.margin, part.verdict) {
            (Some(margin), _) => margin / threshold.value.abs().max(f64::MIN_POSITIVE),
            (None, verdict::Verdict::Fail) => f64::NEG_INFINITY,
            (None, _) => f64::INFINITY,
        })
    });
    all.fold(f64::INFINITY, f64::min)
}

fn objective(objective: &Objective) -> Said<'_> {
    let (name, that) = (objective.name.clone(), objective.text.clone());
    Said { name, that, comparisons: &objective.that.comparisons, ..Said::default() }
}

/// The objectives on amounts, and on requests at dates.
pub fn objectives(
    all: &[(&Objective, Found)],
    calendar: &Calendar,
    assurance: f64,
) -> Vec<Judgment> {
    let assured = |judged: &Judged| judged.objective(assurance);
    let one = |(one, found): &(&Objective, Found)| {
        let mut judgment = objective(one).found(found, calendar, assured, MET);
        if let (Found::Amounts(judged), false) = (found, judgment.verdict.is_good()) {
            let from = judged.fails_at(1.0 - assurance);
            judgment.fails_from = from.and_then(|date| words::day(calendar, date));
        }
        judgment
    };
    all.iter().map(one).collect()
}

/// Objectives that must hold at all dates that were simulated: missed if one is shown to miss it, met if
/// all are shown to meet it. What was found is that of the date at which it looks worst: by its verdict
/// there, the share of the worlds in which it holds, and the room that it leaves.
pub fn over_time(
    all: &[Objective],
    aged: &Aged,
    calendar: &Calendar,
    assurance: f64,
) -> Vec<Judgment> {
    let month = |point: &Point| point.settings.first().and_then(|setting| setting.value);
    let of = |(number, one): (usize, &Objective)| {
        let at = |point: &'_ Point| point.objectives.get(number).cloned().flatten();
        let found: Vec<(Option<f64>, Option<Judgement>)> =
            aged.sweep.points.iter().map(|point| (month(point), at(point))).collect();
        let rank = |judged: &Option<Judgement>| match verdict_of(judged.as_ref()) {
            verdict::Verdict::Fail => 0,
            verdict::Verdict::Inconclusive => 1,
            verdict::Verdict::Pass => 2,
        };
        let (worst_at, worst) = found.iter().min_by(|(_, a), (_, b)| {
            let (here, there) = (a.as_ref(), b.as_ref());
            let shares = share_of(here).total_cmp(&share_of(there));
            rank(a).cmp(&rank(b)).then(shares).then(room(here).total_cmp(&room(there)))
        })?;
        // If the worst is met, all are.
        let mut judgment = objective(one).of_requests(worst.as_ref(), MET);
        for part in &mut judgment.parts {
            part.date = worst_at.and_then(|month| words::month(calendar, month));
        }
        if !judgment.verdict.is_good() {
            let first = first_passed(&aged.crossings, &one.name, assurance);
            let shown = found.iter().find(|(_, judged)| rank(judged) == 0);
            let from = first.or(shown.and_then(|one| one.0));
            judgment.fails_from = from.and_then(|month| words::month(calendar, month));
        }
        Some(judgment)
    };
    all.iter().enumerate().filter_map(of).collect()
}

/// The month from which on an objective fails: each of its limits has a crossing, and the first that is
/// passed makes it fail.
fn first_passed(crossings: &[Crossing], objective: &str, assurance: f64) -> Option<f64> {
    let what = format!("{objective} fails");
    let of_it = crossings.iter().filter(|crossing| crossing.what == what);
    let passed = of_it.map(|crossing| crossing.quantile(1.0 - assurance));
    passed.filter(|month| month.is_finite()).reduce(f64::min)
}

/// The claims.
pub fn claims(all: &[(&Claim, Found)], calendar: &Calendar, assurance: f64) -> Vec<Judgment> {
    let assured = |judged: &Judged| judged.claim(assurance);
    let one = |(claim, found): &(&Claim, Found)| {
        let said = Said {
            name: claim.id.clone(),
            says: Some(claim.says.clone()).filter(|says| !says.is_empty()),
            that: claim.text.clone(),
            variant: claim.variant.clone(),
            comparisons: &claim.that.comparisons,
        };
        said.found(found, calendar, assured, RIGHT)
    };
    all.iter().map(one).collect()
}

/// `a_day ≥ 4,930/day (4,929–4,936)`, and how often it holds there and elsewhere.
fn holds_where(found: &judge::HoldsWhere) -> HoldsWhere {
    let mut range = summarize::unknowns::range(&found.range, &found.input, found.dimension);
    if found.dimension == Dimension::RATE && found.range.point < 1.0 {
        // Growth is stated per day, and so it can be compared.
        let sign = if found.range.side == Side::Below { "\u{2264}" } else { "\u{2265}" };
        let per_day = |rate: f64| words::amount(rate * DAY, Unit::Count);
        let ends = [range.limit.lower, range.limit.upper].map(|end| end.map(|end| per_day(end.0)));
        let interval = match ends {
            // Nearer to each other than what is shown.
            [Some(lower), Some(upper)] if lower == upper => String::new(),
            [Some(lower), Some(upper)] => format!(" ({lower}\u{2013}{upper})"),
            [Some(lower), None] => format!(" (from {lower})"),
            [None, Some(upper)] => format!(" (up to {upper})"),
            [None, None] => String::new(),
        };
        let point = per_day(found.range.point);
        range.shown = format!("{} {sign} {point}/day{interval}", found.input);
    }
    HoldsWhere { range, inside: Number(found.inside), outside: Number(found.outside) }
}

fn of_amounts(text: &str, part: &judge::Part, calendar: &Calendar) -> Part {
    let of_band = |band: &Band| spread((band.median, band.lower, band.upper));
    Part {
        text: text.get(part.span.clone()).unwrap_or_default().to_owned(),
        found: part.left.as_ref().map(of_band),
        against: part.right.iter().map(of_band).collect(),
        worked_out: Vec::new(),
        date: part.date.and_then(|date| words::day(calendar, date)),
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
        against: part.right.iter().filter_map(|right| right.range().map(spread)).collect(),
        worked_out: Vec::new(),
        date: None,
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

#[cfg(test)]
mod tests {
    use super::{Crossing, first_passed, room};
    use crate::expr::tree::Comparator;
    use crate::verdict::{Absence, Estimate, Found, Judgement, Part, Reason, Threshold, Verdict};

    /// A verdict with one threshold, of 500 ms, and the room to it.
    fn judged(verdict: Verdict, margin: Option<f64>) -> Judgement {
        let threshold = Threshold { comparator: Comparator::Less, value: 0.5, margin };
        let found = Found::Nothing(Absence::NoSamples);
        let part = Part {
            span: 0..1,
            verdict,
            reason: Reason::Clear,
            estimate: Estimate { dimension: None, found, growing: false },
            difference: None,
            right: None,
            thresholds: vec![threshold],
            replications: None,
            assurance: None,
            lasted_s: None,
            note: None,
        };
        Judgement { verdict, parts: vec![part] }
    }

    /// 480 ms leave 4 % of 500 ms, 700 ms are 40 % beyond, and where no request is answered there is no number.
    #[test]
    fn a_date_looks_worse_the_less_room_it_leaves() {
        let found = [
            (Verdict::Fail, None, f64::NEG_INFINITY),
            (Verdict::Fail, Some(-0.2), -0.4),
            (Verdict::Pass, Some(0.02), 0.04),
            (Verdict::Inconclusive, None, f64::INFINITY),
        ];
        for (verdict, margin, expected) in found {
            let room = room(Some(&judged(verdict, margin)));
            assert!(room == expected || (room - expected).abs() < 1e-12, "{room} {expected}");
        }
        assert_eq!(room(None), f64::INFINITY);
    }

    #[test]
    fn the_first_limit_that_is_passed_makes_an_objective_fail() {
        let one = |name: &str, month: f64| Crossing {
            gaps: vec![None],
            what: format!("{name} fails"),
            metric: 0,
            limit: 1.0,
            months: vec![month],
            luck: None,
        };
        let all = [
            one("both", 20.0),
            one("other", 1.0),
            one("both", 7.0),
            one("both", f64::NAN),
            one("never", f64::INFINITY),
        ];
        let found = ["both", "other", "never"].map(|name| first_passed(&all, name, 0.9));
        assert_eq!(found, [Some(7.0), Some(1.0), None]);
    }
}
