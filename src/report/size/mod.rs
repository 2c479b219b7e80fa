//! `plimsoll size`: the smallest value that meets what is asked for, and why smaller ones do not.
//!
//! - [`facts`]: what is reported, the content of `size.json`
//! - [`gather`](mod@gather): from what a search found to these facts
//! - [`render`]: as text and as Markdown
pub mod facts;
pub mod gather;
pub mod render;
mod sentences;
