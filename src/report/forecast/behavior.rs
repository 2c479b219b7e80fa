//! What a forecast reports of the simulator at its dates: a sweep over the month, and when ways to
//! answer a query flip.

use super::rules;
use super::summary::{Around, Crossing, Flip, Summary, Unit, Variant};
use super::words;
use crate::access::stored::Stored;
use crate::access::ways::Ways;
use crate::growth::calendar::{Calendar, DAY};
use crate::model::{Model, Read};
use crate::plot::axis::Quantity;
use crate::plot::curve::{
    CurveCrossing, CurveData, CurveLimit, CurveLine, CurvePanel, CurvePoint, curve,
};
use crate::report::charts::Chart;
use crate::report::explain::words::Named;
use crate::report::phrase::counted;
use crate::report::summary::{self as measured, Number};
use crate::report::sweep::facts::{Key, Metric, Point, Sweep};
use crate::report::sweep::{charts, gather, render};
use crate::report::table::{Cell, Table};
use crate::study::ageing::{self, Aged};
use crate::study::sweep;
use crate::units::show;
use serde::Serialize;

/// File of the chart.
pub const FILE: &str = "behavior.svg";
/// Variants in the chart, beside the first.
const VARIANTS: usize = 3;
/// Where the first limit is passed, or the first curve ends in what is never answered, within this part
/// of the horizon, a linear axis would hide the way there.
const EARLY: f64 = 0.1;

/// What the simulator found at dates of the forecast.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Behavior {
    /// Worlds of each date.
    pub worlds: u32,
    /// Replications per world.
    pub replications: u32,
    /// Confidence of the intervals of one world.
    pub confidence: Number,
    /// What was measured.
    pub metrics: Vec<Metric>,
    /// By date: the setting is the date, its value the month.
    pub points: Vec<Point>,
    /// Queries that are answered another way from some date on.
    pub flips: Vec<Flip>,
}

/// Names a way as PostgreSQL does.
pub fn name(model: &Model, read: &Read, tables: &[Stored], ways: &Ways) -> String {
    let inner = read.join.map(|join| join.table);
    let named = Named::of(model, read.table, inner, tables[read.table].pieces);
    named.access(&ways.chosen().path)
}

fn dated(calendar: &Calendar, month: f64) -> Option<String> {
    words::month(calendar, month)?.date
}

/// From what was found to what is reported.
pub fn gather(aged: &Aged, calendar: &Calendar) -> Behavior {
    let sweep = &aged.sweep;
    let month = |one: &sweep::Point| one.settings.first().and_then(|one| one.value);
    // Days for all, where one is not the beginning of a month.
    let with_days = sweep.points.iter().filter_map(month).any(|month| !words::begins(month));
    let point = |one| {
        let mut point = gather::point(one);
        let month = month(one).unwrap_or_default();
        let date = dated(calendar, month);
        point.cause = None;
        point.verdicts.clear();
        point.settings = vec![match date {
            Some(date) if with_days => date,
            date => words::date(month, date.as_ref()),
        }];
        point
    };
    Behavior {
        worlds: sweep.worlds,
        replications: sweep.per_world,
        confidence: Number(sweep.confidence),
        metrics: (0..sweep.metrics.len()).map(|at| gather::metric(sweep, at)).collect(),
        points: sweep.points.iter().map(point).collect(),
        flips: aged.flips.iter().map(|one| flip(one, calendar)).collect(),
    }
}

fn flip(one: &ageing::Flip, calendar: &Calendar) -> Flip {
    let months = [0.5, 0.05, 0.95].map(|q| one.quantile(q));
    Flip {
        query: one.query.clone(),
        from: one.from.clone(),
        to: one.to.clone(),
        median: Number(months[0]),
        lower: Number(months[1]),
        upper: Number(months[2]),
        never: Number(one.never()),
        dates: [months[1], months[0], months[2]].map(|month| dated(calendar, month)),
    }
}

/// The simulated dates on both sides of a month.
fn around(crossing: &ageing::Crossing, calendar: &Calendar, q: f64) -> Option<Around> {
    let (from, to) = crossing.around(q)?;
    // Of even months a part of a day; what is less is rounding.
    let days = libm::round((calendar.time(to) - calendar.time(from)) / DAY * 1e4) / 1e4;
    let [from, to] = [from, to].map(|month| words::month(calendar, month));
    Some(Around { from: from?, to: to?, days: Number(days) })
}

/// When objectives fail and servers fill up; with what is gained against the first variant.
pub fn crossings(
    aged: &Aged,
    first: Option<&Aged>,
    (calendar, assurance): (&Calendar, f64),
) -> Vec<Crossing> {
    let one = |crossing: &ageing::Crossing| {
        let metric = gather::metric(&aged.sweep, crossing.metric);
        let (lower, upper) =
            crossing.luck.unwrap_or((crossing.quantile(0.05), crossing.quantile(0.95)));
        let assured = crossing.assured(assurance);
        let months = [lower, crossing.quantile(0.5), upper, assured];
        // In one world the interval is that of luck, of which only the ends are known.
        let half = match crossing.luck {
            Some(_) => [f64::NAN; 2],
            None => [0.25, 0.75].map(|q| crossing.quantile(q)),
        };
        let others = first
            .and_then(|first| first.crossings.iter().find(|other| other.what == crossing.what));
        Crossing {
            what: crossing.what.clone(),
            path: metric.metric,
            is_of_requests: true,
            limit: Number(crossing.limit),
            unit: match metric.unit {
                measured::Unit::Seconds => Unit::Seconds,
                measured::Unit::Share => Unit::Share,
                measured::Unit::Count => Unit::Count,
                _ => Unit::Other,
            },
            median: Number(months[1]),
            lower: Number(lower),
            upper: Number(upper),
            lower50: Number(half[0]),
            upper50: Number(half[1]),
            dates50: half.map(|month| dated(calendar, month)),
            assured: Number(assured),
            never: Number(crossing.never()),
            untold: crossing.untold() as u32,
            is_luck: crossing.luck.is_some(),
            around: around(crossing, calendar, 1.0 - assurance),
            around_median: around(crossing, calendar, 0.5),
            dates: months.map(|month| dated(calendar, month)),
            gained: others.and_then(|other| gained(&crossing.months, &other.months)),
        }
    };
    aged.crossings.iter().map(one).collect()
}

/// Months between two crossings, the median over the worlds in which either happens: infinite if in
/// most of them only the other one does.
pub fn gained(here: &[f64], there: &[f64]) -> Option<Number> {
    let pairs = here.iter().zip(there);
    let told = pairs.filter(|(here, there)| !here.is_nan() && !there.is_nan());
    let either = told.filter(|(here, there)| here.is_finite() || there.is_finite());
    let mut gained: Vec<f64> = either.map(|(here, there)| here - there).collect();
    gained.sort_by(f64::total_cmp);
    let median = crate::stats::worlds::order_statistic(&gained, 0.5);
    (!gained.is_empty()).then_some(Number(median))
}

/// What was simulated, in a clause.
pub fn said(behavior: &Behavior) -> String {
    let dates = counted(behavior.points.len() as u64, "date");
    let runs = counted(u64::from(behavior.replications), "replication");
    let worlds = counted(u64::from(behavior.worlds), "world");
    let of = if behavior.worlds > 1 { format!("{worlds} of {runs}") } else { runs };
    format!("requests simulated at {dates}, {of} each")
}

/// A row per date.
pub fn table(behavior: &Behavior) -> Table {
    let mut table = render::points("Behavior over time", "", &behavior.metrics, &behavior.points);
    table.elsewhere = "forecast.json";
    let within = match behavior.worlds {
        1 => format!("  {} interval", show::percent(behavior.confidence.0)),
        _ => "  central 90 %".to_owned(),
    };
    for details in table.rows.iter_mut().filter(|row| row.is_detail) {
        details.cells[0] = Cell::Detail(within.clone());
    }
    table
}

/// A row per flip.
pub fn flips(behavior: &Behavior) -> Table {
    let heads = ["query", "from", "to", "median", "5 % before", "5 % after", "never"];
    let mut table = Table::new("Other ways to answer", &heads);
    table.spare = vec!["5 % before", "5 % after", "never"];
    for one in &behavior.flips {
        let when =
            |month: f64, at: usize| Cell::Measure(words::date(month, one.dates[at].as_ref()));
        table.row(vec![
            Cell::text(&one.query),
            Cell::prose(&one.from),
            Cell::prose(&one.to),
            when(one.median.0, 1),
            when(one.lower.0, 0),
            when(one.upper.0, 2),
            Cell::Measure(show::percent(one.never.0)),
        ]);
    }
    table.drop_empty_columns();
    table
}

/// Adds the limits of a metric, and the dates at which they are passed.
fn mark(panel: &mut CurvePanel, main: &Variant, assurance: f64) {
    for one in main.crossings.iter().filter(|one| one.path == panel.title) {
        panel
            .limits
            .push(CurveLimit { name: words::amount(one.limit.0, one.unit), y: one.limit.0 });
        let date = |month: f64, at: usize| words::date(month, one.dates[at].as_ref());
        let [lower, upper] =
            [(one.lower.0, 0), (one.upper.0, 2)].map(|(month, at)| date(month, at));
        let interval = format!(" ({lower}\u{2013}{upper})");
        let mut add = |name: String, (x, at): (f64, usize), with_interval: bool| {
            let mut said = date(x, at);
            let (mut lower, mut upper) = (f64::NAN, f64::NAN);
            if with_interval {
                said += &interval;
                (lower, upper) = (one.lower.0, one.upper.0);
            }
            panel.crossings.push(CurveCrossing { name, x, lower, upper, said: Some(said) });
        };
        if one.is_luck || one.lower == one.upper {
            add(one.what.clone(), (one.median.0, 1), lower != upper);
            continue;
        }
        let share = show::percent(1.0 - assurance);
        // The interval stands with the median, or where most worlds never cross with the first share.
        let with_median = one.median.0.is_finite();
        if one.assured.0 < one.median.0 {
            add(format!("in {share} of worlds"), (one.assured.0, 3), !with_median);
        }
        if with_median {
            add("in 50 % of worlds".to_owned(), (one.median.0, 1), true);
        }
    }
}

/// Until when the first limit of requests holds, in a sentence.
fn finding(main: &Variant, assurance: f64) -> String {
    let of_runs = |one: &&Crossing| one.is_of_requests;
    let crossings = main.crossings.iter().filter(of_runs);
    let first = crossings.min_by(|a, b| a.assured.0.total_cmp(&b.assured.0));
    let Some(one) = first.filter(|one| one.assured.0.is_finite()) else {
        return "No limit is passed.".to_owned();
    };
    let when = words::date(one.assured.0, one.dates[3].as_ref());
    if one.is_luck || one.lower == one.upper {
        return format!("{} from {when} on.", one.what);
    }
    let share = show::percent(1.0 - assurance);
    let never = show::percent(one.never.0);
    format!("{}: in {share} of the worlds from {when} on, in {never} never.", one.what)
}

/// What bands and shades are.
fn legend(behavior: &Behavior) -> String {
    if behavior.worlds > 1 {
        return format!(
            " Lines: medians; bands and shade: the central 90 % of {} worlds.",
            show::count(f64::from(behavior.worlds))
        );
    }
    let confidence = show::percent(behavior.confidence.0);
    format!(" Bands and shade: {confidence} intervals of the luck of the runs.")
}

/// The first month after the start at which a limit is passed or a line ends in what is never answered;
/// infinite if there is none.
fn first_event(panels: &[CurvePanel]) -> f64 {
    let crossings = panels.iter().flat_map(|panel| &panel.crossings).map(|crossing| crossing.x);
    let points = panels.iter().flat_map(|panel| &panel.lines).flat_map(|line| &line.points);
    let never = points.filter(|point| point.y == f64::INFINITY).map(|point| point.x);
    crossings.chain(never).filter(|x| *x > 0.0).fold(f64::INFINITY, f64::min)
}

/// Gives the beginning the room that its events need.
fn widen_beginning(data: &mut CurveData, summary: &Summary) {
    if first_event(&data.panels) < EARLY * f64::from(summary.months) {
        data.log = true;
        data.key = match &summary.start {
            Some(start) => format!("time after {start} (logarithmic)"),
            None => "time (logarithmic)".to_owned(),
        };
    }
}

/// Latency and utilization over the months, with the limits of objectives and where they are crossed;
/// some variants beside it.
pub fn chart(summary: &Summary, x_title: &str) -> Option<Chart> {
    let (main, assurance) = (summary.variants.first()?, summary.assurance.0);
    let behavior = main.behavior.as_ref()?;
    let sweep = |behavior: &Behavior| Sweep {
        keys: vec![Key { path: x_title.to_owned(), log: false }],
        metrics: behavior.metrics.clone(),
        points: behavior.points.clone(),
        worlds: behavior.worlds,
        confidence: behavior.confidence,
        ..Sweep::default()
    };
    let mut data: CurveData = charts::curves(&sweep(behavior));
    let last = data.panels.len().saturating_sub(1);
    let is_judged = |title: &str| main.crossings.iter().any(|one| one.path == title);
    let mut at = 0;
    data.panels.retain(|panel| {
        at += 1;
        at == 1 || at == last + 1 || is_judged(&panel.title)
    });
    for panel in &mut data.panels {
        mark(panel, main, assurance);
    }
    "Behavior over time".clone_into(&mut data.title);
    data.finding = finding(main, assurance) + &legend(behavior);
    data.x = Quantity::Months;
    let beside: Vec<(&Option<String>, &Behavior)> = rules::telling(summary, VARIANTS)
        .into_iter()
        .filter_map(|other| Some((&other.name, other.behavior.as_ref()?)))
        .collect();
    // The last panel has a line for each of the busiest servers, of the first variant.
    let metrics = data.panels.len().saturating_sub(1);
    for panel in &mut data.panels[..metrics] {
        if let (Some(line), false) = (panel.lines.first_mut(), beside.is_empty()) {
            line.name = main.name.clone().unwrap_or_else(|| "as it stands".to_owned());
        }
    }
    for (name, behavior) in beside {
        let other = charts::curves(&sweep(behavior));
        for panel in &mut data.panels[..metrics] {
            let same = other.panels.iter().find(|one| one.title == panel.title);
            if let Some(line) = same.and_then(|one| one.lines.first()) {
                let name = name.clone().unwrap_or_else(|| "as it stands".to_owned());
                let bare =
                    |point: &CurvePoint| CurvePoint { lower: f64::NAN, upper: f64::NAN, ..*point };
                let points = line.points.iter().map(bare).collect();
                panel.lines.push(CurveLine { name, points });
            }
        }
    }
    widen_beginning(&mut data, summary);
    Some(Chart { file: FILE, svg: curve(&data) })
}
