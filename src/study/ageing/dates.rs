//! Which dates are simulated: beginnings of months first, then days where something happens.
//!
//! All designs stand at the same dates, so that where they are alike their curves are. A date that is added
//! halves the gap between two of them in which a crossing is dated that the report gives: of the first design the
//! date from which on too many worlds fail, of the objective that does so first; then those of the others, the
//! widest gap first; then medians. A gap is halved by ratio (of 1 and 16 days at day 4) until it is a day or an
//! eighth of the time until then, of the first design a sixteenth: what fails in a week must be known to the day,
//! and what fails in three years is read off a curve that is nearly straight by then. Where the load jumps in a gap
//! there is no such curve: the eve of the jump comes before any middle, of the ends of 90 % of the worlds too. After all
//! of objectives the dates at which servers are full and connections run out are found in the same way. What is left over
//! goes to the knees of curves, by whole months.
//!
//! Rejected: the date that the curve through the dates so far gives. Where a curve jumps, as it does where a
//! queue fills up, that is not much better than any other, and the gap is left wide on one side.

use super::connections::Connections;
use super::crossings::{Crossing, of_objectives};
use super::filling;
use super::steps::{Step, between};
use crate::growth::calendar::{Calendar, DAY};
use crate::stats::knee::{self, Axis, Why};
use crate::study::range::{Range, Setting};
use crate::study::sweep::Sweep;

/// Months to begin with.
const MONTHS: u32 = 6;
/// Dates that are added at most where one design is simulated: to a day of the first month it takes eight.
const ADDED: usize = 10;
/// The same of many, each of which is simulated at all of them.
const ADDED_TO_MANY: usize = 7;
/// The same of a design in which a purge runs.
pub(super) const ADDED_TO_PURGES: usize = 4;
/// A gap that is no larger a part of the time until its end is not halved.
const FINE: f64 = 1.0 / 8.0;
/// The same of the first design.
const FINER: f64 = 1.0 / 16.0;
/// Months between dates at a knee.
const KNEE: f64 = 1.0;

/// Dates that are added at most to so many designs.
pub(super) fn added(designs: usize) -> usize {
    ADDED_TO_MANY + (ADDED - ADDED_TO_MANY) / designs.max(1)
}

/// A date as a setting, by its month and the part of it that has passed.
fn setting(month: f64) -> Setting {
    Setting { text: month.to_string(), value: Some(month) }
}

/// A date in a few words.
pub(super) fn called(calendar: &Calendar, month: f64) -> String {
    let time = calendar.time(month);
    match calendar.date(time) {
        _ if month.fract() == 0.0 => format!("month {month}"),
        Some(date) => date.to_string(),
        None => format!("day {}", libm::round(time / DAY)),
    }
}

/// A few months from month 0 to the last one, and others.
pub(super) fn to_begin_with(last: u32, also: impl IntoIterator<Item = f64>) -> Range {
    let part = |at: u32| libm::round(f64::from(last) * f64::from(at) / f64::from(MONTHS - 1));
    let mut months: Vec<f64> = (0..MONTHS).map(part).chain(also).collect();
    months.sort_by(f64::total_cmp);
    months.dedup();
    Range::fixed("month", months.into_iter().map(setting).collect())
}

/// Two simulated dates, days since month 0, between which something happens.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Gap {
    from: f64,
    to: f64,
}

impl Gap {
    /// Where a crossing is dated, if it can be dated better: not within the interval that luck leaves it, which
    /// only more runs would narrow.
    /// Where the load jumps in one it is the date beside the jump that dates it better, else the middle.
    fn of(
        sweep: &Sweep,
        crossing: &Crossing,
        (q, fine): (f64, f64),
        (calendar, jumps): (&Calendar, &[Step]),
    ) -> Option<(Self, f64)> {
        let is_luck = |(from, to): (f64, f64)| {
            let luck = crossing.luck.filter(|(_, upper)| upper.is_finite());
            luck.is_some_and(|(lower, upper)| lower <= from && to <= upper)
        };
        // A date that was simulated there and could not be told would be no better a second time.
        let is_tried = |(from, to): (f64, f64)| {
            sweep.points.iter().any(|point| {
                let month = point.settings.first().and_then(|one| one.value);
                month.is_some_and(|at| from < at && at < to)
            })
        };
        let days = |(from, to): (f64, f64)| {
            let day = |month: f64| calendar.time(month) / DAY;
            Self { from: day(from), to: day(to) }
        };
        let gaps = crossing.gaps_at(q);
        let usable = |gap: &(f64, f64)| !is_luck(*gap) && !is_tried(*gap);
        let beside = |gap: &(f64, f64)| between(jumps, *gap).map(|month| (days(*gap), month));
        if let Some(found) = gaps.iter().filter(|gap| usable(gap)).find_map(beside) {
            return Some(found);
        }
        let widest = |one: (f64, f64), other: (f64, f64)| {
            if other.1 - other.0 > one.1 - one.0 { other } else { one }
        };
        let gap = days(gaps.into_iter().reduce(widest).filter(usable)?);
        let middle = gap.middle().filter(|_| gap.width() > fine)?;
        Some((gap, calendar.months(middle * DAY)))
    }

    /// As a part of the time until its end.
    fn width(&self) -> f64 {
        (self.to - self.from) / self.to
    }

    /// The whole day in the middle, by ratio; `None` if there is no day between.
    fn middle(&self) -> Option<f64> {
        // Half a day: months that are even begin within days.
        let (first, last) = (libm::ceil(self.from + 0.5), libm::floor(self.to - 0.5));
        let middle = libm::round(libm::sqrt(self.from.max(1.0) * self.to));
        (first <= last).then(|| middle.clamp(first, last))
    }
}

/// The date that says most of designs that were simulated at some, and what it is for; `jumps` are those of the load.
/// With the connections that are watched of each also what fills up and knees are looked for, else objectives only.
pub(super) fn next(
    (calendar, jumps): (&Calendar, &[Step]),
    sweeps: &[Sweep],
    watched: Option<&[Vec<Connections>]>,
) -> Option<(Setting, Why)> {
    let failing = sweeps.iter().map(|sweep| (sweep, of_objectives(sweep, jumps).collect()));
    let full = || {
        let all = sweeps.iter().zip(watched?);
        let all = all.map(|(sweep, watched)| (sweep, filling((sweep, jumps), watched)));
        dated(&all.collect::<Vec<_>>(), (calendar, jumps))
    };
    let crossing = dated(&failing.collect::<Vec<_>>(), (calendar, jumps)).or_else(full);
    if let Some(month) = crossing {
        return Some((setting(month), Why::Crossing(0)));
    }
    let knees = sweeps.iter().filter(|_| watched.is_some()).filter_map(bend);
    let (month, _) = knees.max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some((setting(month), Why::Knee))
}

/// The month that dates one of the crossings of designs better: first those of the first design, by date.
fn dated(
    sweeps: &[(&Sweep, Vec<Crossing>)],
    (calendar, jumps): (&Calendar, &[Step]),
) -> Option<f64> {
    let (first, others) = sweeps.split_first()?;
    let gaps = |(sweep, crossings): &(&Sweep, Vec<Crossing>), q: f64, fine: f64| {
        let mut all: Vec<&Crossing> = crossings.iter().collect();
        all.sort_by(|a, b| a.quantile(q).total_cmp(&b.quantile(q)));
        let gaps =
            all.into_iter().filter_map(|one| Gap::of(sweep, one, (q, fine), (calendar, jumps)));
        gaps.collect::<Vec<(Gap, f64)>>()
    };
    // Of what is reported besides, dates beside jumps only.
    let (halved, never) = ((FINER, FINE), (f64::INFINITY, f64::INFINITY));
    let at: [(&dyn Fn(&Sweep) -> f64, (f64, f64)); 4] = [
        (&|sweep| 1.0 - sweep.assurance, halved),
        (&|_| 0.5, halved),
        (&|_| 0.05, never),
        (&|_| 0.95, never),
    ];
    let found = at.into_iter().find_map(|(q, fine)| {
        let widest = || {
            let all = others.iter().flat_map(|one| gaps(one, q(one.0), fine.1));
            all.max_by(|a, b| a.0.width().total_cmp(&b.0.width()))
        };
        gaps(first, q(first.0), fine.0).first().copied().or_else(widest)
    });
    found.map(|(_, month)| month)
}

/// The month beside the knee of what objectives are about, and how pronounced it is.
fn bend(sweep: &Sweep) -> Option<(f64, f64)> {
    let judged = || sweep.metrics.iter().position(|one| one.better.is_some());
    let metric = sweep.limits.first().map(|limit| limit.metric).or_else(judged)?;
    let curve = sweep.curve(metric);
    let (_, height) = knee::knee(&curve, Axis::Linear)?;
    let (middle, _) = knee::next(&curve, &[], Axis::Linear, KNEE, &|_| false)?;
    Some((libm::round(middle), height))
}

#[cfg(test)]
mod tests {
    use super::{Gap, called, to_begin_with};
    use crate::growth::calendar::Calendar;

    #[test]
    fn months_to_begin_with_and_others_once_each() {
        let months = |last: u32, also: &[f64]| {
            let range = to_begin_with(last, also.iter().copied());
            range.values.iter().map(|one| one.value.unwrap()).collect::<Vec<f64>>()
        };
        assert_eq!(months(36, &[]), [0.0, 7.0, 14.0, 22.0, 29.0, 36.0]);
        assert_eq!(months(2, &[0.5, 2.0]), [0.0, 0.5, 1.0, 2.0]);
    }

    /// Between 1 and 16 days lies 4, and from two days apart on there is a day between: in even months, of
    /// 30.4375 days, from one and a half.
    #[test]
    fn gaps_are_halved_by_ratio_down_to_days() {
        let middle = |from: f64, to: f64| Gap { from, to }.middle();
        assert_eq!([middle(1.0, 16.0), middle(0.0, 16.0)], [Some(4.0), Some(4.0)]);
        assert_eq!([middle(0.0, 2.0), middle(11.0, 12.0)], [Some(1.0), None]);
        assert_eq!([middle(29.0, 30.4375), middle(30.4375, 32.0)], [None, Some(31.0)]);
        // Whatever it is, it takes few dates to a day of the first month.
        for day in 1..31 {
            let (mut gap, mut looks) = (Gap { from: 0.0, to: 213.0 }, 0);
            while let Some(middle) = gap.middle() {
                let ends =
                    if middle < f64::from(day) { (middle, gap.to) } else { (gap.from, middle) };
                (gap.from, gap.to) = ends;
                looks += 1;
            }
            assert_eq!((gap.from, gap.to), (f64::from(day) - 1.0, f64::from(day)));
            assert!(looks <= 8, "{looks} looks for day {day}");
        }
    }

    #[test]
    fn a_date_is_called_by_its_day() {
        let real = Calendar::new(Some((2026, 2, 1)), 0, 3).unwrap();
        let even = Calendar::new(None, 0, 3).unwrap();
        let day = |calendar: &Calendar| calendar.months(33.0 * 86_400.0);
        assert_eq!(called(&real, day(&real)), "2026-03-06");
        assert_eq!(called(&even, day(&even)), "day 33");
        assert_eq!(called(&real, 1.0), "month 1");
    }
}
