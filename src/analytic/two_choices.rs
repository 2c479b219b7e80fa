//! Balancing by the shorter of `d` queues picked at random, in the limit of many servers.

/// Mean response when each arrival joins the shortest of `choices` >= 1 random queues, infinitely
/// many M/M/1 servers, each with load `rho`: sum over i >= 1 of rho^((d^i - d)/(d - 1)).
///
/// The fixed point s(i) = rho^((d^i - 1)/(d - 1)), the share of servers with at least i jobs:
/// Mitzenmacher, "The power of two choices in randomized load balancing", IEEE Transactions on
/// Parallel and Distributed Systems 12(10), 2001; Vvedenskaya, Dobrushin and Karpelevich 1996. A
/// limit: with 10 servers the mean is some percent larger.
pub fn mean_response(rho: f64, choices: u32, service: f64) -> f64 {
    if rho >= 1.0 {
        return f64::INFINITY;
    }
    if choices <= 1 {
        return service / (1.0 - rho);
    }
    let d = f64::from(choices);
    // Exponents 0, d, d + d², …: each is d (previous + 1).
    let (mut exponent, mut sum) = (0.0, 0.0);
    loop {
        let term = libm::pow(rho, exponent);
        sum += term;
        if term.is_nan() || term < 1e-18 {
            return service * sum;
        }
        exponent = d * (exponent + 1.0);
    }
}

/// Share of servers with at least `jobs` present.
pub fn share_with_at_least(rho: f64, choices: u32, jobs: u32) -> f64 {
    let d = f64::from(choices);
    let exponent = (0..jobs).fold(0.0, |exponent, _| d * exponent + 1.0);
    libm::pow(rho, exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: Mitzenmacher 2001, table 1 (two choices, theory): mean time 1.2657 at 0.5, 1.6145 at
    /// 0.7, 1.9475 at 0.8, 2.6141 at 0.9, 3.3830 at 0.95, 5.4320 at 0.99.
    #[test]
    fn two_choices_match_the_published_table() {
        for (rho, mean) in [
            (0.5, 1.265_7),
            (0.7, 1.614_5),
            (0.8, 1.947_5),
            (0.9, 2.614_1),
            (0.95, 3.383_0),
            (0.99, 5.432_0),
        ] {
            let found = mean_response(rho, 2, 1.0);
            assert!((found - mean).abs() < 2e-4, "{rho}: {found}, published {mean}");
        }
    }

    /// Source: one choice is M/M/1; Little's law joins the shares and the mean.
    #[test]
    fn shares_sum_to_load_times_response() {
        assert!((mean_response(0.8, 1, 1.0) - 5.0).abs() < 1e-12);
        assert_eq!(mean_response(1.0, 2, 1.0), f64::INFINITY);
        for d in [2, 3, 5] {
            let present: f64 = (1..40).map(|i| share_with_at_least(0.9, d, i)).sum();
            assert!((present - 0.9 * mean_response(0.9, d, 1.0)).abs() < 1e-12);
        }
    }
}
