//! Probability laws as plain numbers, and the random source they are sampled from.
//!
//! A [`Dist`] is a validated law over `f64` in base units; it knows its moments, cdf and quantiles
//! exactly (no simulation), and draws values from a [`Draw`]. Invariants:
//!
//! - A `Dist` is valid once built: no constructor lets an impossible law through, so moments,
//!   quantiles and samples never fail.
//! - A sample is a pure function of the law and the draw; transcendental functions come from
//!   `libm`, so it is the same on every platform. The first values of every sampler are pinned.
//! - Sampling does not allocate.

mod atoms;
mod cdf;
mod construct;
mod draw;
mod law;
mod moments;
mod poisson;
mod quantile;
mod sample;
pub mod special;
mod transform;
mod ziggurat;
mod ziggurat_tables;
mod zipf;

#[cfg(test)]
mod tests;

pub use draw::{Draw, child_key, hash_name, key_place, mix64, serial_key, unit_interval};
pub use law::{Dist, DistError};
