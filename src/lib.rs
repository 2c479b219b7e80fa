//! plimsoll: a capacity-planning simulator.
//!
//! A module imports only from modules named above it here.
pub mod units;

pub mod dist;

pub mod expr;

pub mod diag;

pub mod stats;

pub mod analytic;

pub mod scenario;

pub mod plot;

pub mod model;

pub mod demand;

pub mod plan;

pub mod sim;

pub mod experiment;

pub mod verdict;

pub mod report;

pub mod cli;
