//! How much of the beginning to discard: pilot runs of a steady study.
//!
//! The pilots are 8 runs from an empty start (of the first 8 worlds where there are several),
//! with the luck numbers 0 to 7. They are watched through the number in the system alone, in 200
//! intervals. A pilot is as long as the window if that takes at most 10^6 events, else as long as
//! 10^6 events last. Then, in turn: a growth that looks like overload is believed once the pilot
//! is as long as the window (a shorter one doubles), and nothing is cut; otherwise MSER-5 on the
//! mean series, times 1.5; a cut in the second half doubles the pilot, up to twice the window,
//! and if it is still there the system has not settled. One cut serves all replications and all
//! worlds: an average over the worlds' starts, which differ far less than their levels.

use super::classify::{InSystem, arrivals_per_s};
use super::row::Row;
use super::study::{Control, Study, in_order, prefix};
use crate::plan::Plan;
use crate::sim::{End, RunId};
use crate::stats::drift::{self, Trend};
use crate::stats::warmup;
use crate::units::time::ns_to_seconds;
use std::sync::atomic::{AtomicBool, Ordering};

/// Pilot runs.
pub const PILOTS: u32 = 8;

/// Intervals of a pilot.
const INTERVALS: u64 = 200;

/// Events of a pilot at first.
pub const PILOT_EVENTS: u64 = 1_000_000;

/// Events of all pilots of one length, at most.
const ALL_EVENTS: u64 = 25_000_000;

/// What was cut as warm-up, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarmUp {
    /// The author stated it, ns.
    Stated(u64),
    /// A terminating run begins where it begins.
    None,
    /// Found by the pilots, ns.
    Found {
        /// The cut, ns.
        ns: u64,
        /// Length of the pilots, ns.
        pilot: u64,
    },
    /// The system grows without end: nothing is cut.
    Overloaded {
        /// Length of the pilots, ns.
        pilot: u64,
    },
    /// The cut still lay in the second half of the longest pilot, ns: no steady state was seen.
    NotSettled {
        /// The cut that was made, ns: at most the length of the window.
        ns: u64,
        /// Length of the pilots, ns.
        pilot: u64,
    },
}

impl WarmUp {
    /// The same cut, or a longer one, ns. What was stated stays, and where nothing is cut, nothing is.
    #[must_use]
    pub fn at_least(self, least: u64) -> Self {
        match self {
            Self::Found { ns, pilot } => Self::Found { ns: ns.max(least), pilot },
            Self::NotSettled { ns, pilot } => Self::NotSettled { ns: ns.max(least), pilot },
            Self::Stated(_) | Self::None | Self::Overloaded { .. } => self,
        }
    }

    /// The cut, ns.
    pub const fn ns(self) -> u64 {
        match self {
            Self::Stated(ns) | Self::Found { ns, .. } | Self::NotSettled { ns, .. } => ns,
            Self::None | Self::Overloaded { .. } => 0,
        }
    }
}

/// What the pilots found.
#[derive(Debug, Clone, Copy)]
pub struct Piloted {
    /// The cut.
    pub warm_up: WarmUp,
    /// Events per simulated second.
    pub events_per_s: f64,
}

/// Finds the warm-up; `None` if it was stopped.
pub fn find(study: &Study, control: &Control) -> Option<Piloted> {
    let window = study.plans[0].schedule.duration;
    let mut length = window.max(INTERVALS);
    // The first tells whether runs of this length are short; the others begin beside it, and stop
    // if it turns out to be long.
    let long = AtomicBool::new(false);
    let mut tried = prefix(0..PILOTS, control, &|number| {
        let stop = if number == 0 { control.stop } else { &long };
        let row = pilot(study, number, length, PILOT_EVENTS, stop);
        if number == 0 && row.end != End::Completed {
            long.store(true, Ordering::Relaxed);
        }
        row
    });
    let first = tried.first()?;
    let events_per_s = first.events as f64 / ns_to_seconds(first.ended_at.max(1));
    if first.end != End::Completed {
        length = first.ended_at.min(window).max(INTERVALS);
        tried.clear();
    }
    loop {
        let known = std::mem::take(&mut tried);
        let rows = in_order(0..PILOTS, control, &|number| match known
            .get(number as usize)
            .filter(|row| row.end != End::EventLimit)
        {
            Some(row) => row.clone(),
            None => pilot(study, number, length, study.plans[0].limits.events, control.stop),
        })?;
        let events: u64 = rows.iter().map(|row| row.events).sum();
        let last = length >= 2 * window || 2 * events > ALL_EVENTS;
        let warm_up = match judge(study, &rows, length) {
            Judged::Overloaded if length >= window || last => WarmUp::Overloaded { pilot: length },
            Judged::Cut { ns, settled: true } => WarmUp::Found { ns, pilot: length },
            Judged::Cut { ns, settled: false } if last => {
                WarmUp::NotSettled { ns: ns.min(window), pilot: length }
            }
            Judged::Overloaded | Judged::Cut { .. } => {
                length = length.saturating_mul(2).min(2 * window);
                continue;
            }
        };
        return Some(Piloted { warm_up, events_per_s });
    }
}

/// One pilot: its window is an instant at the end, so that it ends there, and a named window
/// spans all of it, which counts the arrivals.
fn pilot(study: &Study, number: u32, length: u64, events: u64, stop: &AtomicBool) -> Row {
    let world = number as usize % study.plans.len();
    let mut plan: Plan = study.plans[world].clone();
    plan.schedule.warm_up = length;
    plan.schedule.duration = 1;
    plan.schedule.interval = (length / INTERVALS).max(1);
    plan.schedule.windows = vec![(0, length)];
    plan.probes.courses.clear();
    plan.limits.events = plan.limits.events.min(events);
    let id = RunId { world: world as u32, replication: number };
    let run = crate::sim::run(&plan, id, stop, &mut crate::sim::NoTrace);
    Row::new(run, &plan, &study.of(&plan))
}

enum Judged {
    Overloaded,
    Cut { ns: u64, settled: bool },
}

fn judge(study: &Study, rows: &[Row], length: u64) -> Judged {
    let plan = |row: &Row| &study.plans[row.id.world as usize];
    if rows.iter().any(|row| row.end == End::InFlightLimit) && study.plans.len() == 1 {
        return Judged::Overloaded;
    }
    let step_ns = (length / INTERVALS).max(1);
    let step = ns_to_seconds(step_ns);
    let mut system = InSystem::default();
    for row in rows {
        system.add(plan(row), &row.series, INTERVALS as usize);
    }
    let places = system.places();
    let mut series = system.series;
    let shortest = series.iter().map(Vec::len).min().unwrap_or(0);
    for values in &mut series {
        values.truncate(shortest);
    }
    let seconds = ns_to_seconds(length);
    let rates: Vec<f64> =
        rows.iter().map(|row| arrivals_per_s(plan(row), row, 1, seconds) * places).collect();
    let overloaded = |series: &[Vec<f64>], rate: f64| {
        drift::classify(series, rate, step).is_some_and(|drift| drift.trend == Trend::Overloaded)
    };
    if study.plans.len() == 1 {
        let rate = rates.iter().sum::<f64>() / rates.len() as f64;
        if overloaded(&series, rate) {
            return Judged::Overloaded;
        }
    } else {
        // Worlds differ in level, so each is judged alone and only the others are cut by.
        let mut at = 0;
        series.retain(|values| {
            at += 1;
            !overloaded(std::slice::from_ref(values), rates[at - 1])
        });
        if series.is_empty() {
            return Judged::Overloaded;
        }
    }
    let mean: Vec<f64> = (0..shortest)
        .map(|i| series.iter().map(|values| values[i]).sum::<f64>() / series.len() as f64)
        .collect();
    warmup::mser5(&mean).map_or(Judged::Cut { ns: 0, settled: false }, |cut| Judged::Cut {
        ns: cut.with_margin() as u64 * step_ns,
        settled: !cut.in_second_half,
    })
}
