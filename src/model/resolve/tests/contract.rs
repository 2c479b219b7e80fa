//! The scenarios of the language reference and the four of the speed comparison.

use super::{BROWSE, FOLLOWERS, SPEED, clean, variant};
use crate::expr::formula::Variate;
use crate::model::{
    Arrivals, Binding, Gaps, Model, Parallel, RunKind, Scaling, Scheduling, VariateId, Verb,
};

fn bound(model: &Model) -> Binding {
    let world = model.nominal_world().unwrap();
    model.bind(&world, Scaling::default()).unwrap()
}

fn fixed(binding: &Binding, id: VariateId) -> f64 {
    binding.variate(id).0.evaluate_fixed().unwrap()
}

fn mean(binding: &Binding, id: VariateId) -> f64 {
    binding.variate(id).0.mean().unwrap()
}

/// 50,000 viewers with 10 calls a minute are 8,333 calls a second.
#[test]
fn browsing_means_what_the_contract_says() {
    let model = clean(BROWSE);
    let binding = bound(&model);
    assert_eq!(model.name, "LiveStream Pro: browsing through the pool");
    assert_eq!(model.run.kind, RunKind::Steady);
    assert_eq!((model.run.replications, model.run.worlds, model.run.seed), (16, 1, 1));
    assert_eq!((model.run.confidence, model.run.assurance), (0.95, 0.9));
    assert_eq!((model.run.limit_in_flight, model.run.limit_events), (5_000_000, 1_000_000_000));
    assert_eq!(binding.get(model.run.duration), 60.0);
    assert!(model.run.warm_up.is_none());
    let names: Vec<&str> = model.inputs.iter().map(|input| input.name.as_str()).collect();
    assert_eq!(names, ["viewers", "calls_per_viewer"]);
    let Arrivals::Open { rate: Some(rate), gaps: Gaps::Poisson } = model.workloads[0].arrivals
    else {
        panic!("{:?}", model.workloads[0].arrivals)
    };
    assert!((binding.get(rate) - 50_000.0 * 10.0 / 60.0).abs() < 1e-9);
    let pool = &model.pools[0];
    assert_eq!((pool.service, pool.database), (0, 0));
    assert_eq!(binding.count(pool.size), 50);
    assert_eq!(fixed(&binding, pool.acquire_timeout.unwrap()), 30.0);
    assert_eq!(binding.get(pool.round_trip), 0.0005);
    assert_eq!(binding.count(model.services[0].instances), 10);
    assert_eq!(binding.count(model.services[0].workers.unwrap()), 200);
    assert!(model.services[0].cores.is_none());
    assert_eq!(binding.count(model.databases[0].max_connections), 600);
    assert_eq!(binding.count(model.databases[0].reserved), 3);
    let [step] = model.endpoints[0].steps.as_slice() else { panic!("one step") };
    assert!(matches!(step.verb, Verb::Query { query: 0, pool: 0, row: None }));
    assert_eq!(mean(&binding, model.queries[0].time.unwrap()), 0.05);
    let variants: Vec<&str> = model.variants.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(variants, ["as_found", "exactly_417"]);
    assert_eq!(model.claims[1].variant.as_deref(), Some("exactly_417"));
    assert_eq!(model.objectives[0].text, "p95(endpoint.browse) < 500ms");
}

/// The fans are a register, the items of a group another one, and only the outer `each` needs it.
#[test]
fn followers_mean_what_the_contract_says() {
    let model = clean(FOLLOWERS);
    let binding = bound(&model);
    assert_eq!(model.run.kind, RunKind::Terminating);
    assert!(model.run.drained);
    let endpoint = &model.endpoints[0];
    assert_eq!((endpoint.lets.len(), endpoint.registers), (1, 2));
    let Verb::Each { count, batch, parallel, items, steps, .. } = &endpoint.steps[2].verb else {
        panic!("{:?}", endpoint.steps[2])
    };
    assert_eq!(*items, Some(1));
    assert_eq!(binding.variate(*count).0.at_means(&[10_000.0]), 10_000.0);
    assert_eq!(fixed(&binding, batch.unwrap()), 1000.0);
    let Parallel::Limit(parallel) = parallel else { panic!("a limit") };
    assert_eq!(fixed(&binding, *parallel), 1.0);
    assert_eq!(steps[1].name.as_deref(), Some("notify"));
    let Verb::Each { count, items, steps, .. } = &steps[1].verb else { panic!("{steps:?}") };
    assert_eq!(*items, None);
    // The size of the group is in register 1.
    assert_eq!(binding.variate(*count).0.at_means(&[10_000.0, 1000.0]), 1000.0);
    let Verb::Delay(delay) = &steps[0].verb else { panic!("{steps:?}") };
    assert!((mean(&binding, *delay) - 0.1).abs() < 1e-12);
    let workload = &model.workloads[0];
    let Arrivals::Burst { count, at, over } = workload.arrivals else { panic!("a burst") };
    assert_eq!(fixed(&binding, count), 1.0);
    assert_eq!((binding.get(at), binding.get(over)), (10.0, 0.0));
    let client = workload.client.unwrap();
    assert_eq!(fixed(&binding, client.timeout.unwrap()), 30.0);
    assert!(client.retry.is_none());
}

#[test]
fn variants_resolve_like_scenarios() {
    let (model, _) = variant(BROWSE, "exactly_417");
    assert_eq!(bound(&model).count(model.pools[0].size), 42);
    assert_eq!(model.variant.as_deref(), Some("exactly_417"));
    let (model, _) = variant(FOLLOWERS, "parallel_50");
    let Verb::Each { parallel: Parallel::Limit(parallel), batch: None, .. } =
        model.endpoints[0].steps[2].verb
    else {
        panic!("{:?}", model.endpoints[0].steps)
    };
    assert_eq!(fixed(&bound(&model), parallel), 50.0);
}

#[test]
fn speed_scenarios_resolve() {
    let [w1, w2, w3, w4] = SPEED.map(clean);
    let binding = bound(&w1);
    assert_eq!(binding.get(w1.services[0].cores.unwrap()), 1.0);
    assert_eq!(w1.services[0].scheduling, Scheduling::Fifo);
    assert_eq!(w1.run.replications, 1);
    assert!(w1.run.replications_stated);
    assert_eq!(binding.get(w1.run.warm_up.unwrap()), 100.0);
    let Verb::Cpu(cpu) = w1.endpoints[0].steps[0].verb else { panic!("cpu") };
    assert_eq!(mean(&binding, cpu), 0.01);
    assert!(w2.pools[0].acquire_timeout.is_none());
    assert_eq!(bound(&w2).count(w2.databases[0].reserved), 0);
    assert_eq!(w3.endpoints[0].steps.len(), 3);
    assert_eq!(bound(&w3).get(w3.databases[0].cores.unwrap()), 16.0);
    let Verb::Each { count, parallel: Parallel::Limit(parallel), .. } =
        w4.endpoints[0].steps[0].verb
    else {
        panic!("each")
    };
    let binding = bound(&w4);
    assert_eq!((fixed(&binding, count), fixed(&binding, parallel)), (100.0, 100.0));
    assert!(matches!(binding.variate(count).0, Variate::Fixed(_)));
}
