//! What a piece of a flow asks for: expected visits and holding times, and how pieces combine.

use std::collections::BTreeMap;

/// A time with its first two moments, seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Time {
    /// The mean.
    pub mean: f64,
    /// The variance, where it is known.
    pub variance: Option<f64>,
}

impl Time {
    pub const ZERO: Self = Self::constant(0.0);

    pub const fn constant(mean: f64) -> Self {
        Self { mean, variance: Some(0.0) }
    }

    /// A sum of independent times.
    pub fn plus(self, other: Self) -> Self {
        let variance = self.variance.zip(other.variance).map(|(a, b)| a + b);
        Self { mean: self.mean + other.mean, variance }
    }

    pub fn scaled(self, factor: f64) -> Self {
        let variance = self.variance.map(|variance| variance * factor * factor);
        Self { mean: times(self.mean, factor), variance }
    }

    /// The mean of the square.
    pub fn second(self) -> Option<f64> {
        self.variance.map(|variance| variance + self.mean * self.mean)
    }

    /// A sum of a random number of independent copies: Wald's equations.
    pub fn repeated(self, count: Count) -> Self {
        let variance = self
            .variance
            .zip(count.variance)
            .map(|(each, number)| times(count.mean, each) + times(number, self.mean * self.mean));
        Self { mean: times(count.mean, self.mean), variance }
    }
}

/// A number of things with its first two moments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Count {
    pub mean: f64,
    pub variance: Option<f64>,
}

impl Count {
    pub const fn constant(mean: f64) -> Self {
        Self { mean, variance: Some(0.0) }
    }

    pub fn is_constant(self) -> bool {
        self.variance == Some(0.0)
    }
}

/// A product in which nothing times infinity is nothing: a step that is never taken.
pub fn times(a: f64, b: f64) -> f64 {
    if a == 0.0 || b == 0.0 { 0.0 } else { a * b }
}

/// Something that is asked for, by the index of its entity in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// Workers of a service, or requests inside where none are held.
    Workers(usize),
    /// Cores of a service.
    Cpu(usize),
    /// Connections of a pool.
    Pool(usize),
    /// Cores of a database.
    DatabaseCpu(usize),
    /// Elapsed `time` of the queries of a database.
    DatabaseTime(usize),
    /// Turns of random reads on the disk of a database.
    Reads(usize),
    /// Scans of that disk.
    Scans(usize),
    /// Flushes of the log of a database.
    Log(usize),
    /// Write holds of a lock.
    Lock(usize),
    /// Executions of a query: no station, and counted only where it is asked for.
    Query(usize),
}

/// Expected use of a resource.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Use {
    /// Number of visits.
    pub visits: f64,
    /// Sum of the holding times.
    pub time: f64,
    /// Sum of their squares, where known.
    pub second: Option<f64>,
}

impl Use {
    pub fn one(time: Time) -> Self {
        Self { visits: 1.0, time: time.mean, second: time.second() }
    }

    pub fn scaled(self, factor: f64) -> Self {
        Self {
            visits: times(self.visits, factor),
            time: times(self.time, factor),
            second: self.second.map(|second| times(second, factor)),
        }
    }

    pub fn plus(self, other: Self) -> Self {
        Self {
            visits: self.visits + other.visits,
            time: self.time + other.time,
            second: self.second.zip(other.second).map(|(a, b)| a + b),
        }
    }

    /// Coefficient of variation of one holding time.
    pub fn cv(self) -> Option<f64> {
        let mean = self.time / self.visits;
        let second = self.second? / self.visits;
        // Cancellation may leave a hair below zero, or above it, for constants.
        let squared = second / (mean * mean) - 1.0;
        if squared.is_nan() {
            None
        } else if squared < 1e-12 {
            Some(0.0)
        } else {
            Some(squared.sqrt())
        }
    }
}

/// Something taken that is given back only at the end of what surrounds it.
#[derive(Clone, Copy, Debug)]
pub struct Pending {
    pub resource: Resource,
    /// Chance that it is taken, or how many times.
    pub weight: f64,
    /// Time since it was taken.
    pub held: Time,
}

/// Expectations of a piece of a flow.
#[derive(Clone, Debug)]
pub struct Block {
    /// From its start to its end, without waiting in any line.
    pub elapsed: Time,
    /// From its start to a `reply`, if there is one.
    pub answer: Option<Time>,
    pub uses: BTreeMap<Resource, Use>,
    pub pending: Vec<Pending>,
    /// Events that pass through the calendar.
    pub events: f64,
}

impl Block {
    pub fn empty() -> Self {
        Self::lasting(Time::ZERO, 0.0)
    }

    /// Time that passes.
    pub fn lasting(elapsed: Time, events: f64) -> Self {
        Self { elapsed, answer: None, uses: BTreeMap::new(), pending: Vec::new(), events }
    }

    pub fn add(&mut self, resource: Resource, used: Use) {
        let entry = self.uses.entry(resource);
        entry.and_modify(|sum| *sum = sum.plus(used)).or_insert(used);
    }

    fn add_all(&mut self, other: &Self, factor: f64) {
        for (&resource, &used) in &other.uses {
            self.add(resource, used.scaled(factor));
        }
        self.events += times(other.events, factor);
    }

    /// Takes a resource that is kept; a connection that may already be kept is taken only if not.
    pub fn take(&mut self, taken: Pending) {
        let mut taken = taken;
        if matches!(taken.resource, Resource::Pool(_)) {
            let kept = self.pending.iter().filter(|p| p.resource == taken.resource);
            taken.weight *= 1.0 - kept.map(|p| p.weight).sum::<f64>().clamp(0.0, 1.0);
        }
        if taken.weight > 0.0 {
            self.pending.push(taken);
        }
    }

    /// `next` follows.
    pub fn then(&mut self, next: Self) {
        self.add_all(&next, 1.0);
        if self.answer.is_none() {
            self.answer = next.answer.map(|answer| self.elapsed.plus(answer));
        }
        for pending in &mut self.pending {
            pending.held = pending.held.plus(next.elapsed);
        }
        self.elapsed = self.elapsed.plus(next.elapsed);
        for pending in next.pending {
            self.take(pending);
        }
    }

    /// Gives back what is pending and satisfies `which`.
    pub fn close(&mut self, which: impl Fn(Resource) -> bool) {
        let (closed, open) =
            std::mem::take(&mut self.pending).into_iter().partition(|p| which(p.resource));
        self.pending = open;
        let closed: Vec<Pending> = closed;
        for pending in closed {
            self.add(pending.resource, Use::one(pending.held).scaled(pending.weight));
        }
    }

    /// `count` times one after the other.
    pub fn repeated(&self, count: Count) -> Self {
        let mut block = Self::lasting(self.elapsed.repeated(count), 0.0);
        block.add_all(self, count.mean);
        block.answer = self.answer;
        let more = (count.mean - 1.0).max(0.0);
        for &pending in &self.pending {
            let (weight, rest) = match pending.resource {
                // Kept from the first time on.
                Resource::Pool(_) => (times(pending.weight, count.mean).min(1.0), more),
                _ => (times(pending.weight, count.mean), more / 2.0),
            };
            let mut held = pending.held;
            if rest > 0.0 {
                let mean = held.mean + times(self.elapsed.mean, rest);
                held = Time { mean, variance: None };
            }
            block.pending.push(Pending { resource: pending.resource, weight, held });
        }
        block
    }

    /// Copies as jobs of their own beside each other: all that they use, `elapsed` as given.
    pub fn beside(&self, count: f64, elapsed: Time) -> Self {
        let mut block = Self::lasting(elapsed, 0.0);
        block.add_all(self, count);
        block
    }

    /// One of several with the given chances.
    pub fn mixture(parts: &[(f64, Self)]) -> Self {
        let mean = parts.iter().map(|(p, block)| times(*p, block.elapsed.mean)).sum::<f64>();
        let second = parts
            .iter()
            .try_fold(0.0, |sum, (p, block)| Some(sum + times(*p, block.elapsed.second()?)));
        let same = parts.iter().all(|(_, block)| block.elapsed == Time::constant(mean));
        let variance =
            second.map(|second| if same { 0.0 } else { (second - mean * mean).max(0.0) });
        let mut mixed = Self::lasting(Time { mean, variance }, 0.0);
        for (p, block) in parts {
            mixed.add_all(block, *p);
            for &pending in &block.pending {
                mixed.pending.push(Pending { weight: times(pending.weight, *p), ..pending });
            }
        }
        if parts.iter().any(|(_, block)| block.answer.is_some()) {
            // A branch without `reply` answers later than its end: from below.
            let first = |block: &Self| block.answer.unwrap_or(block.elapsed).mean;
            let mean = parts.iter().map(|(p, block)| times(*p, first(block))).sum();
            mixed.answer = Some(Time { mean, variance: None });
        }
        mixed
    }
}
