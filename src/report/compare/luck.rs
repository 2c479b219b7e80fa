//! How far a saved summary met the luck of what it is held against.

use crate::report::phrase;
use crate::report::summarize::facts;
use crate::report::summary::{RunFacts, Saved};
use crate::study::since::{self, Known};
use crate::study::{Ran, compare};
use crate::verdict::Evidence;
use serde::Serialize;

/// How far two studies made the same draws. A summary keeps no single runs, so that these are never
/// paired (its worlds may be); but a difference on the same draws is not made by other draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Draws {
    /// The same scenario, seed and version, and as many runs and worlds of the same length: every
    /// request that both have drew the same numbers.
    Same,
    /// The same scenario, seed and version, but another number or length of runs.
    Partly,
    /// Luck of its own.
    Own,
}

impl Draws {
    /// Of a saved summary, against a run of the scenario `name`.
    pub fn of(saved: &Saved, name: &str, run: &RunFacts) -> Self {
        let then = &saved.run;
        let made = (&*saved.name, then.seed, &then.version) == (name, run.seed, &run.version);
        let runs = (then.replications, then.worlds, &then.kind)
            == (run.replications, run.worlds, &run.kind);
        let lengths = then.duration_s == run.duration_s
            && then.warm_up_s.is_none_or(|warm_up| warm_up == run.warm_up_s);
        match (made, runs && lengths) {
            (true, true) => Self::Same,
            (true, false) => Self::Partly,
            (false, _) => Self::Own,
        }
    }
}

/// A saved summary as a design beside those that were run.
pub fn known(name: &str, saved: &Saved, ran: &[Ran]) -> compare::Saved {
    let confidence = saved.run.confidence.0;
    let known: Vec<Known> = saved.metrics.iter().map(|metric| metric.known(confidence)).collect();
    let model = ran.first().map(|one| &one.model).filter(|model| model.name == saved.name);
    let mut variants = model.into_iter().flat_map(|model| &model.variants);
    let variant = variants.find(|one| Some(&one.name) == saved.variant.as_ref());
    compare::Saved {
        name: name.to_owned(),
        worlds: saved.worlds(),
        is_older: saved.is_older,
        is_counterfactual: variant.is_some_and(|one| one.is_counterfactual),
        same_as: ran.iter().position(|one| is_same(saved, &known, one)),
        known,
    }
}

/// Whether a summary is that of these runs: the same system on the same draws, and the same numbers.
fn is_same(saved: &Saved, known: &[Known], ran: &Ran) -> bool {
    let run = facts::run(&ran.model, &ran.ensemble, "");
    let others = |_: &str| None;
    let evidence = Evidence { model: &ran.model, ensemble: &ran.ensemble, others: &others };
    let is_equal = |now: &since::Found| {
        let then = known.iter().find(|then| then.text == now.measured.text);
        then.is_none_or(|then| then.number.point == now.number.point)
    };
    !saved.is_older
        && saved.run.identity == run.identity
        && Draws::of(saved, &ran.model.name, &run) == Draws::Same
        && since::found(&evidence).iter().all(is_equal)
}

/// What a saved design met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// So many worlds of the first design: they are paired.
    Worlds(u32),
    /// Draws, which are not.
    Draws(Draws),
}

/// What the luck of saved designs means for their differences, by what they are called.
pub fn sentences(of: &[(&str, Met)]) -> Vec<String> {
    let mut met: Vec<Met> = of.iter().map(|known| known.1).collect();
    met.retain(|met| matches!(met, Met::Worlds(_)));
    met.sort_by_key(|met| if let Met::Worlds(count) = met { *count } else { 0 });
    met.dedup();
    let said = |met: Met, what: &str| {
        let names: Vec<String> =
            of.iter().filter(|known| known.1 == met).map(|known| known.0.to_owned()).collect();
        let what =
            if names.len() == 1 { what.replace("their own", "its own") } else { what.into() };
        (!names.is_empty()).then(|| format!("{} met {what}", phrase::list(&names)))
    };
    let paired = met.iter().map(|&met| {
        let Met::Worlds(count) = met else { return None };
        let worlds = phrase::counted(u64::from(count), "world");
        said(met, &format!("the same {worlds}: differences are paired by world."))
    });
    let all = [
        said(
            Met::Draws(Draws::Same),
            "the same draws, so that no other draws make a difference; but a summary keeps no single \
             runs to pair: intervals are those of independent luck, most likely too wide.",
        ),
        said(
            Met::Draws(Draws::Partly),
            "the same draws in part, with another number or length of runs; a summary keeps no single \
             runs to pair: intervals are those of independent luck.",
        ),
        said(Met::Draws(Draws::Own), "luck of their own: differences are unpaired."),
    ];
    paired.chain(all).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::summary::{Number, SavedRun};

    fn saved() -> Saved {
        let run = SavedRun {
            kind: "steady".to_owned(),
            replications: 8,
            worlds: 1,
            warm_up_s: Some(Number(5.0)),
            duration_s: Number(60.0),
            seed: 7,
            confidence: Number(0.95),
            version: "0.1.0".to_owned(),
            identity: "a".to_owned(),
        };
        let (objectives, claims, metrics) = (Vec::new(), Vec::new(), Vec::new());
        let name = "shop".to_owned();
        Saved {
            name,
            about: None,
            variant: None,
            run,
            objectives,
            claims,
            metrics,
            inputs: Vec::new(),
            is_older: false,
        }
    }

    fn made() -> RunFacts {
        RunFacts {
            kind: "steady".to_owned(),
            replications: 8,
            worlds: 1,
            warm_up_s: Number(5.0),
            duration_s: Number(60.0),
            seed: 7,
            version: "0.1.0".to_owned(),
            // Another design on the same draws.
            identity: "b".to_owned(),
            ..RunFacts::default()
        }
    }

    /// Draws are named by scenario, seed and version; runs of another number or length have a part of
    /// them.
    #[test]
    fn the_same_draws_are_told_from_other_luck() {
        let draws = |change: fn(&mut RunFacts)| {
            let mut run = made();
            change(&mut run);
            Draws::of(&saved(), "shop", &run)
        };
        assert_eq!(draws(|_| {}), Draws::Same);
        assert_eq!(draws(|run| run.replications = 16), Draws::Partly);
        assert_eq!(draws(|run| run.warm_up_s = Number(4.0)), Draws::Partly);
        assert_eq!(draws(|run| run.seed = 8), Draws::Own);
        assert_eq!(draws(|run| run.version = "0.2.0".to_owned()), Draws::Own);
        assert_eq!(Draws::of(&saved(), "another shop", &made()), Draws::Own);
        let before = SavedRun { warm_up_s: None, ..saved().run };
        let before = Saved { run: before, ..saved() };
        assert_eq!(Draws::of(&before, "shop", &made()), Draws::Same);
    }

    #[test]
    fn each_kind_of_luck_is_said_once() {
        let [own, same] = [Draws::Own, Draws::Same].map(Met::Draws);
        let said = sentences(&[("a", own), ("b", same), ("c", own)]);
        assert!(said.len() == 2 && said[0].starts_with("b met the same draws, "), "{said:?}");
        assert_eq!(said[1], "a and c met luck of their own: differences are unpaired.");
        let said = sentences(&[("a", Met::Worlds(64)), ("b", own)]);
        assert_eq!(said[0], "a met the same 64 worlds: differences are paired by world.");
    }
}
