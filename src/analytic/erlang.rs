//! Erlang's loss and delay formulas, stable for a million servers and a load near their number.

use crate::dist::special::{gamma_fraction_bare, gamma_p, poisson_term};

/// Up to this many servers the recursion is used, beyond it the incomplete gamma function.
const RECURSION: u64 = 10_000;

/// Erlang B: the probability that all of `servers` are busy and an arrival is lost (M/G/c/c, any
/// service law). `load` is the offered load in Erlangs, rate × mean service.
///
/// Recursion B(n) = a B(n-1)/(n + a B(n-1)): Kleinrock, Queueing Systems I, 1975, section 3.6;
/// stable, as no term is subtracted. For many servers B = P(N = c)/P(N <= c) with N Poisson(a) by
/// the incomplete gamma function, in about sqrt(c) steps.
pub fn erlang_b(servers: u64, load: f64) -> f64 {
    if load == 0.0 {
        return if servers == 0 { 1.0 } else { 0.0 };
    }
    if load == f64::INFINITY {
        return 1.0;
    }
    if load.is_nan() || load < 0.0 {
        return f64::NAN;
    }
    if servers <= RECURSION {
        return (1..=servers).fold(1.0, |b, n| load * b / (n as f64 + load * b));
    }
    let c = servers as f64;
    if load < c + 1.0 {
        poisson_term(c, load) / (1.0 - gamma_p(c + 1.0, load))
    } else {
        // P(N <= c) = Q(c + 1, a) = fraction × a × P(N = c): the term cancels.
        1.0 / (load * gamma_fraction_bare(c + 1.0, load))
    }
}

/// Erlang C: the probability that an arrival waits in M/M/c; 1 at or above full load.
///
/// C = B/(1 - rho (1 - B)): Kleinrock 1975, section 3.5 with 3.6.
pub fn erlang_c(servers: u64, load: f64) -> f64 {
    if load >= servers as f64 {
        return 1.0;
    }
    let b = erlang_b(servers, load);
    let c = servers as f64;
    // c - a (1 - B) as (c - a) + a B: no digits are lost near full load.
    c * b / ((c - load) + load * b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, relative: f64) {
        assert!((found / expected - 1.0).abs() < relative, "{found}, expected {expected}");
    }

    /// Source: the classical Erlang B tables (load at which the blocking is 1 % and 2 %), as in
    /// Tanner, "Erlang B traffic table": 10 servers carry 4.461 and 5.084 Erlangs, 50 servers
    /// 37.90 and 40.26, 100 servers 84.06 and 87.97.
    #[test]
    fn erlang_b_matches_the_traffic_table() {
        for (servers, one, two) in
            [(1, 0.0101, 0.0204), (10, 4.461, 5.084), (50, 37.90, 40.26), (100, 84.06, 87.97)]
        {
            assert!((erlang_b(servers, one) - 0.01).abs() < 5e-5, "{servers}");
            assert!((erlang_b(servers, two) - 0.02).abs() < 1e-4, "{servers}");
        }
        near(erlang_b(2, 1.0), 0.2, 1e-15);
        near(erlang_b(5, 3.0), 0.110_054_347_826_087, 1e-12);
    }

    /// Source: C(1, a) = a; C(2, a) = a²/(2 + a); 0.2361 for c = 5, a = 3 by hand from B = 0.11005.
    #[test]
    fn erlang_c_matches_hand_calculation() {
        near(erlang_c(1, 0.7), 0.7, 1e-15);
        near(erlang_c(2, 1.5), 2.25 / 3.5, 1e-15);
        near(erlang_c(5, 3.0), 0.236_151_603_498_542_3, 1e-12);
        assert_eq!((erlang_c(3, 3.0), erlang_c(3, 4.0), erlang_c(0, 0.0)), (1.0, 1.0, 1.0));
        assert_eq!(erlang_c(3, 0.0), 0.0);
    }

    /// Goal: the many-server form is the recursion. Method: run the recursion itself.
    #[test]
    fn both_ways_agree_up_to_a_million_servers() {
        for servers in [10_001_u64, 100_000, 1_000_000] {
            let c = servers as f64;
            for load in
                [0.9 * c, c - 3.0 * c.sqrt(), c - 1.0, c, c + 1.5, c + c.sqrt(), 1.5 * c, 20.0 * c]
            {
                let plain = (1..=servers).fold(1.0, |b, n| load * b / (n as f64 + load * b));
                let found = erlang_b(servers, load);
                assert!(
                    (found - plain).abs() <= 1e-9 * plain + 1e-300,
                    "{servers}, {load}: {found}, {plain}"
                );
            }
        }
    }

    /// Source: Halfin and Whitt, Operations Research 29(3), 1981: at c = a + beta sqrt(a) the
    /// probability of waiting tends to 1/(1 + beta Phi(beta)/phi(beta)); 0.2234 for beta = 1.
    #[test]
    fn many_servers_approach_the_halfin_whitt_limit() {
        let load = 1e6 - 1_000.0 + 0.5;
        let beta = (1e6 - load) / 1_000.0;
        let normal = crate::dist::special::normal_cdf(beta);
        let limit = 1.0 / (1.0 + beta * normal / crate::dist::special::normal_density(beta));
        near(erlang_c(1_000_000, load), limit, 2e-3);
    }

    #[test]
    fn nonsense_is_nan_and_extremes_are_finite() {
        assert!(erlang_b(3, -1.0).is_nan() && erlang_b(3, f64::NAN).is_nan());
        assert_eq!(erlang_b(0, 5.0), 1.0);
        assert_eq!(erlang_b(3, f64::INFINITY), 1.0);
        for servers in [1, 10_000, 10_001, 1_000_000_000] {
            for load in [1e-300, 1.0, 1e9, 1e300] {
                let b = erlang_b(servers, load);
                assert!((0.0..=1.0).contains(&b), "{servers}, {load}: {b}");
            }
        }
    }
}
