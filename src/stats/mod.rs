//! Statistics over plain numbers: what was recorded, and what may be said about it.
//!
//! Nothing here knows what produced the numbers; everything is a pure function of slices, or a
//! small accumulator that merges exactly (the parts give the whole bit for bit, in any order). All
//! transcendental functions come from `libm`, so the same input gives the same bytes on every
//! platform.
//!
//! In reading order: the accumulator ([`histogram`]), special functions ([`beta`],
//! [`normal`], [`student`]), estimates with their uncertainty ([`estimate`], [`binomial`],
//! [`quantile`], [`paired`]), when there are enough samples ([`looks`]), judgments about series
//! ([`warmup`], [`drift`]), and designs over uncertain inputs ([`sobol`], [`worlds`]).
//!
//! Then what a decision rests on: differences of many alternatives ([`multiple`]), how much is luck
//! and how much ignorance ([`variance`]), which input matters ([`sensitivity`]) and up to where a
//! claim holds ([`threshold`]), the search for a size ([`bracket`]), and the shape of a curve
//! ([`knee`]).

pub mod histogram;

pub mod beta;

pub mod normal;

pub mod student;

pub mod estimate;

pub mod binomial;

pub mod quantile;

pub mod paired;

pub mod looks;

pub mod warmup;

pub mod drift;

pub mod sobol;

pub mod worlds;

pub mod multiple;

pub mod variance;

pub mod sensitivity;

pub mod threshold;

pub mod bracket;

pub mod knee;

#[cfg(test)]
mod testing;

#[cfg(test)]
mod tests;
