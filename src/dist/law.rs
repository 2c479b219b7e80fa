//! The closed list of laws and what all of them have in common.

use std::sync::Arc;

use super::zipf::Zipf;

/// A validated probability law over `f64`, in base units.
///
/// Cheap to clone: tables are shared. Equality is equality of parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Dist {
    pub(super) law: Law,
}

/// An impossible law: what is impossible and what is expected.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", self.message(f64::to_string))]
pub struct DistError {
    /// A lower-case phrase without full stop, such as "a cv of 0.5 is impossible for a
    /// hyperexponential law, which needs 1 or more". `{}` stands for a value.
    template: String,
    /// Values measured as the draws of the law are.
    values: Vec<f64>,
}

impl DistError {
    pub(super) fn new(template: impl Into<String>, values: &[f64]) -> DistError {
        DistError { template: template.into(), values: values.to_vec() }
    }

    /// The phrase, with values as `show` writes them: only the caller knows what they measure.
    pub fn message(&self, show: impl Fn(&f64) -> String) -> String {
        let mut parts = self.template.split("{}");
        let mut text = parts.next().unwrap_or_default().to_owned();
        for (part, value) in parts.zip(&self.values) {
            text = text + &show(value) + part;
        }
        text
    }
}

/// The parameters of a law; made by the constructors only.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Law {
    Constant {
        value: f64,
    },
    Exponential {
        mean: f64,
    },
    Uniform {
        low: f64,
        high: f64,
    },
    Triangular {
        low: f64,
        mode: f64,
        high: f64,
    },
    Normal {
        mean: f64,
        sd: f64,
    },
    /// Normal(mean, sd) conditioned on >= 0; mean and sd are those before truncation.
    TruncatedNormal {
        mean: f64,
        sd: f64,
    },
    /// exp(mu + sigma z).
    Lognormal {
        mu: f64,
        sigma: f64,
    },
    Gamma {
        shape: f64,
        scale: f64,
    },
    Weibull {
        shape: f64,
        scale: f64,
    },
    /// A sum of `k` exponentials, of total `mean`.
    Erlang {
        k: u32,
        mean: f64,
    },
    Hyperexponential {
        phases: Arc<[Weighted<f64>]>,
    },
    /// Density proportional to x^-(alpha+1) on [min, max]; `max` may be infinite.
    Pareto {
        min: f64,
        alpha: f64,
        max: f64,
    },
    Poisson {
        mean: f64,
    },
    /// On 1, 2, 3, …
    Geometric {
        mean: f64,
    },
    Zipf {
        zipf: Arc<Zipf>,
    },
    /// Values in increasing order.
    Choice {
        values: Arc<[Weighted<f64>]>,
    },
    Mixture {
        parts: Arc<[Weighted<Dist>]>,
    },
    /// Values in increasing order, each with the same probability.
    Empirical {
        values: Arc<[f64]>,
    },
    /// shift + factor × base, factor > 0.
    Affine {
        base: Arc<Dist>,
        factor: f64,
        shift: f64,
    },
}

/// An alternative with its probability and the sum of the probabilities up to and with it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Weighted<T> {
    pub item: T,
    pub p: f64,
    pub cumulative: f64,
}

/// Index of the alternative that `u` in (0, 1) falls on.
#[inline]
pub(super) fn pick<T>(items: &[Weighted<T>], u: f64) -> usize {
    const SCAN: usize = 8;
    let found = if items.len() <= SCAN {
        items.iter().position(|w| u < w.cumulative)
    } else {
        Some(items.partition_point(|w| w.cumulative <= u))
    };
    // The last cumulative is 1 and u is below it; `min` covers nothing but says so to the reader.
    found.unwrap_or(items.len() - 1).min(items.len() - 1)
}

impl Dist {
    /// The name of the family as the scenario language writes it (`exp`, `lognormal`, …); a
    /// shifted or scaled law goes by the name of what it was made from.
    pub fn family(&self) -> &'static str {
        match &self.law {
            Law::Constant { .. } => "constant",
            Law::Exponential { .. } => "exp",
            Law::Uniform { .. } => "uniform",
            Law::Triangular { .. } => "triangular",
            Law::Normal { .. } | Law::TruncatedNormal { .. } => "normal",
            Law::Lognormal { .. } => "lognormal",
            Law::Gamma { .. } => "gamma",
            Law::Weibull { .. } => "weibull",
            Law::Erlang { .. } => "erlang",
            Law::Hyperexponential { .. } => "hyperexp",
            Law::Pareto { .. } => "pareto",
            Law::Poisson { .. } => "poisson",
            Law::Geometric { .. } => "geometric",
            Law::Zipf { .. } => "zipf",
            Law::Choice { .. } => "choice",
            Law::Mixture { .. } => "mixture",
            Law::Empirical { .. } => "empirical",
            Law::Affine { base, .. } => base.family(),
        }
    }

    /// The value, if the law is a constant.
    pub fn as_constant(&self) -> Option<f64> {
        match self.law {
            Law::Constant { value } => Some(value),
            _ => None,
        }
    }

    /// Whether the law is exponential (memoryless, so closed forms such as Erlang C apply).
    pub fn is_exponential(&self) -> bool {
        matches!(self.law, Law::Exponential { .. })
    }
}
