//! Ways to answer in words, and as PostgreSQL names them.

use crate::access::asked::Asked;
use crate::database::ask::{Ask, Test};
use crate::database::path::{IndexUse, JoinBy, Path, Scan, Sort};
use crate::model::{Model, Table};
use crate::report::phrase;
use crate::units::show;

/// The tables that a way speaks of.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// The first table.
    pub table: &'a Table,
    /// The joined one.
    pub inner: Option<&'a Table>,
    /// Pieces that the first lies in.
    pub pieces: f64,
}

impl<'a> Named<'a> {
    /// Of a query.
    pub fn of(model: &'a Model, table: usize, inner: Option<usize>, pieces: f64) -> Self {
        let inner = inner.map(|inner| &model.tables[inner]);
        Self { table: &model.tables[table], inner, pieces }
    }

    fn index(&self, by: &IndexUse) -> &'a str {
        &self.table.indexes[by.index].name
    }

    /// Nodes as `EXPLAIN` names them, the outermost first.
    pub fn plan(&self, path: &Path, ask: &Ask) -> String {
        let mut nodes = Vec::new();
        if ask.limit.is_some() || ask.offset > 0.0 {
            nodes.push("Limit".to_owned());
        }
        let merges = path.workers > 0 && path.sort.is_some() && ask.aggregate.is_none();
        match (path.workers, ask.aggregate.is_some()) {
            (0, true) => nodes.push("Aggregate".to_owned()),
            (workers, true) => {
                nodes.push(format!(
                    "Finalize Aggregate > Gather ({}) > Partial Aggregate",
                    processes(workers)
                ));
            }
            (0, false) => {}
            (workers, false) => {
                let gather = if merges { "Gather Merge" } else { "Gather" };
                nodes.push(format!("{gather} ({})", processes(workers)));
            }
        }
        nodes.extend(path.sort.map(|sort| {
            let method = match sort {
                Sort::Quick => "quicksort",
                Sort::Top => "top-N heapsort",
                Sort::External => "external merge",
            };
            format!("Sort ({method})")
        }));
        if ask.partitions > 1.5 {
            nodes.push(format!("Append ({})", self.parts(ask)));
        }
        nodes.push(self.access(path));
        nodes.join(" > ")
    }

    /// How the rows are come by, as `EXPLAIN` names it.
    pub fn access(&self, path: &Path) -> String {
        let scan = self.scan(path);
        match (&path.join, self.inner) {
            (Some(JoinBy::NestedLoop { index }), Some(inner)) => format!(
                "Nested Loop ({scan}; Index Scan using {} on {})",
                inner.indexes[*index].name, inner.name
            ),
            (Some(JoinBy::HashInner), Some(inner)) => {
                format!("Hash Join ({scan}; Hash of Seq Scan on {})", inner.name)
            }
            (Some(JoinBy::HashOuter), Some(inner)) => {
                format!("Hash Join (Seq Scan on {}; Hash of {scan})", inner.name)
            }
            _ => scan,
        }
    }

    fn scan(&self, path: &Path) -> String {
        let parallel = if path.workers > 0 { "Parallel " } else { "" };
        let backward = |by: &IndexUse| if by.backward { " Backward" } else { "" };
        let table = &self.table.name;
        match &path.scan {
            Scan::Sequential => format!("{parallel}Seq Scan on {table}"),
            Scan::Index(by) => {
                format!("{parallel}Index Scan{} using {} on {table}", backward(by), self.index(by))
            }
            Scan::IndexOnly(by) => format!(
                "{parallel}Index Only Scan{} using {} on {table}",
                backward(by),
                self.index(by)
            ),
            Scan::Bitmap(all) => {
                let names: Vec<&str> = all.iter().map(|by| self.index(by)).collect();
                let of = match names.as_slice() {
                    [one] => format!("Bitmap Index Scan on {one}"),
                    several => format!("BitmapAnd of {}", several.join(", ")),
                };
                format!("{parallel}Bitmap Heap Scan on {table} ({of})")
            }
        }
    }

    /// The same for people.
    pub fn words(&self, path: &Path, asked: &Asked) -> String {
        let mut words = match &path.scan {
            Scan::Sequential if self.table.partition.is_some() => {
                format!("reads {} whole", self.parts(&asked.ask))
            }
            Scan::Sequential => "reads the whole table".to_owned(),
            Scan::Index(by) => format!("{}, and each row from the table", self.entries(by, asked)),
            Scan::IndexOnly(by) => format!("{}, which has all it needs", self.entries(by, asked)),
            Scan::Bitmap(all) => {
                let entries: Vec<String> = all.iter().map(|by| self.entries(by, asked)).collect();
                format!("{}, then the rows' pages in the table's order", phrase::list(&entries))
            }
        };
        if self.table.partition.is_some() && path.scan != Scan::Sequential {
            words += &format!(", in {}", self.parts(&asked.ask));
        }
        if path.workers > 0 {
            words += &format!(", with {}", processes(path.workers));
        }
        words += match path.join {
            Some(JoinBy::NestedLoop { .. }) => "; looks up the other table for each row",
            Some(_) => "; reads the other table whole and joins by a hash table",
            None => "",
        };
        words += match path.sort {
            Some(Sort::Quick) => "; sorts in memory",
            Some(Sort::Top) => "; keeps the first rows while it reads",
            Some(Sort::External) => "; sorts on disk",
            None => "",
        };
        if asked.ask.aggregate.is_some() {
            words += "; counts";
        }
        words
    }

    /// `2 of 25 partitions`.
    fn parts(&self, ask: &Ask) -> String {
        let (left, all) = (ask.partitions.max(1.0).round(), self.pieces.max(1.0).round());
        if left < all {
            return format!("{} of {} partitions", show::count(left), show::count(all));
        }
        match all {
            one if one <= 1.0 => "1 partition".to_owned(),
            all => format!("all {} partitions", show::count(all)),
        }
    }

    /// Which entries of an index are read.
    fn entries(&self, by: &IndexUse, asked: &Asked) -> String {
        let column = |id: &usize| {
            let condition = asked.ask.conditions.get(*id)?;
            let name = &self.table.columns.get(condition.column)?.name;
            let sign = if condition.test == Test::Range { "within a range of" } else { "by" };
            Some(format!("{sign} {name}"))
        };
        let bounds: Vec<String> = by.bounds.iter().filter_map(column).collect();
        let index = self.index(by);
        if bounds.is_empty() && asked.ask.order_by.is_empty() {
            return format!("reads {index} whole");
        }
        if bounds.is_empty() {
            return format!("reads {index} in order until it has enough");
        }
        format!("finds entries of {index} {}", bounds.join(" and "))
    }
}

/// `1 worker`.
fn processes(workers: u32) -> String {
    format!("{workers} worker{}", if workers == 1 { "" } else { "s" })
}
