//! What counts of a study of several designs that was stopped before its end.

use super::alternative::Ran;
use crate::experiment::{Ensemble, PILOTS, Partial, WarmUp};
use crate::stats::quantile::GROUPS_MIN;

/// What was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// Everything was made.
    Whole,
    /// All designs have so many runs, as if no more had been asked for.
    Prefix(Partial),
    /// Some designs have all their runs; those of these numbers were left out.
    Without(Vec<usize>),
    /// There is nothing to compare.
    Nothing,
}

/// Cuts the runs of all designs to what they have in common, or leaves out designs that were not run
/// to their end: whichever leaves enough for intervals, the former first, because a command repeats it.
pub fn settle(ran: &mut Vec<Ran>) -> Left {
    if ran.iter().all(Ran::is_complete) {
        return Left::Whole;
    }
    let common = ran.iter().map(extent).min().filter(|common| common.replications > 0);
    let common = common.filter(|common| ran.iter().all(|one| is_repeatable(one, *common)));
    let enough = |common: &Partial| {
        let observations = if common.worlds > 1 { common.worlds } else { common.replications };
        observations as usize >= GROUPS_MIN
    };
    let complete = ran.iter().filter(|one| one.is_complete()).count();
    match common {
        Some(common) if enough(&common) || complete < 2 => {
            for one in ran.iter_mut() {
                cut(one, common);
            }
            Left::Prefix(common)
        }
        _ if complete >= 2 => {
            let is_gone = |at: &usize| !ran[*at].is_complete();
            let gone = (0..ran.len()).filter(is_gone).collect();
            ran.retain(Ran::is_complete);
            Left::Without(gone)
        }
        _ => Left::Nothing,
    }
}

/// How many worlds and replications a design has, and those beside it.
fn extent(ran: &Ran) -> Partial {
    let ensemble = &ran.ensemble;
    let whole = Partial { worlds: ensemble.plans.len() as u32, replications: ensemble.per_world };
    let own = ensemble.partial.unwrap_or(whole);
    ran.beside.iter().map(extent).fold(own, Partial::min)
}

/// Whether a study of so many worlds has the same warm-up: pilot runs visit the first worlds.
fn is_repeatable(ran: &Ran, part: Partial) -> bool {
    let Ensemble { warm_up, .. } = ran.ensemble;
    let found = !matches!(warm_up, WarmUp::Stated(_) | WarmUp::None);
    !(found && ran.model.is_uncertain() && part.worlds < PILOTS)
        && ran.beside.iter().all(|one| is_repeatable(one, part))
}

fn cut(ran: &mut Ran, part: Partial) {
    ran.ensemble.cut(part);
    for one in &mut ran.beside {
        cut(one, part);
    }
}
