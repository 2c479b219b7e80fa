//! Erlang's answers for a station of alike instances.

use crate::analytic::erlang::{erlang_b, erlang_c};
use crate::analytic::general::mgc_mean_wait_approximation;
use crate::analytic::impatience::ConstantPatience;
use crate::analytic::multi_server::{BoundedLine, MultiServer};

/// Chance of waiting that [`Erlang::servers_for_rare_wait`] stays below.
pub const RARE: f64 = 0.01;
/// p99 of the wait that [`Erlang::servers_for_short_wait`] stays below, seconds.
pub const SHORT: f64 = 0.005;

/// M/M/c for each instance: Poisson arrivals, exponential holding times, first come first served
/// (in other orders the mean wait over all visits is the same, and quantiles are left out).
///
/// The arrivals of one instance are Poisson if requests are spread at random. Round robin is more
/// regular, so that waits are shorter; what comes in bundles (several queries of one request) is
/// less regular, so that they are longer. `least-outstanding` comes near `shared`.
#[derive(Debug, Clone, PartialEq)]
pub struct Erlang {
    /// Servers of one instance.
    pub servers: u64,
    /// Visits of one instance, per second.
    pub visits_per_s: f64,
    /// Waiting in the line of one instance; `None`: it grows without bound.
    pub wait: Option<Wait>,
    /// Servers of all instances together.
    pub shared_servers: u64,
    /// If all instances shared one line; `None`: it grows without bound.
    pub shared: Option<Wait>,
    /// **Approximation** (Allen–Cunneen) of the mean wait for the holding times' own cv, where it
    /// is known and not 1; exact for one server.
    pub mean_wait_by_cv_s: Option<f64>,
    /// Servers that one instance needs for P(wait) < 1 %; `None` beyond all measure.
    pub servers_for_rare_wait: Option<u64>,
    /// Servers that one instance needs for a p99 wait below 5 ms.
    pub servers_for_short_wait: Option<u64>,
    /// The same for one line shared by all.
    pub shared_for_rare_wait: Option<u64>,
    /// The same for one line shared by all.
    pub shared_for_short_wait: Option<u64>,
    /// Who leaves without service, where the line is bounded.
    pub loss: Option<Loss>,
}

/// Waiting in a stable line of unlimited length and patience, seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wait {
    /// P(wait > 0), Erlang C. For shared cores: the chance that all are busy.
    pub probability: f64,
    /// Mean, those who do not wait counted as 0. For shared cores: residence less demand, for any
    /// law of the demand.
    pub mean_s: f64,
    /// 95th percentile; not known where the order is another.
    pub p95_s: Option<f64>,
    /// 99th percentile; not known where the order is another.
    pub p99_s: Option<f64>,
}

/// Why somebody leaves without service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LossKind {
    /// Nobody may wait (Erlang B, any law of the holding time).
    NoLine,
    /// The line is full (M/M/c/K).
    FullLine,
    /// The server accepts no more connections and the pool fails (Erlang B).
    Refused,
    /// The patience ends (M/M/c with constant patience).
    Patience,
}

/// Who leaves without service.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loss {
    /// Why.
    pub kind: LossKind,
    /// The share of visits.
    pub share: f64,
    /// Mean wait of those served.
    pub mean_wait_s: f64,
}

/// What bounds a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    None,
    /// So many may wait.
    Places(u64),
    /// At the limit of the server a request is refused.
    Refusal,
    /// Seconds.
    Patience(f64),
}

/// What the answers are computed from.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    pub instances: u32,
    /// Of the smallest instance.
    pub servers: u64,
    /// Of all instances.
    pub total: u64,
    /// Visits of all instances, per second.
    pub rate: f64,
    pub holding: f64,
    pub cv: Option<f64>,
    /// First come, first served. Other orders have the same mean wait of exponential work, but
    /// other quantiles; cores that are shared have no line.
    pub fifo: bool,
    pub limit: Limit,
}

/// The answers; none where there is no finite load to speak of.
pub fn answer(question: &Question) -> Option<Erlang> {
    let &Question { servers, total, holding, .. } = question;
    let rate = question.rate / f64::from(question.instances);
    let usable = |x: f64| x.is_finite() && x > 0.0;
    if !usable(rate) || !usable(holding) || !(rate * holding).is_finite() || servers == 0 {
        return None;
    }
    let one = MultiServer::new(rate, holding, servers);
    let all = MultiServer::new(question.rate, holding, total);
    let by_cv = question
        .cv
        .filter(|cv| question.fifo && cv.is_finite() && (cv - 1.0).abs() > 1e-6)
        .filter(|_| one.is_stable())
        .map(|cv| mgc_mean_wait_approximation(&one, 1.0, cv));
    let wait = |station: &MultiServer| wait(station, question.fifo);
    let loss = loss(question, rate);
    let short = |rate| servers_for_wait(rate, holding, 0.99, SHORT);
    Some(Erlang {
        servers,
        visits_per_s: rate,
        wait: wait(&one),
        shared_servers: total,
        shared: wait(&all),
        mean_wait_by_cv_s: by_cv,
        servers_for_rare_wait: servers_for(rate * holding, RARE),
        servers_for_short_wait: short(rate),
        shared_for_rare_wait: servers_for(question.rate * holding, RARE),
        shared_for_short_wait: short(question.rate),
        loss,
    })
}

fn wait(station: &MultiServer, fifo: bool) -> Option<Wait> {
    let quantile = |p| fifo.then(|| station.wait_quantile(p));
    station.is_stable().then(|| Wait {
        probability: station.wait_probability(),
        mean_s: station.mean_wait(),
        p95_s: quantile(0.95),
        p99_s: quantile(0.99),
    })
}

fn loss(question: &Question, rate: f64) -> Option<Loss> {
    let &Question { servers, holding, .. } = question;
    let blocked = |kind| Loss { kind, share: erlang_b(servers, rate * holding), mean_wait_s: 0.0 };
    match question.limit {
        Limit::None => None,
        Limit::Refusal => Some(blocked(LossKind::Refused)),
        Limit::Places(0) => Some(blocked(LossKind::NoLine)),
        Limit::Places(places) => {
            let line = BoundedLine::new(rate, holding, servers, servers.saturating_add(places));
            let kind = LossKind::FullLine;
            Some(Loss { kind, share: line.loss, mean_wait_s: line.mean_wait })
        }
        // Who loses patience depends on who is served first.
        Limit::Patience(_) if !question.fifo => None,
        Limit::Patience(patience) => {
            let line = ConstantPatience::new(rate, holding, servers, patience).result;
            let kind = LossKind::Patience;
            Some(Loss { kind, share: line.abandon, mean_wait_s: line.mean_wait_served })
        }
    }
}

/// The fewest servers for which P(wait) < `chance` at an offered `load`.
pub fn servers_for(load: f64, chance: f64) -> Option<u64> {
    fewest(load, |servers| erlang_c(servers, load) < chance)
}

/// The fewest servers for which the quantile `p` of the wait is below `limit` seconds.
pub fn servers_for_wait(rate: f64, holding: f64, p: f64, limit: f64) -> Option<u64> {
    fewest(rate * holding, |servers| {
        MultiServer::new(rate, holding, servers).wait_quantile(p) < limit
    })
}

/// The fewest servers above `load` that are `enough`; more are then enough too.
fn fewest(load: f64, enough: impl Fn(u64) -> bool) -> Option<u64> {
    const MOST: f64 = 1e9;
    if !(0.0..MOST).contains(&load) {
        return None;
    }
    let mut low = load.floor() as u64;
    let mut step = 1;
    while !enough(low + step) {
        low += step;
        step *= 2;
    }
    let mut high = low + step;
    // `low` is not enough (or not above the load), `high` is.
    while high - low > 1 {
        let middle = low.midpoint(high);
        if enough(middle) { high = middle } else { low = middle }
    }
    Some(high)
}
