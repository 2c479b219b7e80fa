//! Queries on tables, and the queries that stand for steps which write.

use super::data::texts;
use super::names::NOWHERE;
use super::numbers::expectation;
use super::section::Section;
use super::{MAX_STEPS, Resolver};
use crate::diag::{Diagnostic, Id, name};
use crate::model::{
    Bounds, Database, Equal, Index, Joined, QuantityId, Query, Read, Table, Use, Write, WriteKind,
};
use crate::scenario::keys::{Dimension, Kind};
use crate::scenario::raw::{Node, Table as RawTable, Value};

/// Rows of a limit, and of one write.
const SOME_ROWS: Bounds = Bounds::count(1.0, 1e12);
const ANY_ROWS: Bounds = Bounds::count(0.0, 1e12);

/// A step that writes: every step that says the same is one query.
#[derive(Debug, Clone)]
pub(super) struct Written<'a> {
    kind: WriteKind,
    table: &'a str,
    rows: Option<&'a Node>,
    /// It stands outside of transactions.
    alone: bool,
    /// The query that stands for it.
    query: usize,
}

impl Written<'_> {
    /// Whether it says the same.
    fn says(&self, other: &Self) -> bool {
        let rows = |one: &Self| one.rows.map(|node| node.value.clone());
        let own = |one: &Self| (one.kind, one.alone);
        own(self) == own(other) && self.table == other.table && rows(self) == rows(other)
    }
}

impl<'a> Resolver<'a> {
    /// What a query asks of its table; nothing after an error.
    pub(super) fn read(&mut self, section: &Section<'a>, tables: &mut [Table]) -> Option<Read> {
        let index = self.table(section, "table")?;
        let table = &mut tables[index];
        let mut read = Read {
            table: index,
            equals: self.equals(section, table),
            range: self.range(section, table),
            order_by: Vec::new(),
            limit: section.get("limit").map(|_| self.quantity(section, "limit", SOME_ROWS)),
            offset: section.get("offset").map(|_| self.quantity(section, "offset", ANY_ROWS)),
            matches: self.amount(section, "matches"),
            columns: None,
            function_on: Vec::new(),
            join: None,
            count: section.get("count").and_then(Node::as_bool).unwrap_or(false),
        };
        for (text, node) in texts(section.get("order_by")) {
            read.order_by.extend(self.ordered(table, text, node));
        }
        for (text, node) in texts(section.get("function_on")) {
            read.function_on.extend(self.column(table, text, node));
        }
        if section.get("columns").is_some() {
            let named = texts(section.get("columns"));
            let found = named.iter().filter_map(|(text, node)| self.column(table, text, node));
            read.columns = Some(found.collect());
        }
        let lists = self.lists(section, table);
        read.equals.extend(lists);
        self.matches_known(section, &read, &tables[index]);
        read.join = self.join(section, &read, tables);
        Some(read)
    }

    fn equals(&mut self, section: &Section<'a>, table: &mut Table) -> Vec<Equal> {
        let node = section.get("equals");
        if let Some(Value::Table(columns)) = node.map(|node| &node.value) {
            let mut equals = Vec::new();
            for (key, node) in columns {
                let Some(column) = self.column_key(table, &key.text, key.span) else { continue };
                let value = match &node.value {
                    Value::String(text) => text.trim().to_owned(),
                    Value::Boolean(truth) => truth.to_string(),
                    Value::Integer(number) => number.to_string(),
                    Value::Float(number) => number.to_string(),
                    _ => {
                        self.malformed(node);
                        continue;
                    }
                };
                let value = (value != "?").then_some(value);
                equals.push(Equal { column, value, values: None });
            }
            return equals;
        }
        let mut equals = Vec::new();
        for (text, node) in texts(node) {
            let column = self.column(table, text, node);
            equals.extend(column.map(|column| Equal { column, value: None, values: None }));
        }
        equals
    }

    /// Columns compared with one of a list.
    fn lists(&mut self, section: &Section<'a>, table: &mut Table) -> Vec<Equal> {
        let Some(Value::Table(columns)) = section.get("in").map(|node| &node.value) else {
            return Vec::new();
        };
        let wanted = expectation(&Kind::Quantity(Dimension::Count));
        let mut lists = Vec::new();
        for (key, node) in columns {
            let Some(column) = self.column_key(table, &key.text, key.span) else { continue };
            let path = format!("{}.{}", section.at("in"), key.text);
            let values = Some(self.quantity_at(node, path, wanted, SOME_ROWS));
            lists.push(Equal { column, value: None, values });
        }
        lists
    }

    fn range(
        &mut self,
        section: &Section<'a>,
        table: &mut Table,
    ) -> Option<(usize, Option<QuantityId>)> {
        let node = section.get("range")?;
        let Value::Table(columns) = &node.value else {
            return self.column(table, node.as_str()?.trim(), node).map(|column| (column, None));
        };
        if columns.len() != 1 {
            let message =
                format!("`range` of {} names {} columns", name(&section.path), columns.len());
            let found = Diagnostic::new(Id::TooManyItems, message);
            let found = found.at(node.span, "one column is compared by a range");
            self.push(found.help("put the share of all conditions together into `matches`"));
            return None;
        }
        let (key, share) = columns.iter().next()?;
        let column = self.column_key(table, &key.text, key.span)?;
        let path = format!("{}.{}", section.at("range"), key.text);
        Some((column, self.share_of_range(share, path, &table.name)))
    }

    /// A column whose name is a key.
    fn column_key(
        &mut self,
        table: &mut Table,
        text: &str,
        span: crate::diag::Span,
    ) -> Option<usize> {
        let origin = crate::scenario::raw::Origin::File;
        let node = Node::new(Value::String(text.to_owned()), span, origin);
        self.column(table, text, &node)
    }

    fn join(&mut self, section: &Section<'a>, read: &Read, tables: &mut [Table]) -> Option<Joined> {
        section.get("join")?;
        let join = section.child("join")?;
        let index = self.table(&join, "table")?;
        let (database, own) = (tables[read.table].database, tables[read.table].name.clone());
        if tables[index].database != database {
            let message = format!(
                "{} joins {} and {}, which lie in different databases",
                name(&section.path),
                name(&own),
                name(&tables[index].name)
            );
            let found = Diagnostic::new(Id::UnknownReference, message);
            let span = join.get("table").map(Node::inner_span)?;
            self.push(found.at(span, "of another database"));
        }
        let node = join.get("on")?;
        let on = self.column(&mut tables[index], node.as_str()?.trim(), node)?;
        let matches = self.amount(&join, "matches");
        let is_key =
            |index: &Index| index.unique && index.on.len() == 1 && index.on[0].column == on;
        let column = &tables[index].columns[on];
        if matches.is_none()
            && column.distinct.is_none()
            && !tables[index].indexes.iter().any(is_key)
        {
            let message =
                format!("how many rows of {} match is not known", name(&tables[index].name));
            let found = Diagnostic::new(Id::UnknownMatches, message)
                .at(node.inner_span(), "how many different values has it?");
            self.push(found.help("state `matches` of the join, or `distinct` of the column"));
        }
        Some(Joined { table: index, on, matches })
    }

    /// How many rows match follows from the columns, if it is not stated.
    fn matches_known(&mut self, section: &Section<'a>, read: &Read, table: &Table) {
        if read.matches.is_some() || is_one_row(read, table) {
            return;
        }
        let is_key = |column: usize| {
            table
                .indexes
                .iter()
                .any(|one| one.unique && one.on.len() == 1 && one.on[0].column == column)
        };
        let unknown = read.equals.iter().find(|equal| {
            let column = &table.columns[equal.column];
            let named = |value: &String| {
                value == "null" && column.nulls.is_some()
                    || column.values.iter().any(|known| known.0 == *value)
            };
            let is_boolean = column.is_boolean();
            let listed = equal.values.is_some() && is_key(equal.column);
            !(listed
                || is_boolean
                || column.distinct.is_some()
                || equal.value.as_ref().is_some_and(named))
        });
        let message = format!("how many rows match in {} is not known", name(&section.path));
        let found = Diagnostic::new(Id::UnknownMatches, message);
        if let (Some(equal), Some(node)) = (unknown, section.get("equals").or(section.get("in"))) {
            let column = &table.columns[equal.column].name;
            let found = found.at(node.span, format!("how many different values has {column}?"));
            self.push(found.help(format!(
                "state `matches`, or `distinct` of the column: `{column} = {{ type = \"...\", \
                 distinct = 50_000 }}`"
            )));
        } else if let (Some(node), false) = (section.get("function_on"), read.compares_all()) {
            let found = found.at(node.span, "for how many rows is it true?");
            self.push(found.help("state `matches`: nothing is known of the result of a function"));
        } else if let (Some((column, None)), Some(node)) = (read.range, section.get("range")) {
            let column = &table.columns[column].name;
            let found = found.at(node.span, "which share of the rows lies in it?");
            self.push(
                found.help(format!(
                    "state `matches`, or the share: `range = {{ {column} = \"5%\" }}`"
                )),
            );
        }
    }

    /// The steps that write, each kind once, as queries behind those of the scenario.
    pub(super) fn writes(
        &mut self,
        databases: &[Database],
        tables: &[Table],
        all: &mut Vec<Query>,
    ) {
        let stated = all.len();
        for number in 0..self.writes.len() {
            let write = self.writes[number].clone();
            let table = tables.iter().position(|table| table.name == write.table);
            let held = if write.alone { "" } else { "_in_transaction" };
            let mut title = format!("{}_{}{held}", write.kind.word(), write.table);
            while all.iter().any(|query| query.name == title) {
                title.push('_');
            }
            self.writes[number].query = stated + number;
            let place = table.and_then(|table| databases.get(tables[table].database));
            all.push(self.write_query(&write, place, title, table.unwrap_or(NOWHERE)));
            // An unknown table is said where the step is resolved.
            let Some(table) = table.map(|table| &tables[table]) else { continue };
            all[stated + number].database = table.database;
            if let Some(database) = databases.get(table.database)
                && database.cores.is_none()
                && let Some(span) = table.span
            {
                self.no_cores("database", &database.name, span);
            }
        }
        self.commits(databases, all);
    }

    /// The ends of transactions that write: one query for each database.
    fn commits(&mut self, databases: &[Database], all: &mut Vec<Query>) {
        self.commit_of = vec![None; databases.len()];
        for (number, database) in databases.iter().enumerate() {
            let held =
                |write: &Written<'a>| !write.alone && self.lies_in(write.table, &database.name);
            if !self.writes.iter().any(held) {
                continue;
            }
            let mut title = format!("commit_{}", database.name);
            while all.iter().any(|query| query.name == title) {
                title.push('_');
            }
            self.commit_of[number] = Some(all.len());
            let cpu = Some(self.computed(format!("query.{title}.cpu")));
            all.push(Query {
                name: title,
                database: number,
                cpu,
                find: None,
                processes: None,
                reads: None,
                scan: None,
                time: None,
                commit: true,
                returns: None,
                table: Some(Use::Commit),
            });
        }
    }

    fn write_query(
        &mut self,
        write: &Written<'a>,
        database: Option<&Database>,
        title: String,
        table: usize,
    ) -> Query {
        let path = |key: &str| format!("query.{title}.{key}");
        let wanted = expectation(&Kind::Quantity(Dimension::Count));
        let rows = if let Some(node) = write.rows {
            self.quantity_at(node, path("rows"), wanted, SOME_ROWS)
        } else {
            let one = crate::expr::checked::Checked::from_number(1.0);
            self.add_quantity(path("rows"), None, one, SOME_ROWS)
        };
        let [cpu, reads, scan] = self.worked_out(database, &format!("query.{title}"));
        let finds = write.kind != WriteKind::Insert;
        let find = finds.then(|| self.computed(path("find")));
        Query {
            name: title,
            database: NOWHERE,
            cpu,
            find,
            processes: None,
            reads,
            scan,
            time: None,
            commit: write.alone,
            returns: None,
            table: Some(Use::Write(Write { table, kind: write.kind, rows, alone: write.alone })),
        }
    }

    /// Notes all steps that write.
    pub(super) fn note_writes(&mut self) {
        let raw = self.raw;
        for entity in raw.entities("endpoint") {
            self.find_writes(entity.node, true);
        }
        // A flow may stand inside a transaction and outside.
        let holds = raw.entities("endpoint").chain(raw.entities("flow"));
        let has_transactions = holds.into_iter().any(|entity| has_transaction(entity.node));
        for entity in raw.entities("flow") {
            self.find_writes(entity.node, true);
            if has_transactions {
                self.find_writes(entity.node, false);
            }
        }
    }

    /// Whether the table of this name lies in a database.
    fn lies_in(&self, table: &str, database: &str) -> bool {
        let table = self.raw.entity("table", table);
        let place = table.and_then(|table| table.table.get("database")?.as_str());
        place == Some(database)
    }

    /// Whether a query or a step uses a table of a database.
    pub(super) fn uses_tables(&self, database: &str) -> bool {
        let mut queries = self.raw.entities("query");
        let table = |query: crate::scenario::Entity<'a>| query.table.get("table")?.as_str();
        self.writes_tables(database)
            || queries.any(|query| table(query).is_some_and(|table| self.lies_in(table, database)))
    }

    /// Whether a step writes into a table of a database.
    pub(super) fn writes_tables(&self, database: &str) -> bool {
        self.writes.iter().any(|write| self.lies_in(write.table, database))
    }

    /// Notes the steps below a value that write; `alone`: outside of transactions.
    fn find_writes(&mut self, node: &'a Node, alone: bool) {
        match &node.value {
            Value::Array(items) => items.iter().for_each(|item| self.find_writes(item, alone)),
            Value::Table(table) => {
                let write = written(table, alone);
                if let Some(write) = write.as_ref().filter(|_| table.contains("key")) {
                    self.keyed.insert(write.table);
                }
                if let Some(write) = write
                    && self.writes.len() < MAX_STEPS
                    && !self.writes.iter().any(|known| known.says(&write))
                {
                    self.writes.push(write);
                }
                let alone = alone && !table.contains("transaction");
                // What stands there are names of registers, not verbs.
                let values = ["let", "with"];
                let steps = table.iter().filter(|(key, _)| !values.contains(&key.text.as_str()));
                steps.for_each(|(_, node)| self.find_writes(node, alone));
            }
            _ => {}
        }
    }

    /// The query that stands for a step which writes.
    pub(super) fn query_of_write(&self, table: &'a RawTable, alone: bool) -> Option<usize> {
        let wanted = written(table, alone)?;
        self.writes.iter().find(|write| write.says(&wanted)).map(|write| write.query)
    }
}

/// What a step writes, if it does.
fn written(table: &RawTable, alone: bool) -> Option<Written<'_>> {
    let kind = WriteKind::ALL.into_iter().find(|kind| table.contains(kind.word()))?;
    let name = table.get(kind.word())?.as_str()?;
    Some(Written { kind, table: name, rows: table.get("rows"), alone, query: NOWHERE })
}

/// Whether a transaction stands below a value.
fn has_transaction(node: &Node) -> bool {
    match &node.value {
        Value::Array(items) => items.iter().any(has_transaction),
        Value::Table(table) => {
            table.contains("transaction") || table.iter().any(|(_, node)| has_transaction(node))
        }
        _ => false,
    }
}

/// Whether a key or another unique index says that at most one row matches.
pub(super) fn is_one_row(read: &Read, table: &Table) -> bool {
    let equal = |column: usize| {
        let one = read.equals.iter().find(|one| one.column == column);
        one.is_some_and(|one| one.values.is_none()) && !read.function_on.contains(&column)
    };
    table.indexes.iter().any(|index| {
        let implied = index.filter.as_ref().is_none_or(|(filter, _)| read.implies(filter));
        index.unique && implied && index.on.iter().all(|one| equal(one.column))
    })
}
