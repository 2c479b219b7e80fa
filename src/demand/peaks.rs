//! Peaks of a load that changes: stations that cannot keep up for a time, and what piles up.
//!
//! Fluid arithmetic (Newell, Applications of Queueing Theory, 1982, chapter 2): work arrives at
//! the rate that is offered and leaves at the capacity while there is any. It leaves out what
//! chance adds, so that the backlog is one from below.
//!
//! A cycle is followed round by round for so many rounds; what is left of a run beyond them is at
//! its mean, with its peak: the backlog and the time over the capacity are then from below too.

use crate::model::{Piece, Rates};
use std::collections::BTreeMap;

/// Most rounds of a cycle that are followed: a day of seconds.
const ROUNDS: usize = 100_000;

/// Share of a capacity that sums of rates are off by rounding at most, and more.
const SLACK: f64 = 1e-9;

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
        self.over_s > 0.0 && self.offered > capacity * (1.0 + SLACK)
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
    pub fn add(&mut self, load: &Changing, work: f64) {
        match Curve::new(load.rates.clone(), load.mean, work) {
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
    cycle: Option<f64>,
    mean: f64,
    peak: f64,
    work_s: f64,
}

impl Curve {
    /// These rates and their mean; none if they follow no clock.
    pub fn new(rates: Rates, mean: f64, work_s: f64) -> Option<Self> {
        let peak = rates.peak();
        let Rates::Pieces { pieces, cycle } = rates else { return None };
        Some(Self { pieces, cycle, mean, peak, work_s })
    }

    /// A piece by its number, counted over all rounds, from a date on; after the last round that
    /// is followed the mean. None after the last of all.
    fn piece(&self, number: usize) -> Option<Piece> {
        let Some(cycle) = self.cycle else { return self.pieces.get(number).copied() };
        let (round, index) = (number / self.pieces.len(), number % self.pieces.len());
        let begins = round as f64 * cycle;
        match round {
            0..ROUNDS => {
                let piece = self.pieces[index];
                Some(Piece { from: begins + piece.from, ..piece })
            }
            ROUNDS if index == 0 => Some(Piece { from: begins, rate: self.mean, slope: 0.0 }),
            _ => None,
        }
    }
}

/// A curve on the way through its pieces.
struct Walk<'a> {
    curve: &'a Curve,
    now: Option<Piece>,
    next: Option<Piece>,
    /// The number of the next piece.
    number: usize,
}

impl<'a> Walk<'a> {
    fn new(curve: &'a Curve) -> Self {
        Self { curve, now: None, next: curve.piece(0), number: 0 }
    }

    /// To the piece that holds from a date on.
    fn advance(&mut self, date: f64) {
        while let Some(next) = self.next.filter(|next| next.from <= date) {
            self.now = Some(next);
            self.number += 1;
            self.next = self.curve.piece(self.number);
        }
    }

    /// What is offered at a date, of the piece that holds.
    fn offered(&self, date: f64) -> f64 {
        let rate = self.now.map_or(0.0, |piece| piece.rate + piece.slope * (date - piece.from));
        rate.max(0.0) * self.curve.work_s
    }

    /// By how much the peak exceeds what is offered where rounds are not followed any more.
    fn hidden(&self) -> f64 {
        let is_flat = self.curve.cycle.is_some() && self.next.is_none();
        if is_flat { (self.curve.peak - self.curve.mean).max(0.0) * self.curve.work_s } else { 0.0 }
    }
}

/// What piles up at a station of this capacity until a date, beside a load that does not change.
fn peak(station: usize, capacity: f64, base: f64, curves: &[Curve], until: f64) -> Peak {
    let mut walks: Vec<Walk> = curves.iter().map(Walk::new).collect();
    let mut found =
        Peak { station, offered: 0.0, highest: 0.0, over_s: 0.0, backlog_s: 0.0, at_s: 0.0 };
    let mut backlog = 0.0_f64;
    let mut from = 0.0;
    while from < until {
        for walk in &mut walks {
            walk.advance(from);
        }
        let changes = walks.iter().filter_map(|walk| walk.next.map(|next| next.from));
        let to = changes.fold(until, f64::min);
        let length = to - from;
        let at = |date| base + walks.iter().map(|walk| walk.offered(date)).sum::<f64>();
        let (first, last) = (at(from), at(to));
        let hidden: f64 = walks.iter().map(Walk::hidden).sum();
        found.offered = found.offered.max(first + hidden).max(last + hidden);
        let (first, last) = (first - capacity, last - capacity);
        // Where the sign changes within.
        let crossing = if first * last < 0.0 { length * first / (first - last) } else { length };
        let middle = if crossing < length { 0.0 } else { last };
        for (begin, long, a, b) in
            [(from, crossing, first, middle), (from + crossing, length - crossing, 0.0, last)]
        {
            let net = f64::midpoint(a, b);
            backlog = (backlog + net * long).max(0.0);
            if net > SLACK * capacity {
                found.over_s += long;
            }
            if backlog > found.backlog_s {
                (found.backlog_s, found.at_s) = (backlog, begin + long);
            }
        }
        from = to;
    }
    found.highest = found.offered;
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each arrival brings half a second of work.
    fn curve(pieces: &[(f64, f64, f64)], cycle: Option<f64>, mean: f64) -> Curve {
        let pieces = pieces.iter().map(|&(from, rate, slope)| Piece { from, rate, slope });
        Curve::new(Rates::Pieces { pieces: pieces.collect(), cycle }, mean, 0.5).unwrap()
    }

    /// Goal: the area between offer and capacity. Source: a triangle by hand: 4/s of 0.5 s each
    /// up to 12/s within 8 s and down again, for 4 servers, 1 of them busy otherwise: 2 to 6
    /// Erlangs for 3, more from 2 s to 14 s, on average by 1.5.
    #[test]
    fn a_triangle_piles_up_its_area() {
        let triangle = [(0.0, 4.0, 1.0), (8.0, 12.0, -1.0), (16.0, 0.0, 0.0)];
        let found = peak(0, 4.0, 1.0, &[curve(&triangle, None, 2.0)], 60.0);
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
        let found = peak(0, 2.0, 0.0, &[curve(&pieces, Some(2.0), 5.0)], 6.0);
        assert!((found.backlog_s - 5.0).abs() < 1e-9, "{found:?}");
        assert!((found.at_s - 5.0).abs() < 1e-9, "{found:?}");
        assert!((found.over_s - 3.0).abs() < 1e-9, "{found:?}");
    }

    /// Goal: a load that falls and rises in each round is never above its peak, however many rounds
    /// there are, and each of them counts. Source: by hand: a minute from 30/s down to 10/s and up
    /// again, a day long: at most 15 Erlangs, of which half a minute is above 10.
    #[test]
    fn a_day_of_minutes_does_not_grow() {
        let slope = 20.0 / 30.0;
        let minute = [(0.0, 30.0, -slope), (30.0, 10.0, slope)];
        let found = peak(0, 10.0, 0.0, &[curve(&minute, Some(60.0), 20.0)], 86_400.0);
        assert!((found.offered - 15.0).abs() < 1e-6, "{found:?}");
        assert!((found.over_s - 43_200.0).abs() < 1e-3, "{found:?}");
    }

    /// Goal: beyond the rounds that are followed the peak is still there, beside that of another
    /// load, and the backlog of what that brings. Source: by hand: 0 or 10/s in turn are 5 Erlangs
    /// at the peak and 2.5 on average; 4 more from 300,000 s to 300,010 s, for 6: 0.5 too much for
    /// 10 s.
    #[test]
    fn rounds_that_are_not_followed_are_at_their_mean() {
        let turns = curve(&[(0.0, 10.0, 0.0), (1.0, 0.0, 0.0)], Some(2.0), 5.0);
        let rise = [(0.0, 0.0, 0.0), (300_000.0, 8.0, 0.0), (300_010.0, 0.0, 0.0)];
        let found = peak(0, 6.0, 0.0, &[turns, curve(&rise, None, 0.0)], 400_000.0);
        assert!((found.offered - 9.0).abs() < 1e-9, "{found:?}");
        assert!((found.backlog_s - 5.0).abs() < 1e-6, "{found:?}");
        assert!((found.at_s - 300_010.0).abs() < 1e-6, "{found:?}");
    }

    /// Goal: a peak that is just the capacity does not exceed it by rounding. Source: 0.1 and 0.2
    /// are more than 0.3 in binary floating-point numbers.
    #[test]
    fn a_peak_at_the_capacity_does_not_exceed_it() {
        let load = curve(&[(0.0, 0.4, 0.0), (10.0, 0.0, 0.0)], None, 0.2);
        let found = peak(0, 0.3, 0.1, &[load], 20.0);
        assert!(found.offered > 0.3, "{found:?}");
        assert!(!found.exceeds(0.3) && found.over_s == 0.0, "{found:?}");
        let more = curve(&[(0.0, 0.41, 0.0), (10.0, 0.0, 0.0)], None, 0.2);
        assert!(peak(0, 0.3, 0.1, &[more], 20.0).exceeds(0.3));
    }
}
