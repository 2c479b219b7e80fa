//! The values of laws that have few.

use super::Dist;
use super::law::Law;
use super::special::harmonic;

impl Dist {
    /// The most frequent values with their probabilities, at most `most` of a Zipf law, and the
    /// probability of all others together. `None` for laws without such values.
    pub fn atoms(&self, most: u64) -> Option<(Vec<(f64, f64)>, f64)> {
        match &self.law {
            Law::Constant { value } => Some((vec![(*value, 1.0)], 0.0)),
            Law::Choice { values } => {
                Some((values.iter().map(|part| (part.item, part.p)).collect(), 0.0))
            }
            Law::Zipf { zipf } => {
                let ranks = zipf.n.min(most as f64);
                let weight = |rank: u64| {
                    let rank = rank as f64;
                    (rank, libm::pow(rank, -zipf.s) / zipf.total)
                };
                let rest = 1.0 - harmonic(ranks, zipf.s) / zipf.total;
                Some(((1..=ranks as u64).map(weight).collect(), rest.max(0.0)))
            }
            _ => None,
        }
    }
}
