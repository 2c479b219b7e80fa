//! One server with a general service law (M/G/1), constant service (M/D/1), and an approximation
//! for several servers.

use super::multi_server::MultiServer;
use crate::dist::special::poisson_term;

/// Mean wait in M/G/1, first come first served: lambda E\[S²\]/(2 (1 - rho)).
///
/// Pollaczek–Khinchine; Kleinrock, Queueing Systems I, 1975, chapter 5. Infinite at full load.
pub fn mg1_mean_wait(rate: f64, mean: f64, second_moment: f64) -> f64 {
    let idle = 1.0 - rate * mean;
    if idle <= 0.0 { f64::INFINITY } else { rate * second_moment / (2.0 * idle) }
}

/// Mean wait in M/D/1: half of M/M/1's.
pub fn md1_mean_wait(rate: f64, service: f64) -> f64 {
    mg1_mean_wait(rate, service, service * service)
}

/// **Approximation** of the mean wait in G/G/c: (ca² + cs²)/2 × M/M/c's (Allen–Cunneen; for
/// Poisson arrivals, ca = 1, Lee and Longton 1959). Exact for M/M/c and M/G/1.
///
/// Allen, Probability, Statistics, and Queueing Theory, 2nd ed., 1990, chapter 5. Errors of some
/// 10 % are usual for a cv up to 2, more at low load.
pub fn mgc_mean_wait_approximation(station: &MultiServer, arrival_cv: f64, service_cv: f64) -> f64 {
    f64::midpoint(arrival_cv * arrival_cv, service_cv * service_cv) * station.mean_wait()
}

/// The waiting time of M/D/1, first come first served.
///
/// Erlang 1909 and Crommelin 1932 give an alternating series that loses all digits for long waits;
/// this is the equivalent sum of positive terms of Franx, "A simple solution for the M/D/c waiting
/// time distribution", Operations Research Letters 29(5), 2001: for (k-1) D <= t < k D and
/// y = lambda (k D - t), P(W <= t) = sum over j < k of P(N <= k - j) e^-y y^j/j!, with N the number
/// present. Beyond 2,000 service times the tail is continued exponentially.
#[derive(Clone, Debug)]
pub struct ConstantService {
    rate: f64,
    service: f64,
    /// P(N <= n), n = 0, 1, …
    present: Vec<f64>,
}

/// Service times up to which the law is computed term by term.
const TERMS: usize = 2_000;

impl ConstantService {
    /// Arrivals at `rate`, every service takes `service` > 0.
    pub fn new(rate: f64, service: f64) -> ConstantService {
        let load = rate * service;
        if !(0.0..1.0).contains(&load) {
            return ConstantService { rate, service, present: Vec::new() };
        }
        // Number left behind by a departure. Balance across the cut between n and n + 1:
        // p(n+1) a(0) = p(0) A(n) + sum over i = 1 ..= n of p(i) A(n+1-i), A(k) = P(arrivals > k).
        let above = arrivals_above(load);
        let first = libm::exp(-load);
        let mut p = vec![1.0 - load];
        let mut present = vec![1.0 - load];
        let mut sum = 1.0 - load;
        while p.len() <= TERMS + 1 {
            let n = p.len() - 1;
            let reach = above.len().min(n + 1);
            // A(n + 1 - i) is not negligible for i > n + 1 - reach only.
            let mut up: f64 = (1..reach).map(|k| p[n + 1 - k] * above[k]).sum();
            up += p[0] * above.get(n).copied().unwrap_or(0.0);
            p.push(up / first);
            sum += up / first;
            present.push(sum.min(1.0));
        }
        ConstantService { rate, service, present }
    }

    /// P(W > t); 1 at or above full load.
    pub fn wait_tail(&self, t: f64) -> f64 {
        if self.present.is_empty() || t < 0.0 {
            return 1.0;
        }
        let places = t / self.service;
        let last = TERMS as f64 - 1.0;
        if places > last {
            let (end, before) = (self.tail_within(last), self.tail_within(last - 1.0));
            return if before > 0.0 { end * libm::pow(end / before, places - last) } else { 0.0 };
        }
        self.tail_within(places)
    }

    /// The tail at `places` service times, up to `TERMS` - 1.
    fn tail_within(&self, places: f64) -> f64 {
        let k = places.floor() as usize + 1;
        let y = self.rate * self.service * (k as f64 - places);
        let mut cdf = 0.0;
        for j in 0..k {
            let term = poisson_term(j as f64, y);
            cdf += self.present[k - j] * term;
            if j as f64 > y && term < 1e-18 {
                break;
            }
        }
        (1.0 - cdf).max(0.0)
    }
}

/// P(Poisson(load) > k) for k = 0, 1, … until nothing is left; load below 1.
fn arrivals_above(load: f64) -> Vec<f64> {
    const COUNT: u32 = 40;
    let mut above = vec![0.0; COUNT as usize];
    let mut sum = 0.0;
    // From the far end down, so that small tails keep their digits.
    for k in (0..COUNT).rev() {
        sum += if load == 0.0 { 0.0 } else { poisson_term(f64::from(k + 1), load) };
        above[k as usize] = sum;
    }
    above
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, relative: f64) {
        assert!(
            (found - expected).abs() <= relative * expected.abs(),
            "{found}, expected {expected}"
        );
    }

    /// Source: M/M/1 as M/G/1 with E\[S²\] = 2; Erlang-2 service has E\[S²\] = 1.5.
    #[test]
    fn pollaczek_khinchine_covers_the_special_cases() {
        near(mg1_mean_wait(0.8, 1.0, 2.0), 4.0, 1e-12);
        near(mg1_mean_wait(0.8, 1.0, 1.5), 3.0, 1e-12);
        near(md1_mean_wait(0.8, 1.0), 2.0, 1e-12);
        assert_eq!(mg1_mean_wait(1.0, 1.0, 2.0), f64::INFINITY);
    }

    #[test]
    fn approximation_is_exact_where_it_should_be() {
        let many = MultiServer::new(4.0, 1.0, 5);
        near(mgc_mean_wait_approximation(&many, 1.0, 1.0), many.mean_wait(), 1e-15);
        let one = MultiServer::new(0.8, 1.0, 1);
        near(mgc_mean_wait_approximation(&one, 1.0, 0.0), md1_mean_wait(0.8, 1.0), 1e-12);
    }

    /// Source: Erlang's series itself, accurate for short waits.
    #[test]
    fn constant_service_matches_erlangs_series() {
        for rate in [0.1_f64, 0.5, 0.8, 0.95] {
            let station = ConstantService::new(rate, 1.0);
            for t in [0.0_f64, 0.3, 0.999, 1.0, 1.5, 2.0, 3.7, 6.2] {
                let mut sum = 0.0;
                let mut factorial = 1.0;
                for k in 0..=t.floor() as i32 {
                    factorial *= f64::from(k.max(1));
                    let y = rate * (f64::from(k) - t);
                    sum += y.powi(k) / factorial * (-y).exp();
                }
                let series = (1.0 - rate) * sum;
                assert!((station.wait_tail(t) - (1.0 - series)).abs() < 1e-11, "{rate}, {t}");
            }
        }
    }

    /// Goal: the whole law, far tail included. Method: its integral is Pollaczek–Khinchine's mean;
    /// midpoint rule over pieces of 1/64 service time.
    #[test]
    fn constant_service_integrates_to_the_mean() {
        for (rate, end) in [(0.5, 60), (0.9, 300), (0.98, 1_900)] {
            let station = ConstantService::new(rate, 1.0);
            let sum: f64 =
                (0..end * 16).map(|i| station.wait_tail((f64::from(i) + 0.5) / 16.0) / 16.0).sum();
            near(sum, md1_mean_wait(rate, 1.0), 2e-4);
        }
    }

    #[test]
    fn constant_service_decays_on_beyond_the_table() {
        let station = ConstantService::new(0.999, 1.0);
        let ratio = |t: f64| station.wait_tail(t + 1.0) / station.wait_tail(t);
        near(ratio(5_000.0), ratio(1_000.0), 1e-9);
        assert_eq!(ConstantService::new(1.0, 1.0).wait_tail(3.0), 1.0);
        assert_eq!(ConstantService::new(f64::NAN, 1.0).wait_tail(3.0), 1.0);
    }
}
