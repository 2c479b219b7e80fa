//! Studies: designs of experiments on models.
//!
//! - [`forecast`]: amounts and money over a calendar

pub mod forecast;
