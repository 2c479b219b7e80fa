//! How far designs were run alike, and how far as each would be alone.

use super::gather::called;
use crate::report::phrase;
use crate::study::Ran;
use crate::units::show;
use crate::units::time::ns_to_seconds;

/// What a design records: from where on, how long, and how it ends.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Recorded {
    warm_up: u64,
    duration: u64,
    drained: bool,
    is_steady: bool,
}

impl Recorded {
    fn of(ran: &Ran) -> Self {
        let schedule = &ran.ensemble.plan().schedule;
        Self {
            warm_up: ran.ensemble.warm_up.ns(),
            duration: schedule.duration,
            drained: schedule.drained,
            is_steady: ran.ensemble.steady,
        }
    }

    fn words(self) -> String {
        let time = |ns: u64| show::duration(ns_to_seconds(ns));
        let kind = if self.is_steady { "a steady state" } else { "from a start to an end" };
        let after =
            if self.warm_up > 0 { format!(" after {}", time(self.warm_up)) } else { String::new() };
        let drained = if self.drained { ", and until all requests are finished" } else { "" };
        format!("{kind}, {}{after}{drained}", time(self.duration))
    }
}

/// A warning where designs record different stretches of time: then they differ by that too.
pub fn unlike(ran: &[Ran]) -> Option<String> {
    let mut kinds: Vec<(Recorded, Vec<String>)> = Vec::new();
    for one in ran.iter().filter(|one| !one.ensemble.rows.is_empty()) {
        let (recorded, name) = (Recorded::of(one), called(one.name.as_deref()));
        match kinds.iter_mut().find(|known| known.0 == recorded) {
            Some(known) => known.1.push(name),
            None => kinds.push((recorded, vec![name])),
        }
    }
    if kinds.len() < 2 {
        return None;
    }
    let one = |(recorded, names): &(Recorded, Vec<String>)| {
        format!("{}: {}", phrase::list(names), recorded.words())
    };
    let said: Vec<String> = kinds.iter().map(one).collect();
    Some(format!(
        "the designs are not run alike, and differ by that too: {}; the same requests are recorded in \
         each only as far as these agree",
        said.join("; ")
    ))
}

/// For which designs `run` gives other numbers, and why.
pub fn alone(ran: &[Ran]) -> Option<String> {
    let other = |one: &Ran| {
        let (ensemble, alone) = (&one.ensemble, one.alone?);
        let warm_up = alone.warm_up != ensemble.warm_up.ns();
        let runs = ensemble.partial.is_none() && alone.per_world != ensemble.per_world;
        let cut = format!("{} of warm-up", show::duration(ns_to_seconds(alone.warm_up)));
        let made = phrase::counted(u64::from(alone.per_world), "replication");
        let how: Vec<String> =
            [warm_up.then_some(cut), runs.then_some(made)].into_iter().flatten().collect();
        let name = called(one.name.as_deref());
        (!how.is_empty()).then(|| format!("{name} has {} there", phrase::list(&how)))
    };
    let others: Vec<String> = ran.iter().filter_map(other).collect();
    if others.is_empty() {
        return None;
    }
    Some(format!(
        "All designs have the longest warm-up and the fewest replications that any of them needs; `run` \
         of one of them alone gives slightly other numbers: {}.",
        others.join("; ")
    ))
}
