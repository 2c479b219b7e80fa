//! The numbers at the nominal world, where every uncertain input has its median: what is out of
//! range there is a mistake of the scenario, not of one draw.

use super::Resolver;
use super::numbers::{Setting, expression_error};
use super::run::Settings;
use crate::diag::{Diagnostic, Id, name};
use crate::expr::error::ExprError;
use crate::expr::formula::Variate;
use crate::model::{
    Arrivals, BindProblem, Binding, Gaps, Model, Origin, Scaling, VariateId, Workload, World,
};
use crate::scenario::raw::Node;
use crate::units::count::rounded_up;
use crate::units::{Quantity, show};

/// Most instances of all services, and most pools of all instances.
const MAX_INSTANCES: f64 = 100_000.0;
/// Most users of all workloads.
const MAX_USERS: f64 = 1e7;
/// Most of them in the background.
const MAX_CLOCKS: f64 = 1e8;

/// Where data or load grow, a date beyond the end of the run is one of the calendar: what is said of requests
/// then is judged by a forecast.
fn leave_to_forecasts(model: &mut Model, binding: &Binding) {
    if !model.changes_over_time() {
        return;
    }
    let get = |id| binding.get(id);
    let end = get(model.run.duration) + model.run.warm_up.map_or(0.0, get);
    let (later, here) = std::mem::take(&mut model.objectives)
        .into_iter()
        .partition(|one: &crate::model::Objective| one.that.has_dates_beyond(end));
    model.objectives = here;
    model.outlook.objectives.extend::<Vec<_>>(later);
    let (later, here) = std::mem::take(&mut model.claims)
        .into_iter()
        .partition(|one: &crate::model::Claim| one.that.has_dates_beyond(end));
    model.claims = here;
    model.outlook.claims.extend::<Vec<_>>(later);
}

impl<'a> Resolver<'a> {
    /// Evaluates everything once; reports what cannot be, then what is doubtful. Beside other
    /// mistakes only number by number: what several say together needs all of them.
    pub(super) fn nominal(&mut self, model: &mut Model, settings: Settings<'_>) {
        let world = match model.nominal_world() {
            Ok(world) => world,
            Err(problem) => return self.bind_problem(&problem),
        };
        self.numbers(model, &world);
        self.settings(model, &world, settings);
        if self.is_faulty || self.diagnostics.has_errors() {
            return;
        }
        match model.bind(&world, Scaling::default()) {
            Ok(binding) => {
                self.wholes(model, &binding);
                leave_to_forecasts(model, &binding);
                if !self.diagnostics.has_errors() {
                    self.warnings(model, &binding);
                }
            }
            // The numbers have been looked at one by one; this keeps the two in step.
            Err(problems) => problems.iter().for_each(|problem| self.bind_problem(problem)),
        }
    }

    fn bind_problem(&mut self, problem: &BindProblem) {
        let message = format!("{}: {}", name(&problem.origin.path), problem.message);
        let found = Diagnostic::new(Id::OutOfRange, message);
        self.push(match problem.origin.span {
            Some(span) => found.at(span, "with every input at its median"),
            None => found,
        });
    }

    /// Every slot that depends on inputs; the others have been checked where they stand.
    fn numbers(&mut self, model: &Model, world: &World) {
        let written = std::mem::take(&mut self.written);
        for (slot, (node, dimension)) in model.slots.quantities.iter().zip(&written.quantities) {
            if let Some(value) = self.bound(*node, slot.formula.bind(&world.inputs)) {
                let value = Quantity::new(value.at_means(&[]), *dimension);
                self.check_range(&slot.origin.path, *node, value, slot.bounds);
            }
        }
        for (slot, (node, dimension)) in model.slots.variates.iter().zip(&written.variates) {
            if let Some(Variate::Fixed(value)) = self.bound(*node, slot.formula.bind(&world.inputs))
            {
                let value = Quantity::new(value, *dimension);
                self.check_range(&slot.origin.path, *node, value, slot.bounds);
            }
        }
        for (slot, node) in model.slots.conditions.iter().zip(&written.conditions) {
            if let Err(error) = slot.test.bind(&world.inputs) {
                self.push(expression_error(node, error));
            }
        }
        self.written = written;
    }

    fn bound(&mut self, node: Option<&Node>, value: Result<Variate, ExprError>) -> Option<Variate> {
        match (value, node) {
            (Ok(value), _) => Some(value),
            (Err(error), Some(node)) => {
                self.push(expression_error(node, error));
                None
            }
            (Err(error), None) => {
                self.push(Diagnostic::new(Id::NotFinite, error.message));
                None
            }
        }
    }

    /// How much to simulate.
    fn settings(&mut self, model: &mut Model, world: &World, settings: Settings<'_>) {
        let mut value = |setting: Option<Setting<'_>>| -> f64 {
            let Some(setting) = setting else { return 1.0 };
            let bound = setting.checked.formula.bind(&world.inputs);
            let Some(value) = self.bound(setting.node, bound) else { return 1.0 };
            let value = Quantity::new(value.at_means(&[]), setting.checked.dimension);
            self.check_range(&setting.origin.path, setting.node, value, setting.bounds);
            if setting.bounds.whole { rounded_up(value.value) } else { value.value }
        };
        let run = &mut model.run;
        run.replications = value(settings.replications) as u32;
        run.worlds = value(settings.worlds) as u32;
        run.confidence = value(settings.confidence);
        run.assurance = value(settings.assurance);
        run.limit_in_flight = value(settings.in_flight) as u32;
        run.limit_events = value(settings.events) as u64;
    }

    /// What several numbers say together.
    fn wholes(&mut self, model: &Model, binding: &Binding) {
        self.probabilities(model);
        self.mixes(model, binding);
        self.gaps(model, binding);
        self.rates(model, binding);
        self.sizes(model, binding);
        for window in &model.windows {
            let (from, to) = (binding.get(window.from), binding.get(window.to));
            if from >= to {
                let path = format!("window.{}", window.name);
                let message = format!("{} ends at {}", name(&path), show::duration(to));
                let found = Diagnostic::new(Id::OutOfRange, message);
                let origin = &model.slots.quantities[window.to.0 as usize].origin;
                let label = format!("must be after its start, {}", show::duration(from));
                self.push(at(found, origin, &label));
            }
        }
    }

    /// Probabilities sum to 1 in every world; two worlds tell a constant sum from a lucky one.
    fn probabilities(&mut self, model: &Model) {
        let choices = std::mem::take(&mut self.choices);
        for uniform in [0.5, 0.25] {
            let Ok(world) = model.world(&|_| uniform) else { continue };
            for (ids, node) in &choices {
                let value = |id: &VariateId| {
                    let formula = &model.slots.variates[id.0 as usize].formula;
                    formula.bind(&world.inputs).ok()?.evaluate_fixed()
                };
                // Where a `let` decides, only the run knows.
                let Some(values) = ids.iter().map(value).collect::<Option<Vec<f64>>>() else {
                    continue;
                };
                self.sum_to_one(node, &values);
            }
            if self.diagnostics.has_errors() {
                return;
            }
        }
    }

    /// Notes the probabilities of a choice; those that are plain numbers are added up at once.
    pub(super) fn choice(&mut self, ids: Vec<VariateId>, node: &'a Node) {
        let value = |id: &VariateId| {
            let formula = &self.slots.variates.get(id.0 as usize)?.formula;
            formula.bind(&[]).ok()?.evaluate_fixed()
        };
        match ids.iter().map(value).collect::<Option<Vec<f64>>>() {
            Some(values) => self.sum_to_one(node, &values),
            None => self.choices.push((ids, node)),
        }
    }

    fn sum_to_one(&mut self, node: &Node, values: &[f64]) {
        let sum: f64 = values.iter().sum();
        // A probability that is none by itself has been reported.
        let single = values.iter().any(|p| !(0.0..=1.0).contains(p));
        if single || (sum - 1.0).abs() <= 1e-9 {
            return;
        }
        let message = format!("the probabilities sum to {}, not to 1", show::number(sum));
        let found = Diagnostic::new(Id::Probabilities, message)
            .at(node.span, "what happens in the other cases?");
        self.push(found.help("`{ p = ..., do = [] }` does nothing"));
    }

    fn mixes(&mut self, model: &Model, binding: &Binding) {
        for workload in &model.workloads {
            let sum: f64 = workload.mix.iter().map(|entry| binding.get(entry.1)).sum();
            if sum <= 0.0 {
                let path = format!("workload.{}", workload.name);
                let message = format!("the weights in the mix of {} sum to 0", name(&path));
                let found = Diagnostic::new(Id::OutOfRange, message);
                let first = workload.mix.first();
                let origin = first.map(|entry| &model.slots.quantities[entry.1.0 as usize].origin);
                self.push(match origin {
                    Some(origin) => at(found, origin, "must be more than 0 somewhere"),
                    None => found,
                });
            }
        }
    }

    /// Gaps between arrivals need a law whose mean is a time to wait.
    fn gaps(&mut self, model: &Model, binding: &Binding) {
        for workload in &model.workloads {
            let Arrivals::Open { gaps: Gaps::Law(id), .. } = workload.arrivals else { continue };
            let origin = &model.slots.variates[id.0 as usize].origin;
            match binding.variate(id).0.mean() {
                Some(mean) if mean >= 1e-9 && mean.is_finite() => {}
                Some(mean) => {
                    let message =
                        format!("the mean of {} is {}", name(&origin.path), show::duration(mean));
                    let found = Diagnostic::new(Id::OutOfRange, message);
                    self.push(at(found, origin, "must be finite, and at least 1 ns"));
                }
                None => {
                    let message = "gaps by a calculation with several distributions";
                    let found = Diagnostic::new(Id::ImpossibleDistribution, message);
                    let found = at(found, origin, "not one law");
                    self.push(found.help("write one distribution, shifted or scaled by numbers"));
                }
            }
        }
    }

    /// The simulator keeps every instance and every pool of every instance.
    fn sizes(&mut self, model: &Model, binding: &Binding) {
        let instances = |service: usize| binding.get(model.services[service].instances);
        let services: f64 = (0..model.services.len()).map(instances).sum();
        let pools: f64 = model.pools.iter().map(|pool| instances(pool.service)).sum();
        let users = |workload: &Workload| match workload.arrivals {
            Arrivals::Users { users, .. } => binding.get(users),
            _ => 0.0,
        };
        let clocks = |workload: &Workload| users(workload) * workload.background.len() as f64;
        let clocks: f64 = model.workloads.iter().map(clocks).sum();
        let users: f64 = model.workloads.iter().map(users).sum();
        for (sum, most, what) in [
            (services, MAX_INSTANCES, "instances"),
            (pools, MAX_INSTANCES, "pools, one on each instance,"),
            (users, MAX_USERS, "users"),
            (clocks, MAX_CLOCKS, "intervals in the background, one for each user and endpoint,"),
        ] {
            if sum > most {
                let message =
                    format!("{} {what} in all, more than {}", show::count(sum), show::count(most));
                self.push(Diagnostic::new(Id::OutOfRange, message));
            }
        }
    }
}

/// With the place of a number, if it is written.
fn at(found: Diagnostic, origin: &Origin, label: &str) -> Diagnostic {
    match origin.span {
        Some(span) => found.at(span, label),
        None => found,
    }
}
