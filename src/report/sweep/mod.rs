//! `plimsoll sweep`: how a design answers over the range of a key or two, and how it is shown.
//!
//! - [`beside`]: several designs over the same range
//! - [`facts`]: what is reported, the content of `sweep.json`
//! - [`gather`](mod@gather): from what a study found to these facts, with its sentences
//! - [`charts`](mod@charts): its SVG files
//! - [`render`]: as text and as Markdown
pub mod beside;
pub mod charts;
mod cliffs;
pub mod facts;
pub mod gather;
mod grids;
pub mod render;
mod sentences;
#[cfg(test)]
mod tests;
