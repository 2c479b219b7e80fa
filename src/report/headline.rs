//! The sentence that a person would say about a result.
//!
//! What goes wrong is said first: a system that is overloaded, then requests that fail, then
//! objectives that are missed. A result without trouble begins with what was asked for.

use super::phrase::{self, counted, short};
use super::summary::{
    Judgment, Number, Part, Regime, Requests, Station, Summary, Unit, Value, Verdict,
};
use crate::units::show;

/// Share of failed requests from which on a sentence begins with them: the rest of the latency
/// percentiles up to p95 is not there (LANGUAGE of metrics: a request without a good answer counts
/// as never answered).
const FAILING: f64 = 0.05;

/// Below this utilization a station is not what takes the time.
const IDLE: f64 = 0.1;

/// The sentence.
pub fn headline(summary: &Summary) -> String {
    let Some(requests) = summary.main_requests().filter(|requests| requests.count > 0) else {
        return "Nothing was measured: no request arrived in the measured time.".to_owned();
    };
    let subject = subject(summary);
    let load = load(summary, requests);
    let mut clauses = Vec::new();
    let failed = failed_share(requests);
    match summary.run.regime {
        Regime::Overloaded => {
            clauses.push(format!("{subject} is overloaded{load}"));
        }
        Regime::NotSettled => clauses.push(format!("{subject} did not settle{load}")),
        Regime::Backlogged => {
            clauses.push(format!("{subject} is still working off a backlog{load}"));
        }
        Regime::Stable | Regime::Terminating => {}
    }
    if let Some(failure) = failed.filter(|share| *share >= FAILING) {
        let (subject, load) = again(&clauses, &subject, &load);
        clauses.push(failing(summary, requests, (subject, load), failure));
    }
    let (subject, load) = again(&clauses, &subject, &load);
    clauses.push(objectives(summary, requests, subject, load));
    if let Some(failure) = failed.filter(|share| *share > 0.0 && *share < FAILING) {
        clauses.push(failing(summary, requests, ("it", ""), failure));
    }
    clauses.extend(short_of_connections(summary).or_else(|| summary.busiest().and_then(busiest)));
    clauses.retain(|clause| !clause.is_empty());
    if summary.run.partial {
        clauses.push(format!(
            "the study was cut short after {}",
            counted(u64::from(summary.run.replications), "replication")
        ));
    }
    let mut sentence = clauses.join("; ");
    sentence.push('.');
    sentence
}

/// Subject and load of the next clause: what has been named is `it`, at the load that was said.
fn again<'a>(clauses: &[String], subject: &'a str, load: &'a str) -> (&'a str, &'a str) {
    if clauses.is_empty() { (subject, load) } else { ("it", "") }
}

/// What the sentence speaks of: the endpoint if there is one only.
fn subject(summary: &Summary) -> String {
    let mut endpoints = summary.requests.iter().filter(|r| r.path.starts_with("endpoint."));
    match (endpoints.next(), endpoints.next()) {
        (Some(only), None) => short(&only.path).to_owned(),
        _ => "the system".to_owned(),
    }
}

/// ` at 8,333/s` in a steady state; ` with 1,000 requests` of a run that ends.
fn load(summary: &Summary, requests: &Requests) -> String {
    match requests.per_second {
        Some(rate) if summary.run.regime != Regime::Terminating => {
            format!(" at {}", show::rate(rate.point.0))
        }
        _ => format!(" with {}", counted(per_run(summary, requests), "request")),
    }
}

/// Requests of one run, on average.
fn per_run(summary: &Summary, requests: &Requests) -> u64 {
    let runs = u64::from(summary.run.replications.max(1)) * u64::from(summary.run.worlds.max(1));
    (requests.count + runs / 2) / runs
}

fn failed_share(requests: &Requests) -> Option<f64> {
    requests.good.map(|good| 1.0 - good.point.0)
}

/// `7.31 % of the requests to browse get no good answer (pool_timeout) at 8,333/s`.
fn failing(
    summary: &Summary,
    requests: &Requests,
    (subject, load): (&str, &str),
    share: f64,
) -> String {
    let good = ["ok", "degraded"];
    let worst = requests
        .outcomes
        .iter()
        .filter(|row| !good.contains(&row.outcome.as_str()) && row.count > 0)
        .max_by_key(|row| row.count);
    let reason = match worst {
        Some(worst) if worst.count >= requests.unanswered => format!(" ({})", worst.outcome),
        _ if requests.unanswered > 0 => " (still open when the run ended)".to_owned(),
        _ => String::new(),
    };
    let its = subject == "it";
    let of = if its { "its requests".to_owned() } else { format!("requests to {subject}") };
    if share >= 1.0 && per_run(summary, requests) == 1 {
        let of = of.replacen("requests", "request", 1);
        let the = if its { "" } else { "the only " };
        return format!("{the}{of} gets no good answer{reason}");
    }
    let the = if its { "" } else { "the " };
    if share >= 1.0 {
        format!("none of {the}{of} gets a good answer{reason}{load}")
    } else {
        format!("{} of {the}{of} get no good answer{reason}{load}", show::percent(share))
    }
}

/// What became of the objectives; without objectives the latency itself.
fn objectives(summary: &Summary, requests: &Requests, subject: &str, load: &str) -> String {
    let all = &summary.objectives;
    let of = |verdict| all.iter().filter(move |o| o.verdict == verdict).collect::<Vec<_>>();
    let (missed, open) = (of(Verdict::Fail), of(Verdict::Inconclusive));
    if all.is_empty() {
        latency(requests, subject, load)
    } else if !missed.is_empty() {
        format!("{subject} misses {}{load}{}", how_many(missed.len(), all.len()), reading(&missed))
    } else if !open.is_empty() {
        let which = how_many(open.len(), all.len());
        format!("it cannot be told whether {subject} meets {which}{load}{}", reading(&open))
    } else {
        let which = match all.len() {
            1 => "its objective".to_owned(),
            2 => "both objectives".to_owned(),
            n => format!("all {n} objectives"),
        };
        format!("{subject} meets {which}{load}{}", reading(&all.iter().collect::<Vec<_>>()))
    }
}

fn how_many(some: usize, all: usize) -> String {
    match (some, all) {
        (1, 1) => "its objective".to_owned(),
        (some, all) if some == all => format!("all {all} objectives"),
        (some, all) => format!("{some} of {all} objectives"),
    }
}

/// `: p95 is 151 ms (150–152) against 500 ms`, for the comparison that is nearest to its limit.
fn reading(judgments: &[&Judgment]) -> String {
    let parts = judgments.iter().flat_map(|j| &j.parts).filter(|part| part.estimate.is_some());
    let margin = |part: &Part| part.margin.map_or(f64::INFINITY, |m| m.0);
    let nearest = parts.reduce(|near, next| if margin(next) < margin(near) { next } else { near });
    nearest.map_or(String::new(), |part| format!(": {}", compared(part)))
}

fn compared(part: &Part) -> String {
    let metric = metric(&part.metric);
    let against = match part.limit {
        Some(Number(limit)) if limit.is_finite() => {
            format!(" against {}", part.unit.measure().show(limit))
        }
        _ => format!(", asked for {}", part.target),
    };
    match part.estimate {
        Some(estimate) if estimate.point.0 == f64::INFINITY => {
            format!("there is no {metric} to hold{against}, because too many requests fail")
        }
        Some(estimate) => format!("{metric} is {}{against}", phrase::value(&estimate, part.unit)),
        None => format!("{metric} is not known{against}"),
    }
}

/// `p95(endpoint.browse)` is said as `p95`; anything less plain as it is written.
fn metric(text: &str) -> &str {
    let plain = text.split_once('(').filter(|(function, inside)| {
        let simple = |c: char| c.is_ascii_alphanumeric() || c == '.';
        let is_quantile = function.starts_with('p') && function.chars().all(simple);
        let path = inside.strip_suffix(')').unwrap_or("");
        is_quantile && (path.starts_with("endpoint.") || path.starts_with("workload."))
    });
    plain.map_or(text, |(function, _)| function)
}

fn latency(requests: &Requests, subject: &str, load: &str) -> String {
    let p95 = |list: &[super::summary::Percentile]| -> Option<Value> {
        list.iter().find(|p| p.quantile == Number(0.95)).map(|p| p.seconds)
    };
    let value = p95(&requests.percentiles).filter(|v| v.point.0.is_finite());
    let value = value.or_else(|| p95(&requests.answered).filter(|v| v.point.0.is_finite()));
    match value {
        Some(value) => format!(
            "{subject} answers 95 % of its requests{load} within {}",
            phrase::value(&value, Unit::Seconds)
        ),
        None => match requests.mean_s {
            Some(mean) => {
                format!(
                    "{subject} answers in {} on average{load}",
                    phrase::value(&mean, Unit::Seconds)
                )
            }
            None => String::new(),
        },
    }
}

/// A pool that asked its server for connections and did not get them: what it has is what counts.
fn short_of_connections(summary: &Summary) -> Option<String> {
    let short = summary.pools.iter().filter(|pool| pool.refused > 0).find_map(|pool| {
        let (open, size) = (pool.open?.point.0, pool.station.capacity?.0);
        let in_use = pool.in_use?.point.0;
        (open > 0.0 && open < size).then_some((pool, open, size, in_use / open))
    });
    let (pool, open, size, share) = short?;
    Some(format!(
        "{} gets only {} of its {} connections, {} of them in use",
        pool.station.path,
        show::count(open.round()),
        show::count(size),
        show::percent(share.min(1.0))
    ))
}

/// `pool.api_pg is the busiest, 83 % in use`; what is asked for more than it has cannot keep up.
fn busiest(station: &Station) -> Option<String> {
    let utilization = station.utilization?.point.0;
    if let (Some(load), Some(Number(capacity))) = (station.offered_load, station.capacity)
        && load.point.0 > capacity
    {
        return Some(format!(
            "{} cannot keep up: {} asked for, {} there",
            station.path,
            show::count(load.point.0),
            show::count(capacity)
        ));
    }
    if utilization < IDLE {
        let most = show::percent(utilization);
        return Some(format!("nothing is busy: {} is in use most, {most}", station.path));
    }
    Some(format!("{} is the busiest, {} in use", station.path, show::percent(utilization)))
}
