//! Judgment: what objectives and claims say, against what the runs found.
//!
//! In order of use: [`needs`] (what must be measured beyond the usual, before compiling),
//! [`resolve`] (is each metric there and does its function suit it, before running), [`estimate`]
//! (a metric with its uncertainty) and [`judge`] (a verdict with its margin and reason).
//!
//! A metric expression becomes a tree of [`statistic`]s of one world. A single statistic, or a
//! linear function of one, has the interval that suits it: Student's t over replications for what
//! is one number per run, the ratio estimator for means, utilizations and rates, the binomial one
//! for rare shares, sectioning for quantiles. Anything else (a quotient of two metrics, a
//! difference of two variants) is sectioned: the expression is evaluated in groups of consecutive
//! replications, the same in each variant, so that common luck cancels. With several worlds there
//! is one value per world, shown as median and band, and a comparison must hold in the stated
//! share of them.

mod apart;
mod cliff;
mod course;
mod expression;
mod foresight;
mod interval;
mod judge;
mod lasting;
mod needs;
mod paired;
mod path;
mod precision;
mod resolve;
mod statistic;
#[cfg(test)]
mod tests;
mod until;

pub use apart::{Apart, holds_apart, values_apart};
pub use cliff::{Cliff, on_the_cliff};
pub use interval::{Absence, Estimate, Found, estimate};
pub use judge::{Assurance, ClaimVerdict, Judgement, Part, Reason, Threshold, Verdict, judge};
pub use needs::needs;
pub use paired::{Over, Paired, Side, Singles, paired};
pub use precision::{Reached, precision};
pub use resolve::{resolve, resolve_metric};
pub use until::Note;

use crate::experiment::Ensemble;
use crate::model::Model;

/// What a condition is judged on.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    /// The model of the variant that is judged: names of inputs and windows.
    pub model: &'a Model,
    /// Its runs.
    pub ensemble: &'a Ensemble,
    /// The runs of other variants, for `in(variant, …)`.
    pub others: &'a dyn Fn(&str) -> Option<&'a Ensemble>,
}
