//! What a study says to people and to programs.
//!
//! [`summary::Summary`] is the one thing that everything here is made from or makes: names and
//! numbers are put in once, and every rendering is a function of it alone, so that text, Markdown,
//! JSON and charts cannot disagree. Nothing here judges: a verdict comes in as it was reached.
//!
//! - [`summary`]: the view model, with the JSON schema that follows from it
//! - [`cause`]: why a design does what it does
//! - [`headline`]: the sentence that a person would say
//! - [`table`]: one table, two markups
//! - [`tables`]: the tables of a summary
//! - [`text`], [`markdown`], [`json`]: the renderings
//! - [`charts`]: the SVG files
//! - [`unknowns`]: what is not known, as a table, sentences and charts
//! - [`summarize`]: from runs and verdicts to a summary
//! - [`check`], [`check_headline`], [`effort`]: what arithmetic says without a simulation
//! - [`compare`], [`sweep`], [`size`]: designs side by side, a design over a range, the smallest that
//!   will do
//! - [`explain`]: what a query on a table costs, and why
pub mod deadlock;

pub mod summary;

pub mod phrase;

pub mod cause;

pub mod again;

pub mod headline;

pub mod table;

pub mod tables;

pub mod window_table;

pub mod text;

pub mod markdown;

pub mod json;

pub mod charts;

pub mod unknowns;

pub mod check_headline;

pub mod effort;

pub mod glance;

pub mod check;

pub mod compare;

pub mod baseline;

pub mod ci;

pub mod explain;

pub mod forecast;

pub mod size;

pub mod summarize;

pub mod sweep;

#[cfg(test)]
mod tests;
