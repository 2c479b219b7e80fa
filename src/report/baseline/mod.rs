//! `plimsoll run --baseline`: what moved since a summary that was saved, and whether it is luck or
//! change.
//!
//! - [`facts`]: what is reported, the content of `baseline.json`
//! - [`gather`](mod@gather): from two summaries to these facts
//! - [`render`]: as text, Markdown and JSON
pub mod facts;
pub mod gather;
pub mod render;
#[cfg(test)]
mod tests;
