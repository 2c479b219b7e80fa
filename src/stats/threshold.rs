//! For which values of an input a claim holds: the threshold, with its interval.

/// Which side of the threshold the claim holds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Up to the threshold.
    Below,
    /// From the threshold on.
    Above,
}

/// How far an input decides whether something holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// Holds in at least the wanted share of worlds on one side: "holds for followers ≤ 4,100
    /// (3,600–4,700)".
    At {
        /// The side where it holds.
        side: Side,
        /// The input's value at which the share of worlds in which it holds passes the wanted one.
        point: f64,
        /// Lower end of the interval; `-inf` if it lies before the values seen.
        lower: f64,
        /// Upper end; `inf` if it lies beyond the values seen.
        upper: f64,
    },
    /// The wanted share is reached wherever the input lies within the values seen.
    Everywhere,
    /// It is reached nowhere within the values seen.
    Nowhere,
    /// Whether it holds is not shown to depend on the input in one direction.
    None,
}

/// The threshold of an input (`inputs[world]`, any finite values, taken on the scale given: pass
/// logarithms for inputs over orders of magnitude) for `holds[world]`, where it holds in at least
/// `share` of the worlds (0.5: more often than not; 0.9: the usual assurance).
///
/// `Option::None` if the lengths differ, there are fewer than 8 worlds or an input is not finite.
pub fn threshold(
    inputs: &[f64],
    holds: &[bool],
    share: f64,
    confidence_level: f64,
) -> Option<Threshold> {
    unimplemented!()
}
