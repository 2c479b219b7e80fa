//! Inputs in the order of use: each uses only those before it.

use super::numbers::{ANY, expression_error};
use super::{MAX_INPUTS, Resolver};
use crate::diag::{Diagnostic, Id, Span, name};
use crate::expr::call::is_reserved;
use crate::expr::check::{check, check_number};
use crate::expr::checked::Checked;
use crate::expr::error::{ExprError, ExprErrorKind};
use crate::expr::scope::{Expectation, Symbol};
use crate::model::Input;
use crate::scenario::raw::{Key, Node, Value};
use std::collections::BTreeMap;

/// How far an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not looked at yet.
    New,
    /// Waits for those that it uses.
    Open,
    /// In the scope.
    Done,
    /// Wrong, or uses one that is.
    Failed,
}

/// The inputs as written, and how far each is.
struct Sorting<'a> {
    entries: Vec<&'a (Key, Node)>,
    index: BTreeMap<&'a str, usize>,
    states: Vec<State>,
    inputs: Vec<Input>,
}

impl<'a> Resolver<'a> {
    /// All inputs, sorted so that each uses only earlier ones.
    pub(super) fn inputs(&mut self) -> Vec<Input> {
        let mut entries: Vec<&(Key, Node)> =
            self.raw.table("inputs").into_iter().flat_map(|table| table.iter()).collect();
        if let Some((key, _)) = entries.get(MAX_INPUTS) {
            self.is_within(MAX_INPUTS, MAX_INPUTS, "inputs", key.span);
            entries.truncate(MAX_INPUTS);
        }
        let index = entries.iter().enumerate().map(|(i, entry)| (entry.0.text.as_str(), i));
        let mut sorting = Sorting {
            index: index.collect(),
            states: vec![State::New; entries.len()],
            entries,
            inputs: Vec::new(),
        };
        for start in 0..sorting.entries.len() {
            self.symbol_name(&sorting.entries[start].0, "input");
            self.visit(&mut sorting, start);
        }
        self.report_inputs(&sorting);
        sorting.inputs
    }

    /// Whether a name has no other meaning in expressions; reports it if it has.
    pub(super) fn symbol_name(&mut self, key: &Key, what: &str) {
        let (reason, help) = if is_reserved(&key.text) {
            ("a unit, a function or a word of the language", "choose another name")
        } else if key.text == "items" {
            ("the size of a group inside `each`", "choose another name, such as `item_count`")
        } else {
            return;
        };
        let message = format!("{} cannot name an {what}", name(&key.text));
        let message = if what == "let" { message.replace(" an ", " a ") } else { message };
        self.push(Diagnostic::new(Id::BadName, message).at(key.span, reason).help(help));
    }

    /// Depth first over what inputs use, with a stack of its own: chains may be long.
    fn visit(&mut self, sorting: &mut Sorting<'a>, start: usize) {
        let mut stack = vec![start];
        while let Some(&top) = stack.last() {
            if matches!(sorting.states[top], State::Done | State::Failed) {
                stack.pop();
                continue;
            }
            let entry = sorting.entries[top];
            let errors = match self.input(&entry.1) {
                Ok(checked) => {
                    self.add_input(sorting, top, checked);
                    stack.pop();
                    continue;
                }
                Err(errors) => errors,
            };
            sorting.states[top] = State::Open;
            let used = used_inputs(&entry.1, &errors, &sorting.index);
            let open = used.iter().find(|(other, _)| sorting.states[*other] == State::Open);
            if let Some(&(other, span)) = open {
                self.cycle(sorting, &stack, other, span);
                continue;
            }
            let new = used.iter().filter(|(other, _)| sorting.states[*other] == State::New);
            let before = stack.len();
            stack.extend(new.map(|(other, _)| *other));
            if stack.len() == before {
                sorting.states[top] = State::Failed;
            }
        }
    }

    fn input(&self, node: &Node) -> Result<Checked, Vec<ExprError>> {
        match &node.value {
            Value::String(text) => check(text, &self.scope, self.tables, Expectation::INPUT),
            Value::Integer(_) | Value::Float(_) => {
                let text = self.raw.sources.text(node.span);
                let number = node.as_number().unwrap_or(f64::NAN);
                check_number(number, text, Expectation::INPUT)
            }
            other => {
                let message = format!("{} cannot be an input", other.type_name());
                Err(vec![ExprError::new(ExprErrorKind::Syntax, 0..0, message)])
            }
        }
    }

    fn add_input(&mut self, sorting: &mut Sorting<'a>, index: usize, checked: Checked) {
        let (key, node) = sorting.entries[index];
        let number = sorting.inputs.len() as u16;
        let symbol = Symbol::Input(number);
        self.note_law(number, &key.text, node, &checked);
        self.exp_of_number(node, &checked);
        let dimension = checked.dimension;
        self.scope.insert(key.text.as_str(), symbol, dimension);
        let uncertain = checked.has_distribution;
        let path = format!("inputs.{}", key.text);
        let value = self.add_variate(path, Some(node), checked, ANY);
        let (name, span) = (key.text.clone(), Some(key.span));
        let text = node.as_str().unwrap_or_else(|| self.raw.sources.text(node.span)).to_owned();
        sorting.inputs.push(Input { name, value, text, dimension, uncertain, span });
        sorting.states[index] = State::Done;
    }

    /// `stack` ends with the input that uses `first`, which waits for it.
    fn cycle(&mut self, sorting: &mut Sorting<'a>, stack: &[usize], first: usize, span: Span) {
        let from = stack.iter().position(|index| *index == first).unwrap_or(0);
        let open = |index: &&usize| sorting.states[**index] == State::Open;
        let circle: Vec<usize> = stack[from..].iter().filter(open).copied().collect();
        let names: Vec<&str> =
            circle.iter().map(|index| sorting.entries[*index].0.text.as_str()).collect();
        let message = match names.as_slice() {
            [own] => format!("the input {} uses itself", name(own)),
            names => {
                let shown: Vec<String> = names.iter().take(8).map(|text| name(text)).collect();
                format!("the inputs {} use each other in a circle", shown.join(", "))
            }
        };
        let start = sorting.entries[first].0.span;
        let found = Diagnostic::new(Id::InputCycle, message)
            .at(span, "leads back")
            .and(start, "to this input")
            .help("give one of them a value of its own");
        self.push(found);
        for index in circle {
            sorting.states[index] = State::Failed;
            self.poisoned.insert(&sorting.entries[index].0.text);
        }
    }

    /// What is wrong with inputs, now that all right ones are known.
    fn report_inputs(&mut self, sorting: &Sorting<'a>) {
        let entries = sorting.entries.iter().zip(&sorting.states);
        let failed: Vec<&'a (Key, Node)> = entries
            .filter(|(_, state)| **state == State::Failed)
            .map(|(entry, _)| *entry)
            .collect();
        self.poisoned.extend(failed.iter().map(|entry| entry.0.text.as_str()));
        for (_, node) in failed {
            for error in self.input(node).err().unwrap_or_default() {
                let text = node.as_str().and_then(|text| text.get(error.span.clone()));
                let known = text.is_some_and(|text| self.poisoned.contains(text));
                if error.kind != ExprErrorKind::UnknownName || !known {
                    self.push(expression_error(node, error));
                }
            }
        }
    }
}

/// The inputs among the unknown names of an expression, and where each stands.
fn used_inputs(
    node: &Node,
    errors: &[ExprError],
    index: &BTreeMap<&str, usize>,
) -> Vec<(usize, Span)> {
    let Some(text) = node.as_str() else { return Vec::new() };
    let unknown = errors.iter().filter(|error| error.kind == ExprErrorKind::UnknownName);
    unknown
        .filter_map(|error| {
            let other = index.get(text.get(error.span.clone())?)?;
            Some((*other, node.sub_span(error.span.clone())))
        })
        .collect()
}
