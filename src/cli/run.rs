//! `plimsoll run`: simulate, judge, report.

use std::path::PathBuf;

use super::args::{Format, Gate};
use super::baseline::Baseline;
use super::begun::Begun;
use super::load::Loaded;
use super::options::{RunOptions, Server, file_name};
use super::output::Staging;
use super::{Failure, budget, exit, interrupt, ui, work};
use crate::experiment::{PILOTS, WarmUp};
use crate::report::baseline::{self, facts};
use crate::report::ci::annotations::{Place, annotations};
use crate::report::ci::checks::{Check, Kind, Outcome, checks, overall};
use crate::report::ci::junit::junit;
use crate::report::summary::Summary;
use crate::report::{charts, json, markdown, text};
use crate::study::{Ran, runs};

/// Runs a scenario.
pub fn run(options: &RunOptions) -> Result<u8, Failure> {
    let file = options.study.scenario.file.as_str();
    let read = |path: &PathBuf| Baseline::read(path, "--baseline");
    let saved = options.baseline.as_ref().map(read).transpose()?;
    let (mut begun, main, others) = Begun::new(options)?;
    if let Some(saved) = &saved {
        saved.unless_another(&main.model, main.name.as_deref())?;
    }
    let shown = begun.loaded.warnings();
    begun.loaded.show_warnings(&options.study.check());
    let staging = Staging::create(&options.study.out)?;
    interrupt::clean_up(staging.folder());
    interrupt::listen();
    let mut settled = options.clone();
    let all = if let Some(budget) = options.budget {
        let spent = budget::spend(options, budget, &begun, main, others)?;
        (settled, begun) = (spent.options, spent.begun);
        spent.ran
    } else {
        work::threads(options.study.jobs)?.install(|| {
            work::watched(options.study.insists, options.study.quiet, |outside| {
                runs::main_first(main, others, outside)
            })
        })
    };
    let options = &settled;
    let interrupted = interrupt::is_set();
    let Some(main) = all.first() else { return Ok(exit::COMPLETED) };
    if main.ensemble.rows.is_empty() {
        ui::error("interrupted before the first run was complete: there is nothing to report");
        return Ok(exit::INTERRUPTED);
    }
    let command = reproduce(options, main, file_name(file));
    let Some(summary) = begun.summary(&all, command) else { return Ok(exit::COMPLETED) };
    let since = saved.map(|saved| since(&saved, &summary)).transpose()?;
    write(staging, &summary, since.as_ref())?;
    let found = Found { summary: &summary, since: since.as_ref(), gate: options.gate };
    if !options.study.quiet {
        match options.server {
            Some(server) => found.tell(server, &begun.loaded, file)?,
            None => print(options, &found, &reproduce(options, main, file), &shown)?,
        }
    }
    let code = options.gate.map_or(exit::COMPLETED, |gate| found.code(gate));
    Ok(if interrupted { exit::INTERRUPTED } else { code })
}

/// What was found, and which of it the exit code and build servers are told.
struct Found<'a> {
    summary: &'a Summary,
    since: Option<&'a facts::Baseline>,
    gate: Option<Gate>,
}

impl Found<'_> {
    fn checks(&self) -> Vec<Check> {
        checks(self.summary, self.since, kinds(self.gate))
    }

    /// What the exit code says of the verdicts. A gate that judges nothing says so: nothing has passed.
    fn code(&self, gate: Gate) -> u8 {
        let checks = self.checks();
        if checks.is_empty() {
            ui::error(&judges_nothing(gate));
        }
        match overall(&checks) {
            Outcome::Failed => exit::FAILED,
            Outcome::Open => exit::INCONCLUSIVE,
            Outcome::Passed => exit::COMPLETED,
        }
    }

    /// Tells a build server.
    fn tell(&self, server: Server, loaded: &Loaded, file: &str) -> Result<(), Failure> {
        let Summary { name, variant, headline, .. } = self.summary;
        ui::data(&match server {
            Server::Junit => {
                let variant = variant.as_ref().map_or(String::new(), |name| format!(" ({name})"));
                junit(&format!("{name}{variant}"), &self.checks())
            }
            Server::Github => {
                let place = |check: &Check| place(loaded, check, variant.as_deref(), file);
                let since =
                    self.since.map_or(String::new(), |since| format!(" {}", since.headline));
                annotations(&format!("{headline}{since}"), &self.checks(), &place)
            }
        })
    }
}

/// The kinds of checks that a gate is about; without one all of them.
fn kinds(gate: Option<Gate>) -> &'static [Kind] {
    match gate {
        Some(Gate::Objectives) => &[Kind::Objective],
        Some(Gate::Claims) => &[Kind::Claim],
        Some(Gate::Regressions) => &[Kind::Regression],
        Some(Gate::All) | None => &[Kind::Objective, Kind::Claim, Kind::Regression],
    }
}

/// That a gate has nothing to judge.
pub fn judges_nothing(gate: Gate) -> String {
    let missing = match gate {
        Gate::Objectives => "no objectives",
        Gate::Claims => "no claims",
        Gate::Regressions | Gate::All => "neither objectives nor claims",
    };
    format!("the gate judges nothing: there are {missing}")
}

/// Where a check stands; a metric of a baseline stands in the scenario as a whole.
fn place(loaded: &Loaded, check: &Check, variant: Option<&str>, file: &str) -> Option<Place> {
    let name = check.name.as_str();
    let kind = match check.kind {
        Kind::Objective => "objective",
        Kind::Claim => "claim",
        Kind::Regression => return Some(Place { file: file.to_owned(), line: None }),
    };
    let (file, line) = loaded.line(variant, &[kind, name, "that"])?;
    Some(Place { file, line: Some(line) })
}

/// What moved since a saved summary.
fn since(before: &Baseline, summary: &Summary) -> Result<facts::Baseline, Failure> {
    let same_bytes = rendered(summary)? == before.text;
    Ok(baseline::gather::gather(&before.saved, summary, same_bytes))
}

/// The command that gives this result again.
fn reproduce(options: &RunOptions, main: &Ran, file: &str) -> String {
    let ensemble = &main.ensemble;
    options.reproduce(file, main.model.run.seed, ensemble.per_world, &shortened(main))
}

/// What must be set to get the runs of a study that was interrupted: its worlds, and its warm-up where
/// pilot runs in so few of them would find another.
fn shortened(main: &Ran) -> Vec<String> {
    let Some(partial) = main.ensemble.partial.filter(|_| main.model.is_uncertain()) else {
        return Vec::new();
    };
    let warm_up = main.ensemble.warm_up;
    let found = !matches!(warm_up, WarmUp::Stated(_) | WarmUp::None);
    let piloted = found && partial.worlds < PILOTS;
    let warm_up = piloted.then(|| format!("run.warm_up={}ns", warm_up.ns()));
    std::iter::once(format!("run.worlds={}", partial.worlds)).chain(warm_up).collect()
}

/// Writes the files and puts them into their place.
fn write(
    mut staging: Staging,
    summary: &Summary,
    since: Option<&facts::Baseline>,
) -> Result<(), Failure> {
    let charts = charts::charts(summary);
    for chart in &charts {
        staging.write(chart.file, &chart.svg.standalone())?;
    }
    staging.write("summary.md", &markdown::render(summary, &charts))?;
    staging.write("summary.json", &rendered(summary)?)?;
    if let Some(since) = since {
        staging.write("baseline.md", &baseline::render::markdown(since))?;
        let text =
            baseline::render::json(since).map_err(|error| unwritten("baseline.json", error))?;
        staging.write("baseline.json", &text)?;
    }
    staging.publish()
}

fn rendered(summary: &Summary) -> Result<String, Failure> {
    json::render(summary).map_err(|error| unwritten("summary.json", error))
}

fn unwritten(what: &str, error: serde_json::Error) -> Failure {
    Failure::Write { what: what.to_owned(), source: std::io::Error::other(error) }
}

/// `said` are the warnings that have been shown, with their places in the file: text does not
/// repeat them, what is read by others has them all.
fn print(
    options: &RunOptions,
    found: &Found,
    command: &str,
    said: &[String],
) -> Result<(), Failure> {
    let Found { summary, since, .. } = found;
    match options.study.format {
        Format::Json => ui::data(&rendered(summary)?),
        Format::Markdown => {
            let since = since.map_or(String::new(), |since| {
                "\n".to_owned() + &baseline::render::markdown(since)
            });
            ui::data(&(markdown::render(summary, &charts::charts(summary)) + &since))
        }
        Format::Text => {
            // Here the command has the path as it was typed; the files do not depend on it.
            let mut shown = (*summary).clone();
            command.clone_into(&mut shown.run.reproduce);
            shown.warnings.retain(|warning| !said.contains(warning));
            let since = since
                .map_or(String::new(), |since| "\n".to_owned() + &baseline::render::text(since));
            let report = format!("\nReport: {}\n", options.study.out.join("summary.md").display());
            ui::data(&(text::render(&shown) + &since + &report))
        }
    }
}
