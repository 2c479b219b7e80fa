//! What a job holds and stands in, as a stack of frames in a slab.

use crate::plan::NONE;

/// An entry of a job's stack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Frame {
    /// It counts in the balancer of its caller.
    Balanced {
        /// Service.
        service: u32,
        /// Instance that called; `NONE`: a workload.
        caller: u32,
    },
    /// A worker of the instance.
    Worker {
        /// Instance.
        instance: u32,
    },
    /// A connection.
    Connection {
        /// Pool of an instance.
        pool: u32,
        /// Connection.
        connection: u32,
    },
    /// A transaction on a connection that is kept beyond its end.
    Transaction,
    /// A lock; `NONE`: one that an outer frame holds already.
    Lock {
        /// Slot of the lock.
        slot: u32,
        /// Taken alone.
        write: bool,
    },
    /// It wants a row that was locked when it came.
    Row {
        /// Slot of the lock.
        slot: u32,
        /// The wake in which it looks again; `NONE`: it waits.
        wake: u32,
        /// When it asked first, ns.
        since: u64,
        /// Its looks so far: each draws its work anew, by a key that is lent to the job.
        looks: u32,
        /// Key of the job outside.
        key: u64,
    },
    /// It reads from a disk.
    Disk {
        /// Disk.
        disk: u32,
        /// Random reads left.
        left: u32,
    },
    /// An inline loop.
    Loop {
        /// Loop.
        spec: u32,
        /// Items left, those of this pass included.
        left: u32,
        /// Items of a pass.
        batch: u32,
        /// Number of the pass.
        index: u32,
        /// Key of the job outside.
        key: u64,
    },
    /// A block that is tried again.
    Retry {
        /// Retry.
        spec: u32,
        /// Tries begun.
        tries: u32,
        /// Tries in all.
        limit: u32,
        /// Key of the job outside.
        key: u64,
    },
    /// A handler.
    Catch {
        /// Handler.
        spec: u32,
    },
    /// A named step.
    Mark {
        /// Mark.
        mark: u32,
        /// Start, ns.
        since: u64,
        /// Waiting before it, ns.
        waited: u64,
    },
    /// Children.
    Group(Group),
}

/// The state of a group of children.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// Group.
    pub spec: u32,
    /// Items, or branches, not yet started.
    pub left: u32,
    /// Items of one child.
    pub batch: u32,
    /// Number of the next child.
    pub index: u32,
    /// Children alive.
    pub live: u32,
    /// Children that ended well.
    pub good: u32,
    /// Start, ns.
    pub since: u64,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    frame: Frame,
    below: u32,
}

/// The slab of frames.
#[derive(Debug, Default)]
pub struct Frames {
    cells: Vec<Cell>,
    free: Vec<u32>,
}

impl Frames {
    /// Puts a frame on a stack whose top is `top`; gives the new top.
    #[inline]
    pub fn push(&mut self, top: u32, frame: Frame) -> u32 {
        // One place that writes the cell, so that the compiler writes it there field by field.
        let index = match self.free.pop() {
            Some(index) => index,
            None => self.add_cell(),
        };
        self.cells[index as usize] = Cell { frame, below: top };
        index
    }

    #[cold]
    fn add_cell(&mut self) -> u32 {
        self.cells.push(Cell { frame: Frame::Transaction, below: NONE });
        self.cells.len() as u32 - 1
    }

    /// Takes the top frame; gives it and the new top. `None` on an empty stack.
    #[inline]
    pub fn pop(&mut self, top: u32) -> Option<(&Frame, u32)> {
        let Cell { frame, below } = self.cells.get(top as usize)?;
        self.free.push(top);
        Some((frame, *below))
    }

    /// The frame on top.
    #[inline]
    pub fn get(&self, top: u32) -> Option<&Frame> {
        self.cells.get(top as usize).map(|cell| &cell.frame)
    }

    /// The frame on top, to change.
    #[inline]
    pub fn get_mut(&mut self, top: u32) -> Option<&mut Frame> {
        self.cells.get_mut(top as usize).map(|cell| &mut cell.frame)
    }

    /// The first index from the top on whose frame satisfies a condition.
    pub fn find(&self, top: u32, wanted: impl Fn(&Frame) -> bool) -> Option<u32> {
        let mut at = top;
        while at != NONE {
            let cell = &self.cells[at as usize];
            if wanted(&cell.frame) {
                return Some(at);
            }
            at = cell.below;
        }
        None
    }

    /// Puts a frame at the bottom of a stack, above the worker if there is one; gives the new top.
    pub fn insert_at_base(&mut self, top: u32, frame: Frame) -> u32 {
        let worker = self.find(top, |frame| matches!(frame, Frame::Worker { .. }));
        self.insert_above(top, worker.unwrap_or(NONE), frame)
    }

    /// Puts a frame directly above `below` in the stack whose top is `top` (`below == NONE`: at
    /// the bottom); gives the new top.
    pub fn insert_above(&mut self, top: u32, below: u32, frame: Frame) -> u32 {
        let new = self.push(below, frame);
        if top == below {
            return new;
        }
        let mut at = top;
        while self.cells[at as usize].below != below {
            at = self.cells[at as usize].below;
        }
        self.cells[at as usize].below = new;
        top
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_small() {
        assert!(size_of::<Cell>() <= 48, "{}", size_of::<Cell>());
    }

    #[test]
    fn a_frame_can_be_put_under_others() {
        let mut frames = Frames::default();
        let worker = frames.push(NONE, Frame::Worker { instance: 1 });
        let top = frames.push(worker, Frame::Catch { spec: 2 });
        let top = frames.insert_at_base(top, Frame::Connection { pool: 3, connection: 4 });
        let (first, top) = frames.pop(top).expect("three frames");
        assert_eq!(*first, Frame::Catch { spec: 2 });
        let (second, top) = frames.pop(top).expect("two frames");
        assert_eq!(*second, Frame::Connection { pool: 3, connection: 4 });
        let (third, top) = frames.pop(top).expect("one frame");
        assert_eq!(*third, Frame::Worker { instance: 1 });
        assert_eq!(top, NONE);
    }
}
