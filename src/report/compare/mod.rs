//! `plimsoll compare`: what was found about several designs, and how it is shown.
//!
//! - [`facts`]: what is reported, the content of `comparison.json`
//! - [`gather`](mod@gather): from what a study found to these facts
//! - [`charts`](mod@charts): its SVG files
//! - [`lengths`]: how differently designs were run, and what `run` says of each
//! - [`luck`]: how far saved summaries met the same draws
//! - [`render`]: as text and as Markdown
//! - [`sentences`]: who is better, in words
//! - [`spoken`]: of which designs a headline may speak
pub mod charts;
pub mod facts;
pub mod gather;
mod lengths;
pub mod luck;
pub mod render;
mod sentences;
mod spoken;
