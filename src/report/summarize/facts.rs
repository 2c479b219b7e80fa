//! How a study was simulated, and what speaks against trusting it.

use crate::experiment::{Ensemble, State, WarmUp, Warning};
use crate::model::{Model, RunKind};
use crate::report::phrase::{self, counted};
use crate::report::summary::{Fact, Number, Precision, Regime, RunFacts, Unit, Value};
use crate::sim::End;
use crate::units::show;
use crate::units::time::ns_to_seconds;
use crate::verdict;

/// What the runs turned out to be.
pub fn regime(state: State) -> Regime {
    match state {
        State::Terminating => Regime::Terminating,
        State::Stable => Regime::Stable,
        State::Backlogged => Regime::Backlogged,
        State::Overloaded => Regime::Overloaded,
        State::Unjudged | State::NotSettled => Regime::NotSettled,
    }
}

/// Facts about the runs.
pub fn run(model: &Model, ensemble: &Ensemble, reproduce: &str) -> RunFacts {
    let worlds = ensemble.worlds.len().max(1) as u32;
    let made = ensemble.rows.len() as u32;
    RunFacts {
        kind: match model.run.kind {
            RunKind::Steady => "steady".to_owned(),
            RunKind::Terminating => "terminating".to_owned(),
        },
        regime: regime(ensemble.state),
        replications: made / worlds,
        worlds,
        warm_up_s: Number(ns_to_seconds(ensemble.warm_up.ns())),
        warm_up_reason: warm_up(ensemble.warm_up),
        duration_s: Number(ns_to_seconds(ensemble.plan().schedule.duration)),
        seed: model.run.seed,
        confidence: Number(ensemble.confidence),
        assurance: Number(ensemble.assurance),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        identity: format!("{:016x}", ensemble.identity.bound),
        partial: ensemble.partial.is_some(),
        reproduce: reproduce.to_owned(),
        precision: verdict::precision(model, ensemble).into_iter().map(precision).collect(),
    }
}

fn precision(known: verdict::Reached) -> Precision {
    let verdict::Reached { text, reached, half_width } = known;
    Precision { goal: text, reached, half_width: Number(half_width) }
}

/// A goal that was not reached.
fn imprecise(precision: &Precision, run: &RunFacts) -> String {
    let made = counted(u64::from(run.replications), "replication");
    let found = if precision.half_width.0.is_finite() {
        format!("{} after {made}", show::percent(precision.half_width.0))
    } else {
        format!("after {made} there is no interval yet")
    };
    let each = if run.worlds > 1 { " in every world" } else { "" };
    format!(
        "precision was not reached: {}{each} was asked for, {found}; more --replications go on",
        precision.goal
    )
}

fn warm_up(warm_up: WarmUp) -> String {
    let length = |ns: u64| show::duration(ns_to_seconds(ns));
    match warm_up {
        WarmUp::Stated(_) => "stated in the scenario".to_owned(),
        WarmUp::None => "none: a terminating run begins where it begins".to_owned(),
        WarmUp::Found { pilot, .. } => format!("MSER-5 on pilot runs of {}", length(pilot)),
        WarmUp::Overloaded { pilot } => {
            format!("none: pilot runs of {} grew without end", length(pilot))
        }
        WarmUp::NotSettled { pilot, .. } => {
            format!("pilot runs of {} did not settle", length(pilot))
        }
    }
}

/// What speaks against trusting the numbers.
pub fn warnings(ensemble: &Ensemble, run: &RunFacts) -> Vec<String> {
    let goals = run.precision.iter().filter(|goal| !goal.reached);
    let mut warnings: Vec<String> = goals.map(|goal| imprecise(goal, run)).collect();
    for warning in &ensemble.warnings {
        warnings.push(match warning {
            Warning::CutReplications { asked, made, events_per_run } => format!(
                "{asked} replications were asked for, {made} made: one run has {} events; \
                 --replications {asked} makes them all",
                show::count(*events_per_run as f64)
            ),
            Warning::NotSettled { pilot } => format!(
                "pilot runs of {} did not settle{}: averages depend on how long one looks",
                show::duration(ns_to_seconds(*pilot)),
                if run.worlds > 1 { " in some worlds" } else { "" }
            ),
        });
    }
    match ensemble.state {
        State::Overloaded => warnings.push(
            "more arrives than is done: times and numbers of the line grow with the length of the run"
                .to_owned(),
        ),
        State::Backlogged => {
            warnings.push("a backlog was still being worked off in the measured time".to_owned());
        }
        State::Unjudged => {
            warnings.push("the run is too short to tell whether the system is stable".to_owned());
        }
        State::Terminating | State::Stable | State::NotSettled => {}
    }
    let ended = |end: End| ensemble.rows.iter().filter(|row| row.end == end).count() as u64;
    for (end, what) in [(End::InFlightLimit, "requests in flight"), (End::EventLimit, "events")] {
        let count = ended(end);
        if count > 0 {
            warnings.push(format!("{} ended early, at the limit on {what}", counted(count, "run")));
        }
    }
    if !ensemble.rows.is_empty()
        && let Some(cliff) = verdict::on_the_cliff(ensemble)
    {
        let load = phrase::value(&Value::from(cliff.load), Unit::Share);
        warnings.push(format!(
            "{} is asked for {load} of what it has: at the edge, a small change of the load \
             changes everything",
            cliff.path
        ));
    }
    warnings
}

/// The reporting checklist for simulation studies (STRESS-DES; Monks et al., Journal of Simulation
/// 13(1), 2019), as far as it is the same for every study or follows from this one.
pub fn method(model: &Model, ensemble: &Ensemble) -> Vec<Fact> {
    let fact = |topic: &str, text: String| Fact { topic: topic.to_owned(), text };
    let confidence = show::percent(ensemble.confidence);
    let mut facts = vec![
        fact("Start", "Empty and idle, pools open; then the warm-up.".to_owned()),
        fact(
            "What is recorded",
            "Requests that arrive in the measured time, to their end; levels over that time. A \
             request without a good answer counts as never answered in percentiles."
                .to_owned(),
        ),
        fact(
            "Intervals",
            format!(
                "{confidence}, about the luck of the runs: Student's t over replications for means \
                 and shares, sectioning for percentiles."
            ),
        ),
        fact(
            "Random numbers",
            "Draws belong to the request (seed, replication, variable, request, visit), so that \
             variants meet the same luck."
                .to_owned(),
        ),
        fact(
            "Stability",
            format!("{}, by the drift of the number in the system.", regime(ensemble.state).word()),
        ),
    ];
    if ensemble.worlds.len() > 1 {
        facts.push(fact(
            "Worlds",
            format!(
                "{} draws of the uncertain inputs (scrambled Sobol' points); numbers are the median \
                 over worlds with the band that holds 90 % of them; an objective must hold in {}.",
                ensemble.worlds.len(),
                show::percent(ensemble.assurance)
            ),
        ));
    }
    if !model.windows.is_empty() {
        let names: Vec<String> = model.windows.iter().map(|window| window.name.clone()).collect();
        facts.push(fact("Windows", phrase::list(&names)));
    }
    facts
}
