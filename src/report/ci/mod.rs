//! What a build server is told: which checks there are, how each ended, and where it stands in the
//! scenario.
//!
//! - [`checks`](mod@checks): objectives, claims and the metrics of a baseline as checks
//! - [`junit`](mod@junit): XML as `JUnit` has it, for GitLab, Jenkins and most others
//! - [`annotations`](mod@annotations): workflow commands of GitHub, at the lines of the scenario
pub mod annotations;
pub mod checks;
pub mod junit;
