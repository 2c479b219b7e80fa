//! Values out of line that a query reads: an index descent and their chunks for each.

use crate::database::ask::Test;
use crate::database::effort::work::Timer;
use crate::database::effort::{Effort, Place, Touched};
use crate::database::path::Scan;
use crate::database::toast::{Toast, Wide};

impl Timer<'_> {
    /// The values that conditions on so many rows look at: a range and a function take the value
    /// itself, an equality only if the lengths are equal (`texteq`, varlena.c), which is taken for
    /// never.
    pub fn read_compared(&self, effort: &mut Effort, rows: f64, conditions: &[usize]) {
        let mut left = rows;
        for id in conditions {
            let Some(condition) = self.ask.conditions.get(*id) else { continue };
            if condition.test != Test::Equals {
                let wide = self.relation.toast.of([condition.column], left);
                self.read_wide(effort, wide, self.follows());
            }
            left *= self.truth.share(*id);
        }
    }

    /// The values that so many rows are sorted by.
    pub fn read_ordered(&self, effort: &mut Effort, rows: f64) {
        let columns = self.ask.order_by.iter().map(|key| key.column);
        self.read_wide(effort, self.relation.toast.of(columns, rows), self.follows());
    }

    /// The values that are returned: they stay where they are until the last step.
    pub fn read_returned(&self, effort: &mut Effort) {
        if self.ask.aggregate.is_some() {
            return;
        }
        let order = if self.path.sort.is_some() { 0.0 } else { self.follows() };
        let own = self.relation.toast.of(self.ask.needed.iter().copied(), effort.rows);
        self.read_wide(effort, own, order);
        let Some(join) = &self.ask.join else { return };
        let toast = &join.inner.toast;
        let theirs = toast.of(join.needed.iter().copied(), effort.rows);
        let places = [Place::InnerToast, Place::InnerToastIndex];
        self.read(effort, (toast, 1.0), theirs, 0.0, places);
    }

    /// How far the rows come in the order of the table, 0 to 1.
    fn follows(&self) -> f64 {
        match &self.path.scan {
            Scan::Sequential | Scan::Bitmap(_) => 1.0,
            Scan::Index(by) | Scan::IndexOnly(by) => {
                let index = self.relation.indexes.get(by.index);
                let order = index.map_or(0.0, |index| self.truth.order(index, by));
                order * order
            }
        }
    }

    fn read_wide(&self, effort: &mut Effort, wide: Wide, order: f64) {
        let toast = (&self.relation.toast, self.ask.parts());
        self.read(effort, toast, wide, order, [Place::Toast, Place::ToastIndex]);
    }

    /// Reads values, whose chunks lie side by side; values of rows that come in the order of the table
    /// and are neighbors are read in one go.
    fn read(
        &self,
        effort: &mut Effort,
        (toast, parts): (&Toast, f64),
        wide: Wide,
        order: f64,
        [chunks, leaves]: [Place; 2],
    ) {
        if wide.values <= 0.0 {
            return;
        }
        effort.cpu += wide.values * self.costs.wide_value + wide.chunks * self.costs.chunk;
        let runs = |values: f64| {
            let share = (wide.values / (toast.values * parts).max(1.0)).min(1.0);
            let in_order = (values * (1.0 - share) + 1.0).min(values);
            values * (1.0 - order) + in_order * order
        };
        for (place, touched, all) in [
            (chunks, toast.chunk_pages(wide), toast.pages),
            (leaves, toast.leaves(wide), toast.leaf_pages),
        ] {
            let pages = touched.min(all * parts);
            effort.touched.push(Touched { place, pages, reads: runs(wide.values).min(pages) });
        }
    }
}

#[cfg(test)]
mod tests {
    //! Against PostgreSQL 15.18: a table of a bigint, an int and a text kept out of line uncompressed
    //! (`set storage external`), vacuumed; `explain (analyze, buffers)`; CPU by `log_statement_stats`.

    use super::*;
    use crate::database::ask::{Ask, Column, Condition, Index, Key, Relation};
    use crate::database::column::{Column as Stored, Type};
    use crate::database::effort::effort;
    use crate::database::heap::{Heap, Tuple};
    use crate::database::path::{Cost, IndexUse, Path};
    use crate::database::settings::{Constants, Settings};

    /// Columns of the query: the key, a number, the text.
    const ID: usize = 0;
    const WIDE: usize = 2;

    fn table(bytes: u32, rows: f64) -> Relation {
        let columns: Vec<Stored> = ["bigint", "int", &format!("char({bytes})")]
            .iter()
            .map(|ty| Stored::new(Type::parse(ty).unwrap()))
            .collect();
        let heap = Heap::of_columns(&columns, rows, 1.0);
        let column = |width: f64| Column {
            width,
            sent: width,
            distinct: rows,
            nulls: 0.0,
            correlation: 1.0,
        };
        let key = Index {
            entries: rows,
            pages: 4.0,
            leaf_pages: 2.0,
            levels: 2,
            keys: vec![Key { column: ID, descending: false }],
            include: Vec::new(),
            unique: true,
            partial: None,
        };
        Relation {
            rows,
            pages: heap.pages,
            visible: 1.0,
            columns: vec![column(8.0), column(4.0), column(18.0)],
            indexes: vec![key],
            toast: Toast::new(Tuple::wide_columns(&columns), &heap),
        }
    }

    fn of(relation: &Relation, ask: &Ask, scan: Scan) -> Effort {
        let cost = Cost::default();
        let path = Path { scan, workers: 0, join: None, sort: None, cost, scanned: 0.0, rows: 0.0 };
        effort(relation, ask, &path, &Settings::default(), &Constants::default())
    }

    fn pages(effort: &Effort, place: Place) -> f64 {
        effort.touched.iter().filter(|one| one.place == place).map(|one| one.pages).sum()
    }

    /// 100 of 400 rows by the key, with the text and without: buffers more for each value, of which
    /// one is the root of the index, as small as it is.
    #[test]
    fn measured_pages_of_values() {
        for (bytes, buffers) in
            [(2_500, 3.0), (4_000, 3.34), (8_000, 4.0), (20_000, 5.67), (100_000, 15.67)]
        {
            let relation = table(bytes, 400.0);
            let conditions = vec![Condition::range(ID, 0.25)];
            let by = IndexUse { index: 0, bounds: vec![0], tested: Vec::new(), backward: false };
            for (needed, measured) in [(vec![ID, WIDE], buffers), (vec![ID], 0.0)] {
                let conditions = conditions.clone();
                let ask =
                    Ask { conditions, matches: 100.0, needed, partitions: 1.0, ..Ask::default() };
                let found = of(&relation, &ask, Scan::Bitmap(vec![by.clone()]));
                let leaves = pages(&found, Place::ToastIndex);
                // Few pages in all: each value finds them again.
                let wide = relation.toast.of([WIDE], if measured > 0.0 { 100.0 } else { 0.0 });
                let chunks = relation.toast.chunk_pages(wide);
                let each = (chunks + relation.toast.leaves(wide) + wide.values) / 100.0;
                assert!((each - measured).abs() <= 0.07 * measured, "{bytes}: {each}, {measured}");
                assert!(leaves <= relation.toast.leaf_pages);
                assert!(pages(&found, Place::Toast) <= relation.toast.pages);
                assert_eq!(pages(&found, Place::Toast) > 0.0, measured > 0.0);
            }
        }
    }

    /// 40 MB in values of each size, all compared with a text; seconds of CPU of the server, the best
    /// of three, less those of the same query on the number.
    #[test]
    fn measured_cpu_of_values() {
        for (bytes, rows, measured) in [
            (2_500, 16_000.0, 38.3e-3 - 0.7e-3),
            (8_000, 5_000.0, 18.9e-3 - 0.2e-3),
            (20_000, 2_000.0, 16.5e-3 - 0.2e-3),
            (100_000, 400.0, 12.4e-3 - 0.05e-3),
        ] {
            let relation = table(bytes, rows);
            let compared = |column: usize| {
                let one = Condition { operators: 1.0, ..Condition::range(column, 1e-6) };
                let ask = Ask { conditions: vec![one], partitions: 1.0, ..Ask::default() };
                of(&relation, &ask, Scan::Sequential)
            };
            let found = compared(WIDE);
            let more = found.cpu - compared(1).cpu;
            assert!((more / measured - 1.0).abs() < 0.15, "{bytes}: {more}, measured {measured}");
            // In the order of the table they are one stretch.
            let reads: f64 = found.touched.iter().map(|one| one.reads).sum();
            assert!(reads <= 2.0 + 1e-9, "{reads}");
        }
    }

    /// The values of rows that are not returned are not read, equalities look at none, and those of
    /// one row are one read of their own and one of their leaf.
    #[test]
    fn values_are_read_at_the_end() {
        let relation = table(20_000, 1e5);
        let equal = Ask {
            conditions: vec![Condition::equals(ID, 1e-5), Condition::equals(WIDE, 0.5)],
            matches: 1.0,
            needed: vec![WIDE],
            partitions: 1.0,
            ..Ask::default()
        };
        let found = of(&relation, &equal, Scan::Sequential);
        let wide: Vec<&Touched> =
            found.touched.iter().filter(|one| one.place == Place::Toast).collect();
        assert!(wide.len() == 1 && wide[0].reads == 1.0 && wide[0].pages > 3.0, "{wide:?}");
        let none = Ask { limit: Some(0.0), ..equal };
        assert!(of(&relation, &none, Scan::Sequential).touched.is_empty());
    }
}
