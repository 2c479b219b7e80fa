//! What a relational database makes of tables and indexes: plain numbers in, plain numbers out.
//!
//! The reference is PostgreSQL 15 with its defaults: its planner decides how a table is read. Nothing
//! here knows a scenario or a name. Functions are total: no input makes them panic.
//!
//! - [`settings`]: the planner's settings, and our time constants
//! - [`ask`]: tables, indexes, and what a query asks of them
//! - [`path`]: the ways to answer, as the planner generates and costs them; its choice
//! - [`effort`]: the time and the pages a way takes under the true row counts
//! - [`write`]: what an insert, an update, a delete costs
//!
//! File names in the sources are those of PostgreSQL's code, release 15.

pub mod ask;
pub mod effort;
pub mod path;
pub mod settings;
pub mod write;
