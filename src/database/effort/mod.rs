//! What a way to answer takes under the true row counts: CPU time, pages, bytes.

#[cfg(test)]
mod tests;
mod truth;
mod wide;
mod work;

use crate::database::ask::{Ask, Condition, Relation, Test};
use crate::database::path::Path;
use crate::database::settings::{Constants, PAGE, Settings};

pub use truth::distinct;

use truth::Truth;
use work::Timer;

/// Where pages lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The heap of the first table.
    Heap,
    /// The leaves of its index.
    Index(usize),
    /// The heap of the joined table.
    InnerHeap,
    /// The leaves of an index of the joined table.
    InnerIndex(usize),
    /// Values of the first table out of line.
    Toast,
    /// The leaves of the index on them.
    ToastIndex,
    /// Values of the joined table out of line.
    InnerToast,
    /// The leaves of the index on them.
    InnerToastIndex,
}

/// Pages touched at one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Touched {
    /// Where.
    pub place: Place,
    /// Distinct pages.
    pub pages: f64,
    /// Reads from the disk if none of them is cached: contiguous pages are one read and then
    /// sequential bytes.
    pub reads: f64,
}

/// What a query takes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Effort {
    /// CPU seconds, all processes together, everything in memory.
    pub cpu: f64,
    /// Part of `cpu` that the leader and its workers share; 0 without workers.
    pub shared: f64,
    /// Pages touched out of order, each to be found in memory or read alone.
    pub touched: Vec<Touched>,
    /// Bytes read in order by sequential scans, with the place.
    pub scanned: Vec<(Place, f64)>,
    /// Bytes written to and read from temporary files, each way.
    pub spilled: f64,
    /// Rows looked at in the tables.
    pub examined: f64,
    /// Rows returned.
    pub rows: f64,
    /// Bytes returned.
    pub bytes: f64,
}

/// What `path` takes.
///
/// The time of a scan's rows and pages is ours ([`Constants`]), not the planner's; pages are counted
/// under the true rows. A sequential scan stands for itself in `scanned`; upper levels of an index
/// are taken to be in memory.
pub fn effort(
    relation: &Relation,
    ask: &Ask,
    path: &Path,
    settings: &Settings,
    constants: &Constants,
) -> Effort {
    let truth = Truth::new(relation, ask);
    let timer = Timer { relation, ask, path, truth, settings, costs: constants };
    let mut effort = Effort::default();
    let mut rows = timer.scan(&mut effort);
    if let Some(join) = &ask.join {
        rows = timer.join(&mut effort, join, rows);
    }
    if let Some(by) = &ask.aggregate {
        rows = timer.aggregate(&mut effort, by, rows);
    }
    if path.sort.is_some() {
        rows = timer.sort(&mut effort, rows);
    }
    if path.workers > 0 {
        let workers = f64::from(path.workers);
        let pages = effort.scanned.iter().map(|(_, bytes)| bytes / PAGE).sum::<f64>()
            + effort.touched.iter().map(|touched| touched.pages).sum::<f64>();
        let mapped = pages * workers / (workers + 1.0);
        effort.cpu += workers * constants.worker + mapped * constants.worker_page;
        effort.shared = effort.cpu;
    }
    effort.cpu += constants.statement;
    let ranges = |c: &Condition| c.test == Test::Range && !c.constant;
    if ask.conditions.iter().any(ranges) {
        effort.cpu += constants.planning;
    }
    timer.result(&mut effort, rows);
    effort
}
