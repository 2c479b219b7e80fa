//! Retries that ask for something else: a new request draws its `let`s anew.

use super::Resolver;
use crate::diag::{Diagnostic, Id, Span, name};
use crate::model::{Backoff, Binding, Model, RetryPolicy, Step, Verb};
use std::collections::BTreeMap;

impl Resolver<'_> {
    /// Endpoints with a `let` that varies whose callers, or clients, try again.
    pub(super) fn redrawn(&mut self, model: &Model, binding: &Binding) {
        // By endpoint: who retries, and where.
        let mut retried: BTreeMap<usize, (&str, Option<Span>, Vec<usize>)> = BTreeMap::new();
        for endpoint in &model.endpoints {
            self.retried_calls(&endpoint.steps, None, &mut retried);
        }
        for workload in &model.workloads {
            let Some(policy) = workload.client.as_ref().and_then(|client| client.retry) else {
                continue;
            };
            let once = |id| binding.variate(id).0.evaluate_fixed() == Some(1.0);
            if policy.attempts.is_some_and(once) {
                continue;
            }
            for &(endpoint, _) in &workload.mix {
                let span = self.place_of(&policy);
                retried.entry(endpoint).or_insert(("the client", span, Vec::new()));
            }
        }
        for (endpoint, (who, span, given)) in retried {
            let endpoint = &model.endpoints[endpoint];
            let varies = |at: usize| {
                let id = endpoint.lets[at].value;
                !given.contains(&at) && binding.variate(id).0.evaluate_fixed().is_none()
            };
            let Some(first) = (0..endpoint.lets.len()).find(|&at| varies(at)) else { continue };
            let drawn = &endpoint.lets[first];
            let message = format!(
                "a retry by {who} is a new request of {}, which draws {} anew",
                name(&endpoint.name),
                name(&drawn.name)
            );
            let mut found = Diagnostic::new(Id::RedrawnOnRetry, message);
            if let Some(span) = model.slots.variates[drawn.value.0 as usize].origin.span {
                found = found.at(span, "another value in each attempt");
            }
            if let Some(span) = span {
                found = found.and(span, "tried again here");
            }
            self.push(found.help(if who == "the client" {
                "to try again with the same value, draw it in an endpoint that calls this one \
                 by `call` with `with` and `retry`"
            } else {
                "to try again with the same value, draw it in the caller's `let` and hand it over by \
                 `with`"
            }));
        }
    }

    /// Where a retry is written.
    pub(super) fn place_of(&self, policy: &RetryPolicy) -> Option<Span> {
        let (Backoff::Plain(backoff) | Backoff::Growing { first: backoff, .. }) = policy.backoff;
        self.retries.get(&backoff).copied()
    }

    fn retried_calls<'m>(
        &self,
        steps: &'m [Step],
        around: Option<&'m RetryPolicy>,
        found: &mut BTreeMap<usize, (&'m str, Option<Span>, Vec<usize>)>,
    ) {
        for step in steps {
            let around = match &step.verb {
                Verb::Retry { policy, .. } => Some(policy),
                _ => around,
            };
            if let (Verb::Call { endpoint, with }, Some(policy)) = (&step.verb, around) {
                let given = with.iter().map(|entry| entry.0).collect();
                found.entry(*endpoint).or_insert(("its caller", self.place_of(policy), given));
            }
            for block in step.blocks() {
                self.retried_calls(block, around, found);
            }
        }
    }
}
