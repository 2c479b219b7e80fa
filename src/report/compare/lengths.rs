//! How far designs were run alike, and how far as each would be alone.

use super::gather::called;
use crate::report::phrase;
use crate::report::summarize::facts;
use crate::report::summary::Saved;
use crate::study::{Ran, compare};
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

/// What speaks against holding a saved summary against the designs that were run.
pub fn saved((saved, known): &(Saved, compare::Saved), first: &Ran) -> Vec<String> {
    let now = facts::run(&first.model, &first.ensemble, "");
    let (then, name) = (&saved.run, &known.name);
    let mut warnings = Vec::new();
    if then.kind != now.kind {
        let kinds = (&then.kind, &now.kind);
        warnings.push(format!("{name} is of a {} run, the others are {}", kinds.0, kinds.1));
    }
    if then.duration_s != now.duration_s {
        warnings.push(format!(
            "runs of {name} measured {}, the others {}: what grows with time differs for that alone",
            show::duration(then.duration_s.0),
            show::duration(now.duration_s.0)
        ));
    }
    if (then.worlds > 1) != (now.worlds > 1) {
        let (has, have) =
            if then.worlds > 1 { ("has", "have none") } else { ("has no", "have some") };
        warnings.push(format!("{name} {has} uncertain inputs, the others {have}"));
    }
    warnings
}

/// Designs that know all their inputs among designs that do not: what their bands are.
pub fn certain(ran: &[Ran]) -> Option<String> {
    let is_among = |one: &&Ran| one.ensemble.worlds.len() > 1 && !one.model.is_uncertain();
    let names: Vec<String> =
        ran.iter().filter(is_among).map(|one| called(one.name.as_deref())).collect();
    let each = ran.iter().find(is_among)?.ensemble.per_world;
    let (has, its) =
        if names.len() == 1 { ("has", "its band is") } else { ("have", "their bands are") };
    Some(format!(
        "{} {has} no uncertain inputs, and {} in each of the worlds that the others need: {its} the luck \
         of so few runs, and where a world has too few samples for a percentile there is no value.",
        phrase::list(&names),
        phrase::counted(u64::from(each), "replication")
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
