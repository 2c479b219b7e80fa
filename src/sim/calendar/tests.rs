//! The event list against an ordered map: order, ties, spills, cancelled events.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// So small that the wheel is in use most of the time.
const TINY: Sizes = Sizes { spill: 4, pour: 3 };

/// Some event.
const WAKE: What = What(0);

/// The slow and obvious calendar: live events in a sorted map of (time, sequence).
#[derive(Default)]
struct Slow {
    live: BTreeMap<(u64, Seq), u32>,
    cancelled: BTreeSet<Seq>,
}

impl Slow {
    /// The next live event of both, as (time, sequence, index); the engine's way with timers.
    fn compare_next(&mut self, calendar: &mut Calendar) -> Result<u64, TestCaseError> {
        loop {
            let Some(event) = calendar.take_next() else {
                prop_assert_eq!(self.live.pop_first(), None);
                return Ok(0);
            };
            let (mut index, mut seq) = (event.what.index(), event.seq);
            if event.what.kind() == Kind::Lane {
                let cancelled = &self.cancelled;
                (index, seq) = calendar.take_from_lane(index, |_, seq| !cancelled.contains(&seq));
                prop_assert_eq!(seq, event.seq);
            }
            if self.cancelled.contains(&seq) {
                continue;
            }
            prop_assert_eq!(Some(((event.time, seq), index)), self.live.pop_first());
            return Ok(event.time);
        }
    }

    fn cancel(&mut self, chosen: usize) {
        let count = self.live.len().max(1);
        if let Some(&key) = self.live.keys().nth(chosen % count) {
            self.live.remove(&key);
            self.cancelled.insert(key.1);
        }
    }
}

/// Something to do: put events in so far from now, into the heap or a lane; take some; cancel one.
#[derive(Debug, Clone)]
enum Do {
    Put(u64),
    Wait(u32),
    Take(u8),
    Cancel(usize),
}

/// From an instant to years, many of them equal.
fn wide() -> impl Strategy<Value = u64> {
    (0_u32..58, 0_u64..4).prop_map(|(bits, part)| part << bits)
}

/// In clusters, near and far, of three widths.
fn clustered() -> impl Strategy<Value = u64> {
    let places = prop_oneof![Just(0), Just(1 << 20), Just(1 << 40)];
    (places, 0_u64..300, 0_u32..3).prop_map(|(place, part, digits)| place + (part << (8 * digits)))
}

fn steps() -> impl Strategy<Value = Vec<Do>> {
    let step = prop_oneof![
        3 => wide().prop_map(Do::Put),
        5 => clustered().prop_map(Do::Put),
        2 => (0_u32..2).prop_map(Do::Wait),
        5 => (1_u8..3).prop_map(Do::Take),
        1 => (0_usize..1000).prop_map(Do::Cancel),
    ];
    proptest::collection::vec(step, 1..600)
}

/// Timers of these lengths have lanes.
const LANES: [u64; 2] = [50, 1 << 30];

proptest! {
    #[test]
    fn comes_out_in_order_of_time_and_sequence(steps in steps()) {
        let mut calendar = Calendar::with_sizes(LANES.len(), TINY);
        let mut slow = Slow::default();
        let mut now = 0;
        for (index, step) in steps.into_iter().enumerate() {
            let index = index as u32;
            match step {
                Do::Put(distance) => {
                    let time = now + distance;
                    let seq = calendar.schedule(time, What::new(Kind::Wake, index));
                    slow.live.insert((time, seq), index);
                }
                Do::Wait(lane) => {
                    let time = now + LANES[lane as usize];
                    let seq = calendar.schedule_in_lane(lane, time, index);
                    slow.live.insert((time, seq), index);
                }
                Do::Take(times) => {
                    for _ in 0..times {
                        now = slow.compare_next(&mut calendar)?.max(now);
                    }
                }
                Do::Cancel(chosen) => slow.cancel(chosen),
            }
        }
        while !slow.live.is_empty() {
            slow.compare_next(&mut calendar)?;
        }
    }
}

/// The numbers of a published generator, for times.
fn random_times(count: usize) -> impl Iterator<Item = u64> {
    let mut draw = crate::dist::Draw::new(0x5eed, 0xca1e);
    (0..count).map(move |_| draw.next_u64() >> (draw.next_u64() % 40 + 4))
}

/// Far more than the heap holds, put in before the first is taken, come out sorted; and with the
/// last of them all of the wheel's memory is free again.
#[test]
fn a_hundred_thousand_at_once_come_out_sorted_and_leave_no_memory_in_use() {
    let mut calendar = Calendar::new(0);
    let mut expected = Vec::new();
    for (index, time) in random_times(100_000).enumerate() {
        expected.push((time, calendar.schedule(time, What::new(Kind::Wake, index as u32))));
    }
    expected.sort_unstable();
    assert_eq!(calendar.len(), expected.len());
    assert!(calendar.near.len() <= SPILL, "{} in the heap", calendar.near.len());
    for (time, seq) in expected {
        assert_eq!(calendar.take_next().map(|event| (event.time, event.seq)), Some((time, seq)));
    }
    assert_eq!(calendar.take_next(), None);
    assert!(calendar.is_empty());
    assert_eq!(calendar.far.chunks_in_use(), 0);
}

/// What is held is bounded by what is pending: ten times as many events as ever pend at once go
/// through, and the wheel's memory stays that of the pending ones and of slots begun.
#[test]
fn memory_is_bounded_by_what_is_pending() {
    let mut calendar = Calendar::new(0);
    for time in random_times(20_000) {
        calendar.schedule(time >> 20, WAKE);
    }
    let mut most = 0;
    for distance in random_times(200_000) {
        let event = calendar.take_next().expect("as many go in as come out");
        calendar.schedule(event.time + (distance >> 20), event.what);
        most = most.max(calendar.far.chunks_in_use());
        assert!(calendar.near.len() <= SPILL);
    }
    // Full chunks, and one begun for each of a level's slots on the way down.
    assert!(most <= 20_000 / 32 + 8 * 256, "{most} chunks");
}

/// Everything at one instant cannot be divided by time: it stays in the heap, in sequence.
#[test]
fn any_number_at_one_instant_come_out_in_sequence() {
    let mut calendar = Calendar::with_sizes(0, TINY);
    let early = calendar.schedule(7, What::new(Kind::Tick, 0));
    let seqs: Vec<_> = (0..1_000).map(|i| calendar.schedule(9, What::new(Kind::Wake, i))).collect();
    let late = calendar.schedule(10, What::new(Kind::Tick, 0));
    for seq in [early].into_iter().chain(seqs).chain([late]) {
        assert_eq!(calendar.take_next().map(|event| event.seq), Some(seq));
    }
    assert_eq!(calendar.take_next(), None);
}

/// The edge has come near because of events that lie close together, with others behind them;
/// then more come long before them all than the heap holds.
#[test]
fn the_edge_comes_back_only_as_far_as_the_wheel_allows() {
    let mut calendar = Calendar::with_sizes(0, TINY);
    let far = (0..16).map(|i| (1 << 40) + 40 * i);
    let near = (0..16).map(|i| 1_000 * i);
    let mut expected: Vec<_> =
        far.chain(near).map(|time| (time, calendar.schedule(time, WAKE))).collect();
    expected.sort_unstable();
    for pair in expected {
        assert_eq!(calendar.take_next().map(|event| (event.time, event.seq)), Some(pair));
    }
}

#[test]
fn the_ends_of_time_are_kept_apart() {
    let mut calendar = Calendar::with_sizes(0, TINY);
    let times = [u64::MAX, 0, u64::MAX - 1, 1, 1 << 63, (1 << 63) - 1, u64::MAX, 0];
    let mut expected: Vec<_> =
        times.iter().cycle().take(64).map(|&time| (time, calendar.schedule(time, WAKE))).collect();
    expected.sort_unstable();
    for pair in expected {
        assert_eq!(calendar.take_next().map(|event| (event.time, event.seq)), Some(pair));
    }
    assert_eq!(calendar.take_next(), None);
}

#[test]
fn a_lane_keeps_the_order_of_the_heap_and_drops_the_dead() {
    let mut calendar = Calendar::new(1);
    let first = calendar.schedule_in_lane(0, 10, 1);
    let _dead = calendar.schedule_in_lane(0, 11, 2);
    let third = calendar.schedule_in_lane(0, 12, 3);
    let between = calendar.schedule(11, What::new(Kind::Wake, 7));
    let event = calendar.take_next().expect("the head of the lane");
    assert_eq!((event.time, event.seq, event.what.kind()), (10, first, Kind::Lane));
    assert_eq!(calendar.take_from_lane(0, |job, _| job != 2), (1, first));
    assert_eq!(calendar.take_next().map(|e| e.seq), Some(between));
    let event = calendar.take_next().expect("the lane's third timer");
    assert_eq!((event.time, event.seq), (12, third));
    assert_eq!(calendar.take_from_lane(0, |_, _| true), (3, third));
    assert_eq!(calendar.take_next(), None);
}
