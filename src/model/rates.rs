//! How the rate of a workload changes over time: shapes with their numbers.

use super::{Arrivals, Binding, Gaps, Level, Shape, VariateId, Workload};
use crate::units::time::seconds_to_ns;

/// A straight piece of a rate over time; it lasts until the next one begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// Beginning, seconds after the start of the run or of the cycle.
    pub from: f64,
    /// Arrivals per second at the beginning.
    pub rate: f64,
    /// Change of the rate, per second².
    pub slope: f64,
}

impl Piece {
    /// Expected arrivals in the first `seconds` of it.
    pub fn arrivals(&self, seconds: f64) -> f64 {
        (self.rate + 0.5 * self.slope * seconds) * seconds
    }
}

/// Arrivals per second over time, in one world at one scaling.
#[derive(Debug, Clone, PartialEq)]
pub enum Rates {
    /// Known beforehand.
    Pieces {
        /// From 0 s on, in order.
        pieces: Vec<Piece>,
        /// They repeat after so many seconds; none: the last goes on for ever.
        cycle: Option<f64>,
    },
    /// Rates in turn, each for a random time.
    Phases(Vec<(f64, VariateId)>),
}

impl Rates {
    /// Mean rate: of a cycle and of phases in the long run (of phases the mean weighted by their
    /// mean lengths, by renewal theory); of anything else between two dates.
    pub fn mean(&self, binding: &Binding, from: f64, to: f64) -> f64 {
        match self {
            Self::Pieces { pieces, cycle } => {
                let (from, to) = cycle.map_or((from, to), |cycle| (0.0, cycle));
                let ends = pieces.iter().skip(1).map(|next| next.from).chain([f64::INFINITY]);
                let arrivals = pieces.iter().zip(ends).map(|(piece, end)| {
                    let upto = |date: f64| piece.arrivals(date.clamp(piece.from, end) - piece.from);
                    upto(to) - upto(from)
                });
                arrivals.sum::<f64>() / (to - from)
            }
            Self::Phases(phases) => {
                let length = |id| binding.variate(id).0.at_means(&[]);
                let all: f64 = phases.iter().map(|phase| length(phase.1)).sum();
                phases.iter().map(|phase| phase.0 * length(phase.1)).sum::<f64>() / all
            }
        }
    }

    /// The highest rate there ever is.
    pub fn peak(&self) -> f64 {
        match self {
            Self::Pieces { pieces, cycle } => {
                let ends = pieces.iter().skip(1).map(|next| Some(next.from)).chain([*cycle]);
                let highest = pieces.iter().zip(ends).map(|(piece, end)| {
                    let last = end.map_or(0.0, |end| piece.slope * (end - piece.from));
                    piece.rate + last.max(0.0)
                });
                highest.fold(0.0, f64::max)
            }
            Self::Phases(phases) => phases.iter().map(|phase| phase.0).fold(0.0, f64::max),
        }
    }
}

impl Workload {
    /// Requests of the log that are replayed between two dates, seconds after the start.
    pub fn replayed(&self, binding: &Binding, from: f64, to: f64) -> f64 {
        let Arrivals::Replay { speed } = self.arrivals else { return 0.0 };
        let faster = binding.get(speed) * binding.load(self);
        let before = |date: f64| {
            let date = seconds_to_ns(date * faster);
            self.log.partition_point(|request| request.at < date)
        };
        (before(to) - before(from)) as f64
    }

    /// Arrivals per second as stated, before any shape: from `rate`, or from the law of the gaps.
    /// None where neither is there. The scaling of the load is not in it.
    pub fn stated_rate(&self, binding: &Binding) -> Option<f64> {
        let Arrivals::Open { rate, gaps } = self.arrivals else { return None };
        match (rate, gaps) {
            (Some(rate), _) => Some(binding.get(rate)),
            (None, Gaps::Law(id)) => {
                let mean = binding.variate(id).0.at_means(&[]);
                Some(if mean > 0.0 { 1.0 / mean } else { 0.0 })
            }
            (None, Gaps::Poisson | Gaps::Regular) => None,
        }
    }

    /// Arrivals per second over time, with the scaling of the load; none where arrivals have no
    /// rate.
    pub fn rates(&self, binding: &Binding) -> Option<Rates> {
        if !matches!(self.arrivals, Arrivals::Open { .. }) {
            return None;
        }
        let stated = self.stated_rate(binding).unwrap_or(0.0);
        let load = binding.load(self);
        let rate = |level: Level| match level {
            Level::Rate(id) => binding.get(id) * load,
            Level::Multiple(id) => binding.get(id) * stated * load,
        };
        let flat = |from: f64, rate: f64| Piece { from, rate, slope: 0.0 };
        let (pieces, cycle) = match &self.shape {
            None => (vec![flat(0.0, stated * load)], None),
            Some(Shape::Steps(steps)) => {
                let mut pieces = vec![flat(0.0, stated * load)];
                pieces.extend(steps.iter().map(|step| flat(binding.get(step.0), rate(step.1))));
                // Stable: of two steps at one date the later in the list counts.
                pieces.sort_by(|a, b| a.from.total_cmp(&b.from));
                (pieces, None)
            }
            Some(Shape::Ramp { from, to, at, over }) => {
                let (at, over) = (binding.get(*at), binding.get(*over));
                let (from, to) = (rate(*from), rate(*to));
                let mut pieces = vec![flat(0.0, from)];
                if over > 0.0 {
                    pieces.push(Piece { from: at, rate: from, slope: (to - from) / over });
                }
                pieces.push(flat(at + over, to));
                (pieces, None)
            }
            Some(Shape::Cycle { length, levels, linear }) => {
                let length = binding.get(*length);
                let levels: Vec<f64> = levels.iter().map(|level| rate(*level)).collect();
                let apart = length / levels.len() as f64;
                let next = levels.iter().cycle().skip(1);
                let pieces = levels.iter().zip(next).enumerate().map(|(index, (rate, next))| {
                    let slope = if *linear { (next - rate) / apart } else { 0.0 };
                    Piece { from: index as f64 * apart, rate: *rate, slope }
                });
                (pieces.collect(), Some(length))
            }
            Some(Shape::Phases(phases)) => {
                return Some(Rates::Phases(phases.iter().map(|p| (rate(p.0), p.1)).collect()));
            }
        };
        Some(Rates::Pieces { pieces, cycle })
    }
}
