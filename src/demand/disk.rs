//! What queries ask of disks and logs.

use super::usage::{Block, Count, Resource, Time, Use, times};
use crate::analytic::group_commit::GroupCommit;
use crate::model::{Binding, Model, RandomReads};
use crate::units::show;

/// A disk with its numbers; what no query uses is 0.
#[derive(Clone, Copy, Debug)]
pub struct Disk {
    /// Seconds that one random read has the disk for.
    turn: f64,
    /// Seconds of one read.
    read: f64,
    /// Reads asked for at once.
    group: f64,
    /// Bytes per second.
    bandwidth: f64,
    /// Seconds of a flush.
    sync: f64,
}

impl Disk {
    pub fn of(model: &Model, binding: &Binding, database: usize) -> Self {
        let disk = model.databases[database].disk;
        let number = |id: Option<_>| id.map_or(0.0, |id| binding.get(id));
        let iops = number(disk.reads.map(|reads| reads.iops));
        let turn = if iops > 0.0 { 1.0 / iops } else { 0.0 };
        Self {
            turn,
            read: number(disk.reads.map(|reads| reads.latency)).max(turn),
            group: RandomReads::at_once(iops),
            bandwidth: number(disk.bandwidth),
            sync: number(disk.sync),
        }
    }

    /// So many pages, one after the other.
    pub fn reads(&self, count: Count, database: usize) -> Block {
        let elapsed = Time::constant(self.read).repeated(count);
        // Of each group its turn, and what its reads take beyond it.
        let events = if self.read > self.turn { 2.0 } else { 1.0 };
        let mut block = Block::lasting(elapsed, times(events, count.mean / self.group));
        let turns = Use::one(Time::constant(self.turn)).scaled(count.mean);
        block.add(Resource::Reads(database), turns);
        block
    }

    /// So many bytes (their moments in the place of a time's).
    pub fn scan(&self, bytes: Time, database: usize) -> Block {
        let time = bytes.scaled(1.0 / self.bandwidth);
        let mut block = Block::lasting(time, 1.0);
        block.add(Resource::Scans(database), Use::one(time));
        block
    }

    /// A flush.
    pub fn commit(&self, database: usize) -> Block {
        let time = Time::constant(self.sync);
        let mut block = Block::lasting(time, 1.0);
        block.add(Resource::Log(database), Use::one(time));
        block
    }
}

/// What is known of a log that is asked for `rate` flushes of `sync` seconds per second.
pub fn log_note(name: &str, rate: f64, sync: f64) -> String {
    let log = GroupCommit::new(rate, sync);
    format!(
        "{name}: a flush serves all who wait for it, so no rate of commits fills it; if they come \
         at random, it flushes {} of the time, {} commits at once on average, and a commit takes {}",
        show::percent(log.busy),
        show::number(log.group),
        show::duration(log.mean_response())
    )
}
