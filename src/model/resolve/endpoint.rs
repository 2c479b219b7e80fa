//! Endpoints: their registers first, so that a call may set those of its callee, then their flows.

use super::flow::Flow;
use super::names::NOWHERE;
use super::numbers::{ANY, NO_VARIATE};
use super::section::Section;
use super::{MAX_ENDPOINTS, MAX_LETS, Resolver};
use crate::diag::{Diagnostic, Id, Span, name};
use crate::expr::scope::{Expectation, Scope, Symbol};
use crate::model::{Bounds, Database, Endpoint, Let, Pool, QuantityId, Query, Service};
use crate::scenario::keys::tables as keys;
use crate::scenario::raw::Value;
use crate::units::Dimension;

/// What a flow needs to know of the entities around it.
#[derive(Clone, Copy)]
pub(super) struct Around<'m, 'a> {
    pub services: &'m [Service],
    pub databases: &'m [Database],
    pub pools: &'m [Pool],
    pub queries: &'m [Query],
    pub heads: &'m [Head<'a>],
}

/// An endpoint before its flow.
pub(super) struct Head<'a> {
    pub name: &'a str,
    pub span: Span,
    pub section: Section<'a>,
    pub service: usize,
    pub lets: Vec<Let>,
    /// Dimension of each `let`; none if its value is wrong.
    pub dimensions: Vec<Option<Dimension>>,
    /// Inputs and `let`.
    pub scope: Scope,
    pub priority: QuantityId,
}

impl<'a> Resolver<'a> {
    pub(super) fn endpoints(
        &mut self,
        services: &[Service],
        databases: &[Database],
        pools: &[Pool],
        queries: &[Query],
    ) -> Vec<Endpoint> {
        let raw = self.raw;
        let mut heads = Vec::new();
        for (index, entity) in raw.entities("endpoint").enumerate() {
            if !self.is_within(index, MAX_ENDPOINTS, "endpoints", entity.name_span) {
                break;
            }
            let section = Section::of(&keys::ENDPOINT, entity);
            heads.push(self.head(section, entity.name, entity.name_span));
        }
        let around = Around { services, databases, pools, queries, heads: &heads };
        let inputs = self.scope.clone();
        let flows: Vec<_> = (0..heads.len())
            .map(|index| {
                self.scope = heads[index].scope.clone();
                Flow::new(self, around, index).endpoint()
            })
            .collect();
        self.scope = inputs;
        self.spare_flows(around);
        self.recursive_calls(&heads);
        let build = |(head, (steps, registers)): (Head<'a>, _)| Endpoint {
            name: head.name.to_owned(),
            service: head.service,
            lets: head.lets,
            registers,
            steps,
            priority: head.priority,
            span: Some(head.span),
        };
        heads.into_iter().zip(flows).map(build).collect()
    }

    fn head(&mut self, section: Section<'a>, name: &'a str, span: Span) -> Head<'a> {
        let inputs = self.scope.clone();
        let service = self.reference("service", &section, "service");
        let (lets, dimensions) = self.lets(&section);
        let listed = self.assumptions.len();
        let priority = self.quantity(&section, "priority", Bounds::real(-1e9, 1e9));
        // Worth a line only where somebody goes by it.
        if !self.goes_by_priority() {
            self.assumptions.truncate(listed);
        }
        let scope = std::mem::replace(&mut self.scope, inputs);
        Head { name, span, section, service, lets, dimensions, scope, priority }
    }

    /// The registers that a request starts with; each may use those before it.
    fn lets(&mut self, section: &Section<'a>) -> (Vec<Let>, Vec<Option<Dimension>>) {
        let (mut lets, mut dimensions) = (Vec::new(), Vec::new());
        let Some(node) = section.get("let") else { return (lets, dimensions) };
        let Value::Table(table) = &node.value else {
            self.malformed(node);
            return (lets, dimensions);
        };
        let wanted = Expectation { dimension: None, ..Expectation::varying(Dimension::COUNT) };
        for (register, (key, node)) in table.iter().enumerate() {
            if !self.is_within(register, MAX_LETS, "names in a `let`", key.span) {
                break;
            }
            self.symbol_name(key, "let");
            let path = format!("{}.{}", section.at("let"), key.text);
            let checked = self.checked(node, Some(wanted));
            dimensions.push(checked.as_ref().map(|checked| checked.dimension));
            let value = if let Some(checked) = checked {
                self.poisoned.remove(key.text.as_str());
                let symbol = Symbol::Let(register as u16);
                self.scope.insert(key.text.as_str(), symbol, checked.dimension);
                self.add_variate(path, Some(node), checked, ANY)
            } else {
                self.poisoned.insert(&key.text);
                NO_VARIATE
            };
            lets.push(Let { name: key.text.clone(), value });
        }
        (lets, dimensions)
    }

    /// Reports endpoints that call each other in a circle; notes the order of calls.
    fn recursive_calls(&mut self, heads: &[Head<'a>]) {
        let mut calls: Vec<Vec<(usize, Span)>> = vec![Vec::new(); heads.len()];
        for call in &self.usage.calls {
            if call.to != NOWHERE {
                calls[call.from].push((call.to, call.span));
            }
        }
        let mut closed = vec![false; heads.len()];
        for start in 0..heads.len() {
            let mut path: Vec<(usize, usize)> = vec![(start, 0)];
            while let Some((at, next)) = path.last_mut() {
                let at = *at;
                if closed[at] || *next == calls[at].len() {
                    if !closed[at] {
                        self.usage.order.push(at);
                    }
                    closed[at] = true;
                    path.pop();
                    continue;
                }
                let (to, span) = calls[at][*next];
                *next += 1;
                if let Some(from) = path.iter().position(|entry| entry.0 == to) {
                    let names: Vec<String> =
                        path[from..].iter().map(|entry| name(heads[entry.0].name)).collect();
                    self.push(recursive_call(&names, span, heads[to].span));
                } else if !closed[to] {
                    path.push((to, 0));
                }
            }
        }
    }
}

fn recursive_call(names: &[String], span: Span, callee: Span) -> Diagnostic {
    let message = match names {
        [own] => format!("the endpoint {own} calls itself"),
        names => format!("the endpoints {} call each other in a circle", names.join(", ")),
    };
    Diagnostic::new(Id::RecursiveFlow, message)
        .at(span, "leads back")
        .and(callee, "to this endpoint")
        .help("for a loop use `repeat`")
}
