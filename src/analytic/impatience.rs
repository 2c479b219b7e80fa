//! M/M/c with customers who leave the line when their patience ends: M/M/c+D (a timeout) and
//! M/M/c+M (Erlang A).

use super::erlang::erlang_b;

/// M/M/c with patience: what happens to an arrival.
///
/// For patience with survival G(x) the wait V offered to a customer of endless patience has
/// density v(x) = lambda p(c-1) exp(lambda H(x) - c mu x), H(x) the integral of G from 0 to x, and
/// p(c-1) the probability of c - 1 busy servers; fewer are as in Erlang's loss system (Barrer,
/// Operations Research 5(5), 1957, for constant patience; Baccelli and Hebuterne, "On queues with
/// impatient customers", Performance '81, in general). A stationary law exists at any load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Impatience {
    /// Probability that all servers are busy on arrival.
    pub busy: f64,
    /// Probability of leaving without service.
    pub abandon: f64,
    /// Mean time in line of all arrivals: 0 for those served at once, the patience of those who
    /// leave.
    pub mean_wait: f64,
    /// Mean wait of those who are served.
    pub mean_wait_served: f64,
}

/// M/M/c+D: everyone leaves after waiting exactly `patience`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConstantPatience {
    /// Means and probabilities.
    pub result: Impatience,
    rate: f64,
    /// c mu.
    capacity: f64,
    patience: f64,
    /// lambda p(c-1) e^(-min(0, c mu - lambda) patience): the density of V at its highest.
    peak: f64,
}

impl ConstantPatience {
    /// Arrivals at `rate`, mean `service` > 0, `servers` >= 1, `patience` >= 0.
    pub fn new(rate: f64, service: f64, servers: u64, patience: f64) -> ConstantPatience {
        let capacity = servers as f64 / service;
        let below = 1.0 / erlang_b(servers.saturating_sub(1), rate * service);
        let slack = capacity - rate;
        // All terms relative to the peak of the density, which overload puts at the timeout.
        let lowered = libm::exp(slack.min(0.0) * patience);
        let at_end = libm::exp(-slack.max(0.0) * patience);
        let mass = patience * mean_of_exp(slack.abs() * patience);
        let last = at_end / capacity;
        let total = lowered * below + rate * (mass + last);
        let peak = rate / total;
        let (from_start, from_end) =
            (peak * patience * patience * mean_of_x_exp(slack.abs() * patience), peak * mass);
        // In overload the density rises: measure from the timeout backwards.
        let first = if slack >= 0.0 { from_start } else { patience * from_end - from_start };
        let abandon = peak * last;
        let result = Impatience {
            busy: peak * (mass + last),
            abandon,
            mean_wait: first + patience * abandon,
            mean_wait_served: first / (1.0 - abandon),
        };
        ConstantPatience { result, rate, capacity, patience, peak }
    }

    /// P(time in line > t) over all arrivals; 0 from the patience on.
    pub fn wait_tail(&self, t: f64) -> f64 {
        if t < 0.0 {
            return 1.0;
        }
        if t >= self.patience {
            return 0.0;
        }
        let slack = self.capacity - self.rate;
        let left = self.patience - t;
        // The integral of the density from t to the timeout, then those beyond it.
        let from = if slack >= 0.0 { libm::exp(-slack * t) } else { 1.0 };
        self.peak * from * left * mean_of_exp(slack.abs() * left) + self.result.abandon
    }

    /// The wait not exceeded with probability `p`, over all arrivals; the patience if those who
    /// leave are more than 1 - `p`.
    pub fn wait_quantile(&self, p: f64) -> f64 {
        if p.is_nan() {
            return f64::NAN;
        }
        let (mut low, mut high) = (0.0, self.patience);
        if self.wait_tail(low) <= 1.0 - p {
            return 0.0;
        }
        for _ in 0..200 {
            let middle = f64::midpoint(low, high);
            if middle <= low || middle >= high {
                break;
            }
            if self.wait_tail(middle) > 1.0 - p { low = middle } else { high = middle }
        }
        high
    }
}

/// M/M/c+M, Erlang A: patience is exponential with mean `patience` > 0.
///
/// Palm 1957; Garnett, Mandelbaum and Reiman, "Designing a call center with impatient customers",
/// Manufacturing & Service Operations Management 4(3), 2002. By the birth–death chain, summed from
/// its likeliest state outwards: some 10 sqrt((lambda + c mu) patience) terms, none negative. NaN
/// if 10 million terms are not enough (a patience that is endless in practice).
pub fn erlang_a(rate: f64, service: f64, servers: u64, patience: f64) -> Impatience {
    let capacity = servers as f64 / service;
    let below = 1.0 / erlang_b(servers, rate * service) - 1.0;
    // States by the number in line, j. Leaving j: capacity + j/patience.
    let out = |j: f64| capacity + j / patience;
    let top = ((rate - capacity) * patience).floor().max(0.0);
    let mut sums = LineSums::default();
    let mut weight = 1.0;
    let mut offered = patience * reciprocals(capacity * patience, top + 1.0);
    let mut j = top;
    while weight > NOTHING && sums.terms < TERMS {
        sums.add(weight, j, offered, out(j + 1.0), capacity);
        j += 1.0;
        weight *= rate / out(j);
        offered += 1.0 / out(j + 1.0);
    }
    let (mut weight, mut j) = (1.0, top);
    let mut offered = patience * reciprocals(capacity * patience, top + 1.0);
    while j > 0.0 && weight > NOTHING && sums.terms < TERMS {
        weight *= out(j) / rate;
        offered -= 1.0 / out(j + 1.0);
        j -= 1.0;
        sums.add(weight, j, offered, out(j + 1.0), capacity);
    }
    // `weight` is that of an empty line, or nothing if that is too far away.
    let total = sums.mass + if j == 0.0 { weight * below } else { 0.0 };
    if sums.terms >= TERMS {
        return Impatience {
            busy: f64::NAN,
            abandon: f64::NAN,
            mean_wait: f64::NAN,
            mean_wait_served: f64::NAN,
        };
    }
    let (busy, mean_wait) = (sums.mass / total, sums.wait / total);
    let abandon = mean_wait / patience;
    Impatience {
        busy,
        abandon,
        mean_wait,
        mean_wait_served: sums.served_wait / total / (1.0 - abandon),
    }
}

/// A weight that adds nothing to the sum, relative to the likeliest state.
const NOTHING: f64 = 1e-20;
/// Terms after which the sum is given up.
const TERMS: u64 = 10_000_000;

/// Sums over the states in which an arrival waits.
#[derive(Default)]
struct LineSums {
    terms: u64,
    mass: f64,
    wait: f64,
    served_wait: f64,
}

impl LineSums {
    /// Adds the state with `j` in line. The wait V offered to one who finds it is a sum of
    /// exponentials of rates out(0) … out(j), so E[e^(-V/patience)] = c mu/out(j+1) telescopes, and
    /// E[V | served] is the sum of 1/out(k) for k = 1 ..= j + 1, `offered`.
    fn add(&mut self, weight: f64, j: f64, offered: f64, out_next: f64, capacity: f64) {
        self.terms += 1;
        self.mass += weight;
        self.wait += weight * (j + 1.0) / out_next;
        self.served_wait += weight * offered * capacity / out_next;
    }
}

/// The sum of 1/(a + k) for k = 1 ..= n: the first 64 terms one by one, the rest by the expansion
/// of the digamma function about the middle (Abramowitz and Stegun 6.3.18, shifted by a half).
fn reciprocals(a: f64, n: f64) -> f64 {
    const DIRECT: f64 = 64.0;
    let mut sum = 0.0;
    let mut k = n.min(DIRECT);
    while k >= 1.0 {
        sum += 1.0 / (a + k);
        k -= 1.0;
    }
    if n <= DIRECT {
        return sum;
    }
    let (low, high) = (a + DIRECT + 0.5, a + n + 0.5);
    let correction = |x: f64| 1.0 / (24.0 * x * x) - 7.0 / (960.0 * x * x * x * x);
    sum + libm::log(high / low) + correction(high) - correction(low)
}

/// The mean of e^-xu over u in (0, 1): (1 - e^-x)/x.
fn mean_of_exp(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { -libm::expm1(-x) / x }
}

/// The integral of u e^-xu over u in (0, 1): (1 - e^-x (1 + x))/x².
fn mean_of_x_exp(x: f64) -> f64 {
    if x < 0.05 {
        // Series: sum of (-x)^n/(n! (n + 2)).
        let terms = [0.5, 1.0 / 3.0, 1.0 / 8.0, 1.0 / 30.0, 1.0 / 144.0, 1.0 / 840.0, 1.0 / 5760.0];
        return terms.iter().rev().fold(0.0, |sum, term| term - x * sum);
    }
    (1.0 - libm::exp(-x) * (1.0 + x)) / (x * x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytic::multi_server::{BoundedLine, MultiServer};
    use crate::dist::special::{gamma_p, poisson_term};

    fn near(found: f64, expected: f64, relative: f64) {
        assert!(
            (found - expected).abs() <= relative * expected.abs(),
            "{found}, expected {expected}"
        );
    }

    /// Goal: the closed form is the published integral. Method: Simpson's rule on
    /// lambda p(c-1) exp(lambda min(x, tau) - c mu x), p(c-1) from the chain itself.
    #[test]
    fn constant_patience_is_the_published_integral() {
        for (rate, servers, tau) in [
            (4.0_f64, 5_u32, 0.5_f64),
            (5.0, 5, 1.0),
            (8.0, 5, 2.0),
            (0.9, 1, 3.0),
            (4.999, 5, 0.01),
        ] {
            let c = f64::from(servers);
            let simpson = |from: f64, to: f64, f: &dyn Fn(f64) -> f64| -> f64 {
                let (n, step) = (4_000, (to - from) / 4_000.0);
                (0..=n)
                    .map(|i| {
                        let w = if i == 0 || i == n {
                            1.0
                        } else if i % 2 == 1 {
                            4.0
                        } else {
                            2.0
                        };
                        w * f(from + f64::from(i) * step) * step / 3.0
                    })
                    .sum()
            };
            let shape = |x: f64| (rate * x.min(tau) - c * x).exp();
            let mut weights = vec![1.0];
            for n in 1..servers {
                weights.push(weights[n as usize - 1] * rate / f64::from(n));
            }
            let last = weights[servers as usize - 1];
            let (inside, beyond) =
                (simpson(0.0, tau, &shape), simpson(tau, tau + 40.0 / c, &shape));
            let total = weights.iter().sum::<f64>() + rate * last * (inside + beyond);
            let unit = rate * last / total;
            let found = ConstantPatience::new(rate, 1.0, servers.into(), tau);
            near(found.result.abandon, unit * beyond, 1e-8);
            near(found.result.busy, unit * (inside + beyond), 1e-8);
            let first = unit * simpson(0.0, tau, &|x| x * shape(x));
            near(found.result.mean_wait, first + tau * unit * beyond, 1e-8);
            near(found.result.mean_wait_served, first / (1.0 - unit * beyond), 1e-8);
            let t = 0.4 * tau;
            near(found.wait_tail(t), unit * (simpson(t, tau, &shape) + beyond), 1e-8);
            near(found.wait_tail(0.0), found.result.busy, 1e-12);
        }
    }

    /// Source: no patience is Erlang's loss system, endless patience M/M/c, and whoever does not
    /// leave is served: lambda (1 - P) = mu E[busy] <= c mu.
    #[test]
    fn constant_patience_has_the_right_limits() {
        near(ConstantPatience::new(8.0, 1.0, 10, 0.0).result.abandon, erlang_b(10, 8.0), 1e-12);
        let (patient, plain) =
            (ConstantPatience::new(8.0, 1.0, 10, 1e3), MultiServer::new(8.0, 1.0, 10));
        near(patient.result.mean_wait, plain.mean_wait(), 1e-9);
        near(patient.result.busy, plain.wait_probability(), 1e-9);
        near(patient.wait_tail(0.7), plain.wait_tail(0.7), 1e-9);
        near(patient.wait_quantile(0.99), plain.wait_quantile(0.99), 1e-6);
        // Twice the load and long patience: half leave, the others wait nearly to the timeout.
        let over = ConstantPatience::new(20.0, 1.0, 10, 1e4);
        near(over.result.abandon, 0.5, 1e-9);
        near(over.result.mean_wait_served, 1e4 - 0.1, 1e-6);
        assert_eq!(over.wait_quantile(0.6), 1e4);
    }

    /// Source: with patience as long as service on average, the number present is Poisson(a)
    /// (M/M/infinity): busy = P(N >= c), and leaving balances E[(N - c)+].
    #[test]
    fn erlang_a_is_poisson_when_patience_equals_service() {
        for (load, servers) in [(4.0, 5_u32), (10.0, 5), (30.0, 25), (100.0, 120)] {
            let found = erlang_a(load, 1.0, servers.into(), 1.0);
            let waiting: f64 = (servers..servers + 400)
                .map(|n| f64::from(n - servers) * poisson_term(f64::from(n), load))
                .sum();
            near(found.busy, gamma_p(f64::from(servers), load), 1e-8);
            near(found.abandon, waiting / load, 1e-8);
            near(found.mean_wait, waiting / load, 1e-8);
        }
    }

    /// Source: the birth–death chain with death rate min(n, c) mu + (n - c)+ theta.
    #[test]
    fn erlang_a_is_the_birth_death_chain() {
        for (rate, servers, patience) in
            [(4.0, 5_usize, 3.0), (9.0, 5, 0.2), (5.0, 5, 50.0), (40.0, 5, 2.0)]
        {
            let (mut weight, mut total, mut waiting) = (1.0, 1.0, 0.0);
            for n in 1..5_000_usize {
                let over = n.saturating_sub(servers) as f64;
                weight *= rate / (n.min(servers) as f64 + over / patience);
                total += weight;
                waiting += over * weight;
            }
            let found = erlang_a(rate, 1.0, servers as u64, patience);
            near(found.mean_wait, waiting / total / rate, 1e-8);
            near(found.abandon, waiting / total / rate / patience, 1e-8);
            near(found.mean_wait_served, simpson_served_wait(rate, servers as f64, patience), 1e-6);
        }
    }

    /// E[V | V < patience] by Simpson's rule on the published density.
    fn simpson_served_wait(rate: f64, capacity: f64, patience: f64) -> f64 {
        let shape = |x: f64| {
            let worked = patience * (1.0 - (-x / patience).exp());
            (rate * worked - capacity * x - x / patience).exp()
        };
        let (n, step) = (200_000, 40.0 / 200_000.0);
        let (mut waited, mut mass) = (0.0, 0.0);
        for i in 0..=n {
            let w = if i == 0 || i == n { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
            let x = f64::from(i) * step;
            waited += w * x * shape(x) * step / 3.0;
            mass += w * shape(x) * step / 3.0;
        }
        // Those served at once count as 0: P(busy, served)/P(served) from the chain.
        let found = erlang_a(rate, 1.0, capacity as u64, patience);
        waited / mass * (found.busy - found.abandon) / (1.0 - found.abandon)
    }

    #[test]
    fn erlang_a_nears_erlang_c_and_erlang_b() {
        let plain = MultiServer::new(8.0, 1.0, 10);
        let patient = erlang_a(8.0, 1.0, 10, 1e7);
        near(patient.mean_wait, plain.mean_wait(), 1e-5);
        near(patient.mean_wait_served, plain.mean_wait(), 1e-5);
        near(erlang_a(8.0, 1.0, 10, 1e-7).abandon, BoundedLine::new(8.0, 1.0, 10, 10).loss, 1e-4);
    }

    #[test]
    fn many_servers_do_not_overflow() {
        for rate in [9e5, 1e6, 1.2e6] {
            let timeout = ConstantPatience::new(rate, 1.0, 1_000_000, 30.0).result;
            let memoryless = erlang_a(rate, 1.0, 1_000_000, 30.0);
            for value in [timeout.busy, timeout.abandon, memoryless.busy, memoryless.abandon] {
                assert!(
                    (-1e-12..=1.0 + 1e-9).contains(&value),
                    "{rate}: {timeout:?} {memoryless:?}"
                );
            }
            let fluid = (1.0 - 1e6 / rate).max(0.0);
            assert!((timeout.abandon - fluid).abs() < 1e-3, "{timeout:?}");
            assert!((memoryless.abandon - fluid).abs() < 1e-3, "{memoryless:?}");
        }
    }
}
