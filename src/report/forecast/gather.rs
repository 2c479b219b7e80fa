//! From a forecast to its summary.

use super::summary::{
    Amount, Crossing, Date, Judgment, Part, SCHEMA, Spread, Summary, Unit, Variant,
};
use super::{purges, words};
use crate::model::Model;
use crate::report::phrase::list;
use crate::report::summary::{Number, Verdict};
use crate::stats::worlds::order_statistic;
use crate::study::forecast::crossing::{self, crossings};
use crate::study::forecast::judge::Judged;
use crate::study::forecast::{Course, Forecast, Series, Step};
use crate::verdict;

/// What a summary is made of.
pub struct Study<'a> {
    /// The models, in the order of the forecast's courses.
    pub models: &'a [(Option<String>, Model)],
    /// The forecast.
    pub forecast: &'a Forecast,
    /// Verdicts on the objectives and claims of the first model, in order.
    pub judged: (Vec<Judged>, Vec<Judged>),
    /// Months of the forecast, and the step between listed dates.
    pub months: (u32, Step),
    /// Seed of the worlds.
    pub seed: u64,
    /// What is doubtful.
    pub warnings: Vec<String>,
    /// The command that gives this again.
    pub reproduce: String,
}

/// Summarizes.
pub fn summarize(study: &Study<'_>) -> Summary {
    let (_, main) = &study.models[0];
    let forecast = study.forecast;
    let (months, step) = study.months;
    let calendar = &forecast.calendar;
    let listed = step.dates(calendar, months);
    let date = |at: &f64| Date {
        month: Number(calendar.months(*at)),
        date: calendar.date(*at).map(|d| d.to_string()),
    };
    let places: Vec<usize> = listed.iter().map(|at| forecast.index(*at)).collect();
    let first = forecast.courses.first();
    let all = study.models.iter().zip(&forecast.courses).enumerate();
    let variants: Vec<Variant> = all
        .map(|(index, ((name, model), course))| Variant {
            name: name.clone(),
            about: about(main, name.as_deref()),
            amounts: amounts(course, &places, first.filter(|_| index > 0)),
            crossings: dated(forecast, course, model, first.zip(Some(main)).filter(|_| index > 0)),
        })
        .collect();
    let mut summary = Summary {
        schema: SCHEMA,
        kind: "forecast",
        name: main.name.clone(),
        about: main.about.clone(),
        sources: main.sources.clone(),
        version: env!("CARGO_PKG_VERSION"),
        headline: String::new(),
        start: main.outlook.start.and_then(|_| date(&0.0).date),
        months,
        worlds: forecast.worlds,
        seed: study.seed,
        assurance: Number(main.run.assurance),
        dates: listed.iter().map(date).collect(),
        variants,
        objectives: objectives(main, &study.judged.0),
        claims: claims(main, &study.judged.1),
        warnings: study.warnings.clone(),
        assumptions: assumptions(main),
        reproduce: study.reproduce.clone(),
    };
    summary.warnings.extend(purges::warnings(&summary));
    summary.headline = headline(&summary);
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
        let quantiles = [0.05, 0.5, 0.95].map(|q| crossing.quantile(q));
        let months = |time: f64| if time.is_finite() { calendar.months(time) } else { time };
        let date =
            |time: f64| calendar.date(time).filter(|_| time.is_finite()).map(|d| d.to_string());
        let other = others.iter().find(|other| other.what == crossing.what);
        let gained = other.and_then(|other| {
            let pairs = crossing.dates.iter().zip(&other.dates);
            let both = pairs.filter(|(here, there)| here.is_finite() && there.is_finite());
            let mut gained: Vec<f64> =
                both.map(|(here, there)| months(*here) - months(*there)).collect();
            gained.sort_by(f64::total_cmp);
            (!gained.is_empty()).then(|| Number(order_statistic(&gained, 0.5)))
        });
        let unit =
            course.get(&crossing.path).map_or(Unit::Other, |series| Unit::of(series.dimension));
        Crossing {
            what: crossing.what.clone(),
            path: crossing.path.clone(),
            limit: Number(crossing.limit),
            unit,
            median: Number(months(quantiles[1])),
            lower: Number(months(quantiles[0])),
            upper: Number(months(quantiles[2])),
            never: Number(crossing.never()),
            dates: quantiles.map(date),
            gained,
        }
    };
    crossings(forecast, course, model).into_iter().map(one).collect()
}

fn objectives(model: &Model, judged: &[Judged]) -> Vec<Judgment> {
    let pairs = model.outlook.objectives.iter().zip(judged);
    pairs
        .map(|(objective, judged)| Judgment {
            name: objective.name.clone(),
            says: None,
            that: objective.text.clone(),
            variant: None,
            verdict: match judged.objective(model.run.assurance) {
                verdict::Verdict::Pass => Verdict::Pass,
                _ => Verdict::Fail,
            },
            holds: Number(judged.holds),
            parts: parts(&objective.text, judged),
        })
        .collect()
}

fn claims(model: &Model, judged: &[Judged]) -> Vec<Judgment> {
    let pairs = model.outlook.claims.iter().zip(judged);
    pairs
        .map(|(claim, judged)| Judgment {
            name: claim.id.clone(),
            says: Some(claim.says.clone()).filter(|says| !says.is_empty()),
            that: claim.text.clone(),
            variant: claim.variant.clone(),
            verdict: match judged.claim(model.run.assurance) {
                verdict::Verdict::Pass => Verdict::Confirmed,
                verdict::Verdict::Fail => Verdict::Refuted,
                verdict::Verdict::Inconclusive => Verdict::Inconclusive,
            },
            holds: Number(judged.holds),
            parts: parts(&claim.text, judged),
        })
        .collect()
}

fn parts(text: &str, judged: &Judged) -> Vec<Part> {
    let one = |part: &crate::study::forecast::judge::Part| Part {
        text: text.get(part.span.clone()).unwrap_or_default().to_owned(),
        found: part.left.map(|band| Spread {
            median: Number(band.median),
            lower90: Number(band.lower),
            upper90: Number(band.upper),
            lower50: Number(f64::NAN),
            upper50: Number(f64::NAN),
        }),
        unit: Unit::of(part.dimension),
        holds: Number(part.holds),
    };
    judged.parts.iter().map(one).collect()
}

/// What a person would say first: the largest table, the storage, the first limit, the money.
fn headline(summary: &Summary) -> String {
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
    let passed = main.crossings.iter().filter(|crossing| crossing.median.0.is_finite());
    if let Some(crossing) = passed.min_by(|a, b| a.median.0.total_cmp(&b.median.0)) {
        let when = |months: f64, at: usize| words::date(months, crossing.dates[at].as_ref());
        let mut when_text = format!(" The {} in {}", crossing.what, when(crossing.median.0, 1));
        if crossing.lower.0 < crossing.upper.0 {
            when_text +=
                &format!(" ({} to {})", when(crossing.lower.0, 0), when(crossing.upper.0, 2));
        }
        if !crossing.what.starts_with("disk") && !crossing.what.starts_with("data") {
            when_text = when_text.replacen(" The ", " ", 1);
        }
        sentence += &(when_text + ".");
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
