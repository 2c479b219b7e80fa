//! The metrics that a later summary is compared by.

use serde::{Deserialize, Serialize};

use super::value::{Number, Unit};
use crate::stats::estimate::{Estimate, Quality};
use crate::stats::multiple::Better;
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
    /// The estimate; of several worlds the mean over the worlds.
    pub point: Number,
    /// Lower end of its interval.
    pub lower: Number,
    /// Upper end of its interval.
    pub upper: Number,
    /// Its standard error.
    pub standard_error: Number,
    /// Independent values behind the standard error: replications, groups of them, or worlds.
    pub samples: u64,
    /// May a verdict rest on it?
    pub quality: Quality,
}

impl Metric {
    /// As it is compared.
    pub fn known(&self, confidence_level: f64) -> Known {
        let number = Estimate {
            point: self.point.0,
            standard_error: self.standard_error.0,
            lower: self.lower.0,
            upper: self.upper.0,
            confidence_level,
            samples: self.samples,
            quality: self.quality,
        };
        Known { text: self.metric.clone(), better: self.better, number }
    }

    /// Whether every number is one.
    pub(super) fn is_whole(&self) -> bool {
        let all = [self.point, self.lower, self.upper, self.standard_error];
        !all.iter().any(|number| number.0.is_nan())
    }
}
