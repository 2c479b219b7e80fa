//! `plimsoll forecast`: amounts and money over a calendar.

use super::args::Format;
use super::load::Loaded;
use super::options::{ForecastOptions, file_name};
use super::output::Staging;
use super::{Failure, bug, exit, ui};
use crate::diag::{Diagnostic, Id};
use crate::model::{Claim, Model};
use crate::report::forecast::gather::{Study, summarize};
use crate::report::forecast::summary::Summary;
use crate::report::forecast::{charts, render};
use crate::study::forecast::judge::{Judged, judge};
use crate::study::forecast::{Forecast, Problem, Spec, forecast};

/// Works out a scenario with its variants.
pub fn run(options: &ForecastOptions) -> Result<u8, Failure> {
    let file = options.scenario.file.as_str();
    let mut loaded = Loaded::new(&options.scenario)?;
    let models = models(&mut loaded, options)?;
    let main = &models[0].1;
    bug::remember(&options.reproduce(file));
    let spec = Spec { months: options.months, worlds: options.worlds, seed: main.run.seed };
    let worked = match forecast(&models, &spec) {
        Ok(worked) => worked,
        Err(Problem::Binding(problems)) => {
            return loaded.bound(|| Err(problems));
        }
        Err(Problem::Calendar(why)) => {
            let found = Diagnostic::new(Id::HorizonBeyondCalendar, why);
            loaded.diagnostics.push(found.help("a shorter `--horizon`, or an earlier `start`"));
            loaded.show();
            return Err(Failure::Scenario);
        }
    };
    let judged = judgments(&mut loaded, &models, &worked)?;
    loaded.show();
    let study = Study {
        models: &models,
        forecast: &worked,
        judged,
        months: (options.months, options.step),
        seed: main.run.seed,
        warnings: loaded.warnings(),
        reproduce: options.reproduce(file_name(file)),
    };
    let summary = summarize(&study);
    write(&options.out, &summary)?;
    if !options.quiet {
        print(options, &summary, &loaded.warnings())?;
    }
    Ok(code(options.gate, &summary))
}

/// The scenario as it stands, or the variant that is asked for, and the others.
fn models(
    loaded: &mut Loaded,
    options: &ForecastOptions,
) -> Result<Vec<(Option<String>, Model)>, Failure> {
    let main = options.scenario.variant.clone();
    let model = loaded.data(main.as_deref())?;
    if model.tables.is_empty() && model.outlook.storages.is_empty() {
        let message = "there is nothing to forecast: no `[table.X]` and no `[storage.X]`";
        return Err(Failure::Usage(message.to_owned()));
    }
    let names = model.variants.iter().map(|variant| variant.name.clone());
    let names: Vec<String> = names.filter(|name| Some(name) != main.as_ref()).collect();
    let mut models = vec![(main, model)];
    for name in names {
        let model = loaded.data(Some(&name))?;
        models.push((Some(name), model));
    }
    Ok(models)
}

/// Claims that speak of what is worked out.
fn judged<'a>(main: Option<&'a str>, model: &'a Model) -> impl Iterator<Item = &'a Claim> {
    model
        .outlook
        .claims
        .iter()
        .filter(move |claim| main.is_none() || claim.variant.as_deref() == main)
}

fn judgments(
    loaded: &mut Loaded,
    models: &[(Option<String>, Model)],
    worked: &Forecast,
) -> Result<(Vec<Judged>, Vec<Judged>), Failure> {
    let (name, main) = &models[0];
    let (mut objectives, mut claims) = (Vec::new(), Vec::new());
    for objective in &main.outlook.objectives {
        let found = judge(&objective.that, worked, &worked.courses[0], main);
        let path = ["objective", objective.name.as_str(), "that"];
        loaded.misjudged(&path, found.as_ref().map(|_| ()).map_err(Clone::clone));
        objectives.extend(found.ok());
    }
    for claim in judged(name.as_deref(), main) {
        let at = models.iter().position(|(name, _)| *name == claim.variant);
        let at = if claim.variant.is_none() { Some(0) } else { at };
        let Some(at) = at else { continue };
        let found = judge(&claim.that, worked, &worked.courses[at], &models[at].1);
        let path = ["claim", claim.id.as_str(), "that"];
        loaded.misjudged(&path, found.as_ref().map(|_| ()).map_err(Clone::clone));
        claims.extend(found.ok());
    }
    loaded.unless_errors()?;
    Ok((objectives, claims))
}

fn write(out: &std::path::Path, summary: &Summary) -> Result<(), Failure> {
    let mut staging = Staging::create(out)?;
    super::interrupt::clean_up(staging.folder());
    let charts = charts::charts(summary);
    for chart in &charts {
        staging.write(chart.file, &chart.svg.standalone())?;
    }
    staging.write("summary.md", &render::markdown(summary, &charts))?;
    staging.write("summary.json", &rendered(summary)?)?;
    staging.publish()
}

fn rendered(summary: &Summary) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(summary).map_err(|error| Failure::Write {
        what: "summary.json".to_owned(),
        source: std::io::Error::other(error),
    })?;
    Ok(text + "\n")
}

fn print(options: &ForecastOptions, summary: &Summary, said: &[String]) -> Result<(), Failure> {
    match options.format {
        Format::Json => ui::data(&rendered(summary)?),
        Format::Markdown => ui::data(&render::markdown(summary, &charts::charts(summary))),
        Format::Text => {
            let mut shown = summary.clone();
            shown.reproduce = options.reproduce(&options.scenario.file);
            shown.warnings.retain(|warning| !said.contains(warning));
            let report = format!("\nReport: {}\n", options.out.join("summary.md").display());
            ui::data(&(render::text(&shown) + &report))
        }
    }
}

/// What the exit code says of the verdicts.
fn code(gate: bool, summary: &Summary) -> u8 {
    let verdicts = || summary.objectives.iter().chain(&summary.claims).map(|one| one.verdict);
    if !gate {
        exit::COMPLETED
    } else if verdicts().any(|verdict| verdict.is_bad()) {
        exit::FAILED
    } else if verdicts().any(|verdict| !verdict.is_good()) {
        exit::INCONCLUSIVE
    } else {
        exit::COMPLETED
    }
}
