//! Many runs: worlds, replications, warm-up, and what they add up to.
//!
//! Lifecycle of a [`Study`] (one variant under one scaling): (1) [`Study::new`] draws the worlds,
//! binds and compiles the model once in each; (2) [`Study::prepare`] finds the warm-up by pilot
//! runs and predicts the events, which may cut the replications; (3) [`Study::run`] makes the runs
//! in parallel, reduces each to a [`Row`] at once, and judges the drift of the number in the system
//! in each world; (4) the result is an [`Ensemble`], which merges with those of other ranges of
//! runs.
//!
//! Runs have a fixed order: world by world, and in a world replication by replication. Run `i` has
//! the luck number `i`, so no two worlds share their luck, and a study of fewer replications (of
//! one world) or of fewer worlds is a prefix of a larger one, byte for byte. Everything that is
//! computed from several runs is computed afterwards, in that order: the number of threads changes
//! nothing. There is no clock here.

mod classify;
mod ensemble;
mod identity;
mod pilot;
mod precise;
mod row;
mod study;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use classify::{State, WorldState};
pub use ensemble::{Ensemble, MergeError, Partial, Warning};
pub use identity::Identity;
pub use pilot::{PILOTS, WarmUp};
pub use row::{LevelStat, Row};
pub use study::{Control, EVENTS_MAX, Phase, Prepared, Progress, Study};
