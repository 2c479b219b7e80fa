//! Second opinions: endpoints that are, as a whole, a system that queueing theory has solved.
//!
//! Only exact results stand here. The conditions are strict on purpose: one endpoint, Poisson
//! arrivals that are still Poisson at each instance, one step at one station, clients that wait.

use super::Connections;
use super::arrivals::open_rate;
use super::walk::Cores;
use crate::analytic::erlang::erlang_b;
use crate::analytic::general::{ConstantService, mg1_mean_wait};
use crate::analytic::impatience::ConstantPatience;
use crate::analytic::multi_server::{BoundedLine, MultiServer};
use crate::analytic::renewal::{RenewalArrivals, erlang_transform};
use crate::analytic::sharing;
use crate::dist::Dist;
use crate::expr::formula::Variate;
use crate::model::{
    Arrivals, Balance, Binding, Checkout, Gaps, LineOrder, Model, Runtime, Service, Step,
    VariateId, Verb,
};

/// What theory says about an endpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct Textbook {
    /// Name of the endpoint.
    pub endpoint: String,
    /// The system in Kendall's notation with its number of servers, such as `M/M/50`.
    pub system: String,
    /// The theorem and where it is found.
    pub theorem: &'static str,
    /// Latency of requests that are served; `None`: it grows without bound.
    pub response: Option<Response>,
    /// Time in line of all requests, where it is known.
    pub wait: Option<Response>,
    /// Share of requests that are not served, where the line is bounded.
    pub loss: Option<f64>,
}

/// A law of times as far as it is known in closed form, seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The mean.
    pub mean_s: f64,
    /// Probabilities and quantiles; empty if only the mean is known.
    pub quantiles: Vec<(f64, f64)>,
}

const QUANTILES: [f64; 4] = [0.5, 0.95, 0.99, 0.999];

/// A single station.
struct Station {
    discipline: Discipline,
    law: Dist,
    servers: u64,
    limit: Line,
}

#[derive(Clone, Copy, PartialEq)]
enum Discipline {
    Fifo,
    Sharing,
    Infinite,
}

#[derive(Clone, Copy, PartialEq)]
enum Line {
    Endless,
    Places(u64),
    Patience(f64),
}

/// The textbook systems of a model: at most one, of its only endpoint with arrivals.
pub fn recognize(model: &Model, binding: &Binding, connections: &[Connections]) -> Vec<Textbook> {
    find(model, binding, connections).into_iter().collect()
}

fn find(model: &Model, binding: &Binding, connections: &[Connections]) -> Option<Textbook> {
    let (endpoint, rate) = only_endpoint(model, binding)?;
    let plan = &model.endpoints[endpoint];
    let service = &model.services[plan.service];
    if !plan.lets.is_empty() || rate.is_nan() || rate <= 0.0 {
        return None;
    }
    let step = only_step(&plan.steps)?;
    let station = station(model, binding, connections, plan.service, step)?;
    let instances = binding.count(service.instances).max(1);
    let one = rate / f64::from(instances);
    let endless = station.discipline == Discipline::Infinite;
    if instances > 1 && !endless && (!service.speeds.is_empty() || service.eject.is_some()) {
        return None; // Instances that are not alike, or not always there.
    }
    let (system, theorem, response, wait, loss) =
        if instances == 1 || service.balance == Balance::Random || endless {
            poisson(&station, one)?
        } else {
            round_robin(&station, one, instances, service)?
        };
    let endpoint = plan.name.clone();
    Some(Textbook { endpoint, system, theorem, response, wait, loss })
}

/// The only endpoint with arrivals, all of them Poisson, and their rate.
fn only_endpoint(model: &Model, binding: &Binding) -> Option<(usize, f64)> {
    let mut found: Option<(usize, f64)> = None;
    for workload in &model.workloads {
        let poisson = matches!(workload.arrivals, Arrivals::Open { gaps: Gaps::Poisson, .. });
        let plain = workload.shape.is_none()
            && workload.batch.is_none()
            && workload.session.is_none()
            && workload.background.is_empty();
        if !poisson || !plain || workload.client.is_some() {
            return None;
        }
        let [(endpoint, _)] = workload.mix[..] else { return None };
        let rate = open_rate(binding, workload)?;
        match &mut found {
            None => found = Some((endpoint, rate)),
            Some((same, sum)) if *same == endpoint => *sum += rate,
            Some(_) => return None,
        }
    }
    found
}

fn only_step(steps: &[Step]) -> Option<&Verb> {
    let [Step { verb, handler: None, .. }] = steps else { return None };
    if let Verb::Block(inner) = verb { only_step(inner) } else { Some(verb) }
}

fn station(
    model: &Model,
    binding: &Binding,
    connections: &[Connections],
    service: usize,
    verb: &Verb,
) -> Option<Station> {
    let plan = &model.services[service];
    let workers = plan.workers.filter(|_| plan.runtime == Runtime::Threads);
    match verb {
        Verb::Cpu(work) if workers.is_none() => {
            let cores = Cores::of_service(model, binding, service)?;
            let law = law(binding, *work, 1.0 / (cores.speed * cores.alone))?;
            let discipline = match cores {
                Cores { fifo: true, .. } => Discipline::Fifo,
                Cores { sharing: true, .. } => Discipline::Sharing,
                _ => return None,
            };
            // Less than one core is one slower core.
            let servers = cores.servers.max(1.0);
            let whole = servers.fract() == 0.0;
            let servers = servers as u64;
            whole.then_some(Station { discipline, law, servers, limit: Line::Endless })
        }
        Verb::Delay(time) => {
            let law = law(binding, *time, 1.0)?;
            let limit = plan
                .line_limit
                .map_or(Line::Endless, |id| Line::Places(u64::from(binding.count(id))));
            Some(match workers {
                None => Station {
                    discipline: Discipline::Infinite,
                    law,
                    servers: 0,
                    limit: Line::Endless,
                },
                Some(_) if plan.line_order != LineOrder::Fifo || plan.line_drop.is_some() => {
                    return None;
                }
                Some(workers) => {
                    let servers = u64::from(binding.count(workers));
                    Station { discipline: Discipline::Fifo, law, servers, limit }
                }
            })
        }
        Verb::Query { query, pool, row: None } if workers.is_none() => {
            let (query, plan) = (&model.queries[*query], &model.pools[*pool]);
            let database = &model.databases[plan.database];
            let found = connections[*pool];
            let warm = plan.min_idle.is_none_or(|idle| binding.count(idle) >= found.size);
            let plain = query.is_elapsed_only()
                && binding.get(plan.round_trip) == 0.0
                && binding.get(plan.leak) == 0.0
                && plan.checkout == Checkout::Query
                && plan.line_order == LineOrder::Fifo
                && !found.is_limited()
                && (binding.get(database.connect_time) == 0.0
                    || (warm && plan.max_lifetime.is_none() && plan.idle_timeout.is_none()));
            let patience = plan.acquire_timeout.map(|id| binding.variate(id).0.evaluate_fixed());
            let limit = match (plan.line_limit, patience) {
                (None, None) => Line::Endless,
                (None, Some(Some(seconds))) => Line::Patience(seconds),
                (Some(places), None) => Line::Places(u64::from(binding.count(places))),
                _ => return None,
            };
            let law = law(binding, query.time?, 1.0)?;
            let servers = u64::from(found.size);
            plain.then_some(Station { discipline: Discipline::Fifo, law, servers, limit })
        }
        _ => None,
    }
}

fn law(binding: &Binding, id: VariateId, factor: f64) -> Option<Dist> {
    let law = match binding.variate(id).0 {
        Variate::Fixed(value) => Dist::constant(*value).ok()?,
        Variate::Law(law) => law.clone(),
        Variate::Formula(_) => return None,
    };
    let law = if factor == 1.0 { law } else { law.scaled(factor).ok()? };
    let mean = law.mean();
    (mean.is_finite() && mean > 0.0).then_some(law)
}

type Answer = (String, &'static str, Option<Response>, Option<Response>, Option<f64>);

fn response(mean_s: f64, quantile: impl Fn(f64) -> f64) -> Option<Response> {
    let quantiles = QUANTILES.map(|p| (p, quantile(p))).to_vec();
    mean_s.is_finite().then_some(Response { mean_s, quantiles })
}

fn mean_only(mean_s: f64) -> Option<Response> {
    mean_s.is_finite().then(|| Response { mean_s, quantiles: Vec::new() })
}

/// Poisson arrivals at a single instance.
fn poisson(station: &Station, rate: f64) -> Option<Answer> {
    let Station { discipline, ref law, servers, limit } = *station;
    let mean = law.mean();
    let by_law = |p: f64| law.quantile(p).unwrap_or(f64::NAN);
    match (discipline, limit) {
        (Discipline::Infinite, _) => Some((
            "M/G/infinity".to_owned(),
            "nobody waits: the latency has the law of the delay",
            response(mean, by_law),
            None,
            None,
        )),
        (Discipline::Sharing, _) if servers == 1 => Some((
            "M/G/1-PS".to_owned(),
            "processor sharing is insensitive (Kleinrock II, 1976, section 4.4)",
            mean_only(sharing::mg1_mean_response(rate, mean)),
            None,
            None,
        )),
        (Discipline::Sharing, _) => Some((
            format!("M/G/{servers}-PS"),
            "generalized processor sharing is insensitive (Cohen 1979)",
            mean_only(sharing::mmc_mean_response(rate, mean, servers)),
            None,
            None,
        )),
        (Discipline::Fifo, Line::Places(0)) => Some((
            format!("M/G/{servers}/{servers}"),
            "Erlang B (Kleinrock I, 1975, section 3.6)",
            response(mean, by_law),
            None,
            Some(erlang_b(servers, rate * mean)),
        )),
        (Discipline::Fifo, _) if law.is_exponential() => Some(exponential(station, rate)),
        (Discipline::Fifo, Line::Endless) if servers == 1 => Some(one_server(law, rate)),
        _ => None,
    }
}

/// Exponential service, first come first served.
fn exponential(station: &Station, rate: f64) -> Answer {
    let (servers, mean) = (station.servers, station.law.mean());
    match station.limit {
        Line::Places(places) => {
            let capacity = servers.saturating_add(places);
            let line = BoundedLine::new(rate, mean, servers, capacity);
            (
                format!("M/M/{servers}/{capacity}"),
                "bounded line (Gross et al. 2008, section 2.5)",
                mean_only(line.mean_response),
                None,
                Some(line.loss),
            )
        }
        Line::Patience(patience) => {
            let line = ConstantPatience::new(rate, mean, servers, patience);
            (
                format!("M/M/{servers}+D"),
                "constant patience (Barrer 1957)",
                mean_only(line.result.mean_wait_served + mean),
                response(line.result.mean_wait, |p| line.wait_quantile(p)),
                Some(line.result.abandon),
            )
        }
        Line::Endless => {
            let line = MultiServer::new(rate, mean, servers);
            (
                format!("M/M/{servers}"),
                "Erlang C (Kleinrock I, 1975, section 3.5)",
                response(line.mean_response(), |p| line.response_quantile(p)),
                response(line.mean_wait(), |p| line.wait_quantile(p)),
                None,
            )
        }
    }
}

/// One server, any law, first come first served.
fn one_server(law: &Dist, rate: f64) -> Answer {
    let mean = law.mean();
    let wait = mg1_mean_wait(rate, mean, law.second_moment());
    if law.variance() > 0.0 {
        let theorem = "Pollaczek-Khinchine (Kleinrock I, 1975, chapter 5)";
        return ("M/G/1".to_owned(), theorem, mean_only(wait + mean), mean_only(wait), None);
    }
    let waits = ConstantService::new(rate, mean);
    let quantile = |p: f64| least(|t| waits.wait_tail(t) <= 1.0 - p, mean);
    let theorem = "constant service (Crommelin 1932; Franx 2001)";
    let whole = response(wait + mean, |p| quantile(p) + mean);
    let wait = whole.as_ref().and_then(|_| response(wait, quantile));
    ("M/D/1".to_owned(), theorem, whole, wait, None)
}

/// Round robin over `n` instances with one exponential server each: the gaps of one instance are
/// sums of n exponential ones, `E_n/M/1`.
fn round_robin(station: &Station, rate: f64, n: u32, service: &Service) -> Option<Answer> {
    let endless = station.limit == Line::Endless && station.discipline == Discipline::Fifo;
    let fits = endless && station.servers == 1 && station.law.is_exponential();
    if service.balance != Balance::RoundRobin || !fits {
        return None;
    }
    let (gap, mean) = (1.0 / rate, station.law.mean());
    let line = RenewalArrivals::new(|s| erlang_transform(n, gap, s), gap, mean);
    let quantile = |p: f64| -line.mean_response() * libm::log1p(-p);
    let waits = |p: f64| {
        let sigma = line.wait_probability();
        (line.mean_response() * libm::log(sigma / (1.0 - p))).max(0.0)
    };
    Some((
        format!("E{n}/M/1"),
        "independent gaps (Kleinrock I, 1975, section 6.4)",
        response(line.mean_response(), quantile),
        response(line.mean_wait(), waits),
        None,
    ))
}

/// The least t >= 0 that is `enough`, to the last bit; `scale` is where to start.
fn least(enough: impl Fn(f64) -> bool, scale: f64) -> f64 {
    if enough(0.0) {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, scale);
    while !enough(high) {
        if high > scale * 1e12 {
            return f64::INFINITY;
        }
        (low, high) = (high, high * 2.0);
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if enough(middle) { high = middle } else { low = middle }
    }
    high
}
