//! Metrics of a case as reported values: the same way to a number as that of objectives.

use crate::experiment::{Ensemble, Row};
use crate::expr::metric::parse_metric;
use crate::plan::Plan;
use crate::report::summary::{Number, Value};
use crate::stats::estimate::{self, Quality};
use crate::stats::histogram::Sparse;
use crate::verdict::{self, Evidence, Found};

/// What metrics are read from.
#[derive(Clone, Copy)]
pub struct Measure<'a> {
    /// The runs and the model.
    pub evidence: Evidence<'a>,
}

impl<'a> Measure<'a> {
    fn ensemble(&self) -> &'a Ensemble {
        self.evidence.ensemble
    }

    /// The plan of the first world.
    pub fn plan(&self) -> &'a Plan {
        self.ensemble().plan()
    }

    /// The runs, in order.
    pub fn rows(&self) -> &'a [Row] {
        &self.ensemble().rows
    }

    /// A metric; `None` if the plan does not measure it or nothing was recorded.
    pub fn value(&self, text: &str) -> Option<Value> {
        let metric = parse_metric(text).ok()?;
        value(&verdict::estimate(&metric, &self.evidence).ok()?.found)
    }

    /// Tallies of all runs together.
    pub fn merged(&self, tallies: &[u32]) -> Sparse {
        let of = |row: &'a Row| tallies.iter().filter_map(|&tally| row.tally(0, tally));
        Sparse::merged(self.rows().iter().flat_map(of))
    }

    /// A share, from counts by run.
    pub fn probability(&self, hits: &[u64], trials: &[u64]) -> Option<Value> {
        estimate::probability(hits, trials, self.ensemble().confidence).map(Value::from)
    }

    /// A quotient of sums over runs.
    pub fn ratio(&self, above: &[f64], below: &[f64]) -> Option<Value> {
        let ratio = estimate::ratio(above, below, self.ensemble().confidence)?;
        Some(Value::from(ratio.within(0.0, 1.0)))
    }
}

/// What was found, as it is reported; `None` if there is no number.
pub fn value(found: &Found) -> Option<Value> {
    match found {
        Found::Number(number) => Some(Value::from(*number)),
        Found::Never { lower, .. } => Some(Value {
            point: Number(f64::INFINITY),
            lower: Some(Number(*lower)),
            upper: None,
            quality: Quality::Unbounded,
        }),
        Found::Worlds { band, .. } => {
            Some(Value::with_interval(band.median, band.lower, band.upper))
        }
        Found::Nothing(_) => None,
    }
}
