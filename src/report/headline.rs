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

/// From this share on, one way to fail is told for all.
const NEARLY_ALL: f64 = 0.99;

/// Below this utilization a station is not what takes the time.
const IDLE: f64 = 0.1;

/// The sentence.
pub fn headline(summary: &Summary) -> String {
    let Some(requests) = summary.main_requests().filter(|requests| requests.count > 0) else {
        return "Nothing was measured: no request arrived in the measured time.".to_owned();
    };
    let mut named = subject(summary);
    // The second time it is `it`.
    let mut subject = || std::mem::replace(&mut named, "it".to_owned());
    let mut clauses = Vec::new();
    let failed = failed_share(requests);
    match summary.run.regime {
        Regime::Overloaded => clauses.push(format!("{} is overloaded", subject())),
        Regime::NotSettled => clauses.push(format!("{} did not settle", subject())),
        Regime::Backlogged => {
            clauses.push(format!("{} is still working off a backlog", subject()));
        }
        Regime::Stable | Regime::Terminating => {}
    }
    if let Some(first) = summary.deadlocks.first() {
        clauses.push(format!(
            "{} runs into deadlocks on {}, the first after {}",
            subject(),
            phrase::list(&first.paths),
            show::duration(first.first_s.0)
        ));
    }
    if let Some(failure) = failed.filter(|share| *share >= FAILING) {
        clauses.push(failing(summary, requests, &subject(), failure));
    }
    clauses.push(objectives(summary, requests, &subject()));
    if let Some(failure) = failed.filter(|share| *share > 0.0 && *share < FAILING) {
        clauses.push(failing(summary, requests, "it", failure));
    }
    clauses.extend(short_of_connections(summary).or_else(|| summary.busiest().and_then(busiest)));
    clauses.retain(|clause| !clause.is_empty());
    if summary.run.partial {
        clauses.push(format!(
            "the study was cut short after {}",
            counted(u64::from(summary.run.replications), "replication")
        ));
    }
    capitalized(&format!("{}{}.", load(summary, requests), clauses.join("; ")))
}

/// The load comes first, so that the sentence begins with a word and not with a name, which may
/// not be capitalized.
fn capitalized(sentence: &str) -> String {
    let mut chars = sentence.chars();
    let first = chars.next().map_or(String::new(), |first| first.to_uppercase().to_string());
    first + chars.as_str()
}

/// What the sentence speaks of: the endpoint if there is one only.
fn subject(summary: &Summary) -> String {
    let mut endpoints = summary.requests.iter().filter(|r| r.path.starts_with("endpoint."));
    match (endpoints.next(), endpoints.next()) {
        (Some(only), None) => short(&only.path).to_owned(),
        _ => "the system".to_owned(),
    }
}

/// `At 8,333/s, ` in a steady state; `With 1,000 requests, ` of a run that ends.
fn load(summary: &Summary, requests: &Requests) -> String {
    match requests.per_second {
        Some(rate) if summary.run.regime != Regime::Terminating => {
            format!("At {}, ", show::rate(rate.point.0))
        }
        _ => match per_run(summary, requests) {
            0 => String::new(),
            1 => "With one request, ".to_owned(),
            more => format!("With {}, ", counted(more, "request")),
        },
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

/// `7.31 % of the requests to browse get no connection in time`.
fn failing(summary: &Summary, requests: &Requests, subject: &str, share: f64) -> String {
    let bad = requests.outcomes.iter().filter(|row| !is_good(&row.outcome) && row.count > 0);
    let failures = bad.clone().map(|row| row.count).sum::<u64>() + requests.unanswered;
    let worst = bad.max_by_key(|row| row.count).filter(|row| row.count >= requests.unanswered);
    let (most, how) = match worst {
        Some(worst) => (worst.count, how(summary, requests, &worst.outcome)),
        None => (requests.unanswered, How::new("is", "are", "still open when the run ends")),
    };
    let of = if subject == "it" { "its requests".into() } else { format!("requests to {subject}") };
    let the = if subject == "it" { "" } else { "the " };
    let is_most = most as f64 >= NEARLY_ALL * failures as f64;
    if share >= 1.0 && is_most {
        let of = of.replacen("requests", "request", 1);
        let every =
            if subject == "it" { format!("every one of {of}s") } else { format!("every {of}") };
        return format!("{every} {}", how.of_one());
    }
    let who = if share >= 1.0 {
        format!("all of {the}{of}")
    } else {
        format!("{} of {the}{of}", show::percent(share))
    };
    if is_most {
        format!("{who} {}", how.of_many())
    } else {
        format!("{who} get no good answer, most of those {}", how.of_many())
    }
}

fn is_good(outcome: &str) -> bool {
    ["ok", "degraded"].contains(&outcome)
}

/// What happens to requests, in words for one and for many.
struct How {
    one: &'static str,
    many: &'static str,
    rest: &'static str,
}

impl How {
    const fn new(one: &'static str, many: &'static str, rest: &'static str) -> Self {
        Self { one, many, rest }
    }

    fn of_one(&self) -> String {
        format!("{} {}", self.one, self.rest).trim_end().to_owned()
    }

    fn of_many(&self) -> String {
        format!("{} {}", self.many, self.rest).trim_end().to_owned()
    }
}

/// What an outcome of the language means to a request.
fn how(summary: &Summary, requests: &Requests, outcome: &str) -> How {
    match outcome {
        "timed_out" if is_client(summary, requests) => {
            How::new("times out", "time out", "at the client")
        }
        "timed_out" => How::new("times out", "time out", ""),
        "pool_timeout" => How::new("gets", "get", "no connection in time"),
        "refused" => How::new("is", "are", "refused a connection"),
        "rejected" => How::new("is", "are", "turned away"),
        "rate_limited" => How::new("is", "are", "turned away by a rate limit"),
        "breaker_open" => How::new("is", "are", "stopped by a circuit breaker"),
        "lock_timeout" => How::new("gets", "get", "no lock in time"),
        _ => How::new("fails", "fail", ""),
    }
}

/// Whether it is the client whose patience ends: the server then knows of no such outcome.
fn is_client(summary: &Summary, requests: &Requests) -> bool {
    let mut endpoints = summary.requests.iter().filter(|one| one.path.starts_with("endpoint."));
    requests.path.starts_with("workload.")
        && !endpoints.any(|one| one.outcomes.iter().any(|row| row.outcome == "timed_out"))
}

/// What became of the objectives; without objectives the latency itself.
fn objectives(summary: &Summary, requests: &Requests, subject: &str) -> String {
    let all = &summary.objectives;
    let of = |verdict| all.iter().filter(move |o| o.verdict == verdict).collect::<Vec<_>>();
    let (missed, open) = (of(Verdict::Fail), of(Verdict::Inconclusive));
    if all.is_empty() {
        latency(requests, subject)
    } else if !missed.is_empty() {
        format!("{subject} misses {}{}", how_many(missed.len(), all.len()), reading(&missed))
    } else if !open.is_empty() {
        let which = how_many(open.len(), all.len());
        format!("it cannot be told whether {subject} meets {which}{}", reading(&open))
    } else {
        let which = match all.len() {
            1 => "its objective".to_owned(),
            2 => "both objectives".to_owned(),
            n => format!("all {n} objectives"),
        };
        format!("{subject} meets {which}{}", reading(&all.iter().collect::<Vec<_>>()))
    }
}

fn how_many(some: usize, all: usize) -> String {
    match (some, all) {
        (1, 1) => "its objective".to_owned(),
        (2, 2) => "both objectives".to_owned(),
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
            format!("there is no {metric} to hold{against}")
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

fn latency(requests: &Requests, subject: &str) -> String {
    let p95 = |list: &[super::summary::Percentile]| -> Option<Value> {
        list.iter().find(|p| p.quantile == Number(0.95)).map(|p| p.seconds)
    };
    let value = p95(&requests.percentiles).filter(|v| v.point.0.is_finite());
    let value = value.or_else(|| p95(&requests.answered).filter(|v| v.point.0.is_finite()));
    match value {
        Some(value) => format!(
            "{subject} answers 95 % of its requests within {}",
            phrase::value(&value, Unit::Seconds)
        ),
        None => match requests.mean_s {
            Some(mean) => {
                format!("{subject} answers in {} on average", phrase::value(&mean, Unit::Seconds))
            }
            None => String::new(),
        },
    }
}

/// A pool that asked its server for connections and did not get them: what it has is what counts.
fn short_of_connections(summary: &Summary) -> Option<String> {
    let mut pools = summary.pools.iter();
    let (pool, busy) = pools.find_map(|pool| Some((pool, pool.in_use_of_open()?)))?;
    Some(format!(
        "{} gets only {} of its {} connections, {} of them in use",
        pool.station.path,
        show::count(pool.open?.point.0.round()),
        show::count(pool.station.capacity?.0),
        show::percent(busy.point.0)
    ))
}

/// `pool.api_pg is the busiest, 83 % in use`; what is asked for more than it has cannot keep up.
fn busiest((station, busy): (&Station, Value)) -> Option<String> {
    let utilization = busy.point.0;
    if !utilization.is_finite() {
        return None;
    }
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
        let most = if utilization < 0.001 {
            "less than 0.1 %".to_owned()
        } else {
            show::percent(utilization)
        };
        return Some(format!("nothing is busy: {}, the busiest, is {most} in use", station.path));
    }
    Some(format!("{} is the busiest, {} in use", station.path, show::percent(utilization)))
}
