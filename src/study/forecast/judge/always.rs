//! Objectives on amounts over all dates.
//!
//! An objective without a date is one for ever: it must hold at every date that is known until the end
//! of the forecast, which are the beginnings of months, the listed dates, and the peaks before rows of
//! a table go. A world in which it is passed at one of them is one in which it fails, from the
//! date on at which the straight line between two known dates passes it, as crossings have it. What
//! was found is that of the date at which it looks worst: at which it holds in the fewest worlds, and of
//! those the one at which the median world has the least room.

use super::{Compared, Course, Judge, Judged, share};
use crate::expr::error::ExprError;
use crate::expr::metric::{Comparison, Condition, MetricExpr, MetricKind, Relation};
use crate::stats::worlds::order_statistic;
use crate::study::forecast::peaks::{When, dates, is_cost};

/// Holds an objective against all dates.
pub(super) fn judge<'a>(
    that: &Condition,
    mut judge: Judge<'a>,
    course: &'a Course,
) -> Result<Judged, Vec<ExprError>> {
    let worlds = judge.forecast.worlds as usize;
    let mut holds = vec![true; worlds];
    let mut judged = Judged { holds: 0.0, parts: Vec::new(), fails: Vec::new(), holds_where: None };
    for comparison in &that.comparisons {
        let over = over(&judge, comparison, course);
        let mut found = Found::new(worlds);
        for (date, when) in over {
            let compared = judge.comparison(comparison, (course, when));
            let Some(compared) = compared else { break };
            found.add(date, compared);
        }
        let Some(worst) = found.worst else { continue };
        let mut part = worst.compared.part(comparison);
        if is_dated(comparison) {
            holds.iter_mut().zip(&worst.compared.holds).for_each(|(all, one)| *all &= one);
        } else {
            part.date = Some(worst.date);
            part.holds = share(&found.fails.iter().map(|at| at.is_infinite()).collect::<Vec<_>>());
            holds.iter_mut().zip(&found.fails).for_each(|(all, at)| *all &= at.is_infinite());
            if judged.fails.is_empty() {
                judged.fails = vec![f64::INFINITY; worlds];
            }
            judged.fails.iter_mut().zip(&found.fails).for_each(|(all, at)| *all = all.min(*at));
        }
        judged.parts.push(part);
    }
    if !judge.problems.is_empty() {
        return Err(judge.problems);
    }
    judged.holds = share(&holds);
    Ok(judged)
}

/// What the dates so far say.
struct Found {
    worst: Option<Worst>,
    /// The date before, and how far each world was from each of its limits then.
    before: Option<(f64, Vec<[f64; 2]>)>,
    /// The first date at which each world fails.
    fails: Vec<f64>,
}

struct Worst {
    date: f64,
    compared: Compared,
    /// Share of the worlds in which it holds, and the median of the room that is left.
    rank: (f64, f64),
}

impl Found {
    fn new(worlds: usize) -> Self {
        Self { worst: None, before: None, fails: vec![f64::INFINITY; worlds] }
    }

    fn add(&mut self, date: f64, compared: Compared) {
        for (world, fails) in self.fails.iter_mut().enumerate() {
            if fails.is_finite() || compared.holds[world] {
                continue;
            }
            *fails = match &self.before {
                None => date,
                Some((before, margins)) => {
                    before + passed(margins[world], compared.margins[world]) * (date - before)
                }
            };
        }
        self.before = Some((date, compared.margins.clone()));
        let mut rooms: Vec<f64> = compared.margins.iter().map(|[a, b]| a.min(*b)).collect();
        rooms.sort_by(f64::total_cmp);
        let rank = (share(&compared.holds), order_statistic(&rooms, 0.5));
        let is_worse = self.worst.as_ref().is_none_or(|worst| {
            rank.0.total_cmp(&worst.rank.0).then(rank.1.total_cmp(&worst.rank.1)).is_lt()
        });
        if is_worse {
            self.worst = Some(Worst { date, compared, rank });
        }
    }
}

/// How far on the way between two dates the first limit is passed, by the straight line to each: the
/// distance to the nearer of two limits has a bend where the other becomes the nearer one.
fn passed(before: [f64; 2], now: [f64; 2]) -> f64 {
    let sides = before.into_iter().zip(now).filter(|(_, now)| *now <= 0.0);
    // Infinite distances have no straight line between them.
    let parts = sides.map(|(room, now)| room / (room - now)).filter(|part| !part.is_nan());
    parts.map(|part| part.clamp(0.0, 1.0)).fold(1.0, f64::min)
}

/// The dates at which a comparison is looked at, in order.
fn over(judge: &Judge<'_>, comparison: &Comparison, course: &Course) -> Vec<(f64, When)> {
    let forecast = judge.forecast;
    let end = forecast.end();
    if is_dated(comparison) {
        return vec![(forecast.dates[end], When::Date(end))];
    }
    let undated = sides(comparison).into_iter().flat_map(undated).collect::<Vec<_>>();
    let has_peaks = |amount: &Undated<'_>| {
        let series = course.get(amount.path).filter(|_| !amount.is_elsewhere);
        series.is_some_and(|series| !series.peaks.is_empty())
    };
    let peaks = if undated.iter().all(has_peaks) { course.peaks.as_slice() } else { &[] };
    let from = usize::from(undated.iter().any(|amount| is_cost(amount.path)));
    dates(forecast, peaks).split_off(from)
}

fn sides(comparison: &Comparison) -> Vec<&MetricExpr> {
    let mut sides = vec![&comparison.left];
    match &comparison.relation {
        Relation::Compare(_, right) | Relation::Within(_, right) => sides.push(right),
        Relation::Between(low, high) => sides.extend([low, high]),
    }
    sides
}

/// Whether it speaks of its own dates only.
fn is_dated(comparison: &Comparison) -> bool {
    sides(comparison).into_iter().all(|side| undated(side).is_empty())
}

/// An amount that stands without a date.
struct Undated<'a> {
    path: &'a str,
    /// Whether it is that of another variant.
    is_elsewhere: bool,
}

fn undated(expr: &MetricExpr) -> Vec<Undated<'_>> {
    match &expr.kind {
        MetricKind::Amount(path) => vec![Undated { path: &path.text, is_elsewhere: false }],
        MetricKind::Negate(inner) => undated(inner),
        MetricKind::InVariant(_, inner) => {
            let mut found = undated(inner);
            for one in &mut found {
                one.is_elsewhere = true;
            }
            found
        }
        MetricKind::Binary(_, left, right) => {
            undated(left).into_iter().chain(undated(right)).collect()
        }
        _ => Vec::new(),
    }
}
