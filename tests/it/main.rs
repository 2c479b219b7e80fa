//! Everything that is tested from outside the library, in one binary: it is linked once.

mod cli;
mod diagnostics;
mod docs;
mod explain;
mod robustness;
mod schema;
mod tidy;
