//! One metric of several alternatives on the same luck: values side by side.

use super::Evidence;
use super::expression::{Node, Slices};
use super::interval::{Estimate, World, over_worlds, worlds};
use super::resolve::{Builder, Measured};
use crate::expr::error::ExprError;
use crate::expr::metric::MetricExpr;
use crate::stats::quantile::{EXCEEDANCES_MIN, EXCEEDANCES_PER_GROUP, GROUPS_MIN};

/// What one observation is: alternatives share the luck of each, and between observations there is
/// none in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Groups of consecutive replications of the only world: they differ by the luck of the runs.
    Runs,
    /// Worlds: they differ by what is not known, and by luck.
    Worlds,
}

/// A metric of several alternatives, in the order in which they were given.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// As it is estimated for the alternative alone.
    pub estimate: Estimate,
    /// Over everything together, in base units; infinite: it never came. `None`: no number.
    pub point: Option<f64>,
    /// By observation, the same ones for every alternative; `None` where there is no number.
    pub values: Vec<Option<f64>>,
    /// Of one world, where an alternative never came over everything together and the observations are
    /// fewer than are asked for to tell that from always: values in so many smaller groups of runs. Else
    /// empty.
    pub fine: Vec<Option<f64>>,
    /// Of one world: each value by itself, if it is a quantile of what comes once in a run at most
    /// and there are few.
    pub singles: Option<Singles>,
}

/// A quantile of independent values, one of a run at most.
#[derive(Debug, Clone, PartialEq)]
pub struct Singles {
    /// Which one, in 0..1.
    pub q: f64,
    /// The values, in base units; infinite: it never came.
    pub values: Vec<f64>,
}

/// What [`paired`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Paired {
    /// One for each alternative.
    pub sides: Vec<Side>,
    /// What the observations are.
    pub over: Over,
    /// There are too few observations, or too few samples in them, to rest a verdict on.
    pub few: bool,
}

/// Evaluates a metric for several alternatives in the same groups of runs, or in the same worlds.
///
/// With one world the groups are consecutive replications, as few to a group as the quantiles of
/// every alternative allow (sectioning, as for any expression of several variants). With several
/// worlds each is an observation. Where an alternative never came it takes `for_never` observations to tell
/// that from always. Errors are those of [`super::resolve`]; without an alternative
/// there is nothing.
pub fn paired(
    metric: &MetricExpr,
    of: &[Evidence],
    for_never: usize,
) -> Result<Paired, Vec<ExprError>> {
    let count = of.iter().map(|one| worlds(one.ensemble)).min().unwrap_or(0);
    let mut built = Vec::new();
    for evidence in of {
        built.push(trees(metric, evidence, count)?);
    }
    let sides: Vec<Vec<World>> =
        of.iter().zip(&built).map(|(evidence, trees)| trees.worlds(evidence)).collect();
    let estimate = |side: usize| {
        let confidence = of[side].ensemble.confidence;
        over_worlds(&sides[side], built[side].dimension, confidence)
    };
    if count > 1 {
        return Ok(over_worlds_paired(&sides, &estimate));
    }
    Ok(over_runs(&sides, &estimate, for_never))
}

struct Trees {
    nodes: Vec<(Node, Vec<String>)>,
    dimension: Option<crate::units::Dimension>,
}

impl Trees {
    fn worlds<'a, 'e: 'a>(&'a self, of: &Evidence<'e>) -> Vec<World<'a>> {
        let nodes = self.nodes.iter().enumerate();
        nodes.map(|(world, (node, others))| World::of(of, world, node, others)).collect()
    }
}

fn trees(metric: &MetricExpr, of: &Evidence, count: usize) -> Result<Trees, Vec<ExprError>> {
    let mut trees = Trees { nodes: Vec::new(), dimension: None };
    for world in 0..count {
        let other = |name: &str| Some(Measured::of((of.others)(name)?, world));
        let mut builder = Builder::new(of.model, Measured::of(of.ensemble, world), &other);
        let Some((node, dimension)) = builder.root(metric) else { return Err(builder.problems) };
        trees.dimension = dimension;
        trees.nodes.push((node, builder.others));
    }
    Ok(trees)
}

fn over_worlds_paired(sides: &[Vec<World>], estimate: &dyn Fn(usize) -> Estimate) -> Paired {
    let side = |(at, worlds): (usize, &Vec<World>)| {
        let estimate = estimate(at);
        let point = estimate.range().map(|range| range.0);
        let values = worlds.iter().map(World::value).collect();
        Side { estimate, point, values, fine: Vec::new(), singles: None }
    };
    let sides: Vec<Side> = sides.iter().enumerate().map(side).collect();
    let known = |at: usize| sides.iter().all(|side| side.values[at].is_some());
    let all = sides.first().map_or(0, |side| side.values.len());
    let few = (0..all).filter(|&at| known(at)).count() < GROUPS_MIN;
    Paired { sides, over: Over::Worlds, few }
}

fn over_runs(
    sides: &[Vec<World>],
    estimate: &dyn Fn(usize) -> Estimate,
    for_never: usize,
) -> Paired {
    let of: Vec<(&Node, &Slices)> =
        sides.iter().filter_map(|side| side.first()).map(|one| (one.node, &one.slices)).collect();
    let runs = of.iter().map(|(_, slices)| slices.runs()).min().unwrap_or(0);
    // The largest need of any alternative decides for all: groups must be the same. One whose
    // quantile has nothing beyond it in any run is infinite, or none, whatever the groups.
    let need = |wanted: f64| {
        let needs = of.iter().filter_map(|(node, slices)| node.runs_for(slices, wanted));
        needs.max().unwrap_or(usize::MAX)
    };
    let mut count = runs / need(EXCEEDANCES_PER_GROUP).max(1);
    let few = count < GROUPS_MIN || need(EXCEEDANCES_MIN) > runs;
    if count < GROUPS_MIN {
        count = runs.min(GROUPS_MIN);
    }
    let points: Vec<Option<f64>> = of.iter().map(|(node, slices)| node.value(slices)).collect();
    let never = points.contains(&Some(f64::INFINITY));
    let fine = if never && count < for_never { runs.min(for_never) } else { 0 };
    let grouped = |node: &Node, slices: &Slices, count: usize| {
        let groups = (0..count).map(|g| g * runs / count..(g + 1) * runs / count);
        groups.map(|range| node.value(&slices.part(&range))).collect()
    };
    let side = |(at, (node, slices)): (usize, &(&Node, &Slices))| Side {
        estimate: estimate(at),
        point: points[at],
        values: grouped(node, slices, count),
        fine: grouped(node, slices, fine),
        singles: if few { singles(node, slices) } else { None },
    };
    let sides = of.iter().enumerate().map(side).collect();
    Paired { sides, over: Over::Runs, few }
}

/// The values of a quantile of which every run has one at most.
fn singles(node: &Node, slices: &Slices) -> Option<Singles> {
    let linear = node.linear().filter(|linear| linear.scale > 0.0)?;
    let Node::Leaf(statistic) = linear.inner else { return None };
    let mut found = Singles { q: 0.0, values: Vec::new() };
    for row in *slices.0.get(statistic.ensemble)? {
        // Of a level over time there is more than one value in a run, however seldom it changes.
        statistic.exceedances(row)?;
        let (q, unit, values) = statistic.histogram(row)?;
        found.q = q;
        match values.total() {
            0 => {}
            1 => found.values.push(linear.scale * unit * values.quantile(q)? + linear.offset),
            _ => return None,
        }
    }
    Some(found)
}
