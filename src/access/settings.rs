//! Settings of the planner and times of work: the defaults, and what a scenario states.

use crate::database::settings::{Constants, Settings};
use crate::model::{Binding, Model};

/// What is reckoned with on one database.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Costs {
    /// What the planner goes by.
    pub settings: Settings,
    /// What work takes.
    pub constants: Constants,
}

impl Costs {
    /// Of a database.
    pub fn of(model: &Model, binding: &Binding, database: usize) -> Self {
        let mut costs = Self::default();
        for &(name, id) in &model.databases[database].costs {
            let value = binding.get(id);
            // The registry has their names.
            let _ = costs.settings.set(name, value) || costs.constants.set(name, value);
        }
        costs
    }
}

/// Reads of a disk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Disk {
    /// Seconds of one random read.
    pub latency: f64,
    /// Random reads per second, at most.
    pub iops: f64,
    /// Bytes per second.
    pub bandwidth: f64,
    /// Seconds of one flush of the log.
    pub sync: f64,
}

impl Default for Disk {
    /// The defaults of `database.X.disk`.
    fn default() -> Self {
        Self { latency: 1e-3, iops: 3000.0, bandwidth: 125.0 * 1_048_576.0, sync: 1e-3 }
    }
}

impl Disk {
    /// Of a database; what nothing uses and nobody states is as by default.
    pub fn of(model: &Model, binding: &Binding, database: usize) -> Self {
        let disk = model.databases[database].disk;
        let usual = Self::default();
        let number = |id: Option<_>, usual| id.map_or(usual, |id| binding.get(id));
        Self {
            latency: number(disk.reads.map(|reads| reads.latency), usual.latency),
            iops: number(disk.reads.map(|reads| reads.iops), usual.iops),
            bandwidth: number(disk.bandwidth, usual.bandwidth),
            sync: number(disk.sync, usual.sync),
        }
    }

    /// Seconds of so many random reads one after the other, and so many bytes in sequence, of an
    /// idle disk.
    pub fn seconds(&self, reads: f64, bytes: f64) -> f64 {
        reads * self.latency.max(1.0 / self.iops) + bytes / self.bandwidth
    }
}
