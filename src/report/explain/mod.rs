//! What a query or a write on a table costs, and why: sizes, the chosen way and the others, where
//! the time goes, and what one index more or less would change.
//!
//! - [`facts`]: the view model, which JSON is
//! - [`words`]: ways in words, and as PostgreSQL names them
//! - [`changes`]: one index more, one index less
//! - [`growth`]: what becomes of tables
//! - [`gather`]: from a model to the view model
//! - [`render`]: text and Markdown

pub mod facts;

pub mod words;

pub mod changes;

pub mod growth;

pub mod gather;
mod headline;

pub mod render;

#[cfg(test)]
mod tests;
