//! What a relational database makes of tables, indexes and queries: plain numbers in, plain numbers
//! out.
//!
//! The reference is PostgreSQL 15 with its defaults (8 KiB pages, 8-byte alignment): its layout of
//! tuples and pages decides the sizes, its planner how a table is read. Nothing here knows a scenario
//! or a name. Functions are total: no input makes them panic.
//!
//! - [`mod@column`]: types, their widths and alignments
//! - `known`: what was worked out before
//! - [`layout`]: where values come to lie in a tuple
//! - [`heap`]: tuples, rows a page, pages of a table, values kept out of line
//! - [`place`]: on which page a row comes to lie
//! - [`btree`]: entries, fill and pages of an index
//! - [`duplicates`]: leaf pages of keys that share their entries
//! - [`groups`]: leaf pages where rows come at the end of their group
//! - [`leaves`]: leaf pages followed from split to split
//! - [`wave`]: leaf pages after inserts at random places
//! - [`memory`]: which pages a cache of a given size holds
//! - [`toast`]: which columns have values out of line, and where they lie
//! - [`settings`]: the planner's settings, and our time constants
//! - [`ask`]: tables, indexes, and what a query asks of them
//! - [`path`]: the ways to answer, as the planner generates and costs them; its choice
//! - [`effort`]: the time and the pages a way takes under the true row counts
//! - [`mod@write`]: what an insert, an update, a delete costs
//! - [`mod@purge`]: what it costs to delete old rows in one go
//!
//! Sizes are means (`f64`): of a column's lengths, of a page's rows, of the pages of many indexes
//! filled by the same law. Section and file names in the sources are those of PostgreSQL's
//! documentation and code, release 15.

pub mod ask;
pub mod btree;
pub mod column;
pub mod duplicates;
pub mod effort;
pub mod groups;
pub mod heap;
mod known;
pub mod layout;
pub mod leaves;
pub mod memory;
pub mod path;
pub mod place;
pub mod purge;
pub mod settings;
pub mod toast;
pub mod wave;
pub mod write;

#[cfg(test)]
mod tests;
