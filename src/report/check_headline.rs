//! The sentences that a person would say about what arithmetic knows: one for what arrives whatever
//! the system does, its peak included, one for users who wait for their answers, one for bursts.

use super::phrase::counted;
use crate::demand::{ClosedDemand, Demand, EndpointDemand, Peak, StationDemand};
use crate::units::show;

/// A load whose peak is no higher than this over its mean does not change.
const SAME: f64 = 1.001;

/// A station that is full at this multiple of the load keeps up with it, but for rounding.
const FULL: f64 = 1.0 - 1e-9;

/// The sentences, that about the larger load first.
pub fn headline(demand: &Demand) -> String {
    let most = demand.closed.iter().max_by(|a, b| a.at_most_per_s.total_cmp(&b.at_most_per_s));
    let open = demand.arrivals_per_s > 0.0;
    let at_once = demand.burst_requests + demand.initial_requests > 0.0;
    let mut sentences = Vec::new();
    if open {
        sentences.push(open_headline(demand));
    }
    if let Some(most) = most {
        let first = usize::from(open && demand.arrivals_per_s > most.at_most_per_s);
        sentences.insert(first, closed_headline(most, demand));
    }
    if at_once || sentences.is_empty() {
        sentences.push(at_once_headline(demand, sentences.is_empty()));
    }
    sentences.join(" ")
}

/// A station and how near to its limit it is.
#[derive(Clone, Copy)]
struct Tight<'a> {
    station: &'a StationDemand,
    peak: Option<&'a Peak>,
    /// The multiple of the stated load at which it is full, at its peak if it has one.
    full_at: f64,
}

impl Tight<'_> {
    fn keeps_up_on_average(&self) -> bool {
        self.station.sustainable_load.is_none_or(|multiple| multiple >= 1.0)
    }

    /// What is asked for at the peak, over what it has.
    fn at_peak(&self) -> Option<f64> {
        let capacity = self.station.capacity?;
        self.peak.filter(|peak| peak.highest > SAME * self.station.offered).map(|peak| {
            // The peak of what an overloaded station is asked for is that of the load.
            peak.highest / capacity
        })
    }
}

/// What cannot keep up even on average, else what is full first as the load grows.
fn tightest(demand: &Demand) -> Option<Tight<'_>> {
    let all = demand.stations.iter().enumerate().filter_map(|(at, station)| {
        let multiple = station.sustainable_load?;
        let peak = demand.peaks.iter().find(|peak| peak.station == at);
        let higher = peak.map_or(1.0, |peak| (peak.highest / station.offered).max(1.0));
        Some(Tight { station, peak, full_at: multiple / higher })
    });
    all.min_by(|a, b| {
        let kept = a.keeps_up_on_average();
        let nearer = if kept {
            a.full_at.total_cmp(&b.full_at)
        } else {
            let average = |one: &Tight| one.station.sustainable_load.unwrap_or(f64::INFINITY);
            average(a).total_cmp(&average(b))
        };
        kept.cmp(&b.keeps_up_on_average()).then(nearer)
    })
}

/// What arrives, whatever the system does.
fn open_headline(demand: &Demand) -> String {
    let mean = show::rate(demand.arrivals_per_s);
    let changes = demand.peak_per_s > SAME * demand.arrivals_per_s;
    let load = if changes {
        format!("At {mean} on average and up to {}", show::rate(demand.peak_per_s))
    } else {
        format!("At {mean}")
    };
    let Some(tight) = tightest(demand) else { return format!("{load}{}.", longest(demand)) };
    let Tight { station, full_at, .. } = tight;
    let name = &station.name;
    let used = show::percent(station.utilization.unwrap_or(0.0));
    match tight.at_peak() {
        _ if !tight.keeps_up_on_average() => {
            let at_peak = tight.at_peak().map_or(String::new(), |share| {
                format!(" on average, {} at the peak", show::percent(share))
            });
            let sustained = station.sustainable_load.unwrap_or(full_at);
            let on_average = if changes { " on average" } else { "" };
            format!(
                "{load}, {name} cannot keep up: {used} of what it has is asked for{at_peak}; it \
                 can sustain {} of that load, {}{on_average}.",
                show::percent(sustained),
                show::rate(sustained * demand.arrivals_per_s)
            )
        }
        Some(share) if full_at < FULL => format!(
            "{load}, {name} keeps up on average ({used} in use) and not at the peak: {} of what it \
             has is asked for{}; it can sustain {} of that peak.",
            show::percent(share),
            tight.peak.map_or(String::new(), |peak| piles_up(peak, station)),
            show::percent(full_at)
        ),
        Some(share) => format!(
            "{load}, {name} fills first: {used} in use on average, {} at the peak; it is full at \
             {} \u{d7} that load, {} on average.",
            show::percent(share),
            show::number(full_at),
            show::rate(full_at * demand.arrivals_per_s)
        ),
        None => format!(
            "{load}, {name} fills first: {used} in use; it is full at {} \u{d7} that load, {}.",
            show::number(full_at),
            show::rate(full_at * demand.arrivals_per_s)
        ),
    }
}

/// `, for 10 min, which leaves up to 12,000 requests waiting at 14 min`.
fn piles_up(peak: &Peak, station: &StationDemand) -> String {
    if peak.over_s <= 0.0 {
        return String::new();
    }
    format!(
        ", for {}, and up to {} wait at {}",
        show::duration(peak.over_s),
        counted((peak.backlog_s / station.holding_s).ceil() as u64, "request"),
        show::duration(peak.at_s)
    )
}

/// What users who wait for each answer can ask for at most.
fn closed_headline(closed: &ClosedDemand, demand: &Demand) -> String {
    let users = counted(closed.users as u64, "user");
    let most = show::rate(closed.at_most_per_s);
    let limit = closed.limit.and_then(|(at, rate)| Some((demand.stations.get(at)?, rate)));
    let full = limit.map_or(String::new(), |(station, rate)| {
        let name = &station.name;
        if rate <= closed.at_most_per_s {
            let least = show::duration(closed.least_response_s);
            format!(", where {name} is full and the mean latency at least {least}")
        } else {
            let used = show::percent(closed.at_most_per_s / rate);
            format!(
                ", which is {used} of what {name}, the first to fill, can do: it is full at {}",
                show::rate(rate)
            )
        }
    });
    format!("With {users}, at most {most}{full}.")
}

/// What comes at once; `alone` if nothing else does.
fn at_once_headline(demand: &Demand, alone: bool) -> String {
    let requests = |number: f64| counted(number.round() as u64, "request");
    let (burst, initial) = (demand.burst_requests, demand.initial_requests);
    let what = match (burst > 0.0, initial > 0.0) {
        (true, false) => format!("a burst of {}", requests(burst)),
        (false, true) => format!("{} at the start", requests(initial)),
        (true, true) => {
            format!("{} at the start and a burst of {}", requests(initial), requests(burst))
        }
        (false, false) => return format!("As it stands{}.", longest(demand)),
    };
    let first = if initial > 0.0 { initial.round() } else { 1.0 };
    let there = if first == 1.0 { "There is" } else { "There are" };
    let drains = demand.stations.iter().filter_map(|one| Some((&one.name, one.drain_s?)));
    let longest_drain = drains.max_by(|a, b| a.1.total_cmp(&b.1));
    let least =
        if alone { slowest(demand).map_or(0.0, |one| one.minimum_residence_s) } else { 0.0 };
    let busy = longest_drain.filter(|drain| drain.1 > least).map(|(name, drain)| {
        format!("{name} takes at least {} for all of them", show::duration(drain))
    });
    match (alone, busy) {
        (true, Some(busy)) => format!("With {what}{}, and {busy}.", longest(demand)),
        (true, None) => format!("With {what}{}.", longest(demand)),
        (false, Some(busy)) => format!("{there} {what}: {busy}."),
        (false, None) => {
            format!("{there} {what}: none of them asks for anything that has a limit.")
        }
    }
}

/// The endpoint that takes longest even if it never waits, where no rate fills anything.
fn longest(demand: &Demand) -> String {
    slowest(demand).map_or_else(
        || ", nothing that has a limit is asked for at a steady rate".to_owned(),
        |endpoint| {
            let time = show::duration(endpoint.minimum_residence_s);
            format!(", {} takes {time} on average if it never waits", endpoint.name)
        },
    )
}

/// Of the endpoints that are asked for, the one that takes longest if it never waits.
fn slowest(demand: &Demand) -> Option<&EndpointDemand> {
    let asked =
        demand.endpoints.iter().filter(|e| e.burst_requests > 0.0 || e.arrivals_per_s > 0.0);
    let time = |endpoint: &EndpointDemand| endpoint.minimum_residence_s;
    asked.reduce(|most, next| if time(next) > time(most) { next } else { most })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demand::StationKind;

    /// 200 workers of 1 s, offered so much.
    fn station(name: &str, offered: f64) -> StationDemand {
        StationDemand {
            name: name.to_owned(),
            kind: StationKind::Workers,
            instances: 1,
            servers: Some(200.0),
            capacity: Some(200.0),
            visits_per_s: offered,
            holding_s: 1.0,
            holding_cv: None,
            offered,
            utilization: Some(offered / 200.0),
            busiest: 1.0,
            sustainable_load: (offered > 0.0).then(|| 200.0 / offered),
            burst_work_s: 0.0,
            drain_s: None,
            connections: None,
            erlang: None,
        }
    }

    /// 100/s for one station, up to `peak`/s.
    fn demand(peak: f64, over_s: f64, backlog_s: f64) -> Demand {
        Demand {
            endpoints: Vec::new(),
            stations: vec![station("service.api.workers", 100.0)],
            bottleneck: Some(0),
            sustainable_load: Some(2.0),
            sustainable_per_s: Some(200.0),
            arrivals_per_s: 100.0,
            peak_per_s: peak,
            peaks: vec![Peak {
                station: 0,
                offered: peak,
                highest: peak,
                over_s,
                backlog_s,
                at_s: 90.0,
            }],
            closed: Vec::new(),
            burst_requests: 0.0,
            initial_requests: 0.0,
            events_per_run: 0.0,
            textbook: Vec::new(),
            heavy_tails: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Goal: the first sentence speaks of the peak of a load that changes. Source: by hand.
    #[test]
    fn the_peak_is_judged_too() {
        assert_eq!(
            headline(&demand(160.0, 0.0, 0.0)),
            "At 100/s on average and up to 160/s, service.api.workers fills first: 50 % in use on \
             average, 80 % at the peak; it is full at 1.25 × that load, 125/s on average."
        );
        assert_eq!(
            headline(&demand(400.0, 60.0, 12_000.0)),
            "At 100/s on average and up to 400/s, service.api.workers keeps up on average (50 % in \
             use) and not at the peak: 200 % of what it has is asked for, for 60 s, and up to \
             12,000 requests wait at 90 s; it can sustain 50 % of that peak."
        );
        let steady = Demand { peaks: Vec::new(), ..demand(100.0, 0.0, 0.0) };
        assert_eq!(
            headline(&steady),
            "At 100/s, service.api.workers fills first: 50 % in use; it is full at 2 × that load, \
             200/s."
        );
    }

    /// Goal: a station whose peak is beyond it comes before one that is busier on average; one that
    /// is overloaded on average before all.
    #[test]
    fn the_station_that_is_worst_off_is_named() {
        let mut both = demand(400.0, 60.0, 12_000.0);
        both.stations.push(station("service.web.workers", 180.0));
        assert!(headline(&both).contains("service.api.workers keeps up on average"));
        both.stations.push(station("service.old.workers", 220.0));
        assert_eq!(
            headline(&both),
            "At 100/s on average and up to 400/s, service.old.workers cannot keep up: 110 % of what \
             it has is asked for; it can sustain 90.9 % of that load, 90.9/s on average."
        );
        let mut all = demand(400.0, 60.0, 12_000.0);
        all.stations[0] = station("service.api.workers", 220.0);
        assert!(
            headline(&all).contains(
                "cannot keep up: 110 % of what it has is asked for on average, 200 % at the peak; \
                 it can"
            ),
            "{}",
            headline(&all)
        );
    }

    /// Goal: of stations that are overloaded on average that is named which is so the most, also if
    /// another one has the higher peak: the sentence speaks of averages.
    #[test]
    fn the_most_overloaded_on_average_is_named() {
        let mut two = demand(400.0, 60.0, 12_000.0);
        two.stations[0] = station("service.api.workers", 220.0);
        two.stations.push(station("service.old.workers", 300.0));
        let said = headline(&two);
        assert!(said.contains("service.old.workers cannot keep up: 150 %"), "{said}");
        assert!(said.ends_with("it can sustain 66.7 % of that load, 66.7/s on average."), "{said}");
    }

    /// Goal: whatever comes at once beside another load is spoken of, in English.
    #[test]
    fn what_comes_at_once_is_counted() {
        let beside = |burst: f64, initial: f64, drain_s: Option<f64>| {
            let mut all = Demand { peaks: Vec::new(), ..demand(100.0, 0.0, 0.0) };
            (all.burst_requests, all.initial_requests) = (burst, initial);
            all.stations[0].drain_s = drain_s;
            let said = headline(&all);
            said.split_once("200/s. ").unwrap().1.to_owned()
        };
        let busy = "service.api.workers takes at least 2.5 s for all of them.";
        let limited = |burst, initial| beside(burst, initial, Some(2.5));
        assert_eq!(limited(500.0, 0.0), format!("There is a burst of 500 requests: {busy}"));
        assert_eq!(limited(0.0, 1.0), format!("There is 1 request at the start: {busy}"));
        assert_eq!(
            limited(500.0, 2.0),
            format!("There are 2 requests at the start and a burst of 500 requests: {busy}")
        );
        assert_eq!(
            beside(500.0, 0.0, None),
            "There is a burst of 500 requests: none of them asks for anything that has a limit."
        );
    }

    /// Goal: users and what comes at once are spoken of, the larger load first. Source: by hand:
    /// 300 users of 20 s and 41 ms are 15/s of the 100/s that fill a station.
    #[test]
    fn users_and_bursts_are_loads_too() {
        let mut tool = Demand { peaks: Vec::new(), ..demand(1.0, 0.0, 0.0) };
        tool.arrivals_per_s = 1.0;
        tool.closed.push(ClosedDemand {
            name: "staff".to_owned(),
            users: 300.0,
            think_s: 19.959,
            residence_s: 0.041,
            at_most_per_s: 15.0,
            limit: Some((0, 100.0)),
            least_response_s: 0.041,
            visits: Vec::new(),
        });
        tool.initial_requests = 2_000.0;
        tool.stations[0].drain_s = Some(100.0);
        let said = headline(&tool);
        assert!(
            said.starts_with(
                "With 300 users, at most 15/s, which is 15 % of what service.api.workers, the first \
                 to fill, can do: it is full at 100/s. At 1/s, service.api.workers fills first"
            ),
            "{said}"
        );
        assert!(
            said.ends_with(
                " There are 2,000 requests at the start: service.api.workers takes at least 100 s \
                 for all of them."
            ),
            "{said}"
        );
        let mut burst = demand(0.0, 0.0, 0.0);
        (burst.arrivals_per_s, burst.burst_requests) = (0.0, 500.0);
        burst.stations[0].drain_s = Some(2.5);
        burst.endpoints.push(EndpointDemand {
            name: "register".to_owned(),
            arrivals_per_s: 0.0,
            burst_requests: 500.0,
            minimum_residence_s: 0.153,
            events: 1.0,
            visits: Vec::new(),
        });
        assert_eq!(
            headline(&burst),
            "With a burst of 500 requests, register takes 153 ms on average if it never waits, and \
             service.api.workers takes at least 2.5 s for all of them."
        );
    }
}
