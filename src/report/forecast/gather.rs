//! From a forecast to its summary.

use super::behavior;
use super::judged::{self, Found};
use super::summary::{Amount, Crossing, Judgment, SCHEMA, Spread, Summary, Unit, Variant};
use super::{alike, purges, purging, words};
use crate::model::{Claim, Model, Objective};
use crate::report::phrase::list;
use crate::report::summary::Number;
use crate::stats::worlds::order_statistic;
use crate::study::ageing::Aged;
use crate::study::forecast::crossing::{self, crossings};
use crate::study::forecast::{Course, Forecast, Series, Step};
use crate::units::show;

/// What a summary is made of.
pub struct Study<'a> {
    /// The models, in the order of the forecast's courses.
    pub models: &'a [(Option<String>, Model)],
    /// The forecast.
    pub forecast: &'a Forecast,
    /// What the simulator found, in the same order; `None`: nothing was simulated.
    pub aged: &'a [Option<Aged>],
    /// Why nothing was, likewise, where there were requests.
    pub skipped: Vec<Option<&'static str>>,
    /// What was found of the objectives and claims of the first model, in order.
    pub judged: Judged<'a>,
    /// Months of the forecast, and the step between listed dates.
    pub months: (u32, Step),
    /// Seed of the worlds.
    pub seed: u64,
    /// What is doubtful.
    pub warnings: Vec<String>,
    /// The command that gives this again.
    pub reproduce: String,
    /// It was interrupted.
    pub partial: bool,
}

/// Objectives and claims, each with what was found of it.
pub type Judged<'a> = (Vec<(&'a Objective, Found)>, Vec<(&'a Claim, Found)>);

/// Summarizes.
pub fn summarize(study: &Study<'_>) -> Summary {
    let (_, main) = &study.models[0];
    let forecast = study.forecast;
    let (months, step) = study.months;
    let calendar = &forecast.calendar;
    let listed = step.dates(calendar, months);
    let date = |at: &f64| words::day(calendar, *at);
    let places: Vec<usize> = listed.iter().map(|at| forecast.index(*at)).collect();
    let first = forecast.courses.first();
    let all = study.models.iter().zip(&forecast.courses).enumerate();
    let mut variants: Vec<Variant> = all
        .map(|(index, ((name, model), course))| {
            let first = first.filter(|_| index > 0);
            let assurance = main.run.assurance;
            let mut crossings = dated(forecast, course, model, first.zip(Some(main)));
            let aged = |index: usize| study.aged.get(index).and_then(Option::as_ref);
            let here = aged(index);
            let before = aged(0).filter(|_| index > 0);
            crossings.extend(here.map_or(Vec::new(), |here| {
                behavior::crossings(here, before, (&forecast.calendar, assurance))
            }));
            let amounts = amounts(course, &places, first);
            let over = (calendar, assurance);
            Variant {
                name: name.clone(),
                about: about(main, name.as_deref()),
                inputs: alike::other_inputs(model, main),
                is_alike: false,
                purging: here
                    .map_or(Vec::new(), |here| purging::gather(here, model, &amounts, over)),
                amounts,
                crossings,
                not_simulated: study.skipped.get(index).copied().flatten(),
                behavior: here.map(|here| behavior::gather(here, &forecast.calendar)),
            }
        })
        .collect();
    alike::mark(&mut variants, &forecast.courses);
    let mut summary = Summary {
        schema: SCHEMA,
        kind: "forecast",
        name: main.name.clone(),
        about: main.about.clone(),
        sources: main.sources.clone(),
        version: env!("CARGO_PKG_VERSION"),
        headline: String::new(),
        start: main.outlook.start.and_then(|_| date(&0.0)?.date),
        partial: study.partial,
        months,
        worlds: forecast.worlds,
        seed: study.seed,
        assurance: Number(main.run.assurance),
        dates: listed.iter().filter_map(date).collect(),
        variants,
        objectives: all_objectives(study),
        claims: judged::claims(&study.judged.1, calendar, main.run.assurance),
        warnings: study.warnings.clone(),
        assumptions: assumptions(main),
        reproduce: study.reproduce.clone(),
    };
    summary.warnings.extend(purges::warnings(&summary));
    summary.warnings.extend(purging::warnings(&summary));
    summary.headline = headline(&summary, unharmed(study));
    summary
}

fn about(main: &Model, name: Option<&str>) -> Option<String> {
    let name = name?;
    main.variants.iter().find(|variant| variant.name == name)?.about.clone()
}

/// What a forecast reads of the defaults: those of tables, storages, prices and data.
fn assumptions(model: &Model) -> Vec<(String, String)> {
    let read = |path: &str| {
        ["table.", "storage.", "price."].iter().any(|start| path.starts_with(start))
            || path.ends_with(".disk.bandwidth")
            || [".backup.every", ".backup.replay"].iter().any(|end| path.ends_with(end))
            || path.ends_with("mean rate over a week")
    };
    let known = model.assumptions.iter().filter(|one| read(&one.path));
    known.map(|one| (one.path.clone(), one.value.clone())).collect()
}

fn quantiles(values: &[f64]) -> Spread {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |q: f64| Number(order_statistic(&sorted, q));
    Spread {
        median: at(0.5),
        lower50: at(0.25),
        upper50: at(0.75),
        lower90: at(0.05),
        upper90: at(0.95),
    }
}

/// Amounts that are something at some date.
fn amounts(course: &Course, places: &[usize], first: Option<&Course>) -> Vec<Amount> {
    let is_something = |series: &&Series| {
        let limit = ["cache", "disk"].contains(&words::last(&series.path));
        !limit
            && places.iter().any(|at| series.values[*at].iter().any(|v| *v != 0.0 && !v.is_nan()))
    };
    let one = |series: &Series| {
        let last = places.last().copied().unwrap_or(0);
        let other = first.and_then(|first| first.get(&series.path));
        let difference = other.map(|other| {
            let pairs = series.values[last].iter().zip(&other.values[last]);
            quantiles(&pairs.map(|(here, there)| here - there).collect::<Vec<_>>())
        });
        Amount {
            path: series.path.clone(),
            unit: Unit::of(series.dimension),
            points: places.iter().map(|at| quantiles(&series.values[*at])).collect(),
            difference,
        }
    };
    course.series.iter().filter(is_something).map(one).collect()
}

fn dated(
    forecast: &Forecast,
    course: &Course,
    model: &Model,
    first: Option<(&Course, &Model)>,
) -> Vec<Crossing> {
    let others =
        first.map(|(course, model)| crossings(forecast, course, model)).unwrap_or_default();
    let calendar = &forecast.calendar;
    let one = |crossing: crossing::Crossing| {
        let assured = 1.0 - model.run.assurance;
        let quantiles = [0.05, 0.5, 0.95, assured].map(|q| crossing.quantile(q));
        let half = [0.25, 0.75].map(|q| crossing.quantile(q));
        let months = |time: f64| if time.is_finite() { calendar.months(time) } else { time };
        let date =
            |time: f64| calendar.date(time).filter(|_| time.is_finite()).map(|d| d.to_string());
        let other = others.iter().find(|other| other.what == crossing.what);
        let gained = other.and_then(|other| {
            let all = |dates: &[f64]| dates.iter().map(|date| months(*date)).collect::<Vec<f64>>();
            behavior::gained(&all(&crossing.dates), &all(&other.dates))
        });
        let unit =
            course.get(&crossing.path).map_or(Unit::Other, |series| Unit::of(series.dimension));
        Crossing {
            what: crossing.what.clone(),
            path: crossing.path.clone(),
            is_of_requests: false,
            limit: Number(crossing.limit),
            unit,
            median: Number(months(quantiles[1])),
            lower: Number(months(quantiles[0])),
            upper: Number(months(quantiles[2])),
            lower50: Number(months(half[0])),
            upper50: Number(months(half[1])),
            dates50: half.map(date),
            assured: Number(months(quantiles[3])),
            never: Number(crossing.never()),
            untold: 0,
            is_luck: false,
            around: None,
            around_median: None,
            dates: quantiles.map(date),
            gained,
        }
    };
    crossings(forecast, course, model).into_iter().map(one).collect()
}

/// What a person would say first: the largest table, the storage, the first limit, the money.
fn headline(summary: &Summary, unharmed: Option<f64>) -> String {
    let Some(main) = summary.variants.first() else { return String::new() };
    let after = words::months(summary.months);
    let last = |path: &str| {
        let amount = main.amounts.iter().find(|amount| amount.path == path)?;
        Some((*amount.points.last()?, amount.unit))
    };
    let largest = |start: &str, end: &str| {
        let of = |path: &str| {
            path.starts_with(start) && path.ends_with(end) && path.matches('.').count() == 2
        };
        let all = main.amounts.iter().filter(|amount| of(&amount.path));
        all.max_by(|a, b| {
            let end = |amount: &Amount| amount.points.last().map_or(0.0, |point| point.median.0);
            end(a).total_cmp(&end(b))
        })
    };
    let mut said = Vec::new();
    if let Some(bytes) = largest("table.", ".bytes") {
        let path = bytes.path.trim_end_matches(".bytes");
        if let (Some(rows), Some(bytes)) = (last(&format!("{path}.rows")), last(&bytes.path)) {
            said.push(format!(
                "{path} has {} rows, {} with indexes",
                words::spread(&rows.0, rows.1),
                words::spread(&bytes.0, bytes.1)
            ));
        }
    }
    if let Some(bytes) = largest("storage.", ".bytes") {
        let path = bytes.path.trim_end_matches(".bytes").to_owned();
        if let Some(bytes) = last(&bytes.path) {
            said.push(format!("{path} holds {}", words::spread(&bytes.0, bytes.1)));
        }
    }
    let mut sentence = if said.is_empty() {
        format!("{} over {after}.", summary.name)
    } else {
        format!("After {after} {}.", list(&said))
    };
    let passed = main.crossings.iter().filter(|crossing| crossing.assured.0.is_finite());
    if let Some(crossing) = passed.min_by(|a, b| a.assured.0.total_cmp(&b.assured.0)) {
        sentence += &first_limit(crossing, summary);
    } else {
        sentence += &nothing_fails(summary, unharmed);
    }
    if let (Some(month), Some(total)) = (last("cost.month"), last("cost.total")) {
        sentence += &format!(
            " The last month costs {}, all {} together {}.",
            words::spread(&month.0, month.1),
            summary.months,
            words::spread(&total.0, total.1)
        );
    }
    sentence
}

/// Objectives on amounts and on requests at a date, then those that requests must meet at all dates.
fn all_objectives(study: &Study<'_>) -> Vec<Judgment> {
    let (_, main) = &study.models[0];
    let (calendar, assurance) = (&study.forecast.calendar, main.run.assurance);
    let mut all = judged::objectives(&study.judged.0, calendar, assurance);
    if let Some(aged) = study.aged.first().and_then(Option::as_ref) {
        all.extend(judged::over_time(&main.objectives, aged, calendar, assurance));
    }
    all
}

/// The share of the worlds in which no limit of the first model is passed and no objective fails, as far as
/// can be told; of those worlds that were simulated, if they say less. `None` where there is neither.
fn unharmed(study: &Study<'_>) -> Option<f64> {
    let (_, main) = study.models.first()?;
    let course = study.forecast.courses.first()?;
    let limits = crossings(study.forecast, course, main);
    let of_objectives = study.judged.0.iter().filter_map(|(_, found)| match found {
        Found::Amounts(judged) => Some(&judged.fails),
        Found::Requests(_) => None,
    });
    let dates: Vec<&Vec<f64>> = limits
        .iter()
        .map(|one| &one.dates)
        .chain(of_objectives.filter(|fails| !fails.is_empty()))
        .collect();
    let aged = study.aged.first().and_then(Option::as_ref);
    let months: Vec<&Vec<f64>> =
        aged.iter().flat_map(|aged| &aged.crossings).map(|one| &one.months).collect();
    let simulated: Vec<&Vec<f64>> = dates.iter().chain(&months).copied().collect();
    never(&dates).into_iter().chain(never(&simulated)).reduce(f64::min)
}

/// The share of the worlds in which none of several things happens, by the dates of each: a world that cannot
/// be told (NaN) is none of them. `None` where there is nothing that could happen.
fn never(dates: &[&Vec<f64>]) -> Option<f64> {
    let worlds = dates.iter().map(|one| one.len()).min()?;
    let unharmed = |world: &usize| dates.iter().all(|one| one[*world] == f64::INFINITY);
    Some((0..worlds).filter(unharmed).count() as f64 / worlds.max(1) as f64)
}

/// That no limit is passed in so many worlds that nothing fails; or from when on an objective does that has
/// no single limit.
fn nothing_fails(summary: &Summary, unharmed: Option<f64>) -> String {
    let missed = summary.objectives.iter().filter(|one| one.verdict.is_bad());
    let dated = missed.clone().filter_map(|one| Some((one, one.fails_from.as_ref()?)));
    if let Some((one, from)) = dated.min_by(|a, b| a.1.month.0.total_cmp(&b.1.month.0)) {
        let from = words::date(from.month.0, from.date.as_ref());
        return format!(" From {from} on {} fails.", one.name);
    }
    let unharmed = unharmed.filter(|share| *share > 0.0);
    let (Some(share), 0, Some(end)) = (unharmed, missed.count(), summary.dates.last()) else {
        return String::new();
    };
    let end = words::date(end.month.0, end.date.as_ref());
    let is_simulated = summary.variants.first().is_some_and(|main| main.behavior.is_some());
    if summary.partial && !is_simulated {
        // What requests would have met was not seen.
        return String::new();
    }
    let what = if is_simulated { "Nothing fails or fills up" } else { "No amount passes a limit" };
    if summary.worlds == 1 {
        return format!(" {what} until {end}.");
    }
    format!(" {what} until {end} in {} of the worlds.", show::percent(share))
}

/// When the first limit is passed, in a sentence.
fn first_limit(crossing: &Crossing, summary: &Summary) -> String {
    let when = |months: f64, at: usize| words::date(months, crossing.dates[at].as_ref());
    let (assured, median) = (when(crossing.assured.0, 3), when(crossing.median.0, 1));
    // Others begin with a name.
    let is_said = ["disk of ", "data of ", "connections of "]
        .iter()
        .any(|start| crossing.what.starts_with(start));
    let what = format!("{}{}", if is_said { "the " } else { "" }, crossing.what);
    if summary.worlds == 1 || crossing.lower == crossing.upper || assured == median {
        return format!(" From {median} on {what}.");
    }
    let share = show::percent(1.0 - summary.assurance.0);
    let half = if crossing.median.0.is_finite() {
        format!("in half of them from {median}")
    } else {
        format!("in {} never", show::percent(crossing.never.0))
    };
    format!(" From {assured} on {what} in {share} of the worlds, {half}.")
}

#[cfg(test)]
mod tests {
    use super::never;

    /// Of five worlds one passes a limit of the amounts, one fails when it is simulated, and of one, too few
    /// requests were seen to tell: two are left.
    #[test]
    fn a_world_that_cannot_be_told_is_not_unharmed() {
        let never_passed = f64::INFINITY;
        let amounts = vec![3.0, never_passed, never_passed, never_passed, never_passed];
        let requests = vec![never_passed, 0.0, f64::NAN, never_passed, never_passed];
        assert_eq!(never(&[&amounts]), Some(0.8));
        assert_eq!(never(&[&amounts, &requests]), Some(0.4));
        assert_eq!(never(&[]), None);
    }
}
