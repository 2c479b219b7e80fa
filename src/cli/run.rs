//! `plimsoll run`: simulate, judge, report.

use super::args::Format;
use super::cases::{self, judged};
use super::load::Loaded;
use super::options::{RunOptions, file_name};
use super::output::Staging;
use super::{Failure, bug, exit, interrupt, ui, work};
use crate::demand::{self, Demand};
use crate::model::{Claim, Model, Scaling};
use crate::report::summarize::{self, Case};
use crate::report::summary::{Judgment, Summary, Verdict};
use crate::report::{charts, json, markdown, text};
use crate::study::sensitivity::{Judged, Sensitivity};
use crate::study::{self, Ran, runs};
use crate::verdict::Judgement;

/// Runs a scenario.
pub fn run(options: &RunOptions) -> Result<u8, Failure> {
    let file = options.study.scenario.file.as_str();
    let mut loaded = Loaded::new(&options.study.scenario)?;
    let main = cases::prepare(&mut loaded, options.study.scenario.variant.as_deref())?;
    bug::remember(&options.reproduce(file, main.model.run.seed, main.model.run.replications, None));
    let others = cases::others(&mut loaded, &main)?;
    cases::conditions(&mut loaded, &main, &others);
    loaded.unless_errors()?;
    let demand = arithmetic(&mut loaded, &main.model)?;
    loaded.show_warnings(&options.study.check());
    let staging = Staging::create(&options.study.out)?;
    interrupt::clean_up(staging.folder());
    interrupt::listen();
    let all = work::threads(options.study.jobs)?.install(|| {
        work::watched(options.study.insists, options.study.quiet, |outside| {
            runs::main_first(main, others, outside)
        })
    });
    let interrupted = interrupt::is_set();
    let Some((main, others)) = all.split_first() else { return Ok(exit::COMPLETED) };
    if main.ensemble.rows.is_empty() {
        ui::error("interrupted before the first run was complete: there is nothing to report");
        return Ok(exit::INTERRUPTED);
    }
    let (own, claims) = (case(main, &all), claims(main, &all));
    let sensitivity = sensitivity(main, &all, &own, &claims);
    let study = summarize::Study {
        claims,
        main: own,
        sensitivity: sensitivity.as_ref(),
        others: others.iter().map(|other| case(other, &all)).collect(),
        demand: demand.as_ref(),
        warnings: loaded.warnings(),
        reproduce: reproduce(options, main, file_name(file)),
    };
    let summary = summarize::summarize(&study);
    write(staging, &summary)?;
    if !options.study.quiet {
        let shown = loaded.warnings();
        print(options, &summary, &reproduce(options, main, file), &shown)?;
    }
    Ok(if interrupted { exit::INTERRUPTED } else { code(options.gate, &summary) })
}

/// What arithmetic says, with its warnings.
fn arithmetic(loaded: &mut Loaded, model: &Model) -> Result<Option<Demand>, Failure> {
    let binding = loaded.bound(|| {
        let world = model.nominal_world().map_err(|problem| vec![problem])?;
        demand::bind(model, &world, Scaling::default())
    })?;
    let demand = demand::analyze(model, &binding);
    loaded.add(&demand::warnings(model, &binding, &demand));
    Ok(Some(demand))
}

/// A design that was run, with its objectives judged.
fn case<'a>(ran: &'a Ran, all: &[Ran]) -> Case<'a> {
    Case {
        name: ran.name.as_deref(),
        model: &ran.model,
        ensemble: &ran.ensemble,
        objectives: study::objectives(ran, all),
    }
}

/// The claims, each judged on the variant that it speaks of.
fn claims<'a>(main: &'a Ran, all: &[Ran]) -> Vec<(&'a Claim, Option<Judgement>)> {
    judged(main.name.as_deref(), &main.model)
        .map(|claim| {
            let on = claim.variant.as_deref().map_or(Some(main), |name| study::find(all, name));
            (claim, on.and_then(|on| study::judge(&claim.that, on, all)))
        })
        .collect()
}

/// What hangs on the uncertain inputs of a design; `None` with one world.
fn sensitivity(
    main: &Ran,
    all: &[Ran],
    case: &Case,
    claims: &[(&Claim, Option<Judgement>)],
) -> Option<Sensitivity> {
    let objectives = main.model.objectives.iter().zip(&case.objectives);
    let objectives = objectives.filter_map(|(one, judged)| {
        let verdict = judged.as_ref()?.verdict;
        Some(Judged { name: &one.name, text: &one.text, that: &one.that, variant: None, verdict })
    });
    let claims = claims.iter().filter_map(|(one, judged)| {
        let verdict = judged.as_ref()?.verdict;
        let variant = one.variant.as_deref();
        Some(Judged { name: &one.id, text: &one.text, that: &one.that, variant, verdict })
    });
    let judged: Vec<Judged> = objectives.chain(claims).collect();
    study::sensitivity::sensitivity(main, all, &judged)
}

/// The command that gives this result again.
fn reproduce(options: &RunOptions, main: &Ran, file: &str) -> String {
    let ensemble = &main.ensemble;
    let worlds = ensemble.partial.map(|partial| partial.worlds).filter(|worlds| *worlds > 1);
    options.reproduce(file, main.model.run.seed, ensemble.per_world, worlds)
}

/// Writes the files and puts them into their place.
fn write(mut staging: Staging, summary: &Summary) -> Result<(), Failure> {
    let charts = charts::charts(summary);
    for chart in &charts {
        staging.write(chart.file, &chart.svg.standalone())?;
    }
    staging.write("summary.md", &markdown::render(summary, &charts))?;
    staging.write("summary.json", &rendered(summary)?)?;
    staging.publish()
}

fn rendered(summary: &Summary) -> Result<String, Failure> {
    json::render(summary).map_err(|error| Failure::Write {
        what: "summary.json".to_owned(),
        source: std::io::Error::other(error),
    })
}

/// `said` are the warnings that have been shown, with their places in the file: text does not
/// repeat them, what is read by others has them all.
fn print(
    options: &RunOptions,
    summary: &Summary,
    command: &str,
    said: &[String],
) -> Result<(), Failure> {
    match options.study.format {
        Format::Json => ui::data(&rendered(summary)?),
        Format::Markdown => ui::data(&markdown::render(summary, &charts::charts(summary))),
        Format::Text => {
            // Here the command has the path as it was typed; the files do not depend on it.
            let mut shown = summary.clone();
            command.clone_into(&mut shown.run.reproduce);
            shown.warnings.retain(|warning| !said.contains(warning));
            let report = format!("\nReport: {}\n", options.study.out.join("summary.md").display());
            ui::data(&(text::render(&shown) + &report))
        }
    }
}

/// What the exit code says of the verdicts.
fn code(gate: bool, summary: &Summary) -> u8 {
    let all = || summary.objectives.iter().chain(&summary.claims);
    let any = |is: fn(&Judgment) -> bool| all().any(is);
    if !gate {
        exit::COMPLETED
    } else if any(|one| one.verdict.is_bad()) {
        exit::FAILED
    } else if any(|one| one.verdict == Verdict::Inconclusive) {
        exit::INCONCLUSIVE
    } else {
        exit::COMPLETED
    }
}
