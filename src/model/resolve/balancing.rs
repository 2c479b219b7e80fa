//! How requests find their instances, and how instances differ.

use super::Resolver;
use super::numbers::{ANY, DURATION, SHARE, SOME, expectation};
use super::section::Section;
use crate::model::{Balance, BalanceKey, Bounds, Eject, QuantityId};
use crate::scenario::keys::{Dimension, Kind};
use crate::scenario::raw::{Node, Value};

/// Speed of cores relative to those that demands are stated for.
const SPEED: Bounds = Bounds::real(1e-3, 1e3);

impl<'a> Resolver<'a> {
    pub(super) fn balance(&mut self, section: &Section<'a>) -> Balance {
        match self.word(section, "balance") {
            "random" => Balance::Random,
            "least-outstanding" => Balance::LeastOutstanding,
            "power-of-two" => Balance::PowerOfTwo,
            "sticky" => Balance::Sticky,
            "hash" => Balance::Hash,
            _ => Balance::RoundRobin,
        }
    }

    /// What `sticky` and `hash` go by: required with them, of no use with the others.
    pub(super) fn balance_key(
        &mut self,
        section: &Section<'a>,
        balance: Balance,
    ) -> Option<BalanceKey> {
        let by_key = matches!(balance, Balance::Sticky | Balance::Hash);
        let Some(node) = section.get("balance_key") else {
            if by_key {
                self.missing(section, "balance_key");
            }
            return None;
        };
        if !by_key {
            let why = "this way of balancing does not look at keys";
            let help = "leave it out, or set `balance = \"hash\"` or `\"sticky\"`";
            self.without_effect(section, "balance_key", node, why, help);
        }
        if node.as_str() == Some("user") {
            return Some(BalanceKey::User);
        }
        Some(BalanceKey::Drawn(self.variate(section, "balance_key", ANY)))
    }

    /// Speeds of the first instances.
    pub(super) fn speeds(&mut self, section: &Section<'a>) -> Vec<QuantityId> {
        let Some(node) = section.get("speeds") else { return Vec::new() };
        if section.get("cores").is_none()
            && section.get("runtime").and_then(Node::as_str) != Some("event-loop")
        {
            let help = "state `cores`, or leave it out";
            self.without_effect(section, "speeds", node, "there are no cores", help);
        }
        let Value::Array(items) = &node.value else {
            self.malformed(node);
            return Vec::new();
        };
        let wanted = expectation(&Kind::Quantity(Dimension::Number));
        let one = |(index, item): (usize, &'a Node)| {
            let path = format!("{}[{index}]", section.at("speeds"));
            self.quantity_at(item, path, wanted, SPEED)
        };
        items.iter().enumerate().map(one).collect()
    }

    pub(super) fn eject(&mut self, section: &Section<'a>) -> Option<Eject> {
        section.get("eject")?;
        let eject = section.child("eject")?;
        Some(Eject {
            errors: self.quantity(&eject, "errors", SOME),
            base: self.quantity(&eject, "for", DURATION),
            at_most: self.quantity(&eject, "at_most", SHARE),
        })
    }

    /// How long an instance that comes back is spared.
    pub(super) fn slow_start(&mut self, section: &Section<'a>) -> Option<QuantityId> {
        let node = section.get("slow_start")?;
        if section.get("eject").is_none() {
            let why = "no instance ever leaves, so none comes back";
            let help = "state `eject`, or leave it out";
            self.without_effect(section, "slow_start", node, why, help);
        }
        Some(self.quantity(section, "slow_start", DURATION))
    }
}
