//! Scaling and shifting, folded into the parameters where that is exact.

use std::sync::Arc;

use super::law::{Dist, DistError, Law, Weighted};

impl Dist {
    /// The law of factor × X. `factor` is 0 or more; 0 gives the constant 0.
    ///
    /// # Errors
    /// A negative factor, or one that takes a parameter out of range.
    pub fn scaled(&self, factor: f64) -> Result<Dist, DistError> {
        if !(factor >= 0.0 && factor.is_finite()) {
            return Err(DistError::new(
                format!("a factor of {factor} is impossible; expected a finite number, 0 or more"),
                &[],
            ));
        }
        if factor == 0.0 {
            return Dist::constant(0.0);
        }
        if factor == 1.0 {
            return Ok(self.clone());
        }
        match &self.law {
            Law::Constant { value } => Dist::constant(factor * value),
            Law::Exponential { mean } => Dist::exponential(factor * mean),
            Law::Uniform { low, high } => Dist::uniform(factor * low, factor * high),
            Law::Triangular { low, mode, high } => {
                Dist::triangular(factor * low, factor * mode, factor * high)
            }
            Law::Normal { mean, sd } => Dist::normal(factor * mean, factor * sd, false),
            Law::TruncatedNormal { mean, sd } => Dist::normal(factor * mean, factor * sd, true),
            Law::Gamma { shape, scale } => Dist::gamma(*shape, factor * scale),
            Law::Weibull { shape, scale } => Dist::weibull(*shape, factor * scale),
            Law::Erlang { k, mean } => Dist::erlang(*k, factor * mean),
            Law::Hyperexponential { phases } => {
                let phases = mapped(phases, |mean| Ok(Dist::exponential(factor * mean)?.mean()))?;
                Ok(Dist { law: Law::Hyperexponential { phases } })
            }
            Law::Pareto { min, alpha, max } => {
                let max = (*max < f64::INFINITY).then_some(factor * max);
                Dist::pareto(factor * min, *alpha, max)
            }
            Law::Choice { values } => Ok(Dist {
                law: Law::Choice { values: mapped(values, |value| checked(factor * value))? },
            }),
            Law::Empirical { values } => {
                Dist::empirical(values.iter().map(|value| factor * value).collect())
            }
            Law::Mixture { parts } => {
                Ok(Dist { law: Law::Mixture { parts: mapped(parts, |part| part.scaled(factor))? } })
            }
            Law::Affine { base, factor: inner, shift } => {
                affine(base, factor * inner, factor * shift)
            }
            Law::Lognormal { mu, sigma } => {
                Ok(Dist { law: Law::Lognormal { mu: mu + libm::log(factor), sigma: *sigma } })
            }
            Law::Poisson { .. } | Law::Geometric { .. } | Law::Zipf { .. } => {
                affine(&Arc::new(self.clone()), factor, 0.0)
            }
        }
    }

    /// The law of X + `by`.
    ///
    /// # Errors
    /// A shift that is not finite, or that takes a parameter out of range.
    pub fn shifted(&self, by: f64) -> Result<Dist, DistError> {
        if !by.is_finite() {
            let template = "a shift of {} is impossible; expected a finite number";
            return Err(DistError::new(template, &[by]));
        }
        if by == 0.0 {
            return Ok(self.clone());
        }
        match &self.law {
            Law::Constant { value } => Dist::constant(value + by),
            Law::Uniform { low, high } => Dist::uniform(low + by, high + by),
            Law::Triangular { low, mode, high } => Dist::triangular(low + by, mode + by, high + by),
            Law::Normal { mean, sd } => Dist::normal(mean + by, *sd, false),
            Law::Choice { values } => Ok(Dist {
                law: Law::Choice { values: mapped(values, |value| checked(value + by))? },
            }),
            Law::Empirical { values } => {
                Dist::empirical(values.iter().map(|value| value + by).collect())
            }
            Law::Mixture { parts } => {
                Ok(Dist { law: Law::Mixture { parts: mapped(parts, |part| part.shifted(by))? } })
            }
            Law::Affine { base, factor, shift } => affine(base, *factor, shift + by),
            _ => affine(&Arc::new(self.clone()), 1.0, by),
        }
    }
}

fn affine(base: &Arc<Dist>, factor: f64, shift: f64) -> Result<Dist, DistError> {
    if !(factor > 0.0 && factor.is_finite() && shift.is_finite()) {
        return Err(DistError::new(
            format!(
                "a factor of {factor} with a shift of {{}} is impossible; expected finite numbers"
            ),
            &[shift],
        ));
    }
    Ok(Dist { law: Law::Affine { base: Arc::clone(base), factor, shift } })
}

/// The alternatives with their items replaced; probabilities stay as they are, to the bit.
fn mapped<T>(
    items: &[Weighted<T>],
    map: impl Fn(&T) -> Result<T, DistError>,
) -> Result<Arc<[Weighted<T>]>, DistError> {
    items
        .iter()
        .map(|w| Ok(Weighted { item: map(&w.item)?, p: w.p, cumulative: w.cumulative }))
        .collect()
}

fn checked(value: f64) -> Result<f64, DistError> {
    if value.is_finite() {
        return Ok(value);
    }
    Err(DistError::new("a value of {} is impossible; expected a finite number", &[value]))
}
