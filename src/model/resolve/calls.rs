//! Doubts that run along calls: retries around retries, timeouts longer than those around them,
//! connections taken while one is held.
//!
//! Endpoints are looked at callees first, so that each is looked into once however often it is
//! called. Numbers are those of the nominal world, distributions at their means.

use super::Resolver;
use crate::diag::{Diagnostic, Id, Span, name};
use crate::model::{Binding, Model, RetryPolicy, Step, VariateId, Verb};
use crate::units::show;
use std::collections::BTreeSet;

/// Attempts of one level of retries, infinite if unlimited, and where it is written.
type Level = (f64, Span);

/// What callers of an endpoint should know.
#[derive(Debug, Clone, Default)]
struct Facts {
    /// The retries around each other whose product is largest, outermost first.
    retries: Vec<Level>,
    /// The longest timeout that nothing in the endpoint cuts short.
    longest: Option<Level>,
    /// Pools of which it takes connections, its callees' included.
    pools: BTreeSet<usize>,
}

impl Resolver<'_> {
    pub(super) fn along_calls(&mut self, model: &Model, binding: &Binding) {
        let mut facts = vec![Facts::default(); model.endpoints.len()];
        let order = std::mem::take(&mut self.usage.order);
        for &index in &order {
            let mut walk = Walk { r: self, model, binding, facts: &facts };
            let found = walk.steps(&model.endpoints[index].steps);
            facts[index] = found;
        }
        for workload in &model.workloads {
            let Some(client) = &workload.client else {
                for (endpoint, _) in &workload.mix {
                    self.nested_retries(&facts[*endpoint].retries);
                }
                continue;
            };
            for (endpoint, _) in &workload.mix {
                let inside = &facts[*endpoint];
                let mut walk = Walk { r: self, model, binding, facts: &facts };
                let mut levels: Vec<Level> =
                    client.retry.iter().filter_map(|policy| walk.level(policy)).collect();
                levels.extend(&inside.retries);
                if let Some(after) = client.timeout {
                    walk.timeout(after, inside.longest);
                }
                self.nested_retries(&levels);
            }
        }
        self.patience(model, binding, &order);
        self.held_calls(model, binding, &facts);
    }

    fn nested_retries(&mut self, levels: &[Level]) {
        let [(_, outermost), inner @ ..] = levels else { return };
        if inner.is_empty() {
            return;
        }
        let shown: Vec<String> = levels.iter().map(|level| attempts(level.0)).collect();
        let product: f64 = levels.iter().map(|level| level.0).product();
        let message = format!(
            "retries multiply: {} = {} attempts",
            shown.join(" \u{d7} "),
            attempts(product)
        );
        let mut found = Diagnostic::new(Id::NestedRetries, message)
            .at(*outermost, format!("{} attempts", shown[0]));
        for ((_, span), shown) in inner.iter().zip(&shown[1..]) {
            found = found.and(*span, format!("each with {shown} attempts"));
        }
        self.push(found.help("retry at one level, best the outermost that can still answer"));
    }

    /// Calls under a transaction: a connection waits for the answer, and if the callee takes one of
    /// the same pool, it may wait for ever.
    fn held_calls(&mut self, model: &Model, binding: &Binding, facts: &[Facts]) {
        let mut found = Vec::new();
        for call in &self.usage.calls {
            let held = call.transaction.and_then(|number| self.usage.transactions[number]);
            let Some(pool) = held else { continue };
            let callee = name(&model.endpoints[call.to].name);
            let shown = name(&model.pools[pool].name);
            let diagnostic = if facts[call.to].pools.contains(&pool) {
                let message =
                    format!("{callee} takes a connection of {shown} while its caller holds one");
                Diagnostic::new(Id::SecondConnection, message)
            } else {
                let size = binding.count(model.pools[pool].size);
                let message = format!(
                    "a connection of {shown} is held across the call of {callee}: {} calls under \
                     way leave an instance none",
                    show::count(f64::from(size))
                );
                Diagnostic::new(Id::HeldAcrossCall, message)
            };
            let diagnostic = diagnostic.at(call.span, "called inside a transaction");
            found.push(diagnostic.help("end the transaction before the call"));
        }
        self.diagnostics.extend(found);
    }
}

fn attempts(value: f64) -> String {
    if value.is_finite() { show::number(value) } else { "unlimited".to_owned() }
}

/// A walk through the steps of one endpoint.
struct Walk<'w, 'r, 'a> {
    r: &'r mut Resolver<'a>,
    model: &'w Model,
    binding: &'w Binding,
    facts: &'w [Facts],
}

impl Walk<'_, '_, '_> {
    fn steps(&mut self, steps: &[Step]) -> Facts {
        let mut facts = Facts::default();
        for step in steps {
            let inside = self.step(step);
            facts.take(inside);
        }
        facts
    }

    fn step(&mut self, step: &Step) -> Facts {
        let mut facts = Facts::default();
        for block in step.blocks() {
            let inside = self.steps(block);
            facts.take(inside);
        }
        match &step.verb {
            Verb::Query { pool, .. } => {
                facts.pools.insert(*pool);
            }
            Verb::Call { endpoint, .. } => facts.take(self.facts[*endpoint].clone()),
            Verb::Retry { policy, .. } => {
                if let Some(level) = self.level(policy) {
                    facts.retries.insert(0, level);
                }
            }
            Verb::Timeout { after, .. } => facts.longest = self.timeout(*after, facts.longest),
            _ => {}
        }
        facts
    }

    /// Attempts of a retry and its place.
    fn level(&self, policy: &RetryPolicy) -> Option<Level> {
        let span = self.r.place_of(policy)?;
        let attempts = match policy.attempts {
            Some(attempts) => self.mean(attempts)?,
            None => f64::INFINITY,
        };
        (attempts > 1.0).then_some((attempts, span))
    }

    /// A timeout around the longest one inside; gives the one that is felt outside.
    fn timeout(&mut self, after: VariateId, inside: Option<Level>) -> Option<Level> {
        let outer = self.mean(after)?;
        let span = self.model.slots.variates[after.0 as usize].origin.span?;
        if let Some((inner, inner_span)) = inside
            && inner > outer
        {
            let message = format!(
                "a timeout of {} inside one of {}",
                show::duration(inner),
                show::duration(outer)
            );
            let found = Diagnostic::new(Id::CalleeTimeoutLonger, message)
                .at(inner_span, "goes on when nobody waits any more")
                .and(span, "gives up first");
            self.r.push(found.help("timeouts should shrink on the way down"));
        }
        Some((outer, span))
    }

    fn mean(&self, id: VariateId) -> Option<f64> {
        self.binding.variate(id).0.mean().filter(|mean| mean.is_finite())
    }
}

impl Facts {
    /// Adds what stands beside this.
    fn take(&mut self, other: Self) {
        let product = |levels: &[Level]| levels.iter().map(|level| level.0).product::<f64>();
        if product(&other.retries) > product(&self.retries) {
            self.retries = other.retries;
        }
        if other.longest.is_some_and(|theirs| self.longest.is_none_or(|own| theirs.0 > own.0)) {
            self.longest = other.longest;
        }
        self.pools.extend(other.pools);
    }
}
