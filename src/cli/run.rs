//! `plimsoll run`: simulate, judge, report.

use super::args::Format;
use super::cases::{self, Prepared, judged};
use super::load::Loaded;
use super::options::{RunOptions, file_name};
use super::output::Staging;
use super::ui::Meter;
use super::{Failure, bug, exit, interrupt, ui};
use crate::demand::{self, Demand};
use crate::experiment::{Control, EVENTS_MAX, Ensemble};
use crate::expr::metric::Condition;
use crate::model::{Claim, Model, Scaling};
use crate::report::summarize::{self, Case};
use crate::report::summary::{Judgment, Summary, Verdict};
use crate::report::{charts, json, markdown, text};
use crate::verdict::{self, Evidence, Judgement};

/// One that was run.
struct Ran {
    name: Option<String>,
    model: Model,
    ensemble: Ensemble,
}

/// Runs a scenario.
pub fn run(options: &RunOptions) -> Result<u8, Failure> {
    let file = options.scenario.file.as_str();
    let mut loaded = Loaded::new(&options.scenario)?;
    let main = cases::prepare(&mut loaded, options.scenario.variant.as_deref())?;
    bug::remember(&options.reproduce(file, main.model.run.seed, main.model.run.replications, None));
    let others = cases::others(&mut loaded, &main)?;
    cases::conditions(&mut loaded, &main, &others);
    loaded.unless_errors()?;
    let demand = arithmetic(&mut loaded, &main.model)?;
    loaded.show_warnings(&options.check());
    let staging = Staging::create(&options.out)?;
    interrupt::clean_up(staging.folder());
    interrupt::listen();
    let (main, others) = simulate(options, main, others)?;
    let interrupted = interrupt::flag().load(std::sync::atomic::Ordering::Relaxed);
    if main.ensemble.rows.is_empty() {
        ui::error("interrupted before the first run was complete: there is nothing to report");
        return Ok(exit::INTERRUPTED);
    }
    let all = All { main: &main, others: &others };
    let study = summarize::Study {
        claims: all.claims(),
        main: all.case(&main),
        others: others.iter().map(|other| all.case(other)).collect(),
        demand: demand.as_ref(),
        warnings: loaded.warnings(),
        reproduce: reproduce(options, &main, file_name(file)),
    };
    let summary = summarize::summarize(&study);
    write(staging, &summary)?;
    if !options.quiet {
        let shown = loaded.warnings();
        print(options, &summary, &reproduce(options, &main, file), &shown)?;
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

/// Makes all runs, the main ones first; an interruption leaves what is complete.
fn simulate(
    options: &RunOptions,
    main: Prepared,
    others: Vec<Prepared>,
) -> Result<(Ran, Vec<Ran>), Failure> {
    let mut pool = rayon::ThreadPoolBuilder::new();
    if let Some(jobs) = options.jobs {
        pool = pool.num_threads(jobs);
    }
    let pool =
        pool.build().map_err(|error| Failure::Usage(format!("cannot start threads: {error}")))?;
    let precise = !main.model.run.precision.is_empty();
    let one = |prepared: Prepared, goals: bool| -> Ran {
        let shown = prepared.name.as_deref().unwrap_or("as it stands");
        let meter = Meter::new(shown, options.quiet);
        let control = Control {
            stop: interrupt::flag(),
            progress: &|progress| meter.show(progress),
            // What the main runs needed the others get, so that all stand on the same luck.
            events_max: if options.insists || (precise && !goals) { u64::MAX } else { EVENTS_MAX },
        };
        let Prepared { name, model, study } = prepared;
        let known =
            |so_far: &Ensemble| verdict::precision(&model, so_far).iter().all(|g| g.reached);
        let ensemble = pool.install(|| {
            if goals { study.run_until(&control, &known) } else { study.run(&control) }
        });
        meter.finish();
        Ran { name, model, ensemble }
    };
    let main = one(main, precise);
    let like_main = |mut other: Prepared| {
        if precise {
            other.study = other.study.with_replications(main.ensemble.per_world);
        }
        one(other, false)
    };
    let others = others.into_iter().map(like_main).collect();
    Ok((main, others))
}

/// Everything that was run.
#[derive(Clone, Copy)]
struct All<'a> {
    main: &'a Ran,
    others: &'a [Ran],
}

impl<'a> All<'a> {
    fn find(self, name: &str) -> Option<&'a Ran> {
        std::iter::once(self.main).chain(self.others).find(|ran| ran.name.as_deref() == Some(name))
    }

    /// `None` if there is nothing to judge by. Names were checked before the runs.
    fn judge(self, condition: &Condition, on: &'a Ran) -> Option<Judgement> {
        let others = |name: &str| self.find(name).map(|ran| &ran.ensemble);
        let evidence = Evidence { model: &on.model, ensemble: &on.ensemble, others: &others };
        if on.ensemble.rows.is_empty() {
            return None;
        }
        verdict::judge(condition, &evidence).ok()
    }

    fn case(self, ran: &'a Ran) -> Case<'a> {
        let judged = ran.model.objectives.iter().map(|one| self.judge(&one.that, ran));
        Case {
            name: ran.name.as_deref(),
            model: &ran.model,
            ensemble: &ran.ensemble,
            objectives: judged.collect(),
        }
    }

    fn claims(self) -> Vec<(&'a Claim, Option<Judgement>)> {
        judged(self.main.name.as_deref(), &self.main.model)
            .map(|claim| {
                let on = claim.variant.as_deref().map_or(Some(self.main), |name| self.find(name));
                (claim, on.and_then(|on| self.judge(&claim.that, on)))
            })
            .collect()
    }
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
    match options.format {
        Format::Json => ui::data(&rendered(summary)?),
        Format::Markdown => ui::data(&markdown::render(summary, &charts::charts(summary))),
        Format::Text => {
            // Here the command has the path as it was typed; the files do not depend on it.
            let mut shown = summary.clone();
            command.clone_into(&mut shown.run.reproduce);
            shown.warnings.retain(|warning| !said.contains(warning));
            let report = format!("\nReport: {}\n", options.out.join("summary.md").display());
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
