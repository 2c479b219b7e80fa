//! Designs side by side on the same luck: differences with their intervals, and who is better.
//!
//! With one world the observations are groups of replications, and a difference has Student's
//! interval over them. With several worlds a difference is a band over the worlds, and one design
//! is better than another if it is so in the share of worlds that is asked for (the assurance), as
//! an objective must hold in them. Where the runs hold one value each and are too few for such groups,
//! quantiles are told apart by order statistics of both. All pairs of designs are told apart at once
//! ([`crate::stats::multiple`]): with the stated confidence no pair of a metric is told apart
//! wrongly.

mod told;

use super::alternative::{Ran, find};
use super::kept::{Method, Worlds};
use super::measured::Measured;
use super::since::Known;
use crate::expr::metric::parse_metric;
use crate::stats::estimate::Estimate as Number;
use crate::stats::multiple::Better;
use crate::stats::worlds::Band;
use crate::units::Dimension;
use crate::verdict::{self, Estimate, Evidence, Over};
use told::{Kept, Levels, Told};

/// Share of worlds between the ends of a band.
pub const BAND: f64 = 0.9;
/// Full servers whose utilization differs by less are as busy as each other.
const TIED: f64 = 0.01;
/// From this utilization on servers are full.
const FULL: f64 = 0.9;

/// Designs side by side.
pub struct Comparison {
    /// By metric.
    pub metrics: Vec<Compared>,
    /// Pairs of designs that are told apart at once by a metric that all of them have.
    pub pairs: usize,
}

/// One metric of all designs.
pub struct Compared {
    /// The metric.
    pub measured: Measured,
    /// What it measures; `None` if no design has it.
    pub dimension: Option<Dimension>,
    /// What the observations are.
    pub over: Over,
    /// Too few observations for a verdict.
    pub few: bool,
    /// Though there are few: designs of one value a run are told apart by order statistics.
    pub by_ranks: bool,
    /// By design; `None`: it has none, see `absent`.
    pub estimates: Vec<Option<Estimate>>,
    /// By design: why there is no estimate.
    pub absent: Vec<Option<Absent>>,
    /// By design: how it differs from the first; `None` for the first itself, and where there is
    /// nothing to compare.
    pub differences: Vec<Option<Difference>>,
    /// By design, where one is better: how many designs are better for sure, plus one. A
    /// counterfactual has no place and takes none.
    pub places: Vec<Option<u32>>,
    /// Where one is better: the largest sets of designs that the runs cannot tell apart, the best
    /// first. A design may be in several.
    pub groups: Vec<Group>,
}

/// Why a design has no value of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// Nothing of it has such a metric.
    NoSuch,
    /// Nothing was recorded that it could be computed from or, of several worlds, in none of them
    /// enough for a value.
    NoSamples,
    /// The summary did not keep it.
    NotKept,
    /// An older version kept another statistic of several worlds.
    Older,
}

/// Designs that share a rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The designs, best point first.
    pub designs: Vec<usize>,
    /// There is no difference between any two of them; else the runs cannot tell.
    pub same: bool,
}

/// How a design differs from another, in the metric's unit: its own value less the other's.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The difference; infinite where one of them never answers.
    pub point: f64,
    /// With one world: its interval.
    pub interval: Option<Number>,
    /// With several worlds: its band over them.
    pub band: Option<Band>,
    /// With several worlds: the share of them in which it is smaller than the other, with the
    /// exact binomial interval.
    pub less: Option<Number>,
    /// Correlation of the two over the observations; `None` where one of them does not vary.
    pub correlation: Option<f64>,
    /// How many times as many runs independent luck would have needed.
    pub reduction: Option<f64>,
    /// Whether both met the same luck, or the same worlds; a saved design of one world met luck of its own.
    pub paired: bool,
    /// How it was found.
    pub method: Method,
    /// What can be said.
    pub change: Change,
}

/// What can be said of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is smaller.
    Less,
    /// It is larger.
    More,
    /// There is none, in any observation.
    Same,
    /// The runs cannot tell.
    CannotTell,
}

impl Change {
    /// Whether it is for the better.
    pub fn is_better(self, better: Option<Better>) -> Option<bool> {
        match (self, better?) {
            (Self::Less, Better::Smaller) | (Self::More, Better::Larger) => Some(true),
            (Self::Less, Better::Larger) | (Self::More, Better::Smaller) => Some(false),
            (Self::Same | Self::CannotTell, _) => None,
        }
    }
}

/// A design that was run before, of which only its metrics are left. It is compared with designs that
/// met the same worlds in these, and with others unpaired.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    /// What it is called.
    pub name: String,
    /// Its metrics.
    pub known: Vec<Known>,
    /// Its worlds.
    pub worlds: Worlds,
    /// An older version kept another statistic of its worlds than is compared.
    pub is_older: bool,
    /// Nobody can choose it.
    pub is_counterfactual: bool,
    /// The design that was run of which this is the very result.
    pub same_as: Option<usize>,
}

/// Compares designs by some metrics; saved ones come after those that were run. A design without a
/// value has an empty place in its row.
pub fn compare(ran: &[Ran], saved: &[Saved], metrics: &[Measured]) -> Comparison {
    let designs = ran.len() + saved.len();
    let pairs = designs * designs.saturating_sub(1) / 2;
    let metrics = metrics.iter().filter_map(|one| compared(ran, saved, one)).collect();
    Comparison { metrics, pairs }
}

/// One metric; `None` if no design has it.
fn compared(ran: &[Ran], saved: &[Saved], measured: &Measured) -> Option<Compared> {
    let of = |on| move |name: &str| find(on, ran, name).map(|found| &found.ensemble);
    let others: Vec<_> = ran.iter().map(of).collect();
    let evidence = |at: usize| {
        let Ran { model, ensemble, .. } = &ran[at];
        Evidence { model, ensemble, others: &others[at] }
    };
    let lacks = |at: usize| match verdict::estimate(&measured.metric, &evidence(at)) {
        Err(_) => Some(Absent::NoSuch),
        Ok(one) if ran[at].ensemble.rows.is_empty() || one.range().is_none() => {
            Some(Absent::NoSamples)
        }
        Ok(_) => None,
    };
    let mut absent: Vec<Option<Absent>> = (0..ran.len()).map(lacks).collect();
    let mut having: Vec<usize> = (0..ran.len()).filter(|&at| absent[at].is_none()).collect();
    let of: Vec<Evidence> = having.iter().map(|&at| evidence(at)).collect();
    let first = &ran[*having.first()?].ensemble;
    let mut worlds: Vec<Worlds> =
        of.iter().map(|one| Worlds::of(one.model, one.ensemble)).collect();
    let mut kept = Vec::new();
    // Saved designs stand behind all that were run.
    for (one, design) in saved.iter().zip(ran.len()..) {
        let known = one.known.iter().find(|known| known.text == measured.text);
        let why = if one.is_older { Absent::Older } else { Absent::NotKept };
        absent.push(known.is_none().then_some(why));
        if let Some(known) = known {
            let same_as = one.same_as.and_then(|same| having.iter().position(|&at| at == same));
            kept.push(Kept { known: known.clone(), same_as });
            worlds.push(one.worlds.clone());
            having.push(design);
        }
    }
    let levels = Levels::new(first.confidence, first.assurance, having.len());
    let paired = verdict::paired(&measured.metric, &of, levels.for_never).ok()?;
    let counterfactual = |design: usize| match ran.get(design) {
        Some(one) => one.model.is_counterfactual(),
        None => saved[design - ran.len()].is_counterfactual,
    };
    let ranked = (0..having.len()).filter(|&at| !counterfactual(having[at])).collect();
    let told = Told::new(&paired, &kept, &worlds, ranked, levels);
    Some(told.compared(&having, absent, measured))
}

/// The busiest servers of a design: their path and utilization; of those that are full, within
/// [`TIED`] of the busiest, the innermost.
pub fn busiest(ran: &Ran) -> Option<(String, Number)> {
    let others = |_: &str| None;
    let evidence = Evidence { model: &ran.model, ensemble: &ran.ensemble, others: &others };
    let utilization = |path: &str| {
        let metric = parse_metric(&format!("utilization({path})")).ok()?;
        let found = verdict::estimate(&metric, &evidence).ok()?;
        Some((path.to_owned(), found.number(ran.ensemble.confidence)?))
    };
    let all: Vec<(String, Number)> =
        ran.ensemble.plan().catalog.capacities().filter_map(utilization).collect();
    let most = all.iter().map(|one| one.1.point).fold(f64::NEG_INFINITY, f64::max);
    // Where none is full nobody waits for what another holds.
    let least = if most >= FULL { most - TIED } else { most };
    let tied = all.into_iter().filter(|one| one.1.point >= least);
    tied.reduce(|best, next| {
        let key = |one: &(String, Number)| (depth(&one.0), one.1.point);
        if key(&next) > key(&best) { next } else { best }
    })
}

/// How far inside a request is when it is there: workers are held over pools, and both over what is
/// done meanwhile, so that of several that are full the innermost is what the others wait for.
fn depth(path: &str) -> u8 {
    if path.ends_with(".workers") {
        0
    } else {
        1 + u8::from(!path.starts_with("pool.") && !path.starts_with("lock."))
    }
}

#[cfg(test)]
mod tests;
