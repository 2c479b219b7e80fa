//! Stations that serve CPU work: one job after the other, shared, or preemptive (next door, in
//! `preemption`). Speed and capacity may change while jobs are served.

use super::calendar::{Kind, Seq, What};
use super::jobs::{State, flag};
use super::line::Line;
use super::preemption::Preemptive;
use super::sharing::{Rate, Sharing, lost_to_contention};
use super::trace::{Trace, TraceEvent};
use super::{Engine, Step};
use crate::model::Outcome;
use crate::plan::{Cores, LevelPair, NONE, StationPlan};

/// How a station serves.
#[derive(Debug)]
pub enum Discipline {
    /// Servers that keep a job until it is done.
    Fifo {
        /// Servers in all.
        servers: u32,
        /// Servers at work.
        busy: u32,
    },
    /// Shared by at most `limit` jobs.
    Sharing {
        /// Those being served.
        sharing: Sharing,
        /// Jobs served at once.
        limit: u32,
        /// The event that stands for the next completion: its number and time; 0: none.
        event: (u32, u64),
    },
    /// Cores that are taken from jobs that are not done.
    Preemptive(Preemptive),
}

/// The cores of an instance or of a database.
#[derive(Debug)]
pub struct Station<'a> {
    plan: &'a StationPlan,
    /// How it serves.
    pub discipline: Discipline,
    /// Who waits.
    pub line: Line,
    /// Speed relative to the nominal one.
    pub speed: f64,
}

impl<'a> Station<'a> {
    /// An idle station.
    pub fn new(plan: &'a StationPlan) -> Self {
        let discipline = match plan.cores {
            Cores::Fifo { servers } => Discipline::Fifo { servers, busy: 0 },
            Cores::Sharing { cores, limit, serial, crosstalk } => Discipline::Sharing {
                sharing: Sharing::new(Rate { cores, speed: plan.speed, serial, crosstalk }),
                limit,
                event: (0, 0),
            },
            Cores::Preemptive { servers, slice, serial, crosstalk } => {
                Discipline::Preemptive(Preemptive::new(servers, slice, serial, crosstalk))
            }
        };
        Self { plan, discipline, line: Line::new(plan.order), speed: plan.speed }
    }

    /// The time that a demand takes at the station's speed, ns.
    #[inline]
    pub fn service_time(&self, demand: u64) -> u64 {
        if self.speed == 1.0 { demand } else { self.scaled(demand) }
    }

    #[inline(never)]
    fn scaled(&self, demand: u64) -> u64 {
        (demand as f64 / self.speed).round() as u64
    }

    fn has_room(&self) -> bool {
        match &self.discipline {
            Discipline::Fifo { servers, busy } => busy < servers,
            Discipline::Sharing { sharing, limit, .. } => sharing.active() < *limit as usize,
            Discipline::Preemptive(cores) => cores.has_room(),
        }
    }
}

impl<T: Trace> Engine<'_, T> {
    /// A job brings work to a station, as much as a variable says: it is served, or waits in line.
    #[inline(never)]
    pub(super) fn enter_station(&mut self, job: u32, station: u32, variable: u32) -> Step {
        let demand = self.draw_ns_here(job, variable);
        self.enter_with_here(job, station, demand)
    }

    /// The same with a demand that is known, ns at nominal speed.
    #[inline(never)]
    pub(super) fn enter_with(&mut self, job: u32, station: u32, demand: u64) -> Step {
        self.enter_with_here(job, station, demand)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `serve`")]
    fn enter_with_here(&mut self, job: u32, station: u32, demand: u64) -> Step {
        let comer = &mut self.jobs[job];
        comer.demand = demand;
        comer.since = self.now;
        self.note(job, TraceEvent::Arrived { station, demand });
        let place = &self.stations[station as usize];
        let Discipline::Fifo { servers, busy } = place.discipline else {
            return self.enter_shared(job, station);
        };
        if busy < servers {
            self.probes.add_pair(self.now, place.plan.busy, 1000);
            self.serve(job, station);
            return Step::Stop;
        }
        if self.jobs[job].is(flag::DOOMED) {
            return self.raise(job, Outcome::TimedOut);
        }
        let ticket = self.calendar.next_seq();
        self.wait_in_line(job, station, ticket);
        Step::Stop
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `serve`")]
    fn wait_in_line(&mut self, job: u32, station: u32, ticket: Seq) {
        self.jobs[job].state = State::StationLine(station);
        let by_class = self.stations[station as usize].line.is_by_class();
        let class = if by_class { self.class_of(job) } else { 0 };
        let place = &mut self.stations[station as usize];
        place.line.join(&mut self.jobs, job, ticket, class);
        self.probes.add_pair(self.now, place.plan.waiting, 1000);
    }

    /// The same where cores are shared, or taken away again.
    #[inline(never)]
    fn enter_shared(&mut self, job: u32, station: u32) -> Step {
        let place = &self.stations[station as usize];
        let preemptive = matches!(place.discipline, Discipline::Preemptive(_));
        let ticket = if preemptive { self.begin_visit(job) } else { 0 };
        if self.stations[station as usize].has_room()
            || preemptive && self.preempt_for(job, station)
        {
            self.begin_service(job, station);
            return Step::Stop;
        }
        if self.jobs[job].is(flag::DOOMED) {
            return self.raise(job, Outcome::TimedOut);
        }
        let ticket = if preemptive { ticket } else { self.calendar.next_seq() };
        self.wait_in_line(job, station, ticket);
        if preemptive {
            self.line_has_grown(station);
        }
        Step::Stop
    }

    /// A job leaves the line of a station before its turn.
    pub(super) fn leave_station_line(&mut self, job: u32, station: u32) {
        self.stations[station as usize].line.leave(&mut self.jobs, job);
        let waiting = self.plan.stations[station as usize].waiting;
        self.probes.add_pair(self.now, waiting, -1000);
    }

    /// The job's service begins now, on a server that was idle or among those who share.
    #[inline(never)]
    fn begin_service(&mut self, job: u32, station: u32) {
        match &mut self.stations[station as usize].discipline {
            Discipline::Fifo { .. } => {
                let busy = self.plan.stations[station as usize].busy;
                self.probes.add_pair(self.now, busy, 1000);
                self.serve(job, station);
            }
            Discipline::Sharing { sharing, .. } => {
                let order = self.calendar.next_seq();
                self.jobs[job].state = State::Sharing(station);
                self.jobs[job].ticket = order;
                sharing.enter(self.now, job, order, self.jobs[job].demand);
                self.note(job, TraceEvent::Started { station });
                self.update_sharing(station);
            }
            Discipline::Preemptive(_) => self.take_core(job, station),
        }
    }

    /// A first-come-first-served server takes a job: its wait is over.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: 18 of its 130 instructions were the call")]
    fn serve(&mut self, job: u32, station: u32) {
        let place = &mut self.stations[station as usize];
        let plan = place.plan;
        if let Discipline::Fifo { busy, .. } = &mut place.discipline {
            *busy += 1;
        }
        let now = self.now;
        let served = &mut self.jobs[job];
        let waited = now - served.since;
        served.since = now;
        served.state = State::Served(station);
        let done = now.saturating_add(place.service_time(served.demand));
        served.wake = self.calendar.schedule(done, What::new(Kind::Wake, job));
        let (endpoint, windows) = (u32::from(served.endpoint), served.windows);
        if waited > 0 {
            self.jobs.add_wait(job, plan.place, waited);
        }
        self.probes.tally(plan.wait + endpoint, waited, windows);
        self.note(job, TraceEvent::Started { station });
    }

    pub(super) fn record_station_wait(&mut self, job: u32, station: u32, waited: u64) {
        let tally = self.plan.stations[station as usize].wait;
        let job = &self.jobs[job];
        self.probes.tally(tally + u32::from(job.endpoint), waited, job.windows);
    }

    /// A first-come-first-served job is done after `served` ns: the next one begins.
    pub(super) fn end_service(&mut self, job: u32, station: u32, served: u64) {
        self.note(job, TraceEvent::Served { station });
        self.jobs.add_service(job, self.stations[station as usize].plan.place, served);
        self.free_server_here(station);
    }

    /// A server is free: it takes the next in line at once, and never was idle then.
    #[inline(never)]
    pub(super) fn free_server(&mut self, station: u32) {
        self.free_server_here(station);
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `serve`")]
    fn free_server_here(&mut self, station: u32) {
        let place = &mut self.stations[station as usize];
        let plan = place.plan;
        if let Discipline::Fifo { servers, busy } = &mut place.discipline {
            *busy -= 1;
            if *busy < *servers
                && let Some(next) = place.line.take(&mut self.jobs)
            {
                self.probes.add_pair(self.now, plan.waiting, -1000);
                self.serve(next, station);
                return;
            }
        }
        self.probes.add_pair(self.now, plan.busy, -1000);
    }

    /// As many from the line as there is room for.
    pub(super) fn serve_line(&mut self, station: u32) {
        while self.stations[station as usize].has_room() {
            let Some(next) = self.stations[station as usize].line.take(&mut self.jobs) else {
                return;
            };
            let waiting = self.plan.stations[station as usize].waiting;
            self.probes.add_pair(self.now, waiting, -1000);
            self.begin_service(next, station);
        }
    }

    /// After a change at a sharing station: the level of busy cores, and the event of the next
    /// completion if it has come nearer.
    fn update_sharing(&mut self, station: u32) {
        let Discipline::Sharing { sharing, event, .. } =
            &mut self.stations[station as usize].discipline
        else {
            return;
        };
        if let Some(next) = sharing.next_completion() {
            let next = next.max(self.now);
            if event.0 == 0 || next < event.1 {
                *event = (self.calendar.schedule(next, What::new(Kind::Sharing, station)), next);
            }
        }
        let (jobs, rate) = (sharing.active(), sharing.rate());
        let active = (jobs * 1000) as u64;
        let busy = active.min((rate.cores * 1000.0).round() as u64);
        let in_line = u64::from(self.stations[station as usize].line.waiting()) * 1000;
        let plan = &self.plan.stations[station as usize];
        self.set_pair(plan.busy, busy);
        self.set_pair(plan.waiting, active - busy + in_line);
        if plan.contention.own != NONE {
            let law = (rate.serial, rate.crosstalk);
            let lost = lost_to_contention(rate.cores.min(jobs as f64), jobs, law);
            self.set_pair(plan.contention, lost);
        }
    }

    /// Sets a level of an instance, and moves the sum by as much.
    pub(super) fn set_pair(&mut self, pair: LevelPair, value: u64) {
        let difference = value as i64 - self.probes.level(pair.own) as i64;
        if difference != 0 {
            self.probes.add_pair(self.now, pair, difference);
        }
    }

    /// The event of a sharing station has come: those who are done leave.
    pub(super) fn sharing_due(&mut self, station: u32, seq: u32) {
        let Discipline::Sharing { event, .. } = &mut self.stations[station as usize].discipline
        else {
            return;
        };
        if event.0 != seq {
            return;
        }
        *event = (0, 0);
        while let Some(job) = self.complete_sharing(station) {
            self.jobs[job].ticket = 0;
            self.note(job, TraceEvent::Served { station });
            let plan = &self.plan.stations[station as usize];
            let residence = self.now - self.jobs[job].since;
            let demand = self.jobs[job].demand;
            let service = self.stations[station as usize].service_time(demand).min(residence);
            self.jobs.add_wait(job, plan.place, residence - service);
            self.jobs.add_service(job, plan.place, service);
            self.record_station_wait(job, station, residence - service);
            self.resume(job);
        }
        self.serve_line(station);
        self.update_sharing(station);
    }

    fn complete_sharing(&mut self, station: u32) -> Option<u32> {
        let jobs = &self.jobs;
        match &mut self.stations[station as usize].discipline {
            Discipline::Sharing { sharing, .. } => {
                sharing.complete(self.now, |job, order| jobs[job].ticket == order)
            }
            Discipline::Fifo { .. } | Discipline::Preemptive(_) => None,
        }
    }

    /// A job is taken out of a sharing station unfinished.
    pub(super) fn leave_sharing(&mut self, job: u32, station: u32) {
        self.jobs[job].ticket = 0;
        let jobs = &self.jobs;
        if let Discipline::Sharing { sharing, .. } = &mut self.stations[station as usize].discipline
        {
            sharing.leave(self.now, |job, order| jobs[job].ticket == order);
        }
        self.serve_line(station);
        self.update_sharing(station);
    }

    /// Another speed (a multiple of the plan's) from now on; work under way is stretched.
    pub(super) fn set_speed(&mut self, station: u32, factor: f64) {
        if let Discipline::Preemptive(_) = self.stations[station as usize].discipline {
            self.settle_all(station);
        }
        let place = &mut self.stations[station as usize];
        let before = place.speed;
        place.speed = self.plan.stations[station as usize].speed * factor;
        match &mut place.discipline {
            Discipline::Sharing { sharing, event, .. } => {
                let rate = Rate { speed: place.speed, ..sharing.rate() };
                sharing.set_rate(self.now, rate);
                *event = (0, 0);
                self.update_sharing(station);
            }
            Discipline::Fifo { .. } => self.stretch_services(station, before),
            Discipline::Preemptive(_) => self.reschedule_all(station, None),
        }
    }

    /// Moves the ends of all services of a first-come-first-served station: what is left of each
    /// demand is served at the new speed.
    fn stretch_services(&mut self, station: u32, speed_before: f64) {
        for index in 0..self.jobs.slots() as u32 {
            let job = &self.jobs[index];
            if job.state != State::Served(station) || job.wake == 0 {
                continue;
            }
            let served = self.now - job.since;
            let left = (job.demand as f64 - served as f64 * speed_before).max(0.0).round() as u64;
            let end = self.now.saturating_add(self.stations[station as usize].service_time(left));
            self.jobs.add_service(index, self.plan.stations[station as usize].place, served);
            self.jobs[index].demand = left;
            self.jobs[index].since = self.now;
            self.jobs[index].wake = self.calendar.schedule(end, What::new(Kind::Wake, index));
        }
    }

    /// Another number of servers or cores from now on; a server that is taken away while it works
    /// finishes its job first.
    pub(super) fn set_capacity(&mut self, station: u32, cores: f64) {
        match &mut self.stations[station as usize].discipline {
            Discipline::Fifo { servers, .. } => *servers = cores.ceil().max(0.0) as u32,
            Discipline::Sharing { sharing, event, .. } => {
                let rate = Rate { cores, ..sharing.rate() };
                sharing.set_rate(self.now, rate);
                *event = (0, 0);
            }
            Discipline::Preemptive(at) => at.set_servers(cores.ceil().max(0.0) as u32),
        }
        self.update_sharing(station);
        self.serve_line(station);
    }
}
