//! Against what theory says of M/M/1, through the ordinary path: text, worlds, runs, verdicts.

use super::advice::luck_between_worlds;
use super::*;
use crate::experiment::testing::{control, model};
use crate::model::Objective;
use crate::stats::estimate::{Estimate, Quality};
use crate::stats::normal;
use crate::stats::worlds::point;
use crate::study::{Alternative, objectives};
use crate::verdict::Judgement;
use std::sync::atomic::AtomicBool;

/// Rates and service times (ms) between which the scenarios here lie.
const RATES: (f64, f64) = (40.0, 60.0);
const SERVICES: (f64, f64) = (7.0, 10.0);
const DURATION_S: f64 = 60.0;

/// An exponential server whose rate of arrivals is `rate` and whose mean service is `service`.
fn ran(inputs: &str, service: &str, duration_s: f64, objective: &str) -> Ran {
    let text = format!(
        "[inputs]\n{inputs}\n\
         [run]\nkind = \"steady\"\nduration = \"{duration_s}s\"\nwarm_up = \"5s\"\n\
         [service.s]\ncores = 1\nscheduling = \"fifo\"\n\
         [endpoint.e]\nservice = \"s\"\nsteps = [{{ cpu = \"exp({service})\" }}]\n\
         [workload.w]\nrate = \"rate\"\nmix = {{ e = 1 }}\n\
         [objective.o]\nthat = \"{objective}\"\n"
    );
    let Alternative { name, model, study, .. } = Alternative::new(None, model(&text), &[]).unwrap();
    let ensemble = study.run(&control(&AtomicBool::new(false)));
    Ran { name, model, ensemble, alone: None, beside: Vec::new() }
}

fn found(ran: &Ran) -> Sensitivity {
    let all = std::slice::from_ref(ran);
    let verdicts = objectives(ran, all);
    let judged = |(one, judged): (&Objective, &Option<Judgement>)| {
        let verdict = judged.as_ref().expect("there were runs").verdict;
        (one.name.clone(), one.text.clone(), one.that.clone(), verdict)
    };
    let owned: Vec<_> = ran.model.objectives.iter().zip(&verdicts).map(judged).collect();
    let judged: Vec<Judged> = owned
        .iter()
        .map(|(name, text, that, verdict)| Judged {
            name,
            text,
            that,
            variant: None,
            verdict: *verdict,
        })
        .collect();
    sensitivity(ran, all, &judged).unwrap()
}

/// Shares of the variance of the mean residence 1 / (1/s - λ) over uniform rates and services:
/// midpoints of a fine grid.
fn shares() -> [f64; 2] {
    const CELLS: u32 = 400;
    let at = |(low, high): (f64, f64), cell: u32| {
        low + (high - low) * (f64::from(cell) + 0.5) / f64::from(CELLS)
    };
    let residence = |i: u32, j: u32| 1.0 / (1e3 / at(SERVICES, j) - at(RATES, i));
    let n = f64::from(CELLS);
    let rows: Vec<f64> =
        (0..CELLS).map(|i| (0..CELLS).map(|j| residence(i, j)).sum::<f64>() / n).collect();
    let columns: Vec<f64> =
        (0..CELLS).map(|j| (0..CELLS).map(|i| residence(i, j)).sum::<f64>() / n).collect();
    let mean = rows.iter().sum::<f64>() / n;
    let square = |value: f64| (value - mean) * (value - mean);
    let cells = (0..CELLS).flat_map(|i| (0..CELLS).map(move |j| square(residence(i, j))));
    let whole = cells.sum::<f64>() / (n * n);
    let share = |means: &[f64]| means.iter().map(|&m| square(m)).sum::<f64>() / n / whole;
    [share(&rows), share(&columns)]
}

/// Goal: indices are those of the closed form, of an input without effect none; luck is told from
/// what is not known. Method: M/M/1 whose mean residence is known for every rate and service, with
/// 64 worlds, where the estimator's error is below 0.05.
#[test]
fn shares_are_those_of_the_closed_form() {
    let inputs = "rate = \"uniform(40/s, 60/s)\"\nmean_service = \"uniform(7ms, 10ms)\"\n\
                  idle = \"uniform(1, 2)\"";
    let ran = ran(inputs, "mean_service", DURATION_S, "mean(endpoint.e.ok) < 15ms");
    let found = found(&ran);
    let names: Vec<&str> = found.inputs.iter().map(|input| input.name.as_str()).collect();
    assert_eq!(names, ["rate", "mean_service", "idle"]);
    assert_eq!(found.inputs[0].uses, ["workload.w.rate"]);
    let spread = &found.metrics[0];
    assert_eq!(spread.measured.text, "mean(endpoint.e.ok)");
    let share = |at: usize| spread.effects[at].share.unwrap();
    for (at, truth) in shares().into_iter().enumerate() {
        let share = share(at);
        assert!((share.point - truth).abs() < 0.1, "{at}: {truth} {share:?}");
        assert!(share.lower <= truth && truth <= share.upper, "{at}: {truth} {share:?}");
        assert!(spread.effects[at].correlation.unwrap().lower > 0.0);
    }
    assert!(share(2).point < 0.05, "{:?}", share(2));
    let idle = spread.effects[2].correlation.unwrap();
    assert!(idle.lower < 0.0 && idle.upper > 0.0, "{idle:?}");
    assert_eq!(spread.leader.as_ref().unwrap().input, 1);
    // Residence of 3,000 requests at 43 % has a standard error of about a tenth of the spread.
    let luck = spread.split.unwrap().share_of_luck.unwrap();
    assert!(luck.point > 0.005 && luck.point < 0.15, "{luck:?}");
    let Advice::Measure { of: Of::Condition(0), leader } = found.advice else {
        panic!("{:?}", found.advice)
    };
    assert_eq!(leader.input, 1);
}

/// Goal: the range of an input for which an objective holds is the one by arithmetic. Method: the
/// utilization is λ s, here below 50 % for λ below 50/s; a run sees it with the deviation
/// s √(2 λ / T) of the work that arrives, so that it holds in 90 % of worlds up to 1.28 deviations
/// less.
#[test]
fn the_threshold_of_an_input_is_that_of_the_utilization_law() {
    let ran = ran(
        "rate = \"uniform(40/s, 60/s)\"",
        "10ms",
        DURATION_S,
        "utilization(service.s.cpu) < 50%",
    );
    let found = found(&ran);
    let hinge = &found.conditions[0];
    let range = hinge.range.unwrap();
    assert_eq!((range.input, range.side, range.share), (0, Side::Below, 0.9));
    let deviation = 0.01 * (2.0 * 50.0 / (2.0 * DURATION_S)).sqrt();
    let truth = (0.5 - normal::quantile(0.9) * deviation) / 0.01;
    assert!(range.lower <= truth && truth <= range.upper, "{truth} {range:?}");
    assert!((range.point - truth).abs() < 2.0, "{truth} {range:?}");
    assert!(matches!(&found.advice, Advice::Measure { leader, .. } if leader.input == 0));
    // Whether a run meets it is nearly what its world is, and a bit of luck near the threshold.
    let luck = hinge.split.unwrap().share_of_luck.unwrap();
    assert!(luck.upper < 0.5, "{luck:?}");
}

/// Goal: where luck is nearly all, no number is said to be worth measuring and no range is given.
/// Method: the mean residence is 20 ms whatever the input, give or take a hundredth; runs of 10 s
/// are off by a fifth.
#[test]
fn nothing_is_claimed_where_luck_is_all() {
    for (seed, rate) in [(1, "49.9/s, 50.1/s"), (2, "49.8/s, 50.2/s")] {
        let inputs = format!("rate = \"uniform({rate})\"");
        let ran = ran(&inputs, "10ms", 10.0, "mean(endpoint.e.ok) < 19ms");
        let found = found(&ran);
        let hinge = &found.conditions[0];
        assert!(hinge.is_mixed() && hinge.range.is_none(), "{seed}: {hinge:?}");
        assert!(hinge.leader.is_none() && found.metrics[0].leader.is_none());
        let Advice::Replicate { luck, .. } = found.advice else { panic!("{:?}", found.advice) };
        assert!(luck.point > 0.5);
    }
}

#[test]
fn decided_verdicts_wait_for_nothing_and_certain_designs_have_none() {
    let wide = "rate = \"uniform(40/s, 60/s)\"";
    let decided = found(&ran(wide, "10ms", 5.0, "utilization(service.s.cpu) < 99%"));
    assert_eq!(decided.advice, Advice::Decided);
    let certain = ran("rate = \"50/s\"", "10ms", 5.0, "utilization(service.s.cpu) < 50%");
    assert!(sensitivity(&certain, std::slice::from_ref(&certain), &[]).is_none());
}

/// Goal: an input reaches what uses it by way of other inputs, and one that is drawn without a
/// quantile function still has a place in its law.
#[test]
fn inputs_are_followed_to_where_they_are_used() {
    let inputs = "people = \"uniform(1, 2)\"\nextra = \"uniform(1, 2) + uniform(1, 2)\"\n\
                  rate = \"people * extra * 10/s\"";
    let ran = ran(inputs, "10ms", 5.0, "utilization(service.s.cpu) < 30%");
    let inputs = Inputs::of(&ran).unwrap();
    let [people, extra] = &inputs.all[..] else { panic!("two are uncertain") };
    assert_eq!(
        (&people.uses[..], &extra.uses[..]),
        (&["workload.w.rate".to_owned()][..], &["workload.w.rate".to_owned()][..])
    );
    for input in [people, extra] {
        let ranks = rank_correlation(&input.values, &input.coordinates, 0.95).unwrap();
        assert!(ranks.point > 0.999, "{ranks:?}");
        assert!(input.coordinates.iter().all(|&u| 0.0 < u && u < 1.0));
    }
}

/// By hand: of two runs with half of the variance luck, a quarter of it is left in their mean,
/// beside the other half.
#[test]
fn luck_evens_out_over_the_runs_of_a_world() {
    let split = Split {
        share_of_luck: Some(Estimate {
            point: 0.5,
            standard_error: 0.1,
            lower: 0.25,
            upper: 0.75,
            confidence_level: 0.95,
            samples: 64,
            quality: Quality::Good,
        }),
        ..variance::split(&[&[1.0, 3.0], &[5.0, 7.0], &[9.0, 11.0]], 0.95).unwrap()
    };
    let luck = luck_between_worlds(&split).unwrap();
    assert!((luck.point - 1.0 / 3.0).abs() < 1e-12);
    assert!((luck.lower - 1.0 / 7.0).abs() < 1e-12 && (luck.upper - 0.6).abs() < 1e-12);
}

/// Three worlds of two thousand, the highest of an input: by chance three lie at either end in one case of some
/// 700 million. A world alone may lie at the end of several inputs and tells none; three in the middle say nothing.
#[test]
fn a_few_worlds_at_the_end_of_many_tell_the_input() {
    let value = |world, input| normal::quantile(point(1, world, input));
    let input = |input: u32| -> Vec<f64> { (0..2_000).map(|world| value(world, input)).collect() };
    let values = [input(0), input(1)];
    let mut order: Vec<usize> = (0..2_000).collect();
    order.sort_by(|a, b| values[0][*b].total_cmp(&values[0][*a]));
    let found = |ranks: std::ops::Range<usize>| {
        let mut holds = vec![false; 2_000];
        order[ranks].iter().for_each(|world| holds[*world] = true);
        let columns: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
        holds_where(&holds, &columns, (0.9, 0.95))
    };
    let range = found(0..3).unwrap();
    assert_eq!((range.input, range.side), (0, Side::Above));
    let (below, above) = (values[0][order[3]], values[0][order[2]]);
    assert!(below < range.point && range.point < above, "{range:?} {below} {above}");
    assert_eq!((found(0..1), found(1_000..1_003)), (None, None));
}
