//! Every function on rows made by hand, the three verdicts, and the whole path against theory.

mod by_hand;
mod courses;
mod mistakes;
mod precise;
mod theory;
mod verdicts;

use super::{Estimate, Evidence, Found, Judgement, estimate, judge, needs};
use crate::experiment::testing::{by_hand, control, model};
use crate::experiment::{Ensemble, Study};
use crate::expr::metric::{parse_condition, parse_metric};
use crate::model::{Model, Scaling};
use crate::plan::{Catalog, Source};
use crate::sim::Run;
use std::fmt::Write;
use std::sync::atomic::AtomicBool;

/// A pool of 4 on each of 2 instances, a client that tries again, a window, a variant.
const SHOP: &str = r#"
[run]
kind = "steady"
duration = "10s"
warm_up = "0s"
interval = "1s"
[service.s]
instances = 2
cores = 2
workers = 10
[database.d]
[pool.p]
service = "s"
database = "d"
size = 4
[query.q]
database = "d"
time = "exp(1ms)"
[endpoint.e]
service = "s"
steps = [{ query = "q", as = "a" }]
[workload.w]
rate = "10/s"
mix = { e = 1 }
client = { timeout = "1s", retry = { attempts = 2 } }
[window.peak]
from = "2s"
to = "4s"
[variant.larger]
pool.p.size = 8
"#;

/// What conditions are judged on, made by hand.
struct Bench {
    model: Model,
    ensemble: Ensemble,
}

impl Bench {
    /// `SHOP` with conditions that need to be measured, and rows made by hand.
    fn new(conditions: &[&str], replications: u32, fill: &dyn Fn(&Catalog, u32, &mut Run)) -> Self {
        let mut text = SHOP.to_owned();
        for (index, condition) in conditions.iter().enumerate() {
            writeln!(text, "[objective.o{index}]\nthat = \"{condition}\"").unwrap();
        }
        let model = model(&text);
        let study = Study::new(&model, &needs(&model, &[]), &Scaling::default()).unwrap();
        let catalog = study.catalog().clone();
        let ensemble = by_hand(&study, replications, &|r, run| fill(&catalog, r, run));
        Self { model, ensemble }
    }

    fn estimate(&self, metric: &str) -> Estimate {
        let evidence = Evidence { model: &self.model, ensemble: &self.ensemble, others: &|_| None };
        estimate(&parse_metric(metric).unwrap(), &evidence).unwrap()
    }

    fn point(&self, metric: &str) -> f64 {
        match self.estimate(metric).found {
            Found::Number(number) => number.point,
            other => panic!("{metric}: {other:?}"),
        }
    }

    fn judge(&self, condition: &str) -> Judgement {
        let evidence = Evidence { model: &self.model, ensemble: &self.ensemble, others: &|_| None };
        judge(&parse_condition(condition).unwrap(), &evidence).unwrap()
    }
}

/// Simulates a scenario and judges its conditions.
fn simulate(text: &str) -> (Model, Ensemble) {
    let model = model(text);
    let study = Study::new(&model, &needs(&model, &[]), &Scaling::default()).unwrap();
    let ensemble = study.run(&control(&AtomicBool::new(false)));
    (model, ensemble)
}

fn tally(catalog: &Catalog, path: &str) -> usize {
    match &catalog.get(path).unwrap_or_else(|| panic!("{path}")).source {
        Source::Tally { tallies } => tallies[0] as usize,
        Source::Requests { tallies } => *tallies as usize,
        Source::Count { count } => *count as usize,
        Source::Level { sum, .. } => *sum as usize,
    }
}

fn instance(catalog: &Catalog, path: &str, at: usize) -> usize {
    match &catalog.get(path).unwrap().source {
        Source::Level { instances, .. } => instances[at] as usize,
        other => panic!("{other:?}"),
    }
}
