//! What is served: endpoints with their outcomes, and the workloads that ask for them.

use super::catalog::Source;
use super::compile::Compiler;
use super::{ArrivalPlan, EndpointPlan, NONE, RatePlan, SessionPlan, WorkloadPlan, flow};
use crate::dist::{Dist, hash_name};
use crate::expr::formula::Variate;
use crate::model::{Arrivals, Endpoint, Gaps, Outcome, Rates, Session, VariateId};
use crate::units::count::rounded_up;
use crate::units::time::seconds_to_ns;

impl Compiler<'_> {
    pub fn endpoint_probes(&mut self) {
        let priority = |endpoint: &Endpoint| self.binding.get(endpoint.priority);
        let mut priorities: Vec<f64> = self.model.endpoints.iter().map(priority).collect();
        priorities.sort_by(|a, b| b.total_cmp(a));
        priorities.dedup();
        for endpoint in &self.model.endpoints {
            let own = self.binding.get(endpoint.priority);
            let class = priorities.partition_point(|&other| other > own) as u32;
            let tallies = self.outcome_tallies(&format!("endpoint.{}", endpoint.name));
            self.plan.registers = self.plan.registers.max(u32::from(endpoint.registers));
            self.plan.endpoints.push(EndpointPlan {
                entry: 0,
                service: endpoint.service as u32,
                tallies,
                class,
            });
        }
    }

    /// Ten tallies, one per outcome, under a path.
    fn outcome_tallies(&mut self, path: &str) -> u32 {
        let tallies = self.tallies(Outcome::ALL.len());
        self.add_outcomes(path, tallies);
        tallies
    }

    fn add_outcomes(&mut self, path: &str, tallies: u32) {
        let catalog = &mut self.plan.catalog;
        catalog.add(path, Source::Requests { tallies }, "latency of every request");
        for outcome in Outcome::ALL {
            let part = Source::Tally { tallies: vec![tallies + outcome as u32] };
            let about = format!("latency of those that ended {}", outcome.word());
            catalog.add(format!("{path}.{}", outcome.word()), part, &about);
        }
        let good = Source::Tally { tallies: vec![tallies, tallies + 1] };
        catalog.add(format!("{path}.good"), good, "latency of those that ended ok or degraded");
    }

    pub fn workloads(&mut self) {
        for (index, workload) in self.model.workloads.iter().enumerate() {
            let path = format!("workload.{}", workload.name);
            let mut sum = 0.0;
            let total: f64 = workload.mix.iter().map(|entry| self.binding.get(entry.1)).sum();
            let mut mix: Vec<(u32, f64)> = Vec::new();
            for &(endpoint, weight) in &workload.mix {
                sum += self.binding.get(weight) / total;
                mix.push((endpoint as u32, sum));
            }
            // One view serves where the client waits for ever and nobody else asks.
            let alone = workload.client.is_none() && mix.len() == 1 && {
                let endpoint = workload.mix[0].0;
                let asks = |other: &&crate::model::Workload| other.asked().any(|e| e == endpoint);
                self.model.workloads.iter().filter(asks).count() == 1
                    && workload.background.iter().all(|entry| entry.0 != endpoint)
                    && !flow::is_called(self.model, endpoint)
            };
            let tallies = if alone {
                let tallies = self.plan.endpoints[mix[0].0 as usize].tallies;
                self.add_outcomes(&path, tallies);
                tallies
            } else {
                self.outcome_tallies(&path)
            };
            let intended = self.counter();
            // Without a client every intended request is one attempt.
            let attempts = if workload.client.is_some() { self.counter() } else { intended };
            self.plan.catalog.add_attempts(path.clone(), attempts, intended);
            let [outstanding, backing_off] = [
                ("outstanding", "requests that clients wait for"),
                ("backing_off", "clients that wait before they try again"),
            ]
            .map(|(name, about)| self.levels(&format!("{path}.{name}"), 1, 0, 1.0, about)[0].own);
            let client = flow::compile_client(self, index, backing_off);
            let arrivals = self.arrivals(workload);
            let session = workload.session.as_ref().map(|session| self.session(session, &path));
            let background = self.background(workload);
            let batch =
                workload.batch.map_or(NONE, |id| self.variable(id, &format!("{path}.batch")));
            self.plan.workloads.push(WorkloadPlan {
                arrivals,
                batch,
                stream: hash_name(&path),
                mix,
                session,
                background,
                client,
                tallies,
                shared_tallies: alone,
                outstanding,
                attempts,
                intended,
            });
        }
    }

    fn session(&mut self, session: &Session, path: &str) -> SessionPlan {
        let items = session.items.iter().enumerate();
        let items = items.map(|(index, item)| {
            let times = self.variable(item.times, &format!("{path}.session[{index}].times"));
            (times, self.variable(item.think, &format!("{path}.session[{index}].think")))
        });
        let items = items.collect();
        let length = self.tallies(1);
        let part = Source::Tally { tallies: vec![length] };
        let about = "first intended arrival of a session to the end of its last request";
        self.plan.catalog.add(format!("{path}.session"), part, about);
        let live = self.levels(&format!("{path}.sessions"), 1, 0, 1.0, "live sessions")[0].own;
        SessionPlan { items, continues: session.continues, live, length }
    }

    fn background(&mut self, workload: &crate::model::Workload) -> Vec<(u32, u32)> {
        let one = |&(endpoint, interval): &(usize, VariateId)| {
            let (name, asked) = (&workload.name, &self.model.endpoints[endpoint].name);
            let path = format!("workload.{name}.background.{asked}");
            (endpoint as u32, self.variable(interval, &path))
        };
        workload.background.iter().map(one).collect()
    }

    fn arrivals(&mut self, workload: &crate::model::Workload) -> ArrivalPlan {
        let name = &workload.name;
        match workload.arrivals {
            Arrivals::Burst { count, at, over } => ArrivalPlan::Burst {
                count: self.variable(count, &format!("workload.{name}.count")),
                at: seconds_to_ns(self.binding.get(at)),
                over: seconds_to_ns(self.binding.get(over)),
            },
            Arrivals::Replay { speed } => ArrivalPlan::Replay {
                log: workload.log.clone(),
                stretch: 1.0 / (self.binding.get(speed) * self.binding.load(workload)),
            },
            Arrivals::Users { users, think } => ArrivalPlan::Users {
                users: rounded_up(self.binding.get(users) * self.binding.load(workload)) as u32,
                think: self.variable(think, &format!("workload.{name}.think")),
            },
            Arrivals::Open { rate, gaps } => {
                let law = match gaps {
                    Gaps::Poisson => Dist::exponential(1.0).ok(),
                    Gaps::Regular => None,
                    Gaps::Law(id) => match self.binding.variate(id).0 {
                        Variate::Law(law) => Some(law.clone()),
                        other => Dist::constant(other.at_means(&[])).ok(),
                    },
                };
                let own_mean = match gaps {
                    Gaps::Law(_) => law.as_ref().map_or(1.0, Dist::mean),
                    Gaps::Poisson | Gaps::Regular => 1.0,
                };
                let unit = law.map(|law| law.scaled(1.0 / own_mean).unwrap_or(law));
                if let Some(rates) = self.rates(workload) {
                    return ArrivalPlan::Shaped { gap: unit, rates };
                }
                let rate = rate.map_or(1.0 / own_mean, |rate| self.binding.get(rate));
                ArrivalPlan::Open {
                    gap: unit,
                    mean_gap: 1e9 / (rate * self.binding.load(workload)),
                }
            }
        }
    }

    /// The rate over time, if it changes.
    fn rates(&mut self, workload: &crate::model::Workload) -> Option<RatePlan> {
        workload.shape.as_ref()?;
        let name = &workload.name;
        Some(match workload.rates(self.binding)? {
            Rates::Pieces { pieces, cycle } => RatePlan::Pieces { pieces, cycle },
            Rates::Phases(phases) => {
                let phases = phases.into_iter().enumerate();
                let phase = |(index, (rate, lasts)): (usize, (f64, VariateId))| {
                    (rate, self.variable(lasts, &format!("workload.{name}.lasts#{index}")))
                };
                RatePlan::Phases(phases.map(phase).collect())
            }
        })
    }
}
