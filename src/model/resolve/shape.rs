//! Shapes: how the rate of a workload changes over time.

use super::Resolver;
use super::numbers::DURATION;
use super::section::Section;
use crate::diag::{Diagnostic, Id, name};
use crate::expr::scope::Expectation;
use crate::model::{
    Arrivals, Assumption, Binding, Bounds, Level, Model, QuantityId, Shape, VariateId,
};
use crate::scenario::keys::load::SHAPE_STEP;
use crate::scenario::raw::{Node, Value};
use crate::units::{Dimension, show};

/// A rate within a shape, and a multiple of the stated one: there may be times without arrivals.
const LEVEL: Bounds = Bounds::real(0.0, 1e9);

impl<'a> Resolver<'a> {
    /// How the rate changes over time, if it does.
    pub(super) fn shape(&mut self, workload: &Section<'a>) -> Option<Shape> {
        workload.get("shape")?;
        let section = workload.child("shape")?;
        let mut levels = Levels { workload, absolute: Vec::new(), multiples: 0 };
        let shape = if let Some(node) = section.get("steps") {
            Shape::Steps(self.steps_of(node, &section, &mut levels)?)
        } else if section.get("ramp").is_some() {
            let ramp = section.child("ramp")?;
            Shape::Ramp {
                from: self.level(ramp.get("from")?, ramp.at("from"), &mut levels)?,
                to: self.level(ramp.get("to")?, ramp.at("to"), &mut levels)?,
                at: self.quantity(&ramp, "at", Bounds::TIME),
                over: self.quantity(&ramp, "over", Bounds::TIME),
            }
        } else if section.get("cycle").is_some() {
            let length = self.quantity(&section, "cycle", DURATION);
            let linear = self.word(&section, "between") == "linear";
            let levels = self.levels(&section, &mut levels)?;
            Shape::Cycle { length, levels, linear }
        } else {
            let section = section.child("on_off")?;
            let rates = self.levels(&section, &mut levels)?;
            let lasts = self.lasts(&section)?;
            if rates.len() != lasts.len() {
                let (rates, lasts) = (rates.len(), lasts.len());
                let message = format!("{rates} rates and {lasts} times");
                let found = Diagnostic::new(Id::BadArguments, message);
                let node = section.get("lasts")?;
                self.push(found.at(node.span, "each rate has one time that it lasts"));
                return None;
            }
            Shape::Phases(rates.into_iter().zip(lasts).collect())
        };
        // Before its first step the rate is the stated one.
        if !matches!(shape, Shape::Steps(_)) {
            self.rate_without_use(&levels);
        }
        Some(shape)
    }

    fn steps_of(
        &mut self,
        node: &'a Node,
        section: &Section<'a>,
        levels: &mut Levels<'_, 'a>,
    ) -> Option<Vec<(QuantityId, Level)>> {
        let mut steps = Vec::new();
        for (index, item) in node.as_array()?.iter().enumerate() {
            let path = format!("{}[{index}]", section.at("steps"));
            let step = Section::maybe(&SHAPE_STEP, path, Some(item));
            let at = self.quantity(&step, "at", Bounds::TIME);
            steps.push((at, self.level(step.get("rate")?, step.at("rate"), levels)?));
        }
        self.not_empty(node, steps.len())?;
        Some(steps)
    }

    fn levels(&mut self, section: &Section<'a>, levels: &mut Levels<'_, 'a>) -> Option<Vec<Level>> {
        let Some(node) = section.get("rates") else {
            self.missing(section, "rates");
            return None;
        };
        let mut found = Vec::new();
        for (index, item) in node.as_array()?.iter().enumerate() {
            let path = format!("{}[{index}]", section.at("rates"));
            found.push(self.level(item, path, levels)?);
        }
        self.not_empty(node, found.len())?;
        Some(found)
    }

    fn lasts(&mut self, section: &Section<'a>) -> Option<Vec<VariateId>> {
        let mut found = Vec::new();
        for (index, item) in section.get("lasts")?.as_array()?.iter().enumerate() {
            let path = format!("{}[{index}]", section.at("lasts"));
            let wanted = Some(Expectation::varying(Dimension::TIME));
            found.push(self.variate_at(item, path, wanted, DURATION));
        }
        Some(found)
    }

    /// One rate: absolute, or a multiple of the stated one.
    fn level(
        &mut self,
        node: &'a Node,
        path: String,
        levels: &mut Levels<'_, 'a>,
    ) -> Option<Level> {
        let checked = self.checked(node, Some(Expectation::ANY))?;
        let dimension = checked.dimension;
        let id = self.add_quantity(path, Some(node), checked, LEVEL);
        if dimension == Dimension::RATE {
            levels.absolute.push(node);
            return Some(Level::Rate(id));
        }
        if dimension != Dimension::COUNT {
            let found = Diagnostic::new(Id::WrongDimension, "a rate of a shape is something else");
            let found = found.at(node.inner_span(), "neither a rate nor a number");
            self.push(
                found.help("write a rate such as `200/s`, or a multiple of `rate` such as `2`"),
            );
            return None;
        }
        levels.multiples += 1;
        let has_rate = |key| levels.workload.get(key).is_some();
        let own_law = levels.workload.get("arrivals").and_then(Node::as_str);
        let own_law = own_law.is_some_and(|word| !matches!(word, "poisson" | "regular"));
        if !has_rate("rate") && !own_law {
            let workload = &levels.workload.path;
            let message = format!("a multiple of `rate`, which {} does not have", name(workload));
            let found = Diagnostic::new(Id::MissingUnit, message);
            let found = found.at(node.inner_span(), "a number without a unit");
            self.push(found.help("write a rate such as `200/s`, or state `rate`"));
        }
        Some(Level::Multiple(id))
    }

    /// A list of rates with nothing in it.
    fn not_empty(&mut self, node: &Node, count: usize) -> Option<()> {
        if count > 0 {
            return Some(());
        }
        let found = Diagnostic::new(Id::BadArguments, "a shape without rates");
        self.push(found.at(node.span, "needs at least one"));
        None
    }

    /// A stated rate that the shape does not refer to would be read and mean nothing.
    fn rate_without_use(&mut self, levels: &Levels<'_, 'a>) {
        if let (Some(rate), [first, ..], 0) =
            (levels.workload.get("rate"), levels.absolute.as_slice(), levels.multiples)
        {
            let path = levels.workload.at("rate");
            let message = format!("{} is not used", name(&path));
            let found = Diagnostic::new(Id::ExclusiveKeys, message).at(rate.span, "this rate");
            let found = found.and(first.span, "the shape states its own");
            self.push(found.help("leave `rate` out, or write multiples of it in the shape"));
        }
    }

    /// Rates that change need to be more than nothing at some time; their means are listed.
    pub(super) fn rates(&mut self, model: &Model, binding: &Binding) {
        let duration = binding.get(model.run.duration);
        let warm_up = model.run.warm_up.map_or(0.0, |id| binding.get(id));
        for workload in &model.workloads {
            let path = format!("workload.{}", workload.name);
            if let (Some(share), Some(stated)) =
                (workload.mean_share, workload.stated_rate(binding))
            {
                let mean = show::rate(stated * binding.get(share));
                self.list(format!("{path}, mean rate over a week"), mean);
            }
            if matches!(workload.arrivals, Arrivals::Replay { .. }) {
                self.list(
                    format!("{path}, requests in the log"),
                    show::count(workload.log.len() as f64),
                );
                let mean = workload.replayed(binding, warm_up, warm_up + duration) / duration;
                self.list(format!("{path}, mean rate over the run"), show::rate(mean));
            }
            let Some(shape) = &workload.shape else { continue };
            let Some(rates) = workload.rates(binding) else { continue };
            if rates.peak() <= 0.0 {
                let message = format!("{} never has a rate", name(&path));
                let found = Diagnostic::new(Id::OutOfRange, message);
                self.push(found.help("some rate of its shape must be more than 0"));
            }
            let over = match shape {
                Shape::Cycle { .. } => "mean rate of a cycle",
                Shape::Phases(_) => "mean rate in the long run",
                Shape::Steps(_) | Shape::Ramp { .. } => "mean rate over the run",
            };
            let mean = rates.mean(binding, warm_up, warm_up + duration);
            self.list(format!("{path}, {over}"), show::rate(mean));
        }
    }

    /// Lists what follows from what is stated.
    fn list(&mut self, path: String, value: String) {
        self.assumptions.push(Assumption { path, value });
    }

    /// What repeats has a mean of its own.
    pub(super) fn mean_share_beside(&mut self, section: &Section<'a>, shape: Option<&Shape>) {
        let known = matches!(shape, Some(Shape::Cycle { .. } | Shape::Phases(_)));
        if let (true, Some(share), Some(shape)) =
            (known, section.get("mean_share"), section.get("shape"))
        {
            let message = "`mean_share` beside a shape whose mean is known";
            let found = Diagnostic::new(Id::ExclusiveKeys, message).at(share.span, "this one");
            self.push(found.and(shape.span, "or this one").help("keep one of them"));
        } else if let Some(share) = section.get("mean_share")
            && section.get("rate").is_none()
            && section.get("users").is_none()
            && !matches!(section.get("arrivals").map(|node| &node.value), Some(Value::String(_)))
        {
            let message = format!("{} has no `rate`", name(&section.path));
            let found = Diagnostic::new(Id::MissingKey, message);
            self.push(found.at(share.span, "a share of the stated `rate`, or of `users`"));
        }
    }
}

/// The rates of one shape.
struct Levels<'s, 'a> {
    workload: &'s Section<'a>,
    /// Rates that stand on their own.
    absolute: Vec<&'a Node>,
    /// How many are multiples of the stated rate.
    multiples: usize,
}
