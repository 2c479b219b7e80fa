//! What objectives and claims say of amounts, held against every world.
//!
//! Worlds are what is not known, and there is no luck in arithmetic: a condition holds in a share of
//! them. An objective is met if that is at least the stated assurance, and missed if not. A claim is
//! confirmed if it holds in so many worlds, refuted if it fails in so many, and else it depends on
//! the inputs.
//!
//! What has no date is that at the end of the forecast in a claim; an objective must hold at all
//! dates ([`always`]).

mod always;

use super::crossing::first;
use super::peaks::{Line, When};
use super::{Course, Forecast, Series, date};
use crate::expr::error::{ExprError, ExprErrorKind, nearest};
use crate::expr::metric::{
    Comparison, Condition, MetricExpr, MetricKind, Path, Relation, Tolerance, Watched,
};
use crate::expr::tree::{Comparator, Operator};
use crate::model::Model;
use crate::stats::threshold::Side;
use crate::stats::worlds::{Band, band, order_statistic};
use crate::study::sensitivity::{self, SubRange};
use crate::units::Dimension;
use crate::verdict::Verdict;
use std::ops::Range;

/// The verdict on a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Share of the worlds in which all of it holds: of an objective, at all dates.
    pub holds: f64,
    /// By comparison: the left side.
    pub parts: Vec<Part>,
    /// Of an objective: the first date of each world at which it does not hold, seconds since month 0;
    /// infinite where there is none. Empty where it speaks of its own dates only.
    pub fails: Vec<f64>,
    /// Of a claim: the values of an input for which it holds, where it does in some worlds only.
    pub holds_where: Option<HoldsWhere>,
}

/// The values of an input for which a claim holds.
#[derive(Debug, Clone, PartialEq)]
pub struct HoldsWhere {
    /// The input, drawn or worked out from others that are.
    pub input: String,
    /// What it measures.
    pub dimension: Dimension,
    /// Up to which value, or from which on.
    pub range: SubRange,
    /// Share of the worlds with such values in which it holds.
    pub inside: f64,
    /// Share of the other worlds in which it does.
    pub outside: f64,
}

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Where it stands in the text.
    pub span: Range<usize>,
    /// Share of the worlds in which it holds.
    pub holds: f64,
    /// The left side: median and the central 90 % of the worlds; none if it is no number somewhere.
    pub left: Option<Band>,
    /// What that is compared with, where it is no plain number: of `in A..B` both.
    pub right: Vec<Band>,
    /// What that measures.
    pub dimension: Dimension,
    /// Of an objective: the date of which that is, the one at which it looks worst, seconds since month
    /// 0.
    pub date: Option<f64>,
}

impl Judged {
    /// Quantile of the dates at which an objective fails first; infinite where it is one of the worlds
    /// in which it never does, `None` where it speaks of its own dates only.
    pub fn fails_at(&self, q: f64) -> Option<f64> {
        let mut sorted = self.fails.clone();
        sorted.sort_by(f64::total_cmp);
        (!sorted.is_empty()).then(|| order_statistic(&sorted, q))
    }

    /// Of an objective.
    pub fn objective(&self, assurance: f64) -> Verdict {
        if self.holds >= assurance { Verdict::Pass } else { Verdict::Fail }
    }

    /// Of a claim: pass for confirmed, fail for refuted.
    pub fn claim(&self, assurance: f64) -> Verdict {
        if self.holds >= assurance {
            Verdict::Pass
        } else if 1.0 - self.holds >= assurance {
            Verdict::Fail
        } else {
            Verdict::Inconclusive
        }
    }
}

/// Holds a claim against a variant, what has no date at the end of the forecast; the errors are those
/// of its words.
pub fn claim(
    that: &Condition,
    forecast: &Forecast,
    course: &Course,
    model: &Model,
) -> Result<Judged, Vec<ExprError>> {
    let mut judge = Judge { forecast, model, problems: Vec::new() };
    let end = (course, When::Date(forecast.end()));
    let mut compared = Vec::new();
    for comparison in &that.comparisons {
        compared.extend(judge.comparison(comparison, end).map(|one| (comparison, one)));
    }
    if !judge.problems.is_empty() {
        return Err(judge.problems);
    }
    let mut all = vec![true; forecast.worlds as usize];
    let mut judged = Judged { holds: 0.0, parts: Vec::new(), fails: Vec::new(), holds_where: None };
    for (comparison, one) in compared {
        all.iter_mut().zip(&one.holds).for_each(|(all, holds)| *all &= holds);
        judged.parts.push(one.part(comparison));
    }
    judged.holds = share(&all);
    judged.holds_where = holds_where(&all, course, model);
    Ok(judged)
}

/// For which values of an input something holds.
fn holds_where(holds: &[bool], course: &Course, model: &Model) -> Option<HoldsWhere> {
    let by_world = |at: usize| course.inputs.iter().map(|world| world[at]).collect::<Vec<f64>>();
    let all = model.inputs.iter().enumerate().map(|(at, input)| (input, by_world(at)));
    let (inputs, values): (Vec<_>, Vec<Vec<f64>>) =
        all.filter(|(_, values)| constant(values).is_none()).unzip();
    let columns: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
    let mut range =
        sensitivity::holds_where(holds, &columns, (model.run.assurance, model.run.confidence))?;
    let is_inside = |value: &f64| match range.side {
        Side::Below => *value <= range.point,
        Side::Above => *value >= range.point,
    };
    let part = |inside: bool| {
        let worlds = holds.iter().zip(&values[range.input]);
        let those = worlds.filter(|(_, value)| is_inside(value) == inside);
        share(&those.map(|(holds, _)| *holds).collect::<Vec<_>>())
    };
    let input = inputs[range.input];
    let (inside, outside) = (part(true), part(false));
    if (inside, outside) == (1.0, 0.0) {
        // Amounts have no luck: where this input alone decides, the threshold lies between the worlds next to it.
        let values = || values[range.input].iter().copied();
        let below =
            values().filter(|value| *value <= range.point).fold(f64::NEG_INFINITY, f64::max);
        let above = values().filter(|value| *value > range.point).fold(f64::INFINITY, f64::min);
        (range.lower, range.upper) = (below, above);
    }
    Some(HoldsWhere {
        input: input.name.clone(),
        dimension: input.dimension,
        range,
        inside,
        outside,
    })
}

/// Holds an objective against a variant, at all dates until the end of the forecast; the errors are
/// those of its words.
pub fn objective(
    that: &Condition,
    forecast: &Forecast,
    course: &Course,
    model: &Model,
) -> Result<Judged, Vec<ExprError>> {
    always::judge(that, Judge { forecast, model, problems: Vec::new() }, course)
}

fn share(holds: &[bool]) -> f64 {
    holds.iter().filter(|holds| **holds).count() as f64 / holds.len().max(1) as f64
}

/// One number per world.
struct Values {
    all: Vec<f64>,
    dimension: Dimension,
}

struct Judge<'a> {
    forecast: &'a Forecast,
    model: &'a Model,
    problems: Vec<ExprError>,
}

/// Where an expression is looked at: a variant, and a date of the forecast.
type Place<'a> = (&'a Course, When);

/// A comparison at one place.
struct Compared {
    left: Values,
    /// The other sides that are no plain numbers.
    right: Vec<Values>,
    /// By world.
    holds: Vec<bool>,
    /// How far each world is above what it must exceed and below what it must not, in the unit of the
    /// left side: negative where that does not hold. Of a comparison with one limit twice the same.
    margins: Vec<[f64; 2]>,
}

impl Compared {
    fn part(&self, comparison: &Comparison) -> Part {
        Part {
            span: comparison.span.clone(),
            holds: share(&self.holds),
            left: band(&self.left.all, 0.9),
            right: self.right.iter().filter_map(|right| band(&right.all, 0.9)).collect(),
            dimension: self.left.dimension,
            date: None,
        }
    }
}

/// How far the left side is on the side that holds.
fn margin(sign: Comparator, left: f64, right: f64) -> f64 {
    match sign {
        Comparator::Less | Comparator::AtMost => right - left,
        Comparator::Greater | Comparator::AtLeast => left - right,
    }
}

impl<'a> Judge<'a> {
    fn comparison(&mut self, comparison: &Comparison, place: Place<'a>) -> Option<Compared> {
        let left = self.values(&comparison.left, place);
        if comparison.lasting.is_some() {
            return self.wrong(&comparison.span, "`for` is about intervals of a run", None);
        }
        let mut sides = Vec::new();
        let mut beside = |expr: &MetricExpr, values: Values| {
            sides.extend(expr.number().is_none().then_some(values));
        };
        let (holds, margins) = match &comparison.relation {
            Relation::Compare(sign, expr) => {
                let right = self.like(left.as_ref(), expr, place);
                let (left, right) = (left.as_ref()?, right?);
                let one = |(left, right): (&f64, &f64)| {
                    (sign.holds(*left, *right), [margin(*sign, *left, *right); 2])
                };
                let found = left.all.iter().zip(&right.all).map(one).unzip();
                beside(expr, right);
                found
            }
            Relation::Within(tolerance, expr) => {
                let of = self.like(left.as_ref(), expr, place);
                let (left, of) = (left.as_ref()?, of?);
                let one = |(left, of): (&f64, &f64)| {
                    let room = match tolerance {
                        Tolerance::Relative(share) => share * of.abs(),
                        Tolerance::Absolute(room) => room.quantity.value,
                    };
                    let off = left - of;
                    (off.abs() <= room * (1.0 + 1e-12), [room + off, room - off])
                };
                let found = left.all.iter().zip(&of.all).map(one).unzip();
                beside(expr, of);
                found
            }
            Relation::Between(from, to) => {
                let low = self.like(left.as_ref(), from, place);
                let high = self.like(left.as_ref(), to, place);
                let (left, low, high) = (left.as_ref()?, low?, high?);
                let one = |(left, (low, high)): (&f64, (&f64, &f64))| {
                    let holds = Comparator::AtLeast.holds(*left, *low)
                        && Comparator::AtMost.holds(*left, *high);
                    (holds, [left - low, high - left])
                };
                let found = left.all.iter().zip(low.all.iter().zip(&high.all)).map(one).unzip();
                beside(from, low);
                beside(to, high);
                found
            }
        };
        Some(Compared { left: left?, right: sides, holds, margins })
    }

    /// The other side of a comparison, of the same dimension.
    fn like(
        &mut self,
        left: Option<&Values>,
        right: &MetricExpr,
        place: Place<'a>,
    ) -> Option<Values> {
        let found = self.values(right, place)?;
        self.agree(left?.dimension, found.dimension, right)?;
        Some(found)
    }

    fn agree(&mut self, left: Dimension, right: Dimension, at: &MetricExpr) -> Option<()> {
        if left == right {
            return Some(());
        }
        let message = format!("{} beside {}", right.name(), left.name());
        let error = ExprError::new(ExprErrorKind::WrongDimension, at.span.clone(), message);
        self.problems.push(error.label(format!("expected {}", left.describe())));
        None
    }

    fn wrong<T>(&mut self, span: &Range<usize>, message: &str, help: Option<String>) -> Option<T> {
        let mut error = ExprError::new(ExprErrorKind::WrongMetric, span.clone(), message);
        error.help = help;
        self.problems.push(error);
        None
    }

    fn same(&self, value: f64, dimension: Dimension) -> Values {
        Values { all: vec![value; self.forecast.worlds as usize], dimension }
    }

    fn values(&mut self, expr: &MetricExpr, place: Place<'a>) -> Option<Values> {
        match &expr.kind {
            MetricKind::Literal(quantity, _) => Some(self.same(quantity.value, quantity.dimension)),
            MetricKind::Name(path) => self.input(path, place.0),
            MetricKind::Amount(path) => {
                let series = self.series(path, place.0)?;
                let all = series.at(place.1)?.to_vec();
                Some(Values { all, dimension: series.dimension })
            }
            MetricKind::Negate(inner) => {
                let mut values = self.values(inner, place)?;
                values.all.iter_mut().for_each(|value| *value = -*value);
                Some(values)
            }
            MetricKind::Binary(operator, left, right) => {
                let (left, found) = (self.values(left, place), self.values(right, place));
                self.binary(*operator, &left?, &found?, right)
            }
            MetricKind::At(time, inner) => {
                let at = self.values(time, place)?;
                self.agree(Dimension::TIME, at.dimension, time)?;
                let Some(seconds) = constant(&at.all).filter(|seconds| *seconds >= 0.0) else {
                    return self.wrong(&time.span, "a date is one time after month 0", None);
                };
                let index = self.forecast.index(date(&self.forecast.calendar, seconds));
                self.values(inner, (place.0, When::Date(index)))
            }
            MetricKind::InVariant(name, inner) => {
                let Some(course) = self.forecast.course(&name.text) else {
                    let message = format!("there is no variant `{}`", name.text);
                    let kind = ExprErrorKind::UnknownName;
                    self.problems.push(ExprError::new(kind, name.span.clone(), message));
                    return None;
                };
                self.values(inner, (course, place.1))
            }
            MetricKind::TimeUntil {
                what: Watched::Level(path),
                comparator,
                value,
                after: None,
            } => {
                let series = self.series(path, place.0)?;
                let limit = self.values(value, place)?;
                self.agree(series.dimension, limit.dimension, value)?;
                let line = Line::new(self.forecast, &place.0.peaks, series);
                let one = |world: usize| {
                    first(line.dates(), &line.values(world), (*comparator, limit.all[world]))
                };
                let all = (0..self.forecast.worlds as usize).map(one).collect();
                Some(Values { all, dimension: Dimension::TIME })
            }
            _ => {
                let help =
                    "amounts stand without a function, such as `at(12 months, table.t.rows)`";
                self.wrong(&expr.span, "a metric of runs beside amounts", Some(help.to_owned()))
            }
        }
    }

    fn input(&mut self, path: &Path, course: &Course) -> Option<Values> {
        let known = &self.model.inputs;
        let Some(index) = known.iter().position(|input| input.name == path.text) else {
            let message = format!("there is no input `{}`", path.text);
            let error = ExprError::new(ExprErrorKind::UnknownName, path.span.clone(), message);
            self.problems.push(error);
            return None;
        };
        let all = course.inputs.iter().map(|world| world[index]).collect();
        Some(Values { all, dimension: known[index].dimension })
    }

    fn series(&mut self, path: &Path, course: &'a Course) -> Option<&'a Series> {
        let found = course.get(&path.text);
        if found.is_none() {
            let message = format!("there is no amount `{}`", path.text);
            let mut error = ExprError::new(ExprErrorKind::UnknownPath, path.span.clone(), message);
            let known = course.series.iter().map(|series| series.path.as_str());
            if let Some(close) = nearest(&path.text, known) {
                error = error.help(format!("perhaps `{close}`")).replacement(close);
            }
            self.problems.push(error);
        }
        found
    }

    fn binary(
        &mut self,
        operator: Operator,
        left: &Values,
        right: &Values,
        at: &MetricExpr,
    ) -> Option<Values> {
        let dimension = match operator {
            Operator::Add | Operator::Subtract => {
                self.agree(left.dimension, right.dimension, at)?;
                Some(left.dimension)
            }
            Operator::Multiply => left.dimension.times(right.dimension),
            Operator::Divide => left.dimension.per(right.dimension),
        };
        let Some(dimension) = dimension else {
            return self.wrong(&at.span, "no quantity has such units", None);
        };
        let one = |(left, right): (&f64, &f64)| match operator {
            Operator::Add => left + right,
            Operator::Subtract => left - right,
            Operator::Multiply => left * right,
            Operator::Divide => left / right,
        };
        Some(Values { all: left.all.iter().zip(&right.all).map(one).collect(), dimension })
    }
}

/// The value, if it is the same in all worlds.
fn constant(values: &[f64]) -> Option<f64> {
    let first = values.first().copied()?;
    values.iter().all(|value| *value == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::super::tests::worked;
    use super::*;

    /// A rate worked out from two inputs, of which neither decides by itself: 20,000 rows in 100 days are 200 a
    /// day, in a share of the worlds known in closed form. Of `b` uniform between 100 and 300 and `s` between
    /// 0.5 and 1, P(b s >= 200) is (300 - 200 - 200 ln(300 / 200)) / (200 x 0.5) = 0.189.
    #[test]
    fn a_claim_says_for_which_inputs_it_holds() {
        let text = "[inputs]\nbase = \"uniform(100, 300)\"\nshare = \"uniform(0.5, 1)\"\n\
                    other = \"uniform(1, 2)\"\na_day = \"base * share\"\n\
                    [database.pg]\ncores = 4\n[table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\n\
                    rows = 0\ngrowth = \"a_day / 1 day\"\n\
                    [claim.many]\nthat = \"at(100 days, table.t.rows) >= 20_000\"\n\
                    [claim.few]\nthat = \"at(100 days, table.t.rows) < 20_000\"\n\
                    [claim.all]\nthat = \"at(100 days, table.t.rows) < 40_000\"\n";
        let (models, found) = worked(text, 6, 2_000);
        let (model, course) = (&models[0].1, &found.courses[0]);
        let of = |at: usize| claim(&model.outlook.claims[at].that, &found, course, model).unwrap();
        let chance = (100.0 - 200.0 * libm::log(1.5)) / 100.0;
        for (at, side, holds) in [(0, Side::Above, chance), (1, Side::Below, 1.0 - chance)] {
            let judged = of(at);
            assert!((judged.holds - holds).abs() < 0.01, "{} {holds}", judged.holds);
            let found = judged.holds_where.unwrap();
            assert_eq!((found.input.as_str(), found.range.side), ("a_day", side));
            assert!((found.range.point - 200.0).abs() < 1.0, "{found:?}");
            assert_eq!((found.inside, found.outside), (1.0, 0.0));
            assert!(found.range.lower <= 200.0 && 200.0 <= found.range.upper, "{found:?}");
            assert!(found.range.upper - found.range.lower < 2.0, "{found:?}");
        }
        assert_eq!(of(2).holds_where, None);
    }
}
