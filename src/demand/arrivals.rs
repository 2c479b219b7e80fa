//! How many requests arrive: of every workload, as each kind of load brings them.

use super::asks::{Asks, batch, mean};
use super::closed;
use super::usage::{Block, times};
use crate::model::{Arrivals, Binding, Model, Workload};
use crate::units::show;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Requests of an endpoint.
#[derive(Clone, Copy, Debug, Default)]
pub struct Load {
    /// Per second, over the duration.
    pub per_s: f64,
    /// Of bursts, in one run.
    pub burst: f64,
    /// There at the start.
    pub initial: f64,
    /// In one run, warm-up and bursts and all.
    pub in_run: f64,
}

/// The requests of every endpoint; `notes` gets what must be known about them. Those of users who
/// wait for each answer follow from the stations and are not among them.
pub fn loads(
    model: &Model,
    binding: &Binding,
    blocks: &[Rc<Block>],
    notes: &mut BTreeSet<String>,
) -> Vec<Load> {
    let loads = vec![Load::default(); model.endpoints.len()];
    let mut counting = Counting { model, binding, blocks, loads, notes };
    counting.count();
    counting.loads
}

/// A stated warm-up and the duration, seconds.
pub fn span(model: &Model, binding: &Binding) -> f64 {
    let run = &model.run;
    binding.get(run.duration) + run.warm_up.map_or(0.0, |id| binding.get(id))
}

/// Arrivals per second of a workload, if it has a rate that does not change.
pub fn open_rate(binding: &Binding, workload: &Workload) -> Option<f64> {
    let rate = workload.stated_rate(binding)?;
    Some(rate * binding.load(workload))
}

/// Mean number of those who ask for something by themselves: users, who stay all the time, or of so many
/// arrivals per second the sessions that are live, as long as they last if they never wait.
pub fn live(
    workload: &Workload,
    binding: &Binding,
    asks: &Asks,
    (per_s, block): (f64, impl FnMut(usize) -> Rc<Block>),
) -> f64 {
    match workload.arrivals {
        Arrivals::Users { users, .. } => closed::users(binding, workload, users),
        _ => times(per_s, length(asks, block)),
    }
}

/// Mean time that a session is live if it never waits, seconds.
fn length(asks: &Asks, mut block: impl FnMut(usize) -> Rc<Block>) -> f64 {
    let busy = |&(endpoint, number): &(usize, f64)| {
        let block = block(endpoint);
        times(number, block.answer.unwrap_or(block.elapsed).mean)
    };
    let length = asks.requests.iter().map(busy).sum::<f64>() + asks.think_s;
    (length - asks.first_think_s).max(0.0)
}

struct Counting<'a> {
    model: &'a Model,
    binding: &'a Binding,
    blocks: &'a [Rc<Block>],
    loads: Vec<Load>,
    notes: &'a mut BTreeSet<String>,
}

impl Counting<'_> {
    fn count(&mut self) {
        let span = span(self.model, self.binding);
        for &(endpoint, count) in self.model.services.iter().flat_map(|one| &one.initial) {
            let count = self.binding.get(count);
            let load = &mut self.loads[endpoint];
            load.initial += count;
            load.in_run += count;
        }
        for workload in &self.model.workloads {
            let asks = Asks::of(workload, self.binding);
            let (per_s, burst) = match workload.arrivals {
                Arrivals::Open { .. } => (self.rate(workload, span).unwrap_or(0.0), 0.0),
                Arrivals::Burst { count, .. } => (0.0, mean(self.binding, count)),
                Arrivals::Users { .. } => (0.0, 0.0),
                Arrivals::Replay { .. } => {
                    let duration = self.binding.get(self.model.run.duration);
                    let requests = workload.replayed(self.binding, span - duration, span);
                    (requests / duration, 0.0)
                }
            };
            if workload.client.is_some() {
                self.notes.insert("without errors: clients neither leave nor try again".to_owned());
            }
            self.note_session(workload, &asks, per_s);
            self.background(workload, &asks, (per_s, burst));
            for (endpoint, number) in asks.requests.into_iter().filter(|asked| asked.1 > 0.0) {
                let load = &mut self.loads[endpoint];
                load.per_s += per_s * number;
                load.burst += burst * number;
                load.in_run += (per_s * span + burst) * number;
            }
        }
    }

    /// What users ask for by themselves: of users who stay all the time, of sessions as long as
    /// they last if they never wait.
    fn background(&mut self, workload: &Workload, asks: &Asks, (per_s, burst): (f64, f64)) {
        let block = |endpoint: usize| Rc::clone(&self.blocks[endpoint]);
        let live = live(workload, self.binding, asks, (per_s, block));
        let burst = match workload.arrivals {
            Arrivals::Burst { .. } => times(burst, length(asks, block)),
            _ => 0.0,
        };
        let span = span(self.model, self.binding);
        for &(endpoint, interval) in &workload.background {
            let interval = mean(self.binding, interval);
            let load = &mut self.loads[endpoint];
            load.per_s += live / interval;
            load.burst += burst / interval;
            load.in_run += (live * span + burst) / interval;
            if live > 0.0 {
                self.notes.insert(format!(
                    "workload.{}: {} of {} in the background, {} {} on average",
                    workload.name,
                    show::rate(live / interval),
                    self.model.endpoints[endpoint].name,
                    show::number(live),
                    if workload.session.is_some() && per_s > 0.0 {
                        "live sessions (more if they wait)"
                    } else {
                        "users"
                    }
                ));
            }
        }
    }

    /// How many requests the sessions make.
    fn note_session(&mut self, workload: &Workload, asks: &Asks, per_s: f64) {
        let Some(session) = &workload.session else { return };
        let name = &workload.name;
        let number = asks.number();
        let requests = show::number(number);
        let mut note = format!("workload.{name}: a session is {requests} requests on average");
        if per_s > 0.0 {
            let (sessions, rate) = (show::rate(per_s), show::rate(per_s * number));
            note = format!("{note}; {sessions} of them are {rate} of requests");
        }
        self.notes.insert(note);
        if !session.continues {
            self.notes.insert("without errors: no session ends before its last request".to_owned());
        }
    }

    /// Requests per second of an open workload: of one whose rate changes the mean, and notes how
    /// high it goes.
    fn rate(&mut self, workload: &Workload, span: f64) -> Option<f64> {
        let batch = batch(self.binding, workload);
        if workload.batch.is_some() {
            let name = &workload.name;
            let mean = show::number(batch);
            self.notes.insert(format!("workload.{name}: {mean} requests come together on average"));
        }
        if workload.shape.is_none() {
            return open_rate(self.binding, workload).map(|rate| rate * batch);
        }
        let rates = workload.rates(self.binding)?;
        let from = span - self.binding.get(self.model.run.duration);
        let (mean, peak) = (rates.mean(self.binding, from, span) * batch, rates.peak() * batch);
        self.notes.insert(format!(
            "workload.{}: {} on average, which is what the tables count, and up to {}",
            workload.name,
            show::rate(mean),
            show::rate(peak)
        ));
        Some(mean)
    }
}
