//! Studies as a whole: order, threads, prefixes, warm-up, states.

use super::testing::{Mm1, bytes, control, model};
use super::{Ensemble, MergeError, State, Study, WarmUp, Warning};
use crate::model::Scaling;
use crate::plan::Needs;
use std::sync::atomic::{AtomicBool, Ordering};

fn on_threads(threads: usize, mm1: &Mm1) -> Ensemble {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| mm1.run())
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let uncertain = Some(("uniform(30/s, 60/s)", 4));
    let short = Mm1 { duration: "10s", warm_up: "auto", ..Mm1::default() };
    for mm1 in [short.clone(), Mm1 { rate: "x", uncertain, replications: 3, ..short }] {
        let one = bytes(&on_threads(1, &mm1));
        for threads in [2, 7] {
            assert!(one == bytes(&on_threads(threads, &mm1)), "{threads} threads");
        }
    }
}

#[test]
fn fewer_replications_are_a_prefix() {
    let sixteen =
        Mm1 { duration: "10s", warm_up: "auto", replications: 16, ..Mm1::default() }.run();
    let eight = Mm1 { duration: "10s", warm_up: "auto", replications: 8, ..Mm1::default() }.run();
    assert_eq!((sixteen.rows.len(), eight.rows.len()), (16, 8));
    assert_eq!(sixteen.warm_up, eight.warm_up);
    for (long, short) in sixteen.rows.iter().zip(&eight.rows) {
        assert!(format!("{long:?}") == format!("{short:?}"));
    }
    // Not all the same run: the luck differs.
    assert_ne!(eight.rows[0].fingerprint, eight.rows[1].fingerprint);
}

#[test]
fn fewer_worlds_are_a_prefix_and_worlds_differ_in_inputs_and_luck() {
    let base = Mm1 { rate: "x", duration: "5s", replications: 2, ..Mm1::default() };
    let worlds = |n| Mm1 { uncertain: Some(("uniform(30/s, 60/s)", n)), ..base.clone() }.run();
    let (eight, four) = (worlds(8), worlds(4));
    assert_eq!(eight.rows.len(), 16);
    for (long, short) in eight.rows.iter().zip(&four.rows) {
        assert!(format!("{long:?}") == format!("{short:?}"));
    }
    assert_eq!(eight.rows_of(3).len(), 2);
    assert!(eight.rows_of(3).iter().all(|row| row.id.world == 3));
    // Stratified: eight worlds fall into the eight eighths of the range.
    let mut cells: Vec<usize> =
        eight.worlds.iter().map(|w| ((w.inputs[0] - 30.0) / 30.0 * 8.0) as usize).collect();
    cells.sort_unstable();
    assert_eq!(cells, (0..8).collect::<Vec<_>>());
}

#[test]
fn shards_merge_into_the_whole() {
    let mm1 = Mm1 { duration: "10s", warm_up: "auto", replications: 10, ..Mm1::default() };
    let stop = AtomicBool::new(false);
    let study = mm1.study(&Needs::default());
    let prepared = study.prepare(&control(&stop)).unwrap();
    let shard = |range| study.run_range(&prepared, range, &control(&stop));
    let whole = study.run(&control(&stop));
    let merged = Ensemble::merge(vec![shard(7..10), shard(0..3), shard(3..7)]).unwrap();
    assert!(bytes(&merged) == bytes(&whole));
    let gap = Ensemble::merge(vec![shard(0..3), shard(4..7)]);
    assert_eq!(gap.unwrap_err(), MergeError::NotContiguous(4));
    let twice = Ensemble::merge(vec![shard(0..3), shard(2..7)]);
    assert_eq!(twice.unwrap_err(), MergeError::NotContiguous(2));
    let different = |part| {
        assert_eq!(Ensemble::merge(vec![shard(0..3), part]).unwrap_err(), MergeError::Different);
    };
    different(Mm1 { seed: 2, ..mm1.clone() }.run());
    // The same numbers under another name, and a row that has strayed in.
    let mut renamed = shard(3..7);
    renamed.identity.variant = Some("v".to_owned());
    different(renamed);
    let mut elsewhere = shard(3..7);
    elsewhere.identity.point = 1;
    different(elsewhere);
    let mut strayed = shard(3..7);
    strayed.rows[1] = Mm1 { seed: 2, ..mm1 }.run().rows[4].clone();
    different(strayed);
}

/// Rows name what they are runs of: variant, point, and a hash that differs by world.
#[test]
fn rows_carry_the_name_of_their_run() {
    let uncertain = Some(("uniform(30/s, 60/s)", 2));
    let mm1 = Mm1 { rate: "x", uncertain, duration: "2s", replications: 2, ..Mm1::default() };
    let stop = AtomicBool::new(false);
    let scaling = Scaling { load: 1.5, point: 3, ..Scaling::default() };
    let scaled = Study::new(&mm1.model(), &Needs::default(), &scaling).unwrap();
    let (plain, scaled) = (mm1.run(), scaled.run(&control(&stop)));
    let names = |e: &Ensemble| -> Vec<_> {
        e.rows.iter().map(|row| (row.of.point, row.of.bound, row.id.world)).collect()
    };
    let (plain, scaled) = (names(&plain), names(&scaled));
    assert_eq!((plain[0].0, scaled[0].0), (0, 3));
    assert_eq!(plain[0], plain[1], "one world");
    assert_ne!(plain[0].1, plain[2].1, "two worlds");
    assert_ne!(plain[0].1, scaled[0].1, "other load");
}

#[test]
fn a_stop_keeps_a_prefix_that_its_number_reproduces() {
    let mm1 = Mm1 { duration: "20s", replications: 40, ..Mm1::default() };
    let stop = AtomicBool::new(false);
    let progress = |progress: super::Progress| {
        if progress.phase == super::Phase::Runs && progress.done >= 5 {
            stop.store(true, Ordering::Relaxed);
        }
    };
    let control = super::Control { progress: &progress, ..control(&stop) };
    // One thread: with more, the first run may be the last to end on a busy machine.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let cut = pool.install(|| mm1.study(&Needs::default()).run(&control));
    let partial = cut.partial.expect("it was stopped");
    assert!((4..40).contains(&cut.rows.len()), "{}", cut.rows.len());
    assert_eq!(partial.replications as usize, cut.rows.len());
    let again = Mm1 { replications: partial.replications, ..mm1 }.run();
    let unmarked = Ensemble { partial: None, ..cut };
    assert!(bytes(&unmarked) == bytes(&again));
}

#[test]
fn stopped_before_the_first_run_is_empty_and_partial() {
    let stop = AtomicBool::new(true);
    let nothing = Mm1::default().study(&Needs::default()).run(&control(&stop));
    assert_eq!((nothing.rows.len(), nothing.partial.unwrap().replications), (0, 0));
}

/// M/M/1 at half load forgets its start in a few service times: nothing near a second is needed,
/// and the state is stable. At 1.5 times the capacity nothing is cut and a third of the arrivals
/// stays.
#[test]
fn states_and_warm_up_of_stable_and_overloaded_queues() {
    let stable = Mm1 { warm_up: "auto", ..Mm1::default() }.run();
    assert_eq!(stable.state, State::Stable);
    assert!(matches!(stable.warm_up, WarmUp::Found { .. }), "{:?}", stable.warm_up);
    assert!(stable.warm_up.ns() < 50_000_000_000, "{:?}", stable.warm_up);
    let overloaded = Mm1 { warm_up: "auto", rate: "150/s", ..Mm1::default() }.run();
    assert_eq!(overloaded.state, State::Overloaded);
    assert!(matches!(overloaded.warm_up, WarmUp::Overloaded { .. }), "{:?}", overloaded.warm_up);
    let stays = overloaded.states[0].drift.unwrap().share_of_arrivals;
    assert!((stays - 1.0 / 3.0).abs() < 0.03, "{stays}");
    let terminating = Mm1 { kind: "terminating", warm_up: "auto", ..Mm1::default() }.run();
    assert_eq!((terminating.state, terminating.warm_up), (State::Terminating, WarmUp::None));
}

/// The number of requests in 100 s at 50/s is 5,000, and each takes a few events.
#[test]
fn predicted_events_cut_the_replications_but_not_below_five() {
    let mm1 = Mm1 { replications: 40, ..Mm1::default() };
    let stop = AtomicBool::new(false);
    let run = |events_max| {
        let control = super::Control { events_max, ..control(&stop) };
        mm1.study(&Needs::default()).run(&control)
    };
    let whole = run(super::EVENTS_MAX);
    assert_eq!((whole.rows.len(), whole.warnings.len()), (40, 0));
    let per_run = whole.rows[0].events;
    let cut = run(per_run * 8 + 1);
    assert_eq!(cut.rows.len(), 8);
    let warning = Warning::CutReplications { asked: 40, made: 8, events_per_run: per_run };
    assert_eq!(cut.warnings, vec![warning]);
    assert_eq!(run(1).rows.len(), 5);
}

/// Each input has a dimension of its own, whether it is uncertain or not.
#[test]
fn who_knows_an_input_meets_the_same_worlds_otherwise() {
    let drawn = |first: &str| {
        let text = format!(
            "[inputs]\na = \"{first}\"\nb = \"uniform(1, 2)\"\n[run]\nworlds = 8\n[service.s]\ncores = 1\n\
             [endpoint.e]\nservice = \"s\"\nsteps = [{{ cpu = \"1ms\" }}]\n\
             [workload.w]\nrate = \"a * b * 10/s\"\nmix = {{ e = 1 }}"
        );
        let study = Study::new(&model(&text), &Needs::default(), &Scaling::default()).unwrap();
        study.worlds.iter().map(|world| world.inputs[1]).collect::<Vec<f64>>()
    };
    assert_eq!(drawn("uniform(1, 2)"), drawn("1.5"));
}

/// Seven worlds of eight at a tenth of their capacity, where M/M/1 forgets its start in milliseconds, and one at
/// 99.8 %, where the relaxation time is some 10^4 s: the drift of that one, which dominates the mean of the pilots,
/// says nothing of the others.
#[test]
fn one_world_that_does_not_settle_leaves_the_others_alone() {
    let laws = "choice(10/s: 0.875, 99.8/s: 0.125)";
    let mm1 =
        Mm1 { rate: "x", duration: "200s", warm_up: "auto", replications: 2, ..Mm1::default() };
    let ensemble = Mm1 { uncertain: Some((laws, 8)), ..mm1 }.run();
    assert!(matches!(ensemble.warm_up, WarmUp::NotSettled { .. }), "{:?}", ensemble.warm_up);
    let is_near = |world: usize| ensemble.worlds[world].inputs[0] > 50.0;
    let states = ensemble.states.iter().map(|one| one.state).enumerate();
    let (near, far): (Vec<_>, Vec<_>) = states.partition(|&(world, _)| is_near(world));
    assert_eq!((near.len(), far.len()), (1, 7));
    assert!(far.iter().all(|&(_, state)| state == State::Stable), "{far:?}");
    assert!(near.iter().all(|&(_, state)| state.may_grow()), "{near:?}");
    assert_eq!(ensemble.state, State::Stable);
}
