//! Functions of paths: where the number of `p99(pool.p.wait)` and its like is kept.

use super::expression::Node;
use super::resolve::{Builder, Place, Typed};
use super::statistic::{Quantity, Statistic, Subject};
use crate::expr::error::{ExprError, ExprErrorKind, nearest};
use crate::expr::metric::{Function, MetricExpr, Path};
use crate::expr::tree::Comparator;
use crate::model::Outcome;
use crate::plan::{Catalog, Entry, Source};
use crate::units::Dimension;
use crate::units::time::seconds_to_ns;

impl<'a> Builder<'a> {
    pub(super) fn entry(&mut self, path: &Path, place: Place<'a>) -> Option<&'a Entry> {
        let catalog: &'a Catalog = &place.measured.plan.catalog;
        if let Some(entry) = catalog.get(&path.text) {
            return Some(entry);
        }
        self.unknown_path(path, catalog);
        None
    }

    pub(super) fn unknown_path(&mut self, path: &Path, catalog: &Catalog) {
        let known = || catalog.entries().iter().map(|entry| entry.path.as_str());
        let message = format!("there is no metric path `{}`", path.text);
        let mut error = ExprError::new(ExprErrorKind::UnknownPath, path.span.clone(), message);
        if let Some(line) = line_of_a_queue(&path.text).find(|path| catalog.get(path).is_some()) {
            error = error.help("those who wait are called so here").replacement(line);
        } else if let Some(close) = nearest(&path.text, known()) {
            error = error.help(format!("perhaps `{close}`")).replacement(close);
        } else {
            // The longest beginning that exists, and what follows it.
            let mut stem = path.text.as_str();
            while let Some((shorter, _)) = stem.rsplit_once('.') {
                stem = shorter;
                let start = format!("{stem}.");
                let below = known().filter(|path| path.starts_with(&start));
                let below: Vec<String> = below.take(8).map(|path| format!("`{path}`")).collect();
                if !below.is_empty() {
                    error = error.help(format!("there are {}", below.join(", ")));
                    break;
                }
            }
        }
        self.problems.push(error);
    }

    pub(super) fn leaf(quantity: Quantity, place: Place) -> Node {
        let span = Statistic::span_of(place.measured.plan, place.window);
        let (window, ensemble) = (place.window, place.ensemble);
        let measured_to = place.measured.plan.window_end();
        Node::Leaf(Statistic { quantity, window, ensemble, span, measured_to, interval: None })
    }

    pub(super) fn of(
        &mut self,
        function: Function,
        path: &Path,
        place: Place<'a>,
    ) -> Option<Typed> {
        let typed = |quantity, dimension| Some((Self::leaf(quantity, place), Some(dimension)));
        match function {
            Function::Utilization => return self.servers(path, place, true),
            Function::OfferedLoad => return self.servers(path, place, false),
            Function::Amplification => return self.amplification(path, place),
            _ => {}
        }
        let entry = self.entry(path, place)?;
        let subject = match &entry.source {
            Source::Tally { tallies } => Subject::Visits(tallies.clone()),
            Source::Requests { tallies } => Subject::Requests(*tallies),
            Source::Count { count } => Subject::Counter(*count),
            Source::Level { sum, instances, unit, .. } => {
                let levels = if place.worst { instances.clone() } else { vec![*sum] };
                return self.of_level(function, path, levels, *unit, place);
            }
        };
        if place.worst {
            return self.not_by_instance(path);
        }
        let counted = if path.text.rsplit('.').next() == Some("bytes") {
            Dimension::BYTES
        } else {
            Dimension::COUNT
        };
        match (function, subject) {
            (Function::Mean, Subject::Requests(_)) => self.mean_of_all(path),
            (Function::Count, subject) => typed(Quantity::Count(subject), counted),
            (Function::PerSecond, subject) => {
                typed(Quantity::PerSecond(subject), counted.per(Dimension::TIME)?)
            }
            (_, Subject::Counter(_)) => {
                let message = format!("`{}` is a counter", path.text);
                let help = format!("`count({0})` or `per_second({0})`", path.text);
                self.wrong(path, message, Some(help))
            }
            (Function::Mean, subject) => typed(Quantity::Mean(subject), Dimension::TIME),
            (Function::Quantile(q), subject) => {
                typed(Quantity::Quantile(subject, q), Dimension::TIME)
            }
            (_, subject) => typed(Quantity::Max(subject), Dimension::TIME),
        }
    }

    /// `mean(endpoint.x)`: what should be asked instead.
    fn mean_of_all<T>(&mut self, path: &Path) -> Option<T> {
        let message = format!("the mean of `{}`, some of which may have no answer", path.text);
        let better = format!("{}.ok", path.text);
        let help = format!("a mean exists per outcome: `mean({better})`");
        let error = ExprError::new(ExprErrorKind::NeedsOutcome, path.span.clone(), message);
        self.problems.push(error.help(help).replacement(better));
        None
    }

    fn amplification(&mut self, path: &Path, place: Place<'a>) -> Option<Typed> {
        let Some((attempts, intended)) = place.measured.plan.catalog.attempts(&path.text) else {
            let message = format!("`{}` has no attempts", path.text);
            let help = "attempts are counted by workload: `amplification(workload.w)`";
            return self.wrong(path, message, Some(help.into()));
        };
        let node = Self::leaf(Quantity::Ratio(attempts, intended), place);
        Some((node, Some(Dimension::COUNT)))
    }

    pub(super) fn not_by_instance<T>(&mut self, path: &Path) -> Option<T> {
        let message = format!("`{}` is not kept by instance", path.text);
        let help = "`worst(instance, …)` takes `mean` and `max` of a level, and `utilization`";
        self.wrong(path, message, Some(help.into()))
    }

    pub(super) fn of_level(
        &mut self,
        function: Function,
        path: &Path,
        levels: Vec<u32>,
        unit: f64,
        place: Place<'a>,
    ) -> Option<Typed> {
        let quantity = match function {
            Function::Mean => Quantity::Level { levels, unit, bounded: false, is_share: false },
            Function::Max => Quantity::LevelMax(levels, unit),
            Function::Quantile(_) if place.worst => return self.not_by_instance(path),
            Function::Quantile(q) => Quantity::LevelQuantile(levels[0], q, unit),
            _ => {
                let message = format!("`{}` is a level over time; it cannot be counted", path.text);
                return self.wrong(path, message, Some(format!("`mean({})`", path.text)));
            }
        };
        Some((Self::leaf(quantity, place), Some(Dimension::COUNT)))
    }

    /// `utilization` and `offered_load`: an entity alone means its servers (of a service its
    /// workers if they are limited, else its cores).
    pub(super) fn servers(
        &mut self,
        path: &Path,
        place: Place<'a>,
        relative: bool,
    ) -> Option<Typed> {
        let catalog: &'a Catalog = &place.measured.plan.catalog;
        let spellings = ["", ".workers", ".cpu"].map(|end| format!("{}{end}", path.text));
        let Some(capacity) = spellings.iter().find_map(|path| catalog.capacity(path)) else {
            if catalog.get(&path.text).is_none()
                && !catalog.entries().iter().any(|e| e.path.starts_with(&format!("{}.", path.text)))
            {
                let close = nearest(&path.text, catalog.capacities()).map(str::to_owned);
                let help = close.map(|close| format!("perhaps `{close}`"));
                return self.wrong(path, format!("there is no `{}`", path.text), help);
            }
            let known: Vec<_> = catalog.capacities().map(|path| format!("`{path}`")).collect();
            let message = format!("`{}` has no servers of limited number", path.text);
            let help = (!known.is_empty()).then(|| format!("there are {}", known.join(", ")));
            return self.wrong(path, message, help);
        };
        let Some(Source::Level { sum, instances, unit, capacity: limit }) =
            catalog.get(&capacity.busy).map(|entry| &entry.source)
        else {
            self.unknown_path(path, catalog);
            return None;
        };
        let levels = if place.worst { instances.clone() } else { vec![*sum] };
        let quantity = match (relative, limit, capacity.grants) {
            (true, Some(limit), _) => {
                let per = if place.worst { limit / instances.len().max(1) as f64 } else { *limit };
                Quantity::Level { levels, unit: unit / per, bounded: true, is_share: true }
            }
            (true, None, _) => {
                let message = format!("`{}` has no limit to be compared with", path.text);
                return self.wrong(path, message, None);
            }
            (false, _, Some(_)) if place.worst => return self.not_by_instance(path),
            (false, _, Some(grants)) => Quantity::OfferedLoad {
                asked: capacity.asked.clone(),
                busy: *sum,
                unit: *unit,
                grants,
            },
            (false, _, None) => {
                Quantity::Level { levels, unit: *unit, bounded: true, is_share: false }
            }
        };
        Some((Self::leaf(quantity, place), Some(Dimension::COUNT)))
    }

    pub(super) fn share_of(&mut self, path: &Path, place: Place<'a>) -> Option<Typed> {
        let entry = self.entry(path, place)?;
        let catalog = &place.measured.plan.catalog;
        let whole = path.text.rsplit_once('.').and_then(|(stem, _)| catalog.get(stem));
        let whole = match whole.map(|entry| &entry.source) {
            Some(Source::Requests { tallies }) => Some(Subject::Requests(*tallies)),
            Some(Source::Tally { tallies }) => Some(Subject::Visits(tallies.clone())),
            _ => None,
        };
        if let (Source::Tally { tallies }, Some(whole), false) = (&entry.source, whole, place.worst)
        {
            let quantity = Quantity::ShareOf(Subject::Visits(tallies.clone()), whole);
            return Some((Self::leaf(quantity, place), Some(Dimension::COUNT)));
        }
        let message = format!("a share of what? `{}` is not a part of anything", path.text);
        let outcomes: Vec<&str> = Outcome::ALL.iter().map(|outcome| outcome.word()).collect();
        let help = format!("`share(endpoint.e.timed_out)`; outcomes are {}", outcomes.join(", "));
        self.wrong(path, message, Some(help))
    }

    /// A constant of the dimension that a threshold needs.
    pub(super) fn threshold(
        &mut self,
        value: &MetricExpr,
        wanted: Dimension,
        place: Place<'a>,
    ) -> Option<f64> {
        let (node, dimension) = self.node(value, place)?;
        self.agree(Some(wanted), dimension, value)?;
        if let Some(value) = node.constant() {
            return Some(value);
        }
        let path = Path { text: String::new(), span: value.span.clone() };
        self.wrong(&path, "the threshold is not a plain number".into(), None)
    }

    pub(super) fn share_beyond(
        &mut self,
        path: &Path,
        comparator: Comparator,
        value: &MetricExpr,
        place: Place<'a>,
    ) -> Option<Typed> {
        let entry = self.entry(path, place)?;
        if place.worst {
            return self.not_by_instance(path);
        }
        let above = matches!(comparator, Comparator::Greater | Comparator::AtLeast);
        let quantity = match &entry.source {
            Source::Level { sum, unit, .. } => {
                let value = self.threshold(value, Dimension::COUNT, place)? / unit;
                // A value that should be whole stays so: 2 cores are 2,000 thousandths.
                let near = value.round();
                let value = if (value - near).abs() < 1e-6 { near } else { value };
                let least = match comparator {
                    Comparator::AtLeast | Comparator::Less => value.ceil(),
                    Comparator::Greater | Comparator::AtMost => value.floor() + 1.0,
                };
                Quantity::LevelShare { level: *sum, value: least.max(0.0) as u64, above }
            }
            Source::Count { .. } => {
                return self.wrong(path, format!("`{}` is a counter", path.text), None);
            }
            Source::Tally { .. } | Source::Requests { .. } => {
                let of = match &entry.source {
                    Source::Requests { tallies } => Subject::Requests(*tallies),
                    Source::Tally { tallies } => Subject::Visits(tallies.clone()),
                    _ => return None,
                };
                let ns = seconds_to_ns(self.threshold(value, Dimension::TIME, place)?);
                let ns = match (comparator, ns.checked_sub(1)) {
                    (Comparator::Greater | Comparator::AtMost, _) => ns,
                    (_, Some(below)) => below,
                    // Nothing takes less than no time.
                    (_, None) => {
                        let share = if above { 1.0 } else { 0.0 };
                        return Some((Node::Constant(share), Some(Dimension::COUNT)));
                    }
                };
                Quantity::Beyond { of, ns, above }
            }
        };
        Some((Self::leaf(quantity, place), Some(Dimension::COUNT)))
    }
}

/// What is called a queue elsewhere: the line of a service, those who wait for a pool.
fn line_of_a_queue(path: &str) -> impl Iterator<Item = String> + '_ {
    const QUEUES: [&str; 5] = ["queue", "queue_length", "queue_depth", "line_length", "backlog"];
    let found = path.rsplit_once('.').filter(|(_, last)| QUEUES.contains(last));
    ["line", "waiting"].into_iter().filter_map(move |word| Some(format!("{}.{word}", found?.0)))
}
