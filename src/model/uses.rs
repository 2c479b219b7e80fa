//! Where an input goes: the numbers of a scenario that hang on it; and what requests come to.

use super::{Model, Step, Verb};
use crate::expr::formula::Formula;
use std::collections::BTreeSet;

/// What requests of an endpoint may come to.
#[derive(Default)]
struct Reached {
    endpoints: BTreeSet<usize>,
    queries: BTreeSet<usize>,
}

impl Reached {
    fn steps(&mut self, model: &Model, steps: &[Step]) {
        for step in steps {
            match &step.verb {
                Verb::Query { query, .. } => {
                    self.queries.insert(*query);
                }
                Verb::Call { endpoint, .. } => self.endpoint(model, *endpoint),
                _ => {}
            }
            for block in step.blocks() {
                self.steps(model, block);
            }
        }
    }

    fn endpoint(&mut self, model: &Model, endpoint: usize) {
        if self.endpoints.insert(endpoint) {
            self.steps(model, &model.endpoints[endpoint].steps);
        }
    }
}

impl Model {
    /// Queries that requests of an endpoint (by number) may come to, also through others.
    pub fn queries_from(&self, endpoint: usize) -> BTreeSet<usize> {
        let mut reached = Reached::default();
        reached.endpoint(self, endpoint);
        reached.queries
    }

    /// Paths of the numbers that use an input (by number), also by way of other inputs, in the
    /// order of the scenario; inputs are not among them.
    pub fn uses_of(&self, input: usize) -> Vec<&str> {
        let mut reached = vec![false; self.inputs.len()];
        let uses = |formula: &Formula, reached: &[bool]| {
            formula.inputs().any(|used| reached.get(usize::from(used)).is_some_and(|&is| is))
        };
        // An input uses only those before it.
        for (at, one) in self.inputs.iter().enumerate() {
            let formula = &self.slots.variates[one.value.0 as usize].formula;
            reached[at] = at == input || uses(formula, &reached);
        }
        let quantities = self.slots.quantities.iter().map(|slot| (&slot.origin, &slot.formula));
        let variates = self.slots.variates.iter().map(|slot| (&slot.origin, &slot.formula));
        let mut paths: Vec<&str> = Vec::new();
        for (origin, formula) in quantities.chain(variates) {
            let path = origin.path.as_str();
            if uses(formula, &reached) && !path.starts_with("inputs.") && !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }
}
