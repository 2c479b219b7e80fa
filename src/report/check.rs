//! What arithmetic says before anything is simulated: demand, bottleneck, Erlang's answers and
//! what was assumed.

use super::check_headline::headline;
use super::summary::{Unit, Value};
use super::table::{Cell, Table, wrap};
use super::tables::{Block, assemble};
use super::text::WIDTH;
use crate::demand::{
    ClosedDemand, Connections, Demand, Erlang, LossKind, Peak, StationDemand, StationKind,
};
use crate::model::Assumption;
use crate::units::show;

/// The answer about the scenario (or variant) `name` as text, at most [`WIDTH`] columns wide.
///
/// `effort` says what a run will cost.
pub fn render(name: &str, demand: &Demand, effort: &str, assumptions: &[Assumption]) -> String {
    let tables = [
        stations(demand),
        at_once(demand),
        visits(demand),
        waits(&own_lines(demand), demand, false),
        waits("The same if all instances shared one line", demand, true),
        losses(demand),
        users(demand),
        of_users(demand),
        textbook(demand),
        connections(demand),
    ];
    let title = format!("{name} \u{b7} arithmetic only, nothing is simulated");
    let mut blocks = vec![wrap(&headline(demand), WIDTH, 0).join("\n") + "\n"];
    blocks.push(wrap(&title, WIDTH, 0).join("\n") + "\n");
    blocks.extend(tables.iter().map(|table| table.to_text(WIDTH)));
    blocks.push(notes(demand));
    blocks.push(wrap(effort, WIDTH, 0).iter().map(|line| line.clone() + "\n").collect());
    blocks.push(defaults(assumptions).to_text(WIDTH));
    blocks.retain(|block| !block.is_empty());
    blocks.join("\n")
}

/// The formulas are about a load that does not change: of one that does they take the mean.
fn own_lines(demand: &Demand) -> String {
    let load = if at_the_peak(demand).is_some() { ", at the mean load" } else { "" };
    format!("Waiting by Erlang's formulas{load}, each instance with a line of its own")
}

/// Of a load that changes: what is asked for at the peak of the station that it fills most, over
/// the mean.
fn at_the_peak(demand: &Demand) -> Option<(&StationDemand, f64)> {
    let one = |peak: &Peak| {
        let station = demand.stations.get(peak.station)?;
        let multiple = peak.highest / station.offered;
        (multiple > 1.0 + 1e-6).then_some((station, multiple, peak.highest / station.capacity?))
    };
    let most = demand.peaks.iter().filter_map(one).max_by(|a, b| a.2.total_cmp(&b.2))?;
    Some((most.0, most.1))
}

/// Bounds of closed workloads.
fn users(demand: &Demand) -> Table {
    let names: Vec<String> =
        demand.closed.iter().map(|closed| format!("workload.{}", closed.name)).collect();
    let of = |get: &dyn Fn(&ClosedDemand) -> f64| -> Vec<Option<Value>> {
        demand.closed.iter().map(|closed| Some(plain(get(closed)))).collect()
    };
    let mut table = assemble(
        "Users who wait for each answer, as if alone",
        "workload",
        &names,
        vec![
            Block::new(Unit::Count).column("users", of(&|c| c.users)),
            Block::new(Unit::PerSecond).column("at most", of(&|c| c.at_most_per_s)),
            Block::new(Unit::Seconds)
                .column("think", of(&|c| c.think_s))
                .column("mean at least", of(&|c| c.least_response_s)),
        ],
    );
    table.note(
        "At most: users over think and unhindered time, and what the first full station can.",
    );
    table
}

/// What users ask of the stations; at what rate is a result.
fn of_users(demand: &Demand) -> Table {
    let (mut names, mut servers) = (Vec::new(), Vec::new());
    let (mut visits, mut times, mut full) = (Vec::new(), Vec::new(), Vec::new());
    for closed in &demand.closed {
        for visit in closed.visits.iter().filter(|visit| visit.visits > 0.0) {
            let Some(station) = demand.stations.get(visit.station) else { continue };
            let limited = station.capacity.filter(|_| visit.demand_s > 0.0);
            names.push(format!("workload.{}, {}", closed.name, station.name));
            servers.push(station.capacity.map(plain));
            visits.push(Some(plain(visit.visits)));
            times.push(Some(plain(visit.demand_s)));
            full.push(limited.map(|capacity| plain(capacity / visit.demand_s)));
        }
    }
    let mut table = assemble(
        "What one of their requests asks for on average, if it never waits",
        "users, station",
        &names,
        vec![
            Block::new(Unit::Count).column("servers", servers).column("visits", visits),
            Block::new(Unit::Seconds).column("time", times),
            Block::new(Unit::PerSecond).column("full at", full),
        ],
    );
    table.drop_empty_columns();
    table
}

fn plain(value: f64) -> Value {
    Value::plain(value)
}

/// Stations that anybody asks for, and those that have a limit.
fn asked(demand: &Demand) -> Vec<&StationDemand> {
    demand
        .stations
        .iter()
        .filter(|station| station.visits_per_s > 0.0 || station.burst_work_s > 0.0)
        .collect()
}

/// What is asked for all the time.
fn stations(demand: &Demand) -> Table {
    let all = demand.stations.iter().enumerate();
    let rows: Vec<(usize, &StationDemand)> = all.filter(|one| one.1.visits_per_s > 0.0).collect();
    let names: Vec<String> = rows.iter().map(|(_, station)| station.name.clone()).collect();
    let of = |get: &dyn Fn(&StationDemand) -> Option<f64>| -> Vec<Option<Value>> {
        rows.iter().map(|(_, station)| get(station).map(plain)).collect()
    };
    let some = |value: f64| (value > 0.0).then_some(value);
    let peak = |at: usize| demand.peaks.iter().find(|peak| peak.station == at);
    let at_peak = |&(at, station): &(usize, &StationDemand)| {
        Some(plain(peak(at)?.highest / station.capacity?))
    };
    let full_at = |&(at, station): &(usize, &StationDemand)| {
        let higher = peak(at).map_or(1.0, |peak| (peak.highest / station.offered).max(1.0));
        Some(plain(station.sustainable_load? / higher))
    };
    let mut table = assemble(
        "Demand",
        "station",
        &names,
        vec![
            Block::new(Unit::Count).column("servers", of(&|s| s.capacity)),
            Block::new(Unit::PerSecond).column("visits", of(&|s| some(s.visits_per_s))),
            Block::new(Unit::Seconds).column("held", of(&|s| some(s.holding_s))),
            Block::new(Unit::Count).column("offered", of(&|s| some(s.offered))),
            Block::new(Unit::Share)
                .column("in use", of(&|s| s.utilization))
                .column("peak", rows.iter().map(at_peak).collect()),
            Block::new(Unit::Count)
                .column("full at \u{d7} load", rows.iter().map(full_at).collect()),
        ],
    );
    if rows.iter().any(|(_, station)| station.kind == StationKind::Workers) {
        table.note("Workers are also held while their requests wait elsewhere: at least this.");
    }
    table.drop_empty_columns();
    table
}

/// Work that comes with bursts, or is there at the start.
fn at_once(demand: &Demand) -> Table {
    let rows: Vec<&StationDemand> =
        demand.stations.iter().filter(|station| station.burst_work_s > 0.0).collect();
    let names: Vec<String> = rows.iter().map(|station| station.name.clone()).collect();
    let of = |get: &dyn Fn(&StationDemand) -> Option<f64>| -> Vec<Option<Value>> {
        rows.iter().map(|station| get(station).map(plain)).collect()
    };
    let mut table = assemble(
        "What comes at once",
        "station",
        &names,
        vec![
            Block::new(Unit::Count).column("servers", of(&|s| s.capacity)),
            Block::new(Unit::Seconds)
                .column("work", of(&|s| Some(s.burst_work_s)))
                .column("takes at least", of(&|s| s.drain_s.filter(|drain| *drain > 0.0))),
        ],
    );
    table.note("Work in time of one server; bursts, and what is there at the start.");
    table.drop_empty_columns();
    table
}

/// What one request asks for.
fn visits(demand: &Demand) -> Table {
    let (mut names, mut counts, mut times) = (Vec::new(), Vec::new(), Vec::new());
    for endpoint in &demand.endpoints {
        names.push(endpoint.name.clone());
        counts.push(None);
        times.push(Some(plain(endpoint.minimum_residence_s)));
        for visit in endpoint.visits.iter().filter(|visit| visit.visits > 0.0) {
            let Some(station) = demand.stations.get(visit.station) else { continue };
            names.push(format!("  {}", station.name));
            counts.push(Some(plain(visit.visits)));
            times.push(Some(plain(visit.demand_s)));
        }
    }
    let mut table = assemble(
        "What one request asks for, if it never waits",
        "endpoint",
        &names,
        vec![
            Block::new(Unit::Count).column("visits", counts),
            Block::new(Unit::Seconds).column("time", times),
        ],
    );
    table.note("The mean latency of an endpoint is at least its time.");
    table
}

fn waits(title: &str, demand: &Demand, shared: bool) -> Table {
    let with_answer = |station: &&&StationDemand| station.erlang.is_some();
    let all = asked(demand);
    let rows: Vec<(&StationDemand, &Erlang)> = all
        .iter()
        .filter(with_answer)
        .filter_map(|station| station.erlang.as_ref().map(|erlang| (*station, erlang)))
        .filter(|(station, _)| !shared || station.instances > 1)
        .collect();
    let names: Vec<String> = rows.iter().map(|(station, _)| station.name.clone()).collect();
    let wait = |erlang: &Erlang| if shared { erlang.shared } else { erlang.wait };
    let of = |get: &dyn Fn(&Erlang) -> Option<f64>| -> Vec<Option<Value>> {
        rows.iter().map(|(_, erlang)| get(erlang).map(plain)).collect()
    };
    let number = |count: Option<u64>| count.map(|count| count as f64);
    let mut table = assemble(
        title,
        "station",
        &names,
        vec![
            Block::new(Unit::Count).column(
                "servers",
                of(&|e| number(Some(if shared { e.shared_servers } else { e.servers }))),
            ),
            Block::new(Unit::Share).column("who waits", of(&|e| wait(e).map(|w| w.probability))),
            Block::new(Unit::Seconds)
                .column("mean wait", of(&|e| wait(e).map(|w| w.mean_s)))
                .column("p95", of(&|e| wait(e).and_then(|w| w.p95_s)))
                .column("p99", of(&|e| wait(e).and_then(|w| w.p99_s))),
            Block::new(Unit::Count)
                .column("<1 % wait", of(&|e| number(rare(e, shared))))
                .column("p99 <5 ms", of(&|e| number(short(e, shared)))),
        ],
    );
    if rows.iter().any(|(_, erlang)| wait(erlang).is_none()) {
        table.note("Without a wait: more is asked for than there is, the line grows for ever.");
    }
    if !shared {
        table.note("Assumes Poisson arrivals, exponential holding times and endless patience.");
        if let Some((station, multiple)) = at_the_peak(demand) {
            let multiple = show::number((multiple * 100.0).round() / 100.0);
            table.note(format!(
                "The load changes: at its peak {} is asked for {multiple} times the mean, and waits \
                 are longer.",
                station.name
            ));
        }
        table.note("<1 % wait, p99 <5 ms: the servers that would do for that.");
    }
    table.drop_empty_columns();
    table
}

fn rare(erlang: &Erlang, shared: bool) -> Option<u64> {
    if shared { erlang.shared_for_rare_wait } else { erlang.servers_for_rare_wait }
}

fn short(erlang: &Erlang, shared: bool) -> Option<u64> {
    if shared { erlang.shared_for_short_wait } else { erlang.servers_for_short_wait }
}

/// Who leaves without service.
fn losses(demand: &Demand) -> Table {
    let mut table = Table::new("Who leaves without service", &["station", "share", "why"]);
    for station in asked(demand) {
        let Some(loss) = station.erlang.as_ref().and_then(|erlang| erlang.loss) else { continue };
        let why = match loss.kind {
            LossKind::NoLine => "nobody may wait (Erlang B)",
            LossKind::FullLine => "the line is full (M/M/c/K)",
            LossKind::Refused => "the server accepts no more connections (Erlang B)",
            LossKind::Patience => "patience ends (M/M/c with constant patience)",
        };
        table.row(vec![
            Cell::text(&station.name),
            Cell::prose(Unit::Share.measure().scale(loss.share).cell(loss.share) + " %"),
            Cell::prose(why),
        ]);
    }
    if at_the_peak(demand).is_some() && !table.rows.is_empty() {
        table.note("At the mean load; at its peak more of them leave.");
    }
    table
}

/// Endpoints that are whole textbook systems.
fn textbook(demand: &Demand) -> Table {
    let mut table = Table::new("By theory", &["endpoint", "system", "mean", "percentiles"]);
    for known in &demand.textbook {
        let Some(response) = &known.response else { continue };
        let quantiles: Vec<String> = response
            .quantiles
            .iter()
            .map(|&(q, seconds)| {
                format!("{} {}", super::phrase::percentile(q.into()), show::duration(seconds))
            })
            .collect();
        table.row(vec![
            Cell::text(&known.endpoint),
            Cell::prose(format!("{} ({})", known.system, known.theorem)),
            Cell::prose(show::duration(response.mean_s)),
            Cell::prose(quantiles.join(", ")),
        ]);
    }
    table
}

/// Pools that get fewer connections than their size.
fn connections(demand: &Demand) -> Table {
    let mut table = Table::new("Connections", &["pool", "size", "gets", "server"]);
    for station in &demand.stations {
        let Some(known) = station.connections.filter(Connections::is_limited) else { continue };
        let gets = if known.least == known.most {
            format!("{} each", known.least)
        } else {
            format!("{} to {} each", known.least, known.most)
        };
        table.row(vec![
            Cell::text(&station.name),
            Cell::prose(format!("{} each", known.size)),
            Cell::prose(format!("{gets}, {} in all", show::count(known.total as f64))),
            Cell::prose(format!(
                "accepts {}, asked for {}",
                show::count(f64::from(known.server)),
                show::count(known.asked as f64)
            )),
        ]);
    }
    table
}

fn notes(demand: &Demand) -> String {
    let mut lines = Vec::new();
    for note in &demand.notes {
        lines.extend(wrap(&format!("- {note}"), WIDTH, 2));
    }
    for tail in &demand.heavy_tails {
        let mean = show::number(tail.mean);
        let note =
            format!("- {} has a heavy tail (mean {mean}): averages do not settle", tail.path);
        lines.extend(wrap(&note, WIDTH, 2));
    }
    if lines.is_empty() { String::new() } else { format!("Notes\n{}\n", lines.join("\n")) }
}

fn defaults(assumptions: &[Assumption]) -> Table {
    let title = "Assumed, because the scenario does not say";
    let mut table = Table::new(title, &["key", "value"]);
    for assumption in assumptions {
        table.row(vec![Cell::text(&assumption.path), Cell::prose(&assumption.value)]);
    }
    table
}
