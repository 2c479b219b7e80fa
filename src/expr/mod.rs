//! The little language inside a scenario's strings: quantities, tests and metric conditions.
//!
//! One lexer and one parser make a tree whose nodes know their bytes in the text. From there:
//!
//! - [`check::check`]: a quantity or distribution, with names and dimensions → [`checked::Checked`];
//!   its [`formula::Formula`] is bound to the inputs of a world and gives a [`formula::Variate`]
//! - [`check::check_test`]: a comparison of values (`if = "fans < 100"`)
//! - [`metric::parse_condition`]: what an objective or claim says; its names are resolved later
//!
//! # `exp`: distribution or function
//!
//! `exp(x)` is the exponential *distribution* with mean x if
//! 1. x has a dimension (`exp(5ms)`), or
//! 2. the mean is named (`exp(mean = 5)`), or
//! 3. x is a count and the call is the whole value, or a whole part of a `mixture`, in a place
//!    where a distribution may stand (`attempts = "exp(5)"`).
//!
//! Everywhere else it is the *function* eˣ: inside arithmetic (`2 * exp(0.5)`), as an argument
//! of another function, and where no distribution may stand.
//!
//! # Limits
//!
//! 4096 bytes of text, 64 levels of nesting. Nothing here panics, and nothing recurses deeper than
//! those levels: trees are vectors in postfix order (a metric expression may be 128 high).

pub mod amount;
pub mod call;
pub mod check;
pub mod checked;
pub mod error;
pub mod formula;
pub mod habits;
mod law;
pub mod lexer;
pub mod metric;
mod parser;
pub mod scope;
#[cfg(test)]
mod tests;
pub mod tree;
