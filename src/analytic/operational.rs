//! Operational laws, asymptotic bounds, and the universal scalability law.
//!
//! Denning and Buzen, "The operational analysis of queueing network models", ACM Computing Surveys
//! 10(3), 1978; Lazowska et al., Quantitative System Performance, 1984, chapters 3 and 5.

/// Utilization law: mean busy servers = throughput × demand (per request).
pub fn busy_servers(throughput: f64, demand: f64) -> f64 {
    throughput * demand
}

/// Little's law: mean number present = throughput × mean residence. Little 1961.
pub fn number_present(throughput: f64, residence: f64) -> f64 {
    throughput * residence
}

/// Interactive response time law: R = N/X - Z.
pub fn interactive_response(users: f64, throughput: f64, think: f64) -> f64 {
    users / throughput - think
}

/// The station with the largest demand per server, and the throughput it allows (the largest
/// there is); stations are (demand per request, servers). `None` if nothing is demanded.
pub fn bottleneck(stations: &[(f64, f64)]) -> Option<(usize, f64)> {
    let mut worst: Option<(usize, f64)> = None;
    for (i, (demand, servers)) in stations.iter().enumerate() {
        let limit = servers / demand;
        if *demand > 0.0 && worst.is_none_or(|(_, least)| limit < least) {
            worst = Some((i, limit));
        }
    }
    worst
}

/// Asymptotic bounds of a closed system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Throughput cannot be above this.
    pub throughput_max: f64,
    /// Mean response cannot be below this.
    pub response_min: f64,
    /// The number of users at which the two limits meet: beyond it there is queueing.
    pub knee: f64,
}

/// Bounds for `users` with mean `think`, total demand and largest demand per server:
/// X <= min(1/Dmax, N/(D + Z)), R >= max(D, N Dmax - Z), N* = (D + Z)/Dmax.
pub fn asymptotic_bounds(users: f64, think: f64, total: f64, largest: f64) -> Bounds {
    Bounds {
        throughput_max: (1.0 / largest).min(users / (total + think)),
        response_min: total.max(users * largest - think),
        knee: (total + think) / largest,
    }
}

/// Universal scalability law: capacity of `n` relative to one, n/(1 + s (n-1) + k n (n-1)), with
/// `serial` share s and `crosstalk` k.
///
/// Gunther, Guerrilla Capacity Planning, 2007, chapter 4; k = 0 is Amdahl's law.
pub fn relative_capacity(n: f64, serial: f64, crosstalk: f64) -> f64 {
    n / (1.0 + serial * (n - 1.0) + crosstalk * n * (n - 1.0))
}

/// The n at which the universal scalability law peaks: sqrt((1 - s)/k); infinite without crosstalk.
pub fn capacity_peak(serial: f64, crosstalk: f64) -> f64 {
    if crosstalk > 0.0 { ((1.0 - serial).max(0.0) / crosstalk).sqrt() } else { f64::INFINITY }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: Lazowska et al. 1984, chapter 5: demands 5, 4, 3 s (CPU and two disks), think 15 s.
    #[test]
    fn bounds_match_hand_calculation() {
        let bounds = asymptotic_bounds(10.0, 15.0, 12.0, 5.0);
        assert_eq!((bounds.throughput_max, bounds.response_min), (0.2, 35.0));
        assert!((bounds.knee - 5.4).abs() < 1e-12);
        let light = asymptotic_bounds(1.0, 15.0, 12.0, 5.0);
        assert!((light.throughput_max - 1.0 / 27.0).abs() < 1e-15 && light.response_min == 12.0);
    }

    #[test]
    fn bottleneck_is_the_largest_demand_per_server() {
        assert_eq!(bottleneck(&[(0.05, 500.0), (0.002, 10.0), (0.0, 1.0)]), Some((1, 5_000.0)));
        assert_eq!(bottleneck(&[(0.0, 1.0)]), None);
    }

    #[test]
    fn laws_agree_with_each_other() {
        assert!((busy_servers(8_333.3, 0.05) - 416.665).abs() < 1e-9);
        assert!(
            (number_present(2.0, interactive_response(10.0, 2.0, 3.0) + 3.0) - 10.0).abs() < 1e-12
        );
    }

    /// Source: Amdahl with s = 5 %: 20 at most; the peak by comparing neighbors.
    #[test]
    fn scalability_law_has_its_peak() {
        assert_eq!(relative_capacity(1.0, 0.1, 0.01), 1.0);
        assert!((relative_capacity(1e9, 0.05, 0.0) - 20.0).abs() < 1e-5);
        let peak = capacity_peak(0.02, 0.0005);
        let at = |n: f64| relative_capacity(n, 0.02, 0.0005);
        assert!(at(peak) > at(peak * 1.01) && at(peak) > at(peak * 0.99));
        assert_eq!(capacity_peak(0.1, 0.0), f64::INFINITY);
    }
}
