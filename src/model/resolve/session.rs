//! Sessions: what one user asks for in turn.

use super::Resolver;
use super::numbers::{ANY_COUNT, DURATION, expectation};
use super::section::Section;
use crate::diag::{Diagnostic, Id, name};
use crate::expr::checked::Checked;
use crate::model::{Bounds, QuantityId, Session, SessionItem, VariateId};
use crate::scenario::keys::load::SESSION;
use crate::scenario::keys::{Dimension, Kind};
use crate::scenario::raw::Node;

/// Most endpoints in the background of one workload.
const MOST_CLOCKS: usize = 10;

impl<'a> Resolver<'a> {
    /// The endpoints of a session, one entry for each item, and the session.
    pub(super) fn session(
        &mut self,
        workload: &Section<'a>,
        node: &'a Node,
    ) -> (Vec<(usize, QuantityId)>, Session) {
        let (mut mix, mut items) = (Vec::new(), Vec::new());
        for (index, item) in node.as_array().unwrap_or_default().iter().enumerate() {
            let path = format!("{}[{index}]", workload.at("session"));
            let section = Section::maybe(&SESSION, path, Some(item));
            let endpoint = self.reference("endpoint", &section, "endpoint");
            self.usage.endpoint(endpoint);
            let (path, one) = (section.at("endpoint"), Checked::from_number(1.0));
            mix.push((endpoint, self.add_quantity(path, None, one, Bounds::count(1.0, 1.0))));
            items.push(SessionItem {
                times: self.variate(&section, "times", ANY_COUNT),
                think: self.variate(&section, "think", Bounds::TIME),
            });
        }
        if node.as_array().is_some_and(<[Node]>::is_empty) {
            let message = format!("the session of {} is empty", name(&workload.path));
            let found = Diagnostic::new(Id::NothingToRun, message);
            self.push(found.at(node.span, "asks for nothing"));
        }
        let continues = self.word(workload, "on_error") == "continue";
        (mix, Session { items, continues })
    }

    /// What users ask for by themselves while they are there.
    pub(super) fn background(&mut self, workload: &Section<'a>) -> Vec<(usize, VariateId)> {
        let Some(node) = workload.get("background") else { return Vec::new() };
        let Some(table) = node.as_table() else {
            self.malformed(node);
            return Vec::new();
        };
        if workload.get("users").is_none() && workload.get("session").is_none() {
            let message =
                format!("nobody is there between the requests of {}", name(&workload.path));
            let found = Diagnostic::new(Id::MissingKey, message);
            let found = found.at(node.span, "needs `users` or `session`");
            self.push(found.help("give requests at a rate a workload of their own"));
        }
        if table.len() > MOST_CLOCKS {
            let message = format!("{} endpoints in the background", table.len());
            let found = Diagnostic::new(Id::OutOfRange, message);
            self.push(found.at(node.span, format!("at most {MOST_CLOCKS}")));
        }
        let wanted = expectation(&Kind::Varying(Dimension::Time));
        let mut background = Vec::new();
        for (key, interval) in table {
            let endpoint = self.named("endpoint", &key.text, key.span);
            self.usage.endpoint(endpoint);
            let path = format!("{}.{}", workload.at("background"), key.text);
            background.push((endpoint, self.variate_at(interval, path, wanted, DURATION)));
        }
        background
    }
}
