//! What is measured: tallies (one value per visit), levels (values over time), counters, time by
//! place per latency bucket. Integers only; no formatting, no names.

use super::course::Courses;
use super::run::{Breakdown, Ended, LevelRow, Series};
use crate::plan::{NONE, Plan};
use crate::stats::histogram::{Histogram, Sparse};

/// Steps of a series beyond which it is not recorded any more.
pub const MAX_INTERVALS: usize = 4096;

/// A value over time. A change costs a few additions: times and areas are kept as sums over the
/// changes, which `now` completes when they are read. Sums wrap; what is read does not.
#[derive(Debug, Clone)]
struct Level {
    value: u64,
    /// Σ change · its time: `value · now` less this is ∫ value dt since the start of the run.
    moment: u128,
    /// Σ ± the times at which the value fell below the capacity (+) and rose to it (−).
    full: u64,
    /// Capacity; `u64::MAX`: none.
    capacity: u64,
    max: u64,
    /// Extra work at a change: distribution over time, or watched.
    attended: bool,
    /// Start of the part of time that is not yet in the distributions, if they are kept.
    since: u64,
}

impl Level {
    #[inline]
    fn change(&mut self, now: u64, difference: i64) {
        let before = self.value;
        self.value = before.wrapping_add_signed(difference);
        debug_assert!(self.value < 1 << 62, "a level went below zero");
        let moment = i128::from(difference) * i128::from(now);
        self.moment = self.moment.wrapping_add_signed(moment);
        if difference > 0 {
            if before < self.capacity && self.value >= self.capacity {
                self.full = self.full.wrapping_sub(now);
            }
            if self.value > self.max {
                self.max = self.value;
            }
        } else if before >= self.capacity && self.value < self.capacity {
            self.full = self.full.wrapping_add(now);
        }
    }

    /// Area and time at capacity since the start of the run.
    fn until(&self, now: u64) -> Snapshot {
        let area = u128::from(self.value) * u128::from(now);
        let full = if self.value >= self.capacity { now } else { 0 };
        Snapshot { area: area.wrapping_sub(self.moment), full: self.full.wrapping_add(full) }
    }
}

/// A level up to some time: ∫ value dt, and the time at or above its capacity.
#[derive(Debug, Clone, Copy, Default)]
struct Snapshot {
    area: u128,
    full: u64,
}

/// All probes of a run.
#[derive(Debug)]
pub struct Probes<'a> {
    plan: &'a Plan,
    /// By window, then by tally.
    tallies: Vec<Histogram>,
    tally_count: usize,
    /// By window, then by counter.
    counts: Vec<u64>,
    levels: Vec<Level>,
    /// Areas of the levels at the last step of the series.
    stepped: Vec<u128>,
    /// By window, then by level, at the window's start.
    snapshots: Vec<Snapshot>,
    /// By level, for those whose distribution is kept: by window.
    distributions: Vec<Vec<Histogram>>,
    rows: Vec<Vec<LevelRow>>,
    watches: Vec<Option<u64>>,
    series: Series,
    courses: Courses,
    breakdown: Vec<Breakdown>,
    /// Windows that are open now.
    open: u32,
    unanswered: Vec<u64>,
    /// The interval of the series in which a request ended last, and its end.
    interval: usize,
    interval_end: u64,
}

impl<'a> Probes<'a> {
    /// Everything at zero.
    pub fn new(plan: &'a Plan) -> Self {
        let windows = 1 + plan.schedule.windows.len();
        let tally_count = plan.probes.tallies as usize;
        let level = |(index, &capacity): (usize, &u64)| Level {
            value: 0,
            since: 0,
            moment: 0,
            full: 0,
            capacity: if capacity == 0 { u64::MAX } else { capacity },
            max: 0,
            attended: plan.probes.level_histograms[index]
                || plan.probes.watches.iter().any(|watch| watch.level as usize == index),
        };
        let levels: Vec<_> = plan.probes.level_capacity.iter().enumerate().map(level).collect();
        let distribution = |&kept: &bool| {
            if kept { vec![Histogram::default(); windows] } else { Vec::new() }
        };
        Self {
            plan,
            tallies: vec![Histogram::default(); windows * tally_count],
            tally_count,
            counts: vec![0; windows * plan.probes.counts as usize],
            snapshots: vec![Snapshot::default(); windows * levels.len()],
            distributions: plan.probes.level_histograms.iter().map(distribution).collect(),
            rows: vec![Vec::new(); windows],
            watches: vec![None; plan.probes.watches.len()],
            series: Series::new(plan.schedule.interval, levels.len(), plan.workloads.len()),
            courses: Courses::new(&plan.probes.courses, plan.probes.tallies),
            breakdown: vec![Breakdown::new(plan.places.len()); plan.endpoints.len()],
            stepped: vec![0; levels.len()],
            levels,
            open: 0,
            unanswered: vec![0; windows * tally_count],
            interval: 0,
            interval_end: 0,
        }
    }

    /// Records a value of a tally for a request that arrived in `windows`.
    #[inline]
    pub fn tally(&mut self, tally: u32, ns: u64, windows: u32) {
        if windows & 1 != 0 {
            self.tallies[tally as usize].record(ns);
        }
        if windows > 1 {
            self.tally_named(tally, ns, windows);
        }
    }

    #[cold]
    fn tally_named(&mut self, tally: u32, ns: u64, windows: u32) {
        self.each_named_window(windows, |this, at| {
            this.tallies[at * this.tally_count + tally as usize].record(ns);
        });
        self.courses.record(tally, ns, windows);
    }

    /// Counts for a request that arrived in `windows`.
    #[inline]
    pub fn count(&mut self, counter: u32, amount: u64, windows: u32) {
        if windows & 1 != 0 {
            self.counts[counter as usize] += amount;
        }
        if windows > 1 {
            self.count_named(counter, amount, windows);
        }
    }

    #[cold]
    fn count_named(&mut self, counter: u32, amount: u64, windows: u32) {
        let counters = self.plan.probes.counts as usize;
        self.each_named_window(windows, |this, at| {
            this.counts[at * counters + counter as usize] += amount;
        });
    }

    /// Counts something that belongs to no request, now.
    pub fn count_now(&mut self, counter: u32) {
        self.count(counter, 1, self.open);
    }

    /// A recorded request has no answer at the end of the run.
    pub fn unanswered(&mut self, tally: u32, windows: u32) {
        for at in 0..=self.plan.schedule.windows.len() {
            if windows & 1 << at != 0 {
                self.unanswered[at * self.tally_count + tally as usize] += 1;
            }
        }
        self.courses.unanswered(tally, windows);
    }

    fn each_named_window(&mut self, windows: u32, mut act: impl FnMut(&mut Self, usize)) {
        for at in 1..=self.plan.schedule.windows.len() {
            if windows & 1 << at != 0 {
                act(self, at);
            }
        }
    }

    /// The value of a level.
    #[inline]
    pub fn level(&self, level: u32) -> u64 {
        self.levels[level as usize].value
    }

    /// Changes a level by a difference.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "measured: with a constant difference, 12 instructions"
    )]
    pub fn add(&mut self, now: u64, level: u32, difference: i64) {
        let state = &mut self.levels[level as usize];
        if state.attended {
            return self.attend(now, level, difference);
        }
        state.change(now, difference);
    }

    /// Changes a level of an instance and the sum over instances.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `add`")]
    pub fn add_pair(&mut self, now: u64, pair: crate::plan::LevelPair, difference: i64) {
        self.add(now, pair.own, difference);
        if pair.sum != NONE {
            self.add_to_sum(now, pair.sum, difference);
        }
    }

    #[inline(never)]
    fn add_to_sum(&mut self, now: u64, sum: u32, difference: i64) {
        self.add(now, sum, difference);
    }

    #[cold]
    fn attend(&mut self, now: u64, level: u32, difference: i64) {
        self.distribute(now, level as usize);
        self.levels[level as usize].change(now, difference);
    }

    /// Fulfills the watches of a level by the value that it has had since its last change. What
    /// it is between two changes of one instant does not count.
    fn watch(&mut self, now: u64, level: usize) {
        let Level { value, since, .. } = self.levels[level];
        for (watch, found) in self.plan.probes.watches.iter().zip(&mut self.watches) {
            let begin = since.max(watch.after);
            let low = watch.level as usize == level && value <= watch.at_most;
            if low && found.is_none() && now > begin {
                *found = Some(begin);
            }
        }
    }

    /// Adds the time since the last change to the distributions of the open windows.
    fn distribute(&mut self, now: u64, level: usize) {
        self.watch(now, level);
        let Level { value, since, .. } = self.levels[level];
        self.levels[level].since = now;
        for (at, histogram) in self.distributions[level].iter_mut().enumerate() {
            if self.open & 1 << at != 0 {
                histogram.record_n(value, now - since);
            }
        }
    }

    fn distribute_all(&mut self, now: u64) {
        for level in 0..self.levels.len() {
            self.distribute(now, level);
        }
    }

    /// A step of the series.
    pub fn step(&mut self, now: u64) {
        let interval = u128::from(self.plan.schedule.interval);
        let steps = self.levels.iter().zip(&mut self.stepped);
        for ((level, stepped), series) in steps.zip(&mut self.series.levels) {
            let area = level.until(now).area;
            series.push((area - *stepped) as f64 / interval as f64);
            *stepped = area;
        }
    }

    /// A window opens.
    pub fn open_window(&mut self, now: u64, window: usize) {
        self.distribute_all(now);
        self.open |= 1 << window;
        let count = self.levels.len();
        for (index, level) in self.levels.iter_mut().enumerate() {
            self.snapshots[window * count + index] = level.until(now);
            if window == 0 {
                level.max = level.value;
            }
        }
    }

    /// The end of the run: the values that the levels have now last.
    pub fn end_watches(&mut self, now: u64) {
        for level in 0..self.levels.len() {
            self.watch(now.saturating_add(1), level);
        }
    }

    /// A window closes.
    pub fn close_window(&mut self, now: u64, window: usize, length: u64) {
        self.distribute_all(now);
        if self.open & 1 << window == 0 {
            return;
        }
        self.open &= !(1 << window);
        let count = self.levels.len();
        let row = |(index, level): (usize, &Level)| {
            let start = self.snapshots[window * count + index];
            let end = level.until(now);
            LevelRow {
                area: end.area - start.area,
                full: end.full - start.full,
                max: level.max,
                span: length,
                last: level.value,
                distribution: self.distributions[index].get(window).cloned(),
            }
        };
        self.rows[window] = self.levels.iter().enumerate().map(row).collect();
    }

    /// Whether requests remember the interval in which they arrive.
    #[inline]
    pub fn has_courses(&self) -> bool {
        self.courses.any()
    }

    /// Whether a window is open.
    pub fn is_open(&self, window: usize) -> bool {
        self.open & 1 << window != 0
    }

    /// A request of a workload has ended: into the series.
    #[inline]
    pub fn ended(&mut self, now: u64, workload: u32, ns: u64, good: bool) {
        if now >= self.interval_end {
            self.enter_interval(now);
        }
        if self.interval >= self.series.ended[workload as usize].len() {
            self.extend_series(workload);
        }
        let Some(step) = self.series.ended[workload as usize].get_mut(self.interval) else {
            return;
        };
        if good {
            step.good += 1;
            step.sum += u128::from(ns);
            step.max = step.max.max(ns);
        } else {
            step.bad += 1;
        }
    }

    /// Time has come to another interval of the series.
    #[cold]
    fn enter_interval(&mut self, now: u64) {
        let at = now / self.plan.schedule.interval;
        self.interval_end = (at + 1).saturating_mul(self.plan.schedule.interval);
        self.interval = at as usize;
    }

    /// Makes room in a workload's series for the interval, unless it is too late to be recorded.
    #[cold]
    fn extend_series(&mut self, workload: u32) {
        if self.interval < MAX_INTERVALS {
            let series = &mut self.series.ended[workload as usize];
            series.resize(self.interval + 1, Ended::default());
        }
    }

    /// Adds the times by place of a good request to the breakdown of its endpoint.
    #[inline]
    pub fn places(&mut self, endpoint: u32, ns: u64, times: &[u64]) {
        self.breakdown[endpoint as usize].add(ns, times);
    }

    /// Everything, at the end of the run.
    pub fn finish(self) -> Measured {
        Measured {
            tallies: self.tallies,
            unanswered: self.unanswered,
            counts: self.counts,
            levels: self.rows,
            series: self.series,
            courses: self.courses.finish(),
            breakdown: self.breakdown,
            watches: self.watches,
        }
    }
}

/// What the probes have found.
#[derive(Debug)]
pub struct Measured {
    /// See [`super::run::Run::tallies`].
    pub tallies: Vec<Histogram>,
    /// See [`super::run::Run::unanswered`].
    pub unanswered: Vec<u64>,
    /// See [`super::run::Run::counts`].
    pub counts: Vec<u64>,
    /// See [`super::run::Run::levels`].
    pub levels: Vec<Vec<LevelRow>>,
    /// See [`super::run::Run::series`].
    pub series: Series,
    /// See [`super::run::Run::courses`].
    pub courses: Vec<Vec<Sparse>>,
    /// See [`super::run::Run::breakdown`].
    pub breakdown: Vec<Breakdown>,
    /// See [`super::run::Run::watches`].
    pub watches: Vec<Option<u64>>,
}
