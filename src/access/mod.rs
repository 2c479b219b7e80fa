//! Access to data at rest: what the queries and writes of a model cost, at a binding.
//!
//! Names and numbers of the model in, answers of [`crate::database`] out:
//!
//! - [`stored`]: bytes of tables and indexes
//! - [`asked`]: what a query asks, in the planner's terms
//! - [`settings`]: settings of the planner and times of work, where the scenario states them
//! - [`ways`]: the ways to answer a query, the chosen one first; what a write takes
//! - [`memory`]: which of the pages that they touch are found in memory
//! - [`price`]: all this as numbers of a binding: work on cores, random reads, bytes in sequence
//!
//! Tables of `row` bytes have one column more than the scenario names: the rest of the row.
//!
//! Simplifications: a vacuum has been everywhere, so that pages are known to be visible to all;
//! columns are independent; indexes have grown by inserts one by one since they were empty; rows and
//! pages that a query touches are spread evenly over the table, but for queries whose values are all
//! stated, which touch the same rows every time.

pub mod asked;
pub mod memory;
pub mod price;
pub mod settings;
pub mod stored;
#[cfg(test)]
mod tests;
pub mod ways;
