//! Model and numbers into tables: stations, pools, services, sources. Flows are compiled next door.

use super::catalog::{Catalog, Source};
use super::flow;
use super::{LevelPair, Limits, NONE, NestingPlan, Place, Plan, Probes, Schedule, Variable, Watch};
use crate::dist::{Dist, hash_name};
use crate::expr::formula::Variate;
use crate::model::{Binding, Model, Outcome, VariateId, WINDOWS_MAX};
use crate::units::time::seconds_to_ns;
use std::collections::BTreeMap;

/// What the metrics of a study need beyond what is always measured.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Needs {
    /// Paths of levels whose distribution over time is asked for.
    pub distributions: Vec<String>,
    /// Levels that are watched: path, threshold in the metric's units, date in seconds.
    pub watches: Vec<(String, f64, f64)>,
    /// Windows besides the named ones: from and to, seconds.
    pub windows: Vec<(f64, f64)>,
    /// Paths of tallies that are asked for by interval.
    pub courses: Vec<String>,
}

/// The plan under construction, and what is shared between its parts.
pub(super) struct Compiler<'a> {
    pub model: &'a Model,
    pub binding: &'a Binding,
    pub plan: Plan,
    /// Lanes by the length of their timers, ns.
    lanes: BTreeMap<u64, u32>,
    places: BTreeMap<String, u32>,
    /// Tally of each query's elapsed time, and its counter.
    pub queries: Vec<(u32, u32)>,
    /// Jumps to be pointed at the bodies of endpoints when all are compiled.
    pub jumps_to_bodies: Vec<(u32, usize)>,
}

/// Compiles a model at a binding. Infallible: names are resolved, numbers are in their bounds.
pub fn compile(model: &Model, binding: &Binding, needs: &Needs) -> Plan {
    let mut compiler = Compiler {
        model,
        binding,
        plan: empty(model, binding),
        lanes: BTreeMap::new(),
        places: BTreeMap::new(),
        queries: Vec::new(),
        jumps_to_bodies: Vec::new(),
    };
    compiler.services();
    compiler.databases();
    compiler.pools();
    compiler.query_probes();
    compiler.locks();
    compiler.nesting();
    compiler.endpoint_probes();
    flow::compile_endpoints(&mut compiler);
    compiler.workloads();
    compiler.finish(needs)
}

fn empty(model: &Model, binding: &Binding) -> Plan {
    let duration = binding.get(model.run.duration);
    let interval = model.run.interval.map_or(duration / 60.0, |interval| binding.get(interval));
    let window = |w: &crate::model::Window| {
        (seconds_to_ns(binding.get(w.from)), seconds_to_ns(binding.get(w.to)))
    };
    Plan {
        ops: Vec::new(),
        variables: Vec::new(),
        conditions: Vec::new(),
        loops: Vec::new(),
        groups: Vec::new(),
        choices: Vec::new(),
        catches: Vec::new(),
        retries: Vec::new(),
        arguments: Vec::new(),
        places: Vec::new(),
        stations: Vec::new(),
        services: Vec::new(),
        instances: Vec::new(),
        pools: Vec::new(),
        pool_first: Vec::new(),
        databases: Vec::new(),
        disks: Vec::new(),
        logs: Vec::new(),
        locks: Vec::new(),
        nesting: NestingPlan::default(),
        endpoints: Vec::new(),
        marks: Vec::new(),
        workloads: Vec::new(),
        initial: Vec::new(),
        controls: Vec::new(),
        schedule: Schedule {
            warm_up: model.run.warm_up.map_or(0, |warm_up| seconds_to_ns(binding.get(warm_up))),
            duration: seconds_to_ns(duration).max(1),
            interval: seconds_to_ns(interval).max(1),
            drained: model.run.drained,
            windows: model.windows.iter().map(window).collect(),
        },
        limits: Limits { in_flight: model.run.limit_in_flight, events: model.run.limit_events },
        registers: 0,
        lanes: 0,
        probes: Probes::default(),
        catalog: Catalog::default(),
        place_backoff: NONE,
        place_abandoned: NONE,
        seed: model.run.seed,
        identity: binding.identity,
    }
}

impl Compiler<'_> {
    /// A place of the breakdown by name.
    pub fn place(&mut self, name: &str) -> u32 {
        if let Some(&place) = self.places.get(name) {
            return place;
        }
        let place = self.plan.places.len() as u32;
        self.plan.places.push(Place { name: name.to_owned() });
        self.places.insert(name.to_owned(), place);
        place
    }

    /// `count` tallies in a row; gives the first.
    pub fn tallies(&mut self, count: usize) -> u32 {
        let first = self.plan.probes.tallies;
        self.plan.probes.tallies += count as u32;
        first
    }

    /// A counter.
    pub fn counter(&mut self) -> u32 {
        self.plan.probes.counts += 1;
        self.plan.probes.counts - 1
    }

    /// A level with a capacity in its own units (0: none).
    pub fn level(&mut self, capacity: u64) -> u32 {
        self.plan.probes.level_capacity.push(capacity);
        self.plan.probes.level_histograms.push(false);
        self.plan.probes.level_capacity.len() as u32 - 1
    }

    /// A level of each of `instances`, and of their sum, under a metric path.
    pub fn levels(
        &mut self,
        path: &str,
        instances: u32,
        capacity: u64,
        unit: f64,
        about: &str,
    ) -> Vec<LevelPair> {
        let own: Vec<u32> = (0..instances).map(|_| self.level(capacity)).collect();
        let all = capacity.saturating_mul(u64::from(instances));
        let sum = if instances == 1 { NONE } else { self.level(all) };
        let top = if sum == NONE { own[0] } else { sum };
        let source = Source::Level {
            sum: top,
            instances: own.clone(),
            unit,
            capacity: (capacity > 0).then_some(all as f64 * unit),
        };
        self.plan.catalog.add(path, source, about);
        own.into_iter().map(|own| LevelPair { own, sum }).collect()
    }

    /// A tally of each endpoint under a path, with the whole and the parts in the catalog.
    pub fn tallies_by_endpoint(&mut self, path: &str, about: &str) -> u32 {
        let count = self.model.endpoints.len();
        let first = self.tallies(count);
        let all = (first..first + count as u32).collect();
        self.plan.catalog.add(path, Source::Tally { tallies: all }, about);
        for (index, endpoint) in self.model.endpoints.iter().enumerate() {
            let part = Source::Tally { tallies: vec![first + index as u32] };
            let path = format!("{path}.by.{}", endpoint.name);
            self.plan.catalog.add(path, part, &format!("{about}, of one endpoint"));
        }
        first
    }

    /// A variable: a number with the name of its stream of draws.
    pub fn variable(&mut self, id: VariateId, name: &str) -> u32 {
        let (value, bounds) = self.binding.variate(id);
        let variable = Variable {
            value: value.clone(),
            stream: hash_name(name),
            min: bounds.min,
            max: bounds.max,
        };
        self.plan.variables.push(variable);
        self.plan.variables.len() as u32 - 1
    }

    /// A variable that is one number, in base units.
    pub fn fixed(&mut self, value: f64) -> u32 {
        let variable = Variable { value: Variate::Fixed(value), stream: 0, min: value, max: value };
        self.plan.variables.push(variable);
        self.plan.variables.len() as u32 - 1
    }

    /// A variable that is exponential, with this mean in base units; 0: always 0.
    pub fn exponential(&mut self, mean: f64, name: &str) -> u32 {
        let Ok(law) = Dist::exponential(mean) else { return self.fixed(mean) };
        let (value, stream) = (Variate::Law(law), hash_name(name));
        self.plan.variables.push(Variable { value, stream, min: 0.0, max: 1e3 * mean });
        self.plan.variables.len() as u32 - 1
    }

    /// The lane of a timer, if its length is constant.
    pub fn lane(&mut self, variable: u32) -> u32 {
        let Variate::Fixed(seconds) = self.plan.variables[variable as usize].value else {
            return NONE;
        };
        let next = self.lanes.len() as u32;
        *self.lanes.entry(seconds_to_ns(seconds)).or_insert(next)
    }

    fn finish(mut self, needs: &Needs) -> Plan {
        self.plan.lanes = self.lanes.len() as u32;
        self.plan.catalog.sort();
        for path in &needs.distributions {
            if let Some(Source::Level { sum, .. }) = self.source(path) {
                self.plan.probes.level_histograms[sum as usize] = true;
            }
        }
        for (path, at_most, after) in &needs.watches {
            if let Some(Source::Level { sum, unit, .. }) = self.source(path) {
                let watch = Watch {
                    level: sum,
                    at_most: (at_most / unit).max(0.0) as u64,
                    after: seconds_to_ns(*after),
                };
                self.plan.probes.watches.push(watch);
            }
        }
        self.courses(&needs.courses);
        let windows = needs.windows.iter().map(|w| (seconds_to_ns(w.0), seconds_to_ns(w.1)));
        self.plan.schedule.windows.extend(windows);
        // Metrics beyond are reported by whoever needs them.
        self.plan.schedule.windows.truncate(WINDOWS_MAX);
        self.plan
    }

    /// The tallies behind paths are kept by interval.
    fn courses(&mut self, paths: &[String]) {
        let mut kept: Vec<u32> = Vec::new();
        for path in paths {
            match self.source(path) {
                Some(Source::Tally { tallies }) => kept.extend(tallies),
                Some(Source::Requests { tallies }) => {
                    kept.extend(tallies..tallies + Outcome::ALL.len() as u32);
                }
                _ => {}
            }
        }
        kept.sort_unstable();
        kept.dedup();
        self.plan.probes.courses = kept;
    }

    fn source(&self, path: &str) -> Option<Source> {
        self.plan.catalog.get(path).map(|entry| entry.source.clone())
    }
}
