//! Where the value of each metric path is kept.

/// What a metric path stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// One value per visit: these tallies together. Nanoseconds.
    Tally {
        /// Tallies.
        tallies: Vec<u32>,
    },
    /// Every request of a kind: those with a good answer have a latency, the others count as
    /// never answered, and so do those that are still open at the end of the run.
    Requests {
        /// First of ten tallies, one per [`Outcome`](crate::model::Outcome).
        tallies: u32,
    },
    /// A value over time.
    Level {
        /// The level of all instances together.
        sum: u32,
        /// The levels of the instances; `[sum]` where there is one.
        instances: Vec<u32>,
        /// What one unit of the level is worth: 0.001 for cores.
        unit: f64,
        /// What it can at most be, for all instances together; `None`: no bound.
        capacity: Option<f64>,
    },
    /// A counter.
    Count {
        /// Counter.
        count: u32,
    },
}

/// Servers that requests ask for: what `utilization` and `offered_load` take.
#[derive(Debug, Clone, PartialEq)]
pub struct Capacity {
    /// Path of the level of busy servers.
    pub busy: String,
    /// Tallies of those who asked: granted and not.
    pub asked: Vec<u32>,
    /// Counter of grants, by time; `None`: nobody is turned away and the mean busy is the load.
    pub grants: Option<u32>,
}

/// A metric path.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Dotted path, such as `pool.api_pg.wait`.
    pub path: String,
    /// Where its value is kept.
    pub source: Source,
    /// A phrase that says what it is.
    pub about: String,
}

/// All metric paths of a plan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalog {
    /// Paths in order.
    entries: Vec<Entry>,
    /// Entities that have servers, by path: `pool.api_pg`, `service.api.workers` …
    capacities: Vec<(String, Capacity)>,
    /// Counters of attempts and of intended requests by workload.
    attempts: Vec<(String, u32, u32)>,
}

impl Catalog {
    /// Adds a path.
    pub(super) fn add(&mut self, path: impl Into<String>, source: Source, about: &str) {
        self.entries.push(Entry { path: path.into(), source, about: about.to_owned() });
    }

    /// Adds servers.
    pub(super) fn add_capacity(&mut self, path: impl Into<String>, capacity: Capacity) {
        self.capacities.push((path.into(), capacity));
    }

    /// Adds the counters of a workload.
    pub(super) fn add_attempts(&mut self, path: impl Into<String>, attempts: u32, intended: u32) {
        self.attempts.push((path.into(), attempts, intended));
    }

    /// Puts the paths in order.
    pub(super) fn sort(&mut self) {
        self.entries.sort_by(|a, b| a.path.cmp(&b.path));
    }

    /// All paths, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of a path.
    pub fn get(&self, path: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()?;
        Some(&self.entries[at])
    }

    /// The servers behind a path.
    pub fn capacity(&self, path: &str) -> Option<&Capacity> {
        self.capacities.iter().find(|entry| entry.0 == path).map(|entry| &entry.1)
    }

    /// Paths of all servers.
    pub fn capacities(&self) -> impl Iterator<Item = &str> {
        self.capacities.iter().map(|entry| entry.0.as_str())
    }

    /// Counters of attempts and of intended requests of `workload.X`.
    pub fn attempts(&self, path: &str) -> Option<(u32, u32)> {
        let (_, attempts, intended) = self.attempts.iter().find(|entry| entry.0 == path)?;
        Some((*attempts, *intended))
    }
}
