//! Goal: what is said of a pair follows from its observations. Method: observations made up by hand.

use super::*;
use crate::stats::estimate::Quality;
use crate::stats::quantile::GROUPS_MIN;
use crate::verdict::{Found, Paired, Side, Singles};

const NEVER: f64 = f64::INFINITY;

/// A side of which all that counts are its observations.
fn side(values: &[f64]) -> Side {
    let point = if values.contains(&NEVER) { NEVER } else { values[0] };
    let found = Found::Never { share: 1.0, lower: point, samples: 5, of_runs: false };
    let estimate = Estimate { dimension: None, found, growing: false };
    let values = values.iter().copied().map(Some).collect();
    Side { estimate, point: Some(point), values, fine: Vec::new(), singles: None }
}

fn paired(sides: &[&[f64]], few: bool) -> Paired {
    let sides = sides.iter().map(|values| side(values)).collect();
    Paired { sides, over: Over::Runs, few }
}

/// At 95 % for so many sides, in nine of ten worlds.
fn levels(sides: usize) -> Levels {
    Levels::new(0.95, 0.9, sides)
}

/// A saved design of one world.
fn unpaired(number: Number, same_as: Option<usize>) -> Kept {
    let known =
        Known { text: "m".to_owned(), better: None, number, band: None, by_world: Vec::new() };
    Kept { known, same_as }
}

/// Changes of all pairs, places and groups, with less being better.
fn told(
    paired: &Paired,
    ranked: &[usize],
) -> (Vec<Change>, Vec<Option<u32>>, Vec<(Vec<usize>, bool)>) {
    let told = Told::new(paired, &[], &[], ranked.to_vec(), levels(paired.sides.len()));
    let changes = told.pairs.iter().map(|pair| pair.change).collect();
    let places = (0..paired.sides.len()).map(|at| told.place(at, Better::Smaller)).collect();
    let groups = told.groups(Better::Smaller);
    let groups = groups.into_iter().map(|one| (one.clone(), told.are_same(&one))).collect();
    (changes, places, groups)
}

/// Never in every group of runs is worse for sure, however few samples the others have; these are not
/// told apart, and two that never come are the same. Source: the meaning in docs/choosing.md.
#[test]
fn what_never_comes_is_worse_also_where_others_have_few_samples() {
    let (some, more) = ([1.0, 1.1, 0.9, 1.0, 1.2], [1.5, 1.0, 1.9, 1.4, 1.6]);
    let never = [NEVER; 5];
    let found = told(&paired(&[&some, &more, &never, &never], true), &[0, 1, 2, 3]);
    let (more, dark, same) = (Change::More, Change::CannotTell, Change::Same);
    assert_eq!(found.0, [dark, more, more, more, more, same]);
    assert_eq!(found.1, [1, 1, 3, 3].map(Some));
    assert_eq!(found.2, [(vec![0, 1], false), (vec![2, 3], true)]);
}

/// Where some groups came, or there are fewer groups than a verdict needs, few samples tell nothing.
#[test]
fn what_came_at_times_is_not_told_by_few_samples() {
    let some = [1.0; 5];
    let once = [NEVER, NEVER, 5.0, NEVER, NEVER];
    let dark = Change::CannotTell;
    assert_eq!(told(&paired(&[&some, &once], true), &[0, 1]).0, [dark]);
    let found = told(&paired(&[&some[..4], &[NEVER; 4]], true), &[0, 1]);
    assert_eq!((found.0, found.1), (vec![dark], vec![Some(1), Some(1)]));
    // Both ways at once: whoever never came depends on the group.
    let other = [1.0, 1.0, NEVER, 1.0, 1.0];
    assert_eq!(told(&paired(&[&other, &once], true), &[0, 1]).0, [dark]);
}

/// A saved design that never came is worse than one that was run, and the other way round, also with
/// few samples; a saved one of fewer groups tells nothing.
#[test]
fn saved_designs_that_never_came_are_told() {
    let number = |groups: u64, point: f64| Number {
        point,
        standard_error: 0.0,
        lower: point,
        upper: point,
        confidence_level: 0.95,
        samples: groups,
        quality: if point == NEVER { Quality::Unbounded } else { Quality::FewSamples },
    };
    let change = |run: f64, kept: Number| {
        let mut paired = paired(&[&[run; 5]], true);
        paired.sides[0].estimate.found = match run {
            NEVER => Found::Never { share: 1.0, lower: NEVER, samples: 5, of_runs: false },
            _ => Found::Number(number(5, run)),
        };
        let (kept, worlds) = ([unpaired(kept, None)], [Worlds::default(), Worlds::default()]);
        let told = Told::new(&paired, &kept, &worlds, vec![0, 1], levels(2));
        told.against(0, 1).unwrap().change
    };
    assert_eq!(change(1.0, number(5, NEVER)), Change::More);
    assert_eq!(change(NEVER, number(5, 1.0)), Change::Less);
    assert_eq!(change(1.0, number(4, NEVER)), Change::CannotTell);
    assert_eq!(change(NEVER, number(5, NEVER)), Change::Same);
    assert_eq!(change(1.0, number(5, 2.0)), Change::CannotTell);
}

/// A summary of the very runs that it is held against differs from them by nothing, and from others as
/// any saved one.
#[test]
fn the_very_result_is_the_same() {
    let mut paired = paired(&[&[1.0; 5], &[2.0; 5]], false);
    let number = |point: f64| Number {
        point,
        standard_error: 1.0,
        lower: point - 2.0,
        upper: point + 2.0,
        confidence_level: 0.95,
        samples: 16,
        quality: Quality::Good,
    };
    for (side, point) in paired.sides.iter_mut().zip([1.0, 2.0]) {
        side.estimate.found = Found::Number(number(point));
    }
    let kept = [unpaired(number(2.0), Some(1))];
    let worlds = [Worlds::default(), Worlds::default(), Worlds::default()];
    let told = Told::new(&paired, &kept, &worlds, vec![0, 1, 2], levels(3));
    let (same, other) = (told.against(1, 2).unwrap(), told.against(0, 2).unwrap());
    assert_eq!((same.change, other.change), (Change::Same, Change::CannotTell));
    let ends = same.interval.map(|one| (one.lower, one.upper));
    assert_eq!((ends, other.interval.map(|one| one.point)), (Some((0.0, 0.0)), Some(1.0)));
}

/// A counterfactual is compared, but beats nobody and stands in no set. By hand: 5 < 6 < 7, and the best
/// of them is not a design.
#[test]
fn a_counterfactual_has_no_place() {
    let (best, good, bad) = ([5.0, 5.1, 5.0, 5.1, 5.0], [6.0; 5], [7.0; 5]);
    let found = told(&paired(&[&good, &best, &bad], false), &[0, 2]);
    assert_eq!(found.0, [Change::Less, Change::More, Change::More]);
    assert_eq!(found.1, [Some(1), None, Some(2)]);
    assert_eq!(found.2, [(vec![0], true), (vec![2], true)]);
    let all = told(&paired(&[&good, &best, &bad], false), &[0, 1, 2]);
    assert_eq!(all.1, [2, 1, 3].map(Some));
}

/// Goal: never against always is told apart wrongly with the stated confidence, for all pairs together.
/// Source: with both sides alike, the chance that one side never comes in all of the groups and the
/// other in none is largest where each group is as likely as not; by Bonferroni over the pairs of the
/// designs. One group less would not do, above the least number of groups.
#[test]
fn the_chance_of_a_false_never_is_small() {
    for (confidence, designs) in
        [(0.95, 2), (0.95, 7), (0.95, 8), (0.99, 4), (0.95, 30), (0.999, 64)]
    {
        let pairs = designs * (designs - 1) / 2;
        let groups = Levels::new(confidence, 0.9, designs).for_never;
        let any = |groups: usize| {
            let chance = |p: f64| 2.0 * (p * (1.0 - p)).powi(groups as i32);
            let most = (1..100).map(|percent| chance(f64::from(percent) / 100.0));
            pairs as f64 * most.fold(0.0, f64::max)
        };
        assert!(any(groups) <= 1.0 - confidence, "{designs} designs at {confidence}: {groups}");
        let is_least = groups == GROUPS_MIN || any(groups - 1) > 1.0 - confidence;
        assert!(is_least, "{designs} designs at {confidence}: {groups}");
    }
}

/// By hand: 7 designs are 21 pairs, 21 · 2 / 1,024 is 4.1 %; 8 are 28, which is 5.5 %, so five groups
/// tell never from always among 7 designs at 95 % and not among 8, of which six do (1.4 %).
#[test]
fn many_designs_need_more_groups_for_never() {
    let change = |designs: usize, groups: usize| {
        let (some, never) = (vec![1.0; groups], vec![NEVER; groups]);
        let mut sides: Vec<&[f64]> = vec![&some; designs];
        sides[1] = &never;
        let ranked: Vec<usize> = (0..designs).collect();
        told(&paired(&sides, true), &ranked).0[0]
    };
    assert_eq!(
        [change(7, 5), change(8, 5), change(8, 6)],
        [Change::More, Change::CannotTell, Change::More]
    );
}

/// Of servers that are all full the innermost is what the others wait for.
#[test]
fn who_is_held_comes_after_who_works() {
    assert!(depth("service.api.workers") < depth("pool.api_pg"));
    assert!(depth("pool.api_pg") < depth("database.pg.cpu"));
    assert_eq!(depth("database.pg.cpu"), depth("service.api.cpu"));
}

/// Values of one run each, ascending or not.
fn single(values: &[f64]) -> Side {
    let mut side = side(&values[..5]);
    side.singles = Some(Singles { q: 0.5, values: values.to_vec() });
    side.point = Some(crate::stats::worlds::order_statistic(values, 0.5));
    side
}

/// By hand: 64 starts of 1 to 64 and of 33 to 96: of one pair at 95 % both medians lie between the 23rd and
/// 42nd values at least (at 97.5 % each), which overlap for 16 more and not for 32 more. Where runs have more values than one,
/// few are too few.
#[test]
fn one_value_a_run_is_told_by_order_statistics() {
    let values = |shift: u32| -> Vec<f64> { (1..=64).map(|at| f64::from(at + shift)).collect() };
    let change = |shift: u32, is_single: bool| {
        let mut sides = vec![single(&values(0)), single(&values(shift))];
        if !is_single {
            sides[0].singles = None;
        }
        let paired = Paired { sides, over: Over::Runs, few: true };
        let told = Told::new(&paired, &[], &[], vec![0, 1], levels(2));
        let found = told.against(0, 1).unwrap();
        (found.change, found.method, found.point)
    };
    assert_eq!(change(32, true), (Change::More, Method::Ranks, 32.0));
    assert_eq!(change(16, true).0, Change::CannotTell);
    assert_eq!((change(32, false).0, change(32, false).1), (Change::CannotTell, Method::Paired));
}

/// By hand: of 64 starts that differ in the 60th alone, five groups of medians do not, and neither does
/// the median of all; where all are alike, designs are the same. A quantile that never comes on both sides
/// is the same, whatever comes before it.
#[test]
fn the_same_is_said_of_all_single_values() {
    let values = |last: f64| -> Vec<f64> {
        (1..=64_u32).map(|at| if at == 60 { last } else { f64::from(at) }).collect()
    };
    let change = |last: f64, point: Option<f64>| {
        let mut sides = vec![single(&values(60.0)), single(&values(last))];
        for side in &mut sides {
            side.point = point.or(side.point);
        }
        let paired = Paired { sides, over: Over::Runs, few: true };
        let told = Told::new(&paired, &[], &[], vec![0, 1], levels(2));
        (told.against(0, 1).unwrap().change, told.are_same(&[0, 1]))
    };
    assert_eq!(change(61.0, None), (Change::CannotTell, false));
    assert_eq!(change(60.0, None), (Change::Same, true));
    assert_eq!(change(61.0, Some(NEVER)), (Change::Same, true));
}

/// Where five groups are too few for never against always, smaller ones tell: eight designs are 28 pairs,
/// and 64 starts make six groups.
#[test]
fn never_is_told_by_smaller_groups() {
    let fine = |value: f64, groups: usize| vec![Some(value); groups];
    let change = |groups: usize, other: f64| {
        let mut sides: Vec<Side> = (0..8).map(|_| side(&[1.0; 5])).collect();
        sides[1] = side(&[NEVER; 5]);
        for (at, side) in sides.iter_mut().enumerate() {
            side.fine = fine(if at == 1 { NEVER } else { 1.0 }, groups);
        }
        sides[0].fine[2] = Some(other);
        let paired = Paired { sides, over: Over::Runs, few: true };
        let told = Told::new(&paired, &[], &[], (0..8).collect(), levels(8));
        told.against(0, 1).unwrap().change
    };
    assert_eq!((change(6, 1.0), change(5, 1.0)), (Change::More, Change::CannotTell));
    assert_eq!(change(6, NEVER), Change::CannotTell);
}

/// A design of several worlds that was saved is told as it would be beside the others, where it met the
/// same worlds; where it met others, by the medians. By hand: each of 64 worlds is a hundredth worse, over
/// worlds that differ by decades.
#[test]
fn saved_worlds_are_told_as_live_ones() {
    let values = |times: f64| -> Vec<f64> {
        (0..64).map(|at| times * libm::exp2(f64::from(at) / 4.0)).collect()
    };
    let of_worlds = |values: &[f64]| {
        let band = crate::stats::worlds::band(values, BAND).unwrap();
        let mut side = side(values);
        let values = side.values.clone();
        side.estimate.found = Found::Worlds { band, values, growing: Vec::new() };
        side
    };
    let alone = Paired { sides: vec![of_worlds(&values(1.0))], over: Over::Worlds, few: false };
    let both = Paired {
        sides: vec![of_worlds(&values(1.0)), of_worlds(&values(1.01))],
        over: Over::Worlds,
        few: false,
    };
    let live = Told::new(&both, &[], &[], vec![0, 1], levels(2)).against(0, 1).unwrap();
    let saved = |times: f64, seed: f64| {
        let inputs = |seed: f64| {
            Worlds::new(vec![("x".to_owned(), (0..64).map(|at| seed + f64::from(at)).collect())])
        };
        let number = crate::stats::worlds::median(&values(times), 0.95).unwrap();
        let known = Known {
            by_world: values(times).into_iter().map(Some).collect(),
            band: crate::stats::worlds::band(&values(times), BAND),
            ..unpaired(number, None).known
        };
        let (kept, worlds) = ([Kept { known, same_as: None }], [inputs(1.0), inputs(seed)]);
        Told::new(&alone, &kept, &worlds, vec![0, 1], levels(2)).against(0, 1).unwrap()
    };
    assert_eq!(live.change, Change::More);
    assert_eq!(saved(1.01, 1.0), live);
    let other = saved(1.01, 2.0);
    assert_eq!(
        (other.change, other.method, other.paired),
        (Change::CannotTell, Method::Ranks, false)
    );
    assert_eq!(saved(1000.0, 2.0).change, Change::More);
}
