//! Doubts about entities and their numbers. What runs along calls is next door, in `calls`.

use super::Resolver;
use crate::diag::{Diagnostic, Id, name};
use crate::model::{Binding, Model};
use crate::scenario::raw::{Node, Table, Value};
use crate::units::count::rounded_up;
use crate::units::show;
use std::collections::BTreeSet;

impl Resolver<'_> {
    pub(super) fn warnings(&mut self, model: &Model, binding: &Binding) {
        self.round_trips(model);
        self.pools_exceed_servers(model, binding);
        self.rounded_up(model, binding);
        self.rounded_draws(model);
        self.along_calls(model, binding);
        self.redrawn(model, binding);
        self.stretches(model, binding);
        self.indexes_and_matches(model, binding);
        self.doubtful_amounts(model, binding);
        self.few_replications(model);
        self.windows_beyond(model, binding);
        self.unused();
    }

    /// The network in front of a service that nobody calls is not read.
    fn round_trips(&mut self, model: &Model) {
        let called = &self.usage.called;
        let idle = model.services.iter().enumerate().filter(|entry| !called.contains(&entry.0));
        let idle: BTreeSet<String> =
            idle.map(|(_, service)| format!("service.{}.round_trip", service.name)).collect();
        self.assumptions.retain(|assumption| !idle.contains(&assumption.path));
    }

    fn pools_exceed_servers(&mut self, model: &Model, binding: &Binding) {
        for (index, database) in model.databases.iter().enumerate() {
            let pools: Vec<_> = model.pools.iter().filter(|pool| pool.database == index).collect();
            let terms: Vec<(f64, f64)> = pools
                .iter()
                .map(|pool| {
                    let instances = binding.count(model.services[pool.service].instances);
                    (f64::from(instances), f64::from(binding.count(pool.size)))
                })
                .collect();
            let all: f64 = terms.iter().map(|(instances, size)| instances * size).sum();
            let max = binding.count(database.max_connections);
            let reserved = binding.count(database.reserved);
            let accepted = max.saturating_sub(reserved);
            self.memory_for_connections(model, binding, index, all.min(f64::from(accepted)));
            if all <= f64::from(accepted) {
                continue;
            }
            let shown: Vec<String> = terms
                .iter()
                .map(|(instances, size)| {
                    format!("{} \u{d7} {}", show::count(*instances), show::count(*size))
                })
                .collect();
            let message = format!(
                "{} = {} connections to {}, which accepts {}",
                shown.join(" + "),
                show::count(all),
                name(&database.name),
                show::count(f64::from(accepted))
            );
            let mut found = Diagnostic::new(Id::PoolExceedsServer, message);
            for pool in pools {
                let origin = &model.slots.quantities[pool.size.0 as usize].origin;
                if let Some(span) = origin.span {
                    found = found.at(span, "on each instance");
                }
            }
            let origin = &model.slots.quantities[database.max_connections.0 as usize].origin;
            let limit = format!(
                "{} connections, of which {} are reserved",
                show::count(f64::from(max)),
                show::count(f64::from(reserved))
            );
            found = match origin.span {
                Some(span) => found.and(span, limit),
                None => found.help(format!("by default it accepts {limit}")),
            };
            self.push(found);
        }
    }

    /// Connections that take more memory than there is.
    fn memory_for_connections(
        &mut self,
        model: &Model,
        binding: &Binding,
        database: usize,
        connections: f64,
    ) {
        let database = &model.databases[database];
        let Some(memory) = database.memory else { return };
        let taken = connections * binding.get(memory.backend);
        if taken <= binding.get(memory.bytes) {
            return;
        }
        let message = format!(
            "{} connections to {} take {} of memory, and it has {}",
            show::count(connections),
            name(&database.name),
            show::bytes(taken),
            show::bytes(binding.get(memory.bytes))
        );
        let found = Diagnostic::new(Id::PoolExceedsServer, message);
        let origin = &model.slots.quantities[memory.bytes.0 as usize].origin;
        let found = match origin.span {
            Some(span) => found.at(span, "nothing is left for pages"),
            None => found,
        };
        self.push(found.help("each takes `backend_memory`"));
    }

    /// A fraction of a thing where whole ones are needed.
    fn rounded_up(&mut self, model: &Model, binding: &Binding) {
        let Ok(world) = model.nominal_world() else { return };
        for (index, slot) in model.slots.quantities.iter().enumerate() {
            let (true, Some(span)) = (slot.bounds.whole, slot.origin.span) else { continue };
            let Ok(value) = slot.formula.bind(&world.inputs) else { continue };
            let (value, used) =
                (value.at_means(&[]), binding.get(crate::model::QuantityId(index as u32)));
            if (used - value).abs() > 1e-6 * used.abs() {
                let path = name(&slot.origin.path);
                let message = format!("{path} is {}", show::number(value));
                let found = Diagnostic::new(Id::RoundedUp, message);
                self.push(found.at(span, format!("rounded up to {}", show::count(used))));
            }
        }
    }

    /// The same of what may vary and does not, such as `times` and `each`. What is drawn is a
    /// fraction more often than not, and nobody wonders.
    fn rounded_draws(&mut self, model: &Model) {
        let Ok(world) = model.nominal_world() else { return };
        for slot in &model.slots.variates {
            let (true, Some(span)) = (slot.bounds.whole, slot.origin.span) else { continue };
            let Ok(bound) = slot.formula.bind(&world.inputs) else { continue };
            let Some(value) = bound.evaluate_fixed() else { continue };
            let used = rounded_up(value);
            if (used - value).abs() > 1e-6 * used.abs() {
                let message = format!("{} is {}", name(&slot.origin.path), show::number(value));
                let found = Diagnostic::new(Id::RoundedUp, message);
                self.push(found.at(span, format!("rounded up to {}", show::count(used))));
            }
        }
    }

    /// Entities that nothing refers to. Those that a variant names are there for it; with a
    /// variant applied, what it leaves aside is no surprise.
    fn unused(&mut self) {
        if self.raw.variant().is_some() || !self.needs_load {
            return;
        }
        let mut mentioned = BTreeSet::new();
        for variant in self.raw.variants() {
            mentions(&variant.body, &mut mentioned);
        }
        let names = |table: &str| -> Vec<&str> {
            self.raw.entities(table).map(|entity| entity.name).collect()
        };
        let used = |set: &BTreeSet<usize>, table: &'static str| -> Vec<(&'static str, String)> {
            let names = names(table).into_iter().enumerate();
            let unused = names.filter(|(index, _)| !set.contains(index));
            unused.map(|(_, name)| (table, name.to_owned())).collect()
        };
        let mut unused = used(&self.usage.queries, "query");
        unused.extend(used(&self.usage.tables, "table"));
        unused.extend(used(&self.usage.pools, "pool"));
        unused.extend(used(&self.usage.locks, "lock"));
        unused.extend(used(&self.usage.endpoints, "endpoint"));
        let flows = names("flow").into_iter().filter(|flow| !self.usage.flows.contains(*flow));
        unused.extend(flows.map(|flow| ("flow", flow.to_owned())));
        if !mentioned.contains("priority") {
            self.priorities_without_effect();
        }
        self.priorities_at_workers();
        self.unused_inputs();
        self.inputs_of_variants();
        for (table, entity) in unused {
            let Some(span) = self.names.span(table, &entity) else { continue };
            if !mentioned.contains(entity.as_str()) {
                let message = format!("nothing uses the {table} {}", name(&entity));
                self.diagnostics
                    .push(Diagnostic::new(Id::UnusedEntity, message).at(span, "unused"));
            }
        }
    }
}

impl Resolver<'_> {
    /// Endpoints with a priority where everybody is served in order of arrival.
    fn priorities_without_effect(&mut self) {
        let raw = self.raw;
        for entity in raw.entities("endpoint") {
            let Some(node) = entity.table.get("priority") else { continue };
            let service = entity.table.get("service").and_then(Node::as_str);
            if service.is_none_or(|service| self.goes_by_priority_at(service)) {
                continue;
            }
            let message = format!("the priority of {} has no effect", name(entity.name));
            let found = Diagnostic::new(Id::UnusedEntity, message)
                .at(node.span, "no line and no cores go by it");
            self.push(
                found
                    .help("set `order = \"priority\"` in a `line`, or `scheduling = \"priority\"`"),
            );
        }
    }
}

/// All texts and keys of a table.
pub(super) fn mentions<'t>(table: &'t Table, found: &mut BTreeSet<&'t str>) {
    for (key, node) in table {
        found.insert(&key.text);
        let mut values = vec![&node.value];
        while let Some(value) = values.pop() {
            match value {
                Value::String(text) => {
                    found.insert(text);
                }
                Value::Array(items) => values.extend(items.iter().map(|item| &item.value)),
                Value::Table(table) => {
                    found.extend(table.keys());
                    values.extend(table.iter().map(|(_, node)| &node.value));
                }
                _ => {}
            }
        }
    }
}
