//! What was concluded of objectives and claims.

use serde::{Deserialize, Serialize};

use super::value::{Number, Unit, Value};

/// What was concluded of an objective or a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// An objective is met.
    Pass,
    /// An objective is missed.
    Fail,
    /// A claim holds.
    Confirmed,
    /// A claim does not hold.
    Refuted,
    /// The data does not tell.
    Inconclusive,
}

impl Verdict {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Confirmed => "confirmed",
            Self::Refuted => "refuted",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// Met or confirmed.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Pass | Self::Confirmed)
    }

    /// Missed or refuted.
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Fail | Self::Refuted)
    }
}

/// An objective or a claim with its verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgment {
    /// Its name or id.
    pub name: String,
    /// The statement in words; objectives have none.
    pub says: Option<String>,
    /// The condition as written.
    pub that: String,
    /// The variant on which it was judged; null: this run.
    pub variant: Option<String>,
    /// What was concluded.
    pub verdict: Verdict,
    /// Why, where it is not plain from the numbers; for a refuted claim what it should have said.
    pub because: Option<String>,
    /// Share of worlds in which it holds; null if there is one world.
    pub worlds: Option<Value>,
    /// Its comparisons, in order; all must hold.
    pub parts: Vec<Part>,
}

/// One comparison of a condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What is compared, as written: `p95(endpoint.browse)`.
    pub metric: String,
    /// What it is measured in.
    pub unit: Unit,
    /// The estimate; null if there is nothing to estimate from, and of what must last.
    pub estimate: Option<Value>,
    /// Where what it is compared with has metrics too: what that is, of `within P of Q` Q.
    pub against: Option<Value>,
    /// What it is compared with, in words: `< 500 ms`, `within 2 % of 417`.
    pub target: String,
    /// The limit nearest to the estimate, in the unit; null if there is none.
    pub limit: Option<Number>,
    /// Distance from the estimate to that limit, over the limit: positive on the good side.
    pub margin: Option<Number>,
    /// Of `within P of Q`: Q, in the unit.
    pub center: Option<Number>,
    /// Of what must last (`for 5 min`): how long it holds at a stretch, the median over runs,
    /// seconds.
    pub lasted_s: Option<Number>,
    /// What was concluded of it.
    pub verdict: Verdict,
}
