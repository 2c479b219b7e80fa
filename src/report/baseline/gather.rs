//! From two summaries to what moved between them.

use super::facts::{Baseline, Flip, Made, Moved, SCHEMA, Sameness};
use crate::report::compare::facts::Change;
use crate::report::compare::gather::change;
use crate::report::compare::luck::Draws;
use crate::report::phrase::{self, counted};
use crate::report::summary::{Judgment, Metric, Number, Saved, Summary, Unit, Value};
use crate::stats::estimate::Estimate;
use crate::study::since::{Known, Since, since};
use crate::units::show;

/// What moved since `saved`; `same_bytes`: whether its file equals that of `summary`.
pub fn gather(saved: &Saved, summary: &Summary, same_bytes: bool) -> Baseline {
    let run = &summary.run;
    let before = Made {
        version: saved.run.version.clone(),
        seed: saved.run.seed,
        replications: saved.run.replications,
        worlds: saved.run.worlds,
        identity: saved.run.identity.clone(),
    };
    let after = Made {
        version: run.version.clone(),
        seed: run.seed,
        replications: run.replications,
        worlds: run.worlds,
        identity: run.identity.clone(),
    };
    let known = |metrics: &[Metric], confidence: Number| -> Vec<Known> {
        metrics.iter().map(|metric| metric.known(confidence.0)).collect()
    };
    let shared = saved.worlds().shared(&summary.worlds());
    let found = since(
        &known(&saved.metrics, saved.run.confidence),
        &known(&summary.metrics, run.confidence),
        shared,
        run.confidence.0,
    );
    let unit = |text: &str| {
        let of = summary.metrics.iter().find(|metric| metric.metric == text);
        of.map_or(Unit::Count, |metric| metric.unit)
    };
    let mut metrics: Vec<Moved> = found.iter().map(|one| moved(one, unit(&one.text))).collect();
    metrics.sort_by_key(|moved| order(moved.change));
    let (new, gone) = new_and_gone(saved, summary);
    let mut baseline = Baseline {
        schema: SCHEMA,
        kind: "baseline",
        name: summary.name.clone(),
        variant: summary.variant.clone(),
        headline: String::new(),
        sameness: sameness(same_bytes, (&before, &after), (saved, summary)),
        draws: Draws::of(saved, &summary.name, run),
        worlds_shared: shared as u32,
        before,
        after,
        confidence: run.confidence,
        compared: found.iter().filter(|one| one.difference.is_some()).count() as u32,
        metrics,
        flipped: flipped(saved, summary),
        new,
        gone,
        warnings: warnings(saved, summary),
    };
    if matches!(baseline.sameness, Sameness::Bytes | Sameness::Numbers) {
        // Luck of the same draws: there is nothing to estimate.
        for moved in &mut baseline.metrics {
            (moved.difference, moved.change) = (None, Change::Same);
            (moved.in_some_worlds, moved.worlds_needed) = (false, None);
        }
    }
    baseline.headline = headline(&baseline, saved.is_older);
    baseline
}

/// What moved first, what is worse first of all.
fn order(change: Change) -> u8 {
    match change {
        Change::Worse => 0,
        Change::Better => 1,
        Change::More | Change::Less => 2,
        Change::CannotTell => 3,
        Change::Same => 4,
    }
}

fn moved(one: &Since, unit: Unit) -> Moved {
    Moved {
        metric: one.text.clone(),
        unit,
        better: one.better,
        before: Value::from(one.before),
        after: Value::from(one.after),
        difference: one.difference.map(differing),
        worlds_needed: one.worlds_needed,
        method: one.method.into(),
        in_some_worlds: one.in_some_worlds,
        change: change(one.change, one.better),
    }
}

/// Both ends of a difference are worth saying, also where one is infinite.
fn differing(difference: Estimate) -> Value {
    Value::with_interval(difference.point, difference.lower, difference.upper)
}

fn sameness(
    same_bytes: bool,
    (before, after): (&Made, &Made),
    (saved, summary): (&Saved, &Summary),
) -> Sameness {
    if same_bytes {
        return Sameness::Bytes;
    }
    let made = |made: &Made| (made.identity.clone(), made.seed, made.replications, made.worlds);
    if made(before) != made(after) || saved.is_older {
        return Sameness::Nothing;
    }
    let is_equal = |now: &Metric| {
        let then = saved.metrics.iter().find(|then| then.metric == now.metric);
        then.is_none_or(|then| then.point == now.point)
    };
    if summary.metrics.iter().all(is_equal) { Sameness::Numbers } else { Sameness::System }
}

/// What a judgment is called: names of objectives and claims may be the same.
fn called(kind: &str, judgment: &Judgment) -> String {
    format!("{kind} {}", judgment.name)
}

fn judged<'a>(
    objectives: &'a [Judgment],
    claims: &'a [Judgment],
) -> impl Iterator<Item = (String, &'a Judgment)> {
    let objectives = objectives.iter().map(|one| (called("objective", one), one));
    objectives.chain(claims.iter().map(|one| (called("claim", one), one)))
}

fn flipped(saved: &Saved, summary: &Summary) -> Vec<Flip> {
    let flip = |(what, now): (String, &Judgment)| {
        let (_, then) = judged(&saved.objectives, &saved.claims).find(|then| then.0 == what)?;
        let (before, after) = (then.verdict, now.verdict);
        (before != after).then_some(Flip { what, before, after })
    };
    judged(&summary.objectives, &summary.claims).filter_map(flip).collect()
}

fn new_and_gone(saved: &Saved, summary: &Summary) -> (Vec<String>, Vec<String>) {
    let all = |metrics: &[Metric], objectives, claims| -> Vec<String> {
        let metrics = metrics.iter().map(|metric| metric.metric.clone());
        metrics.chain(judged(objectives, claims).map(|one| one.0)).collect()
    };
    let then = all(&saved.metrics, &saved.objectives, &saved.claims);
    let now = all(&summary.metrics, &summary.objectives, &summary.claims);
    let without = |from: &[String], other: &[String]| {
        if saved.is_older {
            return Vec::new();
        }
        from.iter().filter(|one| !other.contains(one)).cloned().collect()
    };
    (without(&now, &then), without(&then, &now))
}

fn warnings(saved: &Saved, summary: &Summary) -> Vec<String> {
    let (then, now) = (&saved.run, &summary.run);
    let mut warnings = Vec::new();
    if then.kind != now.kind {
        warnings
            .push(format!("the baseline is of a {} run, this is a {} one", then.kind, now.kind));
    }
    if then.duration_s != now.duration_s {
        warnings.push(format!(
            "runs of the baseline measured {}, these {}: what grows with time differs for that alone",
            show::duration(then.duration_s.0),
            show::duration(now.duration_s.0)
        ));
    }
    if saved.is_older {
        warnings.push(
            "no value of the baseline can be compared, it is of an older version, which kept means \
             over the worlds: write it anew"
                .to_owned(),
        );
    }
    if (then.worlds > 1) != (now.worlds > 1) {
        warnings.push("one of the two has uncertain inputs, the other has not".to_owned());
    }
    warnings
}

/// The result in a sentence.
fn headline(baseline: &Baseline, is_older: bool) -> String {
    let Baseline { before, after, .. } = baseline;
    let program = match baseline.sameness {
        Sameness::Bytes => {
            return "Nothing moved since the baseline: the same scenario, seed and version, the \
                    same bytes."
                .to_owned();
        }
        Sameness::Numbers => {
            return "Nothing moved since the baseline: the same system and seed, the same numbers."
                .to_owned();
        }
        Sameness::System if before.version == after.version => format!(
            "The system and the seed are those of the baseline, the numbers are not: the program \
             changed, though it still calls itself {}. ",
            after.version
        ),
        Sameness::System => format!(
            "The system and the seed are those of the baseline, the numbers are not: they changed \
             from plimsoll {} to {}. ",
            before.version, after.version
        ),
        Sameness::Nothing => String::new(),
    };
    program + &result(baseline, is_older)
}

fn result(baseline: &Baseline, is_older: bool) -> String {
    if baseline.compared == 0 && is_older {
        return "Nothing can be compared with the baseline: it is of an older version, which kept means \
                over the worlds."
            .to_owned();
    }
    if baseline.compared == 0
        && let Some(needed) = baseline.worlds_needed()
    {
        return format!(
            "Nothing can be told from luck since the baseline: there are too few worlds, {needed} \
             would tell."
        );
    }
    if baseline.compared == 0 {
        return "Nothing can be compared with the baseline: there is no metric that both have with \
                enough samples."
            .to_owned();
    }
    let of = |wanted: &[Change]| -> Vec<&Moved> {
        baseline.metrics.iter().filter(|one| wanted.contains(&one.change)).collect()
    };
    let (worse, better) = (of(&[Change::Worse]), of(&[Change::Better]));
    let other = of(&[Change::More, Change::Less]);
    let compared = counted(u64::from(baseline.compared), "metric");
    let mut said = Vec::new();
    for (moved, what) in [(&worse, "worse"), (&better, "better"), (&other, "neither, but moved")] {
        if let Some(first) = moved.first() {
            let count = match moved.len() {
                1 => String::new(),
                count => format!("{count} metrics, among them "),
            };
            said.push(format!("{what}: {count}{}", from_to(first)));
        }
    }
    if said.is_empty() {
        return format!(
            "Nothing moved for sure since the baseline: of {compared}, {}.",
            unmoved(baseline)
        );
    }
    format!("Since the baseline, of {compared}, for sure {}.", said.join("; "))
}

/// `1 is the same, 2 may be luck`: what did not move for sure, of the metrics that were compared.
fn unmoved(baseline: &Baseline) -> String {
    let all = || baseline.metrics.iter().filter(|one| one.difference.is_some());
    let count = |is: fn(&Moved) -> bool| all().filter(|one| is(one)).count();
    let luck = |one: &Moved| one.change == Change::CannotTell && !one.in_some_worlds;
    let kinds = [
        (count(|one| one.change == Change::Same), "is the same", "are the same"),
        (count(|one| one.in_some_worlds), "differs in some worlds", "differ in some worlds"),
        (count(luck), "may be luck", "may be luck"),
    ];
    let some: Vec<String> = kinds
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, more)| match count {
            _ if count == all().count() && count > 1 => format!("all {more}"),
            1 => format!("1 {one}"),
            _ => format!("{count} {more}"),
        })
        .collect();
    some.join(", ")
}

/// `p95(endpoint.buy), 150 ms (147–153) then, 170 ms (166–174) now`.
fn from_to(moved: &Moved) -> String {
    let value = |value: &Value| phrase::value(value, moved.unit);
    format!("{}, {} then, {} now", moved.metric, value(&moved.before), value(&moved.after))
}
