//! Designs of experiments: which runs answer a question about several designs.
//!
//! Lifecycle: (1) an [`Alternative`] is a model that has been bound and compiled, with what is to
//! be measured of it; (2) [`runs`] makes the runs of several, on the same worlds and the same luck;
//! (3) what they found is compared ([`compare`](mod@compare)), always by the metrics that
//! [`measured`](mod@measured) lists.
//!
//! Beside this stands [`forecast`]: amounts and money over a calendar, by arithmetic without runs.
//!
//! Nothing here reads files or knows how a result is shown.

pub mod ageing;
mod alternative;
pub mod cause;
pub mod compare;
pub mod forecast;
pub mod growing;
pub mod kept;
pub mod measured;
pub mod partial;
pub mod range;
pub mod refine;
pub mod runs;
pub mod sensitivity;
pub mod since;
pub mod size;
pub mod sweep;

pub use alternative::{Alone, Alternative, Ran, find, judge, objectives};
