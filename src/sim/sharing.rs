//! Processor sharing in O(log n) by a clock of virtual work.
//!
//! Each of n jobs that share k cores progresses at the same rate
//! `r(n) = speed · min(1, k/n) / (1 + σ(n−1) + κ n(n−1))` (Gunther's universal scalability law;
//! σ = κ = 0 is ideal sharing). The clock V of virtual work advances at that rate, so a job that
//! comes at V₀ with demand D leaves when V reaches V₀ + D: a heap ordered by that mark knows who is
//! next, whatever happens in between. The station's event is moved only when its time comes
//! nearer; where it recedes, the old event finds nothing due and is put back (at most one such
//! event for each departure).
//!
//! V is a binary floating-point number of nanoseconds, set back to zero whenever the station is
//! empty; a completion is rounded up to the next nanosecond, with a tolerance of 2⁻¹⁰ ns so that
//! the error of V does not add one. `slow` in the tests is the obvious implementation, which
//! carries the remaining work of every job; both give the same completions.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Rounding tolerance in nanoseconds; see the module's text.
const TOLERANCE: f64 = 1.0 / 1024.0;

/// The time from now to a completion: `work` ns at `rate`, rounded up.
pub fn ns_until(work: f64, rate: f64) -> u64 {
    (work / rate - TOLERANCE).ceil().max(0.0) as u64
}

/// How many times as long work takes while `n` jobs run: `1 + σ(n−1) + κ n(n−1)`, Gunther's
/// universal scalability law.
#[inline]
pub fn contention(n: f64, serial: f64, crosstalk: f64) -> f64 {
    1.0 + (n - 1.0) * (serial + crosstalk * n)
}

/// Thousandths of `busy` cores that go into contention while `n` jobs run, not into their work.
pub fn lost_to_contention(busy: f64, n: usize, (serial, crosstalk): (f64, f64)) -> u64 {
    if n == 0 {
        return 0;
    }
    let longer = contention(n as f64, serial, crosstalk);
    (busy * 1000.0 * (1.0 - 1.0 / longer)).round() as u64
}

/// Speed of one of `n` jobs.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Cores.
    pub cores: f64,
    /// Speed of a core.
    pub speed: f64,
    /// Serial share σ.
    pub serial: f64,
    /// Crosstalk κ.
    pub crosstalk: f64,
}

impl Rate {
    /// Work done per nanosecond for each of `n ≥ 1` jobs.
    #[inline]
    pub fn of(&self, n: usize) -> f64 {
        let n = n as f64;
        let share = if n <= self.cores { 1.0 } else { self.cores / n };
        self.speed * share / contention(n, self.serial, self.crosstalk)
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Entry {
    mark: f64,
    order: u32,
    job: u32,
}

impl Eq for Entry {}

impl Ord for Entry {
    /// Reversed: the heap's greatest is the one that leaves first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.mark.total_cmp(&self.mark).then(other.order.cmp(&self.order))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The jobs that share a station.
#[derive(Debug)]
pub struct Sharing {
    rate: Rate,
    virtual_work: f64,
    updated: u64,
    heap: BinaryHeap<Entry>,
    /// Jobs that left before their time; they are passed over in the heap.
    gone: u32,
}

impl Sharing {
    /// An empty station.
    pub fn new(rate: Rate) -> Self {
        Self { rate, virtual_work: 0.0, updated: 0, heap: BinaryHeap::new(), gone: 0 }
    }

    /// Jobs being served.
    #[inline]
    pub fn active(&self) -> usize {
        self.heap.len() - self.gone as usize
    }

    /// The rate in force.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    #[inline]
    fn advance(&mut self, now: u64) {
        let active = self.active();
        if active > 0 {
            self.virtual_work += (now - self.updated) as f64 * self.rate.of(active);
        }
        self.updated = now;
    }

    /// Another rate from now on.
    pub fn set_rate(&mut self, now: u64, rate: Rate) {
        self.advance(now);
        self.rate = rate;
    }

    /// A job comes with a demand in ns of one core; `order` separates equal marks.
    #[inline]
    pub fn enter(&mut self, now: u64, job: u32, order: u32, demand: u64) {
        self.advance(now);
        if self.heap.is_empty() {
            self.virtual_work = 0.0;
        }
        self.heap.push(Entry { mark: self.virtual_work + demand as f64, order, job });
    }

    /// A job leaves unfinished. `alive` tells whether an entry still stands for its job; the
    /// caller has already marked the leaver.
    pub fn leave(&mut self, now: u64, alive: impl Fn(u32, u32) -> bool) {
        self.advance(now);
        self.gone += 1;
        self.drop_gone(alive);
    }

    fn drop_gone(&mut self, alive: impl Fn(u32, u32) -> bool) {
        while self.gone > 0 {
            match self.heap.peek() {
                Some(entry) if !alive(entry.job, entry.order) => {
                    self.heap.pop();
                    self.gone -= 1;
                }
                _ => break,
            }
        }
    }

    /// When the next job will be done if nothing changes.
    #[inline]
    pub fn next_completion(&self) -> Option<u64> {
        let first = self.heap.peek()?;
        let left = first.mark - self.virtual_work;
        Some(self.updated.saturating_add(ns_until(left, self.rate.of(self.active()))))
    }

    /// Takes a job that is done by `now`, if there is one.
    #[inline]
    pub fn complete(&mut self, now: u64, alive: impl Fn(u32, u32) -> bool) -> Option<u32> {
        if self.next_completion()? > now {
            return None;
        }
        self.advance(now);
        let entry = self.heap.pop()?;
        // The clock stands where the mark was crossed, so that rounding does not accumulate.
        if entry.mark > self.virtual_work {
            self.virtual_work = entry.mark;
        }
        self.drop_gone(alive);
        Some(entry.job)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The obvious implementation: the remaining work of every job, O(n) for each event.
    struct Slow {
        rate: Rate,
        jobs: Vec<(u32, f64)>,
        updated: u64,
    }

    impl Slow {
        fn advance(&mut self, now: u64) {
            if !self.jobs.is_empty() {
                let done = (now - self.updated) as f64 * self.rate.of(self.jobs.len());
                for job in &mut self.jobs {
                    job.1 -= done;
                }
            }
            self.updated = now;
        }

        fn next(&self) -> Option<(u64, usize)> {
            let rate = self.rate.of(self.jobs.len().max(1));
            let least = (0..self.jobs.len())
                .min_by(|&a, &b| self.jobs[a].1.total_cmp(&self.jobs[b].1).then(a.cmp(&b)))?;
            Some((self.updated + ns_until(self.jobs[least].1, rate), least))
        }
    }

    /// Runs both on the same arrivals; gives (job, completion) in order.
    fn both(rate: Rate, arrivals: &[(u64, u64)]) -> (Vec<(u32, u64)>, Vec<(u32, u64)>) {
        let mut fast = Sharing::new(rate);
        let mut fast_done = Vec::new();
        let mut slow = Slow { rate, jobs: Vec::new(), updated: 0 };
        let mut slow_done = Vec::new();
        let ends = std::iter::once((u64::MAX, 0));
        for (index, (at, demand)) in arrivals.iter().copied().chain(ends).enumerate() {
            while let Some(time) = fast.next_completion().filter(|&time| time <= at) {
                let job = fast.complete(time, |_, _| true).expect("it is due");
                fast_done.push((job, time));
            }
            while let Some((time, which)) = slow.next().filter(|next| next.0 <= at) {
                slow.advance(time);
                slow_done.push((slow.jobs.remove(which).0, time));
            }
            if at < u64::MAX {
                fast.enter(at, index as u32, index as u32, demand);
                slow.advance(at);
                slow.jobs.push((index as u32, demand as f64));
            }
        }
        (fast_done, slow_done)
    }

    proptest! {
        #[test]
        fn agrees_with_the_slow_one(
            gaps in proptest::collection::vec((0_u64..2_000_000, 1_u64..10_000_000), 1..120),
            cores in 0.3_f64..9.0,
            serial in 0.0_f64..0.1,
            crosstalk in 0.0_f64..0.01,
        ) {
            let mut at = 0;
            let arrivals: Vec<_> = gaps.iter().map(|&(gap, work)| { at += gap; (at, work) }).collect();
            let rate = Rate { cores, speed: 1.0, serial, crosstalk };
            let (fast, slow) = both(rate, &arrivals);
            prop_assert_eq!(fast.len(), arrivals.len());
            let mut fast_by_job = fast; fast_by_job.sort_unstable();
            let mut slow_by_job = slow; slow_by_job.sort_unstable();
            for (a, b) in fast_by_job.iter().zip(&slow_by_job) {
                // One nanosecond: a completion on the edge of the tolerance may round either way.
                prop_assert!(a.0 == b.0 && a.1.abs_diff(b.1) <= 1, "{:?} against {:?}", a, b);
            }
        }
    }

    #[test]
    fn two_equal_jobs_take_twice_as_long() {
        let rate = Rate { cores: 1.0, speed: 1.0, serial: 0.0, crosstalk: 0.0 };
        let (fast, _) = both(rate, &[(0, 1_000), (0, 1_000)]);
        assert_eq!(fast, [(0, 2_000), (1, 2_000)]);
    }

    #[test]
    fn contention_follows_the_universal_law() {
        let rate = Rate { cores: 4.0, speed: 2.0, serial: 0.1, crosstalk: 0.01 };
        // n = 3: 2 / (1 + 0.1·2 + 0.01·3·2)
        assert!((rate.of(3) - 2.0 / 1.26).abs() < 1e-12);
        // 3 cores at work do 3 / 1.26 = 2.381 cores' work.
        assert_eq!(lost_to_contention(3.0, 3, (0.1, 0.01)), 619);
        assert_eq!(lost_to_contention(1.0, 1, (0.1, 0.01)), 0, "alone nothing is in the way");
        assert_eq!(lost_to_contention(0.0, 0, (0.1, 0.01)), 0);
    }
}
