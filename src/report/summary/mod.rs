//! The view model: everything that is reported of a study, and nothing that differs between two
//! runs of the same study (no wall time, thread count, path or event rate).
//!
//! Serialized, it is `summary.json`, [`SCHEMA`]. Times are in seconds (`_s`), rates per second,
//! shares and utilizations are ratios (0.05 is 5 %). A number that is infinite is the string
//! `"infinity"` or `"-infinity"`, one that is not known is `null`. Values by world stand on one line.

mod facts;
mod judgment;
mod metric;
mod rows;
mod saved;
mod series;
mod unknowns;
mod value;

pub use facts::{Assumption, Fact, Input, Precision, Regime, RunFacts, Theory};
pub use judgment::{Judgment, Part, Verdict};
pub use metric::{Ends, Metric};
pub use rows::{
    Breakdown, OutcomeRow, Percentile, PlaceTime, Pool, Requests, Station, VariantRow, WindowRow,
};
pub use saved::{Saved, SavedInput, SavedRun, Unusable, read};
pub use series::{Point, Series, StationSeries, WorkloadSeries};
pub use unknowns::{
    Advice, AdviceKind, Effect, Fan, FanPoint, Hinge, Range, Spread, Unknowns, Way,
};
pub use value::{Number, Unit, Value};

use serde::Serialize;

use super::deadlock::Deadlock;
use crate::study::kept::Worlds;

/// Version of the layout of `summary.json`: grows when a key changes its meaning or goes away.
pub const SCHEMA: u32 = 1;

/// What was found out about a study.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The scenario's name.
    pub name: String,
    /// What it is about, as its author says.
    pub about: Option<String>,
    /// Documents that the figures come from.
    pub sources: Vec<String>,
    /// Name of the variant that was run; null: the scenario as it stands.
    pub variant: Option<String>,
    /// The result in a sentence.
    pub headline: String,
    /// How it was simulated.
    pub run: RunFacts,
    /// What must hold.
    pub objectives: Vec<Judgment>,
    /// What somebody said.
    pub claims: Vec<Judgment>,
    /// What is not known and what hangs on it; absent with one world.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknowns: Option<Unknowns>,
    /// Findings that bear on how far the numbers can be trusted.
    pub warnings: Vec<String>,
    /// Deadlocks by what the requests waited for, the first first; absent if there were none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deadlocks: Vec<Deadlock>,
    /// Requests by endpoint, then by workload.
    pub requests: Vec<Requests>,
    /// Each workload in each named window.
    pub windows: Vec<WindowRow>,
    /// What works on requests, busiest first.
    pub stations: Vec<Station>,
    /// Connection pools, busiest first.
    pub pools: Vec<Pool>,
    /// Where the time of each endpoint's requests goes.
    pub breakdown: Vec<Breakdown>,
    /// This run and the other variants side by side.
    pub variants: Vec<VariantRow>,
    /// Variants that were not run, because no claim and no objective speaks of them; absent if there
    /// are none, or if a variant was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_run: Vec<String>,
    /// What designs and dates are compared by; a later summary is held against these numbers.
    pub metrics: Vec<Metric>,
    /// What queueing theory says of the same system, beside what was simulated.
    pub theory: Vec<Theory>,
    /// Named numbers of the scenario.
    pub inputs: Vec<Input>,
    /// Defaults that the scenario did not state and that the plan read.
    pub assumptions: Vec<Assumption>,
    /// The reporting checklist of the field (STRESS-DES), filled in.
    pub method: Vec<Fact>,
    /// Courses over time, for the charts.
    pub series: Series,
}

impl Summary {
    /// The worlds that it met, as far as they are kept.
    pub fn worlds(&self) -> Worlds {
        let uncertain = self.inputs.iter().filter(|input| input.uncertain);
        saved::worlds(uncertain.map(|input| (&*input.name, &*input.by_world)))
    }

    /// The busiest of stations and pools alike, and how busy it is: of what it has.
    pub fn busiest(&self) -> Option<(&Station, Value)> {
        let pool = |pool: &Pool| pool.in_use_of_open().or(pool.station.utilization);
        let pools = self.pools.iter().map(|one| (&one.station, pool(one)));
        let all = self.stations.iter().map(|one| (one, one.utilization)).chain(pools);
        all.filter_map(|(station, busy)| busy.map(|busy| (station, busy)))
            .reduce(|most, next| if next.1.point > most.1.point { next } else { most })
    }

    /// The requests that the result speaks of first: those with most arrivals, as their clients
    /// see them where that differs from what the server sees.
    pub fn main_requests(&self) -> Option<&Requests> {
        let first = |kind: &str| {
            let of_kind = self.requests.iter().filter(|r| r.path.starts_with(kind));
            of_kind.reduce(|most, next| if next.count > most.count { next } else { most })
        };
        first("workload.").or_else(|| first("endpoint."))
    }
}
