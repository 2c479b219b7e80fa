//! Several designs through the same range, on the same luck.
//!
//! Each is run as it would be swept alone, with the replications and the warm-up that it needs by itself:
//! where one can afford few runs the others keep theirs. What a point is added for in one design is
//! added in all, so that every curve has the same points.

use super::{ADDED, Measured, Outside, Range, Setting, Sweep, Why, begin, grid};
use crate::study::Alternative;

/// A design that is swept.
pub struct Design<'a, E> {
    /// What is measured of it.
    pub metrics: Vec<Measured>,
    /// The design at a point.
    pub make: Box<dyn FnMut(&[Setting]) -> Result<Alternative, E> + Send + 'a>,
}

/// The point that is to be added to what has been swept of the designs so far, and what it is for; `None`: no
/// more.
pub(in crate::study) type Next<'a> = &'a mut dyn FnMut(&[Sweep]) -> Option<(Setting, Why)>;

/// Sweeps several designs over one range; half as many points as in one sweep are added for each, in
/// turn.
///
/// # Errors
/// Those of the designs, before anything is run for the range; what is wrong with a point between is no
/// error, no more points are added then.
pub fn beside<E>(
    range: &Range,
    designs: Vec<Design<E>>,
    outside: Outside,
) -> Result<Vec<Sweep>, E> {
    let count = designs.len();
    let mut turn = 0;
    let mut next = |sweeps: &[Sweep]| {
        let asks = (0..count).map(|at| (turn + at) % count);
        let (at, found) = asks.into_iter().find_map(|at| Some((at, sweeps[at].most_telling()?)))?;
        turn = at + 1;
        Some(found)
    };
    adding(range, designs, (ADDED / 2 * count, &mut next), outside)
}

/// The same with so many points at most that are added, each as `next` asks for it.
pub(in crate::study) fn adding<E>(
    range: &Range,
    mut designs: Vec<Design<E>>,
    (most, next): (usize, Next),
    outside: Outside,
) -> Result<Vec<Sweep>, E> {
    let ranges = vec![range.clone()];
    let points = grid(&ranges);
    let mut made = Vec::new();
    for design in &mut designs {
        made.push(points.iter().map(|at| (design.make)(at)).collect::<Result<Vec<_>, E>>()?);
    }
    let (mut sweeps, mut shared) = (Vec::new(), Vec::new());
    for (design, made) in designs.iter_mut().zip(made) {
        let metrics = std::mem::take(&mut design.metrics);
        let begun = begin(ranges.clone(), metrics, made, outside);
        sweeps.push(begun.0);
        shared.push(begun.1);
    }
    for _ in 0..most {
        if sweeps.iter().any(|one| one.stopped) {
            break;
        }
        let Some((setting, why)) = next(&sweeps) else { break };
        let settings = [setting];
        let made: Result<Vec<_>, E> = designs.iter_mut().map(|one| (one.make)(&settings)).collect();
        let Ok(made) = made else { break };
        for ((sweep, shared), design) in sweeps.iter_mut().zip(&shared).zip(made) {
            if !sweep.add(&settings, why, design, shared, outside) {
                break;
            }
        }
    }
    let judged = sweeps.into_iter().zip(designs).map(|(mut sweep, mut design)| {
        sweep.judge();
        sweep.limited = sweep.find_limited(&mut design.make);
        sweep
    });
    Ok(judged.collect())
}
