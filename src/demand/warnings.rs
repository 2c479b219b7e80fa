//! What the demand gives to think about, with numbers.

use super::advice;
use super::answers::{LossKind, RARE};
use super::{ClosedDemand, Demand, Peak, StationDemand, StationKind};
use crate::diag::{Diagnostic, Diagnostics, Id, Span};
use crate::model::{Binding, Model, Pool, Runtime};
use crate::units::show;

/// From this utilization on a small change of the load changes everything.
pub(super) const CLIFF: f64 = 0.95;

/// Warnings about overloaded stations, stations near their capacity, and laws of infinite variance;
/// and advice.
/// (That pools exceed their server is the resolver's to say.)
pub fn warnings(model: &Model, binding: &Binding, demand: &Demand) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for station in &demand.stations {
        let pool = model.pools.iter().find(|pool| station.name == format!("pool.{}", pool.name));
        let bounds = pool.map_or(Bounds::default(), |pool| bounds(model, binding, pool));
        if let Some(found) = load(station, demand, bounds) {
            diagnostics.push(located(found, span(model, &station.name)));
        }
    }
    diagnostics.extend(demand.peaks.iter().filter_map(|found| {
        let station = &demand.stations[found.station];
        let keeps_up = station.utilization.is_some_and(|used| used < 1.0);
        let is_over = keeps_up && found.exceeds(station.capacity?);
        is_over.then(|| located(at_the_peak(found, station), span(model, &station.name)))
    }));
    diagnostics.extend(no_time_passes(model, demand));
    diagnostics.extend(heavy(demand));
    diagnostics.extend(super::nesting::warnings(model, binding));
    diagnostics.extend(advice::advice(model, binding, demand));
    diagnostics.extend(super::waiting_holders::advice(model, demand));
    diagnostics
}

/// A station that keeps up on average.
fn at_the_peak(peak: &Peak, station: &StationDemand) -> Diagnostic {
    let capacity = station.capacity.unwrap_or(f64::INFINITY);
    let backlog = (peak.backlog_s / station.holding_s).ceil();
    let message = format!(
        "offered load on {} is {} Erlangs at its peak for {} {}, and more than they can do for \
         {}: a backlog of up to {} request{} is left at {}",
        station.name,
        show::count(peak.offered),
        show::count(capacity),
        servers(station),
        show::duration(peak.over_s),
        show::count(backlog),
        if backlog == 1.0 { "" } else { "s" },
        show::duration(peak.at_s)
    );
    Diagnostic::new(Id::OverloadedAtPeak, message).help(format!(
        "by fluid arithmetic: the last of them waits about {}, and chance adds to it",
        show::duration(peak.backlog_s / capacity)
    ))
}

/// Users who ask for ever at one moment.
fn no_time_passes(model: &Model, demand: &Demand) -> Vec<Diagnostic> {
    let at_once = |bound: &&ClosedDemand| bound.think_s + bound.residence_s <= 0.0;
    let one = |bound: &ClosedDemand| {
        let path = format!("workload.{}", bound.name);
        let message = format!(
            "no time passes for the users of {}: they ask for ever at one moment",
            crate::diag::name(&path)
        );
        let found = Diagnostic::new(Id::NoTimePasses, message);
        let found = found.help("state their `think`, or how long what they ask for takes");
        let path = format!("{path}.users");
        let origin = model.slots.quantities.iter().map(|slot| &slot.origin);
        match origin.filter(|origin| origin.path == path).find_map(|origin| origin.span) {
            Some(span) => found.at(span, "neither think nor wait for anything"),
            None => found,
        }
    };
    demand.closed.iter().filter(at_once).map(one).collect()
}

/// What bounds the wait for a connection besides the pool's own line.
#[derive(Clone, Copy, Default)]
struct Bounds {
    /// A constant acquire timeout, seconds.
    patience: Option<f64>,
    /// Workers of one instance: more cannot wait.
    workers: Option<f64>,
}

fn bounds(model: &Model, binding: &Binding, pool: &Pool) -> Bounds {
    let service = &model.services[pool.service];
    let workers = service.workers.filter(|_| service.runtime == Runtime::Threads);
    let patience = pool.acquire_timeout.and_then(|id| binding.variate(id).0.evaluate_fixed());
    Bounds { patience, workers: workers.map(|id| binding.get(id)) }
}

fn located(diagnostic: Diagnostic, span: Option<Span>) -> Diagnostic {
    match span {
        Some(span) => diagnostic.at(span, "the capacity is stated here"),
        None => diagnostic,
    }
}

/// Where the capacity of a station is written.
fn span(model: &Model, station: &str) -> Option<Span> {
    let path = match station.rsplit_once('.') {
        Some((entity, "workers")) => format!("{entity}.workers"),
        Some((entity, "cpu")) => format!("{entity}.cores"),
        _ => format!("{station}.size"),
    };
    let origin = model.slots.quantities.iter().map(|slot| &slot.origin);
    origin.filter(|origin| origin.path == path).find_map(|origin| origin.span)
}

fn load(station: &StationDemand, demand: &Demand, bounds: Bounds) -> Option<Diagnostic> {
    let (utilization, capacity) = (station.utilization?, station.capacity?);
    let multiple = station.sustainable_load?;
    let load = show::count(station.offered);
    let servers = format!("{} {}", show::count(capacity), servers(station));
    let name = &station.name;
    if multiple <= 1.0 {
        let busiest = busiest(station, capacity);
        let message = format!("offered load on {name} is {load} Erlangs for {servers}{busiest}: ");
        let message = message + &consequence(station, bounds);
        let diagnostic = Diagnostic::new(Id::OverloadedStation, message);
        return Some(diagnostic.help(help(station, multiple)));
    }
    if utilization.max(1.0 / multiple) < CLIFF {
        return None;
    }
    let message = format!(
        "{name} is busy {} of the time ({load} Erlangs for {servers}): it is full at {} times the \
         stated load",
        show::percent(utilization.max(1.0 / multiple)),
        three_digits(multiple)
    );
    let rate = show::rate(demand.arrivals_per_s * multiple);
    Some(
        Diagnostic::new(Id::OnTheCliff, message)
            .help(format!("remember {rate}, where it is full, rather than milliseconds")),
    )
}

/// Of how much the busiest instance has, if it has more than others.
fn busiest(station: &StationDemand, capacity: f64) -> String {
    if station.busiest == 1.0 {
        return String::new();
    }
    let instances = f64::from(station.instances);
    format!(
        ", but {} for the {} of its busiest instance",
        show::count(station.offered / instances * station.busiest),
        show::count(capacity / instances)
    )
}

/// What happens at an overloaded station.
fn consequence(station: &StationDemand, bounds: Bounds) -> String {
    let share = |share: f64| show::percent(share);
    let loss = station.erlang.as_ref().and_then(|erlang| erlang.loss);
    // The longest wait if every other worker stands in this line, one instance on its own.
    let by_workers = bounds.workers.zip(station.servers).map(|(workers, servers)| {
        (workers, (workers - servers).max(0.0) * station.holding_s / servers.max(1.0))
    });
    let refused = station.connections.is_some_and(|found| found.server == 0);
    match loss {
        _ if refused => "the server accepts none, and no request for one succeeds".to_owned(),
        Some(loss) if loss.kind == LossKind::Refused => format!(
            "the server refuses about {} of the requests for one (Erlang B)",
            share(loss.share)
        ),
        Some(loss) if matches!(loss.kind, LossKind::NoLine | LossKind::FullLine) => {
            format!("the line is full and about {} are rejected", share(loss.share))
        }
        Some(loss) if loss.kind == LossKind::Patience => {
            let patience = bounds.patience.unwrap_or(f64::INFINITY);
            if let Some((workers, longest)) = by_workers.filter(|found| found.1 < patience) {
                return format!(
                    "waiting time grows without bound, here up to about {}, then in the line for \
                     the {} workers; percentiles will describe the run length, not a steady state",
                    show::duration(longest),
                    show::count(workers)
                );
            }
            format!(
                "waiting time grows to the acquire timeout of {}, which ends about {} of the waits",
                show::duration(patience),
                share(loss.share)
            )
        }
        _ => "waiting time grows without bound; percentiles will describe the run length, not a \
              steady state"
            .to_owned(),
    }
}

fn help(station: &StationDemand, multiple: f64) -> String {
    let limit = format!("at most {} of the stated load can be sustained", show::percent(multiple));
    let needed = station.erlang.as_ref().and_then(|erlang| erlang.servers_for_rare_wait);
    match needed.filter(|_| station.kind != StationKind::Lock) {
        Some(needed) => format!(
            "{limit}; {} {} per instance would make waiting rarer than {} (Erlang C)",
            show::count(needed as f64),
            servers(station),
            show::percent(RARE)
        ),
        None => limit,
    }
}

fn servers(station: &StationDemand) -> &'static str {
    match station.kind {
        StationKind::Workers => "workers",
        StationKind::FifoCores | StationKind::SharedCores => "cores",
        StationKind::Pool => "connections",
        StationKind::Lock => "holder at a time",
        StationKind::Disk => "disks",
        StationKind::Infinite => "places",
    }
}

/// Averages that do not settle.
fn heavy(demand: &Demand) -> Vec<Diagnostic> {
    let one = |tail: &super::HeavyTail| {
        let infinite = if tail.mean.is_finite() { "variance" } else { "mean" };
        let message = format!(
            "the {infinite} of {} is infinite: averages depend on the longest value that a run \
             happens to draw",
            crate::diag::name(&tail.path)
        );
        let diagnostic = Diagnostic::new(Id::HeavyTail, message)
            .help("give the law a greatest value, such as `pareto(1ms, 1.5, 10s)`");
        match tail.span {
            Some(span) => diagnostic.at(span, "this law"),
            None => diagnostic,
        }
    };
    demand.heavy_tails.iter().map(one).collect()
}

/// A multiple near 1 with enough digits to differ from it.
fn three_digits(multiple: f64) -> String {
    format!("{multiple:.3}")
}
