//! Flows that no endpoint uses: they have to make sense all the same, since a variant may use
//! them, but they leave nothing behind in the model.

use super::Resolver;
use super::endpoint::Around;
use super::flow::Flow;
use crate::diag::Id;
use crate::scenario::raw::Node;

impl<'a> Resolver<'a> {
    /// Looks into each flow that is not written out anywhere.
    pub(super) fn spare_flows(&mut self, around: Around<'_, 'a>) {
        let raw = self.raw;
        for entity in raw.entities("flow") {
            let Some(steps) = entity.table.get("steps") else { continue };
            if !self.usage.flows.contains(entity.name) && !self.diagnostics.is_full() {
                self.spare_flow(around, entity.name, steps);
            }
        }
    }

    fn spare_flow(&mut self, around: Around<'_, 'a>, name: &'a str, steps: &'a Node) {
        let before = std::mem::take(&mut self.diagnostics);
        let usage = self.usage.clone();
        let quantities = self.slots.quantities.len();
        let variates = self.slots.variates.len();
        let conditions = self.slots.conditions.len();
        let choices = self.choices.len();
        let (assumptions, failures) = (self.assumptions.len(), self.failures.len());
        let counted = self.steps;
        Flow::alone(self, around, name, steps);
        self.steps = counted;
        self.assumptions.truncate(assumptions);
        self.failures.truncate(failures);
        self.choices.truncate(choices);
        self.slots.quantities.truncate(quantities);
        self.slots.variates.truncate(variates);
        self.slots.conditions.truncate(conditions);
        self.written.quantities.truncate(quantities);
        self.written.variates.truncate(variates);
        self.written.conditions.truncate(conditions);
        self.retries.retain(|id, _| (id.0 as usize) < variates);
        self.usage = usage;
        let found = std::mem::replace(&mut self.diagnostics, before);
        // Names may be those of a `let` of the endpoint that will use it.
        let names = |id: Id| id == Id::UnknownName;
        self.diagnostics.extend(found.iter().filter(|d| !names(d.id)).cloned());
    }
}
