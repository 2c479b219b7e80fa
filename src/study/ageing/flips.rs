//! The month in which a query is answered another way.

use super::Name;
use crate::access::settings::Costs;
use crate::access::stored::Stored;
use crate::access::ways::Ways;
use crate::growth::calendar::Calendar;
use crate::model::{BindProblem, Model, Use};
use crate::stats::worlds::{self, order_statistic};
use crate::study::forecast::moment::{Moment, numbers_at};
use crate::study::forecast::sizes::Sizes;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A query that is answered another way from some month on.
#[derive(Debug, Clone, PartialEq)]
pub struct Flip {
    /// The query.
    pub query: String,
    /// The way before.
    pub from: String,
    /// The way from then on.
    pub to: String,
    /// The first such month of each world; infinite where it does not happen.
    pub months: Vec<f64>,
}

impl Flip {
    /// Quantile over the worlds; infinite where it is one of those in which it does not happen.
    pub fn quantile(&self, q: f64) -> f64 {
        let mut sorted = self.months.clone();
        sorted.sort_by(f64::total_cmp);
        order_statistic(&sorted, q)
    }

    /// Share of the worlds in which it does not happen.
    pub fn never(&self) -> f64 {
        let never = self.months.iter().filter(|month| month.is_infinite()).count();
        never as f64 / self.months.len().max(1) as f64
    }
}

/// The ways of a world: by query, each with the month from which on it is taken.
type Course = Vec<Vec<(u32, String)>>;

/// What flips, in the order of the queries and then of the months; of a way that comes again the first
/// time counts.
pub(super) fn flips(
    model: &Model,
    (calendar, last): (&Calendar, u32),
    name: Name,
) -> Result<Vec<Flip>, Vec<BindProblem>> {
    let sizes = Sizes::default();
    let count = if model.is_uncertain() { model.run.worlds.max(1) } else { 1 };
    let one = |index: u32| -> Result<Course, Vec<BindProblem>> {
        let uniform = |input: usize| worlds::point(model.run.seed, index, input as u32);
        let world = model.world(&uniform).map_err(|problem| vec![problem])?;
        let mut course: Course = vec![Vec::new(); model.queries.len()];
        for month in 0..=last {
            let date = calendar.begin(i64::from(month));
            let binding = numbers_at(model, &world, (calendar, date), Moment::Fullest)?;
            // An index that is slow to size is read between points.
            let mut near = binding.clone();
            let mut stored = |table: usize| {
                let rows = binding.get(model.tables[table].rows);
                sizes.at(model, &mut near, table, rows).stored.clone()
            };
            let tables: Vec<Stored> = (0..model.tables.len()).map(&mut stored).collect();
            for (query, course) in model.queries.iter().zip(&mut course) {
                let Some(Use::Read(read)) = &query.table else { continue };
                let costs = Costs::of(model, &binding, query.database);
                let ways = Ways::of(model, &binding, &tables, read, &costs);
                let way = name(model, read, &tables, &ways);
                if course.last().is_none_or(|known| known.1 != way) {
                    course.push((month, way));
                }
            }
        }
        Ok(course)
    };
    let all: Vec<Result<Course, Vec<BindProblem>>> = (0..count).into_par_iter().map(one).collect();
    let all = all.into_iter().collect::<Result<Vec<Course>, _>>()?;
    let mut found = Vec::new();
    for (at, query) in model.queries.iter().enumerate() {
        let mut flips: BTreeMap<(String, String), Vec<f64>> = BTreeMap::new();
        for (world, course) in all.iter().enumerate() {
            for pair in course[at].windows(2) {
                let ways = (pair[0].1.clone(), pair[1].1.clone());
                let months =
                    flips.entry(ways).or_insert_with(|| vec![f64::INFINITY; count as usize]);
                months[world] = months[world].min(f64::from(pair[1].0));
            }
        }
        let mut flips: Vec<Flip> = flips
            .into_iter()
            .map(|((from, to), months)| Flip { query: query.name.clone(), from, to, months })
            .collect();
        let first = |flip: &Flip| flip.months.iter().copied().fold(f64::INFINITY, f64::min);
        flips.sort_by(|a, b| first(a).total_cmp(&first(b)));
        found.extend(flips);
    }
    Ok(found)
}
