//! Several designs through the same range, on the same luck.
//!
//! Each is run as it would be swept alone, with the replications and the warm-up that it needs by itself:
//! where one can afford few runs the others keep theirs. What a point is added for in one design is
//! added in all, so that every curve has the same points.

use super::{ADDED, Measured, Outside, Range, Setting, Sweep, begin, grid};
use crate::study::Alternative;

/// A design that is swept.
pub struct Design<'a, E> {
    /// What is measured of it.
    pub metrics: Vec<Measured>,
    /// The design at a point.
    pub make: Box<dyn FnMut(&[Setting]) -> Result<Alternative, E> + Send + 'a>,
}

/// Sweeps several designs over one range; half as many points as in one sweep are added for each, in
/// turn.
///
/// # Errors
/// Those of the designs, before anything is run for the range; what is wrong with a point between is no
/// error, no more points are added then.
pub fn beside<E>(
    range: &Range,
    mut designs: Vec<Design<E>>,
    outside: Outside,
) -> Result<Vec<Sweep>, E> {
    let ranges = vec![range.clone()];
    let points = grid(&ranges);
    let mut made = Vec::new();
    for design in &mut designs {
        made.push(points.iter().map(|at| (design.make)(at)).collect::<Result<Vec<_>, E>>()?);
    }
    let mut sweeps = Vec::new();
    for (design, made) in designs.iter_mut().zip(made) {
        let metrics = std::mem::take(&mut design.metrics);
        sweeps.push(begin(ranges.clone(), metrics, made, outside));
    }
    let mut turn = 0;
    for _ in 0..ADDED / 2 * designs.len() {
        if sweeps.iter().any(|one| one.0.stopped) {
            break;
        }
        let asks = (0..sweeps.len()).map(|at| (turn + at) % sweeps.len());
        let Some((at, setting, why)) = asks.into_iter().find_map(|at| {
            let (setting, why) = sweeps[at].0.most_telling()?;
            Some((at, setting, why))
        }) else {
            break;
        };
        turn = at + 1;
        let settings = [setting];
        let made: Result<Vec<_>, E> = designs.iter_mut().map(|one| (one.make)(&settings)).collect();
        let Ok(made) = made else { break };
        for ((sweep, shared), design) in sweeps.iter_mut().zip(made) {
            if !sweep.add(&settings, why, design, shared, outside) {
                break;
            }
        }
    }
    let judged = sweeps.into_iter().zip(designs).map(|((mut sweep, _), mut design)| {
        sweep.judge();
        sweep.limited = sweep.find_limited(&mut design.make);
        sweep
    });
    Ok(judged.collect())
}
