//! Peaks of a load that changes: stations that cannot keep up for a time, and what piles up.
//!
//! Fluid arithmetic (Newell, Applications of Queueing Theory, 1982, chapter 2): work arrives at
//! the rate that is offered and leaves at the capacity while there is any. It leaves out what
//! chance adds, so that the backlog is one from below.

use crate::model::{Piece, Rates};
use std::collections::BTreeMap;

/// Most rounds of a cycle that are looked at.
const ROUNDS: f64 = 1_000.0;

/// What a station is asked for at the peak of a load that changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peak {
    /// Index of the station.
    pub station: usize,
    /// Highest offered load of shapes that follow the clock, Erlangs.
    pub offered: f64,
    /// The same with phases of random length at their highest too.
    pub highest: f64,
    /// How long more is offered than it has, seconds, of warm-up and duration.
    pub over_s: f64,
    /// The most work that is left to do, in seconds of one server.
    pub backlog_s: f64,
    /// When that is, seconds from the start of the run.
    pub at_s: f64,
}

impl Peak {
    /// Whether more is asked for, by the clock, than a station of this capacity has.
    pub fn exceeds(&self, capacity: f64) -> bool {
        self.over_s > 0.0 && self.offered > capacity
    }
}

/// A load that changes.
pub struct Changing {
    /// Arrivals per second over time.
    pub rates: Rates,
    /// Their mean.
    pub mean: f64,
    /// Requests that come with an arrival.
    pub requests: f64,
    /// Work that it brings to each station, in seconds of one server.
    pub work: BTreeMap<usize, f64>,
}

/// What is asked for over time: of a station or, with requests for work, of everything.
pub struct Offer {
    /// What does not change.
    pub base: f64,
    /// What follows the clock.
    pub curves: Vec<Curve>,
    /// By how much phases of random length exceed their mean, which is part of the base.
    pub phases: f64,
}

impl Offer {
    /// Adds a load, whose mean is part of the base so far, with the work of each arrival.
    pub fn add(&mut self, load: &Changing, work: f64, until: f64) {
        match Curve::new(load.rates.clone(), work, until) {
            Some(curve) => {
                self.base = (self.base - load.mean * work).max(0.0);
                self.curves.push(curve);
            }
            None => self.phases += (load.rates.peak() - load.mean).max(0.0) * work,
        }
    }

    /// The peak until a date, for a station of this capacity.
    pub fn peak(&self, station: usize, capacity: f64, until: f64) -> Peak {
        let found = peak(station, capacity, self.base, &self.curves, until);
        Peak { highest: found.offered + self.phases, ..found }
    }
}

/// An offered load that changes: a rate over time, and the work that each arrival brings.
pub struct Curve {
    pieces: Vec<Piece>,
    work_s: f64,
}

impl Curve {
    /// The rates of `rates` up to `until`; none if they follow no clock.
    pub fn new(rates: Rates, work_s: f64, until: f64) -> Option<Self> {
        let Rates::Pieces { pieces, cycle } = rates else { return None };
        let Some(length) = cycle else { return Some(Self { pieces, work_s }) };
        let rounds = (until / length).ceil().clamp(1.0, ROUNDS) as usize;
        let round = |number: usize| {
            let begins = number as f64 * length;
            pieces.iter().map(move |piece| Piece { from: begins + piece.from, ..*piece })
        };
        Some(Self { pieces: (0..rounds).flat_map(round).collect(), work_s })
    }

    /// What is offered `after` a date within the piece that holds from this date on.
    fn offered(&self, date: f64, after: f64) -> f64 {
        let index = self.pieces.partition_point(|piece| piece.from <= date);
        let Some(piece) = index.checked_sub(1).map(|index| self.pieces[index]) else { return 0.0 };
        (piece.rate + piece.slope * (date - piece.from + after)).max(0.0) * self.work_s
    }
}

/// What piles up at a station of this capacity until a date, beside a load that does not change.
fn peak(station: usize, capacity: f64, base: f64, curves: &[Curve], until: f64) -> Peak {
    let mut dates: Vec<f64> = curves.iter().flat_map(|c| c.pieces.iter().map(|p| p.from)).collect();
    dates.retain(|date| *date < until);
    dates.extend([0.0, until]);
    dates.sort_by(f64::total_cmp);
    dates.dedup();
    let mut found =
        Peak { station, offered: 0.0, highest: 0.0, over_s: 0.0, backlog_s: 0.0, at_s: 0.0 };
    let mut backlog = 0.0_f64;
    for pair in dates.windows(2) {
        let (from, length) = (pair[0], pair[1] - pair[0]);
        let at = |after| base + curves.iter().map(|c| c.offered(from, after)).sum::<f64>();
        let (first, last) = (at(0.0), at(length));
        found.offered = found.offered.max(first).max(last);
        let (first, last) = (first - capacity, last - capacity);
        // Where the sign changes within.
        let crossing = if first * last < 0.0 { length * first / (first - last) } else { length };
        let middle = if crossing < length { 0.0 } else { last };
        for (begin, long, a, b) in
            [(from, crossing, first, middle), (from + crossing, length - crossing, 0.0, last)]
        {
            let net = f64::midpoint(a, b);
            backlog = (backlog + net * long).max(0.0);
            if net > 0.0 {
                found.over_s += long;
            }
            if backlog > found.backlog_s {
                (found.backlog_s, found.at_s) = (backlog, begin + long);
            }
        }
    }
    found.highest = found.offered;
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(pieces: &[(f64, f64, f64)], cycle: Option<f64>, until: f64) -> Curve {
        let pieces = pieces.iter().map(|&(from, rate, slope)| Piece { from, rate, slope });
        Curve::new(Rates::Pieces { pieces: pieces.collect(), cycle }, 0.5, until).unwrap()
    }

    /// Goal: the area between offer and capacity. Source: a triangle by hand: 4/s of 0.5 s each
    /// up to 12/s within 8 s and down again, for 4 servers, 1 of them busy otherwise: 2 to 6
    /// Erlangs for 3, more from 2 s to 14 s, on average by 1.5.
    #[test]
    fn a_triangle_piles_up_its_area() {
        let triangle = [(0.0, 4.0, 1.0), (8.0, 12.0, -1.0), (16.0, 0.0, 0.0)];
        let found = peak(0, 4.0, 1.0, &[curve(&triangle, None, 60.0)], 60.0);
        assert!((found.offered - 7.0).abs() < 1e-9, "{found:?}");
        assert!((found.over_s - 12.0).abs() < 1e-9, "{found:?}");
        assert!((found.backlog_s - 12.0 * 1.5).abs() < 1e-9, "{found:?}");
        assert!((found.at_s - 14.0).abs() < 1e-9, "{found:?}");
    }

    /// Goal: what is left of one round is there in the next. Source: by hand: 3 more for 1 s, 2
    /// less for 1 s, three times: 3, 4, 5.
    #[test]
    fn rounds_add_up() {
        let pieces = [(0.0, 10.0, 0.0), (1.0, 0.0, 0.0)];
        let found = peak(0, 2.0, 0.0, &[curve(&pieces, Some(2.0), 6.0)], 6.0);
        assert!((found.backlog_s - 5.0).abs() < 1e-9, "{found:?}");
        assert!((found.at_s - 5.0).abs() < 1e-9, "{found:?}");
        assert!((found.over_s - 3.0).abs() < 1e-9, "{found:?}");
    }
}
