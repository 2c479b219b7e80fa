//! What one arrival asks for: a request of the mix, or those of a session.

use super::expect::Registers;
use super::usage::times;
use crate::model::{Binding, VariateId, Workload};

/// Requests of one arrival, or of one round of a user.
pub struct Asks {
    /// Endpoints with their mean numbers of requests. An endpoint may stand there twice.
    pub requests: Vec<(usize, f64)>,
    /// Mean time to think before them, all together; without the pause between sessions.
    pub think_s: f64,
    /// The part of it before the first item of a session, when the session is not yet live.
    pub first_think_s: f64,
}

impl Asks {
    /// Without errors, which may end a session.
    pub fn of(workload: &Workload, binding: &Binding) -> Self {
        let Some(session) = &workload.session else {
            let total: f64 = workload.mix.iter().map(|entry| binding.get(entry.1)).sum();
            let share = |entry: &(usize, _)| (entry.0, binding.get(entry.1) / total);
            let requests = workload.mix.iter().map(share).collect();
            return Self { requests, think_s: 0.0, first_think_s: 0.0 };
        };
        let first = session.items.first().map_or(0.0, |item| mean(binding, item.think));
        let mut asks = Self { requests: Vec::new(), think_s: 0.0, first_think_s: first };
        for (entry, item) in workload.mix.iter().zip(&session.items) {
            let (variate, bounds) = binding.variate(item.times);
            let number = Registers::new(0).count(variate, bounds).mean;
            asks.requests.push((entry.0, number));
            asks.think_s += times(number, mean(binding, item.think));
        }
        asks
    }

    /// How many requests.
    pub fn number(&self) -> f64 {
        self.requests.iter().map(|request| request.1).sum()
    }

    /// Endpoints with their shares of the requests.
    pub fn shares(&self) -> impl Iterator<Item = (usize, f64)> {
        let number = self.number();
        self.requests.iter().map(move |&(endpoint, n)| (endpoint, times(n, 1.0 / number)))
    }
}

/// The mean of a number that varies.
pub fn mean(binding: &Binding, id: VariateId) -> f64 {
    let (variate, bounds) = binding.variate(id);
    variate.at_means(&[]).clamp(bounds.min, bounds.max)
}

/// Mean number of requests or sessions that come together.
pub fn batch(binding: &Binding, workload: &Workload) -> f64 {
    workload.batch.map_or(1.0, |id| {
        let (variate, bounds) = binding.variate(id);
        Registers::new(0).count(variate, bounds).mean
    })
}
