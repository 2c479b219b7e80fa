//! What is said of requests at dates of a calendar: `at(12 months, p95(endpoint.list)) < 500ms`.
//!
//! A date is a design of its own: the same scenario with the data of that date. So a condition is
//! rewritten, `at(date, M)` to `in(DESIGN, M)`, the designs are run on the same worlds and the same
//! luck, and the condition is judged as any that speaks of several variants.

use super::at_date;
use crate::expr::error::{ExprError, ExprErrorKind};
use crate::expr::metric::{Comparison, Condition, MetricExpr, MetricKind, Path, Relation};
use crate::growth::calendar::Calendar;
use crate::model::{BindProblem, Model};
use crate::study::alternative::{Alternative, Ran, judge};
use crate::study::forecast::date;
use crate::study::forecast::moment::Moment;
use crate::study::runs::{self, Outside};
use crate::units::Dimension;
use crate::verdict::{self, Judgement};
use std::ops::Range;

/// Conditions about requests at dates, with the designs that they speak of.
pub struct Dated {
    /// Rewritten, with the number of the design that each is judged on; none of a variant that there is
    /// not.
    conditions: Vec<(Option<usize>, Condition)>,
    designs: Vec<Alternative>,
    /// Names of designs of variants that there are not, and the variants.
    unknown: Vec<(String, String)>,
}

/// A variant at a date, and the metrics that are asked of it there.
struct Design {
    variant: Option<String>,
    date: f64,
    asked: Vec<MetricExpr>,
}

impl Design {
    fn name(&self) -> String {
        let variant = self.variant.as_deref().unwrap_or("as it stands");
        format!("{variant}, day {}", self.date / 86_400.0)
    }
}

impl Dated {
    /// Binds and compiles the designs that conditions speak of; each is about a variant, or about the
    /// first of the models. Every variant is one of the models.
    pub fn new(
        conditions: &[(Option<String>, &Condition)],
        models: &[(Option<String>, Model)],
        calendar: &Calendar,
    ) -> Result<Self, Vec<BindProblem>> {
        let first = models.first().and_then(|model| model.0.clone());
        let mut designs: Vec<Design> = Vec::new();
        let mut rewritten = Vec::new();
        for (variant, that) in conditions {
            let variant = variant.clone().or_else(|| first.clone());
            let mut rewriter = Rewriter { designs: &mut designs, calendar };
            let on = rewriter.design(variant.as_deref(), 0.0);
            rewritten.push((on, rewriter.condition(that, variant.as_deref())));
        }
        let (mut built, mut unknown, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        for design in designs {
            let model = models.iter().find(|model| model.0 == design.variant);
            let Some((_, model)) = model else {
                unknown.push((design.name(), design.variant.unwrap_or_default()));
                numbers.push(None);
                continue;
            };
            numbers.push(Some(built.len()));
            let name = design.name();
            built.push({
                let over = (calendar, design.date, Moment::Exact);
                at_date(model, over, name, &design.asked, None)?
            });
        }
        let conditions = rewritten.into_iter().map(|(on, that)| (numbers[on], that)).collect();
        Ok(Self { conditions, designs: built, unknown })
    }

    /// Checks the words of a condition against what is measured.
    pub fn check(&self, condition: usize) -> Result<(), Vec<ExprError>> {
        let (on, that) = &self.conditions[condition];
        if let Some((variant, span)) = that.sides().find_map(|side| self.unknown(side)) {
            let message = format!("there is no variant `{variant}`");
            return Err(vec![ExprError::new(ExprErrorKind::UnknownName, span, message)]);
        }
        let Some(on) = on.and_then(|on| self.designs.get(on)) else { return Ok(()) };
        let find = |name: &str| {
            let design = self.designs.iter().find(|one| one.name.as_deref() == Some(name));
            design.map(|design| &design.study)
        };
        verdict::resolve(&on.model, &on.study, that, &find)
    }

    /// A variant that there is not, and where it is spoken of.
    fn unknown(&self, side: &MetricExpr) -> Option<(&str, Range<usize>)> {
        match &side.kind {
            MetricKind::InVariant(name, _) => {
                let found = self.unknown.iter().find(|unknown| unknown.0 == name.text)?;
                Some((found.1.as_str(), name.span.clone()))
            }
            MetricKind::Negate(inner) => self.unknown(inner),
            MetricKind::Binary(_, left, right) => {
                self.unknown(left).or_else(|| self.unknown(right))
            }
            _ => None,
        }
    }

    /// Runs the designs and judges the conditions, in order; `None` where it was stopped before.
    pub fn judge(self, outside: Outside) -> Vec<Option<Judgement>> {
        let all: Vec<Ran> = runs::together(self.designs, outside);
        let one = |(on, that): &(Option<usize>, Condition)| judge(that, all.get((*on)?)?, &all);
        self.conditions.iter().map(one).collect()
    }
}

struct Rewriter<'a> {
    designs: &'a mut Vec<Design>,
    calendar: &'a Calendar,
}

impl Rewriter<'_> {
    /// The number of a design; it is made if it is new.
    fn design(&mut self, variant: Option<&str>, date: f64) -> usize {
        let is_it = |one: &Design| one.variant.as_deref() == variant && one.date == date;
        self.designs.iter().position(is_it).unwrap_or_else(|| {
            let variant = variant.map(str::to_owned);
            self.designs.push(Design { variant, date, asked: Vec::new() });
            self.designs.len() - 1
        })
    }

    fn condition(&mut self, that: &Condition, variant: Option<&str>) -> Condition {
        let place = (variant, 0.0);
        let mut comparisons = Vec::new();
        for one in &that.comparisons {
            let relation = match &one.relation {
                Relation::Compare(sign, right) => {
                    Relation::Compare(*sign, self.expression(right, place))
                }
                Relation::Within(tolerance, of) => {
                    Relation::Within(tolerance.clone(), self.expression(of, place))
                }
                Relation::Between(low, high) => {
                    Relation::Between(self.expression(low, place), self.expression(high, place))
                }
            };
            let left = self.expression(&one.left, place);
            comparisons.push(Comparison { left, relation, ..one.clone() });
        }
        Condition { comparisons }
    }

    fn expression(&mut self, expr: &MetricExpr, place: (Option<&str>, f64)) -> MetricExpr {
        let span = expr.span.clone();
        let boxed = |this: &mut Self, inner: &MetricExpr| Box::new(this.expression(inner, place));
        let kind = match &expr.kind {
            MetricKind::Literal(..) | MetricKind::Name(_) | MetricKind::Amount(_) => {
                expr.kind.clone()
            }
            MetricKind::Negate(inner) => MetricKind::Negate(boxed(self, inner)),
            MetricKind::Binary(operator, left, right) => {
                MetricKind::Binary(*operator, boxed(self, left), boxed(self, right))
            }
            MetricKind::InVariant(name, inner) => {
                return self.expression(inner, (Some(&name.text), place.1));
            }
            MetricKind::At(time, inner) => match &time.kind {
                MetricKind::Literal(time, _) if time.dimension == Dimension::TIME => {
                    return self.expression(inner, (place.0, date(self.calendar, time.value)));
                }
                _ => self.there(expr, place),
            },
            _ => self.there(expr, place),
        };
        MetricExpr { kind, span }
    }

    /// A metric, of the design at a place.
    fn there(&mut self, metric: &MetricExpr, (variant, date): (Option<&str>, f64)) -> MetricKind {
        let at = self.design(variant, date);
        let design = &mut self.designs[at];
        design.asked.push(metric.clone());
        let name = Path { text: design.name(), span: metric.span.clone() };
        MetricKind::InVariant(name, Box::new(metric.clone()))
    }
}
