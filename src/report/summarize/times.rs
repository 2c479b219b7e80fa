//! Where the time of requests goes: waiting and service by place, on average and for the slowest.

use super::measure::Measure;
use crate::report::summary::{Breakdown, Number, PlaceTime};
use crate::sim;
use crate::study::cause;

/// Share of requests that counts as slowest.
const SLOWEST: f64 = 0.01;

/// The division of each endpoint's latency; endpoints without requests are left out.
pub fn breakdown(measure: &Measure, endpoints: &[&str]) -> Vec<Breakdown> {
    let one = |(index, name): (usize, &&str)| {
        let whole = cause::breakdown(measure.rows(), index)?;
        let (count, mean) = whole.means_from(0);
        let from = slowest_from(&whole.counts, count);
        let (slowest_count, slowest) = whole.means_from(from);
        (count > 0).then(|| Breakdown {
            endpoint: (*name).to_owned(),
            mean: places(measure, &mean),
            slowest: places(measure, &slowest),
            slowest_count,
            slowest_share: Number(slowest_count as f64 / count as f64),
            slowest_from_s: Number(sim::Breakdown::low_end(from) as f64 / 1e9),
        })
    };
    endpoints.iter().enumerate().filter_map(one).collect()
}

/// The highest bucket from which on at least [`SLOWEST`] of all requests lie.
fn slowest_from(counts: &[u64], total: u64) -> usize {
    let wanted = SLOWEST * total as f64;
    let mut beyond = 0;
    for (bucket, count) in counts.iter().enumerate().rev() {
        beyond += count;
        if beyond as f64 >= wanted {
            return bucket;
        }
    }
    0
}

/// Times by place, those where none passes left out.
fn places(measure: &Measure, means: &[f64]) -> Vec<PlaceTime> {
    let named = measure.plan().places.iter().zip(means.chunks_exact(2));
    named
        .filter(|(_, times)| times[0] + times[1] > 0.0)
        .map(|(place, times)| PlaceTime {
            place: place.name.clone(),
            waiting_s: Number(times[0] / 1e9),
            service_s: Number(times[1] / 1e9),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::slowest_from;

    #[test]
    fn the_slowest_are_a_hundredth_at_least() {
        assert_eq!(slowest_from(&[900, 90, 9, 1], 1000), 2, "9 + 1 are 1 % of 1,000");
        assert_eq!(slowest_from(&[900, 91, 8, 1], 1000), 1, "8 + 1 are less than 1 %");
        assert_eq!(slowest_from(&[5], 5), 0);
        assert_eq!(slowest_from(&[], 0), 0);
    }
}
