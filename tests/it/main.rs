//! Everything that is tested from outside the library, in one binary: it is linked once.

mod aliases;
mod choosing;
mod cli;
mod diagnostics;
mod docs;
mod explain;
mod limits;
mod mutations;
mod purging;
mod robustness;
mod scenarios;
mod schema;
mod since;
mod tidy;
