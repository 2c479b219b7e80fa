//! The far future: slots by the digits of the time, as in a radix heap or a hierarchical timing
//! wheel.
//!
//! There is an *edge*: keys of times up to it are elsewhere, keys beyond it are here. A key stands
//! at the level of the highest digit (in base 256) in which its time differs from the edge, in the
//! slot of its own digit there. So all of a slot comes before all of the next slot of its level,
//! and a level before the next level. The edge moves on to the end of the first slot that holds
//! something, which is taken out; a slot that holds too much is first spread over the level below.
//! A key thus moves at most once a level on its way to the edge, sequentially through memory,
//! whatever the distribution of the times is (Ahuja, Mehlhorn, Orlin and Tarjan, "Faster
//! algorithms for the shortest path problem", J. ACM 37(2), 1990).

/// Bits of a digit.
const BITS: u32 = 8;
/// Slots of a level.
const SLOTS: usize = 1 << BITS;
/// Levels: digits of a time.
const LEVELS: usize = (u64::BITS / BITS) as usize;
/// Keys of a chunk: eight cache lines.
const CHUNK: usize = 32;
/// No chunk.
const NO_CHUNK: u32 = u32::MAX;

/// Keys that are in no order.
#[derive(Debug, Clone, Copy)]
struct Slot {
    /// How many.
    count: u32,
    /// The chunk begun last; the others are full.
    chunk: u32,
}

/// What is beyond the edge. All memory is in one list of chunks, of which a slot takes as many as
/// it needs and gives them back.
#[derive(Debug)]
pub struct Wheel {
    /// By level, then by digit; empty as long as nothing was ever put in.
    slots: Vec<Slot>,
    /// By level: which slots hold something.
    held: [[u64; SLOTS / 64]; LEVELS],
    /// Which levels do.
    levels: u8,
    chunks: Vec<[u128; CHUNK]>,
    /// By chunk: the one before it in its slot, or in the list of free ones.
    before: Vec<u32>,
    free: u32,
    len: usize,
}

/// The time of a key.
fn time(key: u128) -> u64 {
    (key >> 64) as u64
}

/// The digit of a time at a level.
fn digit(time: u64, level: usize) -> usize {
    (time >> (BITS as usize * level)) as usize % SLOTS
}

/// The highest digit in which two times differ; they are not equal.
pub fn level(one: u64, other: u64) -> usize {
    ((one ^ other).ilog2() / BITS) as usize
}

/// The last time that has all digits from `level` on in common with `time`.
pub fn last_alike(time: u64, level: usize) -> u64 {
    match BITS as usize * level {
        64.. => u64::MAX,
        bits => time | ((1 << bits) - 1),
    }
}

impl Wheel {
    /// An empty wheel; allocates nothing.
    pub fn new() -> Self {
        Self {
            slots: Vec::new(),
            held: [[0; SLOTS / 64]; LEVELS],
            levels: 0,
            chunks: Vec::new(),
            before: Vec::new(),
            free: NO_CHUNK,
            len: 0,
        }
    }

    /// Keys in the wheel.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The first time to which the edge may come back: it has all digits in common with it that
    /// the places of the keys in the wheel follow from.
    pub fn first_alike(&self, edge: u64) -> u64 {
        match self.levels {
            0 => 0,
            levels => edge & !last_alike(0, levels.trailing_zeros() as usize),
        }
    }

    /// Puts a key in whose time is beyond the edge. O(1).
    pub fn put(&mut self, key: u128, edge: u64) {
        debug_assert!(time(key) > edge);
        if self.slots.is_empty() {
            self.slots = vec![Slot { count: 0, chunk: NO_CHUNK }; LEVELS * SLOTS];
        }
        self.len += 1;
        self.add(key, level(time(key), edge));
    }

    /// Adds a key to its slot of a level.
    #[inline]
    fn add(&mut self, key: u128, level: usize) {
        let digit = digit(time(key), level);
        let slot = &mut self.slots[level * SLOTS + digit];
        let place = slot.count as usize % CHUNK;
        if place == 0 {
            if slot.count == 0 {
                self.held[level][digit / 64] |= 1 << (digit % 64);
                self.levels |= 1 << level;
            }
            let chunk = if self.free == NO_CHUNK {
                self.chunks.push([0; CHUNK]);
                self.before.push(NO_CHUNK);
                self.chunks.len() as u32 - 1
            } else {
                let chunk = self.free;
                self.free = self.before[chunk as usize];
                chunk
            };
            self.before[chunk as usize] = slot.chunk;
            slot.chunk = chunk;
        }
        slot.count += 1;
        self.chunks[slot.chunk as usize][place] = key;
    }

    /// Takes out the first slot that holds at most `enough` keys, or keys of one time, having
    /// spread those that hold more; gives its last time, the new edge. `None` if the wheel is
    /// empty.
    pub fn take_first(&mut self, enough: u32, mut take: impl FnMut(u128)) -> Option<u64> {
        loop {
            let (level, digit) = self.first()?;
            let slot = self.remove(level, digit);
            let pours = slot.count <= enough || level == 0;
            let (mut chunk, mut left) = (slot.chunk, slot.count as usize);
            let mut some = 0;
            while left > 0 {
                let here = (left - 1) % CHUNK + 1;
                let keys = self.chunks[chunk as usize];
                let next = std::mem::replace(&mut self.before[chunk as usize], self.free);
                self.free = std::mem::replace(&mut chunk, next);
                left -= here;
                for &key in &keys[..here] {
                    if pours { take(key) } else { self.add(key, level - 1) }
                }
                some = time(keys[0]);
            }
            if pours {
                self.len -= slot.count as usize;
                return Some(last_alike(some, level));
            }
        }
    }

    /// Level and digit of the first slot that holds something.
    fn first(&self) -> Option<(usize, usize)> {
        if self.levels == 0 {
            return None;
        }
        let level = self.levels.trailing_zeros() as usize;
        let (word, bits) = self.held[level].iter().enumerate().find(|(_, bits)| **bits != 0)?;
        Some((level, word * 64 + bits.trailing_zeros() as usize))
    }

    /// Chunks that some slot holds.
    #[cfg(test)]
    pub fn chunks_in_use(&self) -> usize {
        let next = |&chunk: &u32| Some(self.before[chunk as usize]).filter(|&at| at != NO_CHUNK);
        let free = Some(self.free).filter(|&at| at != NO_CHUNK);
        self.chunks.len() - std::iter::successors(free, next).count()
    }

    /// Empties a slot; its chunks are the caller's.
    fn remove(&mut self, level: usize, digit: usize) -> Slot {
        self.held[level][digit / 64] &= !(1 << (digit % 64));
        if self.held[level] == [0; SLOTS / 64] {
            self.levels &= !(1 << level);
        }
        let empty = Slot { count: 0, chunk: NO_CHUNK };
        std::mem::replace(&mut self.slots[level * SLOTS + digit], empty)
    }
}
