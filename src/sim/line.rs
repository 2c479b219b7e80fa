//! A waiting line in order of arrival. Those who leave it early are only marked: their ticket no
//! longer fits, and they are passed over when they come to the head.

use super::calendar::Seq;
use super::jobs::Jobs;
use std::collections::VecDeque;

/// First come, first served.
#[derive(Debug, Default)]
pub struct Line {
    queue: VecDeque<(u32, Seq)>,
    waiting: u32,
}

impl Line {
    /// How many wait.
    #[inline]
    pub fn waiting(&self) -> u32 {
        self.waiting
    }

    /// A job joins the end with its ticket, a fresh number.
    #[inline]
    pub fn join(&mut self, jobs: &mut Jobs, job: u32, ticket: Seq) {
        jobs[job].ticket = ticket;
        self.queue.push_back((job, ticket));
        self.waiting += 1;
    }

    /// The first who still waits; its ticket is taken.
    #[inline]
    pub fn take(&mut self, jobs: &mut Jobs) -> Option<u32> {
        while let Some((job, ticket)) = self.queue.pop_front() {
            if jobs[job].ticket == ticket {
                jobs[job].ticket = 0;
                self.waiting -= 1;
                return Some(job);
            }
        }
        None
    }

    /// The ticket of the first who still waits.
    pub fn head(&self, jobs: &Jobs) -> Option<Seq> {
        self.queue.iter().find(|&&(job, ticket)| jobs[job].ticket == ticket).map(|entry| entry.1)
    }

    /// All who still wait, in order.
    pub fn jobs(&self, jobs: &Jobs) -> Vec<u32> {
        let waits = |entry: &&(u32, Seq)| jobs[entry.0].ticket == entry.1;
        self.queue.iter().filter(waits).map(|entry| entry.0).collect()
    }

    /// A job leaves before its turn.
    pub fn leave(&mut self, jobs: &mut Jobs, job: u32) {
        debug_assert_ne!(jobs[job].ticket, 0);
        jobs[job].ticket = 0;
        self.waiting -= 1;
        if self.waiting == 0 {
            self.queue.clear();
        } else if self.queue.len() > 64 && self.queue.len() > 4 * self.waiting as usize {
            self.queue.retain(|&(job, ticket)| jobs[job].ticket == ticket);
        }
    }
}
