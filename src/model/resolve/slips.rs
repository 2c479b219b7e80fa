//! Doubts about what is legal and seldom meant: one draw where many were wanted, an eˣ for an
//! exponential law, a retry that never retries, a lock around nothing, numbers that nobody reads.

use super::Resolver;
use super::section::Section;
use crate::diag::{Diagnostic, Id, name, suggest};
use crate::expr::checked::Checked;
use crate::model::LockMode;
use crate::scenario::Entity;
use crate::scenario::raw::{Node, Table, Value};
use crate::units::show;
use std::collections::{BTreeMap, BTreeSet};

/// Inputs that are laws, by their number: name, and where the law is written.
pub(super) type Once<'a> = BTreeMap<u16, (&'a str, &'a Node)>;

impl<'a> Resolver<'a> {
    /// Notes an input that varies. `between` is for what is not known, and needs no second look;
    /// `constant` is the same at every draw.
    pub(super) fn note_law(&mut self, number: u16, key: &'a str, node: &'a Node, found: &Checked) {
        let alias = found.formula.sole_input().and_then(|input| self.once.get(&input)).copied();
        if found.has_distribution && !found.formula.is_drawn_once_as_meant() {
            self.once.insert(number, (key, node));
        } else if let Some(law) = alias {
            self.once.insert(number, law);
        }
    }

    /// A value that may vary, and does not as its author most likely thinks.
    pub(super) fn doubtful_law(&mut self, node: &'a Node, found: &Checked) {
        if let Some((input, law)) = found.formula.sole_input().and_then(|one| self.once.get(&one)) {
            let message = format!(
                "the input {} is drawn once for a whole run, the same at every use",
                name(input)
            );
            let diagnostic = Diagnostic::new(Id::DrawnOnce, message)
                .at(node.inner_span(), "does not vary from use to use")
                .and(law.inner_span(), "one draw for each world");
            let advice = "to draw anew at every use, write the law here";
            let text = law.as_str().unwrap_or_default();
            let diagnostic = if node.is_exact() && law.is_exact() {
                diagnostic.patch(advice, node.inner_span(), text)
            } else {
                diagnostic.help(advice)
            };
            self.push(diagnostic.help("if it is a number that is not known, `between(low, high)`"));
        }
        self.exp_of_number(node, found);
    }

    /// `read_time * exp(1)`: 2.7 times the time, and no law at all.
    pub(super) fn exp_of_number(&mut self, node: &'a Node, found: &Checked) {
        for (argument, span) in found.formula.exponentials() {
            let shown = show::number(argument);
            let message = format!(
                "`exp({shown})` is the number {} here, not a distribution",
                show::number(libm::exp(argument))
            );
            let place = node.sub_span(span.clone());
            let diagnostic =
                Diagnostic::new(Id::ExpOfNumber, message).at(place, "the function e\u{2e3}");
            // What is written, with all its digits; the number alone if it was written elsewhere.
            let written = node.as_str().and_then(|text| text.get(span));
            let inside = written.and_then(|text| text.split_once('(')?.1.strip_suffix(')'));
            let inside = inside.map_or_else(|| argument.to_string(), |text| text.trim().to_owned());
            let text = format!("exp(mean = {inside})");
            self.push(if node.is_exact() {
                diagnostic.patch("the exponential distribution names its mean", place, text)
            } else {
                diagnostic.help(format!("the exponential distribution is `{text}`"))
            });
        }
    }

    /// `attempts = 1`, written out: a variant may have more.
    pub(super) fn single_attempt(&mut self, retry: &Section<'a>) {
        let Some(node) = retry.get("attempts").filter(|node| node.as_number() == Some(1.0)) else {
            return;
        };
        let varies = self.raw.variants().iter().any(|variant| {
            let mut words = BTreeSet::new();
            super::warnings::mentions(&variant.body, &mut words);
            words.contains("attempts")
        });
        if varies {
            return;
        }
        let found = Diagnostic::new(Id::SingleAttempt, "a retry of 1 attempt never tries again")
            .at(node.span, "counts the first one too");
        self.push(found.patch("to try once more", node.span, "2"));
    }

    /// A lock with nothing to do under it, which no transaction keeps.
    pub(super) fn lock_around_nothing(
        &mut self,
        section: &Section<'a>,
        mode: LockMode,
        in_transaction: bool,
    ) {
        let steps = section.get("do").filter(|node| node.as_array().is_some_and(<[_]>::is_empty));
        let lock = section.get("lock").and_then(Node::as_str);
        let raw = self.raw;
        let entity = lock.and_then(|lock| raw.entity("lock", lock));
        let (Some(steps), Some(entity)) = (steps, entity) else { return };
        let scope = entity.table.get("scope").and_then(Node::as_str);
        // To wait for the writer and go on is a barrier, and may be meant.
        if mode == LockMode::Read || (in_transaction && scope == Some("database")) {
            return;
        }
        let message =
            format!("the lock {} is given back as soon as it is taken", name(entity.name));
        let found = Diagnostic::new(Id::LockAroundNothing, message)
            .at(steps.span, "nothing happens under the lock");
        let found = if in_transaction {
            found.and(entity.name_span, "not held by the transaction").help(format!(
                "`scope = \"database\"` in `[lock.{}]` holds it to the end of the transaction",
                entity.name
            ))
        } else {
            found
        };
        self.push(found.help("put what it protects into `do`"));
    }

    /// A transaction that needs no connection, because it asks the database for nothing.
    pub(super) fn transaction_without_query(&mut self, section: &Section<'a>) {
        let Some(steps) = section.get("transaction") else { return };
        // A query that is wrong has been told of, and is one.
        if self.diagnostics.has_errors() {
            return;
        }
        let message = "a transaction without a query holds no connection";
        let found = Diagnostic::new(Id::TransactionWithoutQuery, message)
            .at(steps.span, "no query and no write in it");
        self.push(found.help("put its queries into it, or its steps in its place"));
    }

    /// Inputs whose name stands in no text of the scenario or its variants. Those of included parts
    /// are shared with other scenarios.
    pub(super) fn unused_inputs(&mut self) {
        let raw = self.raw;
        let Some(inputs) = raw.table("inputs") else { return };
        let mut used = BTreeSet::new();
        words(raw.root(), &mut used);
        for variant in raw.variants() {
            words(&variant.body, &mut used);
        }
        // A misspelled use is a mistake of its own, and this follows from it.
        let strange: Vec<&str> = used.iter().copied().filter(|one| !inputs.contains(one)).collect();
        let misspelled = |text: &str| suggest::closest(text, strange.iter().copied()).is_some();
        for (key, _) in inputs.iter().filter(|(key, _)| !used.contains(key.text.as_str())) {
            let file = raw.sources.path(key.span.file);
            let is_own = raw.sources.iter().next().is_some_and(|main| main.path == file);
            if !is_own || misspelled(&key.text) {
                continue;
            }
            let message = format!("nothing uses the input {}", name(&key.text));
            let found = Diagnostic::new(Id::UnusedInput, message).at(key.span, "unused");
            self.push(found.help("use its name in a quantity, in quotes, or leave it out"));
        }
    }

    /// Inputs that a variant gives a value, that the scenario does not have and that nothing reads:
    /// misspelled ones, with which the variant is as if it were not there.
    pub(super) fn inputs_of_variants(&mut self) {
        let raw = self.raw;
        let own = |key: &str| raw.table("inputs").is_some_and(|inputs| inputs.contains(key));
        let mut used = BTreeSet::new();
        words(raw.root(), &mut used);
        for variant in raw.variants() {
            words(&variant.body, &mut used);
        }
        for variant in raw.variants() {
            let Some(inputs) = variant.body.get("inputs").and_then(Node::as_table) else {
                continue;
            };
            for (key, _) in inputs.iter().filter(|(key, _)| !own(&key.text)) {
                if used.contains(key.text.as_str()) {
                    continue;
                }
                let message = format!("there is no input {}", name(&key.text));
                let known = raw.table("inputs").into_iter().flat_map(Table::iter);
                let known: Vec<&str> = known.map(|(key, _)| key.text.as_str()).collect();
                self.push(
                    Diagnostic::new(Id::UnknownInput, message)
                        .at(key.span, "unknown input, and nothing uses it")
                        .did_you_mean("input", key.span, &key.text, known),
                );
            }
        }
    }

    /// Whether something on the way of a service's requests goes by their priority: its cores, its
    /// line, the line of a pool of its own, or the cores of a database behind one.
    pub(super) fn goes_by_priority_at(&self, service: &str) -> bool {
        let raw = self.raw;
        let text = |table: &'a Table, key: &str| table.get(key).and_then(Node::as_str);
        let is_priority = |table: &'a Table| {
            let line = table.get("line").and_then(Node::as_table);
            let order = line.and_then(|line| text(line, "order"));
            [text(table, "scheduling"), order].contains(&Some("priority"))
        };
        let at = |kind: &str, name: &str| {
            raw.entity(kind, name).is_some_and(|entity| is_priority(entity.table))
        };
        let mut pools =
            raw.entities("pool").filter(|pool| text(pool.table, "service") == Some(service));
        at("service", service)
            || pools.any(|pool| {
                let database = text(pool.table, "database");
                is_priority(pool.table) || database.is_some_and(|name| at("database", name))
            })
    }

    /// Endpoints of different priority that wait for their workers in order of arrival.
    pub(super) fn priorities_at_workers(&mut self) {
        let raw = self.raw;
        for service in raw.entities("service") {
            let text = |key: &str| service.table.get(key).and_then(Node::as_str);
            let line = service.table.get("line").and_then(Node::as_table);
            let is_stated = line.is_some_and(|line| line.contains("order"));
            let holds_workers = text("runtime").is_none_or(|runtime| runtime == "threads");
            let limited = service.table.contains("workers") && holds_workers;
            if text("scheduling") != Some("priority") || is_stated || !limited {
                continue;
            }
            let of_service = |one: &Entity| {
                one.table.get("service").and_then(Node::as_str) == Some(service.name)
            };
            let endpoints: Vec<Entity> = raw.entities("endpoint").filter(of_service).collect();
            let stated = endpoints.iter().filter_map(|one| one.table.get("priority"));
            let stated: Vec<&Node> = stated.collect();
            let rank = |node: &Node| raw.sources.text(node.inner_span()).to_owned();
            let mut ranks: BTreeSet<String> = stated.iter().map(|node| rank(node)).collect();
            if stated.len() < endpoints.len() {
                ranks.insert("0".to_owned());
            }
            if ranks.len() > 1 {
                self.in_order_of_arrival(service, &stated);
            }
        }
    }

    fn in_order_of_arrival(&mut self, service: Entity<'_>, stated: &[&Node]) {
        let message = format!(
            "the line for the workers of {} goes by arrival, not by priority",
            name(service.name)
        );
        let place = |key: &str| service.table.get(key).map_or(service.name_span, |node| node.span);
        let mut found = Diagnostic::new(Id::PriorityAtWorkers, message)
            .at(place("workers"), "whoever has no worker waits in order of arrival")
            .and(place("scheduling"), "only those with a worker go by priority");
        for node in stated.iter().take(4) {
            found = found.and(node.span, "of no effect in the line");
        }
        self.push(found.help(
            "`line = { order = \"priority\" }` lets the line go by it too; `order = \"fifo\"` says \
             that arrival is meant",
        ));
    }
}

/// Every word of every text of a table, names of inputs among them.
fn words<'t>(table: &'t Table, found: &mut BTreeSet<&'t str>) {
    let mut values: Vec<&Value> = table.iter().map(|(_, node)| &node.value).collect();
    while let Some(value) = values.pop() {
        match value {
            Value::String(text) => {
                let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
                found.extend(text.split(|c: char| !is_part(c)));
            }
            Value::Array(items) => values.extend(items.iter().map(|item| &item.value)),
            Value::Table(table) => values.extend(table.iter().map(|(_, node)| &node.value)),
            _ => {}
        }
    }
}
