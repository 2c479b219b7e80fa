//! Why objectives are missed over the range of a key: one sentence for neighbors that are alike.

use super::facts::{Point, Sweep};
use crate::report::cause::{self, Cause, Connections, Placed, Places};

/// What makes objectives be missed, and where connections begin not to be enough.
pub fn cliffs(all: &Sweep) -> Vec<String> {
    let Some(key) = all.keys.first() else { return Vec::new() };
    let places = if all.is_ordered() { Places::Ordered } else { Places::Listed };
    let missed = |point: &Point| point.objectives.1 > 0;
    let alike = |a: &Point, b: &Point| missed(a) == missed(b) && kind(a) == kind(b);
    let mut said = Vec::new();
    let mut before = 0;
    for stretch in all.points.chunk_by(alike) {
        let from = before;
        before += stretch.len();
        let designs: Vec<Placed> = stretch.iter().filter_map(placed).collect();
        if !stretch.first().is_some_and(missed) || designs.is_empty() {
            continue;
        }
        // The nearest on either side that is shown to miss nothing: where both are as near, the left.
        let left = all.points[..from].iter().rev().enumerate().find(|(_, point)| point.is_met());
        let right = all.points[before..].iter().enumerate().find(|(_, point)| point.is_met());
        let nearest = left.into_iter().chain(right).min_by_key(|(steps, _)| *steps);
        let beside = nearest.and_then(|(_, point)| placed(point));
        let texts: Vec<&str> = designs.iter().map(|(text, _)| *text).collect();
        said.push(format!(
            "Missed at {} = {}: {}.",
            key.path,
            places.of(&texts),
            cause::said(&designs, beside, places)
        ));
        said.extend(cause::step(&designs));
    }
    let limited = |(place, connections): (String, &Connections)| {
        format!(
            "{place} the pools may ask for more connections ({}) than {} takes ({}).",
            connections.asked, connections.path, connections.takes
        )
    };
    match places {
        Places::Ordered => said.extend(all.limited.iter().map(|one| {
            let (word, on) = if one.rising { ("From", " on") } else { ("Up to", "") };
            limited((format!("{word} {} = {}{on}", key.path, one.setting), &one.connections))
        })),
        Places::Listed => said.extend(short(all).into_iter().map(|(texts, connections)| {
            limited((format!("At {} = {}", key.path, places.of(&texts)), connections))
        })),
    }
    said
}

/// The points at which connections are not enough, by how many are asked for, if they are at others.
fn short(all: &Sweep) -> Vec<(Vec<&str>, &Connections)> {
    let mut short: Vec<(Vec<&str>, &Connections)> = Vec::new();
    let points = if all.limited.is_empty() { &[] } else { all.points.as_slice() };
    for (text, cause) in points.iter().filter_map(placed) {
        let Some(connections) = &cause.connections else { continue };
        match short.iter_mut().find(|known| known.1 == connections) {
            Some(known) => known.0.push(text),
            None => short.push((vec![text], connections)),
        }
    }
    short
}

fn placed(point: &Point) -> Option<Placed<'_>> {
    Some((point.settings.first()?.as_str(), point.cause.as_ref()?))
}

/// Where this is the same the same can be said.
fn kind(point: &Point) -> Option<(Option<&str>, Option<&str>)> {
    point.cause.as_ref().map(Cause::kind)
}
