//! Tables: their columns, indexes and pieces.

use super::Resolver;
use super::names::NOWHERE;
use super::numbers::{ANY, SHARE, expectation};
use super::section::Section;
use crate::database::column::{Type, TypeError, WORDS};
use crate::diag::{Diagnostic, Id, Span, name};
use crate::expr::scope::{Expectation, Symbol};
use crate::model::{
    Amount, Bounds, Column, Filter, Hot, Index, Ordered, Partition, QuantityId, Table,
};
use crate::scenario::keys::{Dimension, Kind, data as keys};
use crate::scenario::raw::{Node, Value};
use crate::units;

/// Rows of a table.
const ROWS: Bounds = Bounds::count(0.0, 1e13);
/// Bytes of a row: what PostgreSQL can store.
const ROW: Bounds = Bounds::real(0.0, 1e9);
/// PostgreSQL's least is 10 %.
const FILL: Bounds = Bounds::real(0.1, 1.0);
const CORRELATION: Bounds = Bounds::real(-1.0, 1.0);

impl<'a> Resolver<'a> {
    pub(super) fn data(&mut self) -> Vec<Table> {
        let raw = self.raw;
        let tables = raw.entities("table");
        tables
            .map(|entity| {
                let section = Section::of(&keys::TABLE, entity);
                self.data_table(&section, entity.name, entity.name_span)
            })
            .collect()
    }

    fn data_table(&mut self, section: &Section<'a>, name: &str, span: Span) -> Table {
        let mut table = Table {
            name: name.to_owned(),
            database: self.reference("database", section, "database"),
            rows: self.quantity(section, "rows", ROWS),
            row: section.get("row").map(|_| self.quantity(section, "row", ROW)),
            columns: Vec::new(),
            indexes: Vec::new(),
            updates: Vec::new(),
            fillfactor: self.quantity(section, "fillfactor", FILL),
            hot: section.get("hot").and_then(|_| section.child("hot")).map(|hot| Hot {
                rows: self.quantity(&hot, "rows", SHARE),
                accesses: self.quantity(&hot, "accesses", SHARE),
            }),
            partition: None,
            growth: self.growth_of_rows(section),
            retention: self.retention(section),
            span: Some(span),
        };
        self.columns(section, &mut table);
        self.primary_key(section, &mut table);
        self.indexes(section, &mut table);
        for (text, node) in texts(section.get("updates")) {
            let column = self.column(&mut table, text, node);
            table.updates.extend(column);
        }
        if section.get("partition").is_some()
            && let Some(pieces) = section.child("partition")
            && let Some(node) = pieces.get("by")
            && let Some(by) = node.as_str().and_then(|by| self.column(&mut table, by, node))
        {
            let every = self.quantity(&pieces, "every", Bounds::count(1.0, ROWS.max));
            table.partition = Some(Partition { by, every });
        }
        table
    }

    fn columns(&mut self, section: &Section<'a>, table: &mut Table) {
        let Some(node) = section.get("columns") else { return };
        let Value::Table(columns) = &node.value else {
            self.malformed(node);
            return;
        };
        for (key, node) in columns {
            let path = format!("{}.{}", section.at("columns"), key.text);
            let more = Section::maybe(&keys::COLUMN, path, Some(node));
            let Some(kind) = (if node.as_str().is_some() { Some(node) } else { more.get("type") })
            else {
                self.missing(&more, "type");
                continue;
            };
            let word = kind.as_str().unwrap_or_default().trim().to_lowercase();
            let word = word.split('(').next().unwrap_or_default();
            let column = Column {
                distinct: more.get("distinct").and_then(|_| self.amount(&more, "distinct")),
                nulls: more.get("nulls").map(|_| self.quantity(&more, "nulls", SHARE)),
                correlation: more
                    .get("correlation")
                    .map(|_| self.quantity(&more, "correlation", CORRELATION)),
                values: self.values(&more),
                ..Column::new(&key.text, self.column_type(kind), word)
            };
            table.columns.push(column);
        }
    }

    fn column_type(&mut self, node: &Node) -> Type {
        let text = node.as_str().unwrap_or_default();
        let error = match Type::parse(text) {
            Ok(kind) => return kind,
            Err(error) => error,
        };
        let message = format!("{} is not a type of a column: {error}", name(text));
        let found = Diagnostic::new(Id::BadColumnType, message);
        let word = text.split(['(', ' ']).next().unwrap_or_default();
        self.push(match error {
            TypeError::Unknown => {
                let known = WORDS.iter().map(|known| known.split('(').next().unwrap_or(known));
                let mut known: Vec<&str> = known.collect();
                // Of those equally close the one that ends alike: `timestampz` has a zone.
                known.sort_by_key(|known| known.chars().last() != word.chars().last());
                let span = node.sub_span(0..word.len());
                let found = found.at(span, "unknown type").did_you_mean("type", span, word, known);
                found.help(format!("the types are {}", WORDS.join(", ")))
            }
            TypeError::LengthMissing => found
                .at(node.inner_span(), "how long is it?")
                .help(format!("say its bytes on average, such as `{word}(40)`")),
            TypeError::LengthUnexpected | TypeError::LengthInvalid => found
                .at(node.inner_span(), "not in this form")
                .help(format!("the types are {}", WORDS.join(", "))),
        });
        bigint()
    }

    /// Shares of rows with certain values.
    fn values(&mut self, section: &Section<'a>) -> Vec<(String, QuantityId)> {
        let Some(node) = section.get("values") else { return Vec::new() };
        let Value::Table(values) = &node.value else {
            self.malformed(node);
            return Vec::new();
        };
        let wanted = expectation(&Kind::Quantity(Dimension::Ratio));
        let one = |(key, node): &'a (crate::scenario::raw::Key, Node)| {
            let path = format!("{}.{}", section.at("values"), key.text);
            (key.text.clone(), self.quantity_at(node, path, wanted, SHARE))
        };
        values.iter().map(one).collect()
    }

    /// A number of rows: a text that ends in `%` and is nothing else is a share of them.
    pub(super) fn amount(&mut self, section: &Section<'a>, key: &str) -> Option<Amount> {
        let node = section.get(key)?;
        let share = node.as_str().and_then(|text| text.trim().strip_suffix('%'));
        let is_share =
            share.is_some_and(|number| number.trim().replace('_', "").parse::<f64>().is_ok());
        let mut scope = self.scope.clone();
        scope.insert("rows", Symbol::Let(0), units::Dimension::COUNT);
        let outside = std::mem::replace(&mut self.scope, scope);
        let wanted =
            Expectation { lets_allowed: true, ..Expectation::fixed(units::Dimension::COUNT) };
        let bounds = if is_share { SHARE } else { Bounds::real(0.0, ROWS.max) };
        let value = self.variate_at(node, section.at(key), Some(wanted), bounds);
        self.scope = outside;
        Some(if is_share { Amount::Share(value) } else { Amount::Rows(value) })
    }

    fn primary_key(&mut self, section: &Section<'a>, table: &mut Table) {
        let node = section.get("key");
        let mut on = Vec::new();
        for (text, node) in texts(node) {
            on.extend(self.column(table, text, node).map(ascending));
        }
        if !on.is_empty() {
            table.indexes.push(Index {
                name: format!("{}_pkey", table.name),
                on,
                include: Vec::new(),
                filter: None,
                share: None,
                unique: true,
                primary: true,
                span: node.map(|node| node.span),
            });
        }
    }

    fn indexes(&mut self, section: &Section<'a>, table: &mut Table) {
        let Some(node) = section.get("index") else { return };
        let Value::Table(indexes) = &node.value else {
            self.malformed(node);
            return;
        };
        for (key, node) in indexes {
            let path = format!("{}.{}", section.at("index"), key.text);
            let more = Section::maybe(&keys::INDEX, path, Some(node));
            let mut on = Vec::new();
            let is_table = node.as_table().is_some();
            if is_table && more.get("on").is_none() {
                self.missing(&more, "on");
            }
            let listed = if is_table { more.get("on") } else { Some(node) };
            for (text, node) in texts(listed) {
                on.extend(self.ordered(table, text, node));
            }
            let mut include = Vec::new();
            for (text, node) in texts(more.get("include")) {
                include.extend(self.column(table, text, node));
            }
            let filter = more.get("where").and_then(|node| {
                let text = node.as_str()?.trim();
                Some((self.filter(table, text, node), text.to_owned()))
            });
            let share = more.get("share").map(|_| self.quantity(&more, "share", SHARE));
            let index = Index {
                name: key.text.clone(),
                on,
                include,
                filter,
                share,
                unique: more.get("unique").and_then(Node::as_bool).unwrap_or(false),
                primary: false,
                span: Some(key.span),
            };
            self.share_of_rows(table, &index, more.get("where"));
            if !index.on.is_empty() {
                table.indexes.push(index);
            }
        }
    }

    /// How many rows a partial index has must be known.
    fn share_of_rows(&mut self, table: &Table, index: &Index, node: Option<&Node>) {
        let (Some((filter, _)), None, Some(node)) = (&index.filter, index.share, node) else {
            return;
        };
        let is_known = match filter {
            Filter::Equals(column, value) => table.columns.get(*column).is_some_and(|column| {
                column.values.iter().any(|known| known.0 == *value)
                    || column.distinct.is_some()
                    || column.is_boolean()
            }),
            Filter::NotNull(_) | Filter::Null(_) => true,
            Filter::Other => false,
        };
        if !is_known {
            let message = format!("which share of the rows {} has is not known", name(&index.name));
            let found = Diagnostic::new(Id::UnknownMatches, message);
            let found = found.at(node.inner_span(), "of how many rows is this true?");
            let mut found = found.help("state `share`, such as `share = \"1%\"`, beside `where`");
            if let Filter::Equals(column, value) = filter {
                let column = &table.columns[*column].name;
                let value = if is_word(value) { value.clone() } else { format!("'{value}'") };
                found = found.help(format!("or of {column} `values = {{ {value} = \"1%\" }}`"));
            }
            self.push(found);
        }
    }

    /// `status = 'live'`, `ended is null`, `title is not null`; anything else is only a text.
    fn filter(&mut self, table: &mut Table, text: &str, node: &Node) -> Filter {
        let words: Vec<&str> = text.split_whitespace().collect();
        let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let tail: Vec<&str> = lower.iter().skip(1).map(String::as_str).collect();
        match tail.as_slice() {
            ["is", "null"] => {
                return self.column(table, words[0], node).map_or(Filter::Other, Filter::Null);
            }
            ["is", "not", "null"] => {
                return self.column(table, words[0], node).map_or(Filter::Other, Filter::NotNull);
            }
            _ => {}
        }
        let Some((column, value)) = text.split_once('=') else { return Filter::Other };
        let (column, Some(mut value)) = (column.trim(), literal(value.trim())) else {
            return Filter::Other;
        };
        if !is_word(column) {
            return Filter::Other;
        }
        let Some(column) = self.column(table, column, node) else { return Filter::Other };
        if table.columns[column].is_boolean() {
            value.make_ascii_lowercase();
        }
        Filter::Equals(column, value)
    }

    /// `created` or `created desc`.
    pub(super) fn ordered(
        &mut self,
        table: &mut Table,
        text: &str,
        node: &Node,
    ) -> Option<Ordered> {
        let mut words = text.split_whitespace();
        let column = words.next().unwrap_or_default();
        let direction = words.next().map(str::to_lowercase);
        let descending = direction.as_deref() == Some("desc");
        if words.next().is_some() || !matches!(direction.as_deref(), None | Some("asc" | "desc")) {
            let found = Diagnostic::new(
                Id::UnknownColumn,
                format!("{} is not a column with a direction", name(text)),
            );
            let found = found.at(node.inner_span(), "not a column");
            self.push(found.help("write `created` or `created desc`"));
            return None;
        }
        self.column(table, column, node).map(|column| Ordered { column, descending })
    }

    /// A column by its name. A table that says only how long its rows are has the columns that are
    /// named: whole numbers of eight bytes.
    pub(super) fn column(&mut self, table: &mut Table, text: &str, node: &Node) -> Option<usize> {
        if let Some(index) = table.column(text) {
            return Some(index);
        }
        if table.row.is_some() {
            table.columns.push(Column::new(text, bigint(), "bigint"));
            return Some(table.columns.len() - 1);
        }
        let message = format!("there is no column {} in {}", name(text), name(&table.name));
        let start = node.as_str().and_then(|whole| whole.find(text)).unwrap_or(0);
        let span = node.sub_span(start..start + text.len());
        let names = table.columns.iter().map(|column| column.name.as_str());
        let mut found = Diagnostic::new(Id::UnknownColumn, message)
            .at(span, "unknown column")
            .did_you_mean("column", span, text, names);
        if let Some(span) = table.span {
            found = found.and(span, "this table");
        }
        self.push(found);
        None
    }

    /// A number that is worked out when a world is known: 0 until then.
    pub(super) fn computed(&mut self, path: String) -> crate::model::VariateId {
        let zero = crate::expr::checked::Checked::from_number(0.0);
        self.add_variate(path, None, zero, ANY)
    }

    /// The table that a key names.
    pub(super) fn table(&mut self, section: &Section<'a>, key: &str) -> Option<usize> {
        let table = self.reference("table", section, key);
        self.usage.tables.insert(table);
        (table != NOWHERE).then_some(table)
    }
}

/// What may stand without quotes.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
}

/// The value that a literal of SQL stands for: anything in quotes, in which two are one, or a word.
fn literal(text: &str) -> Option<String> {
    let inside = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    match inside {
        Some(inside) => {
            let pairs = inside.replace("''", "");
            (!pairs.contains('\'')).then(|| inside.replace("''", "'"))
        }
        None => is_word(text).then(|| text.to_owned()),
    }
}

/// The type of columns of which nothing is known: whole numbers of eight bytes.
fn bigint() -> Type {
    Type::parse("bigint").expect("a type of PostgreSQL")
}

fn ascending(column: usize) -> Ordered {
    Ordered { column, descending: false }
}

/// One text, or a list of them.
pub(super) fn texts(node: Option<&Node>) -> Vec<(&str, &Node)> {
    let Some(node) = node else { return Vec::new() };
    match &node.value {
        Value::String(text) => vec![(text.trim(), node)],
        Value::Array(items) => {
            items.iter().filter_map(|item| Some((item.as_str()?.trim(), item))).collect()
        }
        _ => Vec::new(),
    }
}
