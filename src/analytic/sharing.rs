//! Processor sharing: the jobs present share the capacity equally.

use super::multi_server::MultiServer;

/// Mean response in M/G/1-PS: E\[S\]/(1 - rho), whatever the service law.
///
/// Kleinrock, Queueing Systems II, 1976, section 4.4. Infinite at full load.
pub fn mg1_mean_response(rate: f64, mean: f64) -> f64 {
    conditional_mean_response(rate, mean, mean)
}

/// Mean response in M/G/1-PS of a job that needs `work`: work/(1 - rho).
pub fn conditional_mean_response(rate: f64, mean: f64, work: f64) -> f64 {
    let idle = 1.0 - rate * mean;
    if idle <= 0.0 { f64::INFINITY } else { work / idle }
}

/// Mean response in M/M/c-PS (c processors, at most one per job): that of first come first served
/// M/M/c, as the number present is the same birth–death chain. Insensitive to the service law
/// (Cohen, "The multiple phase service network with generalized processor sharing", Acta
/// Informatica 12, 1979).
pub fn mmc_mean_response(rate: f64, mean: f64, processors: u64) -> f64 {
    MultiServer::new(rate, mean, processors).mean_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: 1/(1 - 0.8) by hand; one processor must agree with the general form.
    #[test]
    fn sharing_matches_hand_calculation() {
        assert!((mg1_mean_response(0.8, 1.0) - 5.0).abs() < 1e-12);
        assert!((mmc_mean_response(0.8, 1.0, 1) - 5.0).abs() < 1e-12);
        assert!((conditional_mean_response(0.5, 1.0, 3.0) - 6.0).abs() < 1e-12);
        assert_eq!(mg1_mean_response(1.0, 1.0), f64::INFINITY);
        // M/M/2 at a = 1: W_q = 1/3 (Kleinrock 1975), response 4/3.
        assert!((mmc_mean_response(1.0, 1.0, 2) - 4.0 / 3.0).abs() < 1e-12);
    }
}
