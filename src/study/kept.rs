//! What a summary keeps of each world, and which worlds two studies both met.
//!
//! With one value per world two studies of several worlds are compared as their distributions are,
//! however skewed: paired where they met the same worlds, by order statistics of both where not.

use crate::experiment::Ensemble;
use crate::model::Model;
use crate::stats::multiple::Contrast;

/// Worlds of which a summary keeps each value: the first ones, which are a design in themselves if they
/// are a power of two. With forty metrics they take less than a megabyte.
pub const WORLDS_KEPT: usize = 1_024;

/// The values of the uncertain inputs by world: what a world is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Worlds(Vec<(String, Vec<f64>)>);

impl Worlds {
    /// From the names of the uncertain inputs and their values in the first worlds.
    pub fn new(mut inputs: Vec<(String, Vec<f64>)>) -> Self {
        inputs.sort_by(|one, other| one.0.cmp(&other.0));
        Self(inputs)
    }

    /// Those of an ensemble; none if nothing in it is uncertain.
    pub fn of(model: &Model, ensemble: &Ensemble) -> Self {
        let uncertain = model.inputs.iter().enumerate().filter(|(_, input)| input.uncertain);
        let by_world = |index: usize| {
            let worlds = ensemble.worlds.iter();
            worlds.filter_map(|world| world.inputs.get(index)).copied().collect()
        };
        Self::new(uncertain.map(|(index, input)| (input.name.clone(), by_world(index))).collect())
    }

    /// How many worlds both met, from the first on; 0: these are other worlds, or one side met a single
    /// one, whose metrics are not values by world but numbers with luck of their own. With more worlds of
    /// the same seed the first ones are the same.
    pub fn shared(&self, other: &Self) -> usize {
        let length = |of: &Self| of.0.iter().map(|(_, values)| values.len()).min().unwrap_or(0);
        let count = length(self).min(length(other));
        let is_same = |(one, other): (&(String, Vec<f64>), &(String, Vec<f64>))| {
            one.0 == other.0 && one.1[..count] == other.1[..count]
        };
        let may_be = count > 1 && self.0.len() == other.0.len();
        if may_be && self.0.iter().zip(&other.0).all(is_same) { count } else { 0 }
    }
}

/// How a difference was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// By observations that met the same: the same luck, or the same worlds.
    Paired,
    /// By order statistics of both, each by itself.
    Ranks,
    /// By the standard errors of both (Welch).
    Welch,
}

/// The difference of the medians over other worlds each; `None` if one has no value.
pub fn medians(first: &[Option<f64>], second: &[Option<f64>], point: f64) -> Option<Contrast> {
    let known = |values: &[Option<f64>]| values.iter().flatten().copied().collect::<Vec<f64>>();
    Contrast::quantiles(&known(first), &known(second), 0.5, point)
}

/// The values in the first worlds that both have.
pub fn common(one: &[Option<f64>], other: &[Option<f64>], worlds: usize) -> (Vec<f64>, Vec<f64>) {
    let pairs = one.iter().zip(other).take(worlds);
    pairs.filter_map(|(a, b)| Some(((*a)?, (*b)?))).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worlds(inputs: &[(&str, &[f64])]) -> Worlds {
        Worlds::new(inputs.iter().map(|(name, all)| ((*name).to_owned(), all.to_vec())).collect())
    }

    /// A world is the values of what is not known: order of the inputs and number of worlds do not
    /// matter, another value or another unknown does.
    #[test]
    fn worlds_are_the_same_by_their_inputs() {
        let (a, b) = (("a", &[1.0, 2.0, 3.0][..]), ("b", &[4.0, 5.0, 6.0][..]));
        let first = worlds(&[a, b]);
        assert_eq!(first.shared(&worlds(&[b, a])), 3);
        assert_eq!(first.shared(&worlds(&[("a", &[1.0, 2.0]), ("b", &[4.0, 5.0])])), 2);
        assert_eq!(first.shared(&worlds(&[a, ("b", &[4.0, 5.0, 6.1])])), 0);
        assert_eq!(first.shared(&worlds(&[a, ("c", &[4.0, 5.0, 6.0])])), 0);
        let (one, more) = (worlds(&[("a", &[1.0])]), worlds(&[a]));
        assert_eq!((one.shared(&one), one.shared(&more), more.shared(&one)), (0, 0, 0));
        assert_eq!((first.shared(&worlds(&[a])), worlds(&[]).shared(&worlds(&[]))), (0, 0));
    }
}
