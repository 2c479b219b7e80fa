//! The engine: one run of a plan.
//!
//! Lifecycle of a run: (1) pools are opened and sources given their first arrival; (2) the event
//! loop takes the earliest event, lets the job that it wakes go on until it has to wait, then
//! those that were handed something at the same instant, first come, first served; (3) at fixed
//! times windows open and close and series take a step; (4) when the window is over and every
//! request that arrived in it has ended (at most one more `duration`), or everything has drained,
//! the probes are read out.
//!
//! Only what takes time passes through the calendar; hand-offs at the same instant go through the
//! ready list. In the steady state nothing is allocated per event. Randomness: what a request
//! draws depends on the seed, the replication, the request's serial number and the name of the
//! variable, and on nothing else that happens; what belongs to a station (balancing, leaks) comes
//! from a stream of its own.

mod balance;
mod calendar;
mod control;
mod course;
mod deadlock;
mod disk;
mod flow;
mod frames;
mod group;
mod jobs;
mod line;
mod lock;
mod outlier;
mod pool;
mod preemption;
mod probe;
mod rows;
mod run;
mod service;
mod sharing;
mod source;
mod station;
mod trace;
mod unwind;
mod wal;

pub use calendar::{Calendar, Event, Kind, What};
pub use probe::MAX_INTERVALS;
pub use run::{BUCKETS_PER_OCTAVE, Breakdown, Deadlock, End, Ended, LevelRow, Run, RunId, Series};
pub use trace::{NoTrace, Trace, TraceEvent};

use crate::dist::{Draw, child_key, mix64};
use crate::expr::formula::Variate;

use crate::plan::Plan;
use crate::units::count::rounded_up;
use crate::units::time::seconds_to_ns;
use frames::Frames;
use jobs::Jobs;
use probe::Probes;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs a plan once.
///
/// `stop` is looked at every few thousand events; a run that is stopped ends as
/// [`End::Interrupted`] and is not to be used as a result.
pub fn run<T: Trace>(plan: &Plan, id: RunId, stop: &AtomicBool, trace: &mut T) -> Run {
    let mut engine = Engine::new(plan, id, trace);
    engine.start();
    let end = engine.events_until_the_end(stop);
    engine.finish(id, end)
}

/// What a job does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The op behind this one.
    Next,
    /// The op at `pc`, which has been set.
    Jump,
    /// Nothing: it waits, or is no more.
    Stop,
}

/// All state of a run.
struct Engine<'a, T: Trace> {
    plan: &'a Plan,
    run_key: u64,
    trace: &'a mut T,
    now: u64,
    events: u64,
    fingerprint: u64,
    calendar: Calendar,
    jobs: Jobs,
    frames: Frames,
    ready: VecDeque<u32>,
    stations: Vec<station::Station<'a>>,
    visits: preemption::Visits,
    balancers: Vec<balance::Balancer>,
    outliers: outlier::Watch,
    instances: Vec<service::Instance<'a>>,
    pools: Vec<pool::Pool<'a>>,
    connections: pool::Connections,
    /// Open or opening connections by database.
    server_connections: Vec<u32>,
    locks: lock::Locks,
    logs: Vec<wal::Log>,
    deadlocks: deadlock::Deadlocks,
    sources: Vec<source::Source<'a>>,
    users: source::Users,
    sessions: source::Sessions,
    clocks: source::Clocks,
    families: source::Families,
    probes: Probes<'a>,
    /// Dates at which windows open and close, latest first.
    dates: Vec<(u64, Date)>,
    /// Recorded requests that have not ended.
    recorded: u64,
    /// The end of the run's own window.
    window_end: u64,
    /// There is no other window, and nobody asks when a request arrived in it.
    one_window: bool,
    /// No arrivals from here on.
    last_arrival: u64,
    /// The run cannot be over before.
    look_from: u64,
    /// Number of the event at which limits are looked at again.
    look_again: u64,
    /// Sources that still have arrivals.
    live_sources: u32,
}

/// What happens at a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Date {
    Open(usize),
    Close(usize),
    Step,
}

impl<'a, T: Trace> Engine<'a, T> {
    fn new(plan: &'a Plan, id: RunId, trace: &'a mut T) -> Self {
        let run_key = child_key(mix64(plan.seed), 0x7265_706c, u64::from(id.replication));
        let last_arrival = if plan.schedule.drained {
            plan.window_end()
        } else {
            plan.window_end().saturating_add(plan.schedule.duration)
        };
        Self {
            plan,
            run_key,
            trace,
            now: 0,
            events: 0,
            fingerprint: 0,
            calendar: Calendar::new(plan.lanes as usize),
            jobs: Jobs::new(plan.registers as usize, plan.places.len()),
            frames: Frames::default(),
            ready: VecDeque::with_capacity(256),
            stations: plan.stations.iter().map(station::Station::new).collect(),
            visits: preemption::Visits::default(),
            balancers: plan.services.iter().map(|s| balance::Balancer::new(s, run_key)).collect(),
            outliers: outlier::Watch::new(plan),
            instances: plan.instances.iter().map(service::Instance::new).collect(),
            pools: plan.pools.iter().map(|pool| pool::Pool::new(pool, run_key)).collect(),
            connections: pool::Connections::default(),
            server_connections: vec![0; plan.databases.len()],
            locks: lock::Locks::default(),
            logs: plan.logs.iter().map(|_| wal::Log::default()).collect(),
            deadlocks: deadlock::Deadlocks::new(&plan.nesting),
            sources: plan
                .workloads
                .iter()
                .map(|w| source::Source::new(w, run_key, last_arrival))
                .collect(),
            users: source::Users::default(),
            sessions: source::Sessions::default(),
            clocks: source::Clocks::default(),
            families: source::Families::new(plan.marks.len()),
            probes: Probes::new(plan),
            dates: Self::dates(plan),
            recorded: 0,
            window_end: plan.window_end(),
            one_window: plan.schedule.windows.is_empty() && plan.probes.courses.is_empty(),
            last_arrival,
            look_again: 0,
            look_from: if plan.schedule.drained { 0 } else { plan.window_end() },
            live_sources: 0,
        }
    }

    /// Windows and the first step of the series, latest first.
    fn dates(plan: &Plan) -> Vec<(u64, Date)> {
        let schedule = &plan.schedule;
        let mut dates = vec![(schedule.warm_up, Date::Open(0)), (schedule.interval, Date::Step)];
        if !schedule.drained {
            dates.push((plan.window_end(), Date::Close(0)));
        }
        for (index, &(from, to)) in schedule.windows.iter().enumerate() {
            dates.push((from, Date::Open(index + 1)));
            dates.push((to, Date::Close(index + 1)));
        }
        // Stable, so that of one instant a close comes before an open only if listed so; a level's
        // area does not change within an instant.
        dates.sort_by_key(|date| std::cmp::Reverse(date.0));
        dates
    }

    fn start(&mut self) {
        self.open_pools();
        self.start_initial();
        for (index, &(at, _)) in self.plan.controls.iter().enumerate() {
            self.calendar.schedule(at, What::new(Kind::Control, index as u32));
        }
        for workload in 0..self.sources.len() as u32 {
            self.start_source(workload);
        }
        self.schedule_next_date();
    }

    fn schedule_next_date(&mut self) {
        if let Some(&(at, _)) = self.dates.last() {
            // A window that opens or closes in an instant has or has not what happens in it.
            self.calendar.schedule_first(at, What::new(Kind::Tick, 0));
        }
    }

    fn events_until_the_end(&mut self, stop: &AtomicBool) -> End {
        while let Some(event) = self.calendar.take_next() {
            self.now = event.time;
            self.events += 1;
            // The one whose event it is goes first, then whoever was handed something.
            let mut next = self.handle(event).or_else(|| self.ready.pop_front());
            while let Some(job) = next {
                self.advance_here(job);
                next = self.ready.pop_front();
                if self.events >= self.look_again
                    && let Some(end) = self.beyond_limits(stop)
                {
                    return end;
                }
            }
            if self.now >= self.look_from && self.is_over() {
                return End::Completed;
            }
            if self.events >= self.look_again
                && let Some(end) = self.beyond_limits(stop)
            {
                return end;
            }
        }
        End::Completed
    }

    /// A look at the limits, and at whether to stop; the next one is some hundred events away.
    #[cold]
    fn beyond_limits(&mut self, stop: &AtomicBool) -> Option<End> {
        let limits = self.plan.limits;
        self.look_again = self.events + 256;
        if self.events > limits.events {
            Some(End::EventLimit)
        } else if self.jobs.alive() > limits.in_flight as usize
            || self.sessions.are_too_many()
            || self.clocks.are_too_many()
        {
            Some(End::InFlightLimit)
        } else if stop.load(Ordering::Relaxed) {
            Some(End::Interrupted)
        } else {
            None
        }
    }

    /// What an event does; gives the job that goes on, if it is an event of one.
    #[inline]
    fn handle(&mut self, event: Event) -> Option<u32> {
        let index = event.what.index();
        self.fingerprint = (self.fingerprint ^ event.time ^ (u64::from(index) << 40))
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(23);
        match event.what.kind() {
            Kind::Wake => {
                if self.jobs[index].wake == event.seq {
                    return self.wake(index);
                }
            }
            Kind::Timer => {
                if self.jobs[index].wake == event.seq {
                    self.timer(index);
                }
            }
            Kind::Lane => {
                let jobs = &self.jobs;
                let alive = |job: u32, seq| jobs[job].wake == seq;
                let (job, seq) = self.calendar.take_from_lane(index, alive);
                if self.jobs[job].wake == seq {
                    self.timer(job);
                }
            }
            Kind::Sharing => self.sharing_due(index, event.seq),
            Kind::Source => return self.arrival(index),
            Kind::Opened => self.connection_opened(index),
            Kind::Connection => self.connection_due(index, event.seq),
            Kind::Control => self.control(index),
            Kind::Tick => self.date(),
            Kind::User => return Some(self.user_asks(index)),
            Kind::Session => return self.session_asks(index),
            Kind::Return => self.ejection_over(index),
            Kind::Background => return self.clock_due(index),
            Kind::Flushed => self.flush_over(index),
        }
        None
    }

    /// Whether the run is over: everything has drained, or the window is over and every request
    /// that arrived in it has ended.
    #[inline]
    fn is_over(&self) -> bool {
        if self.plan.schedule.drained {
            self.live_sources == 0 && self.jobs.alive() == 0
        } else {
            self.now >= self.plan.window_end()
                && (self.recorded == 0 || self.now >= self.last_arrival)
                && !self.probes.is_open(0)
        }
    }

    fn date(&mut self) {
        let Some((at, date)) = self.dates.pop() else { return };
        match date {
            Date::Open(window) => self.probes.open_window(at, window),
            Date::Close(window) => self.close_window(window),
            Date::Step => {
                self.probes.step(at);
                let next = at.saturating_add(self.plan.schedule.interval);
                let steps = (at / self.plan.schedule.interval) as usize;
                if steps < MAX_INTERVALS {
                    let place = self.dates.partition_point(|date| date.0 > next);
                    self.dates.insert(place, (next, Date::Step));
                }
            }
        }
        self.schedule_next_date();
    }

    fn close_window(&mut self, window: usize) {
        let from = match window {
            0 => self.plan.schedule.warm_up,
            named => self.plan.schedule.windows[named - 1].0,
        };
        self.probes.close_window(self.now, window, self.now.saturating_sub(from));
    }

    /// Shows the trace what a job does.
    #[inline]
    fn note(&mut self, job: u32, event: TraceEvent) {
        if T::LOOKS {
            self.trace.event(self.now, job, self.jobs[job].generation, event);
        }
    }

    /// Draws a variable for a job: in base units.
    #[inline(never)]
    fn draw(&self, job: u32, variable: u32) -> f64 {
        self.draw_here(job, variable)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: a time is drawn by one call, not two")]
    fn draw_here(&self, job: u32, variable: u32) -> f64 {
        let variable = &self.plan.variables[variable as usize];
        let value = match &variable.value {
            Variate::Fixed(value) => return *value,
            Variate::Law(law) => law.sample(&mut Draw::new(self.jobs[job].key, variable.stream)),
            formula @ Variate::Formula(_) => {
                let mut draw = Draw::new(self.jobs[job].key, variable.stream);
                formula.sample(self.jobs.registers(job), &mut draw)
            }
        };
        // As `clamp`, which looks at its bounds first.
        let value = if value < variable.min { variable.min } else { value };
        if value > variable.max { variable.max } else { value }
    }

    /// Draws a time in nanoseconds.
    #[inline(never)]
    fn draw_ns(&self, job: u32, variable: u32) -> u64 {
        self.draw_ns_here(job, variable)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `draw_here`")]
    fn draw_ns_here(&self, job: u32, variable: u32) -> u64 {
        seconds_to_ns(self.draw_here(job, variable))
    }

    /// Draws a number of things: rounded up.
    #[inline]
    fn draw_count(&self, job: u32, variable: u32) -> u32 {
        rounded_up(self.draw(job, variable)).clamp(0.0, f64::from(u32::MAX)) as u32
    }

    /// Reads the probes out.
    fn finish(mut self, id: RunId, end: End) -> Run {
        for window in 0..=self.plan.schedule.windows.len() {
            if self.probes.is_open(window) {
                self.close_window(window);
            }
        }
        self.probes.last_step(self.now);
        self.probes.end_watches(self.now);
        self.count_unanswered();
        let measured = self.probes.finish();
        Run {
            id,
            end,
            tallies: measured.tallies,
            unanswered: measured.unanswered,
            counts: measured.counts,
            levels: measured.levels,
            series: measured.series,
            courses: measured.courses,
            breakdown: measured.breakdown,
            watches: measured.watches,
            deadlocks: self.deadlocks.into_found(),
            events: self.events,
            ended_at: self.now,
            fingerprint: self.fingerprint,
        }
    }
}
