//! Disks: random reads in turn, scans that share the bandwidth.
//!
//! A random read has the disk for a turn of 1/IOPS, first come, first served, and goes on for what
//! is left of its latency beside the others. A query reads one page after the other, so it stands
//! in line anew for each (on a disk of 40,000 IOPS and more for a group of them).

use super::calendar::{Kind, What};
use super::frames::Frame;
use super::jobs::State;
use super::trace::Trace;
use super::{Engine, Step};
use crate::plan::Op;

impl<T: Trace> Engine<'_, T> {
    /// The ops of a disk; the job's `pc` is behind the op.
    #[inline(never)]
    pub(super) fn disk(&mut self, job: u32, op: &Op) -> Step {
        match *op {
            Op::Reads { disk, count } => {
                let left = self.draw_count(job, count);
                self.come_to_disk(job, disk, left);
                Step::Next
            }
            Op::ReadTurn { disk } => self.read_turn(job, disk),
            Op::ReadRest { disk } => self.read_rest(job, disk),
            Op::Scan { disk, bytes } => {
                self.come_to_disk(job, disk, 0);
                let plan = &self.plan.disks[disk as usize];
                let ns = self.draw(job, bytes) / plan.bandwidth * 1e9;
                self.enter_with(job, plan.scans, ns.round() as u64)
            }
            Op::DiskLeft => {
                self.pop_and_release(job);
                Step::Next
            }
            ref other => unreachable!("{other:?} is no op of a disk"),
        }
    }

    fn come_to_disk(&mut self, job: u32, disk: u32, left: u32) {
        self.push_frame(job, Frame::Disk { disk, left });
        let inside = self.plan.disks[disk as usize].inside;
        self.probes.add(self.now, inside, 1);
    }

    /// A job no longer reads, done or not.
    pub(super) fn leave_disk(&mut self, disk: u32) {
        let inside = self.plan.disks[disk as usize].inside;
        self.probes.add(self.now, inside, -1);
    }

    fn reads_left(&mut self, job: u32) -> &mut u32 {
        match self.frames.get_mut(self.jobs[job].frame) {
            Some(Frame::Disk { left, .. }) => left,
            other => unreachable!("a job that reads has a disk on top, not {other:?}"),
        }
    }

    fn read_turn(&mut self, job: u32, disk: u32) -> Step {
        let plan = self.plan.disks[disk as usize];
        let left = *self.reads_left(job);
        if left == 0 {
            self.pop_and_release(job);
            self.jobs[job].pc += 1;
            return Step::Jump;
        }
        let reads = left.min(plan.group);
        self.enter_with(job, plan.reads, (f64::from(reads) * plan.turn).round() as u64)
    }

    fn read_rest(&mut self, job: u32, disk: u32) -> Step {
        let plan = self.plan.disks[disk as usize];
        let left = self.reads_left(job);
        let reads = (*left).min(plan.group);
        *left -= reads;
        self.jobs[job].pc -= 2;
        let whole = (f64::from(reads) * plan.read).round();
        let rest = (whole - (f64::from(reads) * plan.turn).round()) as u64;
        if rest == 0 {
            return Step::Jump;
        }
        let at = self.now.saturating_add(rest);
        let wake = self.calendar.schedule(at, What::new(Kind::Wake, job));
        let job = &mut self.jobs[job];
        (job.since, job.state, job.wake) = (self.now, State::Pause(plan.place), wake);
        Step::Stop
    }
}
