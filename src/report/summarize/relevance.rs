//! Which of the assumptions a reader should see first.

use crate::model::Model;
use crate::report::summary::{Assumption, Pool, Station};

/// What was assumed: first of entities that objectives and claims name, the busiest of them first,
/// then of the others in the same order, then what is about no station; in the order of the scenario
/// among equals.
pub fn ordered(model: &Model, stations: &[Station], pools: &[Pool]) -> Vec<Assumption> {
    let texts: Vec<&str> = model
        .objectives
        .iter()
        .map(|one| one.text.as_str())
        .chain(model.claims.iter().map(|one| one.text.as_str()))
        .collect();
    let all: Vec<&Station> =
        stations.iter().chain(pools.iter().map(|pool| &pool.station)).collect();
    let rank = |path: &str| {
        let Some(entity) = entity(path) else { return 0.0 };
        let named = texts.iter().any(|text| names(text, entity));
        let of_entity = all.iter().filter(|station| names(&station.path, entity));
        let busy = of_entity.filter_map(|station| Some(station.utilization?.point.0));
        // All servers busy and more is no higher than a name.
        busy.fold(0.0, f64::max).min(0.999) + f64::from(u8::from(named))
    };
    let one = |known: &crate::model::Assumption| {
        let found = Assumption { path: known.path.clone(), value: known.value.clone() };
        (rank(&found.path), found)
    };
    let mut ranked: Vec<(f64, Assumption)> = model.assumptions.iter().map(one).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked.into_iter().map(|entry| entry.1).collect()
}

/// `service.api` of `service.api.scheduling`; `run` has no entities.
fn entity(path: &str) -> Option<&str> {
    let (table, rest) = path.split_once('.')?;
    let name = rest.split('.').next()?;
    (table != "run").then(|| &path[..table.len() + 1 + name.len()])
}

/// Whether a path of an entity stands in a text, not that of one whose name begins alike.
fn names(text: &str, entity: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || "_-".contains(c);
    text.match_indices(entity).any(|(at, _)| !text[at + entity.len()..].starts_with(goes_on))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_is_two_words_and_not_a_longer_one() {
        assert_eq!(entity("service.api.scheduling"), Some("service.api"));
        assert_eq!(entity("pool.a"), Some("pool.a"));
        assert_eq!([entity("run.seed"), entity("seed")], [None, None]);
        assert!(names("p99(pool.api.wait) < 5ms", "pool.api"));
        assert!(names("utilization(pool.api) < 50%", "pool.api"));
        assert!(!names("p99(pool.api_pg.wait) < 5ms", "pool.api"));
    }
}
