//! Closed forms of queueing theory: plain numbers in, plain numbers out, no simulation.
//!
//! They answer `check`, and they judge the engine in the oracle tests. Conventions:
//!
//! - Any unit of time, the same in all arguments; rates are per that unit.
//! - Functions are total. An unstable station has infinite waits, waits for certain and has a tail
//!   of 1; nonsense (a negative rate, NaN) gives NaN, never a panic.
//! - *Wait* excludes service, *response* includes it. What is exact says so by its source; what is
//!   an approximation is called one.

pub mod erlang;
pub mod fork_join;
pub mod general;
pub mod group_commit;
pub mod impatience;
pub mod multi_server;
pub mod network;
pub mod operational;
pub mod priority;
pub mod renewal;
pub mod sharing;
pub mod two_choices;
