//! What an explanation says in a sentence or two.

use super::facts::{ChangeFacts, Explained, WayFacts};
use super::gather::CLEARLY_FASTER;
use crate::units::show;

/// How a read is answered, and which index would help most.
pub fn headline(all: &Explained) -> String {
    let (Some(way), Some(time)) = (all.ways.first(), all.times.first()) else {
        return String::new();
    };
    let network = match time.network_s.0 {
        none if none <= 0.0 => String::new(),
        some => format!(", and {} of network", show::duration(some)),
    };
    let mut text = format!(
        "query.{} {}: {} with everything in memory, {} with nothing, on an idle server{network}.",
        all.query,
        way.words,
        show::duration(way.warm_s.0),
        show::duration(way.cold_s.0)
    );
    if let Some(best) = best(all, way) {
        text += &format!(
            " With `{}` ({}) it is {}; an insert then takes {} more of CPU.",
            best.what,
            show::bytes(best.bytes.0),
            both(way, best),
            show::duration(best.insert_s.0)
        );
    }
    text
}

/// The new index that helps most where everything is in memory, else where nothing is.
fn best<'a>(all: &'a Explained, way: &WayFacts) -> Option<&'a ChangeFacts> {
    let mut new = all.changes.iter().filter(|change| change.what.starts_with("create"));
    // They are in the order of their times in memory.
    let warm = new.clone().next().filter(|one| one.warm_s.0 < CLEARLY_FASTER * way.warm_s.0);
    let colder = |one: &&ChangeFacts| {
        one.cold_s.0 < CLEARLY_FASTER * way.cold_s.0 && one.warm_s.0 <= way.warm_s.0
    };
    warm.or_else(|| new.find(colder))
}

/// `3 times faster in memory and twice as slow from the disk`.
fn both(way: &WayFacts, change: &ChangeFacts) -> String {
    let warm = times_less(way.warm_s.0, change.warm_s.0);
    let cold = times_less(way.cold_s.0, change.cold_s.0);
    let against = change.cold_s.0 > way.cold_s.0 / CLEARLY_FASTER;
    let word = if against { "but" } else { "and" };
    format!("{warm} in memory {word} {cold} from the disk")
}

/// How many times less, in words: `120 times faster`.
fn times_less(before: f64, after: f64) -> String {
    if after <= 0.0 || before <= 0.0 {
        return "as fast".to_owned();
    }
    let ratio = before / after;
    if ratio >= 1.05 {
        return format!("{} times faster", show::number(ratio));
    }
    if ratio <= 1.0 / 1.05 {
        return format!("{} times slower", show::number(1.0 / ratio));
    }
    "as fast".to_owned()
}
