//! Numbers as they are reported: with their interval, their unit, and a form that JSON can carry.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::stats::estimate::{Estimate, Quality};
use crate::units::show::Measure;

/// A number that JSON can always carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            value if value.is_nan() => serializer.serialize_none(),
            value if value == f64::INFINITY => serializer.serialize_str("infinity"),
            value if value == f64::NEG_INFINITY => serializer.serialize_str("-infinity"),
            value => serializer.serialize_f64(value),
        }
    }
}

/// As it was written: what is not known is NaN.
impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(f64),
            Word(String),
        }
        Ok(Self(match Option::<Written>::deserialize(deserializer)? {
            None => f64::NAN,
            Some(Written::Number(number)) => number,
            Some(Written::Word(word)) => match word.as_str() {
                "infinity" => f64::INFINITY,
                "-infinity" => f64::NEG_INFINITY,
                _ => return Err(serde::de::Error::custom(format!("`{word}` is no number"))),
            },
        }))
    }
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        Self(value)
    }
}

/// A number with the interval in which it lies at the run's confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// The estimate.
    pub point: Number,
    /// Lower end of the interval; null if there is none.
    pub lower: Option<Number>,
    /// Upper end of the interval; null if there is none.
    pub upper: Option<Number>,
    /// May a verdict rest on it?
    pub quality: Quality,
}

impl Value {
    /// A number without an interval.
    pub fn plain(point: f64) -> Self {
        Self { point: Number(point), lower: None, upper: None, quality: Quality::Good }
    }

    /// A number with its interval.
    pub fn with_interval(point: f64, lower: f64, upper: f64) -> Self {
        Self {
            point: Number(point),
            lower: Some(Number(lower)),
            upper: Some(Number(upper)),
            quality: Quality::Good,
        }
    }

    /// One minus a share.
    #[must_use]
    pub fn complement(self) -> Self {
        let other = |number: Number| Number(1.0 - number.0);
        Self {
            point: other(self.point),
            lower: self.upper.map(other),
            upper: self.lower.map(other),
            quality: self.quality,
        }
    }
}

impl From<Estimate> for Value {
    /// An interval from too few samples is left out rather than shown.
    fn from(estimate: Estimate) -> Self {
        let has_interval = !estimate.lower.is_nan()
            && !estimate.upper.is_nan()
            && (estimate.lower.is_finite() || estimate.upper.is_finite());
        Self {
            point: Number(estimate.point),
            lower: has_interval.then_some(Number(estimate.lower)),
            upper: has_interval.then_some(Number(estimate.upper)),
            quality: estimate.quality,
        }
    }
}

/// What a number measures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A time.
    Seconds,
    /// A rate.
    PerSecond,
    /// An amount of data.
    Bytes,
    /// Data per time.
    BytesPerSecond,
    /// A ratio.
    Share,
    /// A count, or a number of another kind.
    #[default]
    Count,
}

impl Unit {
    /// How it is shown.
    pub fn measure(self) -> Measure {
        match self {
            Self::Seconds => Measure::Duration,
            Self::PerSecond => Measure::Rate,
            Self::Bytes => Measure::Bytes,
            Self::BytesPerSecond => Measure::Bandwidth,
            Self::Share => Measure::Percent,
            Self::Count => Measure::Count,
        }
    }
}
