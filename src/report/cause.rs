//! Why a design does what it does, in words: what is busy and what contention makes of it, or where
//! the time goes where nothing is.

use super::phrase;
use super::summary::{Number, Value};
use crate::stats::estimate::Estimate;
use crate::study::cause;
use crate::units::show;
use serde::Serialize;

/// Servers that are less in use are not what is waited for.
const BUSY: f64 = 0.5;
/// Less of the busy time is not worth a word.
const CONTENTION: f64 = 0.005;
/// A step that takes less of the time to its last execution does not explain it.
const STEP: f64 = 0.5;
/// Requests differ if the slowest tenth takes so many times as long as the median.
const SPREAD: f64 = 2.0;

/// Where utilization is that of the upper end of the band over worlds.
const IN_WORLDS: &str = " in the busiest twentieth of the worlds";

/// What is known of why a design does what it does.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cause {
    /// The busiest servers; with several worlds in the twentieth of them in which they are busiest.
    #[serde(skip)]
    pub busiest: Option<(String, f64)>,
    /// Whether there are several worlds.
    #[serde(skip)]
    pub in_worlds: bool,
    /// The cores on which work is most in the way of other work; null: none is stated.
    pub contention: Option<Contention>,
    /// Where most of the time of good answers goes, those of the objectives that are missed if some
    /// are; null: there is none.
    pub time: Option<Time>,
    /// The named step that takes longest; null: there is none.
    pub step: Option<StepTime>,
    /// A server of which the pools may ask more connections than it takes.
    pub connections: Option<Connections>,
    /// Share of the checkouts of its pools that end because it refused a connection; null: none does,
    /// or no objective is missed.
    pub refused: Option<Number>,
}

/// What contention takes of cores.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Contention {
    /// The cores.
    pub path: String,
    /// Its share of the time in which they are busy.
    pub share: Option<Value>,
}

/// Where most of the time of good answers goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Time {
    /// Place of the breakdown.
    pub place: String,
    /// Whether it is waiting there, or being served.
    pub waits: bool,
    /// Share of all their time.
    pub share: Number,
}

/// What a named step takes of the requests that execute it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct StepTime {
    /// Its path.
    pub path: String,
    /// Executions to a request.
    pub per_request: Number,
    /// Mean of one execution.
    pub elapsed_s: Number,
    /// At most so many at once; null: that differs.
    pub at_once: Option<Number>,
    /// Items to an execution at most; null: one, or that differs.
    pub batch: Option<Number>,
    /// Executions one after the other, as many at once as may be, over the mean time from the
    /// arrival to the end of the last.
    pub share: Number,
    /// 90th percentile over median of the time from the arrival to the end of the last.
    pub spread: Option<Number>,
}

/// More connections than a server takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Connections {
    /// The server.
    pub path: String,
    /// Sizes of all its pools together.
    pub asked: u64,
    /// What it takes.
    pub takes: u64,
}

impl Cause {
    /// As it is reported, with the busiest servers and their utilization.
    pub fn new(found: &cause::Cause, busiest: Option<&(String, Estimate)>) -> Self {
        // What fails in a tenth of the worlds is no matter of their median.
        let most = |of: &Estimate| if found.in_worlds { of.upper } else { of.point };
        let busiest = busiest.map(|(path, busy)| (path.clone(), most(busy)));
        let contention = |one: &cause::Contention| Contention {
            path: one.path.clone(),
            share: Some(Value::from(one.share)),
        };
        let time = |one: &cause::Time| Time {
            place: one.place.clone(),
            waits: one.waits,
            share: Number(one.share),
        };
        let step = |one: &cause::StepTime| StepTime {
            path: one.path.clone(),
            per_request: Number(one.per_request),
            elapsed_s: Number(one.elapsed),
            at_once: one.at_once.map(Number),
            batch: one.batch.map(Number),
            share: Number(one.share),
            spread: one.spread.map(Number),
        };
        Self {
            busiest,
            in_worlds: found.in_worlds,
            contention: found.contention.as_ref().map(contention),
            time: found.time.as_ref().map(time),
            step: found.step.as_ref().map(step),
            connections: found.connections.as_ref().map(Connections::new),
            refused: found.refused.map(Number),
        }
    }

    /// The servers that are busy enough to be waited for.
    pub fn busy(&self) -> Option<&str> {
        let (path, busy) = self.busiest.as_ref()?;
        (*busy >= BUSY).then_some(path.as_str())
    }

    /// The server that refuses connections, where something is missed, and the share of the checkouts
    /// that end so.
    pub fn short(&self) -> Option<(&Connections, f64)> {
        Some((self.connections.as_ref()?, self.refused?.0))
    }

    /// Designs that are alike in this are spoken of together: the server that refuses connections, and
    /// the servers that are busy.
    pub fn kind(&self) -> (Option<&str>, Option<&str>) {
        (self.short().map(|(server, _)| server.path.as_str()), self.busy())
    }

    /// What contention makes of the busy time of some servers.
    pub fn contention_of(&self, path: &str) -> Option<f64> {
        let one = self.contention.as_ref().filter(|one| one.path == path)?;
        Some(one.share?.point.0).filter(|share| *share >= CONTENTION)
    }

    /// `connections: 32 asked of database.pg, which takes 22 (1.2 % of checkouts refused)`; else
    /// `database.pg.cpu 78.6 % in use, 6.2 % of it contention`; where nothing is busy
    /// `delay 99 % of the time`.
    pub fn in_short(&self) -> Option<String> {
        if let Some((server, share)) = self.short() {
            return Some(format!(
                "connections: {} asked of {}, which takes {} ({} of checkouts refused)",
                server.asked,
                server.path,
                server.takes,
                show::percent(share)
            ));
        }
        if let (Some(path), Some((_, busy))) = (self.busy(), &self.busiest) {
            let of = |share| format!(", {} of it contention", show::percent(share));
            let contention = self.contention_of(path).map_or(String::new(), of);
            let worlds = if self.in_worlds { IN_WORLDS } else { "" };
            return Some(format!("{path} {} in use{worlds}{contention}", show::percent(*busy)));
        }
        match &self.time {
            Some(time) => {
                let waits = if time.waits { "waiting for " } else { "" };
                Some(format!("{waits}{} {} of the time", time.place, show::percent(time.share.0)))
            }
            None => self.busiest.as_ref().map(|_| "no good answer".to_owned()),
        }
    }
}

impl Connections {
    /// As it is reported.
    pub fn new(one: &cause::Connections) -> Self {
        Self { path: one.path.clone(), asked: one.asked, takes: one.takes }
    }
}

/// A design and what its key is there.
pub type Placed<'a> = (&'a str, &'a Cause);

/// What is said of designs next to each other that are alike in what is busy: without a full stop.
/// `beside` is one that meets everything, if there is one near.
pub fn said(designs: &[Placed], beside: Option<Placed>, places: Places) -> String {
    let more = [times(designs, places), never(designs, places)];
    let all = std::iter::once(first(designs, beside)).chain(more.into_iter().flatten());
    all.collect::<Vec<_>>().join("; ")
}

/// What is to blame first in designs of the same [`Cause::kind`]: that connections are refused, then
/// what is busy.
pub fn first(designs: &[Placed], beside: Option<Placed>) -> String {
    let busiest = busiest(designs, beside);
    let short: Vec<(&Connections, f64)> =
        designs.iter().filter_map(|(_, one)| one.short()).collect();
    let Some((server, _)) = short.first() else { return busiest };
    let servers: Vec<&Connections> = short.iter().map(|(one, _)| *one).collect();
    let (asked, takes) = asked_and_taken(&servers);
    let shares = spread(short.iter().map(|(_, share)| *share), show::percent);
    format!(
        "the pools may ask for {asked} connections of {}, which takes {takes} ({shares} of checkouts are \
         refused); {busiest}",
        server.path
    )
}

/// How many connections may be asked for in some designs, and how many are taken: `32 to 64`, `22`.
pub fn asked_and_taken(designs: &[&Connections]) -> (String, String) {
    let counts =
        |of: fn(&Connections) -> u64| spread(designs.iter().map(|one| of(one) as f64), show::count);
    (counts(|one| one.asked), counts(|one| one.takes))
}

/// The servers that are busiest in designs that are alike in this, and what contention makes of it.
fn busiest(designs: &[Placed], beside: Option<Placed>) -> String {
    let all = || designs.iter().filter_map(|(_, one)| one.busiest.as_ref());
    let busy = spread(all().map(|one| one.1), show::percent);
    if let Some(path) = designs.first().and_then(|(_, one)| one.busy()) {
        let mut words = format!("{path} is the busiest, {busy} in use{}", in_worlds(designs));
        let shares: Vec<f64> =
            designs.iter().filter_map(|(_, one)| one.contention_of(path)).collect();
        if !shares.is_empty() {
            let near = |(text, one): Placed| {
                let share = one.contention.as_ref().filter(|one| one.path == path)?.share?;
                Some(format!(" ({} at {text})", show::percent(share.point.0)))
            };
            let near = beside.and_then(near).unwrap_or_default();
            let shares = spread(shares.into_iter(), show::percent);
            words += &format!("; contention makes {shares} of that{near}");
        }
        words
    } else {
        let most = all().reduce(|most, next| if next.1 > most.1 { next } else { most });
        let at_most = if designs.len() > 1 { " at most" } else { "" };
        most.map_or("nothing is busy".to_owned(), |(path, busy)| {
            let busy = show::percent(*busy);
            let worlds = in_worlds(designs);
            format!("nothing is busy ({path}, the busiest, {busy} in use{at_most}{worlds})")
        })
    }
}

fn in_worlds(designs: &[Placed]) -> &'static str {
    if designs.iter().any(|(_, one)| one.in_worlds) { IN_WORLDS } else { "" }
}

/// `6.2 % to 61 %`.
fn spread(values: impl Iterator<Item = f64>, shown: impl Fn(f64) -> String) -> String {
    let (low, high) = values
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), one| (low.min(one), high.max(one)));
    let (low, high) = (shown(low), shown(high));
    if low == high { high } else { format!("{low} to {high}") }
}

/// Executions to a request are not exact where some requests are still open at the end.
fn two_digits(count: f64) -> f64 {
    if count < 10.0 {
        return (count * 10.0).round() / 10.0;
    }
    let digit = libm::pow(10.0, libm::floor(libm::log10(count)) - 1.0);
    (count / digit).round() * digit
}

/// How the values of a key at which the same can be said are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// Numbers from the smaller to the larger: `7`, `7 and 9`, `7 to 50`.
    Ordered,
    /// Texts, each of which is named: `fifo, ps and lcfs`.
    Listed,
}

impl Places {
    /// These values in words.
    pub fn of(self, texts: &[&str]) -> String {
        match (self, texts) {
            (Self::Ordered, [first, _, .., last]) => format!("{first} to {last}"),
            _ => phrase::list(&texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>()),
        }
    }
}

/// Where the time of good answers goes: neighbors with the same place together.
fn times(designs: &[Placed], places: Places) -> Option<String> {
    let timed: Vec<(&str, &Time)> =
        designs.iter().filter_map(|(text, one)| Some((*text, one.time.as_ref()?))).collect();
    let same =
        |a: &(&str, &Time), b: &(&str, &Time)| (&a.1.place, a.1.waits) == (&b.1.place, b.1.waits);
    let parts: Vec<&[(&str, &Time)]> = timed.chunk_by(same).collect();
    let part = |part: &&[(&str, &Time)]| {
        let shares = spread(part.iter().map(|(_, time)| time.share.0), show::percent);
        let time = part.first()?.1;
        let what = if time.waits { "waiting for" } else { "spent in" };
        let texts: Vec<&str> = part.iter().map(|(text, _)| *text).collect();
        let at = if parts.len() > 1 { format!(" at {}", places.of(&texts)) } else { String::new() };
        Some(format!("{shares} is {what} {}{at}", time.place))
    };
    let said: Vec<String> = parts.iter().filter_map(part).collect();
    let all = if designs.iter().any(|(_, one)| one.in_worlds) { " of all worlds" } else { "" };
    (!said.is_empty()).then(|| format!("of the time of good answers{all} {}", phrase::list(&said)))
}

/// Where there is no good answer of which the time could be told.
fn never(designs: &[Placed], places: Places) -> Option<String> {
    let without: Vec<&str> =
        designs.iter().filter(|(_, one)| one.time.is_none()).map(|(text, _)| *text).collect();
    match without.len() {
        0 => None,
        all if all == designs.len() => Some("there is no good answer".to_owned()),
        _ => Some(format!("at {} there is no good answer", places.of(&without))),
    }
}

/// The step in which requests spend their time, where nothing is busy and it is most of it.
pub fn step(designs: &[Placed]) -> Option<String> {
    if designs.iter().any(|(_, one)| one.kind() != (None, None)) {
        return None;
    }
    let steps: Vec<&StepTime> = designs.iter().filter_map(|(_, one)| one.step.as_ref()).collect();
    let first = *steps.first()?;
    let alike = |one: &&StepTime| {
        (&one.path, one.at_once, one.batch) == (&first.path, first.at_once, first.batch)
    };
    if !steps.iter().all(alike) || steps.iter().any(|one| one.share.0 < STEP) {
        return None;
    }
    let all = |of: fn(&StepTime) -> f64| steps.iter().map(move |one| of(one));
    let counts = spread(all(|one| one.per_request.0), |count| show::number(two_digits(count)));
    let about = if counts == "1" { "" } else { "about " };
    let noun = if counts == "1" { "execution" } else { "executions" };
    let times = spread(all(|one| one.elapsed_s.0), show::duration);
    let items = first
        .batch
        .map_or(String::new(), |items| format!(" of at most {} items", show::number(items.0)));
    let at_once = match first.at_once {
        _ if counts == "1" => "",
        None => "",
        Some(Number(1.0)) => ", one after the other",
        Some(Number(f64::INFINITY)) => ", all at once",
        Some(Number(limit)) => &format!(", at most {} at once", show::number(limit)),
    };
    let mut said = format!(
        "A request makes {about}{counts} {noun} of {}{items}, {times} each{at_once}: {} of the time until the \
         last",
        first.path,
        spread(all(|one| one.share.0.min(1.0)), show::percent)
    );
    let differs = steps.iter().filter_map(|one| one.spread).map(|one| one.0);
    let differs: Vec<f64> = differs.filter(|one| *one >= SPREAD).collect();
    if !differs.is_empty() {
        let times = spread(differs.into_iter(), show::number);
        said += &format!("; requests differ: one in ten takes {times} times the median or more");
    }
    Some(said + ".")
}
