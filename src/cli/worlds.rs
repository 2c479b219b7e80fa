//! How many worlds a study of several designs is made in.
//!
//! With uncertain inputs a design is shown to do something if it does so in nearly all worlds, and the
//! more designs there are, the more worlds that takes: what is said of all of them must be right at
//! once. Where the author has not said how many, as many are made as can show it.

use crate::model::Model;
use crate::stats::worlds::needed;

/// What becomes of the number of worlds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worlds {
    /// They are enough, or there is only one.
    Enough,
    /// So many are made instead.
    More(u32),
    /// The author wants so few that nothing can be shown; so many would do.
    TooFew(u32),
}

/// For a study in so many worlds; `level` is that of each statement if there are so many. More worlds
/// are a power of two, in which a design of Sobol' points is even.
pub fn worlds(model: &Model, made: u32, level: &dyn Fn(u32) -> f64) -> Worlds {
    if made <= 1 {
        return Worlds::Enough;
    }
    let lacking =
        |worlds: u32| needed(model.run.assurance, level(worlds)).filter(|needed| *needed > worlds);
    let mut worlds = made;
    // More worlds are more looks, which need more worlds in turn.
    while let Some(needed) = lacking(worlds).and_then(u32::checked_next_power_of_two) {
        worlds = needed;
    }
    match () {
        () if worlds == made => Worlds::Enough,
        () if model.run.worlds_stated => Worlds::TooFew(worlds),
        () => Worlds::More(worlds),
    }
}

/// What is said where they are too few.
pub fn too_few(model: &Model, made: u32, would_do: u32, among: &str) -> String {
    let share = crate::units::show::percent(model.run.assurance);
    format!(
        "{made} worlds cannot show that something holds in {share} of them for {among} at once: \
         ask for --set run.worlds={would_do}"
    )
}
