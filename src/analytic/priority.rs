//! One server, Poisson classes with priorities.

/// A class: rate of arrivals, mean and second moment of its service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Class {
    /// Arrivals per unit of time.
    pub rate: f64,
    /// Mean service.
    pub mean: f64,
    /// Mean of the squared service.
    pub second_moment: f64,
}

/// Mean wait per class under non-preemptive priority, the first class going first:
/// W0/((1 - s(k-1)) (1 - s(k))), W0 = sum of lambda E\[S²\]/2, s the load up to a class.
///
/// Cobham, Operations Research 2(1), 1954; Kleinrock, Queueing Systems II, 1976, chapter 3. Classes
/// beyond full load wait for ever.
pub fn non_preemptive_waits(classes: &[Class]) -> Vec<f64> {
    let residual: f64 = classes.iter().map(|c| c.rate * c.second_moment / 2.0).sum();
    let mut load = 0.0;
    classes
        .iter()
        .map(|class| {
            let above = load;
            load += class.rate * class.mean;
            if load >= 1.0 { f64::INFINITY } else { residual / ((1.0 - above) * (1.0 - load)) }
        })
        .collect()
}

/// Mean response per class under preemptive-resume priority, the first class going first.
///
/// E\[S\]/(1 - s(k-1)) + (sum over classes up to k of lambda E\[S²\]/2)/((1 - s(k-1)) (1 - s(k))):
/// Kleinrock 1976, chapter 3.
pub fn preemptive_responses(classes: &[Class]) -> Vec<f64> {
    let (mut load, mut residual) = (0.0, 0.0);
    classes
        .iter()
        .map(|class| {
            let above = load;
            load += class.rate * class.mean;
            residual += class.rate * class.second_moment / 2.0;
            if load >= 1.0 {
                f64::INFINITY
            } else {
                class.mean / (1.0 - above) + residual / ((1.0 - above) * (1.0 - load))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytic::general::mg1_mean_wait;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found}, expected {expected}");
    }

    /// Source: by hand, loads 0.2 and 0.6 of exponential
    /// unit service. W0 = 0.8; waits 0.8/0.8 = 1 and 0.8/(0.8 × 0.2) = 5; preemptive responses
    /// 1.25 and 1/0.8 + 0.8/0.16 = 6.25.
    #[test]
    fn two_exponential_classes() {
        let class = |rate| Class { rate, mean: 1.0, second_moment: 2.0 };
        let waits = non_preemptive_waits(&[class(0.2), class(0.6)]);
        near(waits[0], 1.0);
        near(waits[1], 5.0);
        let responses = preemptive_responses(&[class(0.2), class(0.6)]);
        near(responses[0], 1.25);
        near(responses[1], 6.25);
    }

    /// Source: Kleinrock's conservation law, sum of rho W over classes is that of one class.
    #[test]
    fn priorities_conserve_the_weighted_wait() {
        let classes = [
            Class { rate: 0.3, mean: 0.5, second_moment: 0.9 },
            Class { rate: 0.1, mean: 2.0, second_moment: 4.0 },
            Class { rate: 0.2, mean: 1.5, second_moment: 7.0 },
        ];
        let rate: f64 = classes.iter().map(|c| c.rate).sum();
        let mean = classes.iter().map(|c| c.rate * c.mean).sum::<f64>() / rate;
        let second = classes.iter().map(|c| c.rate * c.second_moment).sum::<f64>() / rate;
        let weighted: f64 = classes
            .iter()
            .zip(non_preemptive_waits(&classes))
            .map(|(c, w)| c.rate * c.mean * w)
            .sum();
        near(weighted, rate * mean * mg1_mean_wait(rate, mean, second));
    }

    #[test]
    fn the_top_class_survives_overload() {
        let class = |rate| Class { rate, mean: 1.0, second_moment: 2.0 };
        let waits = non_preemptive_waits(&[class(0.5), class(0.6)]);
        assert!(waits[0].is_finite() && waits[1] == f64::INFINITY);
        assert_eq!(preemptive_responses(&[class(0.5), class(0.6)])[0], 2.0);
    }
}
