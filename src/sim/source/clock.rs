//! Clocks of rates that change: when the cumulative rate reaches a number of unit gaps.
//!
//! Arrivals of a changing rate are those of a constant one with time stretched: arrival n comes
//! when the cumulative rate reaches the sum of the first n unit gaps (inversion; Çinlar,
//! Introduction to Stochastic Processes, 1975, section 4.7, for Poisson arrivals). More load moves
//! the same arrivals closer together.

use crate::dist::{Draw, child_key, hash_name};
use crate::model::Piece;
use crate::plan::Variable;

/// Name of the lengths of phases.
const LASTS: u64 = hash_name("lasts");

/// Where a source stands on the way along its rate. Asked for ever larger sums of gaps.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock {
    /// The piece or phase it is in, counted from the start of the run or of the round.
    index: u64,
    /// Rounds of a cycle that are over.
    round: f64,
    /// When the piece or phase began, seconds; of a piece within its round.
    began: f64,
    /// When the phase ends, seconds.
    ends: f64,
    /// Cumulative rate when it began; of a piece within its round.
    units: f64,
}

impl Clock {
    /// The time in seconds at which the cumulative rate reaches `target`; none: never.
    pub fn along_pieces(
        &mut self,
        pieces: &[Piece],
        cycle: Option<f64>,
        target: f64,
    ) -> Option<f64> {
        let per_round = cycle.map(|length| of_all(pieces, length));
        if per_round.is_some_and(|all| all <= 0.0) {
            return None;
        }
        let mut target = target - self.round * per_round.unwrap_or(0.0);
        loop {
            let piece = &pieces[self.index as usize];
            let next = pieces.get(self.index as usize + 1).map(|next| next.from);
            let length = next.or(cycle).map(|end| end - piece.from);
            let missing = target - self.units;
            let whole = length.map(|length| piece.arrivals(length));
            if whole.is_none_or(|whole| missing <= whole && whole > 0.0) {
                let within = time_for(piece, missing)?;
                let within = length.map_or(within, |length| within.min(length));
                return Some(self.round * cycle.unwrap_or(0.0) + piece.from + within);
            }
            self.units += whole.unwrap_or(0.0);
            self.index += 1;
            if let (Some(all), None) = (per_round, next) {
                // Rounds without an arrival are passed over at once.
                let rounds = ((target - all) / all).floor().max(0.0) + 1.0;
                self.round += rounds;
                target -= rounds * all;
                (self.index, self.units) = (0, 0.0);
            }
        }
    }

    /// The same along phases of random length: rates with the variable of their length. None if
    /// it would be after `limit` seconds, or after more phases than are allowed.
    pub fn along_phases(
        &mut self,
        phases: &[(f64, u32)],
        draws: &Lengths<'_>,
        target: f64,
        limit: f64,
    ) -> Option<f64> {
        loop {
            let (rate, variable) = phases[(self.index % phases.len() as u64) as usize];
            if self.ends <= self.began {
                self.ends = self.began + draws.length(variable, self.index);
            }
            let missing = target - self.units;
            let whole = rate * (self.ends - self.began);
            if missing <= whole && rate > 0.0 {
                return Some(self.began + missing / rate);
            }
            if self.ends > limit || self.index >= draws.most {
                return None;
            }
            self.units += whole;
            self.began = self.ends;
            self.index += 1;
        }
    }

    /// Number of the phase that it is in.
    pub fn phase(&self) -> u64 {
        self.index
    }
}

/// Lengths of phases: draws of a source by number of the phase.
pub struct Lengths<'a> {
    /// Key of the source.
    pub key: u64,
    /// The plan's variables.
    pub variables: &'a [Variable],
    /// Most phases of a run.
    pub most: u64,
}

impl Lengths<'_> {
    fn length(&self, variable: u32, number: u64) -> f64 {
        let variable = &self.variables[variable as usize];
        let mut draw = Draw::new(child_key(self.key, LASTS, number), variable.stream);
        variable.value.sample(&[], &mut draw).clamp(variable.min, variable.max)
    }
}

/// Expected arrivals in one round.
fn of_all(pieces: &[Piece], length: f64) -> f64 {
    let ends = pieces.iter().skip(1).map(|next| next.from).chain([length]);
    pieces.iter().zip(ends).map(|(piece, end)| piece.arrivals(end - piece.from)).sum()
}

/// Seconds from the beginning of a piece until so many arrivals are expected; none: never.
///
/// The root of rate·t + slope·t²/2 = units, in the form that does not cancel.
fn time_for(piece: &Piece, units: f64) -> Option<f64> {
    let root = (piece.rate * piece.rate + 2.0 * piece.slope * units).max(0.0).sqrt();
    let divisor = piece.rate + root;
    (divisor > 0.0).then(|| 2.0 * units / divisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAMP: [Piece; 3] = [
        Piece { from: 0.0, rate: 2.0, slope: 0.0 },
        Piece { from: 10.0, rate: 2.0, slope: 0.8 },
        Piece { from: 20.0, rate: 10.0, slope: 0.0 },
    ];

    /// Goal: the cumulative rate is inverted. Source: 20 arrivals in the first 10 s, then
    /// 2 t + 0.4 t² in the next 10 (60 in all), then 10 each second.
    #[test]
    fn a_ramp_is_inverted() {
        let mut clock = Clock::default();
        let mut at = |target| clock.along_pieces(&RAMP, None, target).unwrap();
        let close = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-9, "{found}");
        close(at(10.0), 5.0);
        close(at(20.0), 10.0);
        close(at(20.0 + 2.0 * 5.0 + 0.4 * 25.0), 15.0);
        close(at(80.0), 20.0);
        close(at(90.0), 21.0);
    }

    /// Goal: a cycle repeats, dead times are passed over, and rounds without arrivals cost
    /// nothing. Source: 3 arrivals in the first of every 4 seconds.
    #[test]
    fn a_cycle_repeats() {
        let pieces = [
            Piece { from: 0.0, rate: 3.0, slope: 0.0 },
            Piece { from: 1.0, rate: 0.0, slope: 0.0 },
        ];
        let mut clock = Clock::default();
        for (target, wanted) in [(1.5, 0.5), (3.0, 1.0), (4.5, 4.5), (3e9 + 1.5, 4e9 + 0.5)] {
            let found = clock.along_pieces(&pieces, Some(4.0), target).unwrap();
            assert!((found - wanted).abs() < 1e-6, "{target}: {found}");
        }
        let nothing = [Piece { from: 0.0, rate: 0.0, slope: 0.0 }];
        assert_eq!(Clock::default().along_pieces(&nothing, Some(1.0), 1.0), None);
        assert_eq!(Clock::default().along_pieces(&nothing, None, 1.0), None);
    }

    /// Goal: a falling ramp to nothing gives its area and no more. Source: a triangle of 5 s and
    /// 4/s holds 10 arrivals.
    #[test]
    fn arrivals_end_with_the_rate() {
        let pieces = [
            Piece { from: 0.0, rate: 4.0, slope: -0.8 },
            Piece { from: 5.0, rate: 0.0, slope: 0.0 },
        ];
        let mut clock = Clock::default();
        let last = clock.along_pieces(&pieces, None, 10.0 - 1e-9).unwrap();
        assert!((last - 5.0).abs() < 1e-3, "{last}");
        assert_eq!(clock.along_pieces(&pieces, None, 10.1), None);
    }

    /// Goal: phases add up in turn and end at the limit. Source: 2 s at 5/s, 3 s of nothing.
    #[test]
    fn phases_follow_each_other() {
        let variables: Vec<Variable> = [2.0, 3.0]
            .map(|seconds| Variable {
                value: crate::expr::formula::Variate::Fixed(seconds),
                stream: 0,
                min: 0.0,
                max: 1e9,
            })
            .into();
        let draws = Lengths { key: 1, variables: &variables, most: 100 };
        let phases = [(5.0, 0), (0.0, 1)];
        let mut clock = Clock::default();
        let mut at = |target| clock.along_phases(&phases, &draws, target, 12.0);
        assert_eq!(at(5.0), Some(1.0));
        assert_eq!(at(15.0), Some(6.0));
        assert_eq!(at(20.0), Some(7.0));
        assert_eq!(at(31.0), None, "the third phase begins at 10 and ends at 12");
    }
}
