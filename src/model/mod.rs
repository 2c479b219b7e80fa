//! Meaning: a scenario whose names are resolved, whose defaults are filled in and whose
//! expressions are checked, but not yet evaluated.
//!
//! Every number that a scenario states lives in one of two tables: [`Slots::quantities`] (a plain
//! number, evaluated once per world) and [`Slots::variates`] (a number that may be drawn anew at
//! each use). Entities hold ids into these tables. [`Model::bind`] evaluates both tables at one
//! world, date and scaling and checks the ranges; everything after it works on numbers alone.
//!
//! Rejected: evaluating while resolving (64 worlds would resolve names 64 times), and entities
//! generic over "expression or number" (every struct written twice in the reader's head).

mod bind;
mod entity;
mod growth;
mod query;
mod rates;
mod resolve;
mod slot;
mod step;
mod table;
mod uses;

pub use bind::{BindProblem, Binding, Scaling, World};
pub use entity::*;
pub use growth::*;
pub use query::*;
pub use rates::{Piece, Rates};
pub use resolve::{
    MAX_DEPTH, MAX_ENDPOINTS, MAX_INPUTS, MAX_LETS, MAX_STEPS, MAX_WORKLOADS, mistakes, resolve,
    resolve_data,
};
pub use slot::{
    Bounds, ConditionId, ConditionSlot, Origin, QuantityId, QuantitySlot, Slots, VariateId,
    VariateSlot,
};
pub use step::*;
pub use table::*;

use crate::diag::Span;
use crate::expr::metric::Condition;
use crate::units::Dimension;

/// A resolved scenario.
#[derive(Debug, Clone)]
pub struct Model {
    /// The name given in `[scenario]`, or the file's stem.
    pub name: String,
    /// What it is about, as its author says.
    pub about: Option<String>,
    /// Documents the figures come from.
    pub sources: Vec<String>,
    /// Name of the variant that is merged in, if any.
    pub variant: Option<String>,
    /// Named numbers; `Symbol::Input(i)` is `inputs[i]`, and an input uses only those before it.
    pub inputs: Vec<Input>,
    /// All numbers of the scenario.
    pub slots: Slots,
    /// How to run it.
    pub run: RunSpec,
    /// Fleets that run flows.
    pub services: Vec<Service>,
    /// Database servers.
    pub databases: Vec<Database>,
    /// Connection pools.
    pub pools: Vec<Pool>,
    /// Tables of databases.
    pub tables: Vec<Table>,
    /// Queries: those of the scenario, then those that stand for steps which write.
    pub queries: Vec<Query>,
    /// Locks.
    pub locks: Vec<Lock>,
    /// Kinds of requests.
    pub endpoints: Vec<Endpoint>,
    /// Where requests come from.
    pub workloads: Vec<Workload>,
    /// Names given by `fail`, in order of first appearance; `Verb::Fail` holds an index.
    pub failures: Vec<String>,
    /// Named time windows.
    pub windows: Vec<Window>,
    /// What must hold.
    pub objectives: Vec<Objective>,
    /// What somebody said.
    pub claims: Vec<Claim>,
    /// What only a forecast asks for.
    pub outlook: Outlook,
    /// Names and descriptions of the variants of the file.
    pub variants: Vec<VariantName>,
    /// Every default that was used.
    pub assumptions: Vec<Assumption>,
}

/// A named number of `[inputs]`.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its value: a certain quantity, or a law that describes what is not known.
    pub value: VariateId,
    /// The same as written.
    pub text: String,
    /// What it measures.
    pub dimension: Dimension,
    /// True if the value is a distribution: one draw per world.
    pub uncertain: bool,
    /// Where it is written.
    pub span: Option<Span>,
}

/// Windows that a run can measure besides its own, those of `at(…)` included. A request remembers
/// them as the lower 16 bits of a word, next to the interval in which it arrived.
pub const WINDOWS_MAX: usize = 15;

/// `[window.X]`: a named span of simulated time.
#[derive(Debug, Clone)]
pub struct Window {
    /// Its name.
    pub name: String,
    /// Start, seconds after the start of the run.
    pub from: QuantityId,
    /// End, seconds after the start of the run.
    pub to: QuantityId,
}

/// `[objective.X]`: what must hold.
#[derive(Debug, Clone)]
pub struct Objective {
    /// Its name.
    pub name: String,
    /// The text of the condition.
    pub text: String,
    /// The parsed condition.
    pub that: Condition,
    /// Where the text is written.
    pub span: Option<Span>,
}

/// `[claim."ID"]`: what somebody said.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Its id, such as `live-a/S3.3`.
    pub id: String,
    /// The statement in words.
    pub says: String,
    /// The text of the condition.
    pub text: String,
    /// The parsed condition.
    pub that: Condition,
    /// The variant on which it is judged; none: the scenario as it stands.
    pub variant: Option<String>,
    /// Where the condition is written.
    pub span: Option<Span>,
}

/// A variant of the file by name.
#[derive(Debug, Clone)]
pub struct VariantName {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub about: Option<String>,
    /// Whether nobody can choose it (physics switched off): it has no place among designs.
    pub is_counterfactual: bool,
}

/// A default that the scenario did not state and that the plan reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// Dotted path of the key, such as `pool.api_pg.acquire_timeout`.
    pub path: String,
    /// The value used, as it would be written.
    pub value: String,
}
