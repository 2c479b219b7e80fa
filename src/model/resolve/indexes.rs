//! Doubts about tables: indexes that nothing uses, more matches than there are rows.

use super::Resolver;
use super::warnings::mentions;
use crate::diag::{Diagnostic, Id, name, suggest};
use crate::model::{Amount, Binding, Filter, Index, Model, Read, Table, Use};
use crate::units::show;
use std::collections::BTreeSet;

impl Resolver<'_> {
    pub(super) fn indexes_and_matches(&mut self, model: &Model, binding: &Binding) {
        for query in &model.queries {
            if let Some(Use::Read(read)) = &query.table {
                self.too_many_matches(model, binding, read);
            }
        }
        for table in &model.tables {
            self.shares_beyond(model, binding, table);
        }
        // What a variant adds or takes away leaves others without a use.
        if self.raw.variant().is_some() {
            return;
        }
        let raw = self.raw;
        let mut mentioned = BTreeSet::new();
        for variant in raw.variants() {
            mentions(&variant.body, &mut mentioned);
        }
        for (number, table) in model.tables.iter().enumerate() {
            let reads: Vec<(&str, &Read)> = reads_of(model, number).collect();
            for index in table.indexes.iter().filter(|index| !index.primary) {
                if !reads.is_empty() && !mentioned.contains(index.name.as_str()) {
                    self.of_use(model, number, index, &reads);
                }
                self.redundant(table, index);
                self.twice(table, index);
            }
            for (query, read) in reads {
                self.inside_functions(table, query, read);
            }
        }
    }

    fn too_many_matches(&mut self, model: &Model, binding: &Binding, read: &Read) {
        let table = &model.tables[read.table];
        let joined = read.join.map(|join| (join.matches, &model.tables[join.table]));
        for (amount, table) in [(read.matches, table)].into_iter().chain(joined) {
            let rows = binding.get(table.rows);
            let Some(Amount::Rows(id)) = amount else { continue };
            let matches = Amount::Rows(id).stated(binding, rows);
            if matches <= rows {
                continue;
            }
            let origin = &model.slots.variates[id.0 as usize].origin;
            let message = format!(
                "{} is {}, and {} has {} rows",
                name(&origin.path),
                show::count(matches),
                name(&table.name),
                show::count(rows)
            );
            let found = Diagnostic::new(Id::TooManyMatches, message);
            self.push(match origin.span {
                Some(span) => found.at(span, "taken as all of them"),
                None => found,
            });
        }
    }

    /// Values that together have more rows than there are.
    fn shares_beyond(&mut self, model: &Model, binding: &Binding, table: &Table) {
        for column in &table.columns {
            let sum: f64 = column.values.iter().map(|value| binding.get(value.1)).sum();
            let Some(last) = column.values.last().filter(|_| sum > 1.0 + 1e-9) else { continue };
            let message = format!(
                "the `values` of {} in {} are {} of the rows",
                name(&column.name),
                name(&table.name),
                show::percent(sum)
            );
            let found = Diagnostic::new(Id::TooManyMatches, message);
            let origin = &model.slots.quantities[last.1.0 as usize].origin;
            self.push(match origin.span {
                Some(span) => found.at(span, "with this one more than 100 %"),
                None => found,
            });
        }
    }

    /// A column that an index has twice.
    fn twice(&mut self, table: &Table, index: &Index) {
        let again = index.on.iter().enumerate().find(|(number, one)| {
            index.on[..*number].iter().any(|before| before.column == one.column)
        });
        let (Some((_, one)), Some(span)) = (again, index.span) else { return };
        let column = name(&table.columns[one.column].name);
        let message = format!("the index {} has the column {column} twice", name(&index.name));
        let found = Diagnostic::new(Id::RedundantIndex, message).at(span, "orders nothing more");
        self.push(found.help("every insert pays for it: leave the second one out"));
    }

    /// Whether a query can use an index.
    fn of_use(&mut self, model: &Model, table: usize, index: &Index, reads: &[(&str, &Read)]) {
        let Some(span) = index.span else { return };
        let implied =
            |read: &Read| index.filter.as_ref().is_none_or(|(filter, _)| read.implies(filter));
        if !reads.iter().any(|(_, read)| implied(read)) && !index.unique {
            let text = index.filter.as_ref().map_or("", |filter| filter.1.as_str());
            let message =
                format!("no query implies the `where` of the index {}", name(&index.name));
            let mut found = Diagnostic::new(Id::PartialIndexNotImplied, message)
                .at(span, format!("has only rows with {}", name(text)));
            if let Some((Filter::Equals(column, value), _)) = &index.filter {
                let values = &model.tables[table].columns[*column].values;
                let is_stated = values.iter().any(|known| known.0 == *value);
                let known = values.iter().map(|known| known.0.as_str());
                if let (false, Some(close)) = (is_stated, suggest::closest(value, known)) {
                    found = found.help(format!("`values` has {}: is it that?", name(close)));
                }
            }
            self.push(found.help(
                "say which value the query asks for: `equals = { status = \"live\" }`; what stands \
                 for any value (`?`) implies nothing",
            ));
            return;
        }
        let first = index.on[0].column;
        let serves = |read: &Read| {
            let ordered = read.order_by.first().is_some_and(|one| one.column == first);
            let filtered = index.filter.is_some();
            implied(read) && (filtered || ordered || read.compared().any(|column| column == first))
        };
        let joined =
            |query: &Read| query.join.is_some_and(|join| join.table == table && join.on == first);
        let all = model.queries.iter().filter_map(|query| match &query.table {
            Some(Use::Read(read)) => Some(&**read),
            _ => None,
        });
        // That has a finding of its own.
        if reads.iter().any(|(_, read)| read.function_on.contains(&first)) {
            return;
        }
        let is_used = reads.iter().any(|(_, read)| serves(read)) || all.into_iter().any(joined);
        if !is_used && !index.unique {
            let column = name(&model.tables[table].columns[first].name);
            let message = format!("no query uses the index {}", name(&index.name));
            let found = Diagnostic::new(Id::UnusedIndex, message)
                .at(span, format!("no query compares or orders by {column}, its first column"));
            self.push(found.help("every insert pays for it: leave it out"));
        }
    }

    /// An index that begins another one.
    fn redundant(&mut self, table: &Table, index: &Index) {
        let begins = |other: &&Index| {
            other.name != index.name
                && other.filter == index.filter
                && other.on.len() >= index.on.len()
                && other.on.starts_with(&index.on)
                && index.include.iter().all(|column| {
                    other.include.contains(column) || other.on.iter().any(|on| on.column == *column)
                })
                // Of two that are the same the second is one too many.
                && (other.on.len() > index.on.len() || other.span < index.span || other.primary)
        };
        let Some(other) = table.indexes.iter().find(begins).filter(|_| !index.unique) else {
            return;
        };
        let message =
            format!("the index {} is the beginning of {}", name(&index.name), name(&other.name));
        let mut found = Diagnostic::new(Id::RedundantIndex, message);
        if let Some(span) = index.span {
            found = found.at(span, "every query that it serves is served by the other one");
        }
        if let Some(span) = other.span {
            found = found.and(span, "the other one");
        }
        self.push(found.help("every insert pays for both: leave it out"));
    }

    /// A function around a column that has an index.
    fn inside_functions(&mut self, table: &Table, query: &str, read: &Read) {
        for &column in &read.function_on {
            let asked = read.equals.iter().any(|equal| equal.column == column)
                || read.range.is_some_and(|range| range.0 == column);
            let first = |index: &&Index| index.on.first().is_some_and(|on| on.column == column);
            let Some(index) = table.indexes.iter().find(first).filter(|_| asked) else { continue };
            let message = format!(
                "{} does not use the index {}: {} is inside a function",
                name(&format!("query.{query}")),
                name(&index.name),
                name(&table.columns[column].name)
            );
            let node = self.raw.value(&["query", query, "function_on"]);
            let mut found = Diagnostic::new(Id::FunctionOnColumn, message);
            if let Some(node) = node {
                found = found.at(node.span, "the index has the column, not the function of it");
            }
            if let Some(span) = index.span {
                found = found.and(span, "cannot serve it");
            }
            self.push(found.help(
                "compare the bare column, or have an index on the expression: leave `function_on` \
                 out for that",
            ));
        }
    }
}

/// Queries that read a table, by name.
fn reads_of(model: &Model, table: usize) -> impl Iterator<Item = (&str, &Read)> {
    model.queries.iter().filter_map(move |query| match &query.table {
        Some(Use::Read(read)) if read.table == table => Some((query.name.as_str(), &**read)),
        _ => None,
    })
}
