//! What a run is a run of.

use super::pilot::WarmUp;
use crate::dist::mix64;
use crate::plan::Plan;

/// What a run is a run of: with [`crate::sim::RunId`] (world and replication) the name of a run.
/// Runs of equal names are equal, to the byte; only rows of one study are put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The variant; none: the scenario as it stands.
    pub variant: Option<String>,
    /// The point of a study that changes load or speeds; 0: as written.
    pub point: u32,
    /// Hash of every bound value, of the seed and of the warm-up: of one world for a run, of all
    /// its worlds for an ensemble.
    pub bound: u64,
}

/// What is simulated: the bound values of some worlds, the seed and the warm-up.
pub(super) fn bound(plans: &[Plan], warm_up: WarmUp) -> u64 {
    let parts = plans.iter().flat_map(|plan| [plan.identity, plan.seed]);
    parts.chain([warm_up.ns()]).fold(0, |hash, part| mix64(hash ^ part).wrapping_add(1))
}
