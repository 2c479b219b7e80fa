//! `plimsoll compare`: what was found about several designs, and how it is shown.
//!
//! - [`facts`]: what is reported, the content of `comparison.json`
//! - [`gather`](mod@gather): from what a study found to these facts
//! - [`charts`](mod@charts): its SVG files
//! - [`render`]: as text and as Markdown
//! - [`sentences`]: who is better, in words
pub mod charts;
pub mod facts;
pub mod gather;
pub mod render;
mod sentences;
