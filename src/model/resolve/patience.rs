//! Timeouts one after another that add up to more than the client waits.
//!
//! Each may be shorter than the client's and still the last ones begin when nobody is there. Only
//! timeouts that the scenario states are added, at their means, and only those that follow one
//! another: of branches the longest counts.

use super::Resolver;
use crate::diag::{Diagnostic, Id, Span, name};
use crate::model::{Binding, Model, Parallel, Repeat, Step, VariateId, Verb};
use crate::units::show;

/// Places that are shown; of more, the largest.
const SHOWN: usize = 4;

/// How long an endpoint may wait at most by its own timeouts.
#[derive(Debug, Clone, Default)]
struct Patience {
    /// All together, in seconds.
    total: f64,
    /// How often each timeout counts, its seconds and its place.
    terms: Vec<(f64, f64, Span)>,
}

impl Patience {
    fn then(&mut self, other: Self) {
        self.total += other.total;
        self.terms.extend(other.terms);
    }

    fn times(mut self, often: f64) -> Self {
        self.total *= often;
        for term in &mut self.terms {
            term.0 *= often;
        }
        self
    }

    fn longest(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::default(), |a, b| if b.total > a.total { b } else { a })
    }
}

impl Resolver<'_> {
    /// `order` has callees before their callers.
    pub(super) fn patience(&mut self, model: &Model, binding: &Binding, order: &[usize]) {
        let mut known = vec![Patience::default(); model.endpoints.len()];
        for &index in order {
            let walk = Walk { model, binding, known: &known };
            known[index] = walk.steps(&model.endpoints[index].steps);
        }
        for workload in &model.workloads {
            let Some(after) = workload.client.as_ref().and_then(|client| client.timeout) else {
                continue;
            };
            let Some(limit) = mean(binding, after) else { continue };
            let Some(span) = model.slots.variates[after.0 as usize].origin.span else { continue };
            for (endpoint, _) in &workload.mix {
                let found = &known[*endpoint];
                // One that is longer by itself is a warning of its own.
                let single = found.terms.iter().any(|term| term.1 > limit);
                if found.total > limit && !single {
                    let name = &model.endpoints[*endpoint].name;
                    self.push(diagnostic(name, found, limit, span));
                }
            }
        }
    }
}

fn diagnostic(endpoint: &str, found: &Patience, limit: f64, span: Span) -> Diagnostic {
    let mut terms = found.terms.clone();
    terms.sort_by(|a, b| (b.0 * b.1).total_cmp(&(a.0 * a.1)).then(a.2.cmp(&b.2)));
    let mut shown: Vec<String> = terms.iter().take(SHOWN).map(term).collect();
    if terms.len() > SHOWN {
        shown.push("...".to_owned());
    }
    let message = format!(
        "the timeouts of {} add up to {} = {}, and its client leaves after {}",
        name(endpoint),
        shown.join(" + "),
        show::duration(found.total),
        show::duration(limit)
    );
    let mut diagnostic =
        Diagnostic::new(Id::TimeoutsAddUp, message).at(span, "the client leaves here");
    for found in terms.iter().take(SHOWN) {
        diagnostic = diagnostic.and(found.2, term(found));
    }
    diagnostic.help("let them add up to less, or give the whole flow one timeout")
}

fn term((often, after, _): &(f64, f64, Span)) -> String {
    let after = show::duration(*after);
    if *often == 1.0 { after } else { format!("{} \u{d7} {after}", show::number(*often)) }
}

fn mean(binding: &Binding, id: VariateId) -> Option<f64> {
    binding.variate(id).0.mean().filter(|mean| mean.is_finite())
}

/// A walk through the steps of one endpoint.
struct Walk<'w> {
    model: &'w Model,
    binding: &'w Binding,
    known: &'w [Patience],
}

impl Walk<'_> {
    fn steps(&self, steps: &[Step]) -> Patience {
        let mut sum = Patience::default();
        for step in steps {
            sum.then(self.step(step));
            if matches!(step.verb, Verb::Reply) {
                break; // Nobody waits for the rest.
            }
        }
        sum
    }

    fn step(&self, step: &Step) -> Patience {
        let mut found = self.verb(&step.verb);
        if let Some(handler) = &step.handler {
            found.then(self.steps(&handler.steps));
        }
        found
    }

    fn verb(&self, verb: &Verb) -> Patience {
        let number = |id: VariateId| mean(self.binding, id);
        match verb {
            Verb::Cpu(_) | Verb::Delay(_) | Verb::Query { .. } | Verb::Reply | Verb::Fail(_) => {
                Patience::default()
            }
            Verb::Call { endpoint, .. } => self.known[*endpoint].clone(),
            Verb::Transaction { steps, .. }
            | Verb::Block(steps)
            | Verb::Lock { steps, .. }
            | Verb::Hedge { steps, .. } => self.steps(steps),
            Verb::Each { count, batch, parallel, steps, .. } => {
                let width = match parallel {
                    Parallel::All => f64::INFINITY,
                    Parallel::Limit(limit) => number(*limit).unwrap_or(1.0),
                };
                let batch = batch.and_then(number).unwrap_or(1.0);
                let rounds = number(*count).map_or(1.0, |count| count / batch / width).ceil();
                self.steps(steps).times(rounds.max(1.0))
            }
            Verb::Repeat { repeat, steps } => {
                let rounds = match repeat {
                    Repeat::Times(times) => number(*times).unwrap_or(1.0).floor(),
                    Repeat::Again(_) => 1.0,
                };
                self.steps(steps).times(rounds)
            }
            Verb::Fork { branches, .. } => {
                Patience::longest(branches.iter().map(|branch| self.steps(branch)))
            }
            Verb::Choose(branches) => {
                Patience::longest(branches.iter().map(|branch| self.steps(&branch.1)))
            }
            Verb::If { then, otherwise, .. } => {
                Patience::longest([self.steps(then), self.steps(otherwise)])
            }
            Verb::Retry { policy, steps } => {
                // Without a limit only the client's patience ends it; that is said elsewhere.
                let attempts = policy.attempts.and_then(number).unwrap_or(1.0).floor();
                self.steps(steps).times(attempts.max(1.0))
            }
            Verb::Timeout { after, .. } => {
                let span = self.model.slots.variates[after.0 as usize].origin.span;
                match (number(*after), span) {
                    (Some(after), Some(span)) => {
                        Patience { total: after, terms: vec![(1.0, after, span)] }
                    }
                    _ => Patience::default(),
                }
            }
        }
    }
}
