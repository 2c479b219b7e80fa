//! Cores that are taken from a job before it is done: by priority (preemptive-resume), or in turns
//! of a time slice (round robin).
//!
//! A job on a core has one event: the end of its work, or of its turn where somebody waits for it.
//! With nobody in line turns pass unseen, so that a lone job of any length is one event. When
//! somebody joins an empty line, the turns that are under way get an end: a turn began when its job
//! got the core, and begins anew every slice. A job whose core is taken keeps what is left of its
//! work. By priority it stands in line where it stood, ahead of those of its class who came after
//! it; a turn that has ended sends it to the end of the line.
//!
//! Where work slows other work (the universal scalability law), all jobs on cores change their
//! speed when one comes or goes; else each goes on at the station's speed until its event.

use super::Engine;
use super::calendar::{Kind, Seq, What};
use super::jobs::State;
use super::sharing::{contention, lost_to_contention, ns_until};
use super::station::Discipline;
use super::trace::{Trace, TraceEvent};
use crate::plan::Cores;

/// What is on the cores of a station.
#[derive(Debug)]
pub struct Preemptive {
    servers: u32,
    /// Length of a turn, ns; [`Cores::BY_PRIORITY`]: classes decide.
    slice: u64,
    serial: f64,
    crosstalk: f64,
    /// Jobs on a core, in no particular order.
    running: Vec<u32>,
}

impl Preemptive {
    /// Idle cores.
    pub fn new(servers: u32, slice: u64, serial: f64, crosstalk: f64) -> Self {
        Self { servers, slice, serial, crosstalk, running: Vec::new() }
    }

    /// Whether a core is free.
    pub fn has_room(&self) -> bool {
        self.running.len() < self.servers as usize
    }

    /// Another number of cores; one that is taken away while it works finishes its turn first.
    pub fn set_servers(&mut self, servers: u32) {
        self.servers = servers;
    }

    fn is_contended(&self) -> bool {
        self.serial > 0.0 || self.crosstalk > 0.0
    }

    /// Work done per nanosecond by each job on a core of this speed.
    fn rate(&self, speed: f64) -> f64 {
        if !self.is_contended() {
            return speed;
        }
        speed / contention(self.running.len() as f64, self.serial, self.crosstalk)
    }

    /// Thousandths of the busy cores that contention takes.
    fn lost(&self) -> u64 {
        let n = self.running.len();
        lost_to_contention(n as f64, n, (self.serial, self.crosstalk))
    }
}

/// A job's visit to such a station.
#[derive(Debug, Clone, Copy, Default)]
struct Visit {
    /// Work left at `settled`, ns at nominal speed.
    left: f64,
    /// When `left` and `served` were true, while it is on a core.
    settled: u64,
    /// Time on a core so far, ns.
    served: u64,
    /// When its turn began.
    turn: u64,
    /// Its number in line.
    ticket: Seq,
    /// Time of its event.
    due: u64,
    /// Its event is the end of its work, not of its turn.
    finishes: bool,
    begun: bool,
}

/// Visits by the slot of the job: a job is at one station at a time. Empty in plans without such
/// stations.
#[derive(Debug, Default)]
pub struct Visits(Vec<Visit>);

impl Visits {
    fn begin(&mut self, job: u32, demand: u64, ticket: Seq) {
        if self.0.len() <= job as usize {
            self.0.resize(job as usize + 1, Visit::default());
        }
        self.0[job as usize] = Visit { left: demand as f64, ticket, ..Visit::default() };
    }
}

impl<T: Trace> Engine<'_, T> {
    fn cores(&mut self, station: u32) -> &mut Preemptive {
        match &mut self.stations[station as usize].discipline {
            Discipline::Preemptive(cores) => cores,
            other => unreachable!("visits are made to preemptive stations, not {other:?}"),
        }
    }

    /// Rank of the priority of a job's endpoint: 0 goes first.
    #[inline]
    pub(super) fn class_of(&self, job: u32) -> u32 {
        self.plan.endpoints[usize::from(self.jobs[job].endpoint)].class
    }

    /// A job comes to a preemptive station; gives its number in line.
    pub(super) fn begin_visit(&mut self, job: u32) -> Seq {
        let ticket = self.calendar.next_seq();
        self.visits.begin(job, self.jobs[job].demand, ticket);
        ticket
    }

    /// Takes a core from a job of a lower priority for a comer; `false` if there is none.
    pub(super) fn preempt_for(&mut self, job: u32, station: u32) -> bool {
        let class = self.class_of(job);
        let cores = self.cores(station);
        if cores.slice != Cores::BY_PRIORITY || cores.running.len() != cores.servers as usize {
            return false;
        }
        let Discipline::Preemptive(cores) = &self.stations[station as usize].discipline else {
            return false;
        };
        // Of the lowest priority the one that came last.
        let rank = |&job: &u32| (self.class_of(job), self.visits.0[job as usize].ticket);
        let Some(last) = cores.running.iter().copied().max_by_key(|job| rank(job)) else {
            return false;
        };
        if self.class_of(last) <= class {
            return false;
        }
        self.leave_core(last, station);
        let ticket = self.visits.0[last as usize].ticket;
        self.back_in_line(last, station, ticket);
        true
    }

    /// A job whose work is not done waits for a core again.
    fn back_in_line(&mut self, job: u32, station: u32, ticket: Seq) {
        let class = self.class_of(job);
        self.stations[station as usize].line.join(&mut self.jobs, job, ticket, class);
        let waiting = self.plan.stations[station as usize].waiting;
        self.probes.add_pair(self.now, waiting, 1000);
    }

    /// Somebody has joined the line. If it was empty, turns under way get an end.
    pub(super) fn line_has_grown(&mut self, station: u32) {
        if self.stations[station as usize].line.waiting() != 1
            || self.cores(station).slice == Cores::BY_PRIORITY
        {
            return;
        }
        for at in 0..self.cores(station).running.len() {
            let job = self.cores(station).running[at];
            let visit = self.visits.0[job as usize];
            if visit.finishes && self.end_of_turn(job, station) < visit.due {
                self.settle(job, station);
                self.schedule_turn(job, station);
            }
        }
    }

    /// When a turn under way ends: turns follow each other without a gap.
    fn end_of_turn(&mut self, job: u32, station: u32) -> u64 {
        let (slice, turn) = (self.cores(station).slice, self.visits.0[job as usize].turn);
        let turns = (self.now - turn) / slice + 1;
        turn.saturating_add(turns.saturating_mul(slice))
    }

    /// A job goes on a core that is free.
    pub(super) fn take_core(&mut self, job: u32, station: u32) {
        self.settle_contended(station);
        self.cores(station).running.push(job);
        let visit = &mut self.visits.0[job as usize];
        visit.settled = self.now;
        visit.turn = self.now;
        let first = !std::mem::replace(&mut visit.begun, true);
        self.jobs[job].state = State::Running(station);
        if first {
            self.note(job, TraceEvent::Started { station });
        }
        let busy = self.plan.stations[station as usize].busy;
        self.probes.add_pair(self.now, busy, 1000);
        self.schedule_turn(job, station);
        self.reschedule_contended(station, Some(job));
        self.note_contention(station);
    }

    fn note_contention(&mut self, station: u32) {
        let cores = self.cores(station);
        if cores.is_contended() {
            let lost = cores.lost();
            self.set_pair(self.plan.stations[station as usize].contention, lost);
        }
    }

    /// A job leaves its core, done or not.
    fn leave_core(&mut self, job: u32, station: u32) {
        self.settle(job, station);
        self.settle_contended(station);
        self.jobs[job].wake = 0;
        self.cores(station).running.retain(|&other| other != job);
        let busy = self.plan.stations[station as usize].busy;
        self.probes.add_pair(self.now, busy, -1000);
        self.reschedule_contended(station, None);
        self.note_contention(station);
    }

    /// Brings the work of a job on a core up to now.
    fn settle(&mut self, job: u32, station: u32) {
        let speed = self.stations[station as usize].speed;
        let rate = self.cores(station).rate(speed);
        let visit = &mut self.visits.0[job as usize];
        let passed = self.now - visit.settled;
        visit.left = (visit.left - passed as f64 * rate).max(0.0);
        visit.served += passed;
        visit.settled = self.now;
    }

    /// The event of a job on a core: the end of its work, or of its turn if somebody waits.
    fn schedule_turn(&mut self, job: u32, station: u32) {
        let speed = self.stations[station as usize].speed;
        let rate = self.cores(station).rate(speed);
        let mut due = self.now.saturating_add(ns_until(self.visits.0[job as usize].left, rate));
        let mut finishes = true;
        let somebody_waits = self.stations[station as usize].line.waiting() > 0;
        if somebody_waits && self.cores(station).slice != Cores::BY_PRIORITY {
            let end = self.end_of_turn(job, station);
            if end < due {
                (due, finishes) = (end, false);
            }
        }
        let visit = &mut self.visits.0[job as usize];
        (visit.due, visit.finishes) = (due, finishes);
        self.jobs[job].wake = self.calendar.schedule(due, What::new(Kind::Wake, job));
    }

    fn settle_contended(&mut self, station: u32) {
        if self.cores(station).is_contended() {
            self.settle_all(station);
        }
    }

    fn reschedule_contended(&mut self, station: u32, but: Option<u32>) {
        if self.cores(station).is_contended() {
            self.reschedule_all(station, but);
        }
    }

    /// Brings all work on the cores up to now, at the speed that is about to change.
    pub(super) fn settle_all(&mut self, station: u32) {
        for at in 0..self.cores(station).running.len() {
            let job = self.cores(station).running[at];
            self.settle(job, station);
        }
    }

    /// New events for all jobs on cores, at the speed that holds from now on.
    pub(super) fn reschedule_all(&mut self, station: u32, but: Option<u32>) {
        for at in 0..self.cores(station).running.len() {
            let job = self.cores(station).running[at];
            if Some(job) != but {
                self.schedule_turn(job, station);
            }
        }
    }

    /// The event of a job on a core has come; gives the job if its work is done.
    pub(super) fn turn_over(&mut self, job: u32, station: u32) -> Option<u32> {
        if self.visits.0[job as usize].finishes {
            self.leave_core(job, station);
            self.visit_over(job, station);
            self.serve_line(station);
            return Some(job);
        }
        if self.stations[station as usize].line.waiting() == 0 {
            self.settle(job, station);
            self.visits.0[job as usize].turn = self.now;
            self.schedule_turn(job, station);
            return None;
        }
        self.leave_core(job, station);
        let ticket = self.calendar.next_seq();
        self.back_in_line(job, station, ticket);
        self.serve_line(station);
        None
    }

    /// The time at the station is recorded: what was not spent on a core was waiting.
    fn visit_over(&mut self, job: u32, station: u32) {
        self.note(job, TraceEvent::Served { station });
        let place = self.plan.stations[station as usize].place;
        let residence = self.now - self.jobs[job].since;
        let served = self.visits.0[job as usize].served.min(residence);
        if residence > served {
            self.jobs.add_wait(job, place, residence - served);
        }
        self.jobs.add_service(job, place, served);
        self.record_station_wait(job, station, residence - served);
    }

    /// A job whose service has begun is taken out unfinished, from its core or from the line.
    pub(super) fn abandon_visit(&mut self, job: u32, station: u32) {
        if self.jobs[job].ticket == 0 {
            self.leave_core(job, station);
            self.serve_line(station);
        } else {
            self.leave_station_line(job, station);
        }
    }
}
