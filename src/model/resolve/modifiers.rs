//! Queries and calls, with their modifiers as nested verbs: each ⊃ retry ⊃ hedge ⊃ timeout.

use super::flow::Flow;
use super::names::NOWHERE;
use super::numbers::{ANY, ANY_COUNT};
use super::section::Section;
use crate::diag::{Diagnostic, Id, Span, name};
use crate::expr::checked::Checked;
use crate::expr::scope::Expectation;
use crate::model::{Bounds, Cancel, Join, Row, Step, VariateId, Verb};
use crate::scenario::raw::{Node, Value};
use crate::units::Dimension;

impl<'a> Flow<'_, '_, 'a> {
    /// `query = "q"`; nothing after an error.
    pub(super) fn query(&mut self, section: &Section<'a>) -> Option<Verb> {
        let node = section.get("query")?;
        let query = self.r.reference("query", section, "query");
        self.r.usage.queries.insert(query);
        let pool = self.pool(section, node, query);
        if let Some(pool) = pool {
            self.r.usage.pools.insert(pool);
            self.connection(node, pool);
        }
        // The modifiers are looked at in any case, so that their mistakes show too.
        let verb = Verb::Query { query, pool: pool.unwrap_or(NOWHERE), row: None };
        Some(self.modified(section, verb))
    }

    /// `insert = "t"`, `update = "t"`, `delete = "t"`; nothing after an error.
    pub(super) fn write(
        &mut self,
        section: &Section<'a>,
        word: &str,
        item: &'a Node,
    ) -> Option<Verb> {
        let node = section.get(word)?;
        let table = self.r.table(section, word)?;
        if word != "insert" && !self.has_key(table) {
            self.no_key(node, word);
        }
        let query = self.r.query_of_write(item.as_table()?, self.held.is_empty())?;
        let pool = self.pool(section, node, query);
        if let Some(pool) = pool {
            self.r.usage.pools.insert(pool);
            self.connection(node, pool);
            self.commits_with(node, pool);
        }
        let row = self.r.row_locks.get(&table).copied().and_then(|lock| {
            section.get("key")?;
            Some(Row { lock, key: self.r.variate(section, "key", ANY) })
        });
        let verb = Verb::Query { query, pool: pool.unwrap_or(NOWHERE), row };
        Some(self.modified(section, verb))
    }

    /// A write belongs to the outermost transaction of its pool, which commits it.
    fn commits_with(&mut self, node: &Node, pool: usize) {
        let transactions = &self.r.usage.transactions;
        let own = self.held.iter().find(|&&number| transactions[number] == Some(pool));
        if let Some(&number) = own {
            self.r.usage.writing.insert(number);
        } else if !self.held.is_empty() {
            let pool = name(&self.around.pools[pool].name);
            let message = format!("a write over {pool} stands in a transaction of another pool");
            let found = Diagnostic::new(Id::NoPool, message)
                .at(node.inner_span(), "nothing would commit it");
            self.r.push(found.help("put it into a `transaction` of its own, or behind this one"));
        }
    }

    /// Whether rows of a table can be found.
    fn has_key(&self, table: usize) -> bool {
        let raw = self.r.raw;
        raw.entities("table").nth(table).is_none_or(|table| table.table.contains("key"))
    }

    fn no_key(&mut self, node: &Node, word: &str) {
        let table = node.as_str().unwrap_or_default();
        let message = format!("{} has no `key`", name(&format!("table.{table}")));
        let found = Diagnostic::new(Id::MissingKey, message)
            .at(node.inner_span(), format!("`{word}` finds its rows by the key"));
        self.r
            .push(found.help(format!("state `key` in `[table.{table}]`, such as `key = \"id\"`")));
    }

    /// The pool from this service to the query's database.
    fn pool(&mut self, section: &Section<'a>, node: &'a Node, query: usize) -> Option<usize> {
        let stated = match section.get("pool") {
            Some(pool) => match self.r.reference("pool", section, "pool") {
                NOWHERE => return None,
                index => Some((index, pool)),
            },
            None => None,
        };
        let database = self.around.queries.get(query)?.database;
        let pools = self.around.pools;
        let broken = pools.iter().any(|pool| pool.service == NOWHERE || pool.database == NOWHERE);
        if database == NOWHERE || self.service == NOWHERE {
            return None;
        }
        let fits = |index: &usize| {
            pools[*index].service == self.service && pools[*index].database == database
        };
        let fitting: Vec<usize> = (0..pools.len()).filter(fits).collect();
        match (stated, fitting.as_slice()) {
            (Some((index, _)), _) if fitting.contains(&index) => Some(index),
            // A pool whose own reference is wrong may be the one that was meant.
            _ if broken => None,
            (Some((index, pool)), _) => {
                self.wrong_pool(pool, index, query);
                None
            }
            (None, [only]) => Some(*only),
            (None, []) => {
                self.no_pool(node, query);
                None
            }
            (None, several) => {
                self.ambiguous_pool(node, several);
                None
            }
        }
    }

    fn no_pool(&mut self, node: &Node, query: usize) {
        let service = &self.around.services[self.service].name;
        let query = &self.around.queries[query];
        let database = &self.around.databases[query.database].name;
        let message = format!("no pool leads from {} to {}", name(service), name(database));
        let mut found = Diagnostic::new(Id::NoPool, message)
            .at(node.inner_span(), format!("runs on {}", name(database)));
        if let Some(span) = self.r.names.span("service", service) {
            found = found.and(span, "the service of this flow");
        }
        let free = self.free_pool_name(&format!("{service}_{database}"));
        let text = format!(
            "[pool.{free}]\nservice = \"{service}\"\ndatabase = \"{database}\"\nsize = 10\n\n"
        );
        let advice = "add a pool, with the size that it has";
        // A table can be put only before another table's header.
        let header = self.r.raw.entity("endpoint", self.around.heads[self.endpoint].name);
        let header = header
            .map(|entity| entity.node.span)
            .filter(|span| self.r.raw.sources.text(*span).starts_with("[endpoint"));
        self.r.push(match header {
            Some(span) => found.patch(advice, Span { end: span.start, ..span }, text),
            None => found.help(format!("{advice}: `[pool.{free}]`")),
        });
    }

    /// A name that no pool has yet.
    fn free_pool_name(&self, wanted: &str) -> String {
        let taken = |text: &str| self.r.names.span("pool", text).is_some();
        // Two names of entities may be too long for one.
        let wanted: String = wanted.chars().take(60).collect();
        let mut free = wanted.clone();
        let mut number = 2;
        while taken(&free) {
            free = format!("{wanted}_{number}");
            number += 1;
        }
        free
    }

    fn ambiguous_pool(&mut self, node: &Node, several: &[usize]) {
        let names: Vec<&str> =
            several.iter().map(|index| self.around.pools[*index].name.as_str()).collect();
        let listed = crate::diag::suggest::enumerate(&names, "and");
        let message = format!("the pools {listed} lead to the same database");
        let found = Diagnostic::new(Id::AmbiguousPool, message).at(node.inner_span(), "which one?");
        self.r.push(found.help(format!("say which: `pool = \"{}\"`", names[0])));
    }

    fn wrong_pool(&mut self, pool: &Node, index: usize, query: usize) {
        let stated = &self.around.pools[index];
        let service = &self.around.services[self.service].name;
        let database = &self.around.databases[self.around.queries[query].database].name;
        let message = format!(
            "the pool {} does not lead from {} to {}",
            name(&stated.name),
            name(service),
            name(database)
        );
        let label = format!(
            "leads from {} to {}",
            name(&self.around.services[stated.service].name),
            name(&self.around.databases[stated.database].name)
        );
        self.r.push(Diagnostic::new(Id::NoPool, message).at(pool.inner_span(), label));
    }

    /// A query takes a connection, unless one of its pool is held.
    fn connection(&mut self, node: &Node, pool: usize) {
        // The innermost transaction is this pool's, whatever stands around it.
        if let Some(&number) = self.held.last() {
            self.r.usage.transactions[number].get_or_insert(pool);
        }
        for &number in &self.held {
            let held = *self.r.usage.transactions[number].get_or_insert(pool);
            if held == pool {
                continue;
            }
            let [first, second] = [held, pool].map(|index| name(&self.around.pools[index].name));
            let message = format!("a connection of {second} is taken while one of {first} is held");
            let found = Diagnostic::new(Id::SecondConnection, message)
                .at(node.inner_span(), "waits with a connection in hand");
            self.r.push(found.help("end the transaction first"));
            return;
        }
    }

    /// `call = "endpoint"`; nothing after an error.
    pub(super) fn call(&mut self, section: &Section<'a>) -> Option<Verb> {
        let node = section.get("call")?;
        let endpoint = self.r.reference("endpoint", section, "call");
        self.called(endpoint, node.inner_span());
        let with = self.with(section, endpoint);
        Some(self.modified(section, Verb::Call { endpoint, with }))
    }

    /// Registers of the callee that the caller sets.
    fn with(&mut self, section: &Section<'a>, endpoint: usize) -> Vec<(usize, VariateId)> {
        let Some(node) = section.get("with") else { return Vec::new() };
        let Value::Table(table) = &node.value else {
            self.r.malformed(node);
            return Vec::new();
        };
        let Some(callee) = self.around.heads.get(endpoint) else { return Vec::new() };
        let mut with = Vec::new();
        for (key, value) in table {
            let register = callee.lets.iter().position(|entry| entry.name == key.text);
            let Some(register) = register else {
                let message = format!("{} has no `let` {}", name(callee.name), name(&key.text));
                let names = callee.lets.iter().map(|entry| entry.name.as_str());
                let found = Diagnostic::new(Id::UnknownName, message)
                    .at(key.span, "unknown `let`")
                    .and(callee.span, "the called endpoint")
                    .did_you_mean("let", key.span, &key.text, names);
                self.r.push(found);
                continue;
            };
            let wanted = Expectation {
                dimension: callee.dimensions[register],
                ..Expectation::varying(Dimension::COUNT)
            };
            let path = format!("{}.{}", section.at("with"), key.text);
            with.push((register, self.r.variate_at(value, path, Some(wanted), ANY)));
        }
        with
    }

    /// A query or call inside its modifiers.
    fn modified(&mut self, section: &Section<'a>, verb: Verb) -> Verb {
        let cancel = self.r.cancel(section);
        let mut verb = verb;
        if section.get("timeout").is_some() {
            let after = self.r.variate(section, "timeout", Bounds::TIME);
            verb = Verb::Timeout { after, cancel, steps: vec![plain(verb)] };
        }
        if section.get("hedge").is_some() {
            let after = self.r.variate(section, "hedge", Bounds::TIME);
            verb = Verb::Hedge { after, cancel, steps: vec![plain(verb)] };
        }
        if let Some(policy) = self.r.retry(section, "retry") {
            verb = Verb::Retry { policy, steps: vec![plain(verb)] };
        }
        if section.get("times").is_none() && section.get("parallel").is_none() {
            return verb;
        }
        let count = if section.get("times").is_some() {
            self.r.variate(section, "times", ANY_COUNT)
        } else {
            let one = Checked::from_number(1.0);
            self.r.add_variate(section.at("times"), None, one, ANY_COUNT)
        };
        Verb::Each {
            count,
            batch: None,
            parallel: self.parallel(section),
            join: Join::All,
            worker: false,
            cancel: Cancel::None,
            items: None,
            steps: vec![plain(verb)],
        }
    }
}

/// A step that is nothing but its verb.
fn plain(verb: Verb) -> Step {
    Step { name: None, verb, handler: None }
}
