//! The metrics that a later summary is compared by.

use serde::{Deserialize, Serialize};

use super::value::{Number, Unit};
use crate::stats::estimate::{Estimate, Quality};
use crate::stats::multiple::Better;
use crate::stats::worlds::Band;
use crate::study::compare::BAND;
use crate::study::since::Known;

/// One metric with everything that a comparison needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// As written: `p95(workload.viewers)`.
    pub metric: String,
    /// What it is measured in.
    pub unit: Unit,
    /// What is better of it; null: it tells what a design is like, not how good it is.
    pub better: Option<Better>,
    /// The estimate; of several worlds their median.
    pub point: Number,
    /// Lower end of its interval; of several worlds of the band that holds 90 % of them.
    pub lower: Number,
    /// Upper end of its interval or band.
    pub upper: Number,
    /// Of several worlds: where their median lies, at the run's confidence; else absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median: Option<Ends>,
    /// Of several worlds: the value in each of the first [`WORLDS_KEPT`](crate::study::kept::WORLDS_KEPT), null where there is no number;
    /// else absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_world: Vec<Number>,
    /// Its standard error.
    pub standard_error: Number,
    /// Independent values behind the standard error: replications, groups of them, or worlds.
    pub samples: u64,
    /// May a verdict rest on it?
    pub quality: Quality,
}

/// Ends of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ends {
    /// The lower one.
    pub lower: Number,
    /// The upper one.
    pub upper: Number,
}

impl Metric {
    /// As it is compared.
    pub fn known(&self, confidence_level: f64) -> Known {
        let ends = self.median.unwrap_or(Ends { lower: self.lower, upper: self.upper });
        let band = self.median.map(|_| Band {
            median: self.point.0,
            lower: self.lower.0,
            upper: self.upper.0,
            share: BAND,
            worlds: self.samples,
        });
        let number = Estimate {
            point: self.point.0,
            standard_error: self.standard_error.0,
            lower: ends.lower.0,
            upper: ends.upper.0,
            confidence_level,
            samples: self.samples,
            quality: self.quality,
        };
        let value = |one: &Number| (!one.0.is_nan()).then_some(one.0);
        let by_world = match band {
            Some(_) => self.by_world.iter().map(value).collect(),
            None => Vec::new(),
        };
        Known { text: self.metric.clone(), better: self.better, number, band, by_world }
    }

    /// Whether every number is one.
    pub(super) fn is_whole(&self) -> bool {
        let all = [self.point, self.lower, self.upper, self.standard_error];
        let ends = self.median.iter().flat_map(|ends| [ends.lower, ends.upper]);
        !all.into_iter().chain(ends).any(|number| number.0.is_nan())
    }
}
