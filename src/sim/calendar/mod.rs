//! The future event list: a 4-ary heap ordered by (time, sequence) for the near future, a wheel
//! for the far one, and FIFO lanes for timers of constant length.
//!
//! Events at the same time come out in the order in which they were put in. The key is one
//! `u128` = time << 64 | sequence << 32 | what, so a comparison is two instructions.
//!
//! Up to some thousand events all of them stand in the heap, and the wheel costs one comparison.
//! A heap that grows beyond that leaves the caches; so then only what comes next stays in it, and
//! the rest waits unsorted in the [`wheel`], from which some hundred events come at a time.
//!
//! A timer of constant length never overtakes an earlier one of the same length, so such timers
//! wait in a queue of their own, a *lane*, of which only the head stands in the heap. Most
//! timeouts never fire; in a lane they cost a push and a pop of a ring buffer.

mod heap;
#[cfg(test)]
mod tests;
mod wheel;

use heap::Heap;
use std::collections::VecDeque;
use wheel::Wheel;

/// Sequence number of an event. `0` is never given.
pub type Seq = u32;

/// What an event is for: a kind and an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct What(u32);

/// Kinds of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    /// A job's own time has passed (a service, a delay, a pause).
    Wake = 0,
    /// A job's timer fires.
    Timer = 1,
    /// The first job of a sharing station may be done.
    Sharing = 2,
    /// A source has its next arrival.
    Source = 3,
    /// The head of a lane is due.
    Lane = 4,
    /// A connection has been opened.
    Opened = 5,
    /// A connection is to be looked at: too old, or idle for too long.
    Connection = 6,
    /// The machine changes.
    Control = 7,
    /// A step of the series, the start or end of a window.
    Tick = 8,
    /// A user has thought and asks.
    User = 9,
    /// A user within a session has thought and asks.
    Session = 10,
    /// An ejection ends.
    Return = 11,
    /// A clock of the background is due.
    Background = 12,
    /// A flush of a log is over.
    Flushed = 13,
}

const KIND_SHIFT: u32 = 28;
const INDEX_MASK: u32 = (1 << KIND_SHIFT) - 1;

impl What {
    /// Packs a kind and an index below 2²⁸.
    #[inline]
    pub fn new(kind: Kind, index: u32) -> Self {
        debug_assert!(index <= INDEX_MASK);
        Self((kind as u32) << KIND_SHIFT | index)
    }

    /// The kind.
    #[inline]
    pub fn kind(self) -> Kind {
        match self.0 >> KIND_SHIFT {
            0 => Kind::Wake,
            1 => Kind::Timer,
            2 => Kind::Sharing,
            3 => Kind::Source,
            4 => Kind::Lane,
            5 => Kind::Opened,
            6 => Kind::Connection,
            7 => Kind::Control,
            8 => Kind::Tick,
            9 => Kind::User,
            10 => Kind::Session,
            11 => Kind::Return,
            12 => Kind::Background,
            _ => Kind::Flushed,
        }
    }

    /// The index.
    #[inline]
    pub fn index(self) -> u32 {
        self.0 & INDEX_MASK
    }
}

/// An event taken from the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// When, ns.
    pub time: u64,
    /// Its number.
    pub seq: Seq,
    /// What it is for.
    pub what: What,
}

/// A timer in a lane.
#[derive(Debug, Clone, Copy)]
struct Timer {
    time: u64,
    seq: Seq,
    job: u32,
}

/// Events up to this many all stand in the heap.
const SPILL: usize = 4096;

/// As many come from the wheel into the heap at a time, about.
const POUR: u32 = 256;

/// The future event list.
#[derive(Debug)]
pub struct Calendar {
    /// Events of times up to `edge`.
    near: Heap,
    /// Events beyond.
    far: Wheel,
    edge: u64,
    /// Size of `near` at which part of it goes to `far`.
    spill: usize,
    sizes: Sizes,
    seq: Seq,
    lanes: Vec<VecDeque<Timer>>,
}

/// When events go from the heap to the wheel, and how many come back.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    spill: usize,
    pour: u32,
}

impl Calendar {
    /// An empty calendar with a number of lanes.
    pub fn new(lanes: usize) -> Self {
        Self::with_sizes(lanes, Sizes { spill: SPILL, pour: POUR })
    }

    fn with_sizes(lanes: usize, sizes: Sizes) -> Self {
        Self {
            near: Heap::new(),
            far: Wheel::new(),
            edge: u64::MAX,
            spill: sizes.spill,
            sizes,
            seq: 0,
            lanes: (0..lanes).map(|_| VecDeque::new()).collect(),
        }
    }

    /// Events to come (a lane counts as one).
    pub fn len(&self) -> usize {
        self.near.len() + self.far.len()
    }

    /// Whether nothing is to come.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A fresh sequence number.
    #[inline]
    pub fn next_seq(&mut self) -> Seq {
        self.seq += 1;
        self.seq
    }

    /// Puts an event in and gives its number. O(log n).
    #[inline]
    pub fn schedule(&mut self, time: u64, what: What) -> Seq {
        let seq = self.next_seq();
        self.insert(time, seq, what);
        seq
    }

    /// Puts an event in that comes before all others of its time. One of them may be pending.
    pub fn schedule_first(&mut self, time: u64, what: What) {
        self.insert(time, 0, what);
    }

    /// Puts a timer of a job into a lane. Times in one lane must not decrease. O(1).
    #[inline]
    pub fn schedule_in_lane(&mut self, lane: u32, time: u64, job: u32) -> Seq {
        let seq = self.next_seq();
        let queue = &mut self.lanes[lane as usize];
        debug_assert!(queue.back().is_none_or(|last| last.time <= time));
        queue.push_back(Timer { time, seq, job });
        if queue.len() == 1 {
            self.insert(time, seq, What::new(Kind::Lane, lane));
        }
        seq
    }

    /// Takes the head of a lane whose event has come; then drops timers from the front that are
    /// no longer `alive` and puts the next one into the heap. Gives the job of the head.
    ///
    /// # Panics
    /// If the lane is empty, which it is not while its event stands in the heap.
    pub fn take_from_lane(&mut self, lane: u32, alive: impl Fn(u32, Seq) -> bool) -> (u32, Seq) {
        let queue = &mut self.lanes[lane as usize];
        let head = queue.pop_front().expect("a lane's event stands for its head");
        while queue.front().is_some_and(|timer| !alive(timer.job, timer.seq)) {
            queue.pop_front();
        }
        if let Some(&next) = queue.front() {
            self.insert(next.time, next.seq, What::new(Kind::Lane, lane));
        }
        (head.job, head.seq)
    }

    /// Takes the earliest event. O(log n) in the heap, or O(1) if its root is replaced next.
    #[inline]
    pub fn take_next(&mut self) -> Option<Event> {
        let key = match self.near.take() {
            Some(key) => key,
            None => self.take_from_far()?,
        };
        Some(Event { time: (key >> 64) as u64, seq: (key >> 32) as u32, what: What(key as u32) })
    }

    #[inline]
    fn insert(&mut self, time: u64, seq: Seq, what: What) {
        let key = u128::from(time) << 64 | u128::from(seq) << 32 | u128::from(what.0);
        if time > self.edge || !self.near.replace(key) {
            self.insert_more(key);
        }
    }

    /// One more event than before in the heap, or one for the wheel.
    #[inline(never)]
    fn insert_more(&mut self, key: u128) {
        if (key >> 64) as u64 > self.edge {
            return self.far.put(key, self.edge);
        }
        self.near.push(key);
        if self.near.len() > self.spill {
            self.spill();
        }
    }

    /// The heap is empty: the first events of the wheel come into it.
    #[inline(never)]
    fn take_from_far(&mut self) -> Option<u128> {
        let near = &mut self.near;
        self.edge = self.far.take_first(self.sizes.pour, |key| {
            near.push(key);
        })?;
        self.spill = self.sizes.spill;
        if self.far.len() == 0 {
            self.edge = u64::MAX;
        }
        self.near.take()
    }

    /// The heap has become too large: the edge comes nearer, and what lies beyond goes to the
    /// wheel. What the wheel holds stays where it is: the edge keeps the digits that count there.
    #[cold]
    #[inline(never)]
    fn spill(&mut self) {
        let times = |near: &Heap| near.keys().map(|key| (key >> 64) as u64).max();
        let first = self.far.first_alike(self.edge).max((self.near.least() >> 64) as u64);
        while self.near.len() > self.sizes.spill / 2
            && let Some(last) = times(&self.near)
            && last > first
        {
            let edge = wheel::last_alike(first, wheel::level(first, last));
            let far = &mut self.far;
            self.near.retain(|key| {
                let stays = (key >> 64) as u64 <= edge;
                if !stays {
                    far.put(key, edge);
                }
                stays
            });
            self.edge = edge;
        }
        self.spill = self.sizes.spill.max(2 * self.near.len());
    }
}
