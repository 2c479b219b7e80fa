//! The row that one run leaves behind: numbers by index, ready to be merged with other rows of
//! the same plan. The plan's catalog knows what each index means.

use crate::stats::histogram::{Histogram, Sparse};

/// Which run of a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId {
    /// World.
    pub world: u32,
    /// Replication within the study: draws depend on it, so no two worlds share their luck.
    pub replication: u32,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As planned.
    Completed,
    /// Too many jobs in flight.
    InFlightLimit,
    /// Too many events.
    EventLimit,
    /// Somebody asked to stop.
    Interrupted,
}

/// A level over a window.
#[derive(Debug, Clone)]
pub struct LevelRow {
    /// ∫ value dt, in the level's units times ns.
    pub area: u128,
    /// Time at or above capacity, ns.
    pub full: u64,
    /// Largest value.
    pub max: u64,
    /// Length of the window, ns.
    pub span: u64,
    /// Value at its end.
    pub last: u64,
    /// Distribution over time (weights in ns), where it is kept.
    pub distribution: Option<Histogram>,
}

/// Requests of one workload that ended in one interval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ended {
    /// With a good answer.
    pub good: u64,
    /// Without.
    pub bad: u64,
    /// Sum of the good ones' latencies, ns.
    pub sum: u128,
    /// Largest of them, ns.
    pub max: u64,
}

/// Values per interval, from the start of the run (warm-up included).
#[derive(Debug, Clone)]
pub struct Series {
    /// Length of an interval, ns.
    pub interval: u64,
    /// Mean of each level in each interval.
    pub levels: Vec<Vec<f64>>,
    /// What ended in each interval, by workload.
    pub ended: Vec<Vec<Ended>>,
}

impl Series {
    /// Nothing yet.
    pub fn new(interval: u64, levels: usize, workloads: usize) -> Self {
        Self { interval, levels: vec![Vec::new(); levels], ended: vec![Vec::new(); workloads] }
    }
}

/// Buckets per doubling of the latency in a [`Breakdown`].
pub const BUCKETS_PER_OCTAVE: usize = 8;

/// Sums of waiting and service by place, per latency bucket: where the time goes, for the mean
/// and for any cohort of slow requests, without a second run.
#[derive(Debug, Clone)]
pub struct Breakdown {
    columns: usize,
    /// Requests per bucket.
    pub counts: Vec<u64>,
    /// Per bucket: waiting at `2 * place`, service at `2 * place + 1`, ns.
    pub sums: Vec<u64>,
}

impl Breakdown {
    /// Nothing yet.
    pub fn new(places: usize) -> Self {
        Self { columns: 2 * places, counts: Vec::new(), sums: Vec::new() }
    }

    /// The bucket of a latency: eight to each doubling, exact below 8 ns.
    #[inline]
    pub fn bucket(ns: u64) -> usize {
        let per = BUCKETS_PER_OCTAVE as u64;
        if ns < per {
            return ns as usize;
        }
        let shift = ns.ilog2() - per.trailing_zeros();
        ((u64::from(shift) + 1) * per + (ns >> shift) - per) as usize
    }

    /// Smallest latency of a bucket, ns.
    pub fn low_end(bucket: usize) -> u64 {
        let per = BUCKETS_PER_OCTAVE;
        if bucket < per {
            return bucket as u64;
        }
        let shift = bucket / per - 1;
        ((bucket % per + per) as u64) << shift
    }

    /// Adds a request.
    #[inline]
    pub fn add(&mut self, ns: u64, times: &[u64]) {
        let bucket = Self::bucket(ns);
        if bucket >= self.counts.len() {
            self.grow(bucket + 1);
        }
        self.counts[bucket] += 1;
        let row = &mut self.sums[bucket * self.columns..(bucket + 1) * self.columns];
        for (sum, time) in row.iter_mut().zip(times) {
            *sum += time;
        }
    }

    #[cold]
    fn grow(&mut self, buckets: usize) {
        self.counts.resize(buckets, 0);
        self.sums.resize(buckets * self.columns, 0);
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        if other.counts.len() > self.counts.len() {
            self.grow(other.counts.len());
        }
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
        for (mine, theirs) in self.sums.iter_mut().zip(&other.sums) {
            *mine += theirs;
        }
    }

    /// Requests, and mean waiting and service by place in ns, of those in buckets from `from` on.
    pub fn means_from(&self, from: usize) -> (u64, Vec<f64>) {
        let count: u64 = self.counts.iter().skip(from).sum();
        let mut means = vec![0.0; self.columns];
        for row in self.sums.chunks_exact(self.columns.max(1)).skip(from) {
            for (mean, &sum) in means.iter_mut().zip(row) {
                *mean += sum as f64;
            }
        }
        for mean in &mut means {
            *mean /= count.max(1) as f64;
        }
        (count, means)
    }
}

/// Deadlocks between the same things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadlock {
    /// What the jobs waited for: indices of the plan's `nesting.paths`, ascending.
    pub things: Vec<u32>,
    /// Endpoints of the jobs, ascending.
    pub endpoints: Vec<u32>,
    /// When the first one was closed, ns after the start of the run.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// Waits on the circle, of the largest.
    pub waits: u64,
}

impl Deadlock {
    /// Adds others between the same things.
    pub fn merge(&mut self, other: &Self) {
        self.endpoints.extend_from_slice(&other.endpoints);
        self.endpoints.sort_unstable();
        self.endpoints.dedup();
        self.first = self.first.min(other.first);
        self.count += other.count;
        self.waits = self.waits.max(other.waits);
    }
}

/// What one run found.
#[derive(Debug, Clone)]
pub struct Run {
    /// Which run.
    pub id: RunId,
    /// How it ended.
    pub end: End,
    /// By window (0 is the run's own), then by tally.
    pub tallies: Vec<Histogram>,
    /// Requests without an answer at the end, laid out like `tallies` (at their `ok` tally).
    pub unanswered: Vec<u64>,
    /// By window, then by counter.
    pub counts: Vec<u64>,
    /// By window, then by level; empty for a window that was not reached.
    pub levels: Vec<Vec<LevelRow>>,
    /// Values per interval.
    pub series: Series,
    /// By tally of the plan's `probes.courses`: the values of requests that arrived in each interval
    /// of the series, as far as there are any; at their `ok` tally those without an answer never
    /// came. Only of requests that are recorded in the run's own window.
    pub courses: Vec<Vec<Sparse>>,
    /// By endpoint.
    pub breakdown: Vec<Breakdown>,
    /// By watch: when it was fulfilled, ns.
    pub watches: Vec<Option<u64>>,
    /// Deadlocks, of the whole run, in order of their first.
    pub deadlocks: Vec<Deadlock>,
    /// Events handled.
    pub events: u64,
    /// Simulated time at the end, ns.
    pub ended_at: u64,
    /// Hash of the trajectory: every event's time and kind, in order.
    pub fingerprint: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_partition_the_latencies() {
        for ns in (0..5_000).chain([1 << 40, u64::MAX / 2, u64::MAX]) {
            let bucket = Breakdown::bucket(ns);
            assert!(Breakdown::low_end(bucket) <= ns, "{ns} lies below its bucket");
            if bucket < Breakdown::bucket(u64::MAX) {
                assert!(ns < Breakdown::low_end(bucket + 1), "{ns} lies above its bucket");
            }
        }
    }
}
