//! `time_until(… , after = T)`: when something is first so.
//!
//! Of a level it is exact: the plan watches the level at each of its changes. Of any other metric it
//! is known by interval: the time to the beginning of the first whole interval after T in which the
//! comparison holds.

use super::course::{Course, intervals};
use super::expression::{Node, Slices};
use super::resolve::{Builder, Place, Typed, not_kept};
use super::statistic::Quantity;
use crate::experiment::Row;
use crate::expr::metric::{MetricExpr, Path, Watched};
use crate::expr::tree::Comparator;
use crate::model::RunKind;
use crate::plan::{Source, Watch};
use crate::sim::MAX_INTERVALS;
use crate::units::Dimension;
use crate::units::time::{ns_to_seconds, seconds_to_ns};
use std::ops::Range;

/// The first interval in which something holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Until {
    course: Course,
    comparator: Comparator,
    bound: f64,
    /// From when on \[ns\].
    after: u64,
    /// The whole intervals of the measured time before that.
    before: Range<usize>,
}

/// What a time that never came, or was over at once, leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// In every run it held from the date on: there was nothing to wait for.
    HeldAlready,
    /// It never came in some run, but had held in some interval before the date.
    HeldBefore,
    /// It never came in some run, and had held in no interval of any run before the date.
    NotBefore,
}

/// What there is to say beside a `time_until`, of all worlds; `None` of anything else, or if the time
/// itself says it all.
pub(super) fn note<'a>(worlds: impl Iterator<Item = (&'a Node, &'a Slices<'a>)>) -> Option<Note> {
    let (mut at_once, mut never, mut looked, mut held) = (true, false, false, false);
    let mut runs = 0_usize;
    for (tree, slices) in worlds {
        let Node::Leaf(leaf) = tree else { return None };
        for row in *slices.0.get(leaf.ensemble)? {
            match &leaf.quantity {
                Quantity::Until(until) => {
                    looked |= !until.before.is_empty();
                    held = held || until.held_before(row);
                }
                Quantity::TimeUntil { .. } => {}
                _ => return None,
            }
            let seconds = leaf.point(std::slice::from_ref(row))?;
            at_once &= seconds == 0.0;
            never |= seconds.is_infinite();
            runs += 1;
        }
    }
    match (at_once && runs > 0, never && looked, held) {
        (true, ..) => Some(Note::HeldAlready),
        (_, true, true) => Some(Note::HeldBefore),
        (_, true, false) => Some(Note::NotBefore),
        _ => None,
    }
}

impl Until {
    /// Time from the date to the beginning of that interval in one run \[s\]; infinite if there is
    /// none.
    pub fn seconds(&self, row: &Row) -> f64 {
        let found = self.course.range.clone().find(|interval| self.holds(row, *interval));
        found.map_or(f64::INFINITY, |interval| {
            ns_to_seconds(self.course.begin(interval).saturating_sub(self.after))
        })
    }

    fn holds(&self, row: &Row, interval: usize) -> bool {
        let value = self.course.value(row, interval);
        value.is_some_and(|value| self.comparator.holds(value, self.bound))
    }

    fn held_before(&self, row: &Row) -> bool {
        self.before.clone().any(|interval| self.holds(row, interval))
    }
}

impl<'a> Builder<'a> {
    pub(super) fn time_until(
        &mut self,
        what: &Watched,
        comparator: Comparator,
        value: &MetricExpr,
        after: Option<&MetricExpr>,
        place: Place<'a>,
    ) -> Option<Typed> {
        let date = match after {
            Some(after) => self.threshold(after, Dimension::TIME, place)?,
            None => 0.0,
        };
        let plan = place.measured.plan;
        let ends = self.model.run.kind == RunKind::Terminating && !plan.schedule.drained;
        if let Some(after) = after
            && ends
            && seconds_to_ns(date) >= plan.window_end()
        {
            let at = Path { text: String::new(), span: after.span.clone() };
            let help = "the run is over by then; `duration` makes it longer".to_owned();
            return self.wrong(&at, "`after` lies beyond the measured time".into(), Some(help));
        }
        let quantity = match what {
            Watched::Level(level) => self.level_until(level, comparator, value, date, place)?,
            Watched::Metric(metric) => self.metric_until(metric, comparator, value, date, place)?,
        };
        Some((Self::leaf(quantity, place), Some(Dimension::TIME)))
    }

    fn level_until(
        &mut self,
        level: &Path,
        comparator: Comparator,
        value: &MetricExpr,
        after: f64,
        place: Place<'a>,
    ) -> Option<Quantity> {
        let entry = self.entry(level, place)?;
        let Source::Level { sum, unit, .. } = &entry.source else {
            let help = format!("`p95({0})` by interval, say, or a level", level.text);
            let message = format!("`{}` is not a level over time", level.text);
            return self.wrong(level, message, Some(help));
        };
        if comparator != Comparator::AtMost {
            let message = format!("`time_until` watches for `<=`, not for `{}`", comparator.sign());
            let help = format!("`{0} <= …`, or by interval `mean({0}) {1} …`", level.text, {
                comparator.sign()
            });
            return self.wrong(level, message, Some(help));
        }
        let value = self.threshold(value, Dimension::COUNT, place)?;
        let (at_most, after) = ((value / unit).max(0.0) as u64, seconds_to_ns(after));
        let watches = &place.measured.plan.probes.watches;
        let is_it =
            |watch: &Watch| (watch.level, watch.at_most, watch.after) == (*sum, at_most, after);
        let Some(watch) = watches.iter().position(is_it) else {
            let message = "this is not watched, because it depends on an uncertain input";
            return self.wrong(level, message.into(), None);
        };
        Some(Quantity::TimeUntil { watch, after })
    }

    fn metric_until(
        &mut self,
        metric: &MetricExpr,
        comparator: Comparator,
        value: &MetricExpr,
        after: f64,
        place: Place<'a>,
    ) -> Option<Quantity> {
        // The course is read from the rows of the one ensemble that the leaf belongs to.
        let (tree, dimension) = self.node(metric, Place { ensemble: 0, window: 0, ..place })?;
        let (right, found) = self.node(value, place)?;
        self.agree(dimension, found, value)?;
        let Some(bound) = right.constant() else {
            let at = Path { text: String::new(), span: value.span.clone() };
            return self.wrong(&at, "the threshold is not a plain number".into(), None);
        };
        let (plan, after) = (place.measured.plan, seconds_to_ns(after));
        let mut range = intervals(plan, after);
        if plan.schedule.drained && tree.leaves().iter().all(|leaf| leaf.is_level()) {
            // Levels are kept to the end of the run, requests as they arrive in the window.
            range.end = MAX_INTERVALS.max(range.start);
        }
        let all = intervals(plan, 0);
        let before = all.start..all.end.min((after / plan.schedule.interval) as usize);
        let Some(course) = Course::new(tree, plan, range) else {
            self.problems.push(not_kept("`time_until`", metric));
            return None;
        };
        Some(Quantity::Until(Box::new(Until { course, comparator, bound, after, before })))
    }
}
