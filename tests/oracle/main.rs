//! Oracles: the simulation against queueing theory, through the ordinary path of a scenario.
//!
//! Goal: a bias of half a percent in a mean, or of one percent in a 99th percentile, must show.
//! Method: independent replications with a fixed seed give an estimate and its standard error. A
//! check passes if the estimate lies within four standard errors of the theory *and* the standard
//! error is small enough (0.5 % of a mean or median, 1 % of a p99), *and* the same check against a
//! theory that is 3 % off fails: neither a bias nor a vacuous interval passes.

#![expect(clippy::print_stdout, reason = "z-scores are shown with --nocapture")]

#[path = "../common/mod.rs"]
mod common;
mod harness;

mod ageing;
mod balancing;
mod baseline;
mod choosing;
mod closed;
mod deadlock;
mod disks;
mod dropping;
mod fork_join;
mod hedging;
mod identities;
mod load;
mod locks;
mod mechanisms;
mod networks;
mod orders;
mod outliers;
mod pairing;
mod parallel;
mod patience;
mod possession;
mod preemption;
mod random_flows;
mod routes;
mod rows;
mod served;
mod sessions;
mod sharing;
mod stations;
mod transients;
