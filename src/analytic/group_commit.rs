//! Group commit: a log whose flush serves all who wait when it begins.
//!
//! M/D^{[1,∞)}/1: commits come as a Poisson process; one that finds the log idle starts a flush of
//! length D at once, one that finds a flush in progress waits for its end and goes with all others
//! who came meanwhile. (Bulk service: Bailey, "On queueing processes with bulk service", J. R.
//! Statist. Soc. B 16, 1954; here without a bound on the bulk.)
//!
//! Whatever a flush serves, the number who come during it is Poisson of mean a = λD. None of them
//! with probability e^−a: then the log is idle for a time of mean 1/λ. So flushes are a renewal
//! process with cycles of mean D + e^−a/λ, and the log is busy for the share
//! u = a / (a + e^−a). An arrival finds it busy with this chance (Poisson arrivals see time
//! averages) and waits then for the rest of a flush, which is uniform on (0, D).

use libm::exp;

/// A log in the long run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupCommit {
    /// Length of a flush, seconds.
    pub sync: f64,
    /// Share of time in which it flushes.
    pub busy: f64,
    /// Mean number of commits of a flush.
    pub group: f64,
}

impl GroupCommit {
    /// Of `rate` > 0 commits per second and flushes of `sync` > 0 seconds.
    pub fn new(rate: f64, sync: f64) -> Self {
        let a = rate * sync;
        let group = a + exp(-a);
        Self { sync, busy: a / group, group }
    }

    /// Mean wait for a flush in progress, seconds.
    pub fn mean_wait(&self) -> f64 {
        self.busy * self.sync / 2.0
    }

    /// Mean time of a commit, its flush included, seconds.
    pub fn mean_response(&self) -> f64 {
        self.mean_wait() + self.sync
    }

    /// Quantile `p` in \[0, 1\] of the time of a commit, seconds.
    pub fn response_quantile(&self, p: f64) -> f64 {
        let waits = (p - (1.0 - self.busy)).max(0.0);
        self.sync * (1.0 + waits / self.busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::Draw;

    /// At a = 1 the busy share is 1 / (1 + 1/e); a log that is hardly asked flushes alone.
    #[test]
    fn by_hand() {
        let one = GroupCommit::new(1000.0, 0.001);
        assert!((one.busy - 1.0 / (1.0 + 1.0 / std::f64::consts::E)).abs() < 1e-12);
        assert!((one.mean_response() - 0.001 * (1.0 + one.busy / 2.0)).abs() < 1e-15);
        let idle = GroupCommit::new(1e-6, 0.001);
        assert!((idle.group - 1.0).abs() < 1e-6 && idle.mean_wait() < 1e-11);
        // Beyond: every flush is followed by another, and a commit takes one and a half.
        let full = GroupCommit::new(1e6, 0.001);
        assert!((full.mean_response() - 0.0015).abs() < 1e-9 && (full.group - 1000.0).abs() < 1e-6);
        assert!((one.response_quantile(1.0) - 0.002).abs() < 1e-12);
        assert_eq!(one.response_quantile(0.1), 0.001);
    }

    /// Goal: the algebra. Method: 200,000 arrivals served one by one as the words say, in floating
    /// point; 4 standard errors (the wait has at most the deviation of a uniform time).
    #[test]
    fn agrees_with_a_walk_through_arrivals() {
        let mut draw = Draw::new(7, 11);
        let (rate, sync, n) = (1500.0, 0.001, 200_000);
        // Begin of the flush that is or will be the last known one, and the arrivals.
        let (mut now, mut begin, mut waits, mut flushes) = (0.0, f64::NEG_INFINITY, 0.0, 0.0);
        for _ in 0..n {
            now -= libm::log(draw.next_f64()) / rate;
            if now >= begin + sync {
                begin = now;
                flushes += 1.0;
            } else if now >= begin {
                begin += sync;
                flushes += 1.0;
            }
            waits += begin - now;
        }
        let theory = GroupCommit::new(rate, sync);
        let n = f64::from(n);
        assert!((waits / n - theory.mean_wait()).abs() < 4.0 * sync * 0.29 / n.sqrt());
        assert!((n / flushes / theory.group - 1.0).abs() < 0.01, "{}", n / flushes);
    }
}
