//! GI/M/1: independent gaps of any law, exponential service, one server; and the transforms of
//! laws of gaps.

/// GI/M/1, first come first served.
///
/// An arrival finds n present with probability (1 - sigma) sigma^n, sigma the root in (0, 1) of
/// sigma = A(mu (1 - sigma)), A the transform of the gap: Kleinrock, Queueing Systems I, 1975,
/// section 6.4.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RenewalArrivals {
    service: f64,
    sigma: f64,
}

impl RenewalArrivals {
    /// `transform(s)` = E[e^-sX] of the gap X, whose mean is `mean_gap`; mean `service` > 0.
    pub fn new(transform: impl Fn(f64) -> f64, mean_gap: f64, service: f64) -> RenewalArrivals {
        if service >= mean_gap {
            return RenewalArrivals { service, sigma: 1.0 };
        }
        // A(mu (1 - x)) - x is convex, above 0 at 0, 0 at 1 and below 0 just under 1.
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..200 {
            let middle = f64::midpoint(low, high);
            if middle <= low || middle >= high {
                break;
            }
            if transform((1.0 - middle) / service) > middle { low = middle } else { high = middle }
        }
        RenewalArrivals { service, sigma: f64::midpoint(low, high) }
    }

    /// The root sigma: the probability that an arrival waits; 1 at or above full load.
    pub fn wait_probability(&self) -> f64 {
        self.sigma
    }

    /// Mean wait.
    pub fn mean_wait(&self) -> f64 {
        self.sigma * self.mean_response()
    }

    /// Mean response: it is exponential.
    pub fn mean_response(&self) -> f64 {
        self.service / (1.0 - self.sigma)
    }

    /// P(W > t).
    pub fn wait_tail(&self, t: f64) -> f64 {
        if t < 0.0 { 1.0 } else { self.sigma * self.response_tail(t) }
    }

    /// P(response > t).
    pub fn response_tail(&self, t: f64) -> f64 {
        if t < 0.0 { 1.0 } else { libm::exp(-(1.0 - self.sigma) * t / self.service) }
    }
}

/// E[e^-sX] of an exponential X.
pub fn exponential_transform(mean: f64, s: f64) -> f64 {
    1.0 / (1.0 + s * mean)
}

/// E[e^-sX] of a constant.
pub fn constant_transform(value: f64, s: f64) -> f64 {
    libm::exp(-s * value)
}

/// E[e^-sX] of an Erlang X: k exponentials, total `mean`.
pub fn erlang_transform(k: u32, mean: f64, s: f64) -> f64 {
    let k = f64::from(k);
    libm::exp(-k * libm::log1p(s * mean / k))
}

/// E[e^-sX] of a hyperexponential X by its phases (mean, probability).
pub fn hyperexponential_transform(phases: &[(f64, f64)], s: f64) -> f64 {
    phases.iter().map(|(mean, p)| p / (1.0 + s * mean)).sum()
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

    /// Source: M/M/1 has sigma = rho.
    #[test]
    fn poisson_arrivals_give_mm1() {
        for rho in [0.01, 0.5, 0.9, 0.9999] {
            let station =
                RenewalArrivals::new(|s| exponential_transform(1.0 / rho, s), 1.0 / rho, 1.0);
            near(station.wait_probability(), rho, 1e-10);
            near(station.mean_response(), 1.0 / (1.0 - rho), 1e-6);
        }
    }

    /// Source: E2/M/1 at rho = 1/2: sigma = (3 - sqrt 5)/2 by the quadratic
    /// (2 + (1 - sigma) mu/lambda)² sigma = 4 with mu/lambda = 2, i.e. sigma² - 3 sigma + 1 = 0.
    #[test]
    fn erlang_arrivals_solve_their_quadratic() {
        let station = RenewalArrivals::new(|s| erlang_transform(2, 2.0, s), 2.0, 1.0);
        near(station.wait_probability(), (3.0 - 5.0_f64.sqrt()) / 2.0, 1e-12);
    }

    /// Source: D/M/1 at rho = 1/2 solves sigma = e^(-2 (1 - sigma)), so
    /// sigma = -W(-2 e^-2)/2 with Lambert's W: 0.203 188.
    #[test]
    fn regular_arrivals_have_the_known_root() {
        let station = RenewalArrivals::new(|s| constant_transform(2.0, s), 2.0, 1.0);
        near(station.wait_probability(), 0.203_187_869_979_98, 1e-12);
        near(station.mean_wait(), 0.203_187_869_979_98 / (1.0 - 0.203_187_869_979_98), 1e-11);
    }

    /// Source: Kleinrock 1975, section 6.4, example: gaps with transform
    /// 2 mu²/((s + mu)(s + 2 mu)) have sigma = 2 - sqrt 2. Hyperexponential gaps wait more.
    #[test]
    fn other_gaps() {
        let kleinrock = |s: f64| 2.0 / ((s + 1.0) * (s + 2.0));
        near(
            RenewalArrivals::new(kleinrock, 1.5, 1.0).wait_probability(),
            2.0 - 2.0_f64.sqrt(),
            1e-12,
        );
        let phases = [(1.0, 0.5), (3.0, 0.5)];
        let bursty = RenewalArrivals::new(|s| hyperexponential_transform(&phases, s), 2.0, 1.0);
        assert!(bursty.wait_probability() > 0.5);
        assert_eq!(RenewalArrivals::new(kleinrock, 1.5, 1.5).mean_wait(), f64::INFINITY);
    }

    /// Source: a transform's slope at 0 is minus the mean.
    #[test]
    fn transforms_have_their_means() {
        let s = 1e-7;
        for (value, mean) in [
            (exponential_transform(2.0, s), 2.0),
            (constant_transform(2.0, s), 2.0),
            (erlang_transform(4, 2.0, s), 2.0),
            (hyperexponential_transform(&[(1.0, 0.25), (4.0, 0.75)], s), 3.25),
        ] {
            near((1.0 - value) / s, mean, 1e-5);
        }
    }
}
