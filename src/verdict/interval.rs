//! A metric with its uncertainty.

use super::Evidence;
use super::expression::{Linear, Node, Slices};
use super::resolve::{Builder, Measured};
use super::statistic::{Shape, Statistic};
use crate::experiment::{Ensemble, Row};
use crate::expr::error::ExprError;
use crate::expr::metric::MetricExpr;
use crate::stats::estimate::{self as interval, Estimate as Number, Quality};
use crate::stats::histogram::Sparse;
use crate::stats::quantile::{EXCEEDANCES_MIN, EXCEEDANCES_PER_GROUP, GROUPS_MIN};
use crate::stats::worlds::{self, Band, band};
use crate::stats::{quantile, student};
use crate::units::Dimension;

/// Share of worlds between the ends of a band.
pub const BAND: f64 = 0.9;

/// Why there is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// No run was made.
    NoRuns,
    /// Nothing was recorded that it could be computed from, or a division by zero.
    NoSamples,
}

/// What could be said.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// One world: a number with the interval of the luck of the runs. Its quality may say that
    /// there are too few samples for a verdict, or that the interval has no upper end.
    Number(Number),
    /// The quantile falls among requests that were never answered (or the watch among runs that
    /// never got there): "none: 7.3 % failed".
    Never {
        /// Share of those without a good answer (of runs, for `time_until`).
        share: f64,
        /// Lower bound of the interval, in the metric's unit; infinite if every group of runs
        /// says so.
        lower: f64,
        /// Independent groups of runs behind it.
        samples: u64,
        /// It is runs that never got there, not requests.
        of_runs: bool,
    },
    /// Several worlds: median and band, and the value of each (`None`: no number there).
    Worlds {
        /// Over the worlds that have a value; the ends may be infinite.
        band: Band,
        /// By world.
        values: Vec<Option<f64>>,
        /// By world: whether a longer run would give more there.
        growing: Vec<bool>,
    },
    /// There is no number.
    Nothing(Absence),
}

/// A metric with its uncertainty, in base units.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// What it measures; `None` for an input alone, whose dimension is not known here.
    pub dimension: Option<Dimension>,
    /// What could be said.
    pub found: Found,
    /// It was measured while the system was growing (or may have been): a longer run would give
    /// more.
    pub growing: bool,
}

impl Estimate {
    /// It as a number with its interval; of several worlds their median with the band.
    pub fn number(&self, confidence_level: f64) -> Option<Number> {
        if let Found::Number(number) = &self.found {
            return Some(*number);
        }
        let (point, lower, upper) = self.range()?;
        let quality = if point.is_finite() { Quality::Good } else { Quality::Unbounded };
        let (standard_error, samples) = (f64::INFINITY, 0);
        Some(Number { point, standard_error, lower, upper, confidence_level, samples, quality })
    }

    /// It as a number with its interval; of several worlds their median with the interval in which
    /// the median of all worlds lies ([`worlds::median`]).
    pub fn median(&self, confidence_level: f64) -> Option<Number> {
        let Found::Worlds { values, .. } = &self.found else {
            return self.number(confidence_level);
        };
        let values: Vec<f64> = values.iter().flatten().copied().collect();
        worlds::median(&values, confidence_level)
    }

    /// Point, lower and upper end: the interval, or the band over worlds.
    pub fn range(&self) -> Option<(f64, f64, f64)> {
        match &self.found {
            Found::Number(number) => Some((number.point, number.lower, number.upper)),
            Found::Never { lower, .. } => Some((f64::INFINITY, *lower, f64::INFINITY)),
            Found::Worlds { band, .. } => Some((band.median, band.lower, band.upper)),
            Found::Nothing(_) => None,
        }
    }
}

/// Estimates a metric. Errors are those of [`super::resolve`].
pub fn estimate(metric: &MetricExpr, evidence: &Evidence) -> Result<Estimate, Vec<ExprError>> {
    let mut trees = Vec::new();
    let mut dimension = None;
    for world in 0..worlds(evidence.ensemble) {
        let other = |name: &str| {
            let ensemble = (evidence.others)(name)?;
            Some(Measured::of(ensemble, world))
        };
        let mut builder =
            Builder::new(evidence.model, Measured::of(evidence.ensemble, world), &other);
        match builder.root(metric) {
            Some((node, found)) => {
                dimension = found;
                trees.push((node, builder.others));
            }
            None => return Err(builder.problems),
        }
    }
    let worlds: Vec<World> = trees
        .iter()
        .enumerate()
        .map(|(world, (node, others))| World::of(evidence, world, node, others))
        .collect();
    Ok(over_worlds(&worlds, dimension, evidence.ensemble.confidence))
}

/// Worlds that have rows; at least one.
pub(super) fn worlds(ensemble: &Ensemble) -> usize {
    ensemble.rows.last().map_or(1, |row| row.id.world as usize + 1)
}

/// A tree and the rows that it is evaluated on.
pub(super) struct World<'a> {
    pub node: &'a Node,
    pub slices: Slices<'a>,
    /// The system may grow in this world.
    pub growing: bool,
}

impl<'a> World<'a> {
    pub fn of<'e: 'a>(
        evidence: &Evidence<'e>,
        world: usize,
        node: &'a Node,
        others: &[String],
    ) -> Self {
        let mut slices: Vec<&'a [Row]> = vec![evidence.ensemble.rows_of(world)];
        let mut ensembles = vec![evidence.ensemble];
        for name in others {
            let ensemble = (evidence.others)(name);
            slices.push(ensemble.map_or(&[][..], |ensemble| ensemble.rows_of(world)));
            ensembles.extend(ensemble);
        }
        let used = node.leaves();
        let growing = ensembles.iter().enumerate().any(|(at, ensemble)| {
            let grows = ensemble.states.get(world).is_some_and(|world| world.state.may_grow());
            grows && used.iter().any(|leaf| leaf.ensemble == at && leaf.may_grow())
        });
        Self { node, slices: Slices(slices), growing }
    }

    /// The value in this world if there are enough samples for one; may be infinite.
    pub fn value(&self) -> Option<f64> {
        self.value_of(&self.slices, EXCEEDANCES_MIN)
    }

    /// The values of its runs one by one, of quantiles with half as many samples beyond them as a
    /// value that is shown: enough to see how far luck moves them.
    pub fn by_run(&self) -> impl Iterator<Item = Option<f64>> {
        let value = |run| self.value_of(&self.slices.part(&(run..run + 1)), 0.5 * EXCEEDANCES_MIN);
        (0..self.slices.runs()).map(value)
    }

    fn value_of(&self, slices: &Slices, exceedances: f64) -> Option<f64> {
        let enough = self.node.runs_for(slices, exceedances);
        (enough.is_some_and(|needed| needed <= slices.runs())).then(|| self.node.value(slices))?
    }
}

/// One estimate from one tree per world.
pub(super) fn over_worlds(
    worlds: &[World],
    dimension: Option<Dimension>,
    confidence: f64,
) -> Estimate {
    let growing = worlds.iter().any(|world| world.growing);
    let found = match worlds {
        [] => Found::Nothing(Absence::NoRuns),
        [only] => of_one(only.node, &only.slices, confidence),
        several => {
            let values: Vec<Option<f64>> = several.iter().map(World::value).collect();
            let known: Vec<f64> = values.iter().copied().flatten().collect();
            match band(&known, BAND) {
                Some(band) => {
                    let growing = several.iter().map(|world| world.growing).collect();
                    Found::Worlds { band, values, growing }
                }
                None => Found::Nothing(Absence::NoSamples),
            }
        }
    };
    Estimate { dimension, found, growing }
}

/// The estimate of one world.
pub(super) fn of_one(node: &Node, slices: &Slices, confidence: f64) -> Found {
    if let Some(value) = node.constant() {
        return if value.is_finite() {
            Found::Number(exact(value, confidence))
        } else {
            Found::Nothing(Absence::NoSamples)
        };
    }
    if slices.runs() == 0 {
        return Found::Nothing(Absence::NoRuns);
    }
    let number = match node.linear() {
        Some(linear) => {
            of_inner(linear.inner, slices, confidence).map(|number| transform(number, &linear))
        }
        None => sectioned(node, slices, confidence),
    };
    let Some(number) = number else { return Found::Nothing(Absence::NoSamples) };
    if number.point == f64::INFINITY {
        let share = never_share(node, slices);
        // What may never be has no mean, whatever the other runs say.
        let until = node.leaves().iter().any(|leaf| leaf.is_until());
        let lower = if until { f64::INFINITY } else { number.lower };
        return Found::Never { share, lower, samples: number.samples, of_runs: until };
    }
    if number.point.is_finite() {
        Found::Number(number)
    } else {
        Found::Nothing(Absence::NoSamples)
    }
}

/// A number that is known.
fn exact(value: f64, confidence_level: f64) -> Number {
    Number {
        point: value,
        standard_error: 0.0,
        lower: value,
        upper: value,
        confidence_level,
        samples: 0,
        quality: Quality::Good,
    }
}

/// `scale * x + offset`.
fn transform(number: Number, linear: &Linear) -> Number {
    let map = |x: f64| x * linear.scale + linear.offset;
    let (a, b) = (map(number.lower), map(number.upper));
    Number {
        point: map(number.point),
        standard_error: number.standard_error * linear.scale.abs(),
        lower: a.min(b),
        upper: a.max(b),
        ..number
    }
}

/// A leaf or a chance. Its interval ends where what is measured does: times, rates and counts at
/// 0, shares and utilizations at 1 too. (Cutting an interval to the values that are possible takes
/// nothing from how often it contains the true one.)
fn of_inner(node: &Node, slices: &Slices, confidence: f64) -> Option<Number> {
    let Node::Leaf(statistic) = node else {
        let (hits, trials) = node.chances(slices)?;
        return interval::chance(hits, trials, confidence);
    };
    let number = of_leaf(node, statistic, slices, confidence)?;
    let most = if statistic.is_share() { number.point.max(1.0) } else { f64::INFINITY };
    Some(if number.point.is_finite() { number.within(0.0, most) } else { number })
}

fn of_leaf(node: &Node, statistic: &Statistic, slices: &Slices, confidence: f64) -> Option<Number> {
    let rows = slices.0.get(statistic.ensemble)?;
    match statistic.shape() {
        Shape::PerRun => {
            let parts = rows.iter().map(|row| statistic.parts(row));
            let values: Vec<f64> = parts.filter(|part| part.1 > 0.0).map(|part| part.0).collect();
            interval::mean(&values, confidence)
        }
        Shape::Ratio => {
            let (above, below): (Vec<f64>, Vec<f64>) =
                rows.iter().map(|row| statistic.parts(row)).unzip();
            interval::ratio(&above, &below, confidence)
        }
        Shape::Share => {
            let (hits, trials): (Vec<u64>, Vec<u64>) = rows
                .iter()
                .map(|row| statistic.parts(row))
                .map(|(hits, trials)| (hits.round() as u64, trials.round() as u64))
                .unzip();
            interval::probability(&hits, &trials, confidence)
        }
        Shape::Quantile => of_quantile(statistic, rows, confidence),
        Shape::Other => sectioned(node, slices, confidence),
    }
}

fn of_quantile(statistic: &Statistic, rows: &[Row], confidence: f64) -> Option<Number> {
    let parts: Vec<(f64, f64, Sparse)> =
        rows.iter().filter_map(|row| statistic.histogram(row)).collect();
    let (q, unit) = parts.first().map(|part| (part.0, part.1))?;
    let histograms: Vec<&Sparse> = parts.iter().map(|part| &part.2).collect();
    let number = quantile::quantile(&histograms, q, confidence)?;
    let scaled = |x: f64| x * unit;
    Some(Number {
        point: scaled(number.point),
        standard_error: scaled(number.standard_error),
        lower: scaled(number.lower),
        upper: scaled(number.upper),
        ..number
    })
}

/// Any expression, by sectioning: its values in groups of consecutive runs (the same in each
/// ensemble) around its value over all. Groups are as small as their quantiles allow.
fn sectioned(node: &Node, slices: &Slices, confidence: f64) -> Option<Number> {
    let point = node.value(slices)?;
    let runs = slices.runs();
    let size = node.runs_for(slices, EXCEEDANCES_PER_GROUP).unwrap_or(usize::MAX);
    let mut count = runs / size;
    let few = count < GROUPS_MIN
        || node.runs_for(slices, EXCEEDANCES_MIN).is_none_or(|needed| needed > runs);
    if count < GROUPS_MIN {
        count = runs.min(GROUPS_MIN);
    }
    let groups = (0..count).map(|g| g * runs / count..(g + 1) * runs / count);
    let values: Vec<f64> = groups.filter_map(|range| node.value(&slices.part(&range))).collect();
    let samples = values.len() as u64;
    let infinite = !point.is_finite() || values.iter().any(|value| !value.is_finite());
    let n = samples as f64;
    let squares: f64 = values.iter().map(|value| (value - point) * (value - point)).sum();
    let standard_error = (squares / (n - 1.0).max(1.0) / n.max(1.0)).sqrt();
    let half = match samples {
        0 | 1 => f64::INFINITY,
        _ if standard_error == 0.0 => 0.0,
        _ => student::two_sided(confidence, n - 1.0) * standard_error,
    };
    if infinite {
        let lower = values.iter().copied().fold(point, f64::min);
        let upper = values.iter().copied().fold(point, f64::max);
        return Some(Number {
            point,
            standard_error: f64::INFINITY,
            lower,
            upper,
            confidence_level: confidence,
            samples,
            quality: Quality::Unbounded,
        });
    }
    // Groups that have nothing to say are not independent values.
    let few = few || samples < count as u64 || samples < 2;
    Some(Number {
        point,
        standard_error: if samples < 2 { f64::INFINITY } else { standard_error },
        lower: point - half,
        upper: point + half,
        confidence_level: confidence,
        samples,
        quality: if few { Quality::FewSamples } else { Quality::Good },
    })
}

/// Share of what never came, in the first leaf that has some.
fn never_share(node: &Node, slices: &Slices) -> f64 {
    for leaf in node.leaves() {
        let Some(rows) = slices.0.get(leaf.ensemble) else { continue };
        let (mut never, mut total) = (0.0, 0.0);
        for row in *rows {
            if let Some((_, _, histogram)) = leaf.histogram(row) {
                never += histogram.sums().never as f64;
                total += histogram.total() as f64;
            } else {
                let (value, one) = leaf.parts(row);
                never += if value.is_infinite() { 1.0 } else { 0.0 };
                total += one;
            }
        }
        if never > 0.0 {
            return never / total;
        }
    }
    0.0
}
