//! Why objectives are missed over the range of a key: one sentence for neighbors that are alike.

use super::facts::{Point, Sweep};
use crate::report::cause::{self, Cause, Placed};

/// What makes objectives be missed, and where connections begin not to be enough.
pub fn cliffs(all: &Sweep) -> Vec<String> {
    let Some(key) = all.keys.first() else { return Vec::new() };
    let missed = |point: &Point| point.objectives.1 > 0;
    let cause = |point: &Point| point.cause.clone().unwrap_or_default();
    let alike = |a: &Point, b: &Point| missed(a) == missed(b) && is_alike(&cause(a), &cause(b));
    let mut said = Vec::new();
    let mut before = 0;
    for stretch in all.points.chunk_by(alike) {
        let from = before;
        before += stretch.len();
        let designs: Vec<Placed> = stretch.iter().filter_map(placed).collect();
        if !stretch.first().is_some_and(missed) || designs.is_empty() {
            continue;
        }
        // The nearest on either side that is shown to miss nothing.
        let met = |point: &&Point| matches!(point.objectives, (1.., 0, 0));
        let left = all.points[..from].iter().rev().find(met);
        let right = || all.points[before..].iter().find(met);
        let beside = left.or_else(right).and_then(placed);
        let texts: Vec<&str> = designs.iter().map(|(text, _)| *text).collect();
        said.push(format!(
            "Missed at {} = {}: {}.",
            key.path,
            cause::places(&texts),
            cause::said(&designs, beside)
        ));
        said.extend(cause::step(&designs));
    }
    for limited in &all.limited {
        let (word, on) = if limited.rising { ("From", " on") } else { ("Up to", "") };
        said.push(format!(
            "{word} {} = {}{on} the pools may ask for more connections ({}) than {} takes ({}).",
            key.path,
            limited.setting,
            limited.connections.asked,
            limited.connections.path,
            limited.connections.takes
        ));
    }
    said
}

fn placed(point: &Point) -> Option<Placed<'_>> {
    Some((point.settings.first()?.as_str(), point.cause.as_ref()?))
}

/// Whether the same can be said of both: the same servers are busy, or none are.
fn is_alike(one: &Cause, other: &Cause) -> bool {
    one.busy() == other.busy()
}
