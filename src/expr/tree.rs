//! The syntax tree: nodes in one vector, children always before their parents.
//!
//! That order is the postfix order of the formula, so that checking and evaluation are loops and
//! a long or deeply nested expression cannot exhaust the stack.

use crate::units::{Dimension, Quantity};
use std::ops::Range;

/// A place among the nodes of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(pub(super) u32);

/// The four operations of arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-` with a space on both sides
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

impl Operator {
    /// What it makes of two numbers.
    pub fn apply(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
        }
    }
}

/// The four comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparator {
    /// The sign as written.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether `left` stands in this relation to `right`; false if either is NaN.
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::Greater => left > right,
            Self::AtLeast => left >= right,
        }
    }
}

/// How an argument is given.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form {
    /// `value`
    Positional,
    /// `name = value`
    Named(Range<usize>),
    /// `value: weight`
    Weighted(NodeId),
}

/// An argument of a call, or an element of a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Argument {
    pub form: Form,
    pub value: NodeId,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum NodeKind {
    /// A number; `bare` without any unit, `percent` with `%`.
    Number {
        quantity: Quantity,
        bare: bool,
        percent: bool,
    },
    /// A name or a path.
    Name,
    /// Quoted text, without quotes.
    Text,
    Negate(NodeId),
    Binary(Operator, NodeId, NodeId),
    Compare(Comparator, NodeId, NodeId),
    /// A call: its name and its arguments' places in [`Tree::arguments`].
    Call {
        name: Range<usize>,
        arguments: Range<usize>,
    },
    /// `[a, b, c]`: its elements' places in [`Tree::arguments`].
    List(Range<usize>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub kind: NodeKind,
    pub span: Range<usize>,
    /// Longest way down to a leaf; 0 for a leaf.
    pub height: u32,
}

/// Nodes of one text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tree {
    pub nodes: Vec<Node>,
    pub arguments: Vec<Argument>,
}

impl Tree {
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub fn push(&mut self, kind: NodeKind, span: Range<usize>) -> NodeId {
        let below = |id: NodeId| self.nodes[id.0 as usize].height + 1;
        let height = match &kind {
            NodeKind::Number { .. } | NodeKind::Name | NodeKind::Text => 0,
            NodeKind::Negate(a) => below(*a),
            NodeKind::Binary(_, a, b) | NodeKind::Compare(_, a, b) => below(*a).max(below(*b)),
            NodeKind::Call { arguments, .. } | NodeKind::List(arguments) => {
                let values = self.arguments[arguments.clone()].iter();
                values.map(|argument| below(argument.value)).max().unwrap_or(0)
            }
        };
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node { kind, span, height });
        id
    }

    pub fn number(
        &mut self,
        value: f64,
        dimension: Dimension,
        bare: bool,
        span: Range<usize>,
    ) -> NodeId {
        let quantity = Quantity::new(value, dimension);
        self.push(NodeKind::Number { quantity, bare, percent: false }, span)
    }

    /// A number without unit, possibly negated.
    pub fn is_bare_number(&self, id: NodeId) -> bool {
        match self.node(id).kind {
            NodeKind::Number { bare, .. } => bare,
            NodeKind::Negate(inner) => {
                matches!(self.node(inner).kind, NodeKind::Number { bare: true, .. })
            }
            _ => false,
        }
    }
}
