//! The distributions of the language: names, parameters, and how each is built.

use crate::dist::{Dist, DistError};
use std::sync::Arc;

/// Which law a call stands for, with what is known before its parameters are.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum LawKind {
    Exponential,
    Constant,
    Uniform,
    Triangular,
    Normal { truncated: bool },
    LognormalMeanCv,
    LognormalQuantiles(f64, f64),
    GammaMeanCv,
    GammaQuantiles(f64, f64),
    WeibullMeanCv,
    WeibullQuantiles(f64, f64),
    Erlang,
    HyperexpMeanCv,
    HyperexpPhases,
    Pareto,
    Poisson,
    Geometric,
    Zipf,
    Between,
    Choice { weighted: bool },
    Mixture,
    Empirical(Arc<[f64]>),
}

/// What a parameter measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The same as the values of the law.
    Scale,
    /// A count or a ratio.
    Plain,
}

/// A way to give the parameters of a law.
pub(super) struct Signature {
    /// The name of the distribution.
    pub name: &'static str,
    pub parameters: &'static [(&'static str, Role)],
    /// How many of them must be given.
    pub required: usize,
    pub kind: LawKind,
}

const fn signature(
    name: &'static str,
    parameters: &'static [(&'static str, Role)],
    kind: LawKind,
) -> Signature {
    Signature { name, parameters, required: parameters.len(), kind }
}

use Role::{Plain, Scale};

const MEAN_CV: &[(&str, Role)] = &[("mean", Scale), ("cv", Plain)];

/// Laws with a fixed list of parameters, in the order of LANGUAGE.
pub(super) static SIGNATURES: &[Signature] = &[
    signature("exp", &[("mean", Scale)], LawKind::Exponential),
    signature("constant", &[("value", Scale)], LawKind::Constant),
    signature("uniform", &[("low", Scale), ("high", Scale)], LawKind::Uniform),
    signature(
        "triangular",
        &[("low", Scale), ("mode", Scale), ("high", Scale)],
        LawKind::Triangular,
    ),
    signature("normal", &[("mean", Scale), ("sd", Scale)], LawKind::Normal { truncated: false }),
    signature("lognormal", MEAN_CV, LawKind::LognormalMeanCv),
    signature("gamma", MEAN_CV, LawKind::GammaMeanCv),
    signature("weibull", MEAN_CV, LawKind::WeibullMeanCv),
    signature("erlang", &[("k", Plain), ("mean", Scale)], LawKind::Erlang),
    signature("hyperexp", MEAN_CV, LawKind::HyperexpMeanCv),
    Signature {
        name: "pareto",
        parameters: &[("min", Scale), ("alpha", Plain), ("max", Scale)],
        required: 2,
        kind: LawKind::Pareto,
    },
    signature("poisson", &[("mean", Plain)], LawKind::Poisson),
    signature("geometric", &[("mean", Plain)], LawKind::Geometric),
    signature("zipf", &[("n", Plain), ("s", Plain)], LawKind::Zipf),
    signature("between", &[("low", Scale), ("high", Scale)], LawKind::Between),
];

/// Every distribution's name, for suggestions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SIGNATURES.iter().map(|s| s.name).chain(["choice", "mixture", "empirical"])
}

/// The level of a named quantile, `p99.9` → 0.999; `None` if the name is not one.
pub(super) fn quantile(name: &str) -> Option<f64> {
    let digits = name.strip_prefix('p')?;
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let percent: f64 = digits.parse().ok()?;
    (percent > 0.0 && percent < 100.0).then_some(percent / 100.0)
}

/// Parameters once they are known: numbers by slot, or parts with weights.
pub(super) enum Parameters {
    /// In the order of the signature; optional ones may be missing.
    Slots(Vec<Option<f64>>),
    /// Of `choice` and `hyperexp` by phases.
    Weighted(Vec<(f64, f64)>),
    /// Of `mixture`.
    Parts(Vec<(Dist, f64)>),
}

impl LawKind {
    /// The law itself.
    pub fn build(&self, parameters: Parameters) -> Result<Dist, DistError> {
        match (self, parameters) {
            (Self::HyperexpPhases, Parameters::Weighted(phases)) => Dist::hyperexp_phases(&phases),
            (Self::Choice { .. }, Parameters::Weighted(values)) => Dist::choice(&values),
            (Self::Mixture, Parameters::Parts(parts)) => Dist::mixture(parts),
            (_, Parameters::Slots(slots)) => self.build_from_slots(&slots),
            // The checker pairs kinds with their parameters; an empty choice is an error anyway.
            _ => Dist::choice(&[]),
        }
    }

    fn build_from_slots(&self, slots: &[Option<f64>]) -> Result<Dist, DistError> {
        let optional = |slot: usize| slots.get(slot).copied().flatten();
        // A missing required parameter cannot pass the checker; NaN is refused by every law.
        let at = |slot: usize| optional(slot).unwrap_or(f64::NAN);
        match self {
            Self::Exponential => Dist::exponential(at(0)),
            Self::Constant => Dist::constant(at(0)),
            Self::Uniform => Dist::uniform(at(0), at(1)),
            Self::Triangular => Dist::triangular(at(0), at(1), at(2)),
            Self::Normal { truncated } => Dist::normal(at(0), at(1), *truncated),
            Self::LognormalMeanCv => Dist::lognormal_mean_cv(at(0), at(1)),
            Self::LognormalQuantiles(p, q) => Dist::lognormal_quantiles((*p, at(0)), (*q, at(1))),
            Self::GammaMeanCv => Dist::gamma_mean_cv(at(0), at(1)),
            Self::GammaQuantiles(p, q) => Dist::gamma_quantiles((*p, at(0)), (*q, at(1))),
            Self::WeibullMeanCv => Dist::weibull_mean_cv(at(0), at(1)),
            Self::WeibullQuantiles(p, q) => Dist::weibull_quantiles((*p, at(0)), (*q, at(1))),
            // Not whole or out of range becomes 0, which the law refuses with its own words.
            Self::Erlang => Dist::erlang(whole(at(0)).unwrap_or(0) as u32, at(1)),
            Self::HyperexpMeanCv => Dist::hyperexp_mean_cv(at(0), at(1)),
            Self::Pareto => Dist::pareto(at(0), at(1), optional(2)),
            Self::Poisson => Dist::poisson(at(0)),
            Self::Geometric => Dist::geometric(at(0)),
            // A count of things rounds up.
            Self::Zipf => Dist::zipf(at(0).ceil() as u64, at(1)),
            Self::Between => Dist::between(at(0), at(1)),
            Self::Empirical(values) => Dist::empirical(values.to_vec()),
            Self::HyperexpPhases | Self::Choice { .. } | Self::Mixture => Dist::choice(&[]),
        }
    }
}

/// A number without fraction that fits a `u32`.
fn whole(value: f64) -> Option<u64> {
    (value.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&value)).then_some(value as u64)
}
