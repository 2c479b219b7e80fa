//! What is kept of a request until its last branch has ended.

use crate::plan::NONE;

/// Records of requests with named steps: the last execution of each, kept until the last job of
/// the request has ended.
#[derive(Debug)]
pub struct Families {
    pub(super) marks: usize,
    pub(super) live: Vec<u32>,
    pub(super) last: Vec<u64>,
    pub(super) free: Vec<u32>,
}

impl Families {
    /// None yet; for plans without marks nothing is ever kept.
    pub fn new(marks: usize) -> Self {
        Self { marks, live: Vec::new(), last: Vec::new(), free: Vec::new() }
    }

    #[inline]
    pub(super) fn found(&mut self) -> u32 {
        if self.marks == 0 { NONE } else { self.open() }
    }

    fn open(&mut self) -> u32 {
        if let Some(family) = self.free.pop() {
            self.live[family as usize] = 1;
            let at = family as usize * self.marks;
            self.last[at..at + self.marks].fill(u64::MAX);
            return family;
        }
        self.live.push(1);
        self.last.resize(self.last.len() + self.marks, u64::MAX);
        self.live.len() as u32 - 1
    }

    /// One more job of the request.
    #[inline]
    pub fn join(&mut self, family: u32) {
        if family != NONE {
            self.live[family as usize] += 1;
        }
    }

    /// An execution of a mark has ended, `done` ns after the intended arrival.
    pub fn executed(&mut self, family: u32, mark: u32, done: u64) {
        if family != NONE {
            self.last[family as usize * self.marks + mark as usize] = done;
        }
    }
}
