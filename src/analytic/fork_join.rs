//! Fork and join: a request splits in branches and continues when the last one ends.

/// Mean of the longest of `n` exponential branches that never wait: H(n) × mean.
///
/// The order statistics of the exponential law (Rényi 1953): the k-th gap has mean 1/(n - k + 1).
pub fn exponential_maximum(n: u64, mean: f64) -> f64 {
    mean * crate::dist::special::harmonic(n as f64, 1.0)
}

/// P(the longest of `n` exponential branches > t).
pub fn exponential_maximum_tail(n: u64, mean: f64, t: f64) -> f64 {
    if t < 0.0 {
        return if n == 0 { 0.0 } else { 1.0 };
    }
    // 1 - (1 - e^-t)^n without losing a small tail.
    -libm::expm1(n as f64 * libm::log1p(-libm::exp(-t / mean)))
}

/// Mean response of a fork to two M/M/1 queues with the same arrivals: (12 - rho)/8 × T of M/M/1.
///
/// Flatto and Hahn, SIAM Journal on Applied Mathematics 44(5), 1984; in this form Nelson and
/// Tantawi, "Approximate analysis of fork/join synchronization in parallel queues", IEEE
/// Transactions on Computers 37(6), 1988. Exact.
pub fn two_queues_mean_response(rate: f64, service: f64) -> f64 {
    let load = rate * service;
    if load >= 1.0 { f64::INFINITY } else { (12.0 - load) / 8.0 * service / (1.0 - load) }
}

/// **Approximation** of the mean response of a fork to `n` >= 2 M/M/1 queues:
/// (H(n)/H(2) + (4/11)(1 - H(n)/H(2)) rho) × the exact value of two. Below 5 % off up to n = 32.
///
/// Nelson and Tantawi 1988.
pub fn queues_mean_response_approximation(n: u64, rate: f64, service: f64) -> f64 {
    let two = two_queues_mean_response(rate, service);
    let ratio = exponential_maximum(n, 1.0) / 1.5;
    if two == f64::INFINITY {
        two
    } else {
        (ratio + 4.0 / 11.0 * (1.0 - ratio) * rate * service) * two
    }
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

    /// Source: H(2) = 3/2, H(4) = 25/12, H(50) = 4.499 205 338 329 425.
    #[test]
    fn longest_of_n_grows_with_the_harmonic_number() {
        near(exponential_maximum(2, 10.0), 15.0, 1e-14);
        near(exponential_maximum(4, 1.0), 25.0 / 12.0, 1e-14);
        near(exponential_maximum(50, 1.0), 4.499_205_338_329_425, 1e-13);
        assert_eq!(exponential_maximum(0, 1.0), 0.0);
    }

    #[test]
    fn tail_of_the_longest_matches_the_product() {
        for n in [1_u64, 2, 50] {
            for t in [0.1_f64, 1.0, 5.0] {
                let plain = 1.0 - (1.0 - (-t).exp()).powi(n as i32);
                near(exponential_maximum_tail(n, 1.0, t), plain, 1e-12);
            }
        }
        near(exponential_maximum_tail(50, 1.0, 60.0), 50.0 * libm::exp(-60.0), 1e-12);
        assert_eq!(exponential_maximum_tail(3, 1.0, 0.0), 1.0);
    }

    /// Source: without load two queues are two exponentials, 3/2; at rho = 0.5 (23/16) × 2.
    #[test]
    fn two_queues() {
        near(two_queues_mean_response(1e-12, 1.0), 1.5, 1e-9);
        near(two_queues_mean_response(0.5, 1.0), 2.875, 1e-14);
        near(queues_mean_response_approximation(2, 0.5, 1.0), 2.875, 1e-14);
        near(queues_mean_response_approximation(9, 1e-12, 1.0), exponential_maximum(9, 1.0), 1e-9);
        assert_eq!(queues_mean_response_approximation(3, 1.0, 1.0), f64::INFINITY);
    }
}
