//! What is reported of requests that wait for each other.

use super::summary::Number;
use serde::Serialize;

/// Requests that waited for each other in a circle, each for what another held.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Deadlock {
    /// What they waited for: `lock.seat`, `pool.api_pg`, `service.api`.
    pub paths: Vec<String>,
    /// Endpoints of the requests.
    pub endpoints: Vec<String>,
    /// Runs in which it happened.
    pub runs: u64,
    /// How often it happened, in all runs together, warm-up included.
    pub count: u64,
    /// When it happened first, in the run in which it came earliest.
    pub first_s: Number,
    /// Waits on the circle, of the largest.
    pub waits: u64,
}
