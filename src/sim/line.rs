//! A waiting line, in one of several orders. Those who leave it early are only marked: their ticket
//! no longer fits, and they are passed over when their turn comes.
//!
//! By class a heap of (class, ticket) knows who is next, in O(log n) for any number of classes; the
//! other orders take from one end of a queue or the other, in O(1).

use super::calendar::Seq;
use super::jobs::Jobs;
use crate::plan::Order;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Those who wait.
#[derive(Debug)]
pub struct Line {
    order: Order,
    /// In order of arrival; empty where classes count.
    queue: VecDeque<(u32, Seq)>,
    /// Class, ticket, job; empty where classes do not count.
    ranked: BinaryHeap<Reverse<(u32, Seq, u32)>>,
    waiting: u32,
}

impl Default for Line {
    /// First come, first served.
    fn default() -> Self {
        Self::new(Order::Fifo)
    }
}

impl Line {
    /// Nobody waits.
    pub fn new(order: Order) -> Self {
        Self { order, queue: VecDeque::new(), ranked: BinaryHeap::new(), waiting: 0 }
    }

    /// How many wait.
    #[inline]
    pub fn waiting(&self) -> u32 {
        self.waiting
    }

    /// A job joins with its ticket: a fresh number, or by class the one that it had when it waited
    /// last, with which it stands where it stood.
    #[inline]
    pub fn join(&mut self, jobs: &mut Jobs, job: u32, ticket: Seq, class: u32) {
        jobs[job].ticket = ticket;
        self.waiting += 1;
        if self.is_by_class() {
            self.join_class(job, ticket, class);
        } else {
            self.queue.push_back((job, ticket));
        }
    }

    #[cold]
    #[inline(never)]
    fn join_class(&mut self, job: u32, ticket: Seq, class: u32) {
        self.ranked.push(Reverse((class, ticket, job)));
    }

    /// Whether classes count.
    #[inline]
    pub fn is_by_class(&self) -> bool {
        matches!(self.order, Order::Classes)
    }

    /// The next who still waits; its ticket is taken.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "measured: half of a call is its beginning and end")]
    pub fn take(&mut self, jobs: &mut Jobs) -> Option<u32> {
        if self.waiting == 0 {
            return None;
        }
        if matches!(self.order, Order::Fifo)
            && let Some((job, ticket)) = self.queue.pop_front()
            && jobs[job].ticket == ticket
        {
            jobs[job].ticket = 0;
            self.waiting -= 1;
            return Some(job);
        }
        self.take_next(jobs)
    }

    /// In another order, or behind those who have left.
    #[inline(never)]
    fn take_next(&mut self, jobs: &mut Jobs) -> Option<u32> {
        while let Some((job, ticket)) = self.next_entry() {
            if jobs[job].ticket == ticket {
                jobs[job].ticket = 0;
                self.waiting -= 1;
                return Some(job);
            }
        }
        None
    }

    fn next_entry(&mut self) -> Option<(u32, Seq)> {
        match self.order {
            Order::Fifo => self.queue.pop_front(),
            Order::Lifo => self.queue.pop_back(),
            Order::AdaptiveLifo { above } if self.waiting > above => self.queue.pop_back(),
            Order::AdaptiveLifo { .. } => self.queue.pop_front(),
            Order::Classes => self.ranked.pop().map(|Reverse((_, ticket, job))| (job, ticket)),
        }
    }

    /// The ticket of the first comer who still waits; in a line by class, of nobody.
    pub fn head(&self, jobs: &Jobs) -> Option<Seq> {
        self.queue.iter().find(|&&(job, ticket)| jobs[job].ticket == ticket).map(|entry| entry.1)
    }

    /// All who still wait in a line that is not by class, in order of arrival.
    pub fn jobs(&self, jobs: &Jobs) -> Vec<u32> {
        let waits = |entry: &&(u32, Seq)| jobs[entry.0].ticket == entry.1;
        self.queue.iter().filter(waits).map(|entry| entry.0).collect()
    }

    /// A job leaves before its turn.
    pub fn leave(&mut self, jobs: &mut Jobs, job: u32) {
        debug_assert_ne!(jobs[job].ticket, 0);
        jobs[job].ticket = 0;
        self.waiting -= 1;
        let entries = self.queue.len() + self.ranked.len();
        if self.waiting == 0 {
            self.queue.clear();
            self.ranked.clear();
        } else if entries > 64 && entries > 4 * self.waiting as usize {
            self.queue.retain(|&(job, ticket)| jobs[job].ticket == ticket);
            self.ranked.retain(|&Reverse((_, ticket, job))| jobs[job].ticket == ticket);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::jobs::Job;
    use super::*;
    use proptest::prelude::*;

    /// The obvious line: everybody in order of arrival, searched through at every turn.
    fn slow_next(order: Order, waiting: &[(u32, u32)]) -> Option<usize> {
        let last = waiting.len().checked_sub(1)?;
        Some(match order {
            Order::Fifo => 0,
            Order::Lifo => last,
            Order::AdaptiveLifo { above } if waiting.len() > above as usize => last,
            Order::AdaptiveLifo { .. } => 0,
            // The first of those with the least class.
            Order::Classes => (0..=last).min_by_key(|&at| waiting[at].1)?,
        })
    }

    proptest! {
        /// Arrivals (0..6: with that class), turns (6, 7) and early departures (8).
        #[test]
        fn every_order_agrees_with_the_slow_line(
            order in prop_oneof![
                Just(Order::Fifo),
                Just(Order::Lifo),
                Just(Order::Classes),
                (0_u32..6).prop_map(|above| Order::AdaptiveLifo { above }),
            ],
            moves in proptest::collection::vec((0_u32..9, any::<u32>()), 1..400),
        ) {
            let mut jobs = Jobs::new(0, 0);
            let mut line = Line::new(order);
            let mut slow: Vec<(u32, u32)> = Vec::new();
            for (ticket, &(what, which)) in (1..).zip(&moves) {
                match what {
                    0..6 => {
                        let job = jobs.spawn(Job::BLANK);
                        line.join(&mut jobs, job, ticket, what);
                        slow.push((job, what));
                    }
                    6 | 7 => {
                        let expected = slow_next(order, &slow).map(|at| slow.remove(at).0);
                        let found = line.take(&mut jobs);
                        prop_assert_eq!(found, expected);
                        if let Some(job) = found {
                            jobs.free(job);
                        }
                    }
                    _ if slow.is_empty() => {}
                    _ => {
                        let (job, _) = slow.remove(which as usize % slow.len());
                        line.leave(&mut jobs, job);
                        jobs.free(job);
                    }
                }
                prop_assert_eq!(line.waiting() as usize, slow.len());
            }
        }
    }
}
