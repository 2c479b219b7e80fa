//! The report of a forecast: one summary, and its renderings as text, Markdown, JSON and charts.
//!
//! - [`summary`]: plain fields, all that the renderings know
//! - [`behavior`](mod@behavior): what the simulator found at dates
//! - [`gather`]: from a forecast to its summary
//! - `alike`: in what variants are like the first
//! - [`judged`](mod@judged): objectives and claims with their verdicts
//! - [`words`]: amounts and dates as people read them
//! - [`purges`]: what is to be said of the work of purges
//! - [`purging`](mod@purging): what requests meet while a purge runs
//! - [`render`]: text and Markdown
//! - `rules`: which variants help, in sentences
//! - `variants`: what variants change, in a table
//! - [`charts`]: growth by table, before and after, bytes and cost by tier

mod alike;
pub mod behavior;
pub mod charts;
pub mod gather;
pub mod judged;
pub mod purges;
pub mod purging;
pub mod render;
mod rules;
pub mod summary;
#[cfg(test)]
mod tests;
mod variants;
pub mod words;
