//! Users of closed workloads: each thinks, asks, waits for the answer as the client sees it, and
//! thinks again. Draws belong to the user and the number of the request.

use super::super::Engine;
use super::super::calendar::{Kind, What};
use super::super::trace::Trace;
use super::MOST;
use crate::dist::{child_key, hash_name, serial_key};
use crate::plan::ArrivalPlan;
use crate::units::time::seconds_to_ns;

/// Name of the users' keys.
pub(super) const USER: u64 = hash_name("user");

/// All users of a run, one workload's after the other's.
#[derive(Debug, Default)]
pub struct Users {
    users: Vec<User>,
    /// Workload and number of its first user.
    first: Vec<(u32, u32)>,
}

/// One user: eight bytes, and an event while they think.
#[derive(Debug, Clone, Copy)]
struct User {
    workload: u32,
    /// Answers so far.
    answers: u32,
}

impl Users {
    /// Number of a user within the workload.
    fn number(&self, user: u32) -> u32 {
        let place = self.first.partition_point(|&(_, first)| first <= user) - 1;
        user - self.first[place].1
    }
}

impl<T: Trace> Engine<'_, T> {
    /// Users start by thinking.
    pub(super) fn start_users(&mut self, workload: u32, count: u32) {
        if self.plan.workloads[workload as usize].session.is_some() {
            return self.start_session_users(workload, count);
        }
        let first = self.users.users.len();
        self.users.first.push((workload, first as u32));
        let end = first.saturating_add(count as usize).min(MOST);
        self.users.users.resize(end, User { workload, answers: 0 });
        for user in first..end {
            self.think(user as u32);
            let key = self.user_key(user as u32);
            self.start_background(workload, user as u32, key);
        }
    }

    /// Key of a user.
    fn user_key(&self, user: u32) -> u64 {
        let workload = self.users.users[user as usize].workload;
        let number = u64::from(self.users.number(user));
        child_key(self.sources[workload as usize].key, USER, number)
    }

    /// Key of the request that a user thinks about, or waits for.
    fn request_key(&self, user: u32) -> u64 {
        serial_key(self.user_key(user), u64::from(self.users.users[user as usize].answers))
    }

    fn think(&mut self, user: u32) {
        let workload = self.users.users[user as usize].workload;
        let ArrivalPlan::Users { think, .. } = self.plan.workloads[workload as usize].arrivals
        else {
            return;
        };
        let seconds = self.variable_of(think, self.request_key(user));
        let at = self.now.saturating_add(seconds_to_ns(seconds));
        if at < self.last_arrival {
            self.calendar.schedule(at, What::new(Kind::User, user));
        }
    }

    /// A user asks; gives the job.
    pub(in super::super) fn user_asks(&mut self, user: u32) -> u32 {
        let key = self.request_key(user);
        let job = self.request(self.users.users[user as usize].workload, key);
        self.jobs[job].user = user;
        job
    }

    /// A user has the answer, or none and has given up.
    pub(super) fn user_thinks(&mut self, user: u32) {
        self.users.users[user as usize].answers += 1;
        self.think(user);
    }
}
