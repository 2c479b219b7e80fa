//! What is reported of a forecast.

use super::behavior::Behavior;
use super::purging::Purging;
use crate::report::summary::{Number, Range, Verdict};
use serde::Serialize;

/// Version of the form of `summary.json` of a forecast.
pub const SCHEMA: u32 = 1;

/// A forecast, summarized.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Version of this form.
    pub schema: u32,
    /// `forecast`.
    pub kind: &'static str,
    /// Name of the scenario.
    pub name: String,
    /// What it is about.
    pub about: Option<String>,
    /// Where its numbers come from.
    pub sources: Vec<String>,
    /// Version of the program.
    pub version: &'static str,
    /// What a person would say first.
    pub headline: String,
    /// Date of month 0; null: even months.
    pub start: Option<String>,
    /// Whether it was stopped before all dates were simulated.
    pub partial: bool,
    /// Months of the forecast.
    pub months: u32,
    /// Worlds.
    pub worlds: u32,
    /// Seed of the worlds.
    pub seed: u64,
    /// Share of the worlds in which an objective must hold.
    pub assurance: Number,
    /// The dates that are listed.
    pub dates: Vec<Date>,
    /// The scenario as it stands, or the variant that was asked for, then the others.
    pub variants: Vec<Variant>,
    /// Objectives.
    pub objectives: Vec<Judgment>,
    /// Claims.
    pub claims: Vec<Judgment>,
    /// What is doubtful.
    pub warnings: Vec<String>,
    /// Defaults that were used: path and value.
    pub assumptions: Vec<(String, String)>,
    /// The command that gives this again.
    pub reproduce: String,
}

/// Two dates that were simulated, one after the other.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Around {
    /// The earlier one.
    pub from: Date,
    /// The later one.
    pub to: Date,
    /// Days between them.
    pub days: Number,
}

/// A date of the forecast.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Date {
    /// Months after month 0, with the part of a month that has passed.
    pub month: Number,
    /// In the calendar; null: even months.
    pub date: Option<String>,
}

/// A variant over the dates.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Variant {
    /// Its name; null: the scenario as it stands.
    pub name: Option<String>,
    /// What it is about.
    pub about: Option<String>,
    /// Inputs of the first variant to which it gives another value: name and value as written.
    pub inputs: Vec<(String, String)>,
    /// Whether it is as the first variant over the whole forecast, no amount differing by a thousandth: what it
    /// changes lies beyond the horizon, or is of no effect here.
    pub is_alike: bool,
    /// Its amounts.
    pub amounts: Vec<Amount>,
    /// When its limits are passed.
    pub crossings: Vec<Crossing>,
    /// What the simulator found; null: nothing was simulated.
    pub behavior: Option<Behavior>,
    /// Why nothing was, where there are requests; null: something was, or there is nothing to simulate.
    pub not_simulated: Option<&'static str>,
    /// The same while purges run, one after the other.
    pub purging: Vec<Purging>,
}

/// An amount over the dates.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Amount {
    /// Its path.
    pub path: String,
    /// What it measures.
    pub unit: Unit,
    /// By date.
    pub points: Vec<Spread>,
    /// At the last date: this less that of the first variant, world by world; null for the first.
    pub difference: Option<Spread>,
}

/// Units of amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A number of things.
    Count,
    /// Bytes.
    Bytes,
    /// Bytes per second.
    BytesPerSecond,
    /// Seconds.
    Seconds,
    /// Units of the currency.
    Money,
    /// Part of a whole, in 0..1.
    Share,
    /// Something else, in base units.
    Other,
}

/// Median and central bands over worlds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// Median.
    pub median: Number,
    /// Lower end of the central 50 %.
    pub lower50: Number,
    /// Upper end of the central 50 %.
    pub upper50: Number,
    /// Lower end of the central 90 %.
    pub lower90: Number,
    /// Upper end of the central 90 %.
    pub upper90: Number,
}

/// When a limit is passed. Months after month 0; infinite: not within the forecast.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Crossing {
    /// What happens.
    pub what: String,
    /// The amount or metric that passes it.
    pub path: String,
    /// Whether requests were simulated to find it: else it is one of amounts.
    pub is_of_requests: bool,
    /// The limit.
    pub limit: Number,
    /// What that measures.
    pub unit: Unit,
    /// Median over worlds.
    pub median: Number,
    /// 5 % of the worlds pass it before.
    pub lower: Number,
    /// 5 % of the worlds pass it after.
    pub upper: Number,
    /// A quarter of the worlds pass it before; null where the ends are those of luck.
    pub lower50: Number,
    /// A quarter of the worlds pass it after; likewise.
    pub upper50: Number,
    /// The same two as dates of the calendar; null where there is none.
    pub dates50: [Option<String>; 2],
    /// Until then it is not passed in the share of worlds that is asked for.
    pub assured: Number,
    /// Share of the worlds that do not pass it within the forecast.
    pub never: Number,
    /// Worlds in which too few requests were seen to tell.
    pub untold: u32,
    /// Whether lower and upper end are those of the interval that the luck of the runs leaves, in one
    /// world.
    pub is_luck: bool,
    /// The two simulated dates between which `assured` is read off the curve; null where nothing was simulated, and
    /// where it is passed from the first date on or never.
    pub around: Option<Around>,
    /// The same of the median.
    pub around_median: Option<Around>,
    /// Lower end, median, upper end and `assured` as dates of the calendar; null where there is none.
    pub dates: [Option<String>; 4],
    /// Months gained against the first variant, the median over the worlds in which either passes it;
    /// infinite: there it is not passed any more.
    pub gained: Option<Number>,
}

/// When a query is answered another way. Months after month 0; infinite: not within the forecast.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flip {
    /// The query.
    pub query: String,
    /// The way before.
    pub from: String,
    /// The way from then on.
    pub to: String,
    /// Median over worlds.
    pub median: Number,
    /// In 5 % of the worlds it is earlier.
    pub lower: Number,
    /// In 5 % of the worlds it is later.
    pub upper: Number,
    /// Share of the worlds in which it does not happen.
    pub never: Number,
    /// Lower end, median and upper end as dates of the calendar; null where there is none.
    pub dates: [Option<String>; 3],
}

/// An objective or a claim with its verdict.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judgment {
    /// Its name or id.
    pub name: String,
    /// The statement in words.
    pub says: Option<String>,
    /// The condition as written.
    pub that: String,
    /// The variant on which it was judged; null: the first.
    pub variant: Option<String>,
    /// What was concluded.
    pub verdict: Verdict,
    /// Share of the worlds in which it holds; of an objective without a date, at all dates.
    pub holds: Number,
    /// Of an objective without a date that is not met: from when on it fails in more worlds than the
    /// assurance allows; null where that does not happen.
    pub fails_from: Option<Date>,
    /// Of a claim that holds in some worlds only: for which values of an input it does; null where no
    /// single input is shown to decide it.
    pub holds_where: Option<HoldsWhere>,
    /// Of what cannot be told: why.
    pub because: Option<String>,
    /// Its comparisons.
    pub parts: Vec<Part>,
}

/// The values of an input for which a claim holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HoldsWhere {
    /// Up to which value, or from which on.
    #[serde(flatten)]
    pub range: Range,
    /// Share of the worlds with such values in which it holds.
    pub inside: Number,
    /// Share of the other worlds in which it does.
    pub outside: Number,
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// As written.
    pub text: String,
    /// The left side; null where it is not a number.
    pub found: Option<Spread>,
    /// What that is compared with, where it is no plain number: of `in A..B` both.
    pub against: Vec<Spread>,
    /// Those sides as written, if one of them is worked out of something, such as `50% * M`; else none.
    #[serde(skip)]
    pub worked_out: Vec<String>,
    /// Of an objective without a date: the date of which that is, the one at which it looks worst.
    pub date: Option<Date>,
    /// What it measures.
    pub unit: Unit,
    /// Share of the worlds in which it holds.
    pub holds: Number,
}
