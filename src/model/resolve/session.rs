//! Sessions: what one user asks for in turn.

use super::Resolver;
use super::numbers::ANY_COUNT;
use super::section::Section;
use crate::diag::{Diagnostic, Id, name};
use crate::expr::checked::Checked;
use crate::model::{Bounds, QuantityId, Session, SessionItem};
use crate::scenario::keys::load::SESSION;
use crate::scenario::raw::Node;

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
}
