//! True row counts and pages: what the executor meets, where the planner only estimates.

use crate::database::ask::{Ask, Index, Relation, Test};
use crate::database::path::{IndexUse, Path};
use crate::database::settings::PAGE;

/// Distinct pages of `pages` that `rows` rows at random places touch: Cardenas, "Analysis and
/// performance of inverted data base structures", Communications of the ACM 18, 1975.
pub fn distinct(pages: f64, rows: f64) -> f64 {
    if pages <= 1.0 {
        return pages.max(0.0).min(rows.max(0.0));
    }
    // p (1 - (1 - 1/p)^r), without losing digits for many pages.
    -pages * libm::expm1(rows.max(0.0) * libm::log1p(-1.0 / pages))
}

/// The true row counts of a query.
#[derive(Debug, Clone, Copy)]
pub struct Truth<'a> {
    relation: &'a Relation,
    ask: &'a Ask,
    /// The true share that pass a condition is the planner's to this power, the same for all: so
    /// that together they give the true matches.
    power: f64,
}

/// What an index scan meets.
#[derive(Debug, Clone, Copy)]
pub struct Entries {
    /// Entries inside the bounds.
    pub scanned: f64,
    /// Those that pass the conditions tested on entries: rows looked for in the heap.
    pub passing: f64,
    /// Descents.
    pub descents: f64,
}

/// The conditions an index answers, its own included.
pub fn answered(index: &Index, by: &IndexUse) -> Vec<usize> {
    let own = index.partial.iter().flat_map(|partial| partial.answers.iter().copied());
    let mut all: Vec<usize> = by.bounds.iter().chain(&by.tested).copied().chain(own).collect();
    all.sort_unstable();
    all.dedup();
    all
}

impl<'a> Truth<'a> {
    /// The truth of a query.
    pub fn new(relation: &'a Relation, ask: &'a Ask) -> Self {
        let rows = relation.rows * ask.parts();
        let expected: f64 = ask.conditions.iter().map(|c| c.selectivity.clamp(0.0, 1.0)).product();
        let share = (ask.matches.max(0.5) / rows.max(1.0)).min(1.0);
        let usual = expected > 0.0 && expected < 1.0;
        let power = if usual { libm::log(share) / libm::log(expected) } else { 1.0 };
        Self { relation, ask, power }
    }

    /// Rows of all partitions.
    pub fn rows(&self) -> f64 {
        self.relation.rows * self.ask.parts()
    }

    /// Rows that match everything.
    pub fn matches(&self) -> f64 {
        self.ask.matches.clamp(0.0, self.rows().max(0.0))
    }

    /// True share of the rows that pass one condition.
    pub fn share(&self, condition: usize) -> f64 {
        let one = self.ask.conditions.get(condition);
        one.map_or(1.0, |c| libm::pow(c.selectivity.clamp(0.0, 1.0), self.power).min(1.0))
    }

    /// True share of the rows that pass several conditions.
    pub fn shares(&self, conditions: &[usize]) -> f64 {
        conditions.iter().map(|id| self.share(*id)).product()
    }

    /// What a scan of an index to its end meets.
    pub fn entries(&self, index: &Index, by: &IndexUse) -> Entries {
        let parts = self.ask.parts();
        let lists = by.bounds.iter().filter_map(|id| self.ask.conditions.get(*id));
        let descents = parts * lists.map(|c| c.values.max(1.0)).product::<f64>();
        let entries = index.entries * parts;
        let all = answered(index, by).len() == self.ask.conditions.len();
        let within = entries * self.shares(&by.bounds);
        // The truth is known exactly for the conditions as a whole only.
        let passing = if all { self.matches() } else { within * self.shares(&by.tested) };
        let scanned = if by.tested.is_empty() { passing } else { within.max(passing) };
        Entries { scanned, passing, descents }
    }

    /// The part of the heap in which rows passing the conditions lie, pages: a condition on a column
    /// whose values follow the order of the heap confines them. Between all pages (no correlation)
    /// and the share of the condition (full correlation) by the square of the correlation, as the
    /// planner does for costs (costsize.c, `cost_index`); of several conditions the narrowest.
    pub fn region(&self, conditions: &[usize]) -> f64 {
        let pages = self.relation.pages * self.ask.parts();
        let stretches = conditions.iter().filter_map(|id| {
            let condition = self.ask.conditions.get(*id)?;
            let rho = self.correlation(condition.column);
            // Rows side by side begin within a page: one more than their share, for each value.
            Some(pages * (1.0 - rho * rho * (1.0 - self.share(*id))) + condition.values.max(1.0))
        });
        stretches.fold(pages, f64::min)
    }

    /// Correlation of a column with the heap.
    pub fn correlation(&self, column: usize) -> f64 {
        self.relation.columns.get(column).map_or(0.0, |c| c.correlation.clamp(-1.0, 1.0))
    }

    /// How far the order of an index within its bounds follows the heap: the correlation of its
    /// first column that has not one value. Entries of one key lie in the order of the heap
    /// (nbtsearch.c: the row's address is part of the key since release 12).
    pub fn order(&self, index: &Index, by: &IndexUse) -> f64 {
        let one_value = |column: usize| {
            let bounds = by.bounds.iter().filter_map(|id| self.ask.conditions.get(*id));
            bounds
                .into_iter()
                .any(|c| c.column == column && c.test == Test::Equals && c.values <= 1.0)
        };
        let free = index.keys.iter().find(|key| !one_value(key.column));
        free.map_or(1.0, |key| self.correlation(key.column))
    }

    /// The part of its way a scan goes before the query has its rows: 1 if it has to see all.
    ///
    /// `filters` are the conditions tested on the way, `order` the correlation of the way with the
    /// heap. Without filters, or with matches spread evenly, the k-th of m matches stands at
    /// k/(m+1). A filter on a column correlated with the way has its matches in one stretch, at a
    /// place unknown: half of the rest of the way is gone through in vain on average. The planner
    /// always assumes the even spread.
    pub fn way(&self, path: &Path, filters: &[usize], order: f64) -> f64 {
        let streams = path.sort.is_none()
            && self.ask.aggregate.is_none()
            && !matches!(path.join, Some(crate::database::path::JoinBy::HashOuter));
        let Some(wanted) = self.ask.wanted().filter(|_| streams) else {
            return 1.0;
        };
        let per_row = self.ask.join.as_ref().map_or(1.0, |join| join.per_row);
        let (wanted, matches) = (wanted / per_row.max(1e-9), self.matches());
        if wanted >= matches {
            return 1.0;
        }
        if filters.is_empty() {
            return wanted / matches;
        }
        let stretch = filters.iter().map(|id| {
            let column = self.ask.conditions.get(*id).map_or(0, |c| c.column);
            let rho = self.correlation(column) * order;
            1.0 - rho * rho * (1.0 - self.share(*id))
        });
        let stretch = stretch.fold(1.0, f64::min);
        ((1.0 - stretch) / 2.0 + stretch * wanted / (matches + 1.0)).min(1.0)
    }

    /// Every execution touches the same rows.
    pub fn repeats(&self) -> bool {
        self.ask.conditions.iter().all(|condition| condition.constant)
    }

    /// Rows on a page.
    pub fn per_page(&self) -> f64 {
        (self.relation.rows / self.relation.pages.max(1.0)).max(1.0)
    }

    /// Bytes of the heap, all partitions.
    pub fn heap_bytes(&self) -> f64 {
        self.relation.pages * self.ask.parts() * PAGE
    }
}
