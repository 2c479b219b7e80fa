//! M/M/c and its kin: Poisson arrivals, exponential service, equal servers, first come first
//! served, with an unlimited or a bounded line.

use super::erlang::{erlang_b, erlang_c};

/// M/M/c with an unlimited line; c = 1 is M/M/1.
///
/// Kleinrock, Queueing Systems I, 1975, sections 3.2 and 3.5; Gross et al., Fundamentals of
/// Queueing Theory, 4th ed., 2008, section 2.3.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MultiServer {
    rate: f64,
    service: f64,
    servers: u64,
    wait_probability: f64,
}

impl MultiServer {
    /// Arrivals at `rate`, mean `service` > 0, `servers` >= 1.
    pub fn new(rate: f64, service: f64, servers: u64) -> MultiServer {
        let wait_probability = erlang_c(servers, rate * service);
        MultiServer { rate, service, servers, wait_probability }
    }

    /// Offered load in Erlangs: rate × mean service.
    pub fn offered_load(&self) -> f64 {
        self.rate * self.service
    }

    /// Offered load over servers; the share of time a server is busy if below 1.
    pub fn utilization(&self) -> f64 {
        self.offered_load() / self.servers as f64
    }

    /// Whether the line has a stationary law: load below the number of servers.
    pub fn is_stable(&self) -> bool {
        self.offered_load() < self.servers as f64
    }

    /// P(W > 0), Erlang C.
    pub fn wait_probability(&self) -> f64 {
        self.wait_probability
    }

    /// Mean wait, those who do not wait counted as 0.
    pub fn mean_wait(&self) -> f64 {
        if self.is_stable() { self.wait_probability / self.drain() } else { self.unstable() }
    }

    /// Mean response: wait plus service.
    pub fn mean_response(&self) -> f64 {
        self.mean_wait() + self.service
    }

    /// P(W > t).
    pub fn wait_tail(&self, t: f64) -> f64 {
        if t < 0.0 {
            1.0
        } else if self.is_stable() {
            self.wait_probability * libm::exp(-self.drain() * t)
        } else {
            self.wait_probability
        }
    }

    /// The wait not exceeded with probability `p`.
    pub fn wait_quantile(&self, p: f64) -> f64 {
        if p <= 1.0 - self.wait_probability {
            return 0.0;
        }
        if !self.is_stable() {
            return self.unstable();
        }
        libm::log(self.wait_probability / (1.0 - p)).max(0.0) / self.drain()
    }

    /// P(response > t): wait, then an exponential service that is independent of it.
    pub fn response_tail(&self, t: f64) -> f64 {
        if t < 0.0 {
            return 1.0;
        }
        if !self.is_stable() {
            return self.wait_probability;
        }
        let (drain, service_rate) = (self.drain(), 1.0 / self.service);
        let alone = libm::exp(-service_rate * t);
        let x = (drain - service_rate) * t;
        // P(S + exp(drain) > t) less P(S > t): the two exponentials may be (nearly) equal.
        let extra = if x.abs() < 1.0 {
            let relative = if x == 0.0 { 1.0 } else { -libm::expm1(-x) / x };
            service_rate * t * alone * relative
        } else {
            service_rate * (alone - libm::exp(-drain * t)) / (drain - service_rate)
        };
        alone + self.wait_probability * extra
    }

    /// The response not exceeded with probability `p` in [0, 1); by bisection.
    pub fn response_quantile(&self, p: f64) -> f64 {
        if !self.is_stable() {
            return self.unstable();
        }
        if p.is_nan() || !(0.0..=1.0).contains(&p) {
            return f64::NAN;
        }
        if p == 1.0 {
            return f64::INFINITY;
        }
        // Either part beyond its quantile at (1 + p)/2 has probability (1 - p)/2.
        let half = f64::midpoint(1.0, p);
        let mut low = -self.service * libm::log1p(-p);
        let mut high = self.wait_quantile(half) - self.service * libm::log1p(-half);
        for _ in 0..200 {
            let middle = f64::midpoint(low, high);
            if middle <= low || middle >= high {
                break;
            }
            if self.response_tail(middle) > 1.0 - p { low = middle } else { high = middle }
        }
        high
    }

    /// Mean number waiting (Little's law).
    pub fn mean_waiting(&self) -> f64 {
        self.rate * self.mean_wait()
    }

    /// Mean number present, waiting and in service.
    pub fn mean_present(&self) -> f64 {
        self.mean_waiting() + self.offered_load()
    }

    /// The rate at which the line drains while all are busy, less the arrivals: c mu - lambda.
    fn drain(&self) -> f64 {
        (self.servers as f64 - self.offered_load()) / self.service
    }

    /// Infinite if there is too much load, NaN if the load is no number.
    fn unstable(&self) -> f64 {
        if self.offered_load().is_nan() { f64::NAN } else { f64::INFINITY }
    }
}

/// M/M/c/K: at most `capacity` present, in service and waiting; others are lost. M/M/c/c has
/// `capacity` = `servers`, M/M/1/K one server.
///
/// Gross et al. 2008, section 2.5.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundedLine {
    /// Probability that an arrival is lost.
    pub loss: f64,
    /// Mean wait of those accepted.
    pub mean_wait: f64,
    /// Mean response of those accepted.
    pub mean_response: f64,
    /// Rate of those accepted.
    pub throughput: f64,
    /// Mean number waiting.
    pub mean_waiting: f64,
}

impl BoundedLine {
    /// Arrivals at `rate`, mean `service` > 0; `capacity` below `servers` counts as `servers`.
    pub fn new(rate: f64, service: f64, servers: u64, capacity: u64) -> BoundedLine {
        let load = rate * service;
        let places = capacity.saturating_sub(servers);
        let q = places as f64;
        let r = load / servers as f64;
        let empty_line = 1.0 / erlang_b(servers, load);
        // Probabilities relative to the likelier end of the line, so that no power overflows:
        // P(c + j) = P(c) r^j, and P(up to c) = P(c)/B.
        let (loss, mean_waiting) = if r <= 1.0 {
            let (sum, weighted) = geometric_sums(r, places + 1);
            let none_waits = 1.0 / (empty_line + sum - 1.0);
            (none_waits * libm::pow(r, q), none_waits * weighted)
        } else {
            let inverse = 1.0 / r;
            let (sum, weighted) = geometric_sums(inverse, places);
            let full = 1.0 / (libm::pow(inverse, q) * empty_line + sum);
            (full, full * (q * sum - weighted))
        };
        let throughput = rate * (1.0 - loss);
        let mean_wait = if throughput > 0.0 { mean_waiting / throughput } else { 0.0 };
        BoundedLine {
            loss,
            mean_wait,
            mean_response: mean_wait + service,
            throughput,
            mean_waiting,
        }
    }
}

/// Sum of r^j and of j r^j for j = 0 ..= n-1, by doubling: log n steps, no subtraction.
fn geometric_sums(r: f64, n: u64) -> (f64, f64) {
    let (mut sum, mut weighted, mut done, mut power) = (0.0, 0.0, 0.0, 1.0);
    for bit in (0..u64::BITS - n.leading_zeros()).rev() {
        weighted += power * (weighted + done * sum);
        sum += power * sum;
        power *= power;
        done *= 2.0;
        if n >> bit & 1 == 1 {
            weighted += done * power;
            sum += power;
            power *= r;
            done += 1.0;
        }
    }
    (sum, weighted)
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

    /// Goal: the numbers that capacity reviews were checked against (live-a/S3.3), in
    /// milliseconds: 50,000 viewers at 10/min and 50 ms on 417, 430, 450 connections, and a tenth
    /// of them on 50 and 42.
    #[test]
    fn livestream_pool_has_the_checked_waits() {
        let of = |rate: f64, servers| MultiServer::new(rate / 1_000.0, 50.0, servers);
        let (a, b, c) = (of(25_000.0 / 3.0, 417), of(25_000.0 / 3.0, 430), of(25_000.0 / 3.0, 450));
        assert!((a.wait_probability() - 0.980).abs() < 5e-4);
        assert!((a.mean_wait() - 147.0).abs() < 0.5, "{}", a.mean_wait());
        assert!((a.wait_quantile(0.99) - 688.0).abs() < 0.5, "{}", a.wait_quantile(0.99));
        assert!((b.mean_wait() - 1.52).abs() < 0.005, "{}", b.mean_wait());
        assert!((b.wait_quantile(0.99) - 13.9).abs() < 0.05, "{}", b.wait_quantile(0.99));
        assert!((c.mean_wait() - 0.10).abs() < 0.005, "{}", c.mean_wait());
        assert!((c.wait_quantile(0.99) - 2.9).abs() < 0.05, "{}", c.wait_quantile(0.99));
        let (d, e) = (of(2_500.0 / 3.0, 50), of(2_500.0 / 3.0, 42));
        assert!((d.mean_wait() - 0.89).abs() < 0.005, "{}", d.mean_wait());
        assert!((d.wait_quantile(0.99) - 16.2).abs() < 0.05, "{}", d.wait_quantile(0.99));
        assert!((d.wait_probability() - 0.149).abs() < 5e-4);
        assert!((e.mean_wait() - 141.0).abs() < 0.5, "{}", e.mean_wait());
        assert!((e.wait_quantile(0.99) - 681.0).abs() < 0.5, "{}", e.wait_quantile(0.99));
    }

    /// Source: M/M/1 response is exponential with rate mu - lambda (Kleinrock 1975, chapter 5).
    #[test]
    fn one_server_has_the_exponential_response() {
        let station = MultiServer::new(0.8, 1.0, 1);
        near(station.mean_wait(), 4.0, 1e-12);
        near(station.mean_response(), 5.0, 1e-12);
        near(station.mean_present(), 4.0, 1e-12);
        for t in [0.1, 1.0, 5.0, 30.0, 100.0] {
            near(station.response_tail(t), libm::exp(-0.2 * t), 1e-10);
        }
        near(station.response_quantile(0.99), 5.0 * libm::log(100.0), 1e-12);
        near(station.wait_quantile(0.95), 5.0 * libm::log(16.0), 1e-12);
        assert_eq!(station.wait_quantile(0.2), 0.0);
    }

    /// Goal: the response law has the mean it should, also where the two exponentials meet.
    /// Method: integrate the tail by Simpson's rule; c = 3, a = 2 makes the rates equal.
    #[test]
    fn response_tail_integrates_to_the_mean() {
        for (rate, servers) in [(2.0, 3), (2.000_001, 3), (1.0, 3), (2.9, 3), (50.0, 80), (0.5, 1)]
        {
            let station = MultiServer::new(rate, 1.0, servers);
            let (n, end) = (20_000, 40.0 * station.mean_response() + 40.0);
            let step = end / f64::from(n);
            let sum: f64 = (0..=n)
                .map(|i| {
                    let w = if i == 0 || i == n {
                        1.0
                    } else if i % 2 == 1 {
                        4.0
                    } else {
                        2.0
                    };
                    w * station.response_tail(f64::from(i) * step)
                })
                .sum();
            near(sum * step / 3.0, station.mean_response(), 1e-6);
            for p in [0.5, 0.99, 0.9999] {
                near(station.response_tail(station.response_quantile(p)), 1.0 - p, 1e-9);
            }
        }
    }

    /// Source: Gross et al. 2008, example 2.2 (M/M/c, lambda = 6/h, mu = 3/h, c = 3): 8/9 wait,
    /// for 8/54 h.
    #[test]
    fn three_server_clinic_matches_the_textbook() {
        let station = MultiServer::new(6.0, 1.0 / 3.0, 3);
        near(station.mean_waiting(), 8.0 / 9.0, 1e-12);
        near(station.mean_wait(), 8.0 / 54.0, 1e-12);
    }

    /// Source: the birth-death chain itself, solved term by term.
    #[test]
    fn bounded_line_is_the_birth_death_chain() {
        for (load, servers, capacity) in [
            (0.8, 1, 5),
            (1.0, 1, 7),
            (3.0, 1, 4),
            (4.0, 5, 12),
            (5.0, 5, 9),
            (9.0, 5, 40),
            (2.0, 3, 3),
        ] {
            let mut weights = vec![1.0];
            for n in 1..=capacity {
                weights.push(weights[n - 1] * load / n.min(servers) as f64);
            }
            let total: f64 = weights.iter().sum();
            let waiting: f64 =
                (servers..=capacity).map(|n| (n - servers) as f64 * weights[n]).sum();
            let found = BoundedLine::new(load, 1.0, servers as u64, capacity as u64);
            near(found.loss, weights[capacity] / total, 1e-12);
            near(found.mean_waiting, waiting / total, 1e-12);
            near(found.mean_wait * load * (1.0 - found.loss), waiting / total, 1e-12);
        }
    }

    #[test]
    fn bounded_line_joins_erlang_b_and_erlang_c() {
        near(BoundedLine::new(8.0, 1.0, 10, 10).loss, erlang_b(10, 8.0), 1e-14);
        let (long, endless) =
            (BoundedLine::new(8.0, 1.0, 10, 100_000), MultiServer::new(8.0, 1.0, 10));
        near(long.mean_wait, endless.mean_wait(), 1e-12);
        // Far overload: the line is full, the throughput all that c servers do.
        let full = BoundedLine::new(1e4, 1.0, 10, 1_000_000_000_000);
        near(full.throughput, 10.0, 1e-9);
        near(full.mean_waiting, 1e12, 1e-6);
    }

    #[test]
    fn unstable_stations_are_infinite_not_wrong() {
        for rate in [3.0, 4.0] {
            let station = MultiServer::new(rate, 1.0, 3);
            assert!(!station.is_stable());
            assert_eq!(station.mean_wait(), f64::INFINITY);
            assert_eq!(station.wait_quantile(0.5), f64::INFINITY);
            assert_eq!(station.response_quantile(0.5), f64::INFINITY);
            assert_eq!((station.wait_tail(1e9), station.response_tail(1e9)), (1.0, 1.0));
        }
        assert!(MultiServer::new(f64::NAN, 1.0, 3).mean_wait().is_nan());
    }

    /// Goal: stable at a million servers a hair below full load. Source: as the load nears c, the
    /// wait is exponential with mean 1/(c - a) in service times.
    #[test]
    fn a_million_servers_near_full_load() {
        let station = MultiServer::new(1e6 - 0.01, 1.0, 1_000_000);
        assert!(station.wait_probability() > 0.999_98 && station.wait_probability() < 1.0);
        near(station.mean_wait(), 100.0, 1e-4);
    }
}
